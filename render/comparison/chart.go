package comparison

import (
	"fmt"
	"html/template"
	"strings"
)

// The charts of the page are inline SVG. Each is an image with a name that says
// what it shows; the numbers stand beside it too.

func esc(s string) string { return template.HTMLEscapeString(s) }

// partsText lists the answers: "implemented 12, partial 3".
func (v *View) partsText(t Tally) string {
	var out []string
	for _, p := range t.Parts {
		out = append(out, v.With("rule.value", "what", p.Word, "n", itoa(p.N)))
	}
	return strings.Join(out, v.Word("list_comma"))
}

// stackedBar draws the answers of a supplier, each part as wide as its share.
func (v *View) stackedBar(t Tally, name string) template.HTML {
	var b strings.Builder
	fmt.Fprintf(&b, `<svg viewBox="0 0 %d 10" preserveAspectRatio="none" role="img" aria-label="%s">`, max(t.Requirements, 1),
		esc(name+v.Word("colon")+v.partsText(t)))
	x := 0
	for _, p := range t.Parts {
		fmt.Fprintf(&b, `<rect class="f-%s" x="%d" width="%d" height="10"/>`, p.Class, x, p.N)
		x += p.N
	}
	b.WriteString("</svg>")
	return template.HTML(b.String())
}

func (v *View) scoreBar(t Tally, name string) template.HTML {
	label := v.With("score_of", "name", name, "score", t.Text)
	return template.HTML(fmt.Sprintf(`<svg viewBox="0 0 100 10" preserveAspectRatio="none" role="img" aria-label="%s">%s</svg>`, esc(label), scoreRects(t)))
}

// miniBar is a bar whose number stands beside it; nothing is lost without it.
func miniBar(t Tally) template.HTML {
	return template.HTML(`<svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">` + scoreRects(t) + "</svg>")
}

func scoreRects(t Tally) string {
	s := `<rect class="back" width="100" height="10"/>`
	if t.Scored && t.Score > 0 {
		s += fmt.Sprintf(`<rect class="full" width="%.1f" height="10"/>`, t.Score)
	}
	return s
}

// Measures of the line chart in pixels.
const (
	chartWidth, chartHeight = 320, 150
	chartLeft, chartRight   = 38, 18
	chartTop, chartBottom   = 26, 28
)

// lineChart draws the scores of a supplier's rounds.
func (v *View) lineChart(s *Supplier) template.HTML {
	var names []string
	for _, r := range s.Rounds {
		names = append(names, v.With("history.point", "n", itoa(r.Number), "score", r.Tally.Text))
	}
	var b strings.Builder
	fmt.Fprintf(&b, `<svg viewBox="0 0 %d %d" role="img" aria-label="%s">`, chartWidth, chartHeight,
		esc(v.With("history.chart", "name", s.Name, "list", strings.Join(names, v.Word("list_comma")))))
	const plot = chartHeight - chartTop - chartBottom
	y := func(score float64) float64 { return chartTop + plot*(1-score/100) }
	for _, n := range []int{0, 50, 100} {
		fmt.Fprintf(&b, `<line class="grid" x1="%d" x2="%d" y1="%.1f" y2="%.1f"/><text class="axis" x="%d" y="%.1f">%d</text>`,
			chartLeft, chartWidth-chartRight+10, y(float64(n)), y(float64(n)), chartLeft-6, y(float64(n))+4, n)
	}
	// The first and the last point stand off the edges for their numbers.
	const inset = 22
	step := float64(chartWidth-chartLeft-chartRight-2*inset) / float64(max(len(s.Rounds)-1, 1))
	var points, marks strings.Builder
	every := (len(s.Rounds) + 7) / 8 // numbers of more than eight rounds would overlap
	for i, r := range s.Rounds {
		if !r.Tally.Scored {
			continue
		}
		x := chartLeft + inset + step*float64(i)
		fmt.Fprintf(&points, "%.1f,%.1f ", x, y(r.Tally.Score))
		fmt.Fprintf(&marks, `<circle cx="%.1f" cy="%.1f" r="4"/>`, x, y(r.Tally.Score))
		if i%every == 0 || i == len(s.Rounds)-1 {
			fmt.Fprintf(&marks, `<text x="%.1f" y="%.1f">%s</text><text x="%.1f" y="%d">%d</text>`, x, y(r.Tally.Score)-8, r.Tally.Text,
				x, chartHeight-8, r.Number)
		}
	}
	fmt.Fprintf(&b, `<polyline class="curve" points="%s"/>%s</svg>`, strings.TrimSpace(points.String()), marks.String())
	return template.HTML(b.String())
}
