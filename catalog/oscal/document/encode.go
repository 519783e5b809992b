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
	c.value(reflect.ValueOf(f).Elem(), form{}, nil)
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

// place is where a value stands. It is written out only for an error: a document
// has tens of thousands of values.
type place struct {
	up    *place
	name  string
	index int // in a list, where name is empty
}

func (p *place) String() string {
	switch {
	case p == nil:
		return ""
	case p.name == "":
		return fmt.Sprintf("%s[%d]", p.up, p.index)
	case p.up == nil:
		return p.name
	}
	return p.up.String() + "." + p.name
}

func (c *checker) value(v reflect.Value, f form, at *place) {
	if len(c.errs) >= maxProblems {
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			c.value(v.Elem(), f, at)
		}
	case reflect.Slice:
		element := place{up: at}
		for i := range v.Len() {
			element.index = i
			c.value(v.Index(i), f, &element)
		}
	case reflect.String:
		s := v.String()
		if !utf8.ValidString(s) {
			c.errs = append(c.errs, fmt.Errorf("%s: %q is not UTF-8", at, clip(s)))
		} else if m := f.violated(s); m != "" {
			c.errs = append(c.errs, fmt.Errorf("%s: %s", at, m))
		}
	case reflect.Struct:
		s := c.types[v.Type()]
		if s == nil {
			s = structureOf(v.Type())
			c.types[v.Type()] = s
		}
		field := place{up: at}
		for _, name := range s.names {
			i := s.fields[name]
			child, f := v.Field(i), s.forms[i]
			field.name = name
			switch empty := child.IsZero() || child.Kind() == reflect.Slice && child.Len() == 0; {
			case empty && f.required && child.Kind() == reflect.Slice:
				c.errs = append(c.errs, fmt.Errorf("%s: the list is empty", &field))
			case empty && !f.required:
			default:
				c.value(child, f, &field)
			}
		}
	}
}
