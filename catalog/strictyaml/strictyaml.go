// Package strictyaml decodes YAML files that people write by hand. It is strict:
// what a form does not know is a mistake, and so is what programs that read YAML
// do not agree on (numbers and truth values where a string is meant, anchors,
// tags, keys given twice). It goes on after a mistake, so that one run shows all
// of them, each with its line and column and, where one is near, what was
// probably meant.
//
// [ReadFile] reads a file, [Decoder.Check] checks its bytes, [Decoder.Parse]
// makes a tree of nodes of it, and the other methods turn nodes into values:
//
//	data, err := strictyaml.ReadFile(fsys, "thing.yaml", most)
//	…
//	data, ok := d.Check(data, most)
//	root, ok := d.Parse(data)
//	d.Mapping(root, "the thing",
//		strictyaml.Required("id", func(v *yaml.Node) { t.id, ok = d.String(v, "id") }),
//		strictyaml.Optional("date", func(v *yaml.Node) { t.date = d.Date(v, "date") }))
//
// Package catalog decodes guides with it and package profile profiles. So that
// both can and catalog's own types stay where they are, this package imports
// neither: it tells mistakes and wordings to functions that its users set, and
// they make problems and texts of them. All mistakes that it tells are errors.
//
// A mistake often makes other things look wrong: a measure whose list could not
// be read seems to be missing where it is cited. The decoder therefore keeps
// account of what was lost ([Decoder.Lost], [Decoder.Missed],
// [Decoder.Unread], [Decoder.HasUnknown], [Decoder.Broken]), and later checks ask it before they report what may only
// follow from a mistake that is reported already.
package strictyaml

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// The names of the rules that a file can break. They are stable: people write
// them in scripts and look them up.
const (
	RuleFileSize   = "file-size"
	RuleEncoding   = "encoding"
	RuleCharacter  = "character"
	RuleSyntax     = "yaml-syntax"
	RuleAnchor     = "yaml-anchor"
	RuleTag        = "yaml-tag"
	RuleNesting    = "nesting"
	RuleUnknownKey = "unknown-key"
	RuleMissingKey = "missing-key"
	RuleTwiceKey   = "duplicate-key"
	RuleType       = "wrong-type"
	RuleValue      = "value"
	RuleEmptyText  = "empty-text"
	RuleLanguage   = "unknown-language"
)

// Problem is a mistake in a file. Line and Column count from 1, the column in
// characters; they are 0 where the mistake is about the file as a whole.
type Problem struct {
	Line, Column int
	Rule         string // one of the Rule constants, or a rule of the form's own
	Message      string
	Hint         string // may be empty
}

// Decoder decodes one file. Its exported fields are set before use; those of the
// languages may be set again once the file has told them.
type Decoder struct {
	// Owner is the kind of thing that has the languages, for messages: "guide".
	Owner string
	// Lang is the language of a text that is a plain string; Langs are those
	// that a text may have, nil where they are not known: then any may stand.
	Lang  string
	Langs []string
	// MaxNesting is how deep values may be nested; the root is at depth 1.
	MaxNesting int
	// AnchorHint says what to write in place of an anchor.
	AnchorHint string
	// Report is called for every mistake.
	Report func(Problem)
	// Broken, if not nil, is called for every place about which a mistake was
	// reported: that of the mistake itself, and that of the mappings and texts
	// around it that could not be read whole. A place may come repeatedly.
	Broken func(line, column int)
	// Suggest returns the candidate that was most likely meant, or "".
	Suggest func(got string, candidates []string) string

	lost    int
	anchors int
	missed  map[entry]bool // see Missed
	partly  map[entry]bool // of the value something was lost
	strange map[*yaml.Node]bool
}

// entry is a key of a mapping.
type entry struct {
	mapping *yaml.Node
	key     string
}

// Lost reports whether anything that is written in the file was not decoded.
func (d *Decoder) Lost() bool { return d.lost > 0 }

// Missed reports whether a mapping that was decoded says something of a key that
// was passed over: the key is given twice or without a value, or it is not there
// but an unknown one that is probably a slip for it.
func (d *Decoder) Missed(mapping *yaml.Node, key string) bool {
	return d.missed[entry{mapping, key}]
}

// Unread reports whether what stands under a key of a mapping that was decoded is
// more than what was read: something was passed over (see [Decoder.Missed]) or
// lost within its value.
func (d *Decoder) Unread(mapping *yaml.Node, key string) bool {
	return d.Missed(mapping, key) || d.partly[entry{mapping, key}]
}

// HasUnknown reports whether a mapping that was decoded has unknown keys.
func (d *Decoder) HasUnknown(mapping *yaml.Node) bool { return d.strange[mapping] }

// Fail reports a mistake at a node because of which what is written there is
// lost.
func (d *Decoder) Fail(n *yaml.Node, rule, hint, format string, args ...any) {
	d.lost++
	d.Complain(n, rule, hint, format, args...)
}

// Complain reports a mistake at a node because of which nothing is lost: its
// value is taken nevertheless, or there is none to take.
func (d *Decoder) Complain(n *yaml.Node, rule, hint, format string, args ...any) {
	d.report(n.Line, n.Column, rule, hint, format, args...)
	d.mark(n)
}

func (d *Decoder) report(line, column int, rule, hint, format string, args ...any) {
	d.Report(Problem{line, column, rule, fmt.Sprintf(format, args...), hint})
}

func (d *Decoder) mark(n *yaml.Node) {
	if d.Broken != nil {
		d.Broken(n.Line, n.Column)
	}
}

// WrongType reports that a node is not what it must be: "due must be a date such
// as 2026-01-31, not a list".
func (d *Decoder) WrongType(n *yaml.Node, what, want string) {
	d.Fail(n, RuleType, "", "%s must be %s, not %s", what, want, describe(n))
}

// DidYouMean makes a hint of the candidate that was most likely meant; it is
// empty where none is near.
func (d *Decoder) DidYouMean(got string, candidates []string) string {
	if s := d.Suggest(got, candidates); s != "" {
		return fmt.Sprintf("did you mean %q?", s)
	}
	return ""
}

// Field is a key that a mapping may have, and what decodes its value.
type Field struct {
	key      string
	required bool
	decode   func(v *yaml.Node)
}

// Required returns a field that must be there.
func Required(key string, decode func(v *yaml.Node)) Field { return Field{key, true, decode} }

// Optional returns a field that may be left out.
func Optional(key string, decode func(v *yaml.Node)) Field { return Field{key, false, decode} }

// Mapping decodes a mapping that has no other keys than those of the fields. It
// reports whether n is a mapping. One of which a part could not be read counts as
// broken: what seems to be missing in it may be what could not be read.
func (d *Decoder) Mapping(n *yaml.Node, what string, fields ...Field) bool {
	if n.Kind != yaml.MappingNode {
		d.WrongType(n, what, "a mapping (key: value)")
		return false
	}
	before := d.lost
	seen := make([]bool, len(fields))
	d.eachKey(n, "word",
		func(k *yaml.Node, first int) {
			d.Fail(k, RuleTwiceKey, "", "key %q is given twice, first in line %d", Clip(k.Value), first)
			set(&d.missed, entry{n, k.Value})
		},
		func(k, v *yaml.Node) {
			f := slices.IndexFunc(fields, func(f Field) bool { return f.key == k.Value })
			if f < 0 {
				d.unknownKey(n, k, what, fields)
				return
			}
			seen[f] = true
			lost := d.lost
			if isNull(v) {
				d.Fail(v, RuleType, "", "%s of %s has no value", k.Value, what)
				set(&d.missed, entry{n, k.Value})
				return
			}
			fields[f].decode(v)
			if d.lost > lost {
				set(&d.partly, entry{n, k.Value})
			}
		})
	for i, f := range fields {
		if f.required && !seen[i] && !d.Missed(n, f.key) {
			d.Fail(n, RuleMissingKey, "", "%s lacks %s", what, f.key)
		}
	}
	if d.lost > before {
		d.mark(n)
	}
	return true
}

// unknownKey reports an unknown key of a mapping and notes which key was probably
// meant.
func (d *Decoder) unknownKey(n, k *yaml.Node, what string, fields []Field) {
	keys := make([]string, len(fields))
	for i, f := range fields {
		keys[i] = f.key
	}
	hint := "known are " + strings.Join(keys, ", ")
	if near := d.Suggest(k.Value, keys); near != "" {
		hint = fmt.Sprintf("did you mean %q?", near)
		if Child(n, near) == nil {
			set(&d.missed, entry{n, near})
		}
	}
	d.Fail(k, RuleUnknownKey, hint, "unknown key %q in %s", Clip(k.Value), what)
	set(&d.strange, n)
}

// set adds a member to a set, which may be nil.
func set[T comparable](s *map[T]bool, member T) {
	if *s == nil {
		*s = map[T]bool{}
	}
	(*s)[member] = true
}

// Keys calls f for every key of a mapping whose keys are not fixed; of a key
// given twice the first counts. The caller has seen that n is a mapping.
func (d *Decoder) Keys(n *yaml.Node, what string, f func(k, v *yaml.Node)) {
	d.eachKey(n, "word", func(k *yaml.Node, first int) {
		d.Fail(k, RuleTwiceKey, "", "key %q is given twice in %s, first in line %d", Clip(k.Value), what, first)
	}, f)
}

// eachKey calls f for every key that is a scalar, once, and twice for one that
// stood before, with the line of the first. word is what a key must be.
func (d *Decoder) eachKey(n *yaml.Node, word string, twice func(k *yaml.Node, first int), f func(k, v *yaml.Node)) {
	const few = 32 // up to which a map costs more than it saves
	var lines map[string]int
	if len(n.Content) > 2*few {
		lines = make(map[string]int, len(n.Content)/2)
	}
	earlier := func(i int, key string) int {
		if lines != nil {
			return lines[key]
		}
		for j := 0; j < i; j += 2 {
			if o := n.Content[j]; o.Kind == yaml.ScalarNode && o.Value == key {
				return o.Line
			}
		}
		return 0
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, v := n.Content[i], n.Content[i+1]
		if k.Kind != yaml.ScalarNode {
			d.Fail(k, RuleType, "", "a key must be a %s, not %s", word, describe(k))
			continue
		}
		if first := earlier(i, k.Value); first > 0 {
			twice(k, first)
			continue
		}
		if lines != nil {
			lines[k.Value] = k.Line
		}
		f(k, v)
	}
}

// Child returns the value of a key, or nil where n has none or is no mapping. It
// reports nothing.
func Child(n *yaml.Node, key string) *yaml.Node {
	if n.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if k := n.Content[i]; k.Kind == yaml.ScalarNode && k.Value == key {
			return n.Content[i+1]
		}
	}
	return nil
}

// List decodes a sequence, calling item for every entry that has a value.
func (d *Decoder) List(n *yaml.Node, what string, item func(v *yaml.Node)) {
	if n.Kind != yaml.SequenceNode {
		d.WrongType(n, what, "a list")
		return
	}
	for _, v := range n.Content {
		if isNull(v) {
			d.Fail(v, RuleType, "", "an entry of %s has no value", what)
			continue
		}
		item(v)
	}
}

// String decodes a string, which may be empty. A number or a truth value is
// refused, since other programs that read YAML do not keep how it is written:
// 2026.10 becomes 2026.1.
func (d *Decoder) String(n *yaml.Node, what string) (string, bool) {
	if n.Kind != yaml.ScalarNode {
		d.WrongType(n, what, "a string")
		return "", false
	}
	switch n.Tag {
	default: // a date, or a tag, which was reported already
		return n.Value, true
	case "!!int", "!!float", "!!bool", "!!null":
	}
	d.Fail(n, RuleType, "write it in quotes: "+strconv.Quote(Clip(n.Value)),
		"%s must be a string, not %s", what, describe(n))
	return "", false
}

// OneOf decodes a string that must be one of a few. It returns "" where it is
// none of them.
func (d *Decoder) OneOf(n *yaml.Node, what string, allowed ...string) string {
	s, ok := d.String(n, what)
	if !ok {
		return ""
	}
	if slices.Contains(allowed, s) {
		return s
	}
	d.Fail(n, RuleValue, d.DidYouMean(s, allowed), "%s must be %s, not %q",
		what, orList(allowed), Clip(s))
	return ""
}

// Integer decodes a whole number.
func (d *Decoder) Integer(n *yaml.Node, what string) (int, bool) {
	if n.Kind == yaml.ScalarNode && n.Tag == "!!int" {
		if i, err := strconv.Atoi(n.Value); err == nil {
			return i, true
		}
	}
	d.WrongType(n, what, "a whole number")
	return 0, false
}

// Number decodes a number that is not infinite.
func (d *Decoder) Number(n *yaml.Node, what string) (float64, bool) {
	if IsNumber(n) {
		if f, err := strconv.ParseFloat(n.Value, 64); err == nil {
			return f, true
		}
	}
	d.WrongType(n, what, "a number")
	return 0, false
}

// IsNumber reports whether a node is a number.
func IsNumber(n *yaml.Node) bool {
	return n.Kind == yaml.ScalarNode && (n.Tag == "!!int" || n.Tag == "!!float")
}

// Boolean decodes a truth value; it is false where there is none.
func (d *Decoder) Boolean(n *yaml.Node, what string) bool {
	if n.Kind == yaml.ScalarNode && n.Tag == "!!bool" {
		switch n.Value {
		case "true", "True", "TRUE":
			return true
		case "false", "False", "FALSE":
			return false
		}
	}
	d.WrongType(n, what, "true or false")
	return false
}

// Date decodes a date, midnight UTC; it is zero where there is none.
func (d *Decoder) Date(n *yaml.Node, what string) time.Time {
	if n.Kind == yaml.ScalarNode && (n.Tag == "!!timestamp" || n.Tag == "!!str") {
		if t, err := time.Parse(time.DateOnly, n.Value); err == nil {
			return t
		}
	}
	d.WrongType(n, what, "a date such as 2026-01-31")
	return time.Time{}
}

// Text decodes a wording in one or more languages: a string in the decoder's
// language, or a mapping from languages to strings. It calls put for each
// wording that is not blank, in the order of the file, with the node that holds
// it.
func (d *Decoder) Text(n *yaml.Node, what string, put func(lang string, v *yaml.Node, wording string)) {
	switch n.Kind {
	case yaml.ScalarNode:
		if s, ok := d.String(n, what); ok {
			if isBlank(s) {
				d.Complain(n, RuleEmptyText, "", "%s is empty", what)
				return
			}
			put(d.Lang, n, s)
		}
	case yaml.MappingNode:
		if len(n.Content) == 0 {
			d.Complain(n, RuleEmptyText, "", "%s is empty", what)
			return
		}
		sound := true
		d.eachKey(n, "language",
			func(k *yaml.Node, _ int) {
				d.Fail(k, RuleTwiceKey, "", "language %q is given twice in %s", Clip(k.Value), what)
				sound = false
			},
			func(k, v *yaml.Node) {
				if s, ok := d.wording(k, v, what); ok {
					put(k.Value, v, s)
				} else {
					sound = false
				}
			})
		if !sound {
			// What follows from the mistake, such as that a translation is
			// missing, is not to be reported at the text's place again.
			d.mark(n)
		}
	default:
		d.WrongType(n, what, "a text: a string, or a mapping such as {ja: …, en: …}")
	}
}

// wording decodes the wording of a text in the language that k names.
func (d *Decoder) wording(k, v *yaml.Node, what string) (string, bool) {
	if d.Langs != nil && !slices.Contains(d.Langs, k.Value) {
		hint := d.DidYouMean(k.Value, d.Langs)
		if hint == "" {
			hint = "the " + d.Owner + "'s languages are " + strings.Join(d.Langs, ", ")
		}
		d.Complain(k, RuleLanguage, hint, "%q is not a language of the %s", Clip(k.Value), d.Owner)
		return "", false
	}
	if isNull(v) {
		d.Complain(v, RuleEmptyText, "", "%s is empty in %s", what, Clip(k.Value))
		return "", false
	}
	s, ok := d.String(v, what)
	if ok && isBlank(s) {
		d.Complain(v, RuleEmptyText, "", "%s is empty in %s", what, Clip(k.Value))
		ok = false
	}
	return s, ok
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
		return "the number " + Clip(n.Value)
	case "!!bool":
		return "the truth value " + Clip(n.Value)
	}
	return "the string " + strconv.Quote(Clip(n.Value))
}

// Clip shortens what is quoted in a message to 40 characters.
func Clip(s string) string {
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
