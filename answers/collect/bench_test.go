package collect_test

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"sync/atomic"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"riskguide/answers/answerstest"
	"riskguide/answers/collect"
	"riskguide/answers/xlsx"
	"riskguide/templates"
)

// peak runs f and returns by how many bytes the heap grew at most meanwhile.
func peak(f func()) uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	base := m.HeapAlloc
	var most atomic.Uint64
	done, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		for {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			most.Store(max(most.Load(), m.HeapAlloc))
			select {
			case <-done:
				return
			case <-time.After(5 * time.Millisecond):
			}
		}
	}()
	f()
	close(done)
	<-stopped
	return most.Load() - min(base, most.Load())
}

// BenchmarkCollect collects answered questionnaires of the whole shipped guide, 10
// and 100 of them, with the report. It reports the peak of the heap and the
// exponent with which the time grows (1 is linear).
func BenchmarkCollect(b *testing.B) {
	p := full(b)
	dir := b.TempDir()
	cfg, blank := config(b, p, filepath.Join(dir, "out"))
	var files []string
	for i := range 100 {
		data, err := answerstest.Filled(blank, answered(p, i))
		if err != nil {
			b.Fatal(err)
		}
		files = append(files, write(b, filepath.Join(dir, fmt.Sprintf("s%03d.xlsx", i)), data))
	}
	defer debug.SetGCPercent(debug.SetGCPercent(50)) // as the command does
	before := 0.0
	for _, n := range []int{10, 100} {
		b.Run(fmt.Sprintf("%dx%d", n, len(p.Requirements)), func(b *testing.B) {
			var most uint64
			for b.Loop() {
				most = max(most, peak(func() {
					rep, err := collect.Run(context.Background(), cfg, files[:n])
					if err != nil {
						b.Fatal(err)
					}
					md, err := rep.Markdown(templates.FS(), "ja")
					if err != nil {
						b.Fatal(err)
					}
					js, err := rep.JSON()
					if err != nil {
						b.Fatal(err)
					}
					if err := rep.Commit(collect.File{Name: "report.md", Data: md}, collect.File{Name: "report.json", Data: js}); err != nil {
						b.Fatal(err)
					}
					if len(rep.Problems()) > 0 {
						b.Fatal(rep.Problems())
					}
				}))
			}
			each := b.Elapsed().Seconds() / float64(b.N)
			b.ReportMetric(float64(most)/(1<<20), "peak-MB")
			if before > 0 {
				b.ReportMetric(math.Log10(each/before), "exponent")
			}
			before = each
		})
	}
}

// BenchmarkRead compares the reader with excelize: one questionnaire, all cells of
// all sheets.
func BenchmarkRead(b *testing.B) {
	p := full(b)
	_, blank := config(b, p, b.TempDir())
	data, err := answerstest.Filled(blank, answered(p, 0))
	if err != nil {
		b.Fatal(err)
	}
	measure := func(b *testing.B, f func() error) {
		b.ReportAllocs()
		var most uint64
		for b.Loop() {
			most = max(most, peak(func() {
				if err := f(); err != nil {
					b.Fatal(err)
				}
			}))
		}
		b.ReportMetric(float64(most)/(1<<20), "peak-MB")
	}
	b.Run("own", func(b *testing.B) {
		measure(b, func() error {
			_, err := xlsx.Read(context.Background(), bytes.NewReader(data), int64(len(data)))
			return err
		})
	})
	b.Run("excelize", func(b *testing.B) {
		measure(b, func() error {
			f, err := excelize.OpenReader(bytes.NewReader(data))
			if err != nil {
				return err
			}
			defer f.Close()
			for _, s := range f.GetSheetList() {
				if _, err := f.GetRows(s); err != nil {
					return err
				}
			}
			return nil
		})
	})
}

// TestManyQuestionnaires: what is kept of a questionnaire when the next one is read
// is little more than its answers.
func TestManyQuestionnaires(t *testing.T) {
	p := small(t)
	dir := t.TempDir()
	cfg, blank := config(t, p, dir)
	data, err := answerstest.Filled(blank, answered(p, 0))
	if err != nil {
		t.Fatal(err)
	}
	var files []string
	for i := range 20 {
		files = append(files, write(t, filepath.Join(dir, fmt.Sprintf("s%d.xlsx", i)), data))
	}
	if _, err := collect.Run(context.Background(), cfg, files[:1]); err != nil { // what is made once
		t.Fatal(err)
	}
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	rep, err := collect.Run(context.Background(), cfg, files)
	if err != nil {
		t.Fatal(err)
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	if kept := (int64(after.HeapAlloc) - int64(before.HeapAlloc)) / 20; kept > 64<<10 {
		t.Errorf("%d kB are kept of each questionnaire of %d kB", kept>>10, len(data)>>10)
	}
	runtime.KeepAlive(rep)
	if _, err := os.Stat(filepath.Join(dir, "answers")); err == nil {
		t.Error("something was written before Commit")
	}
}
