// Package staging writes a build so that it appears whole or not at all.
//
// Files go to a fresh folder inside the output folder. [Folder.Commit] then
// renames the finished parts (site/, pdf/, …) into place, one after the other,
// and puts back what it had moved if one of the renames fails. A build that
// stops half-way leaves the old output as it was.
//
// The output folder carries a list SHA256SUMS of everything that was written,
// in the form of sha256sum(1): the proof that two builds are the same, and the
// sign that the folder's parts are ours to replace. A folder inside an output
// folder (output/packs in output) has no list of its own: what is written into
// it goes into the list above it.
package staging

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"sort"
	"strings"
	"sync"
	"time"

	"riskguide/render"
)

// SumsFile is the name of the list of checksums in the output folder.
const SumsFile = "SHA256SUMS"

// ErrNotOurs is returned when a folder that is to be replaced was not written by
// a build.
var ErrNotOurs = errors.New("was not written by riskguide; move it away or choose another output folder")

// Folder is an output folder with a build under way. It is a [render.Sink].
type Folder struct {
	out    string // the output folder
	prefix string // what stands before every name: "packs/" if out is the folder above, else ""
	dir    string // the staging folder inside out
	mu     sync.Mutex
	sums   map[string]string // name → checksum
	dirs   map[string]bool   // folders that exist in dir
	done   func(name string, size int)
}

// Begin prepares a staging folder in out, which is made if need be. written, if
// not nil, is called for every file that was put; it must be quick and safe for
// concurrent use.
func Begin(out string, written func(name string, size int)) (*Folder, error) {
	if err := os.MkdirAll(out, 0o777); err != nil {
		return nil, err
	}
	out, prefix, err := listedAbove(out)
	if err != nil {
		return nil, err
	}
	removeStale(out)
	dir, err := os.MkdirTemp(out, ".staging-")
	if err != nil {
		return nil, err
	}
	if err := os.Chmod(dir, 0o777&^umask(out)); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	return &Folder{out: out, prefix: prefix, dir: dir, sums: map[string]string{}, dirs: map[string]bool{}, done: written}, nil
}

// listedAbove returns the output folder whose list names the files of out, which
// is out itself or the folder above it, and what then stands before the names.
func listedAbove(out string) (root, prefix string, err error) {
	abs, err := filepath.Abs(out)
	if err != nil {
		return "", "", err
	}
	above, err := readSums(filepath.Join(filepath.Dir(abs), SumsFile))
	if err != nil {
		return "", "", err
	}
	part := filepath.Base(abs)
	for name := range above {
		if isPart(name, part) {
			return filepath.Dir(abs), part + "/", nil
		}
	}
	return out, "", nil
}

// umask returns the permission bits that the output folder itself lacks, so
// that staged folders get the same ones (MkdirTemp makes them 0700).
func umask(out string) fs.FileMode {
	st, err := os.Stat(out)
	if err != nil {
		return 0o022
	}
	return ^st.Mode().Perm() & 0o777
}

// removeStale deletes staging folders that a killed build left behind. Younger
// ones may belong to a build that is running.
func removeStale(out string) {
	entries, err := os.ReadDir(out)
	if err != nil {
		return
	}
	for _, e := range entries {
		if !e.IsDir() || !strings.HasPrefix(e.Name(), ".staging-") {
			continue
		}
		if info, err := e.Info(); err == nil && time.Since(info.ModTime()) > time.Hour {
			os.RemoveAll(filepath.Join(out, e.Name()))
		}
	}
}

// Put implements [render.Sink].
func (f *Folder) Put(name string, data []byte) error {
	if !fs.ValidPath(name) || name == "." {
		return fmt.Errorf("%q: %w", name, render.ErrBadName)
	}
	name = f.prefix + name
	sum := sha256.Sum256(data)
	file := filepath.Join(f.dir, filepath.FromSlash(name))
	if err := f.enter(name, hex.EncodeToString(sum[:])); err != nil {
		return err
	}
	if err := os.WriteFile(file, data, 0o666); err != nil {
		return err
	}
	if f.done != nil {
		f.done(name, len(data))
	}
	return nil
}

// enter notes the checksum of a name and makes its folder.
func (f *Folder) enter(name, sum string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if _, ok := f.sums[name]; ok {
		return fmt.Errorf("%q is written twice", name)
	}
	f.sums[name] = sum
	parent := path.Dir(name)
	if f.dirs[parent] {
		return nil
	}
	f.dirs[parent] = true
	return os.MkdirAll(filepath.Join(f.dir, filepath.FromSlash(parent)), 0o777)
}

// Link makes the file to the same as from, which was put before: a second name
// for the same bytes where the file system can, else a copy.
func (f *Folder) Link(from, to string) error {
	from, to = f.prefix+from, f.prefix+to
	f.mu.Lock()
	sum, ok := f.sums[from]
	f.mu.Unlock()
	if !ok {
		return fmt.Errorf("%q: %w", from, fs.ErrNotExist)
	}
	if err := f.enter(to, sum); err != nil {
		return err
	}
	src, dst := filepath.Join(f.dir, filepath.FromSlash(from)), filepath.Join(f.dir, filepath.FromSlash(to))
	if os.Link(src, dst) == nil {
		return nil
	}
	data, err := os.ReadFile(src)
	if err != nil {
		return err
	}
	return os.WriteFile(dst, data, 0o666)
}

// Names returns the names of what was put so far, sorted.
func (f *Folder) Names() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	names := make([]string, 0, len(f.sums))
	for n := range f.sums {
		names = append(names, strings.TrimPrefix(n, f.prefix))
	}
	sort.Strings(names)
	return names
}

// Abort removes the staging folder. After Commit it does nothing.
func (f *Folder) Abort() {
	if f.dir != "" {
		os.RemoveAll(f.dir)
		f.dir = ""
	}
}

// Commit puts the parts into place. A part is a folder or file such as "site" or
// "sample.zip"; whatever stands there is replaced if a build wrote it, and an
// error that wraps [ErrNotOurs] is returned before anything is moved if not.
// Every file that was put must be or lie below one of the parts.
func (f *Folder) Commit(names ...string) error {
	defer f.Abort()
	var parts []string
	for _, n := range names {
		parts = append(parts, f.prefix+n)
	}
	old, err := readSums(filepath.Join(f.out, SumsFile))
	if err != nil {
		return err
	}
	for name := range f.sums {
		if partOf(name, parts) == "" {
			return fmt.Errorf("%q lies outside the parts %v", name, parts)
		}
	}
	for _, p := range parts {
		if err := f.checkOurs(p, old); err != nil {
			return err
		}
	}
	for name := range old {
		if partOf(name, parts) != "" {
			delete(old, name)
		}
	}
	for name, sum := range f.sums {
		old[name] = sum
	}
	sumsFile := filepath.Join(f.dir, SumsFile)
	if err := os.WriteFile(sumsFile, formatSums(old), 0o666); err != nil {
		return err
	}
	// Renames that were done, to be undone in reverse if a later one fails.
	var moved [][2]string
	undo := func() {
		for i := len(moved) - 1; i >= 0; i-- {
			os.Rename(moved[i][1], moved[i][0])
		}
	}
	move := func(from, to string) error {
		if err := os.Rename(from, to); err != nil {
			return err
		}
		moved = append(moved, [2]string{from, to})
		return nil
	}
	aside := filepath.Join(f.dir, ".old")
	for i, p := range parts {
		from, to := filepath.Join(f.dir, filepath.FromSlash(p)), filepath.Join(f.out, filepath.FromSlash(p))
		keep := filepath.Join(aside, fmt.Sprint(i))
		if err := os.MkdirAll(filepath.Dir(keep), 0o777); err != nil {
			undo()
			return err
		}
		if err := os.MkdirAll(filepath.Dir(to), 0o777); err != nil {
			undo()
			return err
		}
		if _, err := os.Lstat(to); err == nil {
			if err := move(to, keep); err != nil {
				undo()
				return err
			}
		}
		if _, err := os.Lstat(from); err != nil {
			continue // the part is now empty
		}
		if err := move(from, to); err != nil {
			undo()
			return err
		}
	}
	if err := os.Rename(sumsFile, filepath.Join(f.out, SumsFile)); err != nil {
		undo()
		return err
	}
	return nil
}

// checkOurs returns an error if something stands at the part's place that no
// build wrote.
func (f *Folder) checkOurs(part string, old map[string]string) error {
	to := filepath.Join(f.out, filepath.FromSlash(part))
	st, err := os.Stat(to)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	}
	if st.IsDir() {
		entries, err := os.ReadDir(to)
		if err != nil || len(entries) == 0 {
			return err
		}
		if _, err := os.Stat(filepath.Join(to, SumsFile)); err == nil {
			return nil // an output folder of its own until now
		}
	}
	for name := range old {
		if partOf(name, []string{part}) != "" {
			return nil
		}
	}
	return fmt.Errorf("%s %w", to, ErrNotOurs)
}

// isPart reports whether name is the part or lies below it.
func isPart(name, part string) bool {
	return name == part || strings.HasPrefix(name, part+"/")
}

// partOf returns the part that name is or below which it lies, or "".
func partOf(name string, parts []string) string {
	for _, p := range parts {
		if isPart(name, p) {
			return p
		}
	}
	return ""
}

func readSums(file string) (map[string]string, error) {
	sums := map[string]string{}
	data, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return sums, nil
	}
	if err != nil {
		return nil, err
	}
	sc := bufio.NewScanner(bytes.NewReader(data))
	for sc.Scan() {
		if sum, name, ok := strings.Cut(sc.Text(), "  "); ok {
			sums[name] = sum
		}
	}
	return sums, sc.Err()
}

func formatSums(sums map[string]string) []byte {
	names := make([]string, 0, len(sums))
	for n := range sums {
		names = append(names, n)
	}
	sort.Strings(names)
	var b bytes.Buffer
	for _, n := range names {
		fmt.Fprintf(&b, "%s  %s\n", sums[n], n)
	}
	return b.Bytes()
}
