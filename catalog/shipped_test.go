package catalog_test

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"riskguide/catalog"
	"riskguide/render/rendertest"
)

// TestShippedLayout checks that the shipped content is sound in both languages,
// without a warning, and stands in the layout that WriteFiles writes.
func TestShippedLayout(t *testing.T) {
	root := filepath.Join(rendertest.Root(t), "content")
	if _, ps := catalog.Load(t.Context(), os.DirFS(root), catalog.LoadOptions{}); len(ps) > 0 {
		t.Fatal(ps)
	}
	src, _ := catalog.LoadSource(t.Context(), os.DirFS(root), catalog.LoadOptions{})
	files, err := catalog.WriteFiles(src)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range files {
		got, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			t.Error(err)
		} else if !bytes.Equal(got, want) {
			t.Errorf("%s is not in the layout that WriteFiles writes", name)
		}
	}
}

// TestShippedEnglish looks at every English text of the shipped content: no
// Japanese outside of a quoted title, none of the words that the glossary avoids.
func TestShippedEnglish(t *testing.T) {
	root := filepath.Join(rendertest.Root(t), "content")
	src, _ := catalog.LoadSource(t.Context(), os.DirFS(root), catalog.LoadOptions{})
	files, err := catalog.WriteFiles(src)
	if err != nil {
		t.Fatal(err)
	}
	line := regexp.MustCompile(`^ *en: (.*)$`)
	quoted := regexp.MustCompile(`『[^』]*』|"[^"]*"|\([^)]*協会\)`)
	avoided := regexp.MustCompile(`(?i)\borganis|\blicense[^ds]|\bcenters?\b|\bbusiness software\b|\bmistakes?\b|\bcover in\b`)
	texts := 0
	for name, data := range files {
		for n, l := range strings.Split(string(data), "\n") {
			text := l
			if strings.HasSuffix(name, ".yaml") {
				m := line.FindStringSubmatch(l)
				if m == nil {
					continue
				}
				text = strings.Trim(m[1], `"`)
			} else if !strings.HasSuffix(name, ".en.md") || l == "" {
				continue
			}
			texts++
			if strings.ContainsFunc(quoted.ReplaceAllString(text, ""), japanese) {
				t.Errorf("%s:%d: Japanese in an English text: %s", name, n+1, text)
			}
			if w := avoided.FindString(text); w != "" {
				t.Errorf("%s:%d: %q is not used in the English edition: %s", name, n+1, w, text)
			}
		}
	}
	if texts < 400 {
		t.Errorf("looked at %d texts only", texts)
	}
}

func japanese(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana)
}

// TestShippedRiskNames checks that a risk which ENISA 2009 lists has ENISA's words
// in its English name.
func TestShippedRiskNames(t *testing.T) {
	words := map[int]string{
		1: "lock-in", 2: "loss of governance", 4: "loss of business reputation due to co-tenant activities",
		7: "supply chain failure", 8: "resource exhaustion", 9: "isolation failure",
		10: "cloud provider malicious insider – abuse of high privilege roles",
		11: "management interface compromise (manipulation, availability of infrastructure)",
		12: "intercepting data in transit", 13: "data leakage (on up/download, intra-cloud)",
		14: "insecure or ineffective deletion of data", 15: "distributed denial of service (ddos)",
		16: "economic denial of service (edos)", 17: "loss of encryption keys",
		18: "undertaking malicious probes or scans", 19: "service engine", 21: "subpoena and e-discovery",
		22: "risk from changes of jurisdiction", 23: "data protection risks", 24: "licensing risks",
	}
	cat, ps := catalog.Load(t.Context(), os.DirFS(filepath.Join(rendertest.Root(t), "content")), catalog.LoadOptions{})
	if cat == nil {
		t.Fatal(ps)
	}
	seen := map[int]bool{}
	for _, r := range cat.Risks {
		name, _ := cat.Text(r.Name, catalog.English)
		for _, n := range r.ENISA {
			seen[n] = true
			if w := words[n]; w == "" || !strings.Contains(strings.ToLower(name), w) {
				t.Errorf("%s is R.%d of ENISA 2009 (%q), but is named %q", r.ID, n, w, name)
			}
		}
	}
	if len(seen) != len(words) {
		t.Errorf("%d risks of ENISA 2009 are in the guide, want %d", len(seen), len(words))
	}
}

// TestShippedGlossary checks that each term of docs/glossary.md is in use in both
// languages.
func TestShippedGlossary(t *testing.T) {
	root := rendertest.Root(t)
	src, _ := catalog.LoadSource(t.Context(), os.DirFS(filepath.Join(root, "content")), catalog.LoadOptions{})
	files, err := catalog.WriteFiles(src)
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, data := range files {
		all.WriteString(strings.ToLower(string(data)))
	}
	content := all.String()
	data, err := os.ReadFile(filepath.Join(root, "docs", "glossary.md"))
	if err != nil {
		t.Fatal(err)
	}
	terms, used := 0, map[string]bool{}
	for n, l := range strings.Split(string(data), "\n") {
		cells := strings.Split(l, "|")
		if len(cells) != 6 || strings.HasPrefix(cells[1], "---") || strings.TrimSpace(cells[1]) == "Japanese" {
			if strings.HasPrefix(l, "|") && len(cells) != 6 {
				t.Errorf("docs/glossary.md:%d: a row has four cells: %s", n+1, l)
			}
			continue
		}
		terms++
		for _, c := range cells[1:3] {
			if term := strings.ToLower(strings.TrimSpace(c)); term == "" || !strings.Contains(content, term) {
				t.Errorf("docs/glossary.md:%d: the content does not use %q", n+1, term)
			}
		}
		if ja := strings.TrimSpace(cells[1]); used[ja] {
			t.Errorf("docs/glossary.md:%d: %s stands twice", n+1, ja)
		} else {
			used[ja] = true
		}
	}
	if terms < 50 {
		t.Errorf("found %d terms only", terms)
	}
}
