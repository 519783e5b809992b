package yamledit

import (
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"riskguide/catalog/strictyaml"
)

// inline writes a scalar, or a collection in brackets. indent is that of the line
// with the key.
func inline(n *yaml.Node, indent int, flow bool) string {
	if n.Kind == yaml.ScalarNode {
		return strictyaml.Scalar(n.Value, indent, flow)
	}
	parts := make([]string, 0, len(n.Content))
	if n.Kind == yaml.SequenceNode {
		for _, c := range n.Content {
			parts = append(parts, inline(c, indent, true))
		}
		return "[" + strings.Join(parts, ", ") + "]"
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		parts = append(parts, inline(n.Content[i], indent, true)+": "+inline(n.Content[i+1], indent, true))
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

func spaces(n int) string { return strings.Repeat(" ", max(n, 0)) }

// isInline reports whether a value to be written stands behind its key.
func isInline(n *yaml.Node) bool {
	return n.Kind == yaml.ScalarNode || isFlow(n) || len(n.Content) == 0
}

// block writes a collection in lines of their own, without the indentation of the
// first and without the last line break.
func (f *File) block(n *yaml.Node, indent int) string {
	var lines []string
	if n.Kind == yaml.SequenceNode {
		for _, c := range n.Content {
			if isInline(c) {
				lines = append(lines, "- "+inline(c, indent, false))
			} else {
				lines = append(lines, "- "+f.block(c, indent+2))
			}
		}
	} else {
		for i := 0; i+1 < len(n.Content); i += 2 {
			lines = append(lines, f.entry(n.Content[i].Value, n.Content[i+1], indent))
		}
	}
	return strings.Join(lines, "\n"+spaces(indent))
}

// entry writes a key with its value; see block.
func (f *File) entry(key string, v *yaml.Node, indent int) string {
	key = strictyaml.Scalar(key, indent, false) + ":"
	if isInline(v) {
		return key + " " + inline(v, indent, false)
	}
	in := indent + f.step
	if v.Kind == yaml.SequenceNode {
		in = indent + f.dash
	}
	return key + "\n" + spaces(in) + f.block(v, in)
}

// restyle writes a string in the style of the scalar that it replaces. ok is false
// where that style cannot hold it.
func (f *File) restyle(n *yaml.Node, s string, from, to int) (text string, ok bool) {
	flow := f.at[n].flow
	odd := strings.ContainsFunc(s, func(r rune) bool { return r == '\t' || strictyaml.Forbidden(r) })
	width, in := f.wrapped(from, to)
	switch {
	case n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0:
		header, _, indent := f.blockLines(n)
		if indent == 0 {
			indent = f.parentIndent(n) + f.step
			if indent <= 0 {
				indent = f.step
			}
		}
		lines := strings.Split(strings.TrimRight(s, "\n"), "\n")
		if odd || s == "" || strings.HasPrefix(s, " ") || strings.HasPrefix(s, "\n") {
			return "", false
		}
		var out []string
		for i, l := range lines {
			if n.Style&yaml.FoldedStyle != 0 {
				if strings.HasPrefix(l, " ") {
					return "", false
				}
				if i > 0 && l != "" {
					out = append(out, "") // a line break of the text
				}
				out = append(out, wrap(l, width-indent, width-indent)...)
				continue
			}
			out = append(out, l)
		}
		mark := header[:1]
		switch len(s) - len(strings.TrimRight(s, "\n")) {
		case 0:
			mark += "-"
		case 1:
		default:
			return "", false
		}
		var b strings.Builder
		b.WriteString(mark)
		for _, l := range out {
			b.WriteByte('\n')
			if l != "" {
				b.WriteString(spaces(indent) + l)
			}
		}
		return b.String(), true
	case n.Style&yaml.DoubleQuotedStyle != 0:
		text = strictyaml.Quoted(s)
	case n.Style&yaml.SingleQuotedStyle != 0:
		if odd || strings.Contains(s, "\n") {
			return "", false
		}
		text = "'" + strings.ReplaceAll(s, "'", "''") + "'"
	default:
		indent := max(f.parentIndent(n), 0)
		text = strictyaml.Scalar(s, indent, flow)
		if strings.Contains(text, "\n") {
			return text, true
		}
	}
	if width > 0 {
		lines := wrap(text, width-utf8.RuneCount(f.data[f.lineStart(from):from]), width-in)
		text = strings.Join(lines, "\n"+spaces(in))
	}
	return text, true
}

// wrapped returns the width to which a value that takes several lines was wrapped,
// and the indentation of its further lines; zeros for a value on one line.
func (f *File) wrapped(from, to int) (width, indent int) {
	lines := strings.Split(string(f.data[f.lineStart(from):to]), "\n")
	if len(lines) < 2 {
		return 0, 0
	}
	for _, l := range lines {
		width = max(width, utf8.RuneCountInString(strings.TrimRight(l, "\r")))
	}
	last := lines[len(lines)-1]
	return width, len(last) - len(strings.TrimLeft(last, " "))
}

// wrap breaks a line at single spaces, the first part within first characters and
// the others within rest, where there is such a space.
func wrap(s string, first, rest int) []string {
	var out []string
	width := first
	for {
		if utf8.RuneCountInString(s) <= width {
			return append(out, s)
		}
		at, n := -1, 0
		for i, r := range s {
			if n > width && at > 0 {
				break
			}
			// A break is one space between two words; a # or a dash must not
			// come to begin a line, where it could mean something else.
			if r == ' ' && i > 0 && s[i-1] != ' ' && s[i-1] != '\\' && i+1 < len(s) && strings.IndexByte(" #-?:|>%@", s[i+1]) < 0 {
				at = i
			}
			n++
		}
		if at < 0 {
			return append(out, s)
		}
		out = append(out, s[:at])
		s, width = s[at+1:], rest
	}
}
