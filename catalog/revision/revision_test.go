package revision

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"riskguide/catalog"
)

// archive makes a zip of name, content pairs.
func archive(t testing.TB, files ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i := 0; i < len(files); i += 2 {
		f, err := w.Create(files[i])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write([]byte(files[i+1])); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestBundle(t *testing.T) {
	for _, files := range [][]string{
		{"guide.yaml", "id: x", "risks/H01.yaml", "id: H01"},
		{"guide-1/guide.yaml", "id: x", "guide-1/risks/H01.yaml", "id: H01", "README.md", "hello"},
		{"guide-1/", "", "guide-1/guide.yaml", "id: x", "guide-1/risks/H01.yaml", "id: H01", "__MACOSX/._guide.yaml", "?"},
	} {
		fsys, err := Bundle(archive(t, files...))
		if err != nil {
			t.Errorf("%v: %v", files, err)
			continue
		}
		for _, name := range []string{"guide.yaml", "risks/H01.yaml"} {
			if _, err := fs.ReadFile(fsys, name); err != nil {
				t.Errorf("%v: %v", files, err)
			}
		}
	}
}

func TestBadBundle(t *testing.T) {
	many := make([]string, 0, 2*maxFiles+4)
	for i := range maxFiles + 1 {
		many = append(many, strings.Repeat("a", i%200+1)+"/"+strings.Repeat("b", i/200+1), "")
	}
	var link bytes.Buffer
	w := zip.NewWriter(&link)
	h := &zip.FileHeader{Name: "guide.yaml"}
	h.SetMode(fs.ModeSymlink | 0o777)
	f, _ := w.CreateHeader(h)
	_, _ = f.Write([]byte("/etc/passwd"))
	w.Close()
	encrypted := archive(t, "guide.yaml", "id: x")
	for _, sig := range []string{"PK\x03\x04", "PK\x01\x02"} {
		i := bytes.Index(encrypted, []byte(sig))
		at := i + 6
		if sig == "PK\x01\x02" {
			at = i + 8
		}
		encrypted[at] |= 1
	}
	for _, c := range []struct {
		name string
		data []byte
		want string
	}{
		{"no zip", []byte("guide"), "no zip archive"},
		{"cut off", archive(t, "guide.yaml", "id: x")[:40], "no zip archive"},
		{"empty", archive(t), "no guide.yaml"},
		{"no guide", archive(t, "a/b/guide.yaml", ""), "no guide.yaml"},
		{"two guides", archive(t, "a/guide.yaml", "", "b/guide.yaml", ""), "several folders"},
		{"leads up", archive(t, "guide.yaml", "", "../x.yaml", ""), "bad name"},
		{"absolute", archive(t, "guide.yaml", "", "/etc/x.yaml", ""), "bad name"},
		{"backslash", archive(t, "guide.yaml", "", `..\x.yaml`, ""), "bad name"},
		{"drive", archive(t, "guide.yaml", "", "C:/x.yaml", ""), "bad name"},
		{"twice", archive(t, "guide.yaml", "a", "guide.yaml", "b"), "two files"},
		{"file and folder", archive(t, "guide.yaml", "", "risks", "", "risks/H01.yaml", ""), "both a file and a folder"},
		{"link", link.Bytes(), "no plain file"},
		{"encrypted", encrypted, "encrypted"},
		{"bomb", archive(t, "guide.yaml", strings.Repeat("a", 20<<20)), "packed too tightly"},
		{"many", archive(t, many...), "files; at most"},
	} {
		_, err := Bundle(c.data)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v; want %q", c.name, err, c.want)
		}
	}
	// What the archive says of a size is not believed.
	lie := archive(t, "guide.yaml", strings.Repeat("id: x # y\n", 1000))
	i := bytes.Index(lie, []byte("PK\x01\x02"))
	copy(lie[i+24:], []byte{5, 0, 0, 0})
	if fsys, err := Bundle(lie); err == nil {
		if data, err := fs.ReadFile(fsys, "guide.yaml"); err == nil || len(data) > 5 {
			t.Errorf("a file that is larger than it says is read: %d bytes, %v", len(data), err)
		}
	}
}

// FuzzBundle reads whatever bytes as a bundle, and the guide in it.
func FuzzBundle(f *testing.F) {
	f.Add(archive(f, "guide.yaml", "id: x", "risks/H01.yaml", "id: H01"))
	f.Add(archive(f, "a/guide.yaml", "id: x"))
	f.Add(archive(f, "../guide.yaml", ""))
	f.Fuzz(func(t *testing.T, data []byte) {
		fsys, err := Bundle(data)
		if err != nil {
			return
		}
		src, problems := catalog.LoadSource(context.Background(), fsys, catalog.LoadOptions{Prefix: "x"})
		if src == nil {
			t.Fatal("no source")
		}
		for _, p := range problems {
			if p.Pos.File != "" && !strings.HasPrefix(p.Pos.File, "x") {
				t.Fatalf("a problem outside of the bundle: %s", p)
			}
		}
	})
}

func TestOpen(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "guide.zip"), archive(t, "guide.yaml", "id: x"), 0o666); err != nil {
		t.Fatal(err)
	}
	for _, spec := range []string{dir, filepath.Join(dir, "guide.zip")} {
		if _, err := Open(context.Background(), spec, dir); err != nil {
			t.Error(err)
		}
	}
	var e *Error
	for _, spec := range []string{"", "-x", filepath.Join(dir, "none.zip"), "no-such-revision"} {
		if _, err := Open(context.Background(), spec, dir); !errors.As(err, &e) {
			t.Errorf("%q: %v", spec, err)
		}
	}
}

// TestGit opens revisions, also of a folder that the work tree no longer has and
// with files that git would change on the way to a work tree.
func TestGit(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed")
	}
	dir := t.TempDir()
	git := func(args ...string) {
		t.Helper()
		cmd := exec.Command("git", append([]string{"-C", dir, "-c", "user.name=E", "-c", "user.email=e@example.org", "-c", "core.autocrlf=false"}, args...)...)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
	}
	write := func(name, s string) {
		t.Helper()
		p := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(p), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, []byte(s), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	git("init", "-q")
	write("手引/content/guide.yaml", "id: one\n")
	write("手引/content/pages/10.ja.md", "# 頁\r\n")
	git("add", ".")
	git("commit", "-q", "-m", "one")
	git("tag", "v1")
	git("mv", "手引", "other")
	git("commit", "-q", "-m", "two")
	for _, c := range []struct{ spec, content, name string }{
		{"v1", filepath.Join(dir, "手引", "content"), "v1:手引/content"},
		{"v1:手引/content", dir, "v1:手引/content"},
		{"HEAD", filepath.Join(dir, "other", "content"), "HEAD:other/content"},
		{"HEAD~1:手引/content/", filepath.Join(dir, "other"), "HEAD~1:手引/content"},
	} {
		got, err := Open(context.Background(), c.spec, c.content)
		if err != nil {
			t.Errorf("%s: %v", c.spec, err)
			continue
		}
		data, err := fs.ReadFile(got.FS, "guide.yaml")
		page, _ := fs.ReadFile(got.FS, "pages/10.ja.md")
		if err != nil || string(data) != "id: one\n" || string(page) != "# 頁\r\n" || got.Name != c.name || len(got.Commit) < 40 {
			t.Errorf("%s: %q, %q, %+v, %v", c.spec, data, page, got, err)
		}
	}
	for _, spec := range []string{"v2", "v1:none", "v1:手引/content/guide.yaml", ":x"} {
		if _, err := Open(context.Background(), spec, dir); err == nil {
			t.Errorf("%s is opened", spec)
		}
	}
}
