package edition

import (
	"fmt"
	"sort"

	"riskguide/catalog"
)

// Apply makes the changes of [Compare] to the source from which they lead, and
// returns the source to which they lead: the same but for positions and for runs
// of controls, which are unfolded. The source itself is not changed.
//
// An error tells which change does not fit the source.
func Apply(src *catalog.Source, changes []Change) (*catalog.Source, error) {
	root := treeOf(src)
	byKey := map[string]*node{}
	root.walk(func(n *node) { byKey[n.key] = n })
	find := func(c Change, key string) (*node, error) {
		if n := byKey[key]; n != nil {
			return n, nil
		}
		return nil, fmt.Errorf("%s: there is no %q", c, key)
	}

	newID := map[*node]string{}
	for _, c := range changes {
		if c.NewID == "" {
			continue
		}
		n, err := find(c, c.Key)
		if err != nil {
			return nil, err
		}
		newID[n] = c.NewID
	}
	rename(root, newID)
	for n, id := range newID {
		n.id = id
	}

	out := map[*node]bool{}
	// What goes or moves is taken out first, then what comes is made, then
	// everything is put into its place.
	for _, c := range changes {
		switch {
		case c.isField():
			n, err := find(c, c.Key)
			if err != nil {
				return nil, err
			}
			if was := n.get(c.Path, c.Lang); was != c.Old {
				return nil, fmt.Errorf("%s: the old value is %q, not %q", c, was, c.Old)
			}
			n.set(c.Path, c.Lang, c.New)
		case c.Kind == Removed, c.Kind == Replaced && c.NewID == "", c.Kind == Moved:
			n, err := find(c, c.Key)
			if err != nil {
				return nil, err
			}
			if n.parent == nil || out[n] {
				return nil, fmt.Errorf("%s: %q is gone already", c, c.Key)
			}
			out[n] = true
		}
	}
	root.prune(out)
	type place struct{ parent, list string }
	put := map[place][]Change{}
	var order []place
	for _, c := range changes {
		switch {
		case c.isField() || c.Kind != Added && c.Kind != Moved:
			continue
		case c.Kind == Added:
			if byKey[c.Key] != nil {
				return nil, fmt.Errorf("%s: %q is there already", c, c.Key)
			}
			byKey[c.Key] = &node{entity: c.Entity, key: c.Key, list: c.List, id: c.ownID(), item: c.Item,
				fields: append([]Field(nil), c.Fields...)}
		}
		p := place{c.Parent, c.List}
		if put[p] == nil {
			order = append(order, p)
		}
		put[p] = append(put[p], c)
	}
	for _, p := range order {
		cs := put[p]
		parent, err := find(cs[0], p.parent)
		if err != nil {
			return nil, err
		}
		sort.SliceStable(cs, func(i, j int) bool { return cs[i].Index < cs[j].Index })
		was := parent.kids(p.list)
		kids := make([]*node, 0, len(was)+len(cs))
		for _, c := range cs {
			for len(kids) < c.Index && len(was) > 0 {
				kids, was = append(kids, was[0]), was[1:]
			}
			if len(kids) != c.Index {
				return nil, fmt.Errorf("%s: the list %s has no place %d", c, c.List, c.Index)
			}
			n := byKey[c.Key]
			n.parent, n.list = parent, p.list
			kids = append(kids, n)
		}
		parent.setKids(p.list, append(kids, was...))
	}
	return root.source()
}

// isField reports whether the change is one of a value of a thing that stays.
func (c Change) isField() bool {
	return c.Path != "" && !c.Item
}

// ownID is the id of what was added.
func (c Change) ownID() string {
	switch {
	case c.Item:
		return c.New
	case c.Entity == EntityRow || c.Entity == EntityParagraph || c.Entity == EntityItem:
		return ""
	case c.Entity == EntityCitation || c.Entity == EntityParameter || c.Entity == EntityWeakness:
		// Behind the last slash of the name: no such id has one.
		for i := len(c.ID) - 1; i >= 0; i-- {
			if c.ID[i] == '/' {
				return c.ID[i+1:]
			}
		}
	}
	return c.ID
}

// prune takes the given nodes out of the lists that hold them, those below each
// other too.
func (n *node) prune(out map[*node]bool) {
	for _, l := range n.lists {
		kept := make([]*node, 0, len(l.nodes))
		for _, k := range l.nodes {
			k.prune(out)
			if !out[k] {
				kept = append(kept, k)
			}
		}
		l.nodes = kept
	}
}
