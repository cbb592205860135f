package procore

import (
	"context"
	"fmt"
	"net/url"

	"github.com/cordage-go/cordage/auth"
	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/internal/oauth"
	"github.com/cordage-go/cordage/internal/rest"
	"github.com/cordage-go/cordage/internal/wire"
)

var (
	// clientToken may be repeated: client credentials are not used up.
	clientToken = connector.Operation{ID: "sign-in", Method: "POST", Path: "/oauth/token", Class: connector.Read, ContentType: oauth.FormType}
	// userToken presents a code or refresh token that works once.
	userToken = connector.Operation{ID: "sign-in", Method: "POST", Path: "/oauth/token", Class: connector.Token, ContentType: oauth.FormType}
)

// loginHost is where the app asks for tokens: the login host and nowhere else. The
// client's id and secret go into the body, as all of Procore's guides show it.
func (a App) loginHost() (oauth.Server, error) {
	if err := a.check(); err != nil {
		return oauth.Server{}, rest.OptionError(name, "App", err)
	}
	return oauth.Server{
		Platform:     rest.Platform{Name: name, BaseURL: a.loginURL(), Codec: wire.Procore(), Pacing: Pacing()},
		Transport:    a.Transport,
		ClientID:     a.ClientID,
		ClientSecret: a.ClientSecret,
		Remedy:       a.remedy,
	}, nil
}

// ask sends one token call.
func (a App) ask(ctx context.Context, op connector.Operation, grant url.Values) (auth.Token, error) {
	host, err := a.loginHost()
	if err != nil {
		return auth.Token{}, err
	}
	return host.Token(ctx, op, grant)
}

// remedy says what to do when the login host says no.
func (a App) remedy(code string) string {
	switch code {
	case "invalid_token":
		return "the token is expired or revoked: renew it, or let the user sign in again"
	case "invalid_client", "unauthorized_client":
		return fmt.Sprintf("check App.ClientID and App.ClientSecret, and that they belong to the %s environment", a.Environment.orProduction().Name)
	case "invalid_grant":
		return "the code or refresh token is used up, expired or revoked, of another environment, or App.RedirectURL is not the one that the code was asked for with: let the user sign in again"
	}
	return "check the app's settings in Procore's developer portal"
}
