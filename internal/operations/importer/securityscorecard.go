package main

import (
	"slices"
	"strings"

	"github.com/cordage-go/cordage/internal/operations"
)

// A scorecardCatalogue is the shape of the SecurityScorecard catalogue file.
type scorecardCatalogue struct {
	SpecVersion string `json:"spec_version"`
	Operations  []scorecardOperation
	Schemas     map[string]scorecardSchema
}

type scorecardOperation struct {
	Group, Method, Path, Host string
	Params                    []scorecardParam
	Request, Response         string
	Items                     *struct{ Field, Type string }
	Success                   int
	InPublicIndex             bool `json:"in_public_index"`
	Paging                    *struct{ Params []string }
	Headers                   []struct{ Name, Value string }
	Produces                  []string
}

type scorecardParam struct {
	Name, In, Type string
	Required       bool
	Enum           []any
}

type scorecardSchema struct {
	Fields []scorecardField
	Alias  string
	Enum   []string
}

type scorecardField struct {
	Name, Type         string
	Required, Nullable bool
	Enum               []any
}

// tables takes every operation.
func (c *scorecardCatalogue) tables(string) (map[string]*operations.Table, error) {
	table := &operations.Table{Source: "vendor API description " + c.SpecVersion, Types: map[string]operations.Type{}}
	for _, op := range c.Operations {
		table.Operations = append(table.Operations, c.operation(op))
	}
	for name, schema := range c.Schemas {
		table.Types[name] = c.record(schema)
	}
	return map[string]*operations.Table{"securityscorecard": table}, nil
}

func (c *scorecardCatalogue) operation(op scorecardOperation) operations.Operation {
	row := operations.Operation{
		Verb: op.Method, Path: op.Path,
		Class: scorecardClass(op), Certain: op.Method == "GET" || op.Success == 201 || strings.HasSuffix(op.Path, "}"),
		Answer: c.answer(op),
		Status: op.Success, Unstable: !op.InPublicIndex,
	}
	switch {
	case row.Status == 0 && op.Method == "DELETE" && op.Response == "":
		row.Status = 204
	case row.Status == 0:
		row.Status = 200
	}
	if op.Host != "" {
		row.Host = "https://" + op.Host
	}
	if op.Request != "" {
		row.Body = &operations.Body{Type: scorecardType(op.Request, ""), Content: c.content(op.Request)}
	}
	if op.Paging != nil && op.Items != nil {
		row.Paging = scorecardPaging(op)
	}
	row.Download = len(op.Produces) > 0 && !strings.Contains(op.Produces[0], "json")
	for _, h := range op.Headers {
		row.Params = append(row.Params, operations.Param{Name: h.Name, In: "header", Type: "string", Required: true, Enum: []string{h.Value}})
	}
	for _, p := range op.Params {
		param := operations.Param{Name: p.Name, In: p.In, Required: p.Required, Enum: words(p.Enum), Type: scorecardType(p.Type, p.Name)}
		if strings.HasPrefix(p.Type, "[]") {
			param.Form = "comma"
		}
		row.Params = append(row.Params, param)
	}
	return row
}

// scorecardClass takes a PUT or DELETE of what no id names for an action on
// many things: nothing says that doing it twice leaves what doing it once does.
func scorecardClass(op scorecardOperation) string {
	if class := classOf(op.Method); class != "set" || strings.Contains(op.Path, "{") {
		return class
	}
	return "write"
}

// scorecardPaging names the paging style of a list. Lists whose pages are asked
// for by the same parameters page alike, but for those that the switch names.
func scorecardPaging(op scorecardOperation) string {
	switch {
	case op.Path == "/all-companies":
		return "followed"
	case op.Path == "/audits/api-logs":
		return "audited"
	case op.Path == "/subscriptions":
		return "subscribed"
	case strings.HasPrefix(op.Path, "/scorecard-notes/"):
		return "noted"
	case strings.HasPrefix(op.Path, "/v1/exposed-credentials/"):
		return "exposed"
	case strings.HasPrefix(op.Path, "/vendor-detection/"), strings.HasSuffix(op.Path, "/expanded-risk"):
		return "risks"
	case op.Method == "POST" && op.Request != "":
		return "searched"
	}
	styles := map[string]string{"page page_size": "scorecards", "page-size": "assets", "pageSize": "planned", "limit": "managed", "size": "counted", "page": "unsized"}
	size := "page"
	for _, name := range op.Paging.Params {
		if name != "page" {
			size = name
		}
	}
	if size == "page_size" && slices.Contains(op.Paging.Params, "page") {
		size = "page page_size"
	}
	return styles[size]
}

func (c *scorecardCatalogue) answer(op scorecardOperation) operations.Answer {
	switch {
	case op.Items != nil:
		return operations.Answer{Known: "typed", Type: scorecardType(op.Items.Type, ""), Items: op.Items.Field}
	case op.Response != "" && op.Response != "any" && op.Response != "object":
		return operations.Answer{Known: "typed", Type: scorecardType(op.Response, "")}
	case op.Response == "" && (op.Method != "GET" || op.Success == 204):
		return operations.Answer{Known: "none"}
	}
	return operations.Answer{Known: "unknown"}
}

// content is the media type of a body: a form, if it holds a file.
func (c *scorecardCatalogue) content(request string) string {
	if slices.ContainsFunc(c.Schemas[request].Fields, scorecardField.isFile) {
		return "multipart/form-data"
	}
	return ""
}

func (f scorecardField) isFile() bool { return f.Name == "file" && f.Type == "string" }

func (c *scorecardCatalogue) record(schema scorecardSchema) operations.Type {
	if schema.Alias != "" {
		return operations.Type{Enum: schema.Enum}
	}
	var t operations.Type
	for _, f := range schema.Fields {
		field := operations.Field{Name: f.Name, Type: scorecardType(f.Type, f.Name), Required: f.Required, Enum: words(f.Enum)}
		if f.isFile() {
			field.Type = "file"
		}
		t.Fields = append(t.Fields, field)
	}
	slices.SortStableFunc(t.Fields, func(a, b operations.Field) int { return idFirst(a) - idFirst(b) })
	return t
}

// scorecardType translates a type reference: "[]T", "map[string]T", a plain
// type or a name. The description has one word, number, for counts and for
// measures; the field's name tells which.
func scorecardType(ref, field string) string {
	switch {
	case strings.HasPrefix(ref, "[]"):
		return "[]" + scorecardType(ref[2:], field)
	case strings.HasPrefix(ref, "map[string]"):
		return "map[string]" + scorecardType(ref[len("map[string]"):], field)
	case strings.HasPrefix(ref, "oneOf("), ref == "":
		return "any"
	case ref == "number" && isCount(field):
		return "int"
	case ref == "number":
		return "float"
	}
	if plain := plainType(ref, "", ""); plain != "" {
		return plain
	}
	return ref
}

func isCount(field string) bool {
	field = strings.NewReplacer("pageSize", "size", "-", "_").Replace(field)
	for _, word := range []string{"count", "order", "attempt", "attempts", "size", "id", "lost", "days", "year", "port", "follows", "issues", "score", "update", "number",
		"page", "limit", "range", "slots", "vendors", "breaches", "findings", "total", "used", "age", "concurrency", "completion", "delta", "min", "max", "index"} {
		if field == word || strings.HasSuffix(field, "_"+word) {
			return true
		}
	}
	return false
}
