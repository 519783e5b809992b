//go:build unix

package main

import (
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"riskguide/answers"
	"riskguide/profile"
	"riskguide/render/comparison/comparisontest"
	"riskguide/render/rendertest"
)

// BenchmarkCompare measures whole runs of riskguide compare with all reports, from
// files of answers of 10, 100 and 1000 suppliers to every control of the shipped
// content. It reports the peak of memory, and for the larger ones the exponents
// with which time and memory grow (1 is linear).
func BenchmarkCompare(b *testing.B) {
	bin := filepath.Join(b.TempDir(), "riskguide")
	if out, err := exec.Command("go", "build", "-trimpath", "-o", bin, ".").CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	content := filepath.Join(rendertest.Root(b), "content")
	const text = "id: all\ntitle: all\nlanguages: [ja]\nselect: {all: true}\n"
	p := comparisontest.Tailor(b, os.DirFS(content), text)
	var wall, mem float64
	for _, n := range []int{10, 100, 1000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			dir := b.TempDir()
			prof := filepath.Join(dir, "all.yaml")
			folder := filepath.Join(dir, "answers")
			writeAnswers(b, p, folder, n)
			if err := os.WriteFile(prof, []byte(text), 0o666); err != nil {
				b.Fatal(err)
			}
			var sum, peak float64
			var cpu time.Duration
			runs := 0.0
			for b.Loop() {
				cmd := exec.Command(bin, "compare", folder, "--profile", prof, "--content", content, "--out", filepath.Join(dir, "out"))
				begin := time.Now()
				if out, err := cmd.CombinedOutput(); err != nil {
					b.Fatalf("%v\n%s", err, out)
				}
				sum += time.Since(begin).Seconds()
				cpu += cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
				if ru, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
					peak += float64(ru.Maxrss) / 1024 // kilobytes on Linux
				}
				runs++
			}
			b.ReportMetric(float64(len(p.Requirements)), "requirements")
			b.ReportMetric(cpu.Seconds()/runs, "cpu-s/op")
			b.ReportMetric(peak/runs, "peak-MB")
			if wall > 0 {
				b.ReportMetric(math.Log10(sum/runs/wall), "time-exponent")
				b.ReportMetric(math.Log10(peak/runs/mem), "memory-exponent")
			}
			wall, mem = sum/runs, peak/runs
		})
	}
}

// writeAnswers writes the answers of n suppliers, earlier rounds in their folder.
func writeAnswers(b *testing.B, p *profile.Pack, dir string, n int) {
	b.Helper()
	if err := os.MkdirAll(filepath.Join(dir, answers.RoundsDir), 0o777); err != nil {
		b.Fatal(err)
	}
	newest := map[string]*answers.Set{}
	put := func(name string, s *answers.Set) {
		data, err := answers.Write(s)
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, name), data, 0o666)
		}
		if err != nil {
			b.Fatal(err)
		}
	}
	for _, s := range comparisontest.Sets(p, n) {
		if old := newest[s.Supplier]; old != nil {
			put(filepath.Join(answers.RoundsDir, fmt.Sprintf("%s.%d.yaml", old.Supplier, old.Round)), old)
		}
		newest[s.Supplier] = s
		put(answers.FileName(s.Supplier), s)
	}
}
