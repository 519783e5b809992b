package pdf

import (
	"strconv"

	"riskguide/catalog"
	"riskguide/render/pdf/document"
)

func itoa(n int) string { return strconv.Itoa(n) }

// Measures of the figure of the layer model, in millimetres.
const (
	figureWidth  = 150
	figureCross  = 34 // width of a layer that cuts across
	figureLayer  = 13 // height of a layer
	figureHead   = 8  // height of the name of a layer that holds others
	figureGap    = 3.5
	figureInside = 2.5
	figureMargin = figureGap / 2
)

// layerModel adds the figure of the layers: the layers on one another, those
// that cut across beside them, layers inside layers, and a dashed line around
// what is in scope.
func (r *renderer) layerModel(d *document.Document) {
	g := r.cat.Guide
	var stack, across []*catalog.Layer
	for _, l := range g.Layers {
		if l.CrossLayer {
			across = append(across, l)
		} else {
			stack = append(stack, l)
		}
	}
	height := float32(figureMargin)
	for _, l := range stack {
		height += layerHeight(l) + figureGap
	}
	if len(stack) == 0 {
		height += 3*figureLayer + figureGap
	}
	height += figureMargin
	const caption = 7
	d.Figure(height+caption, func(v *document.Canvas) {
		f := &figure{r: r, v: v}
		width := float32(figureWidth) - float32(len(across))*(figureCross+figureGap)
		y := float32(figureGap)
		from, to := float32(-1), float32(0)
		together := true
		for _, l := range stack {
			h := layerHeight(l)
			f.layer(l, figureGap, y, width, h)
			if inScope(l) {
				if from >= 0 && y-to > figureGap+0.1 {
					together = false
				}
				if from < 0 {
					from = y
				}
				to = y + h
			}
			y += h + figureGap
		}
		bottom := y - figureGap
		if len(stack) == 0 {
			bottom = figureGap + 3*figureLayer
		}
		x := figureGap + width + figureGap
		crossIn := 0
		for _, l := range across {
			f.layer(l, x, figureGap, figureCross, bottom-figureGap)
			x += figureCross + figureGap
			if inScope(l) {
				crossIn++
			}
		}
		if from >= 0 && together && (crossIn == 0 || crossIn == len(across)) {
			f.outline(from, to, bottom, figureGap+width, float32(crossIn)*(figureCross+figureGap))
			v.Text(0, bottom+2.2*figureMargin, figureWidth, 6,
				document.Inline{{Text: r.words.Get("figure-scope"), Color: document.Muted}},
				document.Style{Size: 8, Leading: 12, Color: document.Muted})
		}
	})
}

// inScope reports whether a layer, or one inside it, is in scope.
func inScope(l *catalog.Layer) bool {
	if l.IsLeaf() {
		return l.InScope
	}
	for _, c := range l.Children {
		if inScope(c) {
			return true
		}
	}
	return false
}

// layerHeight is the height of a layer in the figure.
func layerHeight(l *catalog.Layer) float32 {
	if l.IsLeaf() {
		return figureLayer
	}
	h := float32(figureHead)
	for _, c := range l.Children {
		h += layerHeight(c) + figureInside
	}
	return h
}

type figure struct {
	r *renderer
	v *document.Canvas
}

// layer draws a layer with those inside it.
func (f *figure) layer(l *catalog.Layer, x, y, w, h float32) {
	fill, line, text := document.Color(0xDCE6F1), document.Accent, document.Black
	if !inScope(l) {
		fill, line, text = 0xF2F2F2, document.Rule, document.Muted
	}
	if l.Parent != nil {
		fill = document.White
	}
	f.v.Box(x, y, w, h, fill, line, 0.7, false)
	st := document.Style{Size: 9.5, Leading: 13, Bold: l.Parent == nil, Color: text, Align: document.Center}
	name := f.r.inline(l.Name)
	room := h
	if !l.IsLeaf() {
		room = figureHead
	}
	th := f.v.TextHeight(w-4, name, st)
	for th > room && st.Size > 4 { // a long name is set smaller
		st.Size, st.Leading = st.Size*0.9, st.Leading*0.9
		th = f.v.TextHeight(w-4, name, st)
	}
	f.v.Text(x+2, y+max(0, (room-th)/2), w-4, th, name, st)
	if l.IsLeaf() {
		return
	}
	y += figureHead
	for _, c := range l.Children {
		ch := layerHeight(c)
		f.layer(c, x+figureInside, y, w-2*figureInside, ch)
		y += ch + figureInside
	}
}

// outline draws the dashed line around the layers in scope, from top to bottom
// of theirs, and around the layers that cut across, which are as high as all.
func (f *figure) outline(from, to, bottom, right, cross float32) {
	const m = figureMargin
	left, top, low := float32(figureGap-m), from-m, to+m
	mid, far := right+m, right+m+cross
	points := [][2]float32{{left, top}}
	if cross > 0 {
		points = append(points, [2]float32{mid, top}, [2]float32{mid, figureGap - m},
			[2]float32{far, figureGap - m}, [2]float32{far, bottom + m}, [2]float32{mid, bottom + m}, [2]float32{mid, low})
	} else {
		points = append(points, [2]float32{mid, top}, [2]float32{mid, low})
	}
	points = append(points, [2]float32{left, low}, [2]float32{left, top})
	for i := 1; i < len(points); i++ {
		a, b := points[i-1], points[i]
		if a != b {
			f.v.Line(a[0], a[1], b[0], b[1], 0xC0392B, 1.1, true)
		}
	}
}
