package rest

import (
	"context"
	"sync"
	"time"

	"github.com/cordage-go/cordage/connector"
)

// A life is how long a call lasts. One context serves the call and the attempt
// that is under way: it ends with the caller's, with Close, and when the time
// limit has passed, and then the call is over; or it ends because nothing came
// for the time of the attempt's patience, and then the next attempt gets another.
// One timer keeps both times. It is set once in a call that needs one attempt:
// when it goes off too early, it is set again.
type life struct {
	ctx    context.Context // of the attempt under way
	cancel context.CancelCauseFunc
	base   context.Context // the caller's, with the operation on it

	mu    sync.Mutex
	over  bool // the call has ended, or has been ended
	began time.Time
	timer *time.Timer
	// Times since began.
	rings   time.Duration // when the timer goes off; 0 if it is not set
	ends    time.Duration // when the call's time is up
	silence time.Duration // when the attempt ends if nothing comes; 0 for never
	still   bool          // the platform asked to wait: no time passes for the call
}

// live begins the life of a call.
func (x *exchange) live(caller context.Context) {
	x.base = connector.WithOperation(caller, &x.call.Operation)
	x.ctx, x.cancel = context.WithCancelCause(x.base)
	x.began = time.Now()
	x.ends = x.call.Timeout
	x.rings = min(x.call.Timeout, x.patience())
	x.setTimer()
	x.client.running.begin(x)
}

// setTimer sets it for the first time. It may go off before the call does
// anything else, such as while the token is fetched.
func (x *exchange) setTimer() {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.timer = time.AfterFunc(x.rings, x.ring)
}

// finish ends it.
func (x *exchange) finish() {
	x.client.running.forget(x)
	x.end(nil)
	if x.draft.stream != nil {
		x.draft.stream.end()
	}
	x.release()
}

// end ends the call.
func (x *exchange) end(why error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.over = true
	x.timer.Stop()
	x.cancel(why)
}

// abandon ends the attempt of a try, if it is still under way.
func (x *exchange) abandon(t *try, why error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	if !t.over.Load() {
		x.cancel(why)
	}
}

// settle says that the attempt has ended with err, and returns why: another end
// than its own comes first. The call gets another context then, so that nothing
// that a middleware has left behind is sent later.
func (x *exchange) settle(err error) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.silence = 0
	why := context.Cause(x.ctx)
	x.try.end(err != nil)
	if (err != nil || why != nil) && !x.over {
		x.cancel(err)
		x.ctx, x.cancel = context.WithCancelCause(x.base)
	}
	if err == nil || why == nil {
		return err
	}
	return why
}

// ring is called by the timer.
func (x *exchange) ring() {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.rings = 0
	now := time.Since(x.began)
	switch {
	case x.over, x.still:
		return
	case now >= x.ends:
		x.over = true
		x.cancel(errTimedOut)
		return
	case x.silence > 0 && now >= x.silence:
		x.silence = 0
		x.cancel(errNoAnswer)
	}
	x.wind(now)
}

// wind sets the timer to what comes first.
func (x *exchange) wind(now time.Duration) {
	next := x.ends
	if x.silence > 0 {
		next = min(next, x.silence)
	}
	if x.rings == 0 || next < x.rings {
		x.rings = next
		x.timer.Reset(next - now)
	}
}

// expect ends the attempt if nothing comes for the time of its patience from now on.
func (x *exchange) expect() {
	x.mu.Lock()
	defer x.mu.Unlock()
	now := time.Since(x.began)
	x.silence = now + x.patience()
	x.wind(now)
}

// expectNothing lets the attempt last as long as the call.
func (x *exchange) expectNothing() {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.silence = 0
}

// hold lets the call's time stand still while it waits for as long as the platform asks.
func (x *exchange) hold() {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.still = true
}

// goOn lets it pass again, after a wait.
func (x *exchange) goOn(waited time.Duration) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.still = false
	x.ends += waited
	if x.rings == 0 && !x.over {
		x.wind(time.Since(x.began))
	}
}

// remaining is what is left of the call's time limit.
func (x *exchange) remaining() time.Duration {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.ends - time.Since(x.began)
}
