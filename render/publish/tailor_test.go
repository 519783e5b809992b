package publish_test

import (
	"context"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"riskguide/catalog"
	"riskguide/render/publish"
)

// TestLintAllAtOnce checks that the mistakes of a profile's form, those that only
// the catalog shows and ids used twice are told in one run, and, where the guide
// itself has errors, those that can be told without it.
func TestLintAllAtOnce(t *testing.T) {
	fsys := fstest.MapFS{}
	small := os.DirFS("../../catalog/testdata/small")
	err := fs.WalkDir(small, ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		data, err := fs.ReadFile(small, name)
		fsys[name] = &fstest.MapFile{Data: data}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	fsys["profiles/a.yaml"] = &fstest.MapFile{Data: []byte("id: a\ntitle: 試\nlanguages: [ja]\nselect: {risks: [H1]}\ndue: soon\n")}
	fsys["profiles/b.yaml"] = &fstest.MapFile{Data: []byte("id: a\ntitle: 試\nlanguages: [ja]\nselect: {risks: [H01]}\n")}
	lint := func() []string {
		t.Helper()
		ps, err := publish.Lint(context.Background(), publish.Config{Content: fsys})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, p := range ps {
			if p.Level == catalog.LevelError {
				got = append(got, p.Pos.File+" "+p.Rule)
			}
		}
		return got
	}
	if got, want := lint(), []string{"profiles/a.yaml unknown-reference", "profiles/a.yaml wrong-type", "profiles/b.yaml duplicate-id"}; !slices.Equal(got, want) {
		t.Errorf("problems\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	fsys["risks/H01.yaml"] = &fstest.MapFile{Data: []byte("[")}
	if got, want := lint(), []string{"profiles/a.yaml wrong-type", "profiles/b.yaml duplicate-id", "risks/H01.yaml yaml-syntax"}; !slices.Equal(got, want) {
		t.Errorf("with a broken guide, problems\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}
