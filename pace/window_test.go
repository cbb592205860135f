package pace_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cordage-go/cordage/connector"
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
// once it has been met, and most of what it leaves is used.
func TestStranger(t *testing.T) {
	for _, kind := range kinds {
		for _, test := range []struct {
			trip    time.Duration
			burst   bool
			refused float64       // on average
			worst   int           // how many are refused with one seed
			took    time.Duration // on average; 70 a second would be 14.3 s
		}{
			{5 * time.Millisecond, false, 4, 16, 15 * time.Second},
			{20 * time.Millisecond, false, 4, 16, 15 * time.Second},
			{100 * time.Millisecond, false, 4, 16, 19 * time.Second},
			{5 * time.Millisecond, true, 6, 19, 18 * time.Second},
			{20 * time.Millisecond, true, 6, 19, 24 * time.Second},
			{100 * time.Millisecond, true, 16, 32, 32 * time.Second},
		} {
			t.Run(fmt.Sprint(kind.name, " trip ", test.trip, " burst ", test.burst), func(t *testing.T) {
				const seeds = 20
				var took time.Duration
				refused, worst := 0.0, 0
				for seed := range uint64(seeds) {
					one, n := besideStranger(t, kind.make, test.trip, test.burst, seed)
					took, refused, worst = took+one/seeds, refused+float64(n)/seeds, max(worst, n)
				}
				t.Logf("%v, %.0f %% of what is left to us, and %.1f refused on average, %d at worst", took, 100*1000/took.Seconds()/70, refused, worst)
				if refused > test.refused || worst > test.worst || took > test.took {
					t.Errorf("want at most %v and %v refused on average, %d at worst", test.took, test.refused, test.worst)
				}
			})
		}
	}
}

// besideStranger makes 1,000 requests beside a stranger that was there before.
func besideStranger(t *testing.T, kind func(int, time.Duration) *counter, trip time.Duration, burst bool, seed uint64) (took time.Duration, refused int) {
	synctest.Test(t, func(t *testing.T) {
		random := rand.New(rand.NewPCG(seed, 2))
		p := &platform{windows: []*counter{kind(100, time.Second)}}
		ctx, stop := context.WithCancel(t.Context())
		time.Sleep(time.Duration(random.Int64N(int64(time.Second)))) // resets are told in whole seconds
		go p.stranger(ctx, 30, time.Second, burst, rand.New(rand.NewPCG(seed, 3)))
		time.Sleep(time.Second + time.Duration(random.Int64N(int64(time.Second))))
		took = p.run(t, newPacer(t, short()), 1000, 16, jittery(trip/2, random))
		refused = p.refused
		stop()
		time.Sleep(time.Second) // lets the stranger end
	})
	return took, refused
}

// Beside a stranger, answers that tell of another window do not make requests
// wait for each other.
func TestStrangerInAWindowNotToldOf(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hour := fixed(8000, time.Hour)
		p := &platform{windows: []*counter{sliding(100, time.Second), hour}}
		p.intrude(1)
		hour.counted = make([]time.Time, 4000) // so that answers tell of it until half of the second is used
		policy := short()
		policy.Windows = append(policy.Windows, pace.Window{Name: "hour", Length: time.Hour, Limit: 3_600})
		ctx, stop := context.WithCancel(t.Context())
		go p.stranger(ctx, 30, time.Second, false, nil)
		time.Sleep(1500 * time.Millisecond)
		took := p.run(t, newPacer(t, policy), 1000, 16, jittery(10*time.Millisecond, rand.New(rand.NewPCG(1, 3))))
		if took > 15*time.Second || p.refused > 0 { // 70 a second would be 14.3 s
			t.Errorf("took %v, and %d were refused", took, p.refused)
		}
		stop()
		time.Sleep(time.Second)
	})
}

// A request whose answer takes long holds nobody up beside a stranger.
func TestSlowAnswerBesideStranger(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &platform{windows: []*counter{fixed(1000, 10*time.Second)}}
		pacer := newPacer(t, procore.Pacing())
		p.intrude(300)
		p.run(t, pacer, 16, 4, steady(10*time.Millisecond))
		var slow sync.WaitGroup
		slow.Go(func() {
			p.call(t, pacer, &connector.Turn{Key: "a"}, steady(2*time.Second))
		})
		time.Sleep(500 * time.Millisecond)
		if took := p.run(t, pacer, 100, 4, steady(10*time.Millisecond)); took > time.Second {
			t.Errorf("took %v, want half a second", took)
		}
		slow.Wait()
	})
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
