package scorotest_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"golang.org/x/oauth2"

	"github.com/cordage-go/cordage/scoro/scorotest"
)

// What clients of the login vary: the company account or the site's name, a
// language, and what stands in request.
func TestForeignLogin(t *testing.T) {
	s := start(t, nil)
	for _, account := range []string{s.CompanyAccount, s.Site} {
		for _, more := range []string{`"request":{}`, `"request":[]`, `"request":null`, `"lang":"eng"`, `"lang":null,"request":{},"unknown":1`} {
			for _, device := range []string{"server", "", "android"} {
				body := fmt.Sprintf(`{%s,"company_account_id":%q,"username":%q,"password":%q,"device_type":%q,"device_name":"","device_id":""}`,
					more, account, s.Username, s.Password, device)
				response, err := http.Post(s.URL+"/userAuth/modify", "Application/JSON; charset=UTF-8", strings.NewReader(body))
				if err != nil {
					t.Fatal(err)
				}
				text, _ := io.ReadAll(response.Body)
				response.Body.Close()
				var answer struct{ Data struct{ Token string } }
				if err := json.Unmarshal(text, &answer); err != nil || answer.Data.Token == "" {
					t.Errorf("%s: %s", body, text)
				}
			}
		}
	}
}

// x/oauth2 signs a user in to the MCP endpoint in every way that it has.
func TestForeignMCPClient(t *testing.T) {
	for _, confidential := range []bool{false, true} {
		for name, style := range map[string]oauth2.AuthStyle{"unknown": oauth2.AuthStyleAutoDetect, "form": oauth2.AuthStyleInParams, "header": oauth2.AuthStyleInHeader} {
			s := start(t, &scorotest.Options{MCP: scorotest.MCPOptions{AutoConsent: true, Confidential: confidential}})
			host := strings.TrimSuffix(s.MCPURL, "/mcp")
			client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
			ctx := context.WithValue(t.Context(), oauth2.HTTPClient, client)
			config := &oauth2.Config{
				ClientID: s.MCPClientID, ClientSecret: s.MCPClientSecret, RedirectURL: "http://[::1]:8910/callback?app=1",
				Endpoint: oauth2.Endpoint{AuthURL: host + "/oauth/authorize", TokenURL: host + "/oauth/token", AuthStyle: style},
			}
			verifier := oauth2.GenerateVerifier()
			page, err := client.Get(config.AuthCodeURL("s&t", oauth2.S256ChallengeOption(verifier)))
			if err != nil {
				t.Fatal(err)
			}
			page.Body.Close()
			back, err := page.Location()
			if err != nil || back.Query().Get("state") != "s&t" || back.Query().Get("app") != "1" {
				t.Fatalf("%s: %s %v, %v", name, page.Status, back, err)
			}
			token, err := config.Exchange(ctx, back.Query().Get("code"), oauth2.VerifierOption(verifier))
			if err != nil || token.RefreshToken == "" {
				t.Errorf("%s, confidential %t: %v", name, confidential, err)
				continue
			}
			token.Expiry = time.Now().Add(-time.Minute)
			if next, err := config.TokenSource(ctx, token).Token(); err != nil || next.RefreshToken == token.RefreshToken {
				t.Errorf("%s, confidential %t: %v", name, confidential, err)
			}
			client.CloseIdleConnections()
		}
	}
}
