package rest_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/internal/faulttest"
	"github.com/cordage-go/cordage/internal/rest"
)

// net/http sends by itself what an HTTP/2 server has refused. Where it would
// also send what the server may have done, a write ends.
func TestHTTP2StreamsThatBreakOff(t *testing.T) {
	once := func(ending faulttest.Ending) func(int) faulttest.Ending {
		return func(n int) faulttest.Ending { return map[bool]faulttest.Ending{true: ending}[n == 1] }
	}
	writes := []connector.Operation{create, replace, remove, signIn}
	tests := []struct {
		name     string
		ops      []connector.Operation
		endings  func(int) faulttest.Ending
		opts     []connector.CallOption
		kind     connector.Kind // of the error; none for a success
		arrivals int            // beside the call before, which opens the connection
	}{
		{"refused once", append(writes, find), once(faulttest.Refused), nil, "", 2},
		{"broken off", writes, once(faulttest.BrokenOff), nil, connector.UnknownOutcome, 1},
		{"broken off, read", []connector.Operation{find, read.At(7)}, once(faulttest.BrokenOff), nil, "", 2},
		{"broken off, repeatable", []connector.Operation{create}, once(faulttest.BrokenOff), []connector.CallOption{connector.Repeatable()}, "", 2},
		{"begun and refused", writes, once(faulttest.Begun), nil, connector.UnknownOutcome, 1},
		{"left", writes, once(faulttest.Left), nil, connector.UnknownOutcome, 1},
		{"left, read", []connector.Operation{find, read.At(7)}, once(faulttest.Left), nil, "", 2},
	}
	for _, test := range tests {
		for _, op := range test.ops {
			t.Run(test.name+"/"+op.ID, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					server := faulttest.NewHTTP2(t, ok, test.endings)
					c := newClient(t, server.Transport(), connector.Options{})
					if _, err := get(t.Context(), c); err != nil {
						t.Fatal(err)
					}
					_, err := rest.Send[thing](t.Context(), c, op, thing{Name: "bolt"}, test.opts)
					switch {
					case test.kind != "":
						wantKind(t, err, test.kind)
					case err != nil:
						t.Error(err)
					}
					wantCount(t, server, 1+test.arrivals)
				})
			})
		}
	}
}

// A stream that is refused for ever was never served, and the error says so.
func TestHTTP2RefusedForEver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := faulttest.NewHTTP2(t, ok, func(int) faulttest.Ending { return faulttest.Refused })
		c := newClient(t, server.Transport(), connector.Options{MaxAttempts: 1})
		_, err := rest.Send[thing](t.Context(), c, create, thing{Name: "bolt"}, nil)
		if e := wantKind(t, err, connector.Unavailable); !strings.Contains(e.Message, "not sent") {
			t.Errorf("got %v", err)
		}
	})
}

// Nor is a write sent twice where a middleware takes its request off the
// context of the call, or where there is no TLS.
func TestHTTP2WritesInOddPlaces(t *testing.T) {
	detached := around(func(r *http.Request, next http.RoundTripper) (*http.Response, error) {
		return next.RoundTrip(r.WithContext(context.WithoutCancel(r.Context())))
	})
	for name, test := range map[string]struct {
		transport func(*faulttest.HTTP2) *http.Transport
		options   connector.Options
	}{
		"detached": {(*faulttest.HTTP2).Transport, connector.Options{Middleware: []connector.Middleware{detached}}},
		"no TLS":   {(*faulttest.HTTP2).Clear, connector.Options{BaseURL: "http://127.0.0.1"}},
	} {
		for _, ending := range []faulttest.Ending{faulttest.BrokenOff, faulttest.Left} {
			t.Run(name, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					server := faulttest.NewHTTP2(t, ok, func(n int) faulttest.Ending { return map[bool]faulttest.Ending{true: ending}[n == 1] })
					transport := test.transport(server)
					defer transport.CloseIdleConnections()
					c := newClient(t, transport, test.options)
					if _, err := get(t.Context(), c); err != nil {
						t.Fatal(err)
					}
					wantKind(t, post(t.Context(), c), connector.UnknownOutcome)
					wantCount(t, server, 2)
				})
			})
		}
	}
}

// That the server refused what a middleware sent last says nothing of what it
// had sent before.
func TestHTTP2RefusedAfterAMiddlewareSentTwice(t *testing.T) {
	stubborn := around(func(r *http.Request, next http.RoundTripper) (*http.Response, error) {
		answer, err := next.RoundTrip(r)
		if err != nil {
			return nil, err
		}
		defer answer.Body.Close()
		whole, err := io.ReadAll(answer.Body)
		if err != nil {
			return next.RoundTrip(r)
		}
		answer.Body = io.NopCloser(bytes.NewReader(whole))
		return answer, nil
	})
	synctest.Test(t, func(t *testing.T) {
		endings := map[int]faulttest.Ending{1: faulttest.Begun}
		for n := 2; n <= 9; n++ { // as often as net/http sends
			endings[n] = faulttest.Refused
		}
		server := faulttest.NewHTTP2(t, ok, func(n int) faulttest.Ending { return endings[n] })
		c := newClient(t, server.Transport(), connector.Options{Middleware: []connector.Middleware{stubborn}})
		if _, err := get(t.Context(), c); err != nil {
			t.Fatal(err)
		}
		wantKind(t, post(t.Context(), c), connector.UnknownOutcome)
		wantCount(t, server, 10)
	})
}

// Calls under way when their client is closed leave no connection behind.
func TestHTTP2Close(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := faulttest.NewHTTP2(t, ok, func(int) faulttest.Ending { return faulttest.Silent })
		c := newClient(t, nil, connector.Options{BaseURL: "http://127.0.0.1"})
		rest.Own(c, server.Clear())
		var calls sync.WaitGroup
		for range 3 {
			calls.Go(func() {
				_, err := get(t.Context(), c)
				wantKindOf(t, err, connector.Closed)
			})
		}
		synctest.Wait()
		if wantCount(t, server, 3); server.Open() == 0 {
			t.Error("no connection is open during the calls")
		}
		c.Close()
		calls.Wait()
		synctest.Wait()
		if n := server.Open(); n != 0 {
			t.Errorf("%d connections are open", n)
		}
	})
}
