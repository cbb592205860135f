package operations

import (
	"strings"
	"testing"
)

func TestSecurityScorecardNamesByRule(t *testing.T) {
	nouns := map[string]NounRow{
		"all-companies": {Service: "FollowedCompanies"}, "ip-domain-tags/groups": {Service: "IPDomainTagGroups"}, "max/partner": {Service: "MAXPartner"},
		"oauth/apps": {Service: "OAuthApps"}, "plans": {Service: "ActionPlans"},
	}
	for row, want := range map[string]string{
		"GET /portfolios":                                               "Portfolios.List of Portfolio",
		"PUT /portfolios/{portfolio_id}":                                "Portfolios.Update of Portfolio",
		"GET /portfolios/{portfolio_id}/companies":                      "Portfolios.ListCompanies of Portfolio",
		"DELETE /portfolios/{portfolio_id}/companies/{domain}":          "Portfolios.DeleteCompany of Portfolio",
		"GET /all-companies/{domain}":                                   "FollowedCompanies.Get of FollowedCompany",
		"POST /all-companies/bulk-delete":                               "FollowedCompanies.BulkDelete of FollowedCompany",
		"GET /ip-domain-tags":                                           "IPDomainTags.List of IPDomainTag",
		"PUT /ip-domain-tags/groups/{id}":                               "IPDomainTagGroups.Update of IPDomainTagGroup",
		"GET /max/v1/partner/remediation-plans/{id}":                    "MAXPartner.GetRemediationPlan of MAXPartner",
		"GET /max/v1/partner/{customer_id}/historical-scores":           "MAXPartner.ListHistoricalScores of MAXPartner",
		"GET /industries/{industry}/score":                              "Industries.Score of Industry",
		"PUT /v1/organizations/{id}/profile":                            "Organizations.SetProfile of Organization",
		"POST /plans/unarchive":                                         "ActionPlans.Unarchive of ActionPlan",
		"PATCH /v1/oauth/apps/{id}/secrets/{secret_id}":                 "OAuthApps.UpdateSecret of OAuthApp",
		"GET /companies/{scorecard_identifier}/issues/{issue_type}/":    "Companies.GetIssue of Company",
		"POST /companies/{domain}/issues/{type}/feedback/":              "Companies.CreateIssuesFeedback of Company",
		"DELETE /v1/organizations/{id}/trust-center/draft":              "Organizations.DeleteTrustCenterDraft of Organization",
		"GET /vendor-portfolio-automation/ingested-vendors":             "VendorPortfolioAutomation.ListIngestedVendors of VendorPortfolioAutomation",
		"DELETE /users/by-username/{username}/alerts/{type}/{alert_id}": "Users.DeleteByUsernameAlert of User",
		"GET /v2/organizations/{id}/portfolios":                         "Organizations.ListPortfolios of Organization",
	} {
		m := &merger{table: &Table{Platform: "securityscorecard"}, overrides: &Overrides{Nouns: nouns}, used: map[string]bool{}}
		op := operationOf(row)
		m.nameScorecard(&op)
		if got := op.Service + "." + op.Method + " of " + op.Noun; got != want {
			t.Errorf("%s is %s, want %s", row, got, want)
		}
	}
}

// What is outside the published index is reached by services of its own; its
// records keep plain names, so that they need not change when it is published.
func TestUnstableOperationsStandApart(t *testing.T) {
	m := &merger{table: &Table{Operations: []Operation{
		{Service: "Portfolios", Noun: "Portfolio"}, {Service: "Portfolios", Noun: "Portfolio", Unstable: true},
	}}}
	m.setUnstableApart()
	for i, want := range []string{"Portfolios Portfolio", "UnstablePortfolios Portfolio"} {
		if op := m.table.Operations[i]; op.Service+" "+op.Noun != want {
			t.Errorf("operation %d is of %s %s, want %s", i, op.Service, op.Noun, want)
		}
	}
}

// Two types of different given names stay two, however alike they are.
func TestTypesThatAreNamedApartAreNotJoined(t *testing.T) {
	n := &typeNaming{m: &merger{overrides: &Overrides{Types: map[string]TypeRow{"A": {Go: "Tag"}, "B": {Go: "Team"}, "C": {Go: "Tag"}}}}}
	for pair, want := range map[[2]string]bool{{"A", "B"}: true, {"A", "C"}: false, {"A", "D"}: false, {"D", "E"}: false} {
		if got := n.namedApart(use{raw: pair[0]}, use{raw: pair[1]}); got != want {
			t.Errorf("%s and %s are named apart: %v, want %v", pair[0], pair[1], got, want)
		}
	}
}

func operationOf(row string) Operation {
	verb, path, _ := strings.Cut(row, " ")
	return Operation{Verb: verb, Path: path}
}
