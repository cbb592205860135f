package procore_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/cordage-go/cordage/auth"
	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/internal/golden"
	"github.com/cordage-go/cordage/procore"
)

// What the golden cases were written with. The tokens are none: they only look
// like Procore's.
const (
	accessToken  = "eyJhbGciOiJFUzUxMiIsInR5cCI6IkpXVCJ9.eyJkZW1vIjoicHJvY29yZXRlc3QiLCJuIjoxfQ.bm90LWEtc2lnbmF0dXJlLTAwMDAwMDAx"
	nextToken    = "eyJhbGciOiJFUzUxMiIsInR5cCI6IkpXVCJ9.eyJkZW1vIjoicHJvY29yZXRlc3QiLCJuIjoyfQ.bm90LWEtc2lnbmF0dXJlLTAwMDAwMDAy"
	refreshToken = "demo-procore-refresh-00000001"
	clientID     = "demo-procore-client-id"
	clientSecret = "demo-procore-client-secret"
	redirectURL  = "http://localhost"

	companyID int64 = 562949954421313
	projectID int64 = 562949957421313
	userID    int64 = 562949955421313
	rfiID     int64 = 562949958421313
	closedRFI int64 = 562949958421321
	hookID    int64 = 562949965421314
	hook            = "562949965421314"
)

// A goldenCall is what a program does so that the request of a golden case
// leaves, and what it then sees of the golden answer.
type goldenCall struct {
	token    string // empty is accessToken
	anywhere bool   // the client names no company
	do       func(ctx context.Context, c *procore.Client) (string, error)
	signIn   func(ctx context.Context, app procore.App) (auth.Token, error) // in place of do
	ofToken  func(ctx context.Context, app procore.App) (string, error)     // in place of do: a call about a token
	want     string                                                         // what do returns
	drift    string                                                         // the values that had another form than documented, if any
	fails    *failure                                                       // nil is success
	unsent   bool                                                           // the client refuses to send what the case shows
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
	for _, group := range []map[string]goldenCall{listCalls, filterCalls, recordCalls, changeCalls, signInCalls, companyCalls, errorCalls, wholeCalls,
		punchCalls, drawingCalls, submittalCalls, specificationCalls, documentCalls, markupCalls, modelCalls, emailCalls,
		officeCalls, logCalls, planCalls, timeCalls, contractCalls, costCalls,
		toolCalls, scheduleCalls, incidentCalls, meetingCalls, photoCalls,
		fleetCalls, peopleCalls, bidCalls, estimateCalls} {
		maps.Copy(calls, group)
	}
	golden.Run(t, "../internal/golden/procore", calls, testGolden)
}

func testGolden(t *testing.T, c golden.Case, g goldenCall) {
	replay := c.Replay()
	var drifts []string
	got, err := g.run(t, replayed(t, replay), func(d connector.Drift) { drifts = append(drifts, d.Path) })

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

// replayed returns a transport that reaches the replay at any address, since
// the golden cases hold links of http://localhost.
func replayed(t *testing.T, replay http.Handler) http.RoundTripper {
	server := httptest.NewServer(replay)
	t.Cleanup(server.Close)
	dialer := &net.Dialer{}
	return &http.Transport{
		DisableKeepAlives: true,
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return dialer.DialContext(ctx, network, server.Listener.Addr().String())
		},
	}
}

func (g goldenCall) run(t *testing.T, transport http.RoundTripper, onDrift func(connector.Drift)) (string, error) {
	here := procore.Environment{Name: "golden", LoginURL: "http://localhost", APIURL: "http://localhost"}
	app := procore.App{ClientID: clientID, ClientSecret: auth.NewSecret(clientSecret), RedirectURL: redirectURL, Environment: here, Transport: transport}
	if g.ofToken != nil {
		return g.ofToken(t.Context(), app)
	}
	if g.signIn != nil {
		token, err := g.signIn(t.Context(), app)
		if err != nil {
			return "", err
		}
		return fmt.Sprint(token.Access.Reveal(), " ", token.Refresh.Reveal(), " ", token.Type, " ", time.Until(token.Expiry).Round(time.Minute)), nil
	}
	o := &procore.Options{CompanyID: companyID, Environment: here,
		Options: connector.Options{Transport: transport, MaxAttempts: 1, OnDrift: onDrift}}
	if g.anywhere {
		o.CompanyID = 0
	}
	token := g.token
	if token == "" {
		token = accessToken
	}
	client, err := procore.New(auth.Static(token), o)
	if err != nil {
		return "", err
	}
	defer client.Close()
	return g.do(t.Context(), client)
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
	for _, secret := range []string{accessToken, refreshToken, clientSecret, "wrong-FAKE", "wrong-token-FAKE"} {
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

// each shows the records of a whole list.
func each[T any](show func(*T) string) func([]T, error) (string, error) {
	return func(records []T, err error) (string, error) {
		var shown []string
		for i := range records {
			shown = append(shown, show(&records[i]))
		}
		return strings.Join(shown, "; "), err
	}
}

// rows shows the records of a page, of how many there are, and where the list
// goes on.
func rows[T any](show func(*T) string) func(*connector.Page[T], error) (string, error) {
	return func(page *connector.Page[T], err error) (string, error) {
		if err != nil {
			return "", err
		}
		text, _ := each(show)(page.Items, nil)
		text += fmt.Sprint(" of ", page.Total)
		if page.Next != "" {
			text += ", then " + page.Next
		}
		return text, nil
	}
}

// done is for calls that return nothing but an error.
func done(err error) (string, error) { return "", err }
