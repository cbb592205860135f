package store

import (
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"
)

const nobody = 65534

// asOrdinaryUser runs test with a folder of its own, and without root's right
// to write everywhere: on Linux each thread can act on files as another user.
func asOrdinaryUser(t *testing.T, test func(t *testing.T, dir string)) {
	t.Helper()
	dir := t.TempDir()
	if os.Geteuid() != 0 {
		test(t, dir)
		return
	}
	if err := os.Chmod(filepath.Dir(dir), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Chown(dir, nobody, nobody); err != nil {
		t.Fatal(err)
	}
	t.Run("as nobody", func(t *testing.T) {
		runtime.LockOSThread() // never unlocked, so that the thread ends with the test's goroutine
		if _, _, errno := syscall.RawSyscall(syscall.SYS_SETFSUID, nobody, 0, 0); errno != 0 {
			t.Fatal(errno)
		}
		test(t, dir)
	})
}
