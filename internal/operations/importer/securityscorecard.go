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

func (c *scorecardCatalogue) table(chosen *selection) (*operations.Table, error) {
	table := &operations.Table{Source: "vendor API description " + c.SpecVersion, Types: map[string]operations.Type{}}
	for _, op := range c.Operations {
		if _, ok := chosen.take(op.Group, op.Method, op.Path); ok {
			table.Operations = append(table.Operations, c.operation(op))
		}
	}
	for name, schema := range c.Schemas {
		table.Types[name] = c.record(schema)
	}
	return table, nil
}

func (c *scorecardCatalogue) operation(op scorecardOperation) operations.Operation {
	row := operations.Operation{
		Verb: op.Method, Path: op.Path, Host: op.Host,
		Class: classOf(op.Method), Certain: op.Method == "GET",
		Answer: c.answer(op),
		Status: op.Success,
	}
	if row.Status == 0 {
		row.Status = 200
	}
	if op.Request != "" {
		row.Body = &operations.Body{Type: scorecardType(op.Request, "")}
	}
	if !op.InPublicIndex {
		row.Uncertain = "The vendor's public index does not list it: it may change."
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

func (c *scorecardCatalogue) record(schema scorecardSchema) operations.Type {
	if schema.Alias != "" {
		return operations.Type{Enum: schema.Enum}
	}
	var t operations.Type
	for _, f := range schema.Fields {
		field := operations.Field{Name: f.Name, Type: scorecardType(f.Type, f.Name), Required: f.Required, Enum: words(f.Enum)}
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
	for _, word := range []string{"count", "order", "attempt", "attempts", "size", "id", "lost", "days", "year", "port", "follows", "issues", "score", "update", "number"} {
		if field == word || strings.HasSuffix(field, "_"+word) {
			return true
		}
	}
	return false
}
