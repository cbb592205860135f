package pace_test

import (
	"fmt"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cordage-go/cordage/pace"
)

// What a key has used is remembered for the whole window, however many others
// come and go, and no longer.
func TestSleepersRemember(t *testing.T) {
	silent := func(int, http.Header) pace.Reading { return pace.Reading{} }
	synctest.Test(t, func(t *testing.T) {
		p := newPacer(t, pace.Policy{Windows: []pace.Window{{Name: "hour", Length: time.Hour, Limit: 5}}, Read: silent})
		use := func(key string) {
			turn := of(key)
			if err := p.Wait(t.Context(), turn); err != nil {
				t.Fatal(err)
			}
			p.Observe(turn, 200, nil)
		}
		use("a")
		use("a")
		use("a")
		for i := range 5000 {
			use(fmt.Sprint("b", i))
		}
		if w := p.Limits("a").Windows[0]; w.Remaining != 2 {
			t.Errorf("%d are left while it sleeps, want 2 of 5 after 3", w.Remaining)
		}
		use("a") // wakes it
		if w := p.Limits("a").Windows[0]; w.Remaining != 1 {
			t.Errorf("%d are left, want 1 of 5 after 4", w.Remaining)
		}
		use("a")
		if err := p.Wait(t.Context(), of("a")); err == nil {
			t.Error("a sixth request was let through")
		}
		time.Sleep(time.Hour + time.Minute)
		for i := range 5000 {
			use(fmt.Sprint("c", i))
		}
		use("a")
		if w := p.Limits("a").Windows[0]; w.Remaining != 4 {
			t.Errorf("%d are left, want 4 of 5 in the next hour", w.Remaining)
		}
	})
}
