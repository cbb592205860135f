package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net/http"
	"path/filepath"
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
	ContentTypes        []string `json:"content_types"`
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

// A leaf says what one Go package below procore takes of the catalogue.
type leaf struct {
	Groups []string // whole groups of the catalogue
	Also   []string // single operations of other groups, by verb and path
}

// tables returns a table for each leaf.
func (c *procoreCatalogue) tables(folder string) (map[string]*operations.Table, error) {
	var leaves map[string]leaf
	if err := readJSON(filepath.Join(folder, "procore", "leaves.json"), &leaves); err != nil {
		return nil, err
	}
	homes, err := c.homes(leaves)
	if err != nil {
		return nil, err
	}
	tables := map[string]*operations.Table{}
	for name := range leaves {
		var overrides operations.Overrides
		file := filepath.Join(folder, "procore", name+".overrides.json")
		if err := readJSON(file, &overrides); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		tables["procore/"+name] = c.table(name, homes, overrides.Drop)
	}
	return tables, nil
}

// homes finds the leaf of each operation, by verb and path. An operation that
// no leaf takes is an error, but for those of the sign-in.
func (c *procoreCatalogue) homes(leaves map[string]leaf) (map[string]string, error) {
	groups, single := map[string]string{signIn: ""}, map[string]string{}
	for name, leaf := range leaves {
		for _, group := range leaf.Groups {
			groups[group] = name
		}
		for _, row := range leaf.Also {
			single[row] = name
		}
	}
	homes := map[string]string{}
	for _, op := range c.Operations {
		row := op.Method + " " + op.Path
		home, known := groups[op.Group]
		if other, moved := single[row]; moved {
			home, known = other, true
			delete(single, row)
		}
		if !known {
			return nil, fmt.Errorf("no leaf takes the group %q of %s; name it in leaves.json", op.Group, row)
		}
		homes[row] = home
	}
	for row := range single {
		return nil, fmt.Errorf("leaves.json: there is no operation %q; correct or remove it", row)
	}
	return homes, nil
}

// signIn is the group of the operations that the hand-written sign-in calls.
const signIn = "Platform - Developer Tools/Authentication"

func (c *procoreCatalogue) table(leaf string, homes map[string]string, drop map[string][]string) *operations.Table {
	table := &operations.Table{Source: "vendor API description of 2026-05, enriched from 2024-10, and guides of 2026-06", Types: map[string]operations.Type{}}
	bodies := map[string]operations.Type{}
	for _, op := range c.Operations {
		if homes[op.Method+" "+op.Path] == leaf {
			table.Operations = append(table.Operations, c.operation(op, drop, bodies))
		}
	}
	for name, schema := range c.Schemas {
		table.Types[name] = record(schema.Fields)
	}
	maps.Copy(table.Types, bodies)
	return table
}

// operation makes the row of an operation. What its body is made of that is no
// type of the catalogue goes to bodies.
func (c *procoreCatalogue) operation(op procoreOperation, drop map[string][]string, bodies map[string]operations.Type) operations.Operation {
	row := operations.Operation{
		Verb: op.Method, Path: op.Path,
		Class: procoreClass(op), Certain: op.Method == "GET",
		Body:       c.body(op, drop, bodies),
		Answer:     c.answer(op),
		Status:     success(op.Status),
		Deprecated: op.Deprecated,
		Partial:    op.Sync || slices.Contains(op.Status, 207),
		Download:   op.MayRedirect || op.Response == "string/binary",
		Scopes:     op.RequireOneOf,
	}
	for _, p := range op.Params {
		if param, ok := procoreParameter(p); ok {
			row.Params = append(row.Params, param)
		}
	}
	if strings.HasPrefix(row.Answer.Type, "[]") && op.Method == "GET" {
		row.Paging = op.paging()
	}
	row.OnePage = row.Paging == "" && (op.Paged || op.has("page")) && !strings.HasSuffix(op.Path, "}")
	if row.Body != nil && len(row.Body.Scope) == 2 && !strings.Contains(op.Path, "_id}/projects") {
		row.Scopes = row.Body.Scope
	}
	if strings.HasPrefix(row.Answer.Type, "[]") && !strings.HasPrefix(op.Response, "[]") && row.Answer.Envelope == op.Envelope && !op.Sync {
		row.Uncertain = "The description declares one record; that it is a list is a guess."
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

// success is the status of a success: a description may name a redirect or 304
// beside it.
func success(statuses []int) int {
	for _, limit := range []int{300, 400} {
		for _, status := range statuses {
			if status < limit && status != http.StatusNotModified {
				return status
			}
		}
	}
	return http.StatusOK
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
	case strings.HasSuffix(p.Name, "_at][gt]"):
		param.Type = "datetime"
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
	if operations.Elem(param.Type) == "any" && param.Form != "json" {
		param.Type = operations.Around(param.Type) + "string" // not described: a caller writes it as it travels
	}
	if strings.HasPrefix(operations.Elem(param.Type), "Param") { // an object without a use beside this one
		param.Type, param.Form = "any", "json"
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

// paging is the style that the parameters of a list tell.
func (o *procoreOperation) paging() string {
	switch {
	case o.has("cursor"):
		return "cursors"
	case o.has("starting_after"):
		return "startingAfter"
	case o.has("start_after"):
		return "startAfter"
	case o.has("page") && !o.has("per_page"):
		return "pageOnly"
	case o.has("per_page") && !o.has("page"):
		return "linkOnly"
	case !o.Paged && !o.has("page"):
		return ""
	case strings.HasPrefix(o.Path, "/rest/v2"):
		return "linkedV2"
	default:
		return "linked"
	}
}

// has reports whether an operation takes a query parameter.
func (o *procoreOperation) has(name string) bool {
	return slices.ContainsFunc(o.Params, func(p procoreParam) bool { return p.In == "query" && p.Name == name })
}

// procoreClass is the class of an operation. Some calls ask by POST, since what
// they ask for needs a body: their last word tells.
func procoreClass(op procoreOperation) string {
	last := op.Path[strings.LastIndex(op.Path, "/")+1:]
	if op.Method == "POST" && slices.Contains([]string{"list", "query", "search", "validate"}, last) {
		return "read"
	}
	return classOf(op.Method)
}

// body unwraps {"rfi": {…}, "project_id": 7, "attachments": […]}: the type is
// what stands under the one key that holds an object or, in bulk calls, an array
// of objects. Members beside it that are no scope join it, marked.
func (c *procoreCatalogue) body(op procoreOperation, drop map[string][]string, bodies map[string]operations.Type) *operations.Body {
	if op.Request == "" {
		return nil
	}
	name, content := procoreName(op.Request), op.content()
	if strings.HasPrefix(op.Request, "[]") {
		return &operations.Body{Type: name, Content: content}
	}
	var scope []string
	var inner []procoreField
	for _, f := range c.Schemas[op.Request].Fields {
		switch {
		case f.Name == "company_id" || f.Name == "project_id":
			scope = append(scope, f.Name)
		case slices.Contains(drop[op.Request], f.Name):
		default:
			inner = append(inner, f)
		}
	}
	if len(inner) == 0 {
		return &operations.Body{Scope: scope, Content: content}
	}
	if at := op.wrapped(inner); at >= 0 {
		body := &operations.Body{Type: procoreType(inner[at]), Wrapper: inner[at].Name, Scope: scope, Content: content}
		if t, ok := c.withBeside(inner, at); ok {
			bodies[op.Request] = t
			body.Type = op.Request
		}
		return body
	}
	bodies[op.Request] = record(inner)
	return &operations.Body{Type: name, Scope: scope, Content: content}
}

// wrapped finds the one member that a body is about; -1 if there is none or
// several. Version 1 alone wraps, as Rails does: {"rfi": {…}}, and members may
// stand beside the wrapper.
func (o *procoreOperation) wrapped(fields []procoreField) int {
	if len(fields) == 1 && (fields[0].Ref != "" || fields[0].Type == "array" && fields[0].Format != "binary") {
		return 0
	}
	rails := strings.HasPrefix(o.Path, "/rest/v1") && !strings.Contains(o.Path, "/workforce-planning/") && !strings.HasSuffix(o.Path, "/update_all")
	at := -1
	for i, f := range fields {
		switch {
		case f.Ref == "" || f.Type == "array":
		case at >= 0 || !rails || f.Name != strings.ToLower(f.Name):
			return -1
		default:
			at = i
		}
	}
	return at
}

// withBeside is the type at place at with the members beside it, and reports
// whether there is more than the plain type.
func (c *procoreCatalogue) withBeside(fields []procoreField, at int) (operations.Type, bool) {
	schema, ok := c.Schemas[fields[at].Ref]
	if !ok || len(fields) == 1 {
		return operations.Type{}, false
	}
	t := record(schema.Fields)
	beside := record(slices.Delete(slices.Clone(fields), at, at+1))
	for _, f := range beside.Fields {
		if slices.ContainsFunc(t.Fields, func(g operations.Field) bool { return f.Name == g.Name }) {
			continue // the same member, once in the object and once beside it
		}
		f.Beside = true
		t.Fields = append(t.Fields, f)
	}
	return t, true
}

// content is the media type of a body that is not JSON. What takes both gets
// JSON, unless the caller sets a file; bulk calls get it too, as documented.
func (o *procoreOperation) content() string {
	if len(o.ContentTypes) != 1 || o.ContentTypes[0] == "application/json" || o.Sync {
		return ""
	}
	return o.ContentTypes[0]
}

func (c *procoreCatalogue) answer(op procoreOperation) operations.Answer {
	if op.Sync {
		return c.syncAnswer(op)
	}
	switch op.Response {
	case "string/binary":
		return operations.Answer{Known: "none"}
	case "":
		if op.answersNothing() {
			return operations.Answer{Known: "none"}
		}
		return operations.Answer{Known: "unknown", Envelope: op.Envelope}
	case "any", "object", "[]any":
		return operations.Answer{Known: "unknown", Envelope: op.Envelope}
	}
	answer := operations.Answer{Known: "typed", Type: procoreName(op.Response), Envelope: op.Envelope}
	return c.lostList(op, answer)
}

// answersNothing reports whether an answer without a type is empty: where the
// description has a success without content, deletes, redirects to a file, or
// starts to make one.
func (o *procoreOperation) answersNothing() bool {
	return slices.Contains(o.Status, 204) || o.Method == "DELETE" || o.MayRedirect || strings.HasSuffix(o.Path, "/pdf")
}

// lostList finds a list where the description of a list declares one object:
// either it is the wrapper of a list, or the array was lost.
func (c *procoreCatalogue) lostList(op procoreOperation, answer operations.Answer) operations.Answer {
	schema, ok := c.Schemas[answer.Type]
	if op.Method != "GET" || strings.HasSuffix(op.Path, "}") || !ok {
		return answer
	}
	for _, f := range schema.Fields {
		sole := len(schema.Fields) == 1 || f.Name == "data" && op.Paged
		if f.Type == "array" && sole && answer.Envelope == "" {
			answer.Type, answer.Envelope = procoreType(f), f.Name
			return answer
		}
	}
	hasID := slices.ContainsFunc(schema.Fields, func(f procoreField) bool { return f.Name == "id" })
	if hasID && (op.Paged || c.hasOne(op.Path)) {
		answer.Type = "[]" + answer.Type
	}
	return answer
}

// hasOne reports whether single records of a collection can be read.
func (c *procoreCatalogue) hasOne(path string) bool {
	return slices.ContainsFunc(c.Operations, func(op procoreOperation) bool {
		rest, ok := strings.CutPrefix(op.Path, path+"/{")
		return ok && !strings.Contains(rest, "/")
	})
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
