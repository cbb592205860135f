package scorotest_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/cordage-go/cordage/internal/emulate/conform"
	"github.com/cordage-go/cordage/scoro/scorotest"
)

// The pair of RFC 7636, appendix B.
const verifier, challenge = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"

const loopback = "http://127.0.0.1:51234/callback"

// An mcpApp finds its way as a client does that knows nothing but the
// endpoint's address: in plain HTTP.
type mcpApp struct {
	t      *testing.T
	server *scorotest.Server
	meta   map[string]any // of the authorization server
}

func discover(t *testing.T, s *scorotest.Server) mcpApp {
	t.Helper()
	response, _ := send(t, "POST", s.MCPURL, "{}", nil)
	if response.StatusCode != 401 {
		t.Fatalf("without a token: %d", response.StatusCode)
	}
	_, rest, _ := strings.Cut(response.Header.Get("WWW-Authenticate"), `resource_metadata="`)
	address, _, _ := strings.Cut(rest, `"`)
	resource := fetch(t, address)
	if resource["resource"] != s.MCPURL {
		t.Fatalf("the resource is %v, want %s", resource["resource"], s.MCPURL)
	}
	issuer, err := url.Parse(resource["authorization_servers"].([]any)[0].(string))
	if err != nil {
		t.Fatal(err)
	}
	meta := fetch(t, issuer.Scheme+"://"+issuer.Host+"/.well-known/oauth-authorization-server"+issuer.Path)
	if meta["issuer"] != issuer.String() {
		t.Fatalf("the issuer is %v, want %v", meta["issuer"], issuer)
	}
	return mcpApp{t, s, meta}
}

func fetch(t *testing.T, address string) map[string]any {
	t.Helper()
	response, text := send(t, "GET", address, "", nil)
	var got map[string]any
	if err := json.Unmarshal([]byte(text), &got); err != nil || response.StatusCode != 200 {
		t.Fatalf("%s: %d %s", address, response.StatusCode, text)
	}
	return got
}

func (a mcpApp) browser() conform.Visitor {
	return conform.Visitor{T: a.t, Client: &http.Client{
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// authorizeURL is where the app sends its user. more are names and values in
// turn; an empty value takes the parameter away.
func (a mcpApp) authorizeURL(more ...string) string {
	query := url.Values{
		"response_type": {"code"}, "client_id": {a.server.MCPClientID}, "redirect_uri": {loopback}, "state": {"s"},
		"code_challenge": {challenge}, "code_challenge_method": {"S256"}, "resource": {a.server.MCPURL}, "scope": {"mcp"},
	}
	for i := 0; i < len(more); i += 2 {
		query.Set(more[i], more[i+1])
		if more[i+1] == "" {
			query.Del(more[i])
		}
	}
	return a.meta["authorization_endpoint"].(string) + "?" + query.Encode()
}

// token sends a token request with more names and values in turn.
func (a mcpApp) token(header http.Header, pairs ...string) (int, map[string]any) {
	a.t.Helper()
	form := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	all := http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}
	for name, values := range header {
		all[name] = values
	}
	response, text := send(a.t, "POST", a.meta["token_endpoint"].(string), form.Encode(), all)
	var got map[string]any
	if err := json.Unmarshal([]byte(text), &got); err != nil {
		a.t.Fatalf("%d %s", response.StatusCode, text)
	}
	return response.StatusCode, got
}

func (a mcpApp) exchange(code string, more ...string) (int, map[string]any) {
	a.t.Helper()
	return a.token(nil, append([]string{"grant_type", "authorization_code", "code", code, "redirect_uri", loopback, "client_id", a.server.MCPClientID}, more...)...)
}

func (a mcpApp) refresh(token any) (int, map[string]any) {
	a.t.Helper()
	return a.token(nil, "grant_type", "refresh_token", "refresh_token", token.(string), "client_id", a.server.MCPClientID, "resource", a.server.MCPURL)
}

func TestMCPSignIn(t *testing.T) {
	s := start(t, &scorotest.Options{MCP: scorotest.MCPOptions{AppName: "Plan & <go>"}})
	app := discover(t, s)
	b := app.browser()
	page := b.SignIn(app.authorizeURL(), s.Username, s.Password)
	for _, want := range []string{"Plan &amp; &lt;go&gt;", "demo-site.scoro.com", loopback, "Emulator of Scoro – not the real service"} {
		if !strings.Contains(page.HTML, want) {
			t.Errorf("the page lacks %q: %s", want, page.HTML)
		}
	}
	to := b.Press(page, "allow").Location
	if q := to.Query(); !strings.HasPrefix(to.String(), loopback+"?") || q.Get("state") != "s" || q.Get("iss") != app.meta["issuer"] {
		t.Fatalf("redirected to %v", to)
	}
	code := to.Query().Get("code")
	status, pair := app.exchange(code, "code_verifier", verifier, "resource", s.MCPURL)
	if status != 200 || pair["token_type"] != "Bearer" || pair["expires_in"] != 3600.0 || pair["refresh_token"] == nil {
		t.Fatalf("%d %v", status, pair)
	}
	if status, again := app.exchange(code, "code_verifier", verifier); status != 400 || again["error"] != "invalid_grant" {
		t.Errorf("the code twice: %d %v", status, again)
	}

	first := pair["refresh_token"]
	status, pair = app.refresh(first)
	if status != 200 || pair["refresh_token"] == first {
		t.Fatalf("refresh: %d %v", status, pair)
	}
	if status, again := app.refresh(first); status != 400 || again["error"] != "invalid_grant" {
		t.Errorf("the refresh token twice: %d %v", status, again)
	}
	if n := len(s.Presentations()); n != 4 || s.Issued()[1].SignIn != 1 {
		t.Errorf("%d presentations, issued %+v", n, s.Issued())
	}

	to = b.Press(b.SignIn(app.authorizeURL(), s.Username, s.Password), "deny").Location
	if q := to.Query(); q.Get("error") != "access_denied" || q.Get("state") != "s" || q.Get("iss") == "" || q.Has("code") {
		t.Errorf("denied: %v", to)
	}
}

// The metadata is at its place with and without the endpoint's path, and moves
// with the issuer.
func TestMCPMetadata(t *testing.T) {
	s := start(t, &scorotest.Options{MCP: scorotest.MCPOptions{IssuerPath: "/auth", AutoConsent: true}})
	origin := strings.TrimSuffix(s.MCPURL, "/mcp")
	for _, path := range []string{"/.well-known/oauth-protected-resource", "/.well-known/oauth-protected-resource/mcp"} {
		if got := fetch(t, origin+path)["authorization_servers"].([]any)[0]; got != origin+"/auth" {
			t.Errorf("%s: %v", path, got)
		}
	}
	if response, _ := send(t, "GET", origin+"/.well-known/oauth-authorization-server", "", nil); response.StatusCode != 404 {
		t.Errorf("metadata at a place of another issuer: %d", response.StatusCode)
	}
	if response, _ := send(t, "POST", origin+"/.well-known/oauth-protected-resource", "", nil); response.StatusCode != 405 || response.Header.Get("Allow") != "GET" {
		t.Errorf("POST: %d", response.StatusCode)
	}
	app := discover(t, s)
	code := app.browser().Open(app.authorizeURL()).Location.Query().Get("code")
	if status, pair := app.exchange(code, "code_verifier", verifier); status != 200 {
		t.Errorf("%d %v", status, pair)
	}
	if got := app.meta["code_challenge_methods_supported"].([]any); len(got) != 1 || got[0] != "S256" {
		t.Errorf("methods %v", got)
	}
	for _, o := range []scorotest.MCPOptions{{IssuerPath: "auth"}, {IssuerPath: "/auth/"}, {TokenLife: -1}, {TokenLife: time.Millisecond}} {
		if _, err := scorotest.Listen("127.0.0.1:0", &scorotest.Options{MCP: o}); err == nil {
			t.Errorf("%+v was taken", o)
		}
	}
}

func TestMCPSignInRefuses(t *testing.T) {
	s := start(t, &scorotest.Options{MCP: scorotest.MCPOptions{AutoConsent: true, RedirectURIs: []string{"https://app.example/mcp"}}})
	app := discover(t, s)
	b := app.browser()
	for redirect, want := range map[string]bool{
		"https://app.example/mcp": true, loopback: true, "http://[::1]:9/x": true, "http://localhost/": true,
		"https://app.example/mcp/": false, "http://app.example/mcp": false, "http://127.0.0.1.evil.example/": false,
		"http://localhost@evil.example/": false, "http://u@localhost/": false, "javascript:alert(1)": false, "": false,
	} {
		page := b.Open(app.authorizeURL("redirect_uri", redirect))
		if (page.Location != nil) != want || (page.Status == 302) != want {
			t.Errorf("%q: %d to %v", redirect, page.Status, page.Location)
		}
	}
	if page := b.Open(app.authorizeURL("client_id", "nobody")); page.Status != 401 || page.Location != nil {
		t.Errorf("unknown client: %d", page.Status)
	}
	for want, change := range map[string][]string{
		"unsupported_response_type": {"response_type", "token"},
		"invalid_target":            {"resource", "https://other.example/mcp"},
		"invalid_request":           {"code_challenge", ""},
		"invalid_request ":          {"code_challenge_method", "plain"},
		"":                          {"resource", ""},
	} {
		if got := b.Open(app.authorizeURL(change...)).Location.Query().Get("error"); got != strings.TrimSpace(want) {
			t.Errorf("%v: %q, want %q", change, got, want)
		}
	}
	code := func() string { return b.Open(app.authorizeURL()).Location.Query().Get("code") }
	for name, c := range map[string]struct {
		want   string
		status int
		pairs  []string
	}{
		"no verifier":      {"invalid_grant", 400, []string{"grant_type", "authorization_code", "code", code(), "redirect_uri", loopback, "client_id", s.MCPClientID}},
		"wrong verifier":   {"invalid_grant", 400, []string{"grant_type", "authorization_code", "code", code(), "redirect_uri", loopback, "client_id", s.MCPClientID, "code_verifier", challenge}},
		"another redirect": {"invalid_grant", 400, []string{"grant_type", "authorization_code", "code", code(), "redirect_uri", "http://localhost/", "client_id", s.MCPClientID, "code_verifier", verifier}},
		"another resource": {"invalid_target", 400, []string{"grant_type", "authorization_code", "code", code(), "resource", "https://other.example/mcp", "client_id", s.MCPClientID}},
		"another client":   {"invalid_client", 401, []string{"grant_type", "authorization_code", "code", code(), "client_id", "nobody"}},
		"a secret":         {"invalid_client", 401, []string{"grant_type", "authorization_code", "code", code(), "client_id", s.MCPClientID, "client_secret", "x"}},
		"no grant":         {"unsupported_grant_type", 400, []string{"client_id", s.MCPClientID}},
		"twice":            {"invalid_request", 400, []string{"client_id", s.MCPClientID, "client_id", s.MCPClientID}},
	} {
		if status, got := app.token(nil, c.pairs...); status != c.status || got["error"] != c.want {
			t.Errorf("%s: %d %v", name, status, got)
		}
	}
	if status, got := app.token(http.Header{"Content-Type": {"application/json"}}); status != 400 || got["error"] != "invalid_request" {
		t.Errorf("JSON: %d %v", status, got)
	}
}

func TestMCPConfidentialClient(t *testing.T) {
	s := start(t, &scorotest.Options{MCP: scorotest.MCPOptions{AutoConsent: true, Confidential: true, TokenLife: time.Second}})
	app := discover(t, s)
	if s.MCPClientSecret == "" {
		t.Fatal("no secret")
	}
	code := func() string { return app.browser().Open(app.authorizeURL()).Location.Query().Get("code") }
	basic := func(secret string) http.Header {
		r := http.Request{Header: http.Header{}}
		r.SetBasicAuth(url.QueryEscape(s.MCPClientID), url.QueryEscape(secret))
		return r.Header
	}
	grant := func() []string {
		return []string{"grant_type", "authorization_code", "code", code(), "redirect_uri", loopback, "code_verifier", verifier}
	}
	if status, got := app.token(basic(s.MCPClientSecret), grant()...); status != 200 || got["expires_in"] != 1.0 {
		t.Errorf("basic: %d %v", status, got)
	}
	if status, got := app.token(nil, append(grant(), "client_id", s.MCPClientID, "client_secret", s.MCPClientSecret)...); status != 200 {
		t.Errorf("in the body: %d %v", status, got)
	}
	for name, header := range map[string]http.Header{"wrong": basic("x"), "none": nil} {
		if status, got := app.token(header, append(grant(), "client_id", s.MCPClientID)...); status != 401 || got["error"] != "invalid_client" {
			t.Errorf("%s: %d %v", name, status, got)
		}
	}
	if status, _ := app.token(basic(s.MCPClientSecret), append(grant(), "client_secret", s.MCPClientSecret)...); status != 401 {
		t.Errorf("both ways at once: %d", status)
	}
}

// Tokens end by time, by the user and by the app itself.
func TestMCPTokensEnd(t *testing.T) {
	s := start(t, nil)
	app := discover(t, s)
	works := func(token string) bool {
		response, _ := send(t, "POST", s.MCPURL, initialize("2025-11-25"), mcpHeader(token, ""))
		if response.StatusCode == 401 && !strings.Contains(response.Header.Get("WWW-Authenticate"), `error="invalid_token"`) {
			t.Errorf("challenge %q", response.Header.Get("WWW-Authenticate"))
		}
		return response.StatusCode == 200
	}
	pair := s.MCPSignIn("ann@example.com")
	if !works(pair.Access) || works(s.UserToken) || works("nonsense") {
		t.Fatal("the wrong tokens work")
	}
	s.ExpireMCPTokens()
	if works(pair.Access) {
		t.Error("an expired token works")
	}
	status, next := app.refresh(pair.Refresh)
	if status != 200 || !works(next["access_token"].(string)) {
		t.Fatalf("refresh: %d %v", status, next)
	}
	response, _ := send(t, "POST", app.meta["revocation_endpoint"].(string), url.Values{"token": {next["refresh_token"].(string)}, "client_id": {s.MCPClientID}}.Encode(),
		http.Header{"Content-Type": {"application/x-www-form-urlencoded"}})
	if response.StatusCode != 200 || works(next["access_token"].(string)) {
		t.Errorf("revoked by the app: %d", response.StatusCode)
	}
	other := s.MCPSignIn("bob@example.com")
	s.Revoke(other.Access)
	if status, got := app.refresh(other.Refresh); status != 400 || works(other.Access) {
		t.Errorf("revoked by the user: %d %v", status, got)
	}
}
