package auth

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/store"
)

// repeating is a store whose driver repeats each Put whose answer it lost, and
// then meets its own write.
type repeating struct {
	store.Store
	loses atomic.Bool
}

func (s *repeating) Put(ctx context.Context, r store.Record) (store.Version, error) {
	v, err := s.Store.Put(ctx, r)
	if err == nil && s.loses.Load() {
		return s.Store.Put(ctx, r)
	}
	return v, err
}

// A note that was stored although the store says conflict is one's own: nobody
// waits for it, nor is it taken for an interrupted renewal.
func TestConflictAfterSuccess(t *testing.T) {
	for _, probe := range []bool{true, false} {
		synctest.Test(t, func(t *testing.T) {
			p := &platform{lifetime: time.Hour}
			records := &repeating{Store: store.Memory()}
			g := Grant{OneTime: true, Probe: probe}
			s := signedIn(t, p, records, g)
			records.loses.Store(true)
			time.AfterFunc(3*time.Second, func() { records.loses.Store(false) })
			start := time.Now()
			wantToken(t, s, "access-2")
			if waited := time.Since(start); waited > 5*time.Second {
				t.Errorf("it waited %v", waited)
			}
			p.wantPresented(t, "refresh-1")
			if e, err := decodeEntry(records.Get(t.Context(), key)); err != nil || e.failed != nil || e.renewal != nil {
				t.Errorf("the record holds %+v, %+v, %v", e.renewal, e.failed, err)
			}
		})
	}
}

// A note that lost against another process's is not kept in mind: Close need
// not look for it.
func TestConflictIsForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &platform{lifetime: time.Hour, delay: time.Second}
		slow := &slowStore{Store: store.Memory()}
		a := signedIn(t, p, slow, Grant{OneTime: true})
		b := NewSession(slow.Store, key, a.grant)
		defer b.Close()
		slow.delays = []time.Duration{time.Second}
		var first sync.WaitGroup
		first.Go(func() { wantToken(t, a, "access-2") })
		time.Sleep(time.Millisecond)
		wantToken(t, b, "access-2") // its note is there before a's
		first.Wait()
		p.wantPresented(t, "refresh-1")
		if len(slow.delays) != 0 || a.void != nil {
			t.Errorf("the void note is kept: %v", a.void != nil)
		}
	})
}

// The answer to saving the new pair is lost, too.
func TestSaveConflictAfterSuccess(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &platform{lifetime: time.Hour}
		records := &repeating{Store: store.Memory()}
		g := Grant{OneTime: true, Renew: func(ctx context.Context, previous Token) (Token, error) {
			records.loses.Store(true)
			return p.renew(ctx, previous)
		}}
		s := signedIn(t, p, records, g)
		wantToken(t, s, "access-2")
		records.loses.Store(false)
		time.Sleep(time.Hour)
		wantToken(t, s, "access-3")
		p.wantPresented(t, "refresh-1", "refresh-2")
	})
}

// lagging is a store whose reads come from a replica that is behind.
type lagging struct {
	store.Store
	lag time.Duration

	mu  sync.Mutex
	old []seen
}

type seen struct {
	at     time.Time
	record store.Record
}

func (s *lagging) Put(ctx context.Context, r store.Record) (store.Version, error) {
	v, err := s.Store.Put(ctx, r)
	if err == nil {
		r.Version = v
		s.mu.Lock()
		s.old = append(s.old, seen{time.Now(), r})
		s.mu.Unlock()
	}
	return v, err
}

func (s *lagging) Get(_ context.Context, key string) (store.Record, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := len(s.old) - 1; i >= 0; i-- {
		if time.Since(s.old[i].at) >= s.lag {
			return s.old[i].record, nil
		}
	}
	return store.Record{}, fmt.Errorf("%w: %s", store.ErrNotFound, key)
}

// Stale reads make a session slow, but writes decide: nothing is presented
// twice, and the newest pair is in the store.
func TestStaleReads(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &platform{lifetime: 10 * time.Second, delay: 100 * time.Millisecond}
		records := &lagging{Store: store.Memory(), lag: 2 * time.Second}
		open := func() *Session {
			s := NewSession(records, key, Grant{Renew: p.renew, OneTime: true})
			t.Cleanup(func() { _ = s.Close() })
			return s
		}
		sessions := []*Session{open(), open(), open()}
		if err := sessions[0].Set(t.Context(), p.issue()); err != nil {
			t.Fatal(err)
		}
		time.Sleep(records.lag)
		var all sync.WaitGroup
		for _, s := range sessions {
			all.Go(func() {
				for range 600 {
					if _, err := s.Token(t.Context()); err != nil {
						t.Error(err)
					}
					time.Sleep(100 * time.Millisecond)
				}
			})
		}
		all.Wait()
		twice := map[string]bool{}
		for _, refresh := range p.presented {
			if twice[refresh] {
				t.Errorf("%s was presented twice", refresh)
			}
			twice[refresh] = true
		}
		e, err := decodeEntry(records.Store.Get(t.Context(), key))
		if err != nil || e.token.Access.Reveal() != fmt.Sprint("access-", p.issued) || p.issued < 5 {
			t.Errorf("the store holds %v of %d, %v", e.token.Access.Reveal(), p.issued, err)
		}
	})
}

// tired is a store that takes five seconds for everything.
type tired struct{ store.Store }

func (s tired) Get(ctx context.Context, key string) (store.Record, error) {
	time.Sleep(5 * time.Second)
	return s.Store.Get(ctx, key)
}

func (s tired) Put(ctx context.Context, r store.Record) (store.Version, error) {
	time.Sleep(5 * time.Second)
	return s.Store.Put(ctx, r)
}

func TestTiredStore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &platform{lifetime: time.Hour, delay: 5 * time.Second}
		records := tired{store.Memory()}
		g := Grant{Renew: p.renew, OneTime: true}
		a := signedIn(t, p, records, g)
		b := NewSession(records, key, g)
		defer b.Close()
		for i := range 5 {
			want := fmt.Sprint("access-", i+2)
			var both sync.WaitGroup
			for _, s := range []*Session{a, b} {
				both.Go(func() { wantToken(t, s, want) })
			}
			both.Wait()
			time.Sleep(2 * time.Hour)
		}
		p.wantPresented(t, "refresh-1", "refresh-2", "refresh-3", "refresh-4", "refresh-5")
	})
}

// A record that the store has lost is like one that was removed: a person must
// sign in, and nothing that was known is presented.
func TestLostRecord(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &platform{lifetime: time.Hour}
		memory := store.Memory()
		s := signedIn(t, p, memory, Grant{OneTime: true})
		wantToken(t, s, "access-2")
		r, err := memory.Get(t.Context(), key)
		if err != nil {
			t.Fatal(err)
		}
		if err := memory.Delete(t.Context(), key, r.Version); err != nil {
			t.Fatal(err)
		}
		wantToken(t, s, "access-2")
		time.Sleep(time.Hour)
		_, err = s.Token(t.Context())
		wantKind(t, err, connector.Reauthorize)
		p.wantPresented(t, "refresh-1")
		if _, err := memory.Get(t.Context(), key); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("the record came back: %v", err)
		}
	})
}

// Two programs import at once: one sign-in is kept, the other told so.
func TestImportsAtOnce(t *testing.T) {
	memory := store.Memory()
	var all sync.WaitGroup
	var mu sync.Mutex
	var kept []string
	for i := range 16 {
		r := newRegistry(t, memory, Unrenewable(""), nil)
		all.Go(func() {
			token := fmt.Sprint("token-", i)
			err := r.Import(t.Context(), "a", Token{Access: NewSecret(token)})
			mu.Lock()
			defer mu.Unlock()
			if err == nil {
				kept = append(kept, token)
			} else if !errors.Is(err, connector.Conflict) {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if len(kept) != 1 {
		t.Fatalf("%d imports were kept", len(kept))
	}
	wantToken(t, newRegistry(t, memory, Unrenewable(""), nil).Session("a"), kept[0])
}

// damaged is a store with one record that it cannot read, which it says at the
// end of every list.
type damaged struct{ store.Store }

func (s damaged) List(ctx context.Context, prefix string) iter.Seq2[store.Record, error] {
	return func(yield func(store.Record, error) bool) {
		for r, err := range s.Store.List(ctx, prefix) {
			if !yield(r, err) {
				return
			}
		}
		yield(store.Record{}, store.ErrCorrupt)
	}
}

// One record that cannot be read does not keep a tenant in the store.
func TestPurgeBesideADamagedRecord(t *testing.T) {
	memory := store.Memory()
	r := newRegistry(t, damaged{memory}, Unrenewable(""), nil)
	if err := r.Set(t.Context(), "a", Token{Access: NewSecret("a")}); err != nil {
		t.Fatal(err)
	}
	attempt := store.Record{Key: attemptKey(prefix, "a", "state"), Value: []byte("{}"), Expires: time.Now().Add(time.Hour)}
	if _, err := memory.Put(t.Context(), attempt); err != nil {
		t.Fatal(err)
	}
	err := r.Purge(t.Context(), "a")
	if !errors.Is(err, connector.Storage) || !errors.Is(err, store.ErrCorrupt) {
		t.Errorf("Purge: %v", err)
	}
	for left := range memory.List(t.Context(), "") {
		t.Errorf("left in the store: %s", left.Key)
	}
}
