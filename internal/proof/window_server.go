package main

import (
	"context"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"time"
)

// A windowServer answers every request with a page of RFIs and counts it in one
// window, which it tells of by Procore's headers: resets are whole seconds,
// rounded up. It takes half of the latency before it counts, and half after.
type windowServer struct {
	*httptest.Server
	sliding bool
	latency time.Duration
	page    []byte

	mu      sync.Mutex
	counted []time.Time // what counts now
	refused int         // requests of the client
}

func newWindowServer(sliding bool, latency time.Duration) *windowServer {
	s := &windowServer{sliding: sliding, latency: latency, page: rfiPage(10)}
	s.Server = httptest.NewServer(s)
	return s
}

// ServeHTTP answers the client.
func (s *windowServer) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	time.Sleep(s.latency / 2)
	ok, remaining, reset := s.count(false)
	time.Sleep(s.latency / 2)
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("X-Rate-Limit-Limit", strconv.Itoa(windowLimit))
	h.Set("X-Rate-Limit-Remaining", strconv.Itoa(remaining))
	h.Set("X-Rate-Limit-Reset", strconv.FormatInt(reset.Add(time.Second-1).Unix(), 10))
	if !ok {
		http.Error(w, "You have surpassed the max number of requests.", http.StatusTooManyRequests)
		return
	}
	_, _ = w.Write(s.page) // the client counts what it did not get
}

// count counts a request. A fixed span begins with the first request after the
// last one ended. Refused requests do not count.
func (s *windowServer) count(strange bool) (ok bool, remaining int, reset time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	if !s.sliding && len(s.counted) > 0 && now.Sub(s.counted[0]) >= windowLength {
		s.counted = nil
	}
	for len(s.counted) > 0 && now.Sub(s.counted[0]) >= windowLength {
		s.counted = s.counted[1:]
	}
	ok = len(s.counted) < windowLimit
	switch {
	case ok:
		s.counted = append(s.counted, now)
	case !strange:
		s.refused++
	}
	return ok, windowLimit - len(s.counted), s.counted[0].Add(windowLength)
}

// A stranger makes 30 % of the requests that a window allows: evenly, or all at
// once at some moment of each length. It does not try again what is refused.
type stranger struct {
	bursts bool
	random *rand.Rand
}

// run uses a server until ctx ends.
func (s *stranger) run(ctx context.Context, server *windowServer) {
	const requests = windowLimit * 3 / 10
	for begin := time.Now(); ; begin = begin.Add(windowLength) {
		burst := time.Duration(s.random.Int64N(int64(windowLength)))
		for i := range requests {
			at := burst
			if !s.bursts {
				at = windowLength * time.Duration(i) / requests
			}
			if !pause(ctx, time.Until(begin.Add(at))) {
				return
			}
			server.count(true)
		}
	}
}
