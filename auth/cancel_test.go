package auth

import (
	"context"
	"iter"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/store"
)

// hanging is a store that does not answer, from the call number after on.
type hanging struct {
	store.Store

	mu    sync.Mutex
	hangs bool
	after int
}

func (h *hanging) set(hangs bool, after int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.hangs, h.after = hangs, after
}

func (h *hanging) wait(ctx context.Context) error {
	h.mu.Lock()
	h.after--
	answers := !h.hangs || h.after >= 0
	h.mu.Unlock()
	if answers {
		return nil
	}
	<-ctx.Done()
	return ctx.Err()
}

func (h *hanging) Get(ctx context.Context, key string) (store.Record, error) {
	if err := h.wait(ctx); err != nil {
		return store.Record{}, err
	}
	return h.Store.Get(ctx, key)
}

func (h *hanging) Put(ctx context.Context, r store.Record) (store.Version, error) {
	if err := h.wait(ctx); err != nil {
		return 0, err
	}
	return h.Store.Put(ctx, r)
}

func (h *hanging) Delete(ctx context.Context, key string, v store.Version) error {
	if err := h.wait(ctx); err != nil {
		return err
	}
	return h.Store.Delete(ctx, key, v)
}

func (h *hanging) List(ctx context.Context, prefix string) iter.Seq2[store.Record, error] {
	if err := h.wait(ctx); err != nil {
		return func(yield func(store.Record, error) bool) { yield(store.Record{}, err) }
	}
	return h.Store.List(ctx, prefix)
}

// Whatever a call waits for, it returns as soon as its context ends.
func TestC2CancelAtEveryAwaitPoint(t *testing.T) {
	calls := map[string]func(ctx context.Context, r *Registry) error{
		"Token":  func(ctx context.Context, r *Registry) error { _, err := r.Session("a").Token(ctx); return err },
		"State":  func(ctx context.Context, r *Registry) error { _, err := r.Session("a").State(ctx); return err },
		"Set":    func(ctx context.Context, r *Registry) error { return r.Set(ctx, "a", Token{Access: NewSecret("x")}) },
		"Import": func(ctx context.Context, r *Registry) error { return r.Import(ctx, "b", Token{Access: NewSecret("x")}) },
		"Forget": func(ctx context.Context, r *Registry) error { return r.Session("a").Forget(ctx) },
		"Retry":  func(ctx context.Context, r *Registry) error { return r.Session("lost").Retry(ctx) },
		"Purge":  func(ctx context.Context, r *Registry) error { return r.Purge(ctx, "a") },
		"All":    func(ctx context.Context, r *Registry) error { return first(r.All(ctx)) },
		"Lost":   func(ctx context.Context, r *Registry) error { return first(r.Lost(ctx)) },
	}
	points := map[string]int{ // how many answers of the store each call needs; the platform's comes on top
		"Token": 3, "State": 1, "Set": 2, "Import": 2, "Forget": 2, "Retry": 2, "Purge": 4, "All": 1, "Lost": 1,
	}
	for name, call := range calls {
		for after := range points[name] + 1 {
			synctest.Test(t, func(t *testing.T) {
				s := &hanging{Store: store.Memory()}
				p := &platform{lifetime: time.Hour, answers: []error{refused}}
				r := newRegistry(t, s, Grant{Renew: p.renew, OneTime: true, Probe: true}, nil)
				token := p.issue()
				token.Expiry = time.Now().Add(-time.Hour)
				for _, tenant := range []string{"a", "lost"} {
					if err := r.Set(t.Context(), tenant, token); err != nil {
						t.Fatal(err)
					}
				}
				attempt := store.Record{Key: attemptKey(prefix, "a", "s"), Value: []byte("{}")}
				if _, err := s.Put(t.Context(), attempt); err != nil {
					t.Fatal(err)
				}
				_, err := r.Session("lost").Token(t.Context())
				wantKind(t, err, connector.Reauthorize)

				s.set(true, after)
				if name == "Token" && after == points[name] {
					p.delay = time.Minute
					s.set(false, 0)
				}
				ctx, cancel := context.WithTimeout(t.Context(), time.Second)
				defer cancel()
				start := time.Now()
				err = call(ctx, r)
				waited := time.Since(start)
				if after == points[name] && name != "Token" {
					if err != nil || waited != 0 {
						t.Errorf("%s with %d answers: %v after %v, want none", name, after, err, waited)
					}
				} else {
					wantKind(t, err, connector.Canceled)
					if waited != time.Second {
						t.Errorf("%s with %d answers came back after %v, want when its context ended", name, after, waited)
					}
				}
				s.set(false, 0)
				if err := r.Close(); err != nil {
					t.Errorf("%s with %d answers: Close: %v", name, after, err)
				}
			})
		}
	}
}
