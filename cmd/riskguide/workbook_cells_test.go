package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/xuri/excelize/v2"

	"riskguide/catalog/workbook"
)

// editCells reads what is to be typed into a workbook for editing. A line of the
// list is TABLE KEY COLUMN=VALUE, with \n for a line break; the keys + and +2 are
// the first and the second of the empty rows.
func editCells(book, list string) ([]cell, error) {
	f, err := excelize.OpenFile(book)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	type place struct{ table, name string }
	sheets, rows, cols, last := map[string]string{}, map[place]int{}, map[place]int{}, map[string]int{}
	for _, name := range f.GetSheetList() {
		all, err := f.GetRows(name)
		if err != nil {
			return nil, err
		}
		table := ""
		for i, row := range all {
			if len(row) == 0 {
				continue
			}
			if k, ok := strings.CutPrefix(row[0], workbook.TablePrefix); ok {
				table = k
				sheets[table] = name
				for j, c := range row {
					cols[place{table, c}] = j + 1
				}
			} else if table != "" && row[0] != "" && row[0] != "key" {
				rows[place{table, row[0]}], last[table] = i+1, i+1
			}
		}
	}
	data, err := os.ReadFile(list)
	if err != nil {
		return nil, err
	}
	var out []cell
	for _, line := range strings.Split(strings.TrimSpace(string(data)), "\n") {
		where, value, ok := strings.Cut(line, "=")
		words := strings.Fields(where)
		if !ok || len(words) != 3 {
			return nil, fmt.Errorf("%q is not TABLE KEY COLUMN=VALUE", line)
		}
		row, col := rows[place{words[0], words[1]}], cols[place{words[0], words[2]}]
		if n, isNew := strings.CutPrefix(words[1], "+"); isNew {
			row = last[words[0]] + 1
			if n != "" {
				row += int(n[0] - '1')
			}
		}
		if row == 0 || col == 0 {
			return nil, fmt.Errorf("there is no cell %q", where)
		}
		name, err := excelize.CoordinatesToCellName(col, row)
		if err != nil {
			return nil, err
		}
		out = append(out, cell{sheet: sheets[words[0]], name: name, value: strings.ReplaceAll(value, `\n`, "\n")})
	}
	return out, nil
}

// fillCells types into a workbook for editing with excelize: fillcells IN.xlsx
// OUT.xlsx CELLS.txt.
func fillCells(args []string) error {
	cells, err := editCells(args[0], args[2])
	if err != nil {
		return err
	}
	f, err := excelize.OpenFile(args[0])
	if err != nil {
		return err
	}
	defer f.Close()
	for _, c := range cells {
		if err := f.SetCellStr(c.sheet, c.name, c.value); err != nil {
			return err
		}
	}
	return f.SaveAs(args[1])
}

// officeCells does so with LibreOffice: officecells IN.xlsx OUT.xlsx CELLS.txt.
func officeCells(args []string) error {
	cells, err := editCells(args[0], args[2])
	if err != nil {
		return err
	}
	return officeType(args[0], args[1], cells)
}
