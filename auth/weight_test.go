package auth

import (
	"context"
	"fmt"
	"runtime"
	"testing"
	"time"

	"github.com/cordage-go/cordage/store"
)

// elsewhere is a store whose records take no memory here.
type elsewhere struct{ store.Store }

func (elsewhere) Get(_ context.Context, key string) (store.Record, error) {
	e := entry{version: 1, obtained: time.Now(), token: Token{
		Access: NewSecret("access of " + key), Refresh: NewSecret("refresh of " + key), Type: "Bearer", Expiry: time.Now().Add(time.Hour),
	}}
	r, err := e.record(key)
	r.Version = e.version
	return r, err
}

// What a tenant costs while nothing is asked of it: named only, and after its
// token was used, the text of key and tokens not counted.
func TestWeightOfIdleTenants(t *testing.T) {
	const tenants, named, used = 10_000, 250, 450
	names := make([]string, tenants)
	for i := range names {
		names[i] = fmt.Sprint("tenant-", i)
	}
	goroutines, start := runtime.NumGoroutine(), heap()
	r := newRegistry(t, elsewhere{}, Grant{Renew: (&platform{}).renew, OneTime: true}, nil)
	for _, name := range names {
		r.Session(name)
	}
	if got := (heap() - start) / tenants; got > named {
		t.Errorf("%d bytes for a tenant that was named, want at most %d", got, named)
	} else {
		t.Logf("%d bytes for a tenant that was named", got)
	}
	var text int
	for _, name := range names {
		token, err := r.Session(name).Token(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		text += len(prefix+name) + len(token.Access.Reveal()) + len(token.Refresh.Reveal())
	}
	time.Sleep(2 * sureFor) // from then on it is idle, on a busy machine, too
	if got := (heap() - start - text) / tenants; got > used {
		t.Errorf("%d bytes for a tenant whose token was used, want at most %d", got, used)
	} else {
		t.Logf("%d bytes for a tenant whose token was used, without its text", got)
	}
	if got := runtime.NumGoroutine(); got > goroutines {
		t.Errorf("%d goroutines more than before", got-goroutines)
	}
	runtime.KeepAlive(names)
}

func heap() int {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int(m.HeapAlloc)
}
