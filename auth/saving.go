package auth

import (
	"context"
	"errors"

	"github.com/cordage-go/cordage/store"
)

// save is a token that the store has not taken.
type save struct {
	entry entry
	of    string // fingerprint of the token in the store that it was got with
	err   error
}

// saveNow saves what the store has not taken, if anything. After an error it
// returns that.
func (s *Session) saveNow(ctx context.Context) (entry, error) {
	s.mu.Lock()
	p := s.unsaved
	s.mu.Unlock()
	if p == nil {
		return entry{}, nil
	}
	err := s.putRenewed(ctx, p.entry, p.of)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.unsaved != p {
		return entry{}, nil // a Set or Forget came between
	}
	if err != nil && !errors.Is(err, errAgain) {
		err = s.notSaved(err)
		s.unsaved = &save{entry: p.entry, of: p.of, err: err}
		return p.entry, err
	}
	s.unsaved = nil
	return entry{}, nil
}

// putRenewed saves a token that was got with the token whose fingerprint is
// of. It wins over notes and verdicts about that one, whoever wrote them: it is
// the only living one. errAgain means that the record holds another token by
// now, that of a new sign-in, or this very one, if the answer to the Put that
// saved it was lost; or that it is gone, and must not come back.
func (s *Session) putRenewed(ctx context.Context, e entry, of string) error {
	ctx, cancel := context.WithTimeout(ctx, storeTimeout)
	defer cancel()
	if e.version != 0 {
		_, err := s.putEntry(ctx, e)
		if !errors.Is(err, store.ErrConflict) {
			return err
		}
	}
	return s.replace(ctx, func(r store.Record) error {
		stored, err := decodeEntry(r, nil)
		if err != nil {
			return err
		}
		if stored.version == 0 || stored.name() != of {
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
	if s.onError != nil {
		s.onError(s, err)
	}
}
