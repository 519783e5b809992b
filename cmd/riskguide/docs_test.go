package main

import (
	"bytes"
	"fmt"
	"image/png"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/spf13/cobra"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/text"
	"go.yaml.in/yaml/v3"

	"riskguide/render/rendertest"
	"riskguide/templates"
)

// maxPictures is how many bytes the pictures of docs/pictures may have together.
const maxPictures = 1_500_000

// documents lists README.md and the pages of docs/, relative to the root.
func documents(t *testing.T, root string) []string {
	t.Helper()
	out := []string{"README.md"}
	for _, pattern := range []string{"docs/*.md", "docs/*/*.md"} {
		names, err := filepath.Glob(filepath.Join(root, filepath.FromSlash(pattern)))
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range names {
			rel, err := filepath.Rel(root, n)
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, filepath.ToSlash(rel))
		}
	}
	return out
}

func parseMarkdown(t *testing.T, file string) (ast.Node, []byte) {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return goldmark.New(goldmark.WithExtensions(extension.Table)).Parser().Parse(text.NewReader(data)), data
}

// TestDocs: what the documents tell a reader to type is what the program takes, and
// what they link to and show is there.
func TestDocs(t *testing.T) {
	root := rendertest.Root(t)
	shown := map[string]bool{}
	commands := 0
	for _, doc := range documents(t, root) {
		node, data := parseMarkdown(t, filepath.Join(root, doc))
		dir := filepath.Dir(filepath.Join(root, doc))
		target := func(link string, picture bool) {
			file, fragment, _ := strings.Cut(link, "#")
			if strings.Contains(link, "://") || strings.HasPrefix(link, "mailto:") {
				return
			}
			path := filepath.Join(root, doc)
			if file != "" {
				path = filepath.Join(dir, filepath.FromSlash(file))
			}
			if _, err := os.Stat(path); err != nil {
				t.Errorf("%s: %s is not there", doc, link)
				return
			}
			if picture {
				shown[path] = true
			}
			if fragment != "" && !slices.Contains(anchors(t, path), fragment) {
				t.Errorf("%s: %s has no heading #%s", doc, file, fragment)
			}
		}
		err := ast.Walk(node, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
			if !entering {
				return ast.WalkContinue, nil
			}
			switch n := n.(type) {
			case *ast.Link:
				target(string(n.Destination), false)
			case *ast.Image:
				target(string(n.Destination), true)
				if n.FirstChild() == nil {
					t.Errorf("%s: the picture %s has no text", doc, n.Destination)
				}
			case *ast.CodeSpan:
				if c := plain(n, data); strings.HasPrefix(c, "riskguide ") {
					if err := knownCommand(strings.Fields(c)[1:]); err != nil {
						t.Errorf("%s: `%s`: %v", doc, c, err)
					}
				}
			case *ast.FencedCodeBlock:
				if l := string(n.Language(data)); l != "sh" && l != "" {
					return ast.WalkContinue, nil
				}
				for _, line := range strings.Split(string(n.Lines().Value(data)), "\n") {
					args := shellWords(line)
					if len(args) == 0 || strings.TrimPrefix(args[0], "bin/") != "riskguide" {
						continue
					}
					commands++
					if err := wholeCommand(args[1:]); err != nil {
						t.Errorf("%s: %s: %v", doc, line, err)
					}
				}
			}
			return ast.WalkContinue, nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if commands < 30 {
		t.Errorf("only %d commands were found in the documents", commands)
	}

	// The pictures are of one size, and none is left over.
	sum := 0
	files, err := filepath.Glob(filepath.Join(root, "docs", "pictures", "*", "*"))
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		t.Error("docs/pictures is empty")
	}
	for _, f := range files {
		if !shown[f] {
			t.Errorf("%s stands in no document", f)
		}
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		sum += len(data)
		c, err := png.DecodeConfig(bytes.NewReader(data))
		if err != nil {
			t.Errorf("%s: %v", f, err)
		} else if c.Width < 800 || c.Width > 1800 || c.Height < 300 || c.Height > pictureHeight {
			t.Errorf("%s has %d × %d pixels", f, c.Width, c.Height)
		}
	}
	if sum > maxPictures {
		t.Errorf("the pictures have %d bytes; that is more than %d", sum, maxPictures)
	}
}

// TestDocsWords: what the pages for procurement and suppliers print bold is a word of
// the page or the workbook, in the language of the document.
func TestDocsWords(t *testing.T) {
	root := rendertest.Root(t)
	for _, doc := range []struct{ file, lang string }{{"procurement.md", "en"}, {"supplier.md", "en"}, {"ja/procurement.md", "ja"}, {"ja/supplier.md", "ja"}} {
		words := map[string]bool{}
		for _, dir := range []string{"site", "pack"} {
			data, err := templates.FS().Open(dir + "/words." + doc.lang + ".yaml")
			if err != nil {
				t.Fatal(err)
			}
			var m map[string]any
			err = yaml.NewDecoder(data).Decode(&m)
			data.Close()
			if err != nil {
				t.Fatal(err)
			}
			for _, v := range m {
				if s, ok := v.(string); ok {
					words[s] = true
				}
			}
		}
		node, data := parseMarkdown(t, filepath.Join(root, "docs", filepath.FromSlash(doc.file)))
		n := 0
		err := ast.Walk(node, func(node ast.Node, entering bool) (ast.WalkStatus, error) {
			if e, ok := node.(*ast.Emphasis); ok && entering && e.Level == 2 {
				n++
				if s := plain(e, data); !words[s] {
					t.Errorf("docs/%s: nothing is called %q", doc.file, s)
				}
			}
			return ast.WalkContinue, nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if n < 5 {
			t.Errorf("docs/%s: only %d names of buttons and columns", doc.file, n)
		}
	}
}

// anchors lists the ids that forges give to the headings of a document.
func anchors(t *testing.T, file string) []string {
	t.Helper()
	node, data := parseMarkdown(t, file)
	var out []string
	for n := node.FirstChild(); n != nil; n = n.NextSibling() {
		if h, ok := n.(*ast.Heading); ok {
			s := strings.ToLower(plain(h, data))
			s = strings.ReplaceAll(s, " ", "-")
			out = append(out, strings.Map(func(r rune) rune {
				if r == '-' || r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) {
					return r
				}
				return -1
			}, s))
		}
	}
	return out
}

// plain is the text of a node without its marks.
func plain(n ast.Node, data []byte) string {
	var b strings.Builder
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		if t, ok := c.(*ast.Text); ok {
			b.Write(t.Segment.Value(data))
		} else {
			b.WriteString(plain(c, data))
		}
	}
	return b.String()
}

var word = regexp.MustCompile(`"[^"]*"|'[^']*'|[^\s"']+`)

// shellWords splits a command line: quotes, and a comment at its end.
func shellWords(line string) []string {
	var out []string
	for _, w := range word.FindAllString(strings.TrimSpace(line), -1) {
		if strings.HasPrefix(w, "#") || w == "|" || w == ">" || w == ">>" {
			break
		}
		out = append(out, strings.Trim(w, `"'`))
	}
	return out
}

// findCommand finds the command of a command line; rest is what follows it.
func findCommand(args []string) (cmd *cobra.Command, rest []string, err error) {
	a := &app{env: Env{Stdin: strings.NewReader(""), Stdout: io.Discard, Stderr: io.Discard, Getenv: func(string) string { return "" }}}
	root := a.root()
	cmd, rest, err = root.Find(args)
	if err == nil && cmd == root && len(args) > 0 && !strings.HasPrefix(args[0], "-") {
		err = fmt.Errorf("there is no command %q", args[0])
	}
	return cmd, rest, err
}

// wholeCommand checks that a command line could be run: command, flags with their
// values, number of arguments. Nothing is run.
func wholeCommand(args []string) error {
	cmd, rest, err := findCommand(args)
	if err != nil {
		return err
	}
	if err := cmd.ParseFlags(rest); err != nil {
		return err
	}
	if err := cmd.ValidateRequiredFlags(); err != nil {
		return err
	}
	return cmd.ValidateArgs(cmd.Flags().Args())
}

// knownCommand checks the command and the names of the flags of what may have
// placeholders, such as riskguide diff OLD [NEW].
func knownCommand(args []string) error {
	cmd, rest, err := findCommand(args)
	if err != nil {
		return err
	}
	for _, w := range rest {
		if name, ok := strings.CutPrefix(w, "--"); ok {
			name, _, _ = strings.Cut(name, "=")
			if cmd.Flags().Lookup(name) == nil && cmd.InheritedFlags().Lookup(name) == nil {
				return fmt.Errorf("there is no flag %s", w)
			}
		}
	}
	return nil
}

// TestDocsChecks: the checks of command lines fail where they should.
func TestDocsChecks(t *testing.T) {
	for line, want := range map[string]bool{
		`riskguide build --since v1 -o "a b"   # note`: true,
		`riskguide biuld`:                     false,
		`riskguide build --sicne v1`:          false,
		`riskguide diff`:                      false,
		`riskguide diff a b c`:                false,
		`riskguide collect --round x a.xlsx`:  false,
		`riskguide import text a.txt --check`: true,
	} {
		if err := wholeCommand(shellWords(line)[1:]); (err == nil) != want {
			t.Errorf("%s: %v", line, err)
		}
	}
	if knownCommand([]string{"diff", "OLD", "[NEW]", "--profile", "P"}) != nil || knownCommand([]string{"diff", "--nothing"}) == nil {
		t.Error("flags of commands with placeholders")
	}
}

// TestDocsMessages: the messages in the tables at the end of the pages are messages
// of the program. What varies is … or a value in quotes, and so is not looked for.
func TestDocsMessages(t *testing.T) {
	root := rendertest.Root(t)
	var source []byte
	for _, dir := range []string{"answers", "catalog", "cmd", "profile"} {
		err := filepath.WalkDir(filepath.Join(root, dir), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
				return err
			}
			data, err := os.ReadFile(path)
			source = append(source, data...)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	message := regexp.MustCompile("(?m)^\\| `([^`]+)` \\|")
	varies := regexp.MustCompile(`…|"[^"]*"|\([^)]*\)|\b[0-9.]+\b|kumo`)
	for _, doc := range []string{"working-group.md", "procurement.md", "ja/working-group.md", "ja/procurement.md"} {
		data, err := os.ReadFile(filepath.Join(root, "docs", filepath.FromSlash(doc)))
		if err != nil {
			t.Fatal(err)
		}
		found := message.FindAllSubmatch(data, -1)
		if len(found) < 5 {
			t.Errorf("docs/%s: only %d messages", doc, len(found))
		}
		for _, m := range found {
			for _, part := range varies.Split(string(m[1]), -1) {
				if part = strings.Trim(part, " ,:;"); len(part) > 2 && !bytes.Contains(source, []byte(part)) {
					t.Errorf("docs/%s: no message says %q", doc, part)
				}
			}
		}
	}
}
