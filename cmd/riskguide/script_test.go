package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"riskguide/answers/answerstest"
)

var update = flag.Bool("update", false, "rewrite the expected outputs in the scripts")

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"riskguide": main, "fill": fill})
}

// fill is a program for the scripts: fill IN.xlsx OUT.xlsx ANSWERS.txt writes answers
// into a questionnaire. A line of the answers is ID COLUMN=VALUE, or
// SHEET!CELL=VALUE, with \n for a line break; a value that begins with = is a
// formula.
func fill() {
	if err := fillIn(os.Args[1], os.Args[2], os.Args[3]); err != nil {
		fmt.Fprintln(os.Stderr, "fill:", err)
		os.Exit(1)
	}
}

func fillIn(in, out, list string) error {
	data, err := os.ReadFile(in)
	if err != nil {
		return err
	}
	b, err := answerstest.Open(data)
	if err != nil {
		return err
	}
	defer b.Close()
	lines, err := os.ReadFile(list)
	if err != nil {
		return err
	}
	for _, line := range strings.Split(strings.TrimSpace(string(lines)), "\n") {
		where, value, ok := strings.Cut(line, "=")
		if !ok {
			return fmt.Errorf("no value in %q", line)
		}
		value = strings.ReplaceAll(value, `\n`, "\n")
		sheet, cell, other := strings.Cut(where, "!")
		if !other {
			id, key, _ := strings.Cut(where, " ")
			if b.Rows[id] == 0 || b.Columns[key] == "" {
				return fmt.Errorf("there is no cell %q", where)
			}
			sheet, cell = b.Sheet, b.Cell(key, id)
			for s, word := range b.Words {
				if key == "status" && value == string(s) {
					value = word
				}
			}
		}
		if day, err := time.Parse(time.DateOnly, value); err == nil {
			err = b.SetCellValue(sheet, cell, day)
			if err != nil {
				return err
			}
			continue
		}
		if formula, ok := strings.CutPrefix(value, "="); ok {
			err = b.SetCellFormula(sheet, cell, formula)
		} else {
			err = b.SetCellValue(sheet, cell, value)
		}
		if err != nil {
			return err
		}
	}
	if data, err = b.Bytes(); err != nil {
		return err
	}
	return os.WriteFile(out, data, 0o666)
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
