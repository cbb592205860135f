package rest_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/cordage-go/cordage/auth"
	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/internal/faulttest"
	"github.com/cordage-go/cordage/internal/rest"
)

// Whatever a Link header says, the next request stays at home.
func FuzzNextLink(f *testing.F) {
	for _, link := range []string{
		`<https://api.fake.example/v1/things?page=2>; rel="next"`, `</v1/things?page=2>;rel=next`, `<?page=2>; rel="prev next"`, `<//evil.example/v1/x>; rel=next`,
		`<https://evil.example/v1/things>; rel="next"`, `<a>; title="x, <b>; rel=next", <c>; rel=next`, `<`, `<>;rel=next`, `<x`, `,,,`, `<x>; rel`, `<https://api.fake.example@evil.example/v1/>; rel=next`,
		`<https://api.fake.example/v1/../../x?a=b>; rel=next`, `<javascript:x>; rel=next`, strings.Repeat(`<a>;rel="prev",`, 50),
	} {
		f.Add(link)
	}
	f.Fuzz(func(t *testing.T, link string) {
		answer := status(200, `[{"id":1}]`)
		answer.Header["Link"] = []string{link}
		server := faulttest.NewTransport(faulttest.Steps(answer, status(200, `[]`)))
		c := newClient(t, server, connector.Options{})
		_, err := walk(t, c)
		if e, found := connector.AsError(err); err != nil && (!found || e.Kind != connector.Origin && e.Kind != connector.PageLimit) {
			t.Fatalf("got %v", err)
		}
		for _, a := range server.Arrivals() {
			if a.URL.Scheme != "https" || a.URL.Host != "api.fake.example" || a.URL.Path != "/v1/things" || a.URL.User != nil {
				t.Fatalf("%q led to %s", link, a.URL)
			}
		}
	})
}

func FuzzRetryAfter(f *testing.F) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for _, text := range []string{"", "0", "5", "-5", "+5", "1.5", "1e3", "soon", " 7 ", "99999999999999999999", "-99999999999999999999", "Fri, 02 Jan 2026 03:04:08 GMT",
		"Friday, 02-Jan-26 03:04:08 GMT", "Fri Jan  2 03:04:08 2026", "Fri, 31 Dec 9999 23:59:59 GMT", "Thu, 01 Jan 1970 00:00:00 GMT"} {
		f.Add(text, "")
		f.Add(text, "Fri, 02 Jan 2026 03:04:05 GMT")
	}
	f.Fuzz(func(t *testing.T, text, date string) {
		wait := rest.RetryAfter(http.Header{"Retry-After": {text}, "Date": {date}}, now)
		if wait < 0 {
			t.Fatalf("%q is a wait of %v", text, wait)
		}
		trimmed := strings.TrimSpace(text)
		if trimmed != "" && strings.Trim(trimmed, "123456789") == "" && wait < time.Second {
			t.Fatalf("%q is a wait of %v", text, wait)
		}
	})
}

// A path variable never leaves its segment: same origin, same prefix, same suffix.
func FuzzPathVariable(f *testing.F) {
	for _, value := range []string{"7", "a/b", "..", ".", "../..", "%2e%2e", "%2f", "?a=b", "#x", "//evil.example", "@evil.example", "\\", "ä", "\xff", "{id}", "a b", ";", "\x00"} {
		f.Add(value)
	}
	op := connector.Operation{ID: "f", Method: "GET", Path: "/things/{id}/parts?of={id}", Class: connector.Read}
	f.Fuzz(func(t *testing.T, value string) {
		server := faulttest.NewTransport(faulttest.Steps(status(200, ok)))
		c := newClient(t, server, connector.Options{})
		_, err := rest.Get[thing](t.Context(), c, op.At(value, value), nil, nil)
		if err != nil {
			wantKind(t, err, connector.Invalid)
			wantCount(t, server, 0)
			return
		}
		u := server.Arrivals()[0].URL
		segments := strings.Split(u.EscapedPath(), "/")
		if u.Host != "api.fake.example" || u.Scheme != "https" || len(segments) != 5 || segments[1] != "v1" || segments[2] != "things" || segments[4] != "parts" {
			t.Fatalf("%q went to %s", value, u)
		}
		if want := "/v1/things/" + value + "/parts"; u.Path != want {
			t.Fatalf("%q arrived as %q", value, u.Path)
		}
		if got := u.Query().Get("of"); got != value || len(u.Query()) != 1 {
			t.Fatalf("%q arrived as the parameter %q", value, got)
		}
	})
}

// Whatever a server answers, no error holds the token.
func FuzzErrorsHoldNoSecret(f *testing.F) {
	for _, body := range []string{`{"message":"%s"}`, `{"%s":"%s"}`, `["%s"]`, `%s`, `<html>%s`, `{"error":{"a":"%s"}}`, `{"errors":[{"details":"x%sx"}]}`, `{"message":"%s`, `"%s"`, `{"code":"%s","fields":{"%s":["%s"]}}`} {
		f.Add(400, body, strings.Repeat("y", 290))
		f.Add(200, body, "")
		f.Add(500, body, strings.Repeat("z", 500))
	}
	f.Add(200, `{"%s"`, "\r\n\x1b"+strings.Repeat("y", 300))
	f.Fuzz(func(t *testing.T, code int, body, filler string) {
		if code < 200 || code > 999 {
			return
		}
		body = strings.ReplaceAll(body, "%s", filler+canary)
		if escaped, err := json.Marshal(filler); err == nil && len(filler) > 300 {
			body = strings.ReplaceAll(body, filler, string(escaped[1:len(escaped)-1]))
		}
		p := headed()
		p.Failure = func(_ *connector.Call, a *rest.Answer) *connector.Error {
			if a.Status < 400 {
				return nil
			}
			text := string(a.Body)
			return &connector.Error{Kind: rest.KindOf(a.Status), Message: text, Code: text, Fields: map[string][]string{text: {text}}}
		}
		server := faulttest.NewTransport(faulttest.Steps(status(code, body)))
		c := newClientOf(t, p, auth.Static(canary), server, connector.Options{MaxAttempts: 1})
		_, err := rest.Send[thing](t.Context(), c, create, thing{}, nil)
		if err == nil {
			return
		}
		noCanary(t, err)
		if e, _ := connector.AsError(err); len([]rune(e.Message)) > 301 && e.Kind != connector.Decode || len(e.Body) > 512 {
			t.Fatalf("a message of %d runes and a body of %d bytes", len([]rune(e.Message)), len(e.Body))
		}
		if text := fmt.Sprint(err); strings.ContainsAny(text, "\r\n\x00") {
			t.Fatalf("control characters in %q", text)
		}
	})
}
