package store

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/gofrs/flock"
)

const (
	// Each record has one of these locks, and none has many: a process that is
	// stopped with a lock in hand holds up few. There is a file for each lock.
	locks      = 256
	lockPrefix = "lock-"
	lockPoll   = time.Millisecond // others have a lock for about as long

	// maxBusy bounds the goroutines of one store that wait for the disk: each
	// holds a thread of the system meanwhile.
	maxBusy = 8

	newPrefix, newSuffix = "new-", ".tmp"

	// leftoverAge is how long a new file is left to its writer. Writing takes
	// milliseconds, but a writer may be stopped in the middle. One that goes on
	// after its file was removed gets an error, and has changed nothing.
	leftoverAge = time.Hour
)

func (f *file) Put(ctx context.Context, r Record) (Version, error) {
	if err := begin(ctx, r.Key); err != nil {
		return 0, err
	}
	version, err := f.put(ctx, r)
	if err != nil {
		return 0, err
	}
	if !r.Expires.IsZero() && f.until.Add(-1) == -1 {
		f.sweep(ctx)
	}
	return version, nil
}

// put writes the new file before it takes the lock, so that a process that is
// slow or stopped meanwhile holds nobody up. The comparison under the lock is
// the one that decides; the one before spares the disk the files of losers.
func (f *file) put(ctx context.Context, r Record) (Version, error) {
	f.tidy()
	read := r.Version
	if err := f.expect(r.Key, read); err != nil {
		return 0, err
	}
	r.Version = read.next()
	path := f.path(r.Key)
	data, err := encodeFile(f.ring, filepath.Base(path), r)
	if err != nil {
		return 0, err
	}
	temporary := filepath.Join(f.dir, newPrefix+rand.Text()+newSuffix) // a name that nobody else has or can guess
	if err := f.onDisk(ctx, func() error { return create(temporary, data) }); err != nil {
		return 0, fmt.Errorf("store: cannot write %q: %w", r.Key, err)
	}
	err = f.alone(ctx, r.Key, func() error {
		if err := f.expect(r.Key, read); err != nil {
			return err
		}
		if err := replace(temporary, path); err != nil {
			return fmt.Errorf("store: cannot write %q: %w", r.Key, err)
		}
		return nil
	})
	if err != nil {
		_ = os.Remove(temporary) // gone already if only bringing the folder to the disk failed
		return 0, err
	}
	return r.Version, nil
}

// expect reports whether key can be put by a writer who has read this version.
func (f *file) expect(key string, v Version) error {
	stored, err := f.get(key)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return err
	}
	if stored.Version != v {
		return conflict(key)
	}
	return nil
}

func (f *file) Delete(ctx context.Context, key string, v Version) error {
	if err := begin(ctx, key); err != nil {
		return err
	}
	return f.alone(ctx, key, func() error {
		stored, err := f.get(key)
		if err != nil {
			return err
		}
		if stored.Version != v {
			return conflict(key)
		}
		return remove(f.path(key))
	})
}

// alone makes a change under the lock of key, and brings it to the disk after
// giving the lock up. Another writer may see the change before it is there. But
// that writer's own change is a later one of the same folder, and brought to the
// disk with the whole folder: it cannot be there without this one.
func (f *file) alone(ctx context.Context, key string, change func() error) error {
	unlock, err := f.lock(ctx, key)
	if err != nil {
		return err
	}
	err = change()
	unlock()
	if err != nil {
		return err
	}
	if err := f.onDisk(ctx, func() error { return syncFolder(f.dir) }); err != nil {
		return fmt.Errorf("store: cannot bring the change of %q to the disk: %w", key, err)
	}
	return nil
}

// onDisk does work that waits for the disk when few others do.
func (f *file) onDisk(ctx context.Context, work func() error) error {
	select {
	case f.busy <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() { <-f.busy }()
	return work()
}

// lock takes the turn within this process first, so that goroutines queue
// without polling, and then the lock file, which holds other processes off.
func (f *file) lock(ctx context.Context, key string) (unlock func(), err error) {
	n := sha256.Sum256([]byte(key))[0]
	turn, path := f.turns[n], filepath.Join(f.dir, fmt.Sprintf("%s%02x", lockPrefix, n))
	select {
	case turn <- struct{}{}:
	case <-ctx.Done():
		return nil, locked(path, ctx.Err())
	}
	lock := flock.New(path, flock.SetFlag(lockFlags), flock.SetPermissions(0o600))
	if _, err := lock.TryLockContext(ctx, lockPoll); err != nil {
		<-turn
		if ctx.Err() != nil {
			return nil, locked(path, ctx.Err())
		}
		return nil, fmt.Errorf("store: cannot lock %s: %w", path, err)
	}
	return func() {
		_ = lock.Unlock()
		<-turn
	}, nil
}

func locked(path string, err error) error {
	return fmt.Errorf("store: cannot lock %s, another writer has it; "+
		"if that is a process that was stopped, let it go on or end it: %w", path, err)
}

// create writes data to a new file and brings it to the disk. Should the name
// be there all the same, as a link to elsewhere for instance, O_EXCL refuses it.
func create(path string, data []byte) error {
	out, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = out.Write(data)
	if err == nil {
		err = out.Sync()
	}
	if err := errors.Join(err, out.Close()); err != nil {
		_ = os.Remove(path)
		return err
	}
	return nil
}

func remove(path string) error {
	if err := os.Remove(path); err != nil {
		return fmt.Errorf("store: cannot delete: %w", err)
	}
	return nil
}

// tidy removes the new files of writers that were killed, as soon as a store
// is first written to and then as often as such files grow old. Whatever cannot
// be removed now is left for the next time.
func (f *file) tidy() {
	now, last := time.Now(), f.tidied.Load()
	if now.Sub(time.Unix(0, last)) < leftoverAge || !f.tidied.CompareAndSwap(last, now.UnixNano()) {
		return
	}
	entries, err := os.ReadDir(f.dir)
	if err != nil {
		return
	}
	for _, entry := range entries {
		if !strings.HasPrefix(entry.Name(), newPrefix) || !strings.HasSuffix(entry.Name(), newSuffix) {
			continue
		}
		info, err := entry.Info()
		if err == nil && info.Mode().IsRegular() && now.Sub(info.ModTime()) > leftoverAge {
			_ = os.Remove(filepath.Join(f.dir, entry.Name()))
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

// removeExpired brings nothing to the disk: a file that came back with a power
// cut would be as expired as before.
func (f *file) removeExpired(ctx context.Context, seen Record) error {
	unlock, err := f.lock(ctx, seen.Key)
	if err != nil {
		return err
	}
	defer unlock()
	path := f.path(seen.Key)
	stored, err := f.read(path)
	if err != nil || stored.Version != seen.Version {
		return err
	}
	return remove(path)
}
