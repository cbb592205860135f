package pace

import (
	"math"
	"time"
)

const (
	// never is later than any request can wait for.
	never = time.Duration(math.MaxInt64)
	// memory is for how many lengths of a window the strangers in it are
	// expected to come again, and longestMemory bounds that: in a long window
	// answers tell of them early enough.
	memory        = 15
	longestMemory = 2 * time.Minute
	// long windows are worth a look at the time that the platform stated for
	// their reset, even if our own log says that they are still full.
	long = time.Minute
)

// A window is the state of one limit of one key. Times are since the pacer
// began.
//
// Our own requests count from their leaving until they have certainly dropped
// out of the platform's count. What the platform says is a correction: what is
// used there beyond our own was used by strangers.
type window struct {
	rule  *Window
	limit int           // 0 if none is known
	told  bool          // the platform stated the limit
	heard uint64        // the newest request whose answer told of the window
	reset time.Duration // when the platform counts anew, as it said; 0 if it did not, or if that was tried
	keep  float64       // the part of the limit that is not left to others
	share float64       // of that, what this process may use,
	hope  float64       // what it could have soon, if that is more
	ours  float64       // and what other processes of ours may be using, who are no strangers

	sent tally   // our own that have arrived
	flow spacing // holds what Burst promises while nothing is stated

	left int           // what is left, as the newest answers say
	asOf time.Duration // when the newest of these came
	wary time.Duration // until when others may come at any moment: they have been seen

	strangers int           // what others use now, as far as answers tell
	until     time.Duration // how long that counts
	proven    int           // what others used for certain, lately
	expected  time.Duration // until when they are expected to do so again
	trial     uint64        // the first request after the reset of a long window
	margin    int           // what is left free beside them, since requests were refused
	warned    uint64        // the newest request when that last grew
	calm      time.Duration // when it ends
}

// hear takes in what an answer says of window i of its lane.
func (w *window) hear(i int, s State, a *answer, now time.Duration) {
	if a.number >= w.heard {
		w.limit, w.told = s.Limit, true
	}
	if s.Remaining < 0 {
		return
	}
	used := max(0, s.Limit-s.Remaining)
	w.startAnew(used, i, a)
	used -= int(math.Ceil(float64(s.Limit)*w.keep*w.ours - 0.01))
	reset := now + w.span(s.Reset)
	least, most := used-a.own(i)-int(a.last-a.number), used-a.certain(i)
	w.prove(least, reset, now)
	if a.refused && a.number > w.warned && now < w.expected && !w.rule.Quota {
		w.warn(now)
		w.warned = a.last
	}
	if now >= w.until {
		w.strangers = 0
	}
	w.strangers = max(w.strangers, least)
	if a.number < w.heard {
		w.left = min(w.left, s.Remaining)
		return
	}
	w.left, w.asOf = s.Remaining, now
	w.strangers = max(0, min(w.strangers, most))
	w.heard, w.reset, w.until = a.number, 0, reset
	if s.Reset > 0 {
		w.reset = reset
	}
}

// startAnew forgets our oldest requests if the platform has: it counts in fixed
// spans, and one has begun. A count that is a little behind is no proof.
func (w *window) startAnew(used, i int, a *answer) {
	if 2*used < a.certain(i) {
		w.sent.trim(a.left, used)
	}
}

// spared takes in an answer that tells of another window, which is nearer to its
// end. If its request was the first after a stated reset and was let through,
// this window counts anew.
func (w *window) spared(a *answer, now time.Duration) {
	if a.number > w.heard {
		w.left, w.asOf = w.limit, now
	}
	if a.number == w.trial && !a.refused && w.rule.Length >= long {
		w.sent.trim(a.left, 0)
		w.reset = 0
	}
}

// prove remembers that others used at least n. Up to half of the limit is left
// to them for a while, since they may come again, and answers tell of it late.
func (w *window) prove(n int, reset, now time.Duration) {
	if n <= 0 {
		return
	}
	w.wary = now + w.memory()
	if n < w.proven && now < w.expected {
		return
	}
	w.proven, w.expected = n, now+w.memory()
	if w.rule.Quota {
		w.expected = reset
	}
}

func (w *window) memory() time.Duration { return min(memory*w.rule.Length, longestMemory) }

// warn leaves more room free: strangers have come between an answer and the
// next request. Those that are refused together are one warning.
func (w *window) warn(now time.Duration) {
	if now >= w.calm {
		w.margin = 0
	}
	w.margin = min(w.margin+1+w.limit/25, w.limit/4)
	w.calm = now + w.memory()
}

// span bounds what the platform says of its reset: it may be in a wrong unit.
func (w *window) span(stated time.Duration) time.Duration {
	if stated <= 0 {
		return w.rule.Length
	}
	return min(stated, w.rule.Length+time.Second) // whole seconds are rounded up
}

// others is what strangers are taken to use at a time to come.
func (w *window) others(at time.Duration) int {
	n := 0
	if at < w.expected {
		n = min(w.proven, w.limit/2)
		if w.rule.Quota {
			n = w.proven
		}
	}
	if at < w.until {
		n = max(n, w.strangers)
	}
	if n > 0 && at < w.calm {
		n += w.margin
	}
	return n
}

// capacity is how many requests of this process fit into the window. Others have
// what Reserve leaves to them before they take anything from us.
func (w *window) capacity(others int) int {
	whole := float64(w.limit) * w.keep
	share := int(whole*w.share + 0.01) // shares are rounded down when they are made of requests
	return min(max(1, share), max(1, int(whole)), w.limit-others)
}

// when returns when n more requests may leave, if none of aloft is answered
// before.
func (w *window) when(n, aloft int, hold, now time.Duration) time.Duration {
	if w.limit == 0 {
		return now
	}
	at := w.room(n, aloft, w.others(now), hold, now)
	if at <= now {
		return max(now, w.spread(n, now))
	}
	for _, change := range [...]time.Duration{w.until, w.expected, w.calm} {
		if change > now {
			at = min(at, max(change, w.room(n, aloft, w.others(change), hold, now)))
		}
	}
	if w.reset > 0 && (w.rule.Length >= long || w.rule.Quota) {
		at = min(at, max(now, w.reset))
	}
	return max(at, w.spread(n, now))
}

// room returns when n more requests fit in beside others.
func (w *window) room(n, aloft, others int, hold, now time.Duration) time.Duration {
	capacity := w.capacity(others)
	missing := n + aloft + w.sent.total - capacity
	switch {
	case missing <= 0:
		return now
	case capacity <= 0:
		return never
	case missing <= w.sent.total:
		at, _ := w.sent.oldest(missing)
		return max(now, at+hold)
	}
	missing -= w.sent.total + aloft // those aloft are answered soon, and drop out a Length later
	rounds := 1 + (max(0, missing)+capacity-1)/capacity
	return now + time.Duration(rounds)*w.rule.Length
}

// crowded reports whether n on the way at once are too many beside others, who
// may come meanwhile: then all of the n are refused together. So no more than
// half of what is left goes unanswered; and where the last answer is old, one
// asks before the others go.
func (w *window) crowded(n int, old, now time.Duration) bool {
	if now >= w.wary || now >= w.until {
		return false
	}
	return n > w.left/2 || now-w.asOf > old
}

// spread returns when n more may leave by Burst.
func (w *window) spread(n int, now time.Duration) time.Duration {
	burst, interval := w.pattern()
	if interval == 0 {
		return now
	}
	return w.flow.when(n-burst, interval, now)
}

// pattern is how many may leave at once, and the interval of the others.
func (w *window) pattern() (burst int, interval time.Duration) {
	if w.rule.Burst == 0 || w.told || w.limit == 0 {
		return 0, 0
	}
	capacity := w.capacity(0)
	burst = max(1, w.rule.Burst*capacity/w.rule.Limit)
	if burst >= capacity {
		return 0, 0
	}
	return burst, w.rule.Length / time.Duration(capacity-burst)
}

// leave notes that a request leaves now.
func (w *window) leave(number uint64, now time.Duration) {
	if w.reset > 0 && w.reset <= now {
		w.reset, w.trial = 0, number
		if w.rule.Length >= long {
			w.reset = now + longestFlight // the next trial, if this one tells nothing
		}
	}
	if _, interval := w.pattern(); interval > 0 {
		w.flow.take(interval, now)
	}
}

// arrive counts a request that has arrived.
func (w *window) arrive(now time.Duration) { w.sent.add(now, 1, w.rule.Length/1024) }

// settle forgets what has dropped out of the window.
func (w *window) settle(hold, now time.Duration) {
	w.sent.forget(now - hold)
	if w.rule.Quota && w.reset > 0 && now >= w.reset {
		w.sent.clear()
		w.reset, w.until, w.expected = 0, 0, 0
	}
}

// sleeps reports whether the window's own requests are all that must be kept of
// it. One whose limit the platform states may be half used: the next answer
// tells.
func (w *window) sleeps(now time.Duration) bool {
	used := w.sent.total + w.others(now)
	if w.told {
		return w.share == 1 && (used == 0 || used < w.limit/2)
	}
	return w.share == 1 && used <= math.MaxUint16
}

// A spacing keeps requests apart.
type spacing struct{ next time.Duration }

// when returns when n more requests may have left, the first one now.
func (s *spacing) when(n int, interval, now time.Duration) time.Duration {
	return max(s.next, now) + time.Duration(n)*interval
}

func (s *spacing) take(interval, now time.Duration) { s.next = max(s.next, now) + interval }
