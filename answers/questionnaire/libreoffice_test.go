package questionnaire_test

import (
	"bytes"
	"context"
	"encoding/xml"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"riskguide/answers"
	"riskguide/answers/answerstest"
	"riskguide/answers/questionnaire"
	"riskguide/catalog"
	"riskguide/render/pack"
	"riskguide/render/rendertest"
)

// basic is a macro of LibreOffice that opens a questionnaire, types into cells as
// a person does, and saves it. Dates and formulas are entered as such.
const basic = `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE script:module PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "module.dtd">
<script:module xmlns:script="http://openoffice.org/2000/script" script:name="Module1" script:language="StarBasic" script:moduleType="normal">
%s
</script:module>`

// basicString writes a text as an expression of Basic.
func basicString(s string) string {
	var parts []string
	for i, line := range strings.Split(s, "\n") {
		if i > 0 {
			parts = append(parts, "Chr(10)")
		}
		parts = append(parts, `"`+strings.ReplaceAll(line, `"`, `""`)+`"`)
	}
	return strings.Join(parts, " & ")
}

// office is LibreOffice with a profile of its own.
type office struct{ program, dir string }

func newOffice(t *testing.T) *office {
	t.Helper()
	o := &office{rendertest.Tool(t, "soffice", "libreoffice"), t.TempDir()}
	// The first start makes the profile, with an empty macro where ours goes.
	if msg, err := o.start("--terminate_after_init"); err != nil {
		t.Fatalf("%v\n%s", err, msg)
	}
	return o
}

func (o *office) start(args ...string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Minute)
	defer cancel()
	args = append([]string{"-env:UserInstallation=file://" + filepath.Join(o.dir, "profile"), "--headless", "--norestore"}, args...)
	return exec.CommandContext(ctx, o.program, args...).CombinedOutput()
}

// saving is a form in which a workbook is saved.
type saving struct{ ext, filter string }

var asExcel = saving{ext: "xlsx", filter: "Calc MS Excel 2007 XML"}

// save runs commands of Basic on a workbook and saves it in each of the forms.
func (o *office) save(t *testing.T, data []byte, commands []string, forms ...saving) [][]byte {
	t.Helper()
	in := filepath.Join(o.dir, "in.xlsx")
	if err := os.WriteFile(in, data, 0o666); err != nil {
		t.Fatal(err)
	}
	code := []string{"Sub Fill", "Dim none()", "Dim how(0) As New com.sun.star.beans.PropertyValue",
		"doc = StarDesktop.loadComponentFromURL(ConvertToURL(" + basicString(in) + `), "_blank", 0, none())`}
	code = append(code, commands...)
	var names []string
	for i, f := range forms {
		name := filepath.Join(o.dir, fmt.Sprintf("out%d.%s", i, f.ext))
		if err := os.RemoveAll(name); err != nil {
			t.Fatal(err)
		}
		names = append(names, name)
		code = append(code, `how(0).Name = "FilterName"`, "how(0).Value = "+basicString(f.filter))
		code = append(code, "doc.storeToURL(ConvertToURL("+basicString(name)+"), how())")
	}
	code = append(code, "doc.close(True)", "StarDesktop.terminate()", "End Sub", "")
	var escaped strings.Builder
	if err := xml.EscapeText(&escaped, []byte(strings.Join(code, "\n"))); err != nil {
		t.Fatal(err)
	}
	lib := filepath.Join(o.dir, "profile", "user", "basic", "Standard")
	if err := os.MkdirAll(lib, 0o777); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"Module1.xba": fmt.Sprintf(basic, escaped.String()),
		"script.xlb": `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE library:library PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "library.dtd">
<library:library xmlns:library="http://openoffice.org/2000/library" library:name="Standard" library:readonly="false" library:passwordprotected="false">
 <library:element library:name="Module1"/>
</library:library>`,
	} {
		if err := os.WriteFile(filepath.Join(lib, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	msg, err := o.start("macro:///Standard.Module1.Fill")
	var out [][]byte
	for _, name := range names {
		saved, rerr := os.ReadFile(name)
		if rerr != nil {
			t.Fatalf("LibreOffice saved nothing: %v, %v\n%s", err, rerr, msg)
		}
		out = append(out, saved)
	}
	return out
}

// TestLibreOffice: a questionnaire that is filled in with LibreOffice's own scripting,
// with its columns hidden and moved, rows sorted and sheets renamed, and saved by
// it.
func TestLibreOffice(t *testing.T) {
	o := newOffice(t)
	s := sampleOf(t)
	b, err := answerstest.Open(s.blank)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	cell := func(key, id string) string { return `sheet.getCellRangeByName("` + b.Cell(key, id) + `")` }
	commands := []string{"sheet = doc.Sheets.getByName(" + basicString(b.Sheet) + ")", `sheet.unprotect("")`}
	want := usual()
	for i := range want {
		a := &want[i]
		if a.Explanation != "" {
			a.Explanation += " \"引用\" <&> 😀"
		}
		for key, text := range map[string]string{pack.ColumnStatus: b.Words[a.Status], pack.ColumnExplanation: a.Explanation,
			pack.ColumnEvidence: a.Evidence, pack.ColumnOwner: a.Owner} {
			if text != "" {
				commands = append(commands, cell(key, a.Requirement)+".String = "+basicString(text))
			}
		}
		if !a.Planned.IsZero() { // as typed
			commands = append(commands, cell(pack.ColumnPlanned, a.Requirement)+`.FormulaLocal = "2027-01-31"`)
		}
	}
	commands = append(commands,
		`sheet.Columns.getByName("C").IsVisible = False`,
		`sheet.Rows.getByIndex(5).IsVisible = False`,
		`sheet.Columns.insertByIndex(0, 1)`,
		`sheet.Rows.insertByIndex(0, 2)`,
		`sheet.Name = "Antworten"`,
		`doc.Sheets.insertNewByName("補足", 0)`,
		`doc.Sheets.getByName("補足").getCellRangeByName("B2").String = "構成図は別紙"`)
	t.Run("xlsx", func(t *testing.T) {
		res := s.read(t, o.save(t, s.blank, commands, asExcel)[0])
		if got := only(res.Set.Answers); !reflect.DeepEqual(got, only(want)) {
			t.Errorf("read %+v", got)
		}
		if res.Match != questionnaire.Same || !strings.Contains(problems(res), `acme.xlsx!補足!B2: warning: on a sheet that was added: "構成図は別紙" is not read`) {
			t.Errorf("match %s", res.Match)
		}
		for _, p := range res.Problems {
			if p.Level == catalog.LevelError || p.Pos.Sheet != "補足" {
				t.Errorf("%v", p.Problem)
			}
		}
	})
	t.Run("faults", func(t *testing.T) {
		cell := func(key, id string) string { return `sheet.getCellRangeByName("` + b.Cell(key, id) + `")` }
		res := s.read(t, o.save(t, s.blank, []string{
			"sheet = doc.Sheets.getByName(" + basicString(b.Sheet) + ")", `sheet.unprotect("")`,
			cell(pack.ColumnStatus, "2.1.1.1") + `.String = "〇"`,
			cell(pack.ColumnStatus, "2.1.1.2") + `.Formula = "=1+1"`,
			cell(pack.ColumnStatement, "2.1.1.10") + `.String = "別の拠点での復旧を48時間以内に終える"`,
			cell(pack.ColumnStatus, "8.6.1.1") + `.String = ` + basicString(b.Words[answers.Planned]),
			cell(pack.ColumnPlanned, "8.6.1.1") + `.String = "令和９年１月３１日"`,
			`sheet.Rows.removeByIndex(` + fmt.Sprint(b.Rows["8.6.1.2"]-1) + `, 1)`,
		}, asExcel)[0])
		for _, want := range []string{
			`H4: 2.1.1.1: the status "〇" is none of the list (did you mean "実施済み / Implemented"?) [status]`,
			`H5: 2.1.1.2: the status is a formula, "=1+1"; it is not evaluated (the workbook shows "2")`,
			`D6: 2.1.1.10: the requirement was altered: `,
			`L7: warning: 8.6.1.1: the date "令和９年１月３１日" is taken as 2027-01-31 [date]`,
			`the row of 8.6.1.2 was deleted`,
		} {
			if !strings.Contains(problems(res), want) {
				t.Errorf("%q is missing in\n%s", want, problems(res))
			}
		}
	})
	t.Run("other formats", func(t *testing.T) {
		saved := o.save(t, s.blank, nil, saving{ext: "ods", filter: "calc8"}, saving{ext: "xls", filter: "MS Excel 97"})
		for i, want := range []string{"is an OpenDocument file (.ods)", "is of the old Excel format (.xls)"} {
			_, err := questionnaire.Read(newContext(), bytes.NewReader(saved[i]), int64(len(saved[i])), s.options())
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%v, want %q", err, want)
			}
		}
	})
}
