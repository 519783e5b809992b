package pack

import (
	"slices"
	"strconv"
	"strings"

	"riskguide/profile"
)

// addLetter adds the cover letter in the language of w: the profile's own, or the
// template's. Where the profile has one in the other language only, that one stands
// alone.
func (m *viewer) addLetter(w words, fallback string) {
	src := prose{Lang: w.lang, Text: fallback}
	if t := m.p.Profile.CoverLetter; !t.IsZero() {
		src.Text, src.Lang = m.p.Catalog.Text(t, w.lang)
		src.Pos = t.Pos
	}
	for _, x := range m.v.Letters {
		if x.Lang == src.Lang {
			return
		}
	}
	// What is filled in is in the letter's own language.
	if m.w.second != nil && m.w.second.lang == src.Lang {
		w = *m.w.second
	}
	src.Text = m.letter(w, src.Text)
	m.v.Letters = append(m.v.Letters, src)
}

// letter returns a letter in Markdown with its placeholders filled in. A line is
// left out if it has placeholders and none of them has a value.
func (m *viewer) letter(w words, src string) string {
	p := m.p.Profile
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
		"supplier":        or(m.in(w, p.Supplier.Name), "unset_supplier"),
		"supplier-person": join(" ", m.in(w, p.Supplier.Department), m.in(w, p.Supplier.Person)),
		"service":         or(m.in(w, p.Service.Name), "unset_service"),
		"due":             or(w.date(p.Due), "unset_due"),
		"organisation":    m.in(w, p.Organisation.Name),
		"department":      m.in(w, p.Organisation.Department),
		"contact":         m.contact(w),
		"title":           m.in(w, p.Title),
		"guide":           m.in(w, m.p.Catalog.Guide.Title),
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
