package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/cordage-go/cordage/internal/operations"
)

// A query is the struct of a method's optional parameters.
type query struct {
	name   string
	given  bool // by the overrides
	params []operations.Param
	of     []string // methods that take it: "RFIs.List"
}

// params returns the optional query parameters: all but those that the client
// fills, that have become arguments, or that are call options.
func (m *method) params() []operations.Param {
	var params []operations.Param
	for _, p := range m.op.Params {
		required := p.Required && p.Form == ""
		if m.op.Paging != "" && m.op.Paging != "linked" && slices.Contains([]string{"page", "page_start", "page_size", "limit", "start_after", "starting_after"}, p.Name) ||
			m.table.Platform == "securityscorecard" && m.op.Paging != "" && slices.Contains([]string{"page-size", "pageSize", "size"}, p.Name) {
			continue // paging sends it
		}
		if p.In != "query" || required || p.Name == "run_configurable_validations" || p.Name == "company_id" {
			continue
		}
		params = append(params, p)
	}
	return append(params, m.op.Filters...)
}

// addQueries names the query structs of a service. Methods with the same
// parameters share one.
func (s *service) addQueries() {
	for i := range s.methods {
		m := &s.methods[i]
		if params := m.params(); len(params) > 0 {
			m.query = s.queryFor(m, params)
		}
	}
	for _, m := range s.methods {
		if m.query != nil && !slices.Contains(s.queries, m.query) {
			s.queries = append(s.queries, m.query)
		}
	}
	if len(s.queries) == 1 && !s.queries[0].given { // it needs no method to tell it apart
		s.queries[0].name = s.methods[0].op.Noun + "Query"
	}
}

func (s *service) queryFor(m *method, params []operations.Param) *query {
	for i := range s.methods {
		other := &s.methods[i]
		if other.query != nil && sameParams(other.query.params, params) {
			other.query.of = append(other.query.of, s.goType+"."+m.op.Method)
			return other.query
		}
	}
	what := strings.TrimPrefix(m.op.Method, "List")
	if len(params) == 1 && params[0].Name == "view" && what != "" { // how much to answer, for whatever method
		what = "View"
	}
	name := cmp.Or(m.op.Query, m.op.Noun+what+"Query")
	return &query{name: name, given: m.op.Query != "", params: params, of: []string{s.goType + "." + m.op.Method}}
}

// sameParams reports whether two methods take the same, in whatever order.
func sameParams(a, b []operations.Param) bool {
	return slices.Equal(sortedParams(a), sortedParams(b))
}

func sortedParams(params []operations.Param) []string {
	var all []string
	for _, p := range params {
		all = append(all, fmt.Sprint(p))
	}
	slices.Sort(all)
	return all
}

// placeQueries leaves each query of a package to the first service that has
// it. A service of the company shares that of the project's twin.
func placeQueries(services []*service) {
	first := tellApart(services)
	for _, s := range services {
		s.queries = slices.DeleteFunc(s.queries, func(q *query) bool {
			for _, name := range []string{strings.TrimPrefix(q.name, "Company"), q.name} {
				twin := first[name]
				if twin == nil || twin == q || !sameParams(twin.params, q.params) {
					continue
				}
				twin.of = append(twin.of, q.of...)
				q.name = twin.name
				return true
			}
			return false
		})
	}
}

// tellApart renames queries of a name that a different one has already, and
// returns the first of each name. Two that are alike get one new name.
func tellApart(services []*service) map[string]*query {
	first := map[string]*query{}
	asked := map[string][]*query{} // all that would have one name
	for _, s := range services {
		for _, q := range s.queries {
			name := q.name
			alike := slices.IndexFunc(asked[name], func(other *query) bool { return sameParams(other.params, q.params) })
			switch {
			case alike >= 0:
				q.name = asked[name][alike].name
			case first[name] != nil && !sameParams(first[name].params, q.params):
				q.name = s.ownQueryName(name)
			}
			asked[name] = append(asked[name], q)
			if first[q.name] == nil {
				first[q.name] = q
			}
		}
	}
	return first
}

// ownQueryName tells the query of an older or unstable service from the plain
// one's: ProjectV10Query.
func (s *service) ownQueryName(name string) string {
	if s.unstable() {
		return "Unstable" + name
	}
	base := unversioned(s.name)
	noun := operations.Singular(base)
	return strings.Replace(name, noun, noun+strings.TrimPrefix(s.name, base), 1)
}
