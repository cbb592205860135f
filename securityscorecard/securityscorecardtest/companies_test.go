package securityscorecardtest_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestSeed(t *testing.T) {
	c := start(t)
	for collection, want := range map[string]int{"companies": 65, "portfolios": 3, "portfolio_companies": 95, "notifications": 30, "reports": 2} {
		if got := c.server.Seeded[collection]; got != want || len(c.server.Records(collection)) != want {
			t.Errorf("%s: %d seeded, %d there; want %d", collection, got, len(c.server.Records(collection)), want)
		}
	}
	held := map[string]bool{}
	for _, portfolio := range c.entries("/portfolios") {
		for _, company := range c.entries("/portfolios/" + portfolio["id"].(string) + "/companies") {
			held[company["domain"].(string)] = true
		}
	}
	if len(held) != 60 {
		t.Errorf("%d companies in portfolios, want 60", len(held))
	}
	for domain := range held {
		if len(c.entries("/companies/"+domain+"/issues/open_port")) > 3 {
			t.Errorf("%s has too many findings", domain)
		}
	}
}

func TestCompany(t *testing.T) {
	c := start(t)
	domain := c.domainWhere(scored)
	r := c.get("/companies/" + domain)
	score, ok := r.json["score"].(float64)
	if r.status != 200 || !ok || r.json["domain"] != domain {
		t.Fatalf("%d %s", r.status, r.body)
	}
	grade := map[bool]string{score >= 90: "A", score >= 80 && score < 90: "B", score >= 70 && score < 80: "C", score >= 60 && score < 70: "D", score < 60: "F"}[true]
	if r.json["grade"] != grade {
		t.Errorf("score %v has grade %v, want %s", score, r.json["grade"], grade)
	}
	if by := c.get("/companies/" + r.json["uuid"].(string)); by.body != r.body {
		t.Errorf("by scorecard id: %s", by.body)
	}
	if slash := c.get("/companies/" + domain + "/"); slash.body != r.body {
		t.Errorf("with a slash: %s", slash.body)
	}
}

func TestScoreStillBeingCalculated(t *testing.T) {
	c := start(t)
	domain := c.domainWhere(calculating)
	r := c.get("/companies/" + domain)
	if _, has := r.json["score"]; has || r.json["grade"] != "?" || r.json["last30day_score_change"] != nil {
		t.Errorf("company: %s", r.body)
	}
	if n := len(c.entries("/companies/" + domain + "/history/score")); n != 0 {
		t.Errorf("%d days of history", n)
	}
	if n := len(c.entries("/companies/" + domain + "/factors")); n != 0 {
		t.Errorf("%d factors", n)
	}

	record, _ := c.server.Record("companies", domain)
	record["score"] = 91
	if err := c.server.Put("companies", record); err != nil {
		t.Fatal(err)
	}
	if r := c.get("/companies/" + domain); r.json["score"] != 91.0 || r.json["grade"] != "A" {
		t.Errorf("after the score came: %s", r.body)
	}
}

func TestCompaniesOutOfReach(t *testing.T) {
	c := start(t)
	all := c.server.Records("companies")
	loose := all[len(all)-1]["domain"].(string)
	for _, path := range []string{"", "/factors", "/history/score", "/nothing/here", "/active-issues", "/expanded-risk"} {
		e := c.get("/companies/"+loose+path).refused(t, 403, loose)
		if e["key"] != "company_not_in_a_portfolio" {
			t.Errorf("%s: key %v", path, e["key"])
		}
		if data, _ := e["data"].(map[string]any); data["domain"] != loose {
			t.Errorf("%s: data %v", path, e["data"])
		}
	}
	c.get("/companies/unknown.example").refused(t, 404, "no scorecard yet")
	c.get("/companies/00000000-0000-4000-8000-000000000000").refused(t, 404, "no scorecard")
	c.get("/companies/"+strings.ToUpper(loose)).refused(t, 400, "lower case")
	c.get("/companies/not_a_domain").refused(t, 400, "neither")
}

func TestUnknownPaths(t *testing.T) {
	c := start(t)
	domain := c.domainWhere(scored)
	company := c.get("/companies/" + domain).body
	for _, path := range []string{"/issues", "/findings", "/scorecard/issues", "/factors/dns_health/issues"} {
		if r := c.get("/companies/" + domain + path); r.status != 200 || r.body != company {
			t.Errorf("%s: %d %.100s", path, r.status, r.body)
		}
	}
	c.get("/companies/"+domain+"/issues/no_such_type").refused(t, 404, "no_such_type")
	c.get("/nothing").refused(t, 404, "/nothing")
	c.do("POST", "/nothing", "{}").refused(t, 404, "/nothing")
	r := c.do("PATCH", "/portfolios", "{}")
	r.refused(t, 405, "GET, POST")
	if r.header.Get("Allow") != "GET, POST" {
		t.Errorf("Allow: %q", r.header.Get("Allow"))
	}
	c.do("DELETE", "/companies/"+domain+"/factors", "").refused(t, 405, "GET")
}

func TestFactors(t *testing.T) {
	c := start(t)
	domain := c.domainWhere(scored)
	r := c.get("/companies/" + domain + "/factors")
	factors := r.entries(t)
	if len(factors) != 10 || r.json["total"] != 10.0 {
		t.Fatalf("%d factors, total %v", len(factors), r.json["total"])
	}
	empty, followed := 0, 0
	for _, f := range factors {
		issues := f["issue_summary"].([]any)
		if len(issues) == 0 {
			empty++
		}
		for _, each := range issues {
			issue := each.(map[string]any)
			url := issue["detail_url"].(string)
			if !strings.HasPrefix(url, c.server.URL) || !strings.HasSuffix(url, "/") {
				t.Errorf("detail_url %s", url)
			}
			if n := len(c.entries(strings.TrimPrefix(url, c.server.URL))); float64(n) != issue["count"] {
				t.Errorf("%s: %d findings, the summary says %v", url, n, issue["count"])
			}
			followed++
		}
	}
	if empty == 0 || followed == 0 {
		t.Errorf("%d empty summaries and %d issues; want some of both", empty, followed)
	}
	both := c.get("/companies/" + domain + "/summary-factors")
	if len(both.json["factors"].([]any)) != 10 || both.json["domain"] != domain {
		t.Errorf("summary-factors: %.200s", both.body)
	}
	for _, f := range c.entries("/companies/" + domain + "/factors?severity_in=high,medium") {
		for _, each := range f["issue_summary"].([]any) {
			if s := each.(map[string]any)["severity"]; s != "high" && s != "medium" {
				t.Errorf("severity %v passed the filter", s)
			}
		}
	}
	c.get("/companies/"+domain+"/factors?severity=awful").refused(t, 400, "awful")
	c.get("/companies/"+domain+"/factors?severity_in=high,awful").refused(t, 400, "awful")
}

func TestScoreHistory(t *testing.T) {
	c := start(t)
	domain := c.domainWhere(scored)
	path := "/companies/" + domain + "/history/score"
	for query, want := range map[string]int{
		"":                                365,
		"?timing=daily":                   365,
		"?timing=weekly":                  52,
		"?timing=monthly":                 12,
		"?from=2026-09-01":                30,
		"?from=2026-09-01&to=2026-09-10":  10,
		"?date_from=2026-09-01":           365, // the other family's name is ignored
		"?date_from=garbage":              365,
		"?timing=monthly&from=2026-01-01": 9,
		"?from=2030-01-01":                0,
		"?timing=weekly&from=2026-09-01&to=2026-09-30": 4,
	} {
		entries := c.entries(path + query)
		if len(entries) != want {
			t.Errorf("%s: %d entries, want %d", query, len(entries), want)
		}
	}
	for _, each := range c.entries(path + "?timing=monthly") {
		if !strings.HasSuffix(each["date"].(string), "-01T00:00:00.000Z") {
			t.Errorf("a month is shown on %v", each["date"])
		}
	}
	entries := c.entries(path)
	last := entries[len(entries)-1]
	company := c.get("/companies/" + domain)
	if last["score"] != company.json["score"] || last["date"] != "2026-09-30T00:00:00.000Z" || last["domain"] != domain {
		t.Errorf("last entry %v, company %s", last, company.body)
	}
	before := entries[len(entries)-31]
	if last["score"].(float64)-before["score"].(float64) != company.json["last30day_score_change"] {
		t.Errorf("30 days ago %v, today %v, change %v", before, last, company.json["last30day_score_change"])
	}
	c.get(path+"?from=2026-02-30").refused(t, 400, "2026-02-30")
	c.get(path+"?from=2026-02-01T00:00:00Z").refused(t, 400, "YYYY-MM-DD")
	c.get(path+"?timing=yearly").refused(t, 400, "yearly")
}

func TestFactorHistory(t *testing.T) {
	c := start(t)
	domain := c.domainWhere(scored)
	path := "/companies/" + domain + "/history/factors/score"
	monthly := c.entries(path + "?timing=monthly")
	if len(monthly) != 12 || len(monthly[0]["factors"].([]any)) != 10 {
		t.Errorf("monthly: %d entries, first %v", len(monthly), monthly[0])
	}
	if n := len(c.entries(path + "?timing=monthly&date_from=2026-07-01&date_to=2026-08-31")); n != 2 {
		t.Errorf("date_from and date_to: %d", n)
	}
	if n := len(c.entries(path + "?timing=monthly&from=2026-07-01&to=2026-08-31")); n != 12 {
		t.Errorf("from and to are not obeyed here: %d", n)
	}
	present := map[any]any{}
	for _, f := range c.entries("/companies/" + domain + "/factors") {
		present[f["name"]] = f["score"]
	}
	days := c.entries(path + "?date_from=2026-09-30")
	for _, each := range days[0]["factors"].([]any) {
		f := each.(map[string]any)
		if present[f["name"]] != f["score"] {
			t.Errorf("%v: %v today, %v in the history of today", f["name"], present[f["name"]], f["score"])
		}
	}
}

func TestEvents(t *testing.T) {
	c := start(t)
	domain := c.server.Records("companies")[0]["domain"].(string)
	path := "/companies/" + domain + "/history/events"
	events := c.entries(path + "/")
	if len(events) != 7 || len(c.entries(path)) != 7 {
		t.Fatalf("%d events", len(events))
	}
	spaces := 0
	for _, event := range events {
		if strings.Contains(event["date"].(string), " ") {
			spaces++
		}
		if _, number := event["id"].(float64); !number {
			t.Errorf("id %v", event["id"])
		}
		if event["event_type"] == "issues" {
			target := event["detail_url"].(string)
			if !strings.Contains(target, "?group_status=") {
				t.Errorf("detail_url %s", target)
			}
			if found := len(c.entries(strings.TrimPrefix(target, c.server.URL))); float64(found) < event["issue_count"].(float64) {
				t.Errorf("%d findings behind %v", found, event)
			}
		}
	}
	if spaces == 0 {
		t.Error("no date is spelled with a space")
	}
	breach := events[6]
	if breach["event_type"] != "breach" || breach["issue_type"] != nil || len(breach["date"].(string)) != len(time.DateOnly) {
		t.Errorf("breach: %v", breach)
	}
	breaches := c.entries(path + "/breaches")
	if len(breaches) != 1 || breaches[0]["breach_data"].(map[string]any)["method"] == nil {
		t.Errorf("breaches: %v", breaches)
	}
	if n := len(c.entries(path + "?date_from=2026-09-01T00:00:00.000Z")); n == 0 || n >= 7 {
		t.Errorf("%d events in September", n)
	}
	if n := len(c.entries(path + "?date_to=2025-01-01T00:00:00Z")); n != 0 {
		t.Errorf("%d events before the history", n)
	}
	c.get(path+"?date_from=2026-09-01").refused(t, 400, "2026-09-01")
}

func TestFindings(t *testing.T) {
	c := start(t)
	forms := map[string]int{}
	for _, r := range c.server.Records("issues") {
		forms[fmt.Sprintf("%T", r["connection_attributes"])]++
	}
	if len(forms) != 2 {
		t.Errorf("connection_attributes come in %v", forms)
	}
	issue := c.server.Records("issues")[0]
	domain, of := issue["parent_domain"].(string), issue["issue_type"].(string)
	active := c.get("/companies/" + domain + "/active-issues?issue_types=" + of)
	groups := active.json["issue_types"].([]any)
	if len(groups) != 1 || active.json["total_active_issues"] != float64(len(c.entries("/companies/"+domain+"/issues/"+of))) {
		t.Errorf("active issues of one type: %.300s", active.body)
	}
	if all := c.get("/companies/" + domain + "/active-issues"); len(all.json["issue_types"].([]any)) < 2 {
		t.Errorf("active issues: %.200s", all.body)
	}
	past := c.entries("/companies/" + domain + "/history/events/2026-09-30/issues/" + of + "/?issue_id=" + issue["issue_id"].(string))
	if len(past) != 1 || past[0]["effective_date"] != "2026-09-30" || past[0]["group_status"] != "active" {
		t.Errorf("historical: %v", past)
	}
	if n := len(c.entries("/companies/" + domain + "/history/events/2026-09-30/issues/java_debugger/")); n != 0 {
		t.Errorf("%d findings of a retired type", n)
	}
	c.get("/companies/"+domain+"/issues/java_debugger/").refused(t, 404, "java_debugger")
	c.get("/companies/"+domain+"/history/events/yesterday/issues/"+of+"/").refused(t, 400, "yesterday")
	if r := c.get("/companies/" + domain + "/issue-context/" + of); r.json["company_incidence_percentage"].(float64) <= 0 {
		t.Errorf("context: %s", r.body)
	}
}

func TestScorePlan(t *testing.T) {
	c := start(t)
	domain := c.domainWhere(scored)
	r := c.get("/companies/" + domain + "/score-plans/by-target/100")
	if len(r.entries(t)) == 0 || r.json["size"] != float64(len(r.entries(t))) {
		t.Errorf("plan: %.200s", r.body)
	}
	if r := c.get("/companies/" + domain + "/score-plans/by-target/1"); len(r.entries(t)) != 0 || r.json["projected_total_score"] != c.get("/companies/" + domain).json["score"] {
		t.Errorf("a score that is reached: %s", r.body)
	}
	c.get("/companies/"+domain+"/score-plans/by-target/101").refused(t, 400, "101")
	c.get("/companies/"+domain+"/score-plans/by-target/x").refused(t, 400, "x")
}

func TestBulkSearch(t *testing.T) {
	c := start(t)
	known := c.domainWhere(scored)
	r := c.do("POST", "/companies/bulk-searches", fmt.Sprintf(`{"searches":[%q,"Amber Software","nobody.example",%q]}`, known, known))
	if r.status != http.StatusCreated {
		t.Fatalf("%d %s", r.status, r.body)
	}
	found, lost, twice := r.json["scorecards"].([]any), r.json["not_found"].([]any), r.json["repeated_domains"].([]any)
	if len(found) != 2 || len(lost) != 1 || lost[0].(map[string]any)["order"] != 2.0 || !slices.Equal(twice, []any{any(known)}) {
		t.Errorf("%s", r.body)
	}
	e := c.do("POST", "/companies/bulk-searches", `{"maxSearches":3}`).refused(t, 400, "missing property: searches")
	if strings.Count(e["message"].(string), "\n") < 2 {
		t.Errorf("validation text in one line: %q", e["message"])
	}
	c.do("POST", "/companies/bulk-searches", `{"searches":"a.example"}`).refused(t, 400, "should be array")
	c.do("POST", "/companies/bulk-searches", `{"searches":[1]}`).refused(t, 400, ".searches[0]")
	c.do("POST", "/companies/bulk-searches", `{"searches":[]}`, "Content-Type", "text/plain").refused(t, 400, "Content-Type")
	c.do("POST", "/companies/bulk-searches", `[]`).refused(t, 400, "object")
}

func TestIndustries(t *testing.T) {
	c := start(t)
	if r := c.get("/industries/energy/score"); r.json["avg_score"] == nil || r.json["avg_grade"] == nil {
		t.Errorf("score: %s", r.body)
	}
	if n := len(c.entries("/industries/energy/factors")); n != 10 {
		t.Errorf("%d factors", n)
	}
	for _, each := range c.entries("/industries/energy/history/score?timing=monthly&from=2026-01-01") {
		low, average, high := each["minScore"].(float64), each["avgScore"].(float64), each["maxScore"].(float64)
		if low > average || average > high {
			t.Errorf("%v", each)
		}
	}
	if n := len(c.entries("/industries/energy/history/factors?from=2026-09-01")); n != 30 {
		t.Errorf("%d days of factors", n)
	}
	c.get("/industries/witchcraft/score").refused(t, 404, "witchcraft")
}

func TestMetadata(t *testing.T) {
	c := start(t)
	if n := len(c.entries("/metadata/factors")); n != 10 {
		t.Errorf("%d factors", n)
	}
	types := c.entries("/metadata/issue-types")
	if len(types) != 192 {
		t.Errorf("%d issue types", len(types))
	}
	r := c.get("/metadata/issue-types/tlscert_expired")
	if r.json["factor"] != "network_security" || r.json["recommendation"] == nil {
		t.Errorf("%s", r.body)
	}
	c.get("/metadata/issue-types/nothing").refused(t, 404, "nothing")
}
