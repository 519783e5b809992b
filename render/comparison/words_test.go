package comparison

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"riskguide/templates"
)

// TestWords checks that both languages have the same words with the same
// placeholders, and that none is unused.
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
		if _, ok := ja[k]; !ok {
			t.Errorf("words.ja.yaml has no %q", k)
		}
		for _, part := range strings.Split(s, "{")[1:] {
			if name, _, _ := strings.Cut(part, "}"); k != "date" && !strings.Contains(ja[k], "{"+name+"}") {
				t.Errorf("%q has {%s} in English only", k, name)
			}
		}
	}
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
		if _, ok := en[k]; !ok {
			t.Errorf("words.en.yaml has no %q", k)
		}
		head, tail, _ := strings.Cut(k, ".")
		together := strings.Contains(all, `"`+head+`." +`) && strings.Contains(all, `"`+tail+`"`) || // "sheet."+key
			strings.HasSuffix(k, ".some") && strings.Contains(all, `"`+strings.TrimSuffix(k, ".some")+`"`) ||
			head == "group" && strings.HasSuffix(k, ".none") || head == "sheet" && strings.Contains(all, `"sheet."+t.Key`) && strings.Contains(all, `"`+tail+`"`)
		if !together && !strings.Contains(all, `"`+k+`"`) {
			t.Errorf("nothing uses the word %q", k)
		}
	}
}
