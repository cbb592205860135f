package pace

import (
	"context"
	"crypto/rand"
	"errors"
	"time"

	"github.com/cordage-go/cordage/store"
)

const (
	pausesPlace = "pauses" // the end of the record's key

	// A request leaves at most that long after a look at the pauses began, and
	// looks follow each other faster while requests leave or wait. What is left
	// of 100 ms is for the way from the pacer to the wire.
	hearing   = 45 * time.Millisecond
	lookEvery = 30 * time.Millisecond
	// stillBusy is how long the looks go on after the last request.
	stillBusy = 500 * time.Millisecond

	// patience is how long the store may take to answer, twice. Requests
	// wait for that once. A shorter one would take a busy machine for a store that
	// does not work, and that costs more.
	patience = 250 * time.Millisecond
	retry    = 250 * time.Millisecond // how soon a store that does not work is tried again
)

// listen hears of the pauses that others met, and tells of ours.
func (s *SharedPacer) listen() {
	timer := time.NewTimer(0)
	defer timer.Stop()
	<-timer.C
	for {
		select {
		case <-s.ctx.Done():
			return
		case <-s.bell:
		case <-timer.C:
		}
		err := s.look()
		s.release()
		if next := s.nextLook(err); next > 0 {
			timer.Reset(next)
		}
	}
}

// nextLook is when to look again without being asked; 0 if not at all. A pause
// that is over is worth a look, since somebody must remove it.
func (s *SharedPacer) nextLook(err error) time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	busy := s.now()-s.asked < stillBusy || s.waiting.Load() > 0 || s.met != s.told
	switch {
	case busy && err == nil:
		return lookEvery
	case busy:
		return retry
	case len(s.pauses) > 0:
		return max(retry, time.Until(s.pauses.next()))
	}
	return 0
}

// look reads the pauses, and writes them if the store does not know all that
// this process knows. If that fails, requests leave without: nothing can be
// heard.
func (s *SharedPacer) look() error {
	err := s.exchangeWithin(patience)
	if err != nil { // as for a seat
		err = s.exchangeWithin(patience)
	}
	switch {
	case s.ctx.Err() != nil:
		return nil
	case err == nil:
		s.works(pausesPlace)
		return nil
	}
	s.mu.Lock()
	s.heard = s.now() + 4*retry
	s.mu.Unlock()
	s.failed(pausesPlace, err)
	return err
}

// exchangeWithin tries for a time, while others are quicker.
func (s *SharedPacer) exchangeWithin(limit time.Duration) error {
	ctx, cancel := context.WithTimeout(s.ctx, limit)
	defer cancel()
	err := s.exchange(ctx)
	for errors.Is(err, store.ErrConflict) && sleep(ctx, conflictPause()) == nil {
		err = s.exchange(ctx)
	}
	return err
}

// exchange reads the record once, and writes it if need be.
func (s *SharedPacer) exchange(ctx context.Context) error {
	began := s.now()
	r, err := s.records.Get(ctx, s.prefix+pausesPlace)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	stored := pauseList{}
	if err == nil {
		if stored, err = readPauses(r.Value); err != nil {
			return err
		}
	}
	next, met := s.hear(stored, began)
	if next == nil {
		return nil
	}
	value, longest := next.value()
	// The expiry is for those who find the record when nobody is left who kept
	// it up to date. It is so late that no clock is that wrong.
	r = store.Record{Key: s.prefix + pausesPlace, Value: value, Version: r.Version, Expires: time.Now().Add(2*longest + time.Minute)}
	if _, err := s.records.Put(ctx, r); err != nil {
		return err
	}
	s.mu.Lock()
	s.told = met
	s.mu.Unlock()
	return nil
}

// hear closes the gates of keys that others were told to leave alone. Then
// requests may leave for a while. If there is something to tell, it returns the
// list to store, and how many pauses were met for it.
func (s *SharedPacer) hear(stored pauseList, began time.Duration) (next *pauseList, met int) {
	read := time.Now()
	s.mu.Lock()
	longer := s.pauses.learn(stored, read)
	s.pauses.forget(stored, read)
	if s.met != s.told || s.pauses.differs(stored, read) {
		list := s.pauses.list(read)
		next, met = &list, s.met
	}
	s.mu.Unlock()
	for _, key := range longer {
		s.close(key)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	// A look that took much longer than looks usually do may have read the
	// record long ago: it is made again.
	took := s.now() - began
	s.trip = min(took, s.trip+s.trip/8+time.Millisecond)
	s.heard = began + hearing + 2*s.trip
	return next, met
}

// close closes the gate of a key, if it is in use here and paused.
func (s *SharedPacer) close(key string) {
	s.mu.Lock()
	left, used := time.Until(s.pauses[key].ends), s.seats[key] != nil
	s.mu.Unlock()
	if used && left > 0 {
		s.core.pauseKey(key, left)
	}
}

// pause notes a pause that a request of this process met. The core calls it
// under its lock.
func (s *SharedPacer) pause(key string, d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	ends := time.Now().Add(d)
	if !ends.After(s.pauses[key].ends) {
		return
	}
	s.pauses[key] = pause{rand.Text(), ends}
	s.met++
	ring(s.bell)
}
