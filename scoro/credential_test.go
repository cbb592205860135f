package scoro_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/cordage-go/cordage/auth"
	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/internal/faulttest"
	"github.com/cordage-go/cordage/scoro"
)

// Nothing that a caller gives to a call can stand in for the credential.
func TestCredentialCannotBeReplaced(t *testing.T) {
	c, server := answering(t, byToken, scoro.Options{}, faulttest.JSON(200, oneProject))
	for _, member := range []string{"user_token", "apiKey", "company_account_id", "request", "filter", "page", "per_page"} {
		err := c.Do(t.Context(), connector.Operation{ID: "x", Method: "POST", Path: "/x", Class: connector.Read}, nil, nil, scoro.Member(member, "other"))
		if !errors.Is(err, connector.Invalid) || !strings.Contains(err.Error(), "member "+member) {
			t.Errorf("%s: %v", member, err)
		}
	}
	if server.Count() != 0 {
		t.Fatal("a call with a false credential was sent")
	}
	hostile := json.RawMessage(`{"user_token":"other","x":"},\"user_token\":\"other\"}"}`)
	for _, in := range []any{hostile, json.RawMessage(`{}}`), json.RawMessage(`{},"user_token":"other"`)} {
		_ = c.Do(t.Context(), connector.Operation{ID: "x", Method: "POST", Path: "/x", Class: connector.Read}, in, nil)
	}
	for _, a := range server.Arrivals() {
		var body map[string]json.RawMessage
		if err := json.Unmarshal(a.Body, &body); err != nil || string(body["user_token"]) != `"`+userToken+`"` {
			t.Errorf("%s arrived, %v", a.Body, err)
		}
	}
	if server.Count() != 1 {
		t.Errorf("%d requests arrived, want the well-formed one", server.Count())
	}
}

// spy keeps what a middleware can see of calls and answers.
func spy(seen *bytes.Buffer) connector.Middleware {
	return func(next http.RoundTripper) http.RoundTripper {
		return roundTrip(func(r *http.Request) (*http.Response, error) {
			answer, err := next.RoundTrip(r)
			for _, r := range []*http.Request{r, answer.Request} {
				body, _ := r.GetBody()
				_, _ = io.Copy(seen, body)
				fmt.Fprintf(seen, "%s %v %+v\n", r.URL, r.Header, r)
			}
			return answer, err
		})
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestMiddlewareSeesNoCredential(t *testing.T) {
	var seen bytes.Buffer
	c, _ := answering(t, byToken, scoro.Options{Options: connector.Options{Middleware: []connector.Middleware{spy(&seen)}}}, faulttest.JSON(200, oneProject))
	if _, err := c.Projects.Get(t.Context(), 7); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(seen.String(), "/projects/view/7") {
		t.Error("the middleware saw nothing")
	}
	noSecret(t, seen.String())
}

// A client, its settings and its errors can be printed.
func TestNothingPrintsASecret(t *testing.T) {
	var shown, logged bytes.Buffer
	o := scoro.Options{AppID: appID, Options: connector.Options{DryRun: &shown}}
	c, server := answering(t, byBoth, o, faulttest.JSON(200, oneProject))
	_, err := c.Projects.Create(t.Context(), &scoro.ProjectCreate{Name: "House"})
	if !errors.Is(err, connector.DryRun) || server.Count() != 0 {
		t.Errorf("a dry run gave %v and sent %d", err, server.Count())
	}
	if !strings.Contains(shown.String(), "House") || !strings.Contains(shown.String(), "/projects/modify") {
		t.Errorf("a dry run shows %s", shown.String())
	}
	copied, err := c.As("other", byKey)
	if err != nil {
		t.Fatal(err)
	}
	l := scoro.Login{Username: "u@example.com", Password: auth.NewSecret("demo-password-FAKE-0001"), CompanyAccount: account}
	for _, v := range []any{c, copied, *c, o, &o, byToken, byKey, byBoth, &byBoth, l, &l, shown.String()} {
		fmt.Fprintf(&logged, "%v %+v %#v\n", v, v, v)
	}
	noSecret(t, logged.String())
}

// noSecret checks that none of the credentials of these tests stands in v.
func noSecret(t *testing.T, v any) {
	t.Helper()
	text := fmt.Sprintf("%v %+v %#v", v, v, v)
	for _, secret := range []string{userToken, apiKey, "demo-password-FAKE-0001"} {
		if strings.Contains(text, secret) {
			t.Errorf("a secret stands in %s", text)
		}
	}
}
