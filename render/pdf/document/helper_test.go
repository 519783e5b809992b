package document

import (
	"slices"
	"strings"
	"testing"
	"time"

	"riskguide/catalog"
)

// newDocument returns an empty document that fails the test on a report, unless
// warn is given.
func newDocument(t testing.TB, warn func(catalog.Problem)) *Document {
	t.Helper()
	if warn == nil {
		warn = func(p catalog.Problem) { t.Errorf("reported: %v", p) }
	}
	d, err := New(Config{
		Title: "試験文書", Author: "架空協会", Subject: "題", Keywords: "版 1", Creator: "riskguide", Lang: "ja",
		Date: time.Date(2026, 1, 31, 0, 0, 0, 0, time.UTC), Header: "試験文書 1版", Footer: "架空協会", Warn: warn,
	})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// pdf returns the document's PDF.
func pdf(t testing.TB, d *Document) []byte {
	t.Helper()
	b, err := d.PDF()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// checkBoxes asserts that no text leaves its box, no box the page, and no two
// texts of a page lie on one another.
func checkBoxes(t testing.TB, pages []*Page) {
	t.Helper()
	const slack = 0.05 // points; positions are written with two decimals
	for n, p := range pages {
		for i, b := range p.Boxes {
			if b.X < 0 || b.Y < 0 || b.X+b.W > pageWidth+slack || b.Y+b.H > pageHeight+slack {
				t.Fatalf("page %d: box %d %+v lies outside of the page", n+1, i, b)
			}
		}
		var texts []Rect
		var words []string
		for _, op := range p.Ops {
			if op.Kind == OpPageOf {
				t.Fatalf("page %d: the page of %q was not filled in", n+1, op.Text)
			}
			if op.Kind != OpText || op.Text == "" {
				continue
			}
			if op.Box < 0 || int(op.Box) >= len(p.Boxes) {
				t.Fatalf("page %d: %q has no box", n+1, op.Text)
			}
			b, size := p.Boxes[op.Box], op.Size()
			// The typeface reaches 0.88 above and 0.12 below the baseline.
			r := Rect{op.X, op.Y - 0.88*size, op.W, size}
			if r.X < b.X-slack || r.X+r.W > b.X+b.W+slack || r.Y < b.Y-slack || r.Y+r.H > b.Y+b.H+slack {
				t.Errorf("page %d: %q at %+v leaves its box %+v", n+1, op.Text, r, b)
			}
			for k, o := range texts {
				if r.X < o.X+o.W-slack && o.X < r.X+r.W-slack && r.Y < o.Y+o.H-slack && o.Y < r.Y+r.H-slack {
					t.Errorf("page %d: %q lies on %q", n+1, op.Text, words[k])
				}
			}
			texts, words = append(texts, r), append(words, op.Text)
		}
	}
}

// allText returns what the pages say, in drawing order, each line in one piece and
// with a newline behind it.
func allText(pages []*Page) string {
	var b strings.Builder
	for _, p := range pages {
		b.WriteString(pageText(p))
		b.WriteByte('\f')
	}
	return b.String()
}

func pageText(p *Page) string {
	var b strings.Builder
	var y float32
	box := int32(-1)
	for _, op := range p.Ops {
		if op.Kind != OpText {
			continue
		}
		if b.Len() > 0 && (op.Y != y || op.Box != box) {
			b.WriteByte('\n')
		}
		y, box = op.Y, op.Box
		b.WriteString(op.Text)
	}
	return b.String()
}

// squeeze removes white space.
func squeeze(s string) string { return strings.Join(strings.Fields(s), "") }

// linesOf returns the lines of a text as the pages break them.
func linesOf(pages []*Page) []string {
	var out []string
	for _, p := range pages {
		out = append(out, strings.Split(pageText(p), "\n")...)
	}
	return slices.DeleteFunc(out, func(s string) bool { return s == "" })
}
