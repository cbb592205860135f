package emulate

import "strings"

// A place is a collection of the state, and perhaps one of its records.
type place struct {
	name     string // of the collection
	id       string // of the record; empty for the collection itself
	template string // of the collection's path
	open     bool   // every id is there
	home     bool   // it belongs to hand-written behaviour
}

// find leads along the path of a meaning from record to record. If one of
// them does not exist, found is false and the place has its id.
func (t *Typed) find(a Ask, m meaning) (at place, found bool) {
	roots, from := a.Roots, 0
	if len(roots) == 0 {
		roots = []string{""}
	}
	for i, segment := range m.path {
		_, name, _, ok := cutVariable(segment)
		whole := i == len(m.path)-1 && (m.kind == aList || m.kind == aRecord)
		if !ok || whole {
			continue
		}
		at, found = t.seek(roots, m.path[:i], from, a.Call.Values, name)
		if i == len(m.path)-1 {
			return at, found && t.isThere(at, m)
		}
		if !found {
			return at, false
		}
		roots, from = []string{at.name + "/" + at.id}, i+1
	}
	return t.place(roots[0], m.path, from, a.Call.Values), true
}

// isThere reports whether a record is where it is looked for: in the recycle
// bin, or outside.
func (t *Typed) isThere(at place, m meaning) bool {
	r, ok := t.State.Get(at.name, at.id)
	back := m.kind == aDeed && (m.word == "restore" || m.word == "retrieve")
	return ok && (at.isDeleted(r) == m.bin || back && (!m.bin || at.open))
}

// place is a collection below a root: the part of its path behind from. What
// belongs to hand-written behaviour lies elsewhere.
func (t *Typed) place(root string, path []string, from int, values map[string]string) place {
	at := place{name: root, template: Template(path)}
	for _, segment := range path[from:] {
		if before, name, after, ok := cutVariable(segment); ok {
			segment = before + values[name] + after
		}
		at.name += "/" + segment
	}
	at.open = t.directory.isOpen(at.template)
	if home := t.Homes[at.template]; home != "" {
		at.name, at.home, at.open = home, true, false
	}
	return at
}

// seek finds the collection that has a record: where it is already, under any
// of the roots, or else where it would begin.
func (t *Typed) seek(roots, path []string, from int, values map[string]string, variable string) (at place, found bool) {
	for _, root := range roots {
		at = t.place(root, path, from, values)
		at.id = values[variable]
		if t.recognize(&at, variable) {
			return at, true
		}
	}
	at = t.place(roots[0], path, from, values)
	at.id = values[variable]
	if at.open = !at.home && (at.open || !isID(variable)); at.open {
		t.summon(at, variable)
		return at, true
	}
	t.start(at)
	return at, t.recognize(&at, variable)
}

// recognize reports whether a collection has the record that a path means: by
// its id, or by the member that the path's variable is named after.
func (t *Typed) recognize(at *place, variable string) bool {
	if _, ok := t.State.Get(at.name, at.id); ok || at.home {
		return ok
	}
	like := t.directory.shows[at.template]
	if like == nil {
		return false
	}
	for _, r := range t.State.All(at.name) {
		if v, ok := t.Show(r, element(like.Answer.Type), t.keysOf(like, *at)...)[variable]; ok && IDText(v) == at.id {
			at.id, at.open = IDText(r["id"]), at.open || !isID(variable)
			return true
		}
	}
	return false
}

// isID reports whether a path variable is an id that the platform made, and
// not the name of something elsewhere, such as a domain.
func isID(variable string) bool {
	return strings.HasSuffix(strings.ToLower(variable), "id")
}

// summon makes up a record under an id of the caller's choice.
func (t *Typed) summon(at place, variable string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if _, ok := t.State.Get(at.name, at.id); !ok {
		t.State.Put(at.name, at.id, Record{"id": at.id, variable: at.id, made: 1})
	}
}

// start gives a collection that nothing was put into its first records. If it
// has a recycle bin, the last one lies in there.
func (t *Typed) start(at place) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if at.home || t.State.Known(at.name) {
		return
	}
	for n := 1; n <= starters; n++ {
		r := Record{"id": t.id(at, n), made: n}
		if n == starters && t.directory.binned[at.template] {
			r[buried] = true
		}
		t.State.Put(at.name, r["id"], r)
	}
}
