package pace

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/store"
)

// A SharedPacer is a [Pacer] of one process among several that keep the limits
// of one account together: see [Shared].
type SharedPacer struct {
	core    *Pacer
	records store.Store
	prefix  string // of the keys of all records
	id      string // names this process among the members of a key
	options SharedOptions
	times   rhythm
	began   time.Time // times of hearing and asking are since then

	ctx    context.Context // ends with Close
	cancel context.CancelFunc
	all    sync.WaitGroup
	bell   chan struct{} // rings when the pauses should be read or written

	mu      sync.Mutex
	closed  bool
	seats   map[string]*seat
	held    map[string]bool // keys that wait to hear of pauses, or for their seat
	members int             // of the key that was tended last
	asked   time.Duration   // when a request last asked to leave
	heard   time.Duration   // requests may leave until then without hearing of pauses again
	trip    time.Duration   // what a look at them takes lately, at least
	pauses  pauses
	met     int             // pauses that requests of this process met
	told    int             // so many of them are stored
	trouble map[string]bool // what does not work: records, by the ends of their keys
	waiting atomic.Int64    // calls of Wait that have not returned
}

// SharedOptions are the settings of [Shared]. The zero value is right.
type SharedOptions struct {
	// Logger hears when the store stops working, and when it works again; nil
	// means silence.
	Logger *slog.Logger
	// OnError is told of the first error of each time that the store does not
	// work, and once of each record that cannot be read. It must return soon.
	OnError func(error)
	// Processes is how many share the limits, for the time that the store
	// cannot tell: from the start, say. 0 means as many as it told of last, and
	// 1 if it never did.
	Processes int
}

// Shared returns a pacer whose limits are shared with all processes that were
// given the same store and name, whatever machines they run on. Together they
// use the limits of a key once. Give it to the clients of the process as
// [connector.Options.Pacer].
//
// Each process has a share of a key's limit: as much as it needs while there is
// enough, else as much as every other that goes short. A share moves on as the
// requests that used it drop out of the platform's window: at no moment do two
// processes use the same part. A process that was killed or stopped is forgotten
// after a window and three eighths; a stopped one that goes on asks for a share
// before it sends anything. Only the first window of p is shared like that, and
// limits that are merely assumed. Of a longer one the platform itself tells each
// process how much all have used.
//
// A pause that the platform asked one process for holds the others within
// 100 ms, if the store answers within 10 ms, else so much later. The store keeps
// the 256 longest pauses; of others only those know who met them.
//
// When the store fails, does not answer within half a second, or holds what
// this version cannot read, requests leave without it. Each process then keeps
// to the same share, one of as many as there were last, but at least to one
// request per window, and says so once. A process that is cut off from the store
// alone does so, too, while the others forget it: together they may then use one
// share too much, until the platform objects.
//
// The cost: a process reads one record each 30 ms while it sends or waits,
// however many keys it uses. For each key that it uses it reads a record eight
// times per window (at most each 50 ms, at least each 2.5 s), or up to fifty
// times while it is short of the limit, and writes it four times. With Procore's
// window of 10 s a thousand busy keys are 800 reads and 400 writes a second; a
// single request is about 20 reads and writes. What is idle costs nothing.
// A record has some 100 bytes for each process.
//
// One goroutine runs from Shared to Close, and one for each key in use.
func Shared(s store.Store, name string, p Policy, o *SharedOptions) (*SharedPacer, error) {
	core, err := New(p)
	if err != nil {
		return nil, err
	}
	if s == nil {
		return nil, errors.New("pace: Shared needs a store")
	}
	if name == "" || len(name) > longestName || store.CheckKey(name) != nil {
		return nil, fmt.Errorf("pace: Shared needs a name of 1 to %d bytes of text, not %q", longestName, name)
	}
	if o != nil && o.Processes < 0 {
		return nil, fmt.Errorf("pace: SharedOptions.Processes is %d; give how many processes share the limits, or 0", o.Processes)
	}
	shared := &SharedPacer{
		core:    core,
		records: s,
		prefix:  "pace/" + url.PathEscape(name) + "/",
		id:      rand.Text(),
		times:   rhythmOf(p.Windows[0].Length),
		began:   time.Now(),
		bell:    make(chan struct{}, 1),
		seats:   map[string]*seat{},
		held:    map[string]bool{},
		pauses:  pauses{},
		trouble: map[string]bool{},
	}
	if o != nil {
		shared.options = *o
	}
	shared.ctx, shared.cancel = context.WithCancel(context.Background())
	core.hold, core.onPause = shared.hold, shared.pause
	shared.all.Go(shared.listen)
	return shared, nil
}

// A store's keys have at most 512 bytes, and escaping makes three of one.
const (
	longestName  = 64
	longestPlace = 256
)

// Wait is [Pacer.Wait]. It fails with an error of kind Closed after Close.
func (s *SharedPacer) Wait(ctx context.Context, t *connector.Turn) error {
	if !s.sit(t.Key) {
		return &connector.Error{Kind: connector.Closed, Message: "the shared pacer is closed", Remedy: "close it after the clients that use it"}
	}
	s.waiting.Add(1)
	defer s.waiting.Add(-1)
	return s.core.Wait(ctx, t)
}

// Observe is [Pacer.Observe].
func (s *SharedPacer) Observe(t *connector.Turn, status int, header http.Header) {
	s.core.Observe(t, status, header)
}

// Limits is [Pacer.Limits]: of the shortest window, and of limits that are only
// assumed, the part that this process may use now.
func (s *SharedPacer) Limits(key string) Limits { return s.core.Limits(key) }

// Close gives the shares of this process back, which takes two seconds at most,
// and ends its goroutines. Close the clients that use the pacer before: who
// still waits then waits in vain. It returns what kept it from giving a share
// back; others then wait until they forget this process.
func (s *SharedPacer) Close() error {
	s.mu.Lock()
	again := s.closed
	s.closed = true
	s.mu.Unlock()
	s.cancel()
	s.all.Wait()
	if again {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	return s.leaveAll(ctx)
}

// sit sees to it that the key has a seat and knows that somebody asked. It is
// false after Close.
func (s *SharedPacer) sit(key string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false
	}
	s.asked = s.now()
	one := s.seat(key)
	one.asked = s.asked
	if one.resting {
		ring(one.bell)
	}
	return true
}

// seat returns the seat of a key, a new one if there is none. The pacer must be
// locked, and not closed.
func (s *SharedPacer) seat(key string) *seat {
	one := s.seats[key]
	if one == nil {
		one = newSeat(s, key)
		s.seats[key] = one
		s.all.Go(one.keep)
	}
	return one
}

// hold reports whether a request of the key must wait to leave: until pauses
// have been heard of lately, and the seat is sure of its share. The core asks
// under its lock.
func (s *SharedPacer) hold(key string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return true
	}
	// Whoever was stopped between sitting down and asking may have lost the seat.
	now, one := s.now(), s.seat(key)
	switch {
	case now > s.heard:
		ring(s.bell)
	case now > one.sure:
		ring(one.bell)
	default:
		return one.allowed < 1
	}
	s.held[key] = true
	return true
}

// release lets held requests ask again.
func (s *SharedPacer) release() {
	s.mu.Lock()
	held := s.held
	s.held = map[string]bool{}
	s.mu.Unlock()
	for key := range held {
		s.core.wake(key)
	}
}

// now is the time on this process's monotonic clock.
func (s *SharedPacer) now() time.Duration { return time.Since(s.began) }

// place is the end of the store's key for what is kept of a pacer's key.
func place(key string) string {
	escaped := url.PathEscape(key)
	if len(escaped) > longestPlace {
		sum := sha256.Sum256([]byte(key))
		return "hashed/" + hex.EncodeToString(sum[:])
	}
	return "key/" + escaped
}

// ring rings a bell; once is as good as twice.
func ring(bell chan struct{}) {
	select {
	case bell <- struct{}{}:
	default:
	}
}

// failed notes that a record cannot be kept, and tells once: of a store that
// does not work at all, not of each record.
func (s *SharedPacer) failed(record string, err error) {
	s.mu.Lock()
	known, others := s.trouble[record], len(s.trouble) > 0
	s.trouble[record] = true
	s.mu.Unlock()
	if known || others && !errors.Is(err, errUnreadable) {
		return
	}
	err = fmt.Errorf("pace: cannot share limits, and keep to a fair share alone: record %q: %w", s.prefix+record, err)
	if s.options.Logger != nil {
		s.options.Logger.Warn("limits are not shared", "record", s.prefix+record, "error", err)
	}
	if s.options.OnError != nil {
		s.options.OnError(err)
	}
}

// works notes that a record can be kept.
func (s *SharedPacer) works(record string) {
	s.mu.Lock()
	last := s.trouble[record] && len(s.trouble) == 1
	delete(s.trouble, record)
	s.mu.Unlock()
	if last && s.options.Logger != nil {
		s.options.Logger.Info("limits are shared again", "record", s.prefix+record)
	}
}
