package emulate

import (
	"maps"
	"path"
	"slices"
	"strings"
)

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
