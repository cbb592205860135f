package procore_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/cordage-go/cordage/auth"
	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/internal/faulttest"
	"github.com/cordage-go/cordage/procore"
	"github.com/cordage-go/cordage/procore/company"
	"github.com/cordage-go/cordage/store"
)

// scripted makes a client whose platform plays the steps in memory.
func scripted(t *testing.T, o procore.Options, steps ...faulttest.Step) (*procore.Client, *faulttest.Transport) {
	t.Helper()
	server := faulttest.NewTransport(faulttest.Steps(steps...))
	o.Transport, o.Pacer = server, faulttest.Unpaced{}
	c, err := procore.New(auth.Static(accessToken), &o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c, server
}

var (
	weather    = connector.Operation{ID: "weather.get", Method: "GET", Path: "/rest/v1.0/weather", Class: connector.Read}
	addWeather = connector.Operation{ID: "weather.add", Method: "POST", Path: "/rest/v1.0/weather"}
)

// New tells of each bad input by its name, and shows none of it.
func TestNewRefuses(t *testing.T) {
	good := auth.Static(accessToken)
	closed := auth.NewSession(store.Memory(), "key", auth.Grant{Renew: func(context.Context, auth.Token) (auth.Token, error) { return auth.Token{}, nil }})
	closed.Close()
	const https = " must use https; plain http is for loopback addresses alone"
	production := procore.Production
	for _, test := range []struct {
		tokens auth.TokenSource
		o      procore.Options
		want   string
	}{
		{nil, procore.Options{}, "tokens is nil; give a session over a grant of procore.App, or auth.Static"},
		{auth.Static(""), procore.Options{}, "tokens: the token is empty; give the one that the platform issued"},
		{auth.Static("Bearer " + accessToken), procore.Options{}, "tokens: the token has a space, line break or foreign letter in it; give the bare token, without a word such as Bearer"},
		{closed, procore.Options{}, "tokens: auth session [key]: closed: the session was closed; make a new one with auth.NewSession; after Registry.Purge, ask the registry for it again"},
		{good, procore.Options{CompanyID: -1}, "option CompanyID must be a positive company id, not -1"},
		{good, procore.Options{Options: connector.Options{BaseURL: "http://api.procore.com"}}, "BaseURL" + https},
		{good, procore.Options{Options: connector.Options{BaseURL: "https://api.procore.com/rest/v1.0/"}},
			"the API's address is the host alone, such as https://api.procore.com: leave out /rest and the version"},
		{good, procore.Options{Options: connector.Options{BaseURL: "api.procore.com"}}, "BaseURL is not an absolute URL; write it like https://api.example.com"},
		{good, procore.Options{Environment: procore.Environment{Name: "own", APIURL: "http://api.example", LoginURL: production.LoginURL}}, "Environment.APIURL" + https},
		{good, procore.Options{Environment: procore.Environment{Name: "own", APIURL: production.APIURL, LoginURL: "http://login.example"}}, "Environment.LoginURL" + https},
		{good, procore.Options{Environment: procore.Environment{Name: "own", APIURL: production.APIURL}}, "Environment.LoginURL is empty; write it like https://api.example.com"},
		{good, procore.Options{Environment: procore.Environment{APIURL: production.APIURL, LoginURL: production.LoginURL}}, "Environment.Name is empty; give the environment of https://api.procore.com a name of its own"},
	} {
		_, err := procore.New(test.tokens, &test.o)
		if !errors.Is(err, connector.Invalid) || err.Error() != "procore New: invalid request: "+test.want {
			t.Errorf("got %v, want %s", err, test.want)
		}
		noSecret(t, err)
	}
}

// The company stands in the header of every verb, and the options of New count
// as they were then.
func TestCompanyHeader(t *testing.T) {
	server := faulttest.NewTransport(faulttest.Steps(faulttest.JSON(200, `{}`)))
	o := &procore.Options{CompanyID: 42, Options: connector.Options{Transport: server, Pacer: faulttest.Unpaced{}}}
	c, err := procore.New(auth.Static(accessToken+"\n"), o) // as it was read from a file
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	o.CompanyID = 43
	tenant := c.As(auth.Static(nextToken), connector.Account("tenant-17"), procore.Company(7))
	for _, verb := range []string{"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"} {
		op := connector.Operation{ID: "weather", Method: verb, Path: "/rest/v1.0/weather", Class: connector.Read, NoAnswer: true}
		for want, do := range map[string]func() error{
			"42": func() error { return c.Do(t.Context(), op, nil, nil) },
			"8":  func() error { return c.Do(t.Context(), op, nil, nil, procore.Company(8)) },
			"9": func() error {
				return c.Do(t.Context(), op, nil, nil, connector.Header("Procore-Company-Id", "1"), procore.Company(9))
			},
			"7":  func() error { return tenant.Do(t.Context(), op, nil, nil) },
			"10": func() error { return tenant.Do(t.Context(), op, nil, nil, procore.Company(10)) },
		} {
			if err := do(); err != nil {
				t.Fatal(err)
			}
			last := server.Arrivals()[server.Count()-1]
			token := accessToken
			if want == "7" || want == "10" {
				token = nextToken
			}
			if got := last.Header; got.Get("Procore-Company-Id") != want || got.Get("Authorization") != "Bearer "+token || last.Method != verb {
				t.Errorf("%s %v arrived, want company %s", last.Method, got, want)
			}
		}
	}
}

// Without a company, only what can be asked without one is sent.
func TestNoCompany(t *testing.T) {
	c, server := scripted(t, procore.Options{}, faulttest.JSON(200, `{}`))
	if _, err := company.New(c).Me.Get(t.Context()); err != nil {
		t.Error(err)
	}
	for _, err := range company.New(c).Companies.All(t.Context(), nil) {
		if !errors.Is(err, connector.Decode) { // the answer is no list
			t.Error(err)
		}
	}
	if server.Count() != 2 || server.Arrivals()[0].Header.Get("Procore-Company-Id") != "" {
		t.Fatalf("%d requests arrived", server.Count())
	}
	for want, opts := range map[string][]connector.CallOption{
		"no company: set Options.CompanyID, or procore.Company for one call": nil,
		"company 0 is not a positive company id":                             {procore.Company(0)},
		"company -5 is not a positive company id":                            {procore.Company(-5)},
	} {
		err := c.Do(t.Context(), weather, nil, nil, opts...)
		if !errors.Is(err, connector.Invalid) || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	if server.Count() != 2 {
		t.Error("a call without a company was sent")
	}
}

// A copy without tokens must not send anything, least of all as nobody.
func TestAsNobody(t *testing.T) {
	c, server := scripted(t, procore.Options{CompanyID: 42}, faulttest.JSON(200, `{}`))
	for want, tokens := range map[string]auth.TokenSource{
		"there is no token source": nil,
		"the token is empty":       auth.Static(" "),
		"an empty one":             nobody{},
		"an empty token":           auth.Func(func(context.Context) (auth.Token, error) { return auth.Token{}, nil }),
	} {
		err := c.As(tokens).Do(t.Context(), weather, nil, nil)
		if !errors.Is(err, connector.Invalid) || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	if server.Count() != 0 {
		t.Errorf("%d calls were sent", server.Count())
	}
}

// nobody is a source that has no token and does not say so.
type nobody struct{}

func (nobody) Token(context.Context) (auth.Token, error)    { return auth.Token{}, nil }
func (nobody) Invalidate(context.Context, auth.Token) error { return nil }

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestMiddlewareSeesNoCredential(t *testing.T) {
	var seen bytes.Buffer
	spy := func(next http.RoundTripper) http.RoundTripper {
		return roundTrip(func(r *http.Request) (*http.Response, error) {
			answer, err := next.RoundTrip(r)
			fmt.Fprintf(&seen, "%s %+v %+v %+v\n", r.URL, r, answer, answer.Request)
			return answer, err
		})
	}
	c, _ := scripted(t, procore.Options{CompanyID: 42, Options: connector.Options{Middleware: []connector.Middleware{spy}}}, faulttest.JSON(200, `{}`))
	if err := c.Do(t.Context(), weather, nil, nil); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(seen.String(), "/rest/v1.0/weather") {
		t.Error("the middleware saw nothing")
	}
	noSecret(t, seen.String())
}

// A client, its settings, its app and its sessions can be printed, and a dry
// run is no leak.
func TestNothingPrintsASecret(t *testing.T) {
	var shown, printed bytes.Buffer
	o := procore.Options{CompanyID: 42, Options: connector.Options{DryRun: &shown}}
	c, server := scripted(t, o)
	err := c.Do(t.Context(), addWeather, map[string]string{"sky": "grey"}, nil)
	if !errors.Is(err, connector.DryRun) || server.Count() != 0 || !strings.Contains(shown.String(), "grey") {
		t.Errorf("a dry run gave %v, sent %d and shows %s", err, server.Count(), shown.String())
	}
	app := procore.App{ClientID: clientID, ClientSecret: auth.NewSecret(clientSecret), RedirectURL: redirectURL}
	grant, err := app.Refresh()
	if err != nil {
		t.Fatal(err)
	}
	session := auth.NewSession(store.Memory(), app.Key("user-7"), grant)
	defer session.Close()
	token := auth.Token{Access: auth.NewSecret(accessToken), Refresh: auth.NewSecret(refreshToken)}
	if err := session.Set(t.Context(), token); err != nil {
		t.Fatal(err)
	}
	if _, err := session.Token(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, v := range []any{c, *c, o, &o, app, &app, grant, session, token, shown.String(), app.AuthorizeURL("state")} {
		fmt.Fprintf(&printed, "%v %+v %#v\n", v, v, v)
	}
	noSecret(t, printed.String())
}

func noSecret(t *testing.T, v any) {
	t.Helper()
	text := fmt.Sprintf("%v %+v %#v", v, v, v)
	for _, secret := range []string{accessToken, nextToken, refreshToken, clientSecret} {
		if strings.Contains(text, secret) {
			t.Errorf("a secret stands in %s", text)
		}
	}
}

// Answers that are no JSON, and refusals in Procore's words, say what to do.
func TestRefusals(t *testing.T) {
	for _, test := range []struct {
		step faulttest.Step
		kind connector.Kind
		says string
	}{
		{faulttest.Step{Status: 200, Body: "<html>sign in</html>"}, connector.Decode, "check that BaseURL is the platform's API"},
		{faulttest.Step{Status: 429, Body: "Too many requests"}, connector.RateLimited, "wait, or allow longer waits with MaxWait"},
		{faulttest.JSON(403, `{"errors":["App is not connected to this company."]}`), connector.Forbidden, "install the app in company 42"},
		{faulttest.JSON(403, `{"message":"no"}`), connector.Forbidden, "that company 42 is right"},
		{faulttest.JSON(401, `{"error":"The access token is invalid"}`), connector.Unauthorized, "belongs to this environment"},
		{faulttest.JSON(404, `{"message":"Not Found"}`), connector.NotFound, "check the ids and company 42"},
		{faulttest.Step{Status: 400, Body: "Missing Procore-Company-Id header! Read on."}, connector.Invalid, "set Options.CompanyID"},
	} {
		c, _ := scripted(t, procore.Options{CompanyID: 42, Options: connector.Options{MaxAttempts: 1}}, test.step)
		err := c.Do(t.Context(), weather, nil, new(struct{}))
		if !errors.Is(err, test.kind) || !strings.Contains(err.Error(), test.says) {
			t.Errorf("%d %q gave %v", test.step.Status, test.step.Body, err)
		}
	}
}

// Refusals that are nested for the sake of it cost no more than others.
func TestDeepRefusals(t *testing.T) {
	text := `"` + strings.Repeat("x", 900_000) + `"`
	for _, body := range []string{
		strings.Repeat("[", 9000) + text + strings.Repeat("]", 9000),
		strings.Repeat(`{"error":`, 9000) + text + strings.Repeat("}", 9000),
		strings.Repeat(`{"errors":`, 9000) + text + strings.Repeat("}", 9000),
	} {
		c, _ := scripted(t, procore.Options{CompanyID: 42}, faulttest.JSON(400, body))
		begun := time.Now()
		if err := c.Do(t.Context(), weather, nil, nil); !errors.Is(err, connector.Invalid) {
			t.Error(err)
		}
		if took := time.Since(begun); took > 5*time.Second {
			t.Errorf("it took %v to read a refusal", took)
		}
	}
}
