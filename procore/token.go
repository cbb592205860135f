package procore

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"time"

	"github.com/cordage-go/cordage/auth"
	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/internal/oauth"
	"github.com/cordage-go/cordage/internal/rest"
	"github.com/cordage-go/cordage/internal/wire"
)

var (
	tokenInfo   = connector.Operation{ID: "App.TokenInfo", Method: "GET", Path: "/oauth/token/info", Class: connector.Read}
	revokeToken = connector.Operation{ID: "App.Revoke", Method: "POST", Path: "/oauth/revoke", Class: connector.Set, ContentType: oauth.FormType, NoAnswer: true}
)

// TokenInfo is what Procore says of an access token.
type TokenInfo struct {
	UserID    int64     // whom it stands for; 0 where Procore names nobody, as may be for an app's own token
	ClientID  string    // the app that it was given to
	Scopes    []string  // Procore's guides name none
	CreatedAt time.Time // zero if Procore does not say
	ExpiresAt time.Time // by this machine's clock; zero if Procore does not say
}

// TokenInfo asks Procore about an access token. A token that is used up,
// expired or revoked is an error of kind [connector.Unauthorized].
func (a App) TokenInfo(ctx context.Context, token auth.Token) (*TokenInfo, error) {
	if token.Access.IsZero() {
		return nil, rest.OptionError(name, "App.TokenInfo", errors.New("TokenInfo needs an access token"))
	}
	host, err := a.loginHost()
	if err != nil {
		return nil, err
	}
	asked := time.Now()
	var answer struct {
		UserID      int64           `json:"resource_owner_id"`
		Scopes      []string        `json:"scopes"`
		ExpiresIn   json.RawMessage `json:"expires_in_seconds"`
		CreatedAt   json.RawMessage `json:"created_at"`
		Application struct {
			UID string `json:"uid"`
		} `json:"application"`
	}
	bearer := auth.Func(func(context.Context) (auth.Token, error) { return token, nil })
	if err := host.Do(ctx, bearer, tokenInfo, nil, &answer); err != nil {
		return nil, err
	}
	info := &TokenInfo{UserID: answer.UserID, ClientID: answer.Application.UID, Scopes: answer.Scopes}
	if at, err := wire.Int(answer.CreatedAt); err == nil && at > 0 {
		info.CreatedAt = time.Unix(at, 0).UTC()
	}
	if seconds, err := wire.Int(answer.ExpiresIn); err == nil && len(answer.ExpiresIn) > 0 && string(answer.ExpiresIn) != "null" {
		info.ExpiresAt = asked.Add(time.Duration(min(max(seconds, 0), 1<<31)) * time.Second)
	}
	return info, nil
}

// Revoke makes Procore forget a sign-in: its access token and, with it, its
// refresh token. Success is also the answer to a token that Procore does not
// know. Forget the session that held the token too.
func (a App) Revoke(ctx context.Context, token auth.Token) error {
	if token.Access.IsZero() {
		return rest.OptionError(name, "App.Revoke", errors.New("Revoke needs an access token"))
	}
	host, err := a.loginHost()
	if err != nil {
		return err
	}
	form := url.Values{"token": {token.Access.Reveal()}, "client_id": {a.ClientID}, "client_secret": {a.ClientSecret.Reveal()}}
	return host.Do(ctx, nil, revokeToken, []byte(form.Encode()), nil)
}
