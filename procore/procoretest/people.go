package procoretest

import (
	"net/http"
	"slices"
	"strings"

	"github.com/cordage-go/cordage/internal/emulate"
)

var users = &resource{
	collection: "users", label: "user", wrapper: "user", like: "GET " + peoplePath + "/{id}", origin: true,
	links: map[string]link{"vendor_id": {"vendor", "vendors", aThing}},
	begin: func(*call, record) record {
		return record{"is_active": true, "is_employee": false, "erp_integrated_accountant": false, "project_ids": []any{}}
	},
	check: checkUser, settle: settleUser,
	seen: func(c *call, r record) bool { return emulate.IDText(r["company_id"]) == c.company },
}

// projectUsers are the users of a company who work on the project.
var projectUsers = &resource{
	collection: users.collection, label: users.label, wrapper: users.wrapper, like: "GET " + personPath + "/{id}",
	links: users.links, check: checkUser, settle: settleUser, seen: inTheProject,
	begin: func(c *call, sent record) record {
		r := users.begin(c, sent)
		r["project_ids"] = []any{asID(c.scope["project_id"])}
		return r
	},
}

func peopleRoutes() map[string]handler {
	return map[string]handler{
		"GET " + peoplePath:                                 users.active(true),
		"POST " + peoplePath:                                users.create,
		"PATCH " + peoplePath + "/sync":                     users.sync,
		"POST " + peoplePath + "/bulk_add":                  moveUsers(true),
		"POST " + peoplePath + "/bulk_remove":               moveUsers(false),
		"GET " + peoplePath + "/{id}":                       users.read,
		"PATCH " + peoplePath + "/{id}":                     users.update,
		"PATCH " + peoplePath + "/{id}/invite":              inviteUser,
		"GET " + v10 + inCompany + "/users/inactive":        users.active(false),
		"PATCH " + v10 + inCompany + "/users/inactive/{id}": users.reactivate,
		"GET " + personPath:                                 projectUsers.active(true),
		"POST " + personPath:                                projectUsers.create,
		"GET " + personPath + "/inactive":                   projectUsers.active(false),
		"PATCH " + personPath + "/inactive/{id}":            projectUsers.reactivate,
		"GET " + personPath + "/{id}":                       projectUsers.read,
		"PATCH " + personPath + "/{id}":                     projectUsers.update,
		"POST " + personPath + "/{id}/actions/add":          users.join,
		"DELETE " + personPath + "/{id}/actions/remove":     users.leave,
	}
}

func checkUser(_ *call, sent record, broken rules) {
	for _, name := range []string{"last_name", "email_address"} {
		if isBlank(sent[name]) && broken[name] == nil {
			broken.add(name, blank)
		}
	}
	if address, ok := sent["email_address"].(string); ok && address != "" && !strings.Contains(address, "@") {
		broken.add("email_address", "is invalid")
	}
}

func settleUser(p *platform, r, _ record) {
	first, last := emulate.IDText(r["first_name"]), emulate.IDText(r["last_name"])
	r["name"] = strings.TrimSpace(first + " " + last)
	r["login"] = r["email_address"]
	initials := ""
	for _, word := range []string{first, last} {
		if word != "" {
			initials += string([]rune(word)[:1])
		}
	}
	r["initials"] = initials
	if picture, ok := r["avatar"].(record); ok { // it was sent as a file and is shown by its address
		r["avatar"] = p.fileURL(emulate.IDText(picture["filename"]))
	}
}

// inTheProject reports whether a user or vendor of the company belongs to the
// project that the call names.
func inTheProject(c *call, r record) bool {
	if emulate.IDText(r["company_id"]) != c.company {
		return false
	}
	return memberOf(r, c.scope["project_id"])
}

func memberOf(r record, project string) bool {
	ids, _ := r["project_ids"].([]any)
	return slices.ContainsFunc(ids, func(id any) bool { return emulate.IDText(id) == project })
}

// active lists the active records, or the others.
func (res *resource) active(active bool) handler {
	return func(c *call) (emulate.Answer, error) {
		return c.listing(res.all(c, func(r record) bool { return r["is_active"] == active }))
	}
}

// reactivate makes an inactive record active again.
func (res *resource) reactivate(c *call) (emulate.Answer, error) {
	r, err := res.find(c, c.Values["id"])
	if err != nil {
		return emulate.Answer{}, err
	}
	if r["is_active"] == true {
		return emulate.Answer{}, notFound("inactive "+res.label, c.Values["id"])
	}
	r, err = res.change(c, c.Values["id"], record{"is_active": true})
	if err != nil {
		return emulate.Answer{}, err
	}
	return res.show(c, r), nil
}

// join adds a user or vendor of the company to the project, and leave removes it.
func (res *resource) join(c *call) (emulate.Answer, error) { return res.move(c, true) }

func (res *resource) leave(c *call) (emulate.Answer, error) { return res.move(c, false) }

func (res *resource) move(c *call, in bool) (emulate.Answer, error) {
	id, project := c.Values["id"], c.scope["project_id"]
	r, err := res.find(c, id)
	if err != nil {
		return emulate.Answer{}, err
	}
	if !in && !memberOf(r, project) {
		return emulate.Answer{}, notFound(res.label+" of this project", id)
	}
	r = c.p.assign(res.collection, id, project, in)
	if !in {
		return c.done(), nil
	}
	return res.show(c, r), nil
}

func (p *platform) assign(collection string, id any, project string, in bool) record {
	r, _ := p.state.Update(collection, id, func(r record) {
		ids, _ := r["project_ids"].([]any)
		ids = slices.DeleteFunc(ids, func(other any) bool { return emulate.IDText(other) == project })
		if in {
			ids = append(ids, asID(project))
		}
		r["project_ids"] = ids
	})
	return r
}

func inviteUser(c *call) (emulate.Answer, error) {
	if _, err := users.find(c, c.Values["id"]); err != nil {
		return emulate.Answer{}, err
	}
	_, err := users.change(c, c.Values["id"], record{"welcome_email_sent_at": c.p.now()})
	return c.done(), err
}

// moveUsers adds users to projects, or removes them. A pair that does not
// exist is left out of the answer without a word.
func moveUsers(in bool) handler {
	return func(c *call) (emulate.Answer, error) {
		body, err := c.object()
		if err != nil {
			return emulate.Answer{}, err
		}
		pairs, ok := body["users"].([]any)
		if !ok {
			return emulate.Answer{}, missingMember("users")
		}
		moved := []any{}
		for _, each := range pairs {
			pair, _ := each.(record)
			user, project := emulate.IDText(pair["user_id"]), emulate.IDText(pair["project_id"])
			_, err := users.find(c, user)
			owner, _ := c.p.state.Get("projects", project)
			if err != nil || emulate.IDText(owner["company_id"]) != c.company {
				continue
			}
			c.p.assign(users.collection, user, project, in)
			moved = append(moved, record{"userId": user, "projects": []any{project}})
		}
		if in {
			return emulate.JSON(http.StatusOK, record{"entities": moved}), nil
		}
		removed := record{}
		if len(moved) > 0 {
			first := moved[0].(record)
			removed["userId"] = record{"projectId": first["projects"].([]any)[0]}
		}
		return emulate.JSON(http.StatusOK, removed), nil
	}
}
