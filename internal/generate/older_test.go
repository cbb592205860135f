package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/cordage-go/cordage/internal/operations"
)

// The mark of an older service is cut off, and nothing else of its name.
func TestMarksOfOlderServices(t *testing.T) {
	for name, want := range map[string]struct{ bare, says string }{
		"RFIs": {"RFIs", ""}, "RFIsV10": {"RFIs", " This service speaks version 1.0 of the API."}, "MeV11": {"Me", " This service speaks version 1.1 of the API."},
		"VendorsV20": {"Vendors", " This service speaks version 2.0 of the API."}, "ViewsFlat": {"Views", ""}, "UsersFlatV12": {"Users", " This service speaks version 1.2 of the API."},
		"Vendors": {"Vendors", ""}, "MediaV": {"MediaV", ""},
	} {
		if got := unversioned(name); got != want.bare {
			t.Errorf("%s without its mark is %s, want %s", name, got, want.bare)
		}
		if got := version(name); got != want.says {
			t.Errorf("%s says %q, want %q", name, got, want.says)
		}
	}
}

// Older services of one thing share a query that the newest does not have.
func TestOlderServicesShareAQuery(t *testing.T) {
	page := []operations.Param{{Name: "page", In: "query", Type: "int"}, {Name: "size", In: "query", Type: "int"}}
	turned := []operations.Param{page[1], page[0]}
	var services []*service
	for name, params := range map[string][]operations.Param{"Users": nil, "UsersV10": page, "UsersV11": turned} {
		s := &service{name: name, methods: []method{{op: operations.Operation{Service: name}}}}
		s.queries = []*query{{name: "UserQuery", params: append(params, operations.Param{Name: "view"}), of: []string{name + ".List"}}}
		services = append(services, s)
	}
	slices.SortFunc(services, func(a, b *service) int { return strings.Compare(a.name, b.name) })
	older, oldest := services[2].queries[0], services[1].queries[0]
	placeQueries(services)
	if oldest.name != "UserV10Query" || older.name != "UserV10Query" || len(services[1].queries)+len(services[2].queries) != 1 {
		t.Errorf("the older queries are called %s and %s", oldest.name, older.name)
	}
}

// An older service of the company names the newer one of the company.
func TestNewerOfCompany(t *testing.T) {
	older := func(name, newer string) *service {
		return &service{name: name, pkg: "hooks", methods: []method{{op: operations.Operation{Service: name, Newer: newer}}}}
	}
	services := map[string]*service{
		"hooks.Hooks": older("Hooks", ""), "hooks.CompanyHooks": older("CompanyHooks", ""), "hooks.Apps": older("Apps", ""),
		"hooks.HooksV10": older("HooksV10", "Hooks.List"), "hooks.CompanyHooksV10": older("CompanyHooksV10", "Hooks.List"),
		"hooks.CompanyAppsV10": older("CompanyAppsV10", "Apps.List"),
	}
	newerOfCompany(services)
	for name, want := range map[string]string{"HooksV10": "Hooks.List", "CompanyHooksV10": "CompanyHooks.List", "CompanyAppsV10": "Apps.List", "CompanyHooks": ""} {
		if got := services["hooks."+name].methods[0].op.Newer; got != want {
			t.Errorf("newer than %s is %q, want %q", name, got, want)
		}
	}
}

// An older method names the newest, not the one between.
func TestNewestOfAll(t *testing.T) {
	one := func(name, newer string) *service {
		return &service{name: name, pkg: "hooks", methods: []method{{op: operations.Operation{Service: name, Method: "List", Newer: newer}}}}
	}
	services := map[string]*service{"a": one("HooksFlatV10", "HooksFlat.List"), "b": one("HooksFlat", "Hooks.List"), "c": one("Hooks", "")}
	newestOfAll(services)
	for key, want := range map[string]string{"a": "Hooks.List", "b": "Hooks.List", "c": ""} {
		if got := services[key].methods[0].op.Newer; got != want {
			t.Errorf("newer than %s is %q, want %q", services[key].name, got, want)
		}
	}
}
