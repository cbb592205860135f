package operations

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// The Go names of records: first what operations ask for, by their method,
// then, for what other types hold, what the holding field is called.

// nameRoots gives each root its Go name. What operations ask for goes before
// what other types hold.
func (n *typeNaming) nameRoots() {
	taken := map[string]bool{}
	var nested []use
	for _, u := range n.order {
		if n.root(u) != u {
			continue
		}
		targets := n.targetsOf(u)
		switch shared := n.sharedRoot(u); {
		case shared != "":
			n.names[u] = shared
		case len(targets) > 0:
			n.names[u] = n.qualified(u, targets[0])
			taken[n.names[u]] = true
		default:
			nested = append(nested, u)
		}
	}
	n.nameNested(nested, taken)
}

// nameNested names what no operation asks for. One whose short name another
// has too gets its owner's name before it.
func (n *typeNaming) nameNested(nested []use, taken map[string]bool) {
	wanted := map[string]int{}
	for _, u := range nested {
		if n.given(u) == "" {
			wanted[n.qualified(u, n.nestedName(u))]++
		}
	}
	for _, u := range nested {
		given := n.given(u)
		name := n.qualified(u, cmp.Or(given, n.nestedName(u)))
		if given == "" && (wanted[name] > 1 || taken[name]) {
			name = n.qualified(u, n.ownerName(u)+n.shortName(u))
		}
		if taken[name] && given == "" {
			n.err = errors.Join(n.err, fmt.Errorf("type %s: the name %s is taken; name it in the overrides", u.raw, name))
		}
		taken[name] = true
		n.names[u] = name
	}
}

// targetsOf returns the names that operations ask for, shortest first.
func (n *typeNaming) targetsOf(root use) []string {
	var names []string
	for u := range n.joined(root) {
		names = append(names, n.settled[u]...)
	}
	slices.SortFunc(names, byLength)
	return slices.Compact(names)
}

// given returns the Go name that an override gives a nested type.
func (n *typeNaming) given(root use) string {
	for u := range n.joined(root) {
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

// shortName is the Go name of the shortest field that holds the use.
func (n *typeNaming) shortName(root use) string {
	var names []string
	for u := range n.joined(root) {
		for _, o := range n.owners[u] {
			names = append(names, GoName(Singular(strings.TrimSuffix(o.field, "_attributes"))))
		}
	}
	if len(names) == 0 {
		return ""
	}
	return slices.MinFunc(names, byLength)
}

// ownerName is the Go name of the first type that holds the use, without the
// ending of a body.
func (n *typeNaming) ownerName(root use) string {
	for u := range n.joined(root) {
		if len(n.owners[u]) == 0 {
			continue
		}
		by := n.root(n.owners[u][0].by)
		name := n.names[by]
		if name == "" {
			name = n.ownerName(by) + n.shortName(by)
		}
		return name[strings.LastIndex(name, ".")+1:]
	}
	return ""
}

// byLength sorts names, the shortest first.
func byLength(a, b string) int {
	return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b))
}

func (n *typeNaming) qualified(u use, name string) string {
	if u.pkg == "" || strings.HasPrefix(name, "procore.") {
		return name
	}
	return u.pkg + "." + name
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
var entityMethods = []string{"List", "Get", "Create", "Update", "Replace", "Delete", "GetDeleted", "Restore", "Sync", "Search",
	"BulkCreate", "BulkUpdate", "BulkDelete", "BulkRestore"}

// someOf are lists of some of the service's records.
var someOf = []string{"ListDeleted", "ListInactive", "ListInProject", "ListInCompany"}

// ListsSome reports whether a method lists some of its service's records.
func ListsSome(method string) bool { return slices.Contains(someOf, method) }

// answerName is the name of what an operation answers.
func answerName(op Operation) string {
	if slices.Contains(entityMethods, op.Method) || ListsSome(op.Method) {
		return op.Noun
	}
	for _, verb := range []string{"List", "Get", "Set", "Create", "Update", "Delete"} {
		if rest, ok := strings.CutPrefix(op.Method, verb); ok && rest != "" {
			return Singular(rest)
		}
	}
	return op.Noun + op.Method + "Result"
}
