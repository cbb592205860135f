package store

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"
)

func open(t *testing.T, dir string, keys ...[]byte) *file {
	t.Helper()
	s, err := File(dir, keys...)
	if err != nil {
		t.Fatal(err)
	}
	return s.(*file)
}

func put(t *testing.T, s Store, r Record) Version {
	t.Helper()
	v, err := s.Put(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestFileFolders(t *testing.T) {
	if _, err := File(""); err == nil {
		t.Error("a folder without a name was taken")
	}
	dir := t.TempDir()
	plain := filepath.Join(dir, "plain")
	if err := os.WriteFile(plain, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := File(plain); err == nil {
		t.Error("a file was taken for a folder")
	}
	made := filepath.Join(dir, "a", "b")
	open(t, made)
	info, err := os.Stat(made)
	if err != nil {
		t.Fatal(err)
	}
	if hasModes && info.Mode().Perm() != 0o700 {
		t.Errorf("the new folder has mode %04o, want 0700", info.Mode().Perm())
	}
	if !hasModes {
		return
	}
	for _, mode := range []os.FileMode{0o777, 0o770, 0o702} {
		if err := os.Chmod(made, mode); err != nil {
			t.Fatal(err)
		}
		if _, err := File(made); !errors.Is(err, ErrUnsafe) {
			t.Errorf("mode %04o: %v, want ErrUnsafe", mode, err)
		}
	}
}

func TestFileIsPrivateAndWhole(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "s"))
	put(t, s, Record{Key: "k", Value: []byte("secret")})
	entries, err := os.ReadDir(s.dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) != 2 { // the record and the lock
		t.Errorf("the folder holds %v", entries)
	}
	for _, entry := range entries {
		info, err := entry.Info()
		if err != nil {
			t.Fatal(err)
		}
		if hasModes && info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %04o, want 0600", entry.Name(), info.Mode().Perm())
		}
	}
}

func TestFileSweepsExpired(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "s")
	past, future := time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
	first := open(t, dir)
	for i := range 10 {
		put(t, first, Record{Key: fmt.Sprint("past ", i), Expires: past})
	}
	put(t, first, Record{Key: "forever"})
	second := open(t, dir) // a later run of the program
	put(t, second, Record{Key: "future", Expires: future})
	files, err := filepath.Glob(filepath.Join(dir, "*"+recordSuffix))
	if err != nil || len(files) != 2 {
		t.Errorf("%d files are left (%v), want 2", len(files), err)
	}
}

// While one goroutine looks for expired files, others that write do not.
func TestFileSweepsOnceAtATime(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "s"))
	path := s.path("past")
	if err := os.WriteFile(path, fileOf(t, s, Record{Key: "past", Version: 5, Expires: time.Now().Add(-time.Hour)}), 0o600); err != nil {
		t.Fatal(err)
	}
	s.until.Store(-1) // as while somebody looks
	put(t, s, Record{Key: "a", Expires: time.Now().Add(time.Hour)})
	if _, err := os.Stat(path); err != nil {
		t.Errorf("two looked for expired files at once: %v", err)
	}
	s.until.Store(0)
	put(t, s, Record{Key: "b", Expires: time.Now().Add(time.Hour)})
	if _, err := os.Stat(path); !os.IsNotExist(err) {
		t.Errorf("the expired file is still there (%v)", err)
	}
}

func TestMemorySweepsExpired(t *testing.T) {
	m := Memory().(*memory)
	for i := range 1000 {
		put(t, m, Record{Key: fmt.Sprint(i), Expires: time.Now().Add(-time.Hour)})
	}
	if len(m.records) > 64 {
		t.Errorf("%d expired records are kept", len(m.records))
	}
}

func TestFileIgnoresWorkingDirectory(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the working directory cannot be removed there")
	}
	t.Chdir(t.TempDir())
	s := open(t, "s")
	v := put(t, s, Record{Key: "k"})
	t.Chdir(t.TempDir())
	if r, err := s.Get(t.Context(), "k"); err != nil || r.Version != v {
		t.Errorf("after a change of the working directory: %v", err)
	}
}
