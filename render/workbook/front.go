package workbook

import (
	"strconv"

	"riskguide/catalog"
	"riskguide/render/workbook/sheet"
)

var none catalog.Position

// cover writes the cover with the table of contents.
func (w *writer) cover() {
	g := w.cat.Guide
	sh := w.addSheet("cover")
	sh.SetColumns(30, 150, 560, 30)
	sh.FixHeight(1, 60)
	title, st := w.styled(g.Title, sheet.Style{Size: sheet.CoverSize, Bold: true, VAlign: sheet.Bottom})
	sh.Box(2, 2, 1, 2, title, st, g.Title.Pos)
	row := 3
	if !g.Subtitle.IsZero() {
		sub, st := w.styled(g.Subtitle, sheet.Style{Size: sheet.TitleSize, Color: sheet.Muted})
		sh.Box(row, 2, 1, 2, sub, st, g.Subtitle.Pos)
		row++
	}
	// The accent is a filled strip, which prints the same everywhere.
	sh.FixHeight(row, 6)
	row++
	sh.Blank(row, 2, 1, 2, sheet.Style{Fill: sheet.HeaderFill})
	sh.FixHeight(row, 3)
	row++
	sh.FixHeight(row, 12)
	row++
	label := sheet.Style{Size: sheet.TextSize, Color: sheet.Muted}
	fact := func(key, value string, pos catalog.Position) {
		if value == "" {
			return
		}
		sh.Text(row, 2, w.words.Get(key), label)
		sh.TextAt(row, 3, value, sheet.Style{Size: sheet.TextSize}, pos)
		row++
	}
	fact("cover.edition", w.word("edition", "edition", g.Edition), none)
	if !g.Date.IsZero() {
		fact("cover.date", g.Date.Format(w.words.Get("date")), none)
	}
	fact("cover.publisher", w.text(g.Publisher), g.Publisher.Pos)
	fact("cover.rights", w.text(g.Rights), g.Rights.Pos)
	sh.FixHeight(row, 24)
	row++
	w.heading(sh, row, w.words.Get("cover.contents"))
	row++
	edge := sheet.Edges{Bottom: sheet.Hair}
	entry := func(name, to, key string, pairs ...string) {
		sh.Text(row, 2, name, sheet.Style{Size: sheet.TextSize, Color: sheet.LinkColor, Underline: true, VAlign: sheet.Middle, Edges: edge})
		sh.Link(row, 2, to, "")
		sh.Text(row, 3, w.word(key, pairs...), sheet.Style{Size: sheet.TextSize, VAlign: sheet.Middle, Edges: edge})
		row++
	}
	howto := "cover.howto"
	if !g.TreatsRisks() {
		howto = "cover.howto-standard"
	}
	entry(w.names["howto"], sheetMark("howto"), howto)
	if !g.TreatsRisks() {
		entry(w.names["controls"], sheetMark("controls"), "cover.standard", "controls", strconv.Itoa(len(w.cat.Controls())))
		sh.Close()
		return
	}
	entry(w.names["risks"], sheetMark("risks"), "cover.risks", "risks", strconv.Itoa(len(w.cat.Risks)))
	if n := len(w.cat.Risks); n > 0 {
		first, last := w.cat.Risks[0].ID, w.cat.Risks[n-1].ID
		name := first
		if n > 1 {
			name = first + " – " + last
		}
		entry(name, riskMark(first), "cover.risk-sheets")
	}
	citations := 0
	for _, m := range w.cat.Measures() {
		citations += max(len(m.Controls.Citations), 1)
	}
	entry(w.names["measures"], sheetMark("measures"), "cover.measures",
		"measures", strconv.Itoa(len(w.cat.Measures())), "citations", strconv.Itoa(citations))
	entry(w.names["controls"], sheetMark("controls"), "cover.controls", "controls", strconv.Itoa(len(w.cat.Controls())))
	entry(w.names["vulnerabilities"], sheetMark("vulnerabilities"), "cover.vulnerabilities",
		"vulnerabilities", strconv.Itoa(len(w.cat.Vulnerabilities)))
	sh.Close()
}

// heading writes a heading over the columns 2 and 3.
func (w *writer) heading(sh *sheet.Sheet, row int, text string) {
	sh.Box(row, 2, 1, 2, text, sheet.Style{Size: sheet.HeadSize, Bold: true, Color: sheet.HeaderFill,
		Edges: sheet.Edges{Bottom: sheet.Medium, Color: sheet.HeaderFill}}, none)
}

// howTo writes how to use the workbook and what the tables mean.
func (w *writer) howTo() {
	g := w.cat.Guide
	sh := w.addSheet("howto")
	sh.SetColumns(18, 190, 570, 18)
	sh.Box(1, 2, 1, 2, w.words.Get("howto.title"), sheet.Style{Size: sheet.TitleSize, Bold: true}, none)
	row := 2
	text := sheet.Style{Size: sheet.TextSize}
	section := func(key string) {
		sh.FixHeight(row, 12)
		w.heading(sh, row+1, w.words.Get(key))
		row += 2
	}
	hair := sheet.Edges{Bottom: sheet.Hair}
	pair := func(left string, ls sheet.Style, right string, rs sheet.Style, lp, rp catalog.Position) {
		ls.Edges, rs.Edges = hair, hair
		sh.TextAt(row, 2, left, ls, lp)
		sh.TextAt(row, 3, right, rs, rp)
		row++
	}
	bold := text
	bold.Bold = true

	section("howto.use")
	for i := 1; ; i++ {
		key := "howto.use." + strconv.Itoa(i)
		if !g.TreatsRisks() {
			key = "howto.standard." + strconv.Itoa(i)
		}
		if _, ok := w.words[key]; !ok {
			break
		}
		sh.Box(row, 2, 1, 2, strconv.Itoa(i)+". "+w.word(key, "risks", w.names["risks"], "measures", w.names["measures"], "controls", w.names["controls"]), text, none)
		row++
	}
	if len(g.Columns) > 0 {
		section("howto.columns")
		for _, c := range g.Columns {
			name, ns := w.styled(c.Name, bold)
			desc, ds := w.styled(c.Description, text)
			pair(name, ns, desc, ds, c.Name.Pos, c.Description.Pos)
		}
	}
	if g.TreatsRisks() {
		w.howToRead(section, pair, text, bold)
	}
	if len(g.References) > 0 {
		section("howto.references")
		for _, r := range g.References {
			entry, es := w.styled(r.Text, text)
			pair("["+r.ID+"]", bold, join("\n", entry, w.text(r.Note)), es, none, r.Text.Pos)
			if r.URL != "" {
				link := text
				link.Color, link.Underline = sheet.LinkColor, true
				pair("", text, r.URL, link, none, r.Pos)
				sh.URL(row-1, 3, r.URL)
			}
		}
	}
	sh.Close()
}

// join joins the parts that are not empty.
func join(sep string, parts ...string) string {
	out := ""
	for _, p := range parts {
		switch {
		case p == "":
		case out == "":
			out = p
		default:
			out += sep + p
		}
	}
	return out
}

// howToRead tells what the marks, severities and layers of the tables mean.
func (w *writer) howToRead(section func(string), pair func(string, sheet.Style, string, sheet.Style, catalog.Position, catalog.Position), text, bold sheet.Style) {
	g := w.cat.Guide
	section("howto.marks")
	pair(w.words.Get("mark.na"), text, w.words.Get("howto.marks.na"), text, none, none)
	gap, foreign := text, text
	gap.Fill, gap.Color, foreign.Color = sheet.GapFill, sheet.Muted, sheet.Muted
	pair(w.words.Get("howto.marks.gap.sample"), gap, w.words.Get("howto.marks.gap"), text, none, none)
	pair(w.words.Get("howto.marks.foreign.sample"), foreign, w.words.Get("howto.marks.foreign"), text, none, none)

	section("howto.severities")
	count := map[*catalog.Severity]int{}
	for _, r := range w.cat.Risks {
		count[r.Severity]++
	}
	for _, s := range g.Severities {
		name, st := w.styled(s.Name, bold)
		st.Fill, st.Color = w.tones[s].Light, w.tones[s].Strong
		pair(name, st, w.word("howto.severity", "letter", s.Letter, "count", strconv.Itoa(count[s])), text, s.Name.Pos, none)
	}

	section("howto.layers")
	for _, l := range g.AllLayers() {
		name, st := w.styled(l.Name, bold)
		for p := l.Parent; p != nil; p = p.Parent {
			st.Indent++
		}
		var about string
		switch {
		case !l.IsLeaf():
		case l.InScope:
			about = w.words.Get("howto.layer.in")
		default:
			about = w.words.Get("howto.layer.out")
		}
		if l.CrossLayer {
			about = join(w.words.Get("mark.separator"), about, w.words.Get("howto.layer.cross"))
		}
		desc, ds := w.styled(l.Description, text)
		if desc == "" {
			ds = text
		}
		pair(name, st, join("\n", desc, about), ds, l.Name.Pos, l.Description.Pos)
	}
}
