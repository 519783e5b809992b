package document

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"riskguide/catalog"
	"riskguide/render/rendertest"
)

// lorem is text with everything that breaks lines badly.
const lorem = "クラウド事業者（以下「事業者」という。）は、V48・V5等の脆弱性について、8.6.1.10に基づきパッチを72時間以内に適用し、" +
	"ISO/IEC 27001の管理策（A.12.6.1）と突き合わせる。ヴァーチャルマシンのスナップショットは除く……ただし、『手引』を参照。"

// sample returns a document with every kind of block.
func sample(t testing.TB) *Document {
	d := newDocument(t, nil)
	d.Cover(Cover{Kicker: "試験", Title: "試験文書", Subtitle: "副題", Details: [][2]string{{"版", "1"}, {"発行者", "架空協会"}},
		Notice: []string{"権利の表示。", strings.Repeat(lorem, 2)}})
	d.Contents("目次", 2)
	d.NewPage()
	d.Heading(1, "範囲", HeadingOptions{ID: "scope"})
	d.Paragraph(Inline{{Text: lorem}, {Text: "太字", Bold: true}, {Text: "索引", Link: "#index"}, {Text: "、外部", Link: "https://example.org/表"}, {Text: " p. "}, {PageOf: "index"}})
	d.List(false, Plain("一つ目。"+lorem), Plain("二つ目"))
	d.List(true, Plain("甲"), Plain("乙"))
	d.Note(Plain("注記。" + lorem))
	d.RuleLine()
	d.Heading(2, "図", HeadingOptions{})
	d.Figure(30, func(v *Canvas) {
		v.Box(0, 0, 60, 25, 0xEEEEEE, Black, 1, true)
		v.Line(0, 0, 60, 25, Black, 0.5, false)
		v.Text(2, 2, 56, 20, Plain("図の中の文字"), Style{Size: 9, Leading: 12, Color: Black, Align: Center})
	})
	for i := range 3 {
		d.Heading(2, fmt.Sprintf("節%d", i+1), HeadingOptions{Badge: fmt.Sprintf("H%02d", i), BadgeColor: 0xA61B1B})
		for range 9 {
			d.Paragraph(Plain(lorem))
		}
	}
	d.NewPage()
	d.Heading(1, "索引", HeadingOptions{ID: "index"})
	tab := Table{Continued: "（続き）", Columns: []Column{{Title: Strong("番号"), Width: 20}, {Title: Strong("内容")}, {Title: Strong("頁"), Width: 20, Align: Right}}}
	for i := range 60 {
		if i%10 == 0 {
			tab.Rows = append(tab.Rows, Row{KeepWithNext: true, Cells: []Cell{{Paragraphs: []Inline{Plain(fmt.Sprintf("群%d", i/10))}, Columns: 3, Head: true, Fill: Light,
				Bookmark: fmt.Sprintf("群%d", i/10), BookmarkLevel: 2}}})
		}
		tab.Rows = append(tab.Rows, Row{Cells: []Cell{
			{Paragraphs: []Inline{Strong(fmt.Sprintf("2.1.%d", i))}, ID: fmt.Sprintf("c%d", i)},
			TextCell(lorem),
			{Paragraphs: []Inline{{{PageOf: "scope", Link: "#scope"}}}},
		}})
	}
	d.Table(tab)
	return d
}

func TestNothingLeavesItsBox(t *testing.T) { checkBoxes(t, sample(t).Pages()) }

// TestLongNotice: what does not fit on the cover stands on the page behind it.
func TestLongNotice(t *testing.T) {
	d := newDocument(t, nil)
	d.Cover(Cover{Title: strings.Repeat("長い題名", 12), Subtitle: lorem, Notice: []string{strings.Repeat(lorem, 16), "終わり"}})
	d.NewPage()
	d.Paragraph(Plain("本文"))
	checkBoxes(t, d.Pages())
	if len(d.Pages()) != 3 || !strings.HasSuffix(pageText(d.Pages()[1]), "終わり") {
		t.Errorf("%d pages, the second ends with %q", len(d.Pages()), pageText(d.Pages()[1]))
	}
}

// TestFullCover: a cover with much to tell is set closer, on one page.
func TestFullCover(t *testing.T) {
	d := newDocument(t, nil)
	cover := Cover{Kicker: "Kicker", Title: "Title of the document\u2028文書の題名", Subtitle: "Subtitle", Notice: []string{"終わり"}}
	for range 9 {
		cover.Details = append(cover.Details, [2]string{"Label / 名称", "In English\u2028日本語で"})
	}
	d.Cover(cover)
	d.NewPage()
	d.Paragraph(Plain("本文"))
	checkBoxes(t, d.Pages())
	if len(d.Pages()) != 2 || !strings.HasSuffix(pageText(d.Pages()[0]), "終わり") {
		t.Errorf("%d pages, the first ends with %q", len(d.Pages()), pageText(d.Pages()[0]))
	}
}

func TestSameBytes(t *testing.T) {
	if a, b := pdf(t, sample(t)), pdf(t, sample(t)); !bytes.Equal(a, b) {
		t.Error("two documents of the same blocks differ")
	}
}

func TestEmpty(t *testing.T) {
	d := newDocument(t, nil)
	if _, err := d.PDF(); !errors.Is(err, ErrEmpty) {
		t.Errorf("error %v, want ErrEmpty", err)
	}
}

// TestPagesTellTheTruth asserts that the numbers in contents and cells are the
// pages on which the headings stand, and that links and bookmarks lead there.
func TestPagesTellTheTruth(t *testing.T) {
	d := sample(t)
	pages := d.Pages()
	total := len(pages)
	where := map[string]int{}
	for i, p := range pages {
		if i < 2 {
			continue
		}
		for _, op := range p.Ops {
			if op.Kind == OpText && op.Size() > 12 {
				where[op.Text] = i + 1
			}
		}
	}
	contents := pageText(pages[1])
	for _, title := range []string{"範囲", "索引"} {
		if where[title] == 0 || !strings.Contains(contents, title+"\n"+strconv.Itoa(where[title])) && !strings.Contains(contents, title+strconv.Itoa(where[title])) {
			t.Errorf("contents give no page %d for %q:\n%s", where[title], title, contents)
		}
	}
	if got := d.laid.pageOf("index"); got != where["索引"] {
		t.Errorf("place index is on page %d, the heading on %d", got, where["索引"])
	}
	for i, p := range pages[1:] {
		want := fmt.Sprintf("%d / %d", i+2, total)
		if s := pageText(p); !strings.HasSuffix(s, want) {
			t.Errorf("page %d ends with %q, want %q", i+2, s[len(s)-20:], want)
		}
		if s := pageText(p); !strings.Contains(s, "試験文書 1版") || !strings.Contains(s, "架空協会") {
			t.Errorf("page %d lacks header or footer", i+2)
		}
	}
	if s := pageText(pages[0]); strings.Contains(s, " / ") {
		t.Error("the cover has a page number")
	}
	level := 0
	for _, e := range d.laid.outline {
		if e.level > level+1 {
			t.Errorf("bookmark %q skips a level", e.title)
		}
		level = e.level
		if e.at.page < 1 || e.at.page > total {
			t.Errorf("bookmark %q leads to page %d", e.title, e.at.page)
		}
	}
}

// TestLinesObeyKinsoku asserts the rule on the laid-out lines of the document.
func TestLinesObeyKinsoku(t *testing.T) {
	for _, l := range linesOf(sample(t).Pages()) {
		if strings.HasPrefix(l, "・一つ目") || l == "・二つ目" {
			continue // items of a list
		}
		if strings.ContainsAny(l[:len(string([]rune(l)[:1]))], "、。）」』・ーァィゥェォャュョッ々％") {
			t.Errorf("line %q begins badly", l)
		}
		if r := []rune(l); strings.ContainsRune("（「『", r[len(r)-1]) {
			t.Errorf("line %q ends badly", l)
		}
	}
}

func TestTextIsWhole(t *testing.T) {
	d := newDocument(t, nil)
	for range 40 {
		d.Paragraph(Plain(lorem))
	}
	got := allText(d.Pages())
	got = strings.NewReplacer("試験文書 1版", "", "架空協会", "").Replace(got)
	got = squeeze(regexp.MustCompile(`\d+ / \d+`).ReplaceAllString(got, ""))
	if want := squeeze(strings.Repeat(lorem, 40)); got != want {
		t.Errorf("text has %d characters, want %d", len([]rune(got)), len([]rune(want)))
	}
}

// TestMarkersStayWithTheirItems: also where the page ends.
func TestMarkersStayWithTheirItems(t *testing.T) {
	for lines := 1; lines < 6; lines++ {
		d := newDocument(t, nil)
		for i := range 80 {
			d.List(true, Plain(strings.Repeat(lorem, lines)+"終"), Plain(fmt.Sprintf("短い%d", i)))
		}
		for n, p := range d.Pages() {
			s := pageText(p)
			if k := strings.Index(s, "試験文書 1版"); strings.HasSuffix(s[:k], "1.\n") || strings.HasSuffix(s[:k], "2.\n") {
				t.Errorf("page %d ends with a marker", n+1)
			}
		}
		checkBoxes(t, d.Pages())
	}
}

func TestMissingCharacters(t *testing.T) {
	var got []string
	d := newDocument(t, func(p catalog.Problem) { got = append(got, p.String()) })
	at := func(line int) catalog.Position { return catalog.Position{File: "a.yaml", Line: line, Column: 3} }
	d.Paragraph(Inline{{Text: "絵文字😀と𠀋", Pos: at(1)}})
	d.Paragraph(Inline{{Text: "また😀、\uE000", Pos: at(2)}})
	d.Paragraph(Inline{{Text: "か\u3099き\u3099 a\u0301 x\u00ADy\uFEFF葛\U000E0100a\tb\u00A0c", Pos: at(3)}})
	body := allText(d.Pages())
	for _, want := range []string{"絵文字〓と𠀋", "また〓、〓", "がぎ á xy葛a b\u00A0c"} {
		if !strings.Contains(body, want) {
			t.Errorf("no %q in %q", want, body)
		}
	}
	want := []string{
		"a.yaml:1:3: warning: the font of the PDF has no character '😀' (U+1F600); 〓 is drawn in its place",
		"a.yaml:2:3: warning: the font of the PDF has no character '\\ue000' (U+E000); 〓 is drawn in its place",
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("reported %q\nwant %q", got, want)
	}
	pdf(t, d)
}

func TestLongHeaderIsCut(t *testing.T) {
	d := newDocument(t, nil)
	d.cfg.Header = strings.Repeat("長い題名", 40)
	d.Heading(1, strings.Repeat("とても長い見出し", 20), HeadingOptions{Badge: "H01", BadgeColor: Accent})
	d.Paragraph(Plain("本文"))
	checkBoxes(t, d.Pages())
	if s := pageText(d.Pages()[0]); !strings.Contains(s, "…") {
		t.Errorf("no leader in %q", s)
	}
}

// TestReaders lets outside programs read the PDF.
func TestReaders(t *testing.T) {
	d := sample(t)
	name := filepath.Join(t.TempDir(), "x.pdf")
	if err := os.WriteFile(name, pdf(t, d), 0o666); err != nil {
		t.Fatal(err)
	}
	run := func(program string, args ...string) string {
		t.Helper()
		out, err := exec.Command(rendertest.Tool(t, program), args...).CombinedOutput()
		if err != nil {
			t.Fatalf("%s: %v\n%s", program, err, out)
		}
		return string(out)
	}
	if out := run("qpdf", "--check", name); strings.Contains(out, "WARNING") {
		t.Errorf("qpdf --check:\n%s", out)
	}
	info := run("pdfinfo", name)
	for _, want := range []string{"Title:           試験文書", "Subject:         題", "Keywords:        版 1", "Author:          架空協会",
		"Creator:         riskguide", fmt.Sprintf("Pages:           %d", len(d.Pages())), "841.89 x 595.28 pts (A4)"} {
		if !strings.Contains(info, want) {
			t.Errorf("pdfinfo has no %q:\n%s", want, info)
		}
	}
	fonts := strings.Split(strings.TrimSpace(run("pdffonts", name)), "\n")[2:]
	if len(fonts) != 2 {
		t.Errorf("%d fonts, want 2", len(fonts))
	}
	subset := regexp.MustCompile(`^[A-Z]{6}\+BIZUDPGothic-\w+ +CID TrueType +Identity-H +yes yes yes`)
	for _, f := range fonts {
		if !subset.MatchString(f) {
			t.Errorf("font %q is not an embedded subset with a map to Unicode", f)
		}
	}
	// What can be copied is what was drawn.
	if got, want := squeeze(run("pdftotext", "-raw", name, "-")), squeeze(strings.ReplaceAll(allText(d.Pages()), "\f", "")); got != want {
		t.Errorf("pdftotext gives %d characters, %d were drawn", len([]rune(got)), len([]rune(want)))
	}
	checkWords(t, d.Pages(), run("pdftotext", "-bbox", name, "-"))
	if !bytes.Contains(pdf(t, d), []byte("/Lang(ja)")) {
		t.Error("the language is not in the catalog")
	}
}

// checkWords asserts that every word that pdftotext finds lies in one of the
// page's boxes.
func checkWords(t *testing.T, pages []*Page, bbox string) {
	t.Helper()
	word := regexp.MustCompile(`<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">(.*)</word>`)
	parts := strings.Split(bbox, "<page ")[1:]
	if len(parts) != len(pages) {
		t.Fatalf("pdftotext finds %d pages, want %d", len(parts), len(pages))
	}
	found := 0
	for n, part := range parts {
		for _, m := range word.FindAllStringSubmatch(part, -1) {
			found++
			var v [4]float32
			for i := range v {
				f, err := strconv.ParseFloat(m[i+1], 32)
				if err != nil {
					t.Fatal(err)
				}
				v[i] = float32(f)
			}
			inside := false
			for _, b := range pages[n].Boxes {
				// A point of slack: the program rounds ascent and descent up.
				if v[0] >= b.X-0.1 && v[2] <= b.X+b.W+0.1 && v[1] >= b.Y-1 && v[3] <= b.Y+b.H+1 {
					inside = true
					break
				}
			}
			if !inside {
				t.Errorf("page %d: %q at %v lies in no box", n+1, m[5], v)
			}
		}
	}
	if found == 0 {
		t.Error("pdftotext finds no word")
	}
}
