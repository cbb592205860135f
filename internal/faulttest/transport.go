package faulttest

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"syscall"
	"time"
)

// A Transport is an http.RoundTripper that plays a script in memory. It tells
// a request's httptrace whether a connection was found, as net/http does.
type Transport struct {
	record
	tries  int
	refuse func(try int) bool
}

// NewTransport returns a transport that plays the script.
func NewTransport(script Script) *Transport {
	return &Transport{record: record{script: script}}
}

// Refusing makes the transport find no connection for the tries that refuse
// picks, counted from 0. These never arrive, and the script does not see them.
func (t *Transport) Refusing(refuse func(try int) bool) *Transport {
	t.refuse = refuse
	return t
}

// ErrRefused is the error of a connection that was not found.
var ErrRefused error = &net.OpError{Op: "dial", Net: "tcp", Err: syscall.ECONNREFUSED}

// ErrReset is the error of a connection that was reset.
var ErrReset error = &net.OpError{Op: "read", Net: "tcp", Err: syscall.ECONNRESET}

// RoundTrip plays one step.
func (t *Transport) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		defer r.Body.Close()
	}
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	trace := httptrace.ContextClientTrace(r.Context())
	if trace != nil && trace.GetConn != nil {
		trace.GetConn(r.URL.Host)
	}
	if t.refuses() {
		return nil, ErrRefused
	}
	if trace != nil && trace.GotConn != nil {
		trace.GotConn(httptrace.GotConnInfo{})
	}
	var body []byte
	if r.Body != nil { // a nil body in a non-nil io.Reader would not be nil
		var err error
		if body, _, err = t.read(r.Body); err != nil {
			return nil, err
		}
	}
	return t.arrive(arrivalOf(r, body, 0)).play(r)
}

func (t *Transport) refuses() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.tries++
	return t.refuse != nil && t.refuse(t.tries-1)
}

func (s Step) play(r *http.Request) (*http.Response, error) {
	if err := sleep(r.Context(), s.Delay); err != nil {
		return nil, err
	}
	switch s.Fault {
	case Reset:
		return nil, ErrReset
	case Hangup:
		return nil, io.EOF
	case Silence:
		<-r.Context().Done()
		return nil, r.Context().Err()
	}
	header := s.Header.Clone()
	if header == nil {
		header = http.Header{}
	}
	length := int64(len(s.Body))
	if s.Chunked {
		length = -1
	}
	part, whole := s.part()
	return &http.Response{
		StatusCode: s.status(), Status: http.StatusText(s.status()), Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: header, ContentLength: length, Request: r,
		Body: &body{ctx: r.Context(), rest: bytes.NewReader([]byte(part)), step: s, whole: whole},
	}, nil
}

// A body is read as the step's faults allow.
type body struct {
	ctx   context.Context
	rest  *bytes.Reader
	step  Step
	whole bool
}

func (b *body) Read(p []byte) (int, error) {
	if b.rest.Len() == 0 {
		return 0, b.end()
	}
	if b.step.Trickle <= 0 || len(p) == 0 {
		return b.rest.Read(p)
	}
	if err := sleep(b.ctx, b.step.Trickle); err != nil {
		return 0, err
	}
	return b.rest.Read(p[:1])
}

func (b *body) end() error {
	switch {
	case b.whole:
		return io.EOF
	case b.step.Fault == Stall:
		<-b.ctx.Done()
		return b.ctx.Err()
	}
	return io.ErrUnexpectedEOF
}

func (b *body) Close() error { return nil }

func sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
