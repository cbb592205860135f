package auth

import (
	"context"
	"time"

	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/store"
)

// A flight is one asking for a token that any number of callers wait for, each
// no longer than its own context allows. Token and err may be read once done
// is closed.
type flight struct {
	done       chan struct{}
	cancel     context.CancelFunc
	generation int // of the session when it began
	token      Token
	err        error
}

// wait returns the flight's result, unless ctx ends first.
func (f *flight) wait(ctx context.Context) (Token, error) {
	select {
	case <-f.done:
		return f.token, f.err
	case <-ctx.Done():
		return Token{}, canceled(ctx)
	}
}

func canceled(ctx context.Context) error {
	return &connector.Error{
		Platform: "auth", Operation: "token", Kind: connector.Canceled,
		Err: ctx.Err(), Remedy: "give the call more time; a renewal under way goes on for others",
	}
}

// join returns the flight under way, and begins one if there is none.
func (s *Session) join(ctx context.Context) (*flight, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.readyLocked(); err != nil {
		return nil, err
	}
	if s.flight == nil {
		s.begin(ctx)
	}
	return s.flight, nil
}

// begin starts a flight. The caller holds the lock.
func (s *Session) begin(ctx context.Context) {
	// Two waits for a note and two renewals, the second one a probe, fit in.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 4*s.noteTime())
	f := &flight{done: make(chan struct{}), cancel: cancel, generation: s.generation}
	s.flight = f
	s.flights.Go(func() {
		defer cancel()
		r := &renewal{Session: s, watch: store.NewWatch(s.store, s.key, s.noteTime()), born: f.generation}
		f.token, f.err = r.run(ctx)
		s.mu.Lock()
		if s.flight == f {
			s.flight = nil
		}
		s.mu.Unlock()
		close(f.done)
	})
}

// outdated reports whether a Set or Forget came after the flight began.
func (s *Session) outdated(f *flight) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.generation != f.generation
}

// noteTime is how long a renewal's note must stay unchanged to be taken for
// abandoned: longer than any Renew may last.
func (s *Session) noteTime() time.Duration { return s.grant.Timeout + s.grant.Timeout/4 }
