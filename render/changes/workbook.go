package changes

import (
	"context"
	"strings"

	"riskguide/catalog"
	"riskguide/catalog/edition"
	"riskguide/catalog/worddiff"
	"riskguide/render"
	"riskguide/render/workbook/sheet"
)

// Workbook writes the view as a workbook: a summary and one table with a row for
// each change, to be filtered by kind, edition, risk or clause; with a profile,
// one more with the requirements of its pack.
func Workbook(ctx context.Context, v *View, opts render.Options) ([]byte, error) {
	b := &bookMaker{v: v, page: sheet.Page{HeaderLeft: v.Heading, HeaderRight: v.Old + " → " + v.New,
		FooterLeft: v.Made(opts.ToolVersion), FooterRight: "{page} / {pages}"}}
	b.book = sheet.New(sheet.Properties{Title: v.Heading, Subject: v.FromTo, Version: v.New, Language: v.Lang,
		Created: opts.Date, Tool: strings.TrimSpace("riskguide " + opts.ToolVersion)}, opts.Warn)
	defer b.book.Close()
	b.summary()
	b.table("sheet.changes", "Changes", v.Groups)
	if v.Pack != nil {
		b.table("sheet.pack", "Pack", v.Pack.Groups)
	}
	return b.book.Bytes(ctx)
}

type bookMaker struct {
	v    *View
	book *sheet.Book
	page sheet.Page
}

func (b *bookMaker) summary() {
	v := b.v
	page := b.page
	page.Portrait = true
	sh := b.book.AddSheet(v.Word("sheet.summary"), page)
	sh.SetColumns(220, 80, 200)
	row := 1
	line := func(s string, st sheet.Style) {
		if s == "" {
			return
		}
		sh.Box(row, 1, 1, 3, s, st, catalog.Position{})
		row++
	}
	line(v.Heading, sheet.Style{Size: sheet.TitleSize, Bold: true})
	line(v.FromTo, sheet.Style{Size: sheet.TextSize, Color: sheet.Muted})
	line(v.Total, sheet.Style{Size: sheet.TextSize, Bold: true})
	line(v.Needs, sheet.Style{Size: sheet.TextSize})
	row++
	edges := sheet.AllEdges(sheet.Thin)
	head := sheet.HeaderStyle()
	counts := func(label string, names []string, numbers []int) {
		if len(names) == 0 {
			return
		}
		sh.Text(row, 1, label, head)
		sh.Text(row, 2, v.Word("col.count"), head)
		row++
		for i, n := range names {
			sh.Text(row, 1, n, sheet.Style{Size: sheet.TextSize, Edges: edges})
			sh.Value(row, 2, numbers[i], sheet.Style{Size: sheet.TextSize, Edges: edges, Align: sheet.Right})
			row++
		}
		row++
	}
	var names []string
	var numbers []int
	for _, c := range v.Counts {
		names, numbers = append(names, c.Word), append(numbers, c.N)
	}
	counts(v.Word("col.change"), names, numbers)
	names, numbers = nil, nil
	for _, g := range v.Groups {
		names, numbers = append(names, strings.TrimSpace(g.ID+" "+g.Title)), append(numbers, len(g.Entries))
	}
	counts(v.Word("col.group"), names, numbers)
	if p := v.Pack; p != nil {
		line(p.Title, sheet.Style{Size: sheet.HeadSize, Bold: true})
		line(p.Summary, sheet.Style{Size: sheet.TextSize})
		for _, n := range p.Notes {
			line(n, sheet.Style{Size: sheet.TextSize})
		}
	}
	sh.Close()
}

// top is the row of a table's headings.
const top = 3

func (b *bookMaker) table(name, id string, groups []Group) {
	v := b.v
	columns := []struct {
		key   string
		width float64
	}{{"number", 34}, {"change", 74}, {"level", 42}, {"group", 110}, {"entity", 76}, {"id", 92},
		{"field", 76}, {"old", 230}, {"new", 230}, {"details", 150}}
	var rows [][]string
	var kinds []edition.Kind
	for _, g := range groups {
		for _, e := range g.Entries {
			to := e.ID
			if e.NewID != "" {
				to += " → " + e.NewID
			}
			rows = append(rows, []string{"", e.KindWord, v.Word("level." + string(e.Level)),
				strings.TrimSpace(g.ID + " " + g.Title), e.What, to, e.Field,
				worddiff.Old(e.Segments), worddiff.New(e.Segments), strings.Join(e.Details, "\n")})
			kinds = append(kinds, e.Kind)
		}
	}
	sh := b.book.AddSheet(v.Word(name), b.page)
	widths := make([]float64, len(columns))
	heads := make([]string, len(columns))
	texts := make([][]string, len(columns))
	for i, c := range columns {
		widths[i], heads[i] = c.width, v.Word("col."+c.key)
		for _, r := range rows {
			texts[i] = append(texts[i], r[i])
		}
	}
	widths, _ = sheet.FitWidths(widths, sheet.BodySize, sheet.MaxRow, texts)
	sh.SetColumns(widths...)
	sh.Box(1, 1, 1, len(columns), v.Word(name), sheet.Style{Size: sheet.TitleSize, Bold: true}, catalog.Position{})
	sh.Box(2, 1, 1, len(columns), v.FromTo, sheet.Style{Color: sheet.Muted}, catalog.Position{})
	head := sheet.HeaderStyle()
	head.Align, head.VAlign = sheet.Left, sheet.Top
	for i, h := range sheet.Headings(heads...) {
		sh.Text(top, i+1, h, head)
	}
	sh.Height(top, sh.RowHeight(top)+sheet.LineHeight(sheet.BodySize))
	for i, r := range rows {
		row := top + 1 + i
		st := sheet.Style{Edges: sheet.AllEdges(sheet.Thin)}
		sh.Value(row, 1, i+1, st)
		for j := 1; j < len(r); j++ {
			cell := st
			switch {
			case columns[j].key == "change":
				cell.Bold, cell.Fill = true, fillOf(kinds[i])
			case columns[j].key == "old" && r[j] != r[j+1]:
				cell.Color = "8F1D14"
			case columns[j].key == "new" && r[j] != r[j-1]:
				cell.Color = "175C2E"
			}
			sh.Text(row, j+1, r[j], cell)
		}
	}
	sh.Table(id, top, 1, len(rows)+1, len(columns))
	sh.Freeze(top, 2)
	sh.RepeatRows(top, top)
	sh.Close()
}

// fillOf is the colour of a kind of change; its word says the same.
func fillOf(k edition.Kind) string {
	switch k {
	case edition.Added, edition.TranslationAdded:
		return "DEF2E3"
	case edition.Removed, edition.TranslationRemoved:
		return "FBE5E1"
	case edition.Moved, edition.Replaced:
		return "E4F0F0"
	}
	return "FCEFCD"
}
