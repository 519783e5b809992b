// Package oscal writes a guide, its profiles and the answers to them in the form
// of NIST's Open Security Controls Assessment Language, OSCAL 1.1.3
// (https://pages.nist.gov/OSCAL/). docs/oscal.md says what stands where.
//
// [Files] makes all documents of a guide, its profiles and answers, as JSON;
// [Catalog] that of the guide alone. Package riskguide/catalog/oscal/native reads
// guide, profiles and answers back without loss.
//
// Everything is a pure function of its arguments. UUIDs are of version 5, made of
// the ids of the guide; the only clock is [Options].Date.
package oscal

import (
	"context"
	"fmt"
	"time"

	"riskguide/answers"
	"riskguide/catalog"
	"riskguide/catalog/oscal/document"
	"riskguide/profile"
)

// Options is what the documents say beside the model.
type Options struct {
	// Lang is the leading language: that of titles and prose. The other languages
	// stand beside it. Empty: the guide's first, in the documents of a profile the
	// profile's.
	Lang catalog.Lang
	// Date is when the documents were last modified; zero: the guide's date, for
	// answers the day on which they came.
	Date time.Time
	// Sources puts the YAML files of a profile, comments included, into its
	// document, so that riskguide/catalog/oscal/native reads them back.
	Sources bool
	// Warn takes what has no place in OSCAL; nil discards.
	Warn func(catalog.Problem)
}

// Input is what is exported.
type Input struct {
	Catalog *catalog.Catalog
	// Packs are of the catalog, one a profile.
	Packs []*profile.Pack
	// Answers are to the packs.
	Answers []*answers.Set
}

// CatalogFile is the name of the document of the whole guide.
const CatalogFile = "catalog.json"

// ProfileFile is the name of a profile's document; name is the pack's
// [profile.Profile.Name].
func ProfileFile(name string) string { return "profiles/" + name + ".json" }

// ResolvedFile is the name of the catalog that a profile yields.
func ResolvedFile(name string) string { return "resolved/" + name + ".json" }

// requirementsFile is the name of the catalog of a profile's own requirements.
func requirementsFile(name string) string { return "requirements/" + name + ".json" }

// ComponentFile is the name of the component definition of a supplier's answers.
func ComponentFile(supplier string) string { return "components/" + supplier + ".json" }

// classAdded is the class of the group of a profile's own requirements.
const classAdded = "added-requirements"

// Files returns every document of the input, as JSON, by its name: catalog.json;
// for each profile profiles/ID.json, resolved/ID.json and, if it has requirements of
// its own, requirements/ID.json; for each set of answers components/SUPPLIER.json.
// The documents point to each other by relative names, so that they belong into one
// folder. They are valid under NIST's JSON Schema.
//
// The error names a set of answers whose profile is not among the packs, and two
// documents of one name.
func Files(ctx context.Context, in Input, opts Options) (map[string][]byte, error) {
	if opts.Warn == nil {
		opts.Warn = func(catalog.Problem) {}
	}
	out := map[string][]byte{}
	put := func(name string, f *document.File) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		if out[name] != nil {
			return fmt.Errorf("%s would be written twice", name)
		}
		data, err := document.Encode(f)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		out[name] = data
		return nil
	}
	guides := map[catalog.Lang]*document.File{} // by the leading language
	guide := func(lang catalog.Lang) *document.File {
		if guides[lang] == nil {
			opts := opts
			opts.Lang = lang
			guides[lang] = Catalog(in.Catalog, opts)
		}
		return guides[lang]
	}
	lead := opts.Lang
	if lead == "" {
		lead = in.Catalog.DefaultLang()
	}
	if err := put(CatalogFile, guide(lead)); err != nil {
		return nil, err
	}
	writers := map[string]*packWriter{}
	for _, pack := range in.Packs {
		w := newPackWriter(pack, opts)
		writers[pack.Profile.ID] = w
		p := w.profile()
		imported := map[string]*document.Catalog{"../" + CatalogFile: guide(w.opts.Lang).Catalog}
		if r := w.requirements(); r != nil {
			imported["../"+requirementsFile(w.name)] = r
			if err := put(requirementsFile(w.name), &document.File{Catalog: r}); err != nil {
				return nil, err
			}
		}
		resolved, err := resolve(p, imported)
		if err != nil {
			return nil, err
		}
		resolved.UUID = document.UUID("resolved", pack.ID, w.name)
		resolved.Metadata = w.described()
		resolved.Metadata.Props = append([]document.Prop{{Name: "resolution-tool", Value: "riskguide"}}, resolved.Metadata.Props...)
		resolved.Metadata.Links = []document.Link{{Href: "../" + ProfileFile(w.name), Rel: "source-profile", MediaType: mediaProfile}}
		if err := put(ProfileFile(w.name), &document.File{Profile: p}); err != nil {
			return nil, err
		}
		if err := put(ResolvedFile(w.name), &document.File{Catalog: resolved}); err != nil {
			return nil, err
		}
	}
	for _, s := range in.Answers {
		w := writers[s.Pack.Profile]
		if w == nil {
			return nil, MissingProfileError{Supplier: s.Supplier, Profile: s.Pack.Profile}
		}
		if err := put(ComponentFile(s.Supplier), &document.File{ComponentDefinition: w.component(s, opts.Warn)}); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// MissingProfileError is returned for answers to a profile that is not exported.
type MissingProfileError struct{ Supplier, Profile string }

// Error implements error.
func (e MissingProfileError) Error() string {
	return fmt.Sprintf("the answers of %s are to the profile %q, which is not exported", e.Supplier, e.Profile)
}
