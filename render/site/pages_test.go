package site_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"encoding/xml"
	"flag"
	"fmt"
	"maps"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/net/html"
	"golang.org/x/sync/errgroup"

	"riskguide/catalog"
	"riskguide/render"
	"riskguide/render/rendertest"
	"riskguide/render/site/internal/chromium"
)

// wholeSite builds the site of this repository's own content, as `riskguide build`
// does, and tells which files others put beside its pages.
func wholeSite(t testing.TB) (*catalog.Catalog, *render.Memory, []string) {
	t.Helper()
	root := filepath.Join(rendertest.Root(t), "content")
	if _, err := os.Stat(filepath.Join(root, "guide.yaml")); err != nil {
		t.Skip("SKIPPED, missing: content/guide.yaml")
	}
	cat := load(t, os.DirFS(root))
	opts := options(cat, cat.Guide.Languages...)
	opts.Packs = nil
	var others []string
	for i, l := range cat.Guide.Languages {
		dir := render.DownloadsDir
		if i > 0 {
			dir = path.Join(dir, string(l))
		}
		others = append(others, path.Join(dir, render.GuidePDF()), path.Join(dir, render.CatalogWorkbook()))
		for _, r := range cat.Risks {
			others = append(others, path.Join(dir, render.RiskPDF(r.ID)))
		}
	}
	return cat, build(t, cat, opts), others
}

// pagesOf lists the HTML files of a build.
func pagesOf(m *render.Memory) []string {
	return slices.DeleteFunc(m.Names(), func(n string) bool { return path.Ext(n) != ".html" })
}

// TestEveryLink follows every link and anchor of every page of the shipped guide in
// all languages, and those of the files that are no pages.
func TestEveryLink(t *testing.T) {
	cat, m, others := wholeSite(t)
	for _, r := range cat.Guide.References {
		if r.URL != "" {
			t.Skip("the references link to other hosts")
		}
	}
	wellFormed(t, m, others)
	opts := options(cat, cat.Guide.Languages...)
	opts.BaseURL, opts.Packs = web, nil
	m = build(t, cat, opts)
	checked := 0
	for _, name := range m.Names() {
		var found []string
		switch path.Ext(name) {
		case ".xml":
			d := xml.NewDecoder(bytes.NewReader(m.Data(name)))
			for {
				tok, err := d.Token()
				if tok == nil {
					if err.Error() != "EOF" {
						t.Errorf("%s: %v", name, err)
					}
					break
				}
				el, ok := tok.(xml.StartElement)
				if !ok {
					continue
				}
				for _, a := range el.Attr {
					if a.Name.Local == "href" {
						found = append(found, a.Value)
					}
				}
				if el.Name.Local == "loc" {
					var s string
					must(t, d.DecodeElement(&s, &el))
					found = append(found, s)
				}
			}
		case ".webmanifest":
			var v struct {
				Start string `json:"start_url"`
				Icons []struct{ Src string }
			}
			must(t, json.Unmarshal(m.Data(name), &v))
			found = append(found, v.Start)
			for _, i := range v.Icons {
				found = append(found, i.Src)
			}
		case ".html":
			for k, v := range meta(parse(t, m, name)) {
				if k == "og:url" || k == "og:image" {
					found = append(found, v)
				}
			}
		}
		for _, link := range found {
			checked++
			base, err := url.Parse(web + name)
			must(t, err)
			u, err := base.Parse(link)
			must(t, err)
			file, inside := strings.CutPrefix(u.String(), web)
			file, anchor, _ := strings.Cut(file, "#")
			if !inside || m.Data(file) == nil || anchor != "" && byID(parse(t, m, file), anchor) == nil {
				t.Errorf("%s leads to %s", name, link)
			}
		}
	}
	if pages := len(pagesOf(m)); checked < 3*pages {
		t.Errorf("only %d links of %d pages were there to check", checked, pages)
	}
}

// TestEveryPageInNu runs the Nu Html Checker over every page of the shipped guide.
func TestEveryPageInNu(t *testing.T) {
	t.Parallel()
	jar := tool(t, "vnu-jar/build/dist/vnu.jar")
	java := rendertest.Tool(t, "java")
	_, m, _ := wholeSite(t)
	dir := folder(t, m)
	begin := time.Now()
	nu(t, java, jar, dir, "--skip-non-html")
	t.Logf("%d pages in %s", len(pagesOf(m)), time.Since(begin).Round(time.Second))
}

var axeAll = flag.Bool("axe-all", false, "apply axe-core to every page, not to enough of them that every kind of element is seen")

// TestEveryPageInAxe runs axe-core over pages of the shipped guide, folder by folder, in
// a few tabs side by side: over so many of each language that every element that stands
// anywhere is seen at such a place with such attributes, or over all with -axe-all,
// which takes ten minutes.
func TestEveryPageInAxe(t *testing.T) {
	t.Parallel()
	axe, err := os.ReadFile(tool(t, "axe-core/axe.min.js"))
	must(t, err)
	_, b, first := browser(t)
	_, m, _ := wholeSite(t)
	dir := folder(t, m)
	tabs := []*chromium.Page{first}
	for range 2 {
		p, err := b.NewPage(t.Context())
		must(t, err)
		tabs = append(tabs, p)
	}
	for _, p := range tabs {
		// At once in each new page: to send it anew takes longer than to run it.
		_, err := p.Call(t.Context(), "Page.addScriptToEvaluateOnNewDocument", map[string]any{"source": string(axe)})
		must(t, err)
	}
	names := shapesOf(t, m)
	if len(names) < 40 {
		t.Errorf("only %d pages differ in their elements", len(names))
	}
	if *axeAll {
		names = pagesOf(m)
	}
	folders := map[string][]string{}
	for _, name := range names {
		folders[path.Dir(name)] = append(folders[path.Dir(name)], name)
	}
	for _, name := range slices.Sorted(maps.Keys(folders)) {
		t.Run(name, func(t *testing.T) {
			begin := time.Now()
			inAxe(t, tabs, dir, folders[name])
			t.Logf("%d pages in %s", len(folders[name]), time.Since(begin).Round(100*time.Millisecond))
		})
	}
}

// inAxe opens pages in tabs that take turns, and reports what axe-core finds in them,
// what they write to the console and what they ask of elsewhere.
func inAxe(t *testing.T, tabs []*chromium.Page, dir string, names []string) {
	t.Helper()
	next := make(chan string, len(names))
	for _, n := range names {
		next <- n
	}
	close(next)
	g, ctx := errgroup.WithContext(t.Context())
	for _, p := range tabs {
		g.Go(func() error {
			if err := p.Size(ctx, 1280, 900); err != nil {
				return err
			}
			for name := range next {
				if err := p.Open(ctx, "file://"+dir+"/"+name); err != nil {
					return fmt.Errorf("%s: %w", name, err)
				}
				found, err := violations(ctx, p)
				if err != nil {
					return fmt.Errorf("%s: %w", name, err)
				}
				for _, f := range found {
					t.Errorf("%s: %s", name, f)
				}
				console, requests := p.Log()
				if len(console) > 0 {
					t.Errorf("%s: console: %v", name, console)
				}
				for _, r := range requests {
					if !strings.HasPrefix(r, "file://"+dir+"/") && !strings.HasPrefix(r, "data:") {
						t.Errorf("%s requests %s", name, r)
					}
				}
			}
			return nil
		})
	}
	must(t, g.Wait())
}

// shapesOf picks pages of each language, the largest first, until each element that
// stands in any of them is seen: the same tag with the same class, role and names of
// attributes, in an element of the same tag and class, with a text in it or without.
func shapesOf(t *testing.T, m *render.Memory) []string {
	t.Helper()
	pages := pagesOf(m)
	slices.SortStableFunc(pages, func(a, b string) int { return len(m.Data(b)) - len(m.Data(a)) })
	valued := []string{"class", "role", "type", "scope", "lang", "tabindex", "rel", "aria-hidden", "aria-expanded"}
	seen := map[string]bool{}
	var out []string
	for _, name := range pages {
		lang, _, _ := strings.Cut(name, "/")
		fresh := false
		var walk func(n *html.Node, within string)
		walk = func(n *html.Node, within string) {
			if n.Type == html.ElementNode {
				var attrs []string
				for _, a := range n.Attr {
					switch {
					case slices.Contains(valued, a.Key):
						attrs = append(attrs, a.Key+"="+a.Val)
					case a.Key == "colspan" || a.Key == "rowspan":
						continue
					case strings.TrimSpace(a.Val) == "":
						attrs = append(attrs, a.Key+"=")
					default:
						attrs = append(attrs, a.Key)
					}
				}
				slices.Sort(attrs)
				element := n.Data + " " + strings.Join(attrs, " ")
				key := fmt.Sprint(lang, within, element, strings.TrimSpace(text(n)) == "")
				if !seen[key] {
					seen[key], fresh = true, true
				}
				class, _ := attr(n, "class")
				within = " " + n.Data + "." + class + " > "
			}
			for c := n.FirstChild; c != nil; c = c.NextSibling {
				walk(c, within)
			}
		}
		walk(parse(t, m, name), "")
		if fresh {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}

// kindsOf picks pages of the shipped guide: one of each kind in each language, and the
// largest of each.
func kindsOf(m *render.Memory) []string {
	largest := map[string]string{}
	var out []string
	for _, name := range pagesOf(m) {
		doc := string(m.Data(name))
		_, class, _ := strings.Cut(doc, `<body class="`)
		class, _, _ = strings.Cut(class, `"`)
		key := path.Dir(name)[:min(2, len(path.Dir(name)))] + " " + class
		if strings.HasSuffix(key, "p-bare") {
			out = append(out, name)
			continue
		}
		if old := largest[key]; old == "" || len(m.Data(name)) > len(m.Data(old)) {
			largest[key] = name
		}
	}
	for _, name := range largest {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}

// firstPageBudget is the most bytes that a visitor's first page may take: page, style,
// scripts and icon, compressed.
const firstPageBudget = 60_000

// TestFirstPage adds up what the first page transfers, gzipped, of all that the
// browser asks for until the page has come to rest.
func TestFirstPage(t *testing.T) {
	t.Parallel()
	ctx, _, p := browser(t)
	_, m, _ := wholeSite(t)
	dir := folder(t, m)
	for _, name := range kindsOf(m) {
		must(t, p.Open(ctx, "file://"+dir+"/"+name+"#choose"))
		time.Sleep(200 * time.Millisecond) // what scripts load when the page stands
		_, requests := p.Log()
		requests = slices.DeleteFunc(requests, func(r string) bool { return strings.HasPrefix(r, "data:") })
		requests = append(requests, "file://"+dir+"/assets/icon.svg")
		slices.Sort(requests)
		total := 0
		for _, r := range slices.Compact(requests) {
			file, _, _ := strings.Cut(strings.TrimPrefix(r, "file://"+dir+"/"), "#")
			data := m.Data(file)
			if data == nil {
				t.Errorf("%s requests %s", name, r)
			}
			var b bytes.Buffer
			z := gzip.NewWriter(&b)
			_, _ = z.Write(data)
			_ = z.Close()
			total += b.Len()
		}
		first := path.Base(name) == "index.html" && strings.Count(name, "/") < 2
		t.Logf("%s: %d bytes in %d files", name, total, len(slices.Compact(requests)))
		if first && (total > firstPageBudget || total < 5_000) {
			t.Errorf("%s takes %d bytes, more than %d", name, total, firstPageBudget)
		}
	}
}

// watchShifts is a script that counts how far things move in a page that is opened
// (Layout Instability API): in moved once the whole page has been drawn, in early
// before. On a machine under load Chromium also draws pages that it has half read.
const watchShifts = `window.shifts = []; window.moved = 0; window.early = 0;
	(function () {
		var whole = Infinity;
		document.addEventListener("readystatechange", function () {
			requestAnimationFrame(function () { setTimeout(function () { whole = Math.min(whole, performance.now()); }); });
		}, {once: true});
		new PerformanceObserver(function (l) { l.getEntries().forEach(function (e) {
			if (e.startTime < whole) { early += e.value; return; }
			moved += e.value;
			shifts.push(e.value.toFixed(5) + " " + e.sources.map(function (s) { return s.node ? (s.node.outerHTML || s.node.data).slice(0, 100) : "?"; }).join(" | "));
		}); }).observe({type: "layout-shift", buffered: true});
	}());`

// mostEarlyShift bounds what moves while a page is half read: the part of 0.1, from
// which on readers notice (web.dev/cls), that a page of tables may take.
const mostEarlyShift = 0.05

// TestLayoutShift wants every kind of page to stand still from its first moment on,
// also with choices that the browser remembers.
func TestLayoutShift(t *testing.T) {
	t.Parallel()
	ctx, _, p := browser(t)
	_, m, _ := wholeSite(t)
	dir := folder(t, m)
	before(t, ctx, p, watchShifts)
	for _, mode := range []struct {
		width int
		kept  string
	}{{1280, ""}, {390, ""}, {1280, `localStorage.setItem("riskguide-size", "2"); localStorage.setItem("riskguide-view", "compact"); localStorage.setItem("riskguide-theme", "dark");`}} {
		window(t, ctx, p, mode.width, false)
		if mode.kept != "" {
			must(t, p.Eval(ctx, mode.kept, nil))
		}
		for _, name := range kindsOf(m) {
			must(t, p.Open(ctx, "file://"+dir+"/"+name+"#choose"))
			var got struct {
				Moved, Early float64
				Shifts       []string
			}
			must(t, p.Eval(ctx, `new Promise(function (r) { setTimeout(function () { requestAnimationFrame(function () { r({Moved: moved, Early: early, Shifts: shifts}); }); }, 200); })`, &got))
			if got.Moved > 0 {
				t.Errorf("%s at %d, %q kept: moves by %s", name, mode.width, mode.kept, got.Shifts)
			}
			if got.Early > mostEarlyShift {
				t.Errorf("%s at %d, %q kept: moves by %g while it is read", name, mode.width, mode.kept, got.Early)
			}
		}
	}
}

// unseen lists the texts of a page's middle that take no room on the screen, except
// those that are there for scripts, for readers' ears, or to be opened.
const unseen = `Array.from((function* () {
	var walk = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
	for (var n; (n = walk.nextNode());) {
		var el = n.parentElement;
		if (!n.data.trim() || el.closest(".js, .fold, .vh, noscript, script, [hidden], details:not([open]), .list-tools, .facts small, title, desc, option")) continue;
		var r = document.createRange();
		r.selectNodeContents(n);
		var box = r.getBoundingClientRect();
		if (box.width < 1 || box.height < 1) yield n.data;
	}
}()))`

// TestWithoutScripts reads pages of each kind with scripts switched off: all of their
// text is to be seen.
func TestWithoutScripts(t *testing.T) {
	t.Parallel()
	ctx, _, p := browser(t)
	_, m, _ := wholeSite(t)
	dir := folder(t, m)
	window(t, ctx, p, 1280, false)
	must(t, p.Scripts(ctx, false))
	for _, name := range kindsOf(m) {
		must(t, p.Open(ctx, "file://"+dir+"/"+name))
		var at string
		var hidden []string
		must(t, p.Eval(ctx, "location.pathname", &at))
		if at != dir+"/"+name {
			t.Errorf("%s leads to %s", name, at)
		}
		must(t, p.Eval(ctx, unseen, &hidden))
		if len(hidden) > 0 {
			t.Errorf("%s hides %.300q", name, hidden)
		}
		var controls int
		must(t, p.Eval(ctx, `Array.from(document.querySelectorAll("button, input, select")).filter(function (e) { return e.getClientRects().length; }).length`, &controls))
		if controls > 0 && !strings.HasSuffix(name, "pack.html") {
			t.Errorf("%s shows %d controls that do nothing without scripts", name, controls)
		}
	}
}
