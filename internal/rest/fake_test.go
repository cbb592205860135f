package rest_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cordage-go/cordage/auth"
	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/internal/faulttest"
	"github.com/cordage-go/cordage/internal/rest"
	"github.com/cordage-go/cordage/internal/wire"
	"github.com/cordage-go/cordage/pace"
)

// canary is the credential of all tests. It must be seen nowhere but at the server.
const canary = "canary-0123456789-secret"

type thing struct {
	ID    int64    `json:"id"`
	Name  string   `json:"name"`
	Count int64    `json:"count"`
	Tags  []string `json:"tags"`
}

// The operations of the fake platforms, one for each class and shape.
var (
	read    = connector.Operation{ID: "things.get", Method: "GET", Path: "/things/{id}", Class: connector.Read}
	find    = connector.Operation{ID: "things.find", Method: "POST", Path: "/things/find", Class: connector.Read}
	create  = connector.Operation{ID: "things.create", Method: "POST", Path: "/things", Class: connector.Write}
	replace = connector.Operation{ID: "things.replace", Method: "PUT", Path: "/things/7", Class: connector.Set}
	remove  = connector.Operation{ID: "things.delete", Method: "DELETE", Path: "/things/7", Class: connector.Set, NoAnswer: true}
	signIn  = connector.Operation{ID: "sign-in", Method: "POST", Path: "/token", Class: connector.Token}
	file    = connector.Operation{ID: "files.get", Method: "GET", Path: "/files/1", Class: connector.Read, Download: true}
	list    = connector.Operation{ID: "things.list", Method: "GET", Path: "/things", Class: connector.Read, Key: "id",
		Paging: connector.Paging{Style: connector.Numbered, Page: "page", First: 1, Size: "per_page", Default: 3, Max: 100, Links: true}}
)

const ok = `{"id":7,"name":"bolt"}`

// headed is a platform whose credential is a bearer header.
func headed() rest.Platform {
	return rest.Platform{
		Name: "fake", BaseURL: "https://api.fake.example/v1", Codec: wire.Procore(),
		Authorize: func(call *connector.Call, r *http.Request, _ []byte, token auth.Token) error {
			if call.Operation.Class != connector.Token {
				r.Header.Set("Authorization", "Bearer "+token.Access.Reveal())
			}
			return nil
		},
		Failure: func(_ *connector.Call, a *rest.Answer) *connector.Error {
			if a.Status < 400 {
				return nil
			}
			members, _ := wire.Members(a.Body)
			text, _ := wire.Text(members["message"])
			return &connector.Error{Kind: rest.KindOf(a.Status), Message: text}
		},
		Pacing: pacing(1e6),
	}
}

// pacing lets so many requests leave in a second.
func pacing(perSecond int) pace.Policy {
	return pace.Policy{Windows: []pace.Window{{Name: "second", Length: time.Second, Limit: perSecond}}, Read: pauseOf}
}

func pauseOf(status int, h http.Header) pace.Reading {
	if status != http.StatusTooManyRequests && status != http.StatusServiceUnavailable {
		return pace.Reading{}
	}
	return pace.Reading{Pause: rest.RetryAfter(h, time.Now())}
}

// bodied is a platform whose credential goes into the body, and whose errors
// may come inside a 200.
func bodied() rest.Platform {
	p := headed()
	p.Authorize = func(_ *connector.Call, r *http.Request, body []byte, token auth.Token) error {
		members, found := bytes.CutSuffix(body, []byte("}"))
		if !found {
			return errors.New("the body must be a JSON object")
		}
		sep := ","
		if string(members) == "{" {
			sep = ""
		}
		whole := []byte(string(members) + sep + `"token":"` + token.Access.Reveal() + `"}`)
		r.ContentLength = int64(len(whole))
		r.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(whole)), nil }
		r.Body, _ = r.GetBody()
		return nil
	}
	p.Failure = func(_ *connector.Call, a *rest.Answer) *connector.Error {
		members, _ := wire.Members(a.Body)
		status := a.Status
		if inner, err := wire.Int(members["statusCode"]); err == nil && inner >= 400 {
			status = int(inner)
		}
		if status < 400 {
			return nil
		}
		text, _ := wire.Text(members["message"])
		return &connector.Error{Kind: rest.KindOf(status), Status: status, Message: text}
	}
	return p
}

// newClient makes a client of the headed platform that does not wait for pacing.
func newClient(t testing.TB, transport http.RoundTripper, o connector.Options) *rest.Client {
	t.Helper()
	return newClientOf(t, headed(), auth.Static(canary), transport, o)
}

func newClientOf(t testing.TB, p rest.Platform, tokens auth.TokenSource, transport http.RoundTripper, o connector.Options) *rest.Client {
	t.Helper()
	if transport != nil {
		o.Transport = transport
	}
	c, err := rest.New(p, tokens, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// onFakeTime runs a test of a script inside a bubble.
func onFakeTime(t *testing.T, script faulttest.Script, test func(t *testing.T, c *rest.Client, server *faulttest.Transport)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		server := faulttest.NewTransport(script)
		c := newClient(t, server, connector.Options{})
		test(t, c, server)
	})
}

// onSocket makes a client of a real server.
func onSocket(t *testing.T, server *faulttest.Server, o connector.Options) *rest.Client {
	t.Helper()
	o.BaseURL = server.URL
	return newClient(t, nil, o)
}

func get(ctx context.Context, c rest.Doer, opts ...connector.CallOption) (*thing, error) {
	return rest.Get[thing](ctx, c, read.At(7), nil, opts)
}

// wantKind checks an error: its kind, that it says what to do, and no secret.
func wantKind(t testing.TB, err error, kind connector.Kind) *connector.Error {
	t.Helper()
	e, found := connector.AsError(err)
	if !found || e.Kind != kind || !errors.Is(err, kind) {
		t.Fatalf("got %v, want an error of kind %q", err, kind)
	}
	if e.Remedy == "" && kind != connector.PageLimit {
		t.Errorf("no remedy in %v", err)
	}
	if e.Platform != "fake" {
		t.Errorf("no platform in %v", err)
	}
	noCanary(t, err)
	return e
}

// wantKindOf is for goroutines, where a test must not be ended.
func wantKindOf(t testing.TB, err error, kind connector.Kind) {
	t.Helper()
	if e, found := connector.AsError(err); !found || e.Kind != kind {
		t.Errorf("got %v, want kind %q", err, kind)
	}
}

type tripper func(*http.Request) (*http.Response, error)

func (f tripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// noCanary checks that the credential stands nowhere in a value.
func noCanary(t testing.TB, value any) {
	t.Helper()
	texts := []string{fmt.Sprintf("%v %+v %#v %s", value, value, value, value)}
	if err, isError := value.(error); isError {
		for ; err != nil; err = errors.Unwrap(err) {
			texts = append(texts, err.Error())
		}
		if e, isOurs := connector.AsError(value.(error)); isOurs {
			data, _ := json.Marshal(e)
			texts = append(texts, string(data), string(e.Body))
		}
	}
	for _, text := range texts {
		if strings.Contains(text, canary) || strings.Contains(text, canary[:12]) {
			t.Errorf("the credential stands in %s", text)
		}
	}
}

func wantCount(t testing.TB, server interface{ Count() int }, n int) {
	t.Helper()
	if got := server.Count(); got != n {
		t.Errorf("%d requests arrived, want %d", got, n)
	}
}

// status answers a JSON text.
func status(code int, body string) faulttest.Step { return faulttest.JSON(code, body) }
