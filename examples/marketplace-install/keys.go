package main

import (
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// A key protects the records in a folder and the visitors' cookies, each by a
// secret of its own.
type key struct{ records, cookies []byte }

const howToMake = "make one with: head -c 32 /dev/urandom | base64"

// readKeys reads CORDAGE_KEY: 32 bytes in base64, or several such keys with
// commas between. The first one is used from now on, the others only for what
// they protected before, so that a key can be replaced.
//
// Without it a key is made at the first start, in a file beside the folder of
// the records, not in it: a backup of the folder alone gives nothing away.
func readKeys(where string) ([]key, error) {
	text := os.Getenv("CORDAGE_KEY")
	if text == "" && scheme(where) != "" {
		return nil, errors.New("set CORDAGE_KEY, the same for all replicas; " + howToMake)
	}
	if text == "" {
		var err error
		if text, err = keyFile(filepath.Clean(where) + ".key"); err != nil {
			return nil, err
		}
	}
	var keys []key
	for part := range strings.SplitSeq(text, ",") {
		k, err := newKey(strings.TrimSpace(part))
		if err != nil {
			return nil, err
		}
		keys = append(keys, k)
	}
	return keys, nil
}

func newKey(text string) (key, error) {
	master, err := base64.StdEncoding.DecodeString(text)
	if err != nil || len(master) != 32 {
		return key{}, errors.New("a key must be 32 bytes in base64; " + howToMake)
	}
	records, err1 := hkdf.Key(sha256.New, master, nil, "marketplace-install records", 32)
	cookies, err2 := hkdf.Key(sha256.New, master, nil, "marketplace-install cookies", 32)
	return key{records, cookies}, errors.Join(err1, err2)
}

// keyFile reads the key's file, after making it if it is missing.
func keyFile(path string) (string, error) {
	info, err := os.Stat(path)
	if errors.Is(err, os.ErrNotExist) {
		return makeKey(path)
	}
	if err == nil && runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
		return "", fmt.Errorf("other users can read the key in %s; chmod 600 it", path)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("cannot read the key: %w", err)
	}
	return string(text), nil
}

// makeKey fails when another process made the file first: start again then.
func makeKey(path string) (string, error) {
	master := make([]byte, 32)
	rand.Read(master)
	text := base64.StdEncoding.EncodeToString(master)
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return "", fmt.Errorf("cannot make a key: %w", err)
	}
	_, err = file.WriteString(text + "\n")
	if err := errors.Join(err, file.Sync(), file.Close()); err != nil {
		return "", fmt.Errorf("cannot make a key: %w", err)
	}
	return text, nil
}
