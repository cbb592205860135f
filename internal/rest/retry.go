package rest

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"

	"github.com/cordage-go/cordage/connector"
)

const (
	backoffBase = 500 * time.Millisecond
	backoffCap  = 30 * time.Second
)

// A verdict says whether a failed attempt may be repeated, and why not.
type verdict struct {
	repeat  bool
	unknown bool          // the platform may have done it
	stated  time.Duration // how long the platform asked to wait
	file    bool          // there is nothing to repeat: a file is not ready yet
	cost    int           // what a repeat takes from the retry budget
}

// judge decides about the attempt that failed, by the operation's class and by
// what is known of the request's fate.
func judge(x *exchange) verdict {
	if x.broken != nil {
		return judgeBroken(x, x.broken)
	}
	failure, again := x.failure, x.replayable() && x.class != connector.Token
	switch {
	case failure.Kind == connector.NotReady: // a write has started the making: asking again would start another
		return verdict{repeat: again && x.mayDouble(), stated: failure.RetryAfter, file: true}
	case failure.Kind == connector.RateLimited, failure.Status == http.StatusServiceUnavailable && RetryAfter(x.answer.Header, time.Now()) > 0:
		// Limit headers alone do not say that a 503 did nothing: they stand on every answer.
		return verdict{repeat: again, unknown: x.class == connector.Token, stated: failure.RetryAfter, cost: 5}
	case failure.Kind == connector.Unavailable:
		return verdict{repeat: again && x.mayDouble(), unknown: x.class != connector.Read, stated: failure.RetryAfter, cost: 10}
	}
	return verdict{} // a definite refusal: nothing was done, and asking again changes nothing
}

// mayDouble reports whether it does no harm if both tries were carried out.
func (x *exchange) mayDouble() bool {
	return x.class == connector.Read || x.call.Repeat && x.class != connector.Token
}

// judgeBroken decides about an attempt that brought no complete answer.
func judgeBroken(x *exchange, err error) verdict {
	if final, ok := connector.AsError(err); ok && final.Kind != connector.Decode {
		// Pacing, origin or size: decided already. But an answer that is too
		// large to be read says nothing of what was done, and a storage host
		// in trouble may get over it.
		return verdict{
			repeat:  final.Kind == connector.Unavailable && x.sink != nil && x.replayable() && x.mayDouble(),
			unknown: final.Kind == connector.TooLarge && x.class != connector.Read,
			cost:    10,
		}
	}
	var certificate *tls.CertificateVerificationError
	var notTLS tls.RecordHeaderError
	if errors.As(err, &certificate) || errors.As(err, &notTLS) {
		return verdict{}
	}
	if x.neverSent() {
		return verdict{repeat: x.replayable(), cost: 10}
	}
	v := verdict{repeat: x.replayable() && x.mayDouble(), unknown: x.class != connector.Read, cost: 10}
	if errors.Is(err, errNoAnswer) {
		v.cost = 20
	}
	return v
}

// backoff returns the pause before attempt n+1: full jitter under a doubling
// bound, and never less than what the platform asked for.
func backoff(attempt int, stated time.Duration) time.Duration {
	bound := min(backoffCap, backoffBase<<min(attempt-1, 10))
	return max(stated, rand.N(bound)+time.Millisecond)
}

// pollPause is the pause before asking for a file for the nth time more: what
// the platform says, else one that grows from 1 to 10 seconds.
func pollPause(n int, h http.Header) time.Duration {
	if stated := RetryAfter(h, time.Now()); stated > 0 {
		return max(time.Second, stated)
	}
	return min(time.Second<<min(n-1, 10), 10*time.Second)
}

var (
	errLongWait = errors.New("the platform asks for a longer wait than MaxWait allows")
	errFileWait = errors.New("the wait for it would be longer than MaxWait allows")
	errNoTime   = errors.New("the call's time limit is too near")
	errDeadline = fmt.Errorf("the next try would come too late: %w", context.DeadlineExceeded)
	errBudget   = errors.New("too many calls are failing, and the client's retry budget is used up")
)

// hindrance says why the pause before the next attempt must not be made: it
// would not fit, and a shorter one would break the platform's request, or the
// retry budget is used up.
func (x *exchange) hindrance(stated bool) error {
	deadline, limited := x.caller.Deadline()
	switch {
	case x.verdict.file && x.pause > x.waitLeft:
		return errFileWait
	case stated && x.pause > x.waitLeft:
		return errLongWait
	case !stated && x.pause >= x.watch.remaining():
		return errNoTime
	case limited && time.Until(deadline) <= x.pause:
		return errDeadline
	case !x.client.budget.take(x.verdict.cost):
		return errBudget
	}
	return nil
}

// budget keeps retries from adding to an outage: each costs, each success at
// the first try gives one back, and an empty budget means no more retries.
type budget struct {
	mu   sync.Mutex
	left int
}

const fullBudget = 100

func newBudget() *budget { return &budget{left: fullBudget} }

func (b *budget) take(cost int) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.left < cost {
		return false
	}
	b.left -= cost
	return true
}

func (b *budget) give() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.left = min(fullBudget, b.left+1)
}

// A stopwatch ends a context after a time that can stand still: waits that the
// platform asked for do not count against a call's time limit.
type stopwatch struct {
	mu      sync.Mutex
	left    time.Duration
	running time.Time // zero while it stands still
	timer   *time.Timer
}

var errTimedOut = &timedOut{}

// timedOut is the cause of a context that a stopwatch ended.
type timedOut struct{}

func (*timedOut) Error() string        { return "the call's time limit passed" }
func (*timedOut) Is(target error) bool { return target == context.DeadlineExceeded }

func startStopwatch(limit time.Duration, cancel context.CancelCauseFunc) *stopwatch {
	return &stopwatch{left: limit, running: time.Now(), timer: time.AfterFunc(limit, func() { cancel(errTimedOut) })}
}

func (s *stopwatch) pause() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.running.IsZero() && s.timer.Stop() {
		s.left -= time.Since(s.running)
		s.running = time.Time{}
	}
}

func (s *stopwatch) resume() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.running.IsZero() {
		s.running = time.Now()
		s.timer.Reset(s.left)
	}
}

// remaining returns the time that is left.
func (s *stopwatch) remaining() time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.running.IsZero() {
		return s.left
	}
	return s.left - time.Since(s.running)
}

func (s *stopwatch) stop() { s.timer.Stop() }
