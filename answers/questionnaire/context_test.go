package questionnaire_test

import (
	"bytes"
	"context"
	"image"
	"image/png"
	"testing"
)

func newContext() context.Context { return context.Background() }

// onePixel is a picture.
func onePixel(t testing.TB) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 1, 1))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
