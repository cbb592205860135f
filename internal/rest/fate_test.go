package rest_test

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cordage-go/cordage/auth"
	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/internal/faulttest"
	"github.com/cordage-go/cordage/internal/rest"
)

func post(ctx context.Context, c rest.Doer) error {
	_, err := rest.Send[thing](ctx, c, create, thing{Name: "bolt"}, nil)
	return err
}

// What is sent by the context of a call, such as a renewal in the background,
// does not touch a write that is under way.
func TestOtherRequestsByTheCallsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		here, elsewhere := faulttest.NewHTTP2(t, ok, answered), faulttest.NewHTTP2(t, ok, answered)
		other := elsewhere.Transport()
		ask := func(ctx context.Context) {
			r, _ := http.NewRequestWithContext(ctx, http.MethodGet, "https://127.0.0.1/other", nil)
			answer, err := other.RoundTrip(r)
			if err != nil {
				t.Error(err)
				return
			}
			answer.Body.Close()
		}
		var kept context.Context
		tokens := source(func(ctx context.Context) (auth.Token, error) {
			kept = context.WithoutCancel(ctx)
			ask(ctx)
			return auth.Token{Access: auth.NewSecret(canary)}, nil
		})
		slow := connector.Options{
			Transport: tripper(func(r *http.Request) (*http.Response, error) {
				answer, err := here.Transport().RoundTrip(r)
				ask(kept) // while the write is under way
				return answer, err
			}),
			Middleware: []connector.Middleware{around(func(r *http.Request, next http.RoundTripper) (*http.Response, error) {
				ask(r.Context())
				return next.RoundTrip(r)
			})},
		}
		defer other.CloseIdleConnections()
		if err := post(t.Context(), newClientOf(t, headed(), tokens, nil, slow)); err != nil {
			t.Error(err)
		}
		wantCount(t, here, 1)
		wantCount(t, elsewhere, 3)
	})
}

func answered(int) faulttest.Ending { return faulttest.Answered }

type source func(context.Context) (auth.Token, error)

func (s source) Token(ctx context.Context) (auth.Token, error) { return s(ctx) }
func (s source) Invalidate(context.Context, auth.Token) error  { return nil }

// A middleware that does not wait for the transport leaves a write under way.
func TestMiddlewareThatDoesNotWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var sent atomic.Int32
		slow := tripper(func(r *http.Request) (*http.Response, error) {
			trace := httptrace.ContextClientTrace(r.Context())
			trace.GetConn("")
			time.Sleep(time.Second) // for a connection
			if r.Context().Err() == nil {
				sent.Add(1)
			}
			return answer(r, 200, ok), nil
		})
		impatient := around(func(r *http.Request, next http.RoundTripper) (*http.Response, error) {
			go next.RoundTrip(r)
			time.Sleep(time.Millisecond)
			return nil, errors.New("no patience")
		})
		c := newClient(t, slow, connector.Options{Middleware: []connector.Middleware{impatient}})
		wantKind(t, post(t.Context(), c), connector.UnknownOutcome)
		time.Sleep(time.Minute)
		if n := sent.Load(); n > 1 {
			t.Errorf("the write was sent %d times", n)
		}
	})
}

// What a middleware has left behind is not sent during the next attempt.
func TestMiddlewareThatSendsLate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := faulttest.NewTransport(faulttest.Steps(status(200, ok)))
		tries := 0
		late := around(func(r *http.Request, next http.RoundTripper) (*http.Response, error) {
			if tries++; tries > 1 {
				time.Sleep(time.Minute)
				return next.RoundTrip(r)
			}
			go func() {
				time.Sleep(30 * time.Second)
				if _, err := next.RoundTrip(r); err == nil {
					t.Error("an attempt that was over could still send")
				}
			}()
			return nil, errors.New("broken")
		})
		c := newClient(t, server, connector.Options{Middleware: []connector.Middleware{late}})
		if err := post(t.Context(), c); err != nil {
			t.Error(err)
		}
		wantCount(t, server, 1)
	})
}

// Nor is it sent after an answer, when the call waits for its next attempt.
func TestMiddlewareThatSendsOnceMore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := faulttest.NewTransport(faulttest.Steps(status(429, "{}").With("Retry-After", "50"), status(200, ok)))
		hedging := around(func(r *http.Request, next http.RoundTripper) (*http.Response, error) {
			go func() {
				time.Sleep(30 * time.Second)
				if _, err := next.RoundTrip(r.Clone(r.Context())); err == nil {
					t.Error("an attempt that was over could still send")
				}
			}()
			return next.RoundTrip(r)
		})
		c := newClient(t, server, connector.Options{Middleware: []connector.Middleware{hedging}})
		if err := post(t.Context(), c); err != nil {
			t.Error(err)
		}
		time.Sleep(time.Minute)
		wantCount(t, server, 2)
	})
}

// A middleware that panics gives the place at the pacer back.
func TestMiddlewareThatPanics(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := faulttest.NewTransport(faulttest.Steps(status(200, ok)))
		panics := 3
		wild := around(func(r *http.Request, next http.RoundTripper) (*http.Response, error) {
			if panics--; panics >= 0 {
				panic("wild")
			}
			return next.RoundTrip(r)
		})
		p := headed()
		p.Pacing = pacing(3)
		c := newClientOf(t, p, auth.Static(canary), server, connector.Options{Middleware: []connector.Middleware{wild}})
		for range 3 {
			func() {
				defer func() { _ = recover() }()
				_ = post(t.Context(), c)
			}()
		}
		began := time.Now()
		for range 3 {
			if err := post(t.Context(), c); err != nil {
				t.Error(err)
			}
		}
		if took := time.Since(began); took > 1100*time.Millisecond {
			t.Errorf("three calls took %v after three that panicked", took)
		}
	})
}

// A middleware that returns an answer and an error leaves nothing open.
func TestMiddlewareWithAnswerAndError(t *testing.T) {
	closed := false
	transport := tripper(func(r *http.Request) (*http.Response, error) {
		response := answer(r, 200, ok)
		response.Body = &closing{response.Body, &closed}
		return response, nil
	})
	torn := around(func(r *http.Request, next http.RoundTripper) (*http.Response, error) {
		response, _ := next.RoundTrip(r)
		return response, errors.New("torn")
	})
	c := newClient(t, transport, connector.Options{Middleware: []connector.Middleware{torn}})
	wantKind(t, post(t.Context(), c), connector.UnknownOutcome)
	if !closed {
		t.Error("the answer's body is still open")
	}
}

type closing struct {
	io.ReadCloser
	closed *bool
}

func (c *closing) Close() error {
	*c.closed = true
	return c.ReadCloser.Close()
}

// A middleware that ends a write by a time limit of its own, or makes an error
// of its own of a lost one, does not make it one that was never sent.
func TestMiddlewareThatJudges(t *testing.T) {
	judges := map[string]connector.Middleware{
		"an error of its own": around(func(r *http.Request, next http.RoundTripper) (*http.Response, error) {
			_, err := next.RoundTrip(r)
			return nil, &connector.Error{Kind: connector.Unavailable, Message: "the breaker is open", Err: err}
		}),
		"a time limit": around(func(r *http.Request, next http.RoundTripper) (*http.Response, error) {
			ctx, cancel := context.WithTimeout(r.Context(), time.Second)
			defer cancel()
			return next.RoundTrip(r.WithContext(ctx))
		}),
	}
	for name, judge := range judges {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				hangup := faulttest.Step{Fault: faulttest.Hangup, Delay: 5 * time.Second}
				server := faulttest.NewTransport(faulttest.Steps(hangup))
				c := newClient(t, server, connector.Options{Middleware: []connector.Middleware{judge}})
				wantKind(t, post(t.Context(), c), connector.UnknownOutcome)
				wantCount(t, server, 1)
			})
		})
	}
}

// A group of calls is often ended by the error of one of them. For the others
// that error says nothing of what became of their own requests.
func TestEndedByTheErrorOfAnotherCall(t *testing.T) {
	stall := status(200, ok)
	stall.Fault, stall.At = faulttest.Stall, 5
	others := map[string]*connector.Error{
		"too fast":          {Platform: "other", Kind: connector.RateLimited},
		"not trusted":       {Platform: "other", Kind: connector.Unavailable, Err: &tls.CertificateVerificationError{}},
		"an answer unread":  {Platform: "other", Kind: connector.Decode},
		"an answer too big": {Platform: "other", Kind: connector.TooLarge},
	}
	for name, other := range others {
		t.Run(name, func(t *testing.T) {
			onFakeTime(t, faulttest.Steps(stall), func(t *testing.T, c *rest.Client, server *faulttest.Transport) {
				ctx, cancel := context.WithCancelCause(t.Context())
				time.AfterFunc(time.Second, func() { cancel(other) })
				err := post(ctx, c)
				wantKind(t, err, connector.UnknownOutcome)
				wantCount(t, server, 1)
				if !errors.Is(err, other) || !errors.Is(err, context.Canceled) {
					t.Errorf("the reason is lost in %v", err)
				}
			})
		})
	}
}

// Garbage in place of an answer is no proof that the request did not arrive.
func TestBrokenRecordAfterAWrite(t *testing.T) {
	var arrived atomic.Int32
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		arrived.Add(1)
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer conn.Close()
		_, _ = conn.(*tls.Conn).NetConn().Write([]byte("502 Bad Gateway\r\n"))
	}))
	defer server.Close()
	transport := server.Client().Transport.(*http.Transport)
	c := newClient(t, transport, connector.Options{BaseURL: server.URL})
	wantKind(t, post(t.Context(), c), connector.UnknownOutcome)
	if n := arrived.Load(); n != 1 {
		t.Errorf("%d requests arrived, want 1", n)
	}
}

// net/http repeats a GET by itself when a kept connection breaks off. One that
// does something is not repeated.
func TestGetThatWrites(t *testing.T) {
	hangup := faulttest.Step{Fault: faulttest.Hangup}
	server := faulttest.NewServer(t, faulttest.Steps(status(200, ok), hangup, status(200, ok)))
	c := onSocket(t, server, connector.Options{})
	if _, err := get(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	start := connector.Operation{ID: "jobs.start", Method: "GET", Path: "/jobs/start", Class: connector.Write}
	_, err := rest.Send[thing](t.Context(), c, start, nil, nil)
	wantKind(t, err, connector.UnknownOutcome)
	wantCount(t, server, 2)
}

// An answer may come before the body has been sent. The caller's bytes are the
// caller's again when the call is over.
func TestBytesAfterAnEarlyAnswer(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusUnprocessableEntity)
	}))
	defer server.Close()
	c := newClient(t, nil, connector.Options{BaseURL: server.URL})
	body := json.RawMessage(`"` + strings.Repeat("x", 8<<20) + `"`)
	for range 4 {
		if _, err := rest.Send[thing](t.Context(), c, create, body, nil); err == nil {
			t.Error("no error")
		}
		for i := range body {
			body[i]++
		}
		clear(body[1:])
	}
}

// The timer may go off while the call fetches its token.
func TestTokenThatTakesLongerThanPatience(t *testing.T) {
	tokens := source(func(context.Context) (auth.Token, error) {
		time.Sleep(100 * time.Millisecond)
		return auth.Token{Access: auth.NewSecret(canary)}, nil
	})
	server := faulttest.NewTransport(faulttest.Steps(status(200, ok)))
	c := newClientOf(t, headed(), tokens, server, connector.Options{Timeout: 200 * time.Millisecond})
	if _, err := get(t.Context(), c); err != nil {
		t.Error(err)
	}
}
