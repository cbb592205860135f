package main

import (
	"context"
	"crypto/rand"
	"net/http"
	"time"

	"github.com/cordage-go/cordage/auth"
	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/procore"
	"github.com/cordage-go/cordage/procore/procoretest"
	"github.com/cordage-go/cordage/store"
)

const (
	// tokenLife is how long access tokens last, so that many lifetimes fit
	// into a proof.
	tokenLife = 3 * time.Second
	// answerTime is what the emulator takes for a renewal. It makes room for
	// what can happen meanwhile.
	answerTime = 100 * time.Millisecond
)

// listen starts an emulated Procore whose refresh tokens work once. Its answers
// to sign-in calls come late by delay. Its client id is new each time, so that
// no two proofs share keys in a store.
func listen(delay time.Duration) (*procoretest.Server, error) {
	server, err := procoretest.Listen("127.0.0.1:0", &procoretest.Options{
		Empty: true, ClientID: "proof-" + rand.Text(), TokenLife: tokenLife,
	})
	if err != nil {
		return nil, err
	}
	server.Inject(procoretest.Fault{On: "POST /oauth/token", Times: -1, When: procoretest.AfterWork, Delay: delay})
	return server, nil
}

// An emulated app is what a child must know to sign in. Its secret is a demo's.
type emulated struct {
	LoginURL, APIURL       string
	ClientID, ClientSecret string
}

func emulatedBy(s *procoretest.Server) emulated {
	return emulated{LoginURL: s.LoginURL, APIURL: s.URL, ClientID: s.ClientID, ClientSecret: s.ClientSecret}
}

func (e emulated) app() procore.App {
	return procore.App{ClientID: e.ClientID, ClientSecret: auth.NewSecret(e.ClientSecret), Environment: e.environment()}
}

func (e emulated) environment() procore.Environment {
	return procore.Environment{Name: "emulator", LoginURL: e.LoginURL, APIURL: e.APIURL}
}

// session returns the session of a tenant. Close it.
func (e emulated) session(s store.Store, tenant string) (*auth.Session, error) {
	grant, err := e.app().Refresh()
	if err != nil {
		return nil, err
	}
	return auth.NewSession(s, e.app().Key(tenant), grant), nil
}

// client returns a client that does not pace itself: the emulator has no
// limits that a proof reaches.
func (e emulated) client(tokens auth.TokenSource) (*procore.Client, error) {
	return procore.New(tokens, &procore.Options{Environment: e.environment(), Options: connector.Options{Pacer: unpaced{}}})
}

// whoAmI is a cheap call that needs a good token.
var whoAmI = connector.Operation{ID: "who-am-i", Method: "GET", Path: "/rest/v1.0/me", Class: connector.Read}

type unpaced struct{}

func (unpaced) Wait(context.Context, *connector.Turn) error { return nil }

func (unpaced) Observe(*connector.Turn, int, http.Header) {}

// expired is a pair as a session stores it. Its access token is taken to have
// expired, so that the first caller must renew it.
func expired(pair procoretest.Pair) auth.Token {
	return auth.Token{Access: auth.NewSecret(pair.Access), Refresh: auth.NewSecret(pair.Refresh), Expiry: time.Now().Add(-time.Minute)}
}

// pause waits, and reports whether ctx still lasts.
func pause(ctx context.Context, d time.Duration) bool {
	select {
	case <-time.After(d):
		return true
	case <-ctx.Done():
		return false
	}
}
