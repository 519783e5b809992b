package catalog

import (
	"strings"

	"go.yaml.in/yaml/v3"

	"riskguide/catalog/strictyaml"
)

// decoder turns the nodes of one file into parts of a [Source].
type decoder struct {
	strictyaml.Decoder
	file string
	// lang is the language of a text that is a plain string; langs are those
	// that a text may have, nil where the guide's own list could not be read.
	lang     Lang
	langs    []Lang
	problems Problems
	// broken holds the places about which a problem was reported, so that a
	// later check does not report what follows from it.
	broken map[Position]bool
	// lossy lists the kinds of things of a risk file that were not all read.
	lossy []kind
}

// newDecoder returns a decoder of a file under the name that positions have.
func newDecoder(file string, lang Lang, langs []Lang) *decoder {
	d := &decoder{file: file, broken: map[Position]bool{}}
	d.Owner = "guide"
	d.MaxNesting = maxNesting
	d.AnchorHint = "write a text once and cite its id"
	d.Suggest = Suggest
	d.Report = func(p strictyaml.Problem) {
		d.problems.add(LevelError, Position{File: file, Line: p.Line, Column: p.Column}, p.Rule, p.Hint, "%s", p.Message)
	}
	d.Broken = func(line, column int) { d.broken[Position{File: file, Line: line, Column: column}] = true }
	d.setLanguages(lang, langs)
	return d
}

// setLanguages sets the languages that texts may have.
func (d *decoder) setLanguages(lang Lang, langs []Lang) {
	d.lang, d.langs = lang, langs
	d.Lang, d.Langs = string(lang), nil
	for _, l := range langs {
		d.Langs = append(d.Langs, string(l))
	}
}

func (d *decoder) pos(n *yaml.Node) Position {
	return Position{File: d.file, Line: n.Line, Column: n.Column}
}

// ref decodes an id that is cited.
func (d *decoder) ref(n *yaml.Node, what string) Ref {
	s, ok := d.String(n, what)
	if !ok {
		return Ref{}
	}
	if s == "" {
		d.Fail(n, ruleReference, "", "%s is empty", what)
		return Ref{}
	}
	return Ref{ID: s, Pos: d.pos(n)}
}

// refs decodes a list of ids that are cited.
func (d *decoder) refs(n *yaml.Node, what, entry string) []Ref {
	var out []Ref
	d.List(n, what, func(v *yaml.Node) {
		if r := d.ref(v, entry); r.ID != "" {
			out = append(out, r)
		}
	})
	return out
}

// text decodes a wording.
func (d *decoder) text(n *yaml.Node, what string) Text {
	t := Text{Pos: d.pos(n)}
	d.Text(n, what, func(lang string, _ *yaml.Node, wording string) {
		if t.Values == nil {
			t.Values = make(map[Lang]string, max(1, len(n.Content)/2))
		}
		t.Values[Lang(lang)] = wording
	})
	return t
}

// isBlank reports whether s is nothing but white space, the ideographic space
// included.
func isBlank(s string) bool { return strings.TrimSpace(s) == "" }

// clip shortens what is quoted in a message.
func clip(s string) string { return strictyaml.Clip(s) }
