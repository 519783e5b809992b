package sheet

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"errors"
	"hash/crc32"
	"io"
	"io/fs"
	"runtime"
	"sort"
	"sync"
)

// archive is the ZIP writer that excelize writes a workbook's parts to. It
// orders the parts (excelize takes streamed sheets from a map), lets edit change
// each, and packs them in parallel. The ZIP headers carry no time and no sizes
// behind the data, so that the same parts give the same bytes and readers that
// do not seek can read them.
type archive struct {
	w     io.Writer
	edit  func(name string, data []byte) []byte
	parts []*part
	open  *part
	jobs  chan *part
	done  sync.WaitGroup
}

type part struct {
	name   string
	raw    bytes.Buffer
	packed bytes.Buffer
	size   int
	sum    uint32
	err    error
}

func newArchive(w io.Writer, edit func(name string, data []byte) []byte) *archive {
	a := &archive{w: w, edit: edit, jobs: make(chan *part)}
	for range runtime.GOMAXPROCS(0) {
		a.done.Add(1)
		go a.pack()
	}
	return a
}

// pack edits and compresses parts until there are no more.
func (a *archive) pack() {
	defer a.done.Done()
	var fw *flate.Writer
	for p := range a.jobs {
		data := a.edit(p.name, p.raw.Bytes())
		p.size, p.sum = len(data), crc32.ChecksumIEEE(data)
		if fw == nil {
			fw, p.err = flate.NewWriter(&p.packed, flate.DefaultCompression)
		} else {
			fw.Reset(&p.packed)
		}
		if p.err == nil {
			_, p.err = fw.Write(data)
		}
		if p.err == nil {
			p.err = fw.Close()
		}
		p.raw = bytes.Buffer{}
	}
}

// Create implements excelize.ZipWriter. The part before is complete.
func (a *archive) Create(name string) (io.Writer, error) {
	a.flush()
	a.open = &part{name: name}
	a.parts = append(a.parts, a.open)
	return &a.open.raw, nil
}

func (a *archive) flush() {
	if a.open != nil {
		a.jobs <- a.open
		a.open = nil
	}
}

// AddFS implements excelize.ZipWriter, which never calls it.
func (a *archive) AddFS(fs.FS) error {
	return errors.New("sheet: adding a file system is not supported")
}

// Close implements excelize.ZipWriter.
func (a *archive) Close() error {
	a.flush()
	close(a.jobs)
	a.done.Wait()
	// Readers expect the list of content types first.
	rank := func(name string) int {
		switch name {
		case contentTypes:
			return 0
		case "_rels/.rels":
			return 1
		case "xl/workbook.xml":
			return 2
		}
		return 3
	}
	sort.Slice(a.parts, func(i, j int) bool {
		x, y := a.parts[i].name, a.parts[j].name
		if rank(x) != rank(y) {
			return rank(x) < rank(y)
		}
		return x < y
	})
	zw := zip.NewWriter(a.w)
	for _, p := range a.parts {
		if p.err != nil {
			return p.err
		}
		w, err := zw.CreateRaw(&zip.FileHeader{Name: p.name, Method: zip.Deflate, CRC32: p.sum,
			CompressedSize64: uint64(p.packed.Len()), UncompressedSize64: uint64(p.size)})
		if err != nil {
			return err
		}
		if _, err := w.Write(p.packed.Bytes()); err != nil {
			return err
		}
	}
	return zw.Close()
}
