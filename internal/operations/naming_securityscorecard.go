package operations

import (
	"regexp"
	"strings"
)

var versionSegment = regexp.MustCompile(`^/(max/)?v\d+/`)

// nameScorecard finds the service by the longest beginning of the path that
// the overrides name, else by its first word. What is left of the path follows
// the verb: GET /organizations/{id}/portfolios is Organizations.ListPortfolios.
func (m *merger) nameScorecard(op *Operation) {
	path := versionSegment.ReplaceAllString(op.Path, "/$1")
	segments := literals(path)
	n := len(segments)
	for n > 1 && m.overrides.Nouns[strings.Join(segments[:n], "/")].Service == "" {
		n--
	}
	m.noun(op, strings.Join(segments[:n], "/"))
	one := strings.HasSuffix(strings.Trim(path, "/"), "}")
	op.Method = scorecardMethod(op, strings.Join(segments[n:], "_"), one)
}

// scorecardMethod is the verb and what it is done to. A segment that is a verb
// already stands alone, and so does a noun that a GET reads one of.
func scorecardMethod(op *Operation, rest string, one bool) string {
	verb := op.verb(one)
	if verb == "Replace" {
		verb = "Update" // what becomes of fields that are not sent is documented nowhere
	}
	words := splitWords(rest)
	switch {
	case rest == "":
		return verb
	case isScorecardVerb(words[0]):
		return GoName(rest)
	case one:
		return verb + GoName(Singular(rest))
	case verb == "List" && !isPlural(words[len(words)-1]):
		return GoName(rest)
	case op.Verb == "PUT":
		return "Set" + GoName(rest)
	default:
		return verb + GoName(rest)
	}
}

func isScorecardVerb(word string) bool {
	switch word {
	case "archive", "unarchive", "bulk", "revoke", "remove", "validate", "ingest":
		return true
	}
	return false
}

// setUnstableApart puts operations outside the vendor's published index into
// services of their own: UnstableMAX beside MAX. Their records keep plain names.
func (m *merger) setUnstableApart() {
	for i := range m.table.Operations {
		if op := &m.table.Operations[i]; op.Unstable {
			op.Service = "Unstable" + op.Service
		}
	}
}
