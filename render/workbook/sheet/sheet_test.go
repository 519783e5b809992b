package sheet_test

import (
	"bytes"
	"context"
	"encoding/xml"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"riskguide/catalog"
	"riskguide/render/workbook/sheet"
	"riskguide/render/workbook/sheet/sheettest"
)

func TestLines(t *testing.T) {
	for _, c := range []struct {
		text  string
		width float64 // in ems at 10 points
		want  int
	}{
		{"", 5, 1},
		{"あいうえお", 5, 1},
		{"あいうえおか", 5, 2},
		{"あいうえお。", 5, 2},  // お moves down with 。
		{"あいうえ（おか", 5, 2}, // （ does not end the line
		{"あ\nい\nう", 5, 3},
		{"word word", 3, 2},
		{"あああ word", 5, 2},
		{"wwwwwwwwwwww", 4, 3}, // a word longer than the line
		{"あwwwwwwwwwwww", 4, 4},
		{"あ", 0, 1},
		{strings.Repeat("あ", 100), 0, 100},
	} {
		if got := sheet.Lines(c.text, c.width*10, 10, false); got != c.want {
			t.Errorf("Lines(%q, %v em) = %d, want %d", c.text, c.width, got, c.want)
		}
	}
}

// TestRowHeights checks with invented layouts that every cell finds its height,
// that the sum is the least possible, and that no row is needlessly low or high.
func TestRowHeights(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 500 {
		n := 1 + r.IntN(12)
		var boxes []sheet.Box
		for range r.IntN(20) {
			row := r.IntN(n)
			boxes = append(boxes, sheet.Box{Row: row, Span: 1 + r.IntN(n-row), Need: float64(r.IntN(2000)) * 0.75})
		}
		heights := sheet.RowHeights(n, 18, boxes)
		sum := func(from, to int) (s float64) {
			for _, h := range heights[from:to] {
				s += h
			}
			return s
		}
		for i, h := range heights {
			if h < 18 {
				t.Fatalf("row %d is %v points high", i, h)
			}
		}
		for _, b := range boxes {
			if got := sum(b.Row, b.Row+b.Span); got < b.Need-1e-6 {
				t.Fatalf("%+v finds %v points in %v", b, got, heights)
			}
		}
		// The longest way through the boxes is the least possible sum.
		least := make([]float64, n+1)
		for i := 1; i <= n; i++ {
			least[i] = least[i-1] + 18
			for _, b := range boxes {
				if b.Row+b.Span == i {
					least[i] = max(least[i], least[b.Row]+b.Need)
				}
			}
		}
		if got := sum(0, n); got > least[n]+0.75*float64(n) {
			t.Fatalf("%v points, could be %v: %v for %v", got, least[n], heights, boxes)
		}
	}
}

func TestRowHeightsShares(t *testing.T) {
	got := sheet.RowHeights(3, 15, []sheet.Box{{Row: 0, Span: 3, Need: 150}})
	if got[0] < 30 || got[2] < 30 {
		t.Errorf("the height of a merged cell is not shared by its rows: %v", got)
	}
}

func TestSplitHeight(t *testing.T) {
	for _, h := range []float64{0, 18, 400, 400.75, 1234.5, 100000} {
		parts := sheet.SplitHeight(h)
		sum := 0.0
		for _, p := range parts {
			sum += p
			if p > sheet.MaxRow+0.75 {
				t.Errorf("%v: a part of %v", h, p)
			}
		}
		if sum < h || len(parts) == 0 {
			t.Errorf("%v is divided into %v", h, parts)
		}
	}
}

func TestClean(t *testing.T) {
	for _, c := range []struct {
		in, want string
		dropped  int
		cut      bool
	}{
		{"普通の文\tと\nタブ", "普通の文\tと\nタブ", 0, false},
		{"a\r\nb\rc\u2028d", "a\nb\nc\nd", 0, false},
		{"\x00a\x1fb\ufffe\uffff", "ab", 4, false},
		{"a\xffb", "ab", 1, false},
		{"𠮷😀", "𠮷😀", 0, false},
		{strings.Repeat("x", 32767), strings.Repeat("x", 32767), 0, false},
		{strings.Repeat("x", 32768), strings.Repeat("x", 32766) + "…", 0, true},
		{strings.Repeat("😀", 16384), strings.Repeat("😀", 16383) + "…", 0, true},
	} {
		got, dropped, cut := sheet.Clean(c.in)
		if got != c.want || dropped != c.dropped || cut != c.cut {
			t.Errorf("Clean(%.20q) = %.20q, %d, %v", c.in, got, dropped, cut)
		}
	}
}

func FuzzText(f *testing.F) {
	for _, s := range []string{"", "=1", "a\x00b", "'", "\ufffe", "_x0041_", "a\r\n\tb ", "[x]:*?/\\"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		b := sheet.New(sheet.Properties{Title: s, Creator: s, Created: time.Unix(0, 0)}, nil)
		sh := b.AddSheet(s, sheet.Page{HeaderLeft: s, FooterRight: s})
		sh.SetColumns(60)
		sh.Text(1, 1, s, sheet.Style{})
		data, err := b.Bytes(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		sheettest.Check(t, data)
		got, err := sheettest.Open(t, data).GetCellValue(sh.Name(), "A1")
		if err != nil {
			t.Fatal(err)
		}
		want, _, _ := sheet.Clean(s)
		if got != want {
			t.Errorf("%q is read back as %q, want %q", s, got, want)
		}
		if !utf8.ValidString(want) || xml.EscapeText(new(bytes.Buffer), []byte(want)) != nil || len(utf16.Encode([]rune(want))) > sheet.MaxChars {
			t.Errorf("Clean(%q) = %q", s, want)
		}
	})
}

// TestTextStaysText checks what Excel is told about text that looks otherwise.
func TestTextStaysText(t *testing.T) {
	b := sheet.New(sheet.Properties{}, nil)
	sh := b.AddSheet("x", sheet.Page{})
	texts := []string{"=1+1", "+81", "-1", "@x", "8.6.1", "2026-01-31", "'quoted", "1e5", "文", "H05-03", "true"}
	for i, s := range texts {
		sh.Text(i+1, 1, s, sheet.Style{})
	}
	data, err := b.Bytes(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	f := sheettest.Open(t, data)
	if _, err := f.GetCellStyle("x", "A1"); err != nil { // reads the styles
		t.Fatal(err)
	}
	for i, s := range texts {
		cell := fmt.Sprintf("A%d", i+1)
		if got, _ := f.GetCellValue("x", cell); got != s {
			t.Errorf("%s is %q, want %q", cell, got, s)
		}
		if formula, _ := f.GetCellFormula("x", cell); formula != "" {
			t.Errorf("%q is the formula %s", s, formula)
		}
		if typ, _ := f.GetCellType("x", cell); typ != excelize.CellTypeInlineString {
			t.Errorf("%q is of the type %v", s, typ)
		}
		id, _ := f.GetCellStyle("x", cell)
		q := f.Styles.CellXfs.Xf[id].QuotePrefix
		if quoted := q != nil && *q; quoted != (i < 8) {
			t.Errorf("%q has the quote prefix: %v", s, quoted)
		}
	}
}

func TestSheetNames(t *testing.T) {
	b := sheet.New(sheet.Properties{}, nil)
	for _, c := range []struct{ in, want string }{
		{"H01", "H01"}, {"h01", "h01 (2)"}, {"H01", "H01 (3)"}, {"", "Sheet"}, {"'a'", "a"}, {"a:b", "a-b"},
		{"History", "HistorySheet"}, {strings.Repeat("あ", 40), strings.Repeat("あ", 31)},
		{strings.Repeat("あ", 40), strings.Repeat("あ", 27) + " (2)"}, {"it's", "it's"}, {"😀" + strings.Repeat("x", 40), "😀" + strings.Repeat("x", 29)},
	} {
		if got := b.AddSheet(c.in, sheet.Page{}).Name(); got != c.want {
			t.Errorf("AddSheet(%q) is named %q, want %q", c.in, got, c.want)
		}
	}
	data, err := b.Bytes(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	sheettest.Check(t, data)
}

func TestHeadings(t *testing.T) {
	got := sheet.Headings("番号", "a\nb", "番号", "", "A B", "-")
	want := []string{"番号", "a b", "番号 (2)", "-", "A B (2)", "- (2)"}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("Headings: %q, want %q", got, want)
	}
}

func TestTables(t *testing.T) {
	b := sheet.New(sheet.Properties{}, nil)
	for range 2 {
		sh := b.AddSheet("x", sheet.Page{})
		sh.Text(1, 1, "a", sheet.HeaderStyle())
		sh.Table("Same", 1, 1, 1, 1) // no rows
	}
	data, err := b.Bytes(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	sheettest.Check(t, data)
}

func TestLinks(t *testing.T) {
	b := sheet.New(sheet.Properties{}, nil)
	first := b.AddSheet("a'b", sheet.Page{})
	first.Text(1, 1, "to", sheet.Style{})
	first.Link(1, 1, "place", "tip & <tip>")
	first.Text(2, 1, "out", sheet.Style{})
	first.URL(2, 1, "https://example.org/?a=1&b=2")
	second := b.AddSheet("second", sheet.Page{})
	second.Text(3, 2, "here", sheet.Style{})
	second.Mark("place", 3, 2)
	second.Text(4, 2, "back", sheet.Style{})
	second.Link(4, 2, "start", "")
	first.Mark("start", 1, 1)
	data, err := b.Bytes(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	sheettest.Check(t, data)
	f := sheettest.Open(t, data)
	for _, c := range []struct{ sheet, cell, want string }{
		{"a'b", "A1", "'second'!B3"}, {"second", "B4", "'a''b'!A1"}, {"a'b", "A2", "https://example.org/?a=1&b=2"},
	} {
		if ok, got, err := f.GetCellHyperLink(c.sheet, c.cell); !ok || got != c.want || err != nil {
			t.Errorf("%s!%s leads to %q (%v, %v), want %q", c.sheet, c.cell, got, ok, err, c.want)
		}
	}
}

func TestTooManyLinks(t *testing.T) {
	warned := 0
	b := sheet.New(sheet.Properties{}, func(catalog.Problem) { warned++ })
	sh := b.AddSheet("x", sheet.Page{})
	sh.Mark("top", 1, 1)
	for i := 1; i <= sheet.MaxLinks+10; i++ {
		sh.Text(i, 1, "a", sheet.Style{})
		sh.Link(i, 1, "top", "")
	}
	data, err := b.Bytes(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	sheettest.Check(t, data)
	if warned != 1 {
		t.Errorf("%d warnings", warned)
	}
}

func TestErrors(t *testing.T) {
	for want, do := range map[string]func(*sheet.Book, *sheet.Sheet){
		"nowhere": func(_ *sheet.Book, sh *sheet.Sheet) { sh.Link(1, 1, "gone", "") },
		"twice":   func(_ *sheet.Book, sh *sheet.Sheet) { sh.Mark("a", 1, 1); sh.Mark("a", 2, 1) },
		"closed":  func(_ *sheet.Book, sh *sheet.Sheet) { sh.Close(); sh.Text(1, 1, "a", sheet.Style{}) },
		"no row":  func(_ *sheet.Book, sh *sheet.Sheet) { sh.Text(0, 1, "a", sheet.Style{}) },
	} {
		b := sheet.New(sheet.Properties{}, nil)
		do(b, b.AddSheet("x", sheet.Page{}))
		if _, err := b.Bytes(context.Background()); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one with %q", err, want)
		}
	}
	if _, err := sheet.New(sheet.Properties{}, nil).Bytes(context.Background()); err == nil {
		t.Error("a workbook without a sheet is no error")
	}
}

func TestHeaderFooter(t *testing.T) {
	b := sheet.New(sheet.Properties{}, nil)
	b.AddSheet("x", sheet.Page{HeaderLeft: "2026 A&B\n{sheet}", HeaderRight: strings.Repeat("長&", 300),
		FooterLeft: strings.Repeat("長&", 300), FooterRight: "{page} / {pages}"})
	data, err := b.Bytes(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	sheettest.Check(t, data)
	h, err := sheettest.Open(t, data).GetHeaderFooter("x")
	if err != nil {
		t.Fatal(err)
	}
	if want := `&L&8&"Yu Gothic,Regular"2026 A&&B &A&R`; !strings.HasPrefix(h.OddHeader, want) {
		t.Errorf("header %q", h.OddHeader)
	}
	if want := `&R&8&"Yu Gothic,Regular"&P / &N`; !strings.HasSuffix(h.OddFooter, want) {
		t.Errorf("footer %q", h.OddFooter)
	}
	// A text that was cut must not end in half an escape.
	if odd := strings.Count(strings.ReplaceAll(h.OddFooter, "&&", ""), "&") != 8; odd {
		t.Errorf("footer %q", h.OddFooter)
	}
}

func TestFitWidths(t *testing.T) {
	long := strings.Repeat("文", 2000)
	got, tooLong := sheet.FitWidths([]float64{50, 50}, 9, sheet.MaxRow, [][]string{{"短い"}, {long}})
	if got[0] != 50 || sheet.TextHeight(long, got[1], 9, false) > sheet.MaxRow || tooLong != 0 {
		t.Errorf("widths %v, %d too long", got, tooLong)
	}
	if _, tooLong := sheet.FitWidths([]float64{50}, 9, sheet.MaxRow, [][]string{{strings.Repeat(long, 10)}}); tooLong != 1 {
		t.Errorf("%d too long, want 1", tooLong)
	}
}
