package publish_test

import (
	"os"
	"path/filepath"
	"testing"

	"riskguide/render/publish"
	"riskguide/render/rendertest"
)

// TestShippedContentIsComplete is `riskguide lint --strict` on this repository's
// content: no problem and no warning, thus no missing translation.
func TestShippedContentIsComplete(t *testing.T) {
	ps, err := publish.Lint(t.Context(), publish.Config{Content: os.DirFS(filepath.Join(rendertest.Root(t), "content")), ContentName: "content"})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range ps {
		t.Errorf("%v [%s]", p, p.Rule)
	}
}
