package scoro

import (
	"maps"
	"strings"
)

// bearerChallenge returns the parameters of the Bearer challenges in
// WWW-Authenticate headers (RFC 9110, section 11.6.1), their names in lower
// case. The first of a name counts. What is malformed is passed over.
func bearerChallenge(headers []string) map[string]string {
	said := map[string]string{}
	for _, header := range headers {
		found := challenges(header)
		maps.Copy(found, said)
		said = found
	}
	return said
}

// challenges reads one header. Challenges and their parameters are separated in
// the same way, by commas: a word is a parameter if an equals sign follows, else
// the scheme of a new challenge.
func challenges(header string) map[string]string {
	said, bearer := map[string]string{}, false
	for header != "" {
		var element string
		element, header = cutElement(header)
		for word, rest := cutWord(element); word != ""; word, rest = cutWord(rest) {
			value, after, isParameter := cutValue(rest)
			switch name := strings.ToLower(word); {
			case !isParameter:
				bearer = name == "bearer"
			case bearer && said[name] == "":
				said[name] = value
			}
			rest = after
		}
	}
	return said
}

// cutElement splits off what stands before the first comma that is in no quotes.
func cutElement(text string) (element, rest string) {
	quoted := false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '"':
			quoted = !quoted
		case c == '\\' && quoted:
			i++
		case c == ',' && !quoted:
			return text[:i], text[i+1:]
		}
	}
	return text, ""
}

// cutWord splits a token of HTTP's off the front, and the space before it.
func cutWord(text string) (word, rest string) {
	text = strings.TrimLeft(text, " \t")
	end := strings.IndexFunc(text, func(r rune) bool { return r <= ' ' || r >= 0x7f || strings.ContainsRune(`()<>@,;:\"/[]?={}`, r) })
	if end < 0 {
		end = len(text)
	}
	return text[:end], text[end:]
}

// cutValue splits "= value" off the front, where value is a word or is quoted.
func cutValue(text string) (value, rest string, found bool) {
	assigned, found := strings.CutPrefix(strings.TrimLeft(text, " \t"), "=")
	if !found {
		return "", text, false
	}
	assigned = strings.TrimLeft(assigned, " \t")
	quoted, found := strings.CutPrefix(assigned, `"`)
	if !found {
		end := strings.IndexAny(assigned+",", " \t,") // an address without quotes is against the rules, and seen
		return assigned[:end], assigned[end:], true
	}
	var unquoted strings.Builder
	for i := 0; i < len(quoted); i++ {
		switch c := quoted[i]; {
		case c == '"':
			return unquoted.String(), quoted[i+1:], true
		case c == '\\' && i+1 < len(quoted):
			i++
			unquoted.WriteByte(quoted[i])
		default:
			unquoted.WriteByte(c)
		}
	}
	return "", "", true // no closing quote: nobody knows where it ends
}
