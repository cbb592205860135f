package auth

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/store"
)

func TestSavedBeforeUse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &platform{lifetime: time.Hour}
		s := signedIn(t, p, &spy{Store: store.Memory(), platform: p}, Grant{OneTime: true})
		wantToken(t, s, "access-2")
		p.events = append(p.events, "handed out")
		want := []string{
			"saved refresh-1 note=false", "saved refresh-1 note=true", "presented refresh-1", "saved refresh-2 note=false", "handed out",
		}
		if !slices.Equal(p.events, want) {
			t.Errorf("order was %q,\nwant %q", p.events, want)
		}
	})
}

func TestA5StoreFailsAfterRotation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &platform{lifetime: time.Hour}
		broken := &spy{Store: store.Memory(), platform: p}
		var mu sync.Mutex
		var reports []error
		s := signedIn(t, p, broken, Grant{OneTime: true, OnError: func(err error) {
			mu.Lock()
			defer mu.Unlock()
			reports = append(reports, err)
		}})
		broken.fail(nil, errDisk, 1) // the note passes, the new pair does not
		wantToken(t, s, "access-2")
		if len(reports) != 1 {
			t.Fatalf("reports are %v, want one", reports)
		}
		wantKind(t, reports[0], connector.Storage)
		if !errors.Is(reports[0], errDisk) {
			t.Errorf("report %v does not wrap the store's error", reports[0])
		}
		state, err := s.State(t.Context())
		if err != nil || !errors.Is(state.Unsaved, connector.Storage) || !state.SignedIn {
			t.Errorf("State is %+v (%v), want a token that is not saved", state, err)
		}

		wantToken(t, s, "access-2") // too early to try again
		time.Sleep(retrySpacing)
		wantToken(t, s, "access-2") // tries again, in vain
		synctest.Wait()
		if len(reports) != 1 {
			t.Errorf("a token at hand caused %d reports more", len(reports)-1)
		}
		broken.fail(nil, nil, 0)
		time.Sleep(retrySpacing)
		wantToken(t, s, "access-2") // tries again, with success
		synctest.Wait()
		if state, err := s.State(t.Context()); err != nil || state.Unsaved != nil {
			t.Errorf("State is %+v (%v), want saved", state, err)
		}
		next := NewSession(broken.Store, key, Grant{Renew: p.renew, OneTime: true})
		defer next.Close()
		wantToken(t, next, "access-2")
		p.wantPresented(t, "refresh-1")
	})
}

func TestCloseSavesWhatIsUnsaved(t *testing.T) {
	for _, healed := range []bool{true, false} {
		synctest.Test(t, func(t *testing.T) {
			p := &platform{lifetime: time.Hour}
			broken := &spy{Store: store.Memory(), platform: p}
			s := signedIn(t, p, broken, Grant{OneTime: true})
			broken.fail(nil, errDisk, 1)
			wantToken(t, s, "access-2")
			if healed {
				broken.fail(nil, nil, 0)
			}
			err := s.Close()
			if healed && err != nil {
				t.Errorf("Close: %v", err)
			}
			if !healed {
				wantKind(t, err, connector.Storage)
			}
			if !healed {
				wantKind(t, s.Close(), connector.Storage)
				broken.fail(nil, nil, 0)
			}
			if err := s.Close(); err != nil {
				t.Errorf("Close with a store that works: %v", err)
			}
			next := NewSession(broken.Store, key, Grant{Renew: p.renew, OneTime: true})
			defer next.Close()
			wantToken(t, next, "access-2")
		})
	}
}

// A save whose answer was lost has happened, and must not count as another's.
func TestSaveAnswerLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &platform{lifetime: time.Hour}
		memory := store.Memory()
		s := signedIn(t, p, &halfDeaf{Store: memory, deafAt: 3}, Grant{OneTime: true})
		wantToken(t, s, "access-2")
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		next := NewSession(memory, key, Grant{Renew: p.renew, OneTime: true})
		defer next.Close()
		wantToken(t, next, "access-2")
		p.wantPresented(t, "refresh-1")
	})
}

// halfDeaf stores, but says that one Put failed.
type halfDeaf struct {
	store.Store
	puts, deafAt int
}

func (h *halfDeaf) Put(ctx context.Context, r store.Record) (store.Version, error) {
	v, err := h.Store.Put(ctx, r)
	h.puts++
	if h.puts == h.deafAt {
		return 0, errDisk
	}
	return v, err
}

func TestNothingSentWithoutANote(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &platform{lifetime: time.Hour}
		broken := &spy{Store: store.Memory(), platform: p}
		s := signedIn(t, p, broken, Grant{OneTime: true})
		broken.fail(nil, errDisk, 0)
		_, err := s.Token(t.Context())
		wantKind(t, err, connector.Storage)
		broken.fail(errDisk, nil, 0)
		_, err = s.Token(t.Context())
		wantKind(t, err, connector.Storage)
		p.wantPresented(t)
		broken.fail(nil, nil, 0)
		wantToken(t, s, "access-2")
	})
}

// A grant that may be repeated lives on in memory while the store is down.
func TestRepeatableGrantNeedsNoStore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &platform{lifetime: time.Hour, keep: true}
		broken := &spy{Store: store.Memory(), platform: p}
		s := NewSession(broken, key, Grant{Renew: p.renew})
		defer s.Close()
		wantToken(t, s, "access-1")
		broken.fail(errDisk, errDisk, 0)
		time.Sleep(time.Hour)
		wantToken(t, s, "access-2")
		broken.fail(nil, nil, 0)
		time.Sleep(time.Hour)
		wantToken(t, s, "access-3")
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		p.wantPresented(t, "", "", "")
	})
}

func TestRestart(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "sign-ins")
	p := &platform{lifetime: time.Hour}
	for _, want := range []string{"access-2", "access-2"} {
		files, err := store.File(dir)
		if err != nil {
			t.Fatal(err)
		}
		s := NewSession(files, key, Grant{Renew: p.renew, OneTime: true})
		if p.issued == 0 {
			token := p.issue()
			token.Expiry = time.Now().Add(-time.Minute)
			if err := s.Set(t.Context(), token); err != nil {
				t.Fatal(err)
			}
		}
		wantToken(t, s, want)
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	p.wantPresented(t, "refresh-1")
}

// Another process renews between this one's read and its note.
func TestAnotherRenewsBetweenReadAndNote(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &platform{lifetime: time.Hour}
		meddled := &meddler{Store: store.Memory()}
		s := signedIn(t, p, meddled, Grant{OneTime: true})
		other := NewSession(meddled.Store, key, Grant{Renew: p.renew, OneTime: true})
		defer other.Close()
		meddled.afterGet = func() { wantToken(t, other, "access-2") }
		wantToken(t, s, "access-2")
		p.wantPresented(t, "refresh-1")
	})
}

// meddler does something right after a record was read, once, or written.
type meddler struct {
	store.Store
	afterGet func()
	afterPut func(r store.Record)
}

func (m *meddler) Put(ctx context.Context, r store.Record) (store.Version, error) {
	v, err := m.Store.Put(ctx, r)
	if m.afterPut != nil {
		m.afterPut(r)
	}
	return v, err
}

func (m *meddler) Get(ctx context.Context, key string) (store.Record, error) {
	r, err := m.Store.Get(ctx, key)
	if meddle := m.afterGet; meddle != nil {
		m.afterGet = nil
		meddle()
	}
	return r, err
}

// The store holds another's new sign-in by the time that it works again.
func TestSaveFindsNewSignIn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &platform{lifetime: time.Hour}
		broken := &spy{Store: store.Memory(), platform: p}
		s := signedIn(t, p, broken, Grant{OneTime: true})
		broken.fail(nil, errDisk, 1)
		wantToken(t, s, "access-2")
		broken.fail(nil, nil, 0)
		other := NewSession(broken.Store, key, Grant{Renew: p.renew, OneTime: true})
		defer other.Close()
		if err := other.Set(t.Context(), Token{Access: NewSecret("new")}); err != nil {
			t.Fatal(err)
		}
		time.Sleep(retrySpacing)
		wantToken(t, s, "access-2") // looks into it meanwhile
		synctest.Wait()
		wantToken(t, s, "new")
	})
}

// A grant that may be repeated is renewed twice while the store is down: what
// the store holds is the token before both.
func TestSaveAfterTwoRenewals(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &platform{lifetime: time.Hour}
		broken := &spy{Store: store.Memory(), platform: p}
		s := signedIn(t, p, broken, Grant{})
		wantToken(t, s, "access-2")
		broken.fail(errDisk, errDisk, 0)
		time.Sleep(time.Hour)
		wantToken(t, s, "access-3")
		time.Sleep(time.Hour)
		wantToken(t, s, "access-4")
		broken.fail(nil, nil, 0)
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		next := NewSession(broken.Store, key, Grant{Renew: p.renew})
		defer next.Close()
		wantToken(t, next, "access-4")
	})
}

// The record cannot be read, and the grant can be repeated: a refusal is kept in
// memory, and not presented again and again.
func TestRefusedWithoutRecord(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &platform{lifetime: time.Hour}
		memory := store.Memory()
		s := signedIn(t, p, memory, Grant{})
		wantToken(t, s, "access-2")
		r, err := memory.Get(t.Context(), key)
		if err != nil {
			t.Fatal(err)
		}
		r.Value = []byte(`{"format":2}`)
		if _, err := memory.Put(t.Context(), r); err != nil {
			t.Fatal(err)
		}
		p.answers = []error{refused}
		time.Sleep(time.Hour)
		for range 3 {
			_, err := s.Token(t.Context())
			wantKind(t, err, connector.Reauthorize)
		}
		p.wantPresented(t, "refresh-1", "refresh-2")
	})
}

// slowSave takes a while for each Put of a record that holds the token.
type slowSave struct {
	store.Store
	refresh string
	takes   time.Duration
}

func (s *slowSave) Put(ctx context.Context, r store.Record) (store.Version, error) {
	if e, err := decodeEntry(store.Record{Value: r.Value, Version: 1}, nil); err == nil && e.token.Refresh.Reveal() == s.refresh {
		time.Sleep(s.takes)
	}
	return s.Store.Put(ctx, r)
}

// While a new token is being saved nobody gets it, not even who asks just then.
func TestNobodyGetsWhatIsNotSaved(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &platform{lifetime: time.Hour}
		s := signedIn(t, p, &slowSave{store.Memory(), "refresh-2", 3 * time.Second}, Grant{OneTime: true})
		for range 2 {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			token, err := s.Token(ctx)
			cancel()
			if !errors.Is(err, connector.Canceled) {
				t.Errorf("got %q, %v, want to wait until it is saved", token.Access.Reveal(), err)
			}
		}
		wantToken(t, s, "access-2")
		p.wantPresented(t, "refresh-1")
	})
}
