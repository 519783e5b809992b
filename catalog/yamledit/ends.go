package yamledit

import (
	"bytes"
	"errors"
	"strings"

	"go.yaml.in/yaml/v3"
)

// errEnd tells that a value's end was not found.
var errEnd = errors.New("the end of the value cannot be told")

// isFlow reports whether a collection is written in brackets.
func isFlow(n *yaml.Node) bool { return n.Style&yaml.FlowStyle != 0 }

// isBlockCollection reports whether a value stands in lines of its own.
func isBlockCollection(n *yaml.Node) bool { return n.Kind != yaml.ScalarNode && !isFlow(n) }

// end is the offset behind the last byte of a node. A block scalar ends with its
// last line, without that line's break.
func (f *File) end(n *yaml.Node) (int, error) {
	switch {
	case n.Kind == yaml.ScalarNode:
		return f.scalarEnd(n)
	case n.Kind == yaml.AliasNode:
		return 0, f.errAt(n, errEnd)
	case !isFlow(n):
		if len(n.Content) == 0 {
			return 0, f.errAt(n, errEnd)
		}
		return f.end(n.Content[len(n.Content)-1])
	}
	i := f.offset(n)
	if i < 0 || i >= len(f.data) || f.data[i] != '[' && f.data[i] != '{' {
		return 0, f.errAt(n, errEnd)
	}
	i++
	if len(n.Content) > 0 {
		var err error
		if i, err = f.end(n.Content[len(n.Content)-1]); err != nil {
			return 0, err
		}
	}
	i = f.skip(i)
	if i < len(f.data) && f.data[i] == ',' {
		i = f.skip(i + 1)
	}
	if i >= len(f.data) || f.data[i] != ']' && f.data[i] != '}' {
		return 0, f.errAt(n, errEnd)
	}
	return i + 1, nil
}

// skip passes over white space, line breaks and comments.
func (f *File) skip(i int) int {
	for i < len(f.data) {
		switch c := f.data[i]; {
		case c == ' ' || c == '\t' || c == '\n' || c == '\r':
			i++
		case c == '#' && (i == 0 || strings.IndexByte(" \t\n", f.data[i-1]) >= 0):
			i = f.lineEnd(i)
		default:
			return i
		}
	}
	return i
}

func (f *File) scalarEnd(n *yaml.Node) (int, error) {
	i := f.offset(n)
	if i < 0 {
		return 0, f.errAt(n, errEnd)
	}
	switch {
	case n.Style&yaml.DoubleQuotedStyle != 0:
		if i < len(f.data) && f.data[i] == '"' {
			for i++; i < len(f.data); i++ {
				switch f.data[i] {
				case '\\':
					i++
				case '"':
					return i + 1, nil
				}
			}
		}
	case n.Style&yaml.SingleQuotedStyle != 0:
		if i < len(f.data) && f.data[i] == '\'' {
			for i++; i < len(f.data); i++ {
				if f.data[i] != '\'' {
					continue
				}
				if i+1 < len(f.data) && f.data[i+1] == '\'' {
					i++
					continue
				}
				return i + 1, nil
			}
		}
	case n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0:
		_, end, _ := f.blockLines(n)
		return end, nil
	default:
		return f.plainEnd(n, i)
	}
	return 0, f.errAt(n, errEnd)
}

// blockLines returns the header of a block scalar ("|-"), where its last line
// ends, and the number of spaces before its content, 0 where it is empty.
func (f *File) blockLines(n *yaml.Node) (header string, end, indent int) {
	i := f.offset(n)
	header = string(bytes.TrimRight(f.data[i:f.lineEnd(i)], " \t"))
	if j := strings.Index(header, " "); j >= 0 { // a comment
		header = header[:j]
	}
	around := f.parentIndent(n)
	end = f.lineEnd(i)
	for _, c := range header {
		if c >= '1' && c <= '9' {
			indent = max(around, 0) + int(c-'0')
		}
	}
	keep := strings.Contains(header, "+")
	for i = f.nextLine(i); i < len(f.data); i = f.nextLine(i) {
		e := f.lineEnd(i)
		line := f.data[i:e]
		spaces := len(line) - len(bytes.TrimLeft(line, " "))
		if spaces == len(line) && (indent == 0 || spaces <= indent) {
			if keep {
				end = e
			}
			continue
		}
		if indent == 0 {
			if spaces <= around {
				break
			}
			indent = spaces
		}
		if spaces < indent {
			break
		}
		end = e
	}
	return header, end, indent
}

// parentIndent is the number of spaces before the keys or dashes of the block
// collection around a node, -1 at the root.
func (f *File) parentIndent(n *yaml.Node) int {
	c := f.at[n]
	if c.parent == nil {
		return -1
	}
	return c.parent.Column - 1
}

// plainEnd finds the end of a plain scalar, which may go on over lines: it is where
// what was read says what the node says.
func (f *File) plainEnd(n *yaml.Node, i int) (int, error) {
	flow := f.at[n].flow
	got := ""
	for i <= len(f.data) {
		stop, more := f.plainSegment(i, flow)
		text := strings.TrimRight(string(f.data[i:stop]), " \t")
		got += text
		if got == n.Value {
			return i + len(text), nil
		}
		if !more || len(got) > len(n.Value) {
			break
		}
		breaks := 0
		for i = stop; i < len(f.data) && strings.IndexByte(" \t\r\n", f.data[i]) >= 0; i++ {
			if f.data[i] == '\n' {
				breaks++
			}
		}
		if breaks == 1 {
			got += " "
		} else {
			got += strings.Repeat("\n", max(breaks-1, 0))
		}
		if i >= len(f.data) {
			break
		}
	}
	return 0, f.errAt(n, errEnd)
}

// plainSegment returns where what belongs to a plain scalar ends at the latest on
// its line, and whether the line ends there.
func (f *File) plainSegment(i int, flow bool) (stop int, lineEnds bool) {
	e := f.lineEnd(i)
	for j := i; j < e; j++ {
		c := f.data[j]
		next := byte('\n')
		if j+1 < e {
			next = f.data[j+1]
		}
		switch {
		case c == '#' && j > i && (f.data[j-1] == ' ' || f.data[j-1] == '\t'):
			return j, false
		case c == ':' && (next == ' ' || next == '\t' || next == '\n' || flow && strings.IndexByte(",[]{}", next) >= 0):
			return j, false
		case flow && strings.IndexByte(",[]{}", c) >= 0:
			return j, false
		}
	}
	return e, true
}

// dashOf is the offset of the dash before an item of a block list.
func (f *File) dashOf(seq *yaml.Node, i int) (int, error) {
	item := seq.Content[i]
	for line := item.Line; line >= seq.Line; line-- {
		d := f.place(line, seq.Column)
		if d < len(f.data) && d >= f.lines[line-1] && f.data[d] == '-' &&
			(d+1 == len(f.data) || strings.IndexByte(" \t\r\n", f.data[d+1]) >= 0) &&
			len(bytes.Trim(f.data[f.lines[line-1]:d], " -")) == 0 {
			return d, nil
		}
		if line == item.Line {
			continue
		}
	}
	return 0, f.errAt(item, errEnd)
}
