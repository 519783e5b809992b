package publish_test

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"

	"riskguide/render/publish"
	"riskguide/render/rendertest"
	"riskguide/templates"
)

// TestPreviewSince: the preview has the page of what changed since an older edition,
// as a build has, and none without one; an older edition that cannot be read is told.
func TestPreviewSince(t *testing.T) {
	content := os.DirFS(filepath.Join(rendertest.Root(t), "catalog", "testdata", "small"))
	cfg := publish.Config{Content: content, ContentName: "content", Templates: templates.FS(), ToolVersion: "test"}
	const page = "ja/changes.html"
	m, problems, err := publish.NewPreview(cfg).Build(t.Context())
	if m == nil || err != nil {
		t.Fatal(problems, err)
	}
	if m.Data(page) != nil {
		t.Error("there is a page of changes since no edition")
	}
	old := fstest.MapFS{}
	if err := fs.WalkDir(content, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(content, name)
		old[name] = &fstest.MapFile{Data: data}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	const risk = "risks/H01.yaml"
	old[risk] = &fstest.MapFile{Data: bytes.Replace(old[risk].Data, []byte("装置を冗長にする"), []byte("装置を増やす"), 1)}
	cfg.Since, cfg.SinceName = old, "v1"
	m, problems, err = publish.NewPreview(cfg).Build(t.Context())
	if m == nil || err != nil {
		t.Fatal(problems, err)
	}
	if !bytes.Contains(m.Data(page), []byte("<del>")) {
		t.Errorf("the page does not show the wording that went: %s", m.Data(page))
	}
	old[risk] = &fstest.MapFile{Data: []byte("a: [")}
	m, problems, _ = publish.NewPreview(cfg).Build(t.Context())
	if m != nil || !problems.HasErrors() || problems[len(problems)-1].Pos.File != "v1/"+risk {
		t.Errorf("a broken older edition: %v", problems)
	}
}
