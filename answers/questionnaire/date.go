package questionnaire

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"
)

// serialDate returns the day of a serial number of a workbook. Days are counted
// from the end of 1899, with a 29 February 1900 that there never was, or from
// 1904. Only numbers that can be meant as a day of a plan, of the years 1990 to
// 2199, are taken.
func serialDate(n float64, date1904 bool) (time.Time, bool) {
	if math.IsNaN(n) || n < 0 || n > 1e6 {
		return time.Time{}, false
	}
	if date1904 {
		n += 1462
	}
	t := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC).AddDate(0, 0, int(n))
	return t, t.Year() >= 1990 && t.Year() < 2200
}

// The forms of dates that leave no doubt. Digits and signs are half-width already.
var (
	yearFirst = regexp.MustCompile(`^(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?$`)
	compact   = regexp.MustCompile(`^(\d{4})(\d{2})(\d{2})$`)
	era       = regexp.MustCompile(`^(令和|平成|R|H|r|h)\s*\.?\s*(\d{1,2}|元)\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?$`)
	dayName   = regexp.MustCompile(`^(\d{1,2})(?:st|nd|rd|th)?[-/\s.]+(?:of\s+)?([a-z]{3,9})\.?[-/\s,]+(\d{4})$`)
	nameDay   = regexp.MustCompile(`^([a-z]{3,9})\.?[-/\s]+(\d{1,2})(?:st|nd|rd|th)?[-/\s,]+(\d{4})$`)
	yearLast  = regexp.MustCompile(`^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})$`)
	timeOfDay = regexp.MustCompile(`[T\s]+\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?\s*Z?$`)
	weekday   = regexp.MustCompile(`(?i)\s*[(]\s*([日月火水木金土]|sun|mon|tue|wed|thu|fri|sat)[a-z]*(曜日?)?\s*[)]`)
	monthOnly = regexp.MustCompile(`^(\d{4})\s*[-/.年]\s*(\d{1,2})\s*月?(末|中)?$`)
	eraMonth  = regexp.MustCompile(`^(令和|平成|R|H|r|h)\s*\.?\s*(\d{1,2}|元)\s*[-/.年]\s*(\d{1,2})\s*月?(末|中)?$`)
	serial    = regexp.MustCompile(`^\d{5}$`)
	wholeDay  = regexp.MustCompile(`\d{4}-\d{2}-\d{2}`)
)

// parseDate reads a date that was written as text, and what stands in the way: in
// hint, a question to the person who wrote it.
func parseDate(s string, date1904 bool) (t time.Time, hint string) {
	const write = "write a day such as 2027-01-31"
	if len(s) > 100 {
		return time.Time{}, write
	}
	s = strings.TrimSpace(norm.NFKC.String(s))
	s = strings.NewReplacer("‐", "-", "−", "-", "–", "-", "ー", "-").Replace(s)
	s = weekday.ReplaceAllString(s, "")
	s = strings.TrimSpace(timeOfDay.ReplaceAllString(s, ""))
	number := func(s string) int { n, _ := strconv.Atoi(s); return n }
	if m := yearFirst.FindStringSubmatch(s); m != nil {
		return day(number(m[1]), number(m[2]), number(m[3]))
	}
	if m := compact.FindStringSubmatch(s); m != nil {
		return day(number(m[1]), number(m[2]), number(m[3]))
	}
	if m := era.FindStringSubmatch(s); m != nil {
		return day(eraYear(m[1], m[2]), number(m[3]), number(m[4]))
	}
	lower := strings.ToLower(s)
	if m := dayName.FindStringSubmatch(lower); m != nil {
		if n := month(m[2]); n > 0 {
			return day(number(m[3]), n, number(m[1]))
		}
	}
	if m := nameDay.FindStringSubmatch(lower); m != nil {
		if n := month(m[1]); n > 0 {
			return day(number(m[3]), n, number(m[2]))
		}
	}
	if m := yearLast.FindStringSubmatch(s); m != nil {
		a, b := number(m[1]), number(m[2])
		switch {
		case a == b || a > 12:
			return day(number(m[3]), b, a)
		case b > 12:
			return day(number(m[3]), a, b)
		}
		x, _ := day(number(m[3]), b, a)
		y, _ := day(number(m[3]), a, b)
		return time.Time{}, "is it " + x.Format(time.DateOnly) + " or " + y.Format(time.DateOnly) + "?"
	}
	if serial.MatchString(s) {
		if t, ok := serialDate(float64(number(s)), date1904); ok {
			return t, ""
		}
	}
	year, mon := 0, 0
	if m := monthOnly.FindStringSubmatch(s); m != nil {
		year, mon = number(m[1]), number(m[2])
	} else if m := eraMonth.FindStringSubmatch(s); m != nil {
		year, mon = eraYear(m[1], m[2]), number(m[3])
	}
	if first, _ := day(year, mon, 1); !first.IsZero() {
		return time.Time{}, "is it " + first.AddDate(0, 1, -1).Format(time.DateOnly) + "?"
	}
	return time.Time{}, write
}

// eraYear is the year that a Japanese era and a number in it mean; 元 is the first.
func eraYear(era, n string) int {
	year, before := 1, 2018 // Reiwa 1 is 2019
	if era == "平成" || strings.EqualFold(era, "h") {
		before = 1988
	}
	if n != "元" {
		year, _ = strconv.Atoi(n)
	}
	return before + year
}

// day returns a day that the calendar has.
func day(y, m, d int) (time.Time, string) {
	t := time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC)
	if y < 1900 || t.Year() != y || int(t.Month()) != m || t.Day() != d {
		return time.Time{}, "the calendar has no such day"
	}
	return t, ""
}

// month returns the number of a month whose English name begins with s.
func month(s string) int {
	for m := time.January; m <= time.December; m++ {
		if strings.HasPrefix(strings.ToLower(m.String()), s) || s == "sept" && m == time.September {
			return int(m)
		}
	}
	return 0
}
