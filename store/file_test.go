package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gofrs/flock"
)

func open(t *testing.T, dir string) *file {
	t.Helper()
	s, err := File(dir)
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

// Whatever is wrong with a file: a typed error that names it, from every
// method, and the file stays as it was.
func TestFileUnreadable(t *testing.T) {
	whole, err := encodeRecord(Record{Key: "k", Value: []byte("secret"), Version: 5})
	if err != nil {
		t.Fatal(err)
	}
	other, err := encodeRecord(Record{Key: "other", Version: 5})
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		content []byte
		want    error
	}{
		"empty":       {nil, ErrCorrupt},
		"cut":         {whole[:len(whole)/2], ErrCorrupt},
		"not JSON":    {[]byte("hello"), ErrCorrupt},
		"zeros":       {make([]byte, 200), ErrCorrupt},
		"trailing":    {append(bytes.Clone(whole), "x"...), ErrCorrupt},
		"null":        {[]byte("null"), ErrCorrupt},
		"no format":   {[]byte(`{"key":"k","version":5}`), ErrCorrupt},
		"no version":  {[]byte(`{"format":1,"key":"k"}`), ErrCorrupt},
		"bad value":   {[]byte(`{"format":1,"key":"k","version":5,"value":"?"}`), ErrCorrupt},
		"another key": {other, ErrCorrupt},
		"newer":       {[]byte(`{"format":2,"whatever":[]}`), ErrNewer},
	} {
		t.Run(name, func(t *testing.T) {
			s := open(t, filepath.Join(t.TempDir(), "s"))
			path := s.path("k")
			if err := os.WriteFile(path, test.content, 0o600); err != nil {
				t.Fatal(err)
			}
			wantRefused(t, s, test.want)
			if left, err := os.ReadFile(path); err != nil || !bytes.Equal(left, test.content) {
				t.Errorf("the file is now %q (%v)", left, err)
			}
		})
	}
}

func TestFileUnsafe(t *testing.T) {
	if !hasModes {
		t.Skip("this system has no such modes")
	}
	whole, err := encodeRecord(Record{Key: "k", Version: 5})
	if err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func(path string) error{
		"readable by all":   func(path string) error { return os.Chmod(path, 0o644) },
		"readable by group": func(path string) error { return os.Chmod(path, 0o640) },
		"symbolic link": func(path string) error {
			if err := os.Rename(path, path+".elsewhere"); err != nil {
				return err
			}
			return os.Symlink(path+".elsewhere", path)
		},
		"folder": func(path string) error {
			if err := os.Remove(path); err != nil {
				return err
			}
			return os.Mkdir(path, 0o700)
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := open(t, filepath.Join(t.TempDir(), "s"))
			path := s.path("k")
			if err := os.WriteFile(path, whole, 0o600); err != nil {
				t.Fatal(err)
			}
			if err := spoil(path); err != nil {
				t.Fatal(err)
			}
			wantRefused(t, s, ErrUnsafe)
			if _, err := os.Lstat(path); err != nil {
				t.Error(err)
			}
		})
	}
}

func wantRefused(t *testing.T, s *file, want error) {
	t.Helper()
	put(t, s, Record{Key: "a good one"})
	_, getErr := s.Get(t.Context(), "k")
	_, newErr := s.Put(t.Context(), Record{Key: "k"})
	_, oldErr := s.Put(t.Context(), Record{Key: "k", Version: 5})
	var listed int
	var listErr error
	for _, err := range s.List(t.Context(), "") {
		if err == nil {
			listed++
		}
		listErr = err
	}
	for what, err := range map[string]error{
		"Get": getErr, "Put anew": newErr, "Put": oldErr, "Delete": s.Delete(t.Context(), "k", 5), "List": listErr,
	} {
		if !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", what, err, want)
			continue
		}
		if !strings.Contains(err.Error(), s.dir) {
			t.Errorf("%s: error %q does not name the file", what, err)
		}
		if strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: error %q quotes the file", what, err)
		}
	}
	if listed == 0 {
		t.Error("List hides the records that are whole")
	}
}

func TestFileSurvivesLeftovers(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "s"))
	leftover := filepath.Join(s.dir, newFile)
	if err := os.WriteFile(leftover, []byte("half a rec"), 0o644); err != nil {
		t.Fatal(err)
	}
	put(t, s, Record{Key: "k", Value: []byte("v")})
	if _, err := os.Stat(leftover); !os.IsNotExist(err) {
		t.Errorf("the leftover of a crash is still there (%v)", err)
	}
	if r, err := s.Get(t.Context(), "k"); err != nil || string(r.Value) != "v" {
		t.Errorf("Get: %q, %v", r.Value, err)
	}
}

func TestFileReadOnlyFolder(t *testing.T) {
	if !hasModes || os.Geteuid() == 0 {
		t.Skip("this user may write everywhere")
	}
	s := open(t, filepath.Join(t.TempDir(), "s"))
	v := put(t, s, Record{Key: "k", Value: []byte("v")})
	if err := os.Chmod(s.dir, 0o500); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Chmod(s.dir, 0o700) })
	if _, err := s.Put(t.Context(), Record{Key: "k", Version: v}); err == nil {
		t.Error("Put says that it wrote into a read-only folder")
	}
	if r, err := s.Get(t.Context(), "k"); err != nil || string(r.Value) != "v" {
		t.Errorf("Get: %q, %v", r.Value, err)
	}
}

// A record that cannot be put in its place leaves no temporary file behind.
func TestFileWriteFails(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "s"))
	blocked := filepath.Join(s.dir, "blocked")
	if err := os.MkdirAll(filepath.Join(blocked, "x"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := s.write(blocked, []byte("data")); err == nil {
		t.Fatal("a file took the place of a full folder")
	}
	if _, err := os.Stat(filepath.Join(s.dir, newFile)); !os.IsNotExist(err) {
		t.Errorf("the temporary file is still there (%v)", err)
	}
}

// Two stores on one folder exclude each other as two processes do.
func TestFileTwoStoresOneFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "s")
	stores := []Store{open(t, dir), open(t, dir)}
	put(t, stores[0], Record{Key: "k"})
	var all sync.WaitGroup
	for i := range 4 {
		all.Go(func() {
			s := stores[i%2]
			for added := 0; added < 10; {
				r, err := s.Get(t.Context(), "k")
				if err != nil {
					t.Error(err)
					return
				}
				r.Value = append(r.Value, 'x')
				_, err = s.Put(t.Context(), r)
				if err == nil {
					added++
				} else if !errors.Is(err, ErrConflict) {
					t.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
	if r, err := stores[1].Get(t.Context(), "k"); err != nil || len(r.Value) != 40 {
		t.Errorf("40 additions left %d (%v)", len(r.Value), err)
	}
}

// A writer waits for another process's lock no longer than its context allows.
func TestFileLockWaitsOnContext(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "s"))
	other := flock.New(filepath.Join(s.dir, lockFile), flock.SetFlag(lockFlags))
	if err := other.Lock(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := s.Put(ctx, Record{Key: "k"}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Put while another holds the lock: %v, want DeadlineExceeded", err)
	}
	if err := other.Unlock(); err != nil {
		t.Fatal(err)
	}
	put(t, s, Record{Key: "k"})
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

func FuzzDecodeRecord(f *testing.F) {
	whole, err := encodeRecord(Record{Key: "k", Value: []byte("v"), Version: 7, Expires: time.Unix(1, 0)})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(whole)
	f.Add(whole[:20])
	f.Add([]byte(`{"format":3}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := decodeRecord(data)
		if err != nil {
			if !errors.Is(err, ErrCorrupt) && !errors.Is(err, ErrNewer) {
				t.Errorf("untyped error %v", err)
			}
			return
		}
		again, err := encodeRecord(r)
		if err != nil {
			t.Fatalf("what was decoded cannot be encoded: %v", err)
		}
		twice, err := decodeRecord(again)
		if err != nil || twice.Key != r.Key || twice.Version != r.Version || !twice.Expires.Equal(r.Expires) || !bytes.Equal(twice.Value, r.Value) {
			t.Errorf("%s does not survive: %v", again, err)
		}
	})
}
