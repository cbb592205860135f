package scorotest

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/cordage-go/cordage/internal/emulate"
)

// FuzzCall sends any request and filter with a good credential: the answer
// must be an envelope, never a panic.
func FuzzCall(f *testing.F) {
	f.Add("projects/list", `{}`, `{"modified_date":{"from_date":"2026-01-01"},"project_name":"a%","status":["x",1]}`)
	f.Add("projects/modify", `{"project_name":"x","phases":[{"id":1}],"custom_fields":{"c_a":1},"tags":"x"}`, `[]`)
	f.Add("invoices/modify/1", `{"lines":[{"id":1,"price":"1.10","amount":null,"dates":[]},{}],"vat":24}`, `null`)
	f.Add("timeEntries/modify", `{"event_id":1,"duration":"01:30:00","completed_datetime":"0000-00-00"}`, `{}`)
	f.Add("calendar/batchModify", `[{"event_id":1,"cal_user":[1]},7,{}]`, `{}`)
	f.Add("contacts/modify", `{"name":"x","means_of_contact":{"email":["a"]},"addresses":[[]]}`, `{}`)
	f.Add("comments/list", `{"module":"projects","object_id":"1","html":0}`, `{}`)
	f.Add("projects/view/1e9", ``, ``)
	table, err := emulate.ScoroTable()
	if err != nil {
		f.Fatal(err)
	}
	s := newServer(table, &Options{})
	f.Fuzz(func(t *testing.T, path, request, filter string) {
		body := `{"user_token":"` + s.UserToken + `","company_account_id":"` + s.CompanyAccount + `","request":` + request + `,"filter":` + filter + `}`
		r := httptest.NewRequest(http.MethodPost, "/", http.NoBody)
		r.URL.Path = root + "/" + strings.TrimPrefix(path, "/")
		r.Header.Set("Content-Type", "application/json")
		call := s.router.Find(r)
		call.Content = []byte(body)
		if strings.HasSuffix(call.Route.Path, "subscribe") && strings.Contains(request, "url") {
			t.Skip() // it might call an address
		}
		answer := s.answer(call)
		v, err := emulate.ReadJSON(answer.Body)
		if err != nil {
			t.Fatalf("%s: %v", answer.Body, err)
		}
		if _, ok := v.(emulate.Record)["status"]; !ok {
			t.Fatalf("no envelope: %s", answer.Body)
		}
	})
}

// FuzzMCP sends any message within a session: the answer is one of JSON-RPC, or
// none, and never a panic.
func FuzzMCP(f *testing.F) {
	for _, message := range []string{
		`{"jsonrpc":"2.0","id":1,"method":"tools/list"}`,
		`{"jsonrpc":"2.0","id":"a","method":"tools/call","params":{"name":"list_projects","arguments":{"page":1,"per_page":3}}}`,
		`{"jsonrpc":"2.0","id":1.5,"method":"tools/call","params":{"name":"create_time_entry","arguments":{"event_id":1,"duration":"01:00:00"}}}`,
		`[{"jsonrpc":"2.0","id":1,"method":"ping"},{"jsonrpc":"2.0","method":"x"},7]`,
		`{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-03-26"}}`,
		`{"jsonrpc":"2.0","id":{},"method":null,"error":[]}`,
	} {
		f.Add(message)
	}
	table, err := emulate.ScoroTable()
	if err != nil {
		f.Fatal(err)
	}
	s := newServer(table, &Options{})
	pair := s.MCPSignIn("ann")
	id := s.mcp.begin(session{batchVersion, "ann"})
	f.Fuzz(func(t *testing.T, message string) {
		r := httptest.NewRequest(http.MethodPost, mcpPath, http.NoBody)
		r.Header.Set("Authorization", "Bearer "+pair.Access)
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Accept", "*/*")
		r.Header.Set("Mcp-Session-Id", id)
		call := s.router.Find(r)
		call.Content = []byte(message)
		answer := s.answer(call)
		if answer.Status == http.StatusAccepted && len(answer.Body) == 0 {
			return
		}
		if v, err := emulate.ReadJSON(answer.Body); err != nil || answer.Status != http.StatusOK && answer.Status != http.StatusBadRequest || v == nil {
			t.Fatalf("%d %s: %v", answer.Status, answer.Body, err)
		}
	})
}
