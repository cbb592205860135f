package redisstore

import (
	"context"
	"errors"
	"io"
	"maps"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"

	"github.com/cordage-go/cordage/store"
	"github.com/cordage-go/cordage/store/storetest"
)

// Cluster clients send each key to its own server.
func TestCluster(t *testing.T) {
	storetest.Run(t, func(t *testing.T) store.Store {
		client := redis.NewClusterClient(&redis.ClusterOptions{Addrs: []string{inMemory(t).Options().Addr}})
		t.Cleanup(func() { _ = client.Close() })
		return New(client, nil)
	})
}

// A ring spreads the keys over servers that know nothing of each other.
func TestRing(t *testing.T) {
	storetest.Run(t, func(t *testing.T) store.Store {
		client := redis.NewRing(&redis.RingOptions{Addrs: map[string]string{
			"one": inMemory(t).Options().Addr, "two": inMemory(t).Options().Addr,
		}})
		t.Cleanup(func() { _ = client.Close() })
		return New(client, nil)
	})
}

// eachServer runs a test on the Redis within this process, and on a real one.
func eachServer(t *testing.T, test func(t *testing.T, client *redis.Client, prefix string)) {
	t.Run("in memory", func(t *testing.T) { test(t, inMemory(t), "cordage:") })
	t.Run("real", func(t *testing.T) {
		client := realRedis(t)
		test(t, client, ownPrefix(t, client, t.TempDir()))
	})
}

// Whatever is no record of ours stays as it is, and every method says so.
func TestForeignKeys(t *testing.T) {
	for name, test := range map[string]struct {
		want  error
		write func(ctx context.Context, client *redis.Client, key string) error
	}{
		"text": {store.ErrCorrupt, func(ctx context.Context, c *redis.Client, key string) error {
			return c.Set(ctx, key, "secret", 0).Err()
		}},
		"list": {store.ErrCorrupt, func(ctx context.Context, c *redis.Client, key string) error { return c.LPush(ctx, key, "secret").Err() }},
		"other hash": {store.ErrCorrupt, func(ctx context.Context, c *redis.Client, key string) error {
			return c.HSet(ctx, key, "value", "secret").Err()
		}},
		"odd format": {store.ErrCorrupt, func(ctx context.Context, c *redis.Client, key string) error {
			return c.HSet(ctx, key, "format", "secret", "version", "5").Err()
		}},
		"newer": {store.ErrNewer, func(ctx context.Context, c *redis.Client, key string) error {
			return c.HSet(ctx, key, "format", "2", "version", "5").Err()
		}},
	} {
		t.Run(name, func(t *testing.T) {
			eachServer(t, func(t *testing.T, client *redis.Client, prefix string) {
				ctx := t.Context()
				s := New(client, &Options{Prefix: prefix})
				if err := test.write(ctx, client, prefix+"k"); err != nil {
					t.Fatal(err)
				}
				before := content(t, client, prefix+"k")
				if _, err := s.Put(ctx, store.Record{Key: "zz a good one"}); err != nil {
					t.Fatal(err)
				}
				wantRefused(t, s, test.want)
				if after := content(t, client, prefix+"k"); after != before {
					t.Errorf("the key is now %s, was %s", after, before)
				}
			})
		})
	}
}

func content(t *testing.T, client *redis.Client, key string) string {
	t.Helper()
	ctx := t.Context()
	kind, err := client.Type(ctx, key).Result()
	if err != nil {
		t.Fatal(err)
	}
	switch kind {
	case "string":
		return client.Get(ctx, key).String()
	case "list":
		return client.LRange(ctx, key, 0, -1).String()
	}
	return client.HGetAll(ctx, key).String()
}

func wantRefused(t *testing.T, s store.Store, want error) {
	t.Helper()
	ctx := t.Context()
	_, getErr := s.Get(ctx, "k")
	_, newErr := s.Put(ctx, store.Record{Key: "k"})
	_, oldErr := s.Put(ctx, store.Record{Key: "k", Version: 5})
	listed := 0
	var listErr error
	for _, err := range s.List(ctx, "") {
		if err == nil {
			listed++
		}
		listErr = err
	}
	for what, err := range map[string]error{
		"Get": getErr, "Put anew": newErr, "Put": oldErr, "Delete": s.Delete(ctx, "k", 5), "List": listErr,
	} {
		if !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", what, err, want)
		} else if !strings.Contains(err.Error(), `"k"`) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: the error should name the key and no value: %v", what, err)
		}
	}
	if listed != 1 {
		t.Errorf("List has %d of the 1 record that is whole", listed)
	}
}

// The client repeats a script whose answer was lost. It must not find its own
// write in the way, and must find another's.
func TestLostAnswers(t *testing.T) {
	server := miniredis.RunT(t)
	var lose atomic.Bool
	client := redis.NewClient(&redis.Options{Addr: server.Addr(), Dialer: func(ctx context.Context, network, addr string) (net.Conn, error) {
		conn, err := new(net.Dialer).DialContext(ctx, network, addr)
		return &forgetful{conn, &lose}, err
	}})
	t.Cleanup(func() { _ = client.Close() })
	s := New(client, nil)
	ctx := t.Context()
	if _, err := s.Put(ctx, store.Record{Key: "the server knows the script now"}); err != nil {
		t.Fatal(err)
	}

	var version store.Version
	for _, value := range []string{"made", "changed"} {
		lose.Store(true)
		next, err := s.Put(ctx, store.Record{Key: "k", Value: []byte(value), Version: version})
		if err != nil {
			t.Fatalf("%s, with the answer lost: %v", value, err)
		}
		if lose.Load() {
			t.Fatal("no answer was lost")
		}
		if r, err := s.Get(ctx, "k"); err != nil || string(r.Value) != value || r.Version != next {
			t.Errorf("%s: stored is %q, version %d (%v); want version %d", value, r.Value, r.Version, err, next)
		}
		version = next
	}
	if _, err := s.Put(ctx, store.Record{Key: "k", Version: version - 1}); !errors.Is(err, store.ErrConflict) {
		t.Errorf("another Put of the version before: %v, want ErrConflict", err)
	}
}

// forgetful takes one answer from the server and then cuts the line.
type forgetful struct {
	net.Conn
	lose *atomic.Bool
}

func (f *forgetful) Read(b []byte) (int, error) {
	n, err := f.Conn.Read(b)
	if err == nil && f.lose.CompareAndSwap(true, false) {
		return 0, errors.Join(io.EOF, f.Close())
	}
	return n, err
}

// A server that is gone, or refuses the password, is an error that quotes
// neither password nor value.
func TestErrorsQuoteNothing(t *testing.T) {
	server := miniredis.RunT(t)
	server.RequireAuth("hunter1")
	client := redis.NewClient(&redis.Options{Addr: server.Addr(), Password: "hunter2", MaxRetries: -1})
	t.Cleanup(func() { _ = client.Close() })
	s := New(client, nil)
	for _, gone := range []bool{false, true} {
		if gone {
			server.Close()
		}
		_, putErr := s.Put(t.Context(), store.Record{Key: "k", Value: []byte("secret-value")})
		_, getErr := s.Get(t.Context(), "k")
		var listErr error
		for _, err := range s.List(t.Context(), "") {
			listErr = err
		}
		for what, err := range map[string]error{"Put": putErr, "Get": getErr, "Delete": s.Delete(t.Context(), "k", 1), "List": listErr} {
			if err == nil || errors.Is(err, store.ErrNotFound) || errors.Is(err, store.ErrConflict) || errors.Is(err, store.ErrCorrupt) {
				t.Errorf("%s, server gone: %v: %v", what, gone, err)
			} else if strings.Contains(err.Error(), "hunter") || strings.Contains(err.Error(), "secret") {
				t.Errorf("%s quotes a secret: %v", what, err)
			}
		}
	}
}

// A server that does not answer holds nobody up beyond the deadline.
func TestDeadline(t *testing.T) {
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0") // accepts, and never answers
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	client := redis.NewClient(&redis.Options{Addr: listener.Addr().String(), ContextTimeoutEnabled: true})
	t.Cleanup(func() { _ = client.Close() })
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	start := time.Now()
	if _, err := New(client, nil).Put(ctx, store.Record{Key: "k"}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Put: %v, want DeadlineExceeded", err)
	}
	if waited := time.Since(start); waited > 3*time.Second {
		t.Errorf("Put took %v, its context allowed 100ms", waited)
	}
}

// The server removes what has expired, and keeps what no longer expires.
func TestExpiryIsTheServers(t *testing.T) {
	eachServer(t, func(t *testing.T, client *redis.Client, prefix string) {
		ctx := t.Context()
		s := New(client, &Options{Prefix: prefix})
		v, err := s.Put(ctx, store.Record{Key: "k", Expires: time.Now().Add(time.Hour)})
		if err != nil {
			t.Fatal(err)
		}
		if left, err := client.PTTL(ctx, prefix+"k").Result(); err != nil || left < 59*time.Minute || left > time.Hour {
			t.Errorf("the server keeps the key for %v (%v), want 1h", left, err)
		}
		if _, err := s.Put(ctx, store.Record{Key: "k", Version: v}); err != nil {
			t.Fatal(err)
		}
		if left, err := client.PTTL(ctx, prefix+"k").Result(); err != nil || left >= 0 {
			t.Errorf("the server keeps a record without expiry for %v (%v)", left, err)
		}
		fields, err := client.HGetAll(ctx, prefix+"k").Result()
		if want := []string{"expires", "format", "value", "version", "write"}; err != nil || len(fields) != len(want) {
			t.Errorf("the hash has %v (%v), want the fields %v", maps.Clone(fields), err, want)
		}
	})
}
