package auth

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/store"
)

// The answer of a renewal is lost. Whether the token may be tried once more is
// for the platform to say.
func TestA4LostAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &platform{lifetime: time.Hour, answers: []error{lost}}
		s := signedIn(t, p, store.Memory(), Grant{OneTime: true})
		for range 3 {
			_, err := s.Token(t.Context())
			wantKind(t, err, connector.Reauthorize)
			if !strings.Contains(err.Error(), "interrupted") {
				t.Errorf("error %q does not say why", err)
			}
		}
		p.wantPresented(t, "refresh-1")
	})
}

func TestLostAnswerOfRepeatableGrant(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &platform{lifetime: time.Hour, answers: []error{lost}}
		s := signedIn(t, p, store.Memory(), Grant{})
		_, err := s.Token(t.Context())
		wantKind(t, err, connector.UnknownOutcome)
		wantToken(t, s, "access-2")
		p.wantPresented(t, "refresh-1", "refresh-1")
	})
}

func TestA4LostAnswerIsProbedOnce(t *testing.T) {
	for _, test := range []struct {
		second error
		want   connector.Kind
	}{{nil, ""}, {refused, connector.Reauthorize}, {lost, connector.Reauthorize}} {
		synctest.Test(t, func(t *testing.T) {
			p := &platform{lifetime: time.Hour, answers: []error{lost, test.second}}
			s := signedIn(t, p, store.Memory(), Grant{OneTime: true, Probe: true})
			start := time.Now()
			var all sync.WaitGroup
			for range 5 {
				all.Go(func() {
					token, err := s.Token(t.Context())
					if test.want == "" {
						if err != nil || token.Access.Reveal() != "access-2" {
							t.Errorf("Token: %q, %v", token.Access.Reveal(), err)
						}
						return
					}
					wantKind(t, err, test.want)
				})
			}
			all.Wait()
			if waited := time.Since(start); waited < s.grant.noteTime() || waited > s.grant.noteTime()+time.Second {
				t.Errorf("the probe came after %v, want the note's %v", waited, s.grant.noteTime())
			}
			p.wantPresented(t, "refresh-1", "refresh-1")
			_, err := s.Token(t.Context())
			if !errors.Is(err, connector.Reauthorize) && test.want != "" {
				t.Errorf("later call: %v", err)
			}
			p.wantPresented(t, "refresh-1", "refresh-1")
		})
	}
}

// A probe that never reached the platform was none.
func TestUnreachableProbe(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &platform{lifetime: time.Hour, answers: []error{lost, unreachable}}
		s := signedIn(t, p, store.Memory(), Grant{OneTime: true, Probe: true})
		_, err := s.Token(t.Context())
		wantKind(t, err, connector.Unavailable)
		start := time.Now()
		wantToken(t, s, "access-2")
		if waited := time.Since(start); waited < s.grant.noteTime() {
			t.Errorf("the next probe came after %v, want the note's %v", waited, s.grant.noteTime())
		}
	})
}

// A process that died while it renewed leaves its note behind.
func TestA6NoteOfADeadProcess(t *testing.T) {
	for _, test := range []struct {
		name    string
		grant   Grant
		probed  bool // the dead process was probing
		want    string
		arrived []string
	}{
		{"one time", Grant{OneTime: true}, false, "", nil},
		{"probe", Grant{OneTime: true, Probe: true}, false, "access-2", []string{"refresh-1"}},
		{"died probing", Grant{OneTime: true, Probe: true}, true, "", nil},
		{"repeatable", Grant{}, false, "access-2", []string{"refresh-1"}},
	} {
		synctest.Test(t, func(t *testing.T) {
			p := &platform{lifetime: time.Hour}
			memory := store.Memory()
			s := signedIn(t, p, memory, test.grant)
			leaveNote(t, memory, test.probed)
			start := time.Now()
			token, err := s.Token(t.Context())
			if waited := time.Since(start); waited < s.grant.noteTime() || waited > s.grant.noteTime()+time.Second {
				t.Errorf("%s: decided after %v, want the note's %v", test.name, waited, s.grant.noteTime())
			}
			if test.want == "" {
				wantKind(t, err, connector.Reauthorize)
			}
			if token.Access.Reveal() != test.want {
				t.Errorf("%s: token %q (%v), want %q", test.name, token.Access.Reveal(), err, test.want)
			}
			p.wantPresented(t, test.arrived...)
		})
	}
}

// leaveNote writes what a renewal writes before it presents the token.
func leaveNote(t *testing.T, s store.Store, probe bool) {
	t.Helper()
	e, err := decodeEntry(s.Get(t.Context(), key))
	if err != nil {
		t.Fatal(err)
	}
	e.renewal = &note{Of: e.name(), Holder: "dead", Probe: probe}
	r, err := e.record(key)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Put(t.Context(), r); err != nil {
		t.Fatal(err)
	}
}

// A note about a token that has been replaced since stops nobody.
func TestNoteOfAnotherToken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &platform{lifetime: time.Hour}
		memory := store.Memory()
		s := signedIn(t, p, memory, Grant{OneTime: true})
		e, err := decodeEntry(memory.Get(t.Context(), key))
		if err != nil {
			t.Fatal(err)
		}
		e.renewal = &note{Of: entry{token: Token{Refresh: NewSecret("another")}}.name(), Holder: "dead"}
		r, err := e.record(key)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := memory.Put(t.Context(), r); err != nil {
			t.Fatal(err)
		}
		wantToken(t, s, "access-2")
	})
}

// The holder is stopped while its token is on the way, and is taken for dead.
// The verdict of the others must not outlive the pair that it still gets.
func TestA6bObtainedPairBeatsVerdict(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &platform{lifetime: time.Hour}
		memory := store.Memory()
		resume := make(chan struct{})
		stopped := func(_ context.Context, previous Token) (Token, error) {
			<-resume
			return p.renew(context.Background(), previous)
		}
		holder := signedIn(t, p, memory, Grant{Renew: stopped, OneTime: true})
		var waiter sync.WaitGroup
		waiter.Go(func() { wantToken(t, holder, "access-2") })
		synctest.Wait()

		other := NewSession(memory, key, Grant{Renew: p.renew, OneTime: true})
		defer other.Close()
		_, err := other.Token(t.Context())
		wantKind(t, err, connector.Reauthorize)
		close(resume)
		waiter.Wait()
		wantToken(t, other, "access-2")
		p.wantPresented(t, "refresh-1")
	})
}

// A failed renewal of a holder that was stopped does not undo its successor's success.
func TestA6bLateFailureFollowsSuccessor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &platform{lifetime: time.Hour}
		memory := store.Memory()
		resume := make(chan struct{})
		stopped := func(context.Context, Token) (Token, error) {
			<-resume
			return Token{}, refused
		}
		holder := signedIn(t, p, memory, Grant{Renew: stopped, OneTime: true, Probe: true})
		var waiter sync.WaitGroup
		waiter.Go(func() { wantToken(t, holder, "access-2") })
		synctest.Wait()
		successor := NewSession(memory, key, Grant{Renew: p.renew, OneTime: true, Probe: true})
		defer successor.Close()
		wantToken(t, successor, "access-2")
		close(resume)
		waiter.Wait()
		wantToken(t, successor, "access-2")
	})
}

func TestWhichErrorsUseATokenUp(t *testing.T) {
	status := func(kind connector.Kind, status int) error {
		return fmt.Errorf("wrapped: %w", &connector.Error{Kind: kind, Status: status})
	}
	for _, test := range []struct {
		err  error
		want bool
	}{
		{status(connector.Unavailable, 0), false},
		{status(connector.Unavailable, 502), true},
		{status(connector.UnknownOutcome, 0), true},
		{status(connector.TimedOut, 0), true},
		{status(connector.Canceled, 0), true},
		{status(connector.Decode, 200), true},
		{status(connector.Unauthorized, 401), false},
		{status(connector.RateLimited, 429), false},
		{status(connector.Invalid, 400), false},
		{errors.New("unknown"), true},
		{context.DeadlineExceeded, true},
	} {
		if got := mayBeUsedUp(test.err); got != test.want {
			t.Errorf("mayBeUsedUp(%v) is %v, want %v", test.err, got, test.want)
		}
	}
}

func TestRenewalHasItsOwnTimeLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &platform{delay: time.Hour}
		s := signedIn(t, p, store.Memory(), Grant{OneTime: true, Timeout: 5 * time.Second})
		start := time.Now()
		_, err := s.Token(t.Context())
		wantKind(t, err, connector.Reauthorize)
		if waited := time.Since(start); waited != 5*time.Second {
			t.Errorf("it took %v, want 5s", waited)
		}
	})
}

func TestAnswerWithoutAccessToken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		empty := func(context.Context, Token) (Token, error) { return Token{}, nil }
		s := signedIn(t, &platform{}, store.Memory(), Grant{Renew: empty})
		_, err := s.Token(t.Context())
		wantKind(t, err, connector.Decode)
	})
}

// What a newer version of the library wrote stays as it is.
func TestNewerRecordIsLeftAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for value, want := range map[string]error{
			`{"format":2,"token":"unknown"}`:            store.ErrNewer,
			`{"format":1,"token":{"format":2}}`:         store.ErrNewer,
			`{"format":1,"token":{"format":1,"access":`: store.ErrCorrupt,
		} {
			p := &platform{}
			memory := store.Memory()
			if _, err := memory.Put(t.Context(), store.Record{Key: key, Value: []byte(value)}); err != nil {
				t.Fatal(err)
			}
			s := NewSession(memory, key, Grant{Renew: p.renew})
			_, err := s.Token(t.Context())
			setErr := s.Set(t.Context(), p.issue())
			if !errors.Is(err, want) || !errors.Is(setErr, want) {
				t.Errorf("%s: Token says %v, Set says %v, want %v", value, err, setErr, want)
			}
			if err := s.Close(); err != nil {
				t.Error(err)
			}
			if r, err := memory.Get(t.Context(), key); err != nil || string(r.Value) != value {
				t.Errorf("the record is now %q (%v)", r.Value, err)
			}
			p.wantPresented(t)
		}
	})
}

// A renewal that hangs to its end has used up most of the note's time: its
// probe follows when that is over, not a whole one later.
func TestProbeAfterAHang(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &platform{lifetime: time.Hour}
		hangs := true
		renew := func(ctx context.Context, previous Token) (Token, error) {
			if hangs {
				hangs = false
				<-ctx.Done()
				return Token{}, ctx.Err()
			}
			return p.renew(ctx, previous)
		}
		s := signedIn(t, p, store.Memory(), Grant{Renew: renew, OneTime: true, Probe: true})
		start := time.Now()
		wantToken(t, s, "access-2")
		if waited := time.Since(start); waited < s.grant.noteTime() || waited > s.grant.noteTime()+longestTalk {
			t.Errorf("the probe came after %v, want the note's %v", waited, s.grant.noteTime())
		}
		p.wantPresented(t, "refresh-1")
	})
}

// Whoever set no bound is not kept longer than a renewal that was cut off takes.
func TestLongestWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &platform{lifetime: time.Hour, delay: 25 * time.Second}
		memory := store.Memory()
		s := signedIn(t, p, memory, Grant{OneTime: true, Probe: true})
		leaveNote(t, memory, false)
		start := time.Now()
		_, err := s.Token(t.Context())
		wantKind(t, err, connector.TimedOut)
		if waited := time.Since(start); waited != s.grant.noteTime()+longestTalk {
			t.Errorf("it waited %v", waited)
		}
		wantToken(t, s, "access-2") // it went on
		p.wantPresented(t, "refresh-1")
	})
}

// A process that stood still with the answer in its hands finds a token that
// has ended, not one whose lifetime is nonsense.
func TestTokenEndsOnTheWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &platform{lifetime: time.Hour}
		late := 2 * time.Hour
		renew := func(ctx context.Context, previous Token) (Token, error) {
			token, err := p.renew(ctx, previous)
			time.Sleep(late)
			late = 0
			return token, err
		}
		s := signedIn(t, p, store.Memory(), Grant{Renew: renew, OneTime: true, Probe: true})
		_, err := s.Token(t.Context())
		wantKind(t, err, connector.TimedOut)
		time.Sleep(2 * time.Hour)
		wantToken(t, s, "access-3")
		p.wantPresented(t, "refresh-1", "refresh-2")
	})
}
