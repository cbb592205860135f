package store

import (
	"encoding/json"
	"fmt"
	"time"
)

// The forms of a record file. A reader that knows only older forms must leave
// the file alone.
const (
	plainFormat  = 1
	sealedFormat = 2 // a plain record, encrypted: see keyring
	newestFormat = sealedFormat
)

type plainFile struct {
	Format  int       `json:"format"`
	Key     string    `json:"key"`
	Version Version   `json:"version"`
	Expires time.Time `json:"expires,omitzero"`
	Value   []byte    `json:"value"`
}

// encodeFile returns the bytes of the file with this name: sealed if there are
// keys, else plain.
func encodeFile(keys keyring, name string, r Record) ([]byte, error) {
	data, err := json.Marshal(plainFile{plainFormat, r.Key, r.Version, r.Expires.UTC(), r.Value})
	if err != nil {
		return nil, fmt.Errorf("store: cannot encode %q: %w", r.Key, err)
	}
	if len(keys) > 0 {
		if data, err = keys.seal(name, data); err != nil {
			return nil, fmt.Errorf("store: cannot encrypt %q: %w", r.Key, err)
		}
	}
	return append(data, '\n'), nil
}

// decodeFile is the reverse of encodeFile. It keeps the decoder's own words out
// of its errors: they may quote the value, which may be a secret.
func decodeFile(keys keyring, name string, data []byte) (Record, error) {
	if len(data) == 0 {
		return Record{}, fmt.Errorf("%w: the file is empty", ErrCorrupt)
	}
	var form struct{ Format int }
	if json.Unmarshal(data, &form) != nil || form.Format < 1 {
		return Record{}, fmt.Errorf("%w: the file is cut short, or not a record", ErrCorrupt)
	}
	switch {
	case form.Format > newestFormat:
		return Record{}, fmt.Errorf("%w: format %d; this program knows %d", ErrNewer, form.Format, newestFormat)
	case form.Format == plainFormat && len(keys) > 0:
		return Record{}, fmt.Errorf("%w: the file is not encrypted, and File was given keys; "+
			"to encrypt the folder, open it without keys and Copy it to a new folder opened with them", ErrEncryption)
	case form.Format == plainFormat:
		return decodePlain(data)
	}
	opened, err := keys.open(name, data)
	if err != nil {
		return Record{}, err
	}
	return decodePlain(opened)
}

func decodePlain(data []byte) (Record, error) {
	var r plainFile
	if json.Unmarshal(data, &r) != nil || r.Version == 0 || CheckKey(r.Key) != nil {
		return Record{}, fmt.Errorf("%w: the file has parts of a record only", ErrCorrupt)
	}
	return Record{Key: r.Key, Value: r.Value, Version: r.Version, Expires: r.Expires}, nil
}
