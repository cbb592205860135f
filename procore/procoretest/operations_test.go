package procoretest_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/cordage-go/cordage/internal/emulate"
	"github.com/cordage-go/cordage/procore/procoretest"
)

// Every operation of the table answers, with the table's status and outer
// form, when it is called with its path filled from the seed and a body made
// from its types.
func TestEveryOperationAnswers(t *testing.T) {
	table, err := emulate.ProcoreTable()
	if err != nil {
		t.Fatal(err)
	}
	reader := start(t, nil)
	for _, op := range table.Operations {
		t.Run(op.Verb+" "+strings.TrimPrefix(op.Path, "/rest/"), func(t *testing.T) {
			c := reader
			if op.Verb != "GET" {
				c = start(t, nil) // a write may take away what the next one needs
			}
			m := maker{c.server, table}
			var body any
			if op.Body != nil {
				body = m.body(op)
			}
			a := c.do(op.Verb, m.path(op), body)
			if a.StatusCode != op.Status {
				t.Fatalf("%s: status %d, want %d: %.500s\nsent %v", m.path(op), a.StatusCode, op.Status, a.text, body)
			}
			checkForm(t, op, a)
		})
	}
}

func checkForm(t *testing.T, op emulate.Operation, a answer) {
	t.Helper()
	if op.Answer.Known != "typed" || op.Download {
		return
	}
	var v any
	if err := json.Unmarshal([]byte(a.text), &v); err != nil {
		t.Fatalf("%v in %.200s", err, a.text)
	}
	for _, name := range []string{op.Answer.Envelope, op.Answer.Items} {
		if name == "" {
			continue
		}
		o, ok := v.(map[string]any)
		if !ok || o[name] == nil {
			t.Fatalf("no member %s in %.200s", name, a.text)
		}
		v = o[name]
	}
	_, list := v.([]any)
	if list != strings.HasPrefix(op.Answer.Type, "[]") {
		t.Errorf("the answer is of type %s: %.200s", op.Answer.Type, a.text)
	}
	options := strings.Contains(op.Path, "/filter_options/") // are those that occur
	if list && op.Verb == "GET" && !options && len(v.([]any)) == 0 {
		t.Errorf("the list is empty")
	}
}

// A maker fills paths and bodies.
type maker struct {
	server *procoretest.Server
	table  *emulate.Table
}

func (m maker) path(op emulate.Operation) string {
	path := op.Path
	ids := map[string]any{
		"company_id": m.server.CompanyID, "project_id": m.server.ProjectID,
		"rfi_id": m.first("rfis", ""), "vendor_id": m.first("vendors", ""), "item_id": m.first("observations", ""),
		"hook_id": m.hook(op), "id": m.id(op),
	}
	for _, p := range op.Params {
		if p.In == "path" && ids[p.Name] == nil {
			ids[p.Name] = 1
		}
	}
	for name, id := range ids {
		path = strings.ReplaceAll(path, "{"+name+"}", fmt.Sprint(id))
	}
	query := []string{}
	for _, p := range op.Params {
		if p.In == "query" && p.Required {
			v := ids[p.Name]
			if p.Name == "payload_version" {
				v = "v4.0"
			} else if v == nil {
				v = append(p.Enum, "1")[0]
			}
			query = append(query, p.Name+"="+fmt.Sprint(v))
		}
	}
	if strings.HasPrefix(op.Path, "/rest/v1.0/webhooks") && op.Body == nil {
		query = []string{"project_id=" + fmt.Sprint(m.server.ProjectID)}
	}
	return path + "?" + strings.Join(query, "&")
}

// first is the id of the first record of the project that has what state says.
func (m maker) first(collection, state string) any {
	for _, r := range m.server.Records(collection) {
		switch {
		case r["company_id"] != m.server.CompanyID || r["project_id"] != nil && r["project_id"] != m.server.ProjectID:
		case state == "deleted" && r["deleted"] != true, state == "" && r["deleted"] == true:
		case state == "inactive" && (r["is_active"] != false || !slices.Contains(r["project_ids"].([]any), any(m.server.ProjectID))):
		case state == "" && r["is_active"] == false:
		default:
			return r["id"]
		}
	}
	return nil
}

func (m maker) hook(op emulate.Operation) any {
	for _, r := range m.server.Records("hooks") {
		if (r["project_id"] == nil) == (strings.HasPrefix(op.Path, "/rest/v2.0") && !strings.Contains(op.Path, "{project_id}")) {
			return r["id"]
		}
	}
	return nil
}

func (m maker) id(op emulate.Operation) any {
	state := ""
	switch {
	case strings.Contains(op.Path, "/inactive/"):
		state = "inactive"
	case strings.Contains(op.Path, "recycle_bin"), strings.HasSuffix(op.Path, "/retrieve"):
		state = "deleted"
	}
	for _, collection := range []string{"triggers", "hooks", "replies", "rfis", "observation_types"} {
		if !strings.Contains(op.Path, "/"+collection+"/{id}") {
			continue
		}
		if collection == "triggers" || collection == "hooks" {
			return m.ofHook(op, collection)
		}
		if collection == "observation_types" {
			break
		}
		return m.first(collection, state)
	}
	for part, collection := range map[string]string{
		"/users/": "users", "/vendors/{id}": "vendors", "/vendors/inactive": "vendors", "/submittals/{id}": "submittals", "/items/{id}": "observations",
		"/projects/{id}": "projects", "/observation_types/": "observation_types",
	} {
		if strings.Contains(op.Path, part) {
			return m.first(collection, state)
		}
	}
	c := 90_000_001 + int64(1)<<49 // the first record of an operation without behaviour of its own
	return c
}

func (m maker) ofHook(op emulate.Operation, collection string) any {
	if collection == "hooks" {
		return m.hook(op)
	}
	for _, r := range m.server.Records(collection) {
		if r["hook_id"] == m.hook(op) {
			return r["id"]
		}
	}
	return nil
}

func (m maker) body(op emulate.Operation) any {
	b := op.Body
	inner := m.value(b.Type)
	body := inner
	if b.Wrapper != "" {
		body = map[string]any{b.Wrapper: inner}
	}
	if b.Type == "" {
		body = map[string]any{}
	}
	if o, ok := body.(map[string]any); ok {
		switch {
		case strings.HasPrefix(op.Path, "/rest/v1.0/webhooks"):
			delete(o, "company_id")
			o["project_id"] = m.server.ProjectID
		case slices.Contains(b.Scope, "project_id"), o["project_id"] != nil, strings.HasPrefix(op.Path, "/rest/v1.0/observations"):
			o["project_id"] = m.server.ProjectID
		case slices.Contains(b.Scope, "company_id"):
			o["company_id"] = m.server.CompanyID
		}
		if triggers, ok := o["triggers"]; ok && triggers == nil {
			delete(o, "triggers")
		}
	}
	return body
}

// value makes what the type demands, and of the rest what the emulator needs.
func (m maker) value(typeName string) any {
	if rest, ok := strings.CutPrefix(typeName, "[]"); ok {
		return []any{m.value(rest)}
	}
	t, ok := m.table.Types[typeName]
	if !ok {
		return map[string]any{"int": 1, "bool": true, "string": "7", "decimal": "1.5", "date": "2026-01-02"}[typeName]
	}
	out := map[string]any{}
	for _, f := range t.Fields {
		switch {
		case f.Name == "id" && strings.Contains(typeName, "RFI"):
			out[f.Name] = m.first("rfis", "")
		case f.Name == "id":
		case f.Name == "destination_url":
			out[f.Name] = "https://example.com/hook"
		case f.Name == "event_type":
			out[f.Name] = "update"
		case strings.Contains(f.Name, "email"):
			out[f.Name] = "new@example.com"
		case f.Name == "type_id":
			out[f.Name] = m.first("observation_types", "")
		case f.Name == "assignee_ids":
			out[f.Name] = []any{m.server.UserID}
		case f.Name == "rfi_manager_id":
			out[f.Name] = m.server.UserID
		case f.Name == "namespace":
			out[f.Name] = "my-app"
		case f.Required, f.Type == "string" && len(f.Enum) == 0 && !strings.Contains(f.Name, "namespace"),
			slices.Contains([]string{"trigger", "triggers", "data", "reply"}, f.Name):
			out[f.Name] = m.value(f.Type)
		}
	}
	return out
}
