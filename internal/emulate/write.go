package emulate

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

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
