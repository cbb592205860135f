package auth

import (
	"context"
	"errors"
	"time"

	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/store"
)

// Set stores the token of a new sign-in in place of whatever was there. After
// an error the token is not kept, though it may have been stored: call Set
// again.
func (s *Session) Set(ctx context.Context, token Token) error {
	return s.set(ctx, token, func(entry) error { return nil })
}

// setFirst stores the token unless there is a sign-in already.
func (s *Session) setFirst(ctx context.Context, token Token) error {
	return s.set(ctx, token, func(old entry) error {
		if old.token.isZero() {
			return nil
		}
		return s.newError(connector.Conflict, "there is a sign-in already, and it may be newer", nil, "use Set to replace it, or Purge to remove it first")
	})
}

func (s *Session) set(ctx context.Context, token Token, allowed func(old entry) error) error {
	if err := s.ready(); err != nil {
		return err
	}
	if token.isZero() {
		return s.newError(connector.Invalid, "the token is empty", nil, "give the token of a sign-in")
	}
	now := time.Now()
	if token.Expiry.Sub(now) > longestLifetime {
		token.Expiry = time.Time{}
	}
	err := s.replace(ctx, func(r store.Record) error {
		old, err := decodeEntry(r, nil)
		if err != nil {
			return err // never overwrite what cannot be read
		}
		if err := allowed(old); err != nil {
			return err
		}
		e := entry{version: old.version, token: token, obtained: now, renewal: old.renewal}
		if !e.underway() {
			e.renewal = nil // it was about another token; one about this very token still counts
		}
		_, err = s.putEntry(ctx, e)
		return err
	})
	if errors.Is(err, connector.Conflict) {
		return err
	}
	if err != nil {
		return s.callError(ctx, "the sign-in could not be saved", err)
	}
	s.drop()
	return nil
}

// Forget removes the sign-in from the store and from memory, even one that the
// store hands over and the session cannot read. The platform is not told: revoke the token there, too.
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
		return s.callError(ctx, "the sign-in could not be removed", err)
	}
	s.drop()
	return nil
}

// Retry forgets that the sign-in was lost and lets it be tried once more, for
// use after an incident at the platform, which may have refused what was good.
// It does nothing if the sign-in was not lost. Where a refresh token may be
// presented once only, it may be used up in truth; then the next call fails
// with [connector.Reauthorize] again.
func (s *Session) Retry(ctx context.Context) error {
	if err := s.ready(); err != nil {
		return err
	}
	err := s.replace(ctx, func(old store.Record) error {
		e, err := decodeEntry(old, nil)
		if err != nil || e.failed == nil {
			return err
		}
		e.failed = nil
		_, err = s.putEntry(ctx, e)
		return err
	})
	if err != nil {
		return s.callError(ctx, "the sign-in could not be given another try", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.failed, s.rejected, s.forced = nil, Secret{}, 0
	s.current.Store(nil)
	return nil
}

// replace calls change with the stored record, which is empty if there is
// none, until no other writer comes in between.
func (s *Session) replace(ctx context.Context, change func(store.Record) error) error {
	watch := store.NewWatch(s.store, s.key, s.grant.noteTime())
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
