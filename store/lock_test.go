package store

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func TestLockWaitsItsTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := Memory()
		first, err := Lock(t.Context(), s, "job", time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		var second sync.WaitGroup
		start := time.Now()
		second.Go(func() {
			lease, err := Lock(t.Context(), s, "job", time.Minute)
			if err != nil {
				t.Error(err)
				return
			}
			if waited := time.Since(start); waited < 10*time.Second || waited > 11*time.Second {
				t.Errorf("the second holder waited %v, want 10s", waited)
			}
			if err := lease.Unlock(t.Context()); err != nil {
				t.Error(err)
			}
		})
		time.Sleep(10 * time.Second)
		if err := first.Unlock(t.Context()); err != nil {
			t.Fatal(err)
		}
		second.Wait()
	})
}

// A holder that stopped blocks nobody for longer than the lease's time, and
// cannot touch its successor's lease when it comes back.
func TestLockTakesOverFromStopped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := Memory()
		stopped, err := Lock(t.Context(), s, "job", time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		if left := stopped.Left(); left != time.Minute {
			t.Errorf("Left is %v, want 1m", left)
		}
		start := time.Now()
		successor, err := Lock(t.Context(), s, "job", time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		if waited := time.Since(start); waited < time.Minute || waited > time.Minute+time.Second {
			t.Errorf("the successor waited %v, want 1m", waited)
		}
		for what, err := range map[string]error{
			"Check": stopped.Check(t.Context()), "Extend": stopped.Extend(t.Context()), "Unlock": stopped.Unlock(t.Context()),
		} {
			if !errors.Is(err, ErrLost) {
				t.Errorf("%s of the stopped holder: %v, want ErrLost", what, err)
			}
		}
		if left := stopped.Left(); left > 0 {
			t.Errorf("the stopped holder has %v left", left)
		}
		if err := successor.Check(t.Context()); err != nil {
			t.Errorf("the successor: %v", err)
		}
	})
}

func TestLockIsKeptByExtend(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := Memory()
		lease, err := Lock(t.Context(), s, "job", time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
		defer cancel()
		var waiter sync.WaitGroup
		waiter.Go(func() {
			if _, err := Lock(ctx, s, "job", time.Minute); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("the waiter got %v, want DeadlineExceeded", err)
			}
		})
		for range 20 {
			time.Sleep(30 * time.Second)
			if err := lease.Extend(t.Context()); err != nil {
				t.Fatal(err)
			}
			if left := lease.Left(); left != time.Minute {
				t.Fatalf("Left after Extend is %v, want 1m", left)
			}
		}
		waiter.Wait()
	})
}

// An Extend that happened without its answer must not cost the lease.
func TestLockSurvivesLostAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &forgetful{Store: Memory()}
		lease, err := Lock(t.Context(), s, "job", time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		s.lose = true
		if err := lease.Extend(t.Context()); !errors.Is(err, errLine) {
			t.Fatalf("Extend: %v", err)
		}
		s.lose = false
		if err := lease.Check(t.Context()); err != nil {
			t.Errorf("Check: %v", err)
		}
		if err := lease.Unlock(t.Context()); err != nil {
			t.Errorf("Unlock: %v", err)
		}
	})
}

var errLine = errors.New("line cut")

// forgetful stores, and then says that it failed.
type forgetful struct {
	Store
	lose bool
}

func (f *forgetful) Put(ctx context.Context, r Record) (Version, error) {
	v, err := f.Store.Put(ctx, r)
	if f.lose {
		return 0, errLine
	}
	return v, err
}

// A waiter that was held up itself knows nothing of the time in between.
func TestWatchBeginsAnewAfterAPause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := Memory()
		if _, err := s.Put(t.Context(), Record{Key: "k"}); err != nil {
			t.Fatal(err)
		}
		w := NewWatch(s, "k", time.Minute)
		for _, pause := range []time.Duration{0, time.Hour, 20 * time.Second, 20 * time.Second} {
			time.Sleep(pause)
			if _, stale, err := w.Next(t.Context()); err != nil || stale {
				t.Fatalf("after %v: stale is %v (%v), want false", pause, stale, err)
			}
		}
		time.Sleep(20 * time.Second)
		if _, stale, err := w.Next(t.Context()); err != nil || !stale {
			t.Errorf("after a minute of watching: stale is %v (%v), want true", stale, err)
		}
	})
}

func TestLockRefuses(t *testing.T) {
	s := Memory()
	if _, err := Lock(t.Context(), s, "job", 0); err == nil {
		t.Error("a lease without time was given")
	}
	v, err := s.Put(t.Context(), Record{Key: "data", Value: []byte("precious")})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Lock(t.Context(), s, "data", time.Millisecond); !errors.Is(err, ErrCorrupt) {
		t.Errorf("Lock of another record: %v, want ErrCorrupt", err)
	}
	if r, err := s.Get(t.Context(), "data"); err != nil || r.Version != v {
		t.Errorf("the record was changed (%v)", err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Lock(ended, s, "job", time.Minute); !errors.Is(err, context.Canceled) {
		t.Errorf("Lock with an ended context: %v", err)
	}
	if _, err := s.Get(t.Context(), "job"); !errors.Is(err, ErrNotFound) {
		t.Error("it left a lease")
	}
}

// A holder that was stopped between its read and its save cannot undo what its
// successor saved.
func TestLateSaveConflicts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := Memory()
		v, err := s.Put(t.Context(), Record{Key: "data"})
		if err != nil {
			t.Fatal(err)
		}
		for _, key := range []string{"stopped", "successor"} {
			if _, err := Lock(t.Context(), s, "job", time.Second); err != nil {
				t.Fatalf("%s: %v", key, err)
			}
		}
		if _, err := s.Put(t.Context(), Record{Key: "data", Value: []byte("successor"), Version: v}); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Put(t.Context(), Record{Key: "data", Value: []byte("stopped"), Version: v}); !errors.Is(err, ErrConflict) {
			t.Errorf("the late save: %v, want ErrConflict", err)
		}
	})
}
