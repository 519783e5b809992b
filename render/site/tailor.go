package site

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"

	"riskguide/catalog"
	"riskguide/profile"
)

const packFile = "pack.html"

// packPolicy is that of the page that makes a pack: the engine is compiled from
// bytes and runs in a worker that is made of a script in memory.
var packPolicy = strings.Replace(policy, "script-src 'self'", "script-src 'self' 'wasm-unsafe-eval'", 1) + "; worker-src blob:"

// PackView is the page "make your pack".
type PackView struct {
	// Sample is a profile to begin with where there is no JavaScript; Command
	// makes a pack of it.
	Sample, Command string
	// Data is the id of the guide, by which the browser keeps the state.
	Guide string
}

// packData is what the page and the ticks on other pages know of the guide. Texts
// are in the edition's language.
type packData struct {
	ID          string            `json:"id"`
	Title       string            `json:"title"`
	Edition     string            `json:"edition"`
	Lang        catalog.Lang      `json:"lang"`
	Languages   []catalog.Lang    `json:"languages"`
	TreatsRisks bool              `json:"treatsRisks"`
	Names       map[string]string `json:"names"`  // of languages, in themselves
	Titles      map[string]string `json:"titles"` // of a new profile, by language
	Letters     map[string]string `json:"letters"`
	LetterNames []string          `json:"letterNames"`
	Severities  []packSeverity    `json:"severities"`
	Layers      []packLayer       `json:"layers"`
	Clauses     []packClause      `json:"clauses"`
	Risks       []packRisk        `json:"risks"`
	Residuals   map[string]string `json:"residuals"`
	Words       map[string]string `json:"words"`
}

type packSeverity struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

type packLayer struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Parent string `json:"parent,omitempty"`
	Rows   bool   `json:"rows,omitempty"` // tables answer for it
}

type packClause struct {
	ID       string        `json:"id"`
	Title    string        `json:"title,omitempty"`
	Controls []packControl `json:"controls"`
}

type packControl struct {
	ID     string `json:"id"`
	Number string `json:"number,omitempty"` // as printed, where that is not the id
	Title  string `json:"title,omitempty"`
	Parent string `json:"parent,omitempty"` // the control that it enhances
	// Statement is the whole statement as it is read, with the values of its
	// parameters or, in brackets, what they are.
	Statement  string          `json:"statement"`
	Parameters []packParameter `json:"parameters,omitempty"`
	// Placeholders are the names in braces in any wording of the statement,
	// Elsewhere those in the wordings of citations.
	Placeholders []string `json:"placeholders,omitempty"`
	Elsewhere    []string `json:"elsewhere,omitempty"`
}

type packParameter struct {
	ID       string              `json:"id"`
	Label    map[string]string   `json:"label,omitempty"`
	Default  string              `json:"default,omitempty"`
	Choices  []map[string]string `json:"choices,omitempty"`
	Many     bool                `json:"many,omitempty"`
	Guidance string              `json:"guidance,omitempty"`
	// Where is the line of the statement that the value stands in, as it is read,
	// if the statement has several.
	Where string `json:"where,omitempty"`
}

type packRisk struct {
	ID       string        `json:"id"`
	Name     string        `json:"name"`
	Severity string        `json:"severity"`
	Measures []packMeasure `json:"measures"`
}

type packMeasure struct {
	ID     string   `json:"id"`
	Text   string   `json:"text"` // empty where the source has none
	Layers []string `json:"layers"`
	Tags   []string `json:"tags,omitempty"`
	// Controls are the ids of the control cell; Shared are the other measures
	// of the cell; Variants are the wordings of its own.
	Controls        []string            `json:"controls"`
	Shared          []string            `json:"shared,omitempty"`
	Variants        map[string]string   `json:"variants,omitempty"`
	Vulnerabilities []packVulnerability `json:"vulnerabilities"`
	Residuals       []string            `json:"residuals"`
}

type packVulnerability struct {
	ID    string `json:"id"`
	Label string `json:"label"`
}

// packWordKey finds the words that the page's scripts use: those whose key stands
// in them as a string.
var packWordKey = regexp.MustCompile(`"(pack-[a-z0-9-]+)"`)

// preparePack adds the data of the page "make your pack".
func (e *edition) preparePack() error {
	d, err := e.packData()
	if err != nil {
		return err
	}
	var b bytes.Buffer
	b.WriteString("riskguide.guide = ")
	enc := json.NewEncoder(&b)
	if err := enc.Encode(d); err != nil {
		return err
	}
	e.addData("tailor-data.js", append(bytes.TrimSpace(b.Bytes()), ";\n"...))
	e.onDemand = append(e.onDemand, "tailor-core.js", "tailor-data.js", "js-yaml.min.js", "engine.js")
	return nil
}

func (e *edition) packData() (*packData, error) {
	g := e.cat.Guide
	text := func(t catalog.Text) string {
		s, _ := e.cat.Text(t, e.lang)
		return s
	}
	d := &packData{ID: g.ID, Title: text(g.Title), Edition: g.Edition, Lang: e.lang, Languages: g.Languages, TreatsRisks: g.TreatsRisks(),
		Severities: []packSeverity{}, Layers: []packLayer{}, Clauses: []packClause{}, Risks: []packRisk{}, Names: map[string]string{}, Titles: map[string]string{},
		Letters: map[string]string{}, LetterNames: profile.LetterPlaceholders(), Residuals: map[string]string{}, Words: map[string]string{}}
	for _, l := range g.Languages {
		words := e.site.words[l]
		if words == nil {
			words = e.words
		}
		d.Names[string(l)] = words.Get("language-name")
		d.Titles[string(l)] = words.Get("pack-default-title")
		// The letter that the pack gets where the profile has none.
		letter, err := fs.ReadFile(e.site.opts.Templates, "pack/letter."+string(l)+".md")
		if err == nil {
			d.Letters[string(l)] = strings.TrimRight(string(letter), "\n")
		}
	}
	for _, s := range g.Severities {
		if slices.ContainsFunc(e.cat.Risks, func(r *catalog.Risk) bool { return r.Severity == s }) {
			d.Severities = append(d.Severities, packSeverity{s.ID, text(s.Name)})
		}
	}
	rows := g.TableLayers()
	for _, l := range g.AllLayers() {
		p := packLayer{ID: l.ID, Name: text(l.Name), Rows: slices.Contains(rows, l)}
		if l.Parent != nil {
			p.Parent = l.Parent.ID
		}
		d.Layers = append(d.Layers, p)
	}
	shared := map[*catalog.ControlList][]string{}
	for _, m := range e.cat.Measures() {
		shared[m.Controls] = append(shared[m.Controls], m.ID)
	}
	for _, cl := range e.cat.Clauses {
		p := packClause{ID: cl.ID, Title: text(cl.Title)}
		for _, c := range cl.Controls {
			p.Controls = append(p.Controls, e.packControl(c))
		}
		d.Clauses = append(d.Clauses, p)
	}
	for _, r := range e.cat.Risks {
		p := packRisk{ID: r.ID, Name: text(r.Name), Measures: []packMeasure{}}
		if r.Severity != nil {
			p.Severity = r.Severity.ID
		}
		for _, m := range r.Measures {
			pm := packMeasure{ID: m.ID, Text: text(m.Text), Tags: m.Tags, Layers: []string{}, Controls: []string{}, Residuals: []string{}, Vulnerabilities: []packVulnerability{}}
			for _, l := range m.Layers() {
				pm.Layers = append(pm.Layers, l.ID)
			}
			for _, ci := range m.Controls.Citations {
				pm.Controls = append(pm.Controls, ci.Control.ID)
				if !ci.Variant.IsZero() {
					if pm.Variants == nil {
						pm.Variants = map[string]string{}
					}
					pm.Variants[ci.Control.ID] = text(ci.Variant)
				}
			}
			for _, id := range shared[m.Controls] {
				if id != m.ID {
					pm.Shared = append(pm.Shared, id)
				}
			}
			for _, res := range m.Residuals {
				pm.Residuals = append(pm.Residuals, res.ID)
				d.Residuals[res.ID] = text(res.Text)
			}
			seen := map[string]bool{}
			for _, row := range m.Rows {
				for _, v := range row.Vulnerabilities {
					if id := v.Vulnerability.ID; !seen[id] {
						seen[id] = true
						label := text(v.Label())
						if v.Vulnerability.Numbered() {
							label = id + " " + label
						}
						pm.Vulnerabilities = append(pm.Vulnerabilities, packVulnerability{id, label})
					}
				}
			}
			p.Measures = append(p.Measures, pm)
		}
		d.Risks = append(d.Risks, p)
	}
	for _, name := range []string{"tailor.js", "pick.js"} {
		if s, ok := e.site.script(name); ok {
			for _, m := range packWordKey.FindAllSubmatch(s, -1) {
				key := string(m[1])
				d.Words[key] = e.words.Get(key)
				if one, ok := e.words[key+".one"]; ok {
					d.Words[key+".one"] = one
				}
			}
		}
	}
	return d, nil
}

func (e *edition) packControl(c *catalog.Control) packControl {
	p := packControl{ID: c.ID, Statement: e.plainStatement(c)}
	if n := c.Number(); n != c.ID {
		p.Number = n
	}
	p.Title, _ = e.cat.Text(c.Title, e.lang)
	if c.Enhances != nil {
		p.Parent = c.Enhances.ID
	}
	wording, _ := e.cat.Text(c.Wording(), e.lang)
	lines := strings.Split(wording, "\n")
	for _, x := range c.Parameters {
		pp := packParameter{ID: x.ID, Label: wordings(x.Label), Default: x.Default, Many: x.Many}
		for _, t := range x.Choices {
			pp.Choices = append(pp.Choices, wordings(t))
		}
		pp.Guidance, _ = e.cat.Text(x.Guidance, e.lang)
		for _, line := range lines {
			if len(lines) > 1 && strings.Contains(line, "{"+x.ID+"}") {
				pp.Where = strings.TrimSpace(untagged(e.statementText(c, line, e.lang, "").html))
				break
			}
		}
		p.Parameters = append(p.Parameters, pp)
	}
	p.Placeholders = e.namesIn(nil, c.Wording())
	for _, m := range c.CitedBy {
		for _, ci := range m.Controls.Citations {
			if ci.Control == c {
				p.Elsewhere = e.namesIn(p.Elsewhere, ci.Variant)
			}
		}
	}
	return p
}

// wordings are those of a text by language, nil where it has none.
func wordings(t catalog.Text) map[string]string {
	var out map[string]string
	for l, s := range t.Values {
		if out == nil {
			out = map[string]string{}
		}
		out[string(l)] = s
	}
	return out
}

// namesIn appends the names in braces in any wording of the text that are not in
// the list.
func (e *edition) namesIn(list []string, t catalog.Text) []string {
	for _, l := range e.cat.Guide.Languages {
		for _, n := range profile.Placeholders(t.Values[l]) {
			if !slices.Contains(list, n) {
				list = append(list, n)
			}
		}
	}
	return list
}

// script returns the bytes of an asset by its name.
func (s *Site) script(name string) ([]byte, bool) {
	i := slices.IndexFunc(s.assets, func(a asset) bool { return a.name == s.paths[name] })
	if i < 0 {
		return nil, false
	}
	return s.assets[i].data, true
}

func (e *edition) packView(p *Page) {
	p.Title = p.T("pack-title")
	p.Class = "pack"
	p.Description = p.T("pack-lead")
	if !e.frame.TreatsRisks {
		p.Description = p.T("pack-s-lead")
	}
	p.Policy = packPolicy
	p.Styles = append(p.Styles, "tailor.css")
	p.Scripts = append(p.Scripts, "tailor-core.js", "tailor-data.js", "tailor.js")
	p.crumb(p.Base+homeFile, "", p.label("home"))
	p.crumb("", "", p.label("nav-pack"))
	v := &PackView{Guide: e.cat.Guide.ID, Command: "riskguide tailor my-pack.yaml -o packs/"}
	what := "clauses: ["
	if e.frame.TreatsRisks {
		what = "risks: ["
	}
	switch {
	case len(e.cat.Risks) > 0:
		what += e.cat.Risks[0].ID
	case !e.frame.TreatsRisks && len(e.cat.Clauses) > 0:
		what += e.cat.Clauses[0].ID
	}
	v.Sample = fmt.Sprintf("id: my-pack\ntitle: %s\nlanguages: [%s]\nselect:\n  %s]\n", e.words.Get("pack-default-title"), e.lang, what)
	if !e.frame.TreatsRisks {
		v.Sample += "open_parameters: true\n"
	}
	p.Data = v
}
