package scoro_test

import (
	"fmt"
	"testing"

	"github.com/cordage-go/cordage/auth"
	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/internal/faulttest/cases"
	"github.com/cordage-go/cordage/scoro"
)

func TestCopiesAreSmall(t *testing.T) {
	base, err := scoro.New("acme", scoro.Credential{UserToken: auth.Nobody()}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer base.Close()
	var sites [10_000]string // the tenants' own, made before anything is weighed
	for i := range sites {
		sites[i] = fmt.Sprintf("site-%d.scoro.com", i)
	}
	cases.CopiesAreSmall(t, 640, func(i int, tokens auth.TokenSource, account string) *scoro.Client {
		client, err := base.As(sites[i], scoro.Credential{UserToken: tokens}, connector.Account(account))
		if err != nil {
			t.Fatal(err)
		}
		return client
	})
}
