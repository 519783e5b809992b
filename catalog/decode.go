package catalog

import (
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// decoder turns the nodes of one file into parts of a [Source]. It is strict:
// what the form does not know is a problem. It goes on after a problem, so that
// one run shows all of them.
type decoder struct {
	file string
	// lang is the language of a text that is a plain string; langs are those
	// that a text may have, nil where the guide's own list could not be read.
	lang     Lang
	langs    []Lang
	problems Problems
	// broken holds the places about which a problem was reported, so that a
	// later check does not report what follows from it.
	broken map[Position]bool
	// lost counts the problems because of which something that is written is
	// not in the source; unknown holds the mappings with unknown keys.
	lost    int
	unknown map[Position]bool
	// lossy lists the kinds of things of a risk file that were not all read.
	lossy []kind
}

// newDecoder returns a decoder of a file under the name that positions have.
func newDecoder(file string, lang Lang, langs []Lang) *decoder {
	return &decoder{file: file, lang: lang, langs: langs,
		broken: map[Position]bool{}, unknown: map[Position]bool{}}
}

func (d *decoder) pos(n *yaml.Node) Position {
	return Position{File: d.file, Line: n.Line, Column: n.Column}
}

// fail reports an error at a node and marks its place as broken.
func (d *decoder) fail(n *yaml.Node, rule, hint, format string, args ...any) {
	pos := d.pos(n)
	d.problems.add(LevelError, pos, rule, hint, format, args...)
	d.broken[pos] = true
	switch rule {
	case ruleEmptyText, ruleLanguage, ruleFileName, ruleTag:
	default:
		d.lost++
	}
}

// field is a key that a mapping may have, and what decodes its value.
type field struct {
	key    string
	need   need
	decode func(v *yaml.Node)
}

type need bool

const (
	optional need = false
	required need = true
)

// mapping decodes a mapping. It reports whether n is one. A mapping of which a
// part could not be read counts as broken: what seems to be missing in it may be
// what could not be read.
func (d *decoder) mapping(n *yaml.Node, what string, fields ...field) bool {
	if n.Kind != yaml.MappingNode {
		d.wrongType(n, what, "a mapping (key: value)")
		return false
	}
	before := d.lost
	seen := make([]int, len(fields)) // line of the key, 0 where not seen
	var meant []string               // known keys that unknown ones probably are
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, v := n.Content[i], n.Content[i+1]
		if k.Kind != yaml.ScalarNode {
			d.fail(k, ruleType, "", "a key must be a word, not %s", describe(k))
			continue
		}
		f := -1
		for j := range fields {
			if fields[j].key == k.Value {
				f = j
				break
			}
		}
		switch {
		case f < 0:
			keys := make([]string, len(fields))
			for j := range fields {
				keys[j] = fields[j].key
			}
			hint := "known are " + strings.Join(keys, ", ")
			if near := Suggest(k.Value, keys); near != "" {
				meant = append(meant, near)
				hint = didYouMean(k.Value, keys)
			}
			d.fail(k, ruleUnknownKey, hint, "unknown key %q in %s", clip(k.Value), what)
			d.unknown[d.pos(n)] = true
		case seen[f] > 0:
			d.fail(k, ruleTwiceKey, "", "key %q is given twice, first in line %d", k.Value, seen[f])
		default:
			seen[f] = k.Line
			if isNull(v) {
				d.fail(v, ruleType, "", "%s of %s has no value", k.Value, what)
				continue
			}
			fields[f].decode(v)
		}
	}
	for j, f := range fields {
		if f.need == required && seen[j] == 0 && !contains(meant, f.key) {
			d.fail(n, ruleMissingKey, "", "%s lacks %s", what, f.key)
		}
	}
	if d.lost > before {
		d.broken[d.pos(n)] = true
	}
	return true
}

// list decodes a sequence, calling item for every entry.
func (d *decoder) list(n *yaml.Node, what string, item func(v *yaml.Node)) {
	if n.Kind != yaml.SequenceNode {
		d.wrongType(n, what, "a list")
		return
	}
	for _, v := range n.Content {
		if isNull(v) {
			d.fail(v, ruleType, "", "an entry of %s has no value", what)
			continue
		}
		item(v)
	}
}

func (d *decoder) wrongType(n *yaml.Node, what, want string) {
	d.fail(n, ruleType, "", "%s must be %s, not %s", what, want, describe(n))
}

// str decodes a string. A number or a truth value is refused, since other
// programs that read YAML do not keep how it is written: 2026.10 becomes 2026.1.
func (d *decoder) str(n *yaml.Node, what string) (string, bool) {
	if n.Kind != yaml.ScalarNode {
		d.wrongType(n, what, "a string")
		return "", false
	}
	switch n.Tag {
	default: // a date, or a tag, which was reported already
		return n.Value, true
	case "!!int", "!!float", "!!bool", "!!null":
	}
	d.fail(n, ruleType, "write it in quotes: "+strconv.Quote(clip(n.Value)),
		"%s must be a string, not %s", what, describe(n))
	return "", false
}

// oneOf decodes a string that must be one of a few.
func (d *decoder) oneOf(n *yaml.Node, what string, allowed ...string) string {
	s, ok := d.str(n, what)
	if !ok {
		return ""
	}
	if contains(allowed, s) {
		return s
	}
	d.fail(n, ruleValue, didYouMean(s, allowed), "%s must be %s, not %q",
		what, orList(allowed), clip(s))
	return ""
}

func (d *decoder) integer(n *yaml.Node, what string) (int, bool) {
	if n.Kind == yaml.ScalarNode && n.Tag == "!!int" {
		if i, err := strconv.Atoi(n.Value); err == nil {
			return i, true
		}
	}
	d.wrongType(n, what, "a whole number")
	return 0, false
}

func (d *decoder) boolean(n *yaml.Node, what string) bool {
	if n.Kind == yaml.ScalarNode && n.Tag == "!!bool" {
		switch n.Value {
		case "true", "True", "TRUE":
			return true
		case "false", "False", "FALSE":
			return false
		}
	}
	d.wrongType(n, what, "true or false")
	return false
}

func (d *decoder) date(n *yaml.Node, what string) time.Time {
	if n.Kind == yaml.ScalarNode && (n.Tag == "!!timestamp" || n.Tag == "!!str") {
		if t, err := time.Parse(time.DateOnly, n.Value); err == nil {
			return t
		}
	}
	d.wrongType(n, what, "a date such as 2026-01-31")
	return time.Time{}
}

// ref decodes an id that is cited.
func (d *decoder) ref(n *yaml.Node, what string) Ref {
	s, ok := d.str(n, what)
	if !ok {
		return Ref{}
	}
	if s == "" {
		d.fail(n, ruleReference, "", "%s is empty", what)
		return Ref{}
	}
	return Ref{ID: s, Pos: d.pos(n)}
}

// refs decodes a list of ids that are cited.
func (d *decoder) refs(n *yaml.Node, what, entry string) []Ref {
	var out []Ref
	d.list(n, what, func(v *yaml.Node) {
		if r := d.ref(v, entry); r.ID != "" {
			out = append(out, r)
		}
	})
	return out
}

// text decodes a wording: a string in the guide's first language, or a mapping
// from languages to strings.
func (d *decoder) text(n *yaml.Node, what string) Text {
	t := Text{Pos: d.pos(n)}
	switch n.Kind {
	case yaml.ScalarNode:
		if s, ok := d.str(n, what); ok {
			if isBlank(s) {
				d.fail(n, ruleEmptyText, "", "%s is empty", what)
				break
			}
			t.Values = map[Lang]string{d.lang: s}
		}
	case yaml.MappingNode:
		if len(n.Content) == 0 {
			d.fail(n, ruleEmptyText, "", "%s is empty", what)
			break
		}
		t.Values = make(map[Lang]string, len(n.Content)/2)
		for i := 0; i+1 < len(n.Content); i += 2 {
			d.wording(t, n.Content[i], n.Content[i+1], what)
		}
	default:
		d.wrongType(n, what, "a text: a string, or a mapping such as {ja: …, en: …}")
	}
	return t
}

// wording decodes the wording of a text in one language.
func (d *decoder) wording(t Text, k, v *yaml.Node, what string) {
	// What follows from the problem, such as that the text is empty or lacks
	// a translation, is not reported at the text's place again.
	fail := func(n *yaml.Node, rule, hint, format string, args ...any) {
		d.fail(n, rule, hint, format, args...)
		d.broken[t.Pos] = true
	}
	if k.Kind != yaml.ScalarNode {
		fail(k, ruleType, "", "a key must be a language, not %s", describe(k))
		return
	}
	lang := Lang(k.Value)
	if d.langs != nil && !hasLang(d.langs, lang) {
		names := make([]string, len(d.langs))
		for i, l := range d.langs {
			names[i] = string(l)
		}
		hint := didYouMean(k.Value, names)
		if hint == "" {
			hint = "the guide's languages are " + strings.Join(names, ", ")
		}
		fail(k, ruleLanguage, hint, "%q is not a language of the guide", clip(k.Value))
		return
	}
	if _, dup := t.Values[lang]; dup {
		fail(k, ruleTwiceKey, "", "language %q is given twice in %s", lang, what)
		return
	}
	if isNull(v) {
		fail(v, ruleEmptyText, "", "%s is empty in %s", what, lang)
		return
	}
	s, ok := d.str(v, what)
	if !ok {
		d.broken[t.Pos] = true
		return
	}
	if isBlank(s) {
		fail(v, ruleEmptyText, "", "%s is empty in %s", what, lang)
		return
	}
	t.Values[lang] = s
}

func hasLang(langs []Lang, l Lang) bool {
	for _, x := range langs {
		if x == l {
			return true
		}
	}
	return false
}

// isBlank reports whether s is nothing but white space, the ideographic space
// included.
func isBlank(s string) bool { return strings.TrimSpace(s) == "" }

func isNull(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.Tag == "!!null" }

// describe says what a node is, for messages.
func describe(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "a mapping"
	case yaml.SequenceNode:
		return "a list"
	case yaml.AliasNode:
		return "an alias"
	}
	switch n.Tag {
	case "!!null":
		return "nothing"
	case "!!int", "!!float":
		return "the number " + clip(n.Value)
	case "!!bool":
		return "the truth value " + clip(n.Value)
	}
	return "the string " + strconv.Quote(clip(n.Value))
}

// clip shortens what is quoted in a message.
func clip(s string) string {
	const most = 40
	r := []rune(s)
	if len(r) <= most {
		return s
	}
	return string(r[:most-1]) + "…"
}

// orList joins words as "a, b or c".
func orList(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " or " + words[len(words)-1]
}
