package site_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"riskguide/catalog"
	"riskguide/render"
	"riskguide/render/changes"
	"riskguide/render/comparison"
	"riskguide/render/comparison/comparisontest"
)

// reportPages writes the comparison of the small assessment and what changed between
// two fixtures, in both languages, into a new folder. They are no pages of the site, but have
// its style and are held to the same.
func reportPages(t *testing.T) (dir string, names []string) {
	t.Helper()
	dir = t.TempDir()
	for _, lang := range []catalog.Lang{"ja", "en"} {
		v, err := comparison.NewView(comparisontest.Small(t), lang, nil)
		must(t, err)
		data, err := comparison.HTML(v, render.Options{ToolVersion: "test"})
		must(t, err)
		name := string(lang) + ".html"
		must(t, os.WriteFile(filepath.Join(dir, name), data, 0o666))
		names = append(names, name)
	}
	r := since(t, fixture(t), retiredFixture(t))
	if len(r.Changes) == 0 {
		t.Fatal("nothing changed between the fixtures")
	}
	for _, lang := range both {
		v, err := changes.NewView(r, lang, nil)
		must(t, err)
		data, err := changes.HTML(v, render.Options{ToolVersion: "test"})
		must(t, err)
		name := "changes." + string(lang) + ".html"
		must(t, os.WriteFile(filepath.Join(dir, name), data, 0o666))
		names = append(names, name)
	}
	return dir, names
}

func TestReportsHTML(t *testing.T) {
	t.Parallel()
	dir, _ := reportPages(t)
	checkHTML(t, dir)
}

func TestReportsInBrowser(t *testing.T) {
	t.Parallel()
	axe, err := os.ReadFile(tool(t, "axe-core/axe.min.js"))
	must(t, err)
	dir, names := reportPages(t)
	ctx, _, p := browser(t)
	for _, width := range []int{1280, 360} {
		for _, dark := range []bool{false, true} {
			window(t, ctx, p, width, dark)
			for _, name := range names {
				page := fmt.Sprintf("%s at %d, dark %v", name, width, dark)
				must(t, p.Open(ctx, "file://"+dir+"/"+name))
				var size [2]int
				must(t, p.Eval(ctx, "[document.documentElement.scrollWidth, document.documentElement.clientWidth]", &size))
				if size[0] > size[1] {
					t.Errorf("%s is %d pixels wide", page, size[0])
				}
				// All answers of the rows are readable: the boxes are open.
				must(t, p.Eval(ctx, "document.querySelectorAll('details').forEach(function (d) { d.open = true; })", nil))
				axeCheck(t, ctx, p, string(axe), page)
				console, requests := p.Log()
				if len(console) > 0 {
					t.Errorf("%s: console: %v", page, console)
				}
				for _, r := range requests {
					if !strings.HasPrefix(r, "file://"+dir+"/") {
						t.Errorf("%s requests %s", page, r)
					}
				}
			}
		}
	}
}
