package pack_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"riskguide/profile"
	"riskguide/render/pack"
	"riskguide/render/rendertest"
)

// The names of the sheets in Japanese with English beside it.
const (
	sheetStart        = "はじめに Start here"
	sheetRequirements = "要求事項 Requirements"
	sheetSummary      = "集計 Summary"
	sheetExclusions   = "除外と理由 Exclusions"
)

// open reads a workbook.
func open(t testing.TB, data []byte) *excelize.File {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// book is a questionnaire as a reader of answers sees it.
type book struct {
	*excelize.File
	property map[string]string
	heading  map[string]string   // by column key
	column   map[string]string   // letter by column key
	status   map[string]string   // word by id
	sheet    map[string]string   // name by key
	row      map[string]int      // by requirement id
	required map[string][]string // requirement id → obligation, hash
	carry    map[string]string   // requirement id → what is to be done
}

// read reads the hidden sheet and finds the requirements by their ids.
func read(t testing.TB, f *excelize.File) *book {
	t.Helper()
	b := &book{f, map[string]string{}, map[string]string{}, map[string]string{}, map[string]string{}, map[string]string{}, map[string]int{}, map[string][]string{}, map[string]string{}}
	rows, err := f.GetRows(pack.DataSheet)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		for len(r) < 4 {
			r = append(r, "")
		}
		switch r[0] {
		case "property":
			b.property[r[1]] = r[2]
		case "column":
			b.heading[r[1]] = r[2]
		case "status":
			b.status[r[1]] = r[2]
		case "sheet":
			b.sheet[r[1]] = r[2]
		case "requirement":
			b.required[r[1]] = []string{r[2], r[3]}
		case "carry":
			b.carry[r[1]] = r[2]
		case "obligation", "text":
		default:
			t.Errorf("data sheet: unknown row %v", r)
		}
	}
	rows, err = f.GetRows(b.sheet["requirements"])
	if err != nil {
		t.Fatal(err)
	}
	for key, h := range b.heading {
		i := slices.Index(rows[pack.HeadRow-1], h)
		if i < 0 {
			t.Fatalf("no column is headed %q", h)
		}
		b.column[key], _ = excelize.ColumnNumberToName(i + 1)
	}
	for i, r := range rows[pack.HeadRow:] {
		if len(r) > 0 && r[0] != "" {
			b.row[r[0]] = i + pack.HeadRow + 1
		}
	}
	return b
}

func (b *book) cell(key, id string) string { return b.column[key] + strconv.Itoa(b.row[id]) }

func (b *book) value(t testing.TB, key, id string) string {
	t.Helper()
	s, err := b.GetCellValue(b.sheet["requirements"], b.cell(key, id))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (b *book) answer(t testing.TB, id, status string, cells map[string]any) {
	t.Helper()
	set := func(key string, v any) {
		if err := b.SetCellValue(b.sheet["requirements"], b.cell(key, id), v); err != nil {
			t.Fatal(err)
		}
	}
	set(pack.ColumnStatus, b.status[status])
	for k, v := range cells {
		set(k, v)
	}
}

func questionnaireOf(t testing.TB, p *profile.Pack) []byte {
	t.Helper()
	return rendered(t, p).Data(p.Profile.Name() + "/" + pack.QuestionnaireFile(p.Profile.Name()))
}

func TestQuestionnaireIdentity(t *testing.T) {
	p := small(t)
	f := open(t, questionnaireOf(t, p))
	b := read(t, f)
	props, err := f.GetCustomProps()
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]any{}
	for _, x := range props {
		got[strings.TrimPrefix(x.Name, pack.PropertyPrefix)] = x.Value
	}
	for key, want := range map[string]string{
		"format": pack.FormatVersion, "pack": p.ID, "fingerprint": p.Fingerprint, "profile": "full",
		"profile-sha256": p.Profile.Digest(), "guide": "small-guide", "edition": "2026.1", "language": "ja",
		"supplier": "株式会社架空クラウド", "service": "窓口システム",
	} {
		if got[key] != want || b.property[key] != want {
			t.Errorf("%s: property %q, data sheet %q, want %q", key, got[key], b.property[key], want)
		}
	}
	if visible, _ := f.GetSheetVisible(pack.DataSheet); visible {
		t.Error("the data sheet is visible")
	}
	if len(b.row) != len(p.Requirements) || len(b.required) != len(p.Requirements) {
		t.Errorf("%d rows, %d on the data sheet, %d requirements", len(b.row), len(b.required), len(p.Requirements))
	}
	for _, r := range p.Requirements {
		x := b.required[r.ID]
		if b.row[r.ID] == 0 || x == nil || x[0] != string(r.Obligation) {
			t.Errorf("%s: row %d, data %v", r.ID, b.row[r.ID], x)
			continue
		}
		if a, _ := f.GetCellValue(sheetRequirements, fmt.Sprintf("A%d", b.row[r.ID])); a != r.ID {
			t.Errorf("column A holds %q, want %q", a, r.ID)
		}
		// The wording can be checked against its hash from the cell alone.
		text := b.value(t, pack.ColumnStatement, r.ID)
		if pack.WordingHash(text) != x[1] {
			t.Errorf("%s: the hash is not that of the cell's text %q", r.ID, text)
		}
	}
	doc, err := f.GetDocProps()
	if err != nil {
		t.Fatal(err)
	}
	if doc.Creator != "架空市 情報政策課" || doc.Title != "窓口システムの要求 / Requirements for the counter system" || doc.Created != "2026-01-31T00:00:00Z" {
		t.Errorf("document properties: %+v", doc)
	}
}

func TestQuestionnaireSheets(t *testing.T) {
	f := open(t, questionnaireOf(t, small(t)))
	if got, want := strings.Join(f.GetSheetList(), " "), strings.Join([]string{sheetStart, sheetRequirements, sheetSummary, sheetExclusions, "H01 M02 riskguide"}, " "); got != want {
		t.Errorf("sheets %s, want %s", got, want)
	}
	text := func(sheet string) string {
		rows, err := f.GetRows(sheet)
		if err != nil {
			t.Fatal(err)
		}
		var b strings.Builder
		for _, r := range rows {
			b.WriteString(strings.Join(r, "\t") + "\n")
		}
		return b.String()
	}
	for _, tt := range []struct{ sheet, want string }{
		{sheetStart, "株式会社架空クラウド"},
		{sheetStart, "2026年3月31日"},
		{sheetStart, "代替策"},
		{sheetRequirements, "別の拠点での復旧を12時間以内に終える"},
		{sheetRequirements, "追加：公表から14日以内に処置する"},
		{sheetRequirements, "事故を知ってから24時間以内に連絡する"},
		{sheetRequirements, "Complete recovery at another site within 12 hours"},
		{sheetExclusions, "建物は市が所有する。"},
		{sheetExclusions, "契約書で定める。"},
		{sheetExclusions, "8.6.1.3 管理の役割と責任を定める（対策 M02-01）"},
		{sheetExclusions, "個人情報を扱うため、隔離の失敗を加えた。"},
		{sheetExclusions, "M02-02\t\t手引に対策の記載がありません"},
		{"M02", "アクセス制御の不備を早期に見つける仕組みを整える。"},
		{"M02", "脆弱性を見つけたときは期限を決めて処置する（追加：公表から14日以内に処置する）"},
	} {
		if !strings.Contains(text(tt.sheet), tt.want) {
			t.Errorf("sheet %s lacks %q", tt.sheet, tt.want)
		}
	}
}

// TestQuestionnaireLocks checks that a supplier can type into the answers and
// nowhere else, and may filter.
func TestQuestionnaireLocks(t *testing.T) {
	p := small(t)
	f := open(t, questionnaireOf(t, p))
	b := read(t, f)
	locked := func(sheet, cell string) bool {
		id, err := f.GetCellStyle(sheet, cell)
		if err != nil {
			t.Fatal(err)
		}
		st, err := f.GetStyle(id)
		if err != nil {
			t.Fatal(err)
		}
		return st.Protection == nil || st.Protection.Locked
	}
	answers := []string{pack.ColumnStatus, pack.ColumnExplanation, pack.ColumnEvidence, pack.ColumnOwner, pack.ColumnPlanned}
	for key := range b.column {
		for _, r := range p.Requirements {
			if got, want := locked(sheetRequirements, b.cell(key, r.ID)), !slices.Contains(answers, key); got != want {
				t.Errorf("%s of %s: locked %v, want %v", key, r.ID, got, want)
			}
		}
	}
	for _, s := range f.GetSheetList() {
		opts, err := f.GetSheetProtection(s)
		if err != nil {
			t.Fatal(err)
		}
		if opts.Password != "" || !opts.AutoFilter || !opts.FormatColumns || !opts.SelectUnlockedCells || opts.DeleteRows || opts.InsertRows {
			t.Errorf("%s: protection %+v", s, opts)
		}
		if s == sheetRequirements {
			continue
		}
		rows, _ := f.GetRows(s)
		for i := range rows {
			for _, c := range []string{"A", "C"} {
				if cell := fmt.Sprintf("%s%d", c, i+1); !locked(s, cell) {
					t.Errorf("%s!%s is not locked", s, cell)
				}
			}
		}
	}
	dvs, err := f.GetDataValidations(sheetRequirements)
	if err != nil {
		t.Fatal(err)
	}
	if len(dvs) != 5 || dvs[0].Type != "list" || dvs[1].Type != "date" {
		t.Errorf("data validations: %d, %+v", len(dvs), dvs)
	}
	for _, dv := range dvs {
		if dv.Prompt == nil || *dv.Prompt == "" {
			t.Errorf("no prompt at %s", dv.Sqref)
		}
	}
	panes, err := f.GetPanes(sheetRequirements)
	if err != nil || !panes.Freeze || panes.YSplit != pack.HeadRow || panes.XSplit != 1 {
		t.Errorf("panes %+v, %v", panes, err)
	}
}

// TestTextStaysText: what looks like a formula in the catalog or profile is
// written as text.
func TestTextStaysText(t *testing.T) {
	p := small(t)
	p.Requirements[0].Statement.Values["ja"] = `=HYPERLINK("http://example.org","x")`
	f := open(t, questionnaireOf(t, p))
	b := read(t, f)
	cell := b.cell(pack.ColumnStatement, p.Requirements[0].ID)
	if s, _ := f.GetCellFormula(sheetRequirements, cell); s != "" {
		t.Errorf("formula %q", s)
	}
	if s, _ := f.GetCellValue(sheetRequirements, cell); !strings.HasPrefix(s, "=HYPERLINK") {
		t.Errorf("text %q", s)
	}
}

// summary finds the row of the summary whose first or second cell is label and
// returns its cells.
func summary(t testing.TB, f *excelize.File, label string) []string {
	t.Helper()
	rows, err := f.GetRows(sheetSummary)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		if len(r) > 2 && (r[0] == label || r[1] == label) && r[2] != "件数 / Total" {
			return r[2:]
		}
	}
	t.Fatalf("the summary has no row %q", label)
	return nil
}

// TestSummaryUnanswered: programs that do not calculate, such as a preview or
// Excel's protected view, show the state without answers.
func TestSummaryUnanswered(t *testing.T) {
	f := open(t, questionnaireOf(t, small(t)))
	for label, want := range map[string]string{
		"計 / All":   "8 0 0 0 0 0 0 8 0% 0% □□□□□□□□□□",
		"必須 / Must": "5 0 0 0 0 0 0 5 0% 0% □□□□□□□□□□",
		"任意 / May":  "1 0 0 0 0 0 0 1 0% 0% □□□□□□□□□□",
		"H01":       "5 0 0 0 0 0 0 5 0% 0% □□□□□□□□□□",
	} {
		if got := strings.Join(summary(t, f, label), " "); got != want {
			t.Errorf("%s: %s, want %s", label, got, want)
		}
	}
	if got := summary(t, f, "要確認 / To check")[0]; got != "0" {
		t.Errorf("to check: %s", got)
	}
}

// recalculated lets LibreOffice open, calculate and save a workbook.
func recalculated(t testing.TB, data []byte) []byte {
	t.Helper()
	soffice := rendertest.Tool(t, "soffice", "libreoffice")
	dir := t.TempDir()
	in := filepath.Join(dir, "in.xlsx")
	if err := os.WriteFile(in, data, 0o666); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, soffice, "-env:UserInstallation=file://"+filepath.Join(dir, "profile"),
		"--headless", "--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", filepath.Join(dir, "out"), in)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	out, err := os.ReadFile(filepath.Join(dir, "out", "in.xlsx"))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestSummaryCounts fills in answers and lets LibreOffice calculate.
func TestSummaryCounts(t *testing.T) {
	rendertest.Tool(t, "soffice", "libreoffice")
	f := open(t, questionnaireOf(t, small(t)))
	b := read(t, f)
	b.answer(t, "2.1.1.1", "implemented", map[string]any{pack.ColumnEvidence: "=1+1 規程"})
	b.answer(t, "2.1.1.2", "partial", nil) // lacks an explanation
	b.answer(t, "2.1.1.10", "planned", map[string]any{pack.ColumnPlanned: time.Date(2090, 4, 1, 0, 0, 0, 0, time.UTC)})
	b.answer(t, "8.6.1.1", "alternative", map[string]any{pack.ColumnExplanation: "別の方法"})
	b.answer(t, "8.6.1.2", "not-applicable", map[string]any{pack.ColumnExplanation: "対象外 😀\n二行目"})
	b.answer(t, "C.1.1.1", "planned", nil) // lacks a date
	b.answer(t, "A-01", "planned", map[string]any{pack.ColumnPlanned: time.Date(2001, 4, 1, 0, 0, 0, 0, time.UTC)})
	// LibreOffice trusts stored results; without them it calculates, as it
	// does for what depends on a cell that a person types into.
	if err := f.UpdateLinkedValue(); err != nil {
		t.Fatal(err)
	}
	var buf bytes.Buffer
	if err := f.Write(&buf); err != nil {
		t.Fatal(err)
	}
	g := open(t, recalculated(t, buf.Bytes()))
	after := read(t, g) // found by ids, after another program saved it
	for id, want := range map[string]string{
		"2.1.1.1": "", "2.1.1.2": "説明を記入してください / Please explain", "2.1.1.10": "", "8.6.1.1": "", "8.6.1.2": "",
		"C.1.1.1": "実施予定日を記入してください / Please give the planned date", "A-01": "実施予定日が過去の日付です / The planned date is past", "A-02": "",
	} {
		if got := after.value(t, pack.ColumnCheck, id); got != want {
			t.Errorf("%s: check %q, want %q", id, got, want)
		}
	}
	if got := after.value(t, pack.ColumnEvidence, "2.1.1.1"); got != "=1+1 規程" {
		t.Errorf("evidence %q", got)
	}
	for label, want := range map[string]string{
		// total, implemented, partial, planned, alternative, not implemented,
		// not applicable, unanswered, progress, conformity
		"計 / All":     "8 1 1 3 1 0 1 1 88% 29%",
		"必須 / Must":   "5 1 1 2 0 0 0 1 80% 20%",
		"推奨 / Should": "2 0 0 1 0 0 1 0 100% 0%",
		"任意 / May":    "1 0 0 0 1 0 0 0 100% 100%",
		"H01":         "5 1 1 3 0 0 0 0 100% 20%",
		"M02":         "3 0 0 0 1 0 1 1 67% 50%",
		// A-02 names a measure of M02.
		"2.1.1": "3 1 1 1 0 0 0 0 100% 33%",
		"8.6.1": "2 0 0 0 1 0 1 0 100% 100%",
		"C.1.1": "1 0 0 1 0 0 0 0 100% 0%",
	} {
		if got := strings.Join(summary(t, g, label)[:10], " "); got != want {
			t.Errorf("%s: %s, want %s", label, got, want)
		}
	}
	if got := summary(t, g, "要確認 / To check")[0]; got != "3" {
		t.Errorf("to check: %s, want 3", got)
	}
	dvs, err := g.GetDataValidations(sheetRequirements)
	if err != nil || !slices.ContainsFunc(dvs, func(dv *excelize.DataValidation) bool { return dv.Type == "list" }) ||
		!slices.ContainsFunc(dvs, func(dv *excelize.DataValidation) bool { return dv.Type == "date" }) {
		t.Errorf("data validations after saving: %v, %v", dvs, err)
	}
	formats, err := g.GetConditionalFormats(sheetRequirements)
	if err != nil || len(formats) == 0 {
		t.Errorf("conditional formats after saving: %v, %v", formats, err)
	}
	if opts, err := g.GetSheetProtection(sheetRequirements); err != nil || !opts.AutoFilter {
		t.Errorf("protection after saving: %+v, %v", opts, err)
	}
	if got, want := after.property["pack"], b.property["pack"]; got != want {
		t.Errorf("pack id %q after saving, want %q", got, want)
	}
	props, err := g.GetCustomProps()
	if err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(props, func(p excelize.CustomProperty) bool {
		return p.Name == pack.PropertyPrefix+"pack" && p.Value == b.property["pack"]
	}) {
		t.Errorf("custom properties after saving: %v", props)
	}
}
