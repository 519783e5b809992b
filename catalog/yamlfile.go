package catalog

import (
	"bytes"
	"errors"
	"io"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// parse parses a file of one YAML document and checks that it uses nothing of
// YAML that the form does not allow. It returns the root of the document.
func (d *decoder) parse(data []byte) (*yaml.Node, bool) {
	dec := yaml.NewDecoder(bytes.NewReader(data))
	doc, err := nextDocument(dec)
	switch {
	case errors.Is(err, io.EOF):
		d.problems.add(LevelError, Position{d.file, 1, 1}, ruleSyntax, "", "the file is empty")
		return nil, false
	case err != nil:
		d.syntax(err, data)
		return nil, false
	}
	more, err := nextDocument(dec)
	switch {
	case err == nil:
		d.fail(more, ruleSyntax, "", "a second document begins here; a file holds one")
		return nil, false
	case !errors.Is(err, io.EOF):
		d.syntax(err, data)
		return nil, false
	}
	root := doc.Content[0]
	if !d.plain(root, 1) {
		return nil, false
	}
	return root, true
}

// nextDocument parses a document. The parser is known to have panicked on odd
// input in some versions; input must never end the program, so that a panic is
// an error like any other.
func nextDocument(dec *yaml.Decoder) (doc *yaml.Node, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = errors.New("yaml: the file cannot be parsed")
		}
	}()
	doc = new(yaml.Node)
	if err := dec.Decode(doc); err != nil {
		return nil, err
	}
	if doc.Kind != yaml.DocumentNode || len(doc.Content) != 1 {
		return nil, io.EOF
	}
	return doc, nil
}

// plain reports whether a node and all below it are free of anchors, aliases and
// deep nesting, which make a file unfit to be read; tags are reported too.
func (d *decoder) plain(n *yaml.Node, depth int) bool {
	if depth > maxNesting {
		d.fail(n, ruleNesting, "", "values are nested more than %d deep", maxNesting)
		return false
	}
	ok := true
	const hint = "write a text once and cite its id"
	if n.Anchor != "" {
		d.fail(n, ruleAnchor, hint, "anchors (&%s) are not allowed", clip(n.Anchor))
		ok = false
	}
	if n.Kind == yaml.AliasNode {
		d.fail(n, ruleAnchor, hint, "aliases (*%s) are not allowed", clip(n.Value))
		return false
	}
	if n.Style&yaml.TaggedStyle != 0 {
		d.fail(n, ruleTag, "leave it out, or write the text in quotes", "tags (%s) are not allowed", clip(n.Tag))
	}
	for i, c := range n.Content {
		if n.Kind == yaml.MappingNode && i%2 == 0 && c.Kind == yaml.ScalarNode && c.Tag == "!!merge" {
			d.fail(c, ruleAnchor, hint, "merge keys (<<) are not allowed")
			ok = false
		}
		if !d.plain(c, depth+1) {
			ok = false
		}
	}
	return ok
}

var (
	yamlLine      = regexp.MustCompile(`^line (\d+): `)
	unknownAnchor = regexp.MustCompile(`^unknown anchor '(.*)' referenced$`)
)

// syntax reports that a file is not YAML.
func (d *decoder) syntax(err error, data []byte) {
	msg := strings.TrimPrefix(err.Error(), "yaml: ")
	pos := Position{File: d.file}
	if m := yamlLine.FindStringSubmatch(msg); m != nil {
		pos.Line, _ = strconv.Atoi(m[1])
		pos.Column = 1
		msg = msg[len(m[0]):]
	}
	if m := unknownAnchor.FindStringSubmatch(msg); m != nil {
		if i := bytes.Index(data, []byte("*"+m[1])); i >= 0 {
			pos.Line, pos.Column = place(data, i)
		}
		d.problems.add(LevelError, pos, ruleAnchor, "a text that begins with * must be in quotes",
			"aliases (*%s) are not allowed", clip(m[1]))
		return
	}
	d.problems.add(LevelError, pos, ruleSyntax, "", "not valid YAML: %s", msg)
}
