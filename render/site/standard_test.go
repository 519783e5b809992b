package site_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"riskguide/catalog"
	"riskguide/render/rendertest"
)

// TestStandard builds the site of a guide of controls alone: every link leads
// somewhere, nothing of risks is offered, no place of a parameter is left as it is
// written in the files.
func TestStandard(t *testing.T) {
	for _, langs := range [][]catalog.Lang{{"en"}, {"ja", "en"}} {
		cat := load(t, os.DirFS(filepath.Join(rendertest.Root(t), "catalog", "testdata", "standard")))
		cat.Guide.References[0].URL = "" // wellFormed wants no link to another host
		opts := options(cat, langs...)
		opts.Packs = nil
		m := build(t, cat, opts)
		wellFormed(t, m, append([]string{"downloads/ja/riskguide.pdf", "downloads/ja/riskguide-catalog.xlsx"}, downloads...))
		for _, name := range m.Names() {
			for _, dir := range []string{"/risks/", "/measures/", "/overview/", "/vulnerabilities/", "/layers/"} {
				if strings.Contains("/"+name, dir) {
					t.Errorf("%s is there", name)
				}
			}
			if strings.HasSuffix(name, ".html") {
				page := string(m.Data(name))
				for _, bad := range []string{"{ga-", "{cr-", "{{", "No measure cites", "cited by", "risks/index.html"} {
					if strings.Contains(page, bad) {
						t.Errorf("%s holds %q", name, bad)
					}
				}
			}
		}
		page := string(m.Data("en/controls/ga-1.html"))
		for _, want := range []string{
			`<h1><span class="code">GA-1</span> Gate Policy</h1>`, `<code>ga-1</code>`,
			`<span class="label">a.</span>`, `[harbour-defined keepers]`, `At least once a year.`,
			`The policy may be part of the rules of the whole harbour.`, `href="../controls/ga-1.1.html">GA-1(1)</a>`,
			`href="../controls/ky-1.html">KY-1</a>`, `href="../references.html#Lock-Act">Lock Act</a>`,
		} {
			if !strings.Contains(page, want) {
				t.Errorf("the page of ga-1 lacks %s", want)
			}
		}
		page = string(m.Data("en/controls/ga-1.1.html"))
		for _, want := range []string{`Enhances <a href="../controls/ga-1.html"><b>GA-1</b> Gate Policy</a>`,
			`[rings the bell / calls <span class="param" title="harbour-defined persons">[harbour-defined persons]</span>]`, "One or more of these:"} {
			if !strings.Contains(page, want) {
				t.Errorf("the page of ga-1.1 lacks %s", want)
			}
		}
		if home := string(m.Data("en/index.html")); !strings.Contains(home, `<a href="clauses/ky.html"><b>ky</b> <span>Keys</span></a>`) {
			t.Error("the home page does not list the clauses")
		}
		if s := string(m.Data("en/retired.html")); !strings.Contains(s, "Night Gate") {
			t.Error("the withdrawn control is not among the retired ids")
		}
		for _, n := range m.Names() {
			if strings.Contains(n, "search-index") && strings.HasPrefix(n, "en/") && !strings.Contains(string(m.Data(n)), "A small harbour needs one page.") {
				t.Error("the guidance is not found by the search")
			}
		}
	}
}
