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
	client, err := procore.New(nobody(), &procore.Options{Environment: app.Environment, Options: patience(connector.Options{})})
	if err != nil {
		return err
	}
	signIn.Exchange = named(signIn.Exchange, client)
	tenants := auth.NewRegistry(s.records, app.Key(""), grant, tell(s.log, "procore"))
	flow, err := auth.NewFlow(signIn, tenants, s.visitors.tenant, &auth.FlowOptions{Done: "/", Failed: s.failed})
	if err != nil {
		return err
	}
	s.platforms = append(s.platforms, &platform{
		name:    "procore",
		title:   "Procore",
		what:    "Reads the projects of your companies.",
		leave:   "Disconnecting ends the app’s access at Procore.",
		tenants: tenants,
		routes:  map[string]http.Handler{"/procore/connect": flow.Login(), "/procore/callback": flow.Callback()},
		test: func(ctx context.Context, tenant string) (string, error) {
			page, err := company.New(client.As(tenants.Session(tenant), connector.Account(tenant))).Companies.List(ctx, nil)
			if err != nil {
				return "", err
			}
			return fmt.Sprintf("Procore answers. Companies: %d", len(page.Items)), nil
		},
		revoke: func(ctx context.Context, tenant string) error {
			token, err := tenants.Session(tenant).Token(ctx)
			if errors.Is(err, connector.Reauthorize) {
				return nil // there is no access any more
			}
			if err != nil {
				return err
			}
			return app.Revoke(ctx, token)
		},
		close: client.Close,
	})
	return nil
}

// named adds the user's name to the token of a new sign-in, so that the page
// shows whose it is. A name that cannot be had is no reason to refuse the token.
func named(exchange exchange, client *procore.Client) exchange {
	return func(ctx context.Context, code string, a auth.Attempt) (auth.Token, error) {
		token, err := exchange(ctx, code, a)
		if err != nil {
			return token, err
		}
		ask, cancel := context.WithTimeout(ctx, 5*time.Second)
		defer cancel()
		user, err := company.New(client.As(auth.Static(token.Access.Reveal()))).Me.Get(ask)
		if err != nil {
			return token, nil
		}
		return withExtra(token, map[string]string{labelExtra: cmp.Or(user.Name, user.Login)}), nil
	}
}

type exchange = func(context.Context, string, auth.Attempt) (auth.Token, error)
