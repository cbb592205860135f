package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
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

// isolation shows that one tenant's trouble is not felt by another, that calls
// do not wait for renewals, and that uploads take no memory of their size.
func isolation(ctx context.Context, s settings, r *report) error {
	return errors.Join(neighbours(ctx, s, r), renewals(ctx, s, r), uploads(ctx, s, r))
}

// troubles are what goes wrong for one tenant, by the path that it asks for.
func troubles() map[string]http.HandlerFunc {
	return map[string]http.HandlerFunc{
		"failing":   func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) },
		"reset":     func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
		"cancelled": func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
		"throttled": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "3600")
			w.WriteHeader(http.StatusTooManyRequests)
		},
	}
}

// neighbours lets one tenant's calls go wrong while another one's go on, both
// with copies of one client. Over HTTP/2 the other must feel nothing. Over
// HTTP/1.1 a call that is cancelled or reset takes its connection along, and
// the other may have to open one; those figures have no limit. Letting a
// cancelled call run on until its answer is there would save the connection, at
// the price of a goroutine for every call.
func neighbours(ctx context.Context, s settings, r *report) error {
	calls := 400
	if s.short {
		calls = 50
	}
	for _, trouble := range []string{"failing", "reset", "cancelled", "throttled"} {
		for _, over := range []string{"HTTP/2", "HTTP/1.1"} {
			felt, err := neighbour(ctx, trouble, over == "HTTP/2", calls)
			if err != nil {
				return fmt.Errorf("%s over %s: %w", trouble, over, err)
			}
			name := fmt.Sprintf("beside a tenant whose calls are %s, over %s: ", trouble, over)
			if over == "HTTP/2" || trouble == "failing" || trouble == "throttled" {
				exactly(r, name+"new connections", felt.dials, 0)
				exactly(r, name+"connections closed", felt.closed, 0)
			} else {
				r.tell(name+"new connections", felt.dials)
				r.tell(name+"connections closed", felt.closed)
			}
			exactly(r, name+"failed calls", felt.failed, 0)
			atMost(r, name+"longest wait for the pacer", felt.waited, time.Millisecond)
		}
	}
	return nil
}

// felt is what a tenant noticed of another one's trouble.
type felt struct {
	dials, closed int64 // since both had their connections
	failed        int
	waited        time.Duration
}

func neighbour(ctx context.Context, trouble string, http2 bool, calls int) (felt, error) {
	site := newSite(http2)
	defer site.Close()
	client, err := site.client()
	if err != nil {
		return felt{}, err
	}
	defer client.Close()
	healthy := client.As(auth.Static("healthy"), connector.Account("healthy"))
	troubled := client.As(auth.Static("troubled"), connector.Account("troubled"))
	if err := warm(ctx, healthy, troubled); err != nil {
		return felt{}, err
	}
	site.dials.Store(0)
	site.closed.Store(0)

	ctx, cancel := context.WithCancel(ctx)
	var group sync.WaitGroup
	group.Go(func() { suffer(ctx, troubled, trouble) })
	var all felt
	for range calls {
		var told connector.Response
		if err := healthy.Do(ctx, ask("fine"), nil, nil, connector.WithResponse(&told)); err != nil {
			all.failed++
		}
		all.waited = max(all.waited, told.Waited)
		time.Sleep(time.Millisecond) // so that it is idle when the other's call ends
	}
	all.dials, all.closed = site.dials.Load(), site.closed.Load()
	cancel()
	group.Wait()
	return all, nil
}

// warm opens a connection for each of two tenants that call at once.
func warm(ctx context.Context, clients ...*procore.Client) error {
	failures := make([]error, len(clients))
	var group sync.WaitGroup
	for i, client := range clients {
		group.Go(func() { failures[i] = client.Do(ctx, ask("slow"), nil, nil) })
	}
	group.Wait()
	return errors.Join(failures...)
}

// suffer makes calls that go wrong until ctx ends.
func suffer(ctx context.Context, client *procore.Client, trouble string) {
	patience := 500 * time.Millisecond
	if trouble == "cancelled" {
		patience = 3 * time.Millisecond
	}
	for pause(ctx, time.Millisecond) {
		soon, cancel := context.WithTimeout(ctx, patience)
		_ = client.Do(soon, ask(trouble), nil, nil) // that it fails is what it is for
		cancel()
	}
}

func ask(what string) connector.Operation {
	return connector.Operation{ID: what, Method: http.MethodGet, Path: "/rest/v1.0/" + what, Class: connector.Read, NoAnswer: true}
}

// A site is a server that counts its connections.
type site struct {
	*httptest.Server
	http2         bool
	dials, closed atomic.Int64
}

func newSite(http2 bool) *site {
	s := &site{http2: http2}
	mux := http.NewServeMux()
	mux.HandleFunc("/rest/v1.0/fine", func(w http.ResponseWriter, _ *http.Request) { plenty(w) })
	mux.HandleFunc("/rest/v1.0/slow", func(w http.ResponseWriter, _ *http.Request) {
		time.Sleep(50 * time.Millisecond)
		plenty(w)
	})
	for name, handler := range troubles() {
		mux.HandleFunc("/rest/v1.0/"+name, handler)
	}
	s.Server = httptest.NewUnstartedServer(mux)
	s.EnableHTTP2 = http2
	s.Config.ErrorLog = log.New(io.Discard, "", 0) // the resets are meant
	s.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		switch state {
		case http.StateNew:
			s.dials.Add(1)
		case http.StateClosed:
			s.closed.Add(1)
		}
	}
	s.StartTLS()
	return s
}

// plenty answers that much of the allowance is left.
func plenty(w http.ResponseWriter) {
	for name, values := range procoreAnswer(nil).header {
		w.Header()[name] = values
	}
}

func (s *site) client() (*procore.Client, error) {
	transport := connector.NewTransport()
	transport.TLSClientConfig = s.Client().Transport.(*http.Transport).TLSClientConfig
	if !s.http2 {
		transport.ForceAttemptHTTP2 = false
		transport.TLSNextProto = map[string]func(string, *tls.Conn) http.RoundTripper{}
	}
	return procore.New(auth.Static("nobody"), &procore.Options{CompanyID: companyID, Options: connector.Options{BaseURL: s.URL, Transport: transport}})
}
