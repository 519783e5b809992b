// Package schema holds the JSON Schemas of the YAML files that people write, for
// editors to complete and check while one types. The first line of a file names
// its schema:
//
//	# yaml-language-server: $schema=../schemas/risk.schema.json
//
// These schemas are of draft 7, which every YAML plug-in knows. Those of what
// riskguide writes in JSON are among them too: collect, comparison, diff, and catalog, which is of
// draft 2020-12 since no YAML plug-in reads it. Each stands alone: none refers to
// another file. Every property has a description in English and
// Japanese. They say what can be said of one file: that ids exist and that
// tables are whole is for catalog.Load to check, which is never less strict.
//
// To add a schema, put a file NAME.schema.json beside this one.
package schema

import (
	"embed"
	"io/fs"
	"strings"
)

//go:embed *.schema.json
var files embed.FS

// File is a JSON Schema.
type File struct {
	Name string // file name, such as "risk.schema.json"
	Data []byte // JSON text in UTF-8, the caller's to keep
}

// Files returns all schemas, ordered by name.
func Files() []File {
	// ReadDir and ReadFile of an embedded folder do not fail and are sorted.
	entries, _ := fs.ReadDir(files, ".")
	out := make([]File, 0, len(entries))
	for _, e := range entries {
		data, _ := files.ReadFile(e.Name())
		out = append(out, File{Name: e.Name(), Data: data})
	}
	return out
}

// Lookup returns the schema of a kind of file, such as "risk".
func Lookup(kind string) (File, bool) {
	for _, f := range Files() {
		if strings.TrimSuffix(f.Name, ".schema.json") == kind {
			return f, true
		}
	}
	return File{}, false
}
