package securityscorecard

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/cordage-go/cordage/auth"
	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/internal/rest"
	"github.com/cordage-go/cordage/internal/wire"
)

const (
	name          = "securityscorecard"
	productionURL = "https://api.securityscorecard.io"
	platformURL   = "https://platform-api.securityscorecard.io"
)

// Options are the settings of a client. The zero value is right.
type Options struct {
	// AppName and AppVersion name the integration in SecurityScorecard's audit
	// log; empty leaves them out.
	AppName, AppVersion string
	// Scheme stands before the token in the Authorization header; empty means
	// "Token", which is documented for API tokens. That the tokens of
	// marketplace apps use the same word is an inference.
	Scheme string

	connector.Options
}

// A Client calls SecurityScorecard. It is safe for concurrent use.
type Client struct {
	services
	service service
	rest    *rest.Client
}

// New returns a client that gets its API token from tokens, such as
// auth.Static(token). o may be nil.
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
	client, err := newRest(tokens, *o)
	if err != nil {
		return nil, err
	}
	return newClient(client), nil
}

func newClient(pipeline *rest.Client) *Client {
	c := &Client{rest: pipeline}
	c.service.client = c
	c.services = newServices(&c.service)
	return c
}

func check(tokens auth.TokenSource, o *Options) error {
	if tokens == nil {
		return errors.New("tokens is nil; give auth.Static with an API token")
	}
	if err := auth.Check(tokens); err != nil {
		return fmt.Errorf("tokens: %w", err)
	}
	return cmp.Or(checkLine("AppName", o.AppName), checkLine("AppVersion", o.AppVersion), checkLine("Scheme", o.Scheme))
}

func checkLine(option, text string) error {
	if strings.ContainsFunc(text, unicode.IsControl) {
		return fmt.Errorf("option %s must not contain control characters", option)
	}
	return nil
}

func newRest(tokens auth.TokenSource, o Options) (*rest.Client, error) {
	platform := rest.Platform{
		Name:      name,
		BaseURL:   productionURL,
		Origins:   []string{productionURL, platformURL},
		Codec:     wire.SecurityScorecard(),
		Prepare:   func(call *connector.Call) error { return prepare(call, o) },
		Authorize: authorizer(o.Scheme),
		Failure:   failure,
		Pacing:    Pacing(),
	}
	return rest.New(platform, tokens, o.Options)
}

// As returns a copy for another account: it shares connections and pacing, and
// the options become defaults of its calls. Closing the copy leaves c open;
// closing c closes the copy. A copy takes about half a kilobyte, so that a program
// can hold one for each of its tenants.
func (c *Client) As(tokens auth.TokenSource, opts ...connector.CallOption) *Client {
	return newClient(c.rest.As(tokens, opts...))
}

// Do calls an operation: one of the package's, or your own for a path that has
// no method. in is written as the body, out gets the answer. Either may be nil.
//
//	op := connector.Operation{ID: "plans.list", Method: "GET", Path: "/score-plans/by-target/{domain}", Class: connector.Read}
//	err := client.Do(ctx, op.At("example.com"), nil, &plans)
//
// SecurityScorecard answers unknown paths below a company with the company's
// summary and status 200, so a success does not prove that a path exists. All
// errors are [connector.Error].
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

var pathVariable = regexp.MustCompile(`\{(\w+)\}`)

// prepare trims what stands in paths, lower-cases domains, as the platform
// demands, and names the integration.
func prepare(call *connector.Call, o Options) error {
	values := call.Operation.Values()
	variables := pathVariable.FindAllStringSubmatch(call.Operation.Path, -1)
	cleaned := make([]any, len(values))
	for i, value := range values {
		cleaned[i] = value
		if text, ok := value.(string); ok {
			cleaned[i] = clean(text, i < len(variables) && holdsDomain(variables[i][1]))
		}
	}
	call.Operation = call.Operation.At(cleaned...)
	if o.AppName != "" {
		connector.Header("X-SSC-Application-Name", o.AppName)(call)
	}
	if o.AppVersion != "" {
		connector.Header("X-SSC-Application-Version", o.AppVersion)(call)
	}
	return nil
}

// holdsDomain reports whether a variable of a path may be a domain. User names
// and files may have dots too, and their case is left alone.
func holdsDomain(variable string) bool {
	return strings.Contains(strings.ToLower(variable), "domain") || slices.Contains([]string{"scorecard_identifier", "asset", "origin", "source", "target"}, variable)
}

func clean(text string, domain bool) string {
	text = strings.TrimSpace(text)
	if domain && strings.Contains(text, ".") {
		return strings.ToLower(text)
	}
	return text
}

func authorizer(scheme string) func(*connector.Call, *http.Request, []byte, auth.Token) error {
	if scheme == "" {
		scheme = "Token"
	}
	return func(call *connector.Call, r *http.Request, _ []byte, t auth.Token) error {
		if call.Operation.Class != connector.Token {
			r.Header.Set("Authorization", scheme+" "+t.Access.Reveal())
		}
		return nil
	}
}
