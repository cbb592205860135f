// Package pace decides when the next request to a platform may leave, so that
// the platform never has to say "too many".
package pace

import (
	"context"
	"fmt"
	"net/http"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"github.com/cordage-go/cordage/connector"
)

// fewLanes are remembered without looking for idle ones.
const fewLanes = 1_000

// longestPause bounds what one answer can do: a wrong clock or unit in it must
// not stop a program for good. The longest window of any platform is a day.
const longestPause = 24 * time.Hour

// A Pacer spreads the requests of each key to a steady rate, and stops a key
// for as long as the platform asks. It is a [connector.Pacer]. It works within
// one process.
type Pacer struct {
	perSecond rate.Limit
	burst     int
	pause     Reader

	mu    sync.Mutex
	lanes map[string]*lane
	most  int // so many lanes before the idle ones are dropped
}

// A Reader reads from an answer how long the platform wants to be left alone;
// 0 if it says nothing of the kind. now is the time of the answer.
type Reader func(status int, header http.Header, now time.Time) time.Duration

// A lane is the state of one key.
type lane struct {
	limiter *rate.Limiter
	until   time.Time // nothing leaves before
}

// New returns a pacer that lets burst requests of one key leave at once and
// then perSecond a second. Both must be positive, else New panics, since they
// are constants of the program.
func New(perSecond float64, burst int, pause Reader) *Pacer {
	if perSecond <= 0 || burst < 1 || pause == nil {
		panic("pace: New needs a positive rate and burst, and a reader")
	}
	return &Pacer{perSecond: rate.Limit(perSecond), burst: burst, pause: pause, lanes: map[string]*lane{}, most: fewLanes}
}

// Wait blocks until the request of t may leave. It fails at once with an error
// of kind RateLimited if it would take longer than t.MaxWait or than ctx lasts;
// the second kind also matches context.DeadlineExceeded. When ctx ends
// meanwhile, it returns its cause.
func (p *Pacer) Wait(ctx context.Context, t *connector.Turn) error {
	begun := time.Now()
	var place *rate.Reservation
	for {
		wait, err := p.next(ctx, t.Key, t.MaxWait-time.Since(begun), &place)
		t.Left = time.Now()
		t.Waited = t.Left.Sub(begun)
		if err == nil && wait <= 0 {
			return context.Cause(ctx)
		}
		if err == nil {
			err = sleep(ctx, wait)
		}
		if err != nil {
			p.leave(place)
			t.Waited = time.Since(begun)
			return err
		}
	}
}

// next returns how long to wait before asking again; 0 means go. A closed gate
// comes first, then one place in the steady flow, so that those who waited at
// the gate leave spread out; then the gate again, which may have closed. A
// place that comes too late is given back before anybody else can stand
// behind it, so that impatient callers do not make the queue longer.
func (p *Pacer) next(ctx context.Context, key string, limit time.Duration, place **rate.Reservation) (time.Duration, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	l := p.lane(key, now)
	wait := l.until.Sub(now)
	if wait <= 0 && *place == nil {
		*place = l.limiter.ReserveN(now, 1)
		wait = (*place).DelayFrom(now)
	}
	err := tooLong(ctx, wait, limit)
	if err != nil && *place != nil {
		(*place).CancelAt(now)
		*place = nil
	}
	return wait, err
}

// leave gives a place back. Those behind it do not move up.
func (p *Pacer) leave(place *rate.Reservation) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if place != nil {
		place.Cancel()
	}
}

// lane returns the lane of key, making room if there are too many.
func (p *Pacer) lane(key string, now time.Time) *lane {
	l, ok := p.lanes[key]
	if !ok {
		if len(p.lanes) >= p.most {
			p.dropIdle(now)
		}
		l = &lane{limiter: rate.NewLimiter(p.perSecond, p.burst)}
		p.lanes[key] = l
	}
	return l
}

// dropIdle forgets the lanes that a new one would equal: no pause, full burst.
// So there are never more than a thousand, or twice as many as are in use. The
// map is made anew, since one that was large stays large.
func (p *Pacer) dropIdle(now time.Time) {
	used := map[string]*lane{}
	for key, l := range p.lanes {
		if now.Before(l.until) || l.limiter.TokensAt(now) < float64(p.burst) {
			used[key] = l
		}
	}
	p.lanes, p.most = used, max(fewLanes, 2*len(used))
}

// Observe hears an answer and closes the key's gate if the platform asks for it.
func (p *Pacer) Observe(t *connector.Turn, status int, header http.Header) {
	now := time.Now()
	pause := p.pause(status, header, now)
	if pause <= 0 {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	l := p.lane(t.Key, now)
	if until := now.Add(min(pause, longestPause)); until.After(l.until) {
		l.until = until
	}
}

// tooLong returns the error of a wait that does not fit.
func tooLong(ctx context.Context, wait, limit time.Duration) error {
	e := &connector.Error{Kind: connector.RateLimited, RetryAfter: wait}
	deadline, ok := ctx.Deadline()
	switch {
	case wait <= 0:
		return nil
	case wait > limit:
		e.Message = fmt.Sprintf("the next request may leave in %v, and MaxWait allows %v more", round(wait), round(max(limit, 0)))
	case ok && time.Until(deadline) < wait:
		e.Message = fmt.Sprintf("the next request may leave in %v, after the context's deadline", round(wait))
		e.Err = context.DeadlineExceeded
	default:
		return nil
	}
	e.Remedy = "wait, or allow longer waits with MaxWait"
	return e
}

func round(d time.Duration) time.Duration { return d.Round(time.Millisecond) }

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
