package procore_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/cordage-go/cordage/auth"
	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/internal/faulttest"
	"github.com/cordage-go/cordage/procore"
	"github.com/cordage-go/cordage/procore/directory"
	"github.com/cordage-go/cordage/procore/procoretest"
)

// onEmulator returns a client of an emulator.
func onEmulator(t *testing.T, server *procoretest.Server) *procore.Client {
	t.Helper()
	c, err := procore.New(auth.Static(server.AccessToken), &procore.Options{CompanyID: server.CompanyID, Options: connector.Options{
		BaseURL: server.URL, Pacer: faulttest.Unpaced{},
	}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// Whatever became of the create, one vendor is there in the end, and the caller
// knows it.
func TestReconcile(t *testing.T) {
	for name, fault := range map[string]procoretest.Fault{
		"done, and its answer lost":     {Drop: true, When: procoretest.AfterWork},
		"lost on the way there":         {Drop: true},
		"done, and a gateway failed":    {Status: 502, When: procoretest.AfterWork},
		"not done, and the server fell": {Status: 500},
	} {
		t.Run(name, func(t *testing.T) {
			server := procoretest.NewServer(t)
			vendors := directory.New(onEmulator(t, server)).CompanyVendors
			fault.On = "POST /rest/v1.0/vendors"
			server.Inject(fault)
			_, err := vendors.Create(t.Context(), &directory.CompanyVendorInput{Name: new("Acme"), OriginID: new("erp-7")}, nil)
			e, _ := connector.AsError(err)
			if !errors.Is(err, connector.UnknownOutcome) || e.Keys["origin_id"] != "erp-7" || e.Keys["name"] != "Acme" {
				t.Fatalf("got %v with keys %v", err, e.Keys)
			}
			server.Inject(procoretest.Fault{On: "PATCH /rest/v1.0/vendors/sync", Drop: true, When: procoretest.AfterWork})
			again := []directory.CompanyVendorSync{{Name: new("Acme"), OriginID: new("erp-7")}}
			vendor, err := procore.Reconcile(vendors.Sync(t.Context(), again, connector.Repeatable()))
			if err != nil || vendor.OriginID != "erp-7" || vendor.Name != "Acme" {
				t.Fatalf("got %+v, %v", vendor, err)
			}
			var found []int64
			for v, err := range vendors.All(t.Context(), nil) {
				if err != nil {
					t.Fatal(err)
				}
				if v.OriginID == "erp-7" {
					found = append(found, v.ID)
				}
			}
			if len(found) != 1 || found[0] != vendor.ID {
				t.Errorf("the vendors %v have the origin id, and the answer is %d", found, vendor.ID)
			}
		})
	}
}

// A sync that may be repeated is not sent where a repeat could create twice.
func TestRepeatableSyncNeedsKeys(t *testing.T) {
	server := faulttest.NewServer(t, synced)
	c := on(t, server, procore.Options{CompanyID: 42})
	for name, test := range map[string]struct {
		records []part
		opts    []connector.CallOption
		sent    bool
	}{
		"without a key":                 {[]part{{OriginID: "1"}, {}}, []connector.CallOption{connector.Repeatable()}, false},
		"with keys":                     {[]part{{OriginID: "1"}, {ID: 3}}, []connector.CallOption{connector.Repeatable()}, true},
		"without a key, not repeatable": {[]part{{}}, nil, true},
	} {
		t.Run(name, func(t *testing.T) {
			before := server.Count()
			_, err := procore.Sync[part](t.Context(), c, syncParts.At(7), test.records, test.opts...)
			if sent := server.Count() > before; sent != test.sent || sent != (err == nil) {
				t.Errorf("sent: %v, error %v", sent, err)
			}
			if err != nil && (!errors.Is(err, connector.Invalid) || !strings.Contains(err.Error(), "record 1 has neither id nor origin_id")) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestReconcileReadsOneRecord(t *testing.T) {
	type result = procore.SyncResult[part]
	refusal := func(field string) procore.SyncError {
		return procore.SyncError{Fields: map[string][]string{field: {"is taken"}}}
	}
	failed := errors.New("failed")
	for name, test := range map[string]struct {
		result result
		err    error
		want   error
	}{
		"one":                   {result: result{Entities: []part{{ID: 7}}}},
		"refused":               {result: result{Errors: []procore.SyncError{refusal("name")}}, want: connector.Invalid},
		"refused for its key":   {result: result{Errors: []procore.SyncError{refusal("origin_id")}}, want: connector.Conflict},
		"none":                  {want: connector.Unexpected},
		"two":                   {result: result{Entities: []part{{ID: 7}, {ID: 8}}}, want: connector.Unexpected},
		"one done, one refused": {result: result{Entities: []part{{ID: 7}}, Errors: []procore.SyncError{refusal("name")}}, want: connector.Unexpected},
		"failed":                {err: failed, want: failed},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := procore.Reconcile(&test.result, test.err)
			if !errors.Is(err, test.want) || (err == nil) != (got != nil && got.ID == 7) {
				t.Errorf("got %+v, %v", got, err)
			}
		})
	}
}

// The answer to a create is lost. The program finds out by its own id whether the
// vendor was created, and goes on with the one that is there.
func ExampleReconcile() {
	server, environment := emulator()
	defer server.Close()
	client, err := procore.New(auth.Static(server.AccessToken), &procore.Options{CompanyID: server.CompanyID, Environment: environment})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer client.Close()
	vendors := directory.New(client).CompanyVendors
	server.Inject(procoretest.Fault{On: "POST /rest/v1.0/vendors", Drop: true, When: procoretest.AfterWork})

	ctx := context.Background()
	vendor, err := vendors.Create(ctx, &directory.CompanyVendorInput{Name: new("Acme"), OriginID: new("erp-7")}, nil)
	if e, ok := connector.AsError(err); ok && e.Kind == connector.UnknownOutcome {
		fmt.Println(e.Remedy)
		again := []directory.CompanyVendorSync{{Name: new("Acme"), OriginID: new("erp-7")}}
		vendor, err = procore.Reconcile(vendors.Sync(ctx, again, connector.Repeatable()))
	}
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(vendor.Name, vendor.OriginID)
	// Output:
	// look for origin_id "erp-7" before sending it again
	// Acme erp-7
}
