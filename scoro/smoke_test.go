package scoro_test

import (
	"strings"
	"testing"
	"time"

	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/internal/everymethod"
	"github.com/cordage-go/cordage/internal/faulttest"
	"github.com/cordage-go/cordage/internal/operations"
	"github.com/cordage-go/cordage/scoro"
	"github.com/cordage-go/cordage/scoro/scorotest"
)

// Every method succeeds against the emulator, through a socket, and what it
// answers has the form that the method reads.
func TestEveryMethod(t *testing.T) {
	table, err := operations.Scoro()
	if err != nil {
		t.Fatal(err)
	}
	server := scorotest.NewServer(t)
	options := &scoro.Options{Location: time.FixedZone("EET", 2*60*60), Options: connector.Options{
		BaseURL: server.URL, Pacer: faulttest.Unpaced{}, MaxAttempts: 1, OnDrift: reportDrift(t),
	}}
	client, err := scoro.New(server.Site, scoro.UserToken(server.UserToken, server.CompanyAccount), options)
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	methods, err := new(everymethod.Sources).Methods(client)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := server.Put("webhooks", map[string]any{"module": "tasks", "action": "any", "target_url": "https://hooks.example.com/seeded"}); err != nil {
		t.Fatal(err)
	}
	emulator := &everymethod.Emulator{Table: table, Collection: module, Size: 40, Requests: server.Requests, Known: map[string]any{
		"module": "projects", "object_id": int64(1), "event_id": int64(12), "url": "https://hooks.example.com/every",
	}}
	count, errs := emulator.Smoke(t.Context(), methods)
	for _, err := range errs {
		t.Error(err)
	}
	t.Logf("smoke: %d calls of %d operations", count.Calls, count.Operations)
}

// module is what the records below a path belong to: /projects/view/{id} is
// about one of what /projects/list lists.
func module(path string) string {
	name, _, _ := strings.Cut(strings.Trim(path, "/"), "/")
	return name
}
