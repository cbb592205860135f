package scorotest

import (
	"cmp"
	"crypto/rand"
	"mime"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/cordage-go/cordage/internal/emulate"
)

// mcpVersions are the versions of the Model Context Protocol that are spoken,
// newest first.
var mcpVersions = []string{"2025-11-25", "2025-06-18", "2025-03-26"}

// batchVersion is the only version in which several messages may come at once.
const batchVersion = "2025-03-26"

const maxSessions = 1_000

// mcp is the site's MCP endpoint with its sign-in. Only its address is publicly
// known; all else is what the standards lead one to expect.
type mcp struct {
	server                 *Server
	options                MCPOptions
	clientID, clientSecret string
	life                   time.Duration
	tokens                 *emulate.Tokens
	consent                *emulate.Consent

	mu        sync.Mutex
	redirects []string
	sessions  map[string]session
	order     []string // of the sessions, oldest first
}

type session struct{ version, subject string }

func newMCP(s *Server, o MCPOptions) *mcp {
	m := &mcp{
		server: s, options: o, clientID: "demo-mcp-client-FAKE-0001", life: cmp.Or(o.TokenLife, time.Hour),
		tokens: emulate.NewTokens("demo-mcp"), redirects: slices.Clone(o.RedirectURIs), sessions: map[string]session{},
	}
	if o.Confidential {
		m.clientSecret = "demo-mcp-secret-FAKE-0001"
	}
	m.consent = &emulate.Consent{Platform: "Scoro", Username: s.Username, Password: s.Password, Decided: m.decided}
	m.tokens.PutClient(m.clientID, m.clientSecret)
	return m
}

// answer serves the endpoint and its sign-in, and reports whether a request is
// for them at all.
func (m *mcp) answer(c *emulate.Call) (answer emulate.Answer, is bool) {
	if c.URL.Path != mcpPath {
		return m.route(c)
	}
	// A page elsewhere must not speak through somebody's browser.
	if from := c.Header.Get("Origin"); from != "" && from != origin(c) {
		return emulate.Text(http.StatusForbidden, "text/plain; charset=utf-8", "requests from other sites are refused\n"), true
	}
	pair, refused := m.bearer(c)
	if refused != nil {
		return *refused, true
	}
	switch c.Method {
	case http.MethodPost:
		return m.post(c, pair), true
	case http.MethodDelete:
		return m.endSession(c, pair), true
	default: // nothing is ever sent unasked, so there is no stream to listen to
		return emulate.Empty(http.StatusMethodNotAllowed).With("Allow", "DELETE, POST"), true
	}
}

// bearer checks the token of a request. The refusal says where to sign in.
func (m *mcp) bearer(c *emulate.Call) (emulate.Pair, *emulate.Answer) {
	challenge := `Bearer resource_metadata="` + origin(c) + resourceMeta + mcpPath + `", scope="` + mcpScope + `"`
	scheme, token, ok := strings.Cut(c.Header.Get("Authorization"), " ")
	if !ok || !strings.EqualFold(scheme, "bearer") {
		return emulate.Pair{}, new(emulate.Empty(http.StatusUnauthorized).With("WWW-Authenticate", challenge))
	}
	pair, err := m.tokens.Check(token)
	if err != nil {
		challenge += `, error="invalid_token", error_description="` + err.Error() + `"`
		return emulate.Pair{}, new(emulate.Empty(http.StatusUnauthorized).With("WWW-Authenticate", challenge))
	}
	return pair, nil
}

// post answers what a client sends: one message, or several in the oldest version.
func (m *mcp) post(c *emulate.Call, by emulate.Pair) emulate.Answer {
	if kind, _, err := mime.ParseMediaType(c.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		return emulate.Empty(http.StatusUnsupportedMediaType)
	}
	if !accepts(c, "application/json") || !accepts(c, "text/event-stream") {
		return emulate.Text(http.StatusNotAcceptable, "text/plain; charset=utf-8", "Accept must have application/json and text/event-stream\n")
	}
	if v := c.Header.Get("Mcp-Protocol-Version"); v != "" && !slices.Contains(mcpVersions, v) {
		return badMessage(codeInvalidRequest, "the protocol version "+v+" is not spoken here")
	}
	sent, err := emulate.ReadJSON(c.Content)
	if err != nil {
		return badMessage(codeParse, err.Error())
	}
	if first, ok := sent.(emulate.Record); ok && first["method"] == "initialize" {
		return m.initialize(first, by)
	}
	s, refused := m.session(c, by)
	if refused != nil {
		return *refused
	}
	switch sent := sent.(type) {
	case emulate.Record:
		reply, asked := m.handle(c, sent)
		if !asked {
			return emulate.Empty(http.StatusAccepted)
		}
		return emulate.JSON(http.StatusOK, reply)
	case []any:
		if s.version == batchVersion {
			return m.batch(c, sent)
		}
	}
	return badMessage(codeInvalidRequest, "a message must be a JSON object")
}

func (m *mcp) batch(c *emulate.Call, messages []any) emulate.Answer {
	replies := []emulate.Record{}
	for _, each := range messages {
		message, _ := each.(emulate.Record)
		if reply, asked := m.handle(c, message); asked {
			replies = append(replies, reply)
		}
	}
	if len(replies) == 0 {
		return emulate.Empty(http.StatusAccepted)
	}
	return emulate.JSON(http.StatusOK, replies)
}

// accepts reports whether the Accept header has a media type.
func accepts(c *emulate.Call, want string) bool {
	for part := range strings.SplitSeq(strings.Join(c.Header.Values("Accept"), ","), ",") {
		kind, _, err := mime.ParseMediaType(part)
		if err == nil && (kind == want || kind == "*/*") {
			return true
		}
	}
	return false
}

// initialize begins a session in the version that the client asks for or, if
// that is not spoken, in the newest one.
func (m *mcp) initialize(message emulate.Record, by emulate.Pair) emulate.Answer {
	params, _ := message["params"].(emulate.Record)
	asked, ok := params["protocolVersion"].(string)
	if !ok || !isID(message["id"]) {
		return badMessage(codeInvalidParams, "initialize needs an id and params.protocolVersion")
	}
	version := mcpVersions[0]
	if slices.Contains(mcpVersions, asked) {
		version = asked
	}
	result := emulate.Record{
		"protocolVersion": version,
		"capabilities":    emulate.Record{"tools": emulate.Record{}},
		"serverInfo":      emulate.Record{"name": "scorotest", "title": "Emulator of Scoro's MCP server", "version": "1.0.0"},
		"instructions":    "Made-up records of an emulator; not the real service.",
	}
	return emulate.JSON(http.StatusOK, success(message["id"], result)).With("Mcp-Session-Id", m.begin(session{version, by.Subject}))
}

// begin keeps a session. Of too many the oldest ends.
func (m *mcp) begin(s session) (id string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.order) == maxSessions {
		delete(m.sessions, m.order[0])
		m.order = m.order[1:]
	}
	id = rand.Text()
	m.sessions[id] = s
	m.order = append(m.order, id)
	return id
}

// session finds the session of a request: 404 tells the client to begin again.
func (m *mcp) session(c *emulate.Call, by emulate.Pair) (session, *emulate.Answer) {
	id := c.Header.Get("Mcp-Session-Id")
	if id == "" {
		return session{}, new(badMessage(codeInvalidRequest, "the header Mcp-Session-Id is missing; begin with initialize"))
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	s, ok := m.sessions[id]
	if !ok || s.subject != by.Subject {
		return session{}, new(emulate.JSON(http.StatusNotFound, failed(nil, codeInvalidRequest, "there is no such session; begin with initialize")))
	}
	return s, nil
}

func (m *mcp) endSession(c *emulate.Call, by emulate.Pair) emulate.Answer {
	if _, refused := m.session(c, by); refused != nil {
		return *refused
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.sessions, c.Header.Get("Mcp-Session-Id"))
	return emulate.Empty(http.StatusNoContent)
}

// EndMCPSessions forgets all MCP sessions, as a restart of the server does:
// clients get 404 and have to initialize again.
func (s *Server) EndMCPSessions() {
	s.mcp.mu.Lock()
	defer s.mcp.mu.Unlock()
	clear(s.mcp.sessions)
}
