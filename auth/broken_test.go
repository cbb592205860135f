package auth

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/store"
)

// A function of the program's own that ends its goroutine, as a test's FailNow
// does, ends the renewal: those who wait learn of it, and the next one works.
func TestFunctionEndsTheGoroutine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &platform{lifetime: time.Hour}
		ends := true
		renew := func(ctx context.Context, previous Token) (Token, error) {
			if ends {
				runtime.Goexit()
			}
			return p.renew(ctx, previous)
		}
		session := NewSession(store.Memory(), key, Grant{Renew: renew})
		defer session.Close()
		function := Func(func(ctx context.Context) (Token, error) { return renew(ctx, Token{}) })
		for _, s := range []TokenSource{session, function} {
			ends = true
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			_, err := s.Token(ctx)
			cancel()
			wantKind(t, err, connector.Unexpected)
			ends = false
			if _, err := s.Token(t.Context()); err != nil {
				t.Errorf("afterwards: %v", err)
			}
		}
	})
}

// Close comes back even so.
func TestCallbackEndsTheGoroutine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRegistry(t, store.Memory(), Unrenewable(reinstall), &RegistryOptions{
			OnReauthorize: func(string, State) { runtime.Goexit() },
		})
		if err := r.Set(t.Context(), "a", Token{Access: NewSecret("a"), Expiry: time.Now().Add(-time.Hour)}); err != nil {
			t.Fatal(err)
		}
		_, err := r.Session("a").Token(t.Context())
		wantKind(t, err, connector.Unexpected)
		_, err = r.Session("a").Token(t.Context())
		wantKind(t, err, connector.Reauthorize)
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	})
}

// All that OnReauthorize may call, it may call, and nobody waits for ever.
func TestCallbackCallsTheRegistry(t *testing.T) {
	for name, call := range map[string]func(context.Context, *Registry) error{
		"Set": func(ctx context.Context, r *Registry) error {
			return r.Set(ctx, "a", Token{Access: NewSecret("new")})
		},
		"Import": func(ctx context.Context, r *Registry) error {
			if err := r.Import(ctx, "a", Token{Access: NewSecret("new")}); !errors.Is(err, connector.Conflict) {
				return err
			}
			return r.Import(ctx, "b", Token{Access: NewSecret("new")})
		},
		"Purge":  func(ctx context.Context, r *Registry) error { return r.Purge(ctx, "a") },
		"Forget": func(ctx context.Context, r *Registry) error { return r.Session("a").Forget(ctx) },
		"Retry":  func(ctx context.Context, r *Registry) error { return r.Session("a").Retry(ctx) },
		"State": func(ctx context.Context, r *Registry) error {
			_, err := r.Session("a").State(ctx)
			return err
		},
		"Invalidate": func(ctx context.Context, r *Registry) error {
			return r.Session("a").Invalidate(ctx, Token{Access: NewSecret("a")})
		},
		"Lost": func(ctx context.Context, r *Registry) error {
			var lost []string
			for c := range r.Lost(ctx) {
				lost = append(lost, c.Tenant)
			}
			if !slices.Equal(lost, []string{"a"}) {
				return errors.New("the loss is not in the list")
			}
			return nil
		},
	} {
		synctest.Test(t, func(t *testing.T) {
			var r *Registry
			called := 0
			r = newRegistry(t, store.Memory(), Unrenewable(reinstall), &RegistryOptions{OnReauthorize: func(string, State) {
				called++
				if err := call(t.Context(), r); err != nil {
					t.Errorf("%s: %v", name, err)
				}
			}})
			if err := r.Set(t.Context(), "a", Token{Access: NewSecret("a"), Expiry: time.Now().Add(-time.Hour)}); err != nil {
				t.Fatal(err)
			}
			start := time.Now()
			_, err := r.Session("a").Token(t.Context())
			if name == "Set" && err != nil || name != "Set" && !errors.Is(err, connector.Reauthorize) && !errors.Is(err, connector.Closed) {
				t.Errorf("%s: Token gave %v", name, err)
			}
			if waited := time.Since(start); waited > 0 || called != 1 {
				t.Errorf("%s: called %d times, after %v", name, called, waited)
			}
			if err := r.Close(); err != nil {
				t.Errorf("%s: Close: %v", name, err)
			}
		})
	}
}

// Everything at once, on the same few tenants, and Close in the middle of it.
func TestRegistryFromAllSides(t *testing.T) {
	p := &platform{lifetime: time.Hour, delay: time.Millisecond}
	r := newRegistry(t, store.Memory(), Grant{Renew: p.renew, OneTime: true}, nil)
	ctx := t.Context()
	signIn := func() Token {
		token := p.issue()
		token.Expiry = time.Now().Add(-time.Hour)
		return token
	}
	var over atomic.Bool
	var all sync.WaitGroup
	for i := range 8 {
		tenant := string(rune('a' + i%3))
		s := r.Session(tenant)
		for _, do := range []func(){
			func() { _, _ = r.Session(tenant).Token(ctx) },
			func() {
				token, _ := s.Token(ctx)
				_ = s.Invalidate(ctx, token)
			},
			func() { _ = r.Set(ctx, tenant, signIn()) },
			func() { _ = r.Import(ctx, tenant, signIn()) },
			func() { _ = r.Purge(ctx, tenant) },
			func() { _ = s.Retry(ctx) },
			func() { _, _ = s.State(ctx) },
			func() {
				for range r.All(ctx) {
				}
			},
		} {
			all.Go(func() {
				for !over.Load() {
					do()
					time.Sleep(time.Millisecond)
				}
			})
		}
	}
	renewed := func() int {
		p.mu.Lock()
		defer p.mu.Unlock()
		return len(p.presented)
	}
	for start := time.Now(); renewed() < 10 && time.Since(start) < 10*time.Second; {
		time.Sleep(time.Millisecond)
	}
	if err := r.Close(); err != nil {
		t.Error(err)
	}
	over.Store(true)
	all.Wait()
	if renewed() < 10 {
		t.Errorf("%d renewals", renewed())
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	seen := map[string]bool{}
	for _, refresh := range p.presented {
		if seen[refresh] {
			t.Errorf("%s was presented twice", refresh)
		}
		seen[refresh] = true
	}
}
