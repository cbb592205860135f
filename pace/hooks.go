package pace

import "time"

// This file is what Shared moves a pacer by.

// A stake is what a process has of the limits of a key that it shares.
type stake struct {
	share float64 // the part that it may use
	hope  float64 // the part that it could have soon: calls are turned away only if that is too little for them
	ours  float64 // the part that other processes of ours may be using at most
	limit int     // what the platform told other processes of the shortest window; 0 if nothing. It counts until it has told this one
}

// setStake changes what this process may use. What has left stays counted.
// Where the platform tells of a longer window, it tells what the others used
// there, too: the window follows no share.
func (p *Pacer) setStake(key string, s stake) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.now()
	l := p.lane(key, now)
	for i := range l.windows {
		w := &l.windows[i]
		w.share, w.hope, w.ours = s.share, s.hope, s.ours
		if i > 0 && w.told {
			w.share, w.hope, w.ours = 1, 1, 0
		}
	}
	if w := &l.windows[0]; s.limit > 0 && !w.told {
		w.limit = s.limit
	}
	l.settle(now)
	p.advance(l, now)
}

// soonest is when n more requests may leave, with the shares that this process
// can hope for.
func (l *lane) soonest(n int, now time.Duration) time.Duration {
	for i := range l.windows {
		w := &l.windows[i]
		w.share, w.hope = max(w.share, w.hope), w.share
	}
	at := l.when(n, now)
	for i := range l.windows {
		w := &l.windows[i]
		w.share, w.hope = w.hope, w.share
	}
	return at
}

// pauseKey closes the gate of a key for d, as an answer would.
func (p *Pacer) pauseKey(key string, d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.now()
	l := p.lane(key, now)
	if l.pause(d, now) {
		p.dismiss(l, now)
	}
	l.settle(now)
	p.advance(l, now)
}

// wake lets those leave that hold has kept.
func (p *Pacer) wake(key string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if l, ok := p.lanes[key]; ok {
		now := p.now()
		l.settle(now)
		p.advance(l, now)
	}
}

// demand tells of the shortest window of a key: how many calls wait, how many
// requests of this process stand in it, its limit, 0 if none is known, and
// whether the platform told that.
func (p *Pacer) demand(key string) (waiting, used, limit int, told bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.now()
	l := p.lane(key, now)
	l.settle(now)
	w := &l.windows[0]
	return l.queue.waiting, w.sent.total + l.flights.aloft, w.limit, w.told
}

// used is how many requests of this process stand in the shortest window of a
// key, and would after a time in which none leaves.
func (p *Pacer) used(key string, after time.Duration) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.now()
	l := p.lane(key, now)
	l.settle(now)
	w := &l.windows[0]
	n := w.sent.total + l.flights.aloft
	for _, one := range w.sent.entries.items() {
		if one.at+l.hold(w) <= now+after {
			n -= one.n
		}
	}
	return n
}
