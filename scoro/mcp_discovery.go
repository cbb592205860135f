package scoro

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/internal/rest"
)

// Where a host keeps metadata (RFC 9728, RFC 8414, OpenID Connect Discovery).
const (
	placeOfResource = "/.well-known/oauth-protected-resource"
	placeOfOAuth    = "/.well-known/oauth-authorization-server"
	placeOfOpenID   = "/.well-known/openid-configuration"
)

// Bounds of one look-up.
const (
	maxMetadata   = 1 << 20
	lookUpTimeout = 20 * time.Second
)

// A discovery finds the sign-in server of an MCP server, by requests without a
// credential that follow no redirect. The servers' own words lead it, so each
// is checked: what an MCP server says comes from its own origin and is about
// it, what a sign-in server says is about the one that was named, and every
// address is https, or on this machine if the MCP server is.
type discovery struct {
	endpoint  *url.URL // of the MCP server
	issuer    string   // the only sign-in server, if the app names one
	transport http.RoundTripper
}

// protectedResource is what an MCP server says of itself (RFC 9728, section 2).
type protectedResource struct {
	Resource string   `json:"resource"`
	Servers  []string `json:"authorization_servers"`
	Scopes   []string `json:"scopes_supported"`
}

// signInServer is what a sign-in server says of itself (RFC 8414, section 2).
type signInServer struct {
	Issuer      string   `json:"issuer"`
	Authorize   string   `json:"authorization_endpoint"`
	Token       string   `json:"token_endpoint"`
	SecretWays  []string `json:"token_endpoint_auth_methods_supported"`
	Challenges  []string `json:"code_challenge_methods_supported"`
	NamesItself bool     `json:"authorization_response_iss_parameter_supported"` // RFC 9207

	token *url.URL // Token, checked
}

// resource reads what the MCP server says of itself.
func (d discovery) resource(ctx context.Context) (protectedResource, error) {
	refusal, err := d.refusal(ctx)
	if err != nil {
		return protectedResource{}, err
	}
	resource, err := d.described(ctx, refusal["resource_metadata"])
	if scope := refusal["scope"]; scope != "" {
		resource.Scopes = strings.Fields(scope) // what it asks for, of all that it knows
	}
	return resource, err
}

// refusal asks the MCP server without a token and returns what its challenge
// says, if it makes one. Any other answer leaves the usual places to look at.
func (d discovery) refusal(ctx context.Context) (map[string]string, error) {
	var response connector.Response
	err := d.get(ctx, d.endpoint, nil, connector.WithResponse(&response))
	if errors.Is(err, connector.Unavailable) || errors.Is(err, connector.Canceled) {
		return nil, err
	}
	if response.Status != http.StatusUnauthorized {
		return nil, nil
	}
	return bearerChallenge(response.Header.Values("WWW-Authenticate")), nil
}

// described reads the MCP server's metadata, where it says it is or else at
// the usual places.
func (d discovery) described(ctx context.Context, named string) (protectedResource, error) {
	places := []*url.URL{placed(d.endpoint, placeOfResource+d.endpoint.Path), placed(d.endpoint, placeOfResource)}
	if named != "" {
		place, err := d.own(named)
		if err != nil {
			return protectedResource{}, err
		}
		places = []*url.URL{place}
	}
	resource, err := first[protectedResource](ctx, d, places)
	switch {
	case named == "" && errors.Is(err, connector.NotFound):
		// The standard's first edition had no such metadata: there the MCP
		// server's own host signs users in.
		return protectedResource{Resource: d.endpoint.String(), Servers: []string{origin(d.endpoint)}}, nil
	case err == nil && !covers(resource.Resource, d.endpoint):
		err = discoveryError(connector.Origin, fmt.Sprintf("the MCP server's metadata is about %s, not about %s", shown(resource.Resource), d.endpoint))
	}
	return resource, err
}

// own reads the address of metadata that an MCP server named. It must be on the
// server's own origin, since metadata says whom to trust.
func (d discovery) own(named string) (*url.URL, error) {
	place, err := d.address("the MCP server", "metadata", named)
	if err == nil && origin(place) != origin(d.endpoint) {
		err = discoveryError(connector.Origin, "the MCP server has its metadata elsewhere, at "+shown(named))
	}
	return place, err
}

// signInServer reads what the sign-in server of a resource says of itself.
func (d discovery) signInServer(ctx context.Context, resource protectedResource) (signInServer, error) {
	issuer, err := d.choose(resource.Servers)
	if err != nil {
		return signInServer{}, err
	}
	at, err := d.address("the MCP server", "sign-in server", issuer)
	if err != nil {
		return signInServer{}, err
	}
	says, err := first[signInServer](ctx, d, []*url.URL{
		placed(at, placeOfOAuth+at.Path), placed(at, placeOfOpenID+at.Path), placed(at, strings.TrimRight(at.Path, "/")+placeOfOpenID),
	})
	if err == nil {
		err = d.check(&says, issuer)
	}
	return says, err
}

// check reads the addresses in a sign-in server's metadata.
func (d discovery) check(says *signInServer, issuer string) error {
	if !sameName(says.Issuer, issuer) {
		return discoveryError(connector.Origin, fmt.Sprintf("the metadata of the sign-in server %s is about %s", shown(issuer), shown(says.Issuer)))
	}
	who := "the sign-in server " + shown(issuer)
	if _, err := d.address(who, "page where users agree", says.Authorize); err != nil {
		return err
	}
	var err error
	says.token, err = d.address(who, "token endpoint", says.Token)
	return err
}

// choose picks the sign-in server that the app insists on, else the first one.
func (d discovery) choose(servers []string) (string, error) {
	if len(servers) == 0 {
		return "", discoveryError(connector.Decode, "the MCP server's metadata names no sign-in server")
	}
	if d.issuer == "" {
		return servers[0], nil
	}
	for _, server := range servers {
		if sameName(server, d.issuer) {
			return server, nil
		}
	}
	e := discoveryError(connector.Origin, fmt.Sprintf("the MCP server names the sign-in server %s, not MCPApp.Issuer", shown(servers[0])))
	e.Remedy = "find out which of the two is Scoro's before you change MCPApp.Issuer"
	return "", e
}

// first reads the first of the places that has metadata.
func first[T any](ctx context.Context, d discovery, places []*url.URL) (T, error) {
	var missing *connector.Error
	for _, place := range slices.CompactFunc(places, func(a, b *url.URL) bool { return *a == *b }) {
		var metadata T
		err := d.get(ctx, place, &metadata)
		e, failed := connector.AsError(err)
		if !failed || !absent(e.Kind) {
			return metadata, err
		}
		missing = cmp.Or(missing, e)
	}
	var none T
	e := discoveryError(connector.NotFound, "nothing says where users sign in")
	if missing != nil {
		e.Message, e.Status, e.Err = e.Message+": "+missing.Message, missing.Status, missing
	}
	return none, e
}

// absent reports whether an answer means that there is no metadata here. Many
// servers have a web page or a redirect for what they do not know.
func absent(k connector.Kind) bool {
	return !slices.Contains([]connector.Kind{connector.Unavailable, connector.RateLimited, connector.TooLarge,
		connector.TimedOut, connector.Canceled, connector.Closed}, k)
}

// get reads one address.
func (d discovery) get(ctx context.Context, at *url.URL, out any, opts ...connector.CallOption) error {
	options := connector.Options{Transport: d.transport, Timeout: lookUpTimeout, MaxBody: maxMetadata}
	client, err := rest.New(mcpPlatform(at), nil, options)
	if err != nil {
		return err
	}
	defer client.Close()
	op := connector.Operation{ID: discoverID, Method: "GET", Path: pathOf(at), Class: connector.Read}
	err = client.Do(ctx, op, nil, out, opts...)
	if e, ok := connector.AsError(err); ok {
		e.Message = shown(at.String()) + ": " + reason(e)
		if e.Kind == connector.TooLarge || e.Kind == connector.Unavailable && e.Status == 0 {
			e.Remedy = remedyEndpoint
		}
	}
	return err
}

func reason(e *connector.Error) string {
	if e.Message == "" && e.Err != nil {
		return e.Err.Error()
	}
	return cmp.Or(e.Message, string(e.Kind))
}
