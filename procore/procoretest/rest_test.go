package procoretest_test

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/cordage-go/cordage/procore/procoretest"
)

func TestCredentialsAndCompany(t *testing.T) {
	c := start(t, nil)
	v2 := fmt.Sprintf("/rest/v2.0/companies/%d/webhooks/hooks", c.server.CompanyID)

	a := c.with("Authorization", "").get(c.rfis()).want(t, 401, `"code":401`, `"message":"The access token is invalid"`, `"reason":`)
	if !strings.HasPrefix(a.Header.Get("WWW-Authenticate"), "Bearer") {
		t.Errorf("WWW-Authenticate is %q", a.Header.Get("WWW-Authenticate"))
	}
	c.with("Authorization", "Bearer wrong").get(v2).want(t, 401, `{"error":{"code":"INVALID_TOKEN"`, `"reason_code":"INVALID_TOKEN"`)
	c.with("Authorization", "Token "+c.server.AccessToken).get(c.rfis()).want(t, 401)

	missing := c.with("Procore-Company-Id", "")
	a = missing.get(c.rfis()).want(t, 400)
	if !strings.HasPrefix(a.text, "Missing Procore-Company-Id header!") || !strings.HasPrefix(a.Header.Get("Content-Type"), "text/plain") {
		t.Errorf("%s %q", a.Header.Get("Content-Type"), a.text)
	}
	missing.do("DELETE", v2+"/1", nil).want(t, 400, "Missing Procore-Company-Id header!")
	missing.get("/rest/v1.0/me").want(t, 200)
	if n := len(missing.get("/rest/v1.0/companies").want(t, 200).list(t)); n != 3 {
		t.Errorf("%d companies, want 3", n)
	}

	c.with("Procore-Company-Id", "12").get(c.rfis()).want(t, 403, `{"error":"company 12`)
	c.with("Procore-Company-Id", "12").get(v2).want(t, 403, `{"error":{"code":"ACCESS_DENIED","details":[{"code":"ACCESS_DENIED"`)
	c.with("Procore-Company-Id", "Acme").get(c.rfis()).want(t, 400, "Acme")
	c.with("Procore-Company-Id", fmt.Sprint(c.server.SecondCompanyID)).get(c.rfis()).want(t, 404, "project")
	c.get(fmt.Sprintf("/rest/v1.0/projects?company_id=%d", c.server.SecondCompanyID)).want(t, 404, "company")

	other := c.with("Procore-Company-Id", fmt.Sprint(c.server.UnconnectedCompanyID))
	path := fmt.Sprintf("/rest/v1.0/projects?company_id=%d", c.server.UnconnectedCompanyID)
	if a := other.get(path).want(t, 403); a.text != `{"errors":["App is not connected to this company."]}` {
		t.Errorf("body %s", a.text)
	}
	other.get("/rest/v1.0/me").want(t, 200)
	c.server.Connect(c.server.UnconnectedCompanyID)
	other.get(path).want(t, 200, "[]")
	c.server.Disconnect(c.server.CompanyID)
	c.get(c.rfis()).want(t, 403, "App is not connected")
}

func TestErrorShapes(t *testing.T) {
	c := start(t, nil)
	v2 := fmt.Sprintf("/rest/v2.0/companies/%d/webhooks/hooks", c.server.CompanyID)
	vendors := fmt.Sprintf("/rest/v1.0/vendors?company_id=%d", c.server.CompanyID)
	vendor := func(name, origin string) any { return object{"vendor": object{"name": name, "origin_id": origin}} }
	for _, step := range []struct {
		name       string
		verb, path string
		body       any
		status     int
		want       string
	}{
		{"unknown path", "GET", "/rest/v1.0/no/such/thing", nil, 404, `{"error":"Not Found","message":"no operation has the path`},
		{"not the API", "GET", "/elsewhere", nil, 404, "<!DOCTYPE html>"},
		{"wrong verb", "PUT", c.rfis() + "/1", nil, 405, `GET, PATCH`},
		{"wrong verb in version 2", "PUT", v2, nil, 405, `{"error":{"code":"METHOD_NOT_ALLOWED","message":`},
		{"no such record", "GET", c.rfis() + "/1", nil, 404, `{"code":404,"error":null,"fields":"","message":"RFI 1 does not exist`},
		{"no such record in version 2", "GET", v2 + "/1", nil, 404, `{"error":{"code":"NOT_FOUND","message":"hook 1 does not exist`},
		{"missing parameter", "GET", "/rest/v1.0/observations/items", nil, 400, `"fields":"project_id"`},
		{"broken JSON", "POST", c.rfis(), `{"rfi":`, 400, `"exception":"ActionDispatch`},
		{"no wrapper", "POST", c.rfis(), object{"subject": "x"}, 400, `{"errors":"param is missing or the value is empty: rfi"}`},
		{"missing members", "POST", c.rfis(), object{"rfi": object{"subject": ""}}, 422, `{"errors":{"assignees":["required"],"question":["can't be blank"],"rfi_manager_id":["can't be blank"],"subject":["can't be blank"]}}`},
		{"missing members in version 2", "POST", v2, object{"namespace": "a"}, 422, `"reason_code":"INVALID_PROPERTY"`},
		{"not https", "POST", v2, object{"namespace": "a", "payload_version": "v4.0", "destination_url": "http://example.com"}, 422, "https"},
		{"created", "POST", vendors, vendor("New", "K-1"), 201, `"origin_id":"K-1"`},
		{"key taken", "POST", vendors, vendor("Newer", "K-1"), 409, `{"errors":[{"field":"origin_id"`},
		{"page too large", "GET", c.rfis() + "?per_page=2001", nil, 400, `"fields":"per_page"`},
		{"page too large in version 2", "GET", v2 + "?per_page=101", nil, 400, "from 1 to 100"},
		{"page zero", "GET", c.rfis() + "?page=0", nil, 400, `"fields":"page"`},
		{"both owners", "GET", fmt.Sprintf("/rest/v1.0/webhooks/hooks?company_id=%d&project_id=%d", c.server.CompanyID, c.server.ProjectID), nil, 400, "exactly one"},
		{"no owner", "GET", "/rest/v1.0/webhooks/hooks", nil, 400, "exactly one"},
	} {
		t.Run(step.name, func(t *testing.T) {
			a := c.do(step.verb, step.path, step.body).want(t, step.status, step.want)
			if a.Header.Get("X-Request-Id") == "" || a.Header.Get("Date") == "" {
				t.Errorf("headers %v", a.Header)
			}
		})
	}
	c.send("POST", c.rfis(), "text/plain", strings.NewReader("x")).want(t, 406, `{"error":"the content type \"text/plain\"`)
	updates := make([]object, 1001)
	c.do("PATCH", "/rest/v1.0/vendors/sync", object{"company_id": c.server.CompanyID, "updates": updates}).want(t, 413, `["updates has 1001 entries`)
}

func TestLimits(t *testing.T) {
	c := start(t, &procoretest.Options{Limits: procoretest.Limits{Spike: 3, Hour: 100}})
	a := c.get("/rest/v1.0/me").want(t, 200)
	if got := a.Header.Get("X-Rate-Limit-Limit") + " " + a.Header.Get("X-Rate-Limit-Remaining"); got != "3 2" {
		t.Errorf("limit and remaining are %s, want 3 2", got)
	}
	reset, err := strconv.ParseInt(a.Header.Get("X-Rate-Limit-Reset"), 10, 64)
	if wait := time.Until(time.Unix(reset, 0)); err != nil || wait < 8*time.Second || wait > 11*time.Second {
		t.Errorf("reset %q is %v away, %v", a.Header.Get("X-Rate-Limit-Reset"), wait, err)
	}
	c.get("/rest/v1.0/nothing").want(t, 404) // mistakes count too
	c.get("/rest/v1.0/me").want(t, 200)
	a = c.get("/rest/v1.0/me").want(t, 429, "You have surpassed")
	if a.Header.Get("X-Rate-Limit-Remaining") != "0" || a.Header.Get("Retry-After") != "" || !strings.HasPrefix(a.Header.Get("Content-Type"), "text/plain") {
		t.Errorf("headers %v", a.Header)
	}

	c.server.SetLimits(procoretest.Limits{Spike: 1000, Hour: 2}) // four have come
	a = c.get("/rest/v1.0/me").want(t, 429, "You have surpassed")
	wait, err := strconv.Atoi(a.Header.Get("Retry-After"))
	if err != nil || wait < 3590 || wait > 3601 || a.Header.Get("X-Rate-Limit-Limit") != "2" {
		t.Errorf("headers %v", a.Header)
	}
	pair := c.token(c.grant("client_credentials")).want(t, 200).object(t)
	c.with("Authorization", "Bearer "+pair["access_token"].(string)).get("/rest/v1.0/me").want(t, 200) // counted apart
}

// A window can be short, so that tests of pacing need not take long, and it can
// look back from each request.
func TestShortWindow(t *testing.T) {
	for _, sliding := range []bool{false, true} {
		c := start(t, &procoretest.Options{Limits: procoretest.Limits{Spike: 2, SpikeLength: 300 * time.Millisecond, Sliding: sliding}})
		begun := time.Now()
		c.get("/rest/v1.0/me").want(t, 200)
		c.get("/rest/v1.0/me").want(t, 200)
		if status := c.get("/rest/v1.0/me").StatusCode; status != 429 && time.Since(begun) < 300*time.Millisecond {
			t.Errorf("sliding %v: the third got %d", sliding, status)
		}
		time.Sleep(300 * time.Millisecond)
		c.get("/rest/v1.0/me").want(t, 200)
	}
}

// The window that is nearer to its end is the one that headers tell of.
func TestNearerWindow(t *testing.T) {
	c := start(t, &procoretest.Options{Limits: procoretest.Limits{Spike: 100, Hour: 10}})
	if a := c.get("/rest/v1.0/me").want(t, 200); a.Header.Get("X-Rate-Limit-Limit") != "10" {
		t.Errorf("headers %v", a.Header)
	}
}

func TestFaults(t *testing.T) {
	c := start(t, nil)
	c.server.Inject(procoretest.Fault{On: "/rest/v1.0/me", Status: 503, Header: http.Header{"Retry-After": {"1"}}})
	if a := c.get("/rest/v1.0/me").want(t, 503); a.Header.Get("Retry-After") != "1" {
		t.Errorf("headers %v", a.Header)
	}
	c.get("/rest/v1.0/me").want(t, 200)
	c.server.Inject(procoretest.Fault{On: "GET /rest/v1.0/projects/{project_id}/rfis", Body: "<html>", Times: 2})
	c.get(c.rfis()).want(t, 200, "<html>")
	log := c.server.Requests()
	last := log[len(log)-1]
	if last.Operation != "GET /rest/v1.0/projects/{project_id}/rfis" || last.Path != c.rfis() || last.Header.Get("Procore-Company-Id") == "" {
		t.Errorf("logged %+v", last)
	}
}

func TestServersAreTheSame(t *testing.T) {
	a, b, other := start(t, nil), start(t, nil), start(t, &procoretest.Options{Seed: 7})
	path := a.rfis()
	if x, y := a.get(path).want(t, 200).text, b.get(path).want(t, 200).text; x != y {
		t.Error("two servers differ")
	}
	if x, y := a.get(path).text, other.get(path).want(t, 200).text; x == y {
		t.Error("another seed gave the same records")
	}
	if a.server.AccessToken != b.server.AccessToken || a.server.RefreshToken != b.server.RefreshToken {
		t.Error("credentials differ")
	}
	empty := start(t, &procoretest.Options{Empty: true})
	empty.get(fmt.Sprintf("/rest/v1.0/projects?company_id=%d", empty.server.CompanyID)).want(t, 200, "[]")
	empty.get("/rest/v1.0/me").want(t, 200, "Dana Demo")
}

func TestDownloads(t *testing.T) {
	c := start(t, nil)
	id := c.server.Records("rfis")[0]["id"]
	location, err := c.get(fmt.Sprintf("%s/%d.pdf", c.rfis(), id)).want(t, 302).Location()
	if err != nil || !strings.HasPrefix(location.String(), c.server.StorageURL) || location.Host == strings.TrimPrefix(c.server.URL, "http://") {
		t.Fatalf("redirected to %v, %v", location, err)
	}
	c.get(location.String()).want(t, 400, "Authorization")
	c.with("Authorization", "").get(location.String()).want(t, 200, "%PDF")
	c.with("Authorization", "").get(c.server.StorageURL+location.Path).want(t, 403)
	c.get(fmt.Sprintf("%s/1.pdf", c.rfis())).want(t, 404)
	c.get(c.rfis()+"/export?export_format=csv").want(t, 200, "Number,Subject,Status")
	if n := len(c.server.StorageRequests()); n != 3 {
		t.Errorf("%d requests to the storage, want 3", n)
	}
}
