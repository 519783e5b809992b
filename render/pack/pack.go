// Package pack renders what a profile yields: the documents that an organisation
// sends to a supplier. For a pack of the profile "sample" these are
//
//	sample/sample-questionnaire.xlsx   to be answered; see the section below
//	sample/sample-requirements.pdf     the same requirements, to print
//	sample/sample-requirements.html    the same in one self-contained page
//	sample/manifest.json               what is in the pack, with checksums
//	sample.zip                         all of it
//
// Every document states what was left out and why: an annex of the PDF and the
// page, a sheet of the workbook.
//
// # The questionnaire
//
// Answers are collected from the questionnaire by the ids in it, not by the
// places of its cells, so that a supplier may save it with another program,
// reorder columns or rename the file. What identifies it stands twice: in the
// custom document properties (names that begin with [PropertyPrefix]) and on the
// hidden sheet [DataSheet], whose first column says what a row holds:
//
//	property  NAME            VALUE
//	column    KEY             HEADING         (of the sheet of requirements)
//	status    ID              WORD
//	obligation ID             WORD
//	requirement ID            OBLIGATION      SHA-256 of the wording, and of
//	                                          that in the second language
//	sheet     KEY             NAME
//
// and in the questionnaire of a further round
//
//	carry     ID              TODO            ids whose answers stand in the
//	                                          row, or beside it
//	text      SHEET           SHA-256 of a text that only this
//	                          questionnaire has
//
// On the sheet of requirements the headings stand in row [HeadRow] and below them
// a requirement a row, with its id in the first column. The format is version
// [FormatVersion]; what a reader of version 1 needs will not change within it.
//
// # Further rounds
//
// The questionnaire of a further round (see [RenderNext]) holds the answers of the
// last one. An answer whose requirement is asked in the same words stands in its
// cells as it was. Where the words were changed, or the id was replaced, the old
// answer is shown beside; explanation, evidence, owner and date stand in the cells
// to be worked on, but the status is left empty: until somebody chooses it again,
// the requirement is unanswered. Answers to what is no longer asked stand on a
// sheet of their own with the reason.
//
// # Templates
//
// All fixed texts come from templates: pack/words.LANG.yaml,
// pack/letter.LANG.md (where the profile has no letter of its own),
// pack/instructions.LANG.md, pack/requirements.html (html/template over the
// data that [Page] describes) and pack/requirements.css.
package pack

import (
	"context"
	"fmt"
	"path"
	"sort"
	"strings"

	"golang.org/x/sync/errgroup"

	"riskguide/answers"
	"riskguide/catalog"
	"riskguide/profile"
	"riskguide/render"
)

// FormatVersion is the version of the pack's form, as it stands in the manifest
// and in the questionnaire.
const FormatVersion = "1"

// ManifestName is the name of the manifest in the pack's folder.
const ManifestName = "manifest.json"

// QuestionnaireFile is the name of the questionnaire in the pack's folder.
func QuestionnaireFile(profileID string) string { return profileID + "-questionnaire.xlsx" }

// PDFFile is the name of the requirements as PDF.
func PDFFile(profileID string) string { return profileID + "-requirements.pdf" }

// HTMLFile is the name of the requirements as HTML.
func HTMLFile(profileID string) string { return profileID + "-requirements.html" }

// ArchiveFile is the name of the archive, beside the pack's folder.
func ArchiveFile(profileID string) string { return profileID + ".zip" }

// Render writes the documents of a pack into sink: a folder named after the
// profile, and an archive of it. The languages are the profile's; opts.Lang is not
// used. The documents are made side by side.
func Render(ctx context.Context, p *profile.Pack, opts render.Options, sink render.Sink) error {
	_, err := RenderNext(ctx, p, nil, opts, sink)
	return err
}

// RenderNext writes the documents of a pack for a supplier that answered before;
// see the package documentation. A nil set gives those of a first round, and no
// result.
func RenderNext(ctx context.Context, p *profile.Pack, previous *answers.Set, opts render.Options, sink render.Sink) (*Carried, error) {
	w, v, err := prepare(p, previous, opts)
	if err != nil {
		return nil, err
	}
	return v.carried(), write(ctx, p, v, w, Name(p, previous), opts, sink)
}

// Name is the stem of the names of a pack's documents: that of the profile, and
// behind it the supplier of the last round where that is another one, so that the
// packs of several suppliers lie side by side.
func Name(p *profile.Pack, previous *answers.Set) string {
	name := p.Profile.Name()
	if previous != nil && previous.Supplier != "" && previous.Supplier != p.Profile.ID {
		name += "-" + previous.Supplier
	}
	return name
}

func write(ctx context.Context, p *profile.Pack, v *view, w words, id string, opts render.Options, sink render.Sink) error {
	var docs [3][]byte
	g, gctx := errgroup.WithContext(ctx)
	g.Go(func() (err error) { docs[0], err = questionnaire(gctx, p, v, w, opts); return err })
	g.Go(func() (err error) { docs[1], err = requirementsPDF(gctx, p, v, w, opts); return err })
	g.Go(func() (err error) { docs[2], err = requirementsHTML(gctx, p, v, w, opts); return err })
	if err := g.Wait(); err != nil {
		return fmt.Errorf("pack %s: %w", id, err)
	}
	files := []packed{
		{QuestionnaireFile(id), docs[0]},
		{PDFFile(id), docs[1]},
		{HTMLFile(id), docs[2]},
	}
	sort.Slice(files, func(i, j int) bool { return files[i].name < files[j].name })
	manifest, err := manifestJSON(p, v, opts, files)
	if err != nil {
		return fmt.Errorf("pack %s: %w", id, err)
	}
	files = append(files, packed{ManifestName, manifest})
	sort.Slice(files, func(i, j int) bool { return files[i].name < files[j].name })
	archive, err := archiveOf(id, files, opts.Date)
	if err != nil {
		return fmt.Errorf("pack %s: %w", id, err)
	}
	for _, f := range files {
		if err := sink.Put(path.Join(id, f.name), f.data); err != nil {
			return err
		}
	}
	return sink.Put(ArchiveFile(id), archive)
}

// Questionnaire returns the questionnaire alone. What comes back from a supplier is
// compared with it.
func Questionnaire(ctx context.Context, p *profile.Pack, opts render.Options) ([]byte, error) {
	return QuestionnaireNext(ctx, p, nil, opts)
}

// QuestionnaireNext returns the questionnaire of a further round alone; see
// [RenderNext].
func QuestionnaireNext(ctx context.Context, p *profile.Pack, previous *answers.Set, opts render.Options) ([]byte, error) {
	w, v, err := prepare(p, previous, opts)
	if err != nil {
		return nil, err
	}
	return questionnaire(ctx, p, v, w, opts)
}

// prepare reads the templates' words and lays out what all documents say.
func prepare(p *profile.Pack, previous *answers.Set, opts render.Options) (words, *view, error) {
	langs := p.Profile.Languages
	if len(langs) == 0 {
		langs = []catalog.Lang{p.Lang()}
	}
	langs = langs[:min(len(langs), profile.MaxLanguages)]
	w, err := loadWords(opts.Templates, langs...)
	if err != nil {
		return w, nil, err
	}
	w = w.forGuide(p.Catalog.Guide)
	m := newViewer(p, w)
	v := m.view()
	for x := &w; x != nil; x = x.second {
		text, err := templateText(opts.Templates, "instructions", x.lang, ".md")
		if err != nil {
			return w, nil, err
		}
		if p.Open() > 0 {
			text = strings.TrimRight(text, "\n") + "\n1. " + x.With("how_to_open", "explanation", x.Get("explanation")) + "\n"
		}
		v.Instructions = append(v.Instructions, prose{Lang: x.lang, Text: text})
		if text, err = templateText(opts.Templates, "letter", x.lang, ".md"); err != nil {
			return w, nil, err
		}
		m.addLetter(*x, text)
	}
	if previous != nil {
		if err := m.next(previous, opts); err != nil {
			return w, nil, err
		}
	}
	return w, v, nil
}

// packed is a file of the pack.
type packed struct {
	name string
	data []byte
}
