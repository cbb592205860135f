package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/cordage-go/cordage/auth"
	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/procore"
	"github.com/cordage-go/cordage/procore/company"
)

// procoreApp connects tenants to Procore.
type procoreApp struct {
	app     procore.App
	client  *procore.Client
	tenants *auth.Registry
}

func (s *server) addProcore(app procore.App) error {
	app.RedirectURL = s.url + "/procore/callback"
	grant, err := app.Refresh()
	if err != nil {
		return err
	}
	signIn, err := app.SignIn()
	if err != nil {
		return err
	}
	client, err := procore.New(auth.Nobody(), &procore.Options{Environment: app.Environment, Options: patience(connector.Options{})})
	if err != nil {
		return err
	}
	a := &procoreApp{app, client, auth.NewRegistry(s.records, app.Key(""), grant, tell(s.log, "procore"))}
	flow, err := auth.NewFlow(a.named(signIn), a.tenants, s.visitors.tenant, &auth.FlowOptions{Done: "/", Failed: s.failed})
	if err != nil {
		return err
	}
	s.platforms = append(s.platforms, &platform{
		Name:    "procore",
		Title:   "Procore",
		What:    "Reads the projects of your companies.",
		Leave:   "Disconnecting ends the app’s access at Procore.",
		tenants: a.tenants,
		routes:  map[string]http.Handler{"/procore/connect": flow.Login(), "/procore/callback": flow.Callback()},
		test:    a.test,
		revoke:  a.revoke,
		close:   client.Close,
	})
	return nil
}

func (a *procoreApp) test(ctx context.Context, tenant string) (string, error) {
	client := a.client.As(a.tenants.Session(tenant), connector.Account(tenant))
	page, err := company.New(client).Companies.List(ctx, nil)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("Procore answers. Companies: %d", len(page.Items)), nil
}

func (a *procoreApp) revoke(ctx context.Context, tenant string) error {
	token, err := a.tenants.Session(tenant).Token(ctx)
	if errors.Is(err, connector.Reauthorize) {
		return nil // there is no access any more
	}
	if err != nil {
		return err
	}
	return a.app.Revoke(ctx, token)
}

// named adds the user's name to the token of a new sign-in, so that the page
// shows whose it is.
func (a *procoreApp) named(signIn auth.CodeGrant) auth.CodeGrant {
	exchange := signIn.Exchange
	signIn.Exchange = func(ctx context.Context, code string, at auth.Attempt) (auth.Token, error) {
		token, err := exchange(ctx, code, at)
		if err == nil {
			token.Extra = map[string]string{labelExtra: a.userName(ctx, token)}
		}
		return token, err
	}
	return signIn
}

// userName is empty if it cannot be had, which is no reason to refuse the token.
func (a *procoreApp) userName(ctx context.Context, token auth.Token) string {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	user, err := company.New(a.client.As(auth.Static(token.Access.Reveal()))).Me.Get(ctx)
	if err != nil {
		return ""
	}
	return cmp.Or(user.Name, user.Login)
}
