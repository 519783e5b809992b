package catalog

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
	"testing/fstest"
)

// bigGuide makes a guide of the size of the shipped one times n from the small
// fixture's guide.yaml.
func bigGuide(tb testing.TB, n int) fstest.MapFS {
	tb.Helper()
	fsys := fstest.MapFS{}
	guide, err := os.ReadFile("testdata/small/guide.yaml")
	if err != nil {
		tb.Fatal(err)
	}
	put := func(name, s string) { fsys[name] = &fstest.MapFile{Data: []byte(s)} }
	put("guide.yaml", strings.Replace(string(guide), "pages: [10-purpose, 20-risks]\n", "", 1))
	put("vulnerabilities.yaml", "vulnerabilities:\n  - {id: V1, label: {ja: 弱点, en: Weakness}}\n")
	const clauses, perClause, measures = 45, 5, 9
	for c := range clauses * n {
		var b strings.Builder
		fmt.Fprintf(&b, "clause: %d.%d.1\ncontrols:\n", c/100+1, c%100+1)
		for i := range perClause {
			fmt.Fprintf(&b, "  - id: %d.%d.1.%d\n    statement:\n      ja: 情報システムの管理の対象とする範囲を文書に定め、毎年見直し、関係者に周知する %d.%d\n      en: Define in writing which systems are managed and review the definition every year %d.%d\n", c/100+1, c%100+1, i+1, c, i, c, i)
		}
		put(fmt.Sprintf("controls/%d.%d.1.yaml", c/100+1, c%100+1), b.String())
	}
	for r := range 21 * n {
		id := fmt.Sprintf("H%02d", r+1)
		var b strings.Builder
		fmt.Fprintf(&b, "id: %s\nseverity: high\nname: {ja: 障害%d, en: Failure %d}\nenisa: [9]\ndescription:\n  - {ja: 一台の装置の停止が、多くの利用者のサービスを止める。, en: One device that stops ends the service of many users.}\nnot_applicable: [resource, function, service-management]\n", id, r, r)
		fmt.Fprintf(&b, "objectives:\n  - {id: %s-O1, text: {ja: 一部の障害が全体を止めないこと%d, en: A partial failure does not stop the whole %d}}\n", id, r, r)
		fmt.Fprintf(&b, "threats:\n  - {id: %s-T1, text: {ja: 故障%d, en: Failure %d}}\n", id, r, r)
		fmt.Fprintf(&b, "residuals:\n  - {id: %s-R1, text: {ja: 想定を超える災害%d, en: A disaster beyond expectation %d}}\nmeasures:\n", id, r, r)
		for m := range measures {
			fmt.Fprintf(&b, "  - id: %s-%02d\n    text: {ja: 離れた地域に拠点を置く%d-%d, en: Run sites in distant regions %d-%d}\n    controls:\n", id, m+1, r, m, r, m)
			for x := range 4 {
				c := (r*measures + m*7 + x) % (clauses * n)
				fmt.Fprintf(&b, "      - %d.%d.1.%d\n", c/100+1, c%100+1, x+1)
			}
			fmt.Fprintf(&b, "    residuals: [%s-R1]\n", id)
		}
		b.WriteString("rows:\n")
		for m := range measures {
			fmt.Fprintf(&b, "  - layer: physical\n    objective: %s-O1\n    threats: [%s-T1]\n    vulnerabilities: [V1]\n    measure: %s-%02d\n", id, id, id, m+1)
		}
		put("risks/"+id+".yaml", b.String())
	}
	return fsys
}

func BenchmarkLoad(b *testing.B) {
	for _, n := range []int{1, 10} {
		b.Run(fmt.Sprintf("size=%d", n), func(b *testing.B) {
			fsys := bigGuide(b, n)
			size := 0
			for _, f := range fsys {
				size += len(f.Data)
			}
			b.SetBytes(int64(size))
			for b.Loop() {
				if c, ps := Load(context.Background(), fsys, LoadOptions{}); c == nil {
					b.Fatal(ps.ErrorsOnly()[0])
				}
			}
		})
	}
}
