package pace

import "time"

// A tally counts the requests of a window. Those that lie close together are
// one entry, under the time of the latest, so that a busy hour takes no more
// than about a thousand entries.
type tally struct {
	entries fifo[entry]
	total   int
}

type entry struct {
	at time.Duration
	n  int
}

// add counts n requests. Time never goes back in a tally.
func (t *tally) add(at time.Duration, n int, resolution time.Duration) {
	t.total += n
	entries := t.entries.items()
	if len(entries) > 0 {
		last := &entries[len(entries)-1]
		at = max(at, last.at)
		if at/resolution == last.at/resolution {
			last.at, last.n = at, last.n+n
			return
		}
	}
	t.entries.push(entry{at, n})
}

// forget drops the entries up to a time.
func (t *tally) forget(until time.Duration) {
	old := 0
	for _, e := range t.entries.items() {
		if e.at > until {
			break
		}
		t.total -= e.n
		old++
	}
	if old > 0 {
		t.entries.drop(old)
	}
}

// trim drops the oldest of the requests up to a time, until no more than keep
// of these are left.
func (t *tally) trim(until time.Duration, keep int) {
	excess := -keep
	for _, e := range t.entries.items() {
		if e.at <= until {
			excess += e.n
		}
	}
	for excess > 0 {
		oldest := &t.entries.items()[0]
		n := min(excess, oldest.n)
		excess -= n
		t.total -= n
		if oldest.n -= n; oldest.n == 0 {
			t.entries.drop(1)
		}
	}
}

func (t *tally) clear() {
	t.entries.drop(len(t.entries.items()))
	t.total = 0
}

// last returns when the latest request was, and false if there is none.
func (t *tally) last() (time.Duration, bool) {
	entries := t.entries.items()
	if len(entries) == 0 {
		return 0, false
	}
	return entries[len(entries)-1].at, true
}

// oldest returns when the nth oldest request was, and false if there are fewer.
func (t *tally) oldest(n int) (time.Duration, bool) {
	if n > t.total {
		return 0, false
	}
	for _, e := range t.entries.items() {
		if n -= e.n; n <= 0 {
			return e.at, true
		}
	}
	return 0, false
}
