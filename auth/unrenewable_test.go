package auth

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/store"
)

const reinstall = "ask the user to install the app again"

func TestUnrenewableRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		memory := store.Memory()
		open := func() *Session {
			s := NewSession(memory, key, Unrenewable(reinstall))
			t.Cleanup(func() { _ = s.Close() })
			return s
		}
		a, b := open(), open()
		old := Token{Access: NewSecret("old")}
		if err := a.Set(t.Context(), old); err != nil {
			t.Fatal(err)
		}
		wantToken(t, a, "old")
		wantToken(t, b, "old")

		// Another process has a new one already: that is what follows a refusal.
		if err := b.Set(t.Context(), Token{Access: NewSecret("new")}); err != nil {
			t.Fatal(err)
		}
		if err := a.Invalidate(t.Context(), old); err != nil {
			t.Fatal(err)
		}
		token := wantToken(t, a, "new")
		wantToken(t, b, "new")

		// Nobody has another one: every process fails, those to come at once.
		for _, s := range []*Session{a, b} {
			if err := s.Invalidate(t.Context(), token); err != nil {
				t.Fatal(err)
			}
		}
		for _, s := range []*Session{a, b, open()} {
			_, err := s.Token(t.Context())
			wantKind(t, err, connector.Reauthorize)
			if !strings.HasSuffix(fmt.Sprint(err), reinstall) {
				t.Errorf("%v does not end with the remedy", err)
			}
			if state, err := s.State(t.Context()); err != nil || state.Reauthorize.IsZero() || !strings.Contains(state.Reason, "refused") {
				t.Errorf("State is %+v, %v", state, err)
			}
		}

		// The platform was wrong, and one process is told so: all try again.
		if err := a.Retry(t.Context()); err != nil {
			t.Fatal(err)
		}
		for _, s := range []*Session{a, b, open()} {
			wantToken(t, s, "new")
		}
		if err := b.Invalidate(t.Context(), token); err != nil {
			t.Fatal(err)
		}
		_, err := b.Token(t.Context())
		wantKind(t, err, connector.Reauthorize)
	})
}

func TestUnrenewableEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := Unrenewable(reinstall)
		g.OnError = func(err error) { t.Errorf("told of %v", err) }
		s := NewSession(store.Memory(), key, g)
		defer s.Close()
		if err := s.Set(t.Context(), Token{Access: NewSecret("access"), Expiry: time.Now().Add(time.Hour)}); err != nil {
			t.Fatal(err)
		}
		for range 59 { // nothing is tried before it ends
			wantToken(t, s, "access")
			time.Sleep(time.Minute)
		}
		time.Sleep(59*time.Second + 500*time.Millisecond)
		wantToken(t, s, "access")
		synctest.Wait()
		if state, err := s.State(t.Context()); err != nil || !state.Reauthorize.IsZero() {
			t.Errorf("State is %+v, %v", state, err)
		}
		time.Sleep(time.Second)
		_, err := s.Token(t.Context())
		wantKind(t, err, connector.Reauthorize)
		if state, err := s.State(t.Context()); err != nil || state.Reauthorize.IsZero() || !strings.Contains(state.Reason, "ended") {
			t.Errorf("State is %+v, %v", state, err)
		}
	})
}

func TestRetry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &platform{lifetime: time.Hour, answers: []error{refused}}
		s := signedIn(t, p, store.Memory(), Grant{OneTime: true})
		if err := s.Retry(t.Context()); err != nil { // nothing is wrong yet
			t.Fatal(err)
		}
		for range 2 {
			_, err := s.Token(t.Context())
			wantKind(t, err, connector.Reauthorize)
		}
		p.wantPresented(t, "refresh-1")
		if err := s.Retry(t.Context()); err != nil {
			t.Fatal(err)
		}
		wantToken(t, s, "access-2")
		p.wantPresented(t, "refresh-1", "refresh-1")
	})
}

// A refusal of something that the program was given stays in its memory, so
// that a correction helps; where presenting it again does harm, it lasts.
func TestLastingRefusal(t *testing.T) {
	for _, lasting := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			p := &platform{keep: true, answers: []error{refused}}
			memory := store.Memory()
			g := Grant{Renew: p.renew, Lasting: lasting, Remedy: "correct the password, then call Session.Retry"}
			first := NewSession(memory, key, g)
			defer first.Close()
			_, err := first.Token(t.Context())
			wantKind(t, err, connector.Reauthorize)
			next := NewSession(memory, key, g)
			defer next.Close()
			if !lasting {
				wantToken(t, next, "access-1")
				p.wantPresented(t, "", "")
				return
			}
			_, err = next.Token(t.Context())
			wantKind(t, err, connector.Reauthorize)
			if !strings.HasSuffix(err.Error(), "then call Session.Retry") {
				t.Errorf("%q does not end with the remedy", err)
			}
			p.wantPresented(t, "")
			if err := next.Retry(t.Context()); err != nil {
				t.Fatal(err)
			}
			wantToken(t, first, "access-1")
			p.wantPresented(t, "", "")
		})
	}
}
