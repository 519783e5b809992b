package icons

import (
	"bytes"
	"flag"
	"image"
	"image/draw"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"riskguide/render/rendertest"
)

var update = flag.Bool("update", false, "write the images into the templates")

// TestFiles compares the files of the templates with what is drawn, point by point.
func TestFiles(t *testing.T) {
	dir := filepath.Join(rendertest.Root(t), "templates", "site", "assets")
	for name, want := range All() {
		file := filepath.Join(dir, name)
		if *update {
			var b bytes.Buffer
			enc := png.Encoder{CompressionLevel: png.BestCompression}
			if err := enc.Encode(&b, want); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(file, b.Bytes(), 0o666); err != nil {
				t.Fatal(err)
			}
		}
		data, err := os.ReadFile(file)
		if err != nil {
			t.Error(err)
			continue
		}
		got, err := png.Decode(bytes.NewReader(data))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		flat := image.NewNRGBA(got.Bounds())
		draw.Draw(flat, flat.Bounds(), got, image.Point{}, draw.Src)
		if got.Bounds() != want.Bounds() || !bytes.Equal(flat.Pix, want.Pix) {
			t.Errorf("%s is not what the program draws; if that is meant, run go test -update", name)
		}
		if len(data) > 12_000 {
			t.Errorf("%s has %d bytes", name, len(data))
		}
	}
}
