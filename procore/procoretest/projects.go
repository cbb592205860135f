package procoretest

import (
	"net/http"

	"github.com/cordage-go/cordage/internal/emulate"
)

var projects = &resource{
	collection: "projects", label: "project", wrapper: "project", like: "GET " + v10 + "/projects/{id}", origin: true,
	begin: func(c *call, _ record) record {
		company, _ := c.p.state.Get("companies", c.company)
		return record{"active": true, "is_demo": false, "template": false, "company": pick(company, aThing), "created_by": c.p.person(demoUserID),
			"custom_fields": record{}, "departments": []any{}}
	},
	check: func(_ *call, sent record, broken rules) {
		if isBlank(sent["name"]) && broken["name"] == nil {
			broken.add("name", blank)
		}
	},
	settle: func(_ *platform, r, _ record) {
		r["display_name"] = r["name"]
		if number := emulate.IDText(r["project_number"]); number != "" {
			r["display_name"] = number + " - " + emulate.IDText(r["name"])
		}
	},
	seen: func(c *call, r record) bool { return emulate.IDText(r["company_id"]) == c.company },
}

func companyRoutes() map[string]handler {
	routes := map[string]handler{
		"GET " + v10 + "/companies": companies,
		"GET " + v10 + "/me":        me,
	}
	for _, version := range []string{v10, v11, "/rest/v1.2", v13} {
		routes["GET "+version+inCompany+"/me"] = me
	}
	return routes
}

func projectRoutes() map[string]handler {
	return map[string]handler{
		"GET " + v10 + "/projects":        projects.list,
		"GET " + v11 + "/projects":        projects.list,
		"POST " + v10 + "/projects":       projects.create,
		"PATCH " + v10 + "/projects/sync": projects.sync,
		"GET " + v10 + "/projects/{id}":   projects.read,
		"PATCH " + v10 + "/projects/{id}": projects.update,
	}
}

// companies lists those of the user, or, for an app's own token, those that
// have the app installed.
func companies(c *call) (emulate.Answer, error) {
	all := c.p.state.All("companies")
	if c.holder.Subject != "" {
		return c.listing(all)
	}
	connected := []record{}
	for _, r := range all {
		if c.p.isConnected(emulate.IDText(r["id"])) {
			connected = append(connected, r)
		}
	}
	return c.listing(connected)
}

// me is the demo user; an app's own token speaks for a user that the platform
// made for it.
func me(c *call) (emulate.Answer, error) {
	if c.holder.Subject == "" {
		return c.one(http.StatusOK, record{"id": demoUserID + 1, "login": "demo-app@example.com", "name": "Demo App (service account)"}, ""), nil
	}
	user, _ := c.p.state.Get("users", demoUserID)
	return c.one(http.StatusOK, user, ""), nil
}

// person is how a user is shown in other records.
func (p *platform) person(id int64) record {
	r, ok := p.state.Get("users", id)
	if !ok {
		return nil
	}
	return pick(r, aUser)
}
