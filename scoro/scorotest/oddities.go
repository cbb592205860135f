package scorotest

import (
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/cordage-go/cordage/internal/emulate"
)

// odd carries out the actions that are unlike those of all other modules.
func (s *Server) odd(c *call) (answer emulate.Answer, is bool) {
	switch c.module.name + "/" + c.action {
	case "companyAccount/list":
		return s.companyAccount(c), true
	case "search/list":
		return s.search(c), true
	case "usersLaborCost/modify":
		return s.setLaborCost(c), true
	case "notifications/modify":
		return s.look(c)
	case "relations/":
		return s.list(c), true
	case "relations/modify":
		return s.relate(c), true
	case "relations/delete":
		return s.unrelate(c), true
	case "files/modify":
		if c.id == "" {
			return s.uploadChunk(c), true
		}
	case "files/download":
		return s.download(c), true
	case "files/addRelation", "files/removeRelation":
		return s.relateFile(c), true
	}
	return emulate.Answer{}, false
}

// companyAccount answers the business entity as an object: the platform gives
// it so, or as a list of one.
func (s *Server) companyAccount(c *call) emulate.Answer {
	entities := []any{}
	for i, id := range s.accounts() {
		entities = append(entities, emulate.Record{"entity_id": id, "entity_name": entityName(i)})
	}
	return c.success(emulate.Record{
		"company_name": entityName(0), "alternative_name": "", "email": "office@example.com", "website": "https://demo.example",
		"phone": "+372 555 0000", "fax": "", "reg_no": "10000000", "vat_no": "EE000000001", "site_version": "26.1", "base_currency": "EUR",
		"address":           []any{emulate.Record{"country": "est", "county": "", "municipality": "", "city": "Tallinn", "street": "Main street 1", "zipcode": "10000"}},
		"active_currencies": []any{"EUR", "USD"}, "language": "eng", "active_entities": entities,
	})
}

func entityName(i int) string { return [...]string{"Demo company 1", "Demo company 2"}[i] }

// search looks for a phrase in the names of records, and answers what it finds
// by module. The platform's own form is not known.
func (s *Server) search(c *call) emulate.Answer {
	fields, _ := c.fields()
	phrase, _ := fields["search_phrase"].(string)
	if phrase == "" {
		return refuse(http.StatusBadRequest, messages("search_phrase is needed"))
	}
	wanted, limited := fields["modules"].([]any)
	found := emulate.Record{}
	for module, name := range map[string]string{"contacts": "name", "projects": "project_name", "tasks": "event_name"} {
		if limited && !slices.Contains(wanted, any(module)) {
			continue
		}
		hits := []any{}
		for _, r := range s.rows(s.modules[module], func(r emulate.Record) bool { return !isDeleted(r) }) {
			if text, _ := r[name].(string); strings.Contains(strings.ToLower(text), strings.ToLower(phrase)) {
				hits = append(hits, emulate.Record{"id": r[s.modules[module].key], "name": text})
			}
		}
		if len(hits) > 0 {
			found[module] = hits
		}
	}
	return c.success(found)
}

// setLaborCost says what an hour of a user costs: the user is the id of the
// path, or stands in the request.
func (s *Server) setLaborCost(c *call) emulate.Answer {
	fields, ok := c.fields()
	if !ok {
		return refuse(http.StatusBadRequest, messages("request must be an object"))
	}
	plain, wrong := s.plain(c.module, fields)
	if len(wrong) > 0 {
		return refuse(http.StatusBadRequest, emulate.Record{"error": wrong})
	}
	if id, _ := c.number(); id != 0 {
		plain["user_id"] = id
	}
	user, _ := plain["user_id"].(int64)
	if user == 0 {
		return refuseInside(http.StatusBadRequest, emulate.Record{"error": emulate.Record{"user_id": "user_id is required"}})
	}
	kept, _ := s.find(c.module, user)
	if kept == nil {
		kept = emulate.Record{}
	}
	maps.Copy(kept, plain)
	s.store(c.module, kept)
	return c.success(s.show(c, kept, true))
}

// look notes that a user has looked at the notifications, and makes none.
func (s *Server) look(c *call) (answer emulate.Answer, is bool) {
	fields, _ := c.fields()
	_, checked := fields["checked"]
	return c.done(), checked && len(fields) == 1
}

// settleReceipts gives new receipts of a group their ids.
func (s *Server) settleReceipts(group emulate.Record) {
	receipts, _ := group["receipts"].([]any)
	for _, each := range receipts {
		if r, ok := each.(emulate.Record); ok && (r["receipt_id"] == nil || r["receipt_id"] == int64(0)) {
			r["receipt_id"] = int64(s.state.NextID("receipts of groups"))
		}
	}
}

// daysOff are the days on which somebody is off: the filter of time off looks
// at them.
func daysOff(r emulate.Record) any {
	days := []any{}
	users, _ := r["usersDates"].([]any)
	for _, user := range users {
		dates, _ := user.(emulate.Record)["dates"].([]any)
		for _, each := range dates {
			days = append(days, each.(emulate.Record)["date"])
		}
	}
	return days
}
