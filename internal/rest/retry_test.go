package rest_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cordage-go/cordage/auth"
	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/internal/faulttest"
	"github.com/cordage-go/cordage/internal/rest"
	"github.com/cordage-go/cordage/pace"
)

// What each class may repeat: the table that everything else hangs on. A fault
// stays for ever; the outcomes of all classes tell how often the request arrives
// and how the call ends.
func TestRetryTable(t *testing.T) {
	type outcome struct {
		arrivals int
		kind     connector.Kind
	}
	type outcomes struct{ read, set, write, keyed, token outcome }
	cut := status(200, ok)
	cut.Fault, cut.At = faulttest.Cut, 5
	stalled := status(200, ok)
	stalled.Fault, stalled.At = faulttest.Stall, 5
	stated := func(code int) faulttest.Step { return status(code, `{}`).With("Retry-After", "2") }
	once, all := outcome{1, connector.UnknownOutcome}, outcome{4, connector.UnknownOutcome}
	unknown := func(kind connector.Kind) outcomes { return outcomes{outcome{4, kind}, once, once, all, once} }
	refused := func(kind connector.Kind) outcomes {
		return outcomes{outcome{4, kind}, outcome{4, kind}, outcome{4, kind}, outcome{4, kind}, once}
	}
	definite := func(kind connector.Kind) outcomes {
		return outcomes{outcome{1, kind}, outcome{1, kind}, outcome{1, kind}, outcome{1, kind}, outcome{1, kind}}
	}
	const down = connector.Unavailable
	tests := []struct {
		fate string
		step faulttest.Step
		want outcomes
	}{
		{"N4 reset", faulttest.Step{Fault: faulttest.Reset}, unknown(down)},
		{"EOF", faulttest.Step{Fault: faulttest.Hangup}, unknown(down)},
		{"N5 timeout", faulttest.Step{Fault: faulttest.Silence}, unknown(connector.TimedOut)},
		{"N7 truncated", cut, unknown(connector.Decode)},
		{"N6 stalled", stalled, unknown(connector.TimedOut)},
		{"408", status(408, `{}`), unknown(down)},
		{"H1 500", status(500, `{}`), unknown(down)},
		{"H1 502", status(502, `{}`), unknown(down)},
		{"H1 504", status(504, `{}`), unknown(down)},
		{"503 without a word", status(503, `{}`), unknown(down)},
		{"503 with Retry-After", stated(503), refused(down)},
		{"R5 429 without a word", status(429, `{}`), refused(connector.RateLimited)},
		{"R1 429 with Retry-After", stated(429), refused(connector.RateLimited)},
		{"400", status(400, `{}`), definite(connector.Invalid)},
		{"401", status(401, `{}`), definite(connector.Unauthorized)},
		{"403", status(403, `{}`), definite(connector.Forbidden)},
		{"404", status(404, `{}`), definite(connector.NotFound)},
		{"405", status(405, `{}`), definite(connector.Invalid)},
		{"409", status(409, `{}`), definite(connector.Conflict)},
		{"410", status(410, `{}`), definite(connector.NotFound)},
		{"422", status(422, `{}`), definite(connector.Invalid)},
		{"501", status(501, `{}`), definite(connector.Unexpected)},
		{"redirect", faulttest.Step{Status: 302}.With("Location", "https://other.example/"), definite(connector.Origin)},
		{"a whole answer that is no JSON", status(200, `<html>`), definite(connector.Decode)},
	}
	for _, test := range tests {
		for _, class := range []struct {
			name string
			op   connector.Operation
			opts []connector.CallOption
			want outcome
		}{
			{"read", find, nil, test.want.read},
			{"set", replace, nil, test.want.set},
			{"write", create, nil, test.want.write},
			{"keyed write", create, []connector.CallOption{connector.Repeatable()}, test.want.keyed},
			{"keyed set", replace, []connector.CallOption{connector.Repeatable()}, test.want.keyed},
			{"token", signIn, []connector.CallOption{connector.Repeatable()}, test.want.token},
		} {
			t.Run(test.fate+"/"+class.name, func(t *testing.T) {
				onFakeTime(t, faulttest.Steps(test.step), func(t *testing.T, c *rest.Client, server *faulttest.Transport) {
					_, err := rest.Send[thing](t.Context(), c, class.op, thing{Name: "bolt"}, class.opts)
					e := wantKind(t, err, class.want.kind)
					wantCount(t, server, class.want.arrivals)
					if e.Attempts != class.want.arrivals {
						t.Errorf("the error tells of %d attempts, %d arrived", e.Attempts, class.want.arrivals)
					}
					sameRequests(t, server.Arrivals())
				})
			})
		}
	}
}

// sameRequests checks that a repeat is the request that it repeats.
func sameRequests(t *testing.T, arrivals []faulttest.Arrival) {
	t.Helper()
	for _, a := range arrivals[1:] {
		if a.Hash != arrivals[0].Hash {
			t.Errorf("a repeat differs: %s %s %v %q", a.Method, a.URL, a.Header, a.Body)
		}
	}
}

// N1, N2: without a connection nothing was sent, so everything may be repeated.
func TestNotSentIsRepeated(t *testing.T) {
	for _, op := range []connector.Operation{find, create, replace, signIn} {
		t.Run(op.Class.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := faulttest.NewTransport(faulttest.Steps(status(200, ok)))
				server.Refusing(func(try int) bool { return try < 2 })
				c := newClient(t, server, connector.Options{})
				got, err := rest.Send[thing](t.Context(), c, op, thing{Name: "bolt"}, nil)
				if err != nil || got.ID != 7 {
					t.Fatalf("got %v, %v", got, err)
				}
				wantCount(t, server, 1)
			})
			synctest.Test(t, func(t *testing.T) {
				server := faulttest.NewTransport(nil).Refusing(func(int) bool { return true })
				c := newClient(t, server, connector.Options{})
				_, err := rest.Send[thing](t.Context(), c, op, thing{}, nil)
				e := wantKind(t, err, connector.Unavailable)
				if e.Attempts != 4 || !strings.Contains(e.Message, "not sent") || !errors.Is(err, faulttest.ErrRefused) {
					t.Errorf("got %v", err)
				}
			})
		})
	}
}

// A repeatable write whose first try may have been done stays unknown, however
// the later tries end.
func TestUnknownStaysUnknown(t *testing.T) {
	tests := []struct {
		name   string
		second faulttest.Step
		also   connector.Kind
	}{
		{"refused for a conflict", status(409, `{}`), connector.Conflict},
		{"refused as wrong", status(422, `{}`), connector.Invalid},
		{"forbidden", status(403, `{}`), connector.Forbidden},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			onFakeTime(t, faulttest.Steps(faulttest.Step{Fault: faulttest.Reset}, test.second), func(t *testing.T, c *rest.Client, server *faulttest.Transport) {
				_, err := rest.Send[thing](t.Context(), c, create, thing{}, []connector.CallOption{connector.Repeatable()})
				wantKind(t, err, connector.UnknownOutcome)
				if !errors.Is(err, test.also) {
					t.Errorf("%v does not tell of the refusal", err)
				}
				wantCount(t, server, 2)
			})
		})
	}
	t.Run("then no connection", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			server := faulttest.NewTransport(faulttest.Steps(faulttest.Step{Fault: faulttest.Reset}))
			server.Refusing(func(try int) bool { return try > 0 })
			c := newClient(t, server, connector.Options{})
			_, err := rest.Send[thing](t.Context(), c, create, thing{}, []connector.CallOption{connector.Repeatable()})
			wantKind(t, err, connector.UnknownOutcome)
		})
	})
}

// Limit headers stand on every answer: a 503 that tells of a used-up window was
// not turned away for it, and a write that got it may have been done.
func TestLimitHeadersAreNoRefusal(t *testing.T) {
	p := headed()
	p.Pacing.Read = func(int, http.Header) pace.Reading { return pace.Reading{Pause: time.Second} }
	for _, test := range []struct {
		op       connector.Operation
		kind     connector.Kind
		arrivals int
	}{{create, connector.UnknownOutcome, 1}, {find, connector.Unavailable, 4}} {
		synctest.Test(t, func(t *testing.T) {
			server := faulttest.NewTransport(faulttest.Steps(status(503, `{}`)))
			c := newClientOf(t, p, auth.Static(canary), server, connector.Options{})
			_, err := rest.Send[thing](t.Context(), c, test.op, thing{}, nil)
			wantKind(t, err, test.kind)
			wantCount(t, server, test.arrivals)
		})
	}
}

// A second delete that finds nothing is a success in all but name.
func TestDeleteTwice(t *testing.T) {
	lost := faulttest.Step{Fault: faulttest.Reset}
	gone := status(404, `{}`)
	repeatable := []connector.CallOption{connector.Repeatable()}
	byPost := connector.Operation{ID: "things.delete", Method: "POST", Path: "/things/delete/7", Class: connector.Set, NoAnswer: true}
	tests := []struct {
		name     string
		op       connector.Operation
		steps    []faulttest.Step
		opts     []connector.CallOption
		kind     connector.Kind
		arrivals int
	}{
		{"lost, then 404", remove, []faulttest.Step{lost, gone}, repeatable, connector.AlreadyGone, 2},
		{"500, then 404", remove, []faulttest.Step{status(500, "{}"), gone}, repeatable, connector.AlreadyGone, 2},
		{"by POST: lost, then 404", byPost, []faulttest.Step{lost, gone}, repeatable, connector.AlreadyGone, 2},
		{"lost, not allowed to repeat", remove, []faulttest.Step{lost, gone}, nil, connector.UnknownOutcome, 1},
		{"404 at once", remove, []faulttest.Step{gone}, repeatable, connector.NotFound, 1},
		{"refused for coming too fast, then 404", remove, []faulttest.Step{status(429, "{}"), gone}, repeatable, connector.NotFound, 2},
		{"a replacement that finds nothing", replace, []faulttest.Step{lost, gone}, repeatable, connector.UnknownOutcome, 2},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			onFakeTime(t, faulttest.Steps(test.steps...), func(t *testing.T, c *rest.Client, server *faulttest.Transport) {
				wantKind(t, c.Do(t.Context(), test.op, nil, nil, test.opts...), test.kind)
				wantCount(t, server, test.arrivals)
			})
		})
	}
}

// H1: a read gets over an outage; the pauses are jittered and bounded.
func TestReadGetsOverOutage(t *testing.T) {
	onFakeTime(t, faulttest.Steps(status(500, `{}`), status(502, `<html>`), status(504, ``), status(200, ok)),
		func(t *testing.T, c *rest.Client, server *faulttest.Transport) {
			var response connector.Response
			got, err := get(t.Context(), c, connector.WithResponse(&response))
			if err != nil || got.Name != "bolt" {
				t.Fatalf("got %v, %v", got, err)
			}
			if response.Attempts != 4 || response.Status != 200 {
				t.Errorf("the response tells of %+v", response)
			}
			arrivals := server.Arrivals()
			bound := 500 * time.Millisecond
			for i := 1; i < len(arrivals); i++ {
				if pause := arrivals[i].At.Sub(arrivals[i-1].At); pause <= 0 || pause > bound+time.Millisecond {
					t.Errorf("pause %d took %v, want at most %v", i, pause, bound)
				}
				bound *= 2
			}
		})
}

// Pauses lie anywhere below their bound, so that those who failed together do not
// come back together.
func TestPausesAreSpread(t *testing.T) {
	onFakeTime(t, func(n int, _ faulttest.Arrival) faulttest.Step {
		return []faulttest.Step{status(500, `{}`), status(200, ok)}[n%2]
	}, func(t *testing.T, c *rest.Client, server *faulttest.Transport) {
		const calls = 100
		for i := range calls {
			if _, err := get(t.Context(), c, connector.Account(fmt.Sprint("tenant-", i))); err != nil {
				t.Fatal(err)
			}
		}
		var quarters [4]int // of half a second
		arrivals := server.Arrivals()
		for i := 1; i < len(arrivals); i += 2 {
			quarters[min(3, arrivals[i].At.Sub(arrivals[i-1].At)/(125*time.Millisecond))]++
		}
		if slices.Min(quarters[:]) == 0 {
			t.Errorf("the pauses of %d calls fall into quarters as %v", calls, quarters)
		}
	})
}

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

func TestMaxAttempts(t *testing.T) {
	for n := 1; n <= 5; n++ {
		synctest.Test(t, func(t *testing.T) {
			server := faulttest.NewTransport(faulttest.Steps(status(500, `{}`)))
			c := newClient(t, server, connector.Options{MaxAttempts: n})
			_, err := get(t.Context(), c)
			wantKind(t, err, connector.Unavailable)
			wantCount(t, server, n)
		})
	}
}

// A transport that does not speak httptrace leaves the fate of a write open.
func TestTransportWithoutTrace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := 0
		broken := tripper(func(*http.Request) (*http.Response, error) { n++; return nil, errors.New("broken") })
		c := newClient(t, broken, connector.Options{})
		_, err := rest.Send[thing](t.Context(), c, create, thing{}, nil)
		wantKind(t, err, connector.UnknownOutcome)
		if n != 1 {
			t.Errorf("sent %d times", n)
		}
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
