package store

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// From a plain folder to an encrypted one, and again after more was added.
func TestCopy(t *testing.T) {
	from, to := open(t, filepath.Join(t.TempDir(), "plain")), open(t, filepath.Join(t.TempDir(), "encrypted"), keyA)
	expires := time.Now().Add(time.Hour).Truncate(time.Millisecond)
	put(t, from, Record{Key: "a/1", Value: []byte("one")})
	put(t, from, Record{Key: "a/2", Value: []byte("two"), Expires: expires})
	put(t, from, Record{Key: "b/1", Value: []byte("elsewhere")})
	if added, err := Copy(t.Context(), to, from, "a/"); added != 2 || err != nil {
		t.Fatalf("Copy: %d, %v; want 2 records", added, err)
	}
	if r, err := to.Get(t.Context(), "a/2"); err != nil || string(r.Value) != "two" || !r.Expires.Equal(expires) {
		t.Errorf("the copy is %q, expires %v (%v)", r.Value, r.Expires, err)
	}
	if _, err := to.Get(t.Context(), "b/1"); !errors.Is(err, ErrNotFound) {
		t.Errorf("a record without the prefix was copied (%v)", err)
	}
	if added, err := Copy(t.Context(), to, from, ""); added != 1 || err != nil {
		t.Errorf("second Copy: %d, %v; want 1 record", added, err)
	}
}

// What is there already and differs may be the newer: it stays, the rest is
// copied, and the error names it.
func TestCopyOverwritesNothing(t *testing.T) {
	from, to := Memory(), Memory()
	put(t, from, Record{Key: "changed", Value: []byte("old token")})
	put(t, from, Record{Key: "longer", Value: []byte("same"), Expires: time.Now().Add(time.Hour)})
	put(t, from, Record{Key: "other"})
	v := put(t, to, Record{Key: "changed", Value: []byte("new token")})
	put(t, to, Record{Key: "longer", Value: []byte("same")})
	added, err := Copy(t.Context(), to, from, "")
	if added != 1 || !errors.Is(err, ErrConflict) {
		t.Fatalf("Copy: %d, %v; want 1 and ErrConflict", added, err)
	}
	for _, key := range []string{`"changed"`, `"longer"`} {
		if !strings.Contains(err.Error(), key) {
			t.Errorf("the error does not name %s: %v", key, err)
		}
	}
	if strings.Contains(err.Error(), "token") {
		t.Errorf("the error quotes a value: %v", err)
	}
	if r, err := to.Get(t.Context(), "changed"); err != nil || r.Version != v || string(r.Value) != "new token" {
		t.Errorf("the record is now %q, version %d (%v)", r.Value, r.Version, err)
	}
}

// Unreadable files do not keep the others from being copied.
func TestCopyPastUnreadable(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "s")
	put(t, open(t, dir), Record{Key: "plain"})
	from, to := open(t, dir, keyA), Memory()
	put(t, from, Record{Key: "encrypted"})
	if added, err := Copy(t.Context(), to, from, ""); added != 1 || !errors.Is(err, ErrEncryption) {
		t.Errorf("Copy: %d, %v; want 1 and ErrEncryption", added, err)
	}
}

func TestCopyEnds(t *testing.T) {
	from, to := Memory(), &forgetful{Store: Memory(), lose: true}
	put(t, from, Record{Key: "a"})
	put(t, from, Record{Key: "b"})
	if added, err := Copy(t.Context(), to, from, ""); added != 0 || !errors.Is(err, errLine) || strings.Count(err.Error(), errLine.Error()) != 1 {
		t.Errorf("Copy to a store that fails: %d, %v; want to end at the first failure", added, err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Copy(ended, Memory(), from, ""); !errors.Is(err, context.Canceled) {
		t.Errorf("Copy with an ended context: %v", err)
	}
}
