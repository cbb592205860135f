package main

import (
	"cmp"
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/cordage-go/cordage/internal/operations"
)

// A service is one struct with methods, written to one file with its types.
type service struct {
	name, pkg string
	goType    string // of the struct: the name, or NameService where a record has that name
	methods   []method
	queries   []*query
	types     []string // in the order in which a reader meets them
}

// platformFiles writes the files of a platform's packages, and goes on after
// an error so that all are told at once.
func platformFiles(table *operations.Table, files map[string][]byte) error {
	packages := map[string][]*service{}
	for _, s := range services(table) {
		packages[s.pkg] = append(packages[s.pkg], s)
	}
	var errs []error
	held := owners(table.Types)
	for _, pkg := range slices.Sorted(maps.Keys(packages)) {
		w := &writer{table: table, pkg: pkg, owners: held}
		plan(table, packages[pkg])
		errs = append(errs, checkNames(table, packages[pkg]))
		for _, s := range packages[pkg] {
			errs = append(errs, w.serviceFile(s, files))
		}
		errs = append(errs, w.packageFile(packages[pkg], files))
	}
	return errors.Join(errs...)
}

// plan decides which service of a package has what.
func plan(table *operations.Table, services []*service) {
	placeTypes(table, services)
	placeQueries(services)
	nameVariables(services)
}

// services groups the operations and sorts methods as a reader looks for them.
func services(table *operations.Table) []*service {
	byName := map[string]*service{}
	for _, op := range table.Operations {
		if op.Method == "none" {
			continue
		}
		for _, variant := range op.ByScope() {
			key := variant.Package + "." + variant.Service
			if byName[key] == nil {
				byName[key] = &service{name: variant.Service, pkg: variant.Package, goType: table.ServiceType(variant)}
			}
			s := byName[key]
			s.methods = append(s.methods, newMethod(table, variant))
		}
	}
	newerOfCompany(byName)
	newestOfAll(byName)
	sorted := slices.Collect(maps.Values(byName))
	slices.SortFunc(sorted, func(a, b *service) int {
		return cmp.Or(cmp.Compare(a.pkg, b.pkg), cmp.Compare(a.name, b.name))
	})
	for _, s := range sorted {
		slices.SortFunc(s.methods, func(a, b method) int {
			return cmp.Or(cmp.Compare(rank(a.op.Method), rank(b.op.Method)), cmp.Compare(a.op.Method, b.op.Method))
		})
		s.addQueries()
	}
	return sorted
}

// rank puts reading before writing, and the common methods first.
func rank(method string) int {
	order := []string{"List", "Get", "Create", "Update", "Replace", "Delete"}
	if at := slices.Index(order, method); at >= 0 {
		return at
	}
	return len(order)
}

// placeTypes gives each type to the service that is nearest to it: the one
// whose methods use it, or use what holds it.
func placeTypes(table *operations.Table, services []*service) {
	home := map[string]*service{}
	distance := map[string]int{}
	for _, s := range services {
		for name, far := range s.reach(table) {
			if old, taken := distance[name]; taken && old <= far {
				continue
			}
			home[name], distance[name] = s, far
		}
	}
	for _, s := range services {
		s.walk(table, func(name string, _ int) {
			if home[name] == s {
				s.types = append(s.types, name)
			}
		})
	}
}

// reach returns how far each type is from the service's methods.
func (s *service) reach(table *operations.Table) map[string]int {
	far := map[string]int{}
	s.walk(table, func(name string, depth int) {
		if old, seen := far[name]; !seen || depth < old {
			far[name] = depth
		}
	})
	// A type that is named after the service is at home there, however it is used.
	for name := range far {
		base := name[strings.LastIndex(name, ".")+1:]
		for _, m := range s.methods {
			if strings.HasPrefix(base, m.op.Noun) {
				far[name] -= 10 + len(m.op.Noun)
				break
			}
		}
	}
	return far
}

// walk calls visit for each type of the package that the service's methods
// lead to, breadth first.
func (s *service) walk(table *operations.Table, visit func(name string, depth int)) {
	var level []string
	for _, m := range s.methods {
		level = append(level, m.op.Answer.Type)
		if m.op.Body != nil {
			level = append(level, m.op.Body.Type)
		}
		for _, p := range slices.Concat(m.op.Params, m.op.Filters) {
			level = append(level, p.Type)
		}
	}
	seen := map[string]bool{}
	for depth := 0; len(level) > 0; depth++ {
		var next []string
		for _, ref := range level {
			name := operations.Elem(ref)
			t, known := table.Types[name]
			if !known || seen[name] || operations.IsShared(name) {
				continue
			}
			seen[name] = true
			visit(name, depth)
			for _, f := range t.Fields {
				next = append(next, f.Type)
			}
		}
		level = next
	}
}
