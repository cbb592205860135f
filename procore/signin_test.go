package procore_test

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cordage-go/cordage/auth"
	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/internal/faulttest"
	"github.com/cordage-go/cordage/procore"
	"github.com/cordage-go/cordage/procore/procoretest"
	"github.com/cordage-go/cordage/store"
)

func TestSignInRefuses(t *testing.T) {
	good := procore.App{ClientID: clientID, ClientSecret: auth.NewSecret(clientSecret), RedirectURL: redirectURL}
	for want, spoil := range map[string]func(*procore.App){
		"App.ClientID is empty":         func(a *procore.App) { a.ClientID = "" },
		"App.RedirectURL is empty":      func(a *procore.App) { a.RedirectURL = "" },
		"use AuthorizeURL and Exchange": func(a *procore.App) { a.RedirectURL = procore.OutOfBand },
	} {
		app := good
		spoil(&app)
		if _, err := app.SignIn(); !errors.Is(err, connector.Invalid) || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

// The page gets a fresh state and the exact redirect address, and with PKCE a
// challenge whose verifier goes along with the code.
func TestSignInAttempt(t *testing.T) {
	for _, pkce := range []bool{false, true} {
		login := faulttest.NewTransport(faulttest.Steps(faulttest.JSON(200, `{"access_token":"a1","refresh_token":"r1"}`)))
		app := procore.App{ClientID: "id", ClientSecret: auth.NewSecret(clientSecret), RedirectURL: "https://app.example/back/", PKCE: pkce, Transport: login}
		grant, err := app.SignIn()
		if err != nil {
			t.Fatal(err)
		}
		attempt := auth.NewAttempt(grant.RedirectURL)
		page, err := url.Parse(grant.AuthorizeURL(attempt))
		if err != nil {
			t.Fatal(err)
		}
		query := page.Query()
		want := url.Values{"response_type": {"code"}, "client_id": {"id"}, "redirect_uri": {"https://app.example/back/"}, "state": {attempt.State}}
		if pkce {
			want["code_challenge_method"], want["code_challenge"] = []string{"S256"}, query["code_challenge"]
		}
		if query.Encode() != want.Encode() || pkce && len(query.Get("code_challenge")) != 43 || page.Host != "login.procore.com" {
			t.Errorf("the page is %s", page)
		}
		if strings.Contains(page.String(), attempt.Verifier.Reveal()) {
			t.Error("the page's address tells the verifier")
		}
		if _, err := grant.Exchange(t.Context(), "c1", attempt); err != nil {
			t.Fatal(err)
		}
		form, err := url.ParseQuery(string(login.Arrivals()[0].Body))
		if err != nil || form.Get("redirect_uri") != "https://app.example/back/" || form.Get("code") != "c1" || form.Has("code_verifier") != pkce {
			t.Errorf("the form was %s", form)
		}
		if pkce && form.Get("code_verifier") != attempt.Verifier.Reveal() {
			t.Error("another verifier was sent")
		}
	}
}

// Whatever Procore makes of PKCE, the sign-in of an app says what happened; and
// one that a Procore refuses succeeds without it.
func TestPKCEAtTheEmulator(t *testing.T) {
	for how, works := range map[procoretest.PKCE]bool{procoretest.PKCEHonoured: true, procoretest.PKCEIgnored: true, procoretest.PKCERefused: false} {
		server, err := procoretest.Listen("127.0.0.1:0", &procoretest.Options{PKCE: how, AutoConsent: true})
		if err != nil {
			t.Fatal(err)
		}
		defer server.Close()
		app := emulated(server)
		for _, app.PKCE = range []bool{true, false} {
			grant, err := app.SignIn()
			if err != nil {
				t.Fatal(err)
			}
			attempt := auth.NewAttempt(grant.RedirectURL)
			answer, err := http.DefaultTransport.RoundTrip(get(t, grant.AuthorizeURL(attempt)))
			if err != nil {
				t.Fatal(err)
			}
			answer.Body.Close()
			back, err := answer.Location()
			if err != nil {
				if works || !app.PKCE {
					t.Errorf("no way back: %v", err)
				}
				continue
			}
			if back.Query().Get("state") != attempt.State {
				t.Error("another state came back")
			}
			token, err := grant.Exchange(t.Context(), back.Query().Get("code"), attempt)
			if (err == nil) != (works || !app.PKCE) {
				t.Errorf("PKCE %v, %v: got %v, %v", how, app.PKCE, token, err)
			}
		}
	}
}

func get(t *testing.T, address string) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// The three grants read the same answers: a pair that came is kept, whatever
// else the answer says, and none is made up.
func TestTokenAnswers(t *testing.T) {
	const begin = `{"access_token":"a2","refresh_token":"r2"`
	for answer, want := range map[string]struct {
		kind connector.Kind // empty for success
		life time.Duration  // 0 for unknown
	}{
		begin + `,"token_type":"bearer","expires_in":5400,"created_at":1}`:      {life: 90 * time.Minute},
		begin + `,"expires_in":"5400"}`:                                         {life: 90 * time.Minute},
		begin + `,"expires_in":5400.0}`:                                         {life: 90 * time.Minute},
		begin + `,"expires_in":1e300}`:                                          {},
		begin + `,"expires_in":-5}`:                                             {},
		begin + `,"expires_in":0}`:                                              {},
		begin + `,"expires_in":null}`:                                           {},
		begin + `,"expires_in":"soon"}`:                                         {},
		begin + `,"expires_in":{"seconds":7}}`:                                  {},
		begin + `}`:                                                             {},
		begin + `,"token_type":7,"created_at":"then","scope":["x"],"extra":{}}`: {},
		"\ufeff" + begin + `,"expires_in":60}`:                                  {life: time.Minute},
		`{"access_token":"","refresh_token":"r2"}`:                              {kind: connector.Decode},
		`{"refresh_token":"r2"}`:                                                {kind: connector.Decode},
		`{"access_token":null}`:                                                 {kind: connector.Decode},
		`{"access_token":["a2"]}`:                                               {kind: connector.Decode},
		begin:                                                                   {kind: connector.Decode},
		`<html>Welcome back</html>`:                                             {kind: connector.Decode},
		`[]`:                                                                    {kind: connector.Decode},
		`null`:                                                                  {kind: connector.Decode},
		``:                                                                      {kind: connector.Decode},
		`{"error":"invalid_grant","error_description":"no"}`:                    {kind: connector.Reauthorize},
		begin + `,"error":"invalid_grant"}`:                                     {},
		`{"error":"invalid_grant","access_token":""}`:                           {kind: connector.Reauthorize},
		`{"access_token":"a2","refresh_token":"` + strings.Repeat("r", 1<<20) + `","x":1}`: {kind: connector.TooLarge},
	} {
		for name, ask := range askers() {
			synctest.Test(t, func(t *testing.T) {
				login := faulttest.NewTransport(faulttest.Steps(faulttest.JSON(200, answer)))
				token, err := ask(t.Context(), login)
				shown := answer[:min(len(answer), 80)]
				if login.Count() != 1 {
					t.Errorf("%s: %s: %d requests", name, shown, login.Count())
				}
				if want.kind != "" {
					if err == nil || name != "client credentials" && !errors.Is(err, want.kind) && !errors.Is(err, connector.UnknownOutcome) || !token.Access.IsZero() {
						t.Errorf("%s: %s gave %v, %v", name, shown, token, err)
					}
					return
				}
				if err != nil || token.Access.Reveal() != "a2" || token.Refresh.Reveal() != "r2" {
					t.Errorf("%s: %s lost the pair: %v", name, shown, err)
				}
				life := time.Until(token.Expiry)
				if want.life == 0 && !token.Expiry.IsZero() || want.life > 0 && life != want.life {
					t.Errorf("%s: %s gave a life of %v", name, shown, life)
				}
			})
		}
	}
}

type asker func(context.Context, http.RoundTripper) (auth.Token, error)

// askers are the three grants, each asking for a token once.
func askers() map[string]asker {
	app := func(transport http.RoundTripper) procore.App {
		return procore.App{ClientID: clientID, ClientSecret: auth.NewSecret(clientSecret), RedirectURL: redirectURL, Transport: transport}
	}
	renew := func(ctx context.Context, grant auth.Grant, err error) (auth.Token, error) {
		if err != nil {
			return auth.Token{}, err
		}
		return grant.Renew(ctx, auth.Token{Refresh: auth.NewSecret("r1")})
	}
	return map[string]asker{
		"exchange": func(ctx context.Context, transport http.RoundTripper) (auth.Token, error) {
			return app(transport).Exchange(ctx, "c1")
		},
		"refresh": func(ctx context.Context, transport http.RoundTripper) (auth.Token, error) {
			grant, err := app(transport).Refresh()
			return renew(ctx, grant, err)
		},
		"client credentials": func(ctx context.Context, transport http.RoundTripper) (auth.Token, error) {
			grant, err := app(transport).ClientCredentials()
			return renew(ctx, grant, err)
		},
	}
}

// A9, and the same for a refresh token: what works once is sent once, whatever
// the answer is, and goes along no redirect.
func TestPresentedOnce(t *testing.T) {
	for name, step := range map[string]faulttest.Step{
		"refused":         faulttest.JSON(400, `{"error":"invalid_grant"}`),
		"forbidden":       faulttest.JSON(401, `{"error":"invalid_client"}`),
		"in need":         faulttest.JSON(500, `{}`),
		"a web page":      {Status: 502, Body: "<html>Bad Gateway</html>"},
		"a busy one":      faulttest.JSON(503, `{}`).With("Retry-After", "1"),
		"too many":        faulttest.JSON(429, `{"error":"slow_down"}`).With("Retry-After", "1"),
		"lost":            {Fault: faulttest.Reset},
		"a redirect":      faulttest.Step{Status: 307}.With("Location", "https://evil.example/oauth/token"),
		"a near redirect": faulttest.Step{Status: 302}.With("Location", "https://login.procore.com/oauth/token2"),
	} {
		for grant, ask := range askers() {
			if grant == "client credentials" {
				continue
			}
			synctest.Test(t, func(t *testing.T) {
				login := faulttest.NewTransport(faulttest.Steps(step))
				token, err := ask(t.Context(), login)
				if err == nil || !token.Access.IsZero() || login.Count() != 1 {
					t.Errorf("%s, %s: got %v, %v after %d requests", grant, name, token, err, login.Count())
				}
				noSecret(t, err)
			})
		}
	}
}

// Any call kills the refresh token that it presents, a call too many as well:
// what follows is one probe, and then the user must sign in again.
func TestTooManyRefreshes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		tooMany := faulttest.JSON(429, `{"error":"slow_down"}`).With("Retry-After", "1")
		login := faulttest.NewTransport(faulttest.Steps(tooMany, tooMany, tooMany, tooMany))
		app := procore.App{ClientID: clientID, ClientSecret: auth.NewSecret(clientSecret), Transport: login}
		grant, err := app.Refresh()
		if err != nil {
			t.Fatal(err)
		}
		session := auth.NewSession(store.Memory(), app.Key("t"), grant)
		defer session.Close()
		if err := session.Set(t.Context(), auth.Token{Refresh: auth.NewSecret("r1")}); err != nil {
			t.Fatal(err)
		}
		for range 3 {
			if _, err := session.Token(t.Context()); !errors.Is(err, connector.Reauthorize) {
				t.Errorf("got %v", err)
			}
		}
		if login.Count() != 2 {
			t.Errorf("the refresh token was presented %d times, want once and one probe", login.Count())
		}
	})
}
