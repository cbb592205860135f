package auth

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/store"
)

// A note whose writing took too long could be taken for abandoned while the
// token is on its way, so it is taken back and written anew.
func TestSlowNoteIsWrittenAnew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &platform{lifetime: time.Hour}
		slow := &slowStore{Store: store.Memory()}
		s := signedIn(t, p, slow, Grant{OneTime: true, Timeout: 4 * time.Second})
		slow.delays = []time.Duration{3 * time.Second}
		wantToken(t, s, "access-2")
		if slow.puts != 1+4 { // Set; note, taken back, note, new pair
			t.Errorf("%d Puts, want 5", slow.puts)
		}
		p.wantPresented(t, "refresh-1")
	})
}

// A note that may or may not be stored, and one that cannot be taken back,
// must not cost a sign-in whose token was never used.
func TestVoidNotes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &platform{lifetime: time.Hour}
		s := signedIn(t, p, &halfDeaf{Store: store.Memory(), deafAt: 2}, Grant{OneTime: true})
		_, err := s.Token(t.Context())
		wantKind(t, err, connector.Storage)
		p.wantPresented(t)
		start := time.Now()
		wantToken(t, s, "access-2")
		if waited := time.Since(start); waited != 0 {
			t.Errorf("it waited %v for its own note", waited)
		}
	})
	synctest.Test(t, func(t *testing.T) {
		p := &platform{lifetime: time.Hour, answers: []error{unreachable}}
		broken := &spy{Store: store.Memory(), platform: p}
		s := signedIn(t, p, broken, Grant{OneTime: true})
		broken.fail(nil, errDisk, 1) // the note passes, taking it back does not
		_, err := s.Token(t.Context())
		wantKind(t, err, connector.Unavailable)
		broken.fail(nil, nil, 0)
		wantToken(t, s, "access-2")
		p.wantPresented(t, "refresh-1", "refresh-1")
	})
}

// A note that turned out stale, and a renewal that was not to be had: the next
// one need not wait for that note again.
func TestReleaseClearsStaleNote(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &platform{lifetime: time.Hour, answers: []error{unreachable}}
		memory := store.Memory()
		s := signedIn(t, p, memory, Grant{})
		leaveNote(t, memory, false)
		_, err := s.Token(t.Context())
		wantKind(t, err, connector.Unavailable)
		start := time.Now()
		wantToken(t, s, "access-2")
		if waited := time.Since(start); waited != 0 {
			t.Errorf("it waited %v", waited)
		}
	})
}

// Close comes while the note is being written: it is taken back.
func TestCloseWhileNoting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &platform{lifetime: time.Hour}
		memory := store.Memory()
		slow := &slowStore{Store: memory}
		s := signedIn(t, p, slow, Grant{OneTime: true})
		slow.delays = []time.Duration{3 * time.Second}
		var waiter sync.WaitGroup
		waiter.Go(func() {
			_, err := s.Token(t.Context())
			wantKind(t, err, connector.Closed)
		})
		time.Sleep(time.Second)
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		waiter.Wait()
		time.Sleep(2 * time.Second)
		wantNoNote(t, memory)
		p.wantPresented(t)
	})
}

// A note that was stored although the store said no must not outlive the
// session: without Probe it would cost the next one its sign-in.
func TestCloseWithdrawsVoidNote(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &platform{lifetime: time.Hour}
		memory := store.Memory()
		s := signedIn(t, p, &halfDeaf{Store: memory, deafAt: 2}, Grant{OneTime: true})
		_, err := s.Token(t.Context())
		wantKind(t, err, connector.Storage)
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		wantNoNote(t, memory)
		next := NewSession(memory, key, Grant{Renew: p.renew, OneTime: true})
		defer next.Close()
		wantToken(t, next, "access-2")
	})
}

func wantNoNote(t *testing.T, s store.Store) {
	t.Helper()
	if e, err := decodeEntry(s.Get(t.Context(), key)); err != nil || e.renewal != nil {
		t.Errorf("the record has the note %+v (%v)", e.renewal, err)
	}
}

type slowStore struct {
	store.Store
	puts   int
	delays []time.Duration // of the next Puts
}

func (s *slowStore) Put(ctx context.Context, r store.Record) (store.Version, error) {
	s.puts++
	if len(s.delays) > 0 {
		select {
		case <-time.After(s.delays[0]):
		case <-ctx.Done():
			time.AfterFunc(time.Second, func() { _, _ = s.Store.Put(context.Background(), r) }) // it is on its way
			return 0, ctx.Err()
		}
		s.delays = s.delays[1:]
	}
	return s.Store.Put(ctx, r)
}
