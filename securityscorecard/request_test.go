package securityscorecard_test

import (
	"fmt"
	"testing"

	"github.com/cordage-go/cordage/auth"
	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/internal/everymethod"
	"github.com/cordage-go/cordage/internal/faulttest"
	"github.com/cordage-go/cordage/internal/operations"
	"github.com/cordage-go/cordage/securityscorecard"
)

// Every method sends what its row of the table says, and reads every member
// of the answer that the row promises.
func TestEveryRequest(t *testing.T) {
	table, err := operations.SecurityScorecard()
	if err != nil {
		t.Fatal(err)
	}
	recorder := &everymethod.Recorder{}
	client, err := securityscorecard.New(auth.Static("token"), &securityscorecard.Options{Options: connector.Options{
		Transport: recorder, Pacer: faulttest.Unpaced{}, MaxAttempts: 1, OnDrift: reportDrift(t),
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	methods, err := new(everymethod.Sources).Methods(client)
	if err != nil {
		t.Fatal(err)
	}
	wire := &everymethod.Wire{
		Table: table, Recorder: recorder, BaseURL: "https://api.securityscorecard.io",
		Custom: `{"one":"text"}`,
		Open: func(s everymethod.Sent) (body, filter []byte, err error) {
			if got := s.Header.Get("Authorization"); got != "Token token" {
				return nil, nil, fmt.Errorf("the header Authorization is %q, want the token", got)
			}
			return s.Content, nil, nil
		},
	}
	for _, err := range wire.Compare(t.Context(), methods) {
		t.Error(err)
	}
	t.Logf("requests: %d methods of %d operations", len(methods), len(table.Operations))
}

func reportDrift(t *testing.T) func(connector.Drift) {
	return func(d connector.Drift) { t.Errorf("%s: %s is no %s but %s", d.Operation, d.Path, d.Want, d.Got) }
}
