package rest

import (
	"errors"
	"sync"
)

var errClosed = errors.New("the client was closed")

// running knows the calls under way of a client and all its copies, so that
// Close can end them. A copy without a call leaves no trace in it.
type running struct {
	mu    sync.Mutex
	calls map[*exchange]struct{}
}

func newRunning() *running { return &running{calls: map[*exchange]struct{}{}} }

// begin notes a call. That of a client that was closed is ended at once.
func (r *running) begin(x *exchange) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for c := x.client; c != nil; c = c.parent {
		if c.closed {
			x.end(errClosed)
			return
		}
	}
	r.calls[x] = struct{}{}
}

func (r *running) forget(x *exchange) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.calls, x)
}

// end closes a client: its calls end, and those of its copies.
func (r *running) end(closed *Client) {
	r.mu.Lock()
	defer r.mu.Unlock()
	closed.closed = true
	for x := range r.calls {
		for c := x.client; c != nil; c = c.parent {
			if c == closed {
				x.end(errClosed)
			}
		}
	}
}
