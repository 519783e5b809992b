package workbook

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
)

// ErrMeanwhile is returned where a file changed while the import was looked at.
var ErrMeanwhile = errors.New("was changed meanwhile; nothing was written")

// Write writes the files of the result into the folder of the content. All are
// staged beside their places and then put there, one after the other; where one
// cannot be put there, those before it become again what they were. A file that is
// no longer what was read is an error that wraps [ErrMeanwhile].
func (r *Result) Write(dir string) (err error) {
	type staged struct {
		name, tmp string
		old       []byte
		mode      fs.FileMode
	}
	var files []staged
	defer func() {
		for _, s := range files {
			if s.tmp != "" {
				err = errors.Join(err, os.Remove(s.tmp))
			}
		}
	}()
	for _, name := range slices.Sorted(maps.Keys(r.Files)) {
		path := filepath.Join(dir, filepath.FromSlash(name))
		// A link stays one: what it points to is written.
		if real, err := filepath.EvalSymlinks(path); err == nil {
			path = real
		}
		s := staged{name: path, old: r.Read[name], mode: 0o666}
		now, rerr := os.ReadFile(path)
		switch {
		case errors.Is(rerr, fs.ErrNotExist) && s.old == nil:
		case rerr != nil && !errors.Is(rerr, fs.ErrNotExist):
			return rerr
		case rerr != nil || s.old == nil || !bytes.Equal(now, s.old):
			return fmt.Errorf("%s %w", filepath.ToSlash(path), ErrMeanwhile)
		default:
			st, err := os.Stat(path)
			if err != nil {
				return err
			}
			s.mode = st.Mode().Perm()
		}
		if r.Files[name] == nil {
			files = append(files, s)
			continue
		}
		s.tmp, err = stage(path, r.Files[name], s.mode)
		if s.tmp != "" {
			files = append(files, s)
		}
		if err != nil {
			return err
		}
	}
	for i := range files {
		s := &files[i]
		put := func() error { return os.Rename(s.tmp, s.name) }
		if s.tmp == "" {
			put = func() error { return os.Remove(s.name) }
		}
		if err := put(); err != nil {
			for _, done := range files[:i] {
				if done.old == nil {
					err = errors.Join(err, os.Remove(done.name))
				} else {
					err = errors.Join(err, os.WriteFile(done.name, done.old, done.mode))
				}
			}
			return err
		}
		s.tmp = ""
	}
	return nil
}

// stage writes a file beside its place. The name is that of the file left behind,
// also with an error.
func stage(path string, data []byte, mode fs.FileMode) (string, error) {
	f, err := os.CreateTemp(filepath.Dir(path), ".import-*")
	if err != nil {
		return "", err
	}
	_, err = f.Write(data)
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil && mode != 0o666 {
		err = os.Chmod(f.Name(), mode)
	} else if err == nil {
		err = os.Chmod(f.Name(), 0o644)
	}
	return f.Name(), err
}
