package questionnaire

import (
	"fmt"
	"regexp"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"

	"riskguide/answers"
	"riskguide/answers/xlsx"
	"riskguide/catalog"
	"riskguide/catalog/worddiff"
	"riskguide/render/pack"
)

// answers reads the answer to every requirement and checks it.
func (r *reader) answers() {
	r.headings()
	r.spreadMerged()
	rows := r.byRequirement()
	for i := range r.ref.requirements {
		q := &r.ref.requirements[i]
		row := rows[q.id]
		a := answers.Answer{Requirement: q.id, Obligation: q.obligation, Asked: r.wording(q)}
		if row == nil {
			p := r.fail(RuleDeleted, 0, 0, "ask for it again", "the row of %s was deleted", q.id)
			p.Requirement = q.id
			r.result.Set.Answers = append(r.result.Set.Answers, a)
			continue
		}
		r.compare(q, row, &a)
		r.answer(row, &a)
		r.result.Set.Answers = append(r.result.Set.Answers, a)
	}
}

// headings tells which headings were overwritten or are missing.
func (r *reader) headings() {
	t := r.table
	known := r.ref.columns
	if len(known) == 0 && r.asked != nil {
		known = r.asked.columns
	}
	for _, key := range answerColumns() {
		name := known[key]
		if name == "" {
			name = key
		}
		col, ok := t.columns[key]
		switch {
		case !ok:
			r.fail(RuleHeading, t.head, 0, "", "there is no column %q", name)
		case t.guessed[key]:
			p := r.warn(RuleHeading, t.head, col, "", "the heading is %s instead of %q; the column is read for it by its place", quoted(text(t.sheet.Cell(t.head, col))), name)
			p.Value = text(t.sheet.Cell(t.head, col))
		}
	}
}

// mostSpread bounds how many cells are filled from merged ones.
const mostSpread = 50_000

// spreadMerged takes an answer in cells that were merged over several rows for
// each of these rows: it is what a person sees.
func (r *reader) spreadMerged() {
	t := r.table
	keys := map[int]string{}
	for _, key := range answerColumns() {
		if c := t.columns[key]; c > 0 {
			keys[c] = key
		}
	}
	spread := 0
	for _, m := range t.sheet.Merged {
		key := keys[m.Col]
		c := t.sheet.Cell(m.Row, m.Col)
		if key == "" || c == nil || m.Row <= t.head || m.LastRow == m.Row || spread > mostSpread {
			continue
		}
		i := sort.Search(len(t.rows), func(i int) bool { return t.rows[i].row > m.Row })
		n := 0
		for ; i < len(t.rows) && t.rows[i].row <= m.LastRow && spread <= mostSpread; i++ {
			spread++
			if t.rows[i].id != "" && t.rows[i].cells[key] == nil {
				t.rows[i].cells[key] = c
				n++
			}
		}
		if n > 0 {
			p := r.warn(RuleMerged, m.Row, m.Col, "", "the cells down to %s are merged; %s is taken for each of the %d rows",
				xlsx.CellName(m.LastRow, m.LastCol), quoted(c.Text), n+1)
			p.Value = c.Text
		}
	}
}

// byRequirement finds the row of every requirement and tells of the others.
func (r *reader) byRequirement() map[string]*tableRow {
	rows := map[string]*tableRow{}
	var others []*tableRow
	for _, row := range r.table.rows {
		q := r.ref.byID[row.id]
		if q == nil {
			others = append(others, row)
			continue
		}
		first := rows[q.id]
		if first == nil {
			rows[q.id] = row
			continue
		}
		r.twice(rows, first, row)
	}
	// A row whose id was changed is known by its wording, if no other row
	// could be meant.
	byHash := map[string][]*requirement{}
	for i := range r.ref.requirements {
		if q := &r.ref.requirements[i]; rows[q.id] == nil && q.hash != "" {
			byHash[q.hash] = append(byHash[q.hash], q)
		}
	}
	for _, row := range others {
		statement := row.cells[pack.ColumnStatement]
		if statement == nil {
			r.strayRow(row, "a row without an id was added")
			continue
		}
		if list := byHash[pack.WordingHash(statement.Text)]; len(list) == 1 && rows[list[0].id] == nil {
			q := list[0]
			rows[q.id] = row
			p := r.warn(RuleID, row.row, r.table.columns[pack.ColumnID], "", "the id is %s instead of %q; the wording tells which requirement it is", quoted(text(row.cells[pack.ColumnID])), q.id)
			p.Requirement, p.Value = q.id, text(row.cells[pack.ColumnID])
			continue
		}
		if row.id == "" {
			r.strayRow(row, "a row without an id was added")
		} else {
			hint := ""
			if s := catalog.Suggest(row.id, sortedKeys(r.ref.byID)); s != "" {
				hint = fmt.Sprintf("did you mean %q?", s)
			}
			r.strayRowHint(row, hint, "there is no requirement "+quoted(row.id))
		}
	}
	return rows
}

// twice decides between two rows of one requirement: one without answers gives
// way, and so does the later one.
func (r *reader) twice(rows map[string]*tableRow, first, row *tableRow) {
	id := row.id
	tell := func(level catalog.Level, format string, args ...any) {
		p := r.add(level, RuleTwice, r.table.sheet, row.row, r.table.columns[pack.ColumnID], "", format, args...)
		p.Requirement = id
	}
	var differ []string
	blank, firstBlank := true, true
	for _, key := range answerColumns() {
		a, b := r.value(first.cells[key]), r.value(row.cells[key])
		if a != "" {
			firstBlank = false
		}
		if b != "" {
			blank = false
		}
		if a != b {
			differ = append(differ, key)
		}
	}
	switch {
	case len(differ) == 0:
		tell(catalog.LevelWarning, "%s stands a second time, first in row %d, with the same answer", id, first.row)
	case blank:
		tell(catalog.LevelWarning, "%s stands a second time, first in row %d; this row has no answer", id, first.row)
	case firstBlank:
		rows[id] = row
		tell(catalog.LevelWarning, "%s stands a second time; the row %d has no answer, this one counts", id, first.row)
	default:
		tell(catalog.LevelError, "%s is answered twice; row %d counts, this one does not", id, first.row)
		r.strayRow(row, "not read")
	}
}

// strayRow tells what a row holds that is not read.
func (r *reader) strayRow(row *tableRow, why string) { r.strayRowHint(row, "", why) }

func (r *reader) strayRowHint(row *tableRow, hint, why string) {
	var cells []*xlsx.Cell
	for _, c := range row.cells {
		if c.Row == row.row && strings.TrimSpace(r.value(c)) != "" {
			cells = append(cells, c)
		}
	}
	slices.SortFunc(cells, func(a, b *xlsx.Cell) int { return a.Col - b.Col })
	for _, c := range cells {
		if !r.another() {
			return
		}
		level := catalog.LevelWarning
		if slices.Contains(answerColumns(), r.keyOf(c.Col)) {
			level = catalog.LevelError
		}
		p := r.add(level, RuleAdded, r.table.sheet, c.Row, c.Col, hint, "%s: %s is not read", why, quoted(r.value(c)))
		p.Value, p.Shown = r.value(c), shown(c)
	}
}

func (r *reader) keyOf(col int) string {
	for key, c := range r.table.columns {
		if c == col {
			return key
		}
	}
	return ""
}

// wording is what was asked, where it is known.
func (r *reader) wording(q *requirement) string {
	if q.cells != nil {
		return q.cells[pack.ColumnStatement]
	}
	if r.asked != nil {
		if x := r.asked.byID[q.id]; x != nil && x.cells != nil && x.hash == q.hash {
			return x.cells[pack.ColumnStatement]
		}
	}
	return ""
}

// compare holds what a row says against what was asked.
func (r *reader) compare(q *requirement, row *tableRow, a *answers.Answer) {
	at := func(key string) (row2, col int) { return row.row, r.table.columns[key] }
	cell := func(key string) string { return text(row.cells[key]) }
	if _, ok := r.table.columns[pack.ColumnStatement]; ok {
		got, want := cell(pack.ColumnStatement), a.Asked
		switch {
		case q.hash == "" && q.cells == nil: // known from this row alone
			a.Asked = got
			r.compareUnidentified(q, row)
		case pack.WordingHash(got) == q.hash:
			if want == "" {
				a.Asked = got
			}
		default:
			line, col := at(pack.ColumnStatement)
			p := r.fail(RuleAltered, line, col, "", "%s: the requirement was altered", q.id)
			p.Requirement, p.Value = q.id, got
			if want != "" {
				p.Diff = worddiff.Diff(want, got)
				p.Message += ": " + inline(p.Diff)
			} else {
				a.Asked = got
				p.Message += " to " + quoted(got) + "; what was asked is not known here"
			}
		}
	}
	if _, ok := r.table.columns[pack.ColumnObligation]; ok && q.obligation != "" {
		if got := r.obligationOf(row); got != q.obligation {
			line, col := at(pack.ColumnObligation)
			want := r.ref.obligations[q.obligation]
			if want == "" {
				want = q.obligation
			}
			p := r.fail(RuleObligation, line, col, "", "%s: the obligation was altered from %q to %s", q.id, want, quoted(cell(pack.ColumnObligation)))
			p.Requirement, p.Value = q.id, cell(pack.ColumnObligation)
			p.Diff = worddiff.Diff(want, p.Value)
		}
	}
	for _, key := range []string{pack.ColumnSecond, pack.ColumnClause, pack.ColumnAskedBy, pack.ColumnResidual} {
		if _, ok := r.table.columns[key]; !ok {
			continue
		}
		got := cell(key)
		var same bool
		want, known := q.cells[key]
		switch {
		case q.cells != nil:
			known, same = true, squeeze(got) == squeeze(want)
		case key == pack.ColumnSecond && q.second != "":
			known, same = true, pack.WordingHash(got) == q.second
		}
		if !known || same {
			continue
		}
		line, col := at(key)
		level := catalog.LevelWarning
		if key == pack.ColumnSecond {
			level = catalog.LevelError
		}
		p := r.add(level, RuleAltered, r.table.sheet, line, col, "", "%s: the text was altered", q.id)
		p.Requirement, p.Value = q.id, got
		if want != "" {
			p.Diff = worddiff.Diff(want, got)
			p.Message += ": " + inline(p.Diff)
		} else {
			p.Message += " to " + quoted(got)
		}
	}
}

// compareUnidentified shows how a requirement differs from the profile's of the
// same id, where nothing says what was asked.
func (r *reader) compareUnidentified(q *requirement, row *tableRow) {
	if r.asked == nil {
		return
	}
	x := r.asked.byID[q.id]
	got := text(row.cells[pack.ColumnStatement])
	if x == nil || x.cells == nil || x.hash == pack.WordingHash(got) {
		return
	}
	p := r.warn(RuleAltered, row.row, r.table.columns[pack.ColumnStatement], "", "%s: the requirement is not that of the profile", q.id)
	p.Requirement, p.Value, p.Diff = q.id, got, worddiff.Diff(x.cells[pack.ColumnStatement], got)
	p.Message += ": " + inline(p.Diff)
}

var whiteSpace = regexp.MustCompile(`\s+`)

// inline writes a difference for a line of text, long stretches that stay cut.
func inline(segs []worddiff.Segment) string {
	var b strings.Builder
	for i, s := range segs {
		text := whiteSpace.ReplaceAllString(s.Text, " ")
		rs := []rune(text)
		const most = 24
		switch s.Op {
		case worddiff.Delete:
			b.WriteString("[-" + clipped(text) + "-]")
		case worddiff.Insert:
			b.WriteString("{+" + clipped(text) + "+}")
		default:
			if len(rs) > 2*most {
				head, tail := string(rs[:most]), string(rs[len(rs)-most:])
				if i == 0 {
					head = ""
				}
				if i == len(segs)-1 {
					tail = ""
				}
				text = head + "…" + tail
			}
			b.WriteString(clipped(text))
		}
	}
	return strings.TrimSpace(b.String())
}

// value is what a cell holds as text: a formula as such, a date as 2027-01-31, a
// number as it is typed. Only white space is nothing.
func (r *reader) value(c *xlsx.Cell) string {
	switch {
	case c == nil:
		return ""
	case c.Formula != "":
		return "=" + c.Formula
	case c.Kind != xlsx.Number:
		if strings.TrimSpace(c.Text) == "" {
			return ""
		}
		return c.Text
	}
	n, err := strconv.ParseFloat(c.Text, 64)
	if err != nil {
		return c.Text
	}
	if c.Date {
		if t, ok := serialDate(n, r.book.Date1904); ok {
			return t.Format(time.DateOnly)
		}
	}
	if n > -1e15 && n < 1e15 {
		return strconv.FormatFloat(n, 'f', -1, 64)
	}
	return c.Text
}

// shown is the result of a formula that the workbook stores.
func shown(c *xlsx.Cell) string {
	if c != nil && c.Formula != "" {
		return c.Text
	}
	return ""
}

// answer reads and checks the cells that the supplier filled in.
func (r *reader) answer(row *tableRow, a *answers.Answer) {
	col := func(key string) int { return r.table.columns[key] }
	about := func(p *Problem, c *xlsx.Cell) *Problem {
		p.Requirement, p.Value, p.Shown = a.Requirement, r.value(c), shown(c)
		return p
	}
	for _, x := range []struct {
		key string
		to  *string
	}{{pack.ColumnExplanation, &a.Explanation}, {pack.ColumnEvidence, &a.Evidence}, {pack.ColumnOwner, &a.Owner}} {
		c := row.cells[x.key]
		*x.to = r.value(c)
		switch {
		case c == nil:
		case c.Formula != "":
			about(r.warn(RuleFormula, c.Row, c.Col, "", "%s: the answer is a formula; it is kept as the text %s and not evaluated (the workbook shows %s)", a.Requirement, quoted(*x.to), quoted(c.Text)), c)
		case c.Kind == xlsx.Error:
			about(r.warn(RuleErrorValue, c.Row, c.Col, "", "%s: the cell holds the error %s", a.Requirement, quoted(c.Text)), c)
		}
	}
	r.status(row, a, about)
	r.date(row, a, about)
	switch {
	case a.Status == answers.Unanswered && a.Unread == "":
		if a.IsBlank() {
			about(r.fail(RuleUnanswered, row.row, col(pack.ColumnStatus), "", "%s is unanswered", a.Requirement), nil)
		} else {
			about(r.fail(RuleUnanswered, row.row, col(pack.ColumnStatus), "", "%s has no status, though something was written beside", a.Requirement), nil)
		}
	case a.Status.NeedsExplanation() && a.Explanation == "":
		about(r.fail(RuleExplanation, row.row, col(pack.ColumnExplanation), "", "%s is %q without an explanation", a.Requirement, r.word(a.Status)), nil)
	}
	if a.Status.NeedsDate() {
		c := row.cells[pack.ColumnPlanned]
		switch {
		case a.Planned.IsZero() && a.UnreadDate == "":
			about(r.fail(RuleNoDate, row.row, col(pack.ColumnPlanned), "", "%s is %q without a date", a.Requirement, r.word(a.Status)), nil)
		case !a.Planned.IsZero() && !r.opts.Today.IsZero() && a.Planned.Before(r.opts.Today):
			about(r.fail(RulePastDate, row.row, col(pack.ColumnPlanned), "", "%s is planned for %s, which is past", a.Requirement, a.Planned.Format(time.DateOnly)), c)
		}
	}
}

// word is a status as the questionnaire names it.
func (r *reader) word(s answers.Status) string {
	for _, f := range []*Form{r.own, r.asked} {
		if f != nil && f.statuses[s] != "" {
			return f.statuses[s]
		}
	}
	return string(s)
}

func (r *reader) status(row *tableRow, a *answers.Answer, about func(*Problem, *xlsx.Cell) *Problem) {
	c := row.cells[pack.ColumnStatus]
	v := r.value(c)
	if v == "" {
		return
	}
	if c.Formula != "" {
		a.Unread = v
		about(r.fail(RuleFormula, c.Row, c.Col, "choose the status from the list", "%s: the status is a formula, %s; it is not evaluated (the workbook shows %s)", a.Requirement, quoted(v), quoted(c.Text)), c)
		return
	}
	words := r.own.statuses
	if len(words) == 0 && r.asked != nil {
		words = r.asked.statuses
	}
	s, sure := r.opts.Vocabulary.status(v, words)
	isSign := sure == proposed && r.opts.Vocabulary.isSign(v)
	switch {
	case sure == exact:
		a.Status = s
	case sure == taken, isSign && r.opts.AcceptNear:
		a.Status = s
		about(r.warn(RuleNearStatus, c.Row, c.Col, "", "%s: the status %s is taken as %q", a.Requirement, quoted(v), r.word(s)), c).Reading = r.word(s)
	default:
		a.Unread = v
		hint, reading := "choose the status from the list", ""
		if sure == proposed {
			reading = r.word(s)
			hint = fmt.Sprintf("did you mean %q?", reading)
		}
		about(r.fail(RuleStatus, c.Row, c.Col, hint, "%s: the status %s is none of the list", a.Requirement, quoted(v)), c).Reading = reading
	}
}

func (r *reader) date(row *tableRow, a *answers.Answer, about func(*Problem, *xlsx.Cell) *Problem) {
	c := row.cells[pack.ColumnPlanned]
	v := r.value(c)
	if v == "" {
		return
	}
	if c.Formula != "" {
		a.UnreadDate = v
		about(r.fail(RuleFormula, c.Row, c.Col, "write the day itself", "%s: the date is a formula, %s; it is not evaluated (the workbook shows %s)", a.Requirement, quoted(v), quoted(c.Text)), c)
		return
	}
	if c.Kind == xlsx.Number {
		n, err := strconv.ParseFloat(c.Text, 64)
		if t, ok := serialDate(n, r.book.Date1904); ok && err == nil {
			a.Planned = t
			if !c.Date {
				about(r.warn(RuleDate, c.Row, c.Col, "", "%s: the number %s is taken as the date %s", a.Requirement, quoted(c.Text), t.Format(time.DateOnly)), c).Reading = t.Format(time.DateOnly)
			}
			return
		}
	}
	t, hint := parseDate(v, r.book.Date1904)
	if t.IsZero() {
		a.UnreadDate = v
		p := about(r.fail(RuleDate, c.Row, c.Col, hint, "%s: %s is no date", a.Requirement, quoted(v)), c)
		if strings.HasSuffix(hint, "?") {
			p.Reading = strings.Join(wholeDay.FindAllString(hint, -1), " / ")
		}
		return
	}
	a.Planned = t
	if v != t.Format(time.DateOnly) && v != t.Format("2006/01/02") && v != t.Format("2006/1/2") && !strings.HasPrefix(v, t.Format("2006-01-02T")) {
		about(r.warn(RuleDate, c.Row, c.Col, "", "%s: the date %s is taken as %s", a.Requirement, quoted(v), t.Format(time.DateOnly)), c).Reading = t.Format(time.DateOnly)
	}
}

// isSign reports whether a text is one of the signs that a person must explain.
func (v *Vocabulary) isSign(text string) bool {
	_, ok := v.signs[fold(text)]
	return ok
}
