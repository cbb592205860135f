package auth

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/store"
)

// errAgain means that the record must be read and judged anew.
var errAgain = errors.New("auth: the record has changed")

// A renewal is one flight of a session. Its order is what keeps a sign-in
// alive: read the record, write the note, present the token, save the answer,
// hand it out.
//
//	attempt    a token of ours that is not saved?    -> save it first
//	           a token in the record that works?     -> done
//	           a verdict in the record?              -> fail, nothing sent
//	           a note that may be alive?             -> wait until it is gone or stale
//	           a stale note?                         -> one probe, or the verdict
//	           the store fails?                      -> withoutStore
//	writeNote  the one writer who succeeds goes on
//	present    answer -> accept; refused for good -> giveUp; never used -> release;
//	           lost on the way -> our note stays, for one probe when it is stale
//	accept     save, then hand out; a pair that cannot be saved is handed out, too
//
// Whoever dies or stops between two lines leaves a record that tells the next
// one what may have happened. Whoever goes on after a stop may present the token
// once more, and then finds that the record has changed. A pair that came of it
// is saved over any note or verdict about the token that it was got with;
// nothing else is.
type renewal struct {
	*Session
	watch *store.Watch
	born  uint32 // the session's generation when it began
	ahead bool   // it is to renew a token that still works
	lost  *claim // a presentation of ours whose answer was lost
}

// run ends with a token or an error. While the old token still works, a
// failure is reported and the old token handed out.
func (r *renewal) run(ctx context.Context) (Token, error) {
	token, err := r.renew(ctx)
	if err == nil {
		return token, nil
	}
	if h := r.current.Load(); h.usable() {
		r.report(err)
		return r.postpone(h).token, nil
	}
	return Token{}, err
}

func (r *renewal) renew(ctx context.Context) (Token, error) {
	for {
		token, err := r.attempt(ctx)
		if !errors.Is(err, errAgain) {
			return token, err
		}
	}
}

// attempt reads the record once and does what it calls for.
func (r *renewal) attempt(ctx context.Context) (Token, error) {
	if unsaved, err := r.saveNow(ctx); err != nil {
		if h := r.adopt(unsaved); r.enough(h) {
			return r.postpone(h).token, nil
		}
		return r.withoutStore(ctx, err)
	}
	e, stale, err := r.look(ctx)
	if ctx.Err() != nil {
		return Token{}, r.endedError()
	}
	if err != nil {
		return r.withoutStore(ctx, r.storeError("the sign-in cannot be read", err))
	}
	h := r.adopt(e)
	if r.enough(h) {
		return h.token, nil
	}
	if err := r.verdict(e); err != nil {
		return Token{}, err
	}
	if e.underway() && !stale && !r.over(e) {
		if h.usable() {
			return r.postpone(h).token, nil
		}
		return Token{}, errAgain
	}
	if r.grant.cannotRenew(e.token) {
		return r.ended(ctx, e, h)
	}
	if r.usedUp(e) {
		return Token{}, r.giveUp(ctx, e, "an earlier renewal was interrupted, and its refresh token is used up", nil)
	}
	return r.claim(ctx, e, h.rejected)
}

// look reads the record. stale says that it has not changed for the note's time.
func (r *renewal) look(ctx context.Context) (e entry, stale bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, storeTimeout)
	defer cancel()
	record, stale, err := r.watch.Next(ctx)
	e, err = decodeEntry(record, err)
	if err == nil {
		e.renewal = r.valid(e)
	}
	return e, stale, err
}

// enough reports whether the flight need not go on. One that somebody waits
// for takes any token that works.
func (r *renewal) enough(h *held) bool { return h.fresh() || !r.ahead && h.usable() }

// over reports whether the note is our own, and its time has passed since it
// was written: for others it will be stale in a moment.
func (r *renewal) over(e entry) bool {
	return r.lost != nil && e.renewal.Holder == r.lost.entry.renewal.Holder && time.Since(r.lost.began) >= r.grant.noteTime()
}

// claim writes the note and presents the token.
func (r *renewal) claim(ctx context.Context, e entry, forced bool) (Token, error) {
	c, err := r.writeNote(ctx, e)
	if err != nil {
		r.setVoid(&c) // it may be stored all the same, even after a conflict, if the store repeated what it thought had failed
	}
	if errors.Is(err, store.ErrConflict) {
		return Token{}, errAgain
	}
	if err != nil {
		return r.withoutStore(ctx, r.storeError("the renewal could not be noted, so nothing was sent", err))
	}
	c.forced = forced
	if ctx.Err() != nil || time.Since(c.began) > r.grant.Timeout/2 {
		r.release(ctx, c) // nobody waits any more, or the note would be taken for abandoned while the token is presented
		return Token{}, errAgain
	}
	return r.present(ctx, c)
}

// withoutStore renews while the store fails. A token that can be presented
// once only is not presented then, since a crash would leave no trace of it.
func (r *renewal) withoutStore(ctx context.Context, storeErr error) (Token, error) {
	if ctx.Err() != nil {
		return Token{}, r.endedError()
	}
	h := r.current.Load()
	if r.grant.OneTime || h == nil {
		return Token{}, storeErr
	}
	e := entry{token: h.token}
	if err := r.verdict(e); err != nil {
		return Token{}, err
	}
	r.report(storeErr)
	return r.present(ctx, claim{before: e, entry: e, of: r.stored(e), began: time.Now(), forced: h.rejected})
}

// stored returns the fingerprint of the token that the store holds, as far as
// is known, while ours is e's.
func (r *renewal) stored(e entry) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.unsaved != nil {
		return r.unsaved.of
	}
	return e.name()
}

// present asks the platform, and tells of it when what came is safe.
func (r *renewal) present(ctx context.Context, c claim) (Token, error) {
	asked := time.Now()
	answer, failed := r.ask(ctx, c)
	took := time.Since(asked)
	token, err := r.answered(ctx, c, answer, failed)
	if r.onRenewal != nil {
		r.onRenewal(r.Session, Renewal{Key: r.key, Cause: r.cause(c), Took: took, Err: failed})
	}
	return token, err
}

// ask is not cut off by anything but its own time limit.
func (r *renewal) ask(ctx context.Context, c claim) (Token, error) {
	ctx, cancel := context.WithDeadline(context.WithoutCancel(ctx), c.began.Add(r.grant.Timeout))
	defer cancel()
	token, err := r.grant.Renew(ctx, c.entry.token)
	if err == nil && token.Access.IsZero() {
		err = r.newError(connector.Decode, "the renewal's answer holds no access token", nil, "report this to the platform")
	}
	return token, err
}

func (r *renewal) cause(c claim) RenewalCause {
	switch {
	case c.probe:
		return RenewedInterrupted
	case c.forced:
		return RenewedRefused
	case r.ahead:
		return RenewedAhead
	}
	return RenewedLate
}

// answered does what the platform's answer calls for.
func (r *renewal) answered(ctx context.Context, c claim, token Token, err error) (Token, error) {
	switch {
	case err == nil:
		return r.accept(ctx, c, token)
	case errors.Is(err, connector.Reauthorize):
		return Token{}, r.giveUp(ctx, c.entry, refusal(c, err), err)
	case !r.grant.OneTime || !mayBeUsedUp(err):
		r.release(ctx, c)
		return Token{}, fmt.Errorf("auth session [%s]: the renewal failed: %w", r.key, err)
	case r.grant.Probe && !c.probe:
		r.lost = &c
		r.report(fmt.Errorf("auth session [%s]: the renewal was interrupted and will be tried once more: %w", r.key, err))
		return Token{}, errAgain
	default:
		return Token{}, r.giveUp(ctx, c.entry, "the renewal was interrupted, and its refresh token may be used up: "+err.Error(), err)
	}
}

// accept saves the new token and hands it out. If it cannot be saved, it is
// handed out all the same, because the old one is dead.
func (r *renewal) accept(ctx context.Context, c claim, token Token) (Token, error) {
	now := time.Now()
	e := entry{version: c.entry.version, token: complete(token, c.entry.token), obtained: now}
	e.token.Expiry = plausible(c.began, e.token.Expiry) // by when it was asked for: this process may have stood still since
	err := r.putRenewed(context.WithoutCancel(ctx), e, c.of)
	if errors.Is(err, errAgain) {
		return Token{}, errAgain
	}
	if err != nil {
		err = r.notSaved(err)
		r.report(err)
	}
	r.mu.Lock()
	if r.generation == r.born {
		r.rejected, r.failed, r.unsaved = Secret{}, nil, nil
		if c.forced {
			r.forced = r.uptime()
		}
		if err != nil {
			r.unsaved = &save{entry: e, of: c.of, err: err}
		}
	}
	r.mu.Unlock()
	h := r.adopt(e)
	if err != nil {
		r.postpone(h) // to save it soon
	}
	return h.token, nil
}

// complete fills what the answer of a renewal left out.
func complete(token, previous Token) Token {
	if token.Refresh.IsZero() {
		token.Refresh = previous.Refresh
	}
	if token.Account == "" {
		token.Account = previous.Account
	}
	if token.Extra == nil {
		token.Extra = previous.Extra
	}
	return token
}

// adopt makes e's token the current one, unless a Set or Forget came between.
func (r *renewal) adopt(e entry) *held {
	r.mu.Lock()
	defer r.mu.Unlock()
	h := newHeld(time.Now(), e.token, e.obtained)
	if r.grant.cannotRenew(e.token) || r.verdictLocked(e) != nil {
		h.freshFor = h.usableFor // nothing is gained by trying before it ends
	}
	if r.refusedNow(e) {
		h = h.refused()
	}
	if r.generation != r.born {
		return h
	}
	if !h.rejected || e.failed != nil && e.failed.Refused {
		r.rejected = Secret{}
	}
	if !r.closed {
		r.current.Store(h)
	}
	return h
}

// refusedNow reports whether the platform refused e's access token, here or in
// a process that found nothing to replace it with. The caller holds the lock.
func (r *renewal) refusedNow(e entry) bool {
	if e.failed != nil && e.failed.Refused {
		return true
	}
	return r.refused(e.token) && (r.forced == 0 || r.uptime()-r.forced >= forcedSpacing)
}

// postpone hands a token out for a little longer before more is done about it.
func (r *renewal) postpone(h *held) *held {
	later := h.postponed()
	r.current.CompareAndSwap(h, later)
	return later
}

// endedError says why the flight's own context ended.
func (r *renewal) endedError() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return r.closedError()
	}
	return r.newError(connector.TimedOut, "the renewal did not end in time: another process holds it, or the store is slow", context.DeadlineExceeded, "try again later")
}
