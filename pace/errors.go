package pace

import (
	"context"
	"fmt"
	"time"

	"github.com/cordage-go/cordage/connector"
)

// tooLong is the error of a wait until at, which is more than the caller allows
// or than its context lasts.
func (w *waiter) tooLong(at, now time.Duration) error {
	e := &connector.Error{Kind: connector.RateLimited, RetryAfter: at - now, Remedy: "wait, or allow longer waits with MaxWait"}
	e.Message = fmt.Sprintf("the next request may leave in %v, and MaxWait allows %v more", round(at-now), round(max(w.until-now, 0)))
	if w.ends {
		e.Message = fmt.Sprintf("the next request may leave in %v, after the context's deadline", round(at-now))
		e.Err = context.DeadlineExceeded
	}
	return e
}

// usedUp is the error of a window that is not worth waiting for.
func (w *window) usedUp(now time.Duration) error {
	e := &connector.Error{Kind: connector.QuotaExhausted, Remedy: "wait until the platform counts anew, or ask it for a larger allowance"}
	e.Message = fmt.Sprintf("the allowance of the %s is used up", w.rule.Name)
	if end := max(w.reset, w.expected); end > now {
		e.RetryAfter = end - now
	}
	return e
}

func round(d time.Duration) time.Duration { return d.Round(time.Millisecond) }
