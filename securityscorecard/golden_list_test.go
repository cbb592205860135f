package securityscorecard_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/cordage-go/cordage/auth"
	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/securityscorecard"
	"github.com/cordage-go/cordage/value"
)

func showPortfolio(p *securityscorecard.Portfolio) string {
	return fmt.Sprintf("%s %s %s read only %v %s", p.ID, p.Name, p.Privacy, p.ReadOnly, at(p.CreatedAt))
}

func showMember(c *securityscorecard.PortfolioCompany) string {
	return fmt.Sprintf("%s %s %s %d %v", c.Domain, c.Grade, score(c.Score), c.ScoreChange30Days, c.IsCustomVendor)
}

func showScorecard(s *securityscorecard.Scorecard) string {
	return fmt.Sprintf("%s %s %s %v %s %v %s", s.Domain, s.Grade, score(s.Score), s.LastMonthScoreChange, s.PlatformScoreDate, s.IsCustomVendor, at(s.AddedAt))
}

func showRisk(r *securityscorecard.RiskEvent) string {
	return fmt.Sprintf("%s %s %s %s", r.Category, r.Confidence, r.EventURLs, at(r.UpdatedAt))
}

func listPortfolios(t *testing.T, c *securityscorecard.Client) (string, error) {
	return rows(showPortfolio)(c.Portfolios.List(t.Context()))
}

// members lists the companies of a portfolio.
func members(q *securityscorecard.PortfolioCompaniesQuery, opts ...connector.CallOption) action {
	return func(t *testing.T, c *securityscorecard.Client) (string, error) {
		return rows(showMember)(c.Portfolios.ListCompanies(t.Context(), vendors, q, opts...))
	}
}

// scorecards lists one page of a portfolio's scorecards.
func scorecards(q *securityscorecard.PortfolioScorecardsQuery, opts ...connector.CallOption) action {
	return func(t *testing.T, c *securityscorecard.Client) (string, error) {
		return rows(showScorecard)(c.Portfolios.ListScorecards(t.Context(), vendors, q, opts...))
	}
}

// scorecardsAfter lists the page that follows so many pages of one scorecard.
func scorecardsAfter(pages int) action {
	return func(t *testing.T, c *securityscorecard.Client) (string, error) {
		from := kept(t, pages, "", func(ctx context.Context, c *securityscorecard.Client, from connector.CallOption) (string, error) {
			page, err := c.Portfolios.ListScorecards(ctx, vendors, nil, connector.PageSize(1), from)
			return next(page, err)
		})
		return scorecards(nil, from)(t, c)
	}
}

// kept is where a list goes on behind so many pages of one record, in a text
// that was kept from another client. A link is the Link header of each page.
func kept(t *testing.T, pages int, link string, list func(context.Context, *securityscorecard.Client, connector.CallOption) (string, error)) connector.CallOption {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if link != "" {
			w.Header().Set("Link", link)
		}
		fmt.Fprint(w, `{"entries":[{"domain":"acme.example"}]}`)
	}))
	defer server.Close()
	client, err := securityscorecard.New(auth.Static(demoToken), &securityscorecard.Options{Options: connector.Options{BaseURL: server.URL}})
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	from := ""
	for range pages {
		if from, err = list(t.Context(), client, connector.From(from)); err != nil || from == "" {
			t.Fatalf("next %q, error %v", from, err)
		}
	}
	return connector.From(from)
}

func next[T any](page *connector.Page[T], err error) (string, error) {
	if err != nil {
		return "", err
	}
	return page.Next, nil
}

func risks(q *securityscorecard.CompanyRiskEventsQuery, opts ...connector.CallOption) action {
	return func(t *testing.T, c *securityscorecard.Client) (string, error) {
		return rows(showRisk)(c.Companies.ListRiskEvents(t.Context(), acme, q, opts...))
	}
}

// risksAfterLink goes on where the Link header of the first page leads.
func risksAfterLink(t *testing.T, c *securityscorecard.Client) (string, error) {
	const link = `<https://api.securityscorecard.io/companies/acme.example/expanded-risk?limit=1&page=2>; rel="next"`
	from := kept(t, 1, link, func(ctx context.Context, c *securityscorecard.Client, from connector.CallOption) (string, error) {
		page, err := c.Companies.ListRiskEvents(ctx, acme, nil, from)
		return next(page, err)
	})
	return risks(nil, from)(t, c)
}

// membersAfterLink does so with a list that comes whole otherwise.
func membersAfterLink(t *testing.T, c *securityscorecard.Client) (string, error) {
	const link = `</portfolios/` + vendors + `/companies?cursor=abc%3D&limit=1>; rel="next"; title="more, of these"`
	from := kept(t, 1, link, func(ctx context.Context, c *securityscorecard.Client, from connector.CallOption) (string, error) {
		page, err := c.Portfolios.ListCompanies(ctx, vendors, nil, from)
		return next(page, err)
	})
	return members(nil, from)(t, c)
}

func notifications(q *securityscorecard.NotificationQuery, opts ...connector.CallOption) action {
	return func(t *testing.T, c *securityscorecard.Client) (string, error) {
		return rows(showNotification)(c.Notifications.List(t.Context(), demoUser, q, opts...))
	}
}

func showNotification(n *securityscorecard.Notification) string {
	text := fmt.Sprintf("%s %s %v read %s", n.Domain, n.PlatformScoreDate, n.Priority, at(n.ReadAt))
	for _, p := range n.Portfolios {
		text += " in " + p.Name
	}
	return text + " " + string(n.ChangeData)
}

var listCalls = map[string]goldenCall{
	"portfolios": {
		do:   listPortfolios,
		want: vendors + " Vendors private read only false 2026-01-05T09:00:00Z; " + headquarters + " Headquarters shared read only true 2021-03-04T05:06:07Z; of 2",
	},
	"portfolios-count":    {do: listPortfolios, want: vendors + " Vendors team read only false -"},
	"portfolios-empty":    {do: listPortfolios, want: "of 0"},
	"portfolio-companies": {do: members(nil), want: "acme.example B 87 -3 false; birch.example ? - 0 false; cedar.example D 64 2 true; of 3"},

	"scorecards-first-page":  {do: scorecards(nil, connector.PageSize(1)), want: "acme.example B 87 -3 2026-09-30 false 2026-01-05T09:00:00Z; more"},
	"scorecards-middle-page": {do: scorecardsAfter(1), want: "birch.example ? - 0 2026-09-30 false 2026-01-05T09:00:00Z; more"},
	"scorecards-last-page":   {do: scorecardsAfter(2), want: "cedar.example D 64 2 2026-09-30 true 2026-01-05T09:00:00Z; more"},
	"scorecards-empty-page":  {do: scorecardsAfter(3)},

	"scorecards-default-size": {do: scorecards(&securityscorecard.PortfolioScorecardsQuery{Search: "nobody"})},
	"scorecards-largest-size": {do: scorecards(&securityscorecard.PortfolioScorecardsQuery{Search: "nobody"}, connector.PageSize(500))},
	"scorecards-too-large": {
		do: call(connector.Operation{
			Method: "GET", Path: "/v2/portfolios/" + vendors + "/companies?page=0&page_size=201", Class: connector.Read,
		}, nil),
		fails: &failure{kind: connector.Invalid, status: 400, says: []string{"page_size: 201 is too large", "correct the request"}},
	},

	"risk-first-page": {do: risks(nil, connector.PageSize(1)), want: "sanctions low [https://news.example/acme.example/0] 2026-08-02T00:00:00Z; of 2; more"},
	"risk-last-page":  {do: risksAfterLink, want: "high risk industry medium [https://news.example/acme.example/1] 2026-08-04T00:00:00Z; of 2"},
	"risk-empty": {
		do: func(t *testing.T, c *securityscorecard.Client) (string, error) {
			return rows(showRisk)(c.Portfolios.ListRiskEvents(t.Context(), vendors, &securityscorecard.PortfolioRiskEventsQuery{
				Category: securityscorecard.RiskCategoryRelativeOrAssociate, Confidence: securityscorecard.RiskConfidenceUnlikely,
			}))
		},
		want: "of 0",
	},
	"risk-no-page": {
		do:    call(connector.Operation{Method: "GET", Path: "/companies/acme.example/expanded-risk?page=0&limit=1", Class: connector.Read}, nil),
		fails: &failure{kind: connector.Invalid, status: 400, says: []string{"the first one is 1"}},
	},

	"whole-linked":      {do: members(nil), want: "acme.example B 87 0 false; of 2; more"},
	"whole-linked-next": {do: membersAfterLink, want: "birch.example ? - 0 false; of 2"},
	"whole-linked-away": {
		do:    members(nil),
		fails: &failure{kind: connector.Origin, says: []string{"refused to send credentials to https://evil.example"}},
	},

	"notifications": {
		do: notifications(&securityscorecard.NotificationQuery{Sort: "date", Order: "desc"}, connector.PageSize(1)),
		want: "acme.example 2026-09-29 true read 2026-09-29T06:00:00Z in Vendors " +
			`[{"direction": "drops", "score": 87, "grade_letter": "B", "factor": "network_security", "score_impact": -1.5}]; more`,
	},
	"notifications-second-page": {
		do: notifications(nil, connector.PageSize(1), connector.From("page=2")),
		want: `cedar.example 2026-09-28 false read - {
        "workflow": {"id": "0d000000-0000-4000-8000-000000000009"},
        "score_change": {"trigger_value": "grade_drop", "grade": "D", "score": 64, "factors": {}, "issues": {}}
      }; more`,
	},
	"notifications-unread": {do: notifications(&securityscorecard.NotificationQuery{Unread: new(true), Portfolio: headquarters})},
}

var filterCalls = map[string]goldenCall{
	"filter-industry": {
		do:   members(&securityscorecard.PortfolioCompaniesQuery{Grade: "B", Industry: "TECHNOLOGY"}),
		want: "acme.example B 87 -3 false; of 1",
	},
	"filter-vulnerability": {
		do: members(&securityscorecard.PortfolioCompaniesQuery{
			Vulnerability: "CVE-2026-0001", IssueType: "open_port", HadBreachWithinLastDays: 300,
		}),
		want: "acme.example B 87 -3 false; of 1",
	},
	"filter-none": {do: members(&securityscorecard.PortfolioCompaniesQuery{Status: "inactive"}), want: "of 0"},
	"filter-wrong-word": {
		do:    members(&securityscorecard.PortfolioCompaniesQuery{Status: "asleep"}),
		fails: &failure{kind: connector.Invalid, status: 400, says: []string{`"asleep" is none of active, inactive`, "correct the request"}},
	},
	"filter-wrong-date": {
		do: func(t *testing.T, c *securityscorecard.Client) (string, error) {
			_, err := c.Companies.ScoreHistory(t.Context(), acme, nil, connector.Param("from", "2026-13-40"))
			return "", err
		},
		fails: &failure{kind: connector.Invalid, status: 400, says: []string{`"2026-13-40" is not a valid date`}},
	},
	"filter-lists": {
		do: func(t *testing.T, c *securityscorecard.Client) (string, error) {
			return rows(func(s *securityscorecard.Scorecard) string {
				return fmt.Sprint(s.Domain, " ", *s.Factors.NetworkSecurity, " ", *s.Factors.DNSHealth, " ", s.Factors.CubitScore == nil)
			})(c.Portfolios.ListScorecards(t.Context(), vendors, &securityscorecard.PortfolioScorecardsQuery{
				Grades: []string{"B", "D"}, Scores: []int64{64, 87}, Sort: "-score", WithFactors: new(true), IsCustomVendor: new(false),
			}))
		},
		want: "acme.example 78 100 true; more",
	},
	"filter-criteria": {
		do: func(t *testing.T, c *securityscorecard.Client) (string, error) {
			return rows(func(s *securityscorecard.Scorecard) string {
				return fmt.Sprint(s.Tags, s.VSORDataTypesShared, s.VSORContractEndDate, " ", string(s.VSORMetadata), s.CustomFields, at(s.LastLoggedIn))
			})(c.Portfolios.ListScorecards(t.Context(), vendors, &securityscorecard.PortfolioScorecardsQuery{
				Tags: []string{"t1", "t2"}, TagsCriteria: "AND", CustomFields: map[string][]string{"f1": {"yes"}},
				VSORContractEndDateTo: value.Date{Year: 2026, Month: time.December, Day: 31},
			}))
		},
		want: `[{t1 Key} {t2 Cloud}] [names]2026-11-30 {"owner": null}[{f1 list Critical [yes]}]-; more`,
	},
	"filter-facet": {
		do: func(t *testing.T, c *securityscorecard.Client) (string, error) {
			answer, err := c.Portfolios.Facet(t.Context(), vendors, "industry", &securityscorecard.PortfolioFacetQuery{PageSize: 5, FacetSearch: "RE"})
			return string(answer), err
		},
		want: `{"entries": [{"industry": "retail"}], "page": 0, "size": 5}`,
	},
	"filter-facet-unknown": {
		do: func(t *testing.T, c *securityscorecard.Client) (string, error) {
			answer, err := c.Portfolios.Facet(t.Context(), vendors, "colour", nil)
			return string(answer), err
		},
		fails: &failure{kind: connector.Invalid, status: 400, says: []string{`no facet "colour"`}},
	},
}
