package emulate

import (
	"strings"
	"sync"
	"time"
)

// Typed answers, by the table alone, the operations for which an emulator has
// no behaviour of its own. It reads from an operation's verb and path, and
// from the other paths of the table, whether it lists, reads, makes, changes,
// deletes, restores or does something to a record, and keeps the records in a
// [State]. What is answered has the form of the operation's type: the members
// that were written, and made-up or empty values for all others.
//
// A collection is named by its path without version: "/projects/7/rfis". It
// begins with a few made-up records when it is first asked for, so that every
// list has something to show, and so does its recycle bin. A record whose
// collection can neither be listed nor added to is there under every id.
//
// Its methods are safe for concurrent use; set the fields before.
type Typed struct {
	// State holds the records.
	State *State
	// NewID makes the id of the n-th record; nil means whole numbers. The
	// records that a collection begins with are the first ones in each, those
	// that are made later have numbers of their own.
	NewID func(n int) any
	// Time writes a moment as the platform does; nil means UTC to the second.
	Time func(time.Time) string
	// Homes are the collections of the state that belong to hand-written
	// behaviour, by the template of their path: "rfis/{}/replies". They get
	// no made-up records.
	Homes map[string]string
	// Lay puts what was sent into a record; nil means that each member
	// replaces the one of its name.
	Lay func(r, sent Record)
	// CustomFieldList says that custom fields are written as a list, not as an object.
	CustomFieldList bool

	types     map[string]Type
	directory *directory
	mu        sync.Mutex // one collection is started at a time
}

// starters is how many records an unused collection gets. The numbers of those
// that requests make follow.
const starters = 3

// NewTyped returns a Typed for a table that keeps its records in state. strip
// removes from the segments of a path template what does not tell collections
// apart, such as a version or the scope that an [Ask] has as Roots.
func NewTyped(table *Table, state *State, strip func([]string) []string) *Typed {
	return &Typed{State: state, types: table.Types, directory: newDirectory(table, strip)}
}

// An Ask is what [Typed.Do] is asked to do.
type Ask struct {
	Call *Call
	// Roots are paths that the collection may lie under, such as
	// "/projects/7"; new collections begin under the first. None means "".
	Roots []string
	// Sent is the body without its wrapper: a Record, a list or nil.
	Sent any
	// Owner are members that new records get, such as project_id.
	Owner Record
	// Keep chooses the records of a list by what was written of them and, where
	// that says nothing, by what the list shows; nil keeps all.
	Keep func(Record) bool
}

// A Result is what [Typed.Do] made of a call.
type Result struct {
	Missing string   // what the path names and does not exist; empty if all does
	List    []Record // of a list, whole and in its type's form: the emulator cuts its pages
	Failed  []any    // what could not be done, of an operation on several records that answers a list
	One     any      // of any other operation, in its type's form
}

// Do carries out a call.
func (t *Typed) Do(a Ask) Result {
	op := a.Call.Operation()
	m := t.directory.meaning(op)
	at, found := t.find(a, m)
	if !found {
		return Result{Missing: at.id}
	}
	switch m.kind {
	case aList:
		return t.list(a, at, m.bin)
	case anItem:
		return t.item(a, at)
	case aRecord:
		sent, _ := a.Sent.(Record)
		return t.one(op, at, t.make(at, a.Owner, sent))
	case aSingle:
		return t.single(a, at)
	case aDeed:
		return t.deed(a, at, m)
	default:
		return t.many(a, at, m)
	}
}

// Collection is where the records lie that a call is about, begun if it was
// not, or what is missing on the way there.
func (t *Typed) Collection(a Ask) (name, missing string) {
	at, found := t.find(a, t.directory.meaning(a.Call.Operation()))
	if !found {
		return "", at.id
	}
	t.start(at)
	return at.name, ""
}

// element is the record type of a list or of a record.
func element(typeName string) string { return strings.TrimPrefix(typeName, "[]") }
