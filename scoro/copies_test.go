package scoro_test

import (
	"fmt"
	"runtime"
	"testing"

	"github.com/cordage-go/cordage/auth"
	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/scoro"
)

// A program may hold a copy for each of its tenants.
func TestCopiesAreSmall(t *testing.T) {
	base, err := scoro.New("acme", scoro.UserToken("t", "acme"), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer base.Close()
	const tenants = 10_000
	names, sites, tokens := make([]string, tenants), make([]string, tenants), make([]auth.TokenSource, tenants)
	for i := range tenants {
		names[i], sites[i], tokens[i] = fmt.Sprint("tenant-", i), fmt.Sprintf("site-%d.scoro.com", i), auth.Static("token")
	}
	copies := make([]*scoro.Client, tenants)
	before := heap()
	for i := range copies {
		copies[i], err = base.As(sites[i], scoro.Credential{UserToken: tokens[i]}, connector.Account(names[i]))
		if err != nil {
			t.Fatal(err)
		}
	}
	each := (heap() - before) / tenants
	runtime.KeepAlive([]any{copies, names, tokens, sites})
	t.Logf("a copy takes %d bytes", each)
	if each > 560 {
		t.Errorf("a copy takes %d bytes", each)
	}
}

func heap() uint64 {
	var m runtime.MemStats
	for range 3 { // the pools of what came before empty themselves one turn late
		runtime.GC()
	}
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
