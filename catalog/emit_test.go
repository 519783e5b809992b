package catalog

import (
	"strings"
	"testing"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"riskguide/catalog/strictyaml"
)

// FuzzScalar checks that every string, wherever it stands, is read as that
// string, and as a string.
func FuzzScalar(f *testing.F) {
	for _, s := range odd {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if !utf8.ValidString(s) {
			return // WriteFiles refuses it
		}
		for _, doc := range []string{
			"k: " + strictyaml.Scalar(s, 0, false) + "\nend: 1\n",
			"- a:\n    k: " + strictyaml.Scalar(s, 4, false) + "\n    end: 1\n",
			"- " + strictyaml.Scalar(s, 0, false) + "\n- 1\n",
			"k: [" + strictyaml.Scalar(s, 0, true) + ", 1]\n",
			"- " + strictyaml.Scalar(s, 0, true) + "\n- 1\n",
		} {
			var n yaml.Node
			if err := yaml.Unmarshal([]byte(doc), &n); err != nil {
				t.Fatalf("%v:\n%s", err, doc)
			}
			var first func(n *yaml.Node) *yaml.Node
			first = func(n *yaml.Node) *yaml.Node {
				switch n.Kind {
				case yaml.ScalarNode:
					return n
				case yaml.MappingNode:
					return first(n.Content[1])
				}
				return first(n.Content[0])
			}
			got := first(&n)
			if got.Value != s || got.Tag != "!!str" {
				t.Errorf("%q is read as %q, a %s:\n%s", s, got.Value, got.Tag, doc)
			}
		}
	})
}

// TestScalar checks that what can stand plainly does, since people read it, and
// that what some YAML reader takes for something else is quoted.
func TestScalar(t *testing.T) {
	tests := []struct {
		s, want string
		flow    bool
	}{
		{"装置を二重に置く", "装置を二重に置く", false},
		{"復旧を{hours}時間以内に終える", "復旧を{hours}時間以内に終える", false},
		{"それは「鍵」である、という。", "それは「鍵」である、という。", false},
		{"8.6.1.1", "8.6.1.1", true},
		{"C.1.1.1", "C.1.1.1", true},
		{"H05-03", "H05-03", true},
		{"8.6.1.1..8.6.1.19", `"8.6.1.1..8.6.1.19"`, true},
		{"C.1.1.1..C.1.1.4", `"C.1.1.1..C.1.1.4"`, true},
		{"1.10", `"1.10"`, true},
		{"2026-01-31", `"2026-01-31"`, false},
		{"no", `"no"`, false},
		{"a: b", `"a: b"`, false},
		{"a, b", "a, b", false},
		{"a, b", `"a, b"`, true},
		{`"a"\b`, `'"a"\b'`, false},
		{"a\nb", "|-\n  a\n  b", false},
		{"a\n\n b\n", "|\n  a\n\n   b", false},
		{"a\nb", `"a\nb"`, true},
		{"a \nb", `"a \nb"`, false},
		{"", `""`, false},
	}
	for _, tt := range tests {
		if got := strictyaml.Scalar(tt.s, 0, tt.flow); got != tt.want {
			t.Errorf("strictyaml.Scalar(%q, flow %v) = %s, want %s", tt.s, tt.flow, got, tt.want)
		}
	}
}

func TestIDsBreak(t *testing.T) {
	ids := []string{}
	for range 12 {
		ids = append(ids, "8.6.1.1")
	}
	e := &emitter{}
	e.ids(4, "controls", ids[:9])
	e.ids(4, "controls", ids)
	lines := strings.Split(strings.TrimSuffix(e.b.String(), "\n"), "\n")
	if len(lines) != 1+1+12 || len(lines[0]) > listWidth || lines[2] != "      - 8.6.1.1" {
		t.Errorf("lists:\n%s", e.b.String())
	}
}
