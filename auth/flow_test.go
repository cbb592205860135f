package auth

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/store"
)

func TestFlowEndsInTheRegistry(t *testing.T) {
	s := newSite(t, nil)
	b := s.browser(t, "tenant-17")
	state := b.login(t)
	if len(s.attempts(t)) != 1 || strings.Contains(s.attempts(t)[0], state) {
		t.Errorf("attempts %q; want one that does not tell the state", s.attempts(t))
	}
	wantDone(t, b.callback(t, "code", "code-1", "state", state))
	s.platform.wantExchanges(t, "code-1")
	s.wantToken(t, "tenant-17", "access for code-1")
	a := s.platform.attempts[0]
	if a.State != state || len(a.Verifier.Reveal()) != 43 || a.RedirectURL != s.URL+"/callback" {
		t.Errorf("the exchange was given %+v, verifier of %d letters", a, len(a.Verifier.Reveal()))
	}
	if left := s.attempts(t); len(left) != 0 {
		t.Errorf("left in the store: %q", left)
	}
}

// Any replica can take the answer to a login on another one.
func TestFlowOverTwoReplicas(t *testing.T) {
	first := newSite(t, nil)
	second := newSite(t, func(s *site, g *CodeGrant, _ *FlowOptions) {
		s.records, g.RedirectURL = first.records, first.URL+"/callback"
	})
	b := first.browser(t, "tenant-17")
	state := b.login(t)
	b.site = second
	wantDone(t, b.callback(t, "code", "code-1", "state", state))
	first.platform.wantExchanges(t)
	second.platform.wantExchanges(t, "code-1")
	first.wantToken(t, "tenant-17", "access for code-1")
}

func TestFlowLoginByButton(t *testing.T) {
	s := newSite(t, nil)
	b := s.browser(t, "tenant-17")
	response := b.do(t, b.request(t, http.MethodPost, "/login", "x=y"))
	wantStatus(t, response, http.StatusSeeOther)
	page, _ := response.Location()
	wantDone(t, b.callback(t, "code", "code-1", "state", page.Query().Get("state")))
}

// Tabs of one browser, and a login that is begun anew, do not disturb each other.
func TestFlowTabs(t *testing.T) {
	s := newSite(t, nil)
	b := s.browser(t, "tenant-17")
	states := []string{b.login(t), b.login(t), b.login(t)}
	if states[0] == states[1] || states[1] == states[2] {
		t.Fatal("two attempts have one state")
	}
	for _, i := range []int{2, 0, 1} {
		wantDone(t, b.callback(t, "code", "code-1", "state", states[i]))
	}
	if got := s.platform.attempts; got[0].Verifier.Reveal() == got[1].Verifier.Reveal() {
		t.Error("two attempts have one verifier")
	}
	home, _ := url.Parse(s.URL)
	if got := len(b.Jar.Cookies(home)); got != 2 {
		t.Errorf("%d cookies after three logins, want the app's and one", got)
	}
}

func TestFlowTwoCallbacksAtOnce(t *testing.T) {
	s := newSite(t, nil)
	b := s.browser(t, "tenant-17")
	state := b.login(t)
	var wait sync.WaitGroup
	statuses := make([]int, 20)
	for i := range statuses {
		wait.Go(func() { statuses[i] = b.callback(t, "code", "code-1", "state", state).StatusCode })
	}
	wait.Wait()
	s.platform.wantExchanges(t, "code-1")
	won := 0
	for _, status := range statuses {
		switch status {
		case http.StatusSeeOther:
			won++
		case http.StatusBadRequest:
		default:
			t.Errorf("status %d", status)
		}
	}
	if won != 1 {
		t.Errorf("%d callbacks were accepted", won)
	}
}

// Of two who have read an attempt, one ends it.
func TestFlowAttemptEndsOnce(t *testing.T) {
	flow := newFlow(t, (&consent{}).grant("http://localhost/callback"), store.Memory(), nil)
	r := begin(t, flow)
	p, err := flow.find(r, "tenant-17", r.URL.Query().Get("state"))
	if err != nil {
		t.Fatal(err)
	}
	if err := useAttempt(t.Context(), flow.registry.store, p); err != nil {
		t.Errorf("the first: %v", err)
	}
	if err := useAttempt(t.Context(), flow.registry.store, p); !errors.Is(err, connector.Invalid) {
		t.Errorf("the second: %v", err)
	}
}

// The user may close the browser while the code is traded: it is used up by
// then, so the sign-in is kept.
func TestFlowGoesOnWithoutTheBrowser(t *testing.T) {
	ctx, leave := context.WithCancel(t.Context())
	platform := &consent{during: leave}
	flow := newFlow(t, platform.grant("http://localhost/callback"), store.Memory(), nil)
	if got := record(flow.Callback(), begin(t, flow).WithContext(ctx)).Code; got != http.StatusSeeOther {
		t.Errorf("status %d", got)
	}
	token, err := flow.registry.Session("tenant-17").Token(t.Context())
	if err != nil || token.Access.Reveal() != "access for code-1" {
		t.Errorf("the session gives %v, %v", token, err)
	}
}

func TestFlowCookie(t *testing.T) {
	for _, tc := range []struct {
		redirectURL, name string
		secure            bool
	}{
		{"http://localhost:8080/callback", "cordage-sign-in", false},
		// A proxy in front ends TLS: the request itself is plain.
		{"https://app.example.com/callback", "__Host-cordage-sign-in", true},
	} {
		flow := newFlow(t, (&consent{}).grant(tc.redirectURL), store.Memory(), nil)
		w := record(flow.Login(), tenantRequest(http.MethodGet, "http://10.0.0.7/login"))
		c := w.Result().Cookies()
		if len(c) != 1 {
			t.Fatalf("%d cookies", len(c))
		}
		if c := c[0]; c.Name != tc.name || c.Secure != tc.secure || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode ||
			c.Path != "/" || c.Domain != "" || c.MaxAge != 600 || len(c.Value) != 43 {
			t.Errorf("cookie %v", c)
		}
	}
}

// newFlow is a flow without a site, for tests that call its handlers.
func newFlow(t testing.TB, g CodeGrant, records store.Store, o *FlowOptions) *Flow {
	t.Helper()
	flow, err := NewFlow(g, NewRegistry(records, "test/production/client/", unrenewed, nil), tenantCookie, o)
	if err != nil {
		t.Fatal(err)
	}
	return flow
}

func record(h http.Handler, r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func tenantRequest(method, target string) *http.Request {
	r := httptest.NewRequest(method, target, nil)
	r.AddCookie(&http.Cookie{Name: "app-session", Value: "tenant-17"})
	return r
}

// begin logs in and returns the request that answers it.
func begin(t testing.TB, flow *Flow) *http.Request {
	t.Helper()
	w := record(flow.Login(), tenantRequest(http.MethodGet, "/login"))
	page, err := url.Parse(w.Header().Get("Location"))
	if err != nil || w.Code != http.StatusSeeOther {
		t.Fatalf("login: %d, %v", w.Code, err)
	}
	r := tenantRequest(http.MethodGet, "/callback?code=code-1&state="+page.Query().Get("state"))
	for _, c := range w.Result().Cookies() {
		r.AddCookie(c)
	}
	return r
}

func TestFlowAttemptsEnd(t *testing.T) {
	for _, tc := range []struct {
		after time.Duration
		want  int
	}{
		{10*time.Minute - time.Millisecond, http.StatusSeeOther},
		{10 * time.Minute, http.StatusBadRequest},
	} {
		synctest.Test(t, func(t *testing.T) {
			platform := &consent{}
			flow := newFlow(t, platform.grant("http://localhost/callback"), store.Memory(), nil)
			r := begin(t, flow)
			time.Sleep(tc.after)
			if got := record(flow.Callback(), r).Code; got != tc.want {
				t.Errorf("after %v: status %d, want %d", tc.after, got, tc.want)
			}
			if tc.want == http.StatusBadRequest {
				platform.wantExchanges(t)
			}
		})
	}
}

// The browser goes where the app said when the flow was made, whatever a
// request asks for.
func TestFlowIsNoOpenRedirect(t *testing.T) {
	platform := &consent{}
	flow := newFlow(t, platform.grant("https://app.example.com/callback"), store.Memory(), &FlowOptions{Done: "/connections"})
	const evil = "&done=https://evil.example/&next=https://evil.example/&redirect_uri=https://evil.example/"
	r := begin(t, flow)
	r.URL.RawQuery += evil
	r.Host = "evil.example"
	r.Header.Set("X-Forwarded-Host", "evil.example")
	w := record(flow.Callback(), r)
	if got := w.Header().Get("Location"); w.Code != http.StatusSeeOther || got != "/connections" {
		t.Errorf("status %d, leads to %q", w.Code, got)
	}
	if got := platform.attempts[0].RedirectURL; got != "https://app.example.com/callback" {
		t.Errorf("the exchange names %s", got)
	}
	r = tenantRequest(http.MethodGet, "/login?x=y"+evil)
	r.Host = "evil.example"
	if got := record(flow.Login(), r).Header().Get("Location"); strings.Contains(got, "evil") {
		t.Errorf("login leads to %s", got)
	}
}

func TestNewFlowRefuses(t *testing.T) {
	good := (&consent{}).grant("https://app.example.com/callback")
	registry := NewRegistry(store.Memory(), "test/", unrenewed, nil)
	with := func(change func(*CodeGrant)) CodeGrant {
		g := good
		change(&g)
		return g
	}
	for name, tc := range map[string]struct {
		grant    CodeGrant
		registry *Registry
		tenant   func(*http.Request) (string, error)
		done     string
	}{
		"no grant":                {CodeGrant{}, registry, tenantCookie, ""},
		"no exchange":             {with(func(g *CodeGrant) { g.Exchange = nil }), registry, tenantCookie, ""},
		"no redirect URL":         {with(func(g *CodeGrant) { g.RedirectURL = "" }), registry, tenantCookie, ""},
		"relative redirect URL":   {with(func(g *CodeGrant) { g.RedirectURL = "/callback" }), registry, tenantCookie, ""},
		"plain http":              {with(func(g *CodeGrant) { g.RedirectURL = "http://app.example.com/" }), registry, tenantCookie, ""},
		"out of band":             {with(func(g *CodeGrant) { g.RedirectURL = "urn:ietf:wg:oauth:2.0:oob" }), registry, tenantCookie, ""},
		"no registry":             {good, nil, tenantCookie, ""},
		"no store":                {good, NewRegistry(nil, "test/", unrenewed, nil), tenantCookie, ""},
		"half a prefix":           {good, NewRegistry(store.Memory(), "test", unrenewed, nil), tenantCookie, ""},
		"no tenant":               {good, registry, nil, ""},
		"relative Done":           {good, registry, tenantCookie, "connections"},
		"another site as a path":  {good, registry, tenantCookie, "//evil.example"},
		"another site, backslash": {good, registry, tenantCookie, `/\evil.example`},
		"a script":                {good, registry, tenantCookie, "javascript:alert(1)"},
		"a header":                {good, registry, tenantCookie, "/done\r\nX: y"},
	} {
		_, err := NewFlow(tc.grant, tc.registry, tc.tenant, &FlowOptions{Done: tc.done})
		if !errors.Is(err, connector.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// The address of the sign-in page may come from a server's own description of
// itself: a browser is sent to the web and nowhere else.
func TestFlowRefusesAStrangePage(t *testing.T) {
	for _, page := range []string{"", "javascript:alert(1)", "http://platform.example/", "file:///etc/passwd", "https://a b/", "https://x/\"&calc", "https://user@x/"} {
		s := newSite(t, func(s *site, g *CodeGrant, o *FlowOptions) {
			g.AuthorizeURL = func(Attempt) string { return page }
			s.noteFailures(o)
		})
		response := s.browser(t, "tenant-17").get(t, "/login")
		if response.StatusCode != http.StatusTeapot || !errors.Is(s.lastFailure(t), connector.Invalid) {
			t.Errorf("%q: %s, %v", page, response.Status, s.lastFailure(t))
		}
	}
}
