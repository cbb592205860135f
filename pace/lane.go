package pace

import (
	"net/http"
	"time"
)

const (
	// enoughTrips is how many round trips must have been seen before they say
	// what the way alone takes.
	enoughTrips = 16
	// longestFlight is how long a request is taken to be on its way there. A
	// long upload counts as arrived after that, not when it is answered.
	longestFlight = 10 * time.Second
	// longestSpread bounds how long requests stay apart after a pause.
	longestSpread = 10 * time.Second
)

// A lane is the state of one key. Times are since the pacer began.
type lane struct {
	key     string
	windows []window
	flights flights
	queue   queue
	timer   *time.Timer // runs while somebody waits

	trips    int           // round trips seen
	quickest time.Duration // of these
	usual    time.Duration // their mean, the late ones counting most

	gate     time.Duration // nothing leaves before: the platform asked for a pause
	apart    spacing       // keeps those that waited for it apart,
	together time.Duration // until then
}

func newLane(key string, p *Policy, now time.Duration) *lane {
	l := &lane{key: key, windows: make([]window, len(p.Windows)), quickest: never}
	l.flights.first = uint64(now) + 1 // no number of a forgotten lane of this key comes again
	for i := range l.windows {
		rule := &p.Windows[i]
		l.windows[i] = window{rule: rule, limit: rule.Limit, keep: 1 - p.Reserve, share: 1}
	}
	return l
}

// settle brings the counts up to now.
func (l *lane) settle(now time.Duration) {
	patience := min(l.windows[0].rule.Length, longestFlight)
	for {
		one, late := l.flights.overdue(now - patience)
		if !late {
			break
		}
		l.arrived(one.left + patience)
	}
	for i := range l.windows {
		w := &l.windows[i]
		w.settle(l.hold(w), now)
	}
}

func (l *lane) arrived(at time.Duration) {
	for i := range l.windows {
		l.windows[i].arrive(at)
	}
}

// hold is how long a request counts after its answer has come. It arrived
// before the answer set out, and the next request arrives after it has left:
// so what the two ways take at least need not be waited for. The platform's
// clock need not run quite like ours.
func (l *lane) hold(w *window) time.Duration {
	length := w.rule.Length
	return length + length/500 - min(l.way(), length/2)
}

// travelled takes note of a round trip.
func (l *lane) travelled(trip time.Duration) {
	if l.trips++; l.trips == 1 {
		l.usual = trip
	}
	l.usual += (trip - l.usual) / enoughTrips
	l.quickest = min(l.quickest, trip)
}

// way is what the two ways take at least. The quickest trip so far is an
// estimate from above, the better the less trips differ.
func (l *lane) way() time.Duration {
	if l.trips < enoughTrips {
		return 0
	}
	return max(0, l.quickest-max(0, l.usual-l.quickest))
}

// when returns when n more requests may leave, leaving aside windows that are
// not worth waiting for.
func (l *lane) when(n int, now time.Duration) time.Duration {
	at := max(now, l.gate)
	for i := range l.windows {
		if w := &l.windows[i]; !w.rule.Quota {
			at = max(at, w.when(n, l.flights.aloft, l.hold(w), now), l.uncrowded(n, w, now))
		}
	}
	if at < l.together {
		at = max(at, min(l.together, l.apart.when(n-1, l.interval(now), now)))
	}
	return at
}

// uncrowded returns when n more may be on their way at once: when an answer has
// come, or when that of the last to leave is late. Slow ones hold nobody up.
func (l *lane) uncrowded(n int, w *window, now time.Duration) time.Duration {
	late := 2 * l.usual
	if l.flights.aloft == 0 || !w.crowded(n+l.flights.aloft, late, now) {
		return now
	}
	return l.flights.latest() + late
}

// exhausted returns the window that is not worth waiting for and has no room
// for n more, or nil.
func (l *lane) exhausted(n int, now time.Duration) *window {
	for i := range l.windows {
		w := &l.windows[i]
		if w.rule.Quota && w.when(n, l.flights.aloft, l.hold(w), now) > now {
			return w
		}
	}
	return nil
}

// interval spreads requests evenly over the shortest window.
func (l *lane) interval(now time.Duration) time.Duration {
	w := &l.windows[0]
	if w.limit == 0 {
		return 0
	}
	return w.rule.Length / time.Duration(max(1, w.capacity(w.others(now))))
}

// leave lets a request go and returns its number.
func (l *lane) leave(now time.Duration) uint64 {
	one := flight{left: now, aloft: int32(l.flights.aloft + 1)}
	number := l.flights.last() + 1
	for i := range l.windows {
		w := &l.windows[i]
		w.leave(number, now)
		one.arrived[i] = int32(w.sent.total)
	}
	if now < l.together {
		l.apart.take(l.interval(now), now)
	}
	l.flights.leave(one)
	return number
}

// land takes in the answer of a request.
func (l *lane) land(number uint64, status int, r *Reading, now time.Duration) {
	one, ok := l.flights.land(number)
	if !ok {
		return // heard before, or given up as overdue
	}
	if status != 0 {
		l.travelled(now - one.left)
	}
	l.arrived(now)
	a := answer{flight: one, number: number, last: l.flights.last(), refused: status == http.StatusTooManyRequests}
	for i := range l.windows {
		l.hear(i, r.States[i], &a, now)
	}
	if r.Either.Limit > 0 {
		which := l.which(r.Either)
		l.hear(which, r.Either, &a, now)
		for i := range l.windows {
			if i != which {
				l.windows[i].spared(&a, now)
			}
		}
	}
}

// An answer is what is known of one besides what it says.
type answer struct {
	flight
	number  uint64 // of its request
	last    uint64 // the request that left last: those since number may have arrived before it
	refused bool
}

// hear gives what an answer says of a window to it. With the first word of the
// platform the assumptions end.
func (l *lane) hear(i int, s State, a *answer, now time.Duration) {
	if s.Limit <= 0 {
		return
	}
	l.windows[i].hear(i, s, a, now)
	for i := range l.windows {
		if w := &l.windows[i]; !w.told {
			w.limit = 0
		}
	}
}

// which finds the window that a state is of: the one with that limit, else the
// shortest that the reset fits into.
func (l *lane) which(s State) int {
	found, fits := -1, -1
	for i := range l.windows {
		w := &l.windows[i]
		if w.told && w.limit == s.Limit {
			if found >= 0 {
				found = -1
				break
			}
			found = i
		}
	}
	for i := range l.windows {
		if fits = i; s.Reset <= l.windows[i].rule.Length+time.Second {
			break
		}
	}
	if found >= 0 {
		return found
	}
	return fits
}

// pause closes the gate. Those that wait for it leave one by one.
func (l *lane) pause(d, now time.Duration) bool {
	gate := now + min(d, longestPause)
	if gate <= l.gate {
		return false
	}
	l.gate = gate
	l.together = gate + min(l.windows[0].rule.Length, longestSpread)
	l.apart.next = gate
	return true
}
