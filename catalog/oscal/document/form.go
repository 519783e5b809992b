package document

import (
	"encoding/base64"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"time"
)

// form is what a value must be like: the names of the tag oscal.
type form struct {
	required bool
	kind     string
}

func formOf(tag string) form {
	var f form
	for _, s := range strings.Split(tag, ",") {
		if s == "required" {
			f.required = true
		} else if s != "" {
			f.kind = s
		}
	}
	return f
}

// The forms are constants in all but name: nothing changes them.
var (
	uuidForm = regexp.MustCompile(`^[0-9A-Fa-f]{8}-[0-9A-Fa-f]{4}-[45][0-9A-Fa-f]{3}-[89ABab][0-9A-Fa-f]{3}-[0-9A-Fa-f]{12}$`)
	uriForm  = regexp.MustCompile(`^[a-zA-Z][a-zA-Z0-9+\-.]+:.+$`)
)

// violated says what is wrong with a value, "" where nothing is.
func (f form) violated(s string) string {
	ok, want := true, ""
	switch f.kind {
	case "uuid":
		ok, want = uuidForm.MatchString(s), "a UUID of version 4 or 5"
	case "token":
		ok, want = IsToken(s), "a token: a letter or underscore, then letters, digits, dots, hyphens and underscores"
	case "string":
		ok, want = IsString(s), "one line of text without white space at its ends"
	case "uri":
		_, err := url.Parse(s)
		ok, want = err == nil && uriForm.MatchString(s), "an address with a scheme"
	case "reference":
		_, err := url.Parse(s)
		ok, want = err == nil, `an address, or "#" and an id`
	case "email":
		at := strings.IndexByte(s, '@')
		ok, want = IsString(s) && at > 0 && at < len(s)-1, "an address of e-mail"
	case "datetime":
		_, err := time.Parse(time.RFC3339, s)
		ok, want = err == nil, "a date with time and time zone, such as 2026-01-31T00:00:00Z"
	case "base64":
		_, err := base64.StdEncoding.DecodeString(s)
		ok, want = err == nil, "base64"
	}
	if ok {
		return ""
	}
	return fmt.Sprintf("%q must be %s", clip(s), want)
}
