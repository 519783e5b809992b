package publish_test

import (
	"os"
	"path/filepath"
	"runtime/debug"
	"testing"

	"riskguide/render/publish"
	"riskguide/render/rendertest"
	"riskguide/templates"
)

// BenchmarkPreviewRebuild is what happens in `riskguide serve` between a change of
// a risk file and the page that can be reloaded, without the watcher's settling
// time of 15 ms.
func BenchmarkPreviewRebuild(b *testing.B) {
	defer debug.SetGCPercent(debug.SetGCPercent(400)) // as the program does
	content := filepath.Join(rendertest.Root(b), "content")
	p := publish.NewPreview(publish.Config{Content: os.DirFS(content), ContentName: "content", Templates: templates.FS(), ToolVersion: "bench"})
	for b.Loop() {
		site, problems, err := p.Build(b.Context())
		if site == nil || err != nil {
			b.Fatal(problems, err)
		}
	}
}
