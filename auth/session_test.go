package auth

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/store"
)

func TestA1OneRenewalForAll(t *testing.T) {
	for _, oneTime := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			p := &platform{lifetime: time.Hour, delay: time.Second}
			s := signedIn(t, p, store.Memory(), Grant{OneTime: oneTime})
			var all sync.WaitGroup
			for range 100 {
				all.Go(func() { wantToken(t, s, "access-2") })
			}
			all.Wait()
			wantToken(t, s, "access-2")
			p.wantPresented(t, "refresh-1")
		})
	}
}

func TestA2ProcessesRenewOnce(t *testing.T) {
	for _, oneTime := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			p := &platform{lifetime: time.Hour, delay: time.Second}
			shared := store.Memory()
			sessions := []*Session{signedIn(t, p, shared, Grant{OneTime: oneTime})}
			for range 4 {
				s := NewSession(shared, key, Grant{Renew: p.renew, OneTime: oneTime})
				t.Cleanup(func() { _ = s.Close() })
				sessions = append(sessions, s)
			}
			var all sync.WaitGroup
			for _, s := range sessions {
				for range 10 {
					all.Go(func() { wantToken(t, s, "access-2") })
				}
			}
			all.Wait()
			p.wantPresented(t, "refresh-1")
		})
	}
}

func TestWaiterLeavesOnItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &platform{lifetime: time.Hour, delay: 10 * time.Second}
		s := signedIn(t, p, store.Memory(), Grant{OneTime: true})
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		start := time.Now()
		_, err := s.Token(ctx) // it also starts the renewal, which must outlive it
		wantKind(t, err, connector.Canceled)
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error %v does not wrap DeadlineExceeded", err)
		}
		if waited := time.Since(start); waited != time.Second {
			t.Errorf("the waiter left after %v, want 1s", waited)
		}
		wantToken(t, s, "access-2")
		p.wantPresented(t, "refresh-1")
	})
}

func TestEndedContextAsksNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &platform{}
		s := signedIn(t, p, store.Memory(), Grant{OneTime: true})
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err := s.Token(ctx)
		wantKind(t, err, connector.Canceled)
		synctest.Wait()
		p.wantPresented(t)
	})
}

func TestFailureIsShared(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &platform{delay: time.Second, lifetime: time.Hour, answers: []error{unreachable}}
		s := signedIn(t, p, store.Memory(), Grant{OneTime: true})
		var all sync.WaitGroup
		for range 20 {
			all.Go(func() {
				_, err := s.Token(t.Context())
				wantKind(t, err, connector.Unavailable)
			})
		}
		all.Wait()
		p.wantPresented(t, "refresh-1")
		wantToken(t, s, "access-2") // and it is not remembered
		p.wantPresented(t, "refresh-1", "refresh-1")
	})
}

func TestA3RefusedForGood(t *testing.T) {
	for _, oneTime := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			p := &platform{delay: time.Second, lifetime: time.Hour, answers: []error{refused}}
			shared := store.Memory()
			s := signedIn(t, p, shared, Grant{OneTime: oneTime})
			var all sync.WaitGroup
			for range 20 {
				all.Go(func() {
					_, err := s.Token(t.Context())
					wantKind(t, err, connector.Reauthorize)
				})
			}
			all.Wait()
			other := NewSession(shared, key, Grant{Renew: p.renew, OneTime: oneTime})
			defer other.Close()
			for _, s := range []*Session{s, other} {
				_, err := s.Token(t.Context())
				wantKind(t, err, connector.Reauthorize)
				if !strings.HasSuffix(err.Error(), "sign in again and give the new token to Session.Set") {
					t.Errorf("error %q does not end with the remedy", err)
				}
				state, err := s.State(t.Context())
				if err != nil || state.Reauthorize.IsZero() || !strings.Contains(state.Reason, "invalid_grant") {
					t.Errorf("State is %+v (%v), want when and why to sign in again", state, err)
				}
			}
			p.wantPresented(t, "refresh-1")

			if err := other.Set(t.Context(), p.issue()); err != nil {
				t.Fatal(err)
			}
			wantToken(t, s, "access-2") // the first session learns of the other's sign-in
			p.wantPresented(t, "refresh-1")
		})
	}
}

func TestClientCredentials(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &platform{lifetime: time.Hour, keep: true}
		shared := store.Memory()
		s := NewSession(shared, key, Grant{Renew: p.renew})
		wantToken(t, s, "access-1")
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		next := NewSession(shared, key, Grant{Renew: p.renew})
		defer next.Close()
		wantToken(t, next, "access-1")

		p.answers = []error{refused}
		time.Sleep(time.Hour)
		for range 3 {
			_, err := next.Token(t.Context())
			wantKind(t, err, connector.Reauthorize)
		}
		p.wantPresented(t, "", "")

		corrected := NewSession(shared, key, Grant{Renew: p.renew})
		defer corrected.Close()
		wantToken(t, corrected, "access-2")
	})
}

func TestKeepsWhatTheAnswerLeavesOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &platform{lifetime: time.Hour, keep: true}
		s := NewSession(store.Memory(), key, Grant{Renew: p.renew})
		defer s.Close()
		err := s.Set(t.Context(), Token{Refresh: NewSecret("kept"), Account: "acme", Extra: map[string]string{"region": "eu"}})
		if err != nil {
			t.Fatal(err)
		}
		got := wantToken(t, s, "access-1")
		if got.Refresh.Reveal() != "kept" || got.Account != "acme" || got.Extra["region"] != "eu" {
			t.Errorf("token is %+v with refresh token %q, want what was there before", got, got.Refresh.Reveal())
		}
		p.wantPresented(t, "kept")
	})
}

func TestA8RevokedToken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &platform{}
		s := signedIn(t, p, store.Memory(), Grant{OneTime: true})
		old := wantToken(t, s, "access-2")
		for range 10 { // as ten calls that all got a 401
			if err := s.Invalidate(t.Context(), old); err != nil {
				t.Fatal(err)
			}
		}
		wantToken(t, s, "access-3")
		time.Sleep(time.Hour)
		if err := s.Invalidate(t.Context(), old); err != nil { // an eleventh, late
			t.Fatal(err)
		}
		wantToken(t, s, "access-3")
		p.wantPresented(t, "refresh-1", "refresh-2")
	})
}

// A platform that tells no lifetime and refuses every token causes no storm.
func TestRefusedTokensCauseNoStorm(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &platform{}
		s := signedIn(t, p, store.Memory(), Grant{OneTime: true})
		start := time.Now()
		for time.Since(start) < 5*time.Minute {
			token, err := s.Token(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if err := s.Invalidate(t.Context(), token); err != nil {
				t.Fatal(err)
			}
			time.Sleep(100 * time.Millisecond)
		}
		if n := len(p.presented); n < 10 || n > 12 {
			t.Errorf("%d renewals in 5 minutes, want one each 30 s", n)
		}
	})
}

// A refused token that another process has renewed is not renewed again.
func TestInvalidateFindsAnothersRenewal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &platform{}
		shared := store.Memory()
		a := signedIn(t, p, shared, Grant{OneTime: true})
		b := NewSession(shared, key, Grant{Renew: p.renew, OneTime: true})
		defer b.Close()
		old := wantToken(t, a, "access-2")
		wantToken(t, b, "access-2")
		if err := a.Invalidate(t.Context(), old); err != nil {
			t.Fatal(err)
		}
		wantToken(t, a, "access-3")
		if err := b.Invalidate(t.Context(), old); err != nil {
			t.Fatal(err)
		}
		wantToken(t, b, "access-3")
		p.wantPresented(t, "refresh-1", "refresh-2")
	})
}

func TestNonsenseLifetimes(t *testing.T) {
	for _, lifetime := range []time.Duration{-time.Hour, time.Nanosecond, 1 << 62} {
		synctest.Test(t, func(t *testing.T) {
			p := &platform{}
			renew := func(ctx context.Context, previous Token) (Token, error) {
				token, err := p.renew(ctx, previous)
				token.Expiry = time.Now().Add(lifetime)
				return token, err
			}
			s := signedIn(t, p, store.Memory(), Grant{Renew: renew, OneTime: true})
			wantToken(t, s, "access-2")
			time.Sleep(24 * time.Hour)
			wantToken(t, s, "access-2")
			p.wantPresented(t, "refresh-1")
		})
	}
}

func TestQ2Close(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &platform{lifetime: time.Hour, delay: 10 * time.Second}
		shared := store.Memory()
		s := signedIn(t, p, shared, Grant{OneTime: true})
		var waiter sync.WaitGroup
		waiter.Go(func() { wantToken(t, s, "access-2") })
		synctest.Wait()
		start := time.Now()
		for range 2 {
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
		}
		if waited := time.Since(start); waited != 10*time.Second {
			t.Errorf("Close took %v, want the renewal's 10s", waited)
		}
		waiter.Wait()
		_, tokenErr := s.Token(t.Context())
		_, stateErr := s.State(t.Context())
		for _, err := range []error{
			tokenErr, stateErr, s.Invalidate(t.Context(), Token{}), s.Set(t.Context(), p.issue()), s.Forget(t.Context()),
		} {
			wantKind(t, err, connector.Closed)
		}
		next := NewSession(shared, key, Grant{Renew: p.renew, OneTime: true})
		defer next.Close()
		wantToken(t, next, "access-2")
	})
}

// Close ends a wait for another process's renewal at once.
func TestQ1CloseWhileWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &platform{delay: 20 * time.Second}
		shared := store.Memory()
		a := signedIn(t, p, shared, Grant{OneTime: true})
		b := NewSession(shared, key, Grant{Renew: p.renew, OneTime: true})
		var waiters sync.WaitGroup
		waiters.Go(func() { wantToken(t, a, "access-2") })
		synctest.Wait()
		waiters.Go(func() {
			_, err := b.Token(t.Context())
			wantKind(t, err, connector.Closed)
		})
		synctest.Wait()
		start := time.Now()
		if err := b.Close(); err != nil {
			t.Fatal(err)
		}
		if waited := time.Since(start); waited != 0 {
			t.Errorf("Close took %v, want no time", waited)
		}
		waiters.Wait()
	})
}

func TestBadSessions(t *testing.T) {
	p := &platform{}
	for name, s := range map[string]*Session{
		"no store": NewSession(nil, key, Grant{Renew: p.renew}),
		"no Renew": NewSession(store.Memory(), key, Grant{}),
	} {
		_, err := s.Token(t.Context())
		if !errors.Is(err, connector.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	s := NewSession(store.Memory(), "", Grant{Renew: p.renew})
	if _, err := s.Token(t.Context()); !errors.Is(err, store.ErrKey) || !errors.Is(err, connector.Invalid) {
		t.Errorf("empty key: %v", err)
	}
	s = NewSession(store.Memory(), key, Grant{Renew: p.renew})
	wantKind(t, s.Set(t.Context(), Token{Account: "acme"}), connector.Invalid)
}
