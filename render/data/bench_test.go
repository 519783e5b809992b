package data_test

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"testing"

	"riskguide/catalog"
	"riskguide/catalog/synthetic"
	"riskguide/render/data"
	"riskguide/render/rendertest"
)

// BenchmarkData makes the document of a guide 10 times as large as the shipped one,
// its JSON and its tables.
func BenchmarkData(b *testing.B) {
	src, _ := catalog.LoadSource(context.Background(), os.DirFS(filepath.Join(rendertest.Root(b), "content")), catalog.LoadOptions{})
	cat := assemble(b, synthetic.Scale(src, 10))
	b.Run("document", func(b *testing.B) {
		for b.Loop() {
			data.New(cat)
		}
	})
	d := data.New(cat)
	b.Run("json", func(b *testing.B) {
		for b.Loop() {
			if err := d.JSON(io.Discard); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("csv", func(b *testing.B) {
		for b.Loop() {
			for _, t := range d.Tables() {
				t.CSV(data.CSVOptions{})
			}
		}
	})
}
