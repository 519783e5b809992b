package pack

import (
	"strings"
	"testing"

	"riskguide/answers"
	"riskguide/templates"
)

// TestPreviousText: what could not be read as an answer or a date is shown whole,
// for it may stand nowhere else; what the cells of the answer hold is cut.
func TestPreviousText(t *testing.T) {
	w, err := loadWords(templates.FS(), "ja")
	if err != nil {
		t.Fatal(err)
	}
	long := strings.Repeat("対応中。", 200) + "終"
	s := w.previousText(&answers.Answer{Requirement: "2.1.1.1", Unread: long, UnreadDate: "来年" + long, Explanation: long}, true)
	if strings.Count(s, "終") != 2 || !strings.Contains(s, "来年"+long) {
		t.Errorf("an unread answer or date is cut: %s", s)
	}
	if !strings.Contains(s, "…") || !strings.Contains(s, "[2.1.1.1]") {
		t.Errorf("the explanation is not cut, or the id is gone: %s", s)
	}
}
