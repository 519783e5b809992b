package changes

import (
	"bytes"
	"html"
	"strings"
	"unicode/utf8"

	"riskguide/catalog/edition"
	"riskguide/catalog/worddiff"
)

// The lengths in characters and entries from which Markdown folds up what is
// long, so that a pull request stays readable.
const (
	longText  = 240
	longGroup = 25
)

// Markdown writes the view for a pull request, in what GitHub and GitLab both
// render: deleted words in <del>, inserted ones in <ins>, long texts and groups
// folded up in <details>.
func Markdown(v *View) []byte {
	m := &mdWriter{v: v}
	m.line("## " + mdText(v.Heading))
	m.line("")
	m.line(mdText(v.FromTo))
	m.line("")
	m.line("**" + mdText(v.Total) + "**" + m.counts())
	if v.Needs != "" {
		m.line("")
		m.line("> " + mdText(v.Needs))
	}
	m.groups(v.Groups, "###")
	if p := v.Pack; p != nil {
		m.line("")
		m.line("## " + mdText(p.Title))
		m.line("")
		m.line(mdText(p.Summary))
		if len(p.Notes) > 0 {
			m.line("")
		}
		for _, n := range p.Notes {
			m.line("- " + mdText(n))
		}
		m.groups(p.Groups, "###")
	}
	return m.b.Bytes()
}

type mdWriter struct {
	v *View
	b bytes.Buffer
}

func (m *mdWriter) line(s string) { m.b.WriteString(s + "\n") }

func (m *mdWriter) counts() string {
	if len(m.v.Counts) == 0 {
		return ""
	}
	parts := make([]string, len(m.v.Counts))
	for i, c := range m.v.Counts {
		parts[i] = mdText(c.Word) + " " + itoa(c.N)
	}
	return mdText(m.v.Word("colon")) + strings.Join(parts, mdText(m.v.Word("list-separator")))
}

func (m *mdWriter) groups(groups []Group, level string) {
	for _, g := range groups {
		title := strings.TrimSpace(mdText(g.ID) + " " + mdText(g.Title))
		m.line("")
		fold := len(g.Entries) >= longGroup
		if fold {
			m.line("<details><summary><b>" + html.EscapeString(strings.TrimSpace(g.ID+" "+g.Title)) + "</b> (" + itoa(len(g.Entries)) + ")</summary>")
		} else {
			m.line(level + " " + title)
		}
		m.line("")
		for _, e := range g.Entries {
			m.entry(e)
		}
		if fold {
			m.line("")
			m.line("</details>")
		}
	}
}

func (m *mdWriter) entry(e Entry) {
	var b strings.Builder
	b.WriteString("- **" + mdText(e.KindWord) + "** " + mdText(e.What))
	if e.ID != "" {
		b.WriteString(" " + mdCode(e.ID))
	}
	if e.NewID != "" {
		b.WriteString(" → " + mdCode(e.NewID))
	}
	if e.Field != "" {
		b.WriteString(" " + mdText(e.Field))
	}
	if e.Level == edition.Major {
		b.WriteString(" *(" + mdText(m.v.Word("level.major")) + ")*")
	}
	segs := mdSegments(e.Segments)
	long := length(e.Segments) > longText
	if segs != "" && !long {
		b.WriteString(mdText(m.v.Word("colon")) + segs)
	}
	m.line(b.String())
	if long {
		m.line("")
		m.line("  <details><summary>" + html.EscapeString(m.v.Word("more")) + "</summary>")
		m.line("")
		m.line("  " + segs)
		m.line("")
		m.line("  </details>")
		m.line("")
	}
	for _, d := range e.Details {
		m.line("  - " + mdText(d))
	}
}

func length(segs []worddiff.Segment) int {
	n := 0
	for _, s := range segs {
		n += utf8.RuneCountInString(s.Text)
	}
	return n
}

func mdSegments(segs []worddiff.Segment) string {
	var b strings.Builder
	for _, s := range segs {
		switch s.Op {
		case worddiff.Delete:
			b.WriteString("<del>" + mdText(s.Text) + "</del>")
		case worddiff.Insert:
			b.WriteString("<ins>" + mdText(s.Text) + "</ins>")
		default:
			b.WriteString(mdText(s.Text))
		}
	}
	return b.String()
}

// mdText writes text so that Markdown shows it as it is: nothing in it becomes
// markup, a mention of a person, or a link to an issue.
func mdText(s string) string {
	var b strings.Builder
	for i, r := range s {
		switch {
		case r == '\n':
			b.WriteString("<br>")
		case r == '<':
			b.WriteString("&lt;")
		case r == '>':
			b.WriteString("&gt;")
		case r == '&':
			b.WriteString("&amp;")
		case r == '@', r == '#', r == '!':
			b.WriteRune(r)
			b.WriteString("<!-- -->")
		case strings.ContainsRune("\\`*_{}[]()|~$", r), (r == '-' || r == '+') && i == 0:
			b.WriteRune('\\')
			b.WriteRune(r)
		case r == ':' && strings.HasPrefix(s[i:], "://"): // no links by themselves
			b.WriteString(":<!-- -->")
		case r < 0x20 || r == 0x7f:
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// mdCode writes an id as code.
func mdCode(s string) string {
	if strings.ContainsAny(s, "`\n|") {
		return mdText(s)
	}
	return "`" + s + "`"
}
