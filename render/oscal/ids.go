package oscal

import (
	"strconv"

	"riskguide/catalog"
	"riskguide/catalog/oscal/document"
)

// ids holds the ids that the things of a guide have in its OSCAL documents. Within
// a catalog of OSCAL an id stands once, whatever it is the id of.
type ids struct {
	used map[string]bool
	of   map[any]string // by pointer, statementOf or paramOf
}

// statementOf stands for the statement of a control.
type statementOf struct{ control *catalog.Control }

// paramOf stands for a parameter: controls may share one.
type paramOf struct {
	control *catalog.Control
	param   *catalog.Parameter
}

// newIDs gives every thing its id: clauses, controls and parameters first, so that
// their ids do not depend on what else the guide holds.
func newIDs(cat *catalog.Catalog) *ids {
	x := &ids{used: map[string]bool{}, of: map[any]string{}}
	for _, cl := range cat.Clauses {
		x.give(cl, standardID(cl.ID))
		for _, c := range cl.Controls {
			x.give(c, standardID(c.ID))
		}
	}
	for _, c := range cat.Controls() {
		for _, p := range c.Parameters {
			x.give(paramOf{c, p}, paramID(x.of[c], p.ID))
		}
	}
	for _, c := range cat.Controls() {
		x.give(statementOf{c}, x.of[c]+"_smt")
	}
	for _, r := range cat.Risks {
		x.give(r, document.Token("r-", r.ID))
		for _, o := range r.Objectives {
			x.give(o, document.Token("o-", o.ID))
		}
		for _, t := range r.Threats {
			x.give(t, document.Token("t-", t.ID))
		}
		for _, t := range r.Residuals {
			x.give(t, document.Token("rr-", t.ID))
		}
		for _, m := range r.Measures {
			x.give(m, document.Token("m-", m.ID))
		}
	}
	for _, v := range cat.Vulnerabilities {
		x.give(v, document.Token("v-", v.ID))
	}
	return x
}

// give enters an id for a thing, with a number behind it where it is taken.
func (x *ids) give(thing any, id string) string {
	id = x.free(id)
	x.of[thing] = id
	return id
}

// free returns the id, or one like it that is not taken, and takes it.
func (x *ids) free(id string) string {
	unique := id
	for n := 2; x.used[unique]; n++ {
		unique = id + "_" + strconv.Itoa(n)
	}
	x.used[unique] = true
	return unique
}

// standardID is the id of a clause or control of a standard. A name in small
// letters ("ac-2.1") is one in OSCAL too; a number ("8.6.1.1", "C.1.1.1") is none,
// or looks like no id, and gets "c-" before it.
func standardID(id string) string {
	if id != "" && id[0] >= 'a' && id[0] <= 'z' && document.IsToken(id) {
		return id
	}
	return document.Token("", "c-"+id)
}

// paramID is the id of a parameter, which in OSCAL is unique in the whole catalog.
func paramID(control, param string) string {
	if len(param) > len(control) && param[:len(control)+1] == control+"_" && document.IsToken(param) {
		return param
	}
	return document.Token("", control+"_"+param)
}
