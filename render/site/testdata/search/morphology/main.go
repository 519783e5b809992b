// Command morphology cuts the texts of a search index and the queries into words,
// to compare the search with one that knows words: kagome with the IPA dictionary
// for Japanese, stems for English. It is a module of its own, so that riskguide
// does not depend on a dictionary for an experiment.
//
//	go run . ja documents.json queries.json > tokens.json
//
// Both inputs hold a list of strings; the output is [documents, queries], each a
// list of lists of words.
package main

import (
	"encoding/json"
	"log"
	"os"
	"regexp"
	"strings"

	"github.com/ikawaha/kagome-dict/ipa"
	"github.com/ikawaha/kagome/v2/tokenizer"
	"github.com/kljensen/snowball/english"
	"golang.org/x/text/unicode/norm"
)

func main() {
	log.SetFlags(0)
	cut := english2
	if os.Args[1] == "ja" {
		t, err := tokenizer.New(ipa.Dict(), tokenizer.OmitBosEos())
		if err != nil {
			log.Fatal(err)
		}
		cut = func(s string) []string { return japanese(t, s) }
	}
	var out [2][][]string
	for i, file := range os.Args[2:4] {
		data, err := os.ReadFile(file)
		if err != nil {
			log.Fatal(err)
		}
		var texts []string
		if err := json.Unmarshal(data, &texts); err != nil {
			log.Fatal(err)
		}
		for _, s := range texts {
			out[i] = append(out[i], cut(strings.ToLower(norm.NFKC.String(s))))
		}
	}
	if err := json.NewEncoder(os.Stdout).Encode(out); err != nil {
		log.Fatal(err)
	}
}

// japanese returns the words that carry a meaning, in their base forms, cut small
// enough for compounds to be found by their parts.
func japanese(t *tokenizer.Tokenizer, s string) []string {
	out := []string{}
	for _, tok := range t.Analyze(s, tokenizer.Search) {
		switch pos := tok.POS(); pos[0] {
		case "助詞", "助動詞", "記号", "フィラー":
			continue
		}
		w := tok.Surface
		if b, ok := tok.BaseForm(); ok && b != "*" {
			w = b
		}
		if strings.TrimSpace(w) != "" {
			out = append(out, w)
		}
	}
	return out
}

var word = regexp.MustCompile(`[a-z0-9]+`)

func english2(s string) []string {
	out := []string{}
	for _, w := range word.FindAllString(s, -1) {
		if !english.IsStopWord(w) {
			out = append(out, english.Stem(w, false))
		}
	}
	return out
}
