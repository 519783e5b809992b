// Package sheet writes workbooks for people: it is what the catalog workbook and
// the questionnaire of a pack have in common.
//
// # Contract
//
// A [Book] is built top to bottom: [New], then sheet after sheet with
// [Book.AddSheet], then [Book.Bytes]. A [Sheet] takes cells in any order, by row
// and column counted from 1 as in A1, and every length is in points. The same
// calls give the same bytes, on any number of cores. A Book serves one goroutine.
// An error is kept and returned by [Book.Bytes], so that the calls in between
// need no checks.
//
//	b := sheet.New(sheet.Properties{Title: "…", Creator: "…", Created: date}, warn)
//	sh := b.AddSheet("一覧", sheet.Page{HeaderLeft: "…", FooterRight: "{page} / {pages}"})
//	sh.SetColumns(60, 240)
//	sh.Text(1, 1, "番号", head)
//	sh.Text(1, 2, "内容", head)
//	sh.Text(2, 1, "8.6.1.1", body)
//	sh.Link(2, 1, "control:8.6.1.1", "") // a place that some sheet names with Mark
//	sh.Text(2, 2, statement, body)
//	sh.Freeze(1, 1)
//	sh.Table("Controls", 1, 1, 2, 2)
//	data, err := b.Bytes(ctx)
//
// What excelize knows and this package does not (data validation, conditional
// formats, protection) is set through [Book.File] between AddSheet and
// [Sheet.Close] (which Bytes calls for sheets that are still open). Hyperlinks,
// merged cells, rows and cells are set through the Sheet only: rows are streamed.
// What reads sheets back must not be called at all (excelize's SetActiveSheet
// parses every sheet again; the first sheet is the active one anyway).
//
// # Nothing is clipped
//
// Excel does not fit the height of merged cells, and LibreOffice obeys the
// heights that a file states, so every height is stated. [Lines] estimates how
// often a text wraps in a width, taking what is least favourable in Excel with
// Yu Gothic and in LibreOffice with a replacement font: full-width characters
// one em, Latin ones at their widest, line breaks by the kinsoku rules. Text
// raises the height of its row by itself; [Sheet.Box] does so for cells over
// several rows. A row of a sheet is at most [MaxRow] high; a layout that needs
// more splits it over several rows ([SplitHeight]) and merges down.
//
// # Text stays text
//
// Every string is written as a string, whatever it looks like. What a person's
// next edit would turn into a formula, number or date (it begins with = + - @ or
// with a digit) also carries Excel's quote prefix. Characters that XML 1.0
// cannot hold are dropped and text over [MaxChars] is cut, both with a warning.
//
// # Font
//
// All styles name [FontName]. A workbook cannot embed a font or list
// alternatives: what it can state for a machine without the font is the family
// (2, swiss: sans serif) and the character set (128, Shift JIS), from which
// Excel and LibreOffice choose a Japanese sans serif. Every font record has both.
package sheet
