package cases

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/internal/faulttest"
)

// limits is R1 to R8, at the platform's own pace.
func (s *suite) limits(t *testing.T) {
	t.Run("R1 429 with seconds", func(t *testing.T) { s.limited(t, "2", 2*time.Second, 3*time.Second) })
	t.Run("R2 429 with a date", s.limitedUntil)
	t.Run("R3 a long pause", s.longPause)
	for _, value := range []string{"-5", "", "soon", "1.5", "0"} {
		t.Run(fmt.Sprintf("R4 %q", value), func(t *testing.T) { s.limited(t, value, time.Millisecond, 3*time.Second) })
	}
	t.Run("R5 429 for ever", s.limitedForEver)
	t.Run("R6 fifty at once", s.fiftyLimited)
	if s.UsedUp != nil {
		t.Run("R7 a used-up window", s.usedUp)
	}
	t.Run("R8 a deadline before the wait", s.deadlineBeforeWait)
}

// refusals are all the ways in which the platform says that too many came.
func (s *suite) refusals() []faulttest.Step {
	if s.RefuseInside == nil {
		return []faulttest.Step{s.Refuse(429, "slow down")}
	}
	return []faulttest.Step{s.Refuse(429, "slow down"), s.RefuseInside(429, "slow down")}
}

// limited is asked to wait once, and sends the same once more after that.
func (s *suite) limited(t *testing.T, retryAfter string, least, most time.Duration) {
	for _, step := range s.refusals() {
		s.onFakeTime(t, faulttest.Steps(step.With("Retry-After", retryAfter), s.good()), func(t *testing.T, c Client, server *faulttest.Transport) {
			if err := c.Write(t.Context()); err != nil {
				t.Fatal(err)
			}
			repeated(t, server, least, most)
		})
	}
}

// repeated checks that there were two arrivals of the same request, so far apart.
func repeated(t *testing.T, server *faulttest.Transport, least, most time.Duration) {
	t.Helper()
	arrivals := server.Arrivals()
	if len(arrivals) != 2 || arrivals[0].Hash != arrivals[1].Hash {
		t.Fatalf("the request was not repeated as it was: %d arrivals", len(arrivals))
	}
	if pause := arrivals[1].At.Sub(arrivals[0].At); pause < least || pause > most {
		t.Errorf("the second came %v after the first, want %v to %v", pause, least, most)
	}
}

func (s *suite) limitedUntil(t *testing.T) {
	for _, step := range s.refusals() {
		synctest.Test(t, func(t *testing.T) {
			until := time.Now().Add(3 * time.Second).UTC().Format(http.TimeFormat)
			server := faulttest.NewTransport(faulttest.Steps(step.With("Retry-After", until), s.good()))
			if err := s.client(t, connector.Options{Transport: server}).Write(t.Context()); err != nil {
				t.Fatal(err)
			}
			repeated(t, server, 3*time.Second, 4*time.Second)
		})
	}
}

// longPause is not slept, and the next call is not even sent.
func (s *suite) longPause(t *testing.T) {
	for _, step := range s.refusals() {
		s.onFakeTime(t, faulttest.Steps(step.With("Retry-After", "3600")), func(t *testing.T, c Client, server *faulttest.Transport) {
			begun := time.Now()
			for range 2 {
				if e := s.want(t, c.Write(t.Context()), connector.RateLimited); e.RetryAfter < time.Hour {
					t.Errorf("the error holds a wait of %v", e.RetryAfter)
				}
			}
			count(t, server, 1)
			if time.Since(begun) != 0 {
				t.Errorf("took %v", time.Since(begun))
			}
		})
	}
}

func (s *suite) limitedForEver(t *testing.T) {
	for _, step := range s.refusals() {
		s.onFakeTime(t, faulttest.Steps(step), func(t *testing.T, c Client, server *faulttest.Transport) {
			if e := s.want(t, c.Write(t.Context()), connector.RateLimited); e.Attempts != 4 {
				t.Errorf("%d attempts, want 4", e.Attempts)
			}
			count(t, server, 4)
		})
	}
}

// fiftyLimited are refused for ever: the gate keeps the pause, and the budget
// bounds the repeats to 20.
func (s *suite) fiftyLimited(t *testing.T) {
	for _, step := range s.refusals() {
		s.onFakeTime(t, faulttest.Steps(step.With("Retry-After", "2")), func(t *testing.T, c Client, server *faulttest.Transport) {
			var all sync.WaitGroup
			for range 50 {
				all.Go(func() {
					if err := c.Read(t.Context()); !errors.Is(err, connector.RateLimited) {
						t.Errorf("got %v", err)
					}
				})
			}
			all.Wait()
			arrivals := server.Arrivals()
			if len(arrivals) > 50+20 {
				t.Errorf("%d requests of 50 callers", len(arrivals))
			}
			for _, a := range arrivals {
				if into := a.At.Sub(arrivals[0].At); into > 0 && into < 2*time.Second {
					t.Errorf("a request came %v into the pause", into)
				}
			}
		})
	}
}

// usedUp is told by a success that nothing is left: the next call waits.
func (s *suite) usedUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		step, wait := s.UsedUp(s.good())
		server := faulttest.NewTransport(faulttest.Steps(step, s.good()))
		c := s.client(t, connector.Options{Transport: server})
		for range 2 {
			if err := c.Read(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		repeated(t, server, wait, wait+2*time.Second)
	})
}

// deadlineBeforeWait fails at once, once when the platform asks for the wait and
// once at the gate.
func (s *suite) deadlineBeforeWait(t *testing.T) {
	for _, step := range s.refusals() {
		s.onFakeTime(t, faulttest.Steps(step.With("Retry-After", "30")), func(t *testing.T, c Client, server *faulttest.Transport) {
			ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
			defer cancel()
			begun := time.Now()
			for range 2 {
				err := c.Write(ctx)
				s.want(t, err, connector.RateLimited)
				if !errors.Is(err, context.DeadlineExceeded) {
					t.Errorf("%v does not match the deadline", err)
				}
			}
			count(t, server, 1)
			if time.Since(begun) != 0 {
				t.Errorf("took %v", time.Since(begun))
			}
		})
	}
}

// manyFailures is X1: a thousand calls that fail leave nothing behind.
func (s *suite) manyFailures(t *testing.T) {
	faults := []faulttest.Step{{Fault: faulttest.Reset}, s.Refuse(500, "down"), {Fault: faulttest.Hangup}, {Body: "<html>"}}
	script := func(n int, _ faulttest.Arrival) faulttest.Step { return faults[n%len(faults)] }
	synctest.Test(t, func(t *testing.T) {
		server := faulttest.NewTransport(script)
		c := s.client(t, connector.Options{Transport: server, MaxAttempts: 1})
		before := runtime.NumGoroutine()
		for range 1000 {
			if err := c.Read(t.Context()); err == nil {
				t.Fatal("no error")
			}
		}
		count(t, server, 1000)
		synctest.Wait()
		if now := runtime.NumGoroutine(); now > before {
			t.Errorf("%d goroutines, %d before", now, before)
		}
	})
}

// hugeHeader is X2.
func (s *suite) hugeHeader(t *testing.T) {
	huge := faulttest.Step{Raw: "HTTP/1.1 200 OK\r\nX: " + strings.Repeat("x", 2<<20) + "\r\n\r\n", Close: true}
	server := faulttest.NewServer(t, faulttest.Steps(huge))
	c := s.client(t, connector.Options{BaseURL: server.URL, MaxAttempts: 1})
	s.want(t, c.Read(t.Context()), connector.Unavailable)
	s.want(t, c.Write(t.Context()), connector.UnknownOutcome)
	count(t, server, 2)
}
