package pack

import (
	"fmt"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"

	"riskguide/answers"
	"riskguide/catalog"
	"riskguide/profile"
	"riskguide/render/workbook/sheet"
)

// Styles that the sheets share.
var (
	titleStyle   = sheet.Style{Size: sheet.TitleSize, Bold: true, Color: sheet.HeaderFill, NoWrap: true, VAlign: sheet.Middle}
	sectionStyle = sheet.Style{Size: sheet.HeadSize, Bold: true, Color: sheet.HeaderFill, NoWrap: true, VAlign: sheet.Bottom,
		Edges: sheet.Edges{Bottom: sheet.Medium, Color: sheet.HeaderFill}}
	noteStyle  = sheet.Style{Color: sheet.Muted}
	labelStyle = sheet.Style{Bold: true, Fill: sheet.RowHead, Edges: sheet.AllEdges(sheet.Thin)}
)

// writeRequirements fills the sheet to be answered.
func (q *questions) writeRequirements() {
	s := q.reqs
	widths := make([]float64, len(q.columns))
	visible := 0
	for i, c := range q.columns {
		widths[i] = c.width
		if !c.hidden {
			visible = i + 1
		}
	}
	s.SetColumns(q.fitted(widths)...)
	s.Text(1, 1, join("  ", q.v.Title.line(), factText(q.v, "supplier")), titleStyle)
	s.Height(1, 27)
	s.Box(2, 1, 1, visible, join("\n", q.w.lines("row_help"), q.filterHelp()), noteStyle, catalog.Position{})
	for i, c := range q.columns {
		head := sheet.HeaderStyle()
		if c.answer {
			head.Fill = "8A6D00"
		}
		s.Text(HeadRow, i+1, c.heading, head)
	}
	s.Height(HeadRow, 33)
	for i, r := range q.v.Requirements {
		q.requirementRow(q.first+i, r)
	}
	s.Freeze(HeadRow, q.at[ColumnObligation]-1)
	s.RepeatRows(HeadRow, HeadRow)
	q.answerRules()

	f := q.b.File()
	q.keep(f.AutoFilter(s.Name(), fmt.Sprintf("A%d:%s%d", HeadRow, q.letter(ColumnCheck), q.last), q.filter()))
	for _, c := range q.columns {
		if c.hidden {
			q.keep(f.SetColVisible(s.Name(), q.letter(c.key), false))
		}
	}
	for _, x := range []struct{ name, key string }{{nameIDs, ColumnID}, {nameObligations, ColumnObligation},
		{nameStatuses, ColumnStatus}, {nameRisks, ColumnRiskKeys}, {nameClauses, ColumnClauseKey}, {nameChecks, ColumnCheck},
		{nameTodos, ColumnTodo}} {
		if q.at[x.key] == 0 {
			continue
		}
		c := q.letter(x.key)
		q.define(x.name, fmt.Sprintf("%s!$%s$%d:$%s$%d", sheetRef(s.Name()), c, q.first, c, q.last))
	}
}

// fitted widens columns with texts that no row could hold.
func (q *questions) fitted(widths []float64) []float64 {
	texts := make([][]string, len(widths))
	add := func(key, text string) { texts[q.at[key]-1] = append(texts[q.at[key]-1], text) }
	for _, r := range q.v.Requirements {
		add(ColumnClause, q.clauseText(r.Clause))
		add(ColumnStatement, q.cellText(r))
		if q.v.Second != "" {
			add(ColumnSecond, q.secondText(r))
		}
		add(ColumnAskedBy, q.askedBy(r))
		add(ColumnResidual, q.residuals(r))
		if n := r.Next; n != nil {
			add(ColumnChange, q.changeText(n))
			if n.Old != "" {
				add(ColumnPreviousWording, n.Old)
			}
			if len(n.Previous) > 0 {
				add(ColumnPreviousAnswer, q.previousAnswers(n))
			}
		}
	}
	fitted, tooLong := sheet.FitWidths(widths, sheet.BodySize, sheet.MaxRow, texts)
	if tooLong > 0 && q.opts.Warn != nil {
		q.opts.Warn(catalog.Problem{Pos: q.p.Profile.Pos, Level: catalog.LevelWarning, Rule: "questionnaire-height",
			Message: "longer than a row of a workbook can show: " + catalog.Plural(tooLong, "text") + " of the questionnaire"})
	}
	return fitted
}

// secondText is what a requirement says in the second language.
func (q *questions) secondText(r *requirementView) string { return r.Wordings[1].text(*q.w.second) }

func (q *questions) residuals(r *requirementView) string {
	lines := make([]string, len(r.Residuals))
	for i, x := range r.Residuals {
		lines[i] = q.bullet(len(r.Residuals), q.w.all(x.Text))
	}
	return strings.Join(lines, "\n")
}

// minAnswerHeight leaves room for some lines of an answer.
const minAnswerHeight = 57

func (q *questions) requirementRow(row int, r *requirementView) {
	s, body := q.reqs, sheet.BodyStyle()
	put := func(key, text string, st sheet.Style, pos catalog.Position) { s.TextAt(row, q.at[key], text, st, pos) }
	bold := body
	bold.Bold = true
	put(ColumnID, r.ID, bold, catalog.Position{})
	put(ColumnObligation, r.Word.line(), obligationStyle(r.Obligation), catalog.Position{})
	put(ColumnClause, q.clauseText(r.Clause), body, r.Clause.Title.Pos)
	q.statement(row, ColumnStatement, q.v.Lang, q.cellText(r), q.foreign(body, r.Statement), r)
	if q.v.Second != "" {
		q.statement(row, ColumnSecond, q.v.Second, q.secondText(r), body, r)
	}
	if r.Next != nil {
		q.nextCells(row, r.Next)
	}
	put(ColumnAskedBy, q.askedBy(r), body, catalog.Position{})
	put(ColumnResidual, q.residuals(r), body, catalog.Position{})

	answer := sheet.Style{Fill: answerFill, Unlocked: true, Edges: sheet.AllEdges(sheet.Thin)}
	choice, text, date := answer, answer, answer
	choice.Align, choice.Bold = sheet.Center, true
	text.Format = "@" // what a supplier types stays text
	date.Format, date.Align = "yyyy/mm/dd", sheet.Center
	s.Blank(row, q.at[ColumnStatus], 1, 1, choice)
	for _, key := range []string{ColumnExplanation, ColumnEvidence, ColumnOwner} {
		s.Blank(row, q.at[key], 1, 1, text)
	}
	s.Blank(row, q.at[ColumnPlanned], 1, 1, date)
	if r.Next != nil && r.Next.Answer != nil {
		q.answerCells(row, r.Next, choice, text, date)
	}
	check := body
	check.Color, check.Bold = "8C2A20", true
	s.Formula(row, q.at[ColumnCheck], q.checkFormula(row), q.checked(r.Next), check)

	hidden := sheet.Style{NoWrap: true, Color: sheet.Muted}
	var risks strings.Builder
	for _, a := range r.AskedBy {
		risks.WriteString(key(a.ID))
	}
	if risks.Len() == 0 {
		risks.WriteString(key("-"))
	}
	put(ColumnRiskKeys, risks.String(), hidden, catalog.Position{})
	put(ColumnClauseKey, clauseKey(r.Clause), hidden, catalog.Position{})
	s.Height(row, minAnswerHeight)
}

// clauseKey is what formulas look for; added requirements have a clause of
// their own.
func clauseKey(c *clauseView) string {
	if c.ID == "" {
		return key("+")
	}
	return key(c.ID)
}

func (q *questions) clauseText(c *clauseView) string { return join(" ", c.ID, q.w.all(c.Title)) }

// foreign mutes a text that is not in the questionnaire's language.
func (q *questions) foreign(st sheet.Style, p phrase) sheet.Style {
	if p.Lang != q.v.Lang && p.Text != "" {
		st.Color = sheet.Muted
	}
	return st
}

func obligationStyle(o profile.Obligation) sheet.Style {
	st := sheet.BodyStyle()
	st.Align = sheet.Center
	switch o {
	case profile.Must:
		st.Bold, st.Fill, st.Color = true, "FBEBE9", "8C2A20"
	case profile.Should:
		st.Bold, st.Color = true, "5C4700"
	default:
		st.Color = sheet.Muted
	}
	return st
}

// cellText is what the cell of a requirement says, in the first language.
func (q *questions) cellText(r *requirementView) string { return r.Wordings[0].text(q.w) }

// manyRisks is the number of risks from which on their names are left out: the
// names stand in the risks' own sheets.
const manyRisks = 4

func (q *questions) askedBy(r *requirementView) string {
	if r.Own && len(r.AskedBy) == 0 {
		return q.w.lines("own_reason")
	}
	var lines []string
	for _, a := range r.AskedBy {
		var ids []string
		for _, m := range a.Measures {
			id := m.ID
			if m.Word.Text != "" {
				id += q.w.parens(m.Word.line())
			}
			ids = append(ids, id)
		}
		name := a.ID
		if len(r.AskedBy) < manyRisks {
			name = join(" ", a.ID, q.w.all(a.Name))
		}
		if len(ids) == 0 {
			lines = append(lines, name)
			continue
		}
		sep := "\n"
		if len(r.AskedBy) >= manyRisks {
			sep = q.w.Get("colon")
		}
		lines = append(lines, name+sep+q.w.join(ids))
	}
	return strings.Join(lines, "\n")
}

// bullet puts a bullet before an item of several.
func (q *questions) bullet(n int, s string) string {
	if n > 1 {
		return q.w.Get("bullet") + s
	}
	return s
}

// isOneOf is a formula that is true if the row's status is one of those.
func (q *questions) isOneOf(row int, pick func(answers.Status) bool) string {
	var parts []string
	for _, x := range answers.Statuses() {
		if pick(x) {
			parts = append(parts, q.ref(ColumnStatus, row)+"="+quoted(q.w.status(x)))
		}
	}
	return "OR(" + strings.Join(parts, ",") + ")"
}

func (q *questions) lacksExplanation(row int) string {
	return fmt.Sprintf(`AND(%s,TRIM(%s)="")`, q.isOneOf(row, answers.Status.NeedsExplanation), q.ref(ColumnExplanation, row))
}

func (q *questions) lacksDate(row int) string {
	return fmt.Sprintf(`AND(%s,%s="")`, q.isOneOf(row, answers.Status.NeedsDate), q.ref(ColumnPlanned, row))
}

func (q *questions) pastDate(row int) string {
	d := q.ref(ColumnPlanned, row)
	return fmt.Sprintf(`AND(%s,ISNUMBER(%s),%s<TODAY())`, q.isOneOf(row, answers.Status.NeedsDate), d, d)
}

// checkFormula says what an answer lacks; "" if nothing, or if there is none.
func (q *questions) checkFormula(row int) string {
	st := q.ref(ColumnStatus, row)
	return fmt.Sprintf(`IF(%s="","",IF(COUNTIF(%s,%s)=0,%s,IF(%s,%s,IF(%s,%s,IF(%s,%s,"")))))`,
		st, nameStatusList, st, quoted(q.w.label("check_status")),
		q.lacksExplanation(row), quoted(q.w.label("check_explanation")),
		q.lacksDate(row), quoted(q.w.label("check_date")),
		q.pastDate(row), quoted(q.w.label("check_past")))
}

// filledIn is the status that the questionnaire holds already for a requirement; it
// is unanswered in a first round.
func filledIn(n *nextRequirement) answers.Status {
	if n == nil || n.Answer == nil || !n.KeepStatus {
		return answers.Unanswered
	}
	return n.Answer.Status
}

// checked is what [questions.checkFormula] gives for what is filled in already.
// Programs that do not calculate a workbook as they open it show this.
func (q *questions) checked(n *nextRequirement) string {
	st := filledIn(n)
	switch {
	case n == nil || n.Answer == nil || !n.KeepStatus || st == answers.Unanswered && n.Answer.Unread == "":
		return ""
	case !st.Valid():
		return q.w.label("check_status")
	case st.NeedsExplanation() && strings.TrimSpace(n.Answer.Explanation) == "":
		return q.w.label("check_explanation")
	case st.NeedsDate() && n.Answer.Planned.IsZero() && n.Answer.UnreadDate == "":
		return q.w.label("check_date")
	case slices.ContainsFunc(n.Changes, func(c nextChange) bool { return c.Kind == changeOverdue }):
		return q.w.label("check_past")
	}
	return ""
}

// answerRules sets what may be typed and what colours it gets.
func (q *questions) answerRules() {
	f, name := q.b.File(), q.reqs.Name()
	list := excelize.NewDataValidation(true)
	list.Sqref = q.area(ColumnStatus)
	list.SetSqrefDropList(fmt.Sprintf("%s!$C$%d:$C$%d", sheetRef(q.data.Name()), q.statusRows[0], q.statusRows[1]))
	q.prompt(list, "answer", "prompt_status")
	list.SetError(excelize.DataValidationErrorStyleStop, q.w.short("error_title", 32), q.w.short("error_status", 255))
	q.keep(f.AddDataValidation(name, list))

	date := excelize.NewDataValidation(true)
	date.Sqref = q.area(ColumnPlanned)
	const from, to = 36526, 73050 // 2000-01-01 and 2099-12-31 as serial numbers
	q.keep(date.SetRange(from, to, excelize.DataValidationTypeDate, excelize.DataValidationOperatorBetween))
	q.prompt(date, "planned", "prompt_planned")
	date.SetError(excelize.DataValidationErrorStyleStop, q.w.short("error_title", 32), q.w.short("error_date", 255))
	q.keep(f.AddDataValidation(name, date))

	for _, x := range []struct{ key, heading, word string }{
		{ColumnExplanation, "explanation", "prompt_explanation"},
		{ColumnEvidence, "evidence", "prompt_evidence"},
		{ColumnOwner, "owner", "prompt_owner"},
	} {
		dv := excelize.NewDataValidation(true)
		dv.Sqref = q.area(x.key)
		q.prompt(dv, x.heading, x.word)
		q.keep(f.AddDataValidation(name, dv))
	}

	style := func(ink, fill string, bold bool) *int {
		x := &excelize.Style{Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{fill}}}
		if ink != "" {
			x.Font = &excelize.Font{Color: ink, Bold: bold}
		}
		id, err := f.NewConditionalStyle(x)
		q.keep(err)
		return &id
	}
	statusStyle := func(x answers.Status) *int {
		ink, fill := statusColors(x)
		return style(ink, fill, true)
	}
	var rules []excelize.ConditionalFormatOptions
	for _, x := range answers.Statuses() {
		rules = append(rules, excelize.ConditionalFormatOptions{Type: "formula",
			Criteria: q.ref(ColumnStatus, q.first) + "=" + quoted(q.w.status(x)), Format: statusStyle(x)})
	}
	q.keep(f.SetConditionalFormat(name, q.area(ColumnStatus), rules))
	ask := style("", askFill, false)
	q.keep(f.SetConditionalFormat(name, q.area(ColumnExplanation), []excelize.ConditionalFormatOptions{
		{Type: "formula", Criteria: q.lacksExplanation(q.first), Format: ask}}))
	q.keep(f.SetConditionalFormat(name, q.area(ColumnPlanned), []excelize.ConditionalFormatOptions{
		{Type: "formula", Criteria: "OR(" + q.lacksDate(q.first) + "," + q.pastDate(q.first) + ")", Format: ask}}))
}

// prompt sets what is shown beside a selected cell.
func (q *questions) prompt(dv *excelize.DataValidation, title, word string) {
	dv.SetInput(q.w.short(title, 32), q.w.short(word, 255))
}

// clip cuts a text to n characters, as data validation asks for.
func clip(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n])
	}
	return s
}

// writeSummary fills the sheet that counts.
func (q *questions) writeSummary() {
	s, w := q.sums, q.w
	sts := answers.Statuses()
	const first = 3 // column of the total
	unanswered := first + len(sts) + 1
	progress, met, bar := unanswered+1, unanswered+2, unanswered+3
	widths := []float64{64, 214, 44}
	for range sts {
		widths = append(widths, 58)
	}
	widths = append(widths, 58, 56, 56, 104)
	s.SetColumns(widths...)
	s.Text(1, 1, w.label("sheet_summary")+"  "+q.v.Title.line(), titleStyle)
	s.Height(1, 27)
	s.Box(2, 1, 1, bar, w.say(func(w words) string { return w.Get("summary_intro") + " " + w.Get("met_definition") }).lines(), noteStyle, catalog.Position{})

	letter := func(col int) string { n, _ := excelize.ColumnNumberToName(col); return n }
	row := 3
	head := func(title, what, note string) {
		row++
		for col := 1; col <= bar; col++ {
			s.Text(row, col, "", sectionStyle)
		}
		s.Text(row, 1, title, sectionStyle)
		s.Height(row, 24)
		row++
		if note != "" {
			s.Box(row, 1, 1, bar, note, noteStyle, catalog.Position{})
			row++
		}
		h := sheet.HeaderStyle()
		s.Box(row, 1, 1, 2, what, h, catalog.Position{})
		s.Text(row, first, w.label("total"), h)
		for i, x := range sts {
			hs := h
			hs.Color, hs.Fill = statusColors(x)
			s.Text(row, first+1+i, w.status(x), hs)
		}
		s.Text(row, unanswered, w.label("status_unanswered"), h)
		s.Text(row, progress, w.label("progress"), h)
		s.Box(row, met, 1, 2, w.label("met"), h, catalog.Position{})
		row++
	}
	headings := map[int]string{} // status column → its word
	for i, x := range sts {
		headings[first+1+i] = quoted(w.status(x))
	}
	body := sheet.BodyStyle()
	body.VAlign = sheet.Middle
	number, share, bars := body, body, body
	number.Align, number.Format = sheet.Right, "0"
	share.Align, share.Format = sheet.Right, "0%"
	bars.NoWrap, bars.Color = true, "2F7A55"
	// line writes a row of counts over the requirements that fit cond, a pair
	// of arguments of COUNTIFS, or over all if it is empty. Those that fit are
	// given as well: the results of the formulas are written with them.
	line := func(id, name string, cond string, fit []*requirementView, st sheet.Style) {
		total := len(fit)
		counts := map[answers.Status]int{}
		for _, r := range fit {
			counts[filledIn(r.Next)]++
		}
		conform, outsideCount := 0, 0
		lab := labelStyle
		lab.VAlign = sheet.Middle
		if name == "" {
			s.Box(row, 1, 1, 2, id, lab, catalog.Position{})
		} else {
			s.Text(row, 1, id, lab)
			s.Text(row, 2, name, st)
		}
		t := letter(first) + fmt.Sprint(row)
		if cond == "" {
			s.Formula(row, first, "ROWS("+nameIDs+")", total, number)
		} else {
			s.Formula(row, first, "COUNTIFS("+cond+")", total, number)
		}
		var metCells, outside []string
		for i, x := range sts {
			col := first + 1 + i
			c := nameStatuses + "," + headings[col]
			if cond != "" {
				c = cond + "," + c
			}
			s.Formula(row, col, "COUNTIFS("+c+")", counts[x], number)
			cell := letter(col) + fmt.Sprint(row)
			if x.Met() {
				metCells = append(metCells, cell)
				conform += counts[x]
			}
			if x.Outside() {
				outside = append(outside, cell)
				outsideCount += counts[x]
			}
		}
		u := letter(unanswered) + fmt.Sprint(row)
		s.Formula(row, unanswered, fmt.Sprintf("%s-SUM(%s%d:%s%d)", t, letter(first+1), row, letter(unanswered-1), row), counts[answers.Unanswered], number)
		s.Formula(row, progress, fmt.Sprintf(`IF(%s=0,"-",(%s-%s)/%s)`, t, t, u, t), rate(total-counts[answers.Unanswered], total), share)
		base := t + "-" + strings.Join(outside, "-")
		s.Formula(row, met, fmt.Sprintf(`IF(%s=0,"-",(%s)/(%s))`, base, strings.Join(metCells, "+"), base), rate(conform, total-outsideCount), share)
		m := letter(met) + fmt.Sprint(row)
		s.Formula(row, bar, fmt.Sprintf(`IF(ISNUMBER(%s),REPT("■",ROUND(%s*10,0))&REPT("□",10-ROUND(%s*10,0)),"")`, m, m, m),
			barOf(conform, total-outsideCount), bars)
		row++
	}

	head(w.label("summary_overall"), "", "")
	overall := row
	line(w.label("all"), "", "", q.v.Requirements, body)
	// What is left to do.
	u := letter(unanswered) + fmt.Sprint(overall)
	s.Box(row, 1, 1, 2, w.label("to_check"), labelStyle, catalog.Position{})
	warn := number
	warn.Bold = true
	toCheck := 0
	for _, r := range q.v.Requirements {
		if q.checked(r.Next) != "" {
			toCheck++
		}
	}
	s.Formula(row, first, "SUMPRODUCT(--(LEN("+nameChecks+")>0))", toCheck, warn)
	todo := letter(first) + fmt.Sprint(row)
	row++

	head(w.label("summary_by_obligation"), w.label("obligation"), "")
	for _, o := range q.v.Obligations {
		line(o.Word.line(), "", nameObligations+","+quoted(o.Word.line()), q.fitting(func(r *requirementView) bool { return r.Obligation == o.ID }), body)
	}
	if len(q.v.Coverage) > 0 {
		head(w.label("summary_by_risk"), w.label("risk"), w.lines("summary_risk_note"))
	}
	byRisk, none := map[string][]*requirementView{}, q.fitting(func(r *requirementView) bool { return len(r.AskedBy) == 0 })
	for _, r := range q.v.Requirements {
		for _, a := range r.AskedBy {
			byRisk[a.ID] = append(byRisk[a.ID], r)
		}
	}
	for _, c := range q.v.Coverage {
		if byRisk[c.ID] == nil {
			continue
		}
		if q.b.HasMark(riskMark(c.ID)) {
			s.Link(row, 1, riskMark(c.ID), "")
		}
		line(c.ID, w.line(c.Name), nameRisks+","+quoted("*"+key(c.ID)+"*"), byRisk[c.ID], q.foreign(body, c.Name))
	}
	if len(none) > 0 && len(q.v.Coverage) > 0 {
		line(w.label("no_risk"), "", nameRisks+","+quoted("*"+key("-")+"*"), none, body)
	}
	head(w.label("summary_by_clause"), w.label("clause"), "")
	for _, c := range q.v.Clauses {
		name := w.line(c.Title)
		if c.ID == "" {
			line(name, "", nameClauses+","+quoted(clauseKey(c)), c.Requirements, body)
			continue
		}
		if name == "" {
			name = "-"
		}
		line(c.ID, name, nameClauses+","+quoted(clauseKey(c)), c.Requirements, q.foreign(body, c.Title))
	}
	s.Freeze(2, 0)

	f := q.b.File()
	todoStyle, err := f.NewConditionalStyle(&excelize.Style{Font: &excelize.Font{Color: "8C2A20", Bold: true},
		Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{askFill}}})
	q.keep(err)
	doneStyle, err := f.NewConditionalStyle(&excelize.Style{Font: &excelize.Font{Color: "1E5B3A", Bold: true},
		Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"D8EEE1"}}})
	q.keep(err)
	for _, cell := range []string{u, todo} {
		q.keep(f.SetConditionalFormat(s.Name(), cell, []excelize.ConditionalFormatOptions{
			{Type: "cell", Criteria: ">", Value: "0", Format: &todoStyle},
			{Type: "cell", Criteria: "==", Value: "0", Format: &doneStyle}}))
	}
}

// fitting returns the requirements for which fits is true.
func (q *questions) fitting(fits func(*requirementView) bool) []*requirementView {
	return slices.DeleteFunc(slices.Clone(q.v.Requirements), func(r *requirementView) bool { return !fits(r) })
}

// rate is the result of a rate.
func rate(n, of int) any {
	switch {
	case of == 0:
		return "-"
	case n == 0:
		return 0
	}
	return float64(n) / float64(of)
}

// barOf is the result of the formula that draws a rate with ten squares; none where
// there is no rate.
func barOf(n, of int) string {
	if of == 0 {
		return ""
	}
	full := (20*n + of) / (2 * of) // tenths, rounded
	return strings.Repeat("■", full) + strings.Repeat("□", 10-full)
}

func riskMark(id string) string { return "risk:" + id }

func measureMark(id string) string { return "measure:" + id }

// riskTables adds a sheet for each risk in scope, with its table as printed.
func (q *questions) riskTables() []*sheet.Sheet {
	var out []*sheet.Sheet
	w := q.w
	tw := sheet.TableWords{
		NotApplicable: w.lines("not_applicable"), MissingMeasure: w.lines("no_measure_text"),
		MissingControls: w.lines("no_controls"), MissingResidual: w.lines("no_residual"),
		Bullet: w.Get("bullet"), Open: w.Get("parens_open"), Close: w.Get("parens_close"),
	}
	for _, t := range q.v.Tables {
		tone := sheet.SeverityTone(t.Rank, t.Ranks)
		s := q.b.AddSheet(t.ID, q.page(tone.Strong))
		out = append(out, s)
		s.SetColumns(sheet.RiskTableWidths(t.Grid)...)
		s.Mark(riskMark(t.ID), 1, 1)
		title := titleStyle
		title.Color = tone.Strong
		s.Text(1, 1, q.w.With("table_of", "id", t.ID, "name", w.line(t.Name)), title)
		s.Height(1, 27)
		row := 2
		s.Box(row, 1, 1, sheet.RiskTableColumns, w.labelled(w.label("severity"), t.Severity.line()), noteStyle, catalog.Position{})
		for _, d := range t.Description {
			row++
			s.Box(row, 1, 1, sheet.RiskTableColumns, w.all(d), q.foreign(sheet.Style{}, d), d.Pos)
		}
		for _, d := range t.Notes {
			row++
			s.Box(row, 1, 1, sheet.RiskTableColumns, w.labelled(w.label("note"), w.all(d)), noteStyle, d.Pos)
		}
		if t.LeftOut {
			row++
			s.Box(row, 1, 1, sheet.RiskTableColumns, w.lines("left_out_mark"), noteStyle, catalog.Position{})
		}
		row += 2
		ext := s.RiskTable(row, sheet.RiskTable{Grid: t.Grid, Lang: q.v.Lang, Words: tw, MeasureMark: measureMark})
		s.RepeatRows(ext.HeaderFirst, ext.HeaderLast)
		s.Freeze(ext.HeaderLast, 0)
	}
	return out
}

// writeExclusions tells what was selected, what was left out, and why.
func (q *questions) writeExclusions() {
	s, w := q.excl, q.w
	const columns = 5
	s.SetColumns(44, 140, 230, 280, 260)
	row := 1
	s.Text(row, 1, w.label("sheet_exclusions"), titleStyle)
	s.Height(row, 27)
	section := func(title, intro string) {
		row += 2
		for c := 1; c <= columns; c++ {
			s.Text(row, c, "", sectionStyle)
		}
		s.Text(row, 1, title, sectionStyle)
		s.Height(row, 24)
		if intro != "" {
			row++
			s.Box(row, 1, 1, columns, intro, noteStyle, catalog.Position{})
		}
	}
	headings := func(keys ...string) {
		row++
		for i, k := range keys {
			if k != "" {
				s.Text(row, i+1, w.label(k), sheet.HeaderStyle())
			}
		}
	}
	body := sheet.BodyStyle()

	intro := w.lines("exclusions_intro")
	if len(q.v.Exclusions) == 0 {
		intro = w.lines("exclusions_none")
	}
	section(w.label("section_exclusions"), intro)
	if len(q.v.Exclusions) > 0 {
		headings("number", "excluded_what", "exclusion_reason", "excluded_content", "exclusion_effect")
		for _, e := range q.v.Exclusions {
			row = q.exclusionRows(row, e)
		}
	}
	if len(q.v.Gaps) > 0 {
		section(w.label("section_gaps"), w.lines("gaps_intro"))
		for _, g := range q.v.Gaps {
			row++
			s.Box(row, 1, 1, 2, g.ID, labelStyle, catalog.Position{})
			s.Box(row, 3, 1, columns-2, w.all(g.Text), body, g.Text.Pos)
		}
	}
	section(w.label("rules"), w.all(q.v.Scope))
	if len(q.v.Rules) > 0 {
		headings("number", "rule", "", "rule_reason", "rule_count")
		s.Box(row, 2, 1, 2, w.label("rule"), sheet.HeaderStyle(), catalog.Position{})
		for i, r := range q.v.Rules {
			row++
			s.Value(row, 1, i+1, body)
			s.Box(row, 2, 1, 2, r.Text.lines(), body, catalog.Position{})
			s.TextAt(row, 4, w.all(r.Reason), body, r.Reason.Pos)
			s.Text(row, 5, w.With("count_measures", "n", fmt.Sprint(r.Count)), body)
		}
	}
	if len(q.v.ObligationRules) > 0 {
		section(w.label("obligation_rules"), q.v.ObligationNote.lines())
		headings("number", "rule", "", "obligation", "reason")
		s.Box(row, 2, 1, 2, w.label("rule"), sheet.HeaderStyle(), catalog.Position{})
		for i, r := range q.v.ObligationRules {
			row++
			s.Value(row, 1, i+1, body)
			s.Box(row, 2, 1, 2, r.Text.lines(), body, catalog.Position{})
			s.Text(row, 4, r.Word.line(), obligationStyle(r.ID))
			s.TextAt(row, 5, w.all(r.Note), body, r.Note.Pos)
		}
	}
	if len(q.v.Coverage) > 0 {
		section(w.label("coverage"), w.lines("coverage_note"))
		headings("risk", "", "in_scope", "excluded", "not_selected")
		s.Box(row, 1, 1, 2, w.label("risk"), sheet.HeaderStyle(), catalog.Position{})
	}
	for _, c := range q.v.Coverage {
		row++
		s.Text(row, 1, c.ID, labelStyle)
		if q.b.HasMark(riskMark(c.ID)) {
			s.Link(row, 1, riskMark(c.ID), "")
		}
		s.TextAt(row, 2, w.all(c.Name), q.foreign(body, c.Name), c.Name.Pos)
		for i, list := range [][]idText{c.Selected, c.Excluded, c.NotSelected} {
			text := w.list(list)
			if text == "" {
				text = "-"
			}
			s.Text(row, 3+i, text, body)
		}
	}
	if len(q.v.NotSelected) > 0 {
		section(w.label("not_selected_title"), w.lines("not_selected_intro"))
		for _, c := range q.v.NotSelected {
			if q.v.Standard {
				row++
				s.Box(row, 1, 1, 2, c.ID+" "+w.all(c.Name), labelStyle, c.Name.Pos)
				s.Box(row, 3, 1, columns-2, w.list(c.NotSelected), body, catalog.Position{})
				continue
			}
			for _, m := range c.NotSelected {
				row++
				s.Box(row, 1, 1, 2, m.ID, labelStyle, catalog.Position{})
				s.Box(row, 3, 1, columns-2, w.all(m.Text), body, m.Text.Pos)
			}
		}
	}
	s.Freeze(1, 0)
}

// exclusionRows writes an exclusion behind row and returns its last row. Long
// lists are spread over several rows, since a row has a greatest height.
func (q *questions) exclusionRows(row int, e *exclusionView) int {
	s, body := q.excl, sheet.BodyStyle()
	reason := body
	reason.Bold = true
	contents := q.split(4, q.exclusionContents(e))
	effects := q.split(5, q.exclusionEffects(e))
	need := s.TextHeight(3, 1, q.w.all(e.Reason), reason)
	n := max(len(contents), len(effects), 1, len(sheet.SplitHeight(need)))
	top := row + 1
	for i := range n {
		s.Height(top+i, need/float64(n))
	}
	q.parts(top, 4, n, contents)
	q.parts(top, 5, n, effects)
	number := labelStyle
	number.Align = sheet.Center
	s.Box(top, 1, n, 1, fmt.Sprint(e.Number), number, catalog.Position{})
	s.Box(top, 2, n, 1, e.What.lines(), body, catalog.Position{})
	s.Box(top, 3, n, 1, q.w.all(e.Reason), reason, e.Reason.Pos)
	return top + n - 1
}

// split divides texts that no row could hold, at their line ends.
func (q *questions) split(col int, texts []string) []string {
	var out []string
	for _, text := range texts {
		part := ""
		for _, line := range strings.Split(text, "\n") {
			longer := part + "\n" + line
			if part == "" {
				longer = line
			}
			if part != "" && q.excl.TextHeight(col, 1, longer, sheet.BodyStyle()) > sheet.MaxRow {
				out = append(out, part)
				longer = line
			}
			part = longer
		}
		out = append(out, part)
	}
	return out
}

// parts writes texts one below the other into n rows of a column; a single one
// takes them all.
func (q *questions) parts(top, col, n int, texts []string) {
	s, body := q.excl, sheet.BodyStyle()
	if len(texts) < 2 {
		s.Box(top, col, n, 1, strings.Join(texts, ""), body, catalog.Position{})
		return
	}
	for i, text := range texts {
		rows := 1
		edge := sheet.Edges{Left: sheet.Thin, Right: sheet.Thin, Top: sheet.Hair, Bottom: sheet.Hair}
		if i == 0 {
			edge.Top = sheet.Thin
		}
		if i == len(texts)-1 {
			edge.Bottom = sheet.Thin
			rows = n - i
		}
		s.Box(top+i, col, rows, 1, text, body.With(edge), catalog.Position{})
	}
}

// exclusionContents says what an exclusion leaves out, in parts.
func (q *questions) exclusionContents(e *exclusionView) []string {
	var out []string
	for _, m := range e.Measures {
		out = append(out, m.ID+" "+q.w.all(m.Text))
	}
	for _, c := range e.Direct {
		out = append(out, c.ID+" "+q.w.all(c.Text))
	}
	for _, c := range e.Citations {
		out = append(out, q.w.all(c.Full))
	}
	for _, o := range e.Own {
		out = append(out, o.ID+" "+q.w.all(o.Text))
	}
	return out
}

// exclusionEffects says what follows from an exclusion, in parts.
func (q *questions) exclusionEffects(e *exclusionView) []string {
	var out []string
	add := func(word string, items []idText, ids bool) {
		if len(items) == 0 {
			return
		}
		lines := []string{q.w.say(func(w words) string { return w.With("box", "text", w.Get(word)) }).lines()}
		for _, x := range items {
			text := q.w.all(x.Text)
			if ids {
				text = x.ID + " " + text
			}
			lines = append(lines, q.w.Get("bullet")+text)
		}
		out = append(out, strings.Join(lines, "\n"))
	}
	add("excluded_open", e.Open, true)
	add("excluded_partly_answered", e.Answered, true)
	add("excluded_residual", e.Residuals, false)
	add("excluded_lost", e.Lost, true)
	add("excluded_emptied", e.Emptied, true)
	add("excluded_partly", e.Partly, true)
	return out
}

// title is the pack's title with a word behind it, a line for each language.
func (q *questions) title(key string) string {
	p, word := q.v.Title, q.w.both(key)
	p.Text = join("  ", p.Text, word.Text)
	if p.Second != "" {
		p.Second = join("  ", p.Second, word.Second)
	}
	return q.w.all(p)
}

// writeStart fills the first sheet.
func (q *questions) writeStart() {
	s, w := q.start, q.w
	const columns = 4
	s.SetColumns(36, 120, 420, 210)
	band := sheet.Style{Fill: sheet.HeaderFill, Color: sheet.HeaderInk, VAlign: sheet.Middle, Indent: 1}
	kicker := band
	kicker.Size, kicker.VAlign = sheet.TextSize, sheet.Bottom
	s.Box(1, 1, 1, columns, join("  ", q.v.GuideTitle.line(), w.label("edition")+" "+q.v.Edition), kicker, catalog.Position{})
	s.Height(1, 30)
	title := band
	title.Size, title.Bold = 20, true
	s.Box(2, 1, 1, columns, q.title("questionnaire"), title, q.p.Profile.Title.Pos)
	s.Height(2, 45)
	row := 2
	if q.v.Description.Text != "" {
		row++
		s.Box(row, 1, 1, columns, w.all(q.v.Description), sheet.Style{Size: sheet.TextSize, Fill: bandFill, Indent: 1, VAlign: sheet.Middle}, q.v.Description.Pos)
		s.Height(row, 30)
	}
	row++
	text := sheet.Style{Size: sheet.TextSize, Edges: sheet.AllEdges(sheet.Thin), VAlign: sheet.Middle, Indent: 1}
	label := labelStyle
	label.Size, label.VAlign, label.Indent = sheet.TextSize, sheet.Middle, 1
	for _, f := range q.v.Facts {
		row++
		st := text
		if f.Key == "due" || f.Key == "supplier" {
			st.Bold = true
		}
		s.Box(row, 1, 1, 2, f.Name.line(), label, catalog.Position{})
		s.Box(row, 3, 1, 2, w.all(f.Text), st, f.Text.Pos)
		s.Height(row, 22.5)
	}
	row += 2
	button := sheet.Style{Size: sheet.HeadSize, Bold: true, Fill: "FFE7A3", Color: sheet.LinkColor, Align: sheet.Center, VAlign: sheet.Middle,
		Edges: sheet.Edges{Left: sheet.Medium, Right: sheet.Medium, Top: sheet.Medium, Bottom: sheet.Medium, Color: "C8A200"}}
	s.Box(row, 1, 1, 2, w.label("go_requirements")+" →", button, catalog.Position{})
	s.Link(row, 1, "first", "")
	q.reqs.Mark("first", q.firstToWorkOn(), q.at[ColumnStatus])
	s.Height(row, 30)

	section := func(title string) {
		row += 2
		for c := 1; c <= columns; c++ {
			s.Text(row, c, "", sectionStyle)
		}
		s.Text(row, 1, title, sectionStyle)
		s.Height(row, 24)
	}
	if q.v.Next != nil {
		section(w.label("next_title"))
		row = q.nextRows(row, columns)
	}
	section(w.label("how_to"))
	row++
	s.FixHeight(row, 6)
	step := sheet.Style{Size: sheet.TextSize, VAlign: sheet.Middle}
	var steps []block
	for i, x := range q.v.Instructions {
		if i > 0 {
			steps = append(steps, block{gap: true})
		}
		steps = append(steps, blocks(x.Text)...)
	}
	for _, b := range steps {
		row++
		switch {
		case b.gap:
			s.FixHeight(row, 6)
		case b.heading:
			bold := step
			bold.Bold = true
			s.Box(row, 1, 1, columns, b.text, bold, catalog.Position{})
		case b.marker != "":
			number := step
			number.Bold, number.Align, number.Color, number.VAlign = true, sheet.Center, sheet.HeaderFill, sheet.Top
			s.Text(row, 1, b.marker, number)
			st := step
			st.VAlign = sheet.Top
			s.Box(row, 2, 1, columns-1, b.text, st, catalog.Position{})
		default:
			s.Box(row, 2, 1, columns-1, b.text, step, catalog.Position{})
		}
	}
	section(w.label("obligation_legend"))
	row++
	s.Box(row, 1, 1, 2, w.label("obligation"), sheet.HeaderStyle(), catalog.Position{})
	s.Text(row, 3, w.label("status_meaning_of"), sheet.HeaderStyle())
	s.Text(row, 4, w.label("total"), sheet.HeaderStyle())
	for _, o := range q.v.Obligations {
		row++
		st := obligationStyle(o.ID)
		st.Size, st.VAlign = sheet.TextSize, sheet.Middle
		s.Box(row, 1, 1, 2, o.Word.line(), st, catalog.Position{})
		s.Text(row, 3, o.Meaning.lines(), text)
		count := text
		count.Align, count.Format = sheet.Center, "0"
		s.Value(row, 4, o.Count, count)
	}
	section(w.label("status_legend"))
	row++
	s.Box(row, 1, 1, 2, w.label("status_word"), sheet.HeaderStyle(), catalog.Position{})
	s.Text(row, 3, w.label("status_meaning"), sheet.HeaderStyle())
	s.Text(row, 4, w.label("status_needs"), sheet.HeaderStyle())
	for _, x := range answers.Statuses() {
		row++
		st := text
		st.Color, st.Fill = statusColors(x)
		st.Bold, st.Align = true, sheet.Center
		s.Box(row, 1, 1, 2, w.status(x), st, catalog.Position{})
		s.Text(row, 3, w.lines(statusKey(x)+"_meaning"), text)
		needs := "needs_evidence"
		switch {
		case x.NeedsExplanation():
			needs = "needs_explanation"
		case x.NeedsDate():
			needs = "needs_date"
		}
		s.Text(row, 4, w.lines(needs), text)
	}
	section(w.label("contents_sheets"))
	sheets := []struct{ name, about, mark string }{
		{q.reqs.Name(), w.lines("sheet_requirements_about"), "sheet:requirements"},
		{q.sums.Name(), w.lines("sheet_summary_about"), "sheet:summary"},
		{q.excl.Name(), w.lines("sheet_exclusions_about"), "sheet:exclusions"},
	}
	q.reqs.Mark("sheet:requirements", 1, 1)
	q.sums.Mark("sheet:summary", 1, 1)
	q.excl.Mark("sheet:exclusions", 1, 1)
	if q.removed != nil {
		sheets = append(sheets, struct{ name, about, mark string }{q.removed.Name(), w.lines("sheet_removed_about"), "sheet:removed"})
		q.removed.Mark("sheet:removed", 1, 1)
	}
	link := label
	link.Color, link.Underline = sheet.LinkColor, true
	for _, x := range sheets {
		row++
		s.Box(row, 1, 1, 2, x.name, link, catalog.Position{})
		s.Link(row, 1, x.mark, "")
		s.Box(row, 3, 1, 2, x.about, text, catalog.Position{})
	}
	for _, t := range q.v.Tables {
		row++
		s.Box(row, 1, 1, 2, t.ID, link, catalog.Position{})
		s.Link(row, 1, riskMark(t.ID), "")
		s.Box(row, 3, 1, 2, w.all(t.Name), q.foreign(text, t.Name), t.Name.Pos)
	}
	section(w.label("identification"))
	for _, x := range [][2]string{
		{w.label("pack_id"), q.v.PackID},
		{w.label("fingerprint"), q.v.Fingerprint},
	} {
		row++
		s.Box(row, 1, 1, 2, x[0], label, catalog.Position{})
		s.Box(row, 3, 1, 2, x[1], text, catalog.Position{})
	}
	row++
	for _, x := range q.v.Rights {
		row++
		s.Box(row, 1, 1, columns, x.lines(), noteStyle, catalog.Position{})
	}
}
