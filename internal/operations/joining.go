package operations

import (
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
)

// Joining finds the uses that mean one real thing: those that operations ask
// for by one name, what such uses hold under one field, and small nested
// records of one name that are alike.

// root returns the use that stands for all that are joined with u.
func (n *typeNaming) root(u use) use {
	for n.parent[u] != u {
		u = n.parent[u]
	}
	return u
}

// joined are the uses that a root stands for, itself among them, in their order.
func (n *typeNaming) joined(root use) iter.Seq[use] {
	return func(yield func(use) bool) {
		for _, u := range n.order {
			if n.root(u) == root && !yield(u) {
				return
			}
		}
	}
}

// join joins two uses, and reports whether they were apart.
func (n *typeNaming) join(a, b use) bool {
	a, b = n.root(a), n.root(b)
	if a == b {
		return false
	}
	n.parent[b] = a
	return true
}

// joinTargets joins the uses that should have the same name. A use that is not
// like the others keeps to itself, under a name that tells which method it
// belongs to.
func (n *typeNaming) joinTargets() {
	first := map[string]use{}
	for _, u := range n.order {
		for _, name := range slices.Sorted(maps.Keys(n.targets[u])) {
			if n.settle(first, u, name) || n.settle(first, u, n.spare[u]) {
				continue
			}
			n.err = errors.Join(n.err, fmt.Errorf("%s and %s would both be called %s, and are not alike; give one another record or input name in the overrides", first[u.pkg+"."+n.spare[u]].raw, u.raw, n.spare[u]))
		}
	}
}

// settle gives a use a name, unless another has it that is not alike.
func (n *typeNaming) settle(first map[string]use, u use, name string) bool {
	key := u.pkg + "." + name
	other, taken := first[key]
	if taken && !n.fit(n.root(other), u) {
		return false
	}
	if !taken {
		first[key] = u
	} else {
		n.join(other, u)
	}
	n.settled[u] = append(n.settled[u], name)
	return true
}

// joinFields joins what joined uses hold under the same field, until nothing
// changes any more.
func (n *typeNaming) joinFields() {
	for changed := true; changed; {
		changed = false
		held := map[string]use{}
		for _, u := range n.order {
			for _, f := range n.m.table.Types[u.raw].Fields {
				child, ok := n.child(u, f)
				if !ok {
					continue
				}
				root := n.root(u)
				key := fmt.Sprint(root, f.Name)
				if other, ok := held[key]; ok {
					changed = n.join(other, child) || changed
					continue
				}
				held[key] = child
			}
		}
	}
}

// joinNested joins nested types of a package that have the same short name
// and fields that fit together: they are views of the same thing.
func (n *typeNaming) joinNested() {
	seen := map[string][]use{}
	for _, u := range n.order {
		if targets := n.targetsOf(u); n.root(u) == u && len(targets) > 0 && u.role == record && n.sharedRoot(u) == "" {
			seen[u.pkg+"."+targets[0]] = append(seen[u.pkg+"."+targets[0]], u)
		}
	}
	for _, u := range n.order {
		if n.root(u) != u || len(n.targetsOf(u)) > 0 || n.sharedRoot(u) != "" {
			continue
		}
		key := u.pkg + "." + n.nestedName(u)
		for _, other := range seen[key] {
			if n.fit(other, u) && !n.namedApart(other, u) && (len(n.targetsOf(n.root(other))) == 0 || n.isViewOf(u, other)) {
				n.join(other, u)
				break
			}
		}
		if n.root(u) == u {
			seen[key] = append(seen[key], u)
		}
	}
	n.joinFields()
}

// namedApart reports whether the overrides give two uses different names.
func (n *typeNaming) namedApart(a, b use) bool {
	one, two := n.m.overrides.Types[a.raw].Go, n.m.overrides.Types[b.raw].Go
	return one != "" && two != "" && one != two
}

// fit reports whether two types may be views of one: at least half of the
// smaller one's fields are shared, and none differs.
func (n *typeNaming) fit(a, b use) bool {
	one, two := n.m.table.Types[a.raw].Fields, n.m.table.Types[b.raw].Fields
	shared := 0
	for _, f := range one {
		for _, g := range two {
			if f.Name != g.Name {
				continue
			}
			if _, ok := reconcile(n.plainRef(a, f), n.plainRef(b, g)); !ok {
				return false
			}
			shared++
		}
	}
	return 2*shared >= min(len(one), len(two))
}

// isViewOf reports whether all fields of a type are fields of the other too.
func (n *typeNaming) isViewOf(a, b use) bool {
	for _, f := range n.m.table.Types[a.raw].Fields {
		if !slices.ContainsFunc(n.m.table.Types[b.raw].Fields, func(g Field) bool { return f.Name == g.Name }) {
			return false
		}
	}
	return true
}

// plainRef is a field's type with named types made equal, so that only the
// outer form is compared.
func (n *typeNaming) plainRef(u use, f Field) string {
	if _, named := n.child(u, f); named {
		return Around(f.Type) + "named"
	}
	return f.Type
}

// reconcile returns the type that holds both. Where documents disagree, the
// more telling type wins, and text wins over numbers, since the codec reads
// numbers as text.
func reconcile(a, b string) (string, bool) {
	if a == b {
		return a, true
	}
	for _, pair := range [][2]string{{a, b}, {b, a}} {
		switch x, y := pair[0], pair[1]; {
		case x == "[]any" && y == "any":
			return "any", true
		case x == "any" && !strings.HasPrefix(y, "[]"), x == "[]any" && strings.HasPrefix(y, "[]"),
			x == "date" && y == "datetime", x == "int" && y == "decimal",
			x == "string" && (y == "date" || y == "datetime" || y == "decimal"),
			x == "int" && y == "string", x == "decimal" && y == "float":
			return y, true
		}
	}
	return "", false
}

// sharedRoot returns the name of the shared type that a root is a plain
// instance of: what is joined to it are shared types, and together they are one.
func (n *typeNaming) sharedRoot(root use) string {
	var all Type
	for u := range n.joined(root) {
		if u.at == "" {
			return ""
		}
		for _, f := range n.m.table.Types[u.raw].Fields {
			all.Fields, _ = mergeField(all.Fields, f)
		}
	}
	return sharedName(all)
}
