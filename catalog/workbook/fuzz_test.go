package workbook_test

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"riskguide/answers/xlsx"
	"riskguide/catalog"
	"riskguide/catalog/workbook"
)

// FuzzImport puts anything into any cells of a workbook, hidden ones too. There are
// problems, conflicts or files, never a panic; files that come out load without an
// error and say what is told.
func FuzzImport(f *testing.F) {
	data := export(f, small()).bytes()
	fsys := files(f, small())
	f.Add(uint64(1), "甲")
	f.Add(uint64(2), "H01-01")
	f.Add(uint64(3), "2.1.1.1..2.1.1.2\n-\n")
	f.Add(uint64(4), "remove")
	f.Add(uint64(5), ":x")
	f.Add(uint64(6), "riskguide:measures")
	f.Add(uint64(7), "\x00\u2028'\"{[#")
	whole, err := xlsx.Read(f.Context(), bytes.NewReader(data), int64(len(data)))
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, seed uint64, s string) {
		x := &xlsx.Book{Properties: whole.Properties}
		for _, sh := range whole.Sheets {
			one := *sh
			one.Cells = slices.Clone(sh.Cells)
			x.Sheets = append(x.Sheets, &one)
		}
		r := rand.New(rand.NewPCG(seed, 1))
		for range 1 + r.IntN(6) {
			sh := x.Sheets[r.IntN(len(x.Sheets))]
			if r.IntN(3) > 0 { // most cells are hidden ones
				sh = x.Sheets[1+r.IntN(8)]
			}
			if len(sh.Cells) == 0 {
				continue
			}
			c := &sh.Cells[r.IntN(len(sh.Cells))]
			switch r.IntN(8) {
			case 0:
				c.Text, c.Formula = s, "A1"
			case 1:
				c.Text, c.Kind, c.Date = "39600", xlsx.Number, r.IntN(2) == 0
			case 2:
				c.Text, c.Kind = "#REF!", xlsx.Error
			case 3:
				c.Text = x.Sheets[2].Cells[r.IntN(len(x.Sheets[2].Cells))].Text
			case 4: // the rows below one change places
				c.Row, c.Text = c.Row+1, s
			default:
				c.Text = s
			}
		}
		b, problems := workbook.Read("edit.xlsx", x)
		if b == nil && !problems.HasErrors() {
			t.Fatal("no book and no problem")
		}
		if b == nil || problems.HasErrors() {
			return
		}
		res, err := b.Import(t.Context(), fsys, workbook.Options{SkipConflicts: r.IntN(2) == 0})
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range res.Problems {
			if strings.Contains(p.Hint, "mistake of riskguide") {
				t.Fatal(p)
			}
		}
		if res.Files == nil {
			return
		}
		if res.Problems.HasErrors() {
			t.Fatal("files come out in spite of problems")
		}
		after := files(t, fsys)
		for name, data := range res.Files {
			if delete(after, name); data != nil {
				after[name] = files(t, fsys)["guide.yaml"]
				f := *after[name]
				f.Data = data
				after[name] = &f
			}
		}
		if _, ps := catalog.Load(t.Context(), after, catalog.LoadOptions{}); ps.HasErrors() {
			t.Fatal(ps.ErrorsOnly())
		}
	})
}
