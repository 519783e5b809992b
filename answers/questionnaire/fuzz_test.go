package questionnaire_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/fstest"

	"riskguide/answers"
	"riskguide/answers/questionnaire"
	"riskguide/answers/xlsx"
	"riskguide/catalog"
	"riskguide/render/pack"
)

// FuzzWorkbook reads workbooks whose sheet of requirements and hidden sheet hold
// anything: there are answers, which can be written and read again, or a refusal.
func FuzzWorkbook(f *testing.F) {
	s := sampleOf(f)
	const reqs, data = "xl/worksheets/sheet2.xml", "xl/worksheets/sheet7.xml"
	whole := fill(f, s.blank, usual(), nil)
	zr, err := zip.NewReader(bytes.NewReader(whole), int64(len(whole)))
	if err != nil {
		f.Fatal(err)
	}
	parts := map[string][]byte{}
	for _, z := range zr.File {
		r, err := z.Open()
		if err != nil {
			f.Fatal(err)
		}
		if parts[z.Name], err = io.ReadAll(r); err != nil {
			f.Fatal(err)
		}
	}
	if !strings.Contains(string(parts[reqs]), "2.1.1.10") || !strings.Contains(string(parts[data]), "fingerprint") {
		f.Fatal("the sheets have other numbers")
	}
	delete(parts, "docProps/custom.xml")
	for name := range parts { // the others, and long seeds, would only take time
		switch {
		case strings.HasPrefix(name, "xl/worksheets/") && name != reqs && name != data:
			parts[name] = []byte("<worksheet/>")
		case name == "xl/styles.xml" || name == "xl/sharedStrings.xml" || strings.HasPrefix(name, "xl/theme/"):
			delete(parts, name)
		}
	}
	row := func(cells ...string) string {
		return "<row><c t=\"str\"><v>" + strings.Join(cells, "</v></c><c t=\"str\"><v>") + "</v></c></row>"
	}
	f.Add("<worksheet><sheetData>"+row("番号", "区分", "要求事項", "回答", "説明", "実施予定日")+row("2.1.1.1", "必須", "装置を二重に置く", "○", "x", "令和9年1月31日")+
		row("2.1.1.1", "必須", "装置を二重に置く", "計画中", "", "46418")+"</sheetData><mergeCells><mergeCell ref=\"D2:D9\"/></mergeCells></worksheet>",
		"<worksheet><sheetData>"+row("property", "pack", "p")+row("column", pack.ColumnStatus, "回答")+row("requirement", "2.1.1.1", "must", "00")+"</sheetData></worksheet>", true)
	f.Add("<worksheet><sheetData>"+row("Id", "Requirement", "Answer", "Explanation", "Planned date", "Notes")+row("A-01", "x", "=1", "", "4/5/2027", "y")+
		"<row><c t=\"str\"><f>A1</f><v>z</v></c><c><v>1e400</v></c><c t=\"b\"><v>1</v></c></row></sheetData></worksheet>", "<worksheet/>", false)
	f.Fuzz(func(t *testing.T, sheet, hidden string, near bool) {
		var b bytes.Buffer
		w := zip.NewWriter(&b)
		for name, part := range parts {
			switch name {
			case reqs:
				part = []byte(sheet)
			case data:
				part = []byte(hidden)
			}
			// Not packed: that would take most of the time.
			p, err := w.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store})
			if err == nil {
				_, err = p.Write(part)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		opts := s.options()
		opts.AcceptNear = near
		res, err := questionnaire.Read(newContext(), bytes.NewReader(b.Bytes()), int64(b.Len()), opts)
		var refused *xlsx.Refused
		if err != nil {
			if !errors.As(err, &refused) {
				t.Fatal(err)
			}
			return
		}
		res.Set.Supplier, res.Set.Round = "acme", 1
		out, err := answers.Write(&res.Set)
		if err != nil {
			t.Fatal(err)
		}
		again, ps := answers.Load(fstest.MapFS{"acme.yaml": {Data: out}}, "acme.yaml", "")
		if ps.HasErrors() {
			t.Fatalf("%v\n%s", ps, out)
		}
		for i := range again.Answers {
			a, b := again.Answers[i], res.Set.Answers[i]
			if a.Pos, b.Pos = (catalog.Position{}), (catalog.Position{}); a != b {
				t.Fatalf("wrote %+v\nread %+v", b, a)
			}
			if b.Status != answers.Unanswered && b.Unread != "" {
				t.Fatalf("a status and an unread one: %+v", b)
			}
		}
		for _, p := range res.Problems {
			if p.Pos.File != "acme.xlsx" || p.Message == "" || p.Rule == "" || strings.ContainsAny(p.Message, "\n\x1b") {
				t.Fatalf("problem %+v", p)
			}
		}
	})
}
