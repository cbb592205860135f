package rest

import (
	"net/http"
	"sync"
	"time"
)

const (
	// keptApart is how long an account that has lost a connection keeps to others.
	keptApart = time.Minute
	// mostApart bounds the memory that such accounts take.
	mostApart = 10_000
)

// pools are the connections of a client and its copies. Over HTTP/1.1 a request
// that is cancelled or breaks off takes its connection along, and the next one,
// perhaps another account's, has to open one. So an account that lost one goes
// on by connections that only such accounts use, until it has lost none for a
// while. Over HTTP/2 no request takes the connection along.
type pools struct {
	usual http.RoundTripper // the caller's transport, or ours
	ours  *conns            // that are open, if it is ours; else nil

	mu    sync.Mutex
	apart *http.Transport      // nil until it is needed
	until map[string]time.Time // an account keeps apart
}

func newPools(usual http.RoundTripper) *pools {
	return &pools{usual: usual, until: map[string]time.Time{}}
}

// ownPools are those of a transport that nobody else has.
func ownPools(t *http.Transport) *pools {
	p := newPools(t)
	p.ours = watch(t)
	return p
}

// of returns what the requests of an account go through.
func (p *pools) of(account string) http.RoundTripper {
	p.mu.Lock()
	defer p.mu.Unlock()
	until, apart := p.until[account]
	if !apart {
		return p.usual
	}
	if time.Now().After(until) {
		delete(p.until, account)
		return p.usual
	}
	return p.apart
}

// lose says that a connection was lost by a request of an account. A transport
// that is not net/http's has connections that nobody knows of, and requests
// without an account may be anybody's.
func (p *pools) lose(account string) {
	usual, known := p.usual.(*http.Transport)
	if !known || account == "" || usual.MaxConnsPerHost > 0 { // others would come on top of the most that is allowed
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.apart == nil {
		p.apart = usual.Clone()
	}
	if _, apart := p.until[account]; !apart && len(p.until) >= mostApart {
		forgetOne(p.until)
	}
	p.until[account] = time.Now().Add(keptApart)
}

// close closes the connections. Those of a caller's transport may be in use elsewhere.
func (p *pools) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.apart != nil {
		p.apart.CloseIdleConnections()
	}
	if p.ours != nil {
		p.usual.(*http.Transport).CloseIdleConnections() // a farewell to the server
		p.ours.close()
	}
}
