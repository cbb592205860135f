// Package redisstore keeps records in Redis, so that programs on many machines
// share sign-ins, leases and limits. It is a module of its own, so that only
// those who use Redis download its client.
//
//	client := redis.NewClient(&redis.Options{Addr: "127.0.0.1:6379", ContextTimeoutEnabled: true})
//	records := redisstore.New(client, nil)
//
// With ContextTimeoutEnabled a call ends when its context's deadline has come;
// without it, and when a context is cancelled in the middle of a call, the
// client waits for the server until its own ReadTimeout.
//
// # What Redis must promise
//
// A platform that rotates refresh tokens takes the old one back the moment it
// hands out the new one, so a write that Redis forgets is a sign-in that a
// person must repeat. Run it with
//
//	appendonly yes
//	appendfsync always
//	maxmemory-policy noeviction
//
// With appendfsync everysec a crash of the server's machine can take back the
// last second of writes, with snapshots alone minutes of them, and without
// either everything. An eviction policy removes sign-ins when memory is full;
// noeviction makes the write fail instead, which a session reports and tries
// again. Replicas are written to after the answer, so a failover can take back
// the last writes too: it is for availability, not for safety.
//
// Values are stored as they are: protect the server with a password and TLS.
package redisstore

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/cordage-go/cordage/store"
)

// Options are the choices for [New].
type Options struct {
	Prefix string // begins the name of every key in Redis; "" means "cordage:"
}

// New returns a store on client, which stays the caller's to close. A single
// server, a cluster, a ring and Sentinel will do, Redis 4.0 or later. Nothing
// is sent before the first call.
//
// Each record is a hash under its own key. When it expires is judged by the
// server's clock. A key that holds anything else is [store.ErrCorrupt] and is
// left alone; a record of a newer version of this library is [store.ErrNewer].
// List goes through all keys of the database, so give Redis a database (or a
// server) of its own if it holds millions of others.
//
// A Delete whose answer is lost may be repeated by the client, and then reports
// [store.ErrNotFound].
func New(client redis.UniversalClient, o *Options) store.Store {
	prefix := "cordage:"
	if o != nil && o.Prefix != "" {
		prefix = o.Prefix
	}
	return &records{client: client, prefix: prefix, put: redis.NewScript(putScript), remove: redis.NewScript(deleteScript)}
}

type records struct {
	client      redis.UniversalClient
	prefix      string
	put, remove *redis.Script
}

func (s *records) Get(ctx context.Context, key string) (store.Record, error) {
	if err := begin(ctx, key); err != nil {
		return store.Record{}, err
	}
	fields, err := s.client.HGetAll(ctx, s.prefix+key).Result()
	if err != nil {
		return store.Record{}, failed("read", key, err)
	}
	if len(fields) == 0 {
		return store.Record{}, fmt.Errorf("%w: %q", store.ErrNotFound, key)
	}
	return decode(key, fields)
}

func (s *records) Put(ctx context.Context, r store.Record) (store.Version, error) {
	if err := begin(ctx, r.Key); err != nil {
		return 0, err
	}
	version := r.Version + 1
	if r.Version == 0 {
		version = store.NewVersion()
	}
	var expires int64
	if !r.Expires.IsZero() {
		expires = max(1, r.Expires.UnixMilli())
	}
	if err := s.run(ctx, s.put, r.Key, decimal(r.Version), decimal(version), rand.Text(), expires, r.Value); err != nil {
		return 0, err
	}
	return version, nil
}

func (s *records) Delete(ctx context.Context, key string, v store.Version) error {
	if err := begin(ctx, key); err != nil {
		return err
	}
	return s.run(ctx, s.remove, key, decimal(v))
}

// run runs a script on key and turns its answer into an error.
func (s *records) run(ctx context.Context, script *redis.Script, key string, args ...any) error {
	answer, err := script.Run(ctx, s.client, []string{s.prefix + key}, args...).Text()
	if err != nil {
		return failed("write", key, err)
	}
	switch answer {
	case "done":
		return nil
	case "conflict":
		return fmt.Errorf("%w: %q", store.ErrConflict, key)
	case "absent":
		return fmt.Errorf("%w: %q", store.ErrNotFound, key)
	case "newer":
		return newer(key)
	}
	return corrupt(key)
}

// List hands over what can be read, and then one error that names every key
// that cannot.
func (s *records) List(ctx context.Context, prefix string) iter.Seq2[store.Record, error] {
	return func(yield func(store.Record, error) bool) {
		keys, err := s.keys(ctx, prefix)
		if err != nil {
			yield(store.Record{}, fmt.Errorf("redisstore: cannot list: %w", err))
			return
		}
		var errs []error
		for _, key := range keys {
			r, err := s.Get(ctx, key)
			switch {
			case errors.Is(err, store.ErrNotFound): // deleted or expired since
			case errors.Is(err, store.ErrCorrupt), errors.Is(err, store.ErrNewer):
				errs = append(errs, err)
			case err != nil:
				yield(store.Record{}, err)
				return
			case !yield(r, nil):
				return
			}
		}
		if len(errs) > 0 {
			yield(store.Record{}, errors.Join(errs...))
		}
	}
}

// keys returns the keys that begin with prefix, in order, each once: a scan may
// tell of a key twice.
func (s *records) keys(ctx context.Context, prefix string) ([]string, error) {
	var mu sync.Mutex
	var keys []string
	scan := func(ctx context.Context, server redis.Cmdable) error {
		found := server.Scan(ctx, 0, pattern(s.prefix+prefix), 1000).Iterator()
		for found.Next(ctx) {
			mu.Lock()
			keys = append(keys, strings.TrimPrefix(found.Val(), s.prefix))
			mu.Unlock()
		}
		return found.Err()
	}
	var err error
	switch client := s.client.(type) {
	case *redis.ClusterClient:
		err = client.ForEachMaster(ctx, func(ctx context.Context, server *redis.Client) error { return scan(ctx, server) })
	case *redis.Ring:
		err = client.ForEachShard(ctx, func(ctx context.Context, server *redis.Client) error { return scan(ctx, server) })
	default:
		err = scan(ctx, client)
	}
	if err == nil {
		err = ctx.Err()
	}
	slices.Sort(keys)
	return slices.Compact(keys), err
}

// pattern matches what begins with prefix, whose own characters mean themselves.
func pattern(prefix string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`, `]`, `\]`).Replace(prefix) + "*"
}

func decode(key string, fields map[string]string) (store.Record, error) {
	if fields["format"] != format {
		if n, err := strconv.Atoi(fields["format"]); err == nil && n > 1 {
			return store.Record{}, newer(key)
		}
		return store.Record{}, corrupt(key)
	}
	value, whole := fields["value"]
	version, err := strconv.ParseUint(fields["version"], 10, 63)
	if err != nil || version == 0 || !whole {
		return store.Record{}, corrupt(key)
	}
	expires, err := strconv.ParseInt(fields["expires"], 10, 64)
	if err != nil {
		return store.Record{}, corrupt(key)
	}
	r := store.Record{Key: key, Value: []byte(value), Version: store.Version(version)}
	if expires != 0 {
		r.Expires = time.UnixMilli(expires)
	}
	return r, nil
}

func begin(ctx context.Context, key string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return store.CheckKey(key)
}

func decimal(v store.Version) string { return strconv.FormatUint(uint64(v), 10) }

// failed words an error of the client's. A key of another type is not ours.
func failed(what, key string, err error) error {
	if redis.HasErrorPrefix(err, "WRONGTYPE") {
		return corrupt(key)
	}
	return fmt.Errorf("redisstore: cannot %s %q: %w", what, key, err)
}

func corrupt(key string) error {
	return fmt.Errorf("%w: the key of %q in Redis holds something else; look at it, then delete it, or choose another prefix", store.ErrCorrupt, key)
}

func newer(key string) error {
	return fmt.Errorf("%w: %q; update this program", store.ErrNewer, key)
}
