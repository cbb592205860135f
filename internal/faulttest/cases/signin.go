package cases

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cordage-go/cordage/auth"
	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/internal/faulttest"
	"github.com/cordage-go/cordage/store"
)

// A SignIn is how a platform's grant renews a token.
type SignIn struct {
	Grant func(t testing.TB, transport http.RoundTripper) auth.Grant
	// Start is the token of the sign-in before, which has ended; its zero value
	// is for grants that need none.
	Start auth.Token
	// Good answers a token that holds text; Refused says that the grant is no
	// good any more.
	Good    func(text string) faulttest.Step
	Refused faulttest.Step
	// Empty are successes that hold no token.
	Empty []faulttest.Step
	// Odd are good answers with a lifetime that cannot be read.
	Odd []faulttest.Step
}

// signIn is A1, A3 and A7 to A9.
func (s *suite) signIn(t *testing.T) {
	if s.SignIn != nil {
		t.Run("A1 one renewal for all", s.oneRenewal)
		t.Run("A3 a refused grant", s.refusedGrant)
		t.Run("A8 a revoked token", s.revoked)
		t.Run("A7 answers without a token", s.noToken)
		t.Run("A7 an odd lifetime", s.oddLifetime)
	}
	if s.Unrenewable != nil {
		t.Run("A3 a revoked token that nothing renews", s.unrenewable)
	}
	if s.Exchange == nil {
		return
	}
	t.Run("A9 a refused code", func(t *testing.T) {
		for _, step := range []faulttest.Step{s.refusedCode(400), s.refusedCode(401), {Fault: faulttest.Reset}, faulttest.JSON(500, `{}`), faulttest.JSON(429, `{}`).With("Retry-After", "1")} {
			synctest.Test(t, func(t *testing.T) {
				server := faulttest.NewTransport(faulttest.Steps(step))
				if _, err := s.Exchange(t.Context(), server); err == nil {
					t.Error("no error")
				} else {
					s.note(t, err)
				}
				count(t, server, 1)
			})
		}
	})
	t.Run("A7 an exchange without a token", func(t *testing.T) {
		for _, body := range []string{"<html>" + Canary, "", "null", "[]", `{}`, `{"access_token":"","token":""}`, `{"access_token":["` + Canary + `"]}`} {
			synctest.Test(t, func(t *testing.T) {
				server := faulttest.NewTransport(faulttest.Steps(faulttest.JSON(200, body)))
				if token, err := s.Exchange(t.Context(), server); err == nil {
					t.Errorf("%q gave the token %v", body, token)
				} else {
					s.note(t, err)
				}
				count(t, server, 1)
			})
		}
	})
}

func (s *suite) refusedCode(status int) faulttest.Step {
	return faulttest.JSON(status, `{"error":"invalid_grant","error_description":"`+Canary+`-code is no good"}`)
}

func (s *suite) session(t *testing.T, transport http.RoundTripper) *auth.Session {
	t.Helper()
	session := auth.NewSession(store.Memory(), "key", s.SignIn.Grant(t, transport))
	t.Cleanup(func() { session.Close() })
	if start := s.SignIn.Start; !start.Refresh.IsZero() {
		start.Expiry = time.Now().Add(-time.Hour)
		if err := session.Set(t.Context(), start); err != nil {
			t.Fatal(err)
		}
	}
	return session
}

func (s *suite) oneRenewal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		answer := s.SignIn.Good(Canary + "-new")
		answer.Delay = time.Second
		signIns := faulttest.NewTransport(faulttest.Steps(answer))
		calls := faulttest.NewTransport(faulttest.Steps(s.good()))
		c := s.clientOf(t, s.session(t, signIns), connector.Options{Transport: calls, Pacer: faulttest.Unpaced{}})
		var all sync.WaitGroup
		for range 100 {
			all.Go(func() {
				if err := c.Read(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		count(t, signIns, 1)
		count(t, calls, 100)
		for _, a := range calls.Arrivals() {
			if !s.Carries(a, Canary+"-new") {
				t.Fatal("a call was sent without the new token")
			}
		}
	})
}

func (s *suite) refusedGrant(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		answer := s.SignIn.Refused
		answer.Delay = time.Second
		signIns := faulttest.NewTransport(faulttest.Steps(answer))
		calls := faulttest.NewTransport(faulttest.Steps(s.good()))
		c := s.clientOf(t, s.session(t, signIns), connector.Options{Transport: calls, Pacer: faulttest.Unpaced{}})
		var all sync.WaitGroup
		for range 20 {
			all.Go(func() {
				err := c.Read(t.Context())
				if !errors.Is(err, connector.Reauthorize) {
					t.Errorf("got %v, want to be told to sign in again", err)
				}
				s.note(t, err)
			})
		}
		all.Wait()
		s.want(t, c.Write(t.Context()), connector.Reauthorize)
		count(t, signIns, 1)
		count(t, calls, 0)
	})
}

// unrenewable revokes a token that nothing renews: all who use it are told what
// to ask of whom, here and in another process, and then nothing more is sent.
func (s *suite) unrenewable(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		calls := faulttest.NewTransport(func(n int, _ faulttest.Arrival) faulttest.Step {
			if n == 0 {
				return s.good()
			}
			return s.Refuse(401, Canary+" was revoked")
		})
		records := store.Memory()
		clientOver := func() (*auth.Session, Client) {
			session := auth.NewSession(records, "key", s.Unrenewable(t))
			t.Cleanup(func() { session.Close() })
			return session, s.clientOf(t, session, connector.Options{Transport: calls, Pacer: faulttest.Unpaced{}})
		}
		session, c := clientOver()
		if err := session.Set(t.Context(), auth.Token{Access: auth.NewSecret(Canary)}); err != nil {
			t.Fatal(err)
		}
		if err := c.Write(t.Context()); err != nil {
			t.Fatal(err)
		}
		lost := func(err error) {
			t.Helper()
			if !errors.Is(err, connector.Reauthorize) || !strings.Contains(err.Error(), s.Again) {
				t.Errorf("got %v, want to be told %q", err, s.Again)
			}
			s.note(t, err)
		}
		var all sync.WaitGroup
		for range 20 {
			all.Go(func() { lost(c.Read(t.Context())) })
		}
		all.Wait()
		sent := calls.Count()
		_, other := clientOver()
		for _, c := range []Client{c, other} {
			lost(c.Write(t.Context()))
			lost(c.Read(t.Context()))
		}
		count(t, calls, sent)
		if state, err := session.State(t.Context()); err != nil || state.Reauthorize.IsZero() {
			t.Errorf("the record says %+v, %v", state, err)
		}
	})
}

// revoked refuses a token that is still good by the clock: one renewal, and the
// call is sent again.
func (s *suite) revoked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		signIns := faulttest.NewTransport(func(n int, _ faulttest.Arrival) faulttest.Step { return s.SignIn.Good(fmt.Sprint(Canary, "-", n+1)) })
		calls := faulttest.NewTransport(func(_ int, a faulttest.Arrival) faulttest.Step {
			if s.Carries(a, Canary+"-1") {
				return s.Refuse(401, "revoked")
			}
			return s.good()
		})
		c := s.clientOf(t, s.session(t, signIns), connector.Options{Transport: calls, Pacer: faulttest.Unpaced{}})
		for range 3 {
			if err := c.Write(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		count(t, signIns, 2)
		count(t, calls, 1+3)
	})
}

func (s *suite) noToken(t *testing.T) {
	for i, step := range s.SignIn.Empty {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := faulttest.NewTransport(faulttest.Steps(step))
				grant := s.SignIn.Grant(t, server)
				token, err := grant.Renew(t.Context(), s.SignIn.Start)
				if err == nil {
					t.Fatalf("got the token %v", token)
				}
				s.note(t, err)
				count(t, server, 1)
			})
		})
	}
}

func (s *suite) oddLifetime(t *testing.T) {
	for i, step := range s.SignIn.Odd {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				grant := s.SignIn.Grant(t, faulttest.NewTransport(faulttest.Steps(step)))
				token, err := grant.Renew(t.Context(), s.SignIn.Start)
				if err != nil || token.Access.Reveal() == "" {
					t.Errorf("the only living token was lost: %v", err)
				}
				if !token.Expiry.IsZero() && token.Expiry.Before(time.Now()) {
					t.Errorf("the token ends at %v, before it begins", token.Expiry)
				}
			})
		})
	}
}

// numbered gives out a new token after each refusal.
type numbered struct {
	asked atomic.Int32
	mu    sync.Mutex
	token auth.Token
}

func (n *numbered) Token(context.Context) (auth.Token, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.token.Access.IsZero() {
		n.token = auth.Token{Access: auth.NewSecret(fmt.Sprint(Canary, "-", n.asked.Add(1))), Account: "acme"}
	}
	return n.token, nil
}

func (n *numbered) Invalidate(context.Context, auth.Token) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.token = auth.Token{}
	return nil
}
