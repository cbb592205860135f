package operations

import "testing"

func TestProcoreNamesByRule(t *testing.T) {
	packages := map[string]Package{
		"webhooks": {Prefixes: []string{"webhooks"}}, "observations": {Prefixes: []string{"observations"}, Stems: []string{"observation_"}},
		"payments": {Prefixes: []string{"payments"}}, "incidents": {}, "rfi": {}, "directory": {}, "submittals": {Stems: []string{"submittal_"}}, "photos": {},
	}
	for _, test := range []struct{ pkg, verb, path, want string }{
		{"rfi", "GET", "/rest/v1.0/projects/{project_id}/rfis", "RFIs.List"},
		{"rfi", "GET", "/rest/v1.0/projects/{project_id}/rfis/{id}", "RFIs.Get"},
		{"rfi", "PATCH", "/rest/v1.1/projects/{project_id}/rfis/{id}/advance_ball_in_court", "RFIs.AdvanceBallInCourt"},
		{"rfi", "PATCH", "/rest/v1.0/projects/{project_id}/rfis/{rfi_id}/replies/{id}", "Replies.Update"},
		{"rfi", "GET", "/rest/v1.0/projects/{project_id}/rfis/{id}.pdf", "RFIs.DownloadPDF"},
		{"rfi", "GET", "/rest/v1.0/projects/{project_id}/rfis/recycle_bin", "RFIs.ListDeleted"},
		{"rfi", "GET", "/rest/v1.0/projects/{project_id}/rfis/potential_assignees", "RFIs.PotentialAssignees"},
		{"rfi", "GET", "/rest/v1.0/projects/{project_id}/rfis/filter_options/status", "FilterOptions.Statuses"},
		{"rfi", "GET", "/rest/v1.0/projects/{project_id}/rfis/filter_options/received_from_login_information_id", "FilterOptions.ReceivedFrom"},
		{"incidents", "GET", "/rest/v1.0/projects/{project_id}/recycle_bin/incidents", "Incidents.ListDeleted"},
		{"incidents", "PATCH", "/rest/v1.0/projects/{project_id}/recycle_bin/incidents/{id}/restore", "Incidents.Restore"},
		{"webhooks", "POST", "/rest/v2.0/companies/{company_id}/projects/{project_id}/webhooks/hooks/{hook_id}/triggers/bulk", "Triggers.BulkCreate"},
		{"observations", "POST", "/rest/v1.0/observations/items/send_unsent", "Items.SendUnsent"},
		{"observations", "PATCH", "/rest/v1.0/projects/{project_id}/observation_templates/bulk_update", "Templates.BulkUpdate"},
		{"directory", "PATCH", "/rest/v1.0/vendors/sync", "Vendors.Sync"},
		{"directory", "POST", "/rest/v1.0/projects/{project_id}/users/{id}/actions/add", "Users.Add"},
		{"directory", "POST", "/rest/v1.0/projects/{project_id}/users/pdf", "Users.CreatePDF"},
		{"payments", "PUT", "/rest/v1.0/companies/{company_id}/payments/settings/logo", "Settings.SetLogo"},
	} {
		m := &merger{table: &Table{Platform: "procore"}, overrides: &Overrides{Package: packages[test.pkg]}, parents: map[string]parent{}, used: map[string]bool{}}
		op := Operation{Verb: test.verb, Path: test.path, Package: test.pkg}
		m.nameProcore(&op)
		if got := op.Service + "." + op.Method; got != test.want {
			t.Errorf("%s %s is %s, want %s", test.verb, test.path, got, test.want)
		}
	}
}

func TestOlderVersionsGetTheirOwnService(t *testing.T) {
	row := func(path, service, method string) Operation {
		return Operation{Path: path, Package: "p", Service: service, Noun: Singular(service), Method: method}
	}
	for name, test := range map[string]struct {
		rows []Operation
		want []string
	}{
		"minors share a service; the older twin leaves": {
			[]Operation{row("/rest/v1.0/x", "Items", "List"), row("/rest/v1.1/x", "Items", "List"), row("/rest/v1.0/x/{id}", "Items", "Get")},
			[]string{"ItemsV10.List Item", "Items.List Item", "Items.Get Item"}},
		"a newer major that can do all gets the plain name": {
			[]Operation{row("/rest/v1.0/x", "Hooks", "List"), row("/rest/v2.0/x", "Hooks", "List"), row("/rest/v2.0/x/{id}", "Hooks", "Get")},
			[]string{"HooksV10.List HookV10", "Hooks.List Hook", "Hooks.Get Hook"}},
		"a newer major that can do less does not": {
			[]Operation{row("/rest/v1.1/x", "Submittals", "List"), row("/rest/v1.1/x/{id}", "Submittals", "Get"), row("/rest/v2.0/x", "Submittals", "List")},
			[]string{"Submittals.List Submittal", "Submittals.Get Submittal", "SubmittalsV20.List SubmittalV20"}},
	} {
		t.Run(name, func(t *testing.T) {
			m := &merger{table: &Table{Platform: "procore", Operations: test.rows}}
			m.setVersionsApart()
			for i, op := range m.table.Operations {
				if got := op.Service + "." + op.Method + " " + op.Noun; got != test.want[i] {
					t.Errorf("%s is %s, want %s", op.Path, got, test.want[i])
				}
			}
		})
	}
}

func TestCompanyServicesStepAside(t *testing.T) {
	m := &merger{table: &Table{Platform: "procore", Operations: []Operation{
		{Path: "/rest/v1.0/companies/{company_id}/users", Package: "directory", Service: "Users", Noun: "User"},
		{Path: "/rest/v1.0/projects/{project_id}/users", Package: "directory", Service: "Users", Noun: "User"},
		{Path: "/rest/v1.0/companies/{company_id}/roles", Package: "directory", Service: "Roles", Noun: "Role"},
		{Path: "/rest/v1.0/vendors", Package: "directory", Service: "Vendors", Noun: "Vendor", Params: []Param{{Name: "project_id", In: "query", Required: true}}},
		{Path: "/rest/v1.0/companies/{company_id}/users", Package: "directory", Service: "Users", Noun: "User", Body: &Body{Scope: []string{"project_id"}}},
	}}}
	m.setCompanyApart()
	for i, want := range []string{"CompanyUsers", "Users", "Roles", "Vendors", "CompanyUsers"} {
		if got := m.table.Operations[i].Service; got != want {
			t.Errorf("%s is %s, want %s", m.table.Operations[i].Path, got, want)
		}
	}
}

func TestGoNames(t *testing.T) {
	for wire, want := range map[string]string{
		"rfi_id": "RFIID", "timeEntries": "TimeEntries", "page-size": "PageSize", "detail_url": "DetailURL", "upload_ids": "UploadIDs", "is_private": "IsPrivate", "comment2": "Comment2",
	} {
		if got := GoName(wire); got != want {
			t.Errorf("GoName(%q) = %q, want %q", wire, got, want)
		}
	}
	for many, want := range map[string]string{"PDFTemplates": "PDFTemplate",
		"RFIs": "RFI", "TimeEntries": "TimeEntry", "Companies": "Company", "addresses": "address", "Statuses": "Status", "history": "history", "classes": "class",
		"issue-types": "issue-type", "processes": "process", "Me": "Me", "IDs": "ID", "Metadata": "Metadata", "switches": "switch",
	} {
		if got := Singular(many); got != want {
			t.Errorf("Singular(%q) = %q, want %q", many, got, want)
		}
	}
	for name, want := range map[string]string{"RFIReplies": "RFI replies", "CompanyUsers": "company users", "PDF": "PDF", "DefaultDistribution": "default distribution"} {
		if got := Words(name); got != want {
			t.Errorf("Words(%q) = %q, want %q", name, got, want)
		}
	}
	for _, test := range []struct {
		param Param
		want  string
	}{
		{Param{Name: "filters[status_id]", Type: "[]int"}, "StatusIDs"}, {Param{Name: "filters[id][]", Type: "[]int"}, "IDs"},
		{Param{Name: "sort[attribute]", Type: "string"}, "SortAttribute"}, {Param{Name: "filters[status]", Type: "[]string"}, "Statuses"},
		{Param{Name: "industry", Type: "[]string"}, "Industries"}, {Param{Name: "cves", Type: "[]string"}, "CVEs"}, {Param{Name: "x_in", Type: "[]string", Go: "Xs"}, "Xs"}, {Param{Name: "view", Type: "string"}, "View"},
	} {
		if got := GoParam(test.param); got != test.want {
			t.Errorf("GoParam(%q) = %q, want %q", test.param.Name, got, test.want)
		}
	}
}
