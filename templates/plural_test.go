package templates_test

import (
	"io/fs"
	"regexp"
	"strings"
	"testing"

	"riskguide/templates"
)

// TestPlurals: where an English text counts things, it has a form for one of them:
// a text KEY.one, or {n|thing|things} inside it.
func TestPlurals(t *testing.T) {
	never := map[string]bool{"site pack-link-label": true} // the length of an address is never 1
	counted := regexp.MustCompile(`\{n\} (?:[a-z]+ )?[a-z]{2,}s\b|\bthe \{n\} that have\b`)
	files, err := fs.Glob(templates.FS(), "*/words.en.yaml")
	if err != nil || len(files) < 7 {
		t.Fatalf("%v, %v", files, err)
	}
	checked := 0
	for _, f := range files {
		dir := strings.TrimSuffix(f, "/words.en.yaml")
		words, err := templates.LoadWords(templates.FS(), dir, "en")
		if err != nil {
			t.Fatal(err)
		}
		for key, s := range words {
			if !counted.MatchString(s) {
				continue
			}
			checked++
			if _, ok := words[key+".one"]; !ok && !never[dir+" "+key] && !strings.Contains(s, "|") {
				t.Errorf("%s: %s has no form for one: %q", f, key, s)
			}
		}
	}
	if checked < 15 {
		t.Errorf("only %d texts were looked at", checked)
	}
}
