package changes

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"riskguide/catalog/edition"
	"riskguide/render/rendertest"
)

// TestWords checks that both languages have the same words with the same
// placeholders, that every kind of change has its word, and that none is unused.
func TestWords(t *testing.T) {
	ja, _ := rendertest.Words(t, WordsDir)
	var used strings.Builder
	files, _ := filepath.Glob("*.go")
	html, _ := filepath.Glob("../../templates/diff/*.html")
	for _, f := range append(files, html...) {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		used.Write(data)
	}
	for k := range ja {
		section, _, _ := strings.Cut(k, ".")
		switch section {
		case "kind", "entity", "path", "lang", "needs", "level", "col", "obligation", "kind-of", "group": // put together
			if !strings.Contains(used.String(), `"`+section+`.`) && section != "col" && !strings.Contains(used.String(), `"`+strings.TrimPrefix(k, "col.")+`"`) {
				t.Errorf("nothing uses words such as %q", k)
			}
			continue
		}
		if !strings.Contains(used.String(), `"`+k+`"`) && !strings.HasPrefix(k, "pack.missing.") {
			t.Errorf("nothing uses the word %q", k)
		}
	}
	for _, k := range edition.Kinds() {
		if ja["kind."+string(k)] == "" {
			t.Errorf("there is no word for changes of kind %s", k)
		}
	}
	for _, r := range edition.Rules() {
		for _, e := range r.Entities {
			if ja["entity."+string(e)] == "" {
				t.Errorf("there is no word for %s", e)
			}
		}
	}
}
