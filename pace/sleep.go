package pace

import (
	"hash/maphash"
	"time"
)

// Sleepers are lanes that nobody uses at the moment, by a hash of their keys. A
// program may have one for each of many thousands of tenants.
type sleepers struct {
	seed  maphash.Seed
	lanes map[uint64]sleeper
}

// A sleeper is what is kept of such a lane.
type sleeper struct {
	last time.Duration // when its latest request arrived; all count as of then
	sent [maxWindows]uint16
}

// sleep returns what must be kept of a lane, and false if it cannot sleep:
// somebody waits, a request is aloft, a pause lasts, or the platform told more
// of it than its next answer would tell again.
func (l *lane) sleep(now time.Duration) (sleeper, bool) {
	l.settle(now)
	if l.queue.waiting > 0 || l.flights.aloft > 0 || now < l.gate {
		return sleeper{}, false
	}
	var s sleeper
	for i := range l.windows {
		w := &l.windows[i]
		if !w.sleeps(now) {
			return sleeper{}, false
		}
		if w.told || w.limit == 0 {
			continue
		}
		if last, some := w.sent.last(); some {
			s.last = max(s.last, last)
			s.sent[i] = uint16(w.sent.total)
		}
	}
	return s, true
}

// wake puts the lane back to where it was, as if all its requests had come as
// late as the last.
func (l *lane) wake(s sleeper) {
	for i, n := range s.sent {
		if n == 0 {
			continue
		}
		w := &l.windows[i]
		w.sent.add(s.last, int(n), w.rule.Length/1024)
		if _, interval := w.pattern(); interval > 0 {
			w.flow.next = s.last + time.Duration(n)*interval
		}
	}
}

// awaken makes the lane of a key that is asleep or new.
func (p *Pacer) awaken(key string, now time.Duration) *lane {
	l := newLane(key, &p.policy, now)
	l.wake(p.asleep.lanes[p.asleep.place(key)])
	return l
}

func (s *sleepers) place(key string) uint64 { return maphash.String(s.seed, key) }

// over reports whether all that is kept of a lane has dropped out of its windows.
func (s *sleeper) over(windows []Window, now time.Duration) bool {
	for i, w := range windows {
		if s.sent[i] > 0 && now-s.last < w.Length+w.Length/500 {
			return false
		}
	}
	return true
}

// dropIdle puts the lanes to sleep that nobody uses, and forgets those that
// have nothing to remember. So there are never more than some hundreds awake, or
// twice as many as are in use. The maps are made anew, since one that was large
// stays large.
func (p *Pacer) dropIdle(now time.Duration) {
	awake, asleep := map[string]*lane{}, map[uint64]sleeper{}
	for place, s := range p.asleep.lanes {
		if !s.over(p.policy.Windows, now) {
			asleep[place] = s
		}
	}
	for key, l := range p.lanes {
		s, quiet := l.sleep(now)
		switch {
		case !quiet:
			awake[key] = l
		case !s.over(p.policy.Windows, now):
			asleep[p.asleep.place(key)] = s
		}
	}
	p.lanes, p.asleep.lanes, p.most = awake, asleep, max(fewLanes, 2*len(awake))
}
