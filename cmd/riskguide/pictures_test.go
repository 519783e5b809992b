package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"flag"
	"fmt"
	"hash/fnv"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/renderer/html"

	"riskguide/answers/answerstest"
	"riskguide/catalog"
	"riskguide/render/pack"
	"riskguide/render/rendertest"
)

var takePictures = flag.String("pictures", "", "languages, such as ja,en, in which to take the pictures of docs/ anew (make docs)")

// The window of the pictures of pages, in pixels.
const pictureWidth, pictureHeight = 1120, 800

// pictureProfile is the profile of the pictures: an invented procurement.
const pictureProfile = `id: booking
title: {ja: 施設予約サービスに求める事項, en: Requirements for the booking service}
edition: "2011.1"
languages: [ja]
organisation: {name: {ja: 架空市, en: Kakū City}}
service: {name: {ja: 施設予約サービス, en: Facility booking}}
contact: {name: {ja: 架空市 情報政策課, en: "Kakū City, Information Policy"}, email: security@city.example.jp}
due: 2027-03-31
select:
  - risks: [H05, M10]
`

// TestPictures takes the pictures of docs/ from a walk through the circle with the
// shipped guide, in both languages. It does so only with -pictures, as pixels depend
// on the browser and its fonts; [TestDocs] checks what is there.
func TestPictures(t *testing.T) {
	if *takePictures == "" {
		t.Skip("SKIPPED: pictures are taken only with -pictures (make docs)")
	}
	p := photographer{t: t, chromium: rendertest.Tool(t, "chromium", "chromium-browser", "google-chrome"),
		soffice: rendertest.Tool(t, "soffice", "libreoffice"), profile: t.TempDir()}
	rendertest.Tool(t, "pdftoppm")
	rendertest.Tool(t, "pdftotext")
	root := rendertest.Root(t)
	for _, lang := range strings.Split(*takePictures, ",") {
		p.out = filepath.Join(root, "docs", "pictures", lang)
		if err := os.MkdirAll(p.out, 0o777); err != nil {
			t.Fatal(err)
		}
		t.Chdir(t.TempDir())
		if err := os.CopyFS("content", os.DirFS(filepath.Join(root, "content"))); err != nil {
			t.Fatal(err)
		}
		if err := os.RemoveAll("content/profiles"); err != nil {
			t.Fatal(err)
		}
		p.circle(catalog.Lang(lang))
	}
}

// photographer goes through the circle and takes pictures.
type photographer struct {
	t                          *testing.T
	chromium, soffice, profile string
	out                        string // folder of the pictures
}

func (p photographer) must(err error) {
	p.t.Helper()
	if err != nil {
		p.t.Fatal(err)
	}
}

// run runs riskguide and wants its success.
func (p photographer) run(args ...string) {
	p.t.Helper()
	var out bytes.Buffer
	if status := Run(context.Background(), Env{Stdin: strings.NewReader(""), Stdout: &out, Stderr: &out, Getenv: os.Getenv, Args: args}); status != exitOK {
		p.t.Fatalf("riskguide %v: exit status %d\n%s", args, status, &out)
	}
}

// answer fills in the questionnaire of a pack; each answer is one of the form of
// [readCells] without the id, for the requirements in their order.
func (p photographer) answer(book, to string, list []string) {
	p.t.Helper()
	b := openBook(p.t, book)
	defer b.Close()
	var lines []string
	for i, id := range b.IDs {
		if i < len(list) && list[i] != "" {
			for _, a := range strings.Split(list[i], "; ") {
				lines = append(lines, id+" "+a)
			}
		}
	}
	p.must(os.WriteFile("answers.txt", []byte(strings.Join(lines, "\n")), 0o666))
	p.must(fillIn([]string{book, to, "answers.txt"}))
}

func (p photographer) circle(lang catalog.Lang) {
	l := string(lang)
	say := func(ja, en string) string {
		if lang == "ja" {
			return ja
		}
		return en
	}
	p.must(os.CopyFS("edition-1", os.DirFS("content")))
	p.must(os.WriteFile("booking.yaml", []byte(pictureProfile), 0o666))
	p.run("build", "--only", "site", "--lang", l, "-o", "first")
	top := 376
	if lang == "en" {
		top = 430 // more words above
	}
	p.page("pack", "first/site/"+l+"/pack.html"+packLink(p.t, map[string]any{"select": []any{map[string]any{"risks": []string{"H05", "M10"}}}}), top)
	if lang == "en" {
		readme := p // its picture is in its language
		readme.out = filepath.Join(p.out, "..", "..")
		readme.page("site-risk", "first/site/en/risks/H05.html", 0)
	}

	p.run("tailor", "booking.yaml", "--lang", l, "-o", "packs")
	blank := p.questionnaire("packs", "")
	n := len(openBook(p.t, blank).IDs)
	some := []string{"status=implemented; evidence=" + say("運用規程 第3章", "Operations manual, chapter 3") + "; owner=" + say("運用部", "Operations"),
		"status=partial; explanation=" + say("主要な機器だけ。残りは更新のときに対応する。", "Main devices only, the others when they are replaced."),
		"status=planned; planned=2027-09-30; owner=" + say("開発部", "Development"),
		"status=alternative; explanation=" + say("委託先の監視サービスで代える。", "A contractor's monitoring does it."), "status=implemented"}
	p.answer(blank, "partly.xlsx", some)
	p.sheet("questionnaire", "partly.xlsx")

	all := func(f func(i int) string) []string {
		out := slices.Clone(some)
		for i := len(out); i < n; i++ {
			out = append(out, f(i))
		}
		return out
	}
	p.must(os.MkdirAll("inbox", 0o777))
	p.answer(blank, "inbox/kumo.xlsx", all(func(i int) string {
		switch {
		case i%9 == 0:
			return "status=not-implemented; explanation=" + say("費用のため見送った。", "Not done because of its cost.")
		case i == 7:
			return "status=not-applicable"
		case i%7 == 4:
			return "status=partial; explanation=" + say("一部の拠点で実施している。", "Done at some sites.")
		}
		return "status=implemented"
	}))
	p.answer(blank, "inbox/hoshi.xlsx", all(func(i int) string {
		switch i {
		case 6:
			return "status=〇"
		case 8:
			return ""
		}
		return "status=implemented"
	}))
	p.answer(blank, "inbox/tsuki.xlsx", all(func(i int) string {
		if i%4 == 0 {
			return "status=planned; planned=2028-03-31"
		}
		return "status=implemented"
	}))
	p.run("collect", "inbox/hoshi.xlsx", "inbox/kumo.xlsx", "inbox/tsuki.xlsx", "--profile", "booking.yaml", "--received", "2027-03-31", "--lang", l)
	p.markdown("report", "answers/report.md", lang)
	p.run("compare", "answers", "--profile", "booking.yaml", "--lang", l, "-o", "compared")
	p.page("compare", "compared/report.html", 480)

	p.secondEdition()
	p.run("build", "--since", "edition-1", "--only", "site", "--lang", l, "-o", "second")
	p.page("changes", "second/site/"+l+"/changes.html", 700)
	p.run("tailor", "booking.yaml", "--lang", l, "--previous", "answers/kumo.yaml", "-o", "next")
	p.sheet("carried", p.questionnaire("next", "kumo"))
}

// secondEdition changes the content into an invented edition.
func (p photographer) secondEdition() {
	for _, r := range [][3]string{
		{"controls/4.3.2.yaml", "残らず自組織に返させ", "30日以内に残らず自組織に返させ"},
		{"controls/4.3.2.yaml", "be returned to the organization", "be returned to the organization within 30 days"},
		{"controls/6.6.1.yaml", "  - id: 6.6.1.14\n", "  - id: 6.6.1.13\n    statement:\n" +
			"      ja: ネットワークの構成図を作り、変更のたびに改める。\n      en: Draw a plan of the network and revise it with each change.\n  - id: 6.6.1.14\n"},
		{"risks/H05.yaml", "6.6.1.12, 6.6.1.14", "6.6.1.12, 6.6.1.13, 6.6.1.14"},
		{"risks/M10.yaml", "6.7.2.2, 6.7.2.3]", "6.7.2.2]"},
		{"guide.yaml", "\nedition: \"2011.1\"", "\nedition: \"2012.1\""},
		{"guide.yaml", "\ndate: 2026-11-23", "\ndate: 2027-11-23"},
		{"guide.yaml", "\neditions:\n", "\neditions:\n  - edition: \"2012.1\"\n    date: 2027-11-23\n" +
			"    summary: {ja: 返却の期限と、ネットワークの構成図を加えた。, en: A time limit for returns and plans of networks are new.}\n"},
	} {
		file := filepath.Join("content", filepath.FromSlash(r[0]))
		data, err := os.ReadFile(file)
		p.must(err)
		if bytes.Count(data, []byte(r[1])) != 1 {
			p.t.Fatalf("%s does not have %q once", file, r[1])
		}
		p.must(os.WriteFile(file, bytes.Replace(data, []byte(r[1]), []byte(r[2]), 1), 0o666))
	}
	p.must(os.WriteFile("booking.yaml", []byte(strings.Replace(pictureProfile, "2011.1", "2012.1", 1)), 0o666))
}

// questionnaire finds the one questionnaire of a folder of packs whose name has a
// part.
func (p photographer) questionnaire(dir, part string) string {
	p.t.Helper()
	names, err := filepath.Glob(dir + "/*" + part + "*/*-questionnaire.xlsx")
	p.must(err)
	if len(names) != 1 {
		p.t.Fatalf("questionnaires in %s: %q", dir, names)
	}
	return names[0]
}

// packLink is the part of an address that gives a selection to the page that makes
// packs: the form without compression of its links.
func packLink(t *testing.T, doc map[string]any) string {
	t.Helper()
	data, err := json.Marshal(map[string]any{"doc": doc})
	if err != nil {
		t.Fatal(err)
	}
	h := fnv.New32a()
	_, _ = h.Write(data) // never fails
	return fmt.Sprintf("#p1=j%08x%s", h.Sum32(), base64.RawURLEncoding.EncodeToString(data))
}

// page takes a picture of a page, from a number of pixels below its top.
func (p photographer) page(name, address string, top int) {
	p.t.Helper()
	file, fragment, _ := strings.Cut(address, "#")
	abs, err := filepath.Abs(file)
	p.must(err)
	u := fileURL(abs)
	if fragment != "" {
		u += "#" + fragment
	}
	shot := filepath.Join(p.t.TempDir(), "shot.png")
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	out, err := exec.CommandContext(ctx, p.chromium, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run",
		"--user-data-dir="+p.t.TempDir(), "--virtual-time-budget=4000", "--force-device-scale-factor=1",
		fmt.Sprintf("--window-size=%d,%d", pictureWidth, top+pictureHeight+200), "--screenshot="+shot, u).CombinedOutput()
	if err != nil {
		p.t.Fatalf("chromium: %v\n%s", err, out)
	}
	p.keep(name, shot, top)
}

// markdown takes a picture of a Markdown file as a forge would show it.
func (p photographer) markdown(name, file string, lang catalog.Lang) {
	p.t.Helper()
	text, err := os.ReadFile(file)
	p.must(err)
	var body bytes.Buffer
	// The report marks altered words with <ins> and <del>.
	p.must(goldmark.New(goldmark.WithExtensions(extension.Table), goldmark.WithRendererOptions(html.WithUnsafe())).Convert(text, &body))
	page := `<!doctype html><html lang="` + string(lang) + `"><meta charset="utf-8"><style>
body{font:15px/1.6 sans-serif;margin:24px 32px;color:#1f2328}h1{border-bottom:1px solid #d1d9e0}
table{border-collapse:collapse}th,td{border:1px solid #d1d9e0;padding:4px 10px;text-align:left;vertical-align:top}
code{background:#eff1f3;padding:1px 4px}</style>` + body.String()
	p.must(os.WriteFile(name+".html", []byte(page), 0o666))
	p.page(name, name+".html", 270)
}

// sheet takes a picture of the page with the first requirements of a questionnaire,
// as LibreOffice prints it.
func (p photographer) sheet(name, book string) {
	p.t.Helper()
	dir := p.t.TempDir()
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Minute)
	defer cancel()
	out, err := exec.CommandContext(ctx, p.soffice, "-env:UserInstallation="+fileURL(p.profile), "--headless",
		"--convert-to", "pdf", "--outdir", dir, book).CombinedOutput()
	if err != nil {
		p.t.Fatalf("soffice: %v\n%s", err, out)
	}
	pdf := filepath.Join(dir, strings.TrimSuffix(filepath.Base(book), ".xlsx")+".pdf")
	text, err := exec.Command("pdftotext", "-layout", pdf, "-").Output()
	p.must(err)
	b := openBook(p.t, book)
	defer b.Close()
	head, err := b.GetCellValue(b.Sheet, fmt.Sprintf("%s%d", b.Columns[pack.ColumnEvidence], pack.HeadRow))
	p.must(err)
	page := slices.IndexFunc(strings.Split(string(text), "\f"), func(s string) bool {
		return strings.Contains(s, head) && slices.ContainsFunc(b.IDs, func(id string) bool { return strings.Contains(s, id) })
	}) + 1
	if page == 0 {
		p.t.Fatalf("no page of %s has %q", pdf, head)
	}
	shot := filepath.Join(dir, "shot")
	out, err = exec.Command("pdftoppm", "-r", "150", "-f", fmt.Sprint(page), "-l", fmt.Sprint(page), "-singlefile", "-png", pdf, shot).CombinedOutput()
	if err != nil {
		p.t.Fatalf("pdftoppm: %v\n%s", err, out)
	}
	p.keepTable(name, shot+".png")
}

// decode reads a picture.
func (p photographer) decode(file string) image.Image {
	p.t.Helper()
	in, err := os.Open(file)
	p.must(err)
	defer in.Close()
	img, err := png.Decode(in)
	p.must(err)
	return img
}

// keep stores what a picture of a page shows from a number of pixels below its top.
func (p photographer) keep(name, file string, top int) {
	p.t.Helper()
	img := p.decode(file)
	r := img.Bounds()
	r.Min.Y += top
	p.store(name, img, r)
}

// keepTable stores what a printed page shows between its header and its footer,
// without the white around it.
func (p photographer) keepTable(name, file string) {
	p.t.Helper()
	const margin = 16
	img := p.decode(file)
	page := img.Bounds()
	page.Max.Y -= page.Dy() * 6 / 100
	page.Min.Y += page.Dy() * 5 / 100
	var r image.Rectangle
	for y := page.Min.Y; y < page.Max.Y; y++ {
		for x := page.Min.X; x < page.Max.X; x++ {
			if c := color.GrayModel.Convert(img.At(x, y)).(color.Gray); c.Y < 250 {
				r = r.Union(image.Rect(x, y, x+1, y+1))
			}
		}
	}
	p.store(name, img, r.Inset(-margin).Intersect(page))
}

// store writes a part of a picture, at most pictureHeight high, with few colours.
func (p photographer) store(name string, img image.Image, r image.Rectangle) {
	p.t.Helper()
	r.Max.Y = min(r.Max.Y, r.Min.Y+pictureHeight)
	small := image.NewPaletted(image.Rect(0, 0, r.Dx(), r.Dy()), palette(img, r, 48))
	draw.Draw(small, small.Bounds(), img, r.Min, draw.Src)
	var buf bytes.Buffer
	p.must((&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&buf, small))
	p.must(os.WriteFile(filepath.Join(p.out, name+".png"), buf.Bytes(), 0o666))
	p.t.Logf("%s: %d bytes", name, buf.Len())
}

// palette lists the colours that are used most; alike ones count together.
func palette(img image.Image, r image.Rectangle, n int) color.Palette {
	count := map[color.RGBA]int{}
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			c := color.RGBAModel.Convert(img.At(x, y)).(color.RGBA)
			count[c]++
		}
	}
	all := make([]color.RGBA, 0, len(count))
	for c := range count {
		all = append(all, c)
	}
	slices.SortFunc(all, func(a, b color.RGBA) int {
		return cmp.Or(count[b]-count[a], cmp.Compare(uint32(a.R)<<16|uint32(a.G)<<8|uint32(a.B), uint32(b.R)<<16|uint32(b.G)<<8|uint32(b.B)))
	})
	far := func(a, b color.RGBA) bool {
		d := func(x, y uint8) int { return max(int(x), int(y)) - min(int(x), int(y)) }
		return d(a.R, b.R)+d(a.G, b.G)+d(a.B, b.B) > 12
	}
	var out color.Palette
	for _, c := range all {
		if len(out) == n {
			break
		}
		if !slices.ContainsFunc(out, func(o color.Color) bool { return !far(o.(color.RGBA), c) }) {
			out = append(out, c)
		}
	}
	return out
}

// openBook opens a questionnaire, to find its cells.
func openBook(t *testing.T, name string) *answerstest.Book {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	b, err := answerstest.Open(data)
	if err != nil {
		t.Fatal(err)
	}
	return b
}
