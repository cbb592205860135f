package procore

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/cordage-go/cordage/auth"
	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/internal/rest"
	"github.com/cordage-go/cordage/internal/wire"
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
		return nil, rest.OptionError(name, "New", err)
	}
	environment, own := o.Environment.orProduction(), inCompany(o.CompanyID)
	platform := rest.Platform{
		Name:      name,
		BaseURL:   environment.APIURL,
		Codec:     wire.Procore(),
		Prepare:   func(call *connector.Call) error { return prepare(call, own) },
		Authorize: authorize,
		Failure:   failure,
		Pacing:    Pacing(),
		PaceKey:   paceKey,
	}
	client, err := rest.New(platform, tokens, o.Options)
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
	for _, address := range []string{o.BaseURL, o.Environment.APIURL} {
		if strings.HasSuffix(strings.TrimRight(address, "/"), "/rest") || strings.Contains(address, "/rest/v") {
			return errors.New("the API's address is the host alone, such as https://api.procore.com: leave out /rest and the version")
		}
	}
	return o.Environment.check()
}

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

const (
	companyVariable = "company_id"
	companyHeader   = "Procore-Company-Id"
)

// A company is what calls in it carry. Calls share it, so nobody changes it.
type company struct {
	named  map[string]string
	header http.Header
}

// inCompany returns nil for no company.
func inCompany(id int64) *company {
	if id == 0 {
		return nil
	}
	text := strconv.FormatInt(id, 10)
	return &company{map[string]string{companyVariable: text}, http.Header{companyHeader: {text}}}
}

// prepare puts the company on a call, the client's own where the call names
// none. Procore finds the company's region by the header, on every verb.
func prepare(call *connector.Call, own *company) error {
	if own != nil && call.Named == nil && call.Header == nil { // nearly always
		call.Named, call.Header = own.named, own.header
		return nil
	}
	if own != nil && call.Named[companyVariable] == "" {
		setCompany(call, own.named[companyVariable])
	}
	company, known := call.Named[companyVariable]
	switch {
	case known && !positive(company):
		return fmt.Errorf("company %s is not a positive company id", company)
	case known:
		if call.Header == nil {
			call.Header = http.Header{}
		}
		call.Header.Set(companyHeader, company)
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
