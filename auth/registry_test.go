package auth

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/store"
)

const prefix = "test/production/client-1/"

func newRegistry(t *testing.T, s store.Store, g Grant, o *RegistryOptions) *Registry {
	t.Helper()
	r := NewRegistry(s, prefix, g, o)
	t.Cleanup(func() { _ = r.Close() })
	return r
}

func TestRegistry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &platform{lifetime: time.Hour}
		memory := store.Memory()
		r := newRegistry(t, memory, Grant{Renew: p.renew, OneTime: true}, nil)
		tenants := []string{"a", "tenant/17", "100 %", "ümlaut", "sign-in/", "..", "a\x00b\xff"}
		for _, tenant := range tenants {
			if err := r.Set(t.Context(), tenant, p.issue()); err != nil {
				t.Fatalf("%q: %v", tenant, err)
			}
		}
		for i, tenant := range tenants {
			wantToken(t, r.Session(tenant), fmt.Sprint("access-", i+1))
			if a, b := r.Session(tenant), r.Session(tenant); a != b {
				t.Errorf("%q has two sessions", tenant)
			}
		}
		// The keys are those of the apps' Key methods.
		if _, err := memory.Get(t.Context(), prefix+"tenant%2F17"); err != nil {
			t.Error(err)
		}
		var found []string
		for c, err := range newRegistry(t, memory, Unrenewable(""), nil).All(t.Context()) {
			if err != nil || !c.SignedIn {
				t.Errorf("%q: %+v, %v", c.Tenant, c.State, err)
			}
			found = append(found, c.Tenant)
		}
		slices.Sort(found)
		slices.Sort(tenants)
		if !slices.Equal(found, tenants) {
			t.Errorf("All found %q, want %q", found, tenants)
		}
	})
}

func TestRegistryImport(t *testing.T) {
	p := &platform{lifetime: time.Hour}
	r := newRegistry(t, store.Memory(), Grant{Renew: p.renew, OneTime: true}, nil)
	if err := r.Import(t.Context(), "a", p.issue()); err != nil {
		t.Fatal(err)
	}
	wantKind(t, r.Import(t.Context(), "a", p.issue()), connector.Conflict)
	wantToken(t, r.Session("a"), "access-1")
	if err := r.Set(t.Context(), "a", p.issue()); err != nil {
		t.Fatal(err)
	}
	wantToken(t, r.Session("a"), "access-3")
	wantKind(t, r.Import(t.Context(), "b", Token{}), connector.Invalid)
}

// Who must sign in again, told once, by the process that found out.
func TestRegistryLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &platform{lifetime: time.Hour, answers: []error{refused}}
		memory := store.Memory()
		var mu sync.Mutex
		var told []string
		tell := func(process string) *RegistryOptions {
			return &RegistryOptions{OnReauthorize: func(tenant string, s State) {
				mu.Lock()
				defer mu.Unlock()
				told = append(told, fmt.Sprint(process, " ", tenant, " ", s.Account, " ", s.Reauthorize.Equal(time.Now()), " ", strings.Contains(s.Reason, "invalid_grant")))
			}}
		}
		g := Grant{Renew: p.renew, OneTime: true}
		a, b := newRegistry(t, memory, g, tell("a")), newRegistry(t, memory, g, tell("b"))
		for _, tenant := range []string{"good", "lost/1"} {
			token := p.issue()
			token.Account = "acme"
			if err := a.Set(t.Context(), tenant, token); err != nil {
				t.Fatal(err)
			}
		}
		wantToken(t, a.Session("good"), "access-1")
		time.Sleep(time.Hour)
		since := time.Now()
		for range 3 {
			for _, r := range []*Registry{a, b} {
				_, err := r.Session("lost/1").Token(t.Context())
				wantKind(t, err, connector.Reauthorize)
			}
		}
		if want := []string{"a lost/1 acme true true"}; !slices.Equal(told, want) {
			t.Errorf("told %q, want %q", told, want)
		}
		time.Sleep(time.Minute)
		var lost []Connection
		for c, err := range newRegistry(t, memory, g, nil).Lost(t.Context()) {
			if err != nil {
				t.Error(err)
			}
			lost = append(lost, c)
		}
		if len(lost) != 1 || lost[0].Tenant != "lost/1" || !lost[0].Reauthorize.Equal(since) || !strings.Contains(lost[0].Reason, "invalid_grant") {
			t.Errorf("Lost gave %+v", lost)
		}
		if err := b.Set(t.Context(), "lost/1", p.issue()); err != nil {
			t.Fatal(err)
		}
		for c := range a.Lost(t.Context()) {
			t.Errorf("Lost gave %+v after a new sign-in", c)
		}
	})
}

func TestRegistryOnError(t *testing.T) {
	p := &platform{lifetime: time.Hour}
	broken := &spy{Store: store.Memory(), platform: p}
	var told []string
	r := newRegistry(t, broken, Grant{Renew: p.renew}, &RegistryOptions{OnError: func(tenant string, err error) {
		wantKind(t, err, connector.Storage)
		told = append(told, tenant)
	}})
	broken.fail(nil, errDisk, 1)
	wantToken(t, r.Session("tenant 17"), "access-1")
	if !slices.Equal(told, []string{"tenant 17"}) {
		t.Errorf("told of %q", told)
	}
	for c := range r.All(t.Context()) {
		if !errors.Is(c.Unsaved, errDisk) || !c.SignedIn {
			t.Errorf("All gave %+v", c)
		}
	}
	broken.fail(nil, nil, 0)
}

func TestRegistryPurge(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &platform{lifetime: time.Hour, delay: 10 * time.Second}
		memory := store.Memory()
		r := newRegistry(t, memory, Grant{Renew: p.renew, OneTime: true}, nil)
		token := p.issue()
		token.Expiry = time.Now().Add(-time.Hour)
		for _, tenant := range []string{"a", "ab"} {
			if err := r.Set(t.Context(), tenant, token); err != nil {
				t.Fatal(err)
			}
			for i := range 3 {
				attempt := store.Record{Key: attemptKey(prefix, tenant, fmt.Sprint(i)), Value: []byte("{}"), Expires: time.Now().Add(time.Hour)}
				if _, err := memory.Put(t.Context(), attempt); err != nil {
					t.Fatal(err)
				}
			}
		}
		old := r.Session("a")
		var waiter sync.WaitGroup
		waiter.Go(func() {
			_, err := old.Token(t.Context())
			wantKind(t, err, connector.Closed)
		})
		synctest.Wait()
		start := time.Now()
		for range 2 {
			if err := r.Purge(t.Context(), "a"); err != nil {
				t.Fatal(err)
			}
		}
		waiter.Wait()
		if waited := time.Since(start); waited != 0 {
			t.Errorf("it took %v", waited)
		}
		if r.Session("a") == old {
			t.Error("the session is still kept")
		}
		if err := r.Close(); err != nil { // waits for the renewal under way
			t.Error(err)
		}
		if waited := time.Since(start); waited != 10*time.Second {
			t.Errorf("Close came back after %v, want the renewal's 10s", waited)
		}
		var left []string
		for record := range memory.List(t.Context(), "") {
			left = append(left, record.Key)
		}
		want := []string{attemptKey(prefix, "ab", "0"), attemptKey(prefix, "ab", "1"), attemptKey(prefix, "ab", "2"), prefix + "ab"}
		slices.Sort(want)
		if !slices.Equal(left, want) {
			t.Errorf("the store has %q, want %q", left, want)
		}
	})
}

func TestRegistryClose(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &platform{lifetime: time.Hour, delay: 10 * time.Second}
		memory := store.Memory()
		r := newRegistry(t, memory, Grant{Renew: p.renew, OneTime: true}, nil)
		token := p.issue()
		token.Expiry = time.Now().Add(-time.Hour)
		var waiters sync.WaitGroup
		for i := range 20 {
			tenant := fmt.Sprint(i)
			token.Refresh = NewSecret("refresh of " + tenant)
			if err := r.Set(t.Context(), tenant, token); err != nil {
				t.Fatal(err)
			}
			waiters.Go(func() { _, _ = r.Session(tenant).Token(t.Context()) })
		}
		synctest.Wait()
		start := time.Now()
		for range 2 {
			if err := r.Close(); err != nil {
				t.Error(err)
			}
		}
		waiters.Wait()
		if waited := time.Since(start); waited != 10*time.Second {
			t.Errorf("Close took %v, want the 10s that all renewals take together", waited)
		}
		if len(p.presented) != 20 {
			t.Errorf("%d renewals, want 20", len(p.presented))
		}
		for record := range memory.List(t.Context(), prefix) {
			if e, err := decodeEntry(record, nil); err != nil || e.renewal != nil || !strings.HasPrefix(e.token.Refresh.Reveal(), "refresh-") {
				t.Errorf("%s was not saved: %+v, %v", record.Key, e, err)
			}
		}
		_, tokenErr := r.Session("another").Token(t.Context())
		for _, err := range []error{tokenErr, r.Set(t.Context(), "0", p.issue()), r.Import(t.Context(), "0", p.issue()), r.Purge(t.Context(), "0"), first(r.All(t.Context())), first(r.Lost(t.Context()))} {
			wantKind(t, err, connector.Closed)
		}
	})
}

// Many tokens that a store in trouble does not take do not add up.
func TestRegistryCloseWithDeadStore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &platform{lifetime: time.Hour}
		dead := &hanging{Store: store.Memory()}
		r := newRegistry(t, dead, Grant{Renew: p.renew}, nil)
		var all sync.WaitGroup
		for i := range 10 {
			all.Go(func() {
				if _, err := r.Session(fmt.Sprint(i)).Token(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		time.Sleep(time.Second)
		all.Wait()
		dead.set(true, 0)
		time.Sleep(time.Hour)
		for i := range 10 { // each asks for a new token, and cannot save it
			all.Go(func() { _, _ = r.Session(fmt.Sprint(i)).Token(t.Context()) })
		}
		all.Wait()
		start := time.Now()
		err := r.Close()
		wantKind(t, err, connector.Storage)
		if waited := time.Since(start); waited > 2*storeTimeout {
			t.Errorf("Close took %v", waited)
		}
		dead.set(false, 0)
		if err := r.Close(); err != nil {
			t.Errorf("Close with a store that works: %v", err)
		}
	})
}

func TestRegistryMisuse(t *testing.T) {
	good := Grant{Renew: (&platform{}).renew}
	for name, r := range map[string]*Registry{
		"no store":      NewRegistry(nil, prefix, good, nil),
		"no grant":      NewRegistry(store.Memory(), prefix, Grant{}, nil),
		"no prefix":     NewRegistry(store.Memory(), "", good, nil),
		"half a prefix": NewRegistry(store.Memory(), "test", good, nil),
	} {
		_, err := r.Session("a").Token(t.Context())
		for _, err := range []error{err, r.Set(t.Context(), "a", Token{Access: NewSecret("a")}), r.Purge(t.Context(), "a"), first(r.All(t.Context()))} {
			if !errors.Is(err, connector.Invalid) {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
	r := newRegistry(t, store.Memory(), good, nil)
	for _, tenant := range []string{"", strings.Repeat("x", 600)} {
		_, err := r.Session(tenant).Token(t.Context())
		_, stateErr := r.Session(tenant).State(t.Context())
		for _, err := range []error{err, stateErr, r.Set(t.Context(), tenant, Token{Access: NewSecret("a")}), r.Purge(t.Context(), tenant), r.Session(tenant).Retry(t.Context())} {
			wantKind(t, err, connector.Invalid)
		}
	}
}

// One record that cannot be read does not hide the others; a store that fails
// ends the walk. Records that are no tenant's are passed over.
func TestRegistryAllWithTroubles(t *testing.T) {
	memory := store.Memory()
	r := newRegistry(t, memory, Unrenewable(""), nil)
	for _, tenant := range []string{"a", "c"} {
		if err := r.Set(t.Context(), tenant, Token{Access: NewSecret("x")}); err != nil {
			t.Fatal(err)
		}
	}
	for _, key := range []string{prefix + "b", prefix + "deeper/a", prefix + "%zz", prefix, attemptKey(prefix, "a", "s")} {
		if _, err := memory.Put(t.Context(), store.Record{Key: key, Value: []byte("?")}); err != nil {
			t.Fatal(err)
		}
	}
	var seen []string
	for c, err := range r.All(t.Context()) {
		seen = append(seen, fmt.Sprint(c.Tenant, " ", errors.Is(err, store.ErrCorrupt)))
	}
	if want := []string{"a false", "b true", "c false"}; !slices.Equal(seen, want) {
		t.Errorf("All gave %q, want %q", seen, want)
	}
	for c := range r.All(t.Context()) {
		if c.Tenant != "a" {
			t.Errorf("the walk went on to %q", c.Tenant)
		}
		break
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	wantKind(t, first(r.All(ctx)), connector.Canceled)
}

// Options are taken as they are when the registry is made.
func TestC3OptionsChangedLater(t *testing.T) {
	p := &platform{}
	o := &RegistryOptions{OnReauthorize: func(string, State) {}, OnError: func(string, error) {}}
	g := Unrenewable("")
	r := newRegistry(t, store.Memory(), g, o)
	o.OnReauthorize = func(string, State) { t.Error("the changed function was called") }
	g.Renew = p.renew
	token := Token{Access: NewSecret("a"), Expiry: time.Now().Add(-time.Hour)}
	if err := r.Set(t.Context(), "a", token); err != nil {
		t.Fatal(err)
	}
	_, err := r.Session("a").Token(t.Context())
	wantKind(t, err, connector.Reauthorize)
	p.wantPresented(t)
}

func first(walk func(func(Connection, error) bool)) error {
	for _, err := range walk {
		return err
	}
	return nil
}
