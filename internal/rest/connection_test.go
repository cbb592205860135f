package rest_test

import (
	"crypto/tls"
	"crypto/x509"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/internal/faulttest"
	"github.com/cordage-go/cordage/internal/rest"
)

// N1 and N2 on real sockets; time is real too, so one attempt must do.
func TestNoConnection(t *testing.T) {
	for name, address := range map[string]string{
		"N1 refused": faulttest.ClosedAddress(t),
		"N2 DNS":     "https://no-such-host.invalid",
	} {
		t.Run(name, func(t *testing.T) {
			c := newClient(t, nil, connector.Options{BaseURL: address, MaxAttempts: 1})
			_, err := rest.Send[thing](t.Context(), c, create, thing{}, nil)
			e := wantKind(t, err, connector.Unavailable)
			if !strings.Contains(e.Message, "not sent") || e.Err == nil {
				t.Errorf("got %v", err)
			}
		})
	}
}

// A proxy that opens no tunnel and a handshake that breaks off come before the
// request: nothing of it was sent.
func TestNoConnectionThroughProxyOrTLS(t *testing.T) {
	refusing := faulttest.NewServer(t, faulttest.Steps(faulttest.Step{Status: 502, Close: true}))
	proxied := &http.Transport{Proxy: func(*http.Request) (*url.URL, error) { return url.Parse(refusing.URL) }}
	silent := faulttest.NewProxy(t, refusing.URL, func(int) faulttest.Break { return faulttest.Break{Up: 20, Down: 0, Reset: true} })
	for name, test := range map[string]struct {
		transport *http.Transport
		address   string
	}{
		"a proxy refuses CONNECT":  {proxied, "https://platform.invalid"},
		"the handshake breaks off": {&http.Transport{}, "https://" + silent.Addr},
	} {
		t.Run(name, func(t *testing.T) {
			c := newClient(t, test.transport, connector.Options{BaseURL: test.address, MaxAttempts: 2})
			_, err := rest.Send[thing](t.Context(), c, create, thing{}, nil)
			if e := wantKind(t, err, connector.Unavailable); !strings.Contains(e.Message, "not sent") || e.Attempts != 2 {
				t.Errorf("got %v", err)
			}
		})
	}
	for _, a := range refusing.Arrivals() {
		if a.Method != http.MethodConnect {
			t.Errorf("a %s arrived", a.Method)
		}
	}
}

// N3: a certificate that does not prove who the server is ends the call.
func TestCertificates(t *testing.T) {
	certificates := faulttest.NewCertificates(t)
	for _, test := range []struct {
		name        string
		certificate tls.Certificate
		roots       *x509.CertPool
		good        bool
	}{
		{"N3 unknown", certificates.Good, x509.NewCertPool(), false},
		{"N3 expired", certificates.Expired, certificates.Roots, false},
		{"N3 wrong name", certificates.WrongName, certificates.Roots, false},
		{"good", certificates.Good, certificates.Roots, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			server := faulttest.NewTLSServer(t, test.certificate, faulttest.Steps(status(200, ok)))
			transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: test.roots, MinVersion: tls.VersionTLS12}}
			c := newClient(t, transport, connector.Options{BaseURL: server.URL})
			_, err := get(t.Context(), c)
			if test.good {
				if err != nil {
					t.Fatal(err)
				}
				return
			}
			if e := wantKind(t, err, connector.Unavailable); e.Attempts != 1 {
				t.Errorf("%d attempts, want 1", e.Attempts)
			}
			wantCount(t, server, 0)
			if server.Opened() != 1 {
				t.Errorf("%d connections, want 1", server.Opened())
			}
		})
	}
}

// N8: the server closes a connection while it is idle, or just as the next
// request comes on it.
func TestIdleConnectionCloses(t *testing.T) {
	closing := status(200, ok)
	closing.Close = true
	t.Run("N8 closed between two calls", func(t *testing.T) {
		server := faulttest.NewServer(t, faulttest.Steps(closing))
		c := onSocket(t, server, connector.Options{})
		for n := 1; n <= 20; n++ {
			if _, err := get(t.Context(), c); err != nil {
				t.Fatalf("read %d: %v", n, err)
			}
			before := server.Count()
			_, err := rest.Send[thing](t.Context(), c, create, thing{Count: int64(n)}, nil)
			if err != nil {
				wantKind(t, err, connector.UnknownOutcome)
			}
			if arrived := server.Count() - before; arrived > 1 || err == nil && arrived != 1 {
				t.Fatalf("write %d arrived %d times, error %v", n, arrived, err)
			}
		}
	})
	t.Run("N8 reset as the request comes", func(t *testing.T) {
		server := faulttest.NewServer(t, func(_ int, a faulttest.Arrival) faulttest.Step {
			if a.Method == "POST" {
				return faulttest.Step{Fault: faulttest.Reset}
			}
			return status(200, ok)
		})
		c := onSocket(t, server, connector.Options{Middleware: []connector.Middleware{replayKey}})
		_, _ = get(t.Context(), c)
		_, err := rest.Send[thing](t.Context(), c, create, thing{}, nil)
		wantKind(t, err, connector.UnknownOutcome)
		arrivals := server.Arrivals()
		if len(arrivals) != 2 || arrivals[0].Conn != arrivals[1].Conn {
			t.Fatalf("%d arrivals, want a read and a write on one connection", len(arrivals))
		}
		if arrivals[1].Header.Get("Idempotency-Key") != "" {
			t.Error("the header that makes net/http repeat writes was sent")
		}
	})
}

// replayKey adds the header that makes net/http repeat writes by itself.
func replayKey(next http.RoundTripper) http.RoundTripper {
	return tripper(func(r *http.Request) (*http.Response, error) {
		r.Header.Set("Idempotency-Key", "1")
		r.Header.Set("X-Idempotency-Key", "1")
		return next.RoundTrip(r)
	})
}
