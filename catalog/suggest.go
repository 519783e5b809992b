package catalog

import (
	"fmt"
	"strings"

	"golang.org/x/text/width"
)

// Suggest returns the candidate that a person most likely meant with got, or ""
// where none is near. Case and the width of letters (full, half) count for
// nothing; apart from them, one character in three may differ. Of candidates
// equally far the one with the longest common beginning wins, then the first in
// the order of [CompareIDs].
func Suggest(got string, candidates []string) string {
	const longest = 64 // longer strings are no ids
	if got == "" || len(got) > 4*longest {
		return ""
	}
	want := []rune(fold(got))
	if len(want) > longest {
		return ""
	}
	limit := max(1, len(want)/3)
	best, bestDist, bestCommon := "", limit+1, -1
	for _, c := range candidates {
		if c == got || len(c) > 4*longest {
			continue
		}
		f := []rune(fold(c))
		if diff := len(f) - len(want); diff > bestDist || -diff > bestDist || len(f) > longest {
			continue
		}
		dist := editDistance(want, f)
		if dist > limit || dist > bestDist {
			continue
		}
		common := commonPrefix(want, f)
		if dist < bestDist || common > bestCommon ||
			common == bestCommon && CompareIDs(c, best) < 0 {
			best, bestDist, bestCommon = c, dist, common
		}
	}
	return best
}

// didYouMean makes a hint of the nearest candidate; it is empty where none is near.
func didYouMean(got string, candidates []string) string {
	if s := Suggest(got, candidates); s != "" {
		return fmt.Sprintf("did you mean %q?", s)
	}
	return ""
}

// fold brings a string to the form in which ids are compared for likeness.
func fold(s string) string {
	return strings.ToLower(width.Fold.String(strings.TrimSpace(s)))
}

func commonPrefix(a, b []rune) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

// editDistance counts the insertions, deletions, replacements and swaps of
// neighbours that make b of a (optimal string alignment).
func editDistance(a, b []rune) int {
	before := make([]int, len(b)+1)
	prev := make([]int, len(b)+1)
	cur := make([]int, len(b)+1)
	for j := range prev {
		prev[j] = j
	}
	for i := 1; i <= len(a); i++ {
		cur[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			cur[j] = min(prev[j]+1, cur[j-1]+1, prev[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				cur[j] = min(cur[j], before[j-2]+1)
			}
		}
		before, prev, cur = prev, cur, before
	}
	return prev[len(b)]
}
