package pack_test

import (
	"bytes"
	"reflect"
	"strings"
	"testing"

	"riskguide/render/rendertest"
)

// TestNextInLibreOffice: another program opens the questionnaire with the rows that
// need work, and counts those that are open.
func TestNextInLibreOffice(t *testing.T) {
	rendertest.Tool(t, "soffice", "libreoffice")
	previous := asked(t, small(t), usualAnswers())
	p := secondPack(t)
	f := open(t, blank(t, p, previous))
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
	for _, a := range collected(t, p, saved).Set.Answers {
		if b.carry[a.Requirement] == "carried" && !reflect.DeepEqual(given(a), given(*previous.Answer(a.Requirement))) {
			t.Errorf("%s: collected %+v", a.Requirement, a)
		}
	}
}
