package golden

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
)

// A Replay is a server for one call of a client: it gives the case's answer
// and remembers whether the request was the case's. It is safe for concurrent
// use.
type Replay struct {
	golden Case

	mu    sync.Mutex
	count int
	wrong []error
}

// Replay returns a server that gives the case's answer.
func (c Case) Replay() *Replay { return &Replay{golden: c} }

// ServeHTTP answers any request with the case's answer. Headers of the case
// that may have any value are left out.
func (p *Replay) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err == nil {
		err = p.golden.CheckRequest(r, body)
	}
	p.note(err)
	for _, h := range p.golden.Answer.Header {
		if !h.Absent && h.Value != "*" {
			w.Header().Add(h.Name, h.Value)
		}
	}
	w.WriteHeader(p.golden.Status)
	_, _ = io.WriteString(w, p.golden.Answer.Body) // a client that left is the test's business
}

func (p *Replay) note(err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.count++
	if err != nil {
		p.wrong = append(p.wrong, err)
	}
}

// Count is how many requests came.
func (p *Replay) Count() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.count
}

// Err returns nil if exactly one request came, and it was the case's.
func (p *Replay) Err() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.count != 1 {
		return errors.Join(append(p.wrong, fmt.Errorf("golden: %s: %d requests came, want 1", p.golden.Name, p.count))...)
	}
	return errors.Join(p.wrong...)
}
