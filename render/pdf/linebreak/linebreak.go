// Package linebreak says where a text may be broken into lines and breaks it.
//
// The rules are those of UAX #14 (Unicode line breaking), tightened to what
// Japanese print expects (JIS X 4051, "Requirements for Japanese Text Layout",
// appendix A, the strict level):
//
//   - no line begins with a closing bracket, a full stop or comma, a middle
//     dot, an iteration mark, the prolonged sound mark or a small kana;
//   - no line ends with an opening bracket;
//   - dashes, leaders and unit signs are not parted from what they belong to;
//   - numbers, ids and Latin words stay whole ("8.6.1.10", "H05-03", "TCP/IP");
//     a hyphen between letters is a place to break, as UAX #14 has it;
//   - an address of the web may be broken behind its separators.
//
// Only a word that alone is wider than the line is broken inside, between two
// grapheme clusters. Punctuation is neither compressed nor hung into the margin:
// the typeface is proportional, its commas and brackets are narrow already.
package linebreak

import (
	"strings"
	"unicode/utf8"

	"github.com/rivo/uniseg"
)

// Break tells whether a line may begin with a character.
type Break uint8

// The kinds of breaks before a character.
const (
	Never     Break = iota // the character stays with the one before it
	Allowed                // a line may begin here
	Mandatory              // a line must begin here: a newline stands before it
)

// notFirst are the characters that begin no line (JLREQ cl-02 to cl-07, cl-09 to
// cl-11, cl-13), as far as UAX #14 does not forbid it already.
const notFirst = "’”）〕］｝〉》」』】｠〙〗»〟‐〜゠–！？‼⁇⁈⁉・：；／。．、，" +
	"ヽヾゝゞ々〻ーァィゥェォッャュョヮヵヶぁぃぅぇぉっゃゅょゎゕゖㇰㇱㇲㇳㇴㇵㇶㇷㇸㇹㇺㇻㇼㇽㇾㇿ" +
	"°′″℃¢％‰"

// notLast are the characters that end no line (JLREQ cl-01, cl-12).
const notLast = "‘“（〔［｛〈《「『【｟〘〖«〝＃＄￥№"

// inseparable are the characters that stay together in a row (JLREQ cl-08).
const inseparable = "—―…‥〳〴〵"

// class is a set of the above.
type class uint8

const (
	classNotFirst class = 1 << iota
	classNotLast
	classInseparable
	classWide // full-width letter or digit
)

// kana holds the classes of U+3000 to U+30FF, where most of those that have one
// stand.
var kana = func() (t [0x100]class) {
	for i := range t {
		t[i] = findClass(rune(0x3000 + i))
	}
	return t
}()

// classOf returns the classes of a character.
func classOf(r rune) class {
	switch {
	case r < 0x80:
		return 0
	case 0x3000 <= r && r < 0x3100:
		return kana[r-0x3000]
	case 0x3400 <= r && r <= 0x9FFF: // kanji
		return 0
	}
	return findClass(r)
}

func findClass(r rune) class {
	var c class
	switch {
	case 0xFF10 <= r && r <= 0xFF19, 0xFF21 <= r && r <= 0xFF3A, 0xFF41 <= r && r <= 0xFF5A:
		c |= classWide
	case strings.ContainsRune(notFirst, r):
		c |= classNotFirst
	case strings.ContainsRune(notLast, r):
		c |= classNotLast
	case strings.ContainsRune(inseparable, r):
		c |= classInseparable
	}
	return c
}

// Opportunities appends to dst one Break for every character of s, and one more
// for the end of s, which is Mandatory if s ends with a newline and else Allowed.
// The first is Never.
func Opportunities(dst []Break, s string) []Break {
	url := webAddress(s)
	var prev rune
	at, state, next := 0, -1, Never
	for rest := s; rest != ""; {
		var segment string
		var must bool
		segment, rest, must, state = uniseg.FirstLineSegmentInString(rest, state)
		for i, r := range segment {
			b := Never
			if i == 0 {
				b = next
			}
			if b != Mandatory && prev != 0 {
				b = tighten(b, prev, r, s, at+i)
				if b == Never && url.contains(at+i) && url.breakable(s, at+i) {
					b = Allowed
				}
			}
			dst = append(dst, b)
			prev = r
		}
		at += len(segment)
		next = Allowed
		if must && (rest != "" || newline(prev)) {
			next = Mandatory
		}
	}
	return append(dst, next)
}

func newline(r rune) bool {
	switch r {
	case '\n', '\r', '\v', '\f', 0x85, 0x2028, 0x2029:
		return true
	}
	return false
}

// tighten returns what UAX #14 allows between two characters, less what Japanese
// print forbids. r stands at s[at:].
func tighten(b Break, prev, r rune, s string, at int) Break {
	if b == Never {
		return Never
	}
	if '!' <= prev && prev <= '~' && '!' <= r && r <= '~' {
		if prev == '-' && betweenLetters(s, at) {
			return b
		}
		return Never
	}
	p, n := classOf(prev), classOf(r)
	switch {
	case n&classNotFirst != 0: // not even behind a space
		return Never
	case p&classNotLast != 0:
		return Never
	case p&classInseparable != 0 && prev == r:
		return Never
	case p&classWide != 0 && n&classWide != 0:
		return Never
	}
	return b
}

// betweenLetters reports whether the hyphen before s[at] has two letters or more
// on both sides: "risk-based", but not "e-mail" or "H05-O1".
func betweenLetters(s string, at int) bool {
	return at >= 3 && letter(s[at-2]) && letter(s[at-3]) && at+1 < len(s) && letter(s[at]) && letter(s[at+1])
}

func letter(b byte) bool { return b|0x20 >= 'a' && b|0x20 <= 'z' }

// span is a part of a string, in bytes.
type span struct{ from, to int }

type spans []span

// webAddress finds the addresses of the web in s.
func webAddress(s string) spans {
	var out spans
	for at := 0; ; {
		i := strings.Index(s[at:], "://")
		if i < 0 {
			return out
		}
		from, to := at+i, at+i+3
		for from > 0 && letter(s[from-1]) {
			from--
		}
		for to < len(s) && '!' <= s[to] && s[to] <= '~' {
			to++
		}
		out = append(out, span{from, to})
		at = to
	}
}

func (ss spans) contains(at int) bool {
	for _, x := range ss {
		if x.from < at && at < x.to {
			return true
		}
	}
	return false
}

// breakable reports whether an address may be broken before s[at]: behind a
// separator, and not between two.
func (ss spans) breakable(s string, at int) bool {
	const separators = "/?&=#-_.,;%:+~"
	return strings.IndexByte(separators, s[at-1]) >= 0 && strings.IndexByte(separators, s[at]) < 0
}

// Lines breaks s into lines and returns for each the index behind its last
// character, in characters. widths holds the width of every character and breaks
// what [Opportunities] returned; first is the room of the first line, rest that
// of the others. Each line takes as many characters as fit; spaces at its end
// need no room. A line holds at least one character, whatever its width.
func Lines(s string, widths []int32, breaks []Break, first, rest int32) []int {
	if len(widths) == 0 {
		return nil
	}
	var ends []int
	room := first
	begin, good := 0, 0 // good: the last place at which the line may end
	var used, goodUsed, spaces int32
	at := 0 // byte index of character i
	for i := 0; i < len(widths); {
		r, size := utf8.DecodeRuneInString(s[at:])
		if i > begin && breaks[i] == Mandatory {
			ends = append(ends, i)
			begin, good, used, spaces, room = i, i, 0, 0, rest
		}
		if i > begin && breaks[i] == Allowed {
			good, goodUsed = i, used+spaces
		}
		w := widths[i]
		if r == ' ' || r == '　' || newline(r) {
			spaces += w
			i++
			at += size
			continue
		}
		if used+spaces+w > room && i > begin {
			end := good
			if good == begin {
				end = clusterStart(s, at, begin, i)
				// Go back over the characters that move to the next line.
				used, spaces = 0, 0
				for k := end; k < i; k++ {
					used += widths[k]
				}
			} else {
				used, spaces = used+spaces-goodUsed, 0
			}
			ends = append(ends, end)
			begin, good, goodUsed, room = end, end, 0, rest
			continue // the character may still be too wide for the new line
		}
		used, spaces = used+spaces+w, 0
		i++
		at += size
	}
	return append(ends, len(widths))
}

// clusterStart returns the start of the grapheme cluster to which character i
// (at byte at) belongs, so that a word that is broken by force is not broken
// inside what a reader takes for one character; i itself where the cluster
// begins the line.
func clusterStart(s string, at, begin, i int) int {
	// Look back over the characters of the line only as far as a cluster can
	// reach in practice.
	from, n := at, 0
	for n < 16 && i-n > begin {
		_, size := utf8.DecodeLastRuneInString(s[:from])
		from -= size
		n++
	}
	k := i - n
	state := -1
	for rest := s[from:]; rest != ""; {
		var c string
		c, rest, _, state = uniseg.FirstGraphemeClusterInString(rest, state)
		count := utf8.RuneCountInString(c)
		if k+count > i {
			break
		}
		k += count
	}
	if k <= begin {
		return i
	}
	return k
}
