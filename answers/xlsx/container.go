package xlsx

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
)

// parts is an opened file.
type parts struct {
	ctx  context.Context
	byID map[string]*zip.File // by name in lower case, without the leading slash
	left int64                // bytes that may still be expanded

	cells, textBytes, merged, links, objects int
	shared                                   []string
	dates                                    []bool // of the styles of cells
}

const (
	saveHint  = "open it and save it as an Excel workbook (.xlsx)"
	resendMsg = "ask for it again, or open it in Excel and save it anew"
)

// open checks what kind of file it is and lists its parts.
func open(ctx context.Context, r io.ReaderAt, size int64) (*parts, error) {
	switch {
	case size == 0:
		return nil, refuse(resendMsg, "is empty")
	case size > MaxFile:
		return nil, refuse("remove pictures and sheets that do not belong to the answers", "has %d MB; a questionnaire has at most %d MB", size>>20, MaxFile>>20)
	}
	head := make([]byte, min(size, 4096))
	if _, err := r.ReadAt(head, 0); err != nil && err != io.EOF {
		return nil, refuse("", "cannot be read: %v", err)
	}
	if err := otherKind(r, size, head); err != nil {
		return nil, err
	}
	// The list of parts is read whole, and with it as many entries as it holds.
	lim := &limitedAt{r: r, left: maxDirectory}
	zr, err := zip.NewReader(lim, size)
	switch {
	case lim.left < 0:
		return nil, refuse("", "has a list of parts that no workbook needs")
	case err != nil:
		return nil, refuse(resendMsg, "is damaged or was cut off: %v", err)
	case len(zr.File) > maxParts:
		return nil, refuse("", "has %d parts; a questionnaire has at most %d", len(zr.File), maxParts)
	}
	lim.left = 1 << 62
	p := &parts{ctx: ctx, byID: map[string]*zip.File{}, left: maxExpanded}
	var workbooks int
	for _, f := range zr.File {
		if strings.HasSuffix(f.Name, "/") {
			continue
		}
		name := partName(f.Name)
		if p.byID[name] != nil {
			return nil, refuse(resendMsg, "has two parts of the name %q", clip(name))
		}
		p.byID[name] = f
		if strings.HasSuffix(name, ".xlsx") {
			workbooks++
		}
	}
	if err := p.checkKind(workbooks); err != nil {
		return nil, err
	}
	return p, nil
}

// partName is the name under which a part is found: names are compared without
// case (ISO/IEC 29500-2, 6.2.2.3). Nothing is ever written under it.
func partName(s string) string {
	return strings.ToLower(strings.TrimPrefix(path.Clean("/"+strings.ReplaceAll(s, `\`, "/")), "/"))
}

// otherKind recognises files that are no zip archive.
func otherKind(r io.ReaderAt, size int64, head []byte) error {
	text := bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xEF\xBB\xBF")), " \t\r\n")
	switch {
	case bytes.HasPrefix(head, []byte("PK\x03\x04")), bytes.HasPrefix(head, []byte("PK\x05\x06")):
		return nil
	case bytes.HasPrefix(head, []byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1")):
		encrypted, err := contains(r, size, utf16LE("EncryptedPackage"))
		if err != nil {
			return err
		}
		if encrypted {
			return refuse("save it without a password and without restricted permission", "is protected by a password")
		}
		return refuse(saveHint, "is of the old Excel format (.xls) or another old Office format")
	case bytes.HasPrefix(head, []byte("%PDF-")):
		return refuse("ask for the workbook itself", "is a PDF, not a workbook")
	case bytes.HasPrefix(text, []byte("<")):
		return refuse(saveHint, "is a page or an XML file, not a workbook")
	case bytes.IndexFunc(text, func(r rune) bool { return r < ' ' && r != '\t' && r != '\r' && r != '\n' }) < 0:
		return refuse("ask for the workbook itself: a text file has lost the columns' meaning", "is a text file (CSV?), not a workbook")
	}
	return refuse(saveHint, "is not a workbook")
}

// checkKind recognises archives that are no workbook of the kind that is read.
func (p *parts) checkKind(workbooks int) error {
	has := func(name string) bool { return p.byID[name] != nil }
	under := func(dir string) bool {
		for name := range p.byID {
			if strings.HasPrefix(name, dir) {
				return true
			}
		}
		return false
	}
	switch {
	case has("xl/workbook.bin"):
		return refuse(saveHint, "is a binary workbook (.xlsb)")
	case has("content.xml") && has("mimetype"):
		return refuse(saveHint, "is an OpenDocument file (.ods)")
	case under("index/") && under("metadata/"):
		return refuse("export it as an Excel workbook (.xlsx)", "is a Numbers document")
	case under("word/"):
		return refuse("ask for the workbook itself", "is a Word document, not a workbook")
	case under("ppt/"):
		return refuse("ask for the workbook itself", "is a presentation, not a workbook")
	case has("[content_types].xml"):
		return nil
	case workbooks > 0:
		return refuse("unpack it and name the workbooks", "is an archive with %d workbooks in it", workbooks)
	}
	return refuse(saveHint, "is an archive, not a workbook")
}

// contains reports whether the file holds the bytes, reading it piece by piece.
func contains(r io.ReaderAt, size int64, what []byte) (bool, error) {
	buf := make([]byte, 64<<10)
	for at := int64(0); at < size; at += int64(len(buf) - len(what)) {
		n, err := r.ReadAt(buf, at)
		if bytes.Contains(buf[:n], what) {
			return true, nil
		}
		if err == io.EOF {
			break
		}
		if err != nil {
			return false, refuse("", "cannot be read: %v", err)
		}
	}
	return false, nil
}

func utf16LE(s string) []byte {
	out := make([]byte, 0, 2*len(s))
	for _, c := range []byte(s) {
		out = append(out, c, 0)
	}
	return out
}

// limitedAt fails once more bytes were asked for than allowed.
type limitedAt struct {
	r    io.ReaderAt
	left int64
}

func (l *limitedAt) ReadAt(b []byte, at int64) (int, error) {
	if l.left -= int64(len(b)); l.left < 0 {
		return 0, errors.New("too much to read")
	}
	return l.r.ReadAt(b, at)
}

// has reports whether there is a part.
func (p *parts) has(name string) bool { return p.byID[partName(name)] != nil }

// scan reads a part as XML. A part that is not there is left out.
func (p *parts) scan(name string, f func(s *scanner) error) error {
	z := p.byID[partName(name)]
	if err := p.ctx.Err(); err != nil || z == nil {
		return err
	}
	if z.Flags&1 != 0 {
		return refuse("save it without a password", "is encrypted")
	}
	if z.UncompressedSize64 > uint64(p.left) {
		return tooLarge(name)
	}
	rc, err := z.Open()
	if err != nil {
		return refuse(resendMsg, "is damaged: %s: %v", clip(name), err)
	}
	defer rc.Close()
	e := &expander{p: p, r: rc, name: name, packed: int64(max(z.CompressedSize64, 1))}
	d := xml.NewDecoder(&guard{r: e})
	d.CharsetReader = func(charset string, _ io.Reader) (io.Reader, error) {
		return nil, refuse(resendMsg, "has a part that is not in UTF-8 but %s", clip(charset))
	}
	err = f(&scanner{d: d, ctx: p.ctx})
	var refused *Refused
	switch {
	case err == nil, errors.As(err, &refused):
		return err
	case p.ctx.Err() != nil:
		return p.ctx.Err()
	}
	return refuse(resendMsg, "is damaged: %s: %v", clip(name), err)
}

func tooLarge(name string) error {
	return refuse("remove sheets and rows that do not belong to the answers", "expands to more than %d MB (%s)", maxExpanded>>20, clip(name))
}

// expander counts what comes out of a part.
type expander struct {
	p      *parts
	r      io.Reader
	name   string
	packed int64
	n      int64
}

func (e *expander) Read(b []byte) (int, error) {
	n, err := e.r.Read(b)
	e.n += int64(n)
	e.p.left -= int64(n)
	switch {
	case e.p.left < 0:
		return n, tooLarge(e.name)
	case e.n > ratioFrom && e.n/e.packed > maxRatio:
		return n, refuse("", "expands to more than %d times its size, as only a zip bomb does (%s)", maxRatio, clip(e.name))
	case e.p.ctx.Err() != nil:
		return n, e.p.ctx.Err()
	}
	return n, err
}

// guard refuses what encoding/xml would hold in memory at many times its size: a
// tag with masses of attributes. It also refuses declarations of a document type,
// which the format forbids.
type guard struct {
	r     io.Reader
	state guardState
	quote byte
	n     int     // bytes of the tag so far
	tail  [3]byte // the last bytes
}

type guardState uint8

const (
	inText guardState = iota
	atMarkup
	inTag
	inQuote
	inComment
	inCDATA
	inPI
)

func (g *guard) Read(b []byte) (int, error) {
	n, err := g.r.Read(b)
	for i := 0; i < n; i++ {
		c := b[i]
		switch g.state {
		case inText:
			j := bytes.IndexByte(b[i:n], '<')
			if j < 0 {
				i = n
				continue
			}
			i += j
			g.state, g.n = atMarkup, 0
			continue
		case atMarkup:
			switch c {
			case '?':
				g.state = inPI
			case '!':
				g.n = 1
				continue
			default:
				if g.n == 0 {
					g.state = inTag
				} else if c == '-' {
					g.state = inComment
				} else if c == '[' {
					g.state = inCDATA
				} else {
					return i, refuse("", "has a document type declaration, which no workbook has")
				}
				if c == '>' {
					g.state = inText
				}
			}
			g.n, g.tail = 0, [3]byte{}
			continue
		case inTag:
			switch c {
			case '>':
				g.state = inText
			case '"', '\'':
				g.state, g.quote = inQuote, c
			}
		case inQuote:
			if c == g.quote {
				g.state = inTag
			}
		default:
			g.tail = [3]byte{g.tail[1], g.tail[2], c}
			cdata := g.state == inCDATA
			if c == '>' && (g.state == inPI && g.tail[1] == '?' ||
				g.state == inComment && g.tail[0] == '-' && g.tail[1] == '-' || cdata && g.tail[0] == ']' && g.tail[1] == ']') {
				g.state = inText
			}
			if cdata {
				continue // text, which is counted elsewhere
			}
		}
		if g.n++; g.n > maxTag {
			return i, refuse("", "has a tag of more than %d bytes, which no workbook has", maxTag)
		}
	}
	return n, err
}

// scanner reads XML token by token.
type scanner struct {
	d     *xml.Decoder
	ctx   context.Context
	depth int
}

// next returns the next token; io.EOF at the end.
func (s *scanner) next() (xml.Token, error) {
	t, err := s.d.Token()
	if err != nil {
		return nil, err
	}
	switch t.(type) {
	case xml.StartElement:
		if s.depth++; s.depth > maxDepth {
			return nil, refuse("", "has XML of more than %d levels, which no workbook has", maxDepth)
		}
	case xml.EndElement:
		s.depth--
	}
	return t, nil
}

// each calls f for every child of the element that was begun last; f may read on
// to the child's end, and what it leaves is passed over.
func (s *scanner) each(f func(e xml.StartElement) error) error {
	depth := s.depth
	for {
		t, err := s.next()
		if err != nil {
			return unexpected(err)
		}
		switch t := t.(type) {
		case xml.StartElement:
			if err := f(t); err != nil {
				return err
			}
			if err := s.leave(depth); err != nil {
				return err
			}
		case xml.EndElement:
			return nil
		}
	}
}

// leave reads on until the depth is reached.
func (s *scanner) leave(depth int) error {
	for s.depth > depth {
		if _, err := s.next(); err != nil {
			return unexpected(err)
		}
	}
	return nil
}

// all calls f for every element below the one that was begun last, whatever its
// depth.
func (s *scanner) all(f func(e xml.StartElement) error) error {
	depth := s.depth
	for s.depth >= depth {
		t, err := s.next()
		if err != nil {
			return unexpected(err)
		}
		if e, ok := t.(xml.StartElement); ok {
			if err := f(e); err != nil {
				return err
			}
		}
	}
	return nil
}

// text returns the text of the element that was begun last, at most most bytes
// of it.
func (s *scanner) text(most int) (string, error) {
	depth := s.depth
	var first []byte
	for s.depth >= depth {
		t, err := s.next()
		if err != nil {
			return "", unexpected(err)
		}
		if c, ok := t.(xml.CharData); ok && s.depth == depth {
			if len(first)+len(c) > most {
				return "", refuse("", "has a text of more than %d bytes, which no cell holds", most)
			}
			first = append(first, c...)
		}
	}
	return string(first), nil
}

// root reads to the outermost element and checks its name.
func (s *scanner) root(names ...string) (xml.StartElement, error) {
	for {
		t, err := s.next()
		if err != nil {
			return xml.StartElement{}, unexpected(err)
		}
		if e, ok := t.(xml.StartElement); ok {
			for _, n := range names {
				if e.Name.Local == n {
					return e, nil
				}
			}
			return e, fmt.Errorf("<%s> instead of <%s>", clip(e.Name.Local), names[0])
		}
	}
}

func unexpected(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

// attr returns an attribute that is in no namespace.
func attr(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name && a.Name.Space == "" {
			return a.Value
		}
	}
	return ""
}

// relID returns the attribute r:id.
func relID(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name && a.Name.Space != "" {
			return a.Value
		}
	}
	return ""
}

func isTrue(s string) bool { return s == "1" || s == "true" || s == "on" }

func clip(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	if r := []rune(s); len(r) > 60 {
		return string(r[:59]) + "…"
	}
	return s
}
