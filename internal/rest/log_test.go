package rest_test

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
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
)

// slowStart is a pacer that holds the first turn back.
type slowStart struct {
	faulttest.Unpaced
	first time.Duration
	once  sync.Once
}

func (p *slowStart) Wait(ctx context.Context, t *connector.Turn) error {
	p.once.Do(func() { t.Waited = p.first })
	select {
	case <-time.After(t.Waited):
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// watcher hears all events of a client, and its log.
type watcher struct {
	events []connector.Event
	log    bytes.Buffer
}

func (w *watcher) options() connector.Options {
	return connector.Options{
		Logger:  slog.New(slog.NewJSONHandler(&w.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		OnEvent: func(_ context.Context, e connector.Event) { w.events = append(w.events, e) },
	}
}

func (w *watcher) names() (names []connector.EventName) {
	for _, e := range w.events {
		names = append(names, e.Name)
	}
	return names
}

// lines are the log's records without their time, one text each.
func (w *watcher) lines(t *testing.T) (lines []string) {
	t.Helper()
	for line := range strings.Lines(w.log.String()) {
		var record map[string]any
		if err := json.Unmarshal([]byte(line), &record); err != nil {
			t.Fatal(err)
		}
		delete(record, "time")
		text := fmt.Sprint(record["level"], " ", record["msg"])
		delete(record, "level")
		delete(record, "msg")
		lines = append(lines, fmt.Sprint(text, " ", record))
	}
	return lines
}

// The story of a call that meets a wait, a 429 and a refused token.
func TestEventsOfACall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slow := func(s faulttest.Step) faulttest.Step { s.Delay = 100 * time.Millisecond; return s }
		server := faulttest.NewTransport(faulttest.Steps(
			slow(status(429, `{"message":"`+canary+`"}`).With("Retry-After", "30")),
			slow(status(401, `{"message":"what is `+canary+`?"}`)),
			slow(status(200, ok)),
		))
		var w watcher
		o := w.options()
		o.Pacer = &slowStart{first: 7 * time.Second}
		o.Account = "tenant-17"
		issued := 0
		tokens := auth.Func(func(context.Context) (auth.Token, error) {
			issued++
			time.Sleep(time.Second)
			return auth.Token{Access: auth.NewSecret(fmt.Sprint(canary, issued))}, nil
		})
		if _, err := get(t.Context(), newClientOf(t, headed(), tokens, server, o)); err != nil {
			t.Fatal(err)
		}
		mine := connector.Event{Platform: "fake", Operation: "things.get", Account: "tenant-17"}
		event := func(name connector.EventName, attempt, status int, failure connector.Kind, took time.Duration) connector.Event {
			e := mine
			e.Name, e.Attempt, e.Status, e.Failure, e.Took = name, attempt, status, failure, took
			return e
		}
		const answer = 100 * time.Millisecond
		want := []connector.Event{
			event(connector.EventWait, 0, 0, "", 7*time.Second),
			event(connector.EventAttempt, 1, 429, connector.RateLimited, answer),
			event(connector.EventRetry, 1, 429, connector.RateLimited, 30*time.Second),
			event(connector.EventAttempt, 2, 401, connector.Unauthorized, answer),
			event(connector.EventRenewal, 2, 0, "", time.Second),
			event(connector.EventAttempt, 3, 200, "", answer),
			event(connector.EventDone, 3, 200, "", 39*time.Second+3*answer), // two tokens, a wait and a pause
		}
		if !slices.Equal(w.events, want) {
			t.Errorf("events are\n%+v, want\n%+v", w.events, want)
		}
		const who = "account:tenant-17 attempt:%d %soperation:things.get %splatform:fake %s"
		wantLines := []string{
			"INFO wait map[" + fmt.Sprintf(who, 0, "", "", "took:7e+09]"),
			"DEBUG attempt map[" + fmt.Sprintf(who, 1, "failure:rate limited ", "", "status:429 took:1e+08]"),
			"WARN retry map[" + fmt.Sprintf(who, 1, "failure:rate limited ", "pause:3e+10 ", "status:429]"),
			"DEBUG attempt map[" + fmt.Sprintf(who, 2, "failure:unauthorized ", "", "status:401 took:1e+08]"),
			"INFO renewal map[" + fmt.Sprintf(who, 2, "", "", "took:1e+09]"),
			"DEBUG attempt map[" + fmt.Sprintf(who, 3, "", "", "status:200 took:1e+08]"),
			"DEBUG done map[" + fmt.Sprintf(who, 3, "", "", "status:200 took:3.93e+10]"),
		}
		if got := w.lines(t); !slices.Equal(got, wantLines) {
			t.Errorf("the log is\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(wantLines, "\n"))
		}
		noCanary(t, w.events)
		noCanary(t, w.log.String())
	})
}

// What ends without an answer is told with its kind, and ends with done.
func TestEventsOfFailures(t *testing.T) {
	for name, test := range map[string]struct {
		op    connector.Operation
		step  faulttest.Step
		leave time.Duration // how long the caller waits
		want  []string
	}{
		"definite refusal": {op: create, step: status(422, `{"message":"no"}`), want: []string{"attempt 1 422 invalid request", "done 1 422 invalid request"}},
		"outcome unknown":  {op: create, step: faulttest.Step{Fault: faulttest.Reset}, want: []string{"attempt 1 0 unavailable", "done 1 0 outcome unknown"}},
		"cut answer":       {op: create, step: faulttest.Step{Fault: faulttest.Cut, At: 5, Body: ok}, want: []string{"attempt 1 200 unreadable answer", "done 1 200 outcome unknown"}},
		"caller leaves":    {op: create, step: faulttest.Step{Status: 200, Delay: time.Hour}, leave: time.Second, want: []string{"attempt 1 0 canceled", "done 1 0 outcome unknown"}},
		"unreadable":       {op: find, step: status(200, "<html>"), want: []string{"attempt 1 200", "done 1 200 unreadable answer"}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var w watcher
				c := newClient(t, faulttest.NewTransport(faulttest.Steps(test.step)), w.options())
				ctx, cancel := context.WithTimeout(t.Context(), cmp.Or(test.leave, time.Hour))
				defer cancel()
				_, err := rest.Send[thing](ctx, c, test.op, thing{}, nil)
				if err == nil {
					t.Fatal("no error")
				}
				var got []string
				for _, e := range w.events {
					got = append(got, strings.TrimSpace(fmt.Sprint(e.Name, " ", e.Attempt, " ", e.Status, " ", e.Failure)))
					if (e.Name == connector.EventDone) != (e.Err != nil) || e.Err != nil && e.Err != err {
						t.Errorf("%s came with the error %v, want it at the end alone", e.Name, e.Err)
					}
				}
				if !slices.Equal(got, test.want) {
					t.Errorf("events are %q, want %q", got, test.want)
				}
				noCanary(t, w.log.String())
			})
		})
	}
}

type spanKey struct{}

// The context of OnCall reaches all that a call passes; events carry it and the operation.
func TestOnCallGivesTheContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var seen []string
		see := func(where string, ctx context.Context) {
			op, _ := connector.OperationFrom(ctx)
			seen = append(seen, fmt.Sprint(where, " ", ctx.Value(spanKey{}), " ", op.ID))
		}
		o := connector.Options{
			OnCall: func(ctx context.Context, call *connector.Call) context.Context {
				return context.WithValue(ctx, spanKey{}, call.Operation.ID+" for "+call.Account)
			},
			OnEvent: func(ctx context.Context, e connector.Event) { see(string(e.Name), ctx) },
			Middleware: []connector.Middleware{func(next http.RoundTripper) http.RoundTripper {
				return tripper(func(r *http.Request) (*http.Response, error) {
					see("middleware", r.Context())
					return next.RoundTrip(r)
				})
			}},
		}
		server := tripper(func(r *http.Request) (*http.Response, error) {
			see("transport", r.Context())
			return faulttest.NewTransport(faulttest.Steps(status(200, ok))).RoundTrip(r)
		})
		tokens := auth.Func(func(ctx context.Context) (auth.Token, error) {
			seen = append(seen, fmt.Sprint("tokens ", ctx.Value(spanKey{})))
			return auth.Token{Access: auth.NewSecret(canary)}, nil
		})
		if _, err := get(t.Context(), newClientOf(t, headed(), tokens, server, o), connector.Account("a")); err != nil {
			t.Fatal(err)
		}
		const span = "things.get for a"
		want := []string{"tokens " + span, "middleware " + span + " things.get", "transport " + span + " things.get", "attempt " + span + " things.get", "done " + span + " things.get"}
		if !slices.Equal(seen, want) {
			t.Errorf("seen\n%q, want\n%q", seen, want)
		}
	})
}

// A request that is wrong in itself is no call.
func TestNoEventsOfMistakes(t *testing.T) {
	var w watcher
	o := w.options()
	o.OnCall = func(ctx context.Context, _ *connector.Call) context.Context {
		t.Error("OnCall was told of it")
		return ctx
	}
	c := newClient(t, faulttest.NewTransport(nil), o)
	wantKind(t, c.Do(t.Context(), read.At(""), nil, nil), connector.Invalid)
	if len(w.events) != 0 {
		t.Errorf("told of %v", w.names())
	}
}

// Telling of a call that goes well allocates nothing.
func TestEventsAreFree(t *testing.T) {
	var events int
	allocations := func(o connector.Options) float64 {
		o.Pacer = faulttest.Unpaced{}
		c := newClient(t, tripper(func(*http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: 204, Header: http.Header{}, Body: http.NoBody}, nil
		}), o)
		return testing.AllocsPerRun(200, func() {
			if err := c.Do(t.Context(), remove, nil, nil); err != nil {
				t.Fatal(err)
			}
		})
	}
	silent := allocations(connector.Options{})
	if got := allocations(connector.Options{OnEvent: func(context.Context, connector.Event) { events++ }}); got > silent {
		t.Errorf("a call that is watched makes %v allocations, a silent one %v", got, silent)
	}
	if events == 0 {
		t.Error("no events")
	}
}
