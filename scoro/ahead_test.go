package scoro_test

import (
	"reflect"
	"testing"

	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/internal/faulttest"
	"github.com/cordage-go/cordage/scoro"
	"github.com/cordage-go/cordage/scoro/scorotest"
)

// Pages ahead bring what page after page brings, in the same order, from lists
// whose place travels in the body and whose length nobody tells.
func TestAhead(t *testing.T) {
	server := scorotest.NewServer(t)
	client, err := scoro.New(server.Site, scoro.UserToken(server.UserToken, server.CompanyAccount),
		&scoro.Options{Options: connector.Options{BaseURL: server.URL, Pacer: faulttest.Unpaced{}}})
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	walk := func(opts ...connector.CallOption) (records []*scoro.Task, calls int) {
		before := len(server.Requests())
		records, err := connector.Collect(client.Tasks.All(t.Context(), nil, append(opts, connector.PageSize(7))...))
		if err != nil {
			t.Fatal(err)
		}
		return records, len(server.Requests()) - before
	}
	want, calls := walk()
	if calls < 5 {
		t.Fatalf("%d tasks on %d pages are too few for this test", len(want), calls)
	}
	for _, n := range []int{1, 4, 64} {
		got, asked := walk(connector.Ahead(n))
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%d ahead: %d other records than the %d page after page", n, len(got), len(want))
		}
		if asked > 2*calls {
			t.Errorf("%d ahead: %d calls, and %d page after page", n, asked, calls)
		}
	}
}
