package procore_test

import (
	"maps"
	"path"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/cordage-go/cordage/auth"
	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/internal/everymethod"
	"github.com/cordage-go/cordage/internal/faulttest"
	"github.com/cordage-go/cordage/internal/operations"
	"github.com/cordage-go/cordage/procore"
	"github.com/cordage-go/cordage/procore/procoretest"
)

// Every method of every package succeeds against the emulator, through a
// socket, and what it answers has the form that the method reads. Each package
// has an emulator of its own.
func TestEveryMethod(t *testing.T) {
	table, err := operations.Procore()
	if err != nil {
		t.Fatal(err)
	}
	sources := &everymethod.Sources{}
	var calls, called atomic.Int64
	t.Run("packages", func(t *testing.T) {
		unused, err := procore.New(auth.Static("token"), nil)
		if err != nil {
			t.Fatal(err)
		}
		defer unused.Close()
		for i, leaf := range leaves(unused) {
			t.Run(path.Base(reflect.TypeOf(leaf).Elem().PkgPath()), func(t *testing.T) {
				t.Parallel()
				count := smoke(t, table, sources, i)
				calls.Add(int64(count.Calls))
				called.Add(int64(count.Operations))
			})
		}
	})
	t.Logf("smoke: %d calls of %d operations", calls.Load(), called.Load())
}

// smoke calls the methods of one leaf.
func smoke(t *testing.T, table *operations.Table, sources *everymethod.Sources, leaf int) everymethod.Count {
	server := procoretest.NewServer(t)
	client, err := procore.New(auth.Static(server.AccessToken), &procore.Options{CompanyID: server.CompanyID, Options: connector.Options{
		BaseURL: server.URL, Pacer: faulttest.Unpaced{}, MaxAttempts: 1, OnDrift: reportDrift(t),
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	all := leaves(client)
	methods, err := sources.Methods(all[leaf])
	if err != nil {
		t.Fatal(err)
	}
	others, err := sources.Methods(slices.Delete(all, leaf, leaf+1)...)
	if err != nil {
		t.Fatal(err)
	}
	emulator := &everymethod.Emulator{
		Table: table, Filled: map[string]string{"company_id": strconv.FormatInt(server.CompanyID, 10)},
		Known: known(server), Collection: collection, Others: others, MayBeEmpty: mayBeEmpty,
		Requests: server.Requests,
	}
	count, errs := emulator.Smoke(t.Context(), methods)
	for _, err := range errs {
		t.Error(err)
	}
	return count
}

var version = regexp.MustCompile(`^/rest/v\d+\.\d+`)

// collection is a path without its version and scope, since the versions of
// a resource and its forms share their records.
func collection(path string) string {
	path = version.ReplaceAllString(path, "")
	for _, scope := range []string{"/companies/{company_id}", "/projects/{project_id}", "/project/{project_id}"} {
		if rest, ok := strings.CutPrefix(path, scope); ok && rest != "" {
			path = rest
		}
	}
	return variable.ReplaceAllString(path, "{}")
}

var variable = regexp.MustCompile(`\{[^}]+\}`)

// known is what the emulator's own rules ask for, where its types do not tell.
func known(server *procoretest.Server) map[string]any {
	return map[string]any{
		"project_id": server.ProjectID, "user_id": server.UserID, "rfi_manager_id": server.UserID, "assignee_ids": server.UserID,
		"payload_version": "v2.0", "namespace": "every",
		"destination_url": "https://hooks.example.com/every", "event_type": "create", "resource_name": "RFIs", "trigger": true, "triggers": true,
		"email_address": "every@example.com", "name": "Every", "body": "Every",
		"filters[tool_type]":                       "tool type 1", // of the first instance that the emulator begins with
		"observations.Observations.Create type_id": first(server, "observation_types", nil)["id"],
		"rfi.RFIs.Retrieve id":                     first(server, "rfis", func(r record) bool { return r["deleted"] == true })["id"],
		"directory.Vendors.Activate id":            copyOf(server, "vendors", first(server, "vendors", func(r record) bool { return r["is_active"] == false })),
	}
}

type record = map[string]any

// first is the first record of a collection that keep keeps, in the
// emulator's main project or in no project.
func first(server *procoretest.Server, collection string, keep func(record) bool) record {
	for _, r := range server.Records(collection) {
		project, ofProject := r["project_id"]
		if r["company_id"] != server.CompanyID || ofProject && project != server.ProjectID {
			continue
		}
		if members, shared := r["project_ids"].([]any); shared && !slices.Contains(members, any(server.ProjectID)) {
			continue
		}
		if keep == nil || keep(r) {
			return r
		}
	}
	return nil
}

// copyOf is the id of a copy, so that no other call changes the record.
func copyOf(server *procoretest.Server, collection string, r record) any {
	r = maps.Clone(r)
	delete(r, "id")
	id, err := server.Put(collection, r)
	if err != nil {
		return nil // and the call fails for want of an id
	}
	return id
}

// mayBeEmpty are lists that need not have records.
func mayBeEmpty(method string) bool { return strings.Contains(method, ".FilterOptions.") }
