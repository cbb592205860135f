package scoro_test

import (
	"encoding/json"
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/cordage-go/cordage/auth"
	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/internal/faulttest"
	"github.com/cordage-go/cordage/scoro"
	"github.com/cordage-go/cordage/scoro/scorotest"
	"github.com/cordage-go/cordage/store"
)

func loginOf(server *scorotest.Server) (scoro.Login, *scoro.Options) {
	return scoro.Login{Username: server.Username, Password: auth.NewSecret(server.Password), CompanyAccount: server.Site},
		&scoro.Options{Options: connector.Options{BaseURL: server.URL, Pacer: faulttest.Unpaced{}}}
}

func logins(server *scorotest.Server) int {
	n := 0
	for _, r := range server.Requests() {
		if strings.HasSuffix(r.Path, "/userAuth/modify") {
			n++
		}
	}
	return n
}

// A login's token says all that a tenant's client needs. When it is revoked,
// every session on the record asks for a new login and sends nothing more,
// until one comes.
func TestPrimedToken(t *testing.T) {
	server := scorotest.NewServer(t)
	login, o := loginOf(server)
	token, err := scoro.LogIn(t.Context(), server.Site, login, o)
	if err != nil {
		t.Fatal(err)
	}
	kept, key := store.Memory(), scoro.Key("app/1", "tenant 7")
	if key != "scoro/production/app%2F1/tenant%207" || scoro.Key("", "x") != "scoro/production/private/x" {
		t.Errorf("the key is %s", key)
	}
	first, second := auth.NewSession(kept, key, scoro.PrimedToken()), auth.NewSession(kept, key, scoro.PrimedToken())
	defer first.Close()
	defer second.Close()
	if err := first.Set(t.Context(), token); err != nil {
		t.Fatal(err)
	}
	state, err := first.State(t.Context())
	if err != nil || state.Extra[scoro.ExtraSite] != server.Site+".scoro.com" || state.Extra[scoro.ExtraTimezone] == "" || state.Account != server.CompanyAccount {
		t.Fatalf("the session knows %+v, %v", state, err)
	}
	base, err := scoro.New("elsewhere", scoro.APIKey("none", "none"), o)
	if err != nil {
		t.Fatal(err)
	}
	defer base.Close()
	clientOf := func(session *auth.Session) *scoro.Client {
		c, err := base.As(state.Extra[scoro.ExtraSite], scoro.Credential{UserToken: session})
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	one, other := clientOf(first), clientOf(second)
	if _, err := one.Projects.Get(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	server.Revoke(token.Access.Reveal())
	sent := len(server.Requests())
	for range 2 {
		for _, c := range []*scoro.Client{one, other} {
			_, err := c.Projects.Get(t.Context(), 1)
			if !errors.Is(err, connector.Reauthorize) || !strings.Contains(err.Error(), "let the user log in to Scoro again") {
				t.Errorf("got %v", err)
			}
		}
	}
	if n := len(server.Requests()) - sent; n != 1 {
		t.Errorf("%d requests were sent with a token that one of them found revoked", n)
	}
	if state, err := second.State(t.Context()); err != nil || state.Reauthorize.IsZero() {
		t.Errorf("the record says %+v, %v", state, err)
	}
	if token, err = scoro.LogIn(t.Context(), server.Site, login, o); err != nil {
		t.Fatal(err)
	}
	if err := second.Set(t.Context(), token); err != nil {
		t.Fatal(err)
	}
	for _, c := range []*scoro.Client{one, other} {
		if _, err := c.Projects.Get(t.Context(), 1); err != nil {
			t.Error(err)
		}
	}
}

// A wrong password is presented once by all goroutines of all processes that
// share a record, and once more after Retry.
func TestRefusedLoginIsRemembered(t *testing.T) {
	server := scorotest.NewServer(t)
	login, o := loginOf(server)
	grant, err := scoro.SignIn(server.Site, login, o)
	if err != nil {
		t.Fatal(err)
	}
	kept := store.Memory()
	first := auth.NewSession(kept, "scoro/1", grant)
	defer first.Close()
	token, err := first.Token(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	login.Password = auth.NewSecret("wrong")
	if grant, err = scoro.SignIn(server.Site, login, o); err != nil {
		t.Fatal(err)
	}
	server.Revoke(token.Access.Reveal())
	before := logins(server)
	var all sync.WaitGroup
	sessions, clients := make([]*auth.Session, 4), make([]*scoro.Client, 4)
	for i := range sessions {
		sessions[i] = auth.NewSession(kept, "scoro/1", grant)
		defer sessions[i].Close()
		c, err := scoro.New(server.Site, scoro.Credential{UserToken: sessions[i]}, o)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		clients[i] = c
		for range 5 {
			all.Go(func() {
				_, err := c.Projects.Get(t.Context(), 1)
				if !errors.Is(err, connector.Reauthorize) {
					t.Errorf("got %v", err)
				}
			})
		}
	}
	all.Wait()
	if n := logins(server) - before; n != 1 {
		t.Errorf("the wrong password was presented %d times", n)
	}
	if err := sessions[0].Retry(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, c := range clients {
		if _, err := c.Projects.Get(t.Context(), 1); !errors.Is(err, connector.Reauthorize) {
			t.Errorf("got %v", err)
		}
	}
	if n := logins(server) - before; n != 2 {
		t.Errorf("with one more try allowed, the wrong password was presented %d times", n)
	}
}

// What is sent of a login, and what its token says where the answer says less.
func TestLogInSends(t *testing.T) {
	transport := faulttest.NewTransport(faulttest.Steps(faulttest.JSON(200, `{"status":"OK","data":{"token":"t-1","settings":{"master_company_account":""}}}`)))
	o := &scoro.Options{AppID: "app-1", Lang: "est", Options: connector.Options{Transport: transport, Pacer: faulttest.Unpaced{}}}
	login := scoro.Login{Username: "u@example.com", Password: auth.NewSecret(" " + password), CompanyAccount: account, DeviceType: "server", DeviceName: "nightly", DeviceID: "nightly-1"}
	token, err := scoro.LogIn(t.Context(), "acme.scoro.ee", login, o)
	if err != nil || token.Access.Reveal() != "t-1" || token.Account != account || token.Extra[scoro.ExtraSite] != "acme.scoro.ee" {
		t.Fatalf("got %v, %v", token, err)
	}
	var sent map[string]any
	arrived := transport.Arrivals()[0]
	if err := json.Unmarshal(arrived.Body, &sent); err != nil {
		t.Fatal(err)
	}
	for member, want := range map[string]string{"lang": "est", "company_account_id": account, "username": "u@example.com", "password": " " + password,
		"device_type": "server", "device_name": "nightly", "device_id": "nightly-1"} {
		if sent[member] != want {
			t.Errorf("%s is %v", member, sent[member])
		}
	}
	if arrived.Header.Get("Scoro-App-Id") != "app-1" || arrived.URL.Host != "acme.scoro.ee" {
		t.Errorf("%s arrived with %v", arrived.URL, arrived.Header)
	}
}

// With both credentials the module decides, and a key's calls name the account
// of the credential.
func TestBothCredentials(t *testing.T) {
	server := scorotest.NewServer(t)
	login, o := loginOf(server)
	grant, err := scoro.SignIn(server.Site, login, o)
	if err != nil {
		t.Fatal(err)
	}
	session := auth.NewSession(store.Memory(), "scoro/1", grant)
	defer session.Close()
	c, err := scoro.New(server.Site, scoro.Credential{UserToken: session, APIKey: auth.Static(server.APIKey), CompanyAccount: server.CompanyAccount}, o)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := c.PriceLists.List(t.Context(), nil); err != nil {
		t.Error(err)
	}
	if n := logins(server); n != 0 {
		t.Errorf("a call with the key made %d logins", n)
	}
	if _, err := c.Projects.Get(t.Context(), 1); err != nil {
		t.Error(err)
	}
	if n := logins(server); n != 1 {
		t.Errorf("a call with the user token made %d logins", n)
	}
}
