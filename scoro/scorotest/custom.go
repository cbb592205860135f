package scorotest

import (
	"cmp"
	"slices"
	"strings"

	"github.com/cordage-go/cordage/internal/emulate"
)

// customField is one custom field as it is read: with a name and a type. The
// type follows the value; a real site has a definition for each.
func customField(id string, value any) emulate.Record {
	kind := "text"
	switch value.(type) {
	case int64:
		kind = "number"
	case bool:
		kind = "boolean"
	case []any:
		kind = "multiselect"
	}
	name := strings.ReplaceAll(strings.TrimPrefix(id, "c_"), "_", " ")
	return emulate.Record{"id": id, "name": strings.ToUpper(name[:min(1, len(name))]) + name[min(1, len(name)):], "value": value, "type": kind}
}

// mergeCustomFields keeps the fields that were not sent.
func mergeCustomFields(kept, sent []any) []any {
	all := slices.Clone(kept)
	for _, field := range sent {
		id := field.(emulate.Record)["id"]
		at := slices.IndexFunc(all, func(other any) bool { return other.(emulate.Record)["id"] == id })
		if at < 0 {
			all = append(all, field)
		} else {
			all[at] = field
		}
	}
	return all
}

func sortedByID(fields []any) []any {
	slices.SortFunc(fields, func(a, b any) int {
		return cmp.Compare(a.(emulate.Record)["id"].(string), b.(emulate.Record)["id"].(string))
	})
	return fields
}
