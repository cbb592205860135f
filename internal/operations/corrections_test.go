package operations

import "testing"

// An operation of either scope has two services, which may be described apart.
func TestServicesOfEitherScopeAreDescribed(t *testing.T) {
	table, err := parse([]byte(`{"platform": "procore", "source": "test", "operations": [
{"verb": "POST", "path": "/rest/v1.0/apps", "class": "write", "body": {"type": "AppBody", "wrapper": "app", "scope": ["project_id", "company_id"]}, "answer": {"known": "none"}, "scopes": ["project_id", "company_id"]}
], "types": {"AppBody": {"fields": [{"name": "title", "type": "string"}]}}}`),
		[]byte(`{"services": {"Apps": {"doc": "are those of a project."}, "CompanyApps": {"doc": "are those of the company."}}}`), "marketplace")
	if err != nil {
		t.Fatal(err)
	}
	if table.Services["marketplace.Apps"] != "are those of a project." || table.Services["marketplace.CompanyApps"] != "are those of the company." {
		t.Errorf("services are described as %q", table.Services)
	}
}

// A row that only describes a type means the type of that name in Go, even if
// the table calls another one so.
func TestDescriptionsAreOfTheGoType(t *testing.T) {
	table, err := parse([]byte(`{"platform": "procore", "source": "test", "operations": [
{"verb": "GET", "path": "/rest/v1.0/projects/{project_id}/hooks/{id}", "class": "read", "params": [{"name": "project_id", "in": "path", "type": "int"}, {"name": "id", "in": "path", "type": "int"}], "answer": {"known": "typed", "type": "HookDetail"}},
{"verb": "PATCH", "path": "/rest/v1.0/projects/{project_id}/hooks/{id}", "class": "write", "params": [{"name": "project_id", "in": "path", "type": "int"}, {"name": "id", "in": "path", "type": "int"}], "body": {"type": "Hook", "wrapper": "hook"}, "answer": {"known": "none"}}
], "types": {"Hook": {"fields": [{"name": "url", "type": "string"}]}, "HookDetail": {"fields": [{"name": "id", "type": "int"}, {"name": "url", "type": "string"}]}}}`),
		[]byte(`{"types": {"Hook": {"doc": "is one address."}}}`), "webhooks")
	if err != nil {
		t.Fatal(err)
	}
	if table.Types["webhooks.Hook"].Doc != "is one address." || table.Types["webhooks.HookUpdate"].Doc != "" {
		t.Errorf("Hook is described as %q, HookUpdate as %q", table.Types["webhooks.Hook"].Doc, table.Types["webhooks.HookUpdate"].Doc)
	}
}
