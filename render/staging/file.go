package staging

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// File is a file to be written by [WriteFiles].
type File struct {
	Name string // a path of this system
	Data []byte
}

// WriteFile writes one file as [WriteFiles] does.
func WriteFile(name string, data []byte) error { return WriteFiles(File{name, data}) }

// WriteFiles writes files outside an output folder so that none is ever seen half
// written: each is complete in its folder under another name before the first gets
// its own, in the order given. If one cannot be made, all stays as it was. Folders
// are made as needed; a file that holds the same already is not touched.
//
// A link is followed, and a file keeps its permissions. What is no regular file,
// such as /dev/null or a pipe, is written straight.
func WriteFiles(files ...File) (err error) {
	type staged struct{ tmp, name string }
	var list []staged
	var straight []File
	defer func() {
		for _, s := range list {
			err = errors.Join(err, os.Remove(s.tmp))
		}
	}()
	for _, f := range files {
		name, mode := f.Name, fs.FileMode(0o666)
		switch st, err := os.Stat(name); {
		case errors.Is(err, fs.ErrNotExist):
			if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
				return err
			}
		case err != nil:
			return err
		case st.IsDir():
			return fmt.Errorf("cannot write the file %s: a folder has that name", name)
		case !st.Mode().IsRegular():
			straight = append(straight, f)
			continue
		default:
			if old, err := os.ReadFile(name); err == nil && bytes.Equal(old, f.Data) {
				continue
			}
			if name, err = filepath.EvalSymlinks(name); err != nil {
				return err
			}
			mode = st.Mode().Perm()
		}
		tmp, err := stageFile(filepath.Dir(name), f.Data, mode)
		if err != nil {
			return fmt.Errorf("cannot write %s: %w", f.Name, err)
		}
		list = append(list, staged{tmp, name})
	}
	for len(list) > 0 {
		if err := os.Rename(list[0].tmp, list[0].name); err != nil {
			return err
		}
		list = list[1:]
	}
	for _, f := range straight {
		if err := os.WriteFile(f.Name, f.Data, 0o666); err != nil {
			return err
		}
	}
	return nil
}

// stageFile writes data into a new file in dir and returns its name. Not
// os.CreateTemp, which makes files that only their owner can read.
func stageFile(dir string, data []byte, mode fs.FileMode) (string, error) {
	for i := 0; ; i++ {
		tmp := filepath.Join(dir, fmt.Sprintf(".tmp-%d-%d", os.Getpid(), i))
		f, err := os.OpenFile(tmp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
		if errors.Is(err, fs.ErrExist) && i < 1000 {
			continue
		}
		if err != nil {
			var pe *fs.PathError
			if errors.As(err, &pe) {
				err = pe.Err // the name that was tried says nothing
			}
			return "", err
		}
		_, err = f.Write(data)
		if err = errors.Join(err, f.Close()); err != nil {
			return "", errors.Join(err, os.Remove(tmp))
		}
		return tmp, nil
	}
}
