package securityscorecardtest

import (
	"net/http"
	"strings"

	"github.com/cordage-go/cordage/internal/emulate"
)

// handlers are the operations that have a behaviour of their own. All others
// of the table are answered by its types.
func (p *platform) handlers() map[string]handler {
	all := map[string]handler{
		"GET /apps/{app_id}/secret":                p.readSecret,
		"POST /apps/{app_id}/secret":               p.rotateSecret,
		"POST /v1/users/{username}/revoke-token":   p.revokeToken,
		"GET /myself":                              p.myself,
		"POST /companies/bulk-searches":            p.searchInBulk,
		"GET /companies/{scorecard_identifier}":    p.readCompany,
		"GET /metadata/factors":                    p.listFactorMetadata,
		"GET /metadata/issue-types":                p.listIssueTypes,
		"GET /metadata/issue-types/{type}":         p.readIssueType,
		"GET /industries/{industry}/score":         p.industryScore,
		"GET /industries/{industry}/factors":       p.industryFactors,
		"GET /industries/{industry}/history/score": p.industryScoreHistory,

		"GET /industries/{industry}/history/factors":                  p.industryFactorHistory,
		"GET /companies/{scorecard_identifier}/factors":               p.listFactors,
		"GET /companies/{scorecard_identifier}/summary-factors":       p.readSummaryFactors,
		"GET /companies/{scorecard_identifier}/history/score":         p.scoreHistory,
		"GET /companies/{scorecard_identifier}/history/factors/score": p.factorHistory,
		"GET /companies/{scorecard_identifier}/history/events/":       p.listEvents,
		"GET /companies/{domain}/history/events/breaches":             p.listBreaches,
		"GET /companies/{scorecard_identifier}/active-issues":         p.listActiveIssues,
		"GET /companies/{scorecard_identifier}/issues/{issue_type}/":  p.listFindings,
		"GET /companies/{domain}/issue-context/{issue_type}":          p.readIssueContext,
		"GET /companies/{domain}/score-plans/by-target/{score}":       p.planScore,

		"GET /companies/{scorecard_identifier}/history/events/{effective_date}/issues/{issue_type}/": p.listHistoricalFindings,

		"GET /companies/{scorecard_identifier}/expanded-risk": p.listCompanyRisk,
		"GET /portfolios/{portfolio_id}/expanded-risk":        p.listPortfolioRisk,

		"GET /portfolios":                                      p.listPortfolios,
		"POST /portfolios":                                     p.createPortfolio,
		"PUT /portfolios/{portfolio_id}":                       p.editPortfolio,
		"DELETE /portfolios/{portfolio_id}":                    p.deletePortfolio,
		"GET /portfolios/{portfolio_id}/companies":             p.listPortfolioCompanies,
		"PUT /portfolios/{portfolio_id}/companies/{domain}":    p.addCompany,
		"DELETE /portfolios/{portfolio_id}/companies/{domain}": p.removeCompany,
		"DELETE /portfolios/{id}/companies/all":                p.emptyPortfolio,
		"PUT /portfolios/companies/bulk-upload":                p.addCompanies,
		"POST /portfolios/companies/bulk-delete":               p.removeCompanies,
		"GET /v2/portfolios/{id}/companies":                    p.searchPortfolio,
		"GET /v2/portfolios/{id}/companies/facet/{facet}":      p.facetPortfolio,

		"GET /reports/recent":                                    p.listReports,
		"GET /reports/files/{file_path}":                         p.downloadReport,
		"POST /reports/compliance/csv/export":                    p.exportCompliance,
		"GET /users/by-username/{username}/notifications/recent": p.listNotifications,
	}
	for _, kind := range reportKinds() {
		all["POST /reports/"+kind.name] = func(c *emulate.Call) (emulate.Answer, error) { return p.createReport(c, kind) }
	}
	return all
}

// router knows the paths of the table, and those that have a behaviour but are
// not in it: signing in, secrets, and what a client may call without a method.
func (p *platform) router() *emulate.Router {
	r := emulate.NewRouter("", p.table)
	known := map[string]bool{}
	for _, op := range p.table.Operations {
		known[op.Verb+" "+op.Path] = true
	}
	for name := range p.behaviour {
		if verb, path, _ := strings.Cut(name, " "); !known[name] {
			r.Add(verb, path)
		}
	}
	r.Add(http.MethodPost, exchangePath)
	for _, verb := range []string{http.MethodGet, http.MethodPost} {
		r.Add(verb, appPage)
		r.Add(verb, consentPage)
	}
	return r
}
