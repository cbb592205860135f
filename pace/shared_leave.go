package pace

import (
	"context"
	"errors"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/cordage-go/cordage/store"
)

// leaveAll gives up what the seats have. What still counts at the platform
// stays theirs until the others forget this process.
func (s *SharedPacer) leaveAll(ctx context.Context) error {
	var all errgroup.Group
	all.SetLimit(16)
	for _, one := range s.seats {
		all.Go(func() error { return one.quit(ctx) })
	}
	return all.Wait()
}

// rest keeps requests from leaving until the next one asks, and reports whether
// none has lately.
func (t *seat) rest() bool {
	t.shared.mu.Lock()
	defer t.shared.mu.Unlock()
	if t.shared.now()-t.asked <= t.shared.times.quiet {
		return false
	}
	t.sure, t.resting = 0, true
	return true
}

// leave gives up the seat, unless somebody asks meanwhile.
func (t *seat) leave(ctx context.Context, version store.Version, tab *table) (left bool, err error) {
	if tab.seat(t.shared.id) >= 0 {
		tab.leave(t.shared.id)
		if err := t.write(ctx, version, tab); err != nil && !errors.Is(err, store.ErrNotFound) {
			return false, err
		}
	}
	t.share, t.using, t.beaten = 0, 0, 0
	return t.vanish(), nil
}

// vanish removes the seat from the pacer, unless somebody has asked lately.
func (t *seat) vanish() bool {
	t.shared.core.setStake(t.key, stake{share: 1}) // which hold keeps from being used; a new seat sets its own
	t.shared.mu.Lock()
	defer t.shared.mu.Unlock()
	left := t.shared.now()-t.asked > t.shared.times.quiet
	if left {
		delete(t.shared.seats, t.key)
	}
	return left
}

// quit gives back what is not in use, for good.
func (t *seat) quit(ctx context.Context) error {
	err := t.giveBack(ctx)
	for errors.Is(err, store.ErrConflict) && sleep(ctx, conflictPause()) == nil {
		err = t.giveBack(ctx)
	}
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return fmt.Errorf("pace: cannot give back the share of %q: %w", t.key, err)
	}
	return nil
}

func (t *seat) giveBack(ctx context.Context) error {
	version, tab, err := t.read(ctx)
	if err != nil {
		return err
	}
	i := tab.seat(t.shared.id)
	if i < 0 {
		return nil
	}
	t.measure(&tab)
	share := tab.Members[i].Share
	tab.leave(t.shared.id)
	tab.Members = append(tab.Members, t.remains(share)...)
	return t.write(ctx, version, &tab)
}

// remains are what is left of a share when its process goes: what the platform
// still counts, in four parts by when it ceases to.
func (t *seat) remains(share int64) (parts []member) {
	times := t.shared.times
	for i := range 4 {
		from, to := times.length*time.Duration(i)/4, times.length*time.Duration(i+1)/4
		n := t.shared.core.used(t.key, from)
		if i < 3 {
			n -= t.shared.core.used(t.key, to)
		}
		if one := min(share, part(n, t.limit)); one > 0 {
			share -= one
			parts = append(parts, member{ID: fmt.Sprint(t.shared.id, "/", i), Share: one, Rest: true, Ends: (to + times.step).Milliseconds() + 1})
		}
	}
	return parts
}
