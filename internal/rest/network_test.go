package rest_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/cordage-go/cordage/auth"
	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/internal/faulttest"
	"github.com/cordage-go/cordage/internal/rest"
)

func TestResetAfterBody(t *testing.T) {
	t.Run("N4 read", func(t *testing.T) {
		server := faulttest.NewServer(t, faulttest.Steps(faulttest.Step{Fault: faulttest.Reset}, status(200, ok)))
		if _, err := get(t.Context(), onSocket(t, server, connector.Options{})); err != nil {
			t.Fatal(err)
		}
		wantCount(t, server, 2)
	})
	t.Run("N4 write", func(t *testing.T) {
		server := faulttest.NewServer(t, faulttest.Steps(faulttest.Step{Fault: faulttest.Reset}, status(200, ok)))
		_, err := rest.Send[thing](t.Context(), onSocket(t, server, connector.Options{}), create, thing{Name: "bolt"}, nil)
		wantKind(t, err, connector.UnknownOutcome)
		wantCount(t, server, 1)
		if body := string(server.Arrivals()[0].Body); !strings.Contains(body, "bolt") {
			t.Errorf("the server read %q", body)
		}
	})
	t.Run("reset in the middle of the body", func(t *testing.T) {
		server := faulttest.NewServer(t, faulttest.Steps(faulttest.Step{Fault: faulttest.Reset}))
		server.Reading(func(int) int { return 10 })
		_, err := rest.Send[thing](t.Context(), onSocket(t, server, connector.Options{}), create, thing{Name: strings.Repeat("x", 1<<20)}, nil)
		wantKind(t, err, connector.UnknownOutcome)
		wantCount(t, server, 1)
	})
}

func TestNoAnswer(t *testing.T) {
	t.Run("N5 read", func(t *testing.T) {
		server := faulttest.NewServer(t, faulttest.Steps(faulttest.Step{Fault: faulttest.Silence}, status(200, ok)))
		c := onSocket(t, server, connector.Options{Timeout: 4 * time.Second})
		if _, err := get(t.Context(), c); err != nil {
			t.Fatal(err)
		}
		wantCount(t, server, 2)
	})
	t.Run("N5 write", func(t *testing.T) {
		server := faulttest.NewServer(t, faulttest.Steps(faulttest.Step{Fault: faulttest.Silence}))
		c := onSocket(t, server, connector.Options{Timeout: time.Second})
		_, err := rest.Send[thing](t.Context(), c, create, thing{}, nil)
		wantKind(t, err, connector.UnknownOutcome)
		wantCount(t, server, 1)
	})
	t.Run("N6 stall in the body", func(t *testing.T) {
		stalled := status(200, ok)
		stalled.Fault, stalled.At = faulttest.Stall, 5
		server := faulttest.NewServer(t, faulttest.Steps(stalled, status(200, ok)))
		if _, err := get(t.Context(), onSocket(t, server, connector.Options{Timeout: 4 * time.Second})); err != nil {
			t.Errorf("a read gets another try: %v", err)
		}
		wantCount(t, server, 2)
		server = faulttest.NewServer(t, faulttest.Steps(stalled))
		c := onSocket(t, server, connector.Options{Timeout: time.Second})
		begun := time.Now()
		_, err := get(t.Context(), c)
		if !errors.Is(err, context.DeadlineExceeded) || time.Since(begun) > 5*time.Second {
			t.Errorf("got %v after %v", err, time.Since(begun))
		}
		before := server.Count()
		_, err = rest.Send[thing](t.Context(), c, create, thing{}, nil)
		wantKind(t, err, connector.UnknownOutcome)
		wantCount(t, server, before+1)
	})
}

// N7: an answer that is cut anywhere is never half a value.
func TestCutAnywhere(t *testing.T) {
	for _, chunked := range []bool{false, true} {
		t.Run(fmt.Sprintf("N7 chunked %v", chunked), func(t *testing.T) {
			server := faulttest.NewServer(t, func(n int, _ faulttest.Arrival) faulttest.Step {
				step := status(200, ok)
				step.Fault, step.At, step.Chunked = faulttest.Cut, n, chunked
				return step
			})
			c := onSocket(t, server, connector.Options{MaxAttempts: 1})
			for n := 0; n <= len(ok); n++ {
				got, err := get(t.Context(), c)
				if n == len(ok) {
					if err != nil || got.Name != "bolt" {
						t.Errorf("the whole answer: %v, %v", got, err)
					}
					continue
				}
				if got != nil {
					t.Errorf("%d bytes of the answer gave %v", n, got)
				}
				wantKind(t, err, connector.Decode)
			}
		})
	}
}

// N9: slow is not dead.
func TestSlowAnswer(t *testing.T) {
	slow := status(200, ok)
	slow.Trickle = 10 * time.Millisecond
	server := faulttest.NewServer(t, faulttest.Steps(slow))
	got, err := get(t.Context(), onSocket(t, server, connector.Options{}))
	if err != nil || got.Name != "bolt" {
		t.Fatalf("got %v, %v", got, err)
	}
	wantCount(t, server, 1)
}

// 1xx answers come before the real one and are not taken for it.
func TestInterimAnswers(t *testing.T) {
	whole := "HTTP/1.1 103 Early Hints\r\nLink: </x>; rel=preload\r\n\r\nHTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 22\r\n\r\n" + ok
	server := faulttest.NewServer(t, faulttest.Steps(faulttest.Step{Raw: whole}))
	if len(ok) != 22 {
		t.Fatal("the stated length is wrong")
	}
	got, err := get(t.Context(), onSocket(t, server, connector.Options{}))
	if err != nil || got.ID != 7 {
		t.Errorf("got %v, %v", got, err)
	}
}

// What is not HTTP at all: a read tells so, and the server's words stay out.
func TestNotHTTP(t *testing.T) {
	for name, raw := range map[string]string{
		"garbage":              "SSH-2.0-" + canary + "\r\n",
		"bad header":           "HTTP/1.1 200 OK\r\n" + canary + "\r\n\r\n",
		"two lengths":          "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n{}",
		"X1 a header of 2 MiB": "HTTP/1.1 200 OK\r\nX: " + strings.Repeat("x", 2<<20) + "\r\n\r\n",
	} {
		t.Run(name, func(t *testing.T) {
			server := faulttest.NewServer(t, faulttest.Steps(faulttest.Step{Raw: raw, Close: true}))
			c := onSocket(t, server, connector.Options{MaxAttempts: 1})
			_, err := get(t.Context(), c)
			e := wantKindNoUnwrap(t, err, connector.Unavailable)
			if len(e.Message) > 400 {
				t.Errorf("a message of %d bytes", len(e.Message))
			}
			_, err = rest.Send[thing](t.Context(), c, create, thing{}, nil)
			wantKindNoUnwrap(t, err, connector.UnknownOutcome)
		})
	}
}

// wantKindNoUnwrap looks at the error's own text alone: net/http's below may
// repeat what the server wrote.
func wantKindNoUnwrap(t *testing.T, err error, kind connector.Kind) *connector.Error {
	t.Helper()
	e, found := connector.AsError(err)
	if !found || e.Kind != kind {
		t.Fatalf("got %v, want kind %q", err, kind)
	}
	if strings.Contains(err.Error(), canary) {
		t.Errorf("the credential stands in %v", err)
	}
	return e
}

// A server that answers before it has read the body: the answer counts.
func TestEarlyAnswer(t *testing.T) {
	server := faulttest.NewServer(t, faulttest.Steps(status(422, `{"message":"too much"}`)))
	server.Reading(func(int) int { return 0 })
	c := onSocket(t, server, connector.Options{})
	_, err := rest.Send[thing](t.Context(), c, create, thing{Name: strings.Repeat("x", 8<<20)}, nil)
	// The socket may break before the answer is read: then nobody knows.
	if e, _ := connector.AsError(err); e == nil || e.Kind != connector.Invalid && e.Kind != connector.UnknownOutcome {
		t.Errorf("got %v", err)
	}
	wantCount(t, server, 1)
}

// X1: failures leave nothing behind.
func TestManyFailuresLeaveNothing(t *testing.T) {
	server := faulttest.NewServer(t, func(n int, _ faulttest.Arrival) faulttest.Step {
		return []faulttest.Step{{Fault: faulttest.Reset}, status(500, `{}`), {Fault: faulttest.Cut, Body: ok, At: 3}, status(200, `<html>`)}[n%4]
	})
	c := onSocket(t, server, connector.Options{MaxAttempts: 1})
	_, _ = get(t.Context(), c)
	goroutines, files := runtime.NumGoroutine(), openFiles(t)
	for range 1000 {
		if _, err := get(t.Context(), c); err == nil {
			t.Fatal("no error")
		}
	}
	deadline := time.Now().Add(5 * time.Second)
	for runtime.NumGoroutine() > goroutines+4 || openFiles(t) > files+4 {
		if time.Now().After(deadline) {
			t.Fatalf("%d goroutines and %d files, before %d and %d", runtime.NumGoroutine(), openFiles(t), goroutines, files)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

func openFiles(t *testing.T) int {
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return 0 // not on this system
	}
	return len(entries)
}

// HTTP/2: net/http repeats by itself what the server certainly did not touch,
// and nothing else.
func TestHTTP2(t *testing.T) {
	var arrived atomic.Int32
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if arrived.Add(1); r.URL.Path == "/v1/things" {
			panic(http.ErrAbortHandler) // resets the stream
		}
		w.Header().Set("Content-Type", "application/json")
		fmt.Fprint(w, ok)
	}))
	server.EnableHTTP2 = true
	server.StartTLS()
	defer server.Close()
	c := newClient(t, server.Client().Transport, connector.Options{BaseURL: server.URL + "/v1"})
	var response connector.Response
	if _, err := get(t.Context(), c, connector.WithResponse(&response)); err != nil {
		t.Fatal(err)
	}
	_, err := rest.Send[thing](t.Context(), c, create, thing{}, nil)
	wantKind(t, err, connector.UnknownOutcome)
	if n := arrived.Load(); n != 2 {
		t.Errorf("%d requests arrived, want a read and one write", n)
	}
}

// C1: many callers, copies and a Close at once, for the race detector.
func TestConcurrentUse(t *testing.T) {
	server := faulttest.NewServer(t, func(n int, _ faulttest.Arrival) faulttest.Step {
		if n%7 == 3 {
			return faulttest.Step{Fault: faulttest.Reset}
		}
		return status(200, ok)
	})
	c := onSocket(t, server, connector.Options{})
	var all sync.WaitGroup
	for i := range 10 {
		all.Go(func() {
			copied := c.As(auth.Static(canary), connector.Account(fmt.Sprint("tenant-", i)))
			for range 10 {
				_, _ = get(t.Context(), copied)
				_, _ = rest.Send[thing](t.Context(), c, create, thing{}, nil)
			}
			copied.Close()
			if _, err := get(t.Context(), copied); !errors.Is(err, connector.Closed) {
				t.Errorf("a closed copy: %v", err)
			}
		})
	}
	all.Wait()
	if _, err := get(t.Context(), c); err != nil && !errors.Is(err, connector.Unavailable) {
		t.Errorf("the client behind closed copies: %v", err)
	}
}
