package procoretest

import (
	"fmt"
	"html"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cordage-go/cordage/internal/emulate"
)

// A platform is what stands behind a server: the sign-in, the limits and the records.
type platform struct {
	types   map[string]emulate.Type
	table   map[string]*emulate.Operation // by verb and path
	routes  map[string]handler            // hand-written behaviour by verb and path
	kinds   map[string]*resource          // hand-written behaviour by the template of a collection's path
	state   *emulate.State
	typed   *emulate.Typed
	signIn  *signIn
	limits  *limits
	storage string // base URL of the file storage
	seeded  map[string]int

	requests atomic.Int64 // numbers the answers

	mu        sync.Mutex
	connected map[string]bool // companies that have the app installed, by id
}

// A record is one JSON object as it is kept and answered.
type record = emulate.Record

// A handler answers a call that passed the checks that all calls share.
type handler func(*call) (emulate.Answer, error)

func newRouter(table *emulate.Table) *emulate.Router {
	router := emulate.NewRouter("", table)
	router.Add(http.MethodGet, "/oauth/authorize")
	router.Add(http.MethodPost, "/oauth/authorize") // the forms of its pages
	router.Add(http.MethodPost, "/oauth/token")
	router.Add(http.MethodGet, "/oauth/token/info")
	router.Add(http.MethodPost, "/oauth/revoke")
	return router
}

func newPlatform(table *emulate.Table, o *Options, storage string) *platform {
	state := emulate.NewState(firstDay)
	p := &platform{
		types: table.Types, kinds: kinds(), state: state, typed: emulate.NewTyped(table, state, unscoped),
		signIn: newSignIn(o, state), limits: newLimits(o.Limits), storage: storage,
		connected: map[string]bool{}, seeded: map[string]int{}, table: map[string]*emulate.Operation{},
	}
	p.typed.NewID, p.typed.Lay, p.typed.Homes = typedID, p.lay, p.homes()
	for i := range table.Operations {
		op := &table.Operations[i]
		p.table[op.Verb+" "+op.Path] = op
	}
	p.routes = p.behaviour()
	seed(p, o.Seed, o.Empty)
	return p
}

// answer is the way of every request through the emulator.
func (p *platform) answer(c *emulate.Call) emulate.Answer {
	a := p.dispatch(c)
	if a.Header.Get("X-Request-Id") == "" {
		a = a.With("X-Request-Id", fmt.Sprintf("procoretest-%08d", p.requests.Add(1)))
	}
	return a
}

func (p *platform) dispatch(c *emulate.Call) emulate.Answer {
	switch path := c.URL.Path; {
	case strings.HasPrefix(path, "/oauth/"):
		return p.signIn.answer(c)
	case strings.HasPrefix(path, "/rest/"):
		return p.rest(c)
	default:
		return emulate.Text(http.StatusNotFound, "text/html; charset=utf-8",
			"<!DOCTYPE html><html><head><title>Page not found</title></head><body><h1>404</h1><p>There is nothing at "+
				html.EscapeString(path)+". API paths begin with /rest/v1.0/ or the like.</p></body></html>")
	}
}

// rest checks what all API calls share, in the order in which a gateway, the
// API and the resource would, and answers the call.
func (p *platform) rest(raw *emulate.Call) emulate.Answer {
	c := &call{Call: raw, p: p, form: p.renderTop, version2: strings.HasPrefix(raw.URL.Path, "/rest/v2.")}
	pair, err := p.signIn.bearer(raw.Request)
	c.holder = pair.Holder
	company := raw.Header.Get(companyHeader)
	quota := p.limits.count(pair.Holder, company)
	if quota.Over {
		return quota.tooMany()
	}
	a, refused := emulate.Answer{}, err
	if refused == nil {
		a, refused = p.serve(c)
	}
	if refused != nil {
		a = c.refuse(refused)
	}
	return quota.mark(a)
}

func (p *platform) serve(c *call) (emulate.Answer, error) {
	if c.Operation() == nil {
		return emulate.Answer{}, noRoute(c.Call)
	}
	if err := c.readQuery(); err != nil {
		return emulate.Answer{}, err
	}
	if err := c.readBody(); err != nil {
		return emulate.Answer{}, err
	}
	if err := c.enterCompany(); err != nil {
		return emulate.Answer{}, err
	}
	if err := c.checkScope(); err != nil {
		return emulate.Answer{}, err
	}
	if h := p.routes[c.Route.Name()]; h != nil {
		return h(c)
	}
	return p.untold(c)
}

func (p *platform) connect(company int64, connected bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.connected[strconv.FormatInt(company, 10)] = connected
}

func (p *platform) isConnected(company string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.connected[company]
}

// now is the state's clock as Procore writes it.
func (p *platform) now() string { return p.state.Now().UTC().Format(time.RFC3339) }
