package site

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html/template"
	"path"
	"slices"
	"strings"
	"time"

	"riskguide/catalog"
	"riskguide/render"
	"riskguide/render/changes"
	"riskguide/templates"
)

// Page is what a template gets: the frame of a page and the view of its content.
// Links are relative to the page; template.HTML values are escaped and marked up.
type Page struct {
	e *edition

	Lang catalog.Lang
	// Path is the page's file relative to the language's folder.
	Path string
	// Base leads from the page to the language's folder, Root to the site's
	// folder. Both are empty or end in a slash.
	Base, Root string
	// Title is the page's own title, plain; empty on the home page.
	Title string
	// Description is one plain sentence for search engines; may be empty.
	Description string
	// Class is put on the body, for the style.
	Class string
	// Crumbs lead from the home page to this one, which is the last and has
	// no link.
	Crumbs     []Link
	Prev, Next *Link
	// Styles and Scripts name further assets that this page needs, such as
	// "tailor.js"; scripts run when the page has been read.
	Styles, Scripts []string
	// Policy is the Content-Security-Policy; [finish] sets the usual one where
	// it is empty.
	Policy string
	// Head is the part of the head element, Top and Bottom are the parts of the
	// page's head and foot, that all pages of a section share.
	Head, Top, Bottom template.HTML
	// Structured is the page's structured data, a script element that is not run.
	Structured template.HTML
	// Alternates lists the page in all languages, if there are several;
	// XDefault is the address for readers of any other language.
	Alternates []Alternate
	XDefault   string
	// Untranslated tells how many texts of the page stand in another language.
	Untranslated int
	// Data is the view of the page's content.
	Data any

	section string
}

// Link is a link with its label. ID is the id that the label begins with, or
// empty; Lang is the label's language if it is not the page's.
type Link struct {
	Href  string
	ID    string
	Label template.HTML
}

// Alternate is the same page in another language.
type Alternate struct {
	Lang    catalog.Lang
	Name    string // the language's name in itself
	Href    string // relative
	Link    string // the address on the web, or where that is not known, Href
	Current bool
}

// T returns the fixed text with the key in the page's language.
func (p *Page) T(key string) string { return p.e.words.Get(key) }

// N returns the fixed text with the key for a number, which replaces {n}. For 1
// the text KEY.one is taken if there is one.
func (p *Page) N(key string, n int) string { return p.e.count(key, n) }

// Fill returns the fixed text with the key in which value replaces {name}.
func (p *Page) Fill(key, name, value string) string {
	return strings.ReplaceAll(p.T(key), "{"+name+"}", value)
}

// Generated names the tool that made the page.
func (p *Page) Generated() string { return p.Fill("generated", "version", p.e.site.opts.ToolVersion) }

// Caption is the caption of a risk's table.
func (p *Page) Caption(id string, name template.HTML) template.HTML {
	s := template.HTMLEscapeString(p.Fill("table-caption", "id", id))
	return template.HTML(strings.ReplaceAll(s, "{name}", string(name)))
}

// CSS is the link to the style.
func (p *Page) CSS() string { return p.Root + p.e.site.css }

// JS is the link to the script; empty if there is none.
func (p *Page) JS() string {
	if p.e.site.js == "" {
		return ""
	}
	return p.Root + p.e.site.js
}

// Asset is the link to an asset or to a data file of the language by its name
// without hash, such as "search.js"; empty if there is none.
func (p *Page) Asset(name string) string {
	file := p.e.dataPaths[name]
	if file == "" {
		file = p.e.site.paths[name]
	}
	if file == "" {
		return ""
	}
	return p.Root + file
}

// GuideID is the short name of the guide, by which the browser keeps what a visitor
// chose of it.
func (p *Page) GuideID() string { return p.e.cat.Guide.ID }

// OnDemand gives the script the addresses of what it loads only when it is
// needed, as a JSON object by name.
func (p *Page) OnDemand() (string, error) {
	links := map[string]string{}
	for _, name := range p.e.onDemand {
		if link := p.Asset(name); link != "" {
			links[name] = link
		}
	}
	data, err := json.Marshal(links)
	return string(data), err
}

// Site gives what concerns the whole edition.
func (p *Page) Site() *Frame { return &p.e.frame }

// Address is where the page can be found, for its printed form: the address on
// the web if that is known, or else the file below the site's folder.
func (p *Page) Address() string {
	return p.e.site.opts.BaseURL + string(p.e.lang) + "/" + p.Path
}

// Canonical is the page's address on the web; empty where that is not known.
func (p *Page) Canonical() string {
	if p.e.site.web() == "" {
		return ""
	}
	return p.Address()
}

// web is the site's address on the web; empty where that is not known.
func (s *Site) web() string {
	if !strings.Contains(s.opts.BaseURL, "://") {
		return ""
	}
	return s.opts.BaseURL
}

// text marks the text up and counts it if it is not in the page's language.
func (p *Page) text(t catalog.Text) template.HTML {
	return p.fragment(p.e.fragment(t, p.Base))
}

// fragment counts a prepared text.
func (p *Page) fragment(f fragment) template.HTML {
	if f.foreign {
		p.Untranslated++
	}
	return f.html
}

func (p *Page) texts(ts []catalog.Text) []template.HTML {
	out := make([]template.HTML, len(ts))
	for i, t := range ts {
		out[i] = p.text(t)
	}
	return out
}

// crumb adds a step to the breadcrumbs; the last one is the page itself.
func (p *Page) crumb(href, id string, label template.HTML) {
	p.Crumbs = append(p.Crumbs, Link{Href: href, ID: id, Label: label})
}

// finish sets what follows from the rest.
func (p *Page) finish() error {
	f := p.e.frames[frameKey{p.section, p.Base}]
	p.Head, p.Top, p.Bottom = f.head, f.top, f.bottom
	if p.Policy == "" {
		p.Policy = policy
	}
	if p.Class == "" {
		p.Class = p.section
	}
	if len(p.e.site.langs) > 1 {
		for _, l := range p.e.site.langs {
			file := string(l) + "/" + p.Path
			p.Alternates = append(p.Alternates, Alternate{Lang: l, Name: p.e.site.words[l].Get("language-name"),
				Href: p.Root + file, Link: p.outside(file), Current: l == p.e.lang})
		}
		p.XDefault = p.outside(p.e.site.xDefault(p.Path))
	}
	p.describe()
	return p.structure()
}

// PreviewImage is the address of the picture that link previews show; empty where
// the site's address is not known, since they take no other.
func (p *Page) PreviewImage() string {
	if file := p.e.site.paths[previewImage]; file != "" && p.e.site.web() != "" {
		return p.e.site.web() + file
	}
	return ""
}

// outside is the link to a file of the site, for machines that read the page: the
// address on the web where that is known.
func (p *Page) outside(file string) string {
	if web := p.e.site.web(); web != "" {
		return web + file
	}
	return p.Root + file
}

// xDefault is the file for readers of a language that the site does not have:
// instead of a home page the start page, else the page in English, which most of
// them read, or in the site's first language.
func (s *Site) xDefault(file string) string {
	if file == homeFile {
		return homeFile
	}
	lang := s.langs[0]
	if slices.Contains(s.langs, catalog.English) {
		lang = catalog.English
	}
	return string(lang) + "/" + file
}

// policy is the Content-Security-Policy of a page: its own files only, nothing
// inline, nothing elsewhere.
const policy = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'"

// edition is one language of the site during a build: what its pages share.
type edition struct {
	site  *Site
	cat   *catalog.Catalog
	lang  catalog.Lang
	words templates.Words
	frame Frame
	// changes is what the page of changes shows, nil where there is none.
	changes *changes.View

	ids      map[string]string // id → file (and anchor) relative to the language's folder
	refs     map[string]string // "[ENISA 09]" → likewise
	risks    map[string]*catalog.Risk
	measures map[string]*catalog.Measure // those of the risks shown
	columns  map[catalog.ColumnID]string

	// Prepared texts for pages one folder below the language's folder.
	statements map[string]fragment // by control
	measureTxt map[*catalog.Measure]fragment
	riskNames  map[string]fragment
	layerNames map[*catalog.Layer]fragment
	entries    map[string]template.HTML // controls in lists, by id
	citing     map[*catalog.Measure]citing
	related    map[*catalog.Measure]related
	order      map[*catalog.Measure]int // places of the measures in the guide
	treeLines  map[string][]string      // ids and names of the risks, broken for drawings

	guide     []*catalog.Page
	titles    map[*catalog.Page]fragment
	retired   map[string][]*catalog.Retirement // anchors by the page that holds them
	frames    map[frameKey]frameHTML
	downloads []DownloadView // files of the whole guide, relative to the site's folder
	packs     []DownloadView
	riskPDF   func(id string) string // file relative to the site's folder

	// data holds the generated files of the language that scripts read,
	// dataPaths their paths by name, onDemand the names of the assets and data
	// files that the script loads when they are needed.
	data      []asset
	dataPaths map[string]string
	onDemand  []string
}

// addData adds a generated script of the language, which pages and scripts find
// by its name, such as "search-index.js". It must be called before pages are
// rendered.
func (e *edition) addData(name string, data []byte) {
	file := hashed(path.Join(string(e.lang), "data", name), data)
	e.data = append(e.data, asset{file, data})
	e.dataPaths[name] = file
}

// Frame is what all pages of a language share: head and foot.
type Frame struct {
	Title, Subtitle template.HTML
	PlainTitle      string
	Edition         string
	Date            string // as written in the language
	ISODate         string
	Publisher       template.HTML
	Rights          template.HTML
	ToolVersion     string
	HasRetired      bool
	HasDownloads    bool
	HasReferences   bool
	HasLanguages    bool // several
	HasEditions     bool
	HasChanges      bool
	HasAPI          bool
	// TreatsRisks is false for a standard of controls alone: it has no pages of
	// risks, measures, layers and vulnerabilities.
	TreatsRisks bool
}

type frameKey struct{ section, base string }

type frameHTML struct{ head, top, bottom template.HTML }

// frameView is what the templates "head", "top" and "bottom" get.
type frameView struct {
	*Page
	Nav []NavItem
}

// NavItem is an entry of the main navigation.
type NavItem struct {
	Href    string
	Label   string
	Current bool
}

// files of the entities, relative to the language's folder.
func riskFile(id string) string          { return "risks/" + id + ".html" }
func controlFile(id string) string       { return "controls/" + id + ".html" }
func clauseFile(id string) string        { return "clauses/" + id + ".html" }
func vulnerabilityFile(id string) string { return "vulnerabilities/" + id + ".html" }
func layerFile(id string) string         { return "layers/" + id + ".html" }
func guideFile(id string) string         { return "guide/" + id + ".html" }

const (
	risksFile           = "risks/index.html"
	measuresFile        = "measures/index.html"
	matrixFile          = "overview/index.html"
	relationsFile       = "overview/relations.html"
	controlsFile        = "controls/index.html"
	vulnerabilitiesFile = "vulnerabilities/index.html"
	layersFile          = "layers/index.html"
	referencesFile      = "references.html"
	downloadsFile       = "downloads.html"
	retiredFile         = "retired.html"
	homeFile            = "index.html"
)

// edition prepares what the pages of a language share.
func (s *Site) edition(cat *catalog.Catalog, lang catalog.Lang) (*edition, error) {
	e := &edition{
		site: s, cat: cat, lang: lang, words: s.words[lang],
		ids: map[string]string{}, refs: map[string]string{},
		risks: map[string]*catalog.Risk{}, measures: map[string]*catalog.Measure{},
		columns:    map[catalog.ColumnID]string{},
		statements: map[string]fragment{}, measureTxt: map[*catalog.Measure]fragment{},
		riskNames: map[string]fragment{}, layerNames: map[*catalog.Layer]fragment{},
		entries: map[string]template.HTML{}, citing: map[*catalog.Measure]citing{},
		related: map[*catalog.Measure]related{}, order: map[*catalog.Measure]int{}, treeLines: map[string][]string{},
		titles:  map[*catalog.Page]fragment{},
		retired: map[string][]*catalog.Retirement{}, frames: map[frameKey]frameHTML{},
		dataPaths: map[string]string{},
	}
	e.addresses()
	const base = "../"
	for _, id := range catalog.ColumnIDs() {
		if c := cat.Guide.Column(id); c != nil {
			e.columns[id], _ = cat.Text(c.Name, lang)
		}
	}
	for _, c := range cat.Controls() {
		e.statements[c.ID] = e.statement(c, c.Wording(), base)
	}
	for _, r := range cat.Risks {
		e.riskNames[r.ID] = e.fragment(r.Name, base)
		for _, m := range r.Measures {
			e.measureTxt[m] = e.measureText(m, base)
		}
	}
	for _, l := range cat.Guide.AllLayers() {
		e.layerNames[l] = e.fragment(l.Name, base)
	}
	for _, id := range cat.Guide.PageOrder {
		for _, pg := range cat.Pages {
			if pg.ID == id {
				e.guide = append(e.guide, pg)
				e.titles[pg] = e.fragment(pg.Title, base)
			}
		}
	}
	e.prepareDownloads()
	if err := e.preparePreviews(); err != nil {
		return nil, err
	}
	if err := e.prepareEngine(); err != nil {
		return nil, err
	}
	e.onDemand = append(e.onDemand, "tables.js")
	if s.opts.Since != nil {
		var err error
		if e.changes, err = changes.NewView(s.opts.Since, lang, s.opts.Templates); err != nil {
			return nil, err
		}
	}
	g := cat.Guide
	e.frame = Frame{
		Title: e.fragment(g.Title, "").html, Subtitle: e.fragment(g.Subtitle, "").html,
		Edition: g.Edition, Date: e.date(g.Date), ISODate: g.Date.Format(time.DateOnly),
		Publisher: e.fragment(g.Publisher, "").html, Rights: e.fragment(g.Rights, "").html,
		ToolVersion: s.opts.ToolVersion, HasRetired: len(cat.Retired) > 0,
		HasDownloads: len(e.downloads)+len(e.packs) > 0, HasReferences: len(g.References) > 0,
		HasLanguages: len(s.langs) > 1, HasEditions: len(g.Editions) > 0, HasChanges: e.changes != nil,
		HasAPI: s.opts.API, TreatsRisks: cat.Guide.TreatsRisks(),
	}
	e.frame.PlainTitle, _ = cat.Text(g.Title, lang)
	if err := e.prepareSearch(); err != nil {
		return nil, err
	}
	if err := e.preparePack(); err != nil {
		return nil, err
	}
	for _, section := range []string{"", "guide", "risks", "measures", "controls", "vulnerabilities", "layers", "overview", "downloads", "pack", "references"} {
		for _, path := range []string{"x.html", "x/x.html"} {
			if err := e.renderFrame(section, path); err != nil {
				return nil, err
			}
		}
	}
	if err := e.prepareControls(); err != nil {
		return nil, err
	}
	return e, e.prepareRelations()
}

// addresses fills the tables of where each id is found.
func (e *edition) addresses() {
	cat := e.cat
	for _, r := range cat.Risks {
		e.risks[r.ID] = r
		e.ids[r.ID] = riskFile(r.ID)
		for _, m := range r.Measures {
			e.measures[m.ID] = m
			e.order[m] = len(e.order)
			e.ids[m.ID] = riskFile(r.ID) + "#" + m.ID
		}
	}
	for _, cl := range cat.Clauses {
		e.ids[cl.ID] = clauseFile(cl.ID)
		for _, c := range cl.Controls {
			e.ids[c.ID] = controlFile(c.ID)
		}
	}
	for _, c := range cat.Controls() { // texts cite the printed numbers
		if c.Label != "" && e.ids[c.Label] == "" {
			e.ids[c.Label] = controlFile(c.ID)
		}
	}
	for _, v := range cat.Vulnerabilities {
		if len(e.rowsOf(v)) > 0 || len(v.Rows) == 0 {
			e.ids[v.ID] = vulnerabilityFile(v.ID)
		}
	}
	for _, r := range cat.Guide.References {
		e.refs["["+r.ID+"]"] = referencesFile + "#" + anchor(r.ID)
	}
	for _, r := range cat.Retired {
		if e.ids[r.ID] != "" {
			continue // lint refuses an id that is retired and in use
		}
		file, isAnchor := e.retiredAt(r.ID)
		if isAnchor {
			e.retired[file] = append(e.retired[file], r)
			e.ids[r.ID] = file + "#" + r.ID
		} else {
			e.ids[r.ID] = file
		}
	}
}

// page returns an empty page of the edition.
func (e *edition) page(file string) *Page {
	p := &Page{e: e, Lang: e.lang, Path: file, Root: "../"}
	if path.Dir(file) != "." {
		p.Base, p.Root = "../", "../../"
	}
	return p
}

// renderFrame renders the head and foot of the pages of a section.
func (e *edition) renderFrame(section, file string) error {
	p := e.page(file)
	v := frameView{Page: p}
	nav := func(section2, key, file string) {
		v.Nav = append(v.Nav, NavItem{Href: p.Base + file, Label: p.T(key), Current: section == section2})
	}
	if len(e.guide) > 0 {
		nav("guide", "nav-guide", guideFile(e.guide[0].ID))
	}
	if !e.frame.TreatsRisks {
		nav("controls", "nav-controls", controlsFile)
		if e.frame.HasReferences {
			nav("references", "references-title", referencesFile)
		}
	} else {
		nav("risks", "nav-risks", risksFile)
		nav("measures", "nav-measures", measuresFile)
		nav("controls", "nav-controls", controlsFile)
		nav("vulnerabilities", "nav-vulnerabilities", vulnerabilitiesFile)
		nav("layers", "nav-layers", layersFile)
		nav("overview", "nav-overview", matrixFile)
	}
	nav("pack", "nav-pack", packFile)
	if e.frame.HasDownloads {
		nav("downloads", "nav-downloads", downloadsFile)
	}
	var f frameHTML
	for _, piece := range []struct {
		name string
		html *template.HTML
	}{{"head", &f.head}, {"top", &f.top}, {"bottom", &f.bottom}} {
		var err error
		if *piece.html, err = e.site.partial(piece.name, v); err != nil {
			return err
		}
	}
	e.frames[frameKey{section, p.Base}] = f
	return nil
}

// partial renders one of the shared pieces.
func (s *Site) partial(name string, data any) (template.HTML, error) {
	var b bytes.Buffer
	if err := s.partials.ExecuteTemplate(&b, name, data); err != nil {
		return "", fmt.Errorf("templates: %s: %w", name, err)
	}
	return template.HTML(b.String()), nil
}

// count returns a text for a number; see [Page.N].
func (e *edition) count(key string, n int) string {
	s, ok := "", false
	if n == 1 {
		s, ok = e.words[key+".one"]
	}
	if !ok {
		s = e.words.Get(key)
	}
	return strings.ReplaceAll(s, "{n}", fmt.Sprint(n))
}

// date writes a date as people do in the language.
func (e *edition) date(t time.Time) string {
	layout, ok := e.words["date-layout"]
	if !ok || t.IsZero() {
		layout = time.DateOnly
	}
	return t.Format(layout)
}

// join joins words as the language does ("、" or ", ").
func (e *edition) join(words []string) string {
	return strings.Join(words, e.words.Get("list-separator"))
}

// jobs lists the pages of the edition, the largest first.
func (e *edition) jobs() []job {
	var jobs []job
	add := func(kind, file, section string, view func(p *Page)) {
		jobs = append(jobs, job{e, kind, file, func(p *Page) {
			p.section = section
			view(p)
		}})
	}
	cat := e.cat
	for i, r := range cat.Risks {
		add("risk", riskFile(r.ID), "risks", func(p *Page) { e.riskView(p, i, r) })
	}
	add("controls", controlsFile, "controls", e.controlsView)
	if e.frame.TreatsRisks {
		add("risks", risksFile, "risks", e.risksView)
		add("measures", measuresFile, "measures", e.measuresView)
		add("matrix", matrixFile, "overview", e.matrixView)
		add("relations", relationsFile, "overview", e.relationsView)
	}
	add("home", homeFile, "", e.homeView)
	add("pack", packFile, "pack", e.packView)
	for i, cl := range cat.Clauses {
		add("clause", clauseFile(cl.ID), "controls", func(p *Page) { e.clauseView(p, i, cl) })
	}
	controls := cat.Controls()
	for i, c := range controls {
		add("control", controlFile(c.ID), "controls", func(p *Page) { e.controlView(p, controls, i) })
	}
	if e.frame.TreatsRisks {
		add("vulnerabilities", vulnerabilitiesFile, "vulnerabilities", e.vulnerabilitiesView)
		add("layers", layersFile, "layers", e.layersView)
	}
	shown := e.vulnerabilities()
	for i := range shown {
		add("vulnerability", vulnerabilityFile(shown[i].ID), "vulnerabilities", func(p *Page) { e.vulnerabilityView(p, shown, i) })
	}
	for _, l := range cat.Guide.AllLayers() {
		add("layer", layerFile(l.ID), "layers", func(p *Page) { e.layerView(p, l) })
	}
	for i, pg := range e.guide {
		add("guide", guideFile(pg.ID), "guide", func(p *Page) { e.guideView(p, i, pg) })
	}
	if e.frame.HasReferences {
		section := "guide"
		if len(e.guide) == 0 {
			section = "references"
		}
		add("references", referencesFile, section, e.referencesView)
	}
	if e.frame.HasDownloads {
		add("downloads", downloadsFile, "downloads", e.downloadsView)
	}
	for _, r := range cat.Retired {
		if file, isAnchor := e.retiredAt(r.ID); !isAnchor && e.ids[r.ID] == file && !e.inUse(r.ID) {
			add("notice", file, "", func(p *Page) { e.noticeView(p, r) })
		}
	}
	if e.frame.HasEditions {
		add("editions", editionsFile, "", e.editionsView)
	}
	if e.changes != nil {
		add("changes", changesFile, "", e.changesView)
	}
	if e.frame.HasRetired {
		add("retired", retiredFile, "", e.retiredView)
	}
	return jobs
}

// downloadDir is the folder of this language's PDFs and workbooks; see
// [Options.PDFs].
func (e *edition) downloadDir() string {
	if e.lang == e.cat.DefaultLang() {
		return render.DownloadsDir
	}
	return path.Join(render.DownloadsDir, string(e.lang))
}
