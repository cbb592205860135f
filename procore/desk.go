package procore

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"time"

	"github.com/cordage-go/cordage/auth"
	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/internal/rest"
	"github.com/cordage-go/cordage/internal/wire"
)

const formType = "application/x-www-form-urlencoded"

var (
	// clientToken may be repeated: client credentials are not used up.
	clientToken = connector.Operation{ID: "sign-in", Method: "POST", Path: "/oauth/token", Class: connector.Read, ContentType: formType}
	// userToken presents a code or refresh token that works once.
	userToken = connector.Operation{ID: "sign-in", Method: "POST", Path: "/oauth/token", Class: connector.Token, ContentType: formType}
)

// desk returns the client of token calls, which go to the login host and
// nowhere else. It is made for one call, so that nothing stays open between
// renewals. A bearer is sent with calls about a token; others have none.
func (a App) desk(bearer auth.TokenSource) (*rest.Client, error) {
	if err := a.check(); err != nil {
		return nil, rest.OptionError(name, err)
	}
	platform := rest.Platform{
		Name:      name,
		BaseURL:   a.loginURL(),
		Codec:     wire.Procore(),
		Tokens:    func(*connector.Call) (auth.TokenSource, error) { return bearer, nil },
		Authorize: placeBearer,
		Failure:   a.failure,
		Pause:     readPause,
	}
	return rest.New(platform, nil, connector.Options{Transport: a.Transport, Timeout: signInTimeout}, newPacer())
}

// placeBearer sends the token of a call about it. A sign-in has its
// credentials in the body.
func placeBearer(_ *connector.Call, r *http.Request, _ []byte, token auth.Token) error {
	if !token.Access.IsZero() {
		r.Header.Set("Authorization", "Bearer "+token.Access.Reveal())
	}
	return nil
}

type tokenAnswer struct {
	AccessToken  string          `json:"access_token"`
	RefreshToken string          `json:"refresh_token"`
	ExpiresIn    json.RawMessage `json:"expires_in"`
}

// ask sends one token call. The client's id and secret go into the body, as
// all of Procore's guides show it. The answer is read here and not by
// x/oauth2, because one with an odd expires_in still holds the only living pair
// of tokens.
func (a App) ask(ctx context.Context, op connector.Operation, grant url.Values) (auth.Token, error) {
	desk, err := a.desk(nil)
	if err != nil {
		return auth.Token{}, err
	}
	defer desk.Close()
	form := maps.Clone(grant)
	form.Set("client_id", a.ClientID)
	form.Set("client_secret", a.ClientSecret.Reveal())
	asked := time.Now()
	var answer tokenAnswer
	if err := desk.Do(ctx, op, []byte(form.Encode()), &answer); err != nil {
		return auth.Token{}, err
	}
	if answer.AccessToken == "" {
		return auth.Token{}, &connector.Error{Platform: name, Operation: op.ID, Kind: connector.Decode,
			Message: "the answer holds no access token", Remedy: "check Environment.LoginURL"}
	}
	token := auth.Token{Access: auth.NewSecret(answer.AccessToken), Type: "Bearer"}
	if answer.RefreshToken != "" {
		token.Refresh = auth.NewSecret(answer.RefreshToken)
	}
	// An expires_in that cannot be read is a lifetime that is not known: the
	// token is used until Procore refuses it.
	if seconds, err := wire.Int(answer.ExpiresIn); err == nil && seconds > 0 {
		token.Expiry = asked.Add(time.Duration(min(seconds, 1<<31)) * time.Second)
	}
	return token, nil
}

// failure reads an OAuth error (RFC 6749, section 5.2), also inside a 200.
func (a App) failure(call *connector.Call, answer *rest.Answer) *connector.Error {
	members, err := wire.Members(answer.Body)
	code, _ := wire.Text(members["error"])
	if err != nil || code == "" {
		if answer.Status < 400 {
			return nil
		}
		kind := rest.KindOf(answer.Status)
		if call.Operation.Class == connector.Token && kind != connector.Unavailable && kind != connector.RateLimited {
			kind = connector.Unexpected // not OAuth's no: the code or token may be used up or not
		}
		return &connector.Error{Kind: kind}
	}
	text, _ := wire.Text(members["error_description"])
	e := &connector.Error{Kind: connector.Reauthorize, Code: code, Message: text}
	switch {
	case answer.Status == http.StatusTooManyRequests || answer.Status >= 500:
		e.Kind = rest.KindOf(answer.Status)
	case code == "invalid_token":
		e.Kind, e.Remedy = connector.Unauthorized, "the token is expired or revoked: renew it, or let the user sign in again"
	case code == "invalid_client" || code == "unauthorized_client":
		e.Remedy = fmt.Sprintf("check App.ClientID and App.ClientSecret, and that they belong to the %s environment", a.Environment.orProduction().Name)
	case code == "invalid_grant":
		e.Remedy = "the code or refresh token is used up, expired or revoked, or App.RedirectURL is not the one that the code was asked for with: let the user sign in again"
	default:
		e.Remedy = "check the app's settings in Procore's developer portal"
	}
	return e
}
