package auth

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/store"
)

// A Grant is how a platform renews a token. The platform packages make them.
type Grant struct {
	// Renew asks the platform for a new token by presenting previous, which is
	// empty if there is none: a grant that needs no sign-in (client
	// credentials) starts from nothing, others return an error of kind
	// [connector.Reauthorize], and so do they when the platform refuses
	// previous for good. What the answer leaves out is kept: the refresh
	// token, the account, Extra.
	Renew func(ctx context.Context, previous Token) (Token, error)
	// OneTime says that a refresh token may be presented once only. The session
	// then writes down that it is about to, and does not present it again after
	// an error that leaves open whether it was used up. These kinds do not leave
	// it open: a definite refusal ([connector.Unauthorized],
	// [connector.Forbidden], [connector.NotFound], [connector.Conflict],
	// [connector.Invalid], [connector.RateLimited],
	// [connector.QuotaExhausted]), and [connector.Unavailable] without a
	// Status, which means that the platform was never reached.
	OneTime bool
	// Probe allows one more try with a OneTime token that may have been used
	// up, since on this platform a try can do no harm.
	Probe bool
	// Timeout bounds one Renew; 0 means 30 seconds. The context of the caller
	// who happened to start it does not.
	Timeout time.Duration
	// OnError, if set, is told of failures that no caller gets to see: a token
	// that works but could not be saved, an early renewal that failed while the
	// old token is still good. It must not call the session.
	OnError func(error)
}

const (
	defaultTimeout = 30 * time.Second
	storeTimeout   = 10 * time.Second
	// forcedSpacing keeps a platform that refuses every token it issues from
	// being asked for a new one with each call.
	forcedSpacing = 30 * time.Second
	// retrySpacing is for what is tried again while a token is still usable:
	// an early renewal, a save.
	retrySpacing = time.Second
)

// A Session is a sign-in that stays alive: a [TokenSource] that renews its
// token ahead of time and keeps it in a store, so that it survives restarts
// and can be shared by processes. However many goroutines, sessions and
// processes ask, one renewal runs at a time per key; its result or failure is
// given to all who wait for it. A new token is saved before it is
// handed out. When a renewal fails for good, later calls fail at once and ask
// the platform nothing, until [Session.Set] brings new credentials.
//
// It is safe for concurrent use. A renewal runs in a goroutine of its own,
// which ends by itself; [Session.Close] waits for it. Call Close before the
// program ends, because a renewal cut off half way may cost the sign-in.
type Session struct {
	store store.Store
	key   string
	grant Grant

	current atomic.Pointer[held] // what Token gives out without asking anybody; nil if unknown

	mu         sync.Mutex
	flight     *flight   // the one that callers join, or nil
	generation int       // counts Set and Forget: what was read before them is void
	rejected   Secret    // the access token that the platform refused; empty if none
	forced     time.Time // when a refusal last led to a renewal
	failed     *failure  // a permanent failure that the store does not know
	unsaved    *save     // a token that the store has not taken yet
	void       *claim    // the last one that was given up before its token was used; its note may still be stored
	closed     bool

	flights  sync.WaitGroup
	closing  sync.Once
	closeErr error
}

// held is a token with the times that concern it.
type held struct {
	token    Token
	renewAt  time.Time // zero: when it is refused
	deadAt   time.Time // zero: unknown
	rejected bool
	unsaved  bool
}

func (h *held) fresh(now time.Time) bool {
	return h != nil && !h.rejected && !h.token.Access.IsZero() && !passed(now, h.renewAt)
}

// usable is less than fresh: renew it, but it still works.
func (h *held) usable(now time.Time) bool {
	return h != nil && !h.rejected && !h.token.Access.IsZero() && !passed(now, h.deadAt)
}

// NewSession returns a session whose record stands under key. The key should
// name the platform, the environment, the client id and the tenant, so that no
// two sign-ins share it: "procore/sandbox/CLIENT-ID/tenant-17". Nothing is read
// or asked before the first call.
func NewSession(s store.Store, key string, g Grant) *Session {
	if g.Timeout <= 0 {
		g.Timeout = defaultTimeout
	}
	return &Session{store: s, key: key, grant: g}
}

// Token returns a token to use now. It asks nobody while the one at hand is
// fresh. If it must be renewed, Token waits for that, no longer than ctx
// allows; the renewal itself goes on for others.
func (s *Session) Token(ctx context.Context) (Token, error) {
	if h := s.current.Load(); h.fresh(time.Now()) {
		if h.unsaved {
			s.saveAgain(ctx)
		}
		return h.token, nil
	}
	for {
		if ctx.Err() != nil {
			return Token{}, canceled(ctx)
		}
		f, err := s.join(ctx)
		if err != nil {
			return Token{}, err
		}
		token, err := f.wait(ctx)
		if !s.outdated(f) {
			return token, err
		}
	}
}

// Invalidate says that the platform refused this token. The next Token call
// looks whether another process has renewed it meanwhile, and renews it if
// not. Renewals that are caused so keep 30 seconds between them: in that time
// a refused token is given out as it is.
func (s *Session) Invalidate(_ context.Context, rejected Token) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return s.closedError()
	}
	h := s.current.Load()
	if h == nil || h.token.Access.Reveal() != rejected.Access.Reveal() {
		return nil
	}
	s.rejected = rejected.Access
	refused := *h
	refused.rejected = true
	s.current.Store(&refused)
	return nil
}

// Set stores the token of a new sign-in in place of whatever was there. After
// an error the session is as before and the token is not kept: call Set again.
func (s *Session) Set(ctx context.Context, token Token) error {
	if err := s.ready(); err != nil {
		return err
	}
	if token.isZero() {
		return s.newError(connector.Invalid, "the token is empty", nil, "give Session.Set the token of a sign-in")
	}
	now := time.Now()
	if token.Expiry.Sub(now) > longestLifetime {
		token.Expiry = time.Time{}
	}
	err := s.replace(ctx, func(old store.Record) error {
		if _, err := decodeEntry(old, nil); err != nil {
			return err // never overwrite what cannot be read
		}
		r, err := entry{version: old.Version, token: token, obtained: now}.record(s.key)
		if err != nil {
			return err
		}
		_, err = s.store.Put(ctx, r)
		return err
	})
	if err != nil {
		return s.storeError("the sign-in could not be saved", err)
	}
	s.drop()
	return nil
}

// Forget removes the sign-in from the store and from memory, even one that
// cannot be read. The platform is not told: revoke the token there, too.
func (s *Session) Forget(ctx context.Context) error {
	if err := s.ready(); err != nil {
		return err
	}
	err := s.replace(ctx, func(old store.Record) error {
		if old.Version == 0 {
			return nil
		}
		return s.store.Delete(ctx, s.key, old.Version)
	})
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return s.storeError("the sign-in could not be removed", err)
	}
	s.drop()
	return nil
}

// replace calls change with the stored record, which is empty if there is
// none, until no other writer comes in between.
func (s *Session) replace(ctx context.Context, change func(store.Record) error) error {
	watch := store.NewWatch(s.store, s.key, s.noteTime())
	for {
		r, _, err := watch.Next(ctx)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
		if err := change(r); !errors.Is(err, store.ErrConflict) {
			return err
		}
	}
}

// State is what a session knows of its sign-in. It holds no secret.
type State struct {
	SignedIn bool      // there is a token, though perhaps one that cannot be renewed
	Account  string    // the token's account
	Obtained time.Time // when the token came
	Expiry   time.Time // when it ends; zero if unknown
	Renewing bool      // a renewal is under way here or elsewhere, or was interrupted
	// Reauthorize is when it turned out that a person must sign in again, and
	// Reason says why; zero if nobody need.
	Reauthorize time.Time
	Reason      string
	// Unsaved is why the newest token is not in the store yet; nil if it is.
	Unsaved error
}

// State reads the record and reports on it. It asks the platform nothing.
func (s *Session) State(ctx context.Context) (State, error) {
	if err := s.ready(); err != nil {
		return State{}, err
	}
	e, err := decodeEntry(s.store.Get(ctx, s.key))
	s.mu.Lock()
	defer s.mu.Unlock()
	var state State
	if s.unsaved != nil {
		e, state.Unsaved, err = s.unsaved.entry, s.unsaved.err, nil
	}
	if err != nil {
		return State{}, s.storeError("the sign-in cannot be read", err)
	}
	if v := s.verdictLocked(e); v != nil {
		state.Reauthorize, state.Reason = v.verdict.Since, v.verdict.Reason
	}
	state.SignedIn, state.Account = !e.token.isZero(), e.token.Account
	state.Obtained, state.Expiry, state.Renewing = e.obtained, e.token.Expiry, e.underway()
	return state, nil
}

// Close ends the session. It does not wait for other processes; it does wait
// for a renewal of its own, and saves it, for at most Grant.Timeout and some
// seconds more. The error says that the newest token could not be saved. Later
// calls of other methods fail with [connector.Closed]; Close may be repeated.
func (s *Session) Close() error {
	s.closing.Do(func() {
		s.mu.Lock()
		s.closed = true
		if s.flight != nil {
			s.flight.cancel()
		}
		s.mu.Unlock()
		s.flights.Wait()
		s.closeErr = s.saveNow(context.Background())
		s.current.Store(nil)
	})
	return s.closeErr
}

// drop makes the next call read the store. A flight under way goes on by
// itself, since it may be presenting a token, but its waiters leave it.
func (s *Session) drop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.generation++
	s.current.Store(nil)
	s.rejected, s.failed, s.unsaved = Secret{}, nil, nil
	if s.flight != nil {
		s.flight.cancel()
		s.flight = nil
	}
}

// ready reports why the session cannot work, if it cannot.
func (s *Session) ready() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.readyLocked()
}

func (s *Session) readyLocked() error {
	if s.closed {
		return s.closedError()
	}
	if s.store == nil || s.grant.Renew == nil {
		return s.newError(connector.Invalid, "the session has no store or no Grant.Renew", nil, "give both to auth.NewSession")
	}
	return nil
}

func (s *Session) closedError() error {
	return s.newError(connector.Closed, "the session was closed", nil, "make a new one with auth.NewSession")
}

// storeError is for a store that failed while nothing was lost.
func (s *Session) storeError(what string, err error) error {
	if errors.Is(err, store.ErrKey) {
		return s.newError(connector.Invalid, fmt.Sprintf("the session's key %q: %v", s.key, err), err, "give NewSession a key such as procore/sandbox/CLIENT-ID/tenant-17")
	}
	return s.newError(connector.Storage, fmt.Sprintf("%s: %v", what, err), err, "see to the store and try again")
}

func (s *Session) newError(kind connector.Kind, message string, cause error, remedy string) *connector.Error {
	return &connector.Error{
		Platform: "auth", Operation: "session", Account: s.key, Kind: kind, Message: message, Err: cause, Remedy: remedy,
	}
}
