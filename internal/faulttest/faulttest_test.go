package faulttest_test

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net/http"
	"net/http/httptrace"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/cordage-go/cordage/internal/faulttest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func request(t *testing.T, ctx context.Context, url, body string) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// send returns the status and body, and the error of whichever step failed.
func send(transport http.RoundTripper, r *http.Request) (int, string, error) {
	answer, err := transport.RoundTrip(r)
	if err != nil {
		return 0, "", err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	return answer.StatusCode, string(body), err
}

// Both players show the same faults.
func TestFaults(t *testing.T) {
	tests := []struct {
		name   string
		step   faulttest.Step
		status int
		body   string
		err    error // nil for any where failed
		failed bool
	}{
		{"answer", faulttest.Step{Status: 201, Body: "hello"}, 201, "hello", nil, false},
		{"chunked", faulttest.Step{Body: strings.Repeat("x", 100_000), Chunked: true}, 200, strings.Repeat("x", 100_000), nil, false},
		{"trickle", faulttest.Step{Body: "hello", Trickle: time.Millisecond}, 200, "hello", nil, false},
		{"delay", faulttest.Step{Body: "hello", Delay: time.Millisecond}, 200, "hello", nil, false},
		{"reset", faulttest.Step{Fault: faulttest.Reset}, 0, "", syscall.ECONNRESET, true},
		{"hangup", faulttest.Step{Fault: faulttest.Hangup}, 0, "", io.EOF, true},
		{"silence", faulttest.Step{Fault: faulttest.Silence}, 0, "", context.DeadlineExceeded, true},
		{"cut", faulttest.Step{Fault: faulttest.Cut, At: 2, Body: "hello"}, 200, "he", io.ErrUnexpectedEOF, true},
		{"cut, chunked", faulttest.Step{Fault: faulttest.Cut, At: 2, Body: "hello", Chunked: true}, 200, "he", io.ErrUnexpectedEOF, true},
		{"stall", faulttest.Step{Fault: faulttest.Stall, At: 2, Body: "hello"}, 200, "he", context.DeadlineExceeded, true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			check := func(t *testing.T, transport http.RoundTripper, url string, arrivals func() []faulttest.Arrival) {
				ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
				defer cancel()
				status, body, err := send(transport, request(t, ctx, url, "request"))
				if status != test.status || body != test.body || (err != nil) != test.failed || test.err != nil && !errors.Is(err, test.err) {
					t.Errorf("got %d %.20q %v", status, body, err)
				}
				all := arrivals()
				if len(all) != 1 || string(all[0].Body) != "request" || all[0].Method != "POST" || all[0].Hash == "" {
					t.Errorf("arrivals %+v", all)
				}
			}
			t.Run("memory", func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					played := faulttest.NewTransport(faulttest.Steps(test.step))
					check(t, played, "https://a.example/", played.Arrivals)
				})
			})
			t.Run("socket", func(t *testing.T) {
				server := faulttest.NewServer(t, faulttest.Steps(test.step))
				transport := &http.Transport{}
				defer transport.CloseIdleConnections()
				check(t, transport, server.URL, server.Arrivals)
			})
		})
	}
}

// A refused connection is asked for and not found, as net/http tells it.
func TestRefusing(t *testing.T) {
	played := faulttest.NewTransport(faulttest.Steps(faulttest.Step{})).Refusing(func(try int) bool { return try == 0 })
	for _, found := range []bool{false, true} {
		var asked, got bool
		ctx := httptrace.WithClientTrace(t.Context(), &httptrace.ClientTrace{
			GetConn: func(string) { asked = true }, GotConn: func(httptrace.GotConnInfo) { got = true },
		})
		_, _, err := send(played, request(t, ctx, "https://a.example/", ""))
		if !asked || got != found || (err == nil) != found {
			t.Errorf("asked %v, got %v, error %v", asked, got, err)
		}
	}
	if played.Count() != 1 {
		t.Errorf("%d arrivals, want 1", played.Count())
	}
	_, _, err := send(&http.Transport{}, request(t, t.Context(), faulttest.ClosedAddress(t), ""))
	if !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("a closed address: %v", err)
	}
}

// Part of a body is read.
func TestReading(t *testing.T) {
	server := faulttest.NewServer(t, faulttest.Steps(faulttest.Step{Status: 204}))
	server.Reading(func(n int) int { return 3 - 4*n })
	transport := &http.Transport{DisableKeepAlives: true}
	for range 2 {
		if status, _, err := send(transport, request(t, t.Context(), server.URL, "request")); status != 204 || err != nil {
			t.Fatal(status, err)
		}
	}
	a := server.Arrivals()
	if string(a[0].Body) != "req" || string(a[1].Body) != "request" || server.Opened() != 2 {
		t.Errorf("%q and %q arrived on %d connections", a[0].Body, a[1].Body, server.Opened())
	}
}

// A connection is used again unless the step closes it.
func TestConnectionsAreReused(t *testing.T) {
	server := faulttest.NewServer(t, func(n int, _ faulttest.Arrival) faulttest.Step {
		return faulttest.Step{Body: "x", Close: n == 1}
	})
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	for range 2 {
		if _, _, err := send(transport, request(t, t.Context(), server.URL, "")); err != nil {
			t.Fatal(err)
		}
	}
	a := server.Arrivals()
	if a[0].Conn != 1 || a[1].Conn != 1 || a[0].Hash != a[1].Hash {
		t.Errorf("connections %d and %d", a[0].Conn, a[1].Conn)
	}
}

func TestTLS(t *testing.T) {
	made := faulttest.NewCertificates(t)
	for name, certificate := range map[string]tls.Certificate{"good": made.Good, "expired": made.Expired, "wrong name": made.WrongName} {
		server := faulttest.NewTLSServer(t, certificate, faulttest.Steps(faulttest.Step{Body: "x"}))
		transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: made.Roots, MinVersion: tls.VersionTLS12}}
		_, _, err := send(transport, request(t, t.Context(), server.URL, ""))
		var bad *tls.CertificateVerificationError
		if errors.As(err, &bad) != (name != "good") {
			t.Errorf("%s: %v", name, err)
		}
		transport.CloseIdleConnections()
	}
}
