package operations

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// The catalogues name a type after the place where it was found, so that one
// real thing has many names: RFI, RFIListItem, RFIRecycleBin. nameTypes makes
// one type of each real thing and names it after its service.
//
// It works on uses: one type of the catalogue in one role in one package. Uses
// that mean the same thing are joined, the fields of joined uses are merged,
// and each group of joined uses gets a Go name.

// A use is one type of the catalogue in one role in one package. Types that
// all packages share are told apart by where they stand, so that joining one
// with a larger type leaves the others alone.
type use struct {
	pkg, raw string
	role     role
	at       string
}

// isFiles reports whether a field of a body holds files: descriptions call them
// text or leave them open.
func isFiles(f Field) bool {
	return (f.Name == "attachments" || f.Name == "files") && (f.Type == "[]string" || f.Type == "[]any")
}

// onlyDetailed is the comment of fields that plain lists lack. It says nothing
// of a body.
const onlyDetailed = "not in plain lists"

// A role tells bodies from records: a body has optional fields, and those of
// Scoro's create and update differ.
type role string

const (
	record role = ""
	input  role = "Input"
	create role = "Create"
	update role = "Update"
)

// typeNaming is the state of nameTypes.
type typeNaming struct {
	m       *merger
	parent  map[use]use             // union-find
	targets map[use]map[string]bool // names that operations ask for
	spare   map[use]string          // the name if another use has the target and is not alike
	settled map[use][]string        // names that were given
	owners  map[use][]owner         // fields that hold the use
	order   []use
	bodies  map[string]use // what the body of an operation is, by verb and path
	err     error
}

// An owner is the field of a use that holds another use.
type owner struct {
	by    use
	field string
}

func (m *merger) nameTypes() error {
	n := &typeNaming{m: m, parent: map[use]use{}, targets: map[use]map[string]bool{}, spare: map[use]string{}, settled: map[use][]string{}, owners: map[use][]owner{}, bodies: map[string]use{}}
	for _, op := range m.byImportance() {
		n.addOperation(op)
	}
	n.joinTargets()
	n.joinFields()
	n.joinNested()
	names := n.names()
	n.rewrite(names)
	m.relaxUpdates()
	return n.err
}

// addOperation registers the types of an operation under the names that they
// should get.
func (n *typeNaming) addOperation(op Operation) {
	if op.Method == "none" {
		return
	}
	if op.Answer.Type != "" {
		u := n.use(op.Package, Elem(op.Answer.Type), record, op.Path)
		n.spare[u] = cmp.Or(n.spare[u], spareName(op))
		n.addTarget(u, cmp.Or(n.m.overrides.row(op).Record, answerName(op)))
	}
	if op.Body != nil {
		role, name := n.m.bodyName(op)
		name = cmp.Or(n.m.overrides.row(op).Input, name)
		body := use{pkg: op.Package, raw: Elem(op.Body.Type), role: role, at: op.Noun} // bodies of two services are alike by chance
		n.bodies[op.Verb+" "+op.Path] = body
		n.spare[body] = cmp.Or(n.spare[body], op.Noun+op.Method+"Input")
		n.addTarget(body, name)
	}
}

// byImportance returns the operations with those first whose records should
// have the plain names: what Get answers is the whole record.
func (m *merger) byImportance() []Operation {
	order := []string{"Get", "Create", "Update", "Replace", "List"}
	rank := func(op Operation) int {
		if at := slices.Index(order, op.Method); at >= 0 {
			return at
		}
		return len(order)
	}
	sorted := slices.Clone(m.table.Operations)
	slices.SortStableFunc(sorted, func(a, b Operation) int { return rank(a) - rank(b) })
	return sorted
}

// spareName is the name of an answer that is not like the service's record.
func spareName(op Operation) string {
	switch op.Method {
	case "List":
		return op.Noun + "Summary"
	case "ListDeleted":
		return "Deleted" + op.Noun
	default:
		return op.Noun + op.Method + "Result"
	}
}

// entityMethods answer the service's own record.
var entityMethods = []string{"List", "Get", "Create", "Update", "Replace", "Delete", "ListDeleted", "GetDeleted", "Restore", "Sync", "Search",
	"BulkCreate", "BulkUpdate", "BulkDelete", "BulkRestore"}

// someOf are lists of some of the service's records.
var someOf = []string{"ListInactive", "ListInProject", "ListInCompany", "Activate", "Add"}

// ListsSome reports whether a method lists some of its service's records.
func ListsSome(method string) bool {
	return method == "ListDeleted" || slices.Contains(someOf, method) && strings.HasPrefix(method, "List")
}

func answerName(op Operation) string {
	if slices.Contains(entityMethods, op.Method) || slices.Contains(someOf, op.Method) {
		return op.Noun
	}
	for _, verb := range []string{"List", "Get", "Set", "Create", "Update", "Delete"} {
		if rest, ok := strings.CutPrefix(op.Method, verb); ok && rest != "" {
			return Singular(rest)
		}
	}
	return op.Noun + op.Method + "Result"
}

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

func (n *typeNaming) addTarget(u use, name string) {
	if _, known := n.m.table.Types[u.raw]; !known {
		return
	}
	n.add(u)
	if row := n.m.overrides.Types[u.raw]; row.Go != "" && u.role == record {
		n.m.used["types "+u.raw] = true
		name = row.Go
	}
	if n.targets[u] == nil {
		n.targets[u] = map[string]bool{}
	}
	n.targets[u][name] = true
}

// add registers a use and, through its fields, all that it holds.
func (n *typeNaming) add(u use) {
	if _, done := n.parent[u]; done {
		return
	}
	n.parent[u] = u
	n.order = append(n.order, u)
	for _, f := range n.m.table.Types[u.raw].Fields {
		if child, ok := n.child(u, f); ok {
			n.add(child)
			n.owners[child] = append(n.owners[child], owner{u, f.Name})
		}
	}
}

// child returns the use that a field holds, if it holds a named type.
func (n *typeNaming) child(u use, f Field) (use, bool) {
	if u.role != record && f.ReadOnly {
		return use{}, false
	}
	_, known := n.m.table.Types[Elem(f.Type)]
	if !known {
		return use{}, false
	}
	role := record
	if u.role != record {
		role = input
	}
	return n.use(u.pkg, Elem(f.Type), role, u.raw+"."+f.Name), true
}

func (n *typeNaming) use(pkg, raw string, role role, at string) use {
	u := use{pkg: pkg, raw: raw, role: role}
	if role == record && n.m.table.Platform == "procore" && sharedName(n.m.table.Types[raw]) != "" {
		u.at = at
	}
	return u
}

// targetsOf returns the names that operations ask for, shortest first.
func (n *typeNaming) targetsOf(root use) []string {
	names := map[string]bool{}
	for _, u := range n.order {
		if n.root(u) == root {
			for _, name := range n.settled[u] {
				names[name] = true
			}
		}
	}
	sorted := slices.Sorted(maps.Keys(names))
	slices.SortStableFunc(sorted, func(a, b string) int { return len(a) - len(b) })
	return sorted
}

// shortName is the Go name of the shortest field that holds the use.
func (n *typeNaming) shortName(root use) string {
	best := ""
	for _, u := range n.order {
		if n.root(u) != root {
			continue
		}
		for _, o := range n.owners[u] {
			name := GoName(Singular(strings.TrimSuffix(o.field, "_attributes")))
			if best == "" || len(name) < len(best) || len(name) == len(best) && name < best {
				best = name
			}
		}
	}
	return best
}

// names gives each root its Go name, with the package for Procore.
func (n *typeNaming) names() map[use]string {
	names := map[use]string{}
	taken := map[string]bool{}
	for _, u := range n.order {
		if shared := n.sharedRoot(u); shared != "" {
			names[u] = shared
		}
	}
	for _, u := range n.order { // what operations ask for comes first
		root := n.root(u)
		if names[root] != "" {
			continue
		}
		targets := n.targetsOf(root)
		if root != u || len(targets) == 0 {
			continue
		}
		names[root] = n.qualified(root, targets[0])
		taken[names[root]] = true
	}
	short := map[string]int{}
	for _, u := range n.order {
		if n.root(u) == u && names[u] == "" && n.given(u) == "" {
			short[n.qualified(u, n.nestedName(u))]++
		}
	}
	for _, u := range n.order {
		if n.root(u) != u || names[u] != "" {
			continue
		}
		name := n.qualified(u, cmp.Or(n.given(u), n.nestedName(u)))
		if n.given(u) == "" && (short[name] > 1 || taken[name]) {
			name = n.qualified(u, n.ownerName(u, names)+n.shortName(u))
		}
		if taken[name] && n.given(u) == "" {
			n.err = errors.Join(n.err, fmt.Errorf("type %s: the name %s is taken; name it in the overrides", u.raw, name))
		}
		taken[name] = true
		names[u] = name
	}
	return names
}

// sharedRoot returns the name of the shared type that a root is a plain
// instance of: what is joined to it are shared types, and together they are one.
func (n *typeNaming) sharedRoot(root use) string {
	var all Type
	for _, u := range n.order {
		if n.root(u) != root {
			continue
		}
		if u.at == "" {
			return ""
		}
		for _, f := range n.m.table.Types[u.raw].Fields {
			all.Fields, _ = mergeField(all.Fields, f)
		}
	}
	return sharedName(all)
}

// given returns the Go name that an override gives a nested type.
func (n *typeNaming) given(root use) string {
	for _, u := range n.order {
		if n.root(u) != root {
			continue
		}
		if row := n.m.overrides.Types[u.raw]; row.Go != "" {
			n.m.used["types "+u.raw] = true
			if u.role != record && !strings.HasSuffix(row.Go, "Input") {
				return row.Go + "Input"
			}
			return row.Go
		}
	}
	return ""
}

// nestedName is the short name of a nested type, or the plain name of a Scoro
// struct, which the catalogue names well.
func (n *typeNaming) nestedName(u use) string {
	name := n.shortName(u)
	if n.m.table.Platform == "scoro" {
		name = u.raw
	}
	if u.role != record {
		name += "Input"
	}
	return name
}

// ownerName is the Go name of the first type that holds the use, without the
// ending of a body.
func (n *typeNaming) ownerName(root use, names map[use]string) string {
	for _, u := range n.order {
		if n.root(u) != root || len(n.owners[u]) == 0 {
			continue
		}
		by := n.root(n.owners[u][0].by)
		name := names[by]
		if name == "" {
			name = n.ownerName(by, names) + n.shortName(by)
		}
		return name[strings.LastIndex(name, ".")+1:]
	}
	return ""
}

func (n *typeNaming) qualified(u use, name string) string {
	if u.pkg == "" || strings.HasPrefix(name, "procore.") {
		return name
	}
	return u.pkg + "." + name
}

// rewrite replaces the catalogue's types by the merged ones, and adds those of
// the package procore.
func (n *typeNaming) rewrite(names map[use]string) {
	merged := map[string]Type{}
	for _, u := range n.order {
		if len(n.m.table.Types[u.raw].Fields) == 0 {
			continue
		}
		name := names[n.root(u)]
		t := merged[name]
		t.Input = u.role != record
		t.Doc = cmp.Or(t.Doc, n.m.table.Types[u.raw].Doc)
		t.Kept = u.role == record && (t.Kept || n.m.table.Types[u.raw].Kept)
		for _, f := range n.m.table.Types[u.raw].Fields {
			if u.role != record && f.ReadOnly {
				continue
			}
			if u.role != record && f.Doc == onlyDetailed {
				f.Doc = ""
			}
			if u.role != record && isFiles(f) {
				f.Type = "[]file"
			}
			if u.role == record && f.Name == "custom_field_%" {
				f.Name = "custom_fields" // records have them in one object
			}
			f.Type, f.Enum = n.renamed(u, f, names)
			fields, err := mergeField(t.Fields, f)
			if err != nil {
				n.err = errors.Join(n.err, fmt.Errorf("type %s (%s): %w; correct the field in the overrides", name, u.raw, err))
			}
			t.Fields = fields
		}
		merged[name] = t
	}
	for name, t := range merged {
		merged[name] = withoutTwin(t)
	}
	if n.m.table.Platform == "procore" {
		for name, shape := range sharedShapes {
			merged[name] = Type{Fields: slices.Clone(shape.Fields)}
		}
	}
	for i := range n.m.table.Operations {
		op := &n.m.table.Operations[i]
		if op.Method == "none" {
			continue
		}
		op.Answer.Type = n.reference(n.use(op.Package, Elem(op.Answer.Type), record, op.Path), op.Answer.Type, names)
		if op.Body != nil {
			body := *op.Body
			body.Type = n.reference(n.bodies[op.Verb+" "+op.Path], body.Type, names)
			op.Body = &body
		}
	}
	n.m.table.Types = merged
}

// withoutTwin drops the custom fields that a body names twice: whole, and one
// by one.
func withoutTwin(t Type) Type {
	if slices.ContainsFunc(t.Fields, func(f Field) bool { return f.Name == "custom_field_%" }) {
		t.Fields = slices.DeleteFunc(t.Fields, func(f Field) bool { return f.Name == "custom_fields" })
	}
	return t
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
				f.Doc = cmp.Or(f.Doc, "needed to create")
			}
			f.Required = false
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

// renamed is a field's type under its Go name. A set of words becomes plain
// text with known values again: nameEnums decides which get a type.
func (n *typeNaming) renamed(u use, f Field, names map[use]string) (string, []string) {
	child, ok := n.child(u, f)
	if !ok {
		return f.Type, f.Enum
	}
	if t := n.m.table.Types[child.raw]; len(t.Fields) == 0 {
		return Around(f.Type) + "string", t.Enum
	}
	return Around(f.Type) + names[n.root(child)], nil
}

func (n *typeNaming) reference(u use, ref string, names map[use]string) string {
	if _, known := n.parent[u]; !known {
		return ref
	}
	return Around(ref) + names[n.root(u)]
}

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
