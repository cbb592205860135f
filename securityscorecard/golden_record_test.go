package securityscorecard_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/securityscorecard"
	"github.com/cordage-go/cordage/value"
)

func showCompany(c *securityscorecard.Company) string {
	return fmt.Sprintf("%s %s %s %s %s %d %s %v %v", c.Domain, c.Grade, score(c.Score), c.Industry, c.Size, c.ScoreChange30Days, at(c.CreatedAt),
		c.IsCustom, c.Disputed)
}

func getCompany(company string) action {
	return func(t *testing.T, c *securityscorecard.Client) (string, error) {
		return one(showCompany)(c.Companies.Get(t.Context(), company))
	}
}

func showFactor(f *securityscorecard.Factor) string {
	text := fmt.Sprintf("%s %s %s", f.Name, f.Grade, score(f.Score))
	for _, i := range f.IssueSummary {
		text += fmt.Sprintf(" [%s %s %d %v]", i.Type, i.Severity, i.Count, i.TotalScoreImpact)
	}
	return text
}

func showHistory(h *securityscorecard.ScoreHistoryEntry) string {
	return fmt.Sprintf("%s %s %s", h.Domain, at(h.Date), score(h.Score))
}

func scoreHistory(q *securityscorecard.CompanyScoreHistoryQuery) action {
	return func(t *testing.T, c *securityscorecard.Client) (string, error) {
		return whole(showHistory)(c.Companies.ScoreHistory(t.Context(), acme, q))
	}
}

func factorHistory(company string, q *securityscorecard.CompanyFactorHistoryQuery, opts ...connector.CallOption) action {
	return func(t *testing.T, c *securityscorecard.Client) (string, error) {
		return whole(func(h *securityscorecard.FactorHistoryEntry) string {
			return fmt.Sprintf("%s %s", at(h.Date), strings.Join(shown(showFactor, h.Factors), ", "))
		})(c.Companies.FactorHistory(t.Context(), company, q, opts...))
	}
}

func showEvent(e *securityscorecard.Event) string {
	return fmt.Sprintf("%d %s %s %s %s %d %v %v %v %s", e.ID, at(e.Date), e.EventType, e.IssueType, e.Factor, e.IssueCount, e.TotalScoreImpact,
		e.BreachData, e.BreachIncidents, e.DetailURL)
}

func listEvents(q *securityscorecard.CompanyEventsQuery) action {
	return func(t *testing.T, c *securityscorecard.Client) (string, error) {
		return rows(showEvent)(c.Companies.ListEvents(t.Context(), acme, q))
	}
}

func listFindings(issueType string) action {
	return func(t *testing.T, c *securityscorecard.Client) (string, error) {
		return rows(func(f *securityscorecard.Finding) string {
			return fmt.Sprintf("%s %d %s %s %s", f.IssueID, f.Count, at(f.FirstSeenAt), f.EffectiveDate, f.ConnectionAttributes)
		})(c.Companies.ListFindings(t.Context(), acme, issueType))
	}
}

func activeIssues(company string, types ...string) action {
	return func(t *testing.T, c *securityscorecard.Client) (string, error) {
		return one(func(a *securityscorecard.ActiveIssues) string {
			text := fmt.Sprint(a.TotalActiveIssues)
			for _, issueType := range a.IssueTypes {
				text += fmt.Sprint("; ", issueType.Name, " ", issueType.IssuesCount)
				for _, i := range issueType.Issues {
					text += fmt.Sprint(" [", i.IssueID, " ", i.IssueCount, " ", at(i.FirstSeenAt), "]")
				}
			}
			return text
		})(c.Companies.ActiveIssues(t.Context(), company, &securityscorecard.CompanyActiveIssuesQuery{IssueTypes: types}))
	}
}

var lastDay = value.Date{Year: 2026, Month: time.September, Day: 30}

var recordCalls = map[string]goldenCall{
	"company":             {do: getCompany(acme), want: "acme.example B 87 technology size_51_to_200 -3 2021-07-01T00:00:00Z false false"},
	"company-by-id":       {do: getCompany("0c000000-0000-4000-8000-000000000003"), want: "cedar.example D 64 retail size_1_to_10 2 2021-07-01T00:00:00Z true true"},
	"company-calculating": {do: getCompany("birch.example"), want: "birch.example ? - unknown unknown 0 2026-09-29T08:30:00Z false false"},
	"company-odd":         {do: getCompany(acme), want: "acme.example A+ - space_travel size_of_a_planet -3 2021-07-01T00:00:00Z true false"},
	"company-upper-case": {
		do: func(t *testing.T, c *securityscorecard.Client) (string, error) {
			return one(showCompany)(c.Companies.GetWithFactors(t.Context(), " Cedar.EXAMPLE ", nil))
		},
		want: "cedar.example D 64 retail size_1_to_10 2 2021-07-01T00:00:00Z true true",
	},
	"company-with-factors": {
		do: func(t *testing.T, c *securityscorecard.Client) (string, error) {
			return one(func(c *securityscorecard.Company) string {
				return c.Domain + ": " + strings.Join(shown(showFactor, c.Factors), "; ") + " " + c.Factors[0].IssueSummary[0].DetailURL
			})(c.Companies.GetWithFactors(t.Context(), acme, &securityscorecard.CompanyFactorsQuery{Severity: securityscorecard.SeverityHigh}))
		},
		want: "acme.example: network_security C 78 [tlscert_expired high 1 1.7]; dns_health A 100 " +
			"https://api.securityscorecard.io/companies/acme.example/issues/tlscert_expired/",
	},
	"company-unknown-path": {
		do: func(t *testing.T, c *securityscorecard.Client) (string, error) {
			op := connector.Operation{ID: "Own", Method: "GET", Path: "/companies/{domain}/scorecard/issues", Class: connector.Read}
			var company securityscorecard.Company
			err := c.Do(t.Context(), op.At("birch.example"), nil, &company)
			return company.Name, err
		},
		want: "Birch",
	},

	"factors": {
		do: func(t *testing.T, c *securityscorecard.Client) (string, error) {
			return whole(showFactor)(c.Companies.Factors(t.Context(), acme, nil))
		},
		want: "network_security C 78 [open_port low 2 0.4] [tlscert_expired high 1 1.7]; dns_health A 100",
	},
	"factors-severities": {
		do: func(t *testing.T, c *securityscorecard.Client) (string, error) {
			return whole(showFactor)(c.Companies.Factors(t.Context(), acme, &securityscorecard.CompanyFactorsQuery{
				Severities: []securityscorecard.Severity{securityscorecard.SeverityLow, securityscorecard.SeverityMedium},
			}))
		},
		want: "network_security C 78 [open_port low 2 0.4]; dns_health A 100",
	},

	"score-history": {
		do:   scoreHistory(&securityscorecard.CompanyScoreHistoryQuery{From: lastDay, To: lastDay, Timing: securityscorecard.TimingDaily}),
		want: "acme.example 2026-09-30T00:00:00Z 87",
	},
	"score-history-open": {
		do:   scoreHistory(&securityscorecard.CompanyScoreHistoryQuery{From: value.Date{Year: 2026, Month: time.August, Day: 20}, Timing: securityscorecard.TimingMonthly}),
		want: "acme.example 2026-09-01T00:00:00Z 90",
	},
	"factor-history": {
		do:   factorHistory(acme, &securityscorecard.CompanyFactorHistoryQuery{DateFrom: lastDay, DateTo: lastDay}),
		want: "2026-09-30T00:00:00Z network_security  78, dns_health  100",
	},
	"factor-history-wrong-names": {
		do: factorHistory(acme, &securityscorecard.CompanyFactorHistoryQuery{DateFrom: value.Date{Year: 2026, Month: time.September, Day: 29}},
			connector.Param("from", "2026-09-30"), connector.Param("to", "2026-09-30")),
		want: "2026-09-29T00:00:00Z network_security  78, dns_health  100; 2026-09-30T00:00:00Z network_security  78, dns_health  100",
	},
	"factor-history-empty": {do: factorHistory("birch.example", nil)},

	"events": {
		do: listEvents(&securityscorecard.CompanyEventsQuery{
			DateFrom: time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC),
			DateTo:   time.Date(2026, time.September, 30, 14, 30, 0, 250_000_000, time.FixedZone("", 2*60*60)),
		}),
		want: "101 2026-09-09T00:00:00Z issues open_port network_security 3 2.9 {    0 0 } [] " +
			"https://api.securityscorecard.io/companies/acme.example/history/events/2026-09-09/issues/open_port/?group_status=active; " +
			"102 2026-03-01T00:00:00Z breach   0 0 {   phishing 2000 1772323200 disclosure} " +
			"[{0b000000-0000-4000-8000-000000000001 alleged_breach_incident Records lost  phishing 1772323200 1772409600 2000 true first}] ",
	},
	"events-empty": {do: listEvents(&securityscorecard.CompanyEventsQuery{DateFrom: time.Date(2026, time.September, 20, 0, 0, 0, 0, time.UTC)})},
	"breaches": {
		do: func(t *testing.T, c *securityscorecard.Client) (string, error) {
			return rows(func(b *securityscorecard.Breach) string {
				return fmt.Sprint(at(b.Date), " ", b.EventType, b.BreachData)
			})(c.Companies.ListBreaches(t.Context(), acme, nil))
		},
		want: "2026-03-01T00:00:00Z breach{phishing disclosure https://news.example/acme.example  0 0 }",
	},

	"findings": {
		do: listFindings("open_port"),
		want: `0a000000-0000-4000-8000-000000000001 2 2026-06-01T00:00:00Z 2026-09-30 [{"dst_ip": "192.0.2.7", "dst_port": 8080, "protocol": "tcp"}]; ` +
			`0a000000-0000-4000-8000-000000000002 1 2026-07-15T00:00:00Z 2026-09-30 {"dst_ip": "192.0.2.8", "dst_port": 21, "protocol": "tcp"}`,
	},
	"findings-none": {do: listFindings("service_ftp")},
	"findings-unknown-type": {
		do:    listFindings("closed_port"),
		fails: &failure{kind: connector.NotFound, status: 404, says: []string{`no issue type "closed_port"`, "check the id"}},
	},
	"findings-of-day": {
		do: func(t *testing.T, c *securityscorecard.Client) (string, error) {
			q := &securityscorecard.CompanyHistoricalFindingsQuery{GroupStatus: "resolved", IssueID: "0a000000-0000-4000-8000-000000000003"}
			return whole(func(f *securityscorecard.HistoricalFinding) string {
				return fmt.Sprint(f.EffectiveDate, " ", f.GroupStatus, " ", f.VulnerabilityID, " ", f.Feedback[0].FeedbackType, " ", at(f.Feedback[0].CreatedAt))
			})(c.Companies.HistoricalFindings(t.Context(), acme, value.Date{Year: 2026, Month: time.September, Day: 9}, "patching_cadence_v3_critical", q))
		},
		want: "2026-09-09 resolved CVE-2026-0001 compensating_control 2026-02-02T00:00:00Z",
	},
	"active-issues": {
		do: activeIssues(acme, "open_port", "tlscert_expired"),
		want: "2; open_port 2 [0a000000-0000-4000-8000-000000000001 2 2026-06-01T00:00:00Z] " +
			"[0a000000-0000-4000-8000-000000000002 1 2026-07-15T00:00:00Z]",
	},
	"active-issues-none": {do: activeIssues("cedar.example"), want: "0"},
	"issue-context": {
		do: func(t *testing.T, c *securityscorecard.Client) (string, error) {
			return one(func(i *securityscorecard.IssueContext) string { return fmt.Sprint(*i) })(c.Companies.IssueContext(t.Context(), acme, "open_port"))
		},
		want: "{25 0.5}",
	},
	"score-plan": {
		do: func(t *testing.T, c *securityscorecard.Client) (string, error) {
			return whole(func(i *securityscorecard.ScorePlanItem) string { return fmt.Sprint(*i) })(c.Companies.ScorePlan(t.Context(), acme, 89))
		},
		want: "{open_port Open Port 2 2 network_security low}; {tlscert_expired Tlscert Expired 1 1 network_security high}",
	},
	"search": {
		do: func(t *testing.T, c *securityscorecard.Client) (string, error) {
			return one(func(r *securityscorecard.CompanySearchResult) string {
				return fmt.Sprint(r.Scorecards[0].Domain, " ", r.Scorecards[0].Match.Confidence, " ", r.NotFound[0].Order, " ", r.NotFound[0].Attempts[0].Reason)
			})(c.Companies.Search(t.Context(), &securityscorecard.CompanySearch{Searches: []string{acme, "Nobody"}, MaxSearches: new(int64(5))}))
		},
		want: "acme.example 1 1 no match",
	},

	"industry-score": {do: industryScore, want: technology},
	"industry-factors": {
		do: func(t *testing.T, c *securityscorecard.Client) (string, error) {
			return whole(func(f *securityscorecard.IndustryFactor) string { return fmt.Sprint(*f) })(
				c.Industries.Factors(t.Context(), "technology", &securityscorecard.IndustryQuery{ScoreType: "scoring_v3"}))
		},
		want: "{dns_health 100}; {network_security 78}",
	},
	"industry-history": {
		do: func(t *testing.T, c *securityscorecard.Client) (string, error) {
			q := &securityscorecard.IndustryScoreHistoryQuery{From: lastDay, To: lastDay, Timing: securityscorecard.TimingDaily}
			return whole(func(h *securityscorecard.IndustryScoreHistoryEntry) string {
				return fmt.Sprint(h.Industry, " ", at(h.Date), " ", h.MinScore, h.MaxScore, h.AverageScore)
			})(c.Industries.ScoreHistory(t.Context(), "technology", q))
		},
		want: "technology 2026-09-30T00:00:00Z 87 87 87",
	},
	"industry-factor-history": {
		do: func(t *testing.T, c *securityscorecard.Client) (string, error) {
			q := &securityscorecard.IndustryFactorHistoryQuery{From: lastDay, To: lastDay}
			return whole(func(h *securityscorecard.IndustryFactorHistoryEntry) string {
				return fmt.Sprint(at(h.Date), " ", h.Factors)
			})(c.Industries.FactorHistory(t.Context(), "technology", q))
		},
		want: "2026-09-30T00:00:00Z [{dns_health 100} {network_security 78}]",
	},

	"issue-type": {
		do: func(t *testing.T, c *securityscorecard.Client) (string, error) {
			return one(showIssueType)(c.Metadata.IssueType(t.Context(), "open_port"))
		},
		want: "{open_port low network_security Open Port A port is open. It should be closed. Close it.}",
	},
	"issue-types": {
		do: func(t *testing.T, c *securityscorecard.Client) (string, error) {
			return whole(showIssueType)(c.Metadata.IssueTypes(t.Context()))
		},
		want: "{open_port LOW network_security Open port   }; {patching_cadence_v3_critical critical patching_cadence Patching cadence   }",
	},
	"metadata-factors": {
		do: func(t *testing.T, c *securityscorecard.Client) (string, error) {
			return whole(func(f *securityscorecard.FactorInfo) string { return fmt.Sprint(*f) })(c.Metadata.Factors(t.Context()))
		},
		want: "{cubit_score Cubit Score A mixture A mixture of several things.}; {dns_health DNS Health Names }",
	},

	"reports": {
		do: func(t *testing.T, c *securityscorecard.Client) (string, error) {
			return rows(func(r *securityscorecard.Report) string {
				return fmt.Sprintf("%s %s %s %s", r.ReportType, at(r.CreatedAt), at(r.CompletedAt), r.DownloadURL)
			})(c.Reports.List(t.Context()))
		},
		want: "detailed 2026-09-30T09:02:00Z - ; summary 2026-09-30T09:01:00Z 2026-09-30T09:01:30Z ; issues 2026-09-30T09:00:00Z 2026-09-30T09:00:30Z " +
			"https://api.securityscorecard.io/reports/files/0f000000-0000-4000-8000-000000000001.csv",
	},
	"report-file": {
		do: func(t *testing.T, c *securityscorecard.Client) (string, error) {
			op := connector.Operation{ID: "Own", Method: "GET", Path: "/reports/files/{file_path}", Class: connector.Read, Download: true}
			var file strings.Builder
			err := c.Do(t.Context(), op.At("0f000000-0000-4000-8000-000000000001.csv"), nil, &file, connector.Param("lng", "de-DE"))
			return file.String(), err
		},
		want: "domain,issue\nacme.example,open_port",
	},
}

func showIssueType(i *securityscorecard.IssueType) string { return fmt.Sprint(*i) }

const technology = "technology 87 B"

func industryScore(t *testing.T, c *securityscorecard.Client) (string, error) {
	return one(func(s *securityscorecard.IndustryScore) string {
		return fmt.Sprint(s.Industry, " ", s.AverageScore, " ", s.AverageGrade)
	})(c.Industries.Score(t.Context(), "technology", nil))
}

// call uses an operation that the package has no method for, and shows its answer.
func call(op connector.Operation, in any) action {
	return func(t *testing.T, c *securityscorecard.Client) (string, error) {
		op.ID = "Own"
		var out json.RawMessage
		err := c.Do(t.Context(), op, in, &out)
		return string(out), err
	}
}
