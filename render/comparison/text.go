package comparison

import (
	"bufio"
	"io"
	"strings"

	"riskguide/render/changes"
)

// The colours of a terminal (ECMA-48 SGR).
const (
	sgrReset = "\x1b[0m"
	sgrBold  = "\x1b[1m"
	sgrBad   = "\x1b[31m"
	sgrDim   = "\x1b[2m"
)

// gapsOnTerminal is how many of the gravest gaps of all suppliers a terminal shows.
const gapsOnTerminal = 10

// WriteText writes a summary for a terminal: a line or two a supplier, and the
// gravest gaps.
func WriteText(out io.Writer, v *View, colour bool) error {
	w := bufio.NewWriter(out)
	sgr := func(code, s string) string {
		if !colour {
			return s
		}
		return code + s + sgrReset
	}
	// Errors stay with the writer until it is flushed.
	line := func(s string) { _, _ = w.WriteString(s + "\n") }
	clean := changes.Printable
	line(sgr(sgrBold, clean(v.Heading)))
	for _, f := range v.Facts {
		line(clean(f.Name + v.Word("colon") + f.Text))
	}
	for _, n := range v.Notes {
		line("! " + clean(n))
	}
	line(v.Rule.Short)
	line("")
	for _, s := range v.Suppliers {
		name := s.Name
		if s.ID != s.Name {
			name += " (" + s.ID + ")"
		}
		must := v.Word("col.must_unmet") + " " + itoa(s.Now.MustUnmet)
		if s.Now.MustUnmet > 0 {
			must = sgr(sgrBad, must)
		}
		parts := []string{v.Word("col.score") + " " + sgr(sgrBold, s.Now.Tally.Text), must}
		if v.Severity != "" {
			parts = append(parts, v.With("col.grave", "severity", v.Severity)+" "+itoa(s.Now.Grave))
		}
		parts = append(parts, v.Word("col.met")+" "+v.With("ratio", "n", itoa(s.Now.Tally.Met), "of", itoa(s.Now.Tally.Counted)),
			v.Word("col.answered")+" "+v.With("ratio", "n", itoa(s.Now.Tally.Answered), "of", itoa(s.Now.Tally.Requirements)))
		for _, r := range s.Rounds[:len(s.Rounds)-1] {
			parts = append(parts, v.With("history.point", "n", itoa(r.Number), "score", r.Tally.Text))
		}
		line(sgr(sgrBold, clean(name)))
		line("  " + strings.Join(parts, v.Word("list_comma")))
	}
	if len(v.Gaps) > 0 {
		line("")
		line(sgr(sgrBold, v.Word("section.gaps")))
	}
	for i, g := range v.Gaps {
		if i == gapsOnTerminal {
			line(v.With("more_gaps", "n", itoa(len(v.Gaps)-i), "sheet", v.Word("sheet.gaps")))
			break
		}
		about := []string{g.Word}
		if g.Risk.ID != "" {
			about = append(about, strings.TrimSpace(g.Risk.ID+" "+g.Risk.Severity))
		}
		line("  " + sgr(sgrBold, g.ID) + " [" + strings.Join(about, v.Word("list_comma")) + "] " + clean(g.Text))
		label := v.Word("text.answer") // of one supplier, only the answer is told
		if v.Several() {
			label = v.Word("col.lacking")
		}
		line("    " + clean(label+v.Word("colon")+v.who(g, 5)))
		for _, r := range g.Residuals {
			line("    " + sgr(sgrDim, clean(v.Word("gap.residual")+v.Word("colon")+r.ID+" "+r.Text)))
		}
	}
	return w.Flush()
}

// who names those who do not meet a requirement, at most n of them, with their
// answers.
func (v *View) who(g *SharedGap, n int) string {
	var names []string
	for i, l := range g.Lacking {
		if i == n {
			return v.With("more_names", "names", strings.Join(names, v.Word("list_comma")), "n", itoa(len(g.Lacking)-i))
		}
		if !v.Several() {
			return l.Status.Word
		}
		names = append(names, l.Name+v.pack.Get("parens_open")+l.Status.Word+v.pack.Get("parens_close"))
	}
	return strings.Join(names, v.Word("list_comma"))
}
