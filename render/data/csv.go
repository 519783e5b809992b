package data

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"riskguide/catalog"
)

// Table is a table of plain texts. All rows are as long as Columns.
type Table struct {
	Name    string // file stem, such as "measure-controls"
	Columns []string
	Rows    [][]string
}

// Tables arranges the document as tables: one a kind of thing, one a relation
// between two kinds ("measure-controls": one row a citation). A text takes a
// column a language, named like "text_en"; lists of ids stand in one cell,
// separated by spaces; paragraphs are separated by an empty line. Column "n"
// counts from 1 in what is before it. docs/data.md describes every column. See
// also [Document.GuideTable].
func (d *Document) Tables() []Table {
	b := &tables{d: d, langs: d.Guide.Languages}
	b.guide()
	b.risks()
	b.controls()
	b.relations()
	b.tailoring()
	return b.out
}

// GuideTable says what all risk tables say in one, "guide-table": one row a row of
// a risk and control of its measure, with the texts as they are printed, for
// filters and pivot tables. It says nothing that [Document.Tables] do not say, and
// is several times as large as all of them.
func (d *Document) GuideTable() Table {
	b := &tables{d: d, langs: d.Guide.Languages}
	b.whole()
	return b.out[0]
}

// tables makes tables.
type tables struct {
	d     *Document
	langs []catalog.Lang
	out   []Table
}

// add begins a table. A column that ends in "_" is one a language. The result
// enters a row; its values are strings, bools, ints, lists of ids, and texts for
// columns by language.
func (b *tables) add(name string, columns ...string) func(values ...any) {
	t := Table{Name: name, Rows: [][]string{}}
	for _, c := range columns {
		if !strings.HasSuffix(c, "_") {
			t.Columns = append(t.Columns, c)
			continue
		}
		for _, l := range b.langs {
			t.Columns = append(t.Columns, c+string(l))
		}
	}
	i := len(b.out)
	b.out = append(b.out, t)
	return func(values ...any) {
		row := make([]string, 0, len(t.Columns))
		for _, v := range values {
			switch v := v.(type) {
			case string:
				row = append(row, v)
			case int:
				row = append(row, strconv.Itoa(v))
			case bool:
				row = append(row, strconv.FormatBool(v))
			case []string:
				row = append(row, strings.Join(v, " "))
			case Text:
				for _, l := range b.langs {
					row = append(row, v[l])
				}
			case []Text:
				for _, l := range b.langs {
					row = append(row, paragraphs(v, l))
				}
			default:
				panic(fmt.Sprintf("data: a cell cannot hold %T", v))
			}
		}
		b.out[i].Rows = append(b.out[i].Rows, row)
	}
}

// paragraphs joins what is said in a language. Its parts keep their places only
// as far as all are translated.
func paragraphs(ts []Text, l catalog.Lang) string {
	var parts []string
	for _, t := range ts {
		if t[l] != "" {
			parts = append(parts, t[l])
		}
	}
	return strings.Join(parts, "\n\n")
}

func words[T ~string](xs []T) []string { return each(xs, func(x T) string { return string(x) }) }

func (b *tables) guide() {
	d, g := b.d, b.d.Guide
	b.add("guide", "id", "edition", "date", "languages", "page_order", "clause_order", "title_", "subtitle_", "publisher_", "rights_", "layer_model_")(
		g.ID, g.Edition, g.Date, words(g.Languages), g.PageOrder, g.ClauseOrder, g.Title, g.Subtitle, g.Publisher, g.Rights, g.LayerModel)
	row := b.add("severities", "id", "letter", "name_")
	for _, s := range d.Severities {
		row(s.ID, s.Letter, s.Name)
	}
	row = b.add("layers", "id", "parent", "in_scope", "cross_layer", "name_", "description_")
	for _, l := range d.Layers {
		row(l.ID, l.Parent, l.InScope, l.CrossLayer, l.Name, l.Description)
	}
	row = b.add("columns", "id", "name_", "description_")
	for _, c := range d.Columns {
		row(string(c.ID), c.Name, c.Description)
	}
	row = b.add("pages", "id", "title_", "body_")
	for _, p := range d.Pages {
		row(p.ID, p.Title, p.Body)
	}
	row = b.add("references", "id", "url", "text_", "note_")
	for _, r := range d.References {
		row(r.ID, r.URL, r.Text, r.Note)
	}
	row = b.add("editions", "edition", "date", "editorial", "summary_")
	for _, e := range d.Editions {
		row(e.Edition, e.Date, e.Editorial, e.Summary)
	}
	row = b.add("retired", "id", "edition", "replaced_by", "reason_")
	for _, r := range d.Retired {
		row(r.ID, r.Edition, r.ReplacedBy, r.Reason)
	}
}

func (b *tables) risks() {
	risk := b.add("risks", "id", "severity", "added_by_group", "enisa", "not_applicable", "name_", "description_", "notes_")
	for _, r := range b.d.Risks {
		risk(r.ID, r.Severity, r.AddedByGroup, each(r.ENISA, strconv.Itoa), r.NotApplicable, r.Name, r.Description, r.Notes)
	}
	for _, kind := range []struct {
		name string
		of   func(Risk) []Statement
	}{
		{"objectives", func(r Risk) []Statement { return r.Objectives }},
		{"threats", func(r Risk) []Statement { return r.Threats }},
		{"residuals", func(r Risk) []Statement { return r.Residuals }},
	} {
		row := b.add(kind.name, "id", "risk", "text_")
		for _, r := range b.d.Risks {
			for _, s := range kind.of(r) {
				row(s.ID, r.ID, s.Text)
			}
		}
	}
	measure := b.add("measures", "id", "risk", "wording_of", "controls_of", "layers", "tags", "gaps", "text_")
	for _, r := range b.d.Risks {
		for _, m := range r.Measures {
			measure(m.ID, r.ID, m.WordingOf, m.ControlsOf, m.Layers, m.Tags, words(m.Gaps), m.Text)
		}
	}
	row := b.add("rows", "risk", "row", "layer", "objective", "measure", "remark_")
	for _, r := range b.d.Risks {
		for i, x := range r.Rows {
			row(r.ID, i+1, x.Layer, x.Objective, x.Measure, x.Remark)
		}
	}
}

func (b *tables) controls() {
	clause := b.add("clauses", "id", "title_")
	control := b.add("controls", "id", "clause", "label", "parent", "related", "cited_by", "title_", "statement_", "wording_", "guidance_")
	item := b.add("control-items", "control", "item", "label", "text_")
	reference := b.add("control-references", "control", "n", "reference")
	parameter := b.add("control-parameters", "control", "n", "parameter", "default", "many", "label_", "guidance_")
	choice := b.add("parameter-choices", "control", "parameter", "n", "text_")
	var items func(control, before string, list []Item)
	items = func(control, before string, list []Item) {
		for i, x := range list {
			n := before + strconv.Itoa(i+1)
			item(control, n, x.Label, x.Text)
			items(control, n+".", x.Items)
		}
	}
	for _, cl := range b.d.Clauses {
		clause(cl.ID, cl.Title)
		for _, c := range cl.Controls {
			control(c.ID, cl.ID, c.Label, c.Parent, c.Related, c.CitedBy, c.Title, c.Statement, c.Wording, c.Guidance)
			items(c.ID, "", c.Items)
			for i, r := range c.References {
				reference(c.ID, i+1, r)
			}
			for i, p := range c.Parameters {
				parameter(c.ID, i+1, p.ID, p.Default, p.Many, p.Label, p.Guidance)
				for k, x := range p.Choices {
					choice(c.ID, p.ID, k+1, x)
				}
			}
		}
	}
	vulnerability := b.add("vulnerabilities", "id", "cited_by", "label_")
	for _, v := range b.d.Vulnerabilities {
		vulnerability(v.ID, v.CitedBy, v.Label)
	}
}

func (b *tables) relations() {
	control := b.add("measure-controls", "measure", "n", "control", "variant_", "note_")
	residual := b.add("measure-residuals", "measure", "n", "residual")
	threat := b.add("row-threats", "risk", "row", "n", "threat")
	vulnerability := b.add("row-vulnerabilities", "risk", "row", "n", "vulnerability", "variant_", "note_")
	for _, r := range b.d.Risks {
		for _, m := range r.Measures {
			for i, c := range m.Controls {
				control(m.ID, i+1, c.ID, c.Variant, c.Note)
			}
			for i, id := range m.Residuals {
				residual(m.ID, i+1, id)
			}
		}
		for k, row := range r.Rows {
			for i, id := range row.Threats {
				threat(r.ID, k+1, i+1, id)
			}
			for i, c := range row.Vulnerabilities {
				vulnerability(r.ID, k+1, i+1, c.ID, c.Variant, c.Note)
			}
		}
	}
}

// whole makes the table of [Document.GuideTable].
func (b *tables) whole() {
	ix := b.d.index()
	line := b.add("guide-table", "risk", "row", "severity", "layer", "objective", "threats", "vulnerabilities", "measure", "control", "residuals",
		"risk_name_", "layer_name_", "objective_text_", "threats_text_", "vulnerabilities_label_", "measure_text_", "control_statement_", "control_note_", "residuals_text_", "remark_")
	for _, r := range b.d.Risks {
		for i, row := range r.Rows {
			var weaknesses []Text
			for _, c := range row.Vulnerabilities {
				weaknesses = append(weaknesses, c.label(ix.vulnerabilities[c.ID], b.langs))
			}
			m := ix.measures[row.Measure]
			if m == nil {
				m = &Measure{}
			}
			controls := m.Controls
			if len(controls) == 0 {
				controls = []Citation{{}}
			}
			for _, c := range controls {
				statement := c.Variant
				if statement == nil {
					statement = ix.controls[c.ID]
				}
				line(r.ID, i+1, r.Severity, row.Layer, row.Objective, row.Threats, each(row.Vulnerabilities, func(c Citation) string { return c.ID }),
					row.Measure, c.ID, m.Residuals, r.Name, ix.layers[row.Layer], ix.statements[row.Objective],
					lines(each(row.Threats, ix.statement), b.langs), lines(weaknesses, b.langs), m.Text, statement, c.Note,
					lines(each(m.Residuals, ix.statement), b.langs), row.Remark)
			}
		}
	}
}

// label is the wording of a citation: the variant or the label, and the note in
// parentheses behind it.
func (c Citation) label(label Text, langs []catalog.Lang) Text {
	if c.Variant != nil {
		label = c.Variant
	}
	if c.Note == nil {
		return label
	}
	out := Text{}
	for _, l := range langs {
		switch {
		case label[l] == "":
		case c.Note[l] == "":
			out[l] = label[l]
		case l == catalog.Japanese:
			out[l] = label[l] + "（" + c.Note[l] + "）"
		default:
			out[l] = label[l] + " (" + c.Note[l] + ")"
		}
	}
	return out
}

// lines puts texts below one another.
func lines(ts []Text, langs []catalog.Lang) Text {
	out := Text{}
	for _, l := range langs {
		var parts []string
		for _, t := range ts {
			if t[l] != "" {
				parts = append(parts, t[l])
			}
		}
		if len(parts) > 0 {
			out[l] = strings.Join(parts, "\n")
		}
	}
	return out
}

func (b *tables) tailoring() {
	t := b.d.Tailoring
	if t == nil {
		return
	}
	b.add("tailoring", "profile", "pack", "fingerprint", "due", "languages", "not_selected", "without_controls", "title_", "organisation_", "supplier_", "service_")(
		t.Profile, t.Pack, t.Fingerprint, t.Due, words(t.Languages), t.NotSelected, t.WithoutControls, t.Title, t.Organisation, t.Supplier, t.Service)
	req := b.add("requirements", "id", "control", "obligation", "asked_by", "risks", "residuals", "title_", "statement_", "additions_", "reason_", "obligation_notes_")
	wording := b.add("requirement-wordings", "requirement", "kind", "measures", "text_")
	value := b.add("requirement-values", "requirement", "parameter", "value", "open")
	asked := b.add("requirement-measures", "requirement", "measure", "obligation")
	for _, r := range t.Requirements {
		req(r.ID, r.Control, string(r.Obligation), each(r.AskedBy, func(a Asking) string { return a.Measure }), r.Risks, r.Residuals,
			r.Title, r.Statement, r.Additions, r.Reason, r.ObligationNotes)
		for _, w := range r.Variants {
			wording(r.ID, "variant", w.Measures, w.Text)
		}
		for _, w := range r.Notes {
			wording(r.ID, "note", w.Measures, w.Text)
		}
		for _, v := range r.Values {
			value(r.ID, v.Parameter, v.Value, v.Open)
		}
		for _, a := range r.AskedBy {
			asked(r.ID, a.Measure, string(a.Obligation))
		}
	}
	excluded := b.add("exclusions", "n", "measures", "direct", "controls", "requirements", "reason_")
	citation := b.add("exclusion-citations", "exclusion", "measure", "control")
	for i, x := range t.Exclusions {
		excluded(i+1, x.Measures, x.Direct, x.Controls, x.Requirements, x.Reason)
		for _, c := range x.Citations {
			citation(i+1, c.Measure, c.Control)
		}
	}
}

// index finds texts by id.
type index struct {
	layers, controls, vulnerabilities, statements map[string]Text
	parameters                                    map[string][]Parameter
	enhancements                                  map[string][]string // by the control that they enhance
	measures                                      map[string]*Measure
}

func (ix *index) statement(id string) Text { return ix.statements[id] }

func (d *Document) index() *index {
	ix := &index{map[string]Text{}, map[string]Text{}, map[string]Text{}, map[string]Text{}, map[string][]Parameter{}, map[string][]string{}, map[string]*Measure{}}
	for _, l := range d.Layers {
		ix.layers[l.ID] = l.Name
	}
	for _, cl := range d.Clauses {
		for i := range cl.Controls {
			c := &cl.Controls[i]
			ix.controls[c.ID], ix.parameters[c.ID] = c.whole(), c.Parameters
			if c.Parent != "" {
				ix.enhancements[c.Parent] = append(ix.enhancements[c.Parent], c.ID)
			}
		}
	}
	for _, v := range d.Vulnerabilities {
		ix.vulnerabilities[v.ID] = v.Label
	}
	for i := range d.Risks {
		r := &d.Risks[i]
		for _, s := range slices.Concat(r.Objectives, r.Threats, r.Residuals) {
			ix.statements[s.ID] = s.Text
		}
		for j := range r.Measures {
			ix.measures[r.Measures[j].ID] = &r.Measures[j]
		}
	}
	return ix
}

// CSVOptions say how a table is written.
type CSVOptions struct {
	// BOM puts a byte order mark before the first column, by which Excel knows
	// that the file is UTF-8.
	BOM bool
	// Raw writes texts as they are even where a spreadsheet would take them
	// for a formula.
	Raw bool
}

// BOM is the byte order mark in UTF-8.
const BOM = "\ufeff"

// CSV writes the table after RFC 4180: a line of column names, records that end
// in CR LF, fields in quotes where they need them. A line break in a field is
// kept as it is.
//
// A spreadsheet takes a cell that begins with =, +, -, @, a tab or a line break
// for a formula, also in quotes, and formulas can send data away. Unless
// [CSVOptions].Raw is set, such a text gets an apostrophe before it. So does a
// text that has one already before such a character; dropping one apostrophe
// before apostrophes and such a character gives every text back ([Unquote]).
// escaped counts the texts that got one.
func (t Table) CSV(opts CSVOptions) (csv []byte, escaped int) {
	var b []byte
	if opts.BOM {
		b = append(b, BOM...)
	}
	record := func(fields []string) {
		for i, f := range fields {
			if i > 0 {
				b = append(b, ',')
			}
			if !opts.Raw && isFormula(f) {
				f = "'" + f
				escaped++
			}
			if !strings.ContainsAny(f, ",\"\r\n") && f == strings.TrimSpace(f) {
				b = append(b, f...)
				continue
			}
			b = append(b, '"')
			b = append(b, strings.ReplaceAll(f, `"`, `""`)...)
			b = append(b, '"')
		}
		b = append(b, "\r\n"...)
	}
	record(t.Columns)
	for _, row := range t.Rows {
		record(row)
	}
	return b, escaped
}

// isFormula reports whether a spreadsheet might calculate the cell, or whether
// that is so without the apostrophes and spaces before it. Full-width signs are
// read as the usual ones by Japanese spreadsheets.
func isFormula(s string) bool {
	r, n := utf8.DecodeRuneInString(strings.TrimLeft(s, "' \u00a0\u3000\ufeff"))
	return n > 0 && strings.ContainsRune("=+-@\t\r\n＝＋－＠", r)
}

// Unquote gives back a text that [Table.CSV] put an apostrophe before.
func Unquote(s string) string {
	if strings.HasPrefix(s, "'") && isFormula(s) {
		return s[1:]
	}
	return s
}
