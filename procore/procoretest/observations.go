package procoretest

import (
	"net/http"
	"strconv"

	"github.com/cordage-go/cordage/internal/emulate"
)

var observations = &resource{
	collection: "observations", label: "observation", wrapper: "observation", like: "GET " + itemsPath + "/{id}", recycled: true,
	links: map[string]link{
		"assignee_id":             {"assignee", "users", []string{"id", "name", "vendor"}},
		"distribution_member_ids": {"distribution_members", "users", aUser},
		"type_id":                 {"type", "observation_types", []string{"id", "name", "category", "category_key", "active"}},
	},
	begin: func(c *call, _ record) record {
		return record{
			"number": strconv.Itoa(c.p.state.NextID("numbers of observations in " + c.scope["project_id"])), "status": "initiated", "priority": "Low",
			"personal": false, "created_by": c.p.person(demoUserID), "distribution_members": []any{}, "attachments": []any{},
			"custom_fields": record{}, "deleted": false, "permissions": record{"can_edit": true},
		}
	},
	check: func(_ *call, sent record, broken rules) {
		for _, name := range []string{"name", "type_id"} {
			if isBlank(sent[name]) && broken[name] == nil {
				broken.add(name, blank)
			}
		}
	},
	settle: func(_ *platform, r, _ record) {
		r["closed_at"] = nil
		if r["status"] == "closed" {
			r["closed_at"] = r["updated_at"]
		}
	},
}

var observationTypes = &resource{
	collection: "observation_types", label: "observation type", wrapper: "observation_type",
	begin: func(*call, record) record {
		return record{"active": true, "company_active": true, "parent_inactive": false, "in_use": false, "kind": "custom", "category_key": "quality"}
	},
	settle: func(_ *platform, r, _ record) { r["localized_name"] = r["name"] },
	seen: func(c *call, r record) bool { // those of the company are those of its projects too
		project, ok := r["project_id"]
		return emulate.IDText(r["company_id"]) == c.company && (!ok || c.scope["project_id"] == "" || emulate.IDText(project) == c.scope["project_id"])
	},
}

var responseLogs = &resource{
	collection: "response_logs", label: "response", wrapper: "response_log",
	begin: func(c *call, _ record) record {
		person := c.p.person(demoUserID)
		return record{"created_by": pick(person, aThing), "created_by_name": person["name"], "attachments": []any{}}
	},
}

func observationRoutes() map[string]handler {
	one, inBin := itemsPath+"/{id}", v10+inProject+"/recycle_bin/observations/items"
	logs := itemsPath + "/{item_id}/response_logs"
	types := v10 + inProject + "/observation_types"
	return map[string]handler{
		"GET " + itemsPath:    observations.list,
		"POST " + itemsPath:   observations.create,
		"GET " + one:          observations.readAlive,
		"PATCH " + one:        observations.update,
		"GET " + one + "/pdf": observationPDF,
		"DELETE " + v10 + inProject + "/observations/items/{id}": observations.remove,
		"GET " + inBin:                     observations.bin,
		"GET " + inBin + "/{id}":           observations.read,
		"PATCH " + inBin + "/{id}/restore": restoreObservation,
		"GET " + logs:                      ofObservation(responseLogs.list),
		"POST " + logs:                     ofObservation(respond),
		"GET " + v10 + inProject + "/observations/response_logs": responseLogs.list,
		"GET " + v10 + "/observations/types":                     observationTypes.list,
		"GET " + v10 + inCompany + "/observation_types":          observationTypes.list,
		"GET " + types:                           observationTypes.list,
		"POST " + types:                          observationTypes.create,
		"PATCH " + types + "/{id}":               observationTypes.update,
		"DELETE " + types + "/{id}":              observationTypes.remove,
		"GET " + v10 + "/observations/assignees": projectUsers.list,
	}
}

// readAlive does not find what is in the recycle bin.
func (res *resource) readAlive(c *call) (emulate.Answer, error) {
	r, err := res.find(c, c.Values["id"])
	if err != nil {
		return emulate.Answer{}, err
	}
	if deleted(r) {
		return emulate.Answer{}, notFound(res.label, c.Values["id"])
	}
	return res.show(c, r), nil
}

func restoreObservation(c *call) (emulate.Answer, error) {
	id := c.Values["id"]
	r, err := observations.find(c, id)
	if err != nil {
		return emulate.Answer{}, err
	}
	if !deleted(r) {
		return emulate.Answer{}, notFound("recycled observation", id)
	}
	return observations.show(c, observations.recycle(c, id, false)), nil
}

// observationPDF tells the address of the file, as this one does not redirect.
func observationPDF(c *call) (emulate.Answer, error) {
	r, err := observations.find(c, c.Values["id"])
	if err != nil {
		return emulate.Answer{}, err
	}
	address := c.p.fileURL("observation-" + c.Values["id"] + ".pdf")
	return c.one(http.StatusOK, record{"id": r["id"], "url": address, "pdf_url": address}, ""), nil
}

// ofObservation answers 404 if the path names an observation that the project
// does not have.
func ofObservation(h handler) handler {
	return func(c *call) (emulate.Answer, error) {
		r, ok := c.p.state.Get("observations", c.Values["item_id"])
		if !ok || emulate.IDText(r["project_id"]) != c.scope["project_id"] {
			return emulate.Answer{}, notFound("observation", c.Values["item_id"])
		}
		return h(c)
	}
}

// respond adds a response, and with it may change the observation's status.
func respond(c *call) (emulate.Answer, error) {
	sent, err := c.wrapped("response_log")
	if err != nil {
		return emulate.Answer{}, err
	}
	body, _ := c.sent.(record)
	if status, ok := body["status"]; ok {
		sent["status"] = status
		if _, err := observations.change(c, c.Values["item_id"], record{"status": status}); err != nil {
			return emulate.Answer{}, err
		}
	}
	r, err := responseLogs.make(c, sent)
	if err != nil {
		return emulate.Answer{}, err
	}
	return c.one(c.success(), r, ""), nil
}
