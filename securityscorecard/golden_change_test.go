package securityscorecard_test

import (
	"fmt"
	"testing"

	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/securityscorecard"
)

func showCreated(p *securityscorecard.Portfolio) string {
	return fmt.Sprintf("%s %s %q %s", p.ID, p.Name, p.Description, p.Privacy)
}

func createPortfolio(in *securityscorecard.PortfolioCreate) action {
	return func(t *testing.T, c *securityscorecard.Client) (string, error) {
		return one(showCreated)(c.Portfolios.Create(t.Context(), in))
	}
}

func updatePortfolio(id string, in *securityscorecard.PortfolioUpdate) action {
	return func(t *testing.T, c *securityscorecard.Client) (string, error) {
		return one(showCreated)(c.Portfolios.Update(t.Context(), id, in))
	}
}

func deletePortfolio(id string) action {
	return func(t *testing.T, c *securityscorecard.Client) (string, error) {
		return done(c.Portfolios.Delete(t.Context(), id))
	}
}

func addCompany(domain string) action {
	return func(t *testing.T, c *securityscorecard.Client) (string, error) {
		return one(showCompany)(c.Portfolios.AddCompany(t.Context(), vendors, domain))
	}
}

func removeCompany(domain string) action {
	return func(t *testing.T, c *securityscorecard.Client) (string, error) {
		return done(c.Portfolios.RemoveCompany(t.Context(), vendors, domain))
	}
}

func showReport(r *securityscorecard.Report) string { return r.ID + r.Title }

const (
	banks  = "5b0f2a10-0000-4000-8000-000000000002"
	report = "0f000000-0000-4000-8000-000000000004"
)

var changeCalls = map[string]goldenCall{
	"portfolio-create": {
		do: createPortfolio(&securityscorecard.PortfolioCreate{
			Name: "Banks", Description: new("Who keeps our money"), Privacy: new(securityscorecard.PortfolioPrivacyTeam),
			TeamID: new("0e000000-0000-4000-8000-000000000003"),
		}),
		want: banks + ` Banks "Who keeps our money" team`,
	},
	"portfolio-create-short": {do: createPortfolio(&securityscorecard.PortfolioCreate{Name: "Banks"}), want: banks + ` Banks "" private`},
	"portfolio-create-empty": {
		do: createPortfolio(&securityscorecard.PortfolioCreate{}),
		fails: &failure{kind: connector.Invalid, status: 400, says: []string{
			"invalid request body data path: .name schema path: #/minLength should not be empty", "correct the request; nothing was done",
		}},
	},
	"portfolio-create-nameless": {
		do:    call(connector.Operation{Method: "POST", Path: "/portfolios", Class: connector.Write}, map[string]string{"description": "Nameless"}),
		fails: &failure{kind: connector.Invalid, status: 400, says: []string{"missing property: name"}},
	},
	"portfolio-create-wrong-word": {
		do:    createPortfolio(&securityscorecard.PortfolioCreate{Name: "Banks", Privacy: new(securityscorecard.PortfolioPrivacy("secret"))}),
		fails: &failure{kind: connector.Invalid, status: 400, says: []string{`"secret" is none of private, shared, team`}},
	},
	"portfolio-update": {
		do:   updatePortfolio(vendors, &securityscorecard.PortfolioUpdate{Name: "Suppliers", Privacy: new(securityscorecard.PortfolioPrivacyShared)}),
		want: vendors + ` Suppliers "All of them" shared`,
	},
	"portfolio-update-cleared": {
		do:   updatePortfolio(vendors, &securityscorecard.PortfolioUpdate{Name: "Vendors", Description: new("")}),
		want: vendors + ` Vendors "" private`,
	},
	"portfolio-update-null": {
		do: call(connector.Operation{Method: "PUT", Path: "/portfolios/" + vendors, Class: connector.Set},
			map[string]any{"name": "Vendors", "description": nil}),
		fails: &failure{kind: connector.Invalid, status: 400, says: []string{"data path: .description", "should be string"}},
	},
	"portfolio-update-read-only": {
		do: updatePortfolio(headquarters, &securityscorecard.PortfolioUpdate{Name: "Ours"}),
		fails: &failure{kind: connector.Forbidden, status: 403, says: []string{
			"is shared with you for reading only", "check the token's access level and the contract",
		}},
	},
	"portfolio-delete": {do: deletePortfolio(vendors)},
	"portfolio-delete-unknown": {
		do:    deletePortfolio("5b0f2a10-0000-4000-8000-000000000009"),
		fails: &failure{kind: connector.NotFound, status: 404, says: []string{"portfolio not found", "check the id"}},
	},

	"company-add":        {do: addCompany("elm.example"), want: "elm.example ? - unknown unknown 0 - false false"},
	"company-add-scored": {do: addCompany("Dune.example"), want: "dune.example A 90 energy size_more_than_10000 0 - false false"},
	"company-remove":     {do: removeCompany("cedar.example")},
	"company-remove-absent": {
		do:    removeCompany("dune.example"),
		fails: &failure{kind: connector.NotFound, status: 404, says: []string{"dune.example is not in the portfolio"}},
	},
	"companies-remove-all": {do: func(t *testing.T, c *securityscorecard.Client) (string, error) {
		return done(c.Portfolios.RemoveAllCompanies(t.Context(), vendors))
	}},
	"companies-add": {do: func(t *testing.T, c *securityscorecard.Client) (string, error) {
		return done(c.Portfolios.AddCompanies(t.Context(), &securityscorecard.PortfolioAddition{
			PortfolioIDs: []string{vendors}, Domains: []string{"dune.example", "elm.example"}, BulkInvite: new(false), TagType: new("own"),
		}))
	}},
	"companies-remove": {do: func(t *testing.T, c *securityscorecard.Client) (string, error) {
		in := &securityscorecard.PortfolioRemoval{PortfolioIDs: []string{vendors}, Domains: []string{acme}}
		return done(c.Unstable.Portfolios.RemoveCompanies(t.Context(), in))
	}},

	"report-detailed": {
		do: func(t *testing.T, c *securityscorecard.Client) (string, error) {
			return one(showReport)(c.Reports.CreateDetailed(t.Context(), &securityscorecard.ScorecardReport{
				Company: acme, Branding: new(securityscorecard.ReportBrandingCompanyAndSecurityScorecard),
			}))
		},
		want: report,
	},
	"report-issues": {
		do: func(t *testing.T, c *securityscorecard.Client) (string, error) {
			return one(showReport)(c.Reports.CreateIssues(t.Context(), &securityscorecard.IssuesReport{Company: acme, Format: new("csv")}))
		},
		want: report,
	},
	"report-portfolio": {
		do: func(t *testing.T, c *securityscorecard.Client) (string, error) {
			return one(showReport)(c.Reports.CreatePortfolio(t.Context(), &securityscorecard.PortfolioReport{PortfolioID: vendors}))
		},
		want: report,
	},
	"report-footprint": {
		do: func(t *testing.T, c *securityscorecard.Client) (string, error) {
			return one(showReport)(c.Reports.CreateFootprintIPs(t.Context(), &securityscorecard.FootprintReport{Domain: acme}))
		},
		want: report,
	},
	"report-events": {
		do: func(t *testing.T, c *securityscorecard.Client) (string, error) {
			return one(showReport)(c.Reports.CreateEvents(t.Context(), &securityscorecard.EventsReport{Company: acme, Date: lastDay}))
		},
		want: report,
	},
	"report-full": {
		do: func(t *testing.T, c *securityscorecard.Client) (string, error) {
			return one(showReport)(c.Reports.CreateFullScorecard(t.Context(), &securityscorecard.CompanyReport{Company: "birch.example"}))
		},
		want: report + "Full scorecard",
	},
	"report-unwrapped": {
		do: call(connector.Operation{Method: "POST", Path: "/reports/full-scorecard-json", Class: connector.Write},
			securityscorecard.CompanyReport{Company: acme}),
		fails: &failure{kind: connector.Invalid, status: 400, says: []string{"missing property: params"}},
	},
}
