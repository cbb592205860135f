package oauth

import (
	"net/http"

	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/internal/rest"
	"github.com/cordage-go/cordage/internal/wire"
)

// failure reads an OAuth error (RFC 6749, section 5.2), also inside a 200. A
// success that holds a token is one, whatever else it says: the token before it
// is dead.
func (s Server) failure(call *connector.Call, answer *rest.Answer) *connector.Error {
	members, err := wire.Members(answer.Body)
	if token, _ := wire.Text(members["access_token"]); token != "" && answer.Status < http.StatusMultipleChoices {
		return nil
	}
	code, _ := wire.Text(members["error"])
	if err != nil || code == "" {
		return notOAuth(call, answer)
	}
	text, _ := wire.Text(members["error_description"])
	e := &connector.Error{Kind: kindOf(code, answer.Status), Code: code, Message: text}
	if e.Kind == connector.Reauthorize || e.Kind == connector.Unauthorized {
		e.Remedy = s.Remedy(code)
	}
	return e
}

// notOAuth judges an answer without an error of OAuth's.
func notOAuth(call *connector.Call, answer *rest.Answer) *connector.Error {
	if answer.Status < 400 {
		return nil
	}
	kind := rest.KindOf(answer.Status)
	if call.Operation.Class == connector.Token && kind != connector.Unavailable && kind != connector.RateLimited {
		kind = connector.Unexpected // not OAuth's no: the code or token may be used up or not
	}
	return &connector.Error{Kind: kind}
}

// kindOf tells a no from trouble. Some servers write errors of the second sort,
// which belong to the authorization page, into token answers too.
func kindOf(code string, status int) connector.Kind {
	switch {
	case status == http.StatusTooManyRequests || status >= http.StatusInternalServerError:
		return rest.KindOf(status)
	case code == "server_error" || code == "temporarily_unavailable":
		return connector.Unavailable
	case code == "invalid_token":
		return connector.Unauthorized
	}
	return connector.Reauthorize
}
