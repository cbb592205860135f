package main

import (
	"encoding/json"
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
  {"name": "company_id", "in": "path", "type": "string", "required": true}, {"name": "page", "in": "query", "type": "integer"},
  {"name": "filters[updated_at]", "in": "query", "type": "string", "format": "date"}, {"name": "filters[id]", "in": "query", "type": "array", "items": "integer", "collection_format": "csv"}]},
{"group": "A", "method": "PATCH", "path": "/rest/v1.0/items/sync", "sync": true, "request": "ItemSync", "response": "ItemSyncResult", "status": [200], "params": []},
{"group": "A", "method": "PATCH", "path": "/rest/v1.0/items/{id}/recycle", "status": [200], "params": []},
{"group": "B", "method": "GET", "path": "/rest/v1.0/others", "response": "any", "status": [200], "params": []}
], "schemas": {
"ItemCreate": {"fields": [{"name": "project_id", "type": "integer"}, {"name": "item", "type": "object", "ref": "ItemBody"}, {"name": "attachments", "type": "array", "items": "string", "format": "binary"}]},
"ItemBody": {"fields": [{"name": "title", "type": "string", "required": true}, {"name": "custom_field_%{id}", "type": "any"}, {"name": "price", "type": "string", "format": "float"}]},
"ItemSync": {"fields": [{"name": "company_id", "type": "integer"}, {"name": "updates", "type": "array", "items": "ItemBody"}]},
"ItemSyncResult": {"fields": [{"name": "entities", "type": "array", "items": "Item"}, {"name": "errors", "type": "array", "items": "any"}]},
"Item": {"fields": [{"name": "title", "type": "string"}, {"name": "id", "type": "integer"}, {"name": "grid", "type": "array", "items": {"type": "array", "items": "integer"}}, {"name": "custom_fields", "type": "map", "values": "Custom"}, {"name": "state", "type": "string", "enum": ["open", null, "null"]}]},
"Unreached": {"fields": []}
}}`

func TestProcoreImport(t *testing.T) {
	table := importText(t, "procore", procoreText, `{"select": [{"package": "items", "group": "A"}]}`)
	byPath := map[string]operations.Operation{}
	for _, op := range table.Operations {
		byPath[op.Verb+" "+op.Path] = op
	}
	if len(table.Operations) != 4 {
		t.Errorf("%d operations, want the 4 of the selected group", len(table.Operations))
	}
	for path, want := range map[string]*operations.Body{
		"POST /rest/v1.0/items":               {Type: "ItemBody", Wrapper: "item", Scope: []string{"project_id"}},
		"PATCH /rest/v1.0/items/sync":         {Type: "[]ItemBody", Wrapper: "updates", Scope: []string{"company_id"}},
		"PATCH /rest/v1.0/items/{id}/recycle": nil,
	} {
		if diff := cmp.Diff(want, byPath[path].Body); diff != "" {
			t.Errorf("body of %s (-want +got):\n%s", path, diff)
		}
	}
	list := byPath["GET /rest/v2.0/companies/{company_id}/items"]
	want := operations.Operation{
		Verb: "GET", Path: list.Path, Package: "items", Class: "read", Certain: true, Status: 200, Paging: "linkedV2",
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
	if sync := byPath["PATCH /rest/v1.0/items/sync"]; sync.Answer.Items != "entities" || sync.Answer.Type != "[]Item" || !sync.Partial {
		t.Errorf("sync answers %+v", sync.Answer)
	}
	wantTypes := map[string]operations.Type{
		"Item":     {Fields: []operations.Field{{Name: "id", Type: "int"}, {Name: "title", Type: "string"}, {Name: "grid", Type: "[][]int"}, {Name: "custom_fields", Type: "customfields"}, {Name: "state", Type: "string", Enum: []string{"open"}}}},
		"ItemBody": {Fields: []operations.Field{{Name: "title", Type: "string", Required: true}, {Name: "price", Type: "decimal"}, {Name: "custom_field_%", Type: "customfields"}}},
	}
	if diff := cmp.Diff(wantTypes, table.Types); diff != "" {
		t.Errorf("types (-want +got):\n%s", diff)
	}
}

func TestScoroImport(t *testing.T) {
	table := importText(t, "scoro", `{"modules": [{"name": "Notes", "path": "notes", "auth": ["user_token"], "actions": [
		{"name": "list", "path": "notes/list", "paged": true, "filters": [{"name": "changed", "form": "range"}, {"name": "note_id", "form": "scalar or array"}]},
		{"name": "modify", "path": "notes/modify", "id": "optional (0 or absent creates)"},
		{"name": "delete", "path": "notes/delete", "id": "required"}],
		"fields": [{"name": "note_id", "type": "integer", "read_only": true}, {"name": "author", "type": "object<User>"}, {"name": "phone", "type": "string|array<string>"}]},
		{"name": "Users", "path": "users", "fields": [{"name": "id", "type": "integer"}]}], "structs": []}`, `{"select": [{"group": "notes"}]}`)
	var rows []string
	for _, op := range table.Operations {
		rows = append(rows, op.Path+" "+op.Class)
	}
	want := []string{"/notes/delete/{id} set", "/notes/list read", "/notes/modify write", "/notes/modify/{id} write"}
	if diff := cmp.Diff(want, rows); diff != "" {
		t.Errorf("operations (-want +got):\n%s", diff)
	}
	filters := []operations.Param{{Name: "changed", In: "filter", Type: "date", Form: "range"}, {Name: "note_id", In: "filter", Type: "[]int", Form: "list"}}
	if diff := cmp.Diff(filters, table.Operations[1].Filters); diff != "" {
		t.Errorf("filters (-want +got):\n%s", diff)
	}
	fields := []operations.Field{{Name: "note_id", Type: "int", ReadOnly: true}, {Name: "author", Type: "Users"}, {Name: "phone", Type: "[]string"}}
	if diff := cmp.Diff(fields, table.Types["Notes"].Fields); diff != "" {
		t.Errorf("fields (-want +got):\n%s", diff)
	}
}

func TestScorecardImport(t *testing.T) {
	table := importText(t, "securityscorecard", `{"spec_version": "9", "operations": [
		{"group": "P", "method": "GET", "path": "/things", "response": "ThingList", "items": {"field": "entries", "type": "[]Thing"}, "success": 200, "in_public_index": true, "params": [{"name": "tags", "in": "query", "type": "[]string"}]},
		{"group": "P", "method": "DELETE", "path": "/things/{id}", "success": 204, "in_public_index": false, "params": []}],
		"schemas": {"Thing": {"fields": [{"name": "visit_count", "type": "number"}, {"name": "share", "type": "number"}, {"name": "kind", "type": "Kind"}]}, "Kind": {"alias": "string", "enum": ["a", "b"]}}}`,
		`{"select": [{"group": "P"}]}`)
	list, remove := table.Operations[0], table.Operations[1]
	if list.Answer.Type != "[]Thing" || list.Answer.Items != "entries" || list.Params[0].Form != "comma" {
		t.Errorf("the list is %+v", list)
	}
	if remove.Class != "set" || remove.Answer.Known != "none" || remove.Status != 204 || remove.Uncertain == "" {
		t.Errorf("the delete is %+v", remove)
	}
	if got := table.Types["Thing"].Fields; got[0].Type != "int" || got[1].Type != "float" || got[2].Type != "Kind" {
		t.Errorf("the fields are %+v", got)
	}
}

func TestSelectionWithoutUseIsNamed(t *testing.T) {
	err := importErr(t, "procore", procoreText, `{"select": [{"group": "A"}, {"group": "A", "only": ["/nowhere*"]}]}`)
	if err == nil || !strings.Contains(err.Error(), "select row 2") {
		t.Errorf("error %v, want one that names row 2", err)
	}
}

func TestSelectionPatterns(t *testing.T) {
	row := operations.Selection{Group: "A", Only: []string{"/a*", "GET /b"}, Except: []string{"/a/secret*"}}
	for call, want := range map[string]bool{"GET /a": true, "POST /a/1": true, "GET /b": true, "POST /b": false, "GET /a/secret/1": false, "GET /c": false} {
		verb, path, _ := strings.Cut(call, " ")
		if got := matches(row, "A", verb, path); got != want {
			t.Errorf("%s is selected: %v, want %v", call, got, want)
		}
	}
	if matches(row, "B", "GET", "/a") {
		t.Error("an operation of another group is selected")
	}
}

func importText(t *testing.T, platform, catalogue, overrides string) *operations.Table {
	t.Helper()
	folder := write(t, platform, catalogue, overrides)
	if err := run(platform, filepath.Join(folder, "catalogue.json"), folder); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(folder, platform+".json"))
	if err != nil {
		t.Fatal(err)
	}
	var table operations.Table
	if err := json.Unmarshal(text, &table); err != nil {
		t.Fatal(err)
	}
	return &table
}

func importErr(t *testing.T, platform, catalogue, overrides string) error {
	t.Helper()
	folder := write(t, platform, catalogue, overrides)
	return run(platform, filepath.Join(folder, "catalogue.json"), folder)
}

func write(t *testing.T, platform, catalogue, overrides string) (folder string) {
	t.Helper()
	folder = t.TempDir()
	for name, text := range map[string]string{"catalogue.json": catalogue, platform + ".overrides.json": overrides} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}
