package scoro_test

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/cordage-go/cordage/auth"
	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/internal/faulttest"
	"github.com/cordage-go/cordage/scoro"
)

// challenged is a refusal with this challenge.
func challenged(challenge string) faulttest.Step {
	return faulttest.Step{Status: 401}.With("WWW-Authenticate", challenge)
}

// without returns the usual host with changes, and without some pages.
func without(changes pages, gone ...string) pages {
	all := usual(changes)
	for _, path := range gone {
		delete(all, path)
	}
	return all
}

// Where servers may keep their metadata, and what is asked for on the way.
func TestMCPDiscovery(t *testing.T) {
	tenant := strings.ReplaceAll(aServer, `"issuer":"HERE"`, `"issuer":"HERE/tenant"`)
	named := strings.ReplaceAll(aResource, `["HERE"]`, `["HERE/tenant","https://other.example"]`)
	for name, test := range map[string]struct {
		answers pages
		asked   []string // after the MCP server itself
		scope   string
	}{
		"named by the challenge": {
			without(pages{"/mcp": challenged(`Bearer error="invalid_token", resource_metadata="HERE/elsewhere?v=1", scope="a b"`), "/elsewhere": page(aResource)}, resourceWell+"/mcp"),
			[]string{"/elsewhere", oauthWell}, "a b"},
		"no challenge": {usual(pages{"/mcp": {Status: 405}}), []string{resourceWell + "/mcp", oauthWell}, ""},
		"scopes of the resource": {
			usual(pages{resourceWell + "/mcp": page(strings.Replace(aResource, "{", `{"scopes_supported":["c","d"],`, 1))}),
			[]string{resourceWell + "/mcp", oauthWell}, "c d"},
		"at the root": {
			without(pages{"/mcp": challenged("Bearer"), resourceWell: page(strings.Replace(aResource, "HERE/mcp", "HERE/", 1))}, resourceWell+"/mcp"),
			[]string{resourceWell + "/mcp", resourceWell, oauthWell}, ""},
		"OpenID Connect": {
			without(pages{openIDWell: page(aServer)}, oauthWell),
			[]string{resourceWell + "/mcp", oauthWell, openIDWell}, ""},
		"a tenant's": {
			without(pages{resourceWell + "/mcp": page(named), oauthWell + "/tenant": page(tenant)}, oauthWell),
			[]string{resourceWell + "/mcp", oauthWell + "/tenant"}, ""},
		"a tenant's OpenID": {
			without(pages{resourceWell + "/mcp": page(named), openIDWell + "/tenant": page(tenant)}, oauthWell),
			[]string{resourceWell + "/mcp", oauthWell + "/tenant", openIDWell + "/tenant"}, ""},
		"a tenant's OpenID below it": {
			without(pages{resourceWell + "/mcp": page(named), "/tenant" + openIDWell: page(tenant)}, oauthWell),
			[]string{resourceWell + "/mcp", oauthWell + "/tenant", openIDWell + "/tenant", "/tenant" + openIDWell}, ""},
		"no metadata of the resource": {
			without(pages{"/mcp": challenged("Bearer")}, resourceWell+"/mcp"),
			[]string{resourceWell + "/mcp", resourceWell, oauthWell}, ""},
		"a slash more": {
			usual(pages{oauthWell: page(strings.Replace(aServer, `"issuer":"HERE"`, `"issuer":"HERE/"`, 1))}),
			[]string{resourceWell + "/mcp", oauthWell}, ""},
		"web pages and redirects for what is not there": {
			without(pages{"/mcp": {Status: 302, Header: http.Header{"Location": {"HERE/trap"}}}, oauthWell: {Status: 302, Header: http.Header{"Location": {"HERE/trap"}}},
				resourceWell + "/mcp": {Body: "<html>Log in</html>"}, resourceWell: page(aResource), openIDWell: page(aServer)}),
			[]string{resourceWell + "/mcp", resourceWell, oauthWell, openIDWell}, ""},
	} {
		server := mcpHost(t, test.answers)
		grant, err := appAt(server).SignIn(t.Context())
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		want := []string{"GET /mcp"}
		for _, path := range test.asked {
			want = append(want, "GET "+path)
		}
		if diff := cmp.Diff(want, paths(server)); diff != "" {
			t.Errorf("%s: discovery asked %s", name, diff)
		}
		for _, a := range server.Arrivals() {
			if a.Header.Get("Authorization") != "" || a.Header.Get("User-Agent") == "" {
				t.Errorf("%s: %s arrived with %v", name, a.URL, a.Header)
			}
		}
		agree, _ := url.Parse(grant.AuthorizeURL(auth.NewAttempt("")))
		if got := agree.Query().Get("scope"); got != test.scope {
			t.Errorf("%s: scope %q, want %q", name, got, test.scope)
		}
	}
}

func TestMCPDiscoveryFails(t *testing.T) {
	nothing := []string{resourceWell + "/mcp", oauthWell, "/mcp"}
	resource := func(old, replacement string) pages {
		return usual(pages{resourceWell + "/mcp": page(strings.Replace(aResource, old, replacement, 1))})
	}
	described := func(old, replacement string) pages {
		return usual(pages{oauthWell: page(strings.Replace(aServer, old, replacement, 1))})
	}
	const settings = "compare MCPApp.Site and MCPApp.Endpoint with what the site shows"
	for name, test := range map[string]struct {
		answers pages
		kind    connector.Kind
		words   []string
	}{
		"nothing there":        {without(nil, nothing...), connector.NotFound, []string{"nothing says where users sign in: ", oauthWell, "status 404", settings}},
		"web pages everywhere": {pages{"/mcp": {Body: "<html>"}, resourceWell: {Body: "<html>"}, oauthWell: {Body: "<html>"}}, connector.NotFound, []string{"nothing says where users sign in: ", settings}},
		"named and not there":  {without(nil, resourceWell+"/mcp"), connector.NotFound, []string{resourceWell + "/mcp", "status 404", settings}},
		"no sign-in server":    {without(nil, oauthWell), connector.NotFound, []string{oauthWell, "status 404", settings}},
		"failing":              {usual(pages{oauthWell: {Status: 501}}), connector.NotFound, []string{oauthWell, "status 501"}},

		"metadata of another host": {usual(pages{"/mcp": challenged(`Bearer resource_metadata="https://evil.example/x"`)}), connector.Origin, []string{"has its metadata elsewhere, at https://evil.example/x", settings}},
		"metadata without https":   {usual(pages{"/mcp": challenged(`Bearer resource_metadata="http://evil.example/x"`)}), connector.Origin, []string{"names http://evil.example/x as its metadata, and that is not https"}},
		"metadata at no address":   {usual(pages{"/mcp": challenged(`Bearer resource_metadata="/x"`)}), connector.Decode, []string{"names no usable metadata"}},

		"another resource":    {resource("HERE/mcp", "https://evil.example/mcp"), connector.Origin, []string{"is about https://evil.example/mcp, not about http://127.0.0.1:", settings}},
		"a resource below":    {resource("HERE/mcp", "HERE/mcp/more"), connector.Origin, []string{"/mcp/more, not about"}},
		"a resource beside":   {resource("HERE/mcp", "HERE/mc"), connector.Origin, []string{"/mc, not about"}},
		"no resource":         {resource("HERE/mcp", ""), connector.Origin, []string{"is about what is no address"}},
		"no servers":          {resource(`["HERE"]`, "[]"), connector.Decode, []string{"names no sign-in server"}},
		"server, no https":    {resource(`["HERE"]`, `["http://evil.example"]`), connector.Origin, []string{"names http://evil.example as its sign-in server, and that is not https"}},
		"server with a user":  {resource(`["HERE"]`, `["https://user:canary@evil.example"]`), connector.Decode, []string{"no usable sign-in server"}},
		"another scheme":      {resource(`["HERE"]`, `["javascript://evil.example/%0aalert(1)"]`), connector.Origin, []string{"not https"}},
		"another issuer":      {described(`"issuer":"HERE"`, `"issuer":"https://evil.example"`), connector.Origin, []string{"the metadata of the sign-in server http://127.0.0.1:", "is about https://evil.example"}},
		"no issuer":           {described(`"issuer":"HERE"`, `"issuer":null`), connector.Origin, []string{"is about what is no address"}},
		"page without https":  {described("HERE/authorize", "http://evil.example/authorize"), connector.Origin, []string{"names http://evil.example/authorize as its page where users agree"}},
		"page of a script":    {described("HERE/authorize", "javascript:alert(1)"), connector.Decode, []string{"names no usable page where users agree"}},
		"token without https": {described("HERE/token", "http://evil.example/token?canary"), connector.Origin, []string{"names http://evil.example/token as its token endpoint, and that is not https"}},
		"no token endpoint":   {described(`"token_endpoint":"HERE/token",`, ""), connector.Decode, []string{"the sign-in server http://127.0.0.1:", "names no usable token endpoint"}},

		"PKCE without S256": {described(`["plain","S256"]`, `["plain"]`), connector.Decode, []string{"does not say that it takes PKCE with S256", "without it a public client is not safe"}},
		"no word of PKCE":   {described(`["plain","S256"]`, `null`), connector.Decode, []string{"does not say that it takes PKCE", "set MCPApp.ClientSecret"}},

		"too large":  {usual(pages{oauthWell: {Body: strings.Repeat(" ", 1<<20+1)}}), connector.TooLarge, []string{oauthWell, settings}},
		"cut short":  {usual(pages{oauthWell: page(aServer[:100])}), connector.NotFound, []string{oauthWell}},
		"not usable": {usual(pages{oauthWell: page("[]")}), connector.NotFound, []string{oauthWell}},
	} {
		server := mcpHost(t, test.answers)
		grant, err := appAt(server).SignIn(t.Context())
		wantFault(t, name, err, test.kind, append(test.words, "scoro MCPApp.discover: ")...)
		if grant.Exchange != nil {
			t.Errorf("%s: there is a grant beside the error", name)
		}
		if slices.Contains(paths(server), "POST /token") {
			t.Errorf("%s: a token call arrived", name)
		}
	}
}

func TestMCPNobodyThere(t *testing.T) {
	app := scoro.MCPApp{ClientID: "client-1", Endpoint: faulttest.ClosedAddress(t) + "/mcp"}
	_, err := app.SignIn(t.Context())
	wantFault(t, "closed port", err, connector.Unavailable, app.Endpoint, "compare MCPApp.Site and MCPApp.Endpoint")
}

// The sign-in server may be another host. It hears of nobody but the app, and
// an app can insist on one.
func TestMCPForeignSignInServer(t *testing.T) {
	login := mcpHost(t, pages{oauthWell: page(strings.Replace(aServer, `"token_endpoint"`, `"authorization_response_iss_parameter_supported":true,"token_endpoint"`, 1)), "/token": page(aToken)})
	server := mcpHost(t, usual(pages{resourceWell + "/mcp": page(strings.Replace(aResource, `["HERE"]`, `["https://first.example","`+login.URL+`"]`, 1))}))
	app := appAt(server)
	app.Issuer = login.URL
	grant, err := app.SignIn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if grant.Issuer != login.URL {
		t.Errorf("issuer %q, want %q", grant.Issuer, login.URL)
	}
	if _, err := grant.Exchange(t.Context(), "code-1", auth.NewAttempt("http://127.0.0.1:1/")); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"GET " + oauthWell, "POST /token"}, paths(login)); diff != "" {
		t.Error("the sign-in server was asked", diff)
	}
	app.Issuer = "https://pinned.example"
	_, err = app.SignIn(t.Context())
	wantFault(t, "pinned", err, connector.Origin, "names the sign-in server https://first.example, not MCPApp.Issuer", "before you change MCPApp.Issuer")
}

// A server on the network cannot lead to one on this machine.
func TestMCPLeadsToThisMachine(t *testing.T) {
	home := mcpHost(t, usual(nil))
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != resourceWell+"/mcp" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		_, _ = w.Write([]byte(`{"resource":"https://` + r.Host + `/mcp","authorization_servers":["` + home.URL + `"]}`))
	}))
	defer server.Close()
	app := scoro.MCPApp{ClientID: "client-1", Endpoint: server.URL + "/mcp", Transport: server.Client().Transport}
	_, err := app.SignIn(t.Context())
	wantFault(t, "loopback", err, connector.Origin, home.URL, "not https")
	if home.Count() != 0 {
		t.Errorf("%v arrived on this machine", paths(home))
	}
}

// Whatever servers say, a grant leads to https or to this machine, and the
// token endpoint is the one that the metadata names.
func FuzzMCPMetadata(f *testing.F) {
	f.Add(`Bearer resource_metadata="https://acme.scoro.com/x"`, aResource, aServer)
	f.Add("", strings.ReplaceAll(aResource, "HERE", "https://acme.scoro.com"), strings.ReplaceAll(aServer, "HERE", "https://acme.scoro.com"))
	f.Add("Bearer", `{"resource":"https://acme.scoro.com","authorization_servers":["https://acme.scoro.com/a?b#c"]}`, `[]`)
	f.Add("Basic, Bearer scope=\"a", `{"resource":1,"authorization_servers":{}}`, `{"issuer":["x"],"token_endpoint":"http://[::1]:99999/{x}?{y}"}`)
	f.Fuzz(func(t *testing.T, challenge, resource, description string) {
		hosts := map[string]bool{}
		transport := faulttest.NewTransport(func(_ int, a faulttest.Arrival) faulttest.Step {
			hosts[a.URL.Scheme] = true
			switch {
			case a.Method == http.MethodPost:
				return page(aToken)
			case strings.Contains(a.URL.Path, resourceWell):
				return page(resource)
			case strings.Contains(a.URL.Path, "/.well-known/"):
				return page(description)
			}
			step := challenged(challenge)
			return step
		})
		app := scoro.MCPApp{Site: "acme", ClientID: "client-1", Transport: transport}
		grant, err := app.SignIn(t.Context())
		if err != nil {
			if _, ok := connector.AsError(err); !ok {
				t.Errorf("%T is no connector.Error: %v", err, err)
			}
			return
		}
		agree, err := url.Parse(grant.AuthorizeURL(auth.NewAttempt("https://app.example/callback")))
		if err != nil || agree.Scheme != "https" || agree.Query().Get("code_challenge_method") != "S256" {
			t.Errorf("the user is sent to %v (%v)", agree, err)
		}
		_, _ = grant.Exchange(t.Context(), "code-1", auth.NewAttempt("https://app.example/callback"))
		if got := slices.Collect(maps.Keys(hosts)); len(got) != 1 || got[0] != "https" {
			t.Errorf("requests left by %v", got)
		}
	})
}
