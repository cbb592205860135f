package rest

import (
	"context"
	"crypto/tls"
	"net/http"
	"net/http/httptrace"
	"sync/atomic"

	"github.com/cordage-go/cordage/auth"
	"github.com/cordage-go/cordage/connector"
)

// A try is how far one attempt comes on its way to the server. Its requests
// carry it in their context. What a middleware or net/http still does with them
// when the call has gone on to another attempt says nothing of that one.
type try struct {
	context.Context // ends with the attempt, unless that has succeeded
	x               *exchange
	token           auth.Token

	over             atomic.Bool  // the call does not wait for it any more
	left             atomic.Int32 // how often it was handed to the transport
	away             atomic.Int32 // how often the transport has it and has not returned: a middleware may not wait for its own
	asked, connected atomic.Bool  // a connection was asked for, and found
	wrote            atomic.Bool  // the head of the request was written
	cut              atomic.Bool  // its context ended before the transport returned
	conn             atomic.Pointer[tls.Conn]
}

type tryKey struct{}

// Value returns the try for its key.
func (t *try) Value(key any) any {
	if key == (tryKey{}) {
		return t
	}
	return t.Context.Value(key)
}

func tryOf(ctx context.Context) *try {
	t, _ := ctx.Value(tryKey{}).(*try)
	return t
}

// watched returns a context in which net/http tells how far the try comes. It is
// made for the transport alone: by the call's own context a token source renews
// in the background and a middleware asks other servers, and their connections
// say nothing of this request. halt ends the context, if it may be none of the call's.
func (t *try) watched(ctx context.Context, halt context.CancelCauseFunc) context.Context {
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GetConn:      func(string) { t.asked.Store(true) },
		GotConn:      func(info httptrace.GotConnInfo) { t.gotConn(info, halt) },
		WroteHeaders: func() { t.wrote.Store(true) },
	})
}

// bound watches a request of a middleware, which may have taken it off the
// call's context, and ends it with the try.
func (t *try) bound(ctx context.Context) context.Context {
	ctx, halt := context.WithCancelCause(ctx)
	context.AfterFunc(t.Context, func() { halt(context.Cause(t.Context)) })
	return t.watched(ctx, halt)
}

// gotConn notes that a connection was found, perhaps not the first. When an
// HTTP/2 stream breaks off, net/http sends again by itself: on the same
// connection after REFUSED_STREAM, which says that nothing was done, and on
// another one after GOAWAY or PROTOCOL_ERROR. The trace does not tell these two
// apart, and a stream that ended in the second may have been served. Over
// HTTP/1.1 it sends a GET again whose connection broke off, and anything else
// only if nothing was written. What must not be done twice ends here.
func (t *try) gotConn(info httptrace.GotConnInfo, halt context.CancelCauseFunc) {
	secured, _ := info.Conn.(*tls.Conn)
	before := t.conn.Swap(secured)
	t.connected.Store(true)
	if !t.wrote.Load() || t.x.mayDouble() {
		return
	}
	other := before != secured || secured == nil // without TLS, in doubt
	again := t.speaksHTTP2(before) && other || !t.speaksHTTP2(before) && repeated(t.x.call.Operation.Method)
	if !again {
		return
	}
	if !t.speaksHTTP2(secured) {
		_ = info.Conn.Close() // nobody else has it, and net/http would write before it looks at the context
	}
	t.x.abandon(t, errBrokenStream)
	if halt != nil {
		halt(errBrokenStream)
	}
}

// speaksHTTP2 reports whether a connection carries many requests at a time. c is
// nil for one without TLS.
func (t *try) speaksHTTP2(c *tls.Conn) bool {
	if c == nil {
		return t.x.client.clear
	}
	return c.ConnectionState().NegotiatedProtocol == "h2"
}

// roundTrip hands the request to the transport. That a middleware sends it when
// nobody waits for it any more is stopped: the call may have been sent again.
func (t *try) roundTrip(r *http.Request) (*http.Response, error) {
	t.left.Add(1)
	t.away.Add(1)
	defer t.away.Add(-1)
	if t.over.Load() {
		return nil, &connector.Error{Kind: connector.Canceled, Message: "the attempt that this request belongs to is over"}
	}
	response, err := t.x.client.pools.of(t.x.call.Account).RoundTrip(r)
	if err != nil && r.Context().Err() != nil {
		t.cut.Store(true)
	}
	return response, err
}

// end says that nobody waits for the try any more. If it failed, the connection
// that it had was lost, unless that carries the requests of others, too.
func (t *try) end(failed bool) {
	t.over.Store(true)
	if failed && t.connected.Load() && !t.speaksHTTP2(t.conn.Load()) {
		t.x.client.pools.lose(t.x.call.Account)
	}
}
