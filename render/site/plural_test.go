package site_test

import (
	"bytes"
	"testing"

	"riskguide/catalog"
)

// TestOneOfAKind: a guide with one measure says so in plain English.
func TestOneOfAKind(t *testing.T) {
	cat := load(t, fixture(t)).Select(func(m *catalog.Measure) bool { return m.ID == "M02-03" })
	m := build(t, cat, options(cat, catalog.English))
	for page, want := range map[string]string{
		"en/measures/index.html": "The one measure of the guide.",
		"en/risks/index.html":    "The one risk that the guide covers.",
		"en/index.html":          "<dt>measure</dt><dd>1</dd>",
	} {
		if !bytes.Contains(m.Data(page), []byte(want)) {
			t.Errorf("%s lacks %q", page, want)
		}
	}
}
