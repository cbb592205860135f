package securityscorecardtest

import (
	"cmp"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/cordage-go/cordage/internal/emulate"
)

// A record is one JSON object.
type record = emulate.Record

// A platform is the emulated SecurityScorecard, without its sockets.
type platform struct {
	options     Options
	table       *emulate.Table
	today       time.Time // midnight UTC
	state       *emulate.State
	typed       *emulate.Typed
	tokens      *emulate.Tokens
	hour        *emulate.Window    // requests by token
	orders      *emulate.Window    // orders of detailed reports by token
	behaviour   map[string]handler // by verb and path
	issueTypes  []issueType
	storagePort string
	consent     *emulate.Consent

	mu        sync.Mutex
	userToken string
	appTokens map[string]string // of the app's installations, by user
	appSecret string
	secrets   int      // how many the app has had
	redirects []string // registered for the app
}

// A handler answers one operation. An error is a *refusal.
type handler func(c *emulate.Call) (emulate.Answer, error)

func newPlatform(o Options, table *emulate.Table) *platform {
	today := o.Today
	if today.IsZero() {
		today = time.Date(2026, time.September, 30, 0, 0, 0, 0, time.UTC)
	}
	today = today.UTC().Truncate(24 * time.Hour)
	state := emulate.NewState(today.Add(9 * time.Hour))
	p := &platform{
		options: o, table: table, today: today,
		state:  state,
		typed:  emulate.NewTyped(table, state, unversioned),
		tokens: emulate.NewTokens("demo-not-a-secret"),
		hour:   emulate.NewWindow(0, time.Hour),
		orders: emulate.NewWindow(0, time.Hour),

		issueTypes: issueTypes(),
		userToken:  demoToken, appTokens: map[string]string{}, appSecret: demoSecret, secrets: 1,
		redirects: []string{cmp.Or(o.RedirectURI, defaultRedirect)},
	}
	p.consent = &emulate.Consent{Platform: "SecurityScorecard", Username: demoUser, Password: demoPassword, Decided: p.decided}
	p.typed.NewID = func(n int) any { return p.uuid("typed", strconv.Itoa(n)) }
	p.typed.Time = stamp
	p.typed.Homes = map[string]string{"companies": "companies", "portfolios": "portfolios"}
	p.behaviour = p.handlers()
	p.setLimits(o.Limits)
	p.tokens.Put(emulate.Pair{Access: demoToken, Holder: emulate.Holder{Subject: demoUser}})
	p.tokens.PutClient(demoApp, demoSecret)
	p.tokens.PutCode(demoCode, installation(demoUser))
	return p
}

// answer is every request's way through the platform: who asks, how often,
// what for, with which values.
func (p *platform) answer(c *emulate.Call) emulate.Answer {
	a, err := p.serve(c)
	if err == nil {
		return a
	}
	refused, ok := errors.AsType[*refusal](err)
	if !ok {
		refused = refuse(http.StatusInternalServerError, "%v", err)
	}
	return refused.answer()
}

func (p *platform) serve(c *emulate.Call) (emulate.Answer, error) {
	if c.Route.Path == exchangePath {
		return p.exchange(c) // the one call without a credential
	}
	if strings.HasPrefix(c.URL.Path, marketplace) {
		return p.page(c), nil // for a browser
	}
	token, err := p.authenticate(c)
	if err != nil {
		return emulate.Answer{}, err
	}
	if quota := p.hour.Count(token); quota.Over {
		return slowDown(quota), nil
	}
	if c.Route.Path == "/reports/detailed" {
		if quota := p.orders.Count(token); quota.Over {
			return slowDown(quota), nil
		}
	}
	if c.Route.Path == "" {
		return p.unknownPath(c)
	}
	if err := p.checkQuery(c); err != nil {
		return emulate.Answer{}, err
	}
	if handle := p.behaviour[c.Route.Name()]; handle != nil {
		return handle(c)
	}
	return p.byTable(c)
}

// slowDown says how long to wait, and nothing else.
func slowDown(q emulate.Quota) emulate.Answer {
	seconds := int(q.Wait() / time.Second)
	return emulate.Empty(http.StatusTooManyRequests).With("Retry-After", strconv.Itoa(max(seconds, 1)))
}

func (p *platform) setLimits(l Limits) {
	p.hour.SetLimit(cmp.Or(l.Hour, 1_000_000))
	p.orders.SetLimit(cmp.Or(l.DetailedReports, 1_000_000))
}

// unknownPath answers paths that do not exist. Below a company they answer with
// the company itself, as the live platform was seen to do, so that a 200 is no
// proof that a path exists.
func (p *platform) unknownPath(c *emulate.Call) (emulate.Answer, error) {
	if len(c.Allowed) > 0 {
		verbs := strings.Join(c.Allowed, ", ")
		return refuse(http.StatusMethodNotAllowed, "%s is not a method of %s; it has %s", c.Method, c.URL.Path, verbs).answer().With("Allow", verbs), nil
	}
	segments := strings.Split(strings.Trim(c.URL.Path, "/"), "/")
	if c.Method == http.MethodGet && len(segments) > 2 && segments[0] == "companies" {
		c.Values = map[string]string{"scorecard_identifier": segments[1]}
		return p.readCompany(c)
	}
	return emulate.Answer{}, refuse(http.StatusNotFound, "there is no %s %s; check the path, or whether the library has a method for it: the emulator has no others", c.Method, c.URL.Path)
}

// byTable answers an operation by what the table says of it. The company and
// the portfolio in its path must be within reach all the same.
func (p *platform) byTable(c *emulate.Call) (emulate.Answer, error) {
	if err := p.checkPath(c); err != nil {
		return emulate.Answer{}, err
	}
	op := c.Operation()
	var sent any
	if op.Body != nil {
		var err error
		if sent, err = p.readBody(c); err != nil {
			return emulate.Answer{}, err
		}
	}
	result := p.typed.Do(emulate.Ask{Call: c, Sent: sent})
	if result.Missing != "" {
		return emulate.Answer{}, refuse(http.StatusNotFound, "nothing has the id %s in %s", result.Missing, c.URL.Path)
	}
	status := cmp.Or(op.Status, http.StatusOK)
	switch {
	case op.Download:
		return emulate.Text(status, "text/plain; charset=utf-8", "a file of the emulator\n"), nil
	case op.Answer.Known == "none" || status == http.StatusNoContent:
		return emulate.Empty(status), nil
	case result.List != nil && op.Answer.Items != "":
		return p.list(c, op.Answer.Items, result.List)
	}
	var said any = result.List
	if result.List == nil {
		said = result.One
	}
	if member := cmp.Or(op.Answer.Items, op.Answer.Envelope); member != "" {
		said = record{member: said}
	}
	return emulate.JSON(status, said), nil
}

// unversioned removes the versions from a path, so that what one version makes
// the others have too.
func unversioned(path []string) []string {
	return slices.DeleteFunc(slices.Clone(path), func(segment string) bool {
		return len(segment) == 2 && segment[0] == 'v' && segment[1] >= '1' && segment[1] <= '9'
	})
}

func (p *platform) checkPath(c *emulate.Call) error {
	first, rest, _ := strings.Cut(strings.Trim(c.Route.Path, "/"), "/")
	switch first {
	case "companies":
		_, err := p.company(c)
		return err
	case "portfolios":
		id := cmp.Or(c.Values["portfolio_id"], c.Values["id"])
		if !strings.HasPrefix(rest, "{") {
			return nil
		}
		return p.mustHave(id)
	default:
		return nil
	}
}

// origin is the address that the client used, so that links lead back to where
// it came from, also through a forwarded port.
func origin(c *emulate.Call) string { return "http://" + c.Host }

func portOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		panic(err) // the server made the address itself
	}
	return u.Port()
}

// stamp writes a moment as the platform does: UTC with milliseconds.
func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }
