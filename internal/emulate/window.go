package emulate

import (
	"maps"
	"sync"
	"time"
)

// maxSpans is when a window begins to forget the keys whose span has ended.
const maxSpans = 1000

// A Window counts requests per key and says when there were too many, in fixed
// spans of time or looking back from each request. It is safe for concurrent
// use.
type Window struct {
	length  time.Duration
	aligned bool
	sliding bool

	mu    sync.Mutex
	limit int
	spans map[string]*span
}

// A span is what is counted of one key.
type span struct {
	start time.Time
	used  int
	times []time.Time // of a sliding window, oldest first
}

// A Quota is what a window says of one request.
type Quota struct {
	Limit     int
	Remaining int       // requests that may still come in this span
	Reset     time.Time // when the span ends; in a sliding window, when the oldest request drops out
	Over      bool      // the request is one too many
}

// NewWindow returns a window that lets limit requests of a key through in each
// span. A span begins with the first request after the last one ended, so that
// tests need not know the time of day.
func NewWindow(limit int, length time.Duration) *Window {
	return &Window{length: length, limit: limit, spans: map[string]*span{}}
}

// NewAlignedWindow is like [NewWindow] with spans that begin at whole multiples
// of length in UTC: a day at midnight, an hour at its first minute.
func NewAlignedWindow(limit int, length time.Duration) *Window {
	w := NewWindow(limit, length)
	w.aligned = true
	return w
}

// NewSlidingWindow returns a window that lets limit requests of a key through
// in any stretch of length. Those that were refused do not count, so whoever
// waits until Reset is let through.
func NewSlidingWindow(limit int, length time.Duration) *Window {
	w := NewWindow(limit, length)
	w.sliding = true
	return w
}

// SetLimit changes the limit; what was counted stays counted.
func (w *Window) SetLimit(limit int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.limit = limit
}

// Count counts one request of key.
func (w *Window) Count(key string) Quota {
	w.mu.Lock()
	defer w.mu.Unlock()
	now := time.Now()
	s := w.span(key, now)
	over := s.used >= w.limit
	if w.sliding && !over {
		s.times = append(s.times, now)
	}
	if !w.sliding || !over {
		s.used++
	}
	return Quota{Limit: w.limit, Remaining: max(w.limit-s.used, 0), Reset: w.reset(s), Over: over}
}

// reset is when something becomes free.
func (w *Window) reset(s *span) time.Time {
	if len(s.times) > 0 {
		return s.times[0].Add(w.length)
	}
	return s.start.Add(w.length)
}

// Wait is how long the span goes on, rounded up to whole seconds so that
// whoever waits that long does not come too early.
func (q Quota) Wait() time.Duration {
	return (time.Until(q.Reset) + time.Second - 1).Truncate(time.Second)
}

// span returns what counts of a key now.
func (w *Window) span(key string, now time.Time) *span {
	s := w.spans[key]
	if s != nil && w.lasts(s, now) {
		return s
	}
	start := now
	if w.aligned {
		start = now.UTC().Truncate(w.length)
	}
	if len(w.spans) >= maxSpans {
		maps.DeleteFunc(w.spans, func(_ string, s *span) bool { return !w.lasts(s, now) })
	}
	s = &span{start: start}
	w.spans[key] = s
	return s
}

// lasts reports whether a span still counts. That of a sliding window forgets
// what has dropped out.
func (w *Window) lasts(s *span, now time.Time) bool {
	if !w.sliding {
		return now.Before(s.start.Add(w.length))
	}
	old := 0
	for old < len(s.times) && !now.Before(s.times[old].Add(w.length)) {
		old++
	}
	s.times = s.times[old:]
	s.used = len(s.times)
	return s.used > 0
}
