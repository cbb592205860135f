package rest_test

import (
	"context"
	"net/http"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cordage-go/cordage/auth"
	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/internal/faulttest"
	"github.com/cordage-go/cordage/internal/rest"
)

// A ledger lets every turn through and keeps what it hears of each.
type ledger struct{ heard [][]int }

func (l *ledger) Wait(_ context.Context, t *connector.Turn) error {
	l.heard = append(l.heard, nil)
	t.Number = uint64(len(l.heard))
	return nil
}

func (l *ledger) Observe(t *connector.Turn, status int, _ http.Header) {
	l.heard[t.Number-1] = append(l.heard[t.Number-1], status)
}

// A pacer hears once of each turn, else it would take the request to be on its
// way for long; and once more of a refusal inside of a success.
func TestPacerHearsOfEachTurn(t *testing.T) {
	stalled := status(200, ok)
	stalled.Fault, stalled.At = faulttest.Stall, 5
	for _, test := range []struct {
		name  string
		steps []faulttest.Step
		want  [][]int
	}{
		{"success", []faulttest.Step{status(200, ok)}, [][]int{{200}}},
		{"reset", []faulttest.Step{{Fault: faulttest.Reset}, status(200, ok)}, [][]int{{0}, {200}}},
		{"silence", []faulttest.Step{{Fault: faulttest.Silence}, status(200, ok)}, [][]int{{0}, {200}}},
		{"stall", []faulttest.Step{stalled, status(200, ok)}, [][]int{{200}, {200}}},
		{"failure", []faulttest.Step{status(502, "<html>"), status(429, "{}"), status(200, ok)}, [][]int{{502}, {429}, {200}}},
		{"failure inside", []faulttest.Step{status(200, `{"statusCode":429}`), status(200, ok)}, [][]int{{200, 429}, {200}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				pacer := &ledger{}
				c := newClientOf(t, bodied(), auth.Static(canary), faulttest.NewTransport(faulttest.Steps(test.steps...)), connector.Options{Pacer: pacer})
				if _, err := rest.Send[thing](t.Context(), c, find, thing{}, nil); err != nil {
					t.Error(err)
				}
				if !slices.EqualFunc(pacer.heard, test.want, slices.Equal) {
					t.Errorf("heard %v, want %v", pacer.heard, test.want)
				}
			})
		})
	}
}

// An answer that comes drop by drop is waited for, as long as each comes in time.
func TestTrickleOutlastsPatience(t *testing.T) {
	drops := status(200, ok)
	drops.Trickle = 100 * time.Millisecond
	onFakeTime(t, faulttest.Steps(drops), func(t *testing.T, c *rest.Client, server *faulttest.Transport) {
		if _, err := get(t.Context(), c, connector.Timeout(4*time.Second)); err != nil {
			t.Error(err)
		}
		wantCount(t, server, 1)
	})
}
