package comparison

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"flag"
	"fmt"
	nethtml "html"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"riskguide/answers"
	"riskguide/answers/assessment"
	"riskguide/catalog"
	"riskguide/render"
	"riskguide/render/comparison/comparisontest"
	"riskguide/render/rendertest"
	"riskguide/render/workbook/sheet/sheettest"
)

var update = flag.Bool("update", false, "rewrite the golden files")

var options = render.Options{ToolVersion: "1.2.3", Date: time.Date(2026, 1, 31, 0, 0, 0, 0, time.UTC)}

func view(t testing.TB, lang catalog.Lang) *View {
	t.Helper()
	v, err := NewView(comparisontest.Small(t), lang, nil)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func many(t testing.TB, n int) *View {
	t.Helper()
	p := comparisontest.Shipped(t)
	v, err := NewView(assessment.Assess(p, comparisontest.Sets(p, n)), "ja", nil)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	file := "testdata/" + name
	if *update {
		if err := os.MkdirAll("testdata", 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, got, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(want, got) {
		t.Errorf("%s differs (go test -update rewrites it)", file)
	}
}

// formats renders a view in all formats.
func formats(t testing.TB, v *View) map[string][]byte {
	t.Helper()
	out := map[string][]byte{}
	var text bytes.Buffer
	if err := WriteText(&text, v, false); err != nil {
		t.Fatal(err)
	}
	out["text"] = text.Bytes()
	for name, make := range map[string]func() ([]byte, error){
		"html": func() ([]byte, error) { return HTML(v, options) },
		"xlsx": func() ([]byte, error) { return Workbook(context.Background(), v, options) },
		"pdf":  func() ([]byte, error) { return PDF(context.Background(), v, options) },
		"json": func() ([]byte, error) { return JSON(v) },
	} {
		data, err := make()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		out[name] = data
	}
	return out
}

func TestGoldens(t *testing.T) {
	for _, lang := range []catalog.Lang{"ja", "en"} {
		first, again := formats(t, view(t, lang)), formats(t, view(t, lang))
		for name, data := range first {
			if !bytes.Equal(data, again[name]) {
				t.Errorf("two reports as %s differ", name)
			}
		}
		page := regexp.MustCompile(`(?s)<style>.*</style>`).ReplaceAll(first["html"], []byte("<style></style>"))
		page = regexp.MustCompile(`sha256-[^']*`).ReplaceAll(page, []byte("sha256-…"))
		golden(t, "report."+string(lang)+".html", page)
		golden(t, "summary."+string(lang)+".txt", first["text"])
		golden(t, "workbook."+string(lang)+".txt", dump(t, first["xlsx"]))
		if lang == "ja" {
			golden(t, "comparison.json", first["json"])
		} else if en := first["json"]; !bytes.Equal(en, formats(t, view(t, "ja"))["json"]) {
			t.Error("the JSON depends on the language")
		}
	}
}

// dump is the text of all sheets.
func dump(t *testing.T, data []byte) []byte {
	t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var b bytes.Buffer
	for _, s := range f.GetSheetList() {
		fmt.Fprintf(&b, "# %s\n", s)
		rows, err := f.GetRows(s)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range rows {
			fmt.Fprintln(&b, strings.ReplaceAll(strings.Join(r, " | "), "\n", "⏎"))
		}
	}
	return b.Bytes()
}

func TestPage(t *testing.T) {
	page := string(formats(t, view(t, "ja"))["html"])
	style := regexp.MustCompile(`(?s)<style>(.*)</style>`).FindStringSubmatch(page)
	policy := regexp.MustCompile(`Content-Security-Policy" content="([^"]*)"`).FindStringSubmatch(page)
	if style == nil || policy == nil {
		t.Fatal("there is no style or no policy")
	}
	sum := sha256.Sum256([]byte(style[1]))
	if hash := base64.StdEncoding.EncodeToString(sum[:]); !strings.Contains(nethtml.UnescapeString(policy[1]), "'sha256-"+hash+"'") {
		t.Errorf("the policy %s does not allow the style, whose hash is %s", policy[1], hash)
	}
	for _, no := range []string{"<script", "style=", "http://", "https://", "unsafe", "<b>直ちに", "<Cloud>", "<i>要求", `src=`, "[rule", "[col"} {
		if strings.Contains(page, no) {
			t.Errorf("the page holds %s", no)
		}
	}
	// Every chart is an image with a name, or says what stands beside it.
	for _, svg := range regexp.MustCompile(`<svg [^>]*>`).FindAllString(page, -1) {
		named := strings.Contains(svg, `role="img" aria-label="`) && !strings.Contains(svg, `aria-label=""`)
		if !named && !strings.Contains(svg, `aria-hidden="true"`) && !strings.Contains(svg, `width="12"`) {
			t.Errorf("a chart without a text: %s", svg)
		}
	}
	for _, want := range []string{"Beta &lt;Cloud&gt; &amp; Co. は別の一式（trial-2026.1-000000000000）に回答している", "9.9.9.9",
		"アルファ株式会社 の点数：第1回", "市が自ら行うため。", "残留リスク", "一者だけ", "プロファイルに定めはない"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not say %s", want)
		}
	}
}

// TestPageOfMany shows the gravest gaps of each of many suppliers and says how many
// more there are.
func TestPageOfMany(t *testing.T) {
	v := many(t, 300)
	lists := v.gapLists()
	for i, g := range lists {
		n := len(g.First) + len(g.Others)
		if n > leastGaps || n < min(leastGaps, len(g.Gaps)) {
			t.Fatalf("supplier %d shows %d gaps of %d", i, n, len(g.Gaps))
		}
		if left := len(g.Gaps) - n; left > 0 != (g.More != "") || left > 0 && !strings.Contains(g.More, fmt.Sprint(left)) {
			t.Errorf("%d gaps are left out, and the page says %q", left, g.More)
		}
	}
}

func TestScoreText(t *testing.T) {
	for x, want := range map[float64]string{0: "0.0", 99.96: "99.9", 100: "100.0", 72.4999999999999: "72.5", 66.666: "66.6"} {
		if got := scoreText(x); got != want {
			t.Errorf("%v is shown as %s, want %s", x, got, want)
		}
	}
}

func TestOrderAndSteps(t *testing.T) {
	v := view(t, "en")
	for i := 1; i < len(v.Suppliers); i++ {
		if v.Suppliers[i-1].Now.Tally.Score < v.Suppliers[i].Now.Tally.Score {
			t.Error("the suppliers are not in the order of their scores")
		}
	}
	var alpha *Supplier
	for _, s := range v.Suppliers {
		if s.ID == "alpha" {
			alpha = s
		}
	}
	if len(alpha.Rounds) != 2 || len(alpha.Steps) != 1 {
		t.Fatalf("alpha has %d rounds and %d steps", len(alpha.Rounds), len(alpha.Steps))
	}
	if s := alpha.Steps[0]; len(s.Better) != 1 || len(s.Worse) != 1 || len(s.Other) != 0 ||
		s.Better[0].To.Status != answers.Planned || s.Worse[0].To.Status != answers.Partial {
		t.Errorf("what changed: %+v", s)
	}
	for i, r := range v.Rows {
		lacks := 0
		for _, c := range r.Answers {
			if !c.Status.Met() && !c.Status.Outside() {
				lacks++
			}
		}
		if r.Lacking != lacks || r.Only != nil && lacks != 1 {
			t.Errorf("row %d: %d lack it, told %d, only %v", i, lacks, r.Lacking, r.Only)
		}
	}
	for i := 1; i < len(v.Gaps); i++ {
		if v.Gaps[i-1].Obligation != "must" && v.Gaps[i].Obligation == "must" {
			t.Error("a gap that must be closed comes late")
		}
	}
}

// TestOrderOfGaps: one list of all suppliers begins, within a severity, with what
// most of them lack and then with the worst answer; of one supplier it is in the
// order of that supplier's gaps.
func TestOrderOfGaps(t *testing.T) {
	v := many(t, 5)
	ordered := 0
	for i := 1; i < len(v.Gaps); i++ {
		x, y := v.Gaps[i-1], v.Gaps[i]
		if x.Obligation != y.Obligation || x.Risk.SevID != y.Risk.SevID || len(x.Lacking) != len(y.Lacking) {
			continue
		}
		ordered++
		if x.worst() > y.worst() {
			t.Errorf("%s, with a worse answer, comes after %s", y.ID, x.ID)
		}
	}
	if ordered < 10 {
		t.Errorf("only %d gaps were compared", ordered)
	}
	p := comparisontest.Shipped(t)
	v, err := NewView(assessment.Assess(p, comparisontest.Sets(p, 1)), "en", nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(v.Suppliers) != 1 || len(v.Gaps) < 10 {
		t.Fatalf("%d suppliers, %d gaps", len(v.Suppliers), len(v.Gaps))
	}
	for i, g := range v.Suppliers[0].Gaps {
		if v.Gaps[i].Requirement != g.Requirement {
			t.Fatalf("gap %d is %s, want %s", i, v.Gaps[i].ID, g.Requirement.ID)
		}
	}
}

func TestWorkbook(t *testing.T) {
	data := formats(t, view(t, "ja"))["xlsx"]
	sheettest.Check(t, data)
	f := sheettest.Open(t, data)
	defer f.Close()
	want := "概要,グラフ,要求事項×事業者,不足,区分別,リスク別,層別,箇条別,一者だけ,経過,変化,数え方と除外"
	if got := strings.Join(f.GetSheetList(), ","); got != want {
		t.Errorf("sheets: %s", got)
	}
	for _, s := range []string{"概要", "要求事項×事業者", "不足", "リスク別", "一者だけ", "経過", "変化"} {
		if tables, err := f.GetTables(s); err != nil || len(tables) != 1 {
			t.Errorf("%s has no table with filters (%v)", s, err)
		}
	}
	// Real charts, whose numbers are those of the cells.
	charts := 0
	f.Pkg.Range(func(k, x any) bool {
		if name := k.(string); strings.HasPrefix(name, "xl/charts/chart") {
			charts++
			for _, ref := range regexp.MustCompile(`<(?:c:)?f>([^<]*)</`).FindAllStringSubmatch(string(x.([]byte)), -1) {
				if sheetName, cell, err := reference(nethtml.UnescapeString(ref[1])); err != nil {
					t.Errorf("%s: %s: %v", name, ref[1], err)
				} else if v, err := f.GetCellValue(sheetName, cell); err != nil || v == "" {
					t.Errorf("%s: %s is empty (%v)", name, ref[1], err)
				}
			}
		}
		return true
	})
	if charts != 7 { // scores, answers, four groups, one history
		t.Errorf("%d charts", charts)
	}
	// An answer that looks like a formula stays text, and colours follow the
	// answer.
	rows, err := f.GetRows("不足")
	if err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(rows, func(r []string) bool { return slices.Contains(r, "=1+1") }) {
		t.Error("the evidence is gone")
	}
}

// reference returns the sheet and the first cell of a reference.
func reference(ref string) (sheetName, cell string, err error) {
	m := regexp.MustCompile(`^'(.*)'!\$([A-Z]+)\$([0-9]+)`).FindStringSubmatch(ref)
	if m == nil {
		return "", "", fmt.Errorf("no reference")
	}
	return strings.ReplaceAll(m[1], "''", "'"), m[2] + m[3], nil
}

// TestLibreOffice opens the workbook with LibreOffice, which must draw the charts.
func TestLibreOffice(t *testing.T) {
	rendertest.Tool(t, "soffice", "libreoffice")
	pdftotext := rendertest.Tool(t, "pdftotext")
	file := filepath.Join(t.TempDir(), "report.pdf")
	if err := os.WriteFile(file, sheettest.Convert(t, formats(t, view(t, "ja"))["xlsx"], "pdf"), 0o666); err != nil {
		t.Fatal(err)
	}
	out, err := exec.Command(pdftotext, file, "-").Output()
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Join(strings.Fields(string(out)), "")
	// The titles stand in the charts only.
	for _, want := range []string{"事業者の点数", "回答の内訳（件数）", "リスクごとの点数", "箇条ごとの点数", "回ごとの点数"} {
		if !strings.Contains(text, want) && !strings.Contains(strings.NewReplacer("（", "(", "）", ")").Replace(text), strings.NewReplacer("（", "(", "）", ")").Replace(want)) {
			t.Errorf("LibreOffice draws no chart %q", want)
		}
	}
}

// TestTwoPages: the summary has two pages whatever the number of suppliers, no text
// leaves its box, and what is left out is counted.
func TestTwoPages(t *testing.T) {
	qpdf, _ := exec.LookPath("qpdf")
	for _, n := range []int{1, 2, 7, 8, 100} {
		v := many(t, n)
		twoPages(t, fmt.Sprint(n), v)
		data, err := PDF(context.Background(), v, options)
		if err != nil {
			t.Fatal(err)
		}
		if qpdf == "" {
			continue
		}
		file := filepath.Join(t.TempDir(), "summary.pdf")
		if err := os.WriteFile(file, data, 0o666); err != nil {
			t.Fatal(err)
		}
		if out, err := exec.Command(qpdf, "--check", file).CombinedOutput(); err != nil {
			t.Errorf("%d suppliers: %v\n%s", n, err, out)
		}
	}
	if qpdf == "" {
		rendertest.Missing(t, "program qpdf")
	}
}

func twoPages(t *testing.T, what string, v *View) {
	t.Helper()
	d, err := v.summary(options)
	if err != nil {
		t.Fatal(err)
	}
	pages := d.Pages()
	if len(pages) != 2 {
		t.Fatalf("%s: %d pages", what, len(pages))
	}
	var text strings.Builder
	for i, p := range pages {
		for _, o := range p.Ops {
			if o.Text == "" {
				continue
			}
			text.WriteString(o.Text)
			if o.Box < 0 || int(o.Box) >= len(p.Boxes) {
				continue
			}
			r := p.Boxes[o.Box]
			if o.X < r.X-0.5 || o.X+o.W > r.X+r.W+0.5 || o.Y > r.Y+r.H+0.5 {
				t.Errorf("%s: page %d: %q leaves its box", what, i+1, o.Text)
			}
			if o.Y > 595 {
				t.Errorf("%s: page %d: %q stands below the paper", what, i+1, o.Text)
			}
		}
	}
	all := text.String()
	suppliers := 0
	for _, s := range v.Suppliers {
		if strings.Contains(all, s.ID) {
			suppliers++
		}
	}
	if len(v.Suppliers) > 7 && len(v.Suppliers) < 20 || len(v.Suppliers) <= 7 {
		if suppliers != len(v.Suppliers) {
			t.Errorf("%s: %d suppliers are named", what, suppliers)
		}
	} else if !regexp.MustCompile(`ほか \d+ 者（点数 `).MatchString(all) {
		t.Errorf("%s: nothing tells how many suppliers are left out", what)
	}
	if len(v.Gaps) > 20 && !regexp.MustCompile(`ほか \d+ 件。全件は`).MatchString(all) {
		t.Errorf("%s: nothing tells how many gaps are left out", what)
	}
}

// TestLongTexts lets names and texts of any length leave the summary on two pages.
func TestLongTexts(t *testing.T) {
	p := comparisontest.Shipped(t)
	sets := comparisontest.Sets(p, 7)
	for i, s := range sets {
		s.Name = strings.Repeat("長い名前の株式会社", 30) + fmt.Sprint(i)
		s.Pack.Fingerprint, s.Pack.ID = "other", strings.Repeat("x", 200)
		s.Answers[0].Explanation = strings.Repeat("説明。", 10000)
	}
	v, err := NewView(assessment.Assess(p, sets), "ja", nil)
	if err != nil {
		t.Fatal(err)
	}
	twoPages(t, "long names", v)
}

func TestNothingCounts(t *testing.T) {
	p := comparisontest.SmallPack(t)
	none := &answers.Set{Supplier: "none", Pack: comparisontest.PackOf(p)}
	for _, r := range p.Requirements {
		none.Answers = append(none.Answers, answers.Answer{Requirement: r.ID, Status: answers.NotApplicable})
	}
	v, err := NewView(assessment.Assess(p, []*answers.Set{none}), "en", nil)
	if err != nil {
		t.Fatal(err)
	}
	all := formats(t, v)
	var d Document
	if err := json.Unmarshal(all["json"], &d); err != nil {
		t.Fatal(err)
	}
	if d.Suppliers[0].Rounds[0].Total.Score != nil || strings.Contains(string(all["html"]), "NaN") {
		t.Error("a score where nothing counts")
	}
	sheettest.Check(t, all["xlsx"])
	if !strings.Contains(string(all["html"]), v.Word("gaps.none")) {
		t.Error("the page does not say that there is no gap")
	}
}

// TestJSON checks that the numbers of the document fit together.
func TestJSON(t *testing.T) {
	var d Document
	if err := json.Unmarshal(formats(t, view(t, "en"))["json"], &d); err != nil {
		t.Fatal(err)
	}
	if len(d.Suppliers) != 3 || d.Suppliers[0].ID != "alpha" || len(d.Suppliers[0].Rounds) != 2 || len(d.Exclusions) != 1 {
		t.Fatalf("%+v", d.Suppliers)
	}
	for _, s := range d.Suppliers {
		last := s.Rounds[len(s.Rounds)-1]
		sum, must := 0, 0
		for _, n := range last.Total.Statuses {
			sum += n
		}
		for _, g := range s.Gaps {
			if g.Obligation == "must" {
				must++
			}
		}
		if sum != last.Total.Requirements || must != last.MustUnmet || last.Total.Requirements != len(d.Requirements) {
			t.Errorf("%s: %d answers of %d, %d gaps in must, told %d", s.ID, sum, last.Total.Requirements, must, last.MustUnmet)
		}
		if sc := last.Total.Score; sc == nil || *sc < 0 || *sc > 100 || math.IsNaN(*sc) {
			t.Errorf("%s: score %v", s.ID, sc)
		}
	}
	if !d.Suppliers[1].Rounds[0].OtherPack || !slices.Equal(d.Suppliers[1].Rounds[0].Unasked, []string{"9.9.9.9"}) {
		t.Error("the other pack of beta is not told")
	}
}

// TestTerminal lets no text of a supplier command the terminal.
func TestTerminal(t *testing.T) {
	p := comparisontest.SmallPack(t)
	v, err := NewView(assessment.Assess(p, []*answers.Set{{Supplier: "x", Name: "a\x1b[31mb", Pack: comparisontest.PackOf(p)}}), "en", nil)
	if err != nil {
		t.Fatal(err)
	}
	if s := string(formats(t, v)["text"]); strings.Contains(s, "\x1b") || !strings.Contains(s, "a[31mb") {
		t.Errorf("%q", s)
	}
}

// BenchmarkReport makes all formats for more and more suppliers.
func BenchmarkReport(b *testing.B) {
	p := comparisontest.Shipped(b)
	for _, n := range []int{10, 100, 1000} {
		sets := comparisontest.Sets(p, n)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				v, err := NewView(assessment.Assess(p, sets), "ja", nil)
				if err != nil {
					b.Fatal(err)
				}
				formats(b, v)
			}
		})
	}
}
