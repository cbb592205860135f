package emulate

import (
	"encoding/json"
	"fmt"
	"maps"
	"strings"
	"sync"
	"time"

	"github.com/cordage-go/cordage/internal/operations"
)

// Typed answers, by the types of the table alone, the operations for which an
// emulator has no behaviour of its own: it lists, reads, creates, changes and
// deletes records in a [State], and makes up values of the right form.
//
// A collection that nothing was put into gets a few records at its first use,
// so that every list has something to show. Its methods are safe for concurrent
// use; set the fields before.
type Typed struct {
	// State holds the records.
	State *State
	// NewID makes the id of the n-th record of a collection, counted from 1;
	// nil means whole numbers.
	NewID func(n int) any
	// Time writes a moment as the platform does; nil means UTC to the second.
	Time func(time.Time) string

	types map[string]operations.Type
	mu    sync.Mutex // one collection is started at a time
}

// starters is how many records an unused collection gets.
const starters = 3

// NewTyped returns a Typed for the types of a table that keeps its records in state.
func NewTyped(table *operations.Table, state *State) *Typed {
	return &Typed{State: state, types: table.Types}
}

// List returns all records of a collection.
func (t *Typed) List(collection, key, typeName string) []Record {
	t.start(collection, key, typeName)
	return t.State.All(collection)
}

// Read returns one record of a collection.
func (t *Typed) Read(collection, key, typeName string, id any) (Record, bool) {
	t.start(collection, key, typeName)
	return t.State.Get(collection, id)
}

// Create stores a new record: the members that were sent, an id under key, and
// the zero values of all others of the type.
func (t *Typed) Create(collection, key, typeName string, sent Record) Record {
	t.start(collection, key, typeName)
	r := t.zeroRecord(typeName)
	now := t.time(t.State.Now())
	for _, f := range t.types[element(typeName)].Fields {
		if isDated(f.Name, "creat") || isDated(f.Name, "modif") || isDated(f.Name, "updat") {
			r[f.Name] = now
		}
	}
	maps.Copy(r, sent)
	id := t.newID(collection)
	r[key] = id
	t.State.Put(collection, id, r)
	return Copy(r)
}

// Update changes the members that were sent, and the date of the change.
func (t *Typed) Update(collection, key, typeName string, id any, sent Record) (Record, bool) {
	t.start(collection, key, typeName)
	now := t.time(t.State.Now())
	return t.State.Update(collection, id, func(r Record) {
		kept := r[key]
		maps.Copy(r, sent)
		r[key] = kept
		for name := range r {
			if isDated(name, "modif") || isDated(name, "updat") {
				r[name] = now
			}
		}
	})
}

// Delete removes a record and reports whether it was there.
func (t *Typed) Delete(collection, key, typeName string, id any) bool {
	t.start(collection, key, typeName)
	return t.State.Delete(collection, id)
}

// zeroRecord is a record of the type with the zero value of every member: "", 0,
// false, an empty list, null for what has no other.
func (t *Typed) zeroRecord(typeName string) Record {
	r := Record{}
	for _, f := range t.types[element(typeName)].Fields {
		r[f.Name] = t.zero(f)
	}
	return r
}

// sample is the n-th made-up record of the type: each member has a value of
// its form that depends on n alone.
func (t *Typed) sample(typeName string, n int) Record {
	r, _ := t.Value(element(typeName), n).(Record)
	return r
}

// Value is the n-th made-up value of a type expression of the table, such as
// "date", "[]string" or the name of a record. Records within records end at
// the third level.
func (t *Typed) Value(typeName string, n int) any {
	return t.value(operations.Field{Name: "value", Type: typeName}, n, 0)
}

func (t *Typed) start(collection, key, typeName string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.State.Known(collection) {
		return
	}
	for range starters {
		id := t.newID(collection)
		n := t.State.Len(collection) + 1
		r := t.sample(typeName, n)
		if r == nil {
			r = Record{}
		}
		r[key] = id
		t.State.Put(collection, id, r)
	}
}

func (t *Typed) newID(collection string) any {
	n := t.State.NextID(collection)
	if t.NewID != nil {
		return t.NewID(n)
	}
	return n
}

func (t *Typed) time(at time.Time) string {
	if t.Time != nil {
		return t.Time(at)
	}
	return at.UTC().Format(time.RFC3339)
}

const maxLevels = 3

func (t *Typed) value(f operations.Field, n, level int) any {
	if rest, ok := strings.CutPrefix(f.Type, "[]"); ok {
		if level >= maxLevels {
			return []any{}
		}
		f.Type = rest
		return []any{t.value(f, n, level)}
	}
	if rest, ok := strings.CutPrefix(f.Type, "map[string]"); ok {
		f.Type = rest
		return Record{"one": t.value(f, n, level)}
	}
	if of, ok := t.types[f.Type]; ok {
		if len(of.Enum) == 0 {
			return t.record(of, n, level+1)
		}
		f.Enum = of.Enum
	}
	if len(f.Enum) > 0 {
		return f.Enum[n%len(f.Enum)]
	}
	at := time.Date(2026, time.January, 5, 8, 0, 0, 0, time.UTC).Add(time.Duration(n) * time.Hour)
	switch f.Type {
	case "int", "id":
		return n
	case "bool":
		return n%2 == 0
	case "decimal":
		return fmt.Sprintf("%d.50", n)
	case "float":
		return json.Number(fmt.Sprintf("%d.5", n))
	case "date":
		return at.Format(time.DateOnly)
	case "datetime":
		return t.time(at)
	case "duration":
		return fmt.Sprintf("%02d:30:00", n%100)
	case "text":
		return Record{"eng": sentence(f.Name, n)}
	case "any", "customfields":
		return nil
	default:
		return sentence(f.Name, n)
	}
}

func sentence(name string, n int) string {
	return fmt.Sprintf("%s %d", strings.ReplaceAll(name, "_", " "), n)
}

func (t *Typed) record(of operations.Type, n, level int) any {
	if level > maxLevels {
		return nil
	}
	r := Record{}
	for _, f := range of.Fields {
		r[f.Name] = t.value(f, n, level)
	}
	return r
}

func (t *Typed) zero(f operations.Field) any {
	switch {
	case f.Nullable:
		return nil
	case strings.HasPrefix(f.Type, "[]"):
		return []any{}
	case strings.HasPrefix(f.Type, "map["):
		return Record{}
	case len(t.types[f.Type].Enum) > 0:
		return ""
	}
	switch f.Type {
	case "int", "id", "float":
		return 0
	case "bool":
		return false
	case "decimal":
		return "0"
	case "string", "text":
		return ""
	case "duration":
		return "00:00:00"
	default:
		return nil
	}
}

// element is the record type of a list or of a record.
func element(typeName string) string { return strings.TrimPrefix(typeName, "[]") }

// isDated reports whether a member's name is that of a date of what: the
// platforms write created_date, createdAt, date_updated and more.
func isDated(name, what string) bool {
	lower := strings.ToLower(name)
	if !strings.Contains(lower, what) {
		return false
	}
	rest := strings.ReplaceAll(lower, "update", "") // it ends like a date
	return strings.Contains(rest, "date") || strings.HasSuffix(lower, "_at") || strings.HasSuffix(name, "At")
}
