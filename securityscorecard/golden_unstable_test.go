package securityscorecard_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/securityscorecard"
)

const (
	rule = "0a700000-0000-4000-8000-000000000001"
	bank = "0c000000-0000-4000-8000-000000000009"
)

func showAudit(a *securityscorecard.AuditLog) string {
	return fmt.Sprintf("%s %s %s %s %d %v %s %s", at(a.Timestamp), a.User.Email, a.HTTPMethod, a.Path, a.HTTPStatus, a.Body, a.Body.Reveal(), a.PrimaryEntity.Value)
}

func showOAuthApp(a *securityscorecard.OAuthApp) string {
	return fmt.Sprintf("%s %s %v %s %v %v", a.Name, a.ClientID, a.ClientSecret, a.ClientSecret.Reveal(), a.OwnerIDs, a.SecretsExpire)
}

// value of a rule, as rules hold it.
func ruleValue(value string) *securityscorecard.RuleValueInput {
	return &securityscorecard.RuleValueInput{Value: new(value)}
}

var unstableCalls = map[string]goldenCall{
	"unstable-audit-log": {
		do: func(t *testing.T, c *securityscorecard.Client) (string, error) {
			q := &securityscorecard.AuditLogQuery{
				Usernames: []string{"ann", "bob"}, StartDate: time.Date(2026, time.September, 1, 0, 0, 0, 0, time.UTC), IsAPIRequest: new(true),
			}
			return rows(showAudit)(c.Unstable.AuditLogs.List(t.Context(), q))
		},
		want: `2026-09-02T10:00:00Z ann@cordage.example POST /portfolios 200 [redacted] {"name":"words-FAKE"} Banks; of 1`,
	},
	"unstable-rules": {
		do: func(t *testing.T, c *securityscorecard.Client) (string, error) {
			return rows(func(s *securityscorecard.Subscription) string {
				workflow := s.Delivery.Workflow
				return fmt.Sprintf("%s %s %s %s %s %s %s", s.ID, at(s.PausedAt), workflow.Name, workflow.Steps[0].Action.URL.Value,
					workflow.Filters.Changes.Kind, workflow.Filters.Changes.Grade.Value, workflow.Filters.Scorecards.Which)
			})(c.Unstable.Subscriptions.List(t.Context(), &securityscorecard.SubscriptionQuery{Username: demoUser}))
		},
		want: rule + " - Drops https://hooks.example/1 grade_drop any followed; more",
	},
	"unstable-rule-create": {
		do: func(t *testing.T, c *securityscorecard.Client) (string, error) {
			in := &securityscorecard.SubscriptionCreate{EventType: "scorecard.changed", Delivery: securityscorecard.RuleDeliveryInput{
				Workflow: &securityscorecard.RuleWorkflowInput{
					Name:  new("Low"),
					Steps: []securityscorecard.RuleStepInput{{Action: securityscorecard.RuleActionInput{Name: "alert_teammate", RecipientType: ruleValue("self")}}},
					Filters: &securityscorecard.RuleFiltersInput{
						Changes:    &securityscorecard.RuleChangeInput{Kind: securityscorecard.RuleChangeKindScoreDropThreshold, Threshold: ruleValue("70")},
						Scorecards: &securityscorecard.RuleScorecardsInput{Which: securityscorecard.RuleScorecardSetInPortfolio, PortfolioID: ruleValue(vendors)},
					},
				},
			}}
			return one(func(s *securityscorecard.Subscription) string { return s.ID })(c.Unstable.Subscriptions.Create(t.Context(), in))
		},
		want: "0a700000-0000-4000-8000-000000000002",
	},
	"unstable-rule-delete": {do: func(t *testing.T, c *securityscorecard.Client) (string, error) {
		return done(c.Unstable.Subscriptions.Delete(t.Context(), rule))
	}},
	"unstable-me": {
		do: func(t *testing.T, c *securityscorecard.Client) (string, error) {
			return one(func(m *securityscorecard.Me) string {
				return fmt.Sprintf("%s %s %s %s", m.Username, m.Organization.Domain, m.Roles, m.AuthMechanism)
			})(c.Unstable.Users.Me(t.Context()))
		},
		want: demoUser + " cordage.example [admin] token",
	},
	"unstable-alert": {
		do: func(t *testing.T, c *securityscorecard.Client) (string, error) {
			in := &securityscorecard.GradeAlertCreate{ChangeDirection: "drops", ScoreTypes: []string{"overall"}, Targets: []string{"my_scorecard"}}
			return one(func(a *securityscorecard.Alert) string { return a.ID })(c.Unstable.Alerts.CreateForGrade(t.Context(), demoUser, in))
		},
		want: "0a800000-0000-4000-8000-000000000001",
	},
	"unstable-oauth-app-create": {
		do: func(t *testing.T, c *securityscorecard.Client) (string, error) {
			in := &securityscorecard.OAuthAppCreate{Name: "watch", BotUserRoles: []string{"read"}}
			return one(showOAuthApp)(c.Unstable.OAuthApps.Create(t.Context(), in))
		},
		want: "watch c-1 [redacted] words-FAKE [0e000000-0000-4000-8000-000000000002] false",
	},
	"unstable-oauth-apps": {
		do: func(t *testing.T, c *securityscorecard.Client) (string, error) {
			return rows(func(a *securityscorecard.OAuthApp) string {
				return fmt.Sprintf("%s %s %v", a.Name, a.ClientID, a.SecretsExpire)
			})(c.Unstable.OAuthApps.List(t.Context()))
		},
		want: "watch c-1 true",
	},
	"unstable-max-vendors": {
		do: func(t *testing.T, c *securityscorecard.Client) (string, error) {
			q := &securityscorecard.UnstableMAXPartnerVendorsQuery{Tier: "gold", Sort: "vendor_name"}
			return rows(func(v *securityscorecard.MAXVendor) string {
				return fmt.Sprintf("%s %s %s %s %s %s", v.VendorDomain, v.CustomerName, v.Tier, v.RiskStatus, v.CustomTags[0].Name, score(v.Score))
			})(c.Unstable.MAXPartner.ListVendors(t.Context(), q, connector.PageSize(500)))
		},
		want: "acme.example Bank gold [need_attention] payroll 87; of 1",
	},
	"unstable-max-contacts-sync": {
		do: func(t *testing.T, c *securityscorecard.Client) (string, error) {
			return one(func(r *securityscorecard.MAXContactSyncResult) string {
				return fmt.Sprintf("%d created, %d failed: %d %s %s", r.Created, r.Failed, r.Errors[0].RequestIndex, r.Errors[0].Email, r.Errors[0].Reason)
			})(c.Unstable.MAXPartner.SyncContacts(t.Context(), []securityscorecard.MAXContactSync{
				{CustomerID: bank, Email: "ann@acme.example", DiscoveredFrom: new(securityscorecard.ContactSourceZoomInfo)}, {CustomerID: bank, Email: "nobody"},
			}))
		},
		want: "1 created, 1 failed: 1 nobody bad_request",
	},
	"unstable-max-tag-counts": {
		do: func(t *testing.T, c *securityscorecard.Client) (string, error) {
			q := &securityscorecard.TagCountsQuery{Tiers: "gold", TagType: "SCORECARD_LIFECYCLE"}
			return whole(func(n *securityscorecard.TagCount) string { return fmt.Sprint(n.Name, " ", n.Value, " ", n.Count) })(
				c.Unstable.MAXPartner.TagCounts(t.Context(), bank, q))
		},
		want: "Lifecycle monitor 3",
	},
	"unstable-scim-types": {
		do: func(t *testing.T, c *securityscorecard.Client) (string, error) {
			return whole(func(r *securityscorecard.SCIMResourceType) string {
				return r.ID + " " + r.Endpoint + " " + r.Meta.Location
			})(
				c.Unstable.SCIM.ResourceTypes(t.Context()))
		},
		want: "User /Users /scim/v2/ResourceTypes/User",
	},
	"unstable-tier-templates": {
		do: func(t *testing.T, c *securityscorecard.Client) (string, error) {
			return whole(func(r *securityscorecard.RiskTierTemplate) string {
				return fmt.Sprint(r.RiskTier, " ", r.TemplateID, " ", r.UpdatedBy)
			})(
				c.Unstable.VendorIntake.SetRiskTierTemplates(t.Context(), []securityscorecard.RiskTierTemplateInput{
					{RiskTier: securityscorecard.RiskLevelHigh, TemplateID: "t-1"},
				}))
		},
		want: "high t-1 ann",
	},
	"unstable-event": {
		do: func(t *testing.T, c *securityscorecard.Client) (string, error) {
			event := map[string]any{"domain": acme, "trial": map[string]string{"rule_id": rule}}
			return one(func(r *securityscorecard.EventReceipt) string { return fmt.Sprint(r.Received) })(
				c.Unstable.Events.Send(t.Context(), "scorecard.changed", event))
		},
		want: "true",
	},
	"unstable-scorecards": {
		do: func(t *testing.T, c *securityscorecard.Client) (string, error) {
			q := &securityscorecard.ScorecardQuery{Search: "acme", Status: "active", Tags: []string{"a", "b"}, TagsCriteria: "AND"}
			return rows(func(s *securityscorecard.Scorecard) string {
				return s.Domain + " " + score(s.Score) + " " + string(s.Grade)
			})(
				c.Unstable.Scorecards.List(t.Context(), q))
		},
		want: "acme.example 87 B; more",
	},
	"unstable-manifest": {
		do: func(t *testing.T, c *securityscorecard.Client) (string, error) {
			in := &securityscorecard.AppManifest{URL: "https://app.example/manifest.json"}
			return one(func(m *securityscorecard.ManifestCheck) string { return fmt.Sprint(m.Success, " ", m.Message) })(
				c.Unstable.Apps.ValidateManifest(t.Context(), in))
		},
		want: "false name is missing",
	},
	"unstable-ingest": {do: func(t *testing.T, c *securityscorecard.Client) (string, error) {
		return done(c.Unstable.VendorPortfolioAutomation.Ingest(t.Context(), []securityscorecard.VendorIngest{
			{SourceID: "17", VendorName: "Acme", VendorMetadata: []byte(`{"spend": 12.5}`), VendorDomain: new(acme)},
		}))
	}},
}
