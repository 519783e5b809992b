package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/xuri/excelize/v2"

	"riskguide/answers"
	"riskguide/answers/answerstest"
)

var update = flag.Bool("update", false, "rewrite the expected outputs in the scripts")

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"riskguide": main, "fill": program("fill", 3, fillIn),
		"cells": program("cells", 2, showCells), "officefill": program("officefill", 3, officeFill),
		"fillcells": program("fillcells", 3, fillCells), "officecells": program("officecells", 3, officeCells)})
}

// cell is something to be written into a cell.
type cell struct {
	sheet, name string
	value       string
	typed       bool // a day or, with a = in front, a formula
}

// readCells reads answers for a questionnaire. A line of the file is ID
// COLUMN=VALUE, or SHEET!CELL=VALUE, with \n for a line break; a value that begins
// with = is a formula. A status may be told by its id.
func readCells(book, list string) ([]cell, error) {
	data, err := os.ReadFile(book)
	if err != nil {
		return nil, err
	}
	b, err := answerstest.Open(data)
	if err != nil {
		return nil, err
	}
	defer b.Close()
	lines, err := os.ReadFile(list)
	if err != nil {
		return nil, err
	}
	var out []cell
	for _, line := range strings.Split(strings.TrimSpace(string(lines)), "\n") {
		where, value, ok := strings.Cut(line, "=")
		if !ok {
			return nil, fmt.Errorf("no value in %q", line)
		}
		c := cell{value: strings.ReplaceAll(value, `\n`, "\n")}
		if c.sheet, c.name, ok = strings.Cut(where, "!"); !ok {
			id, key, _ := strings.Cut(where, " ")
			if b.Rows[id] == 0 || b.Columns[key] == "" {
				return nil, fmt.Errorf("there is no cell %q", where)
			}
			c.sheet, c.name = b.Sheet, b.Cell(key, id)
			if word := b.Words[answers.Status(value)]; key == "status" && word != "" {
				c.value = word
			}
		}
		_, err := time.Parse(time.DateOnly, value)
		c.typed = err == nil || strings.HasPrefix(value, "=")
		out = append(out, c)
	}
	return out, nil
}

// fillIn writes answers into a questionnaire with excelize: fill IN.xlsx OUT.xlsx
// ANSWERS.txt; see [readCells].
func fillIn(args []string) error {
	cells, err := readCells(args[0], args[2])
	if err != nil {
		return err
	}
	f, err := excelize.OpenFile(args[0])
	if err != nil {
		return err
	}
	defer f.Close()
	for _, c := range cells {
		formula, isFormula := strings.CutPrefix(c.value, "=")
		day, notDay := time.Parse(time.DateOnly, c.value)
		switch {
		case c.typed && isFormula:
			err = f.SetCellFormula(c.sheet, c.name, formula)
		case notDay == nil:
			err = f.SetCellValue(c.sheet, c.name, day)
		default:
			err = f.SetCellValue(c.sheet, c.name, c.value)
		}
		if err != nil {
			return err
		}
	}
	return f.SaveAs(args[1])
}

// page gets a page that is there; a server that builds its first one has none yet.
func page(address string) ([]byte, error) {
	r, err := http.Get(address)
	if err != nil {
		return nil, err
	}
	defer r.Body.Close()
	if r.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s: %s", address, r.Status)
	}
	return io.ReadAll(r.Body)
}

// TestScripts runs the command lines of testdata/script against a copy of the
// small guide in ./content and of the small published text in ./small.txt.
func TestScripts(t *testing.T) {
	p := scriptParams(t)
	p.Dir = "testdata/script"
	testscript.Run(t, p)
}

// scriptParams is what scripts of all folders share.
func scriptParams(t *testing.T) testscript.Params {
	t.Helper()
	small, err := filepath.Abs("../../catalog/testdata/small")
	if err != nil {
		t.Fatal(err)
	}
	return testscript.Params{
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
			// replace FILE OLD NEW replaces a text that stands in a file once; \n is a
			// line break.
			"replace": func(ts *testscript.TestScript, neg bool, args []string) {
				if len(args) != 3 {
					ts.Fatalf("usage: replace FILE OLD NEW")
				}
				lines := strings.NewReplacer(`\n`, "\n")
				text, old := ts.ReadFile(args[0]), lines.Replace(args[1])
				if n := strings.Count(text, old); n != 1 {
					ts.Fatalf("%q stands %d times in %s", old, n, args[0])
				}
				text = strings.Replace(text, old, lines.Replace(args[2]), 1)
				ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(text), 0o666))
			},
			// freeport NAME gives the variable NAME the number of a port that nobody
			// listens on.
			"freeport": func(ts *testscript.TestScript, neg bool, args []string) {
				l, err := net.Listen("tcp", "localhost:0")
				ts.Check(err)
				ts.Setenv(args[0], strconv.Itoa(l.Addr().(*net.TCPAddr).Port))
				ts.Check(l.Close())
			},
			// get ADDRESS FILE saves a page, and waits for its server to begin.
			"get": func(ts *testscript.TestScript, neg bool, args []string) {
				var last error
				for range 300 {
					var data []byte
					if data, last = page(args[0]); last == nil {
						ts.Check(os.WriteFile(ts.MkAbs(args[1]), data, 0o666))
						return
					}
					time.Sleep(100 * time.Millisecond)
				}
				ts.Fatalf("%v", last)
			},
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
	}
}
