package site_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"riskguide/catalog"
	"riskguide/render"
	"riskguide/render/comparison"
	"riskguide/render/comparison/comparisontest"
)

// comparisonPages writes the reports of the small assessment in both languages into
// a new folder. They are no pages of the site, but have its style and are held to
// the same.
func comparisonPages(t *testing.T) (dir string, names []string) {
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
	return dir, names
}

func TestComparisonHTML(t *testing.T) {
	t.Parallel()
	dir, _ := comparisonPages(t)
	checkHTML(t, dir)
}

func TestComparisonInBrowser(t *testing.T) {
	t.Parallel()
	axe, err := os.ReadFile(tool(t, "axe-core/axe.min.js"))
	must(t, err)
	dir, names := comparisonPages(t)
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
