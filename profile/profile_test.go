package profile_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"riskguide/catalog"
	"riskguide/profile"
)

// small loads the invented guide.
func small(t testing.TB) *catalog.Catalog {
	t.Helper()
	c, ps := catalog.Load(context.Background(), os.DirFS("../catalog/testdata/small"), catalog.LoadOptions{})
	if ps.HasErrors() {
		t.Fatal(ps)
	}
	return c
}

func ids[T any](list []T, id func(T) string) string {
	s := make([]string, len(list))
	for i, x := range list {
		s[i] = id(x)
	}
	return strings.Join(s, " ")
}

func measureID(m *catalog.Measure) string { return m.ID }
func controlID(c *catalog.Control) string { return c.ID }

func full(t testing.TB) *profile.Pack {
	t.Helper()
	p, ps := profile.Load(context.Background(), os.DirFS("testdata/profiles"), "full.yaml", profile.LoadOptions{Prefix: "p"})
	if len(ps) > 0 {
		t.Fatal(ps)
	}
	pack, ps := profile.Tailor(small(t), p)
	if len(ps) > 0 {
		t.Fatal(ps)
	}
	return pack
}

func TestTailor(t *testing.T) {
	pack := full(t)
	checkPack(t, pack)
	if got, want := ids(pack.Requirements, func(r *profile.Requirement) string { return r.ID + "/" + string(r.Obligation) }),
		"2.1.1.1/must 2.1.1.2/must 2.1.1.10/must 8.6.1.1/may 8.6.1.2/should C.1.1.1/must A-01/should A-02/must"; got != want {
		t.Errorf("requirements\n got %s\nwant %s", got, want)
	}
	r := pack.Requirement("2.1.1.10")
	if got, want := r.Statement.Values["ja"], "別の拠点での復旧を12時間以内に終える"; got != want {
		t.Errorf("the only wording that is asked for is the variant: got %q, want %q", got, want)
	}
	if len(r.ObligationNotes) != 1 || r.ObligationNotes[0].Values["en"] != "Required by our rules." {
		t.Errorf("obligation notes: %v", r.ObligationNotes)
	}
	r = pack.Requirement("8.6.1.2")
	if got := ids(r.AskedBy, func(a profile.Asking) string { return a.Measure.ID }); got != "M02-01 M02-03" {
		t.Errorf("8.6.1.2 is asked for by %s", got)
	}
	if len(r.Additions) != 1 || r.Additions[0].Text.Values["ja"] != "公表から14日以内に処置する" {
		t.Errorf("additions: %v", r.Additions)
	}
	if got := pack.Requirement("A-01").Statement.Values["en"]; got != "Report an incident within 24 hours" {
		t.Errorf("A-01: %q", got)
	}
	if got := ids(pack.Requirement("A-02").Risks, func(r *catalog.Risk) string { return r.ID }); got != "M02" {
		t.Errorf("A-02 answers risks %q", got)
	}
	if len(pack.Exclusions) != 2 {
		t.Fatalf("%d exclusions", len(pack.Exclusions))
	}
	e := pack.Exclusions[0]
	if got := ids(e.Measures, measureID); got != "H01-03" {
		t.Errorf("excluded measures: %s", got)
	}
	// H01-03 shares its control cell with H01-02, which stays.
	if len(e.Controls) != 0 || len(e.Vulnerabilities) != 1 || !e.Vulnerabilities[0].Answered {
		t.Errorf("consequences of leaving H01-03 out: %+v", e)
	}
	if len(e.Residuals) != 2 {
		t.Errorf("residuals of H01-03: %d", len(e.Residuals))
	}
	e = pack.Exclusions[1]
	if got := ids(e.Controls, controlID); got != "8.6.1.3" || len(e.Citations) != 1 {
		t.Errorf("excluded controls: %s, %v", got, e.Citations)
	}
	m02 := pack.Catalog.Measure("M02-01")
	if !pack.LeftOut(m02.Controls, pack.Catalog.Control("8.6.1.3")) || pack.LeftOut(m02.Controls, pack.Catalog.Control("8.6.1.1")) {
		t.Error("LeftOut")
	}
	var cov []string
	for _, c := range pack.Coverage {
		cov = append(cov, c.Risk.ID+": "+ids(c.Selected, measureID)+" | "+ids(c.Excluded, measureID)+" | "+ids(c.NotSelected, measureID))
	}
	if got, want := strings.Join(cov, "\n"), "H01: H01-01 H01-02 H01-04 | H01-03 | \nM02: M02-01 M02-03 |  | M02-02"; got != want {
		t.Errorf("coverage\n%s\nwant\n%s", got, want)
	}
	if got := ids(pack.View.Risks, func(r *catalog.Risk) string { return r.ID }); got != "H01 M02" {
		t.Errorf("view: %s", got)
	}
	if !strings.HasPrefix(pack.ID, "full-2026.1-") || !strings.HasPrefix(pack.Fingerprint, strings.TrimPrefix(pack.ID, "full-2026.1-")) {
		t.Errorf("id %q, fingerprint %q", pack.ID, pack.Fingerprint)
	}
	if got := ids(pack.Profile.Files, func(f profile.File) string { return f.Name }); got != "full.yaml base.yaml" {
		t.Errorf("files: %s", got)
	}
}

// The profile's head, and a rule that selects everything.
const (
	head = "id: p\ntitle: 試\nlanguages: [ja]\n"
	all  = "select: {all: true}\n"
)

// TestProblems gives each mistake a small profile and compares everything that
// is reported. The lines of a profile count from 1; the head has three.
func TestProblems(t *testing.T) {
	cat := small(t)
	for _, tt := range []struct {
		name, yaml string
		want       []string
	}{
		{"sound", head + all, nil},
		{"empty", "", []string{"p.yaml:1:1: the file is empty"}},
		{"not a mapping", "- a\n", []string{"p.yaml:1:1: the profile must be a mapping (key: value), not a list"}},
		{"syntax", "id: p\n title: x\n", []string{"p.yaml:2:2: not valid YAML: mapping values are not allowed in this context (a text that holds \": \" needs quotes; else check the indentation)"}},
		{"two documents", head + all + "---\nid: q\n", []string{"p.yaml:5:1: a second document begins here; a file holds one"}},
		{"anchors", head + "scope: &a 試\ndescription: *a\n" + all, []string{
			"p.yaml:4:8: anchors (&a) are not allowed (write the value again, or use extends)",
			"p.yaml:5:14: aliases (*a) are not allowed (write the value again, or use extends)"}},
		{"tags", head + "scope: !!str 試\n" + all, []string{"p.yaml:4:8: tags (!!str) are not allowed (leave it out, or write the text in quotes)"}},
		{"not utf-8", "id: p\ntitle: \xff\n", []string{"p.yaml:2:8: the file is not UTF-8 (save it as UTF-8)"}},
		{"control character", head + "scope: \"a\\x07\"\n" + all, []string{"p.yaml:4:8: the value holds the control character U+0007"}},
		{"all at once", "id: P p\ntitel: 試\nlanguages: [ja, JA]\nselect: {riks: [H01]}\n", []string{
			`p.yaml:1:5: "P p" is not the form of an id (use small letters, digits and hyphens, such as "high-severity")`,
			`p.yaml:1:5: warning: the id "P p" is not the name of the file (name the file P p.yaml, or change the id)`,
			`p.yaml:2:1: unknown key "titel" in the profile (did you mean "title"?)`,
			`p.yaml:3:17: "JA" is not a language tag in small letters, such as "ja"`,
			`p.yaml:4:9: the rule names nothing (name risks, severities, layers, measures, tags, clauses or controls, or write all: true)`,
			`p.yaml:4:10: unknown key "riks" in a rule of select (did you mean "risks"?)`}},
		{"twice", head + all + "due: 2026-01-01\ndue: 2026-01-02\n", []string{`p.yaml:6:1: key "due" is given twice, first in line 5`}},
		{"date", head + all + "due: 2026-02-30\n", []string{`p.yaml:5:6: due must be a date such as 2026-01-31, not the string "2026-02-30"`}},
		{"number for a string", head + "edition: 2026.1\n" + all, []string{`p.yaml:4:10: edition must be a string, not the number 2026.1 (write it in quotes: "2026.1")`}},
		{"edition", head + "edition: \"2025.2\"\n" + all, []string{`p.yaml:4:10: warning: the profile was written for edition "2025.2"; the guide is edition "2026.1" (check what has changed, then set the edition to that of the guide)`}},
		{"language", "id: p\ntitle: x\nlanguages: [de]\n" + all, []string{`p.yaml:3:13: the guide has no language "de" (it has ja, en)`}},
		{"language of a text", head + all + "scope: {jp: 試}\n", []string{`p.yaml:5:9: "jp" is not a language of the profile (did you mean "ja"?)`}},
		{"translation", "id: p\ntitle: 試\nlanguages: [ja, en]\n" + all, []string{`p.yaml:2:8: warning: the text has no wording in "en"; another language is shown`}},
		{"selects nothing", head, []string{`p.yaml:1:1: the profile selects nothing (write for example "select: {severities: [high]}")`}},
		{"unknown risk", head + "select: {risks: [H1, M02]}\n", []string{`p.yaml:4:18: the catalog has no risk "H1" (did you mean "H01"?)`}},
		{"unknown of each kind", head + "select: {severities: [hihg], layers: [phisical], measures: [H01-1], tags: [x]}\n", []string{
			`p.yaml:4:23: the catalog has no severity "hihg" (did you mean "high"?)`,
			`p.yaml:4:39: the catalog has no layer "phisical" (did you mean "physical"?)`,
			`p.yaml:4:61: the catalog has no measure "H01-1" (did you mean "H01-01"?)`,
			`p.yaml:4:76: the catalog has no tag "x"`}},
		{"retired", head + "select: {measures: [M02-09]}\n", []string{`p.yaml:4:21: measure "M02-09" was retired in edition 2026.1 (replaced by M02-01)`}},
		{"empty rule", head + "select: [{risks: [H01], layers: [resource]}, {risks: [M02]}]\n", []string{`p.yaml:4:10: selects nothing: no measure fits risk H01 and layer resource`}},
		{"idle id", head + "select: {risks: [H01, M02], severities: [high]}\n", []string{`p.yaml:4:23: risk "M02" selects nothing here`}},
		{"no reason", head + all + "exclude: [{measures: [H01-03]}]\n", []string{`p.yaml:5:11: an entry of exclude lacks reason`}},
		{"empty reason", head + all + "exclude: [{measures: [H01-03], reason: \" \"}]\n", []string{`p.yaml:5:40: reason is empty`}},
		{"exclusion of nothing", head + "select: {risks: [M02]}\nexclude: [{measures: [H01-03], reason: 理由}]\n", []string{`p.yaml:5:11: excludes nothing: no measure fits measure H01-03`}},
		{"exclusion names nothing", head + all + "exclude: [{reason: 理由}]\n", []string{`p.yaml:5:11: the entry excludes nothing (name risks, severities, layers, measures, tags, clauses, controls or requirements)`}},
		{"excluded twice", head + all + "exclude:\n  - {risks: [H01], reason: 一}\n  - {measures: [H01-03], reason: 二}\n", []string{`p.yaml:7:5: excludes nothing that another entry does not exclude already (see p.yaml:6)`}},
		{"controls excluded twice", head + all + "exclude:\n  - {clauses: [8.6.1], reason: 一}\n  - {controls: [8.6.1.3], reason: 二}\n", []string{`p.yaml:7:5: excludes nothing that another entry does not exclude already (see p.yaml:6)`}},
		{"layer that does not suffice", head + "select: {measures: [H01-01]}\nexclude: [{layers: [physical], reason: 理由}]\n", []string{`p.yaml:5:11: excludes nothing: no measure fits layer physical (the measures at this layer apply at other layers too; name all of them, or the measures)`}},
		{"both layers", head + "select: {risks: [H01]}\nexclude: [{layers: [function, physical], reason: 理由}]\n", nil},
		{"a layer above", head + "select: {risks: [H01]}\nexclude: [{layers: [abstraction, physical], reason: 理由}]\n", nil},
		{"nothing left", head + all + "exclude: [{severities: [high, medium], reason: 理由}]\n", []string{`p.yaml:1:1: nothing is left to ask for: everything selected is excluded or has no statements`}},
		{"obligation", head + all + "obligations: {default: shuold}\n", []string{`p.yaml:5:24: default must be must, should or may, not "shuold" (did you mean "should"?)`}},
		{"idle obligation", head + "select: {risks: [M02]}\nobligations: {rules: [{risks: [H01], obligation: may}]}\n", []string{`p.yaml:5:23: changes the obligation of nothing: no measure fits risk H01`}},
		{"obligation of what is excluded", head + all + "exclude: [{controls: [8.6.1.3], reason: 理由}]\nobligations: {rules: [{controls: [8.6.1.3], obligation: may}]}\n", []string{`p.yaml:6:23: changes the obligation of nothing: what it names is excluded`}},
		{"parameter above its limit", head + all + "modify: [{control: 2.1.1.10, parameters: [{id: hours, max: 8}]}]\nparameters: {2.1.1.10: {hours: 12}}\n", []string{`p.yaml:6:32: value "12" of parameter "hours" of 2.1.1.10 is above the maximum 8 (limit set at p.yaml:5)`}},
		{"default above its limit", head + all + "modify: [{control: 2.1.1.10, parameters: [{id: hours, max: 8}]}]\n", []string{`controls/2.1.1.yaml:14:9: value "24" of parameter "hours" of 2.1.1.10 is above the maximum 8 (limit set at p.yaml:5)`}},
		{"no number", head + all + "modify: [{control: 2.1.1.10, parameters: [{id: hours, max: 8}]}]\nparameters: {2.1.1.10: {hours: 八}}\n", []string{`p.yaml:6:32: value "八" of parameter "hours" of 2.1.1.10 is no number (limit set at p.yaml:5)`}},
		{"full-width digits are a number", head + all + "modify: [{control: 2.1.1.10, parameters: [{id: hours, max: 8}]}]\nparameters: {2.1.1.10: {hours: ８}}\n", nil},
		{"choice", head + all + "modify: [{control: 2.1.1.10, parameters: [{id: hours, choices: [6, 12]}]}]\nparameters: {2.1.1.10: {hours: 7}}\n", []string{`p.yaml:6:32: value "7" of parameter "hours" of 2.1.1.10 is none of 6, 12 (limit set at p.yaml:5)`}},
		{"unknown parameter", head + all + "parameters: {2.1.1.10: {huors: 7}}\n", []string{`p.yaml:5:25: 2.1.1.10 has no parameter "huors" (did you mean "hours"?)`}},
		{"parameter of nothing", head + all + "parameters: {2.1.1.99: {hours: 7}}\n", []string{`p.yaml:5:14: the catalog has no control or added requirement "2.1.1.99" (did you mean "2.1.1.1"?)`}},
		{"parameter of what is not asked for", head + "select: {risks: [M02]}\nparameters: {2.1.1.10: {hours: 7}}\n", []string{`p.yaml:5:32: sets a parameter of control 2.1.1.10, which the pack does not ask for`}},
		{"unset parameter", head + all + "modify: [{control: 8.6.1.2, add: \"{days}日以内\", parameters: [{id: days, min: 1}]}]\n", []string{`p.yaml:5:60: parameter "days" of 8.6.1.2 has no value (write parameters: {"8.6.1.2": {days: …}})`}},
		{"unknown placeholder", head + all + "modify:\n  - control: 8.6.1.2\n    add: |\n      公表の後\n      {dyas}日以内\n    parameters: [{id: days, default: 3}]\n", []string{
			`p.yaml:9:7: {dyas} is no parameter of 8.6.1.2 (did you mean {days}?)`,
			`p.yaml:10:18: parameter "days" stands nowhere in the statement (write {days} where the value is to stand)`}},
		{"limits that exclude each other", head + all + "modify: [{control: 2.1.1.10, parameters: [{id: hours, min: 9, max: 8}]}]\n", []string{`p.yaml:5:43: min 9 is above max 8`}},
		{"modifies nothing", head + all + "modify: [{control: 2.1.1.10}]\n", []string{`p.yaml:5:10: the entry changes nothing (write add or parameters)`}},
		{"modifies what is not asked for", head + "select: {risks: [M02]}\nmodify: [{control: 2.1.1.1, add: 追加}]\n", []string{`p.yaml:5:10: modifies control 2.1.1.1, which the pack does not ask for`}},
		{"own id", head + all + "requirements: [{id: A1, title: 試, statement: 試}]\n", []string{`p.yaml:5:21: "A1" is not the form of an added requirement's id (use capital letters, a hyphen and a number, such as "A-01")`}},
		{"own risk", head + all + "requirements: [{id: A-1, title: 試, statement: 試, risks: [M2]}]\n", []string{`p.yaml:5:58: the catalog has no risk "M2" (did you mean "M02"?)`}},
		{"own, added and excluded", head + all + "requirements: [{id: A-1, title: 試, statement: 試}]\nexclude: [{requirements: [A-1], reason: 理由}]\n", []string{`p.yaml:6:27: requirement "A-1" is added and excluded in the same file (delete the requirement instead)`}},
		{"own requirements alone", head + "requirements: [{id: A-1, title: 試, statement: 試}]\n", nil},
		{"letter", head + all + "cover_letter: |\n  拝啓\n\n  {suplier} 様 {x y} {due}\n", []string{`p.yaml:8:3: the cover letter knows no {suplier} (did you mean "supplier"?)`}},
		{"mail", head + all + "contact: {email: nobody}\n", []string{`p.yaml:5:18: "nobody" is no e-mail address`}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			fsys := fstest.MapFS{"p.yaml": {Data: []byte(tt.yaml)}}
			pack, ps := tailor(t, cat, fsys)
			if pack != nil {
				checkPack(t, pack)
			}
			var got []string
			for _, p := range ps {
				got = append(got, p.String())
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("problems\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(tt.want, "\n"))
			}
		})
	}
}

// tailor reads p.yaml and applies it. It checks that there is a pack exactly where
// neither step finds an error, and that there is a profile where the first finds
// none.
func tailor(t *testing.T, cat *catalog.Catalog, fsys fs.FS) (*profile.Pack, catalog.Problems) {
	t.Helper()
	p, ps := profile.Load(context.Background(), fsys, "p.yaml", profile.LoadOptions{})
	if p == nil {
		if !ps.HasErrors() {
			t.Errorf("no profile and no errors, but %v", ps)
		}
		return nil, ps
	}
	pack, more := profile.Tailor(cat, p)
	ps = append(ps, more...)
	ps.Sort()
	if (pack == nil) != ps.HasErrors() {
		t.Errorf("pack %v, problems %v", pack, ps)
	}
	return pack, ps
}

// TestAllAtOnce gives profiles mistakes of form together with mistakes that only
// the catalog shows. All are told, and nothing that only follows from them.
func TestAllAtOnce(t *testing.T) {
	cat := small(t)
	const unset = "modify: [{control: 8.6.1.2, add: \"{days}日以内\", parameters: [{id: days}]}]\n"
	for _, tt := range []struct {
		name, yaml string
		want       []string
	}{
		{"unknown id, no reason, no languages", "id: p\ntitle: 試\nselect: {risks: [H99]}\nexclude: [{measures: [H01-01]}]\n", []string{
			`p.yaml:1:1: the profile lacks languages`,
			`p.yaml:3:18: the catalog has no risk "H99"`,
			`p.yaml:4:11: an entry of exclude lacks reason`}},
		{"a slip for select", head + "selct: {all: true}\nexclude: [{risks: [H01], reason: 理由}]\n", []string{
			`p.yaml:4:1: unknown key "selct" in the profile (did you mean "select"?)`}},
		{"select without a value", head + "select:\nmodify: [{control: 2.1.1.1, add: 追加}]\n", []string{
			`p.yaml:4:8: select of the profile has no value`}},
		{"select twice", head + "select: {risks: [M02]}\nselect: {risks: [H01]}\nexclude: [{measures: [H01-03], reason: 理由}, {measures: [H0103], reason: 理由}]\n", []string{
			`p.yaml:5:1: key "select" is given twice, first in line 4`,
			`p.yaml:6:57: the catalog has no measure "H0103" (did you mean "H01-03"?)`}},
		{"a rule that could not be read", head + "select: [{risks: [M02]}, {severities: [{a: b}, hihg]}]\nparameters: {2.1.1.10: {hours: 12}}\nobligations: {rules: [{risks: [H01, H1], obligation: may}]}\n", []string{
			`p.yaml:4:40: an entry of severities must be a string, not a mapping`,
			`p.yaml:4:48: the catalog has no severity "hihg" (did you mean "high"?)`,
			`p.yaml:6:37: the catalog has no risk "H1" (did you mean "H01"?)`}},
		{"unknown id in select", head + "select: {risks: [H1]}\nexclude: [{measures: [H01-03], reason: 理由}]\n", []string{
			`p.yaml:4:18: the catalog has no risk "H1" (did you mean "H01"?)`}},
		{"a value that breaks a limit, asked for or not", head + "select: {riskz: [H01]}\nmodify: [{control: 2.1.1.10, parameters: [{id: hours, max: 8}]}]\nparameters: {2.1.1.10: {hours: 12}}\n", []string{
			`p.yaml:4:9: the rule names nothing (name risks, severities, layers, measures, tags, clauses or controls, or write all: true)`,
			`p.yaml:4:10: unknown key "riskz" in a rule of select (did you mean "risks"?)`,
			`p.yaml:6:32: value "12" of parameter "hours" of 2.1.1.10 is above the maximum 8 (limit set at p.yaml:5)`}},
		{"an exclusion that could not be read", head + all + "exclude: [{controls: [{}], reason: 理由}]\n" + unset, []string{
			`p.yaml:5:23: an entry of controls must be a string, not a mapping`}},
		{"an exclusion without a reason is one", head + all + "exclude: [{controls: [8.6.1.3]}]\n" + unset, []string{
			`p.yaml:5:11: an entry of exclude lacks reason`,
			`p.yaml:6:60: parameter "days" of 8.6.1.2 has no value (write parameters: {"8.6.1.2": {days: …}})`}},
		{"everything excluded, and a date", head + all + "due: soon\nexclude: [{severities: [high, medium], reason: 理由}]\n", []string{
			`p.yaml:1:1: nothing is left to ask for: everything selected is excluded or has no statements`,
			`p.yaml:5:6: due must be a date such as 2026-01-31, not the string "soon"`}},
		{"values that could not be read", head + all + unset + "parameters: {8.6.1.2: {days: [{}]}, 8.6.1.99: {days: []}}\n", []string{
			`p.yaml:6:31: the value of days must be a string, not a mapping`,
			`p.yaml:6:37: the catalog has no control or added requirement "8.6.1.99" (did you mean "8.6.1.1"?)`,
			`p.yaml:6:54: the value of days is an empty list`}},
		{"parameters that could not be read", head + all + "modify: [{control: 8.6.1.2, add: \"{days}日以内\", parameters: days}]\nparameters: {8.6.1.2: {days: 3}}\n", []string{
			`p.yaml:5:59: parameters must be a list, not the string "days"`}},
		{"a limit that could not be read", head + all + "modify: [{control: 2.1.1.10, parameters: [{id: hours, choices: [6, [7]]}]}]\nparameters: {2.1.1.10: {hours: 7}}\n", []string{
			`p.yaml:5:68: a choice must be a string, not a list`}},
		{"a requirement that could not be read", head + "requirements: [{id: a1, title: 試, statement: \"{x}\"}]\nexclude: [{requirements: [A-01], reason: 理由}]\nparameters: {A-01: {x: 1}, A01: {x: 1}}\n", []string{
			`p.yaml:4:21: "a1" is not the form of an added requirement's id (use capital letters, a hyphen and a number, such as "A-01")`,
			`p.yaml:6:28: the catalog has no control or added requirement "A01"`}},
		{"a statement that could not be read", head + "requirements: [{id: A-1, title: 試, statement: [], risks: [H1], parameters: [{id: x, default: 1}]}]\n", []string{
			`p.yaml:4:47: statement of a requirement must be a text: a string, or a mapping such as {ja: …, en: …}, not a list`,
			`p.yaml:4:59: the catalog has no risk "H1" (did you mean "H01"?)`}},
		{"a text in an unknown language", "id: p\ntitle: {jp: 試, en: x}\nlanguages: [ja, en]\n" + all, []string{
			`p.yaml:2:9: "jp" is not a language of the profile (did you mean "ja"?)`}},
		{"an empty title", "id: p\ntitle: \"\"\nlanguages: []\nselect: {risks: [H1]}\n", []string{
			`p.yaml:2:8: title is empty`,
			`p.yaml:3:12: languages is an empty list`,
			`p.yaml:4:18: the catalog has no risk "H1" (did you mean "H01"?)`}},
		{"a slip for extends", "id: p\nextend: base.yaml\nselect: {risks: [H1]}\n", []string{
			`p.yaml:2:1: unknown key "extend" in the profile (did you mean "extends"?)`,
			`p.yaml:3:18: the catalog has no risk "H1" (did you mean "H01"?)`}},
		{"an extended profile that is missing", "id: p\nextends: base.yaml\nexclude: [{risks: [H1, H01], reason: 理由}]\n", []string{
			`p.yaml:2:10: base.yaml: there is no such file`,
			`p.yaml:3:20: the catalog has no risk "H1" (did you mean "H01"?)`}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, ps := tailor(t, cat, fstest.MapFS{"p.yaml": {Data: []byte(tt.yaml)}})
			var got []string
			for _, p := range ps {
				got = append(got, p.String())
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("problems\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(tt.want, "\n"))
			}
		})
	}
}

// TestByteOrderMark reads a profile as an editor on Windows saves it. Its digest
// is that of the bytes.
func TestByteOrderMark(t *testing.T) {
	data := "\uFEFF" + strings.ReplaceAll(head+all+"cover_letter: \"{nobody}\"\n", "\n", "\r\n")
	p, ps := profile.Load(context.Background(), fstest.MapFS{"p.yaml": {Data: []byte(data)}}, "p.yaml", profile.LoadOptions{})
	if p == nil || len(ps) != 1 || ps[0].Pos.Line != 5 || ps[0].Pos.Column != 16 {
		t.Errorf("profile %v, problems %v", p != nil, ps)
	}
	if sum := fmt.Sprintf("%x", sha256.Sum256([]byte(data))); p != nil && p.Files[0].SHA256 != sum {
		t.Errorf("SHA-256 %s, want %s", p.Files[0].SHA256, sum)
	}
}

func TestExtends(t *testing.T) {
	cat := small(t)
	base := "id: base\ntitle: 基\nlanguages: [ja]\nselect: {risks: [H01]}\n" +
		"exclude: [{measures: [H01-03, H01-04], reason: 理由}]\n" +
		"modify: [{control: 2.1.1.10, parameters: [{id: hours, max: 24}]}]\n" +
		"parameters: {2.1.1.10: {hours: 20}}\n" +
		"requirements: [{id: A-1, title: 一, statement: 一}, {id: A-2, title: 二, statement: 二}]\n"
	for _, tt := range []struct {
		name, child string
		files       map[string]string
		want        string // problems, or the requirements' ids and statements
	}{
		{"takes over", "id: p\nextends: base.yaml\n", nil,
			"2.1.1.1 装置を二重に置く\n2.1.1.2 切替えを毎年試す\n2.1.1.10 別の拠点での復旧を20時間以内に終える\nC.1.1.1 一つの拠点の喪失でサービスを止めない\nA-1 一\nA-2 二"},
		{"replaces and adds", "id: p\nextends: base.yaml\nselect: {measures: [M02-03]}\nexclude: [{requirements: [A-2], reason: 理由}, {measures: [H01-01], reason: 理由}]\n" +
			"parameters: {2.1.1.10: {hours: 10}}\nrequirements: [{id: A-1, title: 一, statement: 壱}]\n", nil,
			"2.1.1.10 別の拠点での復旧を10時間以内に終える\n8.6.1.2 脆弱性を見つけたときは期限を決めて処置する\nC.1.1.1 一つの拠点の喪失でサービスを止めない\nA-1 壱"},
		{"limits of the base hold", "id: p\nextends: base.yaml\nmodify: [{control: 2.1.1.10, parameters: [{id: hours, max: 99}]}]\nparameters: {2.1.1.10: {hours: 48}}\n", nil,
			`p.yaml:4:32: value "48" of parameter "hours" of 2.1.1.10 is above the maximum 24 (limit set at base.yaml:6)`},
		{"idle things of the base are no mistake", "id: p\nextends: base.yaml\nselect: {risks: [M02]}\nexclude: [{risks: [H01], reason: 理由}]\n", nil,
			"8.6.1.1 管理の対象とする情報システムの範囲を文書に定める\n8.6.1.2 脆弱性を見つけたときは期限を決めて処置する\n8.6.1.3 管理の役割と責任を定める\nA-1 一\nA-2 二"},
		{"missing", "id: p\nextends: no.yaml\n", nil, "p.yaml:2:10: no.yaml: there is no such file"},
		{"outside", "id: p\nextends: ../base.yaml\n", nil, `p.yaml:2:10: "../base.yaml" lies outside the folder from which profiles are read`},
		{"absolute", "id: p\nextends: /base.yaml\n", nil, `p.yaml:2:10: "/base.yaml" lies outside the folder from which profiles are read`},
		{"itself", "id: p\nextends: p.yaml\n", nil, "p.yaml:2:10: the profiles extend each other: p.yaml → p.yaml"},
		{"cycle", "id: p\nextends: d/q.yaml\n", map[string]string{"d/q.yaml": "id: q\nextends: ../p.yaml\n"}, "d/q.yaml:2:10: the profiles extend each other: p.yaml → d/q.yaml → p.yaml"},
		{"mistake in the base", "id: p\nextends: q.yaml\n", map[string]string{"q.yaml": "id: q\ntitle: 試\nlanguages: [ja]\nselect: {al: true}\n"},
			"q.yaml:4:9: the rule names nothing (name risks, severities, layers, measures, tags, clauses or controls, or write all: true)\nq.yaml:4:10: unknown key \"al\" in a rule of select (did you mean \"all\"?)"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			fsys := fstest.MapFS{"p.yaml": {Data: []byte(tt.child)}, "base.yaml": {Data: []byte(base)}}
			for n, s := range tt.files {
				fsys[n] = &fstest.MapFile{Data: []byte(s)}
			}
			pack, ps := tailor(t, cat, fsys)
			got := ps.Error()
			if pack != nil && len(ps) == 0 {
				got = asked(pack)
				checkPack(t, pack)
			}
			if got != tt.want {
				t.Errorf("got\n%s\nwant\n%s", got, tt.want)
			}
		})
	}
}

// asked lists the requirements, a line each.
func asked(pack *profile.Pack) string {
	var lines []string
	for _, r := range pack.Requirements {
		lines = append(lines, r.ID+" "+r.Statement.Values["ja"])
	}
	return strings.Join(lines, "\n")
}

// checkPack checks what holds for every pack: nothing is lost without a place
// where the reader is told.
func checkPack(t testing.TB, pack *profile.Pack) {
	t.Helper()
	state := map[*catalog.Measure]string{}
	note := func(ms []*catalog.Measure, s string) {
		for _, m := range ms {
			if state[m] != "" {
				t.Errorf("%s is %s and %s", m.ID, state[m], s)
			}
			state[m] = s
		}
	}
	for _, c := range pack.Coverage {
		note(c.Selected, "selected")
		note(c.Excluded, "excluded")
		note(c.NotSelected, "not selected")
	}
	type cite struct {
		m *catalog.Measure
		c *catalog.Control
	}
	told := map[cite]int{}
	removed := map[*catalog.Measure]int{}
	for _, e := range pack.Exclusions {
		if e.Rule.Reason.IsZero() {
			t.Errorf("an exclusion has no reason: %v", e.Rule.Pos)
		}
		for _, m := range e.Measures {
			removed[m]++
		}
		for _, c := range e.Citations {
			told[cite{c.Measure, c.Control}]++
		}
	}
	seen := map[string]bool{}
	for _, r := range pack.Requirements {
		if seen[r.ID] {
			t.Errorf("requirement %s stands twice", r.ID)
		}
		seen[r.ID] = true
		if r.Obligation == "" || r.Statement.IsZero() {
			t.Errorf("requirement %s lacks something: %+v", r.ID, r)
		}
		for _, a := range r.AskedBy {
			if r.Control != nil {
				told[cite{a.Measure, r.Control}]++
			}
			if r.Obligation != a.Obligation && r.Obligation != profile.Must && a.Obligation != profile.May {
				t.Errorf("%s is %s, but %s asks with %s", r.ID, r.Obligation, a.Measure.ID, a.Obligation)
			}
		}
		if r.Control != nil && len(r.AskedBy) == 0 {
			t.Errorf("nothing asks for %s", r.ID)
		}
	}
	for _, m := range pack.Catalog.Measures() {
		switch state[m] {
		case "":
			t.Errorf("nobody tells what became of %s", m.ID)
		case "excluded":
			if removed[m] != 1 {
				t.Errorf("%s is excluded %d times", m.ID, removed[m])
			}
		case "selected":
			for _, ci := range m.Controls.Citations {
				if told[cite{m, ci.Control}] != 1 {
					t.Errorf("%s of %s is required or excluded %d times", ci.Control.ID, m.ID, told[cite{m, ci.Control}])
				}
			}
		}
		if state[m] != "excluded" && removed[m] > 0 {
			t.Errorf("%s is removed but %s", m.ID, state[m])
		}
	}
}

func TestFingerprint(t *testing.T) {
	cat := small(t)
	id := func(yaml string) string {
		t.Helper()
		p, ps := profile.Load(context.Background(), fstest.MapFS{"p.yaml": {Data: []byte(yaml)}}, "p.yaml", profile.LoadOptions{})
		if ps.HasErrors() {
			t.Fatal(ps)
		}
		pack, ps := profile.Tailor(cat, p)
		if ps.HasErrors() {
			t.Fatal(ps)
		}
		return pack.Fingerprint
	}
	base := id(head + all)
	for _, same := range []string{"# a comment\n" + head + all, head + all + "supplier: 誰か\ndue: 2026-01-01\nscope: 試\n"} {
		if id(same) != base {
			t.Errorf("%q changes the fingerprint", same)
		}
	}
	for _, other := range []string{
		head + "select: {risks: [H01]}\n",
		head + all + "obligations: may\n",
		head + all + "parameters: {2.1.1.10: {hours: 1}}\n",
		head + all + "modify: [{control: 2.1.1.1, add: 追加}]\n",
		head + all + "exclude: [{controls: [8.6.1.3], reason: 理由}]\n",
	} {
		if id(other) == base {
			t.Errorf("%q leaves the fingerprint", other)
		}
	}
}

func TestCatalogDigest(t *testing.T) {
	a := fstest.MapFS{"guide.yaml": {Data: []byte("a")}, "risks/H01.yaml": {Data: []byte("b")}, "profiles/x.yaml": {Data: []byte("c")}}
	one, err := profile.CatalogDigest(a)
	if err != nil {
		t.Fatal(err)
	}
	a["profiles/x.yaml"] = &fstest.MapFile{Data: []byte("d")}
	if two, _ := profile.CatalogDigest(a); two != one {
		t.Error("a profile changes the catalog's digest")
	}
	a["risks/H01.yaml"] = &fstest.MapFile{Data: []byte("e")}
	if two, _ := profile.CatalogDigest(a); two == one {
		t.Error("a risk does not change the catalog's digest")
	}
	// sha256sum guide.yaml risks/H01.yaml | sha256sum, for "a" and "b".
	if want := "3344ebe082384a3a9fe2e38c51343abf9939f55c9b04ea5f92a25e9c272a1b03"; one != want {
		t.Errorf("digest %s, want %s", one, want)
	}
}

// TestDigest: the digest of a profile does not depend on where it lies.
func TestDigest(t *testing.T) {
	digest := func(prefix, name string) string {
		fsys := fstest.MapFS{
			prefix + "a/p.yaml":    {Data: []byte("id: p\nextends: ../b/base.yaml\n")},
			prefix + "b/base.yaml": {Data: []byte("id: base\ntitle: 基\nlanguages: [ja]\nselect: {all: true}\n")},
		}
		p, ps := profile.Load(context.Background(), fsys, prefix+name, profile.LoadOptions{})
		if ps.HasErrors() {
			t.Fatal(ps)
		}
		if got, want := ids(p.Files, func(f profile.File) string { return f.Name }), "p.yaml ../b/base.yaml"; got != want {
			t.Errorf("files %s, want %s", got, want)
		}
		return p.Digest()
	}
	if digest("", "a/p.yaml") != digest("x/y/", "a/p.yaml") {
		t.Error("the digest depends on the folder")
	}
}

func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	p, ps := profile.Load(ctx, fstest.MapFS{"p.yaml": {Data: []byte(head + all)}}, "p.yaml", profile.LoadOptions{})
	if p != nil || !ps.HasErrors() {
		t.Errorf("profile %v, problems %v", p, ps)
	}
}

func FuzzLoad(f *testing.F) {
	for _, name := range []string{"base.yaml", "full.yaml"} {
		data, err := os.ReadFile("testdata/profiles/" + name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Add([]byte(head + all))
	f.Add([]byte("a: &a [*a, *a]\n"))
	f.Add([]byte("id: p\nextends: p.yaml\n"))
	base, err := os.ReadFile("testdata/profiles/base.yaml")
	if err != nil {
		f.Fatal(err)
	}
	cat := small(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		fsys := fstest.MapFS{"p.yaml": {Data: data}, "base.yaml": {Data: base}}
		pack, ps := tailor(t, cat, fsys)
		for _, q := range ps {
			if q.Pos.File == "" || q.Message == "" || q.Rule == "" {
				t.Fatalf("problem without place, message or rule: %+v", q)
			}
		}
		if pack != nil {
			checkPack(t, pack)
		}
	})
}
