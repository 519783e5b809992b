package document_test

import (
	"bytes"
	"html"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"

	"github.com/yuin/goldmark"

	"riskguide/catalog/oscal/document"
)

var tag = regexp.MustCompile(`<[^>]*>`)

// shown is what a reader of Markdown sees of prose, without regard to white space.
func shown(t *testing.T, prose string) string {
	t.Helper()
	var b bytes.Buffer
	if err := goldmark.Convert([]byte(prose), &b); err != nil {
		t.Fatal(err)
	}
	return strings.Join(strings.Fields(html.UnescapeString(tag.ReplaceAllString(b.String(), ""))), " ")
}

// TestShown: escaped, a plain text is shown as it is by a reader that takes it for
// Markdown; without escaping, these texts are not all.
func TestShown(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	alphabet := []string{"*", "_", "`", "~", "^", "[", "]", "(", ")", "<", ">", "&", "#", "+", "-", "=", "|", "\\", "!", "1", ".", ":", "{", "}",
		"a", "b", "日本", "。", " ", "\n", "amp;", "<b>", "x@y.z", "http://e.org", "&#65;", "](x)", "**", "~~", "![", "1. ", "- ", "---", "<!--", "\n\n"}
	lost := 0
	for range 5000 {
		var b strings.Builder
		for range 1 + r.IntN(12) {
			b.WriteString(alphabet[r.IntN(len(alphabet))])
		}
		s := b.String()
		want := strings.Join(strings.Fields(s), " ")
		if got := shown(t, document.Escape(s, nil)); got != want {
			t.Errorf("%q is shown as %q: written as %q", s, got, document.Escape(s, nil))
		}
		if shown(t, s) != want {
			lost++
		}
	}
	if lost < 1000 {
		t.Errorf("only %d texts need escaping", lost)
	}
}
