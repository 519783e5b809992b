package pack_test

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"riskguide/answers"
	"riskguide/catalog"
	"riskguide/profile"
	"riskguide/render/pack"
	"riskguide/render/rendertest"
)

// inLanguages returns the pack of a profile of the test data in other languages
// than it says.
func inLanguages(t testing.TB, content, profiles, name string, langs ...catalog.Lang) *profile.Pack {
	t.Helper()
	ctx := context.Background()
	cat, ps := catalog.Load(ctx, os.DirFS(content), catalog.LoadOptions{})
	if ps.HasErrors() {
		t.Fatal(ps.ErrorsOnly())
	}
	p, ps := profile.Load(ctx, os.DirFS(profiles), name, profile.LoadOptions{Languages: langs})
	if ps.HasErrors() {
		t.Fatal(ps)
	}
	pk, ps := profile.Tailor(cat, p)
	if ps.HasErrors() {
		t.Fatal(ps)
	}
	return pk
}

func foreign(t testing.TB, langs ...catalog.Lang) *profile.Pack {
	return inLanguages(t, "../../content", "../../content/profiles", "foreign-supplier.yaml", langs...)
}

// TestLanguagesOfOnePack: packs of one profile in several languages are of the same
// requirements, which can be traced by id.
func TestLanguagesOfOnePack(t *testing.T) {
	own := foreign(t)
	for _, langs := range [][]catalog.Lang{{"en"}, {"ja"}, {"ja", "en"}} {
		p := foreign(t, langs...)
		if p.ID != own.ID || p.Fingerprint != own.Fingerprint {
			t.Errorf("%v: pack %s, want %s", langs, p.ID, own.ID)
		}
		name := "foreign-supplier"
		for _, l := range langs {
			name += "-" + string(l)
		}
		m := rendered(t, p)
		var mf pack.Manifest
		if err := json.Unmarshal(m.Data(name+"/manifest.json"), &mf); err != nil {
			t.Fatal(err)
		}
		if len(mf.Languages) != len(langs) || mf.Languages[0] != string(langs[0]) || mf.Profile.ID != "foreign-supplier" {
			t.Errorf("%v: manifest %+v", langs, mf)
		}
		for _, f := range mf.Files {
			if !strings.HasPrefix(f.Name, name+"-") {
				t.Errorf("%v: file %s", langs, f.Name)
			}
		}
		b := read(t, open(t, m.Data(name+"/"+pack.QuestionnaireFile(name))))
		for _, r := range own.Requirements {
			if b.row[r.ID] == 0 || b.required[r.ID][0] != string(r.Obligation) {
				t.Errorf("%v: the questionnaire lacks %s", langs, r.ID)
			}
		}
		if b.property["fingerprint"] != own.Fingerprint || b.property["format"] != pack.FormatVersion {
			t.Errorf("%v: properties %v", langs, b.property)
		}
		for _, s := range answers.Statuses() {
			if b.status[string(s)] == "" {
				t.Errorf("%v: no word for %s", langs, s)
			}
		}
	}
}

// TestStatusWords: a supplier who reads one of the languages knows what to choose.
func TestStatusWords(t *testing.T) {
	for want, langs := range map[string][]catalog.Lang{
		"Implemented": {"en"}, "実施済み": {"ja"}, "Implemented / 実施済み": {"en", "ja"}, "実施済み / Implemented": {"ja", "en"},
	} {
		p := foreign(t, langs...)
		b := read(t, open(t, questionnaireOf(t, p)))
		if b.status["implemented"] != want {
			t.Errorf("%v: %q, want %q", langs, b.status["implemented"], want)
		}
		dvs, err := b.GetDataValidations(b.sheet["requirements"])
		if err != nil {
			t.Fatal(err)
		}
		for _, dv := range dvs {
			if n := len([]rune(*dv.PromptTitle)); n > 32 {
				t.Errorf("%v: title of %d characters", langs, n)
			}
			if n := len([]rune(*dv.Prompt)); n > 255 {
				t.Errorf("%v: prompt of %d characters", langs, n)
			}
		}
		// Both wordings stand in columns of their own.
		for _, r := range p.Requirements {
			for i, key := range []string{pack.ColumnStatement, pack.ColumnSecond}[:len(langs)] {
				want, _ := p.Catalog.Text(r.Statement, langs[i])
				if got := b.value(t, key, r.ID); !strings.Contains(got, want) {
					t.Errorf("%v: %s of %s is %q, want %q", langs, key, r.ID, got, want)
				}
			}
		}
	}
}

// japanese finds characters of Japanese writing.
func japanese(s string) string {
	i := strings.IndexFunc(s, func(r rune) bool {
		return r >= 0x3041 && r <= 0x30FF && r != '・' && r != 'ー' || r >= 0x4E00 && r <= 0x9FFF || r == '【' || r == '（'
	})
	if i < 0 {
		return ""
	}
	return s[max(0, i-30):min(len(s), i+60)]
}

// TestEnglishPack: an English pack is English throughout.
func TestEnglishPack(t *testing.T) {
	p := foreign(t, "en")
	m := rendered(t, p)
	dir := "foreign-supplier-en/foreign-supplier-en-"
	for name, text := range map[string]string{
		"page":          pageText(t, m.Data(dir+"requirements.html")),
		"questionnaire": bookText(t, m.Data(dir+"questionnaire.xlsx")),
		"pdf":           pdfText(t, m.Data(dir+"requirements.pdf")),
		"manifest":      string(m.Data("foreign-supplier-en/manifest.json")),
	} {
		// The page's style names fonts, and pdftotext the bullet.
		if name == "page" {
			text = text[strings.Index(text, "Skiptothecontent"):]
		}
		if s := japanese(text); s != "" {
			t.Errorf("the %s has Japanese: %q", name, s)
		}
		if name != "manifest" && (!strings.Contains(text, "31March2027") || !strings.Contains(text, "Whatwasexcluded,andwhy")) {
			t.Errorf("the %s lacks the due date or the exclusions in English", name)
		}
	}
	if f := open(t, m.Data(dir+"questionnaire.xlsx")); japanese(strings.Join(f.GetSheetList(), " ")) != "" {
		t.Errorf("sheets %v", f.GetSheetList())
	}
}

// TestBothLanguages: everything that the profile says in two languages stands in
// both, in every document; the page marks the second language.
func TestBothLanguages(t *testing.T) {
	rendertest.Tool(t, "pdftotext")
	p := foreign(t)
	m := rendered(t, p)
	dir := "foreign-supplier/foreign-supplier-"
	page := m.Data(dir + "requirements.html")
	texts := map[string]string{
		"page":          pageText(t, page),
		"questionnaire": bookText(t, m.Data(dir+"questionnaire.xlsx")),
		"pdf":           pdfText(t, m.Data(dir+"requirements.pdf")),
	}
	want := []catalog.Text{p.Profile.Title, p.Profile.Scope, p.Profile.Service.Name, p.Requirement("F-01").Title, p.Requirement("F-01").Reason,
		p.Requirement("F-02").Statement, p.Requirement("8.6.1.7").Additions[0].Text, p.Profile.Obligations.Rules[0].Note, p.View.Risks[0].Name}
	for _, e := range p.Exclusions {
		want = append(want, e.Rule.Reason)
	}
	for name, text := range texts {
		for _, x := range want {
			for _, lang := range []catalog.Lang{"en", "ja"} {
				s := []rune(squeeze(x.Values[lang]))
				if len(s) == 0 || !strings.Contains(text, string(s[:min(20, len(s))])) {
					t.Errorf("the %s lacks %q", name, string(s))
				}
			}
		}
		if name == "questionnaire" {
			continue // the letter is not in it
		}
		for _, s := range []string{"DearMsSample", "契約に先立ち", "31March2027", "2027年3月31日"} {
			if !strings.Contains(text, s) {
				t.Errorf("the %s lacks %q", name, s)
			}
		}
	}
	checkPage(t, p, page)
	// Japanese stands in elements that say so, and nothing else does.
	doc, err := html.Parse(bytes.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	var check func(n *html.Node, lang string)
	check = func(n *html.Node, lang string) {
		if n.Type == html.ElementNode {
			if n.Data == "style" || n.Data == "head" {
				return
			}
			if l := attr(n, "lang"); l != "" {
				lang = l
			}
		}
		if n.Type == html.TextNode && lang != "ja" && japanese(n.Data) != "" {
			t.Errorf("Japanese in an element of %q: %q", lang, n.Data)
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			check(c, lang)
		}
	}
	check(doc, "")
}

// TestUntranslated: where the profile lacks a wording, another language's stands in
// its place, marked in every document.
func TestUntranslated(t *testing.T) {
	for _, langs := range [][]catalog.Lang{{"en"}, {"ja", "en"}, {"en", "ja"}} {
		p := inLanguages(t, "../../content", "../../content/profiles", "sample.yaml", langs...)
		m := rendered(t, p)
		name := p.Profile.Name()
		for kind, text := range map[string]string{
			"page":          pageText(t, m.Data(name+"/"+pack.HTMLFile(name))),
			"questionnaire": bookText(t, m.Data(name+"/"+pack.QuestionnaireFile(name))),
			"pdf":           pdfText(t, m.Data(name+"/"+pack.PDFFile(name))),
		} {
			reason := squeeze(p.Exclusions[0].Rule.Reason.Values["ja"])
			i := strings.Index(text, reason)
			if i < 0 {
				t.Errorf("%v: the %s lacks the reason", langs, kind)
				continue
			}
			after := text[i+len(reason):]
			if !slices.ContainsFunc([]string{"nottranslated", "(nottranslated)", "（nottranslated）"}, func(s string) bool { return strings.HasPrefix(after, s) }) {
				t.Errorf("%v: the %s does not say that the reason is not translated: %q", langs, kind, after[:min(60, len(after))])
			}
		}
		if len(p.Profile.CoverLetter.Values) != 1 {
			t.Fatal("the sample has a letter in one language")
		}
		if n := bytes.Count(m.Data(name+"/"+pack.HTMLFile(name)), []byte(`<div class="letter"`)); n != 1 {
			t.Errorf("%v: %d letters", langs, n)
		}
	}
}

// TestBilingualSameBytes: two languages change nothing about reproducibility.
func TestBilingualSameBytes(t *testing.T) {
	first, second := rendered(t, foreign(t)), rendered(t, foreign(t))
	for _, name := range first.Names() {
		if !bytes.Equal(first.Data(name), second.Data(name)) {
			t.Errorf("%s differs from one build to the next", name)
		}
	}
}

// TestGoldenLanguages pins the page in English, and in English with Japanese beside it.
func TestGoldenLanguages(t *testing.T) {
	for _, langs := range [][]catalog.Lang{{"en"}, {"en", "ja"}} {
		p := inLanguages(t, "../../catalog/testdata/small", "../../profile/testdata/profiles", "full.yaml", langs...)
		m := rendered(t, p)
		golden(t, p.Profile.Name()+"-requirements.html", m.Data(p.Profile.Name()+"/"+pack.HTMLFile(p.Profile.Name())))
	}
}
