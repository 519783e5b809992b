package site_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"riskguide/catalog"
	"riskguide/render"
	"riskguide/render/rendertest"
)

// searchFile returns the name of a generated or copied file of the search by its
// name without hash, such as "ja/data/search-index.js".
func searchFile(t testing.TB, m *render.Memory, name string) string {
	t.Helper()
	ext := filepath.Ext(name)
	for _, n := range m.Names() {
		if strings.HasPrefix(n, strings.TrimSuffix(name, ext)+".") && filepath.Ext(n) == ext {
			return n
		}
	}
	t.Fatalf("the site has no %s", name)
	return ""
}

// searchQuery is an entry of testdata/search/queries.LANG.yaml.
type searchQuery struct {
	Q    string
	Want []string
}

func searchQueries(t testing.TB, lang catalog.Lang) []searchQuery {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", "search", "queries."+string(lang)+".yaml"))
	must(t, err)
	var qs []searchQuery
	must(t, yaml.Unmarshal(data, &qs))
	return qs
}

// shipped builds the whole content of this repository in both languages.
func shipped(t testing.TB) *render.Memory {
	t.Helper()
	cat := load(t, os.DirFS(filepath.Join(rendertest.Root(t), "content")))
	return build(t, cat, options(cat, both...))
}

func zipped(t testing.TB, data []byte) int {
	t.Helper()
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	must(t, err)
	_, err = w.Write(data)
	must(t, err)
	must(t, w.Close())
	return b.Len()
}

// searchRun is what testdata/search/run.js prints.
type searchRun struct {
	Documents               int
	Prepared, Median, Worst float64
	Results                 []struct {
		Total int
		IDs   []string
	}
}

// runSearch runs queries with the engine and the index of a built site.
func runSearch(t testing.TB, m *render.Memory, lang catalog.Lang, queries []string) searchRun {
	t.Helper()
	node := rendertest.Tool(t, "node", "nodejs")
	dir := t.TempDir()
	write := func(name string, data []byte) string {
		p := filepath.Join(dir, name)
		must(t, os.WriteFile(p, data, 0o666))
		return p
	}
	qs, err := json.Marshal(queries)
	must(t, err)
	cmd := exec.Command(node, filepath.Join("testdata", "search", "run.js"),
		write("engine.js", m.Data(searchFile(t, m, "assets/search-engine.js"))),
		write("index.js", m.Data(searchFile(t, m, string(lang)+"/data/search-index.js"))),
		write("queries.json", qs))
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	must(t, err)
	var run searchRun
	must(t, json.Unmarshal(out, &run))
	return run
}

// recall is the share of what a query wants that is among the first five results.
func recall(q searchQuery, ids []string) float64 {
	ids = ids[:min(5, len(ids))]
	found := 0
	for _, want := range q.Want {
		if slices.ContainsFunc(strings.Split(want, "|"), func(id string) bool { return slices.Contains(ids, id) }) {
			found++
		}
	}
	return float64(found) / float64(len(q.Want))
}

// TestSearchRecall asks the shipped guide 40 questions a language whose answers
// are known. The level is a little below what docs/search.md tells, so that a
// wording of the guide may change.
func TestSearchRecall(t *testing.T) {
	t.Parallel()
	m := shipped(t)
	for _, lang := range both {
		queries := searchQueries(t, lang)
		if len(queries) != 40 {
			t.Errorf("%s: %d queries, not 40", lang, len(queries))
		}
		var text []string
		for _, q := range queries {
			text = append(text, q.Q)
		}
		run := runSearch(t, m, lang, text)
		sum := 0.0
		for i, q := range queries {
			r := recall(q, run.Results[i].IDs)
			sum += r
			if r < 1 {
				t.Logf("%s: %q: recall %.2f, wanted %v, found %v of %d", lang, q.Q, r, q.Want, run.Results[i].IDs, run.Results[i].Total)
			}
		}
		mean := sum / float64(len(queries))
		index := m.Data(searchFile(t, m, string(lang)+"/data/search-index.js"))
		size := zipped(t, index)
		t.Logf("%s: recall@5 %.3f; %d documents; index %d bytes, %d gzipped; %.1f ms to prepare, %.2f ms a query, %.1f ms the slowest",
			lang, mean, run.Documents, len(index), size, run.Prepared, run.Median, run.Worst)
		if mean < 0.9 {
			t.Errorf("%s: recall@5 is %.3f", lang, mean)
		}
		if size > 300_000 {
			t.Errorf("%s: the index has %d bytes gzipped", lang, size)
		}
	}
	_ = fmt.Sprint()
}
