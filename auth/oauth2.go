package auth

import (
	"context"
	"errors"
	"net/http"
	"net/url"

	"golang.org/x/oauth2"

	"github.com/cordage-go/cordage/connector"
)

// FromOAuth2 returns a source whose tokens come from an x/oauth2 source, for
// programs that have one already. Such a source takes no context and forgets
// rotated refresh tokens when the program ends: for a platform that rotates
// them use a [Session]. Invalidate asks the source again, which helps only if
// the source itself does not keep the refused token.
func FromOAuth2(source oauth2.TokenSource) TokenSource {
	return Func(func(context.Context) (Token, error) {
		t, err := source.Token()
		if err != nil {
			return Token{}, oauth2Error(err)
		}
		return Token{
			Access: NewSecret(t.AccessToken), Refresh: NewSecret(t.RefreshToken), Type: t.TokenType, Expiry: t.Expiry,
		}, nil
	})
}

// ToOAuth2 returns an x/oauth2 source whose tokens come from source, for
// libraries that want one. Every call uses ctx. Refresh tokens are left out,
// so that nobody else can use them up.
func ToOAuth2(ctx context.Context, source TokenSource) oauth2.TokenSource {
	return toOAuth2{ctx, source}
}

type toOAuth2 struct {
	ctx    context.Context // x/oauth2 has no context in its calls
	source TokenSource
}

func (s toOAuth2) Token() (*oauth2.Token, error) {
	t, err := s.source.Token(s.ctx)
	if err != nil {
		return nil, err
	}
	return &oauth2.Token{AccessToken: t.Access.Reveal(), TokenType: t.Type, Expiry: t.Expiry}, nil
}

// oauth2Error leaves out what may hold secrets: the answer's body, and the
// address that was asked.
func oauth2Error(err error) error {
	result := &connector.Error{Platform: "auth", Operation: "oauth2", Kind: connector.Unavailable, Remedy: "try again later"}
	refused, ok := errors.AsType[*oauth2.RetrieveError](err)
	if !ok {
		result.Err = withoutURL(err)
		return result
	}
	result.Message, result.Code = "the token call failed", refused.ErrorCode
	if refused.Response != nil {
		result.Status = refused.Response.StatusCode
	}
	switch {
	case refused.ErrorCode == "invalid_grant":
		result.Kind, result.Remedy = connector.Reauthorize, "sign in again"
	case result.Status == http.StatusTooManyRequests:
		result.Kind = connector.RateLimited
	case result.Status < http.StatusInternalServerError:
		result.Kind, result.Remedy = connector.Unauthorized, "check the client id, the client secret and the scopes"
	}
	return result
}

func withoutURL(err error) error {
	if failed, ok := errors.AsType[*url.Error](err); ok {
		return failed.Err
	}
	return err
}
