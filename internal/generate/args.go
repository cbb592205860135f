package main

import (
	"go/token"
	"slices"
	"strings"

	"github.com/cordage-go/cordage/internal/operations"
)

// An arg is one positional argument.
type arg struct{ name, goType string }

// addRequiredQuery puts parameters that must be given into the path, so that
// they become arguments. The caller does not see where a project id travels.
func (m *method) addRequiredQuery() (names []string) {
	join := "?"
	for _, p := range m.op.Params {
		if p.In != "query" || !p.Required || p.Form != "" {
			continue
		}
		m.path += join + p.Name + "={" + p.Name + "}"
		join = "&"
		names = append(names, p.Name)
	}
	return names
}

func (m *method) addArg(variable string) {
	if m.table.Platform == "procore" && variable == "company_id" {
		return // the client fills it
	}
	goType := "int64"
	for _, p := range m.op.Params {
		if p.Name == variable {
			goType = argType(p.Type)
		}
	}
	a := arg{name: m.argName(variable), goType: goType}
	if slices.Contains(m.args, a) {
		return // in the path and in the body: one argument
	}
	m.args = slices.Insert(m.args, m.argPlace(variable), a)
}

// holders own whole kinds of records: what a path names beside one of them is
// in it.
var holders = []string{"commitment_id", "contract_id", "meeting_id"}

// argPlace puts the project first, and other owners before what they own.
func (m *method) argPlace(variable string) int {
	inPath := strings.Contains(m.op.Path, "{"+variable+"}")
	last := len(m.args) - 1
	ofID := slices.IndexFunc(m.args, func(a arg) bool { return a.name == m.argName(strings.TrimSuffix(variable, "_type")+"_id") })
	switch {
	case variable == "project_id" && m.table.Platform == "procore":
		return 0
	case strings.HasSuffix(variable, "_type") && ofID >= 0: // a type stands before the id that it tells apart
		return ofID
	case !inPath && slices.Contains(holders, variable):
		return len(m.args) - m.inPath()
	case !inPath && namesOwner(variable) && last >= 0 && m.args[last].name == "id":
		return last
	default:
		return len(m.args)
	}
}

// inPath counts the arguments that the path has, without the project.
func (m *method) inPath() int {
	path := strings.ReplaceAll(strings.ReplaceAll(m.op.Path, "{company_id}", ""), "{project_id}", "")
	return strings.Count(path, "{")
}

// namesOwner reports whether a variable says what a record belongs to: by its
// id, or by the kind of thing that the id is of.
func namesOwner(variable string) bool {
	return strings.HasSuffix(variable, "_id") || strings.HasSuffix(variable, "_type")
}

func argType(ref string) string {
	switch ref {
	case "int":
		return "int64"
	case "bool":
		return "bool"
	case "date":
		return "value.Date"
	default:
		return "string"
	}
}

// argName is the argument of a variable. The last one, if it is the service's
// own, is called id.
func (m *method) argName(variable string) string {
	if variable == "scorecard_identifier" {
		return "company"
	}
	for _, p := range m.op.Params {
		if p.Name == variable && p.Go != "" {
			return lowerFirst(p.Go)
		}
	}
	if token.IsKeyword(variable) {
		before, _, _ := strings.Cut(m.path, "/{"+variable+"}")
		return lowerFirst(operations.GoName(operations.Singular(before[strings.LastIndex(before, "/")+1:])))
	}
	if variable == "id" && m.table.Platform == "securityscorecard" && variable != m.lastVariable() {
		return lowerFirst(m.op.Noun) + "ID"
	}
	bare := variable == "id" || variable == "uuid" // the record's own, or that of what holds it
	if bare && m.ofParent(variable) {
		before, _, _ := strings.Cut(m.path, "/{"+variable+"}")
		return lowerFirst(operations.GoName(operations.Singular(before[strings.LastIndex(before, "/")+1:]))) + "ID"
	}
	if (bare || m.isOwn(variable)) && variable == m.lastVariable() {
		return "id"
	}
	return lowerFirst(operations.GoParam(operations.Param{Name: variable}))
}

// isOwn reports whether a variable is called after the service's records:
// vendor_id of a Vendor, a CompanyVendor or a VendorV10.
func (m *method) isOwn(variable string) bool {
	wanted := strings.ReplaceAll(variable, "_", "")
	noun := unversioned(m.op.Noun)
	return strings.EqualFold(wanted, noun+"id") || strings.EqualFold(wanted, strings.TrimPrefix(noun, "Company")+"id")
}

// ofParent reports whether {id} names what the service's records belong to:
// it stands before their own noun.
func (m *method) ofParent(variable string) bool {
	path, _, _ := strings.Cut(m.path, "?")
	collection := m.op.Method == "List" || m.op.Method == "Create"
	return m.table.Platform == "procore" && collection && !strings.HasSuffix(path, "{"+variable+"}")
}

func (m *method) lastVariable() string {
	path, _, _ := strings.Cut(m.path, "?")
	return operations.LastVariable(path)
}
