// Package engine holds the program that makes requirements packs in the browser:
// the command line's own code compiled to WebAssembly (cmd/packengine), the script
// with which Go starts it, and the typeface in parts.
//
// They are made by package enginebuild, before the command line is built, and
// embedded in it; a command line that was built without them has no engine, and
// the sites that it builds say so.
//
// # How it gets into the page
//
// A page that was opened from a disk may not fetch files, but it may load scripts.
// So the parts, which are compressed, are written as scripts that each hand a piece
// in base64 to the page:
//
//	riskguide.engine.part("program", 0, "H4sI…");
//
// A piece is at most [PieceSize] bytes, so that a page can show how far it is and
// get a single piece again when the connection failed.
package engine

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"sync"

	"riskguide/render/pdf/font"
)

// The files of an engine. The parts are compressed with gzip.
const (
	Program  = "program.wasm.gz"
	Starter  = "wasm_exec.js" // Go's own
	Licenses = "LICENSES.txt"
)

// Core is the file with what every pack needs of a face.
func Core(w font.Weight) string { return weightName(w) + ".ttf.gz" }

// Rest is a file with rare characters of a face, counted from 0.
func Rest(w font.Weight, n int) string { return fmt.Sprintf("%s-%02d.bin.gz", weightName(w), n) }

func weightName(w font.Weight) string {
	if w == font.Bold {
		return "bold"
	}
	return "regular"
}

// PieceSize is how many bytes of a part one script carries.
const PieceSize = 384 << 10

// Dir is the folder of the engine's files, relative to the site's folder.
const Dir = "assets/engine"

// File is a file of the site.
type File struct {
	Name string // relative to the site's folder
	Data []byte
}

// Part is a compressed file cut into scripts.
type Part struct {
	Name  string  `json:"name"`
	Files []Piece `json:"files"`
}

// Piece is a script that hands over a piece of a part.
type Piece struct {
	Path string `json:"path"` // relative to the site's folder
	Size int    `json:"size"` // of the script, in bytes
}

// Engine is a built engine, as the site carries it. It does not change.
type Engine struct {
	Files []File // the scripts and licences
	// Parts are "program", "regular" and "bold", which every pack needs, and
	// "regular-rest-0" and so on with the rare characters of a face.
	Parts   []Part
	Starter string // path of the script that defines how the program starts
}

//go:embed dist
var dist embed.FS

var embedded = sync.OnceValues(func() (*Engine, error) {
	fsys, err := fs.Sub(dist, "dist")
	if err != nil {
		return nil, err
	}
	return Read(fsys)
})

// Embedded returns the engine that is part of the program, or nil where it was
// built without. The parts are prepared once a process.
func Embedded() (*Engine, error) { return embedded() }

// Read reads an engine that package enginebuild made, or returns nil where there
// is none.
func Read(fsys fs.FS) (*Engine, error) {
	starter, err := fs.ReadFile(fsys, Starter)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	e := &Engine{}
	add := func(name, file string) error {
		data, err := fs.ReadFile(fsys, file)
		if err != nil {
			return fmt.Errorf("engine: %w", err)
		}
		part, files := Cut(name, data)
		e.Parts = append(e.Parts, part)
		e.Files = append(e.Files, files...)
		return nil
	}
	if err := add("program", Program); err != nil {
		return nil, err
	}
	for w := range font.Weights {
		if err := add(weightName(w), Core(w)); err != nil {
			return nil, err
		}
		rest, err := fs.Glob(fsys, weightName(w)+"-*.bin.gz")
		if err != nil {
			return nil, err
		}
		for n := range rest {
			if err := add(fmt.Sprintf("%s-rest-%d", weightName(w), n), Rest(w, n)); err != nil {
				return nil, err
			}
		}
	}
	licenses, err := fs.ReadFile(fsys, Licenses)
	if err != nil {
		return nil, fmt.Errorf("engine: %w", err)
	}
	e.Files = append(e.Files, File{Dir + "/" + Licenses, licenses})
	// Both the page and a worker, which gets it as text, can call the function.
	var b bytes.Buffer
	b.WriteString("riskguide.engine.starter(function () {\n")
	b.Write(starter)
	b.WriteString("\n});\n")
	f := named("wasm_exec", b.Bytes())
	e.Starter = f.Name
	e.Files = append(e.Files, f)
	return e, nil
}

// Cut makes a part of compressed data.
func Cut(name string, data []byte) (Part, []File) {
	p := Part{Name: name}
	var files []File
	for i := 0; i == 0 || len(data) > 0; i++ {
		n := min(len(data), PieceSize)
		b := make([]byte, 0, base64.StdEncoding.EncodedLen(n)+80)
		b = fmt.Appendf(b, "riskguide.engine.part(%q, %d, \"", name, i)
		b = base64.StdEncoding.AppendEncode(b, data[:n])
		b = append(b, "\");\n"...)
		f := named(name+"-"+strconv.Itoa(i+1), b)
		p.Files = append(p.Files, Piece{f.Name, len(b)})
		files = append(files, f)
		data = data[n:]
	}
	return p, files
}

// named gives a script a name with a hash of its bytes, as all scripts of the site
// have.
func named(stem string, data []byte) File {
	sum := sha256.Sum256(data)
	return File{Dir + "/" + stem + "." + hex.EncodeToString(sum[:5]) + ".js", data}
}
