// Package workbook writes the workbook of the whole catalog: a cover, how to
// read, the list of risks, one sheet a risk with its table merged as printed, all
// measures as one flat table, and indexes of controls and vulnerabilities.
//
// The flat sheets are real Excel tables without merged cells; the sheets of risks
// follow the grid of package riskguide/render/table. Ids are links: a control's
// leads from a risk's table and from the flat table to the index, a measure's
// from its risk's table to the flat table and back. How cells, heights and fonts
// are written is told in package riskguide/render/workbook/sheet.
//
// The fixed texts are the words of templates/workbook.
package workbook

import (
	"context"
	"strconv"
	"strings"

	"riskguide/catalog"
	"riskguide/render"
	"riskguide/render/table"
	"riskguide/render/workbook/sheet"
	"riskguide/templates"
)

// WordsDir is where the templates hold the words of this format.
const WordsDir = "workbook"

// Render writes the catalog's workbook to the sink, as [render.CatalogWorkbook].
// It returns an error where the words cannot be read, the sink fails or ctx is
// done; what a workbook cannot hold is reported through opts.Warn.
func Render(ctx context.Context, cat *catalog.Catalog, opts render.Options, sink render.Sink) error {
	words, err := templates.LoadWords(opts.Templates, WordsDir, opts.Lang)
	if err != nil {
		return err
	}
	w := newWriter(cat, opts, words)
	defer w.book.Close()
	w.cover()
	w.howTo()
	if !cat.Guide.TreatsRisks() {
		w.standard()
		data, err := w.book.Bytes(ctx)
		if err != nil {
			return err
		}
		return sink.Put(render.CatalogWorkbook(), data)
	}
	w.riskList()
	for _, r := range cat.Risks {
		if err := ctx.Err(); err != nil {
			return err
		}
		w.riskSheet(r)
	}
	w.allMeasures()
	w.controlIndex()
	w.vulnerabilityIndex()
	data, err := w.book.Bytes(ctx)
	if err != nil {
		return err
	}
	return sink.Put(render.CatalogWorkbook(), data)
}

// writer is one rendering.
type writer struct {
	cat   *catalog.Catalog
	opts  render.Options
	words templates.Words
	book  *sheet.Book
	page  sheet.Page // header and footer of every sheet
	table sheet.TableWords
	tones map[*catalog.Severity]sheet.Tone
	// shown holds the measures of the catalog, which may be a view of a
	// larger one: ids of others are no links.
	shown map[*catalog.Measure]bool
	names map[string]string // of the sheets, by the key of the word
}

func newWriter(cat *catalog.Catalog, opts render.Options, words templates.Words) *writer {
	w := &writer{cat: cat, opts: opts, words: words, tones: map[*catalog.Severity]sheet.Tone{}, shown: map[*catalog.Measure]bool{}}
	g := cat.Guide
	for i, s := range g.Severities {
		w.tones[s] = sheet.SeverityTone(i, len(g.Severities))
	}
	for _, m := range cat.Measures() {
		w.shown[m] = true
	}
	title, publisher := w.text(g.Title), w.text(g.Publisher)
	w.book = sheet.New(sheet.Properties{
		Title: title, Subject: w.text(g.Subtitle), Creator: publisher, Description: w.text(g.Rights),
		Version: g.Edition, Language: opts.Lang, Created: opts.Date,
		Tool: strings.TrimSpace("riskguide " + opts.ToolVersion),
	}, opts.Warn)
	fill := func(key string) string {
		return w.word(key, "title", title, "edition", g.Edition, "publisher", publisher)
	}
	w.page = sheet.Page{HeaderLeft: fill("header.left"), HeaderRight: fill("header.right"),
		FooterLeft: fill("footer.left"), FooterRight: fill("footer.right")}
	w.table = sheet.TableWords{
		NotApplicable:   words.Get("mark.na"),
		MissingMeasure:  words.Get("mark.missing.measure"),
		MissingControls: words.Get("mark.missing.controls"),
		MissingResidual: words.Get("mark.missing.residual"),
		Bullet:          words.Get("mark.bullet"),
		Open:            words.Get("mark.open"),
		Close:           words.Get("mark.close"),
	}
	w.names = map[string]string{}
	for _, k := range []string{"cover", "howto", "risks", "measures", "controls", "vulnerabilities"} {
		w.names[k] = words.Get("sheet." + k)
	}
	return w
}

// text returns the wording in the workbook's language.
func (w *writer) text(t catalog.Text) string {
	s, _ := w.cat.Text(t, w.opts.Lang)
	return s
}

// styled returns the wording and the style for it: muted where the translation
// is missing.
func (w *writer) styled(t catalog.Text, st sheet.Style) (string, sheet.Style) {
	s, l := w.cat.Text(t, w.opts.Lang)
	if s != "" && l != w.opts.Lang {
		st.Color = sheet.Muted
	}
	return s, st
}

// filled returns the wording of a control with the default values of its
// parameters, or their labels, in the places where they stand as {id}.
func (w *writer) filled(c *catalog.Control, text string) string {
	return c.Fill(text, func(p *catalog.Parameter) string {
		if p.Default != "" {
			return p.Default
		}
		return w.word("parameter-open", "label", p.Blank(w.text))
	})
}

// word returns a word with its placeholders filled in.
func (w *writer) word(key string, pairs ...string) string { return w.words.With(key, pairs...) }

// The names of places that links lead to.
func riskMark(id string) string          { return "risk:" + id }
func measureMark(id string) string       { return "measure:" + id }
func flatMark(id string) string          { return "flat:" + id }
func controlMark(id string) string       { return "control:" + id }
func vulnerabilityMark(id string) string { return "vulnerability:" + id }
func sheetMark(key string) string        { return "sheet:" + key }

// addSheet adds one of the sheets that are named by words.
func (w *writer) addSheet(key string) *sheet.Sheet {
	sh := w.book.AddSheet(w.names[key], w.page)
	sh.Mark(sheetMark(key), 1, 1)
	return sh
}

// enisa tells how a risk relates to the ENISA 2009 list.
func (w *writer) enisa(r *catalog.Risk) string {
	if r.AddedByGroup {
		return w.words.Get("enisa.added")
	}
	if len(r.ENISA) == 0 {
		return w.words.Get("enisa.none")
	}
	parts := make([]string, len(r.ENISA))
	for i, n := range r.ENISA {
		parts[i] = w.word("enisa", "number", strconv.Itoa(n))
	}
	return strings.Join(parts, w.words.Get("mark.separator"))
}

// riskSheet writes the sheet of one risk.
func (w *writer) riskSheet(r *catalog.Risk) {
	g := table.Build(w.cat, r, table.Options{
		Lang: w.opts.Lang,
		Statement: func(_ *catalog.Measure, c catalog.ControlCitation, text string) (string, bool) {
			return w.filled(c.Control, text), false
		},
	})
	page := w.page
	page.TabColor = w.tones[r.Severity].Strong
	sh := w.book.AddSheet(r.ID, page)
	sh.SetColumns(sheet.RiskTableWidths(g)...)
	sh.Mark(riskMark(r.ID), 1, 1)

	severity := w.text(r.Severity.Name)
	badge := sheet.Style{Size: sheet.TextSize, Bold: true, Color: sheet.HeaderInk, Fill: w.tones[r.Severity].Strong,
		Align: sheet.Center, VAlign: sheet.Middle}
	sh.Box(1, 1, 1, 2, w.word("risk.severity", "severity", severity), badge, catalog.Position{})
	name, title := w.styled(r.Name, sheet.Style{Size: sheet.TitleSize, Bold: true, VAlign: sheet.Middle, Indent: 1})
	sh.Box(1, 3, 1, 7, r.ID+"  "+name, title, r.Name.Pos)
	back := sheet.Style{Color: sheet.LinkColor, Underline: true, Align: sheet.Right, VAlign: sheet.Middle}
	sh.Box(1, 10, 1, 2, w.word("risk.back", "risks", w.names["risks"]), back, catalog.Position{})
	sh.Link(1, 10, sheetMark("risks"), "")
	sh.Height(1, 27)

	about := w.about(r)
	height := 0.0
	for _, a := range about {
		height += sh.TextHeight(3, 9, a.text, a.style)
	}
	row := 2
	// What stands above the table stays in sight with its header, so it must
	// leave most of a small screen to the table; longer texts stand below.
	above := height <= maxFrozen
	if above {
		row = w.writeAbout(sh, row, about)
	}
	sh.FixHeight(row, 6)
	ext := sh.RiskTable(row+1, sheet.RiskTable{
		Grid: g, Lang: w.opts.Lang, Words: w.table,
		MeasureMark: measureMark,
		MeasureLink: w.flatLink,
		ControlLink: controlMark,
	})
	if !above {
		sh.FixHeight(ext.Last+1, 12)
		w.writeAbout(sh, ext.Last+2, about)
	}
	sh.Freeze(ext.HeaderLast, 0)
	sh.RepeatRows(ext.HeaderFirst, ext.HeaderLast)
	sh.Close()
}

// maxFrozen is the height in points that a risk's description may take above its
// table: with title and header some 200 points, 40 % of a small screen.
const maxFrozen = 130

// aboutLine is a paragraph about a risk; label is empty where it continues the
// one before.
type aboutLine struct {
	label, text string
	style       sheet.Style
	pos         catalog.Position
}

func (w *writer) about(r *catalog.Risk) []aboutLine {
	var out []aboutLine
	add := func(label string, texts []catalog.Text) {
		for i, t := range texts {
			text, st := w.styled(t, sheet.Style{})
			l := aboutLine{text: text, style: st, pos: t.Pos}
			if len(texts) > 1 {
				l.text = w.table.Bullet + text
			}
			if i == 0 {
				l.label = label
			}
			out = append(out, l)
		}
	}
	add(w.words.Get("risk.description"), r.Description)
	add(w.words.Get("risk.notes"), r.Notes)
	return append(out, aboutLine{label: w.words.Get("risk.enisa"), text: w.enisa(r)})
}

// writeAbout writes the paragraphs from row on and returns the row after them.
func (w *writer) writeAbout(sh *sheet.Sheet, row int, about []aboutLine) int {
	label := sheet.Style{Bold: true, Color: sheet.Muted, Fill: sheet.Paper}
	for i := 0; i < len(about); {
		n := 1
		for i+n < len(about) && about[i+n].label == "" {
			n++
		}
		sh.Box(row, 1, n, 2, about[i].label, label, catalog.Position{})
		for k, a := range about[i : i+n] {
			a.style.Fill = sheet.Paper
			sh.Box(row+k, 3, 1, 9, a.text, a.style, a.pos)
		}
		row += n
		i += n
	}
	return row
}

// flatLink returns the place of a measure in the flat table, or "" where the
// catalog, being a view of a larger one, does not hold it.
func (w *writer) flatLink(measureID string) string {
	if !w.shown[w.cat.Measure(measureID)] {
		return ""
	}
	return flatMark(measureID)
}
