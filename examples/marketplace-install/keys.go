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

// readKey reads CORDAGE_KEY: 32 bytes in base64. Without it a key is made at the
// first start, in a file beside the folder of the records, not in it: a backup
// of the folder alone gives nothing away.
func readKey(where string) (key, error) {
	text := os.Getenv("CORDAGE_KEY")
	if text == "" && scheme(where) != "" {
		return key{}, errors.New("set CORDAGE_KEY, the same for all replicas; " + howToMake)
	}
	if text == "" {
		var err error
		if text, err = keyFile(filepath.Clean(where) + ".key"); err != nil {
			return key{}, err
		}
	}
	return newKey(text)
}

func newKey(text string) (key, error) {
	master, err := base64.StdEncoding.DecodeString(strings.TrimSpace(text))
	if err != nil || len(master) != 32 {
		return key{}, errors.New("a key must be 32 bytes in base64; " + howToMake)
	}
	records, err1 := hkdf.Key(sha256.New, master, nil, "marketplace-install records", 32)
	cookies, err2 := hkdf.Key(sha256.New, master, nil, "marketplace-install cookies", 32)
	return key{records, cookies}, errors.Join(err1, err2)
}

// keyFile reads the key's file, after making it if it is missing.
func keyFile(path string) (string, error) {
	if err := makeKey(path); err != nil && !errors.Is(err, os.ErrExist) {
		return "", fmt.Errorf("cannot make a key: %w", err)
	}
	info, err := os.Stat(path)
	if err == nil && runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
		return "", fmt.Errorf("other users can read the key in %s; chmod 600 it", path)
	}
	text, err := os.ReadFile(path)
	return string(text), err
}

func makeKey(path string) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	master := make([]byte, 32)
	rand.Read(master)
	_, err = fmt.Fprintln(file, base64.StdEncoding.EncodeToString(master))
	return errors.Join(err, file.Sync(), file.Close())
}
