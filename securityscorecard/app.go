package securityscorecard

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/cordage-go/cordage/auth"
	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/internal/rest"
	"github.com/cordage-go/cordage/internal/wire"
)

// An App is a marketplace app, which acts for the users who installed it.
type App struct {
	ID     string      // the app id in its marketplace address; it is the client id too
	Secret auth.Secret // see [Client.AppSecret]
	// RedirectURL is where the platform sends users after an installation: the
	// one of the manifest, or an address below it.
	RedirectURL string
	// Scopes are those of the manifest, such as "portfolio:read". They are noted
	// in the token of each installation; see [App.MissingScopes].
	Scopes []string
	// BaseURL replaces the platform's address, for an emulator.
	BaseURL string
	// PageURL is the address before the app id where users let the app in. It
	// is inferred from the addresses of app pages, so it can be replaced.
	PageURL string
	// Transport sends the exchange; nil means one of its own.
	Transport http.RoundTripper
}

const defaultPageURL = "https://platform.securityscorecard.io/#/marketplace/"

// What an installation's token carries in Token.Extra, by these keys.
const (
	ExtraApp    = "app"    // the app's id
	ExtraScopes = "scopes" // App.Scopes at the time, with a space between
)

// SignIn returns how a user installs the app from another site, for
// [auth.NewFlow].
//
//	signIn, err := app.SignIn()
//	flow, err := auth.NewFlow(signIn, connections, tenantOf, nil)
func (a App) SignIn() (auth.CodeGrant, error) {
	err := a.check()
	if err == nil && a.RedirectURL == "" {
		err = errors.New("App.RedirectURL is empty; give the manifest's redirect_uri, or an address below it")
	}
	if err != nil {
		return auth.CodeGrant{}, rest.OptionError(name, "App.SignIn", err)
	}
	return auth.CodeGrant{
		RedirectURL:  a.RedirectURL,
		AuthorizeURL: func(at auth.Attempt) string { return a.AuthorizeURL(at.State, at.RedirectURL) },
		Exchange: func(ctx context.Context, code string, _ auth.Attempt) (auth.Token, error) {
			return a.Exchange(ctx, code)
		},
	}, nil
}

// Installation returns the grant of an installation's token. It cannot be
// renewed, and ends when the user uninstalls or re-installs the app, or is
// disabled: a call is then an error of kind [connector.Reauthorize].
func (a App) Installation() (auth.Grant, error) {
	if err := a.check(); err != nil {
		return auth.Grant{}, rest.OptionError(name, "App.Installation", err)
	}
	return auth.Unrenewable("the installation was revoked: " + installAgain), nil
}

const installAgain = "ask the user to install the app again"

// MissingScopes returns those of App.Scopes that an installation was not asked
// for, from State.Extra of its session or its token's Extra. A scope that the
// manifest gains later is granted by new installations alone, so users with
// missing ones must install the app again. It returns nil where the scopes of
// the installation are not known.
func (a App) MissingScopes(extra map[string]string) []string {
	granted, known := extra[ExtraScopes]
	if !known {
		return nil
	}
	had := strings.Fields(granted)
	return slices.DeleteFunc(slices.Clone(a.Scopes), func(scope string) bool { return slices.Contains(had, scope) })
}

// AuthorizeURL returns the page that a popup shows to let a user install the
// app from another site. redirectURL must be the registered one or below it.
// state comes back with the code; it should be hard to guess.
func (a App) AuthorizeURL(state, redirectURL string) string {
	page := a.PageURL
	if page == "" {
		page = defaultPageURL
	}
	// Written by hand: the page is a hash route, and net/url would move the
	// query before the hash.
	query := url.Values{"state": {state}, "redirect_uri": {redirectURL}, "popup": {"true"}}
	return page + url.PathEscape(a.ID) + "/authorize?" + query.Encode()
}

// Key returns a key for a tenant's session in a store; Key("") is the prefix for
// an [auth.Registry]. It names the platform, its address if that was replaced,
// and the app's id, so that an emulator never overwrites production.
func (a App) Key(tenant string) string {
	environment := "production"
	if a.BaseURL != "" {
		environment = a.BaseURL
	}
	return strings.Join([]string{name, url.PathEscape(environment), url.PathEscape(a.ID), url.PathEscape(tenant)}, "/")
}

var exchange = connector.Operation{ID: "Apps.Authorize", Method: "POST", Path: "/apps/authorize/tokens", Class: connector.Token}

type exchangeRequest struct {
	ClientID     string `json:"client_id"`
	ClientSecret string `json:"client_secret"`
	Code         string `json:"code"`
}

// Exchange trades the code of an installation for the user's API token. The
// code works once. The token has no expiry: it lives until the user uninstalls
// or re-installs the app, and a 401 then means to ask for a new installation.
func (a App) Exchange(ctx context.Context, code string) (auth.Token, error) {
	err := a.check()
	if code = strings.TrimSpace(code); err == nil && code == "" {
		err = errors.New("the code is empty; it stands in the query of the request to the redirect address")
	}
	if err != nil {
		return auth.Token{}, rest.OptionError(name, "App.Exchange", err)
	}
	client, err := newRest(nil, Options{Options: connector.Options{BaseURL: a.BaseURL, Transport: a.Transport}})
	if err != nil {
		return auth.Token{}, err
	}
	defer client.Close()
	in := exchangeRequest{ClientID: a.ID, ClientSecret: a.Secret.Reveal(), Code: code}
	var answer json.RawMessage
	if err := client.Do(ctx, exchange, in, &answer); err != nil {
		return auth.Token{}, err
	}
	token, err := readToken(answer)
	if err != nil {
		return auth.Token{}, err
	}
	token.Extra = map[string]string{ExtraApp: a.ID}
	if len(a.Scopes) > 0 {
		token.Extra[ExtraScopes] = strings.Join(a.Scopes, " ")
	}
	return token, nil
}

func (a App) check() error {
	if err := rest.CheckText("App.ID", a.ID, "it is the id in the app's marketplace address"); err != nil {
		return err
	}
	return rest.CheckText("App.Secret", a.Secret.Reveal(), "read it with Client.AppSecret")
}

// tokenNames are the members that may hold the token: the answer's form is not
// documented in any readable page.
var tokenNames = []string{"access_token", "token", "api_token"}

func readToken(answer []byte) (auth.Token, error) {
	text, err := firstText(answer, tokenNames)
	if err != nil {
		return auth.Token{}, &connector.Error{Platform: name, Operation: exchange.ID, Kind: connector.Decode, Message: err.Error(), Err: err,
			Remedy: "report the members' names to the makers of this library"}
	}
	return auth.Token{Access: auth.NewSecret(text), Type: "Token"}, nil
}

// firstText finds the first of the members that holds a text. An error names
// the members that came, never their values.
func firstText(answer []byte, names []string) (string, error) {
	members, err := wire.Members(answer)
	if err != nil {
		return "", err
	}
	for _, member := range names {
		if text, err := wire.Text(members[member]); err == nil && text != "" {
			return text, nil
		}
	}
	return "", fmt.Errorf("none of %s in the answer, which has %s", strings.Join(names, ", "),
		rest.Clean(strings.Join(slices.Sorted(maps.Keys(members)), ", ")))
}

var (
	readAppSecret   = connector.Operation{ID: "AppSecret", Method: "GET", Path: "/apps/{app_id}/secret", Class: connector.Read}
	rotateAppSecret = connector.Operation{ID: "RotateAppSecret", Method: "POST", Path: "/apps/{app_id}/secret", Class: connector.Write}
)

// AppSecret reads the secret of an app that the token's user created.
func (c *Client) AppSecret(ctx context.Context, appID string, opts ...connector.CallOption) (auth.Secret, error) {
	return c.appSecret(ctx, readAppSecret.At(appID), opts)
}

// RotateAppSecret makes a new secret for an app and returns it. The old one
// stops working.
func (c *Client) RotateAppSecret(ctx context.Context, appID string, opts ...connector.CallOption) (auth.Secret, error) {
	return c.appSecret(ctx, rotateAppSecret.At(appID), opts)
}

// appSecret reads a secret from an answer whose form is not documented: an
// object, or a bare text.
func (c *Client) appSecret(ctx context.Context, op connector.Operation, opts []connector.CallOption) (auth.Secret, error) {
	var answer json.RawMessage
	if err := c.Do(ctx, op, nil, &answer, opts...); err != nil {
		return auth.Secret{}, err
	}
	if text, err := wire.Text(answer); err == nil && text != "" {
		return auth.NewSecret(text), nil
	}
	text, err := firstText(answer, []string{"client_secret", "secret"})
	if err != nil {
		return auth.Secret{}, &connector.Error{Platform: name, Operation: op.ID, Kind: connector.Decode, Message: err.Error(), Err: err,
			Remedy: "read the secret in the app's settings"}
	}
	return auth.NewSecret(text), nil
}
