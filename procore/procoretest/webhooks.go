package procoretest

import (
	"errors"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/cordage-go/cordage/internal/emulate"
)

// hooks are those of the first version, whose bodies are wrapped, and of the
// second, whose are not. Both see the same ones.
var (
	hooks = &resource{
		collection: "hooks", label: "hook", wrapper: "hook",
		begin: beginHook, check: checkHook, settle: settleHook, seen: ofTheOwner, detail: countTriggers,
	}
	hooks2 = &resource{
		collection: hooks.collection, label: hooks.label,
		begin: beginHook, check: checkHook, settle: settleHook, seen: ofTheOwner, detail: countTriggers,
	}
	triggers = &resource{
		collection: "triggers", label: "trigger", wrapper: "trigger",
		begin: beginTrigger, check: checkTrigger, settle: settleTrigger, seen: ofTheOwner,
	}
	triggers2 = &resource{
		collection: triggers.collection, label: triggers.label,
		begin: beginTrigger, check: checkTrigger, settle: settleTrigger, seen: ofTheOwner,
	}
	deliveries = &resource{collection: "deliveries", label: "delivery", seen: ofTheOwner}
)

func hookRoutes() map[string]handler {
	routes := map[string]handler{
		"GET " + hooksPath:                                 listHooks(hooks),
		"POST " + hooksPath:                                hooks.create,
		"PATCH " + hooksPath + "/{id}":                     hooks.update,
		"DELETE " + hooksPath + "/{id}":                    removeHook,
		"GET " + hooksPath + "/{hook_id}/triggers":         ofHook(triggers.list),
		"POST " + hooksPath + "/{hook_id}/triggers":        ofHook(triggers.create),
		"DELETE " + hooksPath + "/{hook_id}/triggers/{id}": ofHook(triggers.remove),
		"POST " + hooksPath + "/{hook_id}/triggers/bulk":   ofHook(createTriggers),
		"DELETE " + hooksPath + "/{hook_id}/triggers/bulk": ofHook(removeTriggers),
		"GET " + hooksPath + "/{hook_id}/deliveries":       ofHook(listDeliveries),
		"GET " + v10 + "/webhooks/resources":               listResources,
		"GET " + v10 + "/webhooks/resources/api_versions":  apiVersions,
	}
	for _, owner := range []string{inCompany, inCompany + inProject} {
		root := "/rest/v2.0" + owner + "/webhooks/hooks"
		routes["GET "+root] = listHooks(hooks2)
		routes["POST "+root] = hooks2.create
		routes["GET /rest/v2.0"+owner+"/webhooks/resources"] = listResources
		routes["GET "+root+"/{id}"] = hooks2.read
		routes["PATCH "+root+"/{id}"] = hooks2.update
		routes["DELETE "+root+"/{id}"] = removeHook
		routes["GET "+root+"/{hook_id}/triggers"] = ofHook(triggers2.list)
		routes["POST "+root+"/{hook_id}/triggers"] = ofHook(triggers2.create)
		routes["DELETE "+root+"/{hook_id}/triggers/{id}"] = ofHook(triggers2.remove)
		routes["POST "+root+"/{hook_id}/triggers/bulk"] = ofHook(createTriggers2)
		routes["DELETE "+root+"/{hook_id}/triggers/bulk"] = ofHook(removeTriggers2)
		routes["GET "+root+"/{hook_id}/deliveries"] = ofHook(listDeliveries)
	}
	return routes
}

// ofTheOwner: hooks belong to a project or to the company itself, and each
// sees its own.
func ofTheOwner(c *call, r record) bool {
	hook, named := c.scope["hook_id"]
	return emulate.IDText(r["company_id"]) == c.company && emulate.IDText(r["project_id"]) == c.scope["project_id"] &&
		(!named || emulate.IDText(r["hook_id"]) == hook)
}

// ofHook answers 404 if the path names a hook that its owner does not have.
func ofHook(h handler) handler {
	return func(c *call) (emulate.Answer, error) {
		r, ok := c.p.state.Get("hooks", c.Values["hook_id"])
		if !ok || emulate.IDText(r["company_id"]) != c.company || emulate.IDText(r["project_id"]) != c.scope["project_id"] {
			return emulate.Answer{}, notFound("hook", c.Values["hook_id"])
		}
		return h(c)
	}
}

func beginHook(c *call, _ record) record {
	r := record{"status": "active", "api_version": "v2", "namespace": nil, "destination_headers": record{}, "project_id": nil,
		"owned_by_user_id": demoUserID, "owned_by_company_id": asID(c.company), "owned_by_project_id": nil}
	if project, ok := c.scope["project_id"]; ok {
		r["project_id"], r["owned_by_project_id"], r["owned_by_company_id"] = asID(project), asID(project), nil
	}
	return r
}

var namespacePattern = regexp.MustCompile(`^[a-z0-9-]+$`)

// checkHook wants https, as events carry a secret. An address on loopback may
// do without: the emulator lives there.
func checkHook(_ *call, sent record, broken rules) {
	address, err := url.Parse(emulate.IDText(sent["destination_url"]))
	if err != nil || address.Host == "" || address.Scheme != "https" && !emulate.IsLoopback(address.Hostname()) {
		broken.add("destination_url", "must be an https address")
	}
	if namespace := emulate.IDText(sent["namespace"]); namespace != "" && !namespacePattern.MatchString(namespace) {
		broken.add("namespace", "may have lower-case letters, digits and dashes")
	}
}

// settleHook keeps the two names of the payload's version together: v2 and v2.0.
func settleHook(_ *platform, r, sent record) {
	if version, ok := sent["payload_version"].(string); ok {
		r["api_version"] = strings.TrimSuffix(version, ".0")
	}
	version := emulate.IDText(r["api_version"])
	if !strings.Contains(version, ".") {
		version += ".0"
	}
	r["payload_version"] = version
}

func listHooks(res *resource) handler {
	return func(c *call) (emulate.Answer, error) {
		all := res.all(c, func(r record) bool {
			for _, name := range []string{"namespace", "api_version", "payload_version"} {
				if want := c.query.Get(name); want != "" && want != emulate.IDText(r[name]) {
					return false
				}
			}
			return true
		})
		for _, r := range all {
			countTriggers(c, r)
		}
		return c.listing(all)
	}
}

func countTriggers(c *call, r record) {
	r["trigger_count"] = len(c.p.state.Where("triggers", func(trigger record) bool { return trigger["hook_id"] == r["id"] }))
}

// removeHook takes the hook's triggers with it.
func removeHook(c *call) (emulate.Answer, error) {
	id := c.Values["id"]
	if _, err := hooks.find(c, id); err != nil {
		return emulate.Answer{}, err
	}
	for _, t := range c.p.state.Where("triggers", func(r record) bool { return emulate.IDText(r["hook_id"]) == id }) {
		c.p.state.Delete("triggers", t["id"])
	}
	c.p.state.Delete("hooks", id)
	return c.done(), nil
}

func beginTrigger(c *call, _ record) record {
	r := record{"webhook_hook_id": asID(c.scope["hook_id"]), "user_id": demoUserID, "resource_id": nil, "project_id": nil}
	if project, ok := c.scope["project_id"]; ok {
		r["project_id"] = asID(project)
	}
	return r
}

func checkTrigger(_ *call, sent record, broken rules) {
	if isBlank(sent["resource_name"]) && broken["resource_name"] == nil {
		broken.add("resource_name", blank)
	}
	kinds := []string{"create", "update", "delete"}
	if kind := emulate.IDText(sent["event_type"]); !slices.Contains(kinds, strings.ToLower(kind)) && broken["event_type"] == nil {
		broken.add("event_type", "must be create, update or delete")
	}
}

// settleTrigger: events are sent in small letters and shown in capitals.
func settleTrigger(_ *platform, r, _ record) {
	r["event_type"] = strings.ToUpper(emulate.IDText(r["event_type"]))
}

func createTriggers(c *call) (emulate.Answer, error) {
	body, err := c.object()
	if err != nil {
		return emulate.Answer{}, err
	}
	made, err := makeTriggers(c, triggers, body["triggers"], "triggers")
	if err != nil {
		return emulate.Answer{}, err
	}
	return emulate.JSON(c.success(), record{"success": made}), nil
}

func createTriggers2(c *call) (emulate.Answer, error) {
	made, err := makeTriggers(c, triggers2, c.sent, "a list of triggers")
	if err != nil {
		return emulate.Answer{}, err
	}
	return c.envelope(c.success(), made), nil
}

func makeTriggers(c *call, res *resource, sent any, what string) ([]any, error) {
	list, ok := sent.([]any)
	if !ok {
		return nil, missingMember(what)
	}
	made, shape := []any{}, c.p.typeOf("POST "+strings.TrimSuffix(c.Route.Path, "/bulk"))
	for _, each := range list {
		trigger, ok := each.(record)
		if !ok {
			return nil, badBody(errors.New("triggers must be objects"))
		}
		r, err := res.make(c, trigger)
		if err != nil {
			return nil, err
		}
		made = append(made, c.p.renderTop(r, shape))
	}
	return made, nil
}

func removeTriggers(c *call) (emulate.Answer, error) {
	body, err := c.object()
	if err != nil {
		return emulate.Answer{}, err
	}
	ids, ok := body["triggers"].([]any)
	if !ok {
		return emulate.Answer{}, missingMember("triggers")
	}
	return emulate.JSON(http.StatusOK, record{"success": deleteTriggers(c, ids)}), nil
}

func removeTriggers2(c *call) (emulate.Answer, error) {
	ids, ok := c.sent.([]any)
	if !ok {
		return emulate.Answer{}, missingMember("a list of ids")
	}
	gone := []any{}
	for _, id := range deleteTriggers(c, ids) {
		gone = append(gone, emulate.IDText(id))
	}
	return c.envelope(http.StatusOK, record{"succeeded": gone}), nil
}

// deleteTriggers returns the ids that were there; others are left out without a word.
func deleteTriggers(c *call, ids []any) []any {
	gone := []any{}
	for _, id := range ids {
		r, err := triggers.find(c, emulate.IDText(id))
		if err == nil && c.p.state.Delete("triggers", r["id"]) {
			gone = append(gone, r["id"])
		}
	}
	return gone
}

// outcomes are the words for the states of a delivery in the filters of both
// versions. The first version's filter is filter[status] in the guide and
// filters[status] in the description; both work.
var outcomes = map[string][]string{
	"successful": {"ok"}, "succeeded": {"ok"}, "delivered": {"ok"}, "failed": {"failed"}, "discarded": {"discarded"},
	"failing": {"retried", "failed"}, "retrying": {"retried"}, "enqueued": {},
}

func listDeliveries(c *call) (emulate.Answer, error) {
	conditions, err := c.filters()
	if err != nil {
		return emulate.Answer{}, err
	}
	keep := func(record) bool { return true }
	for _, f := range conditions {
		if f.name != "status" || f.values[0] == "any" {
			continue
		}
		wanted, ok := outcomes[f.values[0]]
		if !ok {
			return emulate.Answer{}, badParameter("filter[status]", "%q is not a state of deliveries", f.values[0])
		}
		keep = func(r record) bool { return slices.Contains(wanted, emulate.IDText(r["outcome"])) }
	}
	view, err := c.view()
	if err != nil {
		return emulate.Answer{}, err
	}
	return c.paged(deliveries.all(c, keep), view)
}

func apiVersions(c *call) (emulate.Answer, error) {
	return emulate.JSON(c.success(), []any{"v2", "v3", "v4"}), nil
}

// resources are some of those that can be listened to, with their tools. Users
// and vendors of projects do not tell of updates.
var resources = [][2]string{
	{"Company Users", "Directory"}, {"Company Vendors", "Directory"}, {"Project Users", "Directory"}, {"Project Vendors", "Directory"},
	{"Projects", "Portfolio"}, {"RFIs", "RFIs"}, {"RFI Replies", "RFIs"}, {"Submittals", "Submittals"}, {"Observation Items", "Observations"},
}

func listResources(c *call) (emulate.Answer, error) {
	version := c.query.Get("payload_version")
	if version != "" && !slices.Contains([]string{"v2.0", "v3.0", "v4.0"}, version) {
		return emulate.Answer{}, badParameter("payload_version", "%q is not one of v2.0, v3.0 and v4.0", version)
	}
	all := []record{}
	for _, names := range resources {
		update, actions := any("UPDATE"), []any{"create", "update", "delete"}
		if strings.HasPrefix(names[0], "Project ") {
			update, actions = nil, []any{"create", "delete"}
		}
		all = append(all, record{
			"name": names[0], "tool": names[1], "tools": names[1], "category": "Core", "product_category": "Core", "payload_version": version,
			"api_version": "v2", "actions": actions, "create": "CREATE", "update": update, "delete": "DELETE",
		})
	}
	return c.listing(all)
}
