//go:build unix

package main

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"riskguide/render/rendertest"
)

// BenchmarkBuildForeign measures whole runs of the program for NIST SP 800-53 rev 4,
// imported with its three baselines, as [BenchmarkBuild] does for our guide and for
// ones 10 and 100 times as large. It reports the pages of the site too.
func BenchmarkBuildForeign(b *testing.B) {
	nist := filepath.Join(rendertest.Root(b), "..", "shared", "oscal", "nist-sp800-53-rev4")
	if _, err := os.Stat(nist); err != nil {
		b.Skipf("SKIPPED: NIST SP 800-53 is not beside the repository: %v", err)
	}
	dir := b.TempDir()
	bin, content := filepath.Join(dir, "riskguide"), filepath.Join(dir, "content")
	if out, err := exec.Command("go", "build", "-trimpath", "-o", bin, ".").CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	args := []string{"import", "oscal", filepath.Join(nist, "catalog.json")}
	for _, l := range []string{"LOW", "MODERATE", "HIGH"} {
		args = append(args, filepath.Join(nist, l+"-baseline_profile.json"))
	}
	if out, err := exec.Command(bin, append(args, "--into", content)...).CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	var cpu time.Duration
	mem, runs := 0.0, 0
	for b.Loop() {
		cmd := exec.Command(bin, "build", "--quiet", "--content", content, "--out", filepath.Join(dir, "output"))
		if out, err := cmd.CombinedOutput(); err != nil {
			b.Fatalf("%v\n%s", err, out)
		}
		cpu += cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
		if ru, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
			mem += float64(ru.Maxrss) / 1024 // kilobytes on Linux
		}
		runs++
	}
	pages := 0
	err := filepath.WalkDir(filepath.Join(dir, "output", "site"), func(file string, _ fs.DirEntry, err error) error {
		if filepath.Ext(file) == ".html" {
			pages++
		}
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(cpu.Seconds()/float64(runs), "cpu-s/op")
	b.ReportMetric(mem/float64(runs), "peak-MB")
	b.ReportMetric(float64(pages), "pages")
}
