package main

import (
	"cmp"
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
	Name, Path, ID, Certainty string
	Filters                   []struct{ Name, Form string }
}

type scoroField struct {
	Name, Type   string
	ReadOnly     bool `json:"read_only"`
	DetailedOnly bool `json:"detailed_only"`
	Enum         []any
}

// tables takes every module: no operation of Scoro is left out.
func (c *scoroCatalogue) tables(string) (map[string]*operations.Table, error) {
	table := &operations.Table{Source: "public clients and restatements of the documents, 2018 to 2026", Types: map[string]operations.Type{}}
	for _, module := range c.Modules {
		for _, action := range module.Actions {
			table.Operations = append(table.Operations, scoroOperations(module, action)...)
		}
		addRecord(table.Types, module.Name, module.Fields)
	}
	for _, record := range c.Structs {
		addRecord(table.Types, record.Name, record.Fields)
	}
	resolveModules(table.Types)
	return map[string]*operations.Table{"scoro": table}, nil
}

// scoroOperations returns the rows of an action; modify has two, since it
// creates without an id and changes with one.
func scoroOperations(module scoroModule, action scoroAction) []operations.Operation {
	row := scoroOperation(module, action)
	withID := row
	withID.Path += "/{id}"
	withID.Params = []operations.Param{{Name: "id", In: "path", Type: "int", Required: true}}
	switch {
	case action.Name == "modify" && strings.HasPrefix(action.ID, "optional"):
		if module.Path == "files" {
			row.Body = &operations.Body{Type: "FileUpload"} // a file is made by sending its content
		}
		return []operations.Operation{row, withID}
	case action.ID == "required":
		return []operations.Operation{withID}
	default:
		return []operations.Operation{row}
	}
}

func scoroOperation(module scoroModule, action scoroAction) operations.Operation {
	row := operations.Operation{
		Verb: "POST", Path: "/" + action.Path, Class: scoroClass(action.Name), Certain: true, Status: 200,
		Answer: operations.Answer{Known: "typed", Type: module.Name},
	}
	if len(module.Auth) == 1 {
		row.Credential = module.Auth[0]
	}
	if action.Certainty == "inferred" {
		return unseen(row)
	}
	switch action.Name {
	case "list":
		row.Paging, row.Answer.Type = "rows", "[]"+module.Name
		row.Filters = scoroFilters(module, action)
	case "modify", "subscribe":
		row.Body = &operations.Body{Type: module.Name}
	case "batchModify":
		row.Body = &operations.Body{Type: "[]" + module.Name}
		row.Answer.Type = "[]BatchResult"
	case "pdf":
		row.Answer.Type = "DocumentPdf"
	case "settings":
		row.Answer.Type = "UserSettings"
	case "getRelatedObjects":
		row.Answer = operations.Answer{Known: "unknown"}
	case "download":
		row.Answer, row.Download = operations.Answer{Known: "none"}, true
	case "delete", "unsubscribe", "setDone", "addRelation", "removeRelation":
		row.Answer = operations.Answer{Known: "none"}
	}
	return row
}

// unseen is the row of an action that no public client has been seen to call:
// it gets no method, and nothing is said of what it takes and answers.
func unseen(row operations.Operation) operations.Operation {
	row.Method, row.Certain = "none", false
	row.Answer = operations.Answer{Known: "unknown"}
	row.Uncertain = "No public client has been seen to call it."
	return row
}

func scoroClass(action string) string {
	switch action {
	case "list", "view", "pdf", "settings", "getRelatedObjects", "download":
		return "read"
	case "delete", "unsubscribe", "removeRelation":
		return "set"
	default:
		return "write"
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

// addRecord adds a record of the catalogue, and the nameless ones that its
// fields hold: array<object{county}> of Addresses becomes AddressesCounty.
func addRecord(types map[string]operations.Type, name string, fields []scoroField) {
	var t operations.Type
	for _, f := range fields {
		if members, ok := nameless(f.Type); ok {
			inner := name + operations.GoName(f.Name)
			addRecord(types, inner, members)
			f.Type = strings.Replace(f.Type, inside(f.Type), inner, 1)
		}
		field := operations.Field{Name: f.Name, Type: scoroPlain(f), ReadOnly: f.ReadOnly, Enum: words(f.Enum)}
		if f.DetailedOnly {
			field.Doc = "not in plain lists"
		}
		t.Fields = append(t.Fields, field)
	}
	slices.SortStableFunc(t.Fields, func(a, b operations.Field) int { return idFirst(a) - idFirst(b) })
	types[name] = t
}

// nameless returns the members of array<object{a,b}>, which all are text.
func nameless(ref string) ([]scoroField, bool) {
	list, ok := strings.CutPrefix(ref, "array<object{")
	if !ok {
		return nil, false
	}
	var members []scoroField
	for name := range strings.SplitSeq(strings.TrimSuffix(list, "}>"), ",") {
		members = append(members, scoroField{Name: strings.TrimSpace(name), Type: "string"})
	}
	return members, true
}

// scoroOdd are fields whose type the catalogue has as a sentence or not at all.
var scoroOdd = map[string]string{
	"related_objects":           "map[string][]RelationObject", // in lists; bodies take ids
	"object<TriggerFilterData>": "map[string]any",              // by module
	"array<string|Tag>":         "[]string",                    // the codec reads a tag's name
	"file_size":                 "int",                         // comes as text
}

// scoroPlain translates a type of the catalogue. Text that may be a list is a
// list, since the codec reads a single text as a list of one. A moment whose
// name speaks of no date is a mistake of the catalogue: currency, country.
func scoroPlain(f scoroField) string {
	ref := f.Type
	if odd := cmp.Or(scoroOdd[f.Name], scoroOdd[ref]); odd != "" {
		return odd
	}
	switch {
	case ref == "datetime" && !strings.Contains(f.Name, "date"):
		return "string"
	case ref == "array<CustomFieldValue>":
		return "customfields"
	case strings.HasPrefix(ref, "string|array<"):
		return "[]string"
	case strings.HasSuffix(ref, "LocalizedString>"):
		return "text"
	case strings.HasPrefix(ref, "object<map["):
		_, of, _ := strings.Cut(inside(ref), "]")
		return "map[string]" + scoroPlain(scoroField{Type: of})
	case strings.HasPrefix(ref, "array<"):
		return "[]" + scoroPlain(scoroField{Type: inside(ref)})
	case strings.HasPrefix(ref, "object<"):
		return scoroPlain(scoroField{Type: inside(ref)})
	case strings.HasPrefix(ref, "object"), strings.Contains(ref, "|"):
		return "any"
	case ref == "decimal", ref == "duration":
		return ref
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
