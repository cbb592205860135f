package rest_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cordage-go/cordage/auth"
	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/internal/faulttest"
	"github.com/cordage-go/cordage/internal/rest"
)

func TestStatedWaits(t *testing.T) {
	in := func(d time.Duration) string { return time.Now().Add(d).UTC().Format(http.TimeFormat) }
	tests := []struct {
		name     string
		headers  func(s faulttest.Step) faulttest.Step
		min, max time.Duration
	}{
		{"R1 seconds", func(s faulttest.Step) faulttest.Step { return s.With("Retry-After", "2") }, 2 * time.Second, 2100 * time.Millisecond},
		{"R2 date", func(s faulttest.Step) faulttest.Step { return s.With("Retry-After", in(3*time.Second)) }, 2 * time.Second, 3100 * time.Millisecond},
		{"R2 date by the server's clock", func(s faulttest.Step) faulttest.Step {
			return s.With("Date", in(-time.Hour)).With("Retry-After", in(3*time.Second-time.Hour))
		}, 3 * time.Second, 3100 * time.Millisecond},
		{"R4 negative", func(s faulttest.Step) faulttest.Step { return s.With("Retry-After", "-5") }, time.Millisecond, time.Second},
		{"R4 empty", func(s faulttest.Step) faulttest.Step { return s.With("Retry-After", "") }, time.Millisecond, time.Second},
		{"R4 words", func(s faulttest.Step) faulttest.Step { return s.With("Retry-After", "soon") }, time.Millisecond, time.Second},
		{"R4 fraction", func(s faulttest.Step) faulttest.Step { return s.With("Retry-After", "1.5") }, time.Millisecond, time.Second},
		{"zero", func(s faulttest.Step) faulttest.Step { return s.With("Retry-After", "0") }, time.Millisecond, time.Second},
	}
	for _, test := range tests {
		for _, op := range []connector.Operation{find, create} {
			t.Run(test.name+"/"+op.Class.String(), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					server := faulttest.NewTransport(faulttest.Steps(test.headers(status(429, `{}`)), status(200, ok)))
					c := newClient(t, server, connector.Options{})
					var response connector.Response
					if _, err := rest.Send[thing](t.Context(), c, op, thing{}, []connector.CallOption{connector.WithResponse(&response)}); err != nil {
						t.Fatal(err)
					}
					arrivals := server.Arrivals()
					if len(arrivals) != 2 {
						t.Fatalf("%d arrivals", len(arrivals))
					}
					if pause := arrivals[1].At.Sub(arrivals[0].At); pause < test.min || pause > test.max {
						t.Errorf("waited %v, want %v to %v", pause, test.min, test.max)
					}
					if stated := test.min >= 2*time.Second; stated != (response.Waited >= 2*time.Second) {
						t.Errorf("the response tells of a wait of %v", response.Waited)
					}
				})
			})
		}
	}
}

// R3: what is too long is not slept.
func TestLongStatedWaitFailsAtOnce(t *testing.T) {
	for _, seconds := range []string{"3600", "99999999999999999999"} {
		t.Run(seconds, func(t *testing.T) {
			onFakeTime(t, faulttest.Steps(status(429, `{}`).With("Retry-After", seconds)), func(t *testing.T, c *rest.Client, server *faulttest.Transport) {
				begun := time.Now()
				_, err := get(t.Context(), c)
				if e := wantKind(t, err, connector.RateLimited); e.RetryAfter < time.Hour || !strings.Contains(e.Message, "MaxWait") {
					t.Errorf("the error holds a wait of %v: %v", e.RetryAfter, err)
				}
				if time.Since(begun) != 0 {
					t.Errorf("took %v", time.Since(begun))
				}
				wantCount(t, server, 1)
				_, err = get(t.Context(), c) // the gate is closed for everybody
				if e := wantKind(t, err, connector.RateLimited); e.Attempts != 0 {
					t.Errorf("the second call tells of %d attempts", e.Attempts)
				}
				wantCount(t, server, 1)
			})
		})
	}
}

// R8: a deadline that is nearer than the wait fails now, and nothing is sent.
func TestDeadlineBeforeWait(t *testing.T) {
	onFakeTime(t, faulttest.Steps(status(429, `{}`).With("Retry-After", "30"), status(200, ok)), func(t *testing.T, c *rest.Client, server *faulttest.Transport) {
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		begun := time.Now()
		for range 2 { // refused by the platform, and then by the pacer
			_, err := get(ctx, c)
			wantKind(t, err, connector.RateLimited)
			if !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("%v does not match the deadline", err)
			}
		}
		wantCount(t, server, 1)
		if time.Since(begun) != 0 {
			t.Errorf("took %v", time.Since(begun))
		}
	})
}

// A stated wait counts for MaxWait; Timeout's clock stands still during it.
func TestWaitsAndTimeoutAreApart(t *testing.T) {
	limited := status(429, `{}`).With("Retry-After", "20")
	t.Run("waits longer than Timeout", func(t *testing.T) {
		onFakeTime(t, faulttest.Steps(limited, limited, status(200, ok)), func(t *testing.T, c *rest.Client, _ *faulttest.Transport) {
			var response connector.Response
			_, err := get(t.Context(), c, connector.Timeout(5*time.Second), connector.WithResponse(&response))
			if err != nil {
				t.Fatal(err)
			}
			if response.Waited.Round(time.Second) != 40*time.Second {
				t.Errorf("waited %v, want 40s", response.Waited)
			}
		})
	})
	t.Run("waits add up", func(t *testing.T) {
		onFakeTime(t, faulttest.Steps(limited, limited, limited, status(200, ok)), func(t *testing.T, c *rest.Client, server *faulttest.Transport) {
			_, err := get(t.Context(), c, connector.MaxWait(50*time.Second))
			wantKind(t, err, connector.RateLimited)
			wantCount(t, server, 3)
		})
	})
	t.Run("time before and after a wait adds up", func(t *testing.T) {
		slow := limited
		slow.Delay = 4 * time.Second
		late := status(200, ok)
		late.Trickle = time.Second
		onFakeTime(t, faulttest.Steps(slow, late), func(t *testing.T, c *rest.Client, _ *faulttest.Transport) {
			begun := time.Now()
			_, err := get(t.Context(), c, connector.Timeout(20*time.Second))
			e := wantKind(t, err, connector.TimedOut)
			if !errors.Is(err, context.DeadlineExceeded) || e.Attempts != 2 {
				t.Errorf("got %v", err)
			}
			if took := time.Since(begun).Round(10 * time.Millisecond); took != 40*time.Second {
				t.Errorf("took %v, want 20s of sending and 20s of waiting", took)
			}
		})
	})
	t.Run("a back-off beyond Timeout is not slept", func(t *testing.T) {
		onFakeTime(t, faulttest.Steps(status(500, `{}`)), func(t *testing.T, c *rest.Client, server *faulttest.Transport) {
			begun := time.Now()
			_, err := get(t.Context(), c, connector.Timeout(time.Millisecond))
			if e := wantKind(t, err, connector.Unavailable); !strings.Contains(e.Message, "time limit") || time.Since(begun) != 0 {
				t.Errorf("got %v after %v", err, time.Since(begun))
			}
			wantCount(t, server, 1)
		})
	})
	t.Run("zero keeps the client's limits", func(t *testing.T) {
		onFakeTime(t, faulttest.Steps(limited, status(200, ok)), func(t *testing.T, c *rest.Client, _ *faulttest.Transport) {
			if _, err := get(t.Context(), c, connector.Timeout(0), connector.MaxWait(0)); err != nil {
				t.Error(err)
			}
		})
	})
	t.Run("negative is refused", func(t *testing.T) {
		onFakeTime(t, faulttest.Steps(status(200, ok)), func(t *testing.T, c *rest.Client, server *faulttest.Transport) {
			_, err := get(t.Context(), c, connector.Timeout(-1))
			wantKind(t, err, connector.Invalid)
			_, err = get(t.Context(), c, connector.MaxWait(-1))
			wantKind(t, err, connector.Invalid)
			wantCount(t, server, 0)
		})
	})
}

// R6: one caller's 429 stops all others of the key before they are sent.
func TestGateStopsOthers(t *testing.T) {
	onFakeTime(t, func(n int, _ faulttest.Arrival) faulttest.Step {
		if n == 0 {
			return status(429, `{}`).With("Retry-After", "10")
		}
		return status(200, ok)
	}, func(t *testing.T, c *rest.Client, server *faulttest.Transport) {
		var all sync.WaitGroup
		all.Go(func() { _, _ = get(t.Context(), c) })
		synctest.Wait()
		for range 49 {
			all.Go(func() {
				if _, err := get(t.Context(), c); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		arrivals := server.Arrivals()
		for _, a := range arrivals[1:] {
			if pause := a.At.Sub(arrivals[0].At); pause < 10*time.Second {
				t.Errorf("a request came %v into the pause", pause)
			}
		}
		wantCount(t, server, 51)
	})
}

// A limit that is told inside a 200 closes the gate, too.
func TestLimitInsideSuccessClosesGate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := faulttest.NewTransport(faulttest.Steps(status(200, `{"statusCode":429}`).With("Retry-After", "300"), status(200, ok)))
		c := newClientOf(t, bodied(), auth.Static(canary), server, connector.Options{})
		for range 2 {
			_, err := rest.Send[thing](t.Context(), c, find, thing{}, nil)
			if e := wantKind(t, err, connector.RateLimited); e.RetryAfter < 299*time.Second {
				t.Errorf("the error holds a wait of %v", e.RetryAfter)
			}
		}
		wantCount(t, server, 1)
	})
}

// The pacer's wait is part of the call's account.
func TestPacedCallsReportTheirWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := faulttest.NewTransport(faulttest.Steps(status(200, ok)))
		slow := headed()
		slow.Pacing = pacing(1)
		c := newClientOf(t, slow, auth.Static(canary), server, connector.Options{})
		for range 2 {
			var response connector.Response
			if _, err := get(t.Context(), c, connector.WithResponse(&response), connector.Timeout(100*time.Millisecond)); err != nil {
				t.Fatal(err)
			}
			if first := server.Count() == 1; !first && response.Waited.Round(10*time.Millisecond) != time.Second {
				t.Errorf("waited %v, want one second", response.Waited)
			}
		}
		_, err := get(t.Context(), c, connector.MaxWait(time.Millisecond))
		wantKind(t, err, connector.RateLimited)
		wantCount(t, server, 2)
	})
}
