package profile

import (
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"

	"riskguide/catalog"
	"riskguide/catalog/strictyaml"
)

// The limits of a profile file. They are far above what people write and keep a
// hostile file from taking the machine's memory.
const (
	maxFileSize = 1 << 20 // bytes
	maxNesting  = 12      // levels; the form needs 6
	maxChain    = 10      // files that extend one another
)

// The names of the rules of the form that are not those of package strictyaml;
// they are those of package catalog.
const (
	ruleRead     = "read"
	ruleFileName = "file-name"
	ruleIDForm   = "id-form"
	ruleCycle    = "cycle"
)

// decoder turns the nodes of one profile file into values.
type decoder struct {
	strictyaml.Decoder
	file     string
	problems catalog.Problems
	// wordings holds the place of every wording, for later checks.
	wordings map[wordingKey]catalog.Position
	// faulty holds the places of texts that were not read whole.
	faulty map[catalog.Position]bool
}

// wordingKey identifies one wording of a text of the profile.
type wordingKey struct {
	text catalog.Position
	lang catalog.Lang
}

// newDecoder returns a decoder of a file under the name that positions have.
func newDecoder(file string) *decoder {
	d := &decoder{file: file, wordings: map[wordingKey]catalog.Position{}, faulty: map[catalog.Position]bool{}}
	d.Owner = "profile"
	d.MaxNesting = maxNesting
	d.AnchorHint = "write the value again, or use extends"
	d.Suggest = catalog.Suggest
	d.Report = func(p strictyaml.Problem) {
		d.problems = append(d.problems, catalog.Problem{Pos: catalog.Position{File: file, Line: p.Line, Column: p.Column},
			Level: catalog.LevelError, Rule: p.Rule, Message: p.Message, Hint: p.Hint})
	}
	return d
}

func (d *decoder) pos(n *yaml.Node) catalog.Position {
	return catalog.Position{File: d.file, Line: n.Line, Column: n.Column}
}

// keySet is a set of keys of a mapping.
type keySet map[string]bool

// unread returns those of the keys of which the mapping may say more than what
// was read, nil where there are none.
func (d *decoder) unread(n *yaml.Node, keys ...string) keySet {
	var out keySet
	for _, k := range keys {
		if d.Unread(n, k) {
			if out == nil {
				out = keySet{}
			}
			out[k] = true
		}
	}
	return out
}

// str decodes a string that is not empty.
func (d *decoder) str(n *yaml.Node, what string) (string, bool) {
	s, ok := d.String(n, what)
	if !ok {
		return "", false
	}
	if strings.TrimSpace(s) == "" {
		d.Fail(n, strictyaml.RuleEmptyText, "", "%s is empty", what)
		return "", false
	}
	d.checkCharacters(n)
	return s, true
}

// checkCharacters reports a character that stands in a value as an escape.
func (d *decoder) checkCharacters(n *yaml.Node) {
	for _, r := range n.Value {
		if strictyaml.Forbidden(r) {
			d.Complain(n, strictyaml.RuleCharacter, "", "the value holds the control character %U", r)
			return
		}
	}
}

// scalar decodes a value that may be a number, as it is written.
func (d *decoder) scalar(n *yaml.Node, what string) (string, bool) {
	if strictyaml.IsNumber(n) {
		return n.Value, true
	}
	return d.str(n, what)
}

func (d *decoder) number(n *yaml.Node, what string) *float64 {
	f, ok := d.Number(n, what)
	if !ok {
		return nil
	}
	return &f
}

// obligation decodes "must", "should" or "may".
func (d *decoder) obligation(n *yaml.Node, what string) Obligation {
	return Obligation(d.OneOf(n, what, string(Must), string(Should), string(May)))
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
	d.List(n, what, func(v *yaml.Node) {
		r := d.ref(v, "an entry of "+what)
		switch {
		case r.ID == "":
		case seen[r.ID] > 0:
			d.Complain(v, ruleTwiceID, "", "%q stands twice in %s, first in line %d", strictyaml.Clip(r.ID), what, seen[r.ID])
		default:
			seen[r.ID] = v.Line
			out = append(out, r)
		}
	})
	d.notEmpty(n, what)
	return out
}

// notEmpty reports an empty list.
func (d *decoder) notEmpty(n *yaml.Node, what string) {
	if n.Kind == yaml.SequenceNode && len(n.Content) == 0 {
		d.Fail(n, strictyaml.RuleValue, "", "%s is an empty list", what)
	}
}

// text decodes a wording: a string in the profile's first language, or a mapping
// from languages to strings.
func (d *decoder) text(n *yaml.Node, what string) catalog.Text {
	t := catalog.Text{Pos: d.pos(n)}
	before := len(d.problems)
	d.Text(n, what, func(lang string, v *yaml.Node, wording string) {
		if t.Values == nil {
			t.Values = map[catalog.Lang]string{}
		}
		d.checkCharacters(v)
		t.Values[catalog.Lang(lang)] = strings.TrimRight(wording, "\n")
		d.wordings[wordingKey{t.Pos, catalog.Lang(lang)}] = d.pos(v)
	})
	if len(d.problems) > before {
		d.faulty[t.Pos] = true
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
