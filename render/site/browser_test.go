package site_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"math"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"

	"riskguide/catalog"
	"riskguide/render"
	"riskguide/render/rendertest"
	"riskguide/render/site"
	"riskguide/render/site/internal/chromium"
)

// kinds holds one page of each kind of the fixture, and more where they differ.
var kinds = []string{"index.html", "404.html", "ja/index.html", "ja/risks/index.html", "ja/risks/H01.html", "ja/risks/M02.html",
	"ja/risks/M09.html", "ja/controls/index.html", "ja/controls/2.1.1.10.html", "ja/controls/8.6.1.2.html", "ja/controls/8.6.1.4.html",
	"ja/clauses/2.1.1.html", "ja/vulnerabilities/index.html", "ja/vulnerabilities/V6.html", "ja/layers/index.html",
	"ja/layers/abstraction.html", "ja/layers/physical.html", "ja/layers/user.html", "ja/guide/10-purpose.html", "ja/guide/20-risks.html",
	"ja/measures/index.html", "ja/overview/index.html", "ja/overview/relations.html", "en/measures/index.html", "en/overview/index.html",
	"en/overview/relations.html",
	"ja/references.html", "ja/pack.html", "en/pack.html", "ja/downloads.html", "ja/api.html", "en/api.html", "api/v1/index.html", "ja/retired.html", "ja/changes.html", "en/changes.html", "en/index.html", "en/risks/H01.html", "en/risks/M02.html",
	"en/controls/8.6.1.3.html", "en/layers/index.html", "en/guide/20-risks.html"}

// tool returns a file of the programs that npm installs for these tests.
func tool(t testing.TB, name string) string {
	t.Helper()
	p := filepath.Join("testdata", "browser", "node_modules", filepath.FromSlash(name))
	if _, err := os.Stat(p); err != nil {
		rendertest.Missing(t, "npm package "+strings.Split(name, "/")[0]+" (npm ci --ignore-scripts in render/site/testdata/browser)")
	}
	p, err := filepath.Abs(p)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// folder writes the files of a build into a new folder.
func folder(t testing.TB, m *render.Memory) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range m.Names() {
		p := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(p), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, m.Data(name), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// fullFixture is the fixture in two languages with retired ids, a missing
// translation and all downloads.
func fullFixture(t testing.TB) string {
	files := retiredFixture(t)
	f := files["controls/8.6.1.yaml"]
	f.Data = bytes.Replace(f.Data, []byte(", en: Define roles and responsibilities"), nil, 1)
	cat := load(t, files)
	opts := options(cat, both...)
	opts.Since = since(t, fixture(t), files)
	return folder(t, build(t, cat, opts))
}

// browser starts Chromium, with flags of its own, and opens a page.
func browser(t testing.TB, flags ...string) (context.Context, *chromium.Browser, *chromium.Page) {
	t.Helper()
	program := rendertest.Tool(t, "chromium", "chromium-browser", "google-chrome")
	// Chromium may still write into its profile while it ends.
	dir, err := os.MkdirTemp("", "riskguide-chromium-")
	if err != nil {
		t.Fatal(err)
	}
	b, err := chromium.Start(program, dir, flags...)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 15*time.Minute)
	t.Cleanup(func() {
		cancel()
		if err := b.Close(); err != nil {
			t.Error(err)
		}
		os.RemoveAll(dir)
	})
	p, err := b.NewPage(ctx)
	if err != nil {
		t.Fatal(err)
	}
	return ctx, b, p
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// window sets the size of the window and the scheme.
func window(t testing.TB, ctx context.Context, p *chromium.Page, width int, dark bool) {
	t.Helper()
	must(t, p.Size(ctx, width, 900))
	must(t, p.Dark(ctx, dark))
}

// TestInBrowser opens a page of each kind from the disk, narrow and wide, light
// and dark: nothing runs over the window, nothing is asked of another host, the
// console stays empty and axe-core finds nothing.
func TestInBrowser(t *testing.T) {
	t.Parallel()
	axe, err := os.ReadFile(tool(t, "axe-core/axe.min.js"))
	must(t, err)
	ctx, _, p := browser(t)
	dir := fullFixture(t)
	for _, mode := range []struct {
		width int
		dark  bool
		axe   bool // light pages go through it in TestEveryPageInAxe
	}{{1280, false, false}, {900, false, false}, {390, true, true}, {360, false, false}} {
		window(t, ctx, p, mode.width, mode.dark)
		for _, name := range kinds {
			page := fmt.Sprintf("%s at %d, dark %v", name, mode.width, mode.dark)
			must(t, p.Open(ctx, "file://"+dir+"/"+name))
			var size [2]int
			const measure = "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
			must(t, p.Eval(ctx, measure, &size))
			if size[0] > size[1] {
				t.Errorf("%s is %d pixels wide", page, size[0])
			}
			if mode.axe {
				axeCheck(t, ctx, p, string(axe), page)
			}
			console, requests := p.Log()
			if len(console) > 0 {
				t.Errorf("%s: console: %v", page, console)
			}
			for _, r := range requests {
				// Chromium tells of the pictures of its own controls, such as the
				// calendar of a field for a date, as data: too.
				if !strings.HasPrefix(r, "file://"+dir+"/") && !strings.HasPrefix(r, "data:") {
					t.Errorf("%s requests %s", page, r)
				}
			}
		}
	}
}

func axeCheck(t *testing.T, ctx context.Context, p *chromium.Page, axe, page string) {
	t.Helper()
	must(t, p.Eval(ctx, axe, nil))
	found, err := violations(ctx, p)
	must(t, err)
	for _, f := range found {
		t.Errorf("%s: %s", page, f)
	}
}

// TestRiskTableInBrowser checks what the style does with a risk table.
func TestRiskTableInBrowser(t *testing.T) {
	t.Parallel()
	ctx, _, p := browser(t)
	dir := fullFixture(t)
	open := func(width int, name string) {
		t.Helper()
		window(t, ctx, p, width, false)
		must(t, p.Open(ctx, "file://"+dir+"/"+name))
	}
	number := func(expr string) float64 {
		t.Helper()
		var v float64
		must(t, p.Eval(ctx, expr, &v))
		return v
	}

	open(1280, "ja/risks/H01.html")
	must(t, p.Size(ctx, 1280, 400)) // the table is longer
	must(t, p.Eval(ctx, `window.scrollTo({top: document.getElementById("H01-03").getBoundingClientRect().top + window.scrollY, behavior: "instant"})`, nil))
	if y := number(`document.querySelector("table.risk thead").getBoundingClientRect().top`); y != 0 || number("window.scrollY") < 400 {
		t.Errorf("the header of the table does not stay at the top of the window: %v", y)
	}
	if a, b := number(`document.querySelector("table.risk").getBoundingClientRect().right`), number("document.documentElement.clientWidth"); a > b {
		t.Errorf("the table reaches %v of %v pixels", a, b)
	}

	open(900, "ja/risks/H01.html")
	must(t, p.Size(ctx, 900, 400))
	must(t, p.Eval(ctx, `(function () { var b = document.querySelector(".box-t"); b.scrollIntoView({behavior: "instant"}); b.scrollTo(200, 120); }())`, nil))
	for what, expr := range map[string]string{
		"header":       `document.querySelector("table.risk thead").getBoundingClientRect().top - document.querySelector(".box-t").getBoundingClientRect().top`,
		"first column": `document.querySelector("#layer-physical").getBoundingClientRect().left - document.querySelector(".box-t").getBoundingClientRect().left`,
	} {
		if d := number(expr); math.Abs(d) > 2 {
			t.Errorf("at 900 pixels the %s moved by %v", what, d)
		}
	}
	if number(`document.querySelector(".box-t").scrollLeft`) != 200 {
		t.Error("at 900 pixels the box of the table does not scroll")
	}

	open(360, "ja/risks/H01.html")
	if d := number(`document.querySelectorAll("table.risk td").length - Array.from(document.querySelectorAll("table.risk td")).filter(function (c) {
		return c.getBoundingClientRect().height > 0 || c.matches(".empty, .none ~ .none"); }).length`); d != 0 {
		t.Errorf("at 360 pixels %v cells with content are hidden", d)
	}
	var label string
	must(t, p.Eval(ctx, `getComputedStyle(document.querySelector("#H01-02"), "::before").content`, &label))
	if label != `"対策の要点(物理層)"` {
		t.Errorf("at 360 pixels the label of a measure is %s", label)
	}
	must(t, p.Eval(ctx, `getComputedStyle(document.querySelector("#H01-03").parentNode, "::before").content`, &label))
	if !strings.Contains(label, "目指すべき水準、脅威、脆弱性、対応する管理基準、残留リスクは上と同じ") {
		t.Errorf("at 360 pixels the card of H01-03 says %s", label)
	}
}

// TestScript checks the two conveniences, and that pages do without them.
func TestScript(t *testing.T) {
	t.Parallel()
	ctx, _, p := browser(t)
	dir := fullFixture(t)
	page := "file://" + dir + "/ja/risks/M02.html"
	window(t, ctx, p, 1280, false)
	str := func(expr string) string {
		t.Helper()
		var s string
		must(t, p.Eval(ctx, expr, &s))
		return s
	}
	const ground = `getComputedStyle(document.body).backgroundColor`
	must(t, p.Open(ctx, page))
	light := str(ground)
	must(t, p.Eval(ctx, `(function () { var s = document.querySelector("select.theme"); s.value = "dark"; s.dispatchEvent(new Event("change")); }())`, nil))
	dark := str(ground)
	if light == dark {
		t.Error("the choice of colours changes nothing")
	}
	must(t, p.Open(ctx, "file://"+dir+"/ja/index.html"))
	if str(ground) != dark {
		t.Error("the choice of colours is not kept")
	}
	must(t, p.Eval(ctx, `(function () { var s = document.querySelector("select.theme"); s.value = "auto"; s.dispatchEvent(new Event("change")); }())`, nil))
	if str(ground) != light {
		t.Error("the automatic choice does not come back")
	}

	must(t, p.Open(ctx, page))
	if _, err := p.Call(ctx, "Page.bringToFront", nil); err != nil {
		t.Fatal(err)
	}
	// The clipboard itself belongs to the machine: take what is written.
	must(t, p.Eval(ctx, `navigator.clipboard.writeText = function (s) { window.copied = s; return Promise.resolve(); }`, nil))
	must(t, p.Eval(ctx, `document.querySelector("#M02-02 .anchor").click()`, nil))
	must(t, p.Eval(ctx, `new Promise(function (r) { setTimeout(r, 50); })`, nil))
	if got := str("window.copied"); got != page+"#M02-02" {
		t.Errorf("copied %q", got)
	}
	if got := str("location.hash"); got != "#M02-02" {
		t.Errorf("the address ends in %q", got)
	}
	if got := str(`document.querySelector("[role=status]").textContent`); got != "リンクをコピーしました" {
		t.Errorf("the page says %q", got)
	}

	must(t, p.Scripts(ctx, false))
	must(t, p.Open(ctx, page))
	res, err := p.PDF(ctx)
	must(t, err)
	if len(res) == 0 {
		t.Error("nothing is drawn without scripts")
	}
	must(t, p.Scripts(ctx, true))
}

// TestLanguageSwitch follows the switch from a measure's page.
func TestLanguageSwitch(t *testing.T) {
	t.Parallel()
	ctx, _, p := browser(t)
	dir := fullFixture(t)
	must(t, p.Open(ctx, "file://"+dir+"/ja/risks/M02.html"))
	must(t, p.Eval(ctx, `document.querySelector(".langs a[lang=en]").click()`, nil))
	must(t, p.WaitLoad(ctx))
	var title string
	must(t, p.Eval(ctx, "document.title", &title))
	if !strings.HasPrefix(title, "M02 Failing isolation") {
		t.Errorf("the switch leads to %q", title)
	}
}

// word is a word of a page of a PDF with its box in points.
type word struct {
	x0, y0, x1, y1 float64
	text           string
}

var (
	pdfWord = regexp.MustCompile(`<word xMin="([-\d.]+)" yMin="([-\d.]+)" xMax="([-\d.]+)" yMax="([-\d.]+)">(.*?)</word>`)
	pdfPage = regexp.MustCompile(`<page width="([\d.]+)" height="([\d.]+)">`)
)

// TestPrint prints risk pages and looks for text that is missing, runs over other
// text or leaves the paper.
func TestPrint(t *testing.T) {
	t.Parallel()
	pdftotext := rendertest.Tool(t, "pdftotext")
	ctx, _, p := browser(t)
	var cats []*catalog.Catalog
	cats = append(cats, load(t, fixture(t)))
	// A control cell of two measures that runs over the foot of a page, wherever
	// that falls in it.
	for _, n := range []int{18, 24, 30, 36} {
		var more strings.Builder
		for i := range n {
			fmt.Fprintf(&more, "  - {id: 8.6.1.%d, statement: {ja: %s, en: Keep it up}}\n", 10+i,
				strings.Repeat("拠点の一つを失ってもサービスを止めない仕組みを設ける。", 1+i%3))
		}
		cats = append(cats, load(t, fixture(t,
			"controls/8.6.1.yaml", "en: Define roles and responsibilities}\n", "en: Define roles and responsibilities}\n"+more.String(),
			"risks/H01.yaml", "      - C.1.1.1\n", fmt.Sprintf("      - 8.6.1.10..8.6.1.%d\n      - C.1.1.1\n", 9+n))))
	}
	content := filepath.Join(rendertest.Root(t), "content")
	if _, err := os.Stat(filepath.Join(content, "guide.yaml")); err == nil {
		cats = append(cats, load(t, os.DirFS(content)))
	}
	for _, cat := range cats {
		m := build(t, cat, site.Options{Options: render.Options{Lang: catalog.Japanese, Date: cat.Guide.Date, ToolVersion: "1"}})
		dir := folder(t, m)
		for _, r := range cat.Risks {
			name := "ja/risks/" + r.ID + ".html"
			must(t, p.Open(ctx, "file://"+dir+"/"+name))
			data, err := p.PDF(ctx)
			must(t, err)
			file := filepath.Join(t.TempDir(), "page.pdf")
			must(t, os.WriteFile(file, data, 0o666))
			out, err := exec.Command(pdftotext, "-bbox", file, "-").Output()
			must(t, err)
			pages := bytes.Split(out, []byte("<page "))[1:]
			var all strings.Builder
			for i, pg := range pages {
				pg = append([]byte("<page "), pg...)
				size := pdfPage.FindSubmatch(pg)
				if w, h := float(size[1]), float(size[2]); math.Abs(w-842) > 2 || math.Abs(h-595) > 2 {
					t.Fatalf("%s: page %d is %v × %v points, not A4 landscape", name, i+1, w, h)
				}
				words := wordsOf(pg)
				checkWords(t, fmt.Sprintf("%s printed, page %d", name, i+1), words)
				head := cat.Guide.Column(catalog.ColumnControls).Name.Values["ja"]
				var text strings.Builder
				for _, w := range words {
					text.WriteString(w.text)
				}
				if !strings.Contains(squeeze(text.String()), squeeze(head)) && i < len(pages)-1 {
					t.Errorf("%s: page %d does not repeat the header of the table", name, i+1)
				}
				all.WriteString(text.String())
			}
			// Lines of different cells mix in the text of a PDF: count its
			// characters instead.
			have := runes(all.String())
			for c, n := range runes(squeeze(printed(find(parse(t, m, name), "table", "risk")[0]))) {
				if have[c] < n && c > 0x2E80 {
					t.Errorf("%s printed holds %q %d times, the table %d times", name, c, have[c], n)
				}
			}
		}
	}
}

// printed returns the text of a table's cells that is meant for the eye.
func printed(tab *html.Node) string {
	var b strings.Builder
	for _, tag := range []string{"th", "td"} {
		for _, cell := range find(tab, tag, "") {
			if len(find(cell, "span", "vh")) == 0 {
				for _, n := range append(find(cell, "li", "fold"), find(cell, "span", "pick")...) { // for the screen
					n.Parent.RemoveChild(n)
				}
				b.WriteString(text(cell))
			}
		}
	}
	return b.String()
}

func float(b []byte) float64 {
	f, _ := strconv.ParseFloat(string(b), 64)
	return f
}

func wordsOf(page []byte) []word {
	var out []word
	unescape := strings.NewReplacer("&lt;", "<", "&gt;", ">", "&quot;", `"`, "&amp;", "&")
	for _, m := range pdfWord.FindAllSubmatch(page, -1) {
		out = append(out, word{float(m[1]), float(m[2]), float(m[3]), float(m[4]), unescape.Replace(string(m[5]))})
	}
	return out
}

// checkWords reports words that cover each other or leave the paper.
func checkWords(t *testing.T, where string, words []word) {
	t.Helper()
	slices.SortFunc(words, func(a, b word) int { return int(a.y0*100) - int(b.y0*100) })
	for i, a := range words {
		if a.x0 < 0 || a.y0 < 0 || a.x1 > 842 || a.y1 > 595.5 {
			t.Errorf("%s: %q leaves the paper", where, a.text)
		}
		for _, b := range words[i+1:] {
			if b.y0 > a.y1 {
				break
			}
			across := min(a.x1, b.x1) - max(a.x0, b.x0)
			down := min(a.y1, b.y1) - max(a.y0, b.y0)
			if across > 1.5 && down > 0.45*min(a.y1-a.y0, b.y1-b.y0) {
				t.Errorf("%s: %q and %q cover each other", where, a.text, b.text)
			}
		}
	}
}

func runes(s string) map[rune]int {
	m := map[rune]int{}
	for _, r := range s {
		m[r]++
	}
	return m
}

// TestHTMLChecker runs the Nu Html Checker over every page and the style.
func TestHTMLChecker(t *testing.T) {
	t.Parallel()
	dir := fullFixture(t)
	checkHTML(t, dir)
	if matches, _ := fs.Glob(os.DirFS(dir), "ja/risks/*.html"); len(matches) < 3 {
		t.Errorf("only %v were there to check", matches)
	}
}

// checkHTML runs the checker over what lies in a folder.
func checkHTML(t *testing.T, dir string) {
	t.Helper()
	jar := tool(t, "vnu-jar/build/dist/vnu.jar")
	java := rendertest.Tool(t, "java")
	nu(t, java, jar, dir, "--skip-non-html", "--also-check-css", "--also-check-svg")
}

// violations applies all rules of axe-core, which must be there already, to the page.
func violations(ctx context.Context, p *chromium.Page) ([]string, error) {
	var found []struct {
		ID, Help string
		Nodes    []struct{ HTML, FailureSummary string }
	}
	err := p.Eval(ctx, `axe.run(document, {resultTypes: ["violations"], preload: false, iframes: false, rules: {"target-size": {enabled: true}}}).then(function (r) { return r.violations; })`, &found)
	var out []string
	for _, v := range found {
		for _, n := range v.Nodes {
			out = append(out, fmt.Sprintf("%s (%s): %.200s: %s", v.ID, v.Help, n.HTML, n.FailureSummary))
		}
	}
	return out, err
}

// nu runs the Nu Html Checker over a folder.
func nu(t *testing.T, java, jar, dir string, args ...string) {
	t.Helper()
	var out bytes.Buffer
	cmd := exec.Command(java, append([]string{"-jar", jar, "--format", "json", "--exit-zero-always"}, append(args, dir)...)...)
	cmd.Stderr = &out // the checker's messages go there
	must(t, cmd.Run())
	var res struct {
		Messages []struct {
			Type, URL, Message, Extract string
			LastLine                    int
		}
	}
	if err := json.Unmarshal(out.Bytes(), &res); err != nil {
		t.Fatalf("%v: %.500s", err, out.String())
	}
	for _, m := range res.Messages {
		// The checker takes no file on a disk for the page's own host;
		// TestInBrowser shows that browsers do.
		if strings.HasPrefix(m.Message, "Resource violates Content Security Policy") && m.Type == "info" {
			continue
		}
		// Nor does it find the hash of a long inline style right; browsers do,
		// as TestReportsInBrowser shows.
		if strings.HasPrefix(m.Message, "Inline style violates Content Security Policy") && m.Type == "info" {
			continue
		}
		// It does not know container queries (CSS Containment, level 3), which
		// browsers have had since 2023.
		if strings.Contains(m.Message, "at-rule “@container”") || strings.Contains(m.Message, "Property “container” doesn't exist") {
			continue
		}
		// Nor does it know that structured data is no script: a policy is asked
		// about what is run only (HTML, "prepare the script element").
		if m.Type == "info" && strings.HasPrefix(m.Message, "Inline script violates") && strings.Contains(m.Extract, `<script type="application/ld+json">`) {
			continue
		}
		// The checker does not know container queries, which all browsers have had
		// since February 2023.
		if path.Ext(m.URL) == ".css" && (strings.Contains(m.Message, "Unrecognized at-rule “@container”") || strings.Contains(m.Message, "Property “container” doesn't exist")) {
			continue
		}
		t.Errorf("%s:%d: %s: %s: %.200s", strings.TrimPrefix(m.URL, "file:"+dir), m.LastLine, m.Type, m.Message, m.Extract)
	}
}
