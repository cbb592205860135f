package procore_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/cordage-go/cordage/auth"
	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/procore"
)

const (
	tokenCanary  = "access-canary-0123456789"
	secretCanary = "client-canary/0123456789" // escaped in a form
)

// deskOf is an app whose login host answers as told.
func deskOf(t *testing.T, answer http.HandlerFunc) procore.App {
	t.Helper()
	server := httptest.NewServer(answer)
	t.Cleanup(server.Close)
	return procore.App{ClientID: "app", ClientSecret: auth.NewSecret(secretCanary),
		Environment: procore.Environment{Name: "test", APIURL: server.URL, LoginURL: server.URL}}
}

func TestStrangeTokenInfo(t *testing.T) {
	for body, kind := range map[string]connector.Kind{
		`<html>Log in</html>`: connector.Decode, ``: connector.Decode, `null`: connector.Decode, `[]`: connector.Decode, `"ok"`: connector.Decode,
		`{"resource_owner_id":1`: connector.Decode, `{"error":"invalid_token","error_description":"The access token expired"}`: connector.Unauthorized,
	} {
		app := deskOf(t, func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, body) })
		if info, err := app.TokenInfo(t.Context(), auth.Token{Access: auth.NewSecret(tokenCanary)}); !errors.Is(err, kind) {
			t.Errorf("%s gave %+v, %v", body, info, err)
		}
	}
	for body, life := range map[string]time.Duration{
		`{"expires_in_seconds":60}`: time.Minute, `{"expires_in_seconds":"60"}`: time.Minute, `{"expires_in_seconds":0}`: 0, `{"expires_in_seconds":-5}`: 0,
	} {
		app := deskOf(t, func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, body) })
		info, err := app.TokenInfo(t.Context(), auth.Token{Access: auth.NewSecret(tokenCanary)})
		if err != nil || info.ExpiresAt.IsZero() || time.Until(info.ExpiresAt) > life || time.Until(info.ExpiresAt) < life-30*time.Second {
			t.Errorf("%s gave %+v, %v", body, info, err)
		}
	}
	for _, body := range []string{`{}`, `{"expires_in_seconds":null,"resource_owner_id":null,"application":null,"created_at":null,"scopes":null}`,
		`{"expires_in_seconds":"soon","resource_owner_id":{},"application":[],"created_at":"now","scopes":7}`} {
		app := deskOf(t, func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, body) })
		info, err := app.TokenInfo(t.Context(), auth.Token{Access: auth.NewSecret(tokenCanary)})
		if err != nil || !info.ExpiresAt.IsZero() || !info.CreatedAt.IsZero() || info.UserID != 0 || info.ClientID != "" {
			t.Errorf("%s gave %+v, %v", body, info, err)
		}
	}
}

// A login host that repeats what it was sent does not carry it into errors.
func TestEchoingLoginHost(t *testing.T) {
	for _, code := range []int{200, 302, 400, 401, 404, 500} {
		app := deskOf(t, func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			said := r.Header.Get("Authorization") + " " + string(body)
			w.Header().Set("Content-Type", "application/json; "+said)
			w.Header().Set("Location", "http://127.0.0.1:1/?"+string(body))
			w.WriteHeader(code)
			fmt.Fprintf(w, `{"error":%q,"error_description":%q,"application":%q}`, said, said, said)
		})
		token := auth.Token{Access: auth.NewSecret(tokenCanary), Refresh: auth.NewSecret("refresh-canary-0123456789")}
		_, info := app.TokenInfo(t.Context(), token)
		grant, err := app.Refresh()
		if err != nil {
			t.Fatal(err)
		}
		_, renewed := grant.Renew(t.Context(), token)
		for deed, err := range map[string]error{"info": info, "revoke": app.Revoke(t.Context(), token), "renew": renewed} {
			if err == nil {
				t.Errorf("%s: a %d was taken for success", deed, code)
			}
			for e := err; e != nil; e = errors.Unwrap(e) {
				if text := fmt.Sprintf("%v %+v %#v", e, e, e); strings.Contains(text, "canary") {
					t.Errorf("%s, %d: the error holds a secret: %s", deed, code, text)
				}
			}
		}
	}
}

func TestRevokeNeedsAnAnswerOfOAuth(t *testing.T) {
	for body, fails := range map[string]bool{``: false, `{}`: false, `null`: false, `<html>Welcome</html>`: true, `{"error":"invalid_client"}`: true} {
		app := deskOf(t, func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, body) })
		if err := app.Revoke(t.Context(), auth.Token{Access: auth.NewSecret(tokenCanary)}); (err != nil) != fails {
			t.Errorf("%q gave %v", body, err)
		}
	}
}
