package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestReportTellsWhatChanges(t *testing.T) {
	catalogue := `{"modules": [{"name": "Notes", "path": "notes", "actions": [
		{"name": "list", "path": "notes/list", "paged": true}, {"name": "view", "path": "notes/view", "id": "required"}],
		"fields": [{"name": "note_id", "type": "integer"}, {"name": "text", "type": "string"}]}]}`
	folder := write(t, catalogue, `{}`)
	file, table := filepath.Join(folder, "catalogue.json"), filepath.Join(folder, "scoro.json")
	old := `{"platform": "scoro", "source": "", "operations": [
		{"verb": "POST", "path": "/notes/list", "class": "write", "params": [{"name": "a", "in": "query", "type": "int"}], "answer": {"known": "typed", "type": "[]Notes"}, "paging": "rows", "key": "id", "status": 200},
		{"verb": "POST", "path": "/notes/gone", "class": "read", "answer": {"known": "none"}}],
		"types": {"Notes": {"fields": [{"name": "note_id", "type": "string"}, {"name": "old", "type": "int"}]}, "Gone": {"enum": ["a"]}}}`
	if err := os.WriteFile(table, []byte(old), 0o600); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := run("scoro", file, folder, true, &out); err != nil {
		t.Fatal(err)
	}
	want := `scoro: 2 operations and 1 types, before 2 and 2
  - POST /notes/gone
  ~ POST /notes/list: certain none → true, class "write" → "read", key "id" → none, param a {"name":"a","in":"query","type":"int"} → none
  + POST /notes/view/{id}
  - type Gone
  ~ type Notes: field note_id {"name":"note_id","type":"string"} → {"name":"note_id","type":"int"}, field old {"name":"old","type":"int"} → none, field text none → {"name":"text","type":"string"}
`
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Errorf("report (-want +got):\n%s", diff)
	}
	if text, err := os.ReadFile(table); err != nil || string(text) != old {
		t.Errorf("a report alone has changed the table: %v", err)
	}
	out.Reset()
	if err := run("scoro", file, folder, false, &out); err != nil {
		t.Fatal(err)
	}
	out.Reset()
	if err := run("scoro", file, folder, false, &out); err != nil || out.String() != "scoro: 2 operations and 1 types, before 2 and 1\n" {
		t.Errorf("the second time it says %q, error %v", out.String(), err)
	}
}
