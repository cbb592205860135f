package auth_test

import (
	"context"
	"errors"
	"fmt"
	"log"

	"github.com/cordage-go/cordage/auth"
	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/store"
)

// Tenants come from an older system, one of them is lost in an incident at the
// platform, and found good afterwards.
func ExampleRegistry() {
	ctx := context.Background()
	incident := true
	refresh := auth.Grant{ // procore.App.Refresh and its like make theirs
		OneTime: true,
		Renew: func(_ context.Context, previous auth.Token) (auth.Token, error) {
			if incident {
				return auth.Token{}, &connector.Error{Platform: "procore", Kind: connector.Reauthorize, Message: "invalid_grant"}
			}
			return auth.Token{Access: auth.NewSecret("new access"), Refresh: auth.NewSecret("new refresh")}, nil
		},
	}
	connections := auth.NewRegistry(store.Memory(), "procore/sandbox/client-1/", refresh, &auth.RegistryOptions{
		OnReauthorize: func(tenant string, s auth.State) { fmt.Println("lost:", tenant) },
	})
	defer connections.Close()
	for tenant, token := range map[string]auth.Token{
		"tenant-16": {Access: auth.NewSecret("access-16")},
		"tenant-17": {Refresh: auth.NewSecret("refresh-17")},
	} {
		if err := connections.Import(ctx, tenant, token); err != nil {
			log.Fatal(err)
		}
	}
	_, err := connections.Session("tenant-17").Token(ctx)
	fmt.Println("a person must sign in again:", errors.Is(err, connector.Reauthorize))

	incident = false
	for lost, err := range connections.Lost(ctx) {
		if err != nil {
			log.Fatal(err)
		}
		session := connections.Session(lost.Tenant)
		if err := session.Retry(ctx); err != nil {
			log.Fatal(err)
		}
		_, err := session.Token(ctx)
		fmt.Println(lost.Tenant, "works again:", err == nil)
	}
	// Output:
	// lost: tenant-17
	// a person must sign in again: true
	// tenant-17 works again: true
}
