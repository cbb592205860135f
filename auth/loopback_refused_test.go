package auth

import (
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/cordage-go/cordage/connector"
)

// What does not belong to the attempt neither ends it nor uses it up, and the
// first right answer wins.
func TestLoopbackTurnsOthersAway(t *testing.T) {
	// Not leavesNothing: net/http keeps a connection with too large a header for
	// half a second, so that the reply to it is not lost.
	const issuer = "https://login.example"
	platform := &consent{}
	open, wait := visit(t, func(v *visitor) {
		right := url.Values{"code": {"stolen"}, "state": {v.state}, "iss": {issuer}}
		with := func(name string, values ...string) url.Values {
			changed := url.Values{name: values}
			for k, old := range right {
				if k != name {
					changed[k] = old
				}
			}
			return changed
		}
		host := func(name string) func(*http.Request) { return func(r *http.Request) { r.Host = name } }
		path := func(p string) func(*http.Request) { return func(r *http.Request) { r.URL.Path, r.URL.RawPath = p, "" } }

		// A10
		v.want(400, "GET", nil, nil)
		v.want(400, "GET", with("state"), nil)
		v.want(400, "GET", with("state", randomText()), nil)
		v.want(400, "GET", with("state", v.state, v.state), nil)
		v.want(400, "GET", with("state", v.state[:42]), nil)
		v.want(400, "GET", url.Values{"error": {"access_denied"}}, nil)
		v.want(400, "GET", url.Values{"error": {"access_denied"}, "state": {randomText()}}, nil)
		v.want(400, "GET", with("code"), nil)
		// RFC 9207
		v.want(400, "GET", with("iss"), nil)
		v.want(400, "GET", with("iss", "https://evil.example"), nil)
		// D5, and names that merely resemble ours
		v.want(421, "GET", right, host("evil.example"))
		v.want(421, "GET", right, host("evil.example:"+v.home.Port()))
		v.want(421, "GET", right, host("localhost:"+v.home.Port()))
		v.want(421, "GET", right, host("127.0.0.1"))
		v.want(421, "GET", right, host("127.0.0.1:1"))
		// exact path
		v.want(404, "GET", nil, path("/favicon.ico"))
		v.want(404, "GET", right, path("/"))
		v.want(404, "GET", right, path(v.home.Path+"/"))
		v.want(404, "GET", right, path("/x/.."+v.home.Path))
		v.want(404, "GET", right, path(strings.ToLower(v.home.Path)+"A"))
		// GET only
		for _, method := range []string{"HEAD", "POST", "PUT", "OPTIONS", "DELETE"} {
			v.want(405, method, right, nil)
		}
		scan(t, v.home.Host)
		v.want(200, "GET", with("code", "code-1"), nil)
	})
	grant := platform.grant("")
	grant.Issuer = issuer
	token, err := Loopback(t.Context(), grant, &LoopbackOptions{Open: open})
	wait()
	if err != nil || token.Access.Reveal() != "access for code-1" {
		t.Fatalf("got %v, %v", token, err)
	}
	platform.wantExchanges(t, "code-1")
}

// scan does what a port scanner does: connect and leave, talk nonsense, send
// too much, name no host.
func scan(t *testing.T, address string) {
	t.Helper()
	for _, what := range []string{
		"",
		"\x16\x03\x01\x02\x00\x01\x00",
		"GET / HTTP/1.0\r\n\r\n",
		"OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n",
		"GET http://evil.example/ HTTP/1.1\r\nHost: " + address + "\r\n\r\n",
		"GET / HTTP/1.1\r\nHost: " + address + "\r\nX: " + strings.Repeat("x", 64<<10) + "\r\n\r\n",
	} {
		conn, err := net.Dial("tcp", address)
		if err != nil {
			t.Error(err)
			return
		}
		_, _ = io.WriteString(conn, what)
		if what != "" {
			_ = conn.SetReadDeadline(time.Now().Add(100 * time.Millisecond))
			reply, _ := io.ReadAll(conn)
			if strings.Contains(string(reply), "200 OK") {
				t.Errorf("%.40q is answered by %q", what, reply)
			}
		}
		conn.Close()
	}
}

func TestLoopbackRefusesBadInput(t *testing.T) {
	open := func(string) error { t.Error("the page was opened"); return nil }
	good := &LoopbackOptions{Open: open}
	for name, tc := range map[string]struct {
		grant CodeGrant
		o     *LoopbackOptions
	}{
		"no grant":        {CodeGrant{}, good},
		"no options":      {(&consent{}).grant(""), nil},
		"no Open":         {(&consent{}).grant(""), &LoopbackOptions{}},
		"another host":    {(&consent{}).grant("http://app.example.com/callback"), good},
		"a public port":   {(&consent{}).grant("http://0.0.0.0:8080/callback"), good},
		"https":           {(&consent{}).grant("https://localhost/callback"), good},
		"out of band":     {(&consent{}).grant("urn:ietf:wg:oauth:2.0:oob"), good},
		"a query":         {(&consent{}).grant("http://localhost/callback?x=y"), good},
		"a user":          {(&consent{}).grant("http://user@localhost/callback"), good},
		"no path":         {(&consent{}).grant("http://localhost:8080"), good},
		"a page to spawn": {CodeGrant{AuthorizeURL: func(Attempt) string { return "file:///bin/sh" }, Exchange: (&consent{}).grant("").Exchange}, good},
	} {
		_, err := Loopback(t.Context(), tc.grant, tc.o)
		if !errors.Is(err, connector.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
