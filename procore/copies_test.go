package procore_test

import (
	"testing"

	"github.com/cordage-go/cordage/auth"
	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/internal/faulttest/cases"
	"github.com/cordage-go/cordage/procore"
)

func TestCopiesAreSmall(t *testing.T) {
	base, err := procore.New(auth.Nobody(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer base.Close()
	// 171 bytes, and 183 in a program built with the race detector.
	cases.CopiesAreSmall(t, 184, func(i int, tokens auth.TokenSource, account string) *procore.Client {
		return base.As(tokens, connector.Account(account), procore.Company(int64(i+1)))
	})
}
