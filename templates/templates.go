// Package templates holds the HTML templates, styles and words that the
// renderers use, embedded in the binary. A user replaces any of them by a folder
// with files of the same names (flag --templates): see [Overlay].
//
// Words are the fixed texts of a format (column titles, instructions, labels):
// one flat YAML file a language, DIR/words.ja.yaml, key: value.
package templates

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"sort"

	"go.yaml.in/yaml/v3"

	"riskguide/catalog"
)

//go:embed all:site all:pack all:workbook all:pdf all:diff all:collect all:compare all:markdown
//go:embed all:editing
var files embed.FS

// FS returns the built-in templates.
func FS() fs.FS { return files }

// Overlay returns a file system in which the files of over replace those of base.
func Overlay(base, over fs.FS) fs.FS { return overlay{base, over} }

type overlay struct{ base, over fs.FS }

// Open implements [fs.FS].
func (o overlay) Open(name string) (fs.File, error) {
	f, err := o.over.Open(name)
	if err == nil {
		if st, serr := f.Stat(); serr == nil && !st.IsDir() {
			return f, nil
		}
		f.Close()
	} else if !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	return o.base.Open(name)
}

// ReadDir implements [fs.ReadDirFS]: the names of both.
func (o overlay) ReadDir(name string) ([]fs.DirEntry, error) {
	base, berr := fs.ReadDir(o.base, name)
	over, oerr := fs.ReadDir(o.over, name)
	if berr != nil && oerr != nil {
		return nil, berr
	}
	seen := map[string]bool{}
	out := over
	for _, e := range over {
		seen[e.Name()] = true
	}
	for _, e := range base {
		if !seen[e.Name()] {
			out = append(out, e)
		}
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Name() < out[j].Name() })
	return out, nil
}

// Words are the fixed texts of one format in one language.
type Words map[string]string

// Get returns the word with the key, or the key in brackets where there is none,
// so that a missing word is seen.
func (w Words) Get(key string) string {
	if s, ok := w[key]; ok {
		return s
	}
	return "[" + key + "]"
}

// LoadWords reads DIR/words.LANG.yaml, with what that file lacks taken from the
// built-in file, and from Japanese where the language has no file. An error
// names the file.
func LoadWords(fsys fs.FS, dir string, lang catalog.Lang) (Words, error) {
	words := Words{}
	var last []byte
	read := func(fsys fs.FS, name string, must bool) error {
		data, err := fs.ReadFile(fsys, name)
		if err != nil {
			if !must && errors.Is(err, fs.ErrNotExist) {
				return nil
			}
			return fmt.Errorf("templates: %w", err)
		}
		if last != nil && bytes.Equal(data, last) {
			return nil // the same file again: nothing was replaced
		}
		last = data
		var m map[string]string
		if err := yaml.Unmarshal(data, &m); err != nil {
			return fmt.Errorf("templates: %s: %w", name, err)
		}
		for k, v := range m {
			words[k] = v
		}
		return nil
	}
	own := dir + "/words." + string(lang) + ".yaml"
	if err := read(files, dir+"/words.ja.yaml", false); err != nil {
		return nil, err
	}
	if err := read(files, own, false); err != nil {
		return nil, err
	}
	if err := read(fsys, own, false); err != nil {
		return nil, err
	}
	return words, nil
}
