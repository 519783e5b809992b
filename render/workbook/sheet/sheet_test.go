package sheet

import "testing"

func TestLines(t *testing.T) {
	for _, c := range []struct {
		text  string
		width float64 // in ems at 10 points
		want  int
	}{
		{"", 5, 1},
		{"あいうえお", 5, 1},
		{"あいうえおか", 5, 2},
		{"あいうえお。", 5, 2},  // お moves down with 。
		{"あいうえ（おか", 5, 2}, // （ does not end the line
		{"あ\nい\nう", 5, 3},
		{"word word", 3, 2},
		{"あああ word", 5, 2},
		{"wwwwwwwwwwww", 4, 3}, // a word longer than the line
		{"あwwwwwwwwwwww", 4, 4},
	} {
		if got := Lines(c.text, c.width*10, 10, false); got != c.want {
			t.Errorf("Lines(%q, %v em) = %d, want %d", c.text, c.width, got, c.want)
		}
	}
}
