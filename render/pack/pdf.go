package pack

import (
	"context"
	"fmt"
	"strconv"

	"riskguide/catalog"
	"riskguide/profile"
	"riskguide/render"
	"riskguide/render/pdf/document"
	"riskguide/render/pdf/font"
	"riskguide/templates"
)

// The colours of severities, gravest first, and of obligations: told apart in
// grey too, by their darkness.
var (
	severityColors   = []document.Color{0xA61B1B, 0xA35C00, 0x2F6B4F}
	obligationColors = map[profile.Obligation]document.Color{profile.Must: 0x8C2A20, profile.Should: 0x6B5300, profile.May: document.Muted}
)

func severityColor(rank int) document.Color { return severityColors[min(rank, len(severityColors)-1)] }

// sheetPDF is the requirements as PDF in the making.
type sheetPDF struct {
	p *profile.Pack
	v *view
	w words
	d *document.Document
	// grid are the words of the risk tables, which are those of the guide's PDFs.
	grid  document.RiskTableWords
	faces *font.Faces
}

func requirementsPDF(ctx context.Context, p *profile.Pack, v *view, w words, opts render.Options) ([]byte, error) {
	gw, err := templates.LoadWords(opts.Templates, "pdf", v.Lang)
	if err != nil {
		return nil, err
	}
	d, err := document.New(document.Config{
		Title:   join(" ", v.Title, w.Get("requirements_document")),
		Author:  join(" ", factText(v, "organisation")),
		Subject: join(" / ", factText(v, "supplier"), factText(v, "service")), Keywords: join(", ", v.PackID, v.Edition),
		Creator: toolName(opts), Lang: v.Lang, Date: opts.Date,
		Header: join("  ", v.Title, factText(v, "supplier")), Footer: v.PackID,
		PageNumber: w.Get("page_of"), Faces: opts.Faces, Warn: opts.Warn,
	})
	if err != nil {
		return nil, err
	}
	x := &sheetPDF{p: p, v: v, w: w, d: d, faces: opts.Faces, grid: document.RiskTableWords{
		Lang: v.Lang, Untranslated: gw.Get("untranslated"), Continued: gw.Get("continued"),
		NotApplicable: gw.Get("not-applicable"), LeftOut: w.parens(w.Get("left_out")), Note: gw.Get("note-in-cell"),
		Missing: map[catalog.Gap]string{catalog.GapMeasure: w.Get("no_measure_text"),
			catalog.GapControls: w.Get("no_controls"), catalog.GapResidual: w.Get("no_residual")},
	}}
	x.cover()
	d.NewPage()
	d.Heading(1, w.Get("letter"), document.HeadingOptions{ID: "letter", Hidden: true, Section: w.Get("letter")})
	d.Markdown(v.Letter, document.MarkdownOptions{Pos: p.Profile.CoverLetter.Pos, HeadingBase: 1, NotInContents: true, Continued: x.grid.Continued})
	d.Contents(w.Get("contents"), 2)
	d.NewPage()
	x.scope()
	d.NewPage()
	x.requirements()
	for i, t := range v.Tables {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := x.table(t, i == 0); err != nil {
			return nil, err
		}
	}
	d.NewPage()
	x.exclusions()
	return d.PDF()
}

func (x *sheetPDF) cover() {
	c := document.Cover{
		Kicker: x.v.GuideTitle + "  " + x.w.Get("edition") + " " + x.v.Edition,
		Title:  x.v.Title, Subtitle: x.w.Get("requirements_document"),
		Notice: append([]string{x.w.Get("accessible_note")}, x.v.Rights...),
	}
	for _, f := range x.v.Facts {
		c.Details = append(c.Details, [2]string{f.Name, f.Text})
	}
	x.d.Cover(c)
}

// in is a text of the catalog or profile.
func (x *sheetPDF) in(p phrase) document.Inline {
	in := document.Inline{{Text: p.Text, Pos: p.Pos}}
	if p.Text != "" && p.Lang != x.v.Lang {
		in = append(in, document.Span{Text: x.grid.Untranslated, Small: true, Color: document.Muted})
	}
	return in
}

// named is a text behind a label.
func (x *sheetPDF) named(label string, p phrase) document.Inline {
	return append(document.Inline{{Text: label + x.w.Get("colon"), Color: document.Muted}}, x.in(p)...)
}

// numbered is a text behind its id.
func (x *sheetPDF) numbered(t idText) document.Inline {
	return append(document.Inline{{Text: t.ID + "  ", Bold: true}}, x.in(t.Text)...)
}

func (x *sheetPDF) column(key string, width float32) document.Column {
	return document.Column{Title: document.Strong(x.w.Get(key)), Width: width}
}

func (x *sheetPDF) obligation(o profile.Obligation, word string) document.Cell {
	return document.Cell{Align: document.Center, Paragraphs: []document.Inline{{{Text: word, Bold: o != profile.May, Color: obligationColors[o]}}}}
}

func count(n int) document.Cell {
	c := document.TextCell(strconv.Itoa(n))
	c.Align = document.Right
	return c
}

func (x *sheetPDF) scope() {
	d, v, w := x.d, x.v, x.w
	d.Heading(1, w.Get("section_scope"), document.HeadingOptions{ID: "scope"})
	if v.Scope != "" {
		d.Paragraph(document.Inline{{Text: v.Scope, Pos: x.p.Profile.Scope.Pos}})
	}
	var intro document.Inline
	for _, s := range v.Intro {
		intro = append(intro, document.Span{Text: s})
	}
	d.Paragraph(intro)

	d.Heading(3, w.Get("obligation_legend"), document.HeadingOptions{NotInContents: true, Level: 2})
	t := document.Table{Continued: x.grid.Continued, Columns: []document.Column{
		x.column("obligation", 24), x.column("status_meaning_of", 0), x.column("total", 20)}}
	for _, o := range v.Obligations {
		t.Rows = append(t.Rows, document.Row{Cells: []document.Cell{x.obligation(o.ID, o.Word), document.TextCell(o.Meaning), count(o.Count)}})
	}
	d.Table(t)

	if len(v.Rules) > 0 {
		d.Heading(3, w.Get("rules"), document.HeadingOptions{NotInContents: true, Level: 2})
		t := document.Table{Continued: x.grid.Continued, Columns: []document.Column{
			x.column("rule", 100), x.column("rule_reason", 0), x.column("rule_count", 28)}}
		for _, r := range v.Rules {
			t.Rows = append(t.Rows, document.Row{Cells: []document.Cell{document.TextCell(r.Text), {Paragraphs: []document.Inline{x.in(r.Reason)}}, count(r.Count)}})
		}
		d.Table(t)
	}
	if len(v.ObligationRules) > 0 {
		d.Heading(3, w.Get("obligation_rules"), document.HeadingOptions{NotInContents: true, Level: 2})
		t := document.Table{Continued: x.grid.Continued, Columns: []document.Column{
			x.column("rule", 100), x.column("obligation", 24), x.column("reason", 0)}}
		for _, r := range v.ObligationRules {
			t.Rows = append(t.Rows, document.Row{Cells: []document.Cell{document.TextCell(r.Text), x.obligation(r.ID, r.Word), {Paragraphs: []document.Inline{x.in(r.Note)}}}})
		}
		d.Table(t)
		d.Note(document.Plain(v.ObligationNote))
	}
	d.Heading(3, w.Get("coverage"), document.HeadingOptions{NotInContents: true, Level: 2})
	ct := document.Table{Continued: x.grid.Continued, Columns: []document.Column{
		x.column("risk", 0), x.column("severity", 18), x.column("in_scope", 62), x.column("excluded", 42), x.column("not_selected", 62)}}
	for _, c := range v.Coverage {
		name := document.Inline{{Text: c.ID + "  ", Bold: true, Color: severityColor(c.Rank)}}
		if c.Treated {
			name[0].Link = "#risk:" + c.ID
		}
		name = append(name, x.in(c.Name)...)
		row := document.Row{Cells: []document.Cell{{Paragraphs: []document.Inline{name}}, document.TextCell(c.Severity.Text)}}
		for _, list := range [][]idText{c.Selected, c.Excluded, c.NotSelected} {
			s := w.list(list)
			if s == "" {
				s = "-"
			}
			row.Cells = append(row.Cells, document.TextCell(s))
		}
		ct.Rows = append(ct.Rows, row)
	}
	d.Table(ct)
	d.Note(document.Plain(w.Get("coverage_note")))
}

func (x *sheetPDF) requirements() {
	d, w := x.d, x.w
	d.Heading(1, w.Get("section_requirements"), document.HeadingOptions{ID: "requirements"})
	t := document.Table{Continued: x.grid.Continued, Columns: []document.Column{
		x.column("requirement_id", 21), x.column("obligation", 20), x.column("requirement", 0),
		x.column("asked_by", 86), x.column("residual", 42)}}
	for _, c := range x.v.Clauses {
		title := join("  ", c.ID, c.Title.Text)
		t.Rows = append(t.Rows, document.Row{KeepWithNext: true, Cells: []document.Cell{{Columns: 5, Head: true, Fill: document.Light,
			Paragraphs: []document.Inline{{{Text: title, Pos: c.Title.Pos}}}, ID: "clause:" + c.ID, Bookmark: title, BookmarkLevel: 2}}})
		for _, r := range c.Requirements {
			t.Rows = append(t.Rows, document.Row{Cells: []document.Cell{
				{Paragraphs: []document.Inline{document.Strong(r.ID)}, ID: "control:" + r.ID},
				x.obligation(r.Obligation, r.Word),
				{Paragraphs: x.statement(r)},
				{Paragraphs: x.askedBy(r), Small: true},
				{Paragraphs: x.texts(r.Residuals, false), Bullets: len(r.Residuals) > 1, Small: true},
			}})
		}
	}
	d.Table(t)
}

// statement is all that a requirement says.
func (x *sheetPDF) statement(r *requirementView) []document.Inline {
	var out []document.Inline
	if r.Title.Text != "" {
		out = append(out, document.Inline{{Text: r.Title.Text, Bold: true, Pos: r.Title.Pos}})
	}
	out = append(out, x.in(r.Statement))
	for _, a := range r.Additions {
		out = append(out, append(document.Inline{{Text: x.w.Get("addition") + x.w.Get("colon"), Bold: true, Color: document.Accent}}, x.in(a)...))
	}
	for _, list := range [][]variantView{r.Variants, r.Notes} {
		for _, y := range list {
			out = append(out, append(document.Inline{{Text: y.Label + x.w.Get("colon"), Bold: true, Color: document.Accent}}, x.in(y.Text)...))
		}
	}
	for _, s := range r.Second {
		out = append(out, document.Inline{{Text: s.Text, Color: document.Muted, Pos: s.Pos}})
	}
	for _, n := range r.ObligationNotes {
		out = append(out, x.small(x.named(x.w.Get("obligation_note"), n)))
	}
	if r.Reason.Text != "" {
		out = append(out, x.small(x.named(x.w.Get("reason"), r.Reason)))
	}
	return out
}

func (x *sheetPDF) small(in document.Inline) document.Inline {
	for i := range in {
		in[i].Small, in[i].Color = true, document.Muted
	}
	return in
}

func (x *sheetPDF) askedBy(r *requirementView) []document.Inline {
	if r.Own && len(r.AskedBy) == 0 {
		return []document.Inline{document.Plain(x.w.Get("own_reason"))}
	}
	var out []document.Inline
	for _, a := range r.AskedBy {
		line := append(document.Inline{{Text: a.ID + " ", Bold: true, Link: "#risk:" + a.ID}}, x.in(a.Name)...)
		for i, m := range a.Measures {
			sep := x.w.Get("list_comma")
			if i == 0 {
				sep = x.w.Get("colon")
			}
			line = append(line, document.Span{Text: sep}, document.Span{Text: m.ID, Link: "#measure:" + m.ID})
			if m.Word != "" {
				line = append(line, document.Span{Text: x.w.parens(m.Word), Small: true, Color: document.Muted})
			}
		}
		out = append(out, line)
	}
	return out
}

// texts sets a list of texts, with their ids if asked for.
func (x *sheetPDF) texts(list []idText, ids bool) []document.Inline {
	var out []document.Inline
	for _, t := range list {
		if ids {
			out = append(out, x.numbered(t))
		} else {
			out = append(out, x.in(t.Text))
		}
	}
	return out
}

// table adds a risk with its table. The first one begins the part of the tables.
func (x *sheetPDF) table(t *tableView, first bool) error {
	d, w := x.d, x.w
	d.NewPage()
	if first {
		d.Heading(1, w.Get("section_tables"), document.HeadingOptions{ID: "tables", Hidden: true})
	}
	full := join(" ", t.ID, t.Name.Text)
	d.Heading(1, t.Name.Text, document.HeadingOptions{ID: "risk:" + t.ID, Level: 2, Section: full, Bookmark: full,
		Badge: t.ID, BadgeColor: severityColor(t.Rank), Keep: 40})
	d.Note(document.Inline{{Text: w.Get("severity") + "  "}, {Text: t.Severity.Text, Bold: true, Color: severityColor(t.Rank)}})
	for _, p := range t.Description {
		d.Paragraph(x.in(p))
	}
	for _, p := range t.Notes {
		d.Note(x.named(w.Get("note"), p))
	}
	if t.LeftOut {
		d.Note(document.Plain(w.with("left_out_pdf", "mark", w.Get("left_out"))))
	}
	d.Space(3)
	rt, err := document.NewRiskTable(t.Grid, x.grid, x.faces)
	if err != nil {
		return fmt.Errorf("%s: %w", t.ID, err)
	}
	d.RiskTable(rt)
	return nil
}

func (x *sheetPDF) exclusions() {
	d, v, w := x.d, x.v, x.w
	d.Heading(1, w.Get("annex")+w.Get("colon")+w.Get("section_exclusions"), document.HeadingOptions{ID: "exclusions", Section: w.Get("section_exclusions")})
	if len(v.Exclusions) == 0 {
		d.Paragraph(document.Plain(w.Get("exclusions_none")))
	} else {
		d.Paragraph(document.Plain(w.Get("exclusions_intro")))
		d.Space(3)
		t := document.Table{Continued: x.grid.Continued, Columns: []document.Column{
			x.column("number", 11), x.column("excluded_what", 38), x.column("exclusion_reason", 62),
			x.column("excluded_content", 74), x.column("exclusion_effect", 0)}}
		for _, e := range v.Exclusions {
			t.Rows = append(t.Rows, document.Row{Cells: []document.Cell{
				{Paragraphs: []document.Inline{document.Strong(strconv.Itoa(e.Number))}, Align: document.Center},
				document.TextCell(e.What),
				{Paragraphs: []document.Inline{{{Text: e.Reason.Text, Bold: true, Pos: e.Reason.Pos}}}},
				{Paragraphs: x.excluded(e), Small: true},
				{Paragraphs: x.effects(e), Small: true},
			}})
		}
		d.Table(t)
	}
	if len(v.Gaps) > 0 {
		d.Heading(2, w.Get("section_gaps"), document.HeadingOptions{ID: "gaps", Keep: 30})
		d.Paragraph(document.Plain(w.Get("gaps_intro")))
		d.List(false, x.texts(v.Gaps, true)...)
	}
	d.Heading(2, w.Get("not_selected_title"), document.HeadingOptions{ID: "not-selected", Keep: 60})
	if len(v.NotSelected) == 0 {
		d.Paragraph(document.Plain(w.Get("not_selected_none")))
		return
	}
	d.Paragraph(document.Plain(w.Get("not_selected_intro")))
	d.Space(3)
	t := document.Table{Continued: x.grid.Continued, Columns: []document.Column{x.column("risk", 72), x.column("measure", 0)}}
	for _, c := range v.NotSelected {
		name := append(document.Inline{{Text: c.ID + "  ", Bold: true, Color: severityColor(c.Rank)}}, x.in(c.Name)...)
		t.Rows = append(t.Rows, document.Row{Cells: []document.Cell{{Paragraphs: []document.Inline{name}}, {Paragraphs: x.texts(c.NotSelected, true)}}})
	}
	d.Table(t)
}

// excluded says what an exclusion leaves out.
func (x *sheetPDF) excluded(e *exclusionView) []document.Inline {
	out := x.texts(e.Measures, true)
	for _, c := range e.Citations {
		out = append(out, append(x.numbered(c.idText), document.Span{
			Text: x.w.parens(x.w.Get("measure")+" "+x.w.join(c.Measures)) + x.w.kept(c), Color: document.Muted}))
	}
	return append(out, x.texts(e.Own, true)...)
}

// effects says what follows from an exclusion.
func (x *sheetPDF) effects(e *exclusionView) []document.Inline {
	var out []document.Inline
	add := func(word string, list []idText, ids bool) {
		if len(list) == 0 {
			return
		}
		out = append(out, document.Inline{{Text: x.w.Get(word), Bold: true, Color: document.Accent}})
		for _, t := range list {
			line := document.Inline{{Text: x.w.Get("bullet")}}
			if ids {
				line = append(line, document.Span{Text: t.ID + " "})
			}
			out = append(out, append(line, x.in(t.Text)...))
		}
	}
	add("excluded_open", e.Open, true)
	add("excluded_partly_answered", e.Answered, true)
	add("excluded_residual", e.Residuals, false)
	add("excluded_lost", e.Lost, true)
	add("excluded_emptied", e.Emptied, true)
	add("excluded_partly", e.Partly, true)
	return out
}
