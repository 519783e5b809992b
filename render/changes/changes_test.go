package changes

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"flag"
	nethtml "html"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/renderer/html"

	"riskguide/catalog"
	"riskguide/catalog/edition"
	"riskguide/render"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// report compares the small guide with an edition in which a bit of everything
// changed.
func report(t testing.TB) *Report {
	t.Helper()
	load := func() *catalog.Source {
		src, ps := catalog.LoadSource(context.Background(), os.DirFS("../../catalog/testdata/small"), catalog.LoadOptions{})
		if ps.HasErrors() {
			t.Fatal(ps)
		}
		return src
	}
	r := &Report{Old: load(), New: load(), OldName: "v1:content", NewName: "content"}
	s := r.New
	h01, m02 := s.Risks[0], s.Risks[1]
	s.Guide.Edition = "2027.1"
	h01.Severity.ID = "medium"
	h01.Description[0].Values["ja"] = "一台の装置の故障が、多くの利用者のサービスを止めることがある。<b>@all</b> #1 *注意*"
	h01.Measures[0].Text.Values["ja"] = "装置と回線を冗長にする"
	h01.Measures[0].Controls = h01.Measures[0].Controls[:1]
	h01.Measures[1].ID, h01.Measures[2].ControlsOf.ID, h01.Rows[2].Measure.ID = "H01-05", "H01-05", "H01-05"
	h01.Measures = append(h01.Measures, &catalog.SourceMeasure{ID: "H01-06", Text: catalog.NewText("ja", "停電に備える"),
		Controls: []catalog.SourceControlCitation{{ID: "2.1.1.2"}, {ID: "C.1.1.1"}}, Residuals: []catalog.Ref{{ID: "H01-R2"}}})
	h01.Rows = append(h01.Rows, &catalog.SourceRow{Layer: catalog.Ref{ID: "service-management"}, Measure: catalog.Ref{ID: "H01-06"},
		Vulnerabilities: []catalog.SourceVulnerabilityCitation{{ID: "V6"}}})
	m02.Name.Values["en"] = "Isolation failure"
	delete(m02.Objectives[0].Text.Values, "en")
	m02.Rows[2].Layer.ID = "resource"
	s.Retired = append(s.Retired, &catalog.Retirement{ID: "H01-02", ReplacedBy: []string{"H01-05"}, Edition: "2027.1", Reason: catalog.NewText("ja", "書き直した。")})
	s.Pages[0].Body.Values["ja"] += "\n\n" + strings.Repeat("補足の段落である。", 40)
	r.Changes = edition.Compare(r.Old, r.New)
	return r
}

func view(t testing.TB, lang catalog.Lang) *View {
	t.Helper()
	v, err := NewView(report(t), lang, nil)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	file := "testdata/" + name
	if *update {
		if err := os.MkdirAll("testdata", 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, got, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(want, got) {
		t.Errorf("%s differs (go test -update rewrites it):\n%s", file, got)
	}
}

func TestText(t *testing.T) {
	for _, lang := range []catalog.Lang{"ja", "en"} {
		var b bytes.Buffer
		if err := WriteText(&b, view(t, lang), false); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(b.String(), "\x1b") {
			t.Error("there are escape sequences though no colour was asked for")
		}
		golden(t, "changes."+string(lang)+".txt", b.Bytes())
	}
	var b bytes.Buffer
	if err := WriteText(&b, view(t, "ja"), true); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(b.String(), "装置\x1b[32;4mと回線\x1b[0mを冗長にする") {
		t.Error("what was inserted is not coloured")
	}
	if strings.Contains(b.String(), "{+") {
		t.Error("with colour there are brackets too")
	}
}

// TestTerminal lets no text of a guide command the terminal.
func TestTerminal(t *testing.T) {
	if got := printable("a\x1b[31mb\u202ec\x00\nd\u009b"); got != "a[31mbc⏎d" {
		t.Errorf("%q", got)
	}
}

func TestMarkdown(t *testing.T) {
	got := Markdown(view(t, "ja"))
	golden(t, "changes.ja.md", got)
	golden(t, "changes.en.md", Markdown(view(t, "en")))
	// Rendered, the texts are as they were: nothing in them is markup.
	var b bytes.Buffer
	if err := goldmark.New(goldmark.WithRendererOptions(html.WithUnsafe())).Convert(got, &b); err != nil {
		t.Fatal(err)
	}
	page := b.String()
	for _, want := range []string{"<del>", "<ins>と回線</ins>", "&lt;b&gt;", "*注意*", "<details><summary>"} {
		if !strings.Contains(page, want) {
			t.Errorf("the rendered Markdown does not hold %s", want)
		}
	}
	for _, no := range []string{"<b>", "@all", "#1", "<em>注意"} {
		if strings.Contains(page, no) {
			t.Errorf("the rendered Markdown holds %s", no)
		}
	}
}

func TestHTML(t *testing.T) {
	for _, lang := range []catalog.Lang{"ja", "en"} {
		data, err := HTML(view(t, lang), render.Options{ToolVersion: "1.2.3"})
		if err != nil {
			t.Fatal(err)
		}
		page := string(data)
		style := regexp.MustCompile(`(?s)<style>(.*)</style>`).FindStringSubmatch(page)
		policy := regexp.MustCompile(`Content-Security-Policy" content="([^"]*)"`).FindStringSubmatch(page)
		if style == nil || policy == nil {
			t.Fatal("there is no style or no policy")
		}
		sum := sha256.Sum256([]byte(style[1]))
		hash := base64.StdEncoding.EncodeToString(sum[:])
		if !strings.Contains(nethtml.UnescapeString(policy[1]), "'sha256-"+hash+"'") {
			t.Errorf("the policy %s does not allow the style, whose hash is %s", policy[1], hash)
		}
		for _, no := range []string{"<script", "style=", "http://", "https://", "unsafe", "<b>@all"} {
			if strings.Contains(page, no) {
				t.Errorf("the page holds %s", no)
			}
		}
		if !strings.Contains(page, "<ins>と回線</ins>") {
			t.Error("the page does not show what was inserted")
		}
	}
}

func TestWorkbook(t *testing.T) {
	v := view(t, "ja")
	opts := render.Options{Lang: "ja", ToolVersion: "1.2.3", Date: time.Date(2026, 1, 31, 0, 0, 0, 0, time.UTC)}
	data, err := Workbook(context.Background(), v, opts)
	if err != nil {
		t.Fatal(err)
	}
	again, err := Workbook(context.Background(), v, opts)
	if err != nil || !bytes.Equal(data, again) {
		t.Errorf("two workbooks differ (%v)", err)
	}
	f, err := excelize.OpenReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if got := strings.Join(f.GetSheetList(), ","); got != "概要,変更点" {
		t.Errorf("sheets: %s", got)
	}
	tables, err := f.GetTables("変更点")
	if err != nil || len(tables) != 1 {
		t.Fatalf("tables: %v, %v", tables, err)
	}
	rows, err := f.GetRows("変更点")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, g := range v.Groups {
		n += len(g.Entries)
	}
	if len(rows) != n+top {
		t.Errorf("%d rows for %d changes", len(rows)-top, n)
	}
	found := false
	for _, r := range rows[top:] {
		found = found || len(r) > 8 && r[1] == "文言の変更" && r[5] == "H01-01" && r[7] == "装置を冗長にする" && r[8] == "装置と回線を冗長にする"
	}
	if !found {
		t.Error("no row tells that H01-01 was reworded")
	}
}

func BenchmarkView(b *testing.B) {
	r := report(b)
	for b.Loop() {
		if _, err := NewView(r, "ja", nil); err != nil {
			b.Fatal(err)
		}
	}
}
