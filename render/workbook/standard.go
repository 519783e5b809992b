package workbook

import (
	"strings"

	"riskguide/catalog"
	"riskguide/render/workbook/sheet"
)

// standard writes the controls of a guide of controls alone, one row each, with what
// the standard says of them.
func (w *writer) standard() {
	columns := []column{{"clause", 50, sheet.Left}, {"clause-title", 96, sheet.Left}, {"control-number", 62, sheet.Left},
		{"control-title", 130, sheet.Left}, {"control", 330, sheet.Left}, {"guidance", 330, sheet.Left},
		{"parameters", 170, sheet.Left}, {"parent", 60, sheet.Left}, {"related", 90, sheet.Left}, {"references", 110, sheet.Left}, {"control-id", 62, sheet.Left}}
	var rows [][]cell
	for _, cl := range w.cat.Clauses {
		for _, c := range cl.Controls {
			var guidance, params, related, refs []string
			for _, t := range c.Guidance {
				guidance = append(guidance, w.text(t))
			}
			for _, p := range c.Parameters {
				line := p.ID + w.words.Get("mark.colon") + c.Fill(p.Blank(w.text), func(o *catalog.Parameter) string {
					return w.word("parameter-open", "label", o.Blank(w.text))
				})
				if p.Default != "" {
					line += " = " + p.Default
				}
				params = append(params, line)
			}
			for _, x := range c.RelatedTo {
				related = append(related, x.Number())
			}
			for _, r := range c.Cites {
				refs = append(refs, r.ID)
			}
			parent := cell{}
			if p := c.Enhances; p != nil {
				parent = cell{text: p.Number(), link: controlMark(p.ID)}
			}
			rows = append(rows, []cell{plain(cl.ID), w.textCell(cl.Title),
				{text: c.Number(), mark: controlMark(c.ID), style: sheet.Style{Bold: true}},
				w.textCell(c.Title), w.statementCell(c, c.Wording()), plain(strings.Join(guidance, "\n")),
				plain(strings.Join(params, "\n")), parent, plain(strings.Join(related, w.words.Get("mark.separator"))),
				plain(strings.Join(refs, "\n")), plain(c.ID)})
		}
	}
	w.flat("controls", "Controls", columns, 4, rows)
}
