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

	"riskguide/catalog"
	"riskguide/catalog/synthetic"
	"riskguide/render/rendertest"
)

// BenchmarkBuild measures whole runs of the program: everything from the start
// of the process to its end, for the shipped content and for guides 10 and 100
// times as large. Beside the time it reports CPU time and the peak of memory, and
// for the larger guides the exponents with which they grow (1 is linear).
func BenchmarkBuild(b *testing.B) {
	bin := filepath.Join(b.TempDir(), "riskguide")
	if out, err := exec.Command("go", "build", "-trimpath", "-o", bin, ".").CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	content := filepath.Join(rendertest.Root(b), "content")
	src, problems := catalog.LoadSource(b.Context(), os.DirFS(content), catalog.LoadOptions{})
	if problems.HasErrors() {
		b.Fatal(problems)
	}
	type cost struct{ wall, mem float64 }
	var before cost
	for _, n := range []int{1, 10, 100} {
		b.Run(fmt.Sprintf("%dx", n), func(b *testing.B) {
			dir := b.TempDir()
			large := filepath.Join(dir, "content")
			files, err := catalog.WriteFiles(synthetic.Scale(src, n))
			if err != nil {
				b.Fatal(err)
			}
			for name, data := range files {
				file := filepath.Join(large, filepath.FromSlash(name))
				if err := os.MkdirAll(filepath.Dir(file), 0o777); err != nil {
					b.Fatal(err)
				}
				if err := os.WriteFile(file, data, 0o666); err != nil {
					b.Fatal(err)
				}
			}
			if err := os.CopyFS(filepath.Join(large, "profiles"), os.DirFS(filepath.Join(content, "profiles"))); err != nil {
				b.Fatal(err)
			}
			var sum cost
			var cpu time.Duration
			runs := 0
			for b.Loop() {
				cmd := exec.Command(bin, "build", "--quiet", "--content", large, "--out", filepath.Join(dir, "output"))
				begin := time.Now()
				out, err := cmd.CombinedOutput()
				if err != nil {
					b.Fatalf("%v\n%s", err, out)
				}
				sum.wall += time.Since(begin).Seconds()
				cpu += cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
				if ru, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
					sum.mem += float64(ru.Maxrss) / 1024 // kilobytes on Linux
				}
				runs++
			}
			now := cost{sum.wall / float64(runs), sum.mem / float64(runs)}
			b.ReportMetric(cpu.Seconds()/float64(runs), "cpu-s/op")
			b.ReportMetric(now.mem, "peak-MB")
			if before.wall > 0 {
				b.ReportMetric(math.Log10(now.wall/before.wall), "time-exponent")
				b.ReportMetric(math.Log10(now.mem/before.mem), "memory-exponent")
			}
			before = now
		})
	}
}
