package templates_test

import (
	"testing"

	"riskguide/templates"
)

func TestFill(t *testing.T) {
	for _, c := range []struct {
		text  string
		pairs []string
		want  string
	}{
		{"{n} {n|change|changes}", []string{"n", "1"}, "1 change"},
		{"{n} {n|change|changes}", []string{"n", "0"}, "0 changes"},
		{"{n} {n|change|changes}", []string{"n", "21"}, "21 changes"},
		{"{errors} {errors|error|errors}, {w} {w|warning|warnings}", []string{"errors", "1", "w", "2"}, "1 error, 2 warnings"},
		{"{a}{b}", []string{"a", "{b}", "b", "x"}, "{b}x"},
		{"{a} {other} {a|one} {", []string{"a", "1"}, "1 {other} {a|one} {"},
		{"{{a}}", []string{"a", "x"}, "{x}"},
		{"{n|is|}", []string{"n", "2"}, ""},
		{"{n}", nil, "{n}"},
	} {
		if got := templates.Fill(c.text, c.pairs...); got != c.want {
			t.Errorf("%q with %q: %q, want %q", c.text, c.pairs, got, c.want)
		}
	}
}
