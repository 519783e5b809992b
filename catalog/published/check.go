package published

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"slices"
	"sort"
	"strings"
	"unicode"

	"golang.org/x/text/width"

	"riskguide/catalog"
)

// FindingKind is a class of what [Check] found.
type FindingKind string

// The classes of findings. The first three mean that the catalog is not the
// text; the others say what of the text is not in the catalog, and why.
const (
	FindingLost     FindingKind = "lost"     // in the text and not, or not as often, in the catalog
	FindingAdded    FindingKind = "added"    // in the catalog and not, or not as often, in the text
	FindingMoved    FindingKind = "moved"    // in one row of the text and in different ones of the catalog
	FindingApart    FindingKind = "apart"    // controls that the catalog keeps apart from the row's measure
	FindingReworded FindingKind = "reworded" // repeated after a page break in other words
	FindingOverview FindingKind = "overview" // the list of risks words it differently from the section
	FindingShared   FindingKind = "shared"   // neighbouring cells in the same words that the catalog cannot tell from one
	FindingForm     FindingKind = "form"     // half- or full-width form
	FindingRepeated FindingKind = "repeated" // repeated after a page break
	FindingPageNote FindingKind = "page-note"
	FindingLabel    FindingKind = "label" // dots in the number of a vulnerability
	FindingRelation FindingKind = "relation"
	FindingMark     FindingKind = "mark"   // bullets and other marks, which renderers draw
	FindingLayer    FindingKind = "layer"  // labels of layers, which renderers draw from the rows
	FindingDash     FindingKind = "dash"   // dashes of layers that are not applicable
	FindingHeader   FindingKind = "header" // headers of tables
	FindingTag      FindingKind = "tag"    // tags of the conversion
)

// findingKinds gives the classes in the order of the result, with what they
// mean. Those that are not detailed are only counted.
func findingKinds() []struct {
	kind     FindingKind
	detailed bool
	title    string
} {
	return []struct {
		kind     FindingKind
		detailed bool
		title    string
	}{
		{FindingLost, true, "in the text, and not or not as often in the catalog"},
		{FindingAdded, true, "in the catalog, and not or not as often in the text"},
		{FindingMoved, true, "together in a row of the text, and not in the catalog"},
		{FindingApart, true, "beside a measure in the text; in the catalog under a measure whose words the text lacks"},
		{FindingReworded, true, "repeated after a page break in other words; the first wording is in the catalog"},
		{FindingOverview, true, "worded differently in the list of risks; the wording of the risk's section is in the catalog"},
		{FindingRelation, true, "said by data, not by words"},
		{FindingShared, true, "printed in neighbouring cells; the catalog cites it from each and does not tell them from one cell"},
		{FindingPageNote, true, "notes of the page, removed"},
		{FindingLabel, true, "dots in the numbers of vulnerabilities, removed"},
		{FindingForm, true, "half- or full-width forms of which the catalog keeps the other"},
		{FindingRepeated, true, "at the top of a page and on a page before it: taken for repeated by the page break"},
		{FindingMark, false, "bullets and marks, drawn by whoever prints the catalog"},
		{FindingLayer, false, "labels of layers, drawn from the rows"},
		{FindingDash, false, "dashes of layers that are not applicable"},
		{FindingHeader, false, "headers of tables"},
		{FindingTag, false, "tags of the conversion"},
	}
}

// Finding is one difference between the text and the catalog.
type Finding struct {
	Kind FindingKind
	Part string // "front matter" or the id of a risk
	Line int    // line of the text, from 1; 0 where there is none
	// Characters is how many characters of the text it concerns.
	Characters int
	Text       string
}

// CheckPart is the count of a part of the text: the front matter or one risk.
// All numbers are characters without white space; Source is the sum of the
// others.
type CheckPart struct {
	Name        string
	Source      int // characters of the text
	Catalog     int // found in the catalog as often as in the text
	Repeated    int // repeated after a page break, in the same or other words
	Listed      int // not in the catalog, for a reason that the findings list
	Unexplained int // not in the catalog
}

// CheckResult is the outcome of [Check].
type CheckResult struct {
	File     string
	Parts    []CheckPart
	Findings []Finding
}

// OK reports whether every character of the text is in the catalog as often as
// in the text, but for what is listed with a reason, nothing is added, and what
// stands in one row of the text belongs together in the catalog.
func (r *CheckResult) OK() bool {
	for _, f := range r.Findings {
		switch f.Kind {
		case FindingLost, FindingAdded, FindingMoved:
			return false
		}
	}
	return true
}

// Total gives the sum of the parts.
func (r *CheckResult) Total() CheckPart {
	t := CheckPart{Name: "total"}
	for _, p := range r.Parts {
		t.Source += p.Source
		t.Catalog += p.Catalog
		t.Repeated += p.Repeated
		t.Listed += p.Listed
		t.Unexplained += p.Unexplained
	}
	return t
}

// WriteTo writes the counts as a table and the findings by class.
func (r *CheckResult) WriteTo(w io.Writer) (int64, error) {
	cw := &countingWriter{w: bufio.NewWriter(w)}
	fmt.Fprintf(cw, "%s against the catalog, in characters without white space\n\n", r.File)
	fmt.Fprintf(cw, "%-14s %9s %9s %9s %9s %11s\n", "part", "text", "catalog", "repeated", "listed", "unexplained")
	for _, p := range append(append([]CheckPart(nil), r.Parts...), r.Total()) {
		fmt.Fprintf(cw, "%-14s %9d %9d %9d %9d %11d\n", p.Name, p.Source, p.Catalog, p.Repeated, p.Listed, p.Unexplained)
	}
	for _, k := range findingKinds() {
		n, chars := 0, 0
		for _, f := range r.Findings {
			if f.Kind == k.kind {
				n++
				chars += f.Characters
			}
		}
		if n == 0 {
			continue
		}
		fmt.Fprintf(cw, "\n%s (%s, %s): %s\n", k.kind, catalog.Plural(n, "place"), catalog.Plural(chars, "character"), k.title)
		if !k.detailed {
			continue
		}
		for _, f := range r.Findings {
			if f.Kind != k.kind {
				continue
			}
			place := f.Part
			if f.Line > 0 {
				place += fmt.Sprintf(" line %d", f.Line)
			}
			fmt.Fprintf(cw, "  %s: %s\n", place, f.Text)
		}
	}
	if r.OK() {
		fmt.Fprintf(cw, "\nevery character is accounted for\n")
	} else {
		fmt.Fprintf(cw, "\nthe catalog is not this text\n")
	}
	if err := cw.w.Flush(); err != nil && cw.err == nil {
		cw.err = err
	}
	return cw.n, cw.err
}

// Check proves that a catalog says what a published text says: every character
// of the text, white space aside, is in the catalog as often as in the text, but
// for what is listed with a reason, and the catalog has no words more; and that
// controls, threats and vulnerabilities belong to the measure in whose row they
// stand. It rebuilds from the catalog the words of every printed cell and covers
// with them the cells of the text as they stand, without regard to columns; it
// does not use what [Parse] decided. An error means that data is not such a text.
func Check(file string, data []byte, cat *catalog.Catalog) (*CheckResult, error) {
	lines, err := splitLines(data)
	if err != nil {
		return nil, fmt.Errorf("check %s: %w", file, err)
	}
	c := &checker{lines: lines, cat: cat, result: &CheckResult{File: file}}
	starts := []int{}
	for i, l := range lines {
		if _, _, ok := riskHeading(l); ok {
			starts = append(starts, i)
		}
	}
	if len(starts) == 0 {
		return nil, fmt.Errorf("check %s: %w", file, errors.New("this is not the published guide: no line begins the section of a risk"))
	}
	c.front(starts[0])
	seen := map[string]bool{}
	for i, s := range starts {
		end := len(lines)
		if i+1 < len(starts) {
			end = starts[i+1]
		}
		id, _, _ := riskHeading(lines[s])
		seen[id] = true
		c.risk(id, s, end)
	}
	for _, r := range cat.Risks {
		if !seen[r.ID] {
			c.find(FindingAdded, r.ID, 0, 0, "the catalog has a risk that the text has not")
		}
	}
	sort.SliceStable(c.result.Findings, func(i, j int) bool { return c.result.Findings[i].Line < c.result.Findings[j].Line })
	return c.result, nil
}

// checker compares a text with a catalog.
type checker struct {
	lines  []string
	cat    *catalog.Catalog
	result *CheckResult
	part   *CheckPart
}

func (c *checker) find(kind FindingKind, part string, line, chars int, format string, args ...any) {
	c.result.Findings = append(c.result.Findings, Finding{kind, part, line, chars, fmt.Sprintf(format, args...)})
}

// list notes characters of the text that are not in the catalog for a reason.
func (c *checker) list(kind FindingKind, line, chars int, format string, args ...any) {
	if chars == 0 {
		return
	}
	c.part.Listed += chars
	c.find(kind, c.part.Name, line, chars, format, args...)
}

// ja gives a text as it is printed in the source's language.
func (c *checker) ja(t catalog.Text) string { return t.Values[catalog.Japanese] }

// piece is a stretch of words that the catalog prints as a whole.
type piece struct {
	text   []rune // without white space
	folded []rune // the same in one form of half and full width
	// least and most are how often the catalog prints it, depending on
	// whether neighbouring cells in the same words are one cell.
	least, most int
	// label marks a vulnerability, whose number the text may write with dots.
	label bool
	// roles tells as what the catalog prints it, and where.
	roles    roles
	measures []*catalog.Measure
	lists    []*catalog.ControlList
	rows     []*catalog.Row // rows that have it left of the measure

	found int
	// again counts the places that may be repetitions: at the top of a later
	// page, after the piece stood on an earlier one.
	again     int
	againAt   []int
	tops      []place // all places at the top of a later page
	firstPage int     // page of the first place, from 1; 0 where none
}

// roles is a set of the cells in which words stand.
type roles int

const (
	roleOther   roles = 1 << iota // heading, description, residual risk, remark
	roleRow                       // objective, threat or vulnerability
	roleMeasure                   // measure
	roleControl                   // control
)

// pieces is what a part of the catalog prints.
type pieces struct {
	byText  map[string]*piece
	order   []*piece
	byFirst map[rune][]*piece // by first folded character, longest first
}

func newPieces() *pieces { return &pieces{byText: map[string]*piece{}} }

// add notes that the catalog prints s between least and most times. It returns
// nil for an empty text.
func (ps *pieces) add(s string, role roles, least, most int) *piece {
	s, _ = unbullet(s)
	k := squeeze(s)
	if k == "" {
		return nil
	}
	p := ps.byText[k]
	if p == nil {
		p = &piece{text: []rune(k), folded: foldRunes(k)}
		ps.byText[k] = p
		ps.order = append(ps.order, p)
	}
	p.least += least
	p.most += most
	p.roles |= role
	return p
}

// foldRunes folds character by character, so that the result has as many.
func foldRunes(s string) []rune {
	rs := []rune(s)
	out := make([]rune, len(rs))
	for i, r := range rs {
		out[i] = r
		if f := width.LookupRune(r).Folded(); f != 0 {
			out[i] = f
		}
	}
	return out
}

// index prepares the pieces for covering texts.
func (ps *pieces) index() {
	ps.byFirst = map[rune][]*piece{}
	for _, p := range ps.order {
		ps.byFirst[p.folded[0]] = append(ps.byFirst[p.folded[0]], p)
	}
	for _, l := range ps.byFirst {
		sort.SliceStable(l, func(i, j int) bool { return len(l[i].folded) > len(l[j].folded) })
	}
}

// cover is how a text is made of pieces.
type cover struct {
	pieces []*piece
	marks  int // bullets
	dots   int // dots in numbers of vulnerabilities
	notes  int // characters of page notes
	forms  int // characters in the other form
	// dotted and formed quote the words with dots and with other forms.
	dotted, formed []string
	furthest       int // how far a covering came
}

// cover tries to make s of pieces, bullets aside. Long pieces come
// before short ones, and those in the very form of the text before the others.
func (ps *pieces) cover(s string) (cv cover, ok bool) {
	s, cv.marks = unbullet(s)
	text := []rune(squeeze(s))
	folded := foldRunes(string(text))
	dead := make([]bool, len(text)+1)
	var walk func(at int) bool
	walk = func(at int) bool {
		if at > cv.furthest {
			cv.furthest = at
		}
		if at == len(text) {
			return true
		}
		if dead[at] {
			return false
		}
		for _, exact := range []bool{true, false} {
			for _, p := range ps.byFirst[folded[at]] {
				end, dots, forms := p.match(text, folded, at)
				if end < 0 || exact != (forms == 0) {
					continue
				}
				cv.pieces = append(cv.pieces, p)
				if walk(end) {
					cv.dots += dots
					cv.forms += forms
					if dots > 0 {
						cv.dotted = append(cv.dotted, quote(string(text[at:end])))
					}
					if forms > 0 {
						a, b := contrast(string(text[at:end]), string(p.text))
						cv.formed = append(cv.formed, a+"; the catalog has "+b)
					}
					return true
				}
				cv.pieces = cv.pieces[:len(cv.pieces)-1]
			}
		}
		if n := pageNote(folded[at:]); n > 0 && walk(at+n) {
			cv.notes += n
			return true
		}
		dead[at] = true
		return false
	}
	ok = walk(0)
	return cv, ok
}

// pageNote gives the length of a page note at the beginning of a text, or 0.
func pageNote(folded []rune) int {
	note := []rune("(次ページに続く)")
	if len(folded) < len(note) {
		return 0
	}
	for i, r := range note {
		if folded[i] != r {
			return 0
		}
	}
	return len(note)
}

// match reports where the piece ends that begins at a place of a text, or -1;
// dots counts the dots of a vulnerability's number, forms the characters whose
// half- or full-width form differs.
func (p *piece) match(text, folded []rune, at int) (end, dots, forms int) {
	i := at
	inNumber := p.label
	for j, r := range p.folded {
		if inNumber && j > 0 {
			digit := unicode.IsDigit(r)
			if i < len(text) && text[i] == '.' && (j == 1 || !digit) {
				dots++
				i++
			}
			if !digit {
				inNumber = false
			}
		}
		if i >= len(text) || folded[i] != r {
			return -1, 0, 0
		}
		if text[i] != p.text[j] {
			forms++
		}
		i++
	}
	return i, dots, forms
}

// place is where in the text a cover was found.
type place struct {
	line, page int
	top        bool // at the top of a later page
}

// take counts a cover.
func (c *checker) take(cv cover, at place) {
	for _, p := range cv.pieces {
		p.found++
		if at.top {
			p.tops = append(p.tops, at)
		}
		if at.top && p.firstPage > 0 && p.firstPage < at.page {
			p.again++
			p.againAt = append(p.againAt, at.line)
		}
		if p.firstPage == 0 {
			p.firstPage = at.page
		}
	}
	c.list(FindingMark, at.line, cv.marks, "bullets")
	slices.Reverse(cv.dotted) // they were noted from the end
	slices.Reverse(cv.formed)
	c.list(FindingLabel, at.line, cv.dots, "%s", strings.Join(cv.dotted, ", "))
	c.list(FindingPageNote, at.line, cv.notes, "“(次ページに続く)”")
	if cv.forms > 0 {
		c.find(FindingForm, c.part.Name, at.line, cv.forms, "%s", strings.Join(cv.formed, "; "))
	}
}

// settle compares how often the text and the catalog have each piece.
func (c *checker) settle(ps *pieces) {
	for _, p := range ps.order {
		n := len(p.text)
		// Of the places that may be repetitions as many are as the catalog
		// does not print.
		repeated := min(p.again, max(0, p.found-p.least))
		printed := p.found - repeated
		for _, at := range p.tops {
			if printed <= p.most {
				break
			}
			if q := ps.reworded(string(p.text), at); q != nil {
				c.reword(string(p.text), q, at)
				printed--
			}
		}
		switch {
		case printed > p.most:
			c.part.Unexplained += (printed - p.most) * n
			c.part.Catalog += p.most * n
			c.find(FindingLost, c.part.Name, 0, (printed-p.most)*n, "%s stands %s in the text and %s in the catalog", quote(string(p.text)), catalog.Plural(printed, "time"), catalog.Plural(p.most, "time"))
		case printed < p.least:
			c.part.Catalog += printed * n
			c.find(FindingAdded, c.part.Name, 0, (p.least-printed)*n, "%s stands %s in the catalog and %s in the text", quote(string(p.text)), catalog.Plural(p.least, "time"), catalog.Plural(printed, "time"))
		default:
			c.part.Catalog += printed * n
			if printed > p.least {
				c.find(FindingShared, c.part.Name, 0, 0, "%s: in %d cells", quote(string(p.text)), printed)
			}
		}
		if repeated > 0 {
			c.part.Repeated += repeated * n
			where := lineList(p.againAt)
			if repeated < len(p.againAt) {
				where = fmt.Sprintf("%d of %s", repeated, where)
			}
			c.find(FindingRepeated, c.part.Name, p.againAt[0], repeated*n, "%s (%s)", quote(string(p.text)), where)
		}
	}
}

// lose notes words that no piece covers.
func (c *checker) lose(s string, cv cover, line int) {
	rs := []rune(squeeze(s))
	c.part.Unexplained += len(rs)
	at := min(cv.furthest, len(rs)-1)
	c.find(FindingLost, c.part.Name, line, len(rs), "%s is not in the catalog from %s on", quote(string(rs)), quote(string(rs[at:])))
}

// begin starts the count of a part.
func (c *checker) begin(name string) {
	c.result.Parts = append(c.result.Parts, CheckPart{Name: name})
	c.part = &c.result.Parts[len(c.result.Parts)-1]
}

// untag removes the tags of a cell and counts their characters.
func untag(cell string) (string, int) {
	if !strings.Contains(cell, "<") {
		return strings.TrimSpace(cell), 0
	}
	n := 0
	s := tagRE.ReplaceAllStringFunc(cell, func(tag string) string {
		n += len([]rune(squeeze(tag)))
		return " "
	})
	return strings.TrimSpace(s), n
}

// size counts the characters of a text without white space.
func size(s string) int { return len([]rune(squeeze(s))) }
