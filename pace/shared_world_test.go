package pace

import (
	"context"
	"errors"
	"iter"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/store"
)

// A world is a platform that counts requests over a sliding window, a store,
// and processes that share the one by the other. It runs on fake time.
type world struct {
	t       *testing.T
	length  time.Duration
	limit   int
	latency time.Duration // of a request, both ways
	records *checkedStore
	began   time.Time
	policy  Policy

	mu       sync.Mutex
	counted  []time.Time // arrivals that were not refused
	arrivals []arrival
	refuseIn time.Duration // the next request is asked to pause for so long; 0: none is
}

type arrival struct {
	at      time.Time
	process string
	status  int
}

func newWorld(t *testing.T, length time.Duration, limit int) *world {
	return &world{
		t: t, length: length, limit: limit, latency: 10 * time.Millisecond, began: time.Now(),
		records: &checkedStore{Store: store.Memory(), t: t},
		policy:  Policy{Windows: []Window{{Name: "short", Length: length, Limit: limit}}, Read: readTest},
	}
}

// readTest reads the headers of a world.
func readTest(_ int, h http.Header) (r Reading) {
	number := func(name string) int {
		n, err := strconv.Atoi(h.Get(name))
		if err != nil {
			return -1
		}
		return n
	}
	r.States[0] = State{Limit: number("Limit"), Remaining: number("Remaining")}
	r.Pause = time.Duration(max(0, number("Pause"))) * time.Millisecond
	return r
}

// answer counts a request that arrives now.
func (w *world) answer(process string) (status int, h http.Header) {
	w.mu.Lock()
	defer w.mu.Unlock()
	now := time.Now()
	for len(w.counted) > 0 && now.Sub(w.counted[0]) >= w.length {
		w.counted = w.counted[1:]
	}
	h, status = http.Header{}, http.StatusOK
	switch {
	case w.refuseIn > 0:
		status = http.StatusTooManyRequests
		h.Set("Pause", strconv.Itoa(int(w.refuseIn.Milliseconds())))
		w.refuseIn = 0
	case len(w.counted) >= w.limit:
		status = http.StatusTooManyRequests
	default:
		w.counted = append(w.counted, now)
	}
	h.Set("Limit", strconv.Itoa(w.limit))
	h.Set("Remaining", strconv.Itoa(w.limit-len(w.counted)))
	w.arrivals = append(w.arrivals, arrival{now, process, status})
	return status, h
}

// count is how many requests had a status within a span of time since the
// world began; of one process, or of all.
func (w *world) count(process string, status int, from, to time.Duration) (n int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, a := range w.arrivals {
		if at := a.at.Sub(w.began); at >= from && at < to && a.status == status && (process == "" || process == a.process) {
			n++
		}
	}
	return n
}

// wantRefused checks how many requests were answered 429 for other reasons than
// that the test asked for it.
func (w *world) wantRefused(most int) {
	w.t.Helper()
	if n := w.count("", http.StatusTooManyRequests, 0, never); n > most {
		w.t.Errorf("%d requests were refused, want at most %d", n, most)
	}
}

func (w *world) now() time.Duration { return time.Since(w.began) }

// A worker is a process of the world.
type worker struct {
	*world
	name  string
	pacer *SharedPacer
	stop  context.CancelFunc
	ctx   context.Context
	all   sync.WaitGroup
	ice   *ice
}

// An ice holds up a process as a stopped one is: all that it does waits.
type ice struct {
	mu     sync.Mutex
	melted chan struct{} // nil if there is no ice
}

func (i *ice) wait() {
	i.mu.Lock()
	melted := i.melted
	i.mu.Unlock()
	if melted != nil {
		<-melted
	}
}

func (p *worker) freeze() {
	p.ice.mu.Lock()
	defer p.ice.mu.Unlock()
	if p.ice.melted == nil {
		p.ice.melted = make(chan struct{})
	}
}

func (p *worker) thaw() {
	p.ice.mu.Lock()
	defer p.ice.mu.Unlock()
	if p.ice.melted != nil {
		close(p.ice.melted)
		p.ice.melted = nil
	}
}

// An icyStore is the store as a process sees it that may be stopped.
type icyStore struct {
	store.Store
	ice *ice
}

func (s icyStore) Get(ctx context.Context, key string) (store.Record, error) {
	s.ice.wait()
	r, err := s.Store.Get(ctx, key)
	s.ice.wait()
	return r, err
}

func (s icyStore) Put(ctx context.Context, r store.Record) (store.Version, error) {
	s.ice.wait()
	version, err := s.Store.Put(ctx, r)
	s.ice.wait()
	return version, err
}

func (w *world) process(name string) *worker { return w.processWith(name, nil) }

func (w *world) processWith(name string, o *SharedOptions) *worker {
	cold := &ice{}
	pacer, err := Shared(icyStore{w.records, cold}, "test", w.policy, o)
	if err != nil {
		w.t.Fatal(err)
	}
	p := &worker{world: w, name: name, pacer: pacer, ice: cold}
	p.ctx, p.stop = context.WithCancel(w.t.Context())
	return p
}

// call makes one request, again and again until it is not refused.
func (p *worker) call(key string) error {
	for {
		p.ice.wait()
		turn := &connector.Turn{Key: key, MaxWait: time.Hour}
		if err := p.pacer.Wait(p.ctx, turn); err != nil {
			return err
		}
		time.Sleep(p.latency/2 - rand.N(p.latency/2))
		status, h := p.answer(p.name)
		time.Sleep(p.latency/2 - rand.N(p.latency/2))
		p.pacer.Observe(turn, status, h)
		if status == http.StatusOK {
			return nil
		}
	}
}

// work starts callers that make n requests in all; 0 means without end. done
// is closed when they have.
func (p *worker) work(callers, n int) (done chan struct{}) {
	done = make(chan struct{})
	left := make(chan struct{}, n)
	for range n {
		left <- struct{}{}
	}
	close(left)
	var own sync.WaitGroup
	for range callers {
		p.all.Add(1)
		own.Go(func() {
			defer p.all.Done()
			for {
				if _, more := <-left; n > 0 && !more {
					return
				}
				if p.call("account") != nil {
					return
				}
			}
		})
	}
	p.all.Go(func() {
		own.Wait()
		close(done)
	})
	return done
}

// workEvery makes a request again and again after a pause.
func (p *worker) workEvery(pause time.Duration) {
	p.all.Go(func() {
		for p.call("account") == nil {
			time.Sleep(pause)
		}
	})
}

// end stops a process in good order.
func (p *worker) end() {
	p.stop()
	p.thaw()
	p.all.Wait()
	if err := p.pacer.Close(); err != nil {
		p.t.Error(err)
	}
}

// crash stops a process as a kill would: nothing is given back.
func (p *worker) crash() {
	p.stop()
	p.pacer.cancel()
	p.thaw()
	p.all.Wait()
	p.pacer.all.Wait()
}

// A checkedStore holds every record that is written against what must always
// be true, takes its time, and fails when told to.
type checkedStore struct {
	store.Store
	t *testing.T

	mu             sync.Mutex
	reads, writes  int
	fail           error // what every call ends in
	hang, conflict bool
	readOnly       bool
}

var errStore = errors.New("the store is down")

func (s *checkedStore) set(change func(*checkedStore)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(s)
}

func (s *checkedStore) calls() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.reads + s.writes
}

func (s *checkedStore) begin(ctx context.Context, n *int, write bool) error {
	s.mu.Lock()
	*n++
	fail, hang, conflict := s.fail, s.hang, write && s.conflict
	if write && s.readOnly {
		fail = errStore
	}
	s.mu.Unlock()
	if hang {
		<-ctx.Done()
		return ctx.Err()
	}
	time.Sleep(200*time.Microsecond + rand.N(2*time.Millisecond))
	if conflict {
		return store.ErrConflict
	}
	return fail
}

func (s *checkedStore) Get(ctx context.Context, key string) (store.Record, error) {
	if err := s.begin(ctx, &s.reads, false); err != nil {
		return store.Record{}, err
	}
	return s.Store.Get(ctx, key)
}

func (s *checkedStore) Put(ctx context.Context, r store.Record) (store.Version, error) {
	if err := s.begin(ctx, &s.writes, true); err != nil {
		return 0, err
	}
	if strings.Contains(r.Key, "/key/") {
		if _, err := readTable(r.Value); err != nil {
			s.t.Errorf("a process wrote %s: %v", r.Value, err)
		}
	}
	return s.Store.Put(ctx, r)
}

func (s *checkedStore) Delete(ctx context.Context, key string, v store.Version) error {
	if err := s.begin(ctx, &s.writes, true); err != nil {
		return err
	}
	return s.Store.Delete(ctx, key, v)
}

func (s *checkedStore) List(context.Context, string) iter.Seq2[store.Record, error] {
	panic("nothing is listed")
}
