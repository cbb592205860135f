package store

import (
	"encoding/json"
	"fmt"
	"time"
)

// fileFormat is the form of a record file. A reader that knows only older
// forms must leave the file alone.
const fileFormat = 1

type fileRecord struct {
	Format  int       `json:"format"`
	Key     string    `json:"key"`
	Version Version   `json:"version"`
	Expires time.Time `json:"expires,omitzero"`
	Value   []byte    `json:"value"`
}

func encodeRecord(r Record) ([]byte, error) {
	data, err := json.Marshal(fileRecord{fileFormat, r.Key, r.Version, r.Expires.UTC(), r.Value})
	if err != nil {
		return nil, fmt.Errorf("store: cannot encode %q: %w", r.Key, err)
	}
	return append(data, '\n'), nil
}

// decodeRecord keeps the decoder's own words out of its errors: they may quote
// the value, which may be a secret.
func decodeRecord(data []byte) (Record, error) {
	if len(data) == 0 {
		return Record{}, fmt.Errorf("%w: the file is empty", ErrCorrupt)
	}
	var form struct{ Format int }
	if json.Unmarshal(data, &form) != nil || form.Format < 1 {
		return Record{}, fmt.Errorf("%w: the file is cut short, or not a record", ErrCorrupt)
	}
	if form.Format > fileFormat {
		return Record{}, fmt.Errorf("%w: format %d; this program knows %d", ErrNewer, form.Format, fileFormat)
	}
	var r fileRecord
	if json.Unmarshal(data, &r) != nil || r.Version == 0 || CheckKey(r.Key) != nil {
		return Record{}, fmt.Errorf("%w: the file has parts of a record only", ErrCorrupt)
	}
	return Record{Key: r.Key, Value: r.Value, Version: r.Version, Expires: r.Expires}, nil
}
