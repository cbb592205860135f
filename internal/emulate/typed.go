package emulate

import (
	"cmp"
	"maps"
	"net/http"
	"path"
	"slices"
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

func (t *Typed) list(a Ask, at place, bin bool) Result {
	t.start(at)
	op, typeName := a.Call.Operation(), t.typeOf(a.Call.Operation(), at)
	all := t.State.Where(at.name, func(r Record) bool { return at.isDeleted(r) == bin })
	group, inGroups := t.holder(typeName, at)
	if a.Keep != nil {
		seen := typeName
		if inGroups {
			seen = element(group.Type)
		}
		all = slices.DeleteFunc(all, func(r Record) bool { return !a.Keep(t.whole(r, seen)) })
	}
	if inGroups {
		all = []Record{{"id": t.id(at, 1), made: 1, group.Name: recordsOf(all)}}
	}
	return t.listed(op, at, all, typeName)
}

// whole is a record with what was written of it, and besides that what a list
// of its type shows.
func (t *Typed) whole(r Record, typeName string) Record {
	if len(t.types[typeName].Fields) == 0 {
		return r
	}
	shown := t.Show(r, typeName)
	maps.Copy(shown, r)
	return shown
}

// holder is the member of a type that holds a collection's records: one that
// has their type, or records and the collection's name. A record's own type
// has none.
func (t *Typed) holder(typeName string, at place) (Field, bool) {
	types := t.directory.records[at.template]
	if slices.Contains(types, typeName) {
		return Field{}, false
	}
	for _, f := range t.types[typeName].Fields {
		of, isList := strings.CutPrefix(f.Type, "[]")
		named := f.Name == path.Base(at.template) && of != typeName && len(t.types[of].Fields) > 0
		if isList && (named || slices.Contains(types, of)) {
			return f, true
		}
	}
	return Field{}, false
}

// recordsOf is a list of records as a value of a record. Those that nobody
// wrote become whole when they are shown.
func recordsOf(all []Record) []any {
	out := make([]any, len(all))
	for i, r := range all {
		out[i] = r
	}
	return out
}

// listed puts records into the form of an answer that is a list: of records,
// or of what stands for them.
func (t *Typed) listed(op *Operation, at place, all []Record, typeName string) Result {
	if of, isRecord := t.types[typeName]; typeName != "" && typeName != "any" && (!isRecord || len(of.Enum) > 0) {
		list := make([]any, len(all))
		for i, r := range all {
			list[i] = t.standIn(r, Field{Name: "value", Type: typeName}, i+1)
		}
		return Result{One: list}
	}
	out := make([]Record, len(all))
	for i, r := range all {
		out[i] = t.Show(r, typeName, t.keysOf(op, at)...)
	}
	return Result{List: out}
}

// keysOf are the members that hold the id of a collection's records.
func (t *Typed) keysOf(op *Operation, at place) []string {
	return append([]string{op.Key}, t.directory.keys[at.template]...)
}

// standIn is a record's id in the form of a plain type, or another value of
// the type.
func (t *Typed) standIn(r Record, f Field, n int) any {
	if id, ok := t.fit(r["id"], f, 1); ok && len(t.types[f.Type].Enum) == 0 {
		return id
	}
	return t.value(f, n, 1)
}

// typeOf is the type of a list's records; if the table does not know it, that
// of the same records elsewhere.
func (t *Typed) typeOf(op *Operation, at place) string {
	if op.Answer.Type != "" {
		return element(op.Answer.Type)
	}
	if like := t.directory.shows[at.template]; like != nil {
		return element(like.Answer.Type)
	}
	return ""
}

func (t *Typed) item(a Ask, at place) Result {
	op := a.Call.Operation()
	switch verbOf(op) {
	case http.MethodGet:
		r, _ := t.State.Get(at.name, at.id)
		return t.one(op, at, r)
	case http.MethodDelete:
		return t.one(op, at, t.remove(at))
	default:
		sent, _ := a.Sent.(Record)
		return t.one(op, at, t.change(at, sent, op.Verb == http.MethodPut))
	}
}

// single is the one record of its place. Writing keeps what is sent, deleting
// makes it as it was at first.
func (t *Typed) single(a Ask, at place) Result {
	op := a.Call.Operation()
	at.id = "only"
	collection := at
	if t.directory.isCollection(at.template) { // it tells of the collection, and is none of its records
		at.name += " as one"
	}
	if op.Verb == http.MethodDelete {
		t.State.Delete(at.name, at.id)
	}
	t.summon(at, "id")
	sent, _ := a.Sent.(Record)
	if verbOf(op) == http.MethodGet || op.Verb == http.MethodDelete || sent == nil {
		r, _ := t.State.Get(at.name, at.id)
		if f, ok := t.holder(op.Answer.Type, collection); ok {
			t.start(collection)
			r[f.Name] = recordsOf(t.State.Where(collection.name, func(r Record) bool { return !collection.isDeleted(r) }))
		}
		return t.one(op, at, r)
	}
	return t.one(op, at, t.change(at, sent, op.Verb == http.MethodPut))
}

// deed does something to a record: what its word tells, and what was sent.
func (t *Typed) deed(a Ask, at place, m meaning) Result {
	op := a.Call.Operation()
	switch m.word {
	case "restore", "retrieve", "recycle":
		t.bury(at, m.word == "recycle")
	}
	change := t.meant(op, m.word)
	sent, _ := a.Sent.(Record)
	maps.Copy(change, sent)
	return t.one(op, at, t.change(at, change, false))
}

// meant is what the word of a deed says of the record: activating sets the
// member active, publishing the status that begins like the word.
func (t *Typed) meant(op *Operation, word string) Record {
	switch word {
	case "activate", "deactivate", "enable", "disable":
		on := word == "activate" || word == "enable"
		return Record{"active": on, "is_active": on, "enabled": on}
	}
	stem := strings.TrimSuffix(word, "e")
	for _, f := range t.types[element(op.Answer.Type)].Fields {
		for _, status := range slices.Concat(f.Enum, t.types[f.Type].Enum) {
			if f.Name == "status" && stem != "" && strings.HasPrefix(strings.ToLower(status), stem) {
				return Record{"status": status}
			}
		}
	}
	return Record{}
}

// one puts a record into the form of the operation's answer.
func (t *Typed) one(op *Operation, at place, r Record) Result {
	typeName := op.Answer.Type
	if of, isRecord := t.types[element(typeName)]; typeName != "" && (!isRecord || len(of.Enum) > 0) {
		return Result{One: t.plainAnswer(typeName, r)}
	}
	if isList(op) {
		return Result{List: []Record{t.Show(r, element(typeName), t.keysOf(op, at)...)}}
	}
	return Result{One: t.Show(r, typeName, t.keysOf(op, at)...)}
}

// plainAnswer is the answer of an operation that answers no record: where it
// is a number, or a list of numbers, the record's id.
func (t *Typed) plainAnswer(typeName string, r Record) any {
	if id, ok := t.fit(r["id"], Field{Type: "int"}, 1); ok && typeName == "[]int" {
		return []any{id}
	} else if ok && typeName == "int" {
		return id
	}
	return t.Value(typeName, 1)
}

// make stores a new record.
func (t *Typed) make(at place, owner, sent Record) Record {
	t.start(at)
	now := t.time(t.State.Now())
	r := Record{"created_at": now, "updated_at": now}
	maps.Copy(r, owner)
	t.lay(r, sent)
	if r["id"] = t.namedID(at, sent); r["id"] == nil {
		r["id"] = t.id(at, starters+t.State.NextID("made by requests"))
	}
	t.State.Put(at.name, r["id"], r)
	return r
}

// namedID is the id that a body gives a new record: that of a record elsewhere
// which is added here, as with {"group_id": 7} to the groups of a person. It
// is nil where the platform makes the id.
func (t *Typed) namedID(at place, sent Record) any {
	for _, key := range t.directory.keys[at.template] {
		if id := sent[key]; key != "id" && IDText(id) != "" {
			return id
		}
	}
	if len(sent) == 1 {
		return sent["id"]
	}
	return nil
}

// change lays what was sent over a record, or puts it in the record's place.
func (t *Typed) change(at place, sent Record, whole bool) Record {
	now := t.time(t.State.Now())
	r, _ := t.State.Update(at.name, at.id, func(r Record) {
		id := r["id"]
		if whole {
			maps.DeleteFunc(r, func(name string, _ any) bool { return name != "created_at" && !strings.HasSuffix(name, "_id") })
		}
		t.lay(r, sent)
		r["id"], r["updated_at"] = id, now
	})
	return r
}

// remove deletes a record. One that could come back stays, marked.
func (t *Typed) remove(at place) Record {
	r, _ := t.State.Get(at.name, at.id)
	if at.open || t.directory.binned[at.template] {
		return t.bury(at, true)
	}
	t.State.Delete(at.name, at.id)
	return r
}

func (t *Typed) lay(r, sent Record) {
	if t.Lay != nil {
		t.Lay(r, sent)
		return
	}
	maps.Copy(r, sent)
}

// id is the id of the n-th record. Where the collection's type has a number,
// it is one.
func (t *Typed) id(at place, n int) any {
	if t.NewID == nil {
		return n
	}
	id := t.NewID(n)
	if _, text := id.(string); text && t.isNumbered(at.template) {
		return n
	}
	return id
}

func (t *Typed) isNumbered(template string) bool {
	op := t.directory.shows[template]
	if op == nil {
		return false
	}
	return slices.ContainsFunc(t.types[element(op.Answer.Type)].Fields, func(f Field) bool {
		return f.Type == "int" && f.Name == cmp.Or(op.Key, "id")
	})
}

// buried marks a record that lies in a recycle bin. Hand-written behaviour
// has the member deleted for it, which elsewhere anybody may write.
const buried = "_deleted"

// bury puts a record into the recycle bin, or takes it out.
func (t *Typed) bury(at place, gone bool) Record {
	var when any
	if gone {
		when = t.time(t.State.Now())
	}
	r, _ := t.State.Update(at.name, at.id, func(r Record) {
		r[buried], r["deleted"], r["deleted_at"] = gone, gone, when
	})
	return r
}

func (at place) isDeleted(r Record) bool {
	if at.home {
		return r["deleted"] == true
	}
	return r[buried] == true
}

// element is the record type of a list or of a record.
func element(typeName string) string { return strings.TrimPrefix(typeName, "[]") }
