// Procore-service is a template for a service account: it signs in with client
// credentials and lists the open RFIs of all projects of a company.
//
// It runs on an emulator. For a real company, replace what comes from server
// by your own, and leave out Environment for production.
package main

import (
	"context"
	"fmt"
	"io"
	"os"

	"github.com/cordage-go/cordage/auth"
	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/procore"
	"github.com/cordage-go/cordage/procore/procoretest"
	"github.com/cordage-go/cordage/procore/project"
	"github.com/cordage-go/cordage/procore/rfi"
	"github.com/cordage-go/cordage/store"
)

func main() {
	if err := run(context.Background(), os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "procore-service:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, out io.Writer) error {
	server, err := procoretest.Listen("127.0.0.1:0", nil)
	if err != nil {
		return err
	}
	defer server.Close()

	app := procore.App{
		ClientID:     server.ClientID,
		ClientSecret: auth.NewSecret(server.ClientSecret),
		Environment:  procore.Environment{Name: "emulator", LoginURL: server.LoginURL, APIURL: server.URL},
	}
	grant, err := app.ClientCredentials()
	if err != nil {
		return err
	}
	// The session renews the token ahead of its end, once for all callers.
	session := auth.NewSession(store.Memory(), app.Key("service"), grant)
	defer session.Close()
	client, err := procore.New(session, &procore.Options{CompanyID: server.CompanyID, Environment: app.Environment})
	if err != nil {
		return err
	}
	defer client.Close()

	rfis := rfi.New(client).RFIs
	open := func(ctx context.Context, p *project.Project) ([]*rfi.RFI, error) {
		return connector.Collect(rfis.All(ctx, p.ID, &rfi.RFIQuery{Status: "open"}))
	}
	total := 0
	// Eight projects are read at a time; the client keeps to Procore's limits.
	for of, err := range connector.FanOut(ctx, project.New(client).Projects.All(ctx, nil), 8, open) {
		if err != nil {
			return err
		}
		for _, r := range of.Value {
			fmt.Fprintf(out, "%-28s %-10s %s\n", of.Parent.Name, r.Number, r.Subject)
		}
		total += len(of.Value)
	}
	fmt.Fprintf(out, "%d open RFIs\n", total)
	return nil
}
