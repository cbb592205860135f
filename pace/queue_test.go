package pace_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/pace"
)

// A line of callers notes the order in which they left.
type line struct {
	mu   sync.Mutex
	left []string
	all  sync.WaitGroup
}

// join puts a caller into the queue. The others of the bubble have come to rest
// before, so that callers stand in the order of their joining.
func (l *line) join(t *testing.T, p *pace.Pacer, name, account string, walk any) {
	l.all.Go(func() {
		turn := &connector.Turn{Key: "a", Account: account, Walk: walk, MaxWait: time.Hour}
		if err := p.Wait(t.Context(), turn); err != nil {
			t.Error(err)
			return
		}
		l.mu.Lock()
		l.left = append(l.left, name)
		l.mu.Unlock()
		p.Observe(turn, http.StatusOK, nil)
	})
	synctest.Wait()
}

func (l *line) want(t *testing.T, want ...string) {
	t.Helper()
	l.all.Wait()
	if !slices.Equal(l.left, want) {
		t.Errorf("left in the order %v, want %v", l.left, want)
	}
}

// queued is a pacer that lets one request leave each second; the first has left.
func queued(t *testing.T) *pace.Pacer {
	p := paced(t, 1, time.Second)
	if _, err := wait(p, t.Context(), "a", 0); err != nil {
		t.Fatal(err)
	}
	return p
}

func TestFirstComeFirstServed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, l := queued(t), &line{}
		for i := range 5 {
			l.join(t, p, fmt.Sprint(i), "", nil)
		}
		l.want(t, "0", "1", "2", "3", "4")
	})
}

// However much one account wants, another's call is next but one.
func TestAccountsTakeTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, l := queued(t), &line{}
		for i := range 4 {
			l.join(t, p, fmt.Sprint("a", i), "a", nil)
		}
		l.join(t, p, "b0", "b", nil)
		l.join(t, p, "b1", "b", nil)
		l.join(t, p, "c0", "c", nil)
		l.want(t, "a0", "b0", "c0", "a1", "b1", "a2", "a3")
	})
}

// A single call beside a walk that reads far ahead waits for about one slot,
// and so does another walk.
func TestWalksLetSingleCallsPass(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, l := queued(t), &line{}
		long, other := new(int), new(int)
		for i := range 24 {
			l.join(t, p, fmt.Sprint("walk", i), "a", long)
		}
		l.join(t, p, "single", "a", nil)
		l.join(t, p, "other", "a", other)
		l.all.Wait()
		if got := slices.Index(l.left, "single"); got != 1 {
			t.Errorf("the single call left as number %d", got)
		}
		if got := slices.Index(l.left, "other"); got != 2 {
			t.Errorf("the other walk's call left as number %d", got)
		}
	})
}

// Whoever would be served in time is not turned away for what others queue.
func TestBusyAccountTurnsNobodyElseAway(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, l := queued(t), &line{}
		for i := range 100 {
			l.join(t, p, fmt.Sprint(i), "busy", nil)
		}
		turn := &connector.Turn{Key: "a", Account: "busy", MaxWait: 90 * time.Second}
		err := p.Wait(t.Context(), turn)
		if e, ok := connector.AsError(err); !ok || e.Kind != connector.RateLimited || e.RetryAfter < 100*time.Second || e.RetryAfter > 102*time.Second {
			t.Errorf("behind 100 others: %+v, want a wait of 101s", err)
		}
		turn = &connector.Turn{Key: "a", Account: "calm", MaxWait: 3 * time.Second}
		if err := p.Wait(t.Context(), turn); err != nil {
			t.Errorf("another account's call: %v", err)
		}
		l.all.Wait()
	})
}

// A caller that leaves makes room for those behind it.
func TestCancelFreesThePlace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, l := queued(t), &line{}
		reason := errors.New("enough")
		ctx, cancel := context.WithCancelCause(t.Context())
		for range 10 {
			l.all.Go(func() {
				if err := p.Wait(ctx, &connector.Turn{Key: "a", MaxWait: time.Hour}); !errors.Is(err, reason) {
					t.Errorf("got %v, want the cause", err)
				}
			})
		}
		synctest.Wait()
		if n := p.Limits("a").Waiting; n != 10 {
			t.Errorf("%d wait, want 10", n)
		}
		begun := time.Now()
		l.join(t, p, "next", "", nil)
		cancel(reason)
		synctest.Wait()
		if n := p.Limits("a").Waiting; n != 1 {
			t.Errorf("%d wait, want 1", n)
		}
		l.want(t, "next")
		if took := time.Since(begun); took > 1100*time.Millisecond {
			t.Errorf("the one behind them left after %v, want a second", took)
		}
	})
}

// Callers that wait are told at once when the platform asks for a pause that is
// longer than they would wait.
func TestPauseDismissesTheImpatient(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := queued(t)
		begun := time.Now()
		time.AfterFunc(100*time.Millisecond, func() { p.Observe(of("a"), 429, pause("30")) })
		hurried, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		defer cancel()
		var all sync.WaitGroup
		for _, ctx := range []context.Context{t.Context(), hurried} {
			all.Go(func() {
				err := p.Wait(ctx, &connector.Turn{Key: "a", MaxWait: 20 * time.Second})
				e, ok := connector.AsError(err)
				if !ok || e.Kind != connector.RateLimited || e.RetryAfter != 30*time.Second || time.Since(begun) != 100*time.Millisecond {
					t.Errorf("%+v after %v, want to be told at once", err, time.Since(begun))
				}
				if errors.Is(err, context.DeadlineExceeded) != (ctx == hurried) {
					t.Errorf("with a deadline %v: %v", ctx == hurried, err)
				}
			})
		}
		all.Wait()
	})
}
