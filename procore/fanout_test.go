package procore_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"testing"

	"github.com/cordage-go/cordage/auth"
	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/internal/faulttest"
	"github.com/cordage-go/cordage/procore"
	"github.com/cordage-go/cordage/procore/procoretest"
	"github.com/cordage-go/cordage/procore/project"
	"github.com/cordage-go/cordage/procore/rfi"
)

// The RFIs of all projects, eight projects at a time. The client keeps to
// Procore's limits for all of them together.
func Example_manyProjects() {
	server, environment := emulator()
	defer server.Close()
	client, err := procore.New(auth.Static(server.AccessToken), &procore.Options{CompanyID: server.CompanyID, Environment: environment})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer client.Close()

	rfis := rfi.New(client).RFIs
	read := func(ctx context.Context, p *project.Project) ([]*rfi.RFI, error) {
		return connector.Collect(rfis.All(ctx, p.ID, nil))
	}
	projects, total := 0, 0
	for of, err := range connector.FanOut(context.Background(), project.New(client).Projects.All(context.Background(), nil), 8, read) {
		if err != nil {
			fmt.Println(of.Parent, err) // one project's trouble; the others go on
			continue
		}
		projects++
		total += len(of.Value)
	}
	fmt.Println(projects, total)
	// Output: 8 320
}

// readers returns an emulator with a client that does not wait.
func readers(t *testing.T) (*procoretest.Server, *procore.Client) {
	t.Helper()
	server := procoretest.NewServer(t)
	client, err := procore.New(auth.Static(server.AccessToken), &procore.Options{CompanyID: server.CompanyID,
		Options: connector.Options{BaseURL: server.URL, Pacer: faulttest.Unpaced{}}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { client.Close() })
	return server, client
}

// A project that the user may not see fails alone, and says which it is.
func TestFanOutOverProjects(t *testing.T) {
	server, client := readers(t)
	server.Inject(procoretest.Fault{On: fmt.Sprintf("/rest/v1.0/projects/%d/rfis", server.ProjectID), Status: 403, Times: -1})
	read := func(ctx context.Context, p *project.Project) ([]*rfi.RFI, error) {
		return connector.Collect(rfi.New(client).RFIs.All(ctx, p.ID, nil, connector.Ahead(3), connector.PageSize(10)))
	}
	good := 0
	for of, err := range connector.FanOut(t.Context(), project.New(client).Projects.All(t.Context(), nil), 3, read) {
		switch {
		case of.Parent.ID == server.ProjectID:
			if !errors.Is(err, connector.Forbidden) {
				t.Errorf("the forbidden project has %v", err)
			}
		case err != nil || len(of.Value) != 40:
			t.Errorf("project %d: %d RFIs, %v", of.Parent.ID, len(of.Value), err)
		default:
			good++
		}
	}
	if good != 7 {
		t.Errorf("%d projects were read, want 7", good)
	}
}

// Pages ahead bring what page after page brings, by as many calls.
func TestAhead(t *testing.T) {
	server, client := readers(t)
	walk := func(opts ...connector.CallOption) (records []*rfi.RFI, calls int) {
		before := len(server.Requests())
		records, err := connector.Collect(rfi.New(client).RFIs.All(t.Context(), server.ProjectID, nil, append(opts, connector.PageSize(3))...))
		if err != nil {
			t.Fatal(err)
		}
		return records, len(server.Requests()) - before
	}
	want, calls := walk()
	if len(want) != 40 || calls != 14 {
		t.Fatalf("%d records by %d calls", len(want), calls)
	}
	for _, n := range []int{1, 4, 64} {
		if got, asked := walk(connector.Ahead(n)); !reflect.DeepEqual(got, want) || asked != calls {
			t.Errorf("%d ahead: %d records, %d calls", n, len(got), asked)
		}
	}
}
