package pack

import (
	"slices"
	"strconv"
	"strings"

	"riskguide/profile"
)

// letter returns the cover letter in Markdown with its placeholders filled in:
// the profile's own, or the template's. A line is left out if it has placeholders
// and none of them has a value.
func (m *viewer) letter(fallback string) string {
	p, w := m.p.Profile, m.w
	src := m.text(p.CoverLetter)
	if src == "" {
		src = fallback
	}
	or := func(s, key string) string {
		if s == "" {
			return w.Get(key)
		}
		return s
	}
	treated := 0
	for _, c := range m.v.Coverage {
		if c.Treated {
			treated++
		}
	}
	values := map[string]string{
		"supplier":        or(m.text(p.Supplier.Name), "unset_supplier"),
		"supplier-person": join(" ", m.text(p.Supplier.Department), m.text(p.Supplier.Person)),
		"service":         or(m.text(p.Service.Name), "unset_service"),
		"due":             or(w.date(p.Due), "unset_due"),
		"organisation":    m.text(p.Organisation.Name),
		"department":      m.text(p.Organisation.Department),
		"contact":         m.contact(),
		"title":           m.v.Title,
		"guide":           m.v.GuideTitle,
		"edition":         m.v.Edition,
		"pack":            m.v.PackID,
		"requirements":    strconv.Itoa(len(m.v.Requirements)),
		"risks":           strconv.Itoa(treated),
		"exclusions":      strconv.Itoa(len(m.v.Exclusions)),
	}
	for _, o := range m.v.Obligations {
		values[string(o.ID)] = strconv.Itoa(o.Count)
	}
	return fillLetter(src, values)
}

// fillLetter puts the values into a letter.
func fillLetter(src string, values map[string]string) string {
	for name, v := range values {
		values[name] = escapeMarkdown(v)
	}
	var lines []string
	for _, line := range strings.Split(src, "\n") {
		if names := profile.Placeholders(line); len(names) > 0 && !slices.ContainsFunc(names, func(n string) bool {
			v, known := values[n]
			return v != "" || !known
		}) {
			continue
		}
		lines = append(lines, profile.FillPlaceholders(line, values))
	}
	// A hard line break needs a line behind it.
	for i := range lines {
		last := i == len(lines)-1 || strings.TrimSpace(lines[i+1]) == ""
		if last && strings.HasSuffix(lines[i], `\`) {
			lines[i] = strings.TrimSuffix(lines[i], `\`)
		}
	}
	return strings.TrimSpace(strings.Join(lines, "\n"))
}

// escapeMarkdown makes text mean itself in Markdown: every character of ASCII
// punctuation may be escaped (CommonMark 2.4), and there are no line breaks.
func escapeMarkdown(s string) string {
	var b strings.Builder
	for _, r := range strings.Join(strings.Fields(s), " ") {
		if r < 0x80 && strings.ContainsRune("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~", r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}
