package securityscorecard_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/cordage-go/cordage/auth"
	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/internal/faulttest"
	"github.com/cordage-go/cordage/securityscorecard"
)

func TestExchangeRefuses(t *testing.T) {
	const page = "; it is the id in the app's marketplace address"
	for _, test := range []struct {
		app        securityscorecard.App
		code, want string
	}{
		{securityscorecard.App{Secret: auth.NewSecret(demoSecret)}, demoCode, "App.ID is empty" + page},
		{securityscorecard.App{ID: demoApp + "\n", Secret: auth.NewSecret(demoSecret)}, demoCode, "App.ID has white space around it, or a line break in it; trim it"},
		{securityscorecard.App{ID: demoApp}, demoCode, "App.Secret is empty; read it with Client.AppSecret"},
		{securityscorecard.App{ID: demoApp, Secret: auth.NewSecret(demoSecret + "\n")}, demoCode, "App.Secret has white space around it, or a line break in it; trim it"},
		{*app(demoSecret), " \n", "the code is empty; it stands in the query of the request to the redirect address"},
		{securityscorecard.App{ID: demoApp, Secret: auth.NewSecret(demoSecret), BaseURL: "http://api.securityscorecard.io"}, demoCode, "BaseURL must use https; plain http is for loopback addresses alone"},
	} {
		_, err := test.app.Exchange(t.Context(), test.code)
		if !errors.Is(err, connector.Invalid) || !strings.HasSuffix(err.Error(), ": invalid request: "+test.want) {
			t.Errorf("got %v, want %s", err, test.want)
		}
		noSecret(t, err)
	}
}

// The exchange is a JSON body and no header; its answer may name the token in
// several ways, and a refusal never repeats what was sent.
func TestExchange(t *testing.T) {
	for name, test := range map[string]struct {
		step faulttest.Step
		kind connector.Kind // empty for success
		says string
	}{
		"access_token": {faulttest.JSON(200, `{"access_token":"`+appToken+`"}`), "", ""},
		"token":        {faulttest.JSON(200, `{"token":"`+appToken+`","scopes":[]}`), "", ""},
		"api_token":    {faulttest.JSON(201, `{"api_token":"`+appToken+`"}`), "", ""},
		"another name": {faulttest.JSON(200, `{"key":"`+appToken+`"}`), connector.Decode, "which has key"},
		"a used code":  {faulttest.JSON(400, `{"error":{"message":"`+demoCode+` was used, `+demoSecret+`","key":"bad_code"}}`), connector.Reauthorize, "ask the user to install the app again"},
		"wrong secret": {faulttest.JSON(401, `{"error":"`+demoSecret+`"}`), connector.Reauthorize, "check App.ID and App.Secret"},
		"a lost one":   {faulttest.Step{Fault: faulttest.Reset}, connector.UnknownOutcome, ""},
		"a redirect":   {faulttest.Step{Status: 307}.With("Location", "https://evil.example/"), connector.Origin, "refused to send credentials to https://evil.example"},
	} {
		t.Run(name, func(t *testing.T) {
			server := faulttest.NewTransport(faulttest.Steps(test.step))
			a := app(demoSecret)
			a.Transport = server
			token, err := a.Exchange(t.Context(), " "+demoCode+"\n")
			if test.kind == "" && (err != nil || token.Access.Reveal() != appToken || !token.Expiry.IsZero()) {
				t.Errorf("got %v, %v", token, err)
			}
			if test.kind != "" && (!errors.Is(err, test.kind) || !strings.Contains(err.Error(), test.says)) {
				t.Errorf("got %v", err)
			}
			noSecret(t, err)
			if server.Count() != 1 {
				t.Fatalf("%d exchanges were sent", server.Count())
			}
			sent := server.Arrivals()[0]
			if want := `{"client_id":"` + demoApp + `","client_secret":"` + demoSecret + `","code":"` + demoCode + `"}`; string(sent.Body) != want ||
				sent.Header.Get("Authorization") != "" || sent.Header.Get("Content-Type") != "application/json" {
				t.Errorf("%s arrived with %v", sent.Body, sent.Header)
			}
		})
	}
}

// The answer's form is not documented, so both likely ones are read.
func TestAppSecret(t *testing.T) {
	for name, test := range map[string]struct {
		body string
		says string // of the error; empty for success
	}{
		"client_secret": {`{"client_secret":"` + demoSecret + `"}`, ""},
		"secret":        {`{"secret":"` + demoSecret + `"}`, ""},
		"bare text":     {`"` + demoSecret + `"`, ""},
		"another name":  {`{"value":"` + demoSecret + `"}`, "read the secret in the app's settings"},
		"a list":        {`["` + demoSecret + `"]`, "read the secret in the app's settings"},
	} {
		t.Run(name, func(t *testing.T) {
			c, server := scripted(t, securityscorecard.Options{}, faulttest.JSON(200, test.body))
			read, readErr := c.AppSecret(t.Context(), demoApp)
			made, makeErr := c.RotateAppSecret(t.Context(), demoApp)
			for i, err := range []error{readErr, makeErr} {
				if test.says == "" && err != nil || test.says != "" && (!errors.Is(err, connector.Decode) || !strings.Contains(err.Error(), test.says)) {
					t.Errorf("call %d gave %v", i, err)
				}
				noSecret(t, err)
			}
			if test.says == "" && (read.Reveal() != demoSecret || made.Reveal() != demoSecret) {
				t.Error("another secret was read")
			}
			verbs := server.Arrivals()[0].Method + " " + server.Arrivals()[1].Method
			if verbs != "GET POST" || server.Arrivals()[1].URL.Path != "/apps/"+demoApp+"/secret" {
				t.Errorf("%s arrived", verbs)
			}
		})
	}
}
