package workbook_test

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/xuri/excelize/v2"

	"riskguide/answers/xlsx"
	"riskguide/catalog"
	"riskguide/catalog/edition"
	"riskguide/catalog/published"
	"riskguide/catalog/synthetic"
	"riskguide/catalog/workbook"
	"riskguide/render"
	"riskguide/render/rendertest"
	"riskguide/render/workbook/editing"
	"riskguide/templates"
)

func small() fs.FS { return os.DirFS(filepath.Join("..", "testdata", "small")) }

// files copies a content folder into memory.
func files(t testing.TB, fsys fs.FS) fstest.MapFS {
	t.Helper()
	out := fstest.MapFS{}
	err := fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(fsys, name)
		out[name] = &fstest.MapFile{Data: data}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func source(t testing.TB, fsys fs.FS) *catalog.Source {
	t.Helper()
	src, _ := catalog.LoadSource(t.Context(), fsys, catalog.LoadOptions{})
	if _, ps := catalog.Load(t.Context(), fsys, catalog.LoadOptions{}); ps.HasErrors() {
		t.Fatal(ps.ErrorsOnly())
	}
	return src
}

// book is a workbook under someone's hands.
type book struct {
	t      testing.TB
	f      *excelize.File
	sheets map[workbook.TableID]string
	cols   map[workbook.TableID]map[string]int
	rows   map[workbook.TableID]map[string]int
	last   map[workbook.TableID]int // of the rows with entries
}

// export makes the workbook of a content.
func export(t testing.TB, fsys fs.FS, langs ...catalog.Lang) *book {
	t.Helper()
	src := source(t, fsys)
	if len(langs) == 0 {
		langs = src.Guide.Languages
	}
	data, err := editing.Render(t.Context(), src, langs, render.Options{Lang: langs[0], Templates: templates.FS(), Date: src.Guide.Date})
	if err != nil {
		t.Fatal(err)
	}
	return open(t, data)
}

func open(t testing.TB, data []byte) *book {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	b := &book{t: t, f: f, sheets: map[workbook.TableID]string{}, cols: map[workbook.TableID]map[string]int{},
		rows: map[workbook.TableID]map[string]int{}, last: map[workbook.TableID]int{}}
	for _, name := range f.GetSheetList() {
		rows, err := f.GetRows(name)
		if err != nil {
			t.Fatal(err)
		}
		for i, row := range rows {
			if len(row) == 0 {
				continue
			}
			if k, ok := strings.CutPrefix(row[0], workbook.TablePrefix); ok {
				id := workbook.TableID(k)
				b.sheets[id], b.cols[id], b.rows[id] = name, map[string]int{}, map[string]int{}
				for j, c := range row {
					b.cols[id][c] = j + 1
				}
				b.last[id] = i + 2
				for j := i + 2; j < len(rows); j++ {
					if len(rows[j]) > 0 && rows[j][0] != "" {
						b.rows[id][rows[j][0]] = j + 1
						b.last[id] = j + 1
					}
				}
			}
		}
	}
	return b
}

func (b *book) cell(t workbook.TableID, key, col string) string {
	b.t.Helper()
	row, c := b.rows[t][key], b.cols[t][col]
	if row == 0 || c == 0 {
		b.t.Fatalf("the sheet %s has no cell %s/%s", t, key, col)
	}
	name, err := excelize.CoordinatesToCellName(c, row)
	if err != nil {
		b.t.Fatal(err)
	}
	return name
}

func (b *book) get(t workbook.TableID, key, col string) string {
	b.t.Helper()
	s, err := b.f.GetCellValue(b.sheets[t], b.cell(t, key, col))
	if err != nil {
		b.t.Fatal(err)
	}
	return s
}

func (b *book) set(t workbook.TableID, key, col, value string) {
	b.t.Helper()
	if err := b.f.SetCellStr(b.sheets[t], b.cell(t, key, col), value); err != nil {
		b.t.Fatal(err)
	}
}

// add fills in the next empty row of a sheet: name, value, ….
func (b *book) add(t workbook.TableID, pairs ...string) {
	b.t.Helper()
	b.last[t]++
	key := fmt.Sprintf("row %d", b.last[t])
	b.rows[t][key] = b.last[t]
	for i := 0; i < len(pairs); i += 2 {
		b.set(t, key, pairs[i], pairs[i+1])
	}
}

func (b *book) bytes() []byte {
	b.t.Helper()
	var out bytes.Buffer
	if err := b.f.Write(&out); err != nil {
		b.t.Fatal(err)
	}
	return out.Bytes()
}

// importInto reads a workbook and compares it with a content.
func importInto(t testing.TB, data []byte, fsys fs.FS, opts workbook.Options) *workbook.Result {
	t.Helper()
	x, err := xlsx.Read(t.Context(), bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	b, problems := workbook.Read("edit.xlsx", x)
	if len(problems) > 0 {
		return &workbook.Result{Problems: problems}
	}
	res, err := b.Import(t.Context(), fsys, opts)
	if err != nil {
		t.Fatal(err)
	}
	return res
}

func text(ja, en string) catalog.Text {
	v := map[catalog.Lang]string{}
	if ja != "" {
		v[catalog.Japanese] = ja
	}
	if en != "" {
		v[catalog.English] = en
	}
	return catalog.Text{Values: v}
}

// odd are texts that a cell, a reader of YAML or a spreadsheet program might take
// for something else.
var odd = []string{"=1+1", "'quoted'", `"double"`, "a: b # c", "- item", "_x000D_", "8.6.1", "2027-01-31", "12", "TRUE", "#REF!", "一行目\n二行目",
	"甲 乙　丙", "@x", "{x}", "[y]", "*z", "&w", "!v", "|", ">", "%", "`", "😀 𠮷", "tab\tinside", "a\n\nb", "~", "null", "&amp; <b>", "+81", "〜", "ｈ０１"}

// generate makes a random guide out of another: other wordings, missing
// translations, remarks, own wordings, several paragraphs, rows without measures.
func generate(t testing.TB, base *catalog.Source, seed uint64) *catalog.Source {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 7))
	src, err := edition.Apply(base, nil)
	if err != nil {
		t.Fatal(err)
	}
	if r.IntN(3) == 0 {
		src = synthetic.Scale(src, 2)
		src.Pages = base.Pages
	}
	n := 0
	wording := func() string {
		n++
		if r.IntN(3) == 0 {
			return fmt.Sprintf("%s %d", odd[r.IntN(len(odd))], n)
		}
		return fmt.Sprintf("文%d words", n)
	}
	some := func(x *catalog.Text) {
		switch r.IntN(6) {
		case 0:
			*x = text(wording(), "")
		case 1:
			*x = text("", wording())
		case 2:
			*x = text(wording(), wording())
		}
	}
	for _, cl := range src.Clauses {
		some(&cl.Title)
		for _, c := range cl.Controls {
			some(&c.Statement)
			c.Parameters = nil
			if r.IntN(5) == 0 {
				some(&c.Title)
			}
		}
	}
	for _, v := range src.Vulnerabilities {
		some(&v.Label)
	}
	for _, risk := range src.Risks {
		some(&risk.Name)
		for range r.IntN(3) {
			risk.Description = append(risk.Description, text(wording(), ""))
			some(&risk.Description[len(risk.Description)-1])
		}
		for _, o := range risk.Objectives {
			some(&o.Text)
		}
		for _, m := range risk.Measures {
			if m.WordingOf.ID == "" && len(m.Gaps) == 0 {
				some(&m.Text)
			}
			if r.IntN(3) == 0 {
				m.Tags = append(m.Tags, "tag-"+fmt.Sprint(r.IntN(5)))
			}
			for i := range m.Controls {
				if c := &m.Controls[i]; c.Through == "" && r.IntN(4) == 0 {
					some(&c.Variant)
					some(&c.Note)
				}
			}
		}
		for _, row := range risk.Rows {
			if r.IntN(3) == 0 {
				some(&row.Remark)
			}
			if r.IntN(6) == 0 && len(row.Vulnerabilities) > 0 {
				some(&row.Vulnerabilities[0].Note)
			}
		}
		if r.IntN(3) == 0 && len(risk.Rows) > 0 {
			last := *risk.Rows[len(risk.Rows)-1]
			last.Measure, last.Remark = catalog.Ref{}, text(wording(), "")
			risk.Rows = append(risk.Rows, &last)
		}
	}
	return src
}

// contents are those of the tests: name and folder.
func contents(t *testing.T) map[string]fs.FS {
	t.Helper()
	out := map[string]fs.FS{
		"small":    small(),
		"shipped":  os.DirFS(filepath.Join(rendertest.Root(t), "content")),
		"standard": os.DirFS(filepath.Join("..", "testdata", "standard")),
	}
	base := source(t, small())
	for seed := range uint64(12) {
		written, err := catalog.WriteFiles(generate(t, base, seed))
		if err != nil {
			t.Fatal(err)
		}
		fsys := fstest.MapFS{}
		for name, data := range written {
			fsys[name] = &fstest.MapFile{Data: data}
		}
		out[fmt.Sprintf("generated %d", seed)] = fsys
	}
	return out
}

// publishedContent is the published guide, which is not part of the project.
func publishedContent(t *testing.T) fs.FS {
	t.Helper()
	file := rendertest.Published(t)
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	res, err := published.Parse("published", data)
	if err != nil {
		t.Fatal(err)
	}
	written, err := catalog.WriteFiles(res.Source)
	if err != nil {
		t.Fatal(err)
	}
	fsys := fstest.MapFS{}
	for name, data := range written {
		fsys[name] = &fstest.MapFile{Data: data}
	}
	return fsys
}

func unchanged(t *testing.T, res *workbook.Result) {
	t.Helper()
	if len(res.Problems) > 0 || len(res.Conflicts) > 0 || len(res.Files) > 0 {
		t.Errorf("problems %v, conflicts %v, files %v", res.Problems, res.Conflicts, slices.Sorted(maps.Keys(res.Files)))
	}
}

// TestUnchanged: a workbook that was exported and comes back as it is changes
// nothing, nor does one that another program saved.
func TestUnchanged(t *testing.T) {
	for name, fsys := range contents(t) {
		t.Run(name, func(t *testing.T) {
			b := export(t, fsys)
			unchanged(t, importInto(t, b.bytes(), fsys, workbook.Options{}))
		})
	}
	t.Run("published", func(t *testing.T) {
		fsys := publishedContent(t)
		unchanged(t, importInto(t, export(t, fsys).bytes(), fsys, workbook.Options{}))
	})
	t.Run("one language", func(t *testing.T) {
		unchanged(t, importInto(t, export(t, small(), "en").bytes(), small(), workbook.Options{}))
	})
}

// lines compares two files and returns how many lines only the old and only the new
// one has.
func lines(old, new []byte) (gone, come []string) {
	a, b := strings.Split(string(old), "\n"), strings.Split(string(new), "\n")
	l := make([][]int, len(a)+1)
	for i := range l {
		l[i] = make([]int, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				l[i][j] = l[i+1][j+1] + 1
			} else {
				l[i][j] = max(l[i+1][j], l[i][j+1])
			}
		}
	}
	i, j := 0, 0
	for i < len(a) || j < len(b) {
		switch {
		case i < len(a) && j < len(b) && a[i] == b[j]:
			i, j = i+1, j+1
		case j == len(b) || i < len(a) && l[i+1][j] >= l[i][j+1]:
			gone, i = append(gone, a[i]), i+1
		default:
			come, j = append(come, b[j]), j+1
		}
	}
	return gone, come
}

// TestEdits: what each change of a workbook makes of the files, line by line.
func TestEdits(t *testing.T) {
	for _, tt := range []struct {
		name string
		edit func(b *book)
		want map[string]string // by file: lines with - and +
	}{
		{"a wording", func(b *book) { b.set(workbook.Measures, "H01-01", "text.en", "Make all devices redundant") }, map[string]string{
			"risks/H01.yaml": `
-    text: {ja: 装置を冗長にする, en: Make devices redundant}
+    text: {ja: 装置を冗長にする, en: Make all devices redundant}`}},
		{"a translation goes and comes", func(b *book) {
			b.set(workbook.Risks, "M02", "name.en", "")
			b.set(workbook.Clauses, "C.1.1", "title.en", "Distance")
		}, map[string]string{
			"risks/M02.yaml": `
-name: {ja: 隔離の失敗, en: Failing isolation}
+name: {ja: 隔離の失敗}`,
			"controls/C.1.1.yaml": `
+title:
+  en: Distance`}},
		{"a citation more", func(b *book) {
			b.set(workbook.Measures, "H01-01", "controls", "2.1.1.1, 2.1.1.2、２．１．１．１０")
		}, map[string]string{
			"risks/H01.yaml": `
-    controls: [2.1.1.1, 2.1.1.2]
+    controls: [2.1.1.1, 2.1.1.2, 2.1.1.10]`}},
		{"a citation less keeps the other's own wording", func(b *book) { b.set(workbook.Measures, "H01-02", "controls", "2.1.1.10") }, map[string]string{
			"risks/H01.yaml": `
-      - C.1.1.1`}},
		{"citations in another order", func(b *book) { b.set(workbook.Measures, "H01-02", "controls", "2.1.1.10 C.1.1.1") }, map[string]string{
			"risks/H01.yaml": `
-      - C.1.1.1
+      - C.1.1.1`}},
		{"a run written out is the same", func(b *book) { b.set(workbook.Measures, "M02-01", "controls", "8.6.1.1, 8.6.1.2\n8.6.1.3") }, nil},
		{"a run with another sign is the same", func(b *book) { b.set(workbook.Measures, "M02-01", "controls", "8.6.1.1 〜 8.6.1.3") }, nil},
		{"another layer", func(b *book) { b.set(workbook.Measures, "H01-03", "layer", "機能層") }, map[string]string{
			"risks/H01.yaml": `
+  - layer: function
+    objective: H01-O1
+    threats: [H01-T3]
+    vulnerabilities: [U1]
+    measure: H01-03
+    remark: {ja: 地域ごとの想定を用いる。, en: Use regional assumptions.}
-  - layer: physical
-    objective: H01-O1
-    threats: [H01-T3]
-    vulnerabilities: [U1]
-    measure: H01-03
-    remark: {ja: 地域ごとの想定を用いる。, en: Use regional assumptions.}`}},
		{"one layer more", func(b *book) { b.set(workbook.Measures, "H01-04", "layer", "physical\nサービス管理系") }, map[string]string{
			"risks/H01.yaml": `
+  - layer: physical
+    objective: H01-O1
+    threats: [H01-T2]
+    vulnerabilities: [V6]
+    measure: H01-04`}},
		{"one layer less", func(b *book) { b.set(workbook.Measures, "H01-01", "layer", "Function layer") }, map[string]string{
			"risks/H01.yaml": `
-  - layer: physical
-    objective: H01-O1
-    threats: [H01-T1, H01-T2]
-    vulnerabilities: [U1]
-    measure: H01-01`}},
		{"threats of one of two rows", func(b *book) {
			b.set(workbook.Measures, "H01-01", "threats", "H01-T1\nh01-t1, H01-T2")
		}, map[string]string{
			"risks/H01.yaml": `
-    threats: [H01-T1, H01-T2]
+    threats: [H01-T1]`}},
		{"remarks of two rows", func(b *book) { b.set(workbook.Measures, "H01-01", "remark.ja", "-\n新しい備考") }, map[string]string{
			"risks/H01.yaml": `
+    remark: 新しい備考`}},
		{"what was missing in the source", func(b *book) { b.set(workbook.Measures, "M02-02", "text.ja", "新しい文") }, map[string]string{
			"risks/M02.yaml": `
+    text: 新しい文
-    gaps: [measure]`}},
		{"a paragraph", func(b *book) {
			b.set(workbook.Risks, "M02", "description.ja", b.get(workbook.Risks, "M02", "description.ja")+"\n\n三つめ。")
			b.set(workbook.Risks, "M02", "notes.en", "")
		}, map[string]string{
			"risks/M02.yaml": `
+  - 三つめ。
-  - {ja: 事業者の視点で扱う。, en: Seen from the provider.}
+  - {ja: 事業者の視点で扱う。}`}},
		{"a new measure", func(b *book) {
			b.add(workbook.Measures, "risk", "H01", "layer", "物理層", "objective", "H01-O1", "threats", "H01-T3", "vulnerabilities", "u1",
				"text.ja", "新しい対策", "text.en", "A new measure", "controls", "C.1.1.1", "residuals", "H01-R2", "remark.en", "new")
		}, map[string]string{
			"risks/H01.yaml": `
+  - id: H01-05
+    text:
+      ja: 新しい対策
+      en: A new measure
+    controls: [C.1.1.1]
+    residuals: [H01-R2]
+  - layer: physical
+    objective: H01-O1
+    threats: [H01-T3]
+    vulnerabilities: [U1]
+    measure: H01-05
+    remark:
+      en: new`}},
		{"a new measure gets no number that was used before", func(b *book) {
			b.add(workbook.Measures, "risk", "M02", "layer", "リソース層", "text.ja", "文", "controls", "8.6.1.1", "residuals", "M02-R1")
		}, map[string]string{
			"risks/M02.yaml": `
+  - id: M02-10
+    text: 文
+    controls: [8.6.1.1]
+    residuals: [M02-R1]
+  - layer: resource
+    measure: M02-10`}},
		{"a new control that a measure cites by its name", func(b *book) {
			b.add(workbook.Controls, "id", "new1", "clause", "2.1.1", "statement.ja", "新しい基準")
			b.set(workbook.Measures, "H01-04", "controls", "2.1.1.1, NEW1")
		}, map[string]string{
			"controls/2.1.1.yaml": `
+  - id: 2.1.1.11
+    statement: 新しい基準`,
			"risks/H01.yaml": `
-    controls: [2.1.1.1]
+    controls: [2.1.1.1, 2.1.1.11]`}},
		{"a new control with its number", func(b *book) {
			b.add(workbook.Controls, "id", "2.1.1.5", "clause", "2.1.1", "statement.ja", "新しい基準")
			b.set(workbook.Measures, "H01-04", "controls", "2.1.1.1, 2.1.1.5")
		}, map[string]string{
			"controls/2.1.1.yaml": `
+  - id: 2.1.1.5
+    statement: 新しい基準`,
			"risks/H01.yaml": `
-    controls: [2.1.1.1]
+    controls: [2.1.1.1, 2.1.1.5]`}},
		{"new objective, threat, residual and vulnerability", func(b *book) {
			b.add(workbook.Objectives, "id", "new", "risk", "H01", "text.ja", "水準")
			b.add(workbook.Threats, "id", "new", "risk", "H01", "text.ja", "脅威")
			b.add(workbook.Residuals, "id", "new", "risk", "H01", "text.ja", "残り")
			b.add(workbook.Vulnerabilities, "id", "new", "label.ja", "弱点")
			b.set(workbook.Measures, "H01-04", "objective", "new")
			b.set(workbook.Measures, "H01-04", "threats", "new")
			b.set(workbook.Measures, "H01-04", "vulnerabilities", "V6, new")
			b.set(workbook.Measures, "H01-04", "residuals", "new")
		}, map[string]string{
			"risks/H01.yaml": `
+  - id: H01-O2
+    text: 水準
+  - id: H01-T4
+    text: 脅威
+  - id: H01-R3
+    text: 残り
-    residuals: [H01-R1]
+    residuals: [H01-R3]
-    objective: H01-O1
-    threats: [H01-T2]
-    vulnerabilities: [V6]
+    objective: H01-O2
+    threats: [H01-T4]
+    vulnerabilities: [V6, U2]`,
			"vulnerabilities.yaml": `
+  - id: U2
+    label: 弱点`}},
		{"a measure goes", func(b *book) {
			b.set(workbook.Measures, "H01-03", "remove", "削除")
			b.set(workbook.Measures, "H01-03", "replaced_by", "H01-02")
		}, map[string]string{
			"risks/H01.yaml": `
-  - id: H01-03
-    text: {ja: 建物を災害から守る, en: Protect buildings against disasters}
-    controls_of: H01-02
-    residuals: [H01-R1, H01-R2]
-  - layer: physical
-    objective: H01-O1
-    threats: [H01-T3]
-    vulnerabilities: [U1]
-    measure: H01-03
-    remark: {ja: 地域ごとの想定を用いる。, en: Use regional assumptions.}`,
			"retired.yaml": `
+  - id: H01-03
+    replaced_by: [H01-02]
+    edition: "2026.1"`}},
		{"an own wording", func(b *book) {
			b.set(workbook.Citations, "H01-02>2.1.1.10", "note.ja", "注")
			b.set(workbook.Citations, "M02-02@1>V6", "note.en", "shared hardware")
		}, map[string]string{
			"risks/H01.yaml": `
+        note: 注`,
			"risks/M02.yaml": `
-      - {id: V6, note: {ja: 物理資源の共有, en: sharing of hardware}}
+      - {id: V6, note: {ja: 物理資源の共有, en: shared hardware}}`}},
		{"an own wording goes", func(b *book) { b.set(workbook.Citations, "M02-03@1>V48", "remove", "remove") }, map[string]string{
			"risks/M02.yaml": `
-      - {id: V48, variant: {ja: 業務ソフトウェアの脆弱性, en: Business software vulnerabilities}}
+      - V48`}},
		{"a new own wording", func(b *book) {
			b.add(workbook.Citations, "measure", "H01-04", "cited", "2.1.1.1", "variant.ja", "別の文", "variant.en", "Another one")
		}, map[string]string{
			"risks/H01.yaml": `
-    controls: [2.1.1.1]
+    controls: [{id: 2.1.1.1, variant: {ja: 別の文, en: Another one}}]`}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			fsys := files(t, small())
			b := smallExport(t)
			tt.edit(b)
			res := importInto(t, b.bytes(), fsys, workbook.Options{})
			if res.Problems.HasErrors() || len(res.Conflicts) > 0 {
				t.Fatalf("problems %v, conflicts %v", res.Problems, res.Conflicts)
			}
			for name, want := range tt.want {
				gone, come := lines(fsys[name].Data, res.Files[name])
				var wantGone, wantCome []string
				for _, l := range strings.Split(want, "\n")[1:] {
					if s, ok := strings.CutPrefix(l, "-"); ok {
						wantGone = append(wantGone, s)
					} else {
						wantCome = append(wantCome, l[1:])
					}
				}
				slices.Sort(gone)
				slices.Sort(come)
				slices.Sort(wantGone)
				slices.Sort(wantCome)
				if !slices.Equal(gone, wantGone) || !slices.Equal(come, wantCome) {
					t.Errorf("%s:\n-%s\n+%s", name, strings.Join(gone, "\n-"), strings.Join(come, "\n+"))
				}
			}
			if got, want := slices.Sorted(maps.Keys(res.Files)), slices.Sorted(maps.Keys(tt.want)); !slices.Equal(got, want) {
				t.Errorf("files %v, want %v", got, want)
			}
		})
	}
}

// TestSeverity: another severity asks for another id, of the risk and of all that it
// defines; what cites it follows, and the old ids are retired.
func TestSeverity(t *testing.T) {
	fsys := files(t, small())
	fsys["risks/M02.yaml"].Data = bytes.Replace(fsys["risks/M02.yaml"].Data, []byte("threats: [M02-T1]"), []byte("threats: [H01-T1, M02-T1] # see H01-T1"), 1)
	fsys["profiles/p.yaml"] = &fstest.MapFile{Data: []byte("id: p\nselect:\n  - risks: [H01] # H01\n  - measures: [H01-02, M02-01]\n    reason: H01-02 では\n")}
	b := export(t, fsys)
	b.set(workbook.Risks, "H01", "severity", "Low")
	b.set(workbook.Measures, "H01-01", "text.en", "See H01-01")
	b.set(workbook.Measures, "H01-03", "remove", "remove")
	b.add(workbook.Measures, "risk", "H01", "layer", "Physical layer", "text.ja", "五", "controls", "2.1.1.1", "residuals", "H01-R1")
	res := importInto(t, b.bytes(), fsys, workbook.Options{})
	if res.Problems.HasErrors() || len(res.Conflicts) > 0 {
		t.Fatal(res.Problems, res.Conflicts)
	}
	if got := slices.Sorted(maps.Keys(res.Files)); !slices.Equal(got, []string{"profiles/p.yaml", "retired.yaml", "risks/H01.yaml", "risks/L03.yaml", "risks/M02.yaml"}) || res.Files["risks/H01.yaml"] != nil {
		t.Fatalf("files %v", got)
	}
	gone, come := lines(fsys["risks/M02.yaml"].Data, res.Files["risks/M02.yaml"])
	if !slices.Equal(gone, []string{"    threats: [H01-T1, M02-T1] # see H01-T1"}) || !slices.Equal(come, []string{"    threats: [L03-T1, M02-T1] # see H01-T1"}) {
		t.Errorf("%q became %q", gone, come)
	}
	if got := string(res.Files["profiles/p.yaml"]); got != "id: p\nselect:\n  - risks: [L03] # H01\n  - measures: [L03-02, M02-01]\n    reason: H01-02 では\n" {
		t.Errorf("the profile is\n%s", got)
	}
	for _, want := range []string{"\nid: L03\nseverity: low\n", "  - id: L03-01\n    text: {ja: 装置を冗長にする, en: See H01-01}\n", "  - id: L03-05\n", "wording_of: L03-01\n", "    measure: L03-05\n"} {
		if !strings.Contains(string(res.Files["risks/L03.yaml"]), want) {
			t.Errorf("risks/L03.yaml has no %q", want)
		}
	}
	var kinds []edition.Kind
	for _, c := range edition.Compare(res.Old, res.New) {
		if c.Entity == edition.EntityRisk && !c.Part {
			kinds = append(kinds, c.Kind)
		}
	}
	if !slices.Contains(kinds, edition.Severity) {
		t.Errorf("the comparison tells of %v", kinds)
	}
	var retired []string
	for _, r := range res.New.Retired {
		retired = append(retired, r.ID+">"+strings.Join(r.ReplacedBy, ","))
	}
	want := "M02-09>M02-01 H01-03> H01>L03 H01-01>L03-01 H01-02>L03-02 H01-04>L03-04 H01-O1>L03-O1 H01-T1>L03-T1 H01-T2>L03-T2 H01-T3>L03-T3 H01-R1>L03-R1 H01-R2>L03-R2"
	if got := strings.Join(retired, " "); got != want {
		t.Errorf("retired %s\nwant %s", got, want)
	}
	// The file under the old name goes, the one under the new comes.
	dir := t.TempDir()
	if err := os.CopyFS(dir, fsys); err != nil {
		t.Fatal(err)
	}
	if err := res.Write(dir); err != nil {
		t.Fatal(err)
	}
	source(t, os.DirFS(dir))
	if _, err := os.Stat(filepath.Join(dir, "risks", "H01.yaml")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("risks/H01.yaml: %v", err)
	}
}

// TestRefused: what a workbook may not ask for is refused, with the cell.
func TestRefused(t *testing.T) {
	for _, tt := range []struct {
		name string
		edit func(b *book)
		want string // of the problems, joined
	}{
		{"an id that does not exist", func(b *book) { b.set(workbook.Measures, "H01-01", "controls", "2.1.1.1, 2.1.1.3") },
			`edit.xlsx!対策!J5: control "2.1.1.3" is not in the catalog`},
		{"an id that is retired", func(b *book) {
			b.set(workbook.Measures, "H01-03", "remove", "remove")
			b.set(workbook.Threats, "H01-T3", "remove", "remove")
		}, `edit.xlsx!対策!F6: threat "H01-T3" is not in the catalog (it was retired in edition 2026.1)`},
		{"a layer without rows", func(b *book) { b.set(workbook.Measures, "H01-04", "layer", "物理層") },
			`edit.xlsx!リスク!J5: risk H01 says nothing of layer "service-management" (write rows for it, or list it in not_applicable)`},
		{"a layer that does not exist", func(b *book) { b.set(workbook.Measures, "H01-04", "layer", "雲") },
			`edit.xlsx!対策!D8: "雲" is none of function, physical, resource, service-management`},
		{"a text that is taken out", func(b *book) {
			b.set(workbook.Controls, "2.1.1.1", "statement.ja", "")
			b.set(workbook.Controls, "2.1.1.1", "statement.en", " ")
		}, `edit.xlsx!管理基準!`},
		{"another risk", func(b *book) { b.set(workbook.Measures, "H01-04", "risk", "M02") },
			`edit.xlsx!対策!C8: the risk of H01-04 cannot be changed (remove the row and add a new one)`},
		{"another id", func(b *book) { b.set(workbook.Measures, "H01-04", "id", "H01-09") },
			`edit.xlsx!対策!B8: the id of H01-04 cannot be changed: it stays for life (remove the row and add a new one)`},
		{"an id that was used before", func(b *book) {
			b.add(workbook.Measures, "id", "M02-09", "risk", "M02", "layer", "リソース層", "text.ja", "文")
		},
			`edit.xlsx!対策!B12: the id M02-09 was used before, and no id is used twice (leave it empty, and the next number is given)`},
		{"an id that is in use", func(b *book) { b.add(workbook.Controls, "id", "2.1.1.1", "clause", "2.1.1", "statement.ja", "文") },
			`edit.xlsx!管理基準!B12: 2.1.1.1 stands in rows 5, 12 (delete the copies, or take the id out of one that is meant to be new)`},
		{"an id of another clause", func(b *book) { b.add(workbook.Controls, "id", "8.6.1.9", "clause", "2.1.1", "statement.ja", "文") },
			`edit.xlsx!管理基準!B12: the id 8.6.1.9 does not fit: ids of 2.1.1 begin with "2.1.1." (leave it empty, and the next number is given)`},
		{"a new row without its risk", func(b *book) { b.add(workbook.Measures, "text.ja", "文") },
			`edit.xlsx!対策!C12: the new row does not say which risk it belongs to`},
		{"a new risk", func(b *book) { b.add(workbook.Risks, "id", "H02") }, `edit.xlsx!リスク!B7: a new row stands here; this sheet takes none`},
		{"a date", func(b *book) {
			style, err := b.f.NewStyle(&excelize.Style{NumFmt: 14})
			name := b.cell(workbook.Measures, "H01-01", "controls")
			if err == nil {
				err = errors.Join(b.f.SetCellStyle(b.sheets[workbook.Measures], name, name, style), b.f.SetCellInt(b.sheets[workbook.Measures], name, 39600))
			}
			if err != nil {
				b.t.Fatal(err)
			}
		}, `edit.xlsx!対策!J5: the program made a date of what was typed`},
		{"a formula", func(b *book) {
			if err := b.f.SetCellFormula(b.sheets[workbook.Measures], b.cell(workbook.Measures, "H01-01", "text.ja"), "=B5"); err != nil {
				b.t.Fatal(err)
			}
		}, `edit.xlsx!対策!H5: a formula stands here, not a text`},
		{"lines that do not fit", func(b *book) { b.set(workbook.Measures, "H01-01", "objective", "H01-O1\nH01-O1\nH01-O1") },
			`edit.xlsx!対策!E5: 3 lines stand here for 2 layers`},
		{"a mark that says nothing", func(b *book) { b.set(workbook.Measures, "H01-01", "remove", "?") },
			`edit.xlsx!対策!O5: "?" does not say whether the row is to be removed`},
		{"a measure whose wording another shares", func(b *book) { b.set(workbook.Measures, "H01-01", "remove", "remove") },
			`edit.xlsx!対策!O5: H01-01 cannot be removed in a workbook: H01-04 shares its wording (remove these too, or let somebody give them texts and controls of their own in the files first)`},
		{"a measure whose controls another shares", func(b *book) { b.set(workbook.Measures, "H01-02", "remove", "remove") },
			`edit.xlsx!対策!O6: H01-02 cannot be removed in a workbook: H01-03 shares its controls (`},
		{"a successor of what stays", func(b *book) { b.set(workbook.Measures, "H01-01", "replaced_by", "H01-02") },
			`edit.xlsx!対策!P5: H01-01 has a successor but is not marked to be removed`},
		{"an own wording of what is not cited", func(b *book) {
			b.add(workbook.Citations, "measure", "H01-04", "cited", "C.1.1.1", "variant.ja", "文")
		}, "H01-04 cites no C.1.1.1 by itself"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			fsys := files(t, small())
			b := smallExport(t)
			tt.edit(b)
			res := importInto(t, b.bytes(), fsys, workbook.Options{})
			if !res.Problems.HasErrors() || !strings.Contains(res.Problems.ErrorsOnly().Error(), tt.want) || res.Files != nil {
				t.Errorf("got  %v\nwant %s", res.Problems, tt.want)
			}
		})
	}
}

// TestStandard: of a standard of controls the titles and statements are edited;
// items, guidance, parameters and relations stay as they are.
func TestStandard(t *testing.T) {
	fsys := files(t, os.DirFS(filepath.Join("..", "testdata", "standard")))
	src := source(t, fsys)
	lang := string(src.Guide.Languages[0])
	b := export(t, fsys)
	// What is to be known stands behind the columns that have keys.
	b.cols[workbook.Controls][""] = slices.Max(slices.Collect(maps.Values(b.cols[workbook.Controls]))) + 1
	var clause *catalog.Clause
	for _, cl := range src.Clauses {
		for _, c := range cl.Controls {
			if len(c.Items) == 0 {
				continue
			}
			clause = cl
			b.set(workbook.Controls, c.ID, "title."+lang, "Another title")
			if about := b.get(workbook.Controls, c.ID, ""); !strings.Contains(about, c.Items[0].Label) {
				t.Errorf("%s: %q does not show the items", c.ID, about)
			}
		}
	}
	if clause == nil {
		t.Fatal("no control has items")
	}
	b.add(workbook.Controls, "clause", clause.ID, "title."+lang, "New", "statement."+lang, "Something new")
	res := importInto(t, b.bytes(), fsys, workbook.Options{})
	if res.Problems.HasErrors() || len(res.Files) != 1 {
		t.Fatal(res.Problems, len(res.Files))
	}
	for name, data := range res.Files {
		gone, come := lines(fsys[name].Data, data)
		for _, l := range gone {
			if !strings.Contains(l, "title:") && !strings.HasPrefix(strings.TrimSpace(l), lang+":") {
				t.Errorf("%s lost %q", name, l)
			}
		}
		if !strings.Contains(strings.Join(come, "\n"), "Another title") || !strings.Contains(strings.Join(come, "\n"), "Something new") {
			t.Errorf("%s gained %q", name, come)
		}
	}
	for _, d := range edition.Compare(res.Old, res.New) {
		if d.Path != "title" && d.Kind != edition.Added {
			t.Errorf("changed: %s", d)
		}
	}
}
