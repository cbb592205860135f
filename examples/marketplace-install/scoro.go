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

// keyExtra is the member of Token.Extra that tells the company's API key from a
// user token.
const keyExtra = "api key"

// scoroApp connects tenants to Scoro. Scoro has no page that sends users back
// with a code, so they fill in a form here.
type scoroApp struct {
	*server
	options scoro.Options
	hint    string
	client  *scoro.Client
	tenants *auth.Registry
}

func (s *server) addScoro(o scoro.Options, hint string) error {
	o.Options = patience(o.Options)
	client, err := scoro.New("nobody", scoro.Credential{UserToken: nobody()}, &o)
	if err != nil {
		return err
	}
	app := &scoroApp{
		server: s, options: o, hint: hint, client: client,
		tenants: auth.NewRegistry(s.records, scoro.Key(o.AppID, ""), scoro.PrimedToken(), tell(s.log, "scoro")),
	}
	s.platforms = append(s.platforms, &platform{
		name:    "scoro",
		title:   "Scoro",
		what:    "Reads the projects and time entries of your site.",
		leave:   "Disconnecting makes this app forget its token.",
		tenants: app.tenants,
		routes: map[string]http.Handler{
			"GET /scoro/connect":  s.visited(app.form),
			"POST /scoro/connect": s.visited(app.connect),
		},
		test: func(ctx context.Context, tenant string) (string, error) {
			token, err := app.tenants.Session(tenant).Token(ctx)
			if err != nil {
				return "", err
			}
			return app.greet(ctx, token, app.tenants.Session(tenant), connector.Account(tenant))
		},
		close: client.Close,
	})
	return nil
}

// scoroForm is what the visitor filled in. The secrets are never shown again.
type scoroForm struct {
	Site, Account, Username string
	Hint                    string
	Problem                 *problem
	password, key           auth.Secret
}

// form shows what is known of an earlier sign-in, so that one need not type it again.
func (a *scoroApp) form(w http.ResponseWriter, r *http.Request, tenant string) {
	state, err := a.tenants.Session(tenant).State(r.Context())
	f := scoroForm{Site: state.Extra[scoro.ExtraSite], Account: state.Account, Hint: a.hint, Problem: problemOf(err)}
	if state.Extra[keyExtra] == "" {
		f.Username = state.Extra[labelExtra]
	}
	a.showForm(w, http.StatusOK, tenant, f)
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
		password: auth.NewSecret(r.PostFormValue("password")),
		key:      auth.NewSecret(strings.TrimSpace(r.PostFormValue("key"))),
	}
	token, err := a.token(r.Context(), f)
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

// token makes the tenant's token from the form. A login gives a token of the
// user, and the password is not kept: when the token ends one day, the user
// signs in again. An API key is a token already, and is tried before it is
// kept.
func (a *scoroApp) token(ctx context.Context, f scoroForm) (auth.Token, error) {
	if !ownSite.MatchString(f.Site) {
		return auth.Token{}, errors.New("the site is the name before .scoro.com, such as acme")
	}
	if f.key.IsZero() {
		token, err := scoro.LogIn(ctx, f.Site, scoro.Login{Username: f.Username, Password: f.password, CompanyAccount: f.Account}, &a.options)
		return withExtra(token, map[string]string{labelExtra: f.Username}), err
	}
	token := auth.Token{Access: f.key, Account: f.Account, Extra: map[string]string{
		scoro.ExtraSite: f.Site, keyExtra: "yes", labelExtra: "API key",
	}}
	_, err := a.greet(ctx, token, auth.Static(f.key.Reveal()))
	return token, err
}

// greet reads the name of the company that a token is for.
func (a *scoroApp) greet(ctx context.Context, token auth.Token, source auth.TokenSource, opts ...connector.CallOption) (string, error) {
	credential := scoro.Credential{UserToken: source, CompanyAccount: token.Account}
	if token.Extra[keyExtra] != "" {
		credential = scoro.Credential{APIKey: source, CompanyAccount: token.Account}
	}
	client, err := a.client.As(token.Extra[scoro.ExtraSite], credential, opts...)
	if err != nil {
		return "", err
	}
	account, err := client.CompanyAccounts.Get(ctx)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("Scoro answers. Company: %s", account.CompanyName), nil
}
