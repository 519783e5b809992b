package edition

import (
	"strings"

	"riskguide/catalog"
	"riskguide/catalog/worddiff"
)

// follow finds out what became of ids that the new edition lists as retired, and
// gives the things of the old tree that go on under another id, and what cites
// them, that id.
func (c *comparison) follow(old, new *catalog.Source) {
	successors := map[string][]string{}
	for _, r := range new.Retired {
		if _, twice := successors[r.ID]; !twice {
			successors[r.ID] = r.ReplacedBy
		}
	}
	if len(successors) == 0 {
		return
	}
	was, is := map[string]*node{}, map[string]*node{}
	index := func(root *node, in map[string]*node) {
		root.walk(func(n *node) {
			if n.global && n.entity != EntityRetirement && n.id != "" {
				in[n.id] = n
			}
		})
	}
	index(c.a, was)
	index(c.b, is)
	taken := map[string]bool{}
	c.a.walk(func(n *node) {
		if !n.global || n.entity == EntityRetirement || is[n.id] != nil || was[n.id] != n {
			return
		}
		var by []string
		for _, id := range resolve(n.id, successors) {
			if to := is[id]; to != nil && to.entity == n.entity {
				by = append(by, id)
			}
		}
		if len(by) == 0 {
			return
		}
		c.replaced[n] = by
		for _, id := range by {
			if was[id] == nil {
				c.replaces[is[id]] = append(c.replaces[is[id]], n.id)
			}
		}
		if len(by) == 1 && was[by[0]] == nil && !taken[by[0]] {
			taken[by[0]] = true
			c.newID[n] = by[0]
		}
	})
	rename(c.a, c.newID)
}

// rename replaces, in all that cites the things, their ids by the new ones. The
// things themselves keep theirs: they are told apart by it.
func rename(root *node, newID map[*node]string) {
	if len(newID) == 0 {
		return
	}
	to := make(map[string]string, len(newID))
	for n, id := range newID {
		to[n.id] = id
	}
	root.references(func(id string) string {
		if new, ok := to[id]; ok {
			return new
		}
		return id
	})
}

// Successors returns the ids that stand in the place of a retired one: those
// that replaced it or, where they were retired themselves, what replaced them.
func Successors(id string, retired []*catalog.Retirement) []string {
	by := map[string][]string{}
	for _, r := range retired {
		by[r.ID] = r.ReplacedBy
	}
	return resolve(id, by)
}

func resolve(id string, successors map[string][]string) []string {
	var out []string
	seen := map[string]bool{id: true}
	var walk func(ids []string)
	walk = func(ids []string) {
		for _, id := range ids {
			if seen[id] {
				continue
			}
			seen[id] = true
			if next, retired := successors[id]; retired {
				walk(next)
			} else {
				out = append(out, id)
			}
		}
	}
	walk(successors[id])
	return out
}

// rows pairs the rows of a risk. A row has no id; two are one where they say the
// same, then where they differ in less and less: by the vulnerabilities, by all
// but layer and measure, by the layer, by the measure. Rows that share neither a
// layer with an objective or vulnerability nor a measure are others.
func (c *comparison) rows(a, b []*node) {
	cell := func(n *node, parts ...string) string {
		var s strings.Builder
		for _, p := range parts {
			s.WriteString(p + "=")
			switch p {
			case "threats", "vulnerabilities":
				for _, k := range n.kids(p) {
					s.WriteString(k.id + ",")
				}
			default:
				s.WriteString(n.get(p, ""))
			}
			s.WriteByte(';')
		}
		return s.String()
	}
	with := func(must string, parts ...string) func(*node) string {
		return func(n *node) string {
			if must != "" && n.get(must, "") == "" && len(n.kids(must)) == 0 {
				return ""
			}
			return cell(n, parts...)
		}
	}
	for _, s := range []func(*node) string{
		with("", "layer", "objective", "threats", "vulnerabilities", "measure"),
		with("", "layer", "objective", "threats", "measure"),
		with("", "layer", "vulnerabilities", "measure"),
		with("measure", "layer", "measure"),
		with("measure", "objective", "threats", "vulnerabilities", "measure"),
		with("vulnerabilities", "layer", "objective", "threats", "vulnerabilities"),
		with("vulnerabilities", "layer", "vulnerabilities"),
		with("measure", "measure"),
		with("objective", "layer", "objective"),
	} {
		c.same(a, b, s)
	}
}

// mostPairs bounds the pairs of paragraphs that are compared word by word.
const mostPairs = 400

// paragraphs pairs the paragraphs of a description: equal ones, then those that
// are similar, then the rest of both in order where they are as many.
func (c *comparison) paragraphs(a, b []*node) {
	all := func(n *node) string {
		var s strings.Builder
		for _, f := range n.fields {
			s.WriteString(string(f.Lang) + "=" + f.Value + "\x00")
		}
		return s.String()
	}
	c.same(a, b, all)
	for _, lang := range []catalog.Lang{c.first, ""} {
		c.same(a, b, func(n *node) string {
			for _, f := range n.fields {
				if lang == "" || f.Lang == lang {
					return f.Value
				}
			}
			return ""
		})
	}
	free := func(nodes []*node, taken map[*node]*node) []*node {
		var out []*node
		for _, n := range nodes {
			if taken[n] == nil {
				out = append(out, n)
			}
		}
		return out
	}
	restA, restB := free(a, c.back), free(b, c.pair)
	if len(restA)*len(restB) <= mostPairs {
		for _, n := range restB {
			var best *node
			most := 0.4
			for _, old := range restA {
				if c.back[old] != nil {
					continue
				}
				s := worddiff.Similarity(worddiff.Diff(c.mainText(old), c.mainText(n)))
				if s > most {
					best, most = old, s
				}
			}
			if best != nil {
				c.join(best, n)
			}
		}
	}
	restA, restB = free(a, c.back), free(b, c.pair)
	if len(restA) == len(restB) {
		for i, n := range restB {
			c.join(restA[i], n)
		}
	}
}
