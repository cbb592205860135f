package auth

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/store"
)

// errAgain says that the record must be read and judged anew.
var errAgain = errors.New("auth: the record has changed")

// A renewal is one flight of a session. Its order is what keeps a sign-in
// alive: read the record, write the note, present the token, save the answer,
// hand it out.
//
//	look       fresh token in the record?            -> done
//	           verdict in the record?                -> fail, nothing sent
//	           somebody else's note?                 -> wait until it is gone or stale
//	writeNote  the one writer who succeeds goes on
//	present    answer -> accept; refused for good -> giveUp; never used -> release
//	accept     save, then hand out
type renewal struct {
	*Session
	watch *store.Watch
	born  int // the session's generation when it began
}

// A claim is the right to present a token.
type claim struct {
	before entry // what to put back if the token was not presented
	entry  entry // with our note
	began  time.Time
	probe  bool
	forced bool // the platform refused the access token, which may still be young
}

// run ends with a token or an error. While the old token still works, a
// failure is reported and the old token handed out.
func (r *renewal) run(ctx context.Context) (Token, error) {
	token, err := r.renew(ctx)
	if err == nil {
		return token, nil
	}
	if h := r.current.Load(); h.usable(time.Now()) {
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
	if err := r.saveNow(ctx); err != nil {
		if h := r.current.Load(); h.fresh(time.Now()) {
			return h.token, nil
		}
		return r.withoutStore(ctx, err)
	}
	record, stale, err := r.watch.Next(ctx)
	if ctx.Err() != nil {
		return Token{}, r.endedError()
	}
	e, err := decodeEntry(record, err)
	if err != nil {
		return r.withoutStore(ctx, r.storeError("the sign-in cannot be read", err))
	}
	e.renewal = r.valid(e.renewal)
	h, now := r.adopt(e), time.Now()
	if h.fresh(now) {
		return h.token, nil
	}
	if err := r.verdict(e); err != nil {
		return Token{}, err
	}
	if e.underway() && !stale {
		if h.usable(now) {
			return r.postpone(h).token, nil
		}
		return Token{}, errAgain
	}
	if r.grant.OneTime && e.token.Refresh.IsZero() {
		return Token{}, r.reauthorize(noRefresh(e), nil)
	}
	if r.lost(e) {
		return Token{}, r.giveUp(ctx, e, "an earlier renewal was interrupted, and its refresh token is used up", nil)
	}
	return r.claim(ctx, e, h.rejected)
}

// claim writes the note and presents the token.
func (r *renewal) claim(ctx context.Context, e entry, forced bool) (Token, error) {
	c, err := r.writeNote(ctx, e)
	if errors.Is(err, store.ErrConflict) {
		return Token{}, errAgain
	}
	if err != nil {
		r.disown(c) // it may be stored all the same
		return r.withoutStore(ctx, r.storeError("the renewal could not be noted, so nothing was sent", err))
	}
	c.forced = forced
	if time.Since(c.began) > r.grant.Timeout/2 {
		r.release(ctx, c) // the note would be taken for abandoned while the token is presented
		return Token{}, errAgain
	}
	return r.present(ctx, c)
}

// writeNote says in the record that its token is about to be presented. The
// version makes sure that one process alone succeeds.
func (r *renewal) writeNote(ctx context.Context, e entry) (claim, error) {
	c := claim{before: e, entry: e, began: time.Now(), probe: r.grant.OneTime && e.underway()}
	if !c.probe {
		c.before.renewal = nil
	}
	c.entry.failed = nil
	c.entry.renewal = &note{Of: fingerprint(e.token.Refresh), Holder: rand.Text(), Started: c.began.UTC(), Probe: c.probe}
	ctx, cancel := context.WithTimeout(ctx, storeTimeout)
	defer cancel()
	version, err := r.putEntry(ctx, c.entry)
	c.entry.version = version
	return c, err
}

// withoutStore renews while the store fails. A token that can be presented
// once only is not presented then, since a crash would leave no trace of it.
func (r *renewal) withoutStore(ctx context.Context, storeErr error) (Token, error) {
	h := r.current.Load()
	if r.grant.OneTime || h == nil {
		return Token{}, storeErr
	}
	e := entry{token: h.token}
	if err := r.verdict(e); err != nil {
		return Token{}, err
	}
	r.report(storeErr)
	return r.present(ctx, claim{before: e, entry: e, began: time.Now(), forced: h.rejected})
}

// present asks the platform. Once begun this is not cut off by anything but
// its own time limit.
func (r *renewal) present(ctx context.Context, c claim) (Token, error) {
	renewCtx, cancel := context.WithDeadline(context.WithoutCancel(ctx), c.began.Add(r.grant.Timeout))
	defer cancel()
	token, err := r.grant.Renew(renewCtx, c.entry.token)
	if err == nil && token.Access.IsZero() {
		err = r.newError(connector.Decode, "the renewal's answer holds no access token", nil, "report this to the platform")
	}
	switch {
	case err == nil:
		return r.accept(ctx, c, token)
	case errors.Is(err, connector.Reauthorize):
		return Token{}, r.giveUp(ctx, c.entry, refusal(c, err), err)
	case !r.grant.OneTime || !usedUp(err):
		r.release(ctx, c)
		return Token{}, fmt.Errorf("auth session [%s]: the renewal failed: %w", r.key, err)
	case r.grant.Probe && !c.probe:
		r.report(fmt.Errorf("auth session [%s]: the renewal was interrupted and will be tried once more: %w", r.key, err))
		return Token{}, errAgain // our note stays: when it is stale, one probe follows
	default:
		return Token{}, r.giveUp(ctx, c.entry, "the renewal was interrupted, and its refresh token may be used up: "+err.Error(), err)
	}
}

// accept saves the new token and hands it out. If it cannot be saved, it is
// handed out all the same, because the old one is dead.
func (r *renewal) accept(ctx context.Context, c claim, token Token) (Token, error) {
	now := time.Now()
	e := entry{version: c.entry.version, token: complete(token, c.entry.token), obtained: now}
	e.token.Expiry = plausible(now, e.token.Expiry)
	of := fingerprint(c.entry.token.Refresh)
	err := r.putRenewed(ctx, e, of)
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
			r.forced = now
		}
		if err != nil {
			r.unsaved = &save{entry: e, of: of, err: err, retryAt: now.Add(retrySpacing)}
		}
	}
	r.mu.Unlock()
	return r.adopt(e).token, nil
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

// release takes the note back, after a token that was not used up.
func (r *renewal) release(ctx context.Context, c claim) {
	if c.entry.renewal == nil {
		return
	}
	r.disown(c)
	c.before.version = c.entry.version
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), storeTimeout)
	defer cancel()
	_, err := r.putEntry(ctx, c.before)
	if err != nil && !errors.Is(err, store.ErrConflict) {
		r.report(r.storeError("the end of a renewal could not be noted", err))
	}
}

// disown remembers that c's note is void, should it be found in the store.
func (r *renewal) disown(c claim) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.void = &c
}

// valid returns the note n, or what stood there before if n is void.
func (r *renewal) valid(n *note) *note {
	r.mu.Lock()
	defer r.mu.Unlock()
	if n != nil && r.void != nil && n.Holder == r.void.entry.renewal.Holder {
		return r.void.before.renewal
	}
	return n
}

// adopt makes e's token the current one, unless a Set or Forget came between.
func (r *renewal) adopt(e entry) *held {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := time.Now()
	h := &held{token: e.token, renewAt: renewAt(now, e.obtained, e.token.Expiry), unsaved: r.unsaved != nil}
	if !e.token.Expiry.IsZero() {
		h.deadAt = now.Add(e.token.Expiry.Sub(now))
	}
	if !r.rejected.IsZero() && r.rejected.Reveal() == e.token.Access.Reveal() {
		h.rejected = r.forced.IsZero() || now.Sub(r.forced) >= forcedSpacing
	}
	if r.generation != r.born {
		return h
	}
	if !h.rejected {
		r.rejected = Secret{}
	}
	if !r.closed {
		r.current.Store(h)
	}
	return h
}

// postpone hands a token out for a little longer before it is renewed.
func (r *renewal) postpone(h *held) *held {
	r.mu.Lock()
	defer r.mu.Unlock()
	later := *h
	later.renewAt = time.Now().Add(retrySpacing)
	if !h.deadAt.IsZero() && h.deadAt.Before(later.renewAt) {
		later.renewAt = h.deadAt
	}
	if r.generation == r.born && !r.closed {
		r.current.Store(&later)
	}
	return &later
}

// endedError says why the flight's own context ended.
func (r *renewal) endedError() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed {
		return r.closedError()
	}
	return r.newError(connector.TimedOut, "another process holds the renewal and does not end it", context.DeadlineExceeded, "try again later")
}
