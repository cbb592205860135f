package auth

import (
	"context"
	"time"
)

// State is what is known of a sign-in. It holds no secret.
type State struct {
	SignedIn bool              // there is a token, though perhaps one that cannot be renewed
	Account  string            // the token's account
	Extra    map[string]string // the token's Extra; not to be changed
	Obtained time.Time         // when the token came
	Expiry   time.Time         // when it ends; zero if unknown
	Renewing bool              // a renewal is under way here or elsewhere, or was interrupted
	// Reauthorize is when it turned out that a person must sign in again, and
	// Reason says why; zero if nobody need.
	Reauthorize time.Time
	Reason      string
	// Unsaved is why the newest token is not in the store yet; nil if it is.
	Unsaved error
}

// State reads the record and reports on it. It asks the platform nothing. If
// another process has replaced or removed the sign-in, the next Token call
// follows: a process that must not use an old token for as long as that works
// calls State before.
func (s *Session) State(ctx context.Context) (State, error) {
	if err := s.ready(); err != nil {
		return State{}, err
	}
	e, err := decodeEntry(s.store.Get(ctx, s.key))
	state, unsaved := s.stateOf(e)
	if unsaved {
		return state, nil
	}
	if err != nil {
		return State{}, s.callError(ctx, "the sign-in cannot be read", err)
	}
	if h := s.current.Load(); h != nil && h.token.Access.Reveal() != e.token.Access.Reveal() {
		s.current.CompareAndSwap(h, nil)
	}
	return state, nil
}

// stateOf tells what the session makes of its record. unsaved reports that it
// knows better than the record.
func (s *Session) stateOf(e entry) (state State, unsaved bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.unsaved != nil {
		e = s.unsaved.entry
	}
	if f := s.verdictLocked(e); f != nil {
		e.failed = &f.verdict
	}
	state = e.state()
	if s.unsaved != nil {
		state.Unsaved = s.unsaved.err
	}
	return state, s.unsaved != nil
}

// state is what the record alone tells.
func (e entry) state() State {
	state := State{
		SignedIn: !e.token.isZero(), Account: e.token.Account, Extra: e.token.Extra,
		Obtained: e.obtained, Expiry: e.token.Expiry, Renewing: e.underway(),
	}
	if e.failed != nil {
		state.Reauthorize, state.Reason = e.failed.Since, e.failed.Reason
	}
	return state
}
