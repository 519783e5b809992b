package pdf

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"unicode/utf16"

	"riskguide/catalog"
	"riskguide/render"
	"riskguide/render/pdf/document"
	"riskguide/render/rendertest"
)

// small loads the invented guide that shows every feature.
func small(t testing.TB) *catalog.Catalog { return load(t, "catalog", "testdata", "small") }

func load(t testing.TB, path ...string) *catalog.Catalog {
	t.Helper()
	dir := filepath.Join(append([]string{rendertest.Root(t)}, path...)...)
	cat, problems := catalog.Load(context.Background(), os.DirFS(dir), catalog.LoadOptions{})
	if problems.HasErrors() {
		t.Fatal(problems.ErrorsOnly())
	}
	return cat
}

// renderAll renders and fails the test on a report.
func renderAll(t testing.TB, cat *catalog.Catalog, lang catalog.Lang) *render.Memory {
	t.Helper()
	var files render.Memory
	opts := render.Options{Lang: lang, ToolVersion: "1.0", Warn: func(p catalog.Problem) { t.Errorf("reported: %v", p) }}
	if err := Render(context.Background(), cat, opts, &files); err != nil {
		t.Fatal(err)
	}
	return &files
}

// documents returns the laid-out documents by file name.
func documents(t testing.TB, cat *catalog.Catalog, lang catalog.Lang) map[string]*document.Document {
	t.Helper()
	r, err := newRenderer(cat, render.Options{Lang: lang})
	if err != nil {
		t.Fatal(err)
	}
	docs := map[string]*document.Document{}
	var tables []*document.RiskTable
	for _, risk := range cat.Risks {
		table, err := r.table(risk)
		if err != nil {
			t.Fatal(err)
		}
		tables = append(tables, table)
		if docs[render.RiskPDF(risk.ID)], err = r.risk(risk, table, nil); err != nil {
			t.Fatal(err)
		}
	}
	if docs[render.GuidePDF()], err = r.guide(tables, nil); err != nil {
		t.Fatal(err)
	}
	return docs
}

// squeeze removes white space.
func squeeze(s string) string { return strings.Join(strings.Fields(s), "") }

// textOf returns what the pages draw, without white space.
func textOf(d *document.Document) string {
	var b strings.Builder
	for _, p := range d.Pages() {
		for _, op := range p.Ops {
			if op.Kind == document.OpText {
				b.WriteString(op.Text)
			}
		}
	}
	return squeeze(b.String())
}

func TestFiles(t *testing.T) {
	cat := small(t)
	files := renderAll(t, cat, catalog.Japanese)
	if got := strings.Join(files.Names(), " "); got != "H01.pdf M02.pdf riskguide.pdf" {
		t.Errorf("files %s", got)
	}
	opts := render.Options{Lang: catalog.Japanese, ToolVersion: "1.0"}
	one, err := RenderRisk(cat, cat.Risk("H01"), opts)
	if err != nil || !bytes.Equal(one, files.Data("H01.pdf")) {
		t.Errorf("RenderRisk differs from Render: %v", err)
	}
	all, err := RenderGuide(cat, opts)
	if err != nil || !bytes.Equal(all, files.Data(render.GuidePDF())) {
		t.Errorf("RenderGuide differs from Render: %v", err)
	}
}

func TestSameBytesOnAnyNumberOfCores(t *testing.T) {
	cat := load(t, "content")
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	a := renderAll(t, cat, catalog.Japanese)
	runtime.GOMAXPROCS(4)
	b := renderAll(t, load(t, "content"), catalog.Japanese)
	for _, n := range a.Names() {
		if !bytes.Equal(a.Data(n), b.Data(n)) {
			t.Errorf("%s differs", n)
		}
	}
	if len(a.Names()) != 22 || len(b.Names()) != 22 {
		t.Errorf("%d and %d files, want 22", len(a.Names()), len(b.Names()))
	}
}

// TestNothingLeavesItsBox looks at every text of every document of the shipped
// guide, in every language.
func TestNothingLeavesItsBox(t *testing.T) {
	cat := load(t, "content")
	for _, lang := range cat.Guide.Languages {
		texts := 0
		for name, d := range documents(t, cat, lang) {
			for n, p := range d.Pages() {
				for _, op := range p.Ops {
					if op.Kind != document.OpText || op.Text == "" {
						continue
					}
					texts++
					b, size := p.Boxes[op.Box], op.Size()
					// The typeface reaches 0.88 above and 0.12 below the baseline.
					const slack = 0.05
					if op.X < b.X-slack || op.X+op.W > b.X+b.W+slack || op.Y-0.88*size < b.Y-slack || op.Y+0.12*size > b.Y+b.H+slack {
						t.Errorf("%s %s page %d: %q leaves its box", name, lang, n+1, op.Text)
					}
				}
			}
		}
		if texts < 10000 {
			t.Errorf("%s: only %d texts", lang, texts)
		}
	}
}

// TestEveryTextIsThere: what the catalog says stands in the guide, character by
// character, and so does the text that pdftotext takes from the file.
func TestEveryTextIsThere(t *testing.T) {
	cat := load(t, "content")
	for _, lang := range cat.Guide.Languages {
		d := documents(t, cat, lang)[render.GuidePDF()]
		drawn := textOf(d)
		want := func(what string, tx catalog.Text) {
			s, _ := cat.Text(tx, lang)
			// A note that stands in parentheses and a parameter are set
			// apart; the guide has none at present.
			if s != "" && !strings.Contains(drawn, squeeze(s)) {
				t.Errorf("%s: %s is not in the guide: %s", lang, what, s)
			}
		}
		for _, risk := range cat.Risks {
			want(risk.ID, risk.Name)
			for _, p := range append(risk.Description, risk.Notes...) {
				want(risk.ID, p)
			}
			for _, m := range risk.Measures {
				want(m.ID, m.Text)
			}
			for _, o := range risk.Objectives {
				want(o.ID, o.Text)
			}
			for _, o := range risk.Threats {
				want(o.ID, o.Text)
			}
			for _, o := range risk.Residuals {
				want(o.ID, o.Text)
			}
		}
		for _, c := range cat.Controls() {
			if len(c.Parameters) == 0 {
				want(c.ID, c.Statement)
			}
		}
		for _, v := range cat.Vulnerabilities {
			want(v.ID, v.Label)
		}
		for _, ref := range cat.Guide.References {
			want(ref.ID, ref.Text)
		}
	}
}

// TestGuide asserts the parts of the guide on the invented one.
func TestGuide(t *testing.T) {
	got := textOf(documents(t, small(t), catalog.Japanese)[render.GuidePDF()])
	for _, want := range []string{
		"小さな手引試験のための架空の版", "2026.1版", "2026年1月31日", "架空協会", "自由に使える試験用の文書です。",
		"目次目的と使い方", "重大度「高」のリスク", "重大度「中」のリスク",
		"この手引は試験のためにあります。",        // Markdown
		"レイヤ事象が起こる階層。",            // {{columns}}
		"[XYZ09]「架空リスク一覧」",        // {{references}}
		"H01障害の波及一台の装置の停止が、",      // {{risk-list}}
		"点線の内側が今回の検討範囲",           // {{layer-model}}
		"物理層建物と機器。今回の検討範囲",        // {{layers}}
		"ENISA2009との関係No.9、No.12", // facts
		"ワーキンググループによる追加",
		"（注）事業者の視点で扱う。",
		"H01-01装置を冗長にする", "2.1.1.1装置を二重に置く",
		"2.1.1.10別の拠点での復旧を24時間以内に終える", // variant and parameter
		"V6リソース分離の欠如（物理資源の共有）",        // note of a citation
		"（原資料に記載なし）",
		"管理基準の索引", "2.1.1冗長化", "H01-01（", "脆弱性の索引", "－単一障害点",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("the guide has no %q", want)
		}
	}
	if strings.Contains(got, "{{") || strings.Contains(got, "{hours}") || strings.Contains(got, "[") && strings.Contains(got, "[cited") {
		t.Error("something was not filled in")
	}
	en := textOf(documents(t, small(t), catalog.English)[render.GuidePDF()])
	for _, want := range []string{"Smallguide", "31January2026", "High-severityrisks", "H01-01Makedevicesredundant", "V6Lackofresourceisolation(sharingofhardware)"} {
		if !strings.Contains(en, want) {
			t.Errorf("the English guide has no %q", want)
		}
	}
	if regexp.MustCompile(`[ぁ-んァ-ヶ一-龠]`).MatchString(en) {
		t.Error("the English guide has Japanese text")
	}
}

// TestUntranslated: what has no translation is shown in the guide's language,
// and marked.
func TestUntranslated(t *testing.T) {
	cat := small(t)
	m := cat.Measure("H01-01")
	saved := m.Text.Values
	m.Text.Values = map[catalog.Lang]string{catalog.Japanese: saved[catalog.Japanese]}
	got := textOf(documents(t, cat, catalog.English)["H01.pdf"])
	if !strings.Contains(got, "装置を冗長にする(nottranslated)") {
		t.Errorf("no mark in %s", got)
	}
}

// TestLinksLeadToControls: every control number in a table links to its entry in
// the index, the index back to the measure; a risk's own file has no dead links.
func TestLinksLeadToControls(t *testing.T) {
	cat := small(t)
	docs := documents(t, cat, catalog.Japanese)
	targets := map[string]int{}
	for _, p := range docs[render.GuidePDF()].Pages() {
		for _, op := range p.Ops {
			if op.Kind == document.OpLink {
				targets[op.Text]++
			}
		}
	}
	cited := map[string]int{}
	for _, risk := range cat.Risks {
		for _, m := range risk.Measures {
			if m.Controls.Owner == m {
				for _, c := range m.Controls.Citations {
					cited["#control:"+c.Control.ID]++
				}
			}
		}
	}
	for to, n := range cited {
		if targets[to] != n {
			t.Errorf("%d links to %s, want %d", targets[to], to, n)
		}
	}
	for _, m := range cat.Measures() {
		if targets["#measure:"+m.ID] == 0 {
			t.Errorf("no link to measure %s", m.ID)
		}
	}
	files := renderAll(t, cat, catalog.Japanese)
	if n := bytes.Count(files.Data("H01.pdf"), []byte("/Subtype/Link")); n != 0 {
		t.Errorf("H01.pdf has %d links that lead nowhere", n)
	}
	if n := bytes.Count(files.Data(render.GuidePDF()), []byte("/Subtype/Link")); n < 40 {
		t.Errorf("the guide has %d links", n)
	}
}

// TestBookmarks reads the titles of the bookmarks back.
func TestBookmarks(t *testing.T) {
	data := renderAll(t, small(t), catalog.Japanese).Data(render.GuidePDF())
	var titles []string
	for _, m := range regexp.MustCompile(`(?s)<</Title(<FEFF([0-9A-F]+)>|\(([^)]*)\))/Parent`).FindAllSubmatch(data, -1) {
		if len(m[2]) == 0 {
			titles = append(titles, string(m[3]))
			continue
		}
		raw, err := hex.DecodeString(string(m[2]))
		if err != nil {
			t.Fatal(err)
		}
		var u []uint16
		for i := 0; i < len(raw); i += 2 {
			u = append(u, uint16(raw[i])<<8|uint16(raw[i+1]))
		}
		titles = append(titles, string(utf16.Decode(u)))
	}
	want := "目次|目的と使い方|参考文献|リスクの一覧と階層|階層|重大度「高」のリスク|H01 障害の波及|重大度「中」のリスク|M02 隔離の失敗|" +
		"管理基準の索引|2.1.1 冗長化|8.6.1 脆弱性の管理|C.1.1|脆弱性の索引"
	if got := strings.Join(titles, "|"); got != want {
		t.Errorf("bookmarks\n%s\nwant\n%s", got, want)
	}
}

func TestReports(t *testing.T) {
	cat := small(t)
	r := cat.Risk("H01")
	r.Name.Values[catalog.Japanese] = "障害😀の波及"
	r.Threats[0].Text.Values[catalog.Japanese] = "故障😁"
	for range 3 {
		var got []string
		opts := render.Options{Lang: catalog.Japanese, Warn: func(p catalog.Problem) { got = append(got, p.Pos.File+" "+p.Message) }}
		if err := Render(context.Background(), cat, opts, discard{}); err != nil {
			t.Fatal(err)
		}
		if len(got) != 2 || !strings.Contains(got[0], "U+1F601") || !strings.Contains(got[1], "U+1F600") || !strings.HasPrefix(got[0], "risks/H01.yaml ") {
			t.Fatalf("reports %q", got)
		}
	}
}

// failing is a sink that takes nothing.
type failing struct{}

var errFull = errors.New("disk full")

func (failing) Put(string, []byte) error { return errFull }

func TestErrors(t *testing.T) {
	if err := Render(context.Background(), small(t), render.Options{}, failing{}); !errors.Is(err, errFull) {
		t.Errorf("error %v, want that of the sink", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	var files render.Memory
	if err := Render(ctx, small(t), render.Options{}, &files); !errors.Is(err, context.Canceled) || len(files.Names()) > 0 {
		t.Errorf("error %v and files %v after cancelling", err, files.Names())
	}
}

// TestReaders lets outside programs judge every file of the shipped guide.
func TestReaders(t *testing.T) {
	qpdf, pdffonts, pdfinfo, pdftotext := rendertest.Tool(t, "qpdf"), rendertest.Tool(t, "pdffonts"), rendertest.Tool(t, "pdfinfo"), rendertest.Tool(t, "pdftotext")
	cat := load(t, "content")
	files := renderAll(t, cat, catalog.Japanese)
	docs := documents(t, cat, catalog.Japanese)
	dir := t.TempDir()
	run := func(program string, args ...string) string {
		t.Helper()
		out, err := exec.Command(program, args...).CombinedOutput()
		if err != nil {
			t.Fatalf("%s %s: %v\n%s", program, args[len(args)-1], err, out)
		}
		return string(out)
	}
	subset := regexp.MustCompile(`(?m)^[A-Z]{6}\+BIZUDPGothic-(Regular|Bold) +CID TrueType +Identity-H +yes yes yes`)
	for _, name := range files.Names() {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, files.Data(name), 0o666); err != nil {
			t.Fatal(err)
		}
		if out := run(qpdf, "--check", path); strings.Contains(out, "WARNING") {
			t.Errorf("%s: %s", name, out)
		}
		if out := run(pdffonts, path); len(subset.FindAllString(out, -1)) != 2 || strings.Count(out, "\n") != 4 {
			t.Errorf("%s: fonts\n%s", name, out)
		}
		info := run(pdfinfo, path)
		for _, want := range []string{"Author:          riskguide", "Creator:         riskguide 1.0", "2011.1", "(A4)",
			fmt.Sprintf("Pages:           %d\n", len(docs[name].Pages()))} {
			if !strings.Contains(info, want) {
				t.Errorf("%s: pdfinfo has no %q\n%s", name, want, info)
			}
		}
		if got, want := squeeze(run(pdftotext, "-raw", path, "-")), textOf(docs[name]); got != want {
			t.Errorf("%s: pdftotext gives %d characters, %d were drawn", name, len([]rune(got)), len([]rune(want)))
		}
	}
}
