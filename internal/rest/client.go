// Package rest is the one way out: every API call of every platform is built,
// paced, sent, repeated, read and judged here. What differs between the
// platforms is a [Platform]; the order of a call stands in do.go.
package rest

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/url"
	"slices"

	"github.com/cordage-go/cordage/auth"
	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/internal/wire"
	"github.com/cordage-go/cordage/pace"
)

// version stands in the User-Agent.
const version = "0.1"

// A Platform is what one platform adds to the pipeline. Only Name, BaseURL,
// Codec, Authorize, Failure and Pacing must be set.
type Platform struct {
	Name    string
	BaseURL string      // the API root in production
	Origins []string    // further hosts of the platform that next links may name
	Codec   *wire.Codec // how the platform writes plain values
	// Reader is the codec for answers where it hangs on the token; nil means Codec.
	Reader func(auth.Token) *wire.Codec

	// Tokens picks the token source of one call; nil means the client's only one.
	Tokens func(*connector.Call) (auth.TokenSource, error)
	// Prepare completes and checks a call before its request is built.
	Prepare func(*connector.Call) error
	// Body writes the body; nil means the value itself, wrapped as the operation says.
	Body func(call *connector.Call, in any) ([]byte, error)
	// Authorize places the credential on one attempt, none on a sign-in (class
	// Token). The request is a fresh copy; body is what Body wrote.
	Authorize func(call *connector.Call, r *http.Request, body []byte, t auth.Token) error
	// Failure reads an error out of an answer, nil if it is a success. It sets
	// Kind, Status, Code, Message, Fields and Remedy as far as it can tell.
	Failure func(call *connector.Call, a *Answer) *connector.Error
	// Renewable says whether a new token may help against an Unauthorized
	// failure; nil means always.
	Renewable func(*connector.Error) bool
	// Pacing is how the platform limits requests, and what its answers say of it.
	Pacing pace.Policy
	// PaceKey names what the platform counts requests by; nil means the account.
	PaceKey func(*connector.Call) string
	// Secrets are texts that no error may show, beside the call's token and
	// what the body of a sign-in holds.
	Secrets []string
}

// An Answer is one complete answer of a platform.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte     // without the byte order mark that some servers send
	Token  auth.Token // that the request was sent with; empty for a sign-in

	members map[string]json.RawMessage
}

// Members returns the members of an answer that is one JSON object. They are
// read once. The answer and all that is of it are good until the call is over.
func (a *Answer) Members() (map[string]json.RawMessage, error) {
	if a.members != nil {
		return a.members, nil
	}
	var err error
	a.members, err = wire.Members(a.Body)
	return a.members, err
}

// Client sends the calls of one client of one platform. It is safe for
// concurrent use. Copies made by As share its line, and are small, since a
// program may hold one for each of thousands of tenants.
type Client struct {
	*line
	tokens   auth.TokenSource
	defaults connector.CallOption // what As was given; nil for nothing
	parent   *Client              // what it is a copy of, or nil
	closed   bool                 // guarded by line.running.mu
}

// A line is what a client and its copies share.
type line struct {
	platform *Platform
	options  *connector.Options
	base     *url.URL

	chain    http.RoundTripper // the middleware, and behind it the last step
	open     bool              // there is middleware
	blank    *http.Request     // what each request begins with
	accept   []string          // the values of two headers, which nobody changes
	agent    []string
	pools    *pools
	exact    bool // the trace is net/http's own: see neverSent
	clear    bool // connections without TLS carry HTTP/2
	budgets  *budgets
	pacer    connector.Pacer
	log      *slog.Logger
	running  *running
	memories *memories
	hands    *hands
}

// New checks the options and makes a client. Errors name the option at fault.
func New(p Platform, tokens auth.TokenSource, o connector.Options) (*Client, error) {
	o, err := complete(p, o)
	if err != nil {
		return nil, err
	}
	base, err := CheckURL("BaseURL", o.BaseURL)
	if err != nil {
		return nil, OptionError(p.Name, "New", err)
	}
	if o.Pacer == nil {
		if o.Pacer, err = pace.New(p.Pacing); err != nil {
			return nil, OptionError(p.Name, "New", err)
		}
	}
	l := &line{
		platform: &p, options: &o, base: base, pacer: o.Pacer, log: o.Logger,
		chain: around(o.Middleware), open: len(o.Middleware) > 0, blank: &http.Request{Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1},
		pools: newPools(o.Transport), exact: tracesAll(o.Transport), clear: speaksClear(o.Transport),
		accept: []string{jsonContent}, agent: []string{userAgent(o.UserAgent, p.Name)},
		budgets: newBudgets(), running: newRunning(), memories: &memories{}, hands: &hands{},
	}
	if o.Transport == nil {
		l.pools = ownPools(connector.NewTransport())
	}
	c := &Client{line: l, tokens: tokens}
	if o.Account != "" {
		c.defaults = connector.Account(o.Account)
	}
	return c, nil
}

// As returns a copy for another account. The options become defaults of its
// calls. Closing it does not close c; closing c closes it.
func (c *Client) As(tokens auth.TokenSource, opts ...connector.CallOption) *Client {
	return &Client{line: c.line, tokens: tokens, defaults: together(opts), parent: c}
}

// Source is the token source that the client was made with; nil without one.
func (c *Client) Source() auth.TokenSource { return c.tokens }

// together makes one option of several.
func together(opts []connector.CallOption) connector.CallOption {
	switch len(opts) {
	case 0:
		return nil
	case 1:
		return opts[0]
	}
	opts = slices.Clone(opts)
	return func(call *connector.Call) {
		for _, set := range opts {
			set(call)
		}
	}
}

// set puts the client's defaults on a call, those of its parents first.
func (c *Client) set(call *connector.Call) {
	if c.parent != nil {
		c.parent.set(call)
	}
	if c.defaults != nil {
		c.defaults(call)
	}
}

// At returns a client for one call at another address and platform of the same
// name, for tenants that each have a site of their own. It ends with c.
func (c *Client) At(p *Platform, baseURL string) (*Client, error) {
	base, err := CheckURL("BaseURL", baseURL)
	if err != nil {
		return nil, OptionError(p.Name, "New", err)
	}
	at := *c.line
	at.platform, at.base = p, base
	return &Client{line: &at, tokens: c.tokens, parent: c}, nil
}

// Close ends waits and running calls and closes the connections, which a copy
// shares and leaves open. Later calls fail with kind Closed. Calling it again
// does nothing.
func (c *Client) Close() error {
	c.running.end(c)
	if c.parent == nil {
		c.pools.close()
	}
	return nil
}

// A Doer is the client of one platform, as generated methods see it.
type Doer interface {
	Do(ctx context.Context, op connector.Operation, in, out any, opts ...connector.CallOption) error
}

// Get reads one value. q is a query struct or nil.
func Get[T any](ctx context.Context, c Doer, op connector.Operation, q any, opts []connector.CallOption) (*T, error) {
	return Send[T](ctx, c, op, nil, WithQuery(q, opts))
}

// Send calls op with the body in and returns its answer.
func Send[T any](ctx context.Context, c Doer, op connector.Operation, in any, opts []connector.CallOption) (*T, error) {
	out := new(T)
	if err := c.Do(ctx, op, in, out, opts...); err != nil {
		return nil, err
	}
	return out, nil
}

// Raw calls op and returns its answer as it came, for answers of unknown shape.
func Raw(ctx context.Context, c Doer, op connector.Operation, in any, opts []connector.CallOption) (json.RawMessage, error) {
	var out json.RawMessage
	err := c.Do(ctx, op, in, &out, opts...)
	return out, err
}

// WithQuery puts a query struct, if there is one, before the caller's options,
// whose slice it leaves alone.
func WithQuery(q any, opts []connector.CallOption) []connector.CallOption {
	if q == nil {
		return opts
	}
	return append([]connector.CallOption{connector.Query(q)}, opts...)
}
