package oauth_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/cordage-go/cordage/auth"
	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/internal/faulttest"
	"github.com/cordage-go/cordage/internal/oauth"
	"github.com/cordage-go/cordage/internal/rest"
	"github.com/cordage-go/cordage/internal/wire"
	"github.com/cordage-go/cordage/pace"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const canary = "secret-canary/0123456789"

var ask = connector.Operation{ID: "sign-in", Method: "POST", Path: "/token", Class: connector.Token, ContentType: oauth.FormType}

func serverAt(address string) oauth.Server {
	return oauth.Server{
		Platform: rest.Platform{Name: "test", BaseURL: address, Codec: wire.Procore(), Pacing: unpaced()},
		ClientID: "client/1", ClientSecret: auth.NewSecret(canary),
		Remedy: func(code string) string { return "do something about " + code },
	}
}

func unpaced() pace.Policy {
	return pace.Policy{
		Windows: []pace.Window{{Name: "second", Length: time.Second}},
		Read:    func(int, http.Header) pace.Reading { return pace.Reading{} },
	}
}

// Whatever stands beside it, a pair of tokens that came is kept.
func TestTokenIsKept(t *testing.T) {
	for more, lifetime := range map[string]time.Duration{
		`"expires_in":3600`: time.Hour, `"expires_in":"3600"`: time.Hour, `"expires_in":1e99`: 0, `"expires_in":-5`: 0,
		`"expires_in":0`: 0, `"expires_in":null`: 0, `"expires_in":"soon"`: 0, `"expires_in":{}`: 0, `"expires_in":[1]`: 0,
		`"expires_in":9223372036854775807`:            1 << 31 * time.Second,
		`"token_type":7,"scope":{"a":1},"error":null`: 0, `"error":"","id_token":false`: 0,
		`"error":"scope_reduced","error_description":"a warning"`: 0,
	} {
		server := faulttest.NewServer(t, faulttest.Steps(faulttest.JSON(200, `{"access_token":"a2","refresh_token":"r2",`+more+`}`)))
		asked := time.Now()
		token, err := serverAt(server.URL).Token(t.Context(), ask, url.Values{"grant_type": {"refresh_token"}})
		if err != nil || token.Access.Reveal() != "a2" || token.Refresh.Reveal() != "r2" || token.Type != "Bearer" {
			t.Errorf("%s gave %+v, %v", more, token, err)
		}
		switch late := token.Expiry.Sub(asked); {
		case lifetime == 0 && !token.Expiry.IsZero(), lifetime > 0 && (late < lifetime || late > lifetime+time.Minute):
			t.Errorf("%s: the token ends after %v, want %v", more, late, lifetime)
		}
	}
}

// What is no token is an error that says what it means, after one call.
func TestNoToken(t *testing.T) {
	oauthError := func(code string) string { return fmt.Sprintf(`{"error":%q,"error_description":"because"}`, code) }
	for _, test := range []struct {
		step faulttest.Step
		kind connector.Kind
	}{
		{faulttest.JSON(400, oauthError("invalid_grant")), connector.Reauthorize},
		{faulttest.JSON(200, oauthError("invalid_grant")), connector.Reauthorize},
		{faulttest.JSON(401, oauthError("invalid_client")), connector.Reauthorize},
		{faulttest.JSON(401, oauthError("invalid_token")), connector.Unauthorized},
		{faulttest.JSON(400, oauthError("server_error")), connector.UnknownOutcome},
		{faulttest.JSON(200, oauthError("temporarily_unavailable")), connector.UnknownOutcome},
		{faulttest.JSON(503, oauthError("invalid_grant")), connector.UnknownOutcome},
		{faulttest.JSON(429, oauthError("slow_down")), connector.UnknownOutcome},
		{faulttest.JSON(401, `{"message":"no"}`), connector.Unexpected},
		{faulttest.Step{Status: 404, Body: "<html>"}, connector.Unexpected},
		{faulttest.Step{Status: 500}, connector.UnknownOutcome},
		{faulttest.JSON(200, `{}`), connector.Decode},
		{faulttest.JSON(200, `{"access_token":""}`), connector.Decode},
		{faulttest.JSON(200, `{"access_token":null,"refresh_token":"r2"}`), connector.Decode},
		{faulttest.JSON(200, `null`), connector.Decode},
		{faulttest.Step{Body: "<html>Log in</html>"}, connector.Decode},
		{faulttest.Step{}, connector.Decode},
		{faulttest.Step{Fault: faulttest.Reset}, connector.UnknownOutcome},
		{faulttest.Step{Fault: faulttest.Cut, At: 10, Body: `{"access_token":"a2"}`}, connector.UnknownOutcome},
		{faulttest.Step{Status: 307}.With("Location", "/elsewhere"), connector.Origin},
	} {
		server := faulttest.NewServer(t, faulttest.Steps(test.step))
		_, err := serverAt(server.URL).Token(t.Context(), ask, url.Values{"code": {canary}})
		if !errors.Is(err, test.kind) {
			t.Errorf("%+v gave %v, want kind %q", test.step, err, test.kind)
		}
		if server.Count() != 1 {
			t.Errorf("%+v: %d calls arrived, want 1", test.step, server.Count())
		}
		if text := fmt.Sprintf("%+v", err); strings.Contains(text, canary) || strings.Contains(text, url.QueryEscape(canary)) {
			t.Errorf("%+v: the error holds a secret: %v", test.step, err)
		}
		if e, ok := connector.AsError(err); !ok || e.Remedy == "" {
			t.Errorf("%+v: %v has no remedy", test.step, err)
		}
	}
}

// The app's credentials go one way: into the form, or into a header.
func TestCredentials(t *testing.T) {
	for name, test := range map[string]struct {
		change func(*oauth.Server)
		form   url.Values
		header [2]string
	}{
		"form":   {func(*oauth.Server) {}, url.Values{"client_id": {"client/1"}, "client_secret": {canary}}, [2]string{}},
		"public": {func(s *oauth.Server) { s.ClientSecret = auth.Secret{} }, url.Values{"client_id": {"client/1"}}, [2]string{}},
		"header": {func(s *oauth.Server) { s.Basic = true }, url.Values{}, [2]string{"client%2F1", url.QueryEscape(canary)}},
	} {
		server := faulttest.NewServer(t, faulttest.Steps(faulttest.JSON(200, `{"access_token":"a2"}`)))
		s := serverAt(server.URL)
		test.change(&s)
		grant := url.Values{"code": {"c1"}}
		token, err := s.Token(t.Context(), ask, grant)
		if err != nil || !token.Refresh.IsZero() {
			t.Fatal(name, token, err)
		}
		if len(grant) != 1 {
			t.Errorf("%s: the caller's form became %v", name, grant)
		}
		arrival := server.Arrivals()[0]
		test.form.Set("code", "c1")
		if got := string(arrival.Body); got != test.form.Encode() {
			t.Errorf("%s: the form is %s, want %s", name, got, test.form.Encode())
		}
		id, secret, _ := (&http.Request{Header: arrival.Header}).BasicAuth()
		if got := [2]string{id, secret}; got != test.header {
			t.Errorf("%s: the header is %s, want %s", name, got, test.header)
		}
	}
}

// A call about a token carries that token and not the app's credentials.
func TestBearer(t *testing.T) {
	server := faulttest.NewServer(t, faulttest.Steps(faulttest.JSON(200, `{"active":true}`)))
	s := serverAt(server.URL)
	s.Basic = true
	about := connector.Operation{ID: "info", Method: "GET", Path: "/info", Class: connector.Read}
	var answer struct {
		Active bool `json:"active"`
	}
	if err := s.Do(t.Context(), auth.Static("a1"), about, nil, &answer); err != nil || !answer.Active {
		t.Fatal(answer, err)
	}
	if got := server.Arrivals()[0].Header.Get("Authorization"); got != "Bearer a1" {
		t.Errorf("the header is %q", got)
	}
}
