package main

import (
	"context"
	"encoding/json"
	"net"
	"net/http"
	"sync"

	"github.com/cordage-go/cordage/auth"
	"github.com/cordage-go/cordage/store"
)

// A point is a moment in a renewal at which a process can be hit.
type point string

const (
	beforeNote  point = "before the note"
	afterNote   point = "after the note"
	requestLeft point = "after the request left"
	afterAnswer point = "after the answer"
	afterSave   point = "after the save"
	anywhere    point = "at random"
)

func points() []point {
	return []point{beforeNote, afterNote, requestLeft, afterAnswer, afterSave, anywhere}
}

// A wire watches the renewals of one session from outside: through its store,
// its grant and its transport. It tells what it sees, and stops the session at
// one point until release is closed.
type wire struct {
	tell    func(sight)
	at      point
	skip    int // renewals that pass unharmed first
	release <-chan struct{}

	still sync.Mutex // held while the session is stopped

	mu       sync.Mutex
	renewals int  // notes written so far
	probing  bool // the newest note is that of a probe
	reached  bool
}

// reach stops at p, if that is the wire's point and its renewal has come. It
// stops there once.
func (w *wire) reach(p point) {
	w.mu.Lock()
	begun := w.renewals
	if p == beforeNote {
		begun++
	}
	hit := p == w.at && begun > w.skip && !w.reached
	w.reached = w.reached || hit
	w.mu.Unlock()
	if !hit {
		return
	}
	w.still.Lock()
	defer w.still.Unlock()
	w.tell(sight{What: sawPoint})
	<-w.release
}

// note remembers that a renewal has been noted in the store.
func (w *wire) note(probe bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.renewals++
	w.probing = probe
}

func (w *wire) isProbe() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.probing
}

// watchedStore tells of notes and saves.
type watchedStore struct {
	store.Store
	wire *wire
}

func (s watchedStore) Put(ctx context.Context, r store.Record) (store.Version, error) {
	seen := readSession(r.Value)
	if seen.Renewal != nil {
		s.wire.reach(beforeNote)
	}
	version, err := s.Store.Put(ctx, r)
	switch {
	case err != nil:
	case seen.Renewal != nil:
		s.wire.note(seen.Renewal.Probe)
		s.wire.reach(afterNote)
	case seen.Failed == nil:
		s.wire.tell(sight{What: sawSave, Token: seen.Token.Refresh})
		s.wire.reach(afterSave)
	}
	return version, err
}

// watchedSession is what the proof must know of a session's record.
type watchedSession struct {
	Token   struct{ Refresh string }
	Renewal *struct{ Probe bool }
	Failed  *struct{}
}

// readSession reads a record. What it cannot read is a session's to refuse.
func readSession(value []byte) watchedSession {
	var seen watchedSession
	_ = json.Unmarshal(value, &seen)
	return seen
}

// watchGrant tells of the tokens that a grant presents and obtains.
func (w *wire) watchGrant(g auth.Grant) auth.Grant {
	renew := g.Renew
	g.Renew = func(ctx context.Context, previous auth.Token) (auth.Token, error) {
		w.tell(sight{What: sawPresenting, Token: previous.Refresh.Reveal(), Probe: w.isProbe()})
		token, err := renew(ctx, previous)
		if err == nil {
			w.tell(sight{What: sawPair, Token: token.Refresh.Reveal(), Before: previous.Refresh.Reveal()})
			w.reach(afterAnswer)
		}
		return token, err
	}
	return g
}

// watchedTransport is the transport of sign-in calls. It stops once a request
// has left: the answer is on its way then, but nobody gets it before the
// process goes on.
type watchedTransport struct {
	http.RoundTripper
	wire *wire
}

func (w *wire) transport() http.RoundTripper {
	t := &http.Transport{DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := new(net.Dialer).DialContext(ctx, network, address)
		return watchedConn{conn, w}, err
	}}
	return watchedTransport{t, w}
}

func (t watchedTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := t.RoundTripper.RoundTrip(r)
	t.wire.still.Lock() // an answer that comes while the wire stops waits, too
	defer t.wire.still.Unlock()
	return answer, err
}

// watchedConn sees a request leave: net/http writes a short one in one piece.
type watchedConn struct {
	net.Conn
	wire *wire
}

func (c watchedConn) Write(p []byte) (int, error) {
	n, err := c.Conn.Write(p)
	if err == nil {
		c.wire.reach(requestLeft)
	}
	return n, err
}
