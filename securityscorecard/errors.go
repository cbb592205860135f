package securityscorecard

import (
	"net/http"

	"github.com/cordage-go/cordage/auth"
	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/internal/rest"
	"github.com/cordage-go/cordage/internal/wire"
)

// notInPortfolio is the key of a 403 for a company that is in none of the
// caller's portfolios.
const notInPortfolio = "company_not_in_a_portfolio"

// failure reads an error out of an answer: {"error": {"message", "key"}}, or
// {"error": "text"}, or something that a gateway wrote.
func failure(call *connector.Call, a *rest.Answer) *connector.Error {
	if a.Status < 400 {
		return nil
	}
	e := &connector.Error{Status: a.Status, Kind: rest.KindOf(a.Status)}
	if members, err := wire.Members(a.Body); err == nil {
		e.Message, _ = wire.Text(members["error"])
		if inner, err := wire.Members(members["error"]); err == nil {
			e.Message, _ = wire.Text(inner["message"])
			e.Code, _ = wire.Text(inner["key"])
		}
	}
	e.Remedy = remedy(e, a.Token)
	if call.Operation.Class == connector.Token {
		rest.RefusedSignIn(e, "check App.ID and App.Secret; a code works once, so "+installAgain)
	}
	return e
}

func remedy(e *connector.Error, token auth.Token) string {
	switch e.Status {
	case http.StatusUnauthorized:
		return "check the API token: making a new one kills the old one, and a marketplace app's ends when the user uninstalls it"
	case http.StatusForbidden:
		if e.Code == notInPortfolio {
			return "add the company to one of your portfolios first, with Portfolios.AddCompany"
		}
		if token.Extra[ExtraApp] != "" {
			return "check the user's access level and the app's scopes: one that the manifest has gained since is granted by a new installation alone, so " + installAgain
		}
		return "check the token's access level and the contract: free plans have no API access"
	case http.StatusNotFound:
		return "check the id; a company that was never scored gets its scorecard when it is added to a portfolio"
	}
	return ""
}
