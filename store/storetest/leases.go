package storetest

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/cordage-go/cordage/store"
)

// leaseTime is the time of leases that are left to run out. The tests stay
// right, and only get slower, on a machine that needs longer for a call.
const leaseTime = 200 * time.Millisecond

// patience bounds what should end by itself.
const patience = 30 * time.Second

func leaseForOne(t *testing.T, s store.Store) {
	takeInTurn(t, s, 4, time.Minute)
}

// A holder that stopped without a word holds nobody up for ever. When it comes
// back it cannot touch the lease of its successor, nor what that has saved.
func leaseOfStoppedHolder(t *testing.T, s store.Store) {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	data := store.Record{Key: "storetest/leased", Value: []byte("before")}
	read := mustPut(t, s, data)
	stopped := mustLock(t, ctx, s, leaseTime)
	start := time.Now()
	successor := mustLock(t, ctx, s, leaseTime)
	if waited := time.Since(start); waited < leaseTime {
		t.Errorf("the lease was taken over after %v, before its %v had passed", waited, leaseTime)
	}
	saved := mustPut(t, s, store.Record{Key: data.Key, Value: []byte("successor"), Version: read})

	late := store.Record{Key: data.Key, Value: []byte("stopped"), Version: read}
	wantError(t, "late save of the stopped holder", put(ctx, s, late), store.ErrConflict)
	wantError(t, "late delete of the stopped holder", s.Delete(ctx, data.Key, read), store.ErrConflict)
	wantRecord(t, s, store.Record{Key: data.Key, Value: []byte("successor"), Version: saved})
	wantError(t, "Check of the stopped holder", stopped.Check(ctx), store.ErrLost)
	wantError(t, "Extend of the stopped holder", stopped.Extend(ctx), store.ErrLost)
	wantError(t, "Unlock of the stopped holder", stopped.Unlock(ctx), store.ErrLost)

	for what, try := range map[string]func(context.Context) error{"Check": successor.Check, "Extend": successor.Extend} {
		if err := try(ctx); err != nil {
			t.Errorf("%s of the successor: %v", what, err)
		}
	}
	if err := successor.Unlock(ctx); err != nil {
		t.Errorf("Unlock of the successor: %v", err)
	}
	wantError(t, "second Unlock", successor.Unlock(ctx), store.ErrLost)
	wantError(t, "Extend after Unlock", successor.Extend(ctx), store.ErrLost)
}

// Of many that wait for a stopped holder, one at a time takes its place.
func leaseTakenOnce(t *testing.T, s store.Store) {
	mustLock(t, t.Context(), s, leaseTime)
	takeInTurn(t, s, 4, leaseTime)
}

// takeInTurn lets n goroutines take one lease and give it up, and reports two
// that hold it at once.
func takeInTurn(t *testing.T, s store.Store, n int, ttl time.Duration) {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	var mu sync.Mutex
	var holder *store.Lease
	taken := 0
	together(n, func(int) {
		lease, err := store.Lock(ctx, s, leaseKey, ttl)
		if err != nil {
			t.Errorf("Lock: %v", err)
			return
		}
		mu.Lock()
		taken++
		if holder != nil && holder.Left() > 0 && lease.Left() > 0 {
			t.Errorf("two hold one lease, one for %v more and one for %v", holder.Left(), lease.Left())
		}
		holder = lease
		mu.Unlock()
		if err := lease.Extend(ctx); err != nil && lease.Left() > 0 {
			t.Errorf("Extend: %v", err)
		}
		mu.Lock()
		if holder == lease {
			holder = nil
		}
		mu.Unlock()
		if err := lease.Unlock(ctx); err != nil && lease.Left() > 0 {
			t.Errorf("Unlock: %v", err)
		}
	})
	if taken != n {
		t.Errorf("%d of %d got the lease", taken, n)
	}
}

const leaseKey = "storetest/lease"

func mustLock(t *testing.T, ctx context.Context, s store.Store, ttl time.Duration) *store.Lease {
	t.Helper()
	lease, err := store.Lock(ctx, s, leaseKey, ttl)
	if err != nil {
		t.Fatalf("Lock: %v", err)
	}
	return lease
}
