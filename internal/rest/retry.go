package rest

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
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
		return verdict{repeat: again, unknown: x.class == connector.Token, stated: failure.RetryAfter, cost: costThrottle}
	case failure.Kind == connector.Unavailable:
		return verdict{repeat: again && x.mayDouble(), unknown: x.class != connector.Read, stated: failure.RetryAfter, cost: costFailure}
	}
	return verdict{} // a definite refusal: nothing was done, and asking again changes nothing
}

// mayDouble reports whether it does no harm if both tries were carried out.
func (x *exchange) mayDouble() bool {
	return x.class == connector.Read || x.call.Repeat && x.class != connector.Token
}

// judgeBroken decides about an attempt that brought no complete answer.
func judgeBroken(x *exchange, err error) verdict {
	if x.ctx.Err() == nil { // else err is the caller's reason, which may be the error of another call
		if v, final := judgeFinal(x, err); final {
			return v
		}
	}
	if x.neverSent() {
		return verdict{repeat: x.replayable(), cost: costFailure}
	}
	v := verdict{repeat: x.replayable() && x.mayDouble(), unknown: x.class != connector.Read, cost: costFailure}
	if errors.Is(err, errNoAnswer) {
		v.cost = costTimeout
	}
	return v
}

// judgeFinal decides about errors that another try would bring again.
func judgeFinal(x *exchange, err error) (v verdict, final bool) {
	if e, ok := connector.AsError(err); ok && e.Kind != connector.Decode {
		// Pacing, origin or size: decided already. But an answer that is too
		// large to be read says nothing of what was done, nor does a middleware
		// that makes an error of its own of a lost one. A 303 leads from what was
		// done to its result (RFC 9110, section 15.4.4). A storage host in trouble
		// may get over it.
		silent := e.Kind == connector.TooLarge || x.status == http.StatusSeeOther && x.class != connector.Token || x.status == 0 && !x.neverSent()
		return verdict{
			repeat:  e.Kind == connector.Unavailable && x.sink != nil && x.replayable() && x.mayDouble(),
			unknown: x.class != connector.Read && silent,
			cost:    costFailure,
		}, true
	}
	_, notTLS := errors.AsType[tls.RecordHeaderError](err)
	// Later in a connection a broken record says nothing of who the server is.
	return verdict{}, untrusted(err) || notTLS && !x.try.connected.Load()
}

// untrusted reports that the certificate does not prove who the server is.
func untrusted(err error) bool {
	_, yes := errors.AsType[*tls.CertificateVerificationError](err)
	return yes
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
	errNoTime   = &timedOut{"the call's time limit is too near"}
	errDeadline = fmt.Errorf("the next try would come too late: %w", context.DeadlineExceeded)
	errBudget   = errors.New("too many of the account's calls are failing, and its retry budget is used up")
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
	case !stated && x.pause >= x.remaining():
		return errNoTime
	case limited && time.Until(deadline) <= x.pause:
		return errDeadline
	case !x.client.budgets.take(x.purse(), x.verdict.cost):
		return errBudget
	}
	return nil
}

// A timedOut is an error of time that errors.Is finds as context.DeadlineExceeded.
type timedOut struct{ text string }

func (e *timedOut) Error() string      { return e.text }
func (*timedOut) Is(target error) bool { return target == context.DeadlineExceeded }

// errTimedOut is the cause of a context that ended with the time limit.
var errTimedOut = &timedOut{"the call's time limit passed"}
