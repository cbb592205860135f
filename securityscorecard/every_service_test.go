package securityscorecard_test

import (
	"context"
	"errors"
	"iter"
	"strings"
	"time"

	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/securityscorecard"
	"github.com/cordage-go/cordage/value"
)

// company is the first seeded company, which has a score and a breach.
func (e *every) company() string {
	return e.server.Records("companies")[0]["domain"].(string)
}

// portfolio is the first seeded portfolio, which holds most companies.
func (e *every) portfolio() string {
	return e.server.Records("portfolios")[0]["id"].(string)
}

// held is how many companies the first portfolio has.
func (e *every) held() int {
	count := 0
	for _, r := range e.server.Records("portfolio_companies") {
		if r["portfolio_id"] == e.portfolio() {
			count++
		}
	}
	return count
}

// issueType is a type of which the first company has findings, and their number.
func (e *every) issueType() (key string, count int) {
	for _, r := range e.server.Records("issues") {
		if r["parent_domain"] != e.company() {
			continue
		}
		if key == "" {
			key = r["issue_type"].(string)
		}
		if r["issue_type"] == key {
			count++
		}
	}
	return key, count
}

// events is how many events of a type the first company has; of all if it is empty.
func (e *every) events(eventType string) int {
	count := 0
	for _, r := range e.server.Records("events") {
		if r["_domain"] == e.company() && (eventType == "" || r["event_type"] == eventType) {
			count++
		}
	}
	return count
}

func (e *every) companies() {
	s, of := e.client.Companies, e.company()
	issueType, findings := e.issueType()
	gets(e, "Companies.Get", "GET /companies/{scorecard_identifier}", func(ctx context.Context) (*securityscorecard.Company, error) {
		return s.Get(ctx, of)
	})
	gets(e, "Companies.GetWithFactors", "GET /companies/{scorecard_identifier}/summary-factors", func(ctx context.Context) (*securityscorecard.Company, error) {
		return s.GetWithFactors(ctx, of, nil)
	})
	reads(e, "Companies.Factors", "GET /companies/{scorecard_identifier}/factors", func(ctx context.Context) ([]securityscorecard.Factor, error) {
		return s.Factors(ctx, of, nil)
	})
	gets(e, "Companies.ActiveIssues", "GET /companies/{scorecard_identifier}/active-issues", func(ctx context.Context) (*securityscorecard.ActiveIssues, error) {
		return s.ActiveIssues(ctx, of, nil)
	})
	gets(e, "Companies.IssueContext", "GET /companies/{domain}/issue-context/{issue_type}", func(ctx context.Context) (*securityscorecard.IssueContext, error) {
		return s.IssueContext(ctx, of, issueType)
	})
	reads(e, "Companies.ScorePlan", "GET /companies/{domain}/score-plans/by-target/{score}", func(ctx context.Context) ([]securityscorecard.ScorePlanItem, error) {
		return s.ScorePlan(ctx, of, 100)
	})
	gets(e, "Companies.Search", "POST /companies/bulk-searches", func(ctx context.Context) (*securityscorecard.CompanySearchResult, error) {
		return s.Search(ctx, &securityscorecard.CompanySearch{Searches: []string{of, "Nobody"}})
	})
	list[securityscorecard.Finding]{
		names:     [3]string{"Companies.ListFindings", "Companies.FindingPages", "Companies.AllFindings"},
		operation: "GET /companies/{scorecard_identifier}/issues/{issue_type}/",
		size:      100, want: findings, pages: 1,
		list: func(ctx context.Context, opts ...connector.CallOption) (*connector.Page[securityscorecard.Finding], error) {
			return s.ListFindings(ctx, of, issueType, opts...)
		},
		walk: func(ctx context.Context, opts ...connector.CallOption) iter.Seq2[*connector.Page[securityscorecard.Finding], error] {
			return s.FindingPages(ctx, of, issueType, opts...)
		},
		items: func(ctx context.Context, opts ...connector.CallOption) iter.Seq2[*securityscorecard.Finding, error] {
			return s.AllFindings(ctx, of, issueType, opts...)
		},
	}.run(e)
	list[securityscorecard.RiskEvent]{
		names:     [3]string{"Companies.ListRiskEvents", "Companies.RiskEventPages", "Companies.AllRiskEvents"},
		operation: "GET /companies/{scorecard_identifier}/expanded-risk",
		size:      1, want: 2, pages: 2,
		list: func(ctx context.Context, opts ...connector.CallOption) (*connector.Page[securityscorecard.RiskEvent], error) {
			return s.ListRiskEvents(ctx, of, nil, opts...)
		},
		walk: func(ctx context.Context, opts ...connector.CallOption) iter.Seq2[*connector.Page[securityscorecard.RiskEvent], error] {
			return s.RiskEventPages(ctx, of, nil, opts...)
		},
		items: func(ctx context.Context, opts ...connector.CallOption) iter.Seq2[*securityscorecard.RiskEvent, error] {
			return s.AllRiskEvents(ctx, of, nil, opts...)
		},
	}.run(e)
}

// histories calls what a company has of the past.
func (e *every) histories() {
	s, of := e.client.Companies, e.company()
	issueType, _ := e.issueType()
	today := value.DateOf(e.server.Today)
	month := value.DateOf(e.server.Today.AddDate(0, -1, 0))
	reads(e, "Companies.ScoreHistory", "GET /companies/{scorecard_identifier}/history/score", func(ctx context.Context) ([]securityscorecard.ScoreHistoryEntry, error) {
		return s.ScoreHistory(ctx, of, &securityscorecard.CompanyScoreHistoryQuery{From: month, To: today, Timing: securityscorecard.TimingWeekly})
	})
	reads(e, "Companies.FactorHistory", "GET /companies/{scorecard_identifier}/history/factors/score", func(ctx context.Context) ([]securityscorecard.FactorHistoryEntry, error) {
		return s.FactorHistory(ctx, of, &securityscorecard.CompanyFactorHistoryQuery{DateFrom: month, DateTo: today})
	})
	year := &securityscorecard.CompanyEventsQuery{DateFrom: e.server.Today.AddDate(-1, 0, 0), DateTo: time.Now()}
	list[securityscorecard.Event]{
		names:     [3]string{"Companies.ListEvents", "Companies.EventPages", "Companies.AllEvents"},
		operation: "GET /companies/{scorecard_identifier}/history/events/",
		size:      100, want: e.events(""), pages: 1,
		list: func(ctx context.Context, opts ...connector.CallOption) (*connector.Page[securityscorecard.Event], error) {
			return s.ListEvents(ctx, of, year, opts...)
		},
		walk: func(ctx context.Context, opts ...connector.CallOption) iter.Seq2[*connector.Page[securityscorecard.Event], error] {
			return s.EventPages(ctx, of, year, opts...)
		},
		items: func(ctx context.Context, opts ...connector.CallOption) iter.Seq2[*securityscorecard.Event, error] {
			return s.AllEvents(ctx, of, year, opts...)
		},
	}.run(e)
	list[securityscorecard.Breach]{
		names:     [3]string{"Companies.ListBreaches", "Companies.BreachPages", "Companies.AllBreaches"},
		operation: "GET /companies/{domain}/history/events/breaches",
		size:      100, want: e.events("breach"), pages: 1,
		list: func(ctx context.Context, opts ...connector.CallOption) (*connector.Page[securityscorecard.Breach], error) {
			return s.ListBreaches(ctx, of, nil, opts...)
		},
		walk: func(ctx context.Context, opts ...connector.CallOption) iter.Seq2[*connector.Page[securityscorecard.Breach], error] {
			return s.BreachPages(ctx, of, nil, opts...)
		},
		items: func(ctx context.Context, opts ...connector.CallOption) iter.Seq2[*securityscorecard.Breach, error] {
			return s.AllBreaches(ctx, of, nil, opts...)
		},
	}.run(e)
	reads(e, "Companies.HistoricalFindings", "GET /companies/{scorecard_identifier}/history/events/{effective_date}/issues/{issue_type}/",
		func(ctx context.Context) ([]securityscorecard.HistoricalFinding, error) {
			return s.HistoricalFindings(ctx, of, today, issueType, nil)
		})
}

func (e *every) industries() {
	const industry = "technology"
	s := e.client.Industries
	gets(e, "Industries.Score", "GET /industries/{industry}/score", func(ctx context.Context) (*securityscorecard.IndustryScore, error) {
		return s.Score(ctx, industry, nil)
	})
	reads(e, "Industries.Factors", "GET /industries/{industry}/factors", func(ctx context.Context) ([]securityscorecard.IndustryFactor, error) {
		return s.Factors(ctx, industry, nil)
	})
	reads(e, "Industries.ScoreHistory", "GET /industries/{industry}/history/score", func(ctx context.Context) ([]securityscorecard.IndustryScoreHistoryEntry, error) {
		return s.ScoreHistory(ctx, industry, nil)
	})
	reads(e, "Industries.FactorHistory", "GET /industries/{industry}/history/factors", func(ctx context.Context) ([]securityscorecard.IndustryFactorHistoryEntry, error) {
		return s.FactorHistory(ctx, industry, nil)
	})
}

func (e *every) metadata() {
	s := e.client.Metadata
	reads(e, "Metadata.Factors", "GET /metadata/factors", func(ctx context.Context) ([]securityscorecard.FactorInfo, error) {
		return s.Factors(ctx)
	})
	reads(e, "Metadata.IssueTypes", "GET /metadata/issue-types", func(ctx context.Context) ([]securityscorecard.IssueType, error) {
		return s.IssueTypes(ctx)
	})
	gets(e, "Metadata.IssueType", "GET /metadata/issue-types/{type}", func(ctx context.Context) (*securityscorecard.IssueType, error) {
		return s.IssueType(ctx, "open_port")
	})
}

func (e *every) notifications() {
	s := e.client.Notifications
	list[securityscorecard.Notification]{
		names:     [3]string{"Notifications.List", "Notifications.Pages", "Notifications.All"},
		operation: "GET /users/by-username/{username}/notifications/recent",
		size:      50, want: e.server.Seeded["notifications"], pages: 2, // the second is empty: 30 may have been a limit
		list: func(ctx context.Context, opts ...connector.CallOption) (*connector.Page[securityscorecard.Notification], error) {
			return s.List(ctx, e.server.Username, nil, opts...)
		},
		walk: func(ctx context.Context, opts ...connector.CallOption) iter.Seq2[*connector.Page[securityscorecard.Notification], error] {
			return s.Pages(ctx, e.server.Username, nil, opts...)
		},
		items: func(ctx context.Context, opts ...connector.CallOption) iter.Seq2[*securityscorecard.Notification, error] {
			return s.All(ctx, e.server.Username, nil, opts...)
		},
	}.run(e)
}

func (e *every) portfolios() {
	s := e.client.Portfolios
	list[securityscorecard.Portfolio]{
		names:     [3]string{"Portfolios.List", "Portfolios.Pages", "Portfolios.All"},
		operation: "GET /portfolios",
		size:      50, want: e.server.Seeded["portfolios"], pages: 1,
		list: s.List, walk: s.Pages, items: s.All,
	}.run(e)

	made := gets(e, "Portfolios.Create", "POST /portfolios", func(ctx context.Context) (*securityscorecard.Portfolio, error) {
		return s.Create(ctx, &securityscorecard.PortfolioCreate{Name: "made", Description: new("by a test")})
	})
	changed := gets(e, "Portfolios.Update", "PUT /portfolios/{portfolio_id}", func(ctx context.Context) (*securityscorecard.Portfolio, error) {
		return s.Update(ctx, made.ID, &securityscorecard.PortfolioUpdate{Name: "changed", Description: new("")})
	})
	if changed.ID != made.ID || changed.Name != "changed" || changed.Description != "" {
		e.Errorf("made %+v, changed %+v", *made, *changed)
	}

	company := gets(e, "Portfolios.AddCompany", "PUT /portfolios/{portfolio_id}/companies/{domain}", func(ctx context.Context) (*securityscorecard.Company, error) {
		return s.AddCompany(ctx, made.ID, "never-scored.example")
	})
	if company.Score != nil || company.Grade != securityscorecard.GradeUnknown {
		e.Errorf("a new company has the grade %q", company.Grade)
	}
	e.call("Portfolios.AddCompanies", "PUT /portfolios/companies/bulk-upload", func(ctx context.Context) error {
		return s.AddCompanies(ctx, &securityscorecard.PortfolioAddition{PortfolioIDs: []string{made.ID}, Domains: []string{e.company(), "new.example"}})
	})
	e.holds(made.ID, "never-scored.example "+e.company()+" new.example")
	e.call("Portfolios.RemoveCompany", "DELETE /portfolios/{portfolio_id}/companies/{domain}", func(ctx context.Context) error {
		return s.RemoveCompany(ctx, made.ID, "new.example")
	})
	e.holds(made.ID, "never-scored.example "+e.company())
	e.call("Portfolios.RemoveAllCompanies", "DELETE /portfolios/{id}/companies/all", func(ctx context.Context) error {
		return s.RemoveAllCompanies(ctx, made.ID)
	})
	e.holds(made.ID, "")

	e.call("Portfolios.Delete", "DELETE /portfolios/{portfolio_id}", func(ctx context.Context) error { return s.Delete(ctx, made.ID) })
	if err := s.Delete(e.Context(), made.ID); !errors.Is(err, connector.NotFound) {
		e.Errorf("deleting a deleted portfolio: %v, want %q", err, connector.NotFound)
	}
}

// holds checks which companies a portfolio has.
func (e *every) holds(portfolio, want string) {
	e.Helper()
	var domains []string
	for company, err := range e.client.Portfolios.AllCompanies(e.Context(), portfolio, nil) {
		if err != nil {
			e.Fatal(err)
		}
		domains = append(domains, company.Domain)
	}
	if got := strings.Join(domains, " "); got != want {
		e.Errorf("the portfolio has %q, want %q", got, want)
	}
}

// members reads the companies of a portfolio in all forms.
func (e *every) members() {
	s, of, held := e.client.Portfolios, e.portfolio(), e.held()
	list[securityscorecard.PortfolioCompany]{
		names:     [3]string{"Portfolios.ListCompanies", "Portfolios.CompanyPages", "Portfolios.AllCompanies"},
		operation: "GET /portfolios/{portfolio_id}/companies",
		size:      1000, want: held, pages: 1,
		list: func(ctx context.Context, opts ...connector.CallOption) (*connector.Page[securityscorecard.PortfolioCompany], error) {
			return s.ListCompanies(ctx, of, nil, opts...)
		},
		walk: func(ctx context.Context, opts ...connector.CallOption) iter.Seq2[*connector.Page[securityscorecard.PortfolioCompany], error] {
			return s.CompanyPages(ctx, of, nil, opts...)
		},
		items: func(ctx context.Context, opts ...connector.CallOption) iter.Seq2[*securityscorecard.PortfolioCompany, error] {
			return s.AllCompanies(ctx, of, nil, opts...)
		},
	}.run(e)
	list[securityscorecard.Scorecard]{
		names:     [3]string{"Portfolios.ListScorecards", "Portfolios.ScorecardPages", "Portfolios.AllScorecards"},
		operation: "GET /v2/portfolios/{id}/companies",
		size:      25, want: held, pages: held/25 + 2, // the last one is empty
		list: func(ctx context.Context, opts ...connector.CallOption) (*connector.Page[securityscorecard.Scorecard], error) {
			return s.ListScorecards(ctx, of, nil, opts...)
		},
		walk: func(ctx context.Context, opts ...connector.CallOption) iter.Seq2[*connector.Page[securityscorecard.Scorecard], error] {
			return s.ScorecardPages(ctx, of, nil, opts...)
		},
		items: func(ctx context.Context, opts ...connector.CallOption) iter.Seq2[*securityscorecard.Scorecard, error] {
			return s.AllScorecards(ctx, of, nil, opts...)
		},
	}.run(e)
	list[securityscorecard.RiskEvent]{
		names:     [3]string{"Portfolios.ListRiskEvents", "Portfolios.RiskEventPages", "Portfolios.AllRiskEvents"},
		operation: "GET /portfolios/{portfolio_id}/expanded-risk",
		size:      held, want: 2 * held, pages: 2,
		list: func(ctx context.Context, opts ...connector.CallOption) (*connector.Page[securityscorecard.RiskEvent], error) {
			return s.ListRiskEvents(ctx, of, nil, opts...)
		},
		walk: func(ctx context.Context, opts ...connector.CallOption) iter.Seq2[*connector.Page[securityscorecard.RiskEvent], error] {
			return s.RiskEventPages(ctx, of, nil, opts...)
		},
		items: func(ctx context.Context, opts ...connector.CallOption) iter.Seq2[*securityscorecard.RiskEvent, error] {
			return s.AllRiskEvents(ctx, of, nil, opts...)
		},
	}.run(e)
	e.call("Portfolios.Facet", "GET /v2/portfolios/{id}/companies/facet/{facet}", func(ctx context.Context) error {
		answer, err := s.Facet(ctx, of, "industry", nil)
		if err == nil && !strings.Contains(string(answer), "technology") {
			e.Errorf("the facet has %s", answer)
		}
		return err
	})
}

func (e *every) reports() {
	s, of := e.client.Reports, e.company()
	orders := map[string]func(context.Context) (*securityscorecard.Report, error){
		"Detailed detailed": func(ctx context.Context) (*securityscorecard.Report, error) {
			return s.CreateDetailed(ctx, &securityscorecard.ScorecardReport{Company: of})
		},
		"Summary summary": func(ctx context.Context) (*securityscorecard.Report, error) {
			return s.CreateSummary(ctx, &securityscorecard.ScorecardReport{Company: of})
		},
		"Issues issues": func(ctx context.Context) (*securityscorecard.Report, error) {
			return s.CreateIssues(ctx, &securityscorecard.IssuesReport{Company: of})
		},
		"Partnership partnership": func(ctx context.Context) (*securityscorecard.Report, error) {
			return s.CreatePartnership(ctx, &securityscorecard.CompanyReport{Company: of})
		},
		"Portfolio portfolio": func(ctx context.Context) (*securityscorecard.Report, error) {
			return s.CreatePortfolio(ctx, &securityscorecard.PortfolioReport{PortfolioID: e.portfolio()})
		},
		"Events events-json": func(ctx context.Context) (*securityscorecard.Report, error) {
			return s.CreateEvents(ctx, &securityscorecard.EventsReport{Company: of, Date: value.DateOf(e.server.Today)})
		},
		"FullScorecard full-scorecard-json": func(ctx context.Context) (*securityscorecard.Report, error) {
			return s.CreateFullScorecard(ctx, &securityscorecard.CompanyReport{Company: of})
		},
		"FootprintDomains footprint-domains": func(ctx context.Context) (*securityscorecard.Report, error) {
			return s.CreateFootprintDomains(ctx, &securityscorecard.FootprintReport{Domain: of})
		},
		"FootprintIPs footprint-ips": func(ctx context.Context) (*securityscorecard.Report, error) {
			return s.CreateFootprintIPs(ctx, &securityscorecard.FootprintReport{Domain: of})
		},
	}
	for names, order := range orders {
		method, kind, _ := strings.Cut(names, " ")
		gets(e, "Reports.Create"+method, "POST /reports/"+kind, order)
	}
	list[securityscorecard.Report]{
		names:     [3]string{"Reports.List", "Reports.Pages", "Reports.All"},
		operation: "GET /reports/recent",
		size:      50, want: e.server.Seeded["reports"] + len(orders), pages: 1,
		list: s.List, walk: s.Pages, items: s.All,
	}.run(e)
}
