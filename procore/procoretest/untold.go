package procoretest

import (
	"errors"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/cordage-go/cordage/internal/emulate"
)

// untold answers an operation that has no behaviour of its own. What has the
// same records as hand-written behaviour, in another version or scope, is
// answered by that; all else from its verb, path and types alone.
func (p *platform) untold(c *call) (emulate.Answer, error) {
	if h := p.twin(c); h != nil {
		c.form = func(r record, typeName string) any { return p.typed.Show(r, typeName, c.Operation().Key) }
		return h(c)
	}
	if res := p.filtered(c); res != nil {
		c.form = func(r record, typeName string) any { return p.typed.Show(r, typeName) }
		return c.filterOptions(res)
	}
	sent, err := c.body()
	if err != nil {
		return emulate.Answer{}, err
	}
	conditions, err := c.filters()
	if err != nil {
		return emulate.Answer{}, err
	}
	ask := emulate.Ask{Call: c.Call, Roots: p.roots(c), Sent: sent, Owner: c.owner(), Keep: func(r record) bool { return c.fits(r, conditions) }}
	if strings.HasSuffix(c.Route.Path, "/sync") && c.bodyType("updates") != "" {
		return p.syncUntold(c, ask)
	}
	result := p.typed.Do(ask)
	if result.Missing != "" {
		return emulate.Answer{}, notFound("record", result.Missing)
	}
	if c.Operation().Download {
		return p.export(c), nil
	}
	if isUpload(c) {
		if err := p.offer(c, ask, result.One); err != nil {
			return emulate.Answer{}, err
		}
	}
	return c.told(result)
}

// told writes what became of a call.
func (c *call) told(result emulate.Result) (emulate.Answer, error) {
	answer := c.Operation().Answer
	c.form = func(r record, _ string) any { return r }
	switch {
	case answer.Known == "none" || c.success() == http.StatusNoContent:
		if c.Method == http.MethodPost {
			c.p.prepare(c)
		}
		return emulate.Empty(c.success()), nil
	case c.success() == http.StatusMultiStatus && c.version2 && result.List != nil:
		success, failed := c.shownList(result.List, nil), append([]any{}, result.Failed...)
		return emulate.JSON(http.StatusMultiStatus, record{"data": record{"success": success, "failed": failed}}), nil
	case result.List != nil:
		return c.ordered(result.List)
	}
	return c.envelope(c.success(), result.One), nil
}

// body is the part of the body that the operation's type describes: a record,
// a list, or nil.
func (c *call) body() (any, error) {
	body := c.Operation().Body
	if body == nil && c.Operation().Class != "read" {
		return c.queryMembers(), nil
	}
	if body == nil || body.Type == "" || c.sent == nil && c.Operation().Class == "read" {
		return nil, nil
	}
	if rest, ok := strings.CutPrefix(body.Type, "[]"); ok {
		return c.bodyList(body.Wrapper, rest)
	}
	sent, err := c.wrapped(body.Wrapper)
	if err != nil {
		return nil, err
	}
	for written, read := range readAs[emulate.Template(unscoped(c.segments()))] {
		if v, ok := sent[written]; ok {
			sent[read] = v
		}
	}
	return sent, c.checkMembers(sent, body.Type)
}

// readAs are members that are read under another name than they are written,
// by the template of their path.
var readAs = map[string]map[string]string{
	"communication_tags":        {"title": "name"},
	"drawing_areas/{}/drawings": {"drawing_discipline": "discipline"},
	"punch_items":               {"due": "due_date"},
}

// segments are those of the path's template.
func (c *call) segments() []string { return strings.Split(strings.Trim(c.Route.Path, "/"), "/") }

// queryMembers are the members that a write without a body has in its query,
// such as the new name of a drawing discipline; nil if it has none.
func (c *call) queryMembers() any {
	members := record{}
	for _, param := range c.Operation().Params {
		name := strings.TrimSuffix(param.Name, "[]")
		values := slices.Concat(c.query[name], c.query[name+"[]"])
		if param.In != "query" || len(values) == 0 || slices.Contains([]string{"company_id", "project_id", "view"}, name) {
			continue
		}
		var v any = values[len(values)-1]
		if strings.HasPrefix(param.Type, "[]") {
			v = anys(values)
		}
		members[name] = c.p.coerce(v, param.Type)
	}
	if len(members) == 0 {
		return nil
	}
	return members
}

func anys(texts []string) []any {
	out := make([]any, len(texts))
	for i, text := range texts {
		out[i] = text
	}
	return out
}

func (c *call) bodyList(wrapper, typeName string) (any, error) {
	v := c.sent
	if wrapper != "" {
		whole, err := c.object()
		if err != nil {
			return nil, err
		}
		if v = whole[wrapper]; v == nil {
			return nil, missingMember(wrapper)
		}
	}
	list, ok := v.([]any)
	if !ok {
		return nil, badBody(errors.New("a JSON list is expected"))
	}
	return c.p.coerce(list, "[]"+typeName), nil
}

func (c *call) checkMembers(sent record, typeName string) error {
	if c.Method != http.MethodPost {
		return nil
	}
	broken := rules{}
	for _, f := range c.p.types[typeName].Fields {
		if f.Required && isBlank(sent[f.Name]) {
			broken.add(f.Name, blank)
		}
	}
	if len(broken) > 0 {
		return invalid(broken)
	}
	return nil
}

// owner are the ids of what a new record of the call belongs to.
func (c *call) owner() record {
	owner := record{}
	for name, id := range c.scope {
		owner[name] = asID(id)
	}
	return owner
}

// roots are where the records of a call may lie: in the project, in the
// company, or, for a path that names no project, in any of the company's.
func (p *platform) roots(c *call) []string {
	company := "/companies/" + c.scope["company_id"]
	if project, ok := c.scope["project_id"]; ok {
		return []string{"/projects/" + project, company}
	}
	roots := []string{company}
	for _, r := range p.state.Where("projects", func(r record) bool { return emulate.IDText(r["company_id"]) == c.company }) {
		roots = append(roots, "/projects/"+emulate.IDText(r["id"]))
	}
	return roots
}

var version = regexp.MustCompile(`^v\d+(\.\d+)?$`)

// unscoped removes from a path what does not tell collections apart: /rest,
// versions, and the company and project that the rest lies in.
func unscoped(path []string) []string {
	kept := []string{}
	for i := 0; i < len(path); i++ {
		segment := path[i]
		scope := segment == "companies" || segment == "projects" || segment == "project"
		inside := i+2 < len(path) && strings.HasPrefix(path[i+1], "{") && !slices.ContainsFunc(kept, isVariable)
		switch {
		case segment == "rest" || version.MatchString(segment):
		case scope && inside:
			i++
		default:
			kept = append(kept, segment)
		}
	}
	return kept
}

func isVariable(segment string) bool { return strings.HasPrefix(segment, "{") }

// kinds are the records with hand-written behaviour, by the template of their
// path; those of users and vendors differ in a project.
func kinds() map[string]*resource {
	return map[string]*resource{
		"projects": projects, "users": users, "vendors": vendors, "rfis": rfis, "rfis/{}/replies": replies, "submittals": submittals,
		"observations/items": observations, "observation_types": observationTypes, "observations/types": observationTypes,
		"observations/items/{}/response_logs": responseLogs, "webhooks/hooks": hooks, "webhooks/hooks/{}/triggers": triggers,
	}
}

// twin is the behaviour of an operation on records that another operation has
// hand-written behaviour for; nil if there is none.
func (p *platform) twin(c *call) handler {
	path, word := unscoped(c.segments()), ""
	path = slices.DeleteFunc(path, func(segment string) bool { return segment == "recycle_bin" })
	bin := strings.Contains(c.Route.Path, "/recycle_bin")
	if last := path[len(path)-1]; last == "sync" || last == "restore" {
		path, word = path[:len(path)-1], last
	}
	item := isVariable(path[len(path)-1])
	if item {
		path = path[:len(path)-1]
	}
	known := p.kinds[emulate.Template(path)]
	listed := strings.HasPrefix(c.Operation().Answer.Type, "[]")
	if known == nil || c.Route.Verb == http.MethodGet && item == listed {
		return nil
	}
	if _, in := c.scope["project_id"]; in && known == users {
		known = projectUsers
	} else if in && known == vendors {
		known = projectVendors
	}
	return known.in(c).does(c.Route.Verb+" "+word, item, bin)
}

// in is the resource with the wrapper that the operation has.
func (res *resource) in(c *call) *resource {
	own := *res
	if own.wrapper = ""; c.Operation().Body != nil {
		own.wrapper = c.Operation().Body.Wrapper
	}
	return &own
}

// does is what a verb, and the word behind an id, mean for a resource.
func (res *resource) does(deed string, item, bin bool) handler {
	if !item {
		switch {
		case deed == "GET " && bin:
			return res.bin
		case deed == "GET " && res.collection == "users", deed == "GET " && res.collection == "vendors":
			return res.active(true)
		case deed == "GET ":
			return res.list
		case deed == "POST ":
			return res.create
		case deed == "PATCH sync":
			return res.sync
		}
		return nil
	}
	switch deed {
	case "GET ":
		return res.read
	case "PATCH ", "PUT ":
		return res.update
	case "DELETE ":
		return res.remove
	case "PATCH restore", "PUT restore":
		return res.restore
	}
	return nil
}

// restore takes a record out of the recycle bin.
func (res *resource) restore(c *call) (emulate.Answer, error) {
	id := c.Values["id"]
	r, err := res.find(c, id)
	if err != nil {
		return emulate.Answer{}, err
	}
	if !deleted(r) {
		return emulate.Answer{}, notFound("recycled "+res.label, id)
	}
	return res.show(c, res.recycle(c, id, false)), nil
}

// syncUntold creates or changes many records that have no behaviour of their own.
func (p *platform) syncUntold(c *call, ask emulate.Ask) (emulate.Answer, error) {
	collection, missing := p.typed.Collection(ask)
	if missing != "" {
		return emulate.Answer{}, notFound("record", missing)
	}
	c.form = func(r record, typeName string) any { return p.typed.Show(r, typeName, c.Operation().Key) }
	res := &resource{collection: collection, label: "record", origin: true, seen: func(*call, record) bool { return true }}
	return res.sync(c)
}

// exports are the files that were asked for, by path.
const exports = "exports"

// export answers a file: itself, or where it lies. Where the operation may say
// that it is still being made, it says so once.
func (p *platform) export(c *call) emulate.Answer {
	kind := ".pdf"
	if strings.Contains(c.Route.Path, "csv") {
		kind = ".csv"
	}
	name := strings.NewReplacer("/", "-", ".", "-").Replace(strings.Trim(c.URL.Path, "/")) + kind
	switch c.success() {
	case http.StatusFound:
		return p.redirectToFile(name)
	case http.StatusAccepted:
		if p.prepare(c) {
			return p.redirectToFile(name)
		}
		return emulate.Empty(http.StatusAccepted)
	default:
		return emulate.Text(c.success(), "application/octet-stream", "export of the Procore emulator\n")
	}
}

// prepare notes that a file was asked for, and reports whether it was before.
func (p *platform) prepare(c *call) bool {
	_, asked := p.state.Get(exports, c.URL.Path)
	p.state.Put(exports, c.URL.Path, record{"path": c.URL.Path})
	return asked
}

// homes are the collections of the records with hand-written behaviour.
func (p *platform) homes() map[string]string {
	homes := map[string]string{}
	for path, res := range p.kinds {
		homes[path] = res.collection
	}
	maps.Copy(homes, map[string]string{"companies": "companies", "workforce-planning/projects": "projects", "webhooks/hooks/{}/deliveries": "deliveries"})
	return homes
}
