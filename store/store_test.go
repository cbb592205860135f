package store_test

import (
	"path/filepath"
	"testing"

	"github.com/cordage-go/cordage/store"
	"github.com/cordage-go/cordage/store/storetest"
)

func TestMemory(t *testing.T) {
	storetest.Run(t, func(*testing.T) store.Store { return store.Memory() })
}

func TestFile(t *testing.T) {
	storetest.Run(t, func(t *testing.T) store.Store { return openFile(t, filepath.Join(t.TempDir(), "records")) })
}

func openFile(t *testing.T, dir string) store.Store {
	t.Helper()
	s, err := store.File(dir)
	if err != nil {
		t.Fatal(err)
	}
	return s
}
