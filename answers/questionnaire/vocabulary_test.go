package questionnaire

import (
	"testing"
	"time"

	"riskguide/answers"
	"riskguide/templates"
)

func TestStatusWords(t *testing.T) {
	v, err := LoadVocabulary(templates.FS())
	if err != nil {
		t.Fatal(err)
	}
	own := map[answers.Status]string{
		answers.Implemented: "実施済み", answers.Partial: "一部実施", answers.Planned: "計画中",
		answers.Alternative: "代替策", answers.NotImplemented: "未実施", answers.NotApplicable: "該当なし",
	}
	for _, tt := range []struct {
		text string
		want answers.Status
		sure sureness
	}{
		{"実施済み", answers.Implemented, exact},
		{" 実施済み ", answers.Implemented, exact},
		{"実施済 み", answers.Implemented, taken},
		{"実施済み。", answers.Implemented, taken},
		{"ｉｍｐｌｅｍｅｎｔｅｄ", answers.Implemented, taken},
		{"実施済み / Implemented", answers.Implemented, taken},
		{"Implemented / 未実施", answers.Unanswered, unknown}, // says two things
		{"not-applicable", answers.NotApplicable, taken},
		{"not_applicable", answers.NotApplicable, proposed},
		{"実施済", answers.Implemented, taken},
		{"対応済", answers.Implemented, taken},
		{"done", answers.Implemented, taken},
		{"partial", answers.Partial, taken},
		{"N/A", answers.NotApplicable, taken},
		{"ｎ／ａ", answers.NotApplicable, taken},
		{"対象外", answers.NotApplicable, taken},
		{"非該当", answers.NotApplicable, taken},
		{"未対応", answers.NotImplemented, taken},
		{"○", answers.Implemented, proposed},
		{"〇", answers.Implemented, proposed},
		{"◯", answers.Implemented, proposed},
		{"✔️", answers.Implemented, proposed},
		{"済", answers.Implemented, proposed},
		{"yes", answers.Implemented, proposed},
		{"Ｙes", answers.Implemented, proposed},
		{"Yes.", answers.Implemented, proposed},
		{"×", answers.NotImplemented, proposed},
		{"no", answers.NotImplemented, proposed},
		{"いいえ", answers.NotImplemented, proposed},
		{"△", answers.Partial, proposed},
		{"-", answers.NotApplicable, proposed},
		{"Implementd", answers.Implemented, proposed},
		{"契約書を見てください", answers.Unanswered, unknown},
	} {
		if got, sure := v.status(tt.text, own); got != tt.want || sure != tt.sure {
			t.Errorf("%q: %q, %d; want %q, %d", tt.text, got, sure, tt.want, tt.sure)
		}
	}
	for text, want := range map[string]string{"必須": "must", "推奨 / Should": "should", "May": "may", "must": "must", "必須 / May": "", "要": ""} {
		if got := v.obligation(text); got != want {
			t.Errorf("obligation %q: %q, want %q", text, got, want)
		}
	}
}

func TestDates(t *testing.T) {
	for text, want := range map[string]string{
		"2027-01-31": "2027-01-31", "2027/1/31": "2027-01-31", "2027.1.31": "2027-01-31", "2027年1月31日": "2027-01-31",
		"２０２７／１／３１": "2027-01-31", "2027年 1月 31日（日）": "2027-01-31", "令和9年1月31日": "2027-01-31", "令和元年5月1日": "2019-05-01",
		"R9.1.31": "2027-01-31", "Ｒ９．１．３１": "2027-01-31", "r9/1/31": "2027-01-31", "平成31年4月30日": "2019-04-30", "㋿9年1月31日": "2027-01-31",
		"31 Jan 2027": "2027-01-31", "31-Jan-2027": "2027-01-31", "January 31, 2027": "2027-01-31", "Jan. 31st, 2027": "2027-01-31",
		"31st of January 2027": "2027-01-31", "1 Sept 2027": "2027-09-01", "31/1/2027": "2027-01-31", "1/31/2027": "2027-01-31",
		"5/5/2027": "2027-05-05", "20270131": "2027-01-31", "46418": "2027-01-31", "2027-01-31 00:00:00": "2027-01-31",
		"2027-01-31T00:00:00Z": "2027-01-31", "2027-1-31 (Sun)": "2027-01-31", "2028-02-29": "2028-02-29",
		// What leaves a doubt is no date.
		"4/5/2027": "is it 2027-05-04 or 2027-04-05?", "2027年1月": "is it 2027-01-31?", "2027/2": "is it 2027-02-28?",
		"2027年12月末": "is it 2027-12-31?", "R9.4": "is it 2027-04-30?", "令和元年 12月末": "is it 2019-12-31?", "2027-02-30": "the calendar has no such day", "27/1/31": "write a day such as 2027-01-31",
		"来春": "write a day such as 2027-01-31", "": "write a day such as 2027-01-31", "2027年度末": "write a day such as 2027-01-31",
		"TBD": "write a day such as 2027-01-31", "31 Foo 2027": "write a day such as 2027-01-31", "12345": "write a day such as 2027-01-31",
	} {
		got, hint := parseDate(text, false)
		s := got.Format(time.DateOnly)
		if got.IsZero() {
			s = hint
		}
		if s != want || got.IsZero() == (hint == "") {
			t.Errorf("%q: %s (%s), want %s", text, s, hint, want)
		}
	}
	if got, ok := serialDate(44956, true); !ok || got.Format(time.DateOnly) != "2027-01-31" {
		t.Errorf("1904: %v", got)
	}
	for _, n := range []float64{-1, 5, 1e7, 2958466} {
		if got, ok := serialDate(n, false); ok {
			t.Errorf("%v is taken as %v", n, got)
		}
	}
}
