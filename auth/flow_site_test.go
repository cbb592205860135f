package auth

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/cordage-go/cordage/store"
)

// A consent is a platform that says yes to everybody, and remembers what is
// asked of its token endpoint.
type consent struct {
	mu       sync.Mutex
	codes    []string
	attempts []Attempt
	refuse   error  // what the exchange answers with
	empty    bool   // it answers with no token at all
	during   func() // if set, what happens while the code is traded
}

func (c *consent) grant(redirectURL string) CodeGrant {
	return CodeGrant{
		RedirectURL: redirectURL,
		AuthorizeURL: func(a Attempt) string {
			return "https://platform.example/authorize?" + url.Values{"state": {a.State}, "redirect_uri": {a.RedirectURL}}.Encode()
		},
		Exchange: func(ctx context.Context, code string, a Attempt) (Token, error) {
			c.mu.Lock()
			defer c.mu.Unlock()
			c.codes, c.attempts = append(c.codes, code), append(c.attempts, a)
			if c.during != nil {
				c.during()
			}
			if err := errors.Join(c.refuse, ctx.Err()); err != nil || c.empty {
				return Token{}, err
			}
			return Token{Access: NewSecret("access for " + code), Refresh: NewSecret("refresh for " + code)}, nil
		},
	}
}

func (c *consent) wantExchanges(t *testing.T, want ...string) {
	t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	if strings.Join(c.codes, " ") != strings.Join(want, " ") {
		t.Errorf("codes at the token endpoint: %q, want %q", c.codes, want)
	}
}

// A site is a web app with a flow, on a real socket.
type site struct {
	*httptest.Server
	platform    *consent
	records     store.Store
	connections *Registry
	mu          sync.Mutex
	failures    []error // what Failed was given, if it is set
}

// newSite starts one. change may alter the grant and the options.
func newSite(t *testing.T, change func(*site, *CodeGrant, *FlowOptions)) *site {
	t.Helper()
	s := &site{platform: &consent{}, records: store.Memory()}
	mux := http.NewServeMux()
	s.Server = httptest.NewServer(mux)
	t.Cleanup(s.Close)
	grant, options := s.platform.grant(s.URL+"/callback"), &FlowOptions{Done: "/connections"}
	if change != nil {
		change(s, &grant, options)
	}
	s.connections = NewRegistry(s.records, "test/production/client/", unrenewed, nil)
	flow, err := NewFlow(grant, s.connections, tenantCookie, options)
	if err != nil {
		t.Fatal(err)
	}
	mux.Handle("/login", flow.Login())
	mux.Handle("/callback", flow.Callback())
	mux.HandleFunc("/connections", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "connected") })
	return s
}

// unrenewed is for sessions that no test renews.
var unrenewed = Grant{Renew: func(context.Context, Token) (Token, error) {
	return Token{}, errors.New("this test renews nothing")
}}

// tenantCookie is the app's own session: a cookie that names the tenant.
func tenantCookie(r *http.Request) (string, error) {
	c, err := r.Cookie("app-session")
	if err != nil {
		return "", errors.New("not signed in")
	}
	return c.Value, nil
}

// noteFailures sets Failed, so that a test can look at the errors.
func (s *site) noteFailures(o *FlowOptions) {
	o.Failed = func(w http.ResponseWriter, _ *http.Request, err error) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.failures = append(s.failures, err)
		w.WriteHeader(http.StatusTeapot)
	}
}

func (s *site) lastFailure(t *testing.T) error {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.failures) == 0 {
		t.Fatal("Failed was not called")
	}
	return s.failures[len(s.failures)-1]
}

func (s *site) wantToken(t *testing.T, tenant, access string) {
	t.Helper()
	token, err := s.connections.Session(tenant).Token(t.Context())
	if err != nil || token.Access.Reveal() != access {
		t.Errorf("the session of %s gives %q, %v; want %q", tenant, token.Access.Reveal(), err, access)
	}
}

// attempts are the keys of those that are stored.
func (s *site) attempts(t *testing.T) []string {
	t.Helper()
	var keys []string
	for r, err := range s.records.List(t.Context(), "sign-in/") {
		if err != nil {
			t.Fatal(err)
		}
		keys = append(keys, r.Key)
	}
	return keys
}

// A browser keeps cookies and follows no redirect.
type browser struct {
	*http.Client
	site *site
}

func (s *site) browser(t *testing.T, tenant string) *browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	b := &browser{site: s, Client: &http.Client{
		Jar:           jar,
		Transport:     &http.Transport{DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
	b.signIn(tenant)
	return b
}

// signIn changes who uses the browser.
func (b *browser) signIn(tenant string) {
	home, _ := url.Parse(b.site.URL)
	b.Jar.SetCookies(home, []*http.Cookie{{Name: "app-session", Value: tenant}})
}

// A reply is an answer whose body has been read.
type reply struct {
	*http.Response
	body string
}

func (b *browser) do(t *testing.T, r *http.Request) reply {
	t.Helper()
	response, err := b.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return reply{response, string(body)}
}

func (b *browser) request(t *testing.T, method, path, body string) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, b.site.URL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func (b *browser) get(t *testing.T, path string) reply {
	t.Helper()
	return b.do(t, b.request(t, http.MethodGet, path, ""))
}

// login begins an attempt and returns its state.
func (b *browser) login(t *testing.T) string {
	t.Helper()
	response := b.get(t, "/login")
	page, err := response.Location()
	if response.StatusCode != http.StatusSeeOther || err != nil {
		t.Fatalf("login: %s, %v", response.Status, err)
	}
	if page.Host != "platform.example" || page.Query().Get("redirect_uri") != b.site.URL+"/callback" {
		t.Fatalf("login leads to %s", page)
	}
	return page.Query().Get("state")
}

// callback brings an answer back: name, value, name, value.
func (b *browser) callback(t *testing.T, query ...string) reply {
	t.Helper()
	values := url.Values{}
	for i := 0; i < len(query); i += 2 {
		values.Add(query[i], query[i+1])
	}
	return b.get(t, "/callback?"+values.Encode())
}

func wantStatus(t *testing.T, r reply, want int) {
	t.Helper()
	if r.StatusCode != want {
		t.Errorf("status %d, want %d", r.StatusCode, want)
	}
}

func wantDone(t *testing.T, r reply) {
	t.Helper()
	wantStatus(t, r, http.StatusSeeOther)
	if got := r.Header.Get("Location"); got != "/connections" {
		t.Errorf("the callback leads to %q", got)
	}
}
