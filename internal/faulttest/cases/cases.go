// Package cases holds the fault cases that every platform's client must
// survive. A platform describes itself by a [Platform] and runs them all, so
// that no client forgets one.
//
// Each case has a number, by what goes wrong: N the network, H the status of
// an answer, J its body, R a limit, P a list in pages, D where a request goes,
// A signing in, L what is written for people to read, X what is left behind.
package cases

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"github.com/cordage-go/cordage/auth"
	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/internal/faulttest"
)

// Canary stands in every credential of these tests. It must reach the platform
// and appear nowhere else.
const Canary = "canary-7f3a9c51"

// A Client is what the cases need of a client: one method of each kind.
type Client struct {
	Read   func(ctx context.Context, opts ...connector.CallOption) error // one record by its id
	Walk   func(ctx context.Context, each func(id string) bool, opts ...connector.CallOption) error
	Write  func(ctx context.Context, opts ...connector.CallOption) error
	Delete func(ctx context.Context, opts ...connector.CallOption) error
	Do     func(ctx context.Context, op connector.Operation, in, out any, opts ...connector.CallOption) error
	Close  func() error
}

// A Platform is what differs.
type Platform struct {
	Name string
	// New makes a client whose credential is tokens, which holds the canary.
	New func(t testing.TB, tokens auth.TokenSource, o connector.Options) Client
	// Record writes a record with an id. Wrong are members to add to it, each
	// with a value of a wrong type. BadID is a record whose id is a list.
	Record func(id int) string
	Wrong  []string
	BadID  string
	// One answers a record to Read and Write, Page a page of a list. more says
	// that page+1 follows.
	One  func(record string) string
	Page func(records []string, page int, more bool) faulttest.Step
	// Place reads which page a list request asks for, from 1, and its size.
	Place func(a faulttest.Arrival) (page, size int)
	// Refuse answers an error as the platform writes it, with a message.
	Refuse func(status int, message string) faulttest.Step
	// RefuseInside does so inside a 200; nil where the platform does not.
	RefuseInside func(status int, message string) faulttest.Step
	// UsedUp adds to a success that its window is used up, and tells for how long;
	// nil where the platform does not say so.
	UsedUp func(s faulttest.Step) (faulttest.Step, time.Duration)
	// Carries reports whether a request carries the token of tokens.
	Carries func(a faulttest.Arrival, token string) bool
	SignIn  *SignIn // nil where tokens cannot be obtained by a session
	// Unrenewable is the grant of tokens that only a person replaces, nil where
	// the platform has none; Again is what its errors ask of them.
	Unrenewable func(t testing.TB) auth.Grant
	Again       string
	// Exchange trades the code Canary+"-code" for a token; nil where the platform has no codes.
	Exchange func(ctx context.Context, transport http.RoundTripper) (auth.Token, error)
}

// Run runs all cases.
func Run(t *testing.T, p Platform) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	s := &suite{Platform: p}
	t.Run("network", s.network)
	t.Run("answers", s.answers)
	t.Run("limits", s.limits)
	t.Run("bodies", s.bodies)
	t.Run("pages", s.pages)
	t.Run("origins", s.origins)
	t.Run("sign-in", s.signIn)
	t.Run("L1 nothing that was written holds a secret", s.quiet)
}

type suite struct {
	Platform
	written written
}

// written collects all that clients write for people to read.
type written struct {
	mu  sync.Mutex
	out bytes.Buffer
}

func (w *written) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.out.Write(p)
}

func (w *written) text() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.out.String()
}

// client makes a client that writes down what it says.
func (s *suite) client(t testing.TB, o connector.Options) Client {
	t.Helper()
	return s.clientOf(t, auth.Static(Canary), o)
}

func (s *suite) clientOf(t testing.TB, tokens auth.TokenSource, o connector.Options) Client {
	t.Helper()
	o.Logger = slog.New(slog.NewJSONHandler(&s.written, &slog.HandlerOptions{Level: slog.LevelDebug}))
	o.OnDrift = func(d connector.Drift) { fmt.Fprintf(&s.written, "%+v\n", d) }
	c := s.New(t, tokens, o)
	t.Cleanup(func() { c.Close() })
	return c
}

// onFakeTime plays a script in memory.
func (s *suite) onFakeTime(t *testing.T, script faulttest.Script, test func(t *testing.T, c Client, server *faulttest.Transport)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		server := faulttest.NewTransport(script)
		test(t, s.client(t, connector.Options{Transport: server}), server)
	})
}

// onSocket plays a script on a real socket, without pacing.
func (s *suite) onSocket(t *testing.T, script faulttest.Script, o connector.Options) (Client, *faulttest.Server) {
	t.Helper()
	server := faulttest.NewServer(t, script)
	o.BaseURL, o.Pacer = server.URL, faulttest.Unpaced{}
	return s.client(t, o), server
}

// good answers the record 7.
func (s *suite) good() faulttest.Step { return faulttest.JSON(http.StatusOK, s.One(s.Record(7))) }

// want checks an error's kind, that it helps, and that it holds no secret.
func (s *suite) want(t testing.TB, err error, kind connector.Kind) *connector.Error {
	t.Helper()
	e, ok := connector.AsError(err)
	if !ok || !errors.Is(err, kind) || e.Kind != kind {
		t.Fatalf("got %v, want an error of kind %q", err, kind)
	}
	if e.Remedy == "" || e.Platform != s.Name {
		t.Errorf("an error without platform or remedy: %+v", *e)
	}
	s.note(t, err)
	return e
}

// note keeps an error with all that it wraps, and checks it at once.
func (s *suite) note(t testing.TB, err error) {
	t.Helper()
	var text strings.Builder
	for inner := err; inner != nil; inner = errors.Unwrap(inner) {
		fmt.Fprintf(&text, "%v %+v %#v\n", inner, inner, inner)
	}
	if e, ok := connector.AsError(err); ok {
		data, _ := json.Marshal(e)
		fmt.Fprintf(&text, "%s %s\n", data, e.Body)
	}
	fmt.Fprint(&s.written, text.String())
	if strings.Contains(text.String(), Canary) {
		t.Errorf("a secret stands in the error %s", text.String())
	}
}

func (s *suite) quiet(t *testing.T) {
	text := s.written.text()
	if text == "" {
		t.Fatal("nothing was written at all")
	}
	for line := range strings.Lines(text) {
		if strings.Contains(line, Canary) || strings.Contains(line, Canary[:9]) {
			t.Errorf("a secret was written: %s", line)
		}
	}
}

func count(t testing.TB, server interface{ Count() int }, n int) {
	t.Helper()
	if got := server.Count(); got != n {
		t.Errorf("%d requests arrived, want %d", got, n)
	}
}
