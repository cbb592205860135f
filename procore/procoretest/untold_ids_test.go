package procoretest

import (
	"fmt"
	"testing"

	"github.com/cordage-go/cordage/internal/emulate"
)

// memberships is a table of lists in groups, of ids in queries, and of records
// that are added by the id that they have elsewhere.
func memberships() *emulate.Table {
	param := func(name, typeName string) emulate.Param {
		return emulate.Param{Name: name, In: "query", Type: typeName, Required: true}
	}
	op := func(verb, path, body, answer string, params ...emulate.Param) emulate.Operation {
		o := emulate.Operation{Verb: verb, Path: "/rest/v2.0/companies/{company_id}" + path, Class: "write", Status: 200, Params: params}
		o.Answer = emulate.Success{Known: "typed", Type: answer, Envelope: "data"}
		if answer == "" {
			o.Answer = emulate.Success{Known: "none"}
		}
		if body != "" {
			o.Body = &emulate.Body{Type: body}
		}
		if verb == "GET" {
			o.Class = "read"
		}
		return o
	}
	search := emulate.Param{Name: "filters[mode]", In: "query", Type: "string"}
	updated := op("PATCH", "/uploads", "[]Upload", "[]Upload")
	updated.Status = 207
	return &emulate.Table{
		Operations: []emulate.Operation{
			op("GET", "/meetings", "", "[]Group", search), op("GET", "/meetings/{id}", "", "Meeting"), op("PUT", "/meetings/{id}", "", "Meeting", param("title", "string")),
			op("DELETE", "/meetings/bulk_delete", "", "Deletion", param("ids", "[]int")),
			op("POST", "/people/{person_id}/groups", "Choice", "Groups"), op("DELETE", "/people/{person_id}/groups/{group_id}", "", ""),
			op("GET", "/memberships", "", "[]Membership"), op("POST", "/memberships", "Membership", "[]int"), op("DELETE", "/memberships/{id}", "", ""),
			op("POST", "/viewers", "Choice", "Viewer"), op("GET", "/viewers/{viewer_id}/marks", "", "[]Membership"),
			op("GET", "/uploads", "", "[]Upload"), op("GET", "/uploads/{id}", "", "Upload"), updated,
			{Verb: "GET", Path: "/rest/v1.3/companies/{company_id}/me", Class: "read", Status: 200, Answer: emulate.Success{Known: "typed", Type: "Person"}},
		},
		Types: map[string]emulate.Type{
			"Group":      {Fields: []emulate.Field{{Name: "title", Type: "string"}, {Name: "meetings", Type: "[]Summary"}}},
			"Summary":    {Fields: []emulate.Field{{Name: "id", Type: "int"}, {Name: "mode", Type: "string", Enum: []string{"agenda", "minutes"}}}},
			"Meeting":    {Fields: []emulate.Field{{Name: "id", Type: "int"}, {Name: "title", Type: "string"}}},
			"Deletion":   {Fields: []emulate.Field{{Name: "deleted_ids", Type: "[]int"}, {Name: "errors", Type: "[]any"}}},
			"Choice":     {Fields: []emulate.Field{{Name: "group_id", Type: "string"}}},
			"Groups":     {Fields: []emulate.Field{{Name: "group_ids", Type: "[]string"}}},
			"Membership": {Fields: []emulate.Field{{Name: "id", Type: "int"}, {Name: "party_id", Type: "int"}}},
			"Viewer":     {Fields: []emulate.Field{{Name: "viewer_id", Type: "string"}}},
			"Upload":     {Fields: []emulate.Field{{Name: "id", Type: "string"}, {Name: "status", Type: "string", Enum: []string{"Pending", "Submitted"}}}},
			"Person":     {Fields: []emulate.Field{{Name: "id", Type: "int"}, {Name: "first_name", Type: "string"}}},
		},
	}
}

func newMember(t *testing.T) maker {
	w := newWalker(t, memberships())
	t.Cleanup(w.close)
	return maker{w, t}
}

// The records in a group are those of the collection, and a filter keeps those
// that show what it asks for.
func TestListsInGroups(t *testing.T) {
	m := newMember(t)
	m.ask("GET", "/v2.0/companies/$C/meetings", "", 200, `"meetings":[{"id":562950043421313,"mode":"minutes"},{"id":562950043421314,"mode":"agenda"}`)
	m.ask("GET", "/v2.0/companies/$C/meetings?filters[mode]=agenda", "", 200, `"id":562950043421314`, "!562950043421313", "!minutes")
	m.ask("GET", "/v2.0/companies/$C/meetings/562950043421314", "", 200, `"id":562950043421314`)
}

// A write without a body has its members in the query, also lists of ids.
func TestMembersInTheQuery(t *testing.T) {
	m := newMember(t)
	m.ask("PUT", "/v2.0/companies/$C/meetings/562950043421313?title=Fire+safety", "", 200, `"title":"Fire safety"`)
	m.ask("GET", "/v2.0/companies/$C/meetings/562950043421313", "", 200, `"title":"Fire safety"`)
	m.ask("DELETE", "/v2.0/companies/$C/meetings/bulk_delete", "", 400, "ids: is required")
	m.ask("DELETE", "/v2.0/companies/$C/meetings/bulk_delete?ids[]=562950043421313&ids[]=9", "", 200, `"deleted_ids":[562950043421313]`)
	m.ask("GET", "/v2.0/companies/$C/meetings/562950043421313", "", 404)
}

// What is added to a record keeps the id that it has elsewhere, and an answer
// of ids has those of what was made.
func TestIDsOfWhatIsAdded(t *testing.T) {
	m := newMember(t)
	m.ask("POST", "/v2.0/companies/$C/people/p1/groups", `{"group_id":"g7"}`, 200, `"group_ids":["g7"]`)
	m.ask("DELETE", "/v2.0/companies/$C/people/p1/groups/g8", "", 404)
	m.ask("DELETE", "/v2.0/companies/$C/people/p1/groups/g7", "", 200)
	made := m.ask("POST", "/v2.0/companies/$C/memberships", `{"party_id":5}`, 200)["data"].([]any)
	m.ask("GET", "/v2.0/companies/$C/memberships", "", 200, fmt.Sprintf(`{"id":%.0f,"party_id":5}`, made[0]))
	m.ask("DELETE", fmt.Sprintf("/v2.0/companies/$C/memberships/%.0f", made[0]), "", 200)
	viewer := m.ask("POST", "/v2.0/companies/$C/viewers", `{"group_id":"g7"}`, 200)["data"].(map[string]any)
	m.ask("GET", fmt.Sprintf("/v2.0/companies/$C/viewers/%s/marks", viewer["viewer_id"]), "", 200)
}

// A bulk call of the second version tells what succeeded from what failed, and
// known words come back as the platform spells them.
func TestOutcomesApart(t *testing.T) {
	m := newMember(t)
	m.ask("PATCH", "/v2.0/companies/$C/uploads", `[{"id":"562950043421313","status":"submitted"},{"id":"9"}]`, 207,
		`{"data":{"failed":[{"code":404,"id":"9","message":"record 9 does not exist"}],"success":[{"id":"562950043421313","status":"Submitted"}]}}`)
}

func TestMeInACompany(t *testing.T) {
	m := newMember(t)
	m.ask("GET", "/v1.3/companies/$C/me", "", 200, fmt.Sprintf(`{"first_name":"Dana","id":%d}`, m.server.UserID))
}
