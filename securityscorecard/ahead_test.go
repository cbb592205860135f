package securityscorecard_test

import (
	"encoding/json"
	"testing"

	"github.com/cordage-go/cordage/auth"
	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/internal/faulttest"
	"github.com/cordage-go/cordage/securityscorecard"
	"github.com/cordage-go/cordage/securityscorecard/securityscorecardtest"
)

// Pages ahead bring what page after page brings, in the same order, from lists
// that tell their length and that do not. calls is what they may cost.
func TestAhead(t *testing.T) {
	server := securityscorecardtest.NewServer(t)
	client, err := securityscorecard.New(auth.Static(server.Token),
		&securityscorecard.Options{Options: connector.Options{BaseURL: server.URL, Pacer: faulttest.Unpaced{}}})
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	portfolio := server.Records("portfolios")[0]["id"].(string)
	one := func(calls int) int { return calls }
	twice := func(calls int) int { return 2 * calls }
	for name, list := range map[string]struct {
		walk  func(opts ...connector.CallOption) (string, error)
		calls func(calls int) int
	}{
		"scorecards, from 0, without a total": {func(opts ...connector.CallOption) (string, error) {
			got, err := connector.Collect(client.Portfolios.AllScorecards(t.Context(), portfolio, nil, append(opts, connector.PageSize(9))...))
			return printed(t, got), err
		}, twice},
		"risks, from 1, with a total": {func(opts ...connector.CallOption) (string, error) {
			got, err := connector.Collect(client.Portfolios.AllRiskEvents(t.Context(), portfolio, nil, append(opts, connector.PageSize(1))...))
			return printed(t, got), err
		}, one},
	} {
		t.Run(name, func(t *testing.T) {
			before := len(server.Requests())
			want, err := list.walk()
			calls := len(server.Requests()) - before
			if err != nil || calls < 3 {
				t.Fatalf("%d calls page after page, %v", calls, err)
			}
			for _, n := range []int{1, 4, 64} {
				before := len(server.Requests())
				got, err := list.walk(connector.Ahead(n))
				if err != nil || got != want {
					t.Errorf("%d ahead: other records, %v", n, err)
				}
				if asked := len(server.Requests()) - before; asked > list.calls(calls) {
					t.Errorf("%d ahead: %d calls, and %d page after page", n, asked, calls)
				}
			}
		})
	}
}

func printed[T any](t *testing.T, records []*T) string {
	t.Helper()
	text, err := json.Marshal(records)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
