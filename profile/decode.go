package profile

import (
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"riskguide/catalog"
)

// The limits of a profile file. They are far above what people write and keep a
// hostile file from taking the machine's memory.
const (
	maxFileSize = 1 << 20 // bytes
	maxNesting  = 12      // levels; the form needs 6
	maxChain    = 10      // files that extend one another
)

// The names of the rules of the YAML form; they are those of package catalog.
const (
	ruleRead       = "read"
	ruleFileSize   = "file-size"
	ruleFileName   = "file-name"
	ruleEncoding   = "encoding"
	ruleCharacter  = "character"
	ruleSyntax     = "yaml-syntax"
	ruleAnchor     = "yaml-anchor"
	ruleTag        = "yaml-tag"
	ruleNesting    = "nesting"
	ruleUnknownKey = "unknown-key"
	ruleMissingKey = "missing-key"
	ruleTwiceKey   = "duplicate-key"
	ruleType       = "wrong-type"
	ruleValue      = "value"
	ruleEmptyText  = "empty-text"
	ruleIDForm     = "id-form"
	ruleCycle      = "cycle"
)

// decoder turns the nodes of one profile file into values. It is strict and goes
// on after a mistake, so that one run shows all of them.
type decoder struct {
	file     string
	lang     catalog.Lang   // of plain strings
	langs    []catalog.Lang // those that a text may have
	problems catalog.Problems
	// wordings holds the place of every wording, for later checks.
	wordings map[wordingKey]catalog.Position
}

// wordingKey identifies one wording of a text of the profile.
type wordingKey struct {
	text catalog.Position
	lang catalog.Lang
}

func (d *decoder) pos(n *yaml.Node) catalog.Position {
	return catalog.Position{File: d.file, Line: n.Line, Column: n.Column}
}

func (d *decoder) fail(n *yaml.Node, rule, hint, format string, args ...any) {
	d.problems = append(d.problems, catalog.Problem{Pos: d.pos(n), Level: catalog.LevelError,
		Rule: rule, Message: fmt.Sprintf(format, args...), Hint: hint})
}

// parse reads the one YAML document of a file and refuses what the form does not
// use: anchors, aliases, tags, deep nesting. It returns nil if the file cannot
// be decoded any further.
func (d *decoder) parse(data []byte) *yaml.Node {
	at := func(line, column int) *yaml.Node { return &yaml.Node{Line: line, Column: column} }
	if len(data) > maxFileSize {
		d.fail(at(1, 1), ruleFileSize, "", "the file has %d bytes; at most %d are read", len(data), maxFileSize)
		return nil
	}
	if i := invalidUTF8(data); i >= 0 {
		line := 1 + strings.Count(string(data[:i]), "\n")
		d.fail(at(line, 1+utf8.RuneCount(data[strings.LastIndexByte(string(data[:i]), '\n')+1:i])),
			ruleEncoding, "save the file as UTF-8", "the file is not UTF-8")
		return nil
	}
	dec := yaml.NewDecoder(strings.NewReader(string(data)))
	var doc, more yaml.Node
	if err := decodeNode(dec, &doc); err != nil {
		line, msg := syntaxError(err)
		if errors.Is(err, io.EOF) {
			msg = "the file is empty"
		}
		d.fail(at(line, 1), ruleSyntax, "", "%s", msg)
		return nil
	}
	if err := decodeNode(dec, &more); err == nil {
		d.fail(&more, ruleSyntax, "", "a second document begins here; a file holds one")
	} else if !errors.Is(err, io.EOF) {
		line, msg := syntaxError(err)
		d.fail(at(line, 1), ruleSyntax, "", "%s", msg)
	}
	if doc.Kind != yaml.DocumentNode || len(doc.Content) != 1 || isNull(doc.Content[0]) {
		d.fail(at(1, 1), ruleSyntax, "", "the file is empty")
		return nil
	}
	before := len(d.problems)
	d.refuse(doc.Content[0], 1)
	if len(d.problems) > before {
		return nil
	}
	return doc.Content[0]
}

// decodeNode parses one document. The parser is known to have panicked on odd
// input in some versions; input must never end the program.
func decodeNode(dec *yaml.Decoder, n *yaml.Node) (err error) {
	defer func() {
		if recover() != nil {
			err = errors.New("the file cannot be parsed")
		}
	}()
	return dec.Decode(n)
}

func invalidUTF8(data []byte) int {
	for i := 0; i < len(data); {
		r, n := utf8.DecodeRune(data[i:])
		if r == utf8.RuneError && n <= 1 {
			return i
		}
		i += n
	}
	return -1
}

var yamlLine = regexp.MustCompile(`^(?:yaml: )?(?:unmarshal errors:\s*)?line (\d+): `)

// syntaxError takes the line out of an error of the YAML library.
func syntaxError(err error) (line int, msg string) {
	var te *yaml.TypeError
	msg = err.Error()
	if errors.As(err, &te) && len(te.Errors) > 0 {
		msg = te.Errors[0]
	}
	if m := yamlLine.FindStringSubmatch(msg); m != nil {
		line, _ = strconv.Atoi(m[1])
		return line, msg[len(m[0]):]
	}
	return 1, strings.TrimPrefix(msg, "yaml: ")
}

// refuse reports what the form does not use.
func (d *decoder) refuse(n *yaml.Node, depth int) {
	switch {
	case depth > maxNesting:
		d.fail(n, ruleNesting, "", "values are nested more than %d levels deep", maxNesting)
		return
	case n.Kind == yaml.AliasNode || n.Anchor != "":
		d.fail(n, ruleAnchor, "write the value again, or use extends", "YAML anchors and aliases are not used here")
		return
	case n.Style&yaml.TaggedStyle != 0:
		d.fail(n, ruleTag, "", "the YAML tag %s is not used here", clip(n.Tag))
		return
	}
	if n.Kind == yaml.ScalarNode {
		for _, r := range n.Value {
			if r < ' ' && r != '\n' && r != '\t' || r >= 0x7f && r < 0xa0 || r == 0x2028 || r == 0x2029 || r == 0xfeff {
				d.fail(n, ruleCharacter, "", "the value holds the control character U+%04X", r)
				return
			}
		}
	}
	for _, c := range n.Content {
		d.refuse(c, depth+1)
	}
}

// fields maps the keys of a mapping to what decodes their values.
type fields map[string]func(v *yaml.Node)

// mapping decodes a mapping whose keys are those of order. Keys that end in "!"
// must be there. It reports whether n is a mapping.
func (d *decoder) mapping(n *yaml.Node, what string, order []string, fs fields) bool {
	if n.Kind != yaml.MappingNode {
		d.wrongType(n, what, "a mapping (key: value)")
		return false
	}
	known := make([]string, len(order))
	for i, k := range order {
		known[i] = strings.TrimSuffix(k, "!")
	}
	d.eachKey(n, what, func(k, v *yaml.Node) {
		decode, ok := fs[k.Value]
		if !ok {
			d.fail(k, ruleUnknownKey, suggest(k.Value, known, "known are "+strings.Join(known, ", ")),
				"unknown key %q in %s", clip(k.Value), what)
			return
		}
		if isNull(v) {
			d.fail(v, ruleType, "", "%s of %s has no value", k.Value, what)
			return
		}
		decode(v)
	})
	for i, k := range order {
		if known[i] != k && child(n, known[i]) == nil {
			d.fail(n, ruleMissingKey, "", "%s lacks %s", what, known[i])
		}
	}
	return true
}

// eachKey calls f for every key of a mapping that is a string, once.
func (d *decoder) eachKey(n *yaml.Node, what string, f func(k, v *yaml.Node)) {
	seen := map[string]int{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, v := n.Content[i], n.Content[i+1]
		if k.Kind != yaml.ScalarNode {
			d.fail(k, ruleType, "", "a key must be a word, not %s", describe(k))
			continue
		}
		if line := seen[k.Value]; line > 0 {
			d.fail(k, ruleTwiceKey, "", "key %q is given twice in %s, first in line %d", clip(k.Value), what, line)
			continue
		}
		seen[k.Value] = k.Line
		f(k, v)
	}
}

// child returns the value of a key, or nil.
func child(n *yaml.Node, key string) *yaml.Node {
	if n.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return n.Content[i+1]
		}
	}
	return nil
}

// list decodes a list, calling item for every entry.
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

// str decodes a string that is not empty.
func (d *decoder) str(n *yaml.Node, what string) (string, bool) {
	if n.Kind != yaml.ScalarNode {
		d.wrongType(n, what, "a string")
		return "", false
	}
	switch n.Tag {
	case "!!str", "!!timestamp", "!!merge":
		if strings.TrimSpace(n.Value) == "" {
			d.fail(n, ruleEmptyText, "", "%s is empty", what)
			return "", false
		}
		return n.Value, true
	}
	// Other programs that read YAML do not keep how a number is written.
	d.fail(n, ruleType, "write it in quotes: "+strconv.Quote(clip(n.Value)),
		"%s must be a string, not %s", what, describe(n))
	return "", false
}

// scalar decodes a value that may be a number, as it is written.
func (d *decoder) scalar(n *yaml.Node, what string) (string, bool) {
	if n.Kind == yaml.ScalarNode && (n.Tag == "!!int" || n.Tag == "!!float") {
		return n.Value, true
	}
	return d.str(n, what)
}

func (d *decoder) number(n *yaml.Node, what string) *float64 {
	if n.Kind == yaml.ScalarNode && (n.Tag == "!!int" || n.Tag == "!!float") {
		if f, err := strconv.ParseFloat(n.Value, 64); err == nil && f == f {
			return &f
		}
	}
	d.wrongType(n, what, "a number")
	return nil
}

func (d *decoder) boolean(n *yaml.Node, what string) bool {
	var b bool
	if n.Kind != yaml.ScalarNode || n.Tag != "!!bool" || n.Decode(&b) != nil {
		d.wrongType(n, what, "true or false")
	}
	return b
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

// obligation decodes "must", "should" or "may".
func (d *decoder) obligation(n *yaml.Node, what string) Obligation {
	s, ok := d.str(n, what)
	if !ok {
		return ""
	}
	ids := make([]string, 0, 3)
	for _, o := range ObligationIDs() {
		if string(o) == s {
			return o
		}
		ids = append(ids, string(o))
	}
	d.fail(n, ruleValue, suggest(s, ids, ""), "%s must be must, should or may, not %q", what, clip(s))
	return ""
}

// ref decodes an id.
func (d *decoder) ref(n *yaml.Node, what string) catalog.Ref {
	s, ok := d.str(n, what)
	if !ok {
		return catalog.Ref{}
	}
	return catalog.Ref{ID: s, Pos: d.pos(n)}
}

// refs decodes a list of ids, or one id.
func (d *decoder) refs(n *yaml.Node, what string) []catalog.Ref {
	if n.Kind == yaml.ScalarNode {
		if r := d.ref(n, what); r.ID != "" {
			return []catalog.Ref{r}
		}
		return nil
	}
	var out []catalog.Ref
	seen := map[string]int{}
	d.list(n, what, func(v *yaml.Node) {
		r := d.ref(v, "an entry of "+what)
		switch {
		case r.ID == "":
		case seen[r.ID] > 0:
			d.fail(v, ruleTwiceID, "", "%q stands twice in %s, first in line %d", clip(r.ID), what, seen[r.ID])
		default:
			seen[r.ID] = v.Line
			out = append(out, r)
		}
	})
	if n.Kind == yaml.SequenceNode && len(n.Content) == 0 {
		d.fail(n, ruleValue, "", "%s is an empty list", what)
	}
	return out
}

// text decodes a wording: a string in the profile's first language, or a mapping
// from languages to strings.
func (d *decoder) text(n *yaml.Node, what string) catalog.Text {
	t := catalog.Text{Pos: d.pos(n)}
	put := func(l catalog.Lang, v *yaml.Node, what string) {
		if s, ok := d.str(v, what); ok {
			if t.Values == nil {
				t.Values = map[catalog.Lang]string{}
			}
			t.Values[l] = strings.TrimRight(s, "\n")
			d.wordings[wordingKey{t.Pos, l}] = d.pos(v)
		}
	}
	switch n.Kind {
	case yaml.ScalarNode:
		put(d.lang, n, what)
	case yaml.MappingNode:
		if len(n.Content) == 0 {
			d.fail(n, ruleEmptyText, "", "%s is empty", what)
		}
		d.eachKey(n, what, func(k, v *yaml.Node) {
			for _, l := range d.langs {
				if string(l) == k.Value {
					if isNull(v) {
						d.fail(v, ruleEmptyText, "", "%s is empty in %s", what, l)
						return
					}
					put(l, v, what+" in "+string(l))
					return
				}
			}
			d.fail(k, ruleLanguage, "the profile's languages are "+listLangs(d.langs),
				"%q is not a language of the profile", clip(k.Value))
		})
	default:
		d.wrongType(n, what, "a text: a string, or a mapping such as {ja: …, en: …}")
	}
	return t
}

// suggest makes a hint of the nearest candidate, or returns the other hint.
func suggest(got string, known []string, otherwise string) string {
	if s := catalog.Suggest(got, known); s != "" {
		return fmt.Sprintf("did you mean %q?", s)
	}
	return otherwise
}

func isNull(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.Tag == "!!null" }

// describe says what a node is, for messages.
func describe(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "a mapping"
	case yaml.SequenceNode:
		return "a list"
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
	if r := []rune(s); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return s
}
