package auth

import (
	"context"
	"crypto/rand"
	"errors"
	"time"

	"github.com/cordage-go/cordage/store"
)

// A claim is the right to present a token: our note stands in the record.
type claim struct {
	before entry  // what to put back if the token was not presented
	entry  entry  // with our note
	of     string // fingerprint of the token that the store holds
	began  time.Time
	probe  bool
	forced bool // the platform refused the access token, which may still be young
}

// writeNote says in the record that its token is about to be presented. The
// version makes sure that one process alone succeeds. It is not cut off, since
// nobody could tell then whether the note stands.
func (r *renewal) writeNote(ctx context.Context, e entry) (claim, error) {
	c := claim{before: e, entry: e, of: e.name(), began: time.Now(), probe: r.grant.OneTime && e.underway()}
	if !c.probe {
		c.before.renewal = nil
	}
	c.entry.failed = nil
	c.entry.renewal = &note{Of: c.of, Holder: rand.Text(), Started: c.began.UTC(), Probe: c.probe}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), storeTimeout)
	defer cancel()
	version, err := r.putEntry(ctx, c.entry)
	c.entry.version = version
	if err == nil {
		r.setVoid(nil) // an older note can stand no more
	}
	return c, err
}

// release takes the note back, after a token that was not used up.
func (r *renewal) release(ctx context.Context, c claim) {
	if c.entry.renewal == nil {
		return
	}
	c.before.version = c.entry.version
	r.setVoid(&c)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), storeTimeout)
	defer cancel()
	_, err := r.putEntry(ctx, c.before)
	if err == nil || errors.Is(err, store.ErrConflict) {
		r.setVoid(nil)
		return
	}
	r.report(r.storeError("the end of a renewal could not be noted", err))
}

// setVoid remembers that c's note is void, should it be found in the store.
func (s *Session) setVoid(c *claim) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.void = c
}

// valid returns e's note, or what stood there before if that note is void.
func (s *Session) valid(e entry) *note {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.void == nil:
	case e.renewal != nil && e.renewal.Holder == s.void.entry.renewal.Holder:
		return s.void.before.renewal
	case e.version != s.void.before.version:
		s.void = nil // it can get there no more
	}
	return e.renewal
}

// withdraw takes a void note out of the store, if it got there, so that no
// other process takes it for an interrupted renewal.
func (s *Session) withdraw(ctx context.Context) {
	s.mu.Lock()
	void := s.void
	s.mu.Unlock()
	if void == nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, storeTimeout)
	defer cancel()
	err := s.replace(ctx, func(r store.Record) error {
		stored, err := decodeEntry(r, nil)
		if err != nil || stored.renewal == nil || stored.renewal.Holder != void.entry.renewal.Holder {
			return err
		}
		stored.renewal = void.before.renewal
		_, err = s.putEntry(ctx, stored)
		return err
	})
	if err != nil {
		s.report(s.storeError("the end of a renewal could not be noted", err))
	}
}
