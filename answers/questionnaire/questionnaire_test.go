package questionnaire_test

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"riskguide/answers"
	"riskguide/answers/answerstest"
	"riskguide/answers/questionnaire"
	"riskguide/catalog"
	"riskguide/profile"
	"riskguide/render/pack"
	"riskguide/templates"
)

// sample is the pack of the small guide, its questionnaire, and what is needed to
// read it.
type sample struct {
	pack  *profile.Pack
	blank []byte
	voc   *questionnaire.Vocabulary
	form  *questionnaire.Form
}

var small = sync.OnceValues(func() (*sample, error) { return makeSample("full.yaml") })

func makeSample(name string, langs ...catalog.Lang) (*sample, error) {
	s := &sample{}
	var err error
	if s.pack, err = answerstest.Tailor(os.DirFS("../../catalog/testdata/small"), os.DirFS("../../profile/testdata/profiles"), name, langs...); err != nil {
		return nil, err
	}
	if s.blank, err = answerstest.Blank(s.pack); err != nil {
		return nil, err
	}
	if s.voc, err = questionnaire.LoadVocabulary(templates.FS()); err != nil {
		return nil, err
	}
	s.form, err = questionnaire.NewForm(newContext(), s.blank, s.voc)
	return s, err
}

func sampleOf(t testing.TB) *sample {
	t.Helper()
	s, err := small()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

var today = time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)

func (s *sample) options() questionnaire.Options {
	return questionnaire.Options{Name: "acme.xlsx", Vocabulary: s.voc, Today: today,
		Asked: func([]catalog.Lang) (*questionnaire.Form, error) { return s.form, nil }}
}

func (s *sample) read(t testing.TB, data []byte) *questionnaire.Result {
	t.Helper()
	res, err := questionnaire.Read(newContext(), bytes.NewReader(data), int64(len(data)), s.options())
	if err != nil {
		t.Fatal(err)
	}
	return res
}

func day(y, m, d int) time.Time { return time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC) }

// usual are answers to all requirements of the small pack, without a fault.
func usual() []answers.Answer {
	return []answers.Answer{
		{Requirement: "2.1.1.1", Status: answers.Implemented, Evidence: "規程 3 章", Owner: "情報システム部"},
		{Requirement: "2.1.1.2", Status: answers.Partial, Explanation: "本番だけ。\n検証環境は 4 月から。"},
		{Requirement: "2.1.1.10", Status: answers.Planned, Planned: day(2027, 1, 31)},
		{Requirement: "8.6.1.1", Status: answers.Alternative, Explanation: "別の方法 😀"},
		{Requirement: "8.6.1.2", Status: answers.NotApplicable, Explanation: "前提がない"},
		{Requirement: "C.1.1.1", Status: answers.NotImplemented, Explanation: "費用"},
		{Requirement: "A-01", Status: answers.Implemented},
		{Requirement: "A-02", Status: answers.Implemented, Evidence: "=1+1 という名の文書"},
	}
}

// only keeps of an answer what a supplier writes.
func only(list []answers.Answer) map[string]answers.Answer {
	out := map[string]answers.Answer{}
	for _, a := range list {
		id := a.Requirement
		a.Requirement, a.Obligation, a.Asked = "", "", ""
		out[id] = a
	}
	return out
}

func problems(res *questionnaire.Result) string {
	var b strings.Builder
	for _, p := range res.Problems {
		b.WriteString(p.String() + " [" + p.Rule + "]\n")
	}
	return b.String()
}

func fill(t testing.TB, blank []byte, list []answers.Answer, edit func(b *answerstest.Book) error) []byte {
	t.Helper()
	b, err := answerstest.Open(blank)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	if err := b.Fill(list); err != nil {
		t.Fatal(err)
	}
	if edit != nil {
		if err := edit(b); err != nil {
			t.Fatal(err)
		}
	}
	data, err := b.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestUsual(t *testing.T) {
	s := sampleOf(t)
	res := s.read(t, fill(t, s.blank, usual(), nil))
	if len(res.Problems) > 0 || res.Match != questionnaire.Same {
		t.Errorf("match %s, problems\n%s", res.Match, problems(res))
	}
	set := res.Set
	if !reflect.DeepEqual(only(set.Answers), only(usual())) {
		t.Errorf("read %+v", set.Answers)
	}
	for i, r := range s.pack.Requirements {
		a := set.Answers[i]
		if a.Requirement != r.ID || a.Obligation != string(r.Obligation) || !strings.Contains(a.Asked, "。") && len(a.Asked) < 6 {
			t.Errorf("answer %d: %+v", i, a)
		}
	}
	want := answers.Pack{ID: s.pack.ID, Fingerprint: s.pack.Fingerprint, Profile: "full", Guide: "small-guide", Edition: "2026.1", Language: "ja"}
	if set.Pack != want || set.Name != "株式会社架空クラウド" || set.Service != "窓口システム" || len(set.Workbook.SHA256) != 64 {
		t.Errorf("set %+v", set)
	}
}

// TestPrograms changes what programs and people change without meaning to. The
// answers stay, and there is no error.
func TestPrograms(t *testing.T) {
	s := sampleOf(t)
	for _, tt := range []struct {
		name  string
		edit  func(b *answerstest.Book) error
		parts func(map[string][]byte)
		warn  []string // warnings that are wanted, and no others
		match questionnaire.Match
	}{
		{name: "another style", edit: func(b *answerstest.Book) error {
			st, err := b.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true, Size: 18}, NumFmt: 10})
			if err != nil {
				return err
			}
			return b.SetCellStyle(b.Sheet, "A1", "L12", st)
		}, warn: []string{`the number "46418" is taken as the date 2027-01-31 [date]`}},
		{name: "column inserted before the ids", edit: func(b *answerstest.Book) error { return b.InsertCols(b.Sheet, "A", 1) }},
		{name: "column hidden", edit: func(b *answerstest.Book) error { return b.SetColVisible(b.Sheet, "C:E", false) }},
		{name: "columns in another order", edit: func(b *answerstest.Book) error {
			rows, err := b.GetRows(b.Sheet)
			if err != nil {
				return err
			}
			// The owners move to the end.
			col := b.Columns[pack.ColumnOwner]
			for i := pack.HeadRow; i <= len(rows); i++ {
				v, _ := b.GetCellValue(b.Sheet, fmt.Sprintf("%s%d", col, i))
				if err := b.SetCellValue(b.Sheet, fmt.Sprintf("Z%d", i), v); err != nil {
					return err
				}
			}
			return b.RemoveCol(b.Sheet, col)
		}},
		{name: "rows in another order and hidden", edit: func(b *answerstest.Book) error {
			if err := b.DuplicateRowTo(b.Sheet, pack.HeadRow+1, pack.HeadRow+9); err != nil {
				return err
			}
			if err := b.SetRowVisible(b.Sheet, 6, false); err != nil {
				return err
			}
			return b.RemoveRow(b.Sheet, pack.HeadRow+1)
		}},
		{name: "headings moved down", edit: func(b *answerstest.Book) error { return b.InsertRows(b.Sheet, 1, 5) }},
		{name: "merged cells undone", edit: func(b *answerstest.Book) error {
			m, err := b.GetMergeCells(b.Sheet)
			if err != nil {
				return err
			}
			for _, x := range m {
				if err := b.UnmergeCell(b.Sheet, x.GetStartAxis(), x.GetEndAxis()); err != nil {
					return err
				}
			}
			return nil
		}},
		{name: "sheet renamed", edit: func(b *answerstest.Book) error { return b.SetSheetName(b.Sheet, "ご回答") }},
		{name: "sheets moved", edit: func(b *answerstest.Book) error { return b.MoveSheet(pack.DataSheet, b.GetSheetName(0)) }},
		{name: "filter taken away", edit: func(b *answerstest.Book) error { return b.AutoFilter(b.Sheet, "A1:B2", nil) }},
		{name: "hidden sheet deleted", edit: func(b *answerstest.Book) error { return b.DeleteSheet(pack.DataSheet) }},
		{name: "properties lost", parts: func(p map[string][]byte) { delete(p, "docProps/custom.xml") }},
		{name: "properties and hidden sheet lost", edit: func(b *answerstest.Book) error { return b.DeleteSheet(pack.DataSheet) },
			parts: func(p map[string][]byte) { delete(p, "docProps/custom.xml") }, match: questionnaire.Recognised,
			warn: []string{"8 of 8 requirements read word for word as in " + s.pack.ID + " [identity]"}},
		{name: "shared texts", parts: shareTexts},
		{name: "rich text and readings", parts: func(p map[string][]byte) {
			eachSheet(p, func(x string) string {
				return inline.ReplaceAllString(x, `<is><r><rPr><b/></rPr><t></t></r><r><t xml:space="preserve">$2</t></r><rPh sb="0" eb="1"><t>カナ</t></rPh><phoneticPr fontId="1"/></is>`)
			})
		}},
		{name: "no names of cells", parts: func(p map[string][]byte) {
			// Allowed where no cell is left out.
			eachSheet(p, func(x string) string { return regexp.MustCompile(`<row r="\d+"`).ReplaceAllString(x, "<row") })
		}},
		{name: "prefixed names", parts: func(p map[string][]byte) {
			eachSheet(p, func(x string) string {
				x = regexp.MustCompile(`<(/?)([a-zA-Z])`).ReplaceAllString(x, "<${1}x:${2}")
				return strings.Replace(x, `xmlns="`, `xmlns:x="`, 1)
			})
		}},
		{name: "dates from 1904", parts: func(p map[string][]byte) {
			for name, data := range p {
				if name == "xl/workbook.xml" {
					p[name] = bytes.Replace(data, []byte("<sheets>"), []byte(`<workbookPr date1904="1"/><sheets>`), 1)
				}
			}
			eachSheet(p, func(x string) string { return strings.ReplaceAll(x, "<v>46418</v>", "<v>44956</v>") })
		}},
		{name: "statuses in other letters", edit: func(b *answerstest.Book) error {
			for id, v := range map[string]string{"2.1.1.1": "実施済", "8.6.1.2": "Ｎ／Ａ", "A-01": " IMPLEMENTED ", "C.1.1.1": "未対応", "A-02": "実施済み"} {
				if err := b.Set(pack.ColumnStatus, id, v); err != nil {
					return err
				}
			}
			return nil
		}, warn: []string{`2.1.1.1: the status "実施済" is taken as "実施済み / Implemented"`, `"Ｎ／Ａ" is taken as "該当なし / Not applicable"`,
			`A-01: the status "IMPLEMENTED" is taken`, `"未対応" is taken as "未実施 / Not implemented"`, `"実施済み" is taken as`}},
		{name: "ids in full width", edit: func(b *answerstest.Book) error { return b.Set(pack.ColumnID, "2.1.1.1", "２．１．１．１ ") }},
		{name: "heading overwritten", edit: func(b *answerstest.Book) error {
			return b.SetCellValue(b.Sheet, b.Columns[pack.ColumnStatus]+"3", "ここに○×")
		}, warn: []string{`the heading is "ここに○×" instead of "回答 / Answer"; the column is read for it by its place [heading]`}},
		{name: "id overwritten", edit: func(b *answerstest.Book) error { return b.Set(pack.ColumnID, "8.6.1.1", "No.4") },
			warn: []string{`acme.xlsx!要求事項 Requirements!A7: warning: the id is "No.4" instead of "8.6.1.1"; the wording tells`}},
		{name: "a row copied without its answer", edit: func(b *answerstest.Book) error {
			row := b.Rows["A-02"] + 1
			if err := b.DuplicateRowTo(b.Sheet, b.Rows["A-02"], row); err != nil {
				return err
			}
			for _, key := range []string{pack.ColumnStatus, pack.ColumnEvidence} {
				if err := b.SetCellValue(b.Sheet, fmt.Sprintf("%s%d", b.Columns[key], row), nil); err != nil {
					return err
				}
			}
			return nil
		}, warn: []string{"A-02 stands a second time, first in row 11; this row has no answer"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			data := fill(t, s.blank, usual(), tt.edit)
			if tt.parts != nil {
				data = changeParts(t, data, tt.parts)
			}
			res := s.read(t, data)
			if got := only(res.Set.Answers); !reflect.DeepEqual(got, only(usual())) {
				t.Errorf("read %+v", got)
			}
			if tt.match == "" {
				tt.match = questionnaire.Same
			}
			if res.Match != tt.match {
				t.Errorf("match %s", res.Match)
			}
			for _, p := range res.Problems {
				if p.Level == catalog.LevelError || !slices.ContainsFunc(tt.warn, func(w string) bool { return strings.Contains(p.String()+" ["+p.Rule+"]", w) }) {
					t.Errorf("problem %v", p.Problem)
				}
			}
			for _, w := range tt.warn {
				if !strings.Contains(problems(res), w) {
					t.Errorf("%q is missing in\n%s", w, problems(res))
				}
			}
			if res.Set.Pack.Fingerprint != s.pack.Fingerprint {
				t.Errorf("pack %+v", res.Set.Pack)
			}
		})
	}
}

var inline = regexp.MustCompile(`<is><t( xml:space="preserve")?>([^<]*)</t></is>`)

// changeParts changes the parts of a workbook.
func changeParts(t testing.TB, data []byte, change func(map[string][]byte)) []byte {
	t.Helper()
	zr, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	parts := map[string][]byte{}
	for _, f := range zr.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		if parts[f.Name], err = io.ReadAll(r); err != nil {
			t.Fatal(err)
		}
	}
	change(parts)
	var out bytes.Buffer
	zw := zip.NewWriter(&out)
	var names []string
	for name := range parts {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		w, err := zw.Create(name)
		if err == nil {
			_, err = w.Write(parts[name])
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := zw.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func eachSheet(parts map[string][]byte, f func(string) string) {
	for name, data := range parts {
		if strings.HasPrefix(name, "xl/worksheets/sheet") {
			parts[name] = []byte(f(string(data)))
		}
	}
}

// shareTexts turns inline texts into shared ones, as Excel does.
func shareTexts(parts map[string][]byte) {
	var shared strings.Builder // behind those that excelize shares
	sst := string(parts["xl/sharedStrings.xml"])
	n := strings.Count(sst, "<si>")
	shared.WriteString(strings.TrimSuffix(sst, "</sst>"))
	eachSheet(parts, func(x string) string {
		x = strings.ReplaceAll(x, `t="inlineStr"`, `t="s"`)
		return inline.ReplaceAllStringFunc(x, func(is string) string {
			m := inline.FindStringSubmatch(is)
			fmt.Fprintf(&shared, `<si><t xml:space="preserve">%s</t></si>`, m[2])
			n++
			return fmt.Sprintf("<v>%d</v>", n-1)
		})
	})
	shared.WriteString("</sst>")
	parts["xl/sharedStrings.xml"] = []byte(shared.String())
}

// TestIdentity: what was answered is what is read, over random answers.
func TestIdentity(t *testing.T) {
	s := sampleOf(t)
	r := rand.New(rand.NewPCG(11, 12))
	long := strings.Repeat("長い説明。", 32767/5+1)
	texts := []string{"実施", "yes", "a\nb\n\n c", "=1+1", "+81 3", "@x", "'quoted", "_x000D_ literal", "_x005F_", "_x_x0041_", "😀👨‍👩‍👧 𠮷 が",
		"２０２７", "1.10", "<a & b> \"'", " 前後の空白 ", "\ttab", string([]rune(long)[:32767]), "1e5", "TRUE", "#REF!", "מה عربي", "a\u200bb", "=cmd|'/c calc'!A0"}
	text := func() string {
		if r.IntN(2) == 0 {
			return ""
		}
		return texts[r.IntN(len(texts))]
	}
	for range 20 {
		var want []answers.Answer
		for _, q := range s.pack.Requirements {
			a := answers.Answer{Requirement: q.ID, Explanation: text(), Evidence: text(), Owner: text()}
			switch r.IntN(8) {
			case 0:
			case 1:
				a.Unread = []string{"たぶん", "○", "no idea", "=1"}[r.IntN(4)]
			default:
				a.Status = answers.Statuses()[r.IntN(6)]
			}
			switch r.IntN(4) {
			case 0:
				a.Planned = day(2000+r.IntN(199), 1+r.IntN(12), 1+r.IntN(28))
			case 1:
				a.UnreadDate = []string{"来春", "2027年度末", "4/5/2027", "2027-02-30"}[r.IntN(4)]
			}
			want = append(want, a)
		}
		res := s.read(t, fill(t, s.blank, want, nil))
		got := only(res.Set.Answers)
		for id, a := range only(want) {
			if !reflect.DeepEqual(got[id], a) {
				t.Fatalf("%s: read %.300q\nwant %.300q", id, fmt.Sprintf("%+v", got[id]), fmt.Sprintf("%+v", a))
			}
		}
		data, err := answers.Write(&res.Set)
		if err != nil || len(data) == 0 {
			t.Fatal(err)
		}
	}
}
