package scorotest

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/cordage-go/cordage/internal/emulate"
)

// show writes a record as the platform answers it to this caller: with the
// names of what it refers to, in the platform's odd forms, and short if it is
// a row of a list.
func (s *Server) show(c *call, r emulate.Record, detailed bool) emulate.Record {
	m := c.module
	id, _ := r[m.key].(int64)
	out := emulate.Record{}
	for name, v := range r {
		if _, known := m.fields[name]; !known && (name != m.key || m.fields == nil) && !slices.Contains(m.hidden, name) {
			out[name] = v
		}
	}
	s.addNames(m, r)
	for name, f := range m.fields {
		form := form{variant: id + int64(len(name)), zoneless: m.zoneless && (name == "created_date" || name == "modified_date")}
		out[name] = form.write(s, name, f.Type, r[name])
	}
	if _, ok := m.fields["permissions"]; ok {
		out["permissions"] = permissions(id)
	}
	if m.name == "files" {
		out["file_size"] = emulate.IDText(r["file_size"])
	}
	if m.name == "tasks" && detailed {
		out["time_entries"] = s.entriesOf(id)
	}
	if c.user == 0 {
		s.dropForKey(m, out)
	}
	if !detailed {
		shorten(m, out)
	}
	return out
}

// shorten makes the row of a list: lines are null there, other details are missing.
func shorten(m *module, out emulate.Record) {
	for _, name := range m.detailed {
		delete(out, name)
	}
	if m.hasLines() {
		out["lines"] = nil
	}
}

// dropForKey removes what only calls with a user_token get to see.
func (s *Server) dropForKey(m *module, out emulate.Record) {
	delete(out, "permissions")
	delete(out, "person_name")
	if m.name == "projects" {
		delete(out, "company_name")
	} else {
		delete(out, "project_name")
	}
}

// permissions are an object, null or an empty list.
func permissions(id int64) any {
	switch id % 3 {
	case 0:
		return nil
	case 1:
		return emulate.Record{"view": 1, "modify": 1, "delete": id % 2}
	default:
		return []any{}
	}
}

// addNames fills in what the platform looks up for the reader.
func (s *Server) addNames(m *module, r emulate.Record) {
	for _, look := range []struct{ field, by, collection, name string }{
		{"company_name", "company_id", "contacts", "name"},
		{"person_name", "person_id", "contacts", "name"},
		{"project_name", "project_id", "projects", "project_name"},
		{"manager_email", "manager_id", "users", "email"},
		{"owner_email", "owner_id", "users", "email"},
	} {
		if _, known := m.fields[look.field]; !known || look.by == m.key {
			continue
		}
		r[look.field] = ""
		if other, ok := s.state.Get(look.collection, r[look.by]); ok {
			r[look.field] = other[look.name]
		}
	}
	if _, known := m.fields["status_name"]; known && m.name != "statuses" {
		status, _ := r["status"].(string)
		r["status_name"] = statusName(status)
	}
}

func statusName(status string) string {
	switch status {
	case "inprogress":
		return "In progress"
	case "":
		return ""
	}
	if number, ok := strings.CutPrefix(status, "task_status"); ok {
		return "Status " + number
	}
	return strings.ToUpper(status[:1]) + status[1:]
}

func (s *Server) entriesOf(task int64) []any {
	entries := []any{}
	for _, r := range s.state.Where("timeEntries", func(r emulate.Record) bool {
		return r["event_id"] == task && r["event_type"] == "task" && !isDeleted(r)
	}) {
		entries = append(entries, emulate.Record{
			"time_entry_id": r["time_entry_id"], "user_id": r["user_id"], "duration": r["duration"],
			"time_entry_date": r["time_entry_date"], "is_completed": form{}.bool(r["is_completed"] == true),
		})
	}
	return entries
}

// A form is the way in which one member of one record is written. The variant
// depends on the record's id and the member's name alone.
type form struct {
	variant  int64
	zoneless bool
}

func (f form) write(s *Server, name, kind string, v any) any {
	switch kind {
	case "int", "id":
		return f.number(v)
	case "bool":
		return f.bool(v == true)
	case "decimal", "float":
		return f.decimal(name, v)
	case "date":
		return f.date(v)
	case "datetime":
		return f.datetime(v)
	case "duration":
		if v == nil {
			return "00:00:00"
		}
	case "string":
		return f.text(name, v)
	case "customfields":
		return f.customFields(v)
	default:
		return f.nested(s, name, kind, v)
	}
	return v
}

// number is an id or a count: sometimes text, and none is 0 or null.
func (f form) number(v any) any {
	n, _ := v.(int64)
	switch {
	case f.variant%5 == 0:
		return strconv.FormatInt(n, 10)
	case n == 0 && f.variant%7 == 0:
		return nil
	default:
		return n
	}
}

func (f form) bool(on bool) any {
	n := 0
	if on {
		n = 1
	}
	switch f.variant % 3 {
	case 0:
		return n
	case 1:
		return strconv.Itoa(n)
	default:
		return on
	}
}

// decimal is text or a number with the digits as they are; fine is always text.
func (f form) decimal(name string, v any) any {
	text, ok := v.(string)
	if !ok {
		return nil
	}
	if name == "fine" || f.variant%2 == 0 {
		return text
	}
	return json.Number(text)
}

func (f form) date(v any) any {
	if text, _ := v.(string); text != "" {
		return text
	}
	return [...]any{nil, "", "0000-00-00"}[f.variant%3]
}

func (f form) datetime(v any) any {
	text, _ := v.(string)
	if text == "" {
		return [...]any{nil, "", "0000-00-00 00:00:00"}[f.variant%3]
	}
	t, err := time.Parse(time.RFC3339, text)
	switch {
	case err != nil:
		return text
	case f.zoneless:
		return t.In(zone()).Format(time.DateTime)
	case f.variant%7 == 0:
		return t.In(zone()).Format("2006-01-02T15:04:05-0700")
	default:
		return t.In(zone()).Format(time.RFC3339)
	}
}

// text is text, but for the number of a document: that is sometimes a number.
func (f form) text(name string, v any) any {
	text, _ := v.(string)
	if n, err := strconv.Atoi(text); err == nil && strconv.Itoa(n) == text && name == "no" && f.variant%2 == 0 {
		return n
	}
	return text
}

// customFields are a list, a map from id to value, null or an empty list.
func (f form) customFields(v any) any {
	list, _ := v.([]any)
	switch {
	case len(list) == 0 && f.variant%2 == 0:
		return nil
	case len(list) == 0:
		return []any{}
	case f.variant%5 != 0:
		return list
	}
	byID := emulate.Record{}
	for _, field := range list {
		byID[field.(emulate.Record)["id"].(string)] = field.(emulate.Record)["value"]
	}
	return byID
}

// nested writes lists and objects; an empty object is an empty list.
func (f form) nested(s *Server, name, kind string, v any) any {
	switch v := v.(type) {
	case emulate.Record:
		return f.object(s, name, kind, v)
	case []any:
		if name == "tags" && f.variant%4 == 0 {
			return tagObjects(v)
		}
		out := make([]any, len(v))
		for i, each := range v {
			out[i] = form{variant: f.variant + int64(i)}.write(s, name, strings.TrimPrefix(kind, "[]"), each)
		}
		return out
	case nil:
		if strings.HasPrefix(kind, "[]") || s.types[kind] != nil || strings.HasPrefix(kind, "map[") {
			return []any{}
		}
	}
	return v
}

func (f form) object(s *Server, name, kind string, r emulate.Record) any {
	if len(r) == 0 {
		return []any{}
	}
	fields := s.types[kind]
	out := emulate.Record{}
	for member, v := range r {
		out[member] = v
		if field, known := fields[member]; known && v != nil && v != "" {
			out[member] = form{variant: f.variant + int64(len(member))}.write(s, member, field.Type, v)
		}
		// The ways to reach a contact are lists, or text if there is one.
		if list, ok := v.([]any); ok && name == "means_of_contact" && len(list) == 1 && f.variant%2 == 0 {
			out[member] = list[0]
		}
	}
	return out
}

func tagObjects(tags []any) []any {
	out := make([]any, len(tags))
	for i, tag := range tags {
		out[i] = emulate.Record{"id": i + 1, "name": tag}
	}
	return out
}
