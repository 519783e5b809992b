package strictyaml

import (
	"bytes"
	"errors"
	"io"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// Parse parses what [Decoder.Check] returned: one YAML document that uses neither
// anchors, aliases and merge keys nor deep nesting. It returns the root of the
// document, or false where the file cannot be decoded any further. Tags are
// reported, but do not keep the file from being decoded.
func (d *Decoder) Parse(data []byte) (*yaml.Node, bool) {
	dec := yaml.NewDecoder(bytes.NewReader(data))
	doc, err := nextDocument(dec)
	switch {
	case errors.Is(err, io.EOF):
		d.report(1, 1, RuleSyntax, "", "the file is empty")
		return nil, false
	case err != nil:
		d.syntax(err, data)
		return nil, false
	}
	more, err := nextDocument(dec)
	switch {
	case err == nil:
		d.Fail(more, RuleSyntax, "", "a second document begins here; a file holds one")
		return nil, false
	case !errors.Is(err, io.EOF):
		d.syntax(err, data)
		return nil, false
	}
	root := doc.Content[0]
	if isNull(root) {
		d.report(1, 1, RuleSyntax, "", "the file is empty")
		return nil, false
	}
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
func (d *Decoder) plain(n *yaml.Node, depth int) bool {
	if depth > d.MaxNesting {
		d.Fail(n, RuleNesting, "", "values are nested more than %d deep", d.MaxNesting)
		return false
	}
	ok := true
	if n.Anchor != "" {
		d.anchor(n, "anchors (&"+Clip(n.Anchor)+")")
		ok = false
	}
	if n.Kind == yaml.AliasNode {
		d.anchor(n, "aliases (*"+Clip(n.Value)+")")
		return false
	}
	if n.Style&yaml.TaggedStyle != 0 {
		d.Complain(n, RuleTag, "leave it out, or write the text in quotes", "tags (%s) are not allowed", Clip(n.Tag))
	}
	for i, c := range n.Content {
		if n.Kind == yaml.MappingNode && i%2 == 0 && c.Kind == yaml.ScalarNode && c.Tag == "!!merge" {
			d.anchor(c, "merge keys (<<)")
			ok = false
		}
		if !d.plain(c, depth+1) {
			ok = false
		}
	}
	return ok
}

// anchor reports an anchor, an alias or a merge key, a few of them for a file.
func (d *Decoder) anchor(n *yaml.Node, what string) {
	const most = 5
	if d.anchors++; d.anchors <= most {
		d.Fail(n, RuleAnchor, d.AnchorHint, "%s are not allowed", what)
	}
}

var (
	yamlLine      = regexp.MustCompile(`^line (\d+): `)
	unknownAnchor = regexp.MustCompile(`^unknown anchor '(.*)' referenced$`)
)

// syntax reports that a file is not YAML. The parser's own line is often that
// where the enclosing mapping begins, so that the place is looked for.
func (d *Decoder) syntax(err error, data []byte) {
	msg := strings.TrimPrefix(err.Error(), "yaml: ")
	told := 1
	if m := yamlLine.FindStringSubmatch(msg); m != nil {
		told, _ = strconv.Atoi(m[1])
		msg = msg[len(m[0]):]
	}
	if m := unknownAnchor.FindStringSubmatch(msg); m != nil {
		line, col := 0, 0
		if i := bytes.Index(data, []byte("*"+m[1])); i >= 0 {
			line, col = place(data, i)
		}
		d.report(line, col, RuleAnchor, "a text that begins with * must be in quotes",
			"aliases (*%s) are not allowed", Clip(m[1]))
		return
	}
	at, col := min(max(told, 1), bytes.Count(data, []byte{'\n'})+1), 1
	line := ""
	if n := troubleLine(data); n > 0 {
		line = lineOf(data, n)
		at = n
		col = utf8.RuneCountInString(line) - utf8.RuneCountInString(strings.TrimLeft(line, " ")) + 1
	}
	hint := syntaxHints[msg]
	if at := culprit(msg, line); at > 0 {
		col = utf8.RuneCountInString(line[:at]) + 1
	} else if q := openQuote(line); q >= 0 {
		col = utf8.RuneCountInString(line[:q]) + 1
		hint = "a quote that opens here is not closed"
	}
	if tab := tabColumn(line); tab > 0 && strings.HasPrefix(msg, "found character that cannot start") ||
		strings.HasPrefix(msg, "found a tab") {
		col = max(tab, 1)
		hint = "indent with spaces, not tabs"
	}
	d.report(at, col, RuleSyntax, hint, "not valid YAML: %s", msg)
}

// syntaxHints says what most often lies behind a message of the parser.
var syntaxHints = map[string]string{
	"did not find expected key":                                    "check the indentation and the quotes here",
	"did not find expected '-' indicator":                          "check the indentation here",
	"did not find expected ',' or ']'":                             "a [ is not closed, or a text in it needs quotes",
	"did not find expected ',' or '}'":                             "a { is not closed, or a text in it needs quotes",
	"did not find expected node content":                           "a text that begins with a special character needs quotes",
	"could not find expected ':'":                                  `a key must be followed by a colon and a space`,
	"mapping values are not allowed in this context":               `a text that holds ": " needs quotes; else check the indentation`,
	"block sequence entries are not allowed in this context":       `a text that begins with "- " needs quotes; else check the indentation`,
	"found character that cannot start any token":                  "a text that begins with @, ` or % needs quotes",
	"found unexpected end of stream":                               "a quote that opens here is not closed",
	"found unexpected document indicator":                          "a quote that opens here is not closed",
	"found unknown escape character":                               `write \\ for a backslash, or use single quotes`,
	"did not find expected hexdecimal number":                      `write \\ for a backslash, or use single quotes`,
	"did not find expected comment or line break":                  "a text that begins with | or > needs quotes",
	"did not find expected alphabetic or numeric character":        "a text that begins with & or * needs quotes",
	"did not find expected whitespace or line break":               "a text that begins with ! needs quotes",
	"did not find URI escaped octet":                               "a text that begins with ! needs quotes",
	"did not find expected tag URI":                                "a text that begins with ! needs quotes",
	"did not find expected '!'":                                    "a text that begins with ! needs quotes",
	"did not find expected <document start>":                       "nothing may stand behind the end of the document",
	"found a tab character where an indentation space is expected": "indent with spaces, not tabs",
}

// The size up to which the place of a syntax error is looked for: the file is
// parsed some dozens of times.
const mostForTrouble = 64 << 10

// troubleLine returns the line, from 1, where the construct begins that makes a
// file unparsable: the line behind the longest beginning of the file that can be
// parsed. It returns 0 where the file is too large to look.
//
// A beginning that ends within brackets or quotes cannot be parsed though a
// longer one can, so that beginnings that can be parsed are not all shorter than
// those that cannot. A binary search finds a border; then longer beginnings are
// tried before it is believed.
func troubleLine(data []byte) int {
	if len(data) > mostForTrouble {
		return 0
	}
	var ends []int // ends[i] is the length of the first i+1 lines
	for i, c := range data {
		if c == '\n' {
			ends = append(ends, i+1)
		}
	}
	if len(data) > 0 && data[len(data)-1] != '\n' {
		ends = append(ends, len(data))
	}
	parses := func(lines int) bool {
		if lines == 0 {
			return true
		}
		dec := yaml.NewDecoder(bytes.NewReader(data[:ends[lines-1]]))
		for {
			if _, err := nextDocument(dec); err != nil {
				return errors.Is(err, io.EOF)
			}
		}
	}
	const ahead = 24 // lines that a construct in brackets or quotes may well have
	good, bad := 0, len(ends)
	for tries := 0; tries < 8; tries++ {
		for bad-good > 1 {
			if mid := (good + bad) / 2; parses(mid) {
				good = mid
			} else {
				bad = mid
			}
		}
		better := 0
		for n := min(good+ahead, len(ends)); n > good+1; n-- {
			if parses(n) {
				better = n
				break
			}
		}
		if better == 0 {
			break
		}
		good, bad = better, len(ends)
	}
	return min(good+1, len(ends))
}

// lineOf returns a line, from 1, without its end.
func lineOf(data []byte, n int) string {
	for ; n > 1; n-- {
		i := bytes.IndexByte(data, '\n')
		if i < 0 {
			return ""
		}
		data = data[i+1:]
	}
	line, _, _ := bytes.Cut(data, []byte("\n"))
	return strings.TrimSuffix(string(line), "\r")
}

// The places in a line that a message of the parser most often is about.
var (
	colonInText  = regexp.MustCompile(`: .*?(: )`)
	badFirstChar = regexp.MustCompile("(?:^|: |- )([@`%])")
)

// culprit returns the offset in a line of what a message is about, or 0.
func culprit(msg, line string) int {
	re := badFirstChar
	switch msg {
	default:
		return 0
	case "mapping values are not allowed in this context":
		if openQuote(line) >= 0 {
			return 0
		}
		re = colonInText
	case "found character that cannot start any token":
	}
	if m := re.FindStringSubmatchIndex(line); m != nil {
		return m[2]
	}
	return 0
}

// openQuote returns the offset of a quote at the beginning of a value that is
// not closed in the line, or -1.
func openQuote(line string) int {
	i := strings.Index(line, ": ")
	if i < 0 {
		return -1
	}
	rest := strings.TrimLeft(line[i+1:], " ")
	if rest == "" || rest[0] != '"' && rest[0] != '\'' || strings.Count(rest, rest[:1])%2 == 0 {
		return -1
	}
	return len(line) - len(rest)
}

// tabColumn returns the column of the first tab in the indentation of a line, or 0.
func tabColumn(line string) int {
	for i, c := range line {
		if c == '\t' {
			return i + 1
		}
		if c != ' ' {
			return 0
		}
	}
	return 0
}
