package editing_test

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"go.yaml.in/yaml/v3"

	"riskguide/catalog"
	"riskguide/catalog/workbook"
	"riskguide/render"
	"riskguide/render/workbook/editing"
	"riskguide/templates"
)

func small(t testing.TB) *catalog.Source {
	t.Helper()
	src, ps := catalog.LoadSource(t.Context(), os.DirFS("../../../catalog/testdata/small"), catalog.LoadOptions{})
	if ps.HasErrors() {
		t.Fatal(ps)
	}
	return src
}

func made(t testing.TB, langs ...catalog.Lang) []byte {
	t.Helper()
	src := small(t)
	var warnings catalog.Problems
	data, err := editing.Render(t.Context(), src, langs, render.Options{Lang: langs[0], Templates: templates.FS(), Date: src.Guide.Date,
		Warn: func(p catalog.Problem) { warnings = append(warnings, p) }})
	if err != nil || len(warnings) > 0 {
		t.Fatal(err, warnings)
	}
	return data
}

// TestForm: what is locked, what can be chosen, and what is hidden.
func TestForm(t *testing.T) {
	data := made(t, "en", "ja")
	if !bytes.Equal(data, made(t, "en", "ja")) {
		t.Error("the same guide gives other bytes")
	}
	f, err := excelize.OpenReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"How to use", "Measures", "Risks", "Controls", "Clauses", "Objectives", "Threats", "Residual risks", "Vulnerabilities", "Own wordings", workbook.DataSheet, "riskguide-lists"}
	if got := f.GetSheetList(); !slices.Equal(got, want) {
		t.Errorf("sheets %v", got)
	}
	for _, name := range f.GetSheetList() {
		hidden := name == workbook.DataSheet || name == "riskguide-lists"
		if visible, err := f.GetSheetVisible(name); err != nil || visible == hidden {
			t.Errorf("%s: visible %v, %v", name, visible, err)
		}
		opts, err := f.GetSheetProtection(name)
		if err != nil || opts.Password != "" || !opts.AutoFilter || !opts.SelectUnlockedCells {
			t.Errorf("%s: protection %+v, %v", name, opts, err)
		}
	}
	unlocked := func(sheet, cell string) bool {
		t.Helper()
		id, err := f.GetCellStyle(sheet, cell)
		if err != nil {
			t.Fatal(err)
		}
		st, err := f.GetStyle(id)
		if err != nil {
			t.Fatal(err)
		}
		return st.Protection != nil && !st.Protection.Locked
	}
	// Key, id, risk, layer, …, texts, of H01-01, of one that shares them, and new.
	for cell, want := range map[string]bool{"A5": false, "B5": false, "C5": false, "D5": true, "H5": true, "I5": true, "J5": true,
		"H8": false, "I8": false, "J8": true, "J7": false, "Q5": false, "A12": false, "B12": true, "C12": true, "H12": true} {
		if got := unlocked("Measures", cell); got != want {
			v, _ := f.GetCellValue("Measures", cell)
			t.Errorf("%s (%q) is unlocked: %v", cell, v, got)
		}
	}
	if visible, err := f.GetColVisible("Measures", "A"); err != nil || visible {
		t.Errorf("the column of keys is visible: %v, %v", visible, err)
	}
	if visible, err := f.GetRowVisible("Measures", 3); err != nil || visible {
		t.Errorf("the row of keys is visible: %v, %v", visible, err)
	}
	rows, err := f.GetRows("Measures")
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(rows[3], "|"); got != "key|ID|Risk|Layer|Objective|Threats|Vulnerabilities|Text (English)|Text (Japanese)|Controls|Residual risks|Tags|Remarks (English)|Remarks (Japanese)|Remove|Replaced by|About (read only)" {
		t.Errorf("headings %s", got)
	}
	if got := rows[4][3]; got != "Function layer\nPhysical layer" {
		t.Errorf("layers %q", got)
	}
	if got := rows[7][16]; got != "wording of H01-01" {
		t.Errorf("about %q", got)
	}
	lists := map[string]string{}
	for _, sheet := range []string{"Measures", "Risks"} {
		dvs, err := f.GetDataValidations(sheet)
		if err != nil {
			t.Fatal(err)
		}
		for _, dv := range dvs {
			if dv.Type == "list" {
				lists[sheet+" "+dv.Sqref] = chosen(t, f, dv.Formula1)
			}
		}
	}
	for where, want := range map[string]string{
		"Measures C12:C41": "H01 M02", // the risk of a new measure
		"Measures D5:D41":  "Resource layer Function layer Physical layer Service management",
		"Measures E5:E41":  "H01-O1 M02-O1 M02-O2",
		"Measures F5:F41":  "H01-T1 H01-T2 H01-T3 M02-T1",
		"Measures G5:G41":  "V5 V6 V48 U1",
		"Measures O5:O41":  "remove",
		"Risks C5:C6":      "High Medium Low",
	} {
		if got := lists[where]; got != want {
			t.Errorf("%s chooses from %q, want %q", where, got, want)
		}
	}
}

// chosen returns what a list chooses from.
func chosen(t *testing.T, f *excelize.File, formula string) string {
	t.Helper()
	sheet, area, ok := strings.Cut(strings.Trim(formula, "<>/formula1"), "!")
	if i := strings.Index(formula, "'"); i >= 0 {
		sheet, area, ok = strings.Cut(formula[i:], "!")
	}
	area, _, _ = strings.Cut(area, "<")
	from, to, _ := strings.Cut(strings.ReplaceAll(area, "$", ""), ":")
	col, first, err := excelize.SplitCellName(from)
	if !ok || err != nil {
		t.Fatalf("%s: %v", formula, err)
	}
	_, last, err := excelize.SplitCellName(to)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for row := first; row <= last; row++ {
		s, err := f.GetCellValue(strings.Trim(sheet, "'"), fmt.Sprintf("%s%d", col, row))
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, s)
	}
	return strings.Join(out, " ")
}

// TestWords checks that both languages have the same words with the same
// placeholders, and that none is unused.
func TestWords(t *testing.T) {
	read := func(lang string) map[string]string {
		data, err := fs.ReadFile(templates.FS(), editing.WordsDir+"/words."+lang+".yaml")
		if err != nil {
			t.Fatal(err)
		}
		var m map[string]string
		if err := yaml.Unmarshal(data, &m); err != nil {
			t.Fatal(err)
		}
		return m
	}
	ja, en := read("ja"), read("en")
	code, err := os.ReadFile("editing.go")
	if err != nil {
		t.Fatal(err)
	}
	model, err := filepath.Glob("../../../catalog/workbook/workbook.go")
	if err != nil || len(model) != 1 {
		t.Fatal(model, err)
	}
	more, err := os.ReadFile(model[0])
	if err != nil {
		t.Fatal(err)
	}
	used := string(code) + string(more)
	for k, s := range en {
		if ja[k] == "" {
			t.Errorf("words.ja.yaml has no %q", k)
		}
		for _, part := range strings.Split(s, "{")[1:] {
			name, _, ok := strings.Cut(part, "}")
			name, _, _ = strings.Cut(name, "|") // {n|measure|measures} is for a language with plurals
			if ok && k != "note.controls" && !strings.Contains(ja[k], "{"+name+"}") {
				t.Errorf("%q has {%s} in English only", k, name)
			}
		}
		section, name, _ := strings.Cut(k, ".")
		switch {
		case strings.Contains(used, `"`+k+`"`):
		case section == "sheet" || section == "note" || section == "col":
			if !strings.Contains(used, `"`+name+`"`) {
				t.Errorf("nothing uses %q", k)
			}
		case section == "lang" || section == "start": // put together
		default:
			t.Errorf("nothing uses %q", k)
		}
	}
	for k := range ja {
		if en[k] == "" {
			t.Errorf("words.en.yaml has no %q", k)
		}
	}
}
