package pace

import "time"

// Limits are what a pacer knows of the limits of one key.
type Limits struct {
	Windows []Limit   // as the policy has them, the shortest first
	Paused  time.Time // nothing leaves before: the platform asked for a pause; zero without one
	Waiting int       // calls that wait for their turn
}

// A Limit is the state of one window.
type Limit struct {
	Name      string        // the policy's
	Length    time.Duration // the policy's
	Limit     int           // requests that may leave in it, less what Reserve leaves to others; 0 if none is known
	Remaining int           // how many of them are left now
	Reset     time.Time     // when the platform counts anew, as it said; zero if it did not
	Stated    bool          // the platform stated the limit, else it is assumed
}

// Limits returns what is known of a key. It does not wait.
func (p *Pacer) Limits(key string) Limits {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.now()
	l, ok := p.lanes[key]
	if !ok {
		l = p.awaken(key, now)
	}
	l.settle(now)
	out := Limits{Waiting: l.queue.waiting, Paused: p.future(l.gate, now)}
	for i := range l.windows {
		w := &l.windows[i]
		one := Limit{Name: w.rule.Name, Length: w.rule.Length, Stated: w.told, Reset: p.future(w.reset, now)}
		if w.limit > 0 {
			one.Limit = w.capacity(0)
			one.Remaining = max(0, w.capacity(w.others(now))-w.sent.total-l.flights.aloft)
		}
		out.Windows = append(out.Windows, one)
	}
	return out
}

// future is a time to come, by this machine's clock; zero for one that is over.
func (p *Pacer) future(at, now time.Duration) time.Time {
	if at <= now {
		return time.Time{}
	}
	return time.Now().Add(at - now)
}
