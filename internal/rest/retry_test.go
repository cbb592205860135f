package rest_test

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
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
	unknownAtOnce := func(kind connector.Kind) outcomes {
		return outcomes{outcome{1, kind}, once, once, once, outcome{1, kind}}
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
		{"redirect to a result", faulttest.Step{Status: 303}.With("Location", "https://other.example/"), unknownAtOnce(connector.Origin)},
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
