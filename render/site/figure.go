package site

import (
	"html/template"
	"strconv"
	"strings"

	"riskguide/catalog"
)

// FigureView is the drawing of the layer model. Lengths are in the drawing's own
// units; the style scales it to the width that there is.
type FigureView struct {
	// ID begins the ids of the drawing's title and description.
	ID            string
	Width, Height int
	Title         string
	Description   string
	Boxes         []FigureBox
	// Scope is the path of the dashed line around the layers that the guide
	// treats; empty if there are none.
	Scope          string
	ScopeLabel     string
	LabelX, LabelY int
	// Caption is the description as visible text, where the figure stands alone.
	Caption template.HTML
}

// FigureBox is a layer in the drawing.
type FigureBox struct {
	X, Y, W, H int
	Href       string
	Lines      []FigureLine
	Class      string
	Current    bool
}

// FigureLine is a line of a layer's name; it ends in the space at which it was
// broken, so that the lines together are the name.
type FigureLine struct {
	X, Y int
	Text string
}

// Measures of the drawing. It is narrow enough to be read on a telephone.
const (
	figWidth   = 480
	figMargin  = 12  // room for the dashed line
	figGap     = 12  // between boxes
	figCross   = 128 // width of a cross-layer box
	figLeaf    = 46  // height of a box
	figTitle   = 34  // height of the name of a layer that holds others
	figPad     = 10  // inside a layer that holds others
	figFont    = 16
	figLine    = 21
	figCaption = 26 // room for the name of the dashed line
)

// figure draws the layer model: layers on one another, those that cut across
// them beside them, layers inside layers, the scope dashed.
func (p *Page) figure(current *catalog.Layer, caption bool) *FigureView {
	g := p.e.cat.Guide
	d := &drawing{p: p, current: current}
	var stacked, across []*catalog.Layer
	for _, l := range g.Layers {
		if l.CrossLayer {
			across = append(across, l)
		} else {
			stacked = append(stacked, l)
		}
	}
	stackW := figWidth - 2*figMargin
	if len(across) > 0 {
		stackW -= len(across) * (figCross + figGap)
	}
	y := figMargin
	var spans [][2]int // top and bottom of the stacked layers
	for _, l := range stacked {
		h := boxHeight(l)
		d.box(l, figMargin, y, stackW, h)
		spans = append(spans, [2]int{y, y + h})
		y += h + figGap
	}
	bottom := y - figGap
	if len(stacked) == 0 {
		bottom = figMargin + 3*figLeaf
	}
	for i, l := range across {
		d.box(l, figMargin+stackW+figGap+i*(figCross+figGap), figMargin, figCross, bottom-figMargin)
	}
	f := &FigureView{ID: "layer-model", Width: figWidth, Height: bottom + figMargin, Boxes: d.boxes,
		Title: p.T("layer-model-title")}
	f.Description, _ = p.e.cat.Text(g.LayerModel, p.e.lang)
	if caption {
		f.Caption = p.text(g.LayerModel)
	}
	f.Scope = scopePath(stacked, across, spans, stackW, bottom)
	if f.Scope != "" {
		f.ScopeLabel = p.T("scope-label")
		f.LabelX, f.LabelY = figMargin+2, bottom+figMargin+17
		f.Height += figCaption - 4
	}
	return f
}

// scopePath returns the outline of what is in scope: the layers in scope, which
// lie together in every guide so far, and the cross-layer ones beside them. If
// they do not lie together each gets an outline of its own.
func scopePath(stacked, across []*catalog.Layer, spans [][2]int, stackW, bottom int) string {
	const m = figGap / 2
	var b strings.Builder
	rect := func(x0, y0, x1, y1 int) {
		polygon(&b, [][2]int{{x0, y0}, {x1, y0}, {x1, y1}, {x0, y1}})
	}
	first, last, n := -1, -1, 0
	for i, l := range stacked {
		if inScope(l) {
			if first < 0 {
				first = i
			}
			last = i
			n++
		}
	}
	crossIn := 0
	for _, l := range across {
		if inScope(l) {
			crossIn++
		}
	}
	left, mid := figMargin-m, figMargin+stackW+m
	right := mid + crossIn*(figCross+figGap)
	top, low := figMargin-m, bottom+m
	together := n > 0 && last-first+1 == n && crossIn == len(across)
	switch {
	case together && crossIn > 0:
		y0, y1 := spans[first][0]-m, spans[last][1]+m
		pts := [][2]int{{left, y0}}
		if y0 > top {
			pts = append(pts, [2]int{mid, y0}, [2]int{mid, top})
		}
		pts = append(pts, [2]int{right, top}, [2]int{right, low})
		if y1 < low {
			pts = append(pts, [2]int{mid, low}, [2]int{mid, y1})
		}
		polygon(&b, append(pts, [2]int{left, y1}))
	case together:
		rect(left, spans[first][0]-m, mid, spans[last][1]+m)
	default:
		for i, l := range stacked {
			if inScope(l) {
				rect(left, spans[i][0]-m, mid, spans[i][1]+m)
			}
		}
		for i, l := range across {
			if inScope(l) {
				rect(mid+i*(figCross+figGap), top, mid+(i+1)*(figCross+figGap), low)
			}
		}
	}
	return b.String()
}

// polygon appends a closed path through the points.
func polygon(b *strings.Builder, pts [][2]int) {
	for i, pt := range pts {
		if i == 0 {
			b.WriteByte('M')
		} else {
			b.WriteByte('L')
		}
		b.WriteString(strconv.Itoa(pt[0]))
		b.WriteByte(' ')
		b.WriteString(strconv.Itoa(pt[1]))
	}
	b.WriteByte('Z')
}

type drawing struct {
	p       *Page
	current *catalog.Layer
	boxes   []FigureBox
}

func boxHeight(l *catalog.Layer) int {
	if l.IsLeaf() {
		return figLeaf
	}
	h := figTitle
	for _, c := range l.Children {
		h += boxHeight(c) + figPad
	}
	return h
}

// box draws a layer and those inside it, on one another.
func (d *drawing) box(l *catalog.Layer, x, y, w, h int) {
	name, _ := d.p.e.cat.Text(l.Name, d.p.e.lang)
	b := FigureBox{X: x, Y: y, W: w, H: h, Href: d.p.Base + layerFile(l.ID), Current: l == d.current}
	class := []string{"box"}
	if !inScope(l) {
		class = append(class, "out")
	}
	if !l.IsLeaf() {
		class = append(class, "outer")
	}
	if b.Current {
		class = append(class, "current")
	}
	b.Class = strings.Join(class, " ")
	lines := wrap(name, w-12)
	titleH := h
	if !l.IsLeaf() {
		titleH = figTitle
	}
	y0 := y + titleH/2 - (len(lines)-1)*figLine/2 + figFont*3/8
	for i, s := range lines {
		b.Lines = append(b.Lines, FigureLine{X: x + w/2, Y: y0 + i*figLine, Text: s})
	}
	d.boxes = append(d.boxes, b)
	cy := y + figTitle
	for _, c := range l.Children {
		ch := boxHeight(c)
		d.box(c, x+figPad, cy, w-2*figPad, ch)
		cy += ch + figPad
	}
}

// wrap breaks a name into lines that fit the width: at spaces, and between wide
// characters. Widths are estimated: a wide character is as wide as the type is
// high, another a little over half of it.
func wrap(s string, width int) []string {
	var lines []string
	line, w := "", 0
	for _, part := range parts(s) {
		pw := textWidth(part)
		if line != "" && w+textWidth(strings.TrimRight(part, " ")) > width {
			lines = append(lines, line)
			line, w = "", 0
		}
		line += part
		w += pw
	}
	return append(lines, line)
}

// parts cuts a name where a line may end.
func parts(s string) []string {
	var out []string
	start := 0
	for i, r := range s {
		if i > start && (r >= 0x2E80 && !strings.ContainsRune("ーァィゥェォッャュョ、。）」", r) || s[i-1] == ' ') {
			out = append(out, s[start:i])
			start = i
		}
	}
	return append(out, s[start:])
}

func textWidth(s string) int {
	w := 0
	for _, r := range s {
		if r >= 0x2E80 {
			w += figFont
		} else {
			w += figFont * 9 / 16
		}
	}
	return w
}
