package store

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"
)

// ErrLost says that a lease was not extended in time and somebody else has
// taken it over, or that its record was removed. Stop what the lease protects.
var ErrLost = errors.New("store: lease lost")

// leaseMark begins the value of every lease, so that Lock never takes over a
// record that is something else.
const leaseMark = "lease "

// A Lease is the right to do something alone, until Unlock, or until it was
// left unextended for its time. It is safe for concurrent use.
type Lease struct {
	store Store
	key   string
	ttl   time.Duration
	value string // names this lease among all others

	mu      sync.Mutex
	version Version
	taken   time.Time // when it was last certainly ours, on the monotonic clock
}

// Lock waits until it holds the lease of key, or ctx ends. Use a key that
// nothing else is stored under.
//
// A holder that has more to do than fits into ttl calls [Lease.Extend] in good
// time. One that stops without Unlock (it crashed, its machine sleeps) blocks
// others no longer than ttl: a waiter that has seen the lease unchanged for ttl
// takes it over. Each side measures on its own monotonic clock, so machines
// with different ideas of the time can share a lease.
//
// A holder that was stopped may go on without knowing that it lost its lease.
// So save what the lease protects with the version that was read under it: if
// the successor has saved meanwhile, the late save ends in [ErrConflict].
func Lock(ctx context.Context, s Store, key string, ttl time.Duration) (*Lease, error) {
	if ttl <= 0 {
		return nil, fmt.Errorf("store: lock %q: the time of a lease must be positive, not %v", key, ttl)
	}
	watch := NewWatch(s, key, ttl)
	for {
		r, stale, err := watch.Next(ctx)
		if err != nil && !errors.Is(err, ErrNotFound) {
			return nil, fmt.Errorf("store: lock %q: %w", key, err)
		}
		if err == nil && !strings.HasPrefix(string(r.Value), leaseMark) {
			return nil, fmt.Errorf("store: lock %q: %w: it is not a lease; choose another key", key, ErrCorrupt)
		}
		if err == nil && !stale {
			continue
		}
		lease := &Lease{store: s, key: key, ttl: ttl, value: leaseMark + rand.Text(), version: r.Version}
		err = lease.put(ctx)
		if err == nil {
			return lease, nil
		}
		if !errors.Is(err, ErrConflict) {
			return nil, fmt.Errorf("store: lock %q: %w", key, err)
		}
	}
}

// Check asks the store whether the lease is still held; if not, the error
// wraps [ErrLost].
func (l *Lease) Check(ctx context.Context) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.read(ctx)
}

// Left is how long the lease is certainly still held without being extended,
// by this process's monotonic clock. It may be negative: then the lease may
// have been taken over, and Check tells.
func (l *Lease) Left() time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.ttl - time.Since(l.taken)
}

// Extend holds the lease for its whole time again. If it is no longer held,
// the error wraps [ErrLost]. After another error it may or may not be extended.
func (l *Lease) Extend(ctx context.Context) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.read(ctx); err != nil {
		return err
	}
	err := l.put(ctx)
	if errors.Is(err, ErrConflict) {
		return l.lost()
	}
	if err != nil {
		return fmt.Errorf("store: extend %q: %w", l.key, err)
	}
	return nil
}

// Unlock gives the lease up, so that the next one need not wait. If it was no
// longer held, the error wraps [ErrLost] and the successor keeps its lease.
func (l *Lease) Unlock(ctx context.Context) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.read(ctx); err != nil {
		return err
	}
	err := l.store.Delete(ctx, l.key, l.version)
	if errors.Is(err, ErrConflict) || errors.Is(err, ErrNotFound) {
		return l.lost()
	}
	if err != nil {
		return fmt.Errorf("store: unlock %q: %w", l.key, err)
	}
	return nil
}

// read compares names, not versions: an Extend whose answer was lost has
// changed the version, and the lease is still ours.
func (l *Lease) read(ctx context.Context) error {
	r, err := l.store.Get(ctx, l.key)
	if errors.Is(err, ErrNotFound) || err == nil && string(r.Value) != l.value {
		return l.lost()
	}
	if err != nil {
		return fmt.Errorf("store: lease %q: %w", l.key, err)
	}
	l.version = r.Version
	return nil
}

// put counts the lease's time from before the record is sent: a waiter can
// have seen it no earlier.
func (l *Lease) put(ctx context.Context) error {
	before := time.Now()
	version, err := l.store.Put(ctx, Record{Key: l.key, Value: []byte(l.value), Version: l.version})
	if err != nil {
		return err
	}
	l.version, l.taken = version, before
	return nil
}

func (l *Lease) lost() error { return fmt.Errorf("%w: %q", ErrLost, l.key) }
