package changes

import (
	"bufio"
	"io"
	"strings"
	"unicode/utf8"

	"riskguide/catalog/edition"
	"riskguide/catalog/worddiff"
)

// The colours of a terminal (ECMA-48 SGR). Deleted words are struck through too:
// colour alone does not tell.
const (
	sgrReset  = "\x1b[0m"
	sgrBold   = "\x1b[1m"
	sgrDim    = "\x1b[2m"
	sgrDelete = "\x1b[31;9m"
	sgrInsert = "\x1b[32;4m"
	sgrNotice = "\x1b[33m"
)

// mostShown is how many characters of a stretch that stays are shown between two
// changes on a terminal.
const mostShown = 40

// WriteText writes the view for a terminal, a line or a few a change, grouped by
// risk and clause. Without colour, what was deleted stands in [-…-] and what was
// inserted in {+…+}.
func WriteText(out io.Writer, v *View, colour bool) error {
	t := &textWriter{view: v, w: bufio.NewWriter(out), colour: colour}
	t.line(t.sgr(sgrBold, printable(v.Heading)))
	t.line(printable(v.FromTo))
	total := v.Total
	if len(v.Counts) > 0 {
		parts := make([]string, len(v.Counts))
		for i, c := range v.Counts {
			parts[i] = c.Word + " " + itoa(c.N)
		}
		total += v.Word("colon") + strings.Join(parts, v.Word("list-separator"))
	}
	t.line(total)
	if v.Needs != "" {
		t.line(t.sgr(sgrNotice, v.Needs))
	}
	t.groups(v.Groups)
	if p := v.Pack; p != nil {
		t.line("")
		t.line(t.sgr(sgrBold, printable(p.Title)))
		t.line(p.Summary)
		for _, n := range p.Notes {
			t.line(t.sgr(sgrNotice, "! ") + printable(n))
		}
		t.groups(p.Groups)
	}
	return t.w.Flush()
}

type textWriter struct {
	view   *View
	w      *bufio.Writer
	colour bool
}

// line writes a line. Errors stay with the writer until it is flushed.
func (t *textWriter) line(s string) {
	_, _ = t.w.WriteString(s)
	_ = t.w.WriteByte('\n')
}

func (t *textWriter) sgr(code, s string) string {
	if !t.colour || s == "" {
		return s
	}
	return code + s + sgrReset
}

func (t *textWriter) groups(groups []Group) {
	for _, g := range groups {
		t.line("")
		t.line(t.sgr(sgrBold, strings.TrimSpace(printable(g.ID+" "+g.Title))))
		for _, e := range g.Entries {
			t.entry(e)
		}
	}
}

func (t *textWriter) entry(e Entry) {
	var b strings.Builder
	b.WriteString("  ")
	mark := e.Mark()
	switch mark {
	case "+":
		mark = t.sgr("\x1b[32m", mark)
	case "-":
		mark = t.sgr("\x1b[31m", mark)
	default:
		mark = t.sgr(sgrNotice, mark)
	}
	b.WriteString(mark + " " + printable(e.What))
	if e.ID != "" {
		b.WriteString(" " + t.sgr(sgrBold, printable(e.ID)))
	}
	if e.NewID != "" {
		b.WriteString(" → " + t.sgr(sgrBold, printable(e.NewID)))
	}
	if e.Field != "" {
		b.WriteString(" " + printable(e.Field))
	}
	if e.Level == edition.Major {
		b.WriteString(" " + t.sgr(sgrNotice, "["+t.view.Word("level.major")+"]"))
	}
	if s := t.segments(e.Segments); s != "" {
		b.WriteString("\n      " + s)
	}
	t.line(b.String())
	for _, d := range e.Details {
		t.line("      " + t.sgr(sgrDim, printable(d)))
	}
}

func (t *textWriter) segments(segs []worddiff.Segment) string {
	var b strings.Builder
	for i, s := range segs {
		text := printable(s.Text)
		switch s.Op {
		case worddiff.Delete:
			if !t.colour {
				text = "[-" + text + "-]"
			}
			b.WriteString(t.sgr(sgrDelete, text))
		case worddiff.Insert:
			if !t.colour {
				text = "{+" + text + "+}"
			}
			b.WriteString(t.sgr(sgrInsert, text))
		default:
			b.WriteString(shortened(text, i > 0, i+1 < len(segs)))
		}
	}
	return b.String()
}

// shortened leaves out the middle of a long stretch that stays; only what stands
// beside a change is needed.
func shortened(s string, before, after bool) string {
	n := utf8.RuneCountInString(s)
	if n <= 2*mostShown {
		return s
	}
	r := []rune(s)
	head, tail := "", ""
	if before {
		head = string(r[:mostShown])
	}
	if after {
		tail = string(r[n-mostShown:])
	}
	if !before && !after {
		head = string(r[:2*mostShown])
	}
	return head + "…" + tail
}

// printable takes out what would move the cursor or change the colours of a
// terminal; a line break is shown as a sign.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return '⏎'
		case r == '\t':
			return ' '
		case r < 0x20 || r >= 0x7f && r < 0xa0 || r == '\u2028' || r == '\u2029' ||
			r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069':
			return -1
		}
		return r
	}, s)
}

// Printable is a text of strangers as a terminal may show it, on one line.
func Printable(s string) string { return printable(s) }
