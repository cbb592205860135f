package emulate

import (
	"maps"
	"sync"
	"time"
)

// maxSpans is when a window begins to forget the keys whose span has ended.
const maxSpans = 1000

// A Window counts requests per key in spans of time and says when there were
// too many. It is safe for concurrent use.
type Window struct {
	length  time.Duration
	aligned bool

	mu    sync.Mutex
	limit int
	spans map[string]*span
}

type span struct {
	start time.Time
	used  int
}

// A Quota is what a window says of one request.
type Quota struct {
	Limit     int
	Remaining int       // requests that may still come in this span
	Reset     time.Time // when the span ends
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
	s := w.span(key)
	s.used++
	return Quota{
		Limit: w.limit, Remaining: max(w.limit-s.used, 0), Reset: s.start.Add(w.length), Over: s.used > w.limit,
	}
}

// Wait is how long the span goes on, rounded up to whole seconds so that
// whoever waits that long does not come too early.
func (q Quota) Wait() time.Duration {
	return (time.Until(q.Reset) + time.Second - 1).Truncate(time.Second)
}

func (w *Window) span(key string) *span {
	now := time.Now()
	s := w.spans[key]
	if s != nil && now.Before(s.start.Add(w.length)) {
		return s
	}
	start := now
	if w.aligned {
		start = now.UTC().Truncate(w.length)
	}
	if len(w.spans) >= maxSpans {
		maps.DeleteFunc(w.spans, func(_ string, s *span) bool { return !now.Before(s.start.Add(w.length)) })
	}
	s = &span{start: start}
	w.spans[key] = s
	return s
}
