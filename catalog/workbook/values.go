package workbook

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"

	"riskguide/catalog"
)

// Show returns what stands in a cell: layers and severities by their names, the
// lines of rows as one where they are all the same.
func (g *Grid) Show(c Column, cell Cell, rows int, lang catalog.Lang) string {
	lines := []string{cell.Value}
	if c.PerRow && rows > 1 {
		lines = strings.Split(cell.Value, "\n")
	}
	if c.Of == "layers" || c.Of == "severities" {
		for i, l := range lines {
			names := splitList(l)
			for j := range names {
				names[j] = g.ShowChoice(c.Of, names[j], lang)
			}
			lines[i] = strings.Join(names, ", ")
		}
	}
	if c.PerRow && len(lines) > 1 && c.Field != "layer" {
		if same := slices.Clone(lines); len(slices.Compact(same)) == 1 {
			return lines[0]
		}
		for i := range lines {
			if lines[i] == "" {
				lines[i] = Missing
			}
		}
	}
	return strings.Join(lines, "\n")
}

// Parse returns the canonical value of what stands in a cell of a record with a
// number of rows; the error is for the person who wrote it.
func (g *Grid) Parse(c Column, s string, rows int) (string, error) {
	s = clean(s)
	if !c.PerRow || rows == 1 {
		if c.Field == "layer" && strings.Contains(s, "\n") {
			return "", fmt.Errorf("%d layers stand here, for one row", strings.Count(s, "\n")+1)
		}
		return g.value(c, s)
	}
	lines := nonBlank(s)
	switch {
	case len(lines) == 0:
		lines = make([]string, rows)
	case len(lines) == 1 && c.Field != "layer":
		lines = slices.Repeat(lines, rows)
	case len(lines) != rows:
		return "", fmt.Errorf("%d lines stand here for %d layers; write one line for all of them, or one for each", len(lines), rows)
	}
	for i := range lines {
		if lines[i] == Missing {
			lines[i] = ""
		}
		var err error
		if lines[i], err = g.value(c, lines[i]); err != nil {
			return "", err
		}
	}
	return strings.Join(lines, "\n"), nil
}

// value returns the canonical value of one cell, or of one line of it.
func (g *Grid) value(c Column, s string) (string, error) {
	switch {
	case c.Kind == Paragraphs:
		return joinParagraphs(splitParagraphs(s)), nil
	case c.IsText():
		return s, nil
	case c.Of == "tags":
		return strings.Join(splitList(s), ", "), nil
	case c.Of == "layers" || c.Of == "severities":
		names := []string{s}
		if c.Kind == IDs {
			names = splitList(s)
		}
		for i, name := range names {
			if name == "" {
				continue
			}
			id := g.names[c.Of][fold(name)]
			if id == "" {
				return "", fmt.Errorf("%q is none of %s", name, strings.Join(g.Choices(c.Of, ""), ", "))
			}
			names[i] = id
		}
		return strings.Join(names, ", "), nil
	}
	ids := g.splitIDs(c.Of, s)
	for i := range ids {
		ids[i] = g.resolve(c.Of, ids[i])
	}
	if c.Kind == Choice && len(ids) > 1 {
		return "", fmt.Errorf("%q is more than one id", strings.Join(ids, ", "))
	}
	return strings.Join(ids, ", "), nil
}

// alias lets a name stand for an id in the cells that are parsed from now on; it
// returns false where the name stands for one already.
func (g *Grid) alias(of, name, id string) bool {
	if g.aliases == nil {
		g.aliases = map[string]string{}
	}
	if g.aliases[of+" "+name] != "" {
		return false
	}
	g.aliases[of+" "+name] = id
	return true
}

// resolve returns the id for which a name stands, or the name itself.
func (g *Grid) resolve(of, name string) string {
	tables := []string{of}
	if of == "cited" {
		tables = []string{string(Controls), string(Vulnerabilities)}
	}
	for _, t := range tables {
		if id := g.aliases[t+" "+name]; id != "" {
			return id
		}
	}
	return name
}

// Choices lists what a column of layers or severities can hold, by name.
func (g *Grid) Choices(list string, lang catalog.Lang) []string {
	var ids []string
	for id := range g.shown[list] {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	if lang != "" {
		for i := range ids {
			ids[i] = g.ShowChoice(list, ids[i], lang)
		}
	}
	return ids
}

// Same reports whether two values of a column say the same.
func (g *Grid) Same(c Column, a, b string) bool {
	if a == b {
		return true
	}
	switch {
	case c.IsText() && c.PerRow:
		x, y := strings.Split(a, "\n"), strings.Split(b, "\n")
		return slices.EqualFunc(x, y, func(a, b string) bool { return clean(a) == clean(b) })
	case c.Kind == Paragraphs:
		return slices.Equal(splitParagraphs(clean(a)), splitParagraphs(clean(b)))
	case c.IsText():
		return clean(a) == clean(b)
	case c.Of == string(Controls):
		return slices.Equal(g.unfold(a), g.unfold(b))
	}
	return false
}

// unfold returns the controls that a list of ids and runs cites.
func (g *Grid) unfold(s string) []string {
	var out []string
	for _, tok := range splitList(s) {
		from, to, run := strings.Cut(tok, "..")
		all := g.clause[g.in[from]]
		i, j := slices.Index(all, from), slices.Index(all, to)
		if !run || i < 0 || j < i {
			out = append(out, tok)
			continue
		}
		out = append(out, all[i:j+1]...)
	}
	return out
}

// clean brings a text to the form in which texts of cells are compared: programs
// change line ends, and people leave space at the ends that nobody sees.
func clean(s string) string {
	s = strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
	return strings.TrimSpace(s)
}

// nonBlank returns the lines of a text that are not blank.
func nonBlank(s string) []string {
	var out []string
	for _, l := range strings.Split(s, "\n") {
		if l = strings.TrimSpace(l); l != "" {
			out = append(out, l)
		}
	}
	return out
}

// splitList splits at commas and line breaks.
func splitList(s string) []string {
	var out []string
	for _, p := range strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(",、，;；\n", r) }) {
		if p = strings.TrimSpace(p); p != "" {
			out = append(out, p)
		}
	}
	return out
}

// What people write between the ends of a run of controls; a hyphen only where it
// is no part of an id.
var (
	run    = regexp.MustCompile(`\s*(?:\.{2,}|~|〜|–|—)\s*`)
	hyphen = regexp.MustCompile(`^((?:[0-9]+|[A-Z])(?:\.[0-9]+){2,})\s*-\s*((?:[0-9]+|[A-Z])(?:\.[0-9]+){2,})$`)
)

// splitIDs splits ids at commas and any white space. Full-width letters and small
// ones are what they look like.
func (g *Grid) splitIDs(of, s string) []string {
	s = strings.ToUpper(norm.NFKC.String(s))
	if of == string(Controls) {
		s = run.ReplaceAllString(s, "..")
	}
	var out []string
	for _, p := range splitList(s) {
		if of == string(Controls) {
			p = hyphen.ReplaceAllString(p, "$1..$2")
		}
		for _, id := range strings.Fields(p) {
			ends := strings.Split(id, "..")
			for i := range ends {
				if as := g.known[ends[i]]; as != "" {
					ends[i] = as
				}
			}
			out = append(out, strings.Join(ends, ".."))
		}
	}
	return out
}
