package securityscorecardtest_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// writable is the id of a seeded portfolio that may be changed, shared one that may not.
func (c *caller) portfolioIDs() (writable, shared string) {
	c.t.Helper()
	all := c.entries("/portfolios")
	return all[0]["id"].(string), all[2]["id"].(string)
}

func TestPortfolioList(t *testing.T) {
	c := start(t)
	r := c.get("/portfolios")
	all := r.entries(t)
	if len(all) != 3 || r.json["total"] != 3.0 || r.json["count"] != nil {
		t.Fatalf("%s", r.body)
	}
	if all[0]["read_only"] != false || all[2]["read_only"] != "true" || all[0]["owner_team_id"] != "" {
		t.Errorf("odd forms: %v, %v", all[0], all[2])
	}
	if len(all[2]["id"].(string)) != 24 || len(all[0]["id"].(string)) != 36 {
		t.Errorf("ids %v and %v", all[0]["id"], all[2]["id"])
	}
}

func TestPortfolioLife(t *testing.T) {
	c := start(t)
	r := c.do("POST", "/portfolios", `{"name":"New","description":"d","privacy":"shared"}`)
	id, _ := r.json["id"].(string)
	if r.status != 200 || id == "" || r.json["privacy"] != "shared" {
		t.Fatalf("create: %d %s", r.status, r.body)
	}
	if n := len(c.entries("/portfolios")); n != 4 {
		t.Errorf("%d portfolios after the creation", n)
	}
	if r := c.do("PUT", "/portfolios/"+id, `{"name":"Renamed"}`); r.status != 200 || r.json["name"] != "Renamed" || r.json["description"] != "d" {
		t.Errorf("edit: %d %s", r.status, r.body)
	}
	all := c.server.Records("companies")
	loose := all[len(all)-1]["domain"].(string)
	if r := c.do("PUT", "/portfolios/"+id+"/companies/"+loose, ""); r.status != 200 || r.json["score"] == nil {
		t.Errorf("add a scored company: %d %s", r.status, r.body)
	}
	if r := c.get("/companies/" + loose); r.status != 200 {
		t.Errorf("a company is in reach once it is in a portfolio: %d", r.status)
	}
	r = c.do("PUT", "/portfolios/"+id+"/companies/fresh-company.example", "")
	if _, has := r.json["score"]; r.status != 200 || has || r.json["grade"] != "?" {
		t.Errorf("add an unknown company: %d %s", r.status, r.body)
	}
	if n := len(c.entries("/portfolios/" + id + "/companies")); n != 2 {
		t.Errorf("%d companies", n)
	}
	if r := c.do("DELETE", "/portfolios/"+id+"/companies/"+loose, ""); r.status != 204 || r.body != "" {
		t.Errorf("remove: %d %s", r.status, r.body)
	}
	c.do("DELETE", "/portfolios/"+id+"/companies/"+loose, "").refused(t, 404, loose)
	c.get("/companies/"+loose).refused(t, 403, loose)
	if r := c.do("DELETE", "/portfolios/"+id, ""); r.status != 204 || r.body != "" {
		t.Errorf("delete: %d %s", r.status, r.body)
	}
	c.do("DELETE", "/portfolios/"+id, "").refused(t, 404, "portfolio")
	c.get("/companies/fresh-company.example").refused(t, 403, "fresh-company")
}

func TestPortfolioRefuses(t *testing.T) {
	c := start(t)
	id, shared := c.portfolioIDs()
	c.do("POST", "/portfolios", `{"description":"no name"}`).refused(t, 400, "missing property: name")
	c.do("POST", "/portfolios", `{"name":""}`).refused(t, 400, "empty")
	c.do("POST", "/portfolios", `{"name":7}`).refused(t, 400, "should be string")
	c.do("POST", "/portfolios", `{"name":"x","privacy":"secret"}`).refused(t, 400, "secret")
	c.do("POST", "/portfolios", `{"name":"x","name":"y"}`).refused(t, 400, "twice")
	c.do("POST", "/portfolios", `{"name":"x"}{}`).refused(t, 400, "follows")
	c.do("POST", "/portfolios", "").refused(t, 400, "Content-Type")
	c.do("PUT", "/portfolios/"+id+"/companies/UPPER.example", "").refused(t, 400, "lower case")
	c.do("PUT", "/portfolios/"+id+"/companies/nonsense", "").refused(t, 400, "nonsense")
	c.do("PUT", "/portfolios/"+shared+"/companies/a.example", "").refused(t, 403, "reading only")
	e := c.get("/portfolios/nothing/companies").refused(t, 404, "portfolio not found")
	data, _ := e["data"].(map[string]any)
	if fmt.Sprint(data["portfoliosRequested"], data["portfoliosNotFound"], data["portfoliosWithAccess"], data["portfoliosWithoutAccess"]) != "[nothing] [nothing] [] []" {
		t.Errorf("data: %v", data)
	}
	if n := len(c.server.Records("portfolios")); n != 3 {
		t.Errorf("%d portfolios after refused writes", n)
	}
}

func TestBulk(t *testing.T) {
	c := start(t)
	id, _ := c.portfolioIDs()
	body := fmt.Sprintf(`{"portfolios":[%q],"companies":["one.example","two.example"]}`, id)
	if r := c.do("PUT", "/portfolios/companies/bulk-upload", body); r.status != http.StatusCreated || r.body != "" {
		t.Errorf("add: %d %q", r.status, r.body)
	}
	if n := len(c.entries("/portfolios/" + id + "/companies")); n != 62 {
		t.Errorf("%d companies", n)
	}
	body = fmt.Sprintf(`{"ids":[%q],"companies":["one.example"]}`, id)
	if r := c.do("POST", "/portfolios/companies/bulk-delete", body); r.status != http.StatusNoContent || r.body != "" {
		t.Errorf("remove: %d %q", r.status, r.body)
	}
	if n := len(c.entries("/portfolios/" + id + "/companies")); n != 61 {
		t.Errorf("%d companies", n)
	}
	c.do("POST", "/portfolios/companies/bulk-delete", strings.Replace(body, "ids", "portfolios", 1)).refused(t, 400, "missing property: ids")
	c.do("PUT", "/portfolios/companies/bulk-upload", `{"portfolios":["x"],"companies":["a.example"]}`).refused(t, 404, "portfolio")
	c.do("PUT", "/portfolios/companies/bulk-upload", fmt.Sprintf(`{"portfolios":[%q],"companies":["A.example"]}`, id)).refused(t, 400, "lower case")
	if r := c.do("DELETE", "/portfolios/"+id+"/companies/all", ""); r.status != 204 {
		t.Errorf("empty: %d %s", r.status, r.body)
	}
	if n := len(c.entries("/portfolios/" + id + "/companies")); n != 0 {
		t.Errorf("%d companies after emptying", n)
	}
}

func TestPortfolioCompanyFilters(t *testing.T) {
	c := start(t)
	id, _ := c.portfolioIDs()
	path := "/portfolios/" + id + "/companies"
	r := c.get(path)
	if len(r.entries(t)) != 60 || r.json["total"] != 60.0 || r.header.Get("Link") != "" {
		t.Errorf("whole: %d of %v", len(r.entries(t)), r.json["total"])
	}
	if first := r.entries(t)[0]; first["last30days_score_change"] == nil || first["last30day_score_change"] != nil {
		t.Errorf("name of the change: %v", first)
	}
	energy := c.entries(path + "?industry=ENERGY")
	if len(energy) != 10 {
		t.Errorf("%d companies in energy", len(energy))
	}
	for _, company := range c.entries(path + "?grade=F,A") {
		if company["grade"] != "F" && company["grade"] != "A" {
			t.Errorf("grade %v", company["grade"])
		}
	}
	if n := len(c.entries(path + "?grade=%3F")); n != 3 {
		t.Errorf("%d companies are being calculated", n)
	}
	if n := len(c.entries(path + "?status=inactive")); n != 0 {
		t.Errorf("%d inactive companies", n)
	}
	if n := len(c.entries(path + "?had_breach_within_last_days=365")); n != 10 {
		t.Errorf("%d companies with a breach", n)
	}
	if n := len(c.entries(path + "?had_breach_within_last_days=10")); n != 0 {
		t.Errorf("%d companies with a fresh breach", n)
	}
	for _, issue := range c.server.Records("issues") {
		cve, _ := issue["vulnerability_id"].(string)
		if cve == "" {
			continue
		}
		n := len(c.entries(path + "?vulnerability=" + cve))
		m := len(c.entries(path + "?issue_type=" + issue["issue_type"].(string)))
		if n == 0 || n == 60 || m == 0 || m == 60 {
			t.Errorf("%d companies with %s, %d with %s", n, cve, m, issue["issue_type"])
		}
		break
	}
	c.get(path+"?status=asleep").refused(t, 400, "asleep")
	c.get(path+"?had_breach_within_last_days=few").refused(t, 400, "few")
}

func TestSearchPages(t *testing.T) {
	c := start(t)
	id, _ := c.portfolioIDs()
	path := "/v2/portfolios/" + id + "/companies"
	seen := map[any]bool{}
	for page := 0; ; page++ {
		r := c.get(fmt.Sprintf("%s?page=%d", path, page))
		entries := r.entries(t)
		if r.json["page"] != float64(page) || r.json["size"] != 20.0 || r.json["total"] != nil || r.header.Get("Link") != "" {
			t.Fatalf("page %d: %.300s", page, r.body)
		}
		for _, company := range entries {
			seen[company["domain"]] = true
		}
		if len(entries) == 0 {
			if page != 3 {
				t.Errorf("page %d is the first empty one", page)
			}
			break
		}
	}
	if len(seen) != 60 {
		t.Errorf("%d companies on all pages", len(seen))
	}
	if n := len(c.entries(path + "?page_size=200")); n != 60 {
		t.Errorf("%d on one page of 200", n)
	}
	c.get(path+"?page_size=201").refused(t, 400, "200")
	c.get(path+"?page_size=0").refused(t, 400, "smallest")
	c.get(path+"?page=-1").refused(t, 400, "first one is 0")
	c.get(path+"?page=two").refused(t, 400, "two")
}

func TestSearchFilters(t *testing.T) {
	c := start(t)
	id, _ := c.portfolioIDs()
	path := "/v2/portfolios/" + id + "/companies"
	best := c.entries(path + "?sort=-score&page_size=2&with_factors=true")
	if best[0]["score"].(float64) < best[1]["score"].(float64) || len(best[0]["factors"].(map[string]any)) != 10 {
		t.Errorf("best: %v", best)
	}
	if worst := c.entries(path + "?sort=score&page_size=1"); worst[0]["score"] != nil || worst[0]["grade"] != "?" {
		t.Errorf("companies without a score sort first: %v", worst)
	}
	if found := c.entries(path + "?search=amber%20soft"); len(found) != 1 {
		t.Errorf("search: %v", found)
	}
	if found := c.entries(path + "?industry=energy,retail&page_size=50"); len(found) != 20 {
		t.Errorf("%d in two industries", len(found))
	}
	facet := c.entries(path + "/facet/industry")
	if len(facet) != 6 || facet[0]["industry"] != "energy" || len(facet[0]) != 1 {
		t.Errorf("facet: %v", facet)
	}
	if found := c.entries(path + "/facet/industry?facet_search=f"); len(found) != 2 {
		t.Errorf("facet search: %v", found)
	}
	c.get(path+"?sort=colour").refused(t, 400, "colour")
	c.get(path+"?custom_fields=x").refused(t, 400, "custom_fields")
	c.get(path+"/facet/colour").refused(t, 400, "colour")
	c.get("/v2/portfolios/nothing/companies").refused(t, 404, "portfolio")
}
