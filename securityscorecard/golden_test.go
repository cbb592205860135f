package securityscorecard_test

import (
	"errors"
	"fmt"
	"maps"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/cordage-go/cordage/auth"
	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/internal/golden"
	"github.com/cordage-go/cordage/securityscorecard"
)

// The credentials and ids that the golden cases were written with.
const (
	demoToken  = "demo-token-not-a-secret-0001"
	appToken   = "demo-not-a-secret-access-000001"
	demoApp    = "de300000-0000-4000-8000-00000000a991"
	demoSecret = "demo-app-secret-not-a-secret-0001"
	demoCode   = "demo-install-code-0001"
	demoUser   = "demo@cordage.example"

	acme         = "acme.example"
	vendors      = "5b0f2a10-0000-4000-8000-000000000001"
	headquarters = "5f1e9c00a1b2c3d4e5f60003"
)

// A goldenCall is what a program does so that the request of a golden case
// leaves, and what it then sees of the golden answer.
type goldenCall struct {
	token   string // empty is demoToken
	options securityscorecard.Options
	app     *securityscorecard.App // exchanges code in place of do
	code    string

	do     action
	want   string   // what do returns
	drift  string   // the values that had another form than documented, if any
	fails  *failure // nil is success
	unsent bool     // the client refuses to send what the case shows, or has no way to
}

// An action calls a client and shows what came back.
type action = func(t *testing.T, c *securityscorecard.Client) (string, error)

// A failure is what the call's error must be.
type failure struct {
	kind   connector.Kind
	status int
	code   string
	wait   time.Duration // the error says to wait that long; a negative one is any
	says   []string      // parts of the message: the platform's words and what to do
}

// The client sends each golden request and understands each golden answer.
// Every case has a call, and every call a case.
func TestGolden(t *testing.T) {
	calls := map[string]goldenCall{}
	for _, group := range []map[string]goldenCall{listCalls, filterCalls, recordCalls, changeCalls, credentialCalls, errorCalls, serviceCalls, unstableCalls} {
		maps.Copy(calls, group)
	}
	golden.Run(t, "../internal/golden/securityscorecard", calls, testGolden)
}

func testGolden(t *testing.T, c golden.Case, g goldenCall) {
	replay := c.Replay()
	server := httptest.NewServer(replay)
	defer server.Close()
	var drifts []string
	o := g.options
	o.BaseURL = server.URL
	o.MaxAttempts = 1
	o.OnDrift = func(d connector.Drift) { drifts = append(drifts, d.Path) }

	got, err := g.run(t, &o)

	if g.unsent {
		if replay.Count() != 0 {
			t.Error("the request was sent")
		}
	} else if err := replay.Err(); err != nil {
		t.Errorf("%s\n%v", c.About, err)
	}
	if drift := strings.Join(drifts, " "); drift != g.drift {
		t.Errorf("drift %q, want %q", drift, g.drift)
	}
	g.fails.check(t, err)
	if got != g.want {
		t.Errorf("read  %s\nwant  %s", got, g.want)
	}
}

func (g goldenCall) run(t *testing.T, o *securityscorecard.Options) (string, error) {
	if g.app != nil {
		app := *g.app
		app.BaseURL = o.BaseURL
		token, err := app.Exchange(t.Context(), g.code)
		return strings.TrimSpace(token.Type + " " + token.Access.Reveal()), err
	}
	token := g.token
	if token == "" {
		token = demoToken
	}
	client, err := securityscorecard.New(auth.Static(token), o)
	if err != nil {
		return "", err
	}
	defer client.Close()
	return g.do(t, client)
}

func (f *failure) check(t *testing.T, err error) {
	t.Helper()
	if f == nil {
		if err != nil {
			t.Error(err)
		}
		return
	}
	if !errors.Is(err, f.kind) {
		t.Fatalf("error %v, want one of kind %q", err, f.kind)
	}
	e, ok := connector.AsError(err)
	if !ok {
		t.Fatalf("error %T is no connector.Error", err)
	}
	waits := e.RetryAfter == f.wait || f.wait < 0 && e.RetryAfter > 0
	if e.Status != f.status || e.Code != f.code || !waits {
		t.Errorf("status %d, code %q, wait %v; want %+v", e.Status, e.Code, e.RetryAfter, *f)
	}
	for _, part := range f.says {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("the message %q does not say %q", err, part)
		}
	}
	for _, secret := range []string{demoToken, demoSecret, demoCode, "wrong-token-FAKE", "words-FAKE", "wrong-secret-FAKE", "installed-token-FAKE"} {
		if strings.Contains(fmt.Sprintf("%+v %s", err, e.Body), secret) {
			t.Errorf("the error shows a secret: %v", err)
		}
	}
}

// one shows a record, and passes an error on.
func one[T any](show func(*T) string) func(*T, error) (string, error) {
	return func(record *T, err error) (string, error) {
		if err != nil {
			return "", err
		}
		return show(record), nil
	}
}

// whole shows the records of a list that comes at once.
func whole[T any](show func(*T) string) func([]T, error) (string, error) {
	return func(items []T, err error) (string, error) {
		if err != nil {
			return "", err
		}
		return strings.Join(shown(show, items), "; "), nil
	}
}

// rows shows the records of a page, how many there are in all if that was
// said, and whether another page follows.
func rows[T any](show func(*T) string) func(*connector.Page[T], error) (string, error) {
	return func(page *connector.Page[T], err error) (string, error) {
		if err != nil {
			return "", err
		}
		parts := shown(show, page.Items)
		if page.Total >= 0 {
			parts = append(parts, fmt.Sprint("of ", page.Total))
		}
		if page.Next != "" {
			parts = append(parts, "more")
		}
		return strings.Join(parts, "; "), nil
	}
}

func shown[T any](show func(*T) string, items []T) []string {
	var parts []string
	for i := range items {
		parts = append(parts, show(&items[i]))
	}
	return parts
}

// at writes a moment, or a minus for none.
func at(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.Format(time.RFC3339)
}

// score writes a score, or a minus for none.
func score(n *int64) string {
	if n == nil {
		return "-"
	}
	return fmt.Sprint(*n)
}

// done is for calls that return nothing but an error.
func done(err error) (string, error) { return "", err }
