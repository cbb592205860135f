package store

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

var (
	keyA = bytes.Repeat([]byte("a"), sealKeySize)
	keyB = bytes.Repeat([]byte("b"), sealKeySize)
)

// eachKind runs a test on a plain and on an encrypted folder.
func eachKind(t *testing.T, test func(t *testing.T, keys [][]byte)) {
	for name, keys := range map[string][][]byte{"plain": nil, "encrypted": {keyA}} {
		t.Run(name, func(t *testing.T) { test(t, keys) })
	}
}

// fileOf returns the bytes of a record's file in a folder with these keys.
func fileOf(t *testing.T, s *file, r Record) []byte {
	t.Helper()
	data, err := encodeFile(s.ring, filepath.Base(s.path(r.Key)), r)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// Whatever is wrong with a file: a typed error that names it, from every
// method, and the file stays as it was.
func TestS1UnreadableFile(t *testing.T) {
	eachKind(t, func(t *testing.T, keys [][]byte) {
		s := open(t, filepath.Join(t.TempDir(), "s"), keys...)
		whole := fileOf(t, s, Record{Key: "k", Value: []byte("secret"), Version: 5})
		for name, test := range map[string]struct {
			content []byte
			want    error
		}{
			"empty":       {nil, ErrCorrupt},
			"cut":         {whole[:len(whole)/2], ErrCorrupt},
			"last cut":    {whole[:len(whole)-2], ErrCorrupt},
			"not JSON":    {[]byte("hello"), ErrCorrupt},
			"zeros":       {make([]byte, 200), ErrCorrupt},
			"trailing":    {append(bytes.Clone(whole), "x"...), ErrCorrupt},
			"null":        {[]byte("null"), ErrCorrupt},
			"no format":   {[]byte(`{"key":"k","version":5}`), ErrCorrupt},
			"another key": {fileOf(t, s, Record{Key: "other", Version: 5}), ErrCorrupt},
			"newer":       {[]byte(`{"format":3,"whatever":[]}`), ErrNewer},
		} {
			t.Run(name, func(t *testing.T) { wantFileRefused(t, keys, test.content, test.want) })
		}
	})
	for name, content := range map[string]string{
		"no version": `{"format":1,"key":"k"}`,
		"bad value":  `{"format":1,"key":"k","version":5,"value":"?"}`,
	} {
		t.Run(name, func(t *testing.T) { wantFileRefused(t, nil, []byte(content), ErrCorrupt) })
	}
	t.Run("missing", func(t *testing.T) {
		eachKind(t, func(t *testing.T, keys [][]byte) {
			s := open(t, filepath.Join(t.TempDir(), "s"), keys...)
			if _, err := s.Get(t.Context(), "k"); !errors.Is(err, ErrNotFound) {
				t.Errorf("Get: %v, want ErrNotFound", err)
			}
			if _, err := s.Put(t.Context(), Record{Key: "k", Version: 5}); !errors.Is(err, ErrConflict) {
				t.Errorf("Put of a version that is gone: %v, want ErrConflict", err)
			}
		})
	})
}

func wantFileRefused(t *testing.T, keys [][]byte, content []byte, want error) {
	t.Helper()
	s := open(t, filepath.Join(t.TempDir(), "s"), keys...)
	path := s.path("k")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	wantRefused(t, s, want)
	if left, err := os.ReadFile(path); err != nil || !bytes.Equal(left, content) {
		t.Errorf("the file is now %q (%v)", left, err)
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

func TestS2UnsafeFile(t *testing.T) {
	if !hasModes {
		t.Skip("this system has no such modes")
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
			eachKind(t, func(t *testing.T, keys [][]byte) {
				s := open(t, filepath.Join(t.TempDir(), "s"), keys...)
				path := s.path("k")
				if err := os.WriteFile(path, fileOf(t, s, Record{Key: "k", Version: 5}), 0o600); err != nil {
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
		})
	}
}

// Two stores on one folder exclude each other as two processes do: the loser
// reads again, and no addition is lost.
func TestS3TwoWriters(t *testing.T) {
	eachKind(t, func(t *testing.T, keys [][]byte) {
		dir := filepath.Join(t.TempDir(), "s")
		stores := []Store{open(t, dir, keys...), open(t, dir, keys...)}
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
	})
}

func TestS4ReadOnlyFolder(t *testing.T) {
	if !hasModes {
		t.Skip("this system has no such modes")
	}
	eachKind(t, func(t *testing.T, keys [][]byte) {
		asOrdinaryUser(t, func(t *testing.T, dir string) {
			s := open(t, filepath.Join(dir, "s"), keys...)
			v := put(t, s, Record{Key: "k", Value: []byte("kept")})
			if err := os.Chmod(s.dir, 0o500); err != nil {
				t.Fatal(err)
			}
			defer os.Chmod(s.dir, 0o700)
			_, changed := s.Put(t.Context(), Record{Key: "k", Version: v})
			_, added := s.Put(t.Context(), Record{Key: "new"})
			for what, err := range map[string]error{"Put": changed, "Put anew": added, "Delete": s.Delete(t.Context(), "k", v)} {
				if !errors.Is(err, fs.ErrPermission) || !strings.HasPrefix(err.Error(), "store: cannot ") {
					t.Errorf("%s in a read-only folder: %v", what, err)
				}
			}
			if r, err := s.Get(t.Context(), "k"); err != nil || string(r.Value) != "kept" {
				t.Errorf("Get: %q, %v", r.Value, err)
			}
			entries, err := os.ReadDir(s.dir)
			if err != nil || len(entries) != 2 { // the record and the lock
				t.Errorf("the folder holds %v (%v)", entries, err)
			}
		})
	})
}
