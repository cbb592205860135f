package scorotest

import (
	"fmt"
	"maps"
	"net/http"
	"slices"

	"github.com/cordage-go/cordage/internal/emulate"
)

// modify changes a record, or makes one if the path has no id or 0.
func (s *Server) modify(c *call) emulate.Answer {
	fields, ok := c.fields()
	if !ok {
		return refuse(http.StatusBadRequest, messages("request must be an object"))
	}
	id, ok := c.number()
	if !ok {
		return c.unknown()
	}
	if id == 0 {
		return s.create(c, fields)
	}
	return s.update(c, id, fields)
}

// insert makes a record of what was sent.
func (s *Server) insert(c *call, fields emulate.Record) (id int64, refused *emulate.Answer) {
	plain, refused := s.check(c, fields)
	if refused != nil {
		return 0, refused
	}
	if missing := c.missing(plain); len(missing) > 0 {
		return 0, new(refuseInside(http.StatusBadRequest, emulate.Record{"error": missing}))
	}
	s.ownBy(c, plain)
	if wrong := s.settle(c.module, nil, plain); wrong != "" {
		return 0, refusal(http.StatusBadRequest, messages(wrong))
	}
	return s.store(c.module, plain), nil
}

func (s *Server) create(c *call, fields emulate.Record) emulate.Answer {
	id, refused := s.insert(c, fields)
	if refused != nil {
		return *refused
	}
	if sent, has := c.body["return_data"]; has {
		if on, _ := boolOf(sent); !on {
			return c.done()
		}
	}
	made, _ := s.find(c.module, id)
	return c.success(s.show(c, made, true))
}

func (s *Server) update(c *call, id int64, fields emulate.Record) emulate.Answer {
	kept, ok := s.live(c.module, id)
	if !ok {
		return c.unknown()
	}
	plain, refused := s.check(c, fields)
	if refused != nil {
		return *refused
	}
	if refused := c.entryOfEvent(kept, plain); refused != nil {
		return *refused
	}
	if wrong := s.settle(c.module, kept, plain); wrong != "" {
		return refuse(http.StatusBadRequest, messages(wrong))
	}
	now := datetime(s.state.Now())
	changed, _ := s.state.Update(c.module.collection, id, func(r emulate.Record) {
		maps.Copy(r, plain)
		if _, dated := c.module.fields["modified_date"]; dated {
			r["modified_date"] = now
		}
	})
	if !c.flag("return_data") {
		return c.done()
	}
	return c.success(s.show(c, changed, true))
}

// check turns the sent members into plain form. What the server decides and
// what no such record has is left out without a word.
func (s *Server) check(c *call, fields emulate.Record) (emulate.Record, *emulate.Answer) {
	plain, wrong := s.plain(c.module, fields)
	if len(wrong) > 0 {
		return nil, refusal(http.StatusBadRequest, emulate.Record{"error": wrong})
	}
	maps.DeleteFunc(plain, func(name string, _ any) bool {
		_, known := c.module.fields[name]
		return !known && len(c.module.fields) > 0 && !slices.Contains(c.module.hidden, name)
	})
	for _, name := range []string{c.module.key, "created_date", "modified_date", "is_deleted", "deleted_date", "permissions"} {
		delete(plain, name)
	}
	return plain, nil
}

// missing lists what creating still needs. The company key acts for no user,
// so that it must name one for time entries and comments.
func (c *call) missing(plain emulate.Record) emulate.Record {
	needed := c.module.required
	if c.user == 0 && (c.module.name == "timeEntries" || c.module.name == "comments") {
		needed = append(slices.Clone(needed), "user_id")
	}
	missing := emulate.Record{}
	for _, name := range needed {
		switch plain[name] {
		case nil, "", int64(0):
			missing[name] = name + " is required"
		}
	}
	return missing
}

// ownBy enters the user of the token where the caller named none.
func (s *Server) ownBy(c *call, r emulate.Record) {
	for _, name := range []string{"user_id", "owner_id", "manager_id"} {
		_, known := c.module.fields[name]
		if known && c.user != 0 && (r[name] == nil || r[name] == int64(0)) {
			r[name] = c.user
		}
	}
}

// entryOfEvent holds the rule that time entries of calendar events have only
// one member that can be changed.
func (c *call) entryOfEvent(kept, plain emulate.Record) *emulate.Answer {
	if c.module.name != "timeEntries" || kept["event_type"] != "cal" {
		return nil
	}
	for name := range plain {
		if name != "invoice_line_id" {
			return refusal(http.StatusBadRequest, messages("Only invoice_line_id can be changed on a time entry of a calendar event"))
		}
	}
	return nil
}

// settle completes a record that is made or changed, and says what forbids it.
// kept is nil for a new one.
func (s *Server) settle(m *module, kept, plain emulate.Record) (wrong string) {
	if fields, ok := plain["custom_fields"].([]any); ok {
		before, _ := kept["custom_fields"].([]any)
		plain["custom_fields"] = mergeCustomFields(before, fields)
	}
	switch {
	case m.name == "timeEntries":
		return s.settleEntry(kept, plain)
	case m.name == "projects":
		return s.replace("phases", kept, plain)
	case m.name == "triggers":
		return s.replace("actions", kept, plain)
	case m.name == "receipts":
		s.settleReceipts(plain)
	case m.hasLines():
		if wrong := s.replace("lines", kept, plain); wrong != "" {
			return wrong
		}
		sumAnew(m, kept, plain)
	}
	return ""
}

// sumAnew adds the sums to what changes in a document: they depend on members
// that were not sent, too.
func sumAnew(m *module, kept, plain emulate.Record) {
	whole := emulate.Record{}
	maps.Copy(whole, kept)
	maps.Copy(whole, plain)
	addUp(whole)
	for _, name := range []string{"lines", "sum", "vat_sum"} {
		_, known := m.fields[name]
		if v, ok := whole[name]; ok && known {
			plain[name] = v
		}
	}
}

// settleEntry makes sure that a time entry belongs to a task or an event.
func (s *Server) settleEntry(kept, plain emulate.Record) (wrong string) {
	entry := maps.Clone(kept)
	if entry == nil {
		entry = emulate.Record{}
	}
	maps.Copy(entry, plain)
	collection := "tasks"
	if entry["event_type"] == "cal" {
		collection = "calendar"
	}
	if event, ok := s.state.Get(collection, entry["event_id"]); !ok || isDeleted(event) {
		return fmt.Sprintf("event_id names nothing in %s; event_type says where it points", collection)
	}
	if kept == nil && (plain["event_type"] == nil || plain["event_type"] == "") {
		plain["event_type"] = "task"
	}
	if plain["is_completed"] == true && (plain["completed_datetime"] == nil || plain["completed_datetime"] == "") {
		plain["completed_datetime"] = datetime(s.state.Now())
	}
	return ""
}

// replace puts a nested list in place of the kept one: what was not sent is
// gone, what was sent with its id keeps the members that were not sent, and
// what came without an id is new.
func (s *Server) replace(name string, kept, plain emulate.Record) (wrong string) {
	sent, ok := plain[name].([]any)
	if !ok {
		return ""
	}
	before := map[any]emulate.Record{}
	if list, ok := kept[name].([]any); ok {
		for _, each := range list {
			before[each.(emulate.Record)["id"]] = each.(emulate.Record)
		}
	}
	after := make([]any, 0, len(sent))
	for i, each := range sent {
		line, ok := each.(emulate.Record)
		if !ok {
			return fmt.Sprintf("%s: item %d must be an object", name, i+1)
		}
		id, _ := line["id"].(int64)
		old, known := before[id]
		switch {
		case id != 0 && !known:
			return fmt.Sprintf("%s: there is no item with id %d in this record", name, id)
		case known:
			maps.Copy(old, line)
			line = old
		default:
			line["id"] = int64(s.state.NextID(name))
		}
		after = append(after, line)
	}
	plain[name] = after
	return ""
}

// batchModify takes a list of events: those with an id are changed, the others
// made. Each has its own outcome.
func (s *Server) batchModify(c *call) emulate.Answer {
	list, ok := c.request.([]any)
	if !ok {
		return refuse(http.StatusBadRequest, messages("request must be a list"))
	}
	if len(list) == 0 {
		return c.success(nil)
	}
	rows := []any{}
	for _, each := range list {
		rows = append(rows, s.batchRow(c, each))
	}
	return c.success(rows)
}

func (s *Server) batchRow(c *call, each any) emulate.Record {
	fields, ok := each.(emulate.Record)
	if !ok {
		return emulate.Record{"object": nil, "action": nil, "errors": []any{"must be an object"}}
	}
	plain, wrong := s.plain(c.module, fields)
	id, _ := plain[c.module.key].(int64)
	action := "modify"
	if id == 0 {
		action = "create"
	}
	failed := func(texts ...any) emulate.Record {
		return emulate.Record{"object": fields, "action": action, "errors": texts}
	}
	if len(wrong) > 0 {
		var texts []any
		for _, name := range slices.Sorted(maps.Keys(wrong)) {
			texts = append(texts, name+" "+wrong[name].([]any)[0].(string))
		}
		return failed(texts...)
	}
	if id != 0 {
		if _, ok := s.live(c.module, id); !ok {
			return failed(fmt.Sprintf("%s: no record has the id %d", c.module.name, id))
		}
		r, _ := s.state.Update(c.module.collection, id, func(r emulate.Record) { maps.Copy(r, plain) })
		return emulate.Record{"object": s.show(c, r, true), "action": action, "errors": []any{}}
	}
	if missing := c.missing(plain); len(missing) > 0 {
		return failed(slices.Sorted(maps.Keys(missing))[0] + " is required")
	}
	r, _ := s.find(c.module, s.store(c.module, plain))
	return emulate.Record{"object": s.show(c, r, true), "action": action, "errors": []any{}}
}
