package pace

// fall goes on without the record, with the same share for each process. If
// nothing is asked for, it gives the seat up.
func (t *seat) fall() (left bool) {
	waiting, used := t.measure(&table{Limit: t.stated})
	if waiting+used == 0 && t.rest() && t.vanish() {
		return true
	}
	if !t.alone && t.beaten > 0 {
		t.beCautious()
	}
	t.alone = true
	use := t.fair()
	t.hope = use
	if t.shared.now() < t.calm {
		use = min(use, t.most)
	}
	t.apply(use, use)
	t.shared.mu.Lock()
	t.sure, t.resting = never, false
	t.shared.mu.Unlock()
	return false
}

// noteMembers remembers how many share the limit, for the time without a
// record: of this key, and of those whose record cannot be read at all.
func (t *seat) noteMembers(n int) {
	t.members = n
	t.shared.mu.Lock()
	defer t.shared.mu.Unlock()
	t.shared.members = n
}

// fair is the share of each if all get the same: one request at least, or
// nobody would send any while the store is down.
func (t *seat) fair() int64 {
	return max(int64(whole/max(1, t.members, t.shared.options.Processes)), part(1, max(1, t.limit)))
}

// beCautious takes no more into use than was, for a while: others may not know
// yet what this process knows, and still use what it would take. One who used
// nothing may begin with the eighth that is kept for newcomers.
func (t *seat) beCautious() {
	t.most, t.calm = max(t.using, t.fair()/8), t.shared.now()+t.shared.times.settle
}

// recover goes on with the record.
func (t *seat) recover() {
	if t.alone {
		t.alone = false
		t.beCautious()
	}
}

// bound is the largest part of the limit that may come into use.
func (t *seat) bound() int64 {
	switch {
	case t.alone:
		return t.using
	case t.shared.now() < t.calm:
		return t.most
	}
	return whole
}
