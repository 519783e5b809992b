package comparison

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"riskguide/catalog"
	"riskguide/profile"
	"riskguide/render/rendertest"
)

func scoringPage(t *testing.T) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(rendertest.Root(t), "docs", "scoring.md"))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// TestScoringPage works the example of docs/scoring.md out by the code's defaults.
func TestScoringPage(t *testing.T) {
	page := scoringPage(t)
	rule := profile.DefaultScoring([]*catalog.Severity{{ID: "high"}, {ID: "medium"}, {ID: "low"}})
	sum, weights, rows := 0.0, 0.0, 0
	for _, m := range regexp.MustCompile(`(?m)^\| R\d \| (\S+) \| (\S+) \| (\S+) \| (\d*) ?\| (\d*) ?\| (\d*) ?\|$`).FindAllStringSubmatch(page, -1) {
		rows++
		if m[3] == "not-applicable" {
			if m[4]+m[5]+m[6] != "" {
				t.Errorf("%v counts", m)
			}
			continue
		}
		points, ok := rule.Points[m[3]]
		weight := rule.Obligations[profile.Obligation(m[1])] * rule.Severities[m[2]]
		if got := []string{number(points), number(weight), number(points * weight)}; !ok || !reflect.DeepEqual(got, m[4:]) {
			t.Errorf("%s: the code counts %v", m[0], got)
		}
		sum, weights = sum+points*weight, weights+weight
	}
	if want := fmt.Sprintf("%s ÷ %s = %s", number(sum), number(weights), scoreText(sum/weights)); rows != 6 || !strings.Contains(page, want) {
		t.Errorf("%d rows; the page does not say %s", rows, want)
	}
	for id, points := range rule.Points {
		if id == "not-implemented" || id == "unanswered" {
			id = "not-implemented, unanswered"
		}
		if !regexp.MustCompile(`(?m)^\| ` + id + ` \| ` + strconv.Itoa(int(points)) + ` \|`).MatchString(page) {
			t.Errorf("the page does not give the default of %s", id)
		}
	}
	for o, w := range rule.Obligations {
		if !strings.Contains(page, fmt.Sprintf("| %s | %s |", o, number(w))) {
			t.Errorf("the page does not give the default of %s", o)
		}
	}
}

// TestJSONDocumented finds every key of the document in docs/scoring.md.
func TestJSONDocumented(t *testing.T) {
	page := scoringPage(t)
	var walk func(reflect.Type)
	walk = func(x reflect.Type) {
		switch x.Kind() {
		case reflect.Slice, reflect.Pointer:
			walk(x.Elem())
		case reflect.Struct:
			for i := range x.NumField() {
				f := x.Field(i)
				key, _, _ := strings.Cut(f.Tag.Get("json"), ",")
				if key != "" && !strings.Contains(page, "`"+key) && !strings.Contains(page, "."+key+"`") && !strings.Contains(page, "."+key+"[]`") {
					t.Errorf("docs/scoring.md does not describe %q", key)
				}
				walk(f.Type)
			}
		}
	}
	walk(reflect.TypeFor[Document]())
	if _, err := json.Marshal(Document{}); err != nil {
		t.Error(err)
	}
}
