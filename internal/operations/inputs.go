package operations

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

// Bodies are types of their own, since most of their fields are optional. Few
// are like each other or like the record that is read, and then share a type.

// onlyCreating is the comment of fields that a body of several methods needs in
// one of them.
const onlyCreating = "needed to create"

// bodyName is the name of what an operation takes, and its role.
func (m *merger) bodyName(op Operation) (role, string) {
	switch {
	case op.Method == "Create" && !m.sameInput(op, "Update"):
		return create, op.Noun + "Create"
	case op.Method == "Update" && !m.sameInput(op, "Create"):
		return update, op.Noun + "Update"
	case op.Method == "Create", op.Method == "Update":
		return input, op.Noun + "Input"
	case op.Method == "Replace":
		return update, op.Noun + "Update"
	default:
		return input, op.Noun + op.Method
	}
}

// sameInput reports whether the body of op and that of the other method of
// its service have the same fields. Scoro's never count as the same.
func (m *merger) sameInput(op Operation, method string) bool {
	if m.table.Platform == "scoro" {
		return false
	}
	for _, other := range m.table.Operations {
		if other.Package == op.Package && other.Service == op.Service && other.Method == method && other.Body != nil {
			return sameShape(m.table.Types[Elem(op.Body.Type)], m.table.Types[Elem(other.Body.Type)])
		}
	}
	return false
}

// sameShape reports whether two types have the same fields, in whatever order.
func sameShape(a, b Type) bool {
	if len(a.Fields) != len(b.Fields) || len(a.Fields) == 0 {
		return false
	}
	for _, f := range a.Fields {
		if !slices.ContainsFunc(b.Fields, func(g Field) bool { return f.Name == g.Name && f.Type == g.Type }) {
			return false
		}
	}
	return true
}

// relaxUpdates makes all fields of a partial update optional: the catalogues
// give the flags of creating. A body that does both says what creating needs.
func (m *merger) relaxUpdates() {
	for _, op := range m.table.Operations {
		if op.Body == nil || op.Method != "Update" || op.Verb == "PUT" {
			continue
		}
		t := m.table.Types[op.Body.Type]
		for i := range t.Fields {
			f := &t.Fields[i]
			if f.Required && strings.HasSuffix(op.Body.Type, string(input)) {
				f.Doc = cmp.Or(f.Doc, onlyCreating)
			}
			f.Required = false
		}
	}
}

// neededToCreate returns what creating needs, by the Go name of the body's
// type: a body that other methods have too does not demand it.
func (n *typeNaming) neededToCreate() map[string][]string {
	needed := map[string][]string{}
	for _, op := range n.m.table.Operations {
		if op.Body == nil || op.Method != "Create" {
			continue
		}
		name := n.names[n.root(n.bodies[op.Row()])]
		for _, f := range n.m.table.Types[op.Body.Type].Fields {
			if f.Required {
				needed[name] = append(needed[name], f.Name)
			}
		}
	}
	return needed
}

// sayNeeded tells what creating needs where the type leaves it optional.
func (m *merger) sayNeeded(needed map[string][]string) {
	for name, fields := range needed {
		t := m.table.Types[name]
		for i := range t.Fields {
			f := &t.Fields[i]
			if !f.Required && slices.Contains(fields, f.Name) && strings.HasSuffix(name, string(input)) {
				f.Doc = cmp.Or(f.Doc, onlyCreating)
			}
		}
	}
}

// shareInputs lets a body hold the record that is read, where both have the
// same fields and none is optional: a ProjectUser needs no ProjectUserInput.
func (m *merger) shareInputs() {
	for _, name := range slices.Sorted(maps.Keys(m.table.Types)) {
		base, ok := strings.CutSuffix(name, string(input))
		in := m.table.Types[name]
		optional := slices.ContainsFunc(in.Fields, func(f Field) bool { return !f.Required })
		if !ok || optional || !sameShape(in, m.table.Types[base]) {
			continue
		}
		delete(m.table.Types, name)
		for _, op := range m.table.Operations {
			if op.Body != nil && Elem(op.Body.Type) == name {
				op.Body.Type = Around(op.Body.Type) + base
			}
		}
		for _, t := range m.table.Types {
			for i, f := range t.Fields {
				if Elem(f.Type) == name {
					t.Fields[i].Type = Around(f.Type) + base
				}
			}
		}
	}
}
