package emulate

import (
	"bytes"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"
)

const (
	keptRequests = 10_000
	keptBytes    = 64 << 20
)

// A Request is one that reached the server, whatever became of it.
type Request struct {
	Method    string      // the HTTP verb
	Path      string      // unescaped, with the API root
	Query     url.Values  // the parameters of the address
	Header    http.Header // as it came, credentials included
	Host      string      // of the Host header
	Body      []byte      // empty if the fault struck before it was read
	Operation string      // verb and path as in the table: "POST /projects/view/{id}"; empty if there is none
	Time      time.Time   // of arrival
	Status    int         // of the answer; 0 if the connection was dropped without one
}

// arrivals is a bounded log of requests.
type arrivals struct {
	mu    sync.Mutex
	kept  []Request
	bytes int
}

func (a *arrivals) add(r Request, status int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	r.Status = status
	a.kept = append(a.kept, r)
	a.bytes += len(r.Body)
	for len(a.kept) > keptRequests || a.bytes > keptBytes {
		a.bytes -= len(a.kept[0].Body)
		a.kept = slices.Delete(a.kept, 0, 1)
	}
}

func (a *arrivals) all() []Request {
	a.mu.Lock()
	defer a.mu.Unlock()
	out := make([]Request, len(a.kept))
	for i, r := range a.kept {
		r.Query = maps.Clone(r.Query)
		r.Header = r.Header.Clone()
		r.Body = bytes.Clone(r.Body)
		out[i] = r
	}
	return out
}
