package procore_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/cordage-go/cordage/auth"
	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/procore/procoretest"
)

func TestTokenInfoAndRevoke(t *testing.T) {
	server := procoretest.NewServer(t)
	app := emulated(server)
	code := server.NewCode(server.RedirectURI)
	token, err := app.Exchange(t.Context(), code)
	if err != nil {
		t.Fatal(err)
	}
	info, err := app.TokenInfo(t.Context(), token)
	if err != nil {
		t.Fatal(err)
	}
	if info.UserID == 0 || info.ClientID != server.ClientID || time.Since(info.CreatedAt) > time.Minute || time.Until(info.ExpiresAt) < time.Minute {
		t.Errorf("the token is %+v", info)
	}
	if err := app.Revoke(t.Context(), token); err != nil {
		t.Fatal(err)
	}
	if err := app.Revoke(t.Context(), token); err != nil {
		t.Errorf("a token that is revoked already gave %v", err)
	}
	if _, err := app.TokenInfo(t.Context(), token); !errors.Is(err, connector.Unauthorized) {
		t.Errorf("a revoked token gave %v", err)
	}
	grant, err := app.Refresh()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := grant.Renew(t.Context(), token); !errors.Is(err, connector.Reauthorize) {
		t.Errorf("the refresh token outlived its sign-in: %v", err)
	}
	asked := []string{}
	for _, r := range server.Requests() {
		asked = append(asked, r.Operation)
	}
	want := []string{"POST /oauth/token", "GET /oauth/token/info", "POST /oauth/revoke", "POST /oauth/revoke", "GET /oauth/token/info", "POST /oauth/token"}
	if !slices.Equal(asked, want) {
		t.Errorf("the login host saw %q", asked)
	}
}

func TestNoTokenIsRefused(t *testing.T) {
	app := emulated(procoretest.NewServer(t))
	if _, err := app.TokenInfo(t.Context(), auth.Token{}); !errors.Is(err, connector.Invalid) {
		t.Errorf("got %v", err)
	}
	if err := app.Revoke(t.Context(), auth.Token{}); !errors.Is(err, connector.Invalid) {
		t.Errorf("got %v", err)
	}
}
