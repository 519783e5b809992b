package site

import (
	"html/template"
	"strings"

	"riskguide/render/changes"
)

const changesFile = "changes.html"

// ChangesView is the page of what changed since an older edition.
type ChangesView struct {
	View   *changes.View
	Lead   string
	Groups []ChangeGroup
}

// ChangeGroup holds the changes of a risk, a clause or a part of the guide.
type ChangeGroup struct {
	changes.Group
	Href    string // where the risk or clause is found; may be empty
	Entries []ChangeEntry
}

// ChangeEntry is a change with its ids as links.
type ChangeEntry struct {
	changes.Entry
	IDs, NewIDs template.HTML
	Wording     template.HTML
}

func (e *edition) changesView(p *Page) {
	p.Title = p.T("changes-title")
	p.Class = "changes"
	p.Styles = append(p.Styles, "changes.css")
	p.crumb(p.Base+homeFile, "", p.label("home"))
	p.crumb("", "", p.label("changes-title"))
	v := &ChangesView{View: e.changes}
	v.Lead = strings.NewReplacer("{old}", e.changes.Old, "{new}", e.changes.New).Replace(p.T("changes-lead"))
	p.Description = v.Lead + " " + e.changes.Total
	for _, g := range e.changes.Groups {
		out := ChangeGroup{Group: g, Href: p.hrefOf(g.ID)}
		for _, x := range g.Entries {
			lang := x.Lang
			if lang == e.lang {
				lang = ""
			}
			out.Entries = append(out.Entries, ChangeEntry{Entry: x, IDs: p.idLinks(x.ID), NewIDs: p.idLinks(x.NewID),
				Wording: changes.SegmentsHTML(x.Segments, lang)})
		}
		v.Groups = append(v.Groups, out)
	}
	p.Data = v
}

// hrefOf returns where an id is found, "" for one that has no place.
func (p *Page) hrefOf(id string) string {
	if to := p.e.ids[id]; to != "" {
		return p.Base + to
	}
	return ""
}

// idLinks marks up a name that is made of ids, such as "H01-02/8.6.1.1" or
// "H01-05, H01-06".
func (p *Page) idLinks(name string) template.HTML {
	if name == "" {
		return ""
	}
	var b strings.Builder
	write := func(id string) {
		id = strings.TrimSpace(id)
		text := `<b class="id">` + template.HTMLEscapeString(id) + `</b>`
		if to := p.hrefOf(id); to != "" {
			text = `<a href="` + template.HTMLEscapeString(to) + `">` + text + `</a>`
		}
		b.WriteString(text)
	}
	for rest := name; rest != ""; {
		i := strings.IndexAny(rest, "/,、")
		if i < 0 {
			write(rest)
			break
		}
		write(rest[:i])
		sep := string([]rune(rest[i:])[:1])
		b.WriteString(" " + sep + " ")
		rest = rest[i+len(sep):]
	}
	return template.HTML(b.String())
}
