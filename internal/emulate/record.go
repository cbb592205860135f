package emulate

import (
	"maps"
	"net/http"
	"slices"
	"strings"
)

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
