package operations

import "strings"

// nameOperations gives each operation its service, noun and method by the
// rules of its platform.
func (m *merger) nameOperations() {
	for i := range m.table.Operations {
		op := &m.table.Operations[i]
		switch m.table.Platform {
		case "scoro":
			m.nameScoro(op)
		case "procore":
			m.nameProcore(op)
		case "securityscorecard":
			m.nameScorecard(op)
		}
	}
	if m.table.Platform == "procore" {
		m.foldSingles()
		m.getOne()
		m.tellParentsApart()
		m.foldSingles()
		m.tellFiltersApart()
		m.setCompanyApart()
		m.nameVariables()
	}
}

// noun sets the service and the noun of what a path calls by name.
func (m *merger) noun(op *Operation, name string) {
	op.Service, op.Noun = GoName(name), GoName(Singular(name))
	row, ok := m.overrides.Nouns[name]
	if !ok {
		return
	}
	m.used["nouns "+name] = true
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

// verb is the method of plain reading and writing.
func (o *Operation) verb(one bool) string {
	switch o.Verb {
	case "GET":
		if one {
			return "Get"
		}
		return "List"
	case "POST":
		if one {
			return "Update" // of the few that change one record by POST
		}
		return "Create"
	case "PATCH":
		return "Update"
	case "PUT":
		return "Replace"
	default:
		return "Delete"
	}
}

func isVariable(segment string) bool { return strings.HasPrefix(segment, "{") }
