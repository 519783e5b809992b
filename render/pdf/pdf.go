// Package pdf renders a guide as PDF: one file of the whole guide and one of each
// risk, A4 landscape, in the typeface that is part of the program.
//
// The whole guide has a cover, contents with page numbers, the front matter, the
// risks with their tables as printed, an index of controls by clause and one of
// vulnerabilities. Control numbers link to the index, the index back to the
// measures; bookmarks lead to every risk and clause. A risk's own file has its
// heading, description and table.
//
// Package document does the setting, and can be used for other documents;
// package linebreak breaks lines, package font cuts fonts, package pdffile writes
// the file.
package pdf

import (
	"context"
	"fmt"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"riskguide/catalog"
	"riskguide/render"
	"riskguide/render/pdf/document"
	"riskguide/render/table"
	"riskguide/templates"
)

// Render puts the PDF of every risk and of the whole guide into the sink, under
// the names of [render.RiskPDF] and [render.GuidePDF]. It works on as many
// documents at a time as there are processors; the files do not depend on how
// many. It stops when ctx is done.
func Render(ctx context.Context, cat *catalog.Catalog, opts render.Options, sink render.Sink) error {
	r, err := newRenderer(cat, opts)
	if err != nil {
		return err
	}
	tables := make([]*document.RiskTable, len(cat.Risks))
	err = parallel(ctx, len(tables), func(i int) (err error) {
		tables[i], err = r.table(cat.Risks[i])
		return err
	})
	if err != nil {
		return fmt.Errorf("pdf: %w", err)
	}
	// Reports are put in order and each is made once, whichever document was
	// ready first. The guide comes first: it takes longest.
	reports := make([]catalog.Problems, 1+len(cat.Risks))
	err = parallel(ctx, len(reports), func(i int) error {
		warn := func(p catalog.Problem) { reports[i] = append(reports[i], p) }
		if i == 0 {
			d, err := r.guide(tables, warn)
			return put(sink, render.GuidePDF(), d, err)
		}
		risk := cat.Risks[i-1]
		d, err := r.risk(risk, tables[i-1], warn)
		return put(sink, render.RiskPDF(risk.ID), d, err)
	})
	if err != nil {
		return fmt.Errorf("pdf: %w", err)
	}
	if opts.Warn != nil {
		seen := map[string]bool{}
		for _, ps := range reports {
			for _, p := range ps {
				if !seen[p.Message] {
					seen[p.Message] = true
					opts.Warn(p)
				}
			}
		}
	}
	return nil
}

// RenderRisk returns the PDF of one risk.
func RenderRisk(cat *catalog.Catalog, risk *catalog.Risk, opts render.Options) ([]byte, error) {
	r, err := newRenderer(cat, opts)
	if err != nil {
		return nil, err
	}
	t, err := r.table(risk)
	if err != nil {
		return nil, fmt.Errorf("pdf: %w", err)
	}
	d, err := r.risk(risk, t, opts.Warn)
	if err != nil {
		return nil, fmt.Errorf("pdf: %w", err)
	}
	return d.PDF()
}

// RenderGuide returns the PDF of the whole guide.
func RenderGuide(cat *catalog.Catalog, opts render.Options) ([]byte, error) {
	r, err := newRenderer(cat, opts)
	if err != nil {
		return nil, err
	}
	tables := make([]*document.RiskTable, len(cat.Risks))
	for i, risk := range cat.Risks {
		if tables[i], err = r.table(risk); err != nil {
			return nil, fmt.Errorf("pdf: %w", err)
		}
	}
	d, err := r.guide(tables, opts.Warn)
	if err != nil {
		return nil, fmt.Errorf("pdf: %w", err)
	}
	return d.PDF()
}

// parallel calls do for 0…n-1, as many at a time as there are processors, and
// returns the error of the first number that failed.
func parallel(ctx context.Context, n int, do func(i int) error) error {
	errs := make([]error, n)
	var next atomic.Int64
	var failed atomic.Bool
	var wg sync.WaitGroup
	for range min(n, runtime.GOMAXPROCS(0)) {
		wg.Go(func() {
			for !failed.Load() {
				i := int(next.Add(1)) - 1
				if i >= n {
					return
				}
				if errs[i] = ctx.Err(); errs[i] == nil {
					errs[i] = do(i)
				}
				if errs[i] != nil {
					failed.Store(true)
				}
			}
		})
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// renderer is what all documents of a run share; it is not changed.
type renderer struct {
	cat   *catalog.Catalog
	opts  render.Options
	lang  catalog.Lang
	words templates.Words
	title string
}

func newRenderer(cat *catalog.Catalog, opts render.Options) (*renderer, error) {
	r := &renderer{cat: cat, opts: opts, lang: opts.Lang}
	if r.lang == "" {
		r.lang = cat.DefaultLang()
	}
	fsys := opts.Templates
	if fsys == nil {
		fsys = templates.FS()
	}
	var err error
	if r.words, err = templates.LoadWords(fsys, "pdf", r.lang); err != nil {
		return nil, fmt.Errorf("pdf: %w", err)
	}
	r.title = r.text(cat.Guide.Title)
	return r, nil
}

// put puts a document into the sink, unless it could not be made.
func put(sink render.Sink, name string, d *document.Document, err error) error {
	var data []byte
	if err == nil {
		data, err = d.PDF()
	}
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return sink.Put(name, data)
}

// text returns a wording in the language of the run.
func (r *renderer) text(t catalog.Text) string {
	s, l := r.cat.Text(t, r.lang)
	if s != "" && l != r.lang {
		s += r.words.Get("untranslated")
	}
	return s
}

// inline returns a wording with its place, for reports.
func (r *renderer) inline(t catalog.Text) document.Inline {
	s, l := r.cat.Text(t, r.lang)
	in := document.Inline{{Text: s, Pos: t.Pos}}
	if s != "" && l != r.lang {
		in = append(in, document.Span{Text: r.words.Get("untranslated"), Small: true, Color: document.Muted})
	}
	return in
}

// word returns a fixed text with its placeholders filled in.
func (r *renderer) word(key string, pairs ...string) string { return r.words.With(key, pairs...) }

// statement returns the wording of a control with the default values of its
// parameters, or their labels, where {id} stands.
func (r *renderer) statement(c *catalog.Control, s string) string {
	return c.Fill(s, func(p *catalog.Parameter) string {
		if p.Default != "" {
			return p.Default
		}
		return r.word("parameter-open", "label", p.Blank(r.text))
	})
}

// table sets a risk's table.
func (r *renderer) table(risk *catalog.Risk) (*document.RiskTable, error) {
	grid := table.Build(r.cat, risk, table.Options{
		Lang: r.lang,
		Statement: func(_ *catalog.Measure, c catalog.ControlCitation, text string) (string, bool) {
			return r.statement(c.Control, text), false
		},
	})
	return document.NewRiskTable(grid, document.RiskTableWords{
		Lang:          r.lang,
		Untranslated:  r.words.Get("untranslated"),
		Continued:     r.words.Get("continued"),
		NotApplicable: r.words.Get("not-applicable"),
		LeftOut:       r.words.Get("left-out"),
		Note:          r.words.Get("note-in-cell"),
		Missing: map[catalog.Gap]string{
			catalog.GapMeasure:  r.words.Get("gap-measure"),
			catalog.GapControls: r.words.Get("gap-controls"),
			catalog.GapResidual: r.words.Get("gap-residual"),
		},
	}, r.opts.Faces)
}

// config returns what every document of the run shares.
func (r *renderer) config(title, subject string, warn func(catalog.Problem)) document.Config {
	g := r.cat.Guide
	creator := "riskguide"
	if r.opts.ToolVersion != "" {
		creator += " " + r.opts.ToolVersion
	}
	date := r.opts.Date
	if date.IsZero() {
		date = g.Date
	}
	return document.Config{
		Title: title, Subject: subject, Author: r.text(g.Publisher), Creator: creator,
		Keywords: r.word("keywords", "edition", g.Edition),
		Lang:     r.lang, Date: date,
		Header:     r.word("header", "title", r.title, "edition", g.Edition),
		Footer:     r.text(g.Publisher),
		PageNumber: r.words.Get("page-number"),
		Faces:      r.opts.Faces,
		Warn:       warn,
	}
}

// risk returns the document of a risk.
func (r *renderer) risk(risk *catalog.Risk, t *document.RiskTable, warn func(catalog.Problem)) (*document.Document, error) {
	name := r.text(risk.Name)
	subject := r.word("subject-risk", "title", r.title, "edition", r.cat.Guide.Edition, "id", risk.ID, "name", name)
	d, err := document.New(r.config(risk.ID+" "+name, subject, warn))
	if err != nil {
		return nil, err
	}
	r.addRisk(d, risk, t, 1)
	return d, nil
}

// addRisk adds a risk: what it is, and its table.
func (r *renderer) addRisk(d *document.Document, risk *catalog.Risk, t *document.RiskTable, level int) {
	name := r.text(risk.Name)
	full := risk.ID + " " + name
	d.NewPage()
	d.Heading(1, name, document.HeadingOptions{
		ID: "risk:" + risk.ID, Level: level, Section: full, Bookmark: full,
		Badge: risk.ID, BadgeColor: r.severityColor(risk.Severity), Keep: 40,
	})
	d.Note(r.facts(risk))
	switch len(risk.Description) {
	case 0:
	case 1:
		d.Paragraph(r.inline(risk.Description[0]))
	default:
		var items []document.Inline
		for _, p := range risk.Description {
			items = append(items, r.inline(p))
		}
		d.List(false, items...)
	}
	for _, n := range risk.Notes {
		d.Note(append(document.Inline{{Text: r.words.Get("note")}}, r.inline(n)...))
	}
	d.Space(1)
	d.RiskTable(t)
}

// facts returns the line with a risk's severity and its relation to ENISA 2009.
func (r *renderer) facts(risk *catalog.Risk) document.Inline {
	in := document.Inline{}
	if risk.Severity != nil {
		in = append(in, document.Span{Text: r.words.Get("severity") + "  "},
			document.Span{Text: r.text(risk.Severity.Name), Bold: true, Color: r.severityColor(risk.Severity)})
	}
	if e := r.enisa(risk); e != "" {
		in = append(in, document.Span{Text: "     " + r.words.Get("enisa") + "  "}, document.Span{Text: e, Color: document.Black})
	}
	return in
}

// enisa returns a risk's relation to the ENISA 2009 list.
func (r *renderer) enisa(risk *catalog.Risk) string {
	if risk.AddedByGroup {
		return r.words.Get("added-by-group")
	}
	var nos []string
	for _, n := range risk.ENISA {
		nos = append(nos, r.word("enisa-number", "n", strconv.Itoa(n)))
	}
	return strings.Join(nos, r.words.Get("list-separator"))
}

// severityColors are the colours of the severities, gravest first: told apart in
// grey too, by their darkness.
var severityColors = []document.Color{0xA61B1B, 0xA35C00, 0x2F6B4F}

func (r *renderer) severityColor(s *catalog.Severity) document.Color {
	for i, x := range r.cat.Guide.Severities {
		if x == s {
			return severityColors[min(i, len(severityColors)-1)]
		}
	}
	return document.Accent
}
