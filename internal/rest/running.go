package rest

import (
	"context"
	"errors"
	"sync"
)

var errClosed = errors.New("the client was closed")

// running knows the calls under way of a client and all its copies, so that
// Close can end them. A copy without a call leaves no trace in it.
type running struct {
	mu    sync.Mutex
	calls map[*exchange]context.CancelCauseFunc
}

func newRunning() *running { return &running{calls: map[*exchange]context.CancelCauseFunc{}} }

// begin notes a call and how to end it. The call of a client that was closed
// is ended at once.
func (r *running) begin(x *exchange, cancel context.CancelCauseFunc) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for c := x.client; c != nil; c = c.parent {
		if c.closed {
			cancel(errClosed)
			return
		}
	}
	r.calls[x] = cancel
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
	for x, cancel := range r.calls {
		for c := x.client; c != nil; c = c.parent {
			if c == closed {
				cancel(errClosed)
			}
		}
	}
}
