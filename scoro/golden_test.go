package scoro_test

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
	"github.com/cordage-go/cordage/scoro"
)

// The credentials that the golden cases were written with.
const (
	site      = "demo-site"
	account   = "demoaccount"
	userToken = "demo-user-token-FAKE-0001"
	apiKey    = "ScoroAPI_fa4efa4efa4efa4efa4e0001"
	appID     = "demo-app-FAKE-0001"
)

var (
	byToken = scoro.UserToken(userToken, account)
	byKey   = scoro.APIKey(apiKey, account)
	byBoth  = scoro.Credential{UserToken: auth.Static(userToken), APIKey: auth.Static(apiKey), CompanyAccount: account}
)

// A goldenCall is what a program does so that the request of a golden case
// leaves, and what it then sees of the golden answer.
type goldenCall struct {
	cred    *scoro.Credential // nil is byToken
	options scoro.Options
	login   *scoro.Login // signs in in place of do

	do     func(t *testing.T, c *scoro.Client) (string, error)
	want   string   // what do returns
	drift  string   // the values that had another form than documented, if any
	fails  *failure // nil is success
	unsent bool     // the client refuses to send what the case shows
}

// A failure is what the call's error must be.
type failure struct {
	kind   connector.Kind
	status int
	code   string
	fields string        // what is wrong, by field
	wait   time.Duration // how long the error says to wait
	says   []string      // parts of the message: the platform's words and what to do
}

// The client sends each golden request and understands each golden answer.
// Every case has a call, and every call a case.
func TestGolden(t *testing.T) {
	calls := map[string]goldenCall{}
	for _, group := range []map[string]goldenCall{listCalls, filterCalls, recordCalls, changeCalls, siteCalls, moneyCalls, peopleCalls, credentialCalls, errorCalls} {
		maps.Copy(calls, group)
	}
	golden.Run(t, "../internal/golden/scoro", calls, testGolden)
}

func testGolden(t *testing.T, c golden.Case, g goldenCall) {
	replay := c.Replay()
	server := httptest.NewServer(replay)
	defer server.Close()
	var drifts []string
	o := g.options
	o.BaseURL = server.URL + "/api/v2"
	o.MaxAttempts = 1
	o.Location = time.FixedZone("EET", 2*60*60)
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

func (g goldenCall) run(t *testing.T, o *scoro.Options) (string, error) {
	if g.login != nil {
		return signIn(t, *g.login, o)
	}
	cred := byToken
	if g.cred != nil {
		cred = *g.cred
	}
	client, err := scoro.New(site, cred, o)
	if err != nil {
		return "", err
	}
	defer client.Close()
	return g.do(t, client)
}

func signIn(t *testing.T, l scoro.Login, o *scoro.Options) (string, error) {
	t.Helper()
	grant, err := scoro.SignIn(site, l, o)
	if err != nil {
		return "", err
	}
	token, err := grant.Renew(t.Context(), auth.Token{})
	if err != nil {
		return "", err
	}
	return fmt.Sprint(token.Access.Reveal(), " ", token.Account, " ", token.Extra["timezone"]), nil
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
	fields := ""
	if e.Fields != nil {
		fields = fmt.Sprint(e.Fields)
	}
	if e.Status != f.status || e.Code != f.code || fields != f.fields || e.RetryAfter != f.wait {
		t.Errorf("status %d, code %q, fields %s, wait %v; want %+v", e.Status, e.Code, fields, e.RetryAfter, *f)
	}
	for _, part := range f.says {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("the message %q does not say %q", err, part)
		}
	}
	for _, secret := range []string{userToken, apiKey, "wrong-token-FAKE", "wrong-password-FAKE", "demo-password-FAKE-0001"} {
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

// rows shows the records of a page, and whether another one follows.
func rows[T any](show func(*T) string) func(*connector.Page[T], error) (string, error) {
	return func(page *connector.Page[T], err error) (string, error) {
		if err != nil {
			return "", err
		}
		var shown []string
		for i := range page.Items {
			shown = append(shown, show(&page.Items[i]))
		}
		if page.Next != "" {
			shown = append(shown, "more")
		}
		return strings.Join(shown, "; "), nil
	}
}

// done is for calls that return nothing but an error.
func done(err error) (string, error) { return "", err }
