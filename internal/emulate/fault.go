package emulate

import (
	"context"
	"net/http"
	"slices"
	"sync"
	"time"
)

// When says at which point a fault strikes.
type When int

const (
	// BeforeWork: the request was read whole, and nothing was done.
	BeforeWork When = iota
	// BeforeBody: only the headers were read.
	BeforeBody
	// AfterWork: the platform did what was asked, and its answer is lost or spoiled.
	AfterWork
)

// A Fault spoils the answers of some requests. The zero value of each field
// leaves that part as the platform would have it, so that
//
//	Fault{Status: 503}                       refuses the next request
//	Fault{On: "/projects/modify", Drop: true, When: AfterWork}
//	                                         does the next such write and loses its answer
//	Fault{Cut: 10, Times: -1}                cuts every answer after 10 bytes
//	Fault{Header: http.Header{"X-Ratelimit-Remaining": {"0"}}}
//	                                         changes a header of the next true answer
type Fault struct {
	// On chooses requests by the path of the operation, with its variables in
	// braces or filled in, with or without a verb before it: "/projects/list",
	// "GET /companies/{id}". Empty chooses every request.
	On string
	// Skip lets that many fitting requests through first.
	Skip int
	// Times is how many fitting requests are spoiled; 0 means one, a negative
	// number every one from now on.
	Times int
	// When decides whether the work is done: see [When].
	When When

	// Delay waits before the answer. The client may leave earlier.
	Delay time.Duration
	// Drop resets the connection in place of an answer.
	Drop bool
	// Status, if not 0, is answered in place of the platform's, with Body.
	Status int
	// Body is the body of that answer: an error text, HTML, garbage. With
	// Status 0 a body that is not empty comes with the platform's own status.
	Body string
	// Header is added to the answer and replaces headers of the same name.
	Header http.Header
	// Cut closes the connection after that many bytes of the body, although
	// Content-Length promised all; a negative number closes before the first.
	Cut int
	// Trickle sends the body byte by byte with that pause after each.
	Trickle time.Duration
}

// works reports whether the platform does what was asked although the fault strikes.
func (f *Fault) works() bool {
	return f.When == AfterWork || f.When == BeforeWork && !f.Drop && f.Status == 0 && f.Body == ""
}

// answer lays the fault over what the platform said.
func (f *Fault) answer(real Answer) Answer {
	a := real
	if f.Status != 0 {
		a = Answer{Status: f.Status, Body: []byte(f.Body)}
	} else if f.Body != "" {
		a.Body = []byte(f.Body)
	}
	if a.Status == 0 {
		a.Status = http.StatusOK
	}
	a.Header = a.Header.Clone()
	if a.Header == nil {
		a.Header = http.Header{}
	}
	for name, values := range f.Header {
		a.Header[http.CanonicalHeaderKey(name)] = slices.Clone(values)
	}
	return a
}

// status is what the log says of an answer: 0 if the client gets none.
func (f *Fault) status(a Answer) int {
	if f.Drop {
		return 0
	}
	return a.Status
}

// write sends the body, slowly or in part.
func (f *Fault) write(ctx context.Context, w http.ResponseWriter, body []byte) {
	part := body
	if f.Cut < 0 {
		part = nil
	} else if f.Cut > 0 && f.Cut < len(body) {
		part = body[:f.Cut]
	}
	f.writePart(ctx, w, part)
	if len(part) < len(body) {
		_ = http.NewResponseController(w).Flush() // what was written must arrive before the connection dies
		panic(http.ErrAbortHandler)
	}
}

func (f *Fault) writePart(ctx context.Context, w http.ResponseWriter, part []byte) {
	if f.Trickle <= 0 {
		_, _ = w.Write(part) // the client may have left; nothing is to be done about it
		return
	}
	flusher := http.NewResponseController(w)
	for i := range part {
		if _, err := w.Write(part[i : i+1]); err != nil {
			return
		}
		if err := flusher.Flush(); err != nil {
			return
		}
		if !pause(ctx, f.Trickle) {
			return
		}
	}
}

// faults are those that wait for a request.
type faults struct {
	mu      sync.Mutex
	waiting []Fault
}

func (fs *faults) add(f Fault) {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	if f.Times == 0 {
		f.Times = 1
	}
	fs.waiting = append(fs.waiting, f)
}

// take returns the fault for a call, counted; the zero Fault, which spoils
// nothing, if there is none.
func (fs *faults) take(c *Call) Fault {
	fs.mu.Lock()
	defer fs.mu.Unlock()
	for i := range fs.waiting {
		f := &fs.waiting[i]
		if !c.fits(f.On) {
			continue
		}
		if f.Skip > 0 {
			f.Skip--
			continue
		}
		taken := *f
		if f.Times > 0 {
			f.Times--
		}
		if f.Times == 0 {
			fs.waiting = slices.Delete(fs.waiting, i, i+1)
		}
		return taken
	}
	return Fault{}
}
