package procore_test

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/cordage-go/cordage/auth"
	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/pace"
	"github.com/cordage-go/cordage/procore"
	"github.com/cordage-go/cordage/procore/procoretest"
	"github.com/cordage-go/cordage/procore/rfi"
	"github.com/cordage-go/cordage/store"
)

// Leave a part of every limit to another program that must not be slowed down.
func ExamplePacing_reserve() {
	policy := procore.Pacing()
	policy.Reserve = 0.3
	pacer, err := pace.New(policy)
	if err != nil {
		fmt.Println(err)
		return
	}
	client, err := procore.New(auth.Static("token"), &procore.Options{CompanyID: 42, Options: connector.Options{Pacer: pacer}})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer client.Close()
	for _, w := range client.Limits().Windows {
		fmt.Printf("%s: %d of %d left, stated by the platform: %t\n", w.Name, w.Remaining, w.Limit, w.Stated)
	}
	// Output:
	// 10s: 14 of 14 left, stated by the platform: false
	// hour: 2520 of 2520 left, stated by the platform: false
}

// Keep the limits of one account together, over many processes.
func ExamplePacing_shared() {
	records := store.Memory() // a store that all processes reach: files, PostgreSQL, Redis
	pacer, err := pace.Shared(records, "procore", procore.Pacing(), &pace.SharedOptions{Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer pacer.Close()
	client, err := procore.New(auth.Static("token"), &procore.Options{CompanyID: 42, Options: connector.Options{Pacer: pacer}})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer client.Close() // before the pacer
	fmt.Println(client.Limits().Windows[0].Name)
	// Output: 10s
}

// What the platform has stated is seen after the first call.
func ExampleClient_Limits() {
	server, err := procoretest.Listen("127.0.0.1:0", &procoretest.Options{Limits: procoretest.Limits{Spike: 25, Hour: 600}})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer server.Close()
	client, err := procore.New(auth.Static(server.AccessToken), &procore.Options{
		CompanyID:   server.CompanyID,
		Environment: procore.Environment{Name: "emulator", LoginURL: server.LoginURL, APIURL: server.URL},
		Options: connector.Options{
			PaceKey: func(*connector.Call) string { return "our app" }, // one limit for all tenants and companies
		},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer client.Close()
	for _, err := range rfi.New(client).RFIs.All(context.Background(), server.ProjectID, nil, connector.MaxWait(2*time.Hour)) {
		if err != nil {
			fmt.Println(err)
		}
	}
	limits := client.Limits(connector.Account("anybody"))
	w := limits.Windows[0]
	fmt.Printf("%s: %d of %d left, stated: %t; %d calls wait\n", w.Name, w.Remaining, w.Limit, w.Stated, limits.Waiting)
	// Output: 10s: 24 of 25 left, stated: true; 0 calls wait
}
