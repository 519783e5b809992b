// Package profile tailors a guide for one supplier and one service: a profile
// says what an organisation selects from the catalog, what it leaves out and
// why, how binding each statement is, which values stand in the statements and
// what it asks for beside them. [Load] reads a profile, [Tailor] applies it to a
// catalog and yields a [Pack], from which the documents for the supplier are
// rendered.
//
// # Selecting
//
// The unit that is selected is the measure. A rule of select names kinds of
// things (risks, severities, layers, measures, tags) and for each kind one or
// more ids: a measure is selected if it fits one of the ids of every kind that
// the rule names. Several rules add up. A measure over two layers is selected as
// a whole by either.
//
// A rule may name clauses and controls instead: it asks for those statements
// directly, whether or not a measure cites them. In a guide that treats no risks,
// all selects every statement.
//
// An entry of exclude has the same form, with clauses and controls besides, and
// must give a reason. Where it names clauses or controls, those statements are
// left out of the measures that it names (of all, if it names none); otherwise
// the measures are. A measure over two layers is excluded by its layers only if
// all of them are named. Exclusions always win over selections, whatever their
// order.
//
// # Extending
//
// A profile may extend another one, which is read first. What is one value
// (title, edition, languages, organisation, supplier, service, due, contact,
// scope, cover_letter, the default obligation, each number of scoring) is replaced by the extending
// profile where that gives it; the id is never taken over. What is a list
// (select, exclude, obligations, modify) is added behind. Values of parameters
// replace those of the same statement and name; an added requirement replaces
// one with the same id. Limits of parameters can only become narrower: those of
// every profile of the chain hold.
//
// # Strictness
//
// A profile that does not do what it says is refused: an unknown id, an empty
// selection, an exclusion, obligation or value that changes nothing, a value
// outside its limits or one that is missing, unless open_parameters says that
// values may be. For what was taken over from an
// extended profile, changing nothing is no error: an organisation's profile may
// say more than one supplier's pack needs.
package profile

import (
	"time"

	"riskguide/catalog"
)

// Profile is a tailoring profile with everything that it extends merged in. What
// stands in an extended profile keeps that file's positions.
type Profile struct {
	Pos         catalog.Position
	ID          string // file stem of the outputs, such as "high-severity"
	Title       catalog.Text
	Description catalog.Text
	// Edition is the edition of the catalog that the profile was written for;
	// its ID is empty where the profile does not say.
	Edition catalog.Ref
	// Languages are those of the pack, at least one. The first is the
	// language of plain strings in the profile.
	Languages []catalog.Lang
	// Files are the files that were read: the profile's own first, then the
	// one that it extends, and so on.
	Files []File

	Organisation Party
	Supplier     Party
	Service      Service
	Contact      Contact
	// Due is the day by which answers are expected, midnight UTC; zero where
	// none is given.
	Due time.Time

	// Scope says in words what was selected and why; it may be zero.
	Scope       catalog.Text
	Select      []Selection
	Exclude     []Exclude
	Obligations Obligations
	Values      []Value
	// OpenParameters tells that parameters without a value stay open; see
	// [Filled].
	OpenParameters bool
	Modify         []Modification
	Added          []*Added
	// Scoring is what the profile says of how answers are counted; see
	// [Profile.ScoringRule].
	Scoring Scoring
	// CoverLetter is Markdown with placeholders (see [LetterPlaceholders]);
	// zero where the template's letter is to be used.
	CoverLetter catalog.Text

	idPos       catalog.Position
	languagePos []catalog.Position
	// otherLanguages tells that Languages are not those that the files say.
	otherLanguages bool
	wordings       map[wordingKey]catalog.Position
	lines          map[string][]string // the lines of the files, for positions
	// incomplete tells that the files have errors. Then missed holds the keys of
	// which they may say more than what was read, and faulty the places of
	// texts that were not read whole.
	incomplete bool
	missed     keySet
	faulty     map[catalog.Position]bool
	// lenient tells that the profile is applied to compare editions: what does
	// not fit is noted, but no error.
	lenient bool
}

// unread reports whether the profile may say more under a key than what was read
// of it. If a profile that it extends could not be read, that holds for all keys.
func (p *Profile) unread(key string) bool { return p.missed[key] || p.missed["extends"] }

func (p *Profile) setUnread(key string) {
	if p.missed == nil {
		p.missed = keySet{}
	}
	p.missed[key] = true
}

// File is a file that a profile was read from.
type File struct {
	Name   string // slash-separated, as seen from the profile's own folder
	SHA256 string // of its bytes, in hexadecimal
	Text   string // its bytes
}

// MaxLanguages is the number of languages that a pack shows side by side.
const MaxLanguages = 2

// Party is an organisation: the one that asks, or the supplier.
type Party struct {
	Pos        catalog.Position
	Name       catalog.Text
	Department catalog.Text // may be zero
	Address    catalog.Text // may be zero
	// Person is whom a letter addresses, with title; may be zero.
	Person catalog.Text
}

// Service is what the supplier is to provide.
type Service struct {
	Pos         catalog.Position
	Name        catalog.Text
	Description catalog.Text // may be zero
}

// Contact is where questions and answers go.
type Contact struct {
	Pos   catalog.Position
	Name  catalog.Text
	Email string
	Phone string
}

// IsZero reports whether the contact has nothing to show.
func (c Contact) IsZero() bool { return c.Name.IsZero() && c.Email == "" && c.Phone == "" }

// Selector names a part of the catalog: what fits one of the ids of every kind
// that is not empty.
type Selector struct {
	Pos        catalog.Position
	Risks      []catalog.Ref
	Severities []catalog.Ref
	Layers     []catalog.Ref
	Measures   []catalog.Ref
	Tags       []catalog.Ref
	Clauses    []catalog.Ref
	Controls   []catalog.Ref

	unread bool // what it names could not be read whole
}

// Selection is a rule of what is selected.
type Selection struct {
	Selector
	All    bool         // the whole guide; then the selector is empty
	Reason catalog.Text // may be zero
}

// Exclude is a rule of what is left out.
type Exclude struct {
	Selector
	// Requirements are ids of added requirements; then the selector is empty.
	Requirements []catalog.Ref
	Reason       catalog.Text
}

// Obligation tells how binding a requirement is, in the sense of RFC 2119.
type Obligation string

// The obligations, strongest first.
const (
	Must   Obligation = "must"
	Should Obligation = "should"
	May    Obligation = "may"
)

// ObligationIDs lists the obligations, strongest first.
func ObligationIDs() []Obligation { return []Obligation{Must, Should, May} }

// stronger reports whether o binds more than p.
func (o Obligation) stronger(p Obligation) bool { return o.rank() < p.rank() }

func (o Obligation) rank() int {
	for i, x := range ObligationIDs() {
		if x == o {
			return i
		}
	}
	return len(ObligationIDs())
}

// Obligations tells the obligation of every citation of a control: the default,
// unless rules name it; of several rules the last one counts.
type Obligations struct {
	Default Obligation
	Rules   []ObligationRule
}

// ObligationRule sets the obligation of a part of the catalog.
type ObligationRule struct {
	Selector
	Obligation Obligation
	Note       catalog.Text // shown with the requirement; may be zero
}

// Value sets a parameter of a statement.
type Value struct {
	Pos       catalog.Position // of the value
	Statement catalog.Ref      // id of a control or of an added requirement
	Parameter catalog.Ref
	// Value is the value or, where several choices are taken, all of them with
	// semicolons between; Choices holds them one by one.
	Value   string
	Choices []string

	unread bool // the value, or the names of several, could not be read
}

// Parameter is a value that stands as {id} in a statement, with the limits that
// a value must keep.
type Parameter struct {
	Pos     catalog.Position
	ID      string
	Label   catalog.Text
	Default string // zero where a value must be given
	// Min and Max bound a number; a parameter that has either must be one.
	Min, Max *float64
	// Choices, if not empty, lists the values that are allowed.
	Choices []string

	unread keySet
}

// Modification adds to a control's statement; the statement itself stays as the
// catalog words it.
type Modification struct {
	Pos        catalog.Position
	Control    catalog.Ref
	Add        catalog.Text // may be zero where only limits are set
	Parameters []*Parameter

	unread keySet
}

// Added is a requirement of the organisation's own.
type Added struct {
	Pos        catalog.Position
	ID         string // such as "A-01"
	Title      catalog.Text
	Statement  catalog.Text
	Reason     catalog.Text // may be zero
	Obligation Obligation   // the default where the profile gives none
	Risks      []catalog.Ref
	Measures   []catalog.Ref
	Parameters []*Parameter

	unread keySet
}

// own reports whether pos is in the profile's own file, not in an extended one.
func (p *Profile) own(pos catalog.Position) bool { return pos.File == p.Pos.File && !p.lenient }

// Name is the stem of the outputs' names: the profile's id, and behind it the
// languages where [LoadOptions.Languages] replaced the profile's own, such as
// "sample-en" or "sample-en-ja", so that packs in several languages lie side by
// side.
func (p *Profile) Name() string {
	name := p.ID
	if p.otherLanguages {
		for _, l := range p.Languages {
			name += "-" + string(l)
		}
	}
	return name
}

// Lang is the profile's first language.
func (p *Profile) Lang() catalog.Lang {
	if len(p.Languages) == 0 {
		return catalog.Japanese
	}
	return p.Languages[0]
}
