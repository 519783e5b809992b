// Package icons draws the site's raster images out of rectangles: the icons for
// home screens, in the form of templates/site/assets/icon.svg, and the picture
// that link previews show. Their files are kept beside that one, so that own
// templates can replace them; the test of this package compares the two.
package icons

import (
	"image"
	"image/color"
	"image/draw"
)

var (
	ground = color.NRGBA{0x0e, 0x5a, 0x66, 0xff}
	deep   = color.NRGBA{0x0c, 0x44, 0x50, 0xff}
	white  = color.NRGBA{0xff, 0xff, 0xff, 0xff}
	pale   = color.NRGBA{0x1d, 0x68, 0x73, 0xff}
	paler  = color.NRGBA{0x86, 0xae, 0xb3, 0xff}
	amber  = color.NRGBA{0xf2, 0xb5, 0x3f, 0xff}
)

// All draws every image, by file name.
func All() map[string]*image.NRGBA {
	return map[string]*image.NRGBA{
		"icon-192.png":      rounded(192),
		"icon-512.png":      rounded(512),
		"icon-maskable.png": square(512, 0.78),
		"icon-180.png":      square(180, 0.9),
		"preview.png":       preview(),
	}
}

// rect fills a rectangle given in units of the scale, from an origin.
func rect(m *image.NRGBA, x0, y0, scale float64, c color.Color, x, y, w, h float64) {
	at := func(o, v float64) int { return int(o + v*scale + 0.5) }
	draw.Draw(m, image.Rect(at(x0, x), at(y0, y), at(x0, x+w), at(y0, y+h)), image.NewUniform(c), image.Point{}, draw.Src)
}

// mark draws three layers and what cuts across them, on a field of 32 units.
func mark(m *image.NRGBA, x, y, scale float64) {
	for _, top := range []float64{7, 14, 21} {
		rect(m, x, y, scale, white, 6, top, 13, 5)
	}
	rect(m, x, y, scale, amber, 21.5, 7, 4.5, 19)
}

// square is an icon that fills its square, as systems want that cut it to a shape
// of their own; the mark takes a part of it.
func square(size int, part float64) *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, size, size))
	draw.Draw(m, m.Bounds(), image.NewUniform(ground), image.Point{}, draw.Src)
	rest := float64(size) * (1 - part) / 2
	mark(m, rest, rest, float64(size)*part/32)
	return m
}

// rounded is an icon with round corners (6 of 32 units).
func rounded(size int) *image.NRGBA {
	m := square(size, 1)
	r := float64(size) * 6 / 32
	const fine = 4 // samples a pixel in each direction
	for y := range int(r) + 1 {
		for x := range int(r) + 1 {
			inside := 0
			for i := range fine * fine {
				dx := r - (float64(x) + (float64(i%fine)+0.5)/fine)
				dy := r - (float64(y) + (float64(i/fine)+0.5)/fine)
				if dx <= 0 || dy <= 0 || dx*dx+dy*dy <= r*r {
					inside++
				}
			}
			c := ground
			c.A = uint8(255 * inside / (fine * fine))
			for _, p := range []image.Point{{x, y}, {size - 1 - x, y}, {x, size - 1 - y}, {size - 1 - x, size - 1 - y}} {
				m.SetNRGBA(p.X, p.Y, c)
			}
		}
	}
	return m
}

// preview is the picture of link previews, 1200 × 630: the mark beside a table
// whose cells reach over rows.
func preview() *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, 1200, 630))
	draw.Draw(m, m.Bounds(), image.NewUniform(deep), image.Point{}, draw.Src)
	rect(m, 0, 0, 1, amber, 0, 618, 1200, 12)
	mark(m, 40, 110, 12.5)
	const x0, y0, width, height = 500, 150, 620, 330
	cells := []struct{ col, row, rows, lines float64 }{
		{0, 0, 3, 2}, {1, 0, 2, 3}, {2, 0, 1, 2}, {3, 0, 1, 2}, {2, 1, 1, 2}, {3, 1, 2, 4}, {1, 2, 1, 2}, {2, 2, 1, 2},
		{0, 3, 1, 1}, {1, 3, 1, 2}, {2, 3, 1, 1}, {3, 3, 1, 2},
	}
	const col, row, gap = width / 4, height / 4, 6
	for _, c := range cells {
		x, y := x0+c.col*col, y0+c.row*row
		rect(m, 0, 0, 1, pale, x, y, col-gap, c.rows*row-gap)
		for i := range int(c.lines) {
			w := float64(col - gap - 32)
			if i == int(c.lines)-1 {
				w *= 0.6
			}
			tint := color.Color(paler)
			if c.col == 2 && i == 0 {
				tint = amber
			}
			rect(m, 0, 0, 1, tint, x+16, y+16+float64(i)*20, w, 8)
		}
	}
	rect(m, 0, 0, 1, white, x0, y0-34, width-gap, 22)
	return m
}
