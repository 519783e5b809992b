package changes

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
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
	var css strings.Builder
	css.WriteByte('\n')
	for _, name := range []string{"site/assets/site.css", "site/assets/changes.css"} {
		data, err := fs.ReadFile(fsys, name)
		if err != nil {
			return nil, fmt.Errorf("templates: %w", err)
		}
		if strings.Contains(strings.ToLower(string(data)), "</style") {
			return nil, fmt.Errorf("templates: %s ends the style element it stands in", name)
		}
		// A browser counts the hash over what it reads, with these line ends.
		css.WriteString(strings.ReplaceAll(string(data), "\r\n", "\n"))
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
	sum := sha256.Sum256([]byte(css.String()))
	p := Page{View: v, Title: v.Word("title"), Style: template.CSS(css.String()), ToolVersion: opts.ToolVersion,
		Policy: "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; base-uri 'none'; form-action 'none'"}
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
