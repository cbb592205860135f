package procoretest_test

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/cordage-go/cordage/procore/procoretest"
)

func TestAuthorizationCode(t *testing.T) {
	c := start(t, &procoretest.Options{AutoConsent: true, RedirectURIs: []string{"http://localhost:8910/callback"}})
	ask := func(redirect, more string) answer {
		return c.with("Authorization", "").get("/oauth/authorize?response_type=code&client_id=" + c.server.ClientID + "&redirect_uri=" + url.QueryEscape(redirect) + more)
	}
	location, err := ask("http://localhost:8910/callback", "&state=a%26b").want(t, 302).Location()
	if err != nil || location.Host != "localhost:8910" || location.Query().Get("state") != "a&b" {
		t.Fatalf("redirected to %v, %v", location, err)
	}
	code := location.Query().Get("code")
	exchange := c.grant("authorization_code", "code", code, "redirect_uri", "http://localhost:8910/callback")
	pair := c.token(exchange).want(t, 200).object(t)
	if pair["expires_in"].(interface{ String() string }).String() != "5400" || pair["refresh_token"] == "" || pair["created_at"] == nil {
		t.Errorf("token answer %v", pair)
	}
	access, _ := pair["access_token"].(string)
	if strings.Count(access, ".") != 2 {
		t.Errorf("the access token does not look like a JWT: %s", access)
	}
	c.with("Authorization", "Bearer "+access).get("/rest/v1.0/me").want(t, 200, "Dana Demo")

	c.token(exchange).want(t, 400, `"invalid_grant"`, "used already")
	c.token(c.grant("authorization_code", "code", c.server.NewCode("http://localhost"), "redirect_uri", "http://localhost/")).want(t, 400, `"invalid_grant"`, "redirect_uri")
	ask("http://localhost/", "").want(t, 400, "invalid_redirect_uri")
	ask("urn:ietf:wg:oauth:2.0:oob", "").want(t, 200, "demo-procore-code-")
	c.get("/oauth/authorize?response_type=code&client_id=nobody&redirect_uri=http://localhost").want(t, 401, "invalid_client")
	wrong, _ := c.get("/oauth/authorize?response_type=token&state=s&client_id="+c.server.ClientID+"&redirect_uri=http://localhost").want(t, 302).Location()
	if wrong.Query().Get("error") != "unsupported_response_type" || wrong.Query().Get("state") != "s" {
		t.Errorf("redirected to %v", wrong)
	}
}

func TestUserRefuses(t *testing.T) {
	c := start(t, &procoretest.Options{RefuseConsent: true})
	location, err := c.get("/oauth/authorize?response_type=code&state=s&client_id="+c.server.ClientID+"&redirect_uri=http://localhost").want(t, 302).Location()
	if err != nil || location.Query().Get("error") != "access_denied" || location.Query().Has("code") {
		t.Errorf("redirected to %v, %v", location, err)
	}
}

func TestRefreshRotates(t *testing.T) {
	c := start(t, nil)
	first := c.server.RefreshToken
	pair := c.token(c.grant("refresh_token", "refresh_token", first)).want(t, 200, `"token_type":"bearer"`).object(t)
	if pair["refresh_token"] == first || pair["access_token"] == c.server.AccessToken {
		t.Errorf("nothing rotated: %v", pair)
	}
	c.token(c.grant("refresh_token", "refresh_token", first)).want(t, 400, "invalid_grant", "The refresh token is invalid")
	if n := c.server.Presented(first); n != 2 {
		t.Errorf("presented %d times, want 2", n)
	}
}

// Any call that presents a refresh token kills it.
func TestFailedRefreshKillsTheToken(t *testing.T) {
	for name, fail := range map[string]func(c *caller, token string){
		"wrong secret": func(c *caller, token string) {
			c.token(c.grant("refresh_token", "refresh_token", token, "client_secret", "wrong")).want(t, 401, "invalid_client")
		},
		"basic": func(c *caller, token string) {
			form := url.Values{"grant_type": {"refresh_token"}, "refresh_token": {token}}
			basic := c.with("Authorization", "Basic ZGVtbzpkZW1v")
			basic.send("POST", "/oauth/token", "application/x-www-form-urlencoded", strings.NewReader(form.Encode())).want(t, 401, "invalid_client", "in the body")
		},
		"lost answer": func(c *caller, token string) {
			c.server.Inject(procoretest.Fault{On: "POST /oauth/token", Drop: true, When: procoretest.AfterWork})
			form := strings.NewReader(c.grant("refresh_token", "refresh_token", token).Encode())
			if response, err := c.http.Post(c.server.LoginURL+"/oauth/token", "application/x-www-form-urlencoded", form); err == nil {
				_ = response.Body.Close()
				t.Error("the answer was not lost")
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			c := start(t, nil)
			_, token := c.server.NewTokens()
			fail(c, token)
			c.token(c.grant("refresh_token", "refresh_token", token)).want(t, 400, "invalid_grant")
		})
	}
}

func TestClientCredentialsInEveryEncoding(t *testing.T) {
	c := start(t, nil)
	form := c.grant("client_credentials")
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for name := range form {
		if err := w.WriteField(name, form.Get(name)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	asJSON := map[string]string{"grant_type": "client_credentials", "client_id": c.server.ClientID, "client_secret": c.server.ClientSecret}
	anonymous := c.with("Authorization", "")
	for name, a := range map[string]answer{
		"form":      c.token(form),
		"multipart": anonymous.send("POST", "/oauth/token/", w.FormDataContentType(), &body),
		"json":      anonymous.do("POST", "/oauth/token", asJSON),
	} {
		pair := a.want(t, 200, `"access_token"`, `"token_type":"Bearer"`).object(t)
		if pair["refresh_token"] != nil {
			t.Errorf("%s: a refresh token came: %v", name, pair)
		}
	}
	c.token(c.grant("password")).want(t, 400, "unsupported_grant_type")
	anonymous.send("POST", "/oauth/token", "text/plain", strings.NewReader("x")).want(t, 400, "invalid_request")
	c.get("/oauth/token").want(t, 405, "POST")
	c.get("/oauth/nothing").want(t, 404)
}

// An app's own token finds its companies without naming one, and is nobody
// without a company.
func TestAppToken(t *testing.T) {
	c := start(t, nil)
	pair := c.token(c.grant("client_credentials")).want(t, 200).object(t)
	app := c.with("Authorization", "Bearer "+pair["access_token"].(string))
	if n := len(app.with("Procore-Company-Id", "").get("/rest/v1.0/companies").want(t, 200).list(t)); n != 2 {
		t.Errorf("%d companies, want the 2 that are connected", n)
	}
	app.with("Procore-Company-Id", "").get("/rest/v1.0/me").want(t, 400, "Missing Procore-Company-Id header!")
	app.get("/rest/v1.0/me").want(t, 200, "service account")
	app.get("/oauth/token/info").want(t, 200, `"resource_owner_id":null`, c.server.ClientID)
	app.get(c.rfis()).want(t, 200)
}

func TestTokenLife(t *testing.T) {
	c := start(t, &procoretest.Options{TokenLife: time.Minute})
	c.token(c.grant("client_credentials")).want(t, 200, `"expires_in":60`)
	c.get("/oauth/token/info").want(t, 200, `"resource_owner_id":562949955421313`, `"scopes":[]`)
	c.server.ExpireTokens()
	c.get("/rest/v1.0/me").want(t, 401, `"message":"The access token is invalid"`, "expired")
	c.get("/oauth/token/info").want(t, 401, "invalid_token")
	c.token(c.grant("refresh_token", "refresh_token", c.server.RefreshToken)).want(t, 200)
	if _, err := procoretest.Listen("127.0.0.1:0", &procoretest.Options{TokenLife: -1}); err == nil {
		t.Error("a negative life was taken")
	}
}

func TestRevoke(t *testing.T) {
	c := start(t, nil)
	access, refresh := c.server.NewTokens()
	form := url.Values{"token": {access}, "client_id": {c.server.ClientID}, "client_secret": {c.server.ClientSecret}}
	send := func() answer {
		return c.send("POST", "/oauth/revoke", "application/x-www-form-urlencoded", strings.NewReader(form.Encode()))
	}
	form.Set("client_secret", "wrong")
	send().want(t, 401, "invalid_client")
	c.with("Authorization", "Bearer "+access).get("/rest/v1.0/me").want(t, 200)
	form.Set("client_secret", c.server.ClientSecret)
	send().want(t, 200)
	c.with("Authorization", "Bearer "+access).get("/rest/v1.0/me").want(t, 401)
	c.token(c.grant("refresh_token", "refresh_token", refresh)).want(t, 400, "invalid_grant")
	form.Set("token", "never-issued")
	send().want(t, 200)
	if status := c.get("/rest/v1.0/me").StatusCode; status != http.StatusOK {
		t.Errorf("another pair was revoked too: status %d", status)
	}
}
