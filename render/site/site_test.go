package site_test

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/fstest"

	"golang.org/x/net/html"

	"riskguide/catalog"
	"riskguide/catalog/synthetic"
	"riskguide/render"
	"riskguide/render/rendertest"
	"riskguide/render/site"
	"riskguide/render/table"
	"riskguide/templates"
)

var update = flag.Bool("update", false, "rewrite the golden files")

var both = []catalog.Lang{catalog.Japanese, catalog.English}

// fixture returns the files of the invented guide, with the replacements made:
// file, old, new, file, old, new, …
func fixture(t testing.TB, replace ...string) fstest.MapFS {
	t.Helper()
	root := filepath.Join(rendertest.Root(t), "catalog", "testdata", "small")
	files := fstest.MapFS{}
	err := fs.WalkDir(os.DirFS(root), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(filepath.Join(root, name))
		files[name] = &fstest.MapFile{Data: data}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+2 < len(replace); i += 3 {
		f := files[replace[i]]
		if f == nil {
			f = &fstest.MapFile{}
			files[replace[i]] = f
		}
		if !strings.Contains(string(f.Data), replace[i+1]) {
			t.Fatalf("%s does not hold %q", replace[i], replace[i+1])
		}
		f.Data = []byte(strings.Replace(string(f.Data), replace[i+1], replace[i+2], 1))
	}
	return files
}

func load(t testing.TB, files fs.FS) *catalog.Catalog {
	t.Helper()
	cat, problems := catalog.Load(context.Background(), files, catalog.LoadOptions{})
	if problems.HasErrors() {
		t.Fatal(problems.ErrorsOnly())
	}
	return cat
}

func options(cat *catalog.Catalog, langs ...catalog.Lang) site.Options {
	return site.Options{
		Options: render.Options{Lang: cat.DefaultLang(), Templates: templates.FS(), Date: cat.Guide.Date, ToolVersion: "1.2.3"},
		Langs:   langs, PDFs: true, Workbooks: true, API: true,
		Packs: []site.Pack{{Path: "downloads/packs/trial.zip", Title: catalog.NewText("ja", "試験の一式")}},
	}
}

func build(t testing.TB, cat *catalog.Catalog, opts site.Options) *render.Memory {
	t.Helper()
	var m render.Memory
	if err := site.Render(context.Background(), cat, opts, &m); err != nil {
		t.Fatal(err)
	}
	return &m
}

// downloads are the files that others put beside the pages of the fixture.
var downloads = []string{"downloads/riskguide.pdf", "downloads/H01.pdf", "downloads/M02.pdf", "downloads/riskguide-catalog.xlsx",
	"downloads/en/riskguide.pdf", "downloads/en/H01.pdf", "downloads/en/M02.pdf", "downloads/en/riskguide-catalog.xlsx",
	"downloads/packs/trial.zip"}

func TestFiles(t *testing.T) {
	cat := load(t, fixture(t))
	m := build(t, cat, options(cat, both...))
	want := []string{"404.html", "assets/icon.svg", "assets/icon-180.png", "assets/icon-192.png", "assets/icon-512.png",
		"assets/icon-maskable.png", "assets/preview.png", "index.html", "robots.txt"}
	for _, l := range both {
		for _, f := range strings.Fields(`index.html references.html downloads.html api.html retired.html editions.html feed.xml manifest.webmanifest
			guide/10-purpose.html guide/20-risks.html
			risks/index.html risks/H01.html risks/M02.html measures/index.html overview/index.html overview/relations.html
			controls/index.html controls/2.1.1.1.html controls/2.1.1.2.html controls/2.1.1.10.html
			controls/8.6.1.1.html controls/8.6.1.2.html controls/8.6.1.3.html controls/C.1.1.1.html
			clauses/2.1.1.html clauses/8.6.1.html clauses/C.1.1.html
			vulnerabilities/index.html vulnerabilities/V5.html vulnerabilities/V6.html vulnerabilities/V48.html vulnerabilities/U1.html
			layers/index.html layers/user.html layers/abstraction.html layers/resource.html layers/function.html
			layers/physical.html layers/service-management.html`) {
			want = append(want, string(l)+"/"+f)
		}
	}
	// Styles, scripts and data carry a hash in their names, here written as *.
	want = append(want, "assets/js-yaml.LICENSE.txt")
	want = append(want, strings.Fields(`assets/site.*.css assets/site.*.js assets/start.*.js assets/reading.*.js ja/data/previews.*.js en/data/previews.*.js
		assets/pick.*.js assets/tailor.*.css assets/tailor.*.js assets/tailor-core.*.js assets/js-yaml.min.*.js
		ja/data/tailor-data.*.js en/data/tailor-data.*.js ja/pack.html en/pack.html
		assets/lists.*.css assets/lists.*.js assets/tables.*.js
		assets/search.*.css assets/search.*.js assets/search-engine.*.js ja/data/search-index.*.js en/data/search-index.*.js`)...)
	var got []string
	hash := regexp.MustCompile(`\.[0-9a-f]{10}\.(css|js)$`)
	for _, n := range m.Names() {
		if !strings.HasPrefix(n, site.APIDir+"/") { // see TestAPI
			got = append(got, hash.ReplaceAllString(n, ".*.$1"))
		}
	}
	slices.Sort(want)
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("files:\n got %v\nwant %v", got, want)
	}
}

// TestWellFormed checks what holds of every page: that its links lead somewhere,
// that ids are unique, that nothing is inline and nothing comes from elsewhere.
func TestWellFormed(t *testing.T) {
	cat := load(t, fixture(t))
	retired := load(t, retiredFixture(t))
	for _, tt := range []struct {
		name string
		m    *render.Memory
	}{
		{"two languages", build(t, cat, options(cat, both...))},
		{"one language", build(t, cat, options(cat, catalog.Japanese))},
		{"retired ids", build(t, retired, options(retired, both...))},
	} {
		t.Run(tt.name, func(t *testing.T) { wellFormed(t, tt.m, downloads) })
	}
}

func wellFormed(t *testing.T, m *render.Memory, others []string) {
	pages := map[string]*html.Node{}
	ids := map[string]map[string]bool{}
	for _, name := range m.Names() {
		if path.Ext(name) != ".html" {
			continue
		}
		pages[name] = parse(t, m, name)
		ids[name] = map[string]bool{}
		for n := range pages[name].Descendants() {
			if id, ok := attr(n, "id"); ok {
				if ids[name][id] || id == "" || strings.ContainsAny(id, " \t\n") {
					t.Errorf("%s: id %q is empty, holds a space or stands twice", name, id)
				}
				ids[name][id] = true
			}
		}
	}
	titles := map[string]string{}
	for name, doc := range pages {
		title := text(one(t, name, doc, "title"))
		if lang, _, ok := strings.Cut(name, "/"); ok && lang != "api" {
			if titles[lang+title] != "" {
				t.Errorf("%s and %s have the same title %q", name, titles[lang+title], title)
			}
			titles[lang+title] = name
			if got, _ := attr(one(t, name, doc, "html"), "lang"); got != lang {
				t.Errorf("%s: lang is %q", name, got)
			}
		}
		one(t, name, doc, "main")
		one(t, name, doc, "h1")
		policy := false
		level := 0
		for n := range doc.Descendants() {
			if n.Type != html.ElementNode {
				continue
			}
			for _, a := range n.Attr {
				if a.Key == "style" || strings.HasPrefix(a.Key, "on") {
					t.Errorf("%s: <%s %s> is not allowed by the policy", name, n.Data, a.Key)
				}
				if strings.Contains(a.Val, "ZgotmplZ") || strings.HasPrefix(a.Val, "[") && a.Key == "data-label" {
					t.Errorf("%s: <%s %s=%q>", name, n.Data, a.Key, a.Val)
				}
			}
			switch n.Data {
			case "style":
				t.Errorf("%s: inline style", name)
			case "script":
				if src, _ := attr(n, "src"); (src == "" || n.FirstChild != nil) && !isStructured(n) {
					t.Errorf("%s: inline script", name)
				}
			case "meta":
				if k, _ := attr(n, "http-equiv"); k == "Content-Security-Policy" {
					policy = true
					if v, _ := attr(n, "content"); strings.Contains(strings.Replace(v, "'wasm-unsafe-eval'", "", 1), "unsafe") || !strings.Contains(v, "default-src 'none'") {
						t.Errorf("%s: policy %q", name, v)
					}
				}
			case "h1", "h2", "h3", "h4":
				l := int(n.Data[1] - '0')
				if l > level+1 {
					t.Errorf("%s: heading %q of level %d follows one of level %d", name, text(n), l, level)
				}
				level = l
			}
			for _, key := range []string{"href", "src"} {
				v, ok := attr(n, key)
				if !ok {
					continue
				}
				if err := resolves(v, name, m, ids, others); err != nil {
					t.Errorf("%s: %v", name, err)
				}
			}
			for _, key := range []string{"aria-labelledby", "aria-describedby", "headers"} {
				if v, ok := attr(n, key); ok {
					for _, id := range strings.Fields(v) {
						if !ids[name][id] {
							t.Errorf("%s: %s names %q, which is not there", name, key, id)
						}
					}
				}
			}
		}
		if !policy {
			t.Errorf("%s: no Content-Security-Policy", name)
		}
		if s := text(doc); strings.Contains(s, "<no value>") || regexp.MustCompile(`\[[a-z]+(-[a-z]+)+\]`).MatchString(s) {
			t.Errorf("%s: a word or value is missing: %.200s", name, s)
		}
	}
}

// resolves reports where a link leads nowhere.
func resolves(link, from string, m *render.Memory, ids map[string]map[string]bool, others []string) error {
	u, err := url.Parse(link)
	if err != nil {
		return err
	}
	if u.Scheme != "" {
		if link == "https://example.org/xyz09" { // the reference of the fixture
			return nil
		}
		return fmt.Errorf("link to another host: %s", link)
	}
	if strings.HasPrefix(u.Path, "/") {
		return fmt.Errorf("link from the root: %s", link)
	}
	to := from
	if u.Path != "" {
		to = path.Join(path.Dir(from), u.Path)
	}
	if m.Data(to) == nil && !slices.Contains(others, to) {
		return fmt.Errorf("broken link %s (%s)", link, to)
	}
	if strings.Contains(u.Fragment, "=") { // the state of a list: see TestMatrix
		return nil
	}
	if u.Fragment != "" && !ids[to][u.Fragment] {
		return fmt.Errorf("broken anchor %s", link)
	}
	return nil
}

// TestNothingLost finds every text of the catalog on a page where it belongs.
func TestNothingLost(t *testing.T) {
	cat := load(t, fixture(t))
	m := build(t, cat, options(cat, both...))
	for _, l := range both {
		cache := map[string]string{}
		want := func(file string, texts ...catalog.Text) {
			t.Helper()
			file = string(l) + "/" + file
			if cache[file] == "" {
				cache[file] = squeeze(text(one(t, file, parse(t, m, file), "body")))
			}
			for _, x := range texts {
				s, _ := cat.Text(x, l)
				s = strings.ReplaceAll(s, "{hours}", "24")
				if !strings.Contains(cache[file], squeeze(s)) {
					t.Errorf("%s lacks %q", file, s)
				}
			}
		}
		g := cat.Guide
		want("index.html", g.Title, g.Subtitle, g.Publisher, g.Rights)
		for _, c := range g.Columns {
			want("guide/10-purpose.html", c.Name, c.Description)
		}
		for _, r := range g.References {
			want("guide/10-purpose.html", r.Text, r.Note)
			want("references.html", r.Text, r.Note)
		}
		for _, x := range g.AllLayers() {
			want("layers/index.html", x.Name, x.Description, g.LayerModel)
			want("layers/"+x.ID+".html", x.Name, x.Description)
			want("guide/20-risks.html", x.Name, g.LayerModel)
		}
		for _, r := range cat.Risks {
			page := "risks/" + r.ID + ".html"
			want(page, r.Name, r.Severity.Name)
			want(page, r.Description...)
			want(page, r.Notes...)
			for _, list := range []string{"risks/index.html", "guide/20-risks.html"} {
				want(list, r.Name)
				want(list, r.Description...)
			}
			for _, x := range r.Objectives {
				want(page, x.Text)
			}
			for _, x := range r.Threats {
				want(page, x.Text)
			}
			for _, x := range r.Residuals {
				want(page, x.Text)
			}
			for _, x := range r.Measures {
				want(page, x.Text)
				for _, c := range x.Controls.Citations {
					want(page, c.Statement(), c.Note)
					want("controls/"+c.Control.ID+".html", x.Text, r.Name, c.Variant, c.Note)
				}
				for _, layer := range x.Layers() {
					want("layers/"+layer.ID+".html", x.Text, r.Name)
				}
			}
			for _, x := range r.Rows {
				want(page, x.Remark)
				for _, v := range x.Vulnerabilities {
					want(page, v.Label(), v.Note)
					want("vulnerabilities/"+v.Vulnerability.ID+".html", v.Variant, v.Note, r.Name)
					if x.Measure != nil {
						want("vulnerabilities/"+v.Vulnerability.ID+".html", x.Measure.Text)
					}
				}
			}
			for _, x := range r.NotApplicable {
				want("layers/"+x.ID+".html", r.Name)
			}
		}
		for _, cl := range cat.Clauses {
			want("clauses/"+cl.ID+".html", cl.Title)
			for _, c := range cl.Controls {
				want("clauses/"+cl.ID+".html", c.Statement)
				want("controls/index.html", cl.Title, c.Statement)
				want("controls/"+c.ID+".html", c.Statement, cl.Title)
				for _, p := range c.Parameters {
					want("controls/"+c.ID+".html", p.Label)
				}
			}
		}
		for _, v := range cat.Vulnerabilities {
			want("vulnerabilities/index.html", v.Label)
			want("vulnerabilities/"+v.ID+".html", v.Label)
		}
		for _, r := range cat.Retired {
			want("retired.html", r.Reason)
			want("risks/M02.html", r.Reason)
		}
		for _, p := range cat.Pages {
			want("guide/"+p.ID+".html", p.Title)
		}
	}
	words := squeeze(text(parse(t, m, "ja/guide/20-risks.html")))
	for _, s := range []string{"上位層は扱わない。", "下位層から検討する。"} {
		if !strings.Contains(words, s) {
			t.Errorf("the page lacks %q", s)
		}
	}
}

// TestTableCovers checks that the HTML tables are the grids: every place is
// covered once, and each cell stands below its headings.
func TestTableCovers(t *testing.T) {
	cat := load(t, fixture(t))
	m := build(t, cat, options(cat, catalog.Japanese))
	for _, r := range cat.Risks {
		name := "ja/risks/" + r.ID + ".html"
		tab := find(parse(t, m, name), "table", "risk")[0]
		g := table.Build(cat, r, table.Options{Lang: catalog.Japanese})
		for _, part := range []struct {
			tag  string
			rows int
		}{{"thead", g.HeaderRows}, {"tbody", g.Rows}} {
			row := 0
			for _, group := range find(tab, part.tag, "") {
				trs := find(group, "tr", "")
				cover := make([][table.Columns]int, len(trs))
				for i, tr := range trs {
					col := 0
					for c := tr.FirstChild; c != nil; c = c.NextSibling {
						if c.Type != html.ElementNode {
							continue
						}
						for col < table.Columns && cover[i][col] > 0 {
							col++
						}
						rs, cs := number(c, "rowspan"), number(c, "colspan")
						if i+rs > len(trs) || col+cs > table.Columns {
							t.Fatalf("%s: a cell of row %d leaves its row group", name, row+i)
						}
						for y := i; y < i+rs; y++ {
							for x := col; x < col+cs; x++ {
								cover[y][x]++
							}
						}
						if part.tag == "tbody" {
							checkCell(t, name, c, cellAt(g, row+i, col), rs, cs)
						} else if s, _ := attr(c, "scope"); s != map[bool]string{false: "col", true: "colgroup"}[cs > 1] {
							t.Errorf("%s: heading %q has scope %q", name, text(c), s)
						}
					}
				}
				for y := range cover {
					for x, n := range cover[y] {
						if n != 1 {
							t.Errorf("%s: %s row %d column %d is covered %d times", name, part.tag, row+y, x, n)
						}
					}
				}
				row += len(trs)
			}
			if row != part.rows {
				t.Errorf("%s: %s has %d rows, the grid has %d", name, part.tag, row, part.rows)
			}
		}
		if caption := text(one(t, name, tab, "caption")); !strings.Contains(caption, r.ID) {
			t.Errorf("%s: caption %q", name, caption)
		}
	}
}

func cellAt(g *table.Grid, row, col int) *table.Cell {
	for i := range g.Cells {
		if g.Cells[i].Row == row && g.Cells[i].Col == col {
			return &g.Cells[i]
		}
	}
	return nil
}

func checkCell(t *testing.T, name string, n *html.Node, c *table.Cell, rows, cols int) {
	t.Helper()
	if c == nil || c.RowSpan != rows || c.ColSpan != cols {
		t.Fatalf("%s: cell %q is %d×%d, the grid has %+v", name, text(n), rows, cols, c)
	}
	if (n.Data == "th") != c.RowHeader {
		t.Errorf("%s: %q is a %s", name, text(n), n.Data)
	}
	if n.Data == "th" {
		if s, _ := attr(n, "scope"); s != "row" && s != "rowgroup" {
			t.Errorf("%s: %q has scope %q", name, text(n), s)
		}
	}
	if c.Measure != nil && c.Column == catalog.ColumnMeasure {
		if id, ok := attr(n, "id"); ok && id != c.Measure.ID {
			t.Errorf("%s: cell of %s has id %q", name, c.Measure.ID, id)
		}
	}
	got := squeeze(text(n))
	for _, it := range c.Items {
		if s := squeeze(it.Number + strings.ReplaceAll(it.Text, "{hours}", "24")); !strings.Contains(got, s) {
			t.Errorf("%s: cell %q lacks %q", name, got, s)
		}
	}
	if c.Kind == table.NotApplicable && got != squeeze("–該当なし") {
		t.Errorf("%s: a cell that is not applicable says %q", name, got)
	}
}

// TestRiskPage checks what readers of a risk's page look for.
func TestRiskPage(t *testing.T) {
	cat := load(t, fixture(t))
	m := build(t, cat, options(cat, both...))
	h01, m02 := parse(t, m, "ja/risks/H01.html"), parse(t, m, "ja/risks/M02.html")
	for id, doc := range map[string]*html.Node{"H01-01": h01, "H01-02": h01, "H01-03": h01, "H01-04": h01, "M02-01": m02, "M02-02": m02, "M02-03": m02} {
		cell := byID(doc, id)
		if cell == nil || cell.Data != "td" {
			t.Fatalf("measure %s has no cell with its anchor", id)
		}
		a := find(cell, "a", "anchor")
		if len(a) != 1 || text(a[0]) != id {
			t.Errorf("measure %s does not link to itself", id)
		} else if href, _ := attr(a[0], "href"); href != "#"+id {
			t.Errorf("measure %s links to %s", id, href)
		}
	}
	rows := find(find(m02, "table", "risk")[0], "tr", "")
	var same []string
	for _, r := range rows {
		s, _ := attr(r, "data-same")
		same = append(same, s)
	}
	want := []string{"", "", "", "目指すべき水準、脅威、残留リスクは上と同じ", "対応する管理基準、残留リスクは上と同じ", "対応する管理基準、残留リスクは上と同じ"}
	if !slices.Equal(same, want) {
		t.Errorf("rows say %q, want %q", same, want)
	}
	// The control cell of M02-02 runs past the layer where the risk does not
	// arise into another layer: its headings are named.
	for _, c := range find(m02, "td", "control") {
		label, _ := attr(c, "data-label")
		headers, _ := attr(c, "headers")
		if number(c, "rowspan") == 3 {
			if headers != "col-control layer-abstraction layer-function layer-physical layer-service-management" {
				t.Errorf("headers are %q", headers)
			}
			if label != "対応する管理基準(M02-02、M02-03 に共通)" {
				t.Errorf("label is %q", label)
			}
		} else if headers != "" {
			t.Errorf("a cell within one layer has headers %q", headers)
		}
	}
	if s := text(byID(m02, "M02-02")); !strings.Contains(s, "原典に、この対策の文言がありません") {
		t.Errorf("the gap of M02-02 is not told: %q", s)
	}
	if s := text(byID(m02, "M02-09").Parent); !strings.Contains(s, "M02-01") || !strings.Contains(s, "2026.1") {
		t.Errorf("the retired id says %q", s)
	}
	hrefs := links(m02)
	for _, l := range []string{"../../downloads/M02.pdf", "../../downloads/riskguide-catalog.xlsx", "H01.html", "index.html",
		"../controls/8.6.1.1.html", "../vulnerabilities/V48.html", "../layers/physical.html", "#M02-03", "#layer-resource", "../../en/risks/M02.html"} {
		if l == "H01.html" || l == "index.html" {
			l = "../risks/" + l
		}
		if !slices.Contains(hrefs, l) {
			t.Errorf("M02 does not link to %s: %v", l, hrefs)
		}
	}
	if !slices.Contains(links(parse(t, m, "en/risks/M02.html")), "../../downloads/en/M02.pdf") {
		t.Error("the English page does not offer the English PDF")
	}
	if s := text(h01); !strings.Contains(s, "ワーキンググループによる追加") {
		t.Error("H01 does not tell that the group added it")
	}
	if s := text(m02); !strings.Contains(s, "No.9、No.12") {
		t.Error("M02 does not tell its relation to ENISA 2009")
	}
}

func TestGolden(t *testing.T) {
	cat := load(t, fixture(t))
	m := build(t, cat, options(cat, both...))
	name := filepath.Join("testdata", "M02.ja.html")
	hash := regexp.MustCompile(`\.[0-9a-f]{10}\.(css|js)`) // a change of style or script is none of the page
	got := hash.ReplaceAll(m.Data("ja/risks/M02.html"), []byte(".HASH.$1"))
	if *update {
		if err := os.WriteFile(name, got, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("the page of M02 differs from %s; if that is meant, run go test -update and read the difference", name)
	}
}

func TestDeterministic(t *testing.T) {
	cat := load(t, fixture(t))
	first := build(t, cat, options(cat, both...))
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	for _, n := range []int{1, 2, 7} {
		runtime.GOMAXPROCS(n)
		m := build(t, load(t, fixture(t)), options(cat, both...))
		if !slices.Equal(m.Names(), first.Names()) {
			t.Fatalf("%d cores: other files", n)
		}
		for _, name := range m.Names() {
			if !bytes.Equal(m.Data(name), first.Data(name)) {
				t.Errorf("%d cores: %s differs", n, name)
			}
		}
	}
}

// TestTwoBuildsAtOnce uses one Site for two catalogs at the same time.
func TestTwoBuildsAtOnce(t *testing.T) {
	cat := load(t, fixture(t))
	s, err := site.New(options(cat, both...))
	if err != nil {
		t.Fatal(err)
	}
	var a, b render.Memory
	done := make(chan error)
	for _, m := range []*render.Memory{&a, &b} {
		go func() { done <- s.Render(context.Background(), cat, m) }()
	}
	for range 2 {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	for _, name := range a.Names() {
		if !bytes.Equal(a.Data(name), b.Data(name)) {
			t.Errorf("%s differs", name)
		}
	}
}

func TestMissingTranslation(t *testing.T) {
	files := fixture(t,
		"risks/M02.yaml", "{ja: 隔離の失敗, en: Failing isolation}", "{ja: 隔離の失敗}",
		"controls/8.6.1.yaml", "{ja: 管理の役割と責任を定める, en: Define roles and responsibilities}", "{ja: 管理の役割と責任を定める}")
	delete(files, "pages/10-purpose.en.md")
	cat := load(t, files)
	m := build(t, cat, options(cat, both...))
	for _, tt := range []struct{ file, text string }{
		{"en/risks/M02.html", "隔離の失敗"},
		{"en/risks/M02.html", "管理の役割と責任を定める"},
		{"en/controls/8.6.1.3.html", "管理の役割と責任を定める"},
		{"en/controls/8.6.1.2.html", "管理の役割と責任を定める"},
		{"en/risks/index.html", "隔離の失敗"},
		{"en/index.html", "隔離の失敗"},
		{"en/guide/10-purpose.html", "試験"},
	} {
		doc := parse(t, m, tt.file)
		marked := false
		for n := range doc.Descendants() {
			if l, _ := attr(n, "lang"); l == "ja" && n.Data != "a" && strings.Contains(text(n), tt.text) {
				marked = true
			}
		}
		if !marked {
			t.Errorf("%s: %q is not marked as Japanese", tt.file, tt.text)
		}
		if len(find(doc, "p", "notice")) != 1 {
			t.Errorf("%s does not say that something is not translated", tt.file)
		}
	}
	for _, file := range []string{"ja/risks/M02.html", "ja/guide/10-purpose.html", "en/controls/2.1.1.1.html"} {
		if len(find(parse(t, m, file), "p", "notice")) != 0 {
			t.Errorf("%s says that something is not translated", file)
		}
	}
}

// retiredFixture retires ids of all kinds.
func retiredFixture(t testing.TB) fstest.MapFS {
	return fixture(t, "retired.yaml", "retired:\n", `retired:
  - {id: M09, replaced_by: [M02], edition: "2026.1", reason: {ja: 統合した。, en: Joined.}}
  - {id: M09-01, replaced_by: [M02-01, M02-03], edition: "2026.1", reason: {ja: 統合した。, en: Joined.}}
  - {id: 8.6.1.4, replaced_by: [8.6.1.3], edition: "2026.1", reason: {ja: 重複していた。, en: A duplicate.}}
  - {id: V7, edition: "2026.1", reason: {ja: 使われない。, en: Not used.}}
  - {id: H01-O9, replaced_by: [H01-O1], edition: "2026.1", reason: {ja: 統合した。, en: Joined.}}
`)
}

func TestRetired(t *testing.T) {
	cat := load(t, retiredFixture(t))
	m := build(t, cat, options(cat, catalog.Japanese))
	for file, wants := range map[string][]string{
		"ja/risks/M09.html":          {"M09 は使われなくなりました", "../risks/M02.html", "../risks/M02.html#M02-03", "統合した。"},
		"ja/controls/8.6.1.4.html":   {"../controls/8.6.1.3.html", "重複していた。"},
		"ja/vulnerabilities/V7.html": {"代わりの番号はありません。"},
		"ja/risks/H01.html":          {"H01-O9"},
		"ja/retired.html":            {"risks/M09.html", "risks/M09.html#M09-01", "controls/8.6.1.4.html", "vulnerabilities/V7.html", "risks/M02.html#M02-09"},
	} {
		doc := parse(t, m, file)
		have := text(doc) + strings.Join(links(doc), " ")
		for _, w := range wants {
			if !strings.Contains(have, w) {
				t.Errorf("%s lacks %q", file, w)
			}
		}
	}
	if byID(parse(t, m, "ja/risks/M09.html"), "M09-01") == nil {
		t.Error("a measure of a retired risk has no anchor")
	}
}

// TestHostileText checks that texts stay texts.
func TestHostileText(t *testing.T) {
	evil := `<script>alert(1)</script> & "quoted" 'x' <img src=x onerror=alert(1)>`
	cat := load(t, fixture(t,
		"risks/M02.yaml", "{ja: 隔離の失敗, en: Failing isolation}", "{ja: '"+strings.ReplaceAll(evil, "'", "''")+"'}",
		"controls/2.1.1.yaml", "label: {ja: 復旧時間, en: Recovery time}", `label: {ja: '"><script>x</script>', en: Recovery}`,
		"pages/20-risks.ja.md", "上位層は扱わない。", "<script>alert(2)</script>[x](javascript:alert(3)) 上位層は扱わない。"))
	m := build(t, cat, options(cat, catalog.Japanese))
	for _, name := range m.Names() {
		if path.Ext(name) != ".html" {
			continue
		}
		for n := range parse(t, m, name).Descendants() {
			if n.Data == "script" && n.FirstChild != nil && !isStructured(n) || n.Data == "img" {
				t.Errorf("%s: a text became markup", name)
			}
			if v, _ := attr(n, "href"); strings.HasPrefix(v, "javascript:") {
				t.Errorf("%s: link %q", name, v)
			}
		}
	}
	if s := text(one(t, "M02", parse(t, m, "ja/risks/M02.html"), "h1")); !strings.Contains(s, evil) {
		t.Errorf("the name is %q", s)
	}
}

func TestWithoutDownloads(t *testing.T) {
	cat := load(t, fixture(t))
	opts := options(cat, catalog.Japanese)
	opts.PDFs, opts.Workbooks, opts.Packs = false, false, nil
	m := build(t, cat, opts)
	if m.Data("ja/downloads.html") != nil {
		t.Error("there is a page of downloads though there is nothing to download")
	}
	for _, name := range m.Names() {
		if bytes.Contains(m.Data(name), []byte("downloads")) && path.Ext(name) == ".html" {
			t.Errorf("%s mentions downloads", name)
		}
	}
}

func TestBaseURL(t *testing.T) {
	cat := load(t, fixture(t))
	opts := options(cat, both...)
	opts.BaseURL = "https://example.org/guide"
	m := build(t, cat, opts)
	if !slices.Contains(links(parse(t, m, "404.html")), "https://example.org/guide/ja/index.html") {
		t.Error("404.html does not link absolutely")
	}
	if !bytes.Contains(m.Data("en/risks/H01.html"), []byte(`<link rel="canonical" href="https://example.org/guide/en/risks/H01.html">`)) {
		t.Error("no canonical address")
	}
}

func TestStartPage(t *testing.T) {
	cat := load(t, fixture(t))
	refresh := func(doc *html.Node) string {
		for _, n := range find(doc, "meta", "") {
			if k, _ := attr(n, "http-equiv"); k == "refresh" {
				v, _ := attr(n, "content")
				return v
			}
		}
		return ""
	}
	doc := parse(t, build(t, cat, options(cat, both...)), "index.html")
	if got := links(doc); !slices.Contains(got, "ja/index.html") || !slices.Contains(got, "en/index.html") || refresh(doc) != "" {
		t.Errorf("start page of two languages: links %v, refresh %q", got, refresh(doc))
	}
	doc = parse(t, build(t, cat, options(cat, catalog.English)), "index.html")
	if got := links(doc); !slices.Contains(got, "en/index.html") || refresh(doc) != "0; url=en/index.html" {
		t.Errorf("start page of one language: links %v, refresh %q", got, refresh(doc))
	}
}

// TestOwnTemplates replaces a template, a word and the style.
func TestOwnTemplates(t *testing.T) {
	cat := load(t, fixture(t))
	opts := options(cat, catalog.Japanese)
	opts.Templates = templates.Overlay(templates.FS(), fstest.MapFS{
		"site/references.html": {Data: []byte(`{{define "main"}}<h1>own {{.Title}}</h1>{{end}}`)},
		"site/words.ja.yaml":   {Data: []byte("nav-risks: 危険\n")},
		"site/assets/site.css": {Data: []byte("body{}")},
		"site/assets/logo.svg": {Data: []byte("<svg xmlns='http://www.w3.org/2000/svg'/>")},
	})
	m := build(t, cat, opts)
	if s := string(m.Data("ja/references.html")); !strings.Contains(s, "own 参考文献") || !strings.Contains(s, "危険") {
		t.Errorf("own template or word is not used: %s", s)
	}
	if m.Data("assets/logo.svg") == nil {
		t.Error("own asset is not copied")
	}
	for _, tt := range []struct{ file, data, want string }{
		{"site/risk.html", "{{define", "site/risk.html"},
		{"site/risk.html", `{{define "main"}}{{.Nothing}}{{end}}`, "ja/risks/"},
		{"site/words.ja.yaml", "a: [", "site/words.ja.yaml"},
		{"site/partials.html", `{{define "head"}}{{.Nothing}}{{end}}`, "head"},
	} {
		opts.Templates = templates.Overlay(templates.FS(), fstest.MapFS{tt.file: {Data: []byte(tt.data)}})
		err := site.Render(context.Background(), cat, opts, &render.Memory{})
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s = %q: error %v does not name %s", tt.file, tt.data, err, tt.want)
		}
	}
}

// failing is a sink that takes some files only.
type failing struct{ after atomic.Int32 }

var errFull = errors.New("disk is full")

func (f *failing) Put(string, []byte) error {
	if f.after.Add(-1) < 0 {
		return errFull
	}
	return nil
}

func TestStops(t *testing.T) {
	cat := load(t, fixture(t))
	for _, n := range []int32{0, 4, 10} {
		var sink failing
		sink.after.Store(n)
		if err := site.Render(context.Background(), cat, options(cat), &sink); !errors.Is(err, errFull) {
			t.Errorf("a sink that fails after %d files: %v", n, err)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := site.Render(ctx, cat, options(cat), &render.Memory{}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// TestWords checks that both languages have the same words and that each is used.
func TestWords(t *testing.T) {
	key := regexp.MustCompile(`(?m)^([a-z0-9-]+?)(?:\.one)?:`)
	keys := map[catalog.Lang][]string{}
	for _, l := range both {
		data, err := fs.ReadFile(templates.FS(), "site/words."+string(l)+".yaml")
		if err != nil {
			t.Fatal(err)
		}
		for _, k := range key.FindAllStringSubmatch(string(data), -1) {
			keys[l] = append(keys[l], k[1])
		}
		slices.Sort(keys[l])
		keys[l] = slices.Compact(keys[l])
	}
	if !slices.Equal(keys[both[0]], keys[both[1]]) {
		t.Errorf("the languages have different words:\n%v\n%v", keys[both[0]], keys[both[1]])
	}
	var source strings.Builder
	entries, err := fs.ReadDir(templates.FS(), "site")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if path.Ext(e.Name()) == ".html" {
			data, _ := fs.ReadFile(templates.FS(), "site/"+e.Name())
			source.Write(data)
		}
	}
	scripts, _ := fs.Glob(templates.FS(), "site/assets/*.js")
	for _, f := range scripts {
		data, _ := fs.ReadFile(templates.FS(), f)
		source.Write(data)
	}
	gofiles, _ := filepath.Glob("*.go")
	for _, f := range gofiles {
		if !strings.HasSuffix(f, "_test.go") {
			data, _ := os.ReadFile(f)
			source.Write(data)
		}
	}
	for _, k := range keys[both[0]] {
		made := strings.HasPrefix(k, "gap-") || strings.HasPrefix(k, "api-table-") || strings.HasPrefix(k, "api-group-")
		if !made && !strings.Contains(source.String(), `"`+k+`"`) {
			t.Errorf("the word %q is not used", k)
		}
	}
}

// TestSelection renders a view of the guide that holds one measure: nothing may
// link to what is left out.
func TestSelection(t *testing.T) {
	cat := load(t, fixture(t)).Select(func(m *catalog.Measure) bool { return m.ID == "M02-03" })
	m := build(t, cat, options(cat, catalog.Japanese))
	wellFormed(t, m, downloads)
	if m.Data("ja/risks/H01.html") != nil || m.Data("ja/controls/2.1.1.1.html") != nil {
		t.Error("pages of what is left out are written")
	}
}

// TestContent builds the whole content of this repository.
func TestContent(t *testing.T) {
	root := filepath.Join(rendertest.Root(t), "content")
	if _, err := os.Stat(filepath.Join(root, "guide.yaml")); err != nil {
		t.Skip("SKIPPED, missing: content/guide.yaml")
	}
	cat := load(t, os.DirFS(root))
	opts := options(cat, catalog.Japanese)
	opts.PDFs, opts.Workbooks, opts.Packs = false, false, nil
	var warned catalog.Problems
	opts.Warn = func(p catalog.Problem) { warned = append(warned, p) }
	m := build(t, cat, opts)
	if len(warned) > 0 {
		t.Error(warned)
	}
	for _, x := range cat.Measures() {
		if byID(parse(t, m, "ja/risks/"+x.Risk.ID+".html"), x.ID) == nil {
			t.Errorf("measure %s has no anchor", x.ID)
		}
	}
	var external []string
	for _, r := range cat.Guide.References {
		external = append(external, r.URL)
	}
	if len(external) == 0 || external[0] == "" {
		wellFormed(t, m, nil)
	}
}

// counting is a sink that counts pages and keeps nothing.
type counting struct{ pages atomic.Int64 }

func (c *counting) Put(name string, _ []byte) error {
	if path.Ext(name) == ".html" {
		c.pages.Add(1)
	}
	return nil
}

// BenchmarkRender measures a build of the whole site of this repository's content in
// all languages, and of guides several times its size.
func BenchmarkRender(b *testing.B) {
	src, problems := catalog.LoadSource(context.Background(), os.DirFS(filepath.Join(rendertest.Root(b), "content")), catalog.LoadOptions{})
	if problems.HasErrors() {
		b.Fatal(problems.ErrorsOnly())
	}
	for _, n := range []int{1, 10, 100} {
		b.Run(fmt.Sprintf("%dx", n), func(b *testing.B) {
			cat, problems := catalog.Assemble(synthetic.Scale(src, n))
			if problems.HasErrors() {
				b.Fatal(problems.ErrorsOnly())
			}
			b.ReportAllocs()
			var sink counting
			runs := 0
			for b.Loop() {
				if err := site.Render(context.Background(), cat, options(cat, cat.Guide.Languages...), &sink); err != nil {
					b.Fatal(err)
				}
				runs++
			}
			b.ReportMetric(float64(sink.pages.Load())/float64(runs), "pages")
			b.ReportMetric(float64(sink.pages.Load())/b.Elapsed().Seconds(), "pages/s")
		})
	}
}

// Helpers to look into pages.

func parse(t testing.TB, m *render.Memory, name string) *html.Node {
	t.Helper()
	data := m.Data(name)
	if data == nil {
		t.Fatalf("no file %s", name)
	}
	doc, err := html.Parse(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

func attr(n *html.Node, key string) (string, bool) {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val, true
		}
	}
	return "", false
}

func number(n *html.Node, key string) int {
	v, ok := attr(n, key)
	if !ok {
		return 1
	}
	i := 0
	fmt.Sscan(v, &i)
	return i
}

// find returns the elements with the tag and, if that is not empty, the class.
func find(n *html.Node, tag, class string) []*html.Node {
	var out []*html.Node
	for d := range n.Descendants() {
		if d.Type != html.ElementNode || d.Data != tag {
			continue
		}
		if v, _ := attr(d, "class"); class == "" || slices.Contains(strings.Fields(v), class) {
			out = append(out, d)
		}
	}
	return out
}

// one returns the only element with the tag, outside drawings.
func one(t testing.TB, name string, n *html.Node, tag string) *html.Node {
	t.Helper()
	var out []*html.Node
	for _, d := range find(n, tag, "") {
		if d.Namespace == "" {
			out = append(out, d)
		}
	}
	if len(out) != 1 {
		t.Fatalf("%s: %d elements %s", name, len(out), tag)
	}
	return out[0]
}

func byID(n *html.Node, id string) *html.Node {
	for d := range n.Descendants() {
		if v, _ := attr(d, "id"); v == id {
			return d
		}
	}
	return nil
}

func links(n *html.Node) []string {
	var out []string
	for _, a := range find(n, "a", "") {
		v, _ := attr(a, "href")
		out = append(out, v)
	}
	return out
}

func text(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return b.String()
}

// squeeze takes all white space out.
func squeeze(s string) string { return strings.Join(strings.Fields(s), "") }

// TestMarkdown checks what the front matter's Markdown becomes.
func TestMarkdown(t *testing.T) {
	cat := load(t, fixture(t, "pages/20-risks.ja.md", "{{risk-list}}\n", `H01 と [H01](20-risks.md#階層) と M02-01、8.6.1.2 は [XYZ 09] による。
\*H01\*と`+"`H01`"+`と**V48**。
改行を
またぐ文。

{{risk-list}}

| 列 | 値 |
|----|---:|
| 甲 | 1 |

## 階層

### H01 の補足

本文は[目的](10-purpose.ja.md)にある。
`))
	doc := parse(t, build(t, cat, options(cat, catalog.Japanese)), "ja/guide/20-risks.html")
	var b strings.Builder
	if err := html.Render(&b, find(doc, "article", "")[0]); err != nil {
		t.Fatal(err)
	}
	got := b.String()
	for _, want := range []string{
		`<a class="id" href="../risks/H01.html">H01</a> と <a href="20-risks.html#%E9%9A%8E%E5%B1%A4">H01</a> と <a class="id" href="../risks/M02.html#M02-01">M02-01</a>、<a class="id" href="../controls/8.6.1.2.html">8.6.1.2</a> は <a href="../references.html#XYZ-09">[XYZ 09]</a> による。`,
		`*<a class="id" href="../risks/H01.html">H01</a>*と<code>H01</code>と<strong><a class="id" href="../vulnerabilities/V48.html">V48</a></strong>。`,
		`改行をまたぐ文。`,
		`<table class="list risks">`,
		`<div class="box-x" role="group" tabindex="0" aria-label="表"><table>`,
		`<h2 id="階層">階層</h2>`, `<h2 id="階層-2">階層</h2>`, `<h3 id="H01-の補足">H01 の補足</h3>`,
		`<a href="10-purpose.html">目的</a>`,
		`<a href="#%e9%9a%8e%e5%b1%a4-2">階層</a>`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("the page lacks %s:\n%s", want, got)
		}
	}
	if n := len(find(doc, "svg", "")); n != 2 { // the mark and the figure
		t.Errorf("%d drawings", n)
	}
}
