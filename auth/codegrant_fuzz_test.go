package auth

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"unicode"

	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/store"
)

// FuzzCallback sends any query to a callback whose browser has an attempt
// under way: nothing reaches the token endpoint, the page is one of ours, and
// the attempt still works.
func FuzzCallback(f *testing.F) {
	for _, seed := range []string{
		"", "code=1", "state=", "code=1&state=x", "code=1&state=" + strings.Repeat("A", 43), "error=access_denied&state=x",
		"code=1&code=2", "state=a&state=b", "%zz", "code=%00", ";", "code=1;state=2", "iss=https://evil.example", "state[]=x",
		"code=%3Cscript%3E&error_description=%1b%5b2J", strings.Repeat("a", 9000),
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, query string) {
		platform := &consent{}
		flow := newFlow(t, platform.grant("http://localhost/callback"), store.Memory(), nil)
		right := begin(t, flow)
		state := right.URL.Query().Get("state")
		if strings.Contains(query, state) {
			t.Skip("guessed the state")
		}
		wrong := right.Clone(t.Context())
		wrong.URL.RawQuery = query
		w := record(flow.Callback(), wrong)
		if w.Code != http.StatusBadRequest || w.Header().Get("Location") != "" {
			t.Errorf("status %d, leads to %q", w.Code, w.Header().Get("Location"))
		}
		page := pageNotOurs
		page.Back = "/"
		plain := &strings.Builder{}
		if err := pageTemplate.Execute(plain, page); err != nil || w.Body.String() != plain.String() {
			t.Errorf("the page is %s", w.Body)
		}
		platform.wantExchanges(t)
		if got := record(flow.Callback(), right).Code; got != http.StatusSeeOther {
			t.Errorf("the right answer gets status %d", got)
		}
	})
}

// FuzzAnswer reads any query: no error quotes it, and what becomes of the
// platform's own error is harmless.
func FuzzAnswer(f *testing.F) {
	for _, seed := range []string{"error=access_denied&error_description=no", "error=%1b%5b2J&error_description=%e2%80%ae", "code=1&state=2&iss=3", "error=x&error=y"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, query string) {
		a, err := readAnswer(query)
		if err != nil {
			for _, value := range []string{query, url.QueryEscape(query)} {
				if len(value) > 20 && strings.Contains(err.Error(), value) {
					t.Errorf("the error quotes the query: %v", err)
				}
			}
			return
		}
		if strings.ContainsFunc(a.code, unicode.IsControl) {
			t.Errorf("the code holds control characters: %q", a.code)
		}
		problem := a.problem()
		if problem == nil {
			return
		}
		if e, ok := connector.AsError(problem); !ok || e.Remedy == "" || len([]rune(e.Message)) > 301 || len([]rune(e.Code)) > 61 ||
			strings.ContainsFunc(e.Message+e.Code, func(r rune) bool { return !unicode.IsGraphic(r) }) {
			t.Errorf("%q becomes %q", query, problem)
		}
	})
}
