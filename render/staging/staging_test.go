package staging_test

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
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

// commit writes files, given as name and content in turn, as one build.
func commit(t *testing.T, out string, parts []string, files ...string) error {
	t.Helper()
	f := begin(t, out)
	for i := 0; i < len(files); i += 2 {
		put(t, f, files[i], files[i+1])
	}
	return f.Commit(parts...)
}

// TestFilesOfOthersStay builds into folders in which people have put files.
func TestFilesOfOthersStay(t *testing.T) {
	out := t.TempDir()
	parts := []string{"site", "packs"}
	if err := commit(t, out, parts, "site/index.html", "one", "site/old/a.html", "one", "packs/acme/q.xlsx", "empty", "packs/gone/q.xlsx", "empty"); err != nil {
		t.Fatal(err)
	}
	theirs := map[string]string{
		"site/CNAME": "guide.example", "site/old/photo.jpg": "jpg", "site/pictures/a/b.png": "png",
		"packs/acme/answers.xlsx": "filled in", "packs/gone/answers.xlsx": "filled in",
	}
	for name, data := range theirs {
		file := filepath.Join(out, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(data), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 { // the second time they were carried over once already
		if err := commit(t, out, parts, "site/index.html", "two", "packs/acme/q.xlsx", "new"); err != nil {
			t.Fatal(err)
		}
		for name, data := range theirs {
			if got := read(t, out, name); got != data {
				t.Errorf("%s holds %q, want %q", name, got, data)
			}
		}
		for name, want := range map[string]string{"site/index.html": "two", "packs/acme/q.xlsx": "new"} {
			if got := read(t, out, name); got != want {
				t.Errorf("%s holds %q, want %q", name, got, want)
			}
		}
		for _, name := range []string{"site/old/a.html", "packs/gone/q.xlsx"} {
			if _, err := os.Stat(filepath.Join(out, name)); err == nil {
				t.Errorf("%s is still there", name)
			}
		}
		if sums := read(t, out, staging.SumsFile); strings.Count(sums, "\n") != 2 {
			t.Errorf("the list:\n%s", sums)
		}
	}
	// A build comes into a folder of theirs.
	if err := commit(t, out, parts, "site/index.html", "two", "site/pictures/a/c.html", "two", "packs/acme/q.xlsx", "new"); err != nil {
		t.Error(err)
	}
	for _, name := range []string{"site/pictures/a/b.png", "site/pictures/a/c.html"} {
		if _, err := os.Stat(filepath.Join(out, name)); err != nil {
			t.Error(err)
		}
	}
	// A part is left without a file of ours.
	if err := commit(t, out, parts, "site/index.html", "two"); err != nil {
		t.Error(err)
	}
	if got := read(t, out, "packs/acme/answers.xlsx"); got != "filled in" {
		t.Errorf("answers.xlsx holds %q", got)
	}
	// Two who want the same name.
	if err := commit(t, out, parts, "site/CNAME", "ours"); !errors.Is(err, staging.ErrNotOurs) {
		t.Errorf("Commit over a file of others = %v", err)
	}
	if err := commit(t, out, parts, "site/CNAME/deep/a.html", "ours"); !errors.Is(err, staging.ErrNotOurs) {
		t.Errorf("Commit below a file of others = %v", err)
	}
	if err := commit(t, out, parts, "site/pictures", "ours"); !errors.Is(err, staging.ErrNotOurs) {
		t.Errorf("Commit over a folder of others = %v", err)
	}
	if got := read(t, out, "site/index.html"); got != "two" {
		t.Errorf("index.html holds %q after the refusals", got)
	}
}

// TestUndoKeepsFilesOfOthers lets a rename fail after files of others were carried
// over, into a part that the build leaves empty.
func TestUndoKeepsFilesOfOthers(t *testing.T) {
	out := t.TempDir()
	if err := commit(t, out, []string{"packs"}, "packs/a/q.xlsx", "one"); err != nil {
		t.Fatal(err)
	}
	theirs := filepath.Join(out, "packs", "a", "sub", "notes.txt")
	if err := os.MkdirAll(filepath.Dir(theirs), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(theirs, []byte("notes"), 0o666); err != nil {
		t.Fatal(err)
	}
	f := begin(t, out)
	put(t, f, "site/index.html", "two")
	if err := staging.ExchangeWithoutList(f, []string{"packs", "site"}, []string{"packs/a/sub"}); err == nil {
		t.Fatal("the exchange succeeded")
	}
	if got := read(t, theirs); got != "notes" {
		t.Errorf("notes.txt holds %q", got)
	}
	if got := read(t, out, "packs/a/q.xlsx"); got != "one" {
		t.Errorf("q.xlsx holds %q", got)
	}
	if _, err := os.Stat(filepath.Join(out, "site")); err == nil {
		t.Error("site was put in place although the commit failed")
	}
}

// TestFilledInWorkbookIsNotReplaced builds where a questionnaire was filled in in
// its place.
func TestFilledInWorkbookIsNotReplaced(t *testing.T) {
	out := t.TempDir()
	parts := []string{"packs"}
	if err := commit(t, out, parts, "packs/acme/q.xlsx", "empty", "packs/acme/m.json", "{}"); err != nil {
		t.Fatal(err)
	}
	q := filepath.Join(out, "packs", "acme", "q.xlsx")
	if err := os.WriteFile(q, []byte("filled in"), 0o666); err != nil {
		t.Fatal(err)
	}
	err := commit(t, out, parts, "packs/acme/q.xlsx", "empty", "packs/acme/m.json", "{}")
	if !errors.Is(err, staging.ErrChanged) || !strings.Contains(err.Error(), q) {
		t.Errorf("Commit = %v, want ErrChanged with %s", err, q)
	}
	if got := read(t, q); got != "filled in" {
		t.Errorf("q.xlsx holds %q", got)
	}
	// What is the same in the new build can't be lost, and what was deleted is
	// only made again.
	if err := commit(t, out, parts, "packs/acme/q.xlsx", "filled in"); err != nil {
		t.Error(err)
	}
	if err := os.Remove(q); err != nil {
		t.Fatal(err)
	}
	if err := commit(t, out, parts, "packs/acme/q.xlsx", "empty"); err != nil {
		t.Error(err)
	}
}

// TestPartThatIsALink builds where a part is a link to a folder elsewhere: the
// link must not vanish, nor the folder be emptied.
func TestPartThatIsALink(t *testing.T) {
	out, web := t.TempDir(), t.TempDir()
	if err := os.Symlink(web, filepath.Join(out, "site")); err != nil {
		t.Skipf("no symbolic links here: %v", err)
	}
	if err := commit(t, out, []string{"site"}, "site/index.html", "one"); !errors.Is(err, staging.ErrNotOurs) {
		t.Errorf("Commit = %v, want ErrNotOurs", err)
	}
	if st, err := os.Lstat(filepath.Join(out, "site")); err != nil || st.Mode()&os.ModeSymlink == 0 {
		t.Error("the link is gone")
	}
}

// TestBuildsAtTheSameTime lets several builds write into one output folder, each
// its part or all of them the same one.
func TestBuildsAtTheSameTime(t *testing.T) {
	out := t.TempDir()
	const builds, rounds = 8, 20
	errs := make(chan error, builds*rounds)
	var g sync.WaitGroup
	for b := range builds {
		g.Go(func() {
			for r := range rounds {
				own := fmt.Sprintf("part%d", b)
				f, err := staging.Begin(out, nil)
				if err == nil {
					err = errors.Join(f.Put(own+"/a", fmt.Append(nil, r)), f.Put("all/a", fmt.Append(nil, b)), f.Put("all/b", fmt.Append(nil, b)))
				}
				if err == nil {
					err = f.Commit(own, "all")
				}
				errs <- err
			}
		})
	}
	g.Wait()
	close(errs)
	for err := range errs {
		if err != nil {
			t.Error(err)
		}
	}
	sums := read(t, out, staging.SumsFile)
	if n := strings.Count(sums, "\n"); n != builds+2 {
		t.Errorf("%d files are listed, want %d:\n%s", n, builds+2, sums)
	}
	for line := range strings.Lines(sums) {
		sum, name, _ := strings.Cut(strings.TrimSpace(line), "  ")
		if got := fmt.Sprintf("%x", sha256.Sum256([]byte(read(t, out, name)))); got != sum {
			t.Errorf("%s is not what the list says", name)
		}
	}
	if a, b := read(t, out, "all/a"), read(t, out, "all/b"); a != b {
		t.Errorf("files of two builds stand beside each other: %s, %s", a, b)
	}
	entries, err := os.ReadDir(out)
	if err != nil || len(entries) != builds+2 {
		t.Errorf("%d entries in the output folder, want %d (%v)", len(entries), builds+2, err)
	}
}
