package operations

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
)

// Merging makes one type of the fields of joined uses, and lets operations and
// fields refer to it by its Go name.

// rewrite replaces the catalogue's types by the merged ones, and adds those of
// the package procore.
func (n *typeNaming) rewrite() {
	merged := map[string]Type{}
	for _, u := range n.order {
		if len(n.m.table.Types[u.raw].Fields) > 0 {
			name := n.names[n.root(u)]
			merged[name] = n.merge(merged[name], u)
		}
	}
	for name, t := range merged {
		merged[name] = withoutTwin(t)
	}
	if n.m.table.Platform == "procore" {
		for name, shape := range sharedShapes {
			merged[name] = Type{Fields: slices.Clone(shape.Fields)}
		}
	}
	n.refer()
	n.m.table.Types = merged
}

// merge adds what a use says to the type of its root.
func (n *typeNaming) merge(t Type, u use) Type {
	raw := n.m.table.Types[u.raw]
	t.Input = u.role != record
	t.Doc = cmp.Or(t.Doc, raw.Doc)
	t.Kept = u.role == record && (t.Kept || raw.Kept)
	for _, f := range raw.Fields {
		if u.role != record && f.ReadOnly {
			continue
		}
		fields, err := mergeField(t.Fields, n.inRole(u, f))
		if err != nil {
			n.err = errors.Join(n.err, fmt.Errorf("type %s (%s): %w; correct the field in the overrides", n.names[n.root(u)], u.raw, err))
		}
		t.Fields = fields
	}
	return t
}

// inRole is a field as the use's role has it, with its type under the Go name.
func (n *typeNaming) inRole(u use, f Field) Field {
	switch {
	case u.role == record && f.Name == CustomMember:
		f.Name = "custom_fields" // records have them in one object
	case u.role != record && f.Doc == onlyDetailed:
		f.Doc = ""
	}
	if u.role != record && isFiles(f) {
		f.Type = "[]file"
	}
	f.Type, f.Enum = n.renamed(u, f)
	return f
}

// onlyDetailed is the comment of fields that plain lists lack. It says nothing
// of a body.
const onlyDetailed = "not in plain lists"

// isFiles reports whether a field of a body holds files: descriptions call them
// text or leave them open.
func isFiles(f Field) bool {
	return (f.Name == "attachments" || f.Name == "files") && (f.Type == "[]string" || f.Type == "[]any")
}

// withoutTwin drops the custom fields that a body names twice: whole, and one
// by one.
func withoutTwin(t Type) Type {
	if slices.ContainsFunc(t.Fields, func(f Field) bool { return f.Name == CustomMember }) {
		t.Fields = slices.DeleteFunc(t.Fields, func(f Field) bool { return f.Name == "custom_fields" })
	}
	return t
}

// refer lets operations refer to the merged types.
func (n *typeNaming) refer() {
	for i := range n.m.table.Operations {
		op := &n.m.table.Operations[i]
		if op.Method == "none" {
			continue
		}
		op.Answer.Type = n.reference(n.use(op.Package, Elem(op.Answer.Type), record, op.Path), op.Answer.Type)
		if op.Body != nil {
			body := *op.Body
			body.Type = n.reference(n.bodies[op.Row()], body.Type)
			op.Body = &body
		}
	}
}

// renamed is a field's type under its Go name. A set of words becomes plain
// text with known values again: nameEnums decides which get a type.
func (n *typeNaming) renamed(u use, f Field) (string, []string) {
	child, ok := n.child(u, f)
	if !ok {
		return f.Type, f.Enum
	}
	if t := n.m.table.Types[child.raw]; len(t.Fields) == 0 {
		return Around(f.Type) + "string", t.Enum
	}
	return Around(f.Type) + n.names[n.root(child)], nil
}

// reference is ref with the Go name of the use that it refers to.
func (n *typeNaming) reference(u use, ref string) string {
	if _, known := n.parent[u]; !known {
		return ref
	}
	return Around(ref) + n.names[n.root(u)]
}

// mergeField adds a field, or what it says to the one of its name.
func mergeField(fields []Field, f Field) ([]Field, error) {
	at := slices.IndexFunc(fields, func(g Field) bool { return g.Name == f.Name })
	if at < 0 {
		return append(fields, f), nil
	}
	g := &fields[at]
	both, ok := reconcile(g.Type, f.Type)
	if !ok {
		return fields, fmt.Errorf("field %s is %s in one place and %s in another", f.Name, g.Type, f.Type)
	}
	g.Type = both
	g.Go, g.Doc = cmp.Or(g.Go, f.Go), cmp.Or(g.Doc, f.Doc)
	g.Required = g.Required && f.Required
	g.Nullable = g.Nullable || f.Nullable
	for _, value := range f.Enum {
		if !slices.Contains(g.Enum, value) {
			g.Enum = append(g.Enum, value)
		}
	}
	return fields, nil
}
