package pace

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"
)

// Random processes come, go, and crash, with random work. The checked store
// sees that the shares never sum to more than the whole.
func TestSharedAtRandom(t *testing.T) {
	for seed := range uint64(12) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				chance := rand.New(rand.NewPCG(seed, 5))
				w := newWorld(t, []time.Duration{time.Second, 2 * time.Second, 10 * time.Second}[chance.IntN(3)], 5+chance.IntN(200))
				w.policy.Windows[0].Limit = 1 + chance.IntN(w.limit)
				var running []*worker
				var told errorList
				for i := range 30 {
					switch what := chance.IntN(10); {
					case what < 5 && len(running) < 6 || len(running) == 0:
						p := w.processWith(fmt.Sprint("p", i), &SharedOptions{OnError: told.add})
						p.work(4+chance.IntN(12), 0)
						running = append(running, p)
					case what < 6:
						running[0].end()
						running = running[1:]
					case what < 7:
						running[0].crash()
						running = running[1:]
					case what < 8:
						running[0].freeze()
					default:
						for _, p := range running {
							p.thaw()
						}
					}
					time.Sleep(time.Duration(chance.Int64N(int64(w.length))))
				}
				for _, p := range running {
					p.thaw()
				}
				from := w.now() + 3*w.length
				time.Sleep(6 * w.length)
				if n := w.count("", 200, from, from+3*w.length); len(running) > 0 && w.limit >= 40 && 10*n < 3*w.limit*8 {
					t.Errorf("%d processes used %d of %d", len(running), n, 3*w.limit)
				}
				for _, p := range running {
					p.end()
				}
				// One that is stopped twice in a row takes that for trouble with the
				// store, and goes on alone for a moment.
				w.wantRefused(w.limit / 10 * len(told.all()))
			})
		})
	}
}
