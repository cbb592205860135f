package auth

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/store"
)

// A token that is due is handed out while it is renewed: nobody waits.
func TestRenewsAhead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &platform{lifetime: time.Hour}
		s := signedIn(t, p, store.Memory(), Grant{OneTime: true})
		wantToken(t, s, "access-2")
		time.Sleep(time.Hour - 76*time.Second)
		wantToken(t, s, "access-2")
		synctest.Wait()
		p.wantPresented(t, "refresh-1")
		time.Sleep(16 * time.Second) // 60 s before the end
		p.delay = 10 * time.Second
		start := time.Now()
		for range 3 {
			wantToken(t, s, "access-2")
			synctest.Wait()
		}
		if waited := time.Since(start); waited != 0 {
			t.Errorf("callers waited %v though the old token works", waited)
		}
		p.wantPresented(t, "refresh-1", "refresh-2")
		time.Sleep(10 * time.Second)
		synctest.Wait()
		wantToken(t, s, "access-3")
		p.wantPresented(t, "refresh-1", "refresh-2")
	})
}

// The token ends while it is being renewed ahead: from then on callers wait.
func TestRenewalAheadIsJoined(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &platform{lifetime: time.Minute}
		s := signedIn(t, p, store.Memory(), Grant{OneTime: true})
		wantToken(t, s, "access-2")
		time.Sleep(59 * time.Second)
		p.delay = 5 * time.Second
		wantToken(t, s, "access-2")
		time.Sleep(2 * time.Second)
		wantToken(t, s, "access-3")
		p.wantPresented(t, "refresh-1", "refresh-2")
	})
}

// A renewal ahead is one that Close waits for and saves.
func TestCloseJoinsRenewalAhead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &platform{lifetime: time.Hour}
		memory := store.Memory()
		s := signedIn(t, p, memory, Grant{OneTime: true})
		wantToken(t, s, "access-2")
		time.Sleep(time.Hour - 50*time.Second)
		p.delay = 10 * time.Second
		wantToken(t, s, "access-2")
		synctest.Wait()
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		next := NewSession(memory, key, Grant{Renew: p.renew, OneTime: true})
		defer next.Close()
		wantToken(t, next, "access-3")
		p.wantPresented(t, "refresh-1", "refresh-2")
	})
}

// A program that starts with a token that is due, but works, need not wait.
func TestFirstCallTakesWhatWorks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &platform{lifetime: time.Hour, delay: time.Second}
		memory := store.Memory()
		s := signedIn(t, p, memory, Grant{OneTime: true})
		wantToken(t, s, "access-2")
		time.Sleep(time.Hour - 50*time.Second)
		next := NewSession(memory, key, Grant{Renew: p.renew, OneTime: true})
		defer next.Close()
		start := time.Now()
		wantToken(t, next, "access-2")
		wantToken(t, next, "access-2")
		if waited := time.Since(start); waited != 0 {
			t.Errorf("it waited %v", waited)
		}
		time.Sleep(2 * time.Second)
		wantToken(t, next, "access-3")
	})
}

// The old token works until its end, so a renewal ahead may fail.
func TestRenewalAheadMayFail(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &platform{lifetime: time.Hour}
		var reports []error
		s := signedIn(t, p, store.Memory(), Grant{OneTime: true, OnError: func(err error) { reports = append(reports, err) }})
		wantToken(t, s, "access-2")
		time.Sleep(time.Hour - 50*time.Second)
		p.answers = []error{unreachable}
		for range 3 {
			wantToken(t, s, "access-2")
			synctest.Wait()
		}
		p.wantPresented(t, "refresh-1", "refresh-2")
		if len(reports) != 1 || !errors.Is(reports[0], connector.Unavailable) {
			t.Errorf("reports are %v, want the failed renewal", reports)
		}
		p.answers = []error{unreachable}
		time.Sleep(50 * time.Second) // now it has ended
		_, err := s.Token(t.Context())
		wantKind(t, err, connector.Unavailable)
		wantToken(t, s, "access-3")
	})
}

// Refused for good while the old token works: told once, and used to its end.
func TestRenewalAheadRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &platform{lifetime: time.Hour}
		var reports []error
		s := signedIn(t, p, store.Memory(), Grant{OneTime: true, OnError: func(err error) { reports = append(reports, err) }})
		wantToken(t, s, "access-2")
		time.Sleep(time.Hour - 40*time.Second)
		p.answers = []error{refused}
		for range 35 {
			wantToken(t, s, "access-2")
			time.Sleep(time.Second)
		}
		if len(reports) != 1 || !errors.Is(reports[0], connector.Reauthorize) {
			t.Errorf("reports are %v, want the refusal once", reports)
		}
		time.Sleep(5 * time.Second)
		_, err := s.Token(t.Context())
		wantKind(t, err, connector.Reauthorize)
		p.wantPresented(t, "refresh-1", "refresh-2")
	})
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
		wantToken(t, a, "access-2") // begins to renew
		synctest.Wait()
		start := time.Now()
		for range 5 {
			wantToken(t, b, "access-2")
			synctest.Wait()
		}
		if waited := time.Since(start); waited != 0 {
			t.Errorf("it waited %v for another process", waited)
		}
		time.Sleep(11 * time.Second)
		wantToken(t, b, "access-2") // looks again
		synctest.Wait()
		wantToken(t, b, "access-3")
		p.wantPresented(t, "refresh-1", "refresh-2")
	})
}
