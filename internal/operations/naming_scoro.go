package operations

import "strings"

// scoroMethods are the Go names of Scoro's actions.
var scoroMethods = map[string]string{"": "List", "list": "List", "view": "Get", "delete": "Delete", "getRelatedObjects": "RelatedObjects", "pdf": "PDF"}

// nameScoro reads /module/action/{id}. A module without an action is a list.
func (m *merger) nameScoro(op *Operation) {
	segments := append(literals(op.Path), "")
	m.noun(op, segments[0])
	nameFilters(op.Filters)
	action := segments[1]
	switch {
	case op.Method == "none": // never seen in a client
	case action == "modify" && strings.HasSuffix(op.Path, "}"):
		op.Method = "Update"
	case action == "modify":
		op.Method = "Create"
	case scoroMethods[action] != "":
		op.Method = scoroMethods[action]
	default:
		op.Method = GoName(action)
	}
}

// nameFilters calls the range of changes ModifiedAt also where the records do
// not show when they were changed.
func nameFilters(filters []Param) {
	for i := range filters {
		if filters[i].Name == "modified_date" {
			filters[i].Go = "ModifiedAt"
		}
	}
}
