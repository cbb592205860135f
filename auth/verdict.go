package auth

import (
	"cmp"
	"context"
	"errors"
	"strings"
	"time"

	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/store"
)

// failure is a permanent failure that the store does not know, and the
// fingerprint of the token that it is about.
type failure struct {
	of      string
	verdict verdict
	cause   error
}

// usedUp reports whether e is an interrupted renewal that cannot be tried again.
func (r *renewal) usedUp(e entry) bool {
	return r.grant.OneTime && e.underway() && (!r.grant.Probe || e.renewal.Probe)
}

// mayBeUsedUp reports whether an error leaves open that the platform has accepted
// the refresh token. Grant.OneTime tells which kinds do not.
func mayBeUsedUp(err error) bool {
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

// ended is for a token that works no more and that nothing but a new sign-in
// replaces.
func (r *renewal) ended(ctx context.Context, e entry, h *held) (Token, error) {
	switch {
	case e.token.isZero():
		return Token{}, r.reauthorize("nobody has signed in yet", nil)
	case h.rejected:
		return Token{}, r.giveUp(ctx, e, "the platform refused the token, which cannot be renewed", nil)
	default:
		return Token{}, r.giveUp(ctx, e, "the token has ended, and it cannot be renewed", nil)
	}
}

// giveUp remembers a permanent failure: in the store, where every process
// finds it, if it is about a token that came from a person's sign-in. One about
// client credentials stays in memory, since they can be corrected without a
// new sign-in; Grant.Lasting says otherwise.
func (r *renewal) giveUp(ctx context.Context, e entry, reason string, cause error) error {
	v := verdict{Since: time.Now().UTC(), Reason: shorten(reason), Refused: r.isRefused(e.token)}
	e.failed, e.renewal = &v, nil
	stored, err := r.putVerdict(ctx, e)
	if err != nil {
		return err
	}
	r.mu.Lock()
	overtaken := r.generation != r.born
	switch {
	case overtaken:
	case stored:
		r.rejected = Secret{} // the record knows it now
	default:
		r.failed = &failure{of: e.name(), verdict: v, cause: cause}
	}
	r.mu.Unlock()
	if r.onLost != nil && !overtaken {
		r.onLost(r.Session, e.state())
	}
	return r.reauthorize(v.Reason, cause)
}

func (r *renewal) isRefused(token Token) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.refused(token)
}

// putVerdict reports whether the store has e's verdict. Its error is errAgain,
// if somebody else went on meanwhile, perhaps with success.
func (r *renewal) putVerdict(ctx context.Context, e entry) (bool, error) {
	if e.version == 0 || !r.grant.OneTime && !r.grant.Lasting && e.token.Refresh.IsZero() {
		return false, nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), storeTimeout)
	defer cancel()
	_, err := r.putEntry(ctx, e)
	if errors.Is(err, store.ErrConflict) {
		return false, errAgain
	}
	if err != nil {
		r.report(r.storeError("the failed renewal could not be noted", err))
	}
	return err == nil, nil
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
	of := e.name()
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
	e := s.newError(connector.Reauthorize, reason, cause, cmp.Or(s.grant.Remedy, "sign in again and give the new token to Session.Set"))
	if inner, ok := connector.AsError(cause); ok {
		e.Status, e.Code, e.RequestID = inner.Status, inner.Code, inner.RequestID
		if reason == shorten(cause.Error()) && inner.Message != "" {
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
