package main

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"go.uber.org/goleak"
)

// The program prints one line per platform, answers, and ends when it is told to.
func TestRun(t *testing.T) {
	defer goleak.VerifyNone(t, goleak.IgnoreCurrent())
	ctx, interrupt := context.WithCancel(t.Context())
	out, in := io.Pipe()
	ended := make(chan error, 1)
	const callback = "https://app.example/callback"
	go func() { ended <- run(ctx, []string{"-redirect", callback}, in) }()

	lines := bufio.NewScanner(out)
	for _, want := range []struct{ platform, fields string }{
		{"scoro", "base_url site company_account user_token api_key app_id username password mcp_url mcp_client_id"},
		{"procore", "base_url login_url client_id client_secret company_id access_token refresh_token redirect_uri username password"},
		{"securityscorecard", "base_url token app_id app_secret install_code page_url username password"},
	} {
		if !lines.Scan() {
			t.Fatal("a line is missing")
		}
		var line map[string]any
		if err := json.Unmarshal(lines.Bytes(), &line); err != nil {
			t.Fatal(err)
		}
		if line["platform"] != want.platform {
			t.Errorf("platform %v, want %s", line["platform"], want.platform)
		}
		for field := range strings.FieldsSeq(want.fields) {
			if line[field] == nil || line[field] == "" {
				t.Errorf("%s: no %s", want.platform, field)
			}
		}
		answers(t, line["base_url"].(string))
		signsIn(t, signInPage(line, callback))
	}
	interrupt()
	if err := <-ended; err != nil {
		t.Errorf("ended with %v", err)
	}
}

// answers checks that somebody is there; without a credential it is a refusal.
func answers(t *testing.T, address string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Close = true
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if answer.StatusCode < 400 {
		t.Errorf("%s answered %d without a credential", address, answer.StatusCode)
	}
}

// signInPage is the page of a platform on which people let the app in.
func signInPage(line map[string]any, callback string) string {
	query := url.Values{"response_type": {"code"}, "redirect_uri": {callback}}
	switch line["platform"] {
	case "scoro":
		query.Set("client_id", line["mcp_client_id"].(string))
		query.Set("code_challenge", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM")
		query.Set("code_challenge_method", "S256")
		return strings.TrimSuffix(line["mcp_url"].(string), "/mcp") + "/oauth/authorize?" + query.Encode()
	case "procore":
		query.Set("client_id", line["client_id"].(string))
		return line["login_url"].(string) + "/oauth/authorize?" + query.Encode()
	default:
		return line["page_url"].(string) + line["app_id"].(string) + "/authorize?" + query.Encode()
	}
}

// signsIn checks that a page asks who one is, so that the redirect address is known.
func signsIn(t *testing.T, address string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Close = true
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	page, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK || !strings.Contains(string(page), `id="sign-in"`) {
		t.Errorf("%s: %d %s, %v", address, answer.StatusCode, page, err)
	}
}

// taken is an address that somebody listens on.
func taken(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	return listener.Addr().String()
}

func TestBadFlags(t *testing.T) {
	for args, want := range map[string]string{
		"-platform jira":       `no platform "jira"`,
		"procore":              `"procore" is no flag`,
		"-addr 127.0.0.1":      "missing port",
		"-addr 127.0.0.1:http": "not a number",
		"-addr " + taken(t):    "choose another -addr",
	} {
		err := run(t.Context(), strings.Fields(args), io.Discard)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", args, err, want)
		}
	}
}
