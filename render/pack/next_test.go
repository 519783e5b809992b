package pack_test

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/xuri/excelize/v2"

	"riskguide/answers"
	"riskguide/answers/answerstest"
	"riskguide/answers/questionnaire"
	"riskguide/catalog"
	"riskguide/profile"
	"riskguide/render"
	"riskguide/render/pack"
	"riskguide/render/rendertest"
	"riskguide/render/workbook/sheet/sheettest"
	"riskguide/templates"
)

// folder reads a folder to be edited: each edit is a file, a text in it, and what
// takes its place; an empty text adds the file.
func folder(t testing.TB, dir string, edits ...[3]string) fs.FS {
	t.Helper()
	out := fstest.MapFS{}
	err := fs.WalkDir(os.DirFS(dir), ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		data, err := os.ReadFile(filepath.Join(dir, name))
		out[name] = &fstest.MapFile{Data: data}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range edits {
		f := out[e[0]]
		if e[1] == "" {
			out[e[0]] = &fstest.MapFile{Data: []byte(e[2])}
			continue
		}
		if f == nil || !bytes.Contains(f.Data, []byte(e[1])) {
			t.Fatalf("%s has no %q", e[0], e[1])
		}
		f.Data = bytes.ReplaceAll(f.Data, []byte(e[1]), []byte(e[2]))
	}
	return out
}

// tailorOf applies the profile full.yaml of the test data to the small guide, both
// edited.
func tailorOf(t testing.TB, content, profiles [][3]string, langs ...catalog.Lang) *profile.Pack {
	t.Helper()
	p, err := answerstest.Tailor(folder(t, "../../catalog/testdata/small", content...), folder(t, "../../profile/testdata/profiles", profiles...), "full.yaml", langs...)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// second is an edition in which 8.6.1.1 is reworded, 8.6.1.2 replaced by 8.6.1.4,
// 2.1.1.2 retired and C.1.1.2 new; 2.1.1.1 should be met only.
func second() (content, profiles [][3]string) {
	content = [][3]string{
		{"guide.yaml", "2026.1", "2027.1"},
		{"controls/8.6.1.yaml", "", `clause: 8.6.1
title: {ja: 脆弱性の管理, en: Vulnerability management}
controls:
  - id: 8.6.1.1
    statement: {ja: 管理の対象とする情報システムと回線の範囲を定め、毎年見直す, en: Define which systems and lines are managed}
  - id: 8.6.1.3
    statement: {ja: 管理の役割と責任を定める, en: Define roles and responsibilities}
  - id: 8.6.1.4
    statement: {ja: 脆弱性を見つけたときは期限を決めて処置する, en: Act within a set time when a weakness is found}
`},
		{"controls/2.1.1.yaml", "  - id: 2.1.1.2\n    statement: {ja: 切替えを毎年試す, en: Test the switch-over every year}\n", ""},
		{"controls/C.1.1.yaml", "", `clause: C.1.1
controls:
  - id: C.1.1.1
    statement: {ja: 一つの拠点の喪失でサービスを止めない, en: Losing one site must not stop the service}
  - id: C.1.1.2
    statement: {ja: 拠点を分けて置く, en: Keep sites apart}
`},
		{"risks/H01.yaml", "[2.1.1.1, 2.1.1.2]", "[2.1.1.1, C.1.1.2]"},
		{"risks/M02.yaml", `["8.6.1.1..8.6.1.3"]`, "[8.6.1.1, 8.6.1.4, 8.6.1.3]"},
		{"risks/M02.yaml", "[8.6.1.2]", "[8.6.1.4]"},
		{"retired.yaml", "retired:\n", "retired:\n" +
			"  - {id: 8.6.1.2, replaced_by: [8.6.1.4], edition: \"2027.1\", reason: {ja: 番号を改めた。, en: Renumbered.}}\n" +
			"  - {id: 2.1.1.2, edition: \"2027.1\", reason: {ja: 2.1.1.1 に含まれる。, en: Part of 2.1.1.1.}}\n"},
	}
	profiles = [][3]string{{"base.yaml", "2026.1", "2027.1"}, {"full.yaml", "8.6.1.2", "8.6.1.4"},
		{"full.yaml", "    - {controls: [8.6.1.1], obligation: may}\n", "    - {controls: [8.6.1.1], obligation: may}\n    - {controls: [2.1.1.1], obligation: should}\n"}}
	return content, profiles
}

func secondPack(t testing.TB, langs ...catalog.Lang) *profile.Pack {
	content, profiles := second()
	return tailorOf(t, content, profiles, langs...)
}

// asked sets what the questionnaire of a pack asks beside each answer, and who
// answered.
func asked(t testing.TB, p *profile.Pack, list []answers.Answer) *answers.Set {
	t.Helper()
	b := read(t, open(t, blank(t, p, nil)))
	out := &answers.Set{Supplier: "full", Name: b.property["supplier"], Round: 1, Received: time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC),
		Pack: answers.Pack{ID: p.ID, Fingerprint: p.Fingerprint, Profile: p.Profile.ID, Guide: p.Catalog.Guide.ID,
			Edition: p.Catalog.Guide.Edition, Language: p.Lang()}}
	for _, r := range p.Requirements {
		a := answers.Answer{Requirement: r.ID}
		if i := slices.IndexFunc(list, func(a answers.Answer) bool { return a.Requirement == r.ID }); i >= 0 {
			a = list[i]
		}
		a.Obligation, a.Asked = string(r.Obligation), b.value(t, pack.ColumnStatement, r.ID)
		out.Answers = append(out.Answers, a)
	}
	return out
}

// blank is the questionnaire of a pack; previous may be nil.
func blank(t testing.TB, p *profile.Pack, previous *answers.Set) []byte {
	t.Helper()
	data, err := pack.QuestionnaireNext(context.Background(), p, previous, options(func(p catalog.Problem) { t.Errorf("warning: %v", p) }))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// collected reads a questionnaire as riskguide collect does.
func collected(t testing.TB, p *profile.Pack, data []byte) *questionnaire.Result {
	t.Helper()
	ctx := context.Background()
	voc, err := questionnaire.LoadVocabulary(templates.FS())
	if err != nil {
		t.Fatal(err)
	}
	form, err := questionnaire.NewForm(ctx, blank(t, p, nil), voc)
	if err != nil {
		t.Fatal(err)
	}
	res, err := questionnaire.Read(ctx, bytes.NewReader(data), int64(len(data)), questionnaire.Options{Name: "acme.xlsx", Vocabulary: voc,
		Asked: func([]catalog.Lang) (*questionnaire.Form, error) { return form, nil }})
	if err != nil {
		t.Fatal(err)
	}
	return res
}

// given keeps of an answer what a supplier writes.
func given(a answers.Answer) answers.Answer {
	a.Requirement, a.Obligation, a.Asked, a.Pos = "", "", "", catalog.Position{}
	return a
}

func usualAnswers() []answers.Answer {
	return []answers.Answer{
		{Requirement: "2.1.1.1", Status: answers.Implemented, Evidence: "規程 3 章", Owner: "情報システム部"},
		{Requirement: "2.1.1.2", Status: answers.Partial, Explanation: "本番だけ。\n検証環境は 4 月から。"},
		{Requirement: "2.1.1.10", Status: answers.Planned, Planned: time.Date(2090, 1, 31, 0, 0, 0, 0, time.UTC)},
		{Requirement: "8.6.1.1", Status: answers.Alternative, Explanation: "別の方法 😀", Evidence: "=1+1"},
		{Requirement: "8.6.1.2", Status: answers.NotApplicable, Explanation: "前提がない"},
		{Requirement: "C.1.1.1", Status: answers.NotImplemented, Explanation: "費用"},
		{Requirement: "A-01", Status: answers.Implemented},
	}
}

// TestNext carries answers into a second edition, and looks at every row.
func TestNext(t *testing.T) {
	previous := asked(t, small(t), usualAnswers())
	p := secondPack(t)
	data := blank(t, p, previous)
	sheettest.Check(t, data)
	f := open(t, data)
	b := read(t, f)
	for _, tt := range []struct {
		id, todo, change, status, explanation, wording, answer string
		hidden                                                 bool
	}{
		{id: "2.1.1.1", todo: "引継ぎ済み / Carried over", change: "区分変更（必須 → 推奨）", status: "実施済み", hidden: true},
		{id: "2.1.1.10", todo: "引継ぎ済み / Carried over", change: "変更なし", status: "計画中", hidden: true},
		{id: "8.6.1.1", todo: "要見直し / To review", change: "文言変更", explanation: "別の方法 😀",
			wording: "管理の対象とする情報システムの範囲を文書に定める", answer: "代替策"},
		{id: "8.6.1.4", todo: "要見直し / To review", change: "8.6.1.2 の後継", explanation: "前提がない", answer: "[8.6.1.2]"},
		{id: "C.1.1.1", todo: "引継ぎ済み / Carried over", change: "変更なし", status: "未実施", explanation: "費用", hidden: true},
		{id: "C.1.1.2", todo: "要回答 / To answer", change: "新規"},
		{id: "A-01", todo: "引継ぎ済み / Carried over", change: "変更なし", status: "実施済み", hidden: true},
		{id: "A-02", todo: "要回答 / To answer", change: "前回は未回答"},
	} {
		for _, x := range []struct{ key, want string }{{pack.ColumnTodo, tt.todo}, {pack.ColumnChange, tt.change}, {pack.ColumnStatus, tt.status},
			{pack.ColumnExplanation, tt.explanation}, {pack.ColumnPreviousWording, tt.wording}, {pack.ColumnPreviousAnswer, tt.answer}} {
			got := b.value(t, x.key, tt.id)
			if !strings.Contains(got, x.want) || x.want == "" && got != "" {
				t.Errorf("%s: %s %q, want %q", tt.id, x.key, got, x.want)
			}
		}
		if visible, err := f.GetRowVisible(b.sheet["requirements"], b.row[tt.id]); err != nil || visible == tt.hidden {
			t.Errorf("%s: row visible %v, %v", tt.id, visible, err)
		}
	}
	if len(b.row) != len(p.Requirements) {
		t.Errorf("%d rows, %d requirements", len(b.row), len(p.Requirements))
	}
	// The new wording is that of the requirement, with what is new in another
	// look; the old one likewise. Both can be told without colour.
	runs, err := f.GetCellRichText(b.sheet["requirements"], b.cell(pack.ColumnStatement, "8.6.1.1"))
	if err != nil || len(runs) < 2 || !slices.ContainsFunc(runs, func(r excelize.RichTextRun) bool {
		return r.Font != nil && r.Font.Bold && r.Font.Underline == "single" && strings.Contains(r.Text, "毎年見直す")
	}) {
		t.Errorf("new wording %+v, %v", runs, err)
	}
	runs, err = f.GetCellRichText(b.sheet["requirements"], b.cell(pack.ColumnPreviousWording, "8.6.1.1"))
	if err != nil || !slices.ContainsFunc(runs, func(r excelize.RichTextRun) bool {
		return r.Font != nil && r.Font.Strike && strings.Contains(r.Text, "文書")
	}) {
		t.Errorf("old wording %+v, %v", runs, err)
	}
	if s := b.value(t, pack.ColumnStatement, "8.6.1.1"); pack.WordingHash(s) != b.required["8.6.1.1"][1] {
		t.Errorf("the marked wording %q has not the hash of the requirement", s)
	}
	removed := rowsOf(t, f, b.sheet["removed"])
	for _, want := range []string{"2.1.1.2|版 2027.1 で廃止されました。2.1.1.1 に含まれる。\nRetired in edition 2027.1. Part of 2.1.1.1.|切替えを毎年試す",
		"|一部実施 / Partly implemented|本番だけ。\n検証環境は 4 月から。\n", "8.6.1.2|8.6.1.4 に置き換えられました。番号を改めた。"} {
		if !strings.Contains(removed, want) {
			t.Errorf("the sheet of what is no longer asked lacks %q:\n%s", want, removed)
		}
	}
	start := rowsOf(t, f, b.sheet["start"])
	for _, want := range []string{"8 件の要求事項のうち、対応が必要なのは 4 件です。", "Of 8 requirements, 4 need your work.", "第 1 回、版 2026.1、" + previous.Pack.ID + "、2026年3月1日受領",
		"（すべて選択）", "2 件は、「今回対象外 No longer asked」シートに"} {
		if !strings.Contains(start, want) {
			t.Errorf("the first sheet lacks %q:\n%s", want, start)
		}
	}
	for key, want := range map[string]string{"previous-pack": previous.Pack.ID, "previous-edition": "2026.1", "previous-round": "1", "previous-supplier": "full", "format": pack.FormatVersion} {
		if b.property[key] != want {
			t.Errorf("property %s: %q, want %q", key, b.property[key], want)
		}
	}
	// Collected as it is: what was carried is answered as before, the rest is not
	// answered, and nothing is reported but that.
	res := collected(t, p, data)
	if res.Match != questionnaire.Same {
		t.Errorf("match %v", res.Match)
	}
	for _, a := range res.Set.Answers {
		switch old := previous.Answer(a.Requirement); a.Requirement {
		case "8.6.1.1", "8.6.1.4", "C.1.1.2", "A-02":
			if a.Status != answers.Unanswered || a.Unread != "" {
				t.Errorf("%s counts as %q though nobody chose it", a.Requirement, a.Status)
			}
		default:
			if !reflect.DeepEqual(given(a), given(*old)) {
				t.Errorf("%s: collected %+v, carried %+v", a.Requirement, given(a), given(*old))
			}
		}
	}
	for _, x := range res.Problems {
		if x.Rule != questionnaire.RuleUnanswered {
			t.Errorf("collect reports %v [%s]", x, x.Rule)
		}
	}
}

// rowsOf is the text of a sheet, a line for each row.
func rowsOf(t testing.TB, f *excelize.File, name string) string {
	t.Helper()
	rows, err := f.GetRows(name)
	if err != nil {
		t.Fatal(err)
	}
	var s strings.Builder
	for _, r := range rows {
		s.WriteString(strings.Join(r, "|") + "\n")
	}
	return s.String()
}

// manyPack is the pack of n controls; reworded maps the number of one to its
// wording.
func manyPack(t testing.TB, n int, reworded map[int]string) *profile.Pack {
	t.Helper()
	var b strings.Builder
	b.WriteString("clause: 8.6.1\ntitle: {ja: 脆弱性の管理, en: Vulnerability management}\ncontrols:\n")
	for i := 1; i <= n; i++ {
		s := reworded[i]
		if s == "" {
			s = fmt.Sprintf("機器の部品 %d を点検する", i)
		}
		fmt.Fprintf(&b, "  - id: 8.6.1.%d\n    statement: {ja: %s, en: Check part %d}\n", i, s, i)
	}
	return tailorOf(t, [][3]string{{"controls/8.6.1.yaml", "", b.String()}, {"risks/M02.yaml", "8.6.1.1..8.6.1.3", fmt.Sprintf("8.6.1.1..8.6.1.%d", n)}}, nil)
}

// criteria returns the column of the only filter with criteria in a workbook and the
// values that it asks for, as its XML says them (ECMA-376, 18.3.2.7).
func criteria(t *testing.T, data []byte) (column string, values []string) {
	t.Helper()
	zr, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range zr.File {
		if !strings.HasPrefix(file.Name, "xl/worksheets/") {
			continue
		}
		raw, err := fs.ReadFile(zr, file.Name)
		if err != nil {
			t.Fatal(err)
		}
		var sheet struct {
			Filter struct {
				Ref     string `xml:"ref,attr"`
				Columns []struct {
					ID     int `xml:"colId,attr"`
					Values []struct {
						Val string `xml:"val,attr"`
					} `xml:"filters>filter"`
					Custom []struct {
						Operator string `xml:"operator,attr"`
						Val      string `xml:"val,attr"`
					} `xml:"customFilters>customFilter"`
				} `xml:"filterColumn"`
			} `xml:"autoFilter"`
		}
		if err := xml.Unmarshal(raw, &sheet); err != nil {
			t.Fatal(err)
		}
		for _, c := range sheet.Filter.Columns {
			if column != "" {
				t.Fatal("more than one filter has criteria")
			}
			first, _, err := excelize.SplitCellName(strings.Split(sheet.Filter.Ref, ":")[0])
			if err != nil {
				t.Fatal(err)
			}
			n, _ := excelize.ColumnNameToNumber(first)
			column, _ = excelize.ColumnNumberToName(n + c.ID)
			for _, v := range c.Values {
				values = append(values, v.Val)
			}
			for _, v := range c.Custom {
				if v.Operator != "" && v.Operator != "equal" {
					t.Errorf("a criterion has the operator %s", v.Operator)
				}
				values = append(values, v.Val)
			}
		}
	}
	return column, values
}

// TestThreeRows: a supplier with 200 answers and 3 changed requirements works on 3
// rows.
func TestThreeRows(t *testing.T) {
	p := manyPack(t, 195, nil)
	var list []answers.Answer
	for _, r := range p.Requirements {
		list = append(list, answers.Answer{Requirement: r.ID, Status: answers.Implemented, Explanation: "点検表 " + r.ID})
	}
	if len(list) != 200 {
		t.Fatalf("%d answers, want 200", len(list))
	}
	previous := asked(t, p, list)
	p = manyPack(t, 195, map[int]string{7: "機器の部品 7 を毎月点検する", 100: "部品 100 の点検を記録する", 150: "機器の部品 150 を点検し、交換する"})
	data := blank(t, p, previous)
	f := open(t, data)
	b := read(t, f)
	column, asks := criteria(t, data)
	if cell := b.cell(pack.ColumnTodo, p.Requirements[0].ID); strings.TrimRight(cell, "0123456789") != column {
		t.Errorf("the filter is on column %s, what is to be done stands in %s", column, cell)
	}
	var shown []string
	for _, r := range p.Requirements {
		visible, err := f.GetRowVisible(b.sheet["requirements"], b.row[r.ID])
		if err != nil {
			t.Fatal(err)
		}
		if visible {
			shown = append(shown, r.ID)
		}
		if todo := b.value(t, pack.ColumnTodo, r.ID); slices.ContainsFunc(asks, func(pattern string) bool {
			ok, err := path.Match(pattern, todo)
			return err == nil && ok
		}) != visible {
			t.Errorf("%s: shown %v, but the filter asks for %q and it has %q", r.ID, visible, asks, todo)
		}
		if open := b.value(t, pack.ColumnStatus, r.ID) == ""; open != visible {
			t.Errorf("%s: shown %v, answer open %v", r.ID, visible, open)
		}
	}
	if want := []string{"8.6.1.7", "8.6.1.100", "8.6.1.150"}; !slices.Equal(shown, want) {
		t.Errorf("rows shown %v, want %v", shown, want)
	}
	if s := rowsOf(t, f, b.sheet["start"]); !strings.Contains(s, "200 件の要求事項のうち、対応が必要なのは 3 件です。") {
		t.Errorf("the first sheet does not say that 3 rows need work:\n%s", s)
	}
}

// TestNextCases carries one answer after the other.
func TestNextCases(t *testing.T) {
	day := func(y int) time.Time { return time.Date(y, 6, 30, 0, 0, 0, 0, time.UTC) }
	for _, tt := range []struct {
		name   string
		answer answers.Answer
		// asked and obligation replace what was asked, if not empty; "-" is none.
		asked, obligation string
		todo, change      string
		status            string
	}{
		{name: "met", answer: answers.Answer{Status: answers.Implemented}, todo: "carried", change: "変更なし", status: "実施済み"},
		{name: "white space", answer: answers.Answer{Status: answers.Implemented}, asked: "装置を 二重に\n置く", todo: "carried", change: "変更なし", status: "実施済み"},
		{name: "reworded", answer: answers.Answer{Status: answers.Implemented}, asked: "装置を置く", todo: "review", change: "文言変更"},
		{name: "longer before", answer: answers.Answer{Status: answers.Implemented}, asked: "装置を二重に置く\n追加：毎年試す", todo: "review", change: "文言変更"},
		{name: "other reason", answer: answers.Answer{Status: answers.Implemented}, asked: "装置を二重に置く\n区分の理由：以前の規程", todo: "carried", change: "変更なし", status: "実施済み"},
		{name: "unknown wording", answer: answers.Answer{Status: answers.Implemented}, asked: "-", todo: "review", change: "前回の文言が不明"},
		{name: "nothing", answer: answers.Answer{}, todo: "answer", change: "前回は未回答"},
		{name: "no status", answer: answers.Answer{Explanation: "確認中"}, todo: "answer", change: "前回は未回答"},
		{name: "unread", answer: answers.Answer{Unread: "たぶん"}, todo: "review", change: "前回の回答に不足あり", status: "たぶん"},
		{name: "unread date", answer: answers.Answer{Status: answers.Planned, UnreadDate: "来春"}, todo: "review", change: "前回の回答に不足あり", status: "計画中"},
		{name: "no explanation", answer: answers.Answer{Status: answers.Partial}, todo: "review", change: "前回の回答に不足あり", status: "一部実施"},
		{name: "no date", answer: answers.Answer{Status: answers.Planned}, todo: "review", change: "前回の回答に不足あり", status: "計画中"},
		{name: "planned", answer: answers.Answer{Status: answers.Planned, Planned: day(2080)}, todo: "carried", change: "変更なし", status: "計画中"},
		{name: "overdue", answer: answers.Answer{Status: answers.Planned, Planned: day(2025)}, todo: "review", change: "実施予定日（2025年6月30日）を経過", status: "計画中"},
		{name: "weaker", answer: answers.Answer{Status: answers.NotImplemented, Explanation: "x"}, obligation: "should", todo: "review", change: "区分変更（推奨 → 必須）", status: "未実施"},
		{name: "weaker and met", answer: answers.Answer{Status: answers.Implemented}, obligation: "may", todo: "carried", change: "区分変更（任意 → 必須）", status: "実施済み"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := small(t)
			tt.answer.Requirement = "2.1.1.1"
			previous := asked(t, p, []answers.Answer{tt.answer})
			a := previous.Answer("2.1.1.1")
			switch tt.asked {
			case "":
			case "-":
				a.Asked = ""
			default:
				a.Asked = tt.asked
			}
			if tt.obligation != "" {
				a.Obligation = tt.obligation
			}
			b := read(t, open(t, blank(t, p, previous)))
			if got := b.carry["2.1.1.1"]; got != tt.todo {
				t.Errorf("todo %q, want %q", got, tt.todo)
			}
			if got := b.value(t, pack.ColumnChange, "2.1.1.1"); !strings.Contains(got, tt.change) {
				t.Errorf("change %q, want %q", got, tt.change)
			}
			if got := b.value(t, pack.ColumnStatus, "2.1.1.1"); !strings.HasPrefix(got, tt.status) || tt.status == "" && got != "" {
				t.Errorf("status %q, want %q", got, tt.status)
			}
		})
	}
}

// TestRemovedReasons tells why a requirement is no longer asked.
func TestRemovedReasons(t *testing.T) {
	previous := asked(t, small(t), usualAnswers())
	for _, id := range []string{"8.6.1.3", "H99-1"} {
		previous.Answers = append(previous.Answers, answers.Answer{Requirement: id, Asked: "前の文言", Status: answers.Implemented})
	}
	// Without M02, 8.6.1.* are not selected; A-02 is excluded.
	p := tailorOf(t, nil, [][3]string{
		{"full.yaml", "exclude:\n", "exclude:\n  - requirements: [A-01]\n    reason: {ja: 不要になった。, en: No longer needed.}\n"},
		{"full.yaml", "  - {risks: [M02], layers: [resource, service-management], reason: {ja: 個人情報を扱う。, en: Personal data.}}", "  - {measures: [M02-01], reason: {ja: 個人情報を扱う。, en: Personal data.}}"},
	})
	b := read(t, open(t, blank(t, p, previous)))
	removed := rowsOf(t, b.File, b.sheet["removed"])
	for _, want := range []string{"A-01|除外しました。不要になった。\nExcluded. No longer needed.|", "8.6.1.3|除外しました。契約書で定める。\n", "H99-1|今回の要求事項に含まれません。\n"} {
		if !strings.Contains(removed, want) {
			t.Errorf("the sheet lacks %q:\n%s", want, removed)
		}
	}
}

// TestCarryLosesNothing: whatever was answered, and however the edition changed,
// every text of every answer is in the new questionnaire, carried answers are read
// back as they were, and no answer to another wording counts.
func TestCarryLosesNothing(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 4))
	texts := []string{"", "", "実施している", "=1+1", "_x0041_ と _x005F_", "一行目\n\n三行目", " 前後に空白 ", "😀 𠮷 が", "<b>&amp;\"'", "2026-01-31", "1.10",
		strings.Repeat("長い説明。", 1500), strings.Repeat("😀", 16383)}
	text := func() string { return texts[r.IntN(len(texts))] }
	old := small(t)
	for round := range 6 {
		var list []answers.Answer
		for _, q := range old.Requirements {
			a := answers.Answer{Requirement: q.ID, Explanation: text(), Evidence: text(), Owner: text()}
			switch r.IntN(6) {
			case 0:
			case 1:
				a.Unread = "たぶん " + strconv.Itoa(r.IntN(100))
			default:
				a.Status = answers.Statuses()[r.IntN(len(answers.Statuses()))]
			}
			switch r.IntN(3) {
			case 0:
				a.Planned = time.Date(2020+r.IntN(60), time.Month(1+r.IntN(12)), 1+r.IntN(28), 0, 0, 0, 0, time.UTC)
			case 1:
				if a.Status == answers.Planned {
					a.UnreadDate = "来年の春"
				}
			}
			list = append(list, a)
		}
		previous := asked(t, old, list)
		p := old
		switch round % 3 {
		case 1:
			p = secondPack(t)
		case 2:
			p = secondPack(t, "en", "ja")
		}
		data, err := pack.QuestionnaireNext(context.Background(), p, previous, options(nil))
		if err != nil {
			t.Fatal(err)
		}
		b := read(t, open(t, data))
		after := map[string]answers.Answer{}
		for _, a := range collected(t, p, data).Set.Answers {
			after[a.Requirement] = a
		}
		cells := map[string]map[string]bool{}
		for _, key := range []string{"requirements", "removed"} {
			if b.sheet[key] == "" {
				continue
			}
			rows, err := b.GetRows(b.sheet[key])
			if err != nil {
				t.Fatal(err)
			}
			for _, row := range rows {
				if len(row) == 0 {
					continue
				}
				if cells[row[0]] == nil {
					cells[row[0]] = map[string]bool{}
				}
				for _, c := range row {
					cells[row[0]][c] = true
				}
			}
		}
		for _, a := range previous.Answers {
			if b.carry[a.Requirement] != "" {
				got := after[a.Requirement]
				kept := b.value(t, pack.ColumnStatus, a.Requirement) != "" || a.Status == "" && a.Unread == ""
				if reworded := strings.Contains(b.value(t, pack.ColumnChange, a.Requirement), changed(p)); reworded == kept && (a.Status != "" || a.Unread != "") {
					t.Errorf("round %d, %s: reworded %v, status kept %v", round, a.Requirement, reworded, kept)
				}
				want := given(a)
				if !kept {
					word := a.Unread
					if a.Status != "" {
						word = b.status[string(a.Status)]
					}
					if s := b.value(t, pack.ColumnPreviousAnswer, a.Requirement); !strings.Contains(s, word) {
						t.Errorf("round %d, %s: the old answer %q is not shown: %q", round, a.Requirement, word, s)
					}
					want.Status, want.Unread = "", ""
				}
				if got = given(got); !reflect.DeepEqual(got, want) {
					t.Errorf("round %d, %s: read back %.300q\nwas %.300q", round, a.Requirement, fmt.Sprint(got), fmt.Sprint(want))
				}
				continue
			}
			for _, s := range []string{a.Explanation, a.Evidence, a.Owner, a.Unread, a.UnreadDate, b.status[string(a.Status)]} {
				if s != "" && !cells[a.Requirement][s] {
					t.Errorf("round %d: %.60q of %s is lost", round, s, a.Requirement)
				}
			}
			if !a.Planned.IsZero() && !cells[a.Requirement][a.Planned.Format("2006/01/02")] {
				t.Errorf("round %d: the date of %s is lost", round, a.Requirement)
			}
		}
	}
}

func changed(p *profile.Pack) string {
	if p.Lang() == "en" {
		return "Reworded"
	}
	return "文言変更"
}

// TestNextDocuments: page, PDF and manifest tell of the last round, too, and twice
// the same.
func TestNextDocuments(t *testing.T) {
	rendertest.Tool(t, "pdftotext")
	previous := asked(t, small(t), usualAnswers())
	render := func(p *profile.Pack) *render.Memory {
		var m render.Memory
		carried, err := pack.RenderNext(context.Background(), p, previous, options(func(p catalog.Problem) { t.Errorf("warning: %v", p) }), &m)
		if err != nil {
			t.Fatal(err)
		}
		if carried.Work() != 4 || carried.Removed != 2 || carried.Requirements != 8 {
			t.Errorf("carried %+v", carried)
		}
		return &m
	}
	m, again := render(secondPack(t)), render(secondPack(t))
	for _, n := range m.Names() {
		if !bytes.Equal(m.Data(n), again.Data(n)) {
			t.Errorf("%s differs the second time", n)
		}
	}
	page := string(m.Data("full/full-requirements.html"))
	golden(t, "full-next-requirements.html", []byte(page))
	for _, want := range []string{`<del>`, `<ins>`, "前回からの変更", "8.6.1.2 の後継", "2.1.1.1 に含まれる。", previous.Pack.ID, `id="changes"`} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if s := pdfText(t, m.Data("full/full-requirements.pdf")); !strings.Contains(s, "前回からの変更") ||
		!strings.Contains(s, "管理の対象とする情報システムの範囲を文書に定める") || !strings.Contains(s, "8.6.1.2の後継") || !strings.Contains(s, "切替えを毎年試す") {
		t.Errorf("the PDF lacks the changes:\n%s", s)
	}
	var mf pack.Manifest
	if err := json.Unmarshal(m.Data("full/manifest.json"), &mf); err != nil {
		t.Fatal(err)
	}
	if want := (pack.Previous{Supplier: "full", Pack: previous.Pack.ID, Edition: "2026.1", Round: 1, Received: "2026-03-01", Carried: 4, Answer: 2, Review: 2, Removed: 2}); mf.Previous == nil || *mf.Previous != want {
		t.Errorf("manifest %+v", mf.Previous)
	}
	if strings.Contains(string(rendered(t, small(t)).Data("full/manifest.json")), "previous") {
		t.Error("a first round tells of a previous one")
	}
}

func TestCheckPrevious(t *testing.T) {
	p := small(t)
	for _, tt := range []struct {
		edit func(s *answers.Set)
		want string
	}{
		{func(*answers.Set) {}, ""},
		{func(s *answers.Set) { s.Name = "Invented Cloud, Inc." }, ""},
		{func(s *answers.Set) { s.Name = "" }, ""},
		{func(s *answers.Set) { s.Name = "別の会社" }, `warning: the answers are those of "別の会社"; the profile names the supplier "株式会社架空クラウド"`},
		{func(s *answers.Set) { s.Pack.Guide = "other" }, `error: the answers are to the guide "other", not to "small-guide"`},
		{func(s *answers.Set) { s.Pack.Profile = "other" }, `warning: the answers are to the profile "other", not to "full"`},
		{func(s *answers.Set) { s.Pack.Language = "fr" }, `warning: the answers are to wordings in the language "fr"`},
	} {
		set := asked(t, p, usualAnswers())
		tt.edit(set)
		ps := pack.CheckPrevious(p, set)
		if tt.want == "" {
			if len(ps) > 0 {
				t.Errorf("%v", ps)
			}
			continue
		}
		level, text, _ := strings.Cut(tt.want, ": ")
		if len(ps) != 1 || string(ps[0].Level) != level || !strings.Contains(ps[0].Message, text) {
			t.Errorf("%v, want %s", ps, tt.want)
		}
	}
}

// TestNextNames: packs of several suppliers lie side by side.
func TestNextNames(t *testing.T) {
	p := small(t)
	for supplier, want := range map[string]string{"full": "full", "": "full", "acme": "full-acme"} {
		if got := pack.Name(p, &answers.Set{Supplier: supplier}); got != want {
			t.Errorf("%q: name %s, want %s", supplier, got, want)
		}
	}
}
