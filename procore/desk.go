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
	"github.com/cordage-go/cordage/pace"
)

// A desk is the sign-in side of one app: it sends token calls, to the login
// host and nowhere else, and reads their answers. The answers are read here
// and not by x/oauth2, because an answer with an odd expires_in still holds the
// only living pair of tokens.
type desk struct {
	app  App
	rest *rest.Client
}

const formType = "application/x-www-form-urlencoded"

var (
	// clientToken may be repeated: client credentials are not used up.
	clientToken = connector.Operation{ID: "sign-in", Method: "POST", Path: "/oauth/token", Class: connector.Read, ContentType: formType}
	// userToken presents a code or refresh token that works once.
	userToken = connector.Operation{ID: "sign-in", Method: "POST", Path: "/oauth/token", Class: connector.Token, ContentType: formType}
)

func newDesk(a App) (*desk, error) {
	if err := a.check(); err != nil {
		return nil, err
	}
	d := &desk{app: a}
	platform := rest.Platform{
		Name:      name,
		BaseURL:   a.loginURL(),
		Codec:     wire.Procore(),
		Authorize: func(*connector.Call, *http.Request, []byte, auth.Token) error { return nil }, // it is in the body
		Failure:   d.failure,
		Pause:     readPause,
	}
	var err error
	d.rest, err = rest.New(platform, nil, connector.Options{Transport: a.Transport, Timeout: signInTimeout}, pace.New(2, 20, readPause))
	return d, err
}

type tokenAnswer struct {
	AccessToken  string          `json:"access_token"`
	RefreshToken string          `json:"refresh_token"`
	ExpiresIn    json.RawMessage `json:"expires_in"`
}

// ask sends one token call. The client's id and secret go into the body, as
// all of Procore's guides show it.
func (d *desk) ask(ctx context.Context, op connector.Operation, grant url.Values) (auth.Token, error) {
	form := maps.Clone(grant)
	form.Set("client_id", d.app.ClientID)
	form.Set("client_secret", d.app.ClientSecret.Reveal())
	asked := time.Now()
	var answer tokenAnswer
	if err := d.rest.Do(ctx, op, []byte(form.Encode()), &answer); err != nil {
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
func (d *desk) failure(call *connector.Call, a *rest.Answer) *connector.Error {
	members, err := wire.Members(a.Body)
	code, _ := wire.Text(members["error"])
	if err != nil || code == "" {
		if a.Status < 400 {
			return nil
		}
		return &connector.Error{Kind: rest.KindOf(a.Status)}
	}
	text, _ := wire.Text(members["error_description"])
	e := &connector.Error{Kind: connector.Reauthorize, Code: code, Message: text}
	switch {
	case a.Status == http.StatusTooManyRequests || a.Status >= 500:
		e.Kind = rest.KindOf(a.Status)
	case code == "invalid_client" || code == "unauthorized_client":
		e.Remedy = fmt.Sprintf("check App.ClientID and App.ClientSecret, and that they belong to the %s environment", d.app.Environment.orProduction().Name)
	case code == "invalid_grant":
		e.Remedy = "the code or refresh token is used up, expired or revoked: let the user sign in again"
	default:
		e.Remedy = "check the app's settings in Procore's developer portal"
	}
	return e
}
