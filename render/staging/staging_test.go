package staging_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"riskguide/render"
	"riskguide/render/staging"
)

func begin(t *testing.T, out string) *staging.Folder {
	t.Helper()
	f, err := staging.Begin(out, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.Abort)
	return f
}

func put(t *testing.T, f *staging.Folder, name, data string) {
	t.Helper()
	if err := f.Put(name, []byte(data)); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, elem ...string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(elem...))
	if err != nil {
		return "(" + err.Error() + ")"
	}
	return string(data)
}

func TestCommitReplacesOnlyItsParts(t *testing.T) {
	out := t.TempDir()
	f := begin(t, out)
	put(t, f, "site/index.html", "one")
	put(t, f, "site/old.html", "old")
	put(t, f, "pdf/H01.pdf", "pdf")
	if err := f.Link("pdf/H01.pdf", "site/downloads/H01.pdf"); err != nil {
		t.Fatal(err)
	}
	if err := f.Commit("site", "pdf"); err != nil {
		t.Fatal(err)
	}
	if got := read(t, out, "site/downloads/H01.pdf"); got != "pdf" {
		t.Errorf("linked file holds %q", got)
	}
	f = begin(t, out)
	put(t, f, "site/index.html", "two")
	if err := f.Commit("site"); err != nil {
		t.Fatal(err)
	}
	if got := read(t, out, "site/index.html"); got != "two" {
		t.Errorf("index.html holds %q", got)
	}
	if _, err := os.Stat(filepath.Join(out, "site/old.html")); err == nil {
		t.Error("a file of the build before is still there")
	}
	if got := read(t, out, "pdf/H01.pdf"); got != "pdf" {
		t.Errorf("a part that was not built holds %q", got)
	}
	sums := read(t, out, staging.SumsFile)
	if !strings.Contains(sums, "  pdf/H01.pdf\n") || strings.Contains(sums, "old.html") {
		t.Errorf("%s:\n%s", staging.SumsFile, sums)
	}
	entries, _ := filepath.Glob(filepath.Join(out, ".staging-*"))
	if len(entries) > 0 {
		t.Errorf("left behind: %v", entries)
	}
}

func TestAbortLeavesOldOutput(t *testing.T) {
	out := t.TempDir()
	f := begin(t, out)
	put(t, f, "site/index.html", "one")
	if err := f.Commit("site"); err != nil {
		t.Fatal(err)
	}
	f = begin(t, out)
	put(t, f, "site/index.html", "half")
	f.Abort()
	if got := read(t, out, "site/index.html"); got != "one" {
		t.Errorf("index.html holds %q", got)
	}
}

func TestForeignFolderIsNotReplaced(t *testing.T) {
	out := t.TempDir()
	if err := os.MkdirAll(filepath.Join(out, "site"), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(out, "site", "thesis.txt"), []byte("years of work"), 0o666); err != nil {
		t.Fatal(err)
	}
	f := begin(t, out)
	put(t, f, "site/index.html", "new")
	put(t, f, "pdf/x.pdf", "new")
	if err := f.Commit("pdf", "site"); !errors.Is(err, staging.ErrNotOurs) {
		t.Fatalf("Commit = %v, want ErrNotOurs", err)
	}
	if got := read(t, out, "site/thesis.txt"); got != "years of work" {
		t.Errorf("thesis.txt holds %q", got)
	}
	if _, err := os.Stat(filepath.Join(out, "pdf")); err == nil {
		t.Error("another part was put in place although the commit failed")
	}
}

func TestFailedRenameIsUndone(t *testing.T) {
	out := t.TempDir()
	f := begin(t, out)
	put(t, f, "site/index.html", "one")
	if err := f.Commit("site"); err != nil {
		t.Fatal(err)
	}
	// A plain file stands where the second part's parent folder must be.
	if err := os.WriteFile(filepath.Join(out, "packs"), nil, 0o666); err != nil {
		t.Fatal(err)
	}
	f = begin(t, out)
	put(t, f, "site/index.html", "two")
	put(t, f, "packs/sample/x.pdf", "pdf")
	if err := f.Commit("site", "packs/sample"); err == nil {
		t.Fatal("Commit succeeded")
	}
	if got := read(t, out, "site/index.html"); got != "one" {
		t.Errorf("index.html holds %q after the failed commit", got)
	}
}

func TestBadNames(t *testing.T) {
	f := begin(t, t.TempDir())
	for _, name := range []string{"", ".", "/x/y", "../x/y", "a/../../x", "a//b"} {
		if err := f.Put(name, nil); !errors.Is(err, render.ErrBadName) {
			t.Errorf("Put(%q) = %v, want ErrBadName", name, err)
		}
	}
	put(t, f, "a/b", "")
	if err := f.Put("a/b", nil); err == nil {
		t.Error("a name was put twice")
	}
}

// TestFolderInsideAnOutputFolder writes packs into output/packs, which a build of
// output made before.
func TestFolderInsideAnOutputFolder(t *testing.T) {
	out := t.TempDir()
	f := begin(t, out)
	put(t, f, "packs/a/x.pdf", "a1")
	put(t, f, "packs/b/x.pdf", "b1")
	put(t, f, "packs/b.zip", "b1")
	if err := f.Commit("packs"); err != nil {
		t.Fatal(err)
	}
	f = begin(t, filepath.Join(out, "packs"))
	put(t, f, "b/x.pdf", "b2")
	put(t, f, "b.zip", "b2")
	if got := f.Names(); len(got) != 2 || got[0] != "b.zip" {
		t.Errorf("Names = %v", got)
	}
	if err := f.Commit("b", "b.zip"); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"packs/a/x.pdf": "a1", "packs/b/x.pdf": "b2", "packs/b.zip": "b2"} {
		if got := read(t, out, name); got != want {
			t.Errorf("%s holds %q, want %q", name, got, want)
		}
	}
	if sums := read(t, out, staging.SumsFile); strings.Count(sums, "\n") != 3 {
		t.Errorf("the list above:\n%s", sums)
	}
	if _, err := os.Stat(filepath.Join(out, "packs", staging.SumsFile)); err == nil {
		t.Error("a second list inside the output folder")
	}
}

// TestOutputFolderBecomesAPart builds into output after packs were written into
// output/packs.
func TestOutputFolderBecomesAPart(t *testing.T) {
	out := t.TempDir()
	f := begin(t, filepath.Join(out, "packs"))
	put(t, f, "a/x.pdf", "a1")
	if err := f.Commit("a"); err != nil {
		t.Fatal(err)
	}
	f = begin(t, out)
	put(t, f, "packs/a/x.pdf", "a2")
	if err := f.Commit("packs"); err != nil {
		t.Fatal(err)
	}
	if got := read(t, out, "packs/a/x.pdf"); got != "a2" {
		t.Errorf("a/x.pdf holds %q", got)
	}
}
