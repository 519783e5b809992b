package yamledit

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// at follows keys and indexes from the root.
func at(f *File, path ...any) *yaml.Node {
	n := f.Root()
	for _, p := range path {
		switch p := p.(type) {
		case string:
			n = Child(n, p)
		case int:
			n = n.Content[p]
		}
	}
	return n
}

func TestEdits(t *testing.T) {
	set := func(s string, path ...any) func(*File) error {
		return func(f *File) error { return f.SetString(at(f, path...), s) }
	}
	replace := func(v *yaml.Node, path ...any) func(*File) error {
		return func(f *File) error { return f.Replace(at(f, path...), v) }
	}
	key := func(k string, v *yaml.Node, order []string, path ...any) func(*File) error {
		return func(f *File) error { return f.Set(at(f, path...), k, v, order...) }
	}
	del := func(k string, path ...any) func(*File) error {
		return func(f *File) error { return f.Delete(at(f, path...), k) }
	}
	insert := func(i int, v *yaml.Node, path ...any) func(*File) error {
		return func(f *File) error { return f.Insert(at(f, path...), i, v) }
	}
	remove := func(i int, path ...any) func(*File) error {
		return func(f *File) error { return f.Remove(at(f, path...), i) }
	}
	move := func(from, to int, path ...any) func(*File) error {
		return func(f *File) error { return f.Move(at(f, path...), from, to) }
	}
	jaEn := []string{"ja", "en"}
	text := Mapping(Pair{"ja", String("甲")}, Pair{"en", String("A")})
	for _, tt := range []struct {
		name, in string
		do       func(*File) error
		want     string
	}{
		{"plain", "# c\na: b # c\nc: d\n", set("x y", "a"), "# c\na: x y # c\nc: d\n"},
		{"plain that needs quotes", "a: b # c\n", set("x: y", "a"), "a: \"x: y\" # c\n"},
		{"plain number", "a: b\n", set("12", "a"), "a: \"12\"\n"},
		{"plain of several lines", "a: one two\n  three\nb: c\n", set("one two three four", "a"), "a: one two\n  three\n  four\nb: c\n"},
		{"plain Japanese", "  a: 甲\n  b: 乙 # 丙\n", set("丁", "b"), "  a: 甲\n  b: 丁 # 丙\n"},
		{"single quotes", "a: 'b ''c'' # d' # e\n", set(`it's "so"`, "a"), "a: 'it''s \"so\"' # e\n"},
		{"double quotes", `a: "b \"c\" # d" # e` + "\n", set("x\ty", "a"), `a: "x\ty" # e` + "\n"},
		{"double quotes over lines", "a: \"one two\n  three\"\nb: c\n", set("one two four five", "a"), "a: \"one two\n  four\n  five\"\nb: c\n"},
		{"literal", "a: |-\n    one\n    two\n\nb: c\n", set("one\ntwo\n\nthree", "a"), "a: |-\n    one\n    two\n\n    three\n\nb: c\n"},
		{"literal that ends with a break", "a: |\n  one\nb: c\n", set("two\n", "a"), "a: |\n  two\nb: c\n"},
		{"literal to one line", "a: |-\n  one\n  two\nb: c\n", set("two", "a"), "a: |-\n  two\nb: c\n"},
		{"literal at the end", "a: |-\n  one", set("two", "a"), "a: |-\n  two"},
		{"literal that keeps", "a: |+\n  one\n\nb: c\n", set("two", "a"), "a: |-\n  two\nb: c\n"},
		{"folded", "a: >-\n  one two\n  three\nb: c\n", set("one two three four\nfive", "a"), "a: >-\n  one two\n  three\n  four\n\n  five\nb: c\n"},
		{"lines in plain", "- a: b\n  c: d\n", set("one\ntwo", 0, "a"), "- a: |-\n    one\n    two\n  c: d\n"},
		{"lines in brackets", "a: {b: c, d: e}\n", set("one\ntwo", "a", "b"), "a: {b: \"one\\ntwo\", d: e}\n"},
		{"CRLF", "a: b\r\nc:\r\n  - d\r\n", insert(1, text, "c"), "a: b\r\nc:\r\n  - d\r\n  - ja: 甲\r\n    en: A\r\n"},
		{"byte order mark", "\uFEFFa: b\n", set("c", "a"), "\uFEFFa: c\n"},
		{"in brackets", "a: {ja: 甲, en: A} # c\n", set("B, b", "a", "en"), "a: {ja: 甲, en: \"B, b\"} # c\n"},

		{"add a language", "a:\n  ja: 甲 # c\nb: c\n", key("en", String("A"), jaEn, "a"), "a:\n  ja: 甲 # c\n  en: A\nb: c\n"},
		{"add the first language", "a:\n  en: A\n", key("ja", String("甲"), jaEn, "a"), "a:\n  ja: 甲\n  en: A\n"},
		{"add a language behind a dash", "- en: A\n", key("ja", String("甲"), jaEn, 0), "- ja: 甲\n  en: A\n"},
		{"add a language in brackets", "a: {ja: 甲}\n", key("en", String("A"), jaEn, "a"), "a: {ja: 甲, en: A}\n"},
		{"add the first in brackets", "a: {en: A}\n", key("ja", String("甲"), jaEn, "a"), "a: {ja: 甲, en: A}\n"},
		{"add behind a literal", "a:\n  ja: |-\n    甲\n\n    乙\n\nb: c\n", key("en", String("A"), jaEn, "a"), "a:\n  ja: |-\n    甲\n\n    乙\n  en: A\n\nb: c\n"},
		{"add to the end without a break", "a: b", key("c", Inline("d", "e"), nil), "a: b\nc: [d, e]"},
		{"add a list", "a: b\nd:\n- x: y\n", key("c", List(String("e"), text), []string{"a", "c"}), "a: b\nc:\n- e\n- ja: 甲\n  en: A\nd:\n- x: y\n"},
		{"plain to languages", "a: 甲 # c\nb: c\n", replace(text, "a"), "a: # c\n  ja: 甲\n  en: A\nb: c\n"},
		{"plain to languages, four spaces", "x:\n    y: z\na: 甲\n", replace(text, "a"), "x:\n    y: z\na:\n    ja: 甲\n    en: A\n"},
		{"an item to languages", "- 甲 # c\n- 乙\n", replace(text, 0), "- ja: 甲\n  en: A # c\n- 乙\n"},
		{"plain in brackets to languages", "[{a: 甲}, x]\n", replace(text, 0, "a"), "[{a: {ja: 甲, en: A}}, x]\n"},
		{"languages to a list", "a:\n  ja: 甲\n  en: A\nb: c\n", replace(Inline("x"), "a"), "a: [x]\nb: c\n"},

		{"delete a key", "a: b\n# c\nd: e # f\n# g\nh: i\n", del("d"), "a: b\n# c\n# g\nh: i\n"},
		{"delete a section", "a: b\n\nd:\n  - e\n\nh: i\n", del("d"), "a: b\n\nh: i\n"},
		{"delete the last section", "a: b\n\nd:\n  - e\n", del("d"), "a: b\n"},
		{"delete behind a dash", "- a: b\n  c: d\n", del("a", 0), "- c: d\n"},
		{"delete in brackets", "a: {b: c, d: e, f: g}\n", del("d", "a"), "a: {b: c, f: g}\n"},
		{"delete the last in brackets", "a: {b: c, d: e}\n", del("d", "a"), "a: {b: c}\n"},

		{"insert into brackets", "a: [b, c] # d\n", insert(1, String("x y"), "a"), "a: [b, x y, c] # d\n"},
		{"insert first into brackets", "a: [b]\n", insert(0, String("x"), "a"), "a: [x, b]\n"},
		{"insert last into brackets over lines", "a: [\n  b, # d\n  c,\n]\n", insert(2, String("x"), "a"), "a: [\n  b, # d\n  c, x,\n]\n"},
		{"insert into empty brackets", "a: []\n", insert(0, String("x"), "a"), "a: [x]\n"},
		{"insert lines into empty brackets", "a: [] # c\nb: c\n", insert(0, text, "a"), "a: # c\n  - ja: 甲\n    en: A\nb: c\n"},
		{"insert an item", "a:\n  - b\n  # c\n  - d\n", insert(1, String("x"), "a"), "a:\n  - b\n  - x\n  # c\n  - d\n"},
		{"insert the first item", "a:\n  # c\n  - d\n", insert(0, String("x"), "a"), "a:\n  - x\n  # c\n  - d\n"},
		{"insert with blank lines", "a:\n  - b: c\n\n  - d: e\n\nf: g\n", insert(2, text, "a"), "a:\n  - b: c\n\n  - d: e\n\n  - ja: 甲\n    en: A\n\nf: g\n"},
		{"insert a mapping in brackets", "a: [{b: c}]\n", insert(1, text, "a"), "a: [{b: c}, {ja: 甲, en: A}]\n"},
		{"insert into a list of lists", "- - a\n  - b\n", insert(0, String("x"), 0), "- - x\n  - a\n  - b\n"},
		{"remove an item", "a:\n  - b\n  # c\n  - d # e\n  - f\n", remove(1, "a"), "a:\n  - b\n  # c\n  - f\n"},
		{"remove the only item", "a:\n  - b: c\n    d: e\nf: g\n", remove(0, "a"), "a: []\nf: g\n"},
		{"remove from brackets", "a: [b, c, d]\n", remove(2, "a"), "a: [b, c]\n"},
		{"remove the first from brackets", "a: [b, c, d]\n", remove(0, "a"), "a: [c, d]\n"},
		{"remove from a list of lists", "- - a\n  - b\n", remove(0, 0), "- - b\n"},
		{"remove with blank lines", "a:\n  - b\n\n  - c\n\n  - d\n", remove(1, "a"), "a:\n  - b\n\n  - d\n"},
		{"remove a dash on its own line", "a:\n  -\n    b: c\n  -\n    d: e\n", remove(0, "a"), "a:\n  -\n    d: e\n"},
		{"move down", "a:\n  # b\n  - b: 'c'   # x\n    d: |\n      e\n  - f\n  - g\nh: i\n", move(0, 2, "a"), "a:\n  - f\n  # b\n  - b: 'c'   # x\n    d: |\n      e\n  - g\nh: i\n"},
		{"move up", "a:\n  - f\n  - g\n  # b\n  - b: 'c'   # x\n", move(2, 0, "a"), "a:\n  # b\n  - b: 'c'   # x\n  - f\n  - g\n"},
		{"move in brackets", "a: [{b:   c}, 'd', e]\n", move(0, 3, "a"), "a: ['d', e, {b:   c}]\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f, err := Parse([]byte(tt.in))
			if err != nil {
				t.Fatal(err)
			}
			if err := tt.do(f); err != nil {
				t.Fatal(err)
			}
			if got := string(f.Bytes()); got != tt.want {
				t.Errorf("got\n%s\nwant\n%s", got, tt.want)
			}
		})
	}
}

// TestRefused: what can't be done is refused, and the file stays.
func TestRefused(t *testing.T) {
	for _, tt := range []struct {
		name, in string
		do       func(*File) error
	}{
		{"the only key", "a:\n  b: c\n", func(f *File) error { return f.Delete(at(f, "a"), "b") }},
		{"no such item", "a: [b]\n", func(f *File) error { return f.Remove(at(f, "a"), 1) }},
		{"no list", "a: b\n", func(f *File) error { return f.Insert(at(f, "a"), 0, String("x")) }},
		{"no mapping", "a: b\n", func(f *File) error { return f.Set(at(f, "a"), "x", String("x")) }},
		{"an alias", "a: &x [b]\nc: *x\n", func(f *File) error { return f.Replace(at(f, "c"), Inline("d")) }},
		{"another file's value", "a: b\n", func(f *File) error {
			g, _ := Parse([]byte("a: b\n"))
			return f.change(at(g, "a"), func(*yaml.Node) {}, 0, 0, "")
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f, err := Parse([]byte(tt.in))
			if err != nil {
				t.Fatal(err)
			}
			if err := tt.do(f); err == nil {
				t.Error("no error")
			}
			if got := string(f.Bytes()); got != tt.in {
				t.Errorf("the file became\n%s", got)
			}
		})
	}
	for _, in := range []string{"", "# a\n", "a: [\n", "a: b\n---\nc: d\n"} {
		if _, err := Parse([]byte(in)); err == nil {
			t.Errorf("%q was parsed", in)
		}
	}
}

// words are values of all kinds of trouble.
var words = []string{"甲", "plain text", "it's", `"quoted"`, "a: b", "a #b", "- x", "12", "true", "~", "2026-01-31", "",
	"one\ntwo", "one\n\ntwo\n", " lead", "trail ", "tab\there", "[x]", "{x}", "a, b", "漢字かな交じりの、少し長い文。句点も ある。",
	strings.Repeat("several words in a row ", 8) + "end", "8.6.1.1..8.6.1.3", "8.6.1.1", "*a", "&b", "!c", "%d", "@e", "`f`", "😀", "\u0085x", "#"}

// exercise makes random changes to a file. Each must say what it should, which
// the package checks by itself; here it is checked that no line changes that does
// not belong to the value.
func exercise(t *testing.T, data []byte, rng *rand.Rand, n int, must bool) {
	t.Helper()
	for range n {
		f, err := Parse(data)
		if err != nil {
			return
		}
		var nodes []*yaml.Node
		for k, c := range f.at {
			if c.parent != nil {
				nodes = append(nodes, k)
			}
		}
		if len(nodes) == 0 {
			return
		}
		slices.SortFunc(nodes, func(a, b *yaml.Node) int { return 4*(f.offset(a)-f.offset(b)) + int(a.Kind) - int(b.Kind) })
		x := nodes[rng.IntN(len(nodes))]
		word := words[rng.IntN(len(words))]
		c := f.at[x]
		from, to := f.offset(x), 0
		if to, err = f.end(x); err != nil {
			if must {
				t.Fatalf("%v\n%s", err, data)
			}
			continue
		}
		first, last := 0, 0 // lines that may change; -1 for lines that may be added
		if from >= 0 && from <= to {
			first, last = strings.Count(string(data[:from]), "\n"), strings.Count(string(data[:to]), "\n")
		}
		what := ""
		switch op := rng.IntN(6); {
		case c.parent.Kind == yaml.MappingNode && c.index%2 == 0:
			if op < 3 {
				what, err = "delete", f.Delete(c.parent, x.Value)
				first, last = first-1, len(data) // a blank line above may go
				if must && len(c.parent.Content) == 2 {
					err = nil
				}
			} else {
				what = "set"
				err = f.Set(c.parent, "zzz", Mapping(Pair{"x", String(word)}))
				if must && len(c.parent.Content) == 0 {
					err = nil
				}
				last = len(data)
			}
		case x.Kind == yaml.ScalarNode:
			what, err = "string", f.SetString(x, word)
		case x.Kind == yaml.SequenceNode && op < 2:
			what, err = "insert", f.Insert(x, rng.IntN(len(x.Content)+1), []*yaml.Node{String(word), Inline(word, "b"), Mapping(Pair{"a", String(word)}, Pair{"b", List(String(word))})}[rng.IntN(3)])
		case x.Kind == yaml.SequenceNode && op < 4 && len(x.Content) > 0:
			what, err = "remove", f.Remove(x, rng.IntN(len(x.Content)))
			first, last = first-1, last+1
		case x.Kind == yaml.SequenceNode && len(x.Content) > 1:
			what, err = "move", f.Move(x, rng.IntN(len(x.Content)), rng.IntN(len(x.Content)+1))
			first = 0
		default:
			what, err = "replace", f.Replace(x, []*yaml.Node{String(word), Inline(word, "b"), Mapping(Pair{"a", String(word)}, Pair{"b", List(String(word))})}[rng.IntN(3)])
			first-- // the key
		}
		after := f.Bytes()
		if err != nil {
			if string(after) != string(data) {
				t.Fatalf("%s failed and changed the file: %v", what, err)
			}
			if must {
				t.Fatalf("%s %q at line %d: %v\n%s", what, word, x.Line, err, data)
			}
			continue
		}
		old, got := strings.SplitAfter(string(data), "\n"), strings.SplitAfter(string(after), "\n")
		if what == "insert" && !isFlow(x) {
			// Before the comments above the first item: no line is lost.
			i := 0
			for _, l := range got {
				if i < len(old) && l == old[i] {
					i++
				}
			}
			if i < len(old) && !(i == len(old)-1 && !strings.HasSuffix(old[i], "\n")) {
				t.Fatalf("insert %q in line %d changed line %d\n%s", word, first+1, i+1, after)
			}
			continue
		}
		for i := 0; i < first && i < len(old); i++ {
			if i >= len(got) || old[i] != got[i] {
				t.Fatalf("%s %q in lines %d-%d changed line %d\n%s", what, word, first+1, last+1, i+1, after)
			}
		}
		for i := 1; i < len(old)-last && len(old)-i > last; i++ {
			if len(got)-i < 0 || old[len(old)-i] != got[len(got)-i] {
				t.Fatalf("%s %q in lines %d-%d changed line %d from below\n%s", what, word, first+1, last+1, i, after)
			}
		}
	}
}

// styles is a file with every style.
const styles = `# head
id: H01 # id
name: {ja: 甲, en: "A \"q\""}
long: one two three four five six seven
  eight nine ten
folded: >-
  one two three four
  five six

  seven
literal: |
  one

   two
quoted: 'it''s
  so'
list: [a, 'b', "c", {d: e}]
tall: [
  a, # first
  b,
]
empty: []

items:
  # about one
  - id: a
    text:
      ja: 甲 # c
      en: A

  - id: b
    text: 乙
    more:
      - x
      - y: z
        w: "v"

rows:
- 1st
- 2nd # c
# foot
`

// TestRandom changes the files of the shipped guide and one of all styles.
func TestRandom(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 2))
	exercise(t, []byte(styles), rng, 4000, true)
	exercise(t, []byte(strings.ReplaceAll(styles, "\n", "\r\n")), rng, 500, true)
	for _, pattern := range []string{"*.yaml", "risks/*.yaml", "controls/*.yaml", "profiles/*.yaml"} {
		files, err := filepath.Glob(filepath.Join("..", "..", "content", filepath.FromSlash(pattern)))
		if err != nil || len(files) == 0 {
			t.Fatal(pattern, err)
		}
		for _, name := range files {
			data, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			exercise(t, data, rng, 12, true)
		}
	}
}

// TestLineEnds: YAML ends lines also with characters that editors do not; a file with
// them is refused before a change could go by the wrong lines.
func TestLineEnds(t *testing.T) {
	for _, data := range []string{"a: b\n", "a: b\r\nc: d\r\n", "a: b\u00a0c\n"} {
		if _, err := Parse([]byte(data)); err != nil {
			t.Errorf("%q: %v", data, err)
		}
	}
	for data, want := range map[string]string{"a: b\nc: d\re: f\n": "line 2 ends with the character U+000D", "a: b\u2028c: d\n": "line 1 ends with the character U+2028", "a: b\r": "line 1"} {
		if _, err := Parse([]byte(data)); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q: %v", data, err)
		}
	}
}

func FuzzEdit(f *testing.F) {
	f.Add([]byte(styles), uint64(1))
	f.Add([]byte("a: &b c\nd: *b\n? x\n: - - y\n  - {z: , q}\n"), uint64(2))
	f.Add([]byte("- |2\n   a\n- >+\n  b\n\n- !!str c\n"), uint64(3))
	f.Fuzz(func(t *testing.T, data []byte, seed uint64) {
		if len(data) > 4000 {
			return
		}
		f, err := Parse(data)
		if err != nil {
			return
		}
		if got := f.Bytes(); string(got) != string(data) {
			t.Fatalf("parsed %q is %q", data, got)
		}
		// Whatever the file: a change says what it should or is refused.
		rng := rand.New(rand.NewPCG(seed, 0))
		for i := range 5 {
			var nodes []*yaml.Node
			for k := range f.at {
				nodes = append(nodes, k)
			}
			slices.SortFunc(nodes, func(a, b *yaml.Node) int { return slices.Compare(f.pathOf(a), f.pathOf(b)) })
			x, before := nodes[rng.IntN(len(nodes))], string(f.Bytes())
			word := words[rng.IntN(len(words))]
			ops := []func() error{
				func() error { return f.SetString(x, word) },
				func() error { return f.Set(x, "k", Mapping(Pair{"a", String(word)})) },
				func() error { return f.Insert(x, rng.IntN(len(x.Content)+1), String(word)) },
				func() error { return f.Remove(x, rng.IntN(len(x.Content)+1)) },
				func() error { return f.Move(x, rng.IntN(len(x.Content)+1), rng.IntN(len(x.Content)+1)) },
				func() error { return f.Replace(x, Inline(word)) },
				func() error {
					if x.Kind == yaml.MappingNode && len(x.Content) > 0 {
						return f.Delete(x, x.Content[0].Value)
					}
					return nil
				},
			}
			if err := ops[rng.IntN(len(ops))](); err != nil && string(f.Bytes()) != before {
				t.Fatalf("change %d was refused and made %q of %q: %v", i, f.Bytes(), before, err)
			}
		}
	})
}

func Example() {
	f, _ := Parse([]byte("# Names\nname:\n  ja: 甲 # short\n"))
	_ = f.Set(Child(f.Root(), "name"), "en", String("A"), "ja", "en")
	fmt.Print(string(f.Bytes()))
	// Output:
	// # Names
	// name:
	//   ja: 甲 # short
	//   en: A
}
