package pace_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"runtime"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/pace"
)

// inSeconds reads a pause from a header of whole seconds.
func inSeconds(_ int, h http.Header) pace.Reading {
	n, _ := strconv.Atoi(h.Get("Pause"))
	return pace.Reading{Pause: time.Duration(n) * time.Second}
}

// paced returns a pacer that assumes a limit.
func paced(t testing.TB, limit int, length time.Duration) *pace.Pacer {
	return newPacer(t, pace.Policy{Windows: []pace.Window{{Name: "window", Length: length, Limit: limit}}, Read: inSeconds})
}

// of is a turn of a key.
func of(key string) *connector.Turn { return &connector.Turn{Key: key} }

// wait asks for a turn, whose answer comes at once, and returns how long it took.
func wait(p *pace.Pacer, ctx context.Context, key string, most time.Duration) (time.Duration, error) {
	t := &connector.Turn{Key: key, MaxWait: most}
	err := p.Wait(ctx, t)
	if err == nil {
		p.Observe(t, http.StatusOK, nil)
	}
	return t.Waited, err
}

func pause(seconds string) http.Header { return http.Header{"Pause": {seconds}} }

func TestBurstThenSteady(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPacer(t, pace.Policy{Windows: []pace.Window{{Name: "minute", Length: time.Minute, Limit: 123, Burst: 3}}, Read: inSeconds})
		begun := time.Now()
		for i, want := range []time.Duration{0, 0, 0, 500 * time.Millisecond, time.Second, 1500 * time.Millisecond} {
			if _, err := wait(p, t.Context(), "a", time.Minute); err != nil {
				t.Fatal(err)
			}
			if left := time.Since(begun); left != want {
				t.Errorf("request %d left at %v, want %v", i, left, want)
			}
		}
	})
}

func TestWaitSaysHowLongItTook(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := paced(t, 1, time.Second)
		if waited, err := wait(p, t.Context(), "a", 0); waited != 0 || err != nil {
			t.Fatalf("a free place took %v, %v", waited, err)
		}
		if waited, err := wait(p, t.Context(), "a", time.Minute); waited != 1002*time.Millisecond || err != nil {
			t.Fatalf("the second took %v, %v, want a second and its safety", waited, err)
		}
	})
}

func TestKeysAreApart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := paced(t, 1, time.Second)
		p.Observe(of("a"), 429, pause("30"))
		if waited, err := wait(p, t.Context(), "b", time.Minute); waited != 0 || err != nil {
			t.Fatalf("another key waited %v, %v", waited, err)
		}
		if waited, _ := wait(p, t.Context(), "a", time.Minute); waited.Round(time.Millisecond) != 30*time.Second {
			t.Fatalf("the paused key waited %v, want 30s", waited)
		}
	})
}

// One caller's pause holds all callers of the key, and those leave spread out.
func TestGateHoldsAllAndSpreadsThem(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := paced(t, 10, time.Second)
		p.Observe(of("a"), 429, pause("7"))
		begun := time.Now()
		var mu sync.Mutex
		var early, atOnce int
		var all sync.WaitGroup
		for range 50 {
			all.Go(func() {
				if _, err := wait(p, t.Context(), "a", time.Minute); err != nil {
					t.Error(err)
				}
				mu.Lock()
				defer mu.Unlock()
				switch since := time.Since(begun); {
				case since < 7*time.Second:
					early++
				case since < 7*time.Second+50*time.Millisecond:
					atOnce++
				}
			})
		}
		all.Wait()
		if early != 0 || atOnce > 6 {
			t.Errorf("%d left before the pause ended and %d at once after it; want 0 and at most 6", early, atOnce)
		}
		if took := time.Since(begun); took > 12100*time.Millisecond {
			t.Errorf("all had left after %v, want 7s and 5s", took)
		}
	})
}

// A gate that closes while a caller waits holds it again.
func TestGateClosesMeanwhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := paced(t, 1, time.Second)
		_, _ = wait(p, t.Context(), "a", 0)
		begun := time.Now()
		go func() {
			time.Sleep(500 * time.Millisecond)
			p.Observe(of("a"), 429, pause("10"))
		}()
		if _, err := wait(p, t.Context(), "a", time.Minute); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(begun); took < 10*time.Second+400*time.Millisecond {
			t.Errorf("left after %v, inside the pause", took)
		}
	})
}

func TestShorterPauseDoesNotOpenTheGate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := paced(t, 1, time.Second)
		p.Observe(of("a"), 429, pause("30"))
		p.Observe(of("a"), 429, pause("1"))
		p.Observe(of("a"), 200, nil)
		if waited, _ := wait(p, t.Context(), "a", time.Minute); waited.Round(time.Millisecond) != 30*time.Second {
			t.Errorf("waited %v, want 30s", waited)
		}
	})
}

// A pause counts where the platform refuses, whatever else its answers say.
func TestPauseOnSuccess(t *testing.T) {
	for status, want := range map[int]time.Duration{200: 0, 202: 0, 404: 0, 503: 30 * time.Second} {
		synctest.Test(t, func(t *testing.T) {
			p := paced(t, 10, time.Second)
			answered(t, p, status, pause("30"))
			if waited := next(t, p); waited != want {
				t.Errorf("after a pause in a %d the next waited %v, want %v", status, waited, want)
			}
		})
	}
}

// A reset in the wrong unit, or far in the future, does not stop a program for good.
func TestAbsurdPauseEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := paced(t, 1, time.Second)
		p.Observe(of("a"), 429, pause("2000000000"))
		_, err := wait(p, t.Context(), "a", time.Hour)
		if e, ok := connector.AsError(err); !ok || e.RetryAfter != 24*time.Hour {
			t.Errorf("got %v, want a wait of a day", err)
		}
		time.Sleep(24 * time.Hour)
		if _, err := wait(p, t.Context(), "a", time.Hour); err != nil {
			t.Error(err)
		}
	})
}

func TestTooLongFailsAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := paced(t, 1, time.Second)
		p.Observe(of("a"), 429, pause("3600"))
		begun := time.Now()
		_, err := wait(p, t.Context(), "a", time.Minute)
		e, ok := connector.AsError(err)
		if !ok || e.Kind != connector.RateLimited || e.RetryAfter != time.Hour || e.Remedy == "" {
			t.Errorf("got %+v, want rate limited with an hour in it", err)
		}
		if errors.Is(err, context.DeadlineExceeded) {
			t.Error("a limit of ours is not the context's deadline")
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err = wait(p, ctx, "a", 2*time.Hour)
		if !errors.Is(err, connector.RateLimited) || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v, want rate limited and deadline exceeded", err)
		}
		if time.Since(begun) != 0 {
			t.Errorf("the failures took %v", time.Since(begun))
		}
	})
}

// Callers that would not wait must not make others wait.
func TestImpatientCallersTakeNoPlace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := paced(t, 1, time.Second)
		_, _ = wait(p, t.Context(), "a", 0)
		var all sync.WaitGroup
		for range 1000 {
			all.Go(func() {
				if _, err := wait(p, t.Context(), "a", 0); !errors.Is(err, connector.RateLimited) {
					t.Errorf("got %v, want rate limited", err)
				}
			})
		}
		all.Wait()
		if waited, err := wait(p, t.Context(), "a", time.Minute); err != nil || waited > 1100*time.Millisecond {
			t.Errorf("a patient caller waited %v, %v; want one second", waited, err)
		}
	})
}

func TestLeavesOnCancel(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := paced(t, 1, time.Second)
		_, _ = wait(p, t.Context(), "a", 0)
		reason := errors.New("enough")
		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(100*time.Millisecond, func() { cancel(reason) })
		begun := time.Now()
		if _, err := wait(p, ctx, "a", time.Minute); !errors.Is(err, reason) {
			t.Errorf("got %v, want the cause", err)
		}
		if took := time.Since(begun); took > 150*time.Millisecond {
			t.Errorf("left after %v", took)
		}
		if waited, _ := wait(p, t.Context(), "a", time.Minute); waited > 1002*time.Millisecond {
			t.Errorf("the next waited %v: the place was not given back", waited)
		}
		ended, stop := context.WithCancel(t.Context())
		stop()
		if _, err := wait(p, ended, "b", time.Minute); !errors.Is(err, context.Canceled) {
			t.Errorf("an ended context got %v", err)
		}
	})
}

// A key that nobody uses is forgotten; one with a pause is not.
func TestManyKeys(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := paced(t, 1, time.Second)
		p.Observe(of("paused"), 429, pause("3600"))
		for i := range 10_000 {
			_, _ = wait(p, t.Context(), fmt.Sprint(i), 0)
		}
		time.Sleep(2 * time.Second)
		for i := range 10_000 {
			if _, err := wait(p, t.Context(), fmt.Sprint("second", i), 0); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := wait(p, t.Context(), "paused", time.Minute); !errors.Is(err, connector.RateLimited) {
			t.Errorf("the pause was forgotten: %v", err)
		}
	})
}

// Accounts come and go: what is remembered of 100,000 of them does not add up.
func TestIdleKeysTakeNoMemory(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := paced(t, 1, time.Second)
		before := heap()
		for i := range 100_000 {
			if _, err := wait(p, t.Context(), fmt.Sprint("account-", i), 0); err != nil {
				t.Fatal(err)
			}
			time.Sleep(10 * time.Millisecond) // so that a hundred are in use at a time
		}
		if after := heap(); after > before+1<<20 {
			t.Errorf("the keys take %d bytes", after-before)
		}
		runtime.KeepAlive(p)
	})
}

func heap() uint64 {
	var m runtime.MemStats
	for range 3 {
		runtime.GC()
	}
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

func TestNewRefusesNonsense(t *testing.T) {
	day := pace.Window{Name: "day", Length: 24 * time.Hour}
	second := pace.Window{Name: "second", Length: time.Second}
	for name, p := range map[string]pace.Policy{
		"no name":           {Windows: []pace.Window{{Length: time.Second}}, Read: inSeconds},
		"no reader":         {Windows: []pace.Window{second}},
		"no window":         {Read: inSeconds},
		"too many windows":  {Windows: []pace.Window{second, day, day, day}, Read: inSeconds},
		"longest first":     {Windows: []pace.Window{day, second}, Read: inSeconds},
		"two alike":         {Windows: []pace.Window{day, day}, Read: inSeconds},
		"no length":         {Windows: []pace.Window{{Name: "one"}}, Read: inSeconds},
		"an age":            {Windows: []pace.Window{{Name: "age", Length: math.MaxInt64}}, Read: inSeconds},
		"a negative limit":  {Windows: []pace.Window{{Name: "one", Length: time.Second, Limit: -1}}, Read: inSeconds},
		"a negative burst":  {Windows: []pace.Window{{Name: "one", Length: time.Second, Burst: -1}}, Read: inSeconds},
		"too large a burst": {Windows: []pace.Window{{Name: "one", Length: time.Second, Limit: 1, Burst: 2}}, Read: inSeconds},
		"all in reserve":    {Windows: []pace.Window{second}, Read: inSeconds, Reserve: 1},
		"less than nothing": {Windows: []pace.Window{second}, Read: inSeconds, Reserve: -0.1},
		"no number":         {Windows: []pace.Window{second}, Read: inSeconds, Reserve: math.NaN()},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := pace.New(p); err == nil {
				t.Error("no error")
			}
		})
	}
}

func TestConcurrentUse(t *testing.T) {
	p := paced(t, 1000, time.Millisecond)
	var all sync.WaitGroup
	for i := range 20 {
		all.Go(func() {
			for range 100 {
				_, _ = wait(p, t.Context(), strconv.Itoa(i%3), time.Second)
				p.Observe(of(strconv.Itoa(i%3)), 200, nil)
			}
		})
	}
	all.Wait()
}
