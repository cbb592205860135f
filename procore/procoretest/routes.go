package procoretest

import (
	"strings"

	"github.com/cordage-go/cordage/internal/emulate"
)

const (
	v10        = "/rest/v1.0"
	v11        = "/rest/v1.1"
	v13        = "/rest/v1.3"
	inCompany  = "/companies/{company_id}"
	inProject  = "/projects/{project_id}"
	rfiPath    = v10 + inProject + "/rfis"
	logPath    = v11 + inProject + "/submittals"
	itemsPath  = v10 + "/observations/items"
	hooksPath  = v10 + "/webhooks/hooks"
	personPath = v10 + inProject + "/users"
	vendorPath = v11 + inProject + "/vendors"
	peoplePath = v13 + inCompany + "/users"
)

// behaviour is what is hand-written: handlers by verb and path. Every other
// operation of the table is answered by [platform.untold].
func (p *platform) behaviour() map[string]handler {
	routes := map[string]handler{}
	for _, part := range []map[string]handler{
		companyRoutes(), projectRoutes(), peopleRoutes(), vendorRoutes(),
		rfiRoutes(), submittalRoutes(), observationRoutes(), hookRoutes(),
	} {
		for route, h := range part {
			routes[route] = h
		}
	}
	return routes
}

// typeOf is the answer's type of an operation that is named by verb and path.
func (p *platform) typeOf(route string) string {
	if op := p.table[route]; op != nil {
		return op.Answer.Type
	}
	return ""
}

// filtered are the hand-written records that a call asks the filter values of;
// nil if it asks for something else.
func (p *platform) filtered(c *call) *resource {
	before, _, ok := strings.Cut(c.Route.Path, "/filter_options/")
	if !ok {
		return nil
	}
	return p.kinds[emulate.Template(unscoped(strings.Split(strings.Trim(before, "/"), "/")))]
}

// filterOptions lists the values that a filter can have: those that the
// records of the project have.
func (c *call) filterOptions(res *resource) (emulate.Answer, error) {
	name := c.Route.Path[strings.LastIndexByte(c.Route.Path, '/')+1:]
	options, seen := []record{}, map[string]bool{}
	for _, r := range res.all(c, alive) {
		v, _ := member(r, name)
		for _, option := range optionsOf(v) {
			key := emulate.IDText(option["key"])
			if key == "" || seen[key] {
				continue
			}
			seen[key] = true
			options = append(options, option)
		}
	}
	return c.listing(options)
}

func optionsOf(v any) []record {
	switch v := v.(type) {
	case []any:
		var out []record
		for _, each := range v {
			out = append(out, optionsOf(each)...)
		}
		return out
	case record:
		return []record{option(v["id"], v["name"])}
	default:
		return []record{option(v, emulate.IDText(v))}
	}
}

// option has the members of all forms that filter options come in.
func option(key, text any) record {
	return record{"key": key, "value": text, "filter_value": key, "id": key, "label": text}
}
