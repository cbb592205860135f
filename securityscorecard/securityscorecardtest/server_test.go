package securityscorecardtest_test

import (
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/cordage-go/cordage/securityscorecard/securityscorecardtest"
)

func TestRiskPagesByLinks(t *testing.T) {
	c := start(t)
	id, _ := c.portfolioIDs()
	path := "/portfolios/" + id + "/expanded-risk"
	seen, requests := 0, 0
	for target := path + "?limit=50"; target != ""; requests++ {
		r := c.do("GET", target, "")
		seen += len(r.entries(t))
		if r.json["total"] != 120.0 || r.json["size"] != 50.0 || r.json["page"] != nil {
			t.Errorf("%.200s", r.body)
		}
		target, _, _ = strings.Cut(strings.TrimPrefix(r.header.Get("Link"), "<"), ">; rel=\"next\"")
	}
	if seen != 120 || requests != 3 {
		t.Errorf("%d records by %d requests", seen, requests)
	}
	if all := c.entries(path + "?limit=5000&confidence=low"); len(all) != 60 || all[0]["confidence"] != "low" {
		t.Errorf("%d of low confidence", len(all))
	}
	if n := len(c.entries("/companies/" + c.domainWhere(scored) + "/expanded-risk")); n != 2 {
		t.Errorf("%d of one company", n)
	}
	c.get(path+"?page=0").refused(t, 400, "first one is 1")
	c.get(path+"?limit=5001").refused(t, 400, "5000")
	c.get(path+"?confidence=total").refused(t, 400, "total")
}

func TestSeedsDiffer(t *testing.T) {
	names := func(seed uint64) (domains, scores string) {
		c := listen(t, &securityscorecardtest.Options{Seed: seed})
		for _, r := range c.server.Records("companies") {
			domains += r["domain"].(string) + " "
			score, _ := r["score"].(int)
			scores += strconv.Itoa(score) + " "
		}
		return domains, scores
	}
	d0, s0 := names(0)
	again, t0 := names(0)
	d7, s7 := names(7)
	if d0 != again || s0 != t0 {
		t.Error("one seed gives two worlds")
	}
	if d0 == d7 || s0 == s7 {
		t.Error("two seeds give one world")
	}
}

func TestOptions(t *testing.T) {
	c := listen(t, &securityscorecardtest.Options{Empty: true})
	if n := len(c.entries("/portfolios")); n != 0 || c.server.Seeded["companies"] != 0 {
		t.Errorf("%d portfolios in an empty emulator", n)
	}
	c = listen(t, &securityscorecardtest.Options{Today: time.Date(2024, time.February, 29, 17, 0, 0, 0, time.UTC)})
	days := c.entries("/companies/" + c.domainWhere(scored) + "/history/score")
	if last := days[len(days)-1]["date"]; last != "2024-02-29T00:00:00.000Z" || !strings.HasPrefix(c.server.Today.String(), "2024-02-29 00:00") {
		t.Errorf("the history ends on %v", last)
	}
	for _, bad := range []struct {
		addr string
		o    *securityscorecardtest.Options
	}{
		{"127.0.0.1", nil},
		{"127.0.0.1:99999", nil},
		{"127.0.0.1:0", &securityscorecardtest.Options{Limits: securityscorecardtest.Limits{Hour: -1}}},
	} {
		if s, err := securityscorecardtest.Listen(bad.addr, bad.o); err == nil {
			s.Close()
			t.Errorf("Listen(%q, %v) works", bad.addr, bad.o)
		}
	}
}

func TestPutRefuses(t *testing.T) {
	c := start(t)
	if err := c.server.Put("pets", map[string]any{"id": 1}); err == nil || !strings.Contains(err.Error(), "pets") {
		t.Errorf("unknown collection: %v", err)
	}
	if err := c.server.Put("companies", map[string]any{"name": "x"}); err == nil || !strings.Contains(err.Error(), "domain") {
		t.Errorf("no key: %v", err)
	}
	if !c.server.Delete("companies", c.domainWhere(scored)) || c.server.Delete("companies", "x") {
		t.Error("Delete does not tell what it did")
	}
}

func TestFaults(t *testing.T) {
	c := start(t)
	c.server.Inject(securityscorecardtest.Fault{On: "GET /portfolios", Status: 429, Header: http.Header{"Retry-After": {"2"}}})
	if r := c.get("/portfolios"); r.status != 429 || r.header.Get("Retry-After") != "2" || r.body != "" {
		t.Errorf("%d %v", r.status, r.header)
	}
	if r := c.get("/portfolios"); r.status != 200 {
		t.Errorf("after the fault: %d", r.status)
	}
	c.server.Inject(securityscorecardtest.Fault{On: "POST /portfolios", Drop: true, When: securityscorecardtest.AfterWork})
	request, err := http.NewRequestWithContext(t.Context(), "POST", c.server.URL+"/portfolios", io.NopCloser(strings.NewReader(`{"name":"lost"}`)))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Authorization", "Token "+c.server.Token)
	request.Header.Set("Content-Type", "application/json")
	if response, err := c.client.Do(request); err == nil {
		response.Body.Close()
		t.Error("the answer was not lost")
	}
	if n := len(c.server.Records("portfolios")); n != 4 {
		t.Errorf("%d portfolios; the work was to be done", n)
	}
	c.server.InjectStorage(securityscorecardtest.Fault{Status: 503})
	if r := c.do("GET", c.server.StorageURL+"/x", "", "Authorization", ""); r.status != 503 {
		t.Errorf("storage: %d", r.status)
	}
}

// Many callers at once, for the race detector.
func TestConcurrentUse(t *testing.T) {
	c := start(t)
	id, _ := c.portfolioIDs()
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			c.get("/reports/recent")
			c.do("PUT", "/portfolios/"+id+"/companies/made-"+strconv.Itoa(i)+".example", "")
			c.do("POST", "/portfolios", `{"name":"n"}`)
			c.do("POST", "/apps/"+c.server.AppID+"/secret", "")
			exchange(c, c.server.AppID, "x", c.server.NewInstallCode())
			c.server.Records("companies")
		})
	}
	group.Wait()
	if n := len(c.entries("/portfolios")); n != 11 {
		t.Errorf("%d portfolios", n)
	}
	if n := len(c.entries("/portfolios/" + id + "/companies")); n != 68 {
		t.Errorf("%d companies", n)
	}
}
