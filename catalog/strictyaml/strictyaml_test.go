package strictyaml

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// thing is a form with a field of every kind.
type thing struct {
	id, kind string
	count    int
	share    float64
	open     bool
	date     time.Time
	name     map[string]string
	parts    []string
	values   map[string]string
}

// decode decodes a thing and returns it with the problems, the broken places and
// the root, which is nil where the file cannot be decoded.
func decode(data []byte) (x thing, d *Decoder, root *yaml.Node, problems, broken []string) {
	d = &Decoder{
		Owner: "thing", Lang: "ja", Langs: []string{"ja", "en"},
		MaxNesting: 6, AnchorHint: "write it again",
		Report: func(p Problem) {
			problems = append(problems, fmt.Sprintf("%d:%d %s: %s (%s)", p.Line, p.Column, p.Rule, p.Message, p.Hint))
		},
		Broken: func(line, column int) { broken = append(broken, fmt.Sprintf("%d:%d", line, column)) },
		// The candidate that begins with the same letter is near enough.
		Suggest: func(got string, candidates []string) string {
			for _, c := range candidates {
				if got != "" && c != got && c[0] == got[0] {
					return c
				}
			}
			return ""
		},
	}
	data, ok := d.Check(data, 1000)
	if !ok {
		return x, d, nil, problems, broken
	}
	root, ok = d.Parse(data)
	if !ok {
		return x, d, nil, problems, broken
	}
	d.Mapping(root, "the thing",
		Required("id", func(v *yaml.Node) { x.id, _ = d.String(v, "id") }),
		Optional("kind", func(v *yaml.Node) { x.kind = d.OneOf(v, "kind", "old", "new") }),
		Optional("count", func(v *yaml.Node) { x.count, _ = d.Integer(v, "count") }),
		Optional("share", func(v *yaml.Node) { x.share, _ = d.Number(v, "share") }),
		Optional("open", func(v *yaml.Node) { x.open = d.Boolean(v, "open") }),
		Optional("date", func(v *yaml.Node) { x.date = d.Date(v, "date") }),
		Optional("name", func(v *yaml.Node) {
			x.name = map[string]string{}
			d.Text(v, "name", func(lang string, _ *yaml.Node, s string) { x.name[lang] = s })
		}),
		Optional("parts", func(v *yaml.Node) {
			d.List(v, "parts", func(v *yaml.Node) {
				if s, ok := d.String(v, "a part"); ok {
					x.parts = append(x.parts, s)
				}
			})
		}),
		Optional("values", func(v *yaml.Node) {
			x.values = map[string]string{}
			if v.Kind != yaml.MappingNode {
				d.WrongType(v, "values", "a mapping")
				return
			}
			d.Keys(v, "values", func(k, v *yaml.Node) { x.values[k.Value], _ = d.String(v, "a value") })
		}),
	)
	return x, d, root, problems, broken
}

func TestValues(t *testing.T) {
	const data = "\uFEFFid: a\r\nkind: new\r\ncount: 3\r\nshare: 0.5\r\nopen: true\r\ndate: 2026-01-31\r\n" +
		"name: {ja: 甲, en: A}\r\nparts: [p, \"\"]\r\nvalues: {x: \"1\", y: z}\r\n"
	x, d, root, problems, broken := decode([]byte(data))
	if len(problems)+len(broken) > 0 || d.Lost() || root == nil {
		t.Fatalf("problems %v, broken %v", problems, broken)
	}
	if x.id != "a" || x.kind != "new" || x.count != 3 || x.share != 0.5 || !x.open ||
		!x.date.Equal(time.Date(2026, 1, 31, 0, 0, 0, 0, time.UTC)) ||
		!maps.Equal(x.name, map[string]string{"ja": "甲", "en": "A"}) ||
		!slices.Equal(x.parts, []string{"p", ""}) || !maps.Equal(x.values, map[string]string{"x": "1", "y": "z"}) {
		t.Errorf("%+v", x)
	}
	if x, _, _, _, _ := decode([]byte("id: a\nname: 甲\n")); !maps.Equal(x.name, map[string]string{"ja": "甲"}) {
		t.Errorf("a plain text is %v", x.name)
	}
}

func TestMistakes(t *testing.T) {
	for _, tt := range []struct {
		name, data string
		want       []string // problems
		broken     string   // places
		unread     string   // keys of the root: missed ones, and behind a bar others
	}{
		{"not a mapping", "[a]", []string{"1:1 wrong-type: the thing must be a mapping (key: value), not a list ()"}, "1:1", "|"},
		{"key missing", "open: true\n", []string{"1:1 missing-key: the thing lacks id ()"}, "1:1 1:1", "|"},
		{"unknown keys", "it: a\nsize: 1\n", []string{
			`1:1 unknown-key: unknown key "it" in the thing (did you mean "id"?)`,
			`2:1 unknown-key: unknown key "size" in the thing (did you mean "share"?)`}, "1:1 2:1 1:1", "id share|"},
		{"an unknown key that is like none", "id: a\nzone: 1\n", []string{
			`2:1 unknown-key: unknown key "zone" in the thing (known are id, kind, count, share, open, date, name, parts, values)`}, "2:1 1:1", "|"},
		{"a slip for what is there", "id: a\nit: b\n", []string{`2:1 unknown-key: unknown key "it" in the thing (did you mean "id"?)`}, "2:1 1:1", "|"},
		{"keys twice", "id: a\nid: b\nvalues: {x: a, x: b}\n", []string{
			`2:1 duplicate-key: key "id" is given twice, first in line 1 ()`,
			`3:16 duplicate-key: key "x" is given twice in values, first in line 3 ()`}, "2:1 3:16 1:1", "id|values"},
		{"no value", "id: a\nkind:\nparts: [~]\n", []string{
			"2:6 wrong-type: kind of the thing has no value ()",
			"3:9 wrong-type: an entry of parts has no value ()"}, "2:6 3:9 1:1", "kind|parts"},
		{"wrong types", "id: 1\nkind: newer\ncount: 1.5\nshare: .inf\nopen: yes\ndate: 2026-02-30\nparts: p\nvalues: v\n", []string{
			`1:5 wrong-type: id must be a string, not the number 1 (write it in quotes: "1")`,
			`2:7 value: kind must be old or new, not "newer" (did you mean "new"?)`,
			"3:8 wrong-type: count must be a whole number, not the number 1.5 ()",
			"4:8 wrong-type: share must be a number, not the number .inf ()",
			`5:7 wrong-type: open must be true or false, not the string "yes" ()`,
			`6:7 wrong-type: date must be a date such as 2026-01-31, not the string "2026-02-30" ()`,
			`7:8 wrong-type: parts must be a list, not the string "p" ()`,
			`8:9 wrong-type: values must be a mapping, not the string "v" ()`},
			"1:5 2:7 3:8 4:8 5:7 6:7 7:8 8:9 1:1", "|id kind count share open date parts values"},
		{"texts", "id: a\nname: {ja: 甲, ja: 乙, jp: 丙, fr: d, en: \"　\"}\n", []string{
			`2:15 duplicate-key: language "ja" is given twice in name ()`,
			`2:22 unknown-language: "jp" is not a language of the thing (did you mean "ja"?)`,
			`2:29 unknown-language: "fr" is not a language of the thing (the thing's languages are ja, en)`,
			"2:40 empty-text: name is empty in en ()"}, "2:15 2:22 2:29 2:40 2:7 1:1", "|name"},
		{"an empty text is not lost", "id: a\nname: \"\"\n", []string{"2:7 empty-text: name is empty ()"}, "2:7", "|"},
		{"an empty mapping is no text", "id: a\nname: {}\n", []string{"2:7 empty-text: name is empty ()"}, "2:7", "|"},
		{"a tag", "id: !!str 1\n", []string{"1:5 yaml-tag: tags (!!str) are not allowed (leave it out, or write the text in quotes)"}, "1:5", "|"},
		{"keys that are no words", "id: a\n? [b]\n: c\n", []string{"2:3 wrong-type: a key must be a word, not a list ()"}, "2:3 1:1", "|"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, d, root, problems, broken := decode([]byte(tt.data))
			if !slices.Equal(problems, tt.want) {
				t.Errorf("problems\n%s\nwant\n%s", strings.Join(problems, "\n"), strings.Join(tt.want, "\n"))
			}
			if got := strings.Join(broken, " "); got != tt.broken {
				t.Errorf("broken are %s, want %s", got, tt.broken)
			}
			var missed, partly []string
			for _, k := range []string{"id", "kind", "count", "share", "open", "date", "name", "parts", "values"} {
				if d.Missed(root, k) {
					missed = append(missed, k)
				} else if d.Unread(root, k) {
					partly = append(partly, k)
				}
			}
			if got := strings.Join(missed, " ") + "|" + strings.Join(partly, " "); got != tt.unread {
				t.Errorf("unread are %s, want %s", got, tt.unread)
			}
			if got, want := d.HasUnknown(root), strings.Contains(strings.Join(tt.want, ""), RuleUnknownKey); got != want {
				t.Errorf("HasUnknown is %v", got)
			}
		})
	}
}

// TestUnreadable gives files that cannot be decoded.
func TestUnreadable(t *testing.T) {
	for _, tt := range []struct {
		name, data string
		want       []string
	}{
		{"empty", "", []string{"1:1 yaml-syntax: the file is empty ()"}},
		{"a comment", "# a\n", []string{"1:1 yaml-syntax: the file is empty ()"}},
		{"large", strings.Repeat("#", 1001), []string{"0:0 file-size: the file is larger than 1000 bytes ()"}},
		{"not UTF-8", "id: é\nname: é\xE9\n", []string{"2:8 encoding: the file is not UTF-8 (save it as UTF-8)"}},
		{"a character", "id: a\nname: é\u2028\n", []string{"2:8 character: the character U+2028 is not allowed ()"}},
		{"a carriage return", "id: a\rname: b\n", []string{"1:6 character: the character U+000D is not allowed ()"}},
		{"two documents", "id: a\n---\nid: b\n", []string{"2:1 yaml-syntax: a second document begins here; a file holds one ()"}},
		{"a quote", "id: a\nname: \"b\nkind: new\n", []string{"2:7 yaml-syntax: not valid YAML: found unexpected end of stream (a quote that opens here is not closed)"}},
		{"a tab", "id: a\nvalues:\n\tx: y\n", []string{"3:1 yaml-syntax: not valid YAML: found character that cannot start any token (indent with spaces, not tabs)"}},
		{"an asterisk", "id: a\nname: *b\n", []string{"2:7 yaml-anchor: aliases (*b) are not allowed (a text that begins with * must be in quotes)"}},
		{"anchors", "id: &a x\nname: *a\nvalues: {<<: {x: y}}\n", []string{
			"1:5 yaml-anchor: anchors (&a) are not allowed (write it again)",
			"2:7 yaml-anchor: aliases (*a) are not allowed (write it again)",
			"3:10 yaml-anchor: merge keys (<<) are not allowed (write it again)"}},
		{"many anchors", "parts: [&a a, &b a, &c a, &d a, &e a, &f a, &g a]\n", []string{
			"1:9 yaml-anchor: anchors (&a) are not allowed (write it again)",
			"1:15 yaml-anchor: anchors (&b) are not allowed (write it again)",
			"1:21 yaml-anchor: anchors (&c) are not allowed (write it again)",
			"1:27 yaml-anchor: anchors (&d) are not allowed (write it again)",
			"1:33 yaml-anchor: anchors (&e) are not allowed (write it again)"}},
		{"depth", "id: [[[[[[a]]]]]]\n", []string{"1:10 nesting: values are nested more than 6 deep ()"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, _, root, problems, _ := decode([]byte(tt.data))
			if root != nil || !slices.Equal(problems, tt.want) {
				t.Errorf("root %v, problems\n%s\nwant\n%s", root, strings.Join(problems, "\n"), strings.Join(tt.want, "\n"))
			}
		})
	}
}

// TestManyKeys finds keys given twice in a mapping that is large.
func TestManyKeys(t *testing.T) {
	var b strings.Builder
	b.WriteString("id: a\nvalues:\n")
	for i := range 50 {
		fmt.Fprintf(&b, "  k%d: v\n", i)
	}
	b.WriteString("  k0: w\n")
	x, _, _, problems, _ := decode([]byte(b.String()))
	if len(x.values) != 50 || x.values["k0"] != "v" ||
		!slices.Equal(problems, []string{`53:3 duplicate-key: key "k0" is given twice in values, first in line 3 ()`}) {
		t.Errorf("%d values, problems %v", len(x.values), problems)
	}
}

func TestReadFile(t *testing.T) {
	fsys := fstest.MapFS{"a": {Data: []byte("12345")}, "d/b": {}}
	for _, tt := range []struct {
		most int64
		want string
	}{{10, "12345"}, {5, "12345"}, {3, "1234"}} {
		if data, err := ReadFile(fsys, "a", tt.most); err != nil || string(data) != tt.want {
			t.Errorf("%d bytes at most: %q, %v", tt.most, data, err)
		}
	}
	if _, err := ReadFile(fsys, "none", 10); !errors.Is(err, fs.ErrNotExist) || strings.Contains(err.Error(), "none") {
		t.Errorf("a file that does not exist: %v", err)
	}
	if _, err := ReadFile(fsys, "d", 10); err == nil {
		t.Error("a folder was read")
	}
}

// FuzzDecode puts any bytes in the place of a file. Every place that is reported
// exists, and nothing is lost in silence.
func FuzzDecode(f *testing.F) {
	f.Add([]byte("id: a\nname: {ja: 甲, en: A}\nparts: [p]\nvalues: {x: y}\n"))
	f.Add([]byte("\uFEFFid: &a [*a]\r\n"))
	f.Add([]byte("id: \"a\n<<: !!x b\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		_, d, root, problems, _ := decode(data)
		if (root == nil || d.Lost()) && len(problems) == 0 {
			t.Fatal("lost without a word")
		}
		lines := strings.Split(strings.TrimPrefix(string(data), "\uFEFF"), "\n")
		for _, p := range problems {
			var line, col int
			if _, err := fmt.Sscanf(p, "%d:%d ", &line, &col); err != nil || !utf8.ValidString(p) {
				t.Fatalf("%q", p)
			}
			if line > len(lines) || line > 0 && (col < 1 || col > utf8.RuneCountInString(lines[line-1])+1) {
				t.Errorf("%s is about no place in\n%s", p, data)
			}
		}
	})
}
