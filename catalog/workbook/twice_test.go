package workbook_test

import (
	"bytes"
	"strings"
	"testing"
	"testing/fstest"

	"riskguide/catalog/workbook"
)

// TestTwice: a workbook that is imported again adds nothing a second time; where the
// content has other cells for what it added, that is a conflict.
func TestTwice(t *testing.T) {
	fsys := files(t, small())
	b := smallExport(t)
	b.add(workbook.Controls, "id", "new-c", "clause", "8.6.1", "statement.ja", "毎年試験する", "statement.en", "Test every year")
	b.add(workbook.Measures, "id", "new-m", "risk", "H01", "layer", "function", "objective", "H01-O1", "threats", "H01-T1, new-t",
		"text.ja", "切替えを試す", "text.en", "Try the switch-over", "controls", "2.1.1.1, new-c", "residuals", "H01-R1")
	b.add(workbook.Threats, "id", "new-t", "risk", "H01", "text.ja", "操作の誤り", "text.en", "Wrong operation")
	b.add(workbook.Citations, "measure", "H01-01", "cited", "2.1.1.1", "note.ja", "注", "note.en", "a note")
	data := b.bytes()
	res := importInto(t, data, fsys, workbook.Options{})
	if res.Problems.HasErrors() || len(res.Conflicts) > 0 || len(res.Files) != 2 {
		t.Fatalf("%v, %v, %d files", res.Problems, res.Conflicts, len(res.Files))
	}
	for name, data := range res.Files {
		fsys[name] = &fstest.MapFile{Data: data}
	}
	again := importInto(t, data, fsys, workbook.Options{})
	if len(again.Problems) > 0 || len(again.Conflicts) > 0 || len(again.Files) > 0 {
		t.Errorf("again: %v, %v, files %v", again.Problems, again.Conflicts, again.Files)
	}

	// Two rows with the same texts are two, also where one was taken over.
	b = smallExport(t)
	b.add(workbook.Threats, "risk", "H01", "text.ja", "操作の誤り", "text.en", "Wrong operation")
	b.add(workbook.Threats, "risk", "H01", "text.ja", "操作の誤り", "text.en", "Wrong operation")
	if res := importInto(t, b.bytes(), fsys, workbook.Options{}); len(res.Files) != 1 {
		t.Errorf("a further row: %v, %d files", res.Problems, len(res.Files))
	}

	// The content was edited since, in a cell that is no text.
	h01 := fsys["risks/H01.yaml"].Data
	edited := bytes.Replace(h01, []byte("controls: [2.1.1.1, 8.6.1.4]"), []byte("controls: [8.6.1.4]"), 1)
	if bytes.Equal(h01, edited) {
		t.Fatalf("the new measure is not there:\n%s", h01)
	}
	fsys["risks/H01.yaml"] = &fstest.MapFile{Data: edited}
	res = importInto(t, data, fsys, workbook.Options{})
	if len(res.Conflicts) != 1 || res.Conflicts[0].What != "controls of H01-05" || !strings.Contains(res.Conflicts[0].Content, "8.6.1.4") || res.Files != nil {
		t.Errorf("after an edit: %v, %+v", res.Problems, res.Conflicts)
	}
}
