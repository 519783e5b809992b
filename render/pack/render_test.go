package pack_test

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"golang.org/x/net/html"

	"riskguide/catalog"
	"riskguide/profile"
	"riskguide/render"
	"riskguide/render/pack"
	"riskguide/render/rendertest"
	"riskguide/templates"
)

var update = flag.Bool("update", false, "write the golden files")

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, got, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs; look at the change and run the tests with -update", file)
	}
}

func TestGolden(t *testing.T) {
	m := rendered(t, small(t))
	golden(t, "full-requirements.html", m.Data("full/full-requirements.html"))
	f := open(t, m.Data("full/full-questionnaire.xlsx"))
	var b strings.Builder
	for _, s := range f.GetSheetList() {
		rows, err := f.GetRows(s)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "== %s\n", s)
		for i, r := range rows {
			for j, c := range r {
				if c != "" && !strings.HasPrefix(c, "riskguide test") {
					fmt.Fprintf(&b, "%d.%d %s\n", i+1, j+1, strings.ReplaceAll(c, "\n", "⏎"))
				}
			}
		}
	}
	golden(t, "full-questionnaire.txt", []byte(b.String()))
}

func TestManifestAndArchive(t *testing.T) {
	p := small(t)
	p.CatalogSHA256, p.Commit = "c0ffee", "abc123"
	m := rendered(t, p)
	want := []string{"full.zip", "full/full-questionnaire.xlsx", "full/full-requirements.html", "full/full-requirements.pdf", "full/manifest.json"}
	if got := m.Names(); !slices.Equal(got, want) {
		t.Errorf("files %v", got)
	}
	var mf pack.Manifest
	if err := json.Unmarshal(m.Data("full/manifest.json"), &mf); err != nil {
		t.Fatal(err)
	}
	if mf.Format != pack.ManifestFormat || mf.Version != pack.FormatVersion || mf.Pack != p.ID || mf.Guide.SHA256 != "c0ffee" ||
		mf.Commit != "abc123" || mf.Profile.SHA256 != p.Profile.Digest() || len(mf.Profile.Files) != 2 ||
		mf.Guide.Edition != "2026.1" || mf.Due != "2026-03-31" || mf.Requirements[profile.Must] != 5 || mf.Exclusions != 2 {
		t.Errorf("manifest %+v", mf)
	}
	for _, f := range mf.Files {
		data := m.Data("full/" + f.Name)
		sum := sha256.Sum256(data)
		if data == nil || f.SHA256 != hex.EncodeToString(sum[:]) || f.Size != len(data) {
			t.Errorf("%s: %d bytes, manifest %+v", f.Name, len(data), f)
		}
	}
	if len(mf.Files) != 3 {
		t.Errorf("the manifest lists %d files", len(mf.Files))
	}
	data := m.Data("full.zip")
	zr, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range zr.File {
		names = append(names, f.Name)
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(r)
		if err != nil || !bytes.Equal(got, m.Data(f.Name)) {
			t.Errorf("%s in the archive is not the file: %v", f.Name, err)
		}
		if !f.Modified.UTC().Equal(options(nil).Date) {
			t.Errorf("%s is of %v", f.Name, f.Modified)
		}
	}
	if !slices.Equal(names, want[1:]) {
		t.Errorf("archive holds %v", names)
	}
}

func TestSameBytes(t *testing.T) {
	first := rendered(t, small(t))
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	second := rendered(t, small(t))
	for _, name := range first.Names() {
		if !bytes.Equal(first.Data(name), second.Data(name)) {
			t.Errorf("%s differs from one build to the next", name)
		}
	}
}

// walk calls f for every element.
func walk(n *html.Node, f func(*html.Node)) {
	if n.Type == html.ElementNode {
		f(n)
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		walk(c, f)
	}
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// TestPage checks what holds for the page of every pack.
func TestPage(t *testing.T) {
	for _, p := range append(shipped(t), small(t)) {
		t.Run(p.Profile.ID, func(t *testing.T) {
			data := rendered(t, p).Data(p.Profile.ID + "/" + pack.HTMLFile(p.Profile.ID))
			checkPage(t, p, data)
		})
	}
}

func checkPage(t *testing.T, p *profile.Pack, data []byte) {
	doc, err := html.Parse(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	ids := map[string]bool{}
	var links []string
	h1 := 0
	level := 1
	walk(doc, func(n *html.Node) {
		if id := attr(n, "id"); id != "" {
			if ids[id] {
				t.Errorf("id %q stands twice", id)
			}
			ids[id] = true
		}
		switch n.Data {
		case "script", "link", "img", "iframe", "object", "base", "form":
			t.Errorf("the page has an element %s", n.Data)
		case "html":
			if attr(n, "lang") != string(p.Lang()) {
				t.Errorf("language %q", attr(n, "lang"))
			}
		case "th":
			if attr(n, "scope") == "" {
				t.Error("a heading of a table has no scope")
			}
		case "a":
			links = append(links, attr(n, "href"))
		case "h1", "h2", "h3", "h4":
			l := int(n.Data[1] - '0')
			if l > level+1 {
				t.Errorf("a heading of level %d follows one of level %d", l, level)
			}
			level = l
			if l == 1 {
				h1++
			}
		}
	})
	if h1 != 1 {
		t.Errorf("%d headings of level 1", h1)
	}
	for _, l := range links {
		if !strings.HasPrefix(l, "#") {
			t.Errorf("the page links to %q", l)
		} else if !ids[l[1:]] {
			t.Errorf("link %q leads nowhere", l)
		}
	}
	if len(links) == 0 || links[0] != "#main" {
		t.Error("the first link does not skip to the content")
	}
	for _, r := range p.Requirements {
		if !ids[r.ID] {
			t.Errorf("requirement %s has no anchor", r.ID)
		}
	}
	style := string(data[bytes.Index(data, []byte("<style>")):bytes.Index(data, []byte("</style>"))])
	for _, bad := range []string{"url(", "@import", "ZgotmplZ"} {
		if strings.Contains(style, bad) {
			t.Errorf("the style has %q", bad)
		}
	}
	if bytes.Contains(data, []byte("ZgotmplZ")) {
		t.Error("the template was not safe to fill in")
	}
	missing(t, string(data))
}

// missing reports words that the templates lack.
func missing(t *testing.T, s string) {
	t.Helper()
	for _, key := range []string{"[status", "[section", "[rule", "[excluded", "[sheet", "[summary", "[needs", "[check"} {
		if i := strings.Index(s, key); i >= 0 {
			t.Errorf("a word is missing: %s", s[i:min(len(s), i+30)])
		}
	}
}

// TestReasonsEverywhere: the reason for everything left out stands in every
// document of the pack.
func TestReasonsEverywhere(t *testing.T) {
	for _, p := range append(shipped(t), small(t)) {
		m := rendered(t, p)
		id := p.Profile.ID
		texts := map[string]string{
			"page":          pageText(t, m.Data(id+"/"+pack.HTMLFile(id))),
			"questionnaire": bookText(t, m.Data(id+"/"+pack.QuestionnaireFile(id))),
		}
		if _, err := exec.LookPath("pdftotext"); err == nil {
			texts["pdf"] = pdfText(t, m.Data(id+"/"+pack.PDFFile(id)))
		}
		for name, text := range texts {
			for _, e := range p.Exclusions {
				for _, lang := range p.Profile.Languages {
					reason, _ := p.Catalog.Text(e.Rule.Reason, lang)
					if !strings.Contains(text, squeeze(reason)) {
						t.Errorf("%s: the %s lacks the reason %q", id, name, reason)
					}
				}
			}
			for _, c := range p.Coverage {
				for _, m := range slices.Concat(c.Excluded, c.NotSelected) {
					if !strings.Contains(text, m.ID) {
						t.Errorf("%s: the %s does not say that %s is left out", id, name, m.ID)
					}
				}
			}
		}
	}
}

// squeeze drops white space, where line breaks come to stand.
func squeeze(s string) string { return strings.Join(strings.Fields(s), "") }

func pageText(t *testing.T, data []byte) string {
	t.Helper()
	doc, err := html.Parse(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for n := range doc.Descendants() {
		if n.Type == html.TextNode {
			b.WriteString(n.Data)
		}
	}
	return squeeze(b.String())
}

func bookText(t *testing.T, data []byte) string {
	t.Helper()
	f := open(t, data)
	var b strings.Builder
	for _, s := range f.GetSheetList() {
		if s == pack.DataSheet {
			continue // nobody sees it
		}
		rows, err := f.GetRows(s)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range rows {
			b.WriteString(strings.Join(r, " "))
		}
	}
	missing(t, b.String())
	return squeeze(b.String())
}

func pdfText(t *testing.T, data []byte) string {
	t.Helper()
	tool := rendertest.Tool(t, "pdftotext")
	file := filepath.Join(t.TempDir(), "x.pdf")
	if err := os.WriteFile(file, data, 0o666); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(tool, "-raw", file, "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	missing(t, string(out))
	return squeeze(string(out))
}

// TestPDF reads the PDF back and checks it.
func TestPDF(t *testing.T) {
	p := small(t)
	data := rendered(t, p).Data("full/full-requirements.pdf")
	text := pdfText(t, data)
	for _, want := range []string{"株式会社架空クラウド", "2026年3月31日", "別の拠点での復旧を12時間以内に終える", "追加：公表から14日以内に処置する",
		"事故を知ってから24時間以内に連絡する", "個人情報を国内に保管する", "建物は市が所有する。", "Installdevicesinpairs", p.ID} {
		if !strings.Contains(text, want) {
			t.Errorf("the PDF lacks %q", want)
		}
	}
	qpdf := rendertest.Tool(t, "qpdf")
	file := filepath.Join(t.TempDir(), "x.pdf")
	if err := os.WriteFile(file, data, 0o666); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(qpdf, "--check", file).CombinedOutput(); err != nil {
		t.Errorf("qpdf: %v\n%s", err, out)
	}
}

// TestStatementsEverywhere: every requirement stands in all three documents.
func TestStatementsEverywhere(t *testing.T) {
	rendertest.Tool(t, "pdftotext")
	for _, p := range shipped(t) {
		m := rendered(t, p)
		id := p.Profile.ID
		texts := map[string]string{
			"page":          pageText(t, m.Data(id+"/"+pack.HTMLFile(id))),
			"questionnaire": bookText(t, m.Data(id+"/"+pack.QuestionnaireFile(id))),
			"pdf":           pdfText(t, m.Data(id+"/"+pack.PDFFile(id))),
		}
		for name, text := range texts {
			for _, r := range p.Requirements {
				parts := []catalog.Text{r.Statement}
				for _, a := range r.Additions {
					parts = append(parts, a.Text)
				}
				for _, x := range parts {
					// A page of the PDF may end within a statement; its
					// beginning stands whole.
					for _, lang := range p.Profile.Languages {
						s, _ := p.Catalog.Text(x, lang)
						want := []rune(squeeze(s))
						if !strings.Contains(text, string(want[:min(20, len(want))])) {
							t.Errorf("%s: the %s lacks %q of %s", id, name, string(want), r.ID)
						}
					}
				}
			}
		}
	}
}

var shippedProfiles = []string{"minimal", "high-severity", "sample", "foreign-supplier"}

// shipped returns the packs of the shipped profiles.
func shipped(t testing.TB) []*profile.Pack {
	t.Helper()
	var out []*profile.Pack
	for _, name := range shippedProfiles {
		out = append(out, tailored(t, "../../content", "../../content/profiles", name+".yaml"))
	}
	return out
}

// TestShipped: the shipped profiles are without any problem, warnings included,
// and the sample shows every feature of a profile.
func TestShipped(t *testing.T) {
	ctx := context.Background()
	cat, ps := catalog.Load(ctx, os.DirFS("../../content"), catalog.LoadOptions{})
	if ps.HasErrors() {
		t.Fatal(ps.ErrorsOnly())
	}
	for _, name := range shippedProfiles {
		p, ps := profile.Load(ctx, os.DirFS("../../content"), "profiles/"+name+".yaml", profile.LoadOptions{Prefix: "content"})
		if len(ps) > 0 {
			t.Fatal(ps)
		}
		pk, ps := profile.Tailor(cat, p)
		if len(ps) > 0 {
			t.Fatal(ps)
		}
		switch name {
		case "minimal":
			if len(pk.View.Risks) != 1 || pk.View.Risks[0].ID != "H05" {
				t.Errorf("minimal selects %d risks", len(pk.View.Risks))
			}
		case "high-severity":
			if len(pk.View.Risks) != 6 {
				t.Errorf("high-severity selects %d risks", len(pk.View.Risks))
			}
		case "sample":
			if p.CoverLetter.IsZero() || p.Due.IsZero() || p.Supplier.Name.IsZero() || len(p.Files) < 2 ||
				len(p.Select) < 4 || len(p.Exclude) < 4 || len(p.Obligations.Rules) < 3 || len(p.Modify) < 2 ||
				len(p.Values) < 4 || len(p.Added) < 3 {
				t.Errorf("the sample lacks a feature: %+v", p)
			}
		}
	}
}

// TestReplacedTemplates: a user replaces words, letter, instructions and the page.
func TestReplacedTemplates(t *testing.T) {
	p := tailored(t, "../../content", "../../content/profiles", "minimal.yaml")
	opts := options(nil)
	opts.Templates = templates.Overlay(templates.FS(), fstest.MapFS{
		"pack/words.ja.yaml":      {Data: []byte("must: 絶対\nstatus_partial: 半分だけ\n")},
		"pack/letter.ja.md":       {Data: []byte("# 拝啓 {service}\n\n{organisation}\\\n{department}\n\n件数は {requirements} 件。\n")},
		"pack/instructions.ja.md": {Data: []byte("1. 好きに書く。\n")},
		"pack/requirements.css":   {Data: []byte("body { color: teal }\n")},
	})
	var m render.Memory
	if err := pack.Render(context.Background(), p, opts, &m); err != nil {
		t.Fatal(err)
	}
	page := string(m.Data("minimal/minimal-requirements.html"))
	for _, want := range []string{"絶対", "拝啓 クラウドサービス", fmt.Sprintf("件数は %d 件。", len(p.Requirements)), "Dear Sir or Madam", "color: teal"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if strings.Contains(page, `\`) {
		t.Error("a line of the letter that came out empty left something behind")
	}
	book := bookText(t, m.Data("minimal/minimal-questionnaire.xlsx"))
	for _, want := range []string{"絶対", "半分だけ", "好きに書く。"} {
		if !strings.Contains(book, want) {
			t.Errorf("the questionnaire lacks %q", want)
		}
	}

	for file, data := range map[string]string{
		"pack/requirements.html": "{{.Nothing}}",
		"pack/requirements.css":  "</style><script>",
		"pack/words.ja.yaml":     "a: [",
	} {
		opts.Templates = templates.Overlay(templates.FS(), fstest.MapFS{file: {Data: []byte(data)}})
		err := pack.Render(context.Background(), p, opts, &render.Memory{})
		if err == nil || !strings.Contains(err.Error(), "templates: ") {
			t.Errorf("%s: error %v", file, err)
		}
	}
}

// TestHostileNames: names that people type do not break a document.
func TestHostileNames(t *testing.T) {
	yaml := "id: p\ntitle: \"<b>題</b> & *星*\"\nlanguages: [ja]\nselect: {all: true}\nsupplier: {name: \"𠮷野家🏯 <script>alert(1)</script>\", person: \"=cmd|' /C calc'!A0\"}\n" +
		"service: \"[link](http://example.org) `code`\"\nexclude: [{measures: [H01-03], reason: \"" + strings.Repeat("とても長い理由。", 600) + "\"}]\n"
	ctx := context.Background()
	cat, _ := catalog.Load(ctx, os.DirFS("../../catalog/testdata/small"), catalog.LoadOptions{})
	pr, ps := profile.Load(ctx, fstest.MapFS{"p.yaml": {Data: []byte(yaml)}}, "p.yaml", profile.LoadOptions{})
	if ps.HasErrors() {
		t.Fatal(ps)
	}
	p, ps := profile.Tailor(cat, pr)
	if ps.HasErrors() {
		t.Fatal(ps)
	}
	var warnings catalog.Problems
	var m render.Memory
	opts := options(nil)
	ch := make(chan catalog.Problem, 1000)
	opts.Warn = func(p catalog.Problem) { ch <- p }
	if err := pack.Render(ctx, p, opts, &m); err != nil {
		t.Fatal(err)
	}
	close(ch)
	for w := range ch {
		warnings = append(warnings, w)
		if w.Rule != "missing-glyph" {
			t.Errorf("warning %v", w)
		}
	}
	if len(warnings) == 0 {
		t.Error("no warning about 🏯, which the font lacks")
	}
	page := m.Data("p/p-requirements.html")
	checkPage(t, p, page)
	if !strings.Contains(pageText(t, page), "[link](http://example.org)`code`") {
		t.Error("the letter takes the service's name for Markdown")
	}
	f := open(t, m.Data("p/p-questionnaire.xlsx"))
	rows, err := f.GetRows("除外と理由")
	if err != nil || len(rows) == 0 {
		t.Fatal(err)
	}
	for i := range rows {
		if h, _ := f.GetRowHeight("除外と理由", i+1); h > 409 {
			t.Errorf("row %d is %v high", i+1, h)
		}
	}
}

func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := pack.Render(ctx, small(t), options(nil), &render.Memory{}); err == nil {
		t.Error("a cancelled context gives no error")
	}
}

func BenchmarkRender(b *testing.B) {
	for _, p := range shipped(b) {
		b.Run(p.Profile.ID, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := pack.Render(context.Background(), p, options(nil), &render.Memory{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
