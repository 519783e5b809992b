package sheet

import (
	"math"
	"strconv"
)

// lineFactor is the height of a line in ems. Excel gives Yu Gothic 18.75 points
// a line at 11 points (1.705 em), more than any font that replaces it.
const lineFactor = 1.72

// Cell margins in points: Excel keeps 5 pixels of a column's width free, and
// lines are given a little air above and below.
const (
	marginX = 4.5
	marginY = 2.25
)

// The width of a column is stored in digits of the default font. At 10 points a
// digit of Yu Gothic is 7 pixels in Excel; LibreOffice with a replacement font
// may take half an em. Columns are laid out for the first, text for the second.
const (
	defaultSize  = 10.0
	digitExcel   = 5.25
	digitAtLeast = 5.0
	usableShare  = digitAtLeast / digitExcel * 0.985
	boldFactor   = 1.06 // of Latin letters
)

// ColumnChars returns the width to store for a column of width points.
func ColumnChars(width float64) float64 {
	return math.Min(math.Round(width/digitExcel*100)/100, MaxColumn)
}

// usable returns how many points of a line a cell of width points can hold in
// the least favourable program.
func usable(width, indent float64) float64 {
	return width*usableShare - marginX - indent
}

// LineHeight returns the height of a line of text of size points, in whole
// pixels of 0.75 points.
func LineHeight(size float64) float64 { return ceilPixel(size * lineFactor) }

// Height returns the height of a row or merged cell that holds lines of text.
func Height(lines int, size float64) float64 {
	return float64(lines)*LineHeight(size) + marginY
}

func ceilPixel(pt float64) float64 { return math.Ceil(pt/0.75-1e-6) * 0.75 }

// TextHeight returns the height in points that a cell needs that is width points
// wide and holds text of size points, wrapped.
func TextHeight(text string, width, size float64, bold bool) float64 {
	return Height(Lines(text, usable(width, 0), size, bold), size)
}

// Lines returns how many lines the text takes, wrapped to width points at size
// points. It follows UAX #14 as far as spreadsheet programs do: between
// full-width characters anywhere but before closing and after opening marks
// (kinsoku), otherwise at spaces; a longer word is broken where the line ends.
func Lines(text string, width, size float64, bold bool) int {
	if width < size {
		width = size // at least one character a line
	}
	limit := width / size // in ems from here on
	lines := 1
	var line, tail float64 // width so far; of which after the last place to break
	prev := rune(' ')
	for _, r := range text {
		if r == '\n' {
			lines++
			line, tail, prev = 0, 0, ' '
			continue
		}
		w := runeWidth(r)
		if bold {
			w = math.Min(w*boldFactor, 1)
		}
		if line > 0 && breakBetween(prev, r) {
			tail = 0
		}
		if line+w > limit && r != ' ' && r != '\u3000' {
			lines++
			if tail < line {
				line = tail // what follows the last place to break moves down
			} else {
				line, tail = 0, 0 // nowhere to break
			}
			if line+w > limit { // a word that fills a line by itself
				lines++
				line, tail = 0, 0
			}
		}
		line += w
		tail += w
		prev = r
	}
	return lines
}

// TextWidth returns the width in points of the longest line of the text.
func TextWidth(text string, size float64) float64 {
	var w, widest float64
	for _, r := range text {
		if r == '\n' {
			w = 0
			continue
		}
		w += runeWidth(r)
		widest = math.Max(widest, w)
	}
	return widest * size
}

// longestWord returns the width in points of a column in which no word of the
// bold text must be broken.
func longestWord(text string, size float64) float64 {
	var word, longest float64
	prev := ' '
	for _, r := range text {
		if r == '\n' || breakBetween(prev, r) {
			word = 0
		}
		if r != ' ' && r != '\n' {
			word += math.Min(runeWidth(r)*boldFactor, 1)
		}
		longest = math.Max(longest, word)
		prev = r
	}
	return math.Ceil((longest*size + marginX) / usableShare)
}

// breakBetween reports whether a line may end after a and begin with b.
func breakBetween(a, b rune) bool {
	if b == ' ' {
		return false
	}
	if a == ' ' || a == '\u3000' {
		return true
	}
	if !isWide(a) && !isWide(b) {
		return false
	}
	return !noStart(b) && !noEnd(a)
}

// runeWidth returns the widest that the character is in the fonts that are
// likely to show it, in ems.
func runeWidth(r rune) float64 {
	switch {
	case r < 0x80:
		return float64(asciiWidth[r]) / 100
	case r < 0x2010:
		if r >= 0x300 && r <= 0x36F {
			return 0
		}
		if r >= 0x370 || r == '§' || r == '¶' || r == '×' || r == '÷' || r == '±' || r == '°' {
			return 1 // Greek and Cyrillic are full-width in Japanese fonts
		}
		return 0.68
	case r >= 0xFF61 && r <= 0xFFDC: // half-width kana
		return 0.52
	case r == 0x200B || r == 0xFEFF || r >= 0xFE00 && r <= 0xFE0F:
		return 0
	}
	return 1
}

// asciiWidth holds the width of each ASCII character in hundredths of an em.
var asciiWidth = func() (w [0x80]uint8) {
	for r := range w {
		switch {
		case r >= 'A' && r <= 'Z':
			w[r] = 72
		default:
			w[r] = 62
		}
	}
	for _, r := range "MWmw@%" {
		w[r] = 96
	}
	for _, r := range " ijlI.,:;'|!()[]{}`ftr" {
		w[r] = 40
	}
	w['\t'] = 200
	return w
}()

// isWide reports whether the character is set full-width and may be parted from
// its neighbours.
func isWide(r rune) bool {
	return r >= 0x2E80 && !(r >= 0xFF61 && r <= 0xFFDC) && r != 0xFEFF || r >= 0x2010 && r <= 0x2E7F && r != 0x2011
}

// noStart reports whether no line may begin with the character (JIS X 4051,
// gyoto kinsoku: closing marks, small kana, iteration and sound marks).
func noStart(r rune) bool {
	switch r {
	case ',', '.', '!', '?', ':', ';', ')', ']', '}', '%', '\'', '"',
		'、', '。', '，', '．', '・', '：', '；', '？', '！', '）', '〕', '］', '｝', '〉', '》', '」', '』', '】', '’', '”',
		'゛', '゜', 'ヽ', 'ヾ', 'ゝ', 'ゞ', '々', 'ー', '〜', '～', '‐', '–', '…', '‥', '％', '℃', '°', '′', '″',
		'ぁ', 'ぃ', 'ぅ', 'ぇ', 'ぉ', 'っ', 'ゃ', 'ゅ', 'ょ', 'ゎ', 'ゕ', 'ゖ',
		'ァ', 'ィ', 'ゥ', 'ェ', 'ォ', 'ッ', 'ャ', 'ュ', 'ョ', 'ヮ', 'ヵ', 'ヶ',
		'｡', '｣', '､', '･', 'ｰ':
		return true
	}
	return false
}

// noEnd reports whether no line may end with the character (opening marks).
func noEnd(r rune) bool {
	switch r {
	case '(', '[', '{', '（', '〔', '［', '｛', '〈', '《', '「', '『', '【', '‘', '“', '＄', '￥', '｢':
		return true
	}
	return false
}

func itoa(i int) string { return strconv.Itoa(i) }
