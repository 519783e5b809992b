package xlsx

import (
	"encoding/xml"
	"path"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// maxCellText bounds the text of one cell: programs hold 32,767 characters, some
// of them written with escapes.
const maxCellText = 1 << 20

// rel is a relationship of a part.
type rel struct {
	id, kind, target string
	external         bool
}

// rels reads the relationships of a part; "" is the file as a whole.
func (p *parts) rels(of string) ([]rel, error) {
	dir, base := path.Split(of)
	var out []rel
	err := p.scan(dir+"_rels/"+base+".rels", func(s *scanner) error {
		if _, err := s.root("Relationships"); err != nil {
			return err
		}
		return s.each(func(e xml.StartElement) error {
			r := rel{id: attr(e, "Id"), kind: path.Base(attr(e, "Type")), target: attr(e, "Target"),
				external: attr(e, "TargetMode") == "External"}
			if !r.external {
				if !strings.HasPrefix(r.target, "/") {
					r.target = path.Join("/", dir, r.target)
				}
				r.target = strings.TrimPrefix(path.Clean(r.target), "/")
			}
			if len(out) >= maxLinks {
				return refuse("", "has more than %d links", maxLinks)
			}
			out = append(out, r)
			return nil
		})
	})
	return out, err
}

// book reads the workbook and all that it leads to.
func (p *parts) book(b *Book) error {
	root, err := p.rels("")
	if err != nil {
		return err
	}
	main := "xl/workbook.xml"
	for _, r := range root {
		switch {
		case r.external:
		case r.kind == "officeDocument":
			main = r.target
		case r.kind == "custom-properties":
			if err := p.properties(r.target, b.Properties); err != nil {
				return err
			}
		}
	}
	if !p.has(main) {
		return refuse(resendMsg, "is damaged: the part %s is missing", clip(main))
	}
	if err := p.macros(b); err != nil {
		return err
	}
	links, err := p.rels(main)
	if err != nil {
		return err
	}
	byID := map[string]rel{}
	for _, r := range links {
		byID[r.id] = r
		switch {
		case r.external:
		case r.kind == "sharedStrings":
			err = p.sharedStrings(r.target)
		case r.kind == "styles":
			err = p.styles(r.target)
		case r.kind == "externalLink":
			err = p.externalLink(r.target, b)
		case r.kind == "connections":
			b.Connections = true
		}
		if err != nil {
			return err
		}
	}
	type entry struct {
		name   string
		hidden bool
		part   rel
	}
	var sheets []entry
	err = p.scan(main, func(s *scanner) error {
		if _, err := s.root("workbook"); err != nil {
			return err
		}
		return s.each(func(e xml.StartElement) error {
			switch e.Name.Local {
			case "workbookPr":
				b.Date1904 = isTrue(attr(e, "date1904"))
			case "sheets":
				return s.each(func(e xml.StartElement) error {
					if len(sheets) >= maxSheets {
						return refuse("", "has more than %d sheets", maxSheets)
					}
					r, state := byID[relID(e, "id")], attr(e, "state")
					sheets = append(sheets, entry{attr(e, "name"), state == "hidden" || state == "veryHidden", r})
					return nil
				})
			}
			return nil
		})
	})
	if err != nil {
		return err
	}
	for _, x := range sheets {
		if x.part.kind != "worksheet" || x.part.external || !p.has(x.part.target) {
			b.NotRead = append(b.NotRead, x.name)
			continue
		}
		sh := &Sheet{Name: x.name, Hidden: x.hidden}
		if err := p.sheet(x.part.target, sh); err != nil {
			return err
		}
		b.Sheets = append(b.Sheets, sh)
	}
	return nil
}

// macros finds out whether the workbook holds programs.
func (p *parts) macros(b *Book) error {
	for name := range p.byID {
		if strings.HasSuffix(name, "vbaproject.bin") || strings.Contains(name, "/macrosheets/") || strings.Contains(name, "/activex/") {
			b.Macros = true
		}
	}
	return p.scan("[Content_Types].xml", func(s *scanner) error {
		if _, err := s.root("Types"); err != nil {
			return err
		}
		return s.each(func(e xml.StartElement) error {
			if strings.Contains(attr(e, "ContentType"), "macroEnabled") {
				b.Macros = true
			}
			return nil
		})
	})
}

func (p *parts) properties(name string, into map[string]string) error {
	return p.scan(name, func(s *scanner) error {
		if _, err := s.root("Properties"); err != nil {
			return err
		}
		return s.each(func(e xml.StartElement) error {
			key := attr(e, "name")
			return s.each(func(e xml.StartElement) error {
				switch e.Name.Local {
				case "lpwstr", "lpstr", "bstr", "i4", "r8", "bool", "filetime":
					v, err := s.text(maxCellText)
					if err != nil {
						return err
					}
					if len(into) < 1000 {
						into[key] = unescape(v)
					}
				}
				return nil
			})
		})
	})
}

func (p *parts) externalLink(name string, b *Book) error {
	links, err := p.rels(name)
	if err != nil {
		return err
	}
	before := len(b.External)
	for _, r := range links {
		if r.external {
			b.External = append(b.External, r.target)
		}
	}
	// A DDE link names no file but a program.
	return p.scan(name, func(s *scanner) error {
		if _, err := s.root("externalLink"); err != nil {
			return err
		}
		return s.each(func(e xml.StartElement) error {
			if e.Name.Local == "ddeLink" {
				b.External = append(b.External, attr(e, "ddeService")+"|"+attr(e, "ddeTopic"))
			} else if len(b.External) == before {
				b.External = append(b.External, e.Name.Local)
			}
			return nil
		})
	})
}

// keep counts text that is kept.
func (p *parts) keep(n int) error {
	if p.textBytes += n; p.textBytes > maxText {
		return refuse("", "holds more than %d MB of text", maxText>>20)
	}
	return nil
}

func (p *parts) sharedStrings(name string) error {
	return p.scan(name, func(s *scanner) error {
		if _, err := s.root("sst"); err != nil {
			return err
		}
		return s.each(func(e xml.StartElement) error {
			if e.Name.Local != "si" {
				return nil
			}
			if len(p.shared) >= maxTexts {
				return refuse("", "has more than %d texts", maxTexts)
			}
			text, err := p.richText(s)
			p.shared = append(p.shared, text)
			return err
		})
	})
}

// richText reads the text of the element that was begun last, in runs or not.
// Phonetic runs tell how to pronounce the text and are no part of it.
func (p *parts) richText(s *scanner) (string, error) {
	var text string
	err := s.each(func(e xml.StartElement) error {
		switch e.Name.Local {
		case "t":
			t, err := s.text(maxCellText)
			text += t
			return err
		case "r":
			return s.each(func(e xml.StartElement) error {
				if e.Name.Local != "t" {
					return nil
				}
				t, err := s.text(maxCellText)
				if text += t; len(text) > maxCellText {
					return refuse("", "has a text of more than %d bytes, which no cell holds", maxCellText)
				}
				return err
			})
		}
		return nil
	})
	if err != nil {
		return "", err
	}
	text = unescape(text)
	return text, p.keep(len(text))
}

// unescape undoes the escapes of characters that XML does not allow: _x000D_, and
// _x005F_ for an underscore that would begin such an escape (ISO/IEC 29500-1,
// 22.9.2.19). Pairs of surrogates are put together; what gives no character stays.
func unescape(s string) string {
	at := strings.Index(s, "_x")
	if at < 0 {
		return s
	}
	var b strings.Builder
	for at >= 0 {
		r, n := escaped(s[at:])
		if utf16.IsSurrogate(r) {
			low, m := escaped(s[at+n:])
			if full := utf16.DecodeRune(r, low); full != utf8.RuneError {
				r, n = full, n+m
			} else {
				n = 0
			}
		}
		b.WriteString(s[:at])
		if n == 0 || r == 0 {
			b.WriteString("_x")
			n = 2
		} else {
			b.WriteRune(r)
		}
		s = s[at+n:]
		at = strings.Index(s, "_x")
	}
	b.WriteString(s)
	return b.String()
}

// escaped returns the character of an escape at the beginning of s, and the
// escape's length, 0 where there is none.
func escaped(s string) (rune, int) {
	const length = len("_x0000_")
	if len(s) < length || s[:2] != "_x" || s[length-1] != '_' {
		return 0, 0
	}
	n, err := strconv.ParseUint(s[2:6], 16, 16)
	if err != nil {
		return 0, 0
	}
	return rune(n), length
}

// styles finds out which styles of cells show a number as a date.
func (p *parts) styles(name string) error {
	custom := map[string]bool{}
	return p.scan(name, func(s *scanner) error {
		if _, err := s.root("styleSheet"); err != nil {
			return err
		}
		return s.each(func(e xml.StartElement) error {
			switch e.Name.Local {
			case "numFmts":
				return s.each(func(e xml.StartElement) error {
					if len(custom) < maxTexts {
						custom[attr(e, "numFmtId")] = isDateFormat(attr(e, "formatCode"))
					}
					return nil
				})
			case "cellXfs":
				return s.each(func(e xml.StartElement) error {
					if len(p.dates) >= maxTexts {
						return refuse("", "has more than %d styles", maxTexts)
					}
					id := attr(e, "numFmtId")
					date, ok := custom[id]
					if !ok {
						n, _ := strconv.Atoi(id)
						// The formats that need no code; 27 to 36 and 50
						// to 58 are the dates of East Asian languages.
						date = n >= 14 && n <= 17 || n == 22 || n >= 27 && n <= 31 || n == 36 || n >= 50 && n <= 54 || n == 57 || n == 58
					}
					p.dates = append(p.dates, date)
					return nil
				})
			}
			return nil
		})
	})
}

// isDateFormat reports whether a format's code shows a day or a year.
func isDateFormat(code string) bool {
	code, _, _ = strings.Cut(code, ";")
	var b strings.Builder
	for i := 0; i < len(code); i++ {
		end := byte(0)
		switch code[i] {
		case '"':
			end = '"'
		case '[':
			end = ']'
		case '\\', '_', '*':
			i++
			continue
		default:
			b.WriteByte(code[i] | 0x20)
			continue
		}
		n := strings.IndexByte(code[i+1:], end)
		if n < 0 {
			break
		}
		i += n + 1
	}
	rest := strings.ReplaceAll(b.String(), "general", "")
	return strings.ContainsAny(rest, "yd") || strings.Contains(rest, "g") && strings.Contains(rest, "e")
}

// sheet reads a sheet and what is attached to it.
func (p *parts) sheet(name string, sh *Sheet) error {
	attached, err := p.rels(name)
	if err != nil {
		return err
	}
	targets := map[string]string{}
	for _, r := range attached {
		if r.external {
			targets[r.id] = r.target
		}
	}
	err = p.scan(name, func(s *scanner) error {
		if _, err := s.root("worksheet"); err != nil {
			return err
		}
		return s.each(func(e xml.StartElement) error {
			switch e.Name.Local {
			case "sheetData":
				return p.sheetData(s, sh)
			case "mergeCells":
				return s.each(func(e xml.StartElement) error {
					if p.merged++; p.merged > maxMerged {
						return refuse("", "has more than %d merged cells", maxMerged)
					}
					if r, ok := parseRange(attr(e, "ref")); ok {
						sh.Merged = append(sh.Merged, r)
					}
					return nil
				})
			case "hyperlinks":
				return s.each(func(e xml.StartElement) error {
					target := targets[relID(e, "id")]
					r, ok := parseRange(attr(e, "ref"))
					if target == "" || !ok {
						return nil
					}
					if p.links++; p.links > maxLinks {
						return refuse("", "has more than %d links", maxLinks)
					}
					sh.Links = append(sh.Links, Link{r.Row, r.Col, target})
					return p.keep(len(target))
				})
			case "oleObjects", "controls":
				sh.Objects = append(sh.Objects, Object{What: "embedded object"})
			}
			return nil
		})
	})
	if err != nil {
		return err
	}
	if !slices.IsSortedFunc(sh.Cells, compareCells) {
		slices.SortStableFunc(sh.Cells, compareCells)
	}
	before := len(sh.Cells)
	sh.Cells = slices.CompactFunc(sh.Cells, func(a, b Cell) bool { return a.Row == b.Row && a.Col == b.Col })
	sh.Repeated = before - len(sh.Cells)
	threaded := map[[2]int]bool{}
	for _, kind := range []string{"threadedComment", "comments", "drawing"} {
		for _, r := range attached {
			if r.kind != kind || r.external {
				continue
			}
			switch kind {
			case "threadedComment":
				err = p.threaded(r.target, sh, threaded)
			case "comments":
				err = p.comments(r.target, sh, threaded)
			default:
				err = p.drawing(r.target, sh)
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}

func (p *parts) sheetData(s *scanner, sh *Sheet) error {
	row := 0
	formulas := map[string]string{} // of shared formulas, by number
	return s.each(func(e xml.StartElement) error {
		if e.Name.Local != "row" {
			return nil
		}
		row++
		if r := attr(e, "r"); r != "" {
			n, err := strconv.Atoi(r)
			if err != nil || n < 1 || n > maxRow {
				return refuse(resendMsg, "is damaged: there is no row %q", clip(r))
			}
			row = n
		}
		if row > maxRow {
			return refuse(resendMsg, "is damaged: it has more rows than a sheet can have")
		}
		col := 0
		return s.each(func(e xml.StartElement) error {
			if e.Name.Local != "c" {
				return nil
			}
			col++
			c := Cell{Row: row, Col: col}
			if r := attr(e, "r"); r != "" {
				var ok bool
				if c.Row, c.Col, ok = parseRef(r); !ok {
					return refuse(resendMsg, "is damaged: there is no cell %q", clip(r))
				}
				col = c.Col
			}
			if col > maxColumn {
				return refuse(resendMsg, "is damaged: it has more columns than a sheet can have")
			}
			if err := p.cell(s, e, &c, formulas); err != nil {
				return err
			}
			if c.Text == "" && c.Formula == "" {
				return nil
			}
			if p.cells++; p.cells > maxCells {
				return refuse("remove sheets that do not belong to the answers", "has more than %d cells that hold something", maxCells)
			}
			sh.Cells = append(sh.Cells, c)
			return nil
		})
	})
}

// cell reads a cell's value.
func (p *parts) cell(s *scanner, start xml.StartElement, c *Cell, formulas map[string]string) error {
	kind := attr(start, "t")
	style := attr(start, "s")
	shared := ""
	err := s.each(func(e xml.StartElement) (err error) {
		switch e.Name.Local {
		case "v":
			c.Text, err = s.text(maxCellText)
		case "is":
			c.Text, err = p.richText(s)
		case "f":
			si := attr(e, "si")
			if attr(e, "t") == "shared" {
				shared = si
			}
			c.Formula, err = s.text(maxCellText)
			c.Formula = strings.TrimPrefix(strings.TrimSpace(c.Formula), "=")
			if c.Formula == "" {
				c.Formula = "…" // a formula without a text, such as a table of data
			}
		}
		return err
	})
	if err != nil {
		return err
	}
	if shared != "" {
		// The cells behind the first one have no text of their own.
		if first, ok := formulas[shared]; c.Formula == "…" && ok {
			c.Formula = first
		} else if len(formulas) < maxTexts {
			formulas[shared] = c.Formula + " (shared with " + CellName(c.Row, c.Col) + ")"
		}
	}
	switch kind {
	case "s":
		c.Text = strings.TrimSpace(c.Text)
		n, err := strconv.Atoi(c.Text)
		switch {
		case c.Text == "":
		case err != nil || n < 0 || n >= len(p.shared):
			c.Kind, c.Text = Error, "#"+clip(c.Text) // a damaged file
		default:
			c.Text = p.shared[n]
		}
		return p.keep(len(c.Formula))
	case "str":
		c.Text = unescape(c.Text)
	case "inlineStr":
		return p.keep(len(c.Formula)) // counted already
	case "b":
		c.Kind = Bool
		if c.Text != "" {
			c.Text = map[bool]string{true: "TRUE", false: "FALSE"}[isTrue(strings.TrimSpace(c.Text))]
		}
	case "e":
		c.Kind = Error
	case "d": // ISO 8601, as strict files have
	default:
		c.Kind = Number
		c.Text = strings.TrimSpace(c.Text)
		if n, err := strconv.Atoi(style); err == nil && n >= 0 && n < len(p.dates) {
			c.Date = p.dates[n]
		}
	}
	return p.keep(len(c.Text) + len(c.Formula))
}

// note adds a comment.
func (p *parts) note(sh *Sheet, ref, text string) error {
	row, col, ok := parseRef(ref)
	if !ok || strings.TrimSpace(text) == "" {
		return nil
	}
	if p.objects++; p.objects > maxObjects {
		return refuse("", "has more than %d comments and pictures", maxObjects)
	}
	sh.Notes = append(sh.Notes, Note{row, col, text})
	return p.keep(len(text))
}

func (p *parts) comments(name string, sh *Sheet, threaded map[[2]int]bool) error {
	return p.scan(name, func(s *scanner) error {
		if _, err := s.root("comments"); err != nil {
			return err
		}
		return s.each(func(e xml.StartElement) error {
			if e.Name.Local != "commentList" {
				return nil
			}
			return s.each(func(e xml.StartElement) error {
				ref, text := attr(e, "ref"), ""
				err := s.each(func(e xml.StartElement) (err error) {
					if e.Name.Local == "text" {
						text, err = p.richText(s)
					}
					return err
				})
				if row, col, _ := parseRef(ref); err != nil || threaded[[2]int{row, col}] {
					return err // the old form of a comment that was read already
				}
				return p.note(sh, ref, text)
			})
		})
	})
}

func (p *parts) threaded(name string, sh *Sheet, seen map[[2]int]bool) error {
	return p.scan(name, func(s *scanner) error {
		if _, err := s.root("ThreadedComments"); err != nil {
			return err
		}
		return s.each(func(e xml.StartElement) error {
			ref := attr(e, "ref")
			return s.each(func(e xml.StartElement) error {
				if e.Name.Local != "text" {
					return nil
				}
				text, err := s.text(maxCellText)
				if err != nil {
					return err
				}
				row, col, _ := parseRef(ref)
				seen[[2]int{row, col}] = true
				return p.note(sh, ref, text)
			})
		})
	})
}

// drawing finds pictures, charts and the texts of shapes.
func (p *parts) drawing(name string, sh *Sheet) error {
	return p.scan(name, func(s *scanner) error {
		if _, err := s.root("wsDr"); err != nil {
			return err
		}
		return s.each(func(anchor xml.StartElement) error {
			o, begun := Object{}, false
			from := false
			err := s.all(func(e xml.StartElement) (err error) {
				text := ""
				switch e.Name.Local {
				case "from":
					from = true
				case "to":
					from = false
				case "row", "col":
					if from && !begun {
						text, err = s.text(64)
						n, _ := strconv.Atoi(strings.TrimSpace(text))
						if n = n + 1; n < 1 || n > maxRow {
							n = 1
						}
						if e.Name.Local == "row" {
							o.Row = n
						} else {
							o.Col = n
						}
					}
				case "pic":
					o.What, begun = "picture", true
				case "graphicFrame":
					o.What, begun = "chart", true
				case "sp":
					if !begun {
						o.What, begun = "text box", true
					}
				case "t":
					text, err = s.text(maxCellText)
					if o.Text += text; len(o.Text) > maxCellText {
						return refuse("", "has a text of more than %d bytes", maxCellText)
					}
				case "p":
					if o.Text != "" {
						o.Text += "\n"
					}
				}
				return err
			})
			if err != nil || !begun || o.What == "text box" && strings.TrimSpace(o.Text) == "" {
				return err
			}
			if p.objects++; p.objects > maxObjects {
				return refuse("", "has more than %d comments and pictures", maxObjects)
			}
			o.Text = strings.TrimSpace(o.Text)
			sh.Objects = append(sh.Objects, o)
			return p.keep(len(o.Text))
		})
	})
}
