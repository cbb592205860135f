package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"

	"github.com/cordage-go/cordage/auth"
	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/scoro"
)

// scoroApp connects tenants to Scoro. Scoro has no page that sends users back
// with a code, so they fill in a form here. Companies whose users cannot log in
// by name and password have an API key: keep it as a token's Access, and call
// with scoro.Credential{APIKey: session}.
type scoroApp struct {
	*server
	options scoro.Options
	hint    string
	client  *scoro.Client
	tenants *auth.Registry
}

func (s *server) addScoro(o scoro.Options, hint string) error {
	o.Options = patience(o.Options)
	client, err := scoro.New("nobody", scoro.Credential{UserToken: auth.Nobody()}, &o)
	if err != nil {
		return err
	}
	app := &scoroApp{
		server: s, options: o, hint: hint, client: client,
		tenants: auth.NewRegistry(s.records, scoro.Key(o.AppID, ""), scoro.PrimedToken(), tell(s.log, "scoro")),
	}
	s.platforms = append(s.platforms, &platform{
		Name:    "scoro",
		Title:   "Scoro",
		What:    "Reads the projects and time entries of your site.",
		Leave:   "Disconnecting makes this app forget its token.",
		tenants: app.tenants,
		routes: map[string]http.Handler{
			"GET /scoro/connect":  s.visited(app.form),
			"POST /scoro/connect": s.visited(app.connect),
		},
		test:  app.test,
		close: client.Close,
	})
	return nil
}

func (a *scoroApp) test(ctx context.Context, tenant string) (string, error) {
	session := a.tenants.Session(tenant)
	token, err := session.Token(ctx)
	if err != nil {
		return "", err
	}
	client, err := a.client.As(token.Extra[scoro.ExtraSite], scoro.Credential{UserToken: session}, connector.Account(tenant))
	if err != nil {
		return "", err
	}
	account, err := client.CompanyAccounts.Get(ctx)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("Scoro answers. Company: %s", account.CompanyName), nil
}

// scoroForm is what the visitor filled in, but for the password, which is never
// shown again.
type scoroForm struct {
	Site, Account, Username string
	Hint                    string
	Problem                 *problem
}

func (a *scoroApp) form(w http.ResponseWriter, _ *http.Request, tenant string) {
	a.showForm(w, http.StatusOK, tenant, scoroForm{Hint: a.hint})
}

func (a *scoroApp) showForm(w http.ResponseWriter, status int, tenant string, f scoroForm) {
	a.show(w, status, "scoro.html", page{Title: "Connect Scoro", Tenant: tenant, Body: f})
}

// connect tries what the visitor filled in. Let your login limit how often one
// may try: Scoro may lock a user out.
func (a *scoroApp) connect(w http.ResponseWriter, r *http.Request, tenant string) {
	f := scoroForm{
		Site:     strings.ToLower(strings.TrimSpace(r.PostFormValue("site"))),
		Account:  strings.TrimSpace(r.PostFormValue("account")),
		Username: strings.TrimSpace(r.PostFormValue("username")),
		Hint:     a.hint,
	}
	token, err := a.logIn(r.Context(), f, auth.NewSecret(r.PostFormValue("password")))
	if err == nil {
		err = a.tenants.Set(r.Context(), tenant, token)
	}
	if err != nil {
		f.Problem = problemOf(err)
		a.showForm(w, statusOf(err), tenant, f)
		return
	}
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

// ownSite admits Scoro's hosts alone: a server that signs in wherever a visitor
// says could be sent to its own network.
var ownSite = regexp.MustCompile(`^[a-z0-9-]+(\.scoro\.(com|ee))?$`)

// logIn obtains a token of the user. The password is not kept: when the token
// ends one day, the user signs in again.
func (a *scoroApp) logIn(ctx context.Context, f scoroForm, password auth.Secret) (auth.Token, error) {
	if !ownSite.MatchString(f.Site) {
		return auth.Token{}, errors.New("the site is the name before .scoro.com, such as acme")
	}
	token, err := scoro.LogIn(ctx, f.Site, scoro.Login{Username: f.Username, Password: password, CompanyAccount: f.Account}, &a.options)
	token.Extra = map[string]string{scoro.ExtraSite: token.Extra[scoro.ExtraSite], labelExtra: f.Username}
	return token, err
}
