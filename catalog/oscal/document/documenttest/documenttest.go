// Package documenttest checks OSCAL documents in tests: against NIST's JSON Schema
// and against what the schema cannot say but readers of OSCAL check.
package documenttest

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"sync"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"riskguide/catalog/oscal/document"
)

// schemaData is oscal_complete_schema.json of
// https://github.com/usnistgov/OSCAL/releases/tag/v1.1.3, a work of the United
// States government in the public domain.
//
//go:embed oscal_complete_schema-1.1.3.json.gz
var schemaData []byte

// Schema returns NIST's JSON Schema of all OSCAL documents, version 1.1.3.
func Schema() ([]byte, error) {
	r, err := gzip.NewReader(bytes.NewReader(schemaData))
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	_, err = b.ReadFrom(r)
	return b.Bytes(), err
}

// compiled is the schema, compiled once for all tests of a program.
var compiled = sync.OnceValues(func() (*jsonschema.Schema, error) {
	data, err := Schema()
	if err != nil {
		return nil, err
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	c := jsonschema.NewCompiler()
	c.UseRegexpEngine(pattern)
	c.AssertFormat()
	if err := c.AddResource("oscal.json", doc); err != nil {
		return nil, err
	}
	return c.Compile("oscal.json")
})

// stringPattern is the pattern of OSCAL's StringDatatype.
const stringPattern = `^\S(.*\S)?$`

// oneLine matches as ECMA-262 says, whose white space is Unicode's and whose dot
// stops at four line terminators. Go's expressions know ASCII's white space only.
type oneLine struct{}

func (oneLine) MatchString(s string) bool { return document.IsString(s) }
func (oneLine) String() string            { return stringPattern }

func pattern(s string) (jsonschema.Regexp, error) {
	if s == stringPattern {
		return oneLine{}, nil
	}
	if strings.Contains(s, `\S`) || strings.Contains(s, `\s`) {
		return nil, fmt.Errorf("the pattern %q is not known", s)
	}
	re, err := regexp.Compile(s)
	if err != nil {
		return nil, err
	}
	return re, nil
}

// Validate checks a document against NIST's schema.
func Validate(data []byte) error {
	s, err := compiled()
	if err != nil {
		return err
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		return err
	}
	return s.Validate(doc)
}

// Check checks what the schema does not say: every UUID and every id stands once,
// a link "#…" points to something of the document, a parameter that is inserted
// exists in it and has either values or a selection. imported are the documents that this one imports, by href; an href
// of another document that is not among them is an error too.
func Check(data []byte, imported map[string][]byte) error {
	own, err := collect(data)
	if err != nil {
		return err
	}
	errs := own.twice
	others := map[string]*facts{}
	for href, d := range imported {
		if others[href], err = collect(d); err != nil {
			return fmt.Errorf("%s: %w", href, err)
		}
	}
	known := func(id string) bool {
		if own.ids[id] || own.uuids[id] {
			return true
		}
		for _, o := range others {
			if o.ids[id] {
				return true
			}
		}
		return false
	}
	for _, h := range own.hrefs {
		file, fragment, _ := strings.Cut(h, "#")
		switch {
		case strings.Contains(file, ":"): // an address
		case file == "" && !known(fragment):
			errs = append(errs, fmt.Sprintf("the link %q points to nothing", h))
		case file == "":
		case others[file] == nil:
			errs = append(errs, fmt.Sprintf("the link %q points to a document that is not there", h))
		case fragment != "" && !others[file].ids[fragment] && !others[file].uuids[fragment]:
			errs = append(errs, fmt.Sprintf("the link %q points to nothing in that document", h))
		}
	}
	for _, id := range own.controlRefs {
		if !known(id) {
			errs = append(errs, fmt.Sprintf("control %q does not exist", id))
		}
	}
	for _, id := range own.paramRefs {
		found := own.params[id]
		for _, o := range others {
			found = found || o.params[id]
		}
		if !found {
			errs = append(errs, fmt.Sprintf("parameter %q does not exist", id))
		}
	}
	if len(errs) > 0 {
		return fmt.Errorf("%s", strings.Join(errs, "\n"))
	}
	return nil
}

// facts are the ids of a document, and what it refers to.
type facts struct {
	ids, uuids, params            map[string]bool
	hrefs, controlRefs, paramRefs []string
	twice                         []string
}

func collect(data []byte) (*facts, error) {
	var doc any
	if err := json.Unmarshal(data, &doc); err != nil {
		return nil, err
	}
	f := &facts{ids: map[string]bool{}, uuids: map[string]bool{}, params: map[string]bool{}}
	f.walk(doc, "")
	return f, nil
}

func (f *facts) once(set map[string]bool, what, id string) {
	if set[id] {
		f.twice = append(f.twice, fmt.Sprintf("%s %q stands twice", what, id))
	}
	set[id] = true
}

func (f *facts) walk(v any, list string) {
	switch v := v.(type) {
	case []any:
		for _, x := range v {
			f.walk(x, list)
		}
	case map[string]any:
		if v["values"] != nil && v["select"] != nil {
			f.twice = append(f.twice, fmt.Sprintf("parameter %q has both values and a selection", v["id"]))
		}
		for key, x := range v {
			s, _ := x.(string)
			switch {
			case key == "uuid":
				f.once(f.uuids, "UUID", s)
			case key == "id" && list != "external-ids":
				f.once(f.ids, "id", s)
				if list == "params" {
					f.params[s] = true
				}
			case key == "href" || key == "source" && s != "":
				f.hrefs = append(f.hrefs, s)
			case key == "control-id":
				f.controlRefs = append(f.controlRefs, s)
			case key == "with-ids":
				for _, id := range x.([]any) {
					f.controlRefs = append(f.controlRefs, id.(string))
				}
			case key == "param-id":
				f.paramRefs = append(f.paramRefs, s)
			case key == "prose" || key == "label" || key == "description" || key == "title":
				f.paramRefs = append(f.paramRefs, document.Inserts(s)...)
			}
			f.walk(x, key)
		}
	}
}
