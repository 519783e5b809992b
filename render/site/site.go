// Package site renders a catalog as a static website.
//
// # What it writes
//
// One folder a language (ja/, en/), the same file names in each, so that a
// language switch stays on the page:
//
//	index.html                     start page: one plain link a language; its script takes the reader's
//	404.html                       for a web server that knows such a page
//	assets/engine/                 the program that makes packs in the browser, if there is one
//	assets/                        style, script and icon, the first two with a hash in the name
//	ja/index.html                  home
//	ja/guide/10-purpose.html       one a front-matter page
//	ja/risks/index.html            list of risks
//	ja/measures/index.html         list of measures
//	ja/overview/index.html         matrices: risks by layers, risks by clauses
//	ja/overview/relations.html     what controls protect, what vulnerabilities lead to
//	ja/risks/H05.html              one a risk; every measure is an anchor: #H05-03
//	ja/controls/index.html         index by clause
//	ja/controls/8.6.1.1.html       one a control, with every measure that cites it
//	ja/clauses/8.6.1.html          one a clause
//	ja/vulnerabilities/index.html  and one a vulnerability: V48.html
//	ja/layers/index.html           the layer model, and one a layer: physical.html
//	ja/references.html
//	ja/pack.html                   the page that makes a requirements pack
//	ja/downloads.html              where there is something to download
//	ja/changes.html                where an older edition is given to compare with
//	ja/retired.html                where ids were retired
//	ja/editions.html, ja/feed.xml  where the guide tells the history of its editions
//	ja/manifest.webmanifest
//	ja/api.html                    the page of the static API
//	api/v1/                        the guide as data: JSON, CSV, OSCAL, index.json, index.html
//	robots.txt
//	sitemap.xml                    where [Options].BaseURL is known
//
// A retired id keeps its address: a retired risk, control or vulnerability has a
// page that names what replaced it, a retired measure an anchor on the page of
// its risk.
//
// # Contract
//
// Pages need no script and no server: all links are relative and name their
// file, so that the folder works from a disk (file://). Nothing is requested
// from another host. No page holds inline style or script; a
// Content-Security-Policy in each page forbids them. The script only adds the
// choice of colours and the copying of links.
//
// A risk table is one HTML table at every width, merged as printed. On a narrow
// screen the style shows its rows as cards; what a row shares with the one above
// is then said in words (attribute data-same), so that nothing stands twice in
// the page and a screen reader meets every text once.
//
// A text that has no wording in the page's language is shown in the language
// that it has, marked with lang and a visible sign, and the page says so at its
// top.
//
// # Templates
//
// The folder site/ of [render.Options].Templates holds layout.html, partials.html
// (shared pieces) and one file a kind of page, which defines the template
// "main"; lists.html holds the pieces of lists and relations ({{view $ .X}} hands a shared piece the page together with what it
// shows); words.LANG.yaml with all fixed texts; and assets/, which is copied.
// Templates get a [Page]; its Data is the view named at each kind of page in this
// package ([RiskView], [ControlView], …).
package site

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"html/template"
	"io/fs"
	"path"
	"runtime"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"

	"riskguide/catalog"
	"riskguide/render"
	"riskguide/render/changes"
	"riskguide/render/site/engine"
	"riskguide/templates"
)

// Options is what the site must know beside the model.
type Options struct {
	render.Options
	// Langs lists the languages to render; if it is empty, Options.Lang is
	// the only one.
	Langs []catalog.Lang
	// PDFs and Workbooks tell that the folder [render.DownloadsDir] beside
	// the pages will hold the PDFs and the workbook, those of the guide's
	// first language at its top and those of another in a folder named like it.
	PDFs, Workbooks bool
	// Since holds what changed since an older edition, for the page that
	// lists it; nil where there is none.
	Since *changes.Report
	// API tells whether the guide is also published as data; see [APIDir].
	API bool
	// Engine makes packs in the browser; nil: the site has none.
	Engine *Engine
	// Packs lists the packs that can be downloaded.
	Packs []Pack
	// BaseURL is where the site will be published, such as
	// "https://example.org/guide/", or empty where that is not known. Pages
	// link relatively; 404.html, the printed footer and what must be absolute
	// by its format (canonical addresses, sitemap.xml) need it. A preview
	// gives the path alone, "/".
	BaseURL string
}

// Pack is a requirements pack that the downloads page offers.
type Pack struct {
	// Path is the file, relative to the site's folder.
	Path  string
	Title catalog.Text
}

// dir is the folder of this package's templates.
const dir = "site"

// kinds lists the kinds of pages: each is a file of the templates folder.
var kinds = []string{"home", "guide", "risks", "risk", "controls", "control", "clause", "vulnerabilities",
	"vulnerability", "layers", "layer", "references", "downloads", "notice", "changes", "retired", "pack", "editions",
	"measures", "matrix", "relations", "api"}

// Site holds what does not depend on the catalog: the parsed templates, the
// words and the assets. It may be used for many builds, also at the same time.
type Site struct {
	opts     Options
	langs    []catalog.Lang
	pages    map[string]*template.Template // by kind
	bare     *template.Template            // start page and 404 page
	partials *template.Template
	words    map[catalog.Lang]templates.Words
	assets   []asset
	paths    map[string]string // of assets by file name, relative to the site's folder
	css, js  string            // likewise
	parts    []engine.Part     // of the engine and what it works from
	markdown markdown
}

type asset struct {
	name string // relative to the site's folder
	data []byte
}

// Render writes the site of the catalog into sink. An error names the template
// or file at fault.
func Render(ctx context.Context, cat *catalog.Catalog, opts Options, sink render.Sink) error {
	s, err := New(opts)
	if err != nil {
		return err
	}
	return s.Render(ctx, cat, sink)
}

// New parses the templates and reads the words and assets.
func New(opts Options) (*Site, error) {
	if opts.Templates == nil {
		opts.Templates = templates.FS()
	}
	if opts.Warn == nil {
		opts.Warn = func(catalog.Problem) {}
	}
	if opts.BaseURL != "" && !strings.HasSuffix(opts.BaseURL, "/") {
		opts.BaseURL += "/"
	}
	s := &Site{opts: opts, langs: opts.Langs, words: map[catalog.Lang]templates.Words{}, paths: map[string]string{}, markdown: newMarkdown()}
	if len(s.langs) == 0 {
		s.langs = []catalog.Lang{opts.Lang}
	}
	for _, l := range s.langs {
		w, err := templates.LoadWords(opts.Templates, dir, l)
		if err != nil {
			return nil, err
		}
		s.words[l] = w
	}
	if err := s.parse(); err != nil {
		return nil, err
	}
	return s, s.readAssets()
}

// parse reads the templates: each kind of page is layout and partials with a
// "main" of its own.
func (s *Site) parse() error {
	read := func(t *template.Template, name string) error {
		data, err := fs.ReadFile(s.opts.Templates, path.Join(dir, name))
		if err != nil {
			return fmt.Errorf("templates: %w", err)
		}
		// The parse tree keeps white space between actions; indentation
		// is for the reader of the template only.
		if _, err := t.Parse(unindent(string(data))); err != nil {
			return fmt.Errorf("templates: %s/%s: %w", dir, name, err)
		}
		return nil
	}
	base := template.New("site").Funcs(template.FuncMap{"view": view})
	for _, name := range []string{"partials.html", "lists.html", "layout.html"} {
		if err := read(base, name); err != nil {
			return err
		}
	}
	var err error
	clone := func(name string) *template.Template {
		if err != nil {
			return nil
		}
		var t *template.Template
		if t, err = base.Clone(); err == nil && name != "" {
			err = read(t, name)
		}
		return t
	}
	s.pages = map[string]*template.Template{}
	for _, k := range kinds {
		s.pages[k] = clone(k + ".html")
	}
	s.bare = clone("bare.html")
	s.partials = clone("")
	return err
}

// view hands a shared piece both the page and what it is to show.
func view(p *Page, data any) PieceView { return PieceView{Page: p, Data: data} }

// unindent removes the white space at the beginning of lines, and empty lines.
func unindent(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	for line := range strings.Lines(s) {
		if line = strings.TrimLeft(line, " \t"); line != "\n" {
			b.WriteString(line)
		}
	}
	return b.String()
}

// readAssets reads site/assets. The names of styles and scripts carry a hash of
// their bytes, so that a browser never shows a page with the style of an older
// edition.
func (s *Site) readAssets() error {
	root := path.Join(dir, "assets")
	entries, err := fs.ReadDir(s.opts.Templates, root)
	if err != nil {
		return fmt.Errorf("templates: %w", err)
	}
	for _, e := range entries {
		if e.IsDir() || e.Name() == engineScript && s.opts.Engine == nil {
			continue
		}
		data, err := fs.ReadFile(s.opts.Templates, path.Join(root, e.Name()))
		if err != nil {
			return fmt.Errorf("templates: %w", err)
		}
		a := asset{name: path.Join("assets", e.Name()), data: data}
		if ext := path.Ext(e.Name()); ext == ".css" || ext == ".js" {
			a.name = hashed(a.name, data)
		}
		s.paths[e.Name()] = a.name
		s.assets = append(s.assets, a)
	}
	s.engineAssets()
	s.css, s.js = s.paths["site.css"], s.paths["site.js"]
	if s.css == "" {
		return fmt.Errorf("templates: %s/site.css: %w", root, fs.ErrNotExist)
	}
	return nil
}

// hashed puts a hash of the bytes before the extension of a file's name.
func hashed(name string, data []byte) string {
	ext := path.Ext(name)
	sum := sha256.Sum256(data)
	return strings.TrimSuffix(name, ext) + "." + hex.EncodeToString(sum[:5]) + ext
}

// job is a page to be rendered. Its view is made when its turn comes, so that
// this work is shared among the cores too.
type job struct {
	edition *edition
	kind    string
	path    string // relative to the language's folder
	view    func(p *Page)
}

// Render writes the site of the catalog into sink.
func (s *Site) Render(ctx context.Context, cat *catalog.Catalog, sink render.Sink) error {
	for _, a := range s.assets {
		if s.opts.Since == nil && a.name == s.paths["changes.css"] {
			continue // no page uses it
		}
		if err := sink.Put(a.name, a.data); err != nil {
			return err
		}
	}
	var jobs []job
	var editions []*edition
	for _, l := range s.langs {
		e, err := s.edition(cat, l)
		if err != nil {
			return err
		}
		editions = append(editions, e)
		for _, d := range e.data {
			if err := sink.Put(d.name, d.data); err != nil {
				return err
			}
		}
		if err := e.putMachineFiles(sink); err != nil {
			return err
		}
		jobs = append(jobs, e.jobs()...)
	}
	// The pages of the API come last: they list what is made meanwhile.
	api := make(chan []*APIFile, 1)
	if s.opts.API {
		for _, e := range editions {
			jobs = append(jobs, job{e, "api", apiPage, func(p *Page) {
				files, ok := <-api
				if ok {
					api <- files
				}
				e.apiView(p, files)
			}})
		}
	}
	if err := s.renderBare(editions, sink); err != nil {
		return err
	}
	if err := s.putSitemap(editions, jobs, sink); err != nil {
		return err
	}
	// Workers take the next job as they get free: risk pages come first and
	// are far larger than the others.
	workers := min(runtime.GOMAXPROCS(0), len(jobs))
	next := make(chan job)
	g, ctx := errgroup.WithContext(ctx)
	if s.opts.API {
		g.Go(func() error {
			files, err := s.api(ctx, cat)
			if err != nil {
				close(api)
				return err
			}
			api <- files
			return s.putAPI(files, editions, sink)
		})
	}
	g.Go(func() error {
		defer close(next)
		for _, j := range jobs {
			select {
			case next <- j:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		return nil
	})
	for range workers {
		g.Go(func() error {
			buf := buffers.Get().(*bytes.Buffer)
			defer buffers.Put(buf)
			for j := range next {
				if err := s.renderPage(j, buf, sink); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return g.Wait()
}

// buffers keeps the workers' buffers from one build to the next.
var buffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

func (s *Site) renderPage(j job, buf *bytes.Buffer, sink render.Sink) error {
	p := j.edition.page(j.path)
	j.view(p)
	name := path.Join(string(j.edition.lang), j.path)
	if err := p.finish(); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	buf.Reset()
	if err := s.pages[j.kind].ExecuteTemplate(buf, "layout", p); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return sink.Put(name, bytes.Clone(buf.Bytes()))
}
