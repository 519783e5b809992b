package document

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// randomSheet returns a table of rows in which each column merges rows as it
// likes, as the columns of a risk table do, and the words that must be found:
// those of texts, which may be repeated, and those of lists, which may not.
func randomSheet(t testing.TB, r *rand.Rand, rows, most int) (s *sheet, texts, items []string) {
	t.Helper()
	ts, err := newTypesetter(nil)
	if err != nil {
		t.Fatal(err)
	}
	ws := []float32{50, 60, 90, 110, 190, 60}
	s = &sheet{x: starts(ws), w: ws, mark: "（続き）"}
	for i := range ws {
		s.header = append(s.header, &sheetCell{col: i, rows: 1, cols: 1, fill: Shade, paras: []para{{text: Strong("見出し"), style: gridHead}}})
	}
	word := 0
	words := func(n int, into *[]string) Inline {
		var b strings.Builder
		for range n {
			w := fmt.Sprintf("w%d.", word)
			word++
			*into = append(*into, w)
			b.WriteString(w + " ")
		}
		return Plain(b.String())
	}
	for col := range ws {
		for row := 0; row < rows; {
			span := 1 + r.IntN(min(rows-row, 5))
			c := &sheetCell{row: row, col: col, rows: span, cols: 1, fill: NoColor}
			switch {
			case col == 4:
				c.items, c.then = true, repeatShort
				for range r.IntN(9) {
					c.paras = append(c.paras, para{text: words(1+r.IntN(most), &items), style: gridStyle, hang: 5, gap: 2})
				}
				c.short = []para{{text: Plain("短"), style: gridStyle}}
			case r.IntN(8) > 0:
				c.paras = append(c.paras, para{text: words(1+r.IntN(most), &texts), style: gridStyle})
			}
			s.cells = append(s.cells, c)
			row += span
		}
	}
	s.prepare(ts)
	return s, texts, items
}

// TestRandomTables lays out tables with all kinds of merged cells, up to cells
// several pages high, and asserts that nothing leaves its cell, nothing is lost
// and nothing is listed twice.
func TestRandomTables(t *testing.T) {
	for seed := range uint64(24) {
		r := rand.New(rand.NewPCG(seed, 1))
		most := []int{3, 12, 40, 400}[seed%4]
		s, texts, items := randomSheet(t, r, 1+r.IntN(25), most)
		d := newDocument(t, nil)
		for range r.IntN(12) {
			d.Paragraph(Plain(lorem))
		}
		d.add(blockFunc(func(c *composer) { c.table(s) }))
		d.Paragraph(Plain("その後"))
		pages := d.Pages()
		checkBoxes(t, pages)
		checkCells(t, pages)
		var joined strings.Builder
		for _, p := range pages {
			joined.WriteString(squeeze(pageText(p)))
			joined.WriteByte('\n')
		}
		all := joined.String()
		for _, w := range texts {
			if !strings.Contains(all, w) {
				t.Errorf("seed %d: %s is lost", seed, w)
			}
		}
		for _, w := range items {
			if n := strings.Count(all, w); n != 1 {
				t.Errorf("seed %d: item %s stands %d times", seed, w, n)
			}
		}
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
}

// checkCells asserts that the cells of a page do not overlap and leave no holes:
// from each header down, their areas add up.
func checkCells(t *testing.T, pages []*Page) {
	t.Helper()
	for n, p := range pages {
		var cells []Rect
		for _, op := range p.Ops {
			if op.Kind == OpBox && op.Color == Rule {
				cells = append(cells, Rect{op.X, op.Y, op.W, op.H})
			}
		}
		if len(cells) == 0 {
			continue
		}
		left, top, right, bottom, area := float32(1e9), float32(1e9), float32(0), float32(0), float32(0)
		for i, c := range cells {
			if c.H <= 0 {
				t.Errorf("page %d: cell %+v has no height", n+1, c)
			}
			left, top, right, bottom = min(left, c.X), min(top, c.Y), max(right, c.X+c.W), max(bottom, c.Y+c.H)
			area += c.W * c.H
			for _, o := range cells[:i] {
				if c.X < o.X+o.W-0.1 && o.X < c.X+c.W-0.1 && c.Y < o.Y+o.H-0.1 && o.Y < c.Y+c.H-0.1 {
					t.Errorf("page %d: cells %+v and %+v overlap", n+1, c, o)
				}
			}
		}
		if whole := (right - left) * (bottom - top); area < whole*0.9999 || area > whole*1.0001 {
			t.Errorf("page %d: cells cover %.0f of %.0f", n+1, area, whole)
		}
		if bottom > pageBottom+0.1 {
			t.Errorf("page %d: the table ends at %.1f, the page at %.1f", n+1, bottom, pageBottom)
		}
	}
}

// cellsOf returns the texts of each page's cells by column, without header.
func cellsOf(pages []*Page, s *sheet) [][][]string {
	var out [][][]string
	for _, p := range pages {
		cols := make([][]string, len(s.x))
		last := int32(-1)
		for _, op := range p.Ops {
			if op.Kind != OpText || op.Look.size == pageHeadStyle.Size || op.Look.size == gridHead.Size && op.Look.weight == 1 {
				continue
			}
			b := p.Boxes[op.Box]
			for i, x := range s.x {
				if b.X-marginLeft > x-0.1 && b.X-marginLeft < x+0.1 {
					if op.Box == last {
						cols[i][len(cols[i])-1] += op.Text
					} else {
						cols[i] = append(cols[i], op.Text)
					}
					last = op.Box
				}
			}
		}
		out = append(out, cols)
	}
	return out
}

// tall returns a text of lines lines in a column.
func tall(lines int) Inline { return Plain(strings.Repeat("高い"+lineSeparator, lines-1) + "高い") }

// makeSheet returns a table of two text columns and a list.
func makeSheet(t *testing.T, cells ...*sheetCell) *sheet {
	t.Helper()
	ts, err := newTypesetter(nil)
	if err != nil {
		t.Fatal(err)
	}
	ws := []float32{100, 100, 300}
	s := &sheet{x: starts(ws), w: ws, mark: "（続き）", cells: cells}
	for i := range ws {
		s.header = append(s.header, &sheetCell{col: i, rows: 1, cols: 1, fill: Shade, paras: []para{{text: Strong("題"), style: gridHead}}})
	}
	s.prepare(ts)
	return s
}

func textCell(row, col, rows int, in Inline) *sheetCell {
	return &sheetCell{row: row, col: col, rows: rows, cols: 1, fill: NoColor, paras: []para{{text: in, style: gridStyle}}}
}

func listCell(row, rows int, items ...Inline) *sheetCell {
	c := &sheetCell{row: row, col: 2, rows: rows, cols: 1, fill: NoColor, items: true, then: repeatShort}
	for _, it := range items {
		c.paras = append(c.paras, para{text: it, style: gridStyle, gap: 2})
	}
	c.short = []para{{text: Plain("番号"), style: gridStyle}}
	return c
}

// lines of a fresh page below a header of one line.
const pageLines = 43

func layoutSheet(t *testing.T, s *sheet) ([][][]string, []*Page) {
	t.Helper()
	d := newDocument(t, nil)
	d.add(blockFunc(func(c *composer) { c.table(s) }))
	pages := d.Pages()
	checkBoxes(t, pages)
	checkCells(t, pages)
	return cellsOf(pages, s), pages
}

func TestMergedValuesAreRepeated(t *testing.T) {
	var list []Inline
	for i := range 60 {
		list = append(list, Plain(fmt.Sprintf("項%d", i)))
	}
	s := makeSheet(t,
		textCell(0, 0, 1, Plain("左")), textCell(0, 1, 1, Plain("中")), listCell(0, 1, list...))
	pages, _ := layoutSheet(t, s)
	if len(pages) != 2 {
		t.Fatalf("%d pages, want 2", len(pages))
	}
	for _, c := range []struct {
		col  int
		want string
	}{{0, "左"}, {1, "中"}} {
		if got := pages[0][c.col][0]; got != c.want {
			t.Errorf("page 1, column %d: %q", c.col, got)
		}
		if got := pages[1][c.col][0]; got != "（続き）"+c.want {
			t.Errorf("page 2, column %d: %q", c.col, got)
		}
	}
	if got := pages[1][2][0]; !strings.HasPrefix(got, "（続き）項") || !strings.HasSuffix(got, "項59") {
		t.Errorf("page 2, list: %q", got)
	}
}

// TestListThatWasShown: where a list is whole on the first page and its rows go
// on, the next page has its numbers, not all of it again.
func TestListThatWasShown(t *testing.T) {
	s := makeSheet(t,
		textCell(0, 0, 1, tall(30)), textCell(1, 0, 1, tall(30)),
		textCell(0, 1, 2, Plain("中")), listCell(0, 2, Plain("項0"), Plain("項1")))
	pages, _ := layoutSheet(t, s)
	if len(pages) != 2 {
		t.Fatalf("%d pages, want 2", len(pages))
	}
	if got := pages[1][2][0]; got != "（続き）番号" {
		t.Errorf("page 2, list: %q", got)
	}
	if got := pages[1][1][0]; got != "（続き）中" {
		t.Errorf("page 2, text: %q", got)
	}
}

// TestRowsStayWhole: a row that fits on the next page is not cut for a small gap.
func TestRowsStayWhole(t *testing.T) {
	s := makeSheet(t,
		textCell(0, 0, 1, tall(pageLines-5)), textCell(0, 1, 1, Plain("a")), listCell(0, 1, Plain("項0")),
		textCell(1, 0, 1, tall(8)), textCell(1, 1, 1, Plain("b")), listCell(1, 1, Plain("項1")))
	pages, _ := layoutSheet(t, s)
	if len(pages) != 2 || len(pages[0][0]) != 1 || len(pages[1][0]) != 1 || strings.Contains(pages[1][0][0], "続き") {
		t.Errorf("pages: %q", pages)
	}
}

// TestLargeGapIsFilled: half a page is not left blank to keep a row whole.
func TestLargeGapIsFilled(t *testing.T) {
	var list []Inline
	for i := range 30 {
		list = append(list, Plain(fmt.Sprintf("項%d", i)))
	}
	s := makeSheet(t,
		textCell(0, 0, 1, tall(20)), textCell(0, 1, 1, Plain("a")), listCell(0, 1, Plain("項")),
		textCell(1, 0, 1, Plain("b")), textCell(1, 1, 1, Plain("c")), listCell(1, 1, list...))
	pages, _ := layoutSheet(t, s)
	if len(pages) != 2 || len(pages[0][2]) != 2 || !strings.HasPrefix(pages[0][2][1], "項0項1") {
		t.Errorf("pages: %q", pages)
	}
}

// TestItemsStayWhole: a list is cut between its items.
func TestItemsStayWhole(t *testing.T) {
	var list []Inline
	for range 12 {
		list = append(list, tall(7))
	}
	s := makeSheet(t, textCell(0, 0, 1, Plain("a")), textCell(0, 1, 1, Plain("b")), listCell(0, 1, list...))
	pages, _ := layoutSheet(t, s)
	for n, p := range pages {
		if got := strings.Count(p[2][0], "高い"); got%7 != 0 || got == 0 {
			t.Errorf("page %d shows %d lines of items of 7", n+1, got)
		}
	}
}

// TestTextHigherThanThePage: it is cut at a line and goes on.
func TestTextHigherThanThePage(t *testing.T) {
	s := makeSheet(t, textCell(0, 0, 1, tall(100)), textCell(0, 1, 1, Plain("b")), listCell(0, 1, Plain("項0"), tall(120)))
	pages, _ := layoutSheet(t, s)
	var left, list int
	for n, p := range pages {
		left += strings.Count(p[0][0], "高い")
		list += strings.Count(p[2][0], "高い")
		if n > 0 && !strings.HasPrefix(p[0][0], "（続き）") {
			t.Errorf("page %d has no mark: %q", n+1, p[0][0])
		}
	}
	if len(pages) != 3 || left != 100 || list != 120 {
		t.Errorf("%d pages with %d and %d lines", len(pages), left, list)
	}
}

func TestBoundaries(t *testing.T) {
	high := func(from, to int, h float32) *piece { return &piece{from: from, to: to, height: h} }
	for _, tt := range []struct {
		name   string
		pieces []*piece
		n      int
		want   []float32
	}{
		{"each row its own", []*piece{high(0, 1, 10), high(1, 2, 20)}, 2, []float32{0, 10, 30}},
		{"the highest counts", []*piece{high(0, 1, 10), high(0, 1, 15)}, 1, []float32{0, 15}},
		{"a spanning cell is spread", []*piece{high(0, 3, 90)}, 3, []float32{0, 30, 60, 90}},
		{"beyond what the rows need", []*piece{high(0, 1, 10), high(1, 2, 10), high(2, 3, 10), high(0, 3, 60)}, 3, []float32{0, 20, 40, 60}},
		{"cells that cross", []*piece{high(0, 2, 30), high(1, 3, 30), high(0, 1, 5), high(2, 3, 25)}, 3, []float32{0, 15, 30, 55}},
		{"least height", nil, 2, []float32{0, 4, 8}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := boundaries(tt.pieces, tt.n, 4)
			if fmt.Sprint(got) != fmt.Sprint(tt.want) {
				t.Errorf("boundaries = %v, want %v", got, tt.want)
			}
			for _, p := range tt.pieces {
				if got[p.to]-got[p.from] < p.height-0.01 {
					t.Errorf("a cell of %v has %v", p.height, got[p.to]-got[p.from])
				}
			}
		})
	}
}

func TestTableSpans(t *testing.T) {
	d := newDocument(t, nil)
	d.Table(Table{Width: 120, Columns: []Column{{Title: Plain("甲")}, {Title: Plain("乙"), Width: 40}, {Title: Plain("丙"), Width: 30}}, Rows: []Row{
		{Cells: []Cell{{Paragraphs: []Inline{Plain("二行")}, Rows: 2}, TextCell("b1"), TextCell("c1")}},
		{Cells: []Cell{TextCell("b2"), {Paragraphs: []Inline{Plain("x"), Plain("y")}, Bullets: true, Small: true, Accent: Accent}}},
		{Cells: []Cell{{Paragraphs: []Inline{Plain("全部")}, Columns: 9, Rows: 9, Head: true}, TextCell("too many")}},
	}})
	checkBoxes(t, d.Pages())
	checkCells(t, d.Pages())
	got := strings.Split(pageText(d.Pages()[0]), "\n")
	want := "甲 乙 丙 二行 b1 c1 b2 ・x ・y 全部"
	if strings.Join(got[:10], " ") != want {
		t.Errorf("cells %q, want %q", got, want)
	}
}

func TestWideTablesShrink(t *testing.T) {
	d := newDocument(t, nil)
	d.Table(Table{Columns: []Column{{Title: Plain("甲"), Width: 400}, {Title: Plain("乙"), Width: 400}}, Rows: []Row{{Cells: []Cell{TextCell(lorem), TextCell(lorem)}}}})
	checkBoxes(t, d.Pages())
	checkCells(t, d.Pages())
}

func TestGroupHeadsStayWithTheirGroup(t *testing.T) {
	d := newDocument(t, nil)
	tab := Table{Columns: []Column{{Title: Plain("甲")}}}
	for i := range 300 {
		if i%7 == 0 {
			tab.Rows = append(tab.Rows, Row{KeepWithNext: true, Cells: []Cell{TextCell("群")}})
		}
		tab.Rows = append(tab.Rows, Row{Cells: []Cell{TextCell(fmt.Sprint(i))}})
	}
	d.Table(tab)
	if len(d.Pages()) < 5 {
		t.Fatalf("%d pages", len(d.Pages()))
	}
	for n, p := range d.Pages() {
		ls := strings.Split(pageText(p), "\n")
		if last := ls[len(ls)-4]; last == "群" {
			t.Errorf("page %d ends with the head of a group", n+1)
		}
	}
}
