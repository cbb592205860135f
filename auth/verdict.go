package auth

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/store"
)

// failure is a permanent failure that the store does not know, and the
// fingerprint of the refresh token that it is about.
type failure struct {
	of      string
	verdict verdict
	cause   error
}

// lost reports whether e is an interrupted renewal that cannot be tried again.
func (r *renewal) lost(e entry) bool {
	return r.grant.OneTime && e.underway() && (!r.grant.Probe || e.renewal.Probe)
}

// usedUp reports whether an error leaves open that the platform has accepted
// the refresh token. Grant.OneTime tells which kinds do not.
func usedUp(err error) bool {
	e, ok := connector.AsError(err)
	if !ok {
		return true
	}
	switch e.Kind {
	case connector.Unauthorized, connector.Forbidden, connector.NotFound, connector.Conflict,
		connector.Invalid, connector.RateLimited, connector.QuotaExhausted:
		return false
	case connector.Unavailable:
		return e.Status != 0
	}
	return true
}

func refusal(c claim, err error) string {
	if c.probe {
		return "an earlier renewal was interrupted, and its refresh token is used up: " + err.Error()
	}
	return err.Error()
}

func noRefresh(e entry) string {
	if e.token.isZero() {
		return "nobody has signed in yet"
	}
	return "the token has ended, and it came without a refresh token"
}

// giveUp remembers a permanent failure: in the store, where every process
// finds it, if it is about a refresh token. One about client credentials stays
// in memory, since they can be corrected without a new sign-in.
func (r *renewal) giveUp(ctx context.Context, e entry, reason string, cause error) error {
	v := verdict{Since: time.Now().UTC(), Reason: shorten(reason)}
	if !e.token.Refresh.IsZero() {
		e.failed, e.renewal = &v, nil
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), storeTimeout)
		defer cancel()
		_, err := r.putEntry(ctx, e)
		if errors.Is(err, store.ErrConflict) {
			return errAgain // somebody else went on meanwhile, perhaps with success
		}
		if err == nil {
			return r.reauthorize(v.Reason, cause)
		}
		r.report(r.storeError("the failed renewal could not be noted", err))
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.generation == r.born {
		r.failed = &failure{of: fingerprint(e.token.Refresh), verdict: v, cause: cause}
	}
	return r.reauthorize(v.Reason, cause)
}

// verdict returns the permanent failure that is known about e's token, or nil.
func (s *Session) verdict(e entry) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if f := s.verdictLocked(e); f != nil {
		return s.reauthorize(f.verdict.Reason, f.cause)
	}
	return nil
}

func (s *Session) verdictLocked(e entry) *failure {
	of := fingerprint(e.token.Refresh)
	if s.failed != nil && s.failed.of == of {
		return s.failed
	}
	if e.failed != nil {
		return &failure{of: of, verdict: *e.failed}
	}
	return nil
}

// reauthorize is the error of a permanent failure. What the platform's package
// said about its cause is kept: it knows the remedy best.
func (s *Session) reauthorize(reason string, cause error) error {
	e := s.newError(connector.Reauthorize, reason, cause, "sign in again and give the new token to Session.Set")
	if inner, ok := connector.AsError(cause); ok {
		e.Status, e.Code, e.RequestID = inner.Status, inner.Code, inner.RequestID
		if reason == cause.Error() && inner.Message != "" {
			e.Message = inner.Message
		}
		if inner.Kind == connector.Reauthorize && inner.Remedy != "" {
			e.Remedy = inner.Remedy
		}
	}
	return e
}

// shorten bounds a reason, which may be a platform's text.
func shorten(reason string) string {
	const most = 300
	if len(reason) > most {
		return strings.ToValidUTF8(reason[:most], "") + "…"
	}
	return reason
}
