package procore_test

import (
	"fmt"
	"strconv"
	"testing"

	"github.com/cordage-go/cordage/auth"
	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/internal/everymethod"
	"github.com/cordage-go/cordage/internal/faulttest"
	"github.com/cordage-go/cordage/internal/operations"
	"github.com/cordage-go/cordage/procore"
)

// Every method sends what its row of the table says, and reads every member
// of the answer that the row promises.
func TestEveryRequest(t *testing.T) {
	const company = 4242
	table, err := operations.Procore()
	if err != nil {
		t.Fatal(err)
	}
	recorder := &everymethod.Recorder{}
	client, err := procore.New(auth.Static("token"), &procore.Options{CompanyID: company, Options: connector.Options{
		Transport: recorder, Pacer: faulttest.Unpaced{}, MaxAttempts: 1, OnDrift: reportDrift(t),
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	methods, err := new(everymethod.Sources).Methods(leaves(client)...)
	if err != nil {
		t.Fatal(err)
	}
	wire := &everymethod.Wire{
		Table: table, Recorder: recorder, BaseURL: procore.Production.APIURL,
		Filled:  map[string]string{"company_id": strconv.Itoa(company)},
		Options: []string{"run_configurable_validations"},
		Custom:  `{"custom_field_7":{"data_type":"string","value":"text"}}`,
		Open: func(s everymethod.Sent) (body, filter []byte, err error) {
			for name, want := range map[string]string{"Authorization": "Bearer token", "Procore-Company-Id": strconv.Itoa(company)} {
				if got := s.Header.Get(name); got != want {
					return nil, nil, fmt.Errorf("the header %s is %q, want %q", name, got, want)
				}
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
