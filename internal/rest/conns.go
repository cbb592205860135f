package rest

import (
	"context"
	"maps"
	"net"
	"net/http"
	"slices"
	"sync"
)

// conns are the open connections of a transport of ours. When a request ends
// over HTTP/2, net/http keeps its connection for later ones, so that after a
// Close in the midst of calls it would stay open until it has been idle for long.
type conns struct {
	mu     sync.Mutex
	open   map[*conn]struct{}
	closed bool
}

// watch notes what a transport opens from now on.
func watch(t *http.Transport) *conns {
	all := &conns{open: map[*conn]struct{}{}}
	dial := t.DialContext
	t.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		opened, err := dial(ctx, network, address)
		if err != nil {
			return nil, err
		}
		return all.add(opened)
	}
	return all
}

func (a *conns) add(opened net.Conn) (net.Conn, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.closed { // net/http goes on connecting for calls that have ended
		_ = opened.Close()
		return nil, errClosed
	}
	c := &conn{Conn: opened, all: a}
	a.open[c] = struct{}{}
	return c, nil
}

func (a *conns) forget(c *conn) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.open, c)
}

// close closes them, and any that is opened later.
func (a *conns) close() {
	a.mu.Lock()
	a.closed = true
	open := slices.Collect(maps.Keys(a.open))
	a.mu.Unlock()
	for _, c := range open {
		_ = c.Close()
	}
}

// A conn is one of them.
type conn struct {
	net.Conn
	all *conns
}

// Close closes the connection.
func (c *conn) Close() error {
	c.all.forget(c)
	return c.Conn.Close()
}
