package procore

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/cordage-go/cordage/auth"
	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/internal/rest"
	"github.com/cordage-go/cordage/internal/wire"
	"github.com/cordage-go/cordage/pace"
)

const name = "procore"

// Options are the settings of a client. The zero value is right for a user's
// token in production that only asks who it is; nearly everything else needs
// CompanyID.
type Options struct {
	// CompanyID is the company that calls are made in. [Company] changes it
	// for one call.
	CompanyID int64
	// Environment is the Procore that the client talks to; the zero value is
	// [Production]. Options.BaseURL replaces its API host alone.
	Environment Environment

	connector.Options
}

// A Client calls Procore. It is safe for concurrent use. The tools of Procore
// are packages of their own: rfi.New(client), directory.New(client).
type Client struct {
	rest *rest.Client
}

// New returns a client that gets its tokens from tokens: a session over a grant
// of [App], or any other source. o may be nil.
//
// A missing token source or a malformed option is an error of kind
// [connector.Invalid] that names it. Nothing is sent.
func New(tokens auth.TokenSource, o *Options) (*Client, error) {
	if o == nil {
		o = &Options{}
	}
	if err := check(tokens, o); err != nil {
		return nil, rest.OptionError(name, err)
	}
	environment, company := o.Environment.orProduction(), o.CompanyID
	platform := rest.Platform{
		Name:      name,
		BaseURL:   environment.APIURL,
		Codec:     wire.Procore(),
		Prepare:   func(call *connector.Call) error { return prepare(call, company) },
		Authorize: authorize,
		Failure:   failure,
		Pause:     readPause,
		PaceKey:   func(call *connector.Call) string { return call.Account + "/" + call.Named[companyVariable] },
	}
	client, err := rest.New(platform, tokens, o.Options, newPacer())
	if err != nil {
		return nil, err
	}
	return &Client{rest: client}, nil
}

func check(tokens auth.TokenSource, o *Options) error {
	if tokens == nil {
		return errors.New("tokens is nil; give a session over a grant of procore.App, or auth.Static")
	}
	if err := auth.Check(tokens); err != nil {
		return fmt.Errorf("tokens: %w", err)
	}
	if o.CompanyID < 0 {
		return fmt.Errorf("option CompanyID must be a positive company id, not %d", o.CompanyID)
	}
	return o.Environment.check()
}

// newPacer is careful, since limits differ by app and are not published: about
// two requests a second, and at most 20 at once where the shortest window that
// is known takes 25.
func newPacer() *pace.Pacer { return pace.New(2, 20, readPause) }

// As returns a copy for another account: it shares connections and pacing, and
// the options become defaults of its calls. Closing the copy leaves c open;
// closing c closes the copy.
//
//	tenant := client.As(session, connector.Account("tenant-17"), procore.Company(42))
func (c *Client) As(tokens auth.TokenSource, opts ...connector.CallOption) *Client {
	return &Client{rest: c.rest.As(tokens, opts...)}
}

// Do calls an operation: one of a tool's package, or your own for a path that
// has no method. in is written as the body, under the operation's wrapper; out
// gets what stands under its envelope. Either may be nil.
//
//	op := connector.Operation{ID: "weather.get", Method: "GET", Path: "/rest/v1.0/projects/{project_id}/weather", Class: connector.Read}
//	err := client.Do(ctx, op.At(projectID), nil, &weather)
//
// A variable company_id is filled by the client. All errors are [connector.Error].
func (c *Client) Do(ctx context.Context, op connector.Operation, in, out any, opts ...connector.CallOption) error {
	return c.rest.Do(ctx, op, in, out, opts...)
}

// Decode reads an answer that a method returned as JSON, because its form is
// not documented, into out: a pointer to a struct, a slice or a map. It is as
// lenient as the reading of typed answers: values that do not fit stay unset
// and are told to Options.OnDrift. JSON of another outer shape than out is an
// error of kind [connector.Decode].
func (c *Client) Decode(raw json.RawMessage, out any) error {
	return c.rest.Decode(connector.Operation{ID: "Decode", Class: connector.Read}, raw, out)
}

// Close ends waits and running calls. Later calls fail with [connector.Closed].
// Calling it again does nothing.
func (c *Client) Close() error { return c.rest.Close() }

const companyVariable = "company_id"

// prepare puts the company on a call. Procore finds the company's region by
// the header, on every verb.
func prepare(call *connector.Call, companyID int64) error {
	if call.Named[companyVariable] == "" && companyID > 0 {
		Company(companyID)(call)
	}
	company, known := call.Named[companyVariable]
	switch {
	case known && !positive(company):
		return fmt.Errorf("company %s is not a positive company id", company)
	case known:
		if call.Header == nil {
			call.Header = http.Header{}
		}
		call.Header.Set("Procore-Company-Id", company)
	case needsCompany(call.Operation.Path):
		return errors.New("no company: set Options.CompanyID, or procore.Company for one call")
	}
	return nil
}

func positive(text string) bool {
	n, err := strconv.ParseInt(text, 10, 64)
	return err == nil && n > 0
}

// needsCompany reports whether a path is of no use without a company. Who am
// I, and which companies are there, can be asked before any company is known.
func needsCompany(path string) bool {
	path, _, _ = strings.Cut(path, "?")
	return strings.HasPrefix(path, "/rest/") && path != "/rest/v1.0/me" && path != "/rest/v1.0/companies"
}

func authorize(call *connector.Call, r *http.Request, _ []byte, t auth.Token) error {
	if call.Operation.Class != connector.Token {
		r.Header.Set("Authorization", "Bearer "+t.Access.Reveal())
	}
	return nil
}

// readPause reads how long Procore asks to wait. The rate headers tell of
// whichever of two windows is nearer to its end, with an absolute time, which
// is compared with the answer's own Date. Retry-After is promised by some of
// its pages and not by others; the longer of the two counts.
func readPause(status int, h http.Header, now time.Time) time.Duration {
	limited := status == http.StatusTooManyRequests || status == http.StatusServiceUnavailable
	if !limited && h.Get("X-Rate-Limit-Remaining") != "0" {
		return 0
	}
	var pause time.Duration
	if reset, err := strconv.ParseInt(h.Get("X-Rate-Limit-Reset"), 10, 64); err == nil && h.Get("X-Rate-Limit-Remaining") == "0" {
		pause = max(0, time.Unix(reset, 0).Sub(rest.ServerTime(h, now)))
	}
	if limited {
		pause = max(pause, rest.RetryAfter(h, now))
	}
	return pause
}
