package profile

import (
	"strings"

	"riskguide/catalog"
)

// placeholder is a {name} in a text, at the bytes [start, end).
type placeholder struct {
	id         string
	start, end int
}

// placeholders finds the placeholders of a text: a name of small letters, digits
// and single hyphens, underscores or dots that begins with a letter, in braces.
// Anything else in braces is text.
func placeholders(s string) []placeholder {
	var out []placeholder
	for i := 0; i < len(s); {
		open := strings.IndexByte(s[i:], '{')
		if open < 0 {
			break
		}
		open += i
		n := nameLength(s[open+1:])
		end := open + 1 + n
		if n == 0 || end >= len(s) || s[end] != '}' {
			i = open + 1
			continue
		}
		out = append(out, placeholder{s[open+1 : end], open, end + 1})
		i = end + 1
	}
	return out
}

// nameLength returns how many bytes of s form the name of a parameter.
func nameLength(s string) int {
	n := 0
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9' && i > 0:
			n = i + 1
		case (c == '-' || c == '_' || c == '.') && n == i && i > 0:
			// Counts only if a letter or digit follows.
		default:
			return n
		}
	}
	return n
}

// fill replaces the placeholders that have a value.
func fill(s string, values map[string]string) string {
	if len(values) == 0 {
		return s
	}
	var b strings.Builder
	last := 0
	for _, p := range placeholders(s) {
		v, ok := values[p.id]
		if !ok {
			continue
		}
		b.WriteString(s[last:p.start])
		b.WriteString(v)
		last = p.end
	}
	if last == 0 {
		return s
	}
	b.WriteString(s[last:])
	return b.String()
}

// filling is what stands in the places of the parameters of a statement.
type filling struct {
	values map[string]catalog.Text // by parameter id
	langs  []catalog.Lang          // of the guide, for what has no wording in a language
}

// constant is a value that is the same in every language.
func constant(s string) catalog.Text { return catalog.NewText("", s) }

// in returns the values in a language.
func (f filling) in(l catalog.Lang) map[string]string {
	out := make(map[string]string, len(f.values))
	for id, t := range f.values {
		out[id], _ = t.In(l, f.langs...)
	}
	return out
}

// text fills every wording of a text.
func (f filling) text(t catalog.Text) catalog.Text {
	if len(f.values) == 0 || len(t.Values) == 0 {
		return t
	}
	out := catalog.Text{Pos: t.Pos, Values: make(map[catalog.Lang]string, len(t.Values))}
	for l, s := range t.Values {
		out.Values[l] = s
		if strings.IndexByte(s, '{') >= 0 {
			out.Values[l] = fill(s, f.in(l))
		}
	}
	return out
}

// usedIn returns the names of the placeholders that stand in any wording of the
// texts.
func usedIn(texts ...catalog.Text) map[string]bool {
	used := map[string]bool{}
	for _, t := range texts {
		for _, s := range t.Values {
			for _, p := range placeholders(s) {
				used[p.id] = true
			}
		}
	}
	return used
}

// FillPlaceholders puts values into a text: {name} becomes the value of name.
// Braces around anything but a name that has a value stay as they are.
func FillPlaceholders(s string, values map[string]string) string { return fill(s, values) }

// Placeholders returns the names of the placeholders of a text, in order.
func Placeholders(s string) []string {
	var out []string
	for _, p := range placeholders(s) {
		out = append(out, p.id)
	}
	return out
}
