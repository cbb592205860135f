package main

import (
	"context"
	"crypto/tls"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cordage-go/cordage/auth"
	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/procore"
)

// A site is a server on which some paths go wrong. It counts connections that
// are closed after a call that went well.
type site struct {
	*httptest.Server
	http2  bool
	closed atomic.Int64
	well   sync.Map // net.Conn to whether the last call on it went well
}

type connKey struct{}

func newSite(http2 bool) *site {
	s := &site{http2: http2}
	paths := sitePaths()
	s.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.well.Store(r.Context().Value(connKey{}), r.URL.Path == "/rest/v1.0/fine")
		paths.ServeHTTP(w, r)
	}))
	s.EnableHTTP2 = http2
	s.Config.ErrorLog = log.New(io.Discard, "", 0) // the resets are meant
	s.Config.ConnContext = func(ctx context.Context, conn net.Conn) context.Context {
		return context.WithValue(ctx, connKey{}, conn)
	}
	s.Config.ConnState = func(conn net.Conn, state http.ConnState) {
		if well, _ := s.well.Load(conn); state == http.StateClosed && well == true {
			s.closed.Add(1)
		}
	}
	s.StartTLS()
	return s
}

// sitePaths are what goes well, and what goes wrong for one tenant.
func sitePaths() *http.ServeMux {
	paths := http.NewServeMux()
	for name, handler := range map[string]http.HandlerFunc{
		"fine": func(w http.ResponseWriter, _ *http.Request) { plenty(w) },
		"slow": func(w http.ResponseWriter, _ *http.Request) {
			time.Sleep(50 * time.Millisecond)
			plenty(w)
		},
		"failing":   func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) },
		"reset":     func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
		"cancelled": func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
		"throttled": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "3600")
			w.WriteHeader(http.StatusTooManyRequests)
		},
	} {
		paths.HandleFunc("/rest/v1.0/"+name, handler)
	}
	return paths
}

// plenty answers that much of the allowance is left.
func plenty(w http.ResponseWriter) {
	for name, values := range procoreAnswer(nil).header {
		w.Header()[name] = values
	}
}

func (s *site) transport() *http.Transport {
	transport := connector.NewTransport()
	transport.TLSClientConfig = s.Client().Transport.(*http.Transport).TLSClientConfig
	if !s.http2 {
		transport.ForceAttemptHTTP2 = false
		transport.TLSNextProto = map[string]func(string, *tls.Conn) http.RoundTripper{}
	}
	return transport
}

// cordageTenants are two copies of one client.
func cordageTenants(s *site) (healthy, troubled tenantCall, end func(), err error) {
	transport := s.transport()
	client, err := procore.New(auth.Nobody(), &procore.Options{
		CompanyID: companyID, Options: connector.Options{BaseURL: s.URL, Transport: transport},
	})
	if err != nil {
		return nil, nil, nil, err
	}
	tenant := func(name string) tenantCall {
		own := client.As(auth.Static(name), connector.Account(name))
		return func(ctx context.Context, what string) (time.Duration, error) {
			op := connector.Operation{ID: what, Method: http.MethodGet, Path: "/rest/v1.0/" + what, Class: connector.Read, NoAnswer: true}
			var told connector.Response
			err := own.Do(ctx, op, nil, nil, connector.WithResponse(&told))
			return told.Waited, err
		}
	}
	end = func() {
		_ = client.Close()
		transport.CloseIdleConnections()
	}
	return tenant("healthy"), tenant("troubled"), end, nil
}

// plainTenants share the transport alone.
func plainTenants(s *site) (healthy, troubled tenantCall, end func(), err error) {
	transport := s.transport()
	client := &http.Client{Transport: transport}
	call := func(ctx context.Context, what string) (time.Duration, error) {
		return 0, getPage(ctx, client, s.URL+"/rest/v1.0/"+what)
	}
	return call, call, transport.CloseIdleConnections, nil
}
