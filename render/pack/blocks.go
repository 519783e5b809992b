package pack

import (
	"strconv"
	"strings"
	"sync"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
)

// block is a paragraph of a text in Markdown without its markup, for formats
// that have none.
type block struct {
	heading bool
	gap     bool   // space between two texts
	marker  string // of a list item: "1", "•"
	text    string
}

// markdownParser has no state beyond its configuration.
var markdownParser = sync.OnceValue(func() parser.Parser { return goldmark.New().Parser() })

// blocks takes a text in Markdown apart. Lists within lists are flattened.
func blocks(src string) []block {
	source := []byte(src)
	var out []block
	var walk func(n ast.Node, marker string)
	walk = func(n ast.Node, marker string) {
		switch n := n.(type) {
		case *ast.List:
			number := n.Start
			for c := n.FirstChild(); c != nil; c = c.NextSibling() {
				m := "•"
				if n.IsOrdered() {
					m = strconv.Itoa(number)
					number++
				}
				for b := c.FirstChild(); b != nil; b = b.NextSibling() {
					walk(b, m)
					m = ""
				}
			}
		case *ast.Heading:
			out = append(out, block{heading: true, text: inlineText(n, source)})
		case *ast.Paragraph, *ast.TextBlock:
			out = append(out, block{marker: marker, text: inlineText(n, source)})
		default:
			for c := n.FirstChild(); c != nil; c = c.NextSibling() {
				walk(c, marker)
			}
		}
	}
	walk(markdownParser().Parse(text.NewReader(source)), "")
	return out
}

// inlineText returns the characters of running text.
func inlineText(n ast.Node, source []byte) string {
	var b strings.Builder
	_ = ast.Walk(n, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.Text:
			b.Write(n.Segment.Value(source))
			switch {
			case n.HardLineBreak():
				b.WriteByte('\n')
			case n.SoftLineBreak() && !wideEnd(b.String()):
				b.WriteByte(' ')
			}
		case *ast.String:
			b.Write(n.Value)
		case *ast.AutoLink:
			b.Write(n.URL(source))
		}
		return ast.WalkContinue, nil
	})
	return b.String()
}

// wideEnd reports whether the text ends with a character after which a line
// break in the source is no space.
func wideEnd(s string) bool {
	r := []rune(s)
	return len(r) > 0 && r[len(r)-1] >= 0x2E80
}
