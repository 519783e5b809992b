package workbook_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"riskguide/catalog/workbook"
)

// smallBook is the workbook of the small guide, exported once.
var smallBook []byte

func smallExport(t testing.TB) *book {
	t.Helper()
	if smallBook == nil {
		smallBook = export(t, small()).bytes()
	}
	return open(t, smallBook)
}

// replace changes a file of a content, as another editor would.
func replace(t *testing.T, fsys map[string][]byte, name, old, new string) {
	t.Helper()
	if !bytes.Contains(fsys[name], []byte(old)) {
		t.Fatalf("%s has no %q", name, old)
	}
	fsys[name] = bytes.Replace(fsys[name], []byte(old), []byte(new), 1)
}

// TestConflicts: the content changed since the export.
func TestConflicts(t *testing.T) {
	const h01, m02 = "risks/H01.yaml", "risks/M02.yaml"
	for _, tt := range []struct {
		name    string
		content [][3]string // file, old, new
		edit    func(b *book)
		// want are the conflicts; has and lacks are in the files that come out.
		want       []string
		has, lacks map[string]string
	}{
		{"different cells are merged", [][3]string{{h01, "Make devices redundant", "Make all devices redundant"}, {m02, "\nmeasures:", "\n# a comment\nmeasures:"}},
			func(b *book) {
				b.set(workbook.Measures, "H01-01", "text.ja", "装置をすべて冗長にする")
				b.set(workbook.Measures, "M02-03", "text.en", "Mend it")
			}, nil, map[string]string{h01: "{ja: 装置をすべて冗長にする, en: Make all devices redundant}", m02: "# a comment\n"}, nil},
		{"the same change", [][3]string{{h01, "Make devices redundant", "Make all devices redundant"}},
			func(b *book) { b.set(workbook.Measures, "H01-01", "text.en", "Make all devices redundant ") }, nil, nil, nil},
		{"one cell", [][3]string{{h01, "Make devices redundant", "Make all devices redundant"}},
			func(b *book) { b.set(workbook.Measures, "H01-01", "text.en", "Double the devices") },
			[]string{`edit.xlsx!対策!I5 text (en) of H01-01 "Make devices redundant" "Double the devices" "Make all devices redundant"  risks/H01.yaml:21:5`}, nil, nil},
		{"all are told together", [][3]string{{h01, "Make devices redundant", "Make all devices redundant"}, {h01, "controls: [2.1.1.1, 2.1.1.2]", "controls: [2.1.1.1]"}},
			func(b *book) {
				b.set(workbook.Measures, "H01-01", "text.en", "Double the devices")
				b.set(workbook.Measures, "H01-01", "controls", "2.1.1.2")
			}, []string{`edit.xlsx!対策!I5 text (en) of H01-01 "Make devices redundant" "Double the devices" "Make all devices redundant"  risks/H01.yaml:21:5`,
				`edit.xlsx!対策!J5 controls of H01-01 "2.1.1.1, 2.1.1.2" "2.1.1.2" "2.1.1.1"  risks/H01.yaml:21:5`}, nil, nil},
		{"removed here, changed there", [][3]string{{h01, "Protect buildings against disasters", "Protect all buildings"}},
			func(b *book) { b.set(workbook.Measures, "H01-03", "remove", "remove") },
			[]string{`edit.xlsx!対策!O7 text (en) of H01-03 "Protect buildings against disasters" "" "Protect all buildings" the workbook removes it risks/H01.yaml:34:5`}, nil, nil},
		{"removed there, changed here", [][3]string{
			{h01, "  - id: H01-04\n    wording_of: H01-01\n    controls: [2.1.1.1]\n    residuals: [H01-R1]\n", ""},
			{h01, "  - layer: service-management\n    objective: H01-O1\n    threats: [H01-T2]\n    vulnerabilities: [V6]\n    measure: H01-04\n", ""},
			{h01, "not_applicable: [resource]", "not_applicable: [resource, service-management]"}},
			func(b *book) { b.set(workbook.Measures, "H01-04", "controls", "2.1.1.2") },
			[]string{`edit.xlsx!対策!J8 controls of H01-04 "2.1.1.1" "2.1.1.2" "" the content no longer has it `}, nil, nil},
		{"a row more there, another layer here", [][3]string{
			{h01, "    measure: H01-04\n", "    measure: H01-04\n  - layer: service-management\n    objective: H01-O1\n    measure: H01-04\n"}},
			func(b *book) { b.set(workbook.Measures, "H01-04", "layer", "physical") },
			[]string{`edit.xlsx!対策!D8 layer of H01-04 "service-management" "physical" "service-management\nservice-management" the number of rows changed`}, nil, nil},
		{"a row more there, another text here", [][3]string{
			{h01, "    measure: H01-04\n", "    measure: H01-04\n  - layer: service-management\n    objective: H01-O1\n    measure: H01-04\n"}},
			func(b *book) { b.set(workbook.Measures, "H01-04", "residuals", "H01-R2") }, nil, map[string]string{h01: "residuals: [H01-R2]"}, nil},
		{"shared there, edited here", [][3]string{{h01, "    text: {ja: 離れた地域に拠点を置く, en: Run sites in distant regions}\n", "    wording_of: H01-01\n"}},
			func(b *book) { b.set(workbook.Measures, "H01-02", "text.en", "Distant sites") },
			[]string{`edit.xlsx!対策!I6 text (en) of H01-02 "Run sites in distant regions" "Distant sites" "Make devices redundant" the content shares it`}, nil, nil},
		{"a measure more there", [][3]string{
			{h01, "\nrows:", "\n  - id: H01-05\n    text: {ja: 五, en: Five}\n    controls: [2.1.1.2]\n    residuals: [H01-R1]\nrows:"},
			{h01, "    measure: H01-04\n", "    measure: H01-04\n  - layer: service-management\n    measure: H01-05\n"}},
			func(b *book) {
				b.add(workbook.Measures, "risk", "H01", "layer", "サービス管理系", "text.ja", "六", "controls", "2.1.1.2", "residuals", "H01-R1")
			}, nil, map[string]string{h01: "  - id: H01-06\n    text: 六\n"}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			content := map[string][]byte{}
			for name, f := range files(t, small()) {
				content[name] = f.Data
			}
			for _, c := range tt.content {
				replace(t, content, c[0], c[1], c[2])
			}
			fsys := files(t, small())
			for name, data := range content {
				fsys[name].Data = data
			}
			b := smallExport(t)
			tt.edit(b)
			res := importInto(t, b.bytes(), fsys, workbook.Options{})
			if res.Problems.HasErrors() {
				t.Fatal(res.Problems)
			}
			var got []string
			for _, c := range res.Conflicts {
				got = append(got, fmt.Sprintf("%s %s %q %q %q %s %s", c.Pos.Place(), c.What, c.Exported, c.Workbook, c.Content, c.Gone, c.ContentPos.Place()))
			}
			if len(got) != len(tt.want) {
				t.Fatalf("conflicts\n%s", strings.Join(got, "\n"))
			}
			for i := range got {
				if !strings.Contains(got[i], tt.want[i]) {
					t.Errorf("conflict\n%s\nwant\n%s", got[i], tt.want[i])
				}
			}
			if len(tt.want) > 0 {
				if res.Files != nil {
					t.Error("files come out in spite of conflicts")
				}
				// The rest can be had without the rows.
				b.set(workbook.Vulnerabilities, "V5", "label.en", "Weak hypervisor")
				res = importInto(t, b.bytes(), fsys, workbook.Options{SkipConflicts: true})
				if len(res.Files) != 1 || !bytes.Contains(res.Files["vulnerabilities.yaml"], []byte("Weak hypervisor")) || len(res.Conflicts) != len(tt.want) {
					t.Errorf("skipped: files %v, problems %v", len(res.Files), res.Problems)
				}
				return
			}
			for name, s := range tt.has {
				if !strings.Contains(string(res.Files[name]), s) {
					t.Errorf("%s has no %q:\n%s", name, s, res.Files[name])
				}
			}
			if tt.has == nil && len(res.Files) > 0 {
				t.Error("files come out where nothing changes")
			}
		})
	}
}

// TestOtherPrograms: what programs and people do to a workbook that changes
// nothing in it.
func TestOtherPrograms(t *testing.T) {
	fsys := files(t, small())
	// Rows are known by their keys and columns by theirs, wherever they stand.
	shuffle := func(b *book, id workbook.TableID, rows func(rows [][]string) [][]string) {
		name := b.sheets[id]
		all, err := b.f.GetRows(name)
		if err != nil {
			t.Fatal(err)
		}
		width := 0
		for _, r := range all {
			width = max(width, len(r))
		}
		for i := range all {
			for len(all[i]) < width {
				all[i] = append(all[i], "")
			}
		}
		if err := b.f.DeleteSheet(name); err != nil {
			t.Fatal(err)
		}
		if _, err := b.f.NewSheet(name); err != nil {
			t.Fatal(err)
		}
		for i, r := range rows(all) {
			for j, s := range r {
				cell, _ := excelize.CoordinatesToCellName(j+1, i+1)
				if s != "" {
					if err := b.f.SetCellStr(name, cell, s); err != nil {
						t.Fatal(err)
					}
				}
			}
		}
	}
	for _, tt := range []struct {
		name string
		do   func(b *book)
		want string
	}{
		{"rows in another order", func(b *book) {
			for _, id := range []workbook.TableID{workbook.Measures, workbook.Controls, workbook.Citations} {
				shuffle(b, id, func(rows [][]string) [][]string { slices.Reverse(rows[4:]); return rows })
			}
		}, ""},
		{"columns in another order", func(b *book) {
			shuffle(b, workbook.Measures, func(rows [][]string) [][]string {
				for _, r := range rows {
					slices.Reverse(r)
				}
				return rows
			})
		}, ""},
		{"a column of one's own", func(b *book) {
			shuffle(b, workbook.Measures, func(rows [][]string) [][]string {
				for i := range rows {
					rows[i] = slices.Insert(rows[i], 3, "my note")
				}
				return rows
			})
		}, ""},
		{"the row of keys is lost", func(b *book) {
			shuffle(b, workbook.Measures, func(rows [][]string) [][]string { return slices.Delete(rows, 2, 3) })
		}, ""},
		{"the keys are lost, the ids are not", func(b *book) {
			shuffle(b, workbook.Controls, func(rows [][]string) [][]string {
				for i := range rows[4:] {
					rows[4+i][0] = ""
				}
				return rows
			})
		}, ""},
		{"a column is lost", func(b *book) {
			shuffle(b, workbook.Measures, func(rows [][]string) [][]string {
				for i := range rows {
					rows[i] = slices.Delete(rows[i], 8, 9)
				}
				return rows
			})
		}, `edit.xlsx!対策!4: the column "文(英語)" is missing`},
		{"a sheet is lost", func(b *book) {
			if err := b.f.DeleteSheet("対策"); err != nil {
				t.Fatal(err)
			}
		}, `edit.xlsx: the sheet "対策" is missing`},
		{"the hidden sheet is lost", func(b *book) {
			if err := b.f.DeleteSheet(workbook.DataSheet); err != nil {
				t.Fatal(err)
			}
		}, "this is not a workbook for editing"},
		{"a row is copied", func(b *book) {
			shuffle(b, workbook.Controls, func(rows [][]string) [][]string { return append(rows, rows[5]) })
		}, "stands in rows 6, "},
		{"rows are cut out", func(b *book) {
			shuffle(b, workbook.Risks, func(rows [][]string) [][]string { return slices.Delete(rows, 4, 5) })
		}, "edit.xlsx!リスク: the rows of H01 are missing; they cannot be removed in a workbook"},
		{"line ends and space at the ends", func(b *book) {
			b.set(workbook.Risks, "M02", "description.ja", strings.ReplaceAll(b.get(workbook.Risks, "M02", "description.ja"), "\n", "\r\n")+" \n")
			b.set(workbook.Measures, "H01-01", "layer", "機能層\n物理層\n")
			b.set(workbook.Measures, "H01-01", "threats", "Ｈ０１－Ｔ１； h01-t2")
		}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := smallExport(t)
			tt.do(b)
			res := importInto(t, b.bytes(), fsys, workbook.Options{})
			if tt.want == "" {
				unchanged(t, res)
			} else if !res.Problems.HasErrors() || !strings.Contains(res.Problems.Error(), tt.want) {
				t.Errorf("got %v, want %s", res.Problems, tt.want)
			}
		})
	}
	t.Run("a copy without its id is new", func(t *testing.T) {
		b := smallExport(t)
		shuffle(b, workbook.Threats, func(rows [][]string) [][]string {
			row := slices.Clone(rows[4])
			row[1], row[3], row[4] = "", "別の脅威", ""
			return append(rows, row)
		})
		res := importInto(t, b.bytes(), fsys, workbook.Options{})
		if res.Problems.HasErrors() || !strings.Contains(string(res.Files["risks/H01.yaml"]), "  - id: H01-T4\n    text: 別の脅威\n") {
			t.Errorf("problems %v\n%s", res.Problems, res.Files["risks/H01.yaml"])
		}
	})
	t.Run("another guide", func(t *testing.T) {
		res := importInto(t, smallExport(t).bytes(), os.DirFS(filepath.Join("..", "testdata", "standard")), workbook.Options{})
		if !res.Problems.HasErrors() || !strings.Contains(res.Problems.Error(), `the workbook was exported from the guide "small-guide"`) {
			t.Error(res.Problems)
		}
	})
	t.Run("a content with errors", func(t *testing.T) {
		broken := files(t, small())
		broken["risks/H01.yaml"].Data = bytes.Replace(broken["risks/H01.yaml"].Data, []byte("H01-O1\n    threats"), []byte("H01-O9\n    threats"), 1)
		b := smallExport(t)
		b.set(workbook.Vulnerabilities, "V5", "label.en", "Weak hypervisor")
		res := importInto(t, b.bytes(), broken, workbook.Options{Prefix: "content"})
		if res.Files != nil || !strings.Contains(res.Problems.Error(), `content/risks/H01.yaml:44:16: objective "H01-O9"`) {
			t.Error(res.Problems)
		}
	})
}

// TestWrite puts files in place, all or none.
func TestWrite(t *testing.T) {
	dir := t.TempDir()
	put := func(name, s string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(s), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	get := func(name string) string {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			return err.Error()
		}
		return string(data)
	}
	put("a.yaml", "a: 1\n")
	put("b.yaml", "b: 1\n")
	res := &workbook.Result{
		Files: map[string][]byte{"a.yaml": []byte("a: 2\n"), "b.yaml": []byte("b: 2\n"), "c.yaml": []byte("c: 2\n")},
		Read:  map[string][]byte{"a.yaml": []byte("a: 1\n"), "b.yaml": []byte("b: 0\n")},
	}
	if err := res.Write(dir); err == nil || !strings.Contains(err.Error(), "b.yaml was changed meanwhile; nothing was written") {
		t.Error(err)
	}
	left, _ := filepath.Glob(filepath.Join(dir, "*"))
	hidden, _ := filepath.Glob(filepath.Join(dir, ".*"))
	if get("a.yaml") != "a: 1\n" || len(left)+len(hidden) != 2 {
		t.Errorf("%s, left %v %v", get("a.yaml"), left, hidden)
	}
	put("b.yaml", "b: 0\n")
	if err := res.Write(dir); err != nil {
		t.Fatal(err)
	}
	if get("a.yaml")+get("b.yaml")+get("c.yaml") != "a: 2\nb: 2\nc: 2\n" {
		t.Error(get("a.yaml"), get("b.yaml"), get("c.yaml"))
	}
	if st, err := os.Stat(filepath.Join(dir, "a.yaml")); err != nil || st.Mode().Perm() != 0o600 {
		t.Errorf("the mode became %v, %v", st.Mode(), err)
	}
	// Where the last cannot be put in place, those before it come back.
	res = &workbook.Result{
		Files: map[string][]byte{"a.yaml": []byte("a: 3\n"), "z.yaml": []byte("z: 3\n")},
		Read:  map[string][]byte{"a.yaml": []byte("a: 2\n")},
	}
	if err := os.Mkdir(filepath.Join(dir, "z.yaml"), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := res.Write(dir); err == nil || get("a.yaml") != "a: 2\n" {
		t.Errorf("%v, a is %s", err, get("a.yaml"))
	}
	if hidden, _ := filepath.Glob(filepath.Join(dir, ".*")); len(hidden) > 0 {
		t.Errorf("left behind: %v", hidden)
	}
}
