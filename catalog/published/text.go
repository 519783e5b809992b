package published

import (
	"regexp"
	"strings"
	"unicode"

	"golang.org/x/text/width"
)

// The patterns of the form. They are constants in all but name.
var (
	tagRE     = regexp.MustCompile(`</?(?:p|ul|ol|li|br)(?:\s[^<>]*)?/?>`)
	controlRE = regexp.MustCompile(`(?:[A-TW-Z]|[1-9][0-9]?)(?:\.[1-9][0-9]{0,2}){3}`)
	labelRE   = regexp.MustCompile(`V(\.?)([1-9][0-9]{0,2})(\.?)[\s\x{3000}]`)
	headingRE = regexp.MustCompile(`^([HML][0-9]{2})[:：]\s*(\S.*)$`)
	noteRE    = regexp.MustCompile(`^\s*[(（]注[)）]\s*`)
	bulletRE  = regexp.MustCompile(`^(?:-\s+)?・\s*`)
	pageRE    = regexp.MustCompile(`[(（]次ページに続く[)）]`)
)

// The bullet of lists in cells. It also stands inside words (設計・構築), so it is
// one only at the beginning of a part or after white space.
const bullet = '・'

// isJapanese reports whether r is a character of Japanese text: between two of
// them white space is the line end of the PDF and not part of the text.
func isJapanese(r rune) bool {
	return r >= 0x3001 && r <= 0x30ff || r >= 0xff01 && r <= 0xffef || unicode.Is(unicode.Han, r)
}

// joinLines removes the white space that line ends of the PDF left between two
// Japanese characters, shortens other white space to one blank and trims. With
// brackets it also removes white space between a Japanese character and the
// outside of a bracket, where a line ended before or after a parenthesis.
func joinLines(s string, brackets bool) string {
	rs := []rune(s)
	var b strings.Builder
	b.Grow(len(s))
	for i := 0; i < len(rs); {
		if !unicode.IsSpace(rs[i]) {
			b.WriteRune(rs[i])
			i++
			continue
		}
		start := i
		for i < len(rs) && unicode.IsSpace(rs[i]) {
			i++
		}
		if start == 0 || i == len(rs) {
			continue
		}
		before, after := rs[start-1], rs[i]
		glue := isJapanese(before) && isJapanese(after) && after != bullet
		if brackets && !glue {
			glue = isJapanese(before) && (after == '(' || after == '[') ||
				(before == ')' || before == ']') && isJapanese(after)
		}
		if !glue {
			b.WriteByte(' ')
		}
	}
	return b.String()
}

// clean gives the words of a part of a cell.
func clean(s string) string { return joinLines(s, true) }

// oneLine shortens white space to single blanks, which stay.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// key gives what two wordings have in common that differ only in white space
// and in half- and full-width forms.
func key(s string) string { return width.Fold.String(squeeze(s)) }

// squeeze removes all white space.
func squeeze(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, s)
}

// partMark separates the parts of a cell once the tags are gone. No text holds
// it: the reader refuses control characters.
const partMark = "\x01"

// parts splits a cell at its tags. inList tells that the cell has a ul tag.
func parts(cell string) (ps []string, inList bool) {
	if !strings.Contains(cell, "<") {
		if s := strings.TrimSpace(cell); s != "" {
			return []string{s}, false
		}
		return nil, false
	}
	cell = tagRE.ReplaceAllStringFunc(cell, func(tag string) string {
		if strings.HasPrefix(tag, "<ul") || strings.HasPrefix(tag, "<ol") {
			inList = true
		}
		return partMark
	})
	for _, s := range strings.Split(cell, partMark) {
		if s = strings.TrimSpace(s); s != "" {
			ps = append(ps, s)
		}
	}
	return ps, inList
}

// plain gives the whole text of a cell without tags.
func plain(cell string) string {
	ps, _ := parts(cell)
	return clean(strings.Join(ps, " "))
}

// listForm tells how a cell showed that it is a list.
type listForm int

const (
	listSingle listForm = iota // one item
	listMarked                 // bullets or paragraphs
	listBlanks                 // a list tag without bullets: white space separates
	listLeadIn                 // words before the first bullet: kept as one item
	listMixed                  // several parts, one of them with a lead-in
)

// items splits a cell into its items. Where words stand before the first bullet
// of a part they belong to every item behind them, so that part stays whole.
func items(cell string) ([]string, listForm) {
	ps, inList := parts(cell)
	var out []string
	form := listSingle
	for _, part := range ps {
		lead, rest := splitBullets(part)
		switch {
		case len(rest) == 0 && inList:
			// Blanks separate the items; a line end of the PDF would too,
			// but list cells have none.
			fs := strings.Fields(part)
			if len(fs) > 1 && form == listSingle {
				form = listBlanks
			}
			out = append(out, fs...)
		case len(rest) == 0:
			out = append(out, clean(part))
		case lead != "":
			out = append(out, strings.Join(strings.Fields(part), " "))
			form = listLeadIn
		default:
			for _, s := range rest {
				out = append(out, clean(s))
			}
		}
	}
	if form == listSingle && len(out) > 1 {
		form = listMarked
	}
	return out, form
}

// unbullet removes the bullets of a text and counts them.
func unbullet(s string) (string, int) {
	if !strings.ContainsRune(s, bullet) {
		return s, 0
	}
	var b strings.Builder
	n, space := 0, true
	for _, r := range s {
		if r == bullet && space {
			n++
			continue
		}
		space = unicode.IsSpace(r)
		b.WriteRune(r)
	}
	return b.String(), n
}

// splitBullets splits a part at its bullets; lead is what stands before the
// first one. Without bullets rest is empty.
func splitBullets(part string) (lead string, rest []string) {
	prevSpace := true
	start := -1
	for i, r := range part {
		if r == bullet && prevSpace {
			if start < 0 {
				lead = strings.TrimSpace(part[:i])
			} else if s := strings.TrimSpace(part[start:i]); s != "" {
				rest = append(rest, s)
			}
			start = i + len(string(bullet))
		}
		prevSpace = unicode.IsSpace(r)
	}
	if start >= 0 {
		if s := strings.TrimSpace(part[start:]); s != "" {
			rest = append(rest, s)
		}
	}
	return lead, rest
}

// findControls returns the places of the control numbers in s, as byte offsets.
func findControls(s string) [][2]int {
	var out [][2]int
	for at := 0; at < len(s); {
		m := controlRE.FindStringIndex(s[at:])
		if m == nil {
			break
		}
		from, to := at+m[0], at+m[1]
		at = to
		if from > 0 && (isWordByte(s[from-1]) || s[from-1] == '.') {
			continue
		}
		if to < len(s) && (isWordByte(s[to]) || s[to] == '.' && to+1 < len(s) && isWordByte(s[to+1])) {
			continue
		}
		out = append(out, [2]int{from, to})
	}
	return out
}

func isWordByte(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z'
}

// riskHeading recognises the heading of a risk's section.
func riskHeading(line string) (id, name string, ok bool) {
	if strings.Contains(line, "\t") {
		return "", "", false
	}
	m := headingRE.FindStringSubmatch(line)
	if m == nil {
		return "", "", false
	}
	return m[1], strings.TrimSpace(m[2]), true
}

// cutNote splits off a parenthesis at the end of a label.
func cutNote(label string) (rest, note string) {
	rs := []rune(label)
	n := len(rs)
	if n < 3 || rs[n-1] != ')' && rs[n-1] != '）' {
		return label, ""
	}
	depth := 0
	for i := n - 1; i > 0; i-- {
		switch rs[i] {
		case ')', '）':
			depth++
		case '(', '（':
			depth--
		}
		if depth == 0 {
			return strings.TrimSpace(string(rs[:i])), strings.TrimSpace(string(rs[i+1 : n-1]))
		}
	}
	return label, ""
}

// runeCol gives the column, in characters from 1, of the byte offset in a line.
func runeCol(line string, offset int) int {
	if offset > len(line) {
		offset = len(line)
	}
	return len([]rune(line[:offset])) + 1
}

// quote shortens a text for a message.
func quote(s string) string {
	const max = 40
	if rs := []rune(s); len(rs) > max {
		s = string(rs[:max-1]) + "…"
	}
	return "“" + s + "”"
}

// similar reports whether two wordings are the same but for slips: at least
// four fifths of their characters are common and in the same order.
func similar(a, b string) bool {
	ra, rb := []rune(key(a)), []rune(key(b))
	if len(ra) == 0 || len(rb) == 0 || len(ra)*4 > len(rb)*5 || len(rb)*4 > len(ra)*5 || len(ra)*len(rb) > 1_000_000 {
		return false
	}
	return lcs(ra, rb)*10 >= (len(ra)+len(rb))*4
}

// lcs gives the length of the longest common subsequence.
func lcs(a, b []rune) int {
	row := make([]int, len(b)+1)
	for _, x := range a {
		diag := 0
		for j, y := range b {
			up := row[j+1]
			if x == y {
				row[j+1] = diag + 1
			} else if row[j] > up {
				row[j+1] = row[j]
			}
			diag = up
		}
	}
	return row[len(b)]
}

// contrast shows where two wordings differ: in brackets what stands in one in
// place of what stands in the other, with a few characters on either side.
func contrast(a, b string) (string, string) {
	ra, rb := []rune(a), []rune(b)
	inA, inB := common(ra, rb)
	var ha, hb [][2]int
	for i, j := 0, 0; i < len(ra) || j < len(rb); {
		if i < len(ra) && j < len(rb) && inA[i] && inB[j] {
			i++
			j++
			continue
		}
		fromA, fromB := i, j
		for i < len(ra) && !inA[i] {
			i++
		}
		for j < len(rb) && !inB[j] {
			j++
		}
		ha, hb = append(ha, [2]int{fromA, i}), append(hb, [2]int{fromB, j})
	}
	return showHunks(ra, ha), showHunks(rb, hb)
}

// common marks in each of two texts the characters that both have in the same
// order. Very long texts are compared by their beginnings and ends only.
func common(a, b []rune) (inA, inB []bool) {
	inA, inB = make([]bool, len(a)), make([]bool, len(b))
	pre := 0
	for pre < len(a) && pre < len(b) && a[pre] == b[pre] {
		inA[pre], inB[pre] = true, true
		pre++
	}
	suf := 0
	for suf < len(a)-pre && suf < len(b)-pre && a[len(a)-1-suf] == b[len(b)-1-suf] {
		suf++
		inA[len(a)-suf], inB[len(b)-suf] = true, true
	}
	n, m := len(a)-pre-suf, len(b)-pre-suf
	if n == 0 || m == 0 || n*m > 1_000_000 {
		return inA, inB
	}
	// length[i*(m+1)+j] is the length of the longest common subsequence of
	// the middles from i and j on.
	length := make([]int, (n+1)*(m+1))
	for i := n - 1; i >= 0; i-- {
		for j := m - 1; j >= 0; j-- {
			if a[pre+i] == b[pre+j] {
				length[i*(m+1)+j] = length[(i+1)*(m+1)+j+1] + 1
			} else {
				length[i*(m+1)+j] = max(length[(i+1)*(m+1)+j], length[i*(m+1)+j+1])
			}
		}
	}
	// Where little is common the characters in common are chance.
	if length[0]*2 < min(n, m) {
		return inA, inB
	}
	for i, j := 0, 0; i < n && j < m; {
		switch {
		case a[pre+i] == b[pre+j]:
			inA[pre+i], inB[pre+j] = true, true
			i++
			j++
		case length[(i+1)*(m+1)+j] >= length[i*(m+1)+j+1]:
			i++
		default:
			j++
		}
	}
	return inA, inB
}

// showHunks writes a text with brackets around the given parts and without the
// middle of long stretches between them.
func showHunks(rs []rune, hunks [][2]int) string {
	const around = 8
	var s strings.Builder
	s.WriteString("“")
	at := 0
	between := func(to int) {
		switch first, last := at == 0, to == len(rs); {
		case first && last || to-at <= 2*around && !first && !last || to-at <= around+2:
			s.WriteString(string(rs[at:to]))
		default:
			if !first {
				s.WriteString(string(rs[at : at+around]))
			}
			s.WriteString("…")
			if !last {
				s.WriteString(string(rs[to-around : to]))
			}
		}
		at = to
	}
	for _, h := range hunks {
		between(h[0])
		s.WriteString("[" + string(rs[h[0]:h[1]]) + "]")
		at = h[1]
	}
	between(len(rs))
	s.WriteString("”")
	return s.String()
}
