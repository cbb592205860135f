package store

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestKeyLengths(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "s")
	for _, size := range []int{0, 16, 31, 33, 64} {
		_, err := File(dir, keyA, bytes.Repeat([]byte("x"), size))
		if err == nil || !strings.Contains(err.Error(), fmt.Sprintf("key 2 of 2 has %d bytes", size)) {
			t.Errorf("a key of %d bytes: %v", size, err)
		}
		if err != nil && strings.Contains(err.Error(), "xxx") {
			t.Errorf("the error quotes the key: %v", err)
		}
	}
	if _, err := os.Stat(dir); !os.IsNotExist(err) {
		t.Errorf("a folder was made for bad keys (%v)", err)
	}
}

// Only the format and the id of the encryption key can be read from outside.
func TestSealedFileTellsNothing(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "s"), keyA)
	r := Record{Key: "procore/tenant-17", Value: []byte("refresh-token"), Expires: time.Now().Add(time.Hour)}
	put(t, s, r)
	once, err := os.ReadFile(s.path(r.Key))
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range [][]byte{[]byte(r.Key), r.Value, keyA, []byte("expires"), []byte("version")} {
		for _, text := range []string{string(secret), base64.StdEncoding.EncodeToString(secret), hex.EncodeToString(secret)} {
			if strings.Contains(string(once), text) {
				t.Errorf("the file shows %q: %s", text, once)
			}
		}
	}
	again := fileOf(t, s, r)
	if bytes.Equal(once, again) {
		t.Error("one record encrypted twice gives the same bytes")
	}
}

// No byte of a file can be changed, and no file can stand in for another.
func TestSealedFileIsAuthenticated(t *testing.T) {
	s := open(t, filepath.Join(t.TempDir(), "s"), keyA)
	whole := fileOf(t, s, Record{Key: "k", Value: []byte("secret"), Version: 5})
	name := filepath.Base(s.path("k"))
	if _, err := decodeFile(s.ring, name, whole); err != nil {
		t.Fatal(err)
	}
	for i := range whole {
		for _, flip := range []byte{0x01, 0x20, 0x80} { // 0x20: the other letter case
			changed := bytes.Clone(whole)
			changed[i] ^= flip
			_, err := decodeFile(s.ring, name, changed)
			if !errors.Is(err, ErrCorrupt) && !errors.Is(err, ErrNewer) && !errors.Is(err, ErrEncryption) {
				t.Errorf("byte %d (%q) changed to %q: %v", i, whole[i], changed[i], err)
			}
		}
		if _, err := decodeFile(s.ring, name, whole[:i]); !errors.Is(err, ErrCorrupt) {
			t.Errorf("cut after %d bytes: %v, want ErrCorrupt", i, err)
		}
	}
	if _, err := decodeFile(s.ring, filepath.Base(s.path("other")), whole); !errors.Is(err, ErrCorrupt) {
		t.Errorf("under the name of another record: %v, want ErrCorrupt", err)
	}
	forged := bytes.Replace(fileOf(t, open(t, s.dir, keyB), Record{Key: "k", Version: 5}), []byte(idOf(t, keyB)), []byte(idOf(t, keyA)), 1)
	if _, err := decodeFile(s.ring, name, forged); !errors.Is(err, ErrCorrupt) {
		t.Errorf("sealed with another key under our key's id: %v, want ErrCorrupt", err)
	}
}

func idOf(t *testing.T, key []byte) string {
	t.Helper()
	k, err := newSealKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return k.id
}

// The wrong keys, none, or too many: the error says which and what to do, and
// nothing is overwritten.
func TestWrongEncryption(t *testing.T) {
	for name, test := range map[string]struct {
		wrote, reads [][]byte
		says         string
	}{
		"no key":       {[][]byte{keyA}, nil, "give File the key"},
		"another key":  {[][]byte{keyA}, [][]byte{keyB}, "a key that File was not given"},
		"plain folder": {nil, [][]byte{keyA}, "Copy"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "s")
			wrote := open(t, dir, test.wrote...)
			v := put(t, wrote, Record{Key: "k", Value: []byte("secret")})
			reads := open(t, dir, test.reads...)
			wantRefused(t, reads, ErrEncryption)
			if _, err := reads.Get(t.Context(), "k"); !strings.Contains(err.Error(), test.says) {
				t.Errorf("the error does not say %q: %v", test.says, err)
			}
			if r, err := wrote.Get(t.Context(), "k"); err != nil || r.Version != v || string(r.Value) != "secret" {
				t.Errorf("the record is now %q, version %d (%v)", r.Value, r.Version, err)
			}
		})
	}
}

// A new key in front: old records are read, and written with the new one.
func TestKeyRotation(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "s")
	v := put(t, open(t, dir, keyA), Record{Key: "old", Value: []byte("old")})
	both := open(t, dir, keyB, keyA)
	r, err := both.Get(t.Context(), "old")
	if err != nil || string(r.Value) != "old" || r.Version != v {
		t.Fatalf("with both keys: %q, version %d (%v)", r.Value, r.Version, err)
	}
	put(t, both, Record{Key: "new"})
	onlyNew := open(t, dir, keyB)
	if _, err := onlyNew.Get(t.Context(), "new"); err != nil {
		t.Errorf("what was written with both keys given: %v", err)
	}
	if _, err := onlyNew.Get(t.Context(), "old"); !errors.Is(err, ErrEncryption) {
		t.Errorf("what was not written again: %v, want ErrEncryption", err)
	}
	put(t, both, r)
	if r, err := onlyNew.Get(t.Context(), "old"); err != nil || string(r.Value) != "old" {
		t.Errorf("after it was written again: %q (%v)", r.Value, err)
	}
}

// The caller's keys are not kept: changing the slice later changes nothing.
func TestKeysAreCopied(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "s")
	mine := bytes.Clone(keyA)
	s := open(t, dir, mine)
	clear(mine)
	put(t, s, Record{Key: "k"})
	if _, err := open(t, dir, keyA).Get(t.Context(), "k"); err != nil {
		t.Error(err)
	}
}

func FuzzPlainFile(f *testing.F) {
	whole, err := encodeFile(nil, "", Record{Key: "k", Value: []byte("v"), Version: 7, Expires: time.Unix(1, 0)})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(whole)
	f.Add(whole[:20])
	f.Add([]byte(`{"format":2,"key_id":"","sealed":""}`))
	f.Add([]byte(`{"format":3}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := decodeFile(nil, "", data)
		if err != nil {
			wantTyped(t, err)
			return
		}
		again, err := encodeFile(nil, "", r)
		if err != nil {
			t.Fatalf("what was decoded cannot be encoded: %v", err)
		}
		twice, err := decodeFile(nil, "", again)
		if err != nil || twice.Key != r.Key || twice.Version != r.Version || !twice.Expires.Equal(r.Expires) || !bytes.Equal(twice.Value, r.Value) {
			t.Errorf("%s does not survive: %v", again, err)
		}
	})
}

// A file that a key's owner did not write is never accepted.
func FuzzSealedFile(f *testing.F) {
	ring, err := newKeyring([][]byte{keyA})
	if err != nil {
		f.Fatal(err)
	}
	const name = "0123.json"
	whole, err := encodeFile(ring, name, Record{Key: "k", Value: []byte("v"), Version: 7})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(0, byte(1), []byte(nil))
	f.Add(len(whole)-1, byte(0), []byte("\n"))
	f.Add(12, byte(0x20), []byte(`{"format":1,"key":"k","version":5}`))
	f.Fuzz(func(t *testing.T, at int, flip byte, other []byte) {
		changed := bytes.Clone(whole)
		changed[uint(at)%uint(len(changed))] ^= flip
		for _, data := range [][]byte{changed, other, append(changed, other...)} {
			_, err := decodeFile(ring, name, data)
			if (err == nil) != bytes.Equal(data, whole) {
				t.Fatalf("%q: %v", data, err)
			}
			if err != nil {
				wantTyped(t, err)
			}
		}
	})
}

func wantTyped(t *testing.T, err error) {
	t.Helper()
	if !errors.Is(err, ErrCorrupt) && !errors.Is(err, ErrNewer) && !errors.Is(err, ErrEncryption) {
		t.Errorf("untyped error %v", err)
	}
}
