package font

import (
	"bytes"
	"errors"
	"slices"
	"testing"
)

// TestSplit checks that subsets of a split face are those of the whole one, that
// the files of outlines are asked for only where needed, and again after an error.
func TestSplit(t *testing.T) {
	common := func(r rune) bool { return r < 0x4E00 || r >= 0xFF00 && r < 0x10000 || r == '漢' || r == '字' }
	for _, f := range faces(t) {
		core, rest, err := f.Split(common)
		if err != nil {
			t.Fatal(err)
		}
		if again, more, _ := f.Split(common); again != core || !slices.Equal(more, rest) {
			t.Errorf("%s: a second split differs", f.Name())
		}
		var asked []int
		refuse := errors.New("no")
		answer := refuse
		s, err := ParseSplit(f.Name(), core, func(n int) (string, error) { asked = append(asked, n); return rest[n], answer })
		if err != nil {
			t.Fatal(err)
		}
		if s.Metrics() != f.Metrics() {
			t.Errorf("%s: metrics %v, want %v", f.Name(), s.Metrics(), f.Metrics())
		}
		var all []rune
		for r := rune(0); r < planes; r++ {
			if s.info(r) != f.info(r) {
				t.Fatalf("%s: %q has %v, want %v", f.Name(), r, s.info(r), f.info(r))
			}
			if f.Has(r) {
				all = append(all, r)
			}
		}
		same := func(runes []rune) {
			t.Helper()
			got, want := subset(t, s, runes), subset(t, f, runes)
			if !bytes.Equal(got.Data, want.Data) {
				t.Errorf("%s: the subset of %.20q differs", f.Name(), string(runes))
			}
		}
		same([]rune("Ag(1)％漢字かなガパ、。「」－〓①←éü"))
		if len(asked) != 0 {
			t.Errorf("%s: files %v were asked for without need", f.Name(), asked)
		}
		if _, err := s.Subset([]rune("漢鷗")); !errors.Is(err, refuse) || len(asked) != 1 {
			t.Errorf("%s: error %v after asking for %v", f.Name(), err, asked)
		}
		answer = nil
		same([]rune("漢鷗"))
		if len(asked) != 2 || asked[0] != asked[1] {
			t.Errorf("%s: files %v were asked for, want one twice", f.Name(), asked)
		}
		same([]rune("漢鷗𠮟"))
		same(all)
		if len(asked) != 1+len(rest) {
			t.Errorf("%s: files %v of %d were asked for", f.Name(), asked, len(rest))
		}
		if _, err := ParseSplit("x", core[:100], nil); !errors.Is(err, ErrFont) {
			t.Errorf("a file that is cut off: %v", err)
		}
		s, err = ParseSplit(f.Name(), core, func(n int) (string, error) { return rest[n][1:], nil })
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Subset([]rune("鷗")); !errors.Is(err, ErrFont) {
			t.Errorf("a file of another length: %v", err)
		}
	}
}
