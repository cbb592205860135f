package procoretest

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/cordage-go/cordage/internal/emulate"
)

const companyHeader = "Procore-Company-Id"

// A call is one request to the API on its way to its handler.
type call struct {
	*emulate.Call
	p        *platform
	version2 bool // the path is one of the second version
	holder   emulate.Holder
	query    url.Values
	sent     any                                 // the parsed body; nil if there is none
	company  string                              // the company that the header names; empty without it
	form     func(r record, typeName string) any // writes a record for the answer
	scope    map[string]string                   // company_id, project_id and other ids of what the record belongs to
}

func (c *call) readQuery() error {
	query, err := url.ParseQuery(c.URL.RawQuery)
	if err != nil {
		return badParameter("query", "%v", err)
	}
	c.query = query
	return nil
}

// enterCompany demands the header that routes a call to its company, and that
// the app is installed there.
func (c *call) enterCompany() error {
	c.company = c.Header.Get(companyHeader)
	if c.company == "" {
		if c.worksAnywhere() {
			return nil
		}
		return missingCompany()
	}
	if _, err := strconv.ParseInt(c.company, 10, 64); err != nil {
		return badParameter(companyHeader, "%q is not a whole number", c.company)
	}
	if _, ok := c.p.state.Get("companies", c.company); !ok {
		return forbidden("company " + c.company + " does not exist, or this token has no access to it; GET /rest/v1.0/companies lists those that it has")
	}
	if !c.p.isConnected(c.company) && !c.worksAnywhere() {
		return notConnected()
	}
	return nil
}

// worksAnywhere reports whether the call needs no company. The pages disagree
// on an app's own token: it has to name a company, and yet is told to find its
// companies with GET /companies; here it may do that.
func (c *call) worksAnywhere() bool {
	switch c.Route.Name() {
	case "GET /rest/v1.0/companies":
		return true
	case "GET /rest/v1.0/me":
		return c.holder.Subject != ""
	}
	return false
}

// checkScope gathers the ids of what the call is about, from path, query and
// body, and checks that they belong together.
func (c *call) checkScope() error {
	if err := c.checkRequired(); err != nil {
		return err
	}
	c.scope = map[string]string{}
	body, _ := c.sent.(record)
	for _, name := range []string{"company_id", "project_id"} {
		if v := c.query.Get(name); v != "" {
			c.scope[name] = v
		} else if v, ok := body[name]; ok {
			c.scope[name] = emulate.IDText(v)
		}
	}
	for name, v := range c.Values {
		if name != "id" {
			c.scope[name] = v
		}
	}
	if id, ok := c.scope["company_id"]; ok && c.company != "" && id != c.company {
		return notFound("company", id)
	}
	if id, ok := c.scope["project_id"]; ok && c.company != "" {
		project, found := c.p.state.Get("projects", id)
		if !found || emulate.IDText(project["company_id"]) != c.company {
			return notFound("project", id)
		}
	}
	if c.company != "" {
		c.scope["company_id"] = c.company
	}
	return nil
}

// checkRequired demands the parameters that the operation must have, in the
// query or beside the body's wrapper. Of company_id and project_id one will do,
// though descriptions often mark both; webhooks of the first version want
// exactly one.
func (c *call) checkRequired() error {
	var scopes []string
	for _, param := range c.Operation().Params {
		switch {
		case !param.Required || param.In != "query" && param.In != "scope":
		case param.Name == "company_id" || param.Name == "project_id":
			scopes = append(scopes, param.Name)
		case !c.names(param.Name):
			return badParameter(param.Name, "is required")
		}
	}
	if strings.HasPrefix(c.Route.Path, "/rest/v1.0/webhooks/") {
		if c.names("company_id") == c.names("project_id") {
			return badParameter("company_id", "send exactly one of company_id and project_id")
		}
		return nil
	}
	if body := c.Operation().Body; body != nil {
		scopes = append(scopes, body.Scope...)
	}
	if len(scopes) > 0 && !slices.ContainsFunc(scopes, c.names) {
		return badParameter(scopes[0], "is required")
	}
	return nil
}

// names reports whether the query or the body has the parameter. Lists in a
// query have brackets behind their name.
func (c *call) names(param string) bool {
	body, _ := c.sent.(record)
	return c.query.Get(param) != "" || c.query.Get(param+"[]") != "" || body[param] != nil
}

// sees reports whether a record belongs to what the call is about: it is of
// the same company and project, and of the same parent that the path names.
func (c *call) sees(r record) bool {
	for name, id := range c.scope {
		if v, ok := r[name]; ok && emulate.IDText(v) != id {
			return false
		}
	}
	return true
}

// success is the status that the table has for the operation. What may answer
// that nothing has changed always has something to tell here.
func (c *call) success() int {
	switch status := c.Operation().Status; status {
	case 0, http.StatusNotModified:
		return http.StatusOK
	default:
		return status
	}
}
