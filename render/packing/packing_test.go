package packing_test

import (
	"bytes"
	"compress/flate"
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"testing/fstest"
	"time"

	"riskguide/profile"
	"riskguide/render"
	"riskguide/render/packing"
	"riskguide/render/rendertest"
	"riskguide/templates"
)

// TestBundle makes a pack from the folders and from their bundle: the files are the
// same, and so are the bundles of a source.
func TestBundle(t *testing.T) {
	ctx := context.Background()
	root := rendertest.Root(t)
	profiles := os.DirFS(filepath.Join(root, "content", "profiles"))
	text := func(name string) string {
		data, err := fs.ReadFile(profiles, name)
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	over := fstest.MapFS{"pack/requirements.css": {Data: []byte("main { color: red }")}}
	s := packing.Source{
		Content: os.DirFS(filepath.Join(root, "content")), Templates: templates.Overlay(templates.FS(), over),
		Date: time.Date(2026, 1, 31, 0, 0, 0, 0, time.UTC), ToolVersion: "1.2.3", Commit: "abc-dirty",
	}
	make := func(s packing.Source) *render.Memory {
		t.Helper()
		cat, problems := s.Load(ctx)
		if cat == nil {
			t.Fatal(problems)
		}
		m, problems, err := s.Make(ctx, cat, map[string]string{"sample.yaml": text("sample.yaml"), "high-severity.yaml": text("high-severity.yaml")}, "sample.yaml")
		if m == nil || err != nil {
			t.Fatal(problems, err)
		}
		return m
	}
	data, err := s.Bundle(flate.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	if again, _ := s.Bundle(flate.BestCompression); !bytes.Equal(again, data) {
		t.Error("a second bundle differs")
	}
	opened, err := packing.OpenBundle(data)
	if err != nil {
		t.Fatal(err)
	}
	want, got := make(s), make(opened)
	if !slices.Equal(got.Names(), want.Names()) || len(got.Names()) != 5 {
		t.Fatalf("files %v, want %v", got.Names(), want.Names())
	}
	for _, n := range want.Names() {
		if !bytes.Equal(got.Data(n), want.Data(n)) {
			t.Errorf("%s differs", n)
		}
	}
	if manifest := got.Data("sample/manifest.json"); !bytes.Contains(manifest, []byte("abc-dirty")) || !bytes.Contains(manifest, []byte("riskguide 1.2.3")) {
		t.Errorf("the manifest is %s", manifest)
	}
	if !bytes.Contains(got.Data("sample/sample-requirements.html"), []byte("color: red")) {
		t.Error("the pack is not made with the templates of the site")
	}
	names, err := profile.CatalogFiles(s.Content)
	if err != nil || slices.Contains(names, "profiles/sample.yaml") || !slices.Contains(names, "risks/H01.yaml") {
		t.Errorf("files of the catalog %v, %v", names, err)
	}
	if _, err := packing.OpenBundle(data[:len(data)/2]); err == nil {
		t.Error("half a bundle is opened")
	}
}

// TestMakeProblems checks that mistakes of a profile are told with their places and
// that there is no pack then.
func TestMakeProblems(t *testing.T) {
	ctx := context.Background()
	s := packing.Source{Content: os.DirFS(filepath.Join(rendertest.Root(t), "content")), Templates: templates.FS()}
	cat, problems := s.Load(ctx)
	if cat == nil {
		t.Fatal(problems)
	}
	for name, text := range map[string]string{"bad.yaml": "id: bad\ntitle: 要求\nlanguages: [ja]\nselect:\n  - risks: [H99]\ndue: soon\n", "none.yaml": ""} {
		files := map[string]string{}
		if text != "" {
			files[name] = text
		}
		m, problems, err := s.Make(ctx, cat, files, name)
		if m != nil || err != nil || !problems.HasErrors() || problems[0].Pos.File != name {
			t.Errorf("%s: pack %v, problems %v, error %v", name, m != nil, problems, err)
		}
		if name == "bad.yaml" && (len(problems) != 2 || problems[0].Pos.Line != 5 || problems[1].Pos.Line != 6) {
			t.Errorf("problems %v are not those of lines 5 and 6, in order", problems)
		}
	}
}
