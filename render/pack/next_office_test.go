package pack_test

import (
	"bytes"
	"reflect"
	"strings"
	"testing"

	"riskguide/render/pack"
	"riskguide/render/rendertest"
)

// TestNextInLibreOffice: another program opens the questionnaire with the rows that
// need work, and counts those that are open.
func TestNextInLibreOffice(t *testing.T) {
	rendertest.Tool(t, "soffice", "libreoffice")
	previous := asked(t, small(t), usualAnswers())
	p := secondPack(t)
	data := blank(t, p, previous)
	f := open(t, data)
	if err := f.UpdateLinkedValue(); err != nil {
		t.Fatal(err)
	}
	var buf bytes.Buffer
	if err := f.Write(&buf); err != nil {
		t.Fatal(err)
	}
	saved := recalculated(t, buf.Bytes())
	g := open(t, saved)
	b := read(t, g)
	for id, todo := range b.carry {
		visible, err := g.GetRowVisible(b.sheet["requirements"], b.row[id])
		if err != nil || visible != (todo != "carried") {
			t.Errorf("%s: %s, visible %v, %v", id, todo, visible, err)
		}
	}
	start := rowsOf(t, g, b.sheet["start"])
	if !strings.Contains(start, "うち「回答」が空欄の件数 / of these without an “Answer”|||4\n") {
		t.Errorf("open rows are not counted:\n%s", start)
	}
	// What the file holds as results, for programs that do not calculate on opening,
	// is what comes out.
	written := open(t, data)
	counted := rowsOf(t, g, b.sheet["summary"])
	if got := rowsOf(t, written, b.sheet["summary"]); got != counted {
		t.Errorf("the summary is written as\n%s\nand calculated as\n%s", got, counted)
	}
	if !strings.Contains(counted, "■") {
		t.Errorf("nothing is counted:\n%s", counted)
	}
	for id := range b.carry {
		cell := b.cell(pack.ColumnCheck, id)
		got, err := written.GetCellValue(b.sheet["requirements"], cell)
		if want, err2 := g.GetCellValue(b.sheet["requirements"], cell); err != nil || err2 != nil || got != want {
			t.Errorf("%s: to check %q, calculated %q (%v, %v)", id, got, want, err, err2)
		}
	}
	for _, a := range collected(t, p, saved).Set.Answers {
		if b.carry[a.Requirement] == "carried" && !reflect.DeepEqual(given(a), given(*previous.Answer(a.Requirement))) {
			t.Errorf("%s: collected %+v", a.Requirement, a)
		}
	}
}
