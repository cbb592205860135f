package rest_test

import (
	"errors"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/cordage-go/cordage/auth"
	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/internal/faulttest"
	"github.com/cordage-go/cordage/internal/rest"
)

// Closing a client ends what its copies have under way, and those of a copy
// end with it, but nobody else's.
func TestCloseReachesCopies(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newClient(t, faulttest.NewTransport(faulttest.Steps(faulttest.Step{Fault: faulttest.Silence})), connector.Options{})
		one, other := c.As(auth.Static(canary)), c.As(auth.Static(canary))
		below := one.As(auth.Static(canary))
		var ended sync.Map
		var all sync.WaitGroup
		for name, client := range map[string]*rest.Client{"root": c, "one": one, "below": below, "other": other} {
			all.Go(func() {
				_, err := get(t.Context(), client)
				if !errors.Is(err, connector.Closed) {
					t.Errorf("%s: got %v", name, err)
				}
				ended.Store(name, time.Now())
			})
		}
		begun := time.Now()
		time.Sleep(time.Second)
		one.Close()
		synctest.Wait()
		for name, want := range map[string]bool{"root": false, "one": true, "below": true, "other": false} {
			if _, found := ended.Load(name); found != want {
				t.Errorf("after the copy's Close the call of %s has ended: %v", name, found)
			}
		}
		c.Close()
		all.Wait()
		if took := time.Since(begun); took != time.Second {
			t.Errorf("all had ended after %v", took)
		}
	})
}

// The defaults of a copy come after those of what it is a copy of.
func TestDefaultsOfCopies(t *testing.T) {
	onFakeTime(t, faulttest.Steps(status(200, ok)), func(t *testing.T, c *rest.Client, server *faulttest.Transport) {
		opts := []connector.CallOption{connector.Header("X-Two", "2"), connector.Header("X-Own", "b")}
		below := c.As(auth.Static(canary), connector.Header("X-Own", "a")).As(auth.Static(canary), opts...)
		opts[0] = connector.Header("X-Two", "too late")
		if _, err := get(t.Context(), below, connector.Header("X-Own", "c")); err != nil {
			t.Fatal(err)
		}
		h := server.Arrivals()[0].Header
		if own := h.Values("X-Own"); len(own) != 3 || own[0] != "a" || own[1] != "b" || own[2] != "c" || h.Get("X-Two") != "2" {
			t.Errorf("%v arrived", h)
		}
	})
}

// A copy that was dropped is gone, whether it was closed or not: nothing that
// is shared holds on to it.
func TestDroppedCopiesAreGone(t *testing.T) {
	server := faulttest.NewTransport(faulttest.Steps(status(200, ok)))
	c := newClient(t, server, connector.Options{})
	var gone atomic.Int32
	const copies = 100
	for i := range copies {
		copied := c.As(auth.Static(canary), connector.Account("tenant"))
		runtime.AddCleanup(copied, func(int) { gone.Add(1) }, i)
		if _, err := get(t.Context(), copied); err != nil {
			t.Fatal(err)
		}
		if i%2 == 0 {
			copied.Close()
		}
	}
	for range 100 {
		runtime.GC()
		if gone.Load() == copies {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("%d of %d copies are gone", gone.Load(), copies)
}
