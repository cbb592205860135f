package securityscorecardtest

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/cordage-go/cordage/internal/emulate"
)

// aTable has operations without a behaviour of their own, one for each way to
// page, so that what the emulator makes of a table alone can be seen.
func aTable() *emulate.Table {
	list := func(path, size string) emulate.Operation {
		return emulate.Operation{
			Verb: "GET", Path: path, Class: "read", Status: 200,
			Params: []emulate.Param{{Name: "page", In: "query", Type: "int"}, {Name: size, In: "query", Type: "int"}},
			Answer: emulate.Success{Known: "typed", Type: "[]Thing", Items: "entries"},
		}
	}
	one := emulate.Success{Known: "typed", Type: "Thing"}
	body := &emulate.Body{Type: "Thing"}
	return &emulate.Table{
		Operations: []emulate.Operation{
			list("/all-companies", "page_size"), list("/audits/api-logs", "page_size"), list("/footprint/{domain}/assets/ips", "page-size"),
			list("/vendor-detection/{domain}/products", "limit"), list("/plans", "pageSize"), list("/subscriptions", "page-size"),
			list("/max/v1/partner/vendors", "limit"), list("/max/partner/findings", ""), list("/v1/exposed-credentials/summary", "size"), list("/things", "size"),
			{Verb: "POST", Path: "/things", Status: 201, Body: body, Answer: one},
			{Verb: "PATCH", Path: "/things/{id}", Status: 200, Body: body, Answer: one},
			{Verb: "GET", Path: "/things/{id}", Status: 200, Answer: one},
			{Verb: "DELETE", Path: "/things/{id}", Status: 204, Answer: emulate.Success{Known: "none"}},
			{Verb: "GET", Path: "/companies/{domain}/services", Status: 200, Answer: emulate.Success{Known: "unknown"}},
			{Verb: "GET", Path: "/portfolios/{portfolio_id}/file", Status: 200, Download: true, Answer: emulate.Success{Known: "unknown"}},
			{Verb: "POST", Path: "/wrapped", Status: 200, Body: &emulate.Body{Type: "Thing", Wrapper: "thing"}, Answer: one},
		},
		Types: map[string]emulate.Type{"Thing": {Fields: []emulate.Field{
			{Name: "id", Type: "string"}, {Name: "name", Type: "string", Required: true}, {Name: "kind", Type: "Kind"},
		}}, "Kind": {Enum: []string{"good", "bad"}}},
	}
}

// ask sends one request and reads a JSON object, if there is one.
func ask(t *testing.T, s *Server, verb, path, body string) (int, http.Header, map[string]any) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), verb, s.URL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Close = true
	request.Header.Set("Authorization", "Token "+s.Token)
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	var r map[string]any
	_ = json.Unmarshal(content, &r) // files and empty bodies are no objects
	return response.StatusCode, response.Header, r
}

func listenTable(t *testing.T) *Server {
	t.Helper()
	s, err := listen("127.0.0.1:0", Options{}, aTable())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func TestFamilies(t *testing.T) {
	s := listenTable(t)
	for i := range 40 { // with these, each list has more than the starters
		for _, path := range []string{"/all-companies", "/audits/api-logs", "/footprint/a.example/assets/ips", "/vendor-detection/a.example/products", "/plans",
			"/subscriptions", "/max/v1/partner/vendors", "/max/partner/findings", "/v1/exposed-credentials/summary", "/things"} {
			s.platform.state.Put(strings.Replace(path, "/v1/", "/", 1), fmt.Sprint(i), record{"id": fmt.Sprint(i), "name": "n"})
		}
	}
	for _, test := range []struct {
		query   string
		status  int
		entries int
		members string // page, size, total
		link    bool
	}{
		{"/all-companies", 200, 20, "0 40 <nil>", false},
		{"/all-companies?page=1&page_size=30", 200, 10, "1 40 <nil>", false},
		{"/all-companies?page_size=9", 400, 0, "", false},
		{"/all-companies?page_size=101", 400, 0, "", false},
		{"/audits/api-logs?page_size=30", 200, 30, "0 30 40", true},
		{"/audits/api-logs?page=-1", 400, 0, "", false},
		{"/footprint/a.example/assets/ips?page-size=5000", 200, 40, "<nil> 100 40", false},
		{"/footprint/a.example/assets/ips?page=1&page-size=39", 200, 1, "<nil> 39 40", false},
		{"/vendor-detection/a.example/products?limit=10000", 200, 40, "1 5000 40", false},
		{"/vendor-detection/a.example/products?limit=10&page=3", 200, 10, "3 10 40", true},
		{"/plans?pageSize=25&page=2", 200, 15, "2 25 <nil>", false},
		{"/subscriptions?page-size=25", 200, 25, "<nil> 25 <nil>", false},
		{"/max/v1/partner/vendors?limit=30&page=1", 200, 10, "1 30 40", false},
		{"/max/v1/partner/vendors?limit=201", 400, 0, "", false},
		{"/max/partner/findings", 200, 40, "0 <nil> 40", false},
		{"/v1/exposed-credentials/summary?size=19", 400, 0, "", false},
		{"/v1/exposed-credentials/summary?size=20&page=2", 200, 20, "2 20 40", false},
		{"/things?size=20&page=2", 200, 20, "2 20 40", false},
		{"/things?size=51", 400, 0, "", false},
	} {
		status, header, r := ask(t, s, "GET", test.query, "")
		entries, _ := r["entries"].([]any)
		members := ""
		if status == 200 {
			members = fmt.Sprintf("%v %v %v", r["page"], r["size"], r["total"])
		}
		if status != test.status || len(entries) != test.entries || members != test.members || (header.Get("Link") != "") != test.link {
			t.Errorf("%s: %d with %d entries, %q, Link %q; want %+v", test.query, status, len(entries), members, header.Get("Link"), test)
		}
	}
	if _, _, r := ask(t, s, "GET", "/max/partner/findings", ""); r["size"] != nil {
		t.Errorf("size is %v", r["size"])
	} else if _, has := r["size"]; !has {
		t.Error("size is left out; it is null there")
	}
}

func TestByTheTableAlone(t *testing.T) {
	s := listenTable(t)
	status, _, made := ask(t, s, "POST", "/things", `{"name":"x","kind":"good"}`)
	id, _ := made["id"].(string)
	if status != 201 || made["name"] != "x" || !isUUID(id) {
		t.Fatalf("create: %d %v", status, made)
	}
	if status, _, r := ask(t, s, "PATCH", "/things/"+id, `{"name":"y"}`); status != 200 || r["name"] != "y" || r["kind"] != "good" {
		t.Errorf("change: %d %v", status, r)
	}
	if status, _, r := ask(t, s, "GET", "/things/"+id, ""); status != 200 || r["name"] != "y" {
		t.Errorf("read: %d %v", status, r)
	}
	if status, _, _ := ask(t, s, "DELETE", "/things/"+id, ""); status != 204 {
		t.Errorf("delete: %d", status)
	}
	if status, _, _ := ask(t, s, "GET", "/things/"+id, ""); status != 404 {
		t.Errorf("read what is gone: %d", status)
	}
	if status, _, r := ask(t, s, "POST", "/wrapped", `{"thing":{"name":"x"}}`); status != 200 || r["name"] != "x" {
		t.Errorf("wrapped: %d %v", status, r)
	}
	for body, path := range map[string]string{`{"name":"x"}`: "/wrapped", `{"thing":{}}`: "/wrapped", `{}`: "/things", `{"name":"x","kind":"odd"}`: "/things"} {
		if status, _, r := ask(t, s, "POST", path, body); status != 400 {
			t.Errorf("%s %s: %d %v", path, body, status, r)
		}
	}
}

func TestTheTableDoesNotOpenClosedDoors(t *testing.T) {
	s := listenTable(t)
	all := s.Records("companies")
	held, loose := all[0]["domain"].(string), all[len(all)-1]["domain"].(string)
	portfolio := s.Records("portfolios")[0]["id"].(string)
	for path, want := range map[string]int{
		"/companies/" + held + "/services":   200,
		"/companies/" + loose + "/services":  403,
		"/portfolios/" + portfolio + "/file": 200,
		"/portfolios/nothing/file":           404,
	} {
		if status, _, r := ask(t, s, "GET", path, ""); status != want {
			t.Errorf("%s: %d %v, want %d", path, status, r, want)
		}
	}
}
