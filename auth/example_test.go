package auth_test

import (
	"context"
	"fmt"
	"log"
	"time"

	"github.com/cordage-go/cordage/auth"
	"github.com/cordage-go/cordage/store"
)

func ExampleStatic() {
	source := auth.Static("3f9a0c")
	token, err := source.Token(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(token.Access)
	fmt.Println(len(token.Access.Reveal()), "characters")
	// Output:
	// [redacted]
	// 6 characters
}

func ExampleSession() {
	ctx := context.Background()
	grant := auth.Grant{ // procore and the other platforms make theirs
		OneTime: true,
		Renew: func(ctx context.Context, previous auth.Token) (auth.Token, error) {
			fmt.Println("presenting", previous.Refresh.Reveal())
			return auth.Token{
				Access:  auth.NewSecret("access-2"),
				Refresh: auth.NewSecret("refresh-2"),
				Expiry:  time.Now().Add(time.Hour),
			}, nil
		},
	}
	session := auth.NewSession(store.Memory(), "procore/sandbox/client-1/tenant-17", grant)
	defer session.Close()

	// What a person's sign-in gave, long ago.
	signIn := auth.Token{
		Access:  auth.NewSecret("access-1"),
		Refresh: auth.NewSecret("refresh-1"),
		Expiry:  time.Now().Add(-time.Hour),
	}
	if err := session.Set(ctx, signIn); err != nil {
		log.Fatal(err)
	}
	for range 2 {
		token, err := session.Token(ctx)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println("using", token.Access.Reveal())
	}
	// Output:
	// presenting refresh-1
	// using access-2
	// using access-2
}

func ExampleFunc() {
	source := auth.Func(func(ctx context.Context) (auth.Token, error) {
		return auth.Token{Access: auth.NewSecret("from the vault")}, nil
	})
	token, err := source.Token(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(token.Access.Reveal())
	// Output: from the vault
}
