// Package staging writes a build so that it appears whole or not at all.
//
// Files go to a fresh folder inside the output folder. [Folder.Commit] then
// renames the finished parts (site/, pdf/, …) into place, one after the other,
// and puts back what it had moved if one of the renames fails. A build that
// stops half-way leaves the old output as it was. Builds that end at the same
// time take turns.
//
// Files that people put among the finished parts stay where they are, and a
// workbook that someone filled in is not replaced.
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
	"slices"
	"sort"
	"strings"
	"sync"
	"time"

	"riskguide/render"
)

// The names of what a build under way has in the output folder.
const (
	stagingPrefix = ".staging-"
	lockName      = stagingPrefix + "lock"
)

// SumsFile is the name of the list of checksums in the output folder.
const SumsFile = "SHA256SUMS"

// ErrNotOurs is returned when a folder that is to be replaced was not written by
// a build.
var ErrNotOurs = errors.New("was not written by riskguide; move it away or choose another output folder")

// ErrChanged is returned when a workbook that is to be replaced was changed after
// a build wrote it: workbooks are made to be typed into.
var ErrChanged = errors.New("was changed after riskguide wrote it; move it away, so that nothing typed into it is lost")

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
	dir, err := os.MkdirTemp(out, stagingPrefix)
	if err != nil {
		var pe *fs.PathError
		if errors.As(err, &pe) {
			err = pe.Err // the name that was tried says nothing
		}
		return nil, fmt.Errorf("cannot write into %s: %w", out, err)
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
		if !e.IsDir() || !strings.HasPrefix(e.Name(), stagingPrefix) {
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
	addFolders(f.dirs, name)
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
// "sample.zip"; what builds wrote of it before is replaced, and what others put
// there stays. An error that wraps [ErrNotOurs] is returned before anything is
// moved if a part or the place of one of its files is not ours, and one that
// wraps [ErrChanged] if a workbook in it was changed. Every file that was put must
// be or lie below one of the parts.
func (f *Folder) Commit(names ...string) error {
	defer f.Abort()
	var parts []string
	for _, n := range names {
		parts = append(parts, f.prefix+n)
	}
	for name := range f.sums {
		if partOf(name, parts) == "" {
			return fmt.Errorf("%q lies outside the parts %v", name, parts)
		}
	}
	unlock, err := lock(f.out)
	if err != nil {
		return err
	}
	defer unlock()
	old, err := readSums(filepath.Join(f.out, SumsFile))
	if err != nil {
		return err
	}
	var theirs []string // what others put into the parts
	for _, p := range parts {
		more, err := f.survey(p, old)
		if err != nil {
			return err
		}
		theirs = append(theirs, more...)
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
	return f.exchange(parts, theirs, sumsFile)
}

// exchange moves the parts into place, the list last, or nothing.
func (f *Folder) exchange(parts, theirs []string, sumsFile string) (err error) {
	// Renames that were done, to be undone in reverse if a later one fails.
	var moved [][2]string
	defer func() {
		for i := len(moved) - 1; i >= 0 && err != nil; i-- {
			if uerr := os.Rename(moved[i][1], moved[i][0]); uerr != nil {
				err = fmt.Errorf("%w; what stood there before is in %s (%w)", err, f.dir, uerr)
				f.dir = "" // not to be removed
				return
			}
		}
	}()
	move := func(from, to string) error {
		if err := os.MkdirAll(filepath.Dir(to), 0o777); err != nil {
			return err
		}
		if err := os.Rename(from, to); err != nil {
			return err
		}
		moved = append(moved, [2]string{from, to})
		return nil
	}
	aside := filepath.Join(f.dir, ".old")
	for _, p := range parts {
		to := f.place(p)
		if _, err := os.Lstat(to); err == nil {
			if err := move(to, filepath.Join(aside, filepath.FromSlash(p))); err != nil {
				return fmt.Errorf("%w (is one of its files open in another program?)", err)
			}
		}
		from := filepath.Join(f.dir, filepath.FromSlash(p))
		if _, err := os.Lstat(from); err != nil {
			if !slices.ContainsFunc(theirs, func(name string) bool { return isPart(name, p) }) {
				continue // the part is now empty
			}
			if err := os.MkdirAll(from, 0o777); err != nil {
				return err
			}
		}
		if err := move(from, to); err != nil {
			return err
		}
	}
	for _, name := range theirs {
		if err := move(filepath.Join(aside, filepath.FromSlash(name)), f.place(name)); err != nil {
			return err
		}
	}
	return move(sumsFile, filepath.Join(f.out, SumsFile))
}

// place is where a name stands in the output folder.
func (f *Folder) place(name string) string { return filepath.Join(f.out, filepath.FromSlash(name)) }

// lock waits until no other build puts its parts into place. The time that this
// takes is that of some renames, so that a lock that has stood for long was left
// by a build that was killed.
func lock(out string) (unlock func(), err error) {
	const stale, pause = 10 * time.Second, 5 * time.Millisecond
	name := filepath.Join(out, lockName)
	for {
		err := os.Mkdir(name, 0o777)
		if err == nil {
			return func() { os.Remove(name) }, nil
		}
		if !errors.Is(err, fs.ErrExist) {
			return nil, err
		}
		if st, err := os.Stat(name); err == nil && time.Since(st.ModTime()) > stale {
			os.Remove(name)
			continue
		}
		time.Sleep(pause)
	}
}

// survey looks at what stands at the part's place: it returns what others put
// there, or an error if the part must not be replaced.
func (f *Folder) survey(part string, old map[string]string) (theirs []string, err error) {
	st, err := os.Lstat(f.place(part))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, err
	case st.Mode()&fs.ModeSymlink != 0:
		return nil, fmt.Errorf("%s is a link and %w", f.place(part), ErrNotOurs)
	}
	// The part may have been an output folder of its own until now.
	ours, err := readSums(filepath.Join(f.place(part), SumsFile))
	if err != nil && st.IsDir() {
		return nil, err
	}
	s := surveyor{folder: f, sums: map[string]string{}, dirs: map[string]bool{}}
	for name, sum := range ours {
		s.know(part+"/"+name, sum)
	}
	if len(ours) > 0 {
		s.know(part+"/"+SumsFile, "")
	}
	for name, sum := range old {
		if isPart(name, part) {
			s.know(name, sum)
		}
	}
	if !st.IsDir() {
		if _, ok := s.sums[part]; !ok {
			return nil, fmt.Errorf("%s %w", f.place(part), ErrNotOurs)
		}
		return nil, s.file(part)
	}
	if len(s.sums) == 0 {
		entries, err := os.ReadDir(f.place(part))
		if err == nil && len(entries) > 0 {
			err = fmt.Errorf("%s %w", f.place(part), ErrNotOurs)
		}
		return nil, err
	}
	if err := s.walk(part); err != nil {
		return nil, err
	}
	return s.theirs, nil
}

// surveyor tells what builds wrote in a part from what others put there.
type surveyor struct {
	folder *Folder
	sums   map[string]string // what builds wrote
	dirs   map[string]bool   // the folders of it
	theirs []string
}

func (s *surveyor) know(name, sum string) {
	s.sums[name] = sum
	addFolders(s.dirs, name)
}

// addFolders adds the folders in which a name lies.
func addFolders(dirs map[string]bool, name string) {
	for dir := path.Dir(name); !dirs[dir]; dir = path.Dir(dir) {
		dirs[dir] = true
	}
}

func (s *surveyor) walk(dir string) error {
	entries, err := os.ReadDir(s.folder.place(dir))
	if err != nil {
		return err
	}
	for _, e := range entries {
		name := path.Join(dir, e.Name())
		_, ours := s.sums[name]
		_, new := s.folder.sums[name]
		switch {
		case e.IsDir() && (s.dirs[name] || s.folder.dirs[name]) && !new:
			err = s.walk(name)
		case !e.IsDir() && ours:
			err = s.file(name)
		case new || s.folder.dirs[name]:
			err = fmt.Errorf("%s %w", s.folder.place(name), ErrNotOurs)
		default:
			s.theirs = append(s.theirs, name)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// file returns an error for a workbook that was changed and would be lost.
func (s *surveyor) file(name string) error {
	if path.Ext(name) != ".xlsx" {
		return nil
	}
	data, err := os.ReadFile(s.folder.place(name))
	if err != nil {
		return err
	}
	sum := sha256.Sum256(data)
	if is := hex.EncodeToString(sum[:]); is != s.sums[name] && is != s.folder.sums[name] {
		return fmt.Errorf("%s %w", s.folder.place(name), ErrChanged)
	}
	return nil
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
