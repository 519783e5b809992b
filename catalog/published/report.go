package published

import (
	"bufio"
	"fmt"
	"io"
	"sort"
	"strings"

	"riskguide/catalog"
)

// Kind is a class of judgements.
type Kind string

// The classes of judgements, in the order of the report.
const (
	KindGap         Kind = "gap"          // a cell that the text lacks
	KindMoved       Kind = "moved"        // words that stood in another column
	KindSpan        Kind = "span"         // a span that an empty cell alone does not tell
	KindShift       Kind = "shift"        // cells that stood in the wrong columns
	KindLayerLabel  Kind = "layer-label"  // the label of a layer that was lost
	KindContinued   Kind = "continued"    // a table joined over a page break
	KindRepeated    Kind = "repeated"     // a repeated cell that is worded differently
	KindWording     Kind = "wording"      // a control with more than one wording
	KindWidth       Kind = "width"        // a control whose wordings differ in form only
	KindLabel       Kind = "label"        // a vulnerability with more than one wording
	KindPunctuation Kind = "punctuation"  // the number of a vulnerability with dots
	KindNote        Kind = "note"         // a parenthesis of a vulnerability's citation
	KindGlued       Kind = "glued"        // a statement glued to the one before
	KindPageNote    Kind = "page-note"    // "continued on the next page"
	KindList        Kind = "list"         // a cell split into its items
	KindLeadIn      Kind = "lead-in"      // a list with words before its first bullet
	KindRow         Kind = "row"          // an empty row
	KindSameMeasure Kind = "same-measure" // one wording of a measure with different controls
	KindOverview    Kind = "overview"     // the list of risks words it differently
	KindFront       Kind = "front-matter" // decisions on the front matter
	KindTags        Kind = "tags"         // tags removed
	KindSpaces      Kind = "spaces"       // white space inside words removed
)

// kindInfo says how a class of judgements is printed.
type kindInfo struct {
	kind  Kind
	title string
	// brief classes are printed as a list of lines, since every judgement
	// says the same.
	brief bool
}

// kinds lists the classes in the order of the report.
func kinds() []kindInfo {
	return []kindInfo{
		{KindGap, "cells that the text lacks; imported with what is there and marked as gaps", false},
		{KindMoved, "words that stood in the wrong column", false},
		{KindSpan, "ambiguous spans", false},
		{KindRow, "empty rows", false},
		{KindShift, "rows with fewer or more cells than the header asks for; the cells behind stood in the wrong columns and were shifted back", false},
		{KindLayerLabel, "labels of layers that were lost", false},
		{KindContinued, "tables joined over a page break", false},
		{KindRepeated, "cells that a page repeats in other words; the first wording stands", false},
		{KindWording, "controls with more than one wording; the most frequent is the statement, the others are variants of their citations", false},
		{KindWidth, "controls whose wordings differ in half- and full-width forms or blanks only; one form is kept", false},
		{KindLabel, "vulnerabilities with more than one label; the most frequent is the label, the others are variants of their citations", false},
		{KindNote, "parentheses behind a vulnerability's label, kept as notes of the citation", false},
		{KindPunctuation, "numbers of vulnerabilities written with dots, unified", false},
		{KindGlued, "statements glued to the one before, split", false},
		{KindPageNote, "page notes removed", false},
		{KindLeadIn, "lists with words before the first bullet, kept whole", false},
		{KindSameMeasure, "measures in the same words with different controls, for a person to compare", false},
		{KindOverview, "list of risks and a risk's own section in different words; the section's stand", false},
		{KindFront, "front matter", false},
		{KindList, "cells split into the items of their lists", true},
		{KindTags, "rows with tags of the conversion, removed", true},
		{KindSpaces, "rows with line ends of the PDF inside words, joined", true},
	}
}

// Judgement is one decision of the reader.
type Judgement struct {
	Kind Kind
	Risk string // id of the risk, or empty for the guide as a whole
	Line int    // line of the text, from 1; 0 where no single line is meant
	Text string // one sentence, with the words of the text in quotes
}

// Report lists what the reader decided, and what it found.
type Report struct {
	File string
	// What the import holds.
	Risks, Measures, Controls, Citations, Vulnerabilities, Gaps int
	Judgements                                                  []Judgement
}

// add notes a judgement.
func (r *Report) add(kind Kind, risk string, line int, format string, args ...any) {
	r.Judgements = append(r.Judgements, Judgement{kind, risk, line, fmt.Sprintf(format, args...)})
}

// sort orders the judgements by class, then by line.
func (r *Report) sort() {
	rank := map[Kind]int{}
	for i, k := range kinds() {
		rank[k.kind] = i
	}
	sort.SliceStable(r.Judgements, func(i, j int) bool {
		a, b := r.Judgements[i], r.Judgements[j]
		if a.Kind != b.Kind {
			return rank[a.Kind] < rank[b.Kind]
		}
		return a.Line < b.Line
	})
}

// Count returns how many judgements of a class there are.
func (r *Report) Count(kind Kind) int {
	n := 0
	for _, j := range r.Judgements {
		if j.Kind == kind {
			n++
		}
	}
	return n
}

// WriteTo writes the report as text, class by class with counts, each judgement
// with its line in the published text.
func (r *Report) WriteTo(w io.Writer) (int64, error) {
	cw := &countingWriter{w: bufio.NewWriter(w)}
	fmt.Fprintf(cw, "%s: %s, %s, %s, %s, %s\n", r.File,
		catalog.Plural(r.Risks, "risk"), catalog.Plural(r.Measures, "measure"), catalog.Plural(r.Controls, "control"),
		catalog.Plural(r.Citations, "citation"), catalog.Plural(r.Vulnerabilities, "vulnerability label"))
	different, form := r.Count(KindWording), r.Count(KindWidth)
	fmt.Fprintf(cw, "%s; control numbers with more than one wording: %d, or %d once half- and full-width forms are folded\n",
		catalog.Plural(len(r.Judgements), "judgement"), different+form, different)
	for _, k := range kinds() {
		n := r.Count(k.kind)
		if n == 0 {
			continue
		}
		fmt.Fprintf(cw, "\n%s (%d): %s\n", k.kind, n, k.title)
		if k.brief {
			writeBrief(cw, r.Judgements, k.kind)
			continue
		}
		for _, j := range r.Judgements {
			if j.Kind != k.kind {
				continue
			}
			place := "-"
			if j.Line > 0 {
				place = fmt.Sprintf("line %d", j.Line)
			}
			if j.Risk != "" {
				place = j.Risk + " " + place
			}
			fmt.Fprintf(cw, "  %s: %s\n", place, j.Text)
		}
	}
	if err := cw.w.Flush(); err != nil && cw.err == nil {
		cw.err = err
	}
	return cw.n, cw.err
}

// writeBrief writes the lines of a class, risk by risk.
func writeBrief(w io.Writer, js []Judgement, kind Kind) {
	var order []string
	lines := map[string][]string{}
	for _, j := range js {
		if j.Kind != kind {
			continue
		}
		if _, ok := lines[j.Risk]; !ok {
			order = append(order, j.Risk)
		}
		lines[j.Risk] = append(lines[j.Risk], fmt.Sprint(j.Line))
	}
	for _, risk := range order {
		fmt.Fprintf(w, "  %s lines %s\n", risk, strings.Join(lines[risk], ", "))
	}
}

// countingWriter counts bytes and keeps the first error.
type countingWriter struct {
	w   *bufio.Writer
	n   int64
	err error
}

func (c *countingWriter) Write(b []byte) (int, error) {
	if c.err != nil {
		return 0, c.err
	}
	n, err := c.w.Write(b)
	c.n += int64(n)
	c.err = err
	return n, err
}
