package main

import (
	"strings"
	"testing"

	"github.com/cordage-go/cordage/internal/operations"
)

// Arguments are called after what they name, and stand in the same order
// wherever they travel.
func TestArguments(t *testing.T) {
	for _, test := range []struct {
		platform, path, noun, method, query, scope, want string
	}{
		{"procore", "/companies/{company_id}/vendors/{id}", "CompanyVendor", "Get", "", "", "id int64"},
		{"procore", "/vendors/{vendor_id}/archive", "CompanyVendor", "Archive", "", "", "id int64"},
		{"procore", "/vendors/{vendor_id}", "VendorV10", "Get", "", "", "id int64"},
		{"procore", "/projects/{project_id}/rfis/{rfi_id}/replies/{id}", "Reply", "Update", "", "", "projectID int64, rfiID int64, id int64"},
		{"procore", "/rfis/{id}/replies", "Reply", "List", "project_id", "", "projectID int64, rfiID int64"},
		{"procore", "/requisitions/{id}/add", "Requisition", "Add", "commitment_id", "", "commitmentID int64, id int64"},
		{"procore", "/rfqs/{rfq_id}/quotes/{id}", "Quote", "Get", "contract_id", "project_id", "projectID int64, contractID int64, rfqID int64, id int64"},
		{"procore", "/topics/{topic_id}/mails", "Mail", "List", "topic_type", "", "topicType int64, topicID int64"},
		{"procore", "/items/{uuid}", "Item", "Get", "", "", "id string"},
		{"procore", "/items/{uuid}/notes", "Note", "List", "", "", "itemID string"},
		{"procore", "/projects/{project_id}/items", "Item", "Create", "", "project_id", "projectID int64"},
		{"procore", "/items", "Item", "Create", "", "project_id", "projectID int64"},
		{"procore", "/things/{type}/items", "Item", "List", "", "", "thing string"},
		{"securityscorecard", "/companies/{scorecard_identifier}/factors", "Factor", "List", "", "", "company string"},
		{"securityscorecard", "/portfolios/{id}/companies/{domain}", "Portfolio", "DeleteCompany", "", "", "portfolioID int64, domain string"},
	} {
		op := operations.Operation{Verb: "GET", Path: test.path, Service: operations.Plural(test.noun), Noun: test.noun, Method: test.method}
		for _, variable := range []string{"uuid", "type", "scorecard_identifier", "domain"} {
			op.Params = append(op.Params, operations.Param{Name: variable, In: "path", Type: "string"})
		}
		if test.query != "" {
			op.Params = append(op.Params, operations.Param{Name: test.query, In: "query", Type: "int", Required: true})
		}
		if test.scope != "" {
			op.Body = &operations.Body{Scope: []string{test.scope}}
		}
		m := newMethod(&operations.Table{Platform: test.platform}, op)
		var args []string
		for _, a := range m.args {
			args = append(args, a.name+" "+a.goType)
		}
		if got := strings.Join(args, ", "); got != test.want {
			t.Errorf("%s.%s of %s takes %s, want %s", op.Service, test.method, test.path, got, test.want)
		}
	}
}
