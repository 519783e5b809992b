package document

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"unicode/utf8"
)

// Encode writes a document as JSON, with a line break at its end. Keys stand in
// the order of the types. An error names everything that has not the form that
// OSCAL wants, with its path in the document.
func Encode(f *File) ([]byte, error) {
	c := &checker{types: map[reflect.Type]*structure{}}
	c.value(reflect.ValueOf(f).Elem(), form{}, "")
	if len(c.errs) > 0 {
		return nil, fmt.Errorf("write OSCAL: %w", errors.Join(c.errs...))
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(f); err != nil {
		return nil, fmt.Errorf("write OSCAL: %w", err)
	}
	return b.Bytes(), nil
}

// checker checks a document that is to be written.
type checker struct {
	types map[reflect.Type]*structure
	errs  []error
}

func (c *checker) value(v reflect.Value, f form, path string) {
	if len(c.errs) >= maxProblems {
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			c.value(v.Elem(), f, path)
		}
	case reflect.Slice:
		for i := range v.Len() {
			c.value(v.Index(i), f, fmt.Sprintf("%s[%d]", path, i))
		}
	case reflect.String:
		s := v.String()
		if !utf8.ValidString(s) {
			c.errs = append(c.errs, fmt.Errorf("%s: %q is not UTF-8", path, clip(s)))
		} else if m := f.violated(s); m != "" {
			c.errs = append(c.errs, fmt.Errorf("%s: %s", path, m))
		}
	case reflect.Struct:
		s := c.types[v.Type()]
		if s == nil {
			s = structureOf(v.Type())
			c.types[v.Type()] = s
		}
		for _, name := range s.names {
			i := s.fields[name]
			child, f := v.Field(i), s.forms[i]
			at := name
			if path != "" {
				at = path + "." + name
			}
			switch empty := child.IsZero() || child.Kind() == reflect.Slice && child.Len() == 0; {
			case empty && f.required && child.Kind() == reflect.Slice:
				c.errs = append(c.errs, fmt.Errorf("%s: the list is empty", at))
			case empty && !f.required:
			default:
				c.value(child, f, at)
			}
		}
	}
}
