package site

import (
	"bytes"

	"github.com/yuin/goldmark/ast"
	extast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"

	"riskguide/catalog"
	"riskguide/render/site/searchindex"
)

// The search: what the script of every page loads when somebody opens it.
const (
	searchScript = "search.js"
	searchEngine = "search-engine.js"
	searchStyle  = "search.css"
	searchIndex  = "search-index.js"
)

// prepareSearch makes the index of the language. Without the search's scripts
// among the assets there is none, and no page offers it.
func (e *edition) prepareSearch() error {
	if e.site.paths[searchScript] == "" {
		return nil
	}
	data, err := searchindex.Script(e.searchDocuments(), e.searchKinds(), e.searchWords())
	if err != nil {
		return err
	}
	e.addData(searchIndex, data)
	e.onDemand = append(e.onDemand, searchScript, searchEngine, searchStyle, searchIndex)
	return nil
}

// searchDocuments lists what can be found.
func (e *edition) searchDocuments() []searchindex.Document {
	order := map[*catalog.Page]bool{}
	for _, pg := range e.guide {
		order[pg] = true
	}
	return searchindex.Collect(e.cat, e.lang, searchindex.Site{
		Entity:    func(id string) string { return e.ids[id] },
		Cell:      func(risk, id string) string { return riskFile(risk) + "#" + id },
		Row:       func(risk string, l *catalog.Layer) string { return riskFile(risk) + "#" + layerAnchor(l) },
		Layer:     func(l *catalog.Layer) string { return layerFile(l.ID) },
		Reference: func(id string) string { return e.refs["["+id+"]"] },
		Page: func(pg *catalog.Page) string {
			if !order[pg] {
				return ""
			}
			return guideFile(pg.ID)
		},
		Statement: func(c *catalog.Control, t catalog.Text) (string, catalog.Lang) {
			s, l := e.cat.Text(t, e.lang)
			return untagged(e.statementText(c, s, e.lang, "").html), l
		},
		Sections: e.sections,
		Join:     e.join,
	})
}

// searchKinds names the kinds: what stands in a column has the column's name.
func (e *edition) searchKinds() map[searchindex.Kind]string {
	names := map[searchindex.Kind]string{
		searchindex.Risk:      e.words.Get("risk"),
		searchindex.Clause:    e.words.Get("search-clause"),
		searchindex.Layer:     e.words.Get("layer"),
		searchindex.Page:      e.words.Get("nav-guide"),
		searchindex.Reference: e.words.Get("references-title"),
		searchindex.Retired:   e.words.Get("retired-title"),
	}
	for kind, col := range map[searchindex.Kind]struct {
		id  catalog.ColumnID
		key string
	}{
		searchindex.Measure:       {catalog.ColumnMeasure, "measure"},
		searchindex.Control:       {catalog.ColumnControls, "controls"},
		searchindex.Vulnerability: {catalog.ColumnVulnerabilities, "vulnerability"},
		searchindex.Threat:        {catalog.ColumnThreats, "threats"},
		searchindex.Objective:     {catalog.ColumnObjective, "objective"},
		searchindex.Residual:      {catalog.ColumnResiduals, "search-residual"},
		searchindex.Remark:        {catalog.ColumnRemark, "search-remark"},
	} {
		if names[kind] = e.columns[col.id]; names[kind] == "" {
			names[kind] = e.words.Get(col.key)
		}
	}
	return names
}

// searchWords are the texts of the search. They are in the index, so that no page
// carries them.
func (e *edition) searchWords() map[string]string {
	words := map[string]string{}
	for name, key := range map[string]string{
		"title": "search", "label": "search-label", "hint": "search-hint", "close": "search-close",
		"results": "search-results", "found": "search-found", "none": "search-none",
		"shown": "search-shown", "all": "search-all", "filter": "search-filter",
		"move": "search-move", "open": "search-open", "leave": "search-leave",
	} {
		words[name] = e.words.Get(key)
	}
	words["one"] = e.count("search-found", 1)
	return words
}

// sections splits a page of the front matter at its headings. Their anchors are
// those of the page itself. The table of columns is told in words; what else a
// directive stands for is found at its own place.
func (e *edition) sections(pg *catalog.Page) ([]searchindex.Section, catalog.Lang) {
	body, lang := e.cat.Text(pg.Body, e.lang)
	src := []byte(body)
	doc := e.site.markdown.md.Parser().Parse(text.NewReader(src), parser.WithContext(parser.NewContext(parser.WithIDs(newHeadingIDs()))))
	out := []searchindex.Section{{}}
	for n := doc.FirstChild(); n != nil; n = n.NextSibling() {
		if h, ok := n.(*ast.Heading); ok {
			s := searchindex.Section{Title: string(plain(h, src))}
			if id, ok := h.AttributeString("id"); ok {
				if b, ok := id.([]byte); ok {
					s.Anchor = string(b)
				}
			}
			out = append(out, s)
			continue
		}
		s := &out[len(out)-1]
		var b []byte
		if p, ok := n.(*ast.Paragraph); ok {
			if name, ok := directiveName(string(p.Lines().Value(src))); ok {
				if name == "columns" {
					b = e.columnsText()
				}
				s.Text = joinLines(s.Text, string(b))
				continue
			}
		}
		s.Text = joinLines(s.Text, string(blockText(nil, n, src)))
	}
	return out, lang
}

func joinLines(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + "\n" + b
}

// blockText appends the text of a block, its parts one a line.
func blockText(dst []byte, n ast.Node, src []byte) []byte {
	if n.Type() == ast.TypeBlock && n.FirstChild() != nil && n.FirstChild().Type() == ast.TypeInline {
		if len(dst) > 0 {
			sep := byte('\n')
			if n.Kind() == extast.KindTableCell {
				sep = ' '
			}
			dst = append(dst, sep)
		}
		return append(dst, bytes.TrimSpace(plain(n, src))...)
	}
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		dst = blockText(dst, c, src)
	}
	return dst
}

func (e *edition) columnsText() []byte {
	var b []byte
	for _, c := range e.cat.Guide.Columns {
		name, _ := e.cat.Text(c.Name, e.lang)
		description, _ := e.cat.Text(c.Description, e.lang)
		b = append(b, name+" "+description+"\n"...)
	}
	return bytes.TrimSpace(b)
}
