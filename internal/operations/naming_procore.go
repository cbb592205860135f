package operations

import (
	"regexp"
	"slices"
	"strings"
)

var (
	versionPrefix = regexp.MustCompile(`^/rest/v(\d+)\.(\d+)(?:/workforce-planning/v2)?`)
	scopePrefix   = regexp.MustCompile(`^/(?:companies/\{company_id\}(?:/projects/\{project_id\})?|projects?/\{project_id\})`)
)

// verbs are words that begin a path segment which is an action by itself.
var verbs = []string{"accept", "activate", "add", "advance", "apply", "approve", "archive", "assign", "associate", "calculate", "cancel", "check", "clone", "close", "complete", "convert", "copy", "create",
	"deactivate", "delete", "disable", "dismiss", "dissociate", "distribute", "duplicate", "enable", "find", "forward", "generate", "import", "initialize", "invite", "lock", "mark", "merge", "mint", "move", "notify",
	"promote", "publish", "reactivate", "recalculate", "recycle", "redistribute", "reject", "remove", "rename", "reopen", "reorder", "replace", "resend", "reset", "restart", "restore", "retrieve", "retry", "revert",
	"save", "send", "set", "sort", "start", "stop", "submit", "swap", "toggle", "transfer", "unarchive", "unassign", "undo", "unlink", "unlock", "unmark", "update", "upload", "validate", "verify", "void"}

// bareVerbs are verbs only if they are the whole segment: a change_history is
// none.
var bareVerbs = []string{"batch", "change", "export", "link", "list", "open", "query", "review", "search", "sign"}

// opposites are what deleting the result of an action means.
var opposites = map[string]string{"add": "Remove", "assign": "Unassign", "associate": "Dissociate", "link": "Unlink", "lock": "Unlock", "mark": "Unmark"}

func isAction(segment string) bool {
	return slices.Contains(bareVerbs, segment) || slices.Contains(verbs, splitWords(segment)[0])
}

// nameProcore follows the path from the outside in: version, scope, recycle
// bin, the package's own prefixes, then what the last segments say.
func (m *merger) nameProcore(op *Operation) {
	path := strings.Replace(versionPrefix.ReplaceAllString(op.Path, ""), "{id}.pdf", "{id}/pdf", 1)
	if inner := scopePrefix.ReplaceAllString(path, ""); inner != "" {
		path = inner
	}
	path, deleted := strings.CutPrefix(path, "/recycle_bin")
	segments := strings.Split(strings.Trim(path, "/"), "/")
	for len(segments) > 1 && !isVariable(segments[1]) && slices.Contains(m.overrides.Package.Prefixes, segments[0]) {
		segments = segments[1:]
	}
	n := len(segments)
	last := segments[n-1]
	switch {
	case slices.Contains(segments, "filter_options"), n > 2 && segments[n-2] == "filters":
		m.nameFilterOption(op, segments)
	case isVariable(last) && n > 1 && segments[n-2] == "bulk":
		m.named(op, segments[:n-2], op.verb(true)+"Bulk")
	case isVariable(last):
		m.named(op, segments[:n-1], op.verb(true))
	case last == "recycle_bin":
		m.named(op, segments[:n-1], "ListDeleted")
		deleted = false
	case last == "sync":
		m.named(op, segments[:n-1], "Sync")
	case last == "bulk":
		m.named(op, segments[:n-1], "Bulk"+op.verb(false))
	case strings.HasPrefix(last, "bulk_"):
		m.named(op, segments[:n-1], GoName(strings.Replace(last, "destroy", "delete", 1)))
	case last == "pdf" && op.Verb == "GET":
		m.named(op, segments[:n-1], "DownloadPDF")
	case last == "pdf":
		m.named(op, segments[:n-1], "CreatePDF")
	case n > 1 && segments[n-2] == "actions":
		m.named(op, segments[:n-2], GoName(last))
	case n > 1 && isAction(last) && op.Verb == "DELETE" && opposites[last] != "":
		m.named(op, segments[:n-1], opposites[last])
	case n > 1 && isAction(last):
		m.named(op, segments[:n-1], GoName(last))
	case n > 1 && isLookUp(last):
		m.named(op, segments[:n-1], GoName(last))
	case n > 1 && !isPlural(splitWords(last)[len(splitWords(last))-1]):
		m.named(op, segments[:n-1], singularMethod(op.Verb)+GoName(last))
	default:
		m.named(op, segments, op.verb(false))
	}
	if deleted {
		op.Method = map[string]string{"List": "ListDeleted", "Get": "GetDeleted", "Restore": "Restore"}[op.Method]
	}
}

// named sets service and method of an operation on the last noun of segments.
func (m *merger) named(op *Operation, segments []string, method string) {
	op.Method = method
	for len(segments) > 0 && isVariable(segments[len(segments)-1]) {
		segments = segments[:len(segments)-1]
	}
	n := len(segments)
	if n == 0 {
		return // an override must name it; validate says so
	}
	m.noun(op, m.withoutStem(segments[n-1]))
	switch {
	case n > 2 && isVariable(segments[n-2]) && !isVariable(segments[n-3]):
		m.parents[op.Row()] = parent{m.nounOf(m.withoutStem(segments[n-3])), true}
	case n > 1 && !isVariable(segments[n-2]):
		m.parents[op.Row()] = parent{m.nounOf(m.withoutStem(segments[n-2])), false}
	}
}

// A parent is the noun that a path has before its last.
type parent struct {
	noun string
	owns bool // its id stands in the path
}

// withoutStem cuts off the beginning of a noun that repeats the package's name.
func (m *merger) withoutStem(noun string) string {
	for _, stem := range m.overrides.Package.Stems {
		if rest, ok := strings.CutPrefix(noun, stem); ok && rest != "" {
			return rest
		}
	}
	return noun
}

// nounOf is the Go name of one of what a path calls by name.
func (m *merger) nounOf(name string) string {
	row, ok := m.overrides.Nouns[name]
	switch {
	case ok && row.Noun != "":
		return row.Noun
	case ok:
		return Singular(row.Service)
	default:
		return GoName(Singular(name))
	}
}

// nameFilterOption makes a method of the look-up of a filter's values.
func (m *merger) nameFilterOption(op *Operation, segments []string) {
	at := max(slices.Index(segments, "filter_options"), slices.Index(segments, "filters"))
	for _, segment := range segments[:at] {
		if !isVariable(segment) {
			m.parents[op.Row()] = parent{m.nounOf(m.withoutStem(segment)), true}
		}
	}
	op.Service, op.Noun = FilterOptions, "FilterOption"
	op.Answer = Answer{Known: "typed", Type: "[]procore.FilterOption", Envelope: op.Answer.Envelope}
	op.Method = "Filters"
	if at == len(segments)-1 {
		return
	}
	op.Method = GoName(manyValues(segments[at+1]))
}

// single are the last words of filters whose values are no things: to filter by
// ball in court offers no courts.
var single = []string{"by", "from", "via", "court", "only", "private", "rejected", "unpackaged", "time", "revision", "priority", "number"}

// manyValues is the plural of a filter's name without the mark of an id.
func manyValues(name string) string {
	name = strings.TrimSuffix(strings.TrimSuffix(name, "_login_information_id"), "_id")
	words := splitWords(name)
	last := words[len(words)-1]
	switch {
	case isPlural(last), slices.Contains(single, last):
		return name
	case strings.HasSuffix(last, "y"):
		return strings.TrimSuffix(name, "y") + "ies"
	case strings.HasSuffix(last, "s"):
		return name + "es"
	default:
		return name + "s"
	}
}

func singularMethod(verb string) string {
	switch verb {
	case "GET":
		return "Get"
	case "DELETE":
		return "Delete"
	case "PATCH":
		return "Update"
	default:
		return "Set"
	}
}

// isLookUp reports whether a segment names what could be chosen.
func isLookUp(segment string) bool {
	for _, start := range []string{"potential_", "available_", "possible_"} {
		if strings.HasPrefix(segment, start) {
			return true
		}
	}
	return false
}

// company reports whether the operation is about the whole company.
func (o *Operation) company() bool {
	if strings.Contains(o.Path, "{project_id}") || slices.Contains(o.Scopes, "project_id") {
		return false
	}
	if slices.ContainsFunc(o.Params, func(p Param) bool { return p.Name == "project_id" && p.Required }) {
		return false
	}
	return o.Body == nil || !slices.Contains(o.Body.Scope, "project_id") || strings.Contains(o.Path, "{company_id}")
}

// tellParentsApart calls a service ContractLineItems where the package has line
// items of several things: the same noun under another parent is another thing.
func (m *merger) tellParentsApart() {
	owner := func(op *Operation) string {
		if p := m.parents[op.Row()]; p.owns && !strings.HasPrefix(op.Noun, p.noun) {
			return p.noun
		}
		return ""
	}
	owners := map[string]map[string]bool{}
	for i := range m.table.Operations {
		op := &m.table.Operations[i]
		if owners[op.Service] == nil {
			owners[op.Service] = map[string]bool{}
		}
		owners[op.Service][owner(op)] = true
	}
	for i := range m.table.Operations {
		op := &m.table.Operations[i]
		if by := owner(op); len(owners[op.Service]) > 1 && op.Service != FilterOptions {
			op.Service, op.Noun = by+op.Service, by+op.Noun
		}
	}
}

// foldSingles lets a noun with one operation be a method of its parent's
// service: ListComments needs no service of its own.
func (m *merger) foldSingles() {
	uses := map[string]int{}
	services := map[string]string{}
	for _, op := range m.table.Operations {
		uses[op.Service]++
		services[op.Noun] = op.Service
	}
	for i := range m.table.Operations {
		op := &m.table.Operations[i]
		home, known := services[m.parents[op.Row()].noun]
		noun, plain := map[string]string{"List": op.Service, "Create": op.Noun, "Get": op.Noun, "Update": op.Noun, "Delete": op.Noun, "Replace": op.Noun}[op.Method]
		if uses[op.Service] > 1 || !known || !plain || home == op.Service {
			continue
		}
		one := m.parents[op.Row()].noun
		op.Service, op.Noun, op.Method = home, one, op.Method+strings.TrimPrefix(noun, one)
		delete(m.parents, op.Row())
	}
}

// getOne calls the reading of one record Get where its path has no id, as that
// of a project's schedule.
func (m *merger) getOne() {
	for i := range m.table.Operations {
		op := &m.table.Operations[i]
		rest, list := strings.CutPrefix(op.Method, "List")
		if list && rest != "Deleted" && op.Answer.Known == "typed" && !strings.HasPrefix(op.Answer.Type, "[]") {
			op.Method = "Get" + rest
		}
	}
}

// tellFiltersApart names the filter options of several lists after their list,
// where two have the same.
func (m *merger) tellFiltersApart() {
	for _, name := range []func(*Operation) string{
		func(op *Operation) string { return m.parents[op.Row()].noun + op.Method },
		func(op *Operation) string { return map[bool]string{true: "Company"}[op.company()] + op.Method },
	} {
		uses := map[string]int{}
		for _, op := range m.table.Operations {
			uses[op.Service+"."+op.Method+versionOf(op.Path)]++
		}
		for i := range m.table.Operations {
			op := &m.table.Operations[i]
			if op.Service == FilterOptions && uses[op.Service+"."+op.Method+versionOf(op.Path)] > 1 {
				op.Method = name(op)
			}
		}
	}
}

// setCompanyApart calls a service CompanyUsers where the package has users of
// a project too: those of the project keep the plain name.
func (m *merger) setCompanyApart() {
	inProject := map[string]bool{}
	for _, op := range m.table.Operations {
		if !op.company() {
			inProject[op.Package+"."+op.Service] = true
		}
	}
	for i := range m.table.Operations {
		op := &m.table.Operations[i]
		if op.company() && inProject[op.Package+"."+op.Service] && op.Service != FilterOptions {
			op.Service, op.Noun = "Company"+op.Service, "Company"+op.Noun
		}
	}
}

// nameVariables calls item_id observationID where items are observations, and
// id where it is the observation's own.
func (m *merger) nameVariables() {
	for i := range m.table.Operations {
		op := &m.table.Operations[i]
		for key, row := range m.overrides.Nouns {
			at := slices.IndexFunc(op.Params, func(p Param) bool { return p.Name == Singular(key)+"_id" })
			if at < 0 {
				continue
			}
			op.Params = slices.Clone(op.Params)
			op.Params[at].Go = Singular(row.Service) + "ID"
			if strings.TrimPrefix(op.Service, "Company") == row.Service && op.ownID() == &op.Params[at] {
				op.Params[at].Go = "ID"
			}
			m.used["nouns "+key] = true
		}
	}
}
