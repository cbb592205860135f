package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/cordage-go/cordage/auth"
	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/scoro"
	"github.com/cordage-go/cordage/scoro/scorotest"
	"github.com/cordage-go/cordage/store"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// The program runs whole, on its emulator.
func TestRun(t *testing.T) {
	var out bytes.Buffer
	if err := run(t.Context(), nil, &out); err != nil {
		t.Fatal(err)
	}
	first, second, found := strings.Cut(out.String(), "== Second visit")
	if !found {
		t.Fatalf("there was no second visit:\n%s", out.String())
	}
	for part, wants := range map[string][]string{
		first:  {"Signed in.\n", "  create_time_entry ", "get_project answered:\n", `"project_id"`},
		second: {"Signed in already.\n", "  create_time_entry ", "get_project answered:\n", `"project_id"`},
	} {
		for _, want := range wants {
			if !strings.Contains(part, want) {
				t.Errorf("the output lacks %q:\n%s", want, part)
			}
		}
	}
}

func TestFlags(t *testing.T) {
	key := base64.StdEncoding.EncodeToString(make([]byte, 32))
	for _, c := range []struct {
		want, key string
		args      []string
	}{
		{"say with -dir where to keep the sign-in", key, []string{"-site", "acme"}},
		{"SIGN_IN_KEY must hold 32 random bytes", "short", []string{"-site", "acme", "-dir", t.TempDir()}},
		{"flag provided but not defined: -no-such", key, []string{"-no-such"}},
		{"-arguments must be a JSON object: invalid", key, []string{"-site", "acme", "-arguments", "x", "-dir", filepath.Join(t.TempDir(), "new")}},
	} {
		t.Setenv("SIGN_IN_KEY", c.key)
		if err := run(t.Context(), c.args, io.Discard); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q gave %v, want %q", c.args, err, c.want)
		}
	}
}

// visitTo is a visit of the emulator's demo user, who answers so.
func visitTo(t *testing.T, server *scorotest.Server, records store.Store, answer string) (visit, *bytes.Buffer) {
	t.Helper()
	out := &bytes.Buffer{}
	user := person{name: server.Username, password: server.Password, answer: answer}
	return visit{
		app:     scoro.MCPApp{Endpoint: server.MCPURL, ClientID: server.MCPClientID, ClientSecret: auth.NewSecret(server.MCPClientSecret)},
		records: records,
		open:    func(page string) error { return user.visit(t.Context(), page) },
		out:     out,
	}, out
}

// No refresh token is presented twice, and the folder tells nobody a secret.
func TestSignInSurvives(t *testing.T) {
	server, err := scorotest.Listen("127.0.0.1:0", &scorotest.Options{MCP: scorotest.MCPOptions{Confidential: true, IssuerPath: "/auth"}})
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	dir, key := filepath.Join(t.TempDir(), "kept"), base64.StdEncoding.EncodeToString(make([]byte, 32))
	for n := range 4 {
		records, err := openRecords(dir, key)
		if err != nil {
			t.Fatal(err)
		}
		v, out := visitTo(t, server, records, "allow")
		if n > 0 {
			v.open = func(string) error { return errors.New("nobody is asked again") }
		}
		if err := v.run(t.Context()); err != nil {
			t.Fatal(err)
		}
		if want := map[bool]string{true: "Signed in.\n", false: "Signed in already.\n"}[n == 0]; !strings.HasPrefix(out.String(), want) {
			t.Errorf("visit %d: %s", n, out)
		}
		server.ExpireMCPTokens()
	}
	var kinds []string
	for _, p := range server.Presentations() {
		if !p.OK {
			t.Errorf("a %s was refused: %s", p.Kind, p.Why)
		}
		kinds = append(kinds, p.Kind)
	}
	if want := []string{"code", "refresh", "refresh", "refresh"}; !slices.Equal(kinds, want) {
		t.Errorf("presented %v, want %v", kinds, want)
	}
	for _, pair := range server.Issued() {
		wantAbsent(t, dir, pair.Access, pair.Refresh)
	}
}

// wantAbsent looks for texts in the files of a folder.
func wantAbsent(t *testing.T, dir string, texts ...string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		for _, text := range texts {
			if bytes.Contains(data, []byte(text)) {
				t.Errorf("%s holds a token in the clear", path)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestUserDenies(t *testing.T) {
	server := scorotest.NewServer(t)
	v, out := visitTo(t, server, store.Memory(), "deny")
	if err := v.run(t.Context()); !errors.Is(err, connector.Forbidden) {
		t.Errorf("got %v", err)
	}
	if out.Len() > 0 || len(server.Presentations()) > 0 {
		t.Errorf("the output is %q, presented %v", out, server.Presentations())
	}
}

// What an ended sign-in means comes through the SDK.
func TestSignInEnds(t *testing.T) {
	server := scorotest.NewServer(t)
	records := store.Memory()
	v, _ := visitTo(t, server, records, "allow")
	if err := v.run(t.Context()); err != nil {
		t.Fatal(err)
	}
	refresh, err := v.app.Refresh(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	session := auth.NewSession(records, v.app.Key("desk"), refresh)
	defer session.Close()
	token, err := session.Token(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	server.Revoke(token.Access.Reveal())
	if err := v.useTools(t.Context(), session); !errors.Is(err, connector.Reauthorize) {
		t.Errorf("got %v", err)
	}
}

// rotating is a source whose tokens get a new number when they are refused.
type rotating struct {
	mu sync.Mutex
	n  int
}

func (r *rotating) Token(context.Context) (auth.Token, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return auth.Token{Access: auth.NewSecret("token-" + string(rune('0'+r.n)))}, nil
}

func (r *rotating) Invalidate(context.Context, auth.Token) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.n++
	return nil
}

func TestBearer(t *testing.T) {
	var mu sync.Mutex
	var arrived []string
	accepted := "token-1"
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		mu.Lock()
		defer mu.Unlock()
		arrived = append(arrived, r.Header.Get("Authorization")+" "+string(body))
		if r.Header.Get("Authorization") != "Bearer "+accepted {
			w.WriteHeader(http.StatusUnauthorized)
		}
	}))
	defer server.Close()
	b, err := newBearer(server.URL+"/mcp", &rotating{})
	if err != nil {
		t.Fatal(err)
	}
	defer b.next.CloseIdleConnections()
	post := func(url string) (*http.Response, error) {
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		request, err := http.NewRequestWithContext(ctx, http.MethodPost, url, strings.NewReader("hello"))
		if err != nil {
			t.Fatal(err)
		}
		answer, err := b.RoundTrip(request)
		if err == nil {
			answer.Body.Close()
		}
		if request.Header.Get("Authorization") != "" {
			t.Error("the caller's request has a token on it")
		}
		return answer, err
	}

	if answer, err := post(server.URL + "/mcp"); err != nil || answer.StatusCode != http.StatusOK {
		t.Errorf("got %v, %v", answer, err)
	}
	accepted = "none"
	if answer, err := post(server.URL + "/mcp"); err != nil || answer.StatusCode != http.StatusUnauthorized {
		t.Errorf("a server that takes no token: %v, %v", answer, err)
	}
	want := []string{"Bearer token-0 hello", "Bearer token-1 hello", "Bearer token-1 hello", "Bearer token-2 hello"}
	if !slices.Equal(arrived, want) {
		t.Errorf("arrived %q, want %q", arrived, want)
	}
	for _, elsewhere := range []string{strings.Replace(server.URL, "127.0.0.1", "localhost", 1), "https" + strings.TrimPrefix(server.URL, "http"), "http://evil.example"} {
		if _, err := post(elsewhere + "/mcp"); !errors.Is(err, errOrigin) {
			t.Errorf("%s: got %v", elsewhere, err)
		}
	}
	if len(arrived) != len(want) {
		t.Errorf("more arrived: %q", arrived)
	}
}
