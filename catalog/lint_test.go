package catalog_test

import (
	"bytes"
	"context"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/rogpeppe/go-internal/txtar"

	"riskguide/catalog"
	"riskguide/catalog/report"
)

var update = flag.Bool("update", false, "rewrite the problems that the lint cases expect")

// TestLint loads, for every testdata/lint/RULE.txtar and RULE-CASE.txtar, the
// guide of testdata/lint/base with the files of the archive put over it, and
// compares the problems with the file "want" of the archive. The carets in it
// show the places.
//
// Lines of the archive's comment that begin with a word and a colon say more:
//
//	remove: FILE            the file of the base is not there
//	escaped: FILE           \xNN, \u… and \r in the file are escapes
//	max-file-size: BYTES
func TestLint(t *testing.T) {
	archives, err := filepath.Glob("testdata/lint/*.txtar")
	if err != nil || len(archives) == 0 {
		t.Fatal("no cases", err)
	}
	level := map[string]catalog.Level{}
	tried := map[string]bool{"read": true} // see TestUnreadable
	for _, r := range catalog.Rules() {
		level[r.Name] = r.Level
	}
	for _, name := range archives {
		rule := strings.TrimSuffix(filepath.Base(name), ".txtar")
		t.Run(rule, func(t *testing.T) {
			a, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			fsys, opts := overlay(t, a)
			_, ps := catalog.Load(context.Background(), fsys, opts)
			for _, p := range ps {
				tried[p.Rule] = true
				if want, ok := level[p.Rule]; !ok || want != p.Level {
					t.Errorf("[%s] is reported as %s, but the list of rules says %q", p.Rule, p.Level, want)
				}
			}
			if !concerns(ps, rule) {
				t.Errorf("no problem of the rule that gives the case its name, or of one that it begins with")
			}
			var b bytes.Buffer
			if err := report.WriteProblems(&b, ps, report.Options{Source: func(file string) []byte {
				if data, err := fs.ReadFile(fsys, file); err == nil {
					return data
				}
				return nil
			}}); err != nil {
				t.Fatal(err)
			}
			got := b.String()
			if *update {
				files := a.Files[:0]
				for _, f := range a.Files {
					if f.Name != "want" {
						files = append(files, f)
					}
				}
				a.Files = append(files, txtar.File{Name: "want", Data: []byte(got)})
				if err := os.WriteFile(name, txtar.Format(a), 0o666); err != nil {
					t.Fatal(err)
				}
				return
			}
			if want := file(a, "want"); got != want {
				t.Errorf("problems:\n%s\nwant:\n%s", got, want)
			}
		})
	}
	for _, r := range catalog.Rules() {
		if !tried[r.Name] {
			t.Errorf("no case yields a problem of the rule %s", r.Name)
		}
	}
}

func concerns(ps catalog.Problems, name string) bool {
	for _, p := range ps {
		if name == p.Rule || strings.HasPrefix(name, p.Rule+"-") {
			return true
		}
	}
	return false
}

func file(a *txtar.Archive, name string) string {
	for _, f := range a.Files {
		if f.Name == name {
			return string(f.Data)
		}
	}
	return ""
}

func overlay(t *testing.T, a *txtar.Archive) (fstest.MapFS, catalog.LoadOptions) {
	t.Helper()
	fsys := fstest.MapFS{}
	base := os.DirFS("testdata/lint/base")
	err := fs.WalkDir(base, ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		data, err := fs.ReadFile(base, name)
		fsys[name] = &fstest.MapFile{Data: data}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range a.Files {
		if f.Name != "want" {
			fsys[f.Name] = &fstest.MapFile{Data: f.Data}
		}
	}
	var opts catalog.LoadOptions
	for _, line := range strings.Split(string(a.Comment), "\n") {
		key, value, _ := strings.Cut(line, ": ")
		switch key {
		case "remove":
			delete(fsys, value)
		case "escaped":
			s, err := strconv.Unquote(`"` + strings.NewReplacer("\n", `\n`, `"`, `\"`).Replace(string(fsys[value].Data)) + `"`)
			if err != nil {
				t.Fatal(err)
			}
			fsys[value] = &fstest.MapFile{Data: []byte(s)}
		case "max-file-size":
			n, err := strconv.Atoi(value)
			if err != nil {
				t.Fatal(err)
			}
			opts.MaxFileSize = int64(n)
		}
	}
	return fsys, opts
}

// TestLintBase makes sure that the cases' problems come from the cases.
func TestLintBase(t *testing.T) {
	if c, ps := catalog.Load(context.Background(), os.DirFS("testdata/lint/base"), catalog.LoadOptions{}); c == nil || len(ps) > 0 {
		t.Errorf("problems: %v", ps)
	}
}
