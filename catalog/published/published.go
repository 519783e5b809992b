// Package published reads the guide's published text, a conversion of the
// printed PDF in which one line is one row of a table, and makes a catalog of
// it, word for word.
//
// # The form
//
// The text is UTF-8. It begins with the cover (title, edition "NNNN年度版",
// month "NNNN年N月", publisher) and the front matter, whose sections begin with
// "● "; one of them describes the columns, one lists the risks. Then follow the
// risks, each with a heading "H05: name", description paragraphs and a table.
// Cells are separated by tabs. A table that runs over a page repeats its two
// header lines and the values of cells that continue. HTML tags of the
// conversion (p, ul, li, br) separate the parts of a cell.
//
// # Contract
//
// [Parse] either returns a whole [catalog.Source] or an error that lists every
// place where the text is not of the form; nothing is imported by halves. No
// word is invented: a cell that the conversion lost stays empty and is marked
// as a gap. Whatever the reader decided (cells joined, moved or shared, wordings
// that differ) is in the [Report], with the line of the text. [Check] proves,
// from the catalog as loaded and the text alone, that every character of the
// text is in the catalog as often as in the text, and lists what is not.
//
// # Limits
//
// The layers, the columns and the three severities are those of the form. The
// figure of the layer model is not in the text and is not imported.
package published

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"riskguide/catalog"
)

// MaxSize is the largest text that is read, in bytes, and MaxLine the longest
// line. The published text has some 220 kB, and its longest line some 13 kB.
const (
	MaxSize = 4 << 20
	MaxLine = 128 << 10
)

// maxErrors is how many places of a text that is not of the form are listed.
const maxErrors = 20

// Result is what [Parse] makes of a published text.
type Result struct {
	Source *catalog.Source
	Report *Report
}

// Read reads a published text from r and parses it; see [Parse]. A text larger
// than [MaxSize] is refused without reading on.
func Read(file string, r io.Reader) (*Result, error) {
	data, err := io.ReadAll(io.LimitReader(r, MaxSize+1))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", file, err)
	}
	return Parse(file, data)
}

// Parse makes a catalog source of a published text. The file's name is used in
// positions and messages only. An error is a [catalog.Problems] that lists what
// in the text is not of the form.
func Parse(file string, data []byte) (*Result, error) {
	lines, err := splitLines(data)
	if err != nil {
		var le *lineError
		pos := catalog.Position{File: file}
		if errors.As(err, &le) {
			pos.Line, pos.Column = le.line, 1
		}
		return nil, catalog.Problems{{Pos: pos, Level: catalog.LevelError, Rule: "published-text", Message: err.Error()}}
	}
	p := &parser{file: file, lines: lines, report: &Report{File: file}}
	src := p.parse()
	if len(p.problems) > 0 {
		p.problems.Sort()
		if n := len(p.problems); n > maxErrors {
			p.problems = append(p.problems[:maxErrors], catalog.Problem{
				Pos: catalog.Position{File: file}, Level: catalog.LevelError, Rule: "published-text",
				Message: fmt.Sprintf("and %d more", n-maxErrors),
			})
		}
		return nil, p.problems
	}
	p.report.sort()
	return &Result{Source: src, Report: p.report}, nil
}

// lineError is an error at a line.
type lineError struct {
	line int
	msg  string
}

func (e *lineError) Error() string { return e.msg }

// splitLines checks that data is a text and splits it at line ends.
func splitLines(data []byte) ([]string, error) {
	switch {
	case len(data) > MaxSize:
		return nil, fmt.Errorf("the text is larger than %d MB: this is not the published guide", MaxSize>>20)
	case len(bytes.TrimSpace(data)) == 0:
		return nil, errors.New("the text is empty")
	}
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	if !utf8.Valid(data) {
		line := 1
		for rest := data; len(rest) > 0; {
			r, n := utf8.DecodeRune(rest)
			if r == utf8.RuneError && n == 1 {
				break
			}
			if r == '\n' {
				line++
			}
			rest = rest[n:]
		}
		return nil, &lineError{line, "the text is not UTF-8 (save it as UTF-8; a text in Shift_JIS or UTF-16 is not read)"}
	}
	text := strings.ReplaceAll(string(data), "\r\n", "\n")
	lines := strings.Split(text, "\n")
	for i, l := range lines {
		if len(l) > MaxLine {
			return nil, &lineError{i + 1, fmt.Sprintf("the line is longer than %d kB: this is not the published guide", MaxLine>>10)}
		}
		for _, r := range l {
			if r < ' ' && r != '\t' || r == 0x7f || r == utf8.RuneError {
				return nil, &lineError{i + 1, fmt.Sprintf("the text holds the character %U, which no text has: this is not the published guide", r)}
			}
		}
	}
	return lines, nil
}

// parser holds what the steps of reading share: the lines, what was decided and
// what is wrong.
type parser struct {
	file     string
	lines    []string // without line ends; line n of the text is lines[n-1]
	report   *Report
	problems catalog.Problems
}

// pos gives the place of a character of the text.
func (p *parser) pos(line, col int) catalog.Position {
	if col < 1 {
		col = 1
	}
	return catalog.Position{File: p.file, Line: line, Column: col}
}

// fail notes that a line is not of the form.
func (p *parser) fail(line int, format string, args ...any) {
	pos := catalog.Position{File: p.file}
	if line > 0 {
		pos = p.pos(line, 1)
	}
	p.problems = append(p.problems, catalog.Problem{
		Pos: pos, Level: catalog.LevelError, Rule: "published-text", Message: fmt.Sprintf(format, args...),
	})
}

// text makes a text of the guide's only language.
func (p *parser) text(s string, line, col int) catalog.Text {
	t := catalog.NewText(catalog.Japanese, s)
	t.Pos = p.pos(line, col)
	return t
}

// parse reads the whole text.
func (p *parser) parse() *catalog.Source {
	first := len(p.lines)
	for i, l := range p.lines {
		if _, _, ok := riskHeading(l); ok {
			first = i
			break
		}
	}
	if first == len(p.lines) {
		p.fail(0, "this is not the published guide: no line begins the section of a risk (such as \"H01: name\")")
		return nil
	}
	fm := p.frontMatter(first)
	if fm == nil {
		return nil
	}
	risks := p.risks(first)
	if len(p.problems) > 0 {
		return nil
	}
	p.compareOverview(fm.overview, risks)
	if len(p.problems) > 0 {
		return nil
	}
	return p.assemble(fm, risks)
}
