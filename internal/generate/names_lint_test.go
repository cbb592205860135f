package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/cordage-go/cordage/internal/operations"
)

// Each rule finds what it is there for.
func TestNamesThatBreakARuleAreFound(t *testing.T) {
	op := func(path, service, method string) operations.Operation {
		return operations.Operation{Verb: "POST", Path: path, Package: "logs", Service: service, Noun: operations.Singular(unversioned(service)), Method: method,
			Class: "write", Answer: operations.Answer{Known: "typed", Type: "[]string"}}
	}
	one := func(op operations.Operation) operations.Operation { op.Answer.Type = "int"; return op }
	for _, test := range []struct {
		rows []operations.Operation
		want string // of an offence; empty for none
	}{
		{[]operations.Operation{op("/a", "Entries", "List"), op("/a/{id}", "Entries", "BulkUpdate")}, ""},
		{[]operations.Operation{op("/a", "Entries", "List"), op("/rest/v1.0/a", "EntriesV10", "List")}, ""},
		{[]operations.Operation{op("/a", "History", "List"), op("/a/b", "History", "ListInProject")}, ""},
		{[]operations.Operation{op("/a", "Users", "Add"), op("/b", "CompanyUsers", "Add")}, ""},
		{[]operations.Operation{op("/a", "Entries", "SendAllOfThemToSomebody")}, "logs.Entries.SendAllOfThemToSomebody: 6 words"},
		{[]operations.Operation{op("/a", "OneTwoThreeFourEntries", "Send")}, "logs.OneTwoThreeFourEntries: 5 words"},
		{[]operations.Operation{op("/a", "Entries", "ListEntries")}, "logs.Entries.ListEntries: it repeats the service's name"},
		{[]operations.Operation{op("/a", "LogEntries", "Send")}, "logs.LogEntries: it repeats the package's name; call it Entries"},
		{[]operations.Operation{op("/a", "EntriesEntries", "Send")}, "logs.EntriesEntries: Entries stands twice"},
		{[]operations.Operation{op("/a", "Entries", "SendV20")}, "logs.Entries.SendV20: it carries a version"},
		{[]operations.Operation{op("/a", "Entries", "Send2")}, "logs.Entries.Send2: its number says nothing"},
		{[]operations.Operation{op("/a", "Entries", "SendInline")}, "logs.Entries.SendInline: Inline says nothing"},
		{[]operations.Operation{op("/a", "EntriesV10", "Send")}, "logs.EntriesV10: it has the mark of a version, and there is no plain one"},
		{[]operations.Operation{op("/rest/v1.1/a", "Entries", "Add"), op("/rest/v1.0/b", "EntriesV10", "Send")}, "logs.EntriesV10.Send: nothing in Entries is called so"},
		{[]operations.Operation{op("/a", "Entries", "SendPdf")}, "logs.Entries.SendPdf: Pdf is written PDF"},
		{[]operations.Operation{op("/a", "Entries", "SendKLM")}, "M is a lone letter"},
		{[]operations.Operation{op("/a", "Entries", "SendWbs")}, "logs.Entries.SendWbs: Wbs looks like an initialism"},
		{[]operations.Operation{op("/a", "Entry", "List")}, "logs.Entry: it has a List and is called in the singular"},
		{[]operations.Operation{one(op("/a", "Entries", "List"))}, "logs.Entries.List: it is called List and answers one thing"},
		{[]operations.Operation{op("/a", "Entries", "Get")}, "logs.Entries.Get: it is called Get and answers a list"},
		{[]operations.Operation{op("/a", "Entries", "ListColor")}, "logs.Entries.ListColor: what it lists is called in the singular"},
		{[]operations.Operation{op("/a", "Equipments", "Send")}, "Equipments is no plural"},
		{[]operations.Operation{op("/a", "Entries", "SendStatuss")}, "Statuss is no plural"},
		{[]operations.Operation{op("/a", "Entries", "UpdateMove")}, "logs.Entries.UpdateMove: it has two verbs"},
		{[]operations.Operation{op("/a", "Entries", "Send"), op("/b", "Entry", "Send")}, "Entries is there too; make them one"},
		{[]operations.Operation{op("/rest/v1.0/projects/{project_id}/a", "Entries", "List"), op("/rest/v1.1/a/{id}", "Lines", "Delete")}, "logs.Lines.Delete: Entries has /a too"},
		{[]operations.Operation{op("/a", "CompanyEntries", "Send")}, "logs.CompanyEntries: there is no service Entries"},
	} {
		var found []string
		for _, o := range lint(&operations.Table{Platform: "procore", Operations: test.rows}) {
			found = append(found, o.name+": "+o.what)
		}
		if test.want == "" && len(found) > 0 {
			t.Errorf("%s.%s is found guilty: %q", test.rows[0].Service, test.rows[0].Method, found)
		}
		if !slices.ContainsFunc(found, func(o string) bool { return strings.Contains(o, test.want) }) && test.want != "" {
			t.Errorf("no offence %q among %q", test.want, found)
		}
	}
}

// Types are held to the rules as methods are.
func TestTypeNamesThatBreakARuleAreFound(t *testing.T) {
	table := &operations.Table{Platform: "procore",
		Operations: []operations.Operation{
			{Verb: "GET", Path: "/a", Package: "logs", Service: "Entries", Noun: "Entry", Method: "Get", Class: "read", Answer: operations.Answer{Known: "typed", Type: "logs.LogSummary"}},
		},
		Types: map[string]operations.Type{
			"logs.LogSummary": {Fields: []operations.Field{{Name: "a", Go: "Url", Type: "logs.EntryInline7"}}}, "logs.EntryInline7": {Fields: []operations.Field{{Name: "b", Go: "B", Type: "int"}}},
		}}
	var found []string
	for _, o := range lint(table) {
		found = append(found, o.name+": "+o.what+" "+o.row)
	}
	for _, want := range []string{"logs.LogSummary: it repeats the package's name; call it Summary", "logs.LogSummary.Url: Url is written URL", "logs.EntryInline7: Inline says nothing"} {
		if !slices.ContainsFunc(found, func(o string) bool { return strings.Contains(o, want) }) {
			t.Errorf("no offence %q among %q", want, found)
		}
	}
}
