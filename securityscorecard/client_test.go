package securityscorecard_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/cordage-go/cordage/auth"
	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/internal/faulttest"
	"github.com/cordage-go/cordage/securityscorecard"
)

// scripted makes a client whose platform plays the steps in memory.
func scripted(t *testing.T, o securityscorecard.Options, steps ...faulttest.Step) (*securityscorecard.Client, *faulttest.Transport) {
	t.Helper()
	server := faulttest.NewTransport(faulttest.Steps(steps...))
	o.Transport, o.Pacer = server, faulttest.Unpaced{}
	c, err := securityscorecard.New(auth.Static(demoToken), &o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c, server
}

// New tells of each bad input by its name, and shows none of it.
func TestNewRefuses(t *testing.T) {
	good := auth.Static(demoToken)
	for _, test := range []struct {
		tokens auth.TokenSource
		o      securityscorecard.Options
		want   string
	}{
		{nil, securityscorecard.Options{}, "tokens is nil; give auth.Static with an API token"},
		{auth.Static("\n"), securityscorecard.Options{}, "tokens: the token is empty; give the one that the platform issued"},
		{auth.Static("Token " + demoToken), securityscorecard.Options{}, "tokens: the token has a space, line break or foreign letter in it; give the bare token, without a word such as Bearer"},
		{good, securityscorecard.Options{AppName: "a\nb"}, "option AppName must not contain control characters"},
		{good, securityscorecard.Options{AppVersion: "a\x00"}, "option AppVersion must not contain control characters"},
		{good, securityscorecard.Options{Scheme: "a\r\nb"}, "option Scheme must not contain control characters"},
		{good, securityscorecard.Options{Options: connector.Options{BaseURL: "http://api.securityscorecard.io"}}, "BaseURL must use https; plain http is for loopback addresses alone"},
		{good, securityscorecard.Options{Options: connector.Options{BaseURL: "https://:443"}}, "BaseURL is not an absolute URL; write it like https://api.example.com"},
		{good, securityscorecard.Options{Options: connector.Options{Account: "a\nb"}}, "option Account must not contain control characters"},
	} {
		_, err := securityscorecard.New(test.tokens, &test.o)
		if !errors.Is(err, connector.Invalid) || err.Error() != "securityscorecard New: invalid request: "+test.want {
			t.Errorf("got %v, want %s", err, test.want)
		}
		noSecret(t, err)
	}
}

// The token follows one word, domains are lower case, ids are left as they
// are, and the integration is named. The options of New count as they were then.
func TestRequest(t *testing.T) {
	server := faulttest.NewTransport(faulttest.Steps(faulttest.JSON(200, `{}`)))
	o := &securityscorecard.Options{AppName: "watch", AppVersion: "1.2", Options: connector.Options{Transport: server, Pacer: faulttest.Unpaced{}}}
	c, err := securityscorecard.New(auth.Static(" "+demoToken+"\r\n"), o) // as it was read from a file
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	o.AppName = "changed"
	for company, want := range map[string]string{" ACME.Example\n": "acme.example", "5F1E-AB": "5F1E-AB", "a/b.Example": "a%2Fb.example"} {
		if _, err := c.Companies.Get(t.Context(), company); err != nil {
			t.Fatal(err)
		}
		a := server.Arrivals()[server.Count()-1]
		if got := a.URL.EscapedPath(); got != "/companies/"+want {
			t.Errorf("%q went to %s", company, got)
		}
		if h := a.Header; h.Get("Authorization") != "Token "+demoToken || h.Get("X-Ssc-Application-Name") != "watch" || h.Get("X-Ssc-Application-Version") != "1.2" {
			t.Errorf("%v arrived", h)
		}
	}
	if _, err := c.Unstable.Users.Get(t.Context(), "Ann.Lee@Acme.Example "); err != nil {
		t.Fatal(err)
	}
	if got := server.Arrivals()[3].URL.Path; got != "/v2/users/by-username/Ann.Lee@Acme.Example" {
		t.Errorf("the user's name went to %s", got)
	}
	for _, company := range []string{"", " \n", ".", ".."} {
		if _, err := c.Companies.Get(t.Context(), company); !errors.Is(err, connector.Invalid) {
			t.Errorf("the company %q gave %v", company, err)
		}
	}
	if server.Count() != 4 {
		t.Errorf("%d requests arrived", server.Count())
	}
}

// MAX demands a header that names its version; the caller's own takes its place.
func TestHeaderOfOperation(t *testing.T) {
	c, server := scripted(t, securityscorecard.Options{}, faulttest.JSON(200, `{"entries": []}`))
	for _, test := range []struct {
		opts []connector.CallOption
		want string
	}{{nil, "beta"}, {[]connector.CallOption{connector.Header("version", "gamma")}, "gamma"}} {
		if _, err := c.MAXPartner.ListVendors(t.Context(), nil, test.opts...); err != nil {
			t.Fatal(err)
		}
		if got := server.Arrivals()[server.Count()-1].Header.Values("version"); len(got) != 1 || got[0] != test.want {
			t.Errorf("version %q arrived, want %s alone", got, test.want)
		}
	}
}

func TestAs(t *testing.T) {
	c, server := scripted(t, securityscorecard.Options{}, faulttest.JSON(200, `{}`))
	tenant := c.As(auth.Static(appToken), connector.Account("tenant-17"))
	if _, err := tenant.Companies.Get(t.Context(), acme); err != nil {
		t.Fatal(err)
	}
	if got := server.Arrivals()[0].Header.Get("Authorization"); got != "Token "+appToken {
		t.Error("the copy sent another token")
	}
	if _, err := c.As(nil).Companies.Get(t.Context(), acme); !errors.Is(err, connector.Invalid) || !strings.Contains(err.Error(), "there is no token source") {
		t.Errorf("a copy without tokens gave %v", err)
	}
	tenant.Close()
	if _, err := tenant.Companies.Get(t.Context(), acme); !errors.Is(err, connector.Closed) {
		t.Errorf("a closed copy gave %v", err)
	}
	if _, err := c.Companies.Get(t.Context(), acme); err != nil {
		t.Errorf("closing a copy closed the client: %v", err)
	}
	if server.Count() != 2 {
		t.Errorf("%d requests arrived", server.Count())
	}
}

// A score that is being calculated is no score of 0, and a value of another
// form is reported while its record stays.
func TestScores(t *testing.T) {
	var drifts []string
	o := securityscorecard.Options{Options: connector.Options{OnDrift: func(d connector.Drift) { drifts = append(drifts, d.Path) }}}
	for body, want := range map[string]string{
		`{"domain":"acme.example","grade":"?"}`:              "none ?",
		`{"domain":"acme.example","score":null,"grade":"?"}`: "none ?",
		`{"domain":"acme.example","score":0,"grade":"F"}`:    "0 F",
		`{"domain":"acme.example","score":[1],"grade":"B"}`:  "none B",
		`{"domain":"acme.example","score":"93","grade":"A"}`: "93 A",
	} {
		c, _ := scripted(t, o, faulttest.JSON(200, body))
		company, err := c.Companies.Get(t.Context(), acme)
		if err != nil {
			t.Fatal(err)
		}
		got := "none"
		if company.Score != nil {
			got = fmt.Sprint(*company.Score)
		}
		if got += " " + string(company.Grade); got != want {
			t.Errorf("%s was read as %s, want %s", body, got, want)
		}
	}
	if fmt.Sprint(drifts) != "[/score]" {
		t.Errorf("reported %v", drifts)
	}
}

func TestRefusals(t *testing.T) {
	for _, test := range []struct {
		step faulttest.Step
		kind connector.Kind
		says string
	}{
		{faulttest.JSON(403, `{"error":{"message":"no","statusCode":403,"key":"company_not_in_a_portfolio"}}`), connector.Forbidden, "(status 403, code company_not_in_a_portfolio); add the company to one of your portfolios first, with Portfolios.AddCompany"},
		{faulttest.JSON(403, `{"error":"Forbidden"}`), connector.Forbidden, "free plans have no API access"},
		{faulttest.JSON(401, `{"error":"Unauthorized"}`), connector.Unauthorized, "check the API token"},
		{faulttest.Step{Status: 429, Body: "slow down"}, connector.RateLimited, "wait, or allow longer waits with MaxWait"},
		{faulttest.Step{Status: 429}, connector.RateLimited, "wait, or allow longer waits with MaxWait"},
		{faulttest.Step{Status: 200, Body: "<html>"}, connector.Decode, "check that BaseURL is the platform's API"},
	} {
		c, _ := scripted(t, securityscorecard.Options{Options: connector.Options{MaxAttempts: 1}}, test.step)
		_, err := c.Companies.Get(t.Context(), acme)
		if !errors.Is(err, test.kind) || !strings.Contains(err.Error(), test.says) {
			t.Errorf("%d %q gave %v", test.step.Status, test.step.Body, err)
		}
	}
}

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
	c, _ := scripted(t, securityscorecard.Options{Options: connector.Options{Middleware: []connector.Middleware{spy}}}, faulttest.JSON(200, `{}`))
	if _, err := c.Companies.Get(t.Context(), acme); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(seen.String(), "/companies/acme.example") {
		t.Error("the middleware saw nothing")
	}
	noSecret(t, seen.String())
}

// A client, its settings and its app can be printed, and a dry run is no leak.
func TestNothingPrintsASecret(t *testing.T) {
	var shown, printed bytes.Buffer
	o := securityscorecard.Options{Options: connector.Options{DryRun: &shown}}
	c, server := scripted(t, o)
	_, err := c.Portfolios.Create(t.Context(), &securityscorecard.PortfolioCreate{Name: "Vendors"})
	if !errors.Is(err, connector.DryRun) || server.Count() != 0 || !strings.Contains(shown.String(), "Vendors") {
		t.Errorf("a dry run gave %v, sent %d and shows %s", err, server.Count(), shown.String())
	}
	for _, v := range []any{c, *c, o, &o, app(demoSecret), *app(demoSecret), auth.Static(demoToken), shown.String()} {
		fmt.Fprintf(&printed, "%v %+v %#v\n", v, v, v)
	}
	noSecret(t, printed.String())
}

func noSecret(t *testing.T, v any) {
	t.Helper()
	text := fmt.Sprintf("%v %+v %#v", v, v, v)
	for _, secret := range []string{demoToken, appToken, demoSecret, demoCode} {
		if strings.Contains(text, secret) {
			t.Errorf("a secret stands in %s", text)
		}
	}
}

// JSON of unknown form can be read later, as leniently as typed answers.
func TestDecode(t *testing.T) {
	var drifts []connector.Drift
	c, _ := scripted(t, securityscorecard.Options{Options: connector.Options{OnDrift: func(d connector.Drift) { drifts = append(drifts, d) }}})
	var got []struct {
		Domain string `json:"domain"`
		Score  int64  `json:"score"`
	}
	err := c.Decode(json.RawMessage(`[{"domain":"example.com","score":"93"},{"score":{}}]`), &got)
	if err != nil || len(got) != 2 || got[0].Score != 93 || len(drifts) != 1 || drifts[0].Path != "/1/score" || drifts[0].Operation != "Decode" {
		t.Errorf("got %+v, %v and drift %+v", got, err, drifts)
	}
	if err := c.Decode(json.RawMessage(`{}`), &got); !errors.Is(err, connector.Decode) {
		t.Errorf("got %v", err)
	}
}
