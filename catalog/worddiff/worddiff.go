// Package worddiff compares two wordings word by word, Japanese ones too, so
// that a person sees at a glance what was changed.
//
// Japanese writes no spaces between words. A dictionary would find them, at the
// price of megabytes and of other results with each of its versions. Instead the
// comparison looks at characters, with words where the script shows them (Latin
// words, numbers, ids, runs of katakana), and then tidies up: what is equal by
// accident between two changes (a particle, one kanji) becomes part of the
// change, and a change is shifted to begin and end where a word does.
package worddiff

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/rivo/uniseg"
)

// Op says what became of a piece of text.
type Op string

// The operations.
const (
	Equal  Op = "equal"
	Delete Op = "delete" // only in the old text
	Insert Op = "insert" // only in the new text
)

// Segment is a piece of text with what became of it.
type Segment struct {
	Op   Op     `json:"op"`
	Text string `json:"text"`
}

// Diff compares two texts. The segments that are not inserted, joined, are the
// old text, byte for byte; those that are not deleted are the new one. Of a
// change, what was deleted stands before what was inserted; no two neighbours
// have the same operation and none is empty. Texts that have little in common are one
// deletion and one insertion. Two empty texts give no segment.
func Diff(old, new string) []Segment {
	switch {
	case old == new && old == "":
		return nil
	case old == new:
		return []Segment{{Equal, old}}
	case old == "":
		return []Segment{{Insert, new}}
	case new == "":
		return []Segment{{Delete, old}}
	}
	// Lines first: pages have many, and a changed line seldom becomes another.
	if strings.Contains(old, "\n") && strings.Contains(new, "\n") {
		return byLine(old, new)
	}
	return words(old, new)
}

// Old returns the old text of the segments.
func Old(segs []Segment) string { return without(segs, Insert) }

// New returns the new text of the segments.
func New(segs []Segment) string { return without(segs, Delete) }

func without(segs []Segment, op Op) string {
	var b strings.Builder
	for _, s := range segs {
		if s.Op != op {
			b.WriteString(s.Text)
		}
	}
	return b.String()
}

// Similarity tells how much two texts have in common: 1 for equal ones, 0 for
// those without a common word.
func Similarity(segs []Segment) float64 {
	var equal, all float64
	for _, s := range segs {
		n := float64(uniseg.GraphemeClusterCount(s.Text))
		if s.Op == Equal {
			equal += 2 * n
			n *= 2
		}
		all += n
	}
	if all == 0 {
		return 1
	}
	return equal / all
}

// mostLines bounds how many lines of one text, that the other does not have,
// are compared with each other.
const mostLines = 200

// byLine compares texts of several lines: lines that are equal stay, what lies
// between them is compared word by word.
func byLine(old, new string) []Segment {
	a, b := lines(old), lines(new)
	var out builder
	i, j := 0, 0
	flush := func(x, y int) {
		del, ins := strings.Join(a[i:x], ""), strings.Join(b[j:y], "")
		switch {
		case del == "" || ins == "":
			out.add(Delete, del)
			out.add(Insert, ins)
		case x-i == y-j && x-i <= mostLines: // line by line
			for k := range x - i {
				out.segs(words(a[i+k], b[j+k]))
			}
		default:
			out.segs(words(del, ins))
		}
	}
	for _, m := range common(a, b) {
		flush(m.a, m.b)
		out.add(Equal, a[m.a])
		i, j = m.a+1, m.b+1
	}
	flush(len(a), len(b))
	return out.done()
}

// lines divides a text into its lines and the line breaks between them, so that
// a last line is the same with a line behind it.
func lines(s string) []string {
	var out []string
	for s != "" {
		i := strings.IndexByte(s, '\n')
		switch {
		case i < 0:
			return append(out, s)
		case i > 0:
			out = append(out, s[:i])
		}
		n := i
		for n < len(s) && s[n] == '\n' {
			n++
		}
		out = append(out, s[i:n])
		s = s[n:]
	}
	return out
}

// leastInCommon is the part of the texts that must be equal for a comparison by
// words to be of help. Below it the reader is better off with both texts whole.
const leastInCommon = 0.3

// words compares two texts word by word.
func words(old, new string) []Segment {
	a, b := tokens(old), tokens(new)
	var edits []edit
	i, j := 0, 0
	for _, m := range common(a, b) {
		if m.a > i || m.b > j {
			edits = append(edits, edit{i, m.a, j, m.b})
		}
		i, j = m.a+1, m.b+1
	}
	if i < len(a) || j < len(b) {
		edits = append(edits, edit{i, len(a), j, len(b)})
	}
	edits = slide(joinIslands(slide(edits, a, b), a, b), a, b)
	segs := segments(edits, a, b)
	if Similarity(segs) < leastInCommon {
		return []Segment{{Delete, old}, {Insert, new}}
	}
	return segs
}

// edit replaces the tokens a0…a1 of the old text by b0…b1 of the new one.
type edit struct{ a0, a1, b0, b1 int }

func segments(edits []edit, a, b []string) []Segment {
	var out builder
	i := 0
	for _, e := range edits {
		out.add(Equal, strings.Join(a[i:e.a0], ""))
		out.add(Delete, strings.Join(a[e.a0:e.a1], ""))
		out.add(Insert, strings.Join(b[e.b0:e.b1], ""))
		i = e.a1
	}
	out.add(Equal, strings.Join(a[i:], ""))
	return out.done()
}

// builder gathers segments: of neighbouring changes, deletions come first.
type builder struct {
	out      []Segment
	del, ins strings.Builder
}

func (b *builder) add(op Op, text string) {
	switch {
	case text == "":
	case op == Delete:
		b.del.WriteString(text)
	case op == Insert:
		b.ins.WriteString(text)
	default:
		b.flush()
		if n := len(b.out); n > 0 && b.out[n-1].Op == Equal {
			b.out[n-1].Text += text
			return
		}
		b.out = append(b.out, Segment{Equal, text})
	}
}

func (b *builder) segs(list []Segment) {
	for _, s := range list {
		b.add(s.Op, s.Text)
	}
}

func (b *builder) flush() {
	if b.del.Len() > 0 {
		b.out = append(b.out, Segment{Delete, b.del.String()})
	}
	if b.ins.Len() > 0 {
		b.out = append(b.out, Segment{Insert, b.ins.String()})
	}
	b.del.Reset()
	b.ins.Reset()
}

func (b *builder) done() []Segment {
	b.flush()
	return b.out
}

// class is a kind of character, as far as words are concerned.
type class int

const (
	space class = iota
	punct
	latin // letters and digits of scripts that put spaces between words
	kanji
	hiragana
	katakana
)

func classOf(s string) class {
	r, _ := utf8.DecodeRuneInString(s)
	switch {
	case unicode.IsSpace(r):
		return space
	case unicode.Is(unicode.Han, r) || r == '々' || r == '〆':
		return kanji
	case unicode.Is(unicode.Hiragana, r):
		return hiragana
	case unicode.Is(unicode.Katakana, r) || r == 'ー' || r == 'ｰ':
		return katakana
	case unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r):
		return latin
	}
	return punct
}

// tokens divides a text into what is compared: a Latin word, number or id, a run
// of katakana, or one character. Characters are what a reader takes for one:
// grapheme clusters.
func tokens(s string) []string {
	var out []string
	last := punct
	state := -1
	for s != "" {
		var c string
		c, s, _, state = uniseg.FirstGraphemeClusterInString(s, state)
		k := classOf(c)
		if n := len(out); n > 0 && k == last && (k == latin || k == katakana || k == space && c != "\n" && out[n-1] != "\n") {
			out[n-1] += c
			continue
		}
		// An id or number holds its marks: 8.6.1.1, H05-03, 2.5, e-mail.
		if n := len(out); n > 1 && k == latin && (out[n-1] == "." || out[n-1] == "-") && classOf(out[n-2]) == latin {
			out[n-2] += out[n-1] + c
			out = out[:n-1]
			last = k
			continue
		}
		out = append(out, c)
		last = k
	}
	return out
}

// joinIslands makes what is equal by accident between two changes part of them:
// a stretch that is no longer than what was changed on either side. Particles
// and marks weigh half, as they stand in every sentence.
func joinIslands(edits []edit, a, b []string) []edit {
	for joined := true; joined; {
		joined = false
		var out []edit
		for _, e := range edits {
			if n := len(out); n > 0 {
				p := out[n-1]
				island := weight(a[p.a1:e.a0])
				before := max(weight(a[p.a0:p.a1]), weight(b[p.b0:p.b1]))
				after := max(weight(a[e.a0:e.a1]), weight(b[e.b0:e.b1]))
				if island <= min(before, after) && island <= longestIsland {
					out[n-1] = edit{p.a0, e.a1, p.b0, e.b1}
					joined = true
					continue
				}
			}
			out = append(out, e)
		}
		edits = out
	}
	return edits
}

// longestIsland is the weight over which an equal stretch always stands: about
// six kanji.
const longestIsland = 12

// weight is how much a stretch tells a reader, in half characters.
func weight(tokens []string) int {
	sum := 0
	for _, t := range tokens {
		switch classOf(t) {
		case space:
		case punct, hiragana:
			sum++
		case latin:
			sum += max(2, utf8.RuneCountInString(t))
		default:
			sum += 2 * utf8.RuneCountInString(t)
		}
	}
	return sum
}

// slide shifts changes that only delete or only insert to where they begin and
// end between words: of "ab[ab]" and "[ab]ab" both are right, and one reads
// better.
func slide(edits []edit, a, b []string) []edit {
	for k := range edits {
		e := &edits[k]
		side, lo, hi := a, e.a0, e.a1
		switch {
		case e.a0 == e.a1 && e.b0 < e.b1:
			side, lo, hi = b, e.b0, e.b1
		case e.b0 == e.b1 && e.a0 < e.a1:
		default:
			continue
		}
		// How far it can go to the left and right.
		left, right := 0, 0
		before, after := e.a0, len(a)-e.a1
		if k > 0 {
			before -= edits[k-1].a1
		}
		if k+1 < len(edits) {
			after = edits[k+1].a0 - e.a1
		}
		for left < before && side[lo-1-left] == side[hi-1-left] {
			left++
		}
		for right < after && side[lo+right] == side[hi+right] {
			right++
		}
		best, bestScore := 0, -1
		for d := -left; d <= right; d++ {
			if s := boundary(side, lo+d) + boundary(side, hi+d); s > bestScore || s == bestScore && d > best && d <= 0 {
				best, bestScore = d, s
			}
		}
		e.a0, e.a1, e.b0, e.b1 = e.a0+best, e.a1+best, e.b0+best, e.b1+best
	}
	return edits
}

// boundary tells how well a text can be divided before token i.
func boundary(s []string, i int) int {
	if i == 0 || i == len(s) {
		return 5
	}
	x, y := classOf(s[i-1]), classOf(s[i])
	switch {
	case s[i-1] == "\n" || strings.ContainsAny(s[i-1], "。．"):
		return 5
	case x == punct:
		return 4
	case x == space:
		return 3
	case y == space || y == punct:
		return 2
	case x == hiragana && y != hiragana: // a new word begins
		return 3
	case x != y:
		return 1
	}
	return 0
}
