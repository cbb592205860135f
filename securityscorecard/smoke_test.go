package securityscorecard_test

import (
	"regexp"
	"testing"

	"github.com/cordage-go/cordage/auth"
	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/internal/everymethod"
	"github.com/cordage-go/cordage/internal/faulttest"
	"github.com/cordage-go/cordage/internal/operations"
	"github.com/cordage-go/cordage/securityscorecard"
	"github.com/cordage-go/cordage/securityscorecard/securityscorecardtest"
)

// Every method succeeds against the emulator, through a socket, and what it
// answers has the form that the method reads.
func TestEveryMethod(t *testing.T) {
	table, err := operations.SecurityScorecard()
	if err != nil {
		t.Fatal(err)
	}
	server := securityscorecardtest.NewServer(t)
	client, err := securityscorecard.New(auth.Static(server.Token), &securityscorecard.Options{Options: connector.Options{
		BaseURL: server.URL, Pacer: faulttest.Unpaced{}, MaxAttempts: 1, OnDrift: reportDrift(t),
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	methods, err := new(everymethod.Sources).Methods(client)
	if err != nil {
		t.Fatal(err)
	}
	emulator := &everymethod.Emulator{
		Table: table, Collection: collection, Known: known(server), Requests: server.Requests,
		Last:       []string{"Portfolios.RemoveAllCompanies", "UnstablePortfolios.RemoveCompanies", "UnstableUsers.RevokeToken"},
		MayBeEmpty: func(method string) bool { return method == "Companies.HistoricalFindings" }, // nothing happened on that day
		Sizes: map[string]int{
			"ExposedCredentials.ListRecords": 20, "ExposedCredentials.ListSites": 20, "ExposedCredentials.ListSubdomains": 20, "FollowedCompanies.List": 10,
		},
	}
	count, errs := emulator.Smoke(t.Context(), methods)
	for _, err := range errs {
		t.Error(err)
	}
	t.Logf("smoke: %d calls of %d operations", count.Calls, count.Operations)
}

// collection is a path without its version and with its variables unnamed:
// they have several names.
func collection(path string) string {
	return variable.ReplaceAllString(version.ReplaceAllString(path, "$1"), "{}")
}

// version stands before the rest of a path, or behind /max.
var version = regexp.MustCompile(`^(/max)?/v\d+`)

var variable = regexp.MustCompile(`\{[^}]+\}`)

// known is what the emulator's own rules ask for, where its types do not tell.
func known(server *securityscorecardtest.Server) map[string]any {
	company := server.Records("companies")[0]["domain"].(string)
	portfolio := server.Records("portfolios")[0]["id"]
	values := map[string]any{"scorecard_identifier": company, "domain": company, "score": "100", "username": server.Username,
		"industry": "technology", "facet": "industry", "portfolio_id": portfolio,
		"Portfolios.AddCompanies portfolios": portfolio, "Portfolios.AddCompanies companies": company,
		"UnstablePortfolios.RemoveCompanies ids": portfolio, "UnstablePortfolios.RemoveCompanies companies": company,
	}
	for _, r := range server.Records("issues") {
		if r["parent_domain"] == company {
			values["issue_type"] = r["issue_type"]
		}
	}
	return values
}

// An app of the marketplace exchanges its code for a token that works, reads
// its secret and renews it.
func TestAppAtTheEmulator(t *testing.T) {
	server := securityscorecardtest.NewServer(t)
	options := connector.Options{BaseURL: server.URL, Pacer: faulttest.Unpaced{}, MaxAttempts: 1}
	app := securityscorecard.App{ID: server.AppID, Secret: auth.NewSecret(server.AppSecret), BaseURL: server.URL}
	token, err := app.Exchange(t.Context(), server.InstallCode)
	if err != nil {
		t.Fatal(err)
	}
	installed, err := securityscorecard.New(auth.Static(token.Access.Reveal()), &securityscorecard.Options{Options: options})
	if err != nil {
		t.Fatal(err)
	}
	defer installed.Close()
	if _, err := installed.Portfolios.List(t.Context()); err != nil {
		t.Errorf("the exchanged token: %v", err)
	}
	client, err := securityscorecard.New(auth.Static(server.Token), &securityscorecard.Options{Options: options})
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	if secret, err := client.AppSecret(t.Context(), server.AppID); err != nil || secret.Reveal() != server.AppSecret {
		t.Errorf("AppSecret gave another secret than the app's, or the error %v", err)
	}
	if secret, err := client.RotateAppSecret(t.Context(), server.AppID); err != nil || secret.IsZero() || secret.Reveal() == server.AppSecret {
		t.Errorf("RotateAppSecret gave no new secret, or the error %v", err)
	}
}
