package auth

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/store"
)

// Each renewal is told of once, with its cause, how long it took and how it
// ended, and when the new token is saved already.
func TestRenewalsAreTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &platform{lifetime: time.Hour, delay: 2 * time.Second}
		memory := store.Memory()
		var told []Renewal
		s := signedIn(t, p, memory, Grant{OneTime: true, Probe: true, OnRenewal: func(r Renewal) {
			told = append(told, r)
			if e, err := decodeEntry(memory.Get(t.Context(), key)); r.Err == nil && (err != nil || e.underway()) {
				t.Errorf("told before the token was saved: %+v, %v", e, err)
			}
		}})
		wantToken(t, s, "access-2")
		time.Sleep(time.Hour - 50*time.Second)
		wantToken(t, s, "access-2")
		time.Sleep(3 * time.Second)
		if err := s.Invalidate(t.Context(), wantToken(t, s, "access-3")); err != nil {
			t.Fatal(err)
		}
		wantToken(t, s, "access-4")
		time.Sleep(2 * time.Hour)
		p.answers = []error{lost, refused}
		_, err := s.Token(t.Context())
		for errors.Is(err, connector.TimedOut) { // the note must grow stale first
			_, err = s.Token(t.Context())
		}
		wantKind(t, err, connector.Reauthorize)

		want := []string{"late <nil>", "ahead <nil>", "refused <nil>", "late " + lost.Error(), "interrupted " + refused.Error()}
		var got []string
		for _, r := range told {
			got = append(got, fmt.Sprint(r.Cause, " ", r.Err))
			if r.Key != key || r.Took != 2*time.Second {
				t.Errorf("told %+v, want key %q and 2s", r, key)
			}
			if text := fmt.Sprintf("%+v %#v", r, r); strings.Contains(text, "access-") || strings.Contains(text, "refresh-") {
				t.Errorf("a token stands in %s", text)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("told\n%q, want\n%q", got, want)
		}
	})
}

func TestRegistryTellsOfRenewals(t *testing.T) {
	p := &platform{lifetime: time.Hour}
	var told []string
	grant := Grant{Renew: p.renew, OnRenewal: func(r Renewal) { t.Errorf("the grant was told of %+v, too", r) }}
	r := newRegistry(t, store.Memory(), grant, &RegistryOptions{OnRenewal: func(tenant string, r Renewal) {
		told = append(told, fmt.Sprint(tenant, " ", r.Cause, " ", r.Err))
	}})
	wantToken(t, r.Session("tenant 17"), "access-1")
	if !slices.Equal(told, []string{"tenant 17 late <nil>"}) {
		t.Errorf("told of %q", told)
	}
}
