package auth

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
)

// installSite is one that takes installations begun at the vendor.
func installSite(t *testing.T) *site {
	t.Helper()
	return newSite(t, func(_ *site, _ *CodeGrant, o *FlowOptions) { o.VendorInitiated = true })
}

var hiddenState = regexp.MustCompile(`<form method="post" action="/callback">\s*<input type="hidden" name="state" value="([\w-]{43})">\s*<button id="confirm">`)

// askedFirst opens the end of an installation and returns the state that the
// button of the page would send.
func (b *browser) askedFirst(t *testing.T, code string) string {
	t.Helper()
	r := b.callback(t, "code", code)
	wantStatus(t, r, http.StatusOK)
	wantPageHeaders(t, r)
	found := hiddenState.FindStringSubmatch(r.body)
	if found == nil || strings.Contains(r.body, code) {
		t.Fatalf("the page is %s", r.body)
	}
	return found[1]
}

// press is the button, with headers as name, value, name, value.
func (b *browser) press(t *testing.T, state string, headers ...string) reply {
	t.Helper()
	r := b.request(t, http.MethodPost, "/callback", url.Values{"state": {state}}.Encode())
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	return b.do(t, r)
}

func TestInstallIsConfirmedFirst(t *testing.T) {
	s := installSite(t)
	b := s.browser(t, "tenant-17")
	state := b.askedFirst(t, "install-code")
	s.platform.wantExchanges(t)
	// What browsers send from a page that keeps its address to itself.
	wantDone(t, b.press(t, state, "Sec-Fetch-Site", "same-origin", "Origin", "null"))
	s.platform.wantExchanges(t, "install-code")
	s.wantToken(t, "tenant-17", "access for install-code")
	wantStatus(t, b.press(t, state), http.StatusBadRequest)
	s.platform.wantExchanges(t, "install-code")
	if left := s.attempts(t); len(left) != 0 {
		t.Errorf("left in the store: %q", left)
	}
}

// Without the option, a code without a state is what it looks like.
func TestInstallNeedsTheOption(t *testing.T) {
	s := newSite(t, nil)
	b := s.browser(t, "tenant-17")
	wantStatus(t, b.callback(t, "code", "install-code"), http.StatusBadRequest)
	if len(s.attempts(t)) != 0 {
		t.Error("the code was kept")
	}
	wantStatus(t, b.press(t, randomText()), http.StatusMethodNotAllowed)
	s.platform.wantExchanges(t)
}

// Nobody but the user, in this browser and for this tenant, can press the button.
func TestInstallConfirmationIsBound(t *testing.T) {
	s := installSite(t)
	b := s.browser(t, "tenant-17")
	state := b.askedFirst(t, "install-code")
	other := s.browser(t, "tenant-17")
	other.askedFirst(t, "other-code")
	wantStatus(t, other.press(t, state), http.StatusBadRequest)
	wantStatus(t, s.browser(t, "tenant-17").press(t, state), http.StatusBadRequest)
	b.signIn("tenant-18")
	wantStatus(t, b.press(t, state), http.StatusBadRequest)
	b.signIn("tenant-17")
	for name, headers := range map[string][]string{
		"another site":               {"Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example"},
		"a neighbour":                {"Sec-Fetch-Site", "same-site", "Origin", "https://evil.example"},
		"another site, old browser":  {"Origin", "https://evil.example"},
		"a sandboxed frame, old one": {"Origin", "null"},
	} {
		if got := b.press(t, state, headers...); got.StatusCode != http.StatusBadRequest {
			t.Errorf("%s: %s", name, got.Status)
		}
	}
	wantStatus(t, b.press(t, ""), http.StatusBadRequest)
	wantStatus(t, b.press(t, randomText()), http.StatusBadRequest)
	wantStatus(t, b.press(t, strings.Repeat("x", 2*longestForm)), http.StatusBadRequest)
	s.platform.wantExchanges(t)
	wantDone(t, b.press(t, state, "Origin", s.URL))
	s.platform.wantExchanges(t, "install-code")
}

// The two kinds of attempts do not stand in for each other: the answer to a
// login needs no button, and the state of a button brings no code in.
func TestInstallAndLoginDoNotMix(t *testing.T) {
	s := installSite(t)
	b := s.browser(t, "tenant-17")
	login, install := b.login(t), b.askedFirst(t, "install-code")
	wantStatus(t, b.press(t, login), http.StatusBadRequest)
	wantStatus(t, b.callback(t, "code", "stolen", "state", install), http.StatusBadRequest)
	wantStatus(t, b.callback(t, "code", "stolen", "state", randomText()), http.StatusBadRequest)
	wantStatus(t, b.callback(t, "error", "access_denied"), http.StatusBadRequest)
	s.platform.wantExchanges(t)
	wantDone(t, b.callback(t, "code", "code-1", "state", login))
	wantDone(t, b.press(t, install))
	s.platform.wantExchanges(t, "code-1", "install-code")
}

// A user whom the app does not know is asked nothing and nothing is kept.
func TestInstallNeedsAUser(t *testing.T) {
	s := installSite(t)
	b := s.browser(t, "")
	wantStatus(t, b.callback(t, "code", "install-code"), http.StatusUnauthorized)
	wantStatus(t, b.press(t, randomText()), http.StatusUnauthorized)
	if len(s.attempts(t)) != 0 {
		t.Error("the code was kept")
	}
}

func TestInstallIssuer(t *testing.T) {
	s := newSite(t, func(_ *site, g *CodeGrant, o *FlowOptions) {
		g.Issuer, o.VendorInitiated = "https://login.example", true
	})
	wantStatus(t, s.browser(t, "tenant-17").callback(t, "code", "install-code"), http.StatusBadRequest)
}
