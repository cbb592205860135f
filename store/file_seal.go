package store

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
)

const sealKeySize = 32 // AES-256

// A keyring seals and opens record files: the first key seals, all keys open.
// Without keys there is nothing to seal with, and records stay plain.
type keyring []sealKey

type sealKey struct {
	id   string // names the key in files without telling anything about it
	aead cipher.AEAD
}

// A sealed file tells from outside only what is needed to open it. The
// record's key, version and expiry are inside, with the value.
type sealedFile struct {
	Format int    `json:"format"`
	KeyID  string `json:"key_id"`
	Sealed []byte `json:"sealed"`
}

func newKeyring(keys [][]byte) (keyring, error) {
	var ring keyring
	for i, key := range keys {
		if len(key) != sealKeySize {
			return nil, fmt.Errorf("store: key %d of %d has %d bytes, want %d; make one with: openssl rand -base64 32, and decode it",
				i+1, len(keys), len(key), sealKeySize)
		}
		k, err := newSealKey(key)
		if err != nil {
			return nil, fmt.Errorf("store: key %d of %d: %w", i+1, len(keys), err)
		}
		ring = append(ring, k)
	}
	return ring, nil
}

func newSealKey(key []byte) (sealKey, error) {
	id, err := hkdf.Key(sha256.New, key, nil, "cordage store: key id", 8)
	if err != nil {
		return sealKey{}, err
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return sealKey{}, err
	}
	aead, err := cipher.NewGCMWithRandomNonce(block)
	if err != nil {
		return sealKey{}, err
	}
	return sealKey{hex.EncodeToString(id), aead}, nil
}

func (ring keyring) seal(name string, plain []byte) ([]byte, error) {
	key := ring[0]
	sealed := key.aead.Seal(nil, nil, plain, associated(name))
	return json.Marshal(sealedFile{sealedFormat, key.id, sealed})
}

// open returns what seal was given for the file of the same name. A file that
// differs by a single byte from what seal wrote is refused, even where the
// difference means nothing in JSON.
func (ring keyring) open(name string, data []byte) ([]byte, error) {
	var f sealedFile
	if json.Unmarshal(data, &f) != nil {
		return nil, changed()
	}
	if again, err := json.Marshal(f); err != nil || !bytes.Equal(append(again, '\n'), data) {
		return nil, changed()
	}
	if len(ring) == 0 {
		return nil, fmt.Errorf("%w: the file is encrypted; give File the key", ErrEncryption)
	}
	for _, key := range ring {
		if key.id != f.KeyID {
			continue
		}
		plain, err := key.aead.Open(nil, nil, f.Sealed, associated(name))
		if err != nil {
			return nil, changed()
		}
		return plain, nil
	}
	return nil, fmt.Errorf("%w: the file is encrypted with a key that File was not given; add the old key behind the new one, or move the file away if that key is lost", ErrEncryption)
}

// associated is what is sealed in without being written: the format, and the
// file's name, which is the hash of the store key. So a file that took the
// place of another is found out.
func associated(name string) []byte {
	return fmt.Appendf(nil, "cordage store: format %d: %s", sealedFormat, name)
}

func changed() error {
	return fmt.Errorf("%w: the file was changed, cut short, or put under another name", ErrCorrupt)
}
