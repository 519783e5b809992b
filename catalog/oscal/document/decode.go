package document

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strconv"
	"strings"
	"unicode/utf8"

	"riskguide/catalog"
)

// MaxSize is the size in bytes up to which a document is read unless
// [Options.MaxSize] says otherwise. NIST's largest catalog has about 10 MB.
const MaxSize = 128 << 20

// The other bounds of reading.
const (
	maxDepth    = 64  // of objects and lists in each other
	maxProblems = 100 // then reading ends
)

// The rules that problems of a document name.
const (
	RuleJSON   = "oscal-json"   // not JSON, or a value of another type
	RuleKey    = "oscal-key"    // a key that is unknown, missing or stands twice
	RuleValue  = "oscal-value"  // a value that has not the form that it must have
	RuleLimits = "oscal-limits" // too large, too deep
)

// Options tells how to read a document.
type Options struct {
	// Name is the name of the file in positions.
	Name string
	// MaxSize replaces the constant of that name where it is not 0.
	MaxSize int
	// Lenient makes warnings of unknown keys, of empty lists and of values
	// that have not the form that they must have: the document is taken as far as
	// it is understood.
	Lenient bool
}

// Decode reads a document. The file is nil where a problem is an error. Objects
// that have a Pos know their place.
func Decode(data []byte, opts Options) (*File, catalog.Problems) {
	d := &decoder{opts: opts, data: data, line: 1, col: 1, types: map[reflect.Type]*structure{}}
	f := &File{}
	if d.start() {
		if err := d.document(f); err != nil && !errors.Is(err, errStop) {
			d.syntax(err)
		}
	}
	if d.problems.HasErrors() {
		return nil, d.problems
	}
	return f, d.problems
}

// errStop ends reading after a problem that is noted already.
var errStop = errors.New("stop")

type decoder struct {
	opts     Options
	data     []byte
	json     *json.Decoder
	skipped  int // bytes before what json reads
	problems catalog.Problems
	path     []step
	types    map[reflect.Type]*structure

	// offset, line and col are a place that was asked for; later ones come later.
	offset, line, col int
}

// step is a key, or an index where the key is empty.
type step struct {
	key   string
	index int
}

// start checks what concerns the bytes as a whole.
func (d *decoder) start() bool {
	limit := MaxSize
	if d.opts.MaxSize != 0 {
		limit = d.opts.MaxSize
	}
	if len(d.data) > limit {
		d.problems = append(d.problems, catalog.Problem{Pos: catalog.Position{File: d.opts.Name}, Level: catalog.LevelError,
			Rule: RuleLimits, Message: fmt.Sprintf("the file has more than %d bytes", limit)})
		return false
	}
	if !utf8.Valid(d.data) {
		at := 0
		for at < len(d.data) {
			r, n := utf8.DecodeRune(d.data[at:])
			if r == utf8.RuneError && n == 1 {
				break
			}
			at += n
		}
		d.fail(at, RuleJSON, "", "the file is not UTF-8 from here on")
		return false
	}
	body := bytes.TrimPrefix(d.data, []byte("\ufeff"))
	d.skipped = len(d.data) - len(body)
	d.json = json.NewDecoder(bytes.NewReader(body))
	d.json.UseNumber()
	return true
}

// syntax notes that the input is not JSON.
func (d *decoder) syntax(err error) {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		d.add(catalog.LevelError, d.at(len(d.data)), RuleJSON, "", "the file ends within a JSON value")
		return
	}
	d.add(catalog.LevelError, d.at(d.here()), RuleJSON, "", "this is not JSON: "+strings.TrimPrefix(err.Error(), "json: "))
}

// next returns a token and the offset at which it begins.
func (d *decoder) next() (json.Token, int, error) {
	at := d.here()
	t, err := d.json.Token()
	return t, at, err
}

// here is the offset at which the next token begins.
func (d *decoder) here() int {
	at := d.skipped + int(d.json.InputOffset())
	for at < len(d.data) && strings.IndexByte(" \t\r\n,:", d.data[at]) >= 0 {
		at++
	}
	return at
}

// at returns the position of an offset. Asking for places in their order costs
// nothing; one before the last begins anew.
func (d *decoder) at(offset int) catalog.Position {
	offset = max(0, min(offset, len(d.data)))
	if offset < d.offset {
		d.offset, d.line, d.col = 0, 1, 1
	}
	chunk := d.data[d.offset:offset]
	if n := bytes.Count(chunk, []byte{'\n'}); n > 0 {
		d.line += n
		d.col = 1
		chunk = chunk[bytes.LastIndexByte(chunk, '\n')+1:]
	}
	d.col += utf8.RuneCount(chunk)
	d.offset = offset
	return catalog.Position{File: d.opts.Name, Line: d.line, Column: d.col}
}

// where writes the path of what is being read, such as "groups[0].controls[3]",
// with a colon behind it; the document's own key is left out.
func (d *decoder) where() string {
	var b strings.Builder
	for i, s := range d.path {
		switch {
		case s.key == "":
			b.WriteString("[" + strconv.Itoa(s.index) + "]")
		case i > 1:
			b.WriteString("." + s.key)
		case i == 1:
			b.WriteString(s.key)
		}
	}
	if b.Len() == 0 {
		return ""
	}
	return b.String() + ": "
}

func (d *decoder) add(level catalog.Level, pos catalog.Position, rule, hint, message string) {
	d.problems = append(d.problems, catalog.Problem{Pos: pos, Level: level, Rule: rule, Message: message, Hint: hint})
}

func (d *decoder) fail(offset int, rule, hint, format string, args ...any) {
	d.add(catalog.LevelError, d.at(offset), rule, hint, d.where()+fmt.Sprintf(format, args...))
}

// complain notes what a lenient reader bears.
func (d *decoder) complain(offset int, rule, hint, format string, args ...any) {
	level := catalog.LevelError
	if d.opts.Lenient {
		level = catalog.LevelWarning
	}
	d.add(level, d.at(offset), rule, hint, d.where()+fmt.Sprintf(format, args...))
}

// full reports whether there are as many problems as anyone reads.
func (d *decoder) full() bool { return len(d.problems) >= maxProblems }

// otherModels are the documents of OSCAL that this package does not read.
var otherModels = []string{"system-security-plan", "assessment-plan", "assessment-results",
	"plan-of-action-and-milestones", "mapping-collection"}

func (d *decoder) document(f *File) error {
	if err := d.value(reflect.ValueOf(f).Elem(), form{}); err != nil {
		return err
	}
	n := 0
	for _, there := range []bool{f.Catalog != nil, f.Profile != nil, f.ComponentDefinition != nil} {
		if there {
			n++
		}
	}
	switch {
	case d.problems.HasErrors():
	case n == 0:
		d.fail(0, RuleKey, "", "the file holds no OSCAL catalog, profile or component-definition")
	case n > 1:
		d.fail(0, RuleKey, "", "the file holds more than one OSCAL document")
	}
	_, at, err := d.next()
	if errors.Is(err, io.EOF) {
		return nil
	}
	d.fail(at, RuleJSON, "", "something follows the document")
	return errStop
}

// structure is what is known of a type of objects.
type structure struct {
	fields map[string]int
	names  []string // in the order of the type
	forms  []form   // by index of the field
	pos    int      // index of the field Pos, or -1
}

// structure looks a type up.
func (d *decoder) structure(t reflect.Type) *structure {
	if s := d.types[t]; s != nil {
		return s
	}
	s := structureOf(t)
	d.types[t] = s
	return s
}

func structureOf(t reflect.Type) *structure {
	s := &structure{fields: map[string]int{}, pos: -1, forms: make([]form, t.NumField())}
	for i := range t.NumField() {
		f := t.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "-" {
			s.pos = i
			continue
		}
		s.fields[name] = i
		s.names = append(s.names, name)
		s.forms[i] = formOf(f.Tag.Get("oscal"))
	}
	return s
}

// value reads one value into v.
func (d *decoder) value(v reflect.Value, f form) error {
	t, at, err := d.next()
	if err != nil {
		return err
	}
	return d.token(v, f, t, at)
}

// token reads the value that begins with t at the offset.
func (d *decoder) token(v reflect.Value, f form, t json.Token, at int) error {
	if len(d.path) > maxDepth {
		d.fail(at, RuleLimits, "", "more than %d objects and lists stand in each other", maxDepth)
		return errStop
	}
	if d.full() {
		return errStop
	}
	switch v.Kind() {
	case reflect.Pointer:
		p := reflect.New(v.Type().Elem())
		if err := d.token(p.Elem(), f, t, at); err != nil {
			return err
		}
		v.Set(p)
		return nil
	case reflect.Struct:
		if t != json.Delim('{') {
			return d.wrong(t, at, "an object")
		}
		return d.object(v, at)
	case reflect.Slice:
		if t != json.Delim('[') {
			return d.wrong(t, at, "a list")
		}
		return d.list(v, f, at)
	case reflect.String:
		s, ok := t.(string)
		if !ok {
			return d.wrong(t, at, "a text")
		}
		if m := f.violated(s); m != "" {
			d.complain(at, RuleValue, "", "%s", m)
		}
		v.SetString(s)
	case reflect.Bool:
		b, ok := t.(bool)
		if !ok {
			return d.wrong(t, at, "true or false")
		}
		v.SetBool(b)
	case reflect.Int:
		n, ok := t.(json.Number)
		i, err := strconv.Atoi(n.String())
		if !ok || err != nil {
			return d.wrong(t, at, "a whole number")
		}
		v.SetInt(int64(i))
	}
	return nil
}

// wrong notes a value of another type, and reads over it.
func (d *decoder) wrong(t json.Token, at int, want string) error {
	d.fail(at, RuleJSON, "", "this must be %s, not %s", want, kindOf(t))
	return d.skip(t)
}

func kindOf(t json.Token) string {
	switch t := t.(type) {
	case nil:
		return "null"
	case bool:
		return "true or false"
	case json.Number:
		return "a number"
	case json.Delim:
		if t == '[' {
			return "a list"
		}
		return "an object"
	}
	return "a text"
}

// skip reads over the value that begins with t.
func (d *decoder) skip(t json.Token) error {
	depth := 0
	for {
		switch t {
		case json.Delim('{'), json.Delim('['):
			depth++
		case json.Delim('}'), json.Delim(']'):
			depth--
		}
		if depth == 0 {
			return nil
		}
		var err error
		if t, _, err = d.next(); err != nil {
			return err
		}
	}
}

func (d *decoder) object(v reflect.Value, begin int) error {
	s := d.structure(v.Type())
	if s.pos >= 0 {
		v.Field(s.pos).Set(reflect.ValueOf(d.at(begin)))
	}
	seen := map[string]bool{}
	for d.json.More() {
		t, at, err := d.next()
		if err != nil {
			return err
		}
		key, ok := t.(string)
		if !ok {
			return fmt.Errorf("a key must be a text")
		}
		i, known := s.fields[key]
		switch {
		case seen[key]:
			d.fail(at, RuleKey, "", "the key %q stands twice", clip(key))
			known = false
		case !known && len(d.path) == 0:
			d.otherModel(key, at, s.names)
		case !known:
			d.complain(at, RuleKey, didYouMean(key, s.names), "the key %q is not known here", clip(key))
		}
		seen[key] = true
		if !known {
			t, _, err := d.next()
			if err == nil {
				err = d.skip(t)
			}
			if err != nil {
				return err
			}
			continue
		}
		d.path = append(d.path, step{key: key})
		err = d.value(v.Field(i), s.forms[i])
		d.path = d.path[:len(d.path)-1]
		if err != nil {
			return err
		}
	}
	if _, _, err := d.next(); err != nil {
		return err
	}
	for _, name := range s.names {
		if s.forms[s.fields[name]].required && !seen[name] {
			d.fail(begin, RuleKey, "", "the key %q is missing", name)
		}
	}
	return nil
}

// otherModel notes a key of the file that is none of the documents.
func (d *decoder) otherModel(key string, at int, names []string) {
	for _, m := range otherModels {
		if m == key {
			d.fail(at, RuleKey, "", "this is an OSCAL %s; what can be read is a catalog, a profile or a component-definition", key)
			return
		}
	}
	d.fail(at, RuleKey, didYouMean(key, names), "%q is no OSCAL document that can be read: a catalog, a profile or a component-definition", clip(key))
}

func (d *decoder) list(v reflect.Value, f form, begin int) error {
	for i := 0; d.json.More(); i++ {
		v.Grow(1)
		v.SetLen(i + 1)
		d.path = append(d.path, step{index: i})
		err := d.value(v.Index(i), f)
		d.path = d.path[:len(d.path)-1]
		if err != nil {
			return err
		}
	}
	if v.Len() == 0 {
		d.complain(begin, RuleValue, "", "the list is empty")
	}
	_, _, err := d.next()
	return err
}

func didYouMean(got string, known []string) string {
	if s := catalog.Suggest(got, known); s != "" {
		return fmt.Sprintf("did you mean %q?", s)
	}
	return ""
}

// clip shortens a text for a message.
func clip(s string) string {
	const most = 60
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}
