package main

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/cordage-go/cordage/auth"
	"github.com/cordage-go/cordage/connector"
)

// A platform is one card of the page.
type platform struct {
	Name  string // in addresses and logs
	Title string
	What  string // what the app does with it, for the visitor
	Leave string // what disconnecting does, for the visitor

	tenants *auth.Registry          // the sign-ins
	routes  map[string]http.Handler // how a tenant connects; the path name/connect begins it
	// test makes one cheap call for a tenant and says what came of it.
	test func(ctx context.Context, tenant string) (string, error)
	// revoke tells the platform that a tenant leaves; nil where that cannot be told.
	revoke func(ctx context.Context, tenant string) error
	close  func() error // ends the client
}

// disconnect revokes first: if that fails, the sign-in is still there, and the
// visitor can try again.
func (p *platform) disconnect(ctx context.Context, tenant string) error {
	if p.revoke != nil {
		if err := p.revoke(ctx, tenant); err != nil {
			return err
		}
	}
	return p.tenants.Purge(ctx, tenant)
}

// labelExtra is the member of Token.Extra that tells the visitor whose sign-in
// it is. Extra stays with the sign-in through every renewal, and is no secret.
const labelExtra = "label"

// patience suits calls that a visitor waits for. Work in the background should
// leave both at their defaults.
func patience(o connector.Options) connector.Options {
	o.Timeout, o.MaxWait = 20*time.Second, 10*time.Second
	return o
}

// tell logs what no visitor gets to see. Here is the place to write an e-mail
// to a tenant whose connection was lost.
func tell(log *slog.Logger, platform string) *auth.RegistryOptions {
	return &auth.RegistryOptions{
		OnReauthorize: func(tenant string, s auth.State) {
			log.Warn("a tenant must sign in again", "platform", platform, "tenant", tenant, "since", s.Reauthorize, "reason", s.Reason)
		},
		OnError: func(tenant string, err error) {
			log.Error("trouble with a sign-in", "platform", platform, "tenant", tenant, "error", err)
		},
	}
}
