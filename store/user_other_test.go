//go:build !linux

package store

import (
	"os"
	"testing"
)

// asOrdinaryUser runs test with a folder of its own, and without root's right
// to write everywhere.
func asOrdinaryUser(t *testing.T, test func(t *testing.T, dir string)) {
	t.Helper()
	if os.Geteuid() == 0 {
		t.Skip("run this test as a user who is not root")
	}
	test(t, t.TempDir())
}
