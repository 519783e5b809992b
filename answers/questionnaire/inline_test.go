package questionnaire

import (
	"testing"

	"riskguide/catalog/worddiff"
)

// TestInline: a difference in a line keeps the blanks between words.
func TestInline(t *testing.T) {
	for _, tt := range []struct{ old, new, want string }{
		{"Do not re-use it", "Never re-use it", "[-Do not-]{+Never+} re-use it"},
		{"hold some\ndata here", "hold other\ndata here", "hold [-some-]{+other+} data here"},
		{"A very long beginning of a sentence that says much, then one word", "A very long beginning of a sentence that says much, then two word",
			"…ce that says much, then [-one-]{+two+} word"},
	} {
		if got := inline(worddiff.Diff(tt.old, tt.new)); got != tt.want {
			t.Errorf("%q, want %q", got, tt.want)
		}
	}
}
