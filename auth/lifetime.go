package auth

import (
	"math/rand/v2"
	"time"
)

const (
	longestEarly = time.Minute
	// Lifetimes outside these bounds are taken for a mistake of the platform
	// and count as unknown: the token is used until it is refused.
	shortestLifetime = time.Second
	longestLifetime  = 10 * 365 * 24 * time.Hour
)

// renewAt returns when to renew a token that was obtained and expires at these
// times: a minute before it expires but no more than a fifth of its lifetime,
// and up to a quarter of that earlier still, so that many processes do not all
// renew at once. It is zero if the token is to be kept until it is refused.
//
// The result is counted from now, so that it carries now's monotonic reading.
func renewAt(now, obtained, expiry time.Time) time.Time {
	if expiry.IsZero() {
		return time.Time{}
	}
	early := min(longestEarly, max(0, expiry.Sub(obtained)/5))
	if early > 0 {
		early += rand.N(early/4 + 1)
	}
	return now.Add(expiry.Sub(now) - early)
}

// passed reports whether t has come by either clock: the monotonic one stands
// still while some machines sleep, and the wall clock may be set back. A zero
// t never comes.
func passed(now, t time.Time) bool {
	return !t.IsZero() && (!now.Before(t) || !now.Round(0).Before(t.Round(0)))
}

// plausible returns expiry, or zero if it cannot be meant.
func plausible(now, expiry time.Time) time.Time {
	if lifetime := expiry.Sub(now); lifetime < shortestLifetime || lifetime > longestLifetime {
		return time.Time{}
	}
	return expiry
}
