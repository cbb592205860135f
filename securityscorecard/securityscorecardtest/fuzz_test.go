package securityscorecardtest

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/cordage-go/cordage/internal/emulate"
)

// FuzzRequests holds that whatever is asked is answered, and that every
// refusal says why in one of the platform's two shapes.
func FuzzRequests(f *testing.F) {
	table, err := emulate.SecurityScorecardTable()
	if err != nil {
		f.Fatal(err)
	}
	for _, op := range table.Operations {
		f.Add(op.Verb, op.Path, "page=1", `{"name":"x"}`)
	}
	f.Add("GET", "/companies/amber-logistics.example/history/score", "from=2026-01-01&to=&timing=weekly", "")
	f.Add("GET", "/companies/amber-logistics.example/history/events/2026-01-01/issues/open_port/", "group_status=active&issue_id=x", "")
	f.Add("GET", "/v2/portfolios/5f1e9c00a1b2c3d4e5f60003/companies", "page=-0&page_size=1e3&sort=-score&custom_fields={}", "")
	f.Add("GET", "/portfolios/5f1e9c00a1b2c3d4e5f60003/companies", "had_breach_within_last_days=99999999999", "")
	f.Add("POST", "/reports/events-json", "", `{"params":[]}`)
	f.Add("PUT", "/portfolios/companies/bulk-upload", "", `{"portfolios":[1],"companies":null}`)
	f.Add("POST", "/companies/bulk-searches", "", `{"searches":[null]}`)
	f.Add("GET", "/users/by-username/demo@cordage.example/notifications/recent", "order=asc&page=999999999999999999&page_size=1", "")

	f.Add("GET", appPage, "", "")
	f.Add("GET", marketplace+demoApp+"/authorize", "state=<script>&redirect_uri=http://localhost/x", "")
	f.Add("POST", marketplace+demoApp, "", "visit=x&answer=allow")

	p := newPlatform(Options{}, table)
	p.seed()
	router := p.router()
	f.Fuzz(func(t *testing.T, verb, path, query, body string) {
		request := httptest.NewRequest(http.MethodGet, "/", strings.NewReader(body))
		request.Method, request.URL = verb, &url.URL{Path: "/" + strings.TrimPrefix(path, "/"), RawQuery: query}
		request.Header.Set("Authorization", "Token "+demoToken)
		request.Header.Set("Content-Type", "application/json")
		if strings.HasSuffix(strings.Trim(request.URL.Path, "/"), "revoke-token") {
			return // it would end the token that the next request needs
		}
		call := router.Find(request)
		call.Content = []byte(body)
		a := p.answer(call)
		switch {
		case a.Status < 200 || a.Status >= 500:
			t.Errorf("%s %s?%s: %d %s", verb, path, query, a.Status, a.Body)
		case strings.HasPrefix(request.URL.Path, marketplace): // a page for people
			if a.Status < 400 && a.Status != http.StatusOK || !strings.Contains(string(a.Body), "not the real service") {
				t.Errorf("%s %s?%s: %d %s", verb, path, query, a.Status, a.Body)
			}
		case a.Status >= 400:
			var envelope struct {
				Error struct {
					Message    string
					StatusCode int
				}
			}
			if err := json.Unmarshal(a.Body, &envelope); err != nil || envelope.Error.Message == "" || envelope.Error.StatusCode != a.Status {
				t.Errorf("%s %s?%s: %d %s", verb, path, query, a.Status, a.Body)
			}
		}
	})
}

// FuzzRedirect holds that a browser is only ever sent to the app's own origin,
// and below its path.
func FuzzRedirect(f *testing.F) {
	for _, uri := range []string{
		"https://app.example/ssc", "https://app.example/ssc/a?b=c", "https://app.example/ssc/../x", "https://app.example/ssc/%2e%2e/x",
		"https://app.example@evil.example/ssc", "https://app.example/ssc\\..\\x", "//evil.example/ssc", "https:app.example/ssc", "HTTPS://app.example/ssc",
	} {
		f.Add(uri)
	}
	const declared = "https://app.example/ssc"
	base, err := url.Parse(declared)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, uri string) {
		if !isBelow(uri, declared) {
			return
		}
		to, err := base.Parse(uri) // as a browser does with a Location
		if err != nil {
			t.Fatal(err)
		}
		if to.Scheme != base.Scheme || to.Host != base.Host || to.User != nil || to.Path != base.Path && !strings.HasPrefix(to.Path, base.Path+"/") {
			t.Errorf("%q leads to %v", uri, to)
		}
		if strings.ContainsAny(uri, "\\\r\n\t ") {
			t.Errorf("%q has characters that browsers read in their own way", uri)
		}
	})
}
