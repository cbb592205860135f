package main

import (
	"bytes"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"github.com/cordage-go/cordage/auth"
	"github.com/cordage-go/cordage/scoro"
	"github.com/cordage-go/cordage/store"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// A stage is the program as its users see it: replicas behind one address,
// which share the store of their sign-ins, and the emulated platforms.
type stage struct {
	*testing.T
	*emulators
	url   string
	log   *lockedBuffer
	open  func() store.Store
	front *front
	key   key
	dir   string // of the records; empty for other stores

	replicas []*replica
}

type replica struct {
	app    *server
	server *httptest.Server
}

// newStage starts n replicas over an encrypted folder.
func newStage(t *testing.T, n int) *stage {
	t.Helper()
	k, err := newKey("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir() + "/data"
	s := newStageOver(t, k, func() store.Store {
		records, err := store.File(dir, k.records)
		if err != nil {
			t.Fatal(err)
		}
		return records
	})
	s.dir = dir
	s.start(n)
	return s
}

func newStageOver(t *testing.T, k key, open func() store.Store) *stage {
	t.Helper()
	s := &stage{T: t, log: &lockedBuffer{}, open: open, front: &front{}, key: k}
	entrance := httptest.NewServer(s.front)
	t.Cleanup(entrance.Close)
	s.url = entrance.URL
	var err error
	if s.emulators, err = startEmulators(s.url); err != nil {
		t.Fatal(err)
	}
	s.apps.scoroHint = "" // it tells a password, which tests look for
	t.Cleanup(func() {
		if err := s.emulators.close(); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(s.stop)
	return s
}

// start starts n replicas, each with a store of its own that it opens.
func (s *stage) start(n int) {
	s.Helper()
	for range n {
		app, err := newServer(s.url, s.apps, s.open(), s.key, slog.New(slog.NewTextHandler(s.log, nil)))
		if err != nil {
			s.Fatal(err)
		}
		r := &replica{app: app, server: httptest.NewServer(app.handler())}
		s.replicas = append(s.replicas, r)
	}
	s.front.lead(s.replicas)
}

func (s *stage) stop() {
	for _, r := range s.replicas {
		r.server.Close()
		if err := r.app.close(); err != nil {
			s.Error(err)
		}
	}
	s.replicas = nil
}

// restart ends all replicas and starts as many new ones.
func (s *stage) restart() {
	s.Helper()
	n := len(s.replicas)
	s.stop()
	s.start(n)
}

// front leads each request to the next replica in turn.
type front struct {
	mu     sync.Mutex
	next   int
	behind []http.Handler
}

func (f *front) lead(replicas []*replica) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.behind = nil
	for _, r := range replicas {
		target, err := url.Parse(r.server.URL)
		if err != nil {
			panic(err)
		}
		f.behind = append(f.behind, &httputil.ReverseProxy{Rewrite: func(p *httputil.ProxyRequest) {
			p.SetURL(target)
			p.Out.Host = p.In.Host
		}, Transport: &http.Transport{DisableKeepAlives: true}})
	}
}

func (f *front) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	handler := f.behind[f.next%len(f.behind)]
	f.next++
	f.mu.Unlock()
	handler.ServeHTTP(w, r)
}

// A visitor is a browser without a screen.
type visitor struct {
	*stage
	client *http.Client
}

// visitor returns a browser in which nobody is signed in.
func (s *stage) visitor() *visitor {
	jar, err := cookiejar.New(nil)
	if err != nil {
		s.Fatal(err)
	}
	return &visitor{s, &http.Client{
		Jar:           jar,
		Transport:     &http.Transport{DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// tenant returns a browser in which a tenant is signed in.
func (s *stage) tenant(name string) *visitor {
	s.Helper()
	v := s.visitor()
	if a := v.post("/sign-in", "tenant", name); a.status != http.StatusSeeOther {
		s.Fatalf("sign-in of %s: %d", name, a.status)
	}
	return v
}

// An answer is what the browser got.
type answer struct {
	status   int
	location string
	body     string
}

func (v *visitor) get(path string) answer { v.Helper(); return v.send(v.request(http.MethodGet, path)) }

// post sends a form, given as names and values in turn.
func (v *visitor) post(path string, form ...string) answer {
	v.Helper()
	return v.send(v.request(http.MethodPost, path, form...))
}

func (v *visitor) request(method, path string, form ...string) *http.Request {
	v.Helper()
	values := url.Values{}
	for i := 0; i < len(form); i += 2 {
		values.Set(form[i], form[i+1])
	}
	r, err := http.NewRequestWithContext(v.Context(), method, v.url+path, strings.NewReader(values.Encode()))
	if err != nil {
		v.Fatal(err)
	}
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	return r
}

func (v *visitor) send(r *http.Request) answer {
	v.Helper()
	response, err := v.client.Do(r)
	if err != nil {
		v.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		v.Fatal(err)
	}
	return answer{response.StatusCode, response.Header.Get("Location"), string(body)}
}

// connectScoro fills in the form with a user's name and password.
func (v *visitor) connectScoro() {
	v.Helper()
	a := v.post("/scoro/connect", "site", v.scoro.Site, "account", v.scoro.CompanyAccount, "username", v.scoro.Username, "password", v.scoro.Password)
	if a.status != http.StatusSeeOther {
		v.Fatalf("scoro: %d %s", a.status, a.body)
	}
}

// scoroToken is the user token that the store holds.
func (s *stage) scoroToken() string {
	s.Helper()
	tenants := auth.NewRegistry(s.open(), scoro.Key(s.apps.scoro.AppID, ""), scoro.PrimedToken(), nil)
	defer tenants.Close()
	token, err := tenants.Session("harbour-works").Token(s.Context())
	if err != nil {
		s.Fatal(err)
	}
	return token.Access.Reveal()
}

// beginProcore is a click on Connect: the state of the attempt.
func (v *visitor) beginProcore() (state string) {
	v.Helper()
	a := v.get("/procore/connect")
	page, err := url.Parse(a.location)
	if err != nil || a.status != http.StatusSeeOther {
		v.Fatalf("procore: %d %q", a.status, a.location)
	}
	return page.Query().Get("state")
}

// endProcore is the way back from Procore, where the user has agreed.
func (v *visitor) endProcore(state string) answer {
	v.Helper()
	code := v.procore.NewCode(v.url + "/procore/callback")
	return v.get("/procore/callback?" + url.Values{"code": {code}, "state": {state}}.Encode())
}

func (v *visitor) connectProcore() {
	v.Helper()
	if a := v.endProcore(v.beginProcore()); a.status != http.StatusSeeOther || a.location != "/" {
		v.Fatalf("procore: %d %q %s", a.status, a.location, a.body)
	}
}

// state reads a card of the page: "connected", "lost" or "none".
func (v *visitor) state(platform string) string {
	v.Helper()
	_, card, found := strings.Cut(v.get("/").body, `id="`+platform+`"`)
	_, card, found2 := strings.Cut(card, `class="state `)
	state, _, _ := strings.Cut(card, `"`)
	if !found || !found2 {
		v.Fatalf("there is no card of %s", platform)
	}
	return state
}

func (v *visitor) wantState(platform, want string) {
	v.Helper()
	if got := v.state(platform); got != want {
		v.Errorf("%s is %s, want %s", platform, got, want)
	}
}

type lockedBuffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}
