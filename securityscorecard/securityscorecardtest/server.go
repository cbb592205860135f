package securityscorecardtest

import (
	"errors"
	"fmt"
	"net"
	"testing"
	"time"

	"github.com/cordage-go/cordage/internal/emulate"
)

// A Request is one that reached the emulator; see [Server.Requests]. Its
// fields are Method, Path, Query, Header, Host, Body, Operation, Time and Status.
type Request = emulate.Request

// A Fault spoils answers; see [Server.Inject]. Its fields are On (a path such
// as "/companies/{scorecard_identifier}" or "POST /portfolios"), Skip and Times
// to choose requests, When to choose the moment, and Delay, Drop, Status, Body,
// Header, Cut and Trickle for what happens. Some faults that the platform shows:
//
//	Fault{Status: 429, Header: http.Header{"Retry-After": {"2"}}}  too many requests
//	Fault{Status: 401, Body: `{"error":"Unauthorized"}`}           the shorter shape of an error
//	Fault{Status: 502, Body: "<html>Bad Gateway</html>"}           a gateway that speaks HTML
//	Fault{On: "POST /portfolios", Drop: true, When: AfterWork}     a write whose answer is lost
type Fault = emulate.Fault

// The moments at which a fault strikes: after the headers were read, after the
// body was read, after the work was done.
const (
	BeforeBody = emulate.BeforeBody
	BeforeWork = emulate.BeforeWork
	AfterWork  = emulate.AfterWork
)

// A Presentation is one use of a code; see [Server.Presentations]. Its fields
// are Token, Client, Subject (the user who installed the app), Time, OK, Why if
// it was refused, and the token that was issued for it as Access.
type Presentation = emulate.Presentation

// Options are the settings of an emulator. The zero value is right for most uses.
type Options struct {
	// Seed chooses the made-up companies. The same seed gives the same
	// companies, ids and scores. How many findings there are depends on it too,
	// how many companies, portfolios, events and notifications never does.
	Seed uint64
	// Today is the last day of the history; the time of day is dropped. The
	// zero value is 30 September 2026, so that answers never change.
	Today time.Time
	// Empty leaves out the made-up companies and all that belongs to them.
	Empty bool
	// Limits are how many requests may come; zero fields mean limits that no
	// ordinary test reaches.
	Limits Limits
	// ReportPolls is how many reads of the recent reports still show a new
	// report as unfinished; 0 means 2, a negative number none.
	ReportPolls int
	// TokenField is the member that carries the token in the answer of the
	// code exchange; empty means "token". The platform's name is not documented.
	TokenField string
	// SecretField is the member that carries the secret of an app; empty means
	// "client_secret". The platform's name is not documented.
	SecretField string
	// RedirectURI is the address that the app's manifest declares; empty means
	// "http://localhost". See also [Server.AddRedirect].
	RedirectURI string
	// AppName is what the pages call the app; empty means "Demo App".
	AppName string
	// AutoConsent makes the consent page redirect at once, as if the demo user
	// had signed in and installed the app.
	AutoConsent bool
}

// Limits are how many requests a token may make in an hour, which begins with
// the first of them. One more is answered 429 with Retry-After and no body.
type Limits struct {
	Hour            int // all requests; the platform gives 5,000. 0 means 1,000,000
	DetailedReports int // orders of detailed reports, whose stricter limit the platform does not tell. 0 means 1,000,000
}

// A Server is a running emulator. Its methods are safe for concurrent use; its
// fields are set once and hold demo credentials that are worth nothing elsewhere.
type Server struct {
	URL        string // the API's base URL: "http://127.0.0.1:41234"
	StorageURL string // where finished reports lie: another origin, which refuses every credential

	Token       string // API token of the demo user, as it was at the start
	Username    string // the demo user
	AppID       string // marketplace app that belongs to the demo user, and its client id
	AppSecret   string // the app's client secret, as it was at the start
	InstallCode string // one-time code of an installation of the app, good for a day

	// PageURL is the address before the app id on the app's pages in the
	// marketplace, with a slash at its end. PageURL+AppID is the page on which a
	// user installs the app at the vendor's, without a state, and uninstalls it;
	// PageURL+AppID+"/authorize" the consent page for an app's own site.
	PageURL string
	// Password is what the demo user signs in with on those pages. Any other
	// e-mail address signs in with it too, as another user with an installation
	// of one's own, who sees the same records.
	Password string

	// Today is the last day of all histories; see [Options].
	Today time.Time
	// Seeded is how many records each collection began with, by the names
	// that [Server.Records] takes.
	Seeded map[string]int

	platform *platform
	api      *emulate.Server
	storage  *emulate.Server
}

// NewServer starts an emulator for a test and closes it when the test ends.
func NewServer(t testing.TB) *Server {
	t.Helper()
	s, err := Listen("127.0.0.1:0", nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close the emulator: %v", err)
		}
	})
	return s
}

// Listen starts an emulator at an address such as "127.0.0.1:8080"; port 0
// takes any free one. The storage that reports are downloaded from always
// takes a free port of the same host. o may be nil.
func Listen(addr string, o *Options) (*Server, error) {
	if o == nil {
		o = &Options{}
	}
	if o.Limits.Hour < 0 || o.Limits.DetailedReports < 0 {
		return nil, errors.New("securityscorecardtest: Options.Limits must not be negative")
	}
	table, err := emulate.SecurityScorecardTable()
	if err != nil {
		return nil, fmt.Errorf("securityscorecardtest: read the operation table: %w", err)
	}
	return listen(addr, *o, table)
}

func listen(addr string, o Options, table *emulate.Table) (*Server, error) {
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, fmt.Errorf("securityscorecardtest: address %q is not host:port: %w", addr, err)
	}
	p := newPlatform(o, table)
	if !o.Empty {
		p.seed()
	}
	storage, err := emulate.Listen(net.JoinHostPort(host, "0"), emulate.NewRouter("", &emulate.Table{}), p.store)
	if err != nil {
		return nil, fmt.Errorf("securityscorecardtest: storage of reports: %w", err)
	}
	p.storagePort = portOf(storage.URL)
	api, err := emulate.Listen(addr, p.router(), p.answer)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("securityscorecardtest: %w", err), storage.Close())
	}
	return &Server{
		URL: api.URL, StorageURL: storage.URL,
		Token: demoToken, Username: demoUser, AppID: demoApp, AppSecret: demoSecret, InstallCode: demoCode,
		PageURL: api.URL + marketplace, Password: demoPassword,
		Today: p.today, Seeded: p.counts(),
		platform: p, api: api, storage: storage,
	}, nil
}

// Close ends the emulator and every request in it. Closing twice does no harm.
func (s *Server) Close() error { return errors.Join(s.api.Close(), s.storage.Close()) }

// Requests returns what reached the API, oldest first. The newest 10,000 are kept.
func (s *Server) Requests() []Request { return s.api.Requests() }

// StorageRequests returns what reached the storage of reports, oldest first.
// No such request should carry a credential.
func (s *Server) StorageRequests() []Request { return s.storage.Requests() }

// Inject adds a fault to the API. Faults are tried in the order of their
// coming; the first that fits a request and has not run out is applied, alone.
func (s *Server) Inject(f Fault) { s.api.Inject(f) }

// InjectStorage adds a fault to the storage of reports.
func (s *Server) InjectStorage(f Fault) { s.storage.Inject(f) }

// Records returns copies of all records of a collection in the order of their
// coming. The collections and their keys are
//
//	companies            domain
//	portfolios           id
//	portfolio_companies  portfolio_id/domain
//	factors              _domain/name; present scores, with issue_summary
//	issues               issue_id; findings of all companies
//	events               id; the event logs of all companies
//	notifications        id
//	reports              id
//
// and for everything that has no behaviour of its own, the path without
// version: "/scorecard-tags". Of a record there that nobody wrote only the id
// is kept: what else it has is made up when it is answered. Members that begin with an underscore are never sent.
func (s *Server) Records(collection string) []map[string]any {
	return s.platform.state.All(collection)
}

// Record returns a copy of one record.
func (s *Server) Record(collection, key string) (map[string]any, bool) {
	return s.platform.state.Get(collection, key)
}

// Put arranges a record: it is stored under its key, in place of the one that
// was there. An unknown collection, or a record without its key, is an error.
// Grades follow the score, and history ends at the score that a company or
// factor has now: to change both, put the company with another score.
func (s *Server) Put(collection string, record map[string]any) error {
	return s.platform.put(collection, record)
}

// Delete removes a record and reports whether it was there.
func (s *Server) Delete(collection, key string) bool {
	return s.platform.state.Delete(collection, key)
}

// NewToken makes a new token for the demo user, which ends the old one at
// once: a user has one live token.
func (s *Server) NewToken() string { return s.platform.newToken() }

// Revoke ends a token: it is refused from now on.
func (s *Server) Revoke(token string) { s.platform.tokens.Revoke(token) }

// NewInstallCode is the one-time code of another installation of the demo app
// by the demo user, good for a day.
func (s *Server) NewInstallCode() string {
	return s.platform.tokens.NewCode(installation(demoUser))
}

// AddRedirect declares one more redirect address of the app. Addresses below
// it, with more segments, are taken too.
func (s *Server) AddRedirect(uri string) { s.platform.addRedirect(uri) }

// Uninstall removes the app, as its users do in the marketplace: the tokens of
// all installations are refused from now on.
func (s *Server) Uninstall() { s.platform.uninstallAll() }

// Presentations returns each use of an installation's code, refused ones too,
// oldest first: the newest 50,000 at least.
func (s *Server) Presentations() []Presentation { return s.platform.tokens.Presentations() }

// SetLimits changes the limits; what was counted stays counted.
func (s *Server) SetLimits(l Limits) { s.platform.setLimits(l) }
