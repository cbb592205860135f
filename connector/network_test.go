package connector_test

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/cordage-go/cordage/auth"
	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/securityscorecard"
)

const canary = "canary-0123456789-secret"

// A tlsServer answers every call with an empty list, and keeps what it was sent.
type tlsServer struct {
	*httptest.Server
	mu   sync.Mutex
	sent []http.Header
}

func newTLSServer(t *testing.T) *tlsServer {
	t.Helper()
	s := &tlsServer{}
	s.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		s.sent = append(s.sent, r.Header)
		s.mu.Unlock()
		w.Header().Set("Content-Type", "application/json")
		io.WriteString(w, `{"entries":[],"total":0}`)
	}))
	s.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError) // it complains of those who do not trust it
	s.StartTLS()
	t.Cleanup(s.Close)
	return s
}

func (s *tlsServer) arrivals() []http.Header {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.sent)
}

// trusting is a transport that trusts the server besides the system's authorities.
func (s *tlsServer) trusting(t *testing.T) *http.Transport {
	t.Helper()
	roots, err := x509.SystemCertPool()
	if err != nil {
		roots = x509.NewCertPool()
	}
	roots.AddCert(s.Certificate())
	transport := connector.NewTransport()
	transport.TLSClientConfig = &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}
	t.Cleanup(transport.CloseIdleConnections)
	return transport
}

// list makes one call through a transport, in so many attempts; 0 means the usual.
func (s *tlsServer) list(t *testing.T, transport http.RoundTripper, attempts int, log io.Writer) error {
	t.Helper()
	client, err := securityscorecard.New(auth.Static(canary), &securityscorecard.Options{Options: connector.Options{
		BaseURL: s.URL, Transport: transport, MaxAttempts: attempts, Logger: slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	_, err = client.Portfolios.List(t.Context())
	return err
}

// Without the recipe the certificate is refused, at the first attempt, and
// nothing is sent.
func TestUnknownAuthority(t *testing.T) {
	server := newTLSServer(t)
	transport := connector.NewTransport()
	defer transport.CloseIdleConnections()
	err := server.list(t, transport, 0, io.Discard)
	if unknown, ok := errors.AsType[x509.UnknownAuthorityError](err); !ok {
		t.Errorf("got %v (%v), want an unknown authority", err, unknown)
	}
	if e, ok := connector.AsError(err); !ok || e.Attempts != 1 || len(server.arrivals()) != 0 || !strings.Contains(e.Remedy, "authority") {
		t.Errorf("got %v after %d arrivals, want one attempt, none, and a word of the authority", err, len(server.arrivals()))
	}
}

// A connectProxy lets those through who know its password, and keeps all that
// it could read: the requests for connections, and what passes over them.
type connectProxy struct {
	*httptest.Server
	want   string // Proxy-Authorization
	target string // host:port that every connection is made to
	mu     sync.Mutex
	asked  []http.Header
	read   bytes.Buffer
}

func newConnectProxy(t *testing.T, target, user, password string) *connectProxy {
	t.Helper()
	p := &connectProxy{target: target, want: "Basic " + base64.StdEncoding.EncodeToString([]byte(user+":"+password))}
	p.Server = httptest.NewServer(http.HandlerFunc(p.connect))
	t.Cleanup(p.Close)
	return p
}

// Write keeps what passes from the client to the server.
func (p *connectProxy) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.read.Write(b)
}

func (p *connectProxy) connect(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	p.asked = append(p.asked, r.Header)
	p.mu.Unlock()
	if r.Method != http.MethodConnect || r.Host != p.target || r.Header.Get("Proxy-Authorization") != p.want {
		http.Error(w, "no", http.StatusProxyAuthRequired)
		return
	}
	server, err := net.Dial("tcp", p.target)
	if err != nil {
		http.Error(w, "no", http.StatusBadGateway)
		return
	}
	defer server.Close()
	client, buffered, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	defer client.Close()
	io.WriteString(client, "HTTP/1.1 200 OK\r\n\r\n")
	go io.Copy(client, server)
	io.Copy(io.MultiWriter(server, p), buffered)
}

// seen returns what the proxy could read so far.
func (p *connectProxy) seen() (asked []http.Header, read string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.asked), p.read.String()
}

// through is an environment's HTTPS_PROXY for one transport. (The environment's
// own is not used for loopback addresses, where this server is.)
func (p *connectProxy) through(t *testing.T, transport *http.Transport, user, password string) *http.Transport {
	t.Helper()
	address, err := url.Parse(p.URL)
	if err != nil {
		t.Fatal(err)
	}
	address.User = url.UserPassword(user, password)
	transport.Proxy = http.ProxyURL(address)
	return transport
}

// A proxy learns the platform's host and its own password, the platform
// nothing of the proxy, and the log nothing of either secret.
func TestProxy(t *testing.T) {
	const password = "proxy-password-9876"
	server := newTLSServer(t)
	proxy := newConnectProxy(t, server.Listener.Addr().String(), "user", password)
	var log bytes.Buffer
	if err := server.list(t, proxy.through(t, server.trusting(t), "user", password), 1, &log); err != nil {
		t.Fatal(err)
	}
	arrived := server.arrivals()
	asked, read := proxy.seen()
	if len(arrived) != 1 || len(asked) != 1 || read == "" {
		t.Fatalf("%d calls arrived over %d connections, %d bytes of them through the proxy", len(arrived), len(asked), len(read))
	}
	if got := arrived[0]; got.Get("Authorization") != "Token "+canary || got.Get("Proxy-Authorization") != "" {
		t.Errorf("the server was sent %v", got)
	}
	if asked[0].Get("Authorization") != "" || strings.Contains(read, canary) {
		t.Errorf("the proxy could read the platform's credential: %v", asked[0])
	}
	if text := log.String(); strings.Contains(text, canary) || strings.Contains(text, password) {
		t.Errorf("a secret stands in the log: %s", text)
	}
}

// A proxy that refuses is no answer of the platform, and its password stays
// out of the error.
func TestProxyRefuses(t *testing.T) {
	const password = "wrong-password-9876"
	server := newTLSServer(t)
	proxy := newConnectProxy(t, server.Listener.Addr().String(), "user", "right")
	var log bytes.Buffer
	err := server.list(t, proxy.through(t, server.trusting(t), "user", password), 1, &log)
	e, ok := connector.AsError(err)
	if !ok || e.Kind != connector.Unavailable || e.Status != 0 || !strings.Contains(e.Error(), "Proxy Authentication Required") {
		t.Errorf("got %v, want an unavailable platform and the proxy's word", err)
	}
	if text := err.Error() + log.String(); strings.Contains(text, password) || strings.Contains(text, canary) {
		t.Errorf("a secret stands in %s", text)
	}
	if n := len(server.arrivals()); n != 0 {
		t.Errorf("%d calls arrived", n)
	}
}
