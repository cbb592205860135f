package securityscorecard_test

import (
	"testing"

	"github.com/cordage-go/cordage/auth"
	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/internal/faulttest/cases"
	"github.com/cordage-go/cordage/securityscorecard"
)

func TestCopiesAreSmall(t *testing.T) {
	base, err := securityscorecard.New(auth.Nobody(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer base.Close()
	cases.CopiesAreSmall(t, 576, func(_ int, tokens auth.TokenSource, account string) *securityscorecard.Client {
		return base.As(tokens, connector.Account(account))
	})
}
