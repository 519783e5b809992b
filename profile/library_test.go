package profile_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"riskguide/render/rendertest"
)

// TestLibrary builds the program of docs/library.md in a module of its own, as
// others do, and runs it.
func TestLibrary(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles a program")
	}
	tool := rendertest.Tool(t, "go")
	root := rendertest.Root(t)
	docs, err := os.ReadFile(filepath.Join(root, "docs", "library.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, code, _ := strings.Cut(string(docs), "\n```go\n")
	code, _, ok := strings.Cut(code, "\n```\n")
	if !ok {
		t.Fatal("docs/library.md has no program")
	}
	dir := t.TempDir()
	for name, text := range map[string]string{
		"main.go": code,
		"go.mod":  "module example.org/other\n\ngo 1.26.0\n",
		"go.work": fmt.Sprintf("go 1.26.8\n\nuse (\n\t.\n\t%q\n)\n", root),
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.CommandContext(t.Context(), tool, "run", ".", filepath.Join(root, "content"), "profiles/sample.yaml")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOWORK="+filepath.Join(dir, "go.work"), "GOFLAGS=-mod=readonly")
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.HasPrefix(string(out), "sample-2011.1-") {
		t.Errorf("%v: %s", err, out)
	}
}
