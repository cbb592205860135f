package main

import (
	"testing"

	"github.com/cordage-go/cordage/internal/operations"
)

// A constant is called after its type and its value, without saying a word
// twice.
func TestWordNames(t *testing.T) {
	for _, test := range []struct{ base, value, want string }{
		{"TaskStatus", "task_status1", "1"}, {"CompanySize", "size_1_to_10", "1To10"}, {"CompanySize", "unknown", "Unknown"},
		{"SubmittalSort", "submittal_package", "SubmittalPackage"}, {"ProjectStatus", "inprogress", "InProgress"}, {"Grade", "?", "Unknown"},
		{"ProjectFlag", "Red", "Red"}, {"ResponseConsidered", "for record only", "ForRecordOnly"}, {"Size", "sized", "Sized"},
	} {
		if got := wordName(test.base, test.value); got != test.want {
			t.Errorf("%s of %s is %s, want %s", test.value, test.base, got, test.want)
		}
	}
}

// What nobody has described is described by where it stands.
func TestNestedTypesAreDescribed(t *testing.T) {
	field := func(name, ref string) operations.Field {
		return operations.Field{Name: name, Go: operations.GoName(name), Type: ref}
	}
	w := &writer{pkg: "rfi", table: &operations.Table{Types: map[string]operations.Type{
		"rfi.RFI": {Fields: []operations.Field{
			field("cost_impact", "rfi.CostImpact"), field("assignees", "[]rfi.Assignee"), field("evidence", "[]rfi.Evidence"),
			field("permissions", "rfi.Permissions"), field("created_by", "rfi.Author"),
		}},
		"rfi.RFICreate": {Fields: []operations.Field{field("question", "rfi.QuestionInput")}},
		"rfi.Reply":     {Fields: []operations.Field{field("reply", "rfi.ReplyInput")}},
	}}}
	for name, want := range map[string]string{
		"rfi.CostImpact": "is the cost impact of an RFI.", "rfi.Assignee": "is one of the assignees of an RFI.", "rfi.Evidence": "is one entry of the evidence of an RFI.",
		"rfi.Permissions": "holds the permissions of an RFI.", "rfi.Author": "is who created an RFI.", "rfi.QuestionInput": "is the question of an RFI.", "rfi.ReplyInput": "is the reply itself.",
	} {
		if got := w.partDoc(name); got != want {
			t.Errorf("%s %s, want %s", name, got, want)
		}
	}
}

// Services of one package share a query of one name only if it is the same.
func TestQueriesThatDifferHaveTheirOwnNames(t *testing.T) {
	one := []operations.Param{{Name: "page", In: "query", Type: "int"}}
	two := []operations.Param{{Name: "size", In: "query", Type: "int"}}
	plain := &query{name: "HookQuery", params: one, of: []string{"Hooks.List"}}
	company := &query{name: "CompanyHookQuery", params: one, of: []string{"CompanyHooks.List"}}
	older := &query{name: "HookQuery", params: two, of: []string{"HooksV10.List"}}
	services := []*service{
		{name: "CompanyHooks", queries: []*query{company}}, {name: "Hooks", queries: []*query{plain}}, {name: "HooksV10", queries: []*query{older}},
	}
	placeQueries(services)
	if len(services[0].queries) != 0 || company.name != "HookQuery" || len(plain.of) != 2 {
		t.Errorf("the company's query is %s beside %v", company.name, plain.of)
	}
	if older.name != "HookV10Query" || len(services[2].queries) != 1 {
		t.Errorf("the older service's query is %s", older.name)
	}
}

// What a query holds names it where that is the view alone, not the first of
// the methods that share it.
func TestViewsHaveViewQueries(t *testing.T) {
	view := []operations.Param{{Name: "view", In: "query", Type: "string"}}
	s := &service{goType: "Items"}
	for _, test := range []struct{ method, want string }{{"Get", "ItemViewQuery"}, {"List", "ItemQuery"}} {
		m := &method{op: operations.Operation{Service: "Items", Noun: "Item", Method: test.method}}
		if got := s.queryFor(m, view).name; got != test.want {
			t.Errorf("%s takes %s, want %s", test.method, got, test.want)
		}
	}
}
