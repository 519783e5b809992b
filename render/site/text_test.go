package site

import (
	"fmt"
	"html/template"
	"slices"
	"strings"
	"testing"

	"riskguide/catalog"
	"riskguide/render"
	"riskguide/templates"
)

func TestLinked(t *testing.T) {
	e := &edition{
		ids:  map[string]string{"H05": "risks/H05.html", "H05-03": "risks/H05.html#H05-03", "8.6.1.1": "controls/8.6.1.1.html", "V48": "v/V48.html", "8.6.1": "clauses/8.6.1.html"},
		refs: map[string]string{"[ENISA 09]": "references.html#ENISA-09"},
	}
	for in, want := range map[string]string{
		"":                       "",
		"a < b & \"c\"":          "a &lt; b &amp; &#34;c&#34;",
		"一行\n二行":                 "一行<br>二行",
		"H05を参照":                 `<a class="id" href="../risks/H05.html">H05</a>を参照`,
		"(H05-03)":               `(<a class="id" href="../risks/H05.html#H05-03">H05-03</a>)`,
		"基準8.6.1.1.":             `基準<a class="id" href="../controls/8.6.1.1.html">8.6.1.1</a>.`,
		"see 8.6.1, V48":         `see <a class="id" href="../clauses/8.6.1.html">8.6.1</a>, <a class="id" href="../v/V48.html">V48</a>`,
		"XH05 H051 8.6.1.12 v48": "XH05 H051 8.6.1.12 v48",
		"H05.H05":                "H05.H05",
		"[ENISA 09]の表":           `<a class="ref" href="../references.html#ENISA-09">[ENISA 09]</a>の表`,
		"[ENISA":                 "[ENISA",
		"[other] []":             "[other] []",
		"H05\xffH05":             "<a class=\"id\" href=\"../risks/H05.html\">H05</a>\xff<a class=\"id\" href=\"../risks/H05.html\">H05</a>",
	} {
		if got := string(e.linked(nil, in, "../")); got != want {
			t.Errorf("%q:\n got %s\nwant %s", in, got, want)
		}
	}
}

func TestStatement(t *testing.T) {
	cat := &catalog.Catalog{Guide: &catalog.Guide{Languages: []catalog.Lang{"ja", "en"}}}
	e := &edition{cat: cat, lang: "ja", words: templates.Words{"parameter-open": "〔{label}〕", "untranslated-mark": "未訳"}}
	c := &catalog.Control{ID: "1.1.1.1", Parameters: []*catalog.Parameter{
		{ID: "days", Label: catalog.NewText("ja", `"日"数`), Default: "30"},
		{ID: "who", Label: catalog.NewText("ja", "担当")},
	}}
	for in, want := range map[string]string{
		"なし":            "なし",
		"{days}日以内":     `<span class="param" title="&#34;日&#34;数">30</span>日以内`,
		"{who}が{x}を{":   `<span class="param" title="担当">〔担当〕</span>が{x}を{`,
		"{days}{days}日": `<span class="param" title="&#34;日&#34;数">30</span><span class="param" title="&#34;日&#34;数">30</span>日`,
	} {
		if got := e.statementText(c, in, "ja", ""); string(got.html) != want || got.foreign {
			t.Errorf("%q:\n got %s\nwant %s", in, got.html, want)
		}
	}
	got := e.statement(c, catalog.NewText("en", "within {days} days"), "")
	if want := template.HTML(`<span lang="en">within <span class="param" title="&#34;日&#34;数">30</span> days</span> <small class="untranslated">未訳</small>`); got.html != want || !got.foreign {
		t.Errorf("foreign: %+v", got)
	}
}

func TestAnchor(t *testing.T) {
	for in, want := range map[string]string{"ENISA 09": "ENISA-09", " 階層 と レイヤ ": "階層-と-レイヤ", "(注)": "注", "!!": "x", "": "x", "が": "が"} {
		if got := anchor(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestWrap(t *testing.T) {
	for _, tt := range []struct {
		in    string
		width int
		want  []string
	}{
		{"", 100, []string{""}},
		{"物理層", 100, []string{"物理層"}},
		{"サービス管理系", 112, []string{"サービス管理系"}},
		{"サービス管理系", 64, []string{"サービス", "管理系"}},
		{"サーバー", 48, []string{"サー", "バー"}}, // no line begins with a long vowel mark
		{"Service management", 100, []string{"Service ", "management"}},
		{"Resource layer", 200, []string{"Resource layer"}},
	} {
		got := wrap(tt.in, tt.width)
		if !slices.Equal(got, tt.want) {
			t.Errorf("%q in %d: %q, want %q", tt.in, tt.width, got, tt.want)
		}
		if strings.Join(got, "") != tt.in {
			t.Errorf("%q in %d: lines %q lose something", tt.in, tt.width, got)
		}
	}
}

func TestScopePath(t *testing.T) {
	in, out := &catalog.Layer{InScope: true}, &catalog.Layer{}
	cross := &catalog.Layer{InScope: true, CrossLayer: true}
	spans := [][2]int{{12, 64}, {76, 128}, {140, 192}}
	for _, tt := range []struct {
		name            string
		stacked, across []*catalog.Layer
		want            string
	}{
		{"nothing", []*catalog.Layer{out, out, out}, nil, ""},
		{"lowest two", []*catalog.Layer{out, in, in}, nil, "M6 70L118 70L118 198L6 198Z"},
		{"lowest two and across", []*catalog.Layer{out, in, in}, []*catalog.Layer{cross}, "M6 70L118 70L118 6L258 6L258 198L6 198Z"},
		{"middle and across", []*catalog.Layer{out, in, out}, []*catalog.Layer{cross}, "M6 70L118 70L118 6L258 6L258 198L118 198L118 134L6 134Z"},
		{"all and across", []*catalog.Layer{in, in, in}, []*catalog.Layer{cross}, "M6 6L258 6L258 198L6 198Z"},
		{"apart", []*catalog.Layer{in, out, in}, []*catalog.Layer{cross}, "M6 6L118 6L118 70L6 70ZM6 134L118 134L118 198L6 198ZM118 6L258 6L258 198L118 198Z"},
		{"across alone", []*catalog.Layer{out, out, out}, []*catalog.Layer{cross}, "M118 6L258 6L258 198L118 198Z"},
	} {
		if got := scopePath(tt.stacked, tt.across, spans, 100, 192); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}

func TestPlainLinks(t *testing.T) {
	for in, want := range map[template.HTML]template.HTML{
		"x":                                    "x",
		`a <a class="id" href="x">H05</a> b`:   "a H05 b",
		`<a href="x">A</a><em>B</em><a >C</a>`: "A<em>B</em>C",
	} {
		if got := plainLinks(in); got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
}

func TestRetiredAt(t *testing.T) {
	e := &edition{risks: map[string]*catalog.Risk{"H05": {}}, cat: &catalog.Catalog{
		Guide:   &catalog.Guide{Severities: []*catalog.Severity{{ID: "high"}}},
		Clauses: []*catalog.Clause{{ID: "8.6.1"}, {ID: "C.1"}},
		Retired: []*catalog.Retirement{{ID: "M09"}},
	}}
	for id, want := range map[string]struct {
		file   string
		anchor bool
	}{
		"H09":      {"risks/H09.html", false},
		"H05-03":   {"risks/H05.html", true},
		"H05-O1":   {"risks/H05.html", true},
		"M09-01":   {"risks/M09.html", true},
		"L99-01":   {"retired.html", true},
		"8.6.1.4":  {"controls/8.6.1.4.html", false},
		"C.1.2":    {"controls/C.1.2.html", false},
		"9.9.9.1":  {"controls/9.9.9.1.html", false},
		"9.9.9":    {"clauses/9.9.9.html", false},
		"V7":       {"vulnerabilities/V7.html", false},
		"U12":      {"vulnerabilities/U12.html", false},
		"physical": {"retired.html", true},
	} {
		if file, isAnchor := e.retiredAt(id); file != want.file || isAnchor != want.anchor {
			t.Errorf("%s: %s %v, want %v", id, file, isAnchor, want)
		}
	}
}

func TestPageLink(t *testing.T) {
	for in, want := range map[string]string{
		"20-risks.md": "20-risks.html", "20-risks.ja.md": "20-risks.html", "./20-risks.md#一覧": "20-risks.html#一覧",
		"#x": "#x", "https://example.org/a.md": "https://example.org/a.md", "../risks/H05.html": "../risks/H05.html",
	} {
		if got := pageLink(in); got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
}

func TestShortened(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"Short.", "Short."},
		{"One sentence here. Another that is long.", "One sentence here."},
		{"一つ目の文である。二つ目の長い文がここに続いていてとても長いので収まらない。", "一つ目の文である。"},
		{"Words without any end that go on and on", "Words without any end…"},
		{"切れ目のない文がどこまでも続いてゆくのでどこかで切るほかはないのである", "切れ目のない文がどこまでも続いてゆくのでどこか…"},
		{"  White\n space ", "White space"},
	} {
		if got := shortened(tt.text, 24); got != tt.want {
			t.Errorf("shortened(%q) = %q, not %q", tt.text, got, tt.want)
		}
	}
}

// TestLargeSitemap splits a sitemap as its form demands.
func TestLargeSitemap(t *testing.T) {
	s := &Site{opts: Options{BaseURL: "https://example.org/"}, langs: []catalog.Lang{"en"}}
	e := &edition{site: s, lang: "en"}
	var jobs []job
	for i := range 2*sitemapSize + 1 {
		jobs = append(jobs, job{edition: e, kind: "control", path: controlFile(fmt.Sprint(i))})
	}
	var m render.Memory
	if err := s.putSitemap([]*edition{e}, jobs, &m); err != nil {
		t.Fatal(err)
	}
	total := 0
	for i := range 3 {
		name := fmt.Sprintf("sitemap-%d.xml", i+1)
		total += strings.Count(string(m.Data(name)), "<loc>")
		if !strings.Contains(string(m.Data("sitemap.xml")), "<loc>https://example.org/"+name+"</loc>") {
			t.Errorf("the index lacks %s", name)
		}
	}
	if total != len(jobs) || len(m.Names()) != 5 {
		t.Errorf("%d addresses in %v", total, m.Names())
	}
}
