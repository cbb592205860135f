package main

import (
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

func newMethod(table *operations.Table, op operations.Operation) method {
	m := method{table: table, op: op, name: variableName(op), path: op.Path}
	required := m.addRequiredQuery()
	for _, variable := range operations.Variables(op.Path) {
		m.addArg(variable)
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
	if op.Unstable {
		noun, older = "Unstable"+noun, ""
	}
	switch {
	case op.Service == operations.FilterOptions:
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
	kindBulk                 // many in, a BulkResult out
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
	case m.op.Method == "Sync" && list && m.op.Answer.Items == "entities":
		return kindSync
	case m.op.Partial && list:
		return kindBulk
	case list && m.op.Class == "read" && m.op.Paging != "" && m.hasBody():
		return kindPages
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
// records: Pages and All, or for ListDeleted DeletedPages and AllDeleted, for
// SearchDomains DomainPages and AllDomains.
func (m *method) walks() (pages, all string) {
	what := strings.TrimPrefix(strings.TrimPrefix(m.op.Method, "List"), "Search")
	if slices.ContainsFunc(strings.Fields(operations.Words(what)), isPreposition) {
		return what + "Pages", "All" + what // IDsWithImages: the last word is not what is listed
	}
	return operations.Singular(what) + "Pages", "All" + what
}

func (m *method) hasBody() bool { return m.op.Body != nil && m.op.Body.Type != "" }
