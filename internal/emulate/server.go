package emulate

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/cordage-go/cordage/internal/operations"
)

// MaxBody is the largest request body in bytes that a server reads; a larger
// one is answered 413 and never reaches the emulator.
const MaxBody = 32 << 20

// A Call is one request on its way to an emulator, with its body read and its
// route found.
type Call struct {
	*http.Request
	Content []byte            // the body
	Route   Route             // the zero Route if no path fits
	Values  map[string]string // path variables by name, unescaped
	Allowed []string          // if the path exists for other verbs only: those verbs, sorted
}

// Operation returns the table row that the call is for, or nil.
func (c *Call) Operation() *operations.Operation { return c.Route.Operation }

// An Answer is what an emulator says to a call. Make one with [JSON], [Text]
// or [Empty], and add headers with [Answer.With].
type Answer struct {
	Status int         // the HTTP status
	Header http.Header // what is sent beside Content-Length and Date
	Body   []byte      // sent whole, unless a fault spoils it
}

// With returns the answer with one more header.
func (a Answer) With(name, value string) Answer {
	a.Header = a.Header.Clone()
	if a.Header == nil {
		a.Header = http.Header{}
	}
	a.Header.Add(name, value)
	return a
}

// Text is an answer with a plain body of a media type such as "text/html".
func Text(status int, mediaType, body string) Answer {
	return Answer{Status: status, Body: []byte(body)}.With("Content-Type", mediaType)
}

// Empty is an answer without a body.
func Empty(status int) Answer { return Answer{Status: status} }

// A Server listens on a port, notes what arrives, applies the faults that a
// test asked for and lets the emulator answer the rest. Its methods are safe
// for concurrent use.
type Server struct {
	// URL is the server's address without a path: "http://127.0.0.1:41234".
	URL string

	router *Router
	answer func(*Call) Answer
	http   *http.Server
	end    context.CancelFunc
	busy   sync.WaitGroup
	log    arrivals
	faults faults
}

// Listen starts a server at addr, such as "127.0.0.1:0" for any free port on
// loopback. answer is called by many goroutines at once.
func Listen(addr string, router *Router, answer func(*Call) Answer) (*Server, error) {
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, fmt.Errorf("emulate: %w", err)
	}
	return Serve(listener, router, answer), nil
}

// Serve starts a server on a listener that it then owns. A listener in memory
// lets a test run on the fake clock of testing/synctest.
func Serve(listener net.Listener, router *Router, answer func(*Call) Answer) *Server {
	ctx, end := context.WithCancel(context.Background())
	s := &Server{URL: "http://" + reachable(listener.Addr().String()), router: router, answer: answer, end: end}
	s.http = &http.Server{
		Handler:           http.HandlerFunc(s.serve),
		BaseContext:       func(net.Listener) context.Context { return ctx },
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       time.Minute,
		IdleTimeout:       time.Minute,
		MaxHeaderBytes:    1 << 20,
		ConnState:         s.count,
	}
	s.busy.Go(func() {
		// Serve ends only with ErrServerClosed, or when the listener broke:
		// then the clients see it.
		_ = s.http.Serve(listener)
	})
	return s
}

// reachable is an address that a client can connect to: one of a server that
// listens on all of the machine's is replaced by loopback.
func reachable(addr string) string {
	host, port, err := net.SplitHostPort(addr)
	if ip := net.ParseIP(host); err != nil || ip == nil || !ip.IsUnspecified() {
		return addr
	}
	return net.JoinHostPort("127.0.0.1", port)
}

// Close ends the server and every request in it, and returns when nothing of
// it runs any more. Closing twice does no harm.
func (s *Server) Close() error {
	s.end()
	err := s.http.Close()
	s.busy.Wait()
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}

// Requests returns what reached the server, oldest first, as copies. The
// newest 10,000 are kept, or fewer if their bodies pass 64 MiB together.
func (s *Server) Requests() []Request { return s.log.all() }

// Inject adds a fault. Faults are tried in the order of their coming; the
// first that fits a request and has not run out is applied, alone.
func (s *Server) Inject(f Fault) { s.faults.add(f) }

// count keeps book of open connections, so that Close can wait for the
// goroutines of net/http too.
func (s *Server) count(_ net.Conn, state http.ConnState) {
	switch state {
	case http.StateNew:
		s.busy.Add(1)
	case http.StateClosed, http.StateHijacked:
		s.busy.Done()
	}
}

func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	s.busy.Add(1)
	defer s.busy.Done()

	call := s.router.Find(r)
	fault := s.faults.take(call)
	arrival := Request{
		Method: r.Method, Path: r.URL.Path, Query: r.URL.Query(), Header: r.Header.Clone(),
		Host: r.Host, Operation: call.Route.Name(), Time: time.Now(),
	}
	answer := fault.answer(Answer{})
	if fault.When != BeforeBody {
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, MaxBody))
		arrival.Body = body
		if err != nil {
			fault, answer = Fault{}, refuseBody(err)
		} else if fault.works() {
			call.Content = body
			r.Body = io.NopCloser(bytes.NewReader(body))
			answer = fault.answer(s.answer(call))
		}
	}
	// The note is written before the answer leaves, so that a client that has
	// its answer always finds its request in the log.
	s.log.add(arrival, fault.status(answer))
	s.send(w, r, answer, fault)
}

func refuseBody(err error) Answer {
	if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
		return Text(http.StatusRequestEntityTooLarge, "text/plain; charset=utf-8", "the request body is larger than 32 MiB\n")
	}
	return Text(http.StatusBadRequest, "text/plain; charset=utf-8", "the request body ended early\n")
}

// send writes an answer, spoiled as the fault says.
func (s *Server) send(w http.ResponseWriter, r *http.Request, a Answer, f Fault) {
	if !pause(r.Context(), f.Delay) {
		panic(http.ErrAbortHandler) // returning would send an empty success
	}
	if f.Drop {
		drop(w)
		return
	}
	header := w.Header()
	for name, values := range a.Header {
		header[http.CanonicalHeaderKey(name)] = values
	}
	if bodyAllowed(a.Status) {
		header.Set("Content-Length", strconv.Itoa(len(a.Body)))
	}
	w.WriteHeader(a.Status)
	if r.Method == http.MethodHead || !bodyAllowed(a.Status) {
		return
	}
	f.write(r.Context(), w, a.Body)
}

func bodyAllowed(status int) bool {
	return status >= 200 && status != http.StatusNoContent && status != http.StatusNotModified
}

// IsLoopback reports whether a host is this machine: the only kind that an
// emulator calls, and may be called on without https.
func IsLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// drop closes the connection with a reset, so that the client sees a broken
// connection and not the orderly end of one.
func drop(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0) // makes Close send a reset; without it the drop is only gentler
	}
	_ = conn.Close() // the connection is thrown away whatever Close says
}

// pause waits for d and reports whether the request is still wanted.
func pause(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return true
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
