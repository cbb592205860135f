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

	"github.com/gofrs/flock"
)

const (
	recordSuffix = ".json"
	newFile      = "new.tmp" // only the holder of the lock writes it, so one name is enough
	lockFile     = "lock"
	lockPoll     = 5 * time.Millisecond
)

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
// A record is written to a new file, brought to the disk and put in the place
// of the old one in one step: a crash leaves the old record or the new one, and
// holds nobody up. A process that is stopped in the middle of a write, but not
// ended, keeps others from writing until it goes on or their contexts end.
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
	return &file{dir: dir, ring: ring, turn: make(chan struct{}, 1)}, nil
}

const hasModes = runtime.GOOS != "windows"

type file struct {
	dir   string
	ring  keyring
	turn  chan struct{} // holds one value while a goroutine of this store writes
	until atomic.Int64  // expiring records that may be written before expired ones are looked for
}

func (f *file) Get(ctx context.Context, key string) (Record, error) {
	if err := begin(ctx, key); err != nil {
		return Record{}, err
	}
	return f.get(key)
}

func (f *file) Put(ctx context.Context, r Record) (Version, error) {
	if err := begin(ctx, r.Key); err != nil {
		return 0, err
	}
	version, err := f.put(ctx, r)
	if err != nil {
		return 0, err
	}
	if !r.Expires.IsZero() && f.until.Add(-1) < 0 {
		f.sweep(ctx)
	}
	return version, nil
}

func (f *file) put(ctx context.Context, r Record) (Version, error) {
	unlock, err := f.lock(ctx)
	if err != nil {
		return 0, err
	}
	defer unlock()
	stored, err := f.get(r.Key)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return 0, err
	}
	if stored.Version != r.Version {
		return 0, conflict(r.Key)
	}
	r.Version = stored.Version.next()
	path := f.path(r.Key)
	data, err := encodeFile(f.ring, filepath.Base(path), r)
	if err != nil {
		return 0, err
	}
	if err := f.write(path, data); err != nil {
		return 0, fmt.Errorf("store: cannot write %q: %w", r.Key, err)
	}
	return r.Version, nil
}

func (f *file) Delete(ctx context.Context, key string, v Version) error {
	if err := begin(ctx, key); err != nil {
		return err
	}
	unlock, err := f.lock(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	stored, err := f.get(key)
	if err != nil {
		return err
	}
	if stored.Version != v {
		return conflict(key)
	}
	return f.remove(f.path(key))
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

// sweep removes expired files. Like memory's it runs again after as many
// writes as there were live records, which keeps its cost per write constant.
// Whatever it cannot do now is left for the next time.
func (f *file) sweep(ctx context.Context) {
	now, live := time.Now(), 0
	for r, err := range f.all(ctx) {
		if err != nil {
			continue
		}
		if !r.expired(now) {
			live++
			continue
		}
		_ = f.removeExpired(ctx, r)
	}
	f.until.Store(int64(max(64, live)))
}

func (f *file) removeExpired(ctx context.Context, seen Record) error {
	unlock, err := f.lock(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	path := f.path(seen.Key)
	stored, err := f.read(path)
	if err != nil || stored.Version != seen.Version {
		return err
	}
	return f.remove(path)
}

// lock takes the turn within this process first, so that goroutines queue
// without polling, and then the lock file, which holds other processes off.
func (f *file) lock(ctx context.Context) (unlock func(), err error) {
	select {
	case f.turn <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	lock := flock.New(filepath.Join(f.dir, lockFile), flock.SetFlag(lockFlags), flock.SetPermissions(0o600))
	if _, err := lock.TryLockContext(ctx, lockPoll); err != nil {
		<-f.turn
		return nil, fmt.Errorf("store: cannot lock the folder %s: %w", f.dir, err)
	}
	return func() {
		_ = lock.Unlock()
		<-f.turn
	}, nil
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

// write replaces path by a new file with data. The caller holds the lock.
func (f *file) write(path string, data []byte) error {
	temporary := filepath.Join(f.dir, newFile)
	if err := os.Remove(temporary); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err // left behind by a crash, and not removable
	}
	if err := create(temporary, data); err != nil {
		_ = os.Remove(temporary)
		return err
	}
	if err := replace(temporary, path); err != nil {
		_ = os.Remove(temporary)
		return err
	}
	return syncFolder(f.dir)
}

func create(path string, data []byte) error {
	out, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = out.Write(data)
	if err == nil {
		err = out.Sync()
	}
	return errors.Join(err, out.Close())
}

func (f *file) remove(path string) error {
	if err := os.Remove(path); err != nil {
		return fmt.Errorf("store: cannot delete: %w", err)
	}
	return syncFolder(f.dir)
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
