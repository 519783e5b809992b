package catalog

import (
	"context"
	"os"
	"testing"
)

func TestLoadSmall(t *testing.T) {
	c, ps := Load(context.Background(), os.DirFS("testdata/small"), LoadOptions{Prefix: "small"})
	for _, p := range ps {
		t.Errorf("%v [%s]", p, p.Rule)
	}
	if c == nil {
		t.Fatal("no catalog")
	}
	if got := len(c.Measures()); got != 7 {
		t.Errorf("%d measures", got)
	}
	if c.Measure("H01-03").Controls != c.Measure("H01-02").Controls {
		t.Error("shared control cell is not shared")
	}
	if got, _ := c.Text(c.Measure("H01-04").Text, Japanese); got != "装置を冗長にする" {
		t.Errorf("wording_of: %q", got)
	}
	if got := len(c.Measure("M02-01").Controls.Citations); got != 3 {
		t.Errorf("run unfolds to %d controls", got)
	}
	if got := len(c.Control("8.6.1.2").CitedBy); got != 3 {
		t.Errorf("8.6.1.2 cited by %d", got)
	}
}
