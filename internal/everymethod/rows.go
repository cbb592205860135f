package everymethod

import (
	"strings"

	"github.com/cordage-go/cordage/internal/operations"
)

// A row is an operation of the table as one method has it.
type row struct{ operations.Operation }

// name is that of its method: "rfi.RFIs.List".
func (r row) name() string { return named(r.Package, r.Service, r.Method) }

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
		for _, scoped := range op.ByScope() {
			r := row{scoped}
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
