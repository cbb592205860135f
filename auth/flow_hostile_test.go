package auth

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/store"
)

// A busy store counts what is asked of it.
type busy struct {
	store.Store
	reads, writes atomic.Int64
}

func (b *busy) Get(ctx context.Context, key string) (store.Record, error) {
	b.reads.Add(1)
	return b.Store.Get(ctx, key)
}

func (b *busy) Put(ctx context.Context, r store.Record) (store.Version, error) {
	b.writes.Add(1)
	return b.Store.Put(ctx, r)
}

func (b *busy) Delete(ctx context.Context, key string, v store.Version) error {
	b.writes.Add(1)
	return b.Store.Delete(ctx, key, v)
}

// A flood of answers costs the store nothing that a stranger sends, and one
// read, never a write, for what somebody who is signed in sends.
func TestFlowFlood(t *testing.T) {
	records := &busy{Store: store.Memory()}
	platform := &consent{}
	flow := newFlow(t, platform.grant("http://localhost/callback"), records, &FlowOptions{VendorInitiated: true})
	answer := begin(t, flow)
	known := answer.URL.Query().Get("state")
	records.writes.Store(0)
	flood := func(cookies []*http.Cookie) {
		for range 100 {
			for _, query := range []string{
				"code=x", "code=x&state=" + known, "code=x&state=" + randomText(), "code=x&state=guess", "error=server_error&state=" + randomText(),
				"state=" + known, "code=x&state=" + known + "&iss=" + strings.Repeat("x", longestAnswer), "%zz",
			} {
				if cookies != nil && query == "code=x" {
					continue // that one is an installation
				}
				r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "/callback?"+query, nil)
				if err != nil {
					t.Fatal(err)
				}
				for _, c := range cookies {
					r.AddCookie(c)
				}
				if w := record(flow.Callback(), r); w.Code != http.StatusBadRequest && w.Code != http.StatusUnauthorized {
					t.Fatalf("%s: status %d", query, w.Code)
				}
			}
		}
	}
	flood(nil)
	if records.reads.Load() != 0 || records.writes.Load() != 0 {
		t.Errorf("strangers cost %d reads and %d writes", records.reads.Load(), records.writes.Load())
	}
	flood([]*http.Cookie{{Name: "app-session", Value: "tenant-17"}, {Name: "cordage-sign-in", Value: randomText()}})
	if records.reads.Load() > 400 || records.writes.Load() != 0 {
		t.Errorf("somebody who is signed in costs %d reads and %d writes", records.reads.Load(), records.writes.Load())
	}
	platform.wantExchanges(t)
	if w := record(flow.Callback(), answer); w.Code != http.StatusSeeOther {
		t.Errorf("the right answer after the flood: status %d", w.Code)
	}
}

// One platform's answer at the other platform's callback is nobody's, and can
// still be given to the right one.
func TestFlowMixUp(t *testing.T) {
	records := store.Memory()
	one, other := &consent{}, &consent{}
	flow := newFlow(t, one.grant("http://localhost/callback"), records, nil)
	registry := newRegistry(t, records, unrenewed, nil)
	wrong, err := NewFlow(other.grant("http://localhost/other"), registry, tenantCookie, &FlowOptions{VendorInitiated: true})
	if err != nil {
		t.Fatal(err)
	}
	answer := begin(t, flow)
	if w := record(wrong.Callback(), answer); w.Code != http.StatusBadRequest {
		t.Errorf("at the other callback: status %d", w.Code)
	}
	post := answer.Clone(t.Context())
	post.Method, post.PostForm = http.MethodPost, url.Values{"state": {answer.URL.Query().Get("state")}}
	if w := record(wrong.Callback(), post); w.Code != http.StatusBadRequest {
		t.Errorf("as a confirmation: status %d", w.Code)
	}
	other.wantExchanges(t)
	if w := record(flow.Callback(), answer); w.Code != http.StatusSeeOther {
		t.Errorf("at the right one: status %d", w.Code)
	}
	one.wantExchanges(t, "code-1")
}

// What a request says about the site is not believed.
func TestFlowBelievesNoHeader(t *testing.T) {
	flow := newFlow(t, (&consent{}).grant("https://app.example.com/callback"), store.Memory(), nil)
	r := tenantRequest(http.MethodGet, "/login")
	r.Host = "evil.example"
	for _, name := range []string{"X-Forwarded-Host", "X-Forwarded-Server", "X-Original-Host", "X-Rewrite-URL"} {
		r.Header.Set(name, "evil.example")
	}
	r.Header.Set("X-Forwarded-Proto", "http")
	r.Header.Set("Forwarded", "host=evil.example;proto=http")
	w := record(flow.Login(), r)
	if got := fmt.Sprint(w.Header()); w.Code != http.StatusSeeOther || strings.Contains(got, "evil") || !strings.Contains(got, "app.example.com") {
		t.Errorf("%d, %s", w.Code, got)
	}
	if c := w.Result().Cookies()[0]; !c.Secure || c.Domain != "" || !strings.HasPrefix(c.Name, "__Host-") {
		t.Errorf("the cookie is %v", c)
	}
}

// A site of the same domain can set cookies for its siblings, but not the one
// that the flow reads.
func TestFlowTossedCookie(t *testing.T) {
	platform := &consent{}
	flow := newFlow(t, platform.grant("https://app.example.com/callback"), store.Memory(), nil)
	tossed := &http.Cookie{Name: "cordage-sign-in", Value: randomText()}
	login := tenantRequest(http.MethodGet, "/login")
	login.AddCookie(tossed)
	w := record(flow.Login(), login)
	page, err := url.Parse(w.Header().Get("Location"))
	if err != nil {
		t.Fatal(err)
	}
	own := w.Result().Cookies()[0]
	if own.Value == tossed.Value {
		t.Error("the value was taken over")
	}
	for _, cookies := range [][]*http.Cookie{{tossed}, {tossed, own}} {
		r := tenantRequest(http.MethodGet, "/callback?code=code-1&state="+page.Query().Get("state"))
		for _, c := range cookies {
			r.AddCookie(c)
		}
		want := http.StatusBadRequest
		if len(cookies) == 2 {
			want = http.StatusSeeOther
		}
		if got := record(flow.Callback(), r).Code; got != want {
			t.Errorf("%d cookies: status %d, want %d", len(cookies), got, want)
		}
	}
	platform.wantExchanges(t, "code-1")
}

// A tenant function that panics is the server's matter; nothing is used up.
func TestFlowTenantPanics(t *testing.T) {
	platform := &consent{}
	flow := newFlow(t, platform.grant("http://localhost/callback"), store.Memory(), nil)
	r := begin(t, flow)
	func() {
		defer func() {
			if recover() == nil {
				t.Error("the panic was swallowed")
			}
		}()
		flow.tenant = func(*http.Request) (string, error) { panic("no database") }
		record(flow.Callback(), r)
	}()
	flow.tenant = tenantCookie
	if got := record(flow.Callback(), r).Code; got != http.StatusSeeOther {
		t.Errorf("status %d", got)
	}
	platform.wantExchanges(t, "code-1")
}

// The button of an installation, pressed many times at once, works once.
func TestInstallConfirmedManyTimes(t *testing.T) {
	s := installSite(t)
	b := s.browser(t, "tenant-17")
	state := b.askedFirst(t, "install-code")
	var all sync.WaitGroup
	var done atomic.Int32
	for range 10 {
		all.Go(func() {
			if b.press(t, state, "Sec-Fetch-Site", "same-origin").StatusCode == http.StatusSeeOther {
				done.Add(1)
			}
		})
	}
	all.Wait()
	if done.Load() != 1 {
		t.Errorf("%d of 10 succeeded", done.Load())
	}
	s.platform.wantExchanges(t, "install-code")
}

// A code in an error is hidden as it travels in an address, too.
func TestFlowEscapedCode(t *testing.T) {
	const code = "a/very+secret=code"
	platform := &consent{refuse: errors.New("GET /token?code=" + url.QueryEscape(code) + ": refused " + code)}
	var failed error
	flow := newFlow(t, platform.grant("http://localhost/callback"), store.Memory(),
		&FlowOptions{Failed: func(_ http.ResponseWriter, _ *http.Request, err error) { failed = err }})
	r := begin(t, flow)
	query := r.URL.Query()
	query.Set("code", code)
	r.URL.RawQuery = query.Encode()
	record(flow.Callback(), r)
	platform.wantExchanges(t, code)
	if text := fmt.Sprintf("%v %+v %#v", failed, failed, errors.Unwrap(failed)); failed == nil || strings.Contains(text, "secret") {
		t.Errorf("Failed was given %s", text)
	}
}

// A tenant that is purged while its user's code is on its way stays purged.
func TestFlowPurgedMeanwhile(t *testing.T) {
	platform := &consent{}
	var failed error
	flow := newFlow(t, platform.grant("http://localhost/callback"), store.Memory(),
		&FlowOptions{Failed: func(_ http.ResponseWriter, _ *http.Request, err error) { failed = err }})
	r := begin(t, flow)
	platform.during = func() {
		if err := flow.registry.Purge(t.Context(), "tenant-17"); err != nil {
			t.Error(err)
		}
	}
	record(flow.Callback(), r)
	wantKind(t, failed, connector.Closed)
	platform.wantExchanges(t, "code-1")
	for left := range flow.registry.store.List(t.Context(), "") {
		t.Errorf("left in the store: %s", left.Key)
	}
}
