// Package pace decides when the next request to a platform may leave, so that
// the platform never has to say "too many", and all of its allowance is used.
//
// A [Policy] says how a platform limits requests; each platform's package has
// its own, as Pacing. A [Pacer] keeps to it for each key, which is whatever the
// platform counts by: it counts its own requests, and corrects the count by
// what the platform's answers say.
package pace

import (
	"context"
	"hash/maphash"
	"net/http"
	"sync"
	"time"

	"github.com/cordage-go/cordage/connector"
)

const (
	// fewLanes are kept without looking for idle ones.
	fewLanes = 250
	// longestPause bounds what one answer can do: a wrong clock or unit in it
	// must not stop a program for good. The longest window of any platform is a
	// day.
	longestPause = 24 * time.Hour
	// shortestPause follows a 429 that says nothing of a pause, in windows of
	// ten times that and longer.
	shortestPause = time.Second
)

// A Pacer lets the requests of each key leave as fast as its limits allow, and
// stops a key for as long as the platform asks. It is a [connector.Pacer]. It
// works within one process; [Shared] is one for many.
type Pacer struct {
	policy Policy
	began  time.Time

	mu     sync.Mutex
	lanes  map[string]*lane
	most   int // so many lanes before the idle ones are put to sleep
	asleep sleepers

	// What Shared hangs in before the first use. Both are called with mu held.
	hold    func(key string) bool             // asked before a request leaves: not now, wake will be called
	onPause func(key string, d time.Duration) // told that an answer has closed a gate
}

// New returns a pacer that keeps to a policy. It fails if the policy makes no
// sense.
func New(p Policy) (*Pacer, error) {
	if err := p.check(); err != nil {
		return nil, err
	}
	p.Windows = append([]Window(nil), p.Windows...)
	return &Pacer{policy: p, began: time.Now(), lanes: map[string]*lane{}, most: fewLanes, asleep: sleepers{seed: maphash.MakeSeed()}}, nil
}

// now is the time since the pacer began.
func (p *Pacer) now() time.Duration { return time.Since(p.began) }

// Wait blocks until the request of t may leave. It fails at once with an error
// of kind RateLimited if that would take longer than t.MaxWait or than ctx
// lasts; the second sort also matches context.DeadlineExceeded. Where the
// allowance of a day is used up, it fails with kind QuotaExhausted. The error's
// RetryAfter is the whole wait. When ctx ends meanwhile, it returns its cause.
func (p *Pacer) Wait(ctx context.Context, t *connector.Turn) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	p.mu.Lock()
	now := p.now()
	l := p.lane(t.Key, now)
	l.settle(now)
	if l.queue.waiting == 0 && p.open(l, now) {
		p.leave(l, t, now)
		p.mu.Unlock()
		return nil
	}
	w, err := p.join(ctx, l, t, now)
	p.mu.Unlock()
	if err != nil {
		return err
	}
	return p.await(ctx, l, w, now)
}

// open reports whether a request may leave now.
func (p *Pacer) open(l *lane, now time.Duration) bool {
	return l.when(1, now) <= now && l.exhausted(1, now) == nil && (p.hold == nil || !p.hold(l.key))
}

// leave lets a request go.
func (p *Pacer) leave(l *lane, t *connector.Turn, now time.Duration) {
	t.Number = l.leave(now)
	t.Left = p.began.Add(now)
}

// join puts a caller into the queue, unless the wait is useless or too long.
func (p *Pacer) join(ctx context.Context, l *lane, t *connector.Turn, now time.Duration) (*waiter, error) {
	n := l.queue.ahead(t) + 1
	if w := l.exhausted(n, now); w != nil {
		return nil, w.usedUp(now)
	}
	w := &waiter{turn: t, told: make(chan error, 1), until: now + min(t.MaxWait, never/2)}
	if deadline, ok := ctx.Deadline(); ok && now+time.Until(deadline) < w.until {
		w.until, w.ends = now+time.Until(deadline), true
	}
	if at := l.soonest(n, now); at > w.until || t.MaxWait <= 0 {
		return nil, w.tooLong(at, now)
	}
	l.queue.join(w)
	p.advance(l, now)
	return w, nil
}

// await waits for a caller's turn.
func (p *Pacer) await(ctx context.Context, l *lane, w *waiter, begun time.Duration) error {
	patience := time.NewTimer(w.turn.MaxWait)
	defer patience.Stop()
	var err error
	select {
	case err = <-w.told:
	case <-ctx.Done():
		err = p.abandon(l, w, context.Cause(ctx))
	case <-patience.C:
		err = p.abandon(l, w, nil)
	}
	w.turn.Waited = p.now() - begun
	return err
}

// abandon takes a caller out of the queue: its context has ended with cause, or
// its patience has without one. A turn that it was given meanwhile is given
// back, or taken if only the patience has ended.
func (p *Pacer) abandon(l *lane, w *waiter, cause error) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.now()
	l.settle(now)
	p.advance(l, now) // its turn may come at this very moment
	if w.place != nil {
		l.queue.leave(w)
		if cause == nil {
			cause = w.tooLong(l.when(1, now), now)
		}
		return cause
	}
	err := <-w.told
	if err == nil && cause != nil {
		l.flights.land(w.turn.Number) // it never left
		p.advance(l, now)
		return cause
	}
	return err
}

// Observe hears the answer of a request that Wait let through. See
// [connector.Pacer].
func (p *Pacer) Observe(t *connector.Turn, status int, header http.Header) {
	var r Reading
	if status != 0 {
		r = p.policy.Read(status, header)
	}
	switch status {
	case http.StatusTooManyRequests:
		r.Pause = max(r.Pause, min(p.policy.Windows[0].Length/10, shortestPause))
	case http.StatusServiceUnavailable:
	default:
		r.Pause = 0
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.now()
	l := p.lane(t.Key, now)
	l.settle(now)
	l.land(t.Number, status, &r, now)
	if r.Pause > 0 && l.pause(r.Pause, now) {
		p.dismiss(l, now)
		if p.onPause != nil {
			p.onPause(l.key, l.gate-now)
		}
	}
	p.advance(l, now)
}

// dismiss tells those that a pause keeps too long.
func (p *Pacer) dismiss(l *lane, now time.Duration) {
	for _, w := range l.queue.impatient(l.gate) {
		w.told <- w.tooLong(l.gate, now)
	}
}

// advance lets those leave that may, and sets the timer for the next.
func (p *Pacer) advance(l *lane, now time.Duration) {
	for l.queue.waiting > 0 {
		if w := l.exhausted(1, now); w != nil {
			l.queue.next().told <- w.usedUp(now)
			continue
		}
		if !p.open(l, now) {
			break
		}
		w := l.queue.next()
		p.leave(l, w.turn, now)
		w.told <- nil
	}
	p.setTimer(l, now)
}

// setTimer wakes the lane when the next may leave. While hold says no, wake does.
func (p *Pacer) setTimer(l *lane, now time.Duration) {
	if l.queue.waiting == 0 {
		return // if it still runs, it finds nobody
	}
	in := l.when(1, now) - now
	switch {
	case in <= 0:
	case l.timer == nil:
		l.timer = time.AfterFunc(in, func() { p.tick(l) })
	default:
		l.timer.Reset(in)
	}
}

func (p *Pacer) tick(l *lane) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.now()
	l.settle(now)
	p.advance(l, now)
}

// lane returns the lane of key, making room if there are too many.
func (p *Pacer) lane(key string, now time.Duration) *lane {
	l, ok := p.lanes[key]
	if !ok {
		if len(p.lanes) >= p.most {
			p.dropIdle(now)
		}
		l = p.awaken(key, now)
		delete(p.asleep.lanes, p.asleep.place(key))
		p.lanes[key] = l
	}
	return l
}
