package main

import (
	"slices"
	"strings"

	"github.com/cordage-go/cordage/internal/operations"
)

// A scoroCatalogue is the shape of the Scoro catalogue file.
type scoroCatalogue struct {
	Structs []scoroRecord
	Modules []scoroModule
}

type scoroRecord struct {
	Name   string
	Fields []scoroField
}

type scoroModule struct {
	Name, Path string
	Auth       []string
	Actions    []scoroAction
	Fields     []scoroField
}

type scoroAction struct {
	Name, Path, ID string
	Paged          bool
	Filters        []struct{ Name, Form string }
}

type scoroField struct {
	Name, Type   string
	ReadOnly     bool `json:"read_only"`
	DetailedOnly bool `json:"detailed_only"`
	Enum         []any
}

func (c *scoroCatalogue) table(chosen *selection) (*operations.Table, error) {
	table := &operations.Table{Source: "public clients and restatements of the documents, 2018 to 2026", Types: map[string]operations.Type{}}
	for _, module := range c.Modules {
		for _, action := range module.Actions {
			rows := c.operations(module, action)
			for _, row := range rows {
				if _, ok := chosen.take(module.Path, row.Verb, row.Path); ok {
					table.Operations = append(table.Operations, row)
				}
			}
		}
		table.Types[module.Name] = scoroType(module.Fields)
	}
	for _, record := range c.Structs {
		table.Types[record.Name] = scoroType(record.Fields)
	}
	resolveModules(table.Types)
	return table, nil
}

// operations returns the row of an action; modify has two, since it creates
// without an id and changes with one.
func (c *scoroCatalogue) operations(module scoroModule, action scoroAction) []operations.Operation {
	row := operations.Operation{
		Verb: "POST", Path: "/" + action.Path, Certain: true, Status: 200,
		Answer: operations.Answer{Known: "typed", Type: module.Name},
	}
	if len(module.Auth) == 1 {
		row.Credential = module.Auth[0]
	}
	row.Class = "write"
	switch action.Name {
	case "list":
		row.Class, row.Paging = "read", "rows"
		row.Answer.Type = "[]" + module.Name
		row.Filters = scoroFilters(module, action)
	case "view", "pdf", "settings", "getRelatedObjects":
		row.Class = "read"
	case "modify", "subscribe":
		row.Body = &operations.Body{Type: module.Name}
	case "batchModify":
		row.Body = &operations.Body{Type: "[]" + module.Name}
		row.Answer.Type = "[]BatchResult"
	case "delete", "unsubscribe":
		row.Class, row.Answer = "set", operations.Answer{Known: "none"}
	case "setDone":
		row.Answer = operations.Answer{Known: "none"}
	}
	if action.Name == "pdf" {
		row.Answer.Type = "DocumentPdf"
	}
	withID := row
	withID.Path += "/{id}"
	withID.Params = []operations.Param{{Name: "id", In: "path", Type: "int", Required: true}}
	switch {
	case action.Name == "modify" && strings.HasPrefix(action.ID, "optional"):
		return []operations.Operation{row, withID}
	case action.ID == "required":
		return []operations.Operation{withID}
	default:
		return []operations.Operation{row}
	}
}

func scoroFilters(module scoroModule, action scoroAction) []operations.Param {
	var filters []operations.Param
	for _, f := range action.Filters {
		param := operations.Param{Name: f.Name, In: "filter", Type: "string"}
		if strings.HasSuffix(f.Name, "_id") {
			param.Type = "int"
		}
		for _, field := range module.Fields {
			if field.Name == f.Name {
				param.Type, param.Enum = scoroPlain(field), words(field.Enum)
			}
		}
		switch {
		case f.Form == "range":
			param.Type, param.Form = "date", "range"
		case strings.Contains(f.Form, "array"):
			param.Type, param.Form = "[]"+param.Type, "list"
		case strings.HasPrefix(f.Form, "object"):
			param.Type = "any"
		case strings.HasPrefix(param.Type, "[]"):
			param.Type = param.Type[2:]
		}
		filters = append(filters, param)
	}
	return filters
}

func scoroType(fields []scoroField) operations.Type {
	var t operations.Type
	for _, f := range fields {
		field := operations.Field{Name: f.Name, Type: scoroPlain(f), ReadOnly: f.ReadOnly, Enum: words(f.Enum)}
		if f.DetailedOnly {
			field.Doc = "not in plain lists"
		}
		t.Fields = append(t.Fields, field)
	}
	slices.SortStableFunc(t.Fields, func(a, b operations.Field) int { return idFirst(a) - idFirst(b) })
	return t
}

// scoroPlain translates a type of the catalogue. Text that may be a list is a
// list, since the codec reads a single text as a list of one.
func scoroPlain(f scoroField) string {
	ref := f.Type
	switch {
	case ref == "array<CustomFieldValue>":
		return "customfields"
	case strings.HasPrefix(ref, "string|array<"), ref == "array<string|Tag>":
		return "[]string"
	case strings.HasPrefix(ref, "object<map[date]decimal>"):
		return "map[string]decimal"
	case strings.HasPrefix(ref, "array<"):
		return "[]" + scoroPlain(scoroField{Type: inside(ref)})
	case strings.HasPrefix(ref, "object<"):
		return scoroPlain(scoroField{Type: inside(ref)})
	case strings.HasPrefix(ref, "object"), strings.Contains(ref, "|"):
		return "any"
	}
	switch ref {
	case "decimal", "duration", "LocalizedString":
		return strings.Replace(ref, "LocalizedString", "text", 1)
	}
	if plain := plainType(ref, "", ""); plain != "" {
		return plain
	}
	return ref
}

// inside returns T of array<T> or object<T>.
func inside(ref string) string {
	_, rest, _ := strings.Cut(ref, "<")
	return strings.TrimSuffix(rest, ">")
}

// resolveModules lets references to a record that the catalogue has only as a
// module, such as TimeEntry, lead to the module's own type, TimeEntries.
func resolveModules(types map[string]operations.Type) {
	for _, t := range types {
		for i, f := range t.Fields {
			name := operations.Elem(f.Type)
			for _, plural := range []string{name + "s", strings.TrimSuffix(name, "y") + "ies"} {
				_, known := types[name]
				if _, module := types[plural]; module && !known && name != "" {
					t.Fields[i].Type = operations.Around(f.Type) + plural
				}
			}
		}
	}
}
