package sheettest

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	"riskguide/render/rendertest"
)

// Convert has LibreOffice convert the workbook to the form with the extension
// ("pdf", "xlsx", …) and returns the result. Without LibreOffice the test is
// skipped, or fails where tools are required.
func Convert(t testing.TB, data []byte, ext string) []byte {
	t.Helper()
	return convert(t, data, "xlsx", ext)
}

// FitRows has LibreOffice lay out a workbook that states no heights of rows, and
// returns it with the heights that its texts need there; merged cells do not
// count. LibreOffice does so only when it reads a form of its own.
func FitRows(t testing.TB, data []byte) []byte {
	t.Helper()
	own := convert(t, data, "xlsx", "fods")
	return convert(t, defaultHeight.ReplaceAll(own, nil), "fods", "xlsx")
}

// defaultHeight is what LibreOffice says of rows that it did not look at.
var defaultHeight = regexp.MustCompile(` style:row-height="[^"]*"`)

func convert(t testing.TB, data []byte, from, to string) []byte {
	t.Helper()
	soffice := rendertest.Tool(t, "soffice", "libreoffice")
	dir := t.TempDir()
	in := filepath.Join(dir, "in", "book."+from)
	if err := os.MkdirAll(filepath.Dir(in), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(in, data, 0o644); err != nil {
		t.Fatal(err)
	}
	// LibreOffice that hangs is ended; it works a minute on the whole guide.
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, soffice, "-env:UserInstallation=file://"+filepath.Join(dir, "profile"),
		"--headless", "--convert-to", to, "--outdir", filepath.Join(dir, "out"), in)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	result, err := os.ReadFile(filepath.Join(dir, "out", "book."+to))
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return result
}
