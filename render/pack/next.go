package pack

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"riskguide/answers"
	"riskguide/catalog"
	"riskguide/catalog/edition"
	"riskguide/catalog/worddiff"
	"riskguide/profile"
	"riskguide/render"
)

// Todo is what a supplier has to do with a requirement in a further round. The
// words are stable: they stand on the data sheet of the questionnaire.
type Todo string

// The kinds of work.
const (
	// TodoAnswer: nothing of the last round answers the requirement.
	TodoAnswer Todo = "answer"
	// TodoReview: there is an answer, which must be looked at again.
	TodoReview Todo = "review"
	// TodoNone: the answer was carried over as it is.
	TodoNone Todo = "carried"
)

// Carried counts what became of the answers of the last round.
type Carried struct {
	// Requirements is the number of the pack's requirements; of these, Answer
	// and Review need work.
	Requirements, Answer, Review int
	// Removed are answers of the last round to what is no longer asked.
	Removed int
}

// Work is the number of requirements that a supplier has to work on.
func (c Carried) Work() int { return c.Answer + c.Review }

// ChangeKind says how a requirement differs from the last round.
type changeKind string

const (
	changeNew        changeKind = "new"
	changeReworded   changeKind = "reworded"
	changeReplaces   changeKind = "replaces"
	changeUnknown    changeKind = "unknown" // the old wording is not known
	changeObligation changeKind = "obligation"
	changeUnanswered changeKind = "unanswered"
	changeIncomplete changeKind = "incomplete"
	changeOverdue    changeKind = "overdue"
)

// asks reports whether the change is one of what is asked, not of the answer.
func (k changeKind) asks() bool {
	return k != changeUnanswered && k != changeIncomplete && k != changeOverdue
}

// nextView is what the documents tell of the last round.
type nextView struct {
	Set *answers.Set
	Carried
	// Lang is the language of the old wordings.
	Lang catalog.Lang
	// Requirements are those of the pack, Changed those of them that are not
	// asked as they were; both in the pack's order.
	Requirements, Changed []*nextRequirement
	Removed               []*removedView
	// Intro says all this in a sentence.
	Intro phrase
}

// nextRequirement is what became of the answer to a requirement.
type nextRequirement struct {
	ID      string
	Todo    Todo
	Changes []nextChange
	// Answer is what stands in the answer's cells; nil where nothing does. Its
	// status counts only where KeepStatus.
	Answer     *answers.Answer
	KeepStatus bool
	// Previous are the old answers that stand beside.
	Previous []*answers.Answer
	// Segments tell the new wording from the old one; nil where the wording
	// stayed. Lang is the language of both.
	Segments []worddiff.Segment
	Lang     catalog.Lang
	// Old is the wording that was answered, where it is another one; Now is what
	// the requirement says.
	Old string
	Now phrase
}

// nextChange is one way in which a requirement differs from the last round.
type nextChange struct {
	Kind changeKind
	Text phrase
}

// Asks lists the changes of what is asked.
func (n *nextRequirement) Asks() []nextChange {
	return slices.DeleteFunc(slices.Clone(n.Changes), func(c nextChange) bool { return !c.Kind.asks() })
}

// removedView is an answer to what is no longer asked.
type removedView struct {
	*answers.Answer
	Reason phrase
	// Obligation is the word of the obligation as it was.
	Obligation phrase
}

func (v *view) carried() *Carried {
	if v.Next == nil {
		return nil
	}
	return &v.Next.Carried
}

// The names of the rules for answers of the last round.
const (
	rulePreviousGuide    = "previous-guide"
	rulePreviousProfile  = "previous-profile"
	rulePreviousSupplier = "previous-supplier"
	rulePreviousLanguage = "previous-language"
)

// CheckPrevious tells whether the answers of the last round are those that a pack
// can carry on: answers to another guide are an error, to another profile or of
// another supplier a warning.
func CheckPrevious(p *profile.Pack, previous *answers.Set) catalog.Problems {
	var out catalog.Problems
	tell := func(level catalog.Level, rule, hint, format string, args ...any) {
		out = append(out, catalog.Problem{Pos: catalog.Position{File: previous.Pos.File}, Level: level, Rule: rule,
			Message: fmt.Sprintf(format, args...), Hint: hint})
	}
	was, pr := previous.Pack, p.Profile
	if was.Guide != "" && was.Guide != p.Catalog.Guide.ID {
		tell(catalog.LevelError, rulePreviousGuide, "", "the answers are to the guide %q, not to %q", was.Guide, p.Catalog.Guide.ID)
	}
	if was.Profile != "" && was.Profile != pr.ID {
		tell(catalog.LevelWarning, rulePreviousProfile, "is it the right file?",
			"the answers are to the profile %q, not to %q; those whose requirements are the same are carried over", was.Profile, pr.ID)
	}
	if name := previous.Name; name != "" && !pr.Supplier.Name.IsZero() && !slices.ContainsFunc(pr.Languages, func(l catalog.Lang) bool {
		s, _ := pr.Supplier.Name.In(l)
		return sameText(s, name)
	}) {
		known := false
		for _, s := range pr.Supplier.Name.Values {
			known = known || sameText(s, name)
		}
		if !known {
			tell(catalog.LevelWarning, rulePreviousSupplier, "is it the right file?",
				"the answers are those of %q; the profile names the supplier %q", name, p.Text(pr.Supplier.Name))
		}
	}
	if l := was.Language; l != "" && !slices.Contains(p.Catalog.Guide.Languages, l) && !slices.Contains(pr.Languages, l) {
		tell(catalog.LevelWarning, rulePreviousLanguage, "",
			"the answers are to wordings in the language %q, which the guide does not have; they are compared with those in %q", l, p.Lang())
	}
	return out
}

func sameText(a, b string) bool { return squeeze(a) == squeeze(b) }

// squeeze is a text without white space, as wordings are compared.
func squeeze(s string) string { return strings.Join(strings.Fields(s), "") }

// carrier finds out what becomes of the answers of the last round.
type carrier struct {
	m    *viewer
	next *nextView
	// wordings are those of the requirements in the languages that may have
	// been answered; words are the fixed ones of these languages.
	langs    []catalog.Lang
	words    map[catalog.Lang]words
	wordings map[catalog.Lang]map[string]*wordingView
	// day is the day on which the answers of this round are expected: what was
	// planned for a day before it should be done by then.
	day time.Time
}

// next adds to the view what became of the answers of the last round.
func (m *viewer) next(previous *answers.Set, opts render.Options) error {
	c := &carrier{m: m, next: &nextView{Set: previous}, words: map[catalog.Lang]words{}, wordings: map[catalog.Lang]map[string]*wordingView{}}
	for _, d := range []time.Time{opts.Date, previous.Received, m.p.Profile.Due} {
		if d.After(c.day) {
			c.day = d
		}
	}
	if err := c.read(previous.Pack.Language, opts); err != nil {
		return err
	}
	c.next.Lang = c.langs[0]
	sources, taken := c.sources()
	for i, r := range m.p.Requirements {
		n := c.requirement(r, sources[r.ID])
		n.Now = m.v.Requirements[i].Statement
		m.v.Requirements[i].Next = n
		c.next.Requirements = append(c.next.Requirements, n)
		switch n.Todo {
		case TodoAnswer:
			c.next.Answer++
		case TodoReview:
			c.next.Review++
		}
		if len(n.Asks()) > 0 {
			c.next.Changed = append(c.next.Changed, n)
		}
	}
	for i := range previous.Answers {
		if a := &previous.Answers[i]; !taken[a] {
			c.next.Removed = append(c.next.Removed, &removedView{a, c.reason(a.Requirement), c.obligation(a.Obligation)})
		}
	}
	c.next.Carried.Requirements, c.next.Carried.Removed = len(m.p.Requirements), len(c.next.Removed)
	m.v.Next = c.next
	c.next.Intro = m.w.say(func(w words) string {
		return w.With("next_intro", "total", strconv.Itoa(len(m.p.Requirements)), "n", strconv.Itoa(c.next.Work()),
			"carried", strconv.Itoa(len(m.p.Requirements)-c.next.Work()), "removed", strconv.Itoa(len(c.next.Removed)))
	})
	m.addPreviousFact()
	return nil
}

// addPreviousFact tells on the cover what the last round was.
func (m *viewer) addPreviousFact() {
	set := m.v.Next.Set
	text := m.w.say(func(w words) string {
		round := ""
		if set.Round > 0 {
			round = w.With("next_round", "round", strconv.Itoa(set.Round))
		}
		received := ""
		if !set.Received.IsZero() {
			received = w.With("next_received", "date", w.date(set.Received))
		}
		ed := ""
		if set.Pack.Edition != "" {
			ed = w.With("next_edition", "edition", set.Pack.Edition)
		}
		return join(w.Get("list_comma"), round, ed, set.Pack.ID, received)
	})
	m.v.Facts = append(m.v.Facts, fact{"previous", m.w.both("next_previous"), text})
}

// read takes the wordings in the language that was answered; where it is not known,
// those in the languages of the pack.
func (c *carrier) read(lang catalog.Lang, opts render.Options) error {
	v := c.m.v
	own := []catalog.Lang{v.Lang}
	if v.Second != "" {
		own = append(own, v.Second)
	}
	for i, l := range own {
		c.words[l], c.wordings[l] = c.m.w.of(l), map[string]*wordingView{}
		for _, r := range v.Requirements {
			c.wordings[l][r.ID] = r.Wordings[i]
		}
	}
	c.langs = own
	switch {
	case slices.Contains(own, lang):
		c.langs = []catalog.Lang{lang}
	case lang != "" && slices.Contains(c.m.p.Catalog.Guide.Languages, lang):
		w, err := loadWords(opts.Templates, lang)
		if err != nil {
			return err
		}
		pr := *c.m.p.Profile
		pr.Languages = []catalog.Lang{lang}
		p := *c.m.p
		p.Profile = &pr
		other := newViewer(&p, w)
		other.requirements()
		c.words[lang], c.wordings[lang] = w, map[string]*wordingView{}
		for _, r := range other.v.Requirements {
			c.wordings[lang][r.ID] = r.Wordings[0]
		}
		c.langs = []catalog.Lang{lang}
	}
	return nil
}

// sources finds the old answers that belong to each requirement: that of the same
// id first, then those of the ids that it replaces. Taken are the answers of which
// all texts stand in a requirement's row; what is merged into another one is not.
func (c *carrier) sources() (map[string][]*answers.Answer, map[*answers.Answer]bool) {
	out, taken := map[string][]*answers.Answer{}, map[*answers.Answer]bool{}
	set := c.next.Set
	for i := range set.Answers {
		if a := &set.Answers[i]; c.m.p.Requirement(a.Requirement) != nil {
			out[a.Requirement], taken[a] = []*answers.Answer{a}, true
		}
	}
	for i := range set.Answers {
		a := &set.Answers[i]
		if taken[a] {
			continue
		}
		for _, id := range edition.Successors(a.Requirement, c.m.p.Catalog.Retired) {
			if c.m.p.Requirement(id) != nil {
				out[id] = append(out[id], a)
			}
		}
	}
	return out, taken
}

// requirement decides what becomes of the old answers to a requirement.
func (c *carrier) requirement(r *profile.Requirement, old []*answers.Answer) *nextRequirement {
	n := &nextRequirement{ID: r.ID, Todo: TodoNone}
	if len(old) == 0 {
		n.Todo = TodoAnswer
		c.change(n, changeNew, nil)
		return n
	}
	a := old[0]
	n.Answer = a
	var replaces []string
	for _, x := range old {
		if x.Requirement != r.ID {
			replaces = append(replaces, x.Requirement)
		}
	}
	same, lang := c.sameWording(a.Asked, r.ID)
	n.Lang = lang
	switch {
	case a.Asked == "":
		c.change(n, changeUnknown, nil)
	case !same:
		n.Old = a.Asked
		n.Segments = worddiff.Diff(a.Asked, c.wordings[lang][r.ID].text(c.words[lang]))
		c.change(n, changeReworded, nil)
	}
	if len(replaces) > 0 {
		c.change(n, changeReplaces, func(w words) []string { return []string{"ids", w.join(replaces)} })
	}
	before, now := profile.Obligation(a.Obligation), r.Obligation
	ranked := slices.Contains(profile.ObligationIDs(), before)
	if ranked && before != now {
		c.change(n, changeObligation, func(w words) []string {
			return []string{"old", w.obligation(before), "new", w.obligation(now)}
		})
	}
	valid := same && a.Requirement == r.ID
	n.KeepStatus = valid
	if !valid {
		// Also that of a replaced id: one that was split or merged does not ask
		// what it asked before, even where the words are the same.
		n.Todo = TodoReview
		n.Previous = slices.DeleteFunc(slices.Clone(old), func(x *answers.Answer) bool { return x.IsBlank() })
	} else {
		n.Previous = slices.DeleteFunc(slices.Clone(old[1:]), func(x *answers.Answer) bool { return x.IsBlank() })
	}
	switch {
	case a.Status == answers.Unanswered && a.Unread == "":
		n.Todo = TodoAnswer
		if len(n.Previous) > 0 {
			n.Todo = TodoReview
		}
		c.change(n, changeUnanswered, nil)
	case a.Unread != "" || a.UnreadDate != "" || a.Status.NeedsExplanation() && strings.TrimSpace(a.Explanation) == "" ||
		a.Status.NeedsDate() && a.Planned.IsZero():
		n.Todo = TodoReview
		c.change(n, changeIncomplete, nil)
	case a.Status.NeedsDate() && a.Planned.Before(c.day):
		n.Todo = TodoReview
		c.change(n, changeOverdue, func(w words) []string { return []string{"date", w.date(a.Planned)} })
	case ranked && strongerThan(now, before) && !a.Status.Met() && !a.Status.Outside():
		// What was answered to a weaker obligation may not do for this one.
		n.Todo = TodoReview
	}
	return n
}

// strongerThan reports whether a binds more than b.
func strongerThan(a, b profile.Obligation) bool {
	return slices.Index(profile.ObligationIDs(), a) < slices.Index(profile.ObligationIDs(), b)
}

func (c *carrier) change(n *nextRequirement, k changeKind, pairs func(words) []string) {
	n.Changes = append(n.Changes, nextChange{k, c.m.w.say(func(w words) string {
		if pairs == nil {
			return w.Get("change_" + string(k))
		}
		return w.With("change_"+string(k), pairs(w)...)
	})})
}

// sameWording reports whether a requirement is asked in the words that were
// answered, white space aside; lang is the language in which the two were compared.
// Why it is asked, and why its obligation is what it is, may be told in other
// words: these stand behind all that is asked.
func (c *carrier) sameWording(asked, id string) (same bool, lang catalog.Lang) {
	for _, l := range c.langs {
		x, w := c.wordings[l][id], c.words[l]
		if WordingHash(asked) == WordingHash(x.text(w)) {
			return true, l
		}
		rest, ok := strings.CutPrefix(squeeze(asked), squeeze(x.asked(w)))
		if !ok {
			continue
		}
		if rest == "" {
			return true, l
		}
		for _, key := range []string{"obligation_note", "reason"} {
			if strings.HasPrefix(rest, squeeze(w.labelled(w.Get(key), ""))) {
				return true, l
			}
		}
	}
	return false, c.langs[0]
}

func (c *carrier) obligation(id string) phrase {
	if o := profile.Obligation(id); slices.Contains(profile.ObligationIDs(), o) {
		return c.m.w.sayObligation(o)
	}
	return phrase{Text: id, Lang: c.m.v.Lang}
}

// reason tells why a requirement is no longer asked.
func (c *carrier) reason(id string) phrase {
	cat := c.m.p.Catalog
	say := func(key string, pairs func(words) []string) phrase {
		return c.m.w.say(func(w words) string { return w.With(key, pairs(w)...) })
	}
	none := func(words) []string { return nil }
	for _, r := range cat.Retired {
		if r.ID != id {
			continue
		}
		by := edition.Successors(id, cat.Retired)
		var asked []string
		for _, x := range by {
			if c.m.p.Requirement(x) != nil {
				asked = append(asked, x)
			}
		}
		key := "removed_retired"
		switch {
		case len(asked) > 0:
			key, by = "removed_replaced", asked
		case len(by) > 0:
			key = "removed_replaced_outside"
		}
		return c.m.w.say(func(w words) string {
			return join(w.Get("sentence_gap"), w.With(key, "ids", w.join(by), "edition", r.Edition), c.m.in(w, r.Reason))
		})
	}
	var reasons []catalog.Text
	for _, e := range c.m.p.Exclusions {
		hit := slices.ContainsFunc(e.Controls, func(x *catalog.Control) bool { return x.ID == id }) ||
			slices.ContainsFunc(e.Citations, func(x profile.Citation) bool { return x.Control.ID == id }) ||
			slices.ContainsFunc(e.Added, func(x *profile.Added) bool { return x.ID == id })
		if hit {
			reasons = append(reasons, e.Rule.Reason)
		}
	}
	switch {
	case len(reasons) > 0:
		return say("removed_excluded", func(w words) []string {
			texts := make([]string, len(reasons))
			for i, t := range reasons {
				texts[i] = c.m.in(w, t)
			}
			return []string{"reason", strings.Join(texts, w.Get("sentence_gap"))}
		})
	case cat.Control(id) != nil:
		return say("removed_unselected", none)
	}
	return say("removed_unknown", none)
}

// previousText is what an old answer says, in one text; long parts are cut: they
// stand in full in the cells of the answer or on the sheet of what is no longer
// asked. What could not be read as an answer or a date may stand nowhere else, and
// is whole.
func (w words) previousText(a *answers.Answer, withID bool) string {
	const most = 400
	var lines []string
	if withID {
		lines = append(lines, "["+a.Requirement+"]")
	}
	add := func(key, s string) {
		if s == "" {
			return
		}
		if short := clip(s, most); short != s {
			s = short + "…"
		}
		lines = append(lines, w.labelled(w.label(key), s))
	}
	whole := func(key, s string) { lines = append(lines, w.labelled(w.label(key), s)) }
	switch {
	case a.Status.Valid():
		add("answer", w.status(a.Status))
	case a.Unread != "":
		whole("answer", a.Unread)
	default:
		add("answer", w.label("status_unanswered"))
	}
	add("explanation", a.Explanation)
	add("evidence", a.Evidence)
	add("owner", a.Owner)
	if a.Planned.IsZero() && a.UnreadDate != "" {
		whole("planned", a.UnreadDate)
	} else {
		add("planned", plannedText(a))
	}
	return strings.Join(lines, "\n")
}

// plannedText is the date of an answer as text.
func plannedText(a *answers.Answer) string {
	if a.Planned.IsZero() {
		return a.UnreadDate
	}
	return a.Planned.Format("2006/01/02")
}
