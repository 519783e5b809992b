package oscal_test

import (
	"fmt"
	"testing"

	"riskguide/catalog/oscal/document"
	"riskguide/catalog/oscal/native"
	"riskguide/catalog/synthetic"
	"riskguide/render/oscal"
)

// BenchmarkExport and BenchmarkImport measure the shipped guide and one ten times as
// large.
func BenchmarkExport(b *testing.B) {
	for _, n := range []int{1, 10} {
		cat := assemble(b, synthetic.Scale(shipped(b), n))
		b.Run(fmt.Sprintf("x%d", n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				data, err := document.Encode(oscal.Catalog(cat, oscal.Options{}))
				if err != nil {
					b.Fatal(err)
				}
				b.SetBytes(int64(len(data)))
			}
		})
	}
}

func BenchmarkImport(b *testing.B) {
	for _, n := range []int{1, 10} {
		data := export(b, assemble(b, synthetic.Scale(shipped(b), n)), oscal.Options{})
		b.Run(fmt.Sprintf("x%d", n), func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(data)))
			for b.Loop() {
				f, problems := document.Decode(data, document.Options{})
				if f == nil {
					b.Fatal(problems)
				}
				if src, problems := native.Read(f); src == nil {
					b.Fatal(problems)
				}
			}
		})
	}
}
