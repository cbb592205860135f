package rest

import (
	"errors"
	"net/http"
	"slices"
)

// What is certain of a request that brought no answer is told by net/http's
// trace of it, and never by the text of an error. In doubt it was sent.

// neverSent reports that the last attempt certainly did not leave whole: no
// server can have acted on it.
func (x *exchange) neverSent() bool {
	switch {
	case x.try.left.Load() == 0:
		return true // it ended before the transport
	case x.try.away.Load() > 0, x.status != 0:
		return false // it is still under way, or its answer had begun
	case x.ctx.Err() == nil && refusedStream(x.broken):
		return x.try.left.Load() == 1 // it says nothing of what a middleware had sent before
	case !x.try.asked.Load():
		return false // the transport tells nothing
	case !x.try.connected.Load():
		return true // no connection, TLS or proxy included
	}
	// When a call is ended, HTTP/2 may go on writing for a moment.
	return x.client.exact && !x.try.wrote.Load() && !x.try.cut.Load()
}

// tracesAll reports whether a transport surely tells when a head was written:
// others may tell of connections alone.
func tracesAll(t http.RoundTripper) bool {
	_, ok := t.(*http.Transport)
	return ok || t == nil
}

var errBrokenStream = errors.New("the server broke off or is leaving, and did not say whether it had begun")

// repeated reports whether net/http takes a method for one that changes nothing.
func repeated(method string) bool {
	return slices.Contains([]string{http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodTrace}, method)
}

// speaksClear reports whether a transport speaks HTTP/2 without TLS, to a server
// on this machine.
func speaksClear(t http.RoundTripper) bool {
	known, _ := t.(*http.Transport)
	return known != nil && known.Protocols != nil && known.Protocols.UnencryptedHTTP2() && !known.Protocols.HTTP1()
}

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
