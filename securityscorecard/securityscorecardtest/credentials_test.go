package securityscorecardtest_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/cordage-go/cordage/securityscorecard/securityscorecardtest"
)

func TestAuthorizationHeader(t *testing.T) {
	c := start(t)
	if r := c.get("/portfolios"); r.status != http.StatusOK {
		t.Errorf("right token: %d %s", r.status, r.body)
	}
	if r := c.do("GET", "/portfolios", "", "Authorization", ""); r.status != 401 || r.body != `{"error":"Unauthorized"}` {
		t.Errorf("no header: %d %s", r.status, r.body)
	}
	token := c.server.Token
	for header, want := range map[string]int{
		"Bearer " + token:        401,
		"token " + token:         401,
		token:                    401,
		"Token wrong":            401,
		"Token":                  400,
		"Token  " + token:        400,
		"Token \"" + token + `"`: 400,
	} {
		c.do("GET", "/portfolios", "", "Authorization", header).refused(t, want, "token")
	}
	c.do("GET", "/portfolios?access_token="+token, "", "Authorization", "Bearer x").refused(t, 401, "Token")
	if last := c.server.Requests()[0]; last.Header.Get("Authorization") != "Token "+token || last.Status != 200 {
		t.Errorf("first request: %v", last)
	}
}

func TestNewTokenEndsTheOldOne(t *testing.T) {
	c := start(t)
	fresh := c.server.NewToken()
	c.get("/myself").refused(t, 401, "revoked")
	r := c.do("GET", "/myself", "", "Authorization", "Token "+fresh)
	if r.status != 200 || r.json["username"] != c.server.Username {
		t.Errorf("new token: %d %s", r.status, r.body)
	}
	if r := c.do("POST", "/v1/users/"+c.server.Username+"/revoke-token", "", "Authorization", "Token "+fresh); r.status != 204 || r.body != "" {
		t.Errorf("revoke: %d %s", r.status, r.body)
	}
	c.do("GET", "/myself", "", "Authorization", "Token "+fresh).refused(t, 401, "revoked")
}

func exchange(c *caller, id, secret, code string, headers ...string) reply {
	body := fmt.Sprintf(`{"client_id":%q,"client_secret":%q,"code":%q}`, id, secret, code)
	return c.do("POST", "/apps/authorize/tokens", body, append([]string{"Authorization", ""}, headers...)...)
}

func TestCodeExchange(t *testing.T) {
	c := start(t)
	s := c.server
	r := exchange(c, s.AppID, s.AppSecret, s.InstallCode)
	token, _ := r.json["token"].(string)
	if r.status != 200 || token == "" || len(r.json) != 1 {
		t.Fatalf("exchange: %d %s", r.status, r.body)
	}
	if r := c.do("GET", "/portfolios", "", "Authorization", "Token "+token); r.status != 200 {
		t.Errorf("app token: %d %s", r.status, r.body)
	}
	if r := c.get("/portfolios"); r.status != 200 {
		t.Errorf("the user's own token after an installation: %d", r.status)
	}
	exchange(c, s.AppID, s.AppSecret, s.InstallCode).refused(t, 400, "used already")

	// Installing again replaces the token.
	again := exchange(c, s.AppID, s.AppSecret, s.NewInstallCode())
	if again.status != 200 || again.json["token"] == token {
		t.Errorf("second installation: %d %s", again.status, again.body)
	}
	c.do("GET", "/portfolios", "", "Authorization", "Token "+token).refused(t, 401, "revoked")
}

func TestCodeExchangeRefuses(t *testing.T) {
	c := start(t)
	s := c.server
	exchange(c, s.AppID, s.AppSecret, s.InstallCode, "Authorization", "Token "+s.Token).refused(t, 400, "no Authorization header")
	exchange(c, s.AppID, s.AppSecret, s.InstallCode, "Content-Type", "application/x-www-form-urlencoded").refused(t, 400, "application/json")
	exchange(c, s.AppID, s.AppSecret, "").refused(t, 400, "missing property: code")
	exchange(c, s.AppID, s.AppSecret, "never-issued").refused(t, 400, "never issued")
	c.do("POST", "/apps/authorize/tokens", `{"client_id":`, "Authorization", "").refused(t, 400, "not JSON")
	c.do("GET", "/apps/authorize/tokens", "").refused(t, 405, "POST")

	exchange(c, s.AppID, "wrong", s.InstallCode).refused(t, 401, "client_secret")
	exchange(c, s.AppID, s.AppSecret, s.InstallCode).refused(t, 400, "used already") // a refused try spends the code too
}

func TestSecretRotation(t *testing.T) {
	c := start(t)
	path := "/apps/" + c.server.AppID + "/secret"
	if r := c.get(path); r.status != 200 || r.json["client_secret"] != c.server.AppSecret {
		t.Errorf("read: %d %s", r.status, r.body)
	}
	r := c.do("POST", path, "")
	fresh, _ := r.json["client_secret"].(string)
	if r.status != 200 || fresh == "" || fresh == c.server.AppSecret {
		t.Fatalf("rotate: %d %s", r.status, r.body)
	}
	exchange(c, c.server.AppID, c.server.AppSecret, c.server.NewInstallCode()).refused(t, 401, "do not fit")
	token, _ := exchange(c, c.server.AppID, fresh, c.server.NewInstallCode()).json["token"].(string)
	c.do("GET", path, "", "Authorization", "Token "+token).refused(t, 403, "creator")
	c.get("/apps/another/secret").refused(t, 404, "another")
}

func TestFieldNamesCanBeChosen(t *testing.T) {
	c := listen(t, &securityscorecardtest.Options{TokenField: "access_token", SecretField: "secret"})
	if r := exchange(c, c.server.AppID, c.server.AppSecret, c.server.InstallCode); r.json["access_token"] == nil {
		t.Errorf("exchange: %s", r.body)
	}
	if r := c.get("/apps/" + c.server.AppID + "/secret"); r.json["secret"] != c.server.AppSecret {
		t.Errorf("secret: %s", r.body)
	}
}

func TestLimits(t *testing.T) {
	c := start(t)
	c.server.SetLimits(securityscorecardtest.Limits{Hour: 2})
	for range 2 {
		if r := c.get("/portfolios"); r.status != 200 {
			t.Fatalf("within the limit: %d", r.status)
		}
	}
	r := c.get("/portfolios")
	wait, err := time.ParseDuration(r.header.Get("Retry-After") + "s")
	if r.status != 429 || r.body != "" || err != nil || wait < 59*time.Minute || wait > time.Hour {
		t.Errorf("over the limit: %d %q Retry-After %q", r.status, r.body, r.header.Get("Retry-After"))
	}
	for name := range r.header {
		if strings.HasPrefix(name, "X-Rate") {
			t.Errorf("the platform has no header %s", name)
		}
	}
	fresh := c.server.NewToken()
	if r := c.do("GET", "/portfolios", "", "Authorization", "Token "+fresh); r.status != 200 {
		t.Errorf("another token has its own limit: %d", r.status)
	}
}

func TestDetailedReportsHaveAStricterLimit(t *testing.T) {
	c := listen(t, &securityscorecardtest.Options{Limits: securityscorecardtest.Limits{DetailedReports: 1}})
	body := fmt.Sprintf(`{"scorecard_identifier":%q}`, c.domainWhere(scored))
	if r := c.do("POST", "/reports/detailed", body); r.status != 200 {
		t.Fatalf("first: %d %s", r.status, r.body)
	}
	if r := c.do("POST", "/reports/detailed", body); r.status != 429 || r.header.Get("Retry-After") == "" {
		t.Errorf("second: %d %s", r.status, r.body)
	}
	if r := c.do("POST", "/reports/summary", body); r.status != 200 {
		t.Errorf("another kind: %d %s", r.status, r.body)
	}
}
