package main

import (
	"context"
	"io"
	"net/http"
	"time"

	"github.com/hashicorp/go-retryablehttp"
	"golang.org/x/oauth2"

	"github.com/cordage-go/cordage/auth"
	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/procore"
	"github.com/cordage-go/cordage/scoro"
	"github.com/cordage-go/cordage/securityscorecard"
)

// A kind is a way to give each tenant a client.
type kind struct {
	name string
	ours bool
	// open returns what makes the client of a tenant, and what makes a call
	// with it.
	open func(ctx context.Context, order weighOrder) (maker, user, error)
}

type (
	maker func(tenant int) (any, error)
	user  func(ctx context.Context, client any) error
)

func kinds() []kind {
	return []kind{
		{"scoro", true, openScoro},
		{"procore", true, openProcore},
		{"securityscorecard", true, openSecurityScorecard},
		{"a default retryablehttp client", false, openRetryable},
		{"an x/oauth2 client", false, openOAuth2},
	}
}

// A caller is a client of any platform.
type caller interface {
	Do(ctx context.Context, op connector.Operation, in, out any, opts ...connector.CallOption) error
}

func calls(op connector.Operation) user {
	return func(ctx context.Context, client any) error { return client.(caller).Do(ctx, op, nil, nil) }
}

// sessions returns a registry over the sign-ins of all tenants.
func sessions(ctx context.Context, order weighOrder, grant auth.Grant) (*auth.Registry, error) {
	records, err := signedIn(ctx, grant, warmUp+order.Number)
	return auth.NewRegistry(records, keyPrefix, grant, nil), err
}

func openScoro(ctx context.Context, order weighOrder) (maker, user, error) {
	registry, err := sessions(ctx, order, scoro.PrimedToken())
	if err != nil {
		return nil, nil, err
	}
	base, err := scoro.New("acme", scoro.Credential{APIKey: auth.Static("k"), CompanyAccount: "acme"},
		&scoro.Options{Options: connector.Options{BaseURL: order.Address}})
	maker := func(i int) (any, error) {
		name := tenant(i) // once, as a program has it
		return base.As(name, scoro.Credential{UserToken: registry.Session(name)}, connector.Account(name))
	}
	return maker, calls(connector.Operation{ID: "tasks", Method: "POST", Path: "/tasks/list", Class: connector.Read}), err
}

func openProcore(ctx context.Context, order weighOrder) (maker, user, error) {
	grant, err := procore.App{ClientID: "app", ClientSecret: auth.NewSecret("s")}.Refresh()
	if err != nil {
		return nil, nil, err
	}
	registry, err := sessions(ctx, order, grant)
	if err != nil {
		return nil, nil, err
	}
	base, err := procore.New(auth.Static("k"), &procore.Options{Options: connector.Options{BaseURL: order.Address}})
	maker := func(i int) (any, error) {
		name := tenant(i)
		return base.As(registry.Session(name), connector.Account(name), procore.Company(int64(i+1))), nil
	}
	return maker, calls(whoAmI), err
}

func openSecurityScorecard(ctx context.Context, order weighOrder) (maker, user, error) {
	grant, err := securityscorecard.App{ID: "app", Secret: auth.NewSecret("s")}.Installation()
	if err != nil {
		return nil, nil, err
	}
	registry, err := sessions(ctx, order, grant)
	if err != nil {
		return nil, nil, err
	}
	base, err := securityscorecard.New(auth.Static("k"), &securityscorecard.Options{Options: connector.Options{BaseURL: order.Address}})
	maker := func(i int) (any, error) {
		name := tenant(i)
		return base.As(registry.Session(name), connector.Account(name)), nil
	}
	return maker, calls(connector.Operation{ID: "portfolios", Method: "GET", Path: "/portfolios", Class: connector.Read}), err
}

func openRetryable(_ context.Context, order weighOrder) (maker, user, error) {
	maker := func(int) (any, error) {
		client := retryablehttp.NewClient()
		client.Logger = nil
		return client.StandardClient(), nil
	}
	return maker, gets(order.Address), nil
}

func openOAuth2(ctx context.Context, order weighOrder) (maker, user, error) {
	config := &oauth2.Config{ClientID: "app"}
	expiry := time.Now().Add(time.Hour)
	maker := func(int) (any, error) {
		return config.Client(ctx, &oauth2.Token{AccessToken: "a", RefreshToken: "r", Expiry: expiry}), nil
	}
	return maker, gets(order.Address), nil
}

// gets makes a call with a plain client.
func gets(address string) user {
	return func(ctx context.Context, client any) error {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
		if err != nil {
			return err
		}
		answer, err := client.(*http.Client).Do(request)
		if err != nil {
			return err
		}
		defer answer.Body.Close()
		_, err = io.Copy(io.Discard, answer.Body)
		return err
	}
}
