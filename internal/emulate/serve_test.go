package emulate_test

import (
	"context"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cordage-go/cordage/internal/emulate"
)

// pipes is a listener in memory.
type pipes struct {
	conns  chan net.Conn
	closed chan struct{}
}

func (p pipes) Accept() (net.Conn, error) {
	select {
	case conn := <-p.conns:
		return conn, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}
func (p pipes) Close() error   { close(p.closed); return nil }
func (p pipes) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 1} }

func (p pipes) dial(context.Context, string, string) (net.Conn, error) {
	server, client := net.Pipe()
	p.conns <- server
	return client, nil
}

// An address that means all of this machine is none that a client can use.
func TestURLIsReachable(t *testing.T) {
	for listens, want := range map[string]string{"0.0.0.0:0": "http://127.0.0.1:", "127.0.0.1:0": "http://127.0.0.1:", ":0": "http://127.0.0.1:"} {
		server, err := emulate.Listen(listens, emulate.NewRouter("", table()), func(*emulate.Call) emulate.Answer { return emulate.Empty(204) })
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(server.URL, want) {
			t.Errorf("%s is reached at %s", listens, server.URL)
		}
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestServeOnTheFakeClock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		listener := pipes{make(chan net.Conn), make(chan struct{})}
		server := emulate.Serve(listener, emulate.NewRouter("", table()), func(*emulate.Call) emulate.Answer { return emulate.Empty(204) })
		transport := &http.Transport{DialContext: listener.dial}
		server.Inject(emulate.Fault{Delay: time.Hour})

		begin := time.Now()
		response, err := (&http.Client{Transport: transport}).Get(server.URL + "/teams/1/things")
		if err != nil {
			t.Fatal(err)
		}
		_ = response.Body.Close()
		if response.StatusCode != 204 || time.Since(begin) != time.Hour {
			t.Errorf("status %d after %v", response.StatusCode, time.Since(begin))
		}
		transport.CloseIdleConnections()
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	})
}
