package site

import (
	"bytes"
	"fmt"
	"html/template"
	"path"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	extast "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/text"
	"github.com/yuin/goldmark/util"

	"riskguide/catalog"
)

// GuideView is a page of the front matter, or the references.
type GuideView struct {
	// Pages lists the pages of the front matter for the side.
	Pages    []GuideLink
	Title    template.HTML
	Body     template.HTML
	Sections []Section
	// References is set on the page of references, which has no body.
	References []ReferenceView
}

// GuideLink is a page of the front matter in its list.
type GuideLink struct {
	Link
	Current bool
}

// Section is a heading of the page.
type Section struct {
	Anchor string
	Title  string
}

// ColumnView describes a column of the risk tables.
type ColumnView struct {
	Name        template.HTML
	Description template.HTML
	// Below tells that the column stands below another's heading.
	Below bool
}

// PieceView is what a shared piece of the templates gets.
type PieceView struct {
	*Page
	Data any
}

func (p *Page) guidePages(current string) []GuideLink {
	var out []GuideLink
	for _, pg := range p.e.guide {
		f := guideFile(pg.ID)
		out = append(out, GuideLink{Link{Href: p.Base + f, Label: plainLinks(p.e.titles[pg].html)}, f == current})
	}
	if p.e.frame.HasReferences {
		out = append(out, GuideLink{Link{Href: p.Base + referencesFile, Label: p.label("references-title")}, current == referencesFile})
	}
	return out
}

func (e *edition) guideView(p *Page, i int, pg *catalog.Page) {
	title, _ := e.cat.Text(pg.Title, e.lang)
	p.Title = title + " | " + p.T("nav-guide")
	p.Class = "guide"
	p.crumb(p.Base+homeFile, "", p.label("home"))
	if i > 0 {
		p.crumb(p.Base+guideFile(e.guide[0].ID), "", p.label("nav-guide"))
		p.Prev = &Link{Href: p.Base + guideFile(e.guide[i-1].ID), Label: plainLinks(e.titles[e.guide[i-1]].html)}
	} else {
		p.crumb("", "", p.label("nav-guide"))
	}
	p.crumb("", "", plainLinks(e.titles[pg].html))
	switch {
	case i+1 < len(e.guide):
		p.Next = &Link{Href: p.Base + guideFile(e.guide[i+1].ID), Label: plainLinks(e.titles[e.guide[i+1]].html)}
	case e.frame.HasReferences:
		p.Next = &Link{Href: p.Base + referencesFile, Label: p.label("references-title")}
	}
	v := &GuideView{Pages: p.guidePages(p.Path), Title: p.fragment(e.titles[pg])}
	body, lang := e.cat.Text(pg.Body, e.lang)
	v.Body, v.Sections = e.site.markdown.render(p, pg, body)
	if lang != e.lang && body != "" {
		p.Untranslated++
		v.Body = `<div lang="` + template.HTML(template.HTMLEscapeString(string(lang))) + `">` + v.Body + `</div>`
	}
	p.Data = v
}

// directive renders what a directive of a front-matter page stands for.
func (p *Page) directive(name string) (template.HTML, error) {
	v := PieceView{Page: p}
	switch name {
	case "columns":
		v.Data = p.columnViews()
	case "references":
		v.Data = p.references()
	case "risk-list":
		v.Data = p.riskGroups(true)
	case "layer-model":
		v.Data = p.figure(nil, true)
	case "layers":
		v.Data = p.layerHeads()
	default:
		return "", fmt.Errorf("unknown directive {{%s}}", name)
	}
	return p.e.site.partial("directive-"+name, v)
}

func (p *Page) columnViews() []ColumnView {
	var out []ColumnView
	for _, c := range p.e.cat.Guide.Columns {
		out = append(out, ColumnView{Name: p.text(c.Name), Description: p.text(c.Description),
			Below: c.ID == catalog.ColumnThreats || c.ID == catalog.ColumnVulnerabilities})
	}
	return out
}

// markdown turns the front matter's Markdown into HTML: CommonMark with tables.
// Raw HTML in it is left out.
type markdown struct{ md goldmark.Markdown }

func newMarkdown() markdown {
	return markdown{goldmark.New(
		goldmark.WithExtensions(extension.Table, extension.NewCJK(extension.WithEastAsianLineBreaks())),
		goldmark.WithParserOptions(
			parser.WithAutoHeadingID(),
			parser.WithASTTransformers(util.Prioritized(pageTransformer{}, 500)),
		),
		goldmark.WithRendererOptions(renderer.WithNodeRenderers(util.Prioritized(rawRenderer{}, 500))),
	)}
}

// pageState is what the transformer must know of the page, and what it finds.
type pageState struct {
	page     *Page
	source   *catalog.Page
	sections []Section
	err      error
}

var pageKey = parser.NewContextKey()

func (m markdown) render(p *Page, source *catalog.Page, body string) (template.HTML, []Section) {
	st := &pageState{page: p, source: source}
	ctx := parser.NewContext(parser.WithIDs(newHeadingIDs()))
	ctx.Set(pageKey, st)
	for _, r := range p.e.cat.Guide.References {
		ctx.AddReference(parser.NewReference([]byte(r.ID), []byte(p.Base+p.e.refs["["+r.ID+"]"]), nil))
	}
	var b bytes.Buffer
	err := m.md.Convert([]byte(body), &b, parser.WithContext(ctx))
	if err == nil {
		err = st.err
	}
	if err != nil {
		p.e.site.opts.Warn(catalog.Problem{Pos: source.Pos, Level: catalog.LevelWarning, Rule: "page",
			Message: fmt.Sprintf("page %s: %v", source.ID, err)})
	}
	return template.HTML(b.String()), st.sections
}

// headingIDs makes the anchors of headings: their own words, in any script.
type headingIDs struct{ used map[string]bool }

// newHeadingIDs knows the ids that every page has already.
func newHeadingIDs() *headingIDs {
	return &headingIDs{used: map[string]bool{"main": true, "top": true}}
}

// Generate implements parser.IDs.
func (h *headingIDs) Generate(value []byte, kind ast.NodeKind) []byte {
	base := anchor(string(value))
	id := base
	for n := 2; h.used[id]; n++ {
		id = fmt.Sprintf("%s-%d", base, n)
	}
	h.used[id] = true
	return []byte(id)
}

// Put implements parser.IDs.
func (h *headingIDs) Put(value []byte) { h.used[string(value)] = true }

// raw is a piece of finished HTML in the tree.
type raw struct {
	ast.BaseBlock
	html template.HTML
}

// inlineRaw is the same within a paragraph.
type inlineRaw struct {
	ast.BaseInline
	html template.HTML
}

// box puts a table into a box that scrolls.
type box struct {
	ast.BaseBlock
	label string
}

var (
	kindRaw       = ast.NewNodeKind("RawFragment")
	kindInlineRaw = ast.NewNodeKind("InlineRawFragment")
	kindBox       = ast.NewNodeKind("TableBox")
)

func (*raw) Kind() ast.NodeKind       { return kindRaw }
func (*inlineRaw) Kind() ast.NodeKind { return kindInlineRaw }
func (*box) Kind() ast.NodeKind       { return kindBox }

// Dump implements ast.Node.
func (n *raw) Dump(source []byte, level int) { ast.DumpHelper(n, source, level, nil, nil) }

// Dump implements ast.Node.
func (n *inlineRaw) Dump(source []byte, level int) { ast.DumpHelper(n, source, level, nil, nil) }

// Dump implements ast.Node.
func (n *box) Dump(source []byte, level int) { ast.DumpHelper(n, source, level, nil, nil) }

// rawRenderer writes the nodes above.
type rawRenderer struct{}

// RegisterFuncs implements renderer.NodeRenderer.
func (rawRenderer) RegisterFuncs(reg renderer.NodeRendererFuncRegisterer) {
	reg.Register(kindRaw, func(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
		if entering {
			w.WriteString(string(n.(*raw).html))
		}
		return ast.WalkContinue, nil
	})
	reg.Register(kindInlineRaw, func(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
		if entering {
			w.WriteString(string(n.(*inlineRaw).html))
		}
		return ast.WalkContinue, nil
	})
	reg.Register(kindBox, func(w util.BufWriter, _ []byte, n ast.Node, entering bool) (ast.WalkStatus, error) {
		if entering {
			fmt.Fprintf(w, `<div class="box-x" role="group" tabindex="0" aria-label="%s">`, template.HTMLEscapeString(n.(*box).label))
		} else {
			w.WriteString("</div>\n")
		}
		return ast.WalkContinue, nil
	})
}

// pageTransformer replaces directives, boxes tables, makes ids in the text links,
// mends links between the pages of the front matter and lists the headings.
type pageTransformer struct{}

// Transform implements parser.ASTTransformer.
func (pageTransformer) Transform(doc *ast.Document, reader text.Reader, pc parser.Context) {
	st, ok := pc.Get(pageKey).(*pageState)
	if !ok {
		return
	}
	src := reader.Source()
	var nodes []ast.Node // those to be changed; the tree is not changed while it is walked
	_ = ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.Paragraph, *extast.Table, *ast.Text:
			nodes = append(nodes, n)
		case *ast.Link:
			if st.isReference(n, src) {
				// "[ENISA 09]" keeps its brackets.
				n.InsertBefore(n, n.FirstChild(), ast.NewString([]byte("[")))
				n.AppendChild(n, ast.NewString([]byte("]")))
			}
			n.Destination = []byte(pageLink(string(n.Destination)))
			return ast.WalkSkipChildren, nil
		case *ast.Heading:
			if id, ok := n.AttributeString("id"); ok && n.Level == 2 {
				if b, ok := id.([]byte); ok {
					st.sections = append(st.sections, Section{Anchor: string(b), Title: string(plain(n, src))})
				}
			}
			return ast.WalkSkipChildren, nil
		case *ast.CodeSpan, *ast.CodeBlock, *ast.FencedCodeBlock:
			return ast.WalkSkipChildren, nil
		}
		return ast.WalkContinue, nil
	})
	for _, n := range nodes {
		switch n := n.(type) {
		case *ast.Paragraph:
			name, ok := directiveName(string(n.Lines().Value(src)))
			if !ok {
				continue
			}
			html, err := st.page.directive(name)
			if err != nil {
				st.err = err
				continue
			}
			n.Parent().ReplaceChild(n.Parent(), n, &raw{html: html})
		case *extast.Table:
			b := &box{label: st.page.T("table-label")}
			n.Parent().ReplaceChild(n.Parent(), n, b)
			b.AppendChild(b, n)
		case *ast.Text:
			s := string(util.ResolveEntityNames(util.ResolveNumericReferences(util.UnescapePunctuations(n.Segment.Value(src)))))
			marked := st.page.e.linked(nil, s, st.page.Base)
			if n.Parent() != nil && bytes.Contains(marked, []byte("<a ")) {
				r := &inlineRaw{html: template.HTML(marked)}
				n.Parent().InsertBefore(n.Parent(), n, r)
				// The rest of the node, a line break behind it, stays.
				n.Segment = n.Segment.WithStart(n.Segment.Stop)
			}
		}
	}
}

// isReference reports whether the link is a reference of the guide cited by its id.
func (st *pageState) isReference(n *ast.Link, src []byte) bool {
	to, ok := st.page.e.refs["["+string(plain(n, src))+"]"]
	return ok && st.page.Base+to == string(n.Destination)
}

// directiveName returns the name in a paragraph such as "{{risk-list}}".
func directiveName(s string) (string, bool) {
	s = strings.TrimSpace(s)
	s, ok := strings.CutPrefix(s, "{{")
	if !ok {
		return "", false
	}
	s, ok = strings.CutSuffix(s, "}}")
	return strings.TrimSpace(s), ok && !strings.ContainsAny(s, "{}\n")
}

// pageLink mends a link to another page of the front matter: in the content it
// names the Markdown file ("20-risks.ja.md"), here the page.
func pageLink(dest string) string {
	if strings.Contains(dest, "://") || strings.HasPrefix(dest, "#") {
		return dest
	}
	file, frag, has := strings.Cut(dest, "#")
	if path.Ext(file) != ".md" {
		return dest
	}
	file = strings.TrimSuffix(file, ".md")
	if ext := path.Ext(file); len(ext) > 2 && len(ext) < 5 {
		file = strings.TrimSuffix(file, ext)
	}
	file = path.Base(file) + ".html"
	if has {
		file += "#" + frag
	}
	return file
}

// plain returns the text of a node without markup.
func plain(n ast.Node, src []byte) []byte {
	var b []byte
	for c := n.FirstChild(); c != nil; c = c.NextSibling() {
		if t, ok := c.(*ast.Text); ok {
			b = append(b, t.Segment.Value(src)...)
		} else {
			b = append(b, plain(c, src)...)
		}
	}
	return b
}
