package securityscorecardtest_test

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/cordage-go/cordage/securityscorecard/securityscorecardtest"
)

// report finds a report in a list.
func report(entries []map[string]any, id string) map[string]any {
	for _, r := range entries {
		if r["id"] == id {
			return r
		}
	}
	return nil
}

func TestReport(t *testing.T) {
	c := start(t)
	r := c.do("POST", "/reports/summary", fmt.Sprintf(`{"scorecard_identifier":%q,"branding":"company"}`, c.domainWhere(scored)))
	id, _ := r.json["id"].(string)
	if r.status != 200 || id == "" {
		t.Fatalf("order: %d %s", r.status, r.body)
	}
	for poll := range 2 {
		got := report(c.entries("/reports/recent"), id)
		if got["completed_at"] != nil || got["download_url"] != nil || got["report_type"] != "summary" {
			t.Fatalf("poll %d: %v", poll+1, got)
		}
	}
	got := report(c.entries("/reports/recent"), id)
	address, _ := got["download_url"].(string)
	if got["completed_at"] == nil || !strings.HasPrefix(address, c.server.URL+"/") {
		t.Fatalf("finished: %v", got)
	}
	for name := range got {
		if strings.HasPrefix(name, "_") {
			t.Errorf("%s is shown", name)
		}
	}

	c.do("GET", address, "", "Authorization", "Token wrong").refused(t, 401, "token")
	redirect := c.do("GET", address+"?lng=de-DE", "")
	target := redirect.header.Get("Location")
	if redirect.status != http.StatusFound || !strings.HasPrefix(target, c.server.StorageURL+"/") || !strings.Contains(target, "lng=de-DE") {
		t.Fatalf("%d to %q", redirect.status, target)
	}
	if r := c.do("GET", target, ""); r.status != 400 || !strings.Contains(r.body, "InvalidArgument") {
		t.Errorf("storage with a token: %d %s", r.status, r.body)
	}
	if r := c.do("GET", strings.Replace(target, "signature=", "signature=0", 1), "", "Authorization", ""); r.status != 403 {
		t.Errorf("storage with a wrong signature: %d", r.status)
	}
	file := c.do("GET", target, "", "Authorization", "")
	if file.status != 200 || !strings.HasPrefix(file.body, "%PDF-") || !strings.Contains(file.header.Get("Content-Disposition"), id+".pdf") {
		t.Errorf("file: %d %q %v", file.status, file.body, file.header)
	}
	arrived := c.server.StorageRequests()
	if len(arrived) != 3 || arrived[0].Status != 400 || arrived[2].Status != 200 || arrived[2].Header.Get("Authorization") != "" {
		t.Errorf("storage saw %v", arrived)
	}
	c.get(address[len(c.server.URL):]+"?lng=tlh").refused(t, 400, "tlh")
	c.get("/reports/files/made-up.pdf").refused(t, 404, "download_url")
}

func TestReportOfACompanyWithoutScoreFails(t *testing.T) {
	c := listen(t, &securityscorecardtest.Options{ReportPolls: -1})
	r := c.do("POST", "/reports/issues", fmt.Sprintf(`{"scorecard_identifier":%q,"format":"csv"}`, c.domainWhere(calculating)))
	id, _ := r.json["id"].(string)
	got := report(c.entries("/reports/recent"), id)
	if got["completed_at"] == nil || got["download_url"] != nil {
		t.Errorf("%v", got)
	}
	c.get("/reports/files/"+id+".csv").refused(t, 404, "no file")
}

func TestReportsOfEveryKind(t *testing.T) {
	c := listen(t, &securityscorecardtest.Options{ReportPolls: -1})
	domain := c.domainWhere(scored)
	id, _ := c.portfolioIDs()
	company := fmt.Sprintf(`{"scorecard_identifier":%q}`, domain)
	for kind, body := range map[string]string{
		"detailed": company, "summary": company, "issues": company, "partnership": company, "scorecard-footprint": company,
		"portfolio":           fmt.Sprintf(`{"portfolio_id":%q,"format":"csv"}`, id),
		"footprint-domains":   fmt.Sprintf(`{"domain":%q}`, domain),
		"footprint-ips":       fmt.Sprintf(`{"domain":%q}`, domain),
		"full-scorecard-json": `{"params":` + company + `}`,
		"events-json":         fmt.Sprintf(`{"params":{"scorecard_identifier":%q,"date":"2026-09-01"}}`, domain),
		"assessments":         fmt.Sprintf(`{"domain":%q,"bucketName":"b","key":"k"}`, domain),
	} {
		r := c.do("POST", "/reports/"+kind, body)
		if r.status != 200 && (kind != "assessments" || r.status != 201) {
			t.Errorf("%s: %d %s", kind, r.status, r.body)
			continue
		}
		got := report(c.entries("/reports/recent"), r.json["id"].(string))
		target := c.do("GET", got["download_url"].(string), "").header.Get("Location")
		if file := c.do("GET", target, "", "Authorization", ""); file.status != 200 || file.body == "" {
			t.Errorf("%s: file %d", kind, file.status)
		}
	}
	c.do("POST", "/reports/full-scorecard-json", company).refused(t, 400, "missing property: params")
	c.do("POST", "/reports/events-json", `{"params":`+company+`}`).refused(t, 400, "missing property: date")
	c.do("POST", "/reports/summary", "{}").refused(t, 400, "missing property: scorecard_identifier")
	c.do("POST", "/reports/issues", fmt.Sprintf(`{"scorecard_identifier":%q,"format":"docx"}`, domain)).refused(t, 400, "docx")
	c.do("POST", "/reports/portfolio", `{"portfolio_id":"x"}`).refused(t, 404, "portfolio")
	c.do("POST", "/reports/summary", `{"scorecard_identifier":"unknown.example"}`).refused(t, 404, "unknown.example")

	csv := c.do("POST", "/reports/compliance/csv/export", fmt.Sprintf(`{"name":"n","domain":%q,"metricId":"m"}`, domain))
	if csv.status != 200 || !strings.HasPrefix(csv.header.Get("Content-Type"), "text/csv") || !bytes.HasPrefix([]byte(csv.body), []byte("domain,")) {
		t.Errorf("compliance: %d %v %q", csv.status, csv.header, csv.body)
	}
}

func TestNotifications(t *testing.T) {
	c := start(t)
	path := "/users/by-username/" + c.server.Username + "/notifications/recent"
	r := c.get(path)
	all := r.entries(t)
	if len(all) != 30 || r.json["page"] != 1.0 || r.json["size"] != 50.0 {
		t.Fatalf("%d entries, page %v, size %v", len(all), r.json["page"], r.json["size"])
	}
	forms := map[string]int{}
	for _, each := range all {
		forms[fmt.Sprintf("%T", each["change_data"])]++
		if date, _ := each["platform_score_date"].(string); len(date) != 8 {
			t.Errorf("platform_score_date %v", each["platform_score_date"])
		}
	}
	if len(forms) != 2 {
		t.Errorf("forms of change_data: %v", forms)
	}
	if read, unread := len(c.entries(path+"?unread=false")), len(c.entries(path+"?unread=true")); read != 10 || unread != 20 {
		t.Errorf("%d read, %d unread", read, unread)
	}
	if oldest := c.entries(path + "?order=asc&page_size=1"); len(oldest) != 1 || oldest[0]["id"] != all[29]["id"] {
		t.Errorf("oldest: %v", oldest)
	}
	if n := len(c.entries(path + "?page_size=1000")); n != 30 {
		t.Errorf("a large page size is cut: %d", n)
	}
	if second := c.entries(path + "?page_size=20&page=2"); len(second) != 10 {
		t.Errorf("second page: %d", len(second))
	}
	_, shared := c.portfolioIDs()
	if n := len(c.entries(path + "?portfolio=" + shared)); n != 15 {
		t.Errorf("%d of one portfolio", n)
	}
	c.get("/users/by-username/other@cordage.example/notifications/recent").refused(t, 404, "other@")
	c.get(path+"?unread=maybe").refused(t, 400, "maybe")
	c.get(path+"?order=up").refused(t, 400, "up")
}
