package site_test

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/base64"
	"encoding/csv"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"golang.org/x/net/html"

	"riskguide/catalog"
	"riskguide/catalog/synthetic"
	"riskguide/render"
	"riskguide/render/rendertest"
	"riskguide/render/site"
	"riskguide/render/site/internal/chromium"
)

// listRows returns the rows of the list on a page.
func listRows(t testing.TB, m *render.Memory, name string) []*html.Node {
	t.Helper()
	tables := find(parse(t, m, name), "table", "filtered")
	if len(tables) != 1 {
		t.Fatalf("%s has %d lists", name, len(tables))
	}
	return find(tables[0].LastChild, "tr", "")
}

// matching counts the rows that have all the values of an address such as
// "risk=H01&layer=physical".
func matching(t testing.TB, rows []*html.Node, state string) int {
	t.Helper()
	want, err := url.ParseQuery(state)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, tr := range rows {
		ok := true
		for key, values := range want {
			v, _ := attr(tr, "data-"+key)
			ok = ok && slices.Contains(strings.Fields(v), values[0])
		}
		if ok {
			n++
		}
	}
	return n
}

// TestMeasureList compares the list with the catalog: a row a measure, with its
// risk, layers, vulnerabilities, clauses and number of controls.
func TestMeasureList(t *testing.T) {
	cat := load(t, fixture(t))
	m := build(t, cat, options(cat, both...))
	for _, l := range both {
		name := string(l) + "/measures/index.html"
		rows := listRows(t, m, name)
		measures := cat.Measures()
		if len(rows) != len(measures) {
			t.Fatalf("%s: %d rows for %d measures", name, len(rows), len(measures))
		}
		for i, x := range measures {
			controls, clauses, vulnerabilities := map[string]bool{}, map[string]bool{}, map[string]bool{}
			for _, c := range x.Controls.Citations {
				controls[c.Control.ID], clauses[c.Control.Clause.ID] = true, true
			}
			for _, row := range x.Rows {
				for _, v := range row.Vulnerabilities {
					vulnerabilities[v.Vulnerability.ID] = true
				}
			}
			var layers []string
			for _, lay := range x.Layers() {
				layers = append(layers, lay.ID)
			}
			for key, want := range map[string][]string{"risk": {x.Risk.ID}, "severity": {x.Risk.Severity.ID}, "layer": layers,
				"vulnerability": sortedKeys(vulnerabilities), "clause": sortedKeys(clauses)} {
				v, _ := attr(rows[i], "data-"+key)
				if !slices.Equal(strings.Fields(v), want) {
					t.Errorf("%s: %s has %s %q, want %q", name, x.ID, key, v, want)
				}
			}
			words := text(rows[i])
			wording, _ := cat.Text(x.Text, l)
			risk, _ := cat.Text(x.Risk.Name, l)
			for _, want := range []string{x.ID, wording, x.Risk.ID + " " + risk} {
				if !strings.Contains(words, want) {
					t.Errorf("%s: the row of %s lacks %q", name, x.ID, want)
				}
			}
			cells := find(rows[i], "td", "num")
			if got := text(cells[len(cells)-1]); got != strconv.Itoa(len(controls)) {
				t.Errorf("%s: %s has %s controls, want %d", name, x.ID, got, len(controls))
			}
			if links(rows[i])[0] != "../risks/"+x.Risk.ID+".html#"+x.ID {
				t.Errorf("%s: %s links to %s", name, x.ID, links(rows[i])[0])
			}
		}
	}
}

func sortedKeys(m map[string]bool) []string {
	var out []string
	for k := range m {
		out = append(out, k)
	}
	// ENISA's vulnerabilities stand before the guide's own.
	slices.SortFunc(out, func(a, b string) int {
		if u, v := a[0] == 'U', b[0] == 'U'; u != v {
			return map[bool]int{true: 1, false: -1}[u]
		}
		return catalog.CompareIDs(a, b)
	})
	return out
}

// TestFacetCounts compares the counts that stand in the page with its rows.
func TestFacetCounts(t *testing.T) {
	cat := load(t, fixture(t))
	m := build(t, cat, options(cat, both...))
	for name, facets := range map[string]int{"ja/measures/index.html": 5, "en/risks/index.html": 4} {
		rows := listRows(t, m, name)
		found := find(parse(t, m, name), "details", "facet")
		if len(found) != facets+1 { // and the columns
			t.Errorf("%s has %d menus", name, len(found))
		}
		options := 0
		for _, f := range found {
			key, ok := attr(f, "data-key")
			if !ok {
				continue
			}
			for _, label := range find(f, "label", "") {
				value, _ := attr(find(label, "input", "")[0], "value")
				if got, want := text(find(label, "span", "n")[0]), matching(t, rows, key+"="+value); got != strconv.Itoa(want) || want == 0 {
					t.Errorf("%s: %s %s counts %s, want %d", name, key, value, got, want)
				}
				options++
			}
		}
		if options < 10 {
			t.Errorf("%s: only %d values", name, options)
		}
	}
}

// TestMatrix counts, for each number of the matrix of layers, the measures that its
// link shows, and compares the matrix of clauses with the catalog.
func TestMatrix(t *testing.T) {
	cat := load(t, fixture(t))
	m := build(t, cat, options(cat, both...))
	for _, l := range both {
		name := string(l) + "/overview/index.html"
		rows := listRows(t, m, string(l)+"/measures/index.html")
		tables := find(parse(t, m, name), "table", "matrix")
		if len(tables) != 2 {
			t.Fatalf("%s has %d matrices", name, len(tables))
		}
		numbers := 0
		for _, cell := range find(tables[0], "td", "") {
			for _, link := range links(cell) {
				_, state, _ := strings.Cut(link, "#")
				if got, want := text(cell), matching(t, rows, state); got != strconv.Itoa(want) {
					t.Errorf("%s: %s says %s, the list holds %d", name, link, got, want)
				}
				numbers++
			}
		}
		if numbers < 10 {
			t.Errorf("%s: only %d numbers", name, numbers)
		}
		none := 0
		for _, r := range cat.Risks {
			none += len(r.NotApplicable)
		}
		if cells := find(tables[0], "td", "na"); len(cells) != none || !strings.Contains(text(cells[0]), "–") {
			t.Errorf("%s: %d cells are not applicable, want %d", name, len(cells), none)
		}
		for i, r := range cat.Risks {
			count := map[string]int{}
			seen := map[string]bool{}
			for _, x := range r.Measures {
				for _, c := range x.Controls.Citations {
					if !seen[c.Control.ID] {
						seen[c.Control.ID] = true
						count[c.Control.Clause.ID]++
					}
				}
			}
			tr := find(find(tables[1], "tbody", "")[0], "tr", "")[i]
			cells := find(tr, "td", "")
			for j, cl := range cat.Clauses {
				want := ""
				if count[cl.ID] > 0 {
					want = strconv.Itoa(count[cl.ID])
					if got := links(cells[j]); len(got) != 1 || !strings.HasSuffix(got[0], "#risk="+r.ID+"&clause="+cl.ID) {
						t.Errorf("%s: %s × %s links to %v", name, r.ID, cl.ID, got)
					} else if _, state, _ := strings.Cut(got[0], "#"); matching(t, rows, state) == 0 {
						t.Errorf("%s: %s shows nothing", name, got[0])
					}
				}
				if got := text(cells[j]); got != want {
					t.Errorf("%s: %s × %s is %q, want %q", name, r.ID, cl.ID, got, want)
				}
			}
			if got := text(cells[len(cells)-1]); got != strconv.Itoa(len(seen)) {
				t.Errorf("%s: the total of %s is %s, want %d", name, r.ID, got, len(seen))
			}
		}
	}
}

// TestLargeMatrix: what would grow with the square of the guide is a list there.
func TestLargeMatrix(t *testing.T) {
	src, problems := catalog.LoadSource(context.Background(), fixture(t), catalog.LoadOptions{})
	if problems.HasErrors() {
		t.Fatal(problems)
	}
	size := map[int]int{}
	for _, n := range []int{45, 90} {
		cat, problems := catalog.Assemble(synthetic.Scale(src, n))
		if problems.HasErrors() {
			t.Fatal(problems)
		}
		m := build(t, cat, options(cat, catalog.Japanese))
		doc := parse(t, m, "ja/overview/index.html")
		if got := len(find(doc, "table", "matrix")); got != 1 {
			t.Errorf("%d times as large: %d matrices", n, got)
		}
		if !strings.Contains(text(doc), "2.1.1 (3)") {
			t.Errorf("%d times as large: the numbers of the clauses are lost", n)
		}
		for _, name := range []string{"ja/overview/index.html", "ja/overview/relations.html", "ja/measures/index.html", "ja/risks/index.html"} {
			size[n] += len(m.Data(name))
		}
	}
	if size[90] > size[45]*21/10 {
		t.Errorf("twice the guide takes %d bytes instead of %d", size[90], size[45])
	}
}

// TestRelations follows the nested lists: control → measures → risk, threats,
// vulnerabilities, residual risks; vulnerability → threats → risk → measures →
// controls.
func TestRelations(t *testing.T) {
	cat := load(t, fixture(t))
	m := build(t, cat, options(cat, both...))
	section := func(name string) *html.Node {
		t.Helper()
		for _, s := range find(parse(t, m, name), "section", "relations") {
			return s
		}
		t.Fatalf("%s has no relations", name)
		return nil
	}
	for _, l := range both {
		for _, c := range cat.Controls() {
			if len(c.CitedBy) == 0 {
				continue
			}
			name := string(l) + "/controls/" + c.ID + ".html"
			s := section(name)
			tree, drawn := text(find(s, "ul", "tree")[0]), text(find(s, "svg", "")[0])
			for _, x := range c.CitedBy {
				want := []catalog.Text{x.Text, x.Risk.Name}
				for _, row := range x.Rows {
					for _, th := range row.Threats {
						want = append(want, th.Text)
					}
					for _, v := range row.Vulnerabilities {
						want = append(want, v.Vulnerability.Label)
					}
				}
				for _, r := range x.Residuals {
					want = append(want, r.Text)
				}
				for _, w := range want {
					if s, _ := cat.Text(w, l); !strings.Contains(tree, s) {
						t.Errorf("%s: the list lacks %q", name, s)
					}
				}
				if !strings.Contains(tree, x.ID) || !strings.Contains(drawn, x.ID) || !strings.Contains(drawn, x.Risk.ID) {
					t.Errorf("%s: list or drawing lacks %s", name, x.ID)
				}
			}
		}
		for _, v := range cat.Vulnerabilities {
			if len(v.Rows) == 0 {
				continue
			}
			name := string(l) + "/vulnerabilities/" + v.ID + ".html"
			s := section(name)
			tree, drawn := text(find(s, "ul", "tree")[0]), text(find(s, "svg", "")[0])
			for _, row := range v.Rows {
				want := []catalog.Text{row.Risk.Name}
				for _, th := range row.Threats {
					want = append(want, th.Text)
				}
				if x := row.Measure; x != nil {
					want = append(want, x.Text)
					for _, c := range x.Controls.Citations {
						if !strings.Contains(tree, c.Control.ID) {
							t.Errorf("%s: the list lacks %s", name, c.Control.ID)
						}
					}
					if !strings.Contains(drawn, x.ID) {
						t.Errorf("%s: the drawing lacks %s", name, x.ID)
					}
				}
				for _, w := range want {
					if s, _ := cat.Text(w, l); !strings.Contains(tree, s) {
						t.Errorf("%s: the list lacks %q", name, s)
					}
				}
			}
		}
		all := text(parse(t, m, string(l)+"/overview/relations.html"))
		for _, v := range cat.Vulnerabilities {
			if s, _ := cat.Text(v.Label, l); !strings.Contains(all, s) {
				t.Errorf("%s: the page of relations lacks %q", l, s)
			}
		}
		for _, c := range cat.Controls() {
			if !strings.Contains(all, c.ID) {
				t.Errorf("%s: the page of relations lacks %s", l, c.ID)
			}
		}
	}
}

// list opens a page with a list and gives what tests ask it.
type list struct {
	t   *testing.T
	ctx context.Context
	p   *chromium.Page
}

func (l list) run(script string) { l.t.Helper(); must(l.t, l.p.Eval(l.ctx, script, nil)) }

func (l list) strings(expr string) []string {
	l.t.Helper()
	var out []string
	must(l.t, l.p.Eval(l.ctx, expr, &out))
	return out
}

func (l list) str(expr string) string {
	l.t.Helper()
	return l.strings("[String(" + expr + ")]")[0]
}

func (l list) want(what, expr, want string) {
	l.t.Helper()
	if got := l.str(expr); got != want {
		l.t.Errorf("%s: %q, want %q", what, got, want)
	}
}

// shown are the ids of the rows that are drawn, in their order.
func (l list) shown() string {
	l.t.Helper()
	return strings.Join(l.strings(`Array.from(document.querySelectorAll("table.filtered tbody tr")).filter(function (r) { return r.getClientRects().length > 0; }).map(function (r) { return r.querySelector(".c-id").textContent; })`), " ")
}

// choose clicks a value of a facet; count reads its number.
func (l list) choose(key, value string) {
	l.t.Helper()
	l.run(fmt.Sprintf(`document.querySelector('[data-key="%s"] input[value="%s"]').click()`, key, value))
}

func (l list) count(key, value, want string) {
	l.t.Helper()
	l.want(key+" "+value, fmt.Sprintf(`document.querySelector('[data-key="%s"] input[value="%s"]').parentNode.querySelector(".n").textContent`, key, value), want)
}

// back goes a step through the history and waits for the page to follow.
func (l list) back(step int) {
	l.t.Helper()
	l.run(fmt.Sprintf(`new Promise(function (r) { addEventListener("popstate", function () { setTimeout(r, 0); }, { once: true }); history.go(%d); })`, step))
}

const foundText = `document.querySelector(".found").textContent`

// TestFilter chooses values, words, order and columns, and follows the address:
// from the disk, forwards and back, and into a new visit.
func TestFilter(t *testing.T) {
	t.Parallel()
	ctx, _, p := browser(t)
	dir := fullFixture(t)
	l := list{t, ctx, p}
	page := "file://" + dir + "/ja/measures/index.html"
	window(t, ctx, p, 1280, false)
	must(t, p.Open(ctx, page))
	const all = "H01-01 H01-02 H01-03 H01-04 M02-01 M02-02 M02-03"
	if got := l.shown(); got != all {
		t.Fatalf("the list begins as %q", got)
	}
	l.want("at first", foundText, "7 件中 7 件")
	l.want("role", `document.querySelector(".found").getAttribute("role")`, "status")
	l.count("severity", "high", "4")
	l.count("layer", "physical", "3")

	// One facet narrows the other; within a facet values are alternatives.
	l.choose("layer", "physical")
	l.want("physical", "location.hash", "#layer=physical")
	if got := l.shown(); got != "H01-01 H01-02 H01-03" {
		t.Errorf("physical shows %q", got)
	}
	l.want("physical", foundText, "7 件中 3 件")
	l.count("severity", "high", "3")
	l.count("severity", "medium", "0")
	l.count("layer", "service-management", l.str(`document.querySelectorAll("tr[data-layer~=service-management]").length`))
	l.choose("layer", "service-management")
	l.want("two layers", "location.hash", "#layer=physical,service-management")
	if got := l.shown(); !strings.HasPrefix(got, "H01-01 H01-02 H01-03 H01-04") {
		t.Errorf("two layers show %q", got)
	}
	l.choose("vulnerability", "V6")
	l.choose("severity", "high")
	if got := l.shown(); got != "H01-04" {
		t.Errorf("high, V6, two layers show %q", got)
	}
	l.want("conditions", `Array.from(document.querySelectorAll(".chips button")).map(function (b) { return b.textContent; }).join("|")`,
		"重大度: 高|レイヤ: 物理層|レイヤ: サービス管理系|脆弱性: V6 リソース分離の欠如")

	// Back and forward, and a new visit with the address.
	l.back(-1)
	l.want("back", "location.hash", "#layer=physical,service-management&vulnerability=V6")
	l.want("back", `document.querySelector('[data-key="severity"] input[value="high"]').checked`, "false")
	l.back(1)
	if got := l.shown(); got != "H01-04" {
		t.Errorf("forward shows %q", got)
	}
	address := l.str("location.href")
	must(t, p.Open(ctx, "file://"+dir+"/ja/index.html"))
	must(t, p.Open(ctx, address))
	if got := l.shown(); got != "H01-04" {
		t.Errorf("%s shows %q", address, got)
	}
	l.want("restored", `document.querySelectorAll(".facet input:checked").length - document.querySelectorAll(".columns input:checked").length`, "4")

	// A condition is taken away; a place in the page is no state.
	l.run(`document.querySelector(".chips button").click()`)
	l.want("without severity", "location.hash", "#layer=physical,service-management&vulnerability=V6")
	l.want("focus", "document.activeElement.closest('.chips') !== null", "true")
	before := l.shown()
	l.run(`new Promise(function (r) { addEventListener("hashchange", r, { once: true }); document.querySelector(".skip").click(); })`)
	if got := l.shown(); got != before {
		t.Errorf("the skip link changes the list to %q", got)
	}
	l.run(`document.querySelector("[data-do=clear]").click()`)
	l.want("cleared", "location.hash", "")
	if got := l.shown(); got != all {
		t.Errorf("cleared, it shows %q", got)
	}
	l.want("cleared", `document.querySelector("[data-do=clear]").hidden`, "true")

	// Words: full width and case do not count, all must be there.
	l.run(`(function () { var q = document.querySelector("input[name=words]"); q.value = "ｈ０１ 冗長"; q.dispatchEvent(new Event("input")); }())`)
	if got := l.shown(); got != "H01-01 H01-04" {
		t.Errorf("the words show %q", got)
	}
	l.count("layer", "physical", "1")
	l.run(`document.querySelector("[data-do=clear]").click()`)

	// Order: ids by their numbers, either way, and back to the guide's order.
	head := func(column string) {
		l.t.Helper()
		l.run(`document.querySelector("th.c-` + column + ` .sort").click()`)
	}
	head("controls")
	head("controls")
	l.want("order", "location.hash", "#sort=-controls")
	l.want("order", `document.querySelector("th.c-controls").getAttribute("aria-sort")`, "descending")
	counts := l.strings(`Array.from(document.querySelectorAll("tbody .c-controls")).map(function (c) { return c.textContent; })`)
	if !slices.IsSortedFunc(counts, func(a, b string) int { x, _ := strconv.Atoi(a); y, _ := strconv.Atoi(b); return y - x }) {
		t.Errorf("numbers of controls stand as %v", counts)
	}
	must(t, p.Open(ctx, page+"#sort=-id"))
	if got := strings.Fields(l.shown()); got[0] != "M02-03" || got[6] != "H01-01" {
		t.Errorf("backwards: %v", got)
	}
	head("id")
	if got := l.shown(); got != all {
		t.Errorf("the guide's order: %q", got)
	}
	head("risk")
	if got := l.shown(); got != all {
		t.Errorf("rows of a risk change places: %q", got)
	}

	// Columns.
	l.run(`document.querySelector('.columns input[value="risk"]').click()`)
	l.want("columns", `location.hash`, "#sort=risk&columns=id,severity,layer,text,vulnerability,clause,controls")
	l.want("columns", `document.querySelector("th.c-risk").getClientRects().length`, "0")
	must(t, p.Open(ctx, page+"#columns=id,text"))
	l.want("columns", `Array.from(document.querySelectorAll("thead th")).filter(function (c) { return c.getClientRects().length; }).length`, "2")

	// An unknown value shows nothing rather than everything.
	must(t, p.Open(ctx, page+"#risk=H99"))
	l.want("unknown", foundText, "7 件中 0 件")

	// The other language keeps the view.
	must(t, p.Open(ctx, page+"#layer=physical"))
	l.run(`document.querySelector(".langs a[lang=en]").dispatchEvent(new MouseEvent("pointerover", { bubbles: true })); document.querySelector(".langs a[lang=en]").click()`)
	must(t, p.WaitLoad(ctx))
	l.want("English", foundText, "3 of 7")

	// The risks: their own filters, and columns that are hidden at first.
	must(t, p.Open(ctx, "file://"+dir+"/en/risks/index.html#clause=8.6.1"))
	if got := l.shown(); got != "M02" {
		t.Errorf("clause 8.6.1 shows %q", got)
	}
	l.want("hidden at first", `document.querySelector("th.c-vulnerability").getClientRects().length`, "0")

	if console, requests := p.Log(); len(console) > 0 || slices.ContainsFunc(requests, func(r string) bool { return !strings.HasPrefix(r, "file://"+dir+"/") }) {
		t.Errorf("console %v, requests %v", console, requests)
	}

	// Without scripts the whole list is there, and no control that does nothing.
	must(t, p.Scripts(ctx, false))
	must(t, p.Open(ctx, page+"#layer=physical"))
	must(t, p.Scripts(ctx, true)) // for the questions, not for the page
	if got := l.shown(); got != all {
		t.Errorf("without scripts it shows %q", got)
	}
	l.want("without scripts", `Array.from(document.querySelectorAll("main button, main input, main select")).filter(function (c) { return c.getClientRects().length; }).length`, "0")
}

// TestFilterKeys works the menus by keyboard, and the block of filters on a narrow
// screen.
func TestFilterKeys(t *testing.T) {
	t.Parallel()
	ctx, _, p := browser(t)
	dir := fullFixture(t)
	l := list{t, ctx, p}
	key := func(k string, code int) {
		t.Helper()
		for _, typ := range []string{"rawKeyDown", "keyUp"} {
			_, err := p.Call(ctx, "Input.dispatchKeyEvent", map[string]any{"type": typ, "key": k, "code": k, "windowsVirtualKeyCode": code})
			must(t, err)
		}
	}
	window(t, ctx, p, 1280, false)
	must(t, p.Open(ctx, "file://"+dir+"/ja/measures/index.html"))
	_, err := p.Call(ctx, "Page.bringToFront", nil)
	must(t, err)
	const open = `Array.from(document.querySelectorAll(".facet[open]")).map(function (f) { return f.dataset.key; }).join()`
	l.run(`new Promise(function (r) { var f = document.querySelector("[data-key=layer]"); f.addEventListener("toggle", r, { once: true }); f.open = true; })`)
	l.run(`new Promise(function (r) { var f = document.querySelector("[data-key=severity]"); f.addEventListener("toggle", r, { once: true }); f.open = true; f.querySelector("input").focus(); })`)
	l.want("one menu at a time", open, "severity")
	key("Escape", 27)
	l.want("Esc", open, "")
	l.want("Esc", `document.activeElement.parentNode.dataset.key`, "severity")

	window(t, ctx, p, 390, false)
	must(t, p.Open(ctx, "file://"+dir+"/ja/measures/index.html"))
	const panel = `document.querySelector(".panel").getClientRects().length > 0`
	l.want("closed", panel, "false")
	l.run(`document.querySelector("[data-do=panel]").click()`)
	l.want("opened", panel, "true")
	l.want("opened", `document.querySelector("[data-do=panel]").getAttribute("aria-expanded")`, "true")
	l.run(`document.querySelectorAll(".facet").forEach(function (f) { f.open = true; })`)
	l.want("wide", `document.documentElement.scrollWidth`, "390")
}

// hostileFixture has wordings that spreadsheets and Markdown read as something else.
func hostileFixture(t testing.TB) string {
	cat := load(t, fixture(t,
		"risks/H01.yaml", "{ja: 装置を冗長にする, en: Make devices redundant}", `{ja: "=1+1|二行*目*\n<b>&\"x\"", en: "=1+1"}`,
		"risks/H01.yaml", "{ja: 離れた地域に拠点を置く, en: Run sites in distant regions}", `{ja: "@地域𠮷", en: "-2"}`))
	return folder(t, build(t, cat, options(cat, both...)))
}

// taken has the page hand over what it would download.
const taken = `(function () {
	window.files = [];
	riskguide.download = function (name, type, data) {
		var bytes = typeof data === "string" ? new TextEncoder().encode(data) : data, s = "";
		bytes.forEach(function (b) { s += String.fromCharCode(b); });
		files.push([name, type, btoa(s)]);
	};
}())`

// TestListDownload takes a filtered, sorted list with some columns as a workbook
// and as CSV, and reads both again.
func TestListDownload(t *testing.T) {
	t.Parallel()
	ctx, _, p := browser(t)
	dir := hostileFixture(t)
	l := list{t, ctx, p}
	window(t, ctx, p, 1280, false)
	take := func(kind string) (string, []byte) {
		t.Helper()
		l.run(taken)
		l.run(`document.querySelector("[data-do=` + kind + `]").click()`)
		l.run(`new Promise(function (r) { (function wait() { if (files.length) r(); else setTimeout(wait, 5); }()); })`)
		f := l.strings("files[0]")
		data, err := base64.StdEncoding.DecodeString(f[2])
		must(t, err)
		return f[0], data
	}
	must(t, p.Open(ctx, "file://"+dir+"/ja/measures/index.html#severity=high&sort=-id&columns=id,layer,text,vulnerability,controls"))

	want := [][]string{{"番号", "レイヤ", "対策の要点", "脆弱性", "管理基準"},
		{"H01-04", "サービス管理系", "=1+1|二行*目*\n<b>&\"x\"", "V6 リソース分離の欠如", "1"},
		{"H01-03", "物理層", "建物を災害から守る", "単一障害点", "2"},
		{"H01-02", "物理層", "@地域𠮷", "単一障害点", "2"},
		{"H01-01", "機能層\n物理層", "=1+1|二行*目*\n<b>&\"x\"", "単一障害点", "2"}}
	name, data := take("xlsx")
	if name != "small-guide-measures-ja.xlsx" {
		t.Errorf("the workbook is called %s", name)
	}
	wb, err := excelize.OpenReader(bytes.NewReader(data))
	must(t, err)
	defer wb.Close()
	sheets := wb.GetSheetList()
	if !slices.Equal(sheets, []string{"対策", "絞り込みの条件"}) {
		t.Errorf("sheets %q", sheets)
	}
	rows, err := wb.GetRows(sheets[0])
	must(t, err)
	if !slices.EqualFunc(rows, want, slices.Equal) {
		t.Errorf("the workbook holds\n%q, want\n%q", rows, want)
	}
	for cell, kind := range map[string]excelize.CellType{"A2": excelize.CellTypeInlineString, "C2": excelize.CellTypeInlineString, "E2": excelize.CellTypeUnset} {
		if got, err := wb.GetCellType(sheets[0], cell); err != nil || got != kind {
			t.Errorf("%s has type %v, want %v", cell, got, kind)
		}
		if f, _ := wb.GetCellFormula(sheets[0], cell); f != "" {
			t.Errorf("%s is the formula %s", cell, f)
		}
	}
	panes, err := wb.GetPanes(sheets[0])
	if err != nil || !panes.Freeze || panes.YSplit != 1 {
		t.Errorf("the heading is not frozen: %+v", panes)
	}
	style := func(cell string) *excelize.Style {
		id, err := wb.GetCellStyle(sheets[0], cell)
		must(t, err)
		s, err := wb.GetStyle(id)
		must(t, err)
		return s
	}
	if s := style("B1"); !s.Font.Bold || len(s.Fill.Color) == 0 || !s.Alignment.WrapText {
		t.Errorf("the heading is plain: %+v", s)
	}
	if s := style("C2"); s.NumFmt != 49 || !s.Alignment.WrapText {
		t.Errorf("the text is not kept as text: %+v", s)
	}
	if w, _ := wb.GetColWidth(sheets[0], "C"); w < 15 || w > 60 {
		t.Errorf("the column of measures is %v wide", w)
	}
	about, err := wb.GetRows(sheets[1])
	must(t, err)
	all := fmt.Sprint(about)
	for _, s := range []string{"小さな手引", "2026.1", "7 件中 4 件", "重大度 高", "#severity=high"} {
		if !strings.Contains(all, s) {
			t.Errorf("the second sheet lacks %q: %s", s, all)
		}
	}
	zr, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	must(t, err)
	for _, f := range zr.File {
		r, err := f.Open()
		must(t, err)
		var part bytes.Buffer
		_, err = part.ReadFrom(r) // checks the sum
		must(t, err)
		if strings.HasSuffix(f.Name, "sheet1.xml") && !strings.Contains(part.String(), `<autoFilter ref="A1:E5"/>`) {
			t.Error("the workbook cannot be filtered")
		}
	}

	name, data = take("csv")
	if name != "small-guide-measures-ja.csv" || !bytes.HasPrefix(data, []byte("\ufeff")) || !bytes.HasSuffix(data, []byte("\r\n")) {
		t.Errorf("%s: %q", name, data)
	}
	got, err := csv.NewReader(bytes.NewReader(data[3:])).ReadAll()
	must(t, err)
	for _, row := range want {
		for i := range row {
			row[i] = strings.ReplaceAll(row[i], "\n", "; ")
			if strings.ContainsAny(row[i][:1], "=@") {
				row[i] = "'" + row[i]
			}
		}
	}
	if !slices.EqualFunc(got, want, slices.Equal) {
		t.Errorf("the CSV holds\n%q, want\n%q", got, want)
	}

	// Without compression in the browser the workbook is the same.
	l.run(`CompressionStream = undefined`)
	_, stored := take("xlsx")
	wb2, err := excelize.OpenReader(bytes.NewReader(stored))
	must(t, err)
	defer wb2.Close()
	if again, _ := wb2.GetRows(sheets[0]); !slices.EqualFunc(again, rows, slices.Equal) {
		t.Errorf("stored, it holds %q", again)
	}
	if console, _ := p.Log(); len(console) > 0 {
		t.Errorf("console: %v", console)
	}

	soffice := rendertest.Tool(t, "soffice", "libreoffice")
	out := t.TempDir()
	for i, data := range [][]byte{stored, mustTake(take("xlsx"))} {
		file := filepath.Join(out, fmt.Sprintf("list%d.xlsx", i))
		must(t, os.WriteFile(file, data, 0o666))
		cmd := exec.Command(soffice, "-env:UserInstallation=file://"+filepath.Join(out, "profile"), "--headless",
			"--convert-to", "csv:Text - txt - csv (StarCalc):44,34,76", "--outdir", out, file)
		if msg, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, msg)
		}
		f, err := os.Open(filepath.Join(out, fmt.Sprintf("list%d.csv", i)))
		must(t, err)
		read, err := csv.NewReader(f).ReadAll()
		f.Close()
		must(t, err)
		if !slices.EqualFunc(read, rows, slices.Equal) {
			t.Errorf("LibreOffice reads\n%q, want\n%q", read, rows)
		}
	}
}

func mustTake(_ string, data []byte) []byte { return data }

// TestTableCopy copies a merged table and a list as Markdown and TSV.
func TestTableCopy(t *testing.T) {
	t.Parallel()
	ctx, _, p := browser(t)
	dir := hostileFixture(t)
	l := list{t, ctx, p}
	window(t, ctx, p, 1280, false)
	copied := func(selector string, n int) string {
		t.Helper()
		l.run(`navigator.clipboard.writeText = function (s) { window.copied = s; return Promise.resolve(); }; window.copied = ""; document.querySelectorAll('` + selector + `')[` + strconv.Itoa(n) + `].click()`)
		l.run(`new Promise(function (r) { (function wait() { if (copied) r(); else setTimeout(wait, 5); }()); })`)
		return l.str("copied")
	}
	for _, page := range []string{"ja/risks/H01.html", "ja/risks/M02.html", "ja/controls/2.1.1.1.html", "ja/controls/8.6.1.2.html", "ja/vulnerabilities/U1.html", "ja/overview/index.html", "ja/layers/index.html"} {
		must(t, p.Open(ctx, "file://"+dir+"/"+page))
		md := copied(".tcopy button", 0)
		lines := strings.Split(strings.TrimSuffix(md, "\n"), "\n")
		width := 0
		for i, line := range lines {
			n := strings.Count(strings.ReplaceAll(line, `\|`, ""), "|")
			if i == 0 {
				width = n
			}
			if n != width || !strings.HasPrefix(line, "| ") || !strings.HasSuffix(line, " |") {
				t.Errorf("%s: line %d of the Markdown has %d bars, not %d: %s", page, i, n, width, line)
			}
		}
		tsv := copied(".tcopy button", 1)
		for i, line := range strings.Split(strings.TrimSuffix(tsv, "\n"), "\n") {
			if n := strings.Count(line, "\t"); n != width-2 {
				t.Errorf("%s: line %d of the TSV has %d tabs, not %d", page, i, n, width-2)
			}
		}
		l.want(page, `document.querySelector("[role=status].toast").textContent`, "表をコピーしました")
		if page == "ja/risks/H01.html" {
			// The rows of a merged measure repeat it, and the layer that covers three rows.
			if n := strings.Count(md, "H01-01"); n < 2 {
				t.Errorf("the merged measure stands %d times:\n%s", n, md)
			}
			if n := strings.Count(md, "| 物理層 |"); n < 3 {
				t.Errorf("the layer stands %d times:\n%s", n, md)
			}
			if !strings.Contains(md, `=1+1\|二行\*目\*<br>\<b\>\&"x"`) || !strings.Contains(md, "該当なし") {
				t.Errorf("the Markdown is not escaped:\n%s", md)
			}
			if !strings.Contains(md, "2.1.1.10 別の拠点") || !strings.Contains(md, "想定されるリスク / 脅威") {
				t.Errorf("ids or headings are lost:\n%s", md)
			}
		}
	}
	// A list gives what it shows.
	must(t, p.Open(ctx, "file://"+dir+"/ja/measures/index.html#risk=H01&layer=physical&columns=id,text"))
	if got, want := copied("[data-do=tsv]", 0), "番号\t対策の要点\nH01-01\t'=1+1|二行*目*; <b>&\"x\"\nH01-02\t'@地域𠮷\nH01-03\t建物を災害から守る\n"; got != want {
		t.Errorf("copied %q, want %q", got, want)
	}
	if console, _ := p.Log(); len(console) > 0 {
		t.Errorf("console: %v", console)
	}
}

// TestDrawings looks for text that leaves its box in the drawings of the whole
// content, and for menus and matrices that leave the window.
func TestDrawings(t *testing.T) {
	t.Parallel()
	ctx, _, p := browser(t)
	l := list{t, ctx, p}
	cat := load(t, os.DirFS(filepath.Join(rendertest.Root(t), "content")))
	dir := folder(t, build(t, cat, site.Options{Options: render.Options{Lang: catalog.Japanese, Date: cat.Guide.Date, ToolVersion: "1"}, Langs: both}))
	window(t, ctx, p, 390, false)
	for _, lang := range both {
		must(t, p.Open(ctx, "file://"+dir+"/"+string(lang)+"/overview/relations.html"))
		pages := l.strings(`Array.from(document.querySelectorAll('a[href*="#relations"]')).map(function (a) { return a.href.split("#")[0]; })`)
		if len(pages) < 200 {
			t.Fatalf("only %d pages", len(pages))
		}
		seen := map[string]bool{}
		for i, page := range pages {
			// All labels of the guide's own vulnerabilities are drawn, and every risk on
			// some of the other pages.
			if seen[page] || strings.Contains(page, "/controls/") && i%20 > 0 || strings.Contains(page, "/vulnerabilities/V") && i%4 > 0 {
				continue
			}
			seen[page] = true
			must(t, p.Open(ctx, page))
			for _, bad := range l.strings(`Array.from(document.querySelectorAll(".drawing a")).filter(function (a) {
				var b = a.querySelector("rect").getBBox(), t = a.querySelector("text").getBBox();
				return t.x < b.x || t.y < b.y - 1 || t.x + t.width > b.x + b.width || t.y + t.height > b.y + b.height + 1;
			}).map(function (a) { return a.textContent; })`) {
				t.Errorf("%s: %q leaves its box", page, bad)
			}
		}
		must(t, p.Open(ctx, "file://"+dir+"/"+string(lang)+"/overview/index.html"))
		l.want("the matrix at 390 pixels", `document.documentElement.scrollWidth`, "390")
		l.run(`(function () { var b = document.querySelectorAll(".box-m")[1]; b.scrollIntoView({behavior: "instant"}); b.scrollTo(300, 200); }())`)
		for what, expr := range map[string]string{
			"heading":      `Math.abs(document.querySelector(".m-clauses thead").getBoundingClientRect().top - document.querySelectorAll(".box-m")[1].getBoundingClientRect().top) < 3`,
			"first column": `Math.abs(document.querySelector(".m-clauses tbody th").getBoundingClientRect().left - document.querySelectorAll(".box-m")[1].getBoundingClientRect().left) < 3`,
		} {
			l.want("the "+what+" stays", expr, "true")
		}
	}
	window(t, ctx, p, 1280, false)
	must(t, p.Open(ctx, "file://"+dir+"/en/measures/index.html"))
	l.run(`document.querySelectorAll(".facet").forEach(function (f) { f.open = true; })`)
	l.run(`new Promise(function (r) { setTimeout(r, 50); })`)
	l.want("menus", `document.documentElement.scrollWidth`, "1280")
}
