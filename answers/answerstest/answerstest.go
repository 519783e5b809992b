// Package answerstest fills in questionnaires for tests as a supplier would: it
// finds the cells by the ids of the requirements and the keys of the columns.
package answerstest

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"io/fs"
	"regexp"
	"slices"
	"time"

	"github.com/xuri/excelize/v2"

	"riskguide/answers"
	"riskguide/catalog"
	"riskguide/profile"
	"riskguide/render"
	"riskguide/render/pack"
	"riskguide/templates"
)

// Tailor applies a profile to the content.
func Tailor(content, profiles fs.FS, name string, langs ...catalog.Lang) (*profile.Pack, error) {
	ctx := context.Background()
	cat, ps := catalog.Load(ctx, content, catalog.LoadOptions{})
	if ps.HasErrors() {
		return nil, ps.ErrorsOnly()
	}
	p, ps := profile.Load(ctx, profiles, name, profile.LoadOptions{Languages: langs})
	if ps.HasErrors() {
		return nil, ps.ErrorsOnly()
	}
	pk, ps := profile.Tailor(cat, p)
	if ps.HasErrors() {
		return nil, ps.ErrorsOnly()
	}
	return pk, nil
}

// Blank returns the questionnaire of a pack as it is sent.
func Blank(p *profile.Pack) ([]byte, error) {
	return pack.Questionnaire(context.Background(), p, render.Options{Templates: templates.FS(),
		Date: time.Date(2026, 1, 31, 0, 0, 0, 0, time.UTC), ToolVersion: "test"})
}

// Book is a questionnaire that is open to be filled in.
type Book struct {
	*excelize.File
	// Sheet is the name of the sheet of requirements.
	Sheet   string
	Words   map[answers.Status]string
	Columns map[string]string // letter by key
	Rows    map[string]int    // by requirement id
	IDs     []string          // of the requirements, in their order
}

// Open opens a questionnaire as it was sent.
func Open(data []byte) (*Book, error) {
	f, err := excelize.OpenReader(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	b := &Book{File: f, Words: map[answers.Status]string{}, Columns: map[string]string{}, Rows: map[string]int{}}
	rows, err := f.GetRows(pack.DataSheet)
	if err != nil {
		return nil, err
	}
	headings := map[string]string{}
	for _, r := range rows {
		for len(r) < 3 {
			r = append(r, "")
		}
		switch r[0] {
		case "column":
			headings[r[1]] = r[2]
		case "status":
			b.Words[answers.Status(r[1])] = r[2]
		case "sheet":
			if r[1] == "requirements" {
				b.Sheet = r[2]
			}
		}
	}
	if rows, err = f.GetRows(b.Sheet); err != nil {
		return nil, err
	}
	for key, h := range headings {
		if i := slices.Index(rows[pack.HeadRow-1], h); i >= 0 {
			b.Columns[key], _ = excelize.ColumnNumberToName(i + 1)
		}
	}
	for i, r := range rows[pack.HeadRow:] {
		if len(r) > 0 && r[0] != "" {
			b.Rows[r[0]] = i + pack.HeadRow + 1
			b.IDs = append(b.IDs, r[0])
		}
	}
	return b, nil
}

// Cell is the name of the cell of a column in the row of a requirement.
func (b *Book) Cell(key, id string) string { return fmt.Sprintf("%s%d", b.Columns[key], b.Rows[id]) }

var escapes = regexp.MustCompile(`_x[0-9A-Fa-f]{4}_`)

// Set writes a value into the cell of a requirement.
func (b *Book) Set(key, id string, v any) error {
	if b.Rows[id] == 0 || b.Columns[key] == "" {
		return fmt.Errorf("the questionnaire has no cell %s of %q", key, id)
	}
	if s, ok := v.(string); ok {
		// Excel escapes what looks like an escape; excelize does not.
		v = escapes.ReplaceAllString(s, "_x005F$0")
	}
	return b.SetCellValue(b.Sheet, b.Cell(key, id), v)
}

// Fill writes answers as a person does: the status by its word, a date as a date.
func (b *Book) Fill(list []answers.Answer) error {
	for i := range list {
		a := &list[i]
		set := func(key, text string) error {
			if text == "" {
				return nil
			}
			return b.Set(key, a.Requirement, text)
		}
		status := a.Unread
		if a.Status != answers.Unanswered {
			status = b.Words[a.Status]
		}
		for _, x := range [][2]string{{pack.ColumnStatus, status}, {pack.ColumnExplanation, a.Explanation},
			{pack.ColumnEvidence, a.Evidence}, {pack.ColumnOwner, a.Owner}, {pack.ColumnPlanned, a.UnreadDate}} {
			if err := set(x[0], x[1]); err != nil {
				return err
			}
		}
		if !a.Planned.IsZero() {
			if err := b.Set(pack.ColumnPlanned, a.Requirement, a.Planned); err != nil {
				return err
			}
		}
	}
	return nil
}

// Bytes returns the workbook as excelize saves it.
func (b *Book) Bytes() ([]byte, error) {
	var buf bytes.Buffer
	if err := b.Write(&buf); err != nil {
		return nil, err
	}
	return io.ReadAll(&buf)
}

// Filled returns a questionnaire with the answers filled in.
func Filled(blank []byte, list []answers.Answer) ([]byte, error) {
	b, err := Open(blank)
	if err != nil {
		return nil, err
	}
	defer b.Close()
	if err := b.Fill(list); err != nil {
		return nil, err
	}
	return b.Bytes()
}
