package rest_test

import (
	"context"
	"net"
	"net/http"
	"net/http/httptrace"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cordage-go/cordage/auth"
	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/internal/rest"
)

// A pipeline is an HTTP/1.1 server in memory that takes 10 ms for an answer.
type pipeline struct {
	conns chan net.Conn
	open  atomic.Int64 // connections
}

func newPipeline(t *testing.T) *pipeline {
	p := &pipeline{conns: make(chan net.Conn)}
	server := &http.Server{
		Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			time.Sleep(10 * time.Millisecond)
			_, _ = w.Write([]byte(ok))
		}),
		ConnState: func(_ net.Conn, state http.ConnState) {
			switch state {
			case http.StateNew:
				p.open.Add(1)
			case http.StateClosed:
				p.open.Add(-1)
			}
		},
	}
	var group sync.WaitGroup
	group.Go(func() { _ = server.Serve(p) })
	t.Cleanup(func() {
		_ = server.Close()
		group.Wait()
	})
	return p
}

func (p *pipeline) Accept() (net.Conn, error) {
	conn, open := <-p.conns
	if !open {
		return nil, net.ErrClosed
	}
	return conn, nil
}

func (p *pipeline) Close() error   { close(p.conns); return nil }
func (p *pipeline) Addr() net.Addr { return &net.TCPAddr{} }

func (p *pipeline) transport() *http.Transport {
	return &http.Transport{MaxIdleConnsPerHost: 16, DialContext: func(context.Context, string, string) (net.Conn, error) {
		ours, theirs := net.Pipe()
		p.conns <- theirs
		return ours, nil
	}}
}

// openBoth opens a connection for each of two clients, which call at once.
func openBoth(t *testing.T, one, other *rest.Client) {
	t.Helper()
	var both sync.WaitGroup
	both.Go(func() { opened(t, one) })
	both.Go(func() { opened(t, other) })
	both.Wait()
}

// opened makes a call and reports whether it had to open a connection.
func opened(t *testing.T, c *rest.Client) bool {
	t.Helper()
	var fresh atomic.Bool
	ctx := httptrace.WithClientTrace(t.Context(), &httptrace.ClientTrace{GotConn: func(got httptrace.GotConnInfo) { fresh.Store(!got.Reused) }})
	if _, err := get(ctx, c); err != nil {
		t.Error(err)
	}
	return fresh.Load()
}

// giveUp makes a call that does not wait for its answer.
func giveUp(t *testing.T, c *rest.Client) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Millisecond)
	defer cancel()
	_, err := get(ctx, c)
	wantKind(t, err, connector.Canceled)
}

// An account whose calls are given up over HTTP/1.1, which costs a connection
// each time, does not take those of others.
func TestLostConnectionsAreOnesOwn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := newPipeline(t)
		transport := server.transport()
		defer transport.CloseIdleConnections()
		c := newClient(t, transport, connector.Options{BaseURL: "http://127.0.0.1"})
		steady, hasty := c.As(auth.Static(canary), connector.Account("steady")), c.As(auth.Static(canary), connector.Account("hasty"))
		openBoth(t, steady, hasty)
		for range 5 {
			giveUp(t, hasty)
			if opened(t, steady) {
				t.Error("a call had to open a connection for another account's")
			}
		}
		if !opened(t, hasty) || opened(t, hasty) {
			t.Error("the account that lost connections must open one of its own, and keep it")
		}
		time.Sleep(61 * time.Second)
		if opened(t, hasty) || server.open.Load() != 2 {
			t.Errorf("after a while the account must share again; %d connections are open, want 2", server.open.Load())
		}
		c.Close()
		synctest.Wait()
		if n := server.open.Load(); n != 1 {
			t.Errorf("%d connections are open, want the one of the caller's transport", n)
		}
	})
}

// Calls without an account may be anybody's: they go on as before.
func TestLostConnectionsOfNoAccount(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := newPipeline(t)
		transport := server.transport()
		defer transport.CloseIdleConnections()
		c := newClient(t, transport, connector.Options{BaseURL: "http://127.0.0.1"})
		openBoth(t, c, c)
		giveUp(t, c)
		if opened(t, c) {
			t.Error("the other connection was there")
		}
	})
}
