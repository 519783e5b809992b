package changes

import (
	"bytes"
	"fmt"
	"html/template"
	"io/fs"
	"strings"

	"riskguide/catalog"
	"riskguide/catalog/worddiff"
	"riskguide/render"
	"riskguide/templates"
)

// Page is the data of the template diff/changes.html.
type Page struct {
	*View
	Title string
	// Style is the style of the site and that of this page; Policy the
	// Content-Security-Policy that allows it, by its hash, and nothing else.
	Style       template.CSS
	Policy      string
	ToolVersion string
}

// HTML writes the view as a page that needs no other file.
func HTML(v *View, opts render.Options) ([]byte, error) {
	fsys := opts.Templates
	if fsys == nil {
		fsys = templates.FS()
	}
	src, err := fs.ReadFile(fsys, WordsDir+"/changes.html")
	if err != nil {
		return nil, fmt.Errorf("templates: %w", err)
	}
	css, policy, err := templates.Style(fsys, "site/assets/site.css", "site/assets/changes.css")
	if err != nil {
		return nil, err
	}
	t, err := template.New("changes.html").Funcs(template.FuncMap{
		"word": v.Word,
		"segments": func(e Entry) template.HTML {
			return SegmentsHTML(e.Segments, foreign(e.Lang, v.Lang))
		},
		"inc": func(n int) int { return n + 1 },
	}).Parse(string(src))
	if err != nil {
		return nil, fmt.Errorf("templates: %w", err)
	}
	p := Page{View: v, Title: v.Word("title"), Style: template.CSS(css), ToolVersion: opts.ToolVersion,
		Policy: policy}
	var b bytes.Buffer
	if err := t.Execute(&b, p); err != nil {
		return nil, fmt.Errorf("templates: %w", err)
	}
	return b.Bytes(), nil
}

func foreign(l, page catalog.Lang) catalog.Lang {
	if l == page {
		return ""
	}
	return l
}

// SegmentsHTML marks a wording up: deleted words in del, inserted ones in ins,
// line breaks kept. A language that is not empty is named.
func SegmentsHTML(segs []worddiff.Segment, lang catalog.Lang) template.HTML {
	var b strings.Builder
	if lang != "" {
		b.WriteString(`<span lang="` + template.HTMLEscapeString(string(lang)) + `">`)
	}
	for _, s := range segs {
		text := strings.ReplaceAll(template.HTMLEscapeString(s.Text), "\n", "<br>")
		switch s.Op {
		case worddiff.Delete:
			b.WriteString("<del>" + text + "</del>")
		case worddiff.Insert:
			b.WriteString("<ins>" + text + "</ins>")
		default:
			b.WriteString(text)
		}
	}
	if lang != "" {
		b.WriteString("</span>")
	}
	return template.HTML(b.String())
}
