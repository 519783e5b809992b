package document

// Canvas is what a figure is drawn on. Its measures are millimetres from the
// upper left corner of the figure.
type Canvas struct {
	c    *composer
	x, y float32 // of the figure, in points
	w, h float32
}

// Figure adds a drawing of the height in millimetres, as wide as the text. The
// height must fit on a page.
func (d *Document) Figure(height float32, draw func(*Canvas)) {
	d.add(blockFunc(func(c *composer) {
		c.need(height*mm + 4*mm)
		c.skip(4 * mm)
		draw(&Canvas{c: c, x: c.x(), y: c.y, w: c.width(), h: height * mm})
		c.y += height * mm
		c.fresh = false
	}))
}

// Width is the width of the figure in millimetres.
func (v *Canvas) Width() float32 { return v.w / mm }

// Box draws a rectangle, filled and outlined with the colours unless they are
// [NoColor]. The outline is as many points thick.
func (v *Canvas) Box(x, y, w, h float32, fill, outline Color, thick float32, dashed bool) {
	p := v.c.page
	p.Ops = append(p.Ops, Op{Kind: OpBox, X: v.x + x*mm, Y: v.y + y*mm, W: w * mm, H: h * mm,
		Fill: fill, Color: outline, LineWidth: thick, Dashed: dashed, Box: v.c.box})
}

// Line draws a line as many points thick.
func (v *Canvas) Line(x1, y1, x2, y2 float32, color Color, thick float32, dashed bool) {
	p := v.c.page
	p.Ops = append(p.Ops, Op{Kind: OpLine, X: v.x + x1*mm, Y: v.y + y1*mm, W: (x2 - x1) * mm, H: (y2 - y1) * mm,
		Color: color, LineWidth: thick, Dashed: dashed, Box: v.c.box})
}

// Text sets running text in a box, from its top, and returns the height that it
// took. What does not fit into the box stays outside: choose the box so that it
// does.
func (v *Canvas) Text(x, y, w, h float32, text Inline, st Style) float32 {
	ls := v.c.ts.set(nil, text, st, w*mm, 0, 0)
	p := v.c.page
	box := p.box(Rect{v.x + x*mm, v.y + y*mm, w * mm, h * mm})
	return (p.lines(ls, v.x+x*mm, v.y+y*mm, w*mm, box) - v.y - y*mm) / mm
}

// TextHeight returns the height in millimetres that text takes in a width.
func (v *Canvas) TextHeight(w float32, text Inline, st Style) float32 {
	return linesHeight(v.c.ts.set(nil, text, st, w*mm, 0, 0)) / mm
}

// TextWidth returns the width in millimetres of text that stands in one line, or of
// the longest of the lines that line breaks make of it.
func (v *Canvas) TextWidth(text Inline, st Style) float32 {
	w := float32(0)
	for _, l := range v.c.ts.set(nil, text, st, 1e6, 0, 0) {
		w = max(w, l.w)
	}
	return w / mm
}
