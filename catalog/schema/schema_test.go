package schema

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"

	"riskguide/catalog/schema/schematest"
)

// value turns a YAML node into what JSON would say, by the core schema of YAML
// 1.2, as editors do: a date is a string.
func value(t *testing.T, n *yaml.Node) any {
	t.Helper()
	switch n.Kind {
	case yaml.DocumentNode:
		return value(t, n.Content[0])
	case yaml.MappingNode:
		m := map[string]any{}
		for i := 0; i+1 < len(n.Content); i += 2 {
			m[n.Content[i].Value] = value(t, n.Content[i+1])
		}
		return m
	case yaml.SequenceNode:
		l := []any{}
		for _, c := range n.Content {
			l = append(l, value(t, c))
		}
		return l
	}
	switch n.Tag {
	case "!!null":
		return nil
	case "!!bool":
		return n.Value == "true"
	case "!!int", "!!float":
		f, err := strconv.ParseFloat(n.Value, 64)
		if err != nil {
			t.Fatalf("line %d: %v", n.Line, err)
		}
		return f
	}
	return n.Value
}

var modeline = regexp.MustCompile(`^# yaml-language-server: \$schema=(\S+)\n`)

// validate checks that a file names its schema with a path that leads to the
// folder schemas of the guide, and validates it.
func validate(t *testing.T, schemas map[string]*jsonschema.Schema, file string, data []byte) {
	t.Helper()
	m := modeline.FindSubmatch(data)
	if m == nil {
		t.Errorf("%s: the first line names no schema", file)
		return
	}
	at := path.Join(path.Dir(file), string(m[1]))
	name, ok := strings.CutPrefix(at, "schemas/")
	if !ok || schemas[name] == nil {
		t.Errorf("%s: there is no schema %s", file, at)
		return
	}
	var n yaml.Node
	if err := yaml.Unmarshal(data, &n); err != nil {
		t.Errorf("%s: %v", file, err)
		return
	}
	if err := schemas[name].Validate(value(t, &n)); err != nil {
		t.Errorf("%s: %v", file, err)
	}
}

func compileAll(t *testing.T) map[string]*jsonschema.Schema {
	t.Helper()
	schemas := map[string]*jsonschema.Schema{}
	for _, f := range Files() {
		schemas[f.Name] = schematest.Compile(t, f.Name, f.Data)
	}
	return schemas
}

func validateFolder(t *testing.T, dir string) {
	schemas := compileAll(t)
	n := 0
	err := fs.WalkDir(os.DirFS(dir), ".", func(file string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || path.Ext(file) != ".yaml" {
			return err
		}
		data, err := fs.ReadFile(os.DirFS(dir), file)
		if err != nil {
			return err
		}
		n++
		validate(t, schemas, file, data)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if n == 0 {
		t.Error("the folder holds no YAML file")
	}
}

func TestFixture(t *testing.T) {
	validateFolder(t, "../testdata/small")
	validateFolder(t, "../testdata/standard")
}

func TestContent(t *testing.T) {
	const dir = "../../content"
	if _, err := os.Stat(dir + "/guide.yaml"); err != nil {
		t.Skipf("the shipped guide is missing: %v", err)
	}
	validateFolder(t, dir)
}

// TestDescriptions checks what an editor needs: every property has a
// description in both languages, and every object says that it has no others.
func TestDescriptions(t *testing.T) {
	for _, f := range Files() {
		var doc any
		if err := json.Unmarshal(f.Data, &doc); err != nil {
			t.Fatalf("%s: %v", f.Name, err)
		}
		var walk func(at string, x any)
		walk = func(at string, x any) {
			switch x := x.(type) {
			case []any:
				for i, y := range x {
					walk(fmt.Sprintf("%s/%d", at, i), y)
				}
			case map[string]any:
				if props, ok := x["properties"].(map[string]any); ok {
					if x["additionalProperties"] != false {
						t.Errorf("%s: %s allows other properties", f.Name, at)
					}
					for name, p := range props {
						d, _ := p.(map[string]any)["description"].(string)
						if en, ja, _ := strings.Cut(d, "\n"); en == "" || ja == "" || !regexp.MustCompile(`[ぁ-ん一-龠]`).MatchString(ja) {
							t.Errorf("%s: %s/%s is not described in two languages: %q", f.Name, at, name, d)
						}
					}
				}
				for k, y := range x {
					walk(at+"/"+k, y)
				}
			}
		}
		walk("", doc)
	}
}

func TestRefused(t *testing.T) {
	read := func(file string) string {
		data, err := os.ReadFile("../testdata/small/" + file)
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	guide, risk, control, vulns, retired := read("guide.yaml"), read("risks/M02.yaml"), read("controls/2.1.1.yaml"), read("vulnerabilities.yaml"), read("retired.yaml")
	tests := []struct {
		name, kind, file, old, new string
	}{
		{"unknown key", "guide", guide, "subtitle:", "subtitel:"},
		{"missing key", "guide", guide, "id: small-guide\n", ""},
		{"edition is a number", "guide", guide, `"2026.1"`, "2026.1"},
		{"date", "guide", guide, "2026-01-31", "31.1.2026"},
		{"date that does not exist", "guide", guide, "2026-01-31", "2026-02-31"},
		{"no language", "guide", guide, "[ja, en]", "[]"},
		{"language", "guide", guide, "[ja, en]", "[ja, English]"},
		{"severity letter", "guide", guide, "letter: H", "letter: High"},
		{"letter of vulnerabilities", "guide", guide, "letter: H", "letter: V"},
		{"scope", "guide", guide, "scope: out", "scope: no"},
		{"column", "guide", guide, "{id: residual,", "{id: rest,"},
		{"address", "guide", guide, "https://example.org", "javascript:alert"},
		{"layer of a layer", "guide", guide, "{id: resource,", "{id: Resource,"},
		{"empty text", "risk", risk, "ja: 隔離の失敗,", "ja: ' ',"},
		{"text is a list", "risk", risk, "{ja: 隔離の失敗, en: Failing isolation}", "[a]"},
		{"language of a text", "risk", risk, "ja: 隔離の失敗,", "JA: 隔離の失敗,"},
		{"risk id", "risk", risk, "id: M02\n", "id: M2\n"},
		{"measure id", "risk", risk, "id: M02-02", "id: M02-2"},
		{"gap", "risk", risk, "gaps: [measure]", "gaps: [text]"},
		{"ENISA", "risk", risk, "[9, 12]", "[9, 36]"},
		{"ENISA as text", "risk", risk, "[9, 12]", `["9", "12"]`},
		{"no description", "risk", risk, "description:", "describe:"},
		{"run", "risk", risk, "8.6.1.1..8.6.1.3", "8.6.1.1-8.6.1.3"},
		{"citation", "risk", risk, "{id: V6, note:", "{id: V6, notes:"},
		{"row without layer", "risk", risk, "layer: resource\n    ", ""},
		{"threat of a row", "risk", risk, "[M02-T1]", "M02-T1"},
		{"control id", "control", control, "id: 2.1.1.2", "id: 2.1.1.02"},
		{"no statement", "control", control, "    statement: {ja: 装置を二重に置く, en: Install devices in pairs}\n", ""},
		{"parameter", "control", control, "id: hours", "id: Hours"},
		{"default is a number", "control", control, `"24"`, "24"},
		{"vulnerability id", "vulnerability", vulns, "id: V48", "id: V.48"},
		{"label", "vulnerability", vulns, "{id: U1, label:", "{id: U1, text:"},
		{"retired id", "retired", retired, "id: M02-09", "id: M02-9"},
		{"retired without edition", "retired", retired, "    edition: \"2026.1\"\n", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f, ok := Lookup(tt.kind)
			if !ok {
				t.Fatalf("there is no schema %s", tt.kind)
			}
			text := strings.Replace(tt.file, tt.old, tt.new, 1)
			if text == tt.file {
				t.Fatalf("the file has no %q", tt.old)
			}
			var n yaml.Node
			if err := yaml.Unmarshal([]byte(text), &n); err != nil {
				t.Fatal(err)
			}
			if err := schematest.Compile(t, f.Name, f.Data).Validate(value(t, &n)); err == nil {
				t.Error("the schema allows it")
			}
		})
	}
	if _, ok := Lookup("nothing"); ok {
		t.Error("there is a schema of nothing")
	}
}
