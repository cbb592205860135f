package securityscorecardtest_test

import (
	"testing"

	"github.com/cordage-go/cordage/securityscorecard/securityscorecardtest"
)

// Portfolios of the golden cases.
const (
	vendors      = "5b0f2a10-0000-4000-8000-000000000001"
	headquarters = "5f1e9c00a1b2c3d4e5f60003" // read only, with an id of the older form
)

type record = map[string]any

// world puts what the golden cases know of: few records, so that whole lists
// stay readable.
func world(t *testing.T, s *securityscorecardtest.Server) {
	t.Helper()
	for _, each := range []struct {
		collection string
		records    []record
	}{
		{"companies", companies()}, {"portfolios", portfolios()}, {"portfolio_companies", held()}, {"factors", factors()},
		{"issues", issues()}, {"events", events()}, {"notifications", notifications()}, {"reports", reports()},
	} {
		for _, r := range each.records {
			if err := s.Put(each.collection, r); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// companies are one with all, one without a score, one of the organization's
// own, and one that no portfolio holds.
func companies() []record {
	return []record{
		{
			"domain": "acme.example", "name": "Acme", "uuid": "0c000000-0000-4000-8000-000000000001", "industry": "technology",
			"size": "size_51_to_200", "score": 87, "last30day_score_change": -3, "is_custom": false, "is_entity": false, "is_un_published": false,
			"created_at": "2021-07-01T00:00:00.000Z", "disputed": false, "provisional": false, "description": "Makes everything.",
		},
		{
			"domain": "birch.example", "name": "Birch", "uuid": "0c000000-0000-4000-8000-000000000002", "industry": "unknown",
			"size": "unknown", "is_custom": false, "is_entity": false, "is_un_published": false,
			"created_at": "2026-09-29 08:30:00.000Z", "disputed": false, "provisional": true,
		},
		{
			"domain": "cedar.example", "name": "Cedar", "uuid": "0c000000-0000-4000-8000-000000000003", "industry": "retail",
			"size": "size_1_to_10", "score": 64, "last30day_score_change": 2, "is_custom": true, "is_entity": false, "is_un_published": false,
			"created_at": "2021-07-01T00:00:00.000Z", "disputed": true, "provisional": false, "description": "",
		},
		{
			"domain": "dune.example", "name": "Dune", "uuid": "0c000000-0000-4000-8000-000000000004", "industry": "energy",
			"size": "size_more_than_10000", "score": 90, "is_custom": false, "is_entity": false, "is_un_published": false,
			"created_at": "2021-07-01T00:00:00.000Z", "disputed": false, "provisional": false,
		},
	}
}

func portfolios() []record {
	return []record{
		{
			"id": vendors, "name": "Vendors", "description": "All of them", "privacy": "private", "read_only": false,
			"created_at": "2026-01-05T09:00:00.000Z", "is_public": false, "owner_organization_id": "0e000000-0000-4000-8000-000000000001",
			"owner_team_id": "", "owner_user_id": "0e000000-0000-4000-8000-000000000002", "shared_access": "", "visibility": "private",
		},
		{
			"id": headquarters, "name": "Headquarters", "description": "", "privacy": "shared", "read_only": "true",
			"created_at": "2021-03-04 05:06:07.000Z",
		},
	}
}

func held() []record {
	return []record{
		{"portfolio_id": vendors, "domain": "acme.example", "added_date": "2026-01-05T09:00:00.000Z"},
		{"portfolio_id": vendors, "domain": "birch.example", "added_date": "2026-01-05 09:00:00.000Z"},
		{"portfolio_id": vendors, "domain": "cedar.example", "added_date": "2026-01-05T09:00:00.000Z"},
	}
}

func factors() []record {
	return []record{
		{"_domain": "acme.example", "name": "network_security", "score": 78, "issue_summary": []any{
			record{"type": "open_port", "count": 2, "severity": "low", "total_score_impact": 0.4},
			record{"type": "tlscert_expired", "count": 1, "severity": "high", "total_score_impact": 1.7},
		}},
		{"_domain": "acme.example", "name": "dns_health", "score": 100, "issue_summary": []any{}},
	}
}

func issues() []record {
	connection := func(ip string, port int) record { return record{"dst_ip": ip, "dst_port": port, "protocol": "tcp"} }
	return []record{
		{
			"issue_id": "0a000000-0000-4000-8000-000000000001", "issue_type": "open_port", "parent_domain": "acme.example", "count": 2,
			"first_seen_time": "2026-06-01T00:00:00.000Z", "last_seen_time": "2026-09-29T00:00:00.000Z", "effective_date": "2026-09-30T00:00:00.000Z",
			"ip": "192.0.2.7", "port": 8080, "connection_attributes": []any{connection("192.0.2.7", 8080)},
		},
		{
			"issue_id": "0a000000-0000-4000-8000-000000000002", "issue_type": "open_port", "parent_domain": "acme.example", "count": 1,
			"first_seen_time": "2026-07-15 00:00:00.000Z", "last_seen_time": "2026-09-29T00:00:00.000Z", "effective_date": "2026-09-30",
			"ip": "192.0.2.8", "port": 21, "connection_attributes": connection("192.0.2.8", 21),
		},
		{
			"issue_id": "0a000000-0000-4000-8000-000000000003", "issue_type": "patching_cadence_v3_critical", "parent_domain": "acme.example",
			"count": 1, "first_seen_time": "2026-02-01T00:00:00.000Z", "last_seen_time": "2026-09-29T00:00:00.000Z",
			"feedback": []any{record{"feedback_type": "compensating_control", "created_at": "2026-02-02 00:00:00.000Z"}}, "reason": "",
			"vulnerability_id": "CVE-2026-0001", "product_name": "Server",
		},
	}
}

func events() []record {
	return []record{
		{
			"_domain": "acme.example", "id": 101, "date": "2026-09-09 00:00:00.000Z", "event_type": "issues", "group_status": "active", "issue_count": 3,
			"total_score_impact": 2.9, "issue_type": "open_port", "severity": "low", "factor": "network_security",
		},
		{
			"_domain": "acme.example", "id": 102, "date": "2026-03-01", "event_type": "breach",
			"breach_data": record{"root_cause": "phishing", "records_lost": 2000, "date_discovered": 1772323200, "type_of_breach": "disclosure"},
			"breach_incidents": []any{record{
				"measurement_id": "0b000000-0000-4000-8000-000000000001", "measurement_type": "alleged_breach_incident", "title": "Records lost",
				"summary": "", "root_cause": "phishing", "breach_date": 1772323200, "published_date": 1772409600, "records_lost": 2000,
				"confirmed": true, "originating_party": "first",
			}},
		},
	}
}

// notifications are one of an alert, and one of a rule.
func notifications() []record {
	return []record{
		{
			"id": "0d000000-0000-4000-8000-000000000001", "username": "demo@cordage.example", "priority": true, "change_type": "score",
			"domain": "acme.example", "company_name": "Acme", "portfolios": []any{record{"id": vendors, "name": "Vendors"}}, "my_scorecard": false,
			"platform_score_date": "20260929", "created_at": "2026-09-29T05:00:00.000Z", "read": "2026-09-29 06:00:00.000Z", "category": "prioritized",
			"change_data": []any{record{"direction": "drops", "score": 87, "grade_letter": "B", "factor": "network_security", "score_impact": -1.5}},
		},
		{
			"id": "0d000000-0000-4000-8000-000000000002", "username": "demo@cordage.example", "priority": false, "change_type": "workflow",
			"domain": "cedar.example", "company_name": "Cedar", "portfolios": []any{}, "my_scorecard": false,
			"platform_score_date": "20260928", "created_at": "2026-09-28T05:00:00.000Z", "category": "standard",
			"change_data": record{
				"workflow":     record{"id": "0d000000-0000-4000-8000-000000000009"},
				"score_change": record{"trigger_value": "grade_drop", "grade": "D", "score": 64, "factors": record{}, "issues": record{}},
			},
		},
	}
}

// reports are one that can be fetched, one that failed and one in work.
func reports() []record {
	return []record{
		{
			"id": "0f000000-0000-4000-8000-000000000001", "title": "Issues report", "format": "csv", "report_type": "issues",
			"created_at": "2026-09-30 09:00:00.000Z", "completed_at": "2026-09-30T09:00:30.000Z",
		},
		{
			"id": "0f000000-0000-4000-8000-000000000002", "title": "Summary report", "format": "pdf", "report_type": "summary",
			"created_at": "2026-09-30T09:01:00.000Z", "completed_at": "2026-09-30T09:01:30.000Z", "_fails": true,
		},
		{
			"id": "0f000000-0000-4000-8000-000000000003", "title": "Detailed report", "format": "pdf", "report_type": "detailed",
			"created_at": "2026-09-30T09:02:00.000Z", "_polls": 2,
		},
	}
}
