package store

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"time"
)

const recordSuffix = ".json"

// File returns a store that keeps each record in a file of its own in the
// folder dir. Processes of one machine may share the folder; folders on
// network drives are not for sharing, since their locks cannot be relied on.
//
// The folder is made if it is missing, private to its owner. A folder that
// other users can write to is refused, and so are files that they can read,
// symbolic links, and whatever else is no regular file: the error wraps
// [ErrUnsafe]. (Windows shows no such modes; there the folder's own access
// list is what protects it.) A file that cannot be read is never overwritten:
// see [ErrCorrupt] and [ErrNewer].
//
// A record is written to a new file of its own, brought to the disk, and put in
// the place of the old one in one step: a crash leaves the old record or the new
// one, and holds nobody up. A process that is stopped (not ended) holds nobody
// up either, with one exception: if that happens in this one step, which takes
// about a millisecond, and some on a busy disk, others cannot write the same
// record, and one in 256 of the rest, until it goes on or their contexts end.
// New files of processes that were killed are removed by later writers, after an
// hour.
//
// Put and Delete return when what they did outlasts a power cut. Others can see
// it a moment before. Whatever they write after that into the same folder
// reaches the disk no earlier than what they have seen.
//
// With keys, of 32 random bytes each, files are encrypted: AES-256-GCM, the
// record's key, version and expiry included. A file that was changed, or put
// under the name of another, is [ErrCorrupt]. (An old copy of the same file,
// put back, is not noticed.) The first key writes and all of them read: to
// change keys put the new one in front, and drop the old one when every record
// has been written again, or at once after a [Copy] to a new folder. Plain
// files in a folder opened with keys, encrypted files in one opened without,
// and files of a key that was not given are [ErrEncryption].
func File(dir string, keys ...[]byte) (Store, error) {
	if dir == "" {
		return nil, errors.New("store: File needs the name of a folder")
	}
	ring, err := newKeyring(keys)
	if err != nil {
		return nil, err
	}
	dir, err = filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("store: folder: %w", err)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("store: cannot make the folder: %w", err)
	}
	info, err := os.Stat(dir)
	if err != nil {
		return nil, fmt.Errorf("store: cannot open the folder: %w", err)
	}
	if hasModes && info.Mode().Perm()&0o022 != 0 {
		return nil, fmt.Errorf("%w: other users can write to %s (mode %04o); chmod 700 it, or name a folder below it, which will be made private",
			ErrUnsafe, dir, info.Mode().Perm())
	}
	f := &file{dir: dir, ring: ring, busy: make(chan struct{}, maxBusy)}
	for i := range f.turns {
		f.turns[i] = make(chan struct{}, 1)
	}
	return f, nil
}

const hasModes = runtime.GOOS != "windows"

type file struct {
	dir    string
	ring   keyring
	busy   chan struct{}        // holds one value for each goroutine that waits for the disk
	turns  [locks]chan struct{} // each holds one value while a goroutine has that lock, or waits for other processes to give it up
	tidied atomic.Int64         // when leftovers were last looked for, in nanoseconds of Unix time
	until  atomic.Int64         // expiring records that may be written before expired ones are looked for
}

func (f *file) Get(ctx context.Context, key string) (Record, error) {
	if err := begin(ctx, key); err != nil {
		return Record{}, err
	}
	return f.get(key)
}

// List hands over what can be read, and then one error that names every file
// that cannot: whose record such a file was is unknown.
func (f *file) List(ctx context.Context, prefix string) iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		keys, errs := f.keys(ctx, prefix)
		for _, key := range keys {
			r, err := f.Get(ctx, key)
			if errors.Is(err, ErrNotFound) {
				continue // deleted or expired since
			}
			if err != nil {
				errs = append(errs, err)
				break
			}
			if !yield(r, nil) {
				return
			}
		}
		if err := errors.Join(errs...); err != nil {
			yield(Record{}, err)
		}
	}
}

func (f *file) keys(ctx context.Context, prefix string) (keys []string, errs []error) {
	now := time.Now()
	for r, err := range f.all(ctx) {
		switch {
		case err != nil:
			errs = append(errs, err)
		case strings.HasPrefix(r.Key, prefix) && !r.expired(now):
			keys = append(keys, r.Key)
		}
	}
	slices.Sort(keys)
	return keys, errs
}

// all reads every record file of the folder, expired ones too, in no order.
func (f *file) all(ctx context.Context) iter.Seq2[Record, error] {
	return func(yield func(Record, error) bool) {
		entries, err := os.ReadDir(f.dir)
		if err != nil {
			yield(Record{}, fmt.Errorf("store: cannot read the folder: %w", err))
			return
		}
		for _, entry := range entries {
			if err := ctx.Err(); err != nil {
				yield(Record{}, err)
				return
			}
			if !strings.HasSuffix(entry.Name(), recordSuffix) {
				continue
			}
			r, err := f.read(filepath.Join(f.dir, entry.Name()))
			if errors.Is(err, fs.ErrNotExist) {
				continue
			}
			if !yield(r, err) {
				return
			}
		}
	}
}

// get returns the live record of key.
func (f *file) get(key string) (Record, error) {
	r, err := f.read(f.path(key))
	if errors.Is(err, fs.ErrNotExist) {
		return Record{}, notFound(key)
	}
	if err != nil {
		return Record{}, err
	}
	if r.expired(time.Now()) {
		return Record{}, notFound(key)
	}
	return r, nil
}

// path hashes the key, because keys may be longer than file names, hold any
// character, and differ in letter case alone.
func (f *file) path(key string) string {
	sum := sha256.Sum256([]byte(key))
	return filepath.Join(f.dir, hex.EncodeToString(sum[:])+recordSuffix)
}

// read returns the record of a file, expired or not. A missing file is
// fs.ErrNotExist.
func (f *file) read(path string) (Record, error) {
	data, err := readPrivate(path)
	if err != nil {
		return Record{}, err
	}
	r, err := decodeFile(f.ring, filepath.Base(path), data)
	if err != nil {
		return Record{}, fmt.Errorf("%w: %s", err, path)
	}
	if f.path(r.Key) != path {
		return Record{}, fmt.Errorf("%w: %s holds the record of another key; move it away", ErrCorrupt, path)
	}
	return r, nil
}

// readPrivate reads a regular file that its owner alone may read.
func readPrivate(path string) ([]byte, error) {
	in, err := openNoFollow(path)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	info, err := in.Stat()
	if err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%w: %s is not a regular file; move it away", ErrUnsafe, path)
	}
	if hasModes && info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("%w: %s is open to other users (mode %04o); chmod 600 it", ErrUnsafe, path, info.Mode().Perm())
	}
	data, err := io.ReadAll(in)
	if err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	return data, nil
}
