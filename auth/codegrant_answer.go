package auth

import (
	"net/url"
	"strings"
	"unicode"

	"github.com/cordage-go/cordage/connector"
)

// longestAnswer bounds the query of a callback, in bytes.
const longestAnswer = 8 << 10

// An answer is what a browser brought to the redirect URL. All of it is
// hostile until the state is known to be ours.
type answer struct {
	state, code, issuer string
	failure, details    string // OAuth's error and error_description
}

// readAnswer reads a callback's query (RFC 6749, section 4.1.2). Its errors
// quote nothing of it.
func readAnswer(query string) (answer, error) {
	if len(query) > longestAnswer {
		return answer{}, rejection("the answer is too long")
	}
	values, err := url.ParseQuery(query)
	if err != nil {
		return answer{}, rejection("the answer cannot be read")
	}
	var a answer
	for name, field := range map[string]*string{
		"state": &a.state, "code": &a.code, "iss": &a.issuer, "error": &a.failure, "error_description": &a.details,
	} {
		switch given := values[name]; len(given) {
		case 0:
		case 1:
			*field = given[0]
		default: // RFC 6749, section 3.1: which one is meant?
			return answer{}, rejection("the answer says " + name + " twice")
		}
	}
	if strings.ContainsFunc(a.code, unicode.IsControl) {
		return answer{}, rejection("the answer cannot be read")
	}
	return a, nil
}

// check refuses an answer that has our state and cannot be used all the same.
// The attempt stays open then: the platform's own answer may still come.
func (a answer) check(issuer string) error {
	switch {
	case issuer != "" && a.issuer != issuer:
		return rejection("the answer does not come from the platform that was asked")
	case a.code == "" && a.failure == "":
		return rejection("the answer holds neither a code nor an error")
	}
	return nil
}

// problem is the platform's own error as one of ours, or nil.
func (a answer) problem() error {
	if a.failure == "" {
		return nil
	}
	e := signInError(connector.Invalid, clean(a.details, 300), nil, "check the app's settings at the platform, then "+startAgain)
	e.Code = clean(a.failure, 60)
	switch a.failure {
	case "access_denied":
		e.Kind, e.Remedy = connector.Forbidden, "the user or an administrator said no; "+startAgain+" if that was a mistake"
	case "server_error", "temporarily_unavailable":
		e.Kind, e.Remedy = connector.Unavailable, startAgain+" in a while"
	}
	return e
}

func rejection(message string) *connector.Error {
	return signInError(connector.Invalid, message, nil, startAgain)
}

// clean makes a stranger's text fit for an error: one line of at most so many
// letters, and nothing that steers a terminal or turns the line around.
func clean(text string, most int) string {
	hidden := func(r rune) bool { return unicode.IsSpace(r) || !unicode.IsGraphic(r) || r == unicode.ReplacementChar }
	text = strings.Join(strings.FieldsFunc(text, hidden), " ")
	if letters := []rune(text); len(letters) > most {
		return string(letters[:most]) + "…"
	}
	return text
}
