package pace_test

import (
	"context"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/pace"
)

// A call that ends at the very moment of its turn gives the turn back: it never
// left, and the next one does not wait for it.
func TestTurnOfOneWhoLeavesIsGivenBack(t *testing.T) {
	for range 100 { // either may come first
		synctest.Test(t, func(t *testing.T) {
			p, err := pace.New(pace.Policy{Windows: []pace.Window{{Name: "1s", Length: time.Second, Limit: 1}},
				Read: func(int, http.Header) pace.Reading { return pace.Reading{} }})
			if err != nil {
				t.Fatal(err)
			}
			first := &connector.Turn{Key: "a", MaxWait: time.Minute}
			if err := p.Wait(t.Context(), first); err != nil {
				t.Fatal(err)
			}
			p.Observe(first, 200, nil)
			ctx, cancel := context.WithCancel(t.Context())
			const free = time.Second + time.Second/500 // the length, and what clocks may differ
			time.AfterFunc(free, cancel)
			left := p.Wait(ctx, &connector.Turn{Key: "a", MaxWait: time.Minute})
			if time.Since(first.Left) != free {
				t.Fatalf("the turn came after %v", time.Since(first.Left))
			}
			next := &connector.Turn{Key: "a", MaxWait: time.Minute}
			if err := p.Wait(t.Context(), next); err != nil {
				t.Fatal(err)
			}
			if gaveUp := left != nil; gaveUp != (next.Waited == 0) {
				t.Errorf("gave up: %v; the next waited %v", left, next.Waited)
			}
		})
	}
}
