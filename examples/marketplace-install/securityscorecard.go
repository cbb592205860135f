package main

import (
	"context"
	"fmt"
	"net/http"

	"github.com/cordage-go/cordage/auth"
	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/securityscorecard"
)

func (s *server) addSecurityScorecard(app securityscorecard.App) error {
	app.RedirectURL = s.url + "/securityscorecard/callback"
	grant, err := app.Installation()
	if err != nil {
		return err
	}
	signIn, err := app.SignIn()
	if err != nil {
		return err
	}
	client, err := securityscorecard.New(auth.Nobody(), &securityscorecard.Options{
		AppName: "Fairlead", AppVersion: "1.0", Options: patience(connector.Options{BaseURL: app.BaseURL}),
	})
	if err != nil {
		return err
	}
	tenants := auth.NewRegistry(s.records, app.Key(""), grant, tell(s.log, "securityscorecard"))
	flow, err := auth.NewFlow(signIn, tenants, s.visitors.tenant, &auth.FlowOptions{
		Done: "/", Failed: s.failed,
		// Users may find the app in SecurityScorecard's marketplace and begin
		// there. They are asked here before the installation becomes theirs.
		VendorInitiated: true,
	})
	if err != nil {
		return err
	}
	s.platforms = append(s.platforms, &platform{
		Name:    "securityscorecard",
		Title:   "SecurityScorecard",
		What:    "Reads the scores of the vendors in your portfolios.",
		Leave:   "Disconnecting makes this app forget its token. Uninstall the app in SecurityScorecard to end the token there.",
		tenants: tenants,
		routes:  map[string]http.Handler{"/securityscorecard/connect": flow.Login(), "/securityscorecard/callback": flow.Callback()},
		test: func(ctx context.Context, tenant string) (string, error) {
			return countPortfolios(ctx, client.As(tenants.Session(tenant), connector.Account(tenant)))
		},
		close: client.Close,
	})
	return nil
}

func countPortfolios(ctx context.Context, client *securityscorecard.Client) (string, error) {
	page, err := client.Portfolios.List(ctx)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("SecurityScorecard answers. Portfolios: %d", len(page.Items)), nil
}
