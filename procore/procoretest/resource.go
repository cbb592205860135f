package procoretest

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/cordage-go/cordage/internal/emulate"
)

// A resource is a kind of record with the usual five operations. What the
// kinds differ in are its members.
type resource struct {
	collection string
	label      string                                  // of one, in messages
	wrapper    string                                  // of bodies; empty for bare ones
	like       string                                  // operation whose answer has the shape of one, where another's is not known
	recycled   bool                                    // deleting puts it into a recycle bin
	origin     bool                                    // origin_id is unique in a company
	links      map[string]link                         // members of bodies that are ids of other records
	begin      func(c *call, sent record) record       // members of a new record beyond what is sent
	check      func(c *call, sent record, rules rules) // rules beyond required members; sent is whole when creating
	settle     func(p *platform, r, sent record)       // what follows from a change; must not call the state
	seen       func(c *call, r record) bool            // in place of call.sees
	detail     func(c *call, r record)                 // members that single records have and lists may not
}

// A link says which record an id means: "assignee_id" is one of users, shown
// in the member assignee.
type link struct {
	member     string
	collection string
	shown      []string // its members that are shown
}

// rules are broken ones by member: {"subject": ["can't be blank"]}.
type rules map[string][]string

func (r rules) add(member, message string) { r[member] = append(r[member], message) }

var (
	aUser   = []string{"id", "login", "name"}
	aThing  = []string{"id", "name"}
	blank   = "can't be blank"
	unknown = "does not exist"
)

func (res *resource) visible(c *call, r record) bool {
	if res.seen != nil {
		return res.seen(c, r)
	}
	return c.sees(r)
}

// all returns the records that the call may see, deleted ones aside.
func (res *resource) all(c *call, keep func(record) bool) []record {
	return c.p.state.Where(res.collection, func(r record) bool { return res.visible(c, r) && keep(r) })
}

func alive(r record) bool { return r["deleted"] != true }

func deleted(r record) bool { return r["deleted"] == true }

// list answers with the records that are not deleted, or as
// filters[include_deleted] says.
func (res *resource) list(c *call) (emulate.Answer, error) {
	switch c.query.Get("filters[include_deleted]") {
	case "only":
		return c.listing(res.all(c, deleted))
	case "with":
		return c.listing(res.all(c, func(record) bool { return true }))
	}
	return c.listing(res.all(c, alive))
}

func (res *resource) bin(c *call) (emulate.Answer, error) { return c.listing(res.all(c, deleted)) }

func (res *resource) find(c *call, id string) (record, error) {
	r, ok := c.p.state.Get(res.collection, id)
	if !ok || !res.visible(c, r) {
		return nil, notFound(res.label, id)
	}
	return r, nil
}

func (res *resource) read(c *call) (emulate.Answer, error) {
	r, err := res.find(c, c.Values["id"])
	if err != nil {
		return emulate.Answer{}, err
	}
	return res.show(c, r), nil
}

// show answers with one record.
func (res *resource) show(c *call, r record) emulate.Answer {
	if res.detail != nil {
		res.detail(c, r)
	}
	return c.one(c.success(), r, res.like)
}

func (res *resource) create(c *call) (emulate.Answer, error) {
	sent, err := c.wrapped(res.wrapper)
	if err != nil {
		return emulate.Answer{}, err
	}
	r, err := res.make(c, sent)
	if err != nil {
		return emulate.Answer{}, err
	}
	return res.show(c, r), nil
}

// update changes only the members that were sent.
func (res *resource) update(c *call) (emulate.Answer, error) {
	sent, err := c.wrapped(res.wrapper)
	if err != nil {
		return emulate.Answer{}, err
	}
	if _, err := res.find(c, c.Values["id"]); err != nil {
		return emulate.Answer{}, err
	}
	r, err := res.change(c, c.Values["id"], sent)
	if err != nil {
		return emulate.Answer{}, err
	}
	return res.show(c, r), nil
}

func (res *resource) remove(c *call) (emulate.Answer, error) {
	id := c.Values["id"]
	r, err := res.find(c, id)
	if err != nil {
		return emulate.Answer{}, err
	}
	if res.recycled && deleted(r) {
		return emulate.Answer{}, notFound(res.label, id)
	}
	if res.recycled {
		res.recycle(c, id, true)
	} else {
		c.p.state.Delete(res.collection, id)
	}
	return c.done(), nil
}

// recycle puts a record into the recycle bin, or takes it out.
func (res *resource) recycle(c *call, id string, gone bool) record {
	now := c.p.now()
	r, _ := c.p.state.Update(res.collection, id, func(r record) {
		r["deleted"], r["deleted_at"], r["updated_at"] = gone, nil, now
		if gone {
			r["deleted_at"] = now
		}
		if res.settle != nil {
			res.settle(c.p, r, record{})
		}
	})
	return r
}

// make creates a record.
func (res *resource) make(c *call, sent record) (record, error) {
	broken := rules{}
	for _, f := range c.p.types[elem(c.bodyType(res.wrapper))].Fields {
		if f.Required && isBlank(sent[f.Name]) {
			broken.add(f.Name, blank)
		}
	}
	if res.check != nil {
		res.check(c, sent, broken)
	}
	changes := res.resolve(c, sent, broken)
	if len(broken) > 0 {
		return nil, invalid(broken)
	}
	if err := res.checkOrigin(c, sent, nil); err != nil {
		return nil, err
	}
	now := c.p.now()
	r := record{"created_at": now, "updated_at": now}
	for name, id := range c.scope {
		r[name] = asID(id)
	}
	if res.begin != nil {
		maps.Copy(r, res.begin(c, sent))
	}
	id := c.p.newID(res.collection)
	r["id"] = id
	c.p.lay(r, changes)
	if res.settle != nil {
		res.settle(c.p, r, sent)
	}
	c.p.state.Put(res.collection, id, r)
	return r, nil
}

// change lays what was sent over a record that is known to exist.
func (res *resource) change(c *call, id any, sent record) (record, error) {
	broken := rules{}
	for _, f := range c.p.types[elem(c.bodyType(res.wrapper))].Fields {
		if v, ok := sent[f.Name]; f.Required && ok && isBlank(v) {
			broken.add(f.Name, blank)
		}
	}
	changes := res.resolve(c, sent, broken)
	if len(broken) > 0 {
		return nil, invalid(broken)
	}
	if err := res.checkOrigin(c, sent, id); err != nil {
		return nil, err
	}
	now := c.p.now()
	r, ok := c.p.state.Update(res.collection, id, func(r record) {
		c.p.lay(r, changes)
		r["updated_at"] = now
		if res.settle != nil {
			res.settle(c.p, r, sent)
		}
	})
	if !ok {
		return nil, notFound(res.label, id)
	}
	return r, nil
}

// checkOrigin keeps the caller's own keys apart within a company.
func (res *resource) checkOrigin(c *call, sent record, self any) error {
	key := emulate.IDText(sent["origin_id"])
	if !res.origin || key == "" {
		return nil
	}
	others := res.all(c, func(r record) bool {
		return emulate.IDText(r["origin_id"]) == key && emulate.IDText(r["id"]) != emulate.IDText(self)
	})
	if len(others) > 0 {
		return duplicate("origin_id", key)
	}
	return nil
}

// resolve turns ids of other records into what is shown of them.
func (res *resource) resolve(c *call, sent record, broken rules) record {
	changes := emulate.Copy(sent)
	delete(changes, "id")
	for _, name := range slices.Sorted(maps.Keys(res.links)) {
		v, ok := sent[name]
		if !ok {
			continue
		}
		to := res.links[name]
		list, several := v.([]any)
		if !several {
			list = []any{v}
		}
		shown := []any{}
		for _, id := range list {
			if isBlank(id) {
				continue
			}
			other, found := c.p.state.Get(to.collection, id)
			if company, ok := other["company_id"]; !found || ok && emulate.IDText(company) != c.company {
				broken.add(name, fmt.Sprintf("%v %s", id, unknown))
				continue
			}
			shown = append(shown, pick(other, to.shown))
		}
		switch {
		case several:
			changes[to.member] = shown
		case len(shown) == 1:
			changes[to.member] = shown[0]
		default:
			changes[to.member] = nil
		}
	}
	return changes
}

func pick(r record, names []string) record {
	out := record{}
	for _, name := range names {
		out[name] = r[name]
	}
	return out
}

// lay puts changes into a record. Custom fields are written as members of
// their own and read as a map.
func (p *platform) lay(r, changes record) {
	fields, _ := r["custom_fields"].(record)
	for name, v := range changes {
		if !strings.HasPrefix(name, "custom_field_") {
			r[name] = v
			continue
		}
		if fields == nil {
			fields = record{}
		}
		known, _ := fields[name].(record)
		kind, _ := known["data_type"].(string)
		if kind == "" {
			kind = kindOf(v)
		}
		fields[name] = record{"data_type": kind, "value": v}
	}
	if fields != nil {
		r["custom_fields"] = fields
	}
}

func kindOf(v any) string {
	switch v.(type) {
	case bool:
		return "boolean"
	case []any:
		return "lov_entries"
	case string, nil:
		return "string"
	default:
		return "decimal"
	}
}

func isBlank(v any) bool {
	if list, ok := v.([]any); ok {
		return len(list) == 0
	}
	return v == nil || v == ""
}
