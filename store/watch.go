package store

import (
	"context"
	"math/rand/v2"
	"time"
)

const (
	firstPause   = 10 * time.Millisecond
	longestPause = 250 * time.Millisecond
)

// A Watch looks at one record again and again and tells when it has stayed
// unchanged for a given time. That is how a waiter finds out that whoever last
// wrote the record has stopped: it needs no clock but its own monotonic one,
// and a writer that still works need only write again. [Lock] is built on it.
// A Watch is for one goroutine.
type Watch struct {
	store   Store
	key     string
	ttl     time.Duration
	pause   time.Duration // before the next look; 0 before the first
	version Version       // seen last; 0 if there was no record
	since   time.Time     // when version was seen first
	looked  time.Time     // when the last look ended
}

// NewWatch returns a watch of key for which a record is stale once it has
// stayed unchanged for ttl.
func NewWatch(s Store, key string, ttl time.Duration) *Watch {
	return &Watch{store: s, key: key, ttl: ttl}
}

// Next reads the record: at once the first time, and after a growing pause of
// at most a quarter of a second each time after. stale says that this watch
// has seen the same version for its whole ttl. A watch that was itself held up
// for long (a stopped process, a sleeping machine) begins anew, because the
// record's writer may have been held up with it. The error wraps
// [ErrNotFound] if there is no record, and is ctx's when that ends first.
func (w *Watch) Next(ctx context.Context) (r Record, stale bool, err error) {
	if err := w.rest(ctx); err != nil {
		return Record{}, false, err
	}
	asked := time.Now()
	r, err = w.store.Get(ctx, w.key)
	if r.Version != w.version || asked.Sub(w.looked) > w.ttl/2+longestPause {
		w.version, w.since = r.Version, time.Now()
	}
	w.looked = time.Now()
	if err != nil {
		return Record{}, false, err
	}
	return r, asked.Sub(w.since) >= w.ttl, nil
}

func (w *Watch) rest(ctx context.Context) error {
	if w.pause == 0 {
		w.pause = firstPause
		return ctx.Err()
	}
	timer := time.NewTimer(w.pause/2 + rand.N(w.pause/2))
	defer timer.Stop()
	w.pause = min(2*w.pause, longestPause)
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
