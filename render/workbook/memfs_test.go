package workbook_test

import (
	"io/fs"
	"testing/fstest"
)

// memFS is a folder of files by name.
type memFS map[string]string

func (m memFS) Open(name string) (fs.File, error) {
	files := fstest.MapFS{}
	for n, s := range m {
		files[n] = &fstest.MapFile{Data: []byte(s)}
	}
	return files.Open(name)
}
