package xlsx_test

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"

	"riskguide/answers/xlsx"
)

// parts are the parts of a workbook with one sheet.
func parts(sheetData string) map[string]string {
	const main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
	const rel = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
	return map[string]string{
		"[Content_Types].xml":        `<Types xmlns="t"><Default Extension="xml" ContentType="application/xml"/></Types>`,
		"_rels/.rels":                `<Relationships xmlns="r"><Relationship Id="rId1" Type="` + rel + `/officeDocument" Target="xl/workbook.xml"/><Relationship Id="rId2" Type="` + rel + `/custom-properties" Target="docProps/custom.xml"/></Relationships>`,
		"docProps/custom.xml":        `<Properties xmlns="p" xmlns:vt="v"><property name="a"><vt:lpwstr>b</vt:lpwstr></property></Properties>`,
		"xl/workbook.xml":            `<workbook xmlns="` + main + `" xmlns:r="` + rel + `"><sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": `<Relationships xmlns="r"><Relationship Id="rId1" Type="` + rel + `/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="` + rel + `/sharedStrings" Target="/xl/sharedStrings.xml"/><Relationship Id="rId3" Type="` + rel + `/styles" Target="styles.xml"/></Relationships>`,
		"xl/sharedStrings.xml":       `<sst xmlns="` + main + `"><si><t>shared</t></si><si><r><t>漢</t></r><r><rPr/><t xml:space="preserve"> 字</t></r><rPh sb="0" eb="1"><t>カン</t></rPh></si></sst>`,
		"xl/styles.xml":              `<styleSheet xmlns="` + main + `"><numFmts><numFmt numFmtId="164" formatCode="[$-411]ggge&quot;年&quot;m&quot;月&quot;d&quot;日&quot;"/><numFmt numFmtId="165" formatCode="0.00E+00&quot;day&quot;"/></numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/><xf numFmtId="165"/></cellXfs></styleSheet>`,
		"xl/worksheets/sheet1.xml":   `<worksheet xmlns="` + main + `"><sheetData>` + sheetData + `</sheetData></worksheet>`,
	}
}

// pack zips parts in the order of their names.
func pack(t testing.TB, parts map[string]string) []byte { return packBy(t, zip.Deflate, parts) }

func packBy(t testing.TB, method uint16, parts map[string]string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	var names []string
	for n := range parts {
		names = append(names, n)
	}
	slices.Sort(names)
	for _, n := range names {
		f, err := w.CreateHeader(&zip.FileHeader{Name: n, Method: method})
		if err == nil {
			_, err = io.WriteString(f, parts[n])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func read(data []byte) (*xlsx.Book, error) {
	return xlsx.Read(context.Background(), bytes.NewReader(data), int64(len(data)))
}

func TestRead(t *testing.T) {
	b, err := read(pack(t, parts(`
<row r="2"><c r="A2" t="s"><v>0</v></c><c r="C2" t="s"><v>1</v></c><c r="D2" s="1"><v>46418</v></c><c s="2"><v>46418.5</v></c><c s="3"><v>1</v></c></row>
<row><c t="inlineStr"><is><t>a_x000D__x005F_x000D__xD83D__xDE00__xZZ</t></is></c><c t="b"><v>1</v></c><c t="e"><v>#N/A</v></c><c t="str"><f>A1&amp;"x"</f><v>y</v></c><c><f t="shared" si="0" ref="E3:E4">A1+1</f><v>2</v></c><c t="s"><v>77</v></c><c t="inlineStr"><is></is></c><c s="1"/></row>
<row r="5"><c r="E5"><f t="shared" si="0"/><v>3</v></c><c r="B5" t="d"><v>2027-01-31</v></c><c r="B5"><v>9</v></c></row>`)))
	if err != nil {
		t.Fatal(err)
	}
	want := []xlsx.Cell{
		{Row: 2, Col: 1, Text: "shared"},
		{Row: 2, Col: 3, Text: "漢 字"},
		{Row: 2, Col: 4, Kind: xlsx.Number, Date: true, Text: "46418"},
		{Row: 2, Col: 5, Kind: xlsx.Number, Date: true, Text: "46418.5"},
		{Row: 2, Col: 6, Kind: xlsx.Number, Text: "1"},
		{Row: 3, Col: 1, Text: "a\r_x000D_😀_xZZ"},
		{Row: 3, Col: 2, Kind: xlsx.Bool, Text: "TRUE"},
		{Row: 3, Col: 3, Kind: xlsx.Error, Text: "#N/A"},
		{Row: 3, Col: 4, Text: "y", Formula: `A1&"x"`},
		{Row: 3, Col: 5, Kind: xlsx.Number, Text: "2", Formula: "A1+1"},
		{Row: 3, Col: 6, Kind: xlsx.Error, Text: "#77"},
		{Row: 5, Col: 2, Text: "2027-01-31"},
		{Row: 5, Col: 5, Kind: xlsx.Number, Text: "3", Formula: "A1+1 (shared with E3)"},
	}
	s := b.Sheets[0]
	if !reflect.DeepEqual(s.Cells, want) {
		t.Errorf("read %+v", s.Cells)
	}
	if s.Repeated != 1 || b.Properties["a"] != "b" || s.Cell(2, 3).Text != "漢 字" || s.Cell(2, 2) != nil {
		t.Errorf("book %+v", b)
	}
}

func TestNames(t *testing.T) {
	for col, want := range map[int]string{1: "A", 26: "Z", 27: "AA", 702: "ZZ", 703: "AAA", 16384: "XFD"} {
		if got := xlsx.ColumnName(col); got != want {
			t.Errorf("%d: %s", col, got)
		}
	}
}

// TestRefused: what is no workbook, or one that would harm, is refused with words
// that help, within little memory.
func TestRefused(t *testing.T) {
	ole := func(s string) []byte {
		b := append([]byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"), make([]byte, 600)...)
		for _, c := range []byte(s) {
			b = append(b, c, 0)
		}
		return append(b, make([]byte, 70000)...)
	}
	with := func(name, data string) func(testing.TB) []byte {
		return func(t testing.TB) []byte {
			p := parts("")
			if data == "" {
				delete(p, name)
			} else {
				p[name] = data
			}
			return pack(t, p)
		}
	}
	sheet := func(data string) func(testing.TB) []byte {
		return func(t testing.TB) []byte { return pack(t, parts(data)) }
	}
	const sheet1 = "xl/worksheets/sheet1.xml"
	whole := pack(t, parts(""))
	for _, tt := range []struct {
		name string
		data func(testing.TB) []byte
		want string
	}{
		{"empty", func(testing.TB) []byte { return nil }, "is empty"},
		{"encrypted", func(testing.TB) []byte { return ole("EncryptedPackage") }, "is protected by a password (save it without"},
		{"xls", func(testing.TB) []byte { return ole("Workbook") }, "old Excel format (.xls)"},
		{"pdf", func(testing.TB) []byte { return []byte("%PDF-1.7\n") }, "is a PDF, not a workbook"},
		{"csv", func(testing.TB) []byte { return []byte("番号,回答\r\n1,実施済み\r\n") }, "is a text file (CSV?)"},
		{"html", func(testing.TB) []byte { return []byte("\xEF\xBB\xBF<html>") }, "is a page or an XML file"},
		{"binary", func(testing.TB) []byte { return []byte("\x00\x01\x02\xff\xfe") }, "is not a workbook"},
		{"ods", func(t testing.TB) []byte { return pack(t, map[string]string{"mimetype": "x", "content.xml": "<a/>"}) }, "is an OpenDocument file (.ods)"},
		{"docx", func(t testing.TB) []byte {
			return pack(t, map[string]string{"[Content_Types].xml": "<a/>", "word/document.xml": "<a/>"})
		}, "is a Word document"},
		{"xlsb", func(t testing.TB) []byte { return pack(t, map[string]string{"xl/workbook.bin": "x"}) }, "is a binary workbook"},
		{"archive of workbooks", func(t testing.TB) []byte { return pack(t, map[string]string{"a.xlsx": "x", "b.xlsx": "x"}) }, "is an archive with 2 workbooks in it (unpack it"},
		{"archive", func(t testing.TB) []byte { return pack(t, map[string]string{"a.txt": "x"}) }, "is an archive, not a workbook"},
		{"cut off", func(testing.TB) []byte { return whole[:len(whole)-200] }, "is damaged or was cut off"},
		{"no workbook part", with("xl/workbook.xml", ""), "the part xl/workbook.xml is missing"},
		{"not well-formed", with(sheet1, "<worksheet><sheetData><row></sheetData></worksheet>"), "is damaged: xl/worksheets/sheet1.xml: XML syntax error"},
		{"ends early", with(sheet1, "<worksheet><sheetData><row>"), "is damaged: xl/worksheets/sheet1.xml"},
		{"another root", with(sheet1, "<html/>"), "<html> instead of <worksheet>"},
		{"entities", with(sheet1, `<!DOCTYPE a [<!ENTITY b "ccc">]><worksheet>&b;</worksheet>`), "document type declaration"},
		{"unknown entity", with(sheet1, `<worksheet>&b;</worksheet>`), "is damaged"},
		{"encoding", with(sheet1, `<?xml version="1.0" encoding="Shift_JIS"?><worksheet/>`), "not in UTF-8 but Shift_JIS"},
		{"deep", with(sheet1, "<worksheet>"+strings.Repeat("<a>", 1000)), "XML of more than 100 levels"},
		{"attributes", with(sheet1, "<worksheet "+strings.Repeat(`a="" `, 300_000)+"/>"), "has a tag of more than"},
		{"attributes behind a comment", with(sheet1, "<worksheet><!-- > ' \" <b --><a b='>' "+strings.Repeat(`a=">" `, 300_000)+"/></worksheet>"), "has a tag of more than"},
		{"row beyond the end", sheet(`<row r="1048577"><c><v>1</v></c></row>`), `there is no row "1048577"`},
		{"column beyond the end", sheet(`<row><c r="XFE1"><v>1</v></c></row>`), `there is no cell "XFE1"`},
		{"no name of a cell", sheet(`<row><c r="1A"><v>1</v></c></row>`), `there is no cell "1A"`},
		{"too many cells", sheet(strings.Repeat("<row>"+strings.Repeat("<c><v>1</v></c>", 1000)+"</row>", 401)), "more than 400000 cells"},
		{"too many texts", with("xl/sharedStrings.xml", "<sst>"+strings.Repeat("<si/>", 400_001)+"</sst>"), "more than 400000 texts"},
		{"long text", sheet(`<row><c t="str"><v>` + strings.Repeat("長", 400_000) + `</v></c></row>`), "which no cell holds"},
		{"long run", sheet(`<row><c t="inlineStr"><is>` + strings.Repeat("<r><t>"+strings.Repeat("a", 60_000)+"</t></r>", 20) + `</is></c></row>`), "which no cell holds"},
		{"zip bomb", sheet(strings.Repeat(" ", 20<<20)), "as only a zip bomb does"},
		{"parts that expand", func(t testing.TB) []byte {
			p := parts("")
			// Noise that does not shrink much, in many sheets.
			var rels, sheets strings.Builder
			body := "<worksheet>" + strings.Repeat(noise(), 1400) + "</worksheet>"
			for i := range 30 {
				fmt.Fprintf(&sheets, `<sheet name="S%d" r:id="s%d"/>`, i, i)
				fmt.Fprintf(&rels, `<Relationship Id="s%d" Type="r/worksheet" Target="worksheets/s%d.xml"/>`, i, i)
				p[fmt.Sprintf("xl/worksheets/s%d.xml", i)] = body
			}
			p["xl/workbook.xml"] = `<workbook xmlns:r="r"><sheets>` + sheets.String() + `</sheets></workbook>`
			p["xl/_rels/workbook.xml.rels"] = `<Relationships>` + rels.String() + `</Relationships>`
			return pack(t, p)
		}, "expands to more than 96 MB"},
		{"too many parts", func(t testing.TB) []byte {
			p := parts("")
			for i := range 5001 {
				p[fmt.Sprintf("xl/media/%d.png", i)] = ""
			}
			return pack(t, p)
		}, "parts; a questionnaire has at most 5000"},
		{"masses of parts", func(t testing.TB) []byte {
			p := map[string]string{}
			for i := range 60_000 {
				p[fmt.Sprintf("xl/media/long/name/of/a/picture/%d.png", i)] = ""
			}
			return pack(t, p)
		}, "has a list of parts that no workbook needs"},
		{"two parts of one name", func(t testing.TB) []byte {
			p := parts("")
			p["XL/Workbook.xml"] = p["xl/workbook.xml"]
			return pack(t, p)
		}, `has two parts of the name "xl/workbook.xml"`},
		{"two parts by a path", func(t testing.TB) []byte {
			p := parts("")
			p["../xl/../xl\\workbook.xml"] = p["xl/workbook.xml"]
			return pack(t, p)
		}, `has two parts of the name "xl/workbook.xml"`},
		{"too many sheets", with("xl/workbook.xml", "<workbook><sheets>"+strings.Repeat("<sheet/>", 501)+"</sheets></workbook>"), "has more than 500 sheets"},
		{"too many merged cells", with(sheet1, "<worksheet><mergeCells>"+strings.Repeat(`<mergeCell ref="A1:B2"/>`, 50_001)+"</mergeCells></worksheet>"), "merged cells"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			data := tt.data(t)
			var before, after runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			b, err := read(data)
			runtime.ReadMemStats(&after)
			var refused *xlsx.Refused
			if b != nil || !errors.As(err, &refused) || !strings.Contains(err.Error(), tt.want) {
				t.Fatalf("%v, want %q", err, tt.want)
			}
			if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 150<<20 {
				t.Errorf("%d MB more on the heap", grown>>20)
			}
		})
	}
}

// noise is XML that does not shrink to nothing.
func noise() string {
	var b strings.Builder
	x := uint32(1)
	for b.Len() < 3000 {
		x = x*1664525 + 1013904223
		fmt.Fprintf(&b, "<a>%08x</a>", x)
	}
	return b.String()
}

// TestLargeFile: a file of 100 MB is not even read.
func TestLargeFile(t *testing.T) {
	_, err := xlsx.Read(context.Background(), unread{t}, 100<<20)
	if err == nil || !strings.Contains(err.Error(), "has 100 MB; a questionnaire has at most 50 MB (remove pictures") {
		t.Error(err)
	}
}

type unread struct{ t *testing.T }

func (u unread) ReadAt([]byte, int64) (int, error) {
	u.t.Error("the file is read")
	return 0, io.EOF
}

// TestSparse: a sheet of all rows with styles and nothing in them is read within
// little memory.
func TestSparse(t *testing.T) {
	var b strings.Builder
	for i := 1; i <= 300_000; i++ {
		fmt.Fprintf(&b, `<row r="%d" s="1" customFormat="1"><c r="XFD%d" s="1"/></row>`, i*3, i*3)
	}
	data := pack(t, parts(b.String()))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	book, err := read(data)
	if err != nil {
		t.Fatal(err)
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	if n := len(book.Sheets[0].Cells); n != 0 {
		t.Errorf("%d cells", n)
	}
	if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 8<<20 {
		t.Errorf("%d MB are kept", grown>>20)
	}
}

func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	data := pack(t, parts(""))
	if _, err := xlsx.Read(ctx, bytes.NewReader(data), int64(len(data))); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// FuzzParts reads workbooks with parts of any content: there is a book or a
// refusal, never a panic, and the cells are in order.
func FuzzParts(f *testing.F) {
	p := parts(`<row r="2"><c r="A2" t="s"><v>0</v></c><c t="inlineStr"><is><t>_x000D_</t></is></c><c r="D2" s="1"><f t="shared" si="0">A1</f><v>46418</v></c></row>`)
	drawing := `<wsDr><twoCellAnchor><from><col>1</col><row>2</row></from><sp><txBody><p><t>x</t></p></txBody></sp></twoCellAnchor></wsDr>`
	comments := `<comments><commentList><comment ref="B2"><text><r><t>x</t></r></text></comment></commentList></comments>`
	f.Add(p["xl/workbook.xml"], p["xl/worksheets/sheet1.xml"], p["xl/sharedStrings.xml"], p["xl/styles.xml"], drawing, comments)
	f.Add(p["xl/workbook.xml"], `<worksheet><sheetData><row><c><v>1</v></c></row></sheetData><mergeCells><mergeCell ref="A1:B2"/></mergeCells><hyperlinks><hyperlink ref="A1" r:id="h"/></hyperlinks></worksheet>`, "<sst/>", "<styleSheet/>", "<wsDr/>", "<comments/>")
	f.Fuzz(func(t *testing.T, workbook, sheet, shared, styles, drawing, comments string) {
		p := parts("")
		p["xl/workbook.xml"], p["xl/worksheets/sheet1.xml"], p["xl/sharedStrings.xml"], p["xl/styles.xml"] = workbook, sheet, shared, styles
		p["xl/drawings/d.xml"], p["xl/c.xml"] = drawing, comments
		p["xl/worksheets/_rels/sheet1.xml.rels"] = `<Relationships><Relationship Id="d" Type="r/drawing" Target="../drawings/d.xml"/><Relationship Id="c" Type="r/comments" Target="../c.xml"/><Relationship Id="h" Type="r/hyperlink" Target="https://example.org" TargetMode="External"/></Relationships>`
		b, err := read(packBy(t, zip.Store, p)) // packing would take most of the time
		check(t, b, err)
	})
}

// FuzzRead reads files of any content.
func FuzzRead(f *testing.F) {
	f.Add(pack(f, parts(`<row r="2"><c r="A2" t="s"><v>0</v></c></row>`)))
	f.Add([]byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"))
	f.Fuzz(func(t *testing.T, data []byte) {
		b, err := read(data)
		check(t, b, err)
	})
}

func check(t *testing.T, b *xlsx.Book, err error) {
	t.Helper()
	var refused *xlsx.Refused
	switch {
	case (b == nil) == (err == nil):
		t.Fatalf("book %v, error %v", b, err)
	case err != nil && !errors.As(err, &refused):
		t.Fatalf("error %v", err)
	case b == nil:
		return
	}
	for _, s := range b.Sheets {
		for i, c := range s.Cells {
			if c.Row < 1 || c.Row > 1<<20 || c.Col < 1 || c.Col > 1<<14 || c.Text == "" && c.Formula == "" {
				t.Fatalf("cell %+v", c)
			}
			if i > 0 && (s.Cells[i-1].Row > c.Row || s.Cells[i-1].Row == c.Row && s.Cells[i-1].Col >= c.Col) {
				t.Fatalf("cells %+v and %+v", s.Cells[i-1], c)
			}
		}
	}
}
