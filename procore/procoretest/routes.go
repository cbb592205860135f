package procoretest

import (
	"net/http"
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

// untold answers an operation that has no behaviour of its own, from its verb,
// path and types alone.
func (p *platform) untold(c *call) (emulate.Answer, error) {
	switch path := c.Route.Path; {
	case strings.HasSuffix(path, "/sync"):
		res := &resource{collection: strings.TrimSuffix(c.URL.Path, "/sync"), label: "record", origin: true}
		return res.sync(c)
	case strings.Contains(path, "/filter_options/"):
		return p.filterOptions(c)
	case c.Operation().Download && c.success() == http.StatusFound:
		return p.redirectToFile("export.pdf"), nil
	case c.Operation().Download:
		return emulate.Text(c.success(), "application/octet-stream", "export of the Procore emulator\n"), nil
	}
	sent := record{}
	if body := c.Operation().Body; body != nil && !strings.HasPrefix(body.Type, "[]") {
		var err error
		if sent, err = c.wrapped(body.Wrapper); err != nil {
			return emulate.Answer{}, err
		}
		if err := p.checkRequiredMembers(c, sent, body.Type); err != nil {
			return emulate.Answer{}, err
		}
	}
	return p.byType(c, sent)
}

func (p *platform) checkRequiredMembers(c *call, sent record, typeName string) error {
	if c.Method != http.MethodPost {
		return nil
	}
	broken := rules{}
	for _, f := range p.types[typeName].Fields {
		if f.Required && isBlank(sent[f.Name]) {
			broken.add(f.Name, blank)
		}
	}
	if len(broken) > 0 {
		return invalid(broken)
	}
	return nil
}

func (p *platform) byType(c *call, sent record) (emulate.Answer, error) {
	result := p.typed.Do(c.Call, sent)
	answer := c.Operation().Answer
	switch {
	case !result.Found:
		return emulate.Answer{}, notFound("record", c.Values["id"])
	case answer.Known == "none" || c.success() == http.StatusNoContent:
		return emulate.Empty(c.success()), nil
	case result.List != nil:
		return c.listing(result.List)
	case answer.Type == "":
		return c.envelope(c.success(), record{}), nil
	}
	one := result.One
	if r, ok := one.(record); ok && strings.HasPrefix(answer.Type, "[]") { // some writes answer a list of one
		one = []any{r}
	}
	return c.one(c.success(), one, ""), nil
}

// typeOf is the answer's type of an operation that is named by verb and path.
func (p *platform) typeOf(route string) string { return p.table[route].Answer.Type }

// filterOptions lists the values that a filter can have: those that the
// records of the project have.
func (p *platform) filterOptions(c *call) (emulate.Answer, error) {
	res := rfis
	if strings.Contains(c.Route.Path, "/submittals/") {
		res = submittals
	}
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
		return []record{{"key": v["id"], "value": v["name"]}}
	default:
		return []record{{"key": v, "value": emulate.IDText(v)}}
	}
}
