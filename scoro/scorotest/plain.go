package scorotest

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/cordage-go/cordage/internal/emulate"
)

// zoneName is the site's time zone. All seeded moments are in its winter, so
// that a fixed offset is right and no zone database is needed.
const zoneName = "Europe/Tallinn"

var (
	decimalForm  = regexp.MustCompile(`^-?(0|[1-9]\d*)(\.\d+)?$`)
	durationForm = regexp.MustCompile(`^\d{2,3}:[0-5]\d:[0-5]\d$`)
)

func zone() *time.Location { return time.FixedZone("EET", 2*60*60) }

func datetime(t time.Time) string { return t.In(zone()).Format(time.RFC3339) }

// plain turns a record as it was sent into the form in which records are kept,
// and lists what is wrong with it by member. Members that the type does not
// have are kept as they are.
func (s *Server) plain(m *module, sent emulate.Record) (record, wrong emulate.Record) {
	record, wrong = emulate.Record{}, emulate.Record{}
	for name, v := range sent {
		f, known := m.fields[name]
		if !known {
			record[name] = v
			continue
		}
		plain, err := s.plainValue(f.Type, v)
		if err != nil {
			wrong[name] = []any{err.Error()}
			continue
		}
		record[name] = plain
	}
	return record, wrong
}

func (s *Server) plainValue(kind string, v any) (any, error) {
	if of, ok := strings.CutPrefix(kind, "[]"); ok {
		return s.plainList(of, v)
	}
	if of, ok := strings.CutPrefix(kind, "map[string]"); ok {
		return s.plainMap(v, func(string) string { return of })
	}
	if fields, ok := s.types[kind]; ok {
		return s.plainMap(v, func(name string) string { return fields[name].Type })
	}
	switch kind {
	case "int", "id":
		return plainInt(v)
	case "bool":
		if on, ok := boolOf(v); ok {
			return on, nil
		}
		return nil, fmt.Errorf("must be 1 or 0")
	case "decimal", "float":
		return plainDecimal(v)
	case "date":
		return plainDate(v)
	case "datetime":
		return plainDatetime(v)
	case "duration":
		return plainDuration(v)
	case "string":
		return plainText(v)
	case "customfields":
		return plainCustomFields(v)
	default:
		return v, nil
	}
}

func (s *Server) plainList(of string, v any) (any, error) {
	switch list := v.(type) {
	case nil:
		return []any{}, nil
	case string:
		// The ways to reach a contact are written as text or as a list of texts.
		if of == "string" {
			return []any{list}, nil
		}
	case []any:
		out := make([]any, len(list))
		for i, each := range list {
			plain, err := s.plainValue(of, s.reference(of, each))
			if err != nil {
				return nil, fmt.Errorf("item %d %w", i+1, err)
			}
			out[i] = plain
		}
		return out, nil
	}
	return nil, fmt.Errorf("must be a list")
}

// reference turns a bare id into the record that a list answers for it: users
// of events and projects are written as ids and read as objects.
func (s *Server) reference(of string, v any) any {
	id, bare := v.(int64)
	if !bare {
		return v
	}
	for _, member := range []string{"user_id", "id"} {
		if _, ok := s.types[of][member]; ok {
			return emulate.Record{member: id}
		}
	}
	return v
}

func (s *Server) plainMap(v any, kind func(name string) string) (any, error) {
	switch v := v.(type) {
	case nil:
		return emulate.Record{}, nil
	case []any: // PHP writes an empty object as an empty list
		if len(v) == 0 {
			return emulate.Record{}, nil
		}
	case emulate.Record:
		out := emulate.Record{}
		for name, each := range v {
			plain, err := s.plainValue(kind(name), each)
			if err != nil {
				return nil, fmt.Errorf("%s %w", name, err)
			}
			out[name] = plain
		}
		return out, nil
	}
	return nil, fmt.Errorf("must be an object")
}

func plainInt(v any) (any, error) {
	switch v := v.(type) {
	case nil:
		return int64(0), nil
	case int64:
		return v, nil
	case string:
		if v == "" {
			return int64(0), nil
		}
		if n, err := strconv.ParseInt(v, 10, 64); err == nil {
			return n, nil
		}
	}
	return nil, fmt.Errorf("must be a whole number")
}

func boolOf(v any) (on, ok bool) {
	switch v {
	case true, int64(1), "1", "true":
		return true, true
	case false, int64(0), "0", "false", nil, "":
		return false, true
	}
	return false, false
}

func plainDecimal(v any) (any, error) {
	var text string
	switch v := v.(type) {
	case nil:
		return nil, nil
	case int64:
		return strconv.FormatInt(v, 10), nil
	case json.Number:
		text = v.String()
	case string:
		text = v
	}
	if text == "" {
		return nil, nil
	}
	if !decimalForm.MatchString(text) {
		return nil, fmt.Errorf("must be a decimal number")
	}
	return text, nil
}

func plainDate(v any) (any, error) {
	switch v {
	case nil, "", "0000-00-00":
		return "", nil
	}
	text, _ := v.(string)
	// A birthday may lack the year.
	if _, err := time.Parse(time.DateOnly, strings.Replace(text, "0000-", "2000-", 1)); err != nil {
		return nil, fmt.Errorf("must be a date such as 2026-03-31")
	}
	return text, nil
}

func plainDatetime(v any) (any, error) {
	switch v {
	case nil, "", "0000-00-00 00:00:00", "0000-00-00":
		return "", nil
	}
	text, _ := v.(string)
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05-0700", time.DateTime, "2006-01-02T15:04:05", time.DateOnly} {
		if t, err := time.ParseInLocation(layout, text, zone()); err == nil {
			return datetime(t), nil
		}
	}
	return nil, fmt.Errorf("must be a date-time such as 2026-03-31T09:30:00+02:00")
}

func plainDuration(v any) (any, error) {
	switch v {
	case nil, "":
		return "00:00:00", nil
	}
	text, _ := v.(string)
	if !durationForm.MatchString(text) {
		return nil, fmt.Errorf("must be a duration HH:ii:ss such as 01:30:00")
	}
	// Durations are kept to the minute.
	t := strings.Split(text, ":")
	return t[0] + ":" + t[1] + ":00", nil
}

func plainText(v any) (any, error) {
	switch v := v.(type) {
	case nil:
		return "", nil
	case string:
		return v, nil
	case int64, json.Number:
		return fmt.Sprint(v), nil
	}
	return nil, fmt.Errorf("must be text")
}

// plainCustomFields reads both written forms: a list of {id, value} and a map
// from id to value.
func plainCustomFields(v any) (any, error) {
	list := []any{}
	switch v := v.(type) {
	case nil:
		return list, nil
	case []any:
		for _, each := range v {
			field, _ := each.(emulate.Record)
			id, _ := field["id"].(string)
			if id == "" {
				return nil, fmt.Errorf("items must have an id such as c_status and a value")
			}
			list = append(list, customField(id, field["value"]))
		}
		return list, nil
	case emulate.Record:
		for id, value := range v {
			list = append(list, customField(id, value))
		}
		return sortedByID(list), nil
	}
	return nil, fmt.Errorf("must be a list of {id, value}")
}
