package faulttest

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"sync"
	"testing"
	"time"
)

// A Server plays a script on a socket of this machine. It writes HTTP/1.1 by
// hand, since a real server would mend what a script wants broken.
type Server struct {
	record
	URL string // http://127.0.0.1:port, or https for a TLS server

	listener net.Listener
	done     chan struct{}
	running  sync.WaitGroup
	conns    conns
}

// NewServer starts a server that ends with the test.
func NewServer(t testing.TB, script Script) *Server { return start(t, script, "http", nil) }

// NewTLSServer starts a server that shows the certificate.
func NewTLSServer(t testing.TB, certificate tls.Certificate, script Script) *Server {
	return start(t, script, "https", &tls.Config{Certificates: []tls.Certificate{certificate}, MinVersion: tls.VersionTLS12})
}

func start(t testing.TB, script Script, scheme string, config *tls.Config) *Server {
	t.Helper()
	listener := listen(t)
	s := &Server{record: record{script: script}, URL: scheme + "://" + listener.Addr().String(), listener: listener, done: make(chan struct{})}
	s.running.Go(func() { s.accept(config) })
	t.Cleanup(s.Close)
	return s
}

func listen(t testing.TB) net.Listener {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return listener
}

// ClosedAddress returns an address of this machine where nobody listens.
func ClosedAddress(t testing.TB) string {
	t.Helper()
	listener := listen(t)
	defer listener.Close()
	return "http://" + listener.Addr().String()
}

// Close ends all connections and waits until nothing of the server runs. It
// may be called again.
func (s *Server) Close() {
	if !s.conns.closeAll() {
		return
	}
	close(s.done)
	s.listener.Close()
	s.running.Wait()
}

// Opened returns how many connections were made so far.
func (s *Server) Opened() int { return s.conns.opened() }

func (s *Server) accept(config *tls.Config) {
	for {
		conn, err := s.listener.Accept()
		if err != nil {
			return
		}
		n, ok := s.conns.add(conn)
		if !ok {
			return
		}
		s.running.Go(func() {
			defer s.conns.remove(conn)
			secured := conn
			if config != nil {
				secured = tls.Server(conn, config)
			}
			s.serve(conn, secured, n)
		})
	}
}

// serve answers the requests of one connection: raw is the socket below conn.
func (s *Server) serve(raw, conn net.Conn, n int) {
	in := bufio.NewReader(conn)
	for {
		r, err := http.ReadRequest(in)
		if err != nil || !s.answer(raw, conn, r, n) {
			return
		}
	}
}

// answer plays one step and reports whether the connection goes on.
func (s *Server) answer(raw, conn net.Conn, r *http.Request, n int) bool {
	body, whole, err := s.read(r.Body)
	if err != nil {
		return false
	}
	step := s.arrive(arrivalOf(r, body, n))
	return s.wait(step.Delay) && s.write(raw, conn, step) && whole
}

func (s *Server) write(raw, conn net.Conn, step Step) bool {
	switch step.Fault {
	case Reset:
		reset(raw)
		return false
	case Hangup:
		return false
	case Silence:
		<-s.done
		return false
	}
	if step.Raw != "" {
		_, err := io.WriteString(conn, step.Raw)
		return err == nil && !step.Close
	}
	part, whole := step.part()
	out := &answerWriter{conn: conn, step: step}
	if !out.head() || !out.body(s, part, whole) {
		return false
	}
	if !whole && step.Fault == Stall {
		<-s.done
	}
	return whole && !step.Close
}

// reset closes the connection so that the other side sees a reset.
func reset(conn net.Conn) {
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0) // the close below then drops what is unsent
	}
	conn.Close()
}

func (s *Server) wait(d time.Duration) bool {
	if d <= 0 {
		return true
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-s.done:
		return false
	}
}

// An answerWriter writes one answer. It takes little memory, so that a test can
// measure what the client takes.
type answerWriter struct {
	conn net.Conn
	step Step
	buf  []byte
}

func (w *answerWriter) head() bool {
	status := w.step.status()
	length := "Content-Length: " + strconv.Itoa(len(w.step.Body)) + "\r\n"
	switch {
	case w.step.Chunked:
		length = "Transfer-Encoding: chunked\r\n"
	case status == http.StatusNoContent:
		length = ""
	}
	if _, err := fmt.Fprintf(w.conn, "HTTP/1.1 %d %s\r\n%s", status, http.StatusText(status), length); err != nil {
		return false
	}
	if err := w.step.Header.Write(w.conn); err != nil {
		return false
	}
	_, err := io.WriteString(w.conn, "\r\n")
	return err == nil
}

func (w *answerWriter) body(s *Server, part string, whole bool) bool {
	size := 32 << 10
	if w.step.Trickle > 0 {
		size = 1
	}
	for part != "" {
		n := min(size, len(part))
		if !w.piece(part[:n]) || !s.wait(w.step.Trickle) {
			return false
		}
		part = part[n:]
	}
	if !w.step.Chunked || !whole {
		return true
	}
	_, err := io.WriteString(w.conn, "0\r\n\r\n")
	return err == nil
}

func (w *answerWriter) piece(text string) bool {
	w.buf = w.buf[:0]
	if w.step.Chunked {
		w.buf = fmt.Appendf(w.buf, "%x\r\n", len(text))
	}
	w.buf = append(w.buf, text...)
	if w.step.Chunked {
		w.buf = append(w.buf, "\r\n"...)
	}
	_, err := w.conn.Write(w.buf)
	return err == nil
}

// conns are the open connections.
type conns struct {
	mu     sync.Mutex
	open   map[net.Conn]bool
	count  int
	closed bool
}

func (c *conns) add(conn net.Conn) (int, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		conn.Close()
		return 0, false
	}
	if c.open == nil {
		c.open = map[net.Conn]bool{}
	}
	c.open[conn] = true
	c.count++
	return c.count, true
}

func (c *conns) remove(conn net.Conn) {
	c.mu.Lock()
	defer c.mu.Unlock()
	conn.Close()
	delete(c.open, conn)
}

func (c *conns) opened() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.count
}

// closeAll reports whether this was the first call.
func (c *conns) closeAll() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	first := !c.closed
	c.closed = true
	for conn := range c.open {
		conn.Close()
	}
	return first
}
