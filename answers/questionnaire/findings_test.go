package questionnaire_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"riskguide/answers"
	"riskguide/answers/answerstest"
	"riskguide/answers/questionnaire"
	"riskguide/catalog"
	"riskguide/catalog/worddiff"
	"riskguide/render/pack"
)

// TestFindings makes one fault at a time and wants it told, with its place, and
// nothing else told but what is named.
func TestFindings(t *testing.T) {
	s := sampleOf(t)
	const sheet = "acme.xlsx!要求事項 Requirements!"
	for _, tt := range []struct {
		name  string
		edit  func(b *answerstest.Book) error
		parts func(map[string][]byte)
		want  []string
	}{
		{name: "unanswered", edit: func(b *answerstest.Book) error { return b.Set(pack.ColumnStatus, "A-01", nil) },
			want: []string{sheet + "H10: A-01 is unanswered [unanswered]"}},
		{name: "written beside", edit: func(b *answerstest.Book) error { return b.Set(pack.ColumnStatus, "2.1.1.2", "  ") },
			want: []string{sheet + "H5: 2.1.1.2 has no status, though something was written beside [unanswered]"}},
		{name: "sign", edit: func(b *answerstest.Book) error { return b.Set(pack.ColumnStatus, "A-01", "〇") },
			want: []string{sheet + `H10: A-01: the status "〇" is none of the list (did you mean "実施済み / Implemented"?) [status]`}},
		{name: "boolean", edit: func(b *answerstest.Book) error { return b.Set(pack.ColumnStatus, "A-01", true) },
			want: []string{sheet + `H10: A-01: the status "TRUE" is none of the list (did you mean "実施済み / Implemented"?) [status]`}},
		{name: "no word", edit: func(b *answerstest.Book) error {
			return b.Set(pack.ColumnStatus, "A-01", "契約書を見てください")
		},
			want: []string{sheet + `H10: A-01: the status "契約書を見てください" is none of the list (choose the status from the list) [status]`}},
		{name: "not applicable without explanation", edit: func(b *answerstest.Book) error { return b.Set(pack.ColumnExplanation, "8.6.1.2", nil) },
			want: []string{sheet + `I8: 8.6.1.2 is "該当なし / Not applicable" without an explanation [no-explanation]`}},
		{name: "alternative without explanation", edit: func(b *answerstest.Book) error { return b.Set(pack.ColumnExplanation, "8.6.1.1", " \n ") },
			want: []string{sheet + `I7: 8.6.1.1 is "代替策 / Alternative" without an explanation [no-explanation]`}},
		{name: "planned without date", edit: func(b *answerstest.Book) error { return b.Set(pack.ColumnPlanned, "2.1.1.10", nil) },
			want: []string{sheet + `L6: 2.1.1.10 is "計画中 / Planned" without a date [no-date]`}},
		{name: "date past", edit: func(b *answerstest.Book) error { return b.Set(pack.ColumnPlanned, "2.1.1.10", day(2026, 11, 30)) },
			want: []string{sheet + `L6: 2.1.1.10 is planned for 2026-11-30, which is past [past-date]`}},
		{name: "date today", edit: func(b *answerstest.Book) error { return b.Set(pack.ColumnPlanned, "2.1.1.10", day(2026, 12, 1)) }},
		{name: "date as text", edit: func(b *answerstest.Book) error {
			return b.Set(pack.ColumnPlanned, "2.1.1.10", "令和９年１月３１日")
		},
			want: []string{sheet + `L6: warning: 2.1.1.10: the date "令和９年１月３１日" is taken as 2027-01-31 [date]`}},
		{name: "date in plain text", edit: func(b *answerstest.Book) error { return b.Set(pack.ColumnPlanned, "2.1.1.10", "2027/1/31") }},
		{name: "no date", edit: func(b *answerstest.Book) error { return b.Set(pack.ColumnPlanned, "2.1.1.10", "来春") },
			want: []string{sheet + `L6: 2.1.1.10: "来春" is no date (write a day such as 2027-01-31) [date]`}},
		{name: "requirement altered", edit: func(b *answerstest.Book) error {
			return b.Set(pack.ColumnStatement, "2.1.1.10", "別の拠点での復旧を48時間以内に終える")
		}, want: []string{sheet + `D6: 2.1.1.10: the requirement was altered: …`}},
		{name: "translation altered", edit: func(b *answerstest.Book) error {
			return b.Set(pack.ColumnSecond, "2.1.1.10", "Complete recovery within 48 hours")
		}, want: []string{sheet + `E6: 2.1.1.10: the text was altered: …`}},
		{name: "obligation altered", edit: func(b *answerstest.Book) error { return b.Set(pack.ColumnObligation, "2.1.1.1", "任意 / May") },
			want: []string{sheet + `B4: 2.1.1.1: the obligation was altered from "必須 / Must" to "任意 / May" [altered-obligation]`}},
		{name: "clause altered", edit: func(b *answerstest.Book) error { return b.Set(pack.ColumnClause, "2.1.1.1", "なし") },
			want: []string{sheet + `C4: warning: 2.1.1.1: the text was altered: …`}},
		{name: "row deleted", edit: func(b *answerstest.Book) error { return b.RemoveRow(b.Sheet, b.Rows["8.6.1.1"]) },
			want: []string{"acme.xlsx!要求事項 Requirements: the row of 8.6.1.1 was deleted (ask for it again) [row-deleted]"}},
		{name: "row added", edit: func(b *answerstest.Book) error {
			return b.SetSheetRow(b.Sheet, "A12", &[]any{"A-03", "必須", "", "新しい要求", "", "", "", "実施済み"})
		}, want: []string{
			sheet + `A12: warning: there is no requirement "A-03": "A-03" is not read (did you mean "A-01"?) [row-added]`,
			sheet + `B12: warning: there is no requirement "A-03": "必須" is not read (did you mean "A-01"?) [row-added]`,
			sheet + `D12: warning: there is no requirement "A-03": "新しい要求" is not read (did you mean "A-01"?) [row-added]`,
			sheet + `H12: there is no requirement "A-03": "実施済み" is not read (did you mean "A-01"?) [row-added]`}},
		{name: "row without an id", edit: func(b *answerstest.Book) error { return b.SetCellValue(b.Sheet, "I13", "以上") },
			want: []string{sheet + `I13: a row without an id was added: "以上" is not read [row-added]`}},
		{name: "answered twice", edit: func(b *answerstest.Book) error {
			if err := b.DuplicateRowTo(b.Sheet, b.Rows["A-02"], 12); err != nil {
				return err
			}
			return b.SetCellValue(b.Sheet, "H12", "未実施 / Not implemented")
		}, want: []string{
			sheet + `A12: A-02 is answered twice; row 11 counts, this one does not [duplicate-id]`,
			sheet + `H12: not read: "未実施 / Not implemented" is not read [row-added]`, "…"}},
		{name: "formula as status", edit: func(b *answerstest.Book) error {
			return b.SetCellFormula(b.Sheet, "H10", `IF(1=1,"実施済み","")`)
		}, want: []string{sheet + `H10: A-01: the status is a formula, "=IF(1=1,"実施済み","")"; it is not evaluated (the workbook shows …`}},
		{name: "DDE in an answer", edit: func(b *answerstest.Book) error {
			return b.SetCellFormula(b.Sheet, "J4", `cmd|'/c calc'!A0`)
		}, want: []string{sheet + `J4: warning: 2.1.1.1: the answer is a formula; it is kept as the text "=cmd|'/c calc'!A0" and not evaluated (the workbook shows …`}},
		{name: "formula as date", edit: func(b *answerstest.Book) error { return b.SetCellFormula(b.Sheet, "L6", `TODAY()+30`) },
			want: []string{sheet + `L6: 2.1.1.10: the date is a formula, "=TODAY()+30"; it is not evaluated (the workbook shows "46418") (write the day itself) [formula]`}},
		{name: "merged answers", edit: func(b *answerstest.Book) error {
			for _, c := range []string{"H10", "H11"} {
				if err := b.SetCellValue(b.Sheet, c, nil); err != nil {
					return err
				}
			}
			if err := b.SetCellValue(b.Sheet, "H9", b.Words[answers.Planned]); err != nil {
				return err
			}
			if err := b.SetCellValue(b.Sheet, "L9", day(2027, 3, 1)); err != nil {
				return err
			}
			if err := b.MergeCell(b.Sheet, "L9", "L11"); err != nil {
				return err
			}
			return b.MergeCell(b.Sheet, "H9", "H11")
		}, want: []string{
			sheet + `H9: warning: the cells down to H11 are merged; "計画中 / Planned" is taken for each of the 3 rows [merged]`,
			sheet + `L9: warning: the cells down to L11 are merged; "46447" is taken for each of the 3 rows [merged]`}},
		{name: "text beside and above", edit: func(b *answerstest.Book) error {
			if err := b.SetCellValue(b.Sheet, "T5", "メモ"); err != nil {
				return err
			}
			if err := b.SetCellValue(b.Sheet, "R3", "備考"); err != nil {
				return err
			}
			if err := b.SetCellValue(b.Sheet, "R6", "要相談"); err != nil {
				return err
			}
			return b.SetCellValue(b.Sheet, "H1", "田中が記入")
		}, want: []string{
			sheet + `H1: warning: above the table: "田中が記入" is not read [not-read]`,
			sheet + `T5: warning: beside the table: "メモ" is not read [not-read]`,
			sheet + `R6: warning: in the added column "備考": "要相談" is not read [not-read]`}},
		{name: "written over the check", edit: func(b *answerstest.Book) error { return b.SetCellValue(b.Sheet, "M4", "OK です") },
			want: []string{sheet + `M4: warning: written over the check: "OK です" is not read [not-read]`}},
		{name: "other sheets", edit: func(b *answerstest.Book) error {
			if _, err := b.NewSheet("補足"); err != nil {
				return err
			}
			if err := b.SetCellValue("補足", "B2", "構成図は別紙"); err != nil {
				return err
			}
			return b.SetCellValue("はじめに Start here", "F3", "確認しました")
		}, want: []string{
			`acme.xlsx!はじめに Start here!F3: warning: was not sent: "確認しました" is not read [not-read]`,
			`acme.xlsx!補足!B2: warning: on a sheet that was added: "構成図は別紙" is not read [not-read]`}},
		{name: "comment, link and picture", edit: func(b *answerstest.Book) error {
			if err := b.AddComment(b.Sheet, excelize.Comment{Cell: "H4", Author: "田中", Paragraph: []excelize.RichTextRun{{Text: "来期に見直す"}}}); err != nil {
				return err
			}
			if err := b.SetCellHyperLink(b.Sheet, "J4", "https://example.org/kitei", "External"); err != nil {
				return err
			}
			return b.AddPictureFromBytes(b.Sheet, "I5", &excelize.Picture{Extension: ".png", File: onePixel(t)})
		}, want: []string{
			sheet + `H4: warning: the comment "来期に見直す" is not part of an answer [comment]`,
			sheet + `J4: warning: the cell links to "https://example.org/kitei", which is not part of the answer [link]`,
			sheet + `I5: warning: a picture lies over the cells and is not read [not-read]`}},
		{name: "error value", parts: func(p map[string][]byte) {
			eachSheet(p, func(x string) string {
				return strings.Replace(x, "<row r=\"9\"", "<row r=\"8\"><c r=\"J8\" t=\"e\"><v>#REF!</v></c></row><row r=\"9\"", 1)
			})
		}, want: []string{sheet + `J8: warning: 8.6.1.2: the cell holds the error "#REF!" [error-value]`, "…"}},
		{name: "macros", parts: func(p map[string][]byte) { p["xl/vbaProject.bin"] = []byte("x") },
			want: []string{`acme.xlsx: warning: holds macros; it is read as data, the macros are not run [macros]`}},
		{name: "external link", parts: func(p map[string][]byte) {
			p["xl/externalLinks/externalLink1.xml"] = []byte(`<externalLink xmlns="a"><externalBook/></externalLink>`)
			p["xl/externalLinks/_rels/externalLink1.xml.rels"] = []byte(`<Relationships xmlns="a"><Relationship Id="rId1" Type="a/externalLinkPath" Target="file:///C:/secret.xlsx" TargetMode="External"/></Relationships>`)
			p["xl/_rels/workbook.xml.rels"] = bytes.Replace(p["xl/_rels/workbook.xml.rels"], []byte("</Relationships>"),
				[]byte(`<Relationship Id="rIdX" Type="a/externalLink" Target="externalLinks/externalLink1.xml"/></Relationships>`), 1)
		}, want: []string{`acme.xlsx: warning: refers to "file:///C:/secret.xlsx", which is not opened [external]`}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			data := fill(t, s.blank, usual(), tt.edit)
			if tt.parts != nil {
				data = changeParts(t, data, tt.parts)
			}
			res := s.read(t, data)
			got := strings.Split(strings.TrimSuffix(problems(res), "\n"), "\n")
			more := false
			for _, want := range tt.want {
				if want == "…" {
					more = true
					continue
				}
				begin, cut := strings.CutSuffix(want, "…")
				found := false
				for _, g := range got {
					found = found || g == want || cut && strings.HasPrefix(g, begin)
				}
				if !found {
					t.Errorf("%q is missing in\n%s", want, strings.Join(got, "\n"))
				}
			}
			if !more && len(res.Problems) != len(tt.want) {
				t.Errorf("%d problems, want %d:\n%s", len(res.Problems), len(tt.want), strings.Join(got, "\n"))
			}
			for _, p := range res.Problems {
				if strings.Contains(p.Message, "altered") && (worddiff.New(p.Diff) != p.Value || worddiff.Old(p.Diff) == p.Value) {
					t.Errorf("difference %+v of %q", p.Diff, p.Value)
				}
			}
		})
	}
}

// TestRawValues: the value that a problem is about is whole, however long.
func TestRawValues(t *testing.T) {
	s := sampleOf(t)
	long := strings.Repeat("長い注記。", 500)
	res := s.read(t, fill(t, s.blank, usual(), func(b *answerstest.Book) error {
		if err := b.SetCellValue(b.Sheet, "T5", long); err != nil {
			return err
		}
		return b.Set(pack.ColumnStatus, "A-01", long)
	}))
	values := 0
	for _, p := range res.Problems {
		if p.Value == long {
			values++
		}
		if len([]rune(p.Message)) > 200 {
			t.Errorf("long message %q", p.Message)
		}
	}
	if values != 2 || res.Set.Answer("A-01").Unread != long {
		t.Errorf("problems\n%s", problems(res))
	}
}

// TestAcceptNear: what was only proposed is taken where that is wished.
func TestAcceptNear(t *testing.T) {
	s := sampleOf(t)
	data := fill(t, s.blank, usual(), func(b *answerstest.Book) error {
		if err := b.Set(pack.ColumnStatus, "A-02", "Implementd"); err != nil {
			return err
		}
		return b.Set(pack.ColumnStatus, "A-01", "×")
	})
	opts := s.options()
	opts.AcceptNear = true
	res, err := questionnaire.Read(newContext(), bytes.NewReader(data), int64(len(data)), opts)
	if err != nil {
		t.Fatal(err)
	}
	if a := res.Set.Answer("A-01"); a.Status != answers.NotImplemented {
		t.Errorf("A-01: %+v", a)
	}
	if a := res.Set.Answer("A-02"); a.Status != answers.Unanswered || a.Unread != "Implementd" {
		t.Errorf("a slip of the pen was taken: %+v", a)
	}
}

// TestOtherPack: a questionnaire of another edition or profile is read by what it
// says itself.
func TestOtherPack(t *testing.T) {
	s := sampleOf(t)
	identity := func(key, value string) func(b *answerstest.Book) error {
		return func(b *answerstest.Book) error {
			rows, err := b.GetRows(pack.DataSheet)
			if err != nil {
				return err
			}
			for i, r := range rows {
				if len(r) > 2 && r[0] == "property" && (r[1] == key || r[1] == "fingerprint" || r[1] == "pack") {
					v := "other"
					if r[1] == key {
						v = value
					}
					if err := b.SetCellValue(pack.DataSheet, fmt.Sprintf("C%d", i+1), v); err != nil {
						return err
					}
				}
			}
			return b.SetCustomProps(excelize.CustomProperty{Name: pack.PropertyPrefix + key, Value: value})
		}
	}
	for _, tt := range []struct {
		name, key, value string
		match            questionnaire.Match
		level            catalog.Level
		want             string
	}{
		{"edition", "edition", "2025.2", questionnaire.OtherEdition, catalog.LevelWarning, "is other of the profile full, edition 2025.2; the content is of edition 2026.1"},
		{"long names", "edition", strings.Repeat("2", 70), questionnaire.OtherEdition, catalog.LevelWarning, "is other of the profile full, edition " + strings.Repeat("2", 60) + "…; the content is of edition 2026.1"},
		{"profile", "profile", "someone", questionnaire.OtherProfile, catalog.LevelError, "is other of the profile someone, edition 2026.1, not " + s.pack.ID},
		{"wording", "language", "ja", questionnaire.OtherWording, catalog.LevelWarning, "is other; the profile yields " + s.pack.ID + " now"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			data := fill(t, s.blank, usual(), func(b *answerstest.Book) error {
				if err := identity(tt.key, tt.value)(b); err != nil {
					return err
				}
				// One requirement of its own that the profile does not have.
				rows, err := b.GetRows(pack.DataSheet)
				if err != nil {
					return err
				}
				if err := b.SetSheetRow(pack.DataSheet, fmt.Sprintf("A%d", len(rows)+1), &[]any{"requirement", "A-09", "may", pack.WordingHash("独自の要求")}); err != nil {
					return err
				}
				if err := b.SetSheetRow(b.Sheet, "A12", &[]any{"A-09", "任意 / May", "", "独自の要求", "", "", "", "実施済み / Implemented"}); err != nil {
					return err
				}
				return b.Set(pack.ColumnStatement, "2.1.1.10", "別の拠点での復旧を48時間以内に終える")
			})
			data = changeParts(t, data, func(p map[string][]byte) { delete(p, "docProps/custom.xml") })
			res := s.read(t, data)
			if res.Match != tt.match || !strings.Contains(problems(res), tt.want) {
				t.Errorf("match %s, problems\n%s", res.Match, problems(res))
			}
			if p := res.Problems[0]; p.Rule != questionnaire.RulePack || p.Level != tt.level {
				t.Errorf("first problem %+v", p.Problem)
			}
			if len(res.Set.Answers) != 9 || res.Set.Answer("A-09").Status != answers.Implemented || res.Set.Answer("A-09").Asked != "独自の要求" {
				t.Errorf("answers %+v", res.Set.Answers)
			}
			// The wording that was asked is known from the profile, by its checksum.
			if !strings.Contains(problems(res), "2.1.1.10: the requirement was altered: ") || !strings.Contains(res.Set.Answer("2.1.1.10").Asked, "12時間") {
				t.Errorf("%+v\n%s", res.Set.Answer("2.1.1.10"), problems(res))
			}
			if got := len(res.Problems); got != 2 {
				t.Errorf("%d problems\n%s", got, problems(res))
			}
		})
	}
	t.Run("no pack at all", func(t *testing.T) {
		f := excelize.NewFile()
		defer f.Close()
		if err := f.SetSheetRow("Sheet1", "A1", &[]any{"番号", "区分", "要求事項", "回答", "説明"}); err != nil {
			t.Fatal(err)
		}
		if err := f.SetSheetRow("Sheet1", "A2", &[]any{"X-1", "必須", "何かをする", "実施済み", "はい"}); err != nil {
			t.Fatal(err)
		}
		var buf bytes.Buffer
		if err := f.Write(&buf); err != nil {
			t.Fatal(err)
		}
		res := s.read(t, buf.Bytes())
		if res.Match != questionnaire.Unidentified || len(res.Set.Answers) != 1 || res.Set.Pack.ID != "unknown" {
			t.Errorf("%+v", res.Set)
		}
		if a := res.Set.Answers[0]; a.Requirement != "X-1" || a.Status != answers.Implemented || a.Obligation != "must" || a.Asked != "何かをする" {
			t.Errorf("%+v", a)
		}
	})
}

// TestLanguages: a questionnaire in another language of the profile is compared
// with that.
func TestLanguages(t *testing.T) {
	en, err := makeSample("full.yaml", "en")
	if err != nil {
		t.Fatal(err)
	}
	s := sampleOf(t)
	var asked []catalog.Lang
	opts := s.options()
	opts.Asked = func(langs []catalog.Lang) (*questionnaire.Form, error) {
		asked = langs
		return en.form, nil
	}
	for name, data := range map[string][]byte{
		"whole": fill(t, en.blank, usual(), nil),
		"by headings": changeParts(t, fill(t, en.blank, usual(), func(b *answerstest.Book) error { return b.DeleteSheet(pack.DataSheet) }),
			func(p map[string][]byte) { delete(p, "docProps/custom.xml") }),
	} {
		asked = nil
		res, err := questionnaire.Read(newContext(), bytes.NewReader(data), int64(len(data)), opts)
		if err != nil {
			t.Fatal(err)
		}
		if len(asked) != 1 || asked[0] != "en" || len(only(res.Set.Answers)) != 8 {
			t.Errorf("%s: asked for %v, read %+v", name, asked, res.Set)
		}
		for _, p := range res.Problems {
			if p.Rule != questionnaire.RuleIdentity {
				t.Errorf("%s: %v", name, p.Problem)
			}
		}
	}
}

// TestPassword: excelize encrypts as Excel does.
func TestPassword(t *testing.T) {
	s := sampleOf(t)
	b, err := answerstest.Open(s.blank)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	var buf bytes.Buffer
	if err := b.Write(&buf, excelize.Options{Password: "secret"}); err != nil {
		t.Fatal(err)
	}
	_, err = questionnaire.Read(newContext(), bytes.NewReader(buf.Bytes()), int64(buf.Len()), s.options())
	if err == nil || !strings.Contains(err.Error(), "is protected by a password (save it without") {
		t.Error(err)
	}
}

func TestNoQuestionnaire(t *testing.T) {
	s := sampleOf(t)
	f := excelize.NewFile()
	defer f.Close()
	var buf bytes.Buffer
	if err := f.Write(&buf); err != nil {
		t.Fatal(err)
	}
	_, err := questionnaire.Read(newContext(), bytes.NewReader(buf.Bytes()), int64(buf.Len()), s.options())
	if err == nil || !strings.Contains(err.Error(), "holds no table of requirements") {
		t.Error(err)
	}
}
