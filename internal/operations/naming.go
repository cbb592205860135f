package operations

import (
	"regexp"
	"slices"
	"strings"
)

// nameOperations gives each operation its service, noun and method by the
// rules of its platform.
func (m *merger) nameOperations() {
	name := map[string]func(*Operation){
		"scoro":             m.nameScoro,
		"procore":           m.nameProcore,
		"securityscorecard": m.nameScorecard,
	}[m.table.Platform]
	if name == nil {
		return
	}
	for i := range m.table.Operations {
		name(&m.table.Operations[i])
	}
	if m.table.Platform == "procore" {
		m.setCompanyApart()
		m.nameVariables()
	}
}

// nameVariables calls item_id observationID where items are observations.
func (m *merger) nameVariables() {
	for i := range m.table.Operations {
		op := &m.table.Operations[i]
		for key, row := range m.overrides.Nouns {
			name, ok := strings.CutPrefix(key, op.Package+"/")
			at := slices.IndexFunc(op.Params, func(p Param) bool { return p.Name == Singular(name)+"_id" })
			if !ok || at < 0 {
				continue
			}
			op.Params = slices.Clone(op.Params)
			op.Params[at].Go = Singular(row.Service) + "ID"
		}
	}
}

// scoroMethods are the Go names of Scoro's actions.
var scoroMethods = map[string]string{"list": "List", "view": "Get", "delete": "Delete", "getRelatedObjects": "RelatedObjects", "pdf": "PDF"}

// nameScoro reads /module/action/{id}.
func (m *merger) nameScoro(op *Operation) {
	segments := literals(op.Path)
	m.noun(op, segments[0])
	action := segments[1]
	switch {
	case action == "modify" && strings.HasSuffix(op.Path, "}"):
		op.Method = "Update"
	case action == "modify":
		op.Method = "Create"
	case scoroMethods[action] != "":
		op.Method = scoroMethods[action]
	default:
		op.Method = GoName(action)
	}
}

// noun sets the service and the noun of what a path calls by name.
func (m *merger) noun(op *Operation, name string) {
	op.Service, op.Noun = GoName(name), GoName(Singular(name))
	key := name
	if op.Package != "" {
		key = op.Package + "/" + name
	}
	row, ok := m.overrides.Nouns[key]
	if !ok {
		return
	}
	m.used["nouns "+key] = true
	op.Service, op.Noun = row.Service, row.Noun
	if op.Noun == "" {
		op.Noun = Singular(row.Service)
	}
}

// literals returns the segments of a path that are no variables.
func literals(path string) []string {
	var out []string
	for segment := range strings.SplitSeq(strings.Trim(path, "/"), "/") {
		if !strings.HasPrefix(segment, "{") {
			out = append(out, segment)
		}
	}
	return out
}

var (
	versionPrefix = regexp.MustCompile(`^/rest/v(\d+)\.(\d+)`)
	scopePrefix   = regexp.MustCompile(`^/(?:companies/\{company_id\}(?:/projects/\{project_id\})?|projects?/\{project_id\})`)
)

// verbs are words that begin a path segment which is an action by itself.
var verbs = []string{"advance", "add", "archive", "cancel", "check", "clone", "close", "convert", "copy", "forward", "import", "invite", "lock", "move", "notify",
	"publish", "recycle", "remove", "reorder", "resend", "reset", "restart", "restore", "retrieve", "revert", "send", "set", "sort", "start", "submit", "toggle",
	"unarchive", "unlink", "unlock", "validate", "verify"}

// nameProcore follows the path from the outside in: version, scope, recycle
// bin, the package's own prefixes, then what the last segments say.
func (m *merger) nameProcore(op *Operation) {
	path := strings.Replace(versionPrefix.ReplaceAllString(op.Path, ""), "{id}.pdf", "{id}/pdf", 1)
	if inner := scopePrefix.ReplaceAllString(path, ""); inner != "" {
		path = inner
	}
	path, deleted := strings.CutPrefix(path, "/recycle_bin")
	segments := strings.Split(strings.Trim(path, "/"), "/")
	for len(segments) > 1 && slices.Contains(m.overrides.Packages[op.Package].Prefixes, segments[0]) {
		segments = segments[1:]
	}
	n := len(segments)
	last := segments[n-1]
	switch {
	case slices.Contains(segments, "filter_options"):
		m.nameFilterOption(op, last)
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
		m.named(op, segments[:n-1], "Bulk"+op.verb(true))
	case strings.HasPrefix(last, "bulk_"):
		m.named(op, segments[:n-1], GoName(strings.Replace(last, "destroy", "delete", 1)))
	case last == "export" && op.Verb == "GET":
		m.named(op, segments[:n-1], "Export")
	case last == "pdf" && op.Verb == "GET":
		m.named(op, segments[:n-1], "DownloadPDF")
	case last == "pdf":
		m.named(op, segments[:n-1], "CreatePDF")
	case n > 1 && segments[n-2] == "actions":
		m.named(op, segments[:n-2], GoName(last))
	case n > 1 && slices.Contains(verbs, splitWords(last)[0]):
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
	var nouns []string
	for _, segment := range segments {
		if !isVariable(segment) {
			nouns = append(nouns, segment)
		}
	}
	if len(nouns) == 0 {
		return // an override must name it; validate says so
	}
	last := nouns[len(nouns)-1]
	for _, stem := range m.overrides.Packages[op.Package].Stems {
		if rest, ok := strings.CutPrefix(last, stem); ok && rest != "" {
			last = rest
		}
	}
	m.noun(op, last)
}

// nameFilterOption makes a method of the look-up of a filter's values.
func (m *merger) nameFilterOption(op *Operation, last string) {
	op.Service, op.Noun = "FilterOptions", "FilterOption"
	op.Answer = Answer{Known: "typed", Type: "[]procore.FilterOption", Envelope: op.Answer.Envelope}
	op.Method = "Filters"
	if last == "filter_options" {
		return
	}
	name := strings.TrimSuffix(strings.TrimSuffix(last, "_login_information_id"), "_id")
	words := splitWords(name)
	if one := words[len(words)-1]; !isPlural(one) && !slices.Contains([]string{"by", "from", "via", "court", "only", "private", "rejected", "unpackaged", "time", "revision", "priority", "number"}, one) {
		name += "s"
		if strings.HasSuffix(one, "y") {
			name = strings.TrimSuffix(name, "ys") + "ies"
		} else if strings.HasSuffix(one, "s") {
			name += "es"
			name = strings.Replace(name, "sses", "ses", 1)
		}
	}
	op.Method = GoName(name)
}

// verb is the method of plain reading and writing.
func (o *Operation) verb(one bool) string {
	switch o.Verb {
	case "GET":
		if one {
			return "Get"
		}
		return "List"
	case "POST":
		return "Create"
	case "PATCH":
		return "Update"
	case "PUT":
		return "Replace"
	default:
		return "Delete"
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

func isVariable(segment string) bool { return strings.HasPrefix(segment, "{") }

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
	return o.Body == nil || !slices.Contains(o.Body.Scope, "project_id")
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
		if op.company() && inProject[op.Package+"."+op.Service] && op.Service != "FilterOptions" {
			op.Service, op.Noun = "Company"+op.Service, "Company"+op.Noun
		}
	}
}

// nameScorecard takes the first literal as the service and lets the rest
// follow the verb.
func (m *merger) nameScorecard(op *Operation) {
	path := regexp.MustCompile(`^/v\d+/`).ReplaceAllString(op.Path, "/")
	segments := literals(path)
	m.noun(op, segments[0])
	one := strings.HasSuffix(strings.Trim(path, "/"), "}")
	if len(segments) == 1 {
		op.Method = op.verb(one)
		if op.Method == "Replace" {
			op.Method = "Update"
		}
		return
	}
	rest := strings.Join(segments[1:], "_")
	if one {
		rest = Singular(rest)
	}
	op.Method = op.verb(one) + GoName(rest)
}
