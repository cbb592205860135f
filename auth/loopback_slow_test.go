package auth

import (
	"errors"
	"io"
	"net"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/cordage-go/cordage/connector"
)

// Others who hold the port's connections, and send their requests a letter at
// a time, do not keep the answer away, nor Loopback from ending.
func TestLoopbackAmongSlowOnes(t *testing.T) {
	leavesNothing(t)
	platform := &consent{}
	open, wait := visit(t, func(v *visitor) {
		for i := range 100 {
			conn, err := net.Dial("tcp", v.home.Host)
			if err != nil {
				t.Error(err)
				return
			}
			defer conn.Close()
			_, _ = io.WriteString(conn, "GET "+v.home.Path+"?state="+"xxxxxxxxxx"[:i%10])
		}
		v.answer("code-1")
	})
	began := time.Now()
	token, err := Loopback(t.Context(), platform.grant(""), &LoopbackOptions{Open: open})
	if took := time.Since(began); took > 3*time.Second {
		t.Errorf("it took %v", took)
	}
	wait()
	if err != nil || token.Access.Reveal() != "access for code-1" {
		t.Errorf("got %v, %v", token, err)
	}
}

// A program that uses one of the two addresses of a localhost port already
// would get the answer: nothing is opened then.
func TestLoopbackSquattedPort(t *testing.T) {
	leavesNothing(t)
	for _, address := range []string{"127.0.0.1", "::1"} {
		squatter, err := net.Listen("tcp", net.JoinHostPort(address, "0"))
		if err != nil {
			t.Logf("no %s here: %v", address, err)
			continue
		}
		home := url.URL{Scheme: "http", Host: "localhost:" + portOf(squatter), Path: "/callback"}
		_, err = Loopback(t.Context(), (&consent{}).grant(home.String()), &LoopbackOptions{
			Open: func(string) error { return errors.New("it was opened") },
		})
		_ = squatter.Close()
		wantKind(t, err, connector.Unavailable)
		if err == nil || strings.Contains(err.Error(), "it was opened") {
			t.Errorf("%s: %v", address, err)
		}
	}
}

// An Open that panics leaves no port behind.
func TestLoopbackOpenPanics(t *testing.T) {
	leavesNothing(t)
	var home string
	func() {
		defer func() { _ = recover() }()
		_, _ = Loopback(t.Context(), (&consent{}).grant(""), &LoopbackOptions{Open: func(page string) error {
			u, _ := url.Parse(page)
			u, _ = url.Parse(u.Query().Get("redirect_uri"))
			home = u.Host
			panic("no browser")
		}})
	}()
	if conn, err := net.Dial("tcp", home); home == "" || err == nil {
		conn.Close()
		t.Errorf("the port of %q is still open", home)
	}
}
