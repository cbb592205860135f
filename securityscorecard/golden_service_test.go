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

const (
	custom      = "0a100000-0000-4000-8000-000000000001"
	critical    = "0b000000-0000-4000-8000-000000000001"
	shopTag     = "0b000000-0000-4000-8000-000000000002"
	plan        = "0a300000-0000-4000-8000-000000000001"
	acmeID      = "0c000000-0000-4000-8000-000000000001"
	betterDNS   = plan + " Better DNS by 2026-12-01T00:00:00Z scoring_v3 in_progress dns_health 95 25%"
	followsAcme = "acme.example high monitor [PII financial] medium R&D until 2027-03-31T00:00:00Z by ann@cordage.example; Critical"
)

func showFollowed(c *securityscorecard.FollowedCompany) string {
	return fmt.Sprintf("%s %s %s %s %s %s until %s by %s; %s", c.Domain, c.BusinessImpact, c.LifecycleStatus, c.DataTypesShared, c.Risk, c.BusinessUnit,
		at(c.ContractEndsAt), c.InternalContact, c.Tags[0].Name)
}

func showCustom(c *securityscorecard.CustomScorecard) string {
	return fmt.Sprintf("%s %s %s %v %d", c.ID, c.Name, score(c.Score), c.Sources, len(c.Companies))
}

func showPlan(p *securityscorecard.ActionPlan) string {
	text := fmt.Sprintf("%s %s by %s %s %s", p.ID, p.Name, at(p.DueAt), p.ScoreType, p.Progression)
	for _, aim := range p.Target.FactorScoreTargets {
		text += fmt.Sprintf(" %s %d", aim.Factor, aim.Score)
	}
	return fmt.Sprintf("%s %v%%", text, p.Progress)
}

func showAssetTag(t *securityscorecard.IPDomainTag) string {
	return t.ID + " " + t.Name + " " + t.Description
}

func showHit(hit *json.RawMessage) string { return string(*hit) }

// text shows an answer of no known form, or a file.
func text[T ~[]byte | ~string](answer T, err error) (string, error) { return string(answer), err }

// file shows what a download has written.
func file(download func(w *strings.Builder) error) (string, error) {
	var w strings.Builder
	err := download(&w)
	return w.String(), err
}

var serviceCalls = map[string]goldenCall{
	"followed": {
		do: func(t *testing.T, c *securityscorecard.Client) (string, error) {
			q := &securityscorecard.FollowedCompanyQuery{
				BusinessImpacts: []string{"high", "critical"}, Monitored: new(true), Sort: "-added_date",
			}
			return rows(showFollowed)(c.FollowedCompanies.List(t.Context(), q, connector.PageSize(10)))
		},
		want: followsAcme + "; of 1",
	},
	"followed-company": {
		do: func(t *testing.T, c *securityscorecard.Client) (string, error) {
			return one(showFollowed)(c.FollowedCompanies.Get(t.Context(), "Acme.example"))
		},
		want: followsAcme,
	},
	"followed-update": {
		do: func(t *testing.T, c *securityscorecard.Client) (string, error) {
			in := &securityscorecard.FollowedCompanyUpdate{LifecycleStatus: new(securityscorecard.LifecycleStatusRespond), InternalContact: new("")}
			return one(showFollowed)(c.FollowedCompanies.Update(t.Context(), acme, in))
		},
		want: strings.NewReplacer("monitor", "respond", "ann@cordage.example", "").Replace(followsAcme),
	},
	"followed-delete": {do: func(t *testing.T, c *securityscorecard.Client) (string, error) {
		return done(c.FollowedCompanies.Delete(t.Context(), acme))
	}},
	"followed-bulk-delete": {
		do: func(t *testing.T, c *securityscorecard.Client) (string, error) {
			return one(func(n *securityscorecard.FollowedCompanyCount) string { return fmt.Sprint(n.Count) })(
				c.FollowedCompanies.BulkDelete(t.Context(), []string{acme, "cedar.example"}))
		},
		want: "2",
	},
	"frameworks": {
		do: func(t *testing.T, c *securityscorecard.Client) (string, error) {
			return rows(func(f *securityscorecard.ComplianceFrameworkSummary) string { return f.Key + " " + f.Name })(c.ComplianceFrameworks.List(t.Context()))
		},
		want: "iso27001 ISO 27001; nist NIST",
	},
	"framework": {
		do: func(t *testing.T, c *securityscorecard.Client) (string, error) {
			return one(func(f *securityscorecard.ComplianceFramework) string {
				question := f.Sections[0].Questions[0]
				return fmt.Sprintf("%s %s %s %s", f.Standard, f.Sections[0].Title, question.Text, question.IssueTypes)
			})(c.ComplianceFrameworks.Get(t.Context(), "iso27001"))
		},
		want: "ISO 27001 Assets Who owns them? [open_port]",
	},
	"custom-scorecard-create": {
		do: func(t *testing.T, c *securityscorecard.Client) (string, error) {
			in := &securityscorecard.CustomScorecardCreate{Name: "North", Sources: []string{acme}, Filters: securityscorecard.ScorecardFiltersInput{
				Includes: []securityscorecard.ScorecardInclusionInput{{Index: new(int64(0)), Conditions: []securityscorecard.ScorecardConditionInput{
					{Condition: new("AND"), Countries: []string{"NO", "SE"}},
				}}},
				Issues: &securityscorecard.ScorecardIssueFilterInput{Exclude: []string{"open_port"}},
			}}
			return one(showCustom)(c.CustomScorecards.Create(t.Context(), in))
		},
		want: custom + " North - [acme.example] 1",
	},
	"custom-scorecard-sources": {
		do: func(t *testing.T, c *securityscorecard.Client) (string, error) {
			return one(showCustom)(c.CustomScorecards.AddSources(t.Context(), custom, []string{"birch.example"}))
		},
		want: custom + " North - [acme.example birch.example] 0",
	},
	"custom-scorecard-filters-remove": {
		do: func(t *testing.T, c *securityscorecard.Client) (string, error) {
			in := &securityscorecard.ScorecardFiltersInput{Issues: &securityscorecard.ScorecardIssueFilterInput{Exclude: []string{"open_port"}}}
			return one(showCustom)(c.CustomScorecards.RemoveFilters(t.Context(), custom, in))
		},
		want: custom + " North 74 [acme.example] 0",
	},
	"attribution-log": {
		do: func(t *testing.T, c *securityscorecard.Client) (string, error) {
			q := &securityscorecard.AttributionQuery{From: "2026-09-01", FilterOperator: "and"}
			return rows(func(a *securityscorecard.Attribution) string {
				return fmt.Sprintf("%s %s %v %s", a.AssetValue, a.Change, a.Impact, at(a.Date))
			})(c.Footprint.ListAttributions(t.Context(), acme, q))
		},
		want: "192.0.2.7 added -0.4 2026-09-14T00:00:00Z; of 1",
	},
	"footprint-domains": {
		do: func(t *testing.T, c *securityscorecard.Client) (string, error) {
			in := &securityscorecard.FootprintDomainSearch{
				Sort: new(securityscorecard.FootprintDomainSortIssues),
				Filters: []securityscorecard.FootprintDomainFilterInput{{
					Operator: "and", Field: securityscorecard.FootprintDomainFieldStatus,
					Condition: securityscorecard.FootprintConditionIncludesAny, Value: json.RawMessage(`["CLAIMED","ATTRIBUTED"]`),
				}},
			}
			return rows(func(d *securityscorecard.FootprintDomain) string {
				return fmt.Sprintf("%s %s %d %v %s", d.Domain, d.Status, d.Issues, d.ScoreImpact, d.Tags[0].Name)
			})(c.Footprint.SearchDomains(t.Context(), "ACME.example", in, connector.PageSize(20)))
		},
		want: "shop.acme.example CLAIMED 2 0.7 shop; more",
	},
	"footprint-ips": {
		do: func(t *testing.T, c *securityscorecard.Client) (string, error) {
			return rows(func(ip *securityscorecard.FootprintIP) string {
				return fmt.Sprintf("%s %s %s %s", ip.IP, ip.Status, ip.Country.Code, ip.Domains)
			})(c.Footprint.SearchIPs(t.Context(), acme, &securityscorecard.FootprintIPSearch{}))
		},
		want: "192.0.2.7 UNDER_REVIEW_ADD NO [shop.acme.example]; more",
	},
	"invitation": {do: func(t *testing.T, c *securityscorecard.Client) (string, error) {
		return done(c.Invitations.Create(t.Context(), &securityscorecard.InvitationCreate{
			Email: "ann@acme.example", FirstName: "Ann", LastName: "Lee", Message: "Please look", DaysToResolveIssue: new(int64(30)),
		}))
	}},
	"asset-tags": {
		do: func(t *testing.T, c *securityscorecard.Client) (string, error) {
			return rows(showAssetTag)(c.IPDomainTags.List(t.Context()))
		},
		want: shopTag + " shop Sells",
	},
	"asset-tag-domain": {
		do: func(t *testing.T, c *securityscorecard.Client) (string, error) {
			return one(func(d *securityscorecard.TaggedDomain) string { return fmt.Sprint(d.Domain, " ", len(d.Tags)) })(
				c.IPDomainTags.TagDomain(t.Context(), shopTag, acme, "shop.acme.example"))
		},
		want: "shop.acme.example 1",
	},
	"max-breaches": {
		do: func(t *testing.T, c *securityscorecard.Client) (string, error) {
			q := &securityscorecard.MAXPartnerBreachesQuery{RecentOnly: new(true)}
			return rows(func(b *securityscorecard.MAXBreach) string {
				return fmt.Sprintf("%s %s %s %s %v", b.BreachID, b.VendorDomain, at(b.PublishedAt), b.Customers[0].Name, b.IsActiveBreach)
			})(c.MAXPartner.ListBreaches(t.Context(), q))
		},
		want: "b-1 acme.example 2026-09-01T00:00:00Z Bank true; of 1",
	},
	"max-findings": {
		do: func(t *testing.T, c *securityscorecard.Client) (string, error) {
			q := &securityscorecard.MAXPartnerFindingsQuery{Filters: map[string]any{
				"max_severity": []string{"critical", "high"}, "first_seen": map[string]string{"operator": "gte", "value": "2026-05-01"},
			}}
			return rows(func(f *securityscorecard.MAXFinding) string {
				return fmt.Sprintf("%s %s %d %s %v %v", f.FindingID, f.MaxSeverity, f.Port, f.CVE.ID, f.CVE.Score, f.CVE.CISAActionDue)
			})(c.MAXPartner.ListFindings(t.Context(), q))
		},
		want: "f-1 high 8080 CVE-2026-0001 9.8 2026-10-01; of 51; more",
	},
	"max-triage": {do: func(t *testing.T, c *securityscorecard.Client) (string, error) {
		return done(c.MAXPartner.TriageFindings(t.Context(), []securityscorecard.FindingTriage{
			{FindingID: "f-1", VendorID: acmeID, Report: true, Triaged: true},
		}))
	}},
	"max-customer-vendors": {
		do: func(t *testing.T, c *securityscorecard.Client) (string, error) {
			raw, err := c.MAXCustomer.ListVendors(t.Context())
			if err != nil {
				return "", err
			}
			var vendors struct {
				Entries []struct {
					Tier string `json:"tier"`
				} `json:"entries"`
			}
			err = c.Decode(raw, &vendors)
			return fmt.Sprint(vendors), err
		},
		want: "{[{gold}]}",
	},
	"multiscores": {
		do: func(t *testing.T, c *securityscorecard.Client) (string, error) {
			return text(c.Multiscores.Get(t.Context(), acmeID))
		},
		want: `{"id": "` + acmeID + `", "ransomware": 71}`,
	},
	"plans": {
		do: func(t *testing.T, c *securityscorecard.Client) (string, error) {
			q := &securityscorecard.ActionPlanQuery{Scorecard: acme, Status: "active"}
			return rows(showPlan)(c.ActionPlans.List(t.Context(), q))
		},
		want: betterDNS + "; more",
	},
	"plans-archive": {do: func(t *testing.T, c *securityscorecard.Client) (string, error) {
		return done(c.ActionPlans.Archive(t.Context(), []string{plan}))
	}},
	"plan-create": {
		do: func(t *testing.T, c *securityscorecard.Client) (string, error) {
			in := &securityscorecard.OverallScorePlanCreate{
				Name: new("A by spring"), DueAt: time.Date(2027, time.March, 1, 0, 0, 0, 0, time.UTC), Scorecard: acme, ScoreType: new("scoring_v3"),
				Guests: []string{}, Target: securityscorecard.OverallScoreTargetInput{OverallScore: 90},
			}
			return one(func(p *securityscorecard.ActionPlan) string { return p.ID })(c.ActionPlans.CreateOverallScore(t.Context(), in))
		},
		want: "0a300000-0000-4000-8000-000000000002",
	},
	"plan-guests-remove": {do: func(t *testing.T, c *securityscorecard.Client) (string, error) {
		return done(c.ActionPlans.RemoveGuests(t.Context(), plan, []string{"ann@acme.example"}))
	}},
	"compliance-csv": {
		do: func(t *testing.T, c *securityscorecard.Client) (string, error) {
			in := &securityscorecard.ComplianceReport{Name: "Access", Domain: acme, MetricID: "A.8.1"}
			return file(func(w *strings.Builder) error { return c.Reports.ExportCompliance(t.Context(), in, w) })
		},
		want: "issue,count\nopen_port,2",
	},
	"notes": {
		do: func(t *testing.T, c *securityscorecard.Client) (string, error) {
			return rows(func(n *securityscorecard.ScorecardNote) string {
				return fmt.Sprintf("%s %s %q", n.Text, n.CreatedBy.FirstName, n.UpdatedBy.FirstName)
			})(c.ScorecardNotes.List(t.Context(), acme))
		},
		want: `Called them. Ann ""; more`,
	},
	"scorecard-tags": {
		do: func(t *testing.T, c *securityscorecard.Client) (string, error) {
			return rows(func(g *securityscorecard.ScorecardTag) string { return g.ID + " " + g.Name })(c.ScorecardTags.List(t.Context()))
		},
		want: critical + " Critical; of 1",
	},
	"scorecard-tag-create": {
		do: func(t *testing.T, c *securityscorecard.Client) (string, error) {
			in := &securityscorecard.ScorecardTagCreate{Name: "Watch", Description: new("Look weekly")}
			return one(func(g *securityscorecard.ScorecardTag) string { return g.Name + " " + g.Description })(c.ScorecardTags.Create(t.Context(), in))
		},
		want: "Watch Look weekly",
	},
	"scorecard-tag-companies": {
		do: func(t *testing.T, c *securityscorecard.Client) (string, error) {
			q := &securityscorecard.ScorecardTagCompaniesQuery{Grade: "B"}
			return rows(showMember)(c.ScorecardTags.ListCompanies(t.Context(), critical, q))
		},
		want: "acme.example B 87 -3 false; of 1",
	},
	"signals": {
		do: func(t *testing.T, c *securityscorecard.Client) (string, error) {
			return whole(func(r *securityscorecard.SignalResult) string {
				if r.Error != nil {
					return "refused: " + r.Error.Message
				}
				return r.ID
			})(c.Signals.Send(t.Context(), "watch.leak", []securityscorecard.SignalOp{
				{Op: "add", Signal: securityscorecard.SignalInput{Domain: acme, Summary: "A file was found", Count: new(int64(2)), Status: new(securityscorecard.SignalStatusActive)}},
				{Op: "add", Signal: securityscorecard.SignalInput{Domain: "nobody", Summary: "What?"}},
			}))
		},
		want: "0a500000-0000-4000-8000-000000000001; refused: nobody is no domain",
	},
	"credentials": {
		do: func(t *testing.T, c *securityscorecard.Client) (string, error) {
			in := &securityscorecard.CredentialOwners{OwnerDomains: []string{acme}, ExcludeSubdomains: new(true)}
			q := &securityscorecard.ExposedCredentialQuery{DateFrom: value.Date{Year: 2026, Month: time.January, Day: 1}}
			return rows(func(x *securityscorecard.ExposedCredential) string {
				return fmt.Sprintf("%s %v %s %s", x.Username, x.Password, x.Password.Reveal(), at(x.LeakedAt))
			})(c.ExposedCredentials.ListRecords(t.Context(), "leaky.example", in, q))
		},
		want: "ann [redacted] hunter2-FAKE 2026-08-31T00:00:00Z; of 1",
	},
	"credentials-sites": {
		do: func(t *testing.T, c *securityscorecard.Client) (string, error) {
			return rows(func(x *securityscorecard.CredentialLeak) string {
				return fmt.Sprint(x.Domain, " ", x.ExposedCredentialsCount)
			})(
				c.ExposedCredentials.ListSites(t.Context(), acme, nil, connector.PageSize(20)))
		},
		want: "leaky.example 4; of 1",
	},
	"saml-metadata": {
		do: func(t *testing.T, c *securityscorecard.Client) (string, error) {
			return file(func(w *strings.Builder) error { return c.SAML.ServiceProviderMetadata(t.Context(), w) })
		},
		want: `<EntityDescriptor entityID="https://platform.securityscorecard.example"/>`,
	},
	"third-parties": {
		do: func(t *testing.T, c *securityscorecard.Client) (string, error) {
			return rows(func(v *securityscorecard.DetectedVendor) string {
				return fmt.Sprintf("%s %s %s %s", v.Domain, v.Source, score(v.Score), at(v.ObservedAt))
			})(c.VendorDetection.ListThirdParties(t.Context(), acme))
		},
		want: "mailer.example Mail exchange 91 2026-09-28T00:00:00Z; of 1",
	},
	"supply-risk": {
		do: func(t *testing.T, c *securityscorecard.Client) (string, error) {
			return one(func(r *securityscorecard.SupplyRisk) string { return fmt.Sprint(r.RiskScore) })(c.VendorDetection.Risk(t.Context(), acme))
		},
		want: "41.5",
	},
	"asset-search": {
		do: func(t *testing.T, c *securityscorecard.Client) (string, error) {
			return rows(showHit)(c.AttackSurface.SearchAssets(t.Context(), &securityscorecard.AssetSearch{Query: "port:22"}))
		},
		want: `{"ip": "192.0.2.7", "port": 22}; of 2; more`,
	},
	"asset-search-next": {
		do: func(t *testing.T, c *securityscorecard.Client) (string, error) {
			return rows(showHit)(c.AttackSurface.SearchAssets(t.Context(), &securityscorecard.AssetSearch{Query: "port:22"}, connector.From("cursor=abc123#1")))
		},
		want: `{"ip": "192.0.2.8", "port": 22}; of 2`,
	},
	"asset-facets": {
		do: func(t *testing.T, c *securityscorecard.Client) (string, error) {
			return text(c.AttackSurface.Facets(t.Context(), map[string]any{"query": "port:22", "facets": []string{"country"}}))
		},
		want: `{"country": {"NO": 3}}`,
	},
}
