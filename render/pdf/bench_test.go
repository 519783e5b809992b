//go:build unix

package pdf

import (
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"
	"time"

	"riskguide/catalog"
	"riskguide/catalog/synthetic"
	"riskguide/render"
	"riskguide/render/rendertest"
)

// discard is a sink that counts.
type discard struct{}

func (discard) Put(string, []byte) error { return nil }

// content loads the shipped guide n times as large.
func content(tb testing.TB, n int) *catalog.Catalog {
	tb.Helper()
	ctx := context.Background()
	dir := filepath.Join(rendertest.Root(tb), "content")
	src, problems := catalog.LoadSource(ctx, os.DirFS(dir), catalog.LoadOptions{})
	if problems.HasErrors() {
		tb.Fatal(problems)
	}
	cat, problems := catalog.Assemble(synthetic.Scale(src, n))
	if problems.HasErrors() {
		tb.Fatal(problems.ErrorsOnly()[0])
	}
	return cat
}

// BenchmarkRender makes all PDFs of the shipped guide, and of guides 10 and 100
// times as large. It reports the processor time, and the exponent to which time
// grows with size: 1 is linear.
func BenchmarkRender(b *testing.B) {
	var before time.Duration
	for _, n := range []int{1, 10, 100} {
		if n == 100 && testing.Short() {
			continue
		}
		b.Run(fmt.Sprintf("%dx", n), func(b *testing.B) {
			cat := content(b, n)
			opts := render.Options{Lang: catalog.Japanese}
			runtime.GC()
			b.ReportAllocs()
			start := processorTime()
			for b.Loop() {
				if err := Render(context.Background(), cat, opts, discard{}); err != nil {
					b.Fatal(err)
				}
			}
			per := (processorTime() - start) / time.Duration(b.N)
			b.ReportMetric(float64(per.Milliseconds()), "cpu-ms/op")
			if before > 0 {
				b.ReportMetric(math.Log10(float64(per)/float64(before)), "exponent")
			}
			before = per
		})
	}
}

// processorTime returns the time that the process has used on all processors.
func processorTime() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
