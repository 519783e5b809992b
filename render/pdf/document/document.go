// Package document sets documents: headings with bookmarks, paragraphs, lists,
// Markdown, tables, a cover and contents with page numbers go in; pages of A4
// landscape, and from them a PDF, come out.
//
// # Use
//
//	d, err := document.New(document.Config{Title: "…", Lang: "ja", Date: date})
//	d.Cover(document.Cover{Title: "…", Details: …})
//	d.Contents("目次", 2)
//	d.NewPage()
//	d.Heading(1, "範囲", document.HeadingOptions{ID: "scope"})
//	d.Paragraph(document.Plain("…"))
//	d.Markdown(body, document.MarkdownOptions{})
//	d.Table(document.Table{Columns: …, Rows: …})
//	d.RiskTable(document.NewRiskTable(grid, words, nil))
//	data, err := d.PDF()
//
// The methods append blocks; nothing is laid out before [Document.PDF] (or
// [Document.Pages], for tests). So a block may point to what comes later: a
// [Span] with PageOf shows the number of the page on which a place stands, one
// with Link leads there. Places are named by the ID of a heading, cell or row.
//
// # Contract
//
// The same blocks give the same bytes. No text leaves its cell or column: what
// does not fit is broken into lines (package linebreak), a cell that is higher
// than the page is continued on the next one. A character that the font lacks is
// drawn as 〓 and reported to Config.Warn once. A Document is used by one
// goroutine; several documents may be made at the same time.
//
// # Limits
//
// One typeface (package font), one page format, no images. The PDF has no
// structure tree (it is not a tagged PDF): the HTML is the accessible edition.
package document

import (
	"errors"
	"fmt"
	"time"

	"riskguide/catalog"
	"riskguide/render/pdf/font"
)

// mm is a millimetre in points.
const mm = 72 / 25.4

// The page, in points: A4 landscape.
const (
	pageWidth    = 297 * mm
	pageHeight   = 210 * mm
	marginLeft   = 12 * mm
	marginRight  = 12 * mm
	marginTop    = 18 * mm
	marginBottom = 15 * mm
	pageBottom   = pageHeight - marginBottom
	textWidth    = pageWidth - marginLeft - marginRight
	// proseWidth is the longest line of running text: about 55 Japanese
	// characters; longer ones are hard to follow back to the next line.
	proseWidth = 195 * mm
)

// TextWidth is the width of the page between its margins, in millimetres: what
// the columns of a table share.
const TextWidth = 297 - 12 - 12

// Config is what concerns a document as a whole.
type Config struct {
	// Title, Author, Subject and Keywords go into the properties of the PDF.
	Title, Author, Subject, Keywords string
	// Creator names the program that made the document, with its version.
	Creator string
	Lang    catalog.Lang
	// Date is the date of creation in the properties.
	Date time.Time
	// Header stands at the left of the head of each page, the section (see
	// [Document.Heading]) at its right; Footer at the left of its foot, the
	// page number at its right.
	Header, Footer string
	// PageNumber is the form of the page number, with {page} and {pages};
	// empty for "{page} / {pages}".
	PageNumber string
	// Faces is the typeface; nil is the built-in one.
	Faces *font.Faces
	// Warn takes reports of characters that the font lacks; nil discards.
	Warn func(catalog.Problem)
}

// Document is a document in the making; see the package's description.
type Document struct {
	cfg    Config
	ts     *typesetter
	blocks []block
	heads  []*heading // headings in order, for the contents
	laid   *composer  // after layout
}

// block is a part of the document.
type block interface{ layout(c *composer) }

// New returns an empty document. The error is about the font.
func New(cfg Config) (*Document, error) {
	ts, err := newTypesetter(cfg.Faces)
	if err != nil {
		return nil, fmt.Errorf("document: %w", err)
	}
	if cfg.PageNumber == "" {
		cfg.PageNumber = "{page} / {pages}"
	}
	return &Document{cfg: cfg, ts: ts}, nil
}

func (d *Document) add(b block) { d.blocks = append(d.blocks, b) }

// layout lays the document out, once.
func (d *Document) layout() *composer {
	if d.laid != nil {
		return d.laid
	}
	c := &composer{doc: d, ts: d.ts, places: map[string]place{},
		frames: []frame{{marginLeft, textWidth}}}
	d.ts.page = c.pageOf
	for _, b := range d.blocks {
		b.layout(c)
	}
	c.finish()
	d.laid = c
	d.report()
	return c
}

// report tells of the characters that the font lacks.
func (d *Document) report() {
	if d.cfg.Warn == nil {
		return
	}
	for _, m := range d.ts.missing {
		d.cfg.Warn(catalog.Problem{
			Pos: m.Pos, Level: catalog.LevelWarning, Rule: RuleMissingGlyph,
			Message: fmt.Sprintf("the font of the PDF has no character %q (U+%04X); %c is drawn in its place", m.Rune, m.Rune, substitute),
		})
	}
}

// RuleMissingGlyph is the rule of a problem about a character that the font of
// the PDF lacks.
const RuleMissingGlyph = "missing-glyph"

// Pages lays the document out and returns its pages, for tests that assert where
// things stand.
func (d *Document) Pages() []*Page { return d.layout().pages }

// ErrEmpty is returned for a document without a page, which PDF does not know.
var ErrEmpty = errors.New("the document has no page")

// PDF lays the document out and returns it as PDF.
func (d *Document) PDF() ([]byte, error) {
	c := d.layout()
	if len(c.pages) == 0 {
		return nil, ErrEmpty
	}
	return write(&d.cfg, c)
}
