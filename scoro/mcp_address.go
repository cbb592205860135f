package scoro

import (
	"cmp"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/cordage-go/cordage/auth"
	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/internal/rest"
	"github.com/cordage-go/cordage/internal/wire"
)

const (
	discoverID     = "MCPApp.discover"
	remedyEndpoint = "compare MCPApp.Site and MCPApp.Endpoint with what the site shows under Site settings > Integrations > Scoro MCP"
)

// discoveryError reports what a server says wrong. What helps mostly is to ask
// another server.
func discoveryError(kind connector.Kind, message string) *connector.Error {
	return &connector.Error{Platform: name, Operation: discoverID, Kind: kind, Message: message, Remedy: remedyEndpoint}
}

// address reads an address that a server named as its what.
func (d discovery) address(who, what, text string) (*url.URL, error) {
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Hostname() == "" || u.User != nil || strings.Contains(text, "#"):
		return nil, discoveryError(connector.Decode, fmt.Sprintf("%s names no usable %s", who, what))
	case u.Scheme == "https", rest.IsLoopback(u) && rest.IsLoopback(d.endpoint):
		return u, nil
	}
	return nil, discoveryError(connector.Origin, fmt.Sprintf("%s names %s as its %s, and that is not https", who, shown(text), what))
}

// placed is another path on the same host.
func placed(of *url.URL, path string) *url.URL {
	return &url.URL{Scheme: of.Scheme, Host: of.Host, Path: strings.TrimRight(path, "/")}
}

// pathOf is what stands behind the origin, as an operation's path.
func pathOf(u *url.URL) string {
	path := cmp.Or(u.EscapedPath(), "/")
	if u.RawQuery != "" {
		path += "?" + u.Query().Encode() // braces in it are no variables
	}
	return path
}

// origin is scheme, host and port, the port left out where it is the usual one.
func origin(u *url.URL) string {
	host := strings.ToLower(u.Host)
	host = strings.TrimSuffix(host, map[string]string{"https": ":443", "http": ":80"}[u.Scheme])
	return u.Scheme + "://" + host
}

// covers reports whether a resource's name stands for the endpoint: it is the
// endpoint, or something above it on the same origin.
func covers(resource string, endpoint *url.URL) bool {
	u, err := url.Parse(resource)
	if err != nil || u.User != nil || u.RawQuery != "" || origin(u) != origin(endpoint) {
		return false
	}
	return strings.HasPrefix(strings.TrimRight(endpoint.Path, "/")+"/", strings.TrimRight(u.Path, "/")+"/")
}

// sameName compares the names of sign-in servers. The standard wants them alike
// letter by letter; a slash at the end is forgiven, since many differ in it.
func sameName(a, b string) bool { return strings.TrimRight(a, "/") == strings.TrimRight(b, "/") }

// shown is a server's word for an address, fit for an error: without a query,
// which may hold a secret.
func shown(text string) string {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" {
		return "what is no address"
	}
	return rest.Clean(u.Scheme + "://" + u.Host + u.EscapedPath())
}

// mcpPlatform describes the host of an address to the pipeline.
func mcpPlatform(at *url.URL) rest.Platform {
	return rest.Platform{
		Name:      name,
		BaseURL:   origin(at),
		Codec:     wire.Scoro(nil),
		Tokens:    func(*connector.Call) (auth.TokenSource, error) { return nil, nil },
		Authorize: func(*connector.Call, *http.Request, []byte, auth.Token) error { return nil },
		Failure:   refusedByStatus,
		Pacing:    Pacing(),
	}
}

func refusedByStatus(_ *connector.Call, a *rest.Answer) *connector.Error {
	if a.Status < 400 {
		return nil
	}
	return &connector.Error{Kind: rest.KindOf(a.Status)}
}
