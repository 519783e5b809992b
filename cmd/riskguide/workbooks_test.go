package main

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/xuri/excelize/v2"

	"riskguide/render/rendertest"
)

// These are programs for the scripts, beside fill: cells shows what stands in a
// workbook, officefill fills one in with LibreOffice.

// program makes a program of a function of its arguments.
func program(name string, args int, run func(args []string) error) func() {
	return func() {
		err := errors.New("wrong number of arguments")
		if len(os.Args) == args+1 {
			err = run(os.Args[1:])
		}
		if err != nil {
			fmt.Fprintf(os.Stderr, "%s: %v\n", name, err)
			os.Exit(1)
		}
	}
}

// showCells prints the cells of a sheet: cells BOOK.xlsx SHEET. A line a row: its
// number, a minus where the row is hidden, and the cells between bars; line breaks
// are ⏎. Without such a sheet it prints the names of all.
func showCells(args []string) error {
	f, err := excelize.OpenFile(args[0])
	if err != nil {
		return err
	}
	defer f.Close()
	sheet := args[1]
	if i, err := f.GetSheetIndex(sheet); err != nil || i < 0 {
		return fmt.Errorf("there is no sheet %q, but %q", sheet, f.GetSheetList())
	}
	rows, err := f.GetRows(sheet)
	if err != nil {
		return err
	}
	for i, row := range rows {
		visible, err := f.GetRowVisible(sheet, i+1)
		if err != nil {
			return err
		}
		mark := " "
		if !visible {
			mark = "-"
		}
		fmt.Printf("%d%s|%s|\n", i+1, mark, strings.ReplaceAll(strings.Join(row, "|"), "\n", "⏎"))
	}
	return nil
}

// officeFill fills in a questionnaire like fill, but LibreOffice opens it, types
// the answers and saves it: officefill IN.xlsx OUT.xlsx ANSWERS.txt. The folder
// $OFFICE_PROFILE keeps LibreOffice's own files for the next time.
func officeFill(args []string) error {
	cells, err := readCells(args[0], args[2])
	if err != nil {
		return err
	}
	return officeType(args[0], args[1], cells)
}

// officeType opens a workbook with LibreOffice, types into cells and saves it as
// another one.
func officeType(in, out string, cells []cell) error {
	in, err := filepath.Abs(in)
	if err != nil {
		return err
	}
	if out, err = filepath.Abs(out); err != nil {
		return err
	}
	profile, err := filepath.Abs(os.Getenv("OFFICE_PROFILE"))
	if err != nil {
		return err
	}
	if err := writeMacro(profile, macro(in, out, cells)); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "soffice", "-env:UserInstallation="+fileURL(profile), "--headless", "--norestore",
		"--nologo", "--nodefault", "macro:///Standard.Circle.Main")
	said, err := cmd.CombinedOutput()
	if err != nil {
		return fmt.Errorf("soffice: %w\n%s", err, said)
	}
	if _, err := os.Stat(out); err != nil {
		return fmt.Errorf("soffice saved nothing: %s", said)
	}
	return nil
}

func fileURL(path string) string {
	return (&url.URL{Scheme: "file", Path: filepath.ToSlash(path)}).String()
}

// basic writes a text as an expression of LibreOffice's Basic, whose literals end
// with their line.
func basic(s string) string {
	lines := strings.Split(strings.ReplaceAll(s, `"`, `""`), "\n")
	return `"` + strings.Join(lines, `" & Chr(10) & "`) + `"`
}

// macro is a program in Basic that opens a workbook, types into cells and saves it.
func macro(in, out string, cells []cell) string {
	var b strings.Builder
	b.WriteString("Sub Main\nDim how(0) As New com.sun.star.beans.PropertyValue\nhow(0).Name = \"Hidden\"\nhow(0).Value = True\n")
	fmt.Fprintf(&b, "book = StarDesktop.loadComponentFromURL(%s, \"_blank\", 0, how())\n", basic(fileURL(in)))
	for _, c := range cells {
		property := "String"
		if c.typed {
			property = "FormulaLocal" // as if it were typed: a day, a formula
		}
		fmt.Fprintf(&b, "book.Sheets.getByName(%s).getCellRangeByName(%s).%s = %s\n", basic(c.sheet), basic(c.name), property, basic(c.value))
	}
	b.WriteString("how(0).Name = \"FilterName\"\nhow(0).Value = \"Calc MS Excel 2007 XML\"\n")
	fmt.Fprintf(&b, "book.storeToURL(%s, how())\nbook.close(True)\nStarDesktop.terminate()\nEnd Sub\n", basic(fileURL(out)))
	return b.String()
}

// writeMacro puts a program into a profile of LibreOffice, under the name
// Standard.Circle. A new profile is said to be complete, or LibreOffice would
// replace the program by an empty one at its first start.
func writeMacro(profile, source string) error {
	const (
		head    = `<?xml version="1.0" encoding="UTF-8"?>` + "\n"
		library = ` xmlns:library="http://openoffice.org/2000/library" library:name="Standard"`
	)
	var text bytes.Buffer
	if err := xml.EscapeText(&text, []byte(source)); err != nil {
		return err
	}
	user := filepath.Join(profile, "user")
	standard := filepath.Join(user, "basic", "Standard")
	if err := os.MkdirAll(standard, 0o777); err != nil {
		return err
	}
	settings := filepath.Join(user, "registrymodifications.xcu")
	files := map[string]string{
		filepath.Join(user, "basic", "script.xlc"): head + `<!DOCTYPE library:libraries PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "libraries.dtd">
<library:libraries xmlns:library="http://openoffice.org/2000/library"><library:library library:name="Standard" library:link="false"/></library:libraries>
`,
		filepath.Join(standard, "script.xlb"): head + `<!DOCTYPE library:library PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "library.dtd">
<library:library` + library + ` library:readonly="false" library:passwordprotected="false"><library:element library:name="Circle"/></library:library>
`,
		filepath.Join(standard, "Circle.xba"): head + `<!DOCTYPE script:module PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "module.dtd">
<script:module xmlns:script="http://openoffice.org/2000/script" script:name="Circle" script:language="StarBasic">` + text.String() + `</script:module>
`,
	}
	if _, err := os.Stat(settings); errors.Is(err, os.ErrNotExist) {
		files[settings] = head + `<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Setup/Office"><prop oor:name="ooSetupInstCompleted" oor:op="fuse"><value>true</value></prop></item>
</oor:items>
`
	}
	for name, data := range files {
		if err := os.WriteFile(name, []byte(data), 0o666); err != nil {
			return err
		}
	}
	return nil
}

// TestOfficeScripts runs the command lines of testdata/office, whose workbooks are
// filled in and saved by LibreOffice.
func TestOfficeScripts(t *testing.T) {
	rendertest.Tool(t, "soffice")
	p := scriptParams(t)
	p.Dir = "testdata/office"
	testscript.Run(t, p)
}
