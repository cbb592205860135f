package main

import (
	"strings"
	"testing"

	"github.com/cordage-go/cordage/internal/operations"
)

// Variables of one package never have the same name, and types neither.
func TestPackageNamesAreUnique(t *testing.T) {
	op := func(service, noun, method string) operations.Operation {
		return operations.Operation{Verb: "POST", Path: "/" + service + method, Service: service, Noun: noun, Method: method, Class: "write", Answer: operations.Answer{Known: "none"}}
	}
	table := &operations.Table{Platform: "securityscorecard", Operations: []operations.Operation{
		op("Notes", "Note", "Send"), op("OldNotes", "Note", "Send"), op("Rules", "Rule", "Create"),
	}}
	all := services(table)
	plan(table, all)
	if got := all[0].methods[0].name + " " + all[1].methods[0].name + " " + all[2].methods[0].name; got != "notesSend oldNotesSend createRule" {
		t.Errorf("the variables are %s", got)
	}
	if err := checkNames(table, all); err != nil {
		t.Error(err)
	}
	table.Types = map[string]operations.Type{"Notes": {Fields: []operations.Field{{Name: "a", Go: "A", Type: "int"}}}, "Kind": {Enum: []string{"Open", "open"}}}
	all[0].goType, all[0].types = "Notes", []string{"Notes", "Kind"}
	err := checkNames(table, all)
	for _, want := range []string{"service Notes and type Notes", `value "Open" of type Kind and value "open" of type Kind`} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one with %q", err, want)
		}
	}
}

// A service with one query calls it after its records.
func TestQueryNames(t *testing.T) {
	op := func(method string, params ...string) operations.Operation {
		op := operations.Operation{Verb: "GET", Path: "/notes/" + method, Service: "Notes", Noun: "Note", Method: method, Class: "read", Answer: operations.Answer{Known: "unknown"}}
		for _, name := range params {
			op.Params = append(op.Params, operations.Param{Name: name, In: "query", Type: "string"})
		}
		return op
	}
	given := op("Get", "view")
	given.Query = "ViewQuery"
	for _, test := range []struct {
		ops  []operations.Operation
		want string
	}{
		{[]operations.Operation{op("Get", "view")}, "NoteQuery"},
		{[]operations.Operation{op("List", "view"), op("Get", "view")}, "NoteQuery"},
		{[]operations.Operation{op("List", "view"), op("Get", "a")}, "NoteQuery NoteGetQuery"},
		{[]operations.Operation{given}, "ViewQuery"},
	} {
		var names []string
		for _, q := range services(&operations.Table{Platform: "procore", Operations: test.ops})[0].queries {
			names = append(names, q.name)
		}
		if got := strings.Join(names, " "); got != test.want {
			t.Errorf("the queries are %q, want %q", got, test.want)
		}
	}
}

// A parameter's tag says how a list is written.
func TestQueryTags(t *testing.T) {
	for _, test := range []struct{ name, form, want string }{
		{"view", "", "view"}, {"filters[id]", "brackets", "filters[id],brackets"}, {"filters[id][]", "brackets", "filters[id],brackets"}, {"filters[id][]", "repeat", "filters[id],brackets"},
		{"segments", "repeat", "segments"}, {"ids", "comma", "ids,comma"}, {"ids[]", "comma", "ids[],comma"}, {"filter", "json", "filter,json"}, {"filters[updated_at]", "range", "filters[updated_at]"},
	} {
		if got := queryTag(operations.Param{Name: test.name, Form: test.form}); got != test.want {
			t.Errorf("%s as %q has the tag %q, want %q", test.name, test.form, got, test.want)
		}
	}
}

// Two parameters of one Go name would not compile.
func TestParametersOfOneNameAreRefused(t *testing.T) {
	list := operations.Operation{Verb: "GET", Path: "/notes", Package: "logs", Service: "Notes", Noun: "Note", Method: "List", Class: "read", Answer: operations.Answer{Known: "unknown"},
		Params: []operations.Param{{Name: "id", In: "query", Type: "int"}, {Name: "filters[id]", In: "query", Type: "int"}}}
	err := platformFiles(&operations.Table{Platform: "procore", Operations: []operations.Operation{list}}, map[string][]byte{})
	if err == nil || !strings.Contains(err.Error(), "the parameters id and filters[id] of Notes.List are both ID in Go") {
		t.Errorf("error %v", err)
	}
}
