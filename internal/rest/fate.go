package rest

import (
	"context"
	"crypto/tls"
	"errors"
	"net/http"
	"net/http/httptrace"
	"slices"
)

// What is certain of a request that brought no answer is told by net/http's
// trace of it, and never by the text of an error. In doubt it was sent.

// watched returns a context in which net/http tells how far a try comes. It is
// made for the transport alone: by the call's own context a token source renews
// in the background and a middleware asks other servers, and their connections
// say nothing of this request.
func (x *exchange) watched(ctx context.Context) context.Context {
	return httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GetConn:      func(string) { x.asked.Store(true) },
		GotConn:      x.gotConn,
		WroteHeaders: func() { x.wrote.Store(true) },
	})
}

// neverSent reports that the last attempt certainly did not leave whole: no
// server can have acted on it.
func (x *exchange) neverSent() bool {
	switch {
	case !x.left.Load():
		return true // it ended before the transport
	case x.away.Load() > 0, x.status != 0:
		return false // it is still under way, or its answer had begun
	case x.ctx.Err() == nil && refusedStream(x.broken):
		return true
	case !x.asked.Load():
		return false // the transport tells nothing
	case !x.connected.Load():
		return true // no connection, TLS or proxy included
	}
	// When a call is ended, HTTP/2 may go on writing for a moment.
	return x.client.exact && !x.wrote.Load() && !x.cut.Load()
}

// tracesAll reports whether a transport surely tells when a head was written:
// others may tell of connections alone.
func tracesAll(t http.RoundTripper) bool {
	_, ok := t.(*http.Transport)
	return ok || t == nil
}

// gotConn notes that a connection was found, perhaps not the first. When an
// HTTP/2 stream breaks off, net/http sends again by itself: on the same
// connection after REFUSED_STREAM, which says that nothing was done, and on
// another one after GOAWAY or PROTOCOL_ERROR. The trace does not tell these two
// apart, and a stream that ended in the second may have been served. Over
// HTTP/1.1 it sends a GET again whose connection broke off, and anything else
// only if nothing was written. What must not be done twice ends here.
func (x *exchange) gotConn(info httptrace.GotConnInfo) {
	secured, _ := info.Conn.(*tls.Conn)
	before := x.conn.Swap(secured)
	x.connected.Store(true)
	if !x.wrote.Load() || x.mayDouble() {
		return
	}
	if speaksHTTP2(before) && before != secured || !speaksHTTP2(before) && repeated(x.call.Operation.Method) {
		x.abandon(errBrokenStream)
	}
}

var errBrokenStream = errors.New("the server broke off or is leaving, and did not say whether it had begun")

// repeated reports whether net/http takes a method for one that changes nothing.
func repeated(method string) bool {
	return slices.Contains([]string{http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodTrace}, method)
}

func speaksHTTP2(c *tls.Conn) bool { return c != nil && c.ConnectionState().NegotiatedProtocol == "h2" }

// A streamError has the fields of net/http's own error for a broken HTTP/2
// stream, which lends itself to errors.As by their names.
type streamError struct {
	StreamID uint32
	Code     uint32
	Cause    error
}

func (streamError) Error() string { return "an HTTP/2 stream broke off" }

// codeRefusedStream says that the server did nothing (RFC 9113, section 8.7).
const codeRefusedStream = 7

// refusedStream reports that the server refused the last try of many:
// net/http has made the others.
func refusedStream(err error) bool {
	var e streamError
	return errors.As(err, &e) && e.Code == codeRefusedStream
}
