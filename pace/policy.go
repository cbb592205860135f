package pace

import (
	"errors"
	"fmt"
	"net/http"
	"time"
)

// maxWindows is how many windows a policy can have. No platform has more.
const maxWindows = 3

// longestWindow is so short that sums of times do not overflow.
const longestWindow = 366 * 24 * time.Hour

// A Policy says how a platform limits the requests of one key.
type Policy struct {
	// Windows are the platform's limits, the shortest first; 1 to 3.
	Windows []Window
	// Read reads what an answer says of them.
	Read Reader
	// Reserve is the part of every limit that is left to other programs, from
	// 0 (none) to 0.9.
	Reserve float64
}

// A Window is one limit: so many requests in so much time.
type Window struct {
	// Name tells the window in errors and in [Limits]: "10s", "day".
	Name string
	// Length is the time that the limit is about. Whether the platform counts
	// in fixed spans or looks back from each request does not matter.
	Length time.Duration
	// Limit is what is assumed for a key until the platform has stated any
	// limit for it; 0 assumes none.
	Limit int
	// Burst is how many may leave at once while nothing is stated; the rest is
	// spread so that no stretch of Length holds more than Limit. 0 means that
	// all of Limit may leave at once.
	Burst int
	// Quota marks a window that is not worth waiting for, such as a day: when
	// it is used up, calls fail at once with kind QuotaExhausted until the reset
	// that the platform stated.
	Quota bool
}

// A Reader reads what one answer says of the platform's limits. It is called
// by many goroutines at once, and for every answer, so it should not allocate.
type Reader func(status int, header http.Header) Reading

// A Reading is what one answer says. The zero value says nothing.
type Reading struct {
	// Pause is how long the platform wants to be left alone; 0 if it does not
	// say so. It counts on status 429 and 503.
	Pause time.Duration
	// States are those of the policy's windows, in its order; at most 3.
	States [maxWindows]State
	// Either is the state of one window, where the platform does not say of
	// which: it is found out by the limit and by how far the reset is.
	Either State
}

// A State is what a platform says of one window.
type State struct {
	Limit     int           // requests in the window; 0 or less: not told
	Remaining int           // how many of them are left; negative: not told
	Reset     time.Duration // from now until the platform counts anew; 0 or less: not told
}

func (p *Policy) check() error {
	switch {
	case p.Read == nil:
		return errors.New("pace: the policy has no Read")
	case len(p.Windows) < 1 || len(p.Windows) > maxWindows:
		return fmt.Errorf("pace: the policy has %d windows; give 1 to %d", len(p.Windows), maxWindows)
	case !(p.Reserve >= 0 && p.Reserve <= 0.9): // NaN is neither
		return fmt.Errorf("pace: the policy's Reserve is %v; give a part from 0 to 0.9", p.Reserve)
	}
	for i, w := range p.Windows {
		switch {
		case w.Name == "":
			return fmt.Errorf("pace: window %d has no Name; errors and Limits show it", i)
		case w.Length < time.Millisecond || w.Length > longestWindow:
			return fmt.Errorf("pace: window %q is %v long; give a millisecond to a year", w.Name, w.Length)
		case i > 0 && w.Length <= p.Windows[i-1].Length:
			return fmt.Errorf("pace: window %q does not follow a shorter one", w.Name)
		case w.Limit < 0 || w.Burst < 0 || w.Burst > w.Limit:
			return fmt.Errorf("pace: window %q assumes limit %d and burst %d; give a burst of at most the limit, and nothing negative", w.Name, w.Limit, w.Burst)
		}
	}
	return nil
}
