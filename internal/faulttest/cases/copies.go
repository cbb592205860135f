package cases

import (
	"fmt"
	"runtime"
	"testing"

	"github.com/cordage-go/cordage/auth"
)

// CopiesAreSmall checks that each of 10,000 copies of a client takes no more
// than most bytes: a program may hold one for each of its tenants. Names and
// token sources are the tenants' own, and do not count.
func CopiesAreSmall[C any](t *testing.T, most uint64, copied func(i int, tokens auth.TokenSource, account string) C) {
	t.Helper()
	const tenants = 10_000
	names, tokens := make([]string, tenants), make([]auth.TokenSource, tenants)
	for i := range tenants {
		names[i], tokens[i] = fmt.Sprint("tenant-", i), auth.Static("token")
	}
	copies := make([]C, tenants)
	before := heap()
	for i := range copies {
		copies[i] = copied(i, tokens[i], names[i])
	}
	each := (heap() - before) / tenants
	runtime.KeepAlive([]any{copies, names, tokens})
	t.Logf("a copy takes %d bytes", each)
	if each > most {
		t.Errorf("a copy takes %d bytes, more than %d", each, most)
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
