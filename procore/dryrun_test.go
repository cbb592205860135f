package procore_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/cordage-go/cordage/auth"
	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/procore"
	"github.com/cordage-go/cordage/procore/procoretest"
	"github.com/cordage-go/cordage/procore/webhooks"
)

// A dry run shows the body and hides the secret in it, and nothing is sent.
func TestDryRunHidesSecrets(t *testing.T) {
	server := procoretest.NewServer(t)
	var shown strings.Builder
	client, err := procore.New(auth.Static("token-canary"), &procore.Options{CompanyID: server.CompanyID,
		Options: connector.Options{BaseURL: server.URL, DryRun: &shown}})
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	in := &webhooks.HookCreate{Namespace: "relay", DestinationURL: "https://example.com/hook",
		DestinationHeaders: &webhooks.DestinationHeadersInput{Authorization: auth.NewSecret("Bearer hook-canary")}}
	if _, err := webhooks.New(client).CompanyHooks.Create(t.Context(), in); !errors.Is(err, connector.DryRun) {
		t.Errorf("got %v, want kind %v", err, connector.DryRun)
	}
	if strings.Contains(shown.String(), "canary") {
		t.Errorf("a secret is shown:\n%s", shown.String())
	}
	for _, part := range []string{"POST " + server.URL, `"namespace": "relay"`, `"Authorization": "[redacted]"`} {
		if !strings.Contains(shown.String(), part) {
			t.Errorf("the dry run lacks %s:\n%s", part, shown.String())
		}
	}
	if n := len(server.Requests()); n != 0 {
		t.Errorf("%d requests were sent", n)
	}
}
