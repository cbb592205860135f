package scorotest

import (
	"strings"

	"github.com/cordage-go/cordage/internal/emulate"
)

// A module is one kind of record: its rows, and what is particular about it.
type module struct {
	name       string
	collection string // where the rows are kept; companies and persons are contacts
	kind       string // contact_type of all its rows; empty if any
	key        string // member that holds the id
	typeName   string // in the table
	fields     fields
	filters    map[string]bool // conditions that the platform obeys

	required []string // what creating needs
	detailed []string // members that only view and detailed lists have
	hidden   []string // members that are kept but not shown
	basic    []string // members of the short rows of basic_data; nil if it does nothing
	zoneless bool     // created_date and modified_date are written without a zone
}

// fields are the members of one record type by name.
type fields = map[string]emulate.Field

// fieldsOf reads the record types of a table. Members whose type is a set of
// words are text.
func fieldsOf(table *emulate.Table) map[string]fields {
	types := map[string]fields{}
	for name, t := range table.Types {
		if len(t.Fields) == 0 {
			continue
		}
		types[name] = fields{}
		for _, f := range t.Fields {
			if len(table.Types[f.Type].Enum) > 0 {
				f.Type = "string"
			}
			types[name][f.Name] = f
		}
	}
	return types
}

// newModules reads the modules out of the table's rows and adds what is known
// of each beside it.
func newModules(table *emulate.Table, types map[string]fields) map[string]*module {
	modules := map[string]*module{}
	for _, op := range table.Operations {
		name, rest, _ := strings.Cut(strings.Trim(op.Path, "/"), "/")
		action, _, _ := strings.Cut(rest, "/")
		m := modules[name]
		if m == nil {
			m = &module{name: name, collection: name, key: "id", filters: map[string]bool{}}
			modules[name] = m
		}
		if op.Key != "" {
			m.key = op.Key
		}
		for _, filter := range op.Filters {
			m.filters[filter.Name] = true
		}
		if action == "view" || m.typeName == "" && (action == "list" || action == "") {
			m.typeName = strings.TrimPrefix(op.Answer.Type, "[]")
		}
	}
	if persons, contacts := modules["persons"], modules["contacts"]; persons != nil && contacts != nil {
		persons.typeName = contacts.typeName // they are the same records
	}
	for _, m := range modules {
		m.fields = types[m.typeName]
		m.particulars()
	}
	return modules
}

func (m *module) particulars() {
	switch m.name {
	case "projects":
		m.key = "project_id"
		m.required = []string{"project_name"}
		m.detailed = []string{"status_name", "phases", "tags", "project_users", "project_customer_portal_users", "custom_fields"}
		m.basic = []string{"project_id", "no", "project_name", "company_id", "status", "modified_date"}
		m.zoneless = true
	case "tasks":
		m.key = "event_id"
		m.required = []string{"event_name"}
		m.detailed = []string{"status_name", "time_entries", "custom_fields"}
		m.basic = []string{"event_id", "event_name", "project_id", "status", "is_completed", "datetime_due", "modified_date"}
	case "calendar":
		m.key = "event_id"
		m.required = []string{"event_name"}
		m.detailed = []string{"status_name", "cal_user", "resources", "custom_fields"}
	case "timeEntries":
		m.key = "time_entry_id"
		m.required = []string{"event_id"}
	case "comments":
		m.key = "comment_id"
		m.required = []string{"module", "object_id", "comment"}
		m.detailed = []string{"custom_fields"}
		m.hidden = []string{"module", "object_id"}
	case "contacts", "companies", "persons":
		m.key = "contact_id"
		m.required = []string{"name"}
		m.detailed = []string{"custom_fields"}
		m.collection = "contacts"
		m.kind = map[string]string{"companies": "company", "persons": "person"}[m.name]
	case "invoices":
		m.required = []string{"company_id"}
		m.detailed = []string{"prepayment_sum", "company_name", "person_name", "company_address", "lines", "custom_fields"}
		m.zoneless = true
	case "bills", "prepayments":
		m.required = []string{"company_id"}
		m.detailed = []string{"lines", "custom_fields"}
		m.zoneless = true
	case "receipts":
		m.detailed = []string{"custom_fields"}
		m.zoneless = true
	case "expenses", "scheduledInvoices":
		m.detailed = []string{"lines", "custom_fields"}
	case "retainers":
		m.detailed = []string{"retainer_periods"}
	case "products":
		m.detailed = []string{"custom_fields"}
	case "files":
		m.detailed = []string{"relations"}
		m.hidden = []string{"content"}
	case "usersLaborCost":
		m.key = "user_id"
	case "quotes", "orders", "purchaseOrders":
		m.required = []string{"company_id"}
		m.detailed = []string{"lines", "custom_fields"}
	}
}

// hasLines reports whether the module's records are documents with lines.
func (m *module) hasLines() bool {
	_, ok := m.fields["lines"]
	return ok
}

// rows are the records of a module that keep accepts, in the order of their
// making.
func (s *Server) rows(m *module, keep func(emulate.Record) bool) []emulate.Record {
	return s.state.Where(m.collection, func(r emulate.Record) bool {
		return (m.kind == "" || r["contact_type"] == m.kind) && keep(r)
	})
}

// find returns one record of a module, deleted or not.
func (s *Server) find(m *module, id int64) (emulate.Record, bool) {
	r, ok := s.state.Get(m.collection, id)
	if !ok || m.kind != "" && r["contact_type"] != m.kind {
		return nil, false
	}
	return r, true
}

// live is find without the deleted ones.
func (s *Server) live(m *module, id int64) (emulate.Record, bool) {
	r, ok := s.find(m, id)
	return r, ok && !isDeleted(r)
}

// store puts a record under its id, or a new one, and dates it.
func (s *Server) store(m *module, r emulate.Record) (id int64) {
	if name, _ := r[m.key].(string); name != "" { // statuses and custom fields
		s.state.Put(m.collection, name, r)
		return 0
	}
	id, _ = r[m.key].(int64)
	if id == 0 {
		id = int64(s.state.NextID(m.collection))
	}
	r[m.key] = id
	if m.kind != "" {
		r["contact_type"] = m.kind
	}
	if m.collection == "contacts" && (r["contact_type"] == nil || r["contact_type"] == "") {
		r["contact_type"] = "company"
	}
	_, dated := m.fields["modified_date"]
	if text, _ := r["modified_date"].(string); dated && text == "" {
		now := datetime(s.state.Now())
		r["modified_date"] = now
		if _, known := m.fields["created_date"]; known && r["created_date"] == nil {
			r["created_date"] = now
		}
	}
	s.state.Put(m.collection, id, r)
	return id
}

func isDeleted(r emulate.Record) bool { return r["is_deleted"] == true }
