package comparison

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"

	"riskguide/render/comparison/comparisontest"
	"riskguide/render/rendertest"

	"riskguide/answers/assessment"
)

// TestBarsLeaveRoom: no bar of the summary reaches into the number beside it.
func TestBarsLeaveRoom(t *testing.T) {
	qpdf, pdftotext := rendertest.Tool(t, "qpdf"), rendertest.Tool(t, "pdftotext")
	p := comparisontest.Shipped(t)
	v, err := NewView(assessment.Assess(p, comparisontest.Sets(p, 3)), "en", nil)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "summary.pdf")
	if err := os.WriteFile(file, formats(t, v)["pdf"], 0o666); err != nil {
		t.Fatal(err)
	}
	out := func(name string, args ...string) string {
		data, err := exec.Command(name, args...).Output()
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		return string(data)
	}
	number := func(s string) float64 {
		x, err := strconv.ParseFloat(s, 64)
		if err != nil {
			t.Fatal(err)
		}
		return x
	}
	type bar struct{ left, right, middle float64 }
	const height = 595.28 // of the page
	var bars []bar
	for _, m := range regexp.MustCompile(`(?m)^\s*([\d.]+) ([\d.]+) ([\d.]+) 5\.1 re f`).FindAllStringSubmatch(out(qpdf, "--qdf", "--object-streams=disable", file, "-"), -1) {
		x, w := number(m[1]), number(m[3])
		bars = append(bars, bar{x, x + w, height - number(m[2]) - 2.55})
	}
	words := regexp.MustCompile(`<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="[\d.]+" yMax="([\d.]+)">\d+\.\d</word>`).
		FindAllStringSubmatch(out(pdftotext, "-bbox", "-f", "1", "-l", "1", file, "-"), -1)
	beside := 0
	for _, m := range words {
		x, top, bottom := number(m[1]), number(m[2]), number(m[3])
		for _, b := range bars {
			if b.middle < top || b.middle > bottom || b.left > x || x-b.left > 150 {
				continue
			}
			beside++
			if x < b.right+2 {
				t.Errorf("a number at %.1f, %.1f; the bar ends at %.1f", x, top, b.right)
			}
		}
	}
	if beside < 12 {
		t.Errorf("only %d numbers beside bars, of %d bars and %d numbers", beside, len(bars), len(words))
	}
}
