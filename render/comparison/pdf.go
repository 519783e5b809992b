package comparison

import (
	"context"
	"strings"

	"riskguide/profile"
	"riskguide/render"
	"riskguide/render/pdf/document"
)

// PDF writes the summary for those who decide: always two pages. The first has the
// scores, the second the gravest gaps with their residual risks and what was not
// asked for. What does not fit is counted ("and 12 more") and stands in the page
// and the workbook.
func PDF(ctx context.Context, v *View, opts render.Options) ([]byte, error) {
	d, err := v.summary(opts)
	if err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return d.PDF()
}

func (v *View) summary(opts render.Options) (*document.Document, error) {
	d, err := document.New(document.Config{Title: v.With("summary_title", "title", v.Heading), Subject: v.PackID,
		Keywords: v.PackID + ", " + v.Edition, Creator: strings.TrimSpace("riskguide " + opts.ToolVersion), Lang: v.Lang, Date: opts.Date,
		Header: v.Guide + "  " + v.Edition, Footer: v.PackID, PageNumber: v.Word("page_of"), Faces: opts.Faces, Warn: opts.Warn})
	if err != nil {
		return nil, err
	}
	// A hidden heading is a bookmark and the right end of the page's head.
	page := func(key string, draw func(*sheetOfPaper)) {
		d.Heading(1, v.Word(key), document.HeadingOptions{Hidden: true, ID: key})
		d.Figure(pageHeight, func(c *document.Canvas) { draw(&sheetOfPaper{v: v, c: c}) })
	}
	page("summary.result", (*sheetOfPaper).results)
	d.NewPage()
	page("summary.gaps", (*sheetOfPaper).gravest)
	return d, nil
}

// Measures of the summary in millimetres. A page has 177 mm between its margins,
// of which a figure may want 4 above it.
const (
	pageHeight = 172
	padding    = 1.2
)

// The looks of the summary.
var (
	styleTitle = document.Style{Size: 16, Leading: 21, Bold: true, Color: document.Black}
	styleHead  = document.Style{Size: 11, Leading: 15, Bold: true, Color: document.Accent}
	styleText  = document.Style{Size: 8.5, Leading: 12, Color: document.Black}
	styleNote  = document.Style{Size: 7.5, Leading: 10.5, Color: document.Muted}
	styleCell  = document.Style{Size: 7.5, Leading: 10, Color: document.Black}
	styleLabel = document.Style{Size: 7, Leading: 9, Bold: true, Color: document.Black}
)

const (
	colorBad  document.Color = 0xA61B1B
	colorBack document.Color = 0xE3E7EB
)

func lineHeight(st document.Style) float32 { return st.Leading * 25.4 / 72 }

// sheetOfPaper is a page of the summary being drawn; y is how far it has come.
type sheetOfPaper struct {
	v *View
	c *document.Canvas
	y float32
}

// clip shortens a text to so many lines.
func (p *sheetOfPaper) clip(s string, w float32, lines int, st document.Style) string {
	room := float32(lines)*lineHeight(st) + 0.05
	fits := func(s string) bool { return p.c.TextHeight(w, document.Plain(s), st) <= room }
	if fits(s) {
		return s
	}
	r := []rune(s)
	low, high := 0, len(r)
	for low+1 < high {
		if mid := (low + high) / 2; fits(strings.TrimSpace(string(r[:mid])) + "…") {
			low = mid
		} else {
			high = mid
		}
	}
	return strings.TrimSpace(string(r[:low])) + "…"
}

// put sets a text of at most so many lines and returns its height.
func (p *sheetOfPaper) put(x, y, w float32, lines int, s string, st document.Style) float32 {
	s = p.clip(s, w, lines, st)
	h := p.c.TextHeight(w, document.Plain(s), st)
	p.c.Text(x, y, w, h+0.1, document.Plain(s), st)
	return h
}

// line sets a text over the whole width and goes below it.
func (p *sheetOfPaper) line(lines int, s string, st document.Style) {
	if s != "" {
		p.y += p.put(0, p.y, p.c.Width(), lines, s, st)
	}
}

// box is a cell of a table of the summary.
type box struct {
	x, w  float32
	lines int
	text  string
	style document.Style
}

// height is that of the highest of the cells.
func (p *sheetOfPaper) height(cells []box) float32 {
	h := float32(0)
	for _, c := range cells {
		h = max(h, p.c.TextHeight(c.w-2*padding, document.Plain(p.clip(c.text, c.w-2*padding, c.lines, c.style)), c.style))
	}
	return h + 2*padding
}

// row draws the cells with a line below and goes there.
func (p *sheetOfPaper) row(cells []box, h float32, fill document.Color) {
	if fill != document.NoColor {
		p.c.Box(cells[0].x, p.y, cells[len(cells)-1].x+cells[len(cells)-1].w-cells[0].x, h, fill, document.NoColor, 0, false)
	}
	for _, c := range cells {
		if c.text != "" {
			p.put(c.x+padding, p.y+padding, c.w-2*padding, c.lines, c.text, c.style)
		}
	}
	p.c.Line(cells[0].x, p.y+h, cells[len(cells)-1].x+cells[len(cells)-1].w, p.y+h, document.Rule, 0.5, false)
	p.y += h
}

func right(st document.Style) document.Style { st.Align = document.Right; return st }

func bad(st document.Style, n int) document.Style {
	if n > 0 {
		st.Bold, st.Color = true, colorBad
	}
	return st
}

// scoreBar draws a score from 0 to 100 as a bar.
func (p *sheetOfPaper) scoreBar(x, y, w, h float32, t Tally) {
	p.c.Box(x, y, w, h, colorBack, document.NoColor, 0, false)
	if t.Scored && t.Score > 0 {
		p.c.Box(x, y, w*float32(t.Score)/100, h, document.Accent, document.NoColor, 0, false)
	}
}

// fewSuppliers is up to how many the summary shows the scores by risk: more columns
// would be too narrow for a name.
const fewSuppliers = 7

func (p *sheetOfPaper) results() {
	v := p.v
	p.line(2, v.With("summary_title", "title", v.Heading), styleTitle)
	p.y += 1
	var facts []string
	for _, f := range v.Facts[2:] { // the guide and the profile stand above
		facts = append(facts, f.Name+v.Word("colon")+f.Text)
	}
	p.line(1, strings.Join(facts, "   "), styleText)
	p.line(3, v.Rule.Short, styleNote)
	const shown = 4
	for i, n := range v.Notes {
		if i == shown && len(v.Notes) > shown+1 {
			p.line(1, v.With("more", "n", itoa(len(v.Notes)-i)), styleNote)
			break
		}
		p.line(2, "• "+n, styleNote)
	}
	p.y += 3
	p.line(1, v.Word("section.result"), styleHead)
	p.line(1, v.AllMust(), styleText)
	p.y += 1
	p.suppliers()
	if len(v.Suppliers) <= fewSuppliers {
		for _, key := range []string{"risk", "layer", "clause"} {
			p.y += 4
			p.groups(key)
		}
	}
}

func (p *sheetOfPaper) suppliers() {
	v := p.v
	name := p.c.Width() - 197
	widths := []float32{name, 16, 42, 23, 28, 24, 24, 24, 16}
	if v.Severity == "" {
		widths[0], widths[4] = name+28, 0
	}
	heads := []string{v.Word("col.supplier"), v.Word("col.score"), "", v.Word("col.must_unmet"), v.With("col.grave", "severity", v.Severity),
		v.Word("col.must_met"), v.Word("col.met"), v.Word("col.answered"), v.Word("col.round")}
	cells := func(texts []string, st []document.Style, lines int) []box {
		var out []box
		x := float32(0)
		for i, w := range widths {
			if w > 0 {
				out = append(out, box{x, w, lines, texts[i], st[i]})
			}
			x += w
		}
		return out
	}
	num, plain := right(styleCell), styleCell
	label := right(styleLabel)
	head := cells(heads, []document.Style{styleLabel, label, label, label, label, label, label, label, label}, 2)
	p.row(head, p.height(head), document.Shade)
	plain.Bold = true
	score := num
	score.Bold = true
	lines := 1
	if len(v.Suppliers) <= fewSuppliers {
		lines = 2
	}
	ratio := func(n, of int) string { return v.With("ratio", "n", itoa(n), "of", itoa(of)) }
	more := lineHeight(styleText)
	for i, s := range v.Suppliers {
		t, must := s.Now.Tally, s.Now.ByObligation[0]
		row := cells([]string{p.name(s, name-2*padding, lines, plain), t.Text, "", itoa(s.Now.MustUnmet), itoa(s.Now.Grave), ratio(must.Met, must.Counted),
			ratio(t.Met, t.Counted), ratio(t.Answered, t.Requirements), itoa(s.Now.Number)},
			[]document.Style{plain, score, num, bad(num, s.Now.MustUnmet), bad(num, s.Now.Grave), num, num, num, num}, lines)
		h := p.height(row)
		left := pageHeight - p.y
		if left < h || i < len(v.Suppliers)-1 && left < h+more+1 {
			p.y += 1
			p.line(1, p.others(v.Suppliers[i:]), styleText)
			return
		}
		top := p.y
		p.row(row, h, document.NoColor)
		p.scoreBar(name+16+2, top+h/2-1.3, 38, 2.6, t)
	}
}

// name is a supplier's name with its id, which is left whole: long names are often
// alike at their beginning.
func (p *sheetOfPaper) name(s *Supplier, w float32, lines int, st document.Style) string {
	if s.Name == s.ID {
		return p.clip(s.Name, w, lines, st)
	}
	return p.clipBefore(s.Name, "  "+s.ID, w, lines, st)
}

// clipBefore shortens a text so that it fits with what stands behind it.
func (p *sheetOfPaper) clipBefore(s, behind string, w float32, lines int, st document.Style) string {
	room := float32(lines)*lineHeight(st) + 0.05
	name := s
	for r := []rune(s); len(r) > 1 && p.c.TextHeight(w, document.Plain(name+behind), st) > room; {
		r = r[:len(r)-1]
		name = strings.TrimSpace(string(r)) + "…"
	}
	return name + behind
}

// others tells of the suppliers that find no room.
func (p *sheetOfPaper) others(list []*Supplier) string {
	v := p.v
	scored := list
	for len(scored) > 0 && !scored[len(scored)-1].Now.Tally.Scored {
		scored = scored[:len(scored)-1]
	}
	if len(scored) == 0 {
		return v.With("more_suppliers.unscored", "n", itoa(len(list)))
	}
	return v.With("more_suppliers", "n", itoa(len(list)), "from", scored[0].Now.Tally.Text, "to", scored[len(scored)-1].Now.Tally.Text)
}

// scoreText is a score with how many of the requirements are met.
func (p *sheetOfPaper) scoreText(t Tally) string {
	return t.Text + "  (" + p.v.With("ratio", "n", itoa(t.Met), "of", itoa(t.Counted)) + ")"
}

// groups draws the scores by risk, layer or clause where there is room, in two
// blocks side by side where the suppliers are one or two.
func (p *sheetOfPaper) groups(key string) {
	v := p.v
	var t *GroupTable
	for _, x := range v.Tables {
		if x.Key == key {
			t = x
		}
	}
	const rowHeight = 5.2
	n := len(v.Suppliers)
	blocks, gap := 1, float32(8)
	if n <= 2 {
		blocks = 2
	}
	width := (p.c.Width() - gap*float32(blocks-1)) / float32(blocks)
	column := min((width-58)/float32(n), 46)
	name := width - column*float32(n)
	// The heads of all blocks are alike; rows fill what is left.
	head := []box{{0, name, 2, t.Title, styleLabel}}
	for i, s := range v.Suppliers {
		head = append(head, box{name + column*float32(i), column, 2, s.Name, right(styleLabel)})
	}
	headHeight := p.height(head)
	top := p.y + lineHeight(styleHead)
	room := int((pageHeight - top - headHeight) / rowHeight)
	if room < 2 {
		return
	}
	p.line(1, v.With("summary.groups", "group", t.Title), styleHead)
	rows := (len(t.Groups) + blocks - 1) / blocks
	shown := len(t.Groups)
	if rows > room {
		rows = room
		shown = rows*blocks - 1 // the last place says how many are left out
	}
	// The bars are as long as the widest text beside them lets them be.
	widest := float32(0)
	for _, g := range t.Groups {
		for _, tally := range g.Tallies {
			widest = max(widest, p.c.TextWidth(document.Plain(p.scoreText(tally)), styleCell))
		}
	}
	bar := column - widest - 2*padding - 4
	const leastBar = 10
	at := 0
	for block := 0; block < blocks && at < shown; block++ {
		x := float32(block) * (width + gap)
		shift := func(cells []box) []box {
			out := append([]box(nil), cells...)
			for i := range out {
				out[i].x += x
			}
			return out
		}
		p.y = top
		p.row(shift(head), headHeight, document.Shade)
		for range rows {
			if at >= shown {
				break
			}
			g := t.Groups[at]
			at++
			row := []box{{0, name, 1, g.Name, styleCell}}
			y := p.y
			for i, tally := range g.Tallies {
				s := p.scoreText(tally)
				row = append(row, box{name + column*float32(i), column, 1, s, right(styleCell)})
				if bar >= leastBar {
					p.scoreBar(x+name+column*float32(i)+2, y+rowHeight/2-0.9, bar, 1.8, tally)
				}
			}
			p.row(shift(row), rowHeight, document.NoColor)
		}
		if n := len(t.Groups) - shown; n > 0 && at == shown {
			p.put(x+padding, p.y+padding, width-2*padding, 1, v.With("more", "n", itoa(n)), styleNote)
		}
	}
	p.y = top + headHeight + float32(rows)*rowHeight
}

func (p *sheetOfPaper) gravest() {
	v := p.v
	p.line(1, v.Word("summary.gaps"), styleHead)
	intro := "gaps.intro"
	if v.Several() {
		intro = "gaps.intro.shared"
	}
	p.line(2, v.Word(intro), styleNote)
	p.y += 1.5
	foot := p.foot()
	end := float32(pageHeight)
	for _, s := range foot {
		end -= p.c.TextHeight(p.c.Width(), document.Plain(s), styleNote)
	}
	end -= 3
	if len(v.Gaps) == 0 {
		p.line(1, v.Word("gaps.none"), styleText)
	} else {
		p.gapTable(end)
	}
	p.y = end + 2
	p.c.Line(0, p.y, p.c.Width(), p.y, document.Rule, 0.5, false)
	p.y += 1
	for _, s := range foot {
		p.line(3, s, styleNote)
	}
}

// foot is what stands below the gaps: what was not asked for, and where the rest
// is.
func (p *sheetOfPaper) foot() []string {
	v := p.v
	var out []string
	if n := len(v.Exclusions); n > 0 {
		var ids []string
		for _, e := range v.Exclusions {
			ids = append(ids, e.IDs)
		}
		out = append(out, v.With("exclusions.short", "n", itoa(n), "ids", v.idsBrief(ids)))
	}
	out = append(append(out, v.LeftOut...), v.Word("summary.where"))
	for i := range out {
		out[i] = p.clip(out[i], p.c.Width(), 3, styleNote)
	}
	return out
}

func (v *View) idsBrief(list []string) string {
	all := strings.Split(strings.Join(list, v.Word("list_comma")), v.Word("list_comma"))
	if n := len(all) - mostNamed; n > 0 {
		all = append(all[:mostNamed:mostNamed], v.With("more", "n", itoa(n)))
	}
	return strings.Join(all, v.Word("list_comma"))
}

// whoNamed is how many suppliers a row of the gaps names.
const whoNamed = 3

func (p *sheetOfPaper) gapTable(end float32) {
	v := p.v
	widths := []float32{22, 84, 48, 52, p.c.Width() - 206}
	who := v.Word("col.who")
	if !v.Several() {
		who = v.Word("col.how")
		widths[3], widths[1] = 28, 108
	}
	row := func(texts []string, st []document.Style, lines []int) []box {
		var out []box
		x := float32(0)
		for i, w := range widths {
			out = append(out, box{x, w, lines[i], texts[i], st[i]})
			x += w
		}
		return out
	}
	heads := []document.Style{styleLabel, styleLabel, styleLabel, styleLabel, styleLabel}
	head := row([]string{v.Word("col.id"), v.Word("col.requirement"), v.Word("col.risk"), who, v.Word("gap.residual")}, heads, []int{1, 1, 1, 1, 1})
	p.row(head, p.height(head), document.Shade)
	id := styleCell
	id.Bold = true
	more := lineHeight(styleText) + 1
	for i, g := range v.Gaps {
		must := id
		if g.Obligation == profile.Must {
			must.Color = colorBad
		}
		risk := strings.TrimSpace(g.Risk.ID + " " + g.Risk.Name)
		if g.Risk.Severity != "" {
			risk += v.pack.Get("parens_open") + g.Risk.Severity + v.pack.Get("parens_close")
		}
		var residuals []string
		for _, r := range g.Residuals {
			residuals = append(residuals, r.ID+" "+r.Text)
		}
		if len(residuals) == 0 {
			residuals = []string{v.Word("none")}
		}
		// Each name has a line of its own.
		cells := row([]string{g.ID + document.LineSeparator + g.Word, g.Text, risk, p.names(g, widths[3]-2*padding),
			strings.Join(residuals, document.LineSeparator)},
			[]document.Style{must, styleCell, styleCell, styleCell, styleCell}, []int{2, 3, 3, whoNamed + 1, 4})
		h := p.height(cells)
		left := end - p.y
		if left < h || i < len(v.Gaps)-1 && left < h+more {
			p.y += 0.8
			p.line(1, v.With("more_gaps", "n", itoa(len(v.Gaps)-i), "sheet", v.Word("sheet.gaps")), styleText)
			return
		}
		p.row(cells, h, document.NoColor)
	}
}

// names lists those who lack a requirement, a line each, long names shortened so
// that the answer behind them is seen.
func (p *sheetOfPaper) names(g *SharedGap, w float32) string {
	v := p.v
	if !v.Several() {
		return g.Lacking[0].Status.Word
	}
	var out []string
	for i, l := range g.Lacking {
		if i == whoNamed && len(g.Lacking) > whoNamed+1 {
			out = append(out, v.With("more_suppliers.plain", "n", itoa(len(g.Lacking)-i)))
			break
		}
		status := v.pack.Get("parens_open") + l.Status.Word + v.pack.Get("parens_close")
		name := p.clipBefore(l.Name, status, w, 1, styleCell)
		if name != l.Name+status && l.Name != l.ID {
			name = p.clipBefore(l.Name, " "+l.ID+status, w, 1, styleCell)
		}
		out = append(out, name)
	}
	return strings.Join(out, document.LineSeparator)
}
