package scorotest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cordage-go/cordage/internal/emulate"
)

// root is where the API lives on the platform's hosts.
const root = "/api/v2"

// Options are the settings of an emulator. The zero value is right for most uses.
type Options struct {
	// Seed chooses other made-up values. How many records there are does not
	// depend on it.
	Seed uint64
	// Empty leaves out the made-up records; only the users are there.
	Empty bool
	// PublicApp makes the user token and the login those of a public app: calls
	// with them, and without the app's id in the Scoro-app-id header, are
	// refused. The API key stays the company's own. A wrong id always is refused.
	PublicApp bool
	// Limits are how many requests may come; zero fields mean limits that no
	// ordinary test reaches.
	Limits Limits
	// MCP are the settings of the site's MCP endpoint and its sign-in.
	MCP MCPOptions
}

// MCPOptions are the settings of the MCP endpoint. The zero value is right for
// most uses.
type MCPOptions struct {
	// Confidential gives the MCP client a secret, which it must then send.
	// Otherwise it is a public client, such as a program on a desk.
	Confidential bool
	// RedirectURIs are registered for the client, compared whole. http addresses
	// of this machine (127.0.0.1, [::1], localhost) need not be: they are taken
	// with any port and path, as RFC 8252 wants for programs on a desk.
	RedirectURIs []string
	// TokenLife is how long an access token lasts, in whole seconds; 0 means an hour.
	TokenLife time.Duration
	// IssuerPath moves the authorization server below a path such as "/auth".
	// Its metadata is then at /.well-known/oauth-authorization-server/auth.
	IssuerPath string
	// AppName is what the consent page calls the app; empty means "Demo App".
	AppName string
	// AutoConsent makes the authorization page redirect at once, as if the demo
	// user had signed in and agreed.
	AutoConsent bool
}

// Limits are the two limits of the platform for a site. A negative limit lets
// no request through.
type Limits struct {
	Short int // requests in 2 seconds; the platform gives 25 to 80, depending on the plan. 0 means 10,000
	Day   int // requests in a day of UTC; 500 was the documented default once. 0 means 1,000,000
}

// A Request is one that reached the emulator; see [Server.Requests]. Its
// fields are Method, Path, Query, Header, Host, Body, Operation, Time and Status.
type Request = emulate.Request

// A Fault spoils answers; see [Server.Inject]. Its fields are On (a path such
// as "/projects/list"), Skip and Times to choose requests, When to choose the
// moment, and Delay, Drop, Status, Body, Header, Cut and Trickle for what
// happens. Some faults that Scoro shows:
//
//	Fault{Status: 403, Body: "error code: 1010"}                      a User-Agent that Cloudflare refuses
//	Fault{Status: 404, Body: "<html>…", Header: html}                 a site that does not exist
//	Fault{Body: `{"status":"ERROR","statusCode":"429","messages":{"error":["Too many requests"]}}`}
//	                                                                  too many requests, said in the body alone
//	Fault{On: "/projects/modify", Drop: true, When: AfterWork}        a write whose answer is lost
type Fault = emulate.Fault

// The moments at which a fault strikes: after the headers were read, after the
// body was read, after the work was done.
const (
	BeforeBody = emulate.BeforeBody
	BeforeWork = emulate.BeforeWork
	AfterWork  = emulate.AfterWork
)

// A Pair is an access token of an MCP app and its refresh token. Its fields are
// Access, Refresh, Client, Subject, SignIn, Issued and Expires.
type Pair = emulate.Pair

// A Presentation is one use of an MCP app's code or refresh token; see
// [Server.Presentations]. Its fields are Token, Kind ("code" or "refresh"),
// Client, Subject, SignIn, Time, OK, Why if it was refused, and the pair that was
// issued for it as Access and Refresh.
type Presentation = emulate.Presentation

// A Server is one emulated Scoro site. Its methods are safe for concurrent use.
// All its credentials are made up.
type Server struct {
	// URL is the base URL of the API, for scoro.Options.BaseURL. Addresses
	// beside it answer with HTML, as wrong sites do.
	URL string
	// Site is the name before .scoro.com. A request whose Host header names
	// another site is answered as Scoro answers for a site that does not exist.
	Site string
	// CompanyAccount is the company_account_id; it is not the site's name.
	CompanyAccount string
	// UserToken is a user_token of the user named Username.
	UserToken string
	// APIKey is the company's key.
	APIKey string
	// AppID is the Scoro-app-id of the app; see Options.PublicApp.
	AppID string
	// Username and Password sign in at userAuth, and at the page that lets an MCP
	// app in. At that page any other e-mail address signs in with the same
	// password, as another user who sees the same records.
	Username, Password string

	// MCPURL is the address of the site's MCP endpoint.
	MCPURL string
	// MCPClientID is the client id of an MCP app.
	MCPClientID string
	// MCPClientSecret is its secret: empty unless it is MCPOptions.Confidential.
	MCPClientSecret string

	// Seeded is how many records each module began with, those aside that lists
	// show only when asked: deleted ones and subtasks. Modules have the names
	// that [Server.Records] takes.
	Seeded map[string]int

	publicApp bool
	mcp       *mcp
	server    *emulate.Server
	router    *emulate.Router
	state     *emulate.State
	typed     *emulate.Typed
	tokens    *emulate.Tokens
	short     *emulate.Window
	day       *emulate.Window
	modules   map[string]*module
	types     map[string]fields
}

// NewServer starts an emulator with the default options for a test, and closes
// it when the test ends.
func NewServer(t testing.TB) *Server {
	t.Helper()
	s, err := Listen("127.0.0.1:0", nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// Listen starts an emulator at an address such as "127.0.0.1:8080", or port 0
// for any free one. nil options are the zero value. The caller closes it.
func Listen(addr string, o *Options) (*Server, error) {
	if o == nil {
		o = &Options{}
	}
	table, err := emulate.ScoroTable()
	if err != nil {
		return nil, fmt.Errorf("scorotest: %w", err)
	}
	if err := o.MCP.check(); err != nil {
		return nil, err
	}
	s := newServer(table, o)
	s.server, err = emulate.Listen(addr, s.router, s.answer)
	if err != nil {
		return nil, fmt.Errorf("scorotest: %w", err)
	}
	s.URL = s.server.URL + root
	s.MCPURL = s.server.URL + mcpPath
	return s, nil
}

func newServer(table *emulate.Table, o *Options) *Server {
	state := emulate.NewState(time.Date(2026, time.March, 2, 9, 0, 0, 0, zone()))
	s := &Server{
		Site:           "demo-site",
		CompanyAccount: "demoaccount",
		UserToken:      "demo-user-token-FAKE-0001",
		APIKey:         "ScoroAPI_fa4efa4efa4efa4efa4e0001",
		AppID:          "demo-app-FAKE-0001",
		Username:       "demo@example.com",
		Password:       "demo-password-FAKE-0001",

		publicApp: o.PublicApp,
		router:    emulate.NewRouter(root, table),
		state:     state,
		typed:     emulate.NewTyped(table, state, slices.Clone),
		tokens:    emulate.NewTokens("demo-user-token-FAKE"),
		short:     emulate.NewWindow(0, 2*time.Second),
		day:       emulate.NewAlignedWindow(0, 24*time.Hour),
		types:     fieldsOf(table),
	}
	s.modules = newModules(table, s.types)
	s.mcp = newMCP(s, o.MCP)
	s.MCPClientID, s.MCPClientSecret = s.mcp.clientID, s.mcp.clientSecret
	s.SetLimits(o.Limits)
	s.tokens.Put(emulate.Pair{Access: s.UserToken, Holder: emulate.Holder{Subject: "1"}})
	s.tokens.Put(emulate.Pair{Access: s.APIKey})
	s.seed(o.Seed, o.Empty)
	s.Seeded = s.counts()
	return s
}

// Close ends the emulator. Closing twice does no harm.
func (s *Server) Close() error { return s.server.Close() }

// Requests returns what reached the emulator, oldest first: the newest 10,000,
// or fewer if their bodies pass 64 MiB. Bodies hold the credentials that were sent.
func (s *Server) Requests() []Request { return s.server.Requests() }

// Inject adds a fault. Faults are tried in the order of their coming; the
// first one that fits a request and has not run out is applied, alone.
func (s *Server) Inject(f Fault) { s.server.Inject(f) }

// SetLimits changes the limits; what was counted stays counted.
func (s *Server) SetLimits(l Limits) {
	if l.Short == 0 {
		l.Short = 10_000
	}
	if l.Day == 0 {
		l.Day = 1_000_000
	}
	s.short.SetLimit(l.Short)
	s.day.SetLimit(l.Day)
}

// Revoke ends a user token or the company key: it is refused from now on. A
// token of an MCP app ends with the other one of its pair.
func (s *Server) Revoke(credential string) {
	s.tokens.Revoke(credential)
	s.mcp.tokens.Revoke(credential)
}

// MCPSignIn makes the first pair of an independent sign-in of an MCP app.
// subject is any text that tells users apart; all act as the demo user.
func (s *Server) MCPSignIn(subject string) Pair { return s.mcp.signIn(subject) }

// ExpireMCPTokens lets the time of all access tokens of MCP apps run out now.
// Refresh tokens stay good.
func (s *Server) ExpireMCPTokens() { s.mcp.tokens.ExpireAll() }

// AddRedirect registers one more redirect address of the MCP app.
func (s *Server) AddRedirect(uri string) { s.mcp.addRedirect(uri) }

// Presentations returns each use of an MCP app's code or refresh token, refused
// ones too, oldest first: the newest 50,000 at least.
func (s *Server) Presentations() []Presentation { return s.mcp.tokens.Presentations() }

// Issued returns the pairs that MCP apps were given, oldest first: the newest
// 50,000 at least. All pairs of one sign-in have the same number, SignIn.
func (s *Server) Issued() []Pair { return s.mcp.tokens.Issued() }

// Records returns copies of a module's records, without the deleted ones, in
// plain form: whole numbers are int64, amounts and durations text, booleans
// bool, date-times text with a zone, empty dates "".
func (s *Server) Records(module string) []map[string]any {
	m := s.modules[module]
	if m == nil {
		return nil
	}
	return s.rows(m, func(r emulate.Record) bool { return !isDeleted(r) })
}

// Record returns a copy of one record in plain form, also if it is deleted.
func (s *Server) Record(module string, id int64) (map[string]any, bool) {
	m := s.modules[module]
	if m == nil {
		return nil, false
	}
	return s.find(m, id)
}

// Put arranges a record: it is stored under its id, or under a new one if it
// has none. Values may have any form that the platform takes. An unknown
// module or a value of the wrong type is an error.
func (s *Server) Put(module string, record map[string]any) (id int64, err error) {
	m := s.modules[module]
	if m == nil {
		return 0, fmt.Errorf("scorotest: there is no module %q", module)
	}
	text, err := json.Marshal(record)
	if err != nil {
		return 0, fmt.Errorf("scorotest: put %s: %w", module, err)
	}
	value, err := emulate.ReadJSON(text) // gives the values the types that requests have
	if err != nil {
		return 0, fmt.Errorf("scorotest: put %s: %w", module, err)
	}
	sent, _ := value.(emulate.Record) // nil is an empty record
	plain, wrong := s.plain(m, sent)
	if len(wrong) > 0 {
		return 0, fmt.Errorf("scorotest: put %s: %v", module, wrong)
	}
	return s.store(m, plain), nil
}

// answer is what the site says to one request.
func (s *Server) answer(c *emulate.Call) emulate.Answer {
	if s.isOtherSite(c.Host) {
		return wrongSite()
	}
	path, below := s.router.Below(c)
	if !below {
		return s.outside(c)
	}
	short, day := s.short.Count(s.Site), s.day.Count(s.Site)
	var answer emulate.Answer
	if short.Over || day.Over {
		answer = refuse(http.StatusTooManyRequests, messages("Too many requests"))
	} else {
		answer = s.inside(c, strings.Trim(path, "/"))
	}
	return limited(answer, short, day)
}

// outside answers what is not the API: the MCP endpoint with its sign-in, PDF
// files and, as for wrong sites, HTML.
func (s *Server) outside(c *emulate.Call) emulate.Answer {
	if answer, is := s.mcp.answer(c); is {
		return answer
	}
	if strings.HasPrefix(c.URL.Path, filesPath) {
		return s.file(c)
	}
	return wrongSite()
}

// limited adds the headers that report both limits. Resets are seconds from now.
func limited(a emulate.Answer, short, day emulate.Quota) emulate.Answer {
	return a.
		With("X-RateLimit-Limit", fmt.Sprint(short.Limit)).
		With("X-RateLimit-Remaining", fmt.Sprint(short.Remaining)).
		With("X-RateLimit-Reset", seconds(short)).
		With("X-Daily-Requests-Limit", fmt.Sprint(day.Limit)).
		With("X-Daily-Requests-Remaining", fmt.Sprint(day.Remaining)).
		With("X-Daily-Requests-Reset", seconds(day))
}

func seconds(q emulate.Quota) string { return fmt.Sprint(int(q.Wait() / time.Second)) }

func wrongSite() emulate.Answer {
	return emulate.Text(http.StatusNotFound, "text/html; charset=utf-8",
		"<!DOCTYPE html>\n<html><head><title>Site not found</title></head><body><h1>This site does not exist</h1></body></html>\n")
}

// isOtherSite reports whether a Host header names a Scoro site, and not this
// one. Requests that name no site, but the address of the emulator, are for it.
func (s *Server) isOtherSite(host string) bool {
	for _, domain := range []string{".scoro.com", ".scoro.ee"} {
		if site, found := strings.CutSuffix(strings.ToLower(host), domain); found {
			return site != s.Site
		}
	}
	return false
}
