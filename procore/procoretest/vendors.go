package procoretest

import "github.com/cordage-go/cordage/internal/emulate"

var vendors = &resource{
	collection: "vendors", label: "vendor", wrapper: "vendor", like: "GET " + v10 + "/vendors/{id}", origin: true,
	links: map[string]link{
		"parent_id":                {"parent", "vendors", aThing},
		"primary_contact_id":       {"primary_contact", "users", aThing},
		"bidding_distribution_ids": {"bidding_distribution", "users", aUser},
	},
	begin: beginVendor, check: projects.check,
	seen: func(c *call, r record) bool { return emulate.IDText(r["company_id"]) == c.company },
}

// projectVendors are the vendors of a company that work on the project.
var projectVendors = &resource{
	collection: vendors.collection, label: vendors.label, wrapper: vendors.wrapper, like: "GET " + vendorPath + "/{id}",
	links: vendors.links, check: vendors.check, seen: inTheProject,
	begin: func(c *call, sent record) record {
		r := beginVendor(c, sent)
		r["project_ids"] = []any{asID(c.scope["project_id"])}
		return r
	},
}

func vendorRoutes() map[string]handler {
	return map[string]handler{
		"GET " + v10 + "/vendors":                             vendors.active(true),
		"POST " + v10 + "/vendors":                            vendors.create,
		"PATCH " + v10 + "/vendors/sync":                      vendors.sync,
		"GET " + v10 + "/vendors/{id}":                        vendors.read,
		"PATCH " + v10 + "/vendors/{id}":                      vendors.update,
		"GET " + v10 + inCompany + "/vendors/inactive":        vendors.active(false),
		"PATCH " + v10 + inCompany + "/vendors/inactive/{id}": vendors.reactivate,
		"GET " + vendorPath:                                   projectVendors.active(true),
		"POST " + vendorPath:                                  projectVendors.create,
		"GET " + vendorPath + "/{id}":                         projectVendors.read,
		"PATCH " + vendorPath + "/{id}":                       projectVendors.update,
		"POST " + vendorPath + "/{id}/actions/add":            vendors.join,
		"DELETE " + vendorPath + "/{id}/actions/remove":       vendors.leave,
		"GET " + v10 + inProject + "/vendors/inactive":        projectVendors.active(false),
		"PATCH " + v10 + inProject + "/vendors/inactive/{id}": projectVendors.reactivate,
	}
}

func beginVendor(*call, record) record {
	return record{
		"is_active": true, "authorized_bidder": false, "prequalified": false, "is_connected": false, "synced_to_erp": false,
		"union_member": false, "non_union_prevailing_wage": false, "company_vendor": true, "children_count": 0, "contact_count": 0,
		"project_ids": []any{}, "trades": []any{}, "attachments": []any{},
	}
}
