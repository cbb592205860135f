package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

const (
	sharedLength = time.Second
	sharedLimit  = 100 // requests in any sharedLength
	// sharedLatency is what the server takes for an answer.
	sharedLatency = 5 * time.Millisecond
)

// A limitedServer is a platform that counts requests over a sliding window and
// tells of it by Procore's headers. It counts all requests as those of one
// account. Refused requests do not count.
type limitedServer struct {
	URL  string
	http *http.Server

	mu       sync.Mutex
	counted  []time.Time
	arrivals []limitedArrival
	ended    time.Time               // when the last answer was ready
	refuse   func(worker string) int // asks a worker to pause for so many seconds; 0: does not
}

type limitedArrival struct {
	at      time.Time
	worker  string
	refused bool
}

func listenLimited() (*limitedServer, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s := &limitedServer{URL: "http://" + listener.Addr().String()}
	s.http = &http.Server{Handler: s, ReadHeaderTimeout: time.Minute}
	go func() { _ = s.http.Serve(listener) }() // ends with Close
	return s, nil
}

func (s *limitedServer) Close() { _ = s.http.Close() } // nobody is left to miss an answer

func (s *limitedServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	worker, _, _ := strings.Cut(r.UserAgent(), " ")
	status, remaining, pause := s.count(worker)
	if status == http.StatusOK {
		time.Sleep(sharedLatency)
	}
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("X-Rate-Limit-Limit", strconv.Itoa(sharedLimit))
	h.Set("X-Rate-Limit-Remaining", strconv.Itoa(remaining))
	h.Set("X-Rate-Limit-Reset", strconv.FormatInt(time.Now().Add(sharedLength+time.Second-1).Unix(), 10))
	if pause > 0 {
		h.Set("Retry-After", strconv.Itoa(pause))
	}
	w.WriteHeader(status)
	_, _ = io.WriteString(w, `{"id":1}`) // one who has gone is one of those that were killed
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ended = time.Now()
}

// count counts a request that has arrived.
func (s *limitedServer) count(worker string) (status, remaining, pause int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	for len(s.counted) > 0 && now.Sub(s.counted[0]) >= sharedLength {
		s.counted = s.counted[1:]
	}
	if s.refuse != nil {
		pause = s.refuse(worker)
	}
	refused := pause > 0 || len(s.counted) >= sharedLimit
	s.arrivals = append(s.arrivals, limitedArrival{now, worker, refused})
	if refused {
		return http.StatusTooManyRequests, sharedLimit - len(s.counted), pause
	}
	s.counted = append(s.counted, now)
	return http.StatusOK, sharedLimit - len(s.counted), 0
}

// between counts the arrivals of a span of time that were refused, and those
// that were not, of all workers but one.
func (s *limitedServer) between(from, to time.Time, but string) (passed, refused int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, a := range s.arrivals {
		switch {
		case a.at.Before(from) || !a.at.Before(to) || a.worker == but:
		case a.refused:
			refused++
		default:
			passed++
		}
	}
	return passed, refused
}

// fullFrom returns when the workers but one first had 95 % of the allowance to
// themselves for a whole window.
func (s *limitedServer) fullFrom(from time.Time, but string) (after time.Duration, ok bool) {
	for ; after < 5*sharedLength; after += sharedLength / 100 {
		passed, _ := s.between(from.Add(after), from.Add(after+sharedLength), but)
		if passed >= sharedLimit*95/100 {
			return after, true
		}
	}
	return 0, false
}

// A cut is a way to a store that can be interrupted.
type cut struct {
	target, address string // where the store listens, and where the way begins

	mu       sync.Mutex
	listener net.Listener
	conns    map[net.Conn]bool
}

func newCut(target string) (*cut, error) {
	c := &cut{target: target, address: "127.0.0.1:0", conns: map[net.Conn]bool{}}
	return c, c.mend()
}

// mend opens the way.
func (c *cut) mend() error {
	listener, err := new(net.ListenConfig).Listen(context.Background(), "tcp", c.address)
	if err != nil {
		return fmt.Errorf("cannot open the way to the store: %w", err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.listener, c.address = listener, listener.Addr().String()
	go c.accept(listener)
	return nil
}

func (c *cut) accept(listener net.Listener) {
	for {
		from, err := listener.Accept()
		if err != nil {
			return // cut
		}
		to, err := net.Dial("tcp", c.target)
		if err != nil {
			_ = from.Close()
			continue
		}
		c.mu.Lock()
		c.conns[from], c.conns[to] = true, true
		c.mu.Unlock()
		go c.carry(from, to)
		go c.carry(to, from)
	}
}

func (c *cut) carry(to, from net.Conn) {
	_, _ = io.Copy(to, from) // how it ends does not matter: both ends close
	_, _ = to.Close(), from.Close()
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.conns, to)
	delete(c.conns, from)
}

// cut closes the way, and what is on it.
func (c *cut) cut() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	for conn := range c.conns {
		_ = conn.Close() // it is gone either way
	}
	return c.listener.Close()
}
