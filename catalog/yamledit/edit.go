package yamledit

import (
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"riskguide/catalog/strictyaml"
)

// SetString replaces the value of a scalar by a string.
func (f *File) SetString(n *yaml.Node, s string) error {
	if n.Kind != yaml.ScalarNode {
		return f.Replace(n, String(s))
	}
	from := f.offset(n)
	to, err := f.end(n)
	if err != nil {
		return err
	}
	mutate := func(n *yaml.Node) { n.Value, n.Tag, n.Style = s, "!!str", 0 }
	if text, ok := f.restyle(n, s, from, to); ok {
		if err = f.change(n, mutate, from, to, text); err == nil {
			return nil
		}
	}
	indent := max(f.parentIndent(n), 0)
	if err = f.change(n, mutate, from, to, strictyaml.Scalar(s, indent, f.at[n].flow)); err == nil {
		return nil
	}
	return f.change(n, mutate, from, to, strictyaml.Quoted(s))
}

// Replace puts a value in the place of another.
func (f *File) Replace(n, v *yaml.Node) error {
	if n.Kind == yaml.ScalarNode && v.Kind == yaml.ScalarNode {
		return f.SetString(n, v.Value)
	}
	c := f.at[n]
	if c.parent == nil || c.parent.Kind == yaml.MappingNode && c.index%2 == 0 {
		return f.errAt(n, errUnsafe) // the root, or a key
	}
	from := f.offset(n)
	to, err := f.end(n)
	if err != nil {
		return err
	}
	mutate := func(n *yaml.Node) { *n = *v }
	indent := f.parentIndent(n)
	switch {
	case c.flow:
		return f.change(n, mutate, from, to, inline(v, indent, true))
	case c.parent.Kind == yaml.SequenceNode:
		text := ""
		if isInline(v) {
			text = inline(v, indent, false)
		} else {
			text = f.block(v, f.columnOf(from))
		}
		return f.change(n, mutate, from, to, text)
	}
	key := c.parent.Content[c.index-1]
	colon, err := f.colon(key)
	if err != nil {
		return err
	}
	if isInline(v) {
		text := inline(v, indent, false)
		if isBlockCollection(n) {
			return f.change(n, mutate, colon, to, " "+text)
		}
		return f.change(n, mutate, from, to, text)
	}
	in := indent + f.step
	if v.Kind == yaml.SequenceNode {
		in = indent + f.dash
	}
	// A comment behind the value stays behind the key.
	comment := ""
	if !isBlockCollection(n) {
		comment = strings.TrimRight(string(f.data[to:f.lineEnd(to)]), " \t")
	}
	end := to
	if comment != "" {
		end = f.lineEnd(to)
	}
	return f.change(n, mutate, colon, end, comment+"\n"+spaces(in)+f.block(v, in))
}

// columnOf is the number of characters before an offset on its line.
func (f *File) columnOf(i int) int { return len([]rune(string(f.data[f.lineStart(i):i]))) }

// colon is the offset behind the colon of a key.
func (f *File) colon(key *yaml.Node) (int, error) {
	i, err := f.end(key)
	if err != nil {
		return 0, err
	}
	for i < len(f.data) && (f.data[i] == ' ' || f.data[i] == '\t') {
		i++
	}
	if i >= len(f.data) || f.data[i] != ':' {
		return 0, f.errAt(key, errEnd)
	}
	return i + 1, nil
}

// Set gives a key of a mapping a value. A key that is new comes to stand behind
// those that order lists before it.
func (f *File) Set(m *yaml.Node, key string, v *yaml.Node, order ...string) error {
	if old := Child(m, key); old != nil {
		return f.Replace(old, v)
	}
	if m.Kind != yaml.MappingNode {
		return f.errAt(m, errUnsafe)
	}
	rank := slices.Index(order, key)
	at := 0 // in m.Content
	for i := 0; i+1 < len(m.Content); i += 2 {
		if r := slices.Index(order, m.Content[i].Value); rank < 0 || r >= 0 && r < rank {
			at = i + 2
		}
	}
	mutate := func(m *yaml.Node) { m.Content = slices.Insert(m.Content, at, String(key), v) }
	if isFlow(m) {
		return f.insertFlow(m, mutate, at-1, at, inline(String(key), 0, true)+": "+inline(v, 0, true))
	}
	if f.at[m].flow || len(m.Content) == 0 {
		return f.errAt(m, errUnsafe)
	}
	indent := m.Column - 1
	text := f.entry(key, v, indent)
	if at == 0 {
		from := f.offset(m.Content[0])
		return f.change(m, mutate, from, from, text+"\n"+spaces(indent))
	}
	return f.insertLines(m, mutate, m.Content[at-1], spaces(indent)+text)
}

// insertLines inserts lines below the line on which a node ends.
func (f *File) insertLines(n *yaml.Node, mutate func(*yaml.Node), behind *yaml.Node, text string) error {
	i, err := f.end(behind)
	if err != nil {
		return err
	}
	i = f.lineEnd(i)
	return f.change(n, mutate, i, i, "\n"+text)
}

// insertFlow inserts text into a collection in brackets, behind the child with the
// index before or, where that is -1, before all others.
func (f *File) insertFlow(n *yaml.Node, mutate func(*yaml.Node), before, at int, text string) error {
	if before < 0 {
		i := f.offset(n) + 1
		if len(n.Content) > 0 {
			i = f.offset(n.Content[0])
			text += ", "
		}
		return f.change(n, mutate, i, i, text)
	}
	i, err := f.end(n.Content[before])
	if err != nil {
		return err
	}
	return f.change(n, mutate, i, i, ", "+text)
}

// Delete takes a key out of a mapping.
func (f *File) Delete(m *yaml.Node, key string) error {
	i := keyIndex(m, key)
	if i < 0 {
		return nil
	}
	mutate := func(m *yaml.Node) { m.Content = slices.Delete(m.Content, i, i+2) }
	if isFlow(m) {
		return f.deleteFlow(m, mutate, i, i+1)
	}
	if len(m.Content) == 2 {
		return f.errAt(m, errUnsafe)
	}
	from := f.offset(m.Content[i])
	to, err := f.end(m.Content[i+1])
	if err != nil {
		return err
	}
	if start := f.lineStart(from); strings.TrimSpace(string(f.data[start:from])) != "" {
		// Behind a dash: the next key takes the place.
		if i+2 >= len(m.Content) {
			return f.errAt(m, errUnsafe)
		}
		return f.change(m, mutate, from, f.offset(m.Content[i+2]), "")
	}
	return f.deleteLines(m, mutate, f.lineStart(from), to)
}

// deleteLines deletes the lines from the one that begins at from to the one on
// which to stands. Of blank lines above and below one kind stays.
func (f *File) deleteLines(n *yaml.Node, mutate func(*yaml.Node), from, to int) error {
	end := f.nextLine(to)
	if f.isBlankLine(end) && (from == 0 || f.isBlankLine(f.lineStart(from-1))) {
		end = f.nextLine(end)
	} else if end >= len(f.data) && from > 0 && f.isBlankLine(f.lineStart(from-1)) {
		from = f.lineStart(from - 1)
	}
	return f.change(n, mutate, from, end, "")
}

// deleteFlow deletes children of a collection in brackets and a comma.
func (f *File) deleteFlow(n *yaml.Node, mutate func(*yaml.Node), first, last int) error {
	from := f.offset(n.Content[first])
	to, err := f.end(n.Content[last])
	if err != nil {
		return err
	}
	switch {
	case last+1 < len(n.Content):
		to = f.offset(n.Content[last+1])
	case first > 0:
		if from, err = f.end(n.Content[first-1]); err != nil {
			return err
		}
	}
	return f.change(n, mutate, from, to, "")
}

// Insert puts a value into a list, before the item with the index at.
func (f *File) Insert(seq *yaml.Node, at int, v *yaml.Node) error {
	if seq.Kind != yaml.SequenceNode || at < 0 || at > len(seq.Content) {
		return f.errAt(seq, errUnsafe)
	}
	mutate := func(seq *yaml.Node) { seq.Content = slices.Insert(seq.Content, at, v) }
	if isFlow(seq) {
		if len(seq.Content) == 0 && !isInline(v) && !f.at[seq].flow {
			return f.Replace(seq, List(v))
		}
		return f.insertFlow(seq, mutate, at-1, at, inline(v, 0, true))
	}
	indent := seq.Column - 1
	text := spaces(indent) + "- "
	if isInline(v) {
		text += inline(v, indent, false)
	} else {
		text += f.block(v, indent+2)
	}
	return f.insertItem(seq, mutate, at, text)
}

// insertItem inserts the lines of an item into a block list, with a blank line
// between where the list has such lines.
func (f *File) insertItem(seq *yaml.Node, mutate func(*yaml.Node), at int, text string) error {
	spaced := false
	if len(seq.Content) > 1 {
		d, err := f.dashOf(seq, 1)
		if err != nil {
			return err
		}
		above := f.attached(d, seq.Column)
		spaced = above > 0 && f.isBlankLine(f.lineStart(above-1))
	}
	if at > 0 {
		if spaced {
			text = "\n" + text
		}
		return f.insertLines(seq, mutate, seq.Content[at-1], text)
	}
	d, err := f.dashOf(seq, 0)
	if err != nil {
		return err
	}
	if len(strings.TrimSpace(string(f.data[f.lineStart(d):d]))) > 0 {
		// The list begins behind another dash.
		return f.change(seq, mutate, d, d, strings.TrimLeft(text, " ")+"\n"+spaces(seq.Column-1))
	}
	i := f.attached(d, seq.Column)
	text += "\n"
	if spaced {
		text += "\n"
	}
	return f.change(seq, mutate, i, i, text)
}

// attached is where the comments begin that stand right above a line, as far
// indented as the item on it; without any, where the line begins.
func (f *File) attached(i, column int) int {
	i = f.lineStart(i)
	for i > 0 {
		above := f.lineStart(i - 1)
		line := string(f.data[above:f.lineEnd(above)])
		if !strings.HasPrefix(line, spaces(column-1)+"#") {
			break
		}
		i = above
	}
	return i
}

// Remove takes the item with the index at out of a list. A list that becomes empty
// is written as [].
func (f *File) Remove(seq *yaml.Node, at int) error {
	if seq.Kind != yaml.SequenceNode || at < 0 || at >= len(seq.Content) {
		return f.errAt(seq, errUnsafe)
	}
	mutate := func(seq *yaml.Node) { seq.Content = slices.Delete(seq.Content, at, at+1) }
	if isFlow(seq) {
		return f.deleteFlow(seq, mutate, at, at)
	}
	if len(seq.Content) == 1 {
		empty := List()
		empty.Style = yaml.FlowStyle
		return f.Replace(seq, empty)
	}
	from, to, err := f.item(seq, at)
	if err != nil {
		return err
	}
	if i := f.lineStart(from); len(strings.TrimSpace(string(f.data[i:from]))) > 0 {
		// The first item, behind another dash.
		next, err := f.dashOf(seq, at+1)
		if err != nil {
			return err
		}
		return f.change(seq, mutate, from, next, "")
	}
	return f.deleteLines(seq, mutate, f.lineStart(from), to)
}

// item returns where an item of a block list begins, with its dash, and ends.
func (f *File) item(seq *yaml.Node, i int) (from, to int, err error) {
	if from, err = f.dashOf(seq, i); err != nil {
		return 0, 0, err
	}
	to, err = f.end(seq.Content[i])
	return from, to, err
}

// Move puts the item with the index from in front of the item that has the index
// to before the move, byte by byte as it is, with the comments right above it.
func (f *File) Move(seq *yaml.Node, from, to int) error {
	if seq.Kind != yaml.SequenceNode || from < 0 || from >= len(seq.Content) || to < 0 || to > len(seq.Content) {
		return f.errAt(seq, errUnsafe)
	}
	if to == from || to == from+1 {
		return nil
	}
	moved := seq.Content[from]
	before, path := f.data, f.pathOf(seq)
	back := func(err error) error {
		_ = f.set(before) // it was parsed before
		return err
	}
	var text string
	if isFlow(seq) {
		end, err := f.end(moved)
		if err != nil {
			return err
		}
		text = string(f.data[f.offset(moved):end])
	} else {
		d, end, err := f.item(seq, from)
		if err != nil {
			return err
		}
		if len(strings.TrimSpace(string(f.data[f.lineStart(d):d]))) > 0 {
			return f.errAt(seq, errUnsafe)
		}
		start := f.attached(d, seq.Column)
		text = strings.ReplaceAll(string(f.data[start:f.lineEnd(end)]), "\r\n", "\n")
		// What stands above goes along.
		if start < f.lineStart(d) {
			if err := f.change(seq, func(*yaml.Node) {}, start, f.lineStart(d), ""); err != nil {
				return err
			}
			seq = f.follow(path)
			moved = seq.Content[from]
		}
	}
	copied, _ := clone(moved, nil)
	if err := f.Remove(seq, from); err != nil {
		return back(err)
	}
	seq = f.follow(path)
	if to > from {
		to--
	}
	mutate := func(seq *yaml.Node) { seq.Content = slices.Insert(seq.Content, to, copied) }
	var err error
	if isFlow(seq) {
		err = f.insertFlow(seq, mutate, to-1, to, text)
	} else {
		err = f.insertItem(seq, mutate, to, text)
	}
	if err != nil {
		return back(err)
	}
	return nil
}

// pathOf tells the way from the root to a node, follow goes it.
func (f *File) pathOf(n *yaml.Node) []int {
	var path []int
	for c := f.at[n]; c.parent != nil; c = f.at[c.parent] {
		path = append(path, c.index)
	}
	slices.Reverse(path)
	return path
}

func (f *File) follow(path []int) *yaml.Node {
	n := f.root
	for _, i := range path {
		n = n.Content[i]
	}
	return n
}
