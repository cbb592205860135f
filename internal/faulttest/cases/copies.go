package cases

import (
	"fmt"
	"math"
	"runtime"
	"testing"

	"github.com/cordage-go/cordage/auth"
)

// CopiesAreSmall checks that making each of 10,000 copies of a client takes no
// more than most bytes, what is thrown away at once included: a program may hold
// one for each of its tenants. Names and token sources are the tenants' own, and
// do not count.
func CopiesAreSmall[C any](t *testing.T, most uint64, copied func(i int, tokens auth.TokenSource, account string) C) {
	t.Helper()
	const tenants = 10_000
	names, tokens := make([]string, tenants), make([]auth.TokenSource, tenants)
	for i := range tenants {
		names[i], tokens[i] = fmt.Sprint("tenant-", i), auth.Static("token")
	}
	copies, each := make([]C, tenants), uint64(math.MaxUint64)
	for range 5 { // what other tests leave running may allocate meanwhile, too
		before := allocated()
		for i := range copies {
			copies[i] = copied(i, tokens[i], names[i])
		}
		each = min(each, (allocated()-before)/tenants)
	}
	runtime.KeepAlive([]any{copies, names, tokens})
	t.Logf("making a copy takes %d bytes", each)
	if each > most {
		t.Errorf("making a copy takes %d bytes, more than %d", each, most)
	}
}

// allocated only grows, whatever other tests leave behind.
func allocated() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.TotalAlloc
}
