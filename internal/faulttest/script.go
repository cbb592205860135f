package faulttest

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"sync"
	"time"
)

// A Fault is what goes wrong with one request.
type Fault int

// The faults. [Step.At] says where, for those that strike in the middle.
const (
	// None answers in full.
	None Fault = iota
	// Reset takes the request and resets the connection.
	Reset
	// Hangup takes the request and ends the connection.
	Hangup
	// Silence takes the request and never answers.
	Silence
	// Cut answers and ends the connection after At bytes of the body.
	Cut
	// Stall answers At bytes of the body and then nothing more.
	Stall
)

// A Step is what happens to one request. The zero value answers 200 without a body.
type Step struct {
	Fault Fault
	At    int // bytes of the body, for Cut and Stall

	Delay   time.Duration // before the answer
	Status  int           // 0 means 200
	Header  http.Header
	Body    string
	Trickle time.Duration // pause after each byte of the body
	Chunked bool          // no Content-Length
	Close   bool          // closes the connection behind the answer, without a word of it
	Raw     string        // written to the socket as it is, in place of an answer; [Server] only
}

func (s Step) status() int {
	if s.Status == 0 {
		return http.StatusOK
	}
	return s.Status
}

// part returns the bytes of the body that leave, and whether they are all.
func (s Step) part() (string, bool) {
	if (s.Fault == Cut || s.Fault == Stall) && s.At < len(s.Body) {
		return s.Body[:s.At], false
	}
	return s.Body, true
}

// A Script decides about a request; n counts them from 0. It is called by one
// request at a time.
type Script func(n int, a Arrival) Step

// Steps is the script of the steps in order; the last one is repeated.
func Steps(steps ...Step) Script {
	return func(n int, _ Arrival) Step { return steps[min(n, len(steps)-1)] }
}

// JSON is a step that answers a JSON text.
func JSON(status int, body string) Step {
	return Step{Status: status, Header: http.Header{"Content-Type": {"application/json"}}, Body: body}
}

// With returns a copy of the step with one more header.
func (s Step) With(name, value string) Step {
	s.Header = s.Header.Clone()
	if s.Header == nil {
		s.Header = http.Header{}
	}
	s.Header.Set(name, value)
	return s
}

// An Arrival is one request as it reached the platform.
type Arrival struct {
	At     time.Time
	Method string
	URL    *url.URL // path and query; on a [Transport] the whole address
	Host   string
	Header http.Header
	Length int64  // of the body as the request states it; -1 if it does not
	Body   []byte // what of it was read
	Hash   string // of method, address, headers and body: equal requests have equal ones
	Conn   int    // numbers the connection it came on, from 1; 0 on a Transport
}

func arrivalOf(r *http.Request, body []byte, conn int) Arrival {
	a := Arrival{At: time.Now(), Method: r.Method, URL: r.URL, Host: r.Host, Header: r.Header.Clone(), Length: r.ContentLength, Body: body, Conn: conn}
	sum := sha256.New()
	fmt.Fprintf(sum, "%s\n%s\n%s\n", a.Method, a.Host, a.URL)
	_ = a.Header.Write(sum) // in the order of the names; a hash takes everything
	sum.Write(body)
	a.Hash = hex.EncodeToString(sum.Sum(nil))
	return a
}

// A record keeps what arrived and asks the script.
type record struct {
	mu       sync.Mutex
	script   Script
	arrivals []Arrival
	reading  func(n int) int
}

// Reading makes the platform read no more than so many bytes of the body of
// request n before it does its step; a negative number is the whole body. Call
// it before the first request.
func (r *record) Reading(limit func(n int) int) { r.reading = limit }

// read takes the body in as far as it shall, and reports whether that is all.
func (r *record) read(body io.Reader) (data []byte, whole bool, err error) {
	if body == nil {
		return nil, true, nil
	}
	limit := -1
	if r.reading != nil {
		limit = r.reading(r.Count())
	}
	if limit >= 0 {
		data, err = io.ReadAll(io.LimitReader(body, int64(limit)))
		return data, false, err
	}
	data, err = io.ReadAll(body)
	return data, true, err
}

// arrive keeps a and returns what happens to it.
func (r *record) arrive(a Arrival) Step {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.arrivals = append(r.arrivals, a)
	return r.script(len(r.arrivals)-1, a)
}

// Arrivals returns what has arrived so far.
func (r *record) Arrivals() []Arrival {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]Arrival(nil), r.arrivals...)
}

// Count returns how many requests have arrived.
func (r *record) Count() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.arrivals)
}
