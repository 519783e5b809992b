package changes

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"riskguide/catalog/edition"
	"riskguide/templates"
)

// TestWords checks that both languages have the same words with the same
// placeholders, that every kind of change has its word, and that none is unused.
func TestWords(t *testing.T) {
	read := func(lang string) map[string]string {
		data, err := fs.ReadFile(templates.FS(), WordsDir+"/words."+lang+".yaml")
		if err != nil {
			t.Fatal(err)
		}
		var m map[string]string
		if err := yaml.Unmarshal(data, &m); err != nil {
			t.Fatal(err)
		}
		return m
	}
	ja, en := read("ja"), read("en")
	for k, s := range en {
		if _, ok := ja[k]; !ok && !strings.HasSuffix(k, ".one") {
			t.Errorf("words.ja.yaml has no %q", k)
		}
		for _, part := range strings.Split(s, "{")[1:] {
			if name, _, _ := strings.Cut(part, "}"); !strings.Contains(ja[strings.TrimSuffix(k, ".one")], "{"+name+"}") {
				t.Errorf("%q has {%s} in English only", k, name)
			}
		}
	}
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
		if _, ok := en[k]; !ok {
			t.Errorf("words.en.yaml has no %q", k)
		}
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
