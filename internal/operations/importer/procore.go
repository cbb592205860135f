package main

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/cordage-go/cordage/internal/operations"
)

// A procoreCatalogue is the shape of the Procore catalogue file.
type procoreCatalogue struct {
	Sources    []struct{ Name string }
	Operations []procoreOperation
	Schemas    map[string]struct{ Fields []procoreField }
}

type procoreOperation struct {
	Group, Method, Path string
	Params              []procoreParam
	Request, Response   string
	Envelope            string
	Paged               bool
	Status              []int
	Deprecated          bool
	Sync                bool
	MayRedirect         bool     `json:"may_redirect"`
	Only2024            bool     `json:"only_2024"`
	RequireOneOf        []string `json:"require_one_of"`
}

type procoreParam struct {
	Name, In, Type, Format string
	Items                  itemType
	Required               bool
	Enum                   []any
	CollectionFormat       string `json:"collection_format"`
}

type procoreField struct {
	Name, Type, Format, Ref, Values string
	Items                           itemType
	Required, Nullable              bool
	Enum                            []any
}

// An itemType is the type of a list's items: a name, or again a list.
type itemType string

// UnmarshalJSON reads a name or {"type":"array","items":…}.
func (t *itemType) UnmarshalJSON(text []byte) error {
	var list struct{ Items itemType }
	if err := json.Unmarshal(text, &list); err == nil {
		*t = "[]" + list.Items
		return nil
	}
	return json.Unmarshal(text, (*string)(t))
}

func (c *procoreCatalogue) table(chosen *selection) (*operations.Table, error) {
	table := &operations.Table{Source: "vendor API description of 2026-05, enriched from 2024-10, and guides of 2026-06", Types: map[string]operations.Type{}}
	for _, op := range c.Operations {
		row, ok := chosen.take(op.Group, op.Method, op.Path)
		if !ok {
			continue
		}
		table.Operations = append(table.Operations, c.operation(op, row.Package, chosen))
	}
	for name, schema := range c.Schemas {
		table.Types[name] = c.record(schema.Fields)
	}
	return table, nil
}

func (c *procoreCatalogue) operation(op procoreOperation, pkg string, chosen *selection) operations.Operation {
	row := operations.Operation{
		Verb: op.Method, Path: op.Path, Package: pkg,
		Class: classOf(op.Method), Certain: op.Method == "GET",
		Body:       c.body(op, chosen),
		Answer:     c.answer(op),
		Status:     success(op.Status),
		Deprecated: op.Deprecated,
		Partial:    op.Sync || slices.Contains(op.Status, 207),
		Download:   op.MayRedirect,
		Scopes:     op.RequireOneOf,
	}
	for _, p := range op.Params {
		if param, ok := procoreParameter(p); ok {
			row.Params = append(row.Params, param)
		}
	}
	if op.Paged && strings.HasPrefix(row.Answer.Type, "[]") {
		row.Paging = "linked"
		if strings.HasPrefix(op.Path, "/rest/v2") {
			row.Paging = "linkedV2"
		}
	}
	if row.Body != nil && len(row.Body.Scope) == 2 && !strings.Contains(op.Path, "_id}/projects") {
		row.Scopes = row.Body.Scope
	}
	if op.Only2024 {
		row.Uncertain = "It was documented in 2024 and is missing from the description of 2026."
	}
	return row
}

// classOf is the class that a verb suggests; overrides correct it.
func classOf(verb string) string {
	switch verb {
	case "GET":
		return "read"
	case "PUT", "DELETE":
		return "set"
	default:
		return "write"
	}
}

func success(statuses []int) int {
	for _, status := range statuses {
		if status < 400 {
			return status
		}
	}
	return 200
}

// procoreParameter leaves out what the client does by itself: the company
// header, paging, and the header of the one-time token, which is a call option.
func procoreParameter(p procoreParam) (operations.Param, bool) {
	switch {
	case p.In == "header":
		return operations.Param{}, false
	case p.In == "query" && slices.Contains([]string{"page", "per_page"}, p.Name):
		return operations.Param{}, false
	}
	param := operations.Param{Name: p.Name, In: p.In, Required: p.Required, Enum: words(p.Enum)}
	param.Type = procoreType(procoreField{Name: p.Name, Type: p.Type, Format: p.Format, Items: p.Items})
	switch {
	case isRange(p.Name):
		// The description says date; the guide says that these take ranges.
		param.Type, param.Form = "datetime", "range"
	case p.Type == "array" && strings.HasPrefix(p.Name, "filters["):
		// However descriptions mark a filter, the guide repeats its name with brackets.
		param.Form = "brackets"
	case p.Type == "array" && p.CollectionFormat == "csv":
		param.Form = "comma"
	case p.Type == "array" && p.CollectionFormat == "multi":
		param.Form = "repeat"
	case p.Type == "array":
		param.Form = "brackets"
	case p.Type == "object":
		param.Form = "json"
	}
	if p.In == "path" && strings.HasSuffix(p.Name, "_id") && (p.Name == "company_id" || p.Name == "project_id") {
		param.Type = "int"
	}
	if p.In == "query" && (p.Name == "company_id" || p.Name == "project_id") {
		param.Type = "int"
	}
	return param, true
}

// isRange reports whether a filter is one of time, by its name.
func isRange(name string) bool {
	inner, ok := strings.CutPrefix(name, "filters[")
	inner = strings.TrimSuffix(inner, "]")
	return ok && (strings.HasSuffix(inner, "_at") || strings.HasSuffix(inner, "_date"))
}

// body unwraps {"rfi": {…}, "project_id": 7}: the type is what stands under the
// one key that holds an object or, in bulk calls, an array of objects.
func (c *procoreCatalogue) body(op procoreOperation, chosen *selection) *operations.Body {
	if op.Request == "" {
		return nil
	}
	name := procoreName(op.Request)
	if strings.HasPrefix(op.Request, "[]") {
		return &operations.Body{Type: name}
	}
	var scope []string
	var inner []procoreField
	for _, f := range c.Schemas[op.Request].Fields {
		switch {
		case f.Name == "company_id" || f.Name == "project_id":
			scope = append(scope, f.Name)
		case f.Format == "binary" || chosen.dropped(op.Request, f.Name):
		default:
			inner = append(inner, f)
		}
	}
	if len(inner) == 1 && wraps(inner[0]) {
		return &operations.Body{Type: procoreType(inner[0]), Wrapper: inner[0].Name, Scope: scope}
	}
	if len(inner) == 0 {
		return &operations.Body{Scope: scope}
	}
	c.scoped(op.Request)
	return &operations.Body{Type: name, Scope: scope}
}

// scoped removes from a body's type the members that travel as its scope.
func (c *procoreCatalogue) scoped(name string) {
	schema := c.Schemas[name]
	schema.Fields = slices.DeleteFunc(slices.Clone(schema.Fields), func(f procoreField) bool {
		return f.Name == "company_id" || f.Name == "project_id"
	})
	c.Schemas[name] = schema
}

// wraps reports whether a body is nothing but what stands under this key.
func wraps(f procoreField) bool {
	return f.Ref != "" || f.Type == "array"
}

func (c *procoreCatalogue) answer(op procoreOperation) operations.Answer {
	if op.Sync {
		return c.syncAnswer(op)
	}
	switch op.Response {
	case "":
		if op.Method != "GET" || slices.Contains(op.Status, 204) || op.MayRedirect {
			return operations.Answer{Known: "none"}
		}
		return operations.Answer{Known: "unknown", Envelope: op.Envelope}
	case "any", "object", "[]any":
		return operations.Answer{Known: "unknown", Envelope: op.Envelope}
	}
	return operations.Answer{Known: "typed", Type: procoreName(op.Response), Envelope: op.Envelope}
}

// syncAnswer finds the type of the records that a bulk call answers.
func (c *procoreCatalogue) syncAnswer(op procoreOperation) operations.Answer {
	for _, f := range c.Schemas[op.Response].Fields {
		if f.Name == "entities" {
			return operations.Answer{Known: "typed", Type: procoreType(f), Items: "entities"}
		}
	}
	return operations.Answer{Known: "unknown"}
}

func (c *procoreCatalogue) record(fields []procoreField) operations.Type {
	var t operations.Type
	for _, f := range fields {
		if f.Format == "binary" || strings.HasPrefix(f.Name, "custom_field_%") {
			continue // files go through uploads; custom fields of a body have a field of their own
		}
		field := operations.Field{Name: f.Name, Type: procoreType(f), Required: f.Required, Enum: words(f.Enum)}
		t.Fields = append(t.Fields, field)
	}
	if slices.ContainsFunc(fields, func(f procoreField) bool { return strings.HasPrefix(f.Name, "custom_field_%") }) {
		t.Fields = append(t.Fields, operations.Field{Name: "custom_field_%", Type: "customfields"})
	}
	slices.SortStableFunc(t.Fields, func(a, b operations.Field) int { return idFirst(a) - idFirst(b) })
	return t
}

func idFirst(f operations.Field) int {
	if f.Name == "id" {
		return 0
	}
	return 1
}

// procoreName turns a type reference of the catalogue into ours.
func procoreName(ref string) string {
	elem, list := strings.CutPrefix(ref, "[]")
	name := plainType(elem, "", "")
	if name == "" {
		name = elem
	}
	if list {
		return "[]" + name
	}
	return name
}

func procoreType(f procoreField) string {
	switch {
	case f.Name == "custom_fields" && f.Type == "map":
		return "customfields"
	case f.Type == "array":
		return "[]" + listItem(f)
	case f.Type == "map":
		return "map[string]" + procoreType(procoreField{Type: f.Values})
	case f.Ref != "":
		return f.Ref
	}
	if plain := plainType(f.Type, f.Format, f.Name); plain != "" {
		return plain
	}
	return f.Type
}

func listItem(f procoreField) string {
	if strings.HasPrefix(string(f.Items), "[]") {
		return "[]" + listItem(procoreField{Name: f.Name, Items: f.Items[2:], Format: f.Format})
	}
	if f.Items == "any" && strings.HasSuffix(f.Name, "_ids") {
		return "int" // the description of a nested list was cut off; ids of version 1 are numbers
	}
	return procoreType(procoreField{Name: f.Name, Type: string(f.Items), Format: f.Format})
}

// plainType translates the plain types of the catalogues; "" for a named type.
func plainType(name, format, field string) string {
	switch name {
	case "integer":
		return "int"
	case "boolean":
		return "bool"
	case "number":
		if field == "id" || strings.HasSuffix(field, "_id") {
			return "int"
		}
		if field == "latitude" || field == "longitude" || field == "lat" || field == "lng" {
			return "float"
		}
		return "decimal"
	case "any", "object", "", "map":
		return "any"
	case "string", "uuid":
		return stringType(format)
	case "date", "datetime":
		return name
	}
	return ""
}

func stringType(format string) string {
	switch format {
	case "date-time", "datetime":
		return "datetime"
	case "date":
		return "date"
	case "float", "decimal", "currency":
		return "decimal"
	case "int64":
		return "int"
	}
	return "string"
}
