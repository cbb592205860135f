package main

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cordage-go/cordage/internal/operations"
)

func TestCoverageCountsEachOperationOnce(t *testing.T) {
	row := func(path, method, known string) operations.Operation {
		return operations.Operation{Verb: "POST", Path: path, Service: "Notes", Noun: "Note", Method: method, Class: "write", Answer: operations.Answer{Known: known}}
	}
	list := row("/notes/list", "List", "typed")
	list.Class, list.Certain, list.Paging, list.Answer.Type = "read", true, "numbered", "[]string"
	file := row("/notes/pdf/{id}", "PDF", "none")
	file.Download = true
	token := row("/auth/modify", "none", "unknown")
	token.Class = "token"
	table := &operations.Table{Platform: "scoro", Operations: []operations.Operation{
		token, list, row("/notes/modify", "Create", "typed"), row("/notes/modify/{id}", "Update", "typed"),
		row("/notes/delete/{id}", "Delete", "none"), row("/notes/related", "Related", "unknown"), row("/notes/sum", "none", "typed"), file,
	}}
	all := entries(table)
	want := tally{operations: 7, typed: 2, raw: 1, empty: 1, file: 1, do: 1, signIn: 1, paged: 1, certain: 1}
	if diff := cmp.Diff(want, tallyOf(all), cmp.AllowUnexported(tally{})); diff != "" {
		t.Errorf("tally (-want +got):\n%s", diff)
	}
	text := string(coverage([]*operations.Table{table}))
	for _, want := range []string{
		"| `POST /notes/modify` | `Notes.Create`, `Notes.Update` | typed |", "| `POST /notes/list` | `Notes.List` | typed, paged |",
		"| `POST /notes/sum` | `Do` |", "| `POST /auth/modify` | sign-in |", "6 of 7 operations",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the file lacks %q", want)
		}
	}
}
