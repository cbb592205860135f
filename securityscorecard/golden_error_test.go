package securityscorecard_test

import (
	"testing"
	"time"

	"github.com/cordage-go/cordage/auth"
	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/securityscorecard"
)

// What several errors tell the caller to do.
const (
	checkToken = "check the API token: making a new one kills the old one"
	checkPlan  = "free plans have no API access"
	addFirst   = "add the company to one of your portfolios first, with Portfolios.AddCompany"
	noScore    = "a company that was never scored gets its scorecard when it is added to a portfolio"
	tryLater   = "try again later"
	slower     = "wait, or allow longer waits with MaxWait"
	installNew = "a code works once, so ask the user to install the app again"
)

// app is the demo app with a secret.
func app(secret string) *securityscorecard.App {
	return &securityscorecard.App{ID: demoApp, Secret: auth.NewSecret(secret)}
}

// appSecret reads the secret of an app.
func appSecret(id string) action {
	return func(t *testing.T, c *securityscorecard.Client) (string, error) {
		secret, err := c.AppSecret(t.Context(), id)
		return secret.Reveal(), err
	}
}

var credentialCalls = map[string]goldenCall{
	"token-missing": {
		unsent: true,
		do: func(*testing.T, *securityscorecard.Client) (string, error) {
			_, err := securityscorecard.New(nil, nil)
			return "", err
		},
		fails: &failure{kind: connector.Invalid, says: []string{"tokens is nil", "auth.Static"}},
	},
	"token-wrong": {
		token: "wrong-token-FAKE", do: getCompany(acme),
		fails: &failure{kind: connector.Unauthorized, status: 401, says: []string{"the API token is not valid", checkToken}},
	},
	"token-replaced": {
		do:    getCompany(acme),
		fails: &failure{kind: connector.Unauthorized, status: 401, says: []string{"replaced by a newer one", checkToken}},
	},
	"token-malformed": {
		unsent: true, token: "two words-FAKE", do: getCompany(acme),
		fails: &failure{kind: connector.Invalid, says: []string{"the token has a space", "without a word such as Bearer"}},
	},
	"token-scheme": {
		options: securityscorecard.Options{Scheme: "Bearer"}, do: getCompany(acme),
		fails: &failure{kind: connector.Unauthorized, status: 401, says: []string{"must begin with Token", checkToken}},
	},
	"token-disabled": {
		do: getCompany(acme),
		fails: &failure{
			kind: connector.Unauthorized, status: 401, code: "organization_disabled",
			says: []string{"the organization of [redacted] is disabled", checkToken},
		},
	},
	"token-free-plan": {
		do:    listPortfolios,
		fails: &failure{kind: connector.Forbidden, status: 403, says: []string{"API access is not enabled", checkPlan}},
	},
	"token-of-app": {token: appToken, do: industryScore, want: technology},
	"token-revoke": {do: func(t *testing.T, c *securityscorecard.Client) (string, error) {
		return done(c.Unstable.Users.RevokeToken(t.Context(), demoUser))
	}},
	"app-names": {options: securityscorecard.Options{AppName: "Risk watch", AppVersion: "1.2.3"}, do: industryScore, want: technology},

	"exchange":              {app: app(demoSecret), code: demoCode, want: "Token installed-token-FAKE"},
	"exchange-access-token": {app: app(demoSecret), code: demoCode, want: "Token installed-token-FAKE"},
	"exchange-api-token":    {app: app(demoSecret), code: demoCode, want: "Token installed-token-FAKE"},
	"exchange-other-answer": {
		app: app(demoSecret), code: demoCode,
		fails: &failure{kind: connector.Decode, says: []string{"none of access_token, token, api_token in the answer", "bearer"}},
	},
	"exchange-wrong-secret": {
		app: app("wrong-secret-FAKE"), code: demoCode,
		fails: &failure{kind: connector.Reauthorize, status: 401, says: []string{"client_id and client_secret do not fit", "check App.ID and App.Secret"}},
	},
	"exchange-spent": {
		app: app(demoSecret), code: demoCode,
		fails: &failure{kind: connector.Reauthorize, status: 400, says: []string{"the code [redacted] was used before", installNew}},
	},
	"exchange-without-code": {
		unsent: true, app: app(demoSecret),
		fails: &failure{kind: connector.Invalid, says: []string{"the code is empty"}},
	},
	"exchange-form": {
		unsent: true, app: &securityscorecard.App{ID: demoApp}, code: demoCode,
		fails: &failure{kind: connector.Invalid, says: []string{"App.Secret is empty"}},
	},

	"app-secret":            {do: appSecret(demoApp), want: demoSecret},
	"app-secret-other-name": {do: appSecret(demoApp), want: demoSecret},
	"app-secret-bare":       {do: appSecret(demoApp), want: demoSecret},
	"app-secret-rotate": {
		do: func(t *testing.T, c *securityscorecard.Client) (string, error) {
			secret, err := c.RotateAppSecret(t.Context(), demoApp)
			return secret.Reveal(), err
		},
		want: "demo-app-secret-not-a-secret-0002",
	},
	"app-secret-foreign": {
		do:    appSecret("de300000-0000-4000-8000-00000000a992"),
		fails: &failure{kind: connector.NotFound, status: 404, says: []string{"no such app", "check the id"}},
	},
	"app-secret-by-app": {
		token: appToken, do: appSecret(demoApp),
		fails: &failure{kind: connector.Forbidden, status: 403, says: []string{"only the creator"}},
	},
}

var errorCalls = map[string]goldenCall{
	"error-not-in-portfolio": {
		do:    getCompany("dune.example"),
		fails: &failure{kind: connector.Forbidden, status: 403, code: "company_not_in_a_portfolio", says: []string{"not in any of your portfolios", addFirst}},
	},
	"error-no-scorecard": {
		do: func(t *testing.T, c *securityscorecard.Client) (string, error) {
			return whole(showFactor)(c.Companies.Factors(t.Context(), "elm.example", nil))
		},
		fails: &failure{kind: connector.NotFound, status: 404, says: []string{"no scorecard yet", noScore}},
	},
	"error-unknown-id": {
		do:    getCompany("0c000000-0000-4000-8000-00000000000f"),
		fails: &failure{kind: connector.NotFound, status: 404, says: []string{"no scorecard 0c000000", "check the id"}},
	},
	"error-no-domain": {
		do:    getCompany("acme"),
		fails: &failure{kind: connector.Invalid, status: 400, says: []string{"neither a domain nor the id", "correct the request"}},
	},
	"error-industry": {
		do: func(t *testing.T, c *securityscorecard.Client) (string, error) {
			_, err := c.Industries.Score(t.Context(), "alchemy", nil)
			return done(err)
		},
		fails: &failure{kind: connector.NotFound, status: 404, says: []string{`no industry "alchemy"`}},
	},
	"error-method": {
		do: call(connector.Operation{Method: "PATCH", Path: "/portfolios/" + vendors, Class: connector.Write},
			map[string]string{"name": "Vendors"}),
		fails: &failure{kind: connector.Invalid, status: 405, says: []string{"PATCH is not a method of this path"}},
	},
	"error-conflict": {
		do:    createPortfolio(&securityscorecard.PortfolioCreate{Name: "Vendors"}),
		fails: &failure{kind: connector.Conflict, status: 409, code: "already_exists", says: []string{"a portfolio of that name exists", "read the current state"}},
	},
	"error-too-large": {
		do: func(t *testing.T, c *securityscorecard.Client) (string, error) {
			_, err := c.Companies.Search(t.Context(), &securityscorecard.CompanySearch{Searches: []string{acme}})
			return done(err)
		},
		fails: &failure{kind: connector.Invalid, status: 413},
	},
	"error-unprocessable": {
		do: func(t *testing.T, c *securityscorecard.Client) (string, error) {
			_, err := c.Reports.CreatePortfolio(t.Context(), &securityscorecard.PortfolioReport{PortfolioID: vendors, Format: new("pdf")})
			return done(err)
		},
		fails: &failure{kind: connector.Invalid, status: 422, says: []string{"the portfolio is empty"}},
	},
	"error-not-json":    {do: listPortfolios, fails: &failure{kind: connector.Unavailable, status: 500, says: []string{tryLater}}},
	"error-server":      {do: listPortfolios, fails: &failure{kind: connector.Unavailable, status: 500, says: []string{"Internal Server Error", tryLater}}},
	"error-gateway":     {do: listPortfolios, fails: &failure{kind: connector.Unavailable, status: 502, says: []string{tryLater}}},
	"error-timeout":     {do: listPortfolios, fails: &failure{kind: connector.Unavailable, status: 504, says: []string{tryLater}}},
	"error-unavailable": {do: listPortfolios, fails: &failure{kind: connector.Unavailable, status: 503, wait: 2 * time.Minute, says: []string{tryLater}}},
	"error-gateway-write": {
		do:    createPortfolio(&securityscorecard.PortfolioCreate{Name: "Banks"}),
		fails: &failure{kind: connector.UnknownOutcome, status: 502, says: []string{"look whether it was done"}},
	},

	"limit-hour":    {do: listPortfolios, fails: &failure{kind: connector.RateLimited, status: 429, says: []string{slower}}},
	"limit-seconds": {do: listPortfolios, fails: &failure{kind: connector.RateLimited, status: 429, wait: 90 * time.Second, says: []string{"Too Many Requests", slower}}},
	"limit-date":    {do: listPortfolios, fails: &failure{kind: connector.RateLimited, status: 429, wait: 90 * time.Second, says: []string{slower}}},
	"limit-reports": {
		do: func(t *testing.T, c *securityscorecard.Client) (string, error) {
			return one(showReport)(c.Reports.CreateDetailed(t.Context(), &securityscorecard.ScorecardReport{Company: acme}))
		},
		fails: &failure{kind: connector.RateLimited, status: 429, says: []string{slower}},
	},

	"success-page":  {do: getCompany(acme), fails: &failure{kind: connector.Decode, status: 200, says: []string{"content type text/html", "check that BaseURL"}}},
	"success-empty": {do: getCompany(acme), fails: &failure{kind: connector.Decode, status: 200, says: []string{"check that BaseURL"}}},
	"success-shape": {do: listPortfolios, fails: &failure{kind: connector.Decode, status: 200, says: []string{"/entries"}}},
}
