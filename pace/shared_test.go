package pace

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/store"
)

// Four processes with uneven work take little longer than one that does it all,
// and nothing is refused. The work ends in the middle of a window.
func TestSharedUsesTheWholeLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, time.Second, 100)
		begun := time.Now()
		var all sync.WaitGroup
		for i, n := range []int{620, 465, 310, 155} {
			p := w.process(string(rune('a' + i)))
			p.work(8+i, n)
			all.Go(func() { p.all.Wait(); p.end() })
		}
		all.Wait()
		if took := time.Since(begun); took > 16200*time.Millisecond {
			t.Errorf("1,550 requests took %v, and 15 s are the least", took)
		}
		w.wantRefused(0)
	})
}

// One that could use nearly all of the limit gets what three that need little
// leave, and these are not held up by it.
func TestSharedUnequalDemand(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, time.Second, 100)
		var all []*worker
		for i := range 4 {
			p := w.process(string(rune('a' + i)))
			all = append(all, p)
			if i == 0 {
				p.work(16, 0)
			} else {
				p.workEvery(300 * time.Millisecond)
			}
		}
		time.Sleep(10 * time.Second)
		for _, p := range all {
			p.end()
		}
		if n := w.count("a", 200, 3*time.Second, 10*time.Second); n < 7*85 {
			t.Errorf("the busy process had %d requests in 7 s, and 90 a second were left to it", n)
		}
		for _, name := range []string{"b", "c", "d"} {
			if n := w.count(name, 200, 3*time.Second, 10*time.Second); n < 7*3-2 {
				t.Errorf("process %s had %d requests in 7 s, and needs 3 a second", name, n)
			}
		}
		w.wantRefused(0)
	})
}

// A newcomer has its part within two windows; what a leaver had is in use again
// within two.
func TestSharedJoinAndLeave(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, time.Second, 100)
		a := w.process("a")
		a.work(16, 0)
		time.Sleep(5 * time.Second)
		b := w.process("b")
		b.work(16, 0)
		time.Sleep(5 * time.Second)
		b.end()
		time.Sleep(5 * time.Second)
		a.end()
		for name, least := range map[string]struct {
			process  string
			from, to time.Duration
			n        int
		}{
			"a, alone":           {"a", 1 * time.Second, 5 * time.Second, 390},
			"b, joined":          {"b", 7 * time.Second, 10 * time.Second, 120},
			"a, beside b":        {"a", 7 * time.Second, 10 * time.Second, 120},
			"a, after b's leave": {"a", 12 * time.Second, 15 * time.Second, 270},
		} {
			if n := w.count(least.process, 200, least.from, least.to); n < least.n {
				t.Errorf("%s: %d requests, want %d", name, n, least.n)
			}
		}
		w.wantRefused(0)
	})
}

// What a killed process had is in use again after one window and a quarter.
func TestSharedCrash(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, time.Second, 100)
		var all []*worker
		for i := range 4 {
			p := w.process(string(rune('a' + i)))
			p.work(12, 0)
			all = append(all, p)
		}
		time.Sleep(5 * time.Second)
		all[0].crash()
		time.Sleep(5 * time.Second)
		for _, p := range all[1:] {
			p.end()
		}
		if n := w.count("", 200, 6300*time.Millisecond, 9300*time.Millisecond); n < 290 {
			t.Errorf("3 processes had %d requests in 3 s, want 100 a second", n)
		}
		w.wantRefused(0)
	})
}

// A process that was stopped for long, and goes on without knowing, sends
// nothing before it has a share again.
func TestSharedStoppedAndContinued(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, time.Second, 100)
		var troubles []error
		a, b := w.process("a"), w.processWith("b", &SharedOptions{OnError: func(err error) { troubles = append(troubles, err) }})
		a.work(16, 0)
		b.work(16, 0)
		time.Sleep(5 * time.Second)
		b.freeze()
		time.Sleep(5 * time.Second)
		if n := w.count("a", 200, 7*time.Second, 10*time.Second); n < 290 {
			t.Errorf("beside a stopped process there were %d requests in 3 s, want 100 a second", n)
		}
		b.thaw()
		time.Sleep(5 * time.Second)
		a.end()
		b.end()
		if n := w.count("b", 200, 12*time.Second, 15*time.Second); n < 140 {
			t.Errorf("the continued process had %d requests in 3 s, want 50 a second", n)
		}
		if len(troubles) > 0 {
			t.Errorf("it took its own stop for trouble with the store: %v", troubles)
		}
		w.wantRefused(0)
	})
}

// More processes than requests in a window: all have their turn.
func TestSharedScarce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, time.Second, 3)
		var all []*worker
		for i := range 7 {
			p := w.process(string(rune('a' + i)))
			p.work(2, 0)
			all = append(all, p)
		}
		time.Sleep(60 * time.Second)
		for _, p := range all {
			p.end()
		}
		for i := range 7 {
			if n := w.count(string(rune('a'+i)), 200, 0, time.Hour); n < 10 {
				t.Errorf("process %c had %d of about 180 requests, want about 25", 'a'+i, n)
			}
		}
		if n := w.count("", 200, 0, time.Hour); n < 135 {
			t.Errorf("%d requests in 60 s, want 180", n)
		}
		w.wantRefused(0)
	})
}

// A process that has nothing to do does not use the store, and leaves nothing
// in it.
func TestSharedIdleCostsNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, time.Second, 100)
		p := w.process("a")
		defer p.end()
		if err := p.call("account"); err != nil {
			t.Fatal(err)
		}
		time.Sleep(3 * time.Second)
		before := w.records.calls()
		t.Logf("one request took %d calls of the store", before)
		time.Sleep(time.Hour)
		if n := w.records.calls() - before; n > 0 {
			t.Errorf("an idle hour took %d calls of the store", n)
		}
		for r := range w.records.Store.List(t.Context(), "") {
			t.Errorf("%s is left: %s", r.Key, r.Value)
		}
		p.pacer.mu.Lock()
		if n := len(p.pacer.seats); n > 0 {
			t.Errorf("%d seats are left", n)
		}
		p.pacer.mu.Unlock()
		if err := p.call("account"); err != nil { // it is as good as new
			t.Error(err)
		}
	})
}

// What many keys cost.
func TestSharedManyKeys(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, 10*time.Second, 100)
		p := w.process("a")
		const keys = 50
		var all sync.WaitGroup
		for i := range keys {
			all.Go(func() {
				for range 20 {
					if err := p.call(fmt.Sprint("tenant ", i)); err != nil {
						t.Error(err)
					}
					time.Sleep(time.Second)
				}
			})
		}
		all.Wait()
		perSecond := float64(w.records.calls()) / keys / w.now().Seconds()
		t.Logf("%.2f calls of the store a second for each key in use", perSecond)
		if perSecond > 2.5 {
			t.Errorf("%.2f calls of the store a second for each key in use, want 1.6, and half a one for the looks at the pauses", perSecond)
		}
		p.end()
	})
}

// A call that would wait too long fails at once, with the store or without.
func TestSharedImpatience(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, 10*time.Second, 10)
		p := w.process("a")
		defer p.end()
		for range 10 {
			if err := p.call("account"); err != nil {
				t.Fatal(err)
			}
		}
		begun := time.Now()
		err := p.pacer.Wait(t.Context(), &connector.Turn{Key: "account", MaxWait: time.Second})
		if e, ok := connector.AsError(err); !ok || e.Kind != connector.RateLimited || e.RetryAfter < 8*time.Second {
			t.Errorf("got %v, want RateLimited with the whole wait", err)
		}
		if took := time.Since(begun); took > 0 {
			t.Errorf("it took %v", took)
		}
		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(50*time.Millisecond, func() { cancel(errStore) })
		if err := p.pacer.Wait(ctx, &connector.Turn{Key: "account", MaxWait: time.Hour}); !errors.Is(err, errStore) {
			t.Errorf("got %v, want the cause", err)
		}
	})
}

// A process that rests may be asked for much at once: what it kept is no reason
// to turn calls away.
func TestSharedBurstAfterRest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, 10*time.Second, 100)
		p, other := w.process("a"), w.process("b")
		if err := errors.Join(p.call("account"), other.call("account")); err != nil {
			t.Fatal(err)
		}
		time.Sleep(6 * time.Second) // both rest now
		var all sync.WaitGroup
		for range 150 {
			all.Go(func() {
				if err := p.pacer.Wait(t.Context(), &connector.Turn{Key: "account", MaxWait: time.Minute}); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		p.end()
		other.end()
	})
}

// A process that needs little is not taken at its word when it suddenly needs
// much.
func TestSharedBurstOfASmallShare(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, 10*time.Second, 100)
		big, small := w.process("a"), w.process("b")
		big.work(16, 0)
		small.workEvery(time.Second)
		time.Sleep(35 * time.Second)
		var all sync.WaitGroup
		for range 150 {
			all.Go(func() {
				if err := small.pacer.Wait(t.Context(), &connector.Turn{Key: "account", MaxWait: time.Minute}); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		small.end()
		big.end()
	})
}

// After Close nothing leaves, no goroutine is left, and others go on at once.
func TestSharedClose(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, 10*time.Second, 100)
		a, b := w.process("a"), w.process("b")
		for range 40 {
			if err := a.call("account"); err != nil {
				t.Fatal(err)
			}
		}
		a.end()
		if err := a.pacer.Close(); err != nil {
			t.Errorf("the second Close: %v", err)
		}
		if err := a.pacer.Wait(t.Context(), &connector.Turn{Key: "account", MaxWait: time.Second}); !errors.Is(err, connector.Closed) {
			t.Errorf("after Close: %v", err)
		}
		begun := time.Now()
		for range 60 {
			if err := b.call("account"); err != nil {
				t.Fatal(err)
			}
		}
		if took := time.Since(begun); took > 2*time.Second {
			t.Errorf("what was left of the limit took %v", took)
		}
		b.end()
		w.wantRefused(0)
	})
}

func TestSharedRefusesNonsense(t *testing.T) {
	good := Policy{Windows: []Window{{Name: "short", Length: time.Second, Limit: 1}}, Read: readTest}
	for name, make := range map[string]func() (*SharedPacer, error){
		"no store":     func() (*SharedPacer, error) { return Shared(nil, "a", good, nil) },
		"no name":      func() (*SharedPacer, error) { return Shared(store.Memory(), "", good, nil) },
		"long name":    func() (*SharedPacer, error) { return Shared(store.Memory(), strings.Repeat("a", 65), good, nil) },
		"strange name": func() (*SharedPacer, error) { return Shared(store.Memory(), "\xff", good, nil) },
		"no policy":    func() (*SharedPacer, error) { return Shared(store.Memory(), "a", Policy{}, nil) },
	} {
		if p, err := make(); err == nil || p != nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// Any key of a pacer has a record of its own, under a key that every store
// takes.
func TestSharedKeys(t *testing.T) {
	seen := map[string]bool{}
	for _, key := range []string{"", "a", "A", "a/b", "a b", "../x", "\x00", "\xff\xfe", "ä", strings.Repeat("ä", 300), strings.Repeat("a", 300), strings.Repeat("a", 301)} {
		p := place(key)
		if seen[p] {
			t.Errorf("%q shares its record with another", key)
		}
		seen[p] = true
		if err := store.CheckKey("pace/" + strings.Repeat("%20", longestName) + "/" + p); err != nil {
			t.Errorf("%q: %v", key, err)
		}
	}
}
