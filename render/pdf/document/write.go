package document

import (
	"bytes"
	"fmt"
	"hash/crc32"
	"slices"
	"strings"

	"codeberg.org/go-pdf/fpdf"

	"riskguide/render/pdf/font"
)

// families are the names under which the fonts are given to the PDF writer. The writer
// makes "utf8" + family + style of it and has no notion of a subset's tag
// (ISO 32000-1, 9.6.4); the name is such that [tagSubsets] can put the right one
// in its place without moving a byte of what follows.
var families = [font.Weights]string{"xx+bizudpgothic-regular", "xx+bizudpgothic-bold"}

// write draws the pages of c into a PDF.
func write(cfg *Config, c *composer) ([]byte, error) {
	p := fpdf.New("L", "pt", "A4", "")
	p.SetCatalogSort(true)
	p.SetCreationDate(cfg.Date)
	p.SetModificationDate(cfg.Date)
	p.SetTitle(cfg.Title, true)
	p.SetAuthor(cfg.Author, true)
	p.SetSubject(cfg.Subject, true)
	p.SetKeywords(cfg.Keywords, true)
	p.SetCreator(cfg.Creator, true)
	p.SetProducer(cfg.Creator, true)
	p.SetLang(string(cfg.Lang))
	p.SetAutoPageBreak(false, 0)
	p.SetMargins(0, 0, 0)
	p.SetDisplayMode("fullpage", "SinglePage")

	used := c.runes()
	var tags, names [font.Weights]string
	for w, f := range c.ts.faces {
		subset := f.Subset(used[w])
		tags[w], names[w] = subsetTag(subset), f.Name()
		p.AddUTF8FontFromBytes(families[w], "", subset)
	}
	links := map[string]int{}
	outline := c.outline
	for n, page := range c.pages {
		p.AddPage()
		cur := look{}
		for i := range page.Ops {
			op := &page.Ops[i]
			switch op.Kind {
			case OpText:
				if op.Look.size != cur.size || op.Look.weight != cur.weight {
					cur = op.Look
					p.SetFont(families[cur.weight], "", float64(cur.size))
				}
				p.SetTextColor(rgb(op.Color))
				p.Text(float64(op.X), float64(op.Y), op.Text)
			case OpBox:
				style := ""
				if op.Fill != NoColor {
					p.SetFillColor(rgb(op.Fill))
					style = "F"
				}
				if op.Color != NoColor {
					p.SetDrawColor(rgb(op.Color))
					p.SetLineWidth(float64(op.LineWidth))
					style += "D"
				}
				dash(p, op)
				p.Rect(float64(op.X), float64(op.Y), float64(op.W), float64(op.H), style)
				undash(p, op)
			case OpLine:
				p.SetDrawColor(rgb(op.Color))
				p.SetLineWidth(float64(op.LineWidth))
				dash(p, op)
				p.Line(float64(op.X), float64(op.Y), float64(op.X+op.W), float64(op.Y+op.H))
				undash(p, op)
			case OpLink:
				x, y, w, h := float64(op.X), float64(op.Y), float64(op.W), float64(op.H)
				id, internal := strings.CutPrefix(op.Text, "#")
				if !internal {
					p.LinkString(x, y, w, h, op.Text)
					continue
				}
				to, ok := c.places[id]
				if !ok {
					continue
				}
				if links[id] == 0 {
					links[id] = p.AddLink()
					p.SetLink(links[id], float64(to.y), to.page)
				}
				p.Link(x, y, w, h, links[id])
			}
		}
		for len(outline) > 0 && outline[0].at.page == n+1 {
			if cur.size == 0 {
				cur.size = 10
				p.SetFont(families[font.Regular], "", 10)
			}
			p.Bookmark(outline[0].title, outline[0].level, float64(outline[0].at.y))
			outline = outline[1:]
		}
	}
	var b bytes.Buffer
	if err := p.Output(&b); err != nil {
		return nil, fmt.Errorf("document %q: %w", cfg.Title, err)
	}
	return tagSubsets(b.Bytes(), tags, names)
}

// runes returns the characters that the document draws in each weight, sorted.
func (c *composer) runes() [font.Weights][]rune {
	var used [font.Weights]map[rune]struct{}
	for w := range used {
		used[w] = map[rune]struct{}{}
	}
	for _, p := range c.pages {
		for i := range p.Ops {
			if op := &p.Ops[i]; op.Kind == OpText {
				m := used[op.Look.weight]
				for _, r := range op.Text {
					m[r] = struct{}{}
				}
			}
		}
	}
	var out [font.Weights][]rune
	for w, m := range used {
		for r := range m {
			out[w] = append(out[w], r)
		}
		slices.Sort(out[w])
	}
	return out
}

// tagSubsets gives the fonts in a finished PDF the names of subsets: a tag of
// six letters, made from what is in the subset, and the face's name.
func tagSubsets(pdf []byte, tags [font.Weights]string, names [font.Weights]string) ([]byte, error) {
	for w, f := range families {
		from, to := []byte("/utf8"+f), []byte("/"+tags[w]+"+"+names[w])
		if len(from) != len(to) {
			return nil, fmt.Errorf("document: font name %q does not fit", to)
		}
		for at := 0; ; {
			i := bytes.Index(pdf[at:], from)
			if i < 0 {
				break
			}
			copy(pdf[at+i:], to)
			at += i + len(to)
		}
	}
	return pdf, nil
}

// subsetTag returns six letters that differ between different subsets.
func subsetTag(subset []byte) string {
	h := crc32.ChecksumIEEE(subset)
	tag := make([]byte, 6)
	for i := range tag {
		tag[i] = 'A' + byte(h%26)
		h /= 26
	}
	return string(tag)
}

func rgb(c Color) (r, g, b int) { return int(c >> 16 & 255), int(c >> 8 & 255), int(c & 255) }

func dash(p *fpdf.Fpdf, op *Op) {
	if op.Dashed {
		p.SetDashPattern([]float64{1, 2}, 0)
	}
}

func undash(p *fpdf.Fpdf, op *Op) {
	if op.Dashed {
		p.SetDashPattern(nil, 0)
	}
}
