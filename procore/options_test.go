package procore_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/cordage-go/cordage/auth"
	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/procore"
	"github.com/cordage-go/cordage/procore/rfi"
	"github.com/cordage-go/cordage/procore/webhooks"
)

// answering returns a client of a server that gives one answer to everything,
// and what the last request was.
func answering(t *testing.T, answer string) (*procore.Client, *http.Request) {
	t.Helper()
	last := &http.Request{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		*last = *r
		_, _ = io.WriteString(w, answer)
	}))
	t.Cleanup(server.Close)
	client, err := procore.New(auth.Static("token"), &procore.Options{CompanyID: 42, Options: connector.Options{BaseURL: server.URL}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = client.Close() })
	return client, last
}

func TestCallOptions(t *testing.T) {
	client, last := answering(t, `{"id":7}`)
	_, err := rfi.New(client).RFIs.Update(t.Context(), 5, 7, &rfi.RFIUpdate{Subject: new("x")},
		procore.RunConfigurableValidations(), procore.Company(43), procore.IdempotencyToken("one"))
	if err != nil {
		t.Fatal(err)
	}
	if got := last.URL.RawQuery; got != "run_configurable_validations=true" {
		t.Errorf("the query is %q", got)
	}
	if got := last.Header.Get("Procore-Company-Id"); got != "43" {
		t.Errorf("the call was made in company %q", got)
	}
	if got := last.Header.Get("Idempotency-Token"); got != "one" {
		t.Errorf("the idempotency token is %q", got)
	}
	if _, err := rfi.New(client).RFIs.Update(t.Context(), 5, 7, &rfi.RFIUpdate{Subject: new("x")}); err != nil {
		t.Fatal(err)
	}
	if last.URL.RawQuery != "" || last.Header.Get("Procore-Company-Id") != "42" {
		t.Errorf("an option outlived its call: %s in company %s", last.URL, last.Header.Get("Procore-Company-Id"))
	}
}

// What a hook's deliveries are recognized by reaches the program, and nothing
// that prints the hook.
func TestHookHeadersStayUnseen(t *testing.T) {
	const secret = "Bearer between-the-two-of-us"
	client, _ := answering(t, `{"data":{"id":"h1","namespace":"cordage","destination_headers":{"Authorization":"`+secret+`"}}}`)
	hook, err := webhooks.New(client).CompanyHooks.Get(t.Context(), "h1")
	if err != nil {
		t.Fatal(err)
	}
	if got := hook.DestinationHeaders.Authorization.Reveal(); got != secret {
		t.Fatalf("the header has %d letters, want %d", len(got), len(secret))
	}
	for _, verb := range []string{"%v", "%+v", "%#v"} {
		if text := fmt.Sprintf(verb, hook); strings.Contains(text, secret) || !strings.Contains(text, "cordage") {
			t.Errorf("%s prints %s", verb, text)
		}
	}
}
