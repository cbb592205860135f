package securityscorecard_test

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/cordage-go/cordage/auth"
	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/internal/faulttest"
	"github.com/cordage-go/cordage/securityscorecard"
	"github.com/cordage-go/cordage/securityscorecard/securityscorecardtest"
	"github.com/cordage-go/cordage/store"
)

func TestSignInRefuses(t *testing.T) {
	for want, spoil := range map[string]func(*securityscorecard.App){
		"App.ID is empty":          func(a *securityscorecard.App) { a.ID = "" },
		"App.Secret is empty":      func(a *securityscorecard.App) { a.Secret = auth.Secret{} },
		"App.RedirectURL is empty": func(a *securityscorecard.App) { a.RedirectURL = "" },
	} {
		a := app(demoSecret)
		a.RedirectURL = "https://app.example/back"
		spoil(a)
		_, err := a.SignIn()
		if !errors.Is(err, connector.Invalid) || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
		if _, err := a.Installation(); (err == nil) != (want == "App.RedirectURL is empty") {
			t.Errorf("the grant gave %v", err)
		}
	}
}

// emulatedApp is the demo app of an emulator.
func emulatedApp(server *securityscorecardtest.Server) securityscorecard.App {
	return securityscorecard.App{ID: server.AppID, Secret: auth.NewSecret(server.AppSecret), BaseURL: server.URL, RedirectURL: "https://app.example/back"}
}

func clientOf(t *testing.T, server *securityscorecardtest.Server, tokens auth.TokenSource) *securityscorecard.Client {
	t.Helper()
	c, err := securityscorecard.New(tokens, &securityscorecard.Options{Options: connector.Options{BaseURL: server.URL, Pacer: faulttest.Unpaced{}}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// An installation lives until its user uninstalls the app. Then every session
// on the record asks for a new installation, and nothing more is sent.
func TestInstallation(t *testing.T) {
	server := securityscorecardtest.NewServer(t)
	a := emulatedApp(server)
	signIn, err := a.SignIn()
	if err != nil {
		t.Fatal(err)
	}
	attempt := auth.NewAttempt(signIn.RedirectURL)
	_, query, _ := strings.Cut(signIn.AuthorizeURL(attempt), "?")
	sent, err := url.ParseQuery(query)
	if err != nil || sent.Get("state") != attempt.State || sent.Get("redirect_uri") != a.RedirectURL {
		t.Errorf("the page is %s", signIn.AuthorizeURL(attempt))
	}
	token, err := signIn.Exchange(t.Context(), server.InstallCode, attempt)
	if err != nil {
		t.Fatal(err)
	}
	grant, err := a.Installation()
	if err != nil {
		t.Fatal(err)
	}
	kept, key := store.Memory(), a.Key("tenant-1")
	first, second := auth.NewSession(kept, key, grant), auth.NewSession(kept, key, grant)
	defer first.Close()
	defer second.Close()
	if err := first.Set(t.Context(), token); err != nil {
		t.Fatal(err)
	}
	one, other := clientOf(t, server, first), clientOf(t, server, second)
	if _, err := one.Portfolios.List(t.Context()); err != nil {
		t.Fatal(err)
	}
	server.Uninstall()
	before := len(server.Requests())
	for range 2 {
		for _, c := range []*securityscorecard.Client{one, other} {
			_, err := c.Portfolios.List(t.Context())
			if !errors.Is(err, connector.Reauthorize) || !strings.Contains(err.Error(), "ask the user to install the app again") {
				t.Errorf("got %v", err)
			}
		}
	}
	if n := len(server.Requests()) - before; n != 1 {
		t.Errorf("%d requests were sent with a token that one of them found revoked", n)
	}
	state, err := second.State(t.Context())
	if err != nil || state.Reauthorize.IsZero() {
		t.Errorf("the record says %+v, %v", state, err)
	}
}

// Keys tell platforms, apps and tenants apart, whatever letters they have.
func TestKeys(t *testing.T) {
	a := securityscorecard.App{ID: "app/1"}
	if key := a.Key("tenant 7/x"); key != "securityscorecard/production/app%2F1/tenant%207%2Fx" || !strings.HasPrefix(key, a.Key("")) {
		t.Errorf("the key is %s", key)
	}
	emulated := a
	emulated.BaseURL = "http://127.0.0.1:8080"
	if key := emulated.Key("t"); key == a.Key("t") || strings.Count(key, "/") != 3 {
		t.Errorf("the key is %s at an emulator, and %s in production", key, a.Key("t"))
	}
}

// What the manifest gained after an installation is missing until the user
// installs the app again, and a refusal of an app's token says so.
func TestMissingScopes(t *testing.T) {
	server := faulttest.NewTransport(faulttest.Steps(faulttest.JSON(200, `{"token":"`+appToken+`"}`)))
	a := app(demoSecret)
	a.Transport, a.Scopes = server, []string{"portfolio:read", "user:read"}
	token, err := a.Exchange(t.Context(), demoCode)
	if err != nil {
		t.Fatal(err)
	}
	if missing := a.MissingScopes(token.Extra); len(missing) > 0 {
		t.Errorf("a new installation lacks %q", missing)
	}
	a.Scopes = append(a.Scopes, "report:create", "report:read")
	if missing := a.MissingScopes(token.Extra); !slices.Equal(missing, []string{"report:create", "report:read"}) {
		t.Errorf("missing are %q", missing)
	}
	if missing := a.MissingScopes(nil); missing != nil {
		t.Errorf("of an installation that nothing is known about %q are missing", missing)
	}
	for want, source := range map[string]auth.TokenSource{
		"ask the user to install the app again": auth.Func(func(context.Context) (auth.Token, error) { return token, nil }),
		"free plans have no API access":         auth.Static("api-token-FAKE-0001"),
	} {
		refusing := faulttest.NewTransport(faulttest.Steps(faulttest.JSON(403, `{"error":{"message":"not allowed"}}`)))
		c, err := securityscorecard.New(source, &securityscorecard.Options{Options: connector.Options{Transport: refusing, Pacer: faulttest.Unpaced{}}})
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		if _, err := c.Portfolios.List(t.Context()); !errors.Is(err, connector.Forbidden) || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

// A token that somebody replaced is read anew, without a restart: the call
// that finds out succeeds, and so do those after it.
func TestReplacedToken(t *testing.T) {
	server := securityscorecardtest.NewServer(t)
	vault, asked := server.Token, atomic.Int32{}
	c := clientOf(t, server, auth.Func(func(context.Context) (auth.Token, error) {
		asked.Add(1)
		return auth.Token{Access: auth.NewSecret(vault)}, nil
	}))
	for range 2 {
		if _, err := c.Portfolios.List(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	vault = server.NewToken() // the old one ends with it
	before := len(server.Requests())
	for range 2 {
		if _, err := c.Portfolios.List(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(server.Requests()) - before; n != 3 || asked.Load() != 2 {
		t.Errorf("%d requests, and the vault was asked %d times", n, asked.Load())
	}
}

// The secret of an app can be read and replaced; the old one ends at once.
func TestRotatedSecret(t *testing.T) {
	server := securityscorecardtest.NewServer(t)
	c := clientOf(t, server, auth.Static(server.Token))
	read, err := c.AppSecret(t.Context(), server.AppID)
	if err != nil || read.Reveal() != server.AppSecret {
		t.Fatalf("got %v, %v", read, err)
	}
	made, err := c.RotateAppSecret(t.Context(), server.AppID)
	if err != nil || made.Reveal() == read.Reveal() {
		t.Fatalf("got %v, %v", made, err)
	}
	a := emulatedApp(server)
	if _, err := a.Exchange(t.Context(), server.NewInstallCode()); !errors.Is(err, connector.Reauthorize) || !strings.Contains(err.Error(), "check App.ID and App.Secret") {
		t.Errorf("the old secret gave %v", err)
	}
	a.Secret = made
	if _, err := a.Exchange(t.Context(), server.NewInstallCode()); err != nil {
		t.Errorf("the new secret gave %v", err)
	}
}
