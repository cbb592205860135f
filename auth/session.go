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
	*shared
	key string

	current atomic.Pointer[held] // what Token gives out without asking anybody; nil if unknown

	mu         sync.Mutex
	flight     *flight       // the one that callers join, or nil
	rejected   Secret        // the access token that the platform refused; empty if none
	forced     time.Duration // the uptime when a refusal last led to a renewal; 0 for never
	failed     *failure      // a permanent failure that the store does not know
	unsaved    *save         // a token that the store has not taken yet
	void       *claim        // one that was given up before its token was used; its note may still be stored
	generation uint32        // counts Set and Forget: what was read before them is void
	closed     bool

	flights sync.WaitGroup
}

// shared is what the sessions of one [Registry] have in common. Each may exist
// ten thousand times, so what can stand here does.
type shared struct {
	store     store.Store
	grant     Grant
	onError   func(s *Session, err error)   // nil: nobody wants to know
	onLost    func(s *Session, state State) // nil likewise
	onRenewal func(s *Session, r Renewal)   // nil likewise
	flights   sync.WaitGroup                // of all sessions
	made      time.Time
}

func newShared(s store.Store, g Grant) *shared {
	if g.Timeout <= 0 {
		g.Timeout = defaultTimeout
	}
	c := &shared{store: s, grant: g, made: time.Now()}
	if g.OnError != nil {
		c.onError = func(_ *Session, err error) { g.OnError(err) }
	}
	if g.OnRenewal != nil {
		c.onRenewal = func(_ *Session, r Renewal) { g.OnRenewal(r) }
	}
	return c
}

// uptime is how long the sessions have been there, in a third of the bytes that
// a time.Time takes. It is never zero.
func (c *shared) uptime() time.Duration { return time.Since(c.made) + 1 }

// NewSession returns a session whose record stands under key. The key should
// name the platform, the environment, the client id and the tenant, so that no
// two sign-ins share it: "procore/sandbox/CLIENT-ID/tenant-17". Nothing is read
// or asked before the first call. For many tenants of one app there is
// [Registry].
func NewSession(s store.Store, key string, g Grant) *Session {
	return &Session{shared: newShared(s, g), key: key}
}

// Token returns a token to use now. It asks nobody while the one at hand is
// fresh. One that is due for renewal but still works is returned at once, too,
// and renewed meanwhile. Only when there is none that works does Token wait:
// no longer than ctx allows, and no longer than the grant's Timeout and a
// quarter, plus one second; the renewal itself goes on for others.
func (s *Session) Token(ctx context.Context) (Token, error) {
	if h := s.current.Load(); h.fresh() {
		return h.token, nil
	}
	return s.renewed(ctx)
}

func (s *Session) renewed(ctx context.Context) (Token, error) {
	if h := s.current.Load(); h.usable() {
		s.goAhead(ctx)
		return h.token, nil
	}
	ctx, cancel := s.patient(ctx)
	defer cancel()
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
	s.current.Store(h.refused())
	return nil
}

// Close ends the session. It does not wait for other processes; it does wait
// for a renewal of its own, and saves it, for at most Grant.Timeout and some
// seconds more. The error says that the newest token could not be saved;
// calling Close again tries that again. Other methods fail with
// [connector.Closed] from now on.
func (s *Session) Close() error {
	s.shut()
	return s.settle(context.Background())
}

// shut ends all waits, and lets nothing new begin.
func (s *Session) shut() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	if s.flight != nil {
		s.flight.cancel()
	}
}

// settle waits for what cannot be cut off, and saves what is not saved.
func (s *Session) settle(ctx context.Context) error {
	s.flights.Wait()
	s.current.Store(nil)
	s.withdraw(ctx)
	_, err := s.saveNow(ctx)
	return err
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
		close(s.flight.left)
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
		return s.newError(connector.Invalid, "the session has no store or no Grant.Renew", nil, "give both to auth.NewSession or auth.NewRegistry")
	}
	if err := store.CheckKey(s.key); err != nil {
		return s.newError(connector.Invalid, fmt.Sprintf("the session's key %q: %v", s.key, err), err,
			"give NewSession a key such as procore/sandbox/CLIENT-ID/tenant-17, or the registry a prefix that ends with a slash and a tenant that is neither empty nor long")
	}
	return nil
}

func (s *Session) closedError() error {
	return s.newError(connector.Closed, "the session was closed", nil, "make a new one with auth.NewSession; after Registry.Purge, ask the registry for it again")
}

// storeError is for a store that failed while nothing was lost.
func (s *Session) storeError(what string, err error) error {
	return s.callError(context.Background(), what, err)
}

// callError is storeError where the caller's own context may be the cause.
func (s *Session) callError(ctx context.Context, what string, err error) error {
	return newStoreError(ctx, "session", s.key, what, err)
}

func (s *Session) newError(kind connector.Kind, message string, cause error, remedy string) *connector.Error {
	return newError("session", s.key, kind, message, cause, remedy)
}

func newStoreError(ctx context.Context, operation, key, what string, err error) error {
	if ctx.Err() != nil && errors.Is(err, ctx.Err()) {
		return newError(operation, key, connector.Canceled, what, err, "give the call more time")
	}
	return newError(operation, key, connector.Storage, fmt.Sprintf("%s: %v", what, err), err, "see to the store and try again")
}

func newError(operation, key string, kind connector.Kind, message string, cause error, remedy string) *connector.Error {
	return &connector.Error{
		Platform: "auth", Operation: operation, Account: key, Kind: kind, Message: message, Err: cause, Remedy: remedy,
	}
}
