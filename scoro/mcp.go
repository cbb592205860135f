package scoro

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"golang.org/x/oauth2"

	"github.com/cordage-go/cordage/auth"
	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/internal/oauth"
	"github.com/cordage-go/cordage/internal/rest"
)

// An MCPApp is a program that Scoro's Developer Portal knows as an MCP app: it
// signs users in to the MCP server of a site (Model Context Protocol), the one
// place where Scoro offers OAuth. The API v2 of [Client] takes no such token.
//
//	app := scoro.MCPApp{Site: "acme", ClientID: id}
//	signIn, err := app.SignIn(ctx)                  // for auth.Loopback or auth.NewFlow
//	refresh, err := app.Refresh(ctx)
//	session := auth.NewSession(records, app.Key("desk"), refresh)
//
// The session is the source of the bearer tokens that the server takes; send
// them to the address of [MCPApp.ServerURL] alone.
//
// What Scoro publishes is where the server stands, and that it has OAuth. All
// else is inferred from the MCP authorization standard and asked of the server
// itself with each SignIn and Refresh: the server names its sign-in server
// (RFC 9728), and that one names its addresses (RFC 8414, or OpenID Connect).
// It may stand on another host than the site, since the site's own answer names
// it. Errors show its address; Issuer pins it.
type MCPApp struct {
	// Site is the site's name ("acme") or host ("acme.scoro.com").
	Site string
	// ClientID and ClientSecret are the app's credentials in that portal. An app
	// without a secret is a public client. The secret goes to the token address
	// of the sign-in server, nowhere else.
	ClientID     string
	ClientSecret auth.Secret
	// RedirectURL is where users come back to, as it is registered; empty lets
	// [auth.Loopback] choose.
	RedirectURL string
	// Scopes are what to ask for; empty means what the server says it needs.
	Scopes []string
	// Endpoint replaces https://SITE/mcp, for a site that shows another address
	// under Site settings > Integrations > Scoro MCP, or for an emulator. Site
	// may then be empty.
	Endpoint string
	// Issuer, if set, is the only sign-in server that is asked; empty means the
	// first one that the site names.
	Issuer string
	// Transport sends the calls; nil means one of the app's own.
	Transport http.RoundTripper
}

// ServerURL returns the address of the site's MCP server. An error is of kind
// [connector.Invalid] and names the field at fault.
func (a MCPApp) ServerURL() (string, error) {
	endpoint, err := a.endpoint()
	if err != nil {
		return "", rest.OptionError(name, "MCPApp.ServerURL", err)
	}
	return endpoint.String(), nil
}

func (a MCPApp) endpoint() (*url.URL, error) {
	if a.Endpoint == "" {
		parsed, err := parseSite(a.Site)
		if err != nil {
			return nil, err
		}
		return &url.URL{Scheme: "https", Host: parsed.host(), Path: "/mcp"}, nil
	}
	if _, err := rest.CheckURL("MCPApp.Endpoint", a.Endpoint); err != nil {
		return nil, err
	}
	return url.Parse(a.Endpoint) // a slash at its end stays
}

func (a MCPApp) check() (*url.URL, error) {
	const hint = "copy it from Scoro's Developer Portal"
	if err := rest.CheckText("MCPApp.ClientID", a.ClientID, hint); err != nil {
		return nil, err
	}
	if !a.ClientSecret.IsZero() {
		if err := rest.CheckText("MCPApp.ClientSecret", a.ClientSecret.Reveal(), hint); err != nil {
			return nil, err
		}
	}
	return a.endpoint()
}

// Key returns a key for a tenant's session in a store; Key("") is the prefix for
// an [auth.Registry]. It names the MCP server and the client id, so that an
// emulator never overwrites a site.
func (a MCPApp) Key(tenant string) string {
	server := cmp.Or(a.Endpoint, a.Site)
	if endpoint, err := a.endpoint(); err == nil {
		server = endpoint.Host + strings.TrimRight(endpoint.Path, "/")
	}
	return strings.Join([]string{name + "-mcp", url.PathEscape(server), url.PathEscape(a.ClientID), url.PathEscape(tenant)}, "/")
}

// SignIn asks the site where users sign in, and returns the grant that signs
// one in there: an authorization code with PKCE (S256), for this MCP server
// alone (RFC 8707).
//
// It fails with kind [connector.NotFound] where nothing describes a sign-in,
// [connector.Decode] where the description cannot be used, and
// [connector.Origin] where it is about another server or leads away from https.
func (a MCPApp) SignIn(ctx context.Context) (auth.CodeGrant, error) {
	d, err := a.discover(ctx)
	if err != nil {
		return auth.CodeGrant{}, err
	}
	grant := auth.CodeGrant{RedirectURL: a.RedirectURL, AuthorizeURL: d.authorizeURL, Exchange: d.exchange}
	if d.signIn.NamesItself {
		grant.Issuer = d.signIn.Issuer
	}
	return grant, nil
}

// Refresh asks the site as [MCPApp.SignIn] does, and returns the grant that
// renews a user's tokens. Nobody documents what Scoro does with a refresh token
// that was presented. The grant is made for the strictest usage, which OAuth
// 2.1 demands for public clients: each works once, and presenting it again may
// end the sign-in, so there is no second try after an interrupted renewal. A
// program that knows better can change OneTime and Probe of the grant.
func (a MCPApp) Refresh(ctx context.Context) (auth.Grant, error) {
	d, err := a.discover(ctx)
	if err != nil {
		return auth.Grant{}, err
	}
	return auth.Grant{
		Renew: d.renew, OneTime: true, Timeout: oauth.Timeout,
		Remedy: "let the user sign in to Scoro again, and give the new token to Session.Set",
	}, nil
}

// An mcpSignIn is where one app's users sign in.
type mcpSignIn struct {
	app      MCPApp
	resource protectedResource
	signIn   signInServer
	server   oauth.Server
	token    connector.Operation
}

// discover finds the sign-in server and makes ready to call it.
func (a MCPApp) discover(ctx context.Context) (*mcpSignIn, error) {
	endpoint, err := a.check()
	if err != nil {
		return nil, rest.OptionError(name, "MCPApp", err)
	}
	look := discovery{endpoint: endpoint, issuer: a.Issuer, transport: a.Transport}
	d := &mcpSignIn{app: a}
	if d.resource, err = look.resource(ctx); err != nil {
		return nil, err
	}
	if d.signIn, err = look.signInServer(ctx, d.resource); err != nil {
		return nil, err
	}
	if err := a.checkPKCE(d.signIn); err != nil {
		return nil, err
	}
	d.token = connector.Operation{ID: "MCPApp.sign-in", Method: "POST", Path: pathOf(d.signIn.token), Class: connector.Token, ContentType: oauth.FormType}
	d.server = oauth.Server{Platform: mcpPlatform(d.signIn.token), Transport: a.Transport,
		ClientID: a.ClientID, ClientSecret: a.ClientSecret, Remedy: d.remedy}
	d.server.Basic, err = a.basic(d.signIn)
	return d, err
}

// checkPKCE refuses a server that does not take S256, as the standard demands.
// One that says nothing of PKCE is let pass to an app with a secret, without
// which a stolen code is of no use; the challenge is sent all the same.
func (a MCPApp) checkPKCE(server signInServer) error {
	silent := len(server.Challenges) == 0
	if slices.Contains(server.Challenges, "S256") || silent && !a.ClientSecret.IsZero() {
		return nil
	}
	e := discoveryError(connector.Decode, "the sign-in server "+shown(server.Issuer)+" does not say that it takes PKCE with S256")
	e.Remedy = "without it a public client is not safe"
	if silent {
		e.Remedy += ": register the app with a secret, and set MCPApp.ClientSecret"
	}
	return e
}

// basic reports whether the server wants the secret in a header. One that names
// no way does (RFC 8414, section 2). To try one way after the other would use
// the code up.
func (a MCPApp) basic(server signInServer) (bool, error) {
	switch ways := server.SecretWays; {
	case a.ClientSecret.IsZero(), slices.Contains(ways, "client_secret_post"):
		return false, nil
	case len(ways) == 0, slices.Contains(ways, "client_secret_basic"):
		return true, nil
	}
	e := discoveryError(connector.Decode, "the sign-in server "+shown(server.Issuer)+" takes an app's secret neither in the form nor in the header of a call")
	e.Remedy = "register the app as a public client, and leave MCPApp.ClientSecret empty"
	return false, e
}

func (d *mcpSignIn) authorizeURL(a auth.Attempt) string {
	config := oauth2.Config{ClientID: d.app.ClientID, RedirectURL: a.RedirectURL, Scopes: d.app.Scopes,
		Endpoint: oauth2.Endpoint{AuthURL: d.signIn.Authorize}}
	if len(config.Scopes) == 0 {
		config.Scopes = d.resource.Scopes
	}
	return config.AuthCodeURL(a.State, oauth2.S256ChallengeOption(a.Verifier.Reveal()), oauth2.SetAuthURLParam("resource", d.resource.Resource))
}

func (d *mcpSignIn) exchange(ctx context.Context, code string, a auth.Attempt) (auth.Token, error) {
	return d.server.Token(ctx, d.token, url.Values{"grant_type": {"authorization_code"}, "code": {code},
		"redirect_uri": {a.RedirectURL}, "code_verifier": {a.Verifier.Reveal()}, "resource": {d.resource.Resource}})
}

func (d *mcpSignIn) renew(ctx context.Context, previous auth.Token) (auth.Token, error) {
	if previous.Refresh.IsZero() {
		return auth.Token{}, &connector.Error{Platform: name, Operation: d.token.ID, Kind: connector.Reauthorize,
			Message: "the sign-in came without a refresh token", Remedy: "let the user sign in again; MCPApp.Scopes may have to name offline_access"}
	}
	return d.server.Token(ctx, d.token, url.Values{"grant_type": {"refresh_token"}, "refresh_token": {previous.Refresh.Reveal()}, "resource": {d.resource.Resource}})
}

// remedy says what to do when the sign-in server says no.
func (d *mcpSignIn) remedy(code string) string {
	switch code {
	case "invalid_client", "unauthorized_client":
		return fmt.Sprintf("check MCPApp.ClientID and MCPApp.ClientSecret, and that the app is registered at %s", shown(d.signIn.Issuer))
	case "invalid_grant", "invalid_token":
		return "the code or refresh token is used up, expired or revoked, or MCPApp.RedirectURL is not the one that the code was asked for with: let the user sign in again"
	case "invalid_scope":
		return "check MCPApp.Scopes, then let the user sign in again"
	case "invalid_target":
		return "check MCPApp.Endpoint: the sign-in server does not know this MCP server"
	}
	return "check the app's settings in Scoro's Developer Portal"
}
