package procore_test

import (
	"context"
	"fmt"
	"time"

	"github.com/cordage-go/cordage/auth"
	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/procore"
	"github.com/cordage-go/cordage/procore/directory"
	"github.com/cordage-go/cordage/procore/rfi"
	"github.com/cordage-go/cordage/procore/webhooks"
)

func signInAsApp(ctx context.Context, app procore.App) (auth.Token, error) {
	grant, err := app.ClientCredentials()
	if err != nil {
		return auth.Token{}, err
	}
	return grant.Renew(ctx, auth.Token{})
}

func withSecret(secret string) func(context.Context, procore.App) (auth.Token, error) {
	return func(ctx context.Context, app procore.App) (auth.Token, error) {
		app.ClientSecret = auth.NewSecret(secret)
		return signInAsApp(ctx, app)
	}
}

func exchange(code, redirect string) func(context.Context, procore.App) (auth.Token, error) {
	return func(ctx context.Context, app procore.App) (auth.Token, error) {
		app.RedirectURL = redirect
		return app.Exchange(ctx, code)
	}
}

func refresh(ctx context.Context, app procore.App) (auth.Token, error) {
	grant, err := app.Refresh()
	if err != nil {
		return auth.Token{}, err
	}
	return grant.Renew(ctx, auth.Token{Refresh: auth.NewSecret(refreshToken)})
}

const (
	goldenCode = "demo-procore-code-000001"
	usedUp     = "let the user sign in again"
	tooMany    = "You have surpassed the max number of requests"
)

var signInCalls = map[string]goldenCall{
	"sign-in":         {signIn: signInAsApp, want: nextToken + "  Bearer 1h30m0s"},
	"sign-in-lenient": {signIn: signInAsApp, want: "golden-access-FAKE  Bearer 15m0s"},
	"sign-in-wrong-secret": {
		signIn: withSecret("wrong-FAKE"),
		fails:  &failure{kind: connector.Reauthorize, status: 401, code: "invalid_client", says: []string{"client_secret is wrong", "check App.ClientID", "golden environment"}},
	},
	"sign-in-no-secret": {
		signIn: withSecret(""), unsent: true,
		fails: &failure{kind: connector.Invalid, says: []string{"App.ClientSecret is empty"}},
	},
	"sign-in-code": {signIn: exchange(goldenCode, redirectURL), want: nextToken + " demo-procore-refresh-00000002 Bearer 1h30m0s"},
	"sign-in-code-used": {
		signIn: exchange(goldenCode, redirectURL),
		fails:  &failure{kind: connector.Reauthorize, status: 400, code: "invalid_grant", says: []string{"used already", usedUp}},
	},
	"sign-in-code-redirect": {
		signIn: exchange(goldenCode, redirectURL+"/"),
		fails:  &failure{kind: connector.Reauthorize, status: 400, code: "invalid_grant", says: []string{"redirect_uri", usedUp}},
	},
	"sign-in-code-unknown": {
		signIn: exchange("never-given-FAKE", redirectURL),
		fails:  &failure{kind: connector.Reauthorize, status: 400, code: "invalid_grant", says: []string{"never issued", usedUp}},
	},
	"token-info": {
		ofToken: func(ctx context.Context, app procore.App) (string, error) {
			return one(func(i *procore.TokenInfo) string {
				return fmt.Sprint(i.UserID, " ", i.ClientID, " ", i.CreatedAt.Format(time.RFC3339), " ", time.Until(i.ExpiresAt).Round(time.Minute))
			})(app.TokenInfo(ctx, auth.Token{Access: auth.NewSecret(accessToken)}))
		},
		want: "562949955421313 demo-procore-client-id 2026-11-01T08:00:00Z 1h30m0s",
	},
	"revoke": {
		ofToken: func(ctx context.Context, app procore.App) (string, error) {
			return done(app.Revoke(ctx, auth.Token{Access: auth.NewSecret(accessToken)}))
		},
	},
	"refresh": {signIn: refresh, want: nextToken + " demo-procore-refresh-00000002 Bearer 1h30m0s"},
	"refresh-used": {
		signIn: refresh,
		fails:  &failure{kind: connector.Reauthorize, status: 400, code: "invalid_grant", says: []string{"The refresh token is invalid", usedUp}},
	},
	"refresh-limited": {
		signIn: refresh,
		fails:  &failure{kind: connector.UnknownOutcome, status: 429, wait: 3 * time.Second, says: []string{"look whether it was done"}},
	},
	"refresh-lost": {
		signIn: refresh,
		fails:  &failure{kind: connector.UnknownOutcome, status: 502, says: []string{"look whether it was done"}},
	},
}

// call uses an operation that no package has a method for.
func call(method, path string) func(context.Context, *procore.Client) (string, error) {
	return func(ctx context.Context, c *procore.Client) (string, error) {
		op := connector.Operation{ID: "Own", Method: method, Path: path, Class: connector.Read}
		var in any
		if method != "GET" {
			in = struct{}{}
		}
		return "", c.Do(ctx, op, in, nil)
	}
}

const (
	checkToken = "check the token"
	noCompany  = "set Options.CompanyID"
	noAccess   = "this token has no access"
)

var companyCalls = map[string]goldenCall{
	"token-wrong": {
		token: "wrong-token-FAKE", anywhere: true, do: getMe,
		fails: &failure{kind: connector.Unauthorized, status: 401, code: "401", says: []string{"The access token is invalid", checkToken}},
	},
	"token-wrong-v2": {
		token: "wrong-token-FAKE",
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			return rows(showHook)(webhooks.New(c).Hooks.List(ctx, projectID, nil))
		},
		fails: &failure{kind: connector.Unauthorized, status: 401, code: "INVALID_TOKEN", says: []string{"The access token is invalid", checkToken}},
	},
	"token-missing": {
		anywhere: true, unsent: true,
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			return getMe(ctx, c.As(auth.Static("")))
		},
		fails: &failure{kind: connector.Invalid, says: []string{"no token", "the token is empty"}},
	},
	"company-missing": {
		anywhere: true, unsent: true, do: listWholeProjects,
		fails: &failure{kind: connector.Invalid, says: []string{"no company", noCompany}},
	},
	"company-missing-list": {
		anywhere: true, do: listCompanies(),
		fails: &failure{kind: connector.Invalid, status: 400, says: []string{"Missing Procore-Company-Id header!", noCompany}},
	},
	"company-unknown": {
		do:    listTrades(procore.Company(12)),
		fails: &failure{kind: connector.Forbidden, status: 403, says: []string{noAccess, "company 12 is right"}},
	},
	"company-unknown-v2": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			return rows(showHook)(webhooks.New(c).CompanyHooks.List(ctx, nil, procore.Company(12)))
		},
		fails: &failure{kind: connector.Forbidden, status: 403, code: "ACCESS_DENIED", says: []string{noAccess, "company 12 is right"}},
	},
	"company-not-connected": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			return listWholeProjects(ctx, c.As(auth.Static(accessToken), procore.Company(companyID+2)))
		},
		fails: &failure{kind: connector.Forbidden, status: 403,
			says: []string{"App is not connected to this company.", "install the app in company 562949954421315"}},
	},
	"project-of-another": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			return rows(showRFI)(rfi.New(c).RFIs.List(ctx, projectID+8, nil))
		},
		fails: &failure{kind: connector.NotFound, status: 404, code: "404",
			says: []string{"project 562949957421321 does not exist", "check the ids and company 562949954421313"}},
	},
	"companies-of-app": {
		token: nextToken, anywhere: true, do: listCompanies(),
		want: "562949954421313 Demo Builders active true; 562949954421314 Sample Construction active true of 2",
	},
}

// refused is a call for who is signed in that ends in an error.
func refused(f failure) goldenCall { return goldenCall{anywhere: true, do: getMe, fails: &f} }

var errorCalls = map[string]goldenCall{
	"error-codes":     refused(failure{kind: connector.Invalid, status: 400, code: "400", says: []string{"Bad request; is not a number; project_id"}}),
	"error-exception": refused(failure{kind: connector.Unavailable, status: 500, says: []string{"Something went wrong", "try again later"}}),
	"error-text":      refused(failure{kind: connector.Invalid, status: 422, says: []string{"Project template is being copied"}}),
	"error-base": refused(failure{kind: connector.Invalid, status: 422, fields: "map[due_date:[is too early is a holiday]]",
		says: []string{"Nothing was changed; due_date: is too early, is a holiday"}}),
	"error-valid":        refused(failure{kind: connector.Invalid, status: 422, says: []string{"Number is taken"}}),
	"error-array":        refused(failure{kind: connector.Invalid, status: 413, says: []string{"updates has too many entries; at most 1000"}}),
	"error-gateway":      refused(failure{kind: connector.Unavailable, status: 502, says: []string{"try again later"}}),
	"error-empty":        refused(failure{kind: connector.NotFound, status: 404, says: []string{"check the id"}}),
	"error-content":      refused(failure{kind: connector.Invalid, status: 406, says: []string{"Not acceptable"}}),
	"error-slow":         refused(failure{kind: connector.Unavailable, status: 408, says: []string{"Request timeout", "narrow the query"}}),
	"error-gone":         refused(failure{kind: connector.NotFound, status: 410, code: "GONE", says: []string{"The upload has expired; Start again"}}),
	"error-not-modified": refused(failure{kind: connector.Unexpected, status: 304}),
	"error-unavailable":  refused(failure{kind: connector.Unavailable, status: 503, says: []string{"try again later"}}),
	"error-heavy-load":   refused(failure{kind: connector.Unavailable, status: 503, wait: 2 * time.Second, says: []string{"heavy load", "retry after 2s"}}),
	"error-login-page":   refused(failure{kind: connector.Decode, status: 200, says: []string{"text/html", "check that BaseURL is the platform's API"}}),
	"error-shape": {
		anywhere: true, do: listCompanies(),
		fails: &failure{kind: connector.Decode, status: 200, says: []string{"object"}},
	},
	"error-reason-code": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			return rows(func(r *webhooks.Resource) string { return r.Name })(webhooks.New(c).Resources.List(ctx, projectID, "v9.0"))
		},
		fails: &failure{kind: connector.Invalid, status: 400, code: "INVALID_PROPERTY", says: []string{"not one of v2.0, v3.0 and v4.0"}},
	},
	"error-object": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			return one(showHook)(webhooks.New(c).Hooks.Get(ctx, projectID, "12"))
		},
		fails: &failure{kind: connector.NotFound, status: 404, code: "NOT_FOUND", says: []string{"hook 12 does not exist"}},
	},
	"error-conflict": {
		do: func(ctx context.Context, c *procore.Client) (string, error) {
			return one(showVendor)(directory.New(c).CompanyVendors.Update(ctx, 562949956421313, &directory.CompanyVendorInput{OriginID: new("ERP-1-002")}, nil))
		},
		fails: &failure{kind: connector.Conflict, status: 409, says: []string{"origin_id ERP-1-002 is taken already", "read the current state"}},
	},
	"error-unknown-path": {
		do:    call("GET", "/rest/v1.0/meters/17"),
		fails: &failure{kind: connector.NotFound, status: 404, says: []string{"no operation has the path", "Not Found"}},
	},
	"error-verb": {
		anywhere: true, do: call("PUT", "/rest/v1.0/me"),
		fails: &failure{kind: connector.Invalid, status: 405, says: []string{"PUT is not a verb of this path"}},
	},
	"error-write-lost": {
		do:    createTrade("Paving"),
		fails: &failure{kind: connector.UnknownOutcome, status: 504, says: []string{"look whether it was done"}},
	},
	"error-write-limited": {
		do:    createTrade("Paving"),
		fails: &failure{kind: connector.RateLimited, status: 429, wait: 9 * time.Second, says: []string{tooMany, "wait, or allow longer waits"}},
	},

	"limit-told":      {anywhere: true, do: getMe, want: demoUser},
	"limit-told-hour": {anywhere: true, do: getMe, want: demoUser},
	"limit-spike":     refused(failure{kind: connector.RateLimited, status: 429, says: []string{tooMany}}),
	"limit-hour":      refused(failure{kind: connector.RateLimited, status: 429, says: []string{tooMany}}),
	"limit-reset":     refused(failure{kind: connector.RateLimited, status: 429, wait: 7 * time.Second, says: []string{tooMany, "retry after 7s"}}),
}
