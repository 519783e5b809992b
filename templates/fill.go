package templates

import "strings"

// With returns the word with the key and its placeholders filled in; see [Fill].
func (w Words) With(key string, pairs ...string) string { return Fill(w.Get(key), pairs...) }

// Fill fills the placeholders of a text: pairs are name, value, name, value, …, and
// {name} stands for the value. {name|one|many} is "one" where the value is 1, else
// "many": "{n} {n|answer|answers}". What is no placeholder of a name that is given
// stays as it is, and values are not looked through.
func Fill(s string, pairs ...string) string {
	if len(pairs) == 0 || !strings.Contains(s, "{") {
		return s
	}
	var b strings.Builder
	for {
		i := strings.IndexByte(s, '{')
		j := -1
		if i >= 0 {
			j = strings.IndexByte(s[i:], '}')
		}
		if j < 0 {
			b.WriteString(s)
			return b.String()
		}
		b.WriteString(s[:i])
		if v, ok := placeholder(s[i+1:i+j], pairs); ok {
			b.WriteString(v)
			s = s[i+j+1:]
		} else {
			b.WriteByte('{')
			s = s[i+1:]
		}
	}
}

func placeholder(in string, pairs []string) (value string, ok bool) {
	name, forms, counts := strings.Cut(in, "|")
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i] != name {
			continue
		}
		if !counts {
			return pairs[i+1], true
		}
		one, many, ok := strings.Cut(forms, "|")
		if pairs[i+1] != "1" {
			one = many
		}
		return one, ok
	}
	return "", false
}
