package procore_test

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cordage-go/cordage/auth"
	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/internal/faulttest"
	"github.com/cordage-go/cordage/procore"
	"github.com/cordage-go/cordage/procore/company"
	"github.com/cordage-go/cordage/procore/procoretest"
	"github.com/cordage-go/cordage/store"
)

// emulated is the demo app of an emulator.
func emulated(server *procoretest.Server) procore.App {
	return procore.App{ClientID: server.ClientID, ClientSecret: auth.NewSecret(server.ClientSecret), RedirectURL: server.RedirectURI,
		Environment: procore.Environment{Name: "emulator", LoginURL: server.LoginURL + "/", APIURL: server.URL}}
}

func TestAppRefuses(t *testing.T) {
	good := procore.App{ClientID: clientID, ClientSecret: auth.NewSecret(clientSecret), RedirectURL: redirectURL}
	const portal = "; copy it from Procore's developer portal"
	for want, spoil := range map[string]func(*procore.App){
		"App.ClientID is empty" + portal:                                             func(a *procore.App) { a.ClientID = "" },
		"App.ClientID has white space around it, or a line break in it; trim it":     func(a *procore.App) { a.ClientID += " " },
		"App.ClientSecret is empty" + portal:                                         func(a *procore.App) { a.ClientSecret = auth.Secret{} },
		"App.ClientSecret has white space around it, or a line break in it; trim it": func(a *procore.App) { a.ClientSecret = auth.NewSecret(clientSecret + "\n") },
		"Environment.LoginURL must use https; plain http is for loopback addresses alone": func(a *procore.App) {
			a.Environment = procore.Environment{Name: "own", LoginURL: "http://login.example", APIURL: "https://api.example"}
		},
	} {
		app := good
		spoil(&app)
		_, refresh := app.Refresh()
		_, service := app.ClientCredentials()
		_, exchange := app.Exchange(t.Context(), "code")
		for function, err := range map[string]error{"App.Refresh": refresh, "App.ClientCredentials": service, "App": exchange} {
			if !errors.Is(err, connector.Invalid) || err.Error() != "procore "+function+": invalid request: "+want {
				t.Errorf("got %v, want %s", err, want)
			}
			noSecret(t, err)
		}
	}
	for _, code := range []string{"", " \n"} {
		if _, err := good.Exchange(t.Context(), code); !errors.Is(err, connector.Invalid) || !strings.Contains(err.Error(), "Exchange needs the code") {
			t.Errorf("the code %q gave %v", code, err)
		}
	}
	good.RedirectURL = ""
	if _, err := good.Exchange(t.Context(), "code"); !errors.Is(err, connector.Invalid) || !strings.Contains(err.Error(), "App.RedirectURL") {
		t.Errorf("no redirect address gave %v", err)
	}
}

// A code is exchanged once; sessions renew the tokens from then on, over
// restarts too, and no refresh token is presented twice.
func TestUserSession(t *testing.T) {
	server := procoretest.NewServer(t)
	app := emulated(server)
	token, err := app.Exchange(t.Context(), " "+server.NewCode(server.RedirectURI)+"\n") // as it was pasted
	if err != nil {
		t.Fatal(err)
	}
	grant, err := app.Refresh()
	if err != nil {
		t.Fatal(err)
	}
	c, err := procore.New(auth.Static(accessToken), &procore.Options{Environment: app.Environment, Options: connector.Options{Pacer: faulttest.Unpaced{}}})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	kept, key := store.Memory(), app.Key("user")
	first := auth.NewSession(kept, key, grant)
	defer first.Close()
	if err := first.Set(t.Context(), token); err != nil {
		t.Fatal(err)
	}
	used := []auth.Token{token}
	for range 3 {
		server.ExpireTokens()
		session := auth.NewSession(kept, key, grant)
		defer session.Close()
		if _, err := company.New(c.As(session)).Me.Get(t.Context()); err != nil {
			t.Fatal(err)
		}
		next, err := session.Token(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		used = append(used, next)
	}
	for i, token := range used {
		want := 1
		if i == len(used)-1 {
			want = 0 // the living one
		}
		if got := server.Presented(token.Refresh.Reveal()); got != want {
			t.Errorf("refresh token %d was presented %d times, want %d", i, got, want)
		}
	}
	if _, err := grant.Renew(t.Context(), token); !errors.Is(err, connector.Reauthorize) || !strings.Contains(err.Error(), "let the user sign in again") {
		t.Errorf("a used refresh token gave %v", err)
	}
}

// One that was lost on the way back is tried once more, after the note's time.
func TestLostRefresh(t *testing.T) {
	good := faulttest.JSON(200, `{"access_token":"a2","token_type":"bearer","expires_in":"soon","refresh_token":"r2"}`)
	lost := faulttest.Step{Fault: faulttest.Reset}
	for name, test := range map[string]struct {
		first, second faulttest.Step
		kind          connector.Kind
	}{
		"never arrived": {lost, good, ""},
		"arrived":       {lost, faulttest.JSON(400, `{"error":"invalid_grant"}`), connector.Reauthorize},
		"no OAuth":      {faulttest.JSON(401, `{"message":"no"}`), good, ""},
		"never OAuth":   {faulttest.Step{Status: 404, Body: "<html>"}, faulttest.Step{Status: 404, Body: "<html>"}, connector.Reauthorize},
		"redirected":    {faulttest.Step{Status: 307}.With("Location", "https://evil.example"), good, ""},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := faulttest.NewTransport(faulttest.Steps(test.first, test.second))
				grant, err := procore.App{ClientID: clientID, ClientSecret: auth.NewSecret(clientSecret), Transport: server}.Refresh()
				if err != nil {
					t.Fatal(err)
				}
				session := auth.NewSession(store.Memory(), "key", grant)
				defer session.Close()
				old := auth.Token{Access: auth.NewSecret("a1"), Refresh: auth.NewSecret("r1"), Expiry: time.Now().Add(-time.Hour)}
				if err := session.Set(t.Context(), old); err != nil {
					t.Fatal(err)
				}
				for range 3 {
					token, err := session.Token(t.Context())
					if test.kind == "" && (err != nil || token.Access.Reveal() != "a2" || token.Refresh.Reveal() != "r2") {
						t.Errorf("got %v, %v", token, err)
					}
					if test.kind != "" && !errors.Is(err, test.kind) {
						t.Errorf("got %v", err)
					}
					time.Sleep(time.Minute)
				}
				if server.Count() != 2 {
					t.Errorf("%d token calls, want one and one probe", server.Count())
				}
			})
		})
	}
}

// A sign-in may take as long as it needs within its time: to give it up early
// would cost the refresh token.
func TestSlowRefresh(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		answer := faulttest.JSON(200, `{"access_token":"a2","refresh_token":"r2"}`)
		answer.Delay = 25 * time.Second
		server := faulttest.NewTransport(faulttest.Steps(answer))
		grant, err := procore.App{ClientID: clientID, ClientSecret: auth.NewSecret(clientSecret), Transport: server}.Refresh()
		if err != nil {
			t.Fatal(err)
		}
		token, err := grant.Renew(t.Context(), auth.Token{Refresh: auth.NewSecret("r1")})
		if err != nil || token.Refresh.Reveal() != "r2" || server.Count() != 1 {
			t.Errorf("got %v, %v after %d token calls", token, err, server.Count())
		}
	})
}

func TestWrongSecret(t *testing.T) {
	server := procoretest.NewServer(t)
	app := emulated(server)
	app.ClientSecret = auth.NewSecret(clientSecret + "-wrong")
	grant, err := app.ClientCredentials()
	if err != nil {
		t.Fatal(err)
	}
	_, err = grant.Renew(t.Context(), auth.Token{})
	if !errors.Is(err, connector.Reauthorize) || !strings.Contains(err.Error(), "check App.ClientID and App.ClientSecret, and that they belong to the emulator environment") {
		t.Errorf("got %v", err)
	}
	noSecret(t, err)
}

// The credentials travel in the form, to the login host of the environment,
// and nothing else of the client goes there.
func TestTokenCall(t *testing.T) {
	server := faulttest.NewTransport(faulttest.Steps(faulttest.JSON(200, `{"access_token":"a2","token_type":"bearer"}`)))
	app := procore.App{ClientID: "id&x=y", ClientSecret: auth.NewSecret("s+/=&"), Environment: procore.Sandbox, Transport: server}
	grant, err := app.ClientCredentials()
	if err != nil {
		t.Fatal(err)
	}
	if token, err := grant.Renew(context.Background(), auth.Token{}); err != nil || token.Access.Reveal() != "a2" || !token.Expiry.IsZero() {
		t.Fatalf("got %v, %v", token, err)
	}
	a := server.Arrivals()[0]
	form, err := url.ParseQuery(string(a.Body))
	if err != nil || len(form) != 3 || form.Get("client_id") != app.ClientID || form.Get("client_secret") != "s+/=&" || form.Get("grant_type") != "client_credentials" {
		t.Errorf("the form was %s", a.Body)
	}
	if a.URL.String() != "https://login-sandbox.procore.com/oauth/token" || a.Header.Get("Authorization") != "" {
		t.Errorf("%s arrived with %v", a.URL, a.Header)
	}
}

func TestAppKeysAreApart(t *testing.T) {
	app := procore.App{ClientID: "id/x"}
	sandbox := app
	sandbox.Environment = procore.Sandbox
	if got := app.Key("a/b"); got != "procore/production/id%2Fx/a%2Fb" || got == sandbox.Key("a/b") {
		t.Errorf("the key is %s", got)
	}
}
