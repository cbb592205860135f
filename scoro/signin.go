package scoro

import (
	"cmp"
	"context"
	"errors"
	"strings"
	"time"
	"unicode"

	"github.com/cordage-go/cordage/auth"
	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/internal/rest"
)

// extraTimezone is the key of the user's time zone in Token.Extra.
const extraTimezone = "timezone"

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

// SignIn returns the grant that obtains a user token by name and password, for
// a session that signs in when it must:
//
//	grant, err := scoro.SignIn("acme", scoro.Login{…}, nil)
//	session := auth.NewSession(store.Memory(), "scoro/acme/u@example.com", grant)
//	client, err := scoro.New("acme", scoro.Credential{UserToken: session}, nil)
//
// The token carries the user's main company account and time zone. How long it
// lives is not documented: the session signs in again after the first 401. A
// refused login is never repeated, since that could lock the user out; it is an
// error of kind [connector.Reauthorize].
func SignIn(site string, l Login, o *Options) (auth.Grant, error) {
	if err := l.check(); err != nil {
		return auth.Grant{}, rest.OptionError(name, err)
	}
	if o == nil {
		o = &Options{}
	}
	options := *o
	// A client for one login, so that nothing stays open between them.
	open := func() (*Client, error) {
		return New(site, Credential{UserToken: auth.Static("none"), CompanyAccount: l.CompanyAccount}, &options)
	}
	client, err := open()
	if err != nil {
		return auth.Grant{}, err
	}
	client.Close()
	return auth.Grant{
		Renew: func(ctx context.Context, _ auth.Token) (auth.Token, error) {
			client, err := open()
			if err != nil {
				return auth.Token{}, err
			}
			defer client.Close()
			return client.login(ctx, l)
		},
		Timeout: 30 * time.Second,
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
		Lang: c.options.Lang, CompanyAccount: l.CompanyAccount, Username: l.Username, Password: l.Password.Reveal(),
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
		Extra:   map[string]string{extraTimezone: answer.Settings.Timezone},
	}, nil
}
