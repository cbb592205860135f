package procore_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/cordage-go/cordage/auth"
	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/internal/faulttest"
	"github.com/cordage-go/cordage/procore"
	"github.com/cordage-go/cordage/procore/procoretest"
	"github.com/cordage-go/cordage/store"
)

// brokenApp is the demo app behind a proxy whose first connections break so;
// later ones are whole.
func brokenApp(t *testing.T, server *procoretest.Server, breaks ...faulttest.Break) procore.App {
	proxy := faulttest.NewProxy(t, server.LoginURL, func(conn int) faulttest.Break {
		if conn < len(breaks) {
			return breaks[conn]
		}
		return faulttest.Whole
	})
	app := emulated(server)
	app.Environment.LoginURL = "http://" + proxy.Addr
	return app
}

// A token call is some 400 bytes up and 600 down.
func anywhere() faulttest.Break {
	b := faulttest.Break{Up: -1, Down: -1, Reset: rand.N(2) == 0}
	if rand.N(2) == 0 {
		b.Up = rand.N(600)
	} else {
		b.Down = rand.N(800)
	}
	return b
}

// Wherever a renewal breaks, once or twice: the sign-in works with the newest
// pair, or says why it cannot, and no refresh token is presented more than
// twice. Many callers do not change that.
func TestRenewalBreaksAnywhere(t *testing.T) {
	server, err := procoretest.Listen("127.0.0.1:0", nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { server.Close() })
	var mu sync.Mutex
	ends := map[string]int{}
	var all sync.WaitGroup
	for i := range 40 {
		breaks := []faulttest.Break{anywhere()}
		if i%2 == 1 {
			breaks = append(breaks, anywhere())
		}
		app := brokenApp(t, server, breaks...)
		all.Go(func() {
			end := renewBroken(t, server, app, fmt.Sprintf("user-%d@example.com", i), breaks)
			mu.Lock()
			defer mu.Unlock()
			ends[end]++
		})
	}
	all.Wait()
	t.Log(ends)
	if ends["works"] == 0 || ends["sign in again"] == 0 {
		t.Errorf("the breaks led to %v, want both ends", ends)
	}
}

func renewBroken(t *testing.T, server *procoretest.Server, app procore.App, subject string, breaks []faulttest.Break) (end string) {
	grant, err := app.Refresh()
	if err != nil {
		t.Error(err)
		return "no grant"
	}
	grant.Timeout = 2 * time.Second
	session := auth.NewSession(store.Memory(), app.Key(subject), grant)
	defer session.Close()
	pair := server.SignIn(subject)
	ended := auth.Token{Access: auth.NewSecret(pair.Access), Refresh: auth.NewSecret(pair.Refresh), Expiry: time.Now().Add(-time.Minute)}
	if err := session.Set(t.Context(), ended); err != nil {
		t.Error(err)
		return "not set"
	}
	var all sync.WaitGroup
	for range 5 {
		all.Go(func() { _, _ = session.Token(t.Context()) })
	}
	all.Wait()
	token, err := session.Token(t.Context())
	for errors.Is(err, connector.TimedOut) {
		token, err = session.Token(t.Context())
	}
	presented, accepted := 0, 0
	for _, p := range server.Presentations() {
		if p.Subject == subject && p.Token == pair.Refresh {
			presented++
		}
		if p.Subject == subject && p.OK {
			accepted++
		}
	}
	if presented > 2 || accepted > 1 {
		t.Errorf("%+v: the refresh token was presented %d times, and accepted %d times", breaks, presented, accepted)
	}
	if err == nil {
		issued := slices.DeleteFunc(server.Issued(), func(p procoretest.Pair) bool { return p.Subject != subject })
		if newest := issued[len(issued)-1]; token.Access.Reveal() != newest.Access || token.Refresh.Reveal() != newest.Refresh {
			t.Errorf("%+v: the session has an old pair", breaks)
		}
		return "works"
	}
	e, ok := connector.AsError(err)
	if !ok || e.Kind != connector.Reauthorize || e.Remedy == "" || e.Message == "" {
		t.Errorf("%+v: got %v, want to be told why to sign in again", breaks, err)
	}
	if presented == 0 && len(breaks) == 1 {
		t.Errorf("%+v: nothing arrived, so one more try would have been good: %v", breaks, err)
	}
	return "sign in again"
}

// A code is presented once, wherever the exchange breaks, and the error says
// what to do.
func TestExchangeBreaksAnywhere(t *testing.T) {
	server, err := procoretest.Listen("127.0.0.1:0", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	for range 100 {
		b := anywhere()
		app := brokenApp(t, server, b)
		code := server.NewCode(server.RedirectURI)
		token, err := app.Exchange(t.Context(), code)
		presented := slices.DeleteFunc(server.Presentations(), func(p procoretest.Presentation) bool { return p.Token != code })
		if len(presented) > 1 {
			t.Errorf("%+v: the code was presented %d times", b, len(presented))
		}
		if err == nil {
			issued := server.Issued()
			if token.Refresh.Reveal() != issued[len(issued)-1].Refresh {
				t.Errorf("%+v: another pair came", b)
			}
			continue
		}
		if e, ok := connector.AsError(err); !ok || e.Remedy == "" || e.Kind == "" {
			t.Errorf("%+v: %v has no remedy", b, err)
		}
	}
}
