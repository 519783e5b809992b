package linebreak

import (
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// wrap breaks s at a width where an ASCII character counts 1 and others 2.
func wrap(s string, width int32) []string {
	var widths []int32
	for _, r := range s {
		w := int32(2)
		switch {
		case r < 0x80:
			w = 1
		case unicode.Is(unicode.Mn, r):
			w = 0
		}
		widths = append(widths, w)
	}
	var out []string
	runes := []rune(s)
	begin := 0
	for _, end := range Lines(s, widths, Opportunities(nil, s), width, width) {
		out = append(out, string(runes[begin:end]))
		begin = end
	}
	return out
}

func TestLines(t *testing.T) {
	for _, tt := range []struct {
		name  string
		in    string
		width int32
		want  []string
	}{
		{"empty", "", 10, nil},
		{"fits", "利用状況", 8, []string{"利用状況"}},
		{"kanji break anywhere", "利用状況の確認", 6, []string{"利用状", "況の確", "認"}},
		{"comma does not begin a line", "利用状況、確認", 8, []string{"利用状", "況、確認"}},
		{"full stop does not begin a line", "利用状況。", 8, []string{"利用状", "況。"}},
		{"closing bracket", "利（用状）況", 8, []string{"利（用", "状）況"}},
		{"opening bracket does not end a line", "利用状（況）", 8, []string{"利用状", "（況）"}},
		{"corner brackets", "あ「い」う", 6, []string{"あ", "「い」", "う"}},
		{"small kana", "利用ッパ", 4, []string{"利", "用ッ", "パ"}},
		{"small kana of yoon", "ちょっと", 6, []string{"ちょっ", "と"}},
		{"prolonged sound", "サーバー等", 6, []string{"サー", "バー等"}},
		{"middle dot", "設計・運用", 4, []string{"設", "計・", "運用"}},
		{"iteration mark", "人々の", 4, []string{"人々", "の"}},
		{"leader stays whole", "あい……う", 6, []string{"あ", "い……", "う"}},
		{"control id stays whole", "基準8.6.1.10を守る", 8, []string{"基準", "8.6.1.10", "を守る"}},
		{"measure id stays whole", "対策H05-03等", 7, []string{"対策", "H05-03", "等"}},
		{"id of an objective", "水準H05-O1等", 7, []string{"水準", "H05-O1", "等"}},
		{"Latin word", "仮想化Hypervisorの", 12, []string{"仮想化", "Hypervisorの"}},
		{"slash in a word", "利用TCP/IPの", 8, []string{"利用", "TCP/IPの"}},
		{"slash between kanji", "仮想/物理", 5, []string{"仮想/", "物理"}},
		{"hyphen between words", "a risk-based way", 8, []string{"a risk-", "based ", "way"}},
		{"short prefix", "an e-mail", 6, []string{"an ", "e-mail"}},
		{"percent", "利用100%の", 6, []string{"利用", "100%の"}},
		{"full-width percent", "率９９％の", 6, []string{"率", "９９％", "の"}},
		{"spaces at the end need no room", "ab cd", 2, []string{"ab ", "cd"}},
		{"many spaces", "ab    cd", 4, []string{"ab    ", "cd"}},
		{"newline", "ab\ncd", 9, []string{"ab\n", "cd"}},
		{"blank line", "ab\n\ncd", 9, []string{"ab\n", "\n", "cd"}},
		{"too wide a word", "abcdefgh ij", 3, []string{"abc", "def", "gh ", "ij"}},
		{"too wide a word behind another", "x abcdefgh", 4, []string{"x ", "abcd", "efgh"}},
		{"cluster stays whole by force", "abcde\u0301f", 4, []string{"abcd", "e\u0301f"}},
		{"narrower than a character", "利用", 1, []string{"利", "用"}},
		{"address", "参照https://example.org/a/bb?c=dd", 16,
			[]string{"参照https://", "example.org/a/", "bb?c=dd"}},
		{"addresses", "http://a.bc http://d.ef", 7, []string{"http://", "a.bc ", "http://", "d.ef"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := wrap(tt.in, tt.width); !slices.Equal(got, tt.want) {
				t.Errorf("wrap(%q, %d)\n got %q\nwant %q", tt.in, tt.width, got, tt.want)
			}
		})
	}
}

func TestFirstLineHasItsOwnRoom(t *testing.T) {
	s := "利用状況確認"
	widths := slices.Repeat([]int32{2}, 6)
	got := Lines(s, widths, Opportunities(nil, s), 4, 8)
	if want := []int{2, 6}; !slices.Equal(got, want) {
		t.Errorf("Lines = %v, want %v", got, want)
	}
}

// check asserts what holds of every text: nothing is lost, no line is empty or
// wider than the room unless a single cluster is, and no line begins or ends
// with what must not stand there unless the break was forced.
func check(t *testing.T, s string, width int32) {
	t.Helper()
	lines := wrap(s, width)
	if got := strings.Join(lines, ""); got != string([]rune(s)) {
		t.Fatalf("lines of %q hold %q", s, got)
	}
	breaks := Opportunities(nil, s)
	at := 0
	for i, l := range lines {
		if l == "" {
			t.Fatalf("line %d of %q is empty", i, s)
		}
		forced := at > 0 && breaks[at] == Never
		first, _ := utf8.DecodeRuneInString(l)
		if at > 0 && !forced && breaks[at] != Mandatory && classOf(first)&classNotFirst != 0 {
			t.Fatalf("line %q of %q begins with %q", l, s, first)
		}
		at += utf8.RuneCountInString(l)
		if i < len(lines)-1 && breaks[at] == Allowed {
			last, _ := utf8.DecodeLastRuneInString(l)
			if classOf(last)&classNotLast != 0 {
				t.Fatalf("line %q of %q ends with %q", l, s, last)
			}
		}
	}
}

const sample = "クラウド事業者（以下「事業者」という。）は、V48・V5等の脆弱性について、8.6.1.10に基づきパッチを72時間以内に適用し、" +
	"ISO/IEC 27001の管理策（A.12.6.1）と突き合わせる。詳しくはhttps://example.org/guide/2011/ja.html#h05を参照……ただし、ヴァーチャルマシンのスナップショットは除く。"

func TestEveryWidth(t *testing.T) {
	for width := int32(1); width < 80; width++ {
		check(t, sample, width)
	}
	// Where the room is wide enough for every word, no break is forced.
	for width := int32(20); width < 80; width++ {
		breaks := Opportunities(nil, sample)
		at := 0
		for _, l := range wrap(sample, width) {
			if at > 0 && breaks[at] == Never {
				t.Errorf("width %d: forced break before %q", width, l)
			}
			at += utf8.RuneCountInString(l)
		}
	}
}

func FuzzLines(f *testing.F) {
	f.Add(sample, 12)
	f.Add("「「「「」」」」", 3)
	f.Add("a\r\nb\u2028c\u0085", 2)
	f.Add("\xff\xfe漢", 1)
	f.Fuzz(func(t *testing.T, s string, width int) {
		check(t, s, int32(width%100))
	})
}

func BenchmarkOpportunities(b *testing.B) {
	var dst []Break
	b.SetBytes(int64(len(sample)))
	for b.Loop() {
		dst = Opportunities(dst[:0], sample)
	}
}
