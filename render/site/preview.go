package site

import (
	"encoding/json"
	"fmt"
)

// preparePreviews makes what the pages show beside an id that stands alone: the
// statement of each control, the wording of each measure and the label of each
// vulnerability, in a script that is loaded with the first of them.
func (e *edition) preparePreviews() error {
	texts := map[string]string{}
	for _, c := range e.cat.Controls() {
		texts[c.ID] = e.plainStatement(c)
	}
	for _, r := range e.cat.Risks {
		for _, m := range r.Measures {
			texts[m.ID] = untagged(e.measureTxt[m].html)
		}
	}
	for _, v := range e.vulnerabilities() {
		if v.Numbered() {
			texts[v.ID], _ = e.cat.Text(v.Label, e.lang)
		}
	}
	data, err := json.Marshal(texts)
	if err != nil {
		return fmt.Errorf("previews: %w", err)
	}
	e.addData("previews.js", fmt.Appendf(nil, "riskguide.previews = %s;\n", data))
	e.onDemand = append(e.onDemand, "reading.js", "previews.js")
	return nil
}
