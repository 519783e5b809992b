package worddiff

// match is a pair of equal elements.
type match struct{ a, b int }

// mostEdits bounds the work on texts that have little in common. The effort of
// [myers] grows with the square of the number of differences.
const mostEdits = 1500

// common returns pairs of equal elements, ascending on both sides, as many as
// there can be; where the lists differ by more than mostEdits elements, fewer.
func common(a, b []string) []match {
	var out []match
	n := min(len(a), len(b))
	pre := 0
	for pre < n && a[pre] == b[pre] {
		out = append(out, match{pre, pre})
		pre++
	}
	post := 0
	for post < n-pre && a[len(a)-1-post] == b[len(b)-1-post] {
		post++
	}
	for _, m := range unique(a[pre:len(a)-post], b[pre:len(b)-post]) {
		out = append(out, match{m.a + pre, m.b + pre})
	}
	for k := post; k > 0; k-- {
		out = append(out, match{len(a) - k, len(b) - k})
	}
	return out
}

// unique divides long lists at elements that stand once in each of them, as
// patience diff does, and compares what lies between.
func unique(a, b []string) []match {
	if len(a) == 0 || len(b) == 0 {
		return nil
	}
	if len(a)+len(b) <= mostEdits {
		return myers(a, b)
	}
	type count struct{ a, b, at, bt int }
	seen := map[string]*count{}
	for i, s := range a {
		c := seen[s]
		if c == nil {
			c = &count{}
			seen[s] = c
		}
		c.a++
		c.at = i
	}
	for i, s := range b {
		if c := seen[s]; c != nil {
			c.b++
			c.bt = i
		}
	}
	var once []match
	for i, s := range a {
		if c := seen[s]; c.a == 1 && c.b == 1 {
			once = append(once, match{i, c.bt})
		}
	}
	once = ascending(once)
	if len(once) == 0 {
		return myers(a, b)
	}
	var out []match
	i, j := 0, 0
	for _, m := range append(once, match{len(a), len(b)}) {
		for _, x := range myers(a[i:m.a], b[j:m.b]) {
			out = append(out, match{x.a + i, x.b + j})
		}
		if m.a < len(a) {
			out = append(out, m)
		}
		i, j = m.a+1, m.b+1
	}
	return out
}

// ascending returns the longest part of the pairs, ascending in a, that ascends
// in b too.
func ascending(ms []match) []match {
	var piles []int // the index of the last pair of the best chain of each length
	prev := make([]int, len(ms))
	for i, m := range ms {
		lo, hi := 0, len(piles)
		for lo < hi {
			mid := (lo + hi) / 2
			if ms[piles[mid]].b < m.b {
				lo = mid + 1
			} else {
				hi = mid
			}
		}
		prev[i] = -1
		if lo > 0 {
			prev[i] = piles[lo-1]
		}
		if lo == len(piles) {
			piles = append(piles, i)
		} else {
			piles[lo] = i
		}
	}
	out := make([]match, len(piles))
	if len(piles) == 0 {
		return nil
	}
	for k, i := len(piles)-1, piles[len(piles)-1]; k >= 0; k, i = k-1, prev[i] {
		out[k] = ms[i]
	}
	return out
}

// myers finds the longest common part of two lists (E. W. Myers, An O(ND)
// Difference Algorithm and Its Variations, 1986). It gives up, with no pair,
// where the lists differ by more than mostEdits elements.
func myers(a, b []string) []match {
	n, m := len(a), len(b)
	if n == 0 || m == 0 {
		return nil
	}
	most := min(n+m, mostEdits)
	v := make([]int, 2*most+3)
	at := most + 1
	var trace [][]int
	for d := 0; d <= most; d++ {
		trace = append(trace, append([]int(nil), v[at-d-1:at+d+2]...))
		for k := -d; k <= d; k += 2 {
			var x int
			if k == -d || k != d && v[at+k-1] < v[at+k+1] {
				x = v[at+k+1]
			} else {
				x = v[at+k-1] + 1
			}
			for x < n && x-k < m && a[x] == b[x-k] {
				x++
			}
			v[at+k] = x
			if x >= n && x-k >= m {
				return backtrack(trace, d, n, m)
			}
		}
	}
	return nil
}

func backtrack(trace [][]int, d, x, y int) []match {
	var out []match
	for ; d >= 0; d-- {
		v := trace[d] // v[i] is diagonal i-d-1
		get := func(k int) int { return v[k+d+1] }
		k := x - y
		prev := k - 1
		if k == -d || k != d && get(k-1) < get(k+1) {
			prev = k + 1
		}
		px := 0
		if d > 0 {
			px = get(prev)
		}
		py := px - prev
		if d == 0 {
			px, py = 0, 0
		}
		for x > px && y > py {
			x--
			y--
			out = append(out, match{x, y})
		}
		x, y = px, py
	}
	for i, j := 0, len(out)-1; i < j; i, j = i+1, j-1 {
		out[i], out[j] = out[j], out[i]
	}
	return out
}
