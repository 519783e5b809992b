package main

import (
	"errors"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

var update = flag.Bool("update", false, "rewrite the expected outputs in the scripts")

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"riskguide": main})
}

// TestScripts runs the command lines of testdata/script against a copy of the
// small guide in ./content and of the small published text in ./small.txt.
func TestScripts(t *testing.T) {
	small, err := filepath.Abs("../../catalog/testdata/small")
	if err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Setup: func(env *testscript.Env) error {
			// A text that is no UTF-8 can't stand in a script.
			if err := os.WriteFile(filepath.Join(env.WorkDir, "latin.txt"), []byte("caf\xe9\n"), 0o666); err != nil {
				return err
			}
			text, err := os.ReadFile(filepath.Join(small, "../../published/testdata/small.txt"))
			if err != nil {
				return err
			}
			if err := os.WriteFile(filepath.Join(env.WorkDir, "small.txt"), text, 0o666); err != nil {
				return err
			}
			return os.CopyFS(filepath.Join(env.WorkDir, "content"), os.DirFS(small))
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			// status N PROGRAM ARG… runs a program and wants its exit status.
			"status": func(ts *testscript.TestScript, neg bool, args []string) {
				want, err := strconv.Atoi(args[0])
				ts.Check(err)
				err = ts.Exec(args[1], args[2:]...)
				got := 0
				var exit *exec.ExitError
				if errors.As(err, &exit) {
					got = exit.ExitCode()
				}
				if got != want {
					ts.Fatalf("exit status %d, want %d", got, want)
				}
			},
		},
	})
}
