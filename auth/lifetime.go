package auth

import (
	"math"
	"math/rand/v2"
	"sync/atomic"
	"time"
)

const (
	longestEarly = time.Minute
	// Lifetimes outside these bounds are taken for a mistake of the platform
	// and count as unknown: the token is used until it is refused.
	shortestLifetime = time.Second
	longestLifetime  = 10 * 365 * 24 * time.Hour

	forever time.Duration = math.MaxInt64

	sureFor = time.Second
)

// held is a token at hand, and for how long it is good.
type held struct {
	token     Token
	since     time.Time     // when the spans begin
	freshFor  time.Duration // until it should be renewed
	usableFor time.Duration // until it ends
	rejected  bool          // the platform refused it
	sure      atomic.Bool   // it is fresh, no clock need be asked
}

func newHeld(now time.Time, token Token, obtained time.Time) *held {
	h := &held{token: token, since: now, freshFor: forever, usableFor: forever}
	if token.Access.IsZero() {
		h.freshFor, h.usableFor = 0, 0
	} else if !token.Expiry.IsZero() {
		h.usableFor = max(0, token.Expiry.Sub(now))
		h.freshFor = h.usableFor - ahead(token.Expiry.Sub(obtained))
	}
	return h
}

// fresh reports whether the token can be used without a thought. Every call to
// a platform asks this, and a clock costs more than all the rest of it: so the
// clocks are looked at once a second, and a timer tells when.
func (h *held) fresh() bool { return h != nil && (h.sure.Load() || h.check()) }

func (h *held) check() bool {
	left := h.left(h.freshFor)
	if left <= 0 {
		return false
	}
	if h.sure.CompareAndSwap(false, true) {
		time.AfterFunc(min(left, sureFor), func() { h.sure.Store(false) })
	}
	return true
}

// usable is less than fresh: renew it, but it still works.
func (h *held) usable() bool { return h != nil && h.left(h.usableFor) > 0 }

func (h *held) left(span time.Duration) time.Duration { return span - h.age() }

// age is how long the token has been at hand, by the clock that says more: the
// monotonic one stands still while some machines sleep, and the other may be
// set back.
func (h *held) age() time.Duration {
	now := time.Now()
	return max(now.Sub(h.since), now.Round(0).Sub(h.since.Round(0)))
}

// refused returns what is left of a token that the platform refused.
func (h *held) refused() *held { return &held{token: h.token, since: h.since, rejected: true} }

// postponed returns h with a little time more before it is renewed.
func (h *held) postponed() *held {
	return &held{
		token: h.token, since: h.since, rejected: h.rejected, usableFor: h.usableFor,
		freshFor: min(h.usableFor, h.age()+retrySpacing),
	}
}

// ahead returns how long before its end a token of this lifetime is renewed: a
// minute but no more than a fifth of the lifetime, and up to a quarter of that
// longer, so that many processes do not all renew at once.
func ahead(lifetime time.Duration) time.Duration {
	early := min(longestEarly, max(0, lifetime/5))
	return early + rand.N(early/4+1)
}

// plausible returns expiry, or zero if it cannot be meant.
func plausible(now, expiry time.Time) time.Time {
	if lifetime := expiry.Sub(now); lifetime < shortestLifetime || lifetime > longestLifetime {
		return time.Time{}
	}
	return expiry
}
