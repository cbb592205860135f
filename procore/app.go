package procore

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"golang.org/x/oauth2"

	"github.com/cordage-go/cordage/auth"
	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/internal/oauth"
	"github.com/cordage-go/cordage/internal/rest"
)

// An App is a program as Procore's developer portal knows it.
type App struct {
	// ClientID and ClientSecret are the app's credentials in that portal.
	ClientID     string
	ClientSecret auth.Secret
	// RedirectURL is where users come back to; it must equal the registered
	// one to the last slash. Client credentials need none.
	RedirectURL string
	// PKCE binds each code to the attempt that asked for it (RFC 7636, S256).
	// None of Procore's guides mentions it, so whether Procore checks it,
	// ignores it or refuses it is uncertain. [App.SignIn] obeys it.
	PKCE bool
	// Environment is the Procore that the app belongs to; the zero value is Production.
	Environment Environment
	// Transport sends the sign-in calls; nil means one of the app's own.
	Transport http.RoundTripper
}

// OutOfBand is the redirect URL of programs without a web server: Procore shows
// the code, and the user pastes it.
const OutOfBand = "urn:ietf:wg:oauth:2.0:oob"

func (a App) check() error {
	const hint = "copy it from Procore's developer portal"
	if err := rest.CheckText("App.ClientID", a.ClientID, hint); err != nil {
		return err
	}
	if err := rest.CheckText("App.ClientSecret", a.ClientSecret.Reveal(), hint); err != nil {
		return err
	}
	return a.Environment.check()
}

// Key returns a key for a tenant's session in a store; Key("") is the prefix for
// an [auth.Registry]. It names platform, environment and client id, so that a
// sandbox never overwrites production.
func (a App) Key(tenant string) string {
	return strings.Join([]string{name, a.Environment.orProduction().Name, url.PathEscape(a.ClientID), url.PathEscape(tenant)}, "/")
}

// ClientCredentials returns the grant of a developer-managed service account
// (DMSA): the app signs in as itself, in each company that has installed it.
func (a App) ClientCredentials() (auth.Grant, error) {
	if err := a.check(); err != nil {
		return auth.Grant{}, rest.OptionError(name, "App.ClientCredentials", err)
	}
	return auth.Grant{
		Renew: func(ctx context.Context, _ auth.Token) (auth.Token, error) {
			return a.ask(ctx, clientToken, url.Values{"grant_type": {"client_credentials"}})
		},
		Timeout: oauth.Timeout,
	}, nil
}

// SignIn returns how a user signs in, for [auth.NewFlow] in a web app and
// [auth.Loopback] in a program on a desk. Procore takes only registered redirect
// addresses. For Loopback register one with a port and a path, such as
// http://localhost:8765/callback: http://localhost, which is there from the
// start, has neither.
//
//	signIn, err := app.SignIn()
//	flow, err := auth.NewFlow(signIn, connections, tenantOf, nil)
func (a App) SignIn() (auth.CodeGrant, error) {
	err := a.check()
	switch {
	case err != nil:
	case a.RedirectURL == "":
		err = errors.New("App.RedirectURL is empty; give the registered one, to the last slash")
	case a.RedirectURL == OutOfBand:
		err = errors.New("App.RedirectURL is OutOfBand, where no code comes back by itself; use AuthorizeURL and Exchange")
	}
	if err != nil {
		return auth.CodeGrant{}, rest.OptionError(name, "App.SignIn", err)
	}
	return auth.CodeGrant{RedirectURL: a.RedirectURL, AuthorizeURL: a.page, Exchange: a.exchange}, nil
}

// AuthorizeURL returns the page where a user lets the app in. state must be
// fresh, hard to guess and bound to the user's browser; Procore hands it back.
// [App.SignIn] sees to that by itself.
func (a App) AuthorizeURL(state string) string {
	return a.page(auth.Attempt{State: state, RedirectURL: a.RedirectURL})
}

func (a App) page(attempt auth.Attempt) string {
	config := oauth2.Config{
		ClientID:    a.ClientID,
		RedirectURL: attempt.RedirectURL,
		Endpoint:    oauth2.Endpoint{AuthURL: a.loginURL() + "/oauth/authorize"},
	}
	if a.bound(attempt) {
		return config.AuthCodeURL(attempt.State, oauth2.S256ChallengeOption(attempt.Verifier.Reveal()))
	}
	return config.AuthCodeURL(attempt.State)
}

// bound reports whether the attempt's code is bound to it by PKCE.
func (a App) bound(attempt auth.Attempt) bool { return a.PKCE && !attempt.Verifier.IsZero() }

func (a App) loginURL() string { return strings.TrimRight(a.Environment.orProduction().LoginURL, "/") }

// Exchange trades the code that came to RedirectURL for the user's first
// tokens. A code works once and for ten minutes. Put the tokens into a session
// over [App.Refresh] with Session.Set.
func (a App) Exchange(ctx context.Context, code string) (auth.Token, error) {
	return a.exchange(ctx, code, auth.Attempt{RedirectURL: a.RedirectURL})
}

func (a App) exchange(ctx context.Context, code string, attempt auth.Attempt) (auth.Token, error) {
	code = strings.TrimSpace(code) // out of band, a person pastes it
	if code == "" || attempt.RedirectURL == "" {
		return auth.Token{}, rest.OptionError(name, "App.Exchange", errors.New("Exchange needs the code from the redirect's query, and App.RedirectURL"))
	}
	form := url.Values{"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {attempt.RedirectURL}}
	if a.bound(attempt) {
		form.Set("code_verifier", attempt.Verifier.Reveal())
	}
	return a.ask(ctx, userToken, form)
}

// Refresh returns the grant that renews a user's tokens. Procore kills a
// refresh token with the first call that presents it, whatever comes of the
// call. So the session never sends one twice, and saves the new pair before it
// is used. One further try after an interrupted renewal does no harm: a token
// that was presented is dead already, and one that was not still lives.
func (a App) Refresh() (auth.Grant, error) {
	if err := a.check(); err != nil {
		return auth.Grant{}, rest.OptionError(name, "App.Refresh", err)
	}
	return auth.Grant{
		Renew: func(ctx context.Context, previous auth.Token) (auth.Token, error) {
			token, err := a.ask(ctx, userToken, url.Values{"grant_type": {"refresh_token"}, "refresh_token": {previous.Refresh.Reveal()}})
			return token, countAsUse(err)
		},
		OneTime: true,
		Probe:   true,
		Timeout: oauth.Timeout,
		Remedy:  "let the user sign in to Procore again, and give the new token to Session.Set",
	}, nil
}

// countAsUse makes a 429 an error that leaves open whether the refresh token was
// used up. Elsewhere it would mean that nothing was done, but Procore says that
// any call kills the token that it presents.
func countAsUse(err error) error {
	e, ok := connector.AsError(err)
	if !ok || e.Kind != connector.RateLimited || e.Status == 0 {
		return err
	}
	open := *e
	open.Kind = connector.Unavailable
	return &open
}
