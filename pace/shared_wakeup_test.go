package pace

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/cordage-go/cordage/connector"
)

// A caller that was stopped for so long that its key's seat was given up
// meanwhile gets a new one.
func TestSharedSeatLostBeforeAsking(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, time.Second, 100)
		p := w.process("a")
		p.pacer.sit("account")
		time.Sleep(10 * time.Second)
		p.pacer.mu.Lock()
		n := len(p.pacer.seats)
		p.pacer.mu.Unlock()
		if n != 0 {
			t.Fatalf("%d seats are kept, want none", n)
		}
		turn := &connector.Turn{Key: "account", MaxWait: time.Minute}
		if err := p.pacer.core.Wait(t.Context(), turn); err != nil || turn.Waited > time.Second {
			t.Errorf("waited %v, %v; want a moment", turn.Waited, err)
		}
		p.end()
	})
}
