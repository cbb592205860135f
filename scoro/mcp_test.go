package scoro_test

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/cordage-go/cordage/auth"
	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/internal/faulttest"
	"github.com/cordage-go/cordage/scoro"
	"github.com/cordage-go/cordage/store"
)

const (
	resourceWell = "/.well-known/oauth-protected-resource"
	oauthWell    = "/.well-known/oauth-authorization-server"
	openIDWell   = "/.well-known/openid-configuration"

	mcpSecret = "mcp-canary/0123456789" // escaped in a form
)

// pages are what a host answers, by path. HERE stands for its own address.
type pages map[string]faulttest.Step

// mcpHost plays the pages; what it has not is a 404 with a web page.
func mcpHost(t testing.TB, answers pages) *faulttest.Server {
	t.Helper()
	var server *faulttest.Server
	server = faulttest.NewServer(t, func(_ int, a faulttest.Arrival) faulttest.Step {
		step, ok := answers[a.URL.Path]
		if !ok {
			return faulttest.Step{Status: 404, Body: "<html>Unknown site</html>"}
		}
		step.Body = strings.ReplaceAll(step.Body, "HERE", server.URL)
		step.Header = step.Header.Clone()
		for _, values := range step.Header {
			values[0] = strings.ReplaceAll(values[0], "HERE", server.URL)
		}
		return step
	})
	return server
}

func page(body string) faulttest.Step { return faulttest.JSON(200, body) }

const (
	aResource = `{"resource":"HERE/mcp","authorization_servers":["HERE"]}`
	aServer   = `{"issuer":"HERE","authorization_endpoint":"HERE/authorize","token_endpoint":"HERE/token",
		"code_challenge_methods_supported":["plain","S256"],"token_endpoint_auth_methods_supported":["none","client_secret_post"]}`
	aToken = `{"access_token":"access-2","token_type":"bearer","expires_in":3600,"refresh_token":"refresh-2"}`
)

// usual is a host as the standard wants it. Changes replace its pages.
func usual(changes pages) pages {
	all := pages{
		"/mcp":                faulttest.Step{Status: 401}.With("WWW-Authenticate", `Bearer realm="mcp", resource_metadata="HERE`+resourceWell+`/mcp"`),
		resourceWell + "/mcp": page(aResource),
		oauthWell:             page(aServer),
		"/token":              page(aToken),
	}
	for path, step := range changes {
		all[path] = step
	}
	return all
}

func appAt(server *faulttest.Server) scoro.MCPApp {
	return scoro.MCPApp{ClientID: "client-1", Endpoint: server.URL + "/mcp"}
}

func paths(server *faulttest.Server) []string {
	var all []string
	for _, a := range server.Arrivals() {
		all = append(all, a.Method+" "+a.URL.Path)
	}
	return all
}

func TestMCPSignIn(t *testing.T) {
	server := mcpHost(t, usual(nil))
	app := appAt(server)
	app.Scopes = []string{"read", "write"}
	grant, err := app.SignIn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"GET /mcp", "GET " + resourceWell + "/mcp", "GET " + oauthWell}
	if diff := cmp.Diff(want, paths(server)); diff != "" {
		t.Error("discovery asked", diff)
	}
	attempt := auth.NewAttempt("http://127.0.0.1:5555/callback")
	agree, err := url.Parse(grant.AuthorizeURL(attempt))
	if err != nil {
		t.Fatal(err)
	}
	digest := sha256.Sum256([]byte(attempt.Verifier.Reveal()))
	query := url.Values{"response_type": {"code"}, "client_id": {"client-1"}, "redirect_uri": {attempt.RedirectURL}, "state": {attempt.State},
		"code_challenge": {base64.RawURLEncoding.EncodeToString(digest[:])}, "code_challenge_method": {"S256"},
		"resource": {app.Endpoint}, "scope": {"read write"}}
	if diff := cmp.Diff(query, agree.Query()); diff != "" || !strings.HasPrefix(agree.String(), server.URL+"/authorize?") {
		t.Errorf("the user is sent to %s: %s", agree, diff)
	}
	token, err := grant.Exchange(t.Context(), "code-1", attempt)
	if err != nil || token.Access.Reveal() != "access-2" || token.Refresh.Reveal() != "refresh-2" || time.Until(token.Expiry) < 59*time.Minute {
		t.Errorf("the exchange gave %+v, %v", token, err)
	}
	wantForm(t, server, url.Values{"grant_type": {"authorization_code"}, "code": {"code-1"}, "redirect_uri": {attempt.RedirectURL},
		"code_verifier": {attempt.Verifier.Reveal()}, "resource": {app.Endpoint}, "client_id": {"client-1"}})
}

// wantForm compares the form that arrived last.
func wantForm(t *testing.T, server *faulttest.Server, want url.Values) {
	t.Helper()
	arrivals := server.Arrivals()
	last := arrivals[len(arrivals)-1]
	form, err := url.ParseQuery(string(last.Body))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, form); diff != "" || last.Method != "POST" || last.Header.Get("Content-Type") != "application/x-www-form-urlencoded" {
		t.Errorf("%s %s arrived with %v: %s", last.Method, last.URL, last.Header, diff)
	}
}

func TestMCPRefresh(t *testing.T) {
	server := mcpHost(t, usual(nil))
	grant, err := appAt(server).Refresh(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if !grant.OneTime || grant.Probe {
		t.Errorf("the grant is %+v; nobody says that a refresh token works twice", grant)
	}
	session := auth.NewSession(store.Memory(), "key", grant)
	defer session.Close()
	old := auth.Token{Access: auth.NewSecret("access-1"), Refresh: auth.NewSecret("refresh-1"), Expiry: time.Now().Add(-time.Hour)}
	if err := session.Set(t.Context(), old); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if token, err := session.Token(t.Context()); err != nil || token.Access.Reveal() != "access-2" {
			t.Errorf("got %v, %v", token, err)
		}
	}
	if got := paths(server); len(got) != 4 {
		t.Errorf("arrived: %v", got)
	}
	wantForm(t, server, url.Values{"grant_type": {"refresh_token"}, "refresh_token": {"refresh-1"}, "resource": {server.URL + "/mcp"}, "client_id": {"client-1"}})

	_, err = grant.Renew(t.Context(), auth.Token{Access: auth.NewSecret("access-1")})
	if !errors.Is(err, connector.Reauthorize) || len(paths(server)) != 4 {
		t.Errorf("without a refresh token: %v, and arrived %v", err, paths(server))
	}
}

// The secret goes the one way that the server names, once.
func TestMCPSecret(t *testing.T) {
	for ways, want := range map[string]string{
		`["client_secret_basic","client_secret_post"]`: "form", `["client_secret_basic"]`: "header", `[]`: "header", `null`: "header",
		`["private_key_jwt"]`: "",
	} {
		server := mcpHost(t, usual(pages{
			oauthWell: page(strings.Replace(aServer, `["none","client_secret_post"]`, ways, 1)),
			"/token":  faulttest.JSON(401, `{"error":"invalid_client"}`),
		}))
		app := appAt(server)
		app.ClientSecret = auth.NewSecret(mcpSecret)
		grant, err := app.SignIn(t.Context())
		if want == "" {
			wantFault(t, ways, err, connector.Decode, "takes an app's secret neither in the form nor in the header of a call", "public client")
			continue
		}
		if err != nil {
			t.Fatal(ways, err)
		}
		_, err = grant.Exchange(t.Context(), "code-1", auth.NewAttempt("http://127.0.0.1:1/"))
		wantFault(t, ways, err, connector.Reauthorize, "code invalid_client", "check MCPApp.ClientID and MCPApp.ClientSecret, and that the app is registered at "+server.URL)
		arrivals := server.Arrivals()
		if len(arrivals) != 4 {
			t.Fatalf("%s: arrived %v, want one token call", ways, paths(server))
		}
		form, _ := url.ParseQuery(string(arrivals[3].Body))
		sent := (&http.Request{Header: arrivals[3].Header})
		user, password, inHeader := sent.BasicAuth()
		switch want {
		case "form":
			if form.Get("client_secret") != mcpSecret || form.Get("client_id") != "client-1" || inHeader {
				t.Errorf("%s: form %v, header %v", ways, form, inHeader)
			}
		case "header":
			if user != "client-1" || password != url.QueryEscape(mcpSecret) || form.Has("client_secret") || form.Has("client_id") {
				t.Errorf("%s: form %v, header %s:%s", ways, form, user, password)
			}
		}
	}
}

// wantFault checks an error's kind and words, and that it holds no secret.
func wantFault(t *testing.T, name string, err error, kind connector.Kind, words ...string) {
	t.Helper()
	if !errors.Is(err, kind) {
		t.Errorf("%s: got %v, want kind %q", name, err, kind)
		return
	}
	e, ok := connector.AsError(err)
	if !ok || e.Remedy == "" || e.Platform != "scoro" {
		t.Errorf("%s: %#v has no remedy or platform", name, err)
	}
	for _, word := range words {
		if !strings.Contains(err.Error(), word) {
			t.Errorf("%s: %q does not say %q", name, err, word)
		}
	}
	for e := err; e != nil; e = errors.Unwrap(e) {
		if text := fmt.Sprintf("%v %+v %#v", e, e, e); strings.Contains(text, "canary") {
			t.Errorf("%s: the error holds a secret: %s", name, text)
		}
	}
}

// A server that repeats what it was sent does not carry it into errors.
func TestMCPEcho(t *testing.T) {
	for _, ways := range []string{`["client_secret_post"]`, `["client_secret_basic"]`} {
		for _, status := range []int{200, 400, 401, 500} {
			var server *faulttest.Server
			fixed := usual(pages{oauthWell: page(strings.Replace(aServer, `["none","client_secret_post"]`, ways, 1))})
			server = faulttest.NewServer(t, func(_ int, a faulttest.Arrival) faulttest.Step {
				step := fixed[a.URL.Path]
				if a.URL.Path == "/token" {
					said := a.Header.Get("Authorization") + " " + string(a.Body)
					step = faulttest.JSON(status, fmt.Sprintf(`{"error":%q,"error_description":%q}`, said, said))
				}
				step.Body = strings.ReplaceAll(step.Body, "HERE", server.URL)
				step.Header = http.Header{"Content-Type": {"application/json"}}
				return step
			})
			app := appAt(server)
			app.ClientSecret = auth.NewSecret(mcpSecret)
			grant, err := app.SignIn(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			attempt := auth.NewAttempt("http://127.0.0.1:1/")
			_, err = grant.Exchange(t.Context(), "code-canary", attempt)
			if err == nil {
				t.Fatalf("a %d was taken for success", status)
			}
			text := fmt.Sprintf("%+v", err)
			header := base64.StdEncoding.EncodeToString([]byte("client-1:" + url.QueryEscape(mcpSecret)))
			for _, secret := range []string{"canary", attempt.Verifier.Reveal(), header} {
				if strings.Contains(text, secret) {
					t.Errorf("%s, %d: the error holds %s: %s", ways, status, secret, text)
				}
			}
		}
	}
}

// A refresh whose answer is lost is not sent again, by nobody.
func TestMCPLostRefresh(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		answers := usual(nil)
		transport := faulttest.NewTransport(func(_ int, a faulttest.Arrival) faulttest.Step {
			if a.URL.Path == "/token" {
				return faulttest.Step{Fault: faulttest.Reset}
			}
			step := answers[a.URL.Path]
			step.Body = strings.ReplaceAll(step.Body, "HERE", "https://acme.scoro.com")
			step.Header = http.Header{"Content-Type": {"application/json"}}
			return step
		})
		grant, err := scoro.MCPApp{Site: "acme", ClientID: "client-1", Transport: transport}.Refresh(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		session := auth.NewSession(store.Memory(), "key", grant)
		defer session.Close()
		old := auth.Token{Access: auth.NewSecret("access-1"), Refresh: auth.NewSecret("refresh-1"), Expiry: time.Now().Add(-time.Hour)}
		if err := session.Set(t.Context(), old); err != nil {
			t.Fatal(err)
		}
		for range 3 {
			if _, err := session.Token(t.Context()); !errors.Is(err, connector.Reauthorize) {
				t.Errorf("got %v", err)
			}
			time.Sleep(time.Minute)
		}
		if transport.Count() != 4 {
			t.Errorf("%d requests arrived, want 3 to find the server and 1 token call", transport.Count())
		}
	})
}

func TestMCPAppRefuses(t *testing.T) {
	good := scoro.MCPApp{Site: "acme", ClientID: "client-1"}
	const portal = "; copy it from Scoro's Developer Portal"
	for want, spoil := range map[string]func(*scoro.MCPApp){
		"MCPApp.ClientID is empty" + portal:                                             func(a *scoro.MCPApp) { a.ClientID = "" },
		"MCPApp.ClientSecret has white space around it, or a line break in it; trim it": func(a *scoro.MCPApp) { a.ClientSecret = auth.NewSecret(mcpSecret + "\n") },
		"the site is empty; give its name, such as acme for acme.scoro.com":             func(a *scoro.MCPApp) { a.Site = "" },
		"MCPApp.Endpoint must use https; plain http is for loopback addresses alone":    func(a *scoro.MCPApp) { a.Endpoint = "http://mcp.example/mcp" },
	} {
		app := good
		spoil(&app)
		_, signIn := app.SignIn(t.Context())
		_, refresh := app.Refresh(t.Context())
		for _, err := range []error{signIn, refresh} {
			if !errors.Is(err, connector.Invalid) || err.Error() != "scoro MCPApp: invalid request: "+want {
				t.Errorf("got %v, want %s", err, want)
			}
		}
	}
}

func TestMCPServerURLAndKey(t *testing.T) {
	for _, test := range []struct {
		app       scoro.MCPApp
		url, key1 string
	}{
		{scoro.MCPApp{Site: "Acme"}, "https://acme.scoro.com/mcp", "scoro-mcp/acme.scoro.com%2Fmcp/c%2F1/t%201"},
		{scoro.MCPApp{Site: "https://acme.scoro.ee/"}, "https://acme.scoro.ee/mcp", "scoro-mcp/acme.scoro.ee%2Fmcp/c%2F1/t%201"},
		{scoro.MCPApp{Site: "acme", Endpoint: "http://127.0.0.1:8080/mcp/"}, "http://127.0.0.1:8080/mcp/", "scoro-mcp/127.0.0.1:8080%2Fmcp/c%2F1/t%201"},
	} {
		test.app.ClientID = "c/1"
		if got, err := test.app.ServerURL(); err != nil || got != test.url {
			t.Errorf("%+v: %s, %v", test.app, got, err)
		}
		if got := test.app.Key("t 1"); got != test.key1 {
			t.Errorf("%+v: key %s, want %s", test.app, got, test.key1)
		}
	}
	if _, err := (scoro.MCPApp{Site: "a b"}).ServerURL(); !errors.Is(err, connector.Invalid) {
		t.Errorf("got %v", err)
	}
}

func TestMCPDiscoveryCanceled(t *testing.T) {
	server := mcpHost(t, usual(pages{resourceWell + "/mcp": {Fault: faulttest.Silence}}))
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	begun := time.Now()
	_, err := appAt(server).SignIn(ctx)
	if !errors.Is(err, context.DeadlineExceeded) || time.Since(begun) > time.Second {
		t.Errorf("got %v after %v", err, time.Since(begun))
	}
}
