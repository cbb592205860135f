package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gofrs/flock"
)

// patience bounds what should come soon by itself.
const patience = 10 * time.Second

// lockOf is the path of a record's lock.
func lockOf(s *file, key string) string {
	return filepath.Join(s.dir, lockPrefix+filepath.Base(s.path(key))[:2])
}

// holdLock locks a record as another process does.
func holdLock(t *testing.T, s *file, key string) (unlock func()) {
	t.Helper()
	other := flock.New(lockOf(s, key), flock.SetFlag(lockFlags), flock.SetPermissions(0o600))
	if err := other.Lock(); err != nil {
		t.Fatal(err)
	}
	return func() {
		if err := other.Unlock(); err != nil {
			t.Error(err)
		}
	}
}

// newFiles returns the names of the new files that are not in their place yet.
func newFiles(t *testing.T, s *file) []string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(s.dir, "*"+newSuffix))
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// awaitWritten waits for a new file that is whole and holds a record of key.
func awaitWritten(t *testing.T, s *file, key string) {
	t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); time.Sleep(time.Millisecond) {
		for _, path := range newFiles(t, s) {
			data, err := readPrivate(path)
			if err != nil {
				t.Fatal(err)
			}
			if r, err := decodeFile(s.ring, filepath.Base(s.path(key)), data); err == nil && r.Key == key {
				return
			}
		}
	}
	t.Fatal("no new file was written while another process had the lock")
}

// The file is written before the lock is taken: nobody waits for a process that
// is slow or stopped meanwhile.
func TestFileWritesBeforeItLocks(t *testing.T) {
	eachKind(t, func(t *testing.T, keys [][]byte) {
		s := open(t, filepath.Join(t.TempDir(), "s"), keys...)
		unlock := holdLock(t, s, "k")
		done := make(chan error)
		go func() {
			_, err := s.Put(context.WithoutCancel(t.Context()), Record{Key: "k", Value: []byte("v")})
			done <- err
		}()
		awaitWritten(t, s, "k")
		if _, err := s.Get(t.Context(), "k"); !errors.Is(err, ErrNotFound) {
			t.Errorf("Get while another process has the lock: %v, want ErrNotFound", err)
		}
		unlock()
		if err := <-done; err != nil {
			t.Fatal(err)
		}
		if r, err := s.Get(t.Context(), "k"); err != nil || string(r.Value) != "v" {
			t.Errorf("Get: %q, %v", r.Value, err)
		}
		if left := newFiles(t, s); len(left) > 0 {
			t.Errorf("left behind: %v", left)
		}
	})
}

// A writer that waited for the lock compares again when it has it.
func TestFileComparesUnderTheLock(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "s"))
	v := put(t, s, Record{Key: "k", Value: []byte("old")})
	unlock := holdLock(t, s, "k")
	done := make(chan error)
	go func() {
		_, err := s.Put(context.WithoutCancel(t.Context()), Record{Key: "k", Value: []byte("late"), Version: v})
		done <- err
	}()
	awaitWritten(t, s, "k")
	if err := os.WriteFile(s.path("k"), fileOf(t, s, Record{Key: "k", Value: []byte("first"), Version: v + 1}), 0o600); err != nil {
		t.Fatal(err)
	}
	unlock()
	if err := <-done; !errors.Is(err, ErrConflict) {
		t.Errorf("Put of the second: %v, want ErrConflict", err)
	}
	if r, err := s.Get(t.Context(), "k"); err != nil || string(r.Value) != "first" {
		t.Errorf("Get: %q, %v", r.Value, err)
	}
	if left := newFiles(t, s); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// A writer waits for another process's lock no longer than its context allows,
// says what holds it up, and leaves nothing behind.
func TestFileLockWaitsOnContext(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "s"))
	v := put(t, s, Record{Key: "k"})
	unlock := holdLock(t, s, "k")
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := s.Put(ctx, Record{Key: "k", Version: v + 1}); !errors.Is(err, ErrConflict) {
		t.Errorf("Put of a version that is not stored: %v, want ErrConflict at once", err)
	}
	results := make(chan error)
	const puts = 3 // so that some wait for others of this process
	for range puts {
		go func() {
			_, err := s.Put(ctx, Record{Key: "k", Version: v})
			results <- err
		}()
	}
	go func() { results <- s.Delete(ctx, "k", v) }()
	for range puts + 1 {
		err := <-results
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("while another has the lock: %v, want DeadlineExceeded", err)
			continue
		}
		if !strings.Contains(err.Error(), lockOf(s, "k")) {
			t.Errorf("the error does not name the lock: %v", err)
		}
	}
	if left := newFiles(t, s); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	unlock()
	v = put(t, s, Record{Key: "k", Version: v})
	if err := s.Delete(t.Context(), "k", v); err != nil {
		t.Error(err)
	}
}

// A process that has the lock of one record for long holds up few others.
func TestFileLocksFew(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "s"))
	defer holdLock(t, s, "k")()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	free := 0
	for i := range 100 {
		key := fmt.Sprint("other ", i)
		if lockOf(s, key) == lockOf(s, "k") {
			continue
		}
		free++
		v, err := s.Put(ctx, Record{Key: key})
		if err == nil {
			err = s.Delete(ctx, key, v)
		}
		if err != nil {
			t.Fatalf("with the lock of another record held: %v", err)
		}
	}
	if free < 90 {
		t.Errorf("only %d of 100 other records have another lock", free)
	}
}

// Goroutines wait in a queue for a busy disk, no longer than their contexts.
func TestFileBoundsBusy(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "s"))
	for range maxBusy {
		s.busy <- struct{}{}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := s.Put(ctx, Record{Key: "k"}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Put while the disk is busy: %v, want DeadlineExceeded", err)
	}
	if left := newFiles(t, s); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	for range maxBusy {
		<-s.busy
	}
	put(t, s, Record{Key: "k"})
	if n := len(s.busy); n != 0 {
		t.Errorf("%d places are not given back", n)
	}
}

// A record that cannot be put in its place leaves no new file behind.
func TestFileWriteFails(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "s"))
	unlock := holdLock(t, s, "k")
	done := make(chan error)
	go func() {
		_, err := s.Put(context.WithoutCancel(t.Context()), Record{Key: "k"})
		done <- err
	}()
	awaitWritten(t, s, "k")
	for _, path := range newFiles(t, s) { // as if the writer had been stopped for hours
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
	}
	unlock()
	if err := <-done; !errors.Is(err, fs.ErrNotExist) || !strings.HasPrefix(err.Error(), `store: cannot write "k": `) {
		t.Errorf("Put of a file that is gone: %v", err)
	}
	if _, err := s.Get(t.Context(), "k"); !errors.Is(err, ErrNotFound) {
		t.Errorf("Get: %v, want ErrNotFound", err)
	}
}

// What a killed process left behind goes when it is old, and only then: a
// younger file may have a writer still.
func TestFileRemovesLeftovers(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "s"))
	old := time.Now().Add(-2 * leftoverAge)
	for name, age := range map[string]time.Time{
		"new-OLD.tmp": old, "new-YOUNG.tmp": time.Now().Add(-leftoverAge / 2), "new-notes.txt": old, "mine.tmp": old,
	} {
		path := filepath.Join(s.dir, name)
		if err := os.WriteFile(path, []byte("half a rec"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, age, age); err != nil {
			t.Fatal(err)
		}
	}
	wantThere := func(want map[string]bool) {
		t.Helper()
		for name, there := range want {
			_, err := os.Stat(filepath.Join(s.dir, name))
			if there != (err == nil) {
				t.Errorf("%s: %v, want it there: %t", name, err, there)
			}
		}
	}
	v := put(t, s, Record{Key: "k"})
	wantThere(map[string]bool{"new-OLD.tmp": false, "new-YOUNG.tmp": true, "new-notes.txt": true, "mine.tmp": true})

	if err := os.Chtimes(filepath.Join(s.dir, "new-YOUNG.tmp"), old, old); err != nil {
		t.Fatal(err)
	}
	v = put(t, s, Record{Key: "k", Version: v})
	wantThere(map[string]bool{"new-YOUNG.tmp": true}) // looked for not long ago
	s.tidied.Store(old.UnixNano())
	put(t, s, Record{Key: "k", Version: v})
	wantThere(map[string]bool{"new-YOUNG.tmp": false})
}
