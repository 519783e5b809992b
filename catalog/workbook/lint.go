package workbook

import (
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"riskguide/catalog"
	"riskguide/catalog/yamledit"
)

// mapped returns the problems of the content that would come out, as far as the
// content had them not before, with the cells of the workbook from which they are.
func (w *writer) mapped(before, after catalog.Problems) catalog.Problems {
	type known struct{ file, rule, message string }
	had := map[known]int{}
	for _, p := range before {
		had[known{p.Pos.File, p.Rule, p.Message}]++
	}
	var out catalog.Problems
	for _, p := range after {
		k := known{p.Pos.File, p.Rule, p.Message}
		if had[k] > 0 {
			had[k]--
			continue
		}
		if pos, ok := w.cell(p); ok {
			p.Pos = pos
		}
		out = append(out, p)
	}
	return out
}

// cell finds the cell that a problem of the content is about.
func (w *writer) cell(p catalog.Problem) (catalog.Position, bool) {
	name := p.Pos.File
	if w.im.opts.Prefix != "" {
		name = strings.TrimPrefix(name, path.Clean(w.im.opts.Prefix)+"/")
	}
	f := w.files[name]
	if f == nil {
		var err error
		if f, err = w.file(name); err != nil {
			return p.Pos, false
		}
	}
	n, trail := f.Root(), []*yaml.Node{}
	var keys []string // of the way to the place; "" for an item of a list
	for {
		var next *yaml.Node
		key := ""
		for i := 0; i < len(n.Content); i++ {
			c := n.Content[i]
			if c.Line > p.Pos.Line || c.Line == p.Pos.Line && c.Column > p.Pos.Column {
				break
			}
			if n.Kind == yaml.MappingNode {
				if i%2 == 0 {
					key, next = c.Value, nil
					if i+1 < len(n.Content) {
						next = n.Content[i+1]
					}
					i++
				}
				continue
			}
			next = c
		}
		if next == nil {
			break
		}
		trail, keys = append(trail, n), append(keys, key)
		n = next
	}
	trail = append(trail, n)
	table, key, column := w.target(name, p, trail, keys)
	key = w.im.was(key)
	st := w.im.b.tables[table]
	if st == nil {
		return p.Pos, false
	}
	// What is missing in a language is missing in that language's column.
	if _, into, ok := strings.Cut(p.Message, " is not translated into "); ok && p.Rule == "missing-translation" {
		into, _, _ = strings.Cut(into, ",")
		field, _, _ := strings.Cut(column, ".")
		if at := field + "." + into; st.columns[at] > 0 {
			column = at
		}
	}
	r := w.im.rowOf[table][key]
	if r == nil {
		return p.Pos, false
	}
	col := st.columns[column]
	for _, l := range w.langs() {
		if col == 0 {
			col = st.columns[column+"."+l]
		}
	}
	return catalog.Position{File: w.im.b.Name, Sheet: st.sheet, Line: r.row, Column: max(col, 1)}, true
}

// target names the cell to which the way through a file leads.
func (w *writer) target(file string, p catalog.Problem, trail []*yaml.Node, keys []string) (t TableID, key, column string) {
	at := func(i int) string {
		if i < len(keys) {
			return keys[i]
		}
		return ""
	}
	stem := strings.TrimSuffix(path.Base(file), ".yaml")
	// A text as a whole is at its first wording.
	lang := func(i int) string {
		if l := at(i); slices.Contains(w.langs(), l) {
			return "." + l
		}
		return ""
	}
	id := func() string {
		if len(trail) > 2 {
			return token(trail[2])
		}
		return ""
	}
	switch {
	case strings.HasPrefix(file, "risks/"):
		switch at(0) {
		case "measures":
			return Measures, id(), orID(at(2), lang(3))
		case "objectives", "threats", "residuals":
			return TableID(at(0)), id(), orID(at(2), lang(3))
		case "rows":
			if len(trail) < 3 {
				return Risks, stem, "id"
			}
			m := yamledit.Child(trail[2], "measure")
			column = at(2)
			if column == "" || column == "measure" {
				column = "layer"
			}
			if m != nil {
				return Measures, m.Value, column + lang(3)
			}
			n := 0
			for _, r := range trail[1].Content {
				if yamledit.Child(r, "measure") == nil {
					n++
				}
				if r == trail[2] {
					break
				}
			}
			return Measures, RowKey(stem, n), column + lang(3)
		case "severity", "not_applicable":
			return Risks, stem, at(0)
		case "name":
			return Risks, stem, "name" + lang(1)
		case "description", "notes":
			return Risks, stem, at(0) + lang(2)
		}
		switch {
		case p.Rule == "layer":
			return Risks, stem, "not_applicable"
		}
		return Risks, stem, "id"
	case strings.HasPrefix(file, "controls/"):
		if at(0) == "controls" {
			return Controls, id(), orID(at(2), lang(3))
		}
		return Clauses, stem, orID(at(0), lang(1))
	case file == vulnerabilityFile:
		return Vulnerabilities, id(), orID(at(2), lang(3))
	case file == retiredFile && len(trail) > 2:
		gone := id()
		for _, r := range w.im.removals {
			if r.rec.Key == gone {
				return r.t.ID, gone, ColumnReplacedBy
			}
		}
	}
	return "", "", ""
}

func orID(column, lang string) string {
	if column == "" || column == "clause" {
		return "id"
	}
	return column + lang
}

// overlay is a file system in which some files are others, or, without bytes, gone.
type overlay struct {
	fs.FS
	files map[string][]byte
}

// Open implements [fs.FS].
func (o overlay) Open(name string) (fs.File, error) {
	data, ok := o.files[name]
	switch {
	case !ok:
		return o.FS.Open(name)
	case data == nil:
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return &memFile{name: path.Base(name), size: int64(len(data)), Reader: strings.NewReader(string(data))}, nil
}

// ReadDir implements [fs.ReadDirFS].
func (o overlay) ReadDir(dir string) ([]fs.DirEntry, error) {
	entries, err := fs.ReadDir(o.FS, dir)
	if err != nil {
		return nil, err
	}
	for name, data := range o.files {
		base := path.Base(name)
		if data == nil {
			entries = slices.DeleteFunc(entries, func(e fs.DirEntry) bool { return path.Dir(name) == dir && e.Name() == base })
		} else if path.Dir(name) == dir && !slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return e.Name() == base }) {
			entries = append(entries, fs.FileInfoToDirEntry(&memFile{name: base, size: int64(len(data))}))
		}
	}
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return entries, nil
}

// memFile is a file in memory.
type memFile struct {
	*strings.Reader
	name string
	size int64
}

func (f *memFile) Stat() (fs.FileInfo, error) { return f, nil }
func (f *memFile) Close() error               { return nil }
func (f *memFile) Name() string               { return f.name }
func (f *memFile) Size() int64                { return f.size }
func (f *memFile) Mode() fs.FileMode          { return 0o444 }
func (f *memFile) ModTime() time.Time         { return time.Time{} }
func (f *memFile) IsDir() bool                { return false }
func (f *memFile) Sys() any                   { return nil }
