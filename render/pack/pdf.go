package pack

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"riskguide/catalog"
	"riskguide/catalog/worddiff"
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
		Title:   join(" ", v.Title.line(), w.label("requirements_document")),
		Author:  firstText(v, "organisation"),
		Subject: join(" / ", firstText(v, "supplier"), firstText(v, "service")), Keywords: join(", ", v.PackID, v.Edition),
		Creator: toolName(opts), Lang: v.Lang, Date: opts.Date,
		Header: join("  ", v.Title.Text, firstText(v, "supplier")), Footer: v.PackID,
		PageNumber: w.Get("page_of"), Faces: opts.Faces, Warn: opts.Warn,
	})
	if err != nil {
		return nil, err
	}
	x := &sheetPDF{p: p, v: v, w: w, d: d, faces: opts.Faces, grid: document.RiskTableWords{
		Lang: v.Lang, Untranslated: gw.Get("untranslated"), Continued: gw.Get("continued"),
		NotApplicable: gw.Get("not-applicable"), LeftOut: w.parens(w.label("left_out")), Note: gw.Get("note-in-cell"),
		Missing: map[catalog.Gap]string{catalog.GapMeasure: w.label("no_measure_text"),
			catalog.GapControls: w.label("no_controls"), catalog.GapResidual: w.label("no_residual")},
	}}
	x.cover()
	d.NewPage()
	d.Heading(1, w.label("letter"), document.HeadingOptions{ID: "letter", Hidden: true, Section: w.label("letter")})
	for i, l := range v.Letters {
		if i > 0 {
			d.NewPage()
		}
		d.Markdown(l.Text, document.MarkdownOptions{Pos: l.Pos, HeadingBase: 1, NotInContents: true, Continued: x.grid.Continued})
	}
	d.Contents(w.label("contents"), 2)
	d.NewPage()
	x.scope()
	if v.Next != nil {
		d.NewPage()
		x.changes()
	}
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
		Kicker: x.v.GuideTitle.line() + "  " + x.w.label("edition") + " " + x.v.Edition,
		Title:  x.w.in(x.v.Title, document.LineSeparator), Subtitle: x.w.label("requirements_document"),
	}
	for _, p := range append([]phrase{x.w.both("accessible_note")}, x.v.Rights...) {
		c.Notice = append(c.Notice, p.Text)
		if s := p.Other(); s != "" {
			c.Notice = append(c.Notice, s)
		}
	}
	for _, f := range x.v.Facts {
		c.Details = append(c.Details, [2]string{f.Name.line(), x.w.in(f.Text, document.LineSeparator)})
	}
	x.d.Cover(c)
}

// in is a text of the catalog or profile; a second language stands on a line of
// its own.
func (x *sheetPDF) in(p phrase) document.Inline {
	in := document.Inline{{Text: p.Text, Pos: p.Pos}}
	if p.Text != "" && p.Lang != x.v.Lang {
		in = append(in, document.Span{Text: x.grid.Untranslated, Small: true, Color: document.Muted})
	}
	if s := p.Other(); s != "" {
		in = append(in, document.Span{Text: document.LineSeparator + s, Color: document.Muted, Pos: p.Pos})
	} else if x.w.lacksSecond(p) {
		in = append(in, document.Span{Text: x.w.second.parens(x.w.second.Get("missing_translation")), Small: true, Color: document.Muted})
	}
	return in
}

// column is a text in the column of a language.
func (x *sheetPDF) inColumn(lang catalog.Lang, p phrase) document.Inline {
	in := document.Inline{{Text: p.Text, Pos: p.Pos}}
	if w := x.w.of(lang); p.Text != "" && p.Lang != lang {
		in = append(in, document.Span{Text: w.parens(w.Get("missing_translation")), Small: true, Color: document.Muted})
	}
	return in
}

// word is a word in all languages, a line for each.
func (x *sheetPDF) word(key string) document.Inline { return x.in(x.w.both(key)) }

// cell holds a text of the catalog or profile.
func (x *sheetPDF) cell(p phrase) document.Cell {
	return document.Cell{Paragraphs: []document.Inline{x.in(p)}}
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
	return document.Column{Title: document.Strong(x.w.in(x.w.both(key), document.LineSeparator)), Width: width}
}

func (x *sheetPDF) obligation(o profile.Obligation, word phrase) document.Cell {
	return document.Cell{Align: document.Center, Paragraphs: []document.Inline{{{Text: x.w.in(word, document.LineSeparator), Bold: o != profile.May, Color: obligationColors[o]}}}}
}

func count(n int) document.Cell {
	c := document.TextCell(strconv.Itoa(n))
	c.Align = document.Right
	return c
}

func (x *sheetPDF) scope() {
	d, v, w := x.d, x.v, x.w
	d.Heading(1, w.label("section_scope"), document.HeadingOptions{ID: "scope"})
	if v.Scope.Text != "" {
		d.Paragraph(x.in(v.Scope))
	}
	intro := phrase{Lang: v.Lang, SecondLang: v.Second}
	for _, s := range v.Intro {
		intro.Text = join(w.Get("sentence_gap"), intro.Text, s.Text)
		if w.second != nil {
			intro.Second = join(w.second.Get("sentence_gap"), intro.Second, s.Second)
		}
	}
	d.Paragraph(x.in(intro))

	d.Heading(3, w.label("obligation_legend"), document.HeadingOptions{NotInContents: true, Level: 2})
	t := document.Table{Continued: x.grid.Continued, Columns: []document.Column{
		x.column("obligation", 26), x.column("status_meaning_of", 0), x.column("total", 20)}}
	for _, o := range v.Obligations {
		t.Rows = append(t.Rows, document.Row{Cells: []document.Cell{x.obligation(o.ID, o.Word), x.cell(o.Meaning), count(o.Count)}})
	}
	d.Table(t)

	if len(v.Rules) > 0 {
		d.Heading(3, w.label("rules"), document.HeadingOptions{NotInContents: true, Level: 2})
		t := document.Table{Continued: x.grid.Continued, Columns: []document.Column{
			x.column("rule", 100), x.column("rule_reason", 0), x.column("rule_count", 28)}}
		for _, r := range v.Rules {
			t.Rows = append(t.Rows, document.Row{Cells: []document.Cell{x.cell(r.Text), x.cell(r.Reason), count(r.Count)}})
		}
		d.Table(t)
	}
	if len(v.ObligationRules) > 0 {
		d.Heading(3, w.label("obligation_rules"), document.HeadingOptions{NotInContents: true, Level: 2})
		t := document.Table{Continued: x.grid.Continued, Columns: []document.Column{
			x.column("rule", 100), x.column("obligation", 24), x.column("reason", 0)}}
		for _, r := range v.ObligationRules {
			t.Rows = append(t.Rows, document.Row{Cells: []document.Cell{x.cell(r.Text), x.obligation(r.ID, r.Word), x.cell(r.Note)}})
		}
		d.Table(t)
		d.Note(x.in(v.ObligationNote))
	}
	if len(v.Coverage) == 0 { // the guide treats no risks
		return
	}
	d.Heading(3, w.label("coverage"), document.HeadingOptions{NotInContents: true, Level: 2})
	ct := document.Table{Continued: x.grid.Continued, Columns: []document.Column{
		x.column("risk", 0), x.column("severity", 18), x.column("in_scope", 62), x.column("excluded", 42), x.column("not_selected", 62)}}
	for _, c := range v.Coverage {
		name := document.Inline{{Text: c.ID + "  ", Bold: true, Color: severityColor(c.Rank)}}
		if c.Treated {
			name[0].Link = "#risk:" + c.ID
		}
		name = append(name, x.in(c.Name)...)
		row := document.Row{Cells: []document.Cell{{Paragraphs: []document.Inline{name}}, x.cell(c.Severity)}}
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
	d.Note(x.word("coverage_note"))
}

func (x *sheetPDF) requirements() {
	d, w := x.d, x.w
	d.Heading(1, w.label("section_requirements"), document.HeadingOptions{ID: "requirements"})
	columns := []document.Column{x.column("requirement_id", 21), x.column("obligation", 22), x.column("requirement", 0),
		x.column("asked_by", 86), x.column("residual", 42)}
	if w.second != nil {
		columns = []document.Column{x.column("requirement_id", 19), x.column("obligation", 22),
			{Title: document.Strong(w.Get("requirement"))}, {Title: document.Strong(w.second.Get("requirement"))},
			x.column("asked_by", 60), x.column("residual", 36)}
	}
	noRisks := len(x.v.Coverage) == 0
	if noRisks { // nothing asks for a requirement but the profile
		columns = columns[:len(columns)-2]
	}
	t := document.Table{Continued: x.grid.Continued, Columns: columns}
	for _, c := range x.v.Clauses {
		title := join("  ", c.ID, w.line(c.Title))
		t.Rows = append(t.Rows, document.Row{KeepWithNext: true, Cells: []document.Cell{{Columns: len(columns), Head: true, Fill: document.Light,
			Paragraphs: []document.Inline{{{Text: title, Pos: c.Title.Pos}}}, ID: "clause:" + c.ID, Bookmark: title, BookmarkLevel: 2}}})
		for _, r := range c.Requirements {
			row := document.Row{Cells: []document.Cell{
				{Paragraphs: []document.Inline{document.Strong(r.ID)}, ID: "control:" + r.ID}, x.obligation(r.Obligation, r.Word)}}
			if r.Next != nil {
				row.Cells[0].Paragraphs = append(row.Cells[0].Paragraphs, x.changeWords(r.Next)...)
			}
			for _, y := range r.Wordings {
				row.Cells = append(row.Cells, document.Cell{Paragraphs: x.wording(y)})
			}
			if !noRisks {
				row.Cells = append(row.Cells, document.Cell{Paragraphs: x.askedBy(r), Small: true},
					document.Cell{Paragraphs: x.texts(r.Residuals, false), Bullets: len(r.Residuals) > 1, Small: true})
			}
			t.Rows = append(t.Rows, row)
		}
	}
	d.Table(t)
}

// changeWords says how a requirement differs from the last round.
func (x *sheetPDF) changeWords(n *nextRequirement) []document.Inline {
	var out []document.Inline
	for _, c := range n.Asks() {
		out = append(out, document.Inline{{Text: x.w.in(c.Text, document.LineSeparator), Bold: true, Small: true, Color: document.Accent, Link: "#changes"}})
	}
	return out
}

// changes lists what changed since the last round.
func (x *sheetPDF) changes() {
	d, n := x.d, x.v.Next
	d.Heading(1, x.w.label("section_changes"), document.HeadingOptions{ID: "changes"})
	d.Paragraph(x.in(x.w.say(func(w words) string {
		return w.With("changes_intro", "pack", n.Set.Pack.ID, "mark", w.Get("changes_mark_pdf"))
	})))
	if len(n.Changed) == 0 {
		d.Paragraph(x.word("changes_none"))
	} else {
		d.Space(3)
		t := document.Table{Continued: x.grid.Continued, Columns: []document.Column{
			x.column("requirement_id", 22), x.column("change_since", 46), x.column("previous_wording", 0), x.column("changed_wording", 0)}}
		for _, r := range n.Changed {
			var kinds []document.Inline
			for _, c := range r.Asks() {
				kinds = append(kinds, x.in(c.Text))
			}
			row := document.Row{Cells: []document.Cell{
				{Paragraphs: []document.Inline{{{Text: r.ID, Bold: true, Link: "#control:" + r.ID}}}}, {Paragraphs: kinds},
				document.TextCell("-"), x.cell(r.Now)}}
			if r.Old != "" {
				row.Cells[2].Paragraphs = []document.Inline{side(r.Segments, worddiff.Delete, 0x8F1D14)}
				row.Cells[3].Paragraphs = []document.Inline{side(r.Segments, worddiff.Insert, 0x175C2E)}
			}
			t.Rows = append(t.Rows, row)
		}
		d.Table(t)
	}
	if len(n.Removed) == 0 {
		return
	}
	d.Heading(2, x.w.label("changes_removed"), document.HeadingOptions{ID: "removed", Keep: 30})
	d.Space(3)
	t := document.Table{Continued: x.grid.Continued, Columns: []document.Column{
		x.column("requirement_id", 22), x.column("removed_reason", 90), x.column("previous_wording", 0)}}
	for _, r := range n.Removed {
		t.Rows = append(t.Rows, document.Row{Cells: []document.Cell{{Paragraphs: []document.Inline{document.Strong(r.Requirement)}},
			x.cell(r.Reason), document.TextCell(r.Asked)}})
	}
	d.Table(t)
}

// side is one side of a difference, with the words that the other lacks in bold.
func side(segs []worddiff.Segment, op worddiff.Op, ink document.Color) document.Inline {
	var out document.Inline
	for _, s := range segs {
		switch s.Op {
		case worddiff.Equal:
			out = append(out, document.Span{Text: s.Text})
		case op:
			out = append(out, document.Span{Text: s.Text, Bold: true, Color: ink})
		}
	}
	return out
}

// wording is all that a requirement says in one language.
func (x *sheetPDF) wording(y *wordingView) []document.Inline {
	var out []document.Inline
	w := x.w.of(y.Lang)
	if y.Title.Text != "" {
		title := x.inColumn(y.Lang, y.Title)
		title[0].Bold = true
		out = append(out, title)
	}
	statement := x.inColumn(y.Lang, y.Statement)
	lines := strings.Split(statement[0].Text, "\n")
	for i, line := range lines { // the items of a statement
		text := strings.TrimLeft(line, "\u00A0")
		line = strings.Repeat("\u3000", (len(line)-len(text))/len("\u00A0")/2) + text
		in := document.Inline{{Text: line, Pos: y.Statement.Pos}}
		if i == len(lines)-1 {
			in = append(in, statement[1:]...)
		}
		out = append(out, in)
	}
	for _, list := range [][]labelled{y.Additions, y.Variants} {
		for _, z := range list {
			out = append(out, append(document.Inline{{Text: z.Label + w.Get("colon"), Bold: true, Color: document.Accent}}, x.inColumn(y.Lang, z.Text)...))
		}
	}
	for _, z := range y.Why {
		out = append(out, x.small(append(document.Inline{{Text: z.Label + w.Get("colon")}}, x.inColumn(y.Lang, z.Text)...)))
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
		return []document.Inline{x.word("own_reason")}
	}
	var out []document.Inline
	for _, a := range r.AskedBy {
		line := append(document.Inline{{Text: a.ID + " ", Bold: true, Link: "#risk:" + a.ID}}, x.in(a.Name)...)
		for i, m := range a.Measures {
			sep := x.w.Get("list_comma")
			switch {
			case i == 0 && a.Name.Other() != "":
				sep = document.LineSeparator
			case i == 0:
				sep = x.w.Get("colon")
			}
			line = append(line, document.Span{Text: sep}, document.Span{Text: m.ID, Link: "#measure:" + m.ID})
			if m.Word.Text != "" {
				line = append(line, document.Span{Text: x.w.parens(m.Word.line()), Small: true, Color: document.Muted})
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
		d.Heading(1, w.label("section_tables"), document.HeadingOptions{ID: "tables", Hidden: true})
	}
	name := w.line(t.Name)
	full := join(" ", t.ID, name)
	d.Heading(1, name, document.HeadingOptions{ID: "risk:" + t.ID, Level: 2, Section: full, Bookmark: full,
		Badge: t.ID, BadgeColor: severityColor(t.Rank), Keep: 40})
	d.Note(document.Inline{{Text: w.label("severity") + "  "}, {Text: t.Severity.line(), Bold: true, Color: severityColor(t.Rank)}})
	for _, p := range t.Description {
		d.Paragraph(x.in(p))
	}
	for _, p := range t.Notes {
		d.Note(x.named(w.label("note"), p))
	}
	if t.LeftOut {
		d.Note(x.in(w.say(func(x words) string { return x.With("left_out_pdf", "mark", x.Get("left_out")) })))
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
	d.Heading(1, w.say(func(w words) string { return w.labelled(w.Get("annex"), w.Get("section_exclusions")) }).line(),
		document.HeadingOptions{ID: "exclusions", Section: w.label("section_exclusions")})
	if len(v.Exclusions) == 0 {
		d.Paragraph(x.word("exclusions_none"))
	} else {
		d.Paragraph(x.word("exclusions_intro"))
		d.Space(3)
		t := document.Table{Continued: x.grid.Continued, Columns: []document.Column{
			x.column("number", 11), x.column("excluded_what", 38), x.column("exclusion_reason", 62),
			x.column("excluded_content", 74), x.column("exclusion_effect", 0)}}
		for _, e := range v.Exclusions {
			t.Rows = append(t.Rows, document.Row{Cells: []document.Cell{
				{Paragraphs: []document.Inline{document.Strong(strconv.Itoa(e.Number))}, Align: document.Center},
				x.cell(e.What),
				{Paragraphs: []document.Inline{bold(x.in(e.Reason))}},
				{Paragraphs: x.excluded(e), Small: true},
				{Paragraphs: x.effects(e), Small: true},
			}})
		}
		d.Table(t)
	}
	if len(v.Gaps) > 0 {
		d.Heading(2, w.label("section_gaps"), document.HeadingOptions{ID: "gaps", Keep: 30})
		d.Paragraph(x.word("gaps_intro"))
		d.List(false, x.texts(v.Gaps, true)...)
	}
	d.Heading(2, w.label("not_selected_title"), document.HeadingOptions{ID: "not-selected", Keep: 60})
	if len(v.NotSelected) == 0 {
		d.Paragraph(x.word("not_selected_none"))
		return
	}
	d.Paragraph(x.word("not_selected_intro"))
	d.Space(3)
	t := document.Table{Continued: x.grid.Continued, Columns: []document.Column{x.column("risk", 72), x.column("measure", 0)}}
	if v.Standard {
		// They may be hundreds: the page of the pack has their titles.
		t.Columns = []document.Column{x.column("clause", 72), x.column("controls", 0)}
		for _, c := range v.NotSelected {
			name := append(document.Inline{{Text: c.ID + "  ", Bold: true}}, x.in(c.Name)...)
			t.Rows = append(t.Rows, document.Row{Cells: []document.Cell{{Paragraphs: []document.Inline{name}}, {Paragraphs: []document.Inline{document.Plain(w.list(c.NotSelected))}}}})
		}
		d.Table(t)
		return
	}
	for _, c := range v.NotSelected {
		name := append(document.Inline{{Text: c.ID + "  ", Bold: true, Color: severityColor(c.Rank)}}, x.in(c.Name)...)
		t.Rows = append(t.Rows, document.Row{Cells: []document.Cell{{Paragraphs: []document.Inline{name}}, {Paragraphs: x.texts(c.NotSelected, true)}}})
	}
	d.Table(t)
}

// excluded says what an exclusion leaves out.
func (x *sheetPDF) excluded(e *exclusionView) []document.Inline {
	out := append(x.texts(e.Measures, true), x.texts(e.Direct, true)...)
	for _, c := range e.Citations {
		if c.Full.Other() != "" {
			out = append(out, x.in(c.Full))
			continue
		}
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
		out = append(out, document.Inline{{Text: x.w.label(word), Bold: true, Color: document.Accent}})
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

// bold sets a text in bold.
func bold(in document.Inline) document.Inline {
	for i := range in {
		in[i].Bold = true
	}
	return in
}
