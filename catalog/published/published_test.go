package published

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"sort"
	"strings"
	"testing"
	"testing/fstest"

	"riskguide/catalog"
)

var update = flag.Bool("update", false, "rewrite the golden files")

const smallFile = "testdata/small.txt"

func read(t testing.TB, file string) []byte {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// published reads the published text itself, which is not in the repository.
func published(t testing.TB) []byte {
	t.Helper()
	file := filepath.Join("..", "..", "..", "shared", "source", "guide-2011-ja.txt")
	data, err := os.ReadFile(file)
	if err != nil {
		t.Skipf("the published text is missing: %v", err)
	}
	return data
}

func parse(t testing.TB, data []byte) *Result {
	t.Helper()
	res, err := Parse("text", data)
	if err != nil {
		t.Fatal(err)
	}
	return res
}

// load writes a source as files and loads them again.
func load(t testing.TB, src *catalog.Source) *catalog.Catalog {
	t.Helper()
	files, err := catalog.WriteFiles(src)
	if err != nil {
		t.Fatal(err)
	}
	fsys := fstest.MapFS{}
	for name, data := range files {
		fsys[name] = &fstest.MapFile{Data: data}
	}
	cat, problems := catalog.Load(context.Background(), fsys, catalog.LoadOptions{})
	for _, p := range problems {
		t.Errorf("the import has a problem: %v", p)
	}
	if cat == nil {
		t.FailNow()
	}
	return cat
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want := read(t, file)
	if bytes.Equal(got, want) {
		return
	}
	g, w := strings.Split(string(got), "\n"), strings.Split(string(want), "\n")
	for i := range g {
		if i >= len(w) || g[i] != w[i] {
			wl := "(end)"
			if i < len(w) {
				wl = w[i]
			}
			t.Fatalf("%s:%d differs (run with -update if that is meant)\n got: %s\nwant: %s", file, i+1, g[i], wl)
		}
	}
	t.Fatalf("%s: the end is missing", file)
}

func TestSmallGolden(t *testing.T) {
	data := read(t, smallFile)
	res, err := Parse("small.txt", data)
	if err != nil {
		t.Fatal(err)
	}
	var report bytes.Buffer
	n, err := res.Report.WriteTo(&report)
	if err != nil || n != int64(report.Len()) {
		t.Fatalf("WriteTo gave %d, %v for %d bytes", n, err, report.Len())
	}
	golden(t, "small.report", report.Bytes())

	files, err := catalog.WriteFiles(res.Source)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for name := range files {
		names = append(names, name)
	}
	sort.Strings(names)
	var all bytes.Buffer
	for _, name := range names {
		fmt.Fprintf(&all, "-- %s --\n%s", name, files[name])
	}
	golden(t, "small.files", all.Bytes())

	check, err := Check("small.txt", data, load(t, res.Source))
	if err != nil {
		t.Fatal(err)
	}
	if !check.OK() {
		t.Error("the check fails")
	}
	var out bytes.Buffer
	if _, err := check.WriteTo(&out); err != nil {
		t.Fatal(err)
	}
	golden(t, "small.check", out.Bytes())
}

// outline gives a measure as "id rows -> controls (owner) / residuals [gaps]".
func outline(m *catalog.Measure) string {
	var rows, cites, residuals []string
	for _, r := range m.Rows {
		rows = append(rows, r.Layer.ID)
	}
	for _, c := range m.Controls.Citations {
		s := c.Control.ID
		if !c.Variant.IsZero() {
			s += "*"
		}
		cites = append(cites, s)
	}
	for _, r := range m.Residuals {
		residuals = append(residuals, r.ID)
	}
	s := fmt.Sprintf("%s %s: %s", m.ID, strings.Join(rows, ","), strings.Join(cites, " "))
	if o := m.Controls.Owner; o != nil && o != m {
		s += " of " + o.ID
	}
	s += " / " + strings.Join(residuals, " ")
	if m.WordingOf != nil {
		s += " = " + m.WordingOf.ID
	}
	for _, g := range m.Gaps {
		s += " gap:" + string(g)
	}
	return s
}

func TestSmallStructure(t *testing.T) {
	cat := load(t, parse(t, read(t, smallFile)).Source)
	want := map[string][]string{
		"H01": {
			"H01-01 function: 6.1.1.1 6.1.1.2 6.1.1.3 / H01-R1",
			"H01-02 function: C.1.1.1 / H01-R2",
			"H01-03 physical: 6.1.2.1 / H01-R3",
			"H01-04 physical: C.1.1.2 / H01-R4 = H01-02",
			"H01-05 physical: C.1.1.3 6.1.2.2 6.1.2.3 / H01-R5 H01-R6 H01-R7",
			"H01-06 physical: C.1.1.3 6.1.2.2 6.1.2.3 of H01-05 / H01-R5 H01-R6 H01-R7",
			"H01-07 service-management: 6.1.1.1 6.1.1.2* / H01-R1 = H01-01",
			"H01-08 service-management: 6.1.1.4 / H01-R8",
			"H01-09 service-management: 6.1.1.4 of H01-08 / H01-R8",
		},
		"H02": {
			"H02-01 function,physical: 6.2.1.1 6.2.1.2 / H02-R1",
			"H02-02 service-management: 6.2.2.1 6.2.2.2 / H02-R2",
			"H02-03 service-management: 6.2.3.1 6.2.3.2 6.2.3.3 6.2.3.4 / H02-R2",
			"H02-04 service-management: 6.2.3.1 6.2.3.5 / H02-R2",
		},
		"M03": {
			"M03-01 resource: 6.3.1.1 / M03-R1",
			"M03-02 function: 6.3.2.1 6.3.2.2 6.3.2.3 6.3.2.4 / M03-R2 M03-R3 M03-R4",
			"M03-03 function: 6.3.3.1 6.3.3.2 / M03-R5",
			"M03-04 function: 6.3.4.1 / M03-R6",
			"M03-05 physical: 6.3.3.1 / M03-R5 gap:measure",
			"M03-06 service-management: 6.3.2.2 / M03-R7",
			"M03-07 service-management: 6.3.4.1 / M03-R7",
			"M03-08 service-management: 6.3.5.1 / M03-R7 gap:measure",
			"M03-09 service-management: 6.1.2.1 / M03-R7",
		},
		"L04": {
			"L04-01 resource: 6.4.1.1 6.4.1.2 / L04-R1",
			"L04-02 function,physical: 6.4.1.3 / L04-R1",
			"L04-03 service-management: 6.4.2.1 / L04-R2",
		},
		"L05": {
			"L05-01 function: 6.5.1.1 6.5.1.2 / L05-R1",
			"L05-02 service-management: 6.5.1.1 6.5.1.2 of L05-01 / L05-R1",
			"L05-03 service-management: 6.5.2.1 / L05-R2",
			"L05-04 service-management: 6.5.2.1 of L05-03 / L05-R2",
		},
		"L06": {
			"L06-01 resource:  / L06-R1 gap:controls",
			"L06-02 function,physical: 6.6.1.1 / L06-R2 gap:measure",
		},
		"L07": {"L07-01 service-management: 6.7.1.1 / L07-R1"},
	}
	absent := map[string]string{"H01": "resource", "H02": "resource", "L05": "resource physical", "L06": "service-management", "L07": "resource function physical"}
	for _, r := range cat.Risks {
		var got []string
		for _, m := range r.Measures {
			got = append(got, outline(m))
		}
		if !reflect.DeepEqual(got, want[r.ID]) {
			t.Errorf("%s:\n got %s\nwant %s", r.ID, strings.Join(got, "\n     "), strings.Join(want[r.ID], "\n     "))
		}
		var na []string
		for _, l := range r.NotApplicable {
			na = append(na, l.ID)
		}
		if s := strings.Join(na, " "); s != absent[r.ID] {
			t.Errorf("%s is not applicable at %q, want %q", r.ID, s, absent[r.ID])
		}
	}

	h02 := cat.Risk("H02")
	for i, want := range []string{"H02-O1", "H02-O1", "H02-O2", "H02-O2", "H02-O2"} {
		if got := h02.Rows[i].Objective.ID; got != want {
			t.Errorf("row %d of H02 has the objective %s, want %s", i+1, got, want)
		}
	}
	if got := len(h02.Rows[0].Threats); got != 2 {
		t.Errorf("the first row of H02 has %d threats, want the 2 of the row below", got)
	}
	if got := h02.Rows[4].Vulnerabilities[0]; got.Vulnerability.ID != "V4" || got.Label().Values["ja"] != "鍵の貸し借り" {
		t.Errorf("V.4 with a line end inside is read as %s %q", got.Vulnerability.ID, got.Label().Values["ja"])
	}
	m03 := cat.Risk("M03")
	if got := m03.Rows[5].Threats; len(got) != 1 || got[0].Text.Values["ja"] != "クラウド倉庫の ・水漏れ ・粉漏れ" {
		t.Errorf("the list with a lead-in is not whole: %v", got)
	}
	if got := m03.Rows[5].Vulnerabilities[0].Note.Values["ja"]; got != "棚の共有" {
		t.Errorf("the note of the citation is %q", got)
	}
	if got := cat.Risk("L07").Rows[0].Remark.Values["ja"]; got != "夜は鐘を鳴らさない。" {
		t.Errorf("the remark is %q", got)
	}
	if got := cat.Control("6.1.2.1").Statement.Values["ja"]; got != "棚を壁に留める(例えば、金具)" {
		t.Errorf("the first of two forms should stand, not %q", got)
	}
	if r := cat.Risk("H01"); !r.AddedByGroup || len(r.ENISA) != 0 {
		t.Errorf("H01 is not marked as added by the group")
	}
	if r := m03; !reflect.DeepEqual(r.ENISA, []int{12, 13}) {
		t.Errorf("M03 has the relation %v", r.ENISA)
	}
}

func TestSmallFrontMatter(t *testing.T) {
	cat := load(t, parse(t, read(t, smallFile)).Source)
	g := cat.Guide
	for what, got := range map[string][2]string{
		"title":     {g.Title.Values["ja"], "架空倉庫サービスの困りごと帳"},
		"subtitle":  {g.Subtitle.Values["ja"], "2020年度版"},
		"edition":   {g.Edition, "2020.1"},
		"date":      {g.Date.Format("2006-01-02"), "2021-03-01"},
		"publisher": {g.Publisher.Values["ja"], "架空法人 倉庫の会"},
		"rights":    {g.Rights.Values["ja"], "(注意)この文は試験のために作ったものです"},
		"pages":     {strings.Join(g.PageOrder, " "), "00-cover 10-purpose 20-risk-list 30-layers"},
		"reference": {g.References[0].ID + ": " + g.References[0].Note.Values["ja"], "甲乙 09: (日本語訳:『棚と困りごと』)"},
		"column":    {g.Column(catalog.ColumnLayer).Description.Values["ja"], "困りごとの起こる棚。 (棚は4段ある)"},
	} {
		if got[0] != got[1] {
			t.Errorf("%s is %q, want %q", what, got[0], got[1])
		}
	}
	for _, p := range cat.Pages {
		if p.ID == "10-purpose" && !strings.Contains(p.Body.Values["ja"], `\_要る\_もの`) {
			t.Errorf("Markdown marks of the text are not protected: %s", p.Body.Values["ja"])
		}
	}
}

func TestParseRefuses(t *testing.T) {
	small := string(read(t, smallFile))
	replace := func(old, new string) string {
		if !strings.Contains(small, old) {
			t.Fatalf("the small text has no %q", old)
		}
		return strings.Replace(small, old, new, 1)
	}
	for _, test := range []struct{ name, text, want string }{
		{"empty", " \n\n", "text: the text is empty"},
		{"binary", "PK\x03\x04" + small, "character U+0003"},
		{"not UTF-8", strings.Replace(small, "荷", "\x89\xd7", 1), "is not UTF-8"},
		{"long line", strings.Repeat("あ", MaxLine), "longer than"},
		{"large", strings.Repeat("a line\n", MaxSize/7+1), "larger than 4 MB"},
		{"another text", "# Read me\n\nThis is a text.\n", "not the published guide: no line begins the section of a risk"},
		{"no front matter", small[strings.Index(small, "H01: "):], "no section of the front matter"},
		{"no cover", small[strings.Index(small, "● この"):], "the cover has no title"},
		{"no list of risks", replace("番号\tリスクの識別名", "項番\tリスクの識別名"), "“項番” is not the number of a risk"},
		{"column not described", replace("残留リスク\tそれでも残るもの。\n", ""), "does not describe the column 残留リスク"},
		{"unknown column", replace("備考\tほかのこと。", "付記\tほかのこと。"), "“付記” is not a column"},
		{"relation", replace("ENISA No.17", "ENISA 17"), "cannot read its relation"},
		{"risk missing", small[:strings.Index(small, "L07: ")], "risk L07 of the list has no section"},
		{"risk not listed", replace("L05\t虫による傷み\t・虫が荷を食う。\tENISA No.18\n", ""), "risk L05 is not in the list"},
		{"risk twice", replace("L06: 客の取違え", "L05: 客の取違え"), "risk L05 has a second section"},
		{"cell missing", replace("\t思わぬ向きの傾き\t\n", "\t思わぬ向きの傾き\n"), "the row has 8 cells, its header 9"},
		{"header", replace("\t残留リスク\t備考\n", "\t残留リスク\n"), "nine columns"},
		{"no subheader", replace("\t\t\t脅威\t脆弱性\t\t\t\t\n", ""), "lacks its second line"},
		{"unknown layer", replace("\n物理層\t\t<ul", "\n地下層\t\t<ul"), "“地下層” is not a layer"},
		{"layers out of order", replace("\n物理層\t\t<ul", "\nサービス管理系\t\t<ul"), "out of order"},
		{"row without columns", replace("\n物理層\t\t<ul", "\nその他の文\n物理層\t\t<ul"), "no row of the table"},
		{"controls in the threat cell", replace("\t洪水\t", "\t洪水 6.1.1.1 棚\t"), "control numbers in the threat cell"},
		{"control without words", replace("6.2.3.2 鍵の置き場を決める (次", "6.2.3.2 (次"), "control 6.2.3.2 has no statement"},
		{"label in two columns", replace("\t仕切りの隙間\t", "\tV6 仕切りの隙間\t"), "which cell belongs to which column"},
	} {
		t.Run(test.name, func(t *testing.T) {
			res, err := Parse("text", []byte(test.text))
			if err == nil || res != nil {
				t.Fatalf("accepted")
			}
			if !strings.Contains(err.Error(), test.want) {
				t.Errorf("the error is\n%v\nwant one with %q", err, test.want)
			}
			if ps, ok := err.(catalog.Problems); !ok || len(ps) == 0 || len(ps) > maxErrors+1 {
				t.Errorf("the error is no list of at most %d problems: %T", maxErrors, err)
			}
		})
	}
}

// refuseCuts asserts that a text that ends too early is refused: at every line
// (or one in step), and in the middle of its rows.
func refuseCuts(t *testing.T, data []byte, step int) {
	t.Helper()
	lines := strings.SplitAfter(strings.TrimRight(string(data), "\n"), "\n")
	for n := len(lines) - 1; n >= 0; n -= step {
		if _, err := Parse("text", []byte(strings.Join(lines[:n], ""))); err == nil {
			t.Errorf("accepted a text of %d of %d lines", n, len(lines))
		}
		line := []rune(lines[n])
		if !strings.Contains(lines[n], "\t") {
			continue
		}
		half := strings.Join(lines[:n], "") + string(line[:len(line)/2])
		if _, err := Parse("text", []byte(half)); err == nil {
			t.Errorf("accepted a text that ends in the middle of line %d", n+1)
		}
	}
}

func TestCutOff(t *testing.T) { refuseCuts(t, read(t, smallFile), 1) }

func TestReadRefusesLargeInput(t *testing.T) {
	if _, err := Read("text", &endless{}); err == nil || !strings.Contains(err.Error(), "larger than") {
		t.Errorf("an endless text gives %v", err)
	}
	res, err := Read("text", bytes.NewReader(read(t, smallFile)))
	if err != nil || res.Report.Risks != 7 {
		t.Errorf("a good text gives %v", err)
	}
}

// endless is a reader that never ends.
type endless struct{}

func (*endless) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = 'a'
	}
	return len(b), nil
}

func TestLineEndsAndMark(t *testing.T) {
	data := read(t, smallFile)
	windows := append([]byte("\xef\xbb\xbf"), bytes.ReplaceAll(data, []byte("\n"), []byte("\r\n"))...)
	a, errA := catalog.WriteFiles(parse(t, data).Source)
	b, errB := catalog.WriteFiles(parse(t, windows).Source)
	if errA != nil || errB != nil || !reflect.DeepEqual(a, b) {
		t.Error("a text with a byte order mark and CR LF is read differently")
	}
	check, err := Check("text", windows, load(t, parse(t, windows).Source))
	if err != nil || !check.OK() {
		t.Errorf("the check of a text with CR LF fails: %v", err)
	}
}

// TestCheckSeesChanges changes the source in ways that a faulty import could and
// asserts that the check fails.
func TestCheckSeesChanges(t *testing.T) {
	data := read(t, smallFile)
	find := func(src *catalog.Source, id string) *catalog.SourceMeasure {
		for _, r := range src.Risks {
			for _, m := range r.Measures {
				if m.ID == id {
					return m
				}
			}
		}
		t.Fatalf("no measure %s", id)
		return nil
	}
	set := func(text *catalog.Text, s string) { *text = catalog.NewText(catalog.Japanese, s) }
	for name, change := range map[string]func(*catalog.Source){
		"citation dropped": func(s *catalog.Source) { m := find(s, "M03-06"); m.Controls = append(m.Controls, m.Controls[0]) },
		"citation added": func(s *catalog.Source) {
			m := find(s, "H02-01")
			m.Controls = append(m.Controls, catalog.SourceControlCitation{ID: "6.5.2.1"})
		},
		"controls exchanged": func(s *catalog.Source) {
			a, b := find(s, "H02-01"), find(s, "H02-02")
			a.Controls, b.Controls = b.Controls, a.Controls
		},
		"variant dropped": func(s *catalog.Source) { find(s, "H01-07").Controls[1].Variant = catalog.Text{} },
		"statement changed": func(s *catalog.Source) {
			set(&s.Clauses[0].Controls[0].Statement, "棚のあいだに隙間を設けた")
		},
		"measure changed": func(s *catalog.Source) {
			set(&find(s, "H01-01").Text, "棚の傾きが伝わらないようにする。")
		},
		"label changed":        func(s *catalog.Source) { set(&s.Vulnerabilities[0].Label, "帳面の錠の不備") },
		"note dropped":         func(s *catalog.Source) { s.Risks[2].Rows[5].Vulnerabilities[0].Note = catalog.Text{} },
		"threat moved":         func(s *catalog.Source) { s.Risks[3].Rows[3].Threats = s.Risks[2].Rows[6].Threats },
		"vulnerability moved":  func(s *catalog.Source) { s.Risks[0].Rows[2].Vulnerabilities = s.Risks[0].Rows[0].Vulnerabilities },
		"residual dropped":     func(s *catalog.Source) { m := find(s, "M03-02"); m.Residuals = m.Residuals[:2] },
		"row at another layer": func(s *catalog.Source) { s.Risks[0].Rows[2].Layer.ID = "function" },
		"layer not applicable": func(s *catalog.Source) { s.Risks[3].NotApplicable = []catalog.Ref{{ID: "physical"}} },
		"description dropped":  func(s *catalog.Source) { s.Risks[1].Description = s.Risks[1].Description[:1] },
		"name changed":         func(s *catalog.Source) { set(&s.Risks[0].Name, "棚の連なりによる崩れ") },
		"relation changed":     func(s *catalog.Source) { s.Risks[2].ENISA = []int{12} },
		"remark dropped":       func(s *catalog.Source) { s.Risks[6].Rows[0].Remark = catalog.Text{} },
		"title changed":        func(s *catalog.Source) { set(&s.Guide.Title, "困りごと帳") },
		"page changed": func(s *catalog.Source) {
			set(&s.Pages[1].Body, strings.Replace(s.Pages[1].Body.Values["ja"], "困りごと", "心配ごと", 1))
		},
		"column changed": func(s *catalog.Source) { set(&s.Guide.Columns[0].Description, "棚。") },
		"risk dropped":   func(s *catalog.Source) { s.Risks = s.Risks[:6] },
	} {
		t.Run(name, func(t *testing.T) {
			src := parse(t, data).Source
			change(src)
			// Only that errors do not matter here: some of the changes
			// break rules of the catalog too.
			cat, problems := catalog.Assemble(src)
			if cat == nil {
				t.Skipf("refused by the catalog itself: %v", problems.ErrorsOnly())
			}
			check, err := Check("text", data, cat)
			if err != nil {
				t.Fatal(err)
			}
			if check.OK() {
				t.Error("the check sees no difference")
			}
		})
	}
}

// TestCheckSeesEveryCharacter deletes every fourth character of the text, if it
// is a Japanese one, and asserts that the check against the whole catalog fails or, in a cell
// that a page repeats, lists the difference.
func TestCheckSeesEveryCharacter(t *testing.T) {
	data := read(t, smallFile)
	cat := load(t, parse(t, data).Source)
	whole, err := Check("text", data, cat)
	if err != nil {
		t.Fatal(err)
	}
	listed := func(r *CheckResult) int {
		n := 0
		for _, f := range r.Findings {
			switch f.Kind {
			case FindingReworded, FindingOverview, FindingRelation:
				n += f.Characters
			}
		}
		return n
	}
	text := []rune(string(data))
	missed := 0
	for i, r := range text {
		if i%4 != 0 || !isJapanese(r) || r == bullet {
			continue
		}
		cut := string(text[:i]) + string(text[i+1:])
		got, err := Check("text", []byte(cut), cat)
		if err != nil || !got.OK() || listed(got) != listed(whole) {
			continue
		}
		missed++
		if missed < 5 {
			t.Errorf("the check does not miss the character behind %q", string(text[max(0, i-12):i]))
		}
	}
}

func TestCheckRefuses(t *testing.T) {
	cat := load(t, parse(t, read(t, smallFile)).Source)
	for _, text := range []string{"", "a text\n", "\xff\xfe", "H0: x\n"} {
		if res, err := Check("text", []byte(text), cat); err == nil || res != nil {
			t.Errorf("%q is checked", text)
		}
	}
}

func TestDeterministic(t *testing.T) {
	for _, data := range [][]byte{read(t, smallFile)} {
		var first string
		for range 5 {
			res := parse(t, data)
			var b bytes.Buffer
			if _, err := res.Report.WriteTo(&b); err != nil {
				t.Fatal(err)
			}
			check, err := Check("text", data, load(t, res.Source))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := check.WriteTo(&b); err != nil {
				t.Fatal(err)
			}
			if first == "" {
				first = b.String()
			} else if first != b.String() {
				t.Fatal("two imports of one text differ")
			}
		}
	}
}

func TestItems(t *testing.T) {
	for _, test := range []struct {
		cell string
		want []string
		form listForm
	}{
		{"", nil, listSingle},
		{"火災", []string{"火災"}, listSingle},
		{"・火災 ・水害", []string{"火災", "水害"}, listMarked},
		{"設計・構築のミス", []string{"設計・構築のミス"}, listSingle},
		{"・設計・構築のミス ・運用(設定・保守)のミス", []string{"設計・構築のミス", "運用(設定・保守)のミス"}, listMarked},
		{"<p>火災</p> <p>水害</p>", []string{"火災", "水害"}, listMarked},
		{"<p>・火災 ・水害</p> <p>地震</p>", []string{"火災", "水害", "地震"}, listMarked},
		{"<ul> 火災 水害 ", []string{"火災", "水害"}, listBlanks},
		{"倉庫の ・火災 ・水害", []string{"倉庫の ・火災 ・水害"}, listLeadIn},
		{"棚の 傾き", []string{"棚の傾き"}, listSingle},
	} {
		got, form := items(test.cell)
		if !reflect.DeepEqual(got, test.want) || form != test.form {
			t.Errorf("items(%q) = %q, %d, want %q, %d", test.cell, got, form, test.want, test.form)
		}
	}
}

func TestClean(t *testing.T) {
	for in, want := range map[string]string{
		"ネット ワークの 盗聴":          "ネットワークの盗聴",
		"内部(棚) の覗き見":           "内部(棚)の覗き見",
		"行為 (覗き見など)":           "行為(覗き見など)",
		"(IP, MAC)の偽装":         "(IP, MAC)の偽装",
		"SUPPLIER  REDUNDANCY": "SUPPLIER REDUNDANCY",
		"　前後の空白　":              "前後の空白",
		"終わり。 次":               "終わり。次",
		"V 数字":                 "V 数字",
	} {
		if got := clean(in); got != want {
			t.Errorf("clean(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestFindControls(t *testing.T) {
	for in, want := range map[string][]string{
		"6.1.1.1 棚":                      {"6.1.1.1"},
		"C.1.1.1 棚 11.1.2.10 床":          {"C.1.1.1", "11.1.2.10"},
		"止める8.6.1.15 次":                  {"8.6.1.15"},
		"1.2.3 棚、2020.1、6.1.1.1.1 棚":     nil,
		"IPv4 の 192.168.0.1":             nil,
		"x6.1.1.1 と V1.1.1.1 と AC.1.1.1": nil,
	} {
		var got []string
		for _, at := range findControls(in) {
			got = append(got, in[at[0]:at[1]])
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("findControls(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestContrast(t *testing.T) {
	for _, test := range []struct{ a, b, wantA, wantB string }{
		{"棚を見る", "棚を見た", "“棚を見[る]”", "“棚を見[た]”"},
		{"棚を見る", "棚を毎日見る", "“棚を[]見る”", "“棚を[毎日]見る”"},
		{"一二三四五六七八九十一二三四五六七八九十赤", "一二三四五六七八九十一二三四五六七八九十青", "“…三四五六七八九十[赤]”", "“…三四五六七八九十[青]”"},
		{"甲", "", "“[甲]”", "“[]”"},
	} {
		if a, b := contrast(test.a, test.b); a != test.wantA || b != test.wantB {
			t.Errorf("contrast(%q, %q) = %s, %s, want %s, %s", test.a, test.b, a, b, test.wantA, test.wantB)
		}
	}
}

// TestDamage damages the text at random, by cells and lines, and asserts that
// what is still accepted makes a catalog without errors that passes the check
// against the damaged text.
func TestDamage(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	whole := strings.Split(string(read(t, smallFile)), "\n")
	first := slices.Index(whole, "H01: 棚の連なりによる荷崩れ")
	accepted := 0
	for round := range 800 {
		lines := append([]string(nil), whole...)
		for range 1 + rng.IntN(3) {
			i, j := first+rng.IntN(len(lines)-first), first+rng.IntN(len(lines)-first)
			cells := strings.Split(lines[i], "\t")
			c, d := rng.IntN(len(cells)), rng.IntN(len(cells))
			switch rng.IntN(9) {
			case 0:
				lines = append(lines[:i], lines[i+1:]...)
			case 1:
				lines = append(lines[:i], append([]string{lines[j]}, lines[i:]...)...)
			case 2:
				lines[i], lines[j] = lines[j], lines[i]
			case 3:
				cells[c] = ""
			case 4:
				cells[c], cells[d] = cells[d], cells[c]
			case 5:
				other := strings.Split(lines[j], "\t")
				cells[c] = other[rng.IntN(len(other))]
			case 6:
				cells = append(cells[:c], append([]string{""}, cells[c:]...)...)
			case 7:
				cells = append(cells[:c], cells[c+1:]...)
			case 8:
				rs := []rune(cells[c])
				cells[c] = string(rs[:rng.IntN(len(rs)+1)])
			}
			if i < len(lines) && len(cells) > 0 {
				if rng.IntN(9) > 2 {
					lines[i] = strings.Join(cells, "\t")
				}
			}
		}
		text := []byte(strings.Join(lines, "\n"))
		res, err := Parse("text", text)
		if err != nil {
			continue
		}
		accepted++
		cat, problems := catalog.Assemble(res.Source)
		if problems.HasErrors() || cat == nil {
			t.Errorf("round %d: the import has errors:\n%v", round, problems.ErrorsOnly())
			continue
		}
		check, err := Check("text", text, cat)
		if err != nil {
			t.Errorf("round %d: %v", round, err)
			continue
		}
		if !check.OK() {
			var b bytes.Buffer
			check.WriteTo(&b)
			t.Errorf("round %d: the check fails:\n%s", round, b.String())
		}
	}
	if accepted < 50 {
		t.Errorf("only %d of the damaged texts were accepted: the test tests little", accepted)
	}
}

func FuzzParse(f *testing.F) {
	small := read(f, smallFile)
	f.Add(small)
	f.Add([]byte("● a\n\nH01: b\n\n・c\n"))
	f.Add(bytes.ReplaceAll(small, []byte("\t\t"), []byte("\t")))
	f.Fuzz(func(t *testing.T, data []byte) {
		res, err := Parse("text", data)
		if err != nil {
			if res != nil {
				t.Error("a result with an error")
			}
			return
		}
		if _, err := res.Report.WriteTo(&bytes.Buffer{}); err != nil {
			t.Error(err)
		}
		cat, _ := catalog.Assemble(res.Source)
		if cat == nil {
			return
		}
		if _, err := Check("text", data, cat); err != nil {
			t.Errorf("a text that is read is not checked: %v", err)
		}
	})
}
