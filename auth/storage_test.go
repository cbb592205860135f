package auth

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/cordage-go/cordage/connector"
	"github.com/cordage-go/cordage/store"
)

// onDisk returns a session over files, signed in with a token that has ended,
// and the files that its record is in.
func onDisk(t *testing.T, p *platform) (s *Session, dir string, files []string) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "sign-ins")
	records, err := store.File(dir)
	if err != nil {
		t.Fatal(err)
	}
	s = signedIn(t, p, records, Grant{OneTime: true})
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if info, _ := d.Info(); err == nil && d.Type().IsRegular() && info.Size() > 0 {
			files = append(files, path)
		}
		return err
	})
	if err != nil || len(files) != 1 {
		t.Fatalf("the record is in %q (%v), want one file", files, err)
	}
	return s, dir, files
}

// A record that is no record is an error, is left as it is, and nothing is sent.
func TestS1UnreadableRecords(t *testing.T) {
	for name, spoil := range map[string]func(data []byte) []byte{
		"empty":   func([]byte) []byte { return nil },
		"cut":     func(data []byte) []byte { return data[:len(data)/2] },
		"foreign": func([]byte) []byte { return []byte("<html>") },
	} {
		p := &platform{lifetime: time.Hour}
		s, _, files := onDisk(t, p)
		data, err := os.ReadFile(files[0])
		if err != nil {
			t.Fatal(err)
		}
		spoiled := spoil(data)
		if err := os.WriteFile(files[0], spoiled, 0o600); err != nil {
			t.Fatal(err)
		}
		_, tokenErr := s.Token(t.Context())
		_, stateErr := s.State(t.Context())
		for _, err := range []error{tokenErr, stateErr, s.Set(t.Context(), p.issue()), s.Retry(t.Context())} {
			if !errors.Is(err, connector.Storage) || !errors.Is(err, store.ErrCorrupt) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if now, err := os.ReadFile(files[0]); err != nil || string(now) != string(spoiled) {
			t.Errorf("%s: the file is now %q (%v)", name, now, err)
		}
		p.wantPresented(t)
	}
}

// A record that is missing is nobody's sign-in; one that others can read, or
// that is a link, is not used.
func TestS2UnsafeRecords(t *testing.T) {
	p := &platform{lifetime: time.Hour}
	s, _, files := onDisk(t, p)
	if err := os.Chmod(files[0], 0o644); err != nil {
		t.Fatal(err)
	}
	_, err := s.Token(t.Context())
	if !errors.Is(err, connector.Storage) || !errors.Is(err, store.ErrUnsafe) {
		t.Errorf("mode 0644: %v", err)
	}
	moved := files[0] + ".moved"
	if err := errors.Join(os.Chmod(files[0], 0o600), os.Rename(files[0], moved), os.Symlink(moved, files[0])); err != nil {
		t.Fatal(err)
	}
	_, err = s.Token(t.Context())
	if !errors.Is(err, connector.Storage) || !errors.Is(err, store.ErrUnsafe) {
		t.Errorf("symbolic link: %v", err)
	}
	if err := os.Remove(files[0]); err != nil {
		t.Fatal(err)
	}
	_, err = s.Token(t.Context())
	wantKind(t, err, connector.Reauthorize)
	p.wantPresented(t)
}

// Sessions of several programs over one folder: one renewal, one valid record.
func TestS3WritersAtOnce(t *testing.T) {
	p := &platform{lifetime: time.Hour, delay: 20 * time.Millisecond}
	s, dir, _ := onDisk(t, p)
	var all sync.WaitGroup
	all.Go(func() { wantToken(t, s, "access-2") })
	for range 4 {
		records, err := store.File(dir)
		if err != nil {
			t.Fatal(err)
		}
		other := NewSession(records, key, Grant{Renew: p.renew, OneTime: true})
		defer other.Close()
		for range 5 {
			all.Go(func() { wantToken(t, other, "access-2") })
		}
	}
	all.Wait()
	p.wantPresented(t, "refresh-1")
}

// A folder that cannot be written to: nothing is sent.
func TestS4FolderGone(t *testing.T) {
	p := &platform{lifetime: time.Hour}
	s, dir, _ := onDisk(t, p)
	if err := errors.Join(os.Rename(dir, dir+".away"), os.WriteFile(dir, nil, 0o600)); err != nil {
		t.Fatal(err)
	}
	_, err := s.Token(t.Context())
	wantKind(t, err, connector.Storage)
	wantKind(t, s.Set(t.Context(), p.issue()), connector.Storage)
	p.wantPresented(t)
	if err := errors.Join(os.Remove(dir), os.Rename(dir+".away", dir)); err != nil {
		t.Fatal(err)
	}
	wantToken(t, s, "access-3")
}

// So is a record of something else, which the store itself reads without
// trouble.
func TestS1RecordOfSomethingElse(t *testing.T) {
	for _, value := range []string{"", "null", "{}", `{"format":0}`, `{"format":1,"token":`, `{"format":1,"token":{"format":1}}`, `["format",1]`, "<html>"} {
		p := &platform{lifetime: time.Hour}
		records := store.Memory()
		s := NewSession(records, key, Grant{Renew: p.renew, OneTime: true})
		version, err := records.Put(t.Context(), store.Record{Key: key, Value: []byte(value)})
		if err != nil {
			t.Fatal(err)
		}
		_, tokenErr := s.Token(t.Context())
		_, stateErr := s.State(t.Context())
		for _, err := range []error{tokenErr, stateErr, s.Set(t.Context(), p.issue()), s.Retry(t.Context())} {
			if !errors.Is(err, connector.Storage) || !errors.Is(err, store.ErrCorrupt) {
				t.Errorf("%q: %v", value, err)
			}
		}
		if r, err := records.Get(t.Context(), key); err != nil || r.Version != version || string(r.Value) != value {
			t.Errorf("%q is now %q (%v)", value, r.Value, err)
		}
		p.wantPresented(t)
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
}
