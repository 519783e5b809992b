package catalog

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"testing/fstest"
	"unicode/utf8"

	"github.com/rogpeppe/go-internal/txtar"
)

func smallFS(tb testing.TB) fstest.MapFS {
	tb.Helper()
	fsys := fstest.MapFS{}
	small := os.DirFS("testdata/small")
	err := fs.WalkDir(small, ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		data, err := fs.ReadFile(small, name)
		fsys[name] = &fstest.MapFile{Data: data}
		return err
	})
	if err != nil {
		tb.Fatal(err)
	}
	return fsys
}

// brokenFS is a file system on which some names cannot be read.
type brokenFS struct {
	fs.FS
	name string
}

var errBroken = errors.New("device not ready")

func (b brokenFS) Open(name string) (fs.File, error) {
	if name == b.name {
		return nil, &fs.PathError{Op: "open", Path: name, Err: errBroken}
	}
	return b.FS.Open(name)
}

func TestUnreadable(t *testing.T) {
	for _, name := range []string{"guide.yaml", "risks", "risks/H01.yaml", "pages/10-purpose.ja.md", "."} {
		c, ps := Load(context.Background(), brokenFS{smallFS(t), name}, LoadOptions{Prefix: "content"})
		found := 0
		for _, p := range ps {
			if p.Rule == ruleRead && strings.HasSuffix(p.Message, errBroken.Error()) {
				found++
			}
		}
		if c != nil || found != 1 {
			t.Errorf("%s: catalog %v, problems %v", name, c != nil, ps)
		}
	}
}

func TestMissingFolder(t *testing.T) {
	c, ps := Load(context.Background(), os.DirFS("testdata/nothing"), LoadOptions{Prefix: "content"})
	if c != nil || len(ps) == 0 {
		t.Fatalf("problems: %v", ps)
	}
	for _, p := range ps {
		if !strings.HasPrefix(p.Pos.File, "content") {
			t.Errorf("%v does not name the folder", p)
		}
	}
}

func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	c, ps := Load(ctx, smallFS(t), LoadOptions{})
	if c != nil || !ps.HasErrors() || !strings.Contains(ps.Error(), context.Canceled.Error()) {
		t.Errorf("catalog %v, problems %v", c != nil, ps)
	}
}

// TestLineEndings loads the fixture as an editor on Windows saves it.
func TestLineEndings(t *testing.T) {
	want, ps := LoadSource(context.Background(), smallFS(t), LoadOptions{})
	if len(ps) > 0 {
		t.Fatal(ps)
	}
	fsys := smallFS(t)
	for _, f := range fsys {
		f.Data = append([]byte("\uFEFF"), bytes.ReplaceAll(f.Data, []byte("\n"), []byte("\r\n"))...)
	}
	got, ps := LoadSource(context.Background(), fsys, LoadOptions{})
	if len(ps) > 0 {
		t.Fatal(ps)
	}
	if !reflect.DeepEqual(got, want) {
		t.Error("with a byte order mark and CRLF the source is another, or its positions are")
	}
}

// TestSameProblems loads a guide full of mistakes on one core and on several.
func TestSameProblems(t *testing.T) {
	fsys := smallFS(t)
	for name, f := range fsys {
		if strings.HasSuffix(name, ".yaml") {
			f.Data = bytes.ReplaceAll(f.Data, []byte("H01-"), []byte("H01-9"))
			f.Data = bytes.ReplaceAll(f.Data, []byte("en: "), []byte("fr: "))
			f.Data = bytes.ReplaceAll(f.Data, []byte("8.6.1.2"), []byte("8.6.1.22"))
		}
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	_, want := Load(context.Background(), fsys, LoadOptions{})
	if len(want) < 20 {
		t.Fatalf("only %d problems", len(want))
	}
	for range 5 {
		runtime.GOMAXPROCS(8)
		if _, got := Load(context.Background(), fsys, LoadOptions{}); !reflect.DeepEqual(got, want) {
			t.Fatalf("problems:\n%v\nwant:\n%v", got, want)
		}
	}
}

// TestAssembleAgain checks that assembling leaves the source as it was.
func TestAssembleAgain(t *testing.T) {
	src, ps := LoadSource(context.Background(), smallFS(t), LoadOptions{})
	if len(ps) > 0 {
		t.Fatal(ps)
	}
	first, _ := Assemble(src)
	second, ps := Assemble(src)
	if first == nil || second == nil {
		t.Fatal(ps)
	}
	for i, c := range first.Controls() {
		if other := second.Controls()[i]; len(c.CitedBy) == 0 || len(c.CitedBy) != len(other.CitedBy) {
			t.Errorf("control %s is cited by %d measures, then by %d", c.ID, len(c.CitedBy), len(other.CitedBy))
		}
	}
	files, err := WriteFiles(src)
	if err != nil {
		t.Fatal(err)
	}
	again := loadSource(t, files)
	if !reflect.DeepEqual(bare(src), bare(again)) {
		t.Error("the source was changed")
	}
}

// TestAssembleWithoutPositions assembles what a reader of another form makes.
func TestAssembleWithoutPositions(t *testing.T) {
	src, _ := LoadSource(context.Background(), smallFS(t), LoadOptions{})
	if c, ps := Assemble(bare(src)); c == nil || len(ps) > 0 {
		t.Errorf("problems: %v", ps)
	}
	empty, ps := Assemble(&Source{Guide: &Guide{}})
	if empty != nil || !ps.HasErrors() {
		t.Errorf("an empty guide has the problems %v", ps)
	}
	if none, ps := Assemble(&Source{}); none != nil || !ps.HasErrors() {
		t.Errorf("no guide has the problems %v", ps)
	}
}

// FuzzLoad puts any bytes in the place of a file of the small guide. Loading
// must not fail otherwise than by problems, whose places exist; what loads can
// be written and loads again without new errors.
func FuzzLoad(f *testing.F) {
	names := []string{"guide.yaml", "risks/H01.yaml", "controls/2.1.1.yaml", "vulnerabilities.yaml", "retired.yaml", "pages/10-purpose.ja.md"}
	small := smallFS(f)
	for i, name := range names {
		f.Add(uint8(i), small[name].Data)
	}
	archives, err := filepath.Glob("testdata/lint/*.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range archives {
		a, err := txtar.ParseFile(name)
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range a.Files {
			for i, n := range names {
				if filepath.Dir(n) == filepath.Dir(file.Name) && filepath.Ext(n) == filepath.Ext(file.Name) {
					f.Add(uint8(i), file.Data)
				}
			}
		}
	}
	f.Fuzz(func(t *testing.T, which uint8, data []byte) {
		fsys := smallFS(t)
		name := names[int(which)%len(names)]
		fsys[name] = &fstest.MapFile{Data: data}
		c, ps := Load(context.Background(), fsys, LoadOptions{MaxFileSize: 64 << 10})
		if (c == nil) != ps.HasErrors() {
			t.Fatalf("catalog %v with the problems %v", c != nil, ps)
		}
		for _, p := range ps {
			if p.Rule == "" || p.Message == "" || !utf8.ValidString(p.String()) {
				t.Errorf("problem %#v", p)
			}
			if p.Pos.Line == 0 {
				continue
			}
			file := fsys[p.Pos.File]
			if file == nil {
				t.Errorf("%v is about no file", p)
				continue
			}
			lines := strings.Split(strings.TrimPrefix(string(file.Data), "\uFEFF"), "\n")
			if p.Pos.Line > len(lines) || p.Pos.Column < 1 || p.Pos.Column > utf8.RuneCountInString(lines[p.Pos.Line-1])+1 {
				t.Errorf("%v is about no place in\n%s", p, file.Data)
			}
		}
		if c == nil {
			return
		}
		src, _ := LoadSource(context.Background(), fsys, LoadOptions{})
		files, err := WriteFiles(src)
		if err != nil {
			t.Fatalf("what loads cannot be written: %v", err)
		}
		if again, ps := Load(context.Background(), mapFS(files), LoadOptions{}); again == nil {
			t.Fatalf("what was written does not load: %v", ps.ErrorsOnly())
		}
	})
}
