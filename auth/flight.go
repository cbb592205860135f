package auth

import (
	"context"
	"errors"

	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/store"
)

// A flight is one asking for a token that any number of callers wait for, each
// no longer than its own context allows. Token and err may be read once done
// is closed.
type flight struct {
	done       chan struct{}
	left       chan struct{} // closed when its result has become void; nil if that cannot be
	cancel     context.CancelFunc
	generation uint32 // of the session when it began
	token      Token
	err        error
}

// wait returns the flight's result, unless ctx ends first. Of a flight that was
// left it returns nothing.
func (f *flight) wait(ctx context.Context) (Token, error) {
	select {
	case <-f.done:
		return f.token, f.err
	case <-f.left:
		return Token{}, nil
	case <-ctx.Done():
		return Token{}, canceled(ctx)
	}
}

// errLong is the cause of a wait that was longer than a session lets it be.
var errLong = errors.New("auth: waited too long for a renewal")

func canceled(ctx context.Context) error {
	e := &connector.Error{
		Platform: "auth", Operation: "token", Kind: connector.Canceled,
		Err: ctx.Err(), Remedy: "give the call more time; a renewal under way goes on for others",
	}
	if context.Cause(ctx) == errLong {
		e.Kind, e.Message, e.Remedy = connector.TimedOut, "the renewal takes long, here or in another process", "try again; it goes on meanwhile"
	}
	return e
}

// join returns the flight under way, and begins one if there is none.
func (s *Session) join(ctx context.Context) (*flight, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.readyLocked(); err != nil {
		return nil, err
	}
	if s.flight == nil {
		s.begin(ctx, false)
	}
	return s.flight, nil
}

// goAhead begins a flight that nobody waits for, unless one is under way.
func (s *Session) goAhead(ctx context.Context) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.flight == nil && !s.closed {
		s.begin(ctx, true)
	}
}

// begin starts a flight. The caller holds the lock.
func (s *Session) begin(ctx context.Context, ahead bool) {
	// Two waits for a note and two renewals, the second one a probe, fit in.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 4*s.grant.noteTime())
	f := &flight{done: make(chan struct{}), left: make(chan struct{}), cancel: cancel, generation: s.generation}
	r := &renewal{Session: s, watch: store.NewWatch(s.store, s.key, s.grant.noteTime()), born: s.generation, ahead: ahead}
	s.flight = f
	s.shared.flights.Add(1)
	s.flights.Go(func() {
		defer s.shared.flights.Done()
		defer cancel()
		defer s.land(f)
		f.err = s.newError(connector.Unexpected, "the renewal was broken off by a function that it called", nil, unfinished)
		f.token, f.err = r.run(ctx)
	})
}

// unfinished is for a function of the program's own that ended its goroutine,
// as a test's FailNow does.
const unfinished = "let the functions given to package auth return"

// land gives the flight's result to those who wait for it, however it ended.
func (s *Session) land(f *flight) {
	s.mu.Lock()
	if s.flight == f {
		s.flight = nil
	}
	s.mu.Unlock()
	close(f.done)
}

// outdated reports whether a Set or Forget came after the flight began.
func (s *Session) outdated(f *flight) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.generation != f.generation
}

// refused reports whether token is the one that the platform refused last. The
// caller holds the lock.
func (s *Session) refused(token Token) bool {
	return !s.rejected.IsZero() && s.rejected.Reveal() == token.Access.Reveal()
}

// patient returns a context for a caller who waits, and who may have forgotten
// to set a bound.
func (s *Session) patient(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeoutCause(ctx, s.grant.noteTime()+longestTalk, errLong)
}
