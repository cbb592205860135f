package auth

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/cordage-go/cordage/connector"
)

// A visitor is what the user's browser, and everybody else on the machine,
// sends to the port while Loopback waits.
type visitor struct {
	t     *testing.T
	home  *url.URL // the redirect URL
	state string
}

// visit returns an Open whose visits run beside Loopback, as a browser does,
// and a function that waits until they have ended.
func visit(t *testing.T, visits func(v *visitor)) (open func(string) error, wait func()) {
	var running sync.WaitGroup
	return func(page string) error {
		u, err := url.Parse(page)
		if err != nil {
			return err
		}
		home, err := url.Parse(u.Query().Get("redirect_uri"))
		if err != nil {
			return err
		}
		running.Go(func() { visits(&visitor{t, home, u.Query().Get("state")}) })
		return nil
	}, running.Wait
}

// send sends one request with the query to the redirect URL, changed by change.
func (v *visitor) send(method string, query url.Values, change func(*http.Request)) (int, string, error) {
	u := *v.home
	u.RawQuery = query.Encode()
	r, err := http.NewRequestWithContext(v.t.Context(), method, u.String(), nil)
	if err != nil {
		return 0, "", err
	}
	if change != nil {
		change(r)
	}
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 10 * time.Second}
	response, err := client.Do(r)
	if err != nil {
		return 0, "", err
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	return response.StatusCode, string(body), err
}

func (v *visitor) want(status int, method string, query url.Values, change func(*http.Request)) {
	v.t.Helper()
	got, body, err := v.send(method, query, change)
	if err != nil || got != status {
		v.t.Errorf("%s %v: %d, %v; want %d", method, query, got, err, status)
	}
	for _, values := range query {
		for _, value := range values {
			if len(value) > 3 && strings.Contains(body, value) {
				v.t.Errorf("the page echoes %q", value)
			}
		}
	}
}

// answer is the platform's redirect.
func (v *visitor) answer(code string) {
	v.t.Helper()
	v.want(http.StatusOK, http.MethodGet, url.Values{"code": {code}, "state": {v.state}}, nil)
}

// leavesNothing fails the test if it leaves a goroutine.
func leavesNothing(t *testing.T) {
	before := goleak.IgnoreCurrent()
	t.Cleanup(func() { goleak.VerifyNone(t, before) })
}

func TestLoopbackSignsIn(t *testing.T) {
	leavesNothing(t)
	platform := &consent{}
	open, wait := visit(t, func(v *visitor) {
		if v.home.Scheme != "http" || v.home.Hostname() != "127.0.0.1" || len(v.home.Path) != 44 {
			t.Errorf("the redirect URL is %s", v.home)
		}
		v.answer("code-1")
	})
	token, err := Loopback(t.Context(), platform.grant(""), &LoopbackOptions{Open: open})
	wait()
	if err != nil || token.Access.Reveal() != "access for code-1" {
		t.Fatalf("got %v, %v", token, err)
	}
	platform.wantExchanges(t, "code-1")
	a := platform.attempts[0]
	if len(a.State) != 43 || len(a.Verifier.Reveal()) != 43 || a.Verifier.Reveal() == a.State {
		t.Errorf("the attempt is %+v", a)
	}
	home, _ := url.Parse(a.RedirectURL)
	if conn, err := net.Dial("tcp", home.Host); err == nil {
		conn.Close()
		t.Error("the port is still open")
	}
}

// Two answers at once: one is taken.
func TestLoopbackFirstAnswerWins(t *testing.T) {
	leavesNothing(t)
	platform := &consent{}
	var mu sync.Mutex
	taken := 0
	open, wait := visit(t, func(v *visitor) {
		var both sync.WaitGroup
		for range 8 {
			both.Go(func() {
				status, _, err := v.send("GET", url.Values{"code": {"code-1"}, "state": {v.state}}, nil)
				mu.Lock()
				defer mu.Unlock()
				switch {
				case err != nil: // it came after the port was closed
				case status == http.StatusOK:
					taken++
				case status != http.StatusGone:
					t.Errorf("status %d", status)
				}
			})
		}
		both.Wait()
	})
	_, err := Loopback(t.Context(), platform.grant(""), &LoopbackOptions{Open: open})
	wait()
	if err != nil || taken != 1 {
		t.Errorf("%d answers were taken, %v", taken, err)
	}
	platform.wantExchanges(t, "code-1")
}

// The second of two right answers is turned away, and the page is sent off
// before the answer is passed on, since the port is closed then.
func TestLoopbackReceiver(t *testing.T) {
	r := &receiver{desk: &desk{host: "127.0.0.1:80", path: "/callback"}, state: randomText(), came: make(chan answer, 2)}
	// Browsers leave the port 80 out, and programs may not.
	for i, host := range []string{"127.0.0.1", "127.0.0.1:80"} {
		want := []int{http.StatusOK, http.StatusGone}[i]
		w := record(r, httptest.NewRequest(http.MethodGet, "http://"+host+"/callback?code=1&state="+r.state, nil))
		if w.Code != want || w.Flushed != (want == http.StatusOK) {
			t.Errorf("status %d, sent off %v; want %d", w.Code, w.Flushed, want)
		}
	}
	if len(r.came) != 1 {
		t.Errorf("%d answers were passed on", len(r.came))
	}
}

// A redirect URL that is registered at the platform is used as it is, and
// reached by either kind of address.
func TestLoopbackFixedRedirectURL(t *testing.T) {
	leavesNothing(t)
	port := freePort(t)
	for _, tc := range []struct{ redirectURL, want string }{
		{"http://localhost:" + port + "/callback", "http://localhost:" + port + "/callback"},
		{"http://127.0.0.1:" + port + "/a%20b/", "http://127.0.0.1:" + port + "/a%20b/"},
		{"http://LOCALHOST:" + port + "/callback", ""},
		{"http://127.0.0.1/callback", "http://127.0.0.1:*/callback"},
		{"http://localhost/callback", "http://localhost:*/callback"},
		{"http://localhost:0/callback", "http://localhost:*/callback"},
	} {
		platform := &consent{}
		open, wait := visit(t, func(v *visitor) {
			want := strings.Replace(tc.want, "*", v.home.Port(), 1)
			if v.home.String() != want {
				t.Errorf("%s: the platform was told %s", tc.redirectURL, v.home)
			}
			v.answer("code-1")
		})
		_, err := Loopback(t.Context(), platform.grant(tc.redirectURL), &LoopbackOptions{Open: open})
		wait()
		if tc.want == "" {
			if !errors.Is(err, connector.Invalid) {
				t.Errorf("%s: %v", tc.redirectURL, err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", tc.redirectURL, err)
		}
		platform.wantExchanges(t, "code-1")
	}
}

// A browser takes localhost for either address: both are ours, or none.
func TestLoopbackLocalhostMeansBoth(t *testing.T) {
	ctx := t.Context()
	there := loopbackAddresses(ctx, "localhost")
	for _, address := range there {
		l, err := listen(ctx, address, "0")
		if err != nil {
			t.Fatal(err)
		}
		_, err = Loopback(ctx, (&consent{}).grant("http://localhost:"+portOf(l)+"/callback"),
			&LoopbackOptions{Open: func(string) error { t.Error("the page was opened"); return nil }})
		if !errors.Is(err, connector.Unavailable) {
			t.Errorf("%s is taken: %v", l.Addr(), err)
		}
		l.Close()
		all, err := listenEach(ctx, there, portOf(l))
		if err != nil {
			t.Errorf("a port is still held: %v", err)
		}
		for _, l := range all {
			l.Close()
		}
	}
	d, err := listenLoopback(ctx, "http://localhost/callback")
	if err != nil {
		t.Fatal(err)
	}
	for i, l := range d.listeners {
		if ip := l.Addr().(*net.TCPAddr).IP; !ip.IsLoopback() || portOf(l) != portOf(d.listeners[0]) {
			t.Errorf("listener %d is %s", i, l.Addr())
		}
		l.Close()
	}
}

func freePort(t *testing.T) string {
	t.Helper()
	l, err := listen(t.Context(), "127.0.0.1", "0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return portOf(l)
}

// A user who says no ends the attempt with a typed error.
func TestLoopbackDenied(t *testing.T) {
	leavesNothing(t)
	platform := &consent{}
	open, wait := visit(t, func(v *visitor) {
		v.want(200, "GET", url.Values{"error": {"access_denied"}, "error_description": {"no\x1b[2J"}, "state": {v.state}}, nil)
	})
	_, err := Loopback(t.Context(), platform.grant(""), &LoopbackOptions{Open: open})
	wait()
	if e, ok := connector.AsError(err); !ok || e.Kind != connector.Forbidden || e.Message != "no [2J" {
		t.Errorf("got %v", err)
	}
	platform.wantExchanges(t)
}

// A9: a refused code is presented once.
func TestLoopbackA9ExchangeRejected(t *testing.T) {
	leavesNothing(t)
	platform := &consent{refuse: &connector.Error{Platform: "procore", Kind: connector.Reauthorize, Status: 400, Message: "bad code-1"}}
	open, wait := visit(t, func(v *visitor) { v.answer("code-1") })
	_, err := Loopback(t.Context(), platform.grant(""), &LoopbackOptions{Open: open})
	wait()
	if !errors.Is(err, connector.Reauthorize) || strings.Contains(err.Error(), "code-1") {
		t.Errorf("got %v", err)
	}
	platform.wantExchanges(t, "code-1")
}

func TestLoopbackCannotOpen(t *testing.T) {
	leavesNothing(t)
	broken := errors.New("no browser here")
	for _, quote := range []bool{false, true} {
		var state string
		_, err := Loopback(t.Context(), (&consent{}).grant(""), &LoopbackOptions{Open: func(page string) error {
			u, _ := url.Parse(page)
			state = u.Query().Get("state")
			if quote {
				return fmt.Errorf("cannot open %s: %w", page, broken)
			}
			return broken
		}})
		if !errors.Is(err, connector.Unavailable) || errors.Is(err, broken) == quote || !strings.Contains(err.Error(), "by hand") {
			t.Errorf("got %v", err)
		}
		if strings.Contains(err.Error(), state) {
			t.Errorf("the state is in %v", err)
		}
	}
}

// C2: the call ends within 100 ms of its context, and leaves nothing.
func TestLoopbackC2Cancel(t *testing.T) {
	var silent net.Conn // somebody who connects and says nothing, to the end of the test
	t.Cleanup(func() { silent.Close() })
	leavesNothing(t)
	ctx, cancel := context.WithCancel(t.Context())
	var canceled time.Time
	open := func(page string) error {
		u, _ := url.Parse(page)
		home, _ := url.Parse(u.Query().Get("redirect_uri"))
		var err error
		silent, err = net.Dial("tcp", home.Host)
		time.AfterFunc(20*time.Millisecond, func() { canceled = time.Now(); cancel() })
		return err
	}
	_, err := Loopback(ctx, (&consent{}).grant(""), &LoopbackOptions{Open: open})
	if took := time.Since(canceled); took > 100*time.Millisecond {
		t.Errorf("it took %v to end", took)
	}
	if !errors.Is(err, connector.Canceled) || !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	_, err = Loopback(ctx, (&consent{}).grant(""), &LoopbackOptions{Open: func(string) error { t.Error("opened"); return nil }})
	if !errors.Is(err, connector.Canceled) {
		t.Errorf("with a context that has ended: %v", err)
	}
}

func TestLoopbackTimeout(t *testing.T) {
	leavesNothing(t)
	o := &LoopbackOptions{Open: func(string) error { return nil }, Timeout: 30 * time.Millisecond}
	_, err := Loopback(t.Context(), (&consent{}).grant(""), o)
	if !errors.Is(err, connector.TimedOut) || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
	// The caller's own deadline is not the time limit.
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Millisecond)
	defer cancel()
	_, err = Loopback(ctx, (&consent{}).grant(""), &LoopbackOptions{Open: o.Open})
	if !errors.Is(err, connector.Canceled) || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
}

// Nobody need say how long: five minutes.
func TestLoopbackDefaultTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), (&LoopbackOptions{}).timeout())
		defer cancel()
		_, err := (&desk{}).ask(ctx, (&consent{}).grant(""), NewAttempt("http://localhost/"), func(string) error { return nil })
		if took := time.Since(began); took != 5*time.Minute || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("after %v: %v", took, err)
		}
	})
}
