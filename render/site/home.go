package site

import (
	"bytes"
	"fmt"
	"html/template"
	"path"

	"riskguide/catalog"
	"riskguide/render"
)

// HomeView is the first page of a language.
type HomeView struct {
	Groups          []RiskGroup
	Figure          *FigureView
	Guide           []Link
	Risks           int
	Measures        int
	Controls        int
	Vulnerabilities int
	Clauses         []ClauseHead // of a standard of controls alone
	Downloads       []DownloadView
	Packs           []DownloadView
}

// DownloadView is a file to download.
type DownloadView struct {
	Href   string
	Title  template.HTML
	Format string // "PDF", "Excel", "ZIP"
	Note   string // what it is, in one sentence; may be empty
}

// DownloadsView is the page of downloads.
type DownloadsView struct {
	Whole []DownloadView // of the whole guide
	Packs []DownloadView
	Risks []RiskDownload
}

// RiskDownload is the PDF of a risk.
type RiskDownload struct {
	Risk Link
	File DownloadView
}

// ReferencesView is the list of references.
type ReferencesView struct{ References []ReferenceView }

// ReferenceView is an entry of the list of references.
type ReferenceView struct {
	ID     string // as cited
	Anchor string
	Text   template.HTML
	Note   template.HTML
	URL    string
	Same   bool // the text says no more than the id, and the URL does
}

// BareView is what the start page, the 404 page and the list of the API's files get.
type BareView struct {
	CSS, JS  string
	Policy   string
	Root     string
	NotFound bool
	Lang     catalog.Lang
	// Redirect is the only language's home page; empty where there are several.
	Redirect string
	// Choose is the script that chooses one of several languages on the start
	// page; empty elsewhere.
	Choose string
	// XDefault is the start page's own address on the web, or its file.
	XDefault string
	Editions []BareEdition
	// Files are those that the folder of the API lists.
	Files []*APIFile
}

// BareEdition is a language on the start page.
type BareEdition struct {
	Lang       catalog.Lang
	Name       string
	Href       string
	Link       string // the address on the web, or where that is not known, Href
	Title      string
	NotFound   string
	NotFoundTo string
	Edition    string
}

func (e *edition) homeView(p *Page) {
	p.Class = "home"
	p.Description = p.T("home-lead-1")
	v := &HomeView{Risks: len(e.cat.Risks),
		Controls: len(e.statements), Vulnerabilities: len(e.vulnerabilities())}
	for _, r := range e.cat.Risks {
		v.Measures += len(r.Measures)
	}
	if e.frame.TreatsRisks {
		v.Groups, v.Figure = p.riskGroups(false), p.figure(nil, false)
	} else {
		p.Description = p.T("home-standard-lead-1")
		for _, cl := range e.cat.Clauses {
			v.Clauses = append(v.Clauses, p.clauseHead(cl))
		}
	}
	for _, pg := range e.guide {
		v.Guide = append(v.Guide, Link{Href: p.Base + guideFile(pg.ID), Label: plainLinks(p.fragment(e.titles[pg]))})
	}
	if e.frame.HasReferences {
		v.Guide = append(v.Guide, Link{Href: p.Base + referencesFile, Label: p.label("references-title")})
	}
	v.Downloads, v.Packs = p.wholeDownloads(), p.packDownloads()
	p.Data = v
}

// prepareDownloads finds out what there is to download.
func (e *edition) prepareDownloads() {
	opts := e.site.opts
	dir := e.downloadDir()
	note := func(key string) string {
		if !e.cat.Guide.TreatsRisks() {
			return map[string]string{"download-guide-note": "download-standard-note", "download-workbook-note": "download-list-note"}[key]
		}
		return key
	}
	if opts.PDFs {
		e.downloads = append(e.downloads, DownloadView{Href: path.Join(dir, render.GuidePDF()), Format: "PDF",
			Title: template.HTML(template.HTMLEscapeString(e.words.Get("download-guide"))), Note: e.words.Get(note("download-guide-note"))})
		e.riskPDF = func(id string) string { return path.Join(dir, render.RiskPDF(id)) }
	}
	if opts.Workbooks {
		e.downloads = append(e.downloads, DownloadView{Href: path.Join(dir, render.CatalogWorkbook()), Format: "Excel",
			Title: template.HTML(template.HTMLEscapeString(e.words.Get("download-workbook"))), Note: e.words.Get(note("download-workbook-note"))})
	}
	for _, pk := range opts.Packs {
		e.packs = append(e.packs, DownloadView{Href: pk.Path, Format: "ZIP", Title: e.fragment(pk.Title, "").html})
	}
}

// wholeDownloads lists the files of the whole guide.
func (p *Page) wholeDownloads() []DownloadView { return p.fromHere(p.e.downloads) }

func (p *Page) packDownloads() []DownloadView { return p.fromHere(p.e.packs) }

func (p *Page) fromHere(ds []DownloadView) []DownloadView {
	out := make([]DownloadView, len(ds))
	for i, d := range ds {
		d.Href = p.Root + d.Href
		out[i] = d
	}
	return out
}

// riskPDFs returns the PDF of a risk, if there is one.
func (p *Page) riskPDFs(r *catalog.Risk) []DownloadView {
	if p.e.riskPDF == nil {
		return nil
	}
	return []DownloadView{{Href: p.Root + p.e.riskPDF(r.ID), Format: "PDF",
		Title: template.HTML(template.HTMLEscapeString(r.ID)) + " " + p.label("download-risk")}}
}

// riskDownloads lists what the page of a risk offers: its PDF first.
func (p *Page) riskDownloads(r *catalog.Risk) []DownloadView {
	return append(p.riskPDFs(r), p.wholeDownloads()...)
}

func (e *edition) downloadsView(p *Page) {
	p.Title = p.T("downloads-title")
	p.Class = "downloads"
	p.Description = p.T("downloads-lead")
	p.crumb(p.Base+homeFile, "", p.label("home"))
	p.crumb("", "", p.label("nav-downloads"))
	v := &DownloadsView{Whole: p.wholeDownloads(), Packs: p.packDownloads()}
	for _, r := range e.cat.Risks {
		for _, d := range p.riskPDFs(r) {
			v.Risks = append(v.Risks, RiskDownload{Risk: p.riskLink(r), File: d})
		}
	}
	p.Data = v
}

func (p *Page) references() []ReferenceView {
	var out []ReferenceView
	for _, r := range p.e.cat.Guide.References {
		s, _ := p.e.cat.Text(r.Text, p.e.lang)
		out = append(out, ReferenceView{ID: r.ID, Anchor: anchor(r.ID), Text: p.text(r.Text), Note: p.text(r.Note), URL: r.URL,
			Same: s == r.ID && r.URL != "" && r.Note.IsZero()})
	}
	return out
}

func (e *edition) referencesView(p *Page) {
	p.Title = p.T("references-title")
	if len(e.guide) > 0 {
		p.Title += " | " + p.T("nav-guide")
	}
	p.Class = "guide"
	p.crumb(p.Base+homeFile, "", p.label("home"))
	if len(e.guide) > 0 {
		p.crumb(p.Base+guideFile(e.guide[0].ID), "", p.label("nav-guide"))
	}
	p.crumb("", "", p.label("references-title"))
	if n := len(e.guide); n > 0 {
		p.Prev = &Link{Href: p.Base + guideFile(e.guide[n-1].ID), Label: plainLinks(e.titles[e.guide[n-1]].html)}
	}
	p.Data = &GuideView{Pages: p.guidePages(referencesFile), Title: p.label("references-title"), References: p.references()}
}

// renderBare renders the pages that belong to no language: start page and 404
// page.
func (s *Site) renderBare(editions []*edition, sink render.Sink) error {
	for _, file := range []string{"index.html", "404.html"} {
		v := BareView{CSS: s.css, JS: s.js, Policy: policy, NotFound: file == "404.html", Lang: editions[0].lang}
		if v.NotFound {
			// It is shown at any address: only an absolute one finds the style.
			v.Root = s.opts.BaseURL
			v.CSS = v.Root + v.CSS
			if v.JS != "" {
				v.JS = v.Root + v.JS
			}
		} else if len(editions) == 1 {
			v.Redirect = string(editions[0].lang) + "/" + homeFile
		} else {
			v.Choose = s.paths["start.js"]
			v.XDefault = s.web() + homeFile
		}
		for _, e := range editions {
			v.Editions = append(v.Editions, BareEdition{Lang: e.lang, Name: e.words.Get("language-name"),
				Href: v.Root + string(e.lang) + "/" + homeFile, Link: s.web() + string(e.lang) + "/" + homeFile, Title: e.frame.PlainTitle,
				NotFound: e.words.Get("not-found"), NotFoundTo: e.words.Get("not-found-to"),
				Edition: fmt.Sprintf("%s %s", e.words.Get("edition"), e.frame.Edition)})
		}
		var b bytes.Buffer
		if err := s.bare.ExecuteTemplate(&b, "bare", v); err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		if err := sink.Put(file, b.Bytes()); err != nil {
			return err
		}
	}
	return nil
}
