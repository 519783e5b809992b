package schema_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"riskguide/catalog/schema"
	"riskguide/render/rendertest"
)

// TestShippedSchemasAreCurrent compares content/schemas, which editors read, with
// what `riskguide schema` writes.
func TestShippedSchemasAreCurrent(t *testing.T) {
	dir := filepath.Join(rendertest.Root(t), "content", "schemas")
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := len(entries), len(schema.Files()); got != want {
		t.Errorf("%d files in %s, want %d", got, dir, want)
	}
	for _, f := range schema.Files() {
		data, err := os.ReadFile(filepath.Join(dir, f.Name))
		if err != nil {
			t.Error(err)
			continue
		}
		if !bytes.Equal(data, f.Data) {
			t.Errorf("%s is not current: run `riskguide schema`", f.Name)
		}
	}
}
