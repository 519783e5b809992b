package data_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"testing"

	"riskguide/catalog/synthetic"
	"riskguide/render/data"
	"riskguide/render/rendertest"
)

var update = flag.Bool("update", false, "write docs/data.md anew where it follows from the code")

// TestDocs: docs/data.md describes every field and every column. What stands
// between its marks follows from the schema and the tables; -update writes it.
func TestDocs(t *testing.T) {
	file := filepath.Join(rendertest.Root(t), "docs", "data.md")
	docs, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	want := string(docs)
	for mark, text := range map[string]string{"fields": fields(t), "columns": columns(t)} {
		begin, end := "<!-- "+mark+" -->\n", "<!-- /"+mark+" -->\n"
		before, rest, ok := strings.Cut(want, begin)
		_, after, ok2 := strings.Cut(rest, end)
		if !ok || !ok2 {
			t.Fatalf("docs/data.md has no marks %s", mark)
		}
		want = before + begin + text + end + after
	}
	if want == string(docs) {
		return
	}
	if !*update {
		t.Fatal("docs/data.md is not current: go test ./render/data -run TestDocs -update")
	}
	if err := os.WriteFile(file, []byte(want), 0o666); err != nil {
		t.Fatal(err)
	}
}

type object struct {
	Required   []string
	Properties json.RawMessage
}

// fields describes the document from its schema, in the schema's order.
func fields(t *testing.T) string {
	t.Helper()
	var s struct {
		object
		Defs json.RawMessage `json:"$defs"`
	}
	if err := json.Unmarshal(data.Schema(), &s); err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	section := func(name string, o object) {
		if o.Properties == nil {
			return
		}
		fmt.Fprintf(&b, "\n### %s\n\n| field | type | |\n| --- | --- | --- |\n", name)
		for _, p := range ordered(t, o.Properties) {
			optional := ""
			if !slices.Contains(o.Required, p.key) {
				optional = " *Optional.*"
			}
			en, _, _ := strings.Cut(description(t, p.value), "\n")
			fmt.Fprintf(&b, "| `%s` | %s | %s%s |\n", p.key, typeOf(t, p.value), strings.ReplaceAll(en, "|", `\|`), optional)
		}
	}
	section("document", s.object)
	for _, d := range ordered(t, s.Defs) {
		var o object
		if err := json.Unmarshal(d.value, &o); err != nil {
			t.Fatal(err)
		}
		section(d.key, o)
	}
	return b.String() + "\n"
}

func description(t *testing.T, raw json.RawMessage) string {
	var p struct{ Description string }
	if err := json.Unmarshal(raw, &p); err != nil || p.Description == "" {
		t.Fatalf("%s: %v", raw, err)
	}
	return p.Description
}

func typeOf(t *testing.T, raw json.RawMessage) string {
	var p struct {
		Ref, Type, Format string
		Items             json.RawMessage
		Enum              []string
		Const             any
	}
	raw = bytes.ReplaceAll(raw, []byte(`"$ref"`), []byte(`"ref"`))
	if err := json.Unmarshal(raw, &p); err != nil {
		t.Fatal(err)
	}
	switch {
	case p.Ref != "":
		name := strings.TrimPrefix(p.Ref, "#/$defs/")
		if name == "text" {
			return "text"
		}
		return "[" + name + "](#" + name + ")"
	case p.Enum != nil:
		return "`" + strings.Join(p.Enum, "`, `") + "`"
	case p.Const != nil:
		return fmt.Sprintf("`%v`", p.Const)
	case p.Type == "array":
		return "list of " + typeOf(t, p.Items)
	case p.Format != "":
		return p.Format
	}
	return p.Type
}

type entry struct {
	key   string
	value json.RawMessage
}

// ordered returns the members of an object in the order in which they stand.
func ordered(t *testing.T, raw json.RawMessage) []entry {
	t.Helper()
	dec := json.NewDecoder(bytes.NewReader(raw))
	if _, err := dec.Token(); err != nil {
		t.Fatal(err)
	}
	var out []entry
	for dec.More() {
		k, err := dec.Token()
		if err != nil {
			t.Fatal(err)
		}
		var v json.RawMessage
		if err := dec.Decode(&v); err != nil {
			t.Fatal(err)
		}
		out = append(out, entry{k.(string), v})
	}
	return out
}

// rowOf says what a row of each table is, and which columns need a word.
var rowOf = map[string]string{
	"guide":                "the guide",
	"severities":           "a severity",
	"layers":               "a layer, parents before their children",
	"columns":              "a column of the risk tables",
	"pages":                "a page of the front matter; `body_` is Markdown",
	"references":           "an entry of the list of references",
	"editions":             "an edition, newest first",
	"retired":              "an id that is no longer in use",
	"risks":                "a risk",
	"objectives":           "an objective of a `risk`'s file",
	"threats":              "a threat of a `risk`'s file",
	"residuals":            "a residual risk of a `risk`'s file",
	"measures":             "a measure",
	"rows":                 "a row of a `risk`'s table; `row` counts them",
	"clauses":              "a clause",
	"controls":             "a control",
	"control-items":        "an item of a `control`'s statement; `item` is its place, such as 2.1",
	"control-references":   "a `reference` of a `control`",
	"control-parameters":   "a parameter of a `control`",
	"parameter-choices":    "a value that is allowed",
	"vulnerabilities":      "a vulnerability; `cited_by` names risks",
	"measure-controls":     "a citation of a `control` by a `measure`",
	"measure-residuals":    "a `residual` risk of a `measure`",
	"row-threats":          "a `threat` of a row",
	"row-vulnerabilities":  "a citation of a `vulnerability` by a row",
	"guide-table":          "a control of the measure of a row, with all texts as they are printed; for filters and pivot tables",
	"tailoring":            "the pack (only with `--profile`, as what follows)",
	"requirements":         "a requirement",
	"requirement-wordings": "a wording (`kind` variant) or note (`kind` note) of some measures",
	"requirement-values":   "a value",
	"requirement-measures": "a measure that asks for a requirement",
	"exclusions":           "an exclusion",
	"exclusion-citations":  "a `control` left out of a `measure` by the `exclusion` with that n",
}

// columns lists the tables of the shipped profile's document, which has all.
func columns(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	b.WriteString("\n| file | one row is | columns |\n| --- | --- | --- |\n")
	seen := map[string]bool{}
	d := data.New(assemble(t, synthetic.Random(0)))
	tables := slices.Concat(append(d.Tables(), d.GuideTable()), data.Tailored(pack(t, "profiles/sample.yaml")).Tables())
	for _, table := range tables {
		if seen[table.Name] {
			continue
		}
		seen[table.Name] = true
		if rowOf[table.Name] == "" {
			t.Errorf("it is not said what a row of %s is", table.Name)
		}
		var names []string
		for _, c := range table.Columns {
			for _, l := range []string{"_ja", "_en"} {
				c = strings.TrimSuffix(c, l)
			}
			if !slices.Contains(names, c) {
				if slices.Contains(table.Columns, c+"_en") {
					names = append(names, c+"_")
				} else {
					names = append(names, c)
				}
			}
		}
		fmt.Fprintf(&b, "| `%s.csv` | %s | `%s` |\n", table.Name, rowOf[table.Name], strings.Join(slices.Compact(names), "` `"))
	}
	var gone []string
	for name := range rowOf {
		if !seen[name] {
			gone = append(gone, name)
		}
	}
	if sort.Strings(gone); len(gone) > 0 {
		t.Errorf("there are no tables %v", gone)
	}
	return b.String() + "\n"
}
