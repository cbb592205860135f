package emulate

import (
	"net/http"
	"slices"
	"strings"
)

// A kind says what an operation is about.
type kind int

const (
	aList   kind = iota // the records of a collection, or of its recycle bin
	anItem              // one record under its id: the verb says what becomes of it
	aRecord             // a new record
	aSingle             // the one record of its place, such as settings
	aDeed               // something is done to one record: /{id}/publish
	several             // several records at once: /bulk_update
)

// A meaning is what an operation does, as far as its verb and path, and the
// other paths of the table, tell.
type meaning struct {
	kind kind
	path []string // template of the collection, or of the record
	word string   // what is done, for aDeed and several: "publish", "bulk_update"
	bin  bool     // it is about deleted records
}

// binSegment stands in paths that are about deleted records.
const binSegment = "recycle_bin"

// A directory knows which paths of a table are collections.
type directory struct {
	strip   func([]string) []string
	listed  map[string]bool       // collections that can be listed
	made    map[string]bool       // paths that take POST
	items   map[string]bool       // collections whose records have paths of their own
	singles map[string]bool       // paths that answer one record and end in no variable
	binned  map[string]bool       // collections with a recycle bin
	shows   map[string]*Operation // one of a collection's operations that answer its records
	records map[string][]string   // types that single records of a collection are answered as
	keys    map[string][]string   // names of the variables that stand for a collection's ids
}

func newDirectory(table *Table, strip func([]string) []string) *directory {
	d := &directory{
		strip: strip, listed: map[string]bool{}, made: map[string]bool{}, items: map[string]bool{}, singles: map[string]bool{}, binned: map[string]bool{},
		shows: map[string]*Operation{}, records: map[string][]string{}, keys: map[string][]string{},
	}
	for i := range table.Operations {
		d.note(&table.Operations[i])
	}
	return d
}

func (d *directory) note(op *Operation) {
	path, bin := d.template(op)
	d.noteKeys(path)
	parent := path[:len(path)-1]
	name := Template(path)
	if bin {
		if isVariable(path[len(path)-1]) || isVerbOfBin(path[len(path)-1]) {
			name = Template(parent)
		}
		d.binned[strings.TrimSuffix(name, "/{}")] = true
		return
	}
	switch verb := verbOf(op); {
	case verb == http.MethodGet && isList(op):
		d.listed[name] = true
		d.show(name, op)
	case isVariable(path[len(path)-1]):
		d.items[Template(parent)] = true
		if verb == http.MethodGet {
			d.show(Template(parent), op)
			d.records[Template(parent)] = append(d.records[Template(parent)], op.Answer.Type)
		}
	case verb == http.MethodGet:
		d.singles[name] = true
	case verb == http.MethodPost && op.Answer.Known == "typed": // else nobody learns the id
		d.made[name] = true
	}
}

// noteKeys learns from each variable on a path what the ids of the collection
// before it are called.
func (d *directory) noteKeys(path []string) {
	for i, segment := range path {
		_, variable, _, ok := cutVariable(segment)
		name := Template(path[:i])
		if ok && isID(variable) && !slices.Contains(d.keys[name], variable) {
			d.keys[name] = append(d.keys[name], variable)
		}
	}
}

func (d *directory) show(name string, op *Operation) {
	if d.shows[name] == nil && op.Answer.Type != "" {
		d.shows[name] = op
	}
}

// verbOf is the verb of an operation; one that only reads means GET whatever
// its verb is.
func verbOf(op *Operation) string {
	if op.Class == "read" {
		return http.MethodGet
	}
	return op.Verb
}

// template is the path's template below its version and scope, and whether it
// is about deleted records.
func (d *directory) template(op *Operation) (path []string, bin bool) {
	path = d.strip(split(op.Path))
	at := slices.Index(path, binSegment)
	if at < 0 || len(path) == 1 {
		return path, false
	}
	return slices.Delete(slices.Clone(path), at, at+1), true
}

func (d *directory) isCollection(name string) bool { return d.listed[name] || d.items[name] }

// isOpen reports whether the records of a collection are known to the table
// only by their ids, which then are names of things elsewhere: a domain, a
// date. Whatever id is asked for is there.
func (d *directory) isOpen(name string) bool { return !d.listed[name] && !d.made[name] }

// meaning reads an operation. It is cheap: a table's directory is what takes time.
func (d *directory) meaning(op *Operation) meaning {
	path, bin := d.template(op)
	last, before := path[len(path)-1], path[:len(path)-1]
	m := meaning{path: path, bin: bin, word: last}
	switch name, verb := Template(path), verbOf(op); {
	case verb == http.MethodGet && isList(op):
		m.kind = aList
	case isVariable(last) && d.listed[name] && verb == http.MethodPost:
		m.kind = aRecord
	case isVariable(last) && bin && verb == http.MethodPatch:
		m.kind, m.word = aDeed, "restore"
	case isVariable(last):
		m.kind = anItem
	case verb == http.MethodGet && op.Answer.Known == "unknown" && (d.items[name] || d.made[name]):
		m.kind = aList
	case verb == http.MethodGet:
		m.kind = aSingle
	case isManyWord(last):
		m.kind = several
		if len(before) > 0 && !isVariable(before[len(before)-1]) {
			m.path = before
		}
	case bin && verb == http.MethodPost:
		m.kind, m.word = several, "restore"
	case d.isCollection(name) && verb != http.MethodPost, op.Body != nil && strings.HasPrefix(op.Body.Type, "[]"):
		m.kind = several
	case d.isCollection(name):
		m.kind = aRecord
	case d.singles[name]:
		m.kind = aSingle
	case len(before) > 0 && isVariable(before[len(before)-1]) && (op.Body == nil || verb != http.MethodPost):
		m.kind, m.path = aDeed, before
	case verb == http.MethodPost && op.Body != nil && d.isCollection(Template(before)) && isMakingWord(last):
		m.kind, m.path = aRecord, before
	case verb == http.MethodPost && op.Body != nil:
		m.kind = aRecord
	default:
		m.kind = aSingle
	}
	return m
}

func isVerbOfBin(segment string) bool { return segment == "restore" }

// isManyWord reports whether the end of a path says that it takes several records.
func isManyWord(segment string) bool {
	return strings.HasPrefix(segment, "bulk") || segment == "batch" || segment == "update_all" || segment == "sync"
}

// isMakingWord reports whether the end of a path says that a record is made.
func isMakingWord(segment string) bool {
	return slices.ContainsFunc([]string{"create", "clone", "duplicate", "copy"}, func(word string) bool { return strings.Contains(segment, word) })
}

// isList reports whether an operation answers a list.
func isList(op *Operation) bool {
	return strings.HasPrefix(op.Answer.Type, "[]") || op.Answer.Items != ""
}

// isVariable reports whether a segment is one variable, also with an ending,
// as "{id}.pdf" has one.
func isVariable(segment string) bool { return strings.HasPrefix(segment, "{") }

// Template is a path with {} for each variable, so that paths are equal that
// only call their variables otherwise.
func Template(path []string) string {
	parts := make([]string, len(path))
	for i, segment := range path {
		parts[i] = segment
		if isVariable(segment) {
			parts[i] = "{}"
		}
	}
	return strings.Join(parts, "/")
}
