package pace_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cordage-go/cordage/pace"
	"github.com/cordage-go/cordage/procore"
)

// short is Procore's policy with one window of a second, as the model has it.
func short() pace.Policy {
	p := procore.Pacing()
	p.Windows = []pace.Window{{Name: "second", Length: time.Second, Limit: 20}}
	return p
}

var kinds = []struct {
	name string
	make func(int, time.Duration) *counter
}{{"fixed", fixed}, {"sliding", sliding}}

// Alone, all of the allowance is used and nothing is refused, whether the
// platform counts in fixed spans or looks back, and whatever the way takes.
// Requests that pass each other on the way cost no more than a round trip, once
// per window.
func TestWholeAllowance(t *testing.T) {
	const n, callers, limit = 1000, 16, 100
	for _, kind := range kinds {
		for _, test := range []struct {
			trip   time.Duration
			jitter bool
			most   float64
		}{
			{5 * time.Millisecond, false, 1.005}, {20 * time.Millisecond, false, 1.005}, {100 * time.Millisecond, false, 1.005},
			{5 * time.Millisecond, true, 1.01}, {20 * time.Millisecond, true, 1.025}, {100 * time.Millisecond, true, 1.1},
		} {
			t.Run(fmt.Sprint(kind.name, " trip ", test.trip, " jitter ", test.jitter), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					way := steady(test.trip / 2)
					if test.jitter {
						way = jittery(test.trip/2, rand.New(rand.NewPCG(1, 2)))
					}
					p := &platform{windows: []*counter{kind.make(limit, time.Second)}}
					took := p.run(t, newPacer(t, short()), n, callers, way)
					best := optimum(n, callers, limit, time.Second, test.trip)
					if p.refused > 0 || float64(took) > test.most*float64(best) {
						t.Errorf("took %v, %.3f x the optimum %v, and %d were refused", took, float64(took)/float64(best), best, p.refused)
					}
				})
			})
		}
	}
}

// Beside a stranger that uses 30 % of the allowance, hardly anything is refused
// once it has been met, and what it leaves is used.
func TestStranger(t *testing.T) {
	const n, callers, limit, seeds = 1000, 16, 100, 5
	for _, kind := range kinds {
		for _, trip := range []time.Duration{5 * time.Millisecond, 20 * time.Millisecond, 100 * time.Millisecond} {
			for _, burst := range []bool{false, true} {
				t.Run(fmt.Sprint(kind.name, " trip ", trip, " burst ", burst), func(t *testing.T) {
					refused := 0
					var took time.Duration
					for seed := range uint64(seeds) {
						synctest.Test(t, func(t *testing.T) {
							p := &platform{windows: []*counter{kind.make(limit, time.Second)}}
							ctx, stop := context.WithCancel(t.Context())
							go p.stranger(ctx, 30, time.Second, burst, rand.New(rand.NewPCG(seed, 2)))
							took += p.run(t, newPacer(t, short()), n, callers, jittery(trip/2, rand.New(rand.NewPCG(seed, 3)))) / seeds
							refused += p.refused
							stop()
							time.Sleep(time.Second) // lets the stranger end
						})
					}
					t.Logf("%v on average, %d of %d refused", took, refused, seeds*n)
					if refused > seeds*n/50 {
						t.Errorf("%d of %d were refused, want 2 %% at most", refused, seeds*n)
					}
					if most := 30 * time.Second; took > most { // 70 a second would be 14.3 s
						t.Errorf("took %v, want at most %v", took, most)
					}
				})
			}
		}
	}
}

// The limit that the platform states counts from the answer on, up or down.
func TestLimitChanges(t *testing.T) {
	for _, kind := range kinds {
		t.Run(kind.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				window := kind.make(100, time.Second)
				p := &platform{windows: []*counter{window}}
				pacer := newPacer(t, short())
				p.run(t, pacer, 300, 16, steady(5*time.Millisecond))
				p.mu.Lock()
				window.limit = 400
				p.mu.Unlock()
				if took := p.run(t, pacer, 1600, 16, steady(5*time.Millisecond)); took > 5300*time.Millisecond {
					t.Errorf("1,600 requests took %v after the limit had risen to 400", took)
				}
				if p.refused > 0 {
					t.Errorf("%d were refused", p.refused)
				}
				p.mu.Lock()
				window.limit = 50
				p.mu.Unlock()
				took := p.run(t, pacer, 200, 16, steady(5*time.Millisecond))
				if p.refused > 16 || took > 8*time.Second { // those that were on their way
					t.Errorf("200 requests took %v and %d were refused after the limit had sunk to 50", took, p.refused)
				}
			})
		})
	}
}

// Without a word of the platform the assumed limit holds.
func TestSilentPlatform(t *testing.T) {
	for _, kind := range kinds {
		t.Run(kind.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := &platform{windows: []*counter{kind.make(20, time.Second)}, silent: true}
				took := p.run(t, newPacer(t, short()), 200, 16, jittery(10*time.Millisecond, rand.New(rand.NewPCG(1, 2))))
				if p.refused > 0 || took > 9500*time.Millisecond {
					t.Errorf("took %v, and %d were refused", took, p.refused)
				}
			})
		})
	}
}

// A reserve is left to others.
func TestReserve(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		policy := short()
		policy.Reserve = 0.25
		p := &platform{windows: []*counter{sliding(100, time.Second)}}
		pacer := newPacer(t, policy)
		took := p.run(t, pacer, 750, 16, steady(5*time.Millisecond))
		if took < 9*time.Second || took > 9200*time.Millisecond {
			t.Errorf("took %v, want 9s and what the last window takes", took)
		}
		if l := pacer.Limits("a").Windows[0]; l.Limit != 75 || !l.Stated {
			t.Errorf("limits %+v", l)
		}
	})
}

// Others may use what is left to them: that takes nothing from us.
func TestReserveBesideOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		policy := short()
		policy.Reserve = 0.5
		p := &platform{windows: []*counter{sliding(100, time.Second)}}
		ctx, stop := context.WithCancel(t.Context())
		go p.stranger(ctx, 40, time.Second, false, nil)
		if took := p.run(t, newPacer(t, policy), 500, 16, steady(5*time.Millisecond)); took > 10*time.Second || p.refused > 0 {
			t.Errorf("500 requests took %v, and %d were refused; want 50 a second", took, p.refused)
		}
		stop()
		time.Sleep(time.Second)
	})
}
