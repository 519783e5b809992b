// Package yamledit changes values of a YAML file and leaves every other byte of
// it as it is: comments, the order of keys, quotes, folded lines and blank lines
// of what is not touched.
//
// # Contract
//
// A [File] is parsed once; every change names a node of the tree that
// [File.Root] returns, replaces the bytes of that node alone, and parses the
// file again, so that nodes from before a change must not be used after it.
// What a change makes of the file is compared with what it makes of the tree:
// where the two differ, the file stays as it was and the change returns an
// error. No change can thus damage what it does not mean.
//
// A value that is replaced keeps its style as far as the new value allows:
// quotes, a literal or folded block, the width to which it was wrapped. What is
// added takes the file's own indentation and line ends.
//
// The package takes files as catalog/strictyaml lets them pass: one document,
// without anchors, aliases and tags.
package yamledit

import (
	"bytes"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// File is a YAML file under change.
type File struct {
	bom   string
	data  []byte
	nl    string // line end of the file
	root  *yaml.Node
	lines []int // where each line begins
	at    map[*yaml.Node]context
	step  int // spaces by which the keys of a mapping stand behind those around it
	dash  int // spaces by which the dashes of a list stand behind its key
}

// context is where a node stands.
type context struct {
	parent *yaml.Node // nil for the root
	index  int        // in the parent's Content
	flow   bool       // within brackets
}

const bom = "\uFEFF"

// oddBreak finds what YAML 1.1 (§5.4) takes for the end of a line beside LF and CR LF.
var oddBreak = regexp.MustCompile("\r(?:[^\n]|$)|[\u0085\u2028\u2029]")

// Parse reads a file. A file that is empty or no YAML is an error, and so is one whose
// lines end with anything but LF or CR LF.
func Parse(data []byte) (*File, error) {
	f := &File{nl: "\n"}
	if bytes.HasPrefix(data, []byte(bom)) {
		f.bom, data = bom, data[len(bom):]
	}
	if i := bytes.IndexByte(data, '\n'); i > 0 && data[i-1] == '\r' {
		f.nl = "\r\n"
	}
	return f, f.set(bytes.Clone(data))
}

// Bytes returns the file.
func (f *File) Bytes() []byte { return append([]byte(f.bom), f.data...) }

// Root is the file's outermost value, with positions. It is to be read, not to
// be changed.
func (f *File) Root() *yaml.Node { return f.root }

// set takes data as the file's content.
func (f *File) set(data []byte) error {
	root, err := parse(data)
	if err != nil {
		return err
	}
	if at := oddBreak.FindIndex(data); at != nil {
		r, _ := utf8.DecodeRune(data[at[0]:])
		return fmt.Errorf("line %d ends with the character %U: write a line feed", bytes.Count(data[:at[0]], []byte("\n"))+1, r)
	}
	f.data, f.root = data, root
	f.lines = append(f.lines[:0], 0)
	for i, c := range data {
		if c == '\n' {
			f.lines = append(f.lines, i+1)
		}
	}
	f.at = map[*yaml.Node]context{}
	f.step, f.dash = 0, -1
	f.walk(root, context{})
	if f.step == 0 {
		f.step = 2
	}
	if f.dash < 0 {
		f.dash = f.step
	}
	return nil
}

// parse parses one document. The parser is known to have panicked on odd input.
func parse(data []byte) (root *yaml.Node, err error) {
	defer func() {
		if r := recover(); r != nil {
			root, err = nil, errors.New("the file cannot be parsed")
		}
	}()
	dec := yaml.NewDecoder(bytes.NewReader(data))
	var doc, more yaml.Node
	if err := dec.Decode(&doc); err != nil {
		return nil, err
	}
	if doc.Kind != yaml.DocumentNode || len(doc.Content) != 1 {
		return nil, errors.New("the file is empty")
	}
	if err := dec.Decode(&more); err == nil {
		return nil, errors.New("the file holds two documents")
	}
	return doc.Content[0], nil
}

// walk notes where nodes stand and learns how the file indents.
func (f *File) walk(n *yaml.Node, c context) {
	f.at[n] = c
	flow := c.flow || n.Style&yaml.FlowStyle != 0
	for i, k := range n.Content {
		if n.Kind == yaml.MappingNode && i%2 == 1 && !flow && k.Style&yaml.FlowStyle == 0 {
			by := k.Column - n.Column
			switch {
			case k.Kind == yaml.MappingNode && f.step == 0 && by > 0:
				f.step = by
			case k.Kind == yaml.SequenceNode && f.dash < 0 && by >= 0:
				f.dash = by
			}
		}
		f.walk(k, context{n, i, flow})
	}
}

// Child returns the value of a key of a mapping, or nil.
func Child(n *yaml.Node, key string) *yaml.Node {
	if i := keyIndex(n, key); i >= 0 {
		return n.Content[i+1]
	}
	return nil
}

func keyIndex(n *yaml.Node, key string) int {
	if n == nil || n.Kind != yaml.MappingNode {
		return -1
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return i
		}
	}
	return -1
}

// String makes a string to be written.
func String(s string) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: s}
}

// Pair is a key with its value.
type Pair struct {
	Key   string
	Value *yaml.Node
}

// Mapping makes a mapping to be written in lines of its own; pairs without a value
// are left out.
func Mapping(pairs ...Pair) *yaml.Node {
	n := &yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
	for _, p := range pairs {
		if p.Value != nil {
			n.Content = append(n.Content, String(p.Key), p.Value)
		}
	}
	return n
}

// List makes a list to be written in lines of its own.
func List(items ...*yaml.Node) *yaml.Node {
	return &yaml.Node{Kind: yaml.SequenceNode, Tag: "!!seq", Content: items}
}

// Inline makes a list of strings to be written in brackets on one line.
func Inline(items ...string) *yaml.Node {
	n := List()
	n.Style = yaml.FlowStyle
	for _, s := range items {
		n.Content = append(n.Content, String(s))
	}
	return n
}

// equal reports whether two values say the same.
func equal(a, b *yaml.Node) bool {
	if a.Kind != b.Kind || a.Kind == yaml.ScalarNode && (a.Value != b.Value || a.ShortTag() != b.ShortTag()) ||
		len(a.Content) != len(b.Content) {
		return false
	}
	for i := range a.Content {
		if !equal(a.Content[i], b.Content[i]) {
			return false
		}
	}
	return true
}

// clone copies a tree and returns the copy and that of one of its nodes.
func clone(n, wanted *yaml.Node) (all, one *yaml.Node) {
	c := *n
	c.Content = make([]*yaml.Node, len(n.Content))
	if n == wanted {
		one = &c
	}
	for i, k := range n.Content {
		sub, hit := clone(k, wanted)
		c.Content[i] = sub
		if hit != nil {
			one = hit
		}
	}
	return &c, one
}

// errUnsafe tells that a change would not do what it should.
var errUnsafe = errors.New("the place cannot be changed without changing others")

// change replaces the bytes from … to by text and accepts the result only where it
// says what the tree says after change was made to the copy of n.
func (f *File) change(n *yaml.Node, mutate func(n *yaml.Node), from, to int, text string) error {
	if from < 0 || to < from || to > len(f.data) {
		return f.errAt(n, errUnsafe)
	}
	want, copied := clone(f.root, n)
	if copied == nil {
		return errors.New("yamledit: the value is not of this file")
	}
	mutate(copied)
	if f.nl != "\n" {
		text = strings.ReplaceAll(text, "\n", f.nl)
	}
	data := make([]byte, 0, len(f.data)+len(text))
	data = append(data, f.data[:from]...)
	data = append(data, text...)
	data = append(data, f.data[to:]...)
	got, err := parse(data)
	if err != nil || !equal(want, got) {
		return f.errAt(n, errUnsafe)
	}
	return f.set(data)
}

func (f *File) errAt(n *yaml.Node, err error) error {
	return fmt.Errorf("line %d: %w", n.Line, err)
}

// offset is where a node begins.
func (f *File) offset(n *yaml.Node) int { return f.place(n.Line, n.Column) }

func (f *File) place(line, column int) int {
	if line < 1 || line > len(f.lines) {
		return -1
	}
	i := f.lines[line-1]
	for ; column > 1 && i < len(f.data); column-- {
		_, n := utf8.DecodeRune(f.data[i:])
		i += n
	}
	return i
}

// lineStart and lineEnd are the ends of the line around an offset, without its
// line break.
func (f *File) lineStart(i int) int { return bytes.LastIndexByte(f.data[:i], '\n') + 1 }

func (f *File) lineEnd(i int) int {
	j := bytes.IndexByte(f.data[i:], '\n')
	if j < 0 {
		return len(f.data)
	}
	j += i
	if j > i && f.data[j-1] == '\r' {
		j--
	}
	return j
}

// nextLine is where the line after the one around an offset begins.
func (f *File) nextLine(i int) int {
	j := bytes.IndexByte(f.data[i:], '\n')
	if j < 0 {
		return len(f.data)
	}
	return i + j + 1
}

// isBlankLine reports whether the line that begins at an offset is there and blank.
func (f *File) isBlankLine(i int) bool {
	return i < len(f.data) && len(bytes.TrimSpace(f.data[i:f.lineEnd(i)])) == 0
}
