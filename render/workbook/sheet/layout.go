package sheet

import (
	"math"
	"sort"
)

// Box is a cell that covers the rows Row … Row+Span-1 (counted from 0) and needs
// Need points of height.
type Box struct {
	Row, Span int
	Need      float64
}

// RowHeights returns heights of n rows, each at least min, so that every box
// finds its height in the rows that it covers, with the least possible sum.
//
// Where that leaves a choice, surplus is spread: of all arrangements with the
// least sum there is one that places every row as high as possible and one that
// places every row as low as possible; the result is half-way between, which is
// again such an arrangement because the conditions are linear.
func RowHeights(n int, min float64, boxes []Box) []float64 {
	ends := make([][]Box, n+1)   // by the boundary at which they end
	starts := make([][]Box, n+1) // by the boundary at which they start
	for _, b := range boxes {
		if b.Span < 1 || b.Row < 0 || b.Row+b.Span > n {
			continue
		}
		ends[b.Row+b.Span] = append(ends[b.Row+b.Span], b)
		starts[b.Row] = append(starts[b.Row], b)
	}
	high := make([]float64, n+1)
	for i := 1; i <= n; i++ {
		high[i] = high[i-1] + min
		for _, b := range ends[i] {
			high[i] = math.Max(high[i], high[b.Row]+b.Need)
		}
	}
	low := make([]float64, n+1)
	low[n] = high[n]
	for i := n - 1; i >= 0; i-- {
		low[i] = low[i+1] - min
		for _, b := range starts[i] {
			low[i] = math.Min(low[i], low[b.Row+b.Span]-b.Need)
		}
	}
	heights := make([]float64, n)
	at := make([]float64, n+1)
	for i := range heights {
		at[i+1] = math.Max(ceilPixel((high[i+1]+low[i+1])/2), at[i]+ceilPixel(min))
		for _, b := range ends[i+1] { // rounding may have taken a part of a pixel
			at[i+1] = math.Max(at[i+1], at[b.Row]+ceilPixel(b.Need))
		}
		heights[i] = at[i+1] - at[i]
	}
	return heights
}

// SplitHeight divides a height into equal parts of at most MaxRow points.
func SplitHeight(h float64) []float64 {
	n := int(math.Ceil(h / MaxRow))
	if n <= 1 {
		return []float64{h}
	}
	parts := make([]float64, n)
	for i := range parts {
		parts[i] = ceilPixel(h / float64(n))
	}
	return parts
}

// FitWidths widens columns that would make a row higher than limit points, as a
// flat table cannot merge down. texts holds the wrapped texts of each column;
// widths are in points. It returns the widths, none over the widest that a
// column can be, and the number of texts that are too long even so.
func FitWidths(widths []float64, size, limit float64, texts [][]string) (fitted []float64, tooLong int) {
	fitted = append([]float64(nil), widths...)
	widest := MaxColumn * digitExcel
	for c := range fitted {
		if c >= len(texts) {
			break
		}
		// The longest texts first: the widened column then holds the others.
		long := append([]string(nil), texts[c]...)
		sort.SliceStable(long, func(i, j int) bool { return len(long[i]) > len(long[j]) })
		for _, t := range long {
			for TextHeight(t, fitted[c], size, false) > limit {
				if fitted[c] >= widest {
					tooLong++
					break
				}
				fitted[c] = math.Min(fitted[c]*1.15, widest)
			}
		}
	}
	return fitted, tooLong
}
