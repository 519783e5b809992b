package main

import (
	"bytes"
	"context"
	"path/filepath"
	"strings"
	"testing"
)

// run runs a command line in this process.
func run(ctx context.Context, args ...string) (code int, stdout, stderr string) {
	var out, errs bytes.Buffer
	code = Run(ctx, Env{
		Stdin: strings.NewReader(""), Stdout: &out, Stderr: &errs,
		Getenv: func(string) string { return "" }, Args: args,
	})
	return code, out.String(), errs.String()
}

// TestInterrupted wants one sentence, and none of the problems that were found on
// the way, when a command is stopped.
func TestInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	small := filepath.Join("..", "..", "catalog", "testdata", "small")
	text := filepath.Join("..", "..", "catalog", "published", "testdata", "small.txt")
	for _, args := range [][]string{
		{"build", "--content", small},
		{"tailor", filepath.Join(small, "guide.yaml"), "--content", small},
		{"lint", "--content", small},
		{"import", "text", text, "--into"},
		{"import", "text", text, "--check"},
	} {
		t.Run(strings.Join(args[:2], " "), func(t *testing.T) {
			out := filepath.Join(t.TempDir(), "out")
			switch args[len(args)-1] {
			case "--into":
				args = append(args, out)
			case small:
				if args[0] != "lint" {
					args = append(args, "--out", out)
				}
			}
			code, stdout, stderr := run(ctx, args...)
			if code != exitProblems || stdout != "" || stderr != "riskguide: interrupted; nothing was changed\n" {
				t.Errorf("status %d\nstdout: %s\nstderr: %s", code, stdout, stderr)
			}
			if left, _ := filepath.Glob(filepath.Join(filepath.Dir(out), "*")); len(left) > 0 {
				t.Errorf("left behind: %v", left)
			}
		})
	}
}
