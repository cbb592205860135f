package emulate

import (
	"maps"
	"net/http"
	"slices"
	"strings"
)

// many does something to several records: each of a list of bodies, or each id
// of a list of ids. What becomes of each is in the answer as far as its type
// has a place for it; ids that do not exist are failures.
func (t *Typed) many(a Ask, at place, m meaning) Result {
	op := a.Call.Operation()
	t.start(at)
	out := &outcome{}
	for _, entry := range entries(a.Sent) {
		t.each(out, a, at, m, entry)
	}
	return t.told(op, at, out)
}

// An outcome is what became of several records.
type outcome struct {
	done   []Record
	failed []any
}

func (t *Typed) each(out *outcome, a Ask, at place, m meaning, entry Record) {
	at.id = IDText(entry["id"])
	verb := a.Call.Operation().Verb
	makes := verb == http.MethodPost && !strings.Contains(m.word, "restore") || strings.Contains(m.word, "create")
	if at.id == "" || makes {
		out.done = append(out.done, t.make(at, a.Owner, entry))
		return
	}
	r, ok := t.State.Get(at.name, at.id)
	back := strings.Contains(m.word, "restore")
	if !ok || at.isDeleted(r) != back {
		out.failed = append(out.failed, Record{"id": entry["id"], "code": http.StatusNotFound, "message": "record " + at.id + " does not exist"})
		return
	}
	switch {
	case verb == http.MethodDelete || strings.Contains(m.word, "delete") || strings.Contains(m.word, "remove"):
		r = t.remove(at)
	case back:
		r = t.bury(at, false)
	default:
		r = t.change(at, entry, false)
	}
	out.done = append(out.done, r)
}

// entries reads a body that speaks of several records: a list of objects or of
// ids, or an object with a list of ids and what is to change in each.
func entries(sent any) []Record {
	switch sent := sent.(type) {
	case []any:
		return entriesOf(sent, nil)
	case Record:
		names := slices.Sorted(maps.Keys(sent))
		for _, name := range names {
			list, ok := sent[name].([]any)
			if ok && (name == "ids" || strings.HasSuffix(name, "_ids")) {
				rest := Copy(sent)
				delete(rest, name)
				return entriesOf(list, rest)
			}
		}
		for _, name := range names {
			if list, ok := sent[name].([]any); ok {
				return entriesOf(list, nil)
			}
		}
	}
	return nil
}

func entriesOf(list []any, with Record) []Record {
	out := make([]Record, 0, len(list))
	for _, each := range list {
		entry, ok := each.(Record)
		if !ok {
			entry = Copy(with)
			if entry == nil {
				entry = Record{}
			}
			entry["id"] = each
		}
		out = append(out, entry)
	}
	return out
}

// told puts an outcome into the form of the operation's answer: a list of the
// records, or an object with a list of them, or of their ids, and perhaps one
// of the failures.
func (t *Typed) told(op *Operation, at place, out *outcome) Result {
	typeName := element(op.Answer.Type)
	if isList(op) {
		result := t.listed(op, at, out.done, typeName)
		result.Failed = out.failed
		return result
	}
	answer := Record{}
	if len(out.done) > 0 {
		answer = out.done[0]
	}
	answer, done := Copy(answer), recordsOf(out.done)
	for _, f := range t.types[typeName].Fields {
		if of, ok := strings.CutPrefix(f.Type, "[]"); ok {
			answer[f.Name] = t.idsOrRecords(of, done)
			if isFailure(f.Name) {
				answer[f.Name] = t.idsOrRecords(of, out.failed)
			}
		}
	}
	return t.one(op, at, answer)
}

func (t *Typed) idsOrRecords(typeName string, records []any) []any {
	if _, isRecord := t.types[typeName]; isRecord {
		return records
	}
	ids := make([]any, len(records))
	for i, r := range records {
		ids[i] = r.(Record)["id"]
	}
	return ids
}

// isFailure reports whether a list of that name has what failed.
func isFailure(name string) bool {
	for _, word := range []string{"fail", "error", "skip", "invalid"} {
		if strings.Contains(name, word) {
			return true
		}
	}
	return false
}
