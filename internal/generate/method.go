package main

import (
	"fmt"
	"go/token"
	"regexp"
	"slices"
	"strings"

	"github.com/cordage-go/cordage/internal/operations"
)

// A method is one operation with all that its Go needs.
type method struct {
	table *operations.Table
	op    operations.Operation
	args  []arg    // what the path and the scope need, in order
	query *query   // nil if it has no optional parameters
	name  string   // of the operation's variable: "listRFIs"
	path  string   // with a query template
	scope []string // members beside the body
}

// An arg is one positional argument.
type arg struct{ name, goType string }

// A query is the struct of a method's optional parameters.
type query struct {
	name   string
	params []operations.Param
	of     []string // methods that take it: "RFIs.List"
}

var pathVariable = regexp.MustCompile(`\{([^}]+)\}`)

func newMethod(table *operations.Table, op operations.Operation) method {
	m := method{table: table, op: op, name: variableName(op), path: op.Path}
	required := m.addRequiredQuery()
	for _, variable := range pathVariable.FindAllStringSubmatch(op.Path, -1) {
		m.addArg(variable[1])
	}
	for _, name := range required {
		m.addArg(name)
	}
	if op.Body != nil {
		m.scope = op.Body.Scope
		for _, member := range m.scope {
			m.addArg(member)
		}
	}
	return m
}

// addRequiredQuery puts parameters that must be given into the path, so that
// they become arguments. The caller does not see where a project id travels.
func (m *method) addRequiredQuery() (names []string) {
	join := "?"
	for _, p := range m.op.Params {
		if p.In != "query" || !p.Required || p.Form != "" {
			continue
		}
		m.path += join + p.Name + "={" + p.Name + "}"
		join = "&"
		names = append(names, p.Name)
	}
	return names
}

func (m *method) addArg(variable string) {
	if m.table.Platform == "procore" && variable == "company_id" {
		return // the client fills it
	}
	goType := "int64"
	for _, p := range m.op.Params {
		if p.Name == variable {
			goType = argType(p.Type)
		}
	}
	a := arg{name: m.argName(variable), goType: goType}
	m.args = slices.Insert(m.args, m.argPlace(variable), a)
}

// argPlace puts the project first, and other owners before what they own.
func (m *method) argPlace(variable string) int {
	inPath := strings.Contains(m.op.Path, "{"+variable+"}")
	last := len(m.args) - 1
	switch {
	case variable == "project_id" && m.table.Platform == "procore":
		return 0
	case !inPath && strings.HasSuffix(variable, "_id") && last >= 0 && m.args[last].name == "id":
		return last
	default:
		return len(m.args)
	}
}

func argType(ref string) string {
	switch ref {
	case "int":
		return "int64"
	case "date":
		return "value.Date"
	default:
		return "string"
	}
}

// argName is the argument of a variable. The last one, if it is the service's
// own, is called id.
func (m *method) argName(variable string) string {
	if variable == "scorecard_identifier" {
		return "company"
	}
	for _, p := range m.op.Params {
		if p.Name == variable && p.Go != "" {
			return lowerFirst(p.Go)
		}
	}
	if token.IsKeyword(variable) {
		before, _, _ := strings.Cut(m.path, "/{"+variable+"}")
		return lowerFirst(operations.GoName(operations.Singular(before[strings.LastIndex(before, "/")+1:])))
	}
	if variable == "id" && m.table.Platform == "securityscorecard" && variable != m.lastVariable() {
		return lowerFirst(m.op.Noun) + "ID"
	}
	if variable == "id" && m.ofParent() {
		before, _, _ := strings.Cut(m.path, "/{id}")
		return lowerFirst(operations.GoName(operations.Singular(before[strings.LastIndex(before, "/")+1:]))) + "ID"
	}
	own := strings.EqualFold(strings.ReplaceAll(variable, "_", ""), m.op.Noun+"id")
	if own && variable == m.lastVariable() {
		return "id"
	}
	return lowerFirst(operations.GoName(variable))
}

// ofParent reports whether {id} names what the service's records belong to:
// it stands before their own noun.
func (m *method) ofParent() bool {
	path, _, _ := strings.Cut(m.path, "?")
	collection := m.op.Method == "List" || m.op.Method == "Create"
	return m.table.Platform == "procore" && collection && !strings.HasSuffix(path, "{id}")
}

func (m *method) lastVariable() string {
	path, _, _ := strings.Cut(m.path, "?")
	all := pathVariable.FindAllStringSubmatch(path, -1)
	return all[len(all)-1][1]
}

// variableName is the name of an operation's variable, unique in its package:
// listRFIs, getRFI, nextNumberOfSubmittal.
func variableName(op operations.Operation) string {
	base := unversioned(op.Service)
	older := strings.TrimPrefix(op.Service, base)
	noun := unversioned(op.Noun)
	if strings.HasPrefix(op.Service, "Company") && !strings.HasPrefix(noun, "Company") {
		noun = "Company" + noun
	}
	words := strings.Fields(operations.Words(op.Method))
	switch {
	case op.Service == "FilterOptions":
		return "filter" + op.Method
	case op.Method == "List", words[0] == "bulk", operations.ListsSome(op.Method):
		return lowerFirst(op.Method) + op.Service
	case len(words) == 1 && (op.Class != "read" || slices.Contains([]string{"Get", "Search", "Export"}, op.Method)):
		return lowerFirst(op.Method) + noun + older
	default:
		return lowerFirst(op.Method) + "Of" + noun + older
	}
}

// lowerFirst makes an unexported name: RFIReplies becomes rfiReplies.
func lowerFirst(name string) string {
	first := operations.FirstWord(name)
	return strings.ToLower(first) + name[len(first):]
}

// kind is the shape of a method's Go.
type kind int

const (
	kindGet      kind = iota // one value
	kindPages                // one page, and walks of all pages and records: methods that are called List…
	kindSlice                // a whole list, short by nature
	kindSend                 // a body, and one value
	kindSync                 // records in, a SyncResult out
	kindRaw                  // JSON of unknown shape
	kindNothing              // no answer
	kindDownload             // a file
)

func (m *method) kind() kind {
	list := strings.HasPrefix(m.op.Answer.Type, "[]")
	switch {
	case m.op.Download:
		return kindDownload
	case m.op.Answer.Known == "none":
		return kindNothing
	case m.op.Answer.Known == "unknown":
		return kindRaw
	case m.op.Method == "Sync":
		return kindSync
	case m.op.Class != "read" || m.hasBody():
		return kindSend
	case list && strings.HasPrefix(m.op.Method, "List"):
		return kindPages
	case list:
		return kindSlice
	default:
		return kindGet
	}
}

func (m *method) isList() bool { return m.kind() == kindPages || m.kind() == kindSlice }

// walks are the names of the methods that walk all pages of a list, and all
// records: Pages and All, or for ListDeleted DeletedPages and AllDeleted.
func (m *method) walks() (pages, all string) {
	what := strings.TrimPrefix(m.op.Method, "List")
	return operations.Singular(what) + "Pages", "All" + what
}

func (m *method) hasBody() bool { return m.op.Body != nil && m.op.Body.Type != "" }

// params returns the optional query parameters: all but those that the client
// fills, that have become arguments, or that are call options.
func (m *method) params() []operations.Param {
	var params []operations.Param
	for _, p := range m.op.Params {
		required := p.Required && p.Form == ""
		if m.op.Paging != "" && m.op.Paging != "linked" && slices.Contains([]string{"page", "page_start", "page_size", "limit"}, p.Name) {
			continue // paging sends it
		}
		if p.In != "query" || required || p.Name == "run_configurable_validations" || p.Name == "company_id" || p.Name == "project_id" {
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
}

func (s *service) queryFor(m *method, params []operations.Param) *query {
	for i := range s.methods {
		other := &s.methods[i]
		if other.query != nil && sameParams(other.query.params, params) {
			other.query.of = append(other.query.of, s.name+"."+m.op.Method)
			return other.query
		}
	}
	name := m.op.Noun + strings.TrimPrefix(m.op.Method, "List") + "Query"
	return &query{name: name, params: params, of: []string{s.name + "." + m.op.Method}}
}

func sameParams(a, b []operations.Param) bool {
	return slices.EqualFunc(a, b, func(p, q operations.Param) bool {
		return fmt.Sprint(p) == fmt.Sprint(q)
	})
}
