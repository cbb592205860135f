package procoretest

import (
	"cmp"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/cordage-go/cordage/internal/emulate"
)

const (
	localhost = "http://localhost" // registered for every app from the start
	outOfBand = "urn:ietf:wg:oauth:2.0:oob"
	codeLife  = 10 * time.Minute
	usualLife = 90 * time.Minute
)

// signIn is the login host: it issues codes and tokens, and checks them.
type signIn struct {
	options                Options
	state                  *emulate.State // knows the company that the consent page names
	clientID, clientSecret string
	life                   time.Duration
	tokens                 *emulate.Tokens
	consent                *emulate.Consent
	issued                 atomic.Int64

	mu        sync.Mutex
	redirects []string
}

func newSignIn(o *Options, state *emulate.State) *signIn {
	s := &signIn{
		options:      *o,
		state:        state,
		clientID:     cmp.Or(o.ClientID, "demo-procore-client-id"),
		clientSecret: cmp.Or(o.ClientSecret, "demo-procore-client-secret"),
		life:         cmp.Or(o.TokenLife, usualLife),
		tokens:       emulate.NewTokens("demo-procore"),
		redirects:    append([]string{localhost, outOfBand}, o.RedirectURIs...),
	}
	s.consent = &emulate.Consent{Platform: "Procore", Username: demoEmail, Password: demoPassword, Decided: s.decided}
	s.tokens.PutClient(s.clientID, s.clientSecret)
	return s
}

// answer serves the login host.
func (s *signIn) answer(c *emulate.Call) emulate.Answer {
	switch c.Route.Name() {
	case "GET /oauth/authorize":
		return s.authorize(c)
	case "POST /oauth/authorize":
		return s.consent.Step(c)
	case "POST /oauth/token":
		return s.token(c)
	case "GET /oauth/token/info":
		return s.info(c)
	case "POST /oauth/revoke":
		return s.revoke(c)
	}
	if len(c.Allowed) > 0 {
		verbs := strings.Join(c.Allowed, ", ")
		return oauthError(http.StatusMethodNotAllowed, "invalid_request", "this path takes "+verbs).With("Allow", verbs)
	}
	return oauthError(http.StatusNotFound, "invalid_request", "there is nothing at "+c.URL.Path)
}

// token serves the three grants.
func (s *signIn) token(c *emulate.Call) emulate.Answer {
	form, err := readForm(c)
	if err != nil {
		return oauthError(http.StatusBadRequest, "invalid_request", err.Error())
	}
	grant := form["grant_type"]
	switch grant {
	case "authorization_code":
		return s.trade(c, form, emulate.CodeKind, form["code"])
	case "refresh_token":
		return s.trade(c, form, emulate.RefreshKind, form["refresh_token"])
	case "client_credentials":
		if refused, ok := s.checkClient(c, form); !ok {
			return refused
		}
		return s.granted(s.issue(emulate.Pair{Holder: emulate.Holder{Client: form["client_id"]}}, false))
	case "":
		return oauthError(http.StatusBadRequest, "invalid_request", "grant_type is missing")
	default:
		return oauthError(http.StatusBadRequest, "unsupported_grant_type", "grant_type must be authorization_code, refresh_token or client_credentials")
	}
}

// trade takes a code or refresh token and gives a pair for it. What was
// presented is spent first and everything else is checked after, since any use
// of it kills it.
func (s *signIn) trade(c *emulate.Call, form map[string]string, kind, presented string) emulate.Answer {
	client, whose, err := form["client_id"], emulate.Pair{}, error(nil)
	if kind == emulate.CodeKind {
		whose, err = s.tokens.Redeem(presented, client, form["redirect_uri"], s.verifier(form))
	} else {
		whose, err = s.tokens.Present(presented, client)
	}
	answer, ok := s.checkClient(c, form)
	switch {
	case !ok:
		err = errClient
	case s.options.PKCE == PKCERefused && form["code_verifier"] != "":
		err = errVerifier
		answer = oauthError(http.StatusBadRequest, "invalid_request", err.Error())
	case err != nil:
		answer = oauthError(http.StatusBadRequest, "invalid_grant", describe(kind, err))
	default:
		whose = s.issue(whose, true)
		answer = s.granted(whose)
	}
	s.tokens.Note(emulate.Presentation{Token: presented, Kind: kind, Client: client}, whose, err)
	return answer
}

var (
	errClient   = errors.New("the client's credentials are wrong")
	errVerifier = errors.New("code_verifier is not a parameter of this request")
)

// checkClient demands the credentials in the body: the guides show no other
// place, so HTTP Basic counts as no credentials.
func (s *signIn) checkClient(c *emulate.Call, form map[string]string) (emulate.Answer, bool) {
	if s.tokens.KnowsClient(form["client_id"], form["client_secret"]) {
		return emulate.Answer{}, true
	}
	message := "client_id or client_secret is wrong"
	if _, _, basic := c.BasicAuth(); basic && form["client_secret"] == "" {
		message = "client_id and client_secret are expected in the body, not in the Authorization header"
	}
	return oauthError(http.StatusUnauthorized, "invalid_client", message).
		With("WWW-Authenticate", `Bearer realm="Procore", error="invalid_client"`), false
}

func describe(kind string, why error) string {
	what := "The authorization code is invalid: "
	if kind == emulate.RefreshKind {
		what = "The refresh token is invalid: "
	}
	if errors.Is(why, emulate.ErrForeign) {
		return what + "the client or redirect_uri is not that of the authorization"
	}
	return what + why.Error()
}

// issue makes the pair after the one whose code or token was spent. Its access
// token looks like a JWT.
func (s *signIn) issue(after emulate.Pair, refreshable bool) emulate.Pair {
	n := s.issued.Add(1)
	now := time.Now()
	pair := emulate.Pair{Access: fakeJWT(n), Holder: after.Holder, SignIn: after.SignIn, Issued: now, Expires: now.Add(s.life)}
	if refreshable {
		pair.Refresh = fmt.Sprintf("demo-procore-refresh-%08d", n)
	}
	return s.tokens.Put(pair)
}

// newPair begins a sign-in of a user.
func (s *signIn) newPair(subject string) emulate.Pair {
	return s.issue(emulate.Pair{Holder: emulate.Holder{Client: s.clientID, Subject: subject}}, true)
}

func fakeJWT(n int64) string {
	part := base64.RawURLEncoding.EncodeToString
	return part([]byte(`{"alg":"ES512","typ":"JWT"}`)) + "." +
		part(fmt.Appendf(nil, `{"demo":"procoretest","n":%d}`, n)) + "." +
		part(fmt.Appendf(nil, "not-a-signature-%08d", n))
}

// granted is a token answer. Procore writes the type in both letter cases.
func (s *signIn) granted(pair emulate.Pair) emulate.Answer {
	answer := record{
		"access_token": pair.Access, "token_type": "Bearer", "expires_in": int64(s.life / time.Second), "created_at": pair.Issued.Unix(),
	}
	if pair.Refresh != "" {
		answer["refresh_token"] = pair.Refresh
		answer["token_type"] = "bearer"
	}
	return emulate.JSON(http.StatusOK, answer).With("Cache-Control", "no-store")
}

func (s *signIn) info(c *emulate.Call) emulate.Answer {
	pair, err := s.bearer(c.Request)
	if err != nil {
		return oauthError(http.StatusUnauthorized, "invalid_token", "The access token is invalid").
			With("WWW-Authenticate", `Bearer realm="Procore API", error="invalid_token"`)
	}
	var owner any // that of an app's own token is not documented
	if pair.Holder.Subject != "" {
		owner = demoUserID
	}
	return emulate.JSON(http.StatusOK, record{
		"resource_owner_id": owner, "scopes": []any{}, "application": record{"uid": pair.Holder.Client},
		"expires_in_seconds": int64(time.Until(pair.Expires) / time.Second), "created_at": pair.Issued.Unix(),
	})
}

// revoke answers 200 for an unknown token too.
func (s *signIn) revoke(c *emulate.Call) emulate.Answer {
	form, err := readForm(c)
	if err != nil {
		return oauthError(http.StatusBadRequest, "invalid_request", err.Error())
	}
	if refused, ok := s.checkClient(c, form); !ok {
		return refused
	}
	s.tokens.Revoke(form["token"])
	return emulate.JSON(http.StatusOK, record{})
}

// bearer checks the access token of an API call.
func (s *signIn) bearer(r *http.Request) (emulate.Pair, error) {
	scheme, token, ok := strings.Cut(r.Header.Get("Authorization"), " ")
	if !ok || !strings.EqualFold(scheme, "bearer") {
		return emulate.Pair{}, unauthorized(errors.New("send the header Authorization: Bearer <token>"))
	}
	pair, err := s.tokens.Check(token)
	if err != nil {
		return emulate.Pair{}, unauthorized(fmt.Errorf("token refused: %w", err))
	}
	return pair, nil
}

// readForm reads a token request: a form, a multipart form or JSON.
func readForm(c *emulate.Call) (map[string]string, error) {
	sent, err := parseBody(c)
	if err != nil {
		return nil, err
	}
	record, ok := sent.(record)
	if !ok {
		return nil, errors.New("the body must hold grant_type and the client's credentials as a form or a JSON object")
	}
	form := map[string]string{}
	for name, v := range record {
		form[name] = emulate.IDText(v)
	}
	return form, nil
}

func oauthError(status int, code, description string) emulate.Answer {
	return emulate.JSON(status, record{"error": code, "error_description": description}).With("Cache-Control", "no-store")
}
