package rest_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math"
	"net/http"
	"runtime"
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

// net/http hangs the request that was sent on its answer: middleware gets the
// one that it handed over itself. A sign-in it does not see at all.
func TestMiddlewareSeesNoCredential(t *testing.T) {
	var seen []string
	spy := around(func(r *http.Request, next http.RoundTripper) (*http.Response, error) {
		answer, err := next.RoundTrip(r)
		if err == nil && answer.Request.Header.Get("Authorization") != "" {
			t.Error("the answer carries the credential")
		}
		seen = append(seen, r.URL.Path)
		return answer, err
	})
	server := faulttest.NewServer(t, faulttest.Steps(status(200, ok)))
	c := onSocket(t, server, connector.Options{Middleware: []connector.Middleware{spy}})
	if _, err := get(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	if err := c.Do(t.Context(), signIn, map[string]string{"password": canary}, nil); err != nil {
		t.Fatal(err)
	}
	wantCount(t, server, 2)
	if len(seen) != 1 || seen[0] != "/things/7" {
		t.Errorf("the middleware saw %v", seen)
	}
}

// A client without tokens sends nothing, rather than an empty credential.
func TestNoTokens(t *testing.T) {
	onFakeTime(t, faulttest.Steps(status(200, ok)), func(t *testing.T, c *rest.Client, server *faulttest.Transport) {
		_, err := get(t.Context(), c.As(nil))
		if e := wantKind(t, err, connector.Invalid); !strings.Contains(e.Error(), "there is no token source") {
			t.Error(err)
		}
		wantCount(t, server, 0)
	})
}

// What cannot have been meant is refused before anything is sent.
func TestSettingsThatMakeNoSense(t *testing.T) {
	onFakeTime(t, faulttest.Steps(status(200, `[]`)), func(t *testing.T, c *rest.Client, server *faulttest.Transport) {
		for want, opt := range map[string]connector.CallOption{
			"no kept Page.Next":           connector.From("17"),
			"a negative PageSize":         connector.PageSize(-5),
			"or MaxPages is not possible": connector.MaxPages(-2),
		} {
			_, err := rest.List[thing](t.Context(), c, list, nil, []connector.CallOption{opt})
			if e := wantKind(t, err, connector.Invalid); !strings.Contains(e.Error(), want) {
				t.Error(e)
			}
		}
		var none context.Context
		if e := wantKind(t, c.Do(none, remove, nil, nil), connector.Invalid); !strings.Contains(e.Error(), "context.Background()") {
			t.Error(e)
		}
		wantCount(t, server, 0)
	})
}

// A forgotten body is a mistake, and not null.
func TestNilBody(t *testing.T) {
	create := connector.Operation{ID: "things.create", Method: "POST", Path: "/things", Class: connector.Write, Wrapper: "thing", NoAnswer: true}
	onFakeTime(t, faulttest.Steps(status(200, ok)), func(t *testing.T, c *rest.Client, server *faulttest.Transport) {
		for _, in := range []any{(*thing)(nil), map[string]any(nil), []thing(nil)} {
			if e := wantKind(t, c.Do(t.Context(), create, in, nil), connector.Invalid); !strings.Contains(e.Error(), "the body is nil") {
				t.Error(e)
			}
		}
		wantCount(t, server, 0)
	})
}

// A write whose answer has no place to go is not sent.
func TestOutThatCannotBeRead(t *testing.T) {
	create := connector.Operation{ID: "things.create", Method: "POST", Path: "/things", Class: connector.Write}
	onFakeTime(t, faulttest.Steps(status(200, ok)), func(t *testing.T, c *rest.Client, server *faulttest.Transport) {
		for _, out := range []any{thing{}, map[string]any{}, (*thing)(nil)} {
			if e := wantKind(t, c.Do(t.Context(), create, nil, out), connector.Invalid); !strings.Contains(e.Error(), "give a pointer that is not nil") {
				t.Error(e)
			}
		}
		wantCount(t, server, 0)
	})
}

// An id that was never set is a mistake, not a path.
func TestUnsetVariables(t *testing.T) {
	onFakeTime(t, faulttest.Steps(status(200, ok)), func(t *testing.T, c *rest.Client, server *faulttest.Transport) {
		for _, value := range []any{0, int64(0), nil, (*int)(nil), ""} {
			_, err := rest.Get[thing](t.Context(), c, read.At(value), nil, nil)
			if e := wantKind(t, err, connector.Invalid); !strings.Contains(e.Error(), "id must not be empty or zero") {
				t.Error(err)
			}
		}
		wantCount(t, server, 0)
	})
}

// A kept place may have been in a stranger's hands: it does not lead out of
// what the operation itself names.
func TestPlaceStaysInside(t *testing.T) {
	op := list
	op.Path = "/things?project_id={project_id}"
	onFakeTime(t, faulttest.Steps(status(200, `[]`)), func(t *testing.T, c *rest.Client, server *faulttest.Transport) {
		_, err := rest.List[thing](t.Context(), c, op.At(7), nil, []connector.CallOption{connector.From("page=2&project_id=8#3")})
		if err != nil {
			t.Fatal(err)
		}
		if got := server.Arrivals()[0].URL.RawQuery; got != "page=2&per_page=3&project_id=7" {
			t.Errorf("asked for %s", got)
		}
	})
}

// "As large as can be" is a number that people write.
func TestLargestMaxBody(t *testing.T) {
	for _, chunked := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			step := status(200, ok)
			step.Chunked = chunked
			c := newClient(t, faulttest.NewTransport(faulttest.Steps(step)), connector.Options{MaxBody: math.MaxInt64})
			if _, err := get(t.Context(), c); err != nil {
				t.Error(err)
			}
		})
	}
}

// A caller's transport may leave out Response.Request.
func TestBareTransport(t *testing.T) {
	bare := tripper(func(r *http.Request) (*http.Response, error) {
		if r.URL.Host == "api.fake.example" {
			return &http.Response{StatusCode: 302, Header: http.Header{"Location": {"https://storage.example/x"}}}, nil
		}
		return &http.Response{StatusCode: 200, Body: io.NopCloser(strings.NewReader("data"))}, nil
	})
	var out bytes.Buffer
	if err := rest.Download(t.Context(), newClient(t, bare, connector.Options{}), file, nil, &out, nil); err != nil || out.String() != "data" {
		t.Errorf("got %q, %v", out.String(), err)
	}
}

// Copies are made for each request of a server, and seldom closed.
func TestCopiesAreFreed(t *testing.T) {
	c := newClient(t, nil, connector.Options{})
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	for range 100_000 {
		c.As(auth.Static(canary))
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 2<<20 {
		t.Errorf("100,000 copies left %d bytes behind", grown)
	}
}

// Closing the first client closes copies of copies.
func TestCloseReachesAllCopies(t *testing.T) {
	onFakeTime(t, faulttest.Steps(faulttest.Step{Fault: faulttest.Silence}), func(t *testing.T, c *rest.Client, _ *faulttest.Transport) {
		last := c.As(auth.Static(canary)).As(auth.Static(canary))
		time.AfterFunc(time.Second, func() { c.Close() })
		_, err := get(t.Context(), last)
		wantKind(t, err, connector.Closed)
	})
}

// A client does not close the connections of a transport that it was given.
func TestGivenTransportIsLeftAlone(t *testing.T) {
	given := &closable{RoundTripper: faulttest.NewTransport(faulttest.Steps(status(200, ok)))}
	c, err := rest.New(headed(), auth.Static(canary), connector.Options{Transport: given})
	if err != nil {
		t.Fatal(err)
	}
	c.Close()
	if given.closed {
		t.Error("Close closed the connections of a caller's transport")
	}
}

type closable struct {
	http.RoundTripper
	closed bool
}

func (c *closable) CloseIdleConnections() { c.closed = true }

// Many goroutines may share one writer for what is not sent.
func TestDryRunTakesTurns(t *testing.T) {
	var out bytes.Buffer
	c := newClient(t, nil, connector.Options{DryRun: &out})
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			for _, client := range []*rest.Client{c, c.As(auth.Static(canary))} {
				if err := client.Do(t.Context(), create, thing{Name: "bolt"}, nil); !errors.Is(err, connector.DryRun) {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	if got := strings.Count(out.String(), "POST https://api.fake.example/v1/things\n"); got != 40 {
		t.Errorf("%d calls are shown whole, want 40", got)
	}
}

// What cannot be tried again is given all the time that there is.
func TestPatience(t *testing.T) {
	slow := status(200, ok)
	slow.Delay = 100 * time.Second
	for _, test := range []struct {
		op       connector.Operation
		arrivals int
	}{{create, 1}, {replace, 1}, {signIn, 1}, {find, 2}} {
		onFakeTime(t, faulttest.Steps(slow, status(200, ok)), func(t *testing.T, c *rest.Client, server *faulttest.Transport) {
			if err := c.Do(t.Context(), test.op, thing{}, nil); err != nil {
				t.Errorf("%s: %v", test.op.ID, err)
			}
			wantCount(t, server, test.arrivals)
		})
	}
}

// A platform's text ends up in terminals and logs.
func TestClean(t *testing.T) {
	for text, want := range map[string]string{
		" a\r\n\tb ": "a b", "a\x1b[31mb": "a [31mb", "a\u009b31mb": "a 31mb", "a\u202eb": "a b", "a\u2028b": "a b", "a\u00a0b": "a b",
		"größe 東京 ✓": "größe 東京 ✓", "a\xffb": "a b", strings.Repeat("ä", 301): strings.Repeat("ä", 300) + "…",
	} {
		if got := rest.Clean(text); got != want {
			t.Errorf("%q became %q, want %q", text, got, want)
		}
	}
}

// An address needs a host.
func TestCheckURL(t *testing.T) {
	for _, text := range []string{"https://:443", "https://", "https:api.example", " https://api.example", "https://api.example\n", "https://api.example:x"} {
		if u, err := rest.CheckURL("BaseURL", text); err == nil {
			t.Errorf("%q was taken for %s", text, u)
		}
	}
}

// A pacer of the caller's own may fail with any error. Nothing was sent, and
// asking it again is not for the call to do.
func TestPacerThatFails(t *testing.T) {
	down := errors.New("the store is down")
	for name, failure := range map[string]error{"a plain error": down, "one of ours": &connector.Error{Kind: connector.Unavailable, Err: down}} {
		for _, op := range []connector.Operation{find, create, file} {
			t.Run(name+"/"+op.ID, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					server := faulttest.NewTransport(faulttest.Steps(status(200, ok)))
					pacer := &unable{failure: failure}
					c := newClient(t, server, connector.Options{Pacer: pacer})
					err := c.Do(t.Context(), op, nil, io.Discard)
					if e := wantKind(t, err, connector.Unavailable); !errors.Is(err, down) || e.Attempts != 0 {
						t.Errorf("got %v", err)
					}
					if wantCount(t, server, 0); pacer.asked != 1 {
						t.Errorf("the pacer was asked %d times", pacer.asked)
					}
				})
			})
		}
	}
}

type unable struct {
	failure error
	asked   int
}

func (p *unable) Wait(context.Context, *connector.Turn) error { p.asked++; return p.failure }
func (p *unable) Observe(*connector.Turn, int, http.Header)   {}
