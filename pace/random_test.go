package pace_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/pace"
)

// A wild platform is random: what it allows, how it counts, and what goes wrong.
type wild struct {
	*platform
	mu     sync.Mutex
	chance *rand.Rand
	length time.Duration // of its shortest window
}

func newWild(seed uint64) (*wild, pace.Policy) {
	chance := rand.New(rand.NewPCG(seed, 11))
	w := &wild{platform: &platform{}, chance: chance, length: []time.Duration{time.Second, 2 * time.Second, 10 * time.Second}[chance.IntN(3)]}
	limit := 1 + chance.IntN(100)
	policy := short()
	policy.Windows[0].Length, policy.Windows[0].Limit = w.length, 1+chance.IntN(limit)
	w.windows = []*counter{kinds[chance.IntN(2)].make(limit, w.length)}
	if chance.IntN(2) == 0 {
		policy.Windows = append(policy.Windows, pace.Window{Name: "hour", Length: time.Hour, Limit: 3_600})
		w.windows = append(w.windows, kinds[chance.IntN(2)].make(max(100*limit, 20_000), time.Hour))
	}
	w.offset = time.Duration(w.below(1200)-600) * time.Second
	return w, policy
}

func (w *wild) below(n int) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.chance.IntN(n)
}

func (w *wild) within(d time.Duration) time.Duration { return time.Duration(w.below(int(d))) }

// trip is a short one beside the window.
func (w *wild) trip() time.Duration { return time.Millisecond + w.length/200 }

func (w *wild) limit() int { return w.windows[0].limit }

// change gives the shortest window another limit, down to 1 and up to a
// hundredfold.
func (w *wild) change() {
	factor := []int{0, 1, 2, 100}[w.below(4)]
	w.platform.mu.Lock()
	defer w.platform.mu.Unlock()
	w.windows[0].limit = min(max(1, w.windows[0].limit*factor), 1000)
}

// misbehave makes one call in one of many bad ways.
func (w *wild) misbehave(t *testing.T, p *pace.Pacer) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	if w.below(3) == 0 {
		defer time.AfterFunc(w.within(2*w.length), cancel).Stop()
	}
	turn := &connector.Turn{Key: "a", Account: fmt.Sprint(w.below(3)), MaxWait: w.within(3 * w.length)}
	begun := time.Now()
	err := p.Wait(ctx, turn)
	if took := time.Since(begun); took > turn.MaxWait {
		t.Errorf("a call that allows %v was let go after %v: %v", turn.MaxWait, took, err)
	}
	if err != nil {
		return
	}
	time.Sleep(w.within(w.length / 4))
	status, h := w.serve()
	switch what := w.below(20); {
	case what == 0:
		return // nobody ever hears how it ended
	case what == 1:
		status, h = 0, nil
	case what == 2:
		status, h = http.StatusBadGateway, http.Header{}
	case what == 3:
		status, h = http.StatusServiceUnavailable, header("Retry-After", fmt.Sprint(w.below(20)))
	case what == 4:
		status, h = http.StatusTooManyRequests, http.Header{}
	case what == 5:
		time.Sleep(w.within(3 * w.length))
	case what < 8 && len(w.windows) == 1 && status == http.StatusOK:
		w.lie(h)
	}
	time.Sleep(w.within(w.length / 4))
	p.Observe(turn, status, h)
	w.check(t, p.Limits("a"))
}

// lie puts nonsense into headers.
func (w *wild) lie(h http.Header) {
	number := func() string { return strconv.Itoa([]int{-1, 0, 1, 7, w.below(1000), 1 << 40, 1 << 60}[w.below(7)]) }
	h.Set("X-Rate-Limit-Limit", number())
	h.Set("X-Rate-Limit-Remaining", number())
	h.Set("X-Rate-Limit-Reset", number())
	if w.below(2) == 0 {
		h.Set("X-Rate-Limit-Reset", fmt.Sprint(time.Now().Add(w.within(400*24*time.Hour)).UnixMilli()))
		h.Del("Date")
	}
}

func (w *wild) check(t *testing.T, l pace.Limits) {
	for _, one := range l.Windows {
		if one.Limit < 0 || one.Remaining < 0 || one.Remaining > one.Limit || !one.Reset.IsZero() && time.Until(one.Reset) > one.Length+2*time.Second {
			t.Errorf("limits %+v", one)
		}
	}
}

// Alone with a platform that keeps its word, nothing is refused and nearly all
// is used. Whatever went wrong before, every call is served or told in time;
// those that are patient are served though nobody else calls any more; and then
// the allowance is used again.
func TestAtRandom(t *testing.T) {
	for seed := range uint64(200) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				w, policy := newWild(seed)
				p := newPacer(t, policy)
				w.useAll(t, p)
				w.rage(t, p)
				w.useAll(t, p)
			})
		})
	}
}

// useAll makes as many calls as five windows hold.
func (w *wild) useAll(t *testing.T, p *pace.Pacer) {
	t.Helper()
	callers := 2 + w.limit()/20
	w.run(t, p, 1, 1, steady(w.trip()/2)) // tells the limits
	time.Sleep(w.length + w.length/100)
	refused, n := w.refused, 5*w.limit()
	took := w.run(t, p, n, callers, steady(w.trip()/2))
	if best := optimum(n, callers, w.limit(), w.length, w.trip()); float64(took) > 1.05*float64(best) || w.refused > refused {
		t.Errorf("%d in %v took %v for %d, and %d were refused; %v is possible", w.limit(), w.length, took, n, w.refused-refused, best)
	}
}

// rage is a bad day: callers of all sorts, strangers, limits that change. Then
// a few patient callers are left.
func (w *wild) rage(t *testing.T, p *pace.Pacer) {
	var hasty, patient sync.WaitGroup
	ctx, stop := context.WithCancel(t.Context())
	for range 1 + w.below(40) {
		hasty.Go(func() {
			for ctx.Err() == nil {
				w.misbehave(t, p)
				time.Sleep(time.Millisecond + w.within(w.length/8))
			}
		})
	}
	hasty.Go(func() { w.stranger(ctx, 1+w.below(w.limit()), w.length, false, nil) })
	for range 10 {
		time.Sleep(w.within(2 * w.length))
		w.change()
	}
	for range 5 {
		patient.Go(func() {
			turn := &connector.Turn{Key: "a", Account: "patient", MaxWait: 24 * time.Hour}
			if err := p.Wait(t.Context(), turn); err != nil || turn.Waited > 5*time.Minute {
				t.Errorf("a patient call waited %v: %v", turn.Waited, err)
			} // and is never answered
		})
	}
	stop()
	hasty.Wait()
	patient.Wait()
	time.Sleep(2 * time.Hour)
}
