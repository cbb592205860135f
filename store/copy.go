package store

import (
	"bytes"
	"context"
	"errors"
	"fmt"
)

// Copy copies the records whose keys begin with prefix, and returns how many it
// added to the other store: from a plain folder to an encrypted one, to a
// folder with a new key, from files to a database. First stop the programs that
// use from.
//
// It never overwrites. A record that to has already, with the same value and
// expiry, is passed over, so an interrupted Copy can be repeated. One that
// differs stays as it is (it may be the newer), and so do records that cannot
// be read: the others are copied, and the error, which then wraps
// [ErrConflict] or what List said, names each.
func Copy(ctx context.Context, to, from Store, prefix string) (added int, err error) {
	var errs []error
	for r, err := range from.List(ctx, prefix) {
		if err != nil {
			errs = append(errs, err)
			break
		}
		isNew, err := copyRecord(ctx, to, r)
		if isNew {
			added++
		}
		if err != nil {
			errs = append(errs, err)
		}
		if err != nil && !errors.Is(err, ErrConflict) {
			break
		}
	}
	return added, errors.Join(errs...)
}

func copyRecord(ctx context.Context, to Store, r Record) (added bool, err error) {
	_, err = to.Put(ctx, Record{Key: r.Key, Value: r.Value, Expires: r.Expires})
	if !errors.Is(err, ErrConflict) {
		return err == nil, err
	}
	there, err := to.Get(ctx, r.Key)
	if err != nil {
		return false, err
	}
	if !bytes.Equal(there.Value, r.Value) || there.Expires.UnixMilli() != r.Expires.UnixMilli() {
		return false, fmt.Errorf("%w: %q is there already, and differs; delete the one you do not want", ErrConflict, r.Key)
	}
	return false, nil
}
