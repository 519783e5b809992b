package site_test

import (
	"context"
	"os"
	"strings"
	"testing"

	"riskguide/answers"
	"riskguide/catalog"
	"riskguide/profile"
	"riskguide/render"
	"riskguide/render/pack"
	"riskguide/templates"
)

// packPages writes the pages of a shipped pack in one language and in two, and
// returns their folder and names.
func packPages(t *testing.T) (dir string, names []string) {
	t.Helper()
	ctx := context.Background()
	cat, ps := catalog.Load(ctx, os.DirFS("../../content"), catalog.LoadOptions{})
	if ps.HasErrors() {
		t.Fatal(ps.ErrorsOnly())
	}
	dir = t.TempDir()
	for _, langs := range [][]catalog.Lang{{"en"}, {"en", "ja"}, {"ja", "en"}} {
		p, ps := profile.Load(ctx, os.DirFS("../../content"), "profiles/foreign-supplier.yaml", profile.LoadOptions{Languages: langs})
		if ps.HasErrors() {
			t.Fatal(ps)
		}
		pk, ps := profile.Tailor(cat, p)
		if ps.HasErrors() {
			t.Fatal(ps)
		}
		var m render.Memory
		must(t, pack.Render(ctx, pk, render.Options{Templates: templates.FS()}, &m))
		name := pack.HTMLFile(p.Name())
		must(t, os.WriteFile(dir+"/"+name, m.Data(p.Name()+"/"+name), 0o666))
		names = append(names, name)
		if len(langs) != 1 {
			continue
		}
		// The page of a further round.
		previous := &answers.Set{Supplier: "acme", Round: 1, Pack: answers.Pack{ID: "foreign-supplier-1", Language: langs[0]}, Answers: []answers.Answer{
			{Requirement: pk.Requirements[0].ID, Obligation: "may", Asked: "Another wording, with words in common", Status: answers.Implemented},
			{Requirement: "9.9.9.9", Asked: "No longer asked"}}}
		_, err := pack.RenderNext(ctx, pk, previous, render.Options{Templates: templates.FS()}, &m)
		must(t, err)
		id := pack.Name(pk, previous)
		name = pack.HTMLFile(id)
		must(t, os.WriteFile(dir+"/"+name, m.Data(id+"/"+name), 0o666))
		names = append(names, name)
	}
	return dir, names
}

// TestPackPagesInBrowser: the page of a pack, in one language and in two, fits its
// window, loads nothing, and axe-core finds nothing; the two languages stand side by
// side where there is room, and below each other where there is not.
func TestPackPagesInBrowser(t *testing.T) {
	t.Parallel()
	axe, err := os.ReadFile(tool(t, "axe-core/axe.min.js"))
	must(t, err)
	ctx, _, p := browser(t)
	dir, names := packPages(t)
	for _, mode := range []struct {
		width int
		dark  bool
	}{{1280, false}, {390, true}, {360, false}} {
		window(t, ctx, p, mode.width, mode.dark)
		for _, name := range names {
			must(t, p.Open(ctx, "file://"+dir+"/"+name))
			var size [2]int
			must(t, p.Eval(ctx, "[document.documentElement.scrollWidth, document.documentElement.clientWidth]", &size))
			if size[0] > size[1] {
				t.Errorf("%s at %d is %d pixels wide", name, mode.width, size[0])
			}
			if strings.Contains(name, "supplier-en-ja") || strings.Contains(name, "supplier-ja-en") {
				var beside bool
				must(t, p.Eval(ctx, `(function () {
					var c = document.querySelector(".two").children;
					return c.length === 2 && c[0].getBoundingClientRect().top === c[1].getBoundingClientRect().top;
				})()`, &beside))
				if beside != (mode.width > 1000) {
					t.Errorf("%s at %d: side by side %v", name, mode.width, beside)
				}
			}
			// It takes long: each page once.
			if (mode.width == 1280) == (name == "foreign-supplier-en-ja-requirements.html") && mode.width != 360 && !strings.Contains(name, "-ja-en-") {
				axeCheck(t, ctx, p, string(axe), name)
			}
			console, requests := p.Log()
			if len(console) > 0 || len(requests) != 1 {
				t.Errorf("%s: console %v, requests %v", name, console, requests)
			}
		}
	}
}

// TestPackHTMLChecker runs the Nu Html Checker over the pages of a pack.
func TestPackHTMLChecker(t *testing.T) {
	t.Parallel()
	dir, _ := packPages(t)
	checkHTML(t, dir)
}
