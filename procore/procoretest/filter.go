package procoretest

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/cordage-go/cordage/internal/emulate"
)

// A filter is one condition of a list, such as filters[status]=open.
type filter struct {
	name   string // without "filters" and brackets
	values []string
	low    *bound // of a range
	high   *bound
}

// A bound is one end of a range, as a number or a moment.
type bound struct {
	number int64
	moment time.Time
}

// filters reads the conditions of the query. A condition that the operation
// does not have is refused, and so is one that stands outside of filters[...]:
// what the platform would make of it is not known, and nobody means it.
func (c *call) filters() ([]filter, error) {
	declared := map[string]emulate.Param{}
	for _, param := range c.Operation().Params {
		if name, ok := filterName(param.Name); ok && param.In == "query" {
			declared[name] = param
		}
	}
	var out []filter
	for _, key := range c.queryKeys() {
		name, ok := filterName(key)
		if !ok {
			if _, misplaced := declared[key]; misplaced && !c.declares(key) {
				return nil, badParameter(key, "filters are sent as filters[%s]", key)
			}
			continue
		}
		param, known := declared[name]
		if !known && name != "include_deleted" {
			return nil, badParameter(key, "this list has no such filter")
		}
		f, err := readFilter(key, name, c.query[key], param)
		if err != nil {
			return nil, err
		}
		out = append(out, f)
	}
	return out, nil
}

func (c *call) queryKeys() []string {
	keys := make([]string, 0, len(c.query))
	for key := range c.query {
		keys = append(keys, key)
	}
	return sorted(keys)
}

func (c *call) declares(param string) bool {
	return slices.ContainsFunc(c.Operation().Params, func(p emulate.Param) bool { return p.Name == param && p.In == "query" })
}

// filterName takes "status" out of filters[status], filters[status][] and
// filter[status], which the webhooks have.
func filterName(key string) (string, bool) {
	for _, head := range []string{"filters[", "filter["} {
		if rest, ok := strings.CutPrefix(key, head); ok {
			return strings.CutSuffix(strings.TrimSuffix(rest, "[]"), "]")
		}
	}
	return "", false
}

func readFilter(key, name string, values []string, param emulate.Param) (filter, error) {
	f := filter{name: name, values: values}
	if !strings.HasSuffix(key, "[]") {
		f.values = spread(values[len(values)-1], param) // of several the last one counts
	}
	single := f.values[0]
	low, high, isRange := strings.Cut(strings.Trim(single, `"`), "...")
	if isRange && len(f.values) == 1 {
		return f.between(key, low, high)
	}
	if param.Form == "range" || name == "created_at" || name == "updated_at" {
		return f, badParameter(key, "%q is not a range; send from...to with three dots", single)
	}
	return f, checkValues(key, name, f.values, param)
}

// spread takes one value apart: a JSON array, or a comma list where the
// operation has a list.
func spread(value string, param emulate.Param) []string {
	var list []any
	if strings.HasPrefix(value, "[") && json.Unmarshal([]byte(value), &list) == nil && len(list) > 0 {
		out := make([]string, len(list))
		for i, v := range list {
			out[i] = textOf(v)
		}
		return out
	}
	if strings.HasPrefix(param.Type, "[]") {
		return strings.Split(value, ",")
	}
	return []string{value}
}

func textOf(v any) string {
	if number, ok := v.(float64); ok {
		return strconv.FormatFloat(number, 'f', -1, 64)
	}
	return emulate.IDText(v)
}

func checkValues(key, name string, values []string, param emulate.Param) error {
	kind := strings.TrimPrefix(param.Type, "[]")
	for _, v := range values {
		switch {
		case kind == "int" && (name == "id" || strings.HasSuffix(name, "_id") || strings.HasSuffix(name, "_ids")):
			if _, err := strconv.ParseInt(v, 10, 64); err != nil {
				return badParameter(key, "%q is not a whole number", v)
			}
		case kind == "bool":
			if _, err := strconv.ParseBool(v); err != nil {
				return badParameter(key, "%q is neither true nor false", v)
			}
		}
	}
	return nil
}

func (f filter) between(key, low, high string) (filter, error) {
	from, err := readBound(low, false)
	if err != nil {
		return f, badParameter(key, "%q is not a date, date-time or number", low)
	}
	to, err := readBound(high, true)
	if err != nil {
		return f, badParameter(key, "%q is not a date, date-time or number", high)
	}
	f.low, f.high = &from, &to
	return f, nil
}

// readBound reads one end of a range. A date as the upper end includes its
// day; the guides do not say whether it does.
func readBound(text string, upper bool) (bound, error) {
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return bound{number: n}, nil
	}
	day, err := time.Parse(time.DateOnly, text)
	if err != nil {
		at, err := time.Parse(time.RFC3339, text)
		return bound{moment: at}, err
	}
	if upper {
		day = day.Add(24*time.Hour - time.Second)
	}
	return bound{moment: day}, nil
}

// keeps reports whether a record fits. One that does not have the member at
// all does.
func (f filter) keeps(r record) bool {
	switch f.name {
	case "include_deleted": // decides which records are listed at all: see [call.deletedToo]
		return true
	case "search", "query", "name":
		return contains(r, f.values[0])
	case "by_status":
		active, _ := r["active"].(bool)
		return f.values[0] == "All" || active == (f.values[0] == "Active")
	}
	v, ok := member(r, f.name)
	if !ok {
		return true
	}
	if f.low != nil {
		return f.holds(v)
	}
	return slices.ContainsFunc(texts(v), func(text string) bool {
		return slices.ContainsFunc(f.values, func(want string) bool { return strings.EqualFold(text, want) })
	})
}

// member finds what a filter speaks of: status, or the id of a record or list
// of records, as assigned_id means that of assignees.
func member(r record, name string) (any, bool) {
	switch name {
	case "assigned_id":
		name = "assignees"
	case "received_from_login_information_id":
		name = "received_from"
	case "employee":
		name = "is_employee"
	case "prefix_stage_id":
		name = "project_stage"
	}
	base := strings.TrimSuffix(strings.TrimSuffix(name, "_ids"), "_id")
	for _, candidate := range []string{name, base, base + "s"} {
		if v, ok := r[candidate]; ok {
			return v, true
		}
	}
	return nil, false
}

// texts are the values of a member as a filter names them.
func texts(v any) []string {
	switch v := v.(type) {
	case nil:
		return nil
	case []any:
		var out []string
		for _, each := range v {
			out = append(out, texts(each)...)
		}
		return out
	case record:
		return []string{emulate.IDText(v["id"]), emulate.IDText(v["status"])}
	default:
		return []string{emulate.IDText(v)}
	}
}

func (f filter) holds(v any) bool {
	text := emulate.IDText(v)
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		return f.low.number <= n && n <= f.high.number
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		at, err = time.Parse(time.DateOnly, text)
	}
	return err == nil && !at.Before(f.low.moment) && !at.After(f.high.moment)
}

// contains is a search without regard to case in what names a record.
func contains(r record, word string) bool {
	named := false
	for _, name := range []string{"name", "subject", "title", "number", "project_number", "email_address"} {
		text, ok := r[name].(string)
		if ok && strings.Contains(strings.ToLower(text), strings.ToLower(word)) {
			return true
		}
		named = named || ok
	}
	return !named
}
