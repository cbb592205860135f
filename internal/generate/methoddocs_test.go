package main

import (
	"strings"
	"testing"

	"github.com/cordage-go/cordage/internal/operations"
)

// What nobody has described is described by its name and its path.
func TestMethodsAreDescribed(t *testing.T) {
	table := &operations.Table{Platform: "procore"}
	id := []operations.Param{{Name: "id", In: "path", Type: "int"}}
	for _, test := range []struct {
		service, method, path, class, want string
		params                             []operations.Param
	}{
		{"Items", "List", "/projects/{project_id}/items", "write", "returns the items of a project.", nil},
		{"Items", "List", "/plans/{plan_id}/sections/{section_id}/items", "write", "returns the items of a section.", nil},
		{"PlanItems", "List", "/plans/{plan_id}/items", "write", "returns the items of a plan.", nil},
		{"Items", "List", "/companies/{company_id}/items", "write", "returns the items of the company.", []operations.Param{{Name: "company_id", In: "path", Type: "int"}}},
		{"Items", "Update", "/items/{id}", "write", "changes an item: what is not set stays.", id},
		{"Items", "Move", "/items/{id}/move", "write", "moves an item.", id},
		{"Items", "Copy", "/items/{id}/copy", "write", "copies an item.", id},
		{"Items", "Reorder", "/projects/{project_id}/items/reorder", "write", "reorders the items of a project.", nil},
		{"Items", "AddPackage", "/items/{id}/add_package", "write", "adds a package to an item.", id},
		{"Items", "CreateFromTemplate", "/items/create_from_template", "write", "creates an item from a template.", nil},
		{"Items", "ForwardForReview", "/items/{id}/forward_for_review", "write", "forwards an item for a review.", id},
		{"Items", "NextNumber", "/projects/{project_id}/items/next", "read", "returns the next number of a project.", nil},
		{"Items", "BulkRemove", "/items/bulk_remove", "write", "removes many items at once.", nil},
		{"CompanyItems", "BulkRemove", "/items/bulk_remove", "write", "removes many items of the company at once.", nil},
		{"Items", "SendUnsent", "/projects/{project_id}/items/send_unsent", "write", "sends all items of a project that have not been sent yet.", nil},
		{"FilterOptions", "Statuses", "/items/filter_options/status", "read", "returns the statuses that the list can be filtered by.", nil},
	} {
		op := operations.Operation{Verb: "POST", Path: test.path, Package: "logs", Service: test.service, Noun: operations.Singular(test.service), Method: test.method,
			Class: test.class, Params: test.params, Answer: operations.Answer{Known: "none"}}
		m := newMethod(table, op)
		w := &writer{table: table, pkg: "logs"}
		if got := w.methodDoc(&service{name: test.service, goType: test.service, methods: []method{m}}, &m); got != test.want {
			t.Errorf("%s %s, want %s", test.method, got, test.want)
		}
	}
}

// A sentence about a page says so, whoever wrote it.
func TestPagesAreCalledPages(t *testing.T) {
	page := &method{op: operations.Operation{Method: "List", Class: "read", Answer: operations.Answer{Known: "typed", Type: "[]Item"}}}
	record := &method{op: operations.Operation{Method: "Get", Class: "read", Answer: operations.Answer{Known: "typed", Type: "Item"}}}
	for _, test := range []struct {
		m         *method
		doc, want string
	}{
		{page, "returns who waits.", "returns one page of who waits."},
		{page, "returns one page of the items.", "returns one page of the items."},
		{page, "", ""},
		{record, "returns what waits.", "returns what waits."},
	} {
		if got := asPage(test.m, test.doc); got != test.want {
			t.Errorf("%q became %q, want %q", test.doc, got, test.want)
		}
	}
}

// Sentences call a thing what its package says, and its owner only once.
func TestSentencesUseThePackagesWords(t *testing.T) {
	words := map[string]string{"type": "tax type", "types": "tax types", "template": "tax template"}
	w := &writer{pkg: "tax", table: &operations.Table{Platform: "procore", Packages: map[string]operations.Package{"tax": {Words: words}}}}
	for name, want := range map[string]string{"Type": "tax type", "CompanyTypesV10": "company tax types", "TypeOption": "type option"} {
		if got := w.called(name); got != want {
			t.Errorf("%s is called %q, want %q", name, got, want)
		}
	}
	for many, want := range map[string]string{
		"template items": "items of a tax template", "tax template items": "items of a tax template", "items": "items of a tax template",
	} {
		if got := withOwner(many, " of a tax template"); got != want {
			t.Errorf("%q became %q, want %q", many, got, want)
		}
	}
}

// A word that no service, no noun and no owner of the package has explains
// nothing.
func TestPackageWordsAreUsed(t *testing.T) {
	table, err := operations.Procore()
	if err != nil {
		t.Fatal(err)
	}
	used := map[string]bool{}
	for _, op := range table.Operations {
		m := newMethod(table, op)
		names := []string{op.Service, op.Noun}
		for _, a := range m.args {
			names = append(names, operations.GoName(strings.TrimSuffix(a.name, "ID")))
		}
		for _, name := range names {
			used[op.Package+" "+strings.TrimPrefix(operations.Words(unversioned(name)), "company ")] = true
		}
	}
	for pkg, row := range table.Packages {
		for short := range row.Words {
			if !used[pkg+" "+short] {
				t.Errorf("%s: nothing is called %q; correct or remove the word", pkg, short)
			}
		}
	}
}
