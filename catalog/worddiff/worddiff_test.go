package worddiff

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// show writes segments as [-deleted-]{+inserted+}.
func show(segs []Segment) string {
	var b strings.Builder
	for _, s := range segs {
		switch s.Op {
		case Equal:
			b.WriteString(s.Text)
		case Delete:
			b.WriteString("[-" + s.Text + "-]")
		case Insert:
			b.WriteString("{+" + s.Text + "+}")
		}
	}
	return b.String()
}

func TestDiff(t *testing.T) {
	for _, c := range []struct{ old, new, want string }{
		{"", "", ""},
		{"同じ", "同じ", "同じ"},
		{"", "新しい", "{+新しい+}"},
		{"古い", "", "[-古い-]"},
		// A word is replaced, added, dropped.
		{"利用状況を記録する", "利用情報を記録する", "利用[-状況-]{+情報+}を記録する"},
		{"装置を冗長にする", "装置と回線を冗長にする", "装置{+と回線+}を冗長にする"},
		{"管理者と利用者の権限を分ける", "管理者の権限を分ける", "管理者[-と利用者-]の権限を分ける"},
		// One kanji that is equal by accident does not stay alone.
		{"暗号化の鍵を守る", "復号の鍵を守る", "[-暗号化-]{+復号+}の鍵を守る"},
		// Katakana words and numbers are replaced as a whole.
		{"サーバの記録を保管する", "サービスの記録を保管する", "[-サーバ-]{+サービス+}の記録を保管する"},
		{"記録を90日間保管する", "記録を180日間保管する", "記録を[-90-]{+180+}日間保管する"},
		{"8.6.1.1による。", "8.6.1.10による。", "[-8.6.1.1-]{+8.6.1.10+}による。"},
		// A sentence that is added is added as a sentence.
		{"記録を取る。点検する。", "記録を取る。保管する。点検する。", "記録を取る。{+保管する。+}点検する。"},
		{"権限を定める。", "権限を定め、毎年見直す。", "権限を定め[-る-]{+、毎年見直す+}。"},
		// Latin script.
		{"Keep records for 90 days", "Keep records for 180 days", "Keep records for [-90-]{+180+} days"},
		{"Keep the records", "Keep all the records", "Keep {+all +}the records"},
		{"Make devices redundant", "Make devices and lines redundant", "Make devices {+and lines +}redundant"},
		// Nothing in common: both are shown whole.
		{"装置を冗長にする", "教育を毎年行う", "[-装置を冗長にする-]{+教育を毎年行う+}"},
		// Lines.
		{"一行目\n二行目は長い\n三行目\n", "一行目\n二行目は短い\n三行目\n", "一行目\n二行目は[-長-]{+短+}い\n三行目\n"},
		{"a\nb\nc", "a\nc", "a\n[-b\n-]c"},
		// A character of several code points is one.
		{"か\u3099ある", "かある", "[-か\u3099-]{+か+}ある"},
		{"👨‍👩‍👧の絵", "👨‍👩‍👦の絵", "[-👨‍👩‍👧-]{+👨‍👩‍👦+}の絵"},
	} {
		if got := show(Diff(c.old, c.new)); got != c.want {
			t.Errorf("Diff(%q, %q)\n got %s\nwant %s", c.old, c.new, got, c.want)
		}
	}
}

// check tells what is wrong with a comparison, "" if nothing is.
func check(old, new string) string {
	segs := Diff(old, new)
	if got := Old(segs); got != old {
		return fmt.Sprintf("the old text of %q → %q became %q", old, new, got)
	}
	if got := New(segs); got != new {
		return fmt.Sprintf("the new text of %q → %q became %q", old, new, got)
	}
	for i, s := range segs {
		switch {
		case s.Text == "":
			return fmt.Sprintf("%q → %q has an empty segment", old, new)
		case i > 0 && segs[i-1].Op == s.Op, i > 0 && segs[i-1].Op == Insert && s.Op == Delete:
			return fmt.Sprintf("%q → %q: %s follows %s", old, new, s.Op, segs[i-1].Op)
		}
	}
	return ""
}

func TestBothTextsAreKept(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	pieces := []string{"記録", "を", "取る", "。", "サーバ", "90", "日", "\n", " ", "log", "8.6.1", "-", ".", "👨‍👩‍👧", "\xff", "か\u3099", "の"}
	text := func() string {
		var b strings.Builder
		for range rnd.IntN(30) {
			b.WriteString(pieces[rnd.IntN(len(pieces))])
		}
		return b.String()
	}
	for range 20000 {
		if wrong := check(text(), text()); wrong != "" {
			t.Fatal(wrong)
		}
	}
	// Long texts with much and with nothing in common.
	long := strings.Repeat("記録を取り、点検する。", 2000)
	for _, other := range []string{strings.Repeat("教育は毎年行うものとし。", 2000), long[:len(long)/2] + "異なる" + long[len(long)/2:], ""} {
		if wrong := check(long, other); wrong != "" {
			t.Fatal(wrong[:200])
		}
	}
}

func TestSimilarity(t *testing.T) {
	for _, c := range []struct {
		old, new string
		want     float64
	}{{"", "", 1}, {"同じ", "同じ", 1}, {"ab", "", 0}, {"記録を取る", "記録を見る", 0.8}} {
		if got := Similarity(Diff(c.old, c.new)); got != c.want {
			t.Errorf("%q, %q: %v, want %v", c.old, c.new, got, c.want)
		}
	}
}

func FuzzDiff(f *testing.F) {
	f.Add("利用状況を記録する", "利用情報を記録する")
	f.Add("a\nb\nc", "a\nc")
	f.Fuzz(func(t *testing.T, old, new string) {
		if wrong := check(old, new); wrong != "" {
			t.Fatal(wrong)
		}
	})
}

func BenchmarkDiff(b *testing.B) {
	old := strings.Repeat("利用状況を記録し、九十日の間保管する。", 10)
	new := strings.Repeat("利用情報を記録し、百八十日の間、安全に保管する。", 10)
	for b.Loop() {
		Diff(old, new)
	}
}
