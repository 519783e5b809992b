package pack

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"riskguide/answers"
	"riskguide/catalog"
	"riskguide/catalog/worddiff"
	"riskguide/render/workbook/sheet"
)

// The inks of words that were removed and added; they are struck through and
// underlined as well.
const (
	removedInk = "8F1D14"
	addedInk   = "175C2E"
)

// anyNext reports whether a requirement of a further round fits.
func (q *questions) anyNext(fits func(*nextRequirement) bool) bool {
	if q.v.Next == nil {
		return false
	}
	for _, n := range q.v.Next.Requirements {
		if fits(n) {
			return true
		}
	}
	return false
}

func todoKey(t Todo) string { return "todo_" + string(t) }

// filtered reports whether some requirements need work and others don't: then the
// questionnaire opens with the former alone.
func (q *questions) filtered() bool {
	n := q.v.Next
	return n != nil && n.Work() > 0 && n.Work() < len(n.Requirements)
}

// filter is the filter that the questionnaire opens with. The rows that it leaves
// out are hidden as well: a program applies a filter only when it is asked to.
func (q *questions) filter() []excelize.AutoFilterOptions {
	if !q.filtered() {
		return nil
	}
	for i, n := range q.v.Next.Requirements {
		if n.Todo == TodoNone {
			q.reqs.Hide(q.first + i)
		}
	}
	// The library takes words between spaces, and a quoted one with its quotes. So
	// what is looked for is a pattern, in which any character may stand for the space.
	pattern := strings.NewReplacer("~", "~~", "*", "~*", "?", "~?", " ", "?")
	is := func(t Todo) string { return "x == " + pattern.Replace(q.w.label(todoKey(t))) }
	return []excelize.AutoFilterOptions{{Column: q.letter(ColumnTodo), Expression: is(TodoAnswer) + " or " + is(TodoReview)}}
}

// filterHelp says how to see all rows.
func (q *questions) filterHelp() string {
	switch {
	case q.v.Next == nil:
		return ""
	case q.v.Next.Work() == 0:
		return q.w.lines("next_no_work")
	case !q.filtered():
		return ""
	}
	return q.w.say(func(w words) string {
		return w.With("next_filter", "n", strconv.Itoa(q.v.Next.Work()), "total", strconv.Itoa(len(q.v.Requirements)), "heading", q.w.label("todo"), "sheet", q.reqs.Name())
	}).lines()
}

// firstToWorkOn is the row of the first requirement that needs work, else of the
// first one.
func (q *questions) firstToWorkOn() int {
	if q.filtered() {
		for i, n := range q.v.Next.Requirements {
			if n.Todo != TodoNone {
				return q.first + i
			}
		}
	}
	return q.first
}

// statement writes the wording of a requirement; in the language that was answered,
// the words that are new are marked.
func (q *questions) statement(row int, key string, lang catalog.Lang, text string, st sheet.Style, r *requirementView) {
	if n := r.Next; n != nil && n.Old != "" && n.Lang == lang && worddiff.New(n.Segments) == text {
		q.reqs.Rich(row, q.at[key], runs(n.Segments, worddiff.Insert), st, r.Statement.Pos)
		return
	}
	q.reqs.TextAt(row, q.at[key], text, st, r.Statement.Pos)
}

// runs are the words of one side of a difference: the new wording where op is
// Insert, the old one where it is Delete. What the other side lacks is marked.
func runs(segs []worddiff.Segment, op worddiff.Op) []sheet.Run {
	var out []sheet.Run
	for _, s := range segs {
		switch {
		case s.Op == worddiff.Equal:
			out = append(out, sheet.Run{Text: s.Text})
		case s.Op != op:
		case op == worddiff.Insert:
			out = append(out, sheet.Run{Text: s.Text, Bold: true, Underline: true, Color: addedInk})
		default:
			out = append(out, sheet.Run{Text: s.Text, Strike: true, Color: removedInk})
		}
	}
	return out
}

// nextCells writes what is to be done with a requirement and why, its old wording
// and the old answer.
func (q *questions) nextCells(row int, n *nextRequirement) {
	s, body := q.reqs, sheet.BodyStyle()
	todo := body
	todo.Align, todo.Bold = sheet.Center, true
	switch n.Todo {
	case TodoAnswer:
		todo.Fill, todo.Color = askFill, "7A3E00"
	case TodoReview:
		todo.Fill, todo.Color = "FFF1C2", "6B5300"
	default:
		todo.Bold, todo.Color = false, sheet.Muted
	}
	s.Text(row, q.at[ColumnTodo], q.w.label(todoKey(n.Todo)), todo)
	change := body
	switch {
	case len(n.Changes) == 0:
		change.Color = sheet.Muted
	default:
		change.Bold, change.Fill = true, changeFill(n.Changes[0].Kind)
	}
	s.Text(row, q.at[ColumnChange], q.changeText(n), change)
	if col := q.at[ColumnPreviousWording]; col > 0 {
		if n.Old == "" {
			s.Blank(row, col, 1, 1, body)
		} else {
			s.Rich(row, col, runs(n.Segments, worddiff.Delete), body, catalog.Position{})
		}
	}
	if col := q.at[ColumnPreviousAnswer]; col > 0 {
		old := body
		old.Fill = sheet.Paper
		s.TextUpTo(row, col, q.previousAnswers(n), old, sheet.MaxRow)
	}
}

// changeFill is the colour of a change; its word says the same.
func changeFill(k changeKind) string {
	switch k {
	case changeNew:
		return "DEF2E3"
	case changeReworded, changeUnknown:
		return "FCEFCD"
	case changeReplaces:
		return "E4F0F0"
	case changeObligation:
		return "E9E4F5"
	}
	return "FBE5E1"
}

func (q *questions) changeText(n *nextRequirement) string {
	if len(n.Changes) == 0 {
		return q.w.lines("change_unchanged")
	}
	lines := make([]string, len(n.Changes))
	for i, c := range n.Changes {
		lines[i] = q.bullet(len(n.Changes), c.Text.lines())
	}
	return strings.Join(lines, "\n")
}

func (q *questions) previousAnswers(n *nextRequirement) string {
	texts := make([]string, len(n.Previous))
	for i, a := range n.Previous {
		texts[i] = q.w.previousText(a, a.Requirement != n.ID)
	}
	return strings.Join(texts, "\n\n")
}

// answerCells fills in what is carried over.
func (q *questions) answerCells(row int, n *nextRequirement, choice, text, date sheet.Style) {
	s, a := q.reqs, n.Answer
	put := func(key, value string, st sheet.Style) {
		if value != "" {
			s.TextUpTo(row, q.at[key], value, st, sheet.MaxRow)
		}
	}
	switch {
	case !n.KeepStatus:
	case a.Status.Valid():
		put(ColumnStatus, q.w.status(a.Status), choice)
	default:
		put(ColumnStatus, a.Unread, choice)
	}
	put(ColumnExplanation, a.Explanation, text)
	put(ColumnEvidence, a.Evidence, text)
	put(ColumnOwner, a.Owner, text)
	const first = 1900 // the year in which the days of a workbook begin
	switch {
	case a.Planned.IsZero():
		put(ColumnPlanned, a.UnreadDate, date)
	case a.Planned.Year() <= first:
		put(ColumnPlanned, plannedText(a), date)
	default:
		s.Value(row, q.at[ColumnPlanned], a.Planned, date)
	}
}

// nextRows says on the first sheet what is to be done, and returns the last row.
func (q *questions) nextRows(row, columns int) int {
	s, w, n := q.start, q.w, q.v.Next
	text := sheet.Style{Size: sheet.TextSize, Edges: sheet.AllEdges(sheet.Thin), VAlign: sheet.Middle, Indent: 1}
	row++
	intro := sheet.Style{Size: sheet.TextSize, Bold: true, VAlign: sheet.Middle}
	s.Box(row, 1, 1, columns, n.Intro.lines(), intro, catalog.Position{})
	if q.removed != nil {
		row++
		s.Box(row, 1, 1, columns, w.say(func(w words) string {
			return w.With("next_intro_removed", "removed", strconv.Itoa(n.Carried.Removed), "sheet", q.removed.Name())
		}).lines(), sheet.Style{Size: sheet.TextSize}, catalog.Position{})
	}
	if help := q.filterHelp(); help != "" {
		row++
		s.Box(row, 1, 1, columns, help, sheet.Style{Size: sheet.TextSize}, catalog.Position{})
	}
	row++
	s.FixHeight(row, 6)
	row++
	s.Box(row, 1, 1, 2, w.label("todo"), sheet.HeaderStyle(), catalog.Position{})
	s.Text(row, 3, w.label("status_meaning_of"), sheet.HeaderStyle())
	s.Text(row, 4, w.label("total"), sheet.HeaderStyle())
	count := text
	count.Align, count.Format = sheet.Center, "0"
	for _, x := range []struct {
		todo Todo
		n    int
	}{{TodoAnswer, n.Answer}, {TodoReview, n.Review}, {TodoNone, len(n.Requirements) - n.Work()}} {
		row++
		st := text
		st.Bold, st.Align = true, sheet.Center
		s.Box(row, 1, 1, 2, w.label(todoKey(x.todo)), st, catalog.Position{})
		s.Text(row, 3, w.lines(todoKey(x.todo)+"_meaning"), text)
		s.Value(row, 4, x.n, count)
	}
	row++
	s.Box(row, 1, 1, 3, w.label("next_open"), text, catalog.Position{})
	open := 0
	for _, x := range n.Requirements {
		if x.Todo != TodoNone && !(x.KeepStatus && (x.Answer.Status.Valid() || x.Answer.Unread != "")) {
			open++
		}
	}
	s.Formula(row, 4, fmt.Sprintf(`COUNTIFS(%s,%s,%s,"")`, nameTodos, quoted("<>"+w.label(todoKey(TodoNone))), nameStatuses), open, count)
	return row
}

// writeRemoved fills the sheet with the answers to what is no longer asked.
func (q *questions) writeRemoved() {
	s, w := q.removed, q.w
	if s == nil {
		return
	}
	columns := []struct {
		key   string
		width float64
	}{{"requirement_id", 54}, {"removed_reason", 150}, {"previous_wording", 210}, {"previous_obligation", 52}, {"answer", 70},
		{"explanation", 190}, {"evidence", 120}, {"owner", 70}, {"planned", 70}}
	widths := make([]float64, len(columns))
	for i, c := range columns {
		widths[i] = max(c.width, longestWord(w.label(c.key)))
	}
	s.SetColumns(widths...)
	s.Text(1, 1, w.label("sheet_removed"), titleStyle)
	s.Height(1, 27)
	s.Box(2, 1, 1, len(columns), w.lines("removed_intro"), noteStyle, catalog.Position{})
	row := HeadRow
	for i, c := range columns {
		s.Text(row, i+1, w.label(c.key), sheet.HeaderStyle())
	}
	body := sheet.BodyStyle()
	for _, r := range q.v.Next.Removed {
		row++
		a := r.Answer
		status := body
		status.Align, status.Bold = sheet.Center, true
		word := a.Unread
		switch {
		case a.Status.Valid():
			status.Color, status.Fill = statusColors(a.Status)
			word = w.status(a.Status)
		case word == "":
			word = w.label("status_unanswered")
		}
		for i, text := range []string{a.Requirement, r.Reason.lines(), a.Asked, r.Obligation.line(), word, a.Explanation, a.Evidence, a.Owner, plannedText(a)} {
			st := body
			switch i {
			case 0:
				st = labelStyle
			case 4:
				st = status
			}
			s.TextUpTo(row, i+1, text, st, sheet.MaxRow)
		}
	}
	s.Freeze(HeadRow, 1)
	s.RepeatRows(HeadRow, HeadRow)
}

// writeCarryData says on the hidden sheet what became of the answers of the last
// round.
func (q *questions) writeCarryData() {
	if q.v.Next == nil {
		return
	}
	if q.removed != nil {
		q.putData("sheet", "removed", q.removed.Name())
	}
	for _, n := range q.v.Next.Requirements {
		var ids []string
		add := func(a *answers.Answer) {
			for _, id := range ids {
				if id == a.Requirement {
					return
				}
			}
			ids = append(ids, a.Requirement)
		}
		if n.Answer != nil {
			add(n.Answer)
		}
		for _, a := range n.Previous {
			add(a)
		}
		q.putData("carry", n.ID, string(n.Todo), strings.Join(ids, " "))
	}
}

// writeSentTexts lists what only the questionnaire of this supplier says outside of
// the table: whoever reads it when it comes back can tell that from what the
// supplier wrote.
func (q *questions) writeSentTexts() {
	if q.v.Next == nil {
		return
	}
	list := func(key string, texts []string) {
		seen := map[string]bool{}
		for _, t := range texts {
			if h := WordingHash(t); !seen[h] {
				seen[h] = true
				q.putData("text", key, h)
			}
		}
	}
	list("start", q.start.Texts(1, 0))
	list("requirements", q.reqs.Texts(1, HeadRow-1))
	if q.removed != nil {
		list("removed", q.removed.Texts(1, 0))
	}
}
