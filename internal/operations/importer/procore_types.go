package main

import (
	"slices"
	"strings"

	"github.com/cordage-go/cordage/internal/operations"
)

func record(fields []procoreField) operations.Type {
	var t operations.Type
	for _, f := range fields {
		if strings.HasPrefix(f.Name, operations.CustomMember) {
			continue // custom fields of a body have a field of their own
		}
		field := operations.Field{Name: f.Name, Type: procoreType(f), Required: f.Required, Enum: words(f.Enum)}
		t.Fields = append(t.Fields, field)
	}
	if slices.ContainsFunc(fields, func(f procoreField) bool { return strings.HasPrefix(f.Name, operations.CustomMember) }) {
		t.Fields = slices.DeleteFunc(t.Fields, func(f operations.Field) bool { return f.Name == "custom_fields" })
		t.Fields = append(t.Fields, operations.Field{Name: operations.CustomMember, Type: "customfields"})
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
	case "binary":
		return "file"
	case "int64":
		return "int"
	}
	return "string"
}
