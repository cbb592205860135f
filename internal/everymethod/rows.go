package everymethod

import (
	"slices"
	"strings"

	"github.com/cordage-go/cordage/internal/operations"
)

// A row is an operation of the table as one method has it.
type row struct{ operations.Operation }

// name is that of its method: "rfi.RFIs.List".
func (r row) name() string { return named(r.Package, r.Service, r.Method) }

// id names the operation in errors and logs: as name, with a dot where a
// service stands in a field of the client that groups several.
func (r row) id() string {
	if r.Unstable {
		return "Unstable." + strings.TrimPrefix(r.name(), "Unstable")
	}
	return r.name()
}

// address is its verb and path.
func (r row) address() string { return r.Verb + " " + r.Path }

// sentAs returns the row with another type of body.
func (r row) sentAs(content string) row {
	r.Body = new(*r.Body)
	r.Body.Content = content
	return r
}

// rows are the operations of a table that want a method, by its name.
type rows struct {
	methods map[string]row
	walks   map[string]row // those of lists, by the methods that walk them
}

func rowsOf(table *operations.Table) rows {
	all := rows{map[string]row{}, map[string]row{}}
	for _, op := range table.Operations {
		if op.Method == "none" {
			continue
		}
		for _, r := range byScope(op) {
			all.methods[r.name()] = r
			all.addWalks(r)
		}
	}
	return all
}

// addWalks adds the names of the methods that walk a list. Lists go before
// searches, whose walks may want the same names.
func (all rows) addWalks(r row) {
	many, isList := strings.CutPrefix(r.Method, "List")
	if !isList {
		many = strings.TrimPrefix(r.Method, "Search")
	}
	if many == r.Method || !strings.HasPrefix(r.Answer.Type, "[]") {
		return
	}
	for _, walk := range []string{operations.Singular(many) + "Pages", many + "Pages", "All" + many} {
		name := named(r.Package, r.Service, walk)
		if _, taken := all.walks[name]; !taken || isList {
			all.walks[name] = r
		}
	}
}

// of finds the row of a method. That of a walk is the list's: Pages and All
// belong to List, DeletedPages and AllDeleted to ListDeleted, DomainPages and
// AllDomains to SearchDomains.
func (all rows) of(m Method) (row, bool) {
	r, found := all.methods[m.String()]
	if !found && m.isWalk() {
		r, found = all.walks[m.String()]
	}
	return r, found
}

// byScope returns a row for each scope of an operation that takes exactly one
// of several.
func byScope(op operations.Operation) []row {
	if len(op.Scopes) == 0 {
		return []row{{op}}
	}
	var all []row
	for _, scope := range op.Scopes {
		scoped := op
		scoped.Params = slices.DeleteFunc(slices.Clone(op.Params), func(p operations.Param) bool {
			return p.In == "query" && slices.Contains(op.Scopes, p.Name)
		})
		if op.Body != nil && len(op.Body.Scope) > 0 {
			body := *op.Body
			body.Scope = []string{scope}
			scoped.Body = &body
		} else {
			scoped.Params = append(scoped.Params, operations.Param{Name: scope, In: "query", Type: "int", Required: true})
		}
		if scope == "company_id" {
			scoped.Service = "Company" + op.Service
		}
		all = append(all, row{scoped})
	}
	return all
}
