package auth

import (
	"testing"
	"testing/synctest"
	"time"
	"unsafe"

	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/store"
)

// turnedBack returns t as it reads when the wall clock was put forward by d
// since: the first word of a time.Time counts its seconds from the 31st bit on.
func turnedBack(t *testing.T, at time.Time, d time.Duration) time.Time {
	t.Helper()
	turned := at
	*(*uint64)(unsafe.Pointer(&turned)) -= uint64(d/time.Second) << 30
	if at.Sub(turned) != 0 || at.Round(0).Sub(turned.Round(0)) != d {
		t.Fatalf("%v was turned into %v", at, turned)
	}
	return turned
}

// A wall clock that was put forward must not take away the pause between two
// tries that failed while the old token still works.
func TestPauseOutlastsAClockJump(t *testing.T) {
	now := time.Now()
	h := newHeld(now, Token{Access: NewSecret("a"), Expiry: now.Add(3 * time.Hour)}, now)
	h.since = turnedBack(t, now, 2*time.Hour+58*time.Minute+30*time.Second)
	if !h.usable() || h.left(h.freshFor) > time.Minute {
		t.Fatalf("the token has %v left, fresh for %v", h.left(h.usableFor), h.left(h.freshFor))
	}
	if left := h.postponed().left(h.postponed().freshFor); left <= 0 || left > retrySpacing {
		t.Errorf("the next try comes in %v, want about %v", left, retrySpacing)
	}
}

// A machine whose clock was ahead, by an hour or by ten years, saved a token that
// seems to last too long. The platform's refusal ends that, once.
func TestRecordOfAFastClock(t *testing.T) {
	for _, ahead := range []time.Duration{time.Hour, 10 * 365 * 24 * time.Hour} {
		synctest.Test(t, func(t *testing.T) {
			p := &platform{lifetime: time.Hour}
			memory := store.Memory()
			e := entry{token: p.issue(), obtained: time.Now().Add(ahead)}
			e.token.Expiry = e.token.Expiry.Add(ahead)
			putRecord(t, memory, e)
			s := NewSession(memory, key, Grant{Renew: p.renew, OneTime: true})
			defer s.Close()
			time.Sleep(time.Hour)
			if err := s.Invalidate(t.Context(), wantToken(t, s, "access-1")); err != nil {
				t.Fatal(err)
			}
			wantToken(t, s, "access-2")
			p.wantPresented(t, "refresh-1")
			time.Sleep(time.Hour)
			wantToken(t, s, "access-3")
		})
	}
}

// One whose clock is behind makes its tokens look old: they are renewed early,
// once, and not again and again.
func TestRecordOfASlowClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &platform{lifetime: time.Hour}
		memory := store.Memory()
		e := entry{token: p.issue(), obtained: time.Now().Add(-20 * 365 * 24 * time.Hour)}
		e.token.Expiry = e.obtained.Add(time.Hour)
		putRecord(t, memory, e)
		s := NewSession(memory, key, Grant{Renew: p.renew, OneTime: true})
		defer s.Close()
		for range 50 {
			wantToken(t, s, "access-2")
			time.Sleep(time.Minute)
		}
		p.wantPresented(t, "refresh-1")
	})
}

// A clock that is ahead makes a process say that a token has ended which nothing
// replaces. The others go on, and so does this one when its clock is right.
func TestVerdictOfAFastClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		memory := store.Memory()
		now := time.Now()
		token := Token{Access: NewSecret("good"), Expiry: now.Add(time.Hour)}
		putRecord(t, memory, entry{token: token, obtained: now,
			failed: &verdict{Since: now.Add(365 * 24 * time.Hour), Reason: "the token has ended, and it cannot be renewed"}})
		s := NewSession(memory, key, Unrenewable(reinstall))
		defer s.Close()
		wantToken(t, s, "good")
		time.Sleep(time.Hour)
		_, err := s.Token(t.Context())
		wantKind(t, err, connector.Reauthorize)
	})
}

func putRecord(t *testing.T, s store.Store, e entry) {
	t.Helper()
	r, err := e.record(key)
	if err == nil {
		_, err = s.Put(t.Context(), r)
	}
	if err != nil {
		t.Fatal(err)
	}
}
