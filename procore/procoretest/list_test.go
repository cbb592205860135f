package procoretest_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// links reads a Link header: addresses by relation.
func links(header string) map[string]string {
	out := map[string]string{}
	for part := range strings.SplitSeq(header, ", ") {
		address, relation, ok := strings.Cut(part, ">; rel=")
		if ok {
			out[strings.Trim(relation, `"`)] = strings.TrimPrefix(address, "<")
		}
	}
	return out
}

func TestPagesToTheEnd(t *testing.T) {
	c := start(t, nil)
	if n := c.server.Seeded["rfis"]; n != 480 {
		t.Errorf("%d RFIs are seeded, want 480", n)
	}
	seen, total := map[string]bool{}, 0
	for _, project := range c.server.Records("projects") {
		in := c.with("Procore-Company-Id", fmt.Sprint(project["company_id"]))
		path := fmt.Sprintf("/rest/v1.0/projects/%d/rfis?per_page=15", project["id"])
		for pages := 1; path != ""; pages++ {
			a := in.get(path).want(t, 200)
			for _, rfi := range a.list(t) {
				id := fmt.Sprint(rfi["id"])
				if seen[id] {
					t.Fatalf("RFI %s came twice", id)
				}
				seen[id] = true
				total++
			}
			if a.Header.Get("Total") != "40" || a.Header.Get("Per-Page") != "15" {
				t.Fatalf("headers %v", a.Header)
			}
			header := a.Header.Get("Link")
			next := links(header)
			if pages == 2 && strings.Index(header, `"next"`) > strings.Index(header, `"first"`) {
				t.Errorf("the relations of the second page are in the usual order: %s", header)
			}
			path = next["next"]
			if path == "" && pages != 3 {
				t.Errorf("no next page after page %d", pages)
			}
			if path != "" && !strings.HasPrefix(path, c.server.URL+"/rest/") {
				t.Fatalf("next page at %s", path)
			}
		}
	}
	if total != 480 {
		t.Errorf("%d RFIs, want 480", total)
	}
	if text := c.get(c.rfis()+"?page=9").want(t, 200).text; text != "[]" {
		t.Errorf("beyond the end: %.100s", text)
	}
	if a := c.get(c.rfis()).want(t, 200); len(a.list(t)) != 40 || a.Header["Link"] == nil || a.Header.Get("Link") != "" {
		t.Errorf("a single page has the links %q", a.Header["Link"])
	}
}

func TestSecondVersionPages(t *testing.T) {
	c := start(t, nil)
	root := fmt.Sprintf("/rest/v2.0/companies/%d/webhooks/hooks", c.server.CompanyID)
	for n := range 11 {
		c.do("POST", root, object{"namespace": fmt.Sprintf("n-%d", n), "payload_version": "v4.0", "destination_url": "https://example.com"}).want(t, 201, `{"data":{`)
	}
	a := c.get(root).want(t, 200)
	data := a.object(t)["data"].([]any)
	if len(data) != 10 || a.Header.Get("Total") != "12" || a.Header.Get("Per-Page") != "10" {
		t.Errorf("%d hooks, headers %v", len(data), a.Header)
	}
	if id, ok := data[0].(object)["id"].(string); !ok || len(id) != 15 {
		t.Errorf("the id is %v, want text", data[0].(object)["id"])
	}
	last := c.get(links(a.Header.Get("Link"))["next"]).want(t, 200)
	if n := len(last.object(t)["data"].([]any)); n != 2 || links(last.Header.Get("Link"))["next"] != "" {
		t.Errorf("%d hooks on the last page, links %s", n, last.Header.Get("Link"))
	}
	if a := c.get(root+"?per_page=100").want(t, 200); a.Header["Link"] != nil {
		t.Errorf("a single page has the links %q", a.Header["Link"])
	}
	if a := c.get(fmt.Sprintf("/rest/v1.0/webhooks/hooks?company_id=%d", c.server.CompanyID)).want(t, 200); a.Header.Get("Total") != "" || len(a.list(t)) != 12 {
		t.Errorf("a list without pages has the headers %v", a.Header)
	}
}

func TestFilters(t *testing.T) {
	c := start(t, nil)
	records := []object{}
	for _, r := range c.server.Records("rfis") {
		if r["project_id"] == c.server.ProjectID && r["deleted"] != true {
			records = append(records, r)
		}
	}
	id := func(n int) string { return fmt.Sprint(records[n]["id"]) }
	where := func(keep func(object) bool) int {
		n := 0
		for _, r := range records {
			if keep(r) {
				n++
			}
		}
		return n
	}
	status := func(words ...string) int {
		return where(func(r object) bool { return strings.Contains(strings.Join(words, " "), r["status"].(string)) })
	}
	from, to := "2026-02-20T00:00:00Z", "2026-02-22"
	created := where(func(r object) bool {
		return r["created_at"].(string) >= from && r["created_at"].(string) <= to+"T23:59:59Z"
	})
	if created == 0 || created == len(records) {
		t.Fatalf("the range does not divide: %d", created)
	}
	assignee := records[0]["assignees"].([]any)[0].(object)["id"]
	assigned := where(func(r object) bool { return r["assignees"].([]any)[0].(object)["id"] == assignee })
	for query, want := range map[string]int{
		"filters[status]=open":                                                           status("open"),
		"filters[status][]=open&filters[status][]=closed":                                status("open", "closed"),
		"filters%5Bstatus%5D=draft":                                                      status("draft"),
		"filters[id][]=" + id(0) + "&filters[id][]=" + id(3):                             2,
		"filters[id]=" + id(0) + "," + id(3):                                             2,
		"filters[id]=" + id(0) + "&filters[id]=" + id(3):                                 1, // the last one counts
		"filters[id]=" + url.QueryEscape("["+id(0)+","+id(1)+"]"):                        2,
		"filters[id]=" + id(2) + "..." + id(5):                                           4,
		"filters[created_at]=" + from + "..." + to:                                       created,
		"filters[created_at]=" + url.QueryEscape(`"2026-02-19T16:00:00-08:00...`+to+`"`): created,
		"filters[assigned_id]=" + fmt.Sprint(assignee):                                   assigned,
		"filters[status]=open&filters[id]=" + id(0):                                      1,
		"filters[include_deleted]=with":                                                  len(records) + 1,
		"filters[include_deleted]=only":                                                  1,
		"search=" + url.QueryEscape(records[4]["subject"].(string)):                      1,
	} {
		if got := len(c.get(c.rfis()+"?per_page=100&"+query).want(t, 200).list(t)); got != want {
			t.Errorf("%s: %d RFIs, want %d", query, got, want)
		}
	}
	if last := c.get(c.rfis()+"?filters[id]="+id(0)+"&filters[id]="+id(3)).want(t, 200).list(t); fmt.Sprint(last[0]["id"]) != id(3) {
		t.Errorf("of two values %v counts, want the last", last[0]["id"])
	}
	for query, want := range map[string]string{
		"status=open":                           "filters[status]",
		"filters[colour]=red":                   "no such filter",
		"filters[id]=abc":                       "whole number",
		"filters[created_at]=2026-01-01":        "range",
		"filters[updated_at]=a...b":             "date",
		"sort=subject":                          "sort[attribute]",
		"sort[attribute]=id&sort[direction]=up": "asc",
	} {
		c.get(c.rfis()+"?"+query).want(t, 400, want)
	}
}

func TestSortAndView(t *testing.T) {
	c := start(t, nil)
	names := func(path string) []string {
		out := []string{}
		for _, r := range c.get(path).want(t, 200).list(t) {
			out = append(out, fmt.Sprint(r["name"], r["subject"]))
		}
		return out
	}
	projects := fmt.Sprintf("/rest/v1.0/projects?company_id=%d", c.server.CompanyID)
	up, down := names(projects+"&sort=name"), names(projects+"&sort=-name")
	if len(up) != 8 || cmp.Equal(up, down) || up[0] != down[7] || up[0] > up[7] {
		t.Errorf("up %v, down %v", up, down)
	}
	c.get(projects+"&sort=colour").want(t, 400, "name")
	byNumber := c.get(c.rfis()+"?sort[attribute]=number&sort[direction]=desc").want(t, 200).list(t)
	if byNumber[0]["number"] != "40" || byNumber[39]["number"] != "1" {
		t.Errorf("from %v to %v", byNumber[0]["number"], byNumber[39]["number"])
	}
	users := fmt.Sprintf("/rest/v1.3/companies/%d/users", c.server.CompanyID)
	if ids := c.get(users+"?view=ids_only").want(t, 200).list(t); len(ids[0]) != 1 || ids[0]["id"] == nil {
		t.Errorf("ids are %v", ids[0])
	}
	c.get(users+"?view=grand").want(t, 400, "ids_only")
}

func TestDeliveries(t *testing.T) {
	c := start(t, nil)
	path := fmt.Sprintf("/rest/v1.0/webhooks/hooks/%d/deliveries?company_id=%d", c.server.Records("hooks")[0]["id"], c.server.CompanyID)
	first := c.get(path).want(t, 200).list(t)
	after := func(n int) string { return fmt.Sprintf("&page_size=2&page_start=%v", first[n]["event_id"]) }
	for query, want := range map[string]int{
		"": 5, "&page_size=2": 2, after(3): 1, after(4): 0, "&filter[status]=successful": 2, "&filters[status]=failing": 2, "&filter[status]=any": 5,
	} {
		if got := len(c.get(path+query).want(t, 200).list(t)); got != want {
			t.Errorf("%q: %d deliveries, want %d", query, got, want)
		}
	}
	c.get(path+"&filter[status]=lost").want(t, 400, "lost")
	c.get(path+"&page_start=4").want(t, 400, "page_start")
}

// The platform's odd forms are there, always in the same places.
func TestOddForms(t *testing.T) {
	c := start(t, nil)
	projects := c.get(fmt.Sprintf("/rest/v1.0/projects?company_id=%d", c.server.CompanyID)).want(t, 200).text
	if strings.Count(projects, `"total_value":"`) != 6 || strings.Count(projects, `"total_value":`) != 8 {
		t.Errorf("amounts as text and as numbers: %d of %d", strings.Count(projects, `"total_value":"`), strings.Count(projects, `"total_value":`))
	}
	rfis := c.get(c.rfis()).want(t, 200, `"custom_field_49417":{"data_type":"decimal","value":1.5}`, `"cost_impact":{"status":"yes_known","value":"100.01"}`).text
	if strings.Count(rfis, `"errors":{}`) != 2 || strings.Count(rfis, `"answers":[{`) != 0 {
		t.Errorf("%d odd errors, %d answers in a list", strings.Count(rfis, `"errors":{}`), strings.Count(rfis, `"answers":[{`))
	}
	closed := c.get(c.rfis()+"?filters[status]=closed").want(t, 200).list(t)
	if closed[0]["ball_in_court"] != nil || closed[0]["time_resolved"] == nil {
		t.Errorf("a closed RFI is in the court of %v", closed[0]["ball_in_court"])
	}
}
