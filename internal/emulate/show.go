package emulate

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// made marks a record that nobody wrote: its number decides the values of the
// members that it lacks. Members that begin with an underscore are never answered.
const made = "_made"

// Show writes a record in the form of a type of the table, and of no other:
// each member of the type, as it was written if it fits, else as it would be
// if nobody had written it. keys name members that hold the id beside "id". A
// record of a type without known members is answered as it is.
func (t *Typed) Show(r Record, typeName string, keys ...string) Record {
	of := t.types[typeName]
	if len(of.Fields) == 0 {
		out := Copy(r)
		maps.DeleteFunc(out, func(name string, _ any) bool { return strings.HasPrefix(name, "_") })
		return out
	}
	out := make(Record, len(of.Fields))
	for _, f := range of.Fields {
		out[f.Name] = t.member(r, f, keys, 1)
	}
	return out
}

func (t *Typed) member(r Record, f Field, keys []string, level int) any {
	v, ok := written(r, f)
	if r["id"] != nil && slices.Contains(keys, f.Name) {
		v, ok = r["id"], true
	}
	if one, many := strings.CutSuffix(f.Name, "_ids"); many && !ok && r["id"] != nil && slices.Contains(keys, one+"_id") {
		v, ok = []any{r["id"]}, true
	}
	if ok {
		if fit, ok := t.fit(v, f, level); ok {
			return fit
		}
	}
	if n, ok := r[made].(int); ok {
		return t.value(f, n, level)
	}
	return t.zero(f)
}

// written finds a member as it was written. What is read as a record, or as a
// list of records, is often written as an id or as ids: assignee_id for
// assignee, assignee_ids for assignees.
func written(r Record, f Field) (any, bool) {
	one := strings.TrimSuffix(f.Name, "s")
	for _, name := range []string{f.Name, f.Name + "_id", f.Name + "_ids", one + "_ids"} {
		if v, ok := r[name]; ok {
			return v, true
		}
	}
	return nil, false
}

// fit writes a value in the form of a member, if it has one there.
func (t *Typed) fit(v any, f Field, level int) (any, bool) {
	if v == nil {
		return nil, true
	}
	if rest, ok := strings.CutPrefix(f.Type, "[]"); ok {
		f.Type = rest
		return t.fitList(v, f, level)
	}
	if rest, ok := strings.CutPrefix(f.Type, "map[string]"); ok {
		f.Type = rest
		return t.fitMap(v, f, level)
	}
	of, ok := t.types[f.Type]
	if ok && len(of.Enum) == 0 {
		return t.fitRecord(v, of, level)
	}
	if r, isRecord := v.(Record); isRecord && f.Type == "string" {
		v = r["name"] // a record that is read by its name alone
	}
	if word, known := wordOf(v, slices.Concat(f.Enum, of.Enum)); known {
		return word, true
	}
	return t.fitPlain(v, f.Type)
}

// wordOf is a text as the known words have it: "open" is read "Open".
func wordOf(v any, words []string) (string, bool) {
	text, _ := v.(string)
	i := slices.IndexFunc(words, func(word string) bool { return strings.EqualFold(word, text) })
	if i < 0 {
		return "", false
	}
	return words[i], true
}

func (t *Typed) fitList(v any, f Field, level int) (any, bool) {
	list, ok := v.([]any)
	if !ok {
		return nil, false
	}
	out := make([]any, 0, len(list))
	for _, each := range list {
		fit, ok := t.fit(each, f, level)
		if !ok {
			return nil, false
		}
		if fit != nil {
			out = append(out, fit)
		}
	}
	return out, true
}

func (t *Typed) fitMap(v any, f Field, level int) (any, bool) {
	r, ok := v.(Record)
	if !ok {
		return nil, false
	}
	out := Record{}
	for name, each := range r {
		fit, ok := t.fit(each, f, level)
		if !ok {
			return nil, false
		}
		out[name] = fit
	}
	return out, true
}

func (t *Typed) fitRecord(v any, of Type, level int) (any, bool) {
	r, ok := v.(Record)
	if !ok {
		name := standing(of)
		if _, list := v.([]any); list || name == "" {
			return nil, false
		}
		r = Record{name: v}
	}
	if level > MaxDepth {
		return nil, true
	}
	out := make(Record, len(of.Fields))
	for _, f := range of.Fields {
		out[f.Name] = t.member(r, f, nil, level+1)
	}
	return out, true
}

// standing is the member of a record that is written in the record's place:
// its id, or its value.
func standing(of Type) string {
	for _, name := range []string{"id", "value"} {
		if slices.ContainsFunc(of.Fields, func(f Field) bool { return f.Name == name }) {
			return name
		}
	}
	return ""
}

// fitPlain writes a value that is neither a list nor a record of the table.
func (t *Typed) fitPlain(v any, typeName string) (any, bool) {
	switch typeName {
	case "any":
		return v, true
	case "customfields":
		_, list := v.([]any)
		_, record := v.(Record)
		return v, list || record
	case "text":
		_, record := v.(Record)
		text, plain := textOf(v)
		if record {
			return v, true
		}
		return text, plain
	case "bool":
		return boolOf(v)
	}
	text, ok := textOf(v)
	if !ok {
		return nil, false
	}
	switch typeName {
	case "int":
		n, err := strconv.ParseInt(text, 10, 64)
		return n, err == nil
	case "float":
		_, err := strconv.ParseFloat(text, 64)
		return json.Number(text), err == nil && json.Valid([]byte(text))
	case "decimal":
		return text, json.Valid([]byte(text)) && isNumber(text)
	case "date":
		at, err := time.Parse(time.DateOnly, text[:min(len(text), len(time.DateOnly))])
		return at.Format(time.DateOnly), err == nil
	case "datetime":
		return t.moment(text)
	default:
		return text, true
	}
}

func (t *Typed) moment(text string) (any, bool) {
	for _, layout := range []string{time.RFC3339, time.DateTime, time.DateOnly} {
		if at, err := time.Parse(layout, text); err == nil {
			return t.time(at), true
		}
	}
	return nil, false
}

// textOf is a text, or a number as text.
func textOf(v any) (string, bool) {
	switch v.(type) {
	case string, json.Number, int, int64, float64:
		return IDText(v), true
	default:
		return "", false
	}
}

func boolOf(v any) (any, bool) {
	if on, ok := v.(bool); ok {
		return on, true
	}
	on, err := strconv.ParseBool(IDText(v))
	return on, err == nil
}

func isNumber(text string) bool {
	return text != "" && (text[0] == '-' || text[0] >= '0' && text[0] <= '9')
}
