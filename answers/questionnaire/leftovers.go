package questionnaire

import (
	"strconv"
	"strings"

	"riskguide/answers/xlsx"
	"riskguide/catalog"
	"riskguide/render/pack"
	"riskguide/templates"
)

// mostLeft bounds how many things that were left over are told one by one.
const mostLeft = 5000

// another reports whether one more thing is told, and tells once that there are
// more.
func (r *reader) another() bool {
	if r.left++; r.left == mostLeft+1 {
		r.file(catalog.LevelWarning, RuleNotRead, "look into the workbook", "holds more than %d things that are not read; those behind are not listed", mostLeft)
	}
	return r.left <= mostLeft
}

// notRead tells of a cell that is not read.
func (r *reader) notRead(s *xlsx.Sheet, c *xlsx.Cell, why string) {
	v := r.value(c)
	if strings.TrimSpace(v) == "" || !r.another() {
		return
	}
	p := r.add(catalog.LevelWarning, RuleNotRead, s, c.Row, c.Col, "", "%s: %s is not read", why, quoted(v))
	p.Value, p.Shown = v, shown(c)
}

// leftovers tells of everything in the workbook that is no answer.
func (r *reader) leftovers() {
	if r.book.Macros {
		r.file(catalog.LevelWarning, RuleMacros, "", "holds macros; it is read as data, the macros are not run")
	}
	for _, x := range r.book.External {
		if r.another() {
			p := r.file(catalog.LevelWarning, RuleExternal, "", "refers to %s, which is not opened", quoted(x))
			p.Value = x
		}
	}
	if r.book.Connections {
		r.file(catalog.LevelWarning, RuleExternal, "", "has connections to data elsewhere, which are not opened")
	}
	for _, name := range r.book.NotRead {
		if r.another() {
			r.file(catalog.LevelWarning, RuleNotRead, "", "the sheet %s holds no cells (a chart?) and is not read", quoted(name))
		}
	}
	data := dataSheet(r.book)
	for _, s := range r.book.Sheets {
		if s.Repeated > 0 {
			r.add(catalog.LevelError, RuleDamaged, s, 0, 0, "ask for it again, or open it in Excel and save it anew", "%s twice in the file; the first of each is read",
				templates.Fill("{n} {n|cell stands|cells stand}", "n", strconv.Itoa(s.Repeated)))
		}
		switch s {
		case data:
		case r.table.sheet:
			r.besideTheTable()
		default:
			r.otherSheet(s)
		}
		for _, n := range s.Notes {
			if r.another() {
				p := r.add(catalog.LevelWarning, RuleComment, s, n.Row, n.Col, "", "the comment %s is not part of an answer", quoted(n.Text))
				p.Value, p.Requirement = n.Text, r.requirementAt(s, n.Row)
			}
		}
		for _, l := range s.Links {
			if c := s.Cell(l.Row, l.Col); c != nil && strings.Contains(c.Text, strings.TrimPrefix(l.Target, "mailto:")) {
				continue
			}
			if r.another() {
				p := r.add(catalog.LevelWarning, RuleLink, s, l.Row, l.Col, "", "the cell links to %s, which is not part of the answer", quoted(l.Target))
				p.Value, p.Requirement = l.Target, r.requirementAt(s, l.Row)
			}
		}
		for _, o := range s.Objects {
			if !r.another() {
				break
			}
			p := r.add(catalog.LevelWarning, RuleNotRead, s, o.Row, o.Col, "", "a %s lies over the cells and is not read", o.What)
			p.Requirement = r.requirementAt(s, o.Row)
			if o.Text != "" {
				p.Message, p.Value = "the text of a "+o.What+" is not read: "+quoted(o.Text), o.Text
			}
		}
	}
}

// requirementAt is the id of the requirement in a row of the table.
func (r *reader) requirementAt(s *xlsx.Sheet, row int) string {
	col := r.table.columns[pack.ColumnID]
	if s != r.table.sheet || row <= r.table.head || col == 0 {
		return ""
	}
	if id := cleanID(text(s.Cell(row, col))); r.ref.byID[id] != nil {
		return id
	}
	return ""
}

// besideTheTable tells of the cells of the sheet of requirements outside its
// columns, and above its headings.
func (r *reader) besideTheTable() {
	t := r.table
	known := map[string]bool{}
	for _, h := range r.own.columns {
		known[fold(h)] = true
	}
	keys := map[int]string{}
	for key, col := range t.columns {
		keys[col] = key
	}
	for i := range t.sheet.Cells {
		c := &t.sheet.Cells[i]
		if c.Row >= t.head {
			break
		}
		if !r.sent(c.Text) {
			r.notRead(t.sheet, c, "above the table")
		}
	}
	for _, row := range t.rows {
		for _, c := range row.other {
			heading := text(t.sheet.Cell(t.head, c.Col))
			switch {
			case known[fold(heading)] && heading != "":
			case heading == "":
				r.notRead(t.sheet, c, "beside the table")
			default:
				r.notRead(t.sheet, c, "in the added column "+quoted(heading))
			}
		}
		// The column of checks shows results of formulas.
		if c := row.cells[pack.ColumnCheck]; c != nil && c.Formula == "" && !r.checkText(c.Text) {
			r.notRead(t.sheet, c, "written over the check")
		}
	}
}

// checkText reports whether a text is one of those that the check gives.
func (r *reader) checkText(s string) bool {
	for _, part := range strings.Split(fold(s), "/") {
		if part != "" && !r.opts.Vocabulary.checks[part] {
			return false
		}
	}
	return true
}

// sent reports whether a text stood in the questionnaire that was sent.
func (r *reader) sent(s string) bool {
	return r.asked != nil && r.asked.texts[squeeze(s)] || len(r.own.sent) > 0 && r.own.sent[pack.WordingHash(s)]
}

// otherSheet tells what was written into one of the questionnaire's other sheets,
// or of a sheet that was added.
func (r *reader) otherSheet(s *xlsx.Sheet) {
	var added []*xlsx.Cell
	count := 0
	for i := range s.Cells {
		c := &s.Cells[i]
		if strings.TrimSpace(r.value(c)) == "" {
			continue
		}
		count++
		if !r.sent(c.Text) && c.Formula == "" {
			added = append(added, c)
		}
	}
	ours := count > 0 && len(added)*2 <= count
	if !ours {
		added = added[:0]
		for i := range s.Cells {
			added = append(added, &s.Cells[i])
		}
	}
	if len(added) == 0 {
		return
	}
	if r.ref != r.asked {
		// Of another pack, it is not known what was sent.
		texts := make([]string, len(added))
		for i, c := range added {
			texts[i] = xlsx.CellName(c.Row, c.Col) + ": " + r.value(c)
		}
		p := r.add(catalog.LevelWarning, RuleNotRead, s, 0, 0, "", "%s cannot be compared with what was sent", catalog.Plural(len(added), "cell"))
		p.Value = strings.Join(texts, "\n")
		return
	}
	why := "on a sheet that was added"
	if ours {
		why = "was not sent"
	}
	for _, c := range added {
		r.notRead(s, c, why)
	}
}
