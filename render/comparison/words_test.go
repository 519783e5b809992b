package comparison

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"riskguide/render/rendertest"
)

// TestWords checks that both languages have the same words with the same
// placeholders, and that none is unused.
func TestWords(t *testing.T) {
	ja, _ := rendertest.Words(t, WordsDir)
	var used strings.Builder
	files, _ := filepath.Glob("*.go")
	html, _ := filepath.Glob("../../templates/" + WordsDir + "/*.html")
	for _, f := range append(files, html...) {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		used.Write(data)
	}
	all := used.String()
	for k := range ja {
		head, tail, _ := strings.Cut(k, ".")
		together := strings.Contains(all, `"`+head+`." +`) && strings.Contains(all, `"`+tail+`"`) || // "sheet."+key
			strings.HasSuffix(k, ".some") && strings.Contains(all, `"`+strings.TrimSuffix(k, ".some")+`"`) ||
			head == "group" && strings.HasSuffix(k, ".none") || head == "sheet" && strings.Contains(all, `"sheet."+t.Key`) && strings.Contains(all, `"`+tail+`"`)
		if !together && !strings.Contains(all, `"`+k+`"`) {
			t.Errorf("nothing uses the word %q", k)
		}
	}
}
