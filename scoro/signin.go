package scoro

import (
	"cmp"
	"context"
	"errors"
	"net/url"
	"strings"
	"time"
	"unicode"

	"github.com/cordage-go/cordage/auth"
	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/internal/rest"
)

// What a login's token carries in Token.Extra, by these keys.
const (
	ExtraSite     = "site"     // the site that the token is for, as [New] and [Client.As] take it: "acme.scoro.com"
	ExtraTimezone = "timezone" // the user's time zone: "Europe/Tallinn"
)

// A Login is what a user signs in with. Users with two-factor or single
// sign-on presumably cannot sign in this way.
type Login struct {
	Username       string      // mostly an e-mail address
	Password       auth.Secret // may have spaces around it
	CompanyAccount string      // the company_account_id to sign in to

	// The device that the token is made for. DeviceID should stay the same for
	// one installation; it and the others have defaults.
	DeviceType, DeviceName, DeviceID string
}

func (l Login) check() error {
	if err := rest.CheckText("Login.Username", l.Username, "give the user's e-mail address"); err != nil {
		return err
	}
	password := l.Password.Reveal() // may have spaces around it
	switch {
	case password == "":
		return errors.New("Login.Password is empty")
	case strings.ContainsFunc(password, unicode.IsControl):
		return errors.New("Login.Password has a line break or another control character in it; trim it")
	}
	return rest.CheckText("Login.CompanyAccount", l.CompanyAccount, "give the company_account_id from Scoro's site settings")
}

// Key returns a key for a tenant's session in a store. appID is the App ID of a
// public integration, empty for a private app. Without a tenant it is the prefix
// for an [auth.Registry].
func Key(appID, tenant string) string {
	return strings.Join([]string{name, "production", url.PathEscape(cmp.Or(appID, "private")), url.PathEscape(tenant)}, "/")
}

// LogIn obtains a user token by name and password, which it does not keep. The
// token carries the user's main company account, and in Extra the site and the
// user's time zone, so that nothing else need be stored for a tenant:
//
//	token, err := scoro.LogIn(ctx, "acme", scoro.Login{…}, nil)
//	err = session.Set(ctx, token) // a session over PrimedToken
//
// One login is sent, whatever comes of it: a second try could lock the user
// out. A refusal is an error of kind [connector.Reauthorize]. o may be nil.
func LogIn(ctx context.Context, site string, l Login, o *Options) (auth.Token, error) {
	client, err := newLogin(site, l, o)
	if err != nil {
		return auth.Token{}, err
	}
	defer client.Close()
	return client.login(ctx, l)
}

// newLogin makes a client for one login, so that nothing stays open between them.
func newLogin(site string, l Login, o *Options) (*Client, error) {
	if err := l.check(); err != nil {
		return nil, rest.OptionError(name, "LogIn", err)
	}
	return New(site, Credential{UserToken: auth.Nobody(), CompanyAccount: l.CompanyAccount}, o)
}

// PrimedToken returns the grant of a user token that was obtained before, by
// [LogIn] or by hand, and whose password is not at hand. It cannot be renewed:
// when Scoro refuses it, the session asks for a new login.
func PrimedToken() auth.Grant {
	return auth.Unrenewable("let the user log in to Scoro again, with scoro.LogIn, and give the new token to Session.Set")
}

// SignIn returns the grant that obtains a user token by name and password, for
// a session that signs in when it must:
//
//	grant, err := scoro.SignIn("acme", scoro.Login{…}, nil)
//	session := auth.NewSession(store.Memory(), scoro.Key("", "u@example.com"), grant)
//	client, err := scoro.New("acme", scoro.Credential{UserToken: session}, nil)
//
// How long a token lives is not documented: the session logs in again after the
// first 401. A refused login is not repeated by any session on the same record,
// since that could lock the user out; it is an error of kind
// [connector.Reauthorize], until Session.Set brings another token or
// Session.Retry allows one more login.
func SignIn(site string, l Login, o *Options) (auth.Grant, error) {
	if o == nil {
		o = &Options{}
	}
	options := *o
	client, err := newLogin(site, l, &options)
	if err != nil {
		return auth.Grant{}, err
	}
	client.Close()
	return auth.Grant{
		Renew: func(ctx context.Context, _ auth.Token) (auth.Token, error) {
			return LogIn(ctx, site, l, &options)
		},
		Timeout: 30 * time.Second,
		Lasting: true,
		Remedy:  "correct the login and call Session.Retry, or give the token of another login to Session.Set",
	}, nil
}

var logIn = connector.Operation{ID: "UserAuth.Modify", Method: "POST", Path: "/userAuth/modify", Class: connector.Token, Envelope: "data"}

// loginRequest is the envelope of a login: its fields stand beside request.
type loginRequest struct {
	Lang           string   `json:"lang,omitzero"`
	CompanyAccount string   `json:"company_account_id"`
	Username       string   `json:"username"`
	Password       string   `json:"password"`
	DeviceType     string   `json:"device_type"`
	DeviceName     string   `json:"device_name"`
	DeviceID       string   `json:"device_id"`
	Request        struct{} `json:"request"`
}

type loginAnswer struct {
	Token    string       `json:"token"`
	Settings UserSettings `json:"settings"`
}

func (c *Client) login(ctx context.Context, l Login) (auth.Token, error) {
	in := loginRequest{
		Lang: c.shared.options.Lang, CompanyAccount: l.CompanyAccount, Username: l.Username, Password: l.Password.Reveal(),
		DeviceType: cmp.Or(l.DeviceType, "server"), DeviceName: cmp.Or(l.DeviceName, "cordage"), DeviceID: cmp.Or(l.DeviceID, "cordage-"+l.Username),
	}
	var answer loginAnswer
	if err := c.Do(ctx, logIn, in, &answer); err != nil {
		return auth.Token{}, err
	}
	if answer.Token == "" {
		return auth.Token{}, &connector.Error{Platform: name, Operation: logIn.ID, Kind: connector.Decode, Message: "the login answered no token",
			Remedy: "check that this user may use the API"}
	}
	return auth.Token{
		Access:  auth.NewSecret(answer.Token),
		Account: cmp.Or(answer.Settings.MasterCompanyAccount, l.CompanyAccount),
		Extra:   map[string]string{ExtraSite: c.tenant.site.host(), ExtraTimezone: answer.Settings.Timezone},
	}, nil
}
