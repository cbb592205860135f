package pace

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"github.com/cordage-go/cordage/store"
)

// A seat is this process's place at the table of one key. Its goroutine alone
// uses it, but for what the pacer's lock protects.
type seat struct {
	shared *SharedPacer
	key    string
	place  string // the end of its record's key
	bell   chan struct{}

	// Under the pacer's lock:
	asked   time.Duration // when a request last asked to leave
	sure    time.Duration // until then the share is certainly ours
	allowed int           // requests that may be in the window
	resting bool          // it has told that it needs nothing

	beaten   time.Duration // when it last wrote
	share    int64         // the part of the limit that it has, as last written
	aim      int64         // the part that it should have
	hope     int64         // the part that it would have if it needed all
	using    int64         // the part that requests may use now
	watched  map[string]sighting
	limit    int  // requests of all processes together
	stated   int  // the limit that the platform told one of them; 0 if none
	members  int  // as many as there were last
	short    bool // it needs more than it has, and should have it
	shortage bool // others need more than they have
	wanted   peak // requests in a window
	foreign  peak // the part of the limit that others may have used

	alone bool          // the record cannot be kept
	most  int64         // no larger part comes into use
	calm  time.Duration // until then
}

// A sighting is what another member had written when this process saw it first.
type sighting struct {
	beat  uint64
	since time.Duration
}

// newSeat returns a seat that has no share yet. It is called under the pacer's
// lock.
func newSeat(s *SharedPacer, key string) *seat {
	return &seat{
		shared: s, key: key, place: place(key), bell: make(chan struct{}, 1),
		asked: s.asked, members: s.members, watched: map[string]sighting{},
	}
}

// keep sees to the seat for as long as the key is in use.
func (t *seat) keep() {
	t.shared.close(t.key) // others may have told of a pause long ago
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-t.shared.ctx.Done():
			return
		case <-t.bell:
		case <-timer.C:
			if used := t.used(); t.resting && used > 0 && 4*used >= requests(t.share, t.limit) { // too little to give back
				timer.Reset(t.shared.times.step)
				continue
			}
		}
		left := t.tend()
		t.shared.release()
		if left {
			return
		}
		timer.Reset(t.next())
	}
}

// tend brings the seat and its record together, and reports whether the seat
// was given up. It takes two failures to go on without the record: the first
// may come from this process, which was stopped, or is slow.
func (t *seat) tend() (left bool) {
	limit := max(patience, t.shared.times.look/2)
	left, err := t.agreeWithin(limit)
	if err != nil {
		left, err = t.agreeWithin(limit)
	}
	switch {
	case t.shared.ctx.Err() != nil:
	case err != nil:
		t.shared.failed(t.place, err)
		return t.fall()
	default:
		t.recover()
		t.shared.works(t.place)
	}
	return left
}

// agreeWithin tries for a time, while others are quicker.
func (t *seat) agreeWithin(limit time.Duration) (left bool, err error) {
	ctx, cancel := context.WithTimeout(t.shared.ctx, limit)
	defer cancel()
	left, err = t.agree(ctx)
	for errors.Is(err, store.ErrConflict) && sleep(ctx, conflictPause()) == nil {
		left, err = t.agree(ctx)
	}
	return left, err
}

// conflictPause is at random, so that two who write at once do not meet again.
func conflictPause() time.Duration { return time.Millisecond + rand.N(4*time.Millisecond) }

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// next is when to tend the seat again without being asked.
func (t *seat) next() time.Duration {
	switch {
	case t.alone:
		return retry
	case t.resting, t.short, t.share > t.aim && t.shortage:
		return t.shared.times.step
	}
	return t.shared.times.look
}

// agree reads the table, finds out what this process should have of it, and
// writes that.
func (t *seat) agree(ctx context.Context) (left bool, err error) {
	began := t.shared.now()
	version, tab, err := t.read(ctx)
	if err != nil {
		return false, err
	}
	forgot := t.forget(&tab)
	if waiting, used := t.measure(&tab); waiting+used == 0 && t.rest() {
		return t.leave(ctx, version, &tab)
	}
	i, err := tab.join(t.shared.id)
	if err != nil {
		return false, err
	}
	me := &tab.Members[i]
	before := *me
	if before.Beat == 0 && t.beaten > 0 {
		t.beCautious() // the others forgot this process, or the store all of them
	}
	t.plan(&tab, i)
	if before.Share == 0 && me.Share > 0 {
		me = tab.toFront(i)
	}
	changed := forgot || me.Share != before.Share || me.Rest != before.Rest
	if changed || !me.Rest && began-t.beaten >= t.shared.times.beat-t.shared.times.look/2 {
		me.Beat++
		if err := t.write(ctx, version, &tab); err != nil {
			return false, err
		}
		t.beaten = began
	}
	t.take(*me, len(tab.Members))
	return false, nil
}

// read returns the stored table and its version: an empty one if there is none.
func (t *seat) read(ctx context.Context) (version store.Version, tab table, err error) {
	r, err := t.shared.records.Get(ctx, t.shared.prefix+t.place)
	if errors.Is(err, store.ErrNotFound) {
		return 0, table{}, nil
	}
	if err != nil {
		return 0, table{}, err
	}
	tab, err = readTable(r.Value)
	return r.Version, tab, err
}

// write stores the table, or removes the record of one without members.
func (t *seat) write(ctx context.Context, version store.Version, tab *table) error {
	r := store.Record{Key: t.shared.prefix + t.place, Version: version}
	if len(tab.Members) == 0 {
		return t.shared.records.Delete(ctx, r.Key, version)
	}
	r.Value = tab.value()
	// The expiry clears up after processes that were all killed.
	r.Expires = time.Now().Add(2*t.shared.times.length + time.Minute)
	_, err := t.shared.records.Put(ctx, r)
	return err
}
