package catalog

import (
	"bytes"
	"slices"
	"strings"
)

// pageFile is one file of pages/: a page in one language.
type pageFile struct {
	id      string
	lang    Lang
	pos     Position
	title   string
	body    string
	titleAt Position
	bodyAt  Position
}

// pageFile decodes pages/ID.LANG.md. The title, in the first line, is plain
// text; the body is what follows, without blank lines at its ends.
func (d *decoder) pageFile(data []byte, stem string) pageFile {
	var p pageFile
	start := Position{File: d.file, Line: 1, Column: 1}
	fail := func(pos Position, rule, hint, format string, args ...any) {
		d.problems.add(LevelError, pos, rule, hint, format, args...)
		d.broken[start] = true
	}
	i := strings.LastIndexByte(stem, '.')
	if i <= 0 || !forms.lang.ok(stem[i+1:]) {
		fail(Position{File: d.file}, ruleFileName, "name it ID.LANGUAGE.md, such as 10-purpose."+string(d.lang)+".md",
			"the file name does not tell the page's language")
		return p
	}
	p.id, p.lang = stem[:i], Lang(stem[i+1:])
	if d.langs != nil && !slices.Contains(d.langs, p.lang) {
		fail(Position{File: d.file}, ruleLanguage, "", "%q is not a language of the guide", p.lang)
		p.id = ""
		return p
	}
	text := string(bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n")))
	lines := strings.Split(text, "\n")
	n := skipBlank(lines, 0)
	if n == len(lines) {
		fail(start, ruleEmptyText, "", "the page is empty")
		return p
	}
	title, ok := headingText(lines[n])
	if !ok {
		fail(Position{File: d.file, Line: n + 1, Column: 1}, rulePage, `begin it with a line such as "# Purpose"`,
			"a page must begin with its title, a heading of level 1")
		return p
	}
	p.title, p.titleAt = title, Position{File: d.file, Line: n + 1, Column: 1}
	if isBlank(title) {
		fail(p.titleAt, ruleEmptyText, "", "the page's title is empty")
		return p
	}
	n = skipBlank(lines, n+1)
	p.bodyAt = Position{File: d.file, Line: n + 1, Column: 1}
	for len(lines) > n && isBlank(lines[len(lines)-1]) {
		lines = lines[:len(lines)-1]
	}
	p.body = strings.Join(lines[min(n, len(lines)):], "\n")
	if p.body == "" {
		fail(p.titleAt, ruleEmptyText, "", "the page has nothing but its title")
	}
	return p
}

func skipBlank(lines []string, n int) int {
	for n < len(lines) && isBlank(lines[n]) {
		n++
	}
	return n
}

// headingText returns the text of an ATX heading of level 1 without the number
// signs that may close it (CommonMark 4.2).
func headingText(line string) (string, bool) {
	s := strings.TrimRight(line, " \t")
	if s != "#" && !strings.HasPrefix(s, "# ") && !strings.HasPrefix(s, "#\t") {
		return "", false
	}
	s = strings.TrimLeft(s[1:], " \t")
	open := strings.TrimRight(s, "#")
	switch {
	case open == "":
		return "", true
	case strings.HasSuffix(open, " ") || strings.HasSuffix(open, "\t"):
		s = strings.TrimRight(open, " \t")
	case strings.HasSuffix(open, `\`) && open != s:
		// A number sign that belongs to the text is written \#.
		s = open[:len(open)-1] + s[len(open):]
	}
	return s, true
}

// headingLine is the reverse of [headingText].
func headingLine(title string) string {
	if open := strings.TrimRight(title, "#"); open != title {
		title = open + `\` + title[len(open):]
	}
	return "# " + title
}

// gatherPages puts the files of each page together, pages in the guide's order
// and those that it does not list behind them.
func gatherPages(files []pageFile, g *Guide) []*Page {
	byID := map[string]*Page{}
	var order []string
	for _, f := range files {
		if f.id == "" {
			continue
		}
		p := byID[f.id]
		if p == nil {
			p = &Page{ID: f.id, Pos: f.pos, bodyPos: map[Lang]Position{}}
			p.Title = Text{Values: map[Lang]string{}, Pos: f.titleAt}
			p.Body = Text{Values: map[Lang]string{}, Pos: f.bodyAt}
			byID[f.id] = p
			order = append(order, f.id)
		}
		if f.title == "" {
			continue
		}
		// A page's place is its file in the guide's first language.
		if len(g.Languages) > 0 && f.lang == g.Languages[0] || p.Title.Pos.Line == 0 {
			p.Pos, p.Title.Pos, p.Body.Pos = f.pos, f.titleAt, f.bodyAt
		}
		p.Title.Values[f.lang] = f.title
		if f.body != "" {
			p.Body.Values[f.lang] = f.body
			p.bodyPos[f.lang] = f.bodyAt
		}
	}
	var out []*Page
	taken := map[string]bool{}
	for _, id := range append(append([]string(nil), g.PageOrder...), order...) {
		if p := byID[id]; p != nil && !taken[id] {
			taken[id] = true
			out = append(out, p)
		}
	}
	return out
}

// directive is a line of a page's body that consists of {{name}}.
type directive struct {
	name  string
	line  int // from 0
	col   int // from 1, in characters
	alone bool
}

// directives finds the directives of a body. Code, fenced or indented, has none.
func directives(body string) []directive {
	var out []directive
	lines := strings.Split(body, "\n")
	fence := ""
	for i, line := range lines {
		s := strings.TrimLeft(line, " ")
		indent := len(line) - len(s)
		if indent < 4 && (strings.HasPrefix(s, "```") || strings.HasPrefix(s, "~~~")) {
			mark := s[:len(s)-len(strings.TrimLeft(s, s[:1]))]
			switch {
			case fence == "":
				fence = mark
			case strings.HasPrefix(mark, fence):
				fence = ""
			}
			continue
		}
		if fence != "" || indent >= 4 {
			continue
		}
		s = strings.TrimRight(s, " \t")
		name, ok := strings.CutPrefix(s, "{{")
		if !ok {
			continue
		}
		if name, ok = strings.CutSuffix(name, "}}"); !ok {
			continue
		}
		out = append(out, directive{
			name: strings.TrimSpace(name), line: i, col: indent + 1,
			alone: (i == 0 || isBlank(lines[i-1])) && (i+1 == len(lines) || isBlank(lines[i+1])),
		})
	}
	return out
}
