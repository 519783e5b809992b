package document

import (
	"bytes"
	"strconv"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	east "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"

	"riskguide/catalog"
)

// MarkdownOptions says what [Document.Markdown] makes of what Markdown leaves
// open.
type MarkdownOptions struct {
	// Pos is where the text begins in its file, for reports.
	Pos catalog.Position
	// HeadingBase is added to the level of headings; those that come out
	// above level 1 stand at level 1.
	HeadingBase int
	// NotInContents keeps the headings out of the contents.
	NotInContents bool
	// Directive is called for a paragraph {{name}} and adds what stands for
	// it; it returns false for a name it does not know, which is then text.
	Directive func(name string) bool
	// Link turns the destination of a link into that of a [Span]; nil keeps
	// addresses with a scheme and drops the others.
	Link func(destination string) string
	// Continued is the mark of [Table].
	Continued string
}

// parseMarkdown is the parser of CommonMark with tables. It has no state.
var parseMarkdown = sync.OnceValue(func() parser.Parser {
	return goldmark.New(goldmark.WithExtensions(extension.Table)).Parser()
})

// Markdown adds what a text in Markdown (CommonMark with tables) says: headings,
// paragraphs, lists, quotations, tables, code, and emphasis, links and code
// within text. HTML in it is left out, except for <br>.
func (d *Document) Markdown(src string, opts MarkdownOptions) {
	source := []byte(src)
	m := &markdown{doc: d, opts: opts, source: source}
	root := parseMarkdown().Parse(text.NewReader(source))
	m.blocks(root, 0)
}

type markdown struct {
	doc    *Document
	opts   MarkdownOptions
	source []byte
	// offset and line are the place up to which lines are counted.
	offset, line int
}

// pos returns the place of a byte of the source.
func (m *markdown) pos(offset int) catalog.Position {
	p := m.opts.Pos
	if p.Line == 0 {
		return p
	}
	if offset < m.offset {
		m.offset, m.line = 0, 0
	}
	m.line += bytes.Count(m.source[m.offset:offset], []byte{'\n'})
	m.offset = offset
	p.Line += m.line
	p.Column = utf8.RuneCount(m.source[bytes.LastIndexByte(m.source[:offset], '\n')+1:offset]) + 1
	return p
}

// blocks adds the blocks below n, at a depth of lists and quotations.
func (m *markdown) blocks(n ast.Node, depth int) {
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		m.block(c, depth)
	}
}

func (m *markdown) block(n ast.Node, depth int) {
	d := m.doc
	switch n := n.(type) {
	case *ast.Heading:
		level := max(1, n.Level+m.opts.HeadingBase)
		d.Heading(level, m.inline(n).Text(), HeadingOptions{NotInContents: m.opts.NotInContents})
	case *ast.Paragraph, *ast.TextBlock:
		in := m.inline(n)
		if name, ok := directive(in); ok && m.opts.Directive != nil && m.opts.Directive(name) {
			return
		}
		d.add(&paragraph{text: in, style: bodyStyle, indent: float32(depth) * 5 * mm, above: 3 * mm})
	case *ast.List:
		m.list(n, depth)
	case *ast.Blockquote:
		before := len(d.blocks)
		m.blocks(n, depth+1)
		for _, b := range d.blocks[before:] {
			if p, ok := b.(*paragraph); ok {
				p.quote = true
			}
		}
	case *ast.ThematicBreak:
		d.RuleLine()
	case *ast.CodeBlock:
		m.code(n, depth)
	case *ast.FencedCodeBlock:
		m.code(n, depth)
	case *east.Table:
		m.table(n)
	case *ast.HTMLBlock:
	default:
		m.blocks(n, depth)
	}
}

// directive returns the name in a paragraph {{name}}.
func directive(in Inline) (string, bool) {
	s := strings.TrimSpace(in.Text())
	if inner, ok := strings.CutPrefix(s, "{{"); ok {
		if name, ok := strings.CutSuffix(inner, "}}"); ok {
			return strings.TrimSpace(name), true
		}
	}
	return "", false
}

func (m *markdown) list(l *ast.List, depth int) {
	number := l.Start
	first := true
	for it := l.FirstChild(); it != nil; it = it.NextSibling() {
		marker := "・"
		if l.IsOrdered() {
			marker = strconv.Itoa(number) + "."
			number++
		}
		for c := it.FirstChild(); c != nil; c = c.NextSibling() {
			switch c.(type) {
			case *ast.Paragraph, *ast.TextBlock:
				if marker != "" {
					m.doc.item(m.inline(c), marker, depth, first)
					marker, first = "", false
					continue
				}
			}
			m.block(c, depth+1)
		}
	}
}

func (m *markdown) code(n ast.Node, depth int) {
	st := bodyStyle
	st.Size, st.Leading = 8.5, 13
	lines := n.Lines()
	for i := range lines.Len() {
		seg := lines.At(i)
		s := strings.TrimRight(string(seg.Value(m.source)), "\r\n")
		p := &paragraph{text: Inline{{Text: s, Code: true, Pos: m.pos(seg.Start)}}, style: st, indent: float32(depth)*5*mm + 3*mm}
		if s == "" {
			p.text[0].Text = " "
		}
		if i == 0 {
			p.above = 2.5 * mm
		}
		m.doc.add(p)
	}
}

func (m *markdown) table(t *east.Table) {
	out := Table{Continued: m.opts.Continued}
	var natural []float32 // characters of the longest cell of each column
	cells := func(row ast.Node) []Inline {
		var ins []Inline
		for c := row.FirstChild(); c != nil; c = c.NextSibling() {
			in := m.inline(c)
			i := len(ins)
			if i == len(natural) {
				natural = append(natural, 4)
			}
			var n float32
			for _, r := range in.Text() {
				n++
				if r < 0x80 {
					n -= 0.45
				}
			}
			natural[i] = max(natural[i], min(n, 60))
			ins = append(ins, in)
		}
		return ins
	}
	for r := t.FirstChild(); r != nil; r = r.NextSibling() {
		ins := cells(r)
		if _, ok := r.(*east.TableHeader); ok {
			for i, in := range ins {
				c := Column{Title: in}
				if i < len(t.Alignments) {
					switch t.Alignments[i] {
					case east.AlignCenter:
						c.Align = Center
					case east.AlignRight:
						c.Align = Right
					}
				}
				out.Columns = append(out.Columns, c)
			}
			continue
		}
		row := Row{}
		for _, in := range ins {
			row.Cells = append(row.Cells, Cell{Paragraphs: []Inline{in}})
		}
		out.Rows = append(out.Rows, row)
	}
	// As wide as the text wants, up to the width of the page.
	const em = 8 / mm // millimetres of a character
	var sum float32
	for i := range out.Columns {
		out.Columns[i].Width = natural[i]*em + 5
		sum += out.Columns[i].Width
	}
	out.Width = min(sum, TextWidth)
	m.doc.Space(1.5)
	m.doc.Table(out)
}

// inline returns the running text of a block.
func (m *markdown) inline(n ast.Node) Inline {
	var out Inline
	m.spans(n, Span{}, &out)
	// Spans of one look are one: breaking lines is cheaper.
	merged := out[:0]
	for _, s := range out {
		if k := len(merged) - 1; k >= 0 && merged[k].Bold == s.Bold && merged[k].Code == s.Code && merged[k].Link == s.Link {
			merged[k].Text += s.Text
			continue
		}
		merged = append(merged, s)
	}
	return merged
}

func (m *markdown) spans(n ast.Node, look Span, out *Inline) {
	put := func(s string, offset int) {
		sp := look
		sp.Text, sp.Pos = s, m.pos(offset)
		*out = append(*out, sp)
	}
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		switch c := c.(type) {
		case *ast.Text:
			put(unescape(c.Segment.Value(m.source)), c.Segment.Start)
			if c.HardLineBreak() {
				put(lineSeparator, c.Segment.Start)
			} else if c.SoftLineBreak() && !m.joins(c) {
				put(" ", c.Segment.Start)
			}
		case *ast.String:
			put(string(c.Value), m.offset)
		case *ast.CodeSpan:
			inner := look
			inner.Code = true
			m.spans(c, inner, out)
		case *ast.Emphasis:
			inner := look
			inner.Bold = true // the typeface has no italics, and Japanese has none
			m.spans(c, inner, out)
		case *ast.Link:
			inner := look
			m.link(&inner, string(c.Destination))
			m.spans(c, inner, out)
		case *ast.AutoLink:
			inner := look
			m.link(&inner, string(c.URL(m.source)))
			inner.Text = string(c.Label(m.source))
			*out = append(*out, inner)
		case *ast.RawHTML:
			if c.Segments.Len() > 0 {
				seg := c.Segments.At(0)
				if tag := seg.Value(m.source); bytes.HasPrefix(bytes.ToLower(tag), []byte("<br")) {
					put(lineSeparator, seg.Start)
				}
			}
		default: // an image: its alternative text
			m.spans(c, look, out)
		}
	}
}

// link makes a span a link to where the destination leads.
func (m *markdown) link(s *Span, destination string) {
	switch {
	case m.opts.Link != nil:
		s.Link = m.opts.Link(destination)
	case strings.Contains(destination, ":"):
		s.Link = destination
	}
	if s.Link != "" {
		s.Color = Accent
	}
}

// joins reports whether the line break behind a text stands between two
// characters that are written without a space: Japanese.
func (m *markdown) joins(t *ast.Text) bool {
	before, _ := utf8.DecodeLastRune(bytes.TrimRight(t.Segment.Value(m.source), " \t"))
	return wide(before) && wide(m.firstRune(t.NextSibling()))
}

// firstRune returns the character with which an inline node begins, or 0.
func (m *markdown) firstRune(n ast.Node) rune {
	for n != nil {
		if t, ok := n.(*ast.Text); ok {
			r, _ := utf8.DecodeRune(t.Segment.Value(m.source))
			return r
		}
		n = n.FirstChild()
	}
	return 0
}

// wide reports whether a character is of a script that is written without
// spaces between words, or of its punctuation.
func wide(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana) || 0x3000 <= r && r <= 0x303F || 0xFF00 <= r && r <= 0xFFEF
}

// unescape removes the backslashes before punctuation and resolves references
// to characters (CommonMark 2.4, 2.5), which the parser leaves in the text.
func unescape(b []byte) string {
	if bytes.IndexByte(b, '\\') < 0 && bytes.IndexByte(b, '&') < 0 {
		return string(b)
	}
	resolve := func(b []byte) []byte { return util.ResolveEntityNames(util.ResolveNumericReferences(b)) }
	var out []byte
	from := 0
	for i := 0; i+1 < len(b); i++ {
		if b[i] == '\\' && util.IsPunct(b[i+1]) {
			out = append(append(out, resolve(b[from:i])...), b[i+1])
			i++
			from = i + 1
		}
	}
	return string(append(out, resolve(b[from:])...))
}
