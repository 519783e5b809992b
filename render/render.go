// Package render holds what all output formats share: where a renderer puts its
// files and what it must know beside the model.
//
// Each format is a package below this one with a function
//
//	Render(ctx, cat *catalog.Catalog, opts Options, sink Sink) error
//
// that is a pure function of its arguments: no clock, no environment, no
// network, no file but what the options hand in. The same input gives the same
// bytes on any number of cores. Renderers run in parallel with each other and
// only read the model.
package render

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"sort"
	"strings"
	"sync"
	"time"

	"riskguide/catalog"
	"riskguide/render/pdf/font"
)

// Options is what a renderer must know beside the model.
type Options struct {
	// Lang is the language to render; a text without it falls back as
	// [catalog.Catalog.Text] says.
	Lang catalog.Lang
	// Templates holds the templates and words; see package templates.
	Templates fs.FS
	// Date is the only clock: SOURCE_DATE_EPOCH or the guide's date, UTC.
	Date time.Time
	// ToolVersion is the version of riskguide, for document properties.
	ToolVersion string
	// Faces is the typeface of the PDFs; nil is the built-in one.
	Faces *font.Faces
	// Warn takes what a person should know but what does not stop the
	// build, such as a character that the font lacks. It may be called from
	// several goroutines; nil discards.
	Warn func(catalog.Problem)
}

// Sink takes finished files. Put may be called from several goroutines. The
// name is slash-separated and relative to the output folder.
type Sink interface {
	Put(name string, data []byte) error
}

// The places of what a build writes, relative to the output folder.
const (
	SiteDir     = "site"
	PDFDir      = "pdf"
	WorkbookDir = "workbook"
	PacksDir    = "packs"
	// DownloadsDir is where the site keeps its own copies of the PDFs and
	// workbooks, so that it can be served or carried alone.
	DownloadsDir = "downloads"
)

// GuidePDF is the file name of the PDF of the whole guide.
func GuidePDF() string { return "riskguide.pdf" }

// RiskPDF is the file name of the PDF of one risk.
func RiskPDF(riskID string) string { return riskID + ".pdf" }

// CatalogWorkbook is the file name of the workbook of the whole catalog.
func CatalogWorkbook() string { return "riskguide-catalog.xlsx" }

// ErrBadName is returned for a name that would leave the output folder.
var ErrBadName = errors.New("file name leaves the output folder")

// Memory is a [Sink] that keeps the files in memory, for tests and for formats
// that pack files into an archive.
type Memory struct {
	mu    sync.Mutex
	files map[string][]byte
}

// Put implements [Sink]. It returns an error that wraps [ErrBadName] for a name
// that is absolute or leaves the folder, and an error for a name that was put
// before.
func (m *Memory) Put(name string, data []byte) error {
	if name == "" || path.IsAbs(name) || path.Clean(name) != name || strings.HasPrefix(name, "../") || name == ".." {
		return fmt.Errorf("%q: %w", name, ErrBadName)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.files == nil {
		m.files = map[string][]byte{}
	}
	if _, ok := m.files[name]; ok {
		return fmt.Errorf("%q is written twice", name)
	}
	m.files[name] = data
	return nil
}

// Names returns the names of the files, sorted.
func (m *Memory) Names() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	names := make([]string, 0, len(m.files))
	for n := range m.files {
		names = append(names, n)
	}
	sort.Strings(names)
	return names
}

// Data returns the bytes of a file, or nil.
func (m *Memory) Data(name string) []byte {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.files[name]
}

// Under returns a sink that puts its files below dir of s.
func Under(s Sink, dir string) Sink { return under{s, dir} }

type under struct {
	sink Sink
	dir  string
}

func (u under) Put(name string, data []byte) error {
	return u.sink.Put(path.Join(u.dir, name), data)
}
