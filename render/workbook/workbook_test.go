package workbook_test

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"riskguide/catalog"
	"riskguide/catalog/published"
	"riskguide/catalog/synthetic"
	"riskguide/render"
	"riskguide/render/rendertest"
	"riskguide/render/table"
	"riskguide/render/workbook"
	"riskguide/render/workbook/sheet"
	"riskguide/render/workbook/sheet/sheettest"
	"riskguide/templates"
)

func source(t testing.TB) *catalog.Source {
	t.Helper()
	dir := filepath.Join(rendertest.Root(t), "catalog", "testdata", "small")
	src, ps := catalog.LoadSource(context.Background(), os.DirFS(dir), catalog.LoadOptions{})
	if ps.HasErrors() {
		t.Fatal(ps)
	}
	return src
}

func assemble(t testing.TB, src *catalog.Source) *catalog.Catalog {
	t.Helper()
	cat, ps := catalog.Assemble(src)
	if cat == nil {
		t.Fatal(ps)
	}
	return cat
}

// publishedSource reads the published guide, where it is.
func publishedSource(t testing.TB) *catalog.Source {
	t.Helper()
	name := rendertest.Published(t)
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	res, err := published.Parse(name, data)
	if err != nil {
		t.Fatal(err)
	}
	return res.Source
}

func options(cat *catalog.Catalog, lang catalog.Lang) render.Options {
	return render.Options{Lang: lang, Templates: templates.FS(), Date: cat.Guide.Date, ToolVersion: "test"}
}

func renderBook(t testing.TB, cat *catalog.Catalog, opts render.Options) []byte {
	t.Helper()
	var sink render.Memory
	if err := workbook.Render(context.Background(), cat, opts, &sink); err != nil {
		t.Fatal(err)
	}
	return sink.Data(render.CatalogWorkbook())
}

// hostile returns a guide with everything that a workbook can stumble over.
func hostile(t testing.TB) *catalog.Catalog {
	src := source(t)
	set := func(tx *catalog.Text, s string) { tx.Values = map[catalog.Lang]string{"ja": s} }
	set(&src.Guide.Title, "手引 & <\"規程\"> 100% &P &D")
	set(&src.Guide.Publisher, strings.Repeat("長い名前の協会&", 60))
	r := src.Risks[0]
	set(&r.Name, "'=1+1 <b>&amp;</b> [a]:*?/\\")
	set(&r.Objectives[0].Text, "@SUM(A1) 到達すべき水準")
	set(&r.Threats[0].Text, "+81-3-0000-0000")
	set(&r.Threats[1].Text, "-設定の誤り\n次の行")
	set(&r.Threats[2].Text, "1/2")
	set(&r.Residuals[0].Text, "_x0041_ と _x005F_ はそのまま")
	set(&r.Measures[0].Text, "=HYPERLINK(\"http://example.org\",\"x\")")
	set(&r.Measures[1].Text, strings.Repeat("とても長い対策の要点。", 400)) // one cell of several pages
	set(&r.Rows[3].Remark, strings.Repeat("備考", 20000))          // more than a cell can hold
	// A list of 60 controls beside one short measure, and a statement that is
	// higher than a row can be.
	cl := src.Clauses[1]
	for i := 4; i <= 60; i++ {
		cl.Controls = append(cl.Controls, &catalog.Control{ID: "8.6.1." + strconv.Itoa(i), Clause: cl,
			Statement: catalog.NewText("ja", fmt.Sprintf("%d番目の管理を定め、記録し、見直す（例えば、毎年の点検、担当者の教育）。", i))})
	}
	set(&cl.Controls[10].Statement, strings.Repeat("長い管理基準の文。", 300))
	src.Risks[1].Measures[0].Controls = []catalog.SourceControlCitation{{ID: "8.6.1.1", Through: "8.6.1.60"}}
	cat := assemble(t, src)
	// The loader refuses these; a catalog may come from elsewhere.
	set(&cat.Measure("H01-03").Text, "制御文字\x01\x0b と \ufffe 𠮷野家 😀")
	return cat
}

// cases are the guides and languages that the tests look at.
func cases(t *testing.T, run func(t *testing.T, cat *catalog.Catalog, lang catalog.Lang)) {
	for _, lang := range []catalog.Lang{"ja", "en"} {
		t.Run("small "+string(lang), func(t *testing.T) { run(t, assemble(t, source(t)), lang) })
	}
	t.Run("hostile", func(t *testing.T) { run(t, hostile(t), "ja") })
	t.Run("published", func(t *testing.T) { run(t, assemble(t, publishedSource(t)), "ja") })
}

func TestParts(t *testing.T) {
	cases(t, func(t *testing.T, cat *catalog.Catalog, lang catalog.Lang) {
		sheettest.Check(t, renderBook(t, cat, options(cat, lang)))
	})
}

func TestSheets(t *testing.T) {
	cat := assemble(t, source(t))
	for lang, want := range map[catalog.Lang]string{
		"ja": "表紙 読み方 リスク一覧 H01 M02 全対策 管理基準索引 脆弱性索引",
		"en": "Cover|How to read|Risks|H01|M02|All measures|Control index|Vulnerability index",
	} {
		f := sheettest.Open(t, renderBook(t, cat, options(cat, lang)))
		if got := f.GetSheetList(); strings.Join(got, " ") != strings.ReplaceAll(want, "|", " ") {
			t.Errorf("%s: sheets %q, want %q", lang, got, want)
		}
	}
}

func TestSheetNamesFromWords(t *testing.T) {
	cat := assemble(t, source(t))
	over := memFS{"workbook/words.ja.yaml": "sheet.cover: 'H01'\nsheet.howto: 'a/b:c*[d]?'\nsheet.risks: '" + strings.Repeat("長", 40) +
		"'\nsheet.measures: \"it's\"\ncol.risk: 同じ\ncol.risk-name: 同じ\n"}
	opts := options(cat, "ja")
	opts.Templates = templates.Overlay(templates.FS(), over)
	data := renderBook(t, cat, opts)
	sheettest.Check(t, data)
	got := sheettest.Open(t, data).GetSheetList()
	want := []string{"H01", "a-b-c--d--", strings.Repeat("長", 31), "H01 (2)", "M02", "it's", "管理基準索引", "脆弱性索引"}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("sheets %q, want %q", got, want)
	}
}

// TestTexts checks that every text of the catalog can be read in the workbook,
// character by character, except for what a workbook cannot hold.
func TestTexts(t *testing.T) {
	cases(t, func(t *testing.T, cat *catalog.Catalog, lang catalog.Lang) {
		var all strings.Builder
		byRisk := map[string]string{}
		for name, cells := range sheettest.Texts(t, renderBook(t, cat, options(cat, lang))) {
			var b strings.Builder
			for _, s := range cells {
				b.WriteString(s)
				b.WriteByte(0)
			}
			all.WriteString(b.String())
			byRisk[name] = b.String()
		}
		whole := all.String()
		find := func(in, what string, tx catalog.Text) {
			t.Helper()
			s, _ := cat.Text(tx, lang)
			s, _, cut := sheet.Clean(strings.ReplaceAll(s, "{hours}", "24"))
			if cut {
				s = strings.TrimSuffix(s, "…")
			}
			if !strings.Contains(in, s) {
				t.Errorf("%s is not there: %.60q", what, s)
			}
		}
		g := cat.Guide
		for _, tx := range []catalog.Text{g.Title, g.Subtitle, g.Publisher, g.Rights} {
			find(whole, "guide", tx)
		}
		for _, c := range g.Columns {
			find(whole, "column", c.Name)
			find(whole, "column", c.Description)
		}
		for _, l := range g.AllLayers() {
			find(whole, "layer", l.Name)
			find(whole, "layer", l.Description)
		}
		for _, r := range g.References {
			find(whole, "reference", r.Text)
			find(whole, "reference", r.Note)
		}
		for _, s := range g.Severities {
			find(whole, "severity", s.Name)
		}
		for _, r := range cat.Risks {
			page := byRisk[r.ID]
			find(page, r.ID, r.Name)
			for _, d := range append(append([]catalog.Text{}, r.Description...), r.Notes...) {
				find(page, r.ID, d)
			}
			for _, row := range r.Rows {
				find(page, r.ID, row.Layer.Name)
				find(page, r.ID, row.Remark)
				if row.Objective != nil {
					find(page, row.Objective.ID, row.Objective.Text)
				}
				for _, x := range row.Threats {
					find(page, x.ID, x.Text)
				}
				for _, v := range row.Vulnerabilities {
					find(page, v.Vulnerability.ID, v.Label())
					find(page, v.Vulnerability.ID, v.Note)
				}
			}
			for _, m := range r.Measures {
				find(page, m.ID, catalog.NewText(lang, m.ID))
				find(page, m.ID, m.Text)
				for _, c := range m.Controls.Citations {
					find(page, m.ID, catalog.NewText(lang, c.Control.ID))
					find(page, m.ID, c.Statement())
					find(page, m.ID, c.Note)
				}
				for _, x := range m.Residuals {
					find(page, x.ID, x.Text)
				}
			}
		}
		for _, cl := range cat.Clauses {
			find(whole, cl.ID, cl.Title)
			for _, c := range cl.Controls {
				find(whole, c.ID, c.Statement)
			}
		}
		for _, v := range cat.Vulnerabilities {
			find(whole, v.ID, v.Label)
		}
	})
}

// TestMerges compares the merged cells of each risk's sheet with the spans of
// the grid.
func TestMerges(t *testing.T) {
	cases(t, func(t *testing.T, cat *catalog.Catalog, lang catalog.Lang) {
		f := sheettest.Open(t, renderBook(t, cat, options(cat, lang)))
		words, err := templates.LoadWords(templates.FS(), workbook.WordsDir, lang)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range cat.Risks {
			top := titleRows(t, f, r.ID)[0]
			g := table.Build(cat, r, table.Options{Lang: lang,
				Statement: func(_ *catalog.Measure, _ catalog.ControlCitation, s string) (string, bool) {
					return strings.ReplaceAll(s, "{hours}", "24"), false
				}})
			// The same table on a sheet of its own tells where its rows lie.
			book := sheet.New(sheet.Properties{}, nil)
			sh := book.AddSheet("x", sheet.Page{})
			sh.SetColumns(sheet.RiskTableWidths(g)...)
			ext := sh.RiskTable(top, sheet.RiskTable{Grid: g, Lang: lang, Words: tableWords(words)})
			book.Close()

			merges := map[string]string{}
			ms, err := f.GetMergeCells(r.ID)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range ms {
				merges[m.GetStartAxis()] = m.GetEndAxis()
			}
			expect := func(row, col, rows, cols int, text string) {
				t.Helper()
				first, _ := excelize.CoordinatesToCellName(col, row)
				last, _ := excelize.CoordinatesToCellName(col+cols-1, row+rows-1)
				if merges[first] != last && (merges[first] != "" || first != last) {
					t.Errorf("%s!%s is merged to %q, want %s", r.ID, first, merges[first], last)
				}
				if text, _, cut := sheet.Clean(text); !cut {
					if got, _ := f.GetCellValue(r.ID, first); got != text {
						t.Errorf("%s!%s is %q, want %q", r.ID, first, got, text)
					}
				}
			}
			start := [...]int{1, 2, 3, 4, 5, 6, 8, 10, 11, 12}
			for _, c := range g.Header {
				expect(top+c.Row, start[c.Col], c.RowSpan, start[c.Col+c.ColSpan]-start[c.Col], c.Items[0].Text)
			}
			for _, c := range g.Cells {
				row := ext.Rows[c.Row][0]
				rows := ext.Rows[c.Row+c.RowSpan-1][1] - row + 1
				col, cols := start[c.Col], start[c.Col+c.ColSpan]-start[c.Col]
				switch {
				case c.Col == table.ColControls && c.Kind == table.Filled:
					// One cell after the other fills the box.
					at := row
					for i, it := range c.Items {
						n := 1
						if end, ok := merges[name(9, at)]; ok {
							_, y, _ := excelize.CellNameToCoordinates(end)
							n = y - at + 1
						}
						if i == len(c.Items)-1 {
							n = row + rows - at
						}
						expect(at, 8, n, 1, it.Number)
						expect(at, 9, n, 1, itemText(words, it, false))
						at += n
					}
					if at != row+rows {
						t.Errorf("%s: the controls of row %d end at %d, want %d", r.ID, row, at, row+rows)
					}
				case c.Col == table.ColMeasure && c.Measure != nil:
					expect(row, 6, rows, 1, c.Measure.ID)
					text := words.Get("mark.missing.measure")
					if c.Kind == table.Filled {
						text = c.Items[0].Text
					}
					expect(row, 7, rows, 1, text)
				case c.Kind == table.Filled:
					var texts []string
					for _, it := range c.Items {
						texts = append(texts, itemText(words, it, true))
					}
					expect(row, col, rows, cols, strings.Join(texts, "\n"))
				case c.Kind == table.Empty:
					expect(row, col, rows, cols, "")
				case c.Kind == table.NotApplicable:
					expect(row, col, rows, cols, words.Get("mark.na"))
				default:
					expect(row, col, rows, cols, words.Get("mark.missing."+map[catalog.Gap]string{
						catalog.GapControls: "controls", catalog.GapResidual: "residual"}[c.Gap]))
				}
			}
		}
	})
}

func name(col, row int) string { s, _ := excelize.CoordinatesToCellName(col, row); return s }

func tableWords(w templates.Words) sheet.TableWords {
	return sheet.TableWords{NotApplicable: w.Get("mark.na"), MissingMeasure: w.Get("mark.missing.measure"),
		MissingControls: w.Get("mark.missing.controls"), MissingResidual: w.Get("mark.missing.residual"),
		Bullet: w.Get("mark.bullet"), Open: w.Get("mark.open"), Close: w.Get("mark.close")}
}

// itemText is what the cells show, written down once more.
func itemText(w templates.Words, it table.Item, number bool) string {
	s := it.Text
	if number && it.Number != "" {
		s = it.Number + " " + s
	}
	if it.Bullet {
		s = w.Get("mark.bullet") + s
	}
	if it.Note != "" {
		s += w.Get("mark.open") + it.Note + w.Get("mark.close")
	}
	return s
}

// titleRows returns the rows that are repeated on every page of a sheet.
func titleRows(t *testing.T, f *excelize.File, name string) [2]int {
	t.Helper()
	for _, n := range f.GetDefinedName() {
		if n.Name == "_xlnm.Print_Titles" && n.Scope == name {
			var rows [2]int
			if _, err := fmt.Sscanf(n.RefersTo[strings.LastIndex(n.RefersTo, "!")+1:], "$%d:$%d", &rows[0], &rows[1]); err != nil {
				t.Fatalf("%s: %s: %v", name, n.RefersTo, err)
			}
			return rows
		}
	}
	t.Fatalf("%s repeats no rows", name)
	return [2]int{}
}

// TestSettings checks what is the same for all sheets, and what frozen panes and
// repeated rows have to do with each other.
func TestSettings(t *testing.T) {
	cat := assemble(t, source(t))
	f := sheettest.Open(t, renderBook(t, cat, options(cat, "ja")))
	areas := map[string]bool{}
	for _, n := range f.GetDefinedName() {
		if n.Name == "_xlnm.Print_Area" {
			areas[n.Scope] = true
		}
	}
	for i, s := range f.GetSheetList() {
		if !areas[s] {
			t.Errorf("%s has no print area", s)
		}
		l, err := f.GetPageLayout(s)
		if err != nil {
			t.Fatal(err)
		}
		if *l.Orientation != "landscape" || *l.Size != 9 || *l.FitToWidth != 1 || *l.FitToHeight != 0 {
			t.Errorf("%s: layout %s %d, %d wide, %d tall", s, *l.Orientation, *l.Size, *l.FitToWidth, *l.FitToHeight)
		}
		p, err := f.GetSheetProps(s)
		if err != nil {
			t.Fatal(err)
		}
		if p.FitToPage == nil || !*p.FitToPage {
			t.Errorf("%s is not fitted to the page", s)
		}
		h, err := f.GetHeaderFooter(s)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(h.OddHeader, "2026.1") || !strings.Contains(h.OddFooter, "&P") || !strings.Contains(h.OddFooter, "&N") {
			t.Errorf("%s: header %q, footer %q", s, h.OddHeader, h.OddFooter)
		}
		panes, err := f.GetPanes(s)
		if err != nil {
			t.Fatal(err)
		}
		if i < 2 {
			continue // cover, how to read
		}
		if rows := titleRows(t, f, s); !panes.Freeze || panes.YSplit != rows[1] {
			t.Errorf("%s: %d rows are frozen, the headings end at %d", s, panes.YSplit, rows[1])
		}
	}
}

func TestTables(t *testing.T) {
	cat := assemble(t, source(t))
	f := sheettest.Open(t, renderBook(t, cat, options(cat, "ja")))
	for s, want := range map[string]string{
		"リスク一覧": "Risks A3:H5", "全対策": "AllMeasures A3:M15", "管理基準索引": "Controls A3:G10", "脆弱性索引": "Vulnerabilities A3:E7",
	} {
		ts, err := f.GetTables(s)
		if err != nil {
			t.Fatal(err)
		}
		if len(ts) != 1 || ts[0].Name+" "+ts[0].Range != want {
			t.Errorf("%s: tables %+v, want %s", s, ts, want)
		}
		ms, err := f.GetMergeCells(s)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range ms {
			if _, y, _ := excelize.CellNameToCoordinates(m.GetEndAxis()); y >= 3 {
				t.Errorf("%s: %s is merged inside the table", s, m.GetStartAxis())
			}
		}
	}
}

// TestFlatRows checks that the flat table has one row a measure and control.
func TestFlatRows(t *testing.T) {
	cases(t, func(t *testing.T, cat *catalog.Catalog, lang catalog.Lang) {
		f := sheettest.Open(t, renderBook(t, cat, options(cat, lang)))
		sheets := f.GetSheetList()
		rows, err := f.GetRows(sheets[len(sheets)-3])
		if err != nil {
			t.Fatal(err)
		}
		at := 3
		for _, m := range cat.Measures() {
			cites := m.Controls.Citations
			if len(cites) == 0 {
				cites = []catalog.ControlCitation{{Control: &catalog.Control{}}}
			}
			for _, c := range cites {
				if at >= len(rows) {
					t.Fatalf("the table ends before %s", m.ID)
				}
				row := append(rows[at], make([]string, 13)...)
				text, _ := cat.Text(m.Text, lang)
				if text, _, _ = sheet.Clean(text); m.HasGap(catalog.GapMeasure) {
					text = row[8]
				}
				if row[0] != m.Risk.ID || row[7] != m.ID || row[8] != text || row[9] != c.Control.ID {
					t.Errorf("row %d is %q, want %s %s", at+1, row, m.ID, c.Control.ID)
				}
				at++
			}
		}
		if at != len(rows) {
			t.Errorf("%d rows, want %d", len(rows), at)
		}
	})
}

var hyperlink = regexp.MustCompile(`<hyperlink ref="([A-Z0-9]+)" location="([^"]+)"`)

// TestLinks follows every link: one that stands on an id must lead to a cell
// with that id, or to the sheet of the risk.
func TestLinks(t *testing.T) {
	cases(t, func(t *testing.T, cat *catalog.Catalog, lang catalog.Lang) {
		data := renderBook(t, cat, options(cat, lang))
		texts := sheettest.Texts(t, data)
		f := sheettest.Open(t, data)
		zr, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			t.Fatal(err)
		}
		isID := regexp.MustCompile(`^[HML]\d+(-\d+)?$|^[\dC]+(\.\d+)+$`)
		count := map[string]int{}
		for i, s := range f.GetSheetList() {
			r, err := zr.Open(fmt.Sprintf("xl/worksheets/sheet%d.xml", i+1))
			if err != nil {
				t.Fatal(err)
			}
			part, err := io.ReadAll(r)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range hyperlink.FindAllSubmatch(part, -1) {
				var loc string
				if err := xml.Unmarshal([]byte("<a>"+string(m[2])+"</a>"), &loc); err != nil {
					t.Fatal(err)
				}
				to, cell, err := sheettest.Reference(loc)
				if err != nil {
					t.Fatal(err)
				}
				text := texts[s][string(m[1])]
				if text == "" {
					t.Errorf("%s!%s is a link and empty", s, m[1])
				}
				count[s]++
				if got := texts[to][cell]; isID.MatchString(text) && to != text && got != text {
					t.Errorf("%s!%s: %q leads to %s with %q", s, m[1], text, loc, got)
				}
			}
		}
		for _, r := range cat.Risks {
			want := 1 // back to the list
			for _, c := range table.Build(cat, r, table.Options{Lang: lang}).Cells {
				switch {
				case c.Col == table.ColMeasure && c.Measure != nil:
					want++
				case c.Col == table.ColControls:
					want += len(c.Items)
				}
			}
			if count[r.ID] != want {
				t.Errorf("%s has %d links, want %d", r.ID, count[r.ID], want)
			}
		}
	})
}

// TestHeights checks with the estimate that no cell is clipped: the rows of a
// merged cell are together as high as its text needs.
func TestHeights(t *testing.T) {
	cases(t, func(t *testing.T, cat *catalog.Catalog, lang catalog.Lang) {
		var warned []string
		opts := options(cat, lang)
		opts.Warn = func(p catalog.Problem) { warned = append(warned, p.Rule) }
		data := renderBook(t, cat, opts)
		for _, w := range warned {
			if w == "workbook-height" && !strings.Contains(t.Name(), "hostile") {
				t.Error("a row is cut")
			}
		}
		f := sheettest.Open(t, data)
		texts := sheettest.Texts(t, data)
		for _, s := range f.GetSheetList() {
			spans := map[string][2]int{}
			ms, err := f.GetMergeCells(s)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range ms {
				x1, y1, _ := excelize.CellNameToCoordinates(m.GetStartAxis())
				x2, y2, _ := excelize.CellNameToCoordinates(m.GetEndAxis())
				spans[m.GetStartAxis()] = [2]int{x2 - x1 + 1, y2 - y1 + 1}
			}
			for cell, text := range texts[s] {
				x, y, _ := excelize.CellNameToCoordinates(cell)
				span, ok := spans[cell]
				if !ok {
					span = [2]int{1, 1}
				}
				width, height := 0.0, 0.0
				for c := x; c < x+span[0]; c++ {
					col, _ := excelize.ColumnNumberToName(c)
					w, err := f.GetColWidth(s, col)
					if err != nil {
						t.Fatal(err)
					}
					width += w * 5.25
				}
				for r := y; r < y+span[1]; r++ {
					h, err := f.GetRowHeight(s, r)
					if err != nil {
						t.Fatal(err)
					}
					height += h
				}
				id, err := f.GetCellStyle(s, cell)
				if err != nil {
					t.Fatal(err)
				}
				st, err := f.GetStyle(id)
				if err != nil {
					t.Fatal(err)
				}
				if !st.Alignment.WrapText {
					t.Errorf("%s!%s is not wrapped", s, cell)
				}
				if text, _, cut := sheet.Clean(text); cut || strings.HasSuffix(text, "…") {
					continue // was reported
				}
				// Half a point for widths that were rounded when stored.
				need := sheet.TextHeight(text, width+0.5-9*float64(st.Alignment.Indent), st.Font.Size, st.Font.Bold)
				if need > height+0.01 {
					t.Errorf("%s!%s (%d characters, %v points wide) is %v points high and needs %v", s, cell, len([]rune(text)), width, height, need)
				}
			}
		}
	})
}

func TestProperties(t *testing.T) {
	cat := assemble(t, source(t))
	opts := options(cat, "en")
	opts.Date = time.Date(2030, 4, 5, 6, 7, 8, 0, time.FixedZone("", 9*3600))
	f := sheettest.Open(t, renderBook(t, cat, opts))
	p, err := f.GetDocProps()
	if err != nil {
		t.Fatal(err)
	}
	if p.Title != "Small guide" || p.Creator != "Invented Society" || p.LastModifiedBy != "Invented Society" ||
		p.Created != "2030-04-04T21:07:08Z" || p.Modified != p.Created || p.Language != "en" || p.Version != "2026.1" {
		t.Errorf("properties: %+v", p)
	}
	a, err := f.GetAppProps()
	if err != nil {
		t.Fatal(err)
	}
	if a.Application != "riskguide test" || a.Company != "Invented Society" {
		t.Errorf("application: %+v", a)
	}
	font, err := f.GetDefaultFont()
	if err != nil {
		t.Fatal(err)
	}
	if font != sheet.FontName {
		t.Errorf("the default font is %s", font)
	}
}

func TestWarnings(t *testing.T) {
	cat := hostile(t)
	opts := options(cat, "ja")
	rules := map[string]bool{}
	opts.Warn = func(p catalog.Problem) {
		rules[p.Rule] = true
		if p.Level != catalog.LevelWarning {
			t.Errorf("not a warning: %v", p)
		}
		if p.Rule != "workbook-height" && p.Pos.File == "" && p.Pos.Line == 0 && p.Rule == "workbook-character" {
			t.Errorf("a warning about a character has no place: %v", p)
		}
	}
	renderBook(t, cat, opts)
	for _, r := range []string{"workbook-character", "workbook-length"} {
		if !rules[r] {
			t.Errorf("no warning %s", r)
		}
	}
}

func TestMissingTranslation(t *testing.T) {
	src := source(t)
	delete(src.Risks[0].Measures[0].Text.Values, "en")
	cat := assemble(t, src)
	f := sheettest.Open(t, renderBook(t, cat, options(cat, "en")))
	found := false
	rows, err := f.GetRows("H01")
	if err != nil {
		t.Fatal(err)
	}
	for y, row := range rows {
		for x, s := range row {
			if s != "装置を冗長にする" {
				continue
			}
			found = true
			id, _ := f.GetCellStyle("H01", name(x+1, y+1))
			if st, err := f.GetStyle(id); err != nil || st.Font.Color != sheet.Muted {
				t.Errorf("the missing translation is not marked: %v, %v", st, err)
			}
		}
	}
	if !found {
		t.Error("the text is not there in its first language")
	}
}

func TestSelectedView(t *testing.T) {
	cat := assemble(t, source(t))
	view := cat.Select(func(m *catalog.Measure) bool { return m.ID == "H01-03" })
	data := renderBook(t, view, options(view, "ja"))
	sheettest.Check(t, data)
	texts := sheettest.Texts(t, data)
	if got := texts["管理基準索引"]["G5"] + texts["管理基準索引"]["G4"]; strings.Contains(got, "H01-02") || !strings.Contains(got, "H01-03") {
		t.Errorf("the index cites %q", got)
	}
}

func TestEmptyGuide(t *testing.T) {
	cat := assemble(t, source(t))
	view := cat.Select(func(*catalog.Measure) bool { return false })
	sheettest.Check(t, renderBook(t, view, options(view, "ja")))
}

func TestDeterministic(t *testing.T) {
	cat := hostile(t)
	want := renderBook(t, cat, options(cat, "ja"))
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	for _, n := range []int{1, 2, 7} {
		runtime.GOMAXPROCS(n)
		if got := renderBook(t, cat, options(cat, "ja")); !bytes.Equal(got, want) {
			t.Fatalf("another build on %d cores has other bytes", n)
		}
	}
}

func TestCancelled(t *testing.T) {
	cat := assemble(t, source(t))
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	var sink render.Memory
	if err := workbook.Render(ctx, cat, options(cat, "ja"), &sink); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	if n := sink.Names(); len(n) > 0 {
		t.Errorf("wrote %v", n)
	}
}

func TestWordsOfBothLanguages(t *testing.T) {
	rendertest.Words(t, workbook.WordsDir)
	// A key in brackets is a word that is missing.
	for _, lang := range []catalog.Lang{"ja", "en"} {
		cat := assemble(t, source(t))
		for s, cells := range sheettest.Texts(t, renderBook(t, cat, options(cat, lang))) {
			for cell, text := range cells {
				if regexp.MustCompile(`\[[a-z]+[.a-z0-9-]*\]|\{[a-z]+\}`).MatchString(text) {
					t.Errorf("%s %s!%s: %q", lang, s, cell, text)
				}
			}
		}
	}
}

// TestOffice has LibreOffice read the workbook and write it again: the texts
// are the same, and the PDF has them too.
func TestOffice(t *testing.T) {
	rendertest.Tool(t, "soffice", "libreoffice")
	bad := hostile(t)
	// LibreOffice takes minutes for a cell of 32,767 characters.
	bad.Risks[0].Rows[3].Remark.Values["ja"] = strings.Repeat("備考", 200)
	for name, cat := range map[string]*catalog.Catalog{"small": assemble(t, source(t)), "hostile": bad} {
		t.Run(name, func(t *testing.T) {
			data := renderBook(t, cat, options(cat, "ja"))
			again := sheettest.Convert(t, data, "xlsx")
			sheettest.SameTexts(t, sheettest.Texts(t, data), sheettest.Texts(t, again))
			if name == "hostile" {
				return // its pages take half a minute
			}
			if pdf := sheettest.Convert(t, data, "pdf"); !bytes.HasPrefix(pdf, []byte("%PDF")) {
				t.Error("no PDF")
			}
		})
	}
}

// TestOfficeLines has LibreOffice lay the flat tables out by itself and checks
// that no text takes more lines than was estimated.
func TestOfficeLines(t *testing.T) {
	rendertest.Tool(t, "soffice", "libreoffice")
	first, line := officeLine(t)
	for name, load := range map[string]func(testing.TB) *catalog.Source{"small": source, "published": publishedSource} {
		t.Run(name, func(t *testing.T) {
			cat := assemble(t, load(t))
			data := renderBook(t, cat, options(cat, "ja"))
			f := sheettest.Open(t, data)
			got := sheettest.Open(t, sheettest.FitRows(t, withoutHeights(t, data)))
			spare := map[float64]int{}
			for _, s := range []string{"リスク一覧", "全対策", "管理基準索引", "脆弱性索引"} {
				rows, err := f.GetRows(s)
				if err != nil {
					t.Fatal(err)
				}
				for y := 4; y <= len(rows); y++ {
					want, err := f.GetRowHeight(s, y)
					if err != nil {
						t.Fatal(err)
					}
					h, err := got.GetRowHeight(s, y)
					if err != nil {
						t.Fatal(err)
					}
					lines := math.Round((want - 2.25) / sheet.LineHeight(sheet.BodySize))
					took := 1 + math.Floor(max(h-first, 0)/line+0.15)
					if took > lines {
						t.Errorf("%s, row %d: LibreOffice needs %v lines (%v points), estimated %v", s, y, took, h, lines)
					}
					spare[lines-took]++
				}
			}
			t.Logf("lines more than needed, and rows with so many: %v", spare)
		})
	}
}

// officeLine returns how high LibreOffice makes a row with one line and how much
// each further line adds.
func officeLine(t *testing.T) (first, line float64) {
	t.Helper()
	book := sheet.New(sheet.Properties{}, nil)
	sh := book.AddSheet("x", sheet.Page{})
	sh.SetColumns(100)
	texts := []string{"行", "行A", "A"} // may come from different fonts
	for i, s := range texts {
		for k, n := range []int{11, 31} {
			sh.Text(2*i+k+1, 1, strings.TrimSuffix(strings.Repeat(s+"\n", n), "\n"), sheet.BodyStyle())
		}
	}
	data, err := book.Bytes(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	f := sheettest.Open(t, sheettest.FitRows(t, withoutHeights(t, data)))
	for i := range texts {
		var h [2]float64
		for k := range h {
			if h[k], err = f.GetRowHeight("x", 2*i+k+1); err != nil {
				t.Fatal(err)
			}
		}
		l := (h[1] - h[0]) / 20
		if l < sheet.BodySize-0.1 || l > sheet.LineHeight(sheet.BodySize) {
			t.Fatalf("a line of %q is %v points high", texts[i], l)
		}
		if l > line {
			first, line = h[0]-10*l, l
		}
	}
	t.Logf("a line takes %.2f points", line)
	return first, line
}

var stated = regexp.MustCompile(` ht="[0-9.]+" customHeight="1"`)

// withoutHeights returns the workbook without the heights of its rows, in a font
// that may be there (its kana are full-width as Yu Gothic's are).
func withoutHeights(t *testing.T, data []byte) []byte {
	t.Helper()
	zr, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	zw := zip.NewWriter(&out)
	for _, f := range zr.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(f.Name, "xl/worksheets/sheet") {
			b = stated.ReplaceAll(b, nil)
		}
		if f.Name == "xl/styles.xml" {
			// All letters from one font, so that all lines are equally high.
			b = bytes.ReplaceAll(b, []byte(sheet.FontName), []byte("BIZ UDGothic"))
		}
		w, err := zw.Create(f.Name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(b); err != nil {
			t.Fatal(err)
		}
	}
	if err := zw.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func BenchmarkRender(b *testing.B) {
	for _, n := range []int{1, 10, 100} {
		b.Run(fmt.Sprintf("guides=%d", n), func(b *testing.B) {
			cat := assemble(b, synthetic.Scale(publishedSource(b), n))
			opts := options(cat, "ja")
			b.ReportAllocs()
			for b.Loop() {
				renderBook(b, cat, opts)
			}
		})
	}
}

func TestParameters(t *testing.T) {
	for value, want := range map[string]string{"36": "復旧を36時間以内に終える", "": "復旧を〔復旧時間〕時間以内に終える"} {
		cat := assemble(t, source(t))
		cat.Control("2.1.1.10").Parameters[0].Default = value
		texts := sheettest.Texts(t, renderBook(t, cat, options(cat, "ja")))
		for _, s := range []string{"H01", "全対策", "管理基準索引"} {
			found := false
			for _, text := range texts[s] {
				found = found || strings.HasSuffix(text, want)
			}
			if !found {
				t.Errorf("%s does not say %q", s, want)
			}
		}
	}
}
