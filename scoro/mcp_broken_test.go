package scoro_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/cordage-go/cordage/auth"
	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/internal/faulttest"
	"github.com/cordage-go/cordage/scoro"
	"github.com/cordage-go/cordage/scoro/scorotest"
	"github.com/cordage-go/cordage/store"
)

// Wherever one of the nine connections breaks on the way from discovery to the first
// renewal, a code and a refresh token are presented once at most, what works
// is right, and what does not says what to do.
func TestMCPBreaksAnywhere(t *testing.T) {
	server, err := scorotest.Listen("127.0.0.1:0", &scorotest.Options{MCP: scorotest.MCPOptions{AutoConsent: true}})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	var mu sync.Mutex
	ends := map[string]int{}
	var all sync.WaitGroup
	for range 60 {
		which, b := rand.N(9), faulttest.Break{Up: -1, Down: rand.N(900), Reset: rand.N(2) == 0}
		if rand.N(2) == 0 {
			b.Up, b.Down = rand.N(700), -1
		}
		proxy := faulttest.NewProxy(t, server.URL, func(conn int) faulttest.Break {
			if conn == which {
				return b
			}
			return faulttest.Whole
		})
		all.Go(func() {
			end, err := signInBroken(t, server, "http://"+proxy.Addr+"/mcp")
			mu.Lock()
			defer mu.Unlock()
			ends[end]++
			if e, ok := connector.AsError(err); err != nil && (!ok || e.Kind == "" || e.Remedy == "") {
				t.Errorf("connection %d, %+v: %s ends with %v, which has no remedy", which, b, end, err)
			}
		})
	}
	all.Wait()
	t.Log(ends)
	presented := map[string]int{}
	for _, p := range server.Presentations() {
		if presented[p.Kind+p.Token]++; presented[p.Kind+p.Token] > 1 {
			t.Errorf("a %s was presented again", p.Kind)
		}
	}
	if ends["works"] == 0 {
		t.Errorf("ended in %v", ends)
	}
}

// signInBroken tells how far it came.
func signInBroken(t *testing.T, server *scorotest.Server, endpoint string) (end string, err error) {
	app := scoro.MCPApp{ClientID: server.MCPClientID, Endpoint: endpoint}
	signIn, err := app.SignIn(t.Context())
	if err != nil {
		return "discovery", err
	}
	attempt := auth.NewAttempt("http://127.0.0.1:8910/callback")
	// The user's browser has a way of its own.
	stay := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }, Timeout: 5 * time.Second}
	page, err := stay.Get(signIn.AuthorizeURL(attempt))
	if err != nil {
		return "page", nil
	}
	page.Body.Close()
	back, err := page.Location()
	if err != nil {
		return "page", fmt.Errorf("no redirect: %w", err)
	}
	token, err := signIn.Exchange(t.Context(), back.Query().Get("code"), attempt)
	if err != nil {
		return "exchange", err
	}
	grant, err := app.Refresh(t.Context())
	if err != nil {
		return "discovery", err
	}
	session := auth.NewSession(store.Memory(), app.Key("desk"), grant)
	defer session.Close()
	token.Expiry = time.Now().Add(-time.Minute)
	if err := session.Set(t.Context(), token); err != nil {
		return "set", err
	}
	renewed, err := session.Token(t.Context())
	if err != nil && !errors.Is(err, connector.Reauthorize) {
		return "renewal", fmt.Errorf("want to be told to sign in again: %w", errors.New(err.Error()))
	}
	if err != nil {
		return "renewal", err
	}
	for _, pair := range server.Issued() {
		if pair.Access == renewed.Access.Reveal() && pair.Refresh == renewed.Refresh.Reveal() {
			return "works", nil
		}
	}
	return "another pair", errors.New("the session's pair was never issued")
}
