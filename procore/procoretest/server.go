package procoretest

import (
	"errors"
	"fmt"
	"maps"
	"net"
	"testing"
	"time"

	"github.com/cordage-go/cordage/internal/emulate"
)

// A Request is one that reached the emulator; see [Server.Requests]. Its
// fields are Method, Path, Query, Header, Host, Body, Operation, Time and Status.
type Request = emulate.Request

// A Fault spoils answers; see [Server.Inject]. Its fields are On (a path such
// as "/rest/v1.0/projects/{project_id}/rfis" or "POST /oauth/token"), Skip and
// Times to choose requests, When to choose the moment, and Delay, Drop, Status,
// Body, Header, Cut and Trickle for what happens. Some faults that Procore shows:
//
//	Fault{Status: 503, Header: http.Header{"Retry-After": {"2"}}}     heavy load
//	Fault{Status: 502, Body: "<html>Bad Gateway</html>"}              a gateway that speaks HTML
//	Fault{Status: 500, Body: `{"message":"oops","exception":"Error"}`}
//	                                                                  any error shape of the guides
//	Fault{On: "POST /oauth/token", Drop: true, When: AfterWork}       a new pair of tokens that is lost
type Fault = emulate.Fault

// The moments at which a fault strikes: after the headers were read, after the
// body was read, after the work was done.
const (
	BeforeBody = emulate.BeforeBody
	BeforeWork = emulate.BeforeWork
	AfterWork  = emulate.AfterWork
)

// A Pair is an access token and its refresh token; see [Server.Issued]. Its
// fields are Access, Refresh, Client, Subject, SignIn, Issued and Expires. A
// pair of client credentials has no Subject, no Refresh and no SignIn.
type Pair = emulate.Pair

// A Presentation is one use of a code or refresh token; see
// [Server.Presentations]. Its fields are Token, Kind ("code" or "refresh"),
// Client, Subject, SignIn, Time, OK, Why if it was refused, and the pair that was
// issued for it as Access and Refresh.
type Presentation = emulate.Presentation

// Limits are Procore's two limits for one app, user and company.
type Limits struct {
	Spike int // requests in 10 seconds; an example of Procore's is 25. 0 means 10,000
	Hour  int // requests in an hour; Procore's pages name 600 and 3,600. 0 means 1,000,000

	// SpikeLength and HourLength replace the 10 seconds and the hour, so that
	// tests of pacing need not take as long. Resets are still told in whole
	// seconds. 0 means Procore's own. [Server.SetLimits] leaves them as they are.
	SpikeLength, HourLength time.Duration
	// Sliding lets each window look back from every request, so that no stretch
	// of its length holds more than its limit. Refused requests do not count
	// then. Else windows are fixed spans that begin with the first request after
	// the last one ended, and refused requests count. Which of the two Procore
	// does is not known. [Server.SetLimits] leaves it as it is.
	Sliding bool
}

// PKCE is what the sign-in makes of a code_challenge (RFC 7636), of which
// Procore's pages say nothing.
type PKCE int

const (
	// PKCEHonoured demands the code_verifier of a code that was asked for with a
	// code_challenge, which must be of the method S256.
	PKCEHonoured PKCE = iota
	// PKCEIgnored overlooks both parameters.
	PKCEIgnored
	// PKCERefused refuses requests that have one of them, as unknown parameters.
	PKCERefused
)

// Options are the settings of an emulator. The zero value is right for most uses.
type Options struct {
	// Seed chooses other made-up values. How many records there are, and their
	// ids, do not depend on it.
	Seed uint64
	// Empty leaves out the made-up records; only the companies and the demo user are there.
	Empty bool
	// ClientID and ClientSecret are the app's credentials, in place of the demo ones.
	ClientID, ClientSecret string
	// RedirectURIs are registered besides http://localhost and
	// urn:ietf:wg:oauth:2.0:oob. They are compared whole, as text.
	RedirectURIs []string
	// TokenLife is how long an access token lasts, in whole seconds. 0 means
	// 90 minutes, which is what Procore's current pages say.
	TokenLife time.Duration
	// AppName is what the consent page calls the app; empty means "Demo App".
	AppName string
	// AutoConsent makes GET /oauth/authorize answer without a page, as if the
	// demo user had signed in and agreed.
	AutoConsent bool
	// RefuseConsent makes it answer so as if the demo user had said no.
	RefuseConsent bool
	// PKCE says what becomes of a code challenge.
	PKCE PKCE
	// Limits are how many requests may come; zero fields mean limits that no
	// ordinary test reaches.
	Limits Limits
}

// A Server is an emulated Procore. Its methods are safe for concurrent use.
type Server struct {
	// URL is the base URL of the API: "http://127.0.0.1:41234". Operation
	// paths such as "/rest/v1.0/me" follow it.
	URL string
	// LoginURL is the base URL of the sign-in, which is the same here.
	// "/oauth/token" and the others follow it.
	LoginURL string
	// StorageURL is the base URL of the file storage, on another port. Files
	// and exports are redirected to it. It refuses every Authorization header.
	StorageURL string

	// ClientID and ClientSecret are the app's credentials, for both grants.
	ClientID, ClientSecret string
	// RedirectURI is a registered address for authorization codes; see
	// [Server.AddRedirect].
	RedirectURI string
	// Username and Password are what the demo user signs in with at
	// /oauth/authorize. Any other e-mail address signs in with the same password,
	// as another user who sees the same records.
	Username, Password string
	// AccessToken and RefreshToken are a pair of the demo user, good from the start.
	AccessToken, RefreshToken string

	// UserID is the demo user.
	UserID int64
	// CompanyID is the company with most of the projects.
	CompanyID int64
	// SecondCompanyID is another company in which the app is installed.
	SecondCompanyID int64
	// UnconnectedCompanyID is a company of the demo user in which the app is
	// not installed: see [Server.Connect].
	UnconnectedCompanyID int64
	// ProjectID is a project of CompanyID with 40 RFIs. Without made-up records
	// it does not exist.
	ProjectID int64

	// Seeded is how many records each collection began with, those in recycle
	// bins aside, by the names that [Server.Records] takes.
	Seeded map[string]int

	platform *platform
	api      *emulate.Server
	storage  *emulate.Server
}

// NewServer starts an emulator for a test on a free port of loopback, and
// closes it when the test ends.
func NewServer(t testing.TB) *Server {
	t.Helper()
	s, err := Listen("127.0.0.1:0", nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("procoretest: close: %v", err)
		}
	})
	return s
}

// Listen starts an emulator at an address such as "127.0.0.1:8080"; port 0
// means any free one. The storage gets a free port on the same host. Close the
// server to free both.
func Listen(addr string, o *Options) (*Server, error) {
	table, err := emulate.ProcoreTable()
	if err != nil {
		return nil, fmt.Errorf("procoretest: %w", err)
	}
	return listen(addr, o, table)
}

func listen(addr string, o *Options, table *emulate.Table) (*Server, error) {
	if o == nil {
		o = &Options{}
	}
	if err := o.check(); err != nil {
		return nil, err
	}
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, fmt.Errorf("procoretest: address %q: %w", addr, err)
	}
	storage, err := listenStorage(net.JoinHostPort(host, "0"))
	if err != nil {
		return nil, err
	}
	p := newPlatform(table, o, storage.URL)
	api, err := emulate.Listen(addr, newRouter(table), p.answer)
	if err != nil {
		return nil, errors.Join(err, storage.Close())
	}
	return newServer(p, api, storage), nil
}

func (o *Options) check() error {
	if o.TokenLife < 0 || o.TokenLife%time.Second != 0 {
		return fmt.Errorf("procoretest: Options.TokenLife is %v; give whole seconds above zero, or 0 for 90 minutes", o.TokenLife)
	}
	if o.PKCE < PKCEHonoured || o.PKCE > PKCERefused {
		return fmt.Errorf("procoretest: Options.PKCE is %d; give PKCEHonoured, PKCEIgnored or PKCERefused", o.PKCE)
	}
	if o.Limits.Spike < 0 || o.Limits.Hour < 0 || o.Limits.SpikeLength < 0 || o.Limits.HourLength < 0 {
		return errors.New("procoretest: Options.Limits must not be negative")
	}
	return nil
}

func newServer(p *platform, api, storage *emulate.Server) *Server {
	pair := p.signIn.newPair(demoSubject())
	return &Server{
		URL: api.URL, LoginURL: api.URL, StorageURL: storage.URL,
		ClientID: p.signIn.clientID, ClientSecret: p.signIn.clientSecret, RedirectURI: localhost,
		Username: demoEmail, Password: demoPassword,
		AccessToken: pair.Access, RefreshToken: pair.Refresh,
		UserID: demoUserID, CompanyID: companyID(0), SecondCompanyID: companyID(1), UnconnectedCompanyID: companyID(2),
		ProjectID: projectID(0), Seeded: p.seeded,
		platform: p, api: api, storage: storage,
	}
}

// Close ends the emulator and every request in it. Closing twice does no harm.
func (s *Server) Close() error { return errors.Join(s.api.Close(), s.storage.Close()) }

// Requests returns what reached the API and the sign-in, oldest first, as
// copies. The newest 10,000 are kept, or fewer if their bodies pass 64 MiB together.
func (s *Server) Requests() []Request { return s.api.Requests() }

// StorageRequests returns what reached the file storage.
func (s *Server) StorageRequests() []Request { return s.storage.Requests() }

// Inject adds a fault for requests to the API or the sign-in. Faults are tried
// in the order of their coming; the first that fits a request and has not run
// out is applied, alone.
func (s *Server) Inject(f Fault) { s.api.Inject(f) }

// Records returns copies of the records of a collection, deleted ones
// included, with members that no answer shows, such as project_id. The
// collections are "companies", "projects", "users", "vendors", "rfis",
// "replies", "submittals", "observations", "observation_types",
// "response_logs", "hooks", "triggers" and "deliveries". All others are named
// by their path without version, with the project or company that it is about:
// "/projects/562949957421313/punch_items". Of a record there that nobody wrote
// only the id is kept: what else it has is made up when it is answered.
func (s *Server) Records(collection string) []map[string]any {
	return s.platform.state.All(collection)
}

// Record returns a copy of one record, also if it is deleted.
func (s *Server) Record(collection string, id int64) (map[string]any, bool) {
	return s.platform.state.Get(collection, id)
}

// Put arranges a record: it is stored under its id, in place of the one that
// was there, or under a new id if it has none. To be seen it needs the members
// that tell where it belongs, as its neighbours from [Server.Records] have
// them, above all company_id and project_id. An id that is not an int64 is an error.
func (s *Server) Put(collection string, record map[string]any) (id int64, err error) {
	if record["id"] == nil {
		record = maps.Clone(record)
		record["id"] = s.platform.newID(collection)
	}
	id, ok := record["id"].(int64)
	if !ok {
		return 0, fmt.Errorf("procoretest: put %s: id is %T; give an int64 or leave it out", collection, record["id"])
	}
	s.platform.state.Put(collection, id, record)
	return id, nil
}

// Connect installs the app in a company.
func (s *Server) Connect(company int64) { s.platform.connect(company, true) }

// Disconnect removes the app from a company: its calls end in 403.
func (s *Server) Disconnect(company int64) { s.platform.connect(company, false) }

// NewCode is an authorization code of the demo user, good for one use within
// 10 minutes by the app, with that redirect address.
func (s *Server) NewCode(redirectURI string) string {
	return s.platform.signIn.code(redirectURI, demoSubject(), "")
}

// AddRedirect registers one more address for authorization codes. It is
// compared whole, as text.
func (s *Server) AddRedirect(uri string) { s.platform.signIn.addRedirect(uri) }

// NewTokens makes another pair of the demo user.
func (s *Server) NewTokens() (accessToken, refreshToken string) {
	pair := s.platform.signIn.newPair(demoSubject())
	return pair.Access, pair.Refresh
}

// SignIn makes the first pair of an independent sign-in. subject is any text
// that tells users apart; all of them see what the demo user sees, but have
// limits of their own.
func (s *Server) SignIn(subject string) Pair { return s.platform.signIn.newPair(subject) }

// ExpireTokens lets the time of all access tokens run out now. Refresh tokens stay good.
func (s *Server) ExpireTokens() { s.platform.signIn.tokens.ExpireAll() }

// Revoke ends a token and the other one of its pair, as a user does who takes
// the app's access away.
func (s *Server) Revoke(token string) { s.platform.signIn.tokens.Revoke(token) }

// Presented is how often a refresh token arrived. More than once is a mistake
// of the client: the first time kills the token.
func (s *Server) Presented(refreshToken string) int {
	return s.platform.signIn.tokens.Presented(refreshToken)
}

// Presentations returns each use of a code or a refresh token at /oauth/token,
// refused ones too, oldest first: the newest 50,000 at least.
func (s *Server) Presentations() []Presentation { return s.platform.signIn.tokens.Presentations() }

// Issued returns the pairs that were issued, oldest first: the newest 50,000 at
// least. All pairs of one sign-in have the same number, SignIn: a client that
// loses nothing has presented every refresh token of a sign-in once, but for
// the last one.
func (s *Server) Issued() []Pair { return s.platform.signIn.tokens.Issued() }

// SetLimits changes how many requests may come; what was counted stays counted.
func (s *Server) SetLimits(l Limits) { s.platform.limits.set(l) }
