package auth

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/store"
)

// A moody store fails where its test says.
type moody struct {
	store.Store
	get, put, remove error
	keys             string    // if set, only keys that begin with it fail
	until            time.Time // if set, when it works again
}

func (m *moody) fails(key string, err error) error {
	if strings.HasPrefix(key, m.keys) && (m.until.IsZero() || time.Now().Before(m.until)) {
		return err
	}
	return nil
}

func (m *moody) Get(ctx context.Context, key string) (store.Record, error) {
	if err := m.fails(key, m.get); err != nil {
		return store.Record{}, err
	}
	return m.Store.Get(ctx, key)
}

func (m *moody) Put(ctx context.Context, r store.Record) (store.Version, error) {
	if err := m.fails(r.Key, m.put); err != nil {
		return 0, err
	}
	return m.Store.Put(ctx, r)
}

func (m *moody) Delete(ctx context.Context, key string, v store.Version) error {
	if err := m.fails(key, m.remove); err != nil {
		return err
	}
	return m.Store.Delete(ctx, key, v)
}

var errDown = errors.New("the database is down")

// While the store is down nothing is begun and nothing is used up.
func TestFlowStoreDown(t *testing.T) {
	records := &moody{Store: store.Memory()}
	platform := &consent{}
	var failed error
	for _, o := range []*FlowOptions{nil, {Failed: func(_ http.ResponseWriter, _ *http.Request, err error) { failed = err }}} {
		flow := newFlow(t, platform.grant("http://localhost/callback"), records, o)
		answer := begin(t, flow)
		for what, broken := range map[string]*moody{"put": {put: errDown}, "get": {get: errDown}, "delete": {remove: errDown}} {
			broken.Store = records.Store
			flow.registry.store = broken
			h, r := flow.Callback(), answer
			if what == "put" {
				h, r = flow.Login(), tenantRequest(http.MethodGet, "/login")
			}
			w := record(h, r)
			if o == nil && w.Code != http.StatusServiceUnavailable {
				t.Errorf("%s: status %d", what, w.Code)
			}
			if o != nil && (!errors.Is(failed, connector.Storage) || !errors.Is(failed, errDown)) {
				t.Errorf("%s: Failed was given %v", what, failed)
			}
		}
		platform.wantExchanges(t)
		flow.registry.store = records
		if w := record(flow.Callback(), answer); w.Code != http.StatusSeeOther && o == nil {
			t.Errorf("afterwards: status %d", w.Code)
		}
		platform.wantExchanges(t, "code-1")
		platform.codes = nil
	}
}

// A token that was obtained is saved as soon as the store is back.
func TestFlowSavesAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		records := &moody{Store: store.Memory(), keys: "test/"}
		platform := &consent{}
		flow := newFlow(t, platform.grant("http://localhost/callback"), records, nil)
		r := begin(t, flow)
		records.put, records.until = errDown, time.Now().Add(5*time.Second)
		if got := record(flow.Callback(), r).Code; got != http.StatusSeeOther {
			t.Errorf("status %d", got)
		}
		platform.wantExchanges(t, "code-1")
		token, err := flow.registry.Session("tenant-17").Token(t.Context())
		if err != nil || token.Access.Reveal() != "access for code-1" {
			t.Errorf("the session gives %v, %v", token, err)
		}
	})
}

// It is not tried for ever, and not at all where trying is useless.
func TestFlowCannotSave(t *testing.T) {
	for _, tc := range []struct {
		cause  error
		atMost time.Duration
	}{
		{errDown, saveTimeout},
		{store.ErrCorrupt, 0},
		{store.ErrNewer, 0},
	} {
		synctest.Test(t, func(t *testing.T) {
			records := &moody{Store: store.Memory(), keys: "test/"}
			platform := &consent{}
			var failed error
			flow := newFlow(t, platform.grant("http://localhost/callback"), records,
				&FlowOptions{Failed: func(_ http.ResponseWriter, _ *http.Request, err error) { failed = err }})
			r := begin(t, flow)
			records.put = tc.cause
			began := time.Now()
			record(flow.Callback(), r)
			if took := time.Since(began); took > tc.atMost || took < tc.atMost/2 {
				t.Errorf("%v: gave up after %v, want at most %v", tc.cause, took, tc.atMost)
			}
			if !errors.Is(failed, connector.Storage) || !errors.Is(failed, tc.cause) || !strings.Contains(failed.Error(), "the user agreed") {
				t.Errorf("Failed was given %v", failed)
			}
			platform.wantExchanges(t, "code-1")
		})
	}
}

// An attempt that another version of this library stored, or that is damaged,
// is left alone.
func TestFlowStrangeAttempt(t *testing.T) {
	for value, want := range map[string]error{`{"format":2}`: store.ErrNewer, `{}`: store.ErrCorrupt, ``: store.ErrCorrupt} {
		records := store.Memory()
		platform := &consent{}
		var failed error
		flow := newFlow(t, platform.grant("http://localhost/callback"), records,
			&FlowOptions{Failed: func(_ http.ResponseWriter, _ *http.Request, err error) { failed = err }})
		r := begin(t, flow)
		key := attemptKey("test/production/client/", "tenant-17", r.URL.Query().Get("state"))
		stored, err := records.Get(t.Context(), key)
		if err != nil {
			t.Fatal(err)
		}
		stored.Value = []byte(value)
		if _, err := records.Put(t.Context(), stored); err != nil {
			t.Fatal(err)
		}
		record(flow.Callback(), r)
		if !errors.Is(failed, want) || !errors.Is(failed, connector.Storage) {
			t.Errorf("%q: Failed was given %v", value, failed)
		}
		platform.wantExchanges(t)
		if after, err := records.Get(t.Context(), key); err != nil || string(after.Value) != value {
			t.Errorf("%q: the record was touched", value)
		}
	}
}

// A tenant whose name cannot be part of a key is the app's mistake.
func TestFlowTenantTooLong(t *testing.T) {
	var failed error
	flow := newFlow(t, (&consent{}).grant("http://localhost/callback"), store.Memory(),
		&FlowOptions{Failed: func(_ http.ResponseWriter, _ *http.Request, err error) { failed = err }})
	flow.tenant = func(*http.Request) (string, error) { return strings.Repeat("x", 500), nil }
	record(flow.Login(), tenantRequest(http.MethodGet, "/login"))
	if !errors.Is(failed, connector.Invalid) {
		t.Errorf("Failed was given %v", failed)
	}
}

// An attempt tells neither its state nor its browser to who can read the store.
func TestAttemptRecordHoldsHashes(t *testing.T) {
	records := store.Memory()
	flow := newFlow(t, (&consent{}).grant("http://localhost/callback"), records, nil)
	r := begin(t, flow)
	cookie, err := r.Cookie("cordage-sign-in")
	if err != nil {
		t.Fatal(err)
	}
	for stored, err := range records.List(t.Context(), attemptsOf("test/production/client/", "tenant-17")) {
		if err != nil {
			t.Fatal(err)
		}
		for _, secret := range []string{r.URL.Query().Get("state"), cookie.Value} {
			if strings.Contains(stored.Key+string(stored.Value), secret) {
				t.Errorf("the record holds what it should know by its hash: %s %s", stored.Key, stored.Value)
			}
		}
		if left := time.Until(stored.Expires); left > attemptLifetime || left < attemptLifetime-time.Minute {
			t.Errorf("it expires in %v", left)
		}
		return
	}
	t.Error("no attempt below the tenant's prefix")
}

// A replica that is being stopped leaves the attempt to the others.
func TestFlowClosedRegistry(t *testing.T) {
	records := store.Memory()
	platform := &consent{}
	flow := newFlow(t, platform.grant("http://localhost/callback"), records, nil)
	r := begin(t, flow)
	if err := flow.registry.Close(); err != nil {
		t.Fatal(err)
	}
	for _, h := range []http.Handler{flow.Login(), flow.Callback()} {
		if got := record(h, r).Code; got != http.StatusServiceUnavailable {
			t.Errorf("status %d", got)
		}
	}
	platform.wantExchanges(t)
	other := newFlow(t, platform.grant("http://localhost/callback"), records, nil)
	if got := record(other.Callback(), r).Code; got != http.StatusSeeOther {
		t.Errorf("on another replica: status %d", got)
	}
}

// C2: a browser that leaves while the store hangs takes the request with it.
func TestFlowC2StoreHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		records := &hanging{Store: store.Memory()}
		var failed error
		flow := newFlow(t, (&consent{}).grant("http://localhost/callback"), records,
			&FlowOptions{Failed: func(_ http.ResponseWriter, _ *http.Request, err error) { failed = err }})
		r := begin(t, flow)
		records.hangs, records.after = true, 0
		for _, leave := range []bool{true, false} {
			ctx, cancel := context.WithCancel(t.Context())
			want, kind := storeTimeout, connector.Storage
			if leave {
				want, kind = time.Second, connector.Canceled
				time.AfterFunc(want, cancel)
			}
			began := time.Now()
			record(flow.Callback(), r.WithContext(ctx))
			if took := time.Since(began); took != want || !errors.Is(failed, kind) {
				t.Errorf("leave %v: after %v Failed was given %v", leave, took, failed)
			}
			cancel()
		}
	})
}
