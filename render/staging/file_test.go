package staging_test

import (
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"testing"

	"riskguide/render/staging"
)

func entries(t *testing.T, dir string) []string {
	t.Helper()
	list, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, e := range list {
		out = append(out, e.Name())
	}
	return out
}

func content(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestWriteFiles(t *testing.T) {
	dir := t.TempDir()
	a, b := filepath.Join(dir, "a.txt"), filepath.Join(dir, "sub", "b.txt")
	put := func(x, y string) error {
		return staging.WriteFiles(staging.File{Name: a, Data: []byte(x)}, staging.File{Name: b, Data: []byte(y)})
	}
	if err := put("one", "two"); err != nil {
		t.Fatal(err)
	}
	if content(t, a) != "one" || content(t, b) != "two" {
		t.Error("the files are not what was written")
	}
	// Someone reads the old file while the new one comes: it stays whole.
	old, err := os.Open(a)
	if err != nil {
		t.Fatal(err)
	}
	defer old.Close()
	if runtime.GOOS == "windows" {
		old.Close()
	}
	if err := put("three", "two"); err != nil {
		t.Fatal(err)
	}
	if runtime.GOOS != "windows" {
		got := make([]byte, 9)
		if n, _ := old.Read(got); string(got[:n]) != "one" {
			t.Errorf("a reader of the old file saw %q", got[:n])
		}
	}
	// The second cannot be made: the first stays as it was.
	if err := os.Remove(b); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(b, 0o777); err != nil {
		t.Fatal(err)
	}
	if err := put("four", "five"); err == nil {
		t.Error("a file took the place of a folder")
	}
	if content(t, a) != "three" {
		t.Error("the first file was written though the second could not be")
	}
	if got := entries(t, dir); !slices.Equal(got, []string{"a.txt", "sub"}) {
		t.Errorf("left behind: %q", got)
	}
}

func TestWriteFileKeeps(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("links and permissions are others on Windows")
	}
	dir := t.TempDir()
	file, link := filepath.Join(dir, "file"), filepath.Join(dir, "link")
	if err := os.WriteFile(file, []byte("old"), 0o640); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("file", link); err != nil {
		t.Fatal(err)
	}
	if err := staging.WriteFile(link, []byte("new")); err != nil {
		t.Fatal(err)
	}
	if st, err := os.Lstat(link); err != nil || st.Mode()&os.ModeSymlink == 0 || content(t, file) != "new" {
		t.Errorf("the link was replaced: %v, %v", st, err)
	}
	if st, err := os.Stat(file); err != nil || st.Mode().Perm() != 0o640 {
		t.Errorf("permissions: %v, %v", st.Mode(), err)
	}
	if err := staging.WriteFile(os.DevNull, []byte("x")); err != nil {
		t.Error(err)
	}
	if st, err := os.Stat(os.DevNull); err != nil || st.Mode().IsRegular() {
		t.Errorf("%s became a file", os.DevNull)
	}
}
