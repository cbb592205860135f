package faulttest

import (
	"context"
	"crypto/tls"
	"encoding/binary"
	"io"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
)

// An Ending is how an [HTTP2] platform ends the stream of a whole request.
type Ending int

const (
	// Answered is 200 and the body.
	Answered Ending = iota
	// Refused resets the stream with REFUSED_STREAM: nothing was done.
	Refused
	// BrokenOff resets it with PROTOCOL_ERROR: nobody knows.
	BrokenOff
	// Left ends the connection with a GOAWAY that does not count the stream.
	Left
	// Begun resets it with REFUSED_STREAM after the head of an answer, so that
	// something was done after all.
	Begun
	// Silent is no ending: nothing comes.
	Silent
)

// HTTP2 is a platform that speaks HTTP/2 over TLS in memory, frame by frame, so
// that it can end streams in ways that a real server hides.
type HTTP2 struct {
	body     string
	endings  func(n int) Ending
	settings *tls.Config
	roots    *tls.Config
	count    atomic.Int64
	conns    conns
	running  sync.WaitGroup
}

// NewHTTP2 makes a platform that ends with the test. endings is asked about each
// whole request, counted from 0.
func NewHTTP2(t testing.TB, body string, endings func(n int) Ending) *HTTP2 {
	t.Helper()
	made := NewCertificates(t)
	p := &HTTP2{
		body: body, endings: endings,
		settings: &tls.Config{Certificates: []tls.Certificate{made.Good}, NextProtos: []string{"h2"}, MinVersion: tls.VersionTLS13},
		roots:    &tls.Config{RootCAs: made.Roots, ServerName: "127.0.0.1", NextProtos: []string{"h2"}, MinVersion: tls.VersionTLS13},
	}
	t.Cleanup(func() { p.conns.closeAll(); p.running.Wait() })
	return p
}

// Count returns how many whole requests have arrived.
func (p *HTTP2) Count() int { return int(p.count.Load()) }

// Open returns how many connections are open.
func (p *HTTP2) Open() int {
	p.conns.mu.Lock()
	defer p.conns.mu.Unlock()
	return len(p.conns.open)
}

// Transport returns net/http's own transport, connected to the platform.
func (p *HTTP2) Transport() *http.Transport {
	return &http.Transport{ForceAttemptHTTP2: true, DialTLSContext: p.dial}
}

// Clear returns a transport that speaks HTTP/2 to the platform without TLS, at
// an http address.
func (p *HTTP2) Clear() *http.Transport {
	protocols := &http.Protocols{}
	protocols.SetUnencryptedHTTP2(true)
	return &http.Transport{Protocols: protocols, DialContext: func(context.Context, string, string) (net.Conn, error) {
		near, far := net.Pipe()
		p.conns.add(far)
		p.running.Go(func() { defer p.conns.remove(far); p.serve(far) })
		return near, nil
	}}
}

func (p *HTTP2) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	near, far := net.Pipe()
	p.conns.add(far)
	p.running.Go(func() { defer p.conns.remove(far); p.serve(tls.Server(far, p.settings)) })
	secured := tls.Client(near, p.roots)
	return secured, secured.HandshakeContext(ctx)
}

// Frames and flags of RFC 9113, section 6.
const (
	frameData, frameHeaders, frameReset, frameSettings, frameAway = 0, 1, 3, 4, 7
	flagEnd, flagEndHeaders, flagAck                              = 1, 4, 1
	codeProtocol, codeRefused                                     = 1, 7
)

const preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"

func (p *HTTP2) serve(conn net.Conn) {
	if _, err := io.ReadFull(conn, make([]byte, len(preface))); err != nil {
		return
	}
	// A pipe holds nothing: who only wrote here could wait for one who only writes.
	out := make(chan []byte, 64)
	p.running.Go(func() {
		for frame := range out {
			_, _ = conn.Write(frame) // a client that has gone is seen by the reader
		}
	})
	defer close(out)
	out <- frame(frameSettings, 0, 0, nil)
	for {
		head := make([]byte, 9)
		if _, err := io.ReadFull(conn, head); err != nil {
			return
		}
		payload := make([]byte, binary.BigEndian.Uint32(head)>>8)
		if _, err := io.ReadFull(conn, payload); err != nil {
			return
		}
		kind, flags, stream := head[3], head[4], binary.BigEndian.Uint32(head[5:])
		switch {
		case kind == frameSettings && flags&flagAck == 0:
			out <- frame(frameSettings, flagAck, 0, nil)
		case (kind == frameHeaders || kind == frameData) && flags&flagEnd != 0:
			p.end(out, stream, p.endings(int(p.count.Add(1))-1))
		}
	}
}

func (p *HTTP2) end(out chan<- []byte, stream uint32, ending Ending) {
	code := func(c uint32) []byte { return binary.BigEndian.AppendUint32(nil, c) }
	const json = "application/json"
	// Two fields of the static table of RFC 7541: ":status: 200" and the name content-type.
	fields := append([]byte{0x88, 0x0f, 0x10, byte(len(json))}, json...)
	switch ending {
	case Silent:
	case Refused:
		out <- frame(frameReset, 0, stream, code(codeRefused))
	case BrokenOff:
		out <- frame(frameReset, 0, stream, code(codeProtocol))
	case Left:
		out <- frame(frameAway, 0, 0, append(code(stream-2), code(0)...))
	case Begun:
		out <- frame(frameHeaders, flagEndHeaders, stream, fields)
		out <- frame(frameReset, 0, stream, code(codeRefused))
	default:
		out <- frame(frameHeaders, flagEndHeaders, stream, fields)
		out <- frame(frameData, flagEnd, stream, []byte(p.body))
	}
}

func frame(kind, flags byte, stream uint32, payload []byte) []byte {
	f := binary.BigEndian.AppendUint32(nil, uint32(len(payload))<<8|uint32(kind))
	f = append(f, flags)
	f = binary.BigEndian.AppendUint32(f, stream)
	return append(f, payload...)
}
