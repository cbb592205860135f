// Package oauth asks OAuth 2 servers for tokens (RFC 6749). What is sent there
// leaves through the same pipeline as every other call: to one origin, along no
// redirect, and what presents a code or refresh token is never sent twice.
package oauth

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"time"

	"github.com/cordage-go/cordage/auth"
	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/internal/rest"
	"github.com/cordage-go/cordage/internal/wire"
)

// FormType is the content type of a token call.
const FormType = "application/x-www-form-urlencoded"

// Timeout bounds one call to a server.
const Timeout = 30 * time.Second

// maxAnswer bounds what a server may answer, in bytes.
const maxAnswer = 1 << 20

// A Server is an OAuth server, and the app that calls it.
type Server struct {
	Platform  rest.Platform     // its Name, BaseURL, Codec and Pacing
	Transport http.RoundTripper // sends the calls; nil means a new one for each

	ClientID     string
	ClientSecret auth.Secret // empty for a public client
	Basic        bool        // id and secret go into a header and not into the form

	// Remedy says what to do about an error code of OAuth's.
	Remedy func(code string) string
}

// Do makes one call, with a client that is made for it alone, so that nothing
// stays open between renewals. bearer is the token of a call about a token, and
// nil for all others.
func (s Server) Do(ctx context.Context, bearer auth.TokenSource, op connector.Operation, in, out any) error {
	platform := s.Platform
	platform.Tokens = func(*connector.Call) (auth.TokenSource, error) { return bearer, nil }
	platform.Authorize = s.authorize
	platform.Failure = s.failure
	platform.Secrets = []string{s.ClientSecret.Reveal(), s.basic()}
	client, err := rest.New(platform, nil, connector.Options{Transport: s.Transport, Timeout: Timeout, MaxBody: maxAnswer})
	if err != nil {
		return err
	}
	defer client.Close()
	return client.Do(ctx, op, in, out)
}

// authorize places what does not travel in the form: the token of a call about
// it, or the app's credentials where the server wants them in a header.
func (s Server) authorize(_ *connector.Call, r *http.Request, _ []byte, bearer auth.Token) error {
	switch {
	case !bearer.Access.IsZero():
		r.Header.Set("Authorization", "Bearer "+bearer.Access.Reveal())
	case s.Basic:
		r.Header.Set("Authorization", "Basic "+s.basic())
	}
	return nil
}

// basic writes id and secret as a header wants them: escaped as in a form first
// (RFC 6749, section 2.3.1).
func (s Server) basic() string {
	return base64.StdEncoding.EncodeToString([]byte(url.QueryEscape(s.ClientID) + ":" + url.QueryEscape(s.ClientSecret.Reveal())))
}

type tokenAnswer struct {
	AccessToken  string          `json:"access_token"`
	RefreshToken string          `json:"refresh_token"`
	ExpiresIn    json.RawMessage `json:"expires_in"`
}

// Token sends a grant with the app's credentials and reads the tokens that
// come. The answer is read here and not by x/oauth2, because one with an odd
// expires_in still holds the only living pair of tokens.
func (s Server) Token(ctx context.Context, op connector.Operation, grant url.Values) (auth.Token, error) {
	form := maps.Clone(grant)
	if !s.Basic {
		form.Set("client_id", s.ClientID)
	}
	if !s.Basic && !s.ClientSecret.IsZero() {
		form.Set("client_secret", s.ClientSecret.Reveal())
	}
	asked := time.Now()
	var answer tokenAnswer
	if err := s.Do(ctx, nil, op, []byte(form.Encode()), &answer); err != nil {
		return auth.Token{}, err
	}
	if answer.AccessToken == "" {
		return auth.Token{}, &connector.Error{Platform: s.Platform.Name, Operation: op.ID, Kind: connector.Decode,
			Message: "the answer holds no access token", Remedy: "check that " + s.Platform.BaseURL + " is the sign-in server"}
	}
	token := auth.Token{Access: auth.NewSecret(answer.AccessToken), Refresh: auth.NewSecret(answer.RefreshToken), Type: "Bearer"}
	// An expires_in that cannot be read is a lifetime that is not known: the
	// token is used until it is refused.
	if seconds, err := wire.Int(answer.ExpiresIn); err == nil && seconds > 0 {
		token.Expiry = asked.Add(time.Duration(min(seconds, 1<<31)) * time.Second)
	}
	return token, nil
}
