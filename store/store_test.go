package store_test

import (
	"bytes"
	"path/filepath"
	"testing"

	"github.com/cordage-go/cordage/store"
	"github.com/cordage-go/cordage/store/storetest"
)

var fileKeys = map[string][][]byte{"plain": nil, "encrypted": {bytes.Repeat([]byte("k"), 32)}}

func TestMemory(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(*testing.T) store.Store { return store.Memory() })
}

func TestFile(t *testing.T) {
	for kind, keys := range fileKeys {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			storetest.Run(t, func(t *testing.T) store.Store { return openFile(t, t.TempDir(), keys) })
		})
	}
}

func TestFileKilled(t *testing.T) {
	for kind, keys := range fileKeys {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			storetest.RunKilled(t, func(t *testing.T, dir string) store.Store { return openFile(t, dir, keys) })
		})
	}
}

func openFile(t *testing.T, dir string, keys [][]byte) store.Store {
	t.Helper()
	s, err := store.File(filepath.Join(dir, "records"), keys...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}
