package scoro_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/cordage-go/cordage/auth"
	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/internal/faulttest"
	"github.com/cordage-go/cordage/scoro"
	"github.com/cordage-go/cordage/scoro/scorotest"
	"github.com/cordage-go/cordage/store"
)

const password = "demo-password-FAKE-0001"

func TestSignInRefuses(t *testing.T) {
	good := scoro.Login{Username: "u@example.com", Password: auth.NewSecret(password), CompanyAccount: account}
	const from = "give the company_account_id from Scoro's site settings"
	for want, spoil := range map[string]func(*scoro.Login){
		"Login.Username is empty; give the user's e-mail address":                  func(l *scoro.Login) { l.Username = " " },
		"Login.Username has white space around it, or a line break in it; trim it": func(l *scoro.Login) { l.Username += "\n" },
		"Login.Password is empty": func(l *scoro.Login) { l.Password = auth.Secret{} },
		"Login.Password has a line break or another control character in it; trim it":    func(l *scoro.Login) { l.Password = auth.NewSecret(password + "\n") },
		"Login.CompanyAccount is empty; " + from:                                         func(l *scoro.Login) { l.CompanyAccount = "" },
		"Login.CompanyAccount has white space around it, or a line break in it; trim it": func(l *scoro.Login) { l.CompanyAccount = " acme" },
		"the site is empty; give its name, such as acme for acme.scoro.com":              nil,
	} {
		l, where := good, site
		if spoil == nil {
			where = ""
		} else {
			spoil(&l)
		}
		_, err := scoro.SignIn(where, l, nil)
		if !errors.Is(err, connector.Invalid) || !strings.HasSuffix(err.Error(), ": invalid request: "+want) {
			t.Errorf("got %v, want %s", err, want)
		}
		noSecret(t, err)
	}
}

// The login names the account and the zone; a token that ends is followed by
// one login, and the settings are those that SignIn was given.
func TestSignIn(t *testing.T) {
	server := scorotest.NewServer(t)
	o := &scoro.Options{Options: connector.Options{BaseURL: server.URL, Pacer: faulttest.Unpaced{}}}
	grant, err := scoro.SignIn(server.Site, scoro.Login{Username: server.Username, Password: auth.NewSecret(server.Password), CompanyAccount: server.Site}, o)
	if err != nil {
		t.Fatal(err)
	}
	session := auth.NewSession(store.Memory(), "scoro/demo", grant)
	defer session.Close()
	c, err := scoro.New(server.Site, scoro.Credential{UserToken: session}, o)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	o.BaseURL = "https://elsewhere.example" // too late to have an effect
	for range 2 {
		if _, err := c.Projects.Get(t.Context(), 1); err != nil {
			t.Fatal(err)
		}
		token, err := session.Token(t.Context())
		if err != nil || token.Account != server.CompanyAccount || token.Extra["timezone"] == "" {
			t.Errorf("the login gave %v, %v", token, err)
		}
		server.Revoke(token.Access.Reveal())
	}
	logins := 0
	for _, r := range server.Requests() {
		if strings.HasSuffix(r.Path, "/userAuth/modify") {
			logins++
		}
	}
	if logins != 2 {
		t.Errorf("%d logins, want 2", logins)
	}
}

// What Scoro refuses is presented once. What never reached it says nothing of
// the login, and is tried again.
func TestRefusedLogin(t *testing.T) {
	refusal := func(status, text string) faulttest.Step {
		return faulttest.JSON(200, `{"status":"ERROR","statusCode":"`+status+`","messages":{"error":["`+text+`"]},"data":null}`)
	}
	for name, test := range map[string]struct {
		step faulttest.Step
		kind connector.Kind
		says string
		sent int // by two calls
	}{
		"wrong password": {refusal("401", "wrong: "+password), connector.Reauthorize, "correct username, password", 1},
		"wrong account":  {refusal("403", "no access"), connector.Reauthorize, "correct username, password", 1},
		"odd refusal":    {refusal("422", "no"), connector.Reauthorize, "correct username, password", 1},
		"bare 401":       {faulttest.Step{Status: 401, Body: password}, connector.Reauthorize, "correct username, password", 1},
		"no app id":      {refusal("401", "Scoro-app-id is missing"), connector.Reauthorize, "set Options.AppID", 1},
		"user agent":     {faulttest.Step{Status: 403, Body: "error code: 1010"}, connector.Forbidden, "set Options.UserAgent", 2},
		"another site":   {faulttest.Step{Status: 404, Body: "<html>" + password}, connector.Decode, "check the site's name", 2},
		"server in need": {faulttest.JSON(500, `{}`), connector.UnknownOutcome, "", 2},
	} {
		t.Run(name, func(t *testing.T) {
			var seen bytes.Buffer
			transport := faulttest.NewTransport(faulttest.Steps(test.step))
			o := &scoro.Options{Options: connector.Options{Transport: transport, Pacer: faulttest.Unpaced{}, Middleware: []connector.Middleware{spy(&seen)}}}
			grant, err := scoro.SignIn(site, scoro.Login{Username: "u@example.com", Password: auth.NewSecret(password), CompanyAccount: account}, o)
			if err != nil {
				t.Fatal(err)
			}
			session := auth.NewSession(store.Memory(), "scoro/demo", grant)
			defer session.Close()
			for range 2 {
				_, err := session.Token(t.Context())
				if !errors.Is(err, test.kind) || !strings.Contains(err.Error(), test.says) {
					t.Errorf("got %v", err)
				}
				noSecret(t, err)
				noSecret(t, session)
			}
			if transport.Count() != test.sent {
				t.Errorf("%d logins were sent, want %d", transport.Count(), test.sent)
			}
			noSecret(t, seen.String()) // middleware is no witness of a login
		})
	}
}
