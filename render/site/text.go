package site

import (
	"html/template"
	"strings"
	"unicode"

	"riskguide/catalog"
)

// fragment is a text marked up for a page.
type fragment struct {
	html template.HTML
	// foreign tells that the text is not in the page's language.
	foreign bool
}

// fragment marks a text up: ids become links, relative to base, and a text in
// another language is marked as such.
func (e *edition) fragment(t catalog.Text, base string) fragment {
	s, l := e.cat.Text(t, e.lang)
	return e.marked(s, l, base)
}

func (e *edition) marked(s string, l catalog.Lang, base string) fragment {
	if s == "" {
		return fragment{}
	}
	b := e.linked(make([]byte, 0, len(s)+len(s)/4), s, base)
	return e.foreign(b, l)
}

// foreign wraps marked-up text that is not in the page's language.
func (e *edition) foreign(b []byte, l catalog.Lang) fragment {
	if l == e.lang || l == "" {
		return fragment{html: template.HTML(b)}
	}
	out := make([]byte, 0, len(b)+96)
	out = append(out, `<span lang="`...)
	out = appendEscaped(out, string(l))
	out = append(out, `">`...)
	out = append(out, b...)
	out = append(out, `</span> <small class="untranslated">`...)
	out = appendEscaped(out, e.words.Get("untranslated-mark"))
	out = append(out, `</small>`...)
	return fragment{html: template.HTML(out), foreign: true}
}

// statement marks up the wording of a control; its parameters, {days} in the
// catalog, show their default value or their label.
func (e *edition) statement(c *catalog.Control, t catalog.Text, base string) fragment {
	s, l := e.cat.Text(t, e.lang)
	return e.statementText(c, s, l, base)
}

// plainStatement is a control's statement without markup and without a sign of its
// language, with the values of its parameters.
func (e *edition) plainStatement(c *catalog.Control) string {
	s, _ := e.cat.Text(c.Wording(), e.lang)
	return untagged(e.statementText(c, s, e.lang, "").html)
}

func (e *edition) statementText(c *catalog.Control, s string, l catalog.Lang, base string) fragment {
	if len(c.Parameters) == 0 || !strings.Contains(s, "{") {
		return e.marked(s, l, base)
	}
	var b []byte
	for s != "" {
		i := strings.IndexByte(s, '{')
		if i < 0 {
			break
		}
		param, rest := parameterAt(c, s[i:])
		if param == nil {
			b = e.linked(b, s[:i+1], base)
			s = s[i+1:]
			continue
		}
		b = e.linked(b, s[:i], base)
		label, _ := e.cat.Text(param.Label, e.lang)
		b = append(b, `<span class="param"`...)
		if label != "" {
			b = append(b, ` title="`...)
			b = append(b, template.HTMLEscapeString(label)...)
			b = append(b, '"')
		}
		b = append(b, '>')
		if param.Default != "" {
			b = appendEscaped(b, param.Default)
		} else if label == "" && len(param.Choices) > 0 {
			b = e.choices(b, c, param, l, base)
		} else {
			b = appendEscaped(b, strings.ReplaceAll(e.words.Get("parameter-open"), "{label}", label))
		}
		b = append(b, `</span>`...)
		s = rest
	}
	b = e.linked(b, s, base)
	return e.foreign(b, l)
}

// choices appends the choices of a parameter without a value, in brackets, with the
// parameters that stand in them. A parameter that stands in its own choices is
// refused when the guide is loaded.
func (e *edition) choices(b []byte, c *catalog.Control, param *catalog.Parameter, l catalog.Lang, base string) []byte {
	b = append(b, '[')
	for i, t := range param.Choices {
		if i > 0 {
			b = append(b, " / "...)
		}
		s, _ := e.cat.Text(t, l)
		b = append(b, e.statementText(c, s, e.lang, base).html...)
	}
	return append(b, ']')
}

// parameterAt returns the parameter whose place s begins with, and what follows.
func parameterAt(c *catalog.Control, s string) (*catalog.Parameter, string) {
	for _, p := range c.Parameters {
		if rest, ok := strings.CutPrefix(s, "{"+p.ID+"}"); ok {
			return p, rest
		}
	}
	return nil, s
}

// measureText is the wording of a measure, or what is said where the source
// lacks it.
func (e *edition) measureText(m *catalog.Measure, base string) fragment {
	if m.Text.IsZero() {
		return fragment{html: e.gap(catalog.GapMeasure)}
	}
	return e.fragment(m.Text, base)
}

// gap says that the source lacks a cell.
func (e *edition) gap(g catalog.Gap) template.HTML {
	return `<em class="gap">` + template.HTML(template.HTMLEscapeString(e.words.Get("gap-"+string(g)))) + `</em>`
}

// linked appends s, escaped, with every id that the site has a page for, and
// every reference in brackets, made a link. An id is found where it stands alone:
// between characters that are neither ASCII letters nor digits.
func (e *edition) linked(dst []byte, s, base string) []byte {
	done := 0 // s[:done] is written
	for i := 0; i < len(s); {
		c := s[i]
		switch {
		case c == '[':
			if j := strings.IndexByte(s[i:], ']'); j > 0 {
				if to, ok := e.refs[s[i:i+j+1]]; ok {
					dst = appendEscaped(dst, s[done:i])
					dst = appendLink(dst, base+to, "ref", s[i:i+j+1])
					i += j + 1
					done = i
					continue
				}
			}
			i++
		case isAlnum(c):
			j := i + 1
			for j < len(s) && (isAlnum(s[j]) || (s[j] == '.' || s[j] == '-') && j+1 < len(s) && isAlnum(s[j+1])) {
				j++
			}
			if k := j; k < len(s) && s[k] == '(' { // a printed number such as "AC-2(1)"
				for k++; k < len(s) && s[k] >= '0' && s[k] <= '9'; k++ {
				}
				if k < len(s) && s[k] == ')' && e.ids[s[i:k+1]] != "" {
					j = k + 1
				}
			}
			if word := s[i:j]; len(word) < 16 && (c <= '9' || c <= 'Z') {
				if to, ok := e.ids[word]; ok {
					dst = appendEscaped(dst, s[done:i])
					dst = appendLink(dst, base+to, "id", word)
					done = j
				}
			}
			i = j
		default:
			i++
		}
	}
	return appendEscaped(dst, s[done:])
}

func isAlnum(c byte) bool {
	return '0' <= c && c <= '9' || 'A' <= c && c <= 'Z' || 'a' <= c && c <= 'z'
}

func isWordRune(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) }

// appendLink appends a link; href holds only the characters of ids and names.
func appendLink(dst []byte, href, class, label string) []byte {
	dst = append(dst, `<a class="`...)
	dst = append(dst, class...)
	dst = append(dst, `" href="`...)
	dst = appendEscaped(dst, href)
	dst = append(dst, `">`...)
	dst = appendEscaped(dst, label)
	return append(dst, `</a>`...)
}

// linkTo makes a marked-up label a link; links within it are dropped. href holds
// only the characters of ids and names.
func linkTo(href string, label template.HTML) template.HTML {
	return `<a href="` + template.HTML(href) + `">` + plainLinks(label) + `</a>`
}

// appendEscaped appends s as HTML text; a line break in s stays one.
func appendEscaped(dst []byte, s string) []byte {
	last := 0
	for i := 0; i < len(s); i++ {
		var r string
		switch s[i] {
		case '&':
			r = "&amp;"
		case '<':
			r = "&lt;"
		case '>':
			r = "&gt;"
		case '"':
			r = "&#34;"
		case '\n':
			r = "<br>"
		default:
			continue
		}
		dst = append(dst, s[last:i]...)
		dst = append(dst, r...)
		last = i + 1
	}
	return append(dst, s[last:]...)
}

// anchor makes an id attribute of a name: letters and digits of any script stay,
// everything else becomes one hyphen.
func anchor(name string) string {
	var b strings.Builder
	gap := false
	for _, r := range strings.TrimSpace(name) {
		if isWordRune(r) {
			if gap && b.Len() > 0 {
				b.WriteByte('-')
			}
			b.WriteRune(r)
			gap = false
		} else {
			gap = true
		}
	}
	if b.Len() == 0 {
		return "x"
	}
	return b.String()
}
