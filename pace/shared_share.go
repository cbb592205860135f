package pace

import (
	"slices"
	"time"
)

// unknownLimit stands for a limit that nobody knows.
const unknownLimit = 1000

// measure asks the core what its requests make of the window, and finds out
// the limit of all processes together. What the platform told one of them, the
// others need not find out.
func (t *seat) measure(tab *table) (waiting, used int) {
	core := t.shared.core
	waiting, used, limit, told := core.demand(t.key)
	switch {
	case told:
		tab.Limit = limit
	case tab.Limit > 0:
		limit = tab.Limit
	case limit == 0:
		limit = unknownLimit
	}
	t.stated, t.limit = tab.Limit, max(1, int(float64(limit)*(1-core.policy.Reserve)))
	return waiting, used
}

// used is how many requests of this process stand in the window.
func (t *seat) used() int { return t.shared.core.used(t.key, 0) }

// forget removes the members that have been silent for so long that nothing
// they sent is counted any more: since their last writing, if they told that
// they would send nothing before the next.
func (t *seat) forget(tab *table) (some bool) {
	now, seen, times, before := t.shared.now(), map[string]sighting{}, t.shared.times, len(tab.Members)
	tab.Members = slices.DeleteFunc(tab.Members, func(m member) bool {
		if m.ID == t.shared.id {
			return false
		}
		last, ok := t.watched[m.ID]
		if !ok || last.beat != m.Beat {
			last = sighting{m.Beat, now}
		}
		seen[m.ID] = last
		silence := now - last.since
		switch {
		case m.Ends > 0:
			return silence >= time.Duration(m.Ends)*time.Millisecond
		case m.Rest:
			return silence >= times.expiry
		}
		return silence >= times.expiry+times.sure
	})
	t.watched = seen
	return len(tab.Members) < before
}

// plan puts into the table what this process wants and what it has from now
// on. A share grows out of what nobody has, and shrinks as the requests that
// used it drop out of the window.
func (t *seat) plan(tab *table, i int) {
	me := &tab.Members[i]
	me.Want, me.Rest = t.want(t.measure(tab))
	aim := tab.deal(t.limit, t.surplus())[i]
	t.aim = min(part(aim, t.limit), t.bound())
	t.short, t.shortage = false, tab.shortage(t.shared.id)
	t.hope = part(tab.hope(i, t.limit), t.limit)
	if t.aim < me.Share {
		t.apply(min(t.using, t.aim), me.Share) // first, so that no more comes into use than is kept
		me.Share = min(me.Share, max(t.aim, part(t.used(), t.limit)))
		return
	}
	me.Share += min(t.aim-me.Share, tab.free())
	t.short = requests(me.Share, t.limit) < min(aim, requests(me.Want, t.limit))
}

// want is the part of the limit that this process could use: the most that
// lately was in the window or waited. If nobody has asked lately, it rests, and
// keeps what it needs to go on as before.
func (t *seat) want(waiting, used int) (want int64, rest bool) {
	peak := int(t.wanted.add(int64(waiting+used), t.shared.now(), t.shared.times.length))
	if waiting == 0 && t.quiet() {
		return part(used+used/4+1, t.limit), true
	}
	return part(max(1, peak), t.limit), false
}

// surplus is how much more than it wants a member may be given. Where requests
// are spread evenly, more than a burst could not be used for long, and would
// lie idle after a crash.
func (t *seat) surplus() int {
	if burst := t.shared.core.policy.Windows[0].Burst; burst > 0 {
		return burst
	}
	return t.limit
}

// quiet reports whether nobody has asked lately.
func (t *seat) quiet() bool {
	t.shared.mu.Lock()
	defer t.shared.mu.Unlock()
	return t.shared.now()-t.asked > t.shared.times.quiet
}

// take puts a share into use. One who rests uses nothing.
func (t *seat) take(me member, members int) {
	t.share = me.Share
	t.noteMembers(members)
	if me.Rest && t.rest() {
		t.using = t.share
		t.shared.core.setStake(t.key, stake{share: 1, ours: t.others()}) // which hold keeps from being used
		return
	}
	t.apply(min(t.aim, t.share), t.share)
	t.shared.mu.Lock()
	t.sure, t.resting = t.beaten+t.shared.times.sure, false
	t.shared.mu.Unlock()
}

// apply tells the core what part of the limit its requests may use, of the
// share that this process has.
func (t *seat) apply(use, share int64) {
	t.foreign.add(whole-share, t.shared.now(), t.shared.times.length)
	t.using = use
	t.shared.mu.Lock()
	t.allowed = requests(use, t.limit)
	t.shared.mu.Unlock()
	t.shared.core.setStake(t.key, stake{
		share: float64(use) / whole,
		hope:  float64(t.hope) / whole,
		ours:  t.others(),
		limit: t.stated,
	})
}

// others is the part of the limit that other processes may have used.
func (t *seat) others() float64 { return float64(max(t.foreign.now, t.foreign.before)) / whole }
