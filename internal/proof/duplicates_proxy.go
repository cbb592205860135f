package main

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"net/url"
	"sync"
)

// A spoil is what a proxy does to a request.
type spoil int

const (
	nothing     spoil = iota
	refuse            // the client finds no connection
	resetBefore       // the connection is reset before the request is read
	resetAfter        // it is reset when the request was read, and nobody has it
	resetDone         // it is reset when the server has answered
)

// A faultyProxy lies between clients and a server and reads their HTTP.
type faultyProxy struct {
	url      string // of the proxy, with the path of the server's
	target   string // host:port
	listener net.Listener

	mu    sync.Mutex
	spoil spoil
	left  int // requests to spoil
}

func startProxy(target string) (*faultyProxy, error) {
	u, err := url.Parse(target)
	if err != nil {
		return nil, err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	p := &faultyProxy{target: u.Host, listener: listener}
	u.Host = listener.Addr().String()
	p.url = u.String()
	go p.accept()
	return p, nil
}

// begin spoils the next requests.
func (p *faultyProxy) begin(how spoil, number int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.spoil, p.left = how, number
}

// takes reports whether a request is spoiled in this way, and counts it.
func (p *faultyProxy) takes(how spoil) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.spoil != how || p.left == 0 {
		return false
	}
	p.left--
	return true
}

// unspoiled is how many requests were to be spoiled, and were not.
func (p *faultyProxy) unspoiled() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.spoil == nothing {
		return 0
	}
	return p.left
}

func (p *faultyProxy) accept() {
	for {
		conn, err := p.listener.Accept()
		if err != nil {
			return
		}
		go p.serve(conn)
	}
}

// serve answers the requests of one connection until one is spoiled or it ends.
func (p *faultyProxy) serve(conn net.Conn) {
	defer conn.Close()
	in := bufio.NewReader(conn)
	for !p.takes(resetBefore) {
		r, err := http.ReadRequest(in)
		if err != nil {
			return
		}
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return
		}
		if p.takes(resetAfter) {
			break
		}
		answer, err := p.forward(r, body)
		if p.takes(resetDone) {
			break
		}
		if err != nil || answer.Write(conn) != nil {
			return
		}
	}
	_ = conn.(*net.TCPConn).SetLinger(0) // closing it is then a reset
}

// forward sends a request on over a connection of its own. The answer is as
// much of the server's as came.
func (p *faultyProxy) forward(r *http.Request, body []byte) (*http.Response, error) {
	server, err := net.Dial("tcp", p.target)
	if err != nil {
		return nil, err
	}
	defer server.Close()
	r.Body = io.NopCloser(bytes.NewReader(body))
	if err := r.Write(server); err != nil {
		return nil, err
	}
	answer, err := http.ReadResponse(bufio.NewReader(server), r)
	if err != nil {
		return nil, err
	}
	part, _ := io.ReadAll(answer.Body) // it may be cut off, and is then passed on so
	answer.Body = io.NopCloser(bytes.NewReader(part))
	return answer, nil
}

// dial connects clients to the proxy, or to nobody.
func (p *faultyProxy) dial(ctx context.Context, network, address string) (net.Conn, error) {
	if p.takes(refuse) {
		closed, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, err
		}
		address = closed.Addr().String()
		closed.Close()
	}
	return (&net.Dialer{}).DialContext(ctx, network, address)
}
