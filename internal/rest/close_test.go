package rest_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cordage-go/cordage/auth"
	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/internal/faulttest"
	"github.com/cordage-go/cordage/internal/rest"
)

// The places where a call can be while somebody ends it.
var waits = []struct {
	name    string
	step    faulttest.Step
	options connector.Options
	opts    []connector.CallOption
	sent    bool // the last attempt was sent and has no answer
}{
	{name: "back-off", step: status(500, `{}`), opts: []connector.CallOption{connector.Repeatable()}, sent: true},
	{name: "stated wait", step: status(429, `{}`).With("Retry-After", "30")},
	{name: "pacing", step: status(200, ok), options: connector.Options{Pacer: slow{}}},
	{name: "waiting for an answer", step: faulttest.Step{Fault: faulttest.Silence}, sent: true},
	{name: "reading an answer", step: faulttest.Step{Fault: faulttest.Stall, Body: ok, At: 3}, sent: true},
}

// slow lets nothing leave for a minute.
type slow struct{}

func (slow) Wait(ctx context.Context, _ *connector.Turn) error {
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-time.After(time.Minute):
		return nil
	}
}

func (slow) Observe(*connector.Turn, int, http.Header) {}

// C2, Q1: whoever ends a call, it returns at once with an error that says who,
// and a write that had left is unknown.
func TestEndedWhileWaiting(t *testing.T) {
	reason := errors.New("the user pressed escape")
	for _, wait := range waits {
		for _, op := range []connector.Operation{find, create} {
			for _, end := range []struct {
				name  string
				kind  connector.Kind
				is    []error
				begin func(ctx context.Context) (context.Context, func(*rest.Client))
			}{
				{name: "canceled", kind: connector.Canceled, is: []error{context.Canceled}, begin: func(ctx context.Context) (context.Context, func(*rest.Client)) {
					ctx, cancel := context.WithCancel(ctx)
					return ctx, func(*rest.Client) { cancel() }
				}},
				{name: "canceled for a reason", kind: connector.Canceled, is: []error{context.Canceled, reason}, begin: func(ctx context.Context) (context.Context, func(*rest.Client)) {
					ctx, cancel := context.WithCancelCause(ctx)
					return ctx, func(*rest.Client) { cancel(reason) }
				}},
				{name: "closed", kind: connector.Closed, begin: func(ctx context.Context) (context.Context, func(*rest.Client)) {
					return ctx, func(c *rest.Client) { c.Close() }
				}},
			} {
				t.Run(wait.name+"/"+op.Class.String()+"/"+end.name, func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) {
						c := newClient(t, faulttest.NewTransport(faulttest.Steps(wait.step)), wait.options)
						ctx, stop := end.begin(t.Context())
						const after = 100 * time.Microsecond // before the shortest back-off ends
						time.AfterFunc(after, func() { stop(c) })
						begun := time.Now()
						_, err := rest.Send[thing](ctx, c, op, thing{}, wait.opts)
						if took := time.Since(begun); took != after {
							t.Errorf("returned after %v", took)
						}
						want := end.kind
						if op.Class == connector.Write && wait.sent {
							want = connector.UnknownOutcome
						}
						wantKind(t, err, want)
						for _, is := range end.is {
							if !errors.Is(err, is) {
								t.Errorf("%v does not match %v", err, is)
							}
						}
					})
				})
			}
		}
	}
}

func TestDeadlineWhileWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newClient(t, faulttest.NewTransport(faulttest.Steps(faulttest.Step{Fault: faulttest.Silence})), connector.Options{})
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		_, err := get(ctx, c)
		if wantKind(t, err, connector.Canceled); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%v does not match the deadline", err)
		}
	})
}

// A context that has ended already sends nothing and asks for no token.
func TestEndedBefore(t *testing.T) {
	onFakeTime(t, faulttest.Steps(status(200, ok)), func(t *testing.T, c *rest.Client, server *faulttest.Transport) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err := rest.Send[thing](ctx, c, create, thing{}, nil)
		if wantKind(t, err, connector.Canceled); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
		wantCount(t, server, 0)
	})
}

// Q2: Close twice, and calls after it.
func TestClosed(t *testing.T) {
	for range 50 { // a call right behind Close must not slip through
		onFakeTime(t, faulttest.Steps(status(200, ok)), func(t *testing.T, c *rest.Client, server *faulttest.Transport) {
			copied := c.As(auth.Static(canary))
			for range 2 {
				if err := c.Close(); err != nil {
					t.Error(err)
				}
			}
			for _, closed := range []*rest.Client{c, copied, c.As(auth.Static(canary))} {
				_, err := get(t.Context(), closed)
				wantKind(t, err, connector.Closed)
				_, err = rest.Send[thing](t.Context(), closed, create, thing{}, nil)
				wantKind(t, err, connector.Closed)
			}
			wantCount(t, server, 0)
		})
	}
}

// Closing a copy ends the copy alone.
func TestCopies(t *testing.T) {
	onFakeTime(t, faulttest.Steps(status(200, ok)), func(t *testing.T, c *rest.Client, server *faulttest.Transport) {
		copied := c.As(auth.Static(canary+"-2"), connector.Account("tenant-17"), connector.Header("X-Own", "x"))
		if _, err := get(t.Context(), copied); err != nil {
			t.Fatal(err)
		}
		a := server.Arrivals()[0]
		if a.Header.Get("Authorization") != "Bearer "+canary+"-2" || a.Header.Get("X-Own") != "x" {
			t.Errorf("the copy sent %v", a.Header)
		}
		copied.Close()
		_, err := get(t.Context(), copied)
		if e := wantKind(t, err, connector.Closed); e.Account != "tenant-17" {
			t.Errorf("got %v", err)
		}
		if _, err := get(t.Context(), c); err != nil {
			t.Error(err)
		}
		if a := server.Arrivals()[1]; a.Header.Get("X-Own") != "" || a.Header.Get("Authorization") != "Bearer "+canary {
			t.Errorf("the copy's settings went over to the client: %v", a.Header)
		}
	})
}

// C3: what the caller changes after New has no effect.
func TestOptionsAreCopied(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		server := faulttest.NewTransport(faulttest.Steps(status(200, ok)))
		middleware := []connector.Middleware{nil}
		middleware[0] = around(func(r *http.Request, next http.RoundTripper) (*http.Response, error) { return next.RoundTrip(r) })
		o := connector.Options{Transport: server, Middleware: middleware}
		c, err := rest.New(headed(), auth.Static(canary), o)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		middleware[0] = around(func(*http.Request, http.RoundTripper) (*http.Response, error) { return nil, errors.New("changed") })
		if _, err := get(t.Context(), c); err != nil {
			t.Error(err)
		}
	})
}
