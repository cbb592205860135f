package securityscorecardtest

import (
	"cmp"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/cordage-go/cordage/internal/emulate"
)

// Demo credentials. They say of themselves that they are not real.
const (
	demoToken  = "demo-token-not-a-secret-0001"
	demoUser   = "demo@cordage.example"
	demoOrg    = "cordage.example"
	demoApp    = "de300000-0000-4000-8000-00000000a991"
	demoSecret = "demo-app-secret-not-a-secret-0001"
	demoCode   = "demo-install-code-0001"

	demoPassword = "demo-password-not-a-secret"
)

// codeLife is not documented; a day is longer than any test and shorter than for ever.
const codeLife = 24 * time.Hour

const exchangePath = "/apps/authorize/tokens"

// installation is what the code of an installation of the demo app stands for.
// The exchange names no redirect address, so none is bound to it.
func installation(user string) emulate.Code {
	return emulate.Code{Holder: emulate.Holder{Client: demoApp, Subject: user}, Life: codeLife}
}

// authenticate returns the live token of a request.
func (p *platform) authenticate(c *emulate.Call) (string, error) {
	header := c.Header.Get("Authorization")
	if header == "" {
		return "", &refusal{status: http.StatusUnauthorized, message: "no credential", bare: true}
	}
	scheme, token, _ := strings.Cut(header, " ")
	if scheme != "Token" {
		return "", refuse(http.StatusUnauthorized, "the Authorization header must be \"Token\", one space and an API token, not %q", scheme)
	}
	if token == "" || strings.ContainsAny(token, " ,\"") {
		return "", badRequest("malformed Authorization header: \"Token\" is followed by one space and the bare API token")
	}
	if _, err := p.tokens.Check(token); err != nil {
		return "", refuse(http.StatusUnauthorized, "the API token is not valid: %v; generate a new one or install the app again", err)
	}
	return token, nil
}

// exchange turns the one-time code of an installation into a token. A code is
// spent by whatever request presents it, also by one with a wrong secret: the
// platform does not say, so the emulator takes the harder rule.
func (p *platform) exchange(c *emulate.Call) (emulate.Answer, error) {
	if c.Header.Get("Authorization") != "" {
		return emulate.Answer{}, badRequest("the code exchange takes no Authorization header; the secret goes into the body")
	}
	sent, err := readRecord(c)
	if err != nil {
		return emulate.Answer{}, err
	}
	var values [3]string
	for i, name := range []string{"client_id", "client_secret", "code"} {
		text, ok := sent[name].(string)
		if !ok || text == "" {
			return emulate.Answer{}, missing(name)
		}
		values[i] = text
	}
	client, secret, code := values[0], values[1], values[2]
	whose, err := p.tokens.Redeem(code, client, "", "")
	note := emulate.Presentation{Token: code, Kind: emulate.CodeKind, Client: client}
	if !p.tokens.KnowsClient(client, secret) {
		err := refuse(http.StatusUnauthorized, "client_id and client_secret do not fit; the code is spent, so install the app again")
		p.tokens.Note(note, whose, err)
		return emulate.Answer{}, err
	}
	if err != nil {
		p.tokens.Note(note, whose, err)
		return emulate.Answer{}, badRequest("the code cannot be exchanged: %v; install the app again", err)
	}
	pair := p.install(whose)
	p.tokens.Note(note, pair, nil)
	return emulate.JSON(http.StatusOK, record{cmp.Or(p.options.TokenField, "token"): pair.Access}), nil
}

// install gives a user's installation its token. It never expires; installing
// again replaces it.
func (p *platform) install(of emulate.Pair) emulate.Pair {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.tokens.Revoke(p.appTokens[of.Subject])
	pair := p.tokens.Issue(of, 0, false)
	p.appTokens[of.Subject] = pair.Access
	return pair
}

// uninstall ends the token of a user's installation and reports whether there
// was one.
func (p *platform) uninstall(user string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	token, installed := p.appTokens[user]
	p.tokens.Revoke(token)
	delete(p.appTokens, user)
	return installed
}

// uninstallAll ends the tokens of all installations.
func (p *platform) uninstallAll() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, token := range p.appTokens {
		p.tokens.Revoke(token)
	}
	clear(p.appTokens)
}

func (p *platform) isInstalled(user string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.appTokens[user] != ""
}

func (p *platform) newToken() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.tokens.Revoke(p.userToken)
	p.userToken = p.tokens.Issue(emulate.Pair{Holder: emulate.Holder{Subject: demoUser}}, 0, false).Access
	return p.userToken
}

// revokeToken ends a user's token, not those of apps that the user installed.
func (p *platform) revokeToken(c *emulate.Call) (emulate.Answer, error) {
	if err := p.checkUser(c); err != nil {
		return emulate.Answer{}, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.tokens.Revoke(p.userToken)
	return emulate.Empty(http.StatusNoContent), nil
}

func (p *platform) readSecret(c *emulate.Call) (emulate.Answer, error) {
	if err := p.checkCreator(c); err != nil {
		return emulate.Answer{}, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.secretAnswer(), nil
}

// rotateSecret gives the app a new secret; the old one ends at once.
func (p *platform) rotateSecret(c *emulate.Call) (emulate.Answer, error) {
	if err := p.checkCreator(c); err != nil {
		return emulate.Answer{}, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.secrets++
	p.appSecret = fmt.Sprintf("demo-app-secret-not-a-secret-%04d", p.secrets)
	p.tokens.PutClient(demoApp, p.appSecret)
	return p.secretAnswer(), nil
}

func (p *platform) secretAnswer() emulate.Answer {
	return emulate.JSON(http.StatusOK, record{cmp.Or(p.options.SecretField, "client_secret"): p.appSecret})
}

// checkCreator lets only the app's creator pass, with an ordinary token.
func (p *platform) checkCreator(c *emulate.Call) error {
	if c.Values["app_id"] != demoApp {
		return refuse(http.StatusNotFound, "there is no app %q", c.Values["app_id"])
	}
	_, token, _ := strings.Cut(c.Header.Get("Authorization"), " ")
	if pair, err := p.tokens.Check(token); err != nil || pair.Holder.Client != "" {
		return refuse(http.StatusForbidden, "only the app's creator may read or renew its secret, with an ordinary API token")
	}
	return nil
}

// checkUser hides every user but the demo user, as the platform hides what
// belongs to others.
func (p *platform) checkUser(c *emulate.Call) error {
	if c.Values["username"] != demoUser {
		return refuse(http.StatusNotFound, "there is no user %q", c.Values["username"])
	}
	return nil
}

func (p *platform) myself(*emulate.Call) (emulate.Answer, error) {
	return emulate.JSON(http.StatusOK, record{
		"username": demoUser, "email": demoUser, "authMechanism": "token", "roles": []any{"admin"},
		"organization": record{"id": p.uuid("organization"), "domain": demoOrg},
	}), nil
}
