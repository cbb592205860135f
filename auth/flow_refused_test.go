package auth

import (
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/store"
)

// A10: an answer without our state is turned away, nothing is asked of the
// platform, and the attempt under way still works.
func TestFlowA10StateMustBeOurs(t *testing.T) {
	s := newSite(t, nil)
	b := s.browser(t, "tenant-17")
	state := b.login(t)
	for name, query := range map[string][]string{
		"nothing":                {},
		"no state":               {"code", "stolen"},
		"empty state":            {"code", "stolen", "state", ""},
		"another state":          {"code", "stolen", "state", randomText()},
		"a piece of the state":   {"code", "stolen", "state", state[:42]},
		"the state and more":     {"code", "stolen", "state", state + "x"},
		"no state of ours":       {"code", "stolen", "state", "../../" + state},
		"two states":             {"code", "stolen", "state", state, "state", state},
		"two codes":              {"code", "stolen", "code", "stolen", "state", state},
		"neither code nor error": {"state", state},
		"control characters":     {"code", "sto\x00len", "state", state},
		"an error, no state":     {"error", "access_denied"},
		"an error, other state":  {"error", "access_denied", "state", randomText()},
		"far too long":           {"code", strings.Repeat("x", longestAnswer), "state", state},
	} {
		if got := b.callback(t, query...); got.StatusCode != http.StatusBadRequest {
			t.Errorf("%s: status %d", name, got.StatusCode)
		}
	}
	wantStatus(t, b.get(t, "/callback?code=stolen&state=%zz"), http.StatusBadRequest)
	s.platform.wantExchanges(t)
	wantDone(t, b.callback(t, "code", "code-1", "state", state))
	s.platform.wantExchanges(t, "code-1")
}

// A10: a state works once.
func TestFlowA10StateTwice(t *testing.T) {
	s := newSite(t, nil)
	b := s.browser(t, "tenant-17")
	state := b.login(t)
	wantDone(t, b.callback(t, "code", "code-1", "state", state))
	wantStatus(t, b.callback(t, "code", "code-2", "state", state), http.StatusBadRequest)
	s.platform.wantExchanges(t, "code-1")
	s.wantToken(t, "tenant-17", "access for code-1")
}

// An answer that another browser brings, as when an attacker makes a victim
// open the end of his own attempt, is turned away and does not spoil the attempt.
func TestFlowAnotherBrowser(t *testing.T) {
	s := newSite(t, nil)
	b := s.browser(t, "tenant-17")
	state := b.login(t)
	bare, other := s.browser(t, "tenant-17"), s.browser(t, "tenant-17")
	other.login(t)
	forged := s.browser(t, "tenant-17")
	home, _ := url.Parse(s.URL)
	forged.Jar.SetCookies(home, []*http.Cookie{{Name: "cordage-sign-in", Value: "x"}})
	for name, b := range map[string]*browser{"no cookie": bare, "another cookie": other, "a forged cookie": forged} {
		if got := b.callback(t, "code", "stolen", "state", state); got.StatusCode != http.StatusBadRequest {
			t.Errorf("%s: status %d", name, got.StatusCode)
		}
		if got := b.callback(t, "error", "access_denied", "state", state); got.StatusCode != http.StatusBadRequest {
			t.Errorf("%s, error: status %d", name, got.StatusCode)
		}
	}
	s.platform.wantExchanges(t)
	wantDone(t, b.callback(t, "code", "code-1", "state", state))
}

// A user who changes the tenant half way does not connect the wrong one.
func TestFlowAnotherTenant(t *testing.T) {
	s := newSite(t, nil)
	b := s.browser(t, "tenant-17")
	state := b.login(t)
	for _, other := range []string{"tenant-18", "tenant-1", "tenant-17/", ""} {
		b.signIn(other)
		if got := b.callback(t, "code", "stolen", "state", state); got.StatusCode < 400 {
			t.Errorf("%q: status %d", other, got.StatusCode)
		}
	}
	s.platform.wantExchanges(t)
	b.signIn("tenant-17")
	wantDone(t, b.callback(t, "code", "code-1", "state", state))
	s.wantToken(t, "tenant-17", "access for code-1")
}

// RFC 9207: an answer must come from the server that was asked.
func TestFlowIssuer(t *testing.T) {
	const issuer = "https://login.example"
	s := newSite(t, func(_ *site, g *CodeGrant, _ *FlowOptions) { g.Issuer = issuer })
	b := s.browser(t, "tenant-17")
	state := b.login(t)
	wantStatus(t, b.callback(t, "code", "stolen", "state", state), http.StatusBadRequest)
	wantStatus(t, b.callback(t, "code", "stolen", "state", state, "iss", issuer+"/"), http.StatusBadRequest)
	wantStatus(t, b.callback(t, "code", "stolen", "state", state, "iss", issuer, "iss", "https://evil.example"), http.StatusBadRequest)
	s.platform.wantExchanges(t)
	wantDone(t, b.callback(t, "code", "code-1", "state", state, "iss", issuer))
}

// Programs that look at addresses, such as mail scanners, send HEAD.
func TestFlowMethods(t *testing.T) {
	s := newSite(t, nil)
	b := s.browser(t, "tenant-17")
	state := b.login(t)
	for _, method := range []string{http.MethodHead, http.MethodPost, http.MethodPut, http.MethodOptions} {
		got := b.do(t, b.request(t, method, "/callback?code=stolen&state="+state, ""))
		if got.StatusCode != http.StatusMethodNotAllowed || got.Header.Get("Allow") != "GET" {
			t.Errorf("%s: %s, Allow %q", method, got.Status, got.Header.Get("Allow"))
		}
	}
	got := b.do(t, b.request(t, http.MethodHead, "/login", ""))
	if got.StatusCode != http.StatusMethodNotAllowed || got.Header.Get("Allow") != "GET, POST" || len(s.attempts(t)) != 1 {
		t.Errorf("HEAD login: %s, Allow %q, %d attempts", got.Status, got.Header.Get("Allow"), len(s.attempts(t)))
	}
	s.platform.wantExchanges(t)
	wantDone(t, b.callback(t, "code", "code-1", "state", state))
}

// The platform's own errors become typed ones, and their text is harmless.
func TestFlowPlatformErrors(t *testing.T) {
	for code, want := range map[string]connector.Kind{
		"access_denied":           connector.Forbidden,
		"invalid_scope":           connector.Invalid,
		"unauthorized_client":     connector.Invalid,
		"server_error":            connector.Unavailable,
		"temporarily_unavailable": connector.Unavailable,
		"never_heard_of":          connector.Invalid,
	} {
		s := newSite(t, func(s *site, _ *CodeGrant, o *FlowOptions) { s.noteFailures(o) })
		b := s.browser(t, "tenant-17")
		state := b.login(t)
		hostile := "no\x1b[2J\r\n\u202e" + strings.Repeat("x", 5000)
		wantStatus(t, b.callback(t, "error", code, "error_description", hostile, "state", state), http.StatusTeapot)
		err := s.lastFailure(t)
		e, ok := err.(*connector.Error) //nolint:errorlint // the very type is promised
		if !ok || e.Kind != want || e.Code != code || e.Remedy == "" {
			t.Errorf("%s: %v", code, err)
		}
		if len(err.Error()) > 600 || strings.ContainsAny(err.Error(), "\x1b\r\n\u202e") {
			t.Errorf("%s: the text is not clean: %q", code, err)
		}
		wantStatus(t, b.callback(t, "code", "late", "state", state), http.StatusTeapot)
		s.platform.wantExchanges(t)
	}
}

// A9: a code that the platform refuses is presented once, and the attempt is over.
func TestFlowA9ExchangeRejected(t *testing.T) {
	s := newSite(t, func(s *site, _ *CodeGrant, o *FlowOptions) { s.noteFailures(o) })
	s.platform.refuse = &connector.Error{Platform: "procore", Kind: connector.Reauthorize, Status: 400, Code: "invalid_grant"}
	b := s.browser(t, "tenant-17")
	state := b.login(t)
	b.callback(t, "code", "code-1", "state", state)
	if err := s.lastFailure(t); !errors.Is(err, connector.Reauthorize) || !strings.HasPrefix(err.Error(), "procore") {
		t.Errorf("got %v", err)
	}
	b.callback(t, "code", "code-1", "state", state)
	s.platform.wantExchanges(t, "code-1")
	if state, err := s.connections.Session("tenant-17").State(t.Context()); err != nil || state.SignedIn {
		t.Errorf("a refused code left %+v, %v", state, err)
	}
}

// Neither the code nor the state is in an error, even if somebody put them there.
func TestFlowErrorsHoldNoSecret(t *testing.T) {
	const code = "canary/code"
	for name, refuse := range map[string]error{
		"the address":         &url.Error{Op: "Post", URL: "https://platform.example/token?code=" + url.QueryEscape(code), Err: errors.New("reset")},
		"the platform's text": &connector.Error{Platform: "x", Kind: connector.Reauthorize, Message: "bad code " + code, Body: []byte(code), Err: errors.New(code)},
		"a text":              errors.New("bad code " + code),
	} {
		s := newSite(t, func(s *site, _ *CodeGrant, o *FlowOptions) { s.noteFailures(o) })
		s.platform.refuse = refuse
		b := s.browser(t, "tenant-17")
		state := b.login(t)
		b.callback(t, "code", code, "state", state)
		err := s.lastFailure(t)
		e, _ := connector.AsError(err)
		told := err.Error() + string(e.Body)
		for cause := errors.Unwrap(err); cause != nil; cause = errors.Unwrap(cause) {
			told += cause.Error()
		}
		if strings.Contains(told, "canary") || strings.Contains(told, state) || strings.Contains(told, hash(state)) {
			t.Errorf("%s: %s", name, told)
		}
	}
}

// An exchange that gives nothing is a failure, not an empty sign-in.
func TestFlowEmptyToken(t *testing.T) {
	s := newSite(t, func(s *site, _ *CodeGrant, o *FlowOptions) { s.noteFailures(o) })
	s.platform.empty = true
	b := s.browser(t, "tenant-17")
	b.callback(t, "code", "code-1", "state", b.login(t))
	if err := s.lastFailure(t); !errors.Is(err, connector.Decode) {
		t.Errorf("got %v", err)
	}
}

func TestFlowUnknownTenant(t *testing.T) {
	own := errors.New("session over")
	for _, tc := range []struct {
		tenant string
		err    error
		kind   connector.Kind
		status int
	}{
		{"", own, connector.Unauthorized, http.StatusUnauthorized},
		{"", nil, connector.Unauthorized, http.StatusUnauthorized},
		{"tenant-17", own, connector.Unauthorized, http.StatusUnauthorized},
		{"", &connector.Error{Platform: "app", Kind: connector.Forbidden, Err: own}, connector.Forbidden, http.StatusForbidden},
	} {
		var failed error
		platform := &consent{}
		for _, o := range []*FlowOptions{nil, {Failed: func(_ http.ResponseWriter, _ *http.Request, err error) { failed = err }}} {
			flow := newFlow(t, platform.grant("http://localhost/callback"), store.Memory(), o)
			flow.tenant = func(*http.Request) (string, error) { return tc.tenant, tc.err }
			for _, h := range []http.Handler{flow.Login(), flow.Callback()} {
				w := record(h, tenantRequest(http.MethodGet, "/?code=x&state="+randomText()))
				if o == nil && w.Code != tc.status {
					t.Errorf("status %d, want %d", w.Code, tc.status)
				}
			}
		}
		if !errors.Is(failed, tc.kind) || tc.err != nil && !errors.Is(failed, own) {
			t.Errorf("Failed was given %v, want kind %q", failed, tc.kind)
		}
		platform.wantExchanges(t)
	}
}

// Our pages are the same whatever the request holds, and their headers keep
// them to themselves.
func TestFlowPagesEchoNothing(t *testing.T) {
	s := newSite(t, nil)
	b := s.browser(t, "tenant-17")
	const mark = "<b>mark</b>"
	plain := b.callback(t, "code", "1").body
	for _, query := range [][]string{
		{"code", mark}, {"state", mark}, {mark, mark}, {"error", mark, "error_description", mark}, {"code", mark, "state", b.login(t), "state", mark},
	} {
		if got := b.callback(t, query...); got.body != plain {
			t.Errorf("%q changes the page:\n%s", query, got.body)
		}
	}
	denied := b.callback(t, "error", "access_denied", "error_description", mark, "state", b.login(t))
	wantStatus(t, denied, http.StatusForbidden)
	if strings.Contains(denied.body, "mark") || !strings.Contains(denied.body, `href="/connections"`) {
		t.Errorf("the page says %s", denied.body)
	}
	wantPageHeaders(t, denied)
	redirected := b.get(t, "/login")
	for name, want := range map[string]string{"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"} {
		if got := redirected.Header.Get(name); got != want {
			t.Errorf("login: %s is %q", name, got)
		}
	}
}

func wantPageHeaders(t *testing.T, r reply) {
	t.Helper()
	_, style, _ := strings.Cut(r.body, "<style>")
	style, _, _ = strings.Cut(style, "</style>")
	sum := sha256.Sum256([]byte(style))
	for name, want := range map[string]string{
		"Cache-Control":          "no-store",
		"Referrer-Policy":        "no-referrer",
		"X-Content-Type-Options": "nosniff",
		"X-Frame-Options":        "DENY",
		"Content-Type":           "text/html; charset=utf-8",
		"Content-Security-Policy": "default-src 'none'; base-uri 'none'; frame-ancestors 'none'; style-src 'sha256-" +
			base64.StdEncoding.EncodeToString(sum[:]) + "'",
	} {
		if got := r.Header.Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
}
