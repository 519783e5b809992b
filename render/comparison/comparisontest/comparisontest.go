// Package comparisontest makes assessments for tests: one in which everything
// happens that a report shows, and ones of any size.
package comparisontest

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"
	"time"

	"riskguide/answers"
	"riskguide/answers/assessment"
	"riskguide/catalog"
	"riskguide/profile"
	"riskguide/render/rendertest"
)

// Profile is the profile of [Small].
const Profile = `id: trial
title:
  ja: 試験の要求事項
  en: Trial requirements
languages: [ja, en]
select: {all: true}
exclude:
  - measures: [H01-03]
    reason: {ja: 市が自ら行うため。, en: The city does it itself.}
obligations:
  rules:
    - severities: [medium]
      obligation: should
      note: {ja: 中のリスクは推奨とする。, en: Medium risks are recommended.}
requirements:
  - id: A-01
    title: {ja: 連絡, en: Notice}
    statement: {ja: 事故を <b>直ちに</b> 知らせる。, en: Tell of accidents <b>at once</b>.}
    reason: {ja: 手順のため。, en: For the procedure.}
    obligation: may
`

// Tailor applies a profile to a content folder.
func Tailor(t testing.TB, content fs.FS, text string) *profile.Pack {
	t.Helper()
	return tailor(t, content, fstest.MapFS{"p.yaml": {Data: []byte(text)}}, "p.yaml")
}

func tailor(t testing.TB, content, profiles fs.FS, name string) *profile.Pack {
	t.Helper()
	cat, ps := catalog.Load(context.Background(), content, catalog.LoadOptions{})
	if ps.HasErrors() {
		t.Fatal(ps)
	}
	p, ps := profile.Load(context.Background(), profiles, name, profile.LoadOptions{})
	if ps.HasErrors() {
		t.Fatal(ps)
	}
	pk, ps := profile.Tailor(cat, p)
	if ps.HasErrors() {
		t.Fatal(ps)
	}
	return pk
}

// SmallPack is the pack of [Small].
func SmallPack(t testing.TB) *profile.Pack {
	return Tailor(t, os.DirFS(filepath.Join(rendertest.Root(t), "catalog/testdata/small")), Profile)
}

// Shipped is the pack of the sample profile of the shipped content.
func Shipped(t testing.TB) *profile.Pack {
	content := os.DirFS(filepath.Join(rendertest.Root(t), "content"))
	return tailor(t, content, content, "profiles/sample.yaml")
}

// Small assesses three suppliers: alpha answered in two rounds and lacks little,
// beta another pack, with a status that could not be read and an answer that
// nobody asked for, and gamma hardly anything.
func Small(t testing.TB) *assessment.Assessment {
	p := SmallPack(t)
	pack := PackOf(p)
	set := func(supplier, name string, round int, pack answers.Pack) *answers.Set {
		return &answers.Set{Supplier: supplier, Name: name, Round: round, Pack: pack,
			Received: time.Date(2027, time.Month(round), 15, 0, 0, 0, 0, time.UTC)}
	}
	first, second := set("alpha", "アルファ株式会社", 1, pack), set("alpha", "アルファ株式会社", 2, pack)
	second.Service = "予約サービス"
	other := pack
	other.ID, other.Fingerprint = "trial-2026.1-000000000000", "0000"
	beta, gamma := set("beta", "Beta <Cloud> & Co.", 1, other), set("gamma", "", 1, pack)
	gamma.Received = time.Time{}
	for i, r := range p.Requirements {
		a := answers.Answer{Requirement: r.ID, Status: answers.Implemented, Obligation: string(r.Obligation)}
		b, c := a, a
		switch i {
		case 0:
			a.Status, a.Explanation, a.Evidence, a.Owner = answers.NotImplemented, "来年度に予算を <i>要求</i> する。\n二行目", "=1+1", "運用部"
			b.Status, b.Unread = answers.Unanswered, "○?"
		case 1:
			a.Status, a.Planned = answers.Planned, time.Date(2027, 12, 31, 0, 0, 0, 0, time.UTC)
		case 2:
			a.Status, b.Status = answers.NotApplicable, answers.Alternative
		case 3:
			b.Status, b.Explanation = answers.Partial, "一部の装置だけ"
		}
		was := a
		if i == 1 {
			was = answers.Answer{Requirement: r.ID, Status: answers.NotImplemented, Explanation: "なし"}
		}
		if i == 4 {
			was.Status, a.Status = answers.Implemented, answers.Partial
		}
		first.Answers, second.Answers = append(first.Answers, was), append(second.Answers, a)
		beta.Answers = append(beta.Answers, b)
		if i > 3 {
			gamma.Answers = append(gamma.Answers, c)
		}
	}
	beta.Answers = append(beta.Answers, answers.Answer{Requirement: "9.9.9.9", Status: answers.Implemented})
	return assessment.Assess(p, []*answers.Set{gamma, second, beta, first})
}

// PackOf names a pack as a file of answers does.
func PackOf(p *profile.Pack) answers.Pack {
	return answers.Pack{ID: p.ID, Fingerprint: p.Fingerprint, Profile: p.Profile.ID, Guide: p.Catalog.Guide.ID,
		Edition: p.Catalog.Guide.Edition, Language: p.Lang()}
}

// Sets makes the answers of n suppliers, each unlike the others and the same
// every time. Some have long names, and the second has three rounds.
func Sets(p *profile.Pack, n int) []*answers.Set {
	var out []*answers.Set
	seed := uint32(1)
	next := func(n int) int {
		seed = seed*1664525 + 1013904223
		return int(seed>>16) % n
	}
	for i := range n {
		rounds := 1
		if i == 1 {
			rounds = 3
		}
		good := 55 + next(40)
		for round := 1; round <= rounds; round++ {
			s := &answers.Set{Supplier: fmt.Sprintf("s%04d", i+1), Name: fmt.Sprintf("見本クラウド第%d株式会社", i+1), Round: round, Pack: PackOf(p),
				Service: "施設予約サービス", Received: time.Date(2027, time.Month(round), 1+i%28, 0, 0, 0, 0, time.UTC)}
			switch i % 7 {
			case 3:
				s.Name = "International Sample Cloud Infrastructure Services (Asia Pacific) Holdings Kabushiki Kaisha, Public Sector Division " + fmt.Sprint(i+1)
			case 5:
				s.Name = fmt.Sprintf("国際見本情報処理基盤技術サービス株式会社公共ソリューション事業本部第二営業統括部自治体クラウド推進室 %d", i+1)
			}
			for _, r := range p.Requirements {
				a := answers.Answer{Requirement: r.ID, Obligation: string(r.Obligation), Status: answers.Implemented, Owner: "運用部",
					Evidence: "運用規程 3.2", Asked: p.Text(r.Statement)}
				if next(100) >= good+5*round {
					a.Status = []answers.Status{answers.Partial, answers.Planned, answers.NotImplemented, answers.Alternative, answers.NotApplicable, answers.Unanswered}[next(6)]
					a.Explanation = "対象の装置の一部だけに適用しており、残りは次の更改のときに適用する予定です。"
				}
				if a.Status == answers.Planned {
					a.Planned = time.Date(2027, 6, 30, 0, 0, 0, 0, time.UTC)
				}
				if a.Status == answers.Unanswered {
					continue
				}
				s.Answers = append(s.Answers, a)
			}
			out = append(out, s)
		}
	}
	return out
}
