package auth

import (
	"context"
	"errors"
	"time"

	"github.com/cordage-go/cordage/store"
)

// save is a token that the store has not taken.
type save struct {
	entry   entry
	of      string // fingerprint of the refresh token that it was got with
	err     error
	retryAt time.Time
}

// saveAgain begins a flight that saves what the store has not taken, if it is
// time. Nobody waits for it.
func (s *Session) saveAgain(ctx context.Context) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.unsaved != nil && s.flight == nil && !s.closed && !time.Now().Before(s.unsaved.retryAt) {
		s.begin(ctx)
	}
}

// saveNow saves what the store has not taken, if anything.
func (s *Session) saveNow(ctx context.Context) error {
	s.mu.Lock()
	p := s.unsaved
	s.mu.Unlock()
	if p == nil {
		return nil
	}
	err := s.putRenewed(ctx, p.entry, p.of)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.unsaved != p {
		return nil // a Set or Forget came between
	}
	if err != nil && !errors.Is(err, errAgain) {
		err = s.notSaved(err)
		s.unsaved = &save{entry: p.entry, of: p.of, err: err, retryAt: time.Now().Add(retrySpacing)}
		return err
	}
	s.unsaved = nil
	s.current.Store(nil) // read it again: the store may hold a newer sign-in
	return nil
}

// putRenewed saves a token that was got for the refresh token with the
// fingerprint of. It wins over notes and verdicts about that refresh token,
// whoever wrote them: it is the only living one. errAgain means that the
// record holds another token by now: that of a new sign-in, or this very one,
// if the answer to the Put that saved it was lost.
func (s *Session) putRenewed(ctx context.Context, e entry, of string) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), storeTimeout)
	defer cancel()
	_, err := s.putEntry(ctx, e)
	if !errors.Is(err, store.ErrConflict) {
		return err
	}
	return s.replace(ctx, func(r store.Record) error {
		stored, err := decodeEntry(r, nil)
		if err != nil {
			return err
		}
		if fingerprint(stored.token.Refresh) != of {
			return errAgain
		}
		e.version = stored.version
		_, err = s.putEntry(ctx, e)
		return err
	})
}

func (s *Session) putEntry(ctx context.Context, e entry) (store.Version, error) {
	r, err := e.record(s.key)
	if err != nil {
		return 0, err
	}
	return s.store.Put(ctx, r)
}

func (s *Session) notSaved(err error) error {
	return s.storeError("the new token is in use but could not be saved", err)
}

func (s *Session) report(err error) {
	if s.grant.OnError != nil {
		s.grant.OnError(err)
	}
}
