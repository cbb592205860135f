package securityscorecard_test

import (
	"context"
	"errors"
	"fmt"

	"github.com/cordage-go/cordage/auth"
	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/securityscorecard"
	"github.com/cordage-go/cordage/securityscorecard/securityscorecardtest"
)

func connect() (*securityscorecard.Client, *securityscorecardtest.Server) {
	server, err := securityscorecardtest.Listen("127.0.0.1:0", nil)
	if err != nil {
		panic(err)
	}
	client, err := securityscorecard.New(auth.Static(server.Token),
		&securityscorecard.Options{Options: connector.Options{BaseURL: server.URL}})
	if err != nil {
		panic(err)
	}
	return client, server
}

func Example() {
	client, server := connect()
	defer server.Close()
	defer client.Close()

	scored, pending := 0, 0
	portfolios, err := client.Portfolios.List(context.Background())
	if err != nil {
		fmt.Println(err)
		return
	}
	for company, err := range client.Portfolios.AllCompanies(context.Background(), portfolios.Items[0].ID, nil) {
		if err != nil {
			fmt.Println(err)
			return
		}
		if company.Score == nil {
			pending++ // the score is still being calculated, and the grade is "?"
			continue
		}
		scored++
	}
	fmt.Println(scored, pending)
	// Output: 57 3
}

// A company that was never scored has no scorecard until it is in a portfolio.
func ExamplePortfolios_AddCompany() {
	client, server := connect()
	defer server.Close()
	defer client.Close()
	ctx := context.Background()

	_, err := client.Companies.Get(ctx, "new-vendor.example")
	fmt.Println(errors.Is(err, connector.NotFound))
	portfolios, err := client.Portfolios.List(ctx)
	if err != nil {
		fmt.Println(err)
		return
	}
	if _, err := client.Portfolios.AddCompany(ctx, portfolios.Items[0].ID, "new-vendor.example"); err != nil {
		fmt.Println(err)
		return
	}
	company, err := client.Companies.Get(ctx, "New-Vendor.example") // domains may be written in any case
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(company.Domain, company.Score == nil)
	// Output:
	// true
	// new-vendor.example true
}

// The code of an installation is exchanged once, for a token that lives until
// the app is uninstalled.
func ExampleApp_Exchange() {
	_, server := connect()
	defer server.Close()
	app := securityscorecard.App{ID: server.AppID, Secret: auth.NewSecret(server.AppSecret), BaseURL: server.URL}

	token, err := app.Exchange(context.Background(), server.InstallCode)
	fmt.Println(token.Access.IsZero(), err)
	_, err = app.Exchange(context.Background(), server.InstallCode)
	fmt.Println(errors.Is(err, connector.Reauthorize))
	// Output:
	// false <nil>
	// true
}
