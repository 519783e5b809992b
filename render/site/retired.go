package site

import (
	"html/template"
	"strings"

	"riskguide/catalog"
)

// NoticeView is the page of a retired risk, control, clause or vulnerability.
type NoticeView struct {
	Retired Retired
	// Within lists what was retired together with it (measures of the risk).
	Within []Retired
}

// RetiredView is the list of all retired ids.
type RetiredView struct{ Retired []Retired }

// Retired tells of one retired id.
type Retired struct {
	ID         string
	Href       string // where its notice stands
	ReplacedBy []Link
	Edition    string
	Reason     template.HTML
}

// retiredAt tells where the notice of a retired id stands: on a page of its own
// at the id's old address, or at an anchor of another page.
func (e *edition) retiredAt(id string) (file string, isAnchor bool) {
	if risk, _, ok := strings.Cut(id, "-"); ok && isRiskID(risk) {
		if e.risks[risk] != nil || e.isRetired(risk) {
			return riskFile(risk), true
		}
		return retiredFile, true
	}
	if !e.cat.Guide.TreatsRisks() {
		// Their ids have any form; a control's begins with its clause's.
		for _, cl := range e.cat.Clauses {
			if rest, ok := strings.CutPrefix(id, cl.ID); ok && rest != "" && strings.ContainsAny(rest[:1], "-._") {
				return controlFile(id), false
			}
		}
		return retiredFile, true
	}
	switch {
	case isRiskID(id):
		return riskFile(id), false
	case len(id) > 1 && (id[0] == 'V' || id[0] == 'U') && isDigits(id[1:]):
		return vulnerabilityFile(id), false
	case strings.Count(id, ".") > 0:
		if i := strings.LastIndexByte(id, '.'); e.clause(id[:i]) != nil || strings.Count(id, ".") > 2 {
			return controlFile(id), false
		}
		return clauseFile(id), false
	}
	return retiredFile, true
}

func (e *edition) clause(id string) *catalog.Clause {
	for _, cl := range e.cat.Clauses {
		if cl.ID == id {
			return cl
		}
	}
	return nil
}

func (e *edition) isRetired(id string) bool {
	for _, r := range e.cat.Retired {
		if r.ID == id {
			return true
		}
	}
	return false
}

// inUse reports whether the id is that of something in the guide.
func (e *edition) inUse(id string) bool {
	return e.risks[id] != nil || e.cat.Control(id) != nil || e.cat.Vulnerability(id) != nil || e.clause(id) != nil
}

// isRiskID reports whether id has the form of a risk's id, such as "H05".
func isRiskID(id string) bool {
	return len(id) > 2 && 'A' <= id[0] && id[0] <= 'Z' && id[0] != 'U' && id[0] != 'V' && isDigits(id[1:])
}

func isDigits(s string) bool {
	return strings.Trim(s, "0123456789") == ""
}

func (p *Page) retired(r *catalog.Retirement) Retired {
	v := Retired{ID: r.ID, Href: p.Base + p.e.ids[r.ID], Edition: r.Edition, Reason: p.text(r.Reason)}
	for _, id := range r.ReplacedBy {
		l := Link{ID: id}
		if c := p.e.cat.Control(id); c != nil {
			l.ID = c.Number()
		}
		if to := p.e.ids[id]; to != "" {
			l.Href = p.Base + to
		}
		v.ReplacedBy = append(v.ReplacedBy, l)
	}
	return v
}

// retiredOn lists the retired ids whose notices stand on the page.
func (p *Page) retiredOn(file string) []Retired {
	var out []Retired
	for _, r := range p.e.retired[file] {
		out = append(out, p.retired(r))
	}
	return out
}

func (e *edition) noticeView(p *Page, r *catalog.Retirement) {
	p.Class = "notice"
	p.Title = r.ID
	p.crumb(p.Base+homeFile, "", template.HTML(template.HTMLEscapeString(p.T("home"))))
	p.crumb(p.Base+retiredFile, "", template.HTML(template.HTMLEscapeString(p.T("retired-title"))))
	p.crumb("", r.ID, "")
	p.Data = &NoticeView{Retired: p.retired(r), Within: p.retiredOn(p.Path)}
}

func (e *edition) retiredView(p *Page) {
	p.Class = "retired"
	p.Title = p.T("retired-title")
	p.crumb(p.Base+homeFile, "", template.HTML(template.HTMLEscapeString(p.T("home"))))
	p.crumb("", "", template.HTML(template.HTMLEscapeString(p.Title)))
	v := &RetiredView{}
	for _, r := range e.cat.Retired {
		v.Retired = append(v.Retired, p.retired(r))
	}
	p.Data = v
}
