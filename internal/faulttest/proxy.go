package faulttest

import (
	"io"
	"net"
	"net/url"
	"sync"
	"testing"
)

// A Break says where a connection through a [Proxy] ends.
type Break struct {
	Up    int  // bytes of the client's that still reach the server; negative for all
	Down  int  // bytes of the server's that still reach the client; negative for all
	Reset bool // the client sees a reset, and not an end
}

// Whole lets everything pass.
var Whole = Break{Up: -1, Down: -1}

// A Proxy is what lies between a client and a real server, byte by byte, so
// that each of them may see another end of the same call.
type Proxy struct {
	Addr string // 127.0.0.1:port

	target   string
	breaks   func(conn int) Break
	listener net.Listener
	running  sync.WaitGroup
	conns    conns
}

// NewProxy starts a proxy in front of the server at a URL. breaks is asked
// about each connection, counted from 0, and by several goroutines at once. The
// proxy ends with the test.
func NewProxy(t testing.TB, target string, breaks func(conn int) Break) *Proxy {
	t.Helper()
	u, err := url.Parse(target)
	if err != nil {
		t.Fatal(err)
	}
	listener := listen(t)
	p := &Proxy{Addr: listener.Addr().String(), target: u.Host, breaks: breaks, listener: listener}
	p.running.Go(p.accept)
	t.Cleanup(func() {
		listener.Close()
		p.conns.closeAll()
		p.running.Wait()
	})
	return p
}

func (p *Proxy) accept() {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return
		}
		n, ok := p.conns.add(client)
		if !ok {
			return
		}
		p.running.Go(func() {
			defer p.conns.remove(client)
			p.connect(client, p.breaks(n-1))
		})
	}
}

// connect carries bytes both ways until one side has no more or the break is
// reached, and then ends both connections.
func (p *Proxy) connect(client net.Conn, b Break) {
	server, err := net.Dial("tcp", p.target)
	if err != nil {
		return
	}
	defer server.Close()
	var ended sync.Once
	end := func() {
		ended.Do(func() {
			if b.Reset {
				reset(client)
			}
			client.Close()
			server.Close()
		})
	}
	var both sync.WaitGroup
	both.Go(func() { defer end(); carry(server, client, b.Up) })
	both.Go(func() { defer end(); carry(client, server, b.Down) })
	both.Wait()
}

// carry copies as many bytes as it may, all if most is negative.
func carry(to io.Writer, from io.Reader, most int) {
	if most >= 0 {
		from = io.LimitReader(from, int64(most))
	}
	_, _ = io.Copy(to, from) // how it ends is what the test is about
}
