package rest_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/cordage-go/cordage/auth"
	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/internal/faulttest"
	"github.com/cordage-go/cordage/internal/rest"
)

// around makes a middleware of a function.
func around(f func(r *http.Request, next http.RoundTripper) (*http.Response, error)) connector.Middleware {
	return func(next http.RoundTripper) http.RoundTripper {
		return tripper(func(r *http.Request) (*http.Response, error) { return f(r, next) })
	}
}

func TestMiddleware(t *testing.T) {
	elsewhere := &url.URL{Scheme: "https", Host: "evil.example", Path: "/"}
	tests := []struct {
		name     string
		wrap     func(r *http.Request, next http.RoundTripper) (*http.Response, error)
		kind     connector.Kind // of a write's error; empty for success
		arrivals int
	}{
		{"passes", func(r *http.Request, next http.RoundTripper) (*http.Response, error) { return next.RoundTrip(r) }, "", 1},
		{"sees no credential", func(r *http.Request, next http.RoundTripper) (*http.Response, error) {
			if r.Header.Get("Authorization") != "" {
				return nil, errors.New("a credential")
			}
			return next.RoundTrip(r)
		}, "", 1},
		{"changes the host", func(r *http.Request, next http.RoundTripper) (*http.Response, error) {
			r = r.Clone(r.Context())
			r.URL.Host = "evil.example"
			return next.RoundTrip(r)
		}, connector.Origin, 0},
		{"changes the scheme", func(r *http.Request, next http.RoundTripper) (*http.Response, error) {
			r = r.Clone(r.Context())
			r.URL.Scheme = "http"
			return next.RoundTrip(r)
		}, connector.Origin, 0},
		{"sends something else", func(r *http.Request, next http.RoundTripper) (*http.Response, error) {
			return next.RoundTrip((&http.Request{Method: "GET", URL: elsewhere, Header: http.Header{}}).WithContext(r.Context()))
		}, connector.Origin, 0},
		{"hides a host in the request line", func(r *http.Request, next http.RoundTripper) (*http.Response, error) {
			r.URL.Opaque = "//evil.example/"
			return next.RoundTrip(r)
		}, connector.Origin, 0},
		{"loses the context", func(r *http.Request, next http.RoundTripper) (*http.Response, error) {
			return next.RoundTrip(r.WithContext(context.Background()))
		}, connector.Invalid, 0},
		{"changes the Host header", func(r *http.Request, next http.RoundTripper) (*http.Response, error) {
			r.Host = "evil.example"
			return next.RoundTrip(r)
		}, "", 1},
		{"sends a broken header", func(r *http.Request, next http.RoundTripper) (*http.Response, error) {
			r.Header["X-Own"] = []string{"a\r\nb"}
			return next.RoundTrip(r)
		}, connector.Invalid, 0},
		{"gives nothing back", func(*http.Request, http.RoundTripper) (*http.Response, error) { return nil, nil }, connector.Unavailable, 0},
		{"refuses", func(*http.Request, http.RoundTripper) (*http.Response, error) { return nil, errors.New("not today") }, connector.Unavailable, 0},
		{"answers by itself, without a body", func(r *http.Request, _ http.RoundTripper) (*http.Response, error) {
			return &http.Response{StatusCode: 204, Header: http.Header{}}, nil
		}, "", 0},
		{"loses an answer", func(r *http.Request, next http.RoundTripper) (*http.Response, error) {
			_, _ = next.RoundTrip(r)
			return nil, errors.New("lost")
		}, connector.UnknownOutcome, 1},
		{"loses an answer in silence", func(r *http.Request, next http.RoundTripper) (*http.Response, error) {
			_, _ = next.RoundTrip(r)
			return nil, nil
		}, connector.UnknownOutcome, 1},
	}
	create := create
	create.NoAnswer = true
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server := faulttest.NewTransport(faulttest.Steps(status(200, ok)))
				c := newClient(t, server, connector.Options{Middleware: []connector.Middleware{around(test.wrap)}})
				err := c.Do(t.Context(), create, thing{}, nil)
				if test.kind == "" && err != nil {
					t.Error(err)
				}
				if test.kind != "" {
					wantKind(t, err, test.kind)
				}
				wantCount(t, server, test.arrivals)
				for _, a := range server.Arrivals() {
					if a.Host != "api.fake.example" || a.URL.Host != "api.fake.example" || a.Header.Get("Authorization") != "Bearer "+canary {
						t.Errorf("%s on %s got %v", a.Host, a.URL, a.Header)
					}
				}
			})
		})
	}
}

// The first middleware is the outermost, and each attempt goes through all.
func TestMiddlewareOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var seen []string
		mark := func(name string) connector.Middleware {
			return around(func(r *http.Request, next http.RoundTripper) (*http.Response, error) {
				op, _ := connector.OperationFrom(r.Context())
				seen = append(seen, name+" "+op.ID)
				return next.RoundTrip(r)
			})
		}
		server := faulttest.NewTransport(faulttest.Steps(status(500, `{}`), status(200, ok)))
		c := newClient(t, server, connector.Options{Middleware: []connector.Middleware{mark("a"), mark("b")}})
		if _, err := get(t.Context(), c); err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(seen, ","); got != "a things.get,b things.get,a things.get,b things.get" {
			t.Errorf("the order was %s", got)
		}
	})
}

// What a middleware does to one attempt does not pile up on the next.
func TestMiddlewareGetsFreshRequests(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		adds := around(func(r *http.Request, next http.RoundTripper) (*http.Response, error) {
			r.Header.Add("X-Trace", "1")
			r.URL.RawQuery += "&trace=1"
			return next.RoundTrip(r)
		})
		server := faulttest.NewTransport(faulttest.Steps(status(500, `{}`), status(500, `{}`), status(200, ok)))
		c := newClient(t, server, connector.Options{Middleware: []connector.Middleware{adds}})
		if _, err := get(t.Context(), c); err != nil {
			t.Fatal(err)
		}
		wantCount(t, server, 3)
		sameRequests(t, server.Arrivals())
	})
}

// The body with the credential is made anew for each attempt, also where a
// middleware sends twice.
func TestCredentialInBody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		twice := around(func(r *http.Request, next http.RoundTripper) (*http.Response, error) {
			body, err := io.ReadAll(r.Body)
			if err != nil || bytes.Contains(body, []byte(canary)) {
				t.Errorf("the middleware saw %q, %v", body, err)
			}
			_, _ = next.RoundTrip(r)
			return next.RoundTrip(r)
		})
		server := faulttest.NewTransport(faulttest.Steps(status(500, `{}`), status(500, `{}`), status(200, ok)))
		c := newClientOf(t, bodied(), auth.Static(canary), server, connector.Options{Middleware: []connector.Middleware{twice}})
		if _, err := rest.Send[thing](t.Context(), c, find, thing{Name: "bolt"}, nil); err != nil {
			t.Fatal(err)
		}
		wantCount(t, server, 4)
		sameRequests(t, server.Arrivals())
		if body := string(server.Arrivals()[0].Body); strings.Count(body, canary) != 1 || !strings.HasSuffix(body, `"token":"`+canary+`"}`) {
			t.Errorf("the body was %s", body)
		}
	})
}

// D3: what stands in a path variable stays in its segment.
func TestPathVariables(t *testing.T) {
	for value, want := range map[any]string{
		"a/b": "/v1/things/a%2Fb", "a?b": "/v1/things/a%3Fb", "a#b": "/v1/things/a%23b", "a%2fb": "/v1/things/a%252fb", "..%2f..": "/v1/things/..%252f..",
		"../x": "/v1/things/..%2Fx", "...": "/v1/things/...", "a b": "/v1/things/a%20b", "ä": "/v1/things/%C3%A4", `a\b`: "/v1/things/a%5Cb", 7: "/v1/things/7", int64(9007199254740993): "/v1/things/9007199254740993",
		"https://evil.example": "/v1/things/https:%2F%2Fevil.example", "{id}": "/v1/things/%7Bid%7D", "": "", ".": "", "..": "", "a\x00": "", "a\nb": "",
	} {
		onFakeTime(t, faulttest.Steps(status(200, ok)), func(t *testing.T, c *rest.Client, server *faulttest.Transport) {
			_, err := rest.Get[thing](t.Context(), c, read.At(value), nil, nil)
			if want == "" {
				wantKind(t, err, connector.Invalid)
				wantCount(t, server, 0)
				return
			}
			if err != nil {
				t.Fatalf("%q: %v", value, err)
			}
			if got := server.Arrivals()[0].URL; got.EscapedPath() != want || got.RawQuery != "" || got.Host != "api.fake.example" {
				t.Errorf("%q went to %s, want %s", value, got, want)
			}
		})
	}
}

func TestMalformedOperations(t *testing.T) {
	for name, op := range map[string]connector.Operation{
		"too few values":  {Method: "GET", Path: "/a/{id}"},
		"too many values": connector.Operation{Method: "GET", Path: "/a"}.At(1),
		"open brace":      connector.Operation{Method: "GET", Path: "/a/{id"}.At(1),
		"no slash":        {Method: "GET", Path: "a"},
		"no path":         {Method: "GET"},
		"another host":    {Method: "GET", Path: "@evil.example/"},
		"a bad verb":      {Method: "GE T", Path: "/a"},
		"a plain host":    {Method: "GET", Path: "/a", Host: "http://other.example"},
		"scope missing":   {Method: "POST", Path: "/a", Scope: []string{"project_id"}},
	} {
		t.Run(name, func(t *testing.T) {
			onFakeTime(t, faulttest.Steps(status(200, ok)), func(t *testing.T, c *rest.Client, server *faulttest.Transport) {
				wantKind(t, c.Do(t.Context(), op, nil, nil), connector.Invalid)
				wantCount(t, server, 0)
			})
		})
	}
}

// D4: headers that break out of their line, or are not the caller's to set.
func TestHeaders(t *testing.T) {
	for name, value := range map[string]string{
		"X-Own": "a\r\nX-Injected: b", "X-Nul": "a\x00", "X-Del": "a\x7f", "Bad Name": "x", "Bad:Name": "x", "Bäd": "x", "": "x", "(x)": "x",
		"Authorization": "Bearer other", "authorization": "x", "Idempotency-Key": "1", "x-idempotency-key": "1", "Host": "evil.example", "Content-Length": "0", "Transfer-Encoding": "chunked", "Cookie": "a=b",
	} {
		onFakeTime(t, faulttest.Steps(status(200, ok)), func(t *testing.T, c *rest.Client, server *faulttest.Transport) {
			_, err := get(t.Context(), c, connector.Header(name, value))
			wantKind(t, err, connector.Invalid)
			wantCount(t, server, 0)
		})
	}
	onFakeTime(t, faulttest.Steps(status(200, ok)), func(t *testing.T, c *rest.Client, server *faulttest.Transport) {
		if _, err := get(t.Context(), c, connector.Header("x-own", "grün, \"quoted\"")); err != nil {
			t.Fatal(err)
		}
		if got := server.Arrivals()[0].Header.Get("X-Own"); got != "grün, \"quoted\"" {
			t.Errorf("the header arrived as %q", got)
		}
	})
}

// D4: a token with a line break is a mistake that is told at once.
func TestTokenWithLineBreak(t *testing.T) {
	for _, op := range []connector.Operation{find, create} {
		synctest.Test(t, func(t *testing.T) {
			server := faulttest.NewTransport(faulttest.Steps(status(200, ok)))
			tokens := auth.Func(func(context.Context) (auth.Token, error) {
				return auth.Token{Access: auth.NewSecret(canary + "\n")}, nil
			})
			c := newClientOf(t, headed(), tokens, server, connector.Options{})
			_, err := rest.Send[thing](t.Context(), c, op, thing{}, nil)
			if e := wantKind(t, err, connector.Invalid); e.Attempts != 0 || !strings.Contains(e.Remedy, "line break") {
				t.Errorf("got %v", err)
			}
			wantCount(t, server, 0)
		})
	}
}

func TestOptions(t *testing.T) {
	for name, o := range map[string]connector.Options{
		"BaseURL":                {BaseURL: "no url"},
		"BaseURL must use https": {BaseURL: "http://api.example.com"},
		"user, query":            {BaseURL: "https://u:p@api.example.com"},
		"bare address":           {BaseURL: "https://api.example.com/?a=b"},
		"query or fragment":      {BaseURL: "https://api.example.com/#"},
		"https://":               {BaseURL: "https://"},
		"Timeout":                {Timeout: -1},
		"MaxWait":                {MaxWait: -1},
		"MaxAttempts":            {MaxAttempts: 11},
		"between 1 and 10":       {MaxAttempts: -1},
		"MaxBody":                {MaxBody: -1},
		"UserAgent":              {UserAgent: "a\r\nb"},
		"Account":                {Account: "a\nb"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := rest.New(headed(), auth.Static(canary), o)
			e, found := connector.AsError(err)
			if !found || e.Kind != connector.Invalid || e.Operation != "New" || !strings.Contains(err.Error(), name) {
				t.Errorf("got %v", err)
			}
		})
	}
	for _, address := range []string{"http://localhost:1", "http://127.0.0.1:1/x/", "http://[::1]:1", "HTTPS://api.example.com"} {
		c, err := rest.New(headed(), auth.Static(canary), connector.Options{BaseURL: address})
		if err != nil {
			t.Errorf("%s: %v", address, err)
			continue
		}
		c.Close()
	}
}

// A program may have replaced http.DefaultTransport.
func TestReplacedDefaultTransport(t *testing.T) {
	standard := http.DefaultTransport
	http.DefaultTransport = tripper(func(*http.Request) (*http.Response, error) { return nil, errors.New("not ours") })
	defer func() { http.DefaultTransport = standard }()
	server := faulttest.NewServer(t, faulttest.Steps(status(200, ok)))
	if _, err := get(t.Context(), onSocket(t, server, connector.Options{})); err != nil {
		t.Error(err)
	}
}
