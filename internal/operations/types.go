package operations

import (
	"cmp"
	"slices"
)

// The catalogues name a type after the place where it was found, so that one
// real thing has many names: RFI, RFIListItem, RFIRecycleBin. nameTypes makes
// one type of each real thing and names it after its service.
//
// It works on uses: one type of the catalogue in one role in one package.
// Uses that mean the same thing are joined (joining.go), each group of joined
// uses gets a Go name (typenames.go), and their fields are merged (merging.go).

// A use is one type of the catalogue in one role in one package. Types that
// all packages share are told apart by where they stand, so that joining one
// with a larger type leaves the others alone.
type use struct {
	pkg, raw string
	role     role
	at       string
}

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
	order   []use                   // all uses
	parent  map[use]use             // union-find
	owners  map[use][]owner         // fields that hold the use
	bodies  map[string]use          // what the body of an operation is, by its row
	targets map[use]map[string]bool // names that operations ask for
	spare   map[use]string          // the name if another use has the target and is not alike
	settled map[use][]string        // names that were given
	names   map[use]string          // the Go names of roots, with the package for Procore
	err     error
}

// An owner is the field of a use that holds another use.
type owner struct {
	by    use
	field string
}

func (m *merger) nameTypes() error {
	n := &typeNaming{
		m: m, parent: map[use]use{}, owners: map[use][]owner{}, bodies: map[string]use{},
		targets: map[use]map[string]bool{}, spare: map[use]string{}, settled: map[use][]string{}, names: map[use]string{},
	}
	for _, op := range m.byImportance() {
		n.addOperation(op)
	}
	n.joinTargets()
	n.joinFields()
	n.joinNested()
	n.nameRoots()
	needed := n.neededToCreate()
	n.rewrite()
	m.relaxUpdates()
	m.sayNeeded(needed)
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
		n.bodies[op.Row()] = body
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

// use is what an operation or a field makes of a type; at is where it stands.
func (n *typeNaming) use(pkg, raw string, role role, at string) use {
	u := use{pkg: pkg, raw: raw, role: role}
	if role == record && n.m.table.Platform == "procore" && sharedName(n.m.table.Types[raw]) != "" {
		u.at = at
	}
	return u
}
