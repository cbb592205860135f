package scorotest

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/cordage-go/cordage/internal/emulate"
)

const (
	mcpPath      = "/mcp"
	mcpScope     = "mcp"
	mcpCodeLife  = 10 * time.Minute
	resourceMeta = "/.well-known/oauth-protected-resource"
	serverMeta   = "/.well-known/oauth-authorization-server"
)

func (o MCPOptions) check() error {
	if o.TokenLife < 0 || o.TokenLife%time.Second != 0 {
		return fmt.Errorf("scorotest: MCPOptions.TokenLife is %v; give whole seconds above zero, or 0 for an hour", o.TokenLife)
	}
	if o.IssuerPath != "" && (o.IssuerPath[0] != '/' || strings.HasSuffix(o.IssuerPath, "/")) {
		return fmt.Errorf("scorotest: MCPOptions.IssuerPath is %q; begin it with a slash and end it without one", o.IssuerPath)
	}
	return nil
}

// route answers the sign-in of MCP apps: where it is (RFC 9728 and RFC 8414),
// the page for the user, and the tokens.
func (m *mcp) route(c *emulate.Call) (answer emulate.Answer, is bool) {
	path := c.URL.Path
	var routes map[string]func(*emulate.Call) emulate.Answer
	switch path {
	case resourceMeta, resourceMeta + mcpPath:
		routes = map[string]func(*emulate.Call) emulate.Answer{http.MethodGet: m.resourceMetadata}
	case serverMeta + m.options.IssuerPath:
		routes = map[string]func(*emulate.Call) emulate.Answer{http.MethodGet: m.serverMetadata}
	case m.options.IssuerPath + "/oauth/authorize":
		routes = map[string]func(*emulate.Call) emulate.Answer{http.MethodGet: m.authorize, http.MethodPost: m.consent.Step}
	case m.options.IssuerPath + "/oauth/token":
		routes = map[string]func(*emulate.Call) emulate.Answer{http.MethodPost: m.token}
	case m.options.IssuerPath + "/oauth/revoke":
		routes = map[string]func(*emulate.Call) emulate.Answer{http.MethodPost: m.revoke}
	default:
		return emulate.Answer{}, false
	}
	verb := c.Method
	if verb == http.MethodHead {
		verb = http.MethodGet
	}
	if handle := routes[verb]; handle != nil {
		return handle(c), true
	}
	return emulate.Empty(http.StatusMethodNotAllowed).With("Allow", strings.Join(slices.Sorted(maps.Keys(routes)), ", ")), true
}

// origin is the address that the client used, so that what it is told leads
// back to where it came from, also through a forwarded port.
func origin(c *emulate.Call) string { return "http://" + c.Host }

func (m *mcp) issuer(c *emulate.Call) string { return origin(c) + m.options.IssuerPath }

func (m *mcp) resourceMetadata(c *emulate.Call) emulate.Answer {
	return emulate.JSON(http.StatusOK, emulate.Record{
		"resource":                 origin(c) + mcpPath,
		"resource_name":            "Scoro MCP",
		"authorization_servers":    []string{m.issuer(c)},
		"scopes_supported":         []string{mcpScope},
		"bearer_methods_supported": []string{"header"},
	})
}

func (m *mcp) serverMetadata(c *emulate.Call) emulate.Answer {
	methods := []string{"none"}
	if m.clientSecret != "" {
		methods = []string{"client_secret_basic", "client_secret_post"}
	}
	return emulate.JSON(http.StatusOK, emulate.Record{
		"issuer":                                         m.issuer(c),
		"authorization_endpoint":                         m.issuer(c) + "/oauth/authorize",
		"token_endpoint":                                 m.issuer(c) + "/oauth/token",
		"revocation_endpoint":                            m.issuer(c) + "/oauth/revoke",
		"response_types_supported":                       []string{"code"},
		"grant_types_supported":                          []string{"authorization_code", "refresh_token"},
		"code_challenge_methods_supported":               []string{"S256"},
		"token_endpoint_auth_methods_supported":          methods,
		"scopes_supported":                               []string{mcpScope},
		"authorization_response_iss_parameter_supported": true,
	})
}

// authorize begins the way on which a user lets an app in. A client or address
// that is not registered is told to the user and never redirected to.
func (m *mcp) authorize(c *emulate.Call) emulate.Answer {
	query := c.URL.Query()
	if query.Get("client_id") != m.clientID {
		return m.consent.Refuse(http.StatusUnauthorized, "This app is not known", "invalid_client: client_id is unknown")
	}
	if !m.isRegistered(query.Get("redirect_uri")) {
		return m.consent.Refuse(http.StatusBadRequest, "This app asks from a wrong address",
			"redirect_uri is neither registered nor an http address of this machine")
	}
	if code, why := m.checkRequest(c, query); code != "" {
		return m.back(c, query, url.Values{"error": {code}, "error_description": {why}})
	}
	if m.options.AutoConsent {
		return m.allowed(c, query, m.server.Username)
	}
	return m.consent.Begin(c, func(string) emulate.Petition { return m.petition(query) })
}

// checkRequest is what the app is told in the redirect if its request is wrong.
func (m *mcp) checkRequest(c *emulate.Call, query url.Values) (code, why string) {
	switch {
	case query.Get("response_type") != "code":
		return "unsupported_response_type", "response_type must be code"
	case query.Get("code_challenge") == "" || query.Get("code_challenge_method") != "S256":
		return "invalid_request", "code_challenge is needed, with the code_challenge_method S256"
	case !isResource(c, query["resource"]):
		return "invalid_target", "resource must be " + origin(c) + mcpPath
	}
	return "", ""
}

// isResource reports whether resource indicators (RFC 8707) mean the MCP
// endpoint. An app may leave them out.
func isResource(c *emulate.Call, resources []string) bool {
	return !slices.ContainsFunc(resources, func(r string) bool { return r != origin(c)+mcpPath })
}

func (m *mcp) petition(query url.Values) emulate.Petition {
	app := cmp.Or(m.options.AppName, "Demo App")
	return emulate.Petition{
		Title: app + " asks for access",
		Text:  []string{app + " wants to read your projects and to book your time, on your behalf."},
		Facts: []emulate.Fact{
			{Name: "App", Value: app}, {Name: "Site", Value: m.server.Site + ".scoro.com"}, {Name: "Returns to", Value: query.Get("redirect_uri")},
		},
		Buttons: []emulate.Button{{ID: "allow", Label: "Allow"}, {ID: "deny", Label: "Deny"}},
		Query:   query,
	}
}

// decided follows a user's answer on the consent page.
func (m *mcp) decided(c *emulate.Call, d emulate.Decision) emulate.Answer {
	if d.Answer == "allow" {
		return m.allowed(c, d.Query, d.User)
	}
	return m.back(c, d.Query, url.Values{"error": {"access_denied"}, "error_description": {"The user denied the request"}})
}

func (m *mcp) allowed(c *emulate.Call, query url.Values, user string) emulate.Answer {
	code := m.tokens.NewCode(emulate.Code{
		Holder: emulate.Holder{Client: m.clientID, Subject: user}, Redirect: query.Get("redirect_uri"),
		Challenge: query.Get("code_challenge"), Life: mcpCodeLife,
	})
	return m.back(c, query, url.Values{"code": {code}})
}

// back takes the user back to the app. iss says which server answers (RFC 9207).
func (m *mcp) back(c *emulate.Call, query, answer url.Values) emulate.Answer {
	answer.Set("iss", m.issuer(c))
	if query.Has("state") {
		answer.Set("state", query.Get("state"))
	}
	return emulate.Redirect(query.Get("redirect_uri"), answer)
}

// token serves the two grants.
func (m *mcp) token(c *emulate.Call) emulate.Answer {
	form, err := readTokenForm(c)
	if err != nil {
		return tokenError(http.StatusBadRequest, "invalid_request", err.Error())
	}
	client, ok := m.client(c, form)
	if !ok {
		return tokenError(http.StatusUnauthorized, "invalid_client", "the client's id or secret is wrong").With("WWW-Authenticate", `Basic realm="Scoro MCP"`)
	}
	if !isResource(c, form["resource"]) {
		return tokenError(http.StatusBadRequest, "invalid_target", "resource must be "+origin(c)+mcpPath)
	}
	var whose emulate.Pair
	note := emulate.Presentation{Client: client}
	switch form.Get("grant_type") {
	case "authorization_code":
		note.Kind, note.Token = emulate.CodeKind, form.Get("code")
		whose, err = m.tokens.Redeem(note.Token, client, form.Get("redirect_uri"), form.Get("code_verifier"))
	case "refresh_token":
		note.Kind, note.Token = emulate.RefreshKind, form.Get("refresh_token")
		whose, err = m.tokens.Present(note.Token, client)
	default:
		return tokenError(http.StatusBadRequest, "unsupported_grant_type", "grant_type must be authorization_code or refresh_token")
	}
	if err == nil {
		whose = m.tokens.Issue(whose, m.life, true)
	}
	m.tokens.Note(note, whose, err)
	if err != nil {
		return tokenError(http.StatusBadRequest, "invalid_grant", note.Kind+": "+err.Error())
	}
	return emulate.JSON(http.StatusOK, emulate.Record{
		"access_token": whose.Access, "token_type": "Bearer", "expires_in": int64(m.life / time.Second), "refresh_token": whose.Refresh, "scope": mcpScope,
	}).With("Cache-Control", "no-store")
}

// client finds out which client asks: from HTTP Basic, or from the form.
func (m *mcp) client(c *emulate.Call, form url.Values) (id string, ok bool) {
	id, secret := form.Get("client_id"), form.Get("client_secret")
	if basicID, basicSecret, basic := c.BasicAuth(); basic {
		unescapedID, err := url.QueryUnescape(basicID)
		unescapedSecret, secretErr := url.QueryUnescape(basicSecret)
		if err != nil || secretErr != nil || secret != "" || id != "" && id != unescapedID {
			return "", false
		}
		id, secret = unescapedID, unescapedSecret
	}
	return id, m.tokens.KnowsClient(id, secret)
}

// revoke answers 200 for an unknown token too, as RFC 7009 wants.
func (m *mcp) revoke(c *emulate.Call) emulate.Answer {
	form, err := readTokenForm(c)
	if err != nil {
		return tokenError(http.StatusBadRequest, "invalid_request", err.Error())
	}
	if _, ok := m.client(c, form); !ok {
		return tokenError(http.StatusUnauthorized, "invalid_client", "the client's id or secret is wrong").With("WWW-Authenticate", `Basic realm="Scoro MCP"`)
	}
	m.tokens.Revoke(form.Get("token"))
	return emulate.Empty(http.StatusOK)
}

func readTokenForm(c *emulate.Call) (url.Values, error) {
	if kind, _, err := mime.ParseMediaType(c.Header.Get("Content-Type")); err != nil || kind != "application/x-www-form-urlencoded" {
		return nil, errors.New("the body must be a form: application/x-www-form-urlencoded")
	}
	form, err := url.ParseQuery(string(c.Content))
	if err != nil {
		return nil, err
	}
	for name, values := range form {
		if len(values) > 1 && name != "resource" {
			return nil, fmt.Errorf("%s is there twice", name)
		}
	}
	return form, nil
}

func tokenError(status int, code, description string) emulate.Answer {
	return emulate.JSON(status, emulate.Record{"error": code, "error_description": description}).With("Cache-Control", "no-store")
}

func (m *mcp) signIn(subject string) emulate.Pair {
	return m.tokens.Issue(emulate.Pair{Holder: emulate.Holder{Client: m.clientID, Subject: subject}}, m.life, true)
}

func (m *mcp) addRedirect(uri string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.redirects = append(m.redirects, uri)
}

func (m *mcp) isRegistered(uri string) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	if slices.Contains(m.redirects, uri) {
		return true
	}
	u, err := url.Parse(uri)
	return err == nil && u.Scheme == "http" && u.User == nil && u.Fragment == "" && emulate.IsLoopback(u.Hostname())
}
