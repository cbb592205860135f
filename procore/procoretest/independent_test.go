package procoretest_test

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"

	"github.com/cordage-go/cordage/procore/procoretest"
)

// The clients of this file know nothing of the library: what works at Procore's
// login host for them works here.

func foreignConfig(server *procoretest.Server, redirect string) *oauth2.Config {
	return &oauth2.Config{
		ClientID: server.ClientID, ClientSecret: server.ClientSecret, RedirectURL: redirect,
		Endpoint: oauth2.Endpoint{
			AuthURL: server.LoginURL + "/oauth/authorize", TokenURL: server.LoginURL + "/oauth/token", AuthStyle: oauth2.AuthStyleInParams,
		},
	}
}

// consent visits an authorize address and returns what came back to the app.
func consent(t *testing.T, c *caller, address string) url.Values {
	t.Helper()
	back, err := c.with("Authorization", "").get(strings.TrimPrefix(address, c.server.LoginURL)).want(t, 302).Location()
	if err != nil {
		t.Fatal(err)
	}
	return back.Query()
}

func TestForeignOAuthClient(t *testing.T) {
	const redirect = "http://localhost:8910/callback?app=1"
	c := start(t, &procoretest.Options{AutoConsent: true, RedirectURIs: []string{redirect}})
	config := foreignConfig(c.server, redirect)
	verifier := oauth2.GenerateVerifier()
	back := consent(t, c, config.AuthCodeURL("s t+a/t=e", oauth2.S256ChallengeOption(verifier), oauth2.AccessTypeOffline, oauth2.SetAuthURLParam("prompt", "login")))
	if back.Get("state") != "s t+a/t=e" || back.Get("app") != "1" {
		t.Errorf("came back with %v", back)
	}
	token, err := config.Exchange(t.Context(), back.Get("code"), oauth2.VerifierOption(verifier), oauth2.SetAuthURLParam("scope", "x"))
	if err != nil || token.RefreshToken == "" || time.Until(token.Expiry) < time.Hour {
		t.Fatalf("%v, %v", token.Valid(), err)
	}
	old := *token
	old.Expiry = time.Now().Add(-time.Minute)
	next, err := config.TokenSource(t.Context(), &old).Token()
	if err != nil || next.RefreshToken == token.RefreshToken {
		t.Fatalf("%v, %v", next.Valid(), err)
	}
	wantRefused(t, second(config.TokenSource(t.Context(), &old).Token()))
	app := clientcredentials.Config{ClientID: config.ClientID, ClientSecret: config.ClientSecret, TokenURL: config.Endpoint.TokenURL, AuthStyle: oauth2.AuthStyleInParams}
	own, err := app.Token(t.Context())
	if err != nil || own.RefreshToken != "" {
		t.Fatalf("%v, %v", own.Valid(), err)
	}
	for name, token := range map[string]*oauth2.Token{"code": token, "refresh": next, "app": own} {
		for _, scheme := range []string{token.Type(), "bearer", "BEARER"} {
			if a := c.with("Authorization", scheme+" "+token.AccessToken).get("/oauth/token/info"); a.StatusCode != 200 {
				t.Errorf("the token by %s and %s gives %d", name, scheme, a.StatusCode)
			}
		}
	}
}

// x/oauth2's way to find out where credentials go costs the code.
func TestForeignOAuthClientThatProbes(t *testing.T) {
	c := start(t, &procoretest.Options{AutoConsent: true})
	config := foreignConfig(c.server, "http://localhost")
	config.Endpoint.AuthStyle = oauth2.AuthStyleAutoDetect
	code := consent(t, c, config.AuthCodeURL("s")).Get("code")
	wantRefused(t, second(config.Exchange(t.Context(), code)))
}

func second(_ *oauth2.Token, err error) error { return err }

func wantRefused(t *testing.T, err error) {
	t.Helper()
	if e, ok := errors.AsType[*oauth2.RetrieveError](err); !ok || e.ErrorCode != "invalid_grant" {
		t.Errorf("got %v", err)
	}
}

// What plain clients vary: the encoding, the way to write its name, members
// beside those that count, a slash at the end, the protocol.
func TestPlainTokenRequests(t *testing.T) {
	c := start(t, nil)
	encodings := map[string]func(url.Values) string{
		"application/x-www-form-urlencoded":               url.Values.Encode,
		"application/x-www-form-urlencoded;charset=UTF-8": url.Values.Encode,
		"Application/X-WWW-Form-URLEncoded":               url.Values.Encode,
		"application/json":                                asJSON,
		"application/json; charset=utf-8":                 asJSON,
	}
	for kind, encode := range encodings {
		for _, more := range [][]string{nil, {"redirect_uri", "http://localhost"}, {"scope", "", "unknown", "x", "resource", "a b"}} {
			_, refresh := c.server.NewTokens()
			body := encode(c.grant("refresh_token", append([]string{"refresh_token", refresh}, more...)...))
			c.with("Authorization", "").send("POST", "/oauth/token/", kind, strings.NewReader(body)).want(t, 200, `"refresh_token"`)
		}
	}
	_, refresh := c.server.NewTokens()
	conn, err := net.Dial("tcp", strings.TrimPrefix(c.server.LoginURL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	body := c.grant("refresh_token", "refresh_token", refresh).Encode()
	fmt.Fprintf(conn, "POST /oauth/token HTTP/1.0\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: %d\r\n\r\n%s", len(body), body)
	response, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := io.ReadAll(response.Body) // until the server closes
	if err != nil || response.StatusCode != 200 || !response.Close {
		t.Errorf("HTTP/1.0: %s %s, %v", response.Status, answer, err)
	}
}

func asJSON(form url.Values) string {
	members := map[string]string{}
	for name := range form {
		members[name] = form.Get(name)
	}
	text, _ := json.Marshal(members)
	return string(text)
}
