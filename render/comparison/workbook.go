package comparison

import (
	"context"
	"fmt"
	"math"
	"strings"

	"github.com/xuri/excelize/v2"

	"riskguide/answers"
	"riskguide/catalog"
	"riskguide/profile"
	"riskguide/render"
	"riskguide/render/pack"
	"riskguide/render/workbook/sheet"
)

// Workbook writes the view as a workbook: a summary, charts, the matrix of
// requirements and suppliers, all gaps, the scores by group, the rounds, and the
// rule with what was not asked for. What is a list is a table with filters.
func Workbook(ctx context.Context, v *View, opts render.Options) ([]byte, error) {
	b := &bookMaker{View: v, page: sheet.Page{HeaderLeft: v.Heading, HeaderRight: v.PackID,
		FooterLeft: v.Made(opts.ToolVersion), FooterRight: "{sheet}  {page} / {pages}"}}
	b.book = sheet.New(sheet.Properties{Title: v.Heading, Subject: v.PackID, Version: v.Edition, Language: v.Lang,
		Created: opts.Date, Tool: strings.TrimSpace("riskguide " + opts.ToolVersion)}, opts.Warn)
	defer b.book.Close()
	b.summary()
	charts := b.book.AddSheet(v.Word("sheet.charts"), b.page)
	b.matrix()
	b.gaps()
	for _, t := range v.Tables {
		b.groups(t)
	}
	if v.Several() {
		b.only()
	}
	b.history()
	b.rule()
	if err := b.charts(charts); err != nil {
		return nil, err
	}
	return b.book.Bytes(ctx)
}

type bookMaker struct {
	*View
	book *sheet.Book
	page sheet.Page

	summarySheet string
	summaryTop   int      // row of the headings of the suppliers' table
	scoreCol     int      // its columns of the score and of the first status
	statusCol    int      //
	groupSheets  []string // by [View.Tables]
	groupTops    []int    // rows of the headings
	historySheet string
	historyRows  map[*Supplier][2]int // first and last row of a supplier's rounds
}

// column is a column of a table; num sets it at the right.
type column struct {
	title string
	width float64
	num   bool
}

// cell is a cell of a table: a text or a number, and its style where that is not
// the usual one.
type cell struct {
	text  string
	value any
	style *sheet.Style
}

func text(s string) cell { return cell{text: s} }

func (b *bookMaker) num(n int) cell { return cell{value: n} }

// score is a score as a number, rounded down like everywhere; a dash where nothing
// counts.
func (b *bookMaker) score(t Tally) cell {
	if !t.Scored {
		return text(b.Word("none"))
	}
	st := bodyStyle()
	st.Align, st.Format = sheet.Right, "0.0"
	return cell{value: math.Floor(t.Score*10+1e-6) / 10, style: &st}
}

func (b *bookMaker) ratio(t Tally) cell {
	st := bodyStyle()
	st.Align = sheet.Right
	return cell{text: b.With("ratio", "n", itoa(t.Met), "of", itoa(t.Counted)), style: &st}
}

func bodyStyle() sheet.Style { return sheet.Style{Edges: sheet.AllEdges(sheet.Thin)} }

func (b *bookMaker) status(s StatusWord) cell {
	st := bodyStyle()
	st.Color, st.Fill = pack.StatusColors(s.Status)
	st.Bold = s.Status == answers.NotImplemented
	if s.Status == answers.Unanswered { // in the questionnaire it looks like what is not applicable
		st.Bold, st.Color, st.Fill = true, "4A3B00", ""
	}
	st.Align = sheet.Center
	return cell{text: s.Word, style: &st}
}

func (b *bookMaker) obligation(r *Requirement) cell {
	st := bodyStyle()
	st.Bold = r.Obligation == profile.Must
	st.Align = sheet.Center
	return cell{text: r.Word, style: &st}
}

func (b *bookMaker) severity(id, word string) cell {
	st := bodyStyle()
	st.Align = sheet.Center
	for i, s := range b.a.Pack.Catalog.Guide.Severities {
		if s.ID == id {
			tone := sheet.SeverityTone(i, len(b.a.Pack.Catalog.Guide.Severities))
			st.Color, st.Fill = tone.Strong, tone.Light
		}
	}
	return cell{text: word, style: &st}
}

// begin adds a sheet with a title and lines below it, and returns the row that
// follows.
func (b *bookMaker) begin(name string, columns []column, lines ...string) (*sheet.Sheet, int) {
	sh := b.book.AddSheet(b.Word(name), b.page)
	widths := make([]float64, len(columns))
	for i, c := range columns {
		widths[i] = c.width
	}
	sh.SetColumns(widths...)
	n := len(columns)
	for w := 0.0; n > 1; n-- { // titles of wide tables stand in what a screen shows
		if w = sh.Width(1, n); w <= 720 {
			break
		}
	}
	row := 1
	sh.Box(row, 1, 1, n, b.Word(name), sheet.Style{Size: sheet.TitleSize, Bold: true}, catalog.Position{})
	row++
	for _, l := range lines {
		if l != "" {
			sh.Box(row, 1, 1, n, l, sheet.Style{Size: sheet.TextSize, Color: sheet.Muted}, catalog.Position{})
			row++
		}
	}
	return sh, row
}

// table writes a table with filters from a row on and returns the row behind it.
func (b *bookMaker) table(sh *sheet.Sheet, id string, top int, columns []column, rows [][]cell) int {
	head := sheet.HeaderStyle()
	head.Align, head.VAlign = sheet.Left, sheet.Top
	titles := make([]string, len(columns))
	for i, c := range columns {
		titles[i] = c.title
	}
	for i, h := range sheet.Headings(titles...) {
		sh.Text(top, i+1, h, head)
	}
	sh.Height(top, sh.RowHeight(top)+sheet.LineHeight(sheet.BodySize)) // the filter's button
	for i, r := range rows {
		for j, c := range r {
			st := bodyStyle()
			if c.style != nil {
				st = *c.style
			} else if columns[j].num {
				st.Align = sheet.Right
			}
			if c.value != nil {
				sh.Value(top+1+i, j+1, c.value, st)
			} else {
				sh.Text(top+1+i, j+1, c.text, st)
			}
		}
	}
	sh.Table(id, top, 1, len(rows)+1, len(columns))
	sh.RepeatRows(top, top)
	return top + len(rows) + 1
}

func (b *bookMaker) summary() {
	columns := []column{{b.Word("col.supplier"), 190, false}, {b.Word("col.id"), 60, false}, {b.Word("col.service"), 100, false},
		{b.Word("col.score"), 44, true}, {b.Word("col.must_unmet"), 52, true}}
	if b.Severity != "" {
		columns = append(columns, column{b.With("col.grave", "severity", b.Severity), 58, true})
	}
	b.scoreCol = 4
	for _, o := range profile.ObligationIDs() {
		columns = append(columns, column{b.With("col.by", "obligation", b.pack.Get(string(o))), 52, true})
	}
	columns = append(columns, column{b.Word("col.counted"), 42, true}, column{b.Word("col.met"), 42, true})
	b.statusCol = len(columns) + 1
	for _, s := range b.Statuses {
		columns = append(columns, column{s.Word, 48, true})
	}
	columns = append(columns, column{b.Word("col.round"), 42, false}, column{b.Word("col.received"), 84, false})
	var facts []string
	for _, f := range b.Facts {
		facts = append(facts, f.Name+b.Word("colon")+f.Text)
	}
	sh, row := b.begin("sheet.summary", columns, append([]string{b.Heading}, facts...)...)
	for _, n := range append(append([]string{}, b.Notes...), b.Rule.Short) {
		sh.Box(row, 1, 1, len(columns)-2, n, sheet.Style{Size: sheet.TextSize}, catalog.Position{})
		row++
	}
	row++
	var rows [][]cell
	for _, s := range b.Suppliers {
		r := []cell{text(s.Name), text(s.ID), text(s.Service), b.score(s.Now.Tally), b.num(s.Now.MustUnmet)}
		if b.Severity != "" {
			r = append(r, b.num(s.Now.Grave))
		}
		for _, t := range s.Now.ByObligation {
			r = append(r, b.score(t))
		}
		r = append(r, b.num(s.Now.Tally.Counted), b.num(s.Now.Tally.Met))
		for _, st := range b.Statuses {
			n := 0
			for _, p := range s.Now.Tally.Parts {
				if p.Status == st.Status {
					n = p.N
				}
			}
			r = append(r, b.num(n))
		}
		rows = append(rows, append(r, text(s.Now.Label), text(s.Now.Received)))
	}
	b.summarySheet, b.summaryTop = sh.Name(), row
	b.table(sh, "Suppliers", row, columns, rows)
	sh.Close()
}

func (b *bookMaker) matrix() {
	columns := []column{{b.Word("col.id"), 52, false}, {b.Word("col.obligation"), 40, false}, {b.Word("col.requirement"), 260, false},
		{b.Word("col.severity"), 44, false}, {b.Word("col.risks"), 66, false}, {b.Word("col.clause"), 96, false},
		{b.Word("col.lacking_count"), 52, true}, {b.Word("col.only"), 74, false}}
	for _, s := range b.Suppliers {
		columns = append(columns, column{s.Name, 72, false})
	}
	if !b.Several() {
		columns = append(columns, column{b.Word("gap.explanation"), 200, false}, column{b.Word("gap.evidence"), 120, false},
			column{b.Word("gap.owner"), 70, false}, column{b.Word("gap.planned"), 74, false})
	}
	var rows [][]cell
	for _, x := range b.Rows {
		id := bodyStyle()
		id.Bold = true
		only := ""
		if x.Only != nil {
			only = x.Only.Name
		}
		r := []cell{{text: x.ID, style: &id}, b.obligation(x.Requirement), text(x.Text), b.severity(x.SevID, x.Severity),
			text(riskIDs(x.Risks, b.Word("list_comma"))), text(x.Clause), b.num(x.Lacking), text(only)}
		for _, a := range x.Answers {
			r = append(r, b.status(a.StatusWord))
		}
		if !b.Several() {
			a := x.Answers[0].Answer
			if a == nil {
				a = &answers.Answer{}
			}
			planned := ""
			if !a.Planned.IsZero() {
				planned = a.Planned.Format("2006-01-02")
			} else if a.UnreadDate != "" {
				planned = a.UnreadDate
			}
			r = append(r, text(a.Explanation), text(a.Evidence), text(a.Owner), text(planned))
		}
		rows = append(rows, r)
	}
	columns = fit(columns, rows)
	sh, row := b.begin("sheet.matrix", columns, b.Heading)
	b.table(sh, "Matrix", row, columns, rows)
	sh.Freeze(row, 3)
	sh.Close()
}

// fit widens columns so that no row is higher than a row can be.
func fit(columns []column, rows [][]cell) []column {
	widths := make([]float64, len(columns))
	texts := make([][]string, len(columns))
	for i, c := range columns {
		widths[i] = c.width
		for _, r := range rows {
			texts[i] = append(texts[i], r[i].text)
		}
	}
	widths, _ = sheet.FitWidths(widths, sheet.BodySize, sheet.MaxRow, texts)
	for i := range columns {
		columns[i].width = widths[i]
	}
	return columns
}

func riskIDs(list []RiskName, comma string) string {
	ids := make([]string, len(list))
	for i, r := range list {
		ids[i] = r.ID
	}
	return strings.Join(ids, comma)
}

func (b *bookMaker) gaps() {
	columns := []column{{b.Word("col.supplier"), 110, false}, {b.Word("col.obligation"), 40, false}, {b.Word("col.severity"), 44, false},
		{b.Word("col.risk"), 110, false}, {b.Word("col.id"), 52, false}, {b.Word("col.requirement"), 210, false}, {b.Word("col.status"), 58, false},
		{b.Word("gap.explanation"), 150, false}, {b.Word("gap.planned"), 66, false}, {b.Word("gap.owner"), 60, false},
		{b.Word("gap.evidence"), 80, false}, {b.Word("gap.residual"), 150, false}}
	var rows [][]cell
	for _, s := range b.Suppliers {
		for _, g := range s.Gaps {
			var residuals []string
			for _, r := range g.Residuals {
				residuals = append(residuals, r.ID+" "+r.Text)
			}
			explanation := g.Explanation
			if g.Unread != "" {
				explanation = strings.TrimSpace(b.With("gap.unread", "value", g.Unread) + "\n" + explanation)
			}
			rows = append(rows, []cell{text(s.Name), b.obligation(g.Requirement), b.severity(g.Risk.SevID, g.Risk.Severity),
				text(strings.TrimSpace(g.Risk.ID + " " + g.Risk.Name)), text(g.ID), text(g.Text), b.status(g.Status), text(explanation),
				text(g.Planned), text(g.Owner), text(g.Evidence), text(strings.Join(residuals, "\n"))})
		}
	}
	columns = fit(columns, rows)
	sh, row := b.begin("sheet.gaps", columns, b.Word("gaps.intro"))
	b.table(sh, "Gaps", row, columns, rows)
	sh.Freeze(row, 1)
	sh.Close()
}

// groups writes the scores of a part, then in the same order of suppliers how many
// requirements are met.
func (b *bookMaker) groups(t *GroupTable) {
	columns := []column{{t.Title, 230, false}, {b.Word("fact.requirements"), 56, true}}
	for _, s := range b.Suppliers {
		columns = append(columns, column{s.Name, 72, true})
	}
	for _, s := range b.Suppliers {
		columns = append(columns, column{b.Word("col.met") + b.Word("colon") + s.Name, 72, true})
	}
	var rows [][]cell
	for _, g := range t.Groups {
		r := []cell{text(g.Name), b.num(g.Tallies[0].Requirements)}
		for _, x := range g.Tallies {
			r = append(r, b.score(x))
		}
		for _, x := range g.Tallies {
			r = append(r, b.ratio(x))
		}
		rows = append(rows, r)
	}
	sh, row := b.begin("sheet."+t.Key, columns, b.Word("groups.intro"))
	b.groupSheets, b.groupTops = append(b.groupSheets, sh.Name()), append(b.groupTops, row)
	b.table(sh, "By"+t.Key, row, columns, rows)
	sh.Freeze(row, 1)
	sh.Close()
}

func (b *bookMaker) only() {
	columns := []column{{b.Word("col.supplier"), 150, false}, {b.Word("col.obligation"), 40, false}, {b.Word("col.severity"), 44, false},
		{b.Word("col.id"), 52, false}, {b.Word("col.requirement"), 330, false}, {b.Word("col.status"), 64, false}}
	var rows [][]cell
	for i, s := range b.Suppliers {
		for _, r := range s.Only {
			rows = append(rows, []cell{text(s.Name), b.obligation(r.Requirement), b.severity(r.SevID, r.Severity), text(r.ID),
				text(r.Text), b.status(r.Answers[i].StatusWord)})
		}
	}
	columns = fit(columns, rows)
	sh, row := b.begin("sheet.only", columns, b.Word("only.intro"))
	b.table(sh, "OnlyOne", row, columns, rows)
	sh.Freeze(row, 0)
	sh.Close()
}

func (b *bookMaker) history() {
	b.historyRows = map[*Supplier][2]int{}
	var list []*Supplier
	for _, s := range b.Suppliers {
		if len(s.Rounds) > 1 {
			list = append(list, s)
		}
	}
	if len(list) == 0 {
		return
	}
	columns := []column{{b.Word("col.supplier"), 170, false}, {b.Word("col.round"), 60, false}, {b.Word("col.score"), 50, true},
		{b.Word("col.must_unmet"), 60, true}, {b.Word("col.met"), 64, true}, {b.Word("col.answered"), 64, true},
		{b.Word("col.received"), 90, false}, {b.Word("fact.pack"), 180, false}}
	var rows, changes [][]cell
	for _, s := range list {
		first := len(rows)
		for _, r := range s.Rounds {
			answered := cell{text: b.With("ratio", "n", itoa(r.Tally.Answered), "of", itoa(r.Tally.Requirements))}
			rows = append(rows, []cell{text(s.Name), text(r.Label), b.score(r.Tally), b.num(r.MustUnmet), b.ratio(r.Tally), answered,
				text(r.Received), text(r.Pack)})
		}
		b.historyRows[s] = [2]int{first, len(rows) - 1}
		for _, st := range s.Steps {
			for _, x := range []struct {
				word string
				list []Change
			}{{"history.better", st.Better}, {"history.worse", st.Worse}, {"history.other", st.Other}} {
				for _, c := range x.list {
					changes = append(changes, []cell{text(s.Name), text(st.Title), text(b.Word(x.word)), text(c.ID), b.obligation(c.Requirement),
						text(c.Text), b.status(c.From), b.status(c.To)})
				}
			}
		}
	}
	sh, row := b.begin("sheet.history", columns)
	b.historySheet = sh.Name()
	for s, r := range b.historyRows {
		b.historyRows[s] = [2]int{row + 1 + r[0], row + 1 + r[1]}
	}
	b.table(sh, "Rounds", row, columns, rows)
	sh.Freeze(row, 0)
	sh.Close()
	columns = []column{{b.Word("col.supplier"), 120, false}, {b.Word("col.round"), 90, false}, {b.Word("col.change"), 80, false},
		{b.Word("col.id"), 52, false}, {b.Word("col.obligation"), 40, false}, {b.Word("col.requirement"), 280, false},
		{b.Word("col.from"), 64, false}, {b.Word("col.to"), 64, false}}
	columns = fit(columns, changes)
	sh, row = b.begin("sheet.changes", columns)
	b.table(sh, "Changes", row, columns, changes)
	sh.Freeze(row, 0)
	sh.Close()
}

func (b *bookMaker) rule() {
	page := b.page
	page.Portrait = true
	sh := b.book.AddSheet(b.Word("sheet.rule"), page)
	sh.SetColumns(150, 210, 150)
	row := 1
	line := func(s string, st sheet.Style) {
		sh.Box(row, 1, 1, 3, s, st, catalog.Position{})
		row++
	}
	heading := sheet.Style{Size: sheet.HeadSize, Bold: true}
	plain := sheet.Style{Size: sheet.TextSize}
	head := sheet.HeaderStyle()
	head.Align = sheet.Left
	line(b.Word("section.rule"), sheet.Style{Size: sheet.TitleSize, Bold: true})
	for _, s := range b.Rule.Sentences {
		line(s, plain)
	}
	for _, t := range b.Rule.Tables {
		row++
		for i, s := range []string{t.Title, b.Word("col.value"), b.Word("col.from_where")} {
			sh.Text(row, i+1, s, head)
		}
		row++
		for _, r := range t.Rows {
			for i, s := range []string{r.Name, r.Value, r.From} {
				sh.Text(row, i+1, s, bodyStyle())
			}
			row++
		}
	}
	row++
	line(b.Word("section.exclusions"), heading)
	if len(b.Exclusions) > 0 {
		line(b.Word("exclusions.intro"), plain)
		for i, s := range []string{b.Word("col.excluded"), b.Word("col.reason"), b.Word("col.residual")} {
			sh.Text(row, i+1, s, head)
		}
		row++
		for _, e := range b.Exclusions {
			var residuals []string
			for _, r := range e.Residuals {
				residuals = append(residuals, r.ID+" "+r.Text)
			}
			for i, s := range []string{e.IDs, e.Reason, strings.Join(residuals, "\n")} {
				sh.Text(row, i+1, s, bodyStyle())
			}
			row++
		}
	}
	for _, s := range b.LeftOut {
		line(s, plain)
	}
	sh.Close()
}

// Charts show at most so many suppliers: more bars or colours cannot be read.
const (
	mostBars   = 40
	mostColors = 6
)

// The colours of charts: those of the answers on the page, and of suppliers side by
// side.
var (
	statusFills   = []string{"3F8F63", "8E6BBD", "D9AB1E", "5A8FD0", "C4503F", "B9C0C6", "F4F1E6"}
	supplierFills = []string{"0B5A67", "D9822B", "6B5CA5", "5E8C31", "B0413E", "7A7A7A"}
)

// chartRow is the height of a row of the sheet of charts: that which a program
// assumes, by which charts are placed.
const chartRow = 15.0

// rowsOfPage is how many of these rows a printed page surely has: a chart that
// would go beyond begins on the next one.
const rowsOfPage = 34

func (b *bookMaker) charts(sh *sheet.Sheet) error {
	const columns = 18
	widths := make([]float64, columns)
	for i := range widths {
		widths[i] = 48
	}
	sh.SetColumns(widths...)
	row := 1
	sh.Box(1, 1, 1, columns, b.Word("sheet.charts"), sheet.Style{Size: sheet.TitleSize, Bold: true}, catalog.Position{})
	sh.FixHeight(1, 2*chartRow)
	row = 3
	page := 1 // first row of the printed page
	add := func(c *excelize.Chart, title, alt string, bars int) error {
		height := 110 + 22*bars
		c.Title = excelize.ChartTitle{Paragraph: []excelize.RichTextRun{{Text: title, Font: &excelize.Font{Bold: true, Size: 12, Color: sheet.Ink, Family: sheet.FontName}}}}
		c.Dimension = excelize.ChartDimension{Width: 1120, Height: uint(height)}
		c.Format = excelize.GraphicOptions{AltText: alt, Name: title}
		zero := 0.0
		if c.Type == excelize.Bar || c.Type == excelize.BarStacked {
			c.XAxis.ReverseOrder = true
		}
		c.YAxis.Minimum, c.YAxis.MajorGridLines = &zero, true
		c.XAxis.Font, c.YAxis.Font = excelize.Font{Size: 9, Color: sheet.Ink}, excelize.Font{Size: 9, Color: sheet.Ink}
		if row > 3 && row+height/20-page > rowsOfPage {
			if err := b.book.File().InsertPageBreak(sh.Name(), fmt.Sprintf("A%d", row)); err != nil {
				return err
			}
			page = row
		}
		if err := b.book.File().AddChart(sh.Name(), fmt.Sprintf("A%d", row), c); err != nil {
			return err
		}
		row += height/20 + 2
		return nil
	}
	hundred := 100.0
	n := min(len(b.Suppliers), mostBars)
	first, last := b.summaryTop+1, b.summaryTop+n
	names := cells(b.summarySheet, 1, first, last)
	title := func(key string, n int, pairs ...string) string {
		if n < len(b.Suppliers) {
			key += ".some"
		}
		return b.With(key, append(pairs, "n", itoa(n))...)
	}
	var alt []string
	for _, s := range b.Suppliers[:n] {
		alt = append(alt, b.With("score_of", "name", s.Name, "score", s.Now.Tally.Text))
	}
	gap := uint(60)
	scores := &excelize.Chart{Type: excelize.Bar, GapWidth: &gap, Legend: excelize.ChartLegend{Position: "none"},
		PlotArea: excelize.ChartPlotArea{ShowVal: true},
		Series: []excelize.ChartSeries{{Name: cells(b.summarySheet, b.scoreCol, b.summaryTop, b.summaryTop), Categories: names,
			Values: cells(b.summarySheet, b.scoreCol, first, last), Fill: solid(supplierFills[0])}}}
	scores.YAxis.Maximum = &hundred
	if err := add(scores, title("chart.scores", n), strings.Join(alt, b.Word("list_comma")), n); err != nil {
		return err
	}
	overlap := 100
	statuses := &excelize.Chart{Type: excelize.BarStacked, GapWidth: &gap, Overlap: &overlap, Legend: excelize.ChartLegend{Position: "bottom"}}
	all := float64(max(b.Suppliers[0].Now.Tally.Requirements, 1))
	statuses.YAxis.Maximum = &all
	alt = nil
	for i := range b.Statuses {
		col := b.statusCol + i
		statuses.Series = append(statuses.Series, excelize.ChartSeries{Name: cells(b.summarySheet, col, b.summaryTop, b.summaryTop),
			Categories: names, Values: cells(b.summarySheet, col, first, last), Fill: solid(statusFills[i])})
	}
	for _, s := range b.Suppliers[:n] {
		alt = append(alt, s.Name+b.Word("colon")+b.partsText(s.Now.Tally))
	}
	if err := add(statuses, title("chart.statuses", n), strings.Join(alt, "\n"), n); err != nil {
		return err
	}
	some := min(len(b.Suppliers), mostColors)
	for i, t := range b.Tables {
		top := b.groupTops[i]
		c := &excelize.Chart{Type: excelize.Bar, GapWidth: &gap, Legend: excelize.ChartLegend{Position: "bottom"}}
		if some == 1 {
			c.Legend.Position, c.PlotArea.ShowVal = "none", true
		}
		for k := range some {
			c.Series = append(c.Series, excelize.ChartSeries{Name: cells(b.groupSheets[i], 3+k, top, top),
				Categories: cells(b.groupSheets[i], 1, top+1, top+len(t.Groups)),
				Values:     cells(b.groupSheets[i], 3+k, top+1, top+len(t.Groups)), Fill: solid(supplierFills[k])})
		}
		c.YAxis.Maximum = &hundred
		name := title("chart.groups", some, "group", t.Title)
		if err := add(c, name, name, len(t.Groups)*max(1, (some+1)/2)); err != nil {
			return err
		}
	}
	courses := 0
	for _, s := range b.Suppliers {
		r, ok := b.historyRows[s]
		if !ok || courses == mostColors {
			continue
		}
		courses++
		c := &excelize.Chart{Type: excelize.Line, Legend: excelize.ChartLegend{Position: "none"}, PlotArea: excelize.ChartPlotArea{ShowVal: true},
			Series: []excelize.ChartSeries{{Name: cells(b.historySheet, 1, r[0], r[0]), Categories: cells(b.historySheet, 2, r[0], r[1]),
				Values: cells(b.historySheet, 3, r[0], r[1]), Line: excelize.LineOptions{Width: 2.25}, Fill: solid(supplierFills[0]),
				Marker: excelize.ChartMarker{Symbol: "circle", Size: 7}}}}
		c.YAxis.Maximum = &hundred
		name := b.Word("chart.history") + b.Word("colon") + s.Name
		if err := add(c, name, name, 6); err != nil {
			return err
		}
	}
	for r := 2; r < row; r++ {
		sh.FixHeight(r, chartRow)
	}
	sh.Close()
	return nil
}

func solid(color string) excelize.Fill {
	return excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{color}}
}

// cells is a reference to cells of a column.
func cells(sheetName string, col, first, last int) string {
	name, _ := excelize.ColumnNumberToName(col)
	q := "'" + strings.ReplaceAll(sheetName, "'", "''") + "'!"
	if first == last {
		return fmt.Sprintf("%s$%s$%d", q, name, first)
	}
	return fmt.Sprintf("%s$%s$%d:$%s$%d", q, name, first, name, last)
}
