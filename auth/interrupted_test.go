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
func TestLostAnswer(t *testing.T) {
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

func TestLostAnswerIsProbedOnce(t *testing.T) {
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
			if waited := time.Since(start); waited < s.noteTime() || waited > s.noteTime()+time.Second {
				t.Errorf("the probe came after %v, want the note's %v", waited, s.noteTime())
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
		if waited := time.Since(start); waited < s.noteTime() {
			t.Errorf("the next probe came after %v, want the note's %v", waited, s.noteTime())
		}
	})
}

// A process that died while it renewed leaves its note behind.
func TestNoteOfADeadProcess(t *testing.T) {
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
			if waited := time.Since(start); waited < s.noteTime() || waited > s.noteTime()+time.Second {
				t.Errorf("%s: decided after %v, want the note's %v", test.name, waited, s.noteTime())
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
	e.renewal = &note{Of: fingerprint(e.token.Refresh), Holder: "dead", Probe: probe}
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
		e.renewal = &note{Of: fingerprint(NewSecret("another")), Holder: "dead"}
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
func TestObtainedPairBeatsVerdict(t *testing.T) {
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
func TestLateFailureFollowsSuccessor(t *testing.T) {
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

// A note whose writing took too long could be taken for abandoned while the
// token is on its way, so it is taken back and written anew.
func TestSlowNoteIsWrittenAnew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &platform{lifetime: time.Hour}
		slow := &slowStore{Store: store.Memory()}
		s := signedIn(t, p, slow, Grant{OneTime: true, Timeout: 4 * time.Second})
		slow.delays = []time.Duration{3 * time.Second}
		wantToken(t, s, "access-2")
		if slow.puts != 1+4 { // Set; note, taken back, note, new pair
			t.Errorf("%d Puts, want 5", slow.puts)
		}
		p.wantPresented(t, "refresh-1")
	})
}

// A note that may or may not be stored, and one that cannot be taken back,
// must not cost a sign-in whose token was never used.
func TestVoidNotes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &platform{lifetime: time.Hour}
		s := signedIn(t, p, &halfDeaf{Store: store.Memory(), deafAt: 2}, Grant{OneTime: true})
		_, err := s.Token(t.Context())
		wantKind(t, err, connector.Storage)
		p.wantPresented(t)
		start := time.Now()
		wantToken(t, s, "access-2")
		if waited := time.Since(start); waited != 0 {
			t.Errorf("it waited %v for its own note", waited)
		}
	})
	synctest.Test(t, func(t *testing.T) {
		p := &platform{lifetime: time.Hour, answers: []error{unreachable}}
		broken := &spy{Store: store.Memory(), platform: p}
		s := signedIn(t, p, broken, Grant{OneTime: true})
		broken.fail(nil, errDisk, 1) // the note passes, taking it back does not
		_, err := s.Token(t.Context())
		wantKind(t, err, connector.Unavailable)
		broken.fail(nil, nil, 0)
		wantToken(t, s, "access-2")
		p.wantPresented(t, "refresh-1", "refresh-1")
	})
}

type slowStore struct {
	store.Store
	puts   int
	delays []time.Duration // of the next Puts
}

func (s *slowStore) Put(ctx context.Context, r store.Record) (store.Version, error) {
	s.puts++
	if len(s.delays) > 0 {
		time.Sleep(s.delays[0])
		s.delays = s.delays[1:]
	}
	return s.Store.Put(ctx, r)
}

// While another process renews early, the old token is used and nobody waits.
func TestUsableTokenDoesNotWaitForAnother(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &platform{lifetime: time.Hour}
		memory := store.Memory()
		a := signedIn(t, p, memory, Grant{OneTime: true})
		b := NewSession(memory, key, Grant{Renew: p.renew, OneTime: true})
		defer b.Close()
		wantToken(t, a, "access-2")
		wantToken(t, b, "access-2")
		time.Sleep(time.Hour - 50*time.Second)
		p.delay = 10 * time.Second
		var slow sync.WaitGroup
		slow.Go(func() { wantToken(t, a, "access-3") })
		synctest.Wait()
		start := time.Now()
		wantToken(t, b, "access-2")
		if waited := time.Since(start); waited != 0 {
			t.Errorf("it waited %v for another process", waited)
		}
		slow.Wait()
		wantToken(t, b, "access-3")
		p.wantPresented(t, "refresh-1", "refresh-2")
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
		if got := usedUp(test.err); got != test.want {
			t.Errorf("usedUp(%v) is %v, want %v", test.err, got, test.want)
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
