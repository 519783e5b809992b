package document

import (
	"strings"
	"testing"

	"riskguide/catalog"
)

func markdownText(t *testing.T, src string, opts MarkdownOptions) (string, *Document) {
	t.Helper()
	d := newDocument(t, nil)
	d.Markdown(src, opts)
	checkBoxes(t, d.Pages())
	s := pageText(d.Pages()[0])
	s, _, _ = strings.Cut(s, "\n試験文書 1版")
	return s, d
}

func TestMarkdownText(t *testing.T) {
	for _, tt := range []struct{ name, in, want string }{
		{"paragraphs", "一つ目。\n\n二つ目。", "一つ目。\n二つ目。"},
		{"soft break in Japanese", "折り返した\n文。", "折り返した文。"},
		{"soft break in Latin", "a broken\nline", "a broken line"},
		{"soft break between both", "版は\nISO", "版は ISO"},
		{"hard break", "一行目\\\n二行目", "一行目\n二行目"},
		{"hard break by spaces", "一行目  \n二行目", "一行目\n二行目"},
		{"br", "一行目<br>二行目", "一行目\n二行目"},
		{"heading", "# 題\n\n本文", "題\n本文"},
		{"emphasis and code", "**強く**、*斜め*、`code`", "強く、斜め、code"},
		{"escapes", `1\. \*星\* \&amp; &amp; &#x6f22;`, "1. *星* &amp; & 漢"},
		{"list", "- 甲\n- 乙\n  続き", "・甲\n・乙続き"},
		{"ordered from", "3. 甲\n4. 乙", "3.甲\n4.乙"},
		{"nested", "1. 甲\n   - 乙\n     1. 丙", "1.甲\n・乙\n1.丙"},
		{"paragraphs of an item", "- 甲\n\n  乙\n- 丙", "・甲\n乙\n・丙"},
		{"quotation", "> 引用\n> の文", "引用の文"},
		{"code block", "```\na  b\n\n漢\n```", "a  b\n漢"},
		{"link", "[協会](https://example.org)と[頁](10-purpose.md)", "協会と頁"},
		{"autolink", "<https://example.org/x>", "https://example.org/x"},
		{"image", "![図の説明](x.png)", "図の説明"},
		{"html", "<div>\n消える\n</div>\n\n残る<b>字</b>", "残る字"},
		{"unknown directive", "{{nothing}}", "{{nothing}}"},
		{"table", "| 甲 | 乙 |\n|---|--:|\n| a | b |\n| c | **d** |", "甲\n乙\na\nb\nc\nd"},
		{"empty", "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			src := tt.in
			if tt.in == "" {
				src = "x"
				tt.want = "x"
			}
			if got, _ := markdownText(t, src, MarkdownOptions{}); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestMarkdownLooks(t *testing.T) {
	_, d := markdownText(t, "普通**太字**`符号`[先](#x)", MarkdownOptions{Link: func(to string) string { return "#place:" + strings.TrimPrefix(to, "#") }})
	looks := map[string]look{}
	links := 0
	for _, op := range d.Pages()[0].Ops {
		switch op.Kind {
		case OpText:
			looks[op.Text] = op.Look
		case OpLink:
			links++
			if op.Text != "#place:x" {
				t.Errorf("link to %q", op.Text)
			}
		}
	}
	if looks["普通"].weight != 0 || looks["太字"].weight != 1 || !looks["符号"].code || looks["先"].color != Accent || links != 1 {
		t.Errorf("looks %+v, %d links", looks, links)
	}
}

func TestMarkdownHeadingsAndDirectives(t *testing.T) {
	var asked []string
	d := newDocument(t, nil)
	d.Markdown("## 章\n\n{{columns}}\n\n{{ other }}\n\n### 節", MarkdownOptions{HeadingBase: -1, Directive: func(name string) bool {
		asked = append(asked, name)
		if name == "columns" {
			d.Paragraph(Plain("列の表"))
		}
		return name == "columns"
	}})
	s := pageText(d.Pages()[0])
	if !strings.HasPrefix(s, "章\n列の表\n{{ other }}\n節\n") {
		t.Errorf("text %q", s)
	}
	if strings.Join(asked, ",") != "columns,other" {
		t.Errorf("asked for %q", asked)
	}
	if d.heads[0].level != 1 || d.heads[1].level != 2 {
		t.Errorf("levels %d and %d", d.heads[0].level, d.heads[1].level)
	}
}

// TestMarkdownPositions: a report names the line of the file.
func TestMarkdownPositions(t *testing.T) {
	var got []catalog.Problem
	d := newDocument(t, func(p catalog.Problem) { got = append(got, p) })
	d.Markdown("一行目\n\n- 二つ目\n- これ😀\n", MarkdownOptions{Pos: catalog.Position{File: "p.md", Line: 5, Column: 1}})
	d.Pages()
	if len(got) != 1 || got[0].Pos.File != "p.md" || got[0].Pos.Line != 8 || got[0].Pos.Column != 3 {
		t.Errorf("reports %v", got)
	}
}

func FuzzMarkdown(f *testing.F) {
	f.Add("# 題\n\n1. a\n   - b\n\n> c\n\n| d | e |\n|---|---|\n| f | g |\n")
	f.Add("```\n\t\n```\n***\n{{x}}\n![a](b) <br> \\")
	f.Fuzz(func(t *testing.T, src string) {
		if len(src) > 2000 {
			return
		}
		d := newDocument(t, func(catalog.Problem) {})
		d.Markdown(src, MarkdownOptions{Pos: catalog.Position{File: "x", Line: 1, Column: 1}})
		checkBoxes(t, d.Pages())
	})
}

func TestDeepLists(t *testing.T) {
	var b strings.Builder
	for i := range 60 {
		b.WriteString(strings.Repeat("   ", i) + "999. 深い" + lorem + "\n")
	}
	markdownText(t, b.String(), MarkdownOptions{})
	markdownText(t, strings.Repeat("> ", 60)+lorem, MarkdownOptions{})
}
