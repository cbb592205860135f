// Package store keeps small shared records: sign-ins, leases, marks of
// progress. Sessions, locks, shared limits and resumable copies are all built
// on the four methods of [Store].
//
// [Memory] keeps records while the program runs, [File] keeps them in a folder
// that several processes of one machine may share, and encrypts them if it is
// given a key. [SQL] keeps them in PostgreSQL or SQLite, and package redisstore,
// a module of its own, in Redis, for many machines. [Copy] moves records from
// one to the other.
//
// Package storetest holds the behaviour that every engine shows; run it on an
// engine of your own.
package store

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"strings"
	"time"
	"unicode/utf8"
)

var (
	// ErrNotFound says that no live record has the key.
	ErrNotFound = errors.New("store: not found")
	// ErrConflict says that the stored version is not the one the caller named:
	// read again, decide again.
	ErrConflict = errors.New("store: version conflict")
	// ErrKey says that the key cannot be a key: see [CheckKey].
	ErrKey = errors.New("store: bad key")
	// ErrCorrupt says that what is stored cannot be read: empty, cut short, or
	// not written by this library. It is never overwritten: look at it, then
	// remove it by hand.
	ErrCorrupt = errors.New("store: unreadable record")
	// ErrNewer says that a newer version of this library wrote the record. It
	// is never overwritten: update this program.
	ErrNewer = errors.New("store: record of a newer version")
	// ErrEncryption says that a record file and the keys given to [File] do not
	// go together. It is never overwritten: the message says what to do.
	ErrEncryption = errors.New("store: wrong encryption")
	// ErrUnsafe says that a file or folder is not private to its owner: a
	// symbolic link, no regular file, or open to other users.
	ErrUnsafe = errors.New("store: not private")
)

// A Version marks one state of one key. It grows by one with each change and
// starts at a random number whenever a key comes into being, so that a version
// never comes back: not even after the record was deleted and made again. The
// zero Version is a key that does not exist. Versions are below 1<<63.
type Version uint64

// NewVersion returns the version of a record that did not exist before. It is
// for those who write a [Store].
func NewVersion() Version { return Version(rand.Uint64N(1<<62-1) + 1) }

// A Record is one value under a key.
type Record struct {
	Key     string    // see CheckKey
	Value   []byte    // every engine takes at least 1 MiB
	Version Version   // what Get and List found; what Put and Delete expect
	Expires time.Time // zero means never; an expired record is as if it did not exist. Kept to the millisecond or better
}

// A Store keeps records. Implementations are safe for concurrent use and never
// keep or hand out the caller's slices. Every method fails, and changes
// nothing, when ctx has ended before.
type Store interface {
	// Get returns the record of key, or an error that wraps ErrNotFound.
	Get(ctx context.Context, key string) (Record, error)
	// Put stores r and returns its new version. r.Version must be the version
	// that is stored, or zero if the key must not exist; else the error wraps
	// ErrConflict and nothing changes. Of several writers that name the same
	// version exactly one succeeds. After any other error the record may or may
	// not have been stored: read again.
	Put(ctx context.Context, r Record) (Version, error)
	// Delete removes key if version v is stored, else the error wraps
	// ErrConflict, or ErrNotFound if there is none.
	Delete(ctx context.Context, key string, v Version) error
	// List walks the live records whose keys begin with prefix, in the order of
	// the keys' bytes. A record that is written meanwhile may be seen or not. An
	// error comes last and ends the walk. The loop's body may use the store.
	List(ctx context.Context, prefix string) iter.Seq2[Record, error]
}

const maxKey = 512

// CheckKey reports whether key can be a key, and wraps [ErrKey] if not. A key
// is 1 to 512 bytes of valid UTF-8 without the NUL character, which is what
// all engines can hold. It is for those who write a [Store].
func CheckKey(key string) error {
	switch {
	case key == "":
		return fmt.Errorf("%w: it is empty", ErrKey)
	case len(key) > maxKey:
		return fmt.Errorf("%w: %d bytes are more than %d", ErrKey, len(key), maxKey)
	case !utf8.ValidString(key):
		return fmt.Errorf("%w: %q is not UTF-8", ErrKey, key)
	case strings.ContainsRune(key, 0):
		return fmt.Errorf("%w: %q holds a NUL character", ErrKey, key)
	}
	return nil
}

func (r Record) expired(now time.Time) bool {
	return !r.Expires.IsZero() && !now.Before(r.Expires)
}

func notFound(key string) error { return fmt.Errorf("%w: %q", ErrNotFound, key) }

func conflict(key string) error { return fmt.Errorf("%w: %q", ErrConflict, key) }
