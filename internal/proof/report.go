package main

import (
	"cmp"
	"fmt"
	"io"
	"sync"
	"time"
)

// A report prints the figures of a proof as they come, and remembers which
// fell short. It is safe for concurrent use.
type report struct {
	out  io.Writer
	busy bool // times and ratios of times are told, and not held

	mu    sync.Mutex
	short int // figures that fell short
}

// tell prints a figure that has no limit.
func (r *report) tell(name string, value any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	fmt.Fprintf(r.out, "%s: %v\n", name, rounded(value))
}

// check prints a figure and holds it against a limit, given in words.
func (r *report) check(name string, value any, limit string, kept bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	end := ""
	switch {
	case kept:
	case r.busy && timed(value):
		end = " passed on a busy machine"
	default:
		r.short++
		end = " FELL SHORT"
	}
	fmt.Fprintf(r.out, "%s: %v (limit %s)%s\n", name, rounded(value), limit, end)
}

// timed reports whether a figure is a time or a ratio: these hang on what else
// the machine does, and counts do not.
func timed(value any) bool {
	switch value.(type) {
	case time.Duration, float64:
		return true
	}
	return false
}

// atMost checks a figure that must not pass its limit.
func atMost[T cmp.Ordered](r *report, name string, value, limit T) {
	r.check(name, value, fmt.Sprint(limit), value <= limit)
}

// atLeast checks a figure that must reach its limit.
func atLeast[T cmp.Ordered](r *report, name string, value, limit T) {
	r.check(name, value, fmt.Sprint("at least ", limit), value >= limit)
}

// exactly checks a figure that is known beforehand.
func exactly[T cmp.Ordered](r *report, name string, value, want T) {
	r.check(name, value, fmt.Sprint("exactly ", want), value == want)
}

// verdict is an error if a figure fell short.
func (r *report) verdict() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.short > 0 {
		return fmt.Errorf("%d figures fell short", r.short)
	}
	return nil
}

// rounded leaves out digits that no measurement here can mean.
func rounded(value any) any {
	switch v := value.(type) {
	case time.Duration:
		if v > time.Second {
			return v.Round(time.Millisecond)
		}
		return v.Round(10 * time.Microsecond)
	case float64:
		return fmt.Sprintf("%.3g", v)
	}
	return value
}
