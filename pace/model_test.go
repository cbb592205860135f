package pace_test

import (
	"context"
	"math/rand/v2"
	"net/http"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/pace"
)

// A platform is a model of one that limits requests and tells so as Procore
// does: by the window that is nearer to its end. It lives on fake time.
type platform struct {
	mu      sync.Mutex
	windows []*counter
	silent  bool          // tells nothing
	offset  time.Duration // how far its clock is ahead of ours

	served, refused int // of ours
}

// A counter is one limit of a platform.
type counter struct {
	length  time.Duration
	limit   int
	sliding bool
	counted []time.Time // requests that count
	begun   time.Time   // the fixed span
}

func fixed(limit int, length time.Duration) *counter { return &counter{limit: limit, length: length} }

func sliding(limit int, length time.Duration) *counter {
	return &counter{limit: limit, length: length, sliding: true}
}

// settle forgets what does not count any more.
func (c *counter) settle(now time.Time) {
	if !c.sliding {
		if now.Sub(c.begun) >= c.length {
			c.begun, c.counted = now, nil
		}
		return
	}
	for len(c.counted) > 0 && now.Sub(c.counted[0]) >= c.length {
		c.counted = c.counted[1:]
	}
}

func (c *counter) remaining() int { return max(0, c.limit-len(c.counted)) }

// reset is when the span ends, or when the next request drops out.
func (c *counter) reset() time.Time {
	if !c.sliding || len(c.counted) == 0 {
		return c.begun.Add(c.length)
	}
	return c.counted[0].Add(c.length)
}

// take counts a request and reports whether it is let through. One that is
// refused does not count.
func (p *platform) take() bool {
	now, ok := time.Now(), true
	for _, w := range p.windows {
		w.settle(now)
		ok = ok && len(w.counted) < w.limit
	}
	for _, w := range p.windows {
		if ok {
			w.counted = append(w.counted, now)
		}
	}
	return ok
}

// serve answers one of our requests.
func (p *platform) serve() (int, http.Header) {
	p.mu.Lock()
	defer p.mu.Unlock()
	h := http.Header{}
	status := http.StatusOK
	if p.take() {
		p.served++
	} else {
		p.refused++
		status = http.StatusTooManyRequests
	}
	if p.silent {
		return status, h
	}
	nearest := p.windows[0]
	for _, w := range p.windows[1:] {
		if w.remaining()*nearest.limit < nearest.remaining()*w.limit {
			nearest = w
		}
	}
	h.Set("Date", time.Now().Add(p.offset).UTC().Format(http.TimeFormat))
	h.Set("X-Rate-Limit-Limit", strconv.Itoa(nearest.limit))
	h.Set("X-Rate-Limit-Remaining", strconv.Itoa(nearest.remaining()))
	h.Set("X-Rate-Limit-Reset", strconv.FormatInt(nearest.reset().Add(p.offset+time.Second-1).Unix(), 10))
	return status, h
}

// stranger uses the platform too: n requests per interval, evenly or at once,
// until ctx ends.
func (p *platform) stranger(ctx context.Context, n int, interval time.Duration, burst bool, random *rand.Rand) {
	at := time.Now()
	for ctx.Err() == nil {
		if !burst {
			p.intrude(1)
			time.Sleep(interval / time.Duration(n))
			continue
		}
		when := time.Duration(random.Int64N(int64(interval)))
		time.Sleep(time.Until(at.Add(when)))
		p.intrude(n)
		at = at.Add(interval)
		time.Sleep(time.Until(at))
	}
}

// intrude is n requests of somebody else at once. Those that are refused are
// not tried again.
func (p *platform) intrude(n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for range n {
		p.take()
	}
}

// A way is how long a request and its answer travel, each.
type way func() time.Duration

func steady(d time.Duration) way { return func() time.Duration { return d } }

// jittery ways are some halves longer or shorter.
func jittery(d time.Duration, random *rand.Rand) way {
	var mu sync.Mutex
	return func() time.Duration {
		mu.Lock()
		defer mu.Unlock()
		return d/2 + time.Duration(random.Int64N(int64(d)))
	}
}

// call sends one request and reports its status.
func (p *platform) call(t *testing.T, pacer *pace.Pacer, turn *connector.Turn, way way) int {
	if err := pacer.Wait(t.Context(), turn); err != nil {
		t.Error(err)
		return 0
	}
	time.Sleep(way())
	status, header := p.serve()
	time.Sleep(way())
	pacer.Observe(turn, status, header)
	return status
}

// run lets callers make n successful requests in all and returns how long that
// took.
func (p *platform) run(t *testing.T, pacer *pace.Pacer, n, callers int, way way) time.Duration {
	began := time.Now()
	jobs := make(chan struct{}, n)
	for range n {
		jobs <- struct{}{}
	}
	close(jobs)
	var all sync.WaitGroup
	for range callers {
		all.Go(func() {
			for range jobs {
				for p.call(t, pacer, &connector.Turn{Key: "a", MaxWait: time.Hour}, way) != http.StatusOK {
					if t.Failed() {
						return
					}
				}
			}
		})
	}
	all.Wait()
	return time.Since(began)
}

// optimum is the least time in which callers can make n requests at all.
func optimum(n, callers, limit int, length, trip time.Duration) time.Duration {
	full := (n - 1) / limit
	rest := n - full*limit
	return time.Duration(full)*length + time.Duration((rest+callers-1)/callers)*trip
}

func newPacer(t testing.TB, p pace.Policy) *pace.Pacer {
	t.Helper()
	pacer, err := pace.New(p)
	if err != nil {
		t.Fatal(err)
	}
	return pacer
}
