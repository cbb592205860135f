package scoro_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/internal/everymethod"
	"github.com/cordage-go/cordage/internal/faulttest"
	"github.com/cordage-go/cordage/internal/operations"
	"github.com/cordage-go/cordage/scoro"
)

// Every method sends what its row of the table says, and reads every member
// of the answer that the row promises.
func TestEveryRequest(t *testing.T) {
	table, err := operations.Scoro()
	if err != nil {
		t.Fatal(err)
	}
	recorder := &everymethod.Recorder{}
	client, err := scoro.New("acme", scoro.UserToken("token", "main"), &scoro.Options{Location: time.UTC, Options: connector.Options{
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
		Table: table, Recorder: recorder, BaseURL: "https://acme.scoro.com/api/v2",
		Custom: `[{"id":"c_7","name":"Seven","value":"text"}]`,
		Open:   openEnvelope, Close: closeEnvelope,
	}
	for _, err := range wire.Compare(t.Context(), methods) {
		t.Error(err)
	}
	t.Logf("requests: %d methods of %d operations", len(methods), len(table.Operations))
}

// openEnvelope checks that the credential stands in the body, and nowhere
// else, and takes the call's own members out.
func openEnvelope(s everymethod.Sent) (body, filter []byte, err error) {
	var envelope struct {
		UserToken string          `json:"user_token"`
		Account   string          `json:"company_account_id"`
		Request   json.RawMessage `json:"request"`
		Filter    json.RawMessage `json:"filter"`
		Page      int             `json:"page"`
		Size      int             `json:"per_page"`
	}
	if err := json.Unmarshal(s.Content, &envelope); err != nil {
		return nil, nil, err
	}
	switch paging := s.Operation.Paging; {
	case envelope.UserToken != "token", envelope.Account != "main":
		return nil, nil, errors.New("the credential is not in the body")
	case s.Header.Get("Authorization") != "" || s.URL.RawQuery != "":
		return nil, nil, errors.New("there is something outside the body")
	case paging.Body && (envelope.Page != 1 || envelope.Size != 3), !paging.Body && (envelope.Page != 0 || envelope.Size != 0):
		return nil, nil, fmt.Errorf("it asked for page %d with %d records", envelope.Page, envelope.Size)
	}
	return envelope.Request, envelope.Filter, nil
}

func closeEnvelope(data []byte) []byte {
	return fmt.Appendf(nil, `{"status":"OK","statusCode":"200","messages":null,"data":%s}`, data)
}

func reportDrift(t *testing.T) func(connector.Drift) {
	return func(d connector.Drift) { t.Errorf("%s: %s is no %s but %s", d.Operation, d.Path, d.Want, d.Got) }
}
