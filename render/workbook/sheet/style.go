package sheet

import "github.com/xuri/excelize/v2"

// FontName is the font of every cell; see the package documentation for what
// happens on a machine without it.
const FontName = "Yu Gothic"

// charsetShiftJIS marks a font as Japanese (ECMA-376 part 1, 18.8.4 charset).
const charsetShiftJIS = 128

// Line is the line at an edge of a cell.
type Line uint8

// The lines that a style can draw.
const (
	NoLine Line = iota
	Thin
	Hair
	Medium
)

// index is the number of the line in ECMA-376's list of border styles.
func (l Line) index() int { return [...]int{0, 1, 7, 2}[l] }

// Align is the horizontal place of text in its cell.
type Align uint8

// The alignments.
const (
	Left Align = iota
	Center
	Right
)

// VAlign is the vertical place of text in its cell.
type VAlign uint8

// The vertical alignments. Top is the zero value: what people read in long cells
// begins at the top.
const (
	Top VAlign = iota
	Middle
	Bottom
)

// Edges are the lines around a cell, or around a merged cell as a whole.
type Edges struct {
	Left, Right, Top, Bottom Line
	Color                    string // "RRGGBB"; empty is LineColor
}

// AllEdges returns the same line at all edges.
func AllEdges(l Line) Edges { return Edges{Left: l, Right: l, Top: l, Bottom: l} }

// Style is the look of a cell. The zero Style is 9 points, wrapped, top left,
// black on nothing, locked. Styles are values: equal ones are stored once.
type Style struct {
	Size      float64 // points; 0 is BodySize
	Bold      bool
	Italic    bool
	Strike    bool
	Underline bool
	Color     string // "RRGGBB"; empty is Ink
	Fill      string // "RRGGBB"; empty is none
	Align     Align
	VAlign    VAlign
	NoWrap    bool
	Indent    int // in steps of about three spaces
	Edges     Edges
	Unlocked  bool   // may be typed in when the sheet is protected
	Format    string // number format such as "yyyy-mm-dd"; empty is General
	quote     bool   // set by the writer; see NeedsQuote
}

// The sizes and colours that all workbooks share. The sizes are whole pixels at
// 96 dpi, so that Excel's screen widths are those of the estimate.
const (
	BodySize  = 9.0
	TextSize  = 10.5
	HeadSize  = 12.0
	TitleSize = 15.0
	CoverSize = 21.0

	Ink        = "1F2933"
	Muted      = "5B6773" // secondary text, missing translations
	LinkColor  = "1D4F91"
	LineColor  = "AEB8C4"
	HeaderFill = "2F4A6B"
	HeaderInk  = "FFFFFF"
	RowHead    = "EEF2F7" // cells that head rows
	Paper      = "F7F9FB" // areas that are not part of a table
	GapFill    = "FFF6E0" // what the source lacks
)

// With returns the style with the edges e.
func (s Style) With(e Edges) Style { s.Edges = e; return s }

// Tone is the pair of colours of a severity: a strong one and a light one.
type Tone struct{ Strong, Light string }

// SeverityTone returns the colours of the i-th of n severities, the gravest
// first. Colour only repeats what the text says.
func SeverityTone(i, n int) Tone {
	tones := []Tone{{"B3362B", "FBEBE9"}, {"B26A00", "FDF3E1"}, {"2F7A55", "E8F3ED"}}
	switch {
	case i <= 0:
		return tones[0]
	case i >= n-1:
		return tones[2]
	}
	return tones[1]
}

// style returns excelize's form of s.
func (s Style) style() *excelize.Style {
	charset := charsetShiftJIS
	x := &excelize.Style{
		Font: &excelize.Font{Bold: s.Bold, Italic: s.Italic, Strike: s.Strike, Family: FontName,
			Size: s.size(), Color: or(s.Color, Ink), Charset: &charset},
		Alignment: &excelize.Alignment{
			Horizontal: [...]string{"left", "center", "right"}[s.Align],
			Vertical:   [...]string{"top", "center", "bottom"}[s.VAlign],
			WrapText:   !s.NoWrap, Indent: s.Indent},
	}
	if s.Unlocked {
		x.Protection = &excelize.Protection{Locked: false}
	}
	if s.Underline {
		x.Font.Underline = "single"
	}
	if s.Fill != "" {
		x.Fill = excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{s.Fill}}
	}
	color := or(s.Edges.Color, LineColor)
	for _, e := range []struct {
		name string
		line Line
	}{{"left", s.Edges.Left}, {"right", s.Edges.Right}, {"top", s.Edges.Top}, {"bottom", s.Edges.Bottom}} {
		if e.line != NoLine {
			x.Border = append(x.Border, excelize.Border{Type: e.name, Color: color, Style: e.line.index()})
		}
	}
	if s.Format != "" {
		format := s.Format
		x.CustomNumFmt = &format
	}
	return x
}

func (s Style) size() float64 {
	if s.Size == 0 {
		return BodySize
	}
	return s.Size
}

func or(s, fallback string) string {
	if s == "" {
		return fallback
	}
	return s
}
