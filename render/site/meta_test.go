package site_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"image/png"
	"path"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"riskguide/catalog"
	"riskguide/render"
	"riskguide/render/site"
)

// isStructured reports whether a node is structured data: a script element that no
// browser runs.
func isStructured(n *html.Node) bool {
	kind, _ := attr(n, "type")
	src, has := attr(n, "src")
	return n.Data == "script" && kind == "application/ld+json" && !has && src == ""
}

// meta returns the contents of the head's meta elements by name or property.
func meta(doc *html.Node) map[string]string {
	out := map[string]string{}
	for _, n := range find(doc, "meta", "") {
		v, _ := attr(n, "content")
		for _, key := range []string{"name", "property"} {
			if k, ok := attr(n, key); ok && out[k] == "" {
				out[k] = v
			}
		}
	}
	return out
}

const web = "https://example.org/guide/"

// published is the fixture at an address on the web, in two languages.
func published(t testing.TB) (*catalog.Catalog, *render.Memory) {
	t.Helper()
	cat := load(t, retiredFixture(t))
	opts := options(cat, both...)
	opts.BaseURL = web
	return cat, build(t, cat, opts)
}

// TestHead checks on every page what link previews and search engines read.
func TestHead(t *testing.T) {
	cat, m := published(t)
	plainFiles := build(t, cat, options(cat, both...))
	for _, name := range m.Names() {
		if path.Ext(name) != ".html" || !strings.Contains(name, "/") || strings.HasPrefix(name, site.APIDir) {
			continue
		}
		lang, file, _ := strings.Cut(name, "/")
		doc := parse(t, m, name)
		got := meta(doc)
		title := text(one(t, name, doc, "title"))
		if d := got["description"]; d == "" || len([]rune(d)) > 180 || d != got["og:description"] || strings.Contains(d, "{") {
			t.Errorf("%s: description %q, og:description %q", name, d, got["og:description"])
		}
		if got["og:title"] == "" || !strings.HasPrefix(title, got["og:title"]) {
			t.Errorf("%s: og:title is %q, title %q", name, got["og:title"], title)
		}
		if got["og:url"] != web+name || got["og:type"] != "website" || got["og:locale"][:2] != lang {
			t.Errorf("%s: og:url %q, og:type %q, og:locale %q", name, got["og:url"], got["og:type"], got["og:locale"])
		}
		if image := strings.TrimPrefix(got["og:image"], web); image == got["og:image"] || m.Data(image) == nil {
			t.Errorf("%s: og:image is %q", name, got["og:image"])
		}
		if got["theme-color"] == "" {
			t.Errorf("%s has no theme-color", name)
		}
		if before := meta(parse(t, plainFiles, name)); before["og:image"] != "" || before["og:url"] != "" || before["og:title"] != got["og:title"] {
			t.Errorf("%s without an address: og:image %q, og:url %q, og:title %q", name, before["og:image"], before["og:url"], before["og:title"])
		}
		var kinds []string
		for _, n := range find(doc, "script", "") {
			if !isStructured(n) {
				continue
			}
			var data struct {
				Context string `json:"@context"`
				Graph   []struct {
					Type     string `json:"@type"`
					Language string `json:"inLanguage"`
					TermCode string
					Items    []struct {
						Position   int
						Name, Item string
					} `json:"itemListElement"`
				} `json:"@graph"`
			}
			if err := json.Unmarshal([]byte(text(n)), &data); err != nil || data.Context != "https://schema.org" {
				t.Errorf("%s: structured data: %v", name, err)
			}
			for _, g := range data.Graph {
				kinds = append(kinds, g.Type)
				for i, item := range g.Items {
					to := strings.TrimPrefix(item.Item, web)
					if item.Position != i+1 || item.Name == "" || (i < len(g.Items)-1) != (m.Data(to) != nil) {
						t.Errorf("%s: step %d of the breadcrumbs: %+v", name, i+1, item)
					}
				}
				if g.Language != "" && g.Language != lang {
					t.Errorf("%s: structured data in %s", name, g.Language)
				}
			}
		}
		want := []string{"BreadcrumbList"}
		switch dir := path.Dir(file); {
		case file == "index.html":
			want = []string{"WebSite"}
		case path.Base(file) == "index.html":
		case file == "risks/M09.html" || strings.Contains(title, "8.6.1.4"): // retired
		case dir == "risks":
			want = []string{"TechArticle", "BreadcrumbList"}
		case dir == "controls" || dir == "vulnerabilities" && !strings.Contains(text(doc), "V7"):
			want = []string{"DefinedTerm", "BreadcrumbList"}
		case dir == "vulnerabilities":
			continue
		case dir == "guide" || file == "references.html":
			want = []string{"Article", "BreadcrumbList"}
		}
		if !slices.Equal(kinds, want) {
			t.Errorf("%s: structured data is about %v, not %v", name, kinds, want)
		}
	}
}

// TestFeed reads the feeds of editions.
func TestFeed(t *testing.T) {
	cat, m := published(t)
	type link struct {
		Rel  string `xml:"rel,attr"`
		Href string `xml:"href,attr"`
	}
	type feed struct {
		XMLName xml.Name `xml:"http://www.w3.org/2005/Atom feed"`
		ID      string   `xml:"id"`
		Title   string   `xml:"title"`
		Updated string   `xml:"updated"`
		Author  string   `xml:"author>name"`
		Links   []link   `xml:"link"`
		Entries []struct {
			ID      string `xml:"id"`
			Title   string `xml:"title"`
			Updated string `xml:"updated"`
			Summary string `xml:"summary"`
			Link    link   `xml:"link"`
		} `xml:"entry"`
	}
	read := func(m *render.Memory, name string) feed {
		t.Helper()
		var f feed
		if err := xml.Unmarshal(m.Data(name), &f); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		return f
	}
	ids := map[string]bool{}
	elsewhere := build(t, cat, options(cat, both...))
	for _, l := range both {
		f := read(m, string(l)+"/feed.xml")
		if f.Updated != "2026-01-31T00:00:00Z" || f.Author == "" || len(f.Entries) != len(cat.Guide.Editions) || len(f.Entries) != 2 {
			t.Errorf("%s: feed %+v", l, f)
		}
		if want := []link{{"self", web + string(l) + "/feed.xml"}, {"alternate", web + string(l) + "/editions.html"}}; !slices.Equal(f.Links, want) {
			t.Errorf("%s: links %v", l, f.Links)
		}
		moved := read(elsewhere, string(l)+"/feed.xml")
		ids[f.ID] = true
		page := parse(t, m, string(l)+"/editions.html")
		for i, e := range f.Entries {
			ids[e.ID] = true
			n := cat.Guide.Editions[i]
			if e.Summary != n.Summary.Values[l] || e.Updated != n.Date.Format("2006-01-02T15:04:05Z07:00") || !strings.Contains(e.Title, n.Edition) {
				t.Errorf("%s: entry %+v", l, e)
			}
			file, anchor, _ := strings.Cut(strings.TrimPrefix(e.Link.Href, web+string(l)+"/"), "#")
			if at := byID(page, anchor); file != "editions.html" || at == nil || !strings.Contains(text(at.Parent), e.Summary) {
				t.Errorf("%s: entry leads to %s", l, e.Link.Href)
			}
			if moved.Entries[i].ID != e.ID || moved.Entries[i].Link.Href != "editions.html#"+anchor {
				t.Errorf("%s: elsewhere the entry is %+v", l, moved.Entries[i])
			}
		}
	}
	if len(ids) != 6 {
		t.Errorf("ids of feeds and entries are not different: %v", ids)
	}
	for _, l := range both {
		if !slices.Contains(links(parse(t, m, string(l)+"/risks/H01.html")), "../editions.html") {
			t.Errorf("%s: pages do not lead to the editions", l)
		}
	}
}

// TestNoEditions builds a guide that tells no history.
func TestNoEditions(t *testing.T) {
	files := fixture(t)
	f := files["guide.yaml"]
	f.Data = f.Data[:bytes.Index(f.Data, []byte("editions:"))]
	cat := load(t, files)
	m := build(t, cat, options(cat, both...))
	if m.Data("ja/feed.xml") != nil || m.Data("ja/editions.html") != nil {
		t.Error("a feed or page of no edition")
	}
	wellFormed(t, m, downloads)
}

// TestSitemap wants every page in the sitemap, with its like in other languages,
// where the site's address is known, and no sitemap where it is not.
func TestSitemap(t *testing.T) {
	cat, m := published(t)
	var sitemap struct {
		URL []struct {
			Loc  string `xml:"loc"`
			Link []struct {
				Lang string `xml:"hreflang,attr"`
				Href string `xml:"href,attr"`
			} `xml:"http://www.w3.org/1999/xhtml link"`
		} `xml:"url"`
	}
	must(t, xml.Unmarshal(m.Data("sitemap.xml"), &sitemap))
	listed := map[string]bool{}
	for _, u := range sitemap.URL {
		name := strings.TrimPrefix(u.Loc, web)
		if m.Data(name) == nil || listed[name] {
			t.Errorf("the sitemap lists %s", u.Loc)
		}
		listed[name] = true
		_, file, _ := strings.Cut(name, "/")
		if len(u.Link) != 3 || u.Link[0].Href != web+"ja/"+file || u.Link[1].Href != web+"en/"+file || u.Link[2].Lang != "x-default" {
			t.Errorf("%s: alternates %v", name, u.Link)
		}
	}
	for _, name := range m.Names() {
		notice := len(find(parse(t, m, name), "body", "p-notice")) > 0
		if path.Ext(name) == ".html" && strings.Contains(name, "/") && !strings.HasPrefix(name, site.APIDir) && !notice && !listed[name] {
			t.Errorf("the sitemap lacks %s", name)
		}
		if notice && listed[name] {
			t.Errorf("the sitemap lists the retired %s", name)
		}
	}
	if s := string(m.Data("robots.txt")); !strings.HasSuffix(s, "\nSitemap: "+web+"sitemap.xml\n") || !strings.Contains(s, "Allow: /") {
		t.Errorf("robots.txt: %s", s)
	}
	m = build(t, cat, options(cat, both...))
	if m.Data("sitemap.xml") != nil || strings.Contains(string(m.Data("robots.txt")), "Sitemap") || m.Data("robots.txt") == nil {
		t.Error("a sitemap without the site's address, or no robots.txt")
	}
}

// TestManifest reads the manifests: their icons are there, of the sizes that they say.
func TestManifest(t *testing.T) {
	_, m := published(t)
	for _, l := range both {
		var got struct {
			Name, Lang string
			Start      string `json:"start_url"`
			Icons      []struct{ Src, Sizes, Type, Purpose string }
		}
		must(t, json.Unmarshal(m.Data(string(l)+"/manifest.webmanifest"), &got))
		if got.Name == "" || got.Lang != string(l) || m.Data(path.Join(string(l), got.Start)) == nil || len(got.Icons) != 4 {
			t.Errorf("%s: manifest %+v", l, got)
		}
		maskable := 0
		for _, i := range got.Icons {
			data := m.Data(path.Join(string(l), i.Src))
			if data == nil {
				t.Errorf("%s: no icon %s", l, i.Src)
				continue
			}
			if i.Purpose == "maskable" {
				maskable++
			}
			if i.Type != "image/png" {
				continue
			}
			c, err := png.DecodeConfig(bytes.NewReader(data))
			must(t, err)
			if got := fmt.Sprintf("%dx%d", c.Width, c.Height); got != i.Sizes {
				t.Errorf("%s is %s, not %s", i.Src, got, i.Sizes)
			}
		}
		if maskable != 1 {
			t.Errorf("%s: %d maskable icons", l, maskable)
		}
	}
}
