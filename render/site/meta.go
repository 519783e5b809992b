package site

import (
	"bytes"
	"crypto/sha1"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"html"
	"html/template"
	"path"
	"strings"
	"time"
	"unicode/utf8"

	"riskguide/catalog"
	"riskguide/render"
)

// This file makes what machines read: descriptions and structured data in the
// head of a page, the feed of editions, the manifest of the app, robots.txt and
// the sitemap.

// EditionsView is the page of the history of editions.
type EditionsView struct{ Editions []EditionView }

// EditionView is an edition in the history, the newest first.
type EditionView struct {
	Anchor  string
	Edition string
	Date    string // as written in the language
	ISODate string
	Summary template.HTML
	// Changes leads to the page that lists what changed since the edition
	// before; empty where there is none.
	Changes string
}

func editionAnchor(edition string) string { return "edition-" + anchor(edition) }

func (e *edition) editionsView(p *Page) {
	p.Title = p.T("editions-title")
	p.Class = "editions"
	p.Description = p.T("editions-lead")
	p.crumb(p.Base+homeFile, "", p.label("home"))
	p.crumb("", "", p.label("editions-title"))
	v := &EditionsView{}
	for i, n := range e.cat.Guide.Editions {
		v.Editions = append(v.Editions, EditionView{Anchor: editionAnchor(n.Edition), Edition: n.Edition,
			Date: e.date(n.Date), ISODate: n.Date.Format(time.DateOnly), Summary: p.text(n.Summary)})
		if i == 0 && e.changes != nil {
			v.Editions[0].Changes = p.Base + changesFile
		}
	}
	p.Data = v
}

// describe gives a page that has none a description, and shortens a long one: those
// who show it show little of it.
func (p *Page) describe() {
	if p.Description == "" {
		p.Description = strings.NewReplacer("{title}", p.Title, "{guide}", p.e.frame.PlainTitle,
			"{edition}", p.e.frame.Edition).Replace(p.T("page-description"))
	}
	p.Description = shortened(p.Description, 180)
}

// shortened cuts a text to at most n characters: behind its last sentence that fits
// or, where the first is longer, anywhere.
func shortened(s string, n int) string {
	s = strings.Join(strings.Fields(s), " ")
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	cut := string([]rune(s)[:n-1])
	i := strings.LastIndex(cut, "。") + len("。")
	if j := strings.LastIndex(cut, ". ") + 1; j > i {
		i = j
	}
	if i > len(cut)/3 {
		return cut[:i]
	}
	if j := strings.LastIndexByte(cut, ' '); j > len(cut)/2 {
		cut = cut[:j]
	}
	return cut + "…"
}

// object is a piece of JSON; its keys are written in the order of the alphabet.
type object = map[string]any

// structure makes the page's structured data (https://schema.org as JSON-LD): where
// it stands and, of a page with a subject of its own, what that is.
func (p *Page) structure() error {
	e := p.e
	self := p.outside(string(e.lang) + "/" + p.Path)
	site := object{"@type": "WebSite", "name": e.frame.PlainTitle, "url": p.outside(string(e.lang) + "/" + homeFile)}
	var graph []object
	page := func(kind, name string) object {
		return object{"@type": kind, "headline": name, "description": p.Description, "inLanguage": e.lang,
			"url": self, "isPartOf": site, "version": e.frame.Edition, "datePublished": e.frame.ISODate}
	}
	term := func(code, set, file string) object {
		return object{"@type": "DefinedTerm", "termCode": code, "name": p.Title, "description": p.Description, "url": self,
			"inDefinedTermSet": object{"@type": "DefinedTermSet", "name": p.T(set), "url": p.outside(string(e.lang) + "/" + file)}}
	}
	switch v := p.Data.(type) {
	case *HomeView:
		site["inLanguage"] = e.lang
		site["description"] = p.Description
		site["version"], site["datePublished"] = e.frame.Edition, e.frame.ISODate
		if s, _ := e.cat.Text(e.cat.Guide.Publisher, e.lang); s != "" {
			site["publisher"] = object{"@type": "Organization", "name": s}
		}
		graph = append(graph, site)
	case *RiskView:
		graph = append(graph, page("TechArticle", p.Title))
	case *GuideView:
		graph = append(graph, page("Article", p.Title))
	case *ControlView:
		graph = append(graph, term(v.ID, "controls-title", controlsFile))
	case *VulnerabilityView:
		graph = append(graph, term(v.ID, "vulnerabilities-title", vulnerabilitiesFile))
	}
	if len(p.Crumbs) > 1 {
		here := path.Dir(string(e.lang) + "/" + p.Path)
		var items []object
		for i, c := range p.Crumbs {
			name := strings.TrimSpace(c.ID + " " + untagged(c.Label))
			item := object{"@type": "ListItem", "position": len(items) + 1, "name": name}
			if c.Href != "" {
				item["item"] = p.outside(path.Join(here, c.Href))
			} else if i < len(p.Crumbs)-1 {
				continue // only the last step may go without an address
			}
			items = append(items, item)
		}
		graph = append(graph, object{"@type": "BreadcrumbList", "itemListElement": items})
	}
	if len(graph) == 0 {
		return nil
	}
	// Marshal writes <, > and & as escapes: nothing in it can end the element.
	data, err := json.Marshal(object{"@context": "https://schema.org", "@graph": graph})
	p.Structured = template.HTML(`<script type="application/ld+json">` + string(data) + "</script>\n")
	return err
}

// untagged takes the tags out of a marked-up text; a line break becomes a space.
func untagged(h template.HTML) string {
	s := string(h)
	if !strings.ContainsAny(s, "<&") {
		return s
	}
	var b strings.Builder
	for {
		text, rest, found := strings.Cut(s, "<")
		b.WriteString(text)
		if !found {
			break
		}
		if strings.HasPrefix(rest, "br>") {
			b.WriteByte(' ')
		}
		_, s, _ = strings.Cut(rest, ">")
	}
	return html.UnescapeString(b.String())
}

const (
	editionsFile = "editions.html"
	feedFile     = "feed.xml"
	manifestFile = "manifest.webmanifest"
)

// previewImage is the file name of the picture that link previews show.
const previewImage = "preview.png"

// putMachineFiles writes a language's feed and manifest.
func (e *edition) putMachineFiles(sink render.Sink) error {
	if e.frame.HasEditions {
		data, err := e.feed()
		if err != nil {
			return err
		}
		if err := sink.Put(path.Join(string(e.lang), feedFile), data); err != nil {
			return err
		}
	}
	data, err := e.manifest()
	if err != nil {
		return err
	}
	return sink.Put(path.Join(string(e.lang), manifestFile), data)
}

type atomFeed struct {
	XMLName  xml.Name    `xml:"http://www.w3.org/2005/Atom feed"`
	Lang     string      `xml:"xml:lang,attr"`
	ID       string      `xml:"id"`
	Title    string      `xml:"title"`
	Subtitle string      `xml:"subtitle,omitempty"`
	Updated  string      `xml:"updated"`
	Author   string      `xml:"author>name"`
	Links    []atomLink  `xml:"link"`
	Entries  []atomEntry `xml:"entry"`
}

type atomLink struct {
	Rel  string `xml:"rel,attr"`
	Type string `xml:"type,attr"`
	Href string `xml:"href,attr"`
}

type atomEntry struct {
	ID      string   `xml:"id"`
	Title   string   `xml:"title"`
	Updated string   `xml:"updated"`
	Link    atomLink `xml:"link"`
	Summary string   `xml:"summary"`
}

// feed is the Atom feed (RFC 4287) of the editions. Its ids depend on the guide
// alone, not on where it is published: a reader takes an edition that has moved
// for the same.
func (e *edition) feed() ([]byte, error) {
	p := e.page(feedFile)
	g := e.cat.Guide
	here := string(e.lang) + "/"
	day := func(t time.Time) string { return t.UTC().Format(time.RFC3339) }
	link := func(rel, kind, file string) atomLink {
		if web := e.site.web(); web != "" {
			return atomLink{rel, kind, web + here + file}
		}
		return atomLink{rel, kind, file}
	}
	f := atomFeed{Lang: string(e.lang), ID: uuid(g.ID, string(e.lang)), Title: e.frame.PlainTitle,
		Subtitle: p.T("editions-title"), Updated: day(g.Editions[0].Date), Author: e.frame.PlainTitle,
		Links: []atomLink{link("self", "application/atom+xml", feedFile), link("alternate", "text/html", editionsFile)}}
	if s, _ := e.cat.Text(g.Publisher, e.lang); s != "" {
		f.Author = s
	}
	for i, n := range g.Editions {
		summary, _ := e.cat.Text(n.Summary, e.lang)
		f.Entries = append(f.Entries, atomEntry{ID: uuid(g.ID, string(e.lang), n.Edition),
			Title: p.T("edition") + " " + n.Edition, Updated: day(n.Date),
			Link: link("alternate", "text/html", editionsFile+"#"+editionAnchor(n.Edition)), Summary: summary})
		if i == 0 && e.changes != nil {
			x := &f.Entries[0]
			x.Link = link("alternate", "text/html", changesFile)
			x.Summary = strings.TrimSpace(x.Summary + "\n" + p.T("changes-title") + " (" + e.changes.Old + " → " + e.changes.New + "): " + e.changes.Total)
		}
	}
	data, err := xml.MarshalIndent(f, "", " ")
	return append([]byte(xml.Header), append(data, '\n')...), err
}

// uuid is the name-based UUID (RFC 9562, version 5) of some parts, as a URN.
func uuid(parts ...string) string {
	h := sha1.New()
	h.Write([]byte("riskguide"))
	for _, s := range parts {
		fmt.Fprintf(h, "\x00%s", s)
	}
	b := h.Sum(nil)[:16]
	b[6], b[8] = b[6]&0x0f|0x50, b[8]&0x3f|0x80
	return fmt.Sprintf("urn:uuid:%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}

// manifest is the web application manifest (https://www.w3.org/TR/appmanifest/):
// what a home screen shows of the guide.
func (e *edition) manifest() ([]byte, error) {
	type icon struct {
		Src     string `json:"src"`
		Sizes   string `json:"sizes"`
		Type    string `json:"type"`
		Purpose string `json:"purpose,omitempty"`
	}
	m := struct {
		Name       string       `json:"name"`
		ShortName  string       `json:"short_name"`
		Lang       catalog.Lang `json:"lang"`
		ID         string       `json:"id"`
		StartURL   string       `json:"start_url"`
		Scope      string       `json:"scope"`
		Display    string       `json:"display"`
		Theme      string       `json:"theme_color"`
		Background string       `json:"background_color"`
		Icons      []icon       `json:"icons"`
	}{e.frame.PlainTitle, e.words.Get("short-title"), e.lang, homeFile, homeFile, "../", "browser", themeLight, "#faf9f5", nil}
	for _, i := range []icon{
		{"icon.svg", "any", "image/svg+xml", ""}, {"icon-192.png", "192x192", "image/png", ""},
		{"icon-512.png", "512x512", "image/png", ""}, {"icon-maskable.png", "512x512", "image/png", "maskable"},
	} {
		if file := e.site.paths[i.Src]; file != "" {
			i.Src = "../" + file
			m.Icons = append(m.Icons, i)
		}
	}
	data, err := json.MarshalIndent(m, "", "  ")
	return append(data, '\n'), err
}

// The colours of the page's head, for the frame of the browser's window.
const (
	themeLight = "#0c4450"
	themeDark  = "#0d2a30"
)

// sitemapSize is how many pages a file of the sitemap lists; the form allows
// 50,000 and 50 MB.
const sitemapSize = 20_000

// putSitemap writes robots.txt and, where the site's address is known, which the
// form demands (https://www.sitemaps.org/protocol.html), the sitemap: every page
// with its like in the other languages.
func (s *Site) putSitemap(editions []*edition, jobs []job, sink render.Sink) error {
	web := s.web()
	robots := "User-agent: *\nAllow: /\n"
	if web == "" {
		return sink.Put("robots.txt", []byte(robots))
	}
	if err := sink.Put("robots.txt", []byte(robots+"\nSitemap: "+web+"sitemap.xml\n")); err != nil {
		return err
	}
	day := editions[0].frame.ISODate
	esc := func(s string) string {
		var b bytes.Buffer
		_ = xml.EscapeText(&b, []byte(s)) // a buffer takes everything
		return b.String()
	}
	var files [][]byte
	var b bytes.Buffer
	n := 0
	const open = xml.Header + `<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:xhtml="http://www.w3.org/1999/xhtml">` + "\n"
	end := func() {
		if n > 0 {
			files = append(files, []byte(open+b.String()+"</urlset>\n"))
			b.Reset()
			n = 0
		}
	}
	for _, j := range jobs {
		if j.kind == "notice" { // what replaced it is listed
			continue
		}
		fmt.Fprintf(&b, "<url><loc>%s</loc><lastmod>%s</lastmod>", esc(web+string(j.edition.lang)+"/"+j.path), day)
		if len(editions) > 1 {
			for _, e := range editions {
				fmt.Fprintf(&b, `<xhtml:link rel="alternate" hreflang="%s" href="%s"/>`, esc(string(e.lang)), esc(web+string(e.lang)+"/"+j.path))
			}
			fmt.Fprintf(&b, `<xhtml:link rel="alternate" hreflang="x-default" href="%s"/>`, esc(web+s.xDefault(j.path)))
		}
		b.WriteString("</url>\n")
		if n++; n == sitemapSize {
			end()
		}
	}
	end()
	if len(files) == 1 {
		return sink.Put("sitemap.xml", files[0])
	}
	index := xml.Header + `<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">` + "\n"
	for i, data := range files {
		name := fmt.Sprintf("sitemap-%d.xml", i+1)
		if err := sink.Put(name, data); err != nil {
			return err
		}
		index += "<sitemap><loc>" + esc(web+name) + "</loc></sitemap>\n"
	}
	return sink.Put("sitemap.xml", []byte(index+"</sitemapindex>\n"))
}

// ThemeLight and ThemeDark colour the frame of the browser's window.
func (p *Page) ThemeLight() string { return themeLight }

// ThemeDark is ThemeLight in the dark.
func (p *Page) ThemeDark() string { return themeDark }
