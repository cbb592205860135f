package main

import (
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cordage-go/cordage/internal/operations"
)

const procoreText = `{"operations": [
{"group": "A", "method": "POST", "path": "/rest/v1.0/items", "request": "ItemCreate", "response": "Item", "status": [201], "params": [{"name": "Procore-Company-Id", "in": "header", "type": "integer"}]},
{"group": "A", "method": "GET", "path": "/rest/v2.0/companies/{company_id}/items", "response": "[]Item", "envelope": "data", "paged": true, "status": [200], "params": [
  {"name": "company_id", "in": "path", "type": "string", "required": true}, {"name": "page", "in": "query", "type": "integer"}, {"name": "per_page", "in": "query", "type": "integer"},
  {"name": "filters[updated_at]", "in": "query", "type": "string", "format": "date"}, {"name": "filters[id]", "in": "query", "type": "array", "items": "integer", "collection_format": "csv"}]},
{"group": "A", "method": "PATCH", "path": "/rest/v1.0/items/sync", "sync": true, "request": "ItemSync", "response": "ItemSyncResult", "status": [200], "params": []},
{"group": "A", "method": "PATCH", "path": "/rest/v1.0/items/{id}/recycle", "status": [200], "params": []},
{"group": "B", "method": "GET", "path": "/rest/v1.0/others", "response": "any", "status": [200], "params": []},
{"group": "A", "method": "GET", "path": "/rest/v1.0/items/raw", "response": "any", "paged": true, "status": [200], "params": [{"name": "page", "in": "query", "type": "integer"}]},
{"group": "A", "method": "POST", "path": "/rest/v1.0/items/{id}/notes", "request": "NoteCreate", "content_types": ["multipart/form-data", "application/json"], "status": [200], "params": []},
{"group": "Platform - Developer Tools/Authentication", "method": "POST", "path": "/oauth/token", "status": [200], "params": []}
], "schemas": {
"ItemCreate": {"fields": [{"name": "project_id", "type": "integer"}, {"name": "item", "type": "object", "ref": "ItemBody"}, {"name": "attachments", "type": "array", "items": "string", "format": "binary"}]},
"ItemBody": {"fields": [{"name": "title", "type": "string", "required": true}, {"name": "custom_field_%{id}", "type": "any"}, {"name": "price", "type": "string", "format": "float"}]},
"ItemSync": {"fields": [{"name": "company_id", "type": "integer"}, {"name": "updates", "type": "array", "items": "ItemBody"}]},
"ItemSyncResult": {"fields": [{"name": "entities", "type": "array", "items": "Item"}, {"name": "errors", "type": "array", "items": "any"}]},
"Item": {"fields": [{"name": "title", "type": "string"}, {"name": "id", "type": "integer"}, {"name": "grid", "type": "array", "items": {"type": "array", "items": "integer"}}, {"name": "custom_fields", "type": "map", "values": "Custom"}, {"name": "state", "type": "string", "enum": ["open", null, "null"]}]},
"NoteCreate": {"fields": [{"name": "note", "type": "object", "ref": "Note"}, {"name": "attachments", "type": "array", "items": "string"}]},
"Note": {"fields": [{"name": "text", "type": "string"}]},
"Unreached": {"fields": []}
}}`

func TestProcoreImport(t *testing.T) {
	table := importText(t, "procore", procoreText, "procore/items")
	byPath := map[string]operations.Operation{}
	for _, op := range table.Operations {
		byPath[op.Row()] = op
	}
	if len(table.Operations) != 6 {
		t.Errorf("%d operations, want the 6 of the leaf's group", len(table.Operations))
	}
	for path, want := range map[string]*operations.Body{
		"POST /rest/v1.0/items":               {Type: "ItemCreate", Wrapper: "item", Scope: []string{"project_id"}},
		"PATCH /rest/v1.0/items/sync":         {Type: "[]ItemBody", Wrapper: "updates", Scope: []string{"company_id"}},
		"PATCH /rest/v1.0/items/{id}/recycle": nil,
		"POST /rest/v1.0/items/{id}/notes":    {Type: "NoteCreate", Wrapper: "note"},
	} {
		if diff := cmp.Diff(want, byPath[path].Body); diff != "" {
			t.Errorf("body of %s (-want +got):\n%s", path, diff)
		}
	}
	list := byPath["GET /rest/v2.0/companies/{company_id}/items"]
	want := operations.Operation{
		Verb: "GET", Path: list.Path, Class: "read", Certain: true, Status: 200, Paging: "linkedV2",
		Answer: operations.Answer{Known: "typed", Type: "[]Item", Envelope: "data"},
		Params: []operations.Param{
			{Name: "company_id", In: "path", Type: "int", Required: true},
			{Name: "filters[updated_at]", In: "query", Type: "datetime", Form: "range"},
			{Name: "filters[id]", In: "query", Type: "[]int", Form: "brackets"},
		},
	}
	if diff := cmp.Diff(want, list); diff != "" {
		t.Errorf("list (-want +got):\n%s", diff)
	}
	if raw := byPath["GET /rest/v1.0/items/raw"]; !raw.OnePage || raw.Paging != "" {
		t.Errorf("a list of unknown form pages by %q, OnePage %v", raw.Paging, raw.OnePage)
	}
	if sync := byPath["PATCH /rest/v1.0/items/sync"]; sync.Answer.Items != "entities" || sync.Answer.Type != "[]Item" || !sync.Partial {
		t.Errorf("sync answers %+v", sync.Answer)
	}
	wantTypes := map[string]operations.Type{
		"Item":       {Fields: []operations.Field{{Name: "id", Type: "int"}, {Name: "title", Type: "string"}, {Name: "grid", Type: "[][]int"}, {Name: "custom_fields", Type: "customfields"}, {Name: "state", Type: "string", Enum: []string{"open"}}}},
		"ItemBody":   {Fields: []operations.Field{{Name: "title", Type: "string", Required: true}, {Name: "price", Type: "decimal"}, {Name: "custom_field_%", Type: "customfields"}}},
		"ItemCreate": {Fields: []operations.Field{{Name: "title", Type: "string", Required: true}, {Name: "price", Type: "decimal"}, {Name: "custom_field_%", Type: "customfields"}, {Name: "attachments", Type: "[]file", Beside: true}}},
		"NoteCreate": {Fields: []operations.Field{{Name: "text", Type: "string"}, {Name: "attachments", Type: "[]string", Beside: true}}},
	}
	if diff := cmp.Diff(wantTypes, table.Types); diff != "" {
		t.Errorf("types (-want +got):\n%s", diff)
	}
}

const scoroText = `{"modules": [
	{"name": "Notes", "path": "notes", "auth": ["user_token"], "actions": [
		{"name": "list", "path": "notes/list", "paged": true, "filters": [{"name": "changed", "form": "range"}, {"name": "note_id", "form": "scalar or array"}]},
		{"name": "modify", "path": "notes/modify", "id": "optional (0 or absent creates)"},
		{"name": "delete", "path": "notes/delete", "id": "required"},
		{"name": "download", "path": "notes/download", "id": "required"}],
	"fields": [{"name": "note_id", "type": "integer", "read_only": true}, {"name": "author", "type": "object<User>"}, {"name": "phone", "type": "string|array<string>"},
		{"name": "currency", "type": "datetime"}, {"name": "changed_date", "type": "datetime"}, {"name": "title", "type": "string|object<LocalizedString>"},
		{"name": "amounts", "type": "object<map[depot_id]decimal>"}, {"name": "acts", "type": "array<object<map[module]string>>"}, {"name": "towns", "type": "array<object{town, code}>"},
		{"name": "related_objects", "type": "object|array"}]},
	{"name": "Users", "path": "users", "fields": [{"name": "id", "type": "integer"}]},
	{"name": "Meters", "path": "meters", "auth": ["api_key"], "actions": [{"name": "modify", "path": "meters/modify", "id": "optional", "certainty": "inferred"}], "fields": [{"name": "id", "type": "integer"}]},
	{"name": "Ties", "path": "ties", "actions": [{"name": "list", "path": "ties", "certainty": "seen in client code (path without an action)"}], "fields": []}
], "structs": [{"name": "RelationObject", "fields": [{"name": "id", "type": "integer"}]}]}`

func TestScoroImport(t *testing.T) {
	table := importText(t, "scoro", scoroText, "scoro")
	var rows []string
	for _, op := range table.Operations {
		rows = append(rows, op.Path+" "+op.Class+" "+op.Answer.Known+" "+op.Method)
	}
	want := []string{"/meters/modify write unknown none", "/meters/modify/{id} write unknown none", "/notes/delete/{id} set none ", "/notes/download/{id} read none ",
		"/notes/list read typed ", "/notes/modify write typed ", "/notes/modify/{id} write typed ", "/ties read typed "}
	if diff := cmp.Diff(want, rows); diff != "" {
		t.Errorf("operations (-want +got):\n%s", diff)
	}
	filters := []operations.Param{{Name: "changed", In: "filter", Type: "date", Form: "range"}, {Name: "note_id", In: "filter", Type: "[]int", Form: "list"}}
	if diff := cmp.Diff(filters, table.Operations[4].Filters); diff != "" {
		t.Errorf("filters (-want +got):\n%s", diff)
	}
	if never := table.Operations[0]; never.Body != nil || never.Certain || never.Uncertain == "" || never.Credential != "api_key" {
		t.Errorf("an action that was never seen is %+v", never)
	}
}

// Types of the catalogue that are sentences, mistakes or have no name.
func TestScoroFields(t *testing.T) {
	types := importText(t, "scoro", scoroText, "scoro").Types
	fields := []operations.Field{{Name: "note_id", Type: "int", ReadOnly: true}, {Name: "author", Type: "Users"}, {Name: "phone", Type: "[]string"},
		{Name: "currency", Type: "string"}, {Name: "changed_date", Type: "datetime"}, {Name: "title", Type: "text"},
		{Name: "amounts", Type: "map[string]decimal"}, {Name: "acts", Type: "[]map[string]string"}, {Name: "towns", Type: "[]NotesTowns"},
		{Name: "related_objects", Type: "map[string][]RelationObject"}}
	if diff := cmp.Diff(fields, types["Notes"].Fields); diff != "" {
		t.Errorf("fields (-want +got):\n%s", diff)
	}
	towns := []operations.Field{{Name: "town", Type: "string"}, {Name: "code", Type: "string"}}
	if diff := cmp.Diff(towns, types["NotesTowns"].Fields); diff != "" {
		t.Errorf("fields without a name (-want +got):\n%s", diff)
	}
}

func TestScorecardImport(t *testing.T) {
	table := importText(t, "securityscorecard", `{"spec_version": "9", "operations": [
		{"group": "P", "method": "GET", "path": "/things", "response": "ThingList", "items": {"field": "entries", "type": "[]Thing"}, "success": 200, "in_public_index": true, "params": [{"name": "tags", "in": "query", "type": "[]string"}]},
		{"group": "P", "method": "DELETE", "path": "/things/{id}", "success": 204, "in_public_index": false, "params": []}],
		"schemas": {"Thing": {"fields": [{"name": "visit_count", "type": "number"}, {"name": "share", "type": "number"}, {"name": "kind", "type": "Kind"}]}, "Kind": {"alias": "string", "enum": ["a", "b"]}}}`,
		"securityscorecard")
	list, remove := table.Operations[0], table.Operations[1]
	if list.Answer.Type != "[]Thing" || list.Answer.Items != "entries" || list.Params[0].Form != "comma" {
		t.Errorf("the list is %+v", list)
	}
	if remove.Class != "set" || remove.Answer.Known != "none" || remove.Status != 204 || !remove.Unstable {
		t.Errorf("the delete is %+v", remove)
	}
	if got := table.Types["Thing"].Fields; got[0].Type != "int" || got[1].Type != "float" || got[2].Type != "Kind" {
		t.Errorf("the fields are %+v", got)
	}
}

func TestAnOperationWithoutLeafIsNamed(t *testing.T) {
	folder := write(t, procoreText, `{"items": {"groups": ["A"]}}`)
	err := run("procore", filepath.Join(folder, "catalogue.json"), folder, false, io.Discard)
	if err == nil || !strings.Contains(err.Error(), `no leaf takes the group "B" of GET /rest/v1.0/others`) {
		t.Errorf("error %v, want one that names the operation", err)
	}
	folder = write(t, procoreText, `{"items": {"groups": ["A", "B"], "also": ["GET /nowhere"]}}`)
	err = run("procore", filepath.Join(folder, "catalogue.json"), folder, false, io.Discard)
	if err == nil || !strings.Contains(err.Error(), `no operation "GET /nowhere"`) {
		t.Errorf("error %v, want one that names the row", err)
	}
}

// importText imports a catalogue and returns the table that went to a file.
func importText(t *testing.T, platform, catalogue, file string) *operations.Table {
	t.Helper()
	folder := write(t, catalogue, `{"items": {"groups": ["A"]}, "others": {"groups": ["B"]}}`)
	if err := run(platform, filepath.Join(folder, "catalogue.json"), folder, false, io.Discard); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(folder, file+".json"))
	if err != nil {
		t.Fatal(err)
	}
	var table operations.Table
	if err := json.Unmarshal(text, &table); err != nil {
		t.Fatal(err)
	}
	return &table
}

func write(t *testing.T, catalogue, leaves string) (folder string) {
	t.Helper()
	folder = t.TempDir()
	if err := os.Mkdir(filepath.Join(folder, "procore"), 0o700); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"catalogue.json": catalogue, "procore/leaves.json": leaves} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}
