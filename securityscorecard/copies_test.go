package securityscorecard_test

import (
	"fmt"
	"runtime"
	"testing"

	"github.com/cordage-go/cordage/auth"
	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/securityscorecard"
)

// A program may hold a copy for each of its tenants.
func TestCopiesAreSmall(t *testing.T) {
	base, err := securityscorecard.New(auth.Static("t"), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer base.Close()
	const tenants = 10_000
	names, tokens := make([]string, tenants), make([]auth.TokenSource, tenants)
	for i := range tenants {
		names[i], tokens[i] = fmt.Sprint("tenant-", i), auth.Static("token")
	}
	copies := make([]*securityscorecard.Client, tenants)
	before := heap()
	for i := range copies {
		copies[i] = base.As(tokens[i], connector.Account(names[i]))
	}
	each := (heap() - before) / tenants
	runtime.KeepAlive([]any{copies, names, tokens})
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
