package scorotest_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/cordage-go/cordage/scoro/scorotest"
)

func initialize(version string) string {
	return `{"jsonrpc":"2.0","id":"i","method":"initialize","params":{"protocolVersion":"` + version + `","capabilities":{},"clientInfo":{"name":"t","version":"1"}}}`
}

func mcpHeader(token, session string) http.Header {
	h := http.Header{"Authorization": {"Bearer " + token}, "Accept": {"application/json, text/event-stream"}}
	if session != "" {
		h.Set("Mcp-Session-Id", session)
	}
	return h
}

// An mcpClient speaks to the endpoint in plain HTTP.
type mcpClient struct {
	t       *testing.T
	server  *scorotest.Server
	token   string
	session string
}

func connect(t *testing.T, s *scorotest.Server, version string) mcpClient {
	t.Helper()
	c := mcpClient{t: t, server: s, token: s.MCPSignIn("ann@example.com").Access}
	response, text := send(t, "POST", s.MCPURL, initialize(version), mcpHeader(c.token, ""))
	c.session = response.Header.Get("Mcp-Session-Id")
	if response.StatusCode != 200 || c.session == "" || !strings.Contains(text, `"id":"i"`) {
		t.Fatalf("initialize: %d %s", response.StatusCode, text)
	}
	if status, text := c.post(`{"jsonrpc":"2.0","method":"notifications/initialized"}`); status != 202 || text != "" {
		t.Fatalf("initialized: %d %s", status, text)
	}
	return c
}

func (c mcpClient) post(body string) (int, string) {
	c.t.Helper()
	response, text := send(c.t, "POST", c.server.MCPURL, body, mcpHeader(c.token, c.session))
	return response.StatusCode, text
}

// call calls a tool and returns what it says.
func (c mcpClient) call(tool, arguments string) (content object, text string, failed bool) {
	c.t.Helper()
	status, answer := c.post(fmt.Sprintf(`{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":%q,"arguments":%s}}`, tool, arguments))
	var got struct {
		ID     int
		Result struct {
			Content           []struct{ Type, Text string }
			StructuredContent object
			IsError           bool
		}
	}
	if err := json.Unmarshal([]byte(answer), &got); err != nil || status != 200 || got.ID != 7 || len(got.Result.Content) != 1 || got.Result.Content[0].Type != "text" {
		c.t.Fatalf("%s: %d %s", tool, status, answer)
	}
	return got.Result.StructuredContent, got.Result.Content[0].Text, got.Result.IsError
}

func TestMCPVersions(t *testing.T) {
	s := start(t, nil)
	for asked, want := range map[string]string{
		"2025-11-25": "2025-11-25", "2025-06-18": "2025-06-18", "2025-03-26": "2025-03-26", "2024-11-05": "2025-11-25", "2099-01-01": "2025-11-25",
	} {
		_, text := send(t, "POST", s.MCPURL, initialize(asked), mcpHeader(s.MCPSignIn("ann").Access, ""))
		if !strings.Contains(text, `"protocolVersion":"`+want+`"`) {
			t.Errorf("asked for %s: %s", asked, text)
		}
	}
	c := connect(t, s, "2025-11-25")
	for version, want := range map[string]int{"2025-06-18": 200, "2024-11-05": 400} {
		header := mcpHeader(c.token, c.session)
		header.Set("Mcp-Protocol-Version", version)
		if response, text := send(t, "POST", s.MCPURL, `{"jsonrpc":"2.0","id":1,"method":"ping"}`, header); response.StatusCode != want {
			t.Errorf("header %s: %d %s", version, response.StatusCode, text)
		}
	}
}

func TestMCPTools(t *testing.T) {
	s := start(t, nil)
	c := connect(t, s, "2025-11-25")
	_, text := c.post(`{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{}}`)
	for _, want := range []string{`"name":"list_projects"`, `"name":"get_project"`, `"name":"create_time_entry"`, `"required":["project_id"]`, `"readOnlyHint":true`} {
		if !strings.Contains(text, want) {
			t.Errorf("the tools lack %s: %s", want, text)
		}
	}
	got, text, failed := c.call("list_projects", `{"status":"inprogress","page":2,"per_page":3}`)
	projects := got["projects"].([]any)
	if failed || len(projects) != 3 || got["page"] != 2.0 || got["total"].(float64) < 10 || !json.Valid([]byte(text)) {
		t.Fatalf("projects: %v", got)
	}
	project := projects[0].(object)
	if project["status"] != "inprogress" {
		t.Errorf("project %v", project)
	}
	one, _, _ := c.call("get_project", fmt.Sprintf(`{"project_id":%v}`, project["project_id"]))
	if one["project_name"] != project["project_name"] || one["project_name"] == "" {
		t.Errorf("got %v, want %v", one, project)
	}
	if empty, _, _ := c.call("list_projects", `{"status":"no such status"}`); len(empty["projects"].([]any)) != 0 {
		t.Errorf("empty: %v", empty)
	}

	before := len(s.Records("timeEntries"))
	entry, _, failed := c.call("create_time_entry", `{"event_id":1,"duration":"01:30:00","time_entry_date":"2026-03-31","description":"by a model"}`)
	if failed || entry["description"] != "by a model" || entry["duration"] != "01:30:00" || entry["user_id"] != 1.0 {
		t.Fatalf("entry %v", entry)
	}
	kept, ok := s.Record("timeEntries", int64(entry["time_entry_id"].(float64)))
	if !ok || kept["description"] != "by a model" || kept["event_id"] != int64(1) || len(s.Records("timeEntries")) != before+1 {
		t.Errorf("kept %v", kept)
	}
}

// What is wrong in a call of a tool is told in its result, what is wrong in a
// message is an error of the protocol.
func TestMCPErrors(t *testing.T) {
	s := start(t, nil)
	c := connect(t, s, "2025-11-25")
	for _, wrong := range [][3]string{
		{"get_project", `{}`, "project_id is missing"},
		{"get_project", `{"project_id":"1"}`, "must be of type integer"},
		{"get_project", `{"project_id":999999}`, "no project has the id 999999"},
		{"get_project", `{"project_id":1,"x":1}`, `no argument "x"`},
		{"get_project", `[]`, "must be an object"},
		{"list_projects", `{"page":0}`, "page begins with 1"},
		{"list_projects", `{"per_page":101}`, "from 1 to 100"},
		{"create_time_entry", `{"event_id":999999,"duration":"01:00:00"}`, "event_id names nothing"},
		{"create_time_entry", `{"event_id":1,"duration":"long"}`, "duration"},
	} {
		if content, text, failed := c.call(wrong[0], wrong[1]); !failed || content != nil || !strings.Contains(text, wrong[2]) {
			t.Errorf("%s %s: %s, want %s", wrong[0], wrong[1], text, wrong[2])
		}
	}
	for body, want := range map[string][2]any{
		`{"jsonrpc":"2.0","id":"a","method":"ping"}`:                             {200, `{"id":"a","jsonrpc":"2.0","result":{}}`},
		`{"jsonrpc":"2.0","id":1,"method":"prompts/list"}`:                       {200, `"code":-32601`},
		`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"x"}}`:   {200, `"code":-32602`},
		`{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"cursor":"x"}}`: {200, `"code":-32602`},
		`{"jsonrpc":"1.0","id":1,"method":"ping"}`:                               {200, `"code":-32600`},
		`{"jsonrpc":"2.0","id":null,"method":"ping"}`:                            {200, `"code":-32600`},
		`{"jsonrpc":"2.0","id":1}`:                                               {200, `"code":-32600`},
		`{"jsonrpc":"2.0","id":1,"result":{}}`:                                   {202, ``},
		`{"jsonrpc":"2.0","method":"notifications/cancelled"}`:                   {202, ``},
		`{"jsonrpc":"2.0","id":1,`:                                               {400, `"code":-32700`},
		`[{"jsonrpc":"2.0","id":1,"method":"ping"}]`:                             {400, `"code":-32600`},
		`"ping"`: {400, `"code":-32600`},
		`{"jsonrpc":"2.0","id":1,"method":"initialize","params":{}}`:                  {400, `"code":-32602`},
		`{"jsonrpc":"2.0","method":"initialize","params":{"protocolVersion":"2025"}}`: {400, `"code":-32602`},
	} {
		if status, text := c.post(body); status != want[0] || !strings.Contains(text, want[1].(string)) {
			t.Errorf("%s: %d %s, want %v", body, status, text, want)
		}
	}
	// Several messages at once are part of the oldest version alone.
	old := connect(t, s, "2025-03-26")
	status, text := old.post(`[{"jsonrpc":"2.0","id":1,"method":"ping"},{"jsonrpc":"2.0","method":"x"},7,{"jsonrpc":"2.0","id":2,"method":"x"}]`)
	if want := `[{"id":1,"jsonrpc":"2.0","result":{}},{"error":{"code":-32600,`; status != 200 || !strings.HasPrefix(text, want) || strings.Count(text, `"jsonrpc"`) != 3 {
		t.Errorf("batch: %d %s", status, text)
	}
	if status, text := old.post(`[{"jsonrpc":"2.0","method":"x"}]`); status != 202 || text != "" {
		t.Errorf("batch of notifications: %d %s", status, text)
	}
}

func TestMCPTransport(t *testing.T) {
	s := start(t, nil)
	c := connect(t, s, "2025-11-25")
	const ping = `{"jsonrpc":"2.0","id":1,"method":"ping"}`
	for name, change := range map[string]struct {
		verb, header, value string
		want                int
	}{
		"no session":        {"POST", "Mcp-Session-Id", "", 400},
		"another session":   {"POST", "Mcp-Session-Id", "x", 404},
		"no stream":         {"POST", "Accept", "application/json", 406},
		"anything":          {"POST", "Accept", "*/*", 200},
		"plain text":        {"POST", "Content-Type", "text/plain", 415},
		"another site":      {"POST", "Origin", "http://evil.example", 403},
		"own site":          {"POST", "Origin", strings.TrimSuffix(s.MCPURL, "/mcp"), 200},
		"no token":          {"POST", "Authorization", "", 401},
		"other scheme":      {"POST", "Authorization", "Token " + c.token, 401},
		"somebody else":     {"POST", "Authorization", "Bearer " + s.MCPSignIn("bob").Access, 404},
		"a stream":          {"GET", "", "", 405},
		"ending nothing":    {"DELETE", "Mcp-Session-Id", "x", 404},
		"ending":            {"DELETE", "", "", 204},
		"all as it must be": {"POST", "", "", 200},
	} {
		t.Run(name, func(t *testing.T) {
			c := connect(t, s, "2025-11-25")
			c.token = s.MCPSignIn("ann@example.com").Access // another token of the same user will do
			header := mcpHeader(c.token, c.session)
			if change.header != "" {
				header.Set(change.header, change.value)
			}
			response, text := send(t, change.verb, s.MCPURL, ping, header)
			if response.StatusCode != change.want {
				t.Errorf("%d %s, want %d", response.StatusCode, text, change.want)
			}
			if change.want == 405 && response.Header.Get("Allow") != "DELETE, POST" {
				t.Errorf("Allow %q", response.Header.Get("Allow"))
			}
		})
	}
	if response, _ := send(t, "DELETE", s.MCPURL, "", mcpHeader(c.token, c.session)); response.StatusCode != 204 {
		t.Errorf("end: %d", response.StatusCode)
	}
	if status, _ := c.post(ping); status != 404 {
		t.Errorf("after the end: %d", status)
	}
	c = connect(t, s, "2025-11-25")
	s.EndMCPSessions()
	if status, _ := c.post(ping); status != 404 {
		t.Errorf("after a restart: %d", status)
	}
	// The endpoint obeys the rules for faults, and its requests are in the log.
	s.Inject(scorotest.Fault{On: "/mcp", Status: 503})
	if status, _ := c.post(ping); status != 503 {
		t.Errorf("fault: %d", status)
	}
	if all := s.Requests(); all[len(all)-1].Path != "/mcp" || all[len(all)-1].Status != 503 {
		t.Errorf("log: %+v", all[len(all)-1])
	}
}
