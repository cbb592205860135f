package auth

import (
	"context"
	"errors"
	"reflect"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/store"
)

func TestForget(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &platform{lifetime: time.Hour}
		shared := store.Memory()
		s := signedIn(t, p, shared, Grant{OneTime: true})
		wantToken(t, s, "access-2")
		for range 2 {
			if err := s.Forget(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		_, err := s.Token(t.Context())
		wantKind(t, err, connector.Reauthorize)
		if state, err := s.State(t.Context()); err != nil || !reflect.DeepEqual(state, State{}) {
			t.Errorf("State is %+v (%v), want nothing", state, err)
		}
		if _, err := shared.Get(t.Context(), key); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("the record is still there (%v)", err)
		}
	})
}

// A new start clears what is only in memory.
func TestForgetClearsRefusal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &platform{keep: true, answers: []error{refused}}
		s := NewSession(store.Memory(), key, Grant{Renew: p.renew})
		defer s.Close()
		for range 2 {
			_, err := s.Token(t.Context())
			wantKind(t, err, connector.Reauthorize)
		}
		if state, err := s.State(t.Context()); err != nil || state.Reauthorize.IsZero() {
			t.Errorf("State is %+v (%v), want when it was refused", state, err)
		}
		if err := s.Forget(t.Context()); err != nil {
			t.Fatal(err)
		}
		wantToken(t, s, "access-1")
		p.wantPresented(t, "", "")
	})
}

func TestSetReplacesUnsaved(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &platform{lifetime: time.Hour}
		broken := &spy{Store: store.Memory(), platform: p}
		s := signedIn(t, p, broken, Grant{OneTime: true})
		broken.fail(nil, errDisk, 1)
		wantToken(t, s, "access-2")
		broken.fail(nil, nil, 0)
		if err := s.Set(t.Context(), Token{Access: NewSecret("new")}); err != nil {
			t.Fatal(err)
		}
		if state, err := s.State(t.Context()); err != nil || state.Unsaved != nil {
			t.Errorf("State is %+v (%v), want nothing unsaved", state, err)
		}
		wantToken(t, s, "new")
	})
}

// A new sign-in does not wait for an old renewal, and is not undone by it.
func TestSetDuringRenewal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &platform{lifetime: time.Hour, delay: 20 * time.Second}
		s := signedIn(t, p, store.Memory(), Grant{OneTime: true})
		var waiter sync.WaitGroup
		waiter.Go(func() { wantToken(t, s, "new") })
		synctest.Wait()
		start := time.Now()
		if err := s.Set(t.Context(), Token{Access: NewSecret("new"), Refresh: NewSecret("new")}); err != nil {
			t.Fatal(err)
		}
		wantToken(t, s, "new")
		waiter.Wait()
		if waited := time.Since(start); waited != 0 {
			t.Errorf("the new sign-in was usable after %v", waited)
		}
		time.Sleep(time.Minute)
		wantToken(t, s, "new")
		if state, err := s.State(t.Context()); err != nil || state.Renewing || state.Reason != "" {
			t.Errorf("State is %+v (%v)", state, err)
		}
		p.wantPresented(t, "refresh-1")
	})
}

// What was read before a Set must not come back after it.
func TestSetRacesRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &platform{lifetime: time.Hour}
		meddled := &meddler{Store: store.Memory()}
		writer := NewSession(meddled.Store, key, Grant{Renew: p.renew})
		defer writer.Close()
		if err := writer.Set(t.Context(), p.issue()); err != nil {
			t.Fatal(err)
		}
		s := NewSession(meddled, key, Grant{Renew: p.renew})
		defer s.Close()
		meddled.afterGet = func() {
			if err := s.Set(t.Context(), p.issue()); err != nil {
				t.Error(err)
			}
		}
		wantToken(t, s, "access-2")

		ctx, cancel := context.WithCancel(t.Context())
		meddled.afterGet = func() {
			cancel() // so that nobody is there to read again
			if err := s.Set(t.Context(), p.issue()); err != nil {
				t.Error(err)
			}
		}
		if err := writer.Set(t.Context(), p.issue()); err != nil {
			t.Fatal(err)
		}
		if err := s.Invalidate(t.Context(), wantToken(t, s, "access-2")); err != nil {
			t.Fatal(err)
		}
		_, err := s.Token(ctx)
		wantKind(t, err, connector.Canceled)
		synctest.Wait()
		wantToken(t, s, "access-4")
		p.wantPresented(t)
	})
}

// A Set that comes right after a renewal's save wins.
func TestSetRacesSave(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &platform{lifetime: time.Hour}
		meddled := &meddler{Store: store.Memory()}
		s := signedIn(t, p, meddled, Grant{OneTime: true})
		ctx, cancel := context.WithCancel(t.Context())
		meddled.afterPut = func(r store.Record) {
			if !strings.Contains(string(r.Value), "access-2") {
				return
			}
			meddled.afterPut = nil
			cancel() // so that nobody is there to read again
			if err := s.Set(t.Context(), Token{Access: NewSecret("new")}); err != nil {
				t.Error(err)
			}
		}
		_, err := s.Token(ctx)
		wantKind(t, err, connector.Canceled)
		synctest.Wait()
		wantToken(t, s, "new")
	})
}

// Nothing comes back that was removed while it was renewed, here or elsewhere.
func TestForgetDuringRenewal(t *testing.T) {
	for name, g := range map[string]Grant{"one time": {OneTime: true}, "credentials": {}} {
		for _, elsewhere := range []bool{false, true} {
			synctest.Test(t, func(t *testing.T) {
				p := &platform{delay: 5 * time.Second, keep: !g.OneTime}
				memory := store.Memory()
				g.Renew = p.renew
				s := NewSession(memory, key, g)
				defer s.Close()
				if g.OneTime {
					s = signedIn(t, p, memory, g)
				}
				remover := s
				if elsewhere {
					remover = NewSession(memory, key, g)
					defer remover.Close()
				}
				ctx, cancel := context.WithCancel(t.Context())
				var waiter sync.WaitGroup
				waiter.Go(func() { _, _ = s.Token(ctx) })
				synctest.Wait()
				cancel() // so that nobody asks anew; the renewal goes on
				waiter.Wait()
				if err := remover.Forget(t.Context()); err != nil {
					t.Fatal(err)
				}
				time.Sleep(4 * time.Second)
				_, err := memory.Get(t.Context(), key)
				if !errors.Is(err, store.ErrNotFound) {
					t.Errorf("%s, elsewhere %v: the record is back (%v)", name, elsewhere, err)
				}
				time.Sleep(1500 * time.Millisecond)
				if e, err := decodeEntry(memory.Get(t.Context(), key)); err != nil || !e.token.isZero() {
					t.Errorf("%s, elsewhere %v: the token is back (%v)", name, elsewhere, err)
				}
			})
		}
	}
}

// The token that is being renewed is set once more, by a program that restores
// a copy for instance. It is on its way, so it is not presented again.
func TestSetOfTheSameToken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &platform{lifetime: time.Hour, delay: 10 * time.Second}
		memory := store.Memory()
		s := signedIn(t, p, memory, Grant{OneTime: true})
		var waiter sync.WaitGroup
		waiter.Go(func() { wantToken(t, s, "access-2") })
		synctest.Wait()
		other := NewSession(memory, key, Grant{Renew: p.renew, OneTime: true})
		defer other.Close()
		for _, s := range []*Session{other, s} {
			if err := s.Set(t.Context(), Token{Refresh: NewSecret("refresh-1")}); err != nil {
				t.Fatal(err)
			}
		}
		wantToken(t, other, "access-2")
		waiter.Wait()
		p.wantPresented(t, "refresh-1")
	})
}

// A process that must not use what another has replaced asks State before.
func TestStateFollowsOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		memory := store.Memory()
		g := Unrenewable("")
		a, b := NewSession(memory, key, g), NewSession(memory, key, g)
		defer a.Close()
		defer b.Close()
		for _, access := range []string{"one", "two"} {
			if err := a.Set(t.Context(), Token{Access: NewSecret(access), Extra: map[string]string{"name": access}}); err != nil {
				t.Fatal(err)
			}
			state, err := b.State(t.Context())
			if err != nil || state.Extra["name"] != access {
				t.Errorf("State is %+v, %v", state, err)
			}
			wantToken(t, b, access)
		}
		if err := a.Forget(t.Context()); err != nil {
			t.Fatal(err)
		}
		if state, err := b.State(t.Context()); err != nil || state.SignedIn {
			t.Errorf("State is %+v, %v", state, err)
		}
		_, err := b.Token(t.Context())
		wantKind(t, err, connector.Reauthorize)
	})
}
